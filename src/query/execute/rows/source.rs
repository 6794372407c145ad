//! What an expression reads of a row, if that is one thing that has a number in the snapshot: then
//! it gives the same for each row with that number.

use crate::model::Snapshot;
use crate::model::Value;
use crate::query::bound::Expression;
use crate::query::bound::Slot;
use crate::query::execute::rows::Row;
use crate::query::field;

/// The one thing.
#[derive(Debug)]
pub(super) struct Source {
    slot: Slot,
    of: Of,
    /// Whether it is read off by a name, which a statement of some graphs may have of its own.
    is_named: bool,
}

/// What has the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    /// The entity in the slot.
    Entity,
    /// The relation of the statement in the slot.
    Relation,
    /// The qualifiers of the statement in the slot.
    Qualifiers,
}

impl Source {
    /// What an expression reads, if it is one thing.
    pub(super) fn of(expression: &Expression) -> Option<Source> {
        let mut slots = Vec::new();
        let mut parts = Vec::new();
        let (mut is_plain, mut is_named) = (true, false);
        expression.visit(&mut |part| match part {
            Expression::Slot(slot) => slots.push(*slot),
            Expression::Member(base, member) if matches!(**base, Expression::Slot(_)) => {
                is_named = true;
                match &*member.name {
                    _ if member.property.is_some() || !member.has_fields => {}
                    "relation" => parts.push(Of::Relation),
                    name if field::is_of_qualifiers(name) => parts.push(Of::Qualifiers),
                    _ => {}
                }
            }
            Expression::Call(function, arguments, _)
                if function.name == "relation"
                    && matches!(arguments[..], [Expression::Slot(_)]) =>
            {
                parts.push(Of::Relation);
            }
            // They may read what is not seen here, or bind slots of their own.
            Expression::Set(_)
            | Expression::InSet(..)
            | Expression::Exists(_)
            | Expression::CountOf(_)
            | Expression::Collect(..)
            | Expression::Quantified(..)
            | Expression::Comprehension(..)
            | Expression::Reduce(..) => is_plain = false,
            _ => {}
        });
        let slot = *slots.first().filter(|_| is_plain)?;
        let is_one = slots.iter().all(|other| *other == slot);
        let of = match parts.first() {
            Some(first) if parts.len() == slots.len() => {
                parts.iter().all(|part| part == first).then_some(*first)?
            }
            _ => Of::Entity,
        };
        is_one.then_some(Source { slot, of, is_named })
    }

    /// How many numbers there are.
    pub(super) fn count(&self, snapshot: &Snapshot) -> usize {
        match self.of {
            Of::Entity => snapshot.entity_count(),
            Of::Relation => snapshot.schema.relations.len(),
            Of::Qualifiers => snapshot.qualifier_list().len(),
        }
    }

    /// The number of what is read on a row; none if it is something else.
    #[inline]
    pub(super) fn read(&self, snapshot: &Snapshot, row: &Row) -> Option<u32> {
        let statement = match &row[self.slot.0] {
            Value::Entity(entity) if self.of == Of::Entity => return Some(entity.0),
            Value::Statement(statement) => *statement,
            _ => return None,
        };
        if self.is_named && snapshot.statement_properties(statement).is_some() {
            return None;
        }
        match self.of {
            Of::Entity => None,
            Of::Relation => Some(snapshot.relation(statement).index() as u32),
            Of::Qualifiers => Some(snapshot.qualifier_codes().get(statement.index())),
        }
    }
}
