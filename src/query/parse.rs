//! Text to `Ast`, by the grammar in `grammar/kin.pest`; the only file that knows pest.
//!
//! Length and nesting are checked before pest sees the text: what it does with either depends on
//! the build and the thread. What pest says of a wrong text is put into words by `slip`.

use pest::Parser as _;
use pest::error::ErrorVariant;
use pest::error::InputLocation;
use pest::iterators::Pair;

use crate::diagnostic::Error;
use crate::diagnostic::Fault;
use crate::diagnostic::LimitId;
use crate::diagnostic::Limits;
use crate::diagnostic::Span;
use crate::query::ast::Argument;
use crate::query::ast::Ask;
use crate::query::ast::Context;
use crate::query::ast::ContextKind;
use crate::query::ast::Definition;
use crate::query::ast::Name;
use crate::query::ast::Operator;
use crate::query::ast::Range;
use crate::query::ast::Script;
use crate::query::ast::Set;
use crate::query::ast::SetKind;
use crate::query::ast::Statement;
use crate::query::scan;
use crate::query::slip;

/// The generated parser, in a module of its own because the derive documents nothing.
mod generated {
    /// The parser for `grammar/kin.pest`.
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/kin.pest"]
    pub(super) struct Grammar;
}

use generated::Grammar;
use generated::Rule;

/// Reads a script.
///
/// Errors: a [`Fault`] if the text is too long or nests too deep; else one diagnostic, at the
/// farthest place that could be read.
pub fn parse(text: &str, limits: &Limits) -> Result<Script, Error> {
    let length_max = limits.get(LimitId::QueryBytes);
    if text.len() as u64 > length_max {
        return Err(Fault::Limit(LimitId::QueryBytes, length_max).into());
    }
    scan::check_brackets(text, limits)?;
    let mut pairs =
        Grammar::parse(Rule::script, text).map_err(|error| slip::explain(text, &wanted(&error)))?;
    let script = pairs.next().expect("the rule `script` yields one pair");
    Ok(Script {
        statements: inner(script, Rule::statement).map(statement).collect(),
    })
}

/// Where pest gave up, and what it wanted there, in words.
fn wanted(error: &pest::error::Error<Rule>) -> slip::Wanted {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let mut words: Vec<&'static str> = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => {
            positives.iter().filter_map(|rule| phrase(*rule)).collect()
        }
        ErrorVariant::CustomError { .. } => Vec::new(),
    };
    words.sort_unstable();
    words.dedup();
    slip::Wanted { at, words }
}

/// What a user calls what a rule reads; none for what is never worth asking for.
fn phrase(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::statement | Rule::query | Rule::set | Rule::chain | Rule::operand => "a set",
        Rule::group | Rule::word_term | Rule::text | Rule::bare => "a name",
        Rule::arguments | Rule::open => "`(`",
        Rule::close => "`)`",
        Rule::argument => "an argument",
        Rule::range | Rule::open_range | Rule::date => "a date or number",
        Rule::step | Rule::dot => "`.` and a relation",
        Rule::relation => "a relation",
        Rule::union | Rule::intersection | Rule::difference => "`|`, `&` or ` - `",
        Rule::comma => "`,`",
        Rule::semicolon | Rule::EOI => "the end",
        Rule::equals => "`=`",
        Rule::context | Rule::as_of | Rule::according_to => "`as of` or `according to`",
        Rule::kw_of => "`of`",
        Rule::kw_to => "`to`",
        _ => return None,
    })
}

/// The pairs inside `pair` that were read by `rule`.
fn inner(pair: Pair<'_, Rule>, rule: Rule) -> impl Iterator<Item = Pair<'_, Rule>> {
    pair.into_inner()
        .filter(move |inner| inner.as_rule() == rule)
}

fn span(pair: &Pair<'_, Rule>) -> Span {
    let span = pair.as_span();
    Span::new(span.start()..span.end())
}

fn statement(pair: Pair<'_, Rule>) -> Statement {
    let inner = pair.into_inner().next().expect("a statement has one part");
    match inner.as_rule() {
        Rule::definition => Statement::Definition(definition(inner)),
        _ => Statement::Query(ask(inner)),
    }
}

fn definition(pair: Pair<'_, Rule>) -> Definition {
    let mut parts = pair.into_inner();
    let name = parts
        .find(|part| part.as_rule() == Rule::bare)
        .expect("a definition has a name");
    let value = parts
        .find(|part| part.as_rule() == Rule::query)
        .expect("a definition has a query");
    Definition {
        name: self::name(&name),
        value: ask(value),
    }
}

fn ask(pair: Pair<'_, Rule>) -> Ask {
    let place = span(&pair);
    let mut parts = pair.into_inner();
    let set = set(parts.next().expect("a query begins with a set"));
    let contexts: Vec<Context> = parts.map(context).collect();
    let end = contexts.last().map_or(set.span, |context| context.span);
    Ask {
        set,
        contexts,
        span: Span {
            start: place.start,
            end: end.end,
        },
    }
}

fn context(pair: Pair<'_, Rule>) -> Context {
    let inner = pair.into_inner().next().expect("a context has one part");
    let place = span(&inner);
    let rule = inner.as_rule();
    let mut names: Vec<Name> = inner
        .into_inner()
        .filter(|part| matches!(part.as_rule(), Rule::text | Rule::bare | Rule::date))
        .map(|part| name(&part))
        .collect();
    let end = names.last().map_or(place.end, |name| name.span.end);
    let kind = match rule {
        Rule::as_of => ContextKind::AsOf(names.swap_remove(0)),
        _ => ContextKind::AccordingTo(names),
    };
    Context {
        kind,
        span: Span {
            start: place.start,
            end,
        },
    }
}

fn set(pair: Pair<'_, Rule>) -> Set {
    let mut members: Vec<Set> = inner(pair, Rule::chain).map(chain).collect();
    match members.len() {
        1 => members.swap_remove(0),
        _ => {
            let span = members[0].span.to(members[members.len() - 1].span);
            Set {
                kind: SetKind::Union(members),
                span,
            }
        }
    }
}

fn chain(pair: Pair<'_, Rule>) -> Set {
    let mut parts = pair.into_inner();
    let first = operand(parts.next().expect("a chain begins with an operand"));
    let mut rest = Vec::new();
    while let Some(sign) = parts.next() {
        let operator = match sign.as_rule() {
            Rule::intersection => Operator::Intersection,
            _ => Operator::Difference,
        };
        rest.push((
            operator,
            operand(parts.next().expect("an operator has a right side")),
        ));
    }
    match rest.last() {
        None => first,
        Some((_, last)) => {
            let span = first.span.to(last.span);
            Set {
                kind: SetKind::Chain(Box::new(first), rest),
                span,
            }
        }
    }
}

fn operand(pair: Pair<'_, Rule>) -> Set {
    let mut parts = pair.into_inner();
    let base = primary(parts.next().expect("an operand begins with a term"));
    let steps: Vec<Name> = parts
        .map(|step| {
            name(
                &step
                    .into_inner()
                    .nth(1)
                    .expect("a step is a dot and a relation"),
            )
        })
        .collect();
    match steps.last() {
        None => base,
        Some(last) => {
            let span = base.span.to(last.span);
            Set {
                kind: SetKind::Steps(Box::new(base), steps),
                span,
            }
        }
    }
}

fn primary(pair: Pair<'_, Rule>) -> Set {
    let place = span(&pair);
    match pair.as_rule() {
        Rule::group => {
            let query = inner(pair, Rule::query)
                .next()
                .expect("a group has a query");
            Set {
                kind: SetKind::Group(Box::new(ask(query))),
                span: place,
            }
        }
        Rule::text => Set {
            kind: SetKind::Name(name(&pair)),
            span: place,
        },
        _ => word_term(pair),
    }
}

fn word_term(pair: Pair<'_, Rule>) -> Set {
    let mut parts = pair.into_inner();
    let word = name(&parts.next().expect("a term begins with a word"));
    match parts.next() {
        None => Set {
            span: word.span,
            kind: SetKind::Name(word),
        },
        Some(rest) if rest.as_rule() == Rule::pattern => {
            let wanted = rest
                .into_inner()
                .nth(1)
                .expect("a pattern is a colon and a name");
            let wanted = name(&wanted);
            Set {
                span: word.span.to(wanted.span),
                kind: SetKind::Pattern(word, wanted),
            }
        }
        Some(rest) => {
            let span = word.span.to(span(&rest));
            let arguments = inner(rest, Rule::argument).map(argument).collect();
            Set {
                span,
                kind: SetKind::Call(word, arguments),
            }
        }
    }
}

fn argument(pair: Pair<'_, Rule>) -> Argument {
    let mut parameter = None;
    let mut value = None;
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::parameter => {
                let word = part.into_inner().next().expect("a parameter has a name");
                parameter = Some(name(&word));
            }
            Rule::set => value = Some(set(part)),
            _ => value = Some(range(part)),
        }
    }
    Argument {
        parameter,
        value: value.expect("an argument has a value"),
    }
}

fn range(pair: Pair<'_, Rule>) -> Set {
    let mut range = Range {
        start: None,
        has_dots: false,
        end: None,
    };
    let place = span(&pair);
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::dots => range.has_dots = true,
            _ if range.has_dots => range.end = Some(name(&part)),
            _ => range.start = Some(name(&part)),
        }
    }
    Set {
        kind: SetKind::Range(range),
        span: place,
    }
}

fn name(pair: &Pair<'_, Rule>) -> Name {
    let is_quoted = pair.as_rule() == Rule::text;
    let text = if is_quoted {
        scan::unquote(pair.as_str())
    } else {
        pair.as_str().to_owned()
    };
    Name {
        text,
        span: span(pair),
        is_quoted,
    }
}

/// Whether a character can stand in a bare name (Unicode's XID_Continue).
pub(super) fn is_letter(character: char) -> bool {
    pest::unicode::XID_CONTINUE(character)
}

/// The name of every rule of the grammar, so that a test can hold that each is met.
pub fn rule_names() -> Vec<String> {
    Rule::all_rules()
        .iter()
        .map(|rule| format!("{rule:?}"))
        .collect()
}

/// The names of the rules met in reading `text`; empty if it does not read.
pub fn rules_met(text: &str) -> Vec<String> {
    let pairs = Grammar::parse(Rule::script, text).map(|pairs| pairs.flatten().collect::<Vec<_>>());
    let mut names: Vec<String> = pairs
        .unwrap_or_default()
        .into_iter()
        .map(|pair| format!("{:?}", pair.as_rule()))
        .collect();
    names.sort();
    names.dedup();
    names
}
