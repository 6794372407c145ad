//! A query as it was written: names unresolved, every part with its place.
//!
//! Chains of operators and steps are lists, so that only brackets nest; the parser bounds these.

use crate::diagnostic::Span;

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
    /// A query to be answered.
    Query(Ask),
}

/// A named query.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// The name it is given.
    pub name: Name,
    /// What it stands for.
    pub value: Ask,
}

/// A set and the contexts it is read in.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// The set.
    pub set: Set,
    /// The contexts, in the order of writing.
    pub contexts: Vec<Context>,
    /// Where all of it stands.
    pub span: Span,
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
    /// `according to SOURCE, …`.
    AccordingTo(Vec<Name>),
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
