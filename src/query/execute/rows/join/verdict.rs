//! Whether a node can be an entity, asked once for each entity, each list of kinds and each value.

use std::ops::Range;
use std::rc::Rc;

use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::model::CodeSlice;
use crate::model::EntityId;
use crate::model::Snapshot;
use crate::query::bound::Expression;
use crate::query::bound::Join;
use crate::query::bound::KindTest;
use crate::query::bound::Level;
use crate::query::bound::Slot;
use crate::query::execute::rows::RowRun;
use crate::query::execute::rows::join::asker::Asker;
use crate::query::execute::rows::join::numbers::MANY_ASKED;
use crate::query::execute::rows::join::numbers::Numbers;
use crate::query::execute::rows::join::stage::pieces;
use crate::query::execute::rows::lazy::Lazy;
use crate::query::join::facet;

const UNASKED: u8 = 0;
const NO: u8 = 1;
const YES: u8 = 2;

/// Of each of these, whether it is `YES`.
const PASSES: [u8; 3] = [NO, NO, YES];

fn verdict(holds: bool) -> u8 {
    if holds { YES } else { NO }
}

/// What a node must fulfil, whatever the others are.
pub(super) struct Test<'j> {
    slot: Slot,
    /// One an entity.
    known: Lazy<u8>,
    kinds: Option<Kinds<'j>>,
    members: Option<Rc<[EntityId]>>,
    conditions: Vec<Condition<'j>>,
    /// How many entities were asked about one by one.
    asked: usize,
    /// How many pass, once all were asked about.
    passing: Option<u64>,
}

/// A test on kinds: the lists that entities have, and the verdict on each.
struct Kinds<'j> {
    codes: CodeSlice<'j>,
    verdicts: Vec<u8>,
}

/// A condition on one node.
struct Condition<'j> {
    expression: &'j Expression,
    /// Where all that is read has a number, the verdict of each that was asked.
    known: Option<(Numbers<'j>, Lazy<u8>)>,
}

impl<'j> Test<'j> {
    /// The test of a level; none if any entity passes.
    pub(super) fn new(
        join: &'j Join,
        level: &'j Level,
        run: &RowRun<'j>,
        members: Option<Rc<[EntityId]>>,
    ) -> Option<Test<'j>> {
        let snapshot = run.run.snapshot;
        let node = &join.matching.nodes[level.node];
        let kinds = node.kinds.as_ref().map(|test| {
            let lists = 0..snapshot.kind_list_count() as u32;
            Kinds {
                codes: snapshot.kind_codes(),
                verdicts: lists
                    .map(|list| verdict(kinds_hold(snapshot, test, list)))
                    .collect(),
            }
        });
        let conditions = level.own.iter().map(|place| {
            let expression = &join.matching.conditions[*place];
            let facet = facet(std::iter::once(expression), node.slot, &snapshot.schema);
            let known = facet.map(|facet| {
                let numbers = Numbers::new(facet, run);
                let count = numbers.count(snapshot);
                (numbers, Lazy::new(count))
            });
            Condition { expression, known }
        });
        let conditions: Vec<Condition<'j>> = conditions.collect();
        // What goes through the members need not ask whether it is one.
        let members = members.filter(|_| !level.ties.is_empty());
        let is_open = kinds.is_none() && members.is_none() && conditions.is_empty();
        (!is_open).then(|| Test {
            slot: node.slot,
            known: Lazy::new(snapshot.entity_count()),
            kinds,
            members,
            conditions,
            asked: 0,
            passing: None,
        })
    }

    /// Whether the node can be an entity.
    #[inline]
    pub(super) fn passes(
        &mut self,
        entity: u32,
        asker: &mut Asker<'j>,
        budget: &mut Budget,
    ) -> Result<bool, Error> {
        match *self.known.entry(entity) {
            UNASKED => self.ask(EntityId(entity), asker, budget),
            known => Ok(known == YES),
        }
    }

    /// How many of a run pass.
    #[inline]
    pub(super) fn count(
        &mut self,
        run: &[u32],
        asker: &mut Asker<'j>,
        budget: &mut Budget,
    ) -> Result<u64, Error> {
        let mut count = 0;
        for entity in run {
            count += match *self.known.entry(*entity) {
                UNASKED => u64::from(self.ask(EntityId(*entity), asker, budget)?),
                known => u64::from(known == YES),
            };
        }
        Ok(count)
    }

    /// Whether an entity was asked and passes.
    #[inline]
    pub(super) fn has_passed(&self, entity: u32) -> bool {
        self.known.get(entity) == YES
    }

    /// How many of a run pass, where all were asked.
    #[inline]
    pub(super) fn count_known(&self, run: &[u32]) -> u64 {
        run.iter()
            .filter(|entity| self.has_passed(**entity))
            .count() as u64
    }

    /// How many entities of a range pass, all asked at once.
    pub(super) fn ask_piece(
        &mut self,
        range: Range<usize>,
        asker: &mut Asker<'j>,
        budget: &mut Budget,
    ) -> Result<u64, Error> {
        let first = range.start;
        if self.kinds.is_some() && !self.conditions.is_empty() {
            // Others are asked about nothing more, which pays unless most are of the kinds.
            let mut picked = Vec::new();
            self.pick(range.clone(), &mut picked, asker, budget)?;
            let known = &mut self.known.all()[range];
            known.fill(NO);
            for entity in &picked {
                known[*entity as usize - first] = YES;
            }
            return Ok(picked.len() as u64);
        }
        match &self.kinds {
            None => self.known.all()[range.clone()].fill(YES),
            Some(kinds) => {
                let known = &mut self.known.all()[range.clone()];
                known.fill(UNASKED);
                kinds
                    .codes
                    .look_up(range.clone(), &kinds.verdicts, (known, NO));
            }
        }
        let known = &mut self.known.all()[range];
        if let Some(members) = &self.members {
            for (place, known) in known.iter_mut().enumerate() {
                let entity = EntityId::from_index(first + place);
                if members.binary_search(&entity).is_err() {
                    *known = NO;
                }
            }
        }
        for condition in &mut self.conditions {
            condition.ask_piece((self.slot, first), known, asker, budget)?;
        }
        Ok(count_passing(known))
    }

    /// Adds the entities of a range that pass, where each is asked about once: none is remembered.
    pub(super) fn pick(
        &mut self,
        range: Range<usize>,
        picked: &mut Vec<u32>,
        asker: &mut Asker<'j>,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        if self.knows_all() {
            let known = CodeSlice::Narrow(self.known.all());
            known.pick(range, &PASSES, NO, picked);
            return Ok(());
        }
        let table = match (&self.kinds, self.conditions.first_mut()) {
            (Some(kinds), _) => Some((kinds.codes, kinds.verdicts.as_slice())),
            (None, Some(first)) => {
                let table = first.table(asker, budget)?;
                table.map(|(codes, verdicts)| (codes, &*verdicts.all()))
            }
            (None, None) => None,
        };
        match table {
            Some((codes, verdicts)) => codes.pick(range, verdicts, NO, picked),
            None => picked.extend(range.start as u32..range.end as u32),
        }
        if let Some(members) = &self.members {
            picked.retain(|entity| members.binary_search(&EntityId(*entity)).is_ok());
        }
        // The first again: where its values were not asked about yet, it may hold.
        let mut conditions = self.conditions.iter_mut();
        conditions.try_for_each(|condition| condition.keep(self.slot, picked, asker, budget))
    }

    #[inline(never)]
    fn ask(
        &mut self,
        entity: EntityId,
        asker: &mut Asker<'j>,
        budget: &mut Budget,
    ) -> Result<bool, Error> {
        self.asked += 1;
        let entities = self.known.len();
        if self.asked * MANY_ASKED >= entities && self.has_columns() {
            self.ask_all(asker, budget)?;
            return Ok(self.has_passed(entity.0));
        }
        let passes = self.look(entity, asker, budget)?;
        *self.known.entry(entity.0) = verdict(passes);
        Ok(passes)
    }

    /// Whether all that is asked can be read off columns.
    fn has_columns(&self) -> bool {
        let mut known = self.conditions.iter().map(|condition| &condition.known);
        self.members.is_none()
            && known.all(|known| {
                known
                    .as_ref()
                    .is_some_and(|(numbers, _)| numbers.is_column())
            })
    }

    /// Whether all entities were asked about.
    fn knows_all(&self) -> bool {
        self.passing.is_some()
    }

    /// Asks about all entities at once; how many pass.
    pub(super) fn ask_all(
        &mut self,
        asker: &mut Asker<'j>,
        budget: &mut Budget,
    ) -> Result<u64, Error> {
        if let Some(count) = self.passing {
            return Ok(count);
        }
        let mut count = 0;
        for piece in pieces(self.known.len()) {
            budget.spend(piece.len() as u64)?;
            count += self.ask_piece(piece, asker, budget)?;
        }
        self.passing = Some(count);
        Ok(count)
    }

    fn look(
        &mut self,
        entity: EntityId,
        asker: &mut Asker<'j>,
        budget: &mut Budget,
    ) -> Result<bool, Error> {
        if let Some(kinds) = &self.kinds
            && kinds.verdicts[kinds.codes.get(entity.index()) as usize] == NO
        {
            return Ok(false);
        }
        if let Some(members) = &self.members
            && members.binary_search(&entity).is_err()
        {
            return Ok(false);
        }
        for condition in &mut self.conditions {
            if !condition.holds((self.slot, entity), asker, budget)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// How many of some verdicts are that an entity passes.
fn count_passing(known: &[u8]) -> u64 {
    // So many that a byte counts them.
    let parts = known.chunks(usize::from(u8::MAX));
    let count = |part: &[u8]| {
        let passing = part.iter().map(|known| u8::from(*known == YES));
        u64::from(passing.fold(0, u8::wrapping_add))
    };
    parts.map(count).sum()
}

impl<'j> Condition<'j> {
    /// The numbers of all entities, and the verdict on each number that was asked; none where there
    /// is no column.
    fn table(
        &mut self,
        asker: &Asker<'j>,
        budget: &mut Budget,
    ) -> Result<Option<(CodeSlice<'j>, &mut Lazy<u8>)>, Error> {
        let Some((numbers, verdicts)) = &mut self.known else {
            return Ok(None);
        };
        let codes = numbers.column(asker, budget)?;
        Ok(codes.map(|codes| (codes, verdicts)))
    }

    /// Asks those of the entities from `first` on that pass so far.
    fn ask_piece(
        &mut self,
        (slot, first): (Slot, usize),
        known: &mut [u8],
        asker: &mut Asker<'j>,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        match self.table(asker, budget)? {
            Some((codes, verdicts)) => {
                let range = first..first + known.len();
                codes.look_up(range, verdicts.all(), (known, NO));
            }
            None => {
                let open = known.iter_mut().filter(|known| **known == YES);
                open.for_each(|known| *known = UNASKED);
            }
        }
        if !known.contains(&UNASKED) {
            return Ok(());
        }
        for (place, known) in known.iter_mut().enumerate() {
            if *known == UNASKED {
                let entity = EntityId::from_index(first + place);
                *known = verdict(self.holds((slot, entity), asker, budget)?);
            }
        }
        Ok(())
    }

    /// Drops the entities for which it does not hold.
    fn keep(
        &mut self,
        slot: Slot,
        picked: &mut Vec<u32>,
        asker: &mut Asker<'j>,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let column = self.table(asker, budget)?.map(|(codes, _)| codes);
        let mut end = 0;
        for place in 0..picked.len() {
            let entity = picked[place];
            let known = match (column, &mut self.known) {
                (Some(codes), Some((_, verdicts))) => *verdicts.entry(codes.get(entity as usize)),
                _ => UNASKED,
            };
            let holds = match known {
                UNASKED => self.holds((slot, EntityId(entity)), asker, budget)?,
                known => known == YES,
            };
            picked[end] = entity;
            end += usize::from(holds);
        }
        picked.truncate(end);
        Ok(())
    }

    #[inline]
    fn holds(
        &mut self,
        (slot, entity): (Slot, EntityId),
        asker: &mut Asker<'j>,
        budget: &mut Budget,
    ) -> Result<bool, Error> {
        let expression = self.expression;
        let Some((numbers, known)) = &mut self.known else {
            return asker.holds_of(expression, (slot, entity), budget);
        };
        budget.spend(1)?;
        let Some(number) = numbers.of(entity, asker, budget)? else {
            return asker.holds_of(expression, (slot, entity), budget);
        };
        let known = known.entry(number);
        if *known == UNASKED {
            let holds = asker.holds_of(expression, (slot, entity), budget)?;
            *known = verdict(holds);
        }
        Ok(*known == YES)
    }
}

/// What a test on kinds says of a list of them.
pub(super) fn kinds_hold(snapshot: &Snapshot, test: &KindTest, list: u32) -> bool {
    match test {
        KindTest::Is(None) => false,
        KindTest::Is(Some(kind)) => {
            let mut kinds = snapshot.kind_list(list).iter();
            kinds.any(|found| snapshot.schema.is_a(*found, *kind))
        }
        KindTest::Not(test) => !kinds_hold(snapshot, test, list),
        KindTest::All(tests) => tests.iter().all(|test| kinds_hold(snapshot, test, list)),
        KindTest::Any(tests) => tests.iter().any(|test| kinds_hold(snapshot, test, list)),
    }
}
