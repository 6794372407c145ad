//! The one value type: what a property holds and what a cell of a table holds.

use std::cell::Cell;
use std::collections::BTreeMap;

use compact_str::CompactString;
use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::de::Error as _;

use crate::model::Date;
use crate::model::EntityId;
use crate::model::List;
use crate::model::SourceId;
use crate::model::StatementId;

/// A value of a property, or a cell of a table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// Nothing is known.
    #[default]
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
    List(#[serde(deserialize_with = "shallow")] List),
    /// Values under names.
    Map(#[serde(deserialize_with = "shallow")] Map),
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Integer(number)
    }
}

impl From<EntityId> for Value {
    fn from(entity: EntityId) -> Value {
        Value::Entity(entity)
    }
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

thread_local! {
    /// How deep in lists and maps the value lies that is being read.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// How deep values may lie in each other; JSON's reader allows 127.
const DEPTH_MAX: u32 = 256;

/// Reads a list or a map of values, and fails where they lie too deep in each other.
fn shallow<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    let depth = DEPTH.get();
    if depth >= DEPTH_MAX {
        return Err(D::Error::custom("values lie too deep in each other"));
    }
    DEPTH.set(depth + 1);
    let read = T::deserialize(deserializer);
    DEPTH.set(depth);
    read
}
