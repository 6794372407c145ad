//! Patterns as other graph languages draw them, and what is left out of kin's.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::escape;
use crate::query::scan::Piece;
use crate::query::slip::Habit;
use crate::query::slip::Slip;
use crate::query::slip::area::Area;
use crate::query::slip::foreign;
use crate::query::slip::slipped;

/// The habits, the more telling first.
pub(super) static HABITS: &[Habit] = &[
    search_prefix,
    mode_first,
    bare_node,
    group_of_steps,
    quantifier,
    edge_body,
    labels,
    map_sign,
    edge,
    projection,
];

/// `shortest 2 (a)…`, `any 3`, `shortestPath((a)-[*]-(b))`, `cheapest`.
fn search_prefix(slip: &Slip<'_>) -> Option<Diagnostic> {
    let (now, before) = (slip.word(0), slip.word(-1));
    let is_count = now.starts_with(|first: char| first.is_ascii_digit());
    let is_counted = matches!(before.as_str(), "shortest" | "any" | "all");
    if slip.area() != Area::Pattern {
        return None;
    }
    if is_count && is_counted {
        let hint = "write `any shortest` or `all shortest`, and `limit` behind `return`";
        return Some(foreign(
            slip.place(),
            "paths cannot be asked for by number",
            hint,
        ));
    }
    // `p = shortestPath(…)` reads up to the name, `shortestPath(…)` up to its bracket.
    let called = [now, before].into_iter().find(|word| {
        matches!(
            word.as_str(),
            "shortestpath" | "allshortestpaths" | "cheapest" | "k"
        )
    })?;
    let mode = if called.starts_with("all") {
        "all"
    } else {
        "any"
    };
    let hint = format!("write `match p = {mode} shortest (a)-[]->+(b) return p`");
    Some(foreign(
        slip.place(),
        "a shortest path is asked for before its pattern",
        hint,
    ))
}

/// `match walk p = (a)-->(b)`: the mode stands behind the name.
fn mode_first(slip: &Slip<'_>) -> Option<Diagnostic> {
    let offset = [0, -1]
        .into_iter()
        .find(|offset| slip.piece(offset + 1) == "=")?;
    let (name, mode) = (slip.piece(offset), slip.word(offset - 1));
    let is_mode = MODES.contains(&mode.as_str()) && slip.kind(offset) == Some(Piece::Word);
    is_mode.then(|| {
        let name = escape::clipped(name, 40);
        let hint = format!("write `match {name} = {mode} (a)-[]->+(b)`");
        let span = slip.span(offset - 1).unwrap_or(slip.place());
        slipped(
            span,
            "the name of a path stands before how it is walked",
            hint,
        )
    })
}

/// Words for how a path is walked.
const MODES: [&str; 5] = ["walk", "trail", "acyclic", "simple", "shortest"];

/// `match a-->b`, `match CoreOS return …`, `match -[:cni]->(b)`.
fn bare_node(slip: &Slip<'_>) -> Option<Diagnostic> {
    let is_match =
        |offset| matches!(slip.word(offset).as_str(), "match") || slip.piece(offset) == ",";
    let is_word = is_match(-2) && slip.kind(-1) == Some(Piece::Word);
    let is_edge = ["-", "<"].contains(&slip.piece(0)) && is_match(-1);
    let is_behind = slip.is_word(-1, "match") && matches!(slip.kind(0), Some(Piece::Quoted));
    let is_end = slip.kind(0) == Some(Piece::Word)
        && ["-", ">"].contains(&slip.piece(-1))
        && slip.area() == Area::Pattern;
    let is_here = is_word || is_edge || is_behind || is_end;
    (slip.area() == Area::Pattern && is_here && slip.piece(0) != "=").then(|| {
        let at = if is_word { -1 } else { 0 };
        let span = slip.span(at).unwrap_or(slip.place());
        if is_end && slip.piece(-1) == "-" {
            let hint = format!("write `-[:{}]->`", slip.piece(0));
            return foreign(
                span,
                "a relation stands in square brackets, behind a colon",
                hint,
            );
        }
        let hint = "write `(a)` for any entity, `(a in CoreOS)` for one of a set";
        slipped(span, "a node stands in brackets", hint)
    })
}

/// `((a)-->(b)){1,3}`, `(p = (a)-->(b))`.
fn group_of_steps(slip: &Slip<'_>) -> Option<Diagnostic> {
    let is_nested = slip.area() == Area::Node && slip.piece(0) == "(" && slip.piece(-1) == "(";
    is_nested.then(|| {
        let hint = "put the quantifier behind an edge: `(a)-[:cni]->{1,3}(b)`";
        foreign(slip.place(), "a pattern in brackets cannot be read", hint)
    })
}

/// `-[]->?`, `-[]->{,}`, `-[]->{1..3}`.
fn quantifier(slip: &Slip<'_>) -> Option<Diagnostic> {
    if slip.area() == Area::Pattern && slip.piece(0) == "?" {
        let hint = "write `{0,1}` for an edge that may be missing";
        return Some(foreign(slip.place(), "there is no quantifier `?`", hint));
    }
    let is_range = slip.levels.len() > 1
        && slip.level().opener == "{"
        && slip.levels[slip.levels.len() - 2].area == Area::Pattern
        && slip.area() == Area::Value;
    is_range.then(|| {
        let hint = "write `{2}`, `{1,3}`, `{2,}` or `{,3}`";
        slipped(
            slip.place(),
            "a quantifier is one number or two with a comma",
            hint,
        )
    })
}

/// `[:!a]`, `[e:a&b]`, `[a]`, `[:a:b]`, `[e:(a|b)]`, `[e:%]`.
fn edge_body(slip: &Slip<'_>) -> Option<Diagnostic> {
    if slip.area() != Area::Edge {
        return None;
    }
    let (message, hint) = match slip.piece(0) {
        "!" => (
            "an edge names the relations that it takes, not those that it leaves out",
            "list them, `-[:cni|cri]->`, or test it: `-[e]->(b) where relation(e) <> \"cni\"`",
        ),
        "&" => (
            "a statement has one relation",
            "write `-[:cni|cri]->` for either; draw two edges for both",
        ),
        "(" => ("relations stand without brackets", "write `-[:cni|cri]->`"),
        "%" | "_" => ("any relation is written as none", "write `-[e]->` or `-->`"),
        "," => ("relations are joined with `|`", "write `-[:cni|cri]->`"),
        "." => (
            "a range of steps begins with `*`",
            "write `-[:cni*1..3]->`, or `-[:cni]->{1,3}`",
        ),
        "in" | "IN" => (
            "an edge takes no set",
            "name its relations, `-[:cni|cri]->`, or test it: `-[e]->(b) where …`",
        ),
        "{" => return None,
        _ if slip.piece(-1) == "[" && slip.kind(0) == Some(Piece::Quoted) => {
            ("a relation is written without quotes", "write `-[:cni]->`")
        }
        _ => return None,
    };
    Some(foreign(slip.place(), message, hint))
}

/// `(a:A|:B)`, `(a is A)`, `(:%)`, `(a:"A")`.
fn labels(slip: &Slip<'_>) -> Option<Diagnostic> {
    if slip.area() != Area::Node {
        return None;
    }
    let is_behind_bar = slip.piece(0) == ":" && matches!(slip.piece(-1), "|" | "&");
    let (message, hint) = match (slip.piece(0).to_ascii_lowercase().as_str(), slip.kind(0)) {
        (":", _) if is_behind_bar => (
            "the colon of kinds stands once",
            "write `(a:company|foundation)`",
        ),
        ("is", _) => ("a kind stands behind a colon", "write `(a:company)`"),
        ("%", _) => ("any kind is written as none", "write `(a)`"),
        ("=", _) => (
            "properties of a node are a map",
            "write `(a {id: \"eks\"})`, or `(a where a.id = \"eks\")`",
        ),
        (",", _) => ("a node has one variable", "write `(a), (b)` for two nodes"),
        (_, Some(Piece::Quoted)) if slip.piece(-1) == "(" => (
            "an entity in a pattern stands behind `in`",
            "write `(a in \"Red Hat\")`",
        ),
        (_, Some(Piece::Quoted)) => (
            "a kind is written without quotes",
            "write `(a:company)`; a word with other signs stands in backquotes",
        ),
        (_, Some(Piece::Word)) if slip.kind(-1) == Some(Piece::Word) && slip.piece(-2) == "(" => (
            "two words stand side by side in a node",
            "write `(a:company)` for a kind, `(a in \"Red Hat\")` for an entity",
        ),
        _ => return None,
    };
    Some(slipped(slip.place(), message, hint))
}

/// `{name = "x"}`, `{"name": "x"}`, `{.name}`.
fn map_sign(slip: &Slip<'_>) -> Option<Diagnostic> {
    if slip.level().opener != "{" || slip.area() != Area::Value {
        return None;
    }
    let key = slip.piece(-1);
    let (message, hint) = match (slip.piece(0), slip.kind(0)) {
        ("=", _) => (
            "a map has `:` between key and value",
            format!("write `{{{key}: …}}`"),
        ),
        (".", _) => (
            "a map has a key before each value",
            format!("write `{{{0}: x.{0}}}`", slip.piece(1)),
        ),
        (_, Some(Piece::Quoted)) if matches!(key, "{" | ",") => (
            "a key is written without quotes",
            format!("write `{}: …`", slip.piece(0).trim_matches(['"', '\''])),
        ),
        ("," | "}", _) if slip.kind(-1) == Some(Piece::Word) => (
            "a map has a key before each value",
            format!("write `{{{key}: {key}}}`"),
        ),
        _ => return None,
    };
    Some(slipped(slip.place(), message, hint))
}

/// `(a) -> (b)`, `(a)-cni->(b)`, `(a)-[:cni](b)`, `(a)~[e]~(b)`.
fn edge(slip: &Slip<'_>) -> Option<Diagnostic> {
    let is_arrow = slip.has_signs(-1, "->") && slip.piece(-2) == ")" && slip.piece(1) == "(";
    if slip.area() == Area::Value && is_arrow {
        let message = "an edge has a line before its point";
        return Some(slipped(slip.signs(-1, "->")?, message, "write `(a)-->(b)`"));
    }
    if slip.area() != Area::Pattern {
        return None;
    }
    let is_behind_node = slip.piece(-1) == ")";
    let (message, hint) = match slip.piece(0) {
        "-" | ">" if slip.piece(-1) == "-" => (
            "an edge has one line before its point",
            "write `-[:cni]->`, or `-->`",
        ),
        "-" | ">" if is_behind_node && (slip.has_signs(0, "->") || slip.has_signs(0, ">")) => (
            "an edge has a line before its point",
            "write `(a)-->(b)`, or `(a)-[:cni]->(b)`",
        ),
        "=" if is_behind_node => ("an edge is drawn with `-`", "write `(a)-[:cni]->(b)`"),
        ":" if slip.piece(-1) == "-" => (
            "a relation stands in square brackets",
            "write `(a)-[:cni]->(b)`",
        ),
        "~" => (
            "an edge without a direction is drawn with `-`",
            "write `(a)-[e]-(b)`, or `(a)--(b)`",
        ),
        "(" if slip.piece(-1) == "]" => (
            "the edge ends at its bracket",
            "write `-[…]->` or `-[…]-` before the next node",
        ),
        "(" if slip.piece(-1) == ")" => (
            "two nodes stand side by side",
            "draw an edge between them, `(a)-->(b)`, or write a comma: `(a), (b)`",
        ),
        "." if is_behind_node => ("a pattern goes on with an edge", "write `(a)-[:cni]->(b)`"),
        _ if slip.kind(0).is_none() && matches!(slip.piece(-1), "-" | ">") => (
            "an edge leads to a node",
            "write `(a)-->(b)`; `()` is any entity",
        ),
        _ => return None,
    };
    Some(slipped(slip.place(), message, hint))
}

/// `return n {.name}`.
fn projection(slip: &Slip<'_>) -> Option<Diagnostic> {
    let is_brace = slip.area() == Area::Value && slip.piece(0) == "{";
    (is_brace && slip.kind(-1) == Some(Piece::Word)).then(|| {
        let variable = slip.piece(-1);
        let message = "a map is written with its keys";
        if variable.eq_ignore_ascii_case("call") || variable.eq_ignore_ascii_case("collect") {
            let hint = "write `exists { … }`, `count { … }`, or `[(a)-->(b) | b.name]` for a list";
            return foreign(slip.place(), "there is no such subquery", hint);
        }
        foreign(
            slip.place(),
            message,
            format!("write `{{name: {variable}.name}}`"),
        )
    })
}
