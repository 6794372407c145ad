//! The vocabulary of a graph as answers, so that every format can show it.

use crate::diagnostic::Error;
use crate::diagnostic::escape;
use crate::diagnostic::suggest;
use crate::model::KindId;
use crate::model::Range;
use crate::model::RelationId;
use crate::model::Schema;
use crate::model::Snapshot;
use crate::model::SourceId;
use crate::model::Status;
use crate::model::Value;
use crate::query::Answer;
use crate::query::Column;
use crate::query::ColumnType;
use crate::query::Table;
use crate::shell::console;
use crate::shell::console::Console;
use crate::shell::console::Outcome;
use crate::shell::session::Reply;

/// A part of the schema: one row.
#[derive(Debug)]
pub struct Part {
    /// The word for it.
    pub name: &'static str,
    /// One sentence.
    pub doc: &'static str,
    table: fn(&Snapshot) -> Table,
}

/// All parts.
pub static PARTS: &[Part] = &[
    Part {
        name: "kinds",
        doc: "The types of entities, with the number of each and of the kinds below it.",
        table: kinds,
    },
    Part {
        name: "relations",
        doc: "What ties entities together, with the word against the arrow.",
        table: relations,
    },
    Part {
        name: "properties",
        doc: "What is said of one entity alone.",
        table: properties,
    },
    Part {
        name: "groups",
        doc: "Bundles of relations for `via=`.",
        table: groups,
    },
    Part {
        name: "sources",
        doc: "The documents that statements rest on.",
        table: sources,
    },
];

/// Shows a part of the schema, or all of it in short.
pub fn show(console: &mut Console, part: &str) -> Result<Outcome, Error> {
    if part.is_empty() {
        return Ok(Outcome::output(summary(console.session.snapshot())));
    }
    let Some(found) = PARTS.iter().find(|known| known.name == part) else {
        let known: Vec<&str> = PARTS.iter().map(|part| part.name).collect();
        let hint = suggest::did_you_mean(&suggest::nearest(part, known.iter().copied()))
            .unwrap_or_else(|| format!("the parts are {}", known.join(", ")));
        let message = format!("the schema has no part `{}`", escape::clipped(part, 60));
        return Err(Error::Usage(message, Some(hint)));
    };
    let table = (found.table)(console.session.snapshot());
    let answer = Answer {
        table,
        ..Answer::default()
    };
    let reply = Reply::new(format!("schema {part}"), answer);
    let outcome = console.show(std::slice::from_ref(&reply), console.screen)?;
    console.last = vec![reply];
    Ok(outcome)
}

/// The words of each part, a paragraph a part.
fn summary(snapshot: &Snapshot) -> String {
    let sources = console::counted(snapshot.sources.len(), "source", "sources");
    let mut text = format!("{} from {sources}\n", console::size(snapshot));
    for part in PARTS {
        let table = (part.table)(snapshot);
        let words = table.rows.iter().filter_map(|row| match row.first() {
            Some(Value::Text(word)) => Some(escape::visible(word).into_owned()),
            Some(Value::Source(source)) => {
                Some(escape::visible(&snapshot.source(*source).id).into_owned())
            }
            _ => None,
        });
        let words: Vec<String> = words.collect();
        text.push_str(&format!("\n{} ({})\n", part.name, words.len()));
        text.push_str(&wrapped(&words));
    }
    text.push_str("\n`:schema relations` or `kin schema relations` tells more of a part\n");
    text
}

/// Words with commas between them, in lines of at most 78 columns.
fn wrapped(words: &[String]) -> String {
    let mut text = String::new();
    let mut line = String::from(" ");
    for (index, word) in words.iter().enumerate() {
        let comma = if index + 1 < words.len() { "," } else { "" };
        if line.len() + word.len() + 2 > 78 {
            text.push_str(&line);
            text.push('\n');
            line = String::from(" ");
        }
        line.push_str(&format!(" {word}{comma}"));
    }
    text.push_str(&line);
    text.push('\n');
    text
}

fn table(columns: &[&str], rows: impl Iterator<Item = Vec<Value>>) -> Table {
    let columns = columns
        .iter()
        .map(|name| Column::new(name, ColumnType::Scalar))
        .collect();
    Table {
        columns,
        rows: rows.collect(),
    }
}

fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

fn optional(word: Option<&str>) -> Value {
    word.map_or(Value::Null, text)
}

fn number(number: usize) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

fn kinds(snapshot: &Snapshot) -> Table {
    let schema = &snapshot.schema;
    let rows = schema.kinds.iter().enumerate().filter_map(|(index, kind)| {
        let id = KindId::from_index(index);
        let parent = kind
            .parent
            .map(|parent| schema.kinds[parent.index()].name.as_str());
        let is_it = |entity: &_| snapshot.is_a(*entity, id);
        let count = snapshot.entities().filter(is_it).count();
        let is_hidden = kind.name.is_empty() && count == 0;
        let row = vec![
            text(&kind.name),
            optional(parent),
            number(count),
            text(&kind.doc),
        ];
        (!is_hidden).then_some(row)
    });
    table(&["kind", "parent", "entities", "meaning"], rows)
}

fn kind_words(schema: &Schema, kinds: &[KindId]) -> Value {
    let words: Vec<&str> = kinds
        .iter()
        .map(|kind| schema.kinds[kind.index()].name.as_str())
        .collect();
    if words.is_empty() {
        Value::Null
    } else {
        text(words.join(", "))
    }
}

fn statement_count(snapshot: &Snapshot, relation: usize) -> usize {
    let relation = RelationId::from_index(relation);
    snapshot
        .statements()
        .filter(|statement| snapshot.relation(*statement) == relation)
        .count()
}

fn relations(snapshot: &Snapshot) -> Table {
    let schema = &snapshot.schema;
    let entities = schema
        .relations
        .iter()
        .enumerate()
        .filter_map(|(index, relation)| {
            let Range::Entities(range) = &relation.range else {
                return None;
            };
            let groups: Vec<&str> = relation
                .groups
                .iter()
                .map(|group| schema.groups[group.index()].name.as_str())
                .collect();
            Some(vec![
                text(&relation.name),
                optional(relation.inverse.as_deref()),
                text(groups.join(", ")),
                kind_words(schema, &relation.domain),
                kind_words(schema, range),
                text(relation.algebra().join(", ")),
                optional(relation.status.map(Status::word)),
                number(statement_count(snapshot, index)),
                text(&relation.doc),
            ])
        });
    let columns = [
        "relation",
        "inverse",
        "groups",
        "from",
        "to",
        "algebra",
        "status",
        "statements",
        "meaning",
    ];
    table(&columns, entities)
}

fn properties(snapshot: &Snapshot) -> Table {
    let schema = &snapshot.schema;
    let values = schema
        .relations
        .iter()
        .enumerate()
        .filter_map(|(index, relation)| {
            let Range::Values(of) = &relation.range else {
                return None;
            };
            Some(vec![
                text(&relation.name),
                text(of.word()),
                kind_words(schema, &relation.domain),
                optional(relation.status.map(Status::word)),
                number(statement_count(snapshot, index)),
                text(&relation.doc),
            ])
        });
    let columns = ["property", "type", "on", "status", "statements", "meaning"];
    table(&columns, values)
}

fn groups(snapshot: &Snapshot) -> Table {
    let schema = &snapshot.schema;
    let rows = schema.groups.iter().map(|group| {
        let members: Vec<&str> = schema
            .relations
            .iter()
            .enumerate()
            .filter(|(index, relation)| {
                let id = RelationId::from_index(*index);
                !relation.is_property() && schema.is_in_group(id, &group.name)
            })
            .map(|(_, relation)| relation.name.as_str())
            .collect();
        vec![
            text(&group.name),
            text(members.join(", ")),
            text(&group.doc),
        ]
    });
    table(&["group", "relations", "meaning"], rows)
}

fn sources(snapshot: &Snapshot) -> Table {
    let rows = snapshot.sources.iter().enumerate().map(|(index, source)| {
        let date = source.date.clone().map_or(Value::Null, Value::Date);
        vec![
            Value::Source(SourceId::from_index(index)),
            text(&source.title),
            optional(source.author.as_deref()),
            date,
            optional(source.language.as_deref()),
            optional(source.address.as_deref()),
        ]
    });
    let mut table = table(
        &["source", "title", "author", "date", "language", "address"],
        rows,
    );
    table.columns[0].cells = ColumnType::Source;
    table
}
