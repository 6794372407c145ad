//! Functions on texts. Characters are counted as code points, from 0.

use crate::model::Value;
use crate::query::function::Does;
use crate::query::function::Function;
use crate::query::function::Param;
use crate::query::function::ParamType;
use crate::query::function::ResultType;
use crate::query::function::Scalar;
use crate::query::function::scalar::count;
use crate::query::function::scalar::integer;
use crate::query::function::scalar::text;
use crate::query::value::check_bytes;
use crate::query::value::check_items;
use crate::query::value::number_text;
use crate::query::value::type_word;

const TEXT: Param = Param::required("text", ParamType::Text);
const LENGTH: Param = Param::required("length", ParamType::Integer);

/// Case, space, parts, and values as texts.
pub(super) static FUNCTIONS: &[Function] = &[
    Function {
        name: "upper",
        params: &[TEXT],
        result: ResultType::Text,
        doc: "`text` in upper case.",
        examples: &["kind:company |> select name, upper(name) |> limit 2"],
        does: Does::Value(
            Scalar::new(|_, given| Ok(Value::Text(text(&given[0]).to_uppercase())))
                .also(&["toupper"]),
        ),
    },
    Function {
        name: "lower",
        params: &[TEXT],
        result: ResultType::Text,
        doc: "`text` in lower case.",
        examples: &["kind:company |> select name, lower(name) |> limit 2"],
        does: Does::Value(
            Scalar::new(|_, given| Ok(Value::Text(text(&given[0]).to_lowercase())))
                .also(&["tolower"]),
        ),
    },
    Function {
        name: "trim",
        params: &[TEXT],
        result: ResultType::Text,
        doc: "`text` without the white space at its start and end.",
        examples: &["match (a in EKS) return trim(\"  two words \")"],
        does: Does::Value(
            Scalar::new(|_, given| Ok(Value::Text(text(&given[0]).trim().to_owned())))
                .also(&["btrim"]),
        ),
    },
    Function {
        name: "ltrim",
        params: &[TEXT],
        result: ResultType::Text,
        doc: "`text` without the white space at its start.",
        examples: &["match (a in EKS) return ltrim(\"  two words\")"],
        does: Does::Value(Scalar::new(|_, given| {
            Ok(Value::Text(text(&given[0]).trim_start().to_owned()))
        })),
    },
    Function {
        name: "rtrim",
        params: &[TEXT],
        result: ResultType::Text,
        doc: "`text` without the white space at its end.",
        examples: &["match (a in EKS) return rtrim(\"two words  \")"],
        does: Does::Value(Scalar::new(|_, given| {
            Ok(Value::Text(text(&given[0]).trim_end().to_owned()))
        })),
    },
    Function {
        name: "replace",
        params: &[
            TEXT,
            Param::required("search", ParamType::Text),
            Param::required("by", ParamType::Text),
        ],
        result: ResultType::Text,
        doc: "`text` with every `search` in it replaced by `by`.",
        examples: &["match (a in EKS) return replace(\"CoreOS Linux\", \"Linux\", \"Tectonic\")"],
        does: Does::Value(Scalar::new(|_, given| replace(given))),
    },
    Function {
        name: "substring",
        params: &[
            TEXT,
            Param::required("start", ParamType::Integer),
            Param::optional("length", ParamType::Integer, "up to the end"),
        ],
        result: ResultType::Text,
        doc: "The `length` characters of `text` from `start` on; the first character is 0. What \
              lies beyond the end is left out.",
        examples: &["match (a in EKS) return substring(\"Bottlerocket\", 6)"],
        does: Does::Value(Scalar::new(|_, given| {
            let start = size("start", &given[1])?;
            let length = given.get(2).map(|length| size("length", length));
            let length = length.transpose()?.unwrap_or(usize::MAX);
            let part = text(&given[0]).chars().skip(start).take(length);
            Ok(Value::Text(part.collect()))
        })),
    },
    Function {
        name: "left",
        params: &[TEXT, LENGTH],
        result: ResultType::Text,
        doc: "The first `length` characters of `text`.",
        examples: &["match (a in EKS) return left(\"Bottlerocket\", 6)"],
        does: Does::Value(Scalar::new(|_, given| {
            let length = size("length", &given[1])?;
            Ok(Value::Text(text(&given[0]).chars().take(length).collect()))
        })),
    },
    Function {
        name: "right",
        params: &[TEXT, LENGTH],
        result: ResultType::Text,
        doc: "The last `length` characters of `text`.",
        examples: &["match (a in EKS) return right(\"Bottlerocket\", 6)"],
        does: Does::Value(Scalar::new(|_, given| {
            let text = text(&given[0]);
            let length = size("length", &given[1])?;
            let before = text.chars().count().saturating_sub(length);
            Ok(Value::Text(text.chars().skip(before).collect()))
        })),
    },
    Function {
        name: "split",
        params: &[TEXT, Param::required("separator", ParamType::Text)],
        result: ResultType::List,
        doc: "The parts of `text` between the separators; its characters if the separator is \
              empty.",
        examples: &["match (a in EKS) return split(\"k3os/k3s\", \"/\")"],
        does: Does::Value(Scalar::new(|_, given| split(given))),
    },
    Function {
        name: "char_length",
        params: &[TEXT],
        result: ResultType::Integer,
        doc: "How many characters `text` has.",
        examples: &["kind:company |> select name, char_length(name) |> limit 2"],
        does: Does::Value(
            Scalar::new(|_, given| Ok(count(text(&given[0]).chars().count())))
                .also(&["character_length"]),
        ),
    },
    Function {
        name: "tostring",
        params: &[Param::required("value", ParamType::Any)],
        result: ResultType::Text,
        doc: "A number, truth value, date or text as a text.",
        examples: &["match (a in EKS) return toString(2018) + \"/..\""],
        does: Does::Value(Scalar::new(|_, given| {
            as_text(&given[0]).ok_or_else(|| {
                let met = type_word(&given[0]);
                format!(
                    "`tostring` wants a number, a truth value, a date or a text, not {met}; an \
                     entity has a `name` and an `id`"
                )
            })
        })),
    },
    Function {
        name: "tostringornull",
        params: &[Param::required("value", ParamType::Any)],
        result: ResultType::Text,
        doc: "As `tostring`, but null for any other value.",
        examples: &["match (a in EKS) return toStringOrNull(1.0)"],
        does: Does::Value(Scalar::new(|_, given| {
            Ok(as_text(&given[0]).unwrap_or(Value::Null))
        })),
    },
];

/// A number of characters or a place, which cannot be negative.
fn size(param: &str, value: &Value) -> Result<usize, String> {
    let number = integer(value);
    if number < 0 {
        return Err(format!("`{param}` is {number}, and cannot be negative"));
    }
    Ok(usize::try_from(number).unwrap_or(usize::MAX))
}

fn replace(given: &[Value]) -> Result<Value, String> {
    let (text, search, by) = (text(&given[0]), text(&given[1]), text(&given[2]));
    let places = text.matches(search).count();
    let bytes = text.len() - places * search.len();
    check_bytes(bytes.saturating_add(places.saturating_mul(by.len())))?;
    Ok(Value::Text(text.replace(search, by)))
}

fn split(given: &[Value]) -> Result<Value, String> {
    let (text, separator) = (text(&given[0]), text(&given[1]));
    let parts: Vec<Value> = if separator.is_empty() {
        let characters = text.chars().map(String::from);
        characters.map(Value::Text).collect()
    } else {
        let parts = text.split(separator).map(str::to_owned);
        parts.map(Value::Text).collect()
    };
    check_items(parts.len())?;
    Ok(Value::List(parts.into()))
}

fn as_text(value: &Value) -> Option<Value> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Boolean(truth) => Some(truth.to_string()),
        Value::Date(date) => Some(date.text().to_owned()),
        other => number_text(other),
    }
    .map(Value::Text)
}
