//! Resolved expressions as text.

use crate::model::Snapshot;
use crate::model::Value;
use crate::query::ast::ArithmeticSign;
use crate::query::ast::ComparisonSign;
use crate::query::ast::Junction;
use crate::query::ast::TextTest;
use crate::query::bound::Each;
use crate::query::bound::Expression;
use crate::query::bound::Quantifier;
use crate::query::bound::Rows;
use crate::query::bound::Slot;
use crate::query::explain::rows::kinds_text;
use crate::query::scan;

/// Writes expressions of some rows.
pub(super) struct Writer<'a> {
    pub(super) rows: &'a Rows,
    /// The names of the sets they use.
    pub(super) sets: &'a [String],
    pub(super) snapshot: &'a Snapshot,
}

impl Writer<'_> {
    /// The name of a slot, with its number where it has none.
    pub(super) fn slot(&self, slot: Slot) -> String {
        match self.rows.slots.get(slot.0).map(String::as_str) {
            None | Some("") => format!("_{}", slot.0),
            Some(name) => name.to_owned(),
        }
    }

    /// An expression, with brackets round every part that has parts.
    pub(super) fn text(&self, expression: &Expression) -> String {
        let list = |members: &[Expression], joint: &str| {
            let members: Vec<String> = members.iter().map(|member| self.inner(member)).collect();
            members.join(joint)
        };
        match expression {
            Expression::Constant(value) => constant(value),
            Expression::Parameter(parameter) => format!("parameter {}", parameter.0),
            Expression::Slot(slot) => self.slot(*slot),
            Expression::Member(base, member) => format!("{}.{}", self.inner(base), member.name),
            Expression::Index(base, index, _) => {
                format!("{}[{}]", self.inner(base), self.text(index))
            }
            Expression::Slice(base, from, to, _) => {
                let end = |end: &Option<Box<Expression>>| {
                    end.as_ref().map_or(String::new(), |end| self.text(end))
                };
                format!("{}[{}..{}]", self.inner(base), end(from), end(to))
            }
            Expression::HasKinds(base, test, _) => {
                format!("{}:{}", self.inner(base), kinds_text(test, self.snapshot))
            }
            Expression::Not(inner, _) => format!("not {}", self.inner(inner)),
            Expression::Negative(inner, _) => format!("-{}", self.inner(inner)),
            Expression::Junction(junction, members, _) => list(
                members,
                match junction {
                    Junction::Or => " or ",
                    Junction::Xor => " xor ",
                    Junction::And => " and ",
                },
            ),
            Expression::Comparison(first, rest) => {
                let rest = rest
                    .iter()
                    .map(|(sign, right)| format!(" {} {}", comparison(*sign), self.inner(right)));
                self.inner(first) + &rest.collect::<String>()
            }
            Expression::Arithmetic(first, rest, _) => {
                let rest = rest
                    .iter()
                    .map(|(sign, right)| format!(" {} {}", arithmetic(*sign), self.inner(right)));
                self.inner(first) + &rest.collect::<String>()
            }
            Expression::IsNull(inner, is_not) => {
                let word = if *is_not { "is not null" } else { "is null" };
                format!("{} {word}", self.inner(inner))
            }
            Expression::TextTest(left, test, right, _) => {
                let word = match test {
                    TextTest::StartsWith => "starts with",
                    TextTest::EndsWith => "ends with",
                    TextTest::Contains => "contains",
                    TextTest::Matches => "=~",
                };
                format!("{} {word} {}", self.inner(left), self.inner(right))
            }
            other => self.test(other),
        }
    }

    /// Memberships, calls, lists and maps.
    fn test(&self, expression: &Expression) -> String {
        let list = |members: &[Expression], joint: &str| {
            let members: Vec<String> = members.iter().map(|member| self.inner(member)).collect();
            members.join(joint)
        };
        match expression {
            Expression::In(left, is_not, right, _) => {
                let word = if *is_not { "not in" } else { "in" };
                format!("{} {word} {}", self.inner(left), self.inner(right))
            }
            Expression::InSet(left, is_not, set, ..) => {
                let word = if *is_not { "not in" } else { "in" };
                format!("{} {word} {}", self.inner(left), self.sets[set.0])
            }
            Expression::Set(set) => self.sets[set.0].clone(),
            Expression::Call(function, arguments, _) => {
                let arguments: Vec<String> = arguments.iter().map(|it| self.text(it)).collect();
                format!("{}({})", function.name, arguments.join(", "))
            }
            Expression::List(members) => format!("[{}]", list(members, ", ")),
            Expression::Map(entries) => {
                let entries = entries
                    .iter()
                    .map(|(key, value)| format!("{key}: {}", self.text(value)));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }
            other => self.compound(other),
        }
    }

    fn compound(&self, expression: &Expression) -> String {
        match expression {
            Expression::Quantified(quantifier, each, _) => {
                let word = match quantifier {
                    Quantifier::All => "all",
                    Quantifier::Any => "any",
                    Quantifier::None => "none",
                    Quantifier::Single => "single",
                };
                format!("{word}({})", self.each(each))
            }
            Expression::Comprehension(each, result, _) => {
                let result = result.as_ref();
                let result = result.map_or(String::new(), |it| format!(" | {}", self.text(it)));
                format!("[{}{result}]", self.each(each))
            }
            Expression::Reduce(reduction, _) => format!(
                "reduce({} = {}, {} in {} | {})",
                self.slot(reduction.total),
                self.text(&reduction.start),
                self.slot(reduction.slot),
                self.text(&reduction.list),
                self.text(&reduction.step)
            ),
            Expression::Case(case) => {
                let mut text = "case".to_owned();
                if let Some(operand) = &case.operand {
                    text += &format!(" {}", self.text(operand));
                }
                for (when, then) in &case.branches {
                    text += &format!(" when {} then {}", self.text(when), self.text(then));
                }
                if let Some(otherwise) = &case.otherwise {
                    text += &format!(" else {}", self.text(otherwise));
                }
                text + " end"
            }
            Expression::Exists(subquery) => format!("exists subquery {}", subquery.0),
            Expression::CountOf(subquery) => format!("count subquery {}", subquery.0),
            Expression::Collect(subquery, result) => {
                format!("[subquery {} | {}]", subquery.0, self.text(result))
            }
            other => unreachable!("{other:?} is written before"),
        }
    }

    fn each(&self, each: &Each) -> String {
        let condition = each.condition.as_ref();
        let condition = condition.map_or(String::new(), |it| format!(" where {}", self.text(it)));
        let (slot, list) = (self.slot(each.slot), self.text(&each.list));
        format!("{slot} in {list}{condition}")
    }

    /// The same, in brackets if it has signs between its parts.
    fn inner(&self, expression: &Expression) -> String {
        let is_compound = matches!(
            expression,
            Expression::Not(..)
                | Expression::Junction(..)
                | Expression::Comparison(..)
                | Expression::Arithmetic(..)
                | Expression::IsNull(..)
                | Expression::TextTest(..)
                | Expression::In(..)
                | Expression::InSet(..)
        );
        match is_compound {
            true => format!("({})", self.text(expression)),
            false => self.text(expression),
        }
    }
}

fn constant(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Boolean(truth) => truth.to_string(),
        Value::Date(date) => date.text().to_owned(),
        Value::Text(text) => match scan::written(text) {
            bare if bare == *text => format!("\"{bare}\""),
            quoted => quoted,
        },
        other => crate::query::value::number_text(other).unwrap_or_else(|| "…".to_owned()),
    }
}

fn comparison(sign: ComparisonSign) -> &'static str {
    match sign {
        ComparisonSign::Equal => "=",
        ComparisonSign::Unequal => "<>",
        ComparisonSign::Less => "<",
        ComparisonSign::LessOrEqual => "<=",
        ComparisonSign::Greater => ">",
        ComparisonSign::GreaterOrEqual => ">=",
    }
}

fn arithmetic(sign: ArithmeticSign) -> &'static str {
    match sign {
        ArithmeticSign::Add => "+",
        ArithmeticSign::Subtract => "-",
        ArithmeticSign::Multiply => "*",
        ArithmeticSign::Divide => "/",
        ArithmeticSign::Remainder => "%",
        ArithmeticSign::Power => "^",
    }
}
