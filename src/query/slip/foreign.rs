//! Words of other languages between sets and in expressions.

use crate::diagnostic::Diagnostic;
use crate::query::scan::Piece;
use crate::query::slip::Habit;
use crate::query::slip::Slip;
use crate::query::slip::area::Area;
use crate::query::slip::foreign;

/// What is known before the signs of other languages are.
pub(super) static FIRST: &[Habit] = &[
    dotted_start,
    called_step,
    star_of_count,
    list_of_sets,
    bracketed_list,
    is_test,
    negated_operator,
];

/// What is known once the signs were tried.
pub(super) static LAST: &[Habit] = &[between_sets, in_values];

/// `.[]`, `.name`, `map(.name)`: jq's input.
fn dotted_start(slip: &Slip<'_>) -> Option<Diagnostic> {
    let is_start = slip.here == slip.first || matches!(slip.piece(-1), "(" | "|" | "," | ">");
    let is_set = matches!(slip.area(), Area::Set | Area::Stage);
    (slip.piece(0) == "." && is_start && is_set && !slip.has_signs(0, "..")).then(|| {
        let hint = match slip.kind(1) {
            Some(Piece::Word) => format!("write `all() |> select {}`", slip.piece(1)),
            _ => "write `all()` for every entity, `kind:company` for those of a kind".to_owned(),
        };
        foreign(
            slip.place(),
            "a query begins with a set, not with `.`",
            hint,
        )
    })
}

/// `g.V()`, `EKS.cni()`, `EKS.*`.
fn called_step(slip: &Slip<'_>) -> Option<Diagnostic> {
    let is_step = slip.kind(-1) == Some(Piece::Word) && slip.piece(-2) == ".";
    let is_call = slip.piece(0) == "(" && is_step;
    let is_star = slip.piece(0) == "*" && slip.piece(-1) == ".";
    if is_star && slip.area() == Area::Set {
        let hint = "write `successors(x)` for every relation, `facts(x)` for all that is stated";
        return Some(foreign(
            slip.place(),
            "a step goes along one relation",
            hint,
        ));
    }
    if is_star && slip.area() == Area::Value {
        let hint = "write `*` for every variable, `properties(x)` for a map";
        return Some(foreign(slip.place(), "`.*` is no property", hint));
    }
    if !is_call {
        return None;
    }
    let word = slip.piece(-1);
    let dots = (1..)
        .take_while(|steps| slip.piece(-2 * steps) == ".")
        .count() as isize;
    let first = slip.word(-2 * dots - 1);
    if matches!(first.as_str(), "apoc" | "gds" | "algo" | "db" | "dbms") {
        let hint = "`kin help functions` lists the functions";
        let message = format!("there is no library `{first}` in kin");
        return Some(foreign(slip.span(-2 * dots - 1)?, message, hint));
    }
    if first == "g" && slip.area() == Area::Set {
        let hint = "write `all()` for every entity, `kind:company` for those of a kind";
        return Some(foreign(
            slip.place(),
            "`g` is no graph here: a query begins with a set",
            hint,
        ));
    }
    Some(match slip.area() {
        Area::Value => {
            let value = slip.piece(-3);
            let hint = format!("write `{word}({value})`");
            foreign(slip.place(), "a function stands before its value", hint)
        }
        _ => {
            let hint = format!("write `x.{word}`, or `successors(x, via={word})`");
            foreign(
                slip.place(),
                "a step along a relation has no brackets",
                hint,
            )
        }
    })
}

/// `count(*)` as a set.
fn star_of_count(slip: &Slip<'_>) -> Option<Diagnostic> {
    let is_count = slip.level().before == "count" && slip.area() == Area::Set;
    (is_count && slip.piece(0) == "*").then(|| {
        let hint = "write `count(all())`, or `x |> count`";
        foreign(slip.place(), "`count` takes a set", hint)
    })
}

/// `{a, b}`, `[a, b]`, `x[0]` where a set is wanted.
fn list_of_sets(slip: &Slip<'_>) -> Option<Diagnostic> {
    let is_set = matches!(slip.area(), Area::Set | Area::Stage);
    if !is_set || !matches!(slip.piece(0), "{" | "[") {
        return None;
    }
    let bracket = slip.piece(0);
    let hint = match (bracket, slip.is_operand(-1)) {
        ("[", true) => "write `x |> limit 1` for the first, `x |> where …` for some",
        (_, true) => "write `x |> where id = \"eks\"`, or `match (a {id: \"eks\"}) return a`",
        (_, false) => "join sets with `|`: `EKS | AKS`",
    };
    Some(foreign(
        slip.place(),
        format!("`{bracket}` has no place among sets"),
        hint,
    ))
}

/// `x in (1, 2)`, `x in ("a", "b")`.
fn bracketed_list(slip: &Slip<'_>) -> Option<Diagnostic> {
    let level = slip.level();
    let is_list = level.opener == "(" && level.before == "in" && slip.area() == Area::Set;
    let is_number = slip
        .piece(0)
        .starts_with(|first: char| first.is_ascii_digit());
    (is_list && (is_number || slip.piece(0) == ",")).then(|| {
        let hint = "write `in [1, 2]` for values, `in (EKS | AKS)` for entities";
        foreign(slip.place(), "a list stands in square brackets", hint)
    })
}

/// `x is y`, `x is not y`, `x is empty`.
fn is_test(slip: &Slip<'_>) -> Option<Diagnostic> {
    let is_not = slip.word(-1) == "not" && slip.word(-2) == "is";
    if slip.word(-1) != "is" && !is_not || slip.area() == Area::Set {
        return None;
    }
    let wanted = slip.piece(0);
    let hint = match (wanted.to_ascii_lowercase().as_str(), is_not) {
        ("" | ")", _) => "write `is null` or `is not null`".to_owned(),
        ("empty", false) => "write `x is null` for a property, `size(x) = 0` for a list".to_owned(),
        ("empty", true) => {
            "write `x is not null` for a property, `size(x) > 0` for a list".to_owned()
        }
        ("distinct", _) => "write `<>` or `=`".to_owned(),
        (_, false) => format!("write `= {wanted}`"),
        (_, true) => format!("write `<> {wanted}`"),
    };
    let test = if is_not { "is not" } else { "is" };
    let message = format!("`{test}` tests for null, and nothing else");
    Some(foreign(slip.place(), message, hint))
}

/// `not like`, `not between`, `not starts with`, `not contains`.
fn negated_operator(slip: &Slip<'_>) -> Option<Diagnostic> {
    let word = slip.word(0);
    let is_negated = slip.word(-1) == "not" && slip.is_operand(-2) && slip.area() == Area::Value;
    let is_operator = matches!(
        word.as_str(),
        "like" | "ilike" | "between" | "starts" | "ends" | "contains" | "matches" | "exists"
    );
    (is_negated && is_operator && slip.start() < -2).then(|| {
        let hint = match word.as_str() {
            "between" => "write `not (1 <= x and x <= 2)`".to_owned(),
            "like" | "ilike" => "write `not x starts with \"a\"`, or `not x =~ \"a.*\"`".to_owned(),
            word => format!("write `not x {word} …`"),
        };
        foreign(
            slip.place(),
            "`not` stands before the whole condition",
            hint,
        )
    })
}

/// Words of other languages between or before sets, and how kin says it.
const OF_SETS: &[(&str, &str)] = &[
    ("and", "write `&` for what is in both sets"),
    ("intersect", "write `&` for what is in both sets"),
    ("intersection", "write `&` for what is in both sets"),
    ("or", "write `|` for what is in either set"),
    ("union", "write `|` for what is in either set"),
    ("not", "write `x - y` for what is in x and not in y"),
    ("except", "write `x - y` for what is in x and not in y"),
    ("minus", "write `x - y` for what is in x and not in y"),
    ("without", "write `x - y` for what is in x and not in y"),
    ("xor", "write `(a | b) - (a & b)`"),
    ("in", "write `a & b` for what is in both sets"),
    ("from", "leave it out: a query is the set itself"),
    (
        "as",
        "write `as of 2021` for a time, `as json` for a format",
    ),
    (
        "let",
        "write a definition as a statement of its own: `let x = …; x`",
    ),
    (
        "with",
        "write `x |> select …`, or `match … with … return …`",
    ),
    ("return", "write `x |> select name`"),
    (
        "unwind",
        "write it before `match`: `unwind [1, 2] as x return x`",
    ),
    (
        "match",
        "write `match` first, and the set into it: `match (a in (EKS | AKS))-->(b) return b`",
    ),
    ("compare", "write it first: `compare EKS, AKS on cni`"),
    ("to", "write `path(a, b)`"),
    ("vs", "write `compare a, b`"),
    ("of", "write `x.relation`, or `f(x)`"),
];

fn between_sets(slip: &Slip<'_>) -> Option<Diagnostic> {
    if slip.area() != Area::Set {
        return None;
    }
    let find = |offset: isize| {
        let word = slip.word(offset);
        let row = OF_SETS.iter().find(|(known, _)| *known == word)?;
        Some((row, slip.span(offset)?))
    };
    let before = || find(-1).filter(|_| slip.is_operand(0) || slip.piece(0) == "(");
    let ((word, hint), span) = find(0).or_else(before)?;
    let is_context = *word == "as" && slip.is_word(1, "of") || slip.is_word(-1, "as");
    if is_context
        || slip
            .levels
            .last()
            .is_some_and(|level| level.clause == "assert")
    {
        return None;
    }
    let written = &slip.text[span.range_in(slip.text)];
    let is_argument = slip.levels.len() > 1 && ["match", "compare"].contains(word);
    if is_argument {
        let message = format!("`{written}` begins a query, which stands in brackets here");
        let hint = format!("write `({written} …)`");
        return Some(foreign(span, message, hint));
    }
    let message = match *word {
        "match" | "compare" | "let" | "unwind" => format!("`{written}` begins a query"),
        _ => format!("`{written}` joins nothing in kin"),
    };
    Some(foreign(span, message, *hint))
}

/// Words of other languages in conditions and columns, and how kin says it.
const OF_VALUES: &[(&str, &str)] = &[
    (
        "like",
        "write `x starts with \"a\"`, `x contains \"a\"`, or `x =~ \"a.*\"`",
    ),
    (
        "ilike",
        "write `lower(x) starts with \"a\"`, or `x =~ \"(?i)a.*\"`",
    ),
    ("rlike", "write `x =~ \"a.*\"`, which fits the whole text"),
    ("regexp", "write `x =~ \"a.*\"`, which fits the whole text"),
    ("similar", "write `x =~ \"a.*\"`, which fits the whole text"),
    ("glob", "write `x =~ \"a.*\"`, or the set `glob:\"a*\"`"),
    ("between", "write `1 <= x and x <= 2`, or `1 <= x <= 2`"),
    ("eq", "write `=`"),
    ("ne", "write `<>`"),
    ("lt", "write `<`"),
    ("gt", "write `>`"),
    ("mod", "write `%`"),
    ("div", "write `/`: two whole numbers give a whole number"),
    (
        "has",
        "write `y in x` for a list, `x contains \"a\"` for a text",
    ),
    (
        "includes",
        "write `y in x` for a list, `x contains \"a\"` for a text",
    ),
    ("startswith", "write `starts with`"),
    ("endswith", "write `ends with`"),
    ("isnull", "write `is null`"),
    ("notnull", "write `is not null`"),
    ("over", "write `group by`; there are no windows"),
    ("collate", "write `lower(x)` on both sides"),
    ("then", "write `case when … then … else … end`"),
    ("else", "write `case when … then … else … end`"),
    ("if", "write `case when … then … else … end`"),
    ("for", "write `[x in list where x > 1 | x * 2]`"),
    ("using", "leave it out: kin finds its own way"),
    (
        "from",
        "leave it out: columns are read from what stands before",
    ),
    (
        "as",
        "write `as n` behind a column, `as of 2021` behind the query",
    ),
];

fn in_values(slip: &Slip<'_>) -> Option<Diagnostic> {
    let word = slip.word(0);
    let row = OF_VALUES.iter().find(|(known, _)| *known == word);
    let is_value = slip.area() == Area::Value;
    let is_here = is_value || slip.area() == Area::Pattern;
    if let (true, Some((word, hint))) = (is_here && slip.is_operand(-1), row) {
        return Some(foreign(
            slip.place(),
            format!("`{word}` is no operator of kin's"),
            *hint,
        ));
    }
    let quantifier = slip.word(-1);
    let is_quantifier = matches!(quantifier.as_str(), "any" | "all" | "none" | "single");
    if is_value && is_quantifier && slip.kind(0) == Some(Piece::Word) {
        let hint = format!("write `{quantifier}(x in list where x > 1)`");
        let message = format!("`{quantifier}` takes brackets");
        return Some(foreign(slip.span(-1)?, message, hint));
    }
    let is_typed = matches!(quantifier.as_str(), "date" | "timestamp" | "datetime");
    if is_value && is_typed && slip.kind(0) == Some(Piece::Quoted) {
        let hint = format!(
            "write `date({})`, or the date without quotes",
            slip.piece(0)
        );
        return Some(foreign(slip.place(), "a date is made by a function", hint));
    }
    let is_top = matches!(quantifier.as_str(), "top" | "first");
    if is_value
        && is_top
        && slip
            .piece(0)
            .starts_with(|first: char| first.is_ascii_digit())
    {
        let hint = format!("write `limit {}` behind the columns", slip.piece(0));
        return Some(foreign(slip.span(-1)?, "rows are limited at the end", hint));
    }
    (is_value && quantifier == "if").then_some(())?;
    let hint = "write `case when … then … else … end`";
    Some(foreign(slip.span(-1)?, "`if` is no word of kin's", hint))
}
