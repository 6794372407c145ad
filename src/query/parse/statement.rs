//! Statements, queries, stages and contexts.

use pest::iterators::Pair;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Error;
use crate::diagnostic::Span;
use crate::diagnostic::code;
use crate::query::ast::Ask;
use crate::query::ast::Assertion;
use crate::query::ast::Compare;
use crate::query::ast::Context;
use crate::query::ast::ContextKind;
use crate::query::ast::Definition;
use crate::query::ast::Drawing;
use crate::query::ast::Expectation;
use crate::query::ast::Name;
use crate::query::ast::Source;
use crate::query::ast::Stage;
use crate::query::ast::StageKind;
use crate::query::ast::Statement;
use crate::query::ast::Target;
use crate::query::parse::Reader;
use crate::query::parse::Rule;
use crate::query::parse::inner;
use crate::query::parse::only;

impl<'a> Reader<'a> {
    pub(super) fn statement(&self, pair: Pair<'a, Rule>) -> Result<Statement, Error> {
        let inner = only(pair);
        Ok(match inner.as_rule() {
            Rule::definition => Statement::Definition(self.definition(inner)?),
            Rule::assertion => Statement::Assertion(self.assertion(inner)?),
            _ => {
                let mut parts = inner.into_inner();
                let ask = self.ask(parts.next().expect("a query"))?;
                let mut drawing = None;
                let mut target = None;
                for part in parts {
                    match part.as_rule() {
                        Rule::drawn => drawing = Some(self.drawing(part)),
                        _ => target = Some(self.target(part)?),
                    }
                }
                Statement::Query(ask, joined(drawing, target))
            }
        })
    }

    fn drawing(&self, pair: Pair<'a, Rule>) -> Drawing {
        let span = self.trimmed(&pair);
        let settings = inner(pair, Rule::setting).map(|setting| {
            let mut names = setting.into_inner();
            let name = names.next().expect("a setting has a name");
            let value = names.last();
            (self.name(&name), value.map(|value| self.name(&value)))
        });
        Drawing {
            settings: settings.collect(),
            file: None,
            format: None,
            span,
        }
    }

    fn target(&self, pair: Pair<'a, Rule>) -> Result<Target, Error> {
        let is_format = pair.as_rule() == Rule::as_format;
        let last = pair.into_inner().last().expect("a target has a name");
        if !is_format {
            return Ok(Target::File(self.name(&only(last))));
        }
        let format = self.name(&last);
        let is_date = format
            .text
            .starts_with(|first: char| first.is_ascii_digit());
        let is_of = format.text.eq_ignore_ascii_case("of");
        if is_of || is_date {
            let (message, hint) = match is_of {
                true => (
                    "`as of` wants a date",
                    "write it as 2021, 2021-05 or 2021-05-31".to_owned(),
                ),
                false => (
                    "a time stands behind `as of`",
                    format!("write `as of {}`", format.text),
                ),
            };
            let end = format.span.end as usize;
            let place = if is_of {
                Span::new(end..end)
            } else {
                format.span
            };
            let finding = Diagnostic::error(&code::BAD_DATE, place, message);
            return Err(finding.hint(hint).into());
        }
        Ok(Target::Format(format))
    }

    fn definition(&self, pair: Pair<'a, Rule>) -> Result<Definition, Error> {
        let mut name = None;
        let mut parameters = None;
        let mut value = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::bare => name = Some(self.name(&part)),
                Rule::parameters => {
                    let names = inner(part, Rule::bare).map(|name| self.name(&name));
                    parameters = Some(names.collect());
                }
                Rule::query => value = Some(self.ask(part)?),
                _ => {}
            }
        }
        Ok(Definition {
            name: name.expect("a definition has a name"),
            parameters,
            value: value.expect("a definition has a query"),
        })
    }

    fn assertion(&self, pair: Pair<'a, Rule>) -> Result<Assertion, Error> {
        let span = self.span(&pair);
        let mut ask = None;
        let mut wants = Expectation::NotEmpty;
        let mut message = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::query => ask = Some(self.ask(part)?),
                Rule::expectation => wants = self.expectation(part)?,
                Rule::text => message = Some(self.name(&part)),
                _ => {}
            }
        }
        Ok(Assertion {
            ask: ask.expect("an assertion has a query"),
            wants,
            message,
            span,
        })
    }

    fn expectation(&self, pair: Pair<'a, Rule>) -> Result<Expectation, Error> {
        let last = pair.into_inner().last().expect("an expectation has parts");
        Ok(match last.as_rule() {
            Rule::is_empty => match inner(last, Rule::kw_not).next() {
                Some(_) => Expectation::NotEmpty,
                None => Expectation::Empty,
            },
            Rule::decimal => Expectation::Number(self.decimal(&last, false)?),
            _ => Expectation::Equal(self.ask(last)?),
        })
    }

    pub(super) fn ask(&self, pair: Pair<'a, Rule>) -> Result<Ask, Error> {
        let place = self.span(&pair);
        let mut source = None;
        let mut stages = Vec::new();
        let mut contexts = Vec::new();
        let mut end = place.start;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::stage => stages.push(self.stage(part)?),
                Rule::context => contexts.push(self.context(part)),
                Rule::rows => source = Some(Source::Rows(self.rows(part)?)),
                Rule::compare => source = Some(Source::Compare(self.compare(part)?)),
                _ => source = Some(Source::Set(self.set(part)?)),
            }
        }
        let source = source.expect("a query begins with a source");
        end = end.max(match &source {
            Source::Set(set) => set.span.end,
            Source::Rows(rows) => rows.span.end,
            Source::Compare(compare) => compare.span.end,
        });
        let stage_ends = stages.iter().map(|stage: &Stage| stage.span.end);
        let context_ends = contexts.iter().map(|context: &Context| context.span.end);
        end = stage_ends.chain(context_ends).fold(end, u32::max);
        Ok(Ask {
            source,
            stages,
            contexts,
            span: Span {
                start: place.start,
                end,
            },
        })
    }

    /// The place of a pair without the blanks behind it, which pest counts to it.
    pub(super) fn trimmed(&self, pair: &Pair<'_, Rule>) -> Span {
        let span = self.span(pair);
        let text = &self.text[span.range_in(self.text)];
        Span {
            start: span.start,
            end: span.start + crate::query::scan::trimmed_length(text) as u32,
        }
    }

    fn compare(&self, pair: Pair<'a, Rule>) -> Result<Compare, Error> {
        let span = self.trimmed(&pair);
        let mut sets = Vec::new();
        let mut relations = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::set => sets.push(self.set(part)?),
                Rule::word => relations.push(self.name(&part)),
                _ => {}
            }
        }
        Ok(Compare {
            sets,
            relations,
            span,
        })
    }

    fn stage(&self, pair: Pair<'a, Rule>) -> Result<Stage, Error> {
        let span = self.trimmed(&pair);
        let stage = pair.into_inner().nth(1).expect("a pipe and a stage");
        let rule = stage.as_rule();
        let kind = match rule {
            Rule::where_clause => StageKind::Where(self.last_expression(stage)?),
            Rule::limit => StageKind::Limit(self.last_expression(stage)?),
            Rule::offset => StageKind::Offset(self.last_expression(stage)?),
            Rule::select => {
                let items = stage.into_inner().last().expect("a selection has items");
                StageKind::Select(self.items(items)?)
            }
            Rule::group_by => {
                let mut keys = Vec::new();
                let mut items = None;
                for part in stage.into_inner() {
                    match part.as_rule() {
                        Rule::item => keys.push(self.item(part)?),
                        Rule::items => items = Some(self.items(part)?),
                        _ => {}
                    }
                }
                StageKind::Group(keys, items)
            }
            Rule::order => self.order_stage(stage)?,
            Rule::count_rows => StageKind::Count,
            Rule::distinct => StageKind::Distinct,
            _ => {
                let mut parts = stage.into_inner();
                let name = self.name(&parts.next().expect("a call has a name"));
                let arguments = parts.next().expect("a call has arguments");
                StageKind::Call(name, self.arguments(arguments)?)
            }
        };
        Ok(Stage { kind, span })
    }

    fn order_stage(&self, stage: Pair<'a, Rule>) -> Result<StageKind, Error> {
        let mut parts = stage.clone().into_inner();
        if parts.any(|part| part.as_rule() == Rule::kw_topological) {
            return Ok(StageKind::Topological);
        }
        Ok(StageKind::Order(self.order(stage)?))
    }

    fn context(&self, pair: Pair<'a, Rule>) -> Context {
        let inner = only(pair);
        let place = self.span(&inner);
        let rule = inner.as_rule();
        let words = inner.into_inner();
        let end_of_words = words.clone().last().map(|word| self.span(&word).end);
        let mut names: Vec<Name> = words
            .filter(|part| {
                let rule = part.as_rule();
                matches!(rule, Rule::text | Rule::bare | Rule::date | Rule::parameter)
            })
            .map(|part| self.name(&part))
            .collect();
        let kind = match rule {
            Rule::as_of => ContextKind::AsOf(names.swap_remove(0)),
            Rule::during => {
                let end = (names.len() > 1).then(|| names.remove(1));
                ContextKind::During(names.swap_remove(0), end)
            }
            Rule::including => ContextKind::IncludingDoubtful,
            _ => ContextKind::AccordingTo(names),
        };
        Context {
            kind,
            span: Span {
                start: place.start,
                end: end_of_words.unwrap_or(place.end),
            },
        }
    }
}

/// Where an answer goes that is drawn, or not.
fn joined(drawing: Option<Drawing>, target: Option<Target>) -> Option<Target> {
    let Some(drawing) = drawing else {
        return target;
    };
    let (file, format) = match target {
        Some(Target::File(name)) => (Some(name), None),
        Some(Target::Format(name)) => (None, Some(name)),
        _ => (None, None),
    };
    Some(Target::Drawing(Drawing {
        file,
        format,
        ..drawing
    }))
}
