//! From a built graph to a snapshot: sorting, numbering, and dictionary encoding.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::model::Citation;
use crate::model::EntityId;
use crate::model::Graph;
use crate::model::Kind;
use crate::model::KindId;
use crate::model::Label;
use crate::model::Map;
use crate::model::NameRecord;
use crate::model::Object;
use crate::model::Schema;
use crate::model::Snapshot;
use crate::model::StatementId;
use crate::model::StatementRecord;
use crate::model::TextId;
use crate::model::Value;
use crate::model::snapshot::EntityRow;
use crate::model::snapshot::NameIndex;
use crate::model::snapshot::NameRow;
use crate::model::snapshot::ObjectRow;
use crate::model::snapshot::Qualifiers;
use crate::model::snapshot::StatementColumns;
use crate::model::texts::TextsBuilder;

/// Freezes a graph. The order in which entities and statements were added makes no difference.
///
/// Entities without a kind are shown with one more, the last of the schema, which has no name.
pub fn freeze(graph: &Graph) -> Snapshot {
    let mut freezer = Freezer::default();
    let order = by_slug(graph);
    let schema = with_hidden_kind(graph);
    freezer.add_entities(graph, &order);
    freezer.add_statements(graph, &order);
    let incoming_starts = starts(
        graph.entity_count(),
        freezer.incoming.iter().map(|(object, _)| *object),
    );
    let outgoing_starts = starts(
        graph.entity_count(),
        freezer.statements.subject.iter().copied(),
    );
    Snapshot {
        schema,
        sources: graph.sources.clone(),
        texts: freezer.texts.finish(),
        id_types: graph.id_types,
        entities: freezer.entities,
        kinds: freezer.kinds.list,
        names: freezer.names,
        outgoing_starts,
        incoming_starts,
        incoming: freezer
            .incoming
            .into_iter()
            .map(|(_, statement)| statement)
            .collect(),
        statements: freezer.statements,
        qualifiers: freezer.qualifiers.list,
        citations: freezer.citations.list,
        values: freezer.values,
        properties: freezer.properties,
        statement_slugs: freezer.slugs,
        index: freezer.index,
        statistics: OnceLock::new(),
    }
}

/// The schema, with a kind for the entities that have none, if there are such.
fn with_hidden_kind(graph: &Graph) -> Schema {
    let mut schema = graph.schema.clone();
    if graph.entities().any(|(_, entity)| entity.kinds.is_empty()) {
        schema.kinds.push(Kind {
            name: String::new(),
            doc: "Whatever has no kind.".to_owned(),
            label: Label::default(),
            parent: None,
        });
    }
    schema
}

/// The graph's entities ordered by slug.
fn by_slug(graph: &Graph) -> Vec<EntityId> {
    let mut order: Vec<EntityId> = graph.entities().map(|(id, _)| id).collect();
    order.sort_by(|a, b| graph.entity(*a).id.cmp(&graph.entity(*b).id));
    order
}

/// Where the run of each entity starts in a column ordered by entity; one entry more at the end.
fn starts(entities: usize, column: impl Iterator<Item = EntityId>) -> Vec<u32> {
    let mut starts = vec![0u32; entities + 1];
    for entity in column {
        starts[entity.index() + 1] += 1;
    }
    for index in 0..entities {
        starts[index + 1] += starts[index];
    }
    starts
}

/// Distinct values, each with the number of its first appearance; the default is number 0.
struct Dictionary<T> {
    list: Vec<T>,
    numbers: BTreeMap<T, u32>,
}

impl<T: Ord + Clone + Default> Default for Dictionary<T> {
    fn default() -> Dictionary<T> {
        Dictionary {
            list: vec![T::default()],
            numbers: BTreeMap::from([(T::default(), 0)]),
        }
    }
}

impl<T: Ord + Clone> Dictionary<T> {
    fn number(&mut self, value: T) -> u32 {
        let next = self.list.len() as u32;
        *self.numbers.entry(value).or_insert_with_key(|value| {
            self.list.push(value.clone());
            next
        })
    }
}

#[derive(Default)]
struct Freezer {
    texts: TextsBuilder,
    entities: Vec<EntityRow>,
    names: Vec<NameRow>,
    statements: StatementColumns,
    incoming: Vec<(EntityId, StatementId)>,
    qualifiers: Dictionary<Qualifiers>,
    citations: Dictionary<Vec<Citation>>,
    values: Vec<Value>,
    kinds: Dictionary<Vec<KindId>>,
    properties: Vec<(StatementId, Map)>,
    slugs: Vec<(StatementId, TextId)>,
    index: NameIndex,
}

impl Freezer {
    fn add_entities(&mut self, graph: &Graph, order: &[EntityId]) {
        let mut ranks: Vec<usize> = (0..order.len()).collect();
        let name = |place: usize| graph.entity(order[place]).names[0].text.as_str();
        ranks.sort_by(|a, b| name(*a).cmp(name(*b)).then(a.cmp(b)));
        let mut rank = vec![0; order.len()];
        for (place, entity) in ranks.into_iter().enumerate() {
            rank[entity] = place as u32;
        }
        let hidden = || KindId::from_index(graph.schema.kinds.len());
        let mut folded: Vec<(String, EntityId)> = Vec::new();
        for (place, id) in order.iter().enumerate() {
            let entity = graph.entity(*id);
            let number = EntityId::from_index(place);
            folded.push((crate::diagnostic::suggest::folded(&entity.id), number));
            let names_start = self.names.len() as u32;
            for name in &entity.names {
                folded.push((crate::diagnostic::suggest::folded(&name.text), number));
                self.add_name(name, number);
            }
            let row = EntityRow {
                slug: self.texts.add(&entity.id),
                kind: entity.kinds.first().copied().unwrap_or_else(hidden),
                kinds: self.kinds.number(entity.kinds.clone()),
                names_start,
                names_end: self.names.len() as u32,
                rank: rank[place],
                citations: self.citations.number(entity.sources.clone()),
            };
            self.entities.push(row);
        }
        self.finish_index(folded);
    }

    fn add_name(&mut self, name: &NameRecord, entity: EntityId) {
        let text = self.texts.add(&name.text);
        let language = name
            .language
            .as_ref()
            .map(|language| self.texts.add(language));
        let is_former = name.until.is_some();
        let index = match name.is_alias || is_former {
            true => &mut self.index.aliases,
            false => &mut self.index.names,
        };
        index.push((text, entity));
        let (since, until) = (name.since.clone(), name.until.clone());
        self.names.push(NameRow {
            text,
            language,
            since,
            until,
            is_alias: name.is_alias,
        });
    }

    fn finish_index(&mut self, mut folded: Vec<(String, EntityId)>) {
        folded.sort();
        folded.dedup();
        self.index.folded = folded
            .into_iter()
            .map(|(text, entity)| (self.texts.add(&text), entity))
            .collect();
        let texts = self.texts.texts();
        let sort = |index: &mut Vec<(TextId, EntityId)>| {
            index.sort_by(|a, b| (texts.get(a.0), a.1).cmp(&(texts.get(b.0), b.1)));
            index.dedup();
        };
        sort(&mut self.index.names);
        sort(&mut self.index.aliases);
    }

    fn add_statements(&mut self, graph: &Graph, order: &[EntityId]) {
        let mut numbers = vec![EntityId::default(); order.len()];
        for (place, id) in order.iter().enumerate() {
            numbers[id.index()] = EntityId::from_index(place);
        }
        let mut rows: Vec<(EntityId, StatementRecord)> = graph
            .statements()
            .map(|(subject, statement)| {
                let mut statement = statement.clone();
                if let Object::Entity(object) = &mut statement.object {
                    *object = numbers[object.index()];
                }
                statement.sources.sort();
                (numbers[subject.index()], statement)
            })
            .collect();
        rows.sort_by_cached_key(|(subject, statement)| sort_key(*subject, statement));
        for (subject, statement) in rows {
            self.add_statement(subject, statement);
        }
        self.incoming.sort_by_key(|(object, statement)| {
            (
                *object,
                self.statements.relation[statement.index()],
                *statement,
            )
        });
    }

    fn add_statement(&mut self, subject: EntityId, statement: StatementRecord) {
        let id = StatementId::from_index(self.statements.subject.len());
        let object = match statement.object {
            Object::Entity(object) => {
                self.incoming.push((object, id));
                ObjectRow::Entity(object)
            }
            Object::Value(value) => {
                self.values.push(value);
                ObjectRow::Value(self.values.len() as u32 - 1)
            }
            Object::Nothing => ObjectRow::Nothing,
        };
        let qualifiers = Qualifiers {
            since: statement.since,
            until: statement.until,
            observed: statement.observed,
            condition: statement.condition,
            role: statement.role,
            note: statement.note,
            certainty: statement.certainty,
            polarity: statement.polarity,
        };
        if !statement.properties.is_empty() {
            self.properties.push((id, statement.properties));
        }
        if let Some(slug) = &statement.slug {
            self.slugs.push((id, self.texts.add(slug)));
        }
        self.statements.subject.push(subject);
        self.statements.relation.push(statement.relation);
        self.statements.object.push(object);
        self.statements
            .qualifiers
            .push(self.qualifiers.number(qualifiers));
        self.statements
            .citations
            .push(self.citations.number(statement.sources));
    }
}

/// Orders statements: by subject, relation and object (entities, then values, then nothing),
/// then by everything else, so that the order never depends on the files.
fn sort_key(subject: EntityId, statement: &StatementRecord) -> impl Ord + use<> {
    let object = match &statement.object {
        Object::Entity(entity) => (0, *entity, String::new()),
        Object::Value(value) => (1, EntityId::default(), format!("{value:?}")),
        Object::Nothing => (2, EntityId::default(), String::new()),
    };
    let period = (
        statement.since.clone(),
        statement.until.clone(),
        statement.observed.clone(),
    );
    let words = (
        statement.condition.clone(),
        statement.role.clone(),
        statement.note.clone(),
    );
    let rest = (
        statement.certainty,
        statement.polarity,
        statement.sources.clone(),
        statement.slug.clone(),
    );
    (subject, statement.relation, object, period, words, rest)
}
