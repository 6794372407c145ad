//! What comes first and what comes last in a set, along the closure.

use crate::diagnostic::Budget;
use crate::diagnostic::Fault;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::Seen;
use crate::model::View;

/// Which end of a set is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Extreme {
    /// The members that no other member leads to.
    Roots,
    /// The members that lead to no other member.
    Leaves,
}

impl Extreme {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Extreme::Roots => "roots",
            Extreme::Leaves => "leaves",
        }
    }
}

/// The roots or leaves of `members`.
///
/// Ways count even where they lead through entities outside the set; members of one cycle do not
/// count against each other, so a cycle with nothing beyond it is all roots or all leaves.
///
/// # Returns
/// The members, by id; empty for the empty set.
///
/// # Complexity
/// O(|V| + |E|): strong components (Kosaraju), then one pass over them in topological order.
pub fn extremes(
    view: View<'_>,
    members: &[EntityId],
    extreme: Extreme,
    budget: &mut Budget,
) -> Result<Vec<EntityId>, Fault> {
    let count = view.snapshot.entity_count();
    budget.spend((count + view.snapshot.statement_count()) as u64)?;
    let mut components = petgraph::algo::kosaraju_scc(view);
    let towards = match extreme {
        Extreme::Leaves => Direction::Forward,
        Extreme::Roots => {
            components.reverse();
            Direction::Backward
        }
    };
    let mut component_of = vec![0u32; count];
    for (number, component) in components.iter().enumerate() {
        for entity in component {
            component_of[entity.index()] = number as u32;
        }
    }
    let mut inside = Seen::with_capacity(count);
    for member in members {
        inside.insert(*member);
    }
    // Per component: whether it has a member or leads to one. Those it leads to come before it.
    let mut leads = vec![false; components.len()];
    let mut found = Vec::new();
    for (number, component) in components.iter().enumerate() {
        let mut leads_on = false;
        for step in component
            .iter()
            .flat_map(|entity| view.steps(*entity, towards))
        {
            budget.spend(1)?;
            let other = component_of[step.entity.index()] as usize;
            leads_on |= other != number && leads[other];
        }
        let own = component
            .iter()
            .copied()
            .filter(|entity| inside.contains(*entity));
        let before = found.len();
        if leads_on {
            leads[number] = true;
        } else {
            found.extend(own);
            leads[number] = found.len() > before;
        }
    }
    found.sort_unstable();
    Ok(found)
}
