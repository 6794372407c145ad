//! Graph algorithms on a `View`, as plain functions: one file a family.
//!
//! No algorithm assumes a DAG; each says what it does with cycles, loops and parallel statements.
//! All spend from a `Budget`, and none recurses.

mod bridge;
mod component;
mod dominator;
pub(crate) mod interruptible;
mod marks;
mod order;
mod part;
mod path;
mod reach;
mod reduction;
mod status;

pub use bridge::bridges;
pub use component::components;
pub use component::cycles;
pub use dominator::dominators;
pub use dominator::immediate_dominators;
pub use order::Extreme;
pub use order::extremes;
pub use order::levels;
pub use order::topological;
pub use path::shortest;
pub use path::simple;
pub use reach::Depth;
pub use reach::Reached;
pub use reach::closure;
pub use reach::expand;
pub use reduction::reduction;
pub use status::LIFE_YEARS;
pub use status::Standing;
pub use status::standing;
