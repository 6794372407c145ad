//! What is wrong, where, and what to do about it; nothing here prints.
//!
//! The lowest floor. [`Diagnostic`] is the user's error (data, query), [`Fault`] the running
//! query's (a limit, a cancellation), [`Error`] wraps both and the world's (a file).

pub mod caret;
pub mod code;
pub mod escape;
mod limits;
mod span;
pub mod suggest;

use std::path::PathBuf;
use std::sync::Arc;

pub use code::Code;
pub use limits::Budget;
pub use limits::Fault;
pub use limits::Interrupt;
pub use limits::LIMITS;
pub use limits::Limit;
pub use limits::LimitId;
pub use limits::Limits;
pub use span::Lines;
pub use span::Span;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// What was written cannot be used; it is left out.
    Error,
    /// It is used, and should be looked at.
    Warning,
}

impl Severity {
    /// The word shown before the code.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// A place in the text that a diagnostic speaks about, with what is to say there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What to say under the caret; may be empty.
    pub text: String,
}

/// One finding: severity, code, message, places and hints.
///
/// The message starts lower case and has no full stop; a hint is an action. The first label is
/// the place the finding is about, the others explain it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The row of the table of codes.
    pub code: &'static Code,
    /// What was met and what was wanted.
    pub message: String,
    /// The file the labels lie in; none for a query.
    pub file: Option<Arc<str>>,
    /// Where; empty when the finding has no place.
    pub labels: Vec<Label>,
    /// What to do.
    pub hints: Vec<String>,
}

impl Diagnostic {
    /// An error at `span`.
    pub fn error(code: &'static Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            code,
            message: message.into(),
            file: None,
            labels: vec![Label {
                span,
                text: String::new(),
            }],
            hints: Vec::new(),
        }
    }

    /// A warning at `span`.
    pub fn warning(code: &'static Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Warning,
            ..Diagnostic::error(code, span, message)
        }
    }

    /// The same with `text` under the caret.
    pub fn labelled(mut self, text: impl Into<String>) -> Diagnostic {
        if let Some(label) = self.labels.first_mut() {
            label.text = text.into();
        }
        self
    }

    /// The same with a second place.
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.labels.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// The same with a hint, if there is one.
    pub fn hint(mut self, hint: impl Into<Option<String>>) -> Diagnostic {
        self.hints.extend(hint.into());
        self
    }

    /// The same, in a file.
    pub fn within(mut self, file: &Arc<str>) -> Diagnostic {
        self.file = Some(Arc::clone(file));
        self
    }
}

/// Whatever can go wrong between a question and its answer.
#[derive(Debug)]
pub enum Error {
    /// The query is wrong: at least one diagnostic, in the order of their places.
    Query(Vec<Diagnostic>),
    /// The query was understood and could not be finished.
    Fault(Fault),
    /// The world: a file or stream, with its path or name.
    Io(PathBuf, std::io::Error),
    /// Wrong usage of a command or option: message and hint.
    Usage(String, Option<String>),
}

impl From<Diagnostic> for Error {
    fn from(diagnostic: Diagnostic) -> Error {
        Error::Query(vec![diagnostic])
    }
}

impl From<Vec<Diagnostic>> for Error {
    fn from(diagnostics: Vec<Diagnostic>) -> Error {
        Error::Query(diagnostics)
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Error {
        Error::Fault(fault)
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Error::Query(diagnostics) => {
                let first = diagnostics
                    .first()
                    .map_or("", |first| first.message.as_str());
                formatter.write_str(first)
            }
            Error::Fault(fault) => formatter.write_str(&fault.message()),
            Error::Io(path, error) => {
                let path = path.to_string_lossy();
                write!(formatter, "`{}`: {error}", escape::visible(&path))
            }
            Error::Usage(message, _) => formatter.write_str(message),
        }
    }
}

impl std::error::Error for Error {}
