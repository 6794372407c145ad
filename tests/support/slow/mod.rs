//! A slow and obvious evaluator of `match` and pipes: nested loops over what the manual says.
//!
//! It knows no order of work, no index and no plan. A row is a list of names with values.

mod expression;
mod pattern;
mod projection;
mod set;
mod value;

use std::collections::BTreeMap;

use kingraph::query::ast;
use kingraph::query::ast::Clause;
use kingraph::query::ast::Source;
use kingraph::query::ast::Stage;
use kingraph::query::ast::StageKind;
use kingraph::query::ast::Statement;

pub(crate) use value::Cell;
use value::same;

/// A property graph, as a list of nodes and a list of edges.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) nodes: Vec<Node>,
    pub(crate) edges: Vec<Edge>,
    /// Types of edges that can be read off a node like a property; of a graph with a schema.
    pub(crate) relations: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) id: String,
    pub(crate) labels: Vec<String>,
    pub(crate) properties: BTreeMap<String, Cell>,
}

#[derive(Clone, Debug)]
pub(crate) struct Edge {
    pub(crate) id: String,
    pub(crate) source: usize,
    pub(crate) target: usize,
    pub(crate) kind: String,
    pub(crate) properties: BTreeMap<String, Cell>,
}

impl Node {
    /// What a node is ordered by: its name, then its id.
    fn rank(&self) -> (&str, &str) {
        match self.properties.get("name") {
            Some(Cell::Text(name)) => (name, &self.id),
            _ => (&self.id, &self.id),
        }
    }
}

/// The names that a row binds, in the order of writing; of equal names the last counts.
pub(crate) type Row = Vec<(String, Cell)>;

/// Columns and rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rows {
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<Cell>>,
}

/// An evaluator of the queries in one text.
pub(crate) struct Slow<'a> {
    pub(crate) world: &'a World,
    /// The text, in which items that are written alike are alike.
    pub(crate) text: &'a str,
}

impl Slow<'_> {
    /// The answer to a script of one query.
    pub(crate) fn answer(&self, script: &ast::Script) -> Rows {
        let [Statement::Query(ask, None)] = script.statements.as_slice() else {
            panic!("{} is no query", self.text)
        };
        let Source::Rows(source) = &ask.source else {
            panic!("{} is no match", self.text)
        };
        self.stages(self.union(source), &ask.stages)
    }

    /// What stages make of rows; the rows of a set have the one column `it`.
    pub(crate) fn stages(&self, rows: Rows, stages: &[Stage]) -> Rows {
        let stages = stages.iter();
        stages.fold(rows, |rows, stage| self.stage(rows, stage))
    }

    fn union(&self, source: &ast::Rows) -> Rows {
        let mut parts = source.parts.iter().map(|clauses| self.linear(clauses));
        let mut all = parts.next().expect("a query has a part");
        for part in parts {
            assert_eq!(all.columns, part.columns);
            all.rows.extend(part.rows);
        }
        if source.parts.len() > 1 && !source.keeps_doubles {
            distinct(&mut all.rows, |row| row);
        }
        all
    }

    fn linear(&self, clauses: &[Clause]) -> Rows {
        let mut rows: Vec<Row> = vec![Vec::new()];
        let mut columns = Vec::new();
        for clause in clauses {
            rows = match clause {
                Clause::Match(clause) => {
                    let rows = rows.iter();
                    rows.flat_map(|row| self.matches(clause, row)).collect()
                }
                Clause::Unwind(list, name) => {
                    let rows = rows.iter();
                    rows.flat_map(|row| self.unwind(list, &name.text, row))
                        .collect()
                }
                Clause::With(projection) | Clause::Return(projection) => {
                    let (names, rows) = self.project(projection, rows);
                    columns = names;
                    rows
                }
            };
        }
        table(columns, rows)
    }

    fn unwind(&self, list: &ast::Expression, name: &str, row: &Row) -> Vec<Row> {
        let values = match self.value(list, row, None) {
            Cell::Null => Vec::new(),
            Cell::List(values) => values,
            other => panic!("{other:?} is no list"),
        };
        let longer = |value: Cell| {
            let mut row = row.clone();
            row.push((name.to_owned(), value));
            row
        };
        values.into_iter().map(longer).collect()
    }

    fn stage(&self, rows: Rows, stage: &Stage) -> Rows {
        let Rows { columns, rows } = rows;
        let named = rows.into_iter().map(|row| {
            let names = columns.iter().cloned();
            names.zip(row).collect::<Row>()
        });
        let mut named: Vec<Row> = named.collect();
        match &stage.kind {
            StageKind::Where(condition) => {
                named.retain(|row| self.value(condition, row, None) == Cell::Bool(true));
            }
            StageKind::Select(items) => {
                let (columns, rows) = self.project(&bare(items.clone(), stage), named);
                return table(columns, rows);
            }
            StageKind::Group(keys, items) => {
                let (columns, rows) = self.group_stage(keys, items.as_ref(), named);
                return table(columns, rows);
            }
            StageKind::Order(items) => self.sort(items, &mut named, |row| (row.clone(), None)),
            StageKind::Limit(count) => named.truncate(self.count(count)),
            StageKind::Offset(count) => {
                named.drain(..self.count(count).min(named.len()));
            }
            StageKind::Count => {
                let count = Cell::Int(named.len() as i64);
                return table(
                    vec!["count".to_owned()],
                    vec![vec![("count".to_owned(), count)]],
                );
            }
            StageKind::Distinct => {
                let mut rows = table(columns, named);
                distinct(&mut rows.rows, |row| row);
                return rows;
            }
            StageKind::Topological | StageKind::Call(..) => panic!("{stage:?} has no model"),
        }
        table(columns, named)
    }

    /// The number behind `limit` and `offset`.
    fn count(&self, count: &ast::Expression) -> usize {
        match self.value(count, &Vec::new(), None) {
            Cell::Int(count) => usize::try_from(count).expect("a number of rows is not negative"),
            other => panic!("{other:?} is no number of rows"),
        }
    }
}

/// Items alone, as a projection.
fn bare(items: ast::Items, stage: &Stage) -> ast::Projection {
    ast::Projection {
        items,
        order: Vec::new(),
        offset: None,
        limit: None,
        condition: None,
        span: stage.span,
    }
}

fn table(columns: Vec<String>, rows: Vec<Row>) -> Rows {
    let cells = |row: Row| row.into_iter().map(|(_, cell)| cell).collect();
    Rows {
        columns,
        rows: rows.into_iter().map(cells).collect(),
    }
}

/// Of rows with the same key, the first.
fn distinct<T>(rows: &mut Vec<T>, key: impl Fn(&T) -> &[Cell])
where
    T: Clone,
{
    let mut kept: Vec<T> = Vec::new();
    for row in rows.iter() {
        if !kept.iter().any(|known| all_same(key(known), key(row))) {
            kept.push(row.clone());
        }
    }
    *rows = kept;
}

fn all_same(left: &[Cell], right: &[Cell]) -> bool {
    left.len() == right.len()
        && left
            .iter()
            .zip(right)
            .all(|(left, right)| same(left, right))
}
