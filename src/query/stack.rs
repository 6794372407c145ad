//! Room for recursion.
//!
//! A query is read, resolved and run by functions that call themselves: once a bracket, once a
//! clause, once a move of a pattern. How deep that goes is bounded by the limits `nesting` and
//! `parts`; this sees to it that a thread of any size has the stack for it, so that the limits
//! decide and never the thread.

/// What the deepest query that the limits allow takes, in a build without optimization.
const ROOM: usize = 96 * 1024 * 1024;

/// Runs `work` with that much stack; pages that are not touched cost nothing.
pub(super) fn roomy<Result>(work: impl FnOnce() -> Result) -> Result {
    stacker::maybe_grow(ROOM, ROOM + ROOM / 8, work)
}
