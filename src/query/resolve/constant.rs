//! Calls, signs and numbers with a sign whose parts are constants are constants.
//!
//! `date("2018")` is worked out once and not for each row, and a condition that compares with it is
//! one that cannot fail. What has no value, as `1 / 0`, stays as it is: it is an error where a row
//! asks for it, and nowhere else.

use crate::model::Filter;
use crate::model::Snapshot;
use crate::model::Value;
use crate::query::bound::Expression;
use crate::query::function::Function;
use crate::query::function::ParamType;
use crate::query::function::ResultType;
use crate::query::function::Scope;
use crate::query::value;

/// The greatest weight of the parts: what is made of them is held before anybody counts it.
const WEIGHT_MAX: u64 = 256;

/// The expression, or the constant that it is.
pub(super) fn folded(snapshot: &Snapshot, expression: Expression) -> Expression {
    let value = match &expression {
        Expression::Negative(inner, _) => {
            plain(inner).and_then(|number| value::negate(number).ok())
        }
        Expression::Arithmetic(first, rest, _) => plain(first).and_then(|first| {
            rest.iter().try_fold(first.clone(), |total, (sign, right)| {
                value::calculate(*sign, &total, plain(right)?).ok()
            })
        }),
        Expression::Call(function, arguments, _) => called(snapshot, function, arguments),
        _ => None,
    };
    value.map_or(expression, Expression::Constant)
}

fn called(snapshot: &Snapshot, function: &Function, arguments: &[Expression]) -> Option<Value> {
    let is_small = match function.result {
        ResultType::Number
        | ResultType::Integer
        | ResultType::Float
        | ResultType::Boolean
        | ResultType::Date => true,
        // A number may say how long the text is.
        ResultType::Text => function.params.iter().all(|it| it.is == ParamType::Text),
        _ => false,
    };
    let values = arguments.iter().map(|argument| plain(argument).cloned());
    let values: Vec<Value> = values.collect::<Option<_>>()?;
    // Without arguments it depends on when it is asked, as `today()` does.
    if !is_small || values.is_empty() {
        return None;
    }
    let filter = Filter::default();
    let scope = Scope {
        snapshot,
        filter: &filter,
        today: None,
    };
    function.call(&scope, &values).ok()
}

/// The constant that an expression is, if it is the same in every view of every graph.
fn plain(expression: &Expression) -> Option<&Value> {
    match expression {
        Expression::Constant(value) => match value {
            Value::Null | Value::Boolean(_) | Value::Integer(_) | Value::Float(_) => Some(value),
            Value::Date(_) => Some(value),
            Value::Text(_) => Some(value).filter(|it| value::weight(it) <= WEIGHT_MAX),
            _ => None,
        },
        _ => None,
    }
}
