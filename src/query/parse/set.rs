//! Sets, their operators, calls and arguments.

use pest::iterators::Pair;

use crate::diagnostic::Error;
use crate::query::ast::Argument;
use crate::query::ast::Name;
use crate::query::ast::Operator;
use crate::query::ast::Range;
use crate::query::ast::Set;
use crate::query::ast::SetKind;
use crate::query::parse::Reader;
use crate::query::parse::Rule;
use crate::query::parse::inner;

impl<'a> Reader<'a> {
    /// Members joined by `|`, each a run of sets joined by signs that bind tighter.
    pub(super) fn set(&self, pair: Pair<'a, Rule>) -> Result<Set, Error> {
        let mut parts = pair.into_inner();
        let mut first = self.operand_of_set(parts.next().expect("a set begins with an operand"))?;
        let mut rest = Vec::new();
        let mut members = Vec::new();
        for joined in parts {
            let mut joined = joined.into_inner();
            let sign = joined.next().expect("a sign stands first");
            let right = self.operand_of_set(joined.next().expect("a sign has a right side"))?;
            match sign.as_rule() {
                Rule::intersection => rest.push((Operator::Intersection, right)),
                Rule::difference => rest.push((Operator::Difference, right)),
                _ => {
                    let first = std::mem::replace(&mut first, right);
                    members.push(chain(first, std::mem::take(&mut rest)));
                }
            }
        }
        let last = chain(first, rest);
        if members.is_empty() {
            return Ok(last);
        }
        let span = members[0].span.to(last.span);
        members.push(last);
        Ok(Set {
            kind: SetKind::Union(members),
            span,
        })
    }

    fn operand_of_set(&self, pair: Pair<'a, Rule>) -> Result<Set, Error> {
        let mut parts = pair.into_inner();
        let base = self.primary(parts.next().expect("an operand begins with a term"))?;
        let steps: Vec<Name> = parts
            .map(|step| {
                let relation = step.into_inner().nth(1);
                self.name(&relation.expect("a step is a dot and a relation"))
            })
            .collect();
        Ok(match steps.last() {
            None => base,
            Some(last) => {
                let span = base.span.to(last.span);
                Set {
                    kind: SetKind::Steps(Box::new(base), steps),
                    span,
                }
            }
        })
    }

    fn primary(&self, pair: Pair<'a, Rule>) -> Result<Set, Error> {
        let span = self.span(&pair);
        let kind = match pair.as_rule() {
            Rule::group => {
                let query = inner(pair, Rule::query).next();
                SetKind::Group(Box::new(self.ask(query.expect("a group has a query"))?))
            }
            Rule::text => SetKind::Name(self.name(&pair)),
            Rule::parameter => SetKind::Parameter(self.name(&pair)),
            _ => return self.word_term(pair),
        };
        Ok(Set { kind, span })
    }

    fn word_term(&self, pair: Pair<'a, Rule>) -> Result<Set, Error> {
        let mut parts = pair.into_inner();
        let word = self.name(&parts.next().expect("a term begins with a word"));
        Ok(match parts.next() {
            None => Set {
                span: word.span,
                kind: SetKind::Name(word),
            },
            Some(rest) if rest.as_rule() == Rule::pattern => {
                let wanted = rest.into_inner().nth(1);
                let wanted = self.name(&wanted.expect("a pattern is a colon and a name"));
                Set {
                    span: word.span.to(wanted.span),
                    kind: SetKind::Pattern(word, wanted),
                }
            }
            Some(rest) => {
                let span = word.span.to(self.span(&rest));
                Set {
                    span,
                    kind: SetKind::Call(word, self.arguments(rest)?),
                }
            }
        })
    }

    /// The arguments of a call of a function of sets.
    pub(super) fn arguments(&self, pair: Pair<'a, Rule>) -> Result<Vec<Argument>, Error> {
        let arguments = inner(pair, Rule::argument).map(|pair| self.argument(pair));
        arguments.collect()
    }

    fn argument(&self, pair: Pair<'a, Rule>) -> Result<Argument, Error> {
        let mut parameter = None;
        let mut value = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::argument_name => {
                    let word = part.into_inner().next().expect("an argument has a name");
                    parameter = Some(self.name(&word));
                }
                Rule::set => value = Some(self.set(part)?),
                _ => value = Some(self.range(part)),
            }
        }
        Ok(Argument {
            parameter,
            value: value.expect("an argument has a value"),
        })
    }

    fn range(&self, pair: Pair<'a, Rule>) -> Set {
        let mut range = Range {
            start: None,
            has_dots: false,
            end: None,
        };
        let span = self.span(&pair);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::dots => range.has_dots = true,
                _ if range.has_dots => range.end = Some(self.name(&part)),
                _ => range.start = Some(self.name(&part)),
            }
        }
        Set {
            kind: SetKind::Range(range),
            span,
        }
    }
}

/// A set with the sets that are joined to it, from left to right.
fn chain(first: Set, rest: Vec<(Operator, Set)>) -> Set {
    match rest.last() {
        None => first,
        Some((_, last)) => Set {
            span: first.span.to(last.span),
            kind: SetKind::Chain(Box::new(first), rest),
        },
    }
}
