//! Ways from one entity to another: a shortest one, and all without a repeated entity.

use crate::algo::marks::Marks;
use crate::diagnostic::Budget;
use crate::diagnostic::Fault;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::Path;
use crate::model::StatementId;
use crate::model::Step;
use crate::model::View;
use crate::model::Walk;

/// No way leads on from there.
const UNREACHED: u32 = u32::MAX;

/// A shortest path: breadth first from both ends at once, always on from the side with less to do.
///
/// # Returns
/// The path with the fewest steps; of equals, the one with the smallest sequence of names; of
/// parallel statements, the one with the smallest id. `from` to itself is the path of one entity.
/// None if no way leads there.
///
/// # Complexity
/// O(|V| + |E|) of what lies within half the distance from either end. I. Pohl, Bi-directional
/// search, Machine Intelligence 6, 1971.
pub fn shortest(
    view: View<'_>,
    from: EntityId,
    to: EntityId,
    budget: &mut Budget,
) -> Result<Option<Path>, Fault> {
    let mut start = Side::new(view, from, Direction::Forward);
    let mut end = Side::new(view, to, Direction::Backward);
    let mut have_met = from == to;
    while !have_met {
        let (smaller, other) = match start.cost <= end.cost {
            true => (&mut start, &end),
            false => (&mut end, &start),
        };
        if smaller.frontier().is_empty() {
            return Ok(None);
        }
        smaller.advance(budget)?;
        let mut found = smaller.frontier().iter();
        have_met = found.any(|entity| other.marks.contains(*entity));
    }
    let layers = layers(view, &start, &end, budget)?;
    let mut path = Path {
        entities: vec![from],
        statements: Vec::new(),
    };
    let mut here = from;
    for layer in &layers[1..] {
        let is_next = |step: &Step| layer.binary_search(&step.entity).is_ok();
        let steps = view.steps(here, Direction::Forward).filter(is_next);
        let best = steps.min_by_key(|step| (view.snapshot.rank(step.entity), step.statement));
        let step = best.expect("every entity of a layer has a step to the next");
        budget.spend(1)?;
        path.entities.push(step.entity);
        path.statements.push(step.statement);
        here = step.entity;
    }
    Ok(Some(path))
}

/// One end of a search: what lies how many steps from it.
struct Side<'a> {
    walk: Walk<'a>,
    marks: Marks,
    /// The entities, by their distance, then in the order in which they were met.
    order: Vec<EntityId>,
    /// Where in that order those of each distance start.
    levels: Vec<usize>,
    /// How many statements the next step looks at.
    cost: usize,
}

impl<'a> Side<'a> {
    fn new(view: View<'a>, entity: EntityId, direction: Direction) -> Side<'a> {
        let mut marks = Marks::new(view.snapshot.entity_count());
        marks.insert(entity);
        let mut side = Side {
            walk: Walk::new(view, direction),
            marks,
            order: vec![entity],
            levels: vec![0],
            cost: 0,
        };
        side.cost = side.next_cost();
        side
    }

    /// Those that are farthest away so far.
    fn frontier(&self) -> &[EntityId] {
        &self.order[self.levels[self.levels.len() - 1]..]
    }

    /// How many statements the next step looks at; counted once for each distance.
    fn next_cost(&self) -> usize {
        let entities = self.frontier().iter();
        entities.map(|entity| self.walk.degree(*entity) + 1).sum()
    }

    /// Goes one step on.
    fn advance(&mut self, budget: &mut Budget) -> Result<(), Fault> {
        let last = self.levels[self.levels.len() - 1];
        let before = self.order.len();
        for place in last..before {
            let (order, marks) = (&mut self.order, &mut self.marks);
            let looked = self.walk.visit(order[place], |entity| {
                if marks.insert(entity) {
                    order.push(entity);
                }
            });
            budget.spend(looked as u64 + 1)?;
        }
        self.levels.push(before);
        self.cost = self.next_cost();
        Ok(())
    }

    /// The entities of each distance, by id; of the last only those that the other side has met,
    /// as the last are the most.
    fn layers(&self, other: &Side<'_>) -> Vec<Vec<EntityId>> {
        let ends = self.levels.iter().skip(1).copied();
        let ends = ends.chain([self.order.len()]);
        let ranges = self.levels.iter().zip(ends);
        let layers = ranges.map(|(start, end)| {
            let mut layer = self.order[*start..end].to_vec();
            if end == self.order.len() {
                layer.retain(|entity| other.marks.contains(*entity));
            }
            layer.sort_unstable();
            layer
        });
        layers.collect()
    }
}

/// The entities on the shortest paths by their distance from the start, each layer by id. The two
/// sides have just met.
fn layers(
    view: View<'_>,
    start: &Side<'_>,
    end: &Side<'_>,
    budget: &mut Budget,
) -> Result<Vec<Vec<EntityId>>, Fault> {
    // They met where the last layers have entities in common; these are as far from either end.
    let mut near = start.layers(end);
    let far = end.layers(start);
    let last = near.len() - 1;
    let mut back = Walk::new(view, Direction::Backward);
    for index in (0..last).rev() {
        let mut before = Vec::new();
        for entity in &near[index + 1] {
            let looked = back.visit(*entity, |found| before.push(found));
            budget.spend(looked as u64 + 1)?;
        }
        before.sort_unstable();
        before.dedup();
        let layer = &near[index];
        before.retain(|entity| layer.binary_search(entity).is_ok());
        near[index] = before;
    }
    // Beyond the meeting every layer of the far side leads on, and what is not met is not chosen.
    near.extend(far.into_iter().rev().skip(1));
    Ok(near)
}

/// All paths without a repeated entity, of at most `length_max` steps: depth first, never into a
/// branch that cannot reach the end in the steps that are left.
///
/// # Returns
/// At most `count_max` paths, and whether there are more. The shortest first; of equals, the
/// smaller sequence of names. Parallel statements do not multiply paths: the one with the smallest
/// id is taken. `from` to itself is the path of one entity.
///
/// # Complexity
/// Exponential in `length_max`; O(|V|) memory.
pub fn simple(
    view: View<'_>,
    from: EntityId,
    to: EntityId,
    length_max: u32,
    count_max: usize,
    budget: &mut Budget,
) -> Result<(Vec<Path>, bool), Fault> {
    let distances = distances_to(view, to, budget)?;
    let mut found: Vec<Path> = Vec::new();
    if distances[from.index()] == UNREACHED {
        return Ok((found, false));
    }
    // One length after the other, so that the shortest come first and a cut keeps them.
    let longest = length_max.min(view.snapshot.entity_count() as u32);
    for length in distances[from.index()]..=longest {
        let search = Search {
            view,
            to,
            length,
            distances: &distances,
        };
        if search.collect(from, count_max, &mut found, budget)? {
            return Ok((found, true));
        }
    }
    Ok((found, false))
}

/// The search for all paths of exactly `length` steps.
struct Search<'a> {
    view: View<'a>,
    to: EntityId,
    length: u32,
    distances: &'a [u32],
}

impl Search<'_> {
    /// Adds the paths from `from` to `found`; true if there is one more than `count_max` allows.
    fn collect(
        &self,
        from: EntityId,
        count_max: usize,
        found: &mut Vec<Path>,
        budget: &mut Budget,
    ) -> Result<bool, Fault> {
        let mut entities = vec![from];
        let mut statements: Vec<StatementId> = Vec::new();
        let mut branches = vec![self.branches(&entities, budget)?];
        while let Some(branch) = branches.last_mut() {
            if self.length == statements.len() as u32 && entities.last() == Some(&self.to) {
                if found.len() == count_max {
                    return Ok(true);
                }
                found.push(Path {
                    entities: entities.clone(),
                    statements: statements.clone(),
                });
            }
            match branch.pop() {
                Some(step) => {
                    entities.push(step.entity);
                    statements.push(step.statement);
                    let next = self.branches(&entities, budget)?;
                    branches.push(next);
                }
                None => {
                    branches.pop();
                    entities.pop();
                    statements.pop();
                }
            }
        }
        Ok(false)
    }

    /// The steps on from the last of `entities`, the best last.
    fn branches(&self, entities: &[EntityId], budget: &mut Budget) -> Result<Vec<Step>, Fault> {
        let here = entities[entities.len() - 1];
        let left = self.length - (entities.len() as u32 - 1);
        budget.spend(1)?;
        if left == 0 || here == self.to {
            return Ok(Vec::new());
        }
        let mut steps = steps_by_name(self.view, here);
        budget.spend(steps.len() as u64)?;
        steps.retain(|step| {
            self.distances[step.entity.index()] < left && !entities.contains(&step.entity)
        });
        steps.reverse();
        Ok(steps)
    }
}

/// The steps on from an entity, one to each neighbour, by the neighbour's name.
fn steps_by_name(view: View<'_>, entity: EntityId) -> Vec<Step> {
    let mut steps: Vec<Step> = view.steps(entity, Direction::Forward).collect();
    steps.sort_by_key(|step| (view.snapshot.rank(step.entity), step.statement));
    steps.dedup_by_key(|step| step.entity);
    steps
}

/// The fewest steps from each entity to `to`.
fn distances_to(view: View<'_>, to: EntityId, budget: &mut Budget) -> Result<Vec<u32>, Fault> {
    let mut distances = vec![UNREACHED; view.snapshot.entity_count()];
    distances[to.index()] = 0;
    let mut frontier = vec![to];
    let mut distance = 0;
    while !frontier.is_empty() {
        distance += 1;
        let mut next = Vec::new();
        for entity in frontier {
            for step in view.steps(entity, Direction::Backward) {
                budget.spend(1)?;
                let known = &mut distances[step.entity.index()];
                if *known == UNREACHED {
                    *known = distance;
                    next.push(step.entity);
                }
            }
            budget.spend(1)?;
        }
        frontier = next;
    }
    Ok(distances)
}
