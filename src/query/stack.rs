//! Room for recursion.
//!
//! A query is read, resolved and run by functions that call themselves: once a bracket, once a
//! clause, once a move of a pattern. How deep that goes is bounded by the limits `nesting` and
//! `parts`; this sees to it that a thread of any size has the stack for it, so that the limits
//! decide and never the thread.

/// What the deepest query that the limits allow takes, in a build without optimization.
const ROOM_MAX: usize = 96 * 1024 * 1024;

/// What every query takes, and what each byte of its text can add: a bracket, a clause or a move is
/// a byte at least. Optimized, the deepest texts of the tests take less than 2 KiB a byte.
const ROOM_MIN: usize = 256 * 1024;
const ROOM_PER_BYTE: usize = if cfg!(debug_assertions) {
    192 * 1024
} else {
    8 * 1024
};

/// Runs `work` with the stack that a text of `length` bytes can need: a short one with what the
/// thread has, because new stack costs more than most queries.
pub(super) fn roomy<Result>(length: usize, work: impl FnOnce() -> Result) -> Result {
    let room = ROOM_MIN.saturating_add(length.saturating_mul(ROOM_PER_BYTE));
    let room = room.min(ROOM_MAX);
    stacker::maybe_grow(room, room + room / 8, work)
}
