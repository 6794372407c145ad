//! How dates compare in conditions, where `2018` is a span that a day of it equals.
//!
//! `model::Date` says what a date may mean; here stands what a user means by comparing two.

use crate::model::Comparison;
use crate::model::Date;
use crate::model::Value;

/// How a date stands to another: what is certain of it, and null for the rest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    pub(super) is_less: Option<bool>,
    pub(super) is_equal: Option<bool>,
    pub(super) is_greater: Option<bool>,
}

impl Standing {
    const UNKNOWN: Standing = Standing {
        is_less: None,
        is_equal: None,
        is_greater: None,
    };

    fn certain(comparison: std::cmp::Ordering) -> Standing {
        Standing {
            is_less: Some(comparison.is_lt()),
            is_equal: Some(comparison.is_eq()),
            is_greater: Some(comparison.is_gt()),
        }
    }

    fn reversed(self) -> Standing {
        Standing {
            is_less: self.is_greater,
            is_greater: self.is_less,
            ..self
        }
    }
}

/// The date that a value stands for beside another date: a whole number of four digits is a year.
pub(super) fn as_date(value: &Value) -> Option<Date> {
    match value {
        Value::Date(date) => Some(date.clone()),
        Value::Integer(year @ 1000..=9999) => Date::parse(&year.to_string()).ok(),
        _ => None,
    }
}

/// Compares two dates.
///
/// A calendar date (a year, month or day, without `~`, `?` and `/`) is the span of its days. A
/// date that is no wider equals it if it lies within, is less if it certainly lies before, and is
/// certainly not less if it does not begin before. Of other pairs only before and after is known.
pub(super) fn standing(left: &Date, right: &Date) -> Standing {
    match left.compare(right) {
        Comparison::Before => return Standing::certain(std::cmp::Ordering::Less),
        Comparison::After => return Standing::certain(std::cmp::Ordering::Greater),
        Comparison::Equal => return Standing::certain(std::cmp::Ordering::Equal),
        Comparison::Unknown => {}
    }
    if is_calendar(right) && width(left) <= width(right) {
        beside_span(left, right)
    } else if is_calendar(left) && width(right) <= width(left) {
        beside_span(right, left).reversed()
    } else {
        Standing::UNKNOWN
    }
}

/// How some day of `date` stands to the days of `span`; the two share a day.
fn beside_span(date: &Date, span: &Date) -> Standing {
    let begins_within = date.first() >= span.first();
    let ends_within = date.last() <= span.last();
    Standing {
        is_less: begins_within.then_some(false),
        is_equal: (begins_within && ends_within).then_some(true),
        is_greater: ends_within.then_some(false),
    }
}

fn is_calendar(date: &Date) -> bool {
    !date.text().contains(['~', '?', '/'])
}

/// How many days lie between the ends; more than any number if an end is open.
fn width(date: &Date) -> i64 {
    match (date.first(), date.last()) {
        (Some(first), Some(last)) => i64::from(last.0) - i64::from(first.0),
        _ => i64::MAX,
    }
}
