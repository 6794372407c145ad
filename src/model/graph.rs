//! The graph while it is built and checked, and the piece of a snapshot that an answer is:
//! both are petgraph's graphs.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use petgraph::graph::DiGraph;
use petgraph::graph::EdgeIndex;
use petgraph::graph::NodeIndex;
use serde::Deserialize;
use serde::Serialize;

use crate::model::Citation;
use crate::model::EntityId;
use crate::model::KindId;
use crate::model::NameRecord;
use crate::model::Object;
use crate::model::RelationId;
use crate::model::Schema;
use crate::model::Source;
use crate::model::StatementId;
use crate::model::StatementRecord;
use crate::model::stable;

/// An entity as the data has it.
#[derive(Clone, Debug, PartialEq)]
pub struct EntityRecord {
    /// The slug.
    pub id: String,
    /// Names first, then aliases; the first is the one shown. There is at least one.
    pub names: Vec<NameRecord>,
    /// Its kinds, the one shown first; exactly one unless the vocabulary is open.
    pub kinds: Vec<KindId>,
    /// Where it is named.
    pub sources: Vec<Citation>,
    /// Statements whose object is no entity.
    pub values: Vec<StatementRecord>,
}

/// Which ids of the data are integers; they are kept as texts all the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdTypes {
    /// Those of entities.
    pub nodes_are_integers: bool,
    /// Those of statements.
    pub edges_are_integers: bool,
}

/// A graph being built. Entities and statements are only ever added.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// The vocabulary.
    pub schema: Schema,
    /// The sources, in the order of their slugs.
    pub sources: Vec<Source>,
    /// Which of its ids are integers.
    pub id_types: IdTypes,
    network: DiGraph<EntityRecord, StatementRecord>,
}

impl Graph {
    /// An empty graph with that vocabulary and those sources.
    pub fn new(schema: Schema, mut sources: Vec<Source>) -> Graph {
        stable::sort_by(&mut sources, |a, b| a.id.cmp(&b.id));
        Graph {
            schema,
            sources,
            id_types: IdTypes::default(),
            network: DiGraph::new(),
        }
    }

    /// Adds an entity; none if there are already 2³² − 1.
    pub fn add_entity(&mut self, entity: EntityRecord) -> Option<EntityId> {
        let index = self.network.try_add_node(entity).ok()?;
        Some(EntityId::from_index(index.index()))
    }

    /// Adds a statement about `subject`; false if the graph is full or an end is not there.
    pub fn add_statement(&mut self, subject: EntityId, statement: StatementRecord) -> bool {
        let subject = node(subject);
        match statement.object {
            Object::Entity(object) => self
                .network
                .try_add_edge(subject, node(object), statement)
                .is_ok(),
            _ => match self.network.node_weight_mut(subject) {
                Some(entity) => {
                    entity.values.push(statement);
                    true
                }
                None => false,
            },
        }
    }

    /// How many entities there are.
    pub fn entity_count(&self) -> usize {
        self.network.node_count()
    }

    /// The record of an entity.
    pub fn entity(&self, id: EntityId) -> &EntityRecord {
        &self.network[node(id)]
    }

    /// All entities, in the order in which they were added.
    pub fn entities(&self) -> impl Iterator<Item = (EntityId, &EntityRecord)> {
        self.network
            .node_indices()
            .map(|index| (EntityId::from_index(index.index()), &self.network[index]))
    }

    /// All statements with their subjects: those between entities first, each in order of adding.
    pub fn statements(&self) -> impl Iterator<Item = (EntityId, &StatementRecord)> {
        let edges = self
            .network
            .edge_indices()
            .map(|edge| (self.subject(edge), &self.network[edge]));
        let values = self
            .entities()
            .flat_map(|(id, entity)| entity.values.iter().map(move |statement| (id, statement)));
        edges.chain(values)
    }

    /// Groups of entities that lead back to themselves along positive statements of `relation`,
    /// each in the order of adding: Kosaraju's strongly connected components, O(|V| + |E|).
    pub fn circles(&self, relation: RelationId) -> Vec<Vec<EntityId>> {
        let along = petgraph::visit::EdgeFiltered::from_fn(&self.network, |edge| {
            let statement = edge.weight();
            statement.relation == relation && statement.is_walked()
        });
        let mut circles: Vec<Vec<EntityId>> = petgraph::algo::kosaraju_scc(&along)
            .into_iter()
            .filter(|component| component.len() > 1 || self.has_loop(component[0], relation))
            .map(|component| {
                let mut circle: Vec<EntityId> = component
                    .iter()
                    .map(|index| EntityId::from_index(index.index()))
                    .collect();
                circle.sort_unstable();
                circle
            })
            .collect();
        stable::sort(&mut circles);
        circles
    }

    fn has_loop(&self, entity: NodeIndex, relation: RelationId) -> bool {
        self.network
            .edges_connecting(entity, entity)
            .any(|edge| edge.weight().relation == relation && edge.weight().is_walked())
    }

    fn subject(&self, edge: EdgeIndex) -> EntityId {
        let (subject, _) = self
            .network
            .edge_endpoints(edge)
            .expect("the edge is of this graph");
        EntityId::from_index(subject.index())
    }
}

/// A piece of a snapshot: entities, and statements between them, each once, in order of adding.
#[derive(Clone, Debug, Default)]
pub struct Subgraph {
    network: DiGraph<EntityId, StatementId>,
    nodes: BTreeMap<EntityId, NodeIndex>,
    known: BTreeSet<StatementId>,
}

impl Subgraph {
    /// Adds an entity, if it is not there yet.
    pub fn add_entity(&mut self, entity: EntityId) {
        self.place(entity);
    }

    /// Adds a statement from `subject` to `object`, and these, if it is not there yet.
    pub fn add_statement(&mut self, subject: EntityId, statement: StatementId, object: EntityId) {
        if self.known.insert(statement) {
            let ends = (self.place(subject), self.place(object));
            self.network.add_edge(ends.0, ends.1, statement);
        }
    }

    /// The entities, in order of adding.
    pub fn entities(&self) -> impl Iterator<Item = EntityId> + '_ {
        self.network.node_weights().copied()
    }

    /// The statements with their subjects and objects, in order of adding.
    pub fn statements(&self) -> impl Iterator<Item = (EntityId, StatementId, EntityId)> + '_ {
        self.network.edge_references().map(|edge| {
            use petgraph::visit::EdgeRef;
            let end = |index: NodeIndex| self.network[index];
            (end(edge.source()), *edge.weight(), end(edge.target()))
        })
    }

    fn place(&mut self, entity: EntityId) -> NodeIndex {
        *self
            .nodes
            .entry(entity)
            .or_insert_with(|| self.network.add_node(entity))
    }
}

fn node(id: EntityId) -> NodeIndex {
    NodeIndex::new(id.index())
}
