//! Three-valued logic, comparison and arithmetic on values, with errors that have a place.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Error;
use crate::diagnostic::code;
use crate::model::Value;
use crate::query::ast::ComparisonSign;
use crate::query::bound::Place;
use crate::query::bound::Quantifier;
use crate::query::value;

/// A finding at a part of an expression.
pub(super) fn wrong(place: Place, reason: String) -> Error {
    // A reason says what to do behind a semicolon.
    let (reason, hint) = match reason.split_once("; ") {
        Some((reason, hint)) => (reason.to_owned(), Some(hint.to_owned())),
        None => (reason, None),
    };
    let finding = Diagnostic::error(&code::NO_VALUE, place.span(), reason);
    finding.hint(hint).into()
}

/// A value as a condition; none for null.
pub(super) fn truth_of(value: &Value, place: Place) -> Result<Option<bool>, Error> {
    match value {
        Value::Boolean(truth) => Ok(Some(*truth)),
        Value::Null => Ok(None),
        other => {
            let met = value::type_word(other);
            let reason = format!("a condition is true or false, and this is {met}");
            Err(wrong(place, reason))
        }
    }
}

pub(super) fn truth_value(truth: Option<bool>) -> Value {
    truth.map_or(Value::Null, Value::Boolean)
}

/// A test on a value; where it stands for several, whether it holds for any of them.
pub(super) fn some(
    value: &Value,
    is_many: bool,
    mut test: impl FnMut(&Value) -> Result<Option<bool>, Error>,
) -> Result<Option<bool>, Error> {
    match value {
        Value::List(values) if is_many => {
            let truths = values.iter().map(test).collect::<Result<Vec<_>, Error>>()?;
            Ok(or(truths.into_iter()))
        }
        value => test(value),
    }
}

/// `or` in three values.
pub(super) fn or(truths: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut result = Some(false);
    for truth in truths {
        match truth {
            Some(true) => return Some(true),
            Some(false) => {}
            None => result = None,
        }
    }
    result
}

pub(super) fn compare(sign: ComparisonSign, left: &Value, right: &Value) -> Option<bool> {
    match sign {
        ComparisonSign::Equal => value::equals(left, right),
        ComparisonSign::Unequal => value::equals(left, right).map(|equal| !equal),
        ComparisonSign::Less => value::less(left, right),
        ComparisonSign::LessOrEqual => value::less_or_equal(left, right),
        ComparisonSign::Greater => value::less(right, left),
        ComparisonSign::GreaterOrEqual => value::less_or_equal(right, left),
    }
}

/// A part of a list: from a place up to but not including another; negative places count from the
/// end.
pub(super) fn slice(
    base: &Value,
    from: Option<&Value>,
    to: Option<&Value>,
    place: Place,
) -> Result<Value, Error> {
    let values = match base {
        Value::Null => return Ok(Value::Null),
        Value::List(values) => values,
        other => {
            let met = value::type_word(other);
            return Err(wrong(
                place,
                format!("only a list has parts, and this is {met}"),
            ));
        }
    };
    let count = values.len() as i64;
    let end = |end: Option<&Value>, default: i64| match end {
        None => Ok(Some(default)),
        Some(Value::Null) => Ok(None),
        Some(Value::Integer(at)) => {
            let at = if *at < 0 { at + count } else { *at };
            Ok(Some(at.clamp(0, count)))
        }
        Some(other) => {
            let met = value::type_word(other);
            let reason = format!("a place in a list is a whole number, and this is {met}");
            Err(wrong(place, reason))
        }
    };
    let (Some(from), Some(to)) = (end(from, 0)?, end(to, count)?) else {
        return Ok(Value::Null);
    };
    let part = values.get(from as usize..to.max(from) as usize);
    Ok(Value::List(part.unwrap_or_default().to_vec().into()))
}

/// Whether enough elements fit, in three values.
pub(super) fn quantified(quantifier: Quantifier, truths: &[Option<bool>]) -> Option<bool> {
    let count = |wanted: Option<bool>| truths.iter().filter(|truth| **truth == wanted).count();
    let (fits, unknown) = (count(Some(true)), count(None));
    match quantifier {
        Quantifier::All if count(Some(false)) > 0 => Some(false),
        Quantifier::Any if fits > 0 => Some(true),
        Quantifier::None if fits > 0 => Some(false),
        Quantifier::Single if fits > 1 => Some(false),
        _ if unknown > 0 => None,
        Quantifier::All | Quantifier::None => Some(true),
        Quantifier::Any => Some(false),
        Quantifier::Single => Some(fits == 1),
    }
}
