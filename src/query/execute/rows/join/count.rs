//! How many matches there are, without visiting the last node, and each rest only once.

use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::model::EntityId;
use crate::query::bound::Level;
use crate::query::bound::Tie;
use crate::query::execute::rows::Flow;
use crate::query::execute::rows::join::Loops;
use crate::query::execute::rows::join::common::count_common;
use crate::query::execute::rows::join::common::count_of;

/// The most entities for which a statement may be used already before they are visited.
const DOUBTFUL_MAX: usize = 8;

impl<'j> Loops<'j> {
    /// How many matches the levels from `depth` on have.
    pub(super) fn count(&mut self, depth: usize, budget: &mut Budget) -> Result<u64, Error> {
        if depth == self.stages.len() {
            return Ok(1);
        }
        if depth + 1 == self.stages.len()
            && let Some(count) = self.count_last(depth, budget)?
        {
            return Ok(count);
        }
        if self.join.twins == Some(depth)
            && let Some(count) = self.count_twins(depth, budget)?
        {
            return Ok(count);
        }
        let mut total = 0u64;
        let _ = self.each(depth, budget, |this, ways, budget| {
            let behind = this.below(depth, budget)?;
            total = total.saturating_add(ways.saturating_mul(behind));
            Ok(Flow::Continue(()))
        })?;
        Ok(total)
    }

    /// How many matches the levels behind `depth` have; remembered by the entity at `depth` where
    /// it makes the difference alone.
    pub(super) fn below(&mut self, depth: usize, budget: &mut Budget) -> Result<u64, Error> {
        let level: &'j Level = self.stages[depth].level;
        let Some(guards) = &level.cut else {
            return self.count(depth + 1, budget);
        };
        let entity = self.bound[level.node];
        if guards.iter().any(|guard| self.bound[*guard] == entity) {
            return self.count(depth + 1, budget);
        }
        match self.stages[depth].tails[entity as usize] {
            0 => {
                let count = self.count(depth + 1, budget)?;
                self.stages[depth].tails[entity as usize] = count.saturating_add(1);
                Ok(count)
            }
            known => Ok(known - 1),
        }
    }

    /// How many ways there are to bind the last node; none if it must be visited to know.
    fn count_last(&mut self, depth: usize, budget: &mut Budget) -> Result<Option<u64>, Error> {
        let level: &'j Level = self.stages[depth].level;
        if self.stages[depth].has_loop || !level.checks.is_empty() {
            return Ok(None);
        }
        let Some(doubtful) = self.doubtful(level) else {
            return Ok(None);
        };
        let count = match level.ties.len() {
            0 => self.count_all(depth, budget)?,
            1 => self.count_along(depth, budget)?,
            2 => match self.count_both(depth, budget)? {
                Some(count) => count,
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        self.passed[depth] = self.passed[depth].saturating_add(count);
        let mut corrected = count;
        for entity in doubtful.iter() {
            let (all, free) = self.ways_to(depth, *entity, budget)?;
            corrected = corrected - all + free;
        }
        Ok(Some(corrected))
    }

    /// In how many ways the last node can be an entity: all, and those that use no statement twice.
    fn ways_to(
        &mut self,
        depth: usize,
        entity: u32,
        budget: &mut Budget,
    ) -> Result<(u64, u64), Error> {
        let stage = &mut self.stages[depth];
        if let Some(test) = &mut stage.test
            && !test.passes(entity, &mut self.asker, budget)?
        {
            return Ok((0, 0));
        }
        let level: &'j Level = self.stages[depth].level;
        self.bound[level.node] = entity;
        let (mut all, mut free) = (1u64, 1u64);
        for (place, tie) in level.ties.iter().enumerate() {
            let run = self.run(depth, place, budget)?;
            let ways = count_of(&run, entity);
            all *= ways;
            free *= ways.saturating_sub(self.used(level.node, tie));
        }
        Ok((all, free))
    }

    /// The entities to which a statement in use leads; none if that may be all of them, or many.
    fn doubtful(&self, level: &Level) -> Option<Doubtful> {
        let mut doubtful = Doubtful::default();
        for tie in &level.ties {
            let start = self.bound[tie.bound];
            for rival in &tie.rivals {
                // The rival's ends, as the tie has them: where it starts, and at the node.
                let (from, to) = match tie.is_outward {
                    true => (rival.0, rival.1),
                    false => (rival.1, rival.0),
                };
                let entity = match (from == level.node, to == level.node) {
                    (false, false) if self.bound[from] == start => self.bound[to],
                    (true, false) if self.bound[to] == start => start,
                    (false, true) if self.bound[from] == start => return None,
                    (true, true) => return None,
                    _ => continue,
                };
                if !doubtful.add(entity) {
                    return None;
                }
            }
        }
        Some(doubtful)
    }

    /// Of all entities, or the members of the node's set.
    fn count_all(&mut self, depth: usize, budget: &mut Budget) -> Result<u64, Error> {
        let stage = &mut self.stages[depth];
        if let Some(count) = stage.all {
            return Ok(count);
        }
        let mut count = 0;
        match (&mut stage.test, &stage.members) {
            (None, None) => count = self.entities as u64,
            (None, Some(members)) => count = members.len() as u64,
            (Some(test), members) => {
                let all = members
                    .as_ref()
                    .map_or(self.entities, |members| members.len());
                for place in 0..all {
                    budget.spend(1)?;
                    let entity = members
                        .as_ref()
                        .map_or(place as u32, |members| members[place].0);
                    count += u64::from(test.passes(entity, &mut self.asker, budget)?);
                }
            }
        }
        stage.all = Some(count);
        Ok(count)
    }

    fn count_along(&mut self, depth: usize, budget: &mut Budget) -> Result<u64, Error> {
        let run = self.run(depth, 0, budget)?;
        let Some(test) = &mut self.stages[depth].test else {
            return Ok(run.len() as u64);
        };
        let mut count = 0;
        for entity in run.iter() {
            count += u64::from(test.passes(*entity, &mut self.asker, budget)?);
        }
        Ok(count)
    }

    /// Of what two ties lead to: the run of the node bound first is marked, if it is looked at
    /// often, and else the longer one is galloped through.
    fn count_both(&mut self, depth: usize, budget: &mut Budget) -> Result<Option<u64>, Error> {
        let level: &'j Level = self.stages[depth].level;
        let place = |tie: &Tie| {
            self.join
                .levels
                .iter()
                .position(|level| level.node == tie.bound)
        };
        let (first, second) = match place(&level.ties[0]) <= place(&level.ties[1]) {
            true => (0, 1),
            false => (1, 0),
        };
        let start = self.bound[level.ties[first].bound];
        let other = self.run(depth, second, budget)?;
        if other.is_empty() {
            return Ok(Some(0));
        }
        let stage = &mut self.stages[depth];
        if stage.marked.start != Some(start) {
            let run = stage.lanes[first].run(EntityId(start), &mut self.asker.verdicts);
            budget.spend(run.len() as u64 / 8 + 1)?;
            if !stage.marked.pays(start, run.len(), other.len()) || run.len() * 32 < other.len() {
                let runs = if run.len() < other.len() {
                    (&run, &other)
                } else {
                    (&other, &run)
                };
                let (test, asker) = (&mut stage.test, &mut self.asker);
                let passes = |entity| match test {
                    None => Ok(true),
                    Some(test) => test.passes(entity, asker, budget),
                };
                return count_common((runs.0, runs.1), passes).map(Some);
            }
            let mut kept = Vec::with_capacity(run.len());
            for entity in run.iter() {
                if match &mut stage.test {
                    None => true,
                    Some(test) => test.passes(*entity, &mut self.asker, budget)?,
                } {
                    kept.push(*entity);
                }
            }
            if !stage.marked.mark(start, kept.into_iter(), self.entities) {
                return Ok(None);
            }
        }
        let counts = &stage.marked.counts;
        let ways = other
            .iter()
            .map(|entity| u64::from(counts[*entity as usize]));
        Ok(Some(ways.sum()))
    }
}

/// A few entities, each once.
#[derive(Default)]
struct Doubtful {
    entities: [u32; DOUBTFUL_MAX],
    count: usize,
}

impl Doubtful {
    fn iter(&self) -> std::slice::Iter<'_, u32> {
        self.entities[..self.count].iter()
    }

    /// False if there are too many.
    fn add(&mut self, entity: u32) -> bool {
        if self.iter().any(|known| *known == entity) {
            return true;
        }
        let is_room = self.count < DOUBTFUL_MAX;
        if is_room {
            self.entities[self.count] = entity;
            self.count += 1;
        }
        is_room
    }
}
