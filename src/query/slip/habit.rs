//! The habits of other languages and of the hand: one function each, which looks at the place where
//! reading ended and says what was meant.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Span;
use crate::diagnostic::code;
use crate::diagnostic::escape;
use crate::query::function;
use crate::query::scan::Piece;
use crate::query::slip::Slip;

/// One habit: looks at the place, and says what was meant.
pub(super) type Habit = fn(&Slip<'_>) -> Option<Diagnostic>;

/// The habits, the more telling first.
pub(super) static HABITS: &[Habit] = &[
    full_width,
    pipe,
    sql,
    later_form,
    no_date,
    behind_context,
    stage_word,
    hyphen,
    foreign_sign,
    foreign_word,
    name_with_blanks,
    bare_number,
    missing_let,
    bad_escape,
    list_with_commas,
    missing_operand,
];

/// Full-width signs and typographic quotes, and what to type instead.
const FULL_WIDTH: [(char, &str); 16] = [
    ('（', "("),
    ('）', ")"),
    ('｜', "|"),
    ('＆', "&"),
    ('－', "-"),
    ('＝', "="),
    ('，', ","),
    ('、', ","),
    ('；', ";"),
    ('：', ":"),
    ('．', "."),
    ('。', "."),
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

/// Words that begin a stage of a pipe.
const STAGES: [&str; 10] = [
    "where", "select", "order", "limit", "offset", "skip", "group", "count", "distinct", "filter",
];

fn pipe(slip: &Slip<'_>) -> Option<Diagnostic> {
    let bar = [0, -1, -2]
        .into_iter()
        .find(|offset| slip.piece(*offset) == "|")?;
    let span = slip.span(bar)?;
    if slip.has_signs(bar, "|>") {
        let message = "a pipe `|>` cannot be read yet";
        return Some(
            Diagnostic::error(
                &code::NOT_YET,
                Span {
                    start: span.start,
                    end: span.start + 2,
                },
                message,
            )
            .hint("write `f(x)` for `x |> f()`".to_owned()),
        );
    }
    let stage = slip.piece(bar + 1).to_ascii_lowercase();
    STAGES.contains(&stage.as_str()).then(|| {
        Diagnostic::error(
            &code::FOREIGN,
            span,
            "`|` joins two sets; to filter, use a pipe",
        )
        .labelled("write `|>` here")
        .hint("pipes cannot be read yet; `&` keeps what is in both sets".to_owned())
    })
}

fn sql(slip: &Slip<'_>) -> Option<Diagnostic> {
    let (_, span) = slip.pieces.first().filter(|_| slip.here > Some(0))?;
    let is_select = slip.text[span.range_in(slip.text)].eq_ignore_ascii_case("select");
    is_select.then(|| {
        Diagnostic::error(
            &code::FOREIGN,
            *span,
            "`select` begins a query in SQL, not in kin",
        )
        .hint("a query is the set itself: `kind:company`, `EKS.cni`".to_owned())
    })
}

fn no_date(slip: &Slip<'_>) -> Option<Diagnostic> {
    let is_context =
        slip.piece(-1).eq_ignore_ascii_case("of") && slip.piece(-2).eq_ignore_ascii_case("as");
    (is_context && slip.kind(0) != Some(Piece::Sign)).then(|| {
        let message = match slip.kind(0) {
            None => "`as of` wants a date".to_owned(),
            Some(_) => format!("`{}` is no date", escape::clipped(slip.piece(0), 40)),
        };
        Diagnostic::error(&code::BAD_DATE, slip.place(), message)
            .hint("write it as 2021, 2021-05 or 2021-05-31".to_owned())
    })
}

fn behind_context(slip: &Slip<'_>) -> Option<Diagnostic> {
    let is_operator = matches!(slip.piece(0), "|" | "&" | "-" | ".");
    let has_context = (1..6).any(|back: isize| {
        let words = (slip.piece(-back), slip.piece(1 - back));
        words.0.eq_ignore_ascii_case("as") && words.1.eq_ignore_ascii_case("of")
            || words.0.eq_ignore_ascii_case("according")
    });
    (is_operator && has_context).then(|| {
        let message = "a context holds for the whole query, and stands behind all of it";
        Diagnostic::error(&code::SYNTAX, slip.place(), message)
            .hint("put brackets round the part it is for: `(a as of 2020) | b`".to_owned())
    })
}

fn stage_word(slip: &Slip<'_>) -> Option<Diagnostic> {
    let word = slip.piece(0).to_ascii_lowercase();
    let is_behind = slip.kind(-1).is_some_and(|piece| piece != Piece::Sign);
    (is_behind && STAGES.contains(&word.as_str())).then(|| {
        let message = format!("the stage `{word}` cannot be read yet");
        Diagnostic::error(&code::NOT_YET, slip.place(), message)
            .hint("send the answer on with the shell: `kin 'QUERY' | head`".to_owned())
    })
}

fn bare_number(slip: &Slip<'_>) -> Option<Diagnostic> {
    let number = slip.piece(0);
    let is_number = number.starts_with(|first: char| first.is_ascii_digit())
        && number
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-');
    is_number.then(|| {
        let message = format!(
            "the number `{}` stands where a set is wanted",
            escape::clipped(number, 40)
        );
        Diagnostic::error(&code::SYNTAX, slip.place(), message).hint(format!(
            "a name that looks like a number goes in quotes: `\"{number}\"`"
        ))
    })
}

/// Words that begin a form which this version does not read.
const LATER: [&str; 6] = [
    "match",
    "optional",
    "compare",
    "during",
    "including",
    "assert",
];

fn later_form(slip: &Slip<'_>) -> Option<Diagnostic> {
    let offset = [0, -1].into_iter().find(|offset| {
        let word = slip.piece(*offset);
        let opens = *offset == 0 || slip.index(*offset) == Some(0);
        opens && LATER.iter().any(|later| word.eq_ignore_ascii_case(later))
    })?;
    let word = slip.piece(offset).to_ascii_lowercase();
    let hint = match word.as_str() {
        "compare" => "ask for each relation by itself: `EKS.cni | AKS.cni`",
        "during" => "`as of DATE` reads the graph as it was on one day",
        "assert" => "ask with `--fail-empty`, and look at the exit code",
        "including" => "`facts(x)` lists everything that is stated about x, doubtful or not",
        _ => "walk along relations: `EKS.default_node_os.forked_from`",
    };
    let message = format!("the form `{word}` cannot be read yet");
    Some(
        Diagnostic::error(&code::NOT_YET, slip.span(offset)?, message)
            .hint(format!("{hint}; a name of that spelling goes in quotes")),
    )
}

fn hyphen(slip: &Slip<'_>) -> Option<Diagnostic> {
    if let Some(dangling) = (0..3).find(|ahead| slip.is_dangling(*ahead)) {
        let (left, right) = (slip.piece(dangling - 1), slip.piece(dangling + 1));
        let span = slip.span(dangling - 1)?.to(slip.span(dangling)?);
        let message = "`-` could be a letter of a name or a difference";
        return Some(
            Diagnostic::error(&code::HYPHEN, span, message).hint(format!(
                "write `{left} - {right}` for the difference, or `{left}-{right}` for the name"
            )),
        );
    }
    let is_hyphen = slip.piece(0) == "-"
        && slip.kind(1) == Some(Piece::Word)
        && slip.kind(-1).is_some_and(|piece| piece != Piece::Sign);
    if !is_hyphen {
        return None;
    }
    let (left, right) = (slip.piece(-1), slip.piece(1));
    let span = slip.span(0)?.to(slip.span(1)?);
    let message = "`-` could be a letter of a name or a difference";
    Some(
        Diagnostic::error(&code::HYPHEN, span, message).hint(format!(
            "write `{left} - {right}` for the difference, or `{left}-{right}` for the name"
        )),
    )
}

/// Signs of other languages, the longer first, and how kin says it.
const SIGNS: [(&str, &str); 19] = [
    ("||", "write `|` for what is in either set"),
    ("&&", "write `&` for what is in both sets"),
    ("==", "write `=` behind a parameter: `via=cni`"),
    (
        "::",
        "write `descendants(x) & ancestors(y)` or `between(x, y)`",
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
    ("--", "a comment begins with `#`; a difference is ` - `"),
    ("$", "parameters cannot be read yet"),
    (
        ">",
        "send the answer on with the shell: `kin 'QUERY' > file`",
    ),
    ("<", "conditions cannot be read yet"),
    ("!=", "conditions cannot be read yet"),
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
    (":", "a pattern is a word, `:` and a name: `kind:company`"),
];

fn foreign_sign(slip: &Slip<'_>) -> Option<Diagnostic> {
    if slip.kind(0) != Some(Piece::Sign) {
        return None;
    }
    // `a -> b`: the `-` was no difference; `a || b`: the first `|` was no union.
    let (sign, hint) = SIGNS.iter().find(|(sign, _)| slip.has_signs(0, sign))?;
    let start = slip.span(0)?.start;
    let span = Span {
        start,
        end: start + sign.len() as u32,
    };
    let message = format!("`{sign}` is no sign of kin's");
    Some(Diagnostic::error(&code::FOREIGN, span, message).hint((*hint).to_owned()))
}

/// Words of other languages between or before sets, and how kin says it.
const WORDS: [(&str, &str); 14] = [
    ("and", "write `&` for what is in both sets"),
    ("intersect", "write `&` for what is in both sets"),
    ("or", "write `|` for what is in either set"),
    ("union", "write `|` for what is in either set"),
    (
        "not",
        "write ` - ` for what is in the first set and not in the second",
    ),
    (
        "except",
        "write ` - ` for what is in the first set and not in the second",
    ),
    (
        "minus",
        "write ` - ` for what is in the first set and not in the second",
    ),
    ("xor", "write `(a | b) - (a & b)`"),
    ("in", "write `a & b` for what is in both sets"),
    (
        "select",
        "a query is the set itself: `kind:company`, `EKS.cni`",
    ),
    (
        "from",
        "a query is the set itself: `kind:company`, `EKS.cni`",
    ),
    (
        "where",
        "conditions cannot be read yet; `&` keeps what is in both sets",
    ),
    ("as", "a context is `as of DATE`"),
    ("return", "a query is the set itself"),
];

fn foreign_word(slip: &Slip<'_>) -> Option<Diagnostic> {
    let find = |offset: isize| {
        let word = slip.piece(offset);
        let is_word = slip.kind(offset) == Some(Piece::Word);
        let row = WORDS
            .iter()
            .find(|(known, _)| is_word && word.eq_ignore_ascii_case(known));
        row.zip(slip.span(offset))
    };
    let before = || find(-1).filter(|_| slip.kind(0) == Some(Piece::Word));
    let ((word, hint), span) = find(0).or_else(before)?;
    if *word == "as" && slip.piece(1).eq_ignore_ascii_case("of") {
        return None;
    }
    let message = format!(
        "`{}` joins nothing in kin",
        &slip.text[span.range_in(slip.text)]
    );
    Some(Diagnostic::error(&code::FOREIGN, span, message).hint((*hint).to_owned()))
}

fn name_with_blanks(slip: &Slip<'_>) -> Option<Diagnostic> {
    let is_word = |offset| slip.kind(offset) == Some(Piece::Word);
    if !is_word(0) || !is_word(-1) {
        return None;
    }
    let first = (1..).take_while(|back| is_word(-back)).last()?;
    let goes_on = |ahead: isize| is_word(ahead) || slip.piece(ahead) == "." && is_word(ahead + 1);
    let last = (0..).take_while(|ahead| goes_on(*ahead)).last()?;
    let span = slip.span(-first)?.to(slip.span(last)?);
    let whole = escape::clipped(&slip.text[span.range_in(slip.text)], 60).into_owned();
    let hint = match function::find(slip.piece(-first)) {
        Some(function) => format!(
            "a function takes brackets: `{}({})`",
            function.name,
            slip.piece(1 - first)
        ),
        None => format!("a name with blanks goes in quotes: `\"{whole}\"`"),
    };
    let message = "two words stand side by side";
    Some(Diagnostic::error(&code::SYNTAX, slip.span(0)?, message).hint(hint))
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
    });
    let at = span.start + wrong? as u32;
    let place = Span {
        start: at,
        end: at + 2,
    };
    Some(
        Diagnostic::error(&code::SYNTAX, place, "there is no such escape")
            .hint("escapes are those of JSON; a backslash itself is written `\\\\`".to_owned()),
    )
}

fn missing_let(slip: &Slip<'_>) -> Option<Diagnostic> {
    let is_definition = slip.piece(0) == "=" && slip.kind(-1) == Some(Piece::Word);
    is_definition.then(|| {
        let name = slip.piece(-1);
        Diagnostic::error(
            &code::SYNTAX,
            slip.place(),
            "`=` gives a name only behind `let`",
        )
        .hint(format!("write `let {name} = …;`"))
    })
}

fn list_with_commas(slip: &Slip<'_>) -> Option<Diagnostic> {
    (slip.piece(0) == ",").then(|| {
        Diagnostic::error(
            &code::SYNTAX,
            slip.place(),
            "`,` stands only between arguments",
        )
        .hint("write `a | b` for both".to_owned())
    })
}

fn missing_operand(slip: &Slip<'_>) -> Option<Diagnostic> {
    let before = slip.piece(-1);
    let is_operator = matches!(before, "|" | "&" | "-");
    if !is_operator || slip.kind(0) == Some(Piece::Word) {
        return None;
    }
    let message = match slip.kind(0) {
        None => format!("`{before}` has nothing behind it"),
        Some(_) => format!("`{}` stands where `{before}` wants a set", slip.piece(0)),
    };
    Some(Diagnostic::error(&code::SYNTAX, slip.place(), message).labelled("a set is wanted here"))
}
