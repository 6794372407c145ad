//! Breadth first along an edge of a pattern, one layer after the other, from one end or from both.
//!
//! Each entity is noted with all steps by which it is first reached. Where the goal is known, the
//! side with less to do goes on until the two meet, and what the goal's side has met is turned
//! round: O(|V| + |E|) of what lies within half the distance from either end.

use std::collections::HashMap;
use std::collections::HashSet;

use crate::algo;
use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::model::EntityId;
use crate::model::StatementId;
use crate::query::bound::EdgeLength;
use crate::query::execute::rows::Row;
use crate::query::execute::rows::matching::Search;
use crate::query::execute::rows::walk::Walk;

/// What is looked for from the start of a walk.
#[derive(Clone, Copy)]
pub(super) struct Quest<'q> {
    pub(super) length: &'q EdgeLength,
    /// No more steps than this.
    pub(super) length_max: u32,
    /// A statement that is not walked.
    pub(super) without: Option<StatementId>,
}

impl<'q> Quest<'q> {
    /// Whatever an edge leads to.
    pub(super) fn all(length: &'q EdgeLength) -> Quest<'q> {
        Quest {
            length,
            length_max: length.max,
            without: None,
        }
    }
}

/// Where each entity is first reached from: at which distance, and by which steps.
pub(super) struct Reached {
    distance: HashMap<EntityId, u32>,
    /// None for the start, unless a way leads back to it.
    pub(super) before: HashMap<EntityId, Vec<(EntityId, StatementId)>>,
    /// Those that are farthest away so far, and how far.
    layer: Vec<EntityId>,
    depth: u32,
}

impl Reached {
    /// What is reached by no step.
    fn from(start: EntityId) -> Reached {
        Reached {
            distance: HashMap::from([(start, 0)]),
            before: HashMap::new(),
            layer: vec![start],
            depth: 0,
        }
    }

    /// The steps by which an entity is first reached.
    pub(super) fn steps_to(&self, entity: EntityId) -> &[(EntityId, StatementId)] {
        self.before.get(&entity).map_or(&[], Vec::as_slice)
    }

    /// Turns round the steps by which the other side reached those where both have met.
    fn join(&mut self, other: &Reached, met: Vec<EntityId>) {
        let mut seen: HashSet<EntityId> = met.iter().copied().collect();
        let mut open = met;
        while let Some(entity) = open.pop() {
            for (next, statement) in other.steps_to(entity) {
                let before = self.before.entry(*next).or_default();
                before.push((entity, *statement));
                if seen.insert(*next) {
                    open.push(*next);
                }
            }
        }
    }
}

impl Search<'_> {
    /// All that can be reached from the start of a walk.
    pub(super) fn reach(
        &self,
        walk: Walk<'_>,
        quest: Quest<'_>,
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<Reached, Error> {
        let mut side = Reached::from(walk.start);
        while !side.layer.is_empty() && side.depth < quest.length_max {
            self.advance(&mut side, walk, quest, row, budget)?;
        }
        Ok(side)
    }

    /// All other ends of ways of at least one step, and no steps.
    pub(super) fn reach_ends(
        &self,
        walk: Walk<'_>,
        length_max: u32,
        budget: &mut Budget,
    ) -> Result<Reached, Error> {
        let (view, direction) = (self.view(walk), walk.direction);
        let found = algo::closure(view, &[walk.start], direction, length_max, budget)?;
        let ends = found.order().iter().copied();
        let others = ends.filter(|end| *end != walk.start);
        Ok(Reached {
            before: others.map(|end| (end, Vec::new())).collect(),
            ..Reached::from(walk.start)
        })
    }

    /// All steps of all shortest ways to a goal, of one step at least, and some steps more.
    ///
    /// The goal may be the start, if no statement can be walked back or may be walked twice.
    pub(super) fn reach_goal(
        &self,
        walk: Walk<'_>,
        goal: EntityId,
        quest: Quest<'_>,
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<Reached, Error> {
        let back = Walk {
            start: goal,
            direction: walk.direction.reversed(),
            ..walk
        };
        let (mut side, mut other) = (Reached::from(walk.start), Reached::from(goal));
        if goal == walk.start {
            // It is reached by a step, too.
            side.distance.clear();
        }
        for _ in 0..quest.length_max {
            let is_other =
                !side.distance.is_empty() && self.cost(back, &other) < self.cost(walk, &side);
            let (smaller, larger, walk) = match is_other {
                true => (&mut other, &side, back),
                false => (&mut side, &other, walk),
            };
            self.advance(smaller, walk, quest, row, budget)?;
            let met = smaller.layer.iter().copied();
            let met = met.filter(|entity| larger.distance.contains_key(entity));
            let met: Vec<EntityId> = met.collect();
            if !met.is_empty() {
                side.join(&other, met);
                return Ok(side);
            }
            if smaller.layer.is_empty() {
                break;
            }
        }
        Ok(side)
    }

    /// Goes one step on from those that are farthest away.
    fn advance(
        &self,
        side: &mut Reached,
        walk: Walk<'_>,
        quest: Quest<'_>,
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        side.depth += 1;
        for entity in std::mem::take(&mut side.layer) {
            for step in self.steps(walk, entity) {
                budget.spend(1)?;
                let known = side.distance.get(&step.entity);
                let is_out = Some(step.statement) == quest.without
                    || known.is_some_and(|known| *known < side.depth);
                if is_out || !self.step_holds(quest.length, step.statement, row, budget)? {
                    continue;
                }
                side.distance.entry(step.entity).or_insert_with(|| {
                    side.layer.push(step.entity);
                    side.depth
                });
                let before = side.before.entry(step.entity).or_default();
                before.push((entity, step.statement));
            }
        }
        Ok(())
    }

    /// About how many statements the next step of a side looks at.
    fn cost(&self, walk: Walk<'_>, side: &Reached) -> usize {
        let view = self.view(walk);
        let degree = |entity: &EntityId| 1 + view.degree(*entity, walk.direction);
        side.layer.iter().map(degree).sum()
    }
}
