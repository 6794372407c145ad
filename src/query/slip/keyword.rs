//! Words of kin's own that are misspelt.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::escape;
use crate::diagnostic::suggest;
use crate::query::slip::Habit;
use crate::query::slip::Slip;
use crate::query::slip::area::Area;
use crate::query::slip::clause;
use crate::query::slip::slipped;

/// What is known before the forms of the place are tried.
pub(super) static FIRST: &[Habit] = &[opening, half];

/// What is known once they were.
pub(super) static LAST: &[Habit] = &[misspelt];

/// Words that begin a statement.
const OPENING: &[&str] = &[
    "match", "optional", "compare", "select", "assert", "return", "unwind",
];

/// Words that begin a stage.
const STAGES: &[&str] = &[
    "where", "select", "order", "group", "limit", "offset", "skip", "count", "distinct",
];

/// Words that go on a set.
const BEHIND_SETS: &[&str] = &["during", "according", "including", "where", "select"];

/// Words that go on a clause.
const IN_CLAUSES: &[&str] = &[
    "where",
    "return",
    "match",
    "optional",
    "with",
    "unwind",
    "order",
    "limit",
    "offset",
    "skip",
    "union",
    "and",
    "or",
    "xor",
    "not",
    "in",
    "is",
    "as",
    "contains",
    "starts",
    "ends",
    "matches",
    "descending",
    "ascending",
    "desc",
    "asc",
    "distinct",
    "select",
];

/// Words that stand behind another.
const BEHIND: &[(&str, &[&str])] = &[
    ("order", &["by"]),
    ("group", &["by"]),
    ("as", &["of"]),
    ("according", &["to"]),
    ("including", &["doubtful"]),
    ("optional", &["match"]),
    ("starts", &["with"]),
    ("ends", &["with"]),
    ("is", &["null", "not", "empty"]),
    ("any", &["shortest", "trail", "acyclic", "simple", "walk"]),
    ("all", &["shortest", "trail", "acyclic", "simple", "walk"]),
];

/// Whether a word is nearly one that begins a stage.
pub(super) fn is_near_stage(word: &str) -> bool {
    nearest(word, STAGES).is_some()
}

/// The nearest of some words; none if the word is one of them, or near none.
fn nearest(word: &str, known: &'static [&'static str]) -> Option<&'static str> {
    if word.chars().count() < 2 || word.len() > 20 || known.contains(&word) {
        return None;
    }
    let near = suggest::nearest(word, known.iter().copied());
    let fits = |known: &&str| known.len().abs_diff(word.len()) <= 2;
    near.into_iter().find(fits)
}

/// `optinal match (a)`, `mtch (a)`, `slect name from x`.
fn opening(slip: &Slip<'_>) -> Option<Diagnostic> {
    let start = slip.start();
    let word = slip.word(start);
    let is_foreign = clause::is_opening(&word);
    let near = nearest(&word, OPENING).filter(|_| start < 0 && !is_foreign)?;
    let fits = match near {
        "match" => slip.piece(start + 1) == "(",
        "optional" => slip.is_word(start + 1, "match"),
        _ => start == -1,
    };
    (fits && slip.area() == Area::Set).then_some(())?;
    let message = format!("there is no word `{}` here", slip.piece(start));
    let hint = match near {
        "select" => "write a set first: `kind:company |> select name`".to_owned(),
        near => format!("did you mean `{near}`?"),
    };
    Some(slipped(slip.span(start)?, message, hint))
}

/// `order x`, `according x`, `starts x`: the second word is left out.
fn half(slip: &Slip<'_>) -> Option<Diagnostic> {
    let first = slip.word(-1);
    let (_, seconds) = BEHIND.iter().find(|(known, _)| *known == first)?;
    let [second] = seconds else { return None };
    let is_stage = matches!(first.as_str(), "order" | "group");
    let is_context = matches!(first.as_str(), "according" | "including");
    let is_here = match slip.area() {
        Area::Stage => is_stage,
        Area::Set => is_context && slip.is_operand(-2),
        _ => first != "as" && (is_stage || is_context || slip.is_operand(-2)),
    };
    (is_here && nearest(&slip.word(0), seconds).is_none()).then_some(())?;
    let hint = match first.as_str() {
        "including" => "write `including doubtful`".to_owned(),
        _ if slip.is_operand(0) => {
            let next = escape::clipped(slip.piece(0), 40);
            format!("write `{first} {second} {next}`")
        }
        _ => format!("write `{first} {second} …`"),
    };
    Some(slipped(
        slip.place(),
        format!("`{first}` is followed by `{second}`"),
        hint,
    ))
}

fn misspelt(slip: &Slip<'_>) -> Option<Diagnostic> {
    let candidates = [
        (0, behind(&slip.word(-1))),
        (0, words_of(slip)),
        (-1, slip.is_pipe(-3).then_some(STAGES)),
        (0, slip.is_pipe(-2).then_some(STAGES)),
    ];
    let (offset, word) = candidates
        .iter()
        .find_map(|(offset, known)| Some((*offset, nearest(&slip.word(*offset), (*known)?)?)))?;
    let span = slip.span(offset)?;
    let met = slip.piece(offset);
    let hint = format!("did you mean `{word}`?");
    Some(slipped(
        span,
        format!("there is no word `{met}` here"),
        hint,
    ))
}

fn behind(word: &str) -> Option<&'static [&'static str]> {
    let row = BEHIND.iter().find(|(before, _)| *before == word);
    row.map(|(_, known)| *known)
}

/// The words that can go on from an operand at the place.
fn words_of(slip: &Slip<'_>) -> Option<&'static [&'static str]> {
    if !slip.is_operand(-1) {
        return None;
    }
    match slip.area() {
        Area::Set => Some(BEHIND_SETS),
        Area::Pattern | Area::Value | Area::Node | Area::Edge => Some(IN_CLAUSES),
        Area::Stage => None,
    }
}
