//! What is run for each row: sets that read its variables, and subqueries.

use std::rc::Rc;

use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::model::EntityId;
use crate::model::Value;
use crate::query::bound::Expression;
use crate::query::bound::Place;
use crate::query::bound::SetId;
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
                let key = (set.0, Vec::new());
                let mut memory = self.memory.borrow_mut();
                let members = memory.entry(key);
                return Ok(Rc::clone(
                    members.or_insert_with(|| Rc::from(self.run.set(*operator))),
                ));
            }
        };
        let reads = plan.reads_outside();
        let key: Vec<Key> = reads.map(|slot| Key(row[slot.0].clone())).collect();
        let key = (set.0, key);
        if let Some(members) = self.memory.borrow().get(&key) {
            return Ok(Rc::clone(members));
        }
        let run = Run {
            outer: row,
            ..Run::new(plan, self.run.snapshot, self.run.today, self.run.given)
        };
        let members: Rc<[EntityId]> = Rc::from(run.members(budget)?);
        budget.hold(1 + members.len() as u64 / 8)?;
        self.memory.borrow_mut().insert(key, Rc::clone(&members));
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
