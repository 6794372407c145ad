//! Equality and the order of `<`, in three values: none stands for null.

use std::cmp::Ordering;

use crate::model::Value;
use crate::query::value::date::Standing;
use crate::query::value::date::as_date;
use crate::query::value::date::standing;

/// Whether two values are equal: `=`.
///
/// Null if either is null, or if nulls within keep it open. Values of different types are not
/// equal; whole and decimal numbers are compared exactly, and NaN equals nothing. Lists are equal
/// item by item, maps name by name. A date equals the calendar date (year, month or day) within
/// which it lies, and a whole number from 1000 to 9999 beside a date is that year.
pub fn equals(left: &Value, right: &Value) -> Option<bool> {
    match (left, right) {
        (Value::Null, _) | (_, Value::Null) => None,
        (Value::List(left), Value::List(right)) => {
            if left.len() == right.len() {
                all_equal(left.iter().zip(right))
            } else {
                Some(false)
            }
        }
        (Value::Map(left), Value::Map(right)) => {
            if left.keys().eq(right.keys()) {
                all_equal(left.values().zip(right.values()))
            } else {
                Some(false)
            }
        }
        _ => match date_standing(left, right) {
            Some(standing) => standing.is_equal,
            None => match numbers(left, right) {
                Some(ordering) => Some(ordering == Some(Ordering::Equal)),
                None => Some(left == right),
            },
        },
    }
}

/// False if any pair differs, else null if any is not known, else true.
fn all_equal<'a>(pairs: impl Iterator<Item = (&'a Value, &'a Value)>) -> Option<bool> {
    let mut all = Some(true);
    for (left, right) in pairs {
        match equals(left, right) {
            Some(true) => {}
            Some(false) => return Some(false),
            None => all = None,
        }
    }
    all
}

/// How two values stand in the order of `<`, if they stand in one.
///
/// Texts go by code points, false before true, lists by the first items that differ. None for
/// other types and for values of different types, for null, for NaN, and for dates too vague to
/// tell. Beside NaN `<` is false and not null: conditions use [`less`] and [`less_or_equal`].
pub fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match relation(left, right) {
        Relation::Ordered(ordering) => Some(ordering),
        Relation::Dates(standing) => match standing {
            Standing {
                is_less: Some(true),
                ..
            } => Some(Ordering::Less),
            Standing {
                is_equal: Some(true),
                ..
            } => Some(Ordering::Equal),
            Standing {
                is_greater: Some(true),
                ..
            } => Some(Ordering::Greater),
            _ => None,
        },
        Relation::NotANumber | Relation::Unknown => None,
    }
}

/// Whether `left < right`; `left > right` is `less(right, left)`.
///
/// Null where [`compare`] has no answer, but false if a NaN is in the way, and false too for a
/// date that is certainly not less even if nothing more is known.
pub fn less(left: &Value, right: &Value) -> Option<bool> {
    match relation(left, right) {
        Relation::Ordered(ordering) => Some(ordering.is_lt()),
        Relation::Dates(standing) => standing.is_less,
        Relation::NotANumber => Some(false),
        Relation::Unknown => None,
    }
}

/// Whether `left <= right`; `left >= right` is `less_or_equal(right, left)`. Null as in [`less`].
pub fn less_or_equal(left: &Value, right: &Value) -> Option<bool> {
    match relation(left, right) {
        Relation::Ordered(ordering) => Some(ordering.is_le()),
        Relation::Dates(standing) => standing.is_greater.map(|is_greater| !is_greater),
        Relation::NotANumber => Some(false),
        Relation::Unknown => None,
    }
}

/// How two values stand to each other.
enum Relation {
    Ordered(Ordering),
    Dates(Standing),
    /// A number beside NaN: every comparison is false.
    NotANumber,
    Unknown,
}

fn relation(left: &Value, right: &Value) -> Relation {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => Relation::Ordered(left.cmp(right)),
        (Value::Boolean(left), Value::Boolean(right)) => Relation::Ordered(left.cmp(right)),
        (Value::List(left), Value::List(right)) => lists(left, right),
        _ => match (date_standing(left, right), numbers(left, right)) {
            (Some(standing), _) => Relation::Dates(standing),
            (None, Some(Some(ordering))) => Relation::Ordered(ordering),
            (None, Some(None)) => Relation::NotANumber,
            (None, None) => Relation::Unknown,
        },
    }
}

/// By the first items that are not equal; a list that ends first is less.
fn lists(left: &[Value], right: &[Value]) -> Relation {
    for (left, right) in left.iter().zip(right) {
        match equals(left, right) {
            Some(true) => {}
            Some(false) => return relation(left, right),
            None => return Relation::Unknown,
        }
    }
    Relation::Ordered(left.len().cmp(&right.len()))
}

/// If one is a date and the other one too, or a year.
fn date_standing(left: &Value, right: &Value) -> Option<Standing> {
    if !matches!(left, Value::Date(_)) && !matches!(right, Value::Date(_)) {
        return None;
    }
    let (left, right) = (as_date(left)?, as_date(right)?);
    Some(standing(&left, &right))
}

/// The order of two numbers, and nothing in it beside NaN; none if they are not both numbers.
pub(super) fn numbers(left: &Value, right: &Value) -> Option<Option<Ordering>> {
    match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => Some(Some(left.cmp(right))),
        (Value::Float(left), Value::Float(right)) => Some(left.partial_cmp(right)),
        (Value::Integer(left), Value::Float(right)) => Some(integer_and_float(*left, *right)),
        (Value::Float(left), Value::Integer(right)) => {
            Some(integer_and_float(*right, *left).map(Ordering::reverse))
        }
        _ => None,
    }
}

/// 2⁶³, the first whole number that is too large for 64 bits; as a float it is exact.
pub(super) const INTEGER_END: f64 = 9_223_372_036_854_775_808.0;

/// Compares exactly: neither number is rounded to the type of the other.
fn integer_and_float(integer: i64, float: f64) -> Option<Ordering> {
    if float.is_nan() {
        None
    } else if float >= INTEGER_END {
        Some(Ordering::Less)
    } else if float < -INTEGER_END {
        Some(Ordering::Greater)
    } else {
        let whole = float.trunc();
        let rest = 0.0_f64.partial_cmp(&(float - whole));
        rest.map(|rest| integer.cmp(&(whole as i64)).then(rest))
    }
}
