//! The runs that a join goes along: the statements of one relation at one end of entities.

use std::borrow::Cow;
use std::ops::Range;

use crate::model::EntityId;
use crate::model::Filter;
use crate::model::RelationId;
use crate::model::Rows;
use crate::model::Snapshot;
use crate::model::StatementId;
use crate::model::Verdicts;
use crate::query::bound::Tie;

/// One way along one relation.
#[derive(Clone, Copy)]
pub(super) struct Lane<'j> {
    snapshot: &'j Snapshot,
    rows: Rows<'j>,
    relation: RelationId,
    is_outward: bool,
    /// Whether the filter is asked of each statement.
    asks: bool,
    /// Whether some statements lead to no entity.
    has_nothing: bool,
}

impl<'j> Lane<'j> {
    pub(super) fn new(snapshot: &'j Snapshot, filter: &Filter, tie: &Tie) -> Lane<'j> {
        let (relation, is_outward) = (tie.relation, tie.is_outward);
        Lane {
            snapshot,
            rows: if is_outward {
                snapshot.out_rows()
            } else {
                snapshot.in_rows()
            },
            relation,
            is_outward,
            asks: filter.asks_of(snapshot, relation),
            has_nothing: is_outward && snapshot.has_unknown_object(relation),
        }
    }

    /// Where the statements at an entity lie, those left out whose far end is not known.
    #[inline]
    fn places(&self, start: EntityId) -> Range<usize> {
        self.known(self.rows.run(start, self.relation))
    }

    /// Those of statements whose far end is known.
    #[inline]
    fn known(&self, mut places: Range<usize>) -> Range<usize> {
        // Unknown ends are the last.
        while self.has_nothing
            && !places.is_empty()
            && self.rows.ends[places.end - 1] == Rows::NOTHING
        {
            places.end -= 1;
        }
        places
    }

    /// The far ends of the statements at each of some entities, as [`Lane::run`] gives them; none
    /// where the filter is asked of each statement. What lies anywhere is looked for together, so
    /// that one need not wait for the other.
    #[inline]
    pub(super) fn runs(&self, starts: &[u32], found: &mut Vec<Range<u32>>) -> Option<&'j [u32]> {
        if self.asks {
            return None;
        }
        found.clear();
        found.reserve(starts.len());
        self.rows.each_run(starts, self.relation, |places| {
            let places = self.known(places);
            found.push(places.start as u32..places.end as u32);
        });
        let first = |run: &Range<u32>| self.rows.ends.get(run.start as usize).copied();
        let touched = found.iter().filter_map(first).fold(0, |sum, end| sum ^ end);
        std::hint::black_box(touched);
        Some(self.rows.ends)
    }

    /// Whether the filter is asked of each statement.
    pub(super) fn asks(&self) -> bool {
        self.asks
    }

    /// How many statements there are of the relation.
    pub(super) fn count(&self) -> u64 {
        self.snapshot.relation_count(self.relation) as u64
    }

    /// The far ends of the statements at an entity, ascending, one a statement.
    #[inline]
    pub(super) fn run(&self, start: EntityId, verdicts: &mut Verdicts<'j>) -> Cow<'j, [u32]> {
        let places = self.places(start);
        if !self.asks {
            return Cow::Borrowed(&self.rows.ends[places]);
        }
        let admits = |place: &usize| {
            let statement = match self.is_outward {
                true => StatementId::from_index(*place),
                false => self.snapshot.incoming_statement(start, *place),
            };
            verdicts.admits(statement)
        };
        let places = places.filter(admits);
        Cow::Owned(places.map(|place| self.rows.ends[place]).collect())
    }
}
