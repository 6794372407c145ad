//! Comma- and tab-separated values: lossless, with a header, and never cut.
//!
//! CSV is RFC 4180 with line feeds. TSV has no quotes: a backslash is doubled, and tab, line feed
//! and every other hostile character is written as Rust writes it (`\t`, `\n`, `\u{1b}`).

use crate::diagnostic::escape;
use crate::render::Page;
use crate::render::columns;
use crate::render::columns::Reader;

/// RFC 4180. The bytes of names are kept, unless they go to a terminal, which they could command.
pub(super) fn render(page: &Page<'_>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for record in records(page) {
        let written = match page.width {
            None => writer.write_record(&record),
            Some(_) => {
                writer.write_record(record.iter().map(|cell| escape::visible(cell).into_owned()))
            }
        };
        written.expect("memory takes what is written, and records are of one length");
    }
    let bytes = writer.into_inner().expect("memory takes what is written");
    String::from_utf8(bytes).expect("texts are UTF-8")
}

/// Tab-separated values with escapes.
pub(super) fn render_tabs(page: &Page<'_>) -> String {
    let mut text = String::new();
    for record in records(page) {
        let cells: Vec<String> = record
            .iter()
            .map(|cell| escape::visible(&cell.replace('\\', "\\\\")).into_owned())
            .collect();
        text += &cells.join("\t");
        text.push('\n');
    }
    text
}

/// The header, then a record a row, all of one length.
fn records<'a>(page: &'a Page<'_>) -> impl Iterator<Item = Vec<String>> + 'a {
    let fields = columns::fields(page, Reader::Programs);
    let header = fields.iter().map(|field| field.header.clone()).collect();
    let rows = page.answer.table.rows.iter().map(move |row| {
        let cells = fields.iter().map(|field| columns::joined(page, field, row));
        cells.map(|cell| cell.text()).collect()
    });
    std::iter::once(header).chain(rows)
}
