//! Parameters: values for `$name`, given on the command line or by `:param`.
//!
//! A value never becomes part of a query's text: whatever it holds, it is one value.

use crate::diagnostic::Error;
use crate::diagnostic::escape;
use crate::model::Value;
use crate::query::Parameters;
use crate::query::scan;
use crate::query::scan::Piece;
use crate::query::value;
use crate::shell::command;
use crate::shell::console::Console;
use crate::shell::console::Outcome;

/// How deep the lists and maps of a value may nest.
const DEPTH_MAX: usize = 64;

/// The longest value that is shown in a list of parameters, in characters.
const SHOWN_MAX: usize = 100;

/// Reads the values of `--param name=value`.
///
/// Errors: an item without `=`, a name that is none or is given twice, a value that begins like
/// JSON and is none.
pub(super) fn read_all<'a>(items: impl Iterator<Item = &'a String>) -> Result<Parameters, Error> {
    let mut parameters = Parameters::new();
    for item in items {
        let Some((name, text)) = item.split_once('=') else {
            let message = format!("the parameter {} has no value", quoted(item));
            return Err(usage(message, "write `--param name=value`"));
        };
        check_name(name, "write `--param name=value`")?;
        if parameters.insert(name.to_owned(), read(text)?).is_some() {
            let message = format!("the parameter {} is given twice", quoted(name));
            return Err(usage(message, "leave one of them out"));
        }
    }
    Ok(parameters)
}

/// Reads a value: a whole or decimal number, `true`, `false`, `null`, a list or map in JSON; any
/// other text is itself.
///
/// Errors: it begins with `[` or `{` and is not JSON.
pub(super) fn read(text: &str) -> Result<Value, Error> {
    match text {
        "true" => return Ok(Value::Boolean(true)),
        "false" => return Ok(Value::Boolean(false)),
        "null" => return Ok(Value::Null),
        _ => {}
    }
    if text.trim_start().starts_with(['[', '{']) {
        let json = serde_json::from_str(text).map_err(|error| {
            let message = format!("the value {} is not JSON: {error}", quoted(text));
            let hint = "a text that begins so is written as JSON too: `[\"[x]\"]`";
            usage(message, hint)
        })?;
        return of_json(json, 0);
    }
    Ok(number(text).unwrap_or_else(|| Value::Text(text.to_owned())))
}

/// Reads a value as it is typed in the conversation: one in double quotes is the text in them.
fn typed(text: &str) -> Result<Value, Error> {
    match text.starts_with('"').then(|| serde_json::from_str(text)) {
        Some(Ok(quoted)) => Ok(Value::Text(quoted)),
        _ => read(text),
    }
}

/// A number as queries write it: `007` and `1e5x` are texts, and so is what overflows.
fn number(text: &str) -> Option<Value> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_number = digits.starts_with(|first: char| first.is_ascii_digit())
        && digits
            .chars()
            .all(|letter| letter.is_ascii_digit() || matches!(letter, '.' | 'e' | 'E' | '+' | '-'));
    let has_zeros = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    if !is_number || has_zeros {
        return None;
    }
    match text.parse() {
        Ok(whole) => Some(Value::Integer(whole)),
        Err(_) if digits.bytes().all(|byte| byte.is_ascii_digit()) => None,
        Err(_) => {
            let decimal = text
                .parse()
                .ok()
                .filter(|decimal: &f64| decimal.is_finite());
            decimal.map(Value::Float)
        }
    }
}

fn of_json(json: serde_json::Value, depth: usize) -> Result<Value, Error> {
    use serde_json::Value as Json;
    if depth > DEPTH_MAX {
        let message = format!("a parameter nests deeper than {DEPTH_MAX} levels");
        return Err(Error::Usage(message, None));
    }
    Ok(match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Boolean(truth),
        Json::String(text) => Value::Text(text),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::Integer(whole),
            (None, Some(decimal)) => Value::Float(decimal),
            (None, None) => Value::Null,
        },
        Json::Array(items) => {
            let items = items.into_iter().map(|item| of_json(item, depth + 1));
            Value::List(items.collect::<Result<_, Error>>()?)
        }
        Json::Object(members) => {
            let members = members
                .into_iter()
                .map(|(name, member)| Ok((name.into(), of_json(member, depth + 1)?)));
            Value::Map(members.collect::<Result<_, Error>>()?)
        }
    })
}

/// Refuses a name that no query can write behind a `$`.
pub(super) fn check_name(name: &str, hint: &str) -> Result<(), Error> {
    if name.is_empty() {
        return Err(usage("a parameter has no name".to_owned(), hint));
    }
    let mut pieces = scan::pieces(name);
    let is_word = matches!(pieces.next(), Some((Piece::Word, span))
        if span.range_in(name) == (0..name.len()));
    if is_word && !name.contains('-') {
        return Ok(());
    }
    let message = format!("{} is no name of a parameter", quoted(name));
    Err(usage(message, "a name has letters, digits and `_`"))
}

fn usage(message: String, hint: &str) -> Error {
    Error::Usage(message, Some(hint.to_owned()))
}

fn quoted(text: &str) -> String {
    format!("`{}`", escape::clipped(text, 60))
}

/// A value in the words in which it can be given again.
fn written(found: &Value) -> String {
    match found {
        Value::Text(text) => text.clone(),
        Value::Date(date) => date.text().to_owned(),
        found => json(found).to_string(),
    }
}

fn json(found: &Value) -> serde_json::Value {
    use serde_json::Value as Json;
    match found {
        Value::Null => Json::Null,
        Value::Boolean(truth) => Json::Bool(*truth),
        Value::Integer(whole) => (*whole).into(),
        Value::Float(decimal) => (*decimal).into(),
        Value::Text(text) => Json::String(text.clone()),
        Value::Date(date) => Json::String(date.text().to_owned()),
        Value::List(items) => Json::Array(items.iter().map(json).collect()),
        Value::Map(members) => {
            let members = members.iter();
            Json::Object(
                members
                    .map(|(name, found)| (name.to_string(), json(found)))
                    .collect(),
            )
        }
        other => Json::String(value::type_word(other).to_owned()),
    }
}

/// `:param`: lists the parameters, removes one, or gives one a value.
pub(super) fn command(console: &mut Console, argument: &str) -> Result<Outcome, Error> {
    let session = &mut console.session;
    if argument.is_empty() {
        let line = |(name, found): (&String, &Value)| {
            let shown = written(found);
            let type_word = value::type_word(found);
            format!(
                "${name} = {}  ({type_word})\n",
                escape::clipped(&shown, SHOWN_MAX)
            )
        };
        let lines: String = session.parameters.iter().map(line).collect();
        return Ok(Outcome::output(match lines.is_empty() {
            true => "there are no parameters; `:param name value` gives one\n".to_owned(),
            false => lines,
        }));
    }
    let (name, text) = argument
        .split_once(char::is_whitespace)
        .unwrap_or((argument, ""));
    let name = name.trim_start_matches('$');
    check_name(name, "write `:param name value`")?;
    let text = text.trim();
    if text.is_empty() && !session.parameters.contains_key(name) {
        let message = format!("there is no parameter {}", quoted(name));
        return Err(usage(message, "write `:param name value` to give one"));
    }
    let found = match text.is_empty() {
        true => None,
        false => Some(typed(text)?),
    };
    let said = match &found {
        None => format!("${name} has no value any longer\n"),
        Some(found) => {
            let shown = written(found);
            format!("${name} is {}\n", escape::clipped(&shown, SHOWN_MAX))
        }
    };
    let dropped = session.set_parameter(name, found);
    Ok(Outcome {
        output: said,
        remarks: command::told_dropped(&dropped),
        ..Outcome::default()
    })
}
