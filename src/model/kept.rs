//! What is made of a snapshot when queries want it often, and kept as long as the snapshot.

use std::sync::OnceLock;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use crate::diagnostic::Fault;
use crate::model::Snapshot;
use crate::model::column::Codes;
use crate::model::runs::KeptRuns;

/// So many bytes of columns are kept, and as many of runs; or so many columns of four bytes an
/// entity where that is more.
const BYTES_KEPT: usize = 1 << 28;
const COLUMNS_KEPT: usize = 4;

/// What was made.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// The value of each entity; a slot a relation.
    pub(super) values: Slots<OnceLock<Codes>>,
    /// Runs; two slots a relation, the first by subjects.
    pub(super) runs: Slots<KeptRuns>,
    pub(super) value_bytes: Room,
    pub(super) run_bytes: Room,
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

/// How many bytes are taken.
#[derive(Debug, Default)]
pub(super) struct Room(AtomicUsize);

impl Room {
    /// What a slot has; it is made first where it has nothing, of so many bytes at most. None where
    /// more than `enough` would be taken with them, by what other threads are making too.
    pub(super) fn get_or_make<'k, T>(
        &self,
        slot: &'k OnceLock<T>,
        (bytes, enough): (usize, usize),
        make: impl FnOnce() -> Result<T, Fault>,
    ) -> Result<Option<&'k T>, Fault> {
        if let Some(made) = slot.get() {
            return Ok(Some(made));
        }
        let grown = |taken: usize| taken.checked_add(bytes).filter(|grown| *grown <= enough);
        let relaxed = Ordering::Relaxed;
        if self.0.fetch_update(relaxed, relaxed, grown).is_err() {
            return Ok(None);
        }
        let is_kept = make().map(|made| slot.set(made).is_ok());
        // What failed, or was made by another thread meanwhile, takes no room.
        if !matches!(is_kept, Ok(true)) {
            self.0.fetch_sub(bytes, relaxed);
        }
        is_kept.map(|_| slot.get())
    }
}

impl Snapshot {
    /// How many bytes of columns may be kept, and as many of runs.
    pub(super) fn enough_kept(&self) -> usize {
        BYTES_KEPT.max(COLUMNS_KEPT * size_of::<u32>() * self.entity_count())
    }
}

#[cfg(test)]
impl Snapshot {
    /// The same snapshot, which keeps nothing that is made.
    pub(crate) fn without_kept(self) -> Snapshot {
        for room in [&self.kept.value_bytes, &self.kept.run_bytes] {
            room.0.store(usize::MAX, Ordering::Relaxed);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;
    use std::sync::atomic::Ordering;

    use super::Room;
    use crate::diagnostic::Fault;

    #[test]
    fn only_what_is_kept_takes_room() {
        let (room, slots) = (Room::default(), [OnceLock::new(), OnceLock::new()]);
        let taken = || room.0.load(Ordering::Relaxed);
        let stopped = room.get_or_make(&slots[0], (6, 10), || Err(Fault::Interrupted));
        assert!(stopped.is_err());
        assert_eq!(taken(), 0);
        // Another thread is faster.
        let slower = room.get_or_make(&slots[0], (6, 10), || {
            assert_eq!(slots[0].set('a'), Ok(()));
            Ok('b')
        });
        assert!(matches!(slower, Ok(Some('a'))));
        assert_eq!(taken(), 0);
        let second = room.get_or_make(&slots[1], (6, 10), || Ok('c'));
        assert!(matches!(second, Ok(Some('c'))));
        assert_eq!(taken(), 6);
        let third = OnceLock::new();
        assert!(matches!(
            room.get_or_make(&third, (6, 10), || Ok('d')),
            Ok(None)
        ));
        assert!(matches!(
            room.get_or_make(&third, (4, 10), || Ok('d')),
            Ok(Some('d'))
        ));
    }
}
