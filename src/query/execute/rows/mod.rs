//! Rows on their way through the steps of a pipeline.
//!
//! A row is pushed from step to step, so that a match need not be kept; only steps that order,
//! group or compare rows hold on to them, within the limit of rows.

mod ends;
mod group;
mod holds;
mod join;
mod lazy;
mod matching;
mod member;
mod nested;
mod numbering;
mod reach;
mod shortest;
mod sort;
mod source;
mod walk;

use std::cell::Cell;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::rc::Rc;

use regex::Regex;

use crate::algo::interruptible;
use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::model::EntityId;
use crate::model::Filter;
use crate::model::Snapshot;
use crate::model::StatementId;
use crate::model::Value;
use crate::query::ast::ComparisonSign;
use crate::query::bound::Expression;
use crate::query::bound::KindTest;
use crate::query::bound::Place;
use crate::query::bound::Slot;
use crate::query::bound::Step;
use crate::query::execute::Outcome;
use crate::query::execute::Run;
use crate::query::execute::logic::wrong;
use crate::query::execute::membership::Lists;
use crate::query::function::Scope;
use crate::query::plan::Pipeline;
use crate::query::value;

pub(super) use ends::entities;
pub(super) use ends::evidence_of;
pub(super) use nested::check_weight;

use group::Groups;
use holds::Answers;
use nested::Memory;
use numbering::Seen;

/// A row: a value a slot.
pub(super) type Row = Vec<Value>;

/// Whether more rows are wanted.
pub(super) type Flow = ControlFlow<()>;

/// Where the rows of a match go.
pub(super) type Sink<'s> = dyn FnMut(&mut Row, &mut Budget) -> Result<Flow, Error> + 's;

/// Rows, once they are through.
#[derive(Debug, Default)]
pub(super) struct RowsOutcome {
    /// The values of the columns.
    pub(super) rows: Vec<Vec<Value>>,
    /// The statements that each row rests on, if that is kept.
    pub(super) evidence: Vec<Vec<StatementId>>,
    /// The entities of the only column, by id; empty if it has none.
    pub(super) entities: Vec<EntityId>,
    /// How many rows each step and each move passed on, for `:explain`.
    pub(super) counts: Vec<Vec<u64>>,
    /// The statements that were passed by, and whether because of a context.
    pub(super) passed: BTreeMap<StatementId, bool>,
}

/// A test on kinds, and who passes it.
type OfKinds = (KindTest, Option<Rc<[EntityId]>>);

/// A pipeline on its way.
pub(super) struct RowRun<'r> {
    pub(super) run: &'r Run<'r>,
    pub(super) pipeline: &'r Pipeline,
    pub(super) filter: &'r Filter,
    /// Whether patterns are matched.
    has_match: bool,
    /// How many rows the row on its way stands for.
    copies: Cell<u64>,
    memory: RefCell<Memory>,
    /// The kinds for which all entities were gone through, with those who are of them once it is
    /// wanted again.
    of_kinds: RefCell<Vec<OfKinds>>,
    /// What conditions were found to be.
    answers: Answers,
    pub(super) lists: Lists,
    pub(super) regexes: RefCell<HashMap<String, Rc<Regex>>>,
    pub(super) notes: RefCell<Vec<String>>,
    pub(super) counts: RefCell<Vec<Vec<u64>>>,
    /// Statements that were passed by, and whether because of a context.
    passed: RefCell<BTreeMap<StatementId, bool>>,
}

/// The most statements passed by that are counted; beyond them nobody counts any more.
const PASSED_MAX: usize = 10_000;

/// What a step holds on to.
enum State {
    Nothing,
    Seen(Seen),
    First(Seen, Vec<Row>),
    Count(u64),
    Rows(Vec<Row>),
    Groups(Groups),
    Output(RowsOutcome),
}

impl Run<'_> {
    /// Runs a pipeline.
    pub(super) fn rows(
        &self,
        pipeline: &Pipeline,
        filter: &Filter,
        budget: &mut Budget,
    ) -> Result<Outcome, Error> {
        let run = RowRun {
            run: self,
            pipeline,
            filter,
            has_match: pipeline.rows.steps.iter().any(is_match),
            copies: Cell::new(1),
            memory: RefCell::default(),
            of_kinds: RefCell::default(),
            answers: Answers::default(),
            lists: Lists::default(),
            regexes: RefCell::default(),
            notes: RefCell::default(),
            counts: RefCell::new(counters(&pipeline.rows.steps)),
            passed: RefCell::default(),
        };
        let steps = &pipeline.rows.steps;
        let mut states: Vec<State> = steps
            .iter()
            .map(|step| state(step, self.snapshot))
            .collect();
        states.push(State::Output(RowsOutcome::default()));
        let result = run.go(&mut states, budget);
        let output = result.is_ok().then(|| states.pop()).flatten();
        // What many rows left behind takes long to free.
        let is_many = |counts: &Vec<u64>| counts[0] > interruptible::BLOCK as u64;
        if run.counts.borrow().iter().any(is_many) {
            interruptible::discard(states);
        }
        result?;
        let Some(State::Output(mut outcome)) = output else {
            unreachable!("the last state is the output")
        };
        outcome.entities = entities(&outcome.rows);
        outcome.counts = run.counts.take();
        self.notes.borrow_mut().extend(run.notes.take());
        outcome.passed = run.passed.take();
        Ok(Outcome::Rows(outcome))
    }
}

fn is_match(step: &Step) -> bool {
    match step {
        Step::Match(_) => true,
        Step::Join(join) => !join.is_selection,
        _ => false,
    }
}

fn counters(steps: &[Step]) -> Vec<Vec<u64>> {
    let moves = |step: &Step| match step {
        Step::Match(matching) => matching.moves.len(),
        Step::Join(join) => join.levels.len(),
        _ => 0,
    };
    steps.iter().map(|step| vec![0; 1 + moves(step)]).collect()
}

fn state(step: &Step, snapshot: &Snapshot) -> State {
    match step {
        Step::Distinct(values) => State::Seen(Seen::new(values.clone(), snapshot)),
        Step::First(values, _) => State::First(Seen::new(values.clone(), snapshot), Vec::new()),
        Step::Offset(_) | Step::Limit(_) => State::Count(0),
        Step::Sort(_) | Step::Top(..) | Step::Topological(_) => State::Rows(Vec::new()),
        Step::Group(grouping) => State::Groups(Groups::new(grouping, snapshot)),
        _ => State::Nothing,
    }
}

impl RowRun<'_> {
    /// Sends all rows through the steps.
    fn go(&self, states: &mut [State], budget: &mut Budget) -> Result<(), Error> {
        let steps = &self.pipeline.rows.steps;
        self.source(steps, states, budget)?;
        (0..steps.len())
            .try_for_each(|index| self.finish(&steps[index..], &mut states[index..], budget))
    }

    /// Sends a row through the first of the steps, and on.
    fn push(
        &self,
        steps: &[Step],
        states: &mut [State],
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<Flow, Error> {
        budget.spend(1)?;
        let Some((step, rest)) = steps.split_first() else {
            self.output(states, row, budget)?;
            return Ok(Flow::Continue(()));
        };
        let (state, states) = states.split_first_mut().expect("a step has a state");
        match step {
            Step::Match(matching) => self.matching(matching, row, budget, &mut |row, budget| {
                self.count(rest.len());
                self.push(rest, states, row, budget)
            }),
            Step::Join(join) => self.join(join, row, budget, &mut |row, copies, budget| {
                self.copies.set(copies);
                let flow = self.pass(rest, states, row, budget);
                self.copies.set(1);
                flow
            }),
            Step::Unwind(list, slot) => self.unwind(list, *slot, (rest, states), row, budget),
            Step::Filter(conditions) => match self.all_hold(conditions, row, budget)? {
                true => self.pass(rest, states, row, budget),
                false => Ok(Flow::Continue(())),
            },
            Step::Project(items) => self.project(items, (rest, states), row, budget),
            Step::Distinct(_) => {
                let State::Seen(seen) = state else {
                    unreachable!("`distinct` remembers rows")
                };
                match seen.number(self, row, budget)?.1 {
                    true => self.pass(rest, states, row, budget),
                    false => Ok(Flow::Continue(())),
                }
            }
            Step::First(_, order) => {
                let State::First(seen, rows) = state else {
                    unreachable!("the first rows are kept")
                };
                self.keep_first(order, (seen, rows), row, budget)?;
                Ok(Flow::Continue(()))
            }
            Step::Group(grouping) => {
                let State::Groups(groups) = state else {
                    unreachable!("a group has groups")
                };
                self.add_to_groups(grouping, groups, row, budget)?;
                Ok(Flow::Continue(()))
            }
            Step::Offset(_) | Step::Limit(_) => {
                self.push_counted(step, (state, rest, states), row, budget)
            }
            Step::Sort(_) | Step::Topological(_) | Step::Top(..) => {
                let State::Rows(rows) = state else {
                    unreachable!("a sort keeps rows")
                };
                self.keep(step, rows, row, budget)?;
                Ok(Flow::Continue(()))
            }
        }
    }

    /// Lets the first rows through, or those behind them.
    fn push_counted(
        &self,
        step: &Step,
        (state, rest, states): (&mut State, &[Step], &mut [State]),
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<Flow, Error> {
        let (State::Count(seen), Step::Offset(count) | Step::Limit(count)) = (state, step) else {
            unreachable!("a number of rows is counted")
        };
        let count = self.row_count(count, row, budget)?;
        let is_limit = matches!(step, Step::Limit(_));
        if is_limit && *seen >= count {
            return Ok(Flow::Break(()));
        }
        *seen += 1;
        if !is_limit && *seen <= count {
            return Ok(Flow::Continue(()));
        }
        let is_last = is_limit && *seen == count;
        let flow = self.pass(rest, states, row, budget)?;
        Ok(if is_last { Flow::Break(()) } else { flow })
    }

    /// Pushes a row with new values, which are computed before any of them is put in its slot.
    fn project(
        &self,
        items: &[(Slot, Expression)],
        (steps, states): (&[Step], &mut [State]),
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<Flow, Error> {
        let values = items
            .iter()
            .map(|(_, value)| self.evaluate(value, row, budget));
        let mut values = values.collect::<Result<Vec<Value>, Error>>()?;
        // What was there before is kept where the new values were.
        for ((slot, _), value) in items.iter().zip(&mut values) {
            std::mem::swap(&mut row[slot.0], value);
        }
        let flow = self.pass(steps, states, row, budget);
        for ((slot, _), value) in items.iter().zip(values) {
            row[slot.0] = value;
        }
        flow
    }

    /// Counts a row that a step passed on, and pushes it.
    fn pass(
        &self,
        steps: &[Step],
        states: &mut [State],
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<Flow, Error> {
        self.count(steps.len());
        self.push(steps, states, row, budget)
    }

    /// Counts a row for the step that has `left` steps behind it.
    fn count(&self, left: usize) {
        let mut counts = self.counts.borrow_mut();
        let step = counts.len().checked_sub(left + 1);
        if let Some(counts) = step.and_then(|step| counts.get_mut(step)) {
            counts[0] = counts[0].saturating_add(self.copies.get());
        }
    }

    /// Once no row comes any more: a step that held rows back lets them go.
    fn finish(
        &self,
        steps: &[Step],
        states: &mut [State],
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let Some((step, rest)) = steps.split_first() else {
            return Ok(());
        };
        let (state, states) = states.split_first_mut().expect("a step has a state");
        match (step, state) {
            (Step::Group(grouping), State::Groups(groups)) => {
                self.send_groups(grouping, groups, (rest, states), budget)?;
            }
            (Step::First(_, order), State::First(_, rows)) => {
                budget.spend(rows.len() as u64)?;
                interruptible::sort_by(rows, budget, |one, other| {
                    self.written_order(order, one, other)
                })?;
                self.send(rows, (rest, states), budget)?;
            }
            (step, State::Rows(rows)) => {
                self.order(step, rows, budget)?;
                self.send(rows, (rest, states), budget)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn unwind(
        &self,
        list: &Expression,
        slot: Slot,
        (steps, states): (&[Step], &mut [State]),
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<Flow, Error> {
        let elements = match self.evaluate(list, row, budget)? {
            Value::Null => Vec::new(),
            Value::List(values) => values.into(),
            // As openCypher has it: a single value is unwound to itself.
            value => vec![value],
        };
        let mut flow = Flow::Continue(());
        for element in elements {
            row[slot.0] = element;
            flow = self.pass(steps, states, row, budget)?;
            if flow.is_break() {
                break;
            }
        }
        row[slot.0] = Value::Null;
        Ok(flow)
    }

    /// A number of rows.
    pub(super) fn row_count(
        &self,
        count: &Expression,
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<u64, Error> {
        let value = self.evaluate(count, row, budget)?;
        match value {
            Value::Integer(count) if count >= 0 => Ok(count.unsigned_abs()),
            _ => {
                let reason = "a number of rows is a whole number from 0 up".to_owned();
                Err(wrong(place_of(count), reason))
            }
        }
    }

    /// Whether a statement is walked; one that is not is counted, so that the reader can be told.
    ///
    /// Not where patterns are matched: what is looked at there depends on the order of the moves,
    /// and what the reader is told must not.
    pub(super) fn walks(&self, statement: StatementId) -> bool {
        let snapshot = self.run.snapshot;
        if self.filter.walks(snapshot, statement) {
            return true;
        }
        let mut passed = self.passed.borrow_mut();
        if !self.has_match && passed.len() < PASSED_MAX {
            passed.insert(statement, !self.filter.admits(snapshot, statement));
        }
        false
    }

    /// What functions of values may look at.
    pub(super) fn scope(&self) -> Scope<'_> {
        Scope {
            snapshot: self.run.snapshot,
            filter: self.filter,
            today: self.run.today,
        }
    }

    /// Says once that values of types were compared that have no order.
    pub(super) fn note_mixed(&self, sign: ComparisonSign, left: &Value, right: &Value) {
        let is_date = |value: &Value| matches!(value, Value::Date(_));
        let is_text = |value: &Value| matches!(value, Value::Text(_));
        let is_mixed = is_date(left) && is_text(right) || is_text(left) && is_date(right);
        if !is_mixed {
            return;
        }
        let (left, right) = (value::type_word(left), value::type_word(right));
        let outcome = match sign {
            ComparisonSign::Equal | ComparisonSign::Unequal => "they are never equal",
            _ => "neither is before the other",
        };
        let hint = "write a date as 2021, 2021-05 or date(\"…\")";
        let note = format!("{left} was compared with {right}: {outcome}; {hint}");
        let mut notes = self.notes.borrow_mut();
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
}

/// Where an expression stands, as far as it knows.
pub(super) fn place_of(expression: &Expression) -> Place {
    match expression {
        Expression::Member(_, member) => member.place,
        Expression::Call(_, _, place)
        | Expression::Junction(_, _, place)
        | Expression::Arithmetic(_, _, place)
        | Expression::Index(_, _, place) => *place,
        _ => Place::default(),
    }
}
