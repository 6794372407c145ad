//! The statements of one relation as rows of their own: what a query reads that asks many entities
//! for them, instead of looking for the relation among all statements of each.

use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use crate::diagnostic::Budget;
use crate::diagnostic::Fault;
use crate::model::EntityId;
use crate::model::RelationId;
use crate::model::Rows;
use crate::model::Snapshot;

/// So many entities are gone through between two looks at the budget.
const PIECE: usize = 1024;

/// Runs are made once those of one entity in so many were looked for, by all queries together: what
/// was spent by then is about what making them costs.
const MANY_LOOKED_FOR: u64 = 2;

/// The far ends of the statements of a relation, by the entity at the other end.
#[derive(Clone, Copy, Debug)]
pub struct Runs<'a> {
    /// Where the ends of each entity start; one more entry for the end.
    starts: &'a [u32],
    /// The far ends, ascending for each entity, one a statement; those that are known.
    pub ends: &'a [u32],
}

impl<'a> Runs<'a> {
    /// Where the ends of an entity lie.
    #[inline]
    pub fn range(&self, entity: EntityId) -> Range<u32> {
        self.starts[entity.index()]..self.starts[entity.index() + 1]
    }

    /// The ends of an entity.
    #[inline]
    pub fn of(&self, entity: EntityId) -> &'a [u32] {
        let range = self.range(entity);
        &self.ends[range.start as usize..range.end as usize]
    }
}

/// The runs that are kept, and how often they were looked for before they were made.
#[derive(Debug, Default)]
pub(super) struct KeptRuns {
    made: OnceLock<OwnRuns>,
    looked_for: AtomicU64,
}

/// What [`Runs`] looks at.
#[derive(Debug)]
struct OwnRuns {
    starts: Box<[u32]>,
    ends: Box<[u32]>,
}

impl KeptRuns {
    fn runs(&self) -> Option<Runs<'_>> {
        let OwnRuns { starts, ends } = self.made.get()?;
        Some(Runs { starts, ends })
    }
}

impl Snapshot {
    /// The runs of `relation` by its subjects or objects, if [`Snapshot::make_runs`] made them.
    pub fn runs(&self, relation: RelationId, is_outward: bool) -> Option<Runs<'_>> {
        self.kept_runs(relation, is_outward).runs()
    }

    /// How often the runs of `relation` may be looked for without until it pays to make them: what
    /// [`Snapshot::count_looks`] has counted is not forgotten.
    pub fn looks_left(&self, relation: RelationId, is_outward: bool) -> u64 {
        let kept = self.kept_runs(relation, is_outward);
        let enough = self.entity_count() as u64 / MANY_LOOKED_FOR;
        enough.saturating_sub(kept.looked_for.load(Ordering::Relaxed))
    }

    /// Counts how often the runs of `relation` were looked for without.
    pub fn count_looks(&self, relation: RelationId, is_outward: bool, count: u64) {
        let kept = self.kept_runs(relation, is_outward);
        kept.looked_for.fetch_add(count, Ordering::Relaxed);
    }

    /// The runs of `relation` by its subjects or objects. Every statement between entities counts,
    /// whatever its qualifiers. They are made when they are first asked for, and kept as long as
    /// the snapshot, in four bytes an entity and four a statement. `None` where too much would be
    /// kept with them: more than 256 MiB, or than four columns of a graph where these take more.
    ///
    /// No steps are spent, so that a query takes as many whether they are there already or not.
    ///
    /// Errors: the time is over, or somebody asked to stop.
    ///
    /// # Complexity
    /// O(|V| + |E|) when they are made.
    pub fn make_runs(
        &self,
        relation: RelationId,
        is_outward: bool,
        budget: &mut Budget,
    ) -> Result<Option<Runs<'_>>, Fault> {
        let kept = self.kept_runs(relation, is_outward);
        let numbers = self.entity_count() + 1 + self.relation_count(relation);
        let room = (numbers * size_of::<u32>(), self.enough_kept());
        let make = || self.own_runs(relation, is_outward, budget);
        self.kept.get_or_make(&kept.made, room, make)?;
        Ok(kept.runs())
    }

    fn kept_runs(&self, relation: RelationId, is_outward: bool) -> &KeptRuns {
        let place = 2 * relation.index() + usize::from(!is_outward);
        self.kept.runs.slot(place, 2 * self.schema.relations.len())
    }

    fn own_runs(
        &self,
        relation: RelationId,
        is_outward: bool,
        budget: &mut Budget,
    ) -> Result<OwnRuns, Fault> {
        let (count, all) = (self.entity_count(), self.relation_count(relation));
        let rows = match is_outward {
            true => self.out_rows(),
            false => self.in_rows(),
        };
        let mut starts = Vec::with_capacity(count + 1);
        let mut ends: Vec<u32> = Vec::with_capacity(all);
        for first in (0..count).step_by(PIECE) {
            let piece = first as u32..count.min(first + PIECE) as u32;
            let piece: Vec<u32> = piece.collect();
            rows.each_run(&piece, relation, |places| {
                starts.push(ends.len() as u32);
                let run = &rows.ends[places];
                // Unknown ends are the last.
                let known = run.partition_point(|end| *end != Rows::NOTHING);
                ends.extend_from_slice(&run[..known]);
            });
            budget.look()?;
        }
        starts.push(ends.len() as u32);
        Ok(OwnRuns {
            starts: starts.into(),
            ends: ends.into(),
        })
    }
}
