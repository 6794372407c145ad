//! What only the whole graph shows: shared names, circles, conflicts, repetitions, and entities of
//! which nothing is known; order in time has a file of its own.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::diagnostic::Code;
use crate::diagnostic::Lines;
use crate::diagnostic::code;
use crate::diagnostic::suggest;
use crate::model::Certainty;
use crate::model::Date;
use crate::model::Day;
use crate::model::EntityId;
use crate::model::Object;
use crate::model::Polarity;
use crate::model::RelationId;
use crate::model::Value;
use crate::model::stable;
use crate::store::DataFile;
use crate::store::check::Assertion;
use crate::store::check::Bearer;
use crate::store::check::Checker;
use crate::store::report::quoted;
use crate::store::written::Place;

/// With how many statements that begin before it a statement is compared for conflicts.
const CONFLICT_WINDOW: usize = 100;

/// How many members of a circle a message names.
const CIRCLE_SHOWN_MAX: usize = 8;

impl Checker<'_> {
    /// Runs all checks but those for circles and for what is accepted; nothing is left out for
    /// them.
    pub(super) fn check_whole(&mut self, files: &[DataFile]) {
        self.find_collisions(files);
        self.find_older_successors();
        self.find_conflicts();
        self.find_repetitions();
        self.find_lonely();
    }

    /// One finding for each text that several entities bear, unless each bearer says it is meant.
    fn find_collisions(&mut self, files: &[DataFile]) {
        let mut bearers = std::mem::take(&mut self.bearers);
        stable::sort_by_key(&mut bearers, |bearer| bearer.place);
        let mut by_text: BTreeMap<String, Vec<&Bearer>> = BTreeMap::new();
        for bearer in &bearers {
            by_text
                .entry(suggest::folded(&bearer.text))
                .or_default()
                .push(bearer);
        }
        let mut lines: BTreeMap<u32, Lines> = BTreeMap::new();
        for borne in by_text.values() {
            let first = borne[0];
            let Some(second) = borne.iter().find(|bearer| bearer.entity != first.entity) else {
                continue;
            };
            if borne.iter().all(|bearer| bearer.is_shared) {
                continue;
            }
            let file = &files[first.place.file as usize];
            let lines = lines
                .entry(first.place.file)
                .or_insert_with(|| Lines::of(&file.text));
            let (line, _) = lines.place(&file.text, first.place.span.start as usize);
            let id = self.id_of(first.entity);
            let like = if first.text == second.text {
                String::new()
            } else {
                format!(" (as {})", quoted(&first.text))
            };
            let message = format!(
                "the name {} is borne by `{id}` too{like}, at {}:{line}",
                quoted(&second.text),
                self.report.name(first.place)
            );
            let hint = "say `shared = true` at each of them if that is meant: \
                        `{ text = \"…\", shared = true }`";
            let place = second.place;
            self.report
                .warning(&code::NAME_COLLISION, place, message, hint.to_owned());
        }
    }

    /// Finds statements of a functional relation that may hold at the same time as another.
    ///
    /// Each is compared with the hundred that begin before it, so that an entity with very many
    /// costs no more than that.
    fn find_conflicts(&mut self) {
        let mut rivals: BTreeMap<_, Vec<&Assertion>> = BTreeMap::new();
        for assertion in &self.assertions {
            let statement = &assertion.statement;
            let relation = &self.vocabulary.schema.relations[statement.relation.index()];
            if relation.is_functional && statement.is_walked() {
                let key = (assertion.subject, statement.relation, &statement.condition);
                rivals.entry(key).or_default().push(assertion);
            }
        }
        let mut found: Vec<(Place, String)> = Vec::new();
        for rivals in rivals.values_mut() {
            stable::sort_by_key(rivals, |rival| (birth(rival), rival.place));
            for (index, rival) in rivals.iter().enumerate() {
                let before = &rivals[index.saturating_sub(CONFLICT_WINDOW)..index];
                let other = before.iter().rev().find(|other| is_conflict(rival, other));
                if let Some(other) = other {
                    found.push((rival.place, self.conflict_message(rival, other)));
                }
            }
        }
        for (place, message) in found {
            let hint = "give each its `since` and `until`, or its `condition`, or a `certainty`";
            self.judge(&code::CONFLICT, place, message, hint);
        }
    }

    fn conflict_message(&self, assertion: &Assertion, other: &Assertion) -> String {
        let relation = &self.vocabulary.schema.relations[assertion.statement.relation.index()];
        format!(
            "`{}` of {} is {} and {} at the same time",
            relation.name,
            quoted(self.id_of(assertion.subject)),
            self.object_word(&other.statement.object),
            self.object_word(&assertion.statement.object)
        )
    }

    fn object_word(&self, object: &Object) -> String {
        match object {
            Object::Entity(entity) => quoted(self.id_of(*entity)),
            Object::Value(Value::Text(text)) => quoted(text),
            Object::Value(Value::Date(date)) => quoted(date.text()),
            Object::Value(Value::Integer(integer)) => format!("`{integer}`"),
            Object::Value(Value::Float(float)) => format!("`{float}`"),
            Object::Value(Value::Boolean(boolean)) => format!("`{boolean}`"),
            Object::Value(_) | Object::Nothing => "nothing".to_owned(),
        }
    }

    /// Finds statements that say what another says, but for their sources.
    fn find_repetitions(&mut self) {
        let mut known: BTreeSet<SameAs<'_>> = BTreeSet::new();
        let mut found: Vec<(Place, String)> = Vec::new();
        for assertion in &self.assertions {
            let relation = &self.vocabulary.schema.relations[assertion.statement.relation.index()];
            if !known.insert(same_as(assertion, relation.is_symmetric)) {
                let message = format!(
                    "`{}` of {} is {} is said twice",
                    relation.name,
                    quoted(self.id_of(assertion.subject)),
                    self.object_word(&assertion.statement.object)
                );
                found.push((assertion.place, message));
            }
        }
        for (place, message) in found {
            let hint = "make one statement of the two, with both sources as a list".to_owned();
            self.report
                .warning(&code::DUPLICATE_STATEMENT, place, message, hint);
        }
    }

    /// Finds entities that no statement is about or leads to.
    fn find_lonely(&mut self) {
        for (index, is_mentioned) in self.is_mentioned.iter().enumerate() {
            if *is_mentioned {
                continue;
            }
            let id = quoted(&self.graph.entity(EntityId::from_index(index)).id);
            let message = format!("there is no statement about {id}");
            let hint = "say something of it, or take it out".to_owned();
            let place = self.places[index];
            self.report
                .warning(&code::NO_STATEMENT, place, message, hint);
        }
    }

    /// The statements by which an acyclic relation is walked, in the order of adding.
    pub(super) fn acyclic_steps(&self) -> Vec<AcyclicStep> {
        let step = |assertion: &Assertion| {
            let relation = assertion.statement.relation;
            let row = &self.vocabulary.schema.relations[relation.index()];
            match assertion.statement.object {
                Object::Entity(object) if row.is_acyclic && assertion.statement.is_walked() => {
                    let (subject, place) = (assertion.subject, assertion.place);
                    Some(AcyclicStep {
                        relation,
                        subject,
                        object,
                        place,
                    })
                }
                _ => None,
            }
        };
        self.assertions.iter().filter_map(step).collect()
    }

    /// One finding for each circle of each acyclic relation, at the first of its statements.
    ///
    /// The statements must be in the graph by now.
    pub(super) fn find_circles(&mut self, steps: &[AcyclicStep]) {
        let relations: BTreeSet<RelationId> = steps.iter().map(|step| step.relation).collect();
        for relation in relations {
            for circle in self.graph.circles(relation) {
                let is_member = |entity| circle.binary_search(&entity).is_ok();
                // At the statement that accepts it; else at the first.
                let first = steps
                    .iter()
                    .filter(|step| step.relation == relation)
                    .filter(|step| is_member(step.subject) && is_member(step.object))
                    .min_by_key(|step| (!self.accepted.contains_key(&step.place), step.place));
                if let Some(first) = first {
                    self.report_circle(relation, &circle, first.place);
                }
            }
        }
    }

    fn report_circle(&mut self, relation: RelationId, circle: &[EntityId], place: Place) {
        let shown = circle.iter().take(CIRCLE_SHOWN_MAX);
        let mut members: Vec<String> = shown.map(|entity| quoted(self.id_of(*entity))).collect();
        stable::sort(&mut members);
        if circle.len() > CIRCLE_SHOWN_MAX {
            members.push(format!("{} more", circle.len() - CIRCLE_SHOWN_MAX));
        }
        let message = format!(
            "`{}` leads in a circle: {}",
            self.vocabulary.schema.relations[relation.index()].name,
            members.join(", ")
        );
        let hint = "take one of the statements out, or turn it round";
        self.judge(&code::CYCLE, place, message, hint);
    }

    /// Reports what may be right all the same, unless the statement there says that it is.
    pub(super) fn judge(&mut self, code: &'static Code, place: Place, message: String, hint: &str) {
        match self.accepted.get_mut(&place) {
            Some(is_met) => {
                *is_met = true;
                self.report.accepted += 1;
            }
            None => {
                let hint = format!("{hint}; if it is right, say why: `accepted = \"…\"`");
                self.report.warning(code, place, message, hint);
            }
        }
    }

    /// Reports what accepts a finding that there is not.
    pub(super) fn find_needless_acceptances(&mut self) {
        for (place, is_met) in &self.accepted {
            if !is_met {
                let message = "there is no finding here to accept";
                let hint = "take `accepted` out".to_owned();
                self.report
                    .warning(&code::NOTHING_ACCEPTED, *place, message, hint);
            }
        }
    }

    /// Which relations are such, by their ids.
    pub(super) fn relations_where(&self, is_such: impl Fn(RelationId) -> bool) -> Vec<bool> {
        let count = self.vocabulary.schema.relations.len();
        (0..count)
            .map(|index| is_such(RelationId::from_index(index)))
            .collect()
    }
}

/// A statement of an acyclic relation.
pub(super) struct AcyclicStep {
    relation: RelationId,
    subject: EntityId,
    object: EntityId,
    place: Place,
}

/// The earliest day from which a statement may hold.
pub(super) fn birth(assertion: &Assertion) -> Option<Day> {
    assertion.statement.since.as_ref().and_then(Date::first)
}

fn is_conflict(a: &Assertion, b: &Assertion) -> bool {
    a.statement.object != b.statement.object
        && a.statement.period().may_overlap(&b.statement.period())
}

/// Everything of a statement but its sources.
type SameAs<'a> = (
    (EntityId, RelationId, u8, EntityId, String),
    [Option<&'a Date>; 3],
    [Option<&'a str>; 3],
    (Certainty, Polarity),
);

fn same_as(assertion: &Assertion, is_symmetric: bool) -> SameAs<'_> {
    let statement = &assertion.statement;
    let subject = assertion.subject;
    let relation = statement.relation;
    let ends = match &statement.object {
        Object::Entity(object) if is_symmetric && *object < subject => {
            (*object, relation, 0, subject, String::new())
        }
        Object::Entity(object) => (subject, relation, 0, *object, String::new()),
        Object::Value(value) => (subject, relation, 1, subject, format!("{value:?}")),
        Object::Nothing => (subject, relation, 2, subject, String::new()),
    };
    let dates = [&statement.since, &statement.until, &statement.observed];
    let words = [&statement.condition, &statement.role, &statement.note];
    (
        ends,
        dates.map(Option::as_ref),
        words.map(Option::as_deref),
        (statement.certainty, statement.polarity),
    )
}
