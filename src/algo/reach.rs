//! Who can be reached: one step, or any number of them.

use crate::diagnostic::Budget;
use crate::diagnostic::Fault;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::Seen;
use crate::model::View;

/// How many steps a walk may take: from `min` to `max`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Depth {
    /// The fewest steps; at least 1.
    pub min: u32,
    /// The most steps.
    pub max: u32,
}

impl Depth {
    /// Any number of steps.
    pub const ANY: Depth = Depth {
        min: 1,
        max: u32::MAX,
    };
}

/// The entities one step from any of `starts`.
///
/// # Returns
/// Each entity once, by id. A start is in it only where a statement leads to it (a loop, or another
/// start). Parallel statements count once.
///
/// # Complexity
/// O(s log s) for s statements at the starts.
pub fn expand(
    view: View<'_>,
    starts: &[EntityId],
    direction: Direction,
    budget: &mut Budget,
) -> Result<Vec<EntityId>, Fault> {
    let mut found = Vec::new();
    for start in starts {
        for step in view.steps(*start, direction) {
            budget.spend(1)?;
            found.push(step.entity);
        }
        budget.spend(1)?;
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// What a closure found: entities by id, and the number of steps to each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// The entities, by id.
    pub entities: Vec<EntityId>,
    /// The fewest steps from any start to the entity of the same place; at least 1.
    pub distances: Vec<u32>,
}

impl Reached {
    /// The entities whose fewest steps lie within `depth`, by id.
    pub fn within(&self, depth: Depth) -> Vec<EntityId> {
        let pairs = self.entities.iter().zip(&self.distances);
        let inside = pairs.filter(|(_, distance)| (depth.min..=depth.max).contains(*distance));
        inside.map(|(entity, _)| *entity).collect()
    }

    /// The fewest steps to an entity; none if it was not reached.
    pub fn distance(&self, entity: EntityId) -> Option<u32> {
        let place = self.entities.binary_search(&entity).ok()?;
        Some(self.distances[place])
    }
}

/// The entities that walks lead to: breadth first from all starts at once.
///
/// # Arguments
/// `steps_max`: the most steps of a walk.
///
/// # Returns
/// Each entity reached, by id, with the fewest steps from any start. A start is in it only if a
/// walk of at least one step leads to it, from itself (a cycle, a loop) or from another start.
///
/// # Complexity
/// O(|V| / 64 + v + e) for v entities and e statements within reach.
pub fn closure(
    view: View<'_>,
    starts: &[EntityId],
    direction: Direction,
    steps_max: u32,
    budget: &mut Budget,
) -> Result<Reached, Fault> {
    let mut seen = Seen::with_capacity(view.snapshot.entity_count());
    let mut found: Vec<(EntityId, u32)> = Vec::new();
    let mut frontier: Vec<EntityId> = starts.to_vec();
    let mut distance = 0;
    while !frontier.is_empty() && distance < steps_max {
        distance += 1;
        let mut next = Vec::new();
        for entity in frontier {
            for step in view.steps(entity, direction) {
                budget.spend(1)?;
                if seen.insert(step.entity) {
                    found.push((step.entity, distance));
                    next.push(step.entity);
                }
            }
            budget.spend(1)?;
        }
        frontier = next;
    }
    found.sort_unstable();
    Ok(Reached {
        entities: found.iter().map(|(entity, _)| *entity).collect(),
        distances: found.iter().map(|(_, distance)| *distance).collect(),
    })
}
