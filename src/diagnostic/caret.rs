//! A diagnostic as text: message, place, the line with a caret under it, and the hints.
//!
//! Lines are clipped to a window round the place and escaped *before* columns are counted, so that
//! a caret stands right under tabs, wide kana and control characters alike.

use unicode_width::UnicodeWidthChar;

use super::Diagnostic;
use super::Label;
use super::Lines;
use super::Span;
use super::escape;

/// The widest piece of a line that is shown, in columns.
const WINDOW_COLUMNS: usize = 80;

/// The most characters of one message, label or hint that are shown.
const TEXT_MAX: usize = 300;

/// The text of `diagnostic`, whose labels lie in `source`; ends with a line break.
///
/// At most about 4 KiB: three labels, messages and lines clipped.
pub fn render(diagnostic: &Diagnostic, source: Option<&str>) -> String {
    let lines = source.map(Lines::of);
    render_with(diagnostic, source.zip(lines.as_ref()))
}

/// The same as [`render`], for many diagnostics of one source: its lines are found only once.
pub fn render_with(diagnostic: &Diagnostic, source: Option<(&str, &Lines)>) -> String {
    let mut text = format!(
        "{}[{}]: {}\n",
        diagnostic.severity.word(),
        diagnostic.code.id,
        escape::clipped(&diagnostic.message, TEXT_MAX)
    );
    match (source, diagnostic.labels.first()) {
        (Some((source, lines)), Some(_)) => push_labels(&mut text, diagnostic, source, lines),
        _ => {
            if let Some(file) = &diagnostic.file {
                text.push_str(&format!(" --> {}\n", escape::visible(file)));
            }
        }
    }
    for hint in &diagnostic.hints {
        text.push_str(&format!("  hint: {}\n", escape::clipped(hint, TEXT_MAX)));
    }
    text
}

fn push_labels(text: &mut String, diagnostic: &Diagnostic, source: &str, lines: &Lines) {
    let mut file = diagnostic
        .file
        .as_deref()
        .map(escape::visible)
        .unwrap_or_default()
        .into_owned();
    if !file.is_empty() {
        file.push(':');
    }
    let places: Vec<_> = diagnostic
        .labels
        .iter()
        .take(3)
        .map(|label| place(lines, source, label.span))
        .collect();
    let margin = places
        .iter()
        .map(|place| place.0.to_string().len())
        .max()
        .unwrap_or(1);
    let (line, column) = places[0];
    text.push_str(&format!("{:margin$}--> {file}{line}:{column}\n", ""));
    text.push_str(&format!("{:margin$} |\n", ""));
    for (index, label) in diagnostic.labels.iter().take(3).enumerate() {
        push_line(text, lines, source, label, places[index].0, margin);
    }
}

/// Line and column of a span's start; a span at the very end of a text lies on its last line.
fn place(lines: &Lines, source: &str, span: Span) -> (usize, usize) {
    let at = span.range_in(source).start;
    let is_blank = |byte| matches!(byte, b'\n' | b'\r' | b' ' | b'\t');
    let at = match source.as_bytes()[at..].iter().all(|byte| is_blank(*byte)) {
        true => source[..at].trim_end_matches(['\n', '\r', ' ', '\t']).len(),
        false => at,
    };
    lines.place(source, at)
}

fn push_line(
    text: &mut String,
    lines: &Lines,
    source: &str,
    label: &Label,
    line: usize,
    margin: usize,
) {
    let content = lines.line(source, line);
    let range = label.span.range_in(source);
    let start = range
        .start
        .saturating_sub(lines.start(line))
        .min(content.len());
    let end = range
        .end
        .saturating_sub(lines.start(line))
        .clamp(start, content.len());
    let window = Window::around(content, start, end);
    text.push_str(&format!("{line:>margin$} | {}\n", window.shown));
    let carets = "^".repeat(window.caret_width);
    let said = escape::clipped(&label.text, TEXT_MAX);
    let indent = window.caret_column;
    let under = format!("{:margin$} | {:indent$}{carets} {said}", "", "");
    text.push_str(under.trim_end());
    text.push('\n');
}

/// The piece of a line that is shown, escaped, and where the caret stands under it.
struct Window {
    shown: String,
    caret_column: usize,
    caret_width: usize,
}

impl Window {
    /// Cuts `line` to a window that has the bytes `start..end` in it, or at least their start.
    fn around(line: &str, start: usize, end: usize) -> Window {
        let is_long = line.len() > WINDOW_COLUMNS * 4 || shown_width(line) > WINDOW_COLUMNS;
        let from = if is_long {
            back(line, start, WINDOW_COLUMNS / 2)
        } else {
            0
        };
        let mut window = Window {
            shown: String::new(),
            caret_column: 0,
            caret_width: 0,
        };
        if from > 0 {
            window.shown.push('…');
        }
        let mut column = usize::from(from > 0);
        window.caret_column = column;
        for (at, character) in line[from..].char_indices() {
            let at = from + at;
            if is_long && column >= WINDOW_COLUMNS {
                window.shown.push('…');
                break;
            }
            if at == start {
                window.caret_column = column;
            }
            let before = window.shown.len();
            match character {
                '\t' => window.shown.push(' '),
                character => escape::push_visible(&mut window.shown, character),
            }
            let width = shown_width(&window.shown[before..]);
            column += width;
            if (start..end).contains(&at) {
                window.caret_width += width;
            }
        }
        if start >= line.len() {
            window.caret_column = column;
        }
        window.caret_width = window.caret_width.max(1);
        window
    }
}

/// The byte offset `characters` before `at`.
fn back(line: &str, at: usize, characters: usize) -> usize {
    line[..at]
        .char_indices()
        .rev()
        .nth(characters)
        .map_or(0, |(offset, _)| offset)
}

/// The columns that already escaped text takes; stops counting beyond a window's width.
fn shown_width(text: &str) -> usize {
    let mut width = 0;
    for character in text.chars() {
        width += character.width().unwrap_or(0);
        if width > WINDOW_COLUMNS * 2 {
            break;
        }
    }
    width
}
