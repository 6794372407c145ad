//! Records of a property graph to a graph: ids that agree, ends that are there, and a vocabulary of
//! whatever labels, types and properties occur.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::HashMap;
use std::collections::HashSet;

use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Span;
use crate::diagnostic::code;
use crate::model::EntityId;
use crate::model::EntityRecord;
use crate::model::Graph;
use crate::model::Group;
use crate::model::GroupId;
use crate::model::IdTypes;
use crate::model::Kind;
use crate::model::KindId;
use crate::model::LINEAGE;
use crate::model::Label;
use crate::model::Map;
use crate::model::NameRecord;
use crate::model::Object;
use crate::model::Range;
use crate::model::Relation;
use crate::model::RelationId;
use crate::model::Schema;
use crate::model::StatementRecord;
use crate::model::Type;
use crate::model::Value;
use crate::store::property_graph::Edge;
use crate::store::property_graph::Findings;
use crate::store::property_graph::Id;
use crate::store::property_graph::Node;
use crate::store::property_graph::Records;
use crate::store::property_graph::empty;
use crate::store::report::quoted;

/// How many bytes all ids and names may have. Folded for look-up a text can be eleven times as
/// long, and all texts of a snapshot together must stay below 4 GiB.
const NAME_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Makes a graph of records; whatever does not fit is a finding and is left out.
pub(super) fn check(records: Records, findings: &mut Findings<'_>) -> Graph {
    let Records { nodes, edges } = records;
    let bytes: usize = nodes.iter().map(node_bytes).sum();
    let bytes = bytes + edges.iter().map(edge_bytes).sum::<usize>();
    if bytes > NAME_BYTES_MAX {
        let mebibytes = NAME_BYTES_MAX / 1024 / 1024;
        let message = format!("ids and names take more than {mebibytes} MiB");
        let finding = Diagnostic::error(&code::TOO_LARGE, Span::default(), message);
        findings.push(finding);
        return empty();
    }
    let vocabulary = Vocabulary::of(&nodes, &edges);
    let mut builder = Builder {
        graph: Graph::new(vocabulary.schema.clone(), Vec::new()),
        vocabulary,
        entities: HashMap::new(),
        findings,
    };
    let nodes_are_integers = builder.add_nodes(nodes);
    let edges_are_integers = builder.add_edges(edges, nodes_are_integers);
    builder.graph.id_types = IdTypes {
        nodes_are_integers,
        edges_are_integers,
    };
    builder.graph
}

fn node_bytes(node: &Node) -> usize {
    let name = match node.properties.get("name") {
        Some(Value::Text(name)) => name.len(),
        _ => 0,
    };
    id_bytes(&node.id) + name
}

fn edge_bytes(edge: &Edge) -> usize {
    edge.id.as_ref().map_or(20, id_bytes)
}

fn id_bytes(id: &Id) -> usize {
    match id {
        Id::Text(text) => text.len(),
        Id::Integer(_) => 20,
    }
}

/// The words of a file, and where each stands in the schema.
struct Vocabulary {
    schema: Schema,
    kinds: BTreeMap<String, KindId>,
    relations: BTreeMap<String, RelationId>,
    properties: BTreeMap<String, RelationId>,
}

impl Vocabulary {
    /// Kinds, relations and properties, each in the order of their names.
    fn of(nodes: &[Node], edges: &[Edge]) -> Vocabulary {
        let labels: BTreeSet<&str> = nodes
            .iter()
            .flat_map(|node| node.labels.iter().map(String::as_str))
            .collect();
        let words: BTreeSet<&str> = edges.iter().map(|edge| edge.word.as_str()).collect();
        let keys: BTreeSet<&str> = nodes
            .iter()
            .flat_map(|node| node.properties.keys().map(|key| key.as_str()))
            .collect();
        let any = || Range::Entities(Vec::new());
        let relations = words.iter().map(|word| relation(word, any()));
        let properties = keys
            .iter()
            .map(|key| relation(key, Range::Values(Type::Any)));
        let schema = Schema {
            kinds: labels.iter().map(|label| kind(label)).collect(),
            relations: relations.chain(properties).collect(),
            groups: vec![Group {
                name: LINEAGE.to_owned(),
                doc: "Every type of edge.".to_owned(),
            }],
            is_open: true,
        };
        let relation_id = RelationId::from_index;
        let first_property = words.len();
        Vocabulary {
            schema,
            kinds: numbered(labels, KindId::from_index),
            relations: numbered(words, relation_id),
            properties: numbered(keys, |place| relation_id(first_property + place)),
        }
    }
}

/// Each word with the id of its place.
fn numbered<T>(words: BTreeSet<&str>, id: impl Fn(usize) -> T) -> BTreeMap<String, T> {
    let words = words.into_iter().enumerate();
    words
        .map(|(place, word)| (word.to_owned(), id(place)))
        .collect()
}

fn kind(label: &str) -> Kind {
    Kind {
        name: label.to_owned(),
        doc: "A label of the property graph.".to_owned(),
        label: Label::default(),
        parent: None,
    }
}

fn relation(word: &str, range: Range) -> Relation {
    let is_property = matches!(range, Range::Values(_));
    let (doc, groups) = match is_property {
        true => ("A property of the property graph.", Vec::new()),
        false => ("A type of edge of the property graph.", vec![GroupId(0)]),
    };
    Relation {
        name: word.to_owned(),
        inverse: None,
        doc: doc.to_owned(),
        label: Label::default(),
        inverse_label: Label::default(),
        domain: Vec::new(),
        range,
        groups,
        is_symmetric: false,
        is_transitive: false,
        is_acyclic: false,
        is_functional: false,
        status: None,
        is_birth: false,
    }
}

/// A graph being made.
struct Builder<'a, 'b> {
    graph: Graph,
    vocabulary: Vocabulary,
    entities: HashMap<String, EntityId>,
    findings: &'a mut Findings<'b>,
}

impl Builder<'_, '_> {
    /// Adds the nodes; whether their ids are integers, which the first one decides.
    fn add_nodes(&mut self, nodes: Vec<Node>) -> bool {
        let are_integers = nodes
            .first()
            .is_some_and(|node| matches!(node.id, Id::Integer(_)));
        for node in nodes {
            let Some(id) = self.agreed(node.id, are_integers, "node", node.span) else {
                continue;
            };
            if self.entities.contains_key(&id) {
                let message = format!("the node {} is there already", quoted(&id));
                self.error(&code::DUPLICATE_ID, node.span, message);
                continue;
            }
            let kinds = node.labels.iter().map(|label| self.vocabulary.kinds[label]);
            let record = EntityRecord {
                id: id.clone(),
                names: vec![shown_name(&id, &node.properties)],
                kinds: kinds.collect(),
                sources: Vec::new(),
                values: Vec::new(),
            };
            let Some(entity) = self.graph.add_entity(record) else {
                self.error(&code::TOO_LARGE, node.span, "there are too many nodes");
                break;
            };
            self.entities.insert(id, entity);
            for (key, value) in node.properties {
                let property = self.vocabulary.properties[key.as_str()];
                let statement = StatementRecord::new(property, Object::Value(value));
                self.graph.add_statement(entity, statement);
            }
        }
        are_integers
    }

    /// Adds the edges; whether their ids are integers, which the first id there is decides.
    fn add_edges(&mut self, edges: Vec<Edge>, nodes_are_integers: bool) -> bool {
        let first = edges.iter().find_map(|edge| edge.id.as_ref());
        let are_integers = matches!(first, Some(Id::Integer(_)));
        let mut names = Names::of(&edges, are_integers);
        let mut taken: HashSet<String> = HashSet::new();
        for edge in edges {
            let slug = match edge.id {
                None => names.make(edge.place),
                Some(id) => match self.agreed(id, are_integers, "edge", edge.span) {
                    Some(slug) => slug,
                    None => continue,
                },
            };
            let source = self.end(edge.source, nodes_are_integers, &slug, edge.span);
            let target = self.end(edge.target, nodes_are_integers, &slug, edge.span);
            let (Some(source), Some(target)) = (source, target) else {
                continue;
            };
            if !taken.insert(slug.clone()) {
                let message = format!("the edge {} is there already", quoted(&slug));
                self.error(&code::DUPLICATE_ID, edge.span, message);
                continue;
            }
            let relation = self.vocabulary.relations[&edge.word];
            let statement = StatementRecord {
                properties: edge.properties,
                slug: Some(slug),
                ..StatementRecord::new(relation, Object::Entity(target))
            };
            if !self.graph.add_statement(source, statement) {
                self.error(&code::TOO_LARGE, edge.span, "there are too many edges");
                break;
            }
        }
        are_integers
    }

    /// The node at an end of an edge; reports that there is none.
    fn end(&mut self, id: Id, are_integers: bool, edge: &str, span: Span) -> Option<EntityId> {
        let (text, is_integer) = id.into_text();
        let found = self.entities.get(&text).copied();
        let is_alike = is_integer == are_integers;
        if let Some(found) = found.filter(|_| is_alike) {
            return Some(found);
        }
        let edge = quoted(edge);
        let node = quoted(&text);
        let message = match found {
            None => format!("the edge {edge} ends in the node {node}, which is not there"),
            Some(_) => {
                let (is, are) = type_words(is_integer);
                format!("the edge {edge} names the node {node} by {is}, and the ids are {are}")
            }
        };
        self.error(&code::UNKNOWN_ENTITY, span, message);
        None
    }

    /// The id as a text, if it is an integer where the others are, and none where they are not.
    fn agreed(&mut self, id: Id, are_integers: bool, what: &str, span: Span) -> Option<String> {
        let (text, is_integer) = id.into_text();
        if is_integer == are_integers {
            return Some(text);
        }
        let (is, are) = type_words(is_integer);
        let id = quoted(&text);
        let message = format!("the id {id} is {is}, and the {what}s before have {are} for ids");
        self.error(&code::BAD_ID, span, message);
        None
    }

    fn error(&mut self, code: &'static Code, span: Span, message: impl Into<String>) {
        self.findings.push(Diagnostic::error(code, span, message));
    }
}

/// What an id is, and what the others are.
fn type_words(is_integer: bool) -> (&'static str, &'static str) {
    match is_integer {
        true => ("an integer", "strings"),
        false => ("a string", "integers"),
    }
}

/// The property `name` if it is a text that has anything in it, else the id.
fn shown_name(id: &str, properties: &Map) -> NameRecord {
    let text = match properties.get("name") {
        Some(Value::Text(name)) if !name.is_empty() => name.clone(),
        _ => id.to_owned(),
    };
    NameRecord {
        text,
        language: None,
        since: None,
        until: None,
        is_alias: false,
        is_shared: true,
    }
}

/// Makes ids for edges that have none.
struct Names {
    given: HashSet<String>,
    are_integers: bool,
    /// The next number to try where the place of an edge is taken.
    next: usize,
}

impl Names {
    fn of(edges: &[Edge], are_integers: bool) -> Names {
        let given = edges.iter().filter_map(|edge| edge.id.clone());
        Names {
            given: given.map(|id| id.into_text().0).collect(),
            are_integers,
            next: edges.last().map_or(0, |edge| edge.place + 1),
        }
    }

    /// `e` and the place of the edge, or only the place where ids are integers; where the file has
    /// that id, the next number behind all places that is free.
    fn make(&mut self, place: usize) -> String {
        let prefix = if self.are_integers { "" } else { "e" };
        let mut name = format!("{prefix}{place}");
        while self.given.contains(&name) {
            name = format!("{prefix}{}", self.next);
            self.next += 1;
        }
        name
    }
}
