//! Texts in markup: whole for programs, harmless for people. What XML cannot hold becomes U+FFFD.
//! XML 1.0: <https://www.w3.org/TR/xml/#charsets>.

use std::fmt::Write as _;

use crate::diagnostic::escape;

/// A text for people, as the content of an element of SVG or HTML, or of an attribute in quotes of
/// either kind: hostile characters become visible escapes, as everywhere.
pub(super) fn shown(text: &str) -> String {
    let visible = escape::visible(text);
    let mut shown = String::with_capacity(visible.len());
    for character in visible.chars() {
        match character {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '"' => shown.push_str("&quot;"),
            '\'' => shown.push_str("&#39;"),
            other if !is_legal(other) => shown.push('\u{fffd}'),
            other => shown.push(other),
        }
    }
    shown
}

/// A text for programs, whole, as the content of an element or of an attribute in double quotes.
///
/// What a terminal would obey is written as a reference (`&#x202e;`), which readers give back.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            other if !is_legal(other) => escaped.push('\u{fffd}'),
            other if escape::is_hostile(other) => {
                let _ = write!(escaped, "&#x{:x};", u32::from(other));
            }
            other => escaped.push(other),
        }
    }
    escaped
}

/// Whether XML 1.0 can hold a character.
pub(super) fn is_legal(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        other => other >= ' ',
    }
}
