//! Values as keys: what counts as the same for `distinct` and for groups.

use std::collections::BTreeMap;
use std::hash::Hash;
use std::hash::Hasher;

use compact_str::CompactString;

use crate::model::Value;
use crate::query::value::compare;

/// A value as a key of a hash map, by openCypher's equivalence.
///
/// As equality, but in two values: null is the same as null and NaN as NaN, within lists and maps
/// too. 1 is the same as 1.0, and 0.0 as -0.0. Dates are the same if they are written alike: a
/// day is no duplicate of its year.
#[derive(Clone, Debug)]
pub struct Key(pub Value);

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        is_same(&self.0, &other.0)
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(&self.0, state);
    }
}

/// A value as a key by how it is written, too: 1 is not the same as 1.0, nor 0.0 as -0.0.
#[derive(Clone, Debug)]
pub struct Exact<'v>(pub &'v Value);

impl PartialEq for Exact<'_> {
    fn eq(&self, other: &Exact<'_>) -> bool {
        is_same(self.0, other.0) && is_written_alike(self.0, other.0)
    }
}

impl Eq for Exact<'_> {}

impl Hash for Exact<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(self.0, state);
    }
}

/// Whether values that count as the same have the same numbers at the same places.
fn is_written_alike(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::List(left), Value::List(right)) => left
            .iter()
            .zip(right)
            .all(|(left, right)| is_written_alike(left, right)),
        (Value::Map(left), Value::Map(right)) => left
            .values()
            .zip(right.values())
            .all(|(left, right)| is_written_alike(left, right)),
        (Value::Integer(_), Value::Float(_)) | (Value::Float(_), Value::Integer(_)) => false,
        // -0.0 is not 0.0; NaN is NaN, however it came about.
        (Value::Float(left), Value::Float(right)) => {
            left.is_nan() || left.to_bits() == right.to_bits()
        }
        _ => true,
    }
}

/// Whether values are the same as keys.
pub fn is_same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len() && all_same(left.iter().zip(right))
        }
        (Value::Map(left), Value::Map(right)) => {
            left.keys().eq(right.keys()) && all_same(left.values().zip(right.values()))
        }
        (Value::Float(left), Value::Float(right)) if left.is_nan() => right.is_nan(),
        _ => match compare::numbers(left, right) {
            Some(ordering) => ordering == Some(std::cmp::Ordering::Equal),
            None => left == right,
        },
    }
}

fn all_same<'a>(mut pairs: impl Iterator<Item = (&'a Value, &'a Value)>) -> bool {
    pairs.all(|(left, right)| is_same(left, right))
}

/// Equal keys have equal hashes: numbers that are whole hash as whole numbers.
fn hash<H: Hasher>(value: &Value, state: &mut H) {
    match value {
        Value::Integer(_) | Value::Float(_) => 0.hash(state),
        other => std::mem::discriminant(other).hash(state),
    }
    match value {
        Value::Null => {}
        Value::Boolean(truth) => truth.hash(state),
        Value::Integer(number) => number.hash(state),
        Value::Float(number) => hash_float(*number, state),
        Value::Text(text) => text.hash(state),
        Value::Date(date) => date.text().hash(state),
        Value::Entity(id) => id.hash(state),
        Value::Statement(id) => id.hash(state),
        Value::Source(id) => id.hash(state),
        Value::Path(path) => {
            path.entities.hash(state);
            path.statements.hash(state);
        }
        Value::List(items) => {
            items.len().hash(state);
            items.iter().for_each(|item| hash(item, state));
        }
        Value::Map(entries) => hash_map(entries, state),
    }
}

fn hash_map<H: Hasher>(entries: &BTreeMap<CompactString, Value>, state: &mut H) {
    entries.len().hash(state);
    for (name, value) in entries {
        name.hash(state);
        hash(value, state);
    }
}

fn hash_float<H: Hasher>(number: f64, state: &mut H) {
    let end = compare::INTEGER_END;
    if number.is_nan() {
        f64::NAN.to_bits().hash(state);
    } else if number.trunc() == number && (-end..end).contains(&number) {
        (number as i64).hash(state);
    } else {
        number.to_bits().hash(state);
    }
}
