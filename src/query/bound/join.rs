//! A match as nested loops over sorted runs of entities: what the pass `join` makes of a clause.

use crate::model::RelationId;
use crate::query::bound::Expression;
use crate::query::bound::Matching;

/// A clause whose edges are single steps, each one way, bound node by node.
///
/// A level binds one node to each entity to which all its ties lead from what is bound before. How
/// many statements lie between two entities is counted, not walked; they are looked up for the rows
/// that show them.
#[derive(Clone, Debug, PartialEq)]
pub struct Join {
    /// The clause.
    pub matching: Matching,
    /// One a node, in the order in which they are bound.
    pub levels: Vec<Level>,
    /// How many levels are visited; the matches of those behind are only counted.
    pub visited: usize,
    /// Where the last three levels begin, if they are a node, one that it leads to, and a twin of
    /// the first between the same two: then ways to the second are counted, and pairs of them are
    /// the matches.
    pub twins: Option<usize>,
    /// The nodes whose entities stand in the rows.
    pub shown: Vec<usize>,
    /// What rows that are counted are told apart by, of the only node shown; none for the entity.
    pub facet: Option<Facet>,
    /// Whether the statements of edges stand in the rows.
    pub is_traced: bool,
    /// Whether each match becomes a row that is kept, and so the limit of rows is that of matches.
    pub is_kept: bool,
    /// Whether the matches are the members of a set, and no clause was written.
    pub is_selection: bool,
    /// Which rows there are.
    pub yields: Yield,
}

/// Which rows a join sends on.
#[derive(Clone, Debug, PartialEq)]
pub enum Yield {
    /// One a match, in any order.
    Every,
    /// One a match, in the order of these nodes; matches that are equal in them are equal in
    /// everything that is shown.
    Ordered(Vec<usize>),
    /// One for all matches that are equal in the nodes shown, with their number; of these maybe
    /// only the first in an order.
    Counted(Option<Greatest>),
    /// The first so many by these nodes, of which true has the greatest first; maybe some more.
    First(Vec<(usize, bool)>, Expression),
}

impl Yield {
    /// Whether every match is counted before a row is made.
    pub fn is_counted(&self) -> bool {
        matches!(self, Yield::Counted(_))
    }
}

/// What is read of an entity, if it has a number in the snapshot, so that it need be asked for each
/// number only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facet {
    /// The values of a property.
    Property(RelationId),
    /// The kinds.
    Kinds,
}

/// The entities that come first by the number of their matches or by name; equal ones by name.
#[derive(Clone, Debug, PartialEq)]
pub struct Greatest {
    /// By what, and whether the greatest comes first: true for the number of matches, false for the
    /// name.
    pub keys: Vec<(bool, bool)>,
    /// How many are wanted.
    pub limit: Expression,
}

/// One level: a node, and what it must fulfil once the nodes before it are bound.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// The node.
    pub node: usize,
    /// The edges between it and nodes bound before it, or itself.
    pub ties: Vec<Tie>,
    /// The conditions that read this node alone, by their places.
    pub own: Vec<usize>,
    /// What else must be true once it is bound.
    pub checks: Vec<Check>,
    /// Where the number of matches of the levels behind depends on this node's entity alone: the
    /// nodes whose entities must be others for that.
    pub cut: Option<Vec<usize>>,
    /// How many rows it was thought to leave.
    pub estimate: f64,
}

/// An edge of a level.
#[derive(Clone, Debug, PartialEq)]
pub struct Tie {
    /// Which.
    pub edge: usize,
    /// The node that is bound before; the level's own for an edge from it to itself.
    pub bound: usize,
    /// Whether the node bound before is the subject.
    pub is_outward: bool,
    /// The relations, ascending.
    pub relations: Vec<RelationId>,
    /// Edges of the same relations that are there before, by the nodes of their subjects and
    /// objects: no statement is two edges.
    pub rivals: Vec<(usize, usize)>,
}

/// A condition that reads more than one node, or that can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// It is the same entity as that node; false for another one.
    Same(usize, bool),
    /// The condition at that place is true.
    Holds(usize),
}
