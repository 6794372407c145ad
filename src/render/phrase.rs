//! How values, statements, periods and paths read: words with roles, not yet safe to print.

use std::borrow::Cow;

use crate::model::Certainty;
use crate::model::Citation;
use crate::model::Date;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::Label;
use crate::model::ObjectRef;
use crate::model::Path;
use crate::model::Polarity;
use crate::model::Qualifiers;
use crate::model::Snapshot;
use crate::model::SourceId;
use crate::model::StatementId;
use crate::model::Value;
use crate::render::Markup;
use crate::render::Page;
use crate::render::Role;

/// Words in the order of reading; strangers' texts in it are as the data has them.
#[derive(Clone, Debug, Default)]
pub(super) struct Phrase<'a> {
    words: Vec<(Role, Cow<'a, str>)>,
}

impl<'a> Phrase<'a> {
    /// A phrase of one word.
    pub(super) fn word(role: Role, text: impl Into<Cow<'a, str>>) -> Phrase<'a> {
        let mut phrase = Phrase::default();
        phrase.push(role, text);
        phrase
    }

    /// Whether there is nothing to say.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The words without their roles.
    pub(super) fn text(&self) -> String {
        self.words.iter().map(|(_, word)| word.as_ref()).collect()
    }

    /// The phrase as safe words, of which those beyond `characters_max` are left out; whether
    /// anything was.
    pub(super) fn markup(&self, characters_max: usize) -> (Markup, bool) {
        let mut markup = Markup::default();
        let mut left = characters_max;
        for (role, word) in &self.words {
            if let Some((end, _)) = word.char_indices().nth(left) {
                markup.push(*role, &word[..end]);
                markup.push(*role, "…");
                return (markup, true);
            }
            left -= word.chars().count();
            markup.push(*role, word);
        }
        (markup, false)
    }

    fn push(&mut self, role: Role, text: impl Into<Cow<'a, str>>) {
        let text = text.into();
        if !text.is_empty() {
            self.words.push((role, text));
        }
    }

    fn append(&mut self, mut other: Phrase<'a>) {
        self.words.append(&mut other.words);
    }

    /// Moves it a little to the right.
    pub(super) fn indent(&mut self) {
        self.words.insert(0, (Role::Plain, "  ".into()));
    }

    /// The phrases in one, with `joint` between them; empty if none of them says anything.
    pub(super) fn join(phrases: Vec<Phrase<'a>>, joint: &'static str) -> Phrase<'a> {
        let mut joined = Phrase::default();
        if phrases.iter().all(Phrase::is_empty) {
            return joined;
        }
        for (place, phrase) in phrases.into_iter().enumerate() {
            if place > 0 {
                joined.push(Role::Plain, joint);
            }
            joined.append(phrase);
        }
        joined
    }
}

/// Any value, in one line.
pub(super) fn value<'a>(page: &Page<'a>, value: &'a Value) -> Phrase<'a> {
    match value {
        Value::Null => Phrase::default(),
        Value::Boolean(truth) => Phrase::word(Role::Plain, truth.to_string()),
        Value::Integer(number) => Phrase::word(Role::Plain, number.to_string()),
        Value::Float(number) => Phrase::word(Role::Plain, format!("{number:?}")),
        Value::Text(text) => Phrase::word(Role::Plain, text.as_str()),
        Value::Date(date) => Phrase::word(Role::Date, date.text()),
        Value::Entity(id) => entity(page, *id),
        Value::Statement(id) => sentence(page, *id),
        Value::Source(id) => Phrase::word(Role::Source, source(page.snapshot, *id)),
        Value::Path(found) => Phrase::join(steps(page, found), STEP_JOINT),
        Value::List(values) => {
            let items = values.iter().map(|item| match item {
                Value::List(_) | Value::Map(_) => literal(page, item),
                item => self::value(page, item),
            });
            Phrase::join(items.collect(), ", ")
        }
        Value::Map(_) => literal(page, value),
    }
}

/// A value within others: texts in quotes, lists and maps in brackets, `null` in so many letters.
fn literal<'a>(page: &Page<'a>, value: &'a Value) -> Phrase<'a> {
    let between = |open: &'static str, items: Vec<Phrase<'a>>, close: &'static str| {
        let mut phrase = Phrase::word(Role::Plain, open);
        phrase.append(Phrase::join(items, ", "));
        phrase.push(Role::Plain, close);
        phrase
    };
    match value {
        Value::Null => Phrase::word(Role::Plain, "null"),
        Value::Text(text) => Phrase::word(Role::Plain, quoted(text)),
        Value::List(values) => {
            let items = values.iter().map(|item| literal(page, item));
            between("[", items.collect(), "]")
        }
        Value::Map(values) => {
            let items = values.iter().map(|(key, value)| {
                let mut item = Phrase::word(Role::Plain, key_word(key));
                item.push(Role::Plain, ": ");
                item.append(literal(page, value));
                item
            });
            between("{", items.collect(), "}")
        }
        other => self::value(page, other),
    }
}

/// A key as it is where it is one word, else in quotes.
fn key_word(key: &str) -> Cow<'_, str> {
    let is_inner = |character: char| character.is_alphanumeric() || character == '_';
    let begins = key.starts_with(|first: char| first.is_alphabetic() || first == '_');
    match begins && key.chars().all(is_inner) {
        true => key.into(),
        false => quoted(key).into(),
    }
}

/// A text in double quotes, with `\"` and `\\` for what would end them.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// An entity's name as of the answer's date.
pub(super) fn entity<'a>(page: &Page<'a>, id: EntityId) -> Phrase<'a> {
    Phrase::word(Role::Entity, page.name(id))
}

/// A statement as a sentence in its stored direction: `CoreOS forked_as Flatcar ?`.
pub(super) fn sentence<'a>(page: &Page<'a>, statement: StatementId) -> Phrase<'a> {
    let mut sentence = entity(page, page.snapshot.subject(statement));
    sentence.push(Role::Plain, " ");
    let far_end = object(page, statement);
    sentence.append(predicate(page, statement, Direction::Forward, far_end));
    sentence
}

/// A statement as it reads on behind the name of `entity`: `forked_from CoreOS ?`.
///
/// The whole sentence where the entity is at neither end, or the relation has no word for its way.
pub(super) fn evidence<'a>(
    page: &Page<'a>,
    entity: EntityId,
    statement: StatementId,
) -> Phrase<'a> {
    let snapshot = page.snapshot;
    let subject = snapshot.subject(statement);
    if subject == entity {
        let far_end = object(page, statement);
        return predicate(page, statement, Direction::Forward, far_end);
    }
    let relation = &snapshot.schema.relations[snapshot.relation(statement).index()];
    let is_readable = relation.inverse.is_some() || relation.is_symmetric;
    if is_readable && snapshot.object(statement) == ObjectRef::Entity(entity) {
        let far_end = self::entity(page, subject);
        return predicate(page, statement, Direction::Backward, far_end);
    }
    sentence(page, statement)
}

/// What a cell of a comparison says of its entity by one statement, and on what grounds: the far
/// end with its reservations, and the sources in brackets; `not X`, `none` and `unknown` in words.
pub(super) fn cell<'a>(page: &Page<'a>, entity: EntityId, statement: StatementId) -> Phrase<'a> {
    let snapshot = page.snapshot;
    let qualifiers = snapshot.qualifiers(statement);
    let is_subject = snapshot.subject(statement) == entity;
    let far_end = match snapshot.object(statement) {
        ObjectRef::Entity(object) if is_subject => self::entity(page, object),
        ObjectRef::Entity(_) => self::entity(page, snapshot.subject(statement)),
        ObjectRef::Value(found) => value(page, found),
        ObjectRef::Nothing => Phrase::default(),
    };
    let mut cell = Phrase::default();
    match (qualifiers.polarity, far_end.is_empty()) {
        (Polarity::Negative, true) => cell.push(Role::Doubt, "none"),
        (Polarity::Unknown, true) => cell.push(Role::Doubt, "unknown"),
        (_, true) => cell.push(Role::Plain, "some"),
        (_, false) => {
            cell.push(Role::Doubt, denial(qualifiers));
            cell.append(far_end);
        }
    }
    let mut reserved = Phrase::default();
    reserved.append(reservations(page, qualifiers));
    if qualifiers.polarity == Polarity::Unknown && cell.text() == "unknown" {
        reserved.words.retain(|(_, word)| word != " (unknown)");
    }
    cell.append(reserved);
    cell.append(grounds(page, statement));
    cell
}

/// What a cell of a comparison says of how its entity stands: the word, and on what grounds.
pub(super) fn standing<'a>(page: &Page<'a>, entity: EntityId, cell: &'a [Value]) -> Phrase<'a> {
    let mut standing = Phrase::default();
    for item in cell {
        match item {
            Value::Statement(sign) => {
                standing.push(Role::Plain, ": ");
                standing.append(evidence(page, entity, *sign));
                let period = period(page.snapshot.qualifiers(*sign));
                if !period.is_empty() {
                    standing.push(Role::Plain, " ");
                    standing.append(period);
                }
                standing.append(grounds(page, *sign));
            }
            word => standing.append(value(page, word)),
        }
    }
    standing
}

/// The sources of a statement in brackets; nothing if it has none.
fn grounds<'a>(page: &Page<'a>, statement: StatementId) -> Phrase<'a> {
    let cited = citations(page, statement);
    let mut grounds = Phrase::default();
    if !cited.is_empty() {
        grounds.push(Role::Plain, " (");
        grounds.append(cited);
        grounds.push(Role::Plain, ")");
    }
    grounds
}

fn predicate<'a>(
    page: &Page<'a>,
    statement: StatementId,
    direction: Direction,
    far_end: Phrase<'a>,
) -> Phrase<'a> {
    let mut predicate = Phrase::default();
    let qualifiers = page.snapshot.qualifiers(statement);
    predicate.push(Role::Doubt, denial(qualifiers));
    predicate.push(Role::Relation, said(page, statement, direction));
    if !far_end.is_empty() {
        predicate.push(Role::Plain, " ");
        predicate.append(far_end);
    }
    predicate.append(reservations(page, qualifiers));
    predicate
}

/// What is said behind a statement: its role and condition, and how far it is to be believed.
fn reservations<'a>(page: &Page<'a>, qualifiers: &'a Qualifiers) -> Phrase<'a> {
    let mut said = Phrase::default();
    if let Some(role) = &qualifiers.role {
        said.push(Role::Quiet, format!(" as {role}"));
    }
    if let Some(condition) = &qualifiers.condition {
        said.push(Role::Quiet, format!(" [{condition}]"));
    }
    said.push(Role::Doubt, doubt(qualifiers));
    said.push(Role::Doubt, possibility(page, qualifiers));
    said
}

/// What stands behind a statement that holds only possibly on the day the answer is as of.
fn possibility(page: &Page<'_>, qualifiers: &Qualifiers) -> &'static str {
    let filter = &page.answer.filter;
    let span = match (filter.as_of, filter.during) {
        (Some(day), _) => (Some(day), Some(day)),
        (None, Some(span)) => span,
        (None, None) => return "",
    };
    match qualifiers.period().certainly_touches(span) {
        true => "",
        false => " ~",
    }
}

/// The far end of a statement: a name, a value, or nothing.
pub(super) fn object<'a>(page: &Page<'a>, statement: StatementId) -> Phrase<'a> {
    match page.snapshot.object(statement) {
        ObjectRef::Entity(id) => entity(page, id),
        ObjectRef::Value(value) => self::value(page, value),
        ObjectRef::Nothing => Phrase::default(),
    }
}

/// The word of a statement's relation with its polarity: `not cni`, `cni (unknown)`.
pub(super) fn relation<'a>(page: &Page<'a>, statement: StatementId) -> Phrase<'a> {
    let qualifiers = page.snapshot.qualifiers(statement);
    let mut relation = Phrase::word(Role::Doubt, denial(qualifiers));
    let word = word(page.snapshot, statement, Direction::Forward);
    relation.push(Role::Relation, word);
    relation.push(Role::Doubt, unknown(qualifiers));
    relation
}

/// The word of a statement's relation, read in a direction.
pub(super) fn word(snapshot: &Snapshot, statement: StatementId, direction: Direction) -> &str {
    snapshot
        .schema
        .word(snapshot.relation(statement), direction)
}

/// The same in the language of a picture, where the schema has it.
pub(super) fn said<'a>(page: &Page<'a>, statement: StatementId, direction: Direction) -> &'a str {
    let snapshot = page.snapshot;
    let relation = &snapshot.schema.relations[snapshot.relation(statement).index()];
    let known = match direction {
        Direction::Forward => &relation.label,
        Direction::Backward => &relation.inverse_label,
    };
    let label = page.look.lang.and_then(|lang| in_language(known, lang));
    label.unwrap_or_else(|| word(snapshot, statement, direction))
}

/// The word of a label in a language.
pub(super) fn in_language<'a>(label: &'a Label, lang: &str) -> Option<&'a str> {
    let known = label.0.iter().find(|(known, _)| known == lang);
    known.map(|(_, word)| word.as_str())
}

/// What stands before the word of a relation that is denied.
pub(super) fn denial(qualifiers: &Qualifiers) -> &'static str {
    match qualifiers.polarity {
        Polarity::Negative => "not ",
        Polarity::Positive | Polarity::Unknown => "",
    }
}

/// What stands behind a statement that is not said outright.
pub(super) fn doubt(qualifiers: &Qualifiers) -> String {
    let unknown = unknown(qualifiers);
    match qualifiers.certainty {
        Certainty::Asserted | Certainty::Implied => unknown.to_owned(),
        Certainty::Hedged => format!("{unknown} ?"),
        other => format!("{unknown} ({})", other.word()),
    }
}

/// What stands behind a statement of which it could not be found out whether it is so.
pub(super) fn unknown(qualifiers: &Qualifiers) -> &'static str {
    match qualifiers.polarity {
        Polarity::Unknown => " (unknown)",
        Polarity::Positive | Polarity::Negative => "",
    }
}

/// A date, or nothing.
pub(super) fn date(date: Option<&Date>) -> Phrase<'_> {
    Phrase::word(Role::Date, date.map_or("", Date::text))
}

/// A period as `2018–2020`, `2018–` or `–2020`; nothing if both ends are open.
pub(super) fn period(qualifiers: &Qualifiers) -> Phrase<'static> {
    let (since, until) = (&qualifiers.since, &qualifiers.until);
    if since.is_none() && until.is_none() {
        return Phrase::default();
    }
    let text = |date: &Option<Date>| date.as_ref().map_or("", Date::text).to_owned();
    Phrase::word(Role::Date, format!("{}–{}", text(since), text(until)))
}

/// What a statement rests on, as `rks-17:26, rks-15`.
pub(super) fn citations<'a>(page: &Page<'a>, statement: StatementId) -> Phrase<'a> {
    let citations = page.snapshot.citations(statement);
    let cited = citations.iter().map(|cited| citation(page.snapshot, cited));
    Phrase::word(Role::Source, cited.collect::<Vec<_>>().join(", "))
}

/// A source and the place in it, as `rks-17:26`.
pub(super) fn citation(snapshot: &Snapshot, citation: &Citation) -> String {
    let id = source(snapshot, citation.source);
    match citation.at.as_str() {
        "" => id.to_owned(),
        at => format!("{id}:{at}"),
    }
}

/// The id of a source.
fn source(snapshot: &Snapshot, id: SourceId) -> &str {
    &snapshot.source(id).id
}

/// What stands between the steps of a path in one line.
pub(super) const STEP_JOINT: &str = " ";

/// A path in steps, with its arrows as they are stored: `EKS`, `-default_node_os-> Amazon Linux 2`.
///
/// The first step is where the path begins; the others are an arrow and the entity it leads to.
pub(super) fn steps<'a>(page: &Page<'a>, path: &Path) -> Vec<Phrase<'a>> {
    let begin = path.entities.first().map(|begin| entity(page, *begin));
    let pairs = path.entities.iter().zip(path.entities.iter().skip(1));
    let arrows = path.statements.iter().zip(pairs);
    begin
        .into_iter()
        .chain(arrows.map(|(statement, (from, to))| step(page, *from, *statement, *to)))
        .collect()
}

fn step<'a>(page: &Page<'a>, from: EntityId, statement: StatementId, to: EntityId) -> Phrase<'a> {
    let snapshot = page.snapshot;
    let (tail, head) = if snapshot.subject(statement) == from {
        ("-", "-> ")
    } else {
        ("<-", "- ")
    };
    let mut step = Phrase::word(Role::Quiet, tail);
    step.push(
        Role::Relation,
        word(snapshot, statement, Direction::Forward),
    );
    step.append(reservations(page, snapshot.qualifiers(statement)));
    step.push(Role::Quiet, head);
    step.append(entity(page, to));
    step
}
