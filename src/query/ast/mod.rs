//! A query as it was written: names unresolved, every part with its place.
//!
//! Chains of operators and steps are lists, so that only brackets nest; the parser bounds these.

mod expression;
mod pattern;

use crate::diagnostic::Span;

pub use expression::Arguments;
pub use expression::ArithmeticSign;
pub use expression::Case;
pub use expression::ComparisonSign;
pub use expression::Each;
pub use expression::Expression;
pub use expression::ExpressionKind;
pub use expression::Junction;
pub use expression::Literal;
pub use expression::Reduction;
pub use expression::Subquery;
pub use expression::TextTest;
pub use pattern::Clause;
pub use pattern::EdgePattern;
pub use pattern::EdgeWay;
pub use pattern::Item;
pub use pattern::Items;
pub use pattern::KindTest;
pub use pattern::LengthRange;
pub use pattern::MatchClause;
pub use pattern::NodePattern;
pub use pattern::PathMode;
pub use pattern::PathPattern;
pub use pattern::Projection;
pub use pattern::Rows;
pub use pattern::SortItem;

/// A script: definitions and queries in the order of writing.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Script {
    /// The statements.
    pub statements: Vec<Statement>,
}

/// One statement of a script.
#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    /// `let x = …`.
    Definition(Definition),
    /// A query to be answered, and where its answer goes.
    Query(Ask, Option<Target>),
    /// `assert …`.
    Assertion(Assertion),
}

/// Where an answer goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Into a file.
    File(Name),
    /// To where answers go, in another format.
    Format(Name),
    /// As a picture, into a file or to where answers go.
    Drawing(Drawing),
}

/// What is asked of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// Names of options, each with its value unless it has none.
    pub settings: Vec<(Name, Option<Name>)>,
    /// The file it goes into.
    pub file: Option<Name>,
    /// Its format, if it has no file.
    pub format: Option<Name>,
    /// Where the word `draw` and its settings stand.
    pub span: Span,
}

/// A rule that a script wants to hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Assertion {
    /// What is asked.
    pub ask: Ask,
    /// What is wanted of the answer.
    pub wants: Expectation,
    /// What to say where it is broken.
    pub message: Option<Name>,
    /// Where it stands.
    pub span: Span,
}

/// What an assertion wants of its answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Expectation {
    /// No row.
    Empty,
    /// At least one row.
    NotEmpty,
    /// The same set or the same rows as another query.
    Equal(Ask),
    /// One number.
    Number(Expression),
}

/// A named query.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// The name it is given.
    pub name: Name,
    /// Its parameters, if it is a function.
    pub parameters: Option<Vec<Name>>,
    /// What it stands for.
    pub value: Ask,
}

/// A query: where rows come from, the stages they go through, and the contexts for all of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// Where rows come from.
    pub source: Source,
    /// The stages, in order.
    pub stages: Vec<Stage>,
    /// The contexts, in the order of writing.
    pub contexts: Vec<Context>,
    /// Where all of it stands.
    pub span: Span,
}

/// Where rows come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A set.
    Set(Set),
    /// `match … return …`.
    Rows(Rows),
    /// `compare …`.
    Compare(Compare),
}

/// `compare a, b on r, s`.
#[derive(Clone, Debug, PartialEq)]
pub struct Compare {
    /// What is compared.
    pub sets: Vec<Set>,
    /// In what; everything that any of them has if there is none.
    pub relations: Vec<Name>,
    /// Where it stands.
    pub span: Span,
}

/// One stage of a pipe, with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// What it is.
    pub kind: StageKind,
    /// Where it stands.
    pub span: Span,
}

/// The stages.
#[derive(Clone, Debug, PartialEq)]
pub enum StageKind {
    /// `where …`.
    Where(Expression),
    /// `select …`.
    Select(Items),
    /// `group by … select …`.
    Group(Vec<Item>, Option<Items>),
    /// `order by …`.
    Order(Vec<SortItem>),
    /// `order by topological`.
    Topological,
    /// `limit n`.
    Limit(Expression),
    /// `offset n`.
    Offset(Expression),
    /// `count`.
    Count,
    /// `distinct`.
    Distinct,
    /// `f(y)`, with its place.
    Call(Name, Vec<Argument>),
}

/// A word or quoted text, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The text, without quotes and escapes.
    pub text: String,
    /// Where it stands.
    pub span: Span,
    /// Whether it stood in quotes.
    pub is_quoted: bool,
}

/// A context behind a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Context {
    /// Which.
    pub kind: ContextKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of context.
#[derive(Clone, Debug, PartialEq)]
pub enum ContextKind {
    /// `as of DATE`.
    AsOf(Name),
    /// `during DATE..DATE`.
    During(Name, Option<Name>),
    /// `according to SOURCE, …`.
    AccordingTo(Vec<Name>),
    /// `including doubtful`.
    IncludingDoubtful,
}

/// A set of entities, or a value where a function takes one.
#[derive(Clone, Debug, PartialEq)]
pub struct Set {
    /// What it is.
    pub kind: SetKind,
    /// Where it stands.
    pub span: Span,
}

/// The forms of a set.
#[derive(Clone, Debug, PartialEq)]
pub enum SetKind {
    /// A name.
    Name(Name),
    /// `$name`.
    Parameter(Name),
    /// `kind:x`: the word before the colon, and what is looked for.
    Pattern(Name, Name),
    /// `a | b | …`; at least two.
    Union(Vec<Set>),
    /// `a & b - c …`, from left to right; at least one operator.
    Chain(Box<Set>, Vec<(Operator, Set)>),
    /// `f(…)`.
    Call(Name, Vec<Argument>),
    /// `a.r.s`; at least one step.
    Steps(Box<Set>, Vec<Name>),
    /// `( query )`.
    Group(Box<Ask>),
    /// A number, date or range; only as an argument.
    Range(Range),
}

/// The operators that bind alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `&`.
    Intersection,
    /// ` - `.
    Difference,
}

/// One argument of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// The parameter's name, if it is given by name.
    pub parameter: Option<Name>,
    /// The value.
    pub value: Set,
}

/// A number, a date, or a range of numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// The start; none in `..3`.
    pub start: Option<Name>,
    /// Whether there are dots: `3` is no range, `3..` is.
    pub has_dots: bool,
    /// The end; none in `2..`.
    pub end: Option<Name>,
}
