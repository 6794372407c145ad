//! Functions on lists, maps and nulls, and those that take texts and lists alike.

use crate::model::Value;
use crate::query::function::Does;
use crate::query::function::Function;
use crate::query::function::Param;
use crate::query::function::ParamType;
use crate::query::function::ResultType;
use crate::query::function::Scalar;
use crate::query::function::Scope;
use crate::query::function::graph;
use crate::query::function::scalar::count;
use crate::query::function::scalar::integer;
use crate::query::function::scalar::list;
use crate::query::function::scalar::text;
use crate::query::value;
use crate::query::value::ITEMS_MAX;
use crate::query::value::type_word;

const LIST: Param = Param::required("list", ParamType::List);
const VALUE: Param = Param::required("value", ParamType::Any);
const SEQUENCE: Param = Param::required("sequence", ParamType::Sequence);

/// Parts and sizes of lists, keys of maps, and what is there in place of null.
pub(super) static FUNCTIONS: &[Function] = &[
    Function {
        name: "size",
        params: &[SEQUENCE],
        result: ResultType::Integer,
        doc: "How many characters a text has, or how many items a list; a path has a `length`.",
        examples: &["match (a in EKS) return size(labels(a))"],
        does: Does::Value(Scalar::new(|_, given| match &given[0] {
            Value::Text(text) => Ok(count(text.chars().count())),
            other => Ok(count(list(other).len())),
        })),
    },
    Function {
        name: "reverse",
        params: &[SEQUENCE],
        result: ResultType::Value,
        doc: "A text or a list from its end to its start.",
        examples: &["match (a in EKS) return reverse(labels(a))"],
        does: Does::Value(Scalar::new(|_, given| match &given[0] {
            Value::List(items) => Ok(Value::List(items.iter().rev().cloned().collect())),
            other => Ok(Value::Text(text(other).chars().rev().collect())),
        })),
    },
    Function {
        name: "head",
        params: &[LIST],
        result: ResultType::Value,
        doc: "The first item of `list`; null if it is empty.",
        examples: &["match (a in EKS) return head(labels(a))"],
        does: Does::Value(Scalar::new(|_, given| {
            Ok(list(&given[0]).first().cloned().unwrap_or(Value::Null))
        })),
    },
    Function {
        name: "last",
        params: &[LIST],
        result: ResultType::Value,
        doc: "The last item of `list`; null if it is empty.",
        examples: &["match (a in EKS) return last(labels(a))"],
        does: Does::Value(Scalar::new(|_, given| {
            Ok(list(&given[0]).last().cloned().unwrap_or(Value::Null))
        })),
    },
    Function {
        name: "tail",
        params: &[LIST],
        result: ResultType::List,
        doc: "All items of `list` but the first.",
        examples: &["match (a in EKS) return tail(labels(a))"],
        does: Does::Value(Scalar::new(|_, given| {
            let items = list(&given[0]).get(1..).unwrap_or_default();
            Ok(Value::List(items.to_vec().into()))
        })),
    },
    Function {
        name: "range",
        params: &[
            Param::required("start", ParamType::Integer),
            Param::required("end", ParamType::Integer),
            Param::optional("step", ParamType::Integer, "1"),
        ],
        result: ResultType::List,
        doc: "The whole numbers from `start` to `end`, both included, `step` apart; none if no \
              step leads there.",
        examples: &["match (a in EKS) return range(2014, 2020, 2)"],
        does: Does::Value(Scalar::new(|_, given| range(given))),
    },
    Function {
        name: "keys",
        params: &[VALUE],
        result: ResultType::List,
        doc: "The names in a map, or those of the properties of an entity or a statement, in the \
              order of the alphabet.",
        examples: &["match (a in EKS) return keys(a)"],
        does: Does::Value(Scalar::new(|scope, given| keys(scope, &given[0]))),
    },
    Function {
        name: "isempty",
        params: &[VALUE],
        result: ResultType::Boolean,
        doc: "Whether a text, a list or a map has nothing in it.",
        examples: &["match (a in EKS) return isEmpty(names(a))"],
        does: Does::Value(Scalar::new(|_, given| {
            let is_empty = match &given[0] {
                Value::Text(text) => text.is_empty(),
                Value::List(items) => items.is_empty(),
                Value::Map(entries) => entries.is_empty(),
                other => {
                    let met = type_word(other);
                    return Err(format!(
                        "`isempty` wants a text, a list or a map, not {met}"
                    ));
                }
            };
            Ok(Value::Boolean(is_empty))
        })),
    },
    Function {
        name: "coalesce",
        params: &[VALUE],
        result: ResultType::Value,
        doc: "The first of the values that is not null; null if all are.",
        examples: &["match (a in EKS) return coalesce(null, name(a))"],
        does: Does::Value(
            Scalar::new(|_, given| {
                let first = given.iter().find(|value| !matches!(value, Value::Null));
                Ok(first.cloned().unwrap_or(Value::Null))
            })
            .with_nulls()
            .variadic(),
        ),
    },
    Function {
        name: "exists",
        params: &[VALUE],
        result: ResultType::Boolean,
        doc: "Whether `value` is there: it is not null.",
        examples: &["match (a in EKS) return exists(null)"],
        does: Does::Value(
            Scalar::new(|_, given| Ok(Value::Boolean(!matches!(given[0], Value::Null))))
                .with_nulls(),
        ),
    },
    Function {
        name: "nullif",
        params: &[VALUE, Param::required("other", ParamType::Any)],
        result: ResultType::Value,
        doc: "`value`, but null if it equals `other`.",
        examples: &["match (a in EKS) return nullIf(kind(a), \"company\")"],
        does: Does::Value(
            Scalar::new(|_, given| match value::equals(&given[0], &given[1]) {
                Some(true) => Ok(Value::Null),
                _ => Ok(given[0].clone()),
            })
            .with_nulls(),
        ),
    },
];

fn range(given: &[Value]) -> Result<Value, String> {
    let (start, end) = (integer(&given[0]), integer(&given[1]));
    let step = given.get(2).map_or(1, integer);
    if step == 0 {
        return Err("`range` wants a `step` other than 0".to_owned());
    }
    // Wider than 64 bits, because the ends may be as far apart as these go.
    let way = (i128::from(end) - i128::from(start)) * i128::from(step.signum());
    let steps = way.div_euclid(i128::from(step).abs());
    let items = (steps + 1).max(0);
    if items > ITEMS_MAX as i128 {
        return Err(format!(
            "the range would have {items} numbers, and {ITEMS_MAX} is the limit"
        ));
    }
    let numbers = std::iter::successors(Some(start), |number| number.checked_add(step));
    let numbers = numbers.take(items as usize).map(Value::Integer);
    Ok(Value::List(numbers.collect()))
}

fn keys(scope: &Scope<'_>, value: &Value) -> Result<Value, String> {
    let made;
    let entries = match value {
        Value::Map(entries) => entries,
        Value::Entity(_) | Value::Statement(_) => {
            made = graph::properties(scope, value);
            &made
        }
        other => {
            let met = type_word(other);
            return Err(format!(
                "`keys` wants a map, an entity or a statement, not {met}"
            ));
        }
    };
    let names = entries.keys().map(|name| Value::Text(name.to_string()));
    Ok(Value::List(names.collect()))
}
