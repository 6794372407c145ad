//! A query with names, kinds, relations and arguments resolved: what is asked, on this graph.
//!
//! Nodes stand in one list and are referred to by number, so that a definition used twice is one
//! node, and nothing nests.

mod expression;
mod join;
mod rows;

use crate::algo::Depth;
use crate::diagnostic::Span;
use crate::model::Along;
use crate::model::Date;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::KindId;
use crate::model::RelationId;
use crate::model::Schema;
use crate::model::SourceId;
use crate::model::Status;
use crate::model::Value;
use crate::query::ast::Name;
use crate::query::field;
use crate::query::function::Function;

pub use expression::Case;
pub use expression::Each;
pub use expression::Expression;
pub use expression::KindTest;
pub use expression::Member;
pub use expression::ParameterId;
pub use expression::Place;
pub use expression::Quantifier;
pub use expression::Reduction;
pub use expression::SetId;
pub use expression::Slot;
pub use expression::SubqueryId;
pub use join::Check;
pub use join::Facet;
pub use join::Greatest;
pub use join::Join;
pub use join::Level;
pub use join::Tie;
pub use join::Yield;
pub use rows::Aggregate;
pub use rows::EdgeLength;
pub use rows::Grouping;
pub use rows::Holds;
pub use rows::Matching;
pub use rows::Mode;
pub use rows::Move;
pub use rows::PatternEdge;
pub use rows::PatternNode;
pub use rows::PatternPath;
pub use rows::Pick;
pub use rows::RowColumn;
pub use rows::Rows;
pub use rows::SortKey;
pub use rows::Step;

/// The number of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub usize);

/// A parameter that gets its value only when the query runs.
#[derive(Clone, Debug)]
pub struct Late {
    /// Its name, without the `$`, and where it first stands.
    pub name: Name,
    /// Whether it is the name of an entity, or a list of such, somewhere.
    pub is_set: bool,
}

/// The value of a parameter that a plan gets when it runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Given {
    /// The value, for expressions.
    pub value: Value,
    /// The entities that it names, by id, for sets; none where no set uses it.
    pub members: Vec<EntityId>,
    /// What the reader should know of how names were taken.
    pub notes: Vec<String>,
}

/// A resolved query.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// The nodes; a node refers only to earlier ones.
    pub nodes: Vec<Node>,
    /// What the reader should know of how names were taken.
    pub notes: Vec<String>,
    /// The parameters that get their values only when the query runs, by their numbers.
    pub late: Vec<Late>,
}

/// A node, and where it stands in the text.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Whether it reads a variable of rows around it.
    pub is_correlated: bool,
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
    /// Rows.
    Rows(Box<Rows>),
    /// The rows of several nodes with the same columns; whether equal rows are kept.
    UnionRows(Vec<NodeId>, bool),
    /// What a variable of the rows around holds: an entity, or several.
    Outer(Slot),
    /// What a parameter names that gets its value only when the query runs.
    Parameter(ParameterId),
    /// A table of aspects against entities.
    Compare(Vec<NodeId>, Vec<Aspect>),
}

/// What entities are compared by: a row of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aspect {
    /// What is said of them under a relation or property, read in a direction.
    Relation(RelationId, Direction),
    /// How they stand.
    Status,
}

impl Aspect {
    /// The word for it.
    pub fn word(self, schema: &Schema) -> &str {
        match self {
            Aspect::Relation(relation, direction) => schema.word(relation, direction),
            Aspect::Status => field::STATUS,
        }
    }
}

impl NodeKind {
    /// The nodes it reads.
    pub fn reads(&self) -> Vec<NodeId> {
        match self {
            NodeKind::Entity(_)
            | NodeKind::Pattern(_)
            | NodeKind::Outer(_)
            | NodeKind::Parameter(_) => Vec::new(),
            NodeKind::Union(nodes)
            | NodeKind::Intersection(nodes)
            | NodeKind::UnionRows(nodes, _)
            | NodeKind::Compare(nodes, _) => nodes.clone(),
            NodeKind::Difference(first, others) => {
                std::iter::once(first).chain(others).copied().collect()
            }
            NodeKind::Step(input, _) | NodeKind::Values(input, _) | NodeKind::Within(input, _) => {
                vec![*input]
            }
            NodeKind::Call(_, arguments) => {
                let sets = arguments.iter().filter_map(|argument| match argument {
                    Argument::Set(node) => Some(*node),
                    _ => None,
                });
                sets.collect()
            }
            // Its sets may read its own variables, which makes it no less whole.
            NodeKind::Rows(rows) => rows.input.iter().map(|(node, _)| *node).collect(),
        }
    }
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
    /// The same for the text that a parameter is, when the query runs; all for any other value.
    Given(ParameterId),
    /// The same for the texts of a list.
    GivenAny(ParameterId),
    /// Those that the source names or says something of.
    Cited(SourceId),
    /// Those that stand in one of these ways on the day that is asked for.
    Standing(&'static [Status]),
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
    /// A period.
    Period(Date, Date),
    /// A source.
    Source(SourceId),
}

/// How a context changes what the graph is seen as.
#[derive(Clone, Debug)]
pub enum ContextChange {
    /// As of the last day of a date.
    AsOf(Date),
    /// During a period: from the first day of one date to the last of another.
    During(Date, Date),
    /// According to these sources, by id.
    AccordingTo(Vec<SourceId>),
    /// Also what is doubtful.
    IncludingDoubtful,
    /// Only what certainly holds in the time that is asked for.
    Certainly,
}
