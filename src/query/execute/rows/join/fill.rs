//! What lies behind many entities of a level at once: those of a run, or all.
//!
//! Entities that are asked one after the other lie anywhere, and each costs a few calls. Where many
//! are asked, all are gone through in the order in which their statements are stored instead, in
//! one loop without calls.

use crate::diagnostic::Error;
use crate::model::EntityId;
use crate::query::execute::rows::join::Partial;
use crate::query::execute::rows::join::lane::Lane;
use crate::query::execute::rows::join::lane::TOGETHER;
use crate::query::execute::rows::join::numbers::MANY_ASKED;
use crate::query::execute::rows::join::stage::Shape;
use crate::query::execute::rows::join::stage::Stage;
use crate::query::execute::rows::join::stage::pieces;
use crate::query::execute::rows::join::tails::LARGE;

/// It pays to go through the runs of all entities once one in so many is looked at.
const MANY_RUNS: u64 = 2;

/// So many steps are counted together where all entities are gone through.
const STEPS: u64 = 1 << 12;

/// Fills the levels that will be asked about many entities, where the first goes through all.
pub(super) fn fill_first<'j>(
    stage: &mut Stage<'j>,
    behind: &mut [Stage<'j>],
    partial: &mut Partial<'j, '_>,
) -> Result<(), Error> {
    let goes_through_all = stage.shape == Shape::All && stage.members.is_none();
    if stage.is_settled || !partial.join.yields.is_counted() || !goes_through_all {
        return Ok(());
    }
    stage.is_settled = true;
    let is_plain_all = is_plain(stage, behind);
    let Some((next, rest)) = behind.split_first_mut() else {
        return Ok(());
    };
    let is_some_plain = is_plain_all || is_plain(next, rest);
    let Some(lane) = next.lanes.first().filter(|_| is_some_plain) else {
        return Ok(());
    };
    let statements = lane.count();
    let entities = partial.entities as u64;
    let passing = stage.ask_all(partial)?;
    // As many as lead on from all, in proportion to those that pass.
    let expected = passing.saturating_mul(statements) / entities.max(1);
    let many = match rest.is_empty() {
        true => MANY_ASKED as u64,
        false => MANY_RUNS,
    };
    if expected.saturating_mul(many) < entities {
        return Ok(());
    }
    match is_plain_all {
        true => add_up(stage, behind, partial),
        false => fill(next, rest, partial),
    }
}

/// Fills a level of which so many entities more were asked that were not known, if these are many.
#[inline]
pub(super) fn fill_often<'j>(
    stage: &mut Stage<'j>,
    behind: &mut [Stage<'j>],
    asked: usize,
    partial: &mut Partial<'j, '_>,
) -> Result<(), Error> {
    stage.asked += asked as u64;
    match !stage.is_settled && stage.asked * MANY_RUNS >= partial.entities as u64 {
        true => fill(stage, behind, partial),
        false => Ok(()),
    }
}

/// How many matches lie behind the entities of a run, none of which is special, if behind each
/// that is a sum over one run of its own: these are looked for together. What of the run is summed,
/// and the sum; none of it where that does not hold, or no longer.
pub(super) fn sum_runs<'j>(
    stage: &mut Stage<'j>,
    behind: &mut [Stage<'j>],
    run: &[u32],
    partial: &mut Partial<'j, '_>,
) -> Result<(usize, u64), Error> {
    let is_one = behind.len() == 1 && is_plain(stage, behind);
    if stage.is_filled || !is_one || behind[0].lanes[0].makes_runs() {
        return Ok((0, 0));
    }
    let (mut done, mut total) = (0, 0u64);
    for part in run.chunks(TOGETHER) {
        let mut open = std::mem::take(&mut stage.open);
        let starts = stage.keep_passing(part, &mut open, partial)?;
        let next = &mut behind[0];
        let mut runs = std::mem::take(&mut next.runs);
        let ends = next.lanes[0].runs(starts, &mut runs, partial.budget)?;
        let ends = ends.expect("the runs lie there");
        let mut asked = 0;
        for (entity, run) in starts.iter().zip(&runs) {
            let run = &ends[run.start as usize..run.end as usize];
            let tail = match stage.tails.get(*entity) {
                Some(known) => known,
                None => {
                    asked += 1;
                    partial.budget.spend(run.len() as u64 + 1)?;
                    let tail = next.sum(run, &mut [], partial)?;
                    stage.tails.set(*entity, tail);
                    tail
                }
            };
            total = total.saturating_add(tail);
            stage.passed += u64::from(tail > 0);
        }
        next.runs = runs;
        stage.open = open;
        done += part.len();
        fill_often(stage, behind, asked, partial)?;
        if stage.is_filled {
            break;
        }
    }
    Ok((done, total))
}

/// Counts what lies behind every entity of a level that passes, if that is a sum.
fn fill<'j>(
    stage: &mut Stage<'j>,
    behind: &mut [Stage<'j>],
    partial: &mut Partial<'j, '_>,
) -> Result<(), Error> {
    stage.is_settled = true;
    if is_plain(stage, behind) {
        stage.ask_all(partial)?;
        add_up(stage, behind, partial)?;
    }
    Ok(())
}

/// Whether what lies behind a stage is a sum over one run, whatever is bound before; it is asked
/// for no entity that the levels behind treat otherwise.
fn is_plain(stage: &Stage<'_>, behind: &[Stage<'_>]) -> bool {
    let Some((next, rest)) = behind.split_first() else {
        return false;
    };
    let has_guards = next
        .level
        .cut
        .as_ref()
        .is_none_or(|guards| !guards.is_empty());
    stage.level.cut.is_some()
        && next.shape == Shape::Along
        && next.level.checks.is_empty()
        && (rest.is_empty() || !has_guards && is_plain(next, rest))
}

/// Counts what lies behind every entity that passes.
fn add_up<'j>(
    stage: &mut Stage<'j>,
    behind: &mut [Stage<'j>],
    partial: &mut Partial<'j, '_>,
) -> Result<(), Error> {
    let (next, rest) = behind
        .split_first_mut()
        .expect("a plain stage has one behind");
    if !next.is_settled {
        next.ask_all(partial)?;
        if !rest.is_empty() {
            next.is_settled = true;
            add_up(next, rest, partial)?;
        }
    }
    if !rest.is_empty() {
        next.tails.settle();
    }
    let lane = &mut next.lanes[0];
    // No run is longer than all are together.
    let is_small = |starts: &&[u32]| starts.last() < Some(&LARGE);
    let starts = lane.starts().filter(is_small);
    let total = match (&next.test, rest.is_empty()) {
        (None, true) => match starts {
            Some(starts) => stage.add_lengths(lane, starts, partial),
            None => stage.add_up(lane, partial, |run| run.len() as u64),
        },
        (Some(test), true) => stage.add_up(lane, partial, |run| test.count_known(run)),
        (_, false) => stage.add_up(lane, partial, |run| next.tails.sum(run)),
    };
    next.passed = next.passed.saturating_add(total?);
    Ok(())
}

impl<'j> Stage<'j> {
    /// Those of a run that pass; `open` has room for them.
    fn keep_passing<'r>(
        &mut self,
        run: &'r [u32],
        open: &'r mut Vec<u32>,
        partial: &mut Partial<'j, '_>,
    ) -> Result<&'r [u32], Error> {
        if self.test.is_none() {
            return Ok(run);
        }
        open.clear();
        for entity in run {
            if self.passes(*entity, partial)? {
                open.push(*entity);
            }
        }
        Ok(open)
    }

    /// Tests every entity; how many pass.
    pub(super) fn ask_all(&mut self, partial: &mut Partial<'j, '_>) -> Result<u64, Error> {
        match &mut self.test {
            None => Ok(partial.entities as u64),
            Some(test) => test.ask_all(&mut partial.asker, partial.budget),
        }
    }

    /// Keeps for every entity how long its run is at the next stage, along its lane, where these
    /// are the starts of the runs; in all, how much.
    fn add_lengths(
        &mut self,
        lane: &mut Lane<'j>,
        starts: &[u32],
        partial: &mut Partial<'j, '_>,
    ) -> Result<u64, Error> {
        let mut total = 0u64;
        for piece in pieces(partial.entities) {
            let entities = piece.len() as u64;
            let sum = match &self.test {
                None => self.tails.fill_lengths(piece, starts, |_| true),
                Some(test) => {
                    let passes = |entity| test.has_passed(entity);
                    self.tails.fill_lengths(piece, starts, passes)
                }
            };
            total += sum;
            partial.budget.spend(entities + sum)?;
        }
        lane.turned(partial.entities as u64, partial.budget)?;
        self.is_filled = true;
        Ok(total)
    }

    /// Keeps for every entity what `sum` makes of its run at the next stage, along its lane; in
    /// all, how much.
    fn add_up(
        &mut self,
        lane: &mut Lane<'j>,
        partial: &mut Partial<'j, '_>,
        sum: impl Fn(&[u32]) -> u64,
    ) -> Result<u64, Error> {
        let (mut total, mut steps) = (0u64, 0);
        let test = self.test.as_ref();
        self.tails.fill(|entity| {
            let mut tail = 0;
            if test.is_none_or(|test| test.has_passed(entity)) {
                let admitted;
                let run = match lane.run_in_place(EntityId(entity)) {
                    Some(run) => run,
                    None => {
                        let verdicts = &mut partial.asker.verdicts;
                        admitted = lane.made_run(EntityId(entity), verdicts);
                        &admitted
                    }
                };
                steps += run.len() as u64;
                tail = sum(run);
                total = total.saturating_add(tail);
            }
            steps += 1;
            if steps >= STEPS {
                partial.budget.spend(std::mem::take(&mut steps))?;
            }
            Ok::<u64, Error>(tail)
        })?;
        partial.budget.spend(steps)?;
        lane.turned(partial.entities as u64, partial.budget)?;
        self.is_filled = true;
        Ok(total)
    }
}
