//! The axis of time: which days are named, and where each day lies.

use crate::model::Date;

/// Days in a year, on average.
const YEAR: f64 = 365.2425;
/// Steps between the days that are named, in months.
static STEPS: [i32; 12] = [1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000, 12000];
/// Between two names, in pixels, at least.
const GAP_MIN: f64 = 52.0;

/// A day that is named.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    /// Where it lies, in pixels.
    pub(super) x: f64,
    /// The year, or year and month.
    pub(super) text: String,
}

/// An axis of time: days from left to right, as far apart from each other everywhere.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Axis {
    first: f64,
    scale: f64,
    /// Where it begins, in pixels.
    pub(super) left: f64,
    /// Where it ends, in pixels.
    pub(super) right: f64,
    /// Its named days, in order.
    pub(super) ticks: Vec<Tick>,
}

impl Axis {
    /// The axis for days from `first` to `last`, from pixel 0 on; a little wider than these.
    ///
    /// A year has 64 pixels, but the axis at least 720 and at most 1,800. If it is a matter of
    /// less than a month, it shows a month.
    pub(super) fn of(first: i32, last: i32) -> Axis {
        let days = f64::from(last.max(first) - first).max(31.0);
        let wide = (days / YEAR * 64.0).clamp(720.0, 1800.0);
        let scale = wide / (days * 1.06);
        let mut axis = Axis {
            first: f64::from(first) - days * 0.03,
            scale,
            left: 0.0,
            right: wide,
            ticks: Vec::new(),
        };
        let month = YEAR / 12.0 * scale;
        let mut steps = STEPS.iter().copied();
        let fitting = steps.find(|step| f64::from(*step) * month >= GAP_MIN);
        let step = fitting.unwrap_or(STEPS[STEPS.len() - 1]);
        axis.ticks = axis.ticks_of(step);
        axis
    }

    /// Names no day behind the last one, if there is a last one.
    pub(super) fn close(&mut self, last: Option<i32>) {
        let end = last.map_or(self.right, |last| self.x(last));
        self.ticks.retain(|tick| tick.x <= end + 0.01);
    }

    /// Where a day lies, in pixels.
    pub(super) fn x(&self, day: i32) -> f64 {
        (f64::from(day) - self.first) * self.scale
    }

    fn ticks_of(&self, step: i32) -> Vec<Tick> {
        let months = |day: f64| (day / YEAR * 12.0) as i32;
        let last = self.first + self.right / self.scale;
        let start = (months(self.first) / step - 1).max(0);
        let mut ticks = Vec::new();
        for month in (start * step..=months(last) + step).step_by(step as usize) {
            let (year, month) = (month / 12, month % 12 + 1);
            let Ok(date) = Date::parse(&format!("{year:04}-{month:02}")) else {
                continue;
            };
            let Some(x) = date.first().map(|day| self.x(day.0)) else {
                continue;
            };
            let text = match step {
                12.. => year.to_string(),
                _ => date.text().to_owned(),
            };
            if x >= self.left && x <= self.right {
                ticks.push(Tick { x, text });
            }
        }
        ticks
    }
}

#[cfg(test)]
mod tests {
    use super::Axis;
    use crate::model::Date;

    fn axis(first: &str, last: &str) -> Axis {
        let day = |text: &str| Date::parse(text).unwrap().first().unwrap().0;
        Axis::of(day(first), day(last))
    }

    #[test]
    fn years_are_named_where_there_is_room_and_else_every_few() {
        let texts = |axis: &Axis| -> Vec<String> {
            axis.ticks.iter().map(|tick| tick.text.clone()).collect()
        };
        let few = axis("2013-05", "2020-06");
        assert_eq!(texts(&few)[..2], ["2014", "2015"]);
        let many = axis("1969", "2026");
        assert_eq!(texts(&many)[..2], ["1968", "1970"]);
        let months = axis("2018-03-14", "2018-03-14");
        assert!(texts(&months).contains(&"2018-04".to_owned()), "{months:?}");
        let all = axis("0001", "9999-12-31");
        assert!(all.ticks.len() < 30 && !all.ticks.is_empty());
    }

    #[test]
    fn a_day_lies_on_its_tick_and_names_do_not_touch() {
        for (first, last) in [("1969", "2026"), ("2018-01", "2018-02"), ("0001", "9999")] {
            let axis = axis(first, last);
            for pair in axis.ticks.windows(2) {
                assert!(pair[1].x - pair[0].x >= 50.0, "{first}");
            }
        }
        let axis = axis("2010", "2020");
        let tick = axis.ticks.iter().find(|tick| tick.text == "2015").unwrap();
        let day = Date::parse("2015").unwrap().first().unwrap().0;
        assert!((axis.x(day) - tick.x).abs() < 0.01);
        assert!(axis.x(day - 365 * 5) > axis.left && axis.x(day + 365 * 5) < axis.right);
    }
}
