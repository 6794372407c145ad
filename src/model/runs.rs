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

/// So many entities or statements are gone through between two looks at the budget.
const PIECE: usize = 1 << 16;

/// Runs are made once those of one entity in so many were looked for, by all queries together: what
/// was spent by then is about what making them costs.
const MANY_LOOKUPS: u64 = 2;

/// A query that looks up the runs of no more than one entity in so many goes on without, because
/// making them would take it many times as long.
const OWN_LOOKUPS: u64 = 32;

/// A relation with no more statements than one for so many entities gets no runs of its own, which
/// would be empty nearly everywhere.
const ENTITIES_A_STATEMENT: usize = 16;

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

    /// Where the ends of each entity start, by number; one more for where they end.
    pub fn starts(&self) -> &'a [u32] {
        self.starts
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
    lookups: AtomicU64,
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

    /// The runs of `relation` by its subjects or objects. Every statement between entities counts,
    /// whatever its qualifiers. They are made when they are first asked for, and kept as long as
    /// the snapshot, in four bytes an entity and four a statement. `None` where too much would be
    /// kept with them: more than 256 MiB, or than four columns of a graph where these take more;
    /// and where the relation has hardly any statements.
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
        let (entities, statements) = (self.entity_count(), self.relation_count(relation));
        if statements * ENTITIES_A_STATEMENT <= entities {
            return Ok(None);
        }
        let kept = self.kept_runs(relation, is_outward);
        let bytes = (entities + 1 + statements) * size_of::<u32>();
        let make = || self.own_runs(relation, is_outward, budget);
        let room = &self.kept.run_bytes;
        let made = room.get_or_make(&kept.made, (bytes, self.enough_kept()), make);
        if made.is_err() {
            // Who has little time is not asked to make them again at once.
            kept.lookups.store(0, Ordering::Relaxed);
        }
        made?;
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
        let (mut entities, mut first) = (Vec::new(), 0);
        while first < count {
            // As many as have so many statements, and one at least.
            let most = rows.starts[first].saturating_add(PIECE as u32);
            let piece = &rows.starts[first + 1..count.min(first + PIECE)];
            let next = first + 1 + piece.partition_point(|start| *start <= most);
            entities.clear();
            entities.extend(first as u32..next as u32);
            rows.each_run(&entities, relation, |places| {
                starts.push(ends.len() as u32);
                let run = &rows.ends[places];
                // Unknown ends are the last.
                let known = run.partition_point(|end| *end != Rows::NOTHING);
                ends.extend_from_slice(&run[..known]);
            });
            budget.look()?;
            first = next;
        }
        starts.push(ends.len() as u32);
        Ok(OwnRuns {
            starts: starts.into(),
            ends: ends.into(),
        })
    }
}

/// How often one query looks up the runs of a relation.
#[derive(Debug)]
pub struct Lookups<'a> {
    snapshot: &'a Snapshot,
    relation: RelationId,
    is_outward: bool,
    runs: Option<Runs<'a>>,
    /// How many lookups there are before runs are made; none once that is settled.
    left: Option<u64>,
    /// How many there were without.
    count: u64,
}

impl<'a> Lookups<'a> {
    /// Those of a new query; it has the runs that are there already.
    pub fn new(snapshot: &'a Snapshot, relation: RelationId, is_outward: bool) -> Lookups<'a> {
        let kept = snapshot.kept_runs(relation, is_outward);
        let (entities, runs) = (snapshot.entity_count() as u64, kept.runs());
        let lookups = kept.lookups.load(Ordering::Relaxed);
        let left = (entities / MANY_LOOKUPS).saturating_sub(lookups);
        Lookups {
            snapshot,
            relation,
            is_outward,
            left: runs.is_none().then_some(left.max(entities / OWN_LOOKUPS)),
            runs,
            count: 0,
        }
    }

    /// The runs, if they are there.
    #[inline]
    pub fn runs(&self) -> Option<Runs<'a>> {
        self.runs
    }

    /// Counts so many lookups, which may make the runs.
    ///
    /// Errors: the time is over, or somebody asked to stop.
    #[inline]
    pub fn count(&mut self, lookups: u64, budget: &mut Budget) -> Result<(), Fault> {
        let Some(left) = self.left else {
            return Ok(());
        };
        self.count += lookups;
        match self.count > left {
            true => self.make(budget),
            false => Ok(()),
        }
    }

    #[cold]
    fn make(&mut self, budget: &mut Budget) -> Result<(), Fault> {
        self.left = None;
        let (snapshot, relation) = (self.snapshot, self.relation);
        // Nothing is counted if they cannot be made in time.
        let count = std::mem::take(&mut self.count);
        self.runs = snapshot.make_runs(relation, self.is_outward, budget)?;
        self.count = count;
        Ok(())
    }
}

impl Drop for Lookups<'_> {
    /// What was counted is not forgotten.
    fn drop(&mut self) {
        if self.count > 0 {
            let kept = self.snapshot.kept_runs(self.relation, self.is_outward);
            kept.lookups.fetch_add(self.count, Ordering::Relaxed);
        }
    }
}
