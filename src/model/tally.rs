//! The counts of a snapshot made anew of its sections: walks go by them, so they must be true.

use crate::model::Date;
use crate::model::Day;
use crate::model::KindId;
use crate::model::Snapshot;
use crate::model::StatementId;
use crate::model::freeze::with_kinds_below;
use crate::model::layout::NOTHING;
use crate::model::snapshot::RelationCounts;

impl Snapshot {
    /// Whether the counts are those of the sections, all of which are sound.
    ///
    /// # Complexity
    /// O(|V| + |E|).
    pub(super) fn has_true_counts(&self) -> bool {
        let (relations, newest_sign) = self.tallied_relations();
        self.meta.kinds == self.tallied_kinds()
            && self.meta.relations == relations
            && self.meta.newest_sign == newest_sign
    }

    /// How many entities are of each kind or one below it; what has no kind has the hidden one,
    /// which is the last.
    fn tallied_kinds(&self) -> Vec<u64> {
        let count = self.schema.kinds.len();
        let mut of_lists = vec![0_u64; self.kinds.len()];
        for entity in 0..self.entity_count() {
            of_lists[self.entity_kinds.get(entity) as usize] += 1;
        }
        let mut own = vec![0; count];
        for (list, entities) in of_lists.into_iter().enumerate().filter(|(_, it)| *it > 0) {
            let first: Option<&KindId> = self.kinds.get(list).first();
            own[first.map_or(count - 1, |kind| kind.index())] += entities;
        }
        with_kinds_below(&self.schema, &own)
    }

    fn tallied_relations(&self) -> (Vec<RelationCounts>, Option<Day>) {
        let mut counts = vec![RelationCounts::default(); self.schema.relations.len()];
        let mut newest = None;
        // What each list of qualifiers says, so that it is decoded once: walked, and dated.
        let said: Vec<(bool, bool)> = self
            .qualifiers
            .check()
            .flatten()
            .flat_map(|(_, block)| {
                let said = block.iter();
                let said = said.map(|list| (list.is_walked(), list.is_dated()));
                said.collect::<Vec<_>>()
            })
            .collect();
        for statement in 0..self.statement_count() {
            let relation = self.out_relations.get(statement) as usize;
            let (is_walked, is_dated) = said[self.statement_qualifiers.get(statement) as usize];
            let count = &mut counts[relation];
            count.all += 1;
            count.unwalked += u64::from(!is_walked);
            count.dated += u64::from(is_dated);
            count.nothing += u64::from(self.out_objects[statement] == NOTHING);
            if is_walked && self.schema.relations[relation].status.is_some() {
                let date = self.sign_date(StatementId::from_index(statement));
                newest = newest.max(date.and_then(Date::first));
            }
        }
        (counts, newest)
    }
}
