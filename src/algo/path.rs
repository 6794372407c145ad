//! Ways from one entity to another: a shortest one, and all without a repeated entity.

use std::ops::Range;

use crate::algo::marks::Marks;
use crate::diagnostic::Budget;
use crate::diagnostic::Fault;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::Path;
use crate::model::Snapshot;
use crate::model::StatementId;
use crate::model::Step;
use crate::model::View;
use crate::model::Walk;
use crate::model::stable;

/// No way leads on from there.
const UNREACHED: u32 = u32::MAX;

/// A shortest path: breadth first from both ends at once, always on from the side with less to do.
///
/// # Returns
/// The path with the fewest steps; of equals, the one with the smallest sequence of names; of
/// parallel statements, the one with the smallest id. `from` to itself is the path of one entity.
/// None if no way of at most `length_max` steps leads there.
///
/// # Complexity
/// O(|V| + |E|) of what lies within half the distance from either end. I. Pohl, Bi-directional
/// search, Machine Intelligence 6, 1971.
pub fn shortest(
    view: View<'_>,
    from: EntityId,
    to: EntityId,
    length_max: u32,
    budget: &mut Budget,
) -> Result<Option<Path>, Fault> {
    let mut path = Path {
        entities: vec![from],
        statements: Vec::new(),
    };
    if from == to {
        return Ok(Some(path));
    }
    let mut start = Side::new(view, from, Direction::Forward);
    let mut end = Side::new(view, to, Direction::Backward);
    let Some(bridges) = meet(&mut start, &mut end, length_max, budget)? else {
        return Ok(None);
    };
    let rank = |entity: &EntityId| view.snapshot.rank(*entity);
    let near = near_layers(&mut start, &mut end, &bridges, budget)?;
    for layer in &near[1..] {
        path.entities.push(start.best(&path, layer, budget)?);
    }
    let here = path.entities[path.entities.len() - 1];
    let over = bridges.iter().filter(|(near, _)| *near == here);
    let far = over.map(|(_, far)| *far).min_by_key(rank);
    path.entities
        .push(far.expect("every entity of the last layer has a bridge"));
    // Behind the bridges every layer of the far side leads on, and what is not met is not chosen.
    for level in (0..end.levels.len() - 1).rev() {
        let mut layer = end.level(level).to_vec();
        layer.sort_unstable();
        path.entities.push(start.best(&path, &layer, budget)?);
    }
    for ends in path.entities.windows(2) {
        let statement = link(view, &start, &end, ends[0], ends[1]);
        path.statements.push(statement);
    }
    Ok(Some(path))
}

/// Goes on from both ends until they meet: the steps that join an entity of the last level of
/// `start` to one of the last level of `end`, all of them. None if the ends do not meet in at most
/// `length_max` steps.
///
/// What one side finds at the other is in its last level, as all that is nearer has been met from
/// both sides before.
fn meet<'a>(
    start: &mut Side<'a>,
    end: &mut Side<'a>,
    length_max: u32,
    budget: &mut Budget,
) -> Result<Option<Vec<(EntityId, EntityId)>>, Fault> {
    for _ in 0..length_max {
        let is_start = start.cost <= end.cost;
        let (smaller, other) = match is_start {
            true => (&mut *start, &*end),
            false => (&mut *end, &*start),
        };
        if smaller.frontier().is_empty() {
            return Ok(None);
        }
        let met = smaller.advance(other, budget)?;
        if !met.is_empty() {
            let swapped = |(far, near): (EntityId, EntityId)| (near, far);
            return Ok(Some(match is_start {
                true => met,
                false => met.into_iter().map(swapped).collect(),
            }));
        }
    }
    Ok(None)
}

/// The entities on the shortest paths by their distance from the start, up to the bridges; each
/// layer by id.
fn near_layers(
    start: &mut Side<'_>,
    end: &mut Side<'_>,
    bridges: &[(EntityId, EntityId)],
    budget: &mut Budget,
) -> Result<Vec<Vec<EntityId>>, Fault> {
    let mut last: Vec<EntityId> = bridges.iter().map(|(near, _)| *near).collect();
    last.sort_unstable();
    last.dedup();
    let mut layers = vec![last];
    for level in (0..start.levels.len() - 1).rev() {
        let behind = &layers[layers.len() - 1];
        let mut before = Vec::new();
        // From the layer behind, or towards it: whatever has fewer statements.
        if end.degrees(behind) < start.degrees(start.level(level)) {
            for entity in behind {
                let looked = end.walk.visit(*entity, |found| before.push(found));
                budget.spend(looked as u64 + 1)?;
            }
            let mut layer = start.level(level).to_vec();
            layer.sort_unstable();
            before.retain(|entity| layer.binary_search(entity).is_ok());
        } else {
            for place in start.range(level) {
                let (entity, mut leads) = (start.order[place], false);
                let looked = start.walk.visit(entity, |found| {
                    leads = leads || behind.binary_search(&found).is_ok();
                });
                budget.spend(looked as u64 + 1)?;
                before.extend(leads.then_some(entity));
            }
        }
        before.sort_unstable();
        before.dedup();
        layers.push(before);
    }
    layers.reverse();
    Ok(layers)
}

/// The first of the statements by which one entity leads to the next.
fn link(
    view: View<'_>,
    start: &Side<'_>,
    end: &Side<'_>,
    from: EntityId,
    to: EntityId,
) -> StatementId {
    let (here, direction, there) = match start.walk.degree(from) <= end.walk.degree(to) {
        true => (from, Direction::Forward, to),
        false => (to, Direction::Backward, from),
    };
    let joining = view.joining(here, direction, there);
    let first = joining.map(|step| step.statement).min();
    first.expect("the path was found along statements")
}

/// One end of a search: what lies how many steps from it.
struct Side<'a> {
    snapshot: &'a Snapshot,
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
            snapshot: view.snapshot,
            walk: Walk::settled(view, direction),
            marks,
            order: vec![entity],
            levels: vec![0],
            cost: 0,
        };
        side.cost = side.degrees(side.frontier());
        side
    }

    /// Those that are farthest away so far.
    fn frontier(&self) -> &[EntityId] {
        self.level(self.levels.len() - 1)
    }

    /// Those that are so many steps away.
    fn level(&self, level: usize) -> &[EntityId] {
        &self.order[self.range(level)]
    }

    fn range(&self, level: usize) -> Range<usize> {
        let end = self.levels.get(level + 1).copied();
        self.levels[level]..end.unwrap_or(self.order.len())
    }

    /// How many statements a step from these looks at.
    fn degrees(&self, entities: &[EntityId]) -> usize {
        let entities = entities.iter();
        entities.map(|entity| self.walk.degree(*entity) + 1).sum()
    }

    /// Goes one step on, or gives the steps by which it would meet the other side.
    fn advance(
        &mut self,
        other: &Side<'_>,
        budget: &mut Budget,
    ) -> Result<Vec<(EntityId, EntityId)>, Fault> {
        let frontier = self.range(self.levels.len() - 1);
        let mut met = Vec::new();
        for part in Walk::parts(frontier.clone()) {
            self.walk.prefetch(&self.order[part.clone()]);
            for place in part {
                let (order, marks) = (&mut self.order, &mut self.marks);
                let entity = order[place];
                let looked = self.walk.visit(entity, |found| {
                    if met.is_empty() && !marks.insert(found) {
                        return;
                    }
                    if other.marks.contains(found) {
                        met.push((entity, found));
                    } else if met.is_empty() {
                        order.push(found);
                    }
                });
                budget.spend(looked as u64 + 1)?;
            }
        }
        if !met.is_empty() {
            self.order.truncate(frontier.end);
            return Ok(met);
        }
        self.levels.push(frontier.end);
        self.cost = self.degrees(self.frontier());
        Ok(met)
    }

    /// The first by name of those in `layer`, by id, that the end of a path leads to.
    fn best(
        &mut self,
        path: &Path,
        layer: &[EntityId],
        budget: &mut Budget,
    ) -> Result<EntityId, Fault> {
        let here = path.entities[path.entities.len() - 1];
        let mut best: Option<(u32, EntityId)> = None;
        let snapshot = self.snapshot;
        let looked = self.walk.visit(here, |found| {
            if layer.binary_search(&found).is_ok() {
                let own = (snapshot.rank(found), found);
                best = Some(best.map_or(own, |best| best.min(own)));
            }
        });
        budget.spend(looked as u64 + 1)?;
        let (_, entity) = best.expect("every entity of a layer has a step to the next");
        Ok(entity)
    }
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
    let distances = distances_to(view, to, length_max, budget)?;
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
        let view = self.view;
        budget.spend(view.degree(here, Direction::Forward) as u64)?;
        let leads_there = |end: EntityId| {
            let distance = self.distances.get(end.index());
            distance.is_some_and(|distance| *distance < left)
        };
        let steps = view.steps_where(here, Direction::Forward, leads_there);
        // One to each neighbour, by the neighbour's name.
        let mut steps: Vec<Step> = steps
            .filter(|step| !entities.contains(&step.entity))
            .collect();
        stable::sort_by_key(&mut steps, |step| {
            (view.snapshot.rank(step.entity), step.statement)
        });
        steps.dedup_by_key(|step| step.entity);
        steps.reverse();
        Ok(steps)
    }
}

/// The fewest steps from each entity to `to`, where they are at most `length_max`.
fn distances_to(
    view: View<'_>,
    to: EntityId,
    length_max: u32,
    budget: &mut Budget,
) -> Result<Vec<u32>, Fault> {
    let mut distances = vec![UNREACHED; view.snapshot.entity_count()];
    distances[to.index()] = 0;
    let mut walk = Walk::new(view, Direction::Backward);
    let mut frontier = vec![to];
    let mut distance = 0;
    while !frontier.is_empty() && distance < length_max {
        distance += 1;
        let mut next = Vec::new();
        for entity in frontier {
            let looked = walk.visit(entity, |found| {
                let known = &mut distances[found.index()];
                if *known == UNREACHED {
                    *known = distance;
                    next.push(found);
                }
            });
            budget.spend(looked as u64 + 1)?;
        }
        frontier = next;
    }
    Ok(distances)
}
