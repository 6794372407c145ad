//! One row for all matches that are equal in what is shown, with their number.

use std::collections::BTreeMap;
use std::collections::BinaryHeap;
use std::collections::HashMap;
use std::ops::ControlFlow;

use crate::algo::interruptible;
use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::model::CodeSlice;
use crate::model::EntityId;
use crate::query::bound::Facet;
use crate::query::bound::Greatest;
use crate::query::execute::rows::Flow;
use crate::query::execute::rows::join::Partial;
use crate::query::execute::rows::join::numbers::MANY_ASKED;
use crate::query::execute::rows::join::numbers::Numbers;
use crate::query::execute::rows::join::send::Loops;
use crate::query::execute::rows::join::send::Send;
use crate::query::execute::rows::join::stage::pieces;
use crate::query::execute::rows::lazy::Lazy;

impl Send<'_, '_> {
    /// One row for all matches that show the same entities, with their number.
    pub(super) fn counted(
        &mut self,
        loops: &mut Loops<'_, '_>,
        greatest: Option<&Greatest>,
    ) -> Result<Flow, Error> {
        match self.join.shown.as_slice() {
            [only] => match self.join.facet {
                Some(facet) => self.counted_by_facet(loops, *only, facet),
                None => self.counted_by(loops, *only, greatest),
            },
            // Where all that is bound is shown, each comes once.
            [one, other] if self.join.visited > 2 => {
                let mut counts: HashMap<[u32; 2], u64> = HashMap::new();
                let _ = loops.visit(&mut |partial, ways| {
                    let key = [partial.bound[*one], partial.bound[*other]];
                    let (known, count) = (counts.len(), counts.entry(key).or_default());
                    *count = count.saturating_add(ways);
                    partial.budget.hold((counts.len() - known) as u64)?;
                    Ok(ControlFlow::Continue(()))
                })?;
                let mut met: Vec<([u32; 2], u64)> = counts.into_iter().collect();
                interruptible::sort(&mut met, loops.partial.budget)?;
                let Partial { bound, budget, .. } = &mut loops.partial;
                for (key, ways) in &met {
                    (bound[*one], bound[*other]) = (key[0], key[1]);
                    let _ = self.copy(bound, *ways, budget)?;
                }
                budget.release(met.len() as u64);
                Ok(ControlFlow::Continue(()))
            }
            _ => loops.visit(&mut |partial, ways| self.copy(&partial.bound, ways, partial.budget)),
        }
    }

    /// One row for all matches of an entity of one node.
    fn counted_by(
        &mut self,
        loops: &mut Loops<'_, '_>,
        only: usize,
        greatest: Option<&Greatest>,
    ) -> Result<Flow, Error> {
        let mut counts: Lazy<u64> = Lazy::new(loops.partial.entities);
        let mut met: Vec<u32> = Vec::new();
        let _ = loops.visit(&mut |partial, ways| {
            let entity = partial.bound[only];
            let count = counts.entry(entity);
            if *count == 0 {
                partial.budget.hold(1)?;
                met.push(entity);
            }
            *count = count.saturating_add(ways);
            Ok(ControlFlow::Continue(()))
        })?;
        loops.partial.budget.release(met.len() as u64);
        match greatest {
            Some(greatest) => {
                self.keep_greatest(&mut met, &counts, greatest, loops.partial.budget)?;
            }
            None => interruptible::sort(&mut met, loops.partial.budget)?,
        }
        let Partial { bound, budget, .. } = &mut loops.partial;
        for entity in &met {
            bound[only] = *entity;
            if self.copy(bound, counts.get(*entity), budget)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// One row for all matches of entities of one node that are alike.
    fn counted_by_facet(
        &mut self,
        loops: &mut Loops<'_, '_>,
        only: usize,
        facet: Facet,
    ) -> Result<Flow, Error> {
        let mut numbers = Numbers::new(facet, loops.partial.asker.run);
        let mut alike = Alike {
            by_number: vec![(u32::MAX, 0); numbers.count(self.run.run.snapshot)],
            others: BTreeMap::new(),
        };
        if !alike.add_known(loops, &mut numbers)? {
            let _ = loops.visit(&mut |partial, ways| {
                let entity = partial.bound[only];
                let Partial { asker, budget, .. } = partial;
                match numbers.of(EntityId(entity), asker, budget)? {
                    Some(number) => alike.add(number, entity, ways),
                    None => alike.add_other(entity, ways, budget)?,
                }
                Ok(ControlFlow::Continue(()))
            })?;
        }
        let Partial { bound, budget, .. } = &mut loops.partial;
        budget.release(alike.others.len() as u64);
        let mut found = alike.by_number;
        found.retain(|(_, count)| *count > 0);
        found.extend(alike.others);
        interruptible::sort(&mut found, budget)?;
        for (entity, count) in found {
            bound[only] = entity;
            if self.copy(bound, count, budget)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Drops the entities that come behind the first so many; the order is any.
    fn keep_greatest(
        &mut self,
        met: &mut Vec<u32>,
        counts: &Lazy<u64>,
        greatest: &Greatest,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let limit = self.run.row_count(&greatest.limit, self.row, budget)?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        if limit >= met.len() {
            return Ok(());
        }
        let snapshot = self.run.run.snapshot;
        budget.spend(met.len() as u64)?;
        // The last of those to be kept on top.
        let mut kept: BinaryHeap<([u64; 2], u32)> = BinaryHeap::with_capacity(limit);
        for entity in met.drain(..) {
            let rank = snapshot.rank(EntityId(entity));
            let key = key(&greatest.keys, counts.get(entity), rank);
            if kept.len() < limit {
                kept.push((key, entity));
            } else if let Some(mut last) = kept.peek_mut()
                && key < last.0
            {
                *last = (key, entity);
            }
        }
        met.extend(kept.into_iter().map(|(_, entity)| entity));
        Ok(())
    }
}

/// How many numbers are counted at once.
const LANES: usize = 4;

/// How many matches have entities that are alike.
struct Alike {
    /// The first entity of each number, and how many matches have one.
    by_number: Vec<(u32, u64)>,
    /// Entities with several values are like no other.
    others: BTreeMap<u32, u64>,
}

impl Alike {
    #[inline]
    fn add(&mut self, number: u32, entity: u32, ways: u64) {
        let (first, count) = &mut self.by_number[number as usize];
        *first = entity.min(*first);
        *count = count.saturating_add(ways);
    }

    fn add_other(&mut self, entity: u32, ways: u64, budget: &mut Budget) -> Result<(), Error> {
        let (known, count) = (self.others.len(), self.others.entry(entity).or_default());
        *count = count.saturating_add(ways);
        budget.hold((self.others.len() - known) as u64)?;
        Ok(())
    }

    /// Adds all matches in one loop without calls, if it is known of every entity how many it has
    /// and which number; whether it is.
    fn add_known<'j>(
        &mut self,
        loops: &mut Loops<'j, '_>,
        numbers: &mut Numbers<'j>,
    ) -> Result<bool, Error> {
        let Some((stage, partial)) = loops.known()? else {
            return Ok(false);
        };
        let asked = stage.ask_all(partial)?.saturating_mul(MANY_ASKED as u64);
        if !matches!(numbers, Numbers::Column(..)) && asked < partial.entities as u64 {
            return Ok(false);
        }
        numbers.column(&partial.asker, partial.budget)?;
        let Numbers::Column(codes, several) = *numbers else {
            return Ok(false);
        };
        let column = (codes, several);
        stage.passed += match (codes, stage.known_of_all()) {
            (CodeSlice::Narrow(codes), _) if stage.is_open() && several.is_none() => {
                self.add_all(codes, partial)?
            }
            _ if stage.is_open() => self.add_column(column, |_| Some(1), partial)?,
            (_, Some(known)) => {
                let known = |entity| known[entity as usize].checked_sub(1).map(u64::from);
                self.add_column(column, known, partial)?
            }
            (_, None) => self.add_column(column, |entity| stage.known(entity), partial)?,
        };
        Ok(true)
    }

    /// Adds one match of every entity, by numbers of one byte that stand for one value each.
    #[inline(never)]
    fn add_all(&mut self, codes: &[u8], partial: &mut Partial<'_, '_>) -> Result<u64, Error> {
        // Numbers that follow one another are counted in different places, so that none waits for
        // the one before.
        let mut lanes = [[0_u32; 1 << u8::BITS]; LANES];
        let mut unmet: Vec<u8> = (0..=u8::MAX).take(self.by_number.len()).collect();
        for piece in pieces(partial.entities) {
            partial.budget.spend(piece.len() as u64)?;
            let codes = &codes[piece.clone()];
            let (words, rest) = codes.as_chunks::<LANES>();
            for word in words {
                for lane in 0..LANES {
                    lanes[lane][usize::from(word[lane])] += 1;
                }
            }
            for code in rest {
                lanes[0][usize::from(*code)] += 1;
            }
            unmet.retain(|number| {
                let is_met = lanes.iter().any(|lane| lane[usize::from(*number)] > 0);
                if is_met && let Some(first) = codes.iter().position(|code| code == number) {
                    self.by_number[usize::from(*number)].0 = (piece.start + first) as u32;
                }
                !is_met
            });
        }
        for ((_, count), number) in self.by_number.iter_mut().zip(0..1 << u8::BITS) {
            *count = lanes.iter().map(|lane| u64::from(lane[number])).sum();
        }
        Ok(partial.entities as u64)
    }

    /// Adds what `known` says of every entity, by their numbers and the one that stands for several
    /// values; how many pass.
    #[inline(never)]
    fn add_column(
        &mut self,
        (codes, several): (CodeSlice<'_>, Option<u32>),
        known: impl Fn(u32) -> Option<u64>,
        partial: &mut Partial<'_, '_>,
    ) -> Result<u64, Error> {
        let (mut passed, mut others) = (0, Vec::new());
        let several = several.unwrap_or(u32::MAX);
        for piece in pieces(partial.entities) {
            partial.budget.spend(piece.len() as u64)?;
            codes.each(piece, |entity, number| {
                let entity = entity as u32;
                let Some(ways) = known(entity) else {
                    return;
                };
                passed += 1;
                if number == several {
                    others.extend((ways > 0).then_some((entity, ways)));
                    return;
                }
                let (first, count) = &mut self.by_number[number as usize];
                // Entities come in order.
                if *count == 0 {
                    *first = entity;
                }
                *count = count.saturating_add(ways);
            });
            for (entity, ways) in others.drain(..) {
                self.add_other(entity, ways, partial.budget)?;
            }
        }
        Ok(passed)
    }
}

/// What puts an entity in order by these keys, and equal ones by name: the name, or the number and
/// the name.
fn key(keys: &[(bool, bool)], count: u64, rank: u32) -> [u64; 2] {
    let turned = |value: u64, is_descending: bool| if is_descending { !value } else { value };
    let rank = u64::from(rank);
    let name = keys.iter().find(|(is_number, _)| !is_number);
    let name = turned(rank, name.is_some_and(|(_, is_descending)| *is_descending));
    match keys.first() {
        Some((true, is_descending)) => [turned(count, *is_descending), name],
        _ => [name, 0],
    }
}
