//! Steps that hold rows back to put them in order.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::algo;
use crate::algo::interruptible;
use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::model::EntityId;
use crate::model::Value;
use crate::model::View;
use crate::query::bound::Slot;
use crate::query::bound::SortKey;
use crate::query::bound::Step;
use crate::query::execute::rows::Row;
use crate::query::execute::rows::RowRun;
use crate::query::execute::rows::State;
use crate::query::execute::rows::numbering::Seen;
use crate::query::value;

impl RowRun<'_> {
    /// Takes a row in; its sort values are put behind its slots.
    pub(super) fn keep(
        &self,
        step: &Step,
        rows: &mut Vec<Row>,
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        budget.spend(row.len() as u64)?;
        let mut kept = row.clone();
        if let Step::Sort(keys) | Step::Top(keys, _) = step {
            for key in keys {
                kept.push(self.evaluate(&key.value, row, budget)?);
            }
        }
        budget.hold(value::weight_of(&kept))?;
        rows.push(kept);
        if let Step::Top(keys, limit) = step {
            let limit = self.row_count(limit, row, budget)? as usize;
            // Twice as many are let in before the last are dropped, so that a row costs little.
            if rows.len() > limit.saturating_mul(2).max(64) {
                self.sort(rows, keys, budget)?;
                for dropped in rows.drain(limit..) {
                    budget.release(value::weight_of(&dropped));
                }
            }
        }
        budget.check_rows(rows.len())?;
        Ok(())
    }

    /// Takes a row in if none was like it, or in place of one that comes later by these slots.
    pub(super) fn keep_first(
        &self,
        order: &[Slot],
        (seen, rows): (&mut Seen, &mut Vec<Row>),
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let (number, is_new) = seen.number(self, row, budget)?;
        if is_new {
            budget.hold(value::weight_of(row))?;
            rows.push(row.clone());
        } else if self.written_order(order, row, &rows[number]).is_lt() {
            budget.release(value::weight_of(&rows[number]));
            budget.hold(value::weight_of(row))?;
            rows[number].clone_from(row);
        }
        Ok(())
    }

    /// Puts the rows in order.
    pub(super) fn order(
        &self,
        step: &Step,
        rows: &mut Vec<Row>,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        match step {
            Step::Sort(keys) => self.sort(rows, keys, budget)?,
            Step::Top(keys, limit) => {
                self.sort(rows, keys, budget)?;
                let mut empty: Row = vec![Value::Null; self.pipeline.rows.slots.len()];
                rows.truncate(self.row_count(limit, &mut empty, budget)? as usize);
            }
            Step::Topological(slot) => self.topological(*slot, rows, budget)?,
            other => unreachable!("{other:?} keeps no rows"),
        }
        Ok(())
    }

    /// Pushes rows that were held back, without what stands behind their slots.
    pub(super) fn send(
        &self,
        rows: &mut [Row],
        (steps, states): (&[Step], &mut [State]),
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let width = self.pipeline.rows.slots.len();
        for row in rows {
            row.truncate(width);
            if self.pass(steps, states, row, budget)?.is_break() {
                break;
            }
            *row = Row::new();
        }
        Ok(())
    }

    /// Sorts rows whose sort values stand behind their slots; of equals the earlier comes first.
    fn sort(
        &self,
        rows: &mut Vec<Row>,
        keys: &[SortKey],
        budget: &mut Budget,
    ) -> Result<(), Error> {
        budget.spend((rows.len() * keys.len().max(1)) as u64)?;
        let width = self.pipeline.rows.slots.len();
        let snapshot = self.run.snapshot;
        interruptible::sort_by(rows, budget, |one, other| {
            let orders = keys.iter().enumerate().map(|(index, key)| {
                let order = value::order(snapshot, &one[width + index], &other[width + index]);
                if key.is_descending {
                    order.reverse()
                } else {
                    order
                }
            });
            orders.fold(Ordering::Equal, Ordering::then)
        })?;
        Ok(())
    }

    /// Rows so that what came first comes first: of what is ready, the first by name.
    ///
    /// Kahn's algorithm on the strong components of the entities along the lineage (A. B. Kahn,
    /// "Topological sorting of large networks", 1962). Entities of one cycle stand side by side, by
    /// name, and a note says so. O(|V| log |V| + |E|).
    fn topological(
        &self,
        slot: Slot,
        rows: &mut Vec<Row>,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let snapshot = self.run.snapshot;
        let view = View {
            snapshot,
            filter: self.filter,
            along: snapshot.lineage(),
        };
        let members: Vec<EntityId> = rows
            .iter()
            .filter_map(|row| match &row[slot.0] {
                Value::Entity(entity) => Some(*entity),
                _ => None,
            })
            .collect();
        let members = interruptible::entities(members, budget)?;
        let (order, cycles) = algo::topological(view, &members, budget)?;
        for cycle in cycles {
            let names: Vec<&str> = cycle.iter().map(|entity| snapshot.name(*entity)).collect();
            let note = format!(
                "these lead back to themselves and stand side by side: {}",
                names.join(", ")
            );
            self.notes.borrow_mut().push(note);
        }
        let places: BTreeMap<EntityId, usize> = order
            .into_iter()
            .enumerate()
            .map(|(place, entity)| (entity, place))
            .collect();
        let place = |row: &Row| match &row[slot.0] {
            Value::Entity(entity) => places[entity],
            _ => usize::MAX,
        };
        interruptible::sort_by(rows, budget, |one, other| place(one).cmp(&place(other)))?;
        Ok(())
    }
}
