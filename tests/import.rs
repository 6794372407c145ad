//! Tables to snapshots: formats, mappings, everything that can be wrong, and the same bytes as from
//! a graph in memory.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "other tests use the rest")]
#[path = "support/program.rs"]
mod program;

#[path = "import/property.rs"]
mod property;
#[path = "import/tables.rs"]
mod tables;
#[path = "import/wrong.rs"]
mod wrong;
