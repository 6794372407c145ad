//! What a join asks conditions with.

use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::model::EntityId;
use crate::model::Value;
use crate::model::Verdicts;
use crate::query::bound::Expression;
use crate::query::bound::Slot;
use crate::query::execute::logic::truth_of;
use crate::query::execute::rows::Row;
use crate::query::execute::rows::RowRun;
use crate::query::execute::rows::place_of;

/// What conditions are asked with.
pub(super) struct Asker<'j> {
    pub(super) run: &'j RowRun<'j>,
    /// A row of its own, whose slots are null but for those that a condition reads.
    pub(super) row: Row,
    pub(super) verdicts: Verdicts<'j>,
}

impl Asker<'_> {
    /// Whether a condition is true of the row.
    pub(super) fn holds(
        &mut self,
        condition: &Expression,
        budget: &mut Budget,
    ) -> Result<bool, Error> {
        let truth = self.run.evaluate(condition, &mut self.row, budget)?;
        Ok(truth_of(&truth, place_of(condition))? == Some(true))
    }

    /// Whether a condition that reads one slot is true of an entity.
    pub(super) fn holds_of(
        &mut self,
        condition: &Expression,
        (slot, entity): (Slot, EntityId),
        budget: &mut Budget,
    ) -> Result<bool, Error> {
        self.row[slot.0] = Value::Entity(entity);
        let holds = self.holds(condition, budget);
        self.row[slot.0] = Value::Null;
        holds
    }
}
