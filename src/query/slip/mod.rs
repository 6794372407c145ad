//! What a text that does not read was probably meant to be: a message and a hint for each slip.
//!
//! The parser says how far it got; the pieces round that place say which habit of another
//! language, or of the hand, stands there.

mod habit;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Span;
use crate::diagnostic::code;
use crate::diagnostic::escape;
use crate::query::scan;
use crate::query::scan::Piece;

/// Where the parser gave up, and what it wanted there.
#[derive(Debug)]
pub(super) struct Wanted {
    /// The byte offset.
    pub(super) at: usize,
    /// What could stand there, in words, sorted.
    pub(super) words: Vec<&'static str>,
}

/// The most expectations that a message lists.
const WANTED_MAX: usize = 4;

/// A text that does not read, and the place where reading ended.
struct Slip<'a> {
    text: &'a str,
    pieces: Vec<(Piece, Span)>,
    /// The first piece at or behind the place; none at the end of the text.
    here: Option<usize>,
}

/// The diagnostic for a text that does not read.
pub(super) fn explain(text: &str, wanted: &Wanted) -> Diagnostic {
    let pieces: Vec<(Piece, Span)> = scan::pieces(text)
        .filter(|(piece, _)| *piece != Piece::Comment)
        .collect();
    let here = pieces
        .iter()
        .position(|(_, span)| span.end as usize > wanted.at);
    let slip = Slip { text, pieces, here };
    let known = habit::HABITS.iter().find_map(|habit| habit(&slip));
    known.unwrap_or_else(|| slip.unexpected(wanted))
}

impl<'a> Slip<'a> {
    /// The text of the piece `offset` places from the one reading ended at; empty if there is none.
    fn piece(&self, offset: isize) -> &'a str {
        self.span(offset)
            .map_or("", |span| &self.text[span.range_in(self.text)])
    }

    fn index(&self, offset: isize) -> Option<usize> {
        self.here
            .unwrap_or(self.pieces.len())
            .checked_add_signed(offset)
    }

    fn span(&self, offset: isize) -> Option<Span> {
        self.pieces.get(self.index(offset)?).map(|(_, span)| *span)
    }

    fn kind(&self, offset: isize) -> Option<Piece> {
        self.pieces
            .get(self.index(offset)?)
            .map(|(piece, _)| *piece)
    }

    /// The place itself; the end of the text if reading got there.
    fn place(&self) -> Span {
        let end = self.text.len();
        self.span(0).unwrap_or(Span::new(end..end))
    }

    /// Whether a `-` stands at `offset`, right behind a word and with a blank behind it.
    fn is_dangling(&self, offset: isize) -> bool {
        let touches = |left: Option<Span>, right: Option<Span>| {
            left.zip(right)
                .is_some_and(|(left, right)| left.end == right.start)
        };
        self.piece(offset) == "-"
            && self.kind(offset - 1) == Some(Piece::Word)
            && touches(self.span(offset - 1), self.span(offset))
            && !touches(self.span(offset), self.span(offset + 1))
    }

    /// Whether the pieces at `offset` and behind it are these signs, without blanks between.
    fn has_signs(&self, offset: isize, signs: &str) -> bool {
        self.span(offset)
            .is_some_and(|span| self.text[span.range_in(self.text).start..].starts_with(signs))
    }

    /// What was met and what was wanted, when no habit is known.
    fn unexpected(&self, wanted: &Wanted) -> Diagnostic {
        let met = match self.kind(0) {
            None => "the text ends".to_owned(),
            Some(_) => format!("`{}` does not fit", escape::clipped(self.piece(0), 40)),
        };
        let mut words: Vec<&str> = wanted.words.clone();
        if words.contains(&"a set") {
            words.retain(|word| !matches!(*word, "a name" | "`(`"));
        }
        words.truncate(WANTED_MAX);
        let message = match words.split_last() {
            None => format!("{met} here"),
            Some((only, [])) => format!("{met} where {only} is wanted"),
            Some((last, rest)) => format!("{met} where {} or {last} is wanted", rest.join(", ")),
        };
        Diagnostic::error(&code::SYNTAX, self.place(), message)
    }
}
