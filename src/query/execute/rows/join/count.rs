//! How many matches there are, without visiting the last node, and each rest only once.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::ops::Range;

use crate::diagnostic::Error;
use crate::model::EntityId;
use crate::query::bound::Level;
use crate::query::execute::rows::join::Partial;
use crate::query::execute::rows::join::common::count_common;
use crate::query::execute::rows::join::common::count_of;
use crate::query::execute::rows::join::common::is_short_for;
use crate::query::execute::rows::join::common::same;
use crate::query::execute::rows::join::fill::fill_first;
use crate::query::execute::rows::join::fill::fill_often;
use crate::query::execute::rows::join::fill::sum_runs;
use crate::query::execute::rows::join::stage::Shape;
use crate::query::execute::rows::join::stage::Stage;
use crate::query::execute::rows::join::stage::pieces;
use crate::query::execute::rows::join::twins::count_twins;
use crate::query::execute::rows::join::wedges::count_wedges;

/// The most entities of a level that are not like the others before each is visited.
const SPECIAL_MAX: usize = 8;

/// How many matches the stages have.
pub(super) fn count<'j>(
    stages: &mut [Stage<'j>],
    partial: &mut Partial<'j, '_>,
) -> Result<u64, Error> {
    if stages.first().is_some_and(|stage| stage.ways.is_some())
        && let Some(count) = count_twins(stages, partial)?
    {
        return Ok(count);
    }
    let Some((stage, behind)) = stages.split_first_mut() else {
        return Ok(1);
    };
    if stage.level.checks.is_empty() {
        let is_last = behind.is_empty();
        let counted = match stage.shape {
            Shape::All if is_last && stage.level.ties.is_empty() => Some(stage.count_all(partial)?),
            Shape::Along if is_last || stage.level.cut.is_some() => {
                count_along(stage, behind, partial)?
            }
            Shape::Both(first, second) if is_last => stage.count_both((first, second), partial)?,
            _ => None,
        };
        if let Some(count) = counted {
            return Ok(count);
        }
        if let Some(count) = count_wedges(stage, behind, partial)? {
            return Ok(count);
        }
    }
    count_each(stage, behind, partial)
}

/// Visits the node of the stage to count.
fn count_each<'j>(
    stage: &mut Stage<'j>,
    behind: &mut [Stage<'j>],
    partial: &mut Partial<'j, '_>,
) -> Result<u64, Error> {
    fill_first(stage, behind, partial)?;
    let mut total = 0u64;
    let _ = stage.each(partial, |stage, partial, ways| {
        let behind = below(stage, behind, partial)?;
        total = total.saturating_add(ways.saturating_mul(behind));
        partial.check_rows(total)?;
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(total)
}

/// How many matches the levels behind a stage have whose node is bound; remembered by its entity
/// where that makes the difference alone.
#[inline]
pub(super) fn below<'j>(
    stage: &mut Stage<'j>,
    behind: &mut [Stage<'j>],
    partial: &mut Partial<'j, '_>,
) -> Result<u64, Error> {
    let level: &'j Level = stage.level;
    let Some(guards) = &level.cut else {
        return count(behind, partial);
    };
    let entity = partial.bound[level.node];
    let is_guard = |guard: &usize| partial.bound[*guard] == entity;
    if stage.is_first && !stage.is_filled || guards.iter().any(is_guard) {
        return count(behind, partial);
    }
    match stage.tails.get(entity) {
        None => {
            let count = count(behind, partial)?;
            stage.tails.set(entity, count);
            Ok(count)
        }
        Some(known) => Ok(known),
    }
}

/// How many matches there are along the only tie of a stage; none if each entity must be visited
/// to know. What is between entities that are not like the others is summed.
fn count_along<'j>(
    stage: &mut Stage<'j>,
    behind: &mut [Stage<'j>],
    partial: &mut Partial<'j, '_>,
) -> Result<Option<u64>, Error> {
    let Some(special) = stage.special(partial) else {
        return Ok(None);
    };
    let run = stage.run(0, partial)?;
    let (mut rest, mut total): (&[u32], u64) = (&run, 0);
    for entity in special.iter() {
        let start = rest.partition_point(|end| end < entity);
        let ways = same(&rest[start..], *entity);
        if ways == 0 {
            continue;
        }
        total = total.saturating_add(stage.sum(&rest[..start], behind, partial)?);
        let ways_free = stage.enter(*entity, &[ways as u64], partial)?;
        if ways_free > 0 {
            let behind = below(stage, behind, partial)?;
            total = total.saturating_add(ways_free.saturating_mul(behind));
        }
        rest = &rest[start + ways..];
    }
    total = total.saturating_add(stage.sum(rest, behind, partial)?);
    partial.check_rows(total)?;
    Ok(Some(total))
}

impl<'j> Stage<'j> {
    /// How many matches there are if the node is one of `run`, none of which is special.
    #[inline]
    pub(super) fn sum(
        &mut self,
        run: &[u32],
        behind: &mut [Stage<'j>],
        partial: &mut Partial<'j, '_>,
    ) -> Result<u64, Error> {
        if behind.is_empty() {
            let count = match &mut self.test {
                None => run.len() as u64,
                Some(test) => test.count(run, &mut partial.asker, partial.budget)?,
            };
            self.passed += count;
            return Ok(count);
        }
        let (done, mut total) = sum_runs(self, behind, run, partial)?;
        for entity in &run[done..] {
            let tail = match self.tails.get(*entity) {
                None => self.tail(*entity, behind, partial)?,
                Some(known) => known,
            };
            total = total.saturating_add(tail);
            self.passed += u64::from(tail > 0);
        }
        Ok(total)
    }

    /// How many matches there are if the node is an entity that is not special.
    #[inline(never)]
    fn tail(
        &mut self,
        entity: u32,
        behind: &mut [Stage<'j>],
        partial: &mut Partial<'j, '_>,
    ) -> Result<u64, Error> {
        fill_often(self, behind, 1, partial)?;
        if let Some(tail) = self.tails.get(entity) {
            return Ok(tail);
        }
        let mut tail = 0;
        if self.passes(entity, partial)? {
            partial.bound[self.level.node] = entity;
            tail = count(behind, partial)?;
        }
        self.tails.set(entity, tail);
        Ok(tail)
    }

    /// The entities to which a statement in use leads, or for which the levels behind count
    /// otherwise, ascending; none if that may be all of them, or many.
    #[inline]
    pub(super) fn special(&self, partial: &Partial<'j, '_>) -> Option<Special> {
        let mut special = Special::default();
        for guard in self.level.cut.iter().flatten() {
            special.add(partial.bound[*guard])?;
        }
        for tie in &self.level.ties {
            let start = partial.bound[tie.bound];
            for rival in &tie.rivals {
                // The rival's ends, as the tie has them: where it starts, and at the node.
                let (from, to) = match tie.is_outward {
                    true => (rival.0, rival.1),
                    false => (rival.1, rival.0),
                };
                let node = self.level.node;
                let entity = match (from == node, to == node) {
                    (false, false) if partial.bound[from] == start => partial.bound[to],
                    (true, false) if partial.bound[to] == start => start,
                    (false, true) if partial.bound[from] == start => return None,
                    (true, true) => return None,
                    _ => continue,
                };
                special.add(entity)?;
            }
        }
        Some(special)
    }

    /// In how many ways the node can be an entity: all, and those that use no statement twice.
    fn ways_to(&mut self, entity: u32, partial: &mut Partial<'j, '_>) -> Result<(u64, u64), Error> {
        if !self.passes(entity, partial)? {
            return Ok((0, 0));
        }
        let level: &'j Level = self.level;
        partial.bound[level.node] = entity;
        let (mut all, mut free) = (1u64, 1u64);
        for (place, tie) in level.ties.iter().enumerate() {
            let start = partial.bound[tie.bound];
            let ways = count_of(&self.searched_run(place, start, partial)?, entity);
            all *= ways;
            free *= ways.saturating_sub(partial.used(level.node, tie));
        }
        Ok((all, free))
    }

    /// Of all entities, or the members of the node's set.
    fn count_all(&mut self, partial: &mut Partial<'j, '_>) -> Result<u64, Error> {
        let count = match self.all {
            Some(count) => count,
            None => self.count_members(partial)?,
        };
        self.all = Some(count);
        self.passed = self.passed.saturating_add(count);
        Ok(count)
    }

    fn count_members(&mut self, partial: &mut Partial<'j, '_>) -> Result<u64, Error> {
        let Some(members) = self.members.clone() else {
            return self.ask_all(partial);
        };
        let Some(test) = &mut self.test else {
            return Ok(members.len() as u64);
        };
        let mut count = 0;
        for piece in pieces(members.len()) {
            partial.budget.spend(piece.len() as u64)?;
            let entities: Vec<u32> = members[piece].iter().map(|member| member.0).collect();
            count += test.count(&entities, &mut partial.asker, partial.budget)?;
        }
        Ok(count)
    }

    /// Of what two ties lead to; none if each entity must be visited to know.
    fn count_both(
        &mut self,
        ties: (usize, usize),
        partial: &mut Partial<'j, '_>,
    ) -> Result<Option<u64>, Error> {
        let Some(special) = self.special(partial) else {
            return Ok(None);
        };
        let other = self.run(ties.1, partial)?;
        if other.is_empty() {
            return Ok(Some(0));
        }
        let count = self.count_in_both(ties.0, &other, partial)?;
        self.without_used(count, &other, &special, partial)
            .map(Some)
    }

    /// The matches of a run of the second tie whose number is `count`, without those that use a
    /// statement twice.
    #[inline]
    fn without_used(
        &mut self,
        mut count: u64,
        run: &[u32],
        special: &Special,
        partial: &mut Partial<'j, '_>,
    ) -> Result<u64, Error> {
        self.passed = self.passed.saturating_add(count);
        for entity in special.iter() {
            if run.binary_search(entity).is_ok() {
                let (all, free) = self.ways_to(*entity, partial)?;
                count = count - all + free;
            }
        }
        Ok(count)
    }

    /// The same of what two ties lead to: the run of the first is marked, and this is the other.
    #[inline]
    pub(super) fn count_marked(
        &mut self,
        run: &[u32],
        special: &Special,
        partial: &mut Partial<'j, '_>,
    ) -> Result<u64, Error> {
        self.without_used(self.marked.count(run), run, special, partial)
    }

    /// Marks what a tie leads to and passes, if that pays for looking up these runs; whether it is
    /// marked.
    pub(super) fn mark_for(
        &mut self,
        tie: usize,
        runs: &[Range<u32>],
        partial: &mut Partial<'j, '_>,
    ) -> Result<bool, Error> {
        let start = partial.bound[self.level.ties[tie].bound];
        if self.marked.start == Some(start) {
            return Ok(true);
        }
        if self.marked.unmarkable == Some(start) {
            return Ok(false);
        }
        let run = self.searched_run(tie, start, partial)?;
        let looked_up: usize = runs.iter().map(|run| run.len() + 1).sum();
        match looked_up * 8 >= run.len() {
            true => self.mark(start, &run, partial),
            false => Ok(false),
        }
    }

    /// The run of a tie in which little is looked for; it counts as looked at where it had to be.
    fn searched_run(
        &mut self,
        tie: usize,
        start: u32,
        partial: &mut Partial<'j, '_>,
    ) -> Result<Cow<'j, [u32]>, Error> {
        let verdicts = &mut partial.asker.verdicts;
        let run = self.lanes[tie].run(EntityId(start), verdicts, partial.budget)?;
        let looked_at = match &run {
            Cow::Borrowed(_) => 1,
            Cow::Owned(run) => run.len() as u64,
        };
        partial.budget.spend(looked_at)?;
        Ok(run)
    }

    /// Marks what of a run passes; false if an entity is in it too often.
    fn mark(
        &mut self,
        start: u32,
        run: &[u32],
        partial: &mut Partial<'j, '_>,
    ) -> Result<bool, Error> {
        partial.budget.spend(run.len() as u64 / 8 + 1)?;
        let mut entries = self.marked.cleared();
        for entity in run {
            if self.passes(*entity, partial)? {
                entries.push(*entity);
            }
        }
        Ok(self.marked.mark(start, entries, partial.entities))
    }

    /// How many pairs of equal entities the run of a tie and another have: the run is marked, if it
    /// is looked at often, and else the longer one is galloped through.
    fn count_in_both(
        &mut self,
        tie: usize,
        other: &[u32],
        partial: &mut Partial<'j, '_>,
    ) -> Result<u64, Error> {
        let start = partial.bound[self.level.ties[tie].bound];
        if self.marked.start != Some(start) {
            let run = self.searched_run(tie, start, partial)?;
            let is_marked_easily = self.marked.unmarkable != Some(start)
                && !is_short_for(run.len(), other)
                && self.marked.pays(start, run.len(), other.len());
            if !is_marked_easily || !self.mark(start, &run, partial)? {
                let runs: (&[u32], &[u32]) = match run.len() < other.len() {
                    true => (&run, other),
                    false => (other, &run),
                };
                return count_common(runs, |entity| self.passes(entity, partial));
            }
        }
        Ok(self.marked.count(other))
    }
}

/// A few entities, ascending, each once.
#[derive(Default)]
pub(super) struct Special {
    entities: [u32; SPECIAL_MAX],
    count: usize,
}

impl Special {
    #[inline]
    fn iter(&self) -> std::slice::Iter<'_, u32> {
        self.entities[..self.count].iter()
    }

    /// None if there are too many.
    #[inline]
    fn add(&mut self, entity: u32) -> Option<()> {
        let place = self.iter().take_while(|known| **known < entity).count();
        if self.iter().nth(place) == Some(&entity) {
            return Some(());
        }
        let is_room = self.count < SPECIAL_MAX;
        if is_room {
            self.entities.copy_within(place..self.count, place + 1);
            self.entities[place] = entity;
            self.count += 1;
        }
        is_room.then_some(())
    }
}
