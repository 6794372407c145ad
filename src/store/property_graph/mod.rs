//! A property graph in one JSON file: nodes with any labels, edges with any types, properties with
//! any values, and no schema. `docs/data-format.md` has the form.
//!
//! `read` makes records of the text, `check` makes a graph of them, with a vocabulary that is read
//! off the data. As with folders, whatever is wrong is a finding and is left out.

mod check;
mod read;

use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Error;
use crate::diagnostic::Span;
use crate::diagnostic::code;
use crate::model::Graph;
use crate::model::Map;
use crate::model::Schema;
use crate::store::DataFile;
use crate::store::Loaded;
use crate::store::folder;
use crate::store::report::Report;

/// The longest file that is read.
const FILE_BYTES_MAX: u64 = 1024 * 1024 * 1024;

/// An id as the file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Id {
    Text(String),
    Integer(i64),
}

impl Id {
    /// The id as a text, and whether it was an integer.
    fn into_text(self) -> (String, bool) {
        match self {
            Id::Text(text) => (text, false),
            Id::Integer(number) => (number.to_string(), true),
        }
    }
}

/// A node as the file has it.
#[derive(Debug)]
struct Node {
    span: Span,
    id: Id,
    labels: Vec<String>,
    properties: Map,
}

/// An edge as the file has it.
#[derive(Debug)]
struct Edge {
    span: Span,
    /// Its place in the list of edges.
    place: usize,
    id: Option<Id>,
    source: Id,
    target: Id,
    word: String,
    properties: Map,
}

/// Everything that a file has, in its order.
#[derive(Debug, Default)]
struct Records {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
}

/// The findings of one file.
struct Findings<'a> {
    file: Arc<str>,
    report: &'a mut Report,
}

impl Findings<'_> {
    fn push(&mut self, finding: Diagnostic) {
        self.report.push(finding.within(&self.file));
    }
}

/// Reads the property graph in the JSON file at `path`.
///
/// The error is only for the file itself: it is missing, no regular file, or longer than 1 GiB.
/// What is wrong in it are findings.
pub fn load_property_graph(path: &Path) -> Result<Loaded, Error> {
    let bytes = folder::read_single(path, FILE_BYTES_MAX)
        .map_err(|error| Error::Io(path.to_owned(), error))?;
    Ok(read_property_graph(&path.to_string_lossy(), bytes))
}

/// Reads a property graph from the bytes of a file of that name.
pub fn read_property_graph(name: &str, bytes: Vec<u8>) -> Loaded {
    let mut report = Report::default();
    let name: Arc<str> = Arc::from(name);
    let mut findings = Findings {
        file: Arc::clone(&name),
        report: &mut report,
    };
    let (text, graph) = match String::from_utf8(bytes) {
        Ok(mut text) => {
            if text.starts_with('\u{feff}') {
                text.remove(0);
            }
            let records = read::read(&text, &mut findings).unwrap_or_default();
            let graph = check::check(records, &mut findings);
            (text, graph)
        }
        Err(error) => {
            let start = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let span = Span::new(start..start + char::REPLACEMENT_CHARACTER.len_utf8());
            let message = "this is no UTF-8, and JSON is";
            let hint = "save the file in UTF-8".to_owned();
            findings.push(Diagnostic::error(&code::BAD_JSON, span, message).hint(hint));
            (text, empty())
        }
    };
    report.finish(graph, vec![DataFile { name, text }])
}

/// A graph without a node.
fn empty() -> Graph {
    let schema = Schema {
        is_open: true,
        ..Schema::default()
    };
    Graph::new(schema, Vec::new())
}
