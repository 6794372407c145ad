//! One statement: its relation, its ends in the stored direction, its qualifiers and sources.

use crate::diagnostic::code;
use crate::model::Certainty;
use crate::model::Citation;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::KindId;
use crate::model::Map;
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
use crate::store::check::Subject;
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
    /// Adds the statements under a key of `subject`, or reports why they cannot be used.
    pub(super) fn add_statements(
        &mut self,
        subject: &Subject,
        key: &Written<String>,
        statements: Vec<WrittenStatement>,
    ) {
        let relation = self.find_relation(key);
        for statement in statements {
            if let Some(subject) = subject.entity {
                self.is_mentioned[subject.index()] = true;
            }
            let has_sources = !statement.sources.is_empty();
            let accepted = self.find_reason(statement.accepted.as_ref());
            let Some(assertion) = self.check_statement(subject, key, relation, statement) else {
                continue;
            };
            if accepted {
                self.accepted.insert(assertion.place, false);
            }
            self.check_grounds(key, &assertion, has_sources);
            self.assertions.push(assertion);
        }
    }

    /// Whether a finding is accepted, with a reason; reports that there is none.
    fn find_reason(&mut self, accepted: Option<&Written<String>>) -> bool {
        let Some(reason) = accepted else {
            return false;
        };
        let has_reason = !reason.value.trim().is_empty();
        if !has_reason {
            let hint = "write why it is right all the same".to_owned();
            let message = "`accepted` gives no reason";
            self.report
                .error(&code::MISSING_KEY, reason.place, message, hint);
        }
        has_reason
    }

    /// Reports a statement without a source, and if sources are demanded, one that rests on memory
    /// alone and does not say so.
    fn check_grounds(&mut self, key: &Written<String>, assertion: &Assertion, has_sources: bool) {
        let place = assertion.place;
        if !has_sources {
            let message = format!("the statement {} has no source", quoted(&key.value));
            let hint = "add `source = \"…\"`: where is it said?".to_owned();
            match self.demands.sources {
                true => self.report.error(&code::NO_SOURCE, place, message, hint),
                false => self.report.warning(&code::NO_SOURCE, place, message, hint),
            }
            return;
        }
        let statement = &assertion.statement;
        let is_memory = |cited: &Citation| self.graph.sources[cited.source.index()].is_memory();
        let is_remembered =
            !statement.sources.is_empty() && statement.sources.iter().all(is_memory);
        if is_remembered && statement.is_walked() && self.demands.sources {
            let message = format!(
                "the statement {} rests on memory alone, and does not say so",
                quoted(&key.value)
            );
            let hint = "look it up and cite what you found, or add `certainty = \"hearsay\"`";
            self.report
                .error(&code::NO_SOURCE, place, message, hint.to_owned());
        }
        self.report.remembered += usize::from(is_remembered && self.demands.sources);
    }

    /// The statement, if it can be used. All of it is looked at first: no finding hides another.
    fn check_statement(
        &mut self,
        subject: &Subject,
        key: &Written<String>,
        relation: Option<(RelationId, Direction)>,
        written: WrittenStatement,
    ) -> Option<Assertion> {
        let place = written.place;
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
        let is_positive = polarity == Ok(Polarity::Positive);
        let Some((relation, direction)) = relation else {
            self.check_unknown(key, written.object, is_positive, place);
            return None;
        };
        let object = self.find_object(relation, key, written.object, place);
        let has_object = object != Some(Object::Nothing)
            || self.may_lack_object(relation, direction, key, is_positive, place);
        let has_good_ends = self.check_ends(subject, (relation, direction), object.as_ref(), key);
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
            properties: Map::new(),
            slug: None,
        };
        let is_good = has_object && has_good_ends && !written.is_broken;
        let subject = subject.entity.filter(|_| is_good)?;
        Some(turn_round(subject, statement, direction, place))
    }

    /// Checks the far end under a key that is no known relation or property, as far as one can.
    fn check_unknown(
        &mut self,
        key: &Written<String>,
        object: WrittenObject,
        is_positive: bool,
        place: Place,
    ) {
        match object {
            WrittenObject::Entity(to) => {
                self.find_entity(&to);
            }
            WrittenObject::Both(to, value) => {
                self.report_both(&value);
                self.find_entity(&to);
            }
            WrittenObject::Missing if is_positive => {
                self.report_missing("to` or `value", "to", key, place);
            }
            WrittenObject::Missing
            | WrittenObject::Short(_)
            | WrittenObject::Value(_)
            | WrittenObject::Unclear => {}
        }
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
            (_, WrittenObject::Unclear) => None,
            (Some(value_type), WrittenObject::Both(_, value)) => {
                self.report_both(&value);
                self.read_value(value_type, key, value);
                None
            }
            (None, WrittenObject::Both(to, value)) => {
                self.report_both(&value);
                self.find_entity(&to);
                None
            }
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
            (Type::Text | Type::Any, Literal::Text(text)) => Some(Value::Text(text)),
            (Type::Url, Literal::Text(text)) if is_address(&text) => Some(Value::Text(text)),
            (Type::Url, Literal::Text(value)) => {
                report_address(self.report, &Written { value, place });
                None
            }
            (Type::Date, Literal::Text(value)) => {
                read_date(&Written { value, place }, self.report).map(Value::Date)
            }
            (Type::Number | Type::Any, Literal::Integer(integer)) => Some(Value::Integer(integer)),
            (Type::Number | Type::Any, Literal::Float(float)) => Some(Value::Float(float)),
            (Type::Boolean | Type::Any, Literal::Boolean(truth)) => Some(Value::Boolean(truth)),
            (_, literal) => {
                let message = format!(
                    "{} is {}, and should be of type `{}`",
                    quoted(&key.value),
                    literal.type_word(),
                    value_type.word()
                );
                let hint = match value_type {
                    Type::Text | Type::Url | Type::Date => "put it in quotes",
                    Type::Number | Type::Boolean | Type::Any => "write it without quotes",
                };
                self.report
                    .error(&code::BAD_VALUE, place, message, hint.to_owned());
                None
            }
        }
    }

    fn report_both(&mut self, value: &Written<Literal>) {
        let message = "a statement has `to` or `value`, and not both";
        let hint = "take one of them out".to_owned();
        self.report
            .error(&code::WRONG_TYPE, value.place, message, hint);
    }

    /// Whether a statement may go without its far end; reports that it may not.
    fn may_lack_object(
        &mut self,
        relation: RelationId,
        direction: Direction,
        key: &Written<String>,
        is_positive: bool,
        place: Place,
    ) -> bool {
        if is_positive {
            let relation = &self.vocabulary.schema.relations[relation.index()];
            let end = if relation.is_property() {
                "value"
            } else {
                "to"
            };
            self.report_missing(end, end, key, place);
        } else if direction == Direction::Backward {
            let message = format!(
                "{} is an inverse name: without `to` the statement is about nothing",
                quoted(&key.value)
            );
            let hint = "add `to = \"…\"`".to_owned();
            self.report.error(&code::MISSING_KEY, place, message, hint);
        }
        !is_positive && direction == Direction::Forward
    }

    /// Reports that a statement lacks one of `ends`; the hint offers `end`.
    fn report_missing(&mut self, ends: &str, end: &str, key: &Written<String>, place: Place) {
        let message = format!("the statement {} has no `{ends}`", quoted(&key.value));
        let hint = format!("add `{end} = …`, or say `polarity = \"negative\"` or `\"unknown\"`");
        self.report.error(&code::MISSING_KEY, place, message, hint);
    }

    /// Whether both ends, as far as they are known, are of kinds that the relation allows.
    fn check_ends(
        &mut self,
        subject: &Subject,
        (relation, direction): (RelationId, Direction),
        object: Option<&Object>,
        key: &Written<String>,
    ) -> bool {
        let near = subject.kind.map(|kind| (subject.id.as_str(), kind));
        let far = match object {
            Some(Object::Entity(object)) => {
                let object = self.graph.entity(*object);
                let kind = object.kinds.first();
                kind.map(|kind| (object.id.as_str(), *kind))
            }
            _ => None,
        };
        let (first, last) = match direction {
            Direction::Forward => (near, far),
            Direction::Backward => (far, near),
        };
        let relation = &self.vocabulary.schema.relations[relation.index()];
        let range = match &relation.range {
            Range::Entities(kinds) => kinds.as_slice(),
            Range::Values(_) => &[],
        };
        let wrong = [
            self.wrong_end(relation, &relation.domain, first, "subject"),
            self.wrong_end(relation, range, last, "object"),
        ];
        let is_good = wrong.iter().all(Option::is_none);
        for (message, hint) in wrong.into_iter().flatten() {
            self.report
                .error(&code::WRONG_DOMAIN, key.place, message, hint);
        }
        is_good
    }

    /// The message and hint for an end, of that id and kind, whose kind is none of `kinds`; none if
    /// there are no kinds.
    fn wrong_end(
        &self,
        relation: &Relation,
        kinds: &[KindId],
        entity: Option<(&str, KindId)>,
        end: &str,
    ) -> Option<(String, String)> {
        let schema = &self.vocabulary.schema;
        let (id, kind) = entity?;
        if kinds.is_empty() || kinds.iter().any(|wanted| schema.is_a(kind, *wanted)) {
            return None;
        }
        let words: Vec<&str> = kinds
            .iter()
            .map(|kind| schema.kinds[kind.index()].name.as_str())
            .collect();
        let message = format!(
            "{} is of kind `{}`, and cannot be {end} of `{}`",
            quoted(id),
            schema.kinds[kind.index()].name,
            relation.name
        );
        let hint = format!(
            "take another relation, or an entity of kind `{}`",
            words.join("`, `")
        );
        Some((message, hint))
    }
}

/// The statement in its stored direction.
fn turn_round(
    subject: EntityId,
    statement: StatementRecord,
    direction: Direction,
    place: Place,
) -> Assertion {
    let (subject, statement) = match (direction, &statement.object) {
        (Direction::Backward, Object::Entity(far)) => {
            let (far, object) = (*far, Object::Entity(subject));
            let statement = StatementRecord {
                object,
                ..statement
            };
            (far, statement)
        }
        _ => (subject, statement),
    };
    Assertion {
        subject,
        statement,
        place,
    }
}
