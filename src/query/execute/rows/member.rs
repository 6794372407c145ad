//! What is read off a value: a member, an element, whether it is of a kind.

use std::rc::Rc;

use crate::algo::interruptible;
use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::ObjectRef;
use crate::model::RelationId;
use crate::model::StatementId;
use crate::model::Value;
use crate::query::bound::KindTest;
use crate::query::bound::Member;
use crate::query::bound::Place;
use crate::query::execute::logic::wrong;
use crate::query::execute::rows::RowRun;
use crate::query::field;
use crate::query::value;

impl RowRun<'_> {
    /// What a value has under a name; null if it has nothing there.
    ///
    /// A property or relation of an entity gives null for none, the value for one, and a list for
    /// several: property values in the order of the statements, entities by name, each once.
    pub(in crate::query::execute) fn member(
        &self,
        base: &Value,
        member: &Member,
        budget: &mut Budget,
    ) -> Result<Value, Error> {
        budget.spend(1)?;
        let snapshot = self.run.snapshot;
        Ok(match base {
            Value::Null => Value::Null,
            Value::Map(map) => map.get(&member.name).cloned().unwrap_or(Value::Null),
            Value::Entity(entity) => {
                // What the graph has under a name of its own stands before what kin has.
                let is_open = snapshot.schema.is_open;
                let is_own = member.property.is_some() || !is_open && member.step.is_some();
                if member.has_fields
                    && !is_own
                    && let Some(value) = self.field(base, &member.name, budget)?
                {
                    return Ok(value);
                }
                match (member.property, member.step) {
                    (Some(property), _) => self.values(*entity, property, budget)?,
                    (None, Some((relation, direction))) => {
                        self.ends(*entity, relation, direction, budget)?
                    }
                    (None, None) => Value::Null,
                }
            }
            Value::Statement(statement) => {
                let own = snapshot.statement_properties(*statement);
                if let Some(value) = own.and_then(|own| own.get(&member.name)) {
                    return Ok(value.clone());
                }
                match member.has_fields {
                    true => {
                        let value = self.field(base, &member.name, budget)?;
                        value.unwrap_or(Value::Null)
                    }
                    false => Value::Null,
                }
            }
            Value::List(values) if member.is_spread => {
                let mut found = Vec::new();
                for value in values {
                    match self.member(value, member, budget)? {
                        Value::Null => {}
                        Value::List(values) => found.extend(values),
                        value => found.push(value),
                    }
                }
                several(found)
            }
            other => match self.field(other, &member.name, budget)? {
                Some(value) => value,
                None => {
                    let met = value::type_word(other);
                    let mut reason = format!("{met} has nothing called `{}`", member.name);
                    if matches!(other, Value::Text(_)) && field::is_of_dates(&member.name) {
                        reason += "; `date(x)` makes a date of a text";
                    }
                    return Err(wrong(member.place, reason));
                }
            },
        })
    }

    /// A field of a value, as of the day asked for.
    fn field(&self, base: &Value, name: &str, budget: &mut Budget) -> Result<Option<Value>, Error> {
        let found = field::read(self.run.snapshot, self.filter, base, name, budget);
        found.map_err(Error::from)
    }

    fn values(
        &self,
        entity: EntityId,
        property: RelationId,
        budget: &mut Budget,
    ) -> Result<Value, Error> {
        let snapshot = self.run.snapshot;
        let mut found = Vec::new();
        for place in snapshot.out_rows().run(entity, property) {
            budget.spend(1)?;
            let statement = StatementId::from_index(place);
            let is_it = self.filter.walks(snapshot, statement);
            if let (true, ObjectRef::Value(value)) = (is_it, snapshot.object(statement)) {
                found.push(value.clone());
            }
        }
        Ok(several(found))
    }

    fn ends(
        &self,
        entity: EntityId,
        relation: RelationId,
        direction: Direction,
        budget: &mut Budget,
    ) -> Result<Value, Error> {
        let snapshot = self.run.snapshot;
        let is_symmetric = snapshot.schema.relations[relation.index()].is_symmetric;
        let mut ends = Vec::new();
        if is_symmetric || direction == Direction::Forward {
            for place in snapshot.out_rows().run(entity, relation) {
                budget.spend(1)?;
                let statement = StatementId::from_index(place);
                if let ObjectRef::Entity(object) = snapshot.object(statement)
                    && self.walks(statement)
                {
                    ends.push(object);
                }
            }
        }
        if is_symmetric || direction == Direction::Backward {
            for place in snapshot.in_rows().run(entity, relation) {
                budget.spend(1)?;
                let statement = snapshot.incoming_statement(entity, place);
                if self.walks(statement) {
                    ends.push(snapshot.subject(statement));
                }
            }
        }
        let ends = interruptible::entities(ends, budget)?;
        let ends = self.run.by_name(&ends, budget)?;
        Ok(several(ends.into_iter().map(Value::Entity).collect()))
    }

    /// `base[index]`: an element of a list, counted from 0, or from -1 at its end; a key of a map;
    /// a property of an entity or a statement.
    pub(in crate::query::execute) fn index(
        &self,
        base: &Value,
        index: &Value,
        place: Place,
        budget: &mut Budget,
    ) -> Result<Value, Error> {
        match (base, index) {
            (Value::Null, _) | (_, Value::Null) => Ok(Value::Null),
            (Value::List(values), Value::Integer(at)) => {
                let at = if *at < 0 {
                    at + values.len() as i64
                } else {
                    *at
                };
                let value = usize::try_from(at).ok().and_then(|at| values.get(at));
                Ok(value.cloned().unwrap_or(Value::Null))
            }
            (Value::Map(_) | Value::Entity(_) | Value::Statement(_), Value::Text(name)) => {
                let schema = &self.run.snapshot.schema;
                let member = Member {
                    name: name.as_str().into(),
                    property: schema.property(name),
                    step: schema.relation(name).filter(|(relation, _)| {
                        !schema.is_open && !schema.relations[relation.index()].is_property()
                    }),
                    has_fields: !schema.is_open,
                    is_many: false,
                    is_spread: !schema.is_open,
                    place,
                };
                self.member(base, &member, budget)
            }
            (base, index) => {
                let (base, index) = (value::type_word(base), value::type_word(index));
                Err(wrong(place, format!("{base} has no element for {index}")))
            }
        }
    }

    /// The entities that are of the kinds, by id; none the first time, when all are gone through.
    pub(super) fn of_kinds(
        &self,
        test: &KindTest,
        budget: &mut Budget,
    ) -> Result<Option<Rc<[EntityId]>>, Error> {
        let mut known = self.of_kinds.borrow_mut();
        let Some((_, members)) = known.iter_mut().find(|(known, _)| known == test) else {
            known.push((test.clone(), None));
            return Ok(None);
        };
        if members.is_none() {
            let snapshot = self.run.snapshot;
            budget.spend(snapshot.entity_count() as u64)?;
            let found = snapshot.entities();
            let found: Vec<EntityId> = found
                .filter(|entity| self.has_kinds(test, *entity))
                .collect();
            budget.hold(1 + found.len() as u64 / 8)?;
            *members = Some(Rc::from(found));
        }
        Ok(members.clone())
    }

    /// Whether an entity is of the kinds.
    pub(in crate::query::execute) fn has_kinds(&self, test: &KindTest, entity: EntityId) -> bool {
        match test {
            KindTest::Is(None) => false,
            KindTest::Is(Some(kind)) => self.run.snapshot.is_a(entity, *kind),
            KindTest::Not(test) => !self.has_kinds(test, entity),
            KindTest::All(tests) => tests.iter().all(|test| self.has_kinds(test, entity)),
            KindTest::Any(tests) => tests.iter().any(|test| self.has_kinds(test, entity)),
        }
    }
}

/// Null for none, the value for one, a list for several.
fn several(mut values: Vec<Value>) -> Value {
    match values.len() {
        0 => Value::Null,
        1 => values.swap_remove(0),
        _ => Value::List(values.into()),
    }
}
