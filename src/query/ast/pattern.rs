//! Clauses and patterns of `match` as they were written.

use crate::diagnostic::Span;
use crate::query::ast::Expression;
use crate::query::ast::Name;
use crate::query::ast::Set;

/// Linear queries with `union` between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// The queries; each ends with `return`.
    pub parts: Vec<Vec<Clause>>,
    /// Whether `union` keeps doubles; none where there is one part.
    pub keeps_doubles: bool,
    /// Where all of it stands.
    pub span: Span,
}

/// One clause.
#[derive(Clone, Debug, PartialEq)]
pub enum Clause {
    /// `match …`.
    Match(MatchClause),
    /// `unwind list as x`.
    Unwind(Expression, Name),
    /// `with …`.
    With(Projection),
    /// `return …`.
    Return(Projection),
}

/// `match pattern, … where …`.
#[derive(Clone, Debug, PartialEq)]
pub struct MatchClause {
    /// Whether a row without a match is kept, with nulls.
    pub is_optional: bool,
    /// The patterns.
    pub patterns: Vec<PathPattern>,
    /// What must be true besides.
    pub condition: Option<Expression>,
    /// Where it stands.
    pub span: Span,
}

/// What `return`, `with` and `select` make of the rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Projection {
    /// What is in the columns.
    pub items: Items,
    /// How rows are ordered.
    pub order: Vec<SortItem>,
    /// How many rows are left out first.
    pub offset: Option<Expression>,
    /// How many rows there are at most.
    pub limit: Option<Expression>,
    /// Which rows are kept; only behind `with`.
    pub condition: Option<Expression>,
    /// Where it stands.
    pub span: Span,
}

/// Columns: everything in scope, and expressions.
#[derive(Clone, Debug, PartialEq)]
pub struct Items {
    /// Whether equal rows are one.
    pub is_distinct: bool,
    /// Whether everything in scope comes first.
    pub has_star: bool,
    /// The expressions.
    pub items: Vec<Item>,
    /// Where they stand.
    pub span: Span,
}

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What is in it.
    pub expression: Expression,
    /// Its name, if one is given.
    pub alias: Option<Name>,
    /// The expression as it was written.
    pub text: String,
}

/// What rows are ordered by.
#[derive(Clone, Debug, PartialEq)]
pub struct SortItem {
    /// The value.
    pub expression: Expression,
    /// Whether the greatest comes first.
    pub is_descending: bool,
}

/// A path: nodes with edges between them.
#[derive(Clone, Debug, PartialEq)]
pub struct PathPattern {
    /// The variable that it is bound to.
    pub variable: Option<Name>,
    /// The words before it, in the order of writing.
    pub modes: Vec<(PathMode, Span)>,
    /// The nodes; one more than edges.
    pub nodes: Vec<NodePattern>,
    /// The edges.
    pub edges: Vec<EdgePattern>,
    /// Where it stands.
    pub span: Span,
}

/// The words before a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathMode {
    /// `any`: one for each pair of ends.
    Any,
    /// `all`.
    All,
    /// `shortest`.
    Shortest,
    /// `trail`: no statement twice.
    Trail,
    /// `acyclic`: no entity twice.
    Acyclic,
    /// `simple`: no entity twice, but the first may be the last.
    Simple,
    /// `walk`: anything goes.
    Walk,
}

/// `(a:kind {x: 1} in set where …)`.
#[derive(Clone, Debug, PartialEq)]
pub struct NodePattern {
    /// The variable.
    pub variable: Option<Name>,
    /// What kinds it must be of.
    pub kinds: Option<KindTest>,
    /// What its properties must be equal to.
    pub properties: Option<Expression>,
    /// The set it must be in.
    pub within: Option<Set>,
    /// What must be true besides.
    pub condition: Option<Expression>,
    /// Where it stands.
    pub span: Span,
}

/// A test on the kinds of an entity.
#[derive(Clone, Debug, PartialEq)]
pub enum KindTest {
    /// It is of this kind.
    Is(Name),
    /// It is not so.
    Not(Box<KindTest>),
    /// All hold.
    All(Vec<KindTest>),
    /// Any holds.
    Any(Vec<KindTest>),
}

/// `-[e:relation {x: 1} where …]->{1,3}`.
#[derive(Clone, Debug, PartialEq)]
pub struct EdgePattern {
    /// The variable.
    pub variable: Option<Name>,
    /// The relations, any of which will do; all if there is none.
    pub relations: Vec<Name>,
    /// Which way its arrow points.
    pub way: EdgeWay,
    /// How often it is walked; none for once, without a list.
    pub length: Option<LengthRange>,
    /// What its properties must be equal to.
    pub properties: Option<Expression>,
    /// What must be true of each step.
    pub condition: Option<Expression>,
    /// Where it stands.
    pub span: Span,
}

/// Which way the arrow of an edge points in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EdgeWay {
    /// `-->`.
    Right,
    /// `<--`.
    Left,
    /// `--` or `<-->`.
    Either,
}

/// A number of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LengthRange {
    /// The fewest.
    pub min: u32,
    /// The most; none for any number.
    pub max: Option<u32>,
    /// Where it stands.
    pub span: Span,
}
