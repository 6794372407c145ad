//! How much a value holds, and how deep: both have a limit.

use crate::model::Value;
use crate::query::value::ITEMS_MAX;

/// How deep lists and maps may nest in a value that a query makes.
const DEPTH_MAX: usize = 100;

/// So many bytes of a text weigh as much as a value.
const BYTES_A_VALUE: usize = 32;

/// How many values there are in a value, itself included; a text counts by its length.
pub(crate) fn weight(value: &Value) -> u64 {
    let inside = match value {
        Value::List(values) => values.iter().map(weight).sum(),
        Value::Map(map) => map.values().map(weight).sum(),
        Value::Text(text) => (text.len() / BYTES_A_VALUE) as u64,
        Value::Path(path) => path.entities.len() as u64,
        _ => 0,
    };
    1 + inside
}

/// How many values there are in a row.
pub(crate) fn weight_of(row: &[Value]) -> u64 {
    row.iter().map(weight).sum()
}

/// Refuses a value of more than [`ITEMS_MAX`] values, or with lists deeper than [`DEPTH_MAX`].
pub(crate) fn check_size(value: &Value) -> Result<(), String> {
    check_depth(value)?;
    let weight = weight(value);
    if weight > ITEMS_MAX as u64 {
        return Err(format!(
            "the value would hold {weight} others, and {ITEMS_MAX} is the limit"
        ));
    }
    Ok(())
}

/// Refuses a value with lists deeper than [`DEPTH_MAX`].
pub(crate) fn check_depth(value: &Value) -> Result<(), String> {
    match is_deep(value, DEPTH_MAX) {
        true => Err(format!("lists and maps nest at most {DEPTH_MAX} deep")),
        false => Ok(()),
    }
}

fn is_deep(value: &Value, levels: usize) -> bool {
    let mut inside: Box<dyn Iterator<Item = &Value>> = match value {
        Value::List(values) => Box::new(values.iter()),
        Value::Map(map) => Box::new(map.values()),
        _ => return false,
    };
    levels == 0 || inside.any(|value| is_deep(value, levels - 1))
}
