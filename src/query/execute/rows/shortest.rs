//! Shortest ways along an edge of a pattern.
//!
//! Where one way between two entities is wanted and nothing is asked of its steps, it is looked for
//! in bitmaps. Otherwise a search notes for each entity all steps by which it is first reached, and
//! the ways are read off backwards, in the length of each. Which of several shortest ways `any`
//! picks does not depend on the end the search began at: the one whose entities, read from the
//! left, come first by name, and then by statement.

use std::collections::BTreeMap;
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
use crate::query::bound::Expression;
use crate::query::bound::Mode;
use crate::query::bound::Pick;
use crate::query::execute::rows::Flow;
use crate::query::execute::rows::Row;
use crate::query::execute::rows::Sink;
use crate::query::execute::rows::matching::Search;
use crate::query::execute::rows::reach::Quest;
use crate::query::execute::rows::reach::Reached;
use crate::query::execute::rows::walk::Walk;

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
        let (reached, ends) = match goal {
            Some(goal) => (None, vec![goal]),
            None => {
                let is_plain = length.conditions.is_empty();
                let reached = match walk.edge.pick {
                    Pick::Ends if is_plain => self.reach_ends(walk, length.max, budget)?,
                    _ => self.reach(walk, Quest::all(length), row, budget)?,
                };
                let mut ends: Vec<EntityId> = reached.before.keys().copied().collect();
                ends.push(walk.start);
                ends.sort_unstable();
                (Some(reached), ends)
            }
        };
        for end in ends {
            for way in self.ways_to(walk, length, end, reached.as_ref(), row, budget)? {
                let flow = self.arrive_by(walk, end, way, row, budget, sink)?;
                if flow.is_break() {
                    return Ok(flow);
                }
            }
        }
        Ok(Flow::Continue(()))
    }

    /// The ways to an end that are wanted, from the start of the walk. `known` has been reached
    /// from there already.
    fn ways_to(
        &self,
        walk: Walk<'_>,
        length: &EdgeLength,
        end: EntityId,
        known: Option<&Reached>,
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<Vec<Vec<StatementId>>, Error> {
        let is_one = walk.edge.pick != Pick::AllShortest;
        match known {
            _ if end == walk.start && length.min == 0 => Ok(vec![Vec::new()]),
            _ if end == walk.start => self.closed_ways(walk, length, row, budget),
            Some(known) => self.ways(walk, known, end, budget),
            None if is_one && length.conditions.is_empty() => {
                let way = self.way_between(walk, end, length.max, budget)?;
                Ok(way.into_iter().collect())
            }
            None => {
                let conditions = &length.conditions;
                let reached = match conditions.iter().all(Expression::is_safe_condition) {
                    true => self.reach_goal(walk, end, Quest::all(length), row, budget)?,
                    // What can fail is asked of what can be reached from the start only.
                    false => self.reach(walk, Quest::all(length), row, budget)?,
                };
                self.ways(walk, &reached, end, budget)
            }
        }
    }

    /// The ways to an end that has been reached, or else none: the first of them, or all.
    fn ways(
        &self,
        walk: Walk<'_>,
        reached: &Reached,
        end: EntityId,
        budget: &mut Budget,
    ) -> Result<Vec<Vec<StatementId>>, Error> {
        match walk.edge.pick {
            _ if !reached.before.contains_key(&end) => Ok(Vec::new()),
            Pick::AllShortest => self.all_ways(walk, reached, end, budget),
            Pick::Ends => Ok(vec![Vec::new()]),
            _ => Ok(vec![self.first_way(walk, reached, end)]),
        }
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

    /// The shortest way to another entity that comes first when it is read from the left, where
    /// nothing is asked of its steps.
    fn way_between(
        &self,
        walk: Walk<'_>,
        goal: EntityId,
        length_max: u32,
        budget: &mut Budget,
    ) -> Result<Option<Vec<StatementId>>, Error> {
        let (left, right, direction) = match walk.is_reversed {
            false => (walk.start, goal, walk.direction),
            true => (goal, walk.start, walk.direction.reversed()),
        };
        let turned;
        let along = match direction {
            Direction::Forward => &walk.edge.along,
            Direction::Backward => {
                turned = walk.edge.along.reversed();
                &turned
            }
        };
        let view = View {
            along,
            ..self.view(walk)
        };
        let path = algo::shortest(view, left, right, length_max, budget)?;
        Ok(path.map(|path| {
            let mut way = path.statements;
            if walk.is_reversed {
                way.reverse();
            }
            way
        }))
    }

    /// The shortest ways from the start back to it, on which no statement is walked twice unless
    /// anything may be.
    fn closed_ways(
        &self,
        walk: Walk<'_>,
        length: &EdgeLength,
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<Vec<Vec<StatementId>>, Error> {
        match walk.edge.mode {
            Mode::Acyclic => Ok(Vec::new()),
            Mode::Trail | Mode::Simple if walk.edge.along.turns_back() => {
                self.closed_trails(walk, length, row, budget)
            }
            _ => {
                let reached = self.reach_goal(walk, walk.start, Quest::all(length), row, budget)?;
                self.ways(walk, &reached, walk.start, budget)
            }
        }
    }

    /// The same where a statement could be walked back: by each first step, and from there back
    /// without it, in no more steps than are known to do.
    fn closed_trails(
        &self,
        walk: Walk<'_>,
        length: &EdgeLength,
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<Vec<Vec<StatementId>>, Error> {
        let mut ways: Vec<Vec<StatementId>> = Vec::new();
        let mut shortest = length.max;
        // What leads back at once comes first: nothing else is searched for then.
        let (mut steps, others): (Vec<_>, Vec<_>) = self
            .steps(walk, walk.start)
            .partition(|step| step.entity == walk.start);
        steps.extend(others);
        for step in steps {
            budget.spend(1)?;
            if shortest == 0 || !self.step_holds(length, step.statement, row, budget)? {
                continue;
            }
            if step.entity == walk.start {
                ways.push(vec![step.statement]);
                shortest = 1;
                continue;
            }
            let back = Walk {
                start: step.entity,
                ..walk
            };
            let quest = Quest {
                length,
                length_max: shortest - 1,
                without: Some(step.statement),
            };
            let reached = self.reach_goal(back, walk.start, quest, row, budget)?;
            if !reached.before.contains_key(&walk.start) {
                continue;
            }
            let ways_back = match walk.edge.pick {
                Pick::AllShortest => self.all_ways(back, &reached, walk.start, budget)?,
                _ => vec![self.first_way(back, &reached, walk.start)],
            };
            for way in ways_back {
                shortest = 1 + way.len() as u32;
                ways.push(std::iter::once(step.statement).chain(way).collect());
            }
        }
        ways.retain(|way| way.len() == shortest as usize);
        if walk.edge.pick != Pick::AllShortest {
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
            for (before, statement) in reached.steps_to(entity) {
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
                let steps = reached.steps_to(entity).iter();
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
            for (before, statement) in reached.steps_to(entity) {
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
