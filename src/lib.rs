//! kin: a knowledge graph of *where software comes from*, kept as text and asked in one line.
//!
//! ```
//! let mut session = kingraph::Session::bundled();
//! let replies = session.query("successors(CoreOS) & kind:container_host_os")?;
//! let snapshot = session.snapshot();
//! let names: Vec<&str> = replies[0]
//!     .answer
//!     .entities()
//!     .map(|entity| snapshot.name(entity))
//!     .collect();
//! assert!(names.contains(&"Flatcar Container Linux"));
//! # Ok::<(), kingraph::Error>(())
//! ```
//!
//! The modules are floors, in reading order; each uses only those above it in this list.
//! `docs/architecture.md` is the map.

pub mod diagnostic;
pub mod model;
pub mod store;

pub mod algo;
pub mod query;

pub mod render;
pub mod shell;

pub use diagnostic::Error;
pub use shell::Prepared;
pub use shell::Session;

/// Opens a graph: a folder of TOML files, a property graph in a JSON file, or a snapshot.
///
/// Whatever is wrong with a folder's files is left out and listed in what comes with the session.
/// Errors: nothing is there that can be read; a snapshot is damaged.
pub fn open(path: &std::path::Path) -> Result<(Session, store::Loaded), Error> {
    Session::open(path)
}
