//! Dates and periods against sets of days: what a date may mean is spelled out day by day.

use std::collections::BTreeSet;

use kingraph::model::Comparison;
use kingraph::model::Date;
use kingraph::model::Day;
use kingraph::model::Period;
use proptest::prelude::ProptestConfig;
use proptest::prelude::Strategy;
use proptest::prelude::any;
use proptest::prelude::prop_assert;
use proptest::prelude::prop_assert_eq;
use proptest::prelude::prop_oneof;
use proptest::proptest;
use proptest::test_runner::RngSeed;

/// As many cases as run in a moment, the same ones every time.
fn cases() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_210_512),
        ..ProptestConfig::with_cases(CASES)
    }
}

const CASES: u32 = 256;

/// The years that the model knows the days of; open ends reach as far.
const YEARS: std::ops::RangeInclusive<i32> = 2012..=2020;

/// Year, month and day.
type Triple = (i32, u32, u32);

fn days_of_month(year: i32, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Every day of the years, in order; a day is its place here.
fn calendar() -> Vec<Triple> {
    let months = YEARS.flat_map(|year| (1..=12).map(move |month| (year, month)));
    let days = |(year, month)| (1..=days_of_month(year, month)).map(move |day| (year, month, day));
    months.flat_map(days).collect()
}

/// A date without `/`: what is written of it, and how vague it is.
#[derive(Clone, Debug)]
struct Simple {
    year: i32,
    month: Option<u32>,
    day: Option<u32>,
    is_about: bool,
    is_uncertain: bool,
}

impl Simple {
    fn text(&self) -> String {
        let mut text = String::new();
        if self.is_about {
            text.push('~');
        }
        text.push_str(&self.year.to_string());
        for part in [self.month, self.month.and(self.day)].into_iter().flatten() {
            text.push_str(&format!("-{part:02}"));
        }
        if self.is_uncertain {
            text.push('?');
        }
        text
    }

    /// The days it may mean.
    fn days(&self, calendar: &[Triple]) -> BTreeSet<usize> {
        let reach = i64::from(self.is_about || self.is_uncertain);
        let is_near = |a: i64, b: i64| (a - b).abs() <= reach;
        let count = |year: i32, month: u32| i64::from(year) * 12 + i64::from(month);
        let own = self
            .month
            .zip(self.day)
            .map(|(month, day)| (self.year, month, day));
        let own_day = calendar.iter().position(|triple| Some(*triple) == own);
        let is_meant = |place: usize, (year, month, _): Triple| match (self.month, self.day) {
            (None, _) => is_near(i64::from(year), i64::from(self.year)),
            (Some(own), None) => is_near(count(year, month), count(self.year, own)),
            (Some(_), Some(_)) => own_day.is_some_and(|own| is_near(place as i64, own as i64)),
        };
        let meant = calendar.iter().enumerate();
        meant
            .filter(|(place, triple)| is_meant(*place, **triple))
            .map(|(place, _)| place)
            .collect()
    }
}

/// A date of any form.
#[derive(Clone, Debug)]
enum Form {
    One(Simple),
    Range(Simple, Simple),
    From(Simple),
    UpTo(Simple),
}

impl Form {
    fn text(&self) -> String {
        match self {
            Form::One(date) => date.text(),
            Form::Range(start, end) => format!("{}/{}", start.text(), end.text()),
            Form::From(start) => format!("{}/..", start.text()),
            Form::UpTo(end) => format!("../{}", end.text()),
        }
    }

    /// The days it may mean; none if it ends before it starts.
    fn days(&self, calendar: &[Triple]) -> BTreeSet<usize> {
        let first = |date: &Simple| *date.days(calendar).first().expect("a date means some day");
        let last = |date: &Simple| *date.days(calendar).last().expect("a date means some day");
        match self {
            Form::One(date) => date.days(calendar),
            Form::Range(start, end) => (first(start)..=last(end)).collect(),
            Form::From(start) => (first(start)..calendar.len()).collect(),
            Form::UpTo(end) => (0..=last(end)).collect(),
        }
    }

    fn date(&self) -> Option<Date> {
        Date::parse(&self.text()).ok()
    }
}

fn simple() -> impl Strategy<Value = Simple> {
    let month = proptest::option::weighted(0.8, 1u32..=12);
    let day = proptest::option::weighted(0.7, 1u32..=31);
    let marks = (proptest::bool::weighted(0.2), proptest::bool::weighted(0.2));
    (2015i32..=2016, month, day, marks).prop_map(|(year, month, day, (is_about, is_uncertain))| {
        let most = month.map_or(31, |month| days_of_month(year, month));
        Simple {
            year,
            month,
            day: month.and(day).map(|day| day.min(most)),
            is_about,
            is_uncertain,
        }
    })
}

fn form() -> impl Strategy<Value = Form> {
    prop_oneof![
        4 => simple().prop_map(Form::One),
        2 => (simple(), simple()).prop_map(|(start, end)| Form::Range(start, end)),
        1 => simple().prop_map(Form::From),
        1 => simple().prop_map(Form::UpTo),
    ]
}

/// The days a bound of a period may mean: all, if there is none.
fn bound(form: &Option<Form>, calendar: &[Triple]) -> BTreeSet<usize> {
    match form {
        Some(form) => form.days(calendar),
        None => (0..calendar.len()).collect(),
    }
}

/// Whether some choice of days for the bounds has `day` from the one up to the other.
fn may_hold(since: &BTreeSet<usize>, until: &BTreeSet<usize>, day: usize) -> bool {
    since.range(..=day).next().is_some() && until.range(day + 1..).next().is_some()
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_date_means_the_days_it_says(form in form()) {
        let calendar = calendar();
        let days = form.days(&calendar);
        let Some(date) = form.date() else {
            prop_assert!(days.is_empty(), "{}", form.text());
            return Ok(());
        };
        prop_assert_eq!(date.text(), form.text());
        // The model counts from its first year, and a date from another: both step by days.
        let zero = Date::parse("2012-01-01").expect("a date").first().expect("a day").0;
        let own = |day: Day| usize::try_from(day.0 - zero).expect("a day of the model");
        match form {
            Form::From(_) => prop_assert_eq!(date.last(), None),
            _ => prop_assert_eq!(date.last().map(own), days.last().copied()),
        }
        match form {
            Form::UpTo(_) => prop_assert_eq!(date.first(), None),
            _ => prop_assert_eq!(date.first().map(own), days.first().copied()),
        }
        if let Some(day) = date.first() {
            let (year, month, of_month) = calendar[own(day)];
            prop_assert_eq!(day.to_string(), format!("{year}-{month:02}-{of_month:02}"));
        }
    }

    #[test]
    fn comparing_asks_every_pair_of_days(a in form(), b in form()) {
        let (Some(first), Some(second)) = (a.date(), b.date()) else { return Ok(()) };
        let calendar = calendar();
        let (a, b) = (a.days(&calendar), b.days(&calendar));
        let every = |holds: fn(&usize, &usize) -> bool| a.iter().all(|a| b.iter().all(|b| holds(a, b)));
        let wanted = if every(|a, b| a < b) {
            Comparison::Before
        } else if every(|a, b| a > b) {
            Comparison::After
        } else if every(|a, b| a == b) {
            Comparison::Equal
        } else {
            Comparison::Unknown
        };
        prop_assert_eq!(first.compare(&second), wanted, "{} {}", first.text(), second.text());
    }

    #[test]
    fn a_period_excludes_a_day_that_no_choice_of_its_bounds_has(
        since in proptest::option::weighted(0.8, form()),
        until in proptest::option::weighted(0.8, form()),
        day in 900usize..2_300,
    ) {
        let calendar = calendar();
        let dates = [&since, &until].map(|form| form.as_ref().map(Form::date));
        if dates.contains(&Some(None)) {
            return Ok(());
        }
        let [begins, ends] = dates.map(Option::flatten);
        let period = Period { since: begins.as_ref(), until: ends.as_ref() };
        let (year, month, of_month) = calendar[day];
        let asked = Date::parse(&format!("{year}-{month:02}-{of_month:02}")).expect("a date");
        let holds = may_hold(&bound(&since, &calendar), &bound(&until, &calendar), day);
        let excludes = period.certainly_excludes(asked.first().expect("a day"));
        prop_assert_eq!(excludes, !holds, "{:?} {:?} {}", since, until, asked.text());
    }

    #[test]
    fn periods_overlap_if_some_day_may_be_in_both(
        (a, b, c, d) in (form(), form(), form(), form()),
        missing in any::<[bool; 4]>(),
    ) {
        let calendar = calendar();
        let forms = [a, b, c, d];
        let dates = forms.each_ref().map(Form::date);
        let texts = forms.each_ref().map(Form::text);
        let is_sound = dates.iter().all(Option::is_some);
        let given = |index: usize| (!missing[index]).then(|| dates[index].as_ref()).flatten();
        let days = |index: usize| match missing[index] {
            true => bound(&None, &calendar),
            false => forms[index].days(&calendar),
        };
        let (first, second) = (
            Period { since: given(0), until: given(1) },
            Period { since: given(2), until: given(3) },
        );
        let is_empty = |since: usize, until: usize| {
            let (since, until) = (days(since), days(until));
            !(0..calendar.len()).any(|day| may_hold(&since, &until, day))
        };
        // Where one ends and the other begins with the same words, they follow each other.
        let follows = |until: usize, since: usize| {
            !missing[until] && !missing[since] && texts[until] == texts[since]
        };
        if !is_sound || is_empty(0, 1) || is_empty(2, 3) || follows(1, 2) || follows(3, 0) {
            return Ok(());
        }
        let bounds = [days(0), days(1), days(2), days(3)];
        let shares = (0..calendar.len()).any(|day| {
            may_hold(&bounds[0], &bounds[1], day) && may_hold(&bounds[2], &bounds[3], day)
        });
        prop_assert_eq!(first.may_overlap(&second), shares, "{:?} {:?}", first, second);
        prop_assert_eq!(second.may_overlap(&first), shares);
    }

    #[test]
    fn a_text_is_a_date_as_it_stands_or_none_at_all(
        text in "[~]?[0-9]{0,5}(-[0-9]{0,3}){0,3}[?]?(/([.]{2}|[~]?[0-9]{4}(-[0-9]{2}){0,2}))?",
    ) {
        if let Ok(date) = Date::parse(&text) {
            prop_assert_eq!(date.text(), text);
            prop_assert!(date.first().is_some() || date.last().is_some());
            prop_assert!(date.first().zip(date.last()).is_none_or(|(first, last)| first <= last));
        }
    }

    #[test]
    fn no_text_makes_a_date_panic(text in any::<String>()) {
        let is_ascii = text.is_ascii();
        prop_assert!(is_ascii || Date::parse(&text).is_err(), "{}", text);
    }
}
