//! Fields to values of a type.

use crate::model::Date;
use crate::model::Type;
use crate::model::Value;
use crate::store::import::json::Form;
use crate::store::import::report::quoted;

/// The value of a field; the error says what was met and what was wanted.
///
/// Of the type `any`, what JSON wrote as a number or as `true` or `false` is that, and all else a
/// text.
pub(super) fn value(text: &str, form: Form, wanted: Type) -> Result<Value, String> {
    let shown = || quoted(text.as_bytes());
    match wanted {
        Type::Text => Ok(Value::Text(text.to_owned())),
        Type::Any if form == Form::Plain && text == "null" => Ok(Value::Null),
        Type::Any if form == Form::Plain => {
            let is_whole = !text.contains(['.', 'e', 'E']);
            match number(text).or(boolean(text)) {
                Some(Value::Float(_)) | None if is_whole => {
                    Err(format!("{} does not fit into 64 bits", shown()))
                }
                None => Err(format!("{} is no number that fits", shown())),
                Some(value) => Ok(value),
            }
        }
        Type::Any => Ok(Value::Text(text.to_owned())),
        Type::Number => number(text).ok_or_else(|| format!("{} is no number", shown())),
        Type::Boolean => {
            boolean(text).ok_or_else(|| format!("{} is neither true nor false", shown()))
        }
        Type::Date => {
            let date = Date::parse(text).map(Value::Date);
            date.map_err(|error| format!("{} is no date: {error}", shown()))
        }
        Type::Url => {
            let schemes = ["http://", "https://", "mailto:"];
            match schemes.iter().any(|scheme| text.starts_with(scheme)) {
                true => Ok(Value::Text(text.to_owned())),
                false => Err(format!(
                    "{} is no address that begins with http, https or mailto",
                    shown()
                )),
            }
        }
    }
}

fn boolean(text: &str) -> Option<Value> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => Some(Value::Boolean(true)),
        "false" | "no" | "0" => Some(Value::Boolean(false)),
        _ => None,
    }
}

fn number(text: &str) -> Option<Value> {
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E'));
    if !is_plain {
        return None;
    }
    let integer = text.parse().map(Value::Integer).ok();
    integer.or_else(|| {
        let number: f64 = text.parse().ok()?;
        number.is_finite().then_some(Value::Float(number))
    })
}
