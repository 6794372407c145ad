//! Sorts of as much as a query has, which stop once somebody asks to.
//!
//! A slice's own sort of millions of items takes seconds in which nobody is heard. These here sort
//! blocks, merge them from the bottom up, and look at the budget in between; what is no longer than
//! a block is sorted as ever. They count no steps. After an error the items are in no order, or
//! gone.

use std::cmp::Ordering;

use fixedbitset::FixedBitSet;

use crate::diagnostic::Budget;
use crate::diagnostic::Fault;
use crate::model::EntityId;

/// As many items are put in order between two looks at the budget: some milliseconds where they are
/// dear to compare.
pub(crate) const BLOCK: usize = 1 << 13;

/// As many numbers, which are cheap to compare.
const BLOCK_OF_NUMBERS: usize = 1 << 18;

/// Items that may be many. To free millions of rows takes long, and nobody waits for it: more than
/// a block are let go on a thread of their own, if one is to be had.
#[derive(Debug)]
pub(crate) struct Held<T: Send + 'static>(pub(crate) Vec<T>);

impl<T: Send> Drop for Held<T> {
    fn drop(&mut self) {
        if self.0.len() > BLOCK {
            discard(std::mem::take(&mut self.0));
        }
    }
}

/// Lets go of something on a thread of its own; here, if none is to be had.
pub(crate) fn discard(held: impl Send + 'static) {
    let _ = std::thread::Builder::new().spawn(move || drop(held));
}

/// As [`slice::sort_by`].
pub(crate) fn sort_by<T: Send + 'static>(
    items: &mut Vec<T>,
    budget: &mut Budget,
    mut compare: impl FnMut(&T, &T) -> Ordering,
) -> Result<(), Fault> {
    let places = order(items.len(), budget, &mut |one, other| {
        compare(&items[one], &items[other])
    })?;
    let mut unordered = Held(items.drain(..).map(Some).collect::<Vec<Option<T>>>());
    for block in places.chunks(BLOCK) {
        budget.look()?;
        let taken = block.iter().map(|place| unordered.0[*place].take());
        items.extend(taken.map(|item| item.expect("each place comes once")));
    }
    unordered.0.clear();
    Ok(())
}

/// The places of so many items in the order that a comparison of two places has; of equals the
/// earlier comes first.
pub(crate) fn order(
    count: usize,
    budget: &mut Budget,
    compare: &mut dyn FnMut(usize, usize) -> Ordering,
) -> Result<Vec<usize>, Fault> {
    let mut places: Vec<usize> = (0..count).collect();
    for block in places.chunks_mut(BLOCK) {
        budget.look()?;
        block.sort_by(|one, other| compare(*one, *other));
    }
    merge_blocks(&mut places, BLOCK, budget, |one, other| {
        compare(*one, *other)
    })?;
    Ok(places)
}

/// As [`slice::sort_unstable`], for what is compared as fast as numbers are.
pub(crate) fn sort<T: Ord + Copy>(items: &mut Vec<T>, budget: &mut Budget) -> Result<(), Fault> {
    for block in items.chunks_mut(BLOCK_OF_NUMBERS) {
        budget.look()?;
        block.sort_unstable();
    }
    merge_blocks(items, BLOCK_OF_NUMBERS, budget, T::cmp)
}

/// Each of these entities once, by id.
pub(crate) fn entities(
    mut found: Vec<EntityId>,
    budget: &mut Budget,
) -> Result<Vec<EntityId>, Fault> {
    if found.len() <= BLOCK || !lie_close(&found) {
        sort(&mut found, budget)?;
        found.dedup();
        return Ok(found);
    }
    let mut set = FixedBitSet::with_capacity(largest(&found) + 1);
    for block in found.chunks(BLOCK_OF_NUMBERS) {
        budget.look()?;
        block.iter().for_each(|entity| set.insert(entity.index()));
    }
    found.clear();
    found.extend(set.ones().map(EntityId::from_index));
    Ok(found)
}

/// The largest index among entities; 0 without any.
pub(crate) fn largest(entities: &[EntityId]) -> usize {
    entities.iter().max().map_or(0, |entity| entity.index())
}

/// Whether a table with a place for every number costs less than to compare the entities.
pub(crate) fn lie_close(entities: &[EntityId]) -> bool {
    largest(entities) / 32 <= entities.len()
}

/// Merges neighbours among sorted blocks of a length until one is left.
fn merge_blocks<T: Copy>(
    items: &mut Vec<T>,
    mut length: usize,
    budget: &mut Budget,
    mut compare: impl FnMut(&T, &T) -> Ordering,
) -> Result<(), Fault> {
    let mut merged = Vec::new();
    while length < items.len() {
        merged.reserve(items.len());
        for pair in items.chunks(length.saturating_mul(2)) {
            let (left, right) = pair.split_at(length.min(pair.len()));
            merge(left, right, &mut merged, budget, &mut compare)?;
        }
        std::mem::swap(items, &mut merged);
        merged.clear();
        length = length.saturating_mul(2);
    }
    Ok(())
}

/// Puts two runs behind what was merged before; of equals the left one comes first.
fn merge<T: Copy>(
    mut left: &[T],
    mut right: &[T],
    merged: &mut Vec<T>,
    budget: &mut Budget,
    compare: &mut impl FnMut(&T, &T) -> Ordering,
) -> Result<(), Fault> {
    budget.look()?;
    // Runs that follow each other, as those of what was in order before, are not compared.
    if let (Some(last), Some(first)) = (left.last(), right.first())
        && compare(last, first).is_gt()
    {
        while let (Some(one), Some(other)) = (left.first(), right.first()) {
            if merged.len().is_multiple_of(BLOCK) {
                budget.look()?;
            }
            if compare(one, other).is_gt() {
                merged.push(*other);
                right = &right[1..];
            } else {
                merged.push(*one);
                left = &left[1..];
            }
        }
    }
    merged.extend_from_slice(left);
    merged.extend_from_slice(right);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Interrupt;
    use crate::diagnostic::Limits;

    fn scrambled(count: usize, below: usize) -> Vec<(usize, usize)> {
        let number = |at: usize| (at * 7_919 + at * at % 1_013) % below;
        (0..count).map(|at| (number(at), at)).collect()
    }

    #[test]
    fn items_come_in_the_order_of_the_standard_sorts() {
        let mut budget = Budget::new(Limits::default(), Interrupt::default());
        let around = [
            BLOCK,
            2 * BLOCK,
            3 * BLOCK,
            BLOCK_OF_NUMBERS,
            3 * BLOCK_OF_NUMBERS,
        ];
        let counts = around
            .iter()
            .flat_map(|count| [count - 1, *count, count + 1]);
        for count in counts.chain([0, 1, 2, 100]) {
            for below in [1, 3, 1 << 30] {
                let items = scrambled(count, below);
                let mut wanted = items.clone();
                wanted.sort_by_key(|item| item.0);
                let mut stable = items.clone();
                sort_by(&mut stable, &mut budget, |one, other| one.0.cmp(&other.0)).unwrap();
                assert!(stable == wanted, "{count} items below {below}");
                wanted.sort_by_key(|item| std::cmp::Reverse(*item));
                let mut whole: Vec<_> = items.into_iter().map(std::cmp::Reverse).collect();
                sort(&mut whole, &mut budget).unwrap();
                assert!(whole.iter().map(|item| item.0).eq(wanted), "{count} items");
            }
        }
    }

    #[test]
    fn a_sort_is_stopped_wherever_it_is() {
        let sort = |budget: &mut Budget, compared: &mut dyn FnMut()| {
            let mut items = scrambled(8 * BLOCK, usize::MAX);
            sort_by(&mut items, budget, |one, other| {
                compared();
                one.cmp(other)
            })
        };
        let mut all = 0u64;
        let mut budget = Budget::new(Limits::default(), Interrupt::default());
        sort(&mut budget, &mut || all += 1).unwrap();
        for part in 0..10 {
            let interrupt = Interrupt::default();
            let mut budget = Budget::new(Limits::default(), interrupt.clone());
            let (mut compared, stopped_at) = (0u64, 1 + all * part / 10);
            let result = sort(&mut budget, &mut || {
                compared += 1;
                if compared == stopped_at {
                    interrupt.cancel();
                }
            });
            assert_eq!(
                result,
                Err(Fault::Interrupted),
                "stopped at {stopped_at} of {all}"
            );
            let more = compared - stopped_at;
            assert!(more <= 16 * BLOCK as u64, "{more} comparisons afterwards");
        }
    }
}
