//! Who can be reached: one step, or any number of them.

use std::cell::OnceCell;

use fixedbitset::FixedBitSet;

use crate::algo::interruptible;
use crate::algo::interruptible::largest;
use crate::algo::interruptible::lie_close;
use crate::algo::marks::Marks;
use crate::diagnostic::Budget;
use crate::diagnostic::Fault;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::View;
use crate::model::Walk;

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

/// Room is made for no more ends before they are looked at, which is what limits them.
const ROOM_MAX: usize = 256;

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
    let mut walk = Walk::new(view, direction);
    let room = starts.first().map_or(0, |start| walk.degree(*start));
    let mut found = Vec::with_capacity(room.min(ROOM_MAX));
    for start in starts {
        let looked = walk.visit(*start, |end| found.push(end));
        budget.spend(looked as u64 + 1)?;
    }
    interruptible::entities(found, budget)
}

/// What a closure found.
#[derive(Clone, Debug, Default)]
pub struct Reached {
    /// The entities in the order in which they were reached.
    order: Vec<EntityId>,
    /// Where in that order those start that are one, two, three … steps away.
    levels: Vec<usize>,
    /// The distances of entities, made when one is first wanted.
    distances: OnceCell<Distances>,
}

impl Reached {
    /// Goes on from an entity to those that were not met yet.
    #[inline]
    pub(super) fn step(
        &mut self,
        walk: &mut Walk<'_>,
        entity: EntityId,
        marks: &mut Marks,
        budget: &mut Budget,
    ) -> Result<(), Fault> {
        let order = &mut self.order;
        // What marks have become is asked once an entity, not once a statement.
        let looked = match marks {
            Marks::Many(bits) => walk.visit(entity, |end| {
                if !bits.put(end.index()) {
                    order.push(end);
                }
            }),
            Marks::Few { .. } => walk.visit(entity, |end| {
                if marks.insert(end) {
                    order.push(end);
                }
            }),
        };
        budget.spend(looked as u64 + 1)
    }

    /// How many entities there are.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The entities in the order in which they were reached.
    pub fn order(&self) -> &[EntityId] {
        &self.order
    }

    /// The entities whose fewest steps lie within `depth`, by id.
    pub fn within(&self, depth: Depth) -> Vec<EntityId> {
        let start = |steps: u32| match usize::try_from(steps) {
            Ok(steps) => self.levels.get(steps).copied().unwrap_or(self.order.len()),
            Err(_) => self.order.len(),
        };
        let first = start(depth.min.saturating_sub(1));
        let inside = &self.order[first..start(depth.max).max(first)];
        sorted(inside)
    }

    /// The fewest steps to an entity, at least 1; none if it was not reached.
    pub fn distance(&self, entity: EntityId) -> Option<u32> {
        match self.distances.get_or_init(|| self.all_distances()) {
            Distances::Few(pairs) => {
                let found = pairs.binary_search_by_key(&entity, |(id, _)| *id).ok()?;
                Some(pairs[found].1)
            }
            Distances::Many(distances) => {
                let distance = distances.get(entity.index()).copied();
                distance.filter(|distance| *distance > 0)
            }
        }
    }

    fn all_distances(&self) -> Distances {
        let ends = self
            .levels
            .iter()
            .skip(1)
            .copied()
            .chain([self.order.len()]);
        let levels = self.levels.iter().zip(ends).zip(1..);
        let pairs = levels.flat_map(|((start, end), distance)| {
            self.order[*start..end]
                .iter()
                .map(move |id| (*id, distance))
        });
        if lie_close(&self.order) {
            let mut distances = vec![0; largest(&self.order) + 1];
            pairs.for_each(|(id, distance)| distances[id.index()] = distance);
            return Distances::Many(distances);
        }
        let mut pairs: Vec<(EntityId, u32)> = pairs.collect();
        pairs.sort_unstable();
        Distances::Few(pairs)
    }
}

/// How far entities are away.
#[derive(Clone, Debug)]
enum Distances {
    /// By entity.
    Few(Vec<(EntityId, u32)>),
    /// One an entity up to the last that was reached; 0 for one that was not.
    Many(Vec<u32>),
}

/// The same entities by id.
fn sorted(entities: &[EntityId]) -> Vec<EntityId> {
    if !lie_close(entities) {
        let mut sorted = entities.to_vec();
        sorted.sort_unstable();
        return sorted;
    }
    let mut set = FixedBitSet::with_capacity(largest(entities) + 1);
    entities
        .iter()
        .for_each(|entity| set.insert(entity.index()));
    let mut sorted = Vec::with_capacity(entities.len());
    sorted.extend(set.ones().map(EntityId::from_index));
    sorted
}

/// The entities that walks lead to: breadth first from all starts at once.
///
/// # Arguments
/// `steps_max`: the most steps of a walk.
///
/// # Returns
/// Each entity reached, with the fewest steps from any start. A start is in it only if a walk of at
/// least one step leads to it, from itself (a cycle, a loop) or from another start.
///
/// # Complexity
/// O(v + e) for v entities and e statements within reach, whatever the size of the graph.
pub fn closure(
    view: View<'_>,
    starts: &[EntityId],
    direction: Direction,
    steps_max: u32,
    budget: &mut Budget,
) -> Result<Reached, Fault> {
    let mut walk = Walk::new(view, direction);
    let mut marks = Marks::new(view.snapshot.entity_count());
    let mut reached = Reached::default();
    let mut from = 0;
    for distance in 0..steps_max {
        let before = reached.order.len();
        if distance == 0 {
            for start in starts {
                reached.step(&mut walk, *start, &mut marks, budget)?;
            }
        } else {
            for part in Walk::parts(from..before) {
                walk.prefetch(&reached.order[part.clone()]);
                for place in part {
                    reached.step(&mut walk, reached.order[place], &mut marks, budget)?;
                }
            }
        }
        reached.levels.push(before);
        from = before;
        if reached.order.len() == before {
            break;
        }
    }
    Ok(reached)
}
