//! What entities, statements, sources, dates and paths have under a name of their own, beside the
//! properties that the data give them: rows with a name and how it is read.

use crate::algo;
use crate::algo::Standing;
use crate::diagnostic::Budget;
use crate::diagnostic::Fault;
use crate::model::Date;
use crate::model::Day;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::Filter;
use crate::model::ObjectRef;
use crate::model::Qualifiers;
use crate::model::Snapshot;
use crate::model::SourceId;
use crate::model::StatementId;
use crate::model::Value;

/// A field: one row.
#[derive(Debug)]
pub struct Field {
    /// The name.
    pub name: &'static str,
    /// What it is a field of, in words.
    pub of: &'static str,
    /// One sentence.
    pub doc: &'static str,
    read: Read,
}

/// How a field is read off.
#[derive(Clone, Copy, Debug)]
enum Read {
    Entity(fn(&Snapshot, &Filter, EntityId) -> Value),
    Standing(fn(&Snapshot, Standing) -> Value),
    Statement(fn(&Snapshot, StatementId) -> Value),
    Qualifiers(fn(&Qualifiers) -> Value),
    Source(fn(&Snapshot, SourceId) -> Value),
    Date(fn(&Date) -> Value),
}

const fn entity(
    name: &'static str,
    doc: &'static str,
    read: fn(&Snapshot, &Filter, EntityId) -> Value,
) -> Field {
    Field {
        name,
        of: "an entity",
        doc,
        read: Read::Entity(read),
    }
}

const fn standing(
    name: &'static str,
    doc: &'static str,
    read: fn(&Snapshot, Standing) -> Value,
) -> Field {
    Field {
        name,
        of: "an entity",
        doc,
        read: Read::Standing(read),
    }
}

const fn statement(
    name: &'static str,
    doc: &'static str,
    read: fn(&Snapshot, StatementId) -> Value,
) -> Field {
    Field {
        name,
        of: "a statement",
        doc,
        read: Read::Statement(read),
    }
}

const fn qualifiers(
    name: &'static str,
    doc: &'static str,
    read: fn(&Qualifiers) -> Value,
) -> Field {
    Field {
        name,
        of: "a statement",
        doc,
        read: Read::Qualifiers(read),
    }
}

const fn source(
    name: &'static str,
    doc: &'static str,
    read: fn(&Snapshot, SourceId) -> Value,
) -> Field {
    Field {
        name,
        of: "a source",
        doc,
        read: Read::Source(read),
    }
}

const fn date(name: &'static str, doc: &'static str, read: fn(&Date) -> Value) -> Field {
    Field {
        name,
        of: "a date",
        doc,
        read: Read::Date(read),
    }
}

/// The field that says how an entity stands; `compare` has it as a row too.
pub(crate) const STATUS: &str = "status";

/// All fields.
pub static FIELDS: &[Field] = &[
    entity("id", "Its stable id.", |snapshot, _, entity| {
        text(snapshot.slug(entity))
    }),
    entity(
        "name",
        "The name that is shown; under `as of`, the one it bore then.",
        |snapshot, filter, entity| text(filter.name(snapshot, entity)),
    ),
    entity("names", "All its names and aliases, as a list.", names_of),
    entity("kind", "The name of its kind.", |snapshot, _, entity| {
        text(snapshot.kind_name(entity))
    }),
    entity(
        "sources",
        "The documents that name it, as a list.",
        |snapshot, _, entity| {
            let citations = snapshot.entity_citations(entity);
            sources(citations.iter().map(|citation| citation.source))
        },
    ),
    standing(
        STATUS,
        "How it stands: `active`, `maintenance`, `archived`, `ended`, or `unknown`.",
        |_, standing| text(standing.status.word()),
    ),
    standing(
        "status_since",
        "The date of the statement that says so.",
        |snapshot, standing| {
            let date = standing.sign.and_then(|sign| snapshot.sign_date(sign));
            when(&date.cloned())
        },
    ),
    standing(
        "status_sources",
        "The documents that it rests on, as a list.",
        |snapshot, standing| {
            let sign = standing.sign.into_iter();
            let citations = sign.flat_map(|sign| snapshot.citations(sign));
            sources(citations.map(|citation| citation.source))
        },
    ),
    statement("relation", "The word for it.", |snapshot, statement| {
        let relation = snapshot.relation(statement);
        text(snapshot.schema.word(relation, Direction::Forward))
    }),
    statement("subject", "What it is about.", |snapshot, statement| {
        Value::Entity(snapshot.subject(statement))
    }),
    statement(
        "object",
        "Its far end.",
        |snapshot, statement| match snapshot.object(statement) {
            ObjectRef::Entity(entity) => Value::Entity(entity),
            ObjectRef::Value(value) => value.clone(),
            ObjectRef::Nothing => Value::Null,
        },
    ),
    qualifiers("since", "From when on it holds.", |it| when(&it.since)),
    qualifiers("until", "From when on it holds no longer.", |it| {
        when(&it.until)
    }),
    qualifiers("observed", "When a source saw it so.", |it| {
        when(&it.observed)
    }),
    qualifiers("certainty", "How sure the source is.", |it| {
        text(it.certainty.word())
    }),
    qualifiers("polarity", "Whether it is so.", |it| {
        text(it.polarity.word())
    }),
    qualifiers("condition", "When it holds, in words.", |it| {
        maybe(it.condition.as_deref())
    }),
    qualifiers("role", "The part it plays.", |it| maybe(it.role.as_deref())),
    qualifiers("note", "Anything else.", |it| maybe(it.note.as_deref())),
    statement(
        "sources",
        "The documents it rests on, as a list.",
        |snapshot, statement| {
            let citations = snapshot.citations(statement);
            sources(citations.iter().map(|citation| citation.source))
        },
    ),
    source("id", "Its id.", |snapshot, source| {
        text(&snapshot.source(source).id)
    }),
    source("title", "Its title.", |snapshot, source| {
        text(&snapshot.source(source).title)
    }),
    source("author", "Who wrote it.", |snapshot, source| {
        maybe(snapshot.source(source).author.as_deref())
    }),
    source("date", "When.", |snapshot, source| {
        when(&snapshot.source(source).date)
    }),
    source("language", "In which language.", |snapshot, source| {
        maybe(snapshot.source(source).language.as_deref())
    }),
    source("address", "Where it is to be found.", |snapshot, source| {
        maybe(snapshot.source(source).address.as_deref())
    }),
    date("year", "The year, if it is in one.", |date| part(date, 0)),
    date("month", "The month, if it is in one.", |date| part(date, 1)),
    date("day", "The day, if it is one.", |date| part(date, 2)),
];

/// Whether dates have a field of that name.
pub(super) fn is_of_dates(name: &str) -> bool {
    let mut named = FIELDS.iter().filter(|field| field.name == name);
    named.any(|field| matches!(field.read, Read::Date(_)))
}

/// Whether a field of statements of that name is one of their qualifiers.
pub(super) fn is_of_qualifiers(name: &str) -> bool {
    let mut named = FIELDS.iter().filter(|field| field.name == name);
    named.any(|field| matches!(field.read, Read::Qualifiers(_)))
}

/// Whether any field has that name.
pub(super) fn is_field(name: &str) -> bool {
    FIELDS.iter().any(|field| field.name == name)
}

/// The names of all fields.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().map(|field| field.name)
}

/// What a value has under a name in a context; none if it has no such field.
pub(super) fn read(
    snapshot: &Snapshot,
    filter: &Filter,
    value: &Value,
    name: &str,
    budget: &mut Budget,
) -> Result<Option<Value>, Fault> {
    for field in FIELDS.iter().filter(|field| field.name == name) {
        return Ok(Some(match (field.read, value) {
            (Read::Entity(read), Value::Entity(entity)) => read(snapshot, filter, *entity),
            (Read::Standing(read), Value::Entity(entity)) => {
                let standing = algo::standing(snapshot, filter, *entity, budget)?;
                read(snapshot, standing)
            }
            (Read::Statement(read), Value::Statement(id)) => read(snapshot, *id),
            (Read::Qualifiers(read), Value::Statement(id)) => read(snapshot.qualifiers(*id)),
            (Read::Source(read), Value::Source(source)) => read(snapshot, *source),
            (Read::Date(read), Value::Date(date)) => read(date),
            _ => continue,
        }));
    }
    Ok(None)
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn maybe(text: Option<&str>) -> Value {
    text.map_or(Value::Null, |text| Value::Text(text.to_owned()))
}

fn when(date: &Option<Date>) -> Value {
    date.clone().map_or(Value::Null, Value::Date)
}

fn names_of(snapshot: &Snapshot, _: &Filter, entity: EntityId) -> Value {
    let names = snapshot.names(entity).map(|name| text(name.text));
    Value::List(names.collect())
}

fn sources(cited: impl Iterator<Item = SourceId>) -> Value {
    let mut sources: Vec<SourceId> = cited.collect();
    sources.sort_unstable();
    sources.dedup();
    Value::List(sources.into_iter().map(Value::Source).collect())
}

/// A part of a date, if all the days it may mean share it.
fn part(date: &Date, index: usize) -> Value {
    let number = |day: Day| {
        let text = day.to_string();
        let part = text
            .split('-')
            .nth(index)
            .and_then(|part| part.parse().ok());
        let whole = text
            .split('-')
            .take(index + 1)
            .collect::<Vec<_>>()
            .join("-");
        part.map(|part: i64| (whole, part))
    };
    match (date.first().and_then(number), date.last().and_then(number)) {
        (Some(first), Some(last)) if first.0 == last.0 => Value::Integer(first.1),
        _ => Value::Null,
    }
}
