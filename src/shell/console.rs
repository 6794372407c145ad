//! What a line does, whoever typed it: a query is answered and rendered, a `:command` carried out.
//!
//! The REPL, scripts and the transcripts of the tests speak to this; it prints nothing itself.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Error;
use crate::diagnostic::Fault;
use crate::diagnostic::Lines;
use crate::diagnostic::Span;
use crate::diagnostic::caret;
use crate::diagnostic::escape;
use crate::diagnostic::suggest;
use crate::model::ObjectRef;
use crate::model::Snapshot;
use crate::query::PlannedQuery;
use crate::query::ast::Drawing;
use crate::query::ast::Target;
use crate::render;
use crate::render::Format;
use crate::render::Page;
use crate::shell::asked;
use crate::shell::assertion;
use crate::shell::command;
use crate::shell::files;
use crate::shell::files::Files;
use crate::shell::picture;
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

/// What one query or assertion of a text came to.
#[derive(Debug)]
pub struct Done {
    /// Where it stands.
    pub span: Span,
    /// Its answer, or why there is none.
    pub reply: Result<Reply, Error>,
    /// What is to be shown and said of it.
    pub outcome: Outcome,
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
    /// The files that statements may write; none unless that is set.
    pub files: Files,
    /// How many answers were shown since the last line began.
    shown: usize,
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
            files: Files::default(),
            shown: 0,
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

    /// Answers and renders every query of a text, whatever becomes of those before it.
    ///
    /// Errors: the text is wrong somewhere, and nothing of it was run.
    pub fn ask(&mut self, text: &str) -> Result<Outcome, Error> {
        self.files.begin();
        self.shown = 0;
        let mut outcome = Outcome::default();
        let mut replies = Vec::new();
        self.run(text, None, &mut |done| {
            outcome.output.push_str(&done.outcome.output);
            outcome.remarks.push_str(&done.outcome.remarks);
            outcome.failed |= done.outcome.failed;
            let is_shown = |reply: &Reply| reply.assertion.is_none() || !reply.holds();
            replies.extend(done.reply.ok().filter(is_shown));
            ControlFlow::Continue(())
        })?;
        if !replies.is_empty() {
            self.last = replies;
        }
        Ok(outcome)
    }

    /// Answers the queries and assertions of a text one after the other, and tells of each when it
    /// is done; `file` is where the text comes from.
    ///
    /// An interruption ends it. Errors: the text is wrong somewhere, and nothing of it was run.
    pub fn run(
        &mut self,
        text: &str,
        file: Option<&Arc<str>>,
        each: &mut dyn FnMut(Done) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        let script = self.session.plan(text)?;
        self.files.check(&script.queries)?;
        self.session.begin(text, script.definitions);
        let lines = Lines::of(text);
        for query in &script.queries {
            let done = self.statement(text, &lines, file, query);
            let is_interrupted = matches!(done.reply, Err(Error::Fault(Fault::Interrupted)));
            if each(done).is_break() || is_interrupted {
                break;
            }
        }
        Ok(())
    }

    fn statement(
        &mut self,
        text: &str,
        lines: &Lines,
        file: Option<&Arc<str>>,
        query: &PlannedQuery,
    ) -> Done {
        let place = place(text, lines, file, query.span);
        let told = self.session.answer(text, query);
        let told = told.and_then(|reply| Ok((self.tell(&reply, &place)?, reply)));
        let (outcome, reply) = match told {
            Ok((outcome, reply)) => (outcome, Ok(reply)),
            Err(mut error) => {
                set_file(&mut error, file);
                let mut outcome = failure(&error, Some(text));
                if file.is_some() && !matches!(error, Error::Query(_)) {
                    let head = outcome.remarks.find('\n').map_or(0, |end| end + 1);
                    outcome.remarks.insert_str(head, &format!(" --> {place}\n"));
                }
                (outcome, Err(error))
            }
        };
        Done {
            span: query.span,
            reply,
            outcome,
        }
    }

    /// What is to be shown of a reply; a file that it goes into is written.
    fn tell(&mut self, reply: &Reply, place: &str) -> Result<Outcome, Error> {
        let mut outcome = Outcome::default();
        let snapshot = Arc::clone(self.session.snapshot());
        match (&reply.assertion, &reply.target) {
            (Some(judgement), _) if judgement.holds => return Ok(outcome),
            (Some(judgement), _) => {
                outcome.failed = true;
                outcome.remarks = assertion::report(reply, judgement, place, &snapshot);
            }
            (None, Some(Target::File(name))) => {
                outcome.remarks = self.files.write(name, reply, &self.session, None)?;
            }
            (None, Some(Target::Drawing(drawing))) => outcome = self.draw(drawing, reply)?,
            (None, _) => {
                let format = files::format(reply.target.as_ref()).unwrap_or(self.format);
                if self.shown > 0 && format.is_for_people {
                    outcome.output.push('\n');
                }
                self.shown += 1;
                outcome
                    .output
                    .push_str(&self.rendered(reply, format, self.screen));
            }
        }
        outcome.remarks.push_str(&notes(reply));
        Ok(outcome)
    }

    /// Draws a reply as a text asks for it.
    fn draw(&mut self, drawing: &Drawing, reply: &Reply) -> Result<Outcome, Error> {
        let wishes = asked::wishes(drawing).map_err(|(_, error)| error)?;
        if let Some(name) = &drawing.file {
            let files = &mut self.files;
            let remarks = files.write(name, reply, &self.session, Some(&wishes))?;
            return Ok(Outcome {
                remarks,
                ..Outcome::default()
            });
        }
        let is_terminal = self.screen.width.is_some();
        let drawn = picture::drawn(&self.session, reply, &wishes, self.screen, is_terminal)?;
        let mut outcome = picture::send(drawn, &wishes, ">")?;
        let (format, _) = wishes.settled(is_terminal)?;
        if self.shown > 0 && format.is_for_people {
            outcome.output.insert(0, '\n');
        }
        self.shown += 1;
        Ok(outcome)
    }

    fn rendered(&self, reply: &Reply, format: &Format, screen: Screen) -> String {
        let page = Page {
            width: screen.width,
            rows_max: screen.rows_max,
            way_to_all: screen.way_to_all,
            color: screen.has_color,
            ..Page::new(&reply.answer, self.session.snapshot(), &reply.query)
        };
        (format.render)(&page)
    }

    /// Renders answers, a blank line between them.
    pub fn show(&self, replies: &[Reply], screen: Screen) -> Result<Outcome, Error> {
        let mut outcome = Outcome::default();
        for (index, reply) in replies.iter().enumerate() {
            let format = files::format(reply.target.as_ref()).unwrap_or(self.format);
            if index > 0 && format.is_for_people {
                outcome.output.push('\n');
            }
            outcome
                .output
                .push_str(&self.rendered(reply, format, screen));
            outcome.remarks.push_str(&notes(reply));
        }
        Ok(outcome)
    }
}

/// What the reader should know besides an answer.
fn notes(reply: &Reply) -> String {
    let notes = reply.answer.notes.iter();
    notes
        .map(|note| format!("note: {}\n", escape::visible(note)))
        .collect()
}

/// Where a statement begins: `file:line:column`, or without a file.
fn place(text: &str, lines: &Lines, file: Option<&Arc<str>>, span: Span) -> String {
    let (line, column) = lines.place(text, span.start as usize);
    match file {
        Some(file) => format!("{}:{line}:{column}", escape::visible(file)),
        None => format!("{line}:{column}"),
    }
}

/// Names the file in which the places of an error lie.
pub(super) fn set_file(error: &mut Error, file: Option<&Arc<str>>) {
    if let (Error::Query(diagnostics), Some(file)) = (error, file) {
        for diagnostic in diagnostics {
            diagnostic.file = Some(Arc::clone(file));
        }
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
    render::FORMATS.iter().filter(|format| format.is_built_in)
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
