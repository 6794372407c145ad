//! Aggregates: one value made of the values of many rows, the same in whatever order they come.

use crate::model::Snapshot;
use crate::model::Value;
use crate::query::function::Does;
use crate::query::function::Function;
use crate::query::function::Param;
use crate::query::function::ParamType;
use crate::query::function::Reads;
use crate::query::function::ResultType;
use crate::query::function::scalar::count;
use crate::query::function::sum::Sum;
use crate::query::value;
use crate::query::value::as_float;
use crate::query::value::order;
use crate::query::value::type_word;

const VALUE: Param = Param::required("value", ParamType::Any);
const NUMBER: Param = Param::required("number", ParamType::Number);

/// How many, how much, which, and how far apart.
pub(super) static FUNCTIONS: &[Function] = &[
    Function {
        name: "count",
        params: &[VALUE],
        result: ResultType::Integer,
        doc: "How many values there are that are not null; `count(*)` counts rows.",
        examples: &["match (a in EKS)-[e]->(b) return count(b)"],
        does: Does::Aggregate(Reads::HowMany, || Accumulator::of(Count::default())),
    },
    Function {
        name: "sum",
        params: &[NUMBER],
        result: ResultType::Number,
        doc: "The sum of the numbers, null if there is none. Whole numbers add up to a whole \
              number; decimal ones are added exactly and rounded once.",
        examples: &["match (a in EKS)-[e]->(b) return sum(size(b.name))"],
        does: Does::Aggregate(Reads::InAnyOrder, || Accumulator::of(Total::default())),
    },
    Function {
        name: "avg",
        params: &[NUMBER],
        result: ResultType::Float,
        doc: "The mean of the numbers; null if there is none.",
        examples: &["match (a in EKS)-[e]->(b) return avg(size(b.name))"],
        does: Does::Aggregate(Reads::InAnyOrder, || Accumulator::of(Mean::default())),
    },
    Function {
        name: "min",
        params: &[VALUE],
        result: ResultType::Value,
        doc: "The value that `order by` puts first; null if there is none.",
        examples: &["match (a in EKS)-[e]->(b) return min(b.name)"],
        does: Does::Aggregate(Reads::Which, || Accumulator::of(Extreme::Least(None))),
    },
    Function {
        name: "max",
        params: &[VALUE],
        result: ResultType::Value,
        doc: "The value that `order by` puts last, nulls aside; null if there is none.",
        examples: &["match (a in EKS)-[e]->(b) return max(b.name)"],
        does: Does::Aggregate(Reads::Which, || Accumulator::of(Extreme::Greatest(None))),
    },
    Function {
        name: "collect",
        params: &[VALUE],
        result: ResultType::List,
        doc: "The values that are not null as a list, in the order of the rows.",
        examples: &["match (a in EKS)-[e]->(b) return collect(b.name)"],
        does: Does::Aggregate(Reads::InOrder, || Accumulator::of(Collection::default())),
    },
    Function {
        name: "stdev",
        params: &[NUMBER],
        result: ResultType::Float,
        doc: "The standard deviation of the numbers as a sample of more; 0 if there are fewer than \
              two.",
        examples: &["match (a in EKS)-[e]->(b) return stDev(size(b.name))"],
        does: Does::Aggregate(Reads::InOrder, || Accumulator::of(Deviation::new(1))),
    },
    Function {
        name: "stdevp",
        params: &[NUMBER],
        result: ResultType::Float,
        doc: "The standard deviation of the numbers as all there are; 0 if there are none.",
        examples: &["match (a in EKS)-[e]->(b) return stDevP(size(b.name))"],
        does: Does::Aggregate(Reads::InOrder, || Accumulator::of(Deviation::new(0))),
    },
];

/// The state of an aggregate over the rows of one group.
///
/// `distinct` is the caller's: it adds each value once, by `query::value::Key`.
pub struct Accumulator(Box<dyn Accumulate>);

impl std::fmt::Debug for Accumulator {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Accumulator")
    }
}

impl Accumulator {
    fn of(state: impl Accumulate + 'static) -> Accumulator {
        Accumulator(Box::new(state))
    }

    /// Takes the value of so many other rows; null changes nothing.
    ///
    /// Errors, as messages without a place: a value of a type that the aggregate cannot take.
    pub fn add(&mut self, snapshot: &Snapshot, value: &Value, rows: u64) -> Result<(), String> {
        match value {
            Value::Null => Ok(()),
            value => self.0.add_often(snapshot, value, rows),
        }
    }

    /// The value of the rows so far.
    ///
    /// Errors: a sum of whole numbers that does not fit into 64 bits. It is known only here,
    /// because on the way a sum may be larger than at its end.
    pub fn finish(self) -> Result<Value, String> {
        self.0.finish()
    }
}

/// What an aggregate does; no value that it sees is null.
trait Accumulate: Send {
    fn add(&mut self, snapshot: &Snapshot, value: &Value) -> Result<(), String>;

    /// Adds the value of so many rows.
    fn add_often(&mut self, snapshot: &Snapshot, value: &Value, rows: u64) -> Result<(), String> {
        (0..rows).try_for_each(|_| self.add(snapshot, value))
    }

    fn finish(self: Box<Self>) -> Result<Value, String>;
}

#[derive(Default)]
struct Count(usize);

impl Accumulate for Count {
    fn add(&mut self, _: &Snapshot, _: &Value) -> Result<(), String> {
        self.0 += 1;
        Ok(())
    }

    fn add_often(&mut self, _: &Snapshot, _: &Value, rows: u64) -> Result<(), String> {
        self.0 = self
            .0
            .saturating_add(usize::try_from(rows).unwrap_or(usize::MAX));
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Value, String> {
        // Joins count without making rows, up to where a number stays at its greatest.
        match self.0 as u64 > i64::MAX as u64 {
            true => Err("the count does not fit into 64 bits".to_owned()),
            false => Ok(count(self.0)),
        }
    }
}

/// Whole and decimal numbers apart: the one sum is checked, the other exact until it is rounded.
#[derive(Default)]
struct Total {
    integers: i128,
    floats: Sum,
    has_floats: bool,
    /// Whether there was any number: a sum of nothing is null, as in SQL and GQL.
    has_any: bool,
}

impl Total {
    fn add(&mut self, name: &str, value: &Value) -> Result<(), String> {
        self.has_any = true;
        match value {
            // Fewer than 2^64 numbers of 64 bits do not overflow 128 bits.
            Value::Integer(number) => self.integers += i128::from(*number),
            other => {
                self.floats.add(float(name, other)?);
                self.has_floats = true;
            }
        }
        Ok(())
    }

    fn sum(&self) -> Sum {
        let mut sum = self.floats.clone();
        sum.add_integer(self.integers);
        sum
    }
}

impl Accumulate for Total {
    fn add(&mut self, _: &Snapshot, value: &Value) -> Result<(), String> {
        self.add("sum", value)
    }

    fn finish(self: Box<Self>) -> Result<Value, String> {
        if !self.has_any {
            return Ok(Value::Null);
        }
        if self.has_floats {
            return Ok(Value::Float(self.sum().divided(1.0)));
        }
        let sum = self.integers;
        i64::try_from(sum).map(Value::Integer).map_err(|_| {
            format!(
                "integer overflow: the sum {sum} does not fit into 64 bits; make its numbers \
                 floats, as in `sum(tofloat(x))`"
            )
        })
    }
}

#[derive(Default)]
struct Mean {
    total: Total,
    numbers: usize,
}

impl Accumulate for Mean {
    fn add(&mut self, _: &Snapshot, value: &Value) -> Result<(), String> {
        self.numbers += 1;
        self.total.add("avg", value)
    }

    fn finish(self: Box<Self>) -> Result<Value, String> {
        Ok(match self.numbers {
            0 => Value::Null,
            numbers => Value::Float(self.total.sum().divided(numbers as f64)),
        })
    }
}

enum Extreme {
    Least(Option<Value>),
    Greatest(Option<Value>),
}

impl Accumulate for Extreme {
    fn add(&mut self, snapshot: &Snapshot, value: &Value) -> Result<(), String> {
        let (held, wanted) = match self {
            Extreme::Least(held) => (held, std::cmp::Ordering::Less),
            Extreme::Greatest(held) => (held, std::cmp::Ordering::Greater),
        };
        let is_better = held
            .as_ref()
            .is_none_or(|held| order(snapshot, value, held) == wanted);
        if is_better {
            *held = Some(value.clone());
        }
        Ok(())
    }

    fn add_often(&mut self, snapshot: &Snapshot, value: &Value, _: u64) -> Result<(), String> {
        self.add(snapshot, value)
    }

    fn finish(self: Box<Self>) -> Result<Value, String> {
        let (Extreme::Least(held) | Extreme::Greatest(held)) = *self;
        Ok(held.unwrap_or(Value::Null))
    }
}

#[derive(Default)]
struct Collection(Vec<Value>);

impl Accumulate for Collection {
    fn add(&mut self, _: &Snapshot, value: &Value) -> Result<(), String> {
        self.0.push(value.clone());
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Value, String> {
        let list = Value::List(self.0.into());
        value::check_depth(&list)?;
        Ok(list)
    }
}

/// Keeps the numbers: the distances to the mean are known only when the mean is.
struct Deviation {
    numbers: Vec<f64>,
    /// How many fewer than the numbers the sum of squares is divided by.
    fewer: usize,
}

impl Deviation {
    fn new(fewer: usize) -> Deviation {
        Deviation {
            numbers: Vec::new(),
            fewer,
        }
    }
}

impl Accumulate for Deviation {
    fn add(&mut self, _: &Snapshot, value: &Value) -> Result<(), String> {
        let name = if self.fewer == 1 { "stdev" } else { "stdevp" };
        self.numbers.push(float(name, value)?);
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Value, String> {
        let count = self.numbers.len();
        if count <= self.fewer {
            return Ok(Value::Float(0.0));
        }
        let numbers = self.numbers.iter().copied();
        let mean = numbers.clone().collect::<Sum>().divided(count as f64);
        let squares: Sum = numbers.map(|number| (number - mean).powi(2)).collect();
        let variance = squares.divided((count - self.fewer) as f64);
        Ok(Value::Float(variance.sqrt()))
    }
}

fn float(name: &str, value: &Value) -> Result<f64, String> {
    as_float(value).ok_or_else(|| format!("`{name}` wants numbers, not {}", type_word(value)))
}
