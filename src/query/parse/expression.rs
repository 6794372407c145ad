//! Expressions: a flat run of terms and signs becomes a tree by the ranks of the signs.
//!
//! From loose to tight: `or`, `xor`, `and`, `not`, comparison, tests such as `in` and `is null`,
//! `+ -`, `* / %`, `^`, signs, then postfixes; as in openCypher 9 and its successors.

use pest::iterators::Pair;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Error;
use crate::diagnostic::Span;
use crate::diagnostic::code;
use crate::query::ast::ArithmeticSign;
use crate::query::ast::Ask;
use crate::query::ast::ComparisonSign;
use crate::query::ast::Expression;
use crate::query::ast::ExpressionKind;
use crate::query::ast::Junction;
use crate::query::ast::TextTest;
use crate::query::parse::Reader;
use crate::query::parse::Rule;
use crate::query::parse::only;
use crate::query::parse::syntax;

/// A sign between two terms, or a test behind one.
#[derive(Debug)]
enum Sign {
    Junction(Junction),
    Comparison(ComparisonSign),
    Arithmetic(ArithmeticSign),
    Text(TextTest),
    In(bool),
    /// A test that has no right side.
    InSet(bool, Box<Ask>, Span),
    IsNull(bool, Span),
}

/// A term, and how many `not` stand before it.
#[derive(Debug)]
struct Term {
    negations: Vec<Span>,
    value: Expression,
}

/// A run of terms: a first one, then signs, each with a term unless it is a test.
type Run = (Term, Vec<(Sign, Option<Term>)>);

/// The signs of arithmetic, from loose to tight.
const RANKS: [&[ArithmeticSign]; 3] = [
    &[ArithmeticSign::Add, ArithmeticSign::Subtract],
    &[
        ArithmeticSign::Multiply,
        ArithmeticSign::Divide,
        ArithmeticSign::Remainder,
    ],
    &[ArithmeticSign::Power],
];

impl<'a> Reader<'a> {
    pub(super) fn expression(&self, pair: Pair<'a, Rule>) -> Result<Expression, Error> {
        let mut parts = pair.into_inner();
        let first = self.term(parts.next().expect("an expression begins with a term"))?;
        let mut rest = Vec::new();
        while let Some(part) = parts.next() {
            rest.push(match part.as_rule() {
                Rule::null_test => {
                    let place = self.trimmed(&part);
                    let is_not = part.into_inner().any(|word| word.as_rule() == Rule::kw_not);
                    (Sign::IsNull(is_not, place), None)
                }
                Rule::membership => self.membership(part)?,
                _ => {
                    let sign = sign(&part);
                    let right = parts.next().expect("a sign has a right side");
                    (sign, Some(self.term(right)?))
                }
            });
        }
        self.junction((first, rest), 0)
    }

    /// A term that stands alone.
    pub(super) fn single(&self, pair: Pair<'a, Rule>) -> Result<Expression, Error> {
        let term = self.term(pair)?;
        self.junction((term, Vec::new()), 0)
    }

    fn membership(&self, pair: Pair<'a, Rule>) -> Result<(Sign, Option<Term>), Error> {
        let place = self.trimmed(&pair);
        let mut is_not = false;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_not => is_not = true,
                Rule::set_group => {
                    let query = part.into_inner().nth(1).expect("a group has a query");
                    let ask = Box::new(self.ask(query)?);
                    return Ok((Sign::InSet(is_not, ask, place), None));
                }
                Rule::term => return Ok((Sign::In(is_not), Some(self.term(part)?))),
                _ => {}
            }
        }
        unreachable!("`in` has a right side")
    }

    /// Splits a run at the junctions of a rank: `or`, then `xor`, then `and`.
    fn junction(&self, run: Run, rank: usize) -> Result<Expression, Error> {
        let Some(junction) = [Junction::Or, Junction::Xor, Junction::And].get(rank) else {
            return self.negated(run);
        };
        let is_it = |sign: &Sign| matches!(sign, Sign::Junction(other) if other == junction);
        let mut members = Vec::new();
        for (_, run) in split(run, is_it) {
            members.push(self.junction(run, rank + 1)?);
        }
        Ok(match members.len() {
            1 => members.swap_remove(0),
            _ => {
                let span = members[0].span.to(members[members.len() - 1].span);
                Expression {
                    kind: ExpressionKind::Junction(*junction, members),
                    span,
                }
            }
        })
    }

    /// `not` before a comparison; anywhere else it is refused.
    fn negated(&self, mut run: Run) -> Result<Expression, Error> {
        let negations = std::mem::take(&mut run.0.negations);
        let inner = run.1.iter().find_map(|(_, term)| {
            let negations = &term.as_ref()?.negations;
            negations.first().copied()
        });
        if let Some(place) = inner {
            let hint = "put brackets round it: `a = (not b)`";
            let message = "`not` stands before a whole condition";
            return Err(syntax(place, message, hint));
        }
        let value = self.compared(run)?;
        let Some(first) = negations.first() else {
            return Ok(value);
        };
        let span = first.to(value.span);
        let count = if negations.len() % 2 == 1 { 1 } else { 2 };
        Ok((0..count).fold(value, |value, _| Expression {
            kind: ExpressionKind::Not(Box::new(value)),
            span,
        }))
    }

    fn compared(&self, run: Run) -> Result<Expression, Error> {
        let parts = split(run, |sign| matches!(sign, Sign::Comparison(_)));
        let mut parts = parts.into_iter();
        let (_, first) = parts.next().expect("a run has a first term");
        let first = self.tested(first)?;
        let mut rest = Vec::new();
        for (sign, run) in parts {
            if let Some(Sign::Comparison(sign)) = sign {
                rest.push((sign, self.tested(run)?));
            }
        }
        let Some((_, last)) = rest.last() else {
            return Ok(first);
        };
        let span = first.span.to(last.span);
        Ok(Expression {
            kind: ExpressionKind::Comparison(Box::new(first), rest),
            span,
        })
    }

    /// `in`, `is null` and the tests on texts, from left to right.
    fn tested(&self, run: Run) -> Result<Expression, Error> {
        let is_test = |sign: &Sign| !matches!(sign, Sign::Arithmetic(_));
        let parts = split(run, is_test);
        let mut parts = parts.into_iter();
        let (_, first) = parts.next().expect("a run has a first term");
        let mut value = calculated(first, 0);
        for (depth, (sign, run)) in parts.enumerate() {
            let left = value.span;
            self.check_depth(depth, left)?;
            let value_box = Box::new(value);
            value = match sign {
                Some(Sign::IsNull(is_not, place)) => Expression {
                    kind: ExpressionKind::IsNull(value_box, is_not),
                    span: left.to(place),
                },
                Some(Sign::InSet(is_not, ask, place)) => Expression {
                    kind: ExpressionKind::InSet(value_box, is_not, ask),
                    span: left.to(place),
                },
                Some(Sign::In(is_not)) => {
                    let right = calculated(run, 0);
                    let span = left.to(right.span);
                    Expression {
                        kind: ExpressionKind::In(value_box, is_not, Box::new(right)),
                        span,
                    }
                }
                Some(Sign::Text(test)) => {
                    let right = calculated(run, 0);
                    let span = left.to(right.span);
                    Expression {
                        kind: ExpressionKind::TextTest(value_box, test, Box::new(right)),
                        span,
                    }
                }
                _ => unreachable!("the run was split at tests"),
            };
        }
        Ok(value)
    }

    fn term(&self, pair: Pair<'a, Rule>) -> Result<Term, Error> {
        let mut negations = Vec::new();
        let mut signs: Vec<(bool, Span)> = Vec::new();
        let mut value: Option<Expression> = None;
        let mut depth = 0;
        for part in pair.into_inner() {
            let place = self.trimmed(&part);
            match part.as_rule() {
                Rule::prefix => match only(part).as_rule() {
                    Rule::kw_not if signs.is_empty() => negations.push(place),
                    Rule::kw_not => {
                        let hint = "write `not` first";
                        return Err(syntax(place, "`not` stands behind a sign", hint));
                    }
                    rule => signs.push((rule == Rule::minus, place)),
                },
                Rule::decimal => {
                    let is_negative = signs.last().is_some_and(|(is_minus, _)| *is_minus);
                    value = Some(self.decimal(&part, is_negative)?);
                    if is_negative {
                        signs.pop();
                    }
                }
                Rule::property | Rule::index | Rule::has_label => {
                    depth += 1;
                    self.check_depth(depth, place)?;
                    let base = value.take().expect("a postfix has something before it");
                    value = Some(self.postfix(base, part)?);
                }
                _ => value = Some(self.operand(part)?),
            }
        }
        let value = value.expect("a term has an operand");
        let is_odd = signs.iter().filter(|(is_minus, _)| *is_minus).count() % 2 == 1;
        let value = match signs.first() {
            None => value,
            Some((_, first)) => {
                let span = first.to(value.span);
                let negative = |value: Expression| Expression {
                    kind: ExpressionKind::Negative(Box::new(value)),
                    span,
                };
                let once = negative(value);
                if is_odd { once } else { negative(once) }
            }
        };
        Ok(Term { negations, value })
    }

    fn postfix(&self, base: Expression, pair: Pair<'a, Rule>) -> Result<Expression, Error> {
        let span = base.span.to(self.trimmed(&pair));
        let base_box = Box::new(base);
        let kind = match pair.as_rule() {
            Rule::property => {
                let word = pair.into_inner().nth(1).expect("a dot has a word");
                ExpressionKind::Property(base_box, self.name(&word))
            }
            Rule::has_label => {
                let word = pair.into_inner().nth(1).expect("a colon has a word");
                let name = self.name(&word);
                match base_box.kind {
                    ExpressionKind::HasKinds(inner, mut names) => {
                        names.push(name);
                        ExpressionKind::HasKinds(inner, names)
                    }
                    _ => ExpressionKind::HasKinds(base_box, vec![name]),
                }
            }
            _ => {
                let mut has_dots = false;
                let (mut from, mut to) = (None, None);
                for part in pair.into_inner() {
                    match part.as_rule() {
                        Rule::dots => has_dots = true,
                        Rule::expression if has_dots => to = Some(self.expression(part)?),
                        Rule::expression => from = Some(self.expression(part)?),
                        _ => {}
                    }
                }
                match (has_dots, from) {
                    (false, Some(index)) => ExpressionKind::Index(base_box, Box::new(index)),
                    (_, from) => {
                        ExpressionKind::Slice(base_box, from.map(Box::new), to.map(Box::new))
                    }
                }
            }
        };
        Ok(Expression { kind, span })
    }
}

/// Cuts a run at some signs: each part with the sign before it.
fn split(run: Run, is_cut: impl Fn(&Sign) -> bool) -> Vec<(Option<Sign>, Run)> {
    let (first, rest) = run;
    let mut parts: Vec<(Option<Sign>, Run)> = vec![(None, (first, Vec::new()))];
    for (sign, term) in rest {
        if !is_cut(&sign) {
            let last = parts.last_mut().expect("there is a part");
            last.1.1.push((sign, term));
            continue;
        }
        // A test without a right side stands for itself; its place is taken by nothing.
        let term = term.unwrap_or_else(|| Term {
            negations: Vec::new(),
            value: Expression {
                kind: ExpressionKind::List(Vec::new()),
                span: Span::default(),
            },
        });
        parts.push((Some(sign), (term, Vec::new())));
    }
    parts
}

/// Arithmetic of a rank and those that bind tighter.
fn calculated(run: Run, rank: usize) -> Expression {
    let Some(signs) = RANKS.get(rank) else {
        return run.0.value;
    };
    let is_it = |sign: &Sign| matches!(sign, Sign::Arithmetic(sign) if signs.contains(sign));
    let mut parts = split(run, is_it).into_iter();
    let (_, first) = parts.next().expect("a run has a first term");
    let first = calculated(first, rank + 1);
    let rest: Vec<(ArithmeticSign, Expression)> = parts
        .filter_map(|(sign, run)| match sign {
            Some(Sign::Arithmetic(sign)) => Some((sign, calculated(run, rank + 1))),
            _ => None,
        })
        .collect();
    let Some((_, last)) = rest.last() else {
        return first;
    };
    let span = first.span.to(last.span);
    Expression {
        kind: ExpressionKind::Arithmetic(Box::new(first), rest),
        span,
    }
}

fn sign(pair: &Pair<'_, Rule>) -> Sign {
    let part = only(pair.clone());
    match part.as_rule() {
        Rule::kw_or => Sign::Junction(Junction::Or),
        Rule::kw_xor => Sign::Junction(Junction::Xor),
        Rule::kw_and => Sign::Junction(Junction::And),
        Rule::kw_starts => Sign::Text(TextTest::StartsWith),
        Rule::kw_ends => Sign::Text(TextTest::EndsWith),
        Rule::kw_contains => Sign::Text(TextTest::Contains),
        Rule::regex => Sign::Text(TextTest::Matches),
        Rule::comparison => Sign::Comparison(match part.as_str() {
            "=" => ComparisonSign::Equal,
            "<" => ComparisonSign::Less,
            "<=" => ComparisonSign::LessOrEqual,
            ">" => ComparisonSign::Greater,
            ">=" => ComparisonSign::GreaterOrEqual,
            _ => ComparisonSign::Unequal,
        }),
        _ => Sign::Arithmetic(match part.as_str() {
            "+" => ArithmeticSign::Add,
            "-" => ArithmeticSign::Subtract,
            "*" => ArithmeticSign::Multiply,
            "/" => ArithmeticSign::Divide,
            "%" => ArithmeticSign::Remainder,
            _ => ArithmeticSign::Power,
        }),
    }
}

impl Reader<'_> {
    /// A number; its sign is read with it, so that the smallest integer can be written.
    pub(super) fn decimal(
        &self,
        pair: &Pair<'_, Rule>,
        is_negative: bool,
    ) -> Result<Expression, Error> {
        let span = self.span(pair);
        let sign = if is_negative { "-" } else { "" };
        let text = format!("{sign}{}", pair.as_str());
        let is_float = text.contains(['.', 'e', 'E']);
        let literal = if is_float {
            let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
            number.map(crate::query::ast::Literal::Float)
        } else {
            text.parse().ok().map(crate::query::ast::Literal::Integer)
        };
        match literal {
            Some(literal) => Ok(Expression {
                kind: ExpressionKind::Literal(literal),
                span,
            }),
            None => {
                let message = "the number is too large";
                let finding = Diagnostic::error(&code::SYNTAX, span, message).hint(
                    "whole numbers go up to 9223372036854775807; write `1e30` for a float"
                        .to_owned(),
                );
                Err(finding.into())
            }
        }
    }
}
