//! Files to a graph and back: reads a folder of TOML files or a property graph in JSON, reports
//! everything that is wrong with them, and keeps frozen graphs as bytes. Knows nothing of queries.
//!
//! The way of a file: `folder` reads bytes, `read` makes records with places of them, `check` makes
//! a graph of the records. Each stage adds its findings to one `Report` and leaves out what it
//! cannot use, so that one mistake never hides the next.

#[cfg(bundled)]
mod bundled;
mod check;
mod folder;
#[cfg(bundled)]
pub mod import;
#[cfg(bundled)]
mod property_graph;
mod read;
mod report;
mod snapshot;
mod written;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Error;
use crate::model::Graph;
use crate::model::stable;
use crate::store::report::Report;

#[cfg(bundled)]
pub use bundled::bundled;
#[cfg(bundled)]
pub use property_graph::load_property_graph;
#[cfg(bundled)]
pub use property_graph::read_property_graph;
pub use snapshot::Damage;
pub use snapshot::Writer;
pub use snapshot::aligned;
pub use snapshot::decode;
pub use snapshot::encode;
#[cfg(bundled)]
pub use snapshot::is_snapshot;
pub use snapshot::open;
#[cfg(bundled)]
pub use snapshot::open_file;
#[cfg(bundled)]
pub use snapshot::open_if_snapshot;
#[cfg(bundled)]
pub use snapshot::remember_file;
pub use snapshot::verify;
#[cfg(bundled)]
pub use snapshot::verify_file;

/// One file of a graph: its name and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFile {
    /// The path from the graph's folder, with `/` between its parts.
    pub name: Arc<str>,
    /// What is in it.
    pub text: String,
}

/// A graph with everything that was found wrong on the way to it.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The graph, without what had to be left out. Empty where a snapshot was opened, which is not
    /// built anew.
    pub graph: Graph,
    /// What was found, by file name, then place; at most [`FINDINGS_MAX`] of a code.
    pub findings: Vec<Diagnostic>,
    /// The texts of the files that findings point into, by file name.
    pub texts: BTreeMap<Arc<str>, String>,
    /// How many findings there are of each code, also of those that are not listed.
    pub totals: BTreeMap<&'static str, usize>,
    /// How many of the findings are errors, also of those that are not listed.
    pub errors: usize,
    /// How many more there would be if the data did not accept them, each with a reason.
    pub accepted: usize,
    /// How many statements rest on memory alone, if sources are demanded.
    pub remembered: usize,
}

/// What is asked of data beyond what every graph needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Demands {
    /// That every statement and every entity has a source, and that whoever relied on memory says
    /// so.
    pub sources: bool,
}

/// The most findings of one code that are kept; the others are only counted.
pub const FINDINGS_MAX: usize = 1_000;

impl Loaded {
    /// Whether anything was left out.
    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// How many of the findings are errors, also of those that are not listed.
    pub fn error_count(&self) -> usize {
        self.errors
    }

    /// How many of the findings are warnings, also of those that are not listed.
    pub fn warning_count(&self) -> usize {
        self.totals.values().sum::<usize>() - self.errors
    }

    /// All findings as text with carets, a blank line between two; empty if there are none.
    ///
    /// At most 50 of a code and 64 KiB, then lines that count the rest.
    pub fn render(&self) -> String {
        report::render(self)
    }
}

/// Reads the graph in `folder`.
///
/// The error is only for the folder itself; what is wrong with its files are findings.
pub fn load(folder: &Path) -> Result<Loaded, Error> {
    load_with(folder, Demands::default())
}

/// Reads the graph in `folder`, with findings for what is demanded and not there; nothing is left
/// out for these.
pub fn load_with(folder: &Path, demands: Demands) -> Result<Loaded, Error> {
    let mut report = Report::default();
    let files = folder::read_files(folder, &mut report)
        .map_err(|error| Error::Io(folder.to_owned(), error))?;
    Ok(load_into(report, files, demands))
}

/// Reads a graph from files that are already in memory, in any order.
pub fn load_files(files: Vec<DataFile>) -> Loaded {
    load_files_with(files, Demands::default())
}

/// The same, with findings for what is demanded and not there.
pub fn load_files_with(files: Vec<DataFile>, demands: Demands) -> Loaded {
    load_into(Report::default(), files, demands)
}

fn load_into(mut report: Report, mut files: Vec<DataFile>, demands: Demands) -> Loaded {
    stable::sort_by(&mut files, |a, b| {
        (&a.name, &a.text).cmp(&(&b.name, &b.text))
    });
    report.add_files(&files);
    let records = read::read(&files, &mut report);
    let graph = check::check(records, &files, demands, &mut report);
    report.finish(graph, files)
}
