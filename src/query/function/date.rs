//! Functions on dates.

use crate::model::Date;
use crate::model::Day;
use crate::model::Value;
use crate::query::function::Does;
use crate::query::function::Function;
use crate::query::function::Param;
use crate::query::function::ParamType;
use crate::query::function::ResultType;
use crate::query::function::Scalar;
use crate::query::value::type_word;

const DATE: Param = Param::required("date", ParamType::Date);

/// Dates from texts, their parts, and today.
pub(super) static FUNCTIONS: &[Function] = &[
    Function {
        name: "date",
        params: &[Param::required("text", ParamType::Any)],
        result: ResultType::Date,
        doc: "The date that `text` writes: `2018`, `2018-03`, `2018-03-14`, `~2018`, `2018?`, \
              `2016/2018`, `2016/..`. A whole number of four digits is a year.",
        examples: &["match (a in EKS) return date(\"2018-06\")"],
        does: Does::Value(Scalar::new(|_, given| match &given[0] {
            Value::Date(_) => Ok(given[0].clone()),
            Value::Text(text) => parse(text),
            Value::Integer(year @ 0..=9999) => parse(&format!("{year:04}")),
            Value::Integer(number) => Err(format!("{number} is no year from 0 to 9999")),
            other => {
                let met = type_word(other);
                Err(format!("`date` wants a text or a year, not {met}"))
            }
        })),
    },
    Function {
        name: "year",
        params: &[DATE],
        result: ResultType::Integer,
        doc: "The year in which `date` lies; null if it may lie in several.",
        examples: &["match (a in EKS) return year(date(\"2018-06-13\"))"],
        does: Does::Value(Scalar::new(|_, given| Ok(part(&given[0], 1)))),
    },
    Function {
        name: "month",
        params: &[DATE],
        result: ResultType::Integer,
        doc: "The month in which `date` lies, from 1 to 12; null if it may lie in several.",
        examples: &["match (a in EKS) return month(date(\"2018-06\"))"],
        does: Does::Value(Scalar::new(|_, given| Ok(part(&given[0], 2)))),
    },
    Function {
        name: "day",
        params: &[DATE],
        result: ResultType::Integer,
        doc: "The day of the month that `date` means, from 1 to 31; null if it may mean several.",
        examples: &["match (a in EKS) return day(date(\"2018-06-13\"))"],
        does: Does::Value(Scalar::new(|_, given| Ok(part(&given[0], 3)))),
    },
    Function {
        name: "today",
        params: &[],
        result: ResultType::Date,
        doc: "The day on which the query runs.",
        examples: &["match (a in EKS) return today() > date(\"2020\")"],
        does: Does::Value(Scalar::new(|scope, _| match scope.today {
            Some(day) => parse(&day.to_string()),
            None => Err("which day is `today` is not known here; write the date".to_owned()),
        })),
    },
];

fn parse(text: &str) -> Result<Value, String> {
    Date::parse(text)
        .map(Value::Date)
        .map_err(|reason| format!("`{text}` is no date: {reason}"))
}

/// The last of the first `count` parts (year, month, day) of a date, if every day that it may mean
/// has these same parts.
fn part(date: &Value, count: usize) -> Value {
    let Value::Date(date) = date else {
        unreachable!("`call` checked that {date:?} is a date");
    };
    let (Some(first), Some(last)) = (date.first(), date.last()) else {
        return Value::Null;
    };
    let (first, last) = (parts(first), parts(last));
    if first[..count] == last[..count] {
        Value::Integer(first[count - 1])
    } else {
        Value::Null
    }
}

/// Year, month and day, read off the text of a day, since `model` keeps the calendar to itself.
fn parts(day: Day) -> [i64; 3] {
    let text = day.to_string();
    let mut parts = text
        .rsplitn(3, '-')
        .map(|part| part.parse().unwrap_or_default());
    let (day, month) = (parts.next(), parts.next());
    [parts.next(), month, day].map(Option::unwrap_or_default)
}
