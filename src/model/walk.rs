//! A view made ready for walks that touch much of a graph: the rows as slices, what is walked as a
//! table of relations, and what the filter says of each distinct list of qualifiers and citations,
//! once it was asked.

use crate::model::CodeSlice;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::Filter;
use crate::model::RelationId;
use crate::model::Rows;
use crate::model::Snapshot;
use crate::model::StatementId;
use crate::model::View;

/// The steps of a view in one direction.
#[derive(Debug)]
pub struct Walk<'a> {
    out: Side<'a>,
    into: Side<'a>,
    verdicts: Verdicts<'a>,
}

/// Statements of a relation are not walked.
const NO: u8 = 0;
/// All of them are walked.
const YES: u8 = 1;
/// The filter decides on each.
const ASK: u8 = 2;

/// The rows at one end of entities, and how they are walked.
#[derive(Debug)]
struct Side<'a> {
    rows: Rows<'a>,
    /// One entry a relation: [`NO`], [`YES`] or [`ASK`].
    ways: Vec<u8>,
    extent: Extent,
}

/// How much of the rows is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    /// No statement.
    Nothing,
    /// Every statement, and each leads to an entity.
    Everything,
    /// All statements of one relation; the relations before and behind it are skipped.
    One(RelationId),
    /// Those that `ways` allow.
    Some,
}

impl<'a> Walk<'a> {
    /// The steps of `view` in `direction` of the walk.
    pub fn new(view: View<'a>, direction: Direction) -> Walk<'a> {
        let snapshot = view.snapshot;
        Walk {
            out: Side::new(view, snapshot.out_rows(), direction, true),
            into: Side::new(view, snapshot.in_rows(), direction.reversed(), false),
            verdicts: Verdicts::new(snapshot, view.filter),
        }
    }

    /// Calls `visit` with the far end of each step from an entity: outgoing statements first, each
    /// by their ids. An entity comes once for each statement. Returns how many statements were
    /// looked at.
    #[inline]
    pub fn visit(&mut self, entity: EntityId, mut visit: impl FnMut(EntityId)) -> usize {
        let looked = self.out.visit(entity, &mut visit, |place| {
            self.verdicts.admits(StatementId(place as u32))
        });
        let snapshot = self.verdicts.snapshot;
        looked
            + self.into.visit(entity, &mut visit, |place| {
                let statement = snapshot.incoming_statement(entity, place);
                self.verdicts.admits(statement)
            })
    }

    /// At most how many steps lead on from an entity.
    pub fn degree(&self, entity: EntityId) -> usize {
        self.out.degree(entity) + self.into.degree(entity)
    }
}

impl<'a> Side<'a> {
    fn new(view: View<'a>, rows: Rows<'a>, direction: Direction, is_out: bool) -> Side<'a> {
        let (snapshot, filter) = (view.snapshot, view.filter);
        let relations = (0..snapshot.schema.relations.len()).map(RelationId::from_index);
        let way = |relation: RelationId| match view.along.leads(relation, direction) {
            false => NO,
            true if filter.asks_of(snapshot, relation) => ASK,
            true => YES,
        };
        let ways: Vec<u8> = relations.clone().map(way).collect();
        let has_any = |relation: &RelationId| snapshot.relation_count(*relation) > 0;
        let mut present = relations.filter(has_any).map(|relation| relation.index());
        // Rows of outgoing statements have values too, and statements whose object is not known.
        let leads = |relation: usize| {
            !is_out || !snapshot.has_unknown_object(RelationId::from_index(relation))
        };
        let mut walked = present.clone().filter(|relation| ways[*relation] != NO);
        let is_property =
            |relation: usize| !is_out && snapshot.schema.relations[relation].is_property();
        let extent = match (walked.next(), walked.next()) {
            (None, _) => Extent::Nothing,
            _ if present.all(|relation| {
                is_property(relation) || ways[relation] == YES && leads(relation)
            }) =>
            {
                Extent::Everything
            }
            (Some(only), None) if ways[only] == YES && leads(only) => {
                Extent::One(RelationId::from_index(only))
            }
            _ => Extent::Some,
        };
        Side { rows, ways, extent }
    }

    fn degree(&self, entity: EntityId) -> usize {
        match self.extent {
            Extent::Nothing => 0,
            Extent::One(relation) => self.rows.run(entity, relation).len(),
            Extent::Everything | Extent::Some => self.rows.range(entity).len(),
        }
    }

    #[inline]
    fn visit(
        &self,
        entity: EntityId,
        visit: &mut impl FnMut(EntityId),
        mut admits: impl FnMut(usize) -> bool,
    ) -> usize {
        let range = match self.extent {
            Extent::Nothing => return 0,
            Extent::One(relation) => self.rows.run(entity, relation),
            Extent::Everything | Extent::Some => self.rows.range(entity),
        };
        let (start, looked) = (range.start, range.len());
        let ends = &self.rows.ends[range.clone()];
        if self.extent != Extent::Some {
            for end in ends {
                visit(EntityId(*end));
            }
            return looked;
        }
        let mut step = |relation: u32, end: u32, place: usize| {
            let way = self.ways[relation as usize];
            if way != NO && end != Rows::NOTHING && (way == YES || admits(place)) {
                visit(EntityId(end));
            }
        };
        match self.rows.relations {
            CodeSlice::Narrow(relations) => {
                let pairs = relations[range].iter().zip(ends).enumerate();
                for (place, (relation, end)) in pairs {
                    step(u32::from(*relation), *end, start + place);
                }
            }
            relations => {
                for (place, end) in ends.iter().enumerate() {
                    step(relations.get(start + place), *end, start + place);
                }
            }
        }
        looked
    }
}

/// What a filter says of statements, asked once for each distinct list of qualifiers and citations.
#[derive(Debug)]
pub struct Verdicts<'a> {
    snapshot: &'a Snapshot,
    filter: &'a Filter,
    qualifiers: Vec<u8>,
    citations: Vec<u8>,
}

/// Not asked yet; the others are the answer plus 1.
const UNASKED: u8 = 0;

impl<'a> Verdicts<'a> {
    /// Nothing is asked yet.
    pub fn new(snapshot: &'a Snapshot, filter: &'a Filter) -> Verdicts<'a> {
        // Most walks ask nothing: the tables are made when they do.
        Verdicts {
            snapshot,
            filter,
            qualifiers: Vec::new(),
            citations: Vec::new(),
        }
    }

    /// Whether a walk takes a statement.
    pub fn admits(&mut self, statement: StatementId) -> bool {
        let (snapshot, filter) = (self.snapshot, self.filter);
        let number = snapshot.qualifier_codes().get(statement.index()) as usize;
        if self.qualifiers.is_empty() {
            self.make_tables();
        }
        let known = &mut self.qualifiers[number];
        if *known == UNASKED {
            let qualifiers = snapshot.qualifier_list().get(number);
            let is_walked = filter.is_doubtful || qualifiers.is_walked();
            *known = 1 + u8::from(is_walked && filter.is_in_time(qualifiers));
        }
        if *known == 1 || filter.sources.is_none() {
            return *known == 2;
        }
        let number = snapshot.citation_codes().get(statement.index()) as usize;
        let known = &mut self.citations[number];
        if *known == UNASKED {
            *known = 1 + u8::from(filter.is_sourced(snapshot, statement));
        }
        *known == 2
    }

    #[cold]
    fn make_tables(&mut self) {
        self.qualifiers = vec![UNASKED; self.snapshot.qualifier_list().len()];
        if self.filter.sources.is_some() {
            self.citations = vec![UNASKED; self.snapshot.citation_lists().len()];
        }
    }
}
