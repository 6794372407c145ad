//! What a level works with, and the loops that bind its node to one entity after the other.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::ops::Range;
use std::rc::Rc;

use crate::diagnostic::Error;
use crate::model::EntityId;
use crate::query::bound::Join;
use crate::query::bound::Level;
use crate::query::bound::Tie;
use crate::query::execute::rows::Flow;
use crate::query::execute::rows::RowRun;
use crate::query::execute::rows::join::Partial;
use crate::query::execute::rows::join::common::Marked;
use crate::query::execute::rows::join::common::common;
use crate::query::execute::rows::join::common::count_of;
use crate::query::execute::rows::join::lane::Lane;
use crate::query::execute::rows::join::tails::Tails;
use crate::query::execute::rows::join::twins::Ways;
use crate::query::execute::rows::join::verdict::Test;

/// So many entities are tested at once where all are gone through.
const PIECE: usize = 1024;

/// What a level works with.
pub(super) struct Stage<'j> {
    pub(super) level: &'j Level,
    pub(super) test: Option<Test<'j>>,
    /// One a tie.
    pub(super) lanes: Vec<Lane<'j>>,
    pub(super) shape: Shape,
    /// What a level without ties goes through; none for every entity.
    pub(super) members: Option<Rc<[EntityId]>>,
    /// Those of all entities that pass, where they are gone through several times.
    passing: Option<Rc<[u32]>>,
    /// How many entities pass, where that was counted.
    pub(super) all: Option<u64>,
    /// The number of matches of the levels behind, and 0 for entities that do not pass.
    pub(super) tails: Tails,
    /// Whether it comes first: it goes through all entities or members once, and asks for no number
    /// again.
    pub(super) is_first: bool,
    /// How many of them were counted before all are.
    pub(super) asked: u64,
    /// Whether it was looked at if all of them are better counted at once.
    pub(super) is_settled: bool,
    /// Whether they are known of every entity.
    pub(super) is_filled: bool,
    pub(super) marked: Marked,
    /// Entities whose runs were looked up together, kept for its room.
    pub(super) open: Vec<u32>,
    /// The same for where the runs lie.
    pub(super) runs: Vec<Range<u32>>,
    /// How many ways lead to each entity, where the last three levels begin with twins.
    pub(super) ways: Option<Ways>,
    /// How many entities the level passed on, for `:explain`.
    pub(super) passed: u64,
}

/// How a level binds its node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// To every entity or member.
    All,
    /// Along the only tie.
    Along,
    /// To what two ties lead to; first the place of the one whose node is bound earlier.
    Both(usize, usize),
    /// To what some ties lead to, of which some may be loops.
    Several,
}

impl Shape {
    fn of(join: &Join, (depth, level): (usize, &Level)) -> Shape {
        let place = |tie: &Tie| {
            let mut levels = join.levels[..depth].iter();
            levels.position(|level| level.node == tie.bound)
        };
        let is_loop = |tie: &Tie| tie.bound == level.node;
        match level.ties.as_slice() {
            ties if ties.iter().all(is_loop) => Shape::All,
            ties if ties.iter().any(is_loop) => Shape::Several,
            [_] => Shape::Along,
            [one, other] if place(one) <= place(other) => Shape::Both(0, 1),
            [_, _] => Shape::Both(1, 0),
            _ => Shape::Several,
        }
    }
}

impl<'j> Stage<'j> {
    pub(super) fn new(
        run: &'j RowRun<'j>,
        join: &'j Join,
        (depth, level): (usize, &'j Level),
        members: Option<Rc<[EntityId]>>,
    ) -> Stage<'j> {
        let snapshot = run.run.snapshot;
        let lane = |tie: &'j Tie| Lane::new(snapshot, run.filter, tie);
        let tails = match level.cut {
            Some(_) => snapshot.entity_count(),
            None => 0,
        };
        Stage {
            level,
            test: Test::new(join, level, run, members.clone()),
            lanes: level.ties.iter().map(lane).collect(),
            shape: Shape::of(join, (depth, level)),
            members,
            passing: None,
            all: None,
            tails: Tails::new(tails),
            is_first: depth == 0,
            asked: 0,
            is_settled: false,
            is_filled: false,
            marked: Marked::default(),
            open: Vec::new(),
            runs: Vec::new(),
            ways: (join.twins == Some(depth)).then(|| Ways::new(snapshot.entity_count())),
            passed: 0,
        }
    }

    /// Binds the node of the level to one entity after the other, in ascending order of their ids
    /// where it has ties, and calls `act` with the number of ways that lead to it.
    pub(super) fn each<'b, F>(
        &mut self,
        partial: &mut Partial<'j, 'b>,
        mut act: F,
    ) -> Result<Flow, Error>
    where
        F: FnMut(&mut Self, &mut Partial<'j, 'b>, u64) -> Result<Flow, Error>,
    {
        match self.shape {
            Shape::All => return self.each_of_all(partial, act),
            Shape::Along => {
                let run = self.run(0, partial)?;
                for same in run.chunk_by(|one, other| one == other) {
                    let ways = self.enter(same[0], &[same.len() as u64], partial)?;
                    if ways > 0 && act(self, partial, ways)?.is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
            }
            Shape::Both(..) | Shape::Several => {
                let level: &'j Level = self.level;
                let mut runs = Vec::with_capacity(level.ties.len());
                for (place, tie) in level.ties.iter().enumerate() {
                    if tie.bound != level.node {
                        runs.push(self.run(place, partial)?);
                    }
                }
                let mut found = Vec::new();
                common(&runs, &mut found);
                let mut ways = Vec::with_capacity(runs.len());
                for same in found.chunk_by(|one, other| one.0 == other.0) {
                    ways.clear();
                    ways.extend(same.iter().map(|(_, ways)| u64::from(*ways)));
                    let ways = self.enter(same[0].0, &ways, partial)?;
                    if ways > 0 && act(self, partial, ways)?.is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn each_of_all<'b, F>(
        &mut self,
        partial: &mut Partial<'j, 'b>,
        mut act: F,
    ) -> Result<Flow, Error>
    where
        F: FnMut(&mut Self, &mut Partial<'j, 'b>, u64) -> Result<Flow, Error>,
    {
        let members = self.members.clone();
        let passing = match members {
            Some(_) => None,
            None => self.passing(partial)?,
        };
        let count = match (&members, &passing) {
            (Some(members), _) => members.len(),
            (None, Some(passing)) => passing.len(),
            (None, None) => partial.entities,
        };
        let mut picked = Vec::new();
        for piece in pieces(count) {
            partial.budget.spend(piece.len() as u64)?;
            picked.clear();
            match (&members, &passing, &mut self.test) {
                (Some(members), ..) => picked.extend(members[piece].iter().map(|member| member.0)),
                (None, Some(passing), _) => picked.extend(&passing[piece]),
                (None, None, Some(test)) => {
                    test.pick(piece, &mut picked, &mut partial.asker, partial.budget)?;
                }
                (None, None, None) => picked.extend(piece.start as u32..piece.end as u32),
            }
            for entity in &picked {
                let ways = match &members {
                    Some(_) => self.enter(*entity, &[], partial)?,
                    None => self.enter_passing(*entity, &[], partial)?,
                };
                if ways > 0 && act(self, partial, ways)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// The entities that pass, where a level behind another goes through all of them.
    fn passing(&mut self, partial: &mut Partial<'j, '_>) -> Result<Option<Rc<[u32]>>, Error> {
        let (Some(test), false) = (&mut self.test, self.is_first) else {
            return Ok(None);
        };
        if self.passing.is_none() {
            let mut passing = Vec::new();
            for piece in pieces(partial.entities) {
                partial.budget.spend(piece.len() as u64)?;
                test.pick(piece, &mut passing, &mut partial.asker, partial.budget)?;
            }
            partial.budget.hold(1 + passing.len() as u64 / 8)?;
            self.passing = Some(Rc::from(passing));
        }
        Ok(self.passing.clone())
    }

    /// Whether it is known of every entity if it passes and how many matches lie behind it; asks
    /// all of them where nothing lies behind.
    pub(super) fn knows_all(
        &mut self,
        behind: &[Stage<'j>],
        partial: &mut Partial<'j, '_>,
    ) -> Result<bool, Error> {
        let goes_through_all = self.shape == Shape::All && self.members.is_none();
        let is_plain = self.level.ties.is_empty() && self.level.checks.is_empty();
        // What lies behind is the same whatever was bound before only where nothing is guarded.
        let has_guards = self.level.cut.as_ref().is_none_or(|cut| !cut.is_empty());
        let is_known =
            self.is_filled && !has_guards || behind.is_empty() && partial.join.yields.is_counted();
        if goes_through_all && is_plain && is_known && !self.is_filled {
            self.ask_all(partial)?;
        }
        Ok(goes_through_all && is_plain && is_known)
    }

    /// Whether every entity passes and stands for one match, where all are known.
    pub(super) fn is_open(&self) -> bool {
        self.test.is_none() && !self.is_filled
    }

    /// How many matches lie behind each entity, plus 1, where all pass and none has very many.
    pub(super) fn known_of_all(&self) -> Option<&[u32]> {
        let is_known = self.test.is_none() && self.is_filled;
        self.tails.small().filter(|_| is_known)
    }

    /// How many matches lie behind an entity; none if it does not pass.
    #[inline]
    pub(super) fn known(&self, entity: u32) -> Option<u64> {
        let is_open = |test: &Test<'_>| test.has_passed(entity);
        self.test
            .as_ref()
            .is_none_or(is_open)
            .then(|| match self.is_filled {
                true => self.tails.peek(entity).unwrap_or(0),
                false => 1,
            })
    }

    /// The ends of the statements of a tie from what it is bound to.
    #[inline]
    pub(super) fn run(
        &mut self,
        tie: usize,
        partial: &mut Partial<'j, '_>,
    ) -> Result<Cow<'j, [u32]>, Error> {
        let start = EntityId(partial.bound[self.level.ties[tie].bound]);
        let run = self.lanes[tie].run(start, &mut partial.asker.verdicts, partial.budget)?;
        partial.budget.spend(run.len() as u64 + 1)?;
        Ok(run)
    }

    /// Whether the node can be an entity, whatever the others are.
    #[inline]
    pub(super) fn passes(
        &mut self,
        entity: u32,
        partial: &mut Partial<'j, '_>,
    ) -> Result<bool, Error> {
        match &mut self.test {
            None => Ok(true),
            Some(test) => test.passes(entity, &mut partial.asker, partial.budget),
        }
    }

    /// Binds the node; in how many ways, 0 if it cannot be that entity. `ways` says how many
    /// statements there are for each tie from another node.
    #[inline]
    pub(super) fn enter(
        &mut self,
        entity: u32,
        ways: &[u64],
        partial: &mut Partial<'j, '_>,
    ) -> Result<u64, Error> {
        match self.passes(entity, partial)? {
            true => self.enter_passing(entity, ways, partial),
            false => Ok(0),
        }
    }

    /// The same for an entity that passes the test.
    #[inline]
    fn enter_passing(
        &mut self,
        entity: u32,
        ways: &[u64],
        partial: &mut Partial<'j, '_>,
    ) -> Result<u64, Error> {
        let level: &'j Level = self.level;
        partial.bound[level.node] = entity;
        let mut product = 1u64;
        if ways.len() < level.ties.len() {
            product = self.ways_with_loops(entity, ways, partial)?;
        } else {
            for (tie, ways) in level.ties.iter().zip(ways) {
                let free = ways.saturating_sub(partial.used(level.node, tie));
                product = product.saturating_mul(free);
            }
        }
        if product == 0 || !level.checks.is_empty() && !partial.checks(level)? {
            return Ok(0);
        }
        self.passed += 1;
        Ok(product)
    }

    fn ways_with_loops(
        &mut self,
        entity: u32,
        ways: &[u64],
        partial: &mut Partial<'j, '_>,
    ) -> Result<u64, Error> {
        let level: &'j Level = self.level;
        let mut ways = ways.iter();
        let mut product = 1u64;
        for (lane, tie) in self.lanes.iter_mut().zip(&level.ties) {
            let ways = match tie.bound == level.node {
                true => {
                    let asker = &mut partial.asker;
                    let run = lane.run(EntityId(entity), &mut asker.verdicts, partial.budget)?;
                    count_of(&run, entity)
                }
                false => *ways.next().expect("a tie from another node has ways"),
            };
            let free = ways.saturating_sub(partial.used(level.node, tie));
            product = product.saturating_mul(free);
        }
        Ok(product)
    }
}

/// So many entities, a piece after the other.
pub(super) fn pieces(count: usize) -> impl Iterator<Item = Range<usize>> {
    let starts = (0..count).step_by(PIECE);
    starts.map(move |start| start..count.min(start + PIECE))
}
