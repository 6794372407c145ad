//! Rendering: every format on every shape of answer, and on names that mean harm.

#![expect(
    clippy::unwrap_used,
    reason = "clippy knows tests by their attribute, and not what they call"
)]
#![expect(unreachable_pub, reason = "a test program has no outside")]

mod contract;
mod exchange;
mod fold;
mod formats;
mod graph;
mod hostile;
mod page;
mod picture;
mod text;
