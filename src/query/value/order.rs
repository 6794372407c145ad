//! The total order of `order by`, `min` and `max`: every value has its place, null the last.

use std::cmp::Ordering;

use crate::model::Path;
use crate::model::Snapshot;
use crate::model::Value;
use crate::query::value::compare;

/// The order of two values, ascending.
///
/// Types first, as openCypher's orderability has them: maps, entities, statements, lists, paths,
/// sources, dates, texts, truth values, numbers, null. Entities go by name, then slug; statements
/// and sources by id; dates by their days; texts by code points; lists item by item, a list that
/// ends first before a longer one; paths from start to end; maps by their first entries that
/// differ. Of equal numbers a whole one comes first; NaN is the last number.
pub fn order(snapshot: &Snapshot, left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Map(left), Value::Map(right)) => {
            let pairs = left.iter().zip(right).map(|(left, right)| {
                let names = left.0.cmp(right.0);
                names.then_with(|| order(snapshot, left.1, right.1))
            });
            first_difference(pairs).then(left.len().cmp(&right.len()))
        }
        (Value::List(left), Value::List(right)) => {
            let pairs = left.iter().zip(right);
            let items = first_difference(pairs.map(|(left, right)| order(snapshot, left, right)));
            items.then(left.len().cmp(&right.len()))
        }
        (Value::Entity(left), Value::Entity(right)) => {
            snapshot.rank(*left).cmp(&snapshot.rank(*right))
        }
        (Value::Path(left), Value::Path(right)) => paths(snapshot, left, right),
        (Value::Statement(left), Value::Statement(right)) => left.cmp(right),
        (Value::Source(left), Value::Source(right)) => left.cmp(right),
        (Value::Date(left), Value::Date(right)) => left.cmp(right),
        (Value::Text(left), Value::Text(right)) => left.cmp(right),
        (Value::Boolean(left), Value::Boolean(right)) => left.cmp(right),
        _ => place(left)
            .cmp(&place(right))
            .then_with(|| numbers(left, right)),
    }
}

/// The place of a value's type.
fn place(value: &Value) -> u8 {
    match value {
        Value::Map(_) => 0,
        Value::Entity(_) => 1,
        Value::Statement(_) => 2,
        Value::List(_) => 3,
        Value::Path(_) => 4,
        Value::Source(_) => 5,
        Value::Date(_) => 6,
        Value::Text(_) => 7,
        Value::Boolean(_) => 8,
        Value::Integer(_) | Value::Float(_) => 9,
        Value::Null => 10,
    }
}

/// Two numbers, or two nulls.
fn numbers(left: &Value, right: &Value) -> Ordering {
    let is_nan = |value: &Value| matches!(value, Value::Float(number) if number.is_nan());
    let is_float = |value: &Value| matches!(value, Value::Float(_));
    match compare::numbers(left, right) {
        Some(Some(Ordering::Equal)) => is_float(left).cmp(&is_float(right)),
        Some(Some(ordering)) => ordering,
        Some(None) => is_nan(left).cmp(&is_nan(right)),
        None => Ordering::Equal,
    }
}

/// By the first entities or statements that differ, from start to end.
fn paths(snapshot: &Snapshot, left: &Path, right: &Path) -> Ordering {
    let rank = |path: &Path, index: usize| path.entities.get(index).map(|id| snapshot.rank(*id));
    let steps = left.entities.len().max(right.entities.len());
    first_difference((0..steps).map(|index| {
        let entities = rank(left, index).cmp(&rank(right, index));
        let statements = left.statements.get(index).cmp(&right.statements.get(index));
        entities.then(statements)
    }))
}

fn first_difference(mut orderings: impl Iterator<Item = Ordering>) -> Ordering {
    orderings
        .find(|ordering| ordering.is_ne())
        .unwrap_or(Ordering::Equal)
}
