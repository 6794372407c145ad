//! The one value type: what a property holds and what a cell of a table holds.

use std::collections::BTreeMap;

use compact_str::CompactString;
use serde::Deserialize;
use serde::Serialize;

use crate::model::Date;
use crate::model::EntityId;
use crate::model::SourceId;
use crate::model::StatementId;

/// A value of a property, or a cell of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// Nothing is known.
    Null,
    /// Yes or no.
    Boolean(bool),
    /// A 64-bit integer.
    Integer(i64),
    /// A double; never NaN in data.
    Float(f64),
    /// A text.
    Text(String),
    /// A date.
    Date(Date),
    /// An entity.
    Entity(EntityId),
    /// A statement.
    Statement(StatementId),
    /// A source.
    Source(SourceId),
    /// A way through the graph.
    Path(Path),
    /// Several values, in order.
    List(Vec<Value>),
    /// Values under names.
    Map(Map),
}

/// Values under names, in the order of the names (bytes).
pub type Map = BTreeMap<CompactString, Value>;

/// A way through the graph: entities, and the statement between each and the next.
///
/// There is one statement fewer than entities; a path of one entity has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Path {
    /// From start to end.
    pub entities: Vec<EntityId>,
    /// The step from each entity to the next, whichever way its arrow points.
    pub statements: Vec<StatementId>,
}
