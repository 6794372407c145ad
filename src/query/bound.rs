//! A query with names, kinds, relations and arguments resolved: what is asked, on this graph.
//!
//! Nodes stand in one list and are referred to by number, so that a definition used twice is one
//! node, and nothing nests.

use crate::algo::Depth;
use crate::diagnostic::Span;
use crate::model::Along;
use crate::model::Date;
use crate::model::EntityId;
use crate::model::KindId;
use crate::model::RelationId;
use crate::model::SourceId;
use crate::query::function::Function;

/// The number of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub usize);

/// A resolved query.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// The nodes; a node refers only to earlier ones.
    pub nodes: Vec<Node>,
    /// What the reader should know of how names were taken.
    pub notes: Vec<String>,
}

/// A node, and where it stands in the text.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Where it was written; in the text of its definition, if it came from one.
    pub span: Span,
}

/// The resolved forms of a set.
#[derive(Clone, Debug)]
pub enum NodeKind {
    /// One entity.
    Entity(EntityId),
    /// All entities that match.
    Pattern(Selector),
    /// What is in any of the sets.
    Union(Vec<NodeId>),
    /// What is in all of the sets.
    Intersection(Vec<NodeId>),
    /// What is in the first set and in none of the others.
    Difference(NodeId, Vec<NodeId>),
    /// One step along a relation.
    Step(NodeId, Along),
    /// The values of a property.
    Values(NodeId, RelationId),
    /// A function with its arguments, one a parameter.
    Call(&'static Function, Vec<Argument>),
    /// A query in contexts of its own.
    Within(NodeId, Vec<ContextChange>),
}

/// Which entities a pattern wants.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Selector {
    /// Every one.
    All,
    /// Those of a kind or a kind below it.
    Kind(KindId),
    /// Those with an id, name or alias that the pattern matches when folded.
    Glob(String),
    /// Those that bear this name or alias, folded.
    Named(String),
    /// Those that the source names or says something of.
    Cited(SourceId),
}

/// A resolved argument.
#[derive(Clone, Debug)]
pub enum Argument {
    /// Not given; the function has a default.
    Absent,
    /// A set.
    Set(NodeId),
    /// Relations to walk, and whether `any` is among the words that name them.
    Along(Along, bool),
    /// How many steps.
    Depth(Depth),
    /// A number.
    Integer(u32),
    /// Yes or no.
    Boolean(bool),
    /// A date.
    Date(Date),
    /// A source.
    Source(SourceId),
}

/// How a context changes what the graph is seen as.
#[derive(Clone, Debug)]
pub enum ContextChange {
    /// As of the last day of a date.
    AsOf(Date),
    /// According to these sources, by id.
    AccordingTo(Vec<SourceId>),
}
