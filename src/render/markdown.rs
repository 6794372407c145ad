//! A table of GitHub Flavored Markdown in which names are text and nothing else.
//!
//! See <https://github.github.com/gfm/>: §4.10 for tables, §6.1 for backslash escapes, §6.9 for
//! the addresses that would become links unasked.

use crate::diagnostic::escape;
use crate::render::Page;
use crate::render::columns;
use crate::render::columns::Reader;

/// Header, rule and a line a row; several statements in a cell are joined by `; `.
pub(super) fn render(page: &Page<'_>) -> String {
    let fields = columns::fields(page, Reader::People);
    if fields.is_empty() {
        return String::new();
    }
    let rows = &page.answer.table.rows;
    let mut grid: Vec<Vec<String>> = Vec::with_capacity(rows.len());
    for row in rows {
        let cells = fields.iter().map(|field| columns::joined(page, field, row));
        grid.push(cells.map(|cell| escaped(&cell.text())).collect());
    }
    let is_shown = |place: &usize| {
        *place == 0 || grid.is_empty() || grid.iter().any(|row| !row[*place].is_empty())
    };
    let shown: Vec<usize> = (0..fields.len()).filter(is_shown).collect();
    let mut text = String::new();
    push_line(
        &mut text,
        shown.iter().map(|place| escaped(&fields[*place].header)),
    );
    push_line(
        &mut text,
        shown.iter().map(|place| {
            let rule = if columns::is_number(page, &fields[*place]) {
                "---:"
            } else {
                "---"
            };
            rule.to_owned()
        }),
    );
    for row in &mut grid {
        push_line(
            &mut text,
            shown.iter().map(|place| std::mem::take(&mut row[*place])),
        );
    }
    text
}

fn push_line(text: &mut String, cells: impl Iterator<Item = String>) {
    for cell in cells {
        text.push_str("| ");
        text.push_str(&cell);
        text.push(' ');
    }
    text.push_str("|\n");
}

/// `text` so that Markdown shows it and reads nothing into it.
fn escaped(text: &str) -> String {
    let shown = escape::visible(text);
    let mut escaped = String::with_capacity(shown.len() + 8);
    let mut characters = shown.chars().peekable();
    let mut before = ' ';
    while let Some(character) = characters.next() {
        let after = characters.peek().copied().unwrap_or(' ');
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            _ => {
                if is_markup(before, character, after) {
                    escaped.push('\\');
                }
                escaped.push(character);
            }
        }
        before = character;
    }
    escaped
}

/// Whether Markdown could read `character` as more than itself between these neighbours.
fn is_markup(before: char, character: char, after: char) -> bool {
    match character {
        '\\' | '`' | '*' | '[' | ']' | '|' | '~' | '$' | '!' | '#' => true,
        '_' => !(before.is_alphanumeric() && after.is_alphanumeric()),
        '@' => !before.is_whitespace() || !after.is_whitespace(),
        ':' => after == '/',
        '.' => before.eq_ignore_ascii_case(&'w'),
        _ => false,
    }
}
