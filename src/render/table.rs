//! Aligned columns for people: escaped, cut to the terminal, with a line that says what was cut.
//!
//! Two passes over the rows: the first measures the columns, the second draws them in pieces, so
//! that a long answer never stands in memory as cells.

use comfy_table::Cell;
use comfy_table::CellAlignment;
use comfy_table::ColumnConstraint;
use comfy_table::ContentArrangement;
use comfy_table::ContentLineStyle;
use comfy_table::LineStyle;
use comfy_table::Table;
use comfy_table::TableStyle;
use comfy_table::Width;

use crate::model::Value;
use crate::query::ColumnType;
use crate::render::Markup;
use crate::render::Page;
use crate::render::Role;
use crate::render::columns;
use crate::render::columns::Field;
use crate::render::columns::Reader;

/// A cell shows so many statements, and then how many more there are.
const LINES_MAX: usize = 3;
/// No column is wider, even where there is no terminal: all cells are padded to the widest.
const WIDTH_MAX: usize = 400;
/// Extras are left out before the rest gets narrower than this.
const WIDTH_GOOD: usize = 16;
/// Other columns are left out before the rest gets narrower than this.
const WIDTH_MIN: usize = 10;
/// Between two columns.
const GUTTER: usize = 2;
/// So many rows are laid out at a time.
const PIECE: usize = 1000;

/// Header, rule and rows; on a terminal also how many rows there are, and always what was cut.
pub(super) fn render(page: &Page<'_>) -> String {
    let total = page.answer.table.rows.len();
    let shown = &page.answer.table.rows[..page.rows_max.unwrap_or(total).min(total)];
    if total == 0 && page.width.is_some() {
        return line(page, &format!("no {}", noun(page, 0)));
    }
    let layout = Layout::of(page, shown);
    let mut cut = 0;
    let mut text = layout.draw(page, &shown[..shown.len().min(PIECE)], true, &mut cut);
    for piece in shown.chunks(PIECE).skip(1) {
        text += &layout.draw(page, piece, false, &mut cut);
    }
    text + &footer(page, shown.len(), layout.columns_left_out, cut)
}

/// A column of the table.
struct Column {
    field: Field,
    width: usize,
    is_number: bool,
}

impl Column {
    /// The column at its natural width; 0 if it says nothing in any row.
    fn of(page: &Page<'_>, field: Field, rows: &[Vec<Value>]) -> Column {
        let widths = rows.iter().flat_map(|row| {
            let (lines, _) = lines(page, &field, row, WIDTH_MAX);
            lines.into_iter().map(|line| line.width())
        });
        Column {
            width: widths.max().unwrap_or(0),
            is_number: columns::is_number(page, &field),
            field,
        }
    }

    fn header(&self) -> Markup {
        Markup::word(Role::Header, &self.field.header)
    }
}

/// The columns that fit.
struct Layout {
    columns: Vec<Column>,
    columns_left_out: usize,
}

impl Layout {
    fn of(page: &Page<'_>, rows: &[Vec<Value>]) -> Layout {
        let fields = columns::fields(page, Reader::People).into_iter();
        let mut columns: Vec<Column> = fields.map(|field| Column::of(page, field, rows)).collect();
        let mut is_first = true;
        columns
            .retain(|column| std::mem::take(&mut is_first) || column.width > 0 || rows.is_empty());
        for column in &mut columns {
            column.width = column.width.max(column.header().width()).min(WIDTH_MAX);
        }
        let count = columns.len();
        if let Some(total) = page.width {
            fit(&mut columns, total);
        }
        Layout {
            columns_left_out: count - columns.len(),
            columns,
        }
    }

    /// The rows as lines, under the header if they are the first; counts the cells it cuts.
    fn draw(
        &self,
        page: &Page<'_>,
        rows: &[Vec<Value>],
        is_first: bool,
        cut: &mut usize,
    ) -> String {
        let mut table = Table::new();
        table
            .load_style(style())
            .set_content_arrangement(ContentArrangement::Disabled);
        if is_first {
            table.set_header(self.columns.iter().map(|column| {
                let mut header = column.header();
                header.clip(column.width);
                Cell::new_owned(header.paint(page.color))
            }));
        }
        for row in rows {
            table.add_row(self.columns.iter().map(|column| {
                let (lines, is_cut) = lines(page, &column.field, row, column.width);
                *cut += usize::from(is_cut);
                let lines: Vec<String> = lines.iter().map(|line| line.paint(page.color)).collect();
                Cell::new_owned(lines.join("\n"))
            }));
        }
        let last = self.columns.len().saturating_sub(1);
        for (place, (drawn, column)) in table.column_iter_mut().zip(&self.columns).enumerate() {
            let padding = u16::from(place < last);
            let width = u16::try_from(column.width).map_or(u16::MAX, |width| width + padding);
            drawn.set_padding((0, padding));
            drawn.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
            if column.is_number {
                drawn.set_cell_alignment(CellAlignment::Right);
            }
        }
        table.trim_fmt() + "\n"
    }
}

/// A rule under the header, and no other line.
fn style() -> TableStyle {
    TableStyle::new()
        .header_lines(ContentLineStyle::none().junction(' '))
        .header_separator(LineStyle::none().fill('─').junction(' '))
        .content_lines(ContentLineStyle::none().junction(' '))
}

/// The lines of a cell, none wider than `width`; whether anything was cut off.
fn lines(page: &Page<'_>, field: &Field, row: &[Value], width: usize) -> (Vec<Markup>, bool) {
    let cell = columns::cell(page, field, row);
    let mut is_cut = false;
    let mut lines: Vec<Markup> = Vec::with_capacity(cell.len().min(LINES_MAX + 1));
    for phrase in cell.iter().take(LINES_MAX) {
        let (mut line, is_long) = phrase.markup(4 * WIDTH_MAX);
        is_cut |= line.clip(width) | is_long;
        lines.push(line);
    }
    if cell.len() > LINES_MAX && field.is_evidence {
        let mut more = Markup::word(Role::Quiet, &format!("+{} more", cell.len() - LINES_MAX));
        more.clip(width);
        lines.push(more);
    }
    (lines, is_cut)
}

/// Narrows the widest columns until all fit into `total`; where that would make them unreadable,
/// leaves out the extras and then the others, from the right.
fn fit(columns: &mut Vec<Column>, total: usize) {
    loop {
        let available = total.saturating_sub(GUTTER * columns.len().saturating_sub(1));
        let cap = widest(columns, available);
        let extra = columns.iter().rposition(|column| column.field.is_extra);
        let enough = if extra.is_some() {
            WIDTH_GOOD
        } else {
            WIDTH_MIN
        };
        if cap >= enough || columns.len() <= 1 {
            for column in columns {
                column.width = column.width.min(cap);
            }
            return;
        }
        columns.remove(extra.unwrap_or(columns.len() - 1));
    }
}

/// The greatest width such that columns cut to it fit into `available`; at least 1.
fn widest(columns: &[Column], available: usize) -> usize {
    let fits = |cap: &usize| {
        let widths = columns.iter().map(|column| column.width.min(*cap));
        widths.sum::<usize>() <= available
    };
    (1..=WIDTH_MAX).rev().find(fits).unwrap_or(1)
}

/// What was cut, and how to see it; on a terminal without cuts, how many rows there are.
fn footer(page: &Page<'_>, shown: usize, columns_left_out: usize, cells_cut: usize) -> String {
    let total = page.answer.table.rows.len();
    let mut text = String::new();
    if shown < total {
        text += &format!("{shown} of {total} {} shown", noun(page, total));
        if !page.way_to_all.is_empty() {
            text += &format!("; `{}` shows all", page.way_to_all);
        }
    } else if page.width.is_some() {
        text += &format!("{total} {}", noun(page, total));
    }
    let mut narrowed = Vec::new();
    if columns_left_out > 0 {
        narrowed.push(format!(
            "{columns_left_out} {} left out",
            plural("column", columns_left_out)
        ));
    }
    if cells_cut > 0 {
        narrowed.push(format!("{cells_cut} {} cut", plural("cell", cells_cut)));
    }
    if !narrowed.is_empty() {
        if !text.is_empty() {
            text += "; ";
        }
        text += &format!("{}; csv has all", narrowed.join(", "));
    }
    if text.is_empty() {
        text
    } else {
        line(page, &text)
    }
}

fn line(page: &Page<'_>, text: &str) -> String {
    Markup::word(Role::Quiet, text).paint(page.color) + "\n"
}

/// What a row is, in the number that goes with `count`.
fn noun(page: &Page<'_>, count: usize) -> &'static str {
    let columns = page.answer.table.columns.as_slice();
    let first = columns.first().map(|column| column.cells);
    let [singular, several] = match first {
        Some(ColumnType::Entity) if page.answer.is_set() => ["entity", "entities"],
        Some(ColumnType::Path) if columns.len() == 1 => ["path", "paths"],
        Some(ColumnType::Statement) if columns.len() == 1 => ["statement", "statements"],
        _ => ["row", "rows"],
    };
    if count == 1 { singular } else { several }
}

fn plural(word: &str, count: usize) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{word}{ending}")
}
