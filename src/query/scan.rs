//! What can be said of a query's text without a grammar: where quotes, comments and brackets are.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Error;
use crate::diagnostic::Fault;
use crate::diagnostic::LimitId;
use crate::diagnostic::Limits;
use crate::diagnostic::Lines;
use crate::diagnostic::Span;
use crate::diagnostic::code;
use crate::query::parse;

/// A piece of a query's text, as far as brackets, quotes and comments are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A quoted text with both its quotes.
    Quoted,
    /// A text whose closing quote is missing; it goes to the end.
    Unclosed,
    /// A comment up to its line break.
    Comment,
    /// `(`, `[` or `{`.
    Open,
    /// `)`, `]` or `}`.
    Close,
    /// A run of word characters, with `-` inside.
    Word,
    /// Any other single character that is no blank.
    Sign,
}

/// Cuts a text into pieces, in order; blanks are left out. One pass, no recursion.
pub fn pieces(text: &str) -> impl Iterator<Item = (Piece, Span)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = &text[at..];
        let blank = rest.len() - rest.trim_start().len();
        let start = at + blank;
        let rest = &text[start..];
        let first = rest.chars().next()?;
        let (piece, length) = match first {
            '"' | '\'' => quoted(rest, first),
            '#' => (Piece::Comment, line_length(rest)),
            '/' if rest.starts_with("//") => (Piece::Comment, line_length(rest)),
            '(' | '[' | '{' => (Piece::Open, 1),
            ')' | ']' | '}' => (Piece::Close, 1),
            first if is_word(first) => (Piece::Word, word_length(rest)),
            other => (Piece::Sign, other.len_utf8()),
        };
        at = start + length;
        Some((piece, Span::new(start..at)))
    })
}

/// The names of the parameters in a text, without the `$`, one for each place.
pub fn parameters(text: &str) -> impl Iterator<Item = &str> {
    let mut signs = pieces(text).filter(|(piece, _)| *piece == Piece::Sign);
    std::iter::from_fn(move || {
        let (_, sign) = signs.find(|(_, span)| text[span.range_in(text)] == *"$")?;
        let behind = &text[sign.range_in(text).end..];
        let length = behind.find(|letter| !is_word(letter));
        Some(&behind[..length.unwrap_or(behind.len())])
    })
}

/// Where the last piece of a text ends: its length without blanks and comments at the end.
pub fn trimmed_length(text: &str) -> usize {
    let plain = text.trim_end().len();
    if !text.contains(['#', '/']) {
        return plain;
    }
    let said = pieces(text).filter(|(piece, _)| *piece != Piece::Comment);
    said.last().map_or(0, |(_, span)| span.end as usize)
}

/// Whether a character can stand in a bare name.
pub fn is_word(character: char) -> bool {
    match character.is_ascii() {
        true => character.is_ascii_alphanumeric() || character == '_',
        false => parse::is_letter(character),
    }
}

fn word_length(rest: &str) -> usize {
    let mut end = 0;
    for (at, character) in rest.char_indices() {
        let goes_on = character == '-'
            && rest[at..]
                .trim_start_matches('-')
                .chars()
                .next()
                .is_some_and(is_word);
        if !is_word(character) && !goes_on {
            break;
        }
        end = at + character.len_utf8();
    }
    end
}

fn line_length(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

fn quoted(rest: &str, quote: char) -> (Piece, usize) {
    let mut is_escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            character if character == quote => return (Piece::Quoted, at + 1),
            _ => {}
        }
    }
    (Piece::Unclosed, rest.len())
}

/// Checks that brackets and quotes are closed and nest no deeper than the limit.
pub fn check_brackets(text: &str, limits: &Limits) -> Result<(), Error> {
    let depth_max = limits.get(LimitId::Nesting);
    let mut open: Vec<Span> = Vec::new();
    let mut cases = Cases::default();
    let mut before = Span::default();
    let mut pieces = pieces(text)
        .filter(|(piece, _)| *piece != Piece::Comment)
        .peekable();
    while let Some((piece, span)) = pieces.next() {
        match piece {
            Piece::Open => open.push(span),
            Piece::Close => {
                match open.pop() {
                    Some(opened) if closes(text, opened, span) => {}
                    opened => return Err(stray(text, opened, span).into()),
                }
                cases.close(open.len());
            }
            Piece::Word => {
                let next = pieces
                    .peek()
                    .map_or("", |(_, next)| &text[next.range_in(text)]);
                let word = &text[span.range_in(text)];
                cases.word(&text[before.range_in(text)], word, next, open.len());
            }
            Piece::Unclosed => {
                return Err(unclosed_quote(text, span).into());
            }
            _ => {}
        }
        before = span;
        if (open.len() + cases.open.len()) as u64 > depth_max {
            let (line, column) = Lines::of(text).place(text, span.start as usize);
            return Err(Fault::TooDeep {
                limit: depth_max,
                line,
                column,
            }
            .into());
        }
    }
    match open.last() {
        None => Ok(()),
        Some(opened) => {
            let sign = &text[opened.range_in(text)];
            let message = format!("`{sign}` is not closed");
            let closing = closing(sign);
            Err(Diagnostic::error(&code::UNCLOSED, *opened, message)
                .labelled("it opens here")
                .hint(format!("close it with `{closing}`"))
                .into())
        }
    }
}

/// The finding for a quote that goes to the end of the text.
fn unclosed_quote(text: &str, span: Span) -> Diagnostic {
    let start = Span {
        start: span.start,
        end: span.start + 1,
    };
    let quote = &text[start.range_in(text)];
    Diagnostic::error(&code::UNCLOSED, start, "a quote is not closed")
        .labelled("it opens here")
        .hint(format!("close it with another {quote}"))
        .hint(apostrophe(text, start))
}

fn closes(text: &str, opened: Span, closed: Span) -> bool {
    closing(&text[opened.range_in(text)]) == &text[closed.range_in(text)]
}

fn closing(sign: &str) -> &'static str {
    match sign {
        "(" => ")",
        "[" => "]",
        _ => "}",
    }
}

fn stray(text: &str, opened: Option<Span>, span: Span) -> Diagnostic {
    let sign = &text[span.range_in(text)];
    let Some(opened) = opened else {
        let wide = match sign {
            ")" => "（",
            "]" => "［",
            _ => "｛",
        };
        let hint = match text[..span.start as usize].rfind(wide) {
            Some(_) => format!("the `{wide}` before it is full-width: write a half-width one"),
            None => "take it out, or open a bracket before it".to_owned(),
        };
        let message = format!("`{sign}` closes nothing");
        return Diagnostic::error(&code::UNCLOSED, span, message).hint(hint);
    };
    let opener = &text[opened.range_in(text)];
    let wanted = closing(opener);
    let message = format!("`{sign}` stands where `{wanted}` is wanted");
    Diagnostic::error(&code::UNCLOSED, span, message)
        .also(opened, "this is open")
        .hint(format!("close `{opener}` with `{wanted}` first"))
}

/// A hint for `O'Reilly`, where the quote is part of a name.
fn apostrophe(text: &str, quote: Span) -> Option<String> {
    let (before, after) = text.split_at(quote.start as usize);
    let is_inside = before.ends_with(is_word) && after[1..].starts_with(is_word);
    (is_inside && after.starts_with('\''))
        .then(|| "a name with an apostrophe goes in double quotes: `\"O'Reilly\"`".to_owned())
}

/// The words `case` that wait for their `end`: they nest as brackets do.
#[derive(Debug, Default)]
struct Cases {
    /// How many brackets were open at each.
    open: Vec<usize>,
}

impl Cases {
    /// Takes in a word between two pieces, in so many brackets.
    fn word(&mut self, before: &str, word: &str, next: &str, depth: usize) {
        let is_name = matches!(before, "." | ":" | "`")
            || matches!(
                next,
                "" | "|" | "&" | "." | "," | ";" | ")" | "]" | "}" | ":" | "="
            );
        if word.eq_ignore_ascii_case("case") && !is_name {
            self.open.push(depth);
        } else if word.eq_ignore_ascii_case("end")
            && next != "("
            && !matches!(before, "." | ":" | "`")
        {
            self.open.pop();
        }
    }

    /// Forgets those inside a bracket that is closed.
    fn close(&mut self, depth: usize) {
        while self.open.last().is_some_and(|inside| *inside > depth) {
            self.open.pop();
        }
    }
}

/// The text of a quoted name: without its quotes, with JSON's escapes resolved.
///
/// A backslash before any other character stands for that character; a `\u` that names no
/// character (half a surrogate pair) stands for U+FFFD.
pub fn unquote(quoted: &str) -> String {
    let inside = &quoted[1..quoted.len() - 1];
    if !inside.contains('\\') {
        return inside.to_owned();
    }
    let mut text = String::with_capacity(inside.len());
    let mut rest = inside.chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        match rest.next() {
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some('r') => text.push('\r'),
            Some('b') => text.push('\u{8}'),
            Some('f') => text.push('\u{c}'),
            Some('u') => text.push(unicode_escape(&mut rest)),
            Some(other) => text.push(other),
            None => {}
        }
    }
    text
}

/// Reads the digits behind `\u`, and the second half of a surrogate pair where there is one.
fn unicode_escape(rest: &mut std::str::Chars<'_>) -> char {
    let first = hex4(rest);
    let is_high = first.is_some_and(|unit| (0xd800..0xdc00).contains(&unit));
    if is_high && rest.as_str().starts_with("\\u") {
        let mut ahead = rest.clone();
        ahead.nth(1);
        let second = hex4(&mut ahead).filter(|unit| (0xdc00..0xe000).contains(unit));
        if let (Some(high), Some(low)) = (first, second) {
            *rest = ahead;
            let scalar = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
            return char::from_u32(scalar).unwrap_or(char::REPLACEMENT_CHARACTER);
        }
    }
    first
        .and_then(char::from_u32)
        .unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The next four hexadecimal digits; reads nothing if they are not there.
fn hex4(rest: &mut std::str::Chars<'_>) -> Option<u32> {
    let digits = rest.as_str().get(..4)?;
    let unit = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let value = unit
        .then(|| u32::from_str_radix(digits, 16).ok())
        .flatten()?;
    rest.nth(3);
    Some(value)
}

/// Whether a text reads as one bare name, so that it can be written without quotes.
pub fn is_bare(text: &str) -> bool {
    let mut pieces = pieces(text);
    let is_one_word = matches!(pieces.next(), Some((Piece::Word, span))
        if span.end as usize == text.len() && span.start == 0);
    let is_number = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'-');
    let is_reserved = RESERVED.iter().any(|word| text.eq_ignore_ascii_case(word));
    is_one_word && !is_number && !is_reserved
}

/// The words that begin another form; a test holds them against the grammar.
pub const RESERVED: [&str; 14] = [
    "match",
    "optional",
    "let",
    "compare",
    "as",
    "during",
    "according",
    "including",
    "where",
    "on",
    "return",
    "unwind",
    "with",
    "assert",
];

/// Every word that the grammar knows, in order; a test holds them against it.
#[rustfmt::skip]
pub const WORDS: [&str; 58] = [
    "according", "acyclic", "all", "and", "any", "as", "asc", "ascending", "assert", "by", "case",
    "compare", "contains", "count", "desc", "descending", "distinct", "doubtful", "draw", "during",
    "else", "empty", "end", "ends", "exists", "group", "in", "including", "is", "let", "limit",
    "match", "matches", "not", "null", "of", "offset", "on", "optional", "or", "order", "return",
    "select", "shortest", "simple", "skip", "starts", "then", "to", "topological", "trail", "union",
    "unwind", "walk", "when", "where", "with", "xor",
];

/// Whether the grammar knows a word, in whatever case: it may mean something of its own.
pub fn is_word_of_language(word: &str) -> bool {
    let lower = || word.bytes().map(|byte| byte.to_ascii_lowercase());
    let place = WORDS.binary_search_by(|known| known.bytes().cmp(lower()));
    place.is_ok()
}

/// A name as it is written in a query: bare where it can be, else in quotes.
pub fn written(name: &str) -> String {
    if is_bare(name) {
        return name.to_owned();
    }
    let mut text = String::with_capacity(name.len() + 2);
    text.push('"');
    for character in name.chars() {
        match character {
            '"' | '\\' => text.extend(['\\', character]),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            '\r' => text.push_str("\\r"),
            character => text.push(character),
        }
    }
    text.push('"');
    text
}
