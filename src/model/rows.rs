//! The statements of entities, both ways, as runs of the columns of a snapshot.

use std::ops::Range;

use crate::model::EntityId;
use crate::model::RelationId;
use crate::model::Snapshot;
use crate::model::StatementId;
use crate::model::Value;
use crate::model::column::CodeSlice;
use crate::model::column::narrow_run;
use crate::model::layout::NOTHING;
use crate::model::snapshot::SUBJECT_STEP;

/// The far end of a statement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ObjectRef<'a> {
    /// An entity.
    Entity(EntityId),
    /// A value.
    Value(&'a Value),
    /// None that is known.
    Nothing,
}

/// The statements at one end of entities, in place: those of the entity `e` are the places from
/// `starts[e]` up to but not including `starts[e + 1]` of the other columns.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    /// Where the statements of each entity start; one more entry for the end.
    pub starts: &'a [u32],
    /// The relation of each statement.
    pub relations: CodeSlice<'a>,
    /// The far end of each statement: an entity where the relation leads to entities.
    /// [`Rows::NOTHING`] where no end is known.
    pub ends: &'a [u32],
}

impl Rows<'_> {
    /// No far end is known.
    pub const NOTHING: u32 = NOTHING;

    /// The places of the statements of an entity.
    #[inline]
    pub fn range(&self, entity: EntityId) -> Range<usize> {
        self.starts[entity.index()] as usize..self.starts[entity.index() + 1] as usize
    }

    /// The places of the statements of an entity that are of a relation.
    #[inline]
    pub fn run(&self, entity: EntityId, relation: RelationId) -> Range<usize> {
        self.relations.run(self.range(entity), relation.0)
    }

    /// The same for one entity after the other.
    #[inline]
    pub fn each_run(
        &self,
        entities: &[u32],
        relation: RelationId,
        mut visit: impl FnMut(Range<usize>),
    ) {
        match self.relations {
            CodeSlice::Narrow(codes) => {
                for entity in entities {
                    visit(narrow_run(codes, self.range(EntityId(*entity)), relation.0));
                }
            }
            _ => {
                for entity in entities {
                    visit(self.run(EntityId(*entity), relation));
                }
            }
        }
    }
}

impl Snapshot {
    /// The statements by their subjects; the place of a statement is its number.
    #[inline]
    pub fn out_rows(&self) -> Rows<'_> {
        Rows {
            starts: &self.out_starts,
            relations: self.out_relations.slice(),
            ends: &self.out_objects,
        }
    }

    /// The statements between entities by their objects; [`Snapshot::incoming_statement`] has the
    /// statement of a place.
    #[inline]
    pub fn in_rows(&self) -> Rows<'_> {
        Rows {
            starts: &self.in_starts,
            relations: self.in_relations.slice(),
            ends: &self.in_subjects,
        }
    }

    /// The statements with this subject, by relation and object.
    pub fn outgoing(
        &self,
        entity: EntityId,
    ) -> impl DoubleEndedIterator<Item = StatementId> + ExactSizeIterator + use<> {
        self.out_rows().range(entity).map(StatementId::from_index)
    }

    /// The statements with this entity as their object, by relation and subject.
    pub fn incoming(
        &self,
        entity: EntityId,
    ) -> impl DoubleEndedIterator<Item = StatementId> + ExactSizeIterator + '_ {
        let range = self.in_rows().range(entity);
        range.map(move |place| self.incoming_statement(entity, place))
    }

    /// Whether statements have nothing but their ends.
    pub(crate) fn is_bare(&self) -> bool {
        self.in_statements.is_empty()
    }

    /// The statement at a place of the rows of those that lead to `object`.
    pub fn incoming_statement(&self, object: EntityId, place: usize) -> StatementId {
        if let Some(statement) = self.in_statements.get(place) {
            return StatementId(*statement);
        }
        // Statements with nothing but their ends: equal ones follow each other on both sides.
        let (subject, relation) = (self.in_subjects[place], self.in_relations.get(place));
        let (mut low, mut high) = (self.in_starts[object.index()] as usize, place);
        while low < high {
            let middle = low + (high - low) / 2;
            let found = (self.in_relations.get(middle), self.in_subjects[middle]);
            match found < (relation, subject) {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        let equal = place - low;
        let run = self.out_rows().run(EntityId(subject), RelationId(relation));
        let first = self.out_objects[run.clone()].partition_point(|found| *found < object.0);
        StatementId::from_index(run.start + first + equal)
    }

    /// The subject of a statement.
    pub fn subject(&self, statement: StatementId) -> EntityId {
        let step = statement.index() / SUBJECT_STEP;
        let low = self.out_subjects[step] as usize;
        let high = match self.out_subjects.get(step + 1) {
            Some(next) => *next as usize,
            None => self.entity_count() - 1,
        };
        let starts = &self.out_starts[low..=high];
        let later = starts.partition_point(|start| *start <= statement.0);
        EntityId::from_index(low + later - 1)
    }

    /// The relation of a statement.
    #[inline]
    pub fn relation(&self, statement: StatementId) -> RelationId {
        RelationId(self.out_relations.get(statement.index()))
    }

    /// The object of a statement.
    pub fn object(&self, statement: StatementId) -> ObjectRef<'_> {
        let object = self.out_objects[statement.index()];
        if object == NOTHING {
            ObjectRef::Nothing
        } else if self.schema.relations[self.relation(statement).index()].is_property() {
            ObjectRef::Value(self.values.get(object as usize))
        } else {
            ObjectRef::Entity(EntityId(object))
        }
    }
}
