//! One statement: its relation, its ends in the stored direction, its qualifiers and sources.

use crate::diagnostic::code;
use crate::model::Certainty;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::KindId;
use crate::model::Object;
use crate::model::Polarity;
use crate::model::Range;
use crate::model::Relation;
use crate::model::RelationId;
use crate::model::StatementRecord;
use crate::model::Type;
use crate::model::Value;
use crate::store::check::Assertion;
use crate::store::check::Checker;
use crate::store::check::is_address;
use crate::store::check::read_date;
use crate::store::check::read_period;
use crate::store::check::report_address;
use crate::store::report::quoted;
use crate::store::written::Literal;
use crate::store::written::Place;
use crate::store::written::Written;
use crate::store::written::WrittenObject;
use crate::store::written::WrittenStatement;

impl Checker<'_> {
    /// Adds a statement that is written about `subject`, or reports why it cannot be used.
    pub(super) fn add_statement(&mut self, subject: EntityId, written: WrittenStatement) {
        self.is_mentioned[subject.index()] = true;
        let has_sources = !written.sources.is_empty();
        let (key, place) = (written.key.clone(), written.place);
        let Some(assertion) = self.check_statement(subject, written) else {
            return;
        };
        self.assertions.push(assertion);
        if !has_sources {
            let message = format!("the statement {} has no source", quoted(&key.value));
            let hint = "add `source = \"…\"`: where is it said?".to_owned();
            self.report.warning(&code::NO_SOURCE, place, message, hint);
        }
    }

    fn check_statement(
        &mut self,
        subject: EntityId,
        written: WrittenStatement,
    ) -> Option<Assertion> {
        let place = written.place;
        let (relation, direction) = self.find_relation(&written.key)?;
        let polarity = self.word(written.polarity.as_ref(), Polarity::ALL, |word| word.word());
        let certainty = self.word(written.certainty.as_ref(), Certainty::ALL, |word| {
            word.word()
        });
        let period = read_period(written.since.as_ref(), written.until.as_ref(), self.report);
        let observed = match &written.observed {
            None => Ok(None),
            Some(date) => read_date(date, self.report).map(Some).ok_or(()),
        };
        let sources = self.find_sources(&written.sources);
        let object = self.find_object(relation, &written.key, written.object, place);
        let ((since, until), polarity) = (period.ok()?, polarity.ok()?);
        let statement = StatementRecord {
            relation,
            object: object?,
            since,
            until,
            observed: observed.ok()?,
            condition: written.condition,
            role: written.role,
            note: written.note,
            certainty: certainty.ok()?,
            polarity,
            sources,
        };
        if statement.object == Object::Nothing && polarity == Polarity::Positive {
            self.report_missing(relation, &written.key, place);
            return None;
        }
        let assertion = self.turn_round(subject, statement, direction, &written.key, place)?;
        self.check_ends(&assertion, &written.key)
            .then_some(assertion)
    }

    /// The relation of a key, and whether the key is its inverse name.
    fn find_relation(&mut self, key: &Written<String>) -> Option<(RelationId, Direction)> {
        let found = self.vocabulary.words.get(&key.value).copied();
        if found.is_none() && !self.left_out_words.contains(&key.value) {
            let message = format!(
                "{} is no relation or property of the schema",
                quoted(&key.value)
            );
            let known = self.vocabulary.words.keys().map(String::as_str);
            let keys = crate::store::read::ENTITY_KEYS;
            let near = self.report.suggest(&key.value, known.chain(keys));
            let hint = near.or_else(|| Some("declare it in `schema.toml`".to_owned()));
            self.report
                .error(&code::UNKNOWN_DATA_RELATION, key.place, message, hint);
        }
        found
    }

    /// The value of a word, the default for none; an error if it was reported.
    fn word<T: Copy + Default>(
        &mut self,
        written: Option<&Written<String>>,
        all: &[T],
        word_of: impl Fn(T) -> &'static str,
    ) -> Result<T, ()> {
        let Some(written) = written else {
            return Ok(T::default());
        };
        let found = all
            .iter()
            .copied()
            .find(|value| word_of(*value) == written.value);
        found.ok_or_else(|| {
            let words: Vec<&str> = all.iter().map(|value| word_of(*value)).collect();
            let message = format!("{} is none of the words for this", quoted(&written.value));
            let hint = format!("write one of `{}`", words.join("`, `"));
            self.report
                .error(&code::BAD_VALUE, written.place, message, hint);
        })
    }

    /// The far end as it is written; none if it cannot be used.
    fn find_object(
        &mut self,
        relation: RelationId,
        key: &Written<String>,
        written: WrittenObject,
        place: Place,
    ) -> Option<Object> {
        let range = &self.vocabulary.schema.relations[relation.index()].range;
        let value_type = match range {
            Range::Values(value_type) => Some(*value_type),
            Range::Entities(_) => None,
        };
        match (value_type, written) {
            (_, WrittenObject::Missing) => Some(Object::Nothing),
            (Some(value_type), WrittenObject::Short(value) | WrittenObject::Value(value)) => {
                self.read_value(value_type, key, value).map(Object::Value)
            }
            (Some(_), WrittenObject::Entity(to)) => {
                let message = format!("{} is a property and has no `to`", quoted(&key.value));
                let hint = "write `value = …`".to_owned();
                self.report
                    .error(&code::WRONG_TYPE, to.place, message, hint);
                None
            }
            (None, WrittenObject::Entity(to)) => self.find_entity(&to).map(Object::Entity),
            (
                None,
                WrittenObject::Short(Written {
                    value: Literal::Text(value),
                    ..
                }),
            ) => self
                .find_entity(&Written { value, place })
                .map(Object::Entity),
            (None, WrittenObject::Short(value) | WrittenObject::Value(value)) => {
                let message = format!("{} leads to an entity, not a value", quoted(&key.value));
                let hint = "write `to = \"…\"` with the id of an entity".to_owned();
                self.report
                    .error(&code::WRONG_TYPE, value.place, message, hint);
                None
            }
        }
    }

    fn find_entity(&mut self, id: &Written<String>) -> Option<EntityId> {
        let found = self.entities.get(&id.value).copied();
        if let Some(entity) = found {
            self.is_mentioned[entity.index()] = true;
        } else if !self.left_out.contains(&id.value) {
            let message = format!("there is no entity {}", quoted(&id.value));
            let known = self.entities.keys().map(String::as_str);
            let near = self.report.suggest(&id.value, known);
            let hint = near.or_else(|| Some(format!("add a table for {}", quoted(&id.value))));
            self.report
                .error(&code::UNKNOWN_ENTITY, id.place, message, hint);
        }
        found
    }

    /// The value of a property, if it is of its type.
    fn read_value(
        &mut self,
        value_type: Type,
        key: &Written<String>,
        written: Written<Literal>,
    ) -> Option<Value> {
        let place = written.place;
        match (value_type, written.value) {
            (Type::Text, Literal::Text(text)) => Some(Value::Text(text)),
            (Type::Url, Literal::Text(text)) if is_address(&text) => Some(Value::Text(text)),
            (Type::Url, Literal::Text(value)) => {
                report_address(self.report, &Written { value, place });
                None
            }
            (Type::Date, Literal::Text(value)) => {
                read_date(&Written { value, place }, self.report).map(Value::Date)
            }
            (Type::Number, Literal::Integer(integer)) => Some(Value::Integer(integer)),
            (Type::Number, Literal::Float(float)) => Some(Value::Float(float)),
            (Type::Boolean, Literal::Boolean(boolean)) => Some(Value::Boolean(boolean)),
            (_, literal) => {
                let message = format!(
                    "{} is {}, and should be of type `{}`",
                    quoted(&key.value),
                    literal.type_word(),
                    value_type.word()
                );
                let hint = match value_type {
                    Type::Text | Type::Url | Type::Date => "put it in quotes",
                    Type::Number | Type::Boolean => "write it without quotes",
                };
                self.report
                    .error(&code::BAD_VALUE, place, message, hint.to_owned());
                None
            }
        }
    }

    fn report_missing(&mut self, relation: RelationId, key: &Written<String>, place: Place) {
        let relation = &self.vocabulary.schema.relations[relation.index()];
        let end = if relation.is_property() {
            "value"
        } else {
            "to"
        };
        let message = format!("the statement {} has no `{end}`", quoted(&key.value));
        let hint = format!("add `{end} = …`, or say `polarity = \"negative\"` or `\"unknown\"`");
        self.report.error(&code::MISSING_KEY, place, message, hint);
    }

    /// The statement in its stored direction.
    fn turn_round(
        &mut self,
        subject: EntityId,
        statement: StatementRecord,
        direction: Direction,
        key: &Written<String>,
        place: Place,
    ) -> Option<Assertion> {
        match (direction, &statement.object) {
            (Direction::Forward, _) => Some(Assertion {
                subject,
                statement,
                place,
            }),
            (Direction::Backward, Object::Entity(object)) => {
                let far = *object;
                let object = Object::Entity(subject);
                let statement = StatementRecord {
                    object,
                    ..statement
                };
                Some(Assertion {
                    subject: far,
                    statement,
                    place,
                })
            }
            (Direction::Backward, _) => {
                let message = format!(
                    "{} is an inverse name: without `to` the statement is about nothing",
                    quoted(&key.value)
                );
                let hint = "add `to = \"…\"`".to_owned();
                self.report.error(&code::MISSING_KEY, place, message, hint);
                None
            }
        }
    }

    /// Whether both ends are of kinds that the relation allows.
    fn check_ends(&mut self, assertion: &Assertion, key: &Written<String>) -> bool {
        let id = assertion.statement.relation;
        let relation = &self.vocabulary.schema.relations[id.index()];
        let mut wrong = self.wrong_end(relation, &relation.domain, assertion.subject, "subject");
        if let (Object::Entity(object), Range::Entities(kinds)) =
            (&assertion.statement.object, &relation.range)
        {
            wrong = wrong.or_else(|| self.wrong_end(relation, kinds, *object, "object"));
        }
        let Some((message, hint)) = wrong else {
            return true;
        };
        self.report
            .error(&code::WRONG_DOMAIN, key.place, message, hint);
        false
    }

    /// The message and hint for an end whose kind is none of `kinds`, unless there are no kinds.
    fn wrong_end(
        &self,
        relation: &Relation,
        kinds: &[KindId],
        entity: EntityId,
        end: &str,
    ) -> Option<(String, String)> {
        let schema = &self.vocabulary.schema;
        let entity = self.graph.entity(entity);
        if kinds.is_empty() || kinds.iter().any(|kind| schema.is_a(entity.kind, *kind)) {
            return None;
        }
        let words: Vec<&str> = kinds
            .iter()
            .map(|kind| schema.kinds[kind.index()].name.as_str())
            .collect();
        let message = format!(
            "{} is of kind `{}`, and cannot be {end} of `{}`",
            quoted(&entity.id),
            schema.kinds[entity.kind.index()].name,
            relation.name
        );
        let hint = format!(
            "take another relation, or an entity of kind `{}`",
            words.join("`, `")
        );
        Some((message, hint))
    }
}
