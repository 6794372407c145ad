//! The functions a query can call: rows with name, parameters, sentence, examples and plan.
//!
//! Resolution, argument checks, completion, `:help` and the reference read these rows; a function
//! is added by a row in one of the files below, and nowhere else.

mod about;
mod aggregate;
mod date;
mod graph;
mod list;
mod number;
mod reach;
mod scalar;
mod shape;
mod sum;
mod text;
mod way;

use crate::algo::Depth;
use crate::model::Along;
use crate::model::Date;
use crate::model::SourceId;
use crate::query::bound::Argument;
use crate::query::bound::ContextChange;
use crate::query::bound::Holds;
use crate::query::bound::NodeId;
use crate::query::plan::OperatorId;
use crate::query::plan::Planner;

pub use aggregate::Accumulator;
pub use scalar::Scalar;
pub use scalar::Scope;

/// The type of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamType {
    /// A set of entities.
    Set,
    /// A set that has exactly one entity when the query runs.
    One,
    /// A set, or a name that may be unknown.
    MaybeSet,
    /// A date, or two with dots between.
    Period,
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
    /// Any value.
    Any,
    /// A text.
    Text,
    /// A whole or decimal number.
    Number,
    /// A list.
    List,
    /// A text or a list.
    Sequence,
    /// An entity, as a value.
    Entity,
    /// A statement.
    Statement,
    /// An entity or a statement.
    Element,
    /// A path.
    Path,
}

impl ParamType {
    /// What a user calls it.
    pub fn word(self) -> &'static str {
        match self {
            ParamType::Set => "a set",
            ParamType::One => "one entity",
            ParamType::MaybeSet => "a set or a name",
            ParamType::Period => "a date or a period such as `2015..2018`",
            ParamType::Relations => "relations or a group",
            ParamType::Depth => "a number of steps or a range",
            ParamType::Integer => "a whole number",
            ParamType::Boolean => "`true` or `false`",
            ParamType::Date => "a date",
            ParamType::Source => "a source",
            ParamType::Any => "any value",
            ParamType::Text => "a text",
            ParamType::Number => "a number",
            ParamType::List => "a list",
            ParamType::Sequence => "a text or a list",
            ParamType::Entity => "an entity",
            ParamType::Statement => "a statement",
            ParamType::Element => "an entity or a statement",
            ParamType::Path => "a path",
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
    /// Rows that are no set, with these columns.
    Table(&'static [(&'static str, Holds)]),
    /// A value of any type.
    Value,
    /// A text.
    Text,
    /// A whole or decimal number.
    Number,
    /// A whole number.
    Integer,
    /// A decimal number.
    Float,
    /// A truth value.
    Boolean,
    /// A date.
    Date,
    /// A list.
    List,
    /// A map.
    Map,
    /// An entity.
    Entity,
}

impl ResultType {
    /// What a user calls it.
    pub fn word(self) -> &'static str {
        match self {
            ResultType::Set => "a set",
            ResultType::Paths => "paths",
            ResultType::Table(_) => "a table",
            ResultType::Value => "a value",
            ResultType::Text => "a text",
            ResultType::Number => "a number",
            ResultType::Integer => "a whole number",
            ResultType::Float => "a decimal number",
            ResultType::Boolean => "a truth value",
            ResultType::Date => "a date",
            ResultType::List => "a list",
            ResultType::Map => "a map",
            ResultType::Entity => "an entity",
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

/// Functions are rows: the same name is the same function.
impl PartialEq for Function {
    fn eq(&self, other: &Function) -> bool {
        std::ptr::eq(self, other)
    }
}

/// How a function is done.
#[derive(Clone, Copy, Debug)]
pub enum Does {
    /// By the operators it stands for; all its sets are read in the context it is called in.
    Operators(fn(&mut Planner<'_>, &Arguments<'_>) -> OperatorId),
    /// By reading one of its sets in another context.
    Context(fn(&Arguments<'_>) -> (NodeId, ContextChange)),
    /// By a value that is made of values, in a row.
    Value(Scalar),
    /// By one value that is made of the values of many rows.
    Aggregate(Reads, fn() -> Accumulator),
}

/// What makes a difference to an aggregate of the values that it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// Which they are, and in which order.
    InOrder,
    /// Which they are, and each as often as it comes.
    InAnyOrder,
    /// How many they are.
    HowMany,
    /// Which there are, however often.
    Which,
}

impl Function {
    /// Name and parameters as the help shows them: `descendants(x, via=, depth=)`.
    ///
    /// Arguments of value functions have places and no names: `round(number, [precision])`.
    pub fn signature(&self) -> String {
        let is_value = self.is_value();
        let params: Vec<String> = self
            .params
            .iter()
            .map(|param| match param.default {
                None => param.name.to_owned(),
                Some(_) if is_value => format!("[{}]", param.name),
                Some(_) => format!("{}=", param.name),
            })
            .collect();
        let more = if self.is_variadic() { ", …" } else { "" };
        format!("{}({}{more})", self.name, params.join(", "))
    }

    /// Whether it takes and yields values; others take and yield sets.
    pub fn is_value(&self) -> bool {
        matches!(self.does, Does::Value(_) | Does::Aggregate(..))
    }

    /// Whether its last parameter may be given again and again.
    pub fn is_variadic(&self) -> bool {
        matches!(self.does, Does::Value(scalar) if scalar.is_variadic())
    }

    /// Other names by which it is found; lower case.
    pub fn aliases(&self) -> &'static [&'static str] {
        match self.does {
            Does::Value(scalar) => scalar.aliases(),
            _ => &[],
        }
    }
}

/// The functions that help, completion and the reference show, family by family.
pub fn functions() -> impl Iterator<Item = &'static Function> {
    set_functions().chain(value_functions())
}

/// The functions that take and yield sets.
pub fn set_functions() -> impl Iterator<Item = &'static Function> {
    [
        reach::FUNCTIONS,
        way::FUNCTIONS,
        shape::FUNCTIONS,
        about::FUNCTIONS,
    ]
    .into_iter()
    .flatten()
}

/// The functions on values, and the aggregates.
///
/// A name may be that of a set function too, such as `count`: where a set is wanted that one is
/// meant, in a condition or a column this one.
pub fn value_functions() -> impl Iterator<Item = &'static Function> {
    [
        text::FUNCTIONS,
        number::FUNCTIONS,
        list::FUNCTIONS,
        date::FUNCTIONS,
        graph::FUNCTIONS,
        aggregate::FUNCTIONS,
    ]
    .into_iter()
    .flatten()
}

/// The set function of that name.
pub fn find(name: &str) -> Option<&'static Function> {
    set_functions().find(|function| function.name == name)
}

/// The function on values of that name or alias, in whatever case: `toUpper` is `upper`.
pub fn find_value(name: &str) -> Option<&'static Function> {
    let name = name.to_lowercase();
    value_functions().find(|function| {
        function.name == name || function.aliases().iter().any(|alias| *alias == name)
    })
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

    /// The first and last date of a period at a place where one must be given.
    fn period(&self, index: usize) -> (&Date, &Date) {
        match &self.0[index] {
            Argument::Period(start, end) => (start, end),
            other => unreachable!("resolve checked that {other:?} is a period"),
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
