//! Calls of functions on values: arity, nulls and types are checked here, so that a row's code
//! starts with its work.

use crate::model::Day;
use crate::model::Filter;
use crate::model::Snapshot;
use crate::model::StatementId;
use crate::model::Value;
use crate::query::function::Does;
use crate::query::function::Function;
use crate::query::function::Param;
use crate::query::function::ParamType;
use crate::query::value::type_word;

/// What a function on values may look at beside its arguments.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The graph.
    pub snapshot: &'a Snapshot,
    /// How the query sees it.
    pub filter: &'a Filter,
    /// The day on which the query runs, if the caller has told; there is no clock below `shell`.
    pub today: Option<Day>,
}

impl Scope<'_> {
    /// Whether a statement counts here: it is one that walks take, and the filter admits it.
    pub(super) fn admits(&self, statement: StatementId) -> bool {
        self.filter.walks(self.snapshot, statement)
    }
}

/// The code of a function on values; the arguments are of the row's types.
type Call = fn(&Scope<'_>, &[Value]) -> Result<Value, String>;

/// How a function on values is done.
#[derive(Clone, Copy, Debug)]
pub struct Scalar {
    call: Call,
    aliases: &'static [&'static str],
    takes_null: bool,
    is_variadic: bool,
}

impl Scalar {
    /// By `call`, which sees no null: null in, null out.
    pub(super) const fn new(call: Call) -> Scalar {
        Scalar {
            call,
            aliases: &[],
            takes_null: false,
            is_variadic: false,
        }
    }

    /// The same, found by other names too; lower case.
    pub(super) const fn also(self, aliases: &'static [&'static str]) -> Scalar {
        Scalar { aliases, ..self }
    }

    /// The same, with nulls among the arguments.
    pub(super) const fn with_nulls(self) -> Scalar {
        Scalar {
            takes_null: true,
            ..self
        }
    }

    /// The same, with the last parameter as often as one likes.
    pub(super) const fn variadic(self) -> Scalar {
        Scalar {
            is_variadic: true,
            ..self
        }
    }

    /// The other names.
    pub fn aliases(self) -> &'static [&'static str] {
        self.aliases
    }

    /// Whether nulls are its own business; else a null argument makes it null.
    pub fn takes_null(self) -> bool {
        self.takes_null
    }

    /// Whether the last parameter may be given again and again.
    pub fn is_variadic(self) -> bool {
        self.is_variadic
    }
}

impl Function {
    /// Refuses a number of arguments that the function cannot take.
    ///
    /// The message is for whoever wrote the call and needs no values: it can be given before the
    /// query runs.
    pub fn check_count(&self, count: usize) -> Result<(), String> {
        let least = self
            .params
            .iter()
            .filter(|param| param.default.is_none())
            .count();
        let most = if self.is_variadic() {
            usize::MAX
        } else {
            self.params.len()
        };
        if (least..=most).contains(&count) {
            return Ok(());
        }
        let (bound, wanted) = if count < least {
            ("at least ", least)
        } else {
            ("at most ", most)
        };
        let bound = if least == most { "" } else { bound };
        let arguments = match wanted {
            0 => "no arguments".to_owned(),
            1 => format!("{bound}1 argument"),
            _ => format!("{bound}{wanted} arguments"),
        };
        Err(format!("`{}` takes {arguments}, not {count}", self.name))
    }

    /// The value of a call of a function on values.
    ///
    /// Null if an argument is null, unless the function takes nulls. Errors, as messages without a
    /// place: the number of arguments, the type of one, and what the function itself refuses. An
    /// aggregate has no value in one row and is refused too.
    pub fn call(&self, scope: &Scope<'_>, arguments: &[Value]) -> Result<Value, String> {
        let Does::Value(scalar) = self.does else {
            return Err(format!("`{}` has no value in a single row", self.name));
        };
        self.check_count(arguments.len())?;
        let has_null = arguments
            .iter()
            .any(|argument| matches!(argument, Value::Null));
        if has_null && !scalar.takes_null {
            return Ok(Value::Null);
        }
        let last = self.params.last();
        let params = self.params.iter().chain(last.into_iter().cycle());
        for (param, argument) in params.zip(arguments) {
            self.check_type(param, argument)?;
        }
        (scalar.call)(scope, arguments)
    }

    fn check_type(&self, param: &Param, argument: &Value) -> Result<(), String> {
        if param.is.has(argument) {
            return Ok(());
        }
        Err(format!(
            "`{}` wants {} as `{}`, not {}",
            self.name,
            param.is.word(),
            param.name,
            type_word(argument)
        ))
    }
}

impl ParamType {
    /// Whether a value, which is not null, is of this type.
    fn has(self, value: &Value) -> bool {
        match self {
            ParamType::Any => true,
            ParamType::Text => matches!(value, Value::Text(_)),
            ParamType::Integer => matches!(value, Value::Integer(_)),
            ParamType::Number => matches!(value, Value::Integer(_) | Value::Float(_)),
            ParamType::Boolean => matches!(value, Value::Boolean(_)),
            ParamType::Date => matches!(value, Value::Date(_)),
            ParamType::Source => matches!(value, Value::Source(_)),
            ParamType::List => matches!(value, Value::List(_)),
            ParamType::Sequence => matches!(value, Value::Text(_) | Value::List(_)),
            ParamType::Entity => matches!(value, Value::Entity(_)),
            ParamType::Statement => matches!(value, Value::Statement(_)),
            ParamType::Element => matches!(value, Value::Entity(_) | Value::Statement(_)),
            ParamType::Path => matches!(value, Value::Path(_)),
            ParamType::Set
            | ParamType::One
            | ParamType::MaybeSet
            | ParamType::Period
            | ParamType::Relations
            | ParamType::Depth => false,
        }
    }
}

/// The text that an argument is.
pub(super) fn text(value: &Value) -> &str {
    match value {
        Value::Text(text) => text,
        other => unreachable!("`call` checked that {other:?} is a text"),
    }
}

/// The whole number that an argument is.
pub(super) fn integer(value: &Value) -> i64 {
    match value {
        Value::Integer(number) => *number,
        other => unreachable!("`call` checked that {other:?} is a whole number"),
    }
}

/// The list that an argument is.
pub(super) fn list(value: &Value) -> &[Value] {
    match value {
        Value::List(items) => items,
        other => unreachable!("`call` checked that {other:?} is a list"),
    }
}

/// A number of things as a value.
pub(super) fn count(number: usize) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}
