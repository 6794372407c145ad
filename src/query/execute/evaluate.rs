//! Expressions on a row: what they give, with null and three-valued logic as GQL has them.

use std::ops::ControlFlow;
use std::rc::Rc;

use regex::Regex;

use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::model::List;
use crate::model::Value;
use crate::query::ast::ComparisonSign;
use crate::query::ast::Junction;
use crate::query::ast::TextTest;
use crate::query::bound::Case;
use crate::query::bound::Each;
use crate::query::bound::Expression;
use crate::query::bound::Place;
use crate::query::bound::Quantifier;
use crate::query::bound::Reduction;
use crate::query::bound::SubqueryId;
use crate::query::execute::logic::compare;
use crate::query::execute::logic::quantified;
use crate::query::execute::logic::slice;
use crate::query::execute::logic::some;
use crate::query::execute::logic::truth_of;
use crate::query::execute::logic::truth_value;
use crate::query::execute::logic::wrong;
use crate::query::execute::membership::is_in_set;
use crate::query::execute::rows::Row;
use crate::query::execute::rows::RowRun;
use crate::query::execute::rows::check_weight;
use crate::query::function::Function;
use crate::query::function::ParamType;
use crate::query::value;

/// How many compiled regular expressions are kept.
const REGEXES_MAX: usize = 64;

impl RowRun<'_> {
    /// The value of an expression on a row. The row is as it was afterwards.
    ///
    /// Errors: a fault of the budget, or a diagnostic at the part that has no value.
    pub(super) fn evaluate(
        &self,
        expression: &Expression,
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<Value, Error> {
        Ok(match expression {
            Expression::Constant(value) => value.clone(),
            Expression::Parameter(parameter) => self.run.given[parameter.0].value.clone(),
            Expression::Slot(slot) => row[slot.0].clone(),
            Expression::Member(base, member) => {
                let base = self.evaluate(base, row, budget)?;
                self.member(&base, member, budget)?
            }
            Expression::Not(inner, place) => {
                let truth = self.evaluate(inner, row, budget)?;
                truth_value(truth_of(&truth, *place)?.map(|truth| !truth))
            }
            Expression::Negative(inner, place) => {
                let number = self.evaluate(inner, row, budget)?;
                value::negate(&number).map_err(|reason| wrong(*place, reason))?
            }
            Expression::Junction(junction, members, place) => {
                self.junction(*junction, members, *place, row, budget)?
            }
            Expression::Comparison(first, rest) => self.comparison(first, rest, row, budget)?,
            Expression::Arithmetic(first, rest, place) => {
                let mut total = self.evaluate(first, row, budget)?;
                for (sign, right) in rest {
                    let right = self.evaluate(right, row, budget)?;
                    let result = value::calculate(*sign, &total, &right);
                    total = result.map_err(|why| wrong(*place, why))?;
                }
                total
            }
            Expression::IsNull(inner, is_not) => {
                let is_null = match self.evaluate(inner, row, budget)? {
                    Value::Null => true,
                    // A set without members is what the end of a relation that leads nowhere is.
                    Value::List(members) => {
                        members.is_empty() && matches!(**inner, Expression::Set(_))
                    }
                    _ => false,
                };
                Value::Boolean(is_null != *is_not)
            }
            other => self.evaluate_test(other, row, budget)?,
        })
    }

    /// Tests on texts, kinds, lists and sets.
    fn evaluate_test(
        &self,
        expression: &Expression,
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<Value, Error> {
        Ok(match expression {
            Expression::TextTest(left, test, right, place) => {
                let is_many = left.is_many();
                let left = self.evaluate(left, row, budget)?;
                let right = self.evaluate(right, row, budget)?;
                // A text is looked through for each row, and a pattern may be new for each.
                budget.spend(value::weight(&left) + value::weight(&right))?;
                let test = |left: &Value| self.text_test(left, *test, &right, *place);
                truth_value(some(&left, is_many, test)?)
            }
            Expression::HasKinds(inner, test, place) => match self.evaluate(inner, row, budget)? {
                Value::Null => Value::Null,
                Value::Entity(entity) => Value::Boolean(self.has_kinds(test, entity)),
                other => {
                    let met = value::type_word(&other);
                    return Err(wrong(*place, format!("{met} has no kind")));
                }
            },
            Expression::In(left, is_not, list, place) => {
                let is_several = left.is_many();
                let left = self.evaluate(left, row, budget)?;
                let list = match (self.evaluate(list, row, budget)?, list.is_many()) {
                    (value, true) => as_list(value),
                    (value, false) => value,
                };
                let is_in = |left: &Value| self.lists.contains(&list, left, *place, budget);
                let truth = some(&left, is_several, is_in)?;
                truth_value(truth.map(|truth| truth != *is_not))
            }
            Expression::InSet(left, is_not, set, ..) => {
                let left = self.evaluate(left, row, budget)?;
                let set = self.set(*set, row, budget)?;
                truth_value(is_in_set(&set, &left).map(|truth| truth != *is_not))
            }
            other => self.evaluate_compound(other, row, budget)?,
        })
    }

    /// Forms that make lists, run over them, branch, or run subqueries.
    fn evaluate_compound(
        &self,
        expression: &Expression,
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<Value, Error> {
        Ok(match expression {
            Expression::Set(set) => {
                let members = self.set(*set, row, budget)?;
                budget.spend(members.len() as u64)?;
                let members = self.run.by_name(&members, budget)?;
                Value::List(members.into_iter().map(Value::Entity).collect())
            }
            Expression::Call(function, arguments, place) => {
                self.call(function, arguments, *place, row, budget)?
            }
            Expression::List(members) => {
                let values = members
                    .iter()
                    .map(|member| self.evaluate(member, row, budget));
                sized(Value::List(values.collect::<Result<_, Error>>()?))?
            }
            Expression::Map(entries) => {
                let mut map = std::collections::BTreeMap::new();
                for (key, value) in entries {
                    map.insert(key.clone(), self.evaluate(value, row, budget)?);
                }
                sized(Value::Map(map))?
            }
            Expression::Index(base, index, place) => {
                let base = self.evaluate(base, row, budget)?;
                let index = self.evaluate(index, row, budget)?;
                self.index(&base, &index, *place, budget)?
            }
            Expression::Slice(base, from, to, place) => {
                let base = self.evaluate(base, row, budget)?;
                let mut end = |end: &Option<Box<Expression>>| match end {
                    None => Ok(None),
                    Some(end) => self.evaluate(end, row, budget).map(Some),
                };
                let (from, to) = (end(from)?, end(to)?);
                slice(&base, from.as_ref(), to.as_ref(), *place)?
            }
            Expression::Case(case) => self.case(case, row, budget)?,
            Expression::Quantified(quantifier, each, place) => {
                self.quantify(*quantifier, each, *place, row, budget)?
            }
            Expression::Comprehension(each, result, place) => {
                self.comprehend(each, result.as_deref(), *place, row, budget)?
            }
            Expression::Reduce(reduction, place) => self.reduce(reduction, *place, row, budget)?,
            Expression::Exists(subquery) => {
                Value::Boolean(self.count_of(*subquery, 1, row, budget)? > 0)
            }
            Expression::CountOf(subquery) => {
                Value::Integer(self.count_of(*subquery, i64::MAX, row, budget)?)
            }
            Expression::Collect(subquery, result) => {
                self.collect(*subquery, result, row, budget)?
            }
            other => unreachable!("{other:?} is evaluated before"),
        })
    }

    /// How many rows a subquery has; no more than `most` are looked for.
    fn count_of(
        &self,
        subquery: SubqueryId,
        most: i64,
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<i64, Error> {
        let mut count = 0;
        self.subquery(subquery, row, budget, &mut |_, _| {
            count += 1;
            Ok(match count < most {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            })
        })?;
        Ok(count)
    }

    fn call(
        &self,
        function: &Function,
        arguments: &[Expression],
        place: Place,
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<Value, Error> {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let value = self.evaluate(argument, row, budget)?;
            let is_step = matches!(argument, Expression::Member(_, member)
                if member.step.is_some());
            let wants_list = is_step && takes_list(function);
            values.push(if wants_list { as_list(value) } else { value });
        }
        let result = function.call(&self.scope(), &values);
        result.map_err(|reason| wrong(place, reason))
    }

    /// Whether as many elements of a list fit as are wanted.
    fn quantify(
        &self,
        quantifier: Quantifier,
        each: &Each,
        place: Place,
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<Value, Error> {
        let condition = each.condition.as_ref();
        let condition = condition.expect("a quantifier has a condition");
        let mut truths = Vec::new();
        let test = |run: &Self, row: &mut Row, budget: &mut Budget| {
            let truth = run.evaluate(condition, row, budget)?;
            truths.push(truth_of(&truth, place)?);
            Ok(())
        };
        Ok(match self.for_each(each, place, row, budget, test)? {
            false => Value::Null,
            true => truth_value(quantified(quantifier, &truths)),
        })
    }

    /// A list made of another: of the elements that fit, what is asked of each.
    fn comprehend(
        &self,
        each: &Each,
        result: Option<&Expression>,
        place: Place,
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<Value, Error> {
        let mut values = Vec::new();
        let mut weight = 0;
        let collect = |run: &Self, row: &mut Row, budget: &mut Budget| {
            if let Some(condition) = &each.condition {
                let truth = run.evaluate(condition, row, budget)?;
                if truth_of(&truth, place)? != Some(true) {
                    return Ok(());
                }
            }
            let value = match result {
                Some(result) => run.evaluate(result, row, budget)?,
                None => row[each.slot.0].clone(),
            };
            weight += value::weight(&value);
            values.push(value);
            check_weight(weight)
        };
        Ok(match self.for_each(each, place, row, budget, collect)? {
            false => Value::Null,
            true => sized(Value::List(values.into()))?,
        })
    }

    /// Whether all, any, or an odd number of conditions hold; stops where nothing can change it.
    fn junction(
        &self,
        junction: Junction,
        members: &[Expression],
        place: Place,
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<Value, Error> {
        let mut result = Some(junction == Junction::And);
        for member in members {
            let truth = self.evaluate(member, row, budget)?;
            let truth = truth_of(&truth, place)?;
            result = match (junction, result, truth) {
                (Junction::Or, _, Some(true)) => return Ok(Value::Boolean(true)),
                (Junction::And, _, Some(false)) => return Ok(Value::Boolean(false)),
                (Junction::Xor, Some(one), Some(other)) => Some(one != other),
                (_, Some(_), Some(_)) => result,
                _ => None,
            };
        }
        Ok(truth_value(result))
    }

    fn comparison(
        &self,
        first: &Expression,
        rest: &[(ComparisonSign, Expression)],
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<Value, Error> {
        let mut left = self.evaluate(first, row, budget)?;
        let mut left_is_many = first.is_many();
        let mut result = Some(true);
        for (sign, right) in rest {
            let right_is_many = right.is_many();
            let right = self.evaluate(right, row, budget)?;
            let truth = some(&left, left_is_many, |left| {
                some(&right, right_is_many, |right| {
                    self.note_mixed(*sign, left, right);
                    Ok(compare(*sign, left, right))
                })
            })?;
            result = match (result, truth) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
            (left, left_is_many) = (right, right_is_many);
        }
        Ok(truth_value(result))
    }

    fn text_test(
        &self,
        left: &Value,
        test: TextTest,
        right: &Value,
        place: Place,
    ) -> Result<Option<bool>, Error> {
        let (Value::Text(left), Value::Text(right)) = (left, right) else {
            return Ok(None);
        };
        Ok(Some(match test {
            TextTest::StartsWith => left.starts_with(right.as_str()),
            TextTest::EndsWith => left.ends_with(right.as_str()),
            TextTest::Contains => left.contains(right.as_str()),
            TextTest::Matches => {
                let regex = self.regex(right).map_err(|reason| wrong(place, reason))?;
                regex.is_match(left)
            }
        }))
    }

    /// A compiled regular expression, which is kept for the next row. A clone of its own would find
    /// out anew what the last row has found out.
    fn regex(&self, pattern: &str) -> Result<Rc<Regex>, String> {
        let mut known = self.regexes.borrow_mut();
        if let Some(regex) = known.get(pattern) {
            return Ok(Rc::clone(regex));
        }
        let regex = Rc::new(value::regex(pattern)?);
        if known.len() >= REGEXES_MAX {
            known.clear();
        }
        known.insert(pattern.to_owned(), Rc::clone(&regex));
        Ok(regex)
    }

    fn case(&self, case: &Case, row: &mut Row, budget: &mut Budget) -> Result<Value, Error> {
        let operand = match &case.operand {
            Some(operand) => Some(self.evaluate(operand, row, budget)?),
            None => None,
        };
        for (when, then) in &case.branches {
            let when = self.evaluate(when, row, budget)?;
            let holds = match &operand {
                Some(operand) => value::equals(operand, &when) == Some(true),
                None => when == Value::Boolean(true),
            };
            if holds {
                return self.evaluate(then, row, budget);
            }
        }
        match &case.otherwise {
            Some(otherwise) => self.evaluate(otherwise, row, budget),
            None => Ok(Value::Null),
        }
    }

    /// Calls `body` with each element of a list in its slot; false if the list is null.
    fn for_each(
        &self,
        each: &Each,
        place: Place,
        row: &mut Row,
        budget: &mut Budget,
        mut body: impl FnMut(&Self, &mut Row, &mut Budget) -> Result<(), Error>,
    ) -> Result<bool, Error> {
        let list = self.evaluate(&each.list, row, budget)?;
        let list = if each.list.is_many() {
            as_list(list)
        } else {
            list
        };
        let elements = match list {
            Value::Null => return Ok(false),
            Value::List(elements) => elements,
            other => {
                let met = value::type_word(&other);
                return Err(wrong(place, format!("a list is wanted, and this is {met}")));
            }
        };
        let before = std::mem::replace(&mut row[each.slot.0], Value::Null);
        for element in elements {
            budget.spend(1)?;
            row[each.slot.0] = element;
            body(self, row, budget)?;
        }
        row[each.slot.0] = before;
        Ok(true)
    }

    fn reduce(
        &self,
        reduction: &Reduction,
        place: Place,
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<Value, Error> {
        let start = self.evaluate(&reduction.start, row, budget)?;
        let before = std::mem::replace(&mut row[reduction.total.0], start);
        let each = Each {
            slot: reduction.slot,
            list: reduction.list.clone(),
            condition: None,
        };
        let is_list = self.for_each(&each, place, row, budget, |run, row, budget| {
            let next = run.evaluate(&reduction.step, row, budget)?;
            row[reduction.total.0] = next;
            Ok(())
        })?;
        let total = std::mem::replace(&mut row[reduction.total.0], before);
        Ok(if is_list { total } else { Value::Null })
    }
}

/// A value that was made, if it is neither too large nor too deep.
fn sized(value: Value) -> Result<Value, Error> {
    match value::check_size(&value) {
        Ok(()) => Ok(value),
        Err(reason) => Err(wrong(Place::default(), reason)),
    }
}

/// Whether a function has lists among its arguments.
fn takes_list(function: &Function) -> bool {
    let lists = [ParamType::List, ParamType::Sequence];
    function
        .params
        .iter()
        .any(|param| lists.contains(&param.is))
}

/// What stands for several values as a list: none for null, one for itself.
fn as_list(value: Value) -> Value {
    match value {
        Value::Null => Value::List(List::default()),
        value @ Value::List(_) => value,
        value => Value::List(vec![value].into()),
    }
}
