//! Arithmetic: `+ - * / % ^`, on numbers; `+` also joins texts and lists.
//!
//! Null with anything is null. Whole numbers stay whole and never wrap; decimal numbers follow
//! IEEE 754. The errors are messages without a place, which the caller knows.

use crate::model::Value;
use crate::query::ast::ArithmeticSign;
use crate::query::value::BYTES_MAX;
use crate::query::value::ITEMS_MAX;
use crate::query::value::check_size;
use crate::query::value::number_text;
use crate::query::value::type_word;

/// What a sign makes of two values.
///
/// Errors: those of the function for the sign.
pub fn calculate(sign: ArithmeticSign, left: &Value, right: &Value) -> Result<Value, String> {
    match sign {
        ArithmeticSign::Add => add(left, right),
        ArithmeticSign::Subtract => subtract(left, right),
        ArithmeticSign::Multiply => multiply(left, right),
        ArithmeticSign::Divide => divide(left, right),
        ArithmeticSign::Remainder => remainder(left, right),
        ArithmeticSign::Power => power(left, right),
    }
}

/// An operator on two numbers.
struct Operator {
    sign: &'static str,
    /// None if the result does not fit.
    integers: fn(i64, i64) -> Option<i64>,
    floats: fn(f64, f64) -> f64,
}

const PLUS: Operator = Operator {
    sign: "+",
    integers: i64::checked_add,
    floats: |left, right| left + right,
};

const MINUS: Operator = Operator {
    sign: "-",
    integers: i64::checked_sub,
    floats: |left, right| left - right,
};

const TIMES: Operator = Operator {
    sign: "*",
    integers: i64::checked_mul,
    floats: |left, right| left * right,
};

const DIVIDED_BY: Operator = Operator {
    sign: "/",
    integers: i64::checked_div,
    floats: |left, right| left / right,
};

const MODULO: Operator = Operator {
    sign: "%",
    // The one overflow is the smallest number modulo -1, and its remainder is 0.
    integers: |left, right| Some(left.wrapping_rem(right)),
    floats: |left, right| left % right,
};

/// `left + right`: a sum, or two texts or lists joined.
///
/// A number beside a text is turned into text. Anything but null beside a list becomes an item of
/// it, at its end or start. Errors: overflow, types that do not add, a result beyond
/// [`ITEMS_MAX`] or [`BYTES_MAX`].
pub fn add(left: &Value, right: &Value) -> Result<Value, String> {
    match (left, right) {
        (Value::Null, _) | (_, Value::Null) => return Ok(Value::Null),
        (Value::List(left), Value::List(right)) => return join_lists(left, right),
        (Value::List(items), item) => return join_lists(items, std::slice::from_ref(item)),
        (item, Value::List(items)) => return join_lists(std::slice::from_ref(item), items),
        (Value::Text(left), Value::Text(right)) => return join_texts(left, right),
        (Value::Text(text), other) => {
            if let Some(number) = number_text(other) {
                return join_texts(text, &number);
            }
        }
        (other, Value::Text(text)) => {
            if let Some(number) = number_text(other) {
                return join_texts(&number, text);
            }
        }
        _ => {}
    }
    numeric(&PLUS, left, right)
}

/// `left - right`. Errors: overflow, and anything but numbers.
pub fn subtract(left: &Value, right: &Value) -> Result<Value, String> {
    numeric(&MINUS, left, right)
}

/// `left * right`. Errors: overflow, and anything but numbers.
pub fn multiply(left: &Value, right: &Value) -> Result<Value, String> {
    numeric(&TIMES, left, right)
}

/// `left / right`; two whole numbers divide toward zero.
///
/// Errors: a whole number divided by a whole zero, overflow, and anything but numbers.
pub fn divide(left: &Value, right: &Value) -> Result<Value, String> {
    refuse_zero(&DIVIDED_BY, left, right)?;
    numeric(&DIVIDED_BY, left, right)
}

/// `left % right`, with the sign of `left`.
///
/// Errors: a whole number divided by a whole zero, and anything but numbers.
pub fn remainder(left: &Value, right: &Value) -> Result<Value, String> {
    refuse_zero(&MODULO, left, right)?;
    numeric(&MODULO, left, right)
}

/// `left ^ right`: always a decimal number. Errors: anything but numbers.
pub fn power(left: &Value, right: &Value) -> Result<Value, String> {
    if matches!(left, Value::Null) || matches!(right, Value::Null) {
        return Ok(Value::Null);
    }
    match (as_float(left), as_float(right)) {
        (Some(base), Some(exponent)) => Ok(Value::Float(base.powf(exponent))),
        _ => Err(not_numbers("^", left, right)),
    }
}

/// `-value`. Errors: overflow, and anything but a number.
pub fn negate(value: &Value) -> Result<Value, String> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::Integer(number) => match number.checked_neg() {
            Some(number) => Ok(Value::Integer(number)),
            None => Err(overflow(&format!("-({number})"))),
        },
        Value::Float(number) => Ok(Value::Float(-number)),
        other => Err(format!("`-` wants a number, not {}", type_word(other))),
    }
}

/// The number as a float, rounded to the nearest; none for what is no number.
pub(crate) fn as_float(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        _ => None,
    }
}

/// The message for whole numbers whose result, here as it was asked for, is beyond 64 bits.
pub(crate) fn overflow(asked: &str) -> String {
    format!(
        "integer overflow: `{asked}` does not fit into 64 bits; make a number a float, as `2.0` \
         for `2`"
    )
}

fn numeric(operator: &Operator, left: &Value, right: &Value) -> Result<Value, String> {
    match (left, right) {
        (Value::Null, _) | (_, Value::Null) => Ok(Value::Null),
        (Value::Integer(left), Value::Integer(right)) => {
            let sign = operator.sign;
            (operator.integers)(*left, *right)
                .map(Value::Integer)
                .ok_or_else(|| overflow(&format!("{left} {sign} {right}")))
        }
        _ => match (as_float(left), as_float(right)) {
            (Some(left), Some(right)) => Ok(Value::Float((operator.floats)(left, right))),
            _ => Err(not_numbers(operator.sign, left, right)),
        },
    }
}

fn refuse_zero(operator: &Operator, left: &Value, right: &Value) -> Result<(), String> {
    match (left, right) {
        (Value::Integer(left), Value::Integer(0)) => {
            let sign = operator.sign;
            Err(format!(
                "`{left} {sign} 0` divides by zero; write `case when y <> 0 then x {sign} y end`"
            ))
        }
        _ => Ok(()),
    }
}

fn not_numbers(sign: &str, left: &Value, right: &Value) -> String {
    let (left, right) = (type_word(left), type_word(right));
    let wanted = match sign {
        "+" => "two numbers, texts or lists",
        _ => "two numbers",
    };
    format!("`{sign}` wants {wanted}, not {left} and {right}")
}

fn join_lists(left: &[Value], right: &[Value]) -> Result<Value, String> {
    check_items(left.len() + right.len())?;
    let list = Value::List([left, right].concat().into());
    check_size(&list)?;
    Ok(list)
}

fn join_texts(left: &str, right: &str) -> Result<Value, String> {
    check_bytes(left.len() + right.len())?;
    Ok(Value::Text([left, right].concat()))
}

/// Refuses a list of more than [`ITEMS_MAX`] items.
pub(crate) fn check_items(items: usize) -> Result<(), String> {
    if items > ITEMS_MAX {
        return Err(format!(
            "the list would have {items} items, and {ITEMS_MAX} is the limit"
        ));
    }
    Ok(())
}

/// Refuses a text of more than [`BYTES_MAX`] bytes.
pub(crate) fn check_bytes(bytes: usize) -> Result<(), String> {
    if bytes > BYTES_MAX {
        return Err(format!(
            "the text would have {bytes} bytes, and {BYTES_MAX} is the limit"
        ));
    }
    Ok(())
}
