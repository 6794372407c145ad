//! The one value of a property that entities have, as a column: a query that asks all of them reads
//! it instead of looking for the statement among those of each.

use crate::diagnostic::Budget;
use crate::diagnostic::Fault;
use crate::model::EntityId;
use crate::model::RelationId;
use crate::model::Rows;
use crate::model::Snapshot;
use crate::model::column::CodeSlice;
use crate::model::column::Codes;
use crate::model::layout::Piece;

/// So many entities are looked at between two looks at the budget.
const PIECE: usize = 1024;

impl Snapshot {
    /// The value of `property` that each entity has, by its place among [`Snapshot::values`].
    ///
    /// As many as there are values stands for none that is known, and one more for several. Every
    /// statement counts, whatever its qualifiers. The column is made when it is first asked for,
    /// and kept as long as the snapshot, in up to four bytes an entity. `None` where as much is
    /// kept as may be: 256 MiB, or four columns of a graph where these take more.
    ///
    /// Errors: the budget is spent.
    ///
    /// # Complexity
    /// O(|E|) when it is made; |V| steps are spent, also if it is there already or refused.
    pub fn value_codes(
        &self,
        property: RelationId,
        budget: &mut Budget,
    ) -> Result<Option<CodeSlice<'_>>, Fault> {
        let relations = self.schema.relations.len();
        let slot = self.kept.values.slot(property.index(), relations);
        budget.spend(self.entity_count() as u64)?;
        // Numbers are as wide as the greatest needs, which is at most the number of several.
        let width = match self.values.len() + 1 {
            0..0x100 => 1,
            0x100..0x1_0000 => 2,
            _ => 4,
        };
        let room = (width * self.entity_count(), self.enough_kept());
        let codes = self.kept.value_bytes.get_or_make(slot, room, || {
            let piece = Piece::codes(self.numbers_of(property, budget)?);
            Ok(Codes::new(piece.bytes, piece.width).expect("a piece of codes is such"))
        })?;
        Ok(codes.map(Codes::slice))
    }

    /// The column of [`Snapshot::value_codes`], if it was made before.
    pub fn made_value_codes(&self, property: RelationId) -> Option<CodeSlice<'_>> {
        let relations = self.schema.relations.len();
        let slot = self.kept.values.slot(property.index(), relations);
        slot.get().map(Codes::slice)
    }

    fn numbers_of(&self, property: RelationId, budget: &mut Budget) -> Result<Vec<u32>, Fault> {
        let none = self.values.len() as u32;
        let rows = self.out_rows();
        let count = self.entity_count();
        let mut numbers = Vec::with_capacity(count);
        for start in (0..count).step_by(PIECE) {
            let piece = start..count.min(start + PIECE);
            budget.look()?;
            numbers.extend(piece.map(|index| {
                let values = &rows.ends[rows.run(EntityId::from_index(index), property)];
                let mut known = values.iter().filter(|value| **value != Rows::NOTHING);
                match (known.next(), known.next()) {
                    (None, _) => none,
                    (Some(value), None) => *value,
                    (Some(_), Some(_)) => none + 1,
                }
            }));
        }
        Ok(numbers)
    }
}
