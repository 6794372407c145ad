//! Assertions: what came of one, and how one that does not hold is told.

use std::collections::HashSet;

use crate::diagnostic::escape;
use crate::model::Snapshot;
use crate::model::Value;
use crate::query::Answer;
use crate::query::BoundExpectation;
use crate::query::Column;
use crate::query::ColumnType;
use crate::query::Table;
use crate::query::value;
use crate::query::value::Key;
use crate::render;
use crate::render::Page;
use crate::shell::console;
use crate::shell::session::Reply;

/// The most rows of an answer that are shown where it should be another one.
const ROWS_MAX: usize = 20;

/// The most lines of an assertion that are shown, and the most characters of each.
const QUERY_MAX: (usize, usize) = (12, 200);

/// The longest message that is shown, in characters.
const MESSAGE_MAX: usize = 300;

/// What came of an assertion.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// Whether it holds.
    pub holds: bool,
    /// What it says for where it does not.
    pub message: Option<String>,
    /// What was wanted of the answer, in words: `no row`.
    pub wanted: String,
    /// The answer that was wanted, if the assertion names another query and does not hold.
    pub other: Option<Answer>,
}

impl Judgement {
    /// What came of an assertion that wants this.
    pub(super) fn new<Other>(
        holds: bool,
        message: Option<String>,
        wants: &BoundExpectation<Other>,
        other: Option<Answer>,
    ) -> Judgement {
        let wanted = match wants {
            BoundExpectation::Empty => "no row".to_owned(),
            BoundExpectation::NotEmpty => "at least one row".to_owned(),
            BoundExpectation::Equal(_) => "the answer of the second query".to_owned(),
            BoundExpectation::Value(wanted) => {
                value::number_text(wanted).unwrap_or_else(|| "another value".to_owned())
            }
        };
        Judgement {
            holds,
            message,
            wanted,
            other,
        }
    }
}

/// A failed assertion in one line: its message, if it has one.
pub(super) fn headline(judgement: &Judgement) -> String {
    match &judgement.message {
        Some(message) => format!(
            "assertion failed: {}",
            escape::clipped(message, MESSAGE_MAX)
        ),
        None => "assertion failed".to_owned(),
    }
}

/// A failed assertion for people: message, place, the text of it, what was wanted, what was met.
pub(super) fn report(
    reply: &Reply,
    judgement: &Judgement,
    place: &str,
    snapshot: &Snapshot,
) -> String {
    format!(
        "error: {}\n --> {place}\n{}",
        headline(judgement),
        details(reply, judgement, snapshot)
    )
}

/// The text of a failed assertion, what was wanted, and the rows that were met.
pub(super) fn details(reply: &Reply, judgement: &Judgement, snapshot: &Snapshot) -> String {
    let mut text = query_lines(&reply.query);
    text.push_str(&format!("  wanted: {}\n", judgement.wanted));
    let Some(other) = &judgement.other else {
        let count = reply.answer.table.rows.len();
        text.push_str(&format!("  met: {}\n", rows_in_words(count)));
        text.push_str(&rows(&reply.answer, snapshot));
        return text;
    };
    let missing = without(other, &reply.answer);
    let surplus = without(&reply.answer, other);
    let counts = [reply.answer.table.rows.len(), other.table.rows.len()];
    if missing.table.rows.is_empty() && surplus.table.rows.is_empty() {
        let [met, wanted] = counts.map(rows_in_words);
        let line = format!("  met: the same rows in another order or number, {met} for {wanted}\n");
        return text + &line;
    }
    for (word, part) in [("missing", missing), ("not wanted", surplus)] {
        let count = part.table.rows.len();
        if count > 0 {
            text.push_str(&format!("  {word}: {}\n", rows_in_words(count)));
            text.push_str(&rows(&part, snapshot));
        }
    }
    text
}

fn rows_in_words(count: usize) -> String {
    match count {
        0 => "no row".to_owned(),
        count => console::counted(count, "row", "rows"),
    }
}

/// An assertion as it was written, a line of it a line.
fn query_lines(query: &str) -> String {
    let (lines_max, characters_max) = QUERY_MAX;
    let mut text = String::new();
    for (index, line) in query.lines().enumerate() {
        if index == lines_max {
            text.push_str("  | …\n");
            break;
        }
        let line = escape::clipped(line.trim_end(), characters_max);
        text.push_str(&format!("  | {line}\n"));
    }
    text
}

/// The first rows of an answer as a table, indented.
fn rows(answer: &Answer, snapshot: &Snapshot) -> String {
    if answer.table.rows.is_empty() {
        return String::new();
    }
    let table = render::find("table").expect("the table of formats has `table`");
    let page = Page {
        rows_max: Some(ROWS_MAX),
        ..Page::new(answer, snapshot, "")
    };
    let text = (table.render)(&page);
    text.lines().map(|line| format!("    {line}\n")).collect()
}

/// An answer without the rows that another has too; what rows rest on makes no difference.
fn without(answer: &Answer, other: &Answer) -> Answer {
    let known: HashSet<Vec<Key>> = said(&other.table).collect();
    let rows = said(&answer.table).zip(&answer.table.rows);
    let rows = rows.filter(|(said, _)| !known.contains(said));
    let table = Table {
        columns: answer.table.columns.clone(),
        rows: rows.map(|(_, row)| row.clone()).collect(),
    };
    Answer {
        table,
        filter: answer.filter.clone(),
        ..Answer::default()
    }
}

/// What each row says.
fn said(table: &Table) -> impl Iterator<Item = Vec<Key>> + '_ {
    let is_said = |column: &Column| !matches!(column.cells, ColumnType::Via | ColumnType::Basis);
    let cells = move |row: &Vec<Value>| {
        let cells = row.iter().zip(&table.columns);
        let cells = cells.filter(|(_, column)| is_said(column));
        cells.map(|(cell, _)| Key(cell.clone())).collect()
    };
    table.rows.iter().map(cells)
}
