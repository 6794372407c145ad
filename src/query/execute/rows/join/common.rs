//! What sorted runs have in common.
//!
//! Runs of like length are told apart by marks or by merging, others by galloping: J. L. Bentley
//! and A. C. Yao, "An almost optimal algorithm for unbounded searching", 1976.

use std::borrow::Cow;
use std::convert::Infallible;

/// How often an entity is in a run.
pub(super) fn count_of(run: &[u32], entity: u32) -> u64 {
    let start = run.partition_point(|end| *end < entity);
    same(&run[start..], entity) as u64
}

/// How many entries of a run are `entity`, which is not greater than the first.
pub(super) fn same(run: &[u32], entity: u32) -> usize {
    run.iter().take_while(|end| **end == entity).count()
}

/// The place of the first entry that is not less than `entity`, from `place` on.
#[inline]
pub(super) fn gallop(run: &[u32], place: usize, entity: u32) -> usize {
    let rest = &run[place..];
    let mut reach = 1;
    while reach < rest.len() && rest[reach - 1] < entity {
        reach *= 2;
    }
    let low = reach / 2;
    let high = reach.min(rest.len());
    place + low + rest[low..high].partition_point(|end| *end < entity)
}

/// The entities that are in all runs, each with how often it is in each of them, one behind the
/// other.
pub(super) fn common(runs: &[Cow<'_, [u32]>], found: &mut Vec<(u32, u32)>) {
    let shortest = (0..runs.len()).min_by_key(|run| runs[*run].len());
    let base = shortest.expect("a node with ties has runs");
    let mut places = vec![0; runs.len()];
    while let Some(entity) = runs[base].get(places[base]).copied() {
        let before = found.len();
        for (run, place) in runs.iter().zip(&mut places) {
            *place = gallop(run, *place, entity);
            let ways = same(&run[*place..], entity);
            *place += ways;
            if ways > 0 {
                found.push((entity, ways as u32));
            } else if *place == run.len() {
                found.truncate(before);
                return;
            }
        }
        if found.len() < before + runs.len() {
            found.truncate(before);
            // The entries of the shortest run are behind us also where another run stopped first.
            places[base] = gallop(&runs[base], places[base], entity);
            places[base] += same(&runs[base][places[base]..], entity);
        }
    }
}

/// How many pairs of equal entries two runs have, of entities that `passes`.
pub(super) fn count_common<E>(
    (short, long): (&[u32], &[u32]),
    mut passes: impl FnMut(u32) -> Result<bool, E>,
) -> Result<u64, E> {
    let (mut total, mut place, mut at) = (0u64, 0, 0);
    while let Some(entity) = short.get(place).copied() {
        let ways = same(&short[place..], entity);
        place += ways;
        at = gallop(long, at, entity);
        let others = same(&long[at..], entity);
        at += others;
        if others > 0 && passes(entity)? {
            total += ways as u64 * others as u64;
        } else if at == long.len() {
            break;
        }
    }
    Ok(total)
}

/// Whether a run is so much shorter than another that it is looked for in it.
pub(super) fn is_short_for(length: usize, other: &[u32]) -> bool {
    length * 32 < other.len()
}

/// A run whose entries are marked, to look others up in it.
#[derive(Default)]
pub(super) struct Marked {
    /// Whose run it is.
    pub(super) start: Option<u32>,
    /// How often each entity is in it.
    counts: Vec<u8>,
    /// Whose run was found to have an entity too often.
    pub(super) unmarkable: Option<u32>,
    /// What is marked, ascending.
    entries: Vec<u32>,
    /// How much was looked up in the run of an entity that is not marked.
    debt: (u32, usize),
}

impl Marked {
    /// Whether it pays to mark the run of `start`, which is so long, to look up `count` entries.
    pub(super) fn pays(&mut self, start: u32, length: usize, count: usize) -> bool {
        if self.debt.0 != start {
            self.debt = (start, 0);
        }
        self.debt.1 += 1 + count;
        self.debt.1 * 8 >= length
    }

    /// How many pairs of equal entities the run that is marked and another have.
    #[inline]
    pub(super) fn count(&self, run: &[u32]) -> u64 {
        if is_short_for(self.entries.len(), run) {
            return match count_common((&self.entries, run), |_| Ok::<_, Infallible>(true)) {
                Ok(count) => count,
            };
        }
        let counts = run.iter().map(|entity| self.counts[*entity as usize]);
        counts.map(u64::from).sum()
    }

    /// Forgets what is marked; room for what will be.
    pub(super) fn cleared(&mut self) -> Vec<u32> {
        for entry in &self.entries {
            self.counts[*entry as usize] = 0;
        }
        self.start = None;
        let mut entries = std::mem::take(&mut self.entries);
        entries.clear();
        entries
    }

    /// Marks the run of `start` where nothing is; false if an entity is in it too often.
    pub(super) fn mark(&mut self, start: u32, entries: Vec<u32>, all: usize) -> bool {
        self.counts.resize(all, 0);
        self.entries = entries;
        for entry in &self.entries {
            let count = &mut self.counts[*entry as usize];
            if *count == u8::MAX {
                self.unmarkable = Some(start);
                return false;
            }
            *count += 1;
        }
        self.start = Some(start);
        true
    }
}
