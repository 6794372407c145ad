//! One line a row: names, paths, or whatever stands in the first column.

use crate::diagnostic::escape;
use crate::render::Page;
use crate::render::phrase;

/// The first cell of each row, on a line of its own; hostile characters as escapes.
pub(super) fn render(page: &Page<'_>) -> String {
    let mut text = String::new();
    for row in &page.answer.table.rows {
        if let Some(first) = row.first() {
            text += &escape::visible(&phrase::value(page, first).text());
        }
        text.push('\n');
    }
    text
}
