//! Shortest ways along an edge of a pattern.
//!
//! Where both ends are known, one way is wanted and nothing is asked of its steps, it is looked
//! for from both ends. Otherwise a breadth-first search from one end notes for each entity all
//! steps by which it is first reached, and the ways are read off backwards: O(|V| + |E|) for a
//! start, and the length of each way. Which of several shortest ways `any` picks does not depend
//! on the end the search began at: the one whose entities, read from the left, come first by
//! name, and then by statement.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::collections::HashSet;

use crate::algo;
use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::StatementId;
use crate::model::Value;
use crate::model::View;
use crate::model::stable;
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
        if let Some(goal) = goal.filter(|goal| *goal != walk.start)
            && walk.edge.pick == Pick::AnyShortest
            && length.conditions.is_empty()
            && !walk.is_reversed
        {
            return match self.way_between(walk, goal, length.max, budget)? {
                Some(way) => self.arrive_by(walk, goal, way, row, budget, sink),
                None => Ok(Flow::Continue(())),
            };
        }
        let reached = self.reach(walk, length, goal, None, row, budget)?;
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
            true => length.min == 0 || can_close,
            false => reached.distance.contains_key(end),
        });
        for end in ends {
            let is_empty = end == walk.start && length.min == 0;
            let ways = match (is_empty, walk.edge.pick) {
                (true, _) => vec![Vec::new()],
                _ if end == walk.start => self.closed_ways(walk, length, row, budget)?,
                (false, Pick::AllShortest) => self.all_ways(walk, &reached, end, budget)?,
                (false, _) => vec![self.first_way(walk, &reached, end)],
            };
            for way in ways {
                let flow = self.arrive_by(walk, end, way, row, budget, sink)?;
                if flow.is_break() {
                    return Ok(flow);
                }
            }
        }
        Ok(Flow::Continue(()))
    }

    /// Goes on with a way to an end.
    fn arrive_by(
        &mut self,
        walk: Walk<'_>,
        end: EntityId,
        way: Vec<StatementId>,
        row: &mut Row,
        budget: &mut Budget,
        sink: &mut Sink<'_>,
    ) -> Result<Flow, Error> {
        let count = way.len();
        budget.spend(1 + count as u64)?;
        self.used.extend(&way);
        let flow = self.arrive_at(walk, end, way, row, budget, sink)?;
        self.used.truncate(self.used.len() - count);
        Ok(flow)
    }

    /// The shortest way to another entity, on the right, that comes first when it is read from the
    /// left, where nothing is asked of its steps: looked for from both ends.
    fn way_between(
        &self,
        walk: Walk<'_>,
        goal: EntityId,
        length_max: u32,
        budget: &mut Budget,
    ) -> Result<Option<Vec<StatementId>>, Error> {
        let turned;
        let along = match walk.direction {
            Direction::Forward => &walk.edge.along,
            Direction::Backward => {
                turned = walk.edge.along.reversed();
                &turned
            }
        };
        let view = View {
            snapshot: self.run.run.snapshot,
            filter: self.run.filter,
            along,
        };
        let path = algo::shortest(view, walk.start, goal, length_max, budget)?;
        Ok(path.map(|path| path.statements))
    }

    fn reach(
        &self,
        walk: Walk<'_>,
        length: &EdgeLength,
        goal: Option<EntityId>,
        without: Option<StatementId>,
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
                    let is_out = Some(step.statement) == without || step.entity == walk.start;
                    if is_out || !self.step_holds(length, step.statement, row, budget)? {
                        continue;
                    }
                    let way = (entity, step.statement);
                    let known = *reached.distance.entry(step.entity).or_insert_with(|| {
                        next.push(step.entity);
                        depth
                    });
                    if known == depth {
                        reached.before.entry(step.entity).or_default().push(way);
                    }
                }
            }
            if goal.is_some_and(|goal| reached.distance.contains_key(&goal)) {
                break;
            }
            layer = next;
        }
        Ok(reached)
    }

    /// The shortest ways from the start back to it, on which no statement is walked twice: by each
    /// first step, and from there back without it, unless anything may be walked twice. One of
    /// them, or all.
    fn closed_ways(
        &self,
        walk: Walk<'_>,
        length: &EdgeLength,
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<Vec<Vec<StatementId>>, Error> {
        let mut ways: Vec<Vec<StatementId>> = Vec::new();
        for step in self.steps(walk, walk.start) {
            budget.spend(1)?;
            if length.max == 0 || !self.step_holds(length, step.statement, row, budget)? {
                continue;
            }
            if step.entity == walk.start {
                ways.push(vec![step.statement]);
                continue;
            }
            let back = Walk {
                start: step.entity,
                ..walk
            };
            let goal = Some(walk.start);
            let without = (walk.edge.mode != Mode::Walk).then_some(step.statement);
            let reached = self.reach(back, length, goal, without, row, budget)?;
            for way in self.all_ways(back, &reached, walk.start, budget)? {
                ways.push(std::iter::once(step.statement).chain(way).collect());
            }
        }
        ways.retain(|way| way.len() as u64 <= u64::from(length.max));
        let shortest = ways.iter().map(Vec::len).min().unwrap_or(0);
        ways.retain(|way| way.len() == shortest);
        if walk.edge.pick == Pick::AnyShortest {
            stable::sort_by_cached_key(&mut ways, |way| self.read_from_left(walk, way));
            ways.truncate(1);
        }
        Ok(ways)
    }

    /// A closed way as it is compared with others: the names along it and then its statements, from
    /// the end that is written first.
    fn read_from_left(&self, walk: Walk<'_>, way: &[StatementId]) -> (Vec<u32>, Vec<StatementId>) {
        let mut way = way.to_vec();
        if walk.is_reversed {
            way.reverse();
        }
        let mut entity = walk.start;
        let ranks = way.iter().map(|statement| {
            entity = self.far_end(*statement, entity);
            self.run.run.snapshot.rank(entity)
        });
        (ranks.collect(), way)
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

/// The steps by which an entity is first reached.
fn before<'r>(
    walk: Walk<'_>,
    reached: &'r Reached,
    entity: EntityId,
    is_end: bool,
) -> &'r [(EntityId, StatementId)] {
    if is_end && entity == walk.start {
        return &[];
    }
    reached.before.get(&entity).map_or(&[], Vec::as_slice)
}
