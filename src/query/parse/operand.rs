//! What expressions are made of: literals, calls, lists, maps, cases and subqueries.

use pest::iterators::Pair;

use crate::diagnostic::Error;
use crate::diagnostic::Span;
use crate::query::ast::Arguments;
use crate::query::ast::Case;
use crate::query::ast::Each;
use crate::query::ast::Expression;
use crate::query::ast::ExpressionKind;
use crate::query::ast::Literal;
use crate::query::ast::Name;
use crate::query::ast::Reduction;
use crate::query::ast::Set;
use crate::query::ast::SetKind;
use crate::query::ast::Subquery;
use crate::query::function;
use crate::query::parse::Reader;
use crate::query::parse::Rule;
use crate::query::parse::inner;
use crate::query::parse::syntax;

/// Functions that take a variable and a condition instead of arguments.
const QUANTIFIERS: [&str; 4] = ["all", "any", "none", "single"];

impl<'a> Reader<'a> {
    pub(super) fn operand(&self, pair: Pair<'a, Rule>) -> Result<Expression, Error> {
        let span = self.trimmed(&pair);
        let kind = match pair.as_rule() {
            Rule::day => ExpressionKind::Literal(Literal::Date(pair.as_str().to_owned())),
            Rule::text => ExpressionKind::Literal(Literal::Text(self.name(&pair).text)),
            Rule::parameter => ExpressionKind::Parameter(self.name(&pair)),
            Rule::decimal => return self.decimal(&pair, false),
            Rule::bracketed => {
                let inner = pair.into_inner().nth(1).expect("brackets hold something");
                let inside = self.expression(inner)?;
                return Ok(Expression {
                    kind: inside.kind,
                    span,
                });
            }
            Rule::case => self.case(pair)?,
            Rule::exists => ExpressionKind::Exists(Box::new(self.subquery(pair)?)),
            Rule::count_of => ExpressionKind::CountOf(Box::new(self.subquery(pair)?)),
            Rule::list => self.list(pair)?,
            Rule::map => self.map(pair)?,
            Rule::pattern_value => {
                let pattern = self.path_pattern(pair)?;
                let subquery = Subquery::of(pattern, None);
                ExpressionKind::Exists(Box::new(Subquery {
                    is_predicate: true,
                    ..subquery
                }))
            }
            _ => self.call(pair)?,
        };
        Ok(Expression { kind, span })
    }

    fn case(&self, pair: Pair<'a, Rule>) -> Result<ExpressionKind, Error> {
        let mut case = Case {
            operand: None,
            branches: Vec::new(),
            otherwise: None,
        };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::expression => case.operand = Some(self.expression(part)?),
                Rule::when => {
                    let mut parts = inner(part, Rule::expression);
                    let when = parts.next().expect("a branch has a condition");
                    let then = parts.next().expect("a branch has a value");
                    case.branches
                        .push((self.expression(when)?, self.expression(then)?));
                }
                Rule::otherwise => case.otherwise = Some(self.last_expression(part)?),
                _ => {}
            }
        }
        Ok(ExpressionKind::Case(Box::new(case)))
    }

    fn subquery(&self, pair: Pair<'a, Rule>) -> Result<Subquery, Error> {
        let body = inner(pair, Rule::subquery).next();
        let body = body.expect("the brackets hold a subquery");
        let span = self.trimmed(&body);
        let mut clauses = Vec::new();
        let mut patterns = Vec::new();
        let mut condition = None;
        for part in body.into_inner() {
            let place = self.trimmed(&part);
            match part.as_rule() {
                Rule::match_clause => clauses.push(self.match_clause(part)?),
                Rule::path_pattern => patterns.push(self.path_pattern(part)?),
                Rule::where_clause => condition = Some(self.last_expression(part)?),
                // What is returned makes no difference to whether there is anything.
                Rule::return_clause => {}
                Rule::comma => {}
                _ => {
                    let hint = "bind it before: `with … match …`";
                    let message = "only `match` stands in these brackets";
                    return Err(syntax(place, message, hint));
                }
            }
        }
        if !patterns.is_empty() {
            clauses.push(crate::query::ast::MatchClause {
                is_optional: false,
                patterns,
                condition,
                span,
            });
        }
        Ok(Subquery {
            clauses,
            is_predicate: false,
            span,
        })
    }

    fn list(&self, pair: Pair<'a, Rule>) -> Result<ExpressionKind, Error> {
        let span = self.trimmed(&pair);
        let mut elements = Vec::new();
        let mut condition = None;
        let mut result = None;
        let mut has_bar = false;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::union => has_bar = true,
                Rule::where_clause => condition = Some(self.last_expression(part)?),
                Rule::expression if has_bar => result = Some(Box::new(self.expression(part)?)),
                Rule::expression => elements.push(self.expression(part)?),
                _ => {}
            }
        }
        let is_plain = condition.is_none() && result.is_none();
        if elements.len() == 1 {
            let element = elements.swap_remove(0);
            match element.kind {
                ExpressionKind::In(variable, false, list)
                    if matches!(variable.kind, ExpressionKind::Variable(_)) =>
                {
                    let ExpressionKind::Variable(variable) = variable.kind else {
                        unreachable!("the guard looked at it")
                    };
                    let each = Each {
                        variable,
                        list: *list,
                        condition,
                    };
                    return Ok(ExpressionKind::Comprehension(Box::new(each), result));
                }
                ExpressionKind::Exists(mut pattern) if result.is_some() => {
                    if let (Some(clause), true) = (pattern.clauses.first_mut(), condition.is_some())
                    {
                        clause.condition = condition;
                    }
                    let result = result.expect("the guard looked at it");
                    return Ok(ExpressionKind::PatternList(pattern, result));
                }
                kind => elements.push(Expression { kind, ..element }),
            }
        }
        if is_plain {
            return Ok(ExpressionKind::List(elements));
        }
        let is_path = elements.first().is_some_and(|element| {
            matches!(&element.kind, ExpressionKind::Comparison(_, rest)
                if matches!(rest[0].1.kind, ExpressionKind::Exists(_)))
        });
        if is_path {
            let message = "a pattern comprehension takes no path variable";
            return Err(syntax(span, message, "bind the path before: `match p = …`"));
        }
        let hint = "write `[x in list where x > 1 | x * 2]`";
        Err(syntax(span, "this list runs over nothing", hint))
    }

    fn map(&self, pair: Pair<'a, Rule>) -> Result<ExpressionKind, Error> {
        let mut entries: Vec<(Name, Expression)> = Vec::new();
        for entry in inner(pair, Rule::entry) {
            let mut parts = entry.into_inner();
            let key = self.name(&parts.next().expect("an entry has a key"));
            let value = parts.next_back().expect("an entry has a value");
            if entries.iter().any(|(known, _)| known.text == key.text) {
                let message = format!("the key `{}` is given twice", key.text);
                return Err(syntax(key.span, &message, "take one of them out"));
            }
            entries.push((key, self.expression(value)?));
        }
        Ok(ExpressionKind::Map(entries))
    }

    /// A variable, a word with a meaning of its own, or the call of a function.
    fn call(&self, pair: Pair<'a, Rule>) -> Result<ExpressionKind, Error> {
        let whole = self.trimmed(&pair);
        let mut parts = pair.into_inner();
        let word = parts.next().expect("a call has a name");
        let is_quoted = word.as_str().starts_with('`');
        let name = self.name(&word);
        let Some(given) = parts.next() else {
            let literal = match name.text.to_ascii_lowercase().as_str() {
                _ if is_quoted => None,
                "true" => Some(Literal::Boolean(true)),
                "false" => Some(Literal::Boolean(false)),
                "null" => Some(Literal::Null),
                _ => None,
            };
            return Ok(match literal {
                Some(literal) => ExpressionKind::Literal(literal),
                None => ExpressionKind::Variable(name),
            });
        };
        let place = self.span(&given);
        let inside = Span {
            start: place.start + 1,
            end: place.end - 1,
        };
        let lower = name.text.to_ascii_lowercase();
        if QUANTIFIERS.contains(&lower.as_str()) && self.is_quantified(inside) {
            return self.quantified(name, inside);
        }
        if lower == "reduce" {
            return self.reduction(inside);
        }
        if function::find_value(&lower).is_some() {
            return self.value_call(name, inside);
        }
        match self.set_call(whole) {
            // What nobody knows here may be a function that a script defines, of sets like these.
            Err(_) if function::find(&name.text).is_none() => self.value_call(name, inside),
            call => call,
        }
    }

    /// Whether the brackets of `any( … )` begin with a variable and `in`.
    fn is_quantified(&self, inside: Span) -> bool {
        let text = &self.text[inside.range_in(self.text)];
        let mut pieces = crate::query::scan::pieces(text).map(|(_, span)| span);
        let second = pieces.nth(1);
        second.is_some_and(|span| text[span.range_in(text)].eq_ignore_ascii_case("in"))
    }

    fn quantified(&self, name: Name, inside: Span) -> Result<ExpressionKind, Error> {
        let (reader, piece) = self.within(inside);
        let pair = reader.read(Rule::quantified, piece)?;
        let mut names = reader.variables(&pair);
        let mut list = None;
        let mut condition = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::expression => list = Some(reader.expression(part)?),
                Rule::where_clause => condition = Some(reader.last_expression(part)?),
                _ => {}
            }
        }
        if condition.is_none() {
            let hint = format!("write `{}(x in list where …)`", name.text);
            return Err(syntax(inside, "there is no condition to test", &hint));
        }
        let each = Each {
            variable: names.swap_remove(0),
            list: list.expect("a quantifier has a list"),
            condition,
        };
        Ok(ExpressionKind::Quantified(name, Box::new(each)))
    }

    fn reduction(&self, inside: Span) -> Result<ExpressionKind, Error> {
        let (reader, piece) = self.within(inside);
        let pair = reader.read(Rule::reduction, piece)?;
        let names = reader.variables(&pair);
        let expressions = inner(pair, Rule::expression).map(|part| reader.expression(part));
        let expressions = expressions.collect::<Result<Vec<_>, Error>>()?;
        let mut expressions = expressions.into_iter();
        let mut next = || expressions.next().expect("the rule has three expressions");
        let mut names = names.into_iter();
        let mut name = || names.next().expect("the rule has two variables");
        Ok(ExpressionKind::Reduce(Box::new(Reduction {
            total: name(),
            start: next(),
            variable: name(),
            list: next(),
            step: next(),
        })))
    }

    fn set_call(&self, whole: Span) -> Result<ExpressionKind, Error> {
        let (reader, piece) = self.within(whole);
        let pair = reader.read(Rule::set_arguments, piece)?;
        let mut parts = pair.into_inner();
        let name = reader.name(&parts.next().expect("a call has a name"));
        let arguments = reader.arguments(parts.next().expect("a call has arguments"))?;
        let set = Set {
            kind: SetKind::Call(name, arguments),
            span: whole,
        };
        Ok(ExpressionKind::SetCall(Box::new(set)))
    }

    fn value_call(&self, name: Name, inside: Span) -> Result<ExpressionKind, Error> {
        let (reader, piece) = self.within(inside);
        let pair = reader.read(Rule::value_arguments, piece)?;
        let mut arguments = Arguments {
            is_distinct: false,
            is_star: false,
            values: Vec::new(),
        };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_distinct => arguments.is_distinct = true,
                Rule::star => arguments.is_star = true,
                Rule::expression => arguments.values.push(reader.expression(part)?),
                _ => {}
            }
        }
        Ok(ExpressionKind::Call(name, arguments))
    }
}
