//! Partial and uncertain dates, and their three-valued comparison.
//!
//! A date is a span of days of which one is meant: `2018-03` is some day of March 2018. The text
//! as written is kept. The forms are a subset of EDTF (ISO 8601-2), with `..` for open ends.

use std::cmp::Ordering;

use compact_str::CompactString;
use jiff::civil;
use serde::Deserialize;
use serde::Serialize;

/// A day of the Gregorian calendar, as days since 0000-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Day(pub i32);

impl Day {
    fn of(date: civil::Date) -> Day {
        let since = civil::date(0, 1, 1)
            .until(date)
            .map_or(0, |span| span.get_days());
        Day(since)
    }
}

impl Day {
    /// The day so many days behind 1970-01-01; none if the calendar ends before.
    pub fn since_epoch(days: i32) -> Option<Day> {
        let epoch = Day::of(civil::date(1970, 1, 1));
        epoch.0.checked_add(days).map(Day)
    }

    /// The same day so many years before, the last of February for a leap day; the day itself
    /// where the calendar ends before.
    pub fn years_before(self, years: i16) -> Day {
        let start = civil::date(0, 1, 1);
        let earlier = jiff::Span::new()
            .try_days(self.0)
            .and_then(|since| start.checked_add(since))
            .and_then(|date| date.checked_sub(jiff::Span::new().years(years)));
        earlier.map_or(self, Day::of)
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let start = civil::date(0, 1, 1);
        let since = jiff::Span::new().try_days(self.0);
        match since.and_then(|since| start.checked_add(since)) {
            Ok(date) => write!(formatter, "{date}"),
            Err(_) => write!(formatter, "day {}", self.0),
        }
    }
}

/// A date as a source gives it: the text, and the first and last day it may mean.
///
/// No first day means that there is no earliest bound, no last day that there is no latest one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Date {
    text: CompactString,
    first: Option<Day>,
    last: Option<Day>,
}

/// How two dates stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Every day the first may mean lies before every day the second may mean.
    Before,
    /// Both mean one and the same day.
    Equal,
    /// The other way round.
    After,
    /// The dates are too vague to tell.
    Unknown,
}

impl Date {
    /// Reads a date.
    ///
    /// Forms: `2018`, `2018-03`, `2018-03-14`; `~` before or `?` behind any of these, which widens
    /// it by one unit of its precision on either side; `A/B` for some day from A to B; `A/..` and
    /// `../B` for open ends. The error says in words what is wrong with the text.
    pub fn parse(text: &str) -> Result<Date, String> {
        let (first, last) = match text.split_once('/') {
            None => bounds(text)?,
            Some(("..", "..")) => return Err("a date has at least one end".to_owned()),
            Some(("..", end)) => (None, bounds(end)?.1),
            Some((start, "..")) => (bounds(start)?.0, None),
            Some((start, end)) => (bounds(start)?.0, bounds(end)?.1),
        };
        if let (Some(first), Some(last)) = (first, last)
            && last < first
        {
            return Err("the end lies before the start".to_owned());
        }
        Ok(Date {
            text: text.into(),
            first,
            last,
        })
    }

    /// The date as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The earliest day it may mean; none if open.
    pub fn first(&self) -> Option<Day> {
        self.first
    }

    /// The latest day it may mean; none if open.
    pub fn last(&self) -> Option<Day> {
        self.last
    }

    /// Compares two dates by the days they may mean.
    pub fn compare(&self, other: &Date) -> Comparison {
        let ends_before = |a: &Date, b: &Date| match (a.last, b.first) {
            (Some(last), Some(first)) => last < first,
            _ => false,
        };
        if ends_before(self, other) {
            Comparison::Before
        } else if ends_before(other, self) {
            Comparison::After
        } else if self.first.is_some()
            && self.first == self.last
            && (self.first, self.last) == (other.first, other.last)
        {
            Comparison::Equal
        } else {
            Comparison::Unknown
        }
    }
}

/// Orders dates for output: by first day (open first), then last day (open last), then text.
impl Ord for Date {
    fn cmp(&self, other: &Date) -> Ordering {
        let last = |date: &Date| (date.last.is_none(), date.last);
        self.first
            .cmp(&other.first)
            .then_with(|| last(self).cmp(&last(other)))
            .then_with(|| self.text.cmp(&other.text))
    }
}

impl PartialOrd for Date {
    fn partial_cmp(&self, other: &Date) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// First and last day of one date without `/`.
fn bounds(text: &str) -> Result<(Option<Day>, Option<Day>), String> {
    let (text, is_about) = match text.strip_prefix('~') {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let (text, is_uncertain) = match text.strip_suffix('?') {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let (mut first, mut last, unit) = calendar(text)?;
    if is_about || is_uncertain {
        let out_of_range = |_| "the date is out of range".to_owned();
        first = first.checked_sub(unit).map_err(out_of_range)?;
        let after = last
            .checked_add(jiff::Span::new().days(1))
            .map_err(out_of_range)?;
        let widened = after.checked_add(unit).map_err(out_of_range)?;
        last = widened
            .checked_sub(jiff::Span::new().days(1))
            .map_err(out_of_range)?;
    }
    Ok((Some(Day::of(first)), Some(Day::of(last))))
}

/// First day, last day and precision of `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
fn calendar(text: &str) -> Result<(civil::Date, civil::Date, jiff::Span), String> {
    let wanted = || "write a date as 2018, 2018-03 or 2018-03-14".to_owned();
    let mut parts = text.split('-');
    let mut number = |digits: usize| match parts.next() {
        None => Ok(None),
        Some(part) if part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()) => {
            part.parse::<i16>().map(Some).map_err(|_| wanted())
        }
        Some(_) => Err(wanted()),
    };
    let year = number(4)?.ok_or_else(wanted)?;
    let month = number(2)?;
    let day = number(2)?;
    if parts.next().is_some() {
        return Err(wanted());
    }
    let make = |month: i16, day: i16| {
        let (month, day) = (i8::try_from(month).ok(), i8::try_from(day).ok());
        month
            .zip(day)
            .and_then(|(month, day)| civil::Date::new(year, month, day).ok())
    };
    let (first, unit) = match (month, day) {
        (None, _) => (make(1, 1), jiff::Span::new().years(1)),
        (Some(month), None) => (make(month, 1), jiff::Span::new().months(1)),
        (Some(month), Some(day)) => (make(month, day), jiff::Span::new().days(1)),
    };
    let first = first.ok_or_else(|| "there is no such day in the calendar".to_owned())?;
    let last = match (month, day) {
        (None, _) => first.last_of_year(),
        (Some(_), None) => first.last_of_month(),
        (Some(_), Some(_)) => first,
    };
    Ok((first, last, unit))
}

/// A period: from a date up to but not including another; a missing bound is open.
#[derive(Clone, Copy, Debug, Default)]
pub struct Period<'a> {
    /// The first day, if known.
    pub since: Option<&'a Date>,
    /// The day on which it is over, if known.
    pub until: Option<&'a Date>,
}

impl Period<'_> {
    /// Whether the period certainly does not hold on `day`: it begins later or is over.
    pub fn certainly_excludes(&self, day: Day) -> bool {
        let begins_later = self
            .since
            .and_then(Date::first)
            .is_some_and(|first| first > day);
        let is_over = self
            .until
            .and_then(Date::last)
            .is_some_and(|last| last <= day);
        begins_later || is_over
    }

    /// Whether the period certainly holds on `day`; a missing bound is open.
    pub fn certainly_includes(&self, day: Day) -> bool {
        let has_begun = self
            .since
            .is_none_or(|since| since.last().is_some_and(|last| last <= day));
        let goes_on = self
            .until
            .is_none_or(|until| until.first().is_some_and(|first| first > day));
        has_begun && goes_on
    }

    /// Whether the period certainly has no day from the first to the last, both included; no day
    /// is an open end.
    pub fn certainly_misses(&self, (first, last): (Option<Day>, Option<Day>)) -> bool {
        let begins_later = self
            .since
            .and_then(Date::first)
            .zip(last)
            .is_some_and(|(since, last)| since > last);
        let is_over = self
            .until
            .and_then(Date::last)
            .zip(first)
            .is_some_and(|(until, first)| until <= first);
        begins_later || is_over
    }

    /// Whether the period certainly has a day from the first to the last, both included; a missing
    /// bound is open.
    pub fn certainly_touches(&self, (first, last): (Option<Day>, Option<Day>)) -> bool {
        let has_begun = self.since.is_none_or(|since| match (since.last(), last) {
            (_, None) => true,
            (Some(since), Some(last)) => since <= last,
            (None, Some(_)) => false,
        });
        let goes_on = self.until.is_none_or(|until| match (until.first(), first) {
            (_, None) => true,
            (Some(until), Some(first)) => until > first,
            (None, Some(_)) => false,
        });
        has_begun && goes_on
    }

    /// Whether the period certainly ends before it begins.
    pub fn is_reversed(&self) -> bool {
        match (self.since, self.until) {
            (Some(since), Some(until)) => until.compare(since) == Comparison::Before,
            _ => false,
        }
    }

    /// Whether two periods may share a day: neither is over when the other begins.
    pub fn may_overlap(&self, other: &Period<'_>) -> bool {
        let is_over_before = |a: &Period<'_>, b: &Period<'_>| match (a.until, b.since) {
            (Some(until), Some(since)) => match (until.last, since.first) {
                (Some(last), Some(first)) => last <= first || until.text == since.text,
                _ => false,
            },
            _ => false,
        };
        !is_over_before(self, other) && !is_over_before(other, self)
    }
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn a_vague_date_is_widened_by_its_precision() {
        let date = |text: &str| Date::parse(text).unwrap();
        assert_eq!(date("~2013").first(), date("2012").first());
        assert_eq!(date("2013?").last(), date("2014").last());
        assert_eq!(date("~2013-12").last(), date("2014-01").last());
        assert_eq!(date("2016/2018").last(), date("2018").last());
        assert_eq!(date("2016/..").last(), None);
    }

    #[test]
    fn malformed_and_impossible_dates_are_refused() {
        for text in [
            "",
            "18",
            "2018-3",
            "2018-02-30",
            "2018-13",
            "2018-01-01-01",
            "../..",
            "2018/2016",
            "20１8",
            "-2018",
            "2018-",
            "~~2018",
        ] {
            assert!(Date::parse(text).is_err(), "{text}");
        }
    }
}
