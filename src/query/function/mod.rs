//! The functions a query can call: rows with name, parameters, sentence, examples and plan.
//!
//! Resolution, argument checks, completion, `:help` and the reference read these rows; a function
//! is added by a row in one of the files below, and nowhere else.

mod about;
mod reach;
mod shape;
mod way;

use crate::algo::Depth;
use crate::model::Along;
use crate::model::Date;
use crate::model::SourceId;
use crate::query::bound::Argument;
use crate::query::bound::ContextChange;
use crate::query::bound::NodeId;
use crate::query::plan::OperatorId;
use crate::query::plan::Planner;

/// The type of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamType {
    /// A set of entities.
    Set,
    /// A set that has exactly one entity when the query runs.
    One,
    /// Relations, inverse names and groups with `|` between them, or `any`.
    Relations,
    /// A number of steps or a range: `2`, `1..3`, `2..`.
    Depth,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// A date.
    Date,
    /// A source.
    Source,
}

impl ParamType {
    /// What a user calls it.
    pub fn word(self) -> &'static str {
        match self {
            ParamType::Set => "a set",
            ParamType::One => "one entity",
            ParamType::Relations => "relations or a group",
            ParamType::Depth => "a number of steps or a range",
            ParamType::Integer => "a whole number",
            ParamType::Boolean => "`true` or `false`",
            ParamType::Date => "a date",
            ParamType::Source => "a source",
        }
    }
}

/// A parameter of a function.
#[derive(Debug)]
pub struct Param {
    /// The name.
    pub name: &'static str,
    /// The type.
    pub is: ParamType,
    /// What holds if it is not given, in words; none if it must be given.
    pub default: Option<&'static str>,
}

impl Param {
    const fn required(name: &'static str, is: ParamType) -> Param {
        Param {
            name,
            is,
            default: None,
        }
    }

    const fn optional(name: &'static str, is: ParamType, default: &'static str) -> Param {
        Param {
            name,
            is,
            default: Some(default),
        }
    }
}

/// What a function yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultType {
    /// A set of entities.
    Set,
    /// Paths; as a set, the entities on them.
    Paths,
    /// Rows that are no set.
    Table,
}

impl ResultType {
    /// What a user calls it.
    pub fn word(self) -> &'static str {
        match self {
            ResultType::Set => "a set",
            ResultType::Paths => "paths",
            ResultType::Table => "a table",
        }
    }
}

/// A function: one row.
#[derive(Debug)]
pub struct Function {
    /// The name; lower case.
    pub name: &'static str,
    /// The parameters; those that must be given come first.
    pub params: &'static [Param],
    /// What it yields.
    pub result: ResultType,
    /// One sentence or more; parameters in backticks.
    pub doc: &'static str,
    /// Queries on the bundled graph that show it.
    pub examples: &'static [&'static str],
    /// How it is done.
    pub does: Does,
}

/// How a function is done.
#[derive(Clone, Copy, Debug)]
pub enum Does {
    /// By the operators it stands for; all its sets are read in the context it is called in.
    Operators(fn(&mut Planner<'_>, &Arguments<'_>) -> OperatorId),
    /// By reading one of its sets in another context.
    Context(fn(&Arguments<'_>) -> (NodeId, ContextChange)),
}

impl Function {
    /// Name and parameters as the help shows them: `descendants(x, via=, depth=)`.
    pub fn signature(&self) -> String {
        let params: Vec<String> = self
            .params
            .iter()
            .map(|param| match param.default {
                None => param.name.to_owned(),
                Some(_) => format!("{}=", param.name),
            })
            .collect();
        format!("{}({})", self.name, params.join(", "))
    }
}

/// All functions, family by family.
pub fn functions() -> impl Iterator<Item = &'static Function> {
    [
        reach::FUNCTIONS,
        way::FUNCTIONS,
        shape::FUNCTIONS,
        about::FUNCTIONS,
    ]
    .into_iter()
    .flatten()
}

/// The function of that name.
pub fn find(name: &str) -> Option<&'static Function> {
    functions().find(|function| function.name == name)
}

/// The arguments of a call, checked against the parameters: one a parameter, of its type.
#[derive(Debug)]
pub struct Arguments<'a>(pub &'a [Argument]);

impl Arguments<'_> {
    /// The set at a place where one must be given.
    fn set(&self, index: usize) -> NodeId {
        match &self.0[index] {
            Argument::Set(node) => *node,
            other => unreachable!("resolve checked that {other:?} is a set"),
        }
    }

    /// The relations at a place, if given.
    fn along(&self, index: usize) -> Option<&Along> {
        match &self.0[index] {
            Argument::Along(along, _) => Some(along),
            _ => None,
        }
    }

    /// Whether the relations at a place are given as `any`.
    fn is_any(&self, index: usize) -> bool {
        matches!(&self.0[index], Argument::Along(_, true))
    }

    /// The steps at a place; any number unless given.
    fn depth(&self, index: usize) -> Depth {
        match &self.0[index] {
            Argument::Depth(depth) => *depth,
            _ => Depth::ANY,
        }
    }

    /// The number at a place, if given.
    fn integer(&self, index: usize) -> Option<u32> {
        match &self.0[index] {
            Argument::Integer(integer) => Some(*integer),
            _ => None,
        }
    }

    /// The truth value at a place, if given.
    fn boolean(&self, index: usize) -> Option<bool> {
        match &self.0[index] {
            Argument::Boolean(boolean) => Some(*boolean),
            _ => None,
        }
    }

    /// The date at a place where one must be given.
    fn date(&self, index: usize) -> &Date {
        match &self.0[index] {
            Argument::Date(date) => date,
            other => unreachable!("resolve checked that {other:?} is a date"),
        }
    }

    /// The source at a place where one must be given.
    fn source(&self, index: usize) -> SourceId {
        match &self.0[index] {
            Argument::Source(source) => *source,
            other => unreachable!("resolve checked that {other:?} is a source"),
        }
    }
}
