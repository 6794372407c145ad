//! Columns: what `return`, `with`, `select` and `group by` make of rows.

use std::cmp::Ordering;

use kingraph::query::ast::Expression;
use kingraph::query::ast::Item;
use kingraph::query::ast::Items;
use kingraph::query::ast::Projection;
use kingraph::query::ast::SortItem;

use crate::slow::Cell;
use crate::slow::Row;
use crate::slow::Slow;
use crate::slow::all_same;
use crate::slow::distinct;
use crate::slow::expression::aggregates;
use crate::slow::pattern::product;
use crate::slow::value::order;

/// A row of columns on its way, with the row or the rows that it was made of.
#[derive(Clone)]
struct Made {
    columns: Row,
    cells: Vec<Cell>,
    from: Row,
    group: Option<Vec<Row>>,
}

impl Slow<'_> {
    /// The names of the columns, and the rows of them.
    pub(crate) fn project(
        &self,
        projection: &Projection,
        rows: Vec<Row>,
    ) -> (Vec<String>, Vec<Row>) {
        let items = &projection.items;
        let names: Vec<String> = items.items.iter().map(name).collect();
        let has_groups = items.items.iter().any(|item| aggregates(&item.expression));
        let mut made: Vec<Made> = match has_groups {
            true => self.groups(items, rows),
            false => rows
                .into_iter()
                .map(|row| self.made(items, row, None))
                .collect(),
        };
        if items.is_distinct {
            distinct(&mut made, |row| &row.cells);
        }
        self.sort(&projection.order, &mut made, |row| {
            let mut all = row.from.clone();
            all.extend(row.columns.iter().cloned());
            // What is written as a column is written stands for the column.
            for item in &items.items {
                let cell = row.columns.iter().find(|(known, _)| *known == name(item));
                let (_, cell) = cell.expect("every item has a column");
                all.push((written(&item.text), cell.clone()));
            }
            (all, row.group.clone())
        });
        if let Some(count) = &projection.offset {
            made.drain(..self.count(count).min(made.len()));
        }
        if let Some(count) = &projection.limit {
            made.truncate(self.count(count));
        }
        if let Some(condition) = &projection.condition {
            made.retain(|row| self.value(condition, &row.columns, None) == Cell::Bool(true));
        }
        let columns = match made.first() {
            Some(row) if items.has_star => {
                row.columns.iter().map(|(name, _)| name.clone()).collect()
            }
            _ => names,
        };
        (columns, made.into_iter().map(|row| row.columns).collect())
    }

    /// The columns of one row.
    fn made(&self, items: &Items, row: Row, group: Option<Vec<Row>>) -> Made {
        let mut columns = Row::new();
        if items.has_star {
            columns.extend(row.iter().cloned());
        }
        for item in &items.items {
            let value = self.value(&item.expression, &row, group.as_deref());
            columns.push((name(item), value.in_column()));
        }
        let cells = columns.iter().map(|(_, cell)| cell.clone()).collect();
        Made {
            columns,
            cells,
            from: row,
            group,
        }
    }

    /// A row for each group, in the order of the keys; without keys there is one group.
    fn groups(&self, items: &Items, rows: Vec<Row>) -> Vec<Made> {
        let keys: Vec<&Item> = items
            .items
            .iter()
            .filter(|item| !aggregates(&item.expression))
            .collect();
        let mut groups: Vec<(Vec<Cell>, Vec<Row>)> = Vec::new();
        for row in rows {
            let mut key: Vec<Cell> = match items.has_star {
                true => row.iter().map(|(_, cell)| cell.clone()).collect(),
                false => Vec::new(),
            };
            key.extend(
                keys.iter()
                    .map(|item| self.value(&item.expression, &row, None)),
            );
            match groups.iter_mut().find(|(known, _)| all_same(known, &key)) {
                Some((known, rows)) => {
                    // Of 1 and 1.0 the whole number is shown.
                    for (known, cell) in known.iter_mut().zip(key) {
                        if order(self.world, &cell, known) == Ordering::Less {
                            *known = cell;
                        }
                    }
                    rows.push(row);
                }
                None => groups.push((key, vec![row])),
            }
        }
        if groups.is_empty() && keys.is_empty() && !items.has_star {
            groups.push((Vec::new(), Vec::new()));
        }
        groups.sort_by(|(one, _), (other, _)| self.order_all(one, other));
        let made = groups.into_iter().map(|(key, rows)| {
            let first = rows.first().cloned().unwrap_or_default();
            let mut made = self.made(items, first, Some(rows));
            // Keys as they are shown.
            let stars = key.len() - keys.len();
            let mut shown = key.into_iter();
            for (place, cell) in shown.by_ref().take(stars).enumerate() {
                made.columns[place].1 = cell;
            }
            for (item, cell) in keys.iter().zip(shown) {
                let column = made.columns[stars..]
                    .iter_mut()
                    .find(|(known, _)| *known == name(item));
                column.expect("every item has a column").1 = cell;
            }
            made.cells = made.columns.iter().map(|(_, cell)| cell.clone()).collect();
            made
        });
        made.collect()
    }

    /// `group by keys select items`; without items, the keys and the number of rows.
    pub(crate) fn group_stage(
        &self,
        keys: &[Item],
        items: Option<&Items>,
        rows: Vec<Row>,
    ) -> (Vec<String>, Vec<Row>) {
        let mut groups: Vec<(Vec<Cell>, Vec<Row>)> = Vec::new();
        for row in rows {
            let key = keys
                .iter()
                .map(|item| self.value(&item.expression, &row, None).each());
            for key in product(&key.collect::<Vec<_>>()) {
                // The name of a key is the value by which the row is in this group.
                let mut row = row.clone();
                row.extend(keys.iter().map(name).zip(key.iter().cloned()));
                match groups.iter_mut().find(|(known, _)| all_same(known, &key)) {
                    Some((_, rows)) => rows.push(row),
                    None => groups.push((key, vec![row])),
                }
            }
        }
        groups.sort_by(|(one, _), (other, _)| self.order_all(one, other));
        let mut names: Vec<String> = keys.iter().map(name).collect();
        match items {
            None => names.push("count".to_owned()),
            Some(items) => names = items.items.iter().map(name).collect(),
        }
        let row = |(key, rows): (Vec<Cell>, Vec<Row>)| match items {
            None => {
                let count = Cell::Int(rows.len() as i64);
                names
                    .iter()
                    .cloned()
                    .zip(key.into_iter().chain([count]))
                    .collect()
            }
            Some(items) => self.made(items, rows[0].clone(), Some(rows)).columns,
        };
        let rows = groups.into_iter().map(row).collect();
        (names, rows)
    }

    /// Puts rows in order; of equals the earlier comes first.
    pub(crate) fn sort<T>(
        &self,
        items: &[SortItem],
        rows: &mut [T],
        scope: impl Fn(&T) -> (Row, Option<Vec<Row>>),
    ) {
        let value = |item: &SortItem, row: &T| {
            let (row, group) = scope(row);
            self.sort_value(&item.expression, &row, group.as_deref())
        };
        rows.sort_by(|one, other| {
            let mut orders = items.iter().map(|item| {
                let ordering = order(self.world, &value(item, one), &value(item, other));
                if item.is_descending {
                    ordering.reverse()
                } else {
                    ordering
                }
            });
            orders
                .find(|order| order.is_ne())
                .unwrap_or(Ordering::Equal)
        });
    }

    fn sort_value(&self, expression: &Expression, row: &Row, group: Option<&[Row]>) -> Cell {
        let span = expression.span;
        let text = written(&self.text[span.start as usize..span.end as usize]);
        let column = row.iter().rev().find(|(known, _)| *known == text);
        match column {
            Some((_, cell)) => cell.clone(),
            None => self.value(expression, row, group).in_column(),
        }
    }
}

/// The name of a text that is no variable.
fn written(text: &str) -> String {
    format!("`{}`", text.trim())
}

fn name(item: &Item) -> String {
    match &item.alias {
        Some(alias) => alias.text.clone(),
        None => item.text.clone(),
    }
}
