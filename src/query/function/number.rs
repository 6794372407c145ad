//! Functions on numbers, and values as numbers and truth values.
//!
//! Angles are in radians. Outside its domain a function yields NaN, as IEEE 754 has it.

use crate::model::Value;
use crate::query::function::Does;
use crate::query::function::Function;
use crate::query::function::Param;
use crate::query::function::ParamType;
use crate::query::function::ResultType;
use crate::query::function::Scalar;
use crate::query::function::scalar::integer;
use crate::query::value::as_float;
use crate::query::value::overflow;
use crate::query::value::type_word;

const NUMBER: Param = Param::required("number", ParamType::Number);
const VALUE: Param = Param::required("value", ParamType::Any);

/// A row for a function from floats to floats.
macro_rules! float {
    ($name:literal, $doc:literal, $example:literal, $call:expr) => {
        Function {
            name: $name,
            params: &[NUMBER],
            result: ResultType::Float,
            doc: $doc,
            examples: &[$example],
            does: Does::Value(Scalar::new(|_, given| {
                let call: fn(f64) -> f64 = $call;
                Ok(Value::Float(call(number(&given[0]))))
            })),
        }
    };
}

/// Size, rounding, powers, angles, constants, conversions.
pub(super) static FUNCTIONS: &[Function] = &[
    Function {
        name: "abs",
        params: &[NUMBER],
        result: ResultType::Number,
        doc: "`number` without its sign.",
        examples: &["match (a in EKS) return abs(-2)"],
        does: Does::Value(Scalar::new(|_, given| match &given[0] {
            Value::Integer(number) => match number.checked_abs() {
                Some(number) => Ok(Value::Integer(number)),
                None => Err(overflow(&format!("abs({number})"))),
            },
            other => Ok(Value::Float(number(other).abs())),
        })),
    },
    Function {
        name: "sign",
        params: &[NUMBER],
        result: ResultType::Integer,
        doc: "The sign of `number`: 1 above 0, -1 below, 0 for 0; null for NaN.",
        examples: &["match (a in EKS) return sign(-2.5)"],
        does: Does::Value(Scalar::new(|_, given| {
            let number = number(&given[0]);
            let sign = number.partial_cmp(&0.0);
            Ok(sign.map_or(Value::Null, |sign| Value::Integer(sign as i64)))
        })),
    },
    float!(
        "ceil",
        "The smallest whole number that is not below `number`, as a decimal number.",
        "match (a in EKS) return ceil(2.1)",
        f64::ceil
    ),
    float!(
        "floor",
        "The largest whole number that is not above `number`, as a decimal number.",
        "match (a in EKS) return floor(2.9)",
        f64::floor
    ),
    Function {
        name: "round",
        params: &[
            NUMBER,
            Param::optional("precision", ParamType::Integer, "a whole number"),
        ],
        result: ResultType::Float,
        doc: "The whole number nearest to `number`, of two the larger, as a decimal number. With \
              `precision`, that many decimals; of two equally near numbers the one farther from \
              0.",
        examples: &[
            "match (a in EKS) return round(-1.5)",
            "match (a in EKS) return round(3.14159, 2)",
        ],
        does: Does::Value(Scalar::new(|_, given| {
            let number = number(&given[0]);
            let rounded = match given.get(1).map(integer) {
                None => round_up(number),
                Some(precision @ 0..=400) => round_to(number, precision as usize),
                Some(_) => {
                    return Err("`precision` is a number of decimals from 0 to 400".to_owned());
                }
            };
            Ok(Value::Float(rounded))
        })),
    },
    float!(
        "sqrt",
        "The square root of `number`.",
        "match (a in EKS) return sqrt(2)",
        f64::sqrt
    ),
    float!(
        "exp",
        "The number e to the power of `number`.",
        "match (a in EKS) return exp(1)",
        f64::exp
    ),
    float!(
        "log",
        "The natural logarithm of `number`.",
        "match (a in EKS) return log(10)",
        f64::ln
    ),
    float!(
        "log10",
        "The logarithm of `number` to the base 10.",
        "match (a in EKS) return log10(1000)",
        f64::log10
    ),
    float!(
        "sin",
        "The sine of an angle.",
        "match (a in EKS) return sin(0)",
        f64::sin
    ),
    float!(
        "cos",
        "The cosine of an angle.",
        "match (a in EKS) return cos(0)",
        f64::cos
    ),
    float!(
        "tan",
        "The tangent of an angle.",
        "match (a in EKS) return tan(0)",
        f64::tan
    ),
    float!(
        "cot",
        "The cotangent of an angle.",
        "match (a in EKS) return round(cot(1), 3)",
        |number| number.tan().recip()
    ),
    float!(
        "asin",
        "The angle whose sine is `number`.",
        "match (a in EKS) return asin(0)",
        f64::asin
    ),
    float!(
        "acos",
        "The angle whose cosine is `number`.",
        "match (a in EKS) return acos(1)",
        f64::acos
    ),
    float!(
        "atan",
        "The angle whose tangent is `number`.",
        "match (a in EKS) return atan(0)",
        f64::atan
    ),
    Function {
        name: "atan2",
        params: &[
            Param::required("y", ParamType::Number),
            Param::required("x", ParamType::Number),
        ],
        result: ResultType::Float,
        doc: "The angle from the x axis to the point at `x` and `y`.",
        examples: &["match (a in EKS) return degrees(atan2(1, 1))"],
        does: Does::Value(Scalar::new(|_, given| {
            Ok(Value::Float(number(&given[0]).atan2(number(&given[1]))))
        })),
    },
    float!(
        "degrees",
        "An angle in degrees.",
        "match (a in EKS) return degrees(pi())",
        f64::to_degrees
    ),
    float!(
        "radians",
        "The angle of so many degrees.",
        "match (a in EKS) return radians(180)",
        f64::to_radians
    ),
    Function {
        name: "pi",
        params: &[],
        result: ResultType::Float,
        doc: "The ratio of a circle's circumference to its diameter.",
        examples: &["match (a in EKS) return pi()"],
        does: Does::Value(Scalar::new(|_, _| Ok(Value::Float(std::f64::consts::PI)))),
    },
    Function {
        name: "e",
        params: &[],
        result: ResultType::Float,
        doc: "The base of the natural logarithm.",
        examples: &["match (a in EKS) return e()"],
        does: Does::Value(Scalar::new(|_, _| Ok(Value::Float(std::f64::consts::E)))),
    },
    Function {
        name: "isnan",
        params: &[NUMBER],
        result: ResultType::Boolean,
        doc: "Whether `number` is NaN, the result of what cannot be calculated.",
        examples: &["match (a in EKS) return isNaN(sqrt(-1))"],
        does: Does::Value(Scalar::new(|_, given| {
            Ok(Value::Boolean(number(&given[0]).is_nan()))
        })),
    },
    Function {
        name: "tointeger",
        params: &[VALUE],
        result: ResultType::Integer,
        doc: "A number, or the number that a text writes, cut to a whole number; a truth value as \
              1 or 0. Null for a text that writes no number.",
        examples: &["match (a in EKS) return toInteger(\"3.7\")"],
        does: Does::Value(Scalar::new(|_, given| to_integer(&given[0]))),
    },
    Function {
        name: "tointegerornull",
        params: &[VALUE],
        result: ResultType::Integer,
        doc: "As `tointeger`, but null for whatever cannot be a whole number.",
        examples: &["match (a in EKS) return toIntegerOrNull(3.7)"],
        does: Does::Value(Scalar::new(|_, given| {
            Ok(to_integer(&given[0]).unwrap_or(Value::Null))
        })),
    },
    Function {
        name: "tofloat",
        params: &[VALUE],
        result: ResultType::Float,
        doc: "A number, or the number that a text writes, as a decimal number. Null for a text \
              that writes no number.",
        examples: &["match (a in EKS) return toFloat(\"3.7\")"],
        does: Does::Value(Scalar::new(|_, given| to_float(&given[0]))),
    },
    Function {
        name: "tofloatornull",
        params: &[VALUE],
        result: ResultType::Float,
        doc: "As `tofloat`, but null for whatever cannot be a decimal number.",
        examples: &["match (a in EKS) return toFloatOrNull(\"3.7\")"],
        does: Does::Value(Scalar::new(|_, given| {
            Ok(to_float(&given[0]).unwrap_or(Value::Null))
        })),
    },
    Function {
        name: "toboolean",
        params: &[VALUE],
        result: ResultType::Boolean,
        doc: "The texts `true` and `false` as truth values, in whatever case; of whole numbers, 0 \
              is false. Null for any other text.",
        examples: &["match (a in EKS) return toBoolean(\"true\")"],
        does: Does::Value(Scalar::new(|_, given| to_boolean(&given[0]))),
    },
    Function {
        name: "tobooleanornull",
        params: &[VALUE],
        result: ResultType::Boolean,
        doc: "As `toboolean`, but null for whatever cannot be a truth value.",
        examples: &["match (a in EKS) return toBooleanOrNull(\"TRUE\")"],
        does: Does::Value(Scalar::new(|_, given| {
            Ok(to_boolean(&given[0]).unwrap_or(Value::Null))
        })),
    },
];

/// The number that an argument is, as a float.
fn number(value: &Value) -> f64 {
    as_float(value).expect("`call` checked that it is a number")
}

/// Of two equally near whole numbers the larger. `floor(number + 0.5)` would round twice.
fn round_up(number: f64) -> f64 {
    let below = number.floor();
    if number - below >= 0.5 {
        below + 1.0
    } else {
        below
    }
}

/// To so many decimals of the number as it is written: 1.005 to 1.01, though the float that is
/// nearest to 1.005 lies below it. Half goes away from zero.
fn round_to(number: f64, precision: usize) -> f64 {
    let written = format!("{}", number.abs());
    let Some((whole, decimals)) = written.split_once('.') else {
        return number;
    };
    if decimals.len() <= precision {
        return number;
    }
    let mut digits = [whole.as_bytes(), &decimals.as_bytes()[..precision]].concat();
    let mut carries = decimals.as_bytes()[precision] >= b'5';
    for digit in digits.iter_mut().rev() {
        if !carries {
            break;
        }
        carries = *digit == b'9';
        *digit = if carries { b'0' } else { *digit + 1 };
    }
    let digits = String::from_utf8_lossy(&digits);
    let first = if carries { "1" } else { "" };
    let rounded: f64 = format!("{first}{digits}e-{precision}")
        .parse()
        .expect("digits with an exponent are a number");
    rounded.copysign(number)
}

/// The number that a text writes: `inf` and `nan` are words, and no numbers.
fn written(text: &str) -> Option<f64> {
    let is_digits =
        |text: &str| !text.contains(|c: char| c.is_alphabetic() && c != 'e' && c != 'E');
    let text = text.trim();
    if is_digits(text) {
        text.parse().ok()
    } else {
        None
    }
}

fn to_integer(value: &Value) -> Result<Value, String> {
    let float = match value {
        Value::Integer(_) => return Ok(value.clone()),
        Value::Boolean(truth) => return Ok(Value::Integer(i64::from(*truth))),
        Value::Float(number) => *number,
        Value::Text(text) => match (text.trim().parse::<i64>(), written(text)) {
            (Ok(number), _) => return Ok(Value::Integer(number)),
            (Err(_), Some(number)) => number,
            (Err(_), None) => return Ok(Value::Null),
        },
        other => return Err(not_convertible("tointeger", other)),
    };
    let end = 2.0_f64.powi(63);
    if (-end..end).contains(&float.trunc()) {
        Ok(Value::Integer(float as i64))
    } else {
        Err(format!(
            "`{float:?}` does not fit into a whole number of 64 bits"
        ))
    }
}

fn to_float(value: &Value) -> Result<Value, String> {
    match value {
        Value::Text(text) => Ok(written(text).map_or(Value::Null, Value::Float)),
        other => match as_float(other) {
            Some(number) => Ok(Value::Float(number)),
            None => Err(not_convertible("tofloat", other)),
        },
    }
}

fn to_boolean(value: &Value) -> Result<Value, String> {
    match value {
        Value::Boolean(_) => Ok(value.clone()),
        Value::Integer(number) => Ok(Value::Boolean(*number != 0)),
        Value::Text(text) => Ok(match text.trim().to_lowercase().as_str() {
            "true" => Value::Boolean(true),
            "false" => Value::Boolean(false),
            _ => Value::Null,
        }),
        other => Err(not_convertible("toboolean", other)),
    }
}

fn not_convertible(name: &str, met: &Value) -> String {
    let wanted = match name {
        "toboolean" => "a truth value, a whole number or a text",
        "tofloat" => "a number or a text",
        _ => "a number, a truth value or a text",
    };
    format!("`{name}` wants {wanted}, not {}", type_word(met))
}
