//! Whether conditions hold on a row. One that reads one thing with a number in the snapshot is
//! asked once for each number: there are fewer qualifiers than statements, and entities than steps
//! to them.

use std::cell::RefCell;

use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::query::bound::Expression;
use crate::query::execute::logic::truth_of;
use crate::query::execute::rows::Row;
use crate::query::execute::rows::RowRun;
use crate::query::execute::rows::lazy::Lazy;
use crate::query::execute::rows::place_of;
use crate::query::execute::rows::source::Source;

/// So often a condition is asked before its answers are kept: most are asked for few rows.
const ASKED_MIN: u32 = 64;
/// The most conditions whose answers are kept.
const CONDITIONS_MAX: usize = 32;

const UNASKED: u8 = 0;
const NO: u8 = 1;
const YES: u8 = 2;

/// The answers of the conditions of one run, each by its place in the plan.
#[derive(Default)]
pub(super) struct Answers(RefCell<Vec<(*const Expression, Answer)>>);

struct Answer {
    asked: u32,
    source: Option<Source>,
    known: Lazy<u8>,
}

impl RowRun<'_> {
    /// Whether conditions of the plan are true; the first that is not ends it.
    pub(super) fn all_hold(
        &self,
        conditions: &[Expression],
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<bool, Error> {
        for condition in conditions {
            if !self.holds(condition, row, budget)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a condition of the plan is true.
    pub(super) fn holds(
        &self,
        condition: &Expression,
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<bool, Error> {
        let number = self.number(condition, row);
        let mut is_asked = |row: &mut Row| {
            let truth = self.evaluate(condition, row, budget)?;
            Ok(truth_of(&truth, place_of(condition))? == Some(true))
        };
        let Some((place, number)) = number else {
            return is_asked(row);
        };
        match self.answers.0.borrow()[place].1.known.get(number) {
            UNASKED => {}
            known => {
                budget.spend(1)?;
                return Ok(known == YES);
            }
        }
        let holds = is_asked(row)?;
        *self.answers.0.borrow_mut()[place].1.known.entry(number) = if holds { YES } else { NO };
        Ok(holds)
    }

    /// Where the answers of a condition are, and the number of what it reads on a row.
    fn number(&self, condition: &Expression, row: &Row) -> Option<(usize, u32)> {
        let snapshot = self.run.snapshot;
        let mut answers = self.answers.0.borrow_mut();
        let place = answers
            .iter()
            .position(|(known, _)| std::ptr::eq(*known, condition));
        let Some(place) = place else {
            if answers.len() < CONDITIONS_MAX {
                let answer = Answer {
                    asked: 0,
                    source: None,
                    known: Lazy::new(0),
                };
                answers.push((std::ptr::from_ref(condition), answer));
            }
            return None;
        };
        let answer = &mut answers[place].1;
        answer.asked = answer.asked.saturating_add(1);
        if answer.asked == ASKED_MIN {
            answer.source = Source::of(condition);
            let count = answer
                .source
                .as_ref()
                .map_or(0, |source| source.count(snapshot));
            answer.known = Lazy::new(count);
        }
        Some((place, answer.source.as_ref()?.read(snapshot, row)?))
    }
}
