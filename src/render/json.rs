//! JSON: the contract with programs, described by `docs/answer.schema.json`.
//!
//! Keys have a fixed order and are left out where there is nothing. Besides what JSON must escape,
//! every hostile character is written as `\uXXXX`, so that the text can be shown anywhere.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;
use serde::Serializer;
use serde_json::ser::Formatter;

use crate::diagnostic::escape;
use crate::model::Citation;
use crate::model::Date;
use crate::model::EntityId;
use crate::model::Map;
use crate::model::ObjectRef;
use crate::model::Path;
use crate::model::Snapshot;
use crate::model::SourceId;
use crate::model::StatementId;
use crate::model::Value;
use crate::render::Page;

/// The version of the contract, which grows when a reader of the old one would misread the new.
const VERSION: u32 = 1;

/// One object over several lines: `kin`, `columns`, `rows` with a line each, `meta`.
pub(super) fn render(page: &Page<'_>) -> String {
    let table = &page.answer.table;
    let columns: Vec<&str> = table
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let mut text = format!("{{\"kin\": {VERSION},\n");
    text += &format!(" \"columns\": {},\n", written(&columns));
    let mut separator = " \"rows\": [\n  ";
    for row in &table.rows {
        text += separator;
        text += &written(&RowObject { page, row });
        separator = ",\n  ";
    }
    text += if table.rows.is_empty() {
        " \"rows\": [],\n"
    } else {
        "\n ],\n"
    };
    text += &format!(" \"meta\": {}}}\n", written(&MetaObject::of(page)));
    text
}

/// The row objects alone, a line each.
pub(super) fn render_lines(page: &Page<'_>) -> String {
    let mut text = String::new();
    for row in &page.answer.table.rows {
        text += &written(&RowObject { page, row });
        text.push('\n');
    }
    text
}

/// A value as JSON in one line.
pub(super) fn written(value: &impl Serialize) -> String {
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, Harmless);
    value
        .serialize(&mut serializer)
        .expect("memory takes what is written, and keys are text");
    String::from_utf8(bytes).expect("JSON is UTF-8")
}

/// Writes JSON without spaces, and hostile characters as UTF-16 escapes (RFC 8259, section 7).
struct Harmless;

impl Formatter for Harmless {
    fn write_string_fragment<W>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()>
    where
        W: ?Sized + io::Write,
    {
        let mut clean = 0;
        for (place, character) in fragment.char_indices() {
            if escape::is_hostile(character) {
                writer.write_all(&fragment.as_bytes()[clean..place])?;
                for unit in character.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
                clean = place + character.len_utf8();
            }
        }
        writer.write_all(&fragment.as_bytes()[clean..])
    }
}

/// A row: the answer's columns as keys.
struct RowObject<'a> {
    page: &'a Page<'a>,
    row: &'a [Value],
}

impl Serialize for RowObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let columns = self.page.answer.table.columns.iter();
        let cells = columns.zip(self.row);
        serializer.collect_map(cells.map(|(column, value)| (&column.name, any(self.page, value))))
    }
}

/// What is to be said beside the rows.
#[derive(Serialize)]
pub(super) struct MetaObject<'a> {
    query: &'a str,
    rows: usize,
    notes: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    as_of: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sources: Option<Vec<&'a str>>,
}

impl<'a> MetaObject<'a> {
    /// The `meta` of a page.
    pub(super) fn of(page: &Page<'a>) -> MetaObject<'a> {
        let filter = &page.answer.filter;
        let source = |id: &SourceId| page.snapshot.source(*id).id.as_str();
        MetaObject {
            query: page.query,
            rows: page.answer.table.rows.len(),
            notes: &page.answer.notes,
            as_of: filter.as_of.map(|day| day.to_string()),
            sources: filter
                .sources
                .as_ref()
                .map(|sources| sources.iter().map(source).collect()),
        }
    }
}

/// Any value of a cell.
#[derive(Serialize)]
#[serde(untagged)]
enum Any<'a> {
    Null,
    Boolean(bool),
    Integer(i64),
    Float(f64),
    Text(&'a str),
    Entity(EntityObject<'a>),
    Statement(Box<StatementObject<'a>>),
    Source(SourceObject<'a>),
    Path(PathObject<'a>),
    List(Vec<Any<'a>>),
    Map(BTreeMap<&'a str, Any<'a>>),
}

fn any<'a>(page: &Page<'a>, value: &'a Value) -> Any<'a> {
    match value {
        Value::Null => Any::Null,
        Value::Boolean(truth) => Any::Boolean(*truth),
        Value::Integer(number) => Any::Integer(*number),
        Value::Float(number) => Any::Float(*number),
        Value::Text(text) => Any::Text(text),
        Value::Date(date) => Any::Text(date.text()),
        Value::Entity(id) => Any::Entity(EntityObject::of(page, *id)),
        Value::Statement(id) => Any::Statement(Box::new(StatementObject::of(page, *id))),
        Value::Source(id) => Any::Source(SourceObject::of(page, *id)),
        Value::Path(path) => Any::Path(PathObject::of(page, path)),
        Value::List(values) => Any::List(values.iter().map(|value| any(page, value)).collect()),
        Value::Map(values) => Any::Map(map(page, values)),
    }
}

fn map<'a>(page: &Page<'a>, values: &'a Map) -> BTreeMap<&'a str, Any<'a>> {
    let values = values.iter();
    values
        .map(|(key, value)| (key.as_str(), any(page, value)))
        .collect()
}

#[derive(Serialize)]
struct EntityObject<'a> {
    id: &'a str,
    name: &'a str,
    kind: &'a str,
}

impl<'a> EntityObject<'a> {
    fn of(page: &Page<'a>, id: EntityId) -> EntityObject<'a> {
        EntityObject {
            id: page.snapshot.slug(id),
            name: page.name(id),
            kind: page.snapshot.kind_name(id),
        }
    }
}

#[derive(Serialize)]
struct StatementObject<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    from: EntityObject<'a>,
    relation: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Any<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    observed: Option<&'a str>,
    certainty: &'a str,
    polarity: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    sources: Vec<CitationObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<BTreeMap<&'a str, Any<'a>>>,
}

impl<'a> StatementObject<'a> {
    fn of(page: &Page<'a>, id: StatementId) -> StatementObject<'a> {
        let snapshot = page.snapshot;
        let qualifiers = snapshot.qualifiers(id);
        let cited = snapshot.citations(id).iter();
        StatementObject {
            id: snapshot.statement_slug(id),
            from: EntityObject::of(page, snapshot.subject(id)),
            relation: &snapshot.schema.relations[snapshot.relation(id).index()].name,
            to: match snapshot.object(id) {
                ObjectRef::Entity(object) => Some(Any::Entity(EntityObject::of(page, object))),
                ObjectRef::Value(value) => Some(any(page, value)),
                ObjectRef::Nothing => None,
            },
            since: date(&qualifiers.since),
            until: date(&qualifiers.until),
            observed: date(&qualifiers.observed),
            certainty: qualifiers.certainty.word(),
            polarity: qualifiers.polarity.word(),
            condition: qualifiers.condition.as_deref(),
            role: qualifiers.role.as_deref(),
            note: qualifiers.note.as_deref(),
            sources: cited
                .map(|cited| CitationObject::of(snapshot, cited))
                .collect(),
            properties: snapshot
                .statement_properties(id)
                .map(|values| map(page, values)),
        }
    }
}

#[derive(Serialize)]
struct CitationObject<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    at: &'a str,
}

impl<'a> CitationObject<'a> {
    fn of(snapshot: &'a Snapshot, citation: &'a Citation) -> CitationObject<'a> {
        CitationObject {
            id: &snapshot.source(citation.source).id,
            at: &citation.at,
        }
    }
}

/// A source with whatever is known of it.
#[derive(Serialize)]
pub(super) struct SourceObject<'a> {
    id: &'a str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
}

impl<'a> SourceObject<'a> {
    /// The object of a source.
    pub(super) fn of(page: &Page<'a>, id: SourceId) -> SourceObject<'a> {
        let source = page.snapshot.source(id);
        SourceObject {
            id: &source.id,
            title: &source.title,
            author: source.author.as_deref(),
            date: date(&source.date),
            language: source.language.as_deref(),
            address: source.address.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct PathObject<'a> {
    entities: Vec<EntityObject<'a>>,
    statements: Vec<StatementObject<'a>>,
}

impl<'a> PathObject<'a> {
    fn of(page: &Page<'a>, path: &Path) -> PathObject<'a> {
        let entities = path.entities.iter();
        let statements = path.statements.iter();
        PathObject {
            entities: entities.map(|id| EntityObject::of(page, *id)).collect(),
            statements: statements
                .map(|id| StatementObject::of(page, *id))
                .collect(),
        }
    }
}

fn date(date: &Option<Date>) -> Option<&str> {
    date.as_ref().map(Date::text)
}
