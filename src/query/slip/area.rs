//! What a place in a text is part of: a set, a pattern, a condition.
//!
//! The same sign means one thing between sets and another in a condition; what is said of it
//! depends on where it stands. This reads the words before the place, as well as they can be read
//! in a text that is wrong.

use crate::diagnostic::Span;
use crate::query::function;
use crate::query::scan::Piece;

/// What the words before a place have led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Area {
    /// Sets and their operators.
    Set,
    /// Behind `|>`, before its word.
    Stage,
    /// Behind `match`, between nodes and edges.
    Pattern,
    /// In the round brackets of a node.
    Node,
    /// In the square brackets of an edge.
    Edge,
    /// Expressions: conditions, columns, maps and lists.
    Value,
}

/// One pair of brackets that is open at the place, or the statement itself.
#[derive(Clone, Debug)]
pub(super) struct Level {
    /// What the words in it have led to.
    pub(super) area: Area,
    /// The bracket that opens it; empty for the statement.
    pub(super) opener: String,
    /// The lower-case word before that bracket; empty if there is none.
    pub(super) before: String,
    /// The lower-case word that led there, such as `where`; empty if none did.
    pub(super) clause: String,
}

/// Words that lead into expressions where rows are.
const INTO_VALUES: [&str; 7] = ["select", "by", "limit", "offset", "skip", "when", "case"];

/// The number of the first piece of the statement, and the brackets that are open at the end.
pub(super) fn levels(text: &str, pieces: &[(Piece, Span)]) -> (usize, Vec<Level>) {
    let statement = || Level {
        area: Area::Set,
        opener: String::new(),
        before: String::new(),
        clause: String::new(),
    };
    let mut first = 0;
    let mut levels = vec![statement()];
    for (index, (piece, span)) in pieces.iter().enumerate() {
        let sign = |at: usize| {
            pieces
                .get(at)
                .map_or("", |(_, at)| &text[at.range_in(text)])
        };
        let word = &text[span.range_in(text)];
        let before = index.checked_sub(1).map_or("", sign);
        match piece {
            Piece::Open => {
                let is_word = index > 0 && pieces[index - 1].0 == Piece::Word;
                let level = levels.last().expect("the statement is a level");
                let inside = opened(level, word, before, is_word);
                levels.push(inside);
            }
            Piece::Close if levels.len() > 1 => {
                levels.pop();
            }
            Piece::Word if !matches!(before, "." | ":") => {
                let level = levels.last_mut().expect("the statement is a level");
                turn(level, &word.to_ascii_lowercase());
            }
            Piece::Sign if word == ";" && levels.len() == 1 => {
                first = index + 1;
                levels = vec![statement()];
            }
            Piece::Sign
                if word == ">" && before == "|" && pieces[index - 1].1.end == span.start =>
            {
                let level = levels.last_mut().expect("the statement is a level");
                level.area = Area::Stage;
                level.clause.clear();
            }
            _ => {}
        }
    }
    (first, levels)
}

/// The level that a bracket opens, behind the piece `before`.
fn opened(level: &Level, bracket: &str, before: &str, is_word: bool) -> Level {
    let word = before.to_ascii_lowercase();
    let is_set_call = function::find_value(&word).is_none() && function::find(&word).is_some();
    let area = match (level.area, bracket) {
        (_, "{") if matches!(word.as_str(), "exists" | "count") => Area::Pattern,
        (Area::Pattern, "(") => Area::Node,
        (Area::Pattern, "[") => Area::Edge,
        (Area::Value, "(") if is_word && (word == "in" || is_set_call) => Area::Set,
        (Area::Value, "[") if before == "-" => Area::Edge,
        (Area::Set | Area::Stage, "(") => Area::Set,
        _ => Area::Value,
    };
    Level {
        area,
        opener: bracket.to_owned(),
        before: if is_word { word } else { String::new() },
        clause: String::new(),
    }
}

/// Takes in a word.
fn turn(level: &mut Level, word: &str) {
    let area = match word {
        "match" => Area::Pattern,
        "in" if level.area == Area::Node => Area::Set,
        "compare" | "assert" | "let" => Area::Set,
        "where" | "return" | "unwind" | "with" => Area::Value,
        // Between sets these words are names, or stages that lack their pipe.
        word if INTO_VALUES.contains(&word) && !matches!(level.area, Area::Set | Area::Edge) => {
            Area::Value
        }
        "order" | "group" => return,
        _ if level.area == Area::Stage => Area::Set,
        _ => return,
    };
    level.area = area;
    word.clone_into(&mut level.clause);
}
