//! The two ends of a pipeline: where rows come in, and where they become an answer.

use std::collections::BTreeMap;

use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::model::EntityId;
use crate::model::StatementId;
use crate::model::Value;
use crate::query::bound::Slot;
use crate::query::bound::Step;
use crate::query::execute::rows::Row;
use crate::query::execute::rows::RowRun;
use crate::query::execute::rows::RowsOutcome;
use crate::query::execute::rows::State;
use crate::query::value;

impl RowRun<'_> {
    /// Pushes the rows that come in.
    pub(super) fn source(
        &self,
        steps: &[Step],
        states: &mut [State],
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let mut row: Row = vec![Value::Null; self.pipeline.rows.slots.len()];
        let Some((_, slots)) = &self.pipeline.rows.input else {
            let _ = self.push(steps, states, &mut row, budget)?;
            return Ok(());
        };
        let input = self
            .pipeline
            .input
            .expect("rows with slots for it have an input");
        for cells in self
            .run
            .input_rows(input, self.pipeline.rows.takes_any_order, budget)?
        {
            budget.spend(1)?;
            self.fill(&mut row, slots, cells);
            if self.push(steps, states, &mut row, budget)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Puts cells into slots; those that have none go into the last, as a list.
    fn fill(&self, row: &mut Row, slots: &[Slot], mut cells: Vec<Value>) {
        if let (Some(rest), Some((last, named))) = (self.pipeline.rows.rest, slots.split_last())
            && rest == *last
        {
            let further = cells.split_off(named.len().min(cells.len()));
            row[rest.0] = Value::List(further.into());
        }
        for (slot, cell) in slots.iter().zip(cells) {
            row[slot.0] = cell;
        }
    }

    /// Takes a row into the answer.
    pub(super) fn output(
        &self,
        states: &mut [State],
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let Some(State::Output(outcome)) = states.first_mut() else {
            unreachable!("the last state is the output")
        };
        let rows = &self.pipeline.rows;
        let mut cells: Vec<Value> = rows
            .columns
            .iter()
            .map(|column| row[column.slot.0].clone())
            .collect();
        if let Some(Value::List(rest)) = rows.rest.map(|rest| &row[rest.0]) {
            cells.extend(rest.iter().cloned());
        }
        budget.hold(value::weight_of(&cells))?;
        outcome.rows.push(cells);
        if !rows.evidence.is_empty() {
            let mut evidence = Vec::new();
            for slot in &rows.evidence {
                statements(&row[slot.0], &mut evidence);
            }
            outcome.evidence.push(evidence);
        }
        budget.check_rows(outcome.rows.len())?;
        Ok(())
    }
}

/// The entities in rows of one column, each once, by id.
pub(in crate::query::execute) fn entities(rows: &[Vec<Value>]) -> Vec<EntityId> {
    let mut found = Vec::new();
    for row in rows {
        let [value] = row.as_slice() else {
            return Vec::new();
        };
        match value {
            Value::Entity(entity) => found.push(*entity),
            Value::Path(path) => found.extend(&path.entities),
            Value::List(values) => found.extend(values.iter().filter_map(|value| match value {
                Value::Entity(entity) => Some(*entity),
                _ => None,
            })),
            _ => {}
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Adds the statements in a value.
fn statements(value: &Value, found: &mut Vec<StatementId>) {
    match value {
        Value::Statement(statement) if !found.contains(statement) => found.push(*statement),
        Value::List(values) => values.iter().for_each(|value| statements(value, found)),
        _ => {}
    }
}

/// The evidence of each entity of rows with one column.
pub(in crate::query::execute) fn evidence_of(
    outcome: &RowsOutcome,
) -> BTreeMap<EntityId, Vec<StatementId>> {
    let mut found: BTreeMap<EntityId, Vec<StatementId>> = BTreeMap::new();
    for (row, evidence) in outcome.rows.iter().zip(&outcome.evidence) {
        if let Some(Value::Entity(entity)) = row.first() {
            let known = found.entry(*entity).or_default();
            known.extend(evidence);
        }
    }
    for statements in found.values_mut() {
        statements.sort_unstable();
        statements.dedup();
    }
    found
}
