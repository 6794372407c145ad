//! A view made ready for walks that touch much of a graph: the rows as slices, what is walked as a
//! table of relations, and what the filter says of each distinct list of qualifiers and citations,
//! once it was asked.

use std::ops::Range;

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

/// So many entities are gone on from first, because most walks are shorter than a look at all
/// relations.
const UNTIL_SETTLED: u32 = 32;

/// An entity with more rows is not gone through without a look at all relations.
const FEW_ROWS: usize = 64;

/// The rows of so many entities are looked up before they are gone through.
const AHEAD: usize = 32;

/// Statements of a relation are not walked.
const NO: u8 = 0;
/// All of them are walked.
const YES: u8 = 1;
/// The filter decides on each.
const ASK: u8 = 2;

/// The rows at one end of entities, and how they are walked.
#[derive(Debug)]
struct Side<'a> {
    view: View<'a>,
    /// The way that relations are walked here.
    direction: Direction,
    /// Whether the rows are those of outgoing statements.
    is_out: bool,
    rows: Rows<'a>,
    /// One entry a relation: [`NO`], [`YES`] or [`ASK`]; nothing before it is settled.
    ways: Vec<u8>,
    extent: Extent,
    /// How many more entities are gone on from before all relations are looked at.
    until_settled: u32,
}

/// How much of the rows is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    /// Not looked at yet; each relation is asked about where it is met.
    Unknown,
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
        Walk {
            out: Side::new(view, direction, true),
            into: Side::new(view, direction.reversed(), false),
            verdicts: Verdicts::new(view.snapshot, view.filter),
        }
    }

    /// The same, made ready for a walk that is long, or that asks how many steps there are.
    pub fn settled(view: View<'a>, direction: Direction) -> Walk<'a> {
        let mut walk = Walk::new(view, direction);
        walk.out.settle();
        walk.into.settle();
        walk
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

    /// A range of places in parts of so many entities as are worth a [`Walk::prefetch`].
    pub fn parts(range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let starts = range.clone().step_by(AHEAD);
        starts.map(move |start| start..range.end.min(start + AHEAD))
    }

    /// Looks up where the rows of some entities lie that will be visited next, so that one need not
    /// wait for the other. Does nothing in a walk that is short so far.
    #[inline]
    pub fn prefetch(&self, entities: &[EntityId]) {
        self.out.prefetch(entities);
        self.into.prefetch(entities);
    }

    /// At most how many steps lead on from an entity.
    pub fn degree(&self, entity: EntityId) -> usize {
        self.out.degree(entity) + self.into.degree(entity)
    }
}

impl<'a> Side<'a> {
    fn new(view: View<'a>, direction: Direction, is_out: bool) -> Side<'a> {
        let snapshot = view.snapshot;
        Side {
            view,
            direction,
            is_out,
            rows: match is_out {
                true => snapshot.out_rows(),
                false => snapshot.in_rows(),
            },
            ways: Vec::new(),
            extent: match view.along.leads_some(direction) {
                true => Extent::Unknown,
                false => Extent::Nothing,
            },
            until_settled: UNTIL_SETTLED,
        }
    }

    /// Looks at all relations of the graph for what a long walk can skip.
    #[cold]
    fn settle(&mut self) {
        let snapshot = self.view.snapshot;
        let (mut walked, mut is_whole) = (Vec::new(), true);
        for (index, relation) in snapshot.schema.relations.iter().enumerate() {
            let id = RelationId::from_index(index);
            let way = self.way(id);
            self.ways.push(way);
            // Rows of incoming statements have no values.
            if snapshot.relation_count(id) == 0 || !self.is_out && relation.is_property() {
                continue;
            }
            is_whole &= self.is_plain(id);
            if way != NO {
                walked.push(id);
            }
        }
        self.extent = match walked.as_slice() {
            [] => Extent::Nothing,
            _ if is_whole => Extent::Everything,
            [only] if self.is_plain(*only) => Extent::One(*only),
            _ => Extent::Some,
        };
    }

    /// Whether every statement of a relation is walked, and leads to an entity.
    fn is_plain(&self, relation: RelationId) -> bool {
        self.way(relation) == YES
            && !(self.is_out && self.view.snapshot.has_unknown_object(relation))
    }

    #[inline]
    fn way(&self, relation: RelationId) -> u8 {
        let View {
            snapshot,
            filter,
            along,
        } = self.view;
        match along.leads(relation, self.direction) {
            false => NO,
            true if filter.asks_of(snapshot, relation) => ASK,
            true => YES,
        }
    }

    fn degree(&self, entity: EntityId) -> usize {
        match self.extent {
            Extent::Nothing => 0,
            Extent::One(relation) => self.rows.run(entity, relation).len(),
            _ => self.rows.range(entity).len(),
        }
    }

    #[inline]
    fn prefetch(&self, entities: &[EntityId]) {
        if matches!(self.extent, Extent::Unknown | Extent::Nothing) {
            return;
        }
        let Rows {
            starts,
            relations,
            ends,
        } = self.rows;
        let mut touched = 0;
        for entity in entities {
            let start = starts[entity.index()] as usize;
            if let Some(end) = ends.get(start) {
                touched ^= *end ^ relations.get(start);
            }
        }
        std::hint::black_box(touched);
    }

    #[inline]
    fn visit(
        &mut self,
        entity: EntityId,
        visit: &mut impl FnMut(EntityId),
        mut admits: impl FnMut(usize) -> bool,
    ) -> usize {
        let rows = self.rows;
        if self.extent == Extent::Unknown
            && let Some(looked) = self.visit_few(entity, visit, &mut admits)
        {
            return looked;
        }
        let range = match self.extent {
            Extent::Nothing => return 0,
            Extent::One(relation) => rows.run(entity, relation),
            _ => rows.range(entity),
        };
        let (start, looked) = (range.start, range.len());
        let ends = &rows.ends[range.clone()];
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
        match rows.relations {
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

    /// Visits the ends of an entity with few rows as one of the first; none if it is settled now
    /// instead.
    #[inline(never)]
    fn visit_few(
        &mut self,
        entity: EntityId,
        visit: &mut impl FnMut(EntityId),
        admits: &mut impl FnMut(usize) -> bool,
    ) -> Option<usize> {
        let range = self.rows.range(entity);
        if range.len() > FEW_ROWS || self.until_settled == 0 {
            self.settle();
            return None;
        }
        self.until_settled -= 1;
        let looked = range.len();
        let (mut last, mut way) = (u32::MAX, NO);
        for place in range {
            let relation = self.rows.relations.get(place);
            if relation != last {
                (last, way) = (relation, self.way(RelationId(relation)));
            }
            let end = self.rows.ends[place];
            if way != NO && end != Rows::NOTHING && (way == YES || admits(place)) {
                visit(EntityId(end));
            }
        }
        Some(looked)
    }
}

/// What a filter says of statements, asked once for each distinct list of qualifiers and citations.
#[derive(Debug)]
pub struct Verdicts<'a> {
    snapshot: &'a Snapshot,
    filter: &'a Filter,
    qualifiers: Vec<u8>,
    citations: Vec<u8>,
    /// How many statements were asked about before there were tables.
    asked: usize,
}

/// Tables are made when one statement was asked about for so many entries: by then the walk has
/// cost more than they do.
const ENTRIES_PER_ASKED: usize = 64;

/// Not asked yet; the others are the answer plus 1.
const UNASKED: u8 = 0;

impl<'a> Verdicts<'a> {
    /// Nothing is asked yet.
    pub fn new(snapshot: &'a Snapshot, filter: &'a Filter) -> Verdicts<'a> {
        Verdicts {
            snapshot,
            filter,
            qualifiers: Vec::new(),
            citations: Vec::new(),
            asked: 0,
        }
    }

    /// Whether a walk takes a statement.
    pub fn admits(&mut self, statement: StatementId) -> bool {
        let (snapshot, filter) = (self.snapshot, self.filter);
        if self.qualifiers.is_empty() {
            let entries = snapshot.qualifier_list().len() + snapshot.citation_lists().len();
            if self.asked * ENTRIES_PER_ASKED < entries {
                self.asked += 1;
                return filter.walks(snapshot, statement);
            }
            self.make_tables();
        }
        let number = snapshot.qualifier_codes().get(statement.index()) as usize;
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
