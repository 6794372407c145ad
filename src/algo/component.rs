//! How a set hangs together: its components, and what lies on cycles.

use petgraph::visit::NodeFiltered;

use crate::diagnostic::Budget;
use crate::diagnostic::Fault;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::Seen;
use crate::model::View;

/// The components of the part of the graph that lies within `members`.
///
/// # Arguments
/// `members`: the set, by id. `is_strong`: whether the members of a component must reach each other
/// along the arrows (Kosaraju's algorithm, petgraph); else arrows count both ways.
///
/// # Returns
/// Each member in exactly one component. Members by id; the larger component first, of equal ones
/// that with the smallest id.
///
/// # Complexity
/// O(|V| + |E|).
pub fn components(
    view: View<'_>,
    members: &[EntityId],
    is_strong: bool,
    budget: &mut Budget,
) -> Result<Vec<Vec<EntityId>>, Fault> {
    let inside = seen(view, members);
    let mut components = match is_strong {
        true => strong(view, &inside, budget)?,
        false => weak(view, members, &inside, budget)?,
    };
    for component in &mut components {
        component.sort_unstable();
    }
    components.retain(|component| inside.contains(component[0]));
    components.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    Ok(components)
}

/// The cycles within `members`: groups whose members lead back to themselves; a loop is a cycle.
///
/// # Returns
/// Each group once, its members by id; groups by their first member.
///
/// # Complexity
/// O(|V| + |E|).
pub fn cycles(
    view: View<'_>,
    members: &[EntityId],
    budget: &mut Budget,
) -> Result<Vec<Vec<EntityId>>, Fault> {
    let inside = seen(view, members);
    let mut found: Vec<Vec<EntityId>> = Vec::new();
    for mut component in strong(view, &inside, budget)? {
        let first = component[0];
        let has_loop = || {
            view.steps(first, Direction::Forward)
                .any(|step| step.entity == first)
        };
        if inside.contains(first) && (component.len() > 1 || has_loop()) {
            component.sort_unstable();
            found.push(component);
        }
    }
    found.sort();
    Ok(found)
}

fn seen(view: View<'_>, members: &[EntityId]) -> Seen {
    let mut seen = Seen::with_capacity(view.snapshot.entity_count());
    for member in members {
        seen.insert(*member);
    }
    seen
}

/// Strong components of the part within `inside`; entities outside are not in any.
fn strong(view: View<'_>, inside: &Seen, budget: &mut Budget) -> Result<Vec<Vec<EntityId>>, Fault> {
    budget.spend((view.snapshot.entity_count() + view.snapshot.statement_count()) as u64)?;
    let part = NodeFiltered::from_fn(view, |entity| inside.contains(entity));
    Ok(petgraph::algo::kosaraju_scc(&part))
}

fn weak(
    view: View<'_>,
    members: &[EntityId],
    inside: &Seen,
    budget: &mut Budget,
) -> Result<Vec<Vec<EntityId>>, Fault> {
    let both_ways = view.along.both_ways();
    let view = View {
        along: &both_ways,
        ..view
    };
    let mut done = Seen::with_capacity(view.snapshot.entity_count());
    let mut components = Vec::new();
    for member in members {
        if !done.insert(*member) {
            continue;
        }
        let mut component = vec![*member];
        let mut next = 0;
        while let Some(entity) = component.get(next).copied() {
            next += 1;
            for step in view.steps(entity, Direction::Forward) {
                budget.spend(1)?;
                if inside.contains(step.entity) && done.insert(step.entity) {
                    component.push(step.entity);
                }
            }
        }
        budget.spend(1)?;
        components.push(component);
    }
    Ok(components)
}
