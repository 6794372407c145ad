//! How many matches lie behind each entity of a level, once that is counted.

use std::collections::HashMap;
use std::ops::Range;

use crate::query::execute::rows::lazy::Lazy;

/// Numbers from here on are kept apart.
pub(super) const LARGE: u32 = u32::MAX - 1;

/// A number for some entities.
#[derive(Default)]
pub(super) struct Tails {
    /// The number plus 1, 0 if there is none, and the greatest if it is kept apart.
    known: Lazy<u32>,
    large: HashMap<u32, u64>,
}

impl Tails {
    /// Room for so many entities.
    pub(super) fn new(entities: usize) -> Tails {
        Tails {
            known: Lazy::new(entities),
            large: HashMap::new(),
        }
    }

    #[inline]
    pub(super) fn get(&mut self, entity: u32) -> Option<u64> {
        let known = *self.known.entry(entity);
        self.number(entity, known)
    }

    /// The same where it is known that few are asked for, or that all are there.
    #[inline]
    pub(super) fn peek(&self, entity: u32) -> Option<u64> {
        self.number(entity, self.known.get(entity))
    }

    #[inline]
    fn number(&self, entity: u32, known: u32) -> Option<u64> {
        // None is beyond all that is not large.
        match known.wrapping_sub(1) {
            small if small < LARGE => Some(u64::from(small)),
            _ => self.large.get(&entity).copied(),
        }
    }

    /// The numbers of all entities, each plus 1, where all are known and none is kept apart.
    pub(super) fn small(&self) -> Option<&[u32]> {
        self.large.is_empty().then(|| self.known.made())
    }

    /// Makes room for all, as all will be asked for.
    pub(super) fn settle(&mut self) {
        self.known.all();
    }

    /// The sum over a run, where all numbers are known.
    #[inline]
    pub(super) fn sum(&self, run: &[u32]) -> u64 {
        let (mut sum, mut greatest) = (0u64, 0);
        for entity in run {
            let known = self.known.get(*entity);
            sum += u64::from(known.saturating_sub(1));
            greatest = greatest.max(known);
        }
        if greatest <= LARGE {
            return sum;
        }
        let numbers = run.iter().map(|entity| self.peek(*entity).unwrap_or(0));
        numbers.fold(0, u64::saturating_add)
    }

    #[inline]
    pub(super) fn set(&mut self, entity: u32, number: u64) {
        *self.known.entry(entity) = kept(&mut self.large, entity, number);
    }

    /// Sets the number of every entity of a piece to the length of its run, whose starts these are;
    /// to 0 where `passes` says no. No run is as long as what is kept apart. How long all are.
    pub(super) fn fill_lengths(
        &mut self,
        piece: Range<usize>,
        starts: &[u32],
        passes: impl Fn(u32) -> bool,
    ) -> u64 {
        let (mut sum, mut start) = (0, starts[piece.start]);
        let ends = &starts[piece.start + 1..=piece.end];
        let known = &mut self.known.all()[piece.clone()];
        for (place, (known, end)) in known.iter_mut().zip(ends).enumerate() {
            let length = match passes((piece.start + place) as u32) {
                true => end.wrapping_sub(start),
                false => 0,
            };
            start = *end;
            sum += u64::from(length);
            *known = length.wrapping_add(1);
        }
        sum
    }

    /// Sets the number of every entity, by number.
    pub(super) fn fill<E>(
        &mut self,
        mut number: impl FnMut(u32) -> Result<u64, E>,
    ) -> Result<(), E> {
        for (entity, known) in self.known.all().iter_mut().enumerate() {
            let entity = entity as u32;
            *known = kept(&mut self.large, entity, number(entity)?);
        }
        Ok(())
    }
}

/// How a number is kept.
#[inline(always)]
fn kept(large: &mut HashMap<u32, u64>, entity: u32, number: u64) -> u32 {
    match u32::try_from(number) {
        Ok(small) if small < LARGE => small + 1,
        _ => {
            large.insert(entity, number);
            u32::MAX
        }
    }
}
