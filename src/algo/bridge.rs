//! What hangs together only through what was left out.

use std::collections::BTreeSet;

use crate::diagnostic::Budget;
use crate::diagnostic::Fault;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::Seen;
use crate::model::View;

/// The pairs of members between which a way leads whose inner entities, of which there is at least
/// one, are no members.
///
/// # Returns
/// Each pair once, by the first member and then the second, in the order of ids. Pairs between
/// which a statement leads as well are left out, and so are ways from a member back to itself.
///
/// # Complexity
/// O(m (|V| + |E|)) for m members, in the part of the view that a member reaches through what is
/// left out.
pub fn bridges(
    view: View<'_>,
    members: &[EntityId],
    budget: &mut Budget,
) -> Result<Vec<(EntityId, EntityId)>, Fault> {
    let members: BTreeSet<EntityId> = members.iter().copied().collect();
    let mut found = Vec::new();
    let mut seen = Seen::with_capacity(view.snapshot.entity_count());
    for &start in &members {
        let (mut direct, mut far) = (BTreeSet::new(), BTreeSet::new());
        let mut touched = Vec::new();
        let mut left = vec![start];
        while let Some(entity) = left.pop() {
            budget.spend(1)?;
            for step in view.steps(entity, Direction::Forward) {
                budget.spend(1)?;
                if members.contains(&step.entity) {
                    let ends = if entity == start {
                        &mut direct
                    } else {
                        &mut far
                    };
                    ends.insert(step.entity);
                } else if seen.insert(step.entity) {
                    touched.push(step.entity);
                    left.push(step.entity);
                }
            }
        }
        let ends = far.difference(&direct).filter(|end| **end != start);
        found.extend(ends.map(|end| (start, *end)));
        for entity in touched {
            seen.0.set(entity.index(), false);
        }
    }
    Ok(found)
}
