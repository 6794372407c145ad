//! What a line does, whoever typed it: a query is answered and rendered, a `:command` carried out.
//!
//! The REPL, scripts and the transcripts of the tests speak to this; it prints nothing itself.

use std::time::Duration;
use std::time::Instant;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Error;
use crate::diagnostic::caret;
use crate::diagnostic::escape;
use crate::diagnostic::suggest;
use crate::model::ObjectRef;
use crate::model::Snapshot;
use crate::render;
use crate::render::Format;
use crate::render::Page;
use crate::shell::command;
use crate::shell::session::Reply;
use crate::shell::session::Session;

/// What a line came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What was asked for; for stdout.
    pub output: String,
    /// What is to be said besides; for stderr.
    pub remarks: String,
    /// Whether the line failed.
    pub failed: bool,
    /// Whether the conversation is over.
    pub is_over: bool,
}

impl Outcome {
    /// An outcome with output.
    pub fn output(output: impl Into<String>) -> Outcome {
        Outcome {
            output: output.into(),
            ..Outcome::default()
        }
    }
}

/// How much of an answer is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Screen {
    /// The columns of the terminal; none where lines are not cut.
    pub width: Option<usize>,
    /// The most rows of a table; none for all.
    pub rows_max: Option<usize>,
    /// What shows the rows that are left out.
    pub way_to_all: &'static str,
    /// Whether colours are shown.
    pub has_color: bool,
}

/// A session, and how its answers are shown.
#[derive(Debug)]
pub struct Console {
    /// The session.
    pub session: Session,
    /// The format of answers.
    pub format: &'static Format,
    /// How much is shown.
    pub screen: Screen,
    /// Whether the time of each query is told.
    pub is_timing: bool,
    /// The last answers, for `:last`.
    pub last: Vec<Reply>,
}

impl Console {
    /// A console on a session.
    pub fn new(session: Session, format: &'static Format, screen: Screen) -> Console {
        Console {
            session,
            format,
            screen,
            is_timing: false,
            last: Vec::new(),
        }
    }

    /// Carries out a line.
    pub fn line(&mut self, line: &str) -> Outcome {
        let trimmed = line.trim();
        if let Some(command) = trimmed.strip_prefix(':') {
            return command::run(self, command);
        }
        if command::is_bare(trimmed) {
            return command::run(self, trimmed);
        }
        self.query(line)
    }

    /// Answers and renders every query of a text; an error becomes remarks.
    pub fn query(&mut self, text: &str) -> Outcome {
        let start = Instant::now();
        let mut outcome = self
            .ask(text)
            .unwrap_or_else(|error| failure(&error, Some(text)));
        if self.is_timing {
            outcome.remarks.push_str(&told(start.elapsed()));
        }
        outcome
    }

    /// Answers and renders every query of a text.
    pub fn ask(&mut self, text: &str) -> Result<Outcome, Error> {
        let replies = self.session.query(text)?;
        let outcome = self.show(&replies, self.screen)?;
        if !replies.is_empty() {
            self.last = replies;
        }
        Ok(outcome)
    }

    /// Renders answers, a blank line between them.
    pub fn show(&self, replies: &[Reply], screen: Screen) -> Result<Outcome, Error> {
        let mut outcome = Outcome::default();
        for (index, reply) in replies.iter().enumerate() {
            let page = Page {
                width: screen.width,
                rows_max: screen.rows_max,
                way_to_all: screen.way_to_all,
                color: screen.has_color,
                ..Page::new(&reply.answer, self.session.snapshot(), &reply.query)
            };
            if index > 0 && self.format.is_for_people {
                outcome.output.push('\n');
            }
            outcome.output.push_str(&(self.format.render)(&page));
            for note in &reply.answer.notes {
                outcome
                    .remarks
                    .push_str(&format!("note: {}\n", escape::visible(note)));
            }
        }
        Ok(outcome)
    }
}

fn told(elapsed: Duration) -> String {
    format!("time: {:.3} ms\n", elapsed.as_secs_f64() * 1000.0)
}

/// A number of things in words: `1 entity`, `2 entities`.
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// How large a graph is: `2 entities and 1 statement`, or `2 nodes and 1 edge`.
pub fn size(snapshot: &Snapshot) -> String {
    let entities = counted(snapshot.entity_count(), "entity", "entities");
    if snapshot.schema.is_open {
        let nodes = counted(snapshot.entity_count(), "node", "nodes");
        let is_edge = |statement: &_| matches!(snapshot.object(*statement), ObjectRef::Entity(_));
        let edges = snapshot.statements().filter(is_edge).count();
        return format!("{nodes} and {}", counted(edges, "edge", "edges"));
    }
    let statements = counted(snapshot.statement_count(), "statement", "statements");
    format!("{entities} and {statements}")
}

/// An error as it is shown, its places lying in `text`.
pub fn failure(error: &Error, text: Option<&str>) -> Outcome {
    Outcome {
        remarks: explain(error, text),
        failed: true,
        ..Outcome::default()
    }
}

/// The words for an error, ending with a line break.
pub fn explain(error: &Error, text: Option<&str>) -> String {
    match error {
        Error::Query(diagnostics) => diagnostics_text(diagnostics, text),
        Error::Fault(fault) => {
            let hint = fault
                .hint()
                .map_or(String::new(), |hint| format!("  hint: {hint}\n"));
            format!("error: {}\n{hint}", fault.message())
        }
        Error::Usage(message, hint) => {
            let message = escape::clipped(message, 300);
            let hint = hint
                .as_ref()
                .map_or(String::new(), |hint| format!("  hint: {hint}\n"));
            format!("error: {message}\n{hint}")
        }
        Error::Io(..) => format!("error: {error}\n"),
    }
}

/// The length at which a report of findings ends, in bytes; one more may go over it.
const REPORT_BYTES_MAX: usize = 56 * 1024;

fn diagnostics_text(diagnostics: &[Diagnostic], text: Option<&str>) -> String {
    let mut report = String::new();
    for (index, diagnostic) in diagnostics.iter().enumerate() {
        if report.len() > REPORT_BYTES_MAX {
            let left = diagnostics.len() - index;
            report.push_str(&format!(
                "\nand {}\n",
                counted(left, "more finding", "more findings")
            ));
            break;
        }
        if index > 0 {
            report.push('\n');
        }
        report.push_str(&caret::render(diagnostic, text));
    }
    report
}

/// The formats in which an answer can be printed; the others are files that Graphviz makes.
pub fn formats() -> impl Iterator<Item = &'static Format> {
    render::FORMATS
        .iter()
        .filter(|format| format.dot_output.is_none())
}

/// The format of that name.
pub fn format(name: &str) -> Result<&'static Format, Error> {
    if let Some(format) = formats().find(|format| format.name == name) {
        return Ok(format);
    }
    let message = format!("there is no format `{}`", escape::clipped(name, 60));
    if render::find(name).is_some() {
        let hint = format!("write such a file: kin draw QUERY -o picture.{name}");
        return Err(Error::Usage(message, Some(hint)));
    }
    let known: Vec<&str> = formats().map(|format| format.name).collect();
    let near = suggest::nearest(name, known.iter().copied());
    let hint = suggest::did_you_mean(&near)
        .unwrap_or_else(|| format!("the formats are {}", known.join(", ")));
    Err(Error::Usage(message, Some(hint)))
}
