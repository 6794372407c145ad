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
    pub(super) fn set(&self, pair: Pair<'a, Rule>) -> Result<Set, Error> {
        let chains = inner(pair, Rule::chain).map(|pair| self.chain(pair));
        let mut members = chains.collect::<Result<Vec<Set>, Error>>()?;
        Ok(match members.len() {
            1 => members.swap_remove(0),
            _ => {
                let span = members[0].span.to(members[members.len() - 1].span);
                Set {
                    kind: SetKind::Union(members),
                    span,
                }
            }
        })
    }

    fn chain(&self, pair: Pair<'a, Rule>) -> Result<Set, Error> {
        let mut parts = pair.into_inner();
        let first = self.operand_of_set(parts.next().expect("a chain begins with an operand"))?;
        let mut rest = Vec::new();
        while let Some(sign) = parts.next() {
            let operator = match sign.as_rule() {
                Rule::intersection => Operator::Intersection,
                _ => Operator::Difference,
            };
            let right = parts.next().expect("an operator has a right side");
            rest.push((operator, self.operand_of_set(right)?));
        }
        Ok(match rest.last() {
            None => first,
            Some((_, last)) => {
                let span = first.span.to(last.span);
                Set {
                    kind: SetKind::Chain(Box::new(first), rest),
                    span,
                }
            }
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
