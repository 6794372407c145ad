//! What is made of a snapshot when queries want it often, and kept as long as the snapshot.

use std::sync::OnceLock;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use crate::diagnostic::Fault;
use crate::model::Snapshot;
use crate::model::column::Codes;
use crate::model::runs::KeptRuns;

/// So many bytes are kept, or so many columns of four bytes an entity where these are more.
const BYTES_KEPT: usize = 1 << 28;
const COLUMNS_KEPT: usize = 4;

/// What was made, and how many bytes it takes.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// The value of each entity; a slot a relation.
    pub(super) values: Slots<OnceLock<Codes>>,
    /// Runs; two slots a relation, the first by subjects.
    pub(super) runs: Slots<KeptRuns>,
    bytes: AtomicUsize,
}

impl Clone for Kept {
    /// Nothing: it is made again where it is wanted.
    fn clone(&self) -> Kept {
        Kept::default()
    }
}

/// Slots, all of which are empty at first.
#[derive(Debug, Default)]
pub(super) struct Slots<T>(OnceLock<Box<[T]>>);

impl<T: Default> Slots<T> {
    /// One of `count`.
    pub(super) fn slot(&self, place: usize, count: usize) -> &T {
        let empty = || std::iter::repeat_with(T::default).take(count).collect();
        &self.0.get_or_init(empty)[place]
    }
}

impl Kept {
    /// What a slot has; it is made first where it has nothing, of so many bytes at most. None where
    /// more than `enough` would be kept with them.
    pub(super) fn get_or_make<'k, T>(
        &'k self,
        slot: &'k OnceLock<T>,
        (bytes, enough): (usize, usize),
        make: impl FnOnce() -> Result<T, Fault>,
    ) -> Result<Option<&'k T>, Fault> {
        if let Some(made) = slot.get() {
            return Ok(Some(made));
        }
        let grown = |kept: usize| kept.checked_add(bytes).filter(|grown| *grown <= enough);
        let relaxed = Ordering::Relaxed;
        if self.bytes.fetch_update(relaxed, relaxed, grown).is_err() {
            return Ok(None);
        }
        let is_kept = make().map(|made| slot.set(made).is_ok());
        // What failed, or was made by another thread meanwhile, takes no room.
        if !matches!(is_kept, Ok(true)) {
            self.bytes.fetch_sub(bytes, relaxed);
        }
        is_kept.map(|_| slot.get())
    }
}

impl Snapshot {
    /// How many bytes may be kept.
    pub(super) fn enough_kept(&self) -> usize {
        BYTES_KEPT.max(COLUMNS_KEPT * size_of::<u32>() * self.entity_count())
    }
}

#[cfg(test)]
impl Snapshot {
    /// The same snapshot, which keeps nothing that is made.
    pub(crate) fn without_kept(self) -> Snapshot {
        self.kept.bytes.store(usize::MAX, Ordering::Relaxed);
        self
    }
}
