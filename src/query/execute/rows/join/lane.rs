//! The runs that a join goes along: the statements of some relations at one end of entities.

use std::borrow::Cow;
use std::ops::Range;

use crate::diagnostic::Budget;
use crate::diagnostic::Fault;
use crate::model::EntityId;
use crate::model::Filter;
use crate::model::Lookups;
use crate::model::RelationId;
use crate::model::Rows;
use crate::model::Snapshot;
use crate::model::StatementId;
use crate::model::Verdicts;
use crate::query::bound::Tie;

/// So many entities in their order are gone through while one is looked for that lies anywhere.
const TURNS_A_LOOKUP: u64 = 8;

/// The runs of so many entities are looked for between two looks at the budget.
pub(super) const TOGETHER: usize = 1 << 16;

/// So many statements are looked at in the time in which those of a relation are searched for.
const LOOKS_A_SEARCH: usize = 4;

/// One way along one relation or several.
pub(super) struct Lane<'j> {
    snapshot: &'j Snapshot,
    rows: Rows<'j>,
    relations: &'j [RelationId],
    /// Of several, by their numbers: whether a relation is one of them.
    is_one: Vec<bool>,
    is_outward: bool,
    /// Whether some statements lead to no entity.
    has_nothing: bool,
    /// Whether the filter is asked of each statement.
    asks: bool,
    /// How often runs are looked for, and the relation's own ones; none where a run is made of what
    /// is stored.
    lookups: Option<Lookups<'j>>,
}

impl<'j> Lane<'j> {
    pub(super) fn new(snapshot: &'j Snapshot, filter: &Filter, tie: &'j Tie) -> Lane<'j> {
        let (relations, is_outward) = (tie.relations.as_slice(), tie.is_outward);
        let mut each = relations.iter();
        let asks = each.any(|relation| filter.asks_of(snapshot, *relation));
        let mut each = relations.iter();
        let has_nothing = each.any(|relation| snapshot.has_unknown_object(*relation));
        let mut is_one = Vec::new();
        if relations.len() > 1 {
            is_one.resize(snapshot.schema.relations.len(), false);
            for relation in relations {
                is_one[relation.index()] = true;
            }
        }
        let lookups = match relations {
            [relation] if !asks => Some(Lookups::new(snapshot, *relation, is_outward)),
            _ => None,
        };
        Lane {
            snapshot,
            rows: if is_outward {
                snapshot.out_rows()
            } else {
                snapshot.in_rows()
            },
            relations,
            is_one,
            is_outward,
            has_nothing: is_outward && has_nothing,
            asks,
            lookups,
        }
    }

    /// Where the statements of a relation at an entity lie, those left out whose far end is not
    /// known.
    #[inline]
    fn places(&self, start: EntityId, relation: RelationId) -> Range<usize> {
        self.known(self.rows.run(start, relation))
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
    /// where a run is made of what is stored. What lies anywhere is looked for together, so that
    /// one need not wait for the other.
    ///
    /// Errors: the budget is spent.
    #[inline]
    pub(super) fn runs(
        &mut self,
        starts: &[u32],
        found: &mut Vec<Range<u32>>,
        budget: &mut Budget,
    ) -> Result<Option<&'j [u32]>, Fault> {
        let Some(lookups) = &mut self.lookups else {
            return Ok(None);
        };
        lookups.count(starts.len() as u64, budget)?;
        let own = lookups.runs();
        let ends = own.map_or(self.rows.ends, |own| own.ends);
        found.clear();
        found.reserve(starts.len());
        for part in starts.chunks(TOGETHER) {
            let before = found.len();
            if before > 0 {
                budget.look()?;
            }
            match own {
                Some(own) => found.extend(part.iter().map(|start| own.range(EntityId(*start)))),
                None => self.rows.each_run(part, self.relations[0], |places| {
                    let places = self.known(places);
                    found.push(places.start as u32..places.end as u32);
                }),
            }
            let first = |run: &Range<u32>| ends.get(run.start as usize).copied();
            let touched = found[before..].iter().filter_map(first);
            std::hint::black_box(touched.fold(0, |sum, end| sum ^ end));
        }
        Ok(Some(ends))
    }

    /// Counts that so many entities were gone through in their order, where a look costs less.
    pub(super) fn turned(&mut self, entities: u64, budget: &mut Budget) -> Result<(), Fault> {
        match &mut self.lookups {
            Some(lookups) => lookups.count(entities / TURNS_A_LOOKUP, budget),
            None => Ok(()),
        }
    }

    /// Where the runs of all entities start, if the relation has runs of its own.
    pub(super) fn starts(&self) -> Option<&'j [u32]> {
        let lookups = self.lookups.as_ref()?;
        lookups.runs().map(|runs| runs.starts())
    }

    /// Whether each run is made of what is stored, and does not lie there.
    pub(super) fn makes_runs(&self) -> bool {
        self.lookups.is_none()
    }

    /// How many statements there are of the relations.
    pub(super) fn count(&self) -> u64 {
        let relations = self.relations.iter();
        let counts = relations.map(|relation| self.snapshot.relation_count(*relation) as u64);
        counts.sum()
    }

    /// The far ends of the statements at an entity, ascending, one a statement.
    ///
    /// Errors: the budget is spent.
    #[inline]
    pub(super) fn run(
        &mut self,
        start: EntityId,
        verdicts: &mut Verdicts<'j>,
        budget: &mut Budget,
    ) -> Result<Cow<'j, [u32]>, Fault> {
        if let Some(lookups) = &mut self.lookups {
            lookups.count(1, budget)?;
        }
        Ok(match self.run_in_place(start) {
            Some(run) => Cow::Borrowed(run),
            None => Cow::Owned(self.made_run(start, verdicts)),
        })
    }

    /// The same as it is stored; none where it is made of that. Where entities are gone through in
    /// their order, [`Lane::turned`] counts it.
    #[inline(always)]
    pub(super) fn run_in_place(&self, start: EntityId) -> Option<&'j [u32]> {
        let lookups = self.lookups.as_ref()?;
        Some(match lookups.runs() {
            Some(own) => own.of(start),
            None => &self.rows.ends[self.places(start, self.relations[0])],
        })
    }

    /// The same made of what is stored.
    pub(super) fn made_run(&self, start: EntityId, verdicts: &mut Verdicts<'j>) -> Vec<u32> {
        let mut run = Vec::new();
        self.each_place(start, |place| {
            let statement = || match self.is_outward {
                true => StatementId::from_index(place),
                false => self.snapshot.incoming_statement(start, place),
            };
            if !self.asks || verdicts.admits(statement()) {
                run.push(self.rows.ends[place]);
            }
        });
        if self.relations.len() > 1 {
            run.sort_unstable();
        }
        run
    }

    /// Calls `visit` with the place of each statement at an entity whose far end is known.
    fn each_place(&self, start: EntityId, mut visit: impl FnMut(usize)) {
        let all = self.rows.range(start);
        if self.relations.len() > 1 && all.len() <= LOOKS_A_SEARCH * self.relations.len() {
            for place in all {
                let is_one = self.is_one[self.rows.relations.get(place) as usize];
                if is_one && self.rows.ends[place] != Rows::NOTHING {
                    visit(place);
                }
            }
            return;
        }
        for relation in self.relations {
            self.places(start, *relation).for_each(&mut visit);
        }
    }
}
