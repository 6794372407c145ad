//! Makes strangers' text harmless to read: the one function between a name and a terminal.

use std::borrow::Cow;

/// Whether a character could command a terminal, reorder a line or hide in it.
///
/// These are the C0 and C1 controls, DEL, the bidirectional controls (UAX 9), line and paragraph
/// separators, zero-width and interlinear characters, the byte order mark and the tag block.
pub fn is_hostile(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// `text` with every hostile character written as an escape (`\n`, `\u{1b}`); borrowed if clean.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        push_visible(&mut shown, character);
    }
    Cow::Owned(shown)
}

/// Appends one character to `shown`, as an escape if it is hostile.
pub fn push_visible(shown: &mut String, character: char) {
    if is_hostile(character) {
        shown.extend(character.escape_default());
    } else {
        shown.push(character);
    }
}

/// `text` made visible and cut to `characters_max` characters, with `…` where something went.
pub fn clipped(text: &str, characters_max: usize) -> Cow<'_, str> {
    let is_short = text.len() <= characters_max || text.chars().count() <= characters_max;
    if is_short && !text.chars().any(is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::new();
    let mut left = characters_max;
    for character in text.chars() {
        let before = shown.len();
        push_visible(&mut shown, character);
        let width = shown[before..].chars().count();
        if width > left {
            shown.truncate(before);
            shown.push('…');
            break;
        }
        left -= width;
    }
    Cow::Owned(shown)
}
