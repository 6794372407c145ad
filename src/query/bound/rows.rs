//! Resolved rows: steps that make, change, order and drop rows, and the patterns they match.
//!
//! A row is a list of slots, one a variable. A step reads and writes slots; how a pattern is walked
//! is a list of moves, which the plan fills in and a pass puts in a better order.

use crate::diagnostic::Span;
use crate::model::Along;
use crate::model::EntityId;
use crate::query::bound::Expression;
use crate::query::bound::Join;
use crate::query::bound::KindTest;
use crate::query::bound::NodeId;
use crate::query::bound::Place;
use crate::query::bound::SetId;
use crate::query::bound::Slot;
use crate::query::function::Does;
use crate::query::function::Function;
use crate::query::function::Reads;

/// Rows: where they come from, and what is done with them.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// The node whose rows come in, and the slots of its columns; none for one empty row.
    pub input: Option<(NodeId, Vec<Slot>)>,
    /// What is done with them, in order.
    pub steps: Vec<Step>,
    /// The columns of the answer.
    pub columns: Vec<RowColumn>,
    /// The names of the slots, for people.
    pub slots: Vec<String>,
    /// The sets that expressions and patterns use.
    pub sets: Vec<NodeId>,
    /// The subqueries that expressions use.
    pub subqueries: Vec<Vec<Step>>,
    /// The slots of the statements that a row rests on; for a single column of entities.
    pub evidence: Vec<Slot>,
    /// Whether the rows are the members of the input, some left out or in another order, so that
    /// their evidence is the input's.
    pub is_selection: bool,
    /// Whether nothing that follows looks at the order in which the rows come in.
    pub takes_any_order: bool,
    /// Where the cells of further columns are, whose number is known only when the query runs.
    pub rest: Option<Slot>,
}

/// A column of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowColumn {
    /// Its name.
    pub name: String,
    /// Where its values are.
    pub slot: Slot,
    /// What they are, as far as that is known before the query runs.
    pub holds: Holds,
}

/// What a variable holds, as far as that is known before the query runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// An entity, or null.
    Entity,
    /// The entities at the end of a relation: none is null, one stands alone, several are a list.
    Entities,
    /// A statement, or null.
    Statement,
    /// A path, or null.
    Path,
    /// What is said of an entity under the relation of the row: statements, or null for nothing.
    Cell(EntityId),
    /// Anything.
    Any,
}

impl Holds {
    /// Whether it is an entity, or some.
    pub fn is_entity(self) -> bool {
        matches!(self, Holds::Entity | Holds::Entities)
    }
}

/// One step on rows.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// A row for each match of a pattern.
    Match(Box<Matching>),
    /// The same by nested loops over sorted runs.
    Join(Box<Join>),
    /// A row for each element of a list.
    Unwind(Expression, Slot),
    /// The rows for which all conditions are true; those that cannot fail are tried first.
    Filter(Vec<Expression>),
    /// New values.
    Project(Vec<(Slot, Expression)>),
    /// A row for each group.
    Group(Grouping),
    /// The first of rows for which these are equal.
    Distinct(Vec<Expression>),
    /// Of rows for which these are equal, the one that is first by the slots, and in their order.
    First(Vec<Expression>, Vec<Slot>),
    /// The rows in order; of equals, the earlier first.
    Sort(Vec<SortKey>),
    /// The first rows in order: a sort and a limit in one.
    Top(Vec<SortKey>, Expression),
    /// The rows in an order in which what came first comes first.
    Topological(Slot),
    /// Without the first rows.
    Offset(Expression),
    /// Not more rows than that.
    Limit(Expression),
}

impl Step {
    /// Whether it only leaves rows out.
    pub fn is_filter(&self) -> bool {
        matches!(self, Step::Filter(_))
    }

    /// Whether it makes a row of a row, or none.
    pub fn is_row(&self) -> bool {
        matches!(self, Step::Filter(_) | Step::Project(_))
    }
}

/// What rows are ordered by.
#[derive(Clone, Debug, PartialEq)]
pub struct SortKey {
    /// The value.
    pub value: Expression,
    /// Whether the greatest comes first.
    pub is_descending: bool,
}

/// Groups: what rows of a group have in common, and what is made of each group.
#[derive(Clone, Debug, PartialEq)]
pub struct Grouping {
    /// What they have in common.
    pub keys: Vec<(Slot, Expression)>,
    /// Whether a row with several values of a key goes into the group of each.
    pub is_spread: bool,
    /// What is made of them.
    pub aggregates: Vec<Aggregate>,
}

/// One aggregate.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregate {
    /// Where its value goes.
    pub slot: Slot,
    /// Which.
    pub function: &'static Function,
    /// What is aggregated; none for `count(*)`.
    pub value: Option<Expression>,
    /// Whether equal values count once.
    pub is_distinct: bool,
    /// Where it stands.
    pub place: Place,
}

impl Aggregate {
    /// What makes a difference to it of the values that rows give it.
    pub fn reads(&self) -> Reads {
        match (&self.function.does, self.is_distinct) {
            (Does::Aggregate(reads, _), false) => *reads,
            (Does::Aggregate(Reads::HowMany, _), true) => Reads::Which,
            // Of 1 and 1.0, which are one value, the first that is met counts.
            _ => Reads::InOrder,
        }
    }

    /// Whether it is the number of its values.
    pub fn is_number(&self) -> bool {
        self.reads() == Reads::HowMany
    }

    /// Whether equal values count once.
    pub fn ignores_copies(&self) -> bool {
        self.is_distinct || self.reads() == Reads::Which
    }
}

/// One `match` clause.
#[derive(Clone, Debug, PartialEq)]
pub struct Matching {
    /// Whether a row without a match is kept, with nulls.
    pub is_optional: bool,
    /// The nodes.
    pub nodes: Vec<PatternNode>,
    /// The edges.
    pub edges: Vec<PatternEdge>,
    /// The paths.
    pub paths: Vec<PatternPath>,
    /// What must be true besides.
    pub conditions: Vec<Expression>,
    /// The slots in the order of writing, by which the matches are ordered.
    pub written: Vec<Slot>,
    /// How the pattern is walked; filled in by the plan.
    pub moves: Vec<Move>,
    /// How many rows each move is thought to leave for a row that comes in.
    pub estimates: Vec<f64>,
    /// Whether the order of the matches makes a difference to what follows.
    pub is_ordered: bool,
    /// Whether it only matters whether there is a match.
    pub is_existence: bool,
}

impl Matching {
    /// Whether a variable is one of its nodes or edges.
    pub fn binds(&self, slot: Slot) -> bool {
        let mut nodes = self.nodes.iter().map(|node| node.slot);
        nodes.any(|node| node == slot) || self.edges.iter().any(|edge| edge.slot == slot)
    }
}

/// A node of a pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct PatternNode {
    /// Where the entity goes.
    pub slot: Slot,
    /// What kinds it must be of.
    pub kinds: Option<KindTest>,
    /// The set it must be in.
    pub within: Option<SetId>,
    /// What its id or name must be or be among, where that is known before the match and not before
    /// the query; filled in by the plan.
    pub bearing: Option<Expression>,
    /// Whether an earlier clause has bound it.
    pub is_bound: bool,
    /// Where it stands first.
    pub place: Place,
}

/// An edge of a pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct PatternEdge {
    /// Where the statement goes, or the list of statements.
    pub slot: Slot,
    /// The node it leads from, by its place in the list.
    pub from: usize,
    /// The node it leads to.
    pub to: usize,
    /// Whether the node it leads to is written first: lists of statements are read from there.
    pub is_leftward: bool,
    /// The relations, and the ways they are walked from the one to the other.
    pub along: Along,
    /// How often it is walked; none for once, without a list.
    pub length: Option<EdgeLength>,
    /// What may occur twice on the way.
    pub mode: Mode,
    /// Which of the ways are wanted.
    pub pick: Pick,
    /// Whether an earlier clause has bound it.
    pub is_bound: bool,
    /// Where it stands.
    pub span: Place,
}

impl PatternEdge {
    /// The node that is written first.
    pub fn left(&self) -> usize {
        if self.is_leftward { self.to } else { self.from }
    }
}

/// How often an edge is walked, and what must hold for each step.
#[derive(Clone, Debug, PartialEq)]
pub struct EdgeLength {
    /// The fewest steps.
    pub min: u32,
    /// The most steps.
    pub max: u32,
    /// Where each statement goes while it is tested.
    pub each: Slot,
    /// What must be true of it.
    pub conditions: Vec<Expression>,
}

/// What may occur twice on a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// No statement.
    Trail,
    /// No entity.
    Acyclic,
    /// No entity, but the last may be the first.
    Simple,
    /// Anything.
    Walk,
}

impl Mode {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Mode::Trail => "trail",
            Mode::Acyclic => "acyclic",
            Mode::Simple => "simple",
            Mode::Walk => "walk",
        }
    }
}

/// Which of the ways between two ends are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// All of them.
    Every,
    /// One of the shortest.
    AnyShortest,
    /// All of the shortest.
    AllShortest,
    /// Any, of which nobody asks more than where it ends.
    Ends,
}

/// A path of a pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct PatternPath {
    /// Where the path goes, if it has a name.
    pub slot: Option<Slot>,
    /// Its nodes.
    pub nodes: Vec<usize>,
    /// Its edges.
    pub edges: Vec<usize>,
    /// What may occur twice on it.
    pub mode: Mode,
}

/// One move in walking a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// Binds a node to each entity that it can be.
    Scan(usize),
    /// Tests a node that is bound.
    Fixed(usize),
    /// Walks an edge from one of its nodes, which is bound; the other is bound or tested.
    Walk(usize, bool),
    /// Tests a condition.
    Test(usize),
    /// Binds and tests a path.
    Path(usize),
}

/// The place of a step or expression, for messages.
impl Place {
    /// The place itself.
    pub fn span(self) -> Span {
        self.0
    }
}
