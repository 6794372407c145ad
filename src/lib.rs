//! kin: a knowledge graph of where software comes from.

pub mod algo;
pub mod diagnostic;
pub mod model;
pub mod query;
pub mod store;
