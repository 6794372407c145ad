//! Statements and clauses of other languages, and kin's own in another order.

use crate::diagnostic::Diagnostic;
use crate::query::resolve::PATTERNS;
use crate::query::scan::Piece;
use crate::query::slip::Habit;
use crate::query::slip::Slip;
use crate::query::slip::area::Area;
use crate::query::slip::foreign;
use crate::query::slip::slipped;

/// The habits, the more telling first.
pub(super) static HABITS: &[Habit] = &[
    sparql,
    sql,
    opening,
    joined,
    assertion,
    definition,
    order_of_clauses,
    pattern_without_match,
    condition_without_pipe,
];

/// `select ?x where { ?x a :y }`.
fn sparql(slip: &Slip<'_>) -> Option<Diagnostic> {
    let start = slip.start();
    let opens = slip.word(start);
    let is_query = matches!(
        opens.as_str(),
        "select" | "ask" | "construct" | "describe" | "where"
    );
    let pieces = &slip.pieces[slip.first..];
    let text_of = |index: usize| &slip.text[pieces[index].1.range_in(slip.text)];
    let has_variable =
        (1..pieces.len()).any(|index| text_of(index - 1) == "?" && pieces[index].0 == Piece::Word);
    let has_braces = slip.is_word(0, "where") && slip.piece(1) == "{" || slip.piece(0) == "{";
    let is_prefix = matches!(opens.as_str(), "prefix" | "base") && slip.here > slip.first;
    if is_prefix {
        let hint = "leave it out, and write names as they are: `EKS.cni`";
        return Some(foreign(slip.span(start)?, "names have no prefixes", hint));
    }
    (is_query && (has_variable || has_braces)).then_some(())?;
    let message = format!("`{opens} … {{ }}` is SPARQL's");
    let hint = match opens.as_str() {
        "ask" => "write `assert x is not empty`",
        "describe" => "write `facts(x)`",
        _ => "write `match (x:company)-[:cni]->(y) return x, y`: a node, an edge, a node",
    };
    Some(foreign(slip.span(start)?, message, hint))
}

/// The words that begin the clauses of SQL behind `from`.
const SQL_CLAUSES: [&str; 10] = [
    "select", "from", "where", "group", "having", "order", "limit", "offset", "fetch", "join",
];

/// `select a from b where c`, with kin's form of it.
fn sql(slip: &Slip<'_>) -> Option<Diagnostic> {
    let start = slip.start();
    let opens = slip.word(start);
    let is_first = matches!(opens.as_str(), "select" | "from");
    (is_first && slip.here > slip.first).then_some(())?;
    let message = format!("`{opens}` begins a query in SQL, not in kin");
    let ends = slip.pieces.len() as isize - slip.here as isize;
    let end = (0..ends)
        .find(|offset| slip.piece(*offset) == ";")
        .unwrap_or(ends);
    // Where each clause begins, outside of brackets.
    let mut depth = 0;
    let mut clauses: Vec<(String, isize)> = vec![(opens.clone(), start)];
    for offset in start + 1..end {
        match slip.kind(offset) {
            Some(Piece::Open) => depth += 1,
            Some(Piece::Close) => depth -= 1,
            Some(Piece::Word) if depth == 0 => {
                let word = slip.word(offset);
                if SQL_CLAUSES.contains(&word.as_str()) {
                    clauses.push((word, offset));
                }
            }
            _ => {}
        }
    }
    let text_of = |wanted: &str| {
        let index = clauses.iter().position(|(word, _)| word == wanted)?;
        let from = clauses[index].1 + 1;
        let to = clauses.get(index + 1).map_or(end, |(_, next)| *next) - 1;
        let from = from + isize::from(slip.is_word(from, "by"));
        (from <= to).then(|| slip.text_of(from, to))
    };
    if clauses.iter().any(|(word, _)| word == "join") {
        let hint = "relations are walked, not joined: `match (a)-[:cni]->(b) return a, b`";
        return Some(foreign(slip.span(start)?, message, hint));
    }
    if clauses.iter().any(|(word, _)| word == "having") {
        let hint =
            "write `kind:company |> group by kind select kind, count(*) as n |> where n > 1`";
        return Some(foreign(slip.span(start)?, message, hint));
    }
    let hint = match (text_of("from"), text_of("select")) {
        (Some(from), selected) => kin_form(&from, selected.as_deref(), &text_of),
        (None, Some(selected)) => format!("write `return {selected}`"),
        (None, None) => "a query is the set itself: `kind:company`, `EKS.cni`".to_owned(),
    };
    Some(foreign(slip.span(start)?, message, hint))
}

fn kin_form(
    from: &str,
    selected: Option<&str>,
    text_of: &dyn Fn(&str) -> Option<String>,
) -> String {
    let is_plain = from
        .chars()
        .all(|letter| letter.is_ascii_lowercase() || letter == '_');
    let mut query = match is_plain {
        true => format!("kind:{from}"),
        false => from.to_owned(),
    };
    if let Some(condition) = text_of("where") {
        query += &format!(" |> where {condition}");
    }
    if let Some(keys) = text_of("group") {
        let selected = selected.unwrap_or("*");
        query += &format!(" |> group by {keys} select {selected}");
    } else if let Some(selected) = selected.filter(|selected| *selected != "*") {
        query += &format!(" |> select {selected}");
    }
    for (clause, ours) in [("order", "order by"), ("limit", "limit")] {
        if let Some(rest) = text_of(clause) {
            query += &format!(" |> {ours} {rest}");
        }
    }
    format!("write `{query}`")
}

/// Words that begin a clause of Cypher, GQL, SQL or SPARQL that kin has not, and what to do.
const OPENINGS: &[(&str, &str)] = &[
    ("create", WRITES),
    ("merge", WRITES),
    ("set", WRITES),
    ("delete", WRITES),
    ("detach", WRITES),
    ("remove", WRITES),
    ("insert", WRITES),
    ("update", WRITES),
    ("alter", WRITES),
    ("drop", WRITES),
    ("foreach", WRITES),
    (
        "load",
        "write a file of `graph-data/`, and give the folder: `kin -g FOLDER`",
    ),
    (
        "call",
        "write a function with its brackets, or `exists { … }` and `count { … }` for a subquery",
    ),
    (
        "yield",
        "write a function with its brackets, and name a column with `as`",
    ),
    ("use", "choose the graph when kin starts: `kin -g FOLDER`"),
    ("explain", "write `:explain plan QUERY`"),
    ("profile", "write `:explain plan QUERY`"),
    ("show", "write `:schema`, or `kin help functions`"),
    ("describe", "write `facts(x)` for what is known of x"),
    ("construct", "write `x > file.svg` for a picture"),
    ("ask", "write `assert x is not empty`"),
    ("finish", "end a `match` with `return`"),
    ("define", "write `let x = …;` to name a query"),
    ("def", "write `let f(x) = …;`"),
    ("alias", "write `let x = …;` to name a query"),
    ("var", "write `let x = …;` to name a query"),
];

/// What is said to everything that would write.
const WRITES: &str = "kin answers and never writes: change the data files, which are the source";

/// Whether a word begins a clause of another language.
pub(super) fn is_opening(word: &str) -> bool {
    OPENINGS.iter().any(|(known, _)| *known == word)
}

fn opening(slip: &Slip<'_>) -> Option<Diagnostic> {
    let is_behind_clause = !matches!(slip.area(), Area::Set | Area::Stage);
    let find = |offset: isize| {
        let word = slip.word(offset);
        let row = OPENINGS.iter().find(|(known, _)| *known == word)?;
        let opens = offset == slip.start()
            || is_behind_clause && slip.is_operand(offset - 1) && slip.levels.len() == 1;
        opens.then_some((row, slip.span(offset)?))
    };
    // `create (a)` reads as a call, `load csv` as a name and another.
    let start = slip.start().max(-8);
    let ((word, hint), span) = find(0).or_else(|| find(-1)).or_else(|| find(start))?;
    let message = match *hint {
        WRITES => format!("`{word}` would write"),
        _ => format!("there is no `{word}` in kin"),
    };
    Some(foreign(span, message, *hint))
}

/// `… join …` outside of `select`.
fn joined(slip: &Slip<'_>) -> Option<Diagnostic> {
    let word = slip.word(0);
    let is_join = matches!(word.as_str(), "join" | "lateral" | "apply");
    (is_join && slip.is_operand(-1)).then(|| {
        let hint = "step along a relation, `x.cni`, or write `match (a)-[:cni]->(b) return a, b`";
        foreign(slip.place(), "relations are walked, not joined", hint)
    })
}

/// `assert x`, `assert x > 3`.
fn assertion(slip: &Slip<'_>) -> Option<Diagnostic> {
    let opens = slip.word(slip.start()) == "assert" && slip.here > slip.first;
    let has_is = (slip.start()..-1).any(|offset| slip.is_word(offset, "is"));
    let ends = matches!(
        slip.piece(0),
        "" | ";" | "," | ">" | "<" | "!" | "in" | "not"
    );
    let is_negated = slip.word(-1) == "not";
    (opens && !has_is && (ends || is_negated) && slip.levels.len() == 1).then(|| {
        let hint = "end it with `is empty`, `is not empty`, or `= ` and a number or another set";
        slipped(
            slip.place(),
            "an assertion says what it wants of its query",
            hint,
        )
    })
}

/// `let x CoreOS`, `x = CoreOS`, `f(x) = …`.
fn definition(slip: &Slip<'_>) -> Option<Diagnostic> {
    let start = slip.start();
    let is_let = slip.word(start) == "let";
    let is_outside = slip.levels.len() == 1 && slip.area() == Area::Set;
    if is_let && slip.is_operand(-1) && start >= -8 && is_outside && start < -1 {
        let has_sign = (start..0).any(|offset| slip.piece(offset) == "=");
        if !has_sign && !slip.has_signs(0, "==") {
            let name = slip.text_of(start + 1, -1);
            let hint = format!("write `let {name} = …;`");
            return Some(slipped(
                slip.place(),
                "`let` wants `=` between name and query",
                hint,
            ));
        }
    }
    if is_let && start == -1 && slip.piece(0) == "=" {
        let hint = "write `let x = …;`";
        return Some(slipped(slip.place(), "a definition has a name", hint));
    }
    let is_name = slip.kind(start) == Some(Piece::Word)
        && (start == -1 || slip.piece(start + 1) == "(" && slip.piece(-1) == ")");
    let is_equals = slip.piece(0) == "=" && !slip.has_signs(0, "==") && !slip.has_signs(0, "=~");
    let is_query = matches!(
        slip.kind(1),
        Some(Piece::Word | Piece::Open | Piece::Quoted)
    );
    (is_equals && is_name && is_outside && is_query).then(|| {
        let name = slip.text_of(start, -1);
        let hint = match PATTERNS.iter().any(|row| row.name == name) {
            true => format!("write `{name}:{}`", slip.piece(1)),
            false => format!("write `let {name} = …;`"),
        };
        slipped(slip.place(), "`=` gives a name only behind `let`", hint)
    })
}

/// Clauses of kin's own that stand too early or too late.
fn order_of_clauses(slip: &Slip<'_>) -> Option<Diagnostic> {
    let word = slip.word(0);
    let clause = slip.level().clause.as_str();
    let has = |wanted: &str| (slip.start()..0).any(|offset| slip.is_word(offset, wanted));
    let is_clause = slip.levels.len() == 1 && slip.is_operand(-1) && slip.area() != Area::Set;
    let opens = slip.here == slip.first;
    let (message, hint) = match word.as_str() {
        "where" if opens => (
            "`where` filters what stands before it",
            "write `kind:company |> where …`, or `match (a) where … return a`",
        ),
        "where" if clause == "where" && matches!(slip.word(-1).as_str(), "and" | "or") => {
            ("`where` stands once", "leave it out behind `and` and `or`")
        }
        "return" | "match" | "with" | "where" if clause == "unwind" && slip.is_operand(-1) => (
            "`unwind` names what it takes out of the list",
            "write `unwind [1, 2] as x`",
        ),
        "where" if is_clause && clause == "where" => (
            "there is one `where`",
            "join the conditions: `where … and …`",
        ),
        "where" if is_clause && has("return") => (
            "`where` stands before `return`",
            "write `match … where … return …`",
        ),
        "order" if is_clause && !has("return") && !has("with") && has("match") => (
            "`order by` stands behind `return`",
            "write `match … return … order by …`",
        ),
        "order" if is_clause && matches!(clause, "limit" | "offset" | "skip") => (
            "`order by` stands before `offset` and `limit`",
            "write `return … order by … offset … limit …`",
        ),
        "offset" | "skip" if is_clause && clause == "limit" => (
            "`offset` stands before `limit`",
            "write `… offset 5 limit 10`",
        ),
        "limit" | "offset" | "skip" if is_clause && !has("return") && !has("with") => (
            "rows are limited behind `return`",
            "write `match … return … limit 10`",
        ),
        "group" if is_clause && has("match") => (
            "`match` has no `group by`",
            "leave it out: the columns that aggregate nothing are the groups",
        ),
        "nulls" if is_clause && clause == "by" => (
            "where nulls stand is settled",
            "they come last ascending and first descending; else order by `x is null` first",
        ),
        "having" if is_clause => (
            "there is no `having`",
            "filter the groups: `… |> group by kind select kind, count(*) as n |> where n > 1`",
        ),
        _ => return None,
    };
    let found = match word.as_str() {
        "having" | "nulls" => foreign(slip.place(), message, hint),
        _ => slipped(slip.place(), message, hint),
    };
    Some(found)
}

/// `(a)-[:cni]->(b) …` without `match`.
fn pattern_without_match(slip: &Slip<'_>) -> Option<Diagnostic> {
    let is_edge = ["-[", "<-[", "-->", "--", "<--", "->"]
        .iter()
        .any(|sign| slip.has_signs(0, sign) && slip.piece(-1) == ")");
    let is_node = slip.piece(0) == ":" && slip.piece(-1) == "(";
    // The `-` before a `[` was read as a difference.
    let is_bracket = slip.piece(0) == "[" && slip.piece(-1) == "-";
    let is_pattern = is_edge || is_node || is_bracket;
    (slip.area() == Area::Set && slip.levels.len() <= 2 && is_pattern).then(|| {
        let hint = "write `match (a)-[:cni]->(b) return a, b`";
        slipped(slip.place(), "a pattern begins with `match`", hint)
    })
}

/// `kind:company = 3`, `CoreOS.founded >= 2015`.
fn condition_without_pipe(slip: &Slip<'_>) -> Option<Diagnostic> {
    let is_comparison = matches!(slip.piece(0), "=" | "<" | ">")
        || slip.has_signs(0, "!=")
        || matches!(
            slip.word(0).as_str(),
            "like" | "contains" | "starts" | "ends" | "between" | "is"
        );
    let is_arrow = ["<-", "=>", "==", "<="]
        .iter()
        .any(|sign| slip.has_signs(0, sign));
    let is_set = slip.area() == Area::Set && slip.is_operand(-1) && slip.levels.len() == 1;
    (is_set && is_comparison && (!is_arrow || slip.has_signs(0, "<= "))).then(|| {
        let signs = ["!=", "<>", "<=", ">="]
            .iter()
            .find(|signs| slip.has_signs(0, signs));
        let sign = signs.map_or(slip.piece(0), |signs| signs);
        let message = format!("`{sign}` stands in a condition, and this is a set");
        let hint = match sign {
            "!=" | "<>" => "write `x - y` for what is in x and not in y",
            _ => "write a condition behind a pipe: `x |> where name = \"EKS\"`",
        };
        slipped(slip.place(), message, hint)
    })
}
