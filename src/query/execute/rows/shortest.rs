//! Shortest ways along an edge of a pattern.
//!
//! A breadth-first search from one end notes for each entity all steps by which it is first
//! reached; the ways are read off backwards. O(|V| + |E|) for a start, and the length of each way.
//! Which of several shortest ways `any` picks does not depend on the end the search began at: the
//! one whose entities, read from the left, come first by name, and then by statement.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::collections::HashSet;

use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::model::EntityId;
use crate::model::StatementId;
use crate::model::Value;
use crate::query::bound::EdgeLength;
use crate::query::bound::Mode;
use crate::query::bound::Pick;
use crate::query::execute::rows::Flow;
use crate::query::execute::rows::Row;
use crate::query::execute::rows::Sink;
use crate::query::execute::rows::matching::Search;
use crate::query::execute::rows::walk::Walk;

/// Where each entity is first reached from: at which distance, and by which steps.
#[derive(Default)]
struct Reached {
    distance: HashMap<EntityId, u32>,
    before: HashMap<EntityId, Vec<(EntityId, StatementId)>>,
    /// The distance at which the walk comes back to its start, and by which steps.
    back: Option<(u32, Vec<(EntityId, StatementId)>)>,
}

impl Search<'_> {
    pub(super) fn walk_shortest(
        &mut self,
        walk: Walk<'_>,
        length: &EdgeLength,
        row: &mut Row,
        budget: &mut Budget,
        sink: &mut Sink<'_>,
    ) -> Result<Flow, Error> {
        let goal = match row[self.matching.nodes[walk.end].slot.0] {
            Value::Entity(entity) => Some(entity),
            _ => None,
        };
        let reached = self.reach(walk, length, goal, row, budget)?;
        let mut ends: Vec<EntityId> = match goal {
            Some(goal) => vec![goal],
            None => {
                let mut ends: Vec<EntityId> = reached.distance.keys().copied().collect();
                ends.sort_unstable();
                ends
            }
        };
        let can_close = walk.edge.mode != Mode::Acyclic;
        ends.retain(|end| match *end == walk.start {
            true => length.min == 0 || can_close && reached.back.is_some(),
            false => reached.distance.contains_key(end),
        });
        for end in ends {
            let is_empty = end == walk.start && length.min == 0;
            let ways = match (is_empty, walk.edge.pick) {
                (true, _) => vec![Vec::new()],
                (false, Pick::AllShortest) => self.all_ways(walk, &reached, end, budget)?,
                (false, _) => vec![self.first_way(walk, &reached, end)],
            };
            for way in ways {
                budget.spend(1 + way.len() as u64)?;
                self.used.extend(&way);
                let count = way.len();
                let flow = self.arrive_at(walk, end, way, row, budget, sink)?;
                self.used.truncate(self.used.len() - count);
                if flow.is_break() {
                    return Ok(flow);
                }
            }
        }
        Ok(Flow::Continue(()))
    }

    fn reach(
        &self,
        walk: Walk<'_>,
        length: &EdgeLength,
        goal: Option<EntityId>,
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<Reached, Error> {
        let mut reached = Reached::default();
        reached.distance.insert(walk.start, 0);
        let mut layer = vec![walk.start];
        let mut depth = 0;
        while !layer.is_empty() && depth < length.max {
            depth += 1;
            let mut next = Vec::new();
            for entity in layer {
                for step in self.steps(walk, entity) {
                    budget.spend(1)?;
                    if !self.step_holds(length, step.statement, row, budget)? {
                        continue;
                    }
                    let way = (entity, step.statement);
                    if step.entity == walk.start {
                        let back = reached.back.get_or_insert((depth, Vec::new()));
                        if back.0 == depth {
                            back.1.push(way);
                        }
                        continue;
                    }
                    let known = *reached.distance.entry(step.entity).or_insert_with(|| {
                        next.push(step.entity);
                        depth
                    });
                    if known == depth {
                        reached.before.entry(step.entity).or_default().push(way);
                    }
                }
            }
            let is_found = goal.is_some_and(|goal| match goal == walk.start {
                true => length.min == 0 || reached.back.is_some(),
                false => reached.distance.contains_key(&goal),
            });
            if is_found {
                break;
            }
            layer = next;
        }
        Ok(reached)
    }

    /// Every shortest way to an end, from the start of the walk.
    fn all_ways(
        &self,
        walk: Walk<'_>,
        reached: &Reached,
        end: EntityId,
        budget: &mut Budget,
    ) -> Result<Vec<Vec<StatementId>>, Error> {
        let mut ways = Vec::new();
        let mut open: Vec<(EntityId, Vec<StatementId>, bool)> = vec![(end, Vec::new(), true)];
        while let Some((entity, way, is_end)) = open.pop() {
            if entity == walk.start && !is_end {
                let mut way = way;
                way.reverse();
                ways.push(way);
                budget.check_rows(ways.len())?;
                continue;
            }
            for (before, statement) in before(walk, reached, entity, is_end) {
                budget.spend(1 + way.len() as u64)?;
                let mut longer = way.clone();
                longer.push(*statement);
                open.push((*before, longer, false));
            }
        }
        Ok(ways)
    }

    /// The shortest way to an end that comes first when it is read from the left.
    fn first_way(&self, walk: Walk<'_>, reached: &Reached, end: EntityId) -> Vec<StatementId> {
        let snapshot = self.run.run.snapshot;
        let rank = |entity: EntityId| snapshot.rank(entity);
        let mut way = Vec::new();
        if walk.is_reversed {
            // The end of the walk is the left end: read the steps off from there.
            let (mut entity, mut is_end) = (end, true);
            while entity != walk.start || is_end {
                let steps = before(walk, reached, entity, is_end).iter();
                let first = steps.min_by_key(|(before, statement)| (rank(*before), *statement));
                let Some((before, statement)) = first else {
                    break;
                };
                way.push(*statement);
                (entity, is_end) = (*before, false);
            }
            way.reverse();
            return way;
        }
        // The start is the left end: of all that lies on a shortest way, go on to the first.
        let mut after: BTreeMap<EntityId, Vec<StatementId>> = BTreeMap::new();
        let mut seen = HashSet::new();
        let mut open = vec![(end, true)];
        while let Some((entity, is_end)) = open.pop() {
            if (entity == walk.start && !is_end) || !seen.insert((entity, is_end)) {
                continue;
            }
            for (before, statement) in before(walk, reached, entity, is_end) {
                after.entry(*before).or_default().push(*statement);
                open.push((*before, false));
            }
        }
        let mut entity = walk.start;
        while let Some(steps) = after.get(&entity) {
            let steps = steps.iter();
            let key =
                |statement: &&StatementId| (rank(self.far_end(**statement, entity)), **statement);
            let Some(first) = steps.min_by_key(key) else {
                break;
            };
            way.push(*first);
            entity = self.far_end(*first, entity);
            if entity == end {
                break;
            }
        }
        way
    }
}

/// The steps by which an entity is first reached; for the end of a closed walk, those that come
/// back to its start.
fn before<'r>(
    walk: Walk<'_>,
    reached: &'r Reached,
    entity: EntityId,
    is_end: bool,
) -> &'r [(EntityId, StatementId)] {
    if is_end && entity == walk.start {
        return reached.back.as_ref().map_or(&[], |(_, steps)| steps);
    }
    reached.before.get(&entity).map_or(&[], Vec::as_slice)
}
