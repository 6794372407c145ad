//! What was left out of an import, line by line up to a limit, and counted in all.

use std::sync::Arc;

use crate::diagnostic::escape;

/// The most findings of one problem that are kept; the others are only counted.
pub const LISTED_MAX: usize = 50;

/// The most characters of a file that a message shows.
const SHOWN_MAX: usize = 60;

macro_rules! problems {
    ($($name:ident, $one:literal, $many:literal;)*) => {
        /// What can be wrong with a line.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Problem { $(#[doc = $one] $name),* }

        impl Problem {
            /// All problems.
            pub const ALL: &'static [Problem] = &[$(Problem::$name),*];

            /// So many of them, in words.
            pub fn counted(self, count: u64) -> String {
                match (self, count) {
                    $((Problem::$name, 1) => concat!("1 ", $one).to_owned(),
                      (Problem::$name, _) => format!(concat!("{} ", $many), count),)*
                }
            }
        }
    };
}

problems! {
    Ragged, "line with too few or too many fields", "lines with too few or too many fields";
    Quote, "line with a quote out of place", "lines with a quote out of place";
    TooLong, "line or field that is too long", "lines or fields that are too long";
    Json, "line that is no JSON object", "lines that are no JSON object";
    Encoding, "line that is not in the encoding", "lines that are not in the encoding";
    Nul, "line with a NUL", "lines with a NUL";
    NoId, "line without an id", "lines without an id";
    Date, "line with a date that does not read", "lines with a date that does not read";
    Period, "line with a period that ends before it begins",
        "lines with a period that ends before it begins";
    Word, "line with a word that is none of those wanted",
        "lines with a word that is none of those wanted";
    List, "line with a list or an object where one text is wanted",
        "lines with a list or an object where one text is wanted";
    Kind, "line with an unknown kind", "lines with an unknown kind";
    Relation, "line with an unknown relation", "lines with an unknown relation";
    Value, "value that is not of its type", "values that are not of their type";
    Duplicate, "line about an entity that is there already",
        "lines about entities that are there already";
    Dangling, "line that leads to an entity that is not there",
        "lines that lead to entities that are not there";
}

/// One thing that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub problem: Problem,
    /// The name of the file.
    pub file: Arc<str>,
    /// The line on which the record starts, from 1.
    pub line: u64,
    /// What is wrong, in words.
    pub message: String,
    /// Whether it is an error, and was not asked for by the mapping.
    pub is_error: bool,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let file = escape::visible(&self.file);
        write!(formatter, "{file}:{}: {}", self.line, self.message)
    }
}

/// What came of an import.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What was left out, in the order of reading; at most [`LISTED_MAX`] of a problem.
    pub findings: Vec<Finding>,
    /// How much was left out of each problem, and whether that is an error.
    pub counts: Vec<(Problem, u64)>,
    /// How many of these are errors.
    pub errors: u64,
    /// What was taken for what, and what is no line's fault.
    pub notes: Vec<String>,
    /// How many entities there are.
    pub entities: u64,
    /// How many of them are only ends of statements.
    pub stubs: u64,
    /// How many statements there are, properties included.
    pub statements: u64,
    /// How many statements were left out because they were there already.
    pub repeated: u64,
}

impl Report {
    /// Notes something that was left out.
    pub(super) fn add(&mut self, finding: Finding) {
        self.errors += u64::from(finding.is_error);
        let place = self
            .counts
            .binary_search_by_key(&finding.problem, |row| row.0);
        let count = match place {
            Ok(place) => &mut self.counts[place].1,
            Err(place) => {
                self.counts.insert(place, (finding.problem, 0));
                &mut self.counts[place].1
            }
        };
        *count += 1;
        if *count <= LISTED_MAX as u64 {
            self.findings.push(finding);
        }
    }
}

/// A piece of a file in a message, harmless and short.
pub(super) fn quoted(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(SHOWN_MAX * 4)]);
    format!("`{}`", escape::clipped(&text, SHOWN_MAX))
}
