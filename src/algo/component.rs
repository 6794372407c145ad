//! How a set hangs together: its components, and what lies on cycles.

use crate::algo::interruptible;
use crate::algo::part::Part;
use crate::algo::part::Strong;
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
/// along the arrows (Tarjan's algorithm); else arrows count both ways.
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
    let mut components = match is_strong {
        true => strong(view, members, budget)?,
        false => weak(view, members, budget)?,
    };
    for component in &mut components {
        interruptible::sort(component, budget)?;
    }
    interruptible::sort_by(&mut components, budget, |a, b| {
        b.len().cmp(&a.len()).then_with(|| a.cmp(b))
    })?;
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
    let part = Part::of(view, members, budget)?;
    let strong = Strong::of(&part, budget)?;
    let mut found: Vec<Vec<EntityId>> = Vec::new();
    for number in 0..strong.count() {
        let places = strong.places(number);
        if places.len() > 1 || part.steps(places[0]).contains(&places[0]) {
            let mut component = part.entities(places);
            interruptible::sort(&mut component, budget)?;
            found.push(component);
        }
    }
    interruptible::sort_by(&mut found, budget, Ord::cmp)?;
    Ok(found)
}

fn strong(
    view: View<'_>,
    members: &[EntityId],
    budget: &mut Budget,
) -> Result<Vec<Vec<EntityId>>, Fault> {
    let part = Part::of(view, members, budget)?;
    let strong = Strong::of(&part, budget)?;
    let component = |number| part.entities(strong.places(number));
    Ok((0..strong.count()).map(component).collect())
}

fn weak(
    view: View<'_>,
    members: &[EntityId],
    budget: &mut Budget,
) -> Result<Vec<Vec<EntityId>>, Fault> {
    let mut inside = Seen::with_capacity(view.snapshot.entity_count());
    for member in members {
        inside.insert(*member);
    }
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
            for end in view.ends(entity, Direction::Forward) {
                budget.spend(1)?;
                if inside.contains(end) && done.insert(end) {
                    component.push(end);
                }
            }
        }
        budget.spend(1)?;
        components.push(component);
    }
    Ok(components)
}
