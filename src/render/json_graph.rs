//! JSON in the words of property graphs: nodes with labels, edges with ends, both with properties.
//!
//! A snapshot that was read from a property graph gives back what it read. Any other is shown as
//! one: a kind and those above it are labels, statements about values are properties, qualifiers
//! are properties of edges. Evidence (`via`) has no column here.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::Certainty;
use crate::model::Date;
use crate::model::EntityId;
use crate::model::KindId;
use crate::model::ObjectRef;
use crate::model::Path;
use crate::model::Polarity;
use crate::model::StatementId;
use crate::model::Value;
use crate::query::ColumnType;
use crate::render::Page;
use crate::render::json::MetaObject;
use crate::render::json::SourceObject;
use crate::render::json::written;
use crate::render::phrase;

/// One object over several lines: `columns`, `rows` with a list and a line each, `meta`.
pub(super) fn render(page: &Page<'_>) -> String {
    let table = &page.answer.table;
    let shown: Vec<usize> = (0..table.columns.len())
        .filter(|place| {
            let cells = table.columns[*place].cells;
            !matches!(cells, ColumnType::Via | ColumnType::Basis)
        })
        .collect();
    let names: Vec<&str> = shown
        .iter()
        .map(|place| table.columns[*place].name.as_str())
        .collect();
    let rows: Vec<String> = table
        .rows
        .iter()
        .map(|row| {
            let cells = shown.iter().filter_map(|place| row.get(*place));
            written(&cells.map(|value| any(page, value)).collect::<Vec<_>>())
        })
        .collect();
    let rows = match rows.is_empty() {
        true => "[]".to_owned(),
        false => format!("[\n  {}\n ]", rows.join(",\n  ")),
    };
    let (columns, meta) = (written(&names), written(&MetaObject::of(page)));
    format!("{{\"columns\": {columns},\n \"rows\": {rows},\n \"meta\": {meta}}}\n")
}

/// Any value of a cell or a property.
#[derive(Serialize)]
#[serde(untagged)]
enum Any<'a> {
    Null,
    Boolean(bool),
    Integer(i64),
    Float(f64),
    Text(&'a str),
    Made(String),
    Node(Box<NodeObject<'a>>),
    Edge(Box<EdgeObject<'a>>),
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
        Value::Entity(id) => Any::Node(Box::new(NodeObject::of(page, *id))),
        Value::Statement(id) => Any::Edge(Box::new(EdgeObject::of(page, *id))),
        Value::Source(id) => Any::Source(SourceObject::of(page, *id)),
        Value::Path(path) => Any::Path(PathObject::of(page, path)),
        Value::List(values) => Any::List(values.iter().map(|value| any(page, value)).collect()),
        Value::Map(values) => {
            let values = values.iter();
            Any::Map(
                values
                    .map(|(key, value)| (key.as_str(), any(page, value)))
                    .collect(),
            )
        }
    }
}

/// An id as the data has it.
fn id(text: &str, is_integer: bool) -> Any<'_> {
    let number = text.parse().ok().filter(|_| is_integer);
    number.map_or(Any::Text(text), Any::Integer)
}

fn node_id<'a>(page: &Page<'a>, entity: EntityId) -> Any<'a> {
    let snapshot = page.snapshot;
    id(snapshot.slug(entity), snapshot.node_ids_are_integers())
}

#[derive(Serialize)]
struct NodeObject<'a> {
    id: Any<'a>,
    labels: Vec<&'a str>,
    properties: BTreeMap<&'a str, Any<'a>>,
}

impl<'a> NodeObject<'a> {
    fn of(page: &Page<'a>, entity: EntityId) -> NodeObject<'a> {
        let schema = &page.snapshot.schema;
        let kinds = page.snapshot.kinds(entity).iter();
        let lines = kinds.flat_map(|kind| {
            let above = |kind: &KindId| schema.kinds[kind.index()].parent;
            std::iter::successors(Some(*kind), above)
        });
        NodeObject {
            id: node_id(page, entity),
            labels: lines
                .map(|kind| schema.kinds[kind.index()].name.as_str())
                .collect(),
            properties: node_properties(page, entity),
        }
    }
}

/// The values that are walked statements' objects, by property; several of one property in a list.
fn node_properties<'a>(page: &Page<'a>, entity: EntityId) -> BTreeMap<&'a str, Any<'a>> {
    let snapshot = page.snapshot;
    let mut found: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for statement in snapshot.outgoing(entity) {
        let is_meant = snapshot.qualifiers(statement).is_walked()
            && page.answer.filter.admits(snapshot, statement);
        if let (ObjectRef::Value(value), true) = (snapshot.object(statement), is_meant) {
            let relation = &snapshot.schema.relations[snapshot.relation(statement).index()];
            found.entry(&relation.name).or_default().push(value);
        }
    }
    let mut properties: BTreeMap<&str, Any<'_>> = found
        .into_iter()
        .map(|(name, values)| match values.as_slice() {
            [value] => (name, any(page, value)),
            values => {
                let values = values.iter().map(|value| any(page, value));
                (name, Any::List(values.collect()))
            }
        })
        .collect();
    if !snapshot.schema.is_open {
        let name = || Any::Text(page.name(entity));
        properties.entry("name").or_insert_with(name);
    }
    properties
}

#[derive(Serialize)]
struct EdgeObject<'a> {
    id: Any<'a>,
    #[serde(rename = "type")]
    kind: &'a str,
    start: Any<'a>,
    end: Any<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Any<'a>>,
    properties: BTreeMap<&'a str, Any<'a>>,
}

impl<'a> EdgeObject<'a> {
    /// A statement without an id in the data has its place in the snapshot for one. One about a
    /// value has no end, and the value instead.
    fn of(page: &Page<'a>, statement: StatementId) -> EdgeObject<'a> {
        let snapshot = page.snapshot;
        let place = Any::Integer(i64::from(statement.0));
        let is_integer = snapshot.edge_ids_are_integers();
        let (end, value) = match snapshot.object(statement) {
            ObjectRef::Entity(object) => (node_id(page, object), None),
            ObjectRef::Value(value) => (Any::Null, Some(any(page, value))),
            ObjectRef::Nothing => (Any::Null, None),
        };
        EdgeObject {
            id: snapshot
                .statement_slug(statement)
                .map_or(place, |slug| id(slug, is_integer)),
            kind: &snapshot.schema.relations[snapshot.relation(statement).index()].name,
            start: node_id(page, snapshot.subject(statement)),
            end,
            value,
            properties: edge_properties(page, statement),
        }
    }
}

/// What the data says of an edge: its own properties, and the qualifiers that are set.
fn edge_properties<'a>(page: &Page<'a>, statement: StatementId) -> BTreeMap<&'a str, Any<'a>> {
    let snapshot = page.snapshot;
    let qualifiers = snapshot.qualifiers(statement);
    let words = [
        ("since", qualifiers.since.as_ref().map(Date::text)),
        ("until", qualifiers.until.as_ref().map(Date::text)),
        ("observed", qualifiers.observed.as_ref().map(Date::text)),
        ("condition", qualifiers.condition.as_deref()),
        ("role", qualifiers.role.as_deref()),
        ("note", qualifiers.note.as_deref()),
    ];
    let words = words
        .into_iter()
        .filter_map(|(key, text)| Some((key, Any::Text(text?))));
    let mut properties: BTreeMap<&str, Any<'_>> = words.collect();
    if qualifiers.certainty != Certainty::Asserted {
        properties.insert("certainty", Any::Text(qualifiers.certainty.word()));
    }
    if qualifiers.polarity != Polarity::Positive {
        properties.insert("polarity", Any::Text(qualifiers.polarity.word()));
    }
    let cited = snapshot.citations(statement).iter();
    let cited: Vec<Any<'_>> = cited
        .map(|cited| Any::Made(phrase::citation(snapshot, cited)))
        .collect();
    if !cited.is_empty() {
        properties.insert("sources", Any::List(cited));
    }
    let own = snapshot
        .statement_properties(statement)
        .into_iter()
        .flatten();
    properties.extend(own.map(|(key, value)| (key.as_str(), any(page, value))));
    properties
}

#[derive(Serialize)]
struct PathObject<'a> {
    nodes: Vec<NodeObject<'a>>,
    edges: Vec<EdgeObject<'a>>,
}

impl<'a> PathObject<'a> {
    fn of(page: &Page<'a>, path: &Path) -> PathObject<'a> {
        let nodes = path.entities.iter().map(|id| NodeObject::of(page, *id));
        let edges = path.statements.iter().map(|id| EdgeObject::of(page, *id));
        PathObject {
            nodes: nodes.collect(),
            edges: edges.collect(),
        }
    }
}
