//! What rustyline asks while a line is typed: completion, colours, hints, and whether it is whole.

use std::borrow::Cow;

use rustyline::Context;
use rustyline::Helper;
use rustyline::completion::Completer;
use rustyline::completion::Pair;
use rustyline::highlight::CmdKind;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::validate::ValidationContext;
use rustyline::validate::ValidationResult;
use rustyline::validate::Validator;

use crate::query::scan;
use crate::query::scan::Piece;
use crate::shell::repl::complete;
use crate::shell::repl::highlight;
use crate::shell::repl::position;
use crate::shell::repl::words::Words;
use crate::shell::session::Session;

/// Knows the words of the session it helps to write in.
pub(super) struct LineHelper {
    words: Words,
    has_color: bool,
}

impl LineHelper {
    pub(super) fn new(session: &Session, has_color: bool) -> LineHelper {
        let words = Words::of(session);
        LineHelper { words, has_color }
    }

    /// Takes over what the session knows now.
    pub(super) fn see(&mut self, session: &Session) {
        self.words = Words::of(session);
    }
}

impl Helper for LineHelper {}

impl Completer for LineHelper {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        at: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        Ok(complete::complete(&line[..at], &self.words))
    }
}

impl Hinter for LineHelper {
    type Hint = String;

    /// The rest of a function's signature, behind its bracket or a comma.
    fn hint(&self, line: &str, at: usize, _: &Context<'_>) -> Option<String> {
        let typed = line.trim_end();
        let is_due = at == line.len() && typed.ends_with(['(', ',']) && !typed.starts_with(':');
        if !is_due {
            return None;
        }
        let (function, place) = position::open_call(line)?;
        let rest = function
            .params
            .get(place..)
            .filter(|rest| !rest.is_empty())?;
        let words: Vec<String> = rest
            .iter()
            .map(|param| match param.default {
                None => param.name.to_owned(),
                Some(_) => format!("{}=", param.name),
            })
            .collect();
        let blank = if line.ends_with(',') { " " } else { "" };
        Some(format!("{blank}{})", words.join(", ")))
    }
}

impl Highlighter for LineHelper {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        match self.has_color {
            true => Cow::Owned(highlight::highlight(line, &self.words)),
            false => Cow::Borrowed(line),
        }
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        let style = anstyle::Style::new().dimmed();
        match self.has_color {
            true => Cow::Owned(format!("{style}{hint}{style:#}")),
            false => Cow::Borrowed(hint),
        }
    }

    fn highlight_char(&self, _: &str, _: usize, _: CmdKind) -> bool {
        self.has_color
    }
}

impl Validator for LineHelper {
    /// A text goes on while a bracket or an operator is open, until an empty line ends it.
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(match goes_on(context.input()) {
            true => ValidationResult::Incomplete,
            false => ValidationResult::Valid(None),
        })
    }
}

/// Whether a text wants another line.
fn goes_on(text: &str) -> bool {
    let is_ended = text
        .lines()
        .last()
        .is_some_and(|last| last.trim().is_empty())
        || text.ends_with('\n');
    if text.trim_start().starts_with(':') || is_ended {
        return false;
    }
    let mut depth = 0i64;
    let mut last = None;
    for (piece, span) in scan::pieces(text) {
        match piece {
            Piece::Open => depth += 1,
            Piece::Close => depth -= 1,
            Piece::Unclosed => return false,
            Piece::Comment => continue,
            _ => {}
        }
        last = Some((piece, span));
    }
    let ends_open = last.is_some_and(|(piece, span)| {
        let sign = &text[span.range_in(text)];
        piece == Piece::Sign && matches!(sign, "|" | ">" | "&" | "-" | "," | "=" | ":" | ".")
    });
    depth > 0 || ends_open
}
