//! What a query answers: a table whose columns have types, and what is to be said beside it.

use crate::model::EntityId;
use crate::model::Filter;
use crate::model::ObjectRef;
use crate::model::Snapshot;
use crate::model::StatementId;
use crate::model::Subgraph;
use crate::model::Value;
use crate::query::value::Key;

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// An entity.
    Entity,
    /// The evidence of the row's entity: a list of statements, maybe empty.
    Via,
    /// What the row rests on: a list of statements, whose content the row itself shows.
    Basis,
    /// A statement.
    Statement,
    /// A path.
    Path,
    /// A source.
    Source,
    /// A list of entities.
    Entities,
    /// What is said of this entity: a list of statements, of which the far ends are shown.
    Cell(EntityId),
    /// Text, numbers, dates or truth values; null where nothing is known.
    Scalar,
}

/// A column: its name and what its cells are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The name; unique in its table.
    pub name: String,
    /// What its cells are.
    pub cells: ColumnType,
}

impl Column {
    /// A column.
    pub fn new(name: &str, cells: ColumnType) -> Column {
        Column {
            name: name.to_owned(),
            cells,
        }
    }
}

/// Rows of named, typed columns, in a defined order.
///
/// A set of entities is a table with the columns `entity` and `via`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// The rows; each has a value a column.
    pub rows: Vec<Vec<Value>>,
}

/// The answer to one query.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// The rows.
    pub table: Table,
    /// How the query saw the graph; names are shown as of its date.
    pub filter: Filter,
    /// The statements by which the members were reached before their own evidence; for pictures.
    pub trail: Vec<StatementId>,
    /// What the reader should know besides: lines without a full stop, for stderr and `meta`.
    pub notes: Vec<String>,
}

impl Answer {
    /// Whether the answer is a set of entities.
    pub fn is_set(&self) -> bool {
        let columns = self.table.columns.iter().map(|column| column.cells);
        columns.eq([ColumnType::Entity, ColumnType::Via])
    }

    /// The entities of the first column, in the order of the rows.
    pub fn entities(&self) -> impl Iterator<Item = EntityId> + '_ {
        self.table.rows.iter().filter_map(|row| match row.first() {
            Some(Value::Entity(entity)) => Some(*entity),
            _ => None,
        })
    }

    /// What the answer says, without what it rests on: sets in the order of ids, other rows as
    /// they are.
    pub(super) fn said(&self) -> Vec<Vec<Key>> {
        let is_shown =
            |column: &Column| !matches!(column.cells, ColumnType::Via | ColumnType::Basis);
        let rows = self.table.rows.iter().map(|row| {
            let cells = row.iter().zip(&self.table.columns);
            let cells = cells.filter(|(_, column)| is_shown(column));
            cells.map(|(value, _)| Key(value.clone())).collect()
        });
        let mut rows: Vec<Vec<Key>> = rows.collect();
        if self.is_set() {
            rows.sort_by_key(|row| match row.first() {
                Some(Key(Value::Entity(entity))) => Some(*entity),
                _ => None,
            });
        }
        rows
    }

    /// Whether a picture can show it: some column has entities, statements or paths.
    pub fn can_be_drawn(&self) -> bool {
        let mut columns = self.table.columns.iter();
        columns.any(|column| !matches!(column.cells, ColumnType::Scalar | ColumnType::Source))
    }

    /// The answer as a picture: every entity and statement in any cell, in the order of the rows.
    ///
    /// Where nothing in the answer is a statement between entities, the statements that the
    /// answer's filter admits between its entities are drawn instead.
    pub fn subgraph(&self, snapshot: &Snapshot) -> Subgraph {
        let mut subgraph = Subgraph::default();
        for value in self.table.rows.iter().flatten() {
            add_value(&mut subgraph, snapshot, value);
        }
        for statement in &self.trail {
            add_value(&mut subgraph, snapshot, &Value::Statement(*statement));
        }
        if subgraph.statements().next().is_none() {
            self.add_between(&mut subgraph, snapshot);
        }
        subgraph
    }

    fn add_between(&self, subgraph: &mut Subgraph, snapshot: &Snapshot) {
        let members: std::collections::BTreeSet<_> = subgraph.entities().collect();
        for &subject in &members {
            for statement in snapshot.outgoing(subject) {
                let ObjectRef::Entity(object) = snapshot.object(statement) else {
                    continue;
                };
                let is_walked = self.filter.walks(snapshot, statement);
                if is_walked && members.contains(&object) {
                    subgraph.add_statement(subject, statement, object);
                }
            }
        }
    }
}

/// Adds whatever a cell holds.
fn add_value(subgraph: &mut Subgraph, snapshot: &Snapshot, value: &Value) {
    match value {
        Value::Entity(entity) => subgraph.add_entity(*entity),
        Value::Statement(statement) => {
            let subject = snapshot.subject(*statement);
            match snapshot.object(*statement) {
                ObjectRef::Entity(object) => subgraph.add_statement(subject, *statement, object),
                _ => subgraph.add_entity(subject),
            }
        }
        Value::Path(path) => {
            for entity in &path.entities {
                subgraph.add_entity(*entity);
            }
            for statement in &path.statements {
                add_value(subgraph, snapshot, &Value::Statement(*statement));
            }
        }
        Value::List(values) => {
            for value in values {
                add_value(subgraph, snapshot, value);
            }
        }
        _ => {}
    }
}
