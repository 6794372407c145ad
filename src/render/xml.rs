//! XML for data: texts whole, as far as XML can hold them.
//!
//! What a terminal would obey is written as a reference (`&#x202e;`), which every reader gives
//! back; what XML cannot hold becomes U+FFFD. XML 1.0: <https://www.w3.org/TR/xml/#charsets>.

use std::fmt::Write as _;

use crate::diagnostic::escape;

/// A text as the content of an element or of an attribute in double quotes.
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
