//! What a text that does not read was probably meant to be: a message and a hint for each slip.
//!
//! The parser says how far it got; the pieces round that place say which habit of another
//! language, or of the hand, stands there. A habit is a function or a row; the first that knows
//! the place speaks.

mod area;
mod clause;
mod foreign;
mod hand;
mod keyword;
mod pattern;
mod sign;
mod stage;

use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Span;
use crate::diagnostic::code;
use crate::diagnostic::escape;
use crate::query::scan;
use crate::query::scan::Piece;

use area::Area;
use area::Level;

/// Where the parser gave up, and what it wanted there.
#[derive(Debug)]
pub(super) struct Wanted {
    /// The byte offset.
    pub(super) at: usize,
    /// What could stand there, in words, sorted.
    pub(super) words: Vec<&'static str>,
}

/// One habit: looks at the place, and says what was meant.
type Habit = fn(&Slip<'_>) -> Option<Diagnostic>;

/// The habits, the more telling first.
static HABITS: &[&[Habit]] = &[
    sign::FIRST,
    keyword::FIRST,
    stage::HABITS,
    clause::HABITS,
    pattern::HABITS,
    hand::FIRST,
    foreign::FIRST,
    sign::LAST,
    foreign::LAST,
    keyword::LAST,
    hand::LAST,
];

/// The most expectations that a message lists.
const WANTED_MAX: usize = 4;

/// A text that does not read, and the place where reading ended.
struct Slip<'a> {
    text: &'a str,
    pieces: Vec<(Piece, Span)>,
    /// The first piece at or behind the place; as many as there are at the end of the text.
    here: usize,
    /// The first piece of the statement.
    first: usize,
    /// The brackets around the place, from the outermost; the first is the statement.
    levels: Vec<Level>,
}

/// The diagnostic for a text that does not read.
pub(super) fn explain(text: &str, wanted: &Wanted) -> Diagnostic {
    let pieces: Vec<(Piece, Span)> = scan::pieces(text)
        .filter(|(piece, _)| *piece != Piece::Comment)
        .collect();
    let here = pieces
        .iter()
        .position(|(_, span)| span.end as usize > wanted.at)
        .unwrap_or(pieces.len());
    let (first, levels) = area::levels(text, &pieces[..here]);
    let slip = Slip {
        text,
        pieces,
        here,
        first,
        levels,
    };
    let mut habits = HABITS.iter().copied().flatten();
    let known = habits.find_map(|habit| habit(&slip));
    known.unwrap_or_else(|| slip.unexpected(wanted))
}

impl<'a> Slip<'a> {
    /// The text of the piece `offset` places from the one reading ended at; empty if there is none.
    fn piece(&self, offset: isize) -> &'a str {
        self.span(offset)
            .map_or("", |span| &self.text[span.range_in(self.text)])
    }

    /// The piece as a lower-case word; empty if it is none.
    fn word(&self, offset: isize) -> String {
        match self.kind(offset) {
            Some(Piece::Word) => self.piece(offset).to_ascii_lowercase(),
            _ => String::new(),
        }
    }

    fn is_word(&self, offset: isize, word: &str) -> bool {
        self.piece(offset).eq_ignore_ascii_case(word)
    }

    fn index(&self, offset: isize) -> Option<usize> {
        let index = self.here.checked_add_signed(offset)?;
        (offset >= 0 || index >= self.first).then_some(index)
    }

    fn span(&self, offset: isize) -> Option<Span> {
        self.pieces.get(self.index(offset)?).map(|(_, span)| *span)
    }

    fn kind(&self, offset: isize) -> Option<Piece> {
        self.pieces
            .get(self.index(offset)?)
            .map(|(piece, _)| *piece)
    }

    /// How far back the first piece of the statement is, as an offset.
    fn start(&self) -> isize {
        self.first as isize - self.here as isize
    }

    /// The place itself; the end of the text if reading got there.
    fn place(&self) -> Span {
        let end = self.text.len();
        self.span(0).unwrap_or(Span::new(end..end))
    }

    /// What the brackets around the place hold.
    fn level(&self) -> &Level {
        self.levels.last().expect("the statement is a level")
    }

    fn area(&self) -> Area {
        self.level().area
    }

    /// Whether the piece ends an operand: a word, a quote, or what closes a bracket.
    fn is_operand(&self, offset: isize) -> bool {
        matches!(
            self.kind(offset),
            Some(Piece::Word | Piece::Quoted | Piece::Close)
        )
    }

    /// Whether two pieces stand side by side without a blank.
    fn touches(&self, offset: isize) -> bool {
        let spans = self.span(offset).zip(self.span(offset + 1));
        spans.is_some_and(|(left, right)| left.end == right.start)
    }

    /// Whether these signs stand at `offset` and behind it, without blanks between.
    fn has_signs(&self, offset: isize, signs: &str) -> bool {
        self.span(offset)
            .is_some_and(|span| self.text[span.range_in(self.text).start..].starts_with(signs))
    }

    /// The place of the signs at `offset`.
    fn signs(&self, offset: isize, signs: &str) -> Option<Span> {
        let start = self.span(offset)?.start;
        let end = start + signs.len() as u32;
        self.has_signs(offset, signs).then_some(Span { start, end })
    }

    /// Whether a pipe stands at `offset`.
    fn is_pipe(&self, offset: isize) -> bool {
        self.has_signs(offset, "|>")
    }

    /// The text from one piece to another, in one line and not too long for a message.
    fn text_of(&self, from: isize, to: isize) -> String {
        let spans = self.span(from).zip(self.span(to));
        let text = spans.map_or("", |(from, to)| &self.text[from.to(to).range_in(self.text)]);
        let words: Vec<&str> = text.split_whitespace().collect();
        escape::clipped(&words.join(" "), 60).into_owned()
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
        if !matches!(self.area(), Area::Set | Area::Stage) && words.len() > 1 {
            words.retain(|word| !matches!(*word, "`.` and a relation" | "`[`"));
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

/// A finding about a habit of another language.
fn foreign(span: Span, message: impl Into<String>, hint: impl Into<String>) -> Diagnostic {
    say(&code::FOREIGN, span, message, hint)
}

/// A finding about a slip of the hand.
fn slipped(span: Span, message: impl Into<String>, hint: impl Into<String>) -> Diagnostic {
    say(&code::SYNTAX, span, message, hint)
}

fn say(
    code: &'static Code,
    span: Span,
    message: impl Into<String>,
    hint: impl Into<String>,
) -> Diagnostic {
    Diagnostic::error(code, span, message).hint(hint.into())
}
