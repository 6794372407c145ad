//! Which variables of a match are read by what follows.

use crate::model::Schema;
use crate::query::bound::Expression;
use crate::query::bound::Facet;
use crate::query::bound::Slot;
use crate::query::bound::SortKey;
use crate::query::bound::Step;
use crate::query::plan::Pipeline;
use crate::query::plan::PlannedSet;

/// Which slots are read, behind a step and by what is added.
pub(in crate::query) struct Reads {
    slots: Vec<Slot>,
    /// Whether all of them may be.
    is_all: bool,
}

impl Reads {
    pub(in crate::query) fn has(&self, slot: Slot) -> bool {
        self.is_all || self.slots.contains(&slot)
    }

    /// Nothing yet.
    pub(in crate::query) fn nothing() -> Reads {
        Reads {
            slots: Vec::new(),
            is_all: false,
        }
    }

    /// What is read behind the step at a place.
    pub(in crate::query) fn behind(pipeline: &Pipeline, place: usize) -> Reads {
        let rows = &pipeline.rows;
        let mut reads = Reads {
            is_all: !rows.subqueries.is_empty(),
            ..Reads::nothing()
        };
        let steps = &rows.steps[place + 1..];
        // Only what a group makes is there behind it.
        let group = steps.iter().position(|step| matches!(step, Step::Group(_)));
        if group.is_none() {
            reads
                .slots
                .extend(rows.columns.iter().map(|column| column.slot));
            reads.slots.extend(&rows.evidence);
            reads.slots.extend(rows.rest);
        }
        let steps = &steps[..group.map_or(steps.len(), |group| group + 1)];
        for step in steps.iter().rev() {
            reads.step(step, pipeline);
        }
        // What is behind the last that is read puts rows in order that are alike in all that is.
        for step in steps {
            if let Step::First(_, order) = step {
                let last = order.iter().rposition(|slot| reads.has(*slot));
                reads
                    .slots
                    .extend(&order[..last.map_or(0, |last| last + 1)]);
            }
        }
        reads
    }

    fn step(&mut self, step: &Step, pipeline: &Pipeline) {
        let mut read = |part: &Expression| self.expression(part, pipeline);
        match step {
            Step::Match(_) | Step::Join(_) => self.is_all = true,
            Step::Unwind(list, _) => read(list),
            Step::Filter(conditions) => conditions.iter().for_each(read),
            Step::Project(items) => items.iter().for_each(|(_, part)| read(part)),
            Step::Group(grouping) => {
                let keys = grouping.keys.iter().map(|(_, key)| key);
                let values = grouping
                    .aggregates
                    .iter()
                    .filter_map(|it| it.value.as_ref());
                keys.chain(values).for_each(read);
            }
            Step::Distinct(values) | Step::First(values, _) => values.iter().for_each(read),
            Step::Sort(keys) => keys.iter().for_each(|key| read(&key.value)),
            Step::Top(keys, _) => self.keys(keys, pipeline),
            Step::Topological(slot) => self.slots.push(*slot),
            Step::Offset(count) | Step::Limit(count) => read(count),
        }
    }

    /// The last keys put rows in order that are alike in all that is read: they are not looked at,
    /// because the first rows are completed by all that was written.
    fn keys(&mut self, keys: &[SortKey], pipeline: &Pipeline) {
        let is_read = |key: &SortKey| match &key.value {
            Expression::Slot(slot) => self.has(*slot),
            _ => true,
        };
        let last = keys.iter().rposition(is_read);
        for key in &keys[..last.map_or(0, |last| last + 1)] {
            self.expression(&key.value, pipeline);
        }
    }

    /// Adds what an expression reads.
    pub(in crate::query) fn expression(&mut self, expression: &Expression, pipeline: &Pipeline) {
        expression.visit(&mut |part| match part {
            Expression::Slot(slot) => self.slots.push(*slot),
            Expression::InSet(_, _, set, ..) | Expression::Set(set) => {
                if let PlannedSet::Nested(plan) = &pipeline.sets[set.0] {
                    self.slots.extend(plan.reads_outside());
                }
            }
            Expression::Exists(_) | Expression::CountOf(_) | Expression::Collect(..) => {
                self.is_all = true;
            }
            _ => {}
        });
    }
}

/// What expressions read of a slot, if it is one thing that is known by its number; none if it is
/// more or something else.
pub(in crate::query) fn facet<'e>(
    expressions: impl Iterator<Item = &'e Expression>,
    slot: Slot,
    schema: &Schema,
) -> Option<Facet> {
    let mut found: Vec<Option<Facet>> = Vec::new();
    let mut slots = 0;
    for expression in expressions {
        expression.visit(&mut |part| match part {
            Expression::Slot(read) => slots += usize::from(*read == slot),
            Expression::Member(base, member) if **base == Expression::Slot(slot) => {
                let is_own = member.property.is_some() || !schema.is_open && member.step.is_some();
                found.push(match member.property {
                    Some(property) => Some(Facet::Property(property)),
                    None if member.has_fields && !is_own && member.name == "kind" => {
                        Some(Facet::Kinds)
                    }
                    None => None,
                });
            }
            Expression::HasKinds(base, ..) if **base == Expression::Slot(slot) => {
                found.push(Some(Facet::Kinds));
            }
            // A set may read the slot too.
            Expression::Set(_) | Expression::InSet(..) => found.push(None),
            _ => {}
        });
    }
    let first = found.first().copied()??;
    let is_one = slots == found.len() && found.iter().all(|facet| *facet == Some(first));
    is_one.then_some(first)
}
