//! What is run for each row: sets that read its variables, and subqueries.

use std::collections::HashMap;
use std::rc::Rc;

use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::model::EntityId;
use crate::model::Value;
use crate::query::bound::Expression;
use crate::query::bound::Place;
use crate::query::bound::SetId;
use crate::query::bound::Slot;
use crate::query::bound::Step;
use crate::query::bound::SubqueryId;
use crate::query::execute::Run;
use crate::query::execute::logic::wrong;
use crate::query::execute::rows::Flow;
use crate::query::execute::rows::Row;
use crate::query::execute::rows::RowRun;
use crate::query::execute::rows::Sink;
use crate::query::plan::PlannedSet;
use crate::query::value;
use crate::query::value::Key;

/// What a set reads of a row.
type Read = Vec<(Slot, Value)>;

/// The members of sets that were asked for.
#[derive(Default)]
pub(super) struct Memory {
    /// Those that read nothing of rows.
    shared: HashMap<usize, Rc<[EntityId]>>,
    /// Those that do, by what they read.
    read: HashMap<(usize, Vec<Key>), Rc<[EntityId]>>,
    /// What was asked for last: a list that rows share is not hashed for each of them.
    last: HashMap<usize, (Read, Rc<[EntityId]>)>,
}

impl Memory {
    fn last(&self, set: SetId, row: &Row) -> Option<Rc<[EntityId]>> {
        let (read, members) = self.last.get(&set.0)?;
        let is_it = read.iter().all(|(slot, value)| is_one(value, &row[slot.0]));
        is_it.then(|| Rc::clone(members))
    }

    fn find(&mut self, set: SetId, read: &[(Slot, Value)]) -> Option<Rc<[EntityId]>> {
        let members = Rc::clone(self.read.get(&key(set, read))?);
        self.last
            .insert(set.0, (read.to_vec(), Rc::clone(&members)));
        Some(members)
    }

    fn keep(&mut self, set: SetId, read: Read, members: &Rc<[EntityId]>) {
        self.read.insert(key(set, &read), Rc::clone(members));
        self.last.insert(set.0, (read, Rc::clone(members)));
    }
}

fn key(set: SetId, read: &[(Slot, Value)]) -> (usize, Vec<Key>) {
    let values = read.iter().map(|(_, value)| Key(value.clone()));
    (set.0, values.collect())
}

/// Whether values are the same at a glance.
fn is_one(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::List(left), Value::List(right)) => left.is(right),
        (Value::Map(_), _) => false,
        (left, right) => value::is_same(left, right),
    }
}

impl RowRun<'_> {
    /// The members of a set that a step uses, by id.
    pub(in crate::query::execute) fn set(
        &self,
        set: SetId,
        row: &Row,
        budget: &mut Budget,
    ) -> Result<Rc<[EntityId]>, Error> {
        let plan = match &self.pipeline.sets[set.0] {
            PlannedSet::Nested(plan) => plan,
            PlannedSet::Shared(operator) => {
                let mut memory = self.memory.borrow_mut();
                let members = memory.shared.entry(set.0);
                return Ok(Rc::clone(
                    members.or_insert_with(|| Rc::from(self.run.set(*operator))),
                ));
            }
        };
        if let Some(members) = self.memory.borrow().last(set, row) {
            return Ok(members);
        }
        let slots = plan.reads_outside();
        let read: Read = slots.map(|slot| (slot, row[slot.0].clone())).collect();
        if let Some(members) = self.memory.borrow_mut().find(set, &read) {
            return Ok(members);
        }
        let run = Run {
            outer: row,
            ..Run::new(plan, self.run.snapshot, self.run.today, self.run.given)
        };
        let members: Rc<[EntityId]> = Rc::from(run.members(budget)?);
        budget.hold(1 + members.len() as u64 / 8)?;
        self.memory.borrow_mut().keep(set, read, &members);
        Ok(members)
    }

    /// Runs the clauses of a subquery, one inside the other.
    pub(in crate::query::execute) fn subquery(
        &self,
        subquery: SubqueryId,
        row: &mut Row,
        budget: &mut Budget,
        sink: &mut Sink<'_>,
    ) -> Result<(), Error> {
        let steps = &self.pipeline.rows.subqueries[subquery.0];
        let before = row.clone();
        let flow = self.clauses(steps, row, budget, sink);
        *row = before;
        flow.map(|_| ())
    }

    fn clauses(
        &self,
        steps: &[Step],
        row: &mut Row,
        budget: &mut Budget,
        sink: &mut Sink<'_>,
    ) -> Result<Flow, Error> {
        match steps.split_first() {
            None => sink(row, budget),
            Some((Step::Match(matching), rest)) => {
                self.matching(matching, row, budget, &mut |row, budget| {
                    self.clauses(rest, row, budget, sink)
                })
            }
            Some((other, _)) => unreachable!("{other:?} stands in no subquery"),
        }
    }

    /// A value for each row of a subquery, in the order of its matches.
    pub(in crate::query::execute) fn collect(
        &self,
        subquery: SubqueryId,
        result: &Expression,
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<Value, Error> {
        let mut values = Vec::new();
        let mut weight = 0;
        self.subquery(subquery, row, budget, &mut |row, budget| {
            let value = self.evaluate(result, row, budget)?;
            weight += value::weight(&value);
            values.push(value);
            check_weight(weight)?;
            Ok(Flow::Continue(()))
        })?;
        Ok(Value::List(values.into()))
    }
}

/// Refuses a list that is being made once it holds more than a value may.
pub(in crate::query::execute) fn check_weight(weight: u64) -> Result<(), Error> {
    let weight = usize::try_from(weight).unwrap_or(usize::MAX);
    value::check_items(weight).map_err(|reason| wrong(Place::default(), reason))
}
