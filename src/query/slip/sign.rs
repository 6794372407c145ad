//! Signs of other keyboards and of other languages.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code;
use crate::query::scan::Piece;
use crate::query::slip::Habit;
use crate::query::slip::Slip;
use crate::query::slip::area::Area;
use crate::query::slip::foreign;

/// What is known before anything else is asked.
pub(super) static FIRST: &[Habit] = &[full_width, comment];

/// What is known once the forms of the place were tried.
pub(super) static LAST: &[Habit] = &[foreign_sign];

/// Full-width signs and typographic quotes, and what to type instead.
const FULL_WIDTH: [(char, &str); 30] = [
    ('（', "("),
    ('）', ")"),
    ('［', "["),
    ('］', "]"),
    ('｛', "{"),
    ('｝', "}"),
    ('「', "\""),
    ('」', "\""),
    ('｜', "|"),
    ('＆', "&"),
    ('－', "-"),
    ('＝', "="),
    ('＜', "<"),
    ('＞', ">"),
    ('≠', "<>"),
    ('≤', "<="),
    ('≥', ">="),
    ('＋', "+"),
    ('＊', "*"),
    ('，', ","),
    ('、', ","),
    ('；', ";"),
    ('：', ":"),
    ('．', "."),
    ('。', "."),
    ('＃', "#"),
    ('“', "\""),
    ('”', "\""),
    ('‘', "'"),
    ('’', "'"),
];

fn full_width(slip: &Slip<'_>) -> Option<Diagnostic> {
    let (plain, span) = [0, -1].into_iter().find_map(|offset| {
        let sign = slip.piece(offset).chars().next()?;
        let plain = FULL_WIDTH.iter().find(|(wide, _)| *wide == sign)?.1;
        Some((plain, slip.span(offset)?))
    })?;
    let sign = &slip.text[span.range_in(slip.text)];
    let message = format!("`{sign}` is a full-width or typographic sign");
    Some(
        Diagnostic::error(&code::FULL_WIDTH, span, message)
            .labelled(format!("write `{plain}` here"))
            .hint("switch the keyboard to half-width for signs".to_owned()),
    )
}

/// `-- …` and `/* … */`, where an edge cannot stand.
fn comment(slip: &Slip<'_>) -> Option<Diagnostic> {
    if let Some(span) = [0, -1].iter().find_map(|offset| slip.signs(*offset, "/*")) {
        let hint = "begin each line of it with `#`";
        return Some(foreign(
            span,
            "a comment goes from `#` to the end of the line",
            hint,
        ));
    }
    let span = [0, -1]
        .iter()
        .find_map(|offset| slip.signs(*offset, "--"))?;
    let is_edge = matches!(slip.area(), Area::Pattern | Area::Node | Area::Edge)
        || slip.piece(-1) == ")" && matches!(slip.piece(2), "(" | ">");
    (!is_edge).then(|| {
        let hint = "write `#` before it; a difference is ` - `";
        foreign(span, "a comment goes from `#` to the end of the line", hint)
    })
}

/// Signs of other languages between sets, the longer first, and how kin says it.
const OF_SETS: &[(&str, &str)] = &[
    ("||", "write `|` for what is in either set"),
    ("&&", "write `&` for what is in both sets"),
    ("===", "write `=` behind a parameter: `via=cni`"),
    ("==", "write `=` behind a parameter: `via=cni`"),
    (
        "::",
        "write `kind:company` for a pattern, `between(x, y)` for what lies between",
    ),
    (":=", "write `let x = …;` to name a query"),
    (
        "...",
        "write `between(x, y)` for what lies between two entities",
    ),
    (
        "..",
        "write `between(x, y)` for what lies between two entities",
    ),
    ("=>", "write `x.relation` to step along a relation"),
    (
        "->",
        "write `x.relation` to step along a relation, or `successors(x)`",
    ),
    (
        "<-",
        "write `predecessors(x)`, or the inverse name: `SQLite.datastore_of`",
    ),
    (
        "$",
        "write a parameter with its name, `$product`, and give it: `--param product=EKS`",
    ),
    (
        "?",
        "write a parameter as `$product`, or a pattern: `match (a)-[:cni]->(b) return a, b`",
    ),
    (
        "@",
        "write a parameter as `$product`; `as of 2021` is a time",
    ),
    (
        "^",
        "write `predecessors(x)` for parents, ` - ` for a difference",
    ),
    ("+", "write `|` for what is in either set"),
    (
        "~",
        "write `all() - x` for what is not in x, ` - ` for a difference",
    ),
    ("!", "write `all() - x` for what is not in x"),
    (
        "*",
        "write `glob:\"Open*\"` for names that match, `all()` for everything",
    ),
    ("%", "write `glob:\"Open*\"` for names that match"),
    ("/", "write `x.relation` to step along a relation"),
    ("\\", "write ` - ` for a difference"),
    (":-", "write `let f(x) = …;`"),
    (":", "write a word, `:` and a name: `kind:company`"),
    (
        "<",
        "write the name itself, in quotes where it has blanks or dots",
    ),
];

/// Signs of other languages in expressions, the longer first.
const OF_VALUES: &[(&str, &str)] = &[
    ("===", "write `=`"),
    ("!==", "write `<>`"),
    ("<=>", "write `=`, or test for null with `is null`"),
    ("==", "write `=`"),
    (":=", "write `=`"),
    ("!~", "write `not x =~ \"a.*\"`"),
    ("~*", "write `x =~ \"(?i)a.*\"`"),
    ("&&", "write `and`"),
    ("||", "write `or` between conditions, `+` between texts"),
    ("**", "write `x ^ 2`"),
    ("//", "write `/`: two whole numbers give a whole number"),
    (
        "::",
        "turn a value into another type with a function: `toString(x)`, `date(x)`",
    ),
    (
        "->",
        "write `[x in list where x > 1 | x * 2]`, or `reduce(sum = 0, x in list | sum + x)`",
    ),
    ("=>", "write `[x in list where x > 1 | x * 2]`"),
    ("++", "write `+`"),
    ("...", "write a range of a list as `list[1..3]`"),
    (
        "$",
        "write a parameter with its name, `$product`, and give it: `--param product=EKS`",
    ),
    (
        "?",
        "write `case when … then … else … end`; a parameter is `$product`",
    ),
    ("@", "write a parameter as `$product`"),
    ("!", "write `not`"),
    ("~", "write `x =~ \"a.*\"` for a regular expression"),
    ("&", "write `and`"),
    ("\\", "write `/`"),
];

fn foreign_sign(slip: &Slip<'_>) -> Option<Diagnostic> {
    let rows = match slip.area() {
        Area::Set | Area::Stage => OF_SETS,
        Area::Value => OF_VALUES,
        Area::Pattern | Area::Node | Area::Edge => return None,
    };
    // Reading may have ended behind the first of the signs: `a == b`, `x != = y`.
    let find = |offset: isize| {
        let is_sign = slip.kind(offset) == Some(Piece::Sign);
        let row = rows
            .iter()
            .find(|(sign, _)| is_sign && slip.has_signs(offset, sign))?;
        let reaches = row.0.len() as isize > -offset;
        reaches.then_some((row, slip.signs(offset, row.0)?))
    };
    if slip.piece(0) == "`" {
        let hint = "put a name with blanks in quotes: `\"Red Hat\"`; backquotes are for variables";
        return Some(foreign(
            slip.place(),
            "a name is not written in backquotes",
            hint,
        ));
    }
    let ((sign, hint), span) = find(-2).or_else(|| find(-1)).or_else(|| find(0))?;
    Some(foreign(
        span,
        format!("`{sign}` is no sign of kin's"),
        *hint,
    ))
}
