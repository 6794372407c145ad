//! Slips of the hand: blanks, hyphens, commas, escapes, what is left out.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Span;
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

/// What is known before the signs of other languages are.
pub(super) static FIRST: &[Habit] = &[hyphen, missing_operand];

/// What is known last.
pub(super) static LAST: &[Habit] = &[
    bad_escape,
    bare_number,
    column_without_as,
    commas_of_limit,
    name_with_blanks,
    list_with_commas,
    nothing_behind,
];

/// Whether a `-` stands at `offset`, right behind a word and with a blank behind it.
fn is_dangling(slip: &Slip<'_>, offset: isize) -> bool {
    slip.piece(offset) == "-"
        && slip.kind(offset - 1) == Some(Piece::Word)
        && slip.touches(offset - 1)
        && !slip.touches(offset)
}

fn hyphen(slip: &Slip<'_>) -> Option<Diagnostic> {
    if slip.area() != Area::Set {
        return None;
    }
    let is_hyphen = slip.piece(0) == "-"
        && slip.kind(1) == Some(Piece::Word)
        && slip.touches(0)
        && slip.is_operand(-1);
    let dangling = (0..3).find(|ahead| is_dangling(slip, *ahead));
    let (sign, span) = match dangling {
        Some(sign) => (sign, slip.span(sign - 1)?.to(slip.span(sign)?)),
        None if is_hyphen => (0, slip.span(0)?.to(slip.span(1)?)),
        None => return None,
    };
    let (left, right) = (slip.piece(sign - 1), slip.piece(sign + 1));
    let message = "`-` could be a letter of a name or a difference";
    let hint = match slip.kind(sign - 1) {
        Some(Piece::Word) => {
            format!("write `{left} - {right}` for the difference, or `{left}-{right}` for the name")
        }
        _ => format!("write ` - {right}` for the difference"),
    };
    Some(say(&code::HYPHEN, span, message, hint))
}

/// `a & | b`, `a |`, `x = `, `x and`.
fn missing_operand(slip: &Slip<'_>) -> Option<Diagnostic> {
    let before = slip.piece(-1);
    let is_wrong = slip.kind(0).is_none() || matches!(slip.piece(0), "|" | "&" | "-" | ")" | ";");
    let is_pipe = slip.has_signs(0, "|>") || slip.has_signs(0, "||") || slip.has_signs(0, "->");
    let is_set = slip.area() == Area::Set;
    let is_first = slip.here == slip.first && matches!(slip.piece(0), "|" | "&" | "-");
    if is_set && is_first {
        let sign = if slip.is_pipe(0) { "|>" } else { slip.piece(0) };
        let message = format!("`{sign}` has nothing before it");
        let found = Diagnostic::error(&code::SYNTAX, slip.signs(0, sign)?, message);
        return Some(found.labelled("a set is wanted before this"));
    }
    if is_set && matches!(before, "|" | "&" | "-" | "=") && is_wrong && !is_pipe {
        let message = match slip.kind(0) {
            None => format!("`{before}` has nothing behind it"),
            Some(_) => format!("`{}` stands where `{before}` wants a set", slip.piece(0)),
        };
        let found = Diagnostic::error(&code::SYNTAX, slip.place(), message);
        return Some(found.labelled("a set is wanted here"));
    }
    let is_value = matches!(
        before.to_ascii_lowercase().as_str(),
        "=" | "<" | ">" | "+" | "*" | "/" | "%" | "and" | "or" | "xor" | "not" | "in" | "contains"
    );
    let is_end = slip.kind(0).is_none() || matches!(slip.piece(0), ")" | ";" | "," | "]" | "}");
    let infixes = [
        "and", "or", "xor", "in", "is", "contains", "=", "<", ">", "*", "/", "%",
    ];
    let is_infix = infixes.iter().any(|infix| slip.is_word(0, infix));
    let is_lost = is_infix && !is_value && !is_value_before(slip);
    let is_arrow = slip.kind(-1) == Some(Piece::Sign) && slip.piece(-1) != ",";
    if slip.area() == Area::Value && is_lost && !is_arrow {
        let message = format!("`{}` has nothing before it", slip.piece(0));
        let found = Diagnostic::error(&code::SYNTAX, slip.place(), message);
        return Some(found.labelled("a value is wanted before this"));
    }
    (slip.area() == Area::Value && is_value && is_end).then(|| {
        let message = format!("`{before}` has nothing behind it");
        let found = Diagnostic::error(&code::SYNTAX, slip.place(), message);
        found.labelled("a value is wanted here")
    })
}

/// Whether what stands before the place ends a value, and is no word that leads to one.
fn is_value_before(slip: &Slip<'_>) -> bool {
    let leads = [
        "where", "select", "return", "with", "by", "when", "then", "else", "case", "limit",
        "unwind",
    ];
    let is_lead = leads.iter().any(|word| slip.is_word(-1, word));
    slip.is_operand(-1) && !is_lead || matches!(slip.piece(-1), "*" | "=" | "<" | ">" | "`")
}

fn bad_escape(slip: &Slip<'_>) -> Option<Diagnostic> {
    let span = slip
        .span(0)
        .filter(|_| slip.kind(0) == Some(Piece::Quoted))?;
    let text = slip.piece(0);
    let mut backslashes = text.match_indices('\\').map(|(at, _)| at);
    let wrong = backslashes.find(|at| {
        let next = text[at + 1..].chars().next();
        let is_doubled = text[..*at].ends_with('\\');
        !is_doubled && !next.is_some_and(|next| "\"'\\/bfnrtu".contains(next))
    })?;
    let length = text[wrong + 1..].chars().next().map_or(0, char::len_utf8);
    let start = span.start + wrong as u32;
    let end = start + 1 + length as u32;
    let hint = "escapes are those of JSON; a backslash itself is written `\\\\`";
    Some(slipped(
        Span { start, end },
        "there is no such escape",
        hint,
    ))
}

fn bare_number(slip: &Slip<'_>) -> Option<Diagnostic> {
    let goes_on = |ahead: isize| {
        let is_part = slip.piece(ahead) == "." || slip.kind(ahead) == Some(Piece::Word);
        slip.touches(ahead - 1) && is_part
    };
    let last = (1..)
        .take_while(|ahead| goes_on(*ahead))
        .last()
        .unwrap_or(0);
    let number = slip.piece(0);
    let is_set = matches!(slip.area(), Area::Set | Area::Stage);
    let is_number = number.starts_with(|first: char| first.is_ascii_digit())
        && number
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-');
    (is_number && is_set).then(|| {
        let whole = slip.text_of(0, last);
        let message = format!("the number `{whole}` stands where a set is wanted");
        let hint = format!("a name that looks like a number goes in quotes: `\"{whole}\"`");
        slipped(slip.place(), message, hint)
    })
}

/// `return a.name n`, `select name n`.
fn column_without_as(slip: &Slip<'_>) -> Option<Diagnostic> {
    let clause = slip.level().clause.as_str();
    let is_column = matches!(clause, "return" | "select" | "with" | "by" | "unwind");
    let is_number = slip
        .piece(0)
        .starts_with(|first: char| first.is_ascii_digit());
    let is_name = slip.kind(0) == Some(Piece::Word) && slip.is_operand(-1) && !is_number;
    let is_last = slip.kind(1).is_none() || matches!(slip.piece(1), "," | "|" | ";" | "order");
    let is_here = is_column && is_name && is_last && slip.area() == Area::Value;
    (is_here && slip.levels.len() == 1).then(|| {
        let name = escape::clipped(slip.piece(0), 40);
        let message = "the name of a column stands behind `as`";
        slipped(slip.place(), message, format!("write `as {name}`"))
    })
}

/// `limit 3, 5`.
fn commas_of_limit(slip: &Slip<'_>) -> Option<Diagnostic> {
    let is_limit = slip.level().clause == "limit" && slip.piece(0) == ",";
    is_limit.then(|| {
        let (offset, limit) = (slip.piece(-1), slip.piece(1));
        let is_stage = (slip.start()..0).any(|at| slip.has_signs(at, "|>"));
        let hint = match is_stage {
            true => format!("write `|> offset {offset} |> limit {limit}`"),
            false => format!("write `offset {offset} limit {limit}`"),
        };
        foreign(slip.place(), "`limit` takes one number", hint)
    })
}

fn name_with_blanks(slip: &Slip<'_>) -> Option<Diagnostic> {
    let is_word = |offset| slip.kind(offset) == Some(Piece::Word);
    if !is_word(0) || !is_word(-1) {
        return None;
    }
    let message = "two words stand side by side";
    if slip.area() != Area::Set {
        let hint = "put a text in quotes, or a sign such as `=` or `,` between them";
        return Some(slipped(slip.place(), message, hint));
    }
    if slip.levels.len() > 1 && matches!(slip.piece(1), "=" | ":") {
        let hint = format!("write `, {}{}…`", slip.piece(0), slip.piece(1));
        return Some(slipped(
            slip.place(),
            "arguments have commas between them",
            hint,
        ));
    }
    if slip.level().clause == "compare" && slip.is_word(0, "by") {
        let message = "`compare` has its relations behind `on`";
        return Some(slipped(slip.place(), message, "write `on` here"));
    }
    if slip.level().clause == "compare" && slip.levels.len() == 1 {
        let hint = format!("write `{}, {}`", slip.piece(-1), slip.piece(0));
        return Some(slipped(
            slip.place(),
            "what is compared has commas between",
            hint,
        ));
    }
    let is_keyword = |word: &str| matches!(word, "compare" | "assert" | "let" | "on");
    let first = (1..)
        .take_while(|back| is_word(-back) && !is_keyword(&slip.word(-back)))
        .last()?;
    let goes_on = |ahead: isize| is_word(ahead) || slip.piece(ahead) == "." && is_word(ahead + 1);
    let last = (0..).take_while(|ahead| goes_on(*ahead)).last()?;
    let span = slip.span(-first)?.to(slip.span(last)?);
    let whole = escape::clipped(&slip.text[span.range_in(slip.text)], 60).into_owned();
    let hint = match function::find(&slip.word(-first)) {
        Some(function) => format!(
            "a function takes brackets: `{}({})`",
            function.name,
            slip.piece(1 - first)
        ),
        None => match function::find(&slip.word(0)).filter(|_| first == 1) {
            Some(function) => {
                let before = slip.piece(-1);
                format!(
                    "a function stands before its set: `{}({before})`",
                    function.name
                )
            }
            None => format!("a name with blanks goes in quotes: `\"{whole}\"`"),
        },
    };
    Some(slipped(slip.place(), message, hint))
}

fn list_with_commas(slip: &Slip<'_>) -> Option<Diagnostic> {
    let is_list = slip.piece(0) == "," && slip.area() == Area::Set;
    is_list.then(|| {
        let message = "`,` stands only between arguments";
        let hint = match slip.levels.len() {
            1 => "write `a | b` for both",
            _ => "take it out",
        };
        slipped(slip.place(), message, hint)
    })
}

/// `return`, `where`, `order by` and the like at the end; a comma at the end.
fn nothing_behind(slip: &Slip<'_>) -> Option<Diagnostic> {
    let before = slip.piece(-1);
    let is_clause = matches!(slip.word(0).as_str(), "where" | "return" | "with" | "match");
    let is_end = slip.kind(0).is_none()
        || matches!(slip.piece(0), ")" | ";" | "|")
        || is_clause && before == ",";
    let is_word = |word: &str| {
        (slip.start()..0)
            .filter(|at| slip.is_word(*at, word))
            .count()
    };
    if is_word("case") > is_word("end") && is_end && slip.area() == Area::Value {
        let hint = "write `case when … then … else … end`";
        return Some(slipped(slip.place(), "a `case` goes on to its `end`", hint));
    }
    let hint = match slip.word(-1).as_str() {
        _ if before == "," => "take it out, or go on behind it",
        _ if before == "." => "name a relation or property: `EKS.cni`",
        _ if before == ">" && slip.area() == Area::Set => "name a file: `EKS > picture.svg`",
        "as" => "write `as of 2021`, a format, `as json`, or the name of a column, `a.name as n`",
        "return" | "select" => "name columns: `return a, a.name`, `|> select name`",
        "where" | "when" => "write a condition: `where name starts with \"A\"`",
        "by" => "name what counts: `order by name`",
        "match" => "draw a pattern: `match (a)-[:cni]->(b) return a, b`",
        "limit" | "offset" | "skip" => "write a number: `limit 5`",
        "compare" => "name two or more: `compare EKS, AKS`",
        "let" => "write `let x = …;`",
        "via" | "on" => "name relations: `cni`",
        _ => return None,
    };
    (is_end && slip.kind(-1).is_some()).then(|| {
        let message = format!("`{before}` has nothing behind it");
        slipped(slip.place(), message, hint)
    })
}
