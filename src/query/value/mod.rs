//! What values mean beside each other: equality, order, grouping and arithmetic, as pure functions.
//!
//! The rules are those of openCypher 9 (<https://opencypher.org/resources/>), where null stands for
//! what is not known; dates, which may be vague, add theirs in `compare`.

mod arithmetic;
mod compare;
mod date;
mod key;
mod order;
mod size;

pub use arithmetic::add;
pub(crate) use arithmetic::as_float;
pub use arithmetic::calculate;
pub(crate) use arithmetic::check_bytes;
pub(crate) use arithmetic::check_items;
pub use arithmetic::divide;
pub use arithmetic::multiply;
pub use arithmetic::negate;
pub(crate) use arithmetic::overflow;
pub use arithmetic::power;
pub use arithmetic::remainder;
pub use arithmetic::subtract;
pub use compare::compare;
pub use compare::equals;
pub use compare::less;
pub use compare::less_or_equal;
pub use key::Exact;
pub use key::Key;
pub use key::is_same;
pub use order::order;
pub(crate) use size::check_depth;
pub(crate) use size::check_size;
pub(crate) use size::weight;
pub(crate) use size::weight_of;

use crate::model::Value;

/// The most items that a list can have which a query makes.
pub const ITEMS_MAX: usize = 1_000_000;

/// The most bytes that a text can have which a query makes.
pub const BYTES_MAX: usize = 10_000_000;

/// The longest regular expression, in bytes.
const REGEX_BYTES_MAX: usize = 1024;

/// A regular expression that fits a whole text, as `=~` has it; what is wrong with it, in words.
///
/// `.` takes every character but a line feed, unless `(?s)` says otherwise. Length and compiled
/// size are bounded: the time of a match grows with their product.
pub fn regex(pattern: &str) -> Result<regex::Regex, String> {
    if pattern.len() > REGEX_BYTES_MAX {
        return Err(format!("it is longer than {REGEX_BYTES_MAX} bytes"));
    }
    let compiled = |text: &str| {
        let builder = regex::RegexBuilder::new(text)
            .size_limit(256 * 1024)
            .build();
        builder.map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => "it is too large when it is compiled".to_owned(),
            regex::Error::Syntax(text) => {
                let last = text.lines().last().unwrap_or_default();
                last.trim_start_matches("error: ").to_owned()
            }
            _ => "it cannot be compiled".to_owned(),
        })
    };
    // Alone first: between brackets, `a)|(b` would be sound.
    compiled(pattern)?;
    // A comment at the end, which `(?x)` allows, would reach over the bracket.
    compiled(&format!("^(?:{pattern})$")).or_else(|_| compiled(&format!("^(?:{pattern}\n)$")))
}

/// What a user calls a value of this type: `a text`, `a whole number`.
pub fn type_word(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Boolean(_) => "a truth value",
        Value::Integer(_) => "a whole number",
        Value::Float(_) => "a decimal number",
        Value::Text(_) => "a text",
        Value::Date(_) => "a date",
        Value::Entity(_) => "an entity",
        Value::Statement(_) => "a statement",
        Value::Source(_) => "a source",
        Value::Path(_) => "a path",
        Value::List(_) => "a list",
        Value::Map(_) => "a map",
    }
}

/// The text of a number, as it stands in answers: a decimal number always shows a point or an
/// exponent.
pub(crate) fn number_text(value: &Value) -> Option<String> {
    match value {
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(format!("{number:?}")),
        _ => None,
    }
}
