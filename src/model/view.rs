//! A snapshot seen through a filter and along some relations, without a copy.
//!
//! [`Filter`] says which statements count (date, sources, certainty), [`Along`] which relations are
//! walked and which way. A [`View`] has both, and implements petgraph's visit traits.

use fixedbitset::FixedBitSet;
use petgraph::Direction as Way;
use petgraph::visit::GraphBase;
use petgraph::visit::GraphRef;
use petgraph::visit::IntoNeighbors;
use petgraph::visit::IntoNeighborsDirected;
use petgraph::visit::IntoNodeIdentifiers;
use petgraph::visit::NodeCount;
use petgraph::visit::NodeIndexable;
use petgraph::visit::VisitMap;
use petgraph::visit::Visitable;

use crate::model::Day;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::Qualifiers;
use crate::model::RelationId;
use crate::model::Schema;
use crate::model::Snapshot;
use crate::model::SourceId;
use crate::model::StatementId;

/// Which statements count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// Only those whose period does not certainly exclude this day.
    pub as_of: Option<Day>,
    /// Only those whose period does not certainly lie outside these days, both included; no day
    /// for an open end.
    pub during: Option<(Option<Day>, Option<Day>)>,
    /// Only those that rest on one of these sources, in order of their ids; none for any.
    pub sources: Option<Vec<SourceId>>,
    /// Whether walks take doubtful, negative and unknown statements too.
    pub is_doubtful: bool,
    /// Whether statements that only possibly hold in that time are left out.
    pub is_certain: bool,
}

impl Filter {
    /// Whether every statement counts.
    pub fn is_open(&self) -> bool {
        *self == Filter::default()
    }

    /// Whether a statement counts; its certainty and polarity make no difference.
    pub fn admits(&self, snapshot: &Snapshot, statement: StatementId) -> bool {
        self.is_in_time(snapshot.qualifiers(statement)) && self.is_sourced(snapshot, statement)
    }

    /// Whether a walk takes a statement: it counts, and is positive and at least hedged unless
    /// doubtful ones are wanted.
    #[inline]
    pub fn walks(&self, snapshot: &Snapshot, statement: StatementId) -> bool {
        (self.is_doubtful || snapshot.qualifiers(statement).is_walked())
            && self.admits(snapshot, statement)
    }

    /// Whether the filter leaves out some statements of a relation that walks would take.
    pub fn asks_of(&self, snapshot: &Snapshot, relation: RelationId) -> bool {
        let has_time = self.as_of.is_some() || self.during.is_some();
        (!self.is_doubtful && snapshot.has_unwalked(relation))
            || (has_time && snapshot.has_dated(relation))
            || self.sources.is_some()
    }

    /// Whether statements with these qualifiers hold in the time that is looked at.
    pub fn is_in_time(&self, qualifiers: &Qualifiers) -> bool {
        let span = match (self.as_of, self.during) {
            (Some(day), _) => (Some(day), Some(day)),
            (None, Some(span)) => span,
            (None, None) => return true,
        };
        let period = qualifiers.period();
        if self.is_certain {
            period.certainly_touches(span)
        } else {
            !period.certainly_misses(span)
        }
    }

    /// Whether a statement rests on one of the sources that count.
    pub fn is_sourced(&self, snapshot: &Snapshot, statement: StatementId) -> bool {
        self.sources.as_ref().is_none_or(|sources| {
            let citations = snapshot.citations(statement);
            citations
                .iter()
                .any(|citation| sources.binary_search(&citation.source).is_ok())
        })
    }

    /// The name of an entity: the first that it bore on the day, else the one shown today.
    pub fn name<'a>(&self, snapshot: &'a Snapshot, entity: EntityId) -> &'a str {
        let shown = snapshot.name(entity);
        let Some(day) = self.as_of else { return shown };
        let borne = snapshot
            .names(entity)
            .find(|name| !name.is_alias && !name.period.certainly_excludes(day));
        borne.map_or(shown, |name| name.text)
    }
}

/// Which relations are walked, and which way each.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Along {
    /// One entry a relation of the schema: bit 0 for forward, bit 1 for backward, bit 2 for a
    /// property that is walked.
    ways: Vec<u8>,
    /// The ways of all relations that lead to entities.
    leads: u8,
}

const FORWARD: u8 = 1;
const BACKWARD: u8 = 2;
/// The relation is a property.
const PROPERTY: u8 = 4;

fn bit(direction: Direction) -> u8 {
    match direction {
        Direction::Forward => FORWARD,
        Direction::Backward => BACKWARD,
    }
}

impl Along {
    /// No relation at all.
    pub fn nothing(schema: &Schema) -> Along {
        Along {
            ways: vec![0; schema.relations.len()],
            leads: 0,
        }
    }

    /// Every relation, in its stored direction.
    pub fn everything(schema: &Schema) -> Along {
        let mut along = Along::nothing(schema);
        for index in 0..schema.relations.len() {
            along.add(schema, RelationId::from_index(index), Direction::Forward);
        }
        along
    }

    /// The relations of a group, in their stored direction.
    pub fn group(schema: &Schema, name: &str) -> Along {
        let mut along = Along::nothing(schema);
        let Some(group) = schema.group(name) else {
            return along;
        };
        for (index, relation) in schema.relations.iter().enumerate() {
            if relation.groups.contains(&group) {
                along.add(schema, RelationId::from_index(index), Direction::Forward);
            }
        }
        along
    }

    /// Adds a relation, to be walked in `direction`; a symmetric one is walked both ways, and a
    /// property leads nowhere.
    pub fn add(&mut self, schema: &Schema, relation: RelationId, direction: Direction) {
        let way = match direction {
            _ if schema.relations[relation.index()].is_symmetric => FORWARD | BACKWARD,
            Direction::Forward => FORWARD,
            Direction::Backward => BACKWARD,
        };
        let is_property = schema.relations[relation.index()].is_property();
        let way = if is_property { way | PROPERTY } else { way };
        self.ways[relation.index()] |= way;
        self.leads |= if is_property { 0 } else { way };
    }

    /// Adds everything that `other` has.
    pub fn add_all(&mut self, other: &Along) {
        for (way, more) in self.ways.iter_mut().zip(&other.ways) {
            *way |= more;
        }
        self.leads |= other.leads;
    }

    /// The same without the relations that `other` does not have.
    pub fn among(&self, other: &Along) -> Along {
        let ways = self.ways.iter().zip(&other.ways);
        let kept = |(way, other): (&u8, &u8)| if *other == 0 { 0 } else { *way };
        Along::of(ways.map(kept).collect())
    }

    /// The same with every relation walked both ways.
    pub fn both_ways(&self) -> Along {
        let both = |way: &u8| {
            if *way == 0 {
                0
            } else {
                *way | FORWARD | BACKWARD
            }
        };
        Along::of(self.ways.iter().map(both).collect())
    }

    /// The same with every relation walked the other way.
    pub fn reversed(&self) -> Along {
        let turned = |way: &u8| {
            let had = |other| *way & other != 0;
            let turned = [
                (BACKWARD, FORWARD),
                (FORWARD, BACKWARD),
                (PROPERTY, PROPERTY),
            ];
            let kept = turned.iter().filter(|(old, _)| had(*old));
            kept.fold(0, |ways, (_, new)| ways | new)
        };
        Along::of(self.ways.iter().map(turned).collect())
    }

    /// The relations with these ways.
    fn of(ways: Vec<u8>) -> Along {
        let leading = ways.iter().filter(|way| **way & PROPERTY == 0);
        let leads = leading.fold(0, |leads, way| leads | way);
        Along { ways, leads }
    }

    /// Whether all relations that are walked to entities are walked in `other` too, or none is;
    /// `None` for some of each. No relation at all is of no other.
    pub fn is_among(&self, other: &Along) -> Option<bool> {
        let ways = self.ways.iter().zip(&other.ways);
        let mut walked = ways.filter(|(way, _)| **way != 0 && **way & PROPERTY == 0);
        let first = walked.next().is_some_and(|(_, other)| *other != 0);
        walked
            .all(|(_, other)| (*other != 0) == first)
            .then_some(first)
    }

    /// Whether `relation` is walked in some direction.
    #[inline]
    pub fn walks(&self, relation: RelationId) -> bool {
        self.ways[relation.index()] != 0
    }

    /// Whether `relation` is walked in `direction`.
    #[inline]
    pub fn has(&self, relation: RelationId, direction: Direction) -> bool {
        self.ways[relation.index()] & bit(direction) != 0
    }

    /// Whether some relation is walked in `direction` and leads to entities.
    #[inline]
    pub fn leads_some(&self, direction: Direction) -> bool {
        self.leads & bit(direction) != 0
    }

    /// Whether `relation` is walked in `direction` and leads to entities.
    #[inline]
    pub fn leads(&self, relation: RelationId, direction: Direction) -> bool {
        self.ways[relation.index()] & PROPERTY == 0 && self.has(relation, direction)
    }

    /// Whether some relation leads to entities both ways.
    pub fn turns_back(&self) -> bool {
        self.ways.contains(&(FORWARD | BACKWARD))
    }

    /// The relations that are walked, with the ways, in the order of the schema.
    pub fn relations(&self) -> impl Iterator<Item = (RelationId, Direction)> + '_ {
        self.ways.iter().enumerate().flat_map(|(index, way)| {
            let relation = RelationId::from_index(index);
            let forward = (way & FORWARD != 0).then_some((relation, Direction::Forward));
            let backward = (way & BACKWARD != 0).then_some((relation, Direction::Backward));
            forward.into_iter().chain(backward)
        })
    }
}

/// One step of a walk: the statement, and the entity at its far end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The statement walked.
    pub statement: StatementId,
    /// Where it leads.
    pub entity: EntityId,
}

/// A snapshot through a filter, along some relations.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The snapshot.
    pub snapshot: &'a Snapshot,
    /// Which statements count.
    pub filter: &'a Filter,
    /// Which relations are walked.
    pub along: &'a Along,
}

/// A set of entities by their ids, as petgraph's walks want it.
#[derive(Clone, Debug, Default)]
pub struct Seen(pub FixedBitSet);

impl Seen {
    /// An empty set for entities below `count`.
    pub fn with_capacity(count: usize) -> Seen {
        Seen(FixedBitSet::with_capacity(count))
    }

    /// Whether `entity` is in it.
    pub fn contains(&self, entity: EntityId) -> bool {
        self.0.contains(entity.index())
    }

    /// Puts `entity` in; true if it is new.
    pub fn insert(&mut self, entity: EntityId) -> bool {
        !self.0.put(entity.index())
    }
}

impl VisitMap<EntityId> for Seen {
    fn visit(&mut self, entity: EntityId) -> bool {
        self.insert(entity)
    }

    fn is_visited(&self, entity: &EntityId) -> bool {
        self.contains(*entity)
    }

    fn unvisit(&mut self, entity: EntityId) -> bool {
        let was_there = self.contains(entity);
        self.0.set(entity.index(), false);
        was_there
    }
}

impl GraphBase for View<'_> {
    type NodeId = EntityId;
    type EdgeId = StatementId;
}

impl GraphRef for View<'_> {}

impl NodeCount for View<'_> {
    fn node_count(&self) -> usize {
        self.snapshot.entity_count()
    }
}

impl NodeIndexable for View<'_> {
    fn node_bound(&self) -> usize {
        self.snapshot.entity_count()
    }

    fn to_index(&self, entity: EntityId) -> usize {
        entity.index()
    }

    fn from_index(&self, index: usize) -> EntityId {
        EntityId::from_index(index)
    }
}

impl<'a> IntoNodeIdentifiers for View<'a> {
    type NodeIdentifiers = Box<dyn Iterator<Item = EntityId> + 'a>;

    fn node_identifiers(self) -> Self::NodeIdentifiers {
        Box::new(self.snapshot.entities())
    }
}

impl<'a> IntoNeighbors for View<'a> {
    type Neighbors = Box<dyn Iterator<Item = EntityId> + 'a>;

    fn neighbors(self, entity: EntityId) -> Self::Neighbors {
        self.neighbors_directed(entity, Way::Outgoing)
    }
}

impl<'a> IntoNeighborsDirected for View<'a> {
    type NeighborsDirected = Box<dyn Iterator<Item = EntityId> + 'a>;

    fn neighbors_directed(self, entity: EntityId, way: Way) -> Self::NeighborsDirected {
        let direction = match way {
            Way::Outgoing => Direction::Forward,
            Way::Incoming => Direction::Backward,
        };
        Box::new(self.ends(entity, direction))
    }
}

impl Visitable for View<'_> {
    type Map = Seen;

    fn visit_map(&self) -> Seen {
        Seen::with_capacity(self.snapshot.entity_count())
    }

    fn reset_map(&self, map: &mut Seen) {
        map.0.clear();
        map.0.grow(self.snapshot.entity_count());
    }
}

#[cfg(test)]
mod tests {
    use super::Along;
    use super::BACKWARD;
    use super::FORWARD;
    use super::PROPERTY;

    #[test]
    fn properties_are_of_no_account_to_what_is_walked_to_entities() {
        let lineage = Along::of(vec![FORWARD, FORWARD, 0, 0]);
        let cases = [
            (vec![FORWARD, 0, 0, 0], Some(true)),
            (vec![BACKWARD, FORWARD, 0, FORWARD | PROPERTY], Some(true)),
            (vec![FORWARD, 0, FORWARD, 0], None),
            (vec![0, 0, FORWARD, FORWARD | PROPERTY], Some(false)),
            (vec![0, 0, 0, FORWARD | PROPERTY], Some(false)),
            (vec![0, 0, 0, 0], Some(false)),
        ];
        for (ways, wanted) in cases {
            assert_eq!(
                Along::of(ways.clone()).is_among(&lineage),
                wanted,
                "{ways:?}"
            );
        }
    }
}
