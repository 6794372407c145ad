//! Pipes, stages and contexts that stand in the wrong place or bear another language's name.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code;
use crate::diagnostic::escape;
use crate::query::function;
use crate::query::scan::Piece;
use crate::query::slip::Habit;
use crate::query::slip::Slip;
use crate::query::slip::area::Area;
use crate::query::slip::foreign;
use crate::query::slip::say;
use crate::query::slip::slipped;

/// The habits, the more telling first.
pub(super) static HABITS: &[Habit] = &[
    bar_for_pipe,
    context_as_stage,
    set_as_stage,
    no_date,
    period,
    behind_context,
    pipe_as_argument,
    without_pipe,
];

/// Words that begin a stage, and the words of other languages for them.
const STAGES: &[(&str, &str)] = &[
    ("where", "where"),
    ("select", "select"),
    ("order", "order by"),
    ("group", "group by"),
    ("limit", "limit"),
    ("offset", "offset"),
    ("skip", "skip"),
    ("count", "count"),
    ("distinct", "distinct"),
    ("filter", "where"),
    ("having", "where"),
    ("when", "where"),
    ("project", "select"),
    ("map", "select"),
    ("extend", "select"),
    ("pluck", "select"),
    ("return", "select"),
    ("sort", "order by"),
    ("sort_by", "order by"),
    ("orderby", "order by"),
    ("groupby", "group by"),
    ("group_by", "group by"),
    ("summarize", "group by"),
    ("aggregate", "group by"),
    ("take", "limit"),
    ("head", "limit"),
    ("top", "limit"),
    ("fetch", "limit"),
    ("drop", "offset"),
    ("unique", "distinct"),
    ("uniq", "distinct"),
    ("length", "count"),
];

fn stage(word: &str) -> Option<&'static str> {
    let row = STAGES.iter().find(|(known, _)| *known == word);
    row.map(|(_, stage)| *stage)
}

/// What a stage looks like, for hints.
fn shape(stage: &str) -> &'static str {
    match stage {
        "where" => "|> where name starts with \"A\"",
        "select" => "|> select name, kind",
        "order by" => "|> order by name",
        "group by" => "|> group by kind select kind, count(*)",
        "limit" => "|> limit 5",
        "offset" | "skip" => "|> offset 5",
        "count" => "|> count",
        _ => "|> distinct",
    }
}

/// The stage as it should be written, with what stands behind its word at `offset`.
fn written(slip: &Slip<'_>, offset: isize, stage: &str) -> String {
    let is_by = slip.is_word(offset + 1, "by");
    let first = offset + 1 + isize::from(is_by);
    let ends = |offset: &isize| {
        slip.kind(*offset).is_none() || slip.is_pipe(*offset) || slip.piece(*offset) == ";"
    };
    let end = (first..).find(ends).unwrap_or(first);
    let rest = slip.text_of(first, end - 1);
    let is_plain = end > first && !rest.contains(['(', ')', '.']) && rest.chars().count() < 50;
    match stage {
        "count" | "distinct" => format!("write `|> {stage}`"),
        _ if is_plain => format!("write `|> {stage} {rest}`"),
        _ => format!("write `{}`", shape(stage)),
    }
}

/// `x | where …`, `x || where …`, `x ||> where …`.
fn bar_for_pipe(slip: &Slip<'_>) -> Option<Diagnostic> {
    let bar = [0, -1, -2]
        .into_iter()
        .find(|offset| slip.piece(*offset) == "|" && !slip.is_pipe(*offset))?;
    if let Some(span) = slip.signs(bar, "||>") {
        return Some(slipped(span, "a pipe is `|>`", "take one `|` out"));
    }
    if slip.area() != Area::Set {
        return None;
    }
    let begins = bar + 1 + isize::from(slip.has_signs(bar, "||"));
    let stage = stage(&slip.word(begins)).filter(|_| slip.piece(begins + 1) != "|")?;
    let message = match stage {
        "where" => "`|` joins two sets; to filter, use a pipe".to_owned(),
        stage => format!("`|` joins two sets; `{stage}` stands behind a pipe"),
    };
    let found = foreign(slip.span(bar)?, message, written(slip, begins, stage));
    Some(found.labelled("write `|>` here"))
}

/// `x |> as of 2021`.
fn context_as_stage(slip: &Slip<'_>) -> Option<Diagnostic> {
    let (begins, pipe) = match (slip.is_pipe(-2), slip.is_pipe(-3)) {
        (true, _) => (0, -2),
        (_, true) => (-1, -3),
        _ => return None,
    };
    let word = slip.word(begins);
    let (name, shape) = match word.as_str() {
        "as" => ("as of", "`x as of 2021`, or use `at(2021, x)`"),
        "during" => (
            "during",
            "`x during 2015..2018`, or use `during(2015..2018, x)`",
        ),
        "according" => (
            "according to",
            "`x according to SOURCE`, or use `per(SOURCE, x)`",
        ),
        "including" => ("including doubtful", "`x including doubtful`"),
        _ => return None,
    };
    let message = format!("`{name}` is no stage: a context stands behind the whole query");
    let hint = format!("put it last, and leave `|>` out: {shape}");
    Some(slipped(slip.signs(pipe, "|>")?, message, hint))
}

/// `x |> y`, `x |> (y)`, `x |> leaves`, `x |> filter y`.
fn set_as_stage(slip: &Slip<'_>) -> Option<Diagnostic> {
    let begins = match (slip.is_pipe(-2), slip.is_pipe(-3)) {
        (true, _) => 0,
        (_, true) => -1,
        _ => return None,
    };
    let span = match slip.kind(begins) {
        None => slip.place(),
        Some(_) => slip.span(begins)?,
    };
    let word = slip.word(begins);
    if let Some(stage) = stage(&word).filter(|stage| !stage.starts_with(word.as_str())) {
        let message = format!("there is no stage `{word}`");
        return Some(foreign(span, message, written(slip, begins, stage)));
    }
    if word == "match" || word == "optional" {
        let hint = "put the set into its pattern: `match (a in descendants(CoreOS))-[:cni]->(b) …`";
        return Some(slipped(span, "a `match` begins a query of its own", hint));
    }
    if slip.kind(begins).is_none() || slip.is_pipe(begins) {
        let hint = format!("write a stage behind it: `{}`", shape("where"));
        return Some(slipped(span, "`|>` has nothing behind it", hint));
    }
    if let Some(function) = function::find(&word) {
        let hint = format!("write `|> {}()`", function.name);
        let message = format!(
            "a function takes brackets, behind `|>` too: `{}`",
            function.name
        );
        return Some(slipped(span, message, hint));
    }
    let is_known = stage(&word).is_some() || slip.is_word(0, "by");
    let is_near = crate::query::slip::keyword::is_near_stage(&word);
    if is_known || is_near || slip.piece(begins).starts_with('.') {
        return None;
    }
    if word == "draw" {
        let hint = "put it last: only `> FILE` and `as FORMAT` stand behind it";
        return Some(slipped(span, "nothing goes on behind `draw`", hint));
    }
    let met = escape::clipped(slip.piece(begins), 40).into_owned();
    let hint = "join sets with `|`; stages are `where`, `select`, `order by`, `group by`, `limit`, \
                `offset`, `count`, `distinct`, `draw`, and functions";
    Some(slipped(
        span,
        format!("`|>` leads on to a stage, and `{met}` is none"),
        hint,
    ))
}

fn no_date(slip: &Slip<'_>) -> Option<Diagnostic> {
    let is_as_of = slip.word(-1) == "of" && slip.word(-2) == "as";
    let is_during = slip.word(-1) == "during" && slip.area() != Area::Value;
    if !is_as_of && !is_during || slip.kind(0) == Some(Piece::Sign) {
        return None;
    }
    let context = if is_as_of { "as of" } else { "during" };
    let message = match slip.kind(0) {
        None => format!("`{context}` wants a date"),
        Some(_) => format!("`{}` is no date", escape::clipped(slip.piece(0), 40)),
    };
    let hint = match context {
        "as of" => "write it as 2021, 2021-05 or 2021-05-31",
        _ => "write it as 2021, 2021-05 or 2021-05-31, or as a period: `2015..2018`",
    };
    Some(say(&code::BAD_DATE, slip.place(), message, hint))
}

/// `during 2015 to 2018`, `during 2015 - 2018`, `between 2015 and 2018` as a context.
fn period(slip: &Slip<'_>) -> Option<Diagnostic> {
    let is_joint = matches!(
        slip.piece(0),
        "-" | "to" | "and" | "until" | "," | "–" | "TO"
    );
    if slip.word(-2) == "during" && is_joint && slip.kind(1) == Some(Piece::Word) {
        let (from, to) = (slip.piece(-1), slip.piece(1));
        let hint = format!("write `during {from}..{to}`");
        return Some(slipped(
            slip.place(),
            "a period is two dates with `..` between",
            hint,
        ));
    }
    let is_foreign = matches!(
        slip.word(0).as_str(),
        "since" | "until" | "from" | "before" | "after"
    );
    let is_date = slip
        .piece(1)
        .starts_with(|first: char| first.is_ascii_digit());
    (slip.area() == Area::Set && is_foreign && is_date).then(|| {
        let message = format!("`{}` is no context", slip.piece(0));
        let hint = "write `during 2015..2018`, or `as of 2015`".to_owned();
        foreign(slip.place(), message, hint)
    })
}

fn behind_context(slip: &Slip<'_>) -> Option<Diagnostic> {
    let is_operator = matches!(slip.piece(0), "|" | "&" | "-" | ".") && !slip.is_pipe(0);
    let has_context = (1..6).any(|back: isize| {
        let words = (slip.word(-back), slip.word(1 - back));
        words.0 == "as" && words.1 == "of" || words.0 == "according" || words.0 == "during"
    });
    let is_format = slip.word(-2) == "as" && slip.is_pipe(0) && slip.area() == Area::Set;
    if is_format {
        let hint = format!("put `as {}` last", slip.piece(-1));
        return Some(slipped(
            slip.place(),
            "a format stands behind the whole query",
            hint,
        ));
    }
    (is_operator && has_context && slip.area() == Area::Set).then(|| {
        let message = "a context holds for the whole query, and stands behind all of it";
        let hint = "put brackets round the part it is for: `(a as of 2020) | b`";
        slipped(slip.place(), message, hint)
    })
}

/// `x where …`, `x limit 3`, `x filter …`.
fn without_pipe(slip: &Slip<'_>) -> Option<Diagnostic> {
    let word = slip.word(0);
    let stage = stage(&word)?;
    let is_behind = slip.area() == Area::Set && slip.is_operand(-1);
    let is_stage = slip.area() == Area::Value
        && slip.levels.len() == 1
        && (slip.start()..0).any(|offset| slip.is_pipe(offset))
        && slip.is_operand(-1)
        && !matches!(slip.word(-1).as_str(), "and" | "or" | "not")
        && matches!(
            word.as_str(),
            "where" | "select" | "order" | "group" | "limit" | "offset"
        );
    if !is_behind && !is_stage || is_select(slip) {
        return None;
    }
    let message = format!("the stage `{stage}` stands behind a pipe");
    let found = foreign(slip.place(), message, written(slip, 0, stage));
    Some(found.labelled("write `|>` before this"))
}

/// Whether the statement begins as one of SQL or SPARQL does.
fn is_select(slip: &Slip<'_>) -> bool {
    matches!(slip.word(slip.start()).as_str(), "select" | "from")
}

/// `f(x |> stage)`: an argument is a set, and a pipe is one in brackets of its own.
fn pipe_as_argument(slip: &Slip<'_>) -> Option<Diagnostic> {
    let level = slip.levels.last()?;
    let is_argument = level.opener == "(" && !level.before.is_empty();
    if !is_argument || slip.piece(0) != "|" || slip.piece(1) != ">" {
        return None;
    }
    let call = escape::clipped(&level.before, 40);
    let hint = format!("put the pipe in brackets of its own: `{call}((x |> …))`");
    let message = "a pipe stands as an argument without brackets".to_owned();
    Some(say(&code::SYNTAX, slip.span(0)?, message, hint))
}
