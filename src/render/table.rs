//! Aligned columns for people: escaped, cut to the terminal, with a line that says what was cut.
//! A path that is too long is not cut but broken up, with a line a step.
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
/// What stands beside the answer is cut down to this before the answer is cut.
const WIDTH_SIDE: usize = 12;
/// Extras are left out before the answer gets narrower than this.
const WIDTH_GOOD: usize = 24;
/// Other columns are left out before the answer gets narrower than this.
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
    /// Whether some cell is wider than any column may be.
    is_cut: bool,
    /// Whether a path in it takes a line a step.
    is_broken: bool,
}

impl Column {
    /// The column at its natural width; 0 if it says nothing in any row.
    fn of(page: &Page<'_>, field: Field, rows: &[Vec<Value>]) -> Column {
        let mut column = Column {
            width: 0,
            is_number: columns::is_number(page, &field),
            is_cut: false,
            is_broken: false,
            field,
        };
        column.measure(page, rows);
        column
    }

    /// Gives it its natural width.
    fn measure(&mut self, page: &Page<'_>, rows: &[Vec<Value>]) {
        (self.width, self.is_cut) = (WIDTH_MAX, false);
        let mut natural = 0;
        for row in rows {
            let (lines, is_cut) = self.lines(page, row);
            natural = lines.iter().map(Markup::width).fold(natural, usize::max);
            self.is_cut |= is_cut;
        }
        self.width = natural;
    }

    /// Makes it wide enough for its header as well.
    fn admit_header(&mut self) {
        self.width = self.width.max(self.header().width()).min(WIDTH_MAX);
    }

    /// Gives each step of a path a line of its own.
    fn break_up(&mut self, page: &Page<'_>, rows: &[Vec<Value>]) {
        self.is_broken = true;
        self.measure(page, rows);
        self.admit_header();
    }

    /// The one of two widths that is meant for it: beside the answer, or in it.
    fn cap(&self, side: usize, answer: usize) -> usize {
        if self.field.is_side { side } else { answer }
    }

    fn header(&self) -> Markup {
        Markup::word(Role::Header, &self.field.header)
    }

    /// The lines of its cell in a row, none wider than the column; whether anything was cut off.
    fn lines(&self, page: &Page<'_>, row: &[Value]) -> (Vec<Markup>, bool) {
        let phrases = columns::lines(page, &self.field, row, self.is_broken);
        let shown = if self.field.is_trail {
            phrases.len()
        } else {
            LINES_MAX
        };
        let mut is_cut = false;
        let mut lines: Vec<Markup> = Vec::with_capacity(phrases.len().min(shown + 1));
        for phrase in phrases.iter().take(shown) {
            let (mut line, is_long) = phrase.markup(4 * WIDTH_MAX);
            is_cut |= line.clip(self.width) | is_long;
            lines.push(line);
        }
        if phrases.len() > shown && self.field.is_evidence {
            let mut more = Markup::word(Role::Quiet, &format!("+{} more", phrases.len() - shown));
            more.clip(self.width);
            lines.push(more);
        }
        (lines, is_cut)
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
        columns.iter_mut().for_each(Column::admit_header);
        let count = columns.len();
        let total = page.width.unwrap_or(usize::MAX);
        leave_out_constants(&mut columns, page, rows, total);
        let is_long = |column: &Column| column.field.is_trail && column.is_cut;
        if needed(&columns) > total || columns.iter().any(is_long) {
            for column in columns.iter_mut().filter(|column| column.field.is_trail) {
                column.break_up(page, rows);
            }
        }
        fit(&mut columns, total);
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
                let (lines, is_cut) = column.lines(page, row);
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

/// How wide the table is.
fn needed(columns: &[Column]) -> usize {
    let gutters = GUTTER * columns.len().saturating_sub(1);
    gutters + columns.iter().map(|column| column.width).sum::<usize>()
}

/// Leaves out extras that say the same in every row, until all fit into `total`.
fn leave_out_constants(
    columns: &mut Vec<Column>,
    page: &Page<'_>,
    rows: &[Vec<Value>],
    total: usize,
) {
    while needed(columns) > total {
        let is_constant = |column: &Column| columns::is_constant(page, &column.field, rows);
        let Some(place) = first_extra(columns, is_constant) else {
            return;
        };
        columns.remove(place);
    }
}

/// The place of the extra that goes first, of those that are `meant`.
fn first_extra(columns: &[Column], meant: impl Fn(&Column) -> bool) -> Option<usize> {
    let extras = columns.iter().enumerate().filter_map(|(place, column)| {
        let rank = column.field.extra?;
        meant(column).then_some((rank, place))
    });
    extras.min().map(|(_, place)| place)
}

/// Narrows columns until all fit into `total`.
///
/// Where that would make them unreadable, leaves out the extras, then what else stands beside the
/// answer, and then the answer's own columns, from the right.
fn fit(columns: &mut Vec<Column>, total: usize) {
    while needed(columns) > total {
        let available = total.saturating_sub(GUTTER * (columns.len() - 1));
        let (side, answer) = caps(columns, available);
        let extra = first_extra(columns, |_| true);
        let enough = if extra.is_some() {
            WIDTH_GOOD
        } else {
            WIDTH_MIN
        };
        if answer >= enough || columns.len() <= 1 {
            for column in columns.iter_mut() {
                column.width = column.width.min(column.cap(side, answer));
            }
            return;
        }
        let side = columns.iter().rposition(|column| column.field.is_side);
        columns.remove(extra.or(side).unwrap_or(columns.len() - 1));
    }
}

/// The greatest widths of what stands beside the answer and of the answer such that columns cut to
/// them fit into `available`; at least 1. The answer is cut when the rest cannot be cut further.
fn caps(columns: &[Column], available: usize) -> (usize, usize) {
    let fits = |side: usize, answer: usize| {
        let widths = columns
            .iter()
            .map(|column| column.width.min(column.cap(side, answer)));
        widths.sum::<usize>() <= available
    };
    let mut sides = (WIDTH_SIDE..=WIDTH_MAX).rev();
    if let Some(side) = sides.find(|side| fits(*side, WIDTH_MAX)) {
        return (side, WIDTH_MAX);
    }
    let mut answers = (1..=WIDTH_MAX).rev();
    let answer = answers.find(|answer| fits(WIDTH_SIDE.min(*answer), *answer));
    let answer = answer.unwrap_or(1);
    (WIDTH_SIDE.min(answer), answer)
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
