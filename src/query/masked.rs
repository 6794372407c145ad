//! A text with holes in the place of what may differ from one text to another that shares its plan:
//! the names of entities, and the texts that ids and names are compared with.

use std::ops::Range;

use crate::diagnostic::LimitId;
use crate::diagnostic::Span;
use crate::model::EntityId;
use crate::model::Snapshot;
use crate::model::Value;
use crate::query::Setting;
use crate::query::function;
use crate::query::scan;
use crate::query::scan::Piece;

/// The longest text that can share a plan, in bytes.
const TEXT_MAX: usize = 1024;

/// Words of the language that stand in patterns, before what is no part of an expression.
const WORDS_OF_PATTERNS: [&str; 9] = [
    "acyclic", "all", "any", "in", "match", "shortest", "simple", "trail", "walk",
];

/// A text with holes.
#[derive(Debug, Default)]
pub(super) struct Masked {
    /// The text with a NUL in each hole. What stands before a hole tells whether a name or the text
    /// of a gap was taken out.
    pub(super) text: String,
    /// The names that were taken out, in order.
    pub(super) names: Vec<(Span, EntityId)>,
    /// The gaps, in order: quoted texts, with their quotes.
    pub(super) gaps: Vec<Span>,
    /// Both, in order.
    pub(super) holes: Vec<Span>,
}

/// Where in a text reading is.
#[derive(Default)]
struct Reading<'t> {
    area: Area,
    /// How many braces are open.
    braces: i32,
    /// Where the two pieces before start, and what they say.
    before: [(usize, &'t str); 2],
}

/// What can be taken out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Area {
    /// Names of entities, and what stands in gaps.
    #[default]
    Sets,
    /// What stands in gaps.
    Conditions,
    /// Nothing: it could be shown.
    Shown,
}

/// What is taken out of a text.
struct Hole {
    /// With its quotes, and the `id:` before it.
    span: Span,
    inside: Range<usize>,
    /// None for a gap.
    entity: Option<EntityId>,
}

impl Masked {
    /// Takes in a text; false if it can share no plan.
    pub(super) fn read(&mut self, text: &str, setting: Setting<'_>) -> bool {
        self.text.clear();
        self.names.clear();
        self.gaps.clear();
        self.holes.clear();
        let length_max = setting.limits.get(LimitId::QueryBytes);
        let is_long = text.len() > TEXT_MAX || text.len() as u64 > length_max;
        // A quote between backquotes is none, which pieces do not tell.
        if is_long || text.contains(['\0', '`']) || !setting.earlier.is_empty() {
            return false;
        }
        let mut reading = Reading::default();
        let mut copied = 0;
        for (piece, span) in scan::pieces(text) {
            let said = &text[span.range_in(text)];
            match piece {
                // The query would not be the whole text, or depend on more.
                Piece::Comment => return false,
                Piece::Sign if matches!(said, "$" | ";") => return false,
                Piece::Open => reading.braces += i32::from(said == "{"),
                Piece::Close => reading.braces -= i32::from(said == "}"),
                Piece::Word if begins_expressions(said, &text[span.end as usize..]) => {
                    reading.area = reading.area.behind(said);
                }
                _ => {}
            }
            if let Some(hole) = reading.hole(text, (piece, span), setting.snapshot) {
                self.text.extend([&text[copied..hole.inside.start], "\0"]);
                copied = hole.inside.end;
                self.add(&hole);
            }
            reading.before = [reading.before[1], (span.start as usize, said)];
        }
        self.text.push_str(&text[copied..]);
        self.are_distinct()
    }

    fn add(&mut self, hole: &Hole) {
        self.holes.push(hole.span);
        match hole.entity {
            Some(entity) => self.names.push((hole.span, entity)),
            None => self.gaps.push(hole.span),
        }
    }

    /// Whether no two names are those of one entity: the plan would be another one.
    fn are_distinct(&self) -> bool {
        let mut rest = self.names.as_slice();
        while let [(_, entity), others @ ..] = rest {
            if others.iter().any(|(_, other)| other == entity) {
                return false;
            }
            rest = others;
        }
        true
    }
}

impl Reading<'_> {
    /// What is taken out at a piece.
    #[inline]
    fn hole(&self, text: &str, (piece, span): (Piece, Span), snapshot: &Snapshot) -> Option<Hole> {
        if piece == Piece::Quoted && self.is_gap() {
            return Some(Hole {
                span,
                inside: name_at(text, span.range_in(text))?,
                entity: None,
            });
        }
        if self.area != Area::Sets || !matches!(piece, Piece::Word | Piece::Quoted) {
            return None;
        }
        let [(first_start, first), (_, second)] = self.before;
        let is_id = (first, second) == ("id", ":");
        if !is_id && matches!(second, "." | ":" | "=") {
            return None;
        }
        let inside = name_at(text, span.range_in(text))?;
        let name = &text[inside.clone()];
        let entity = match is_id {
            true => snapshot.find_id(name)?,
            false => snapshot.find_exact(name)?,
        };
        let start = if is_id {
            first_start
        } else {
            span.start as usize
        };
        Some(Hole {
            span: Span::new(start..span.end as usize),
            inside,
            entity: Some(entity),
        })
    }

    /// Whether a quoted text is what an id or a name is compared with, as far as it looks. In the
    /// braces of a subquery `id:"x"` is a set; that is found when the text is planned.
    fn is_gap(&self) -> bool {
        let [(_, field), (_, sign)] = self.before;
        let is_compared = match sign {
            ":" => self.braces > 0 && self.area != Area::Shown,
            "=" => self.area == Area::Conditions,
            _ => false,
        };
        is_compared && matches!(field, "id" | "name")
    }
}

impl Area {
    /// What can be taken out behind a word with which expressions begin.
    fn behind(self, word: &str) -> Area {
        let is_any = |words: &[&str]| words.iter().any(|known| known.eq_ignore_ascii_case(word));
        match self {
            Area::Sets | Area::Conditions if is_any(&["where"]) => Area::Conditions,
            Area::Conditions if is_any(&["and", "or", "not"]) => Area::Conditions,
            _ => Area::Shown,
        }
    }
}

/// Whether names behind a word could be parts of an expression.
fn begins_expressions(word: &str, rest: &str) -> bool {
    let mut of_patterns = WORDS_OF_PATTERNS.iter();
    scan::is_word_of_language(word)
        && !of_patterns.any(|known| known.eq_ignore_ascii_case(word))
        && !(rest.starts_with('(') && function::find(word).is_some())
}

/// Where the name lies in a word or a quoted text; none where it could be read as something else
/// than another one would.
fn name_at(text: &str, piece: Range<usize>) -> Option<Range<usize>> {
    let said = &text[piece.clone()];
    if said.starts_with(['"', '\'']) {
        let inside = piece.start + 1..piece.end - 1;
        return (!inside.is_empty() && !said.contains('\\')).then_some(inside);
    }
    let next = text.as_bytes().get(piece.end);
    let is_plain = !scan::is_word_of_language(said)
        && !said.starts_with(|first: char| first.is_ascii_digit())
        && !matches!(next, Some(b'(' | b':' | b'=' | b'-'));
    is_plain.then_some(piece)
}

/// What stands between the quotes of a gap.
pub(super) fn quoted(text: &str, gap: Span) -> Value {
    Value::from(&text[gap.start as usize + 1..gap.end as usize - 1])
}
