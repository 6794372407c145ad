//! The one value of a property that entities have, as a column: a query that asks all of them reads
//! it instead of looking for the statement among those of each.

use std::sync::OnceLock;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

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

/// So many bytes of columns are kept, or so many columns where these are more.
const BYTES_KEPT: usize = 1 << 28;
const COLUMNS_KEPT: usize = 4;

/// The columns that were made, one a relation, and how many bytes they take.
#[derive(Debug, Default)]
pub(super) struct ValueColumns {
    columns: OnceLock<Box<[OnceLock<Codes>]>>,
    bytes: AtomicUsize,
}

impl Clone for ValueColumns {
    /// None: they are made again where they are wanted.
    fn clone(&self) -> ValueColumns {
        ValueColumns::default()
    }
}

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
    /// O(|E|) when it is made; |V| steps are spent whether it is made or there already.
    pub fn value_codes(
        &self,
        property: RelationId,
        budget: &mut Budget,
    ) -> Result<Option<CodeSlice<'_>>, Fault> {
        let relations = self.schema.relations.len();
        let columns = self.value_columns.columns.get_or_init(|| {
            let empty = std::iter::repeat_with(OnceLock::new);
            empty.take(relations).collect()
        });
        let column = &columns[property.index()];
        if let Some(codes) = column.get() {
            budget.spend(self.entity_count() as u64)?;
            return Ok(Some(codes.slice()));
        }
        let kept = &self.value_columns.bytes;
        let enough = BYTES_KEPT.max(COLUMNS_KEPT * size_of::<u32>() * self.entity_count());
        if kept.load(Ordering::Relaxed) >= enough {
            return Ok(None);
        }
        let piece = Piece::codes(self.numbers_of(property, budget)?);
        kept.fetch_add(piece.bytes.len(), Ordering::Relaxed);
        let codes = Codes::new(piece.bytes, piece.width).expect("a piece of codes is such");
        Ok(Some(column.get_or_init(|| codes).slice()))
    }

    fn numbers_of(&self, property: RelationId, budget: &mut Budget) -> Result<Vec<u32>, Fault> {
        let none = self.values.len() as u32;
        let rows = self.out_rows();
        let count = self.entity_count();
        let mut numbers = Vec::with_capacity(count);
        for start in (0..count).step_by(PIECE) {
            let piece = start..count.min(start + PIECE);
            budget.spend(piece.len() as u64)?;
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

#[cfg(test)]
impl Snapshot {
    /// The same snapshot, which keeps no columns.
    pub(crate) fn without_columns(self) -> Snapshot {
        self.value_columns
            .bytes
            .store(usize::MAX, Ordering::Relaxed);
        self
    }
}
