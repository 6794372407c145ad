//! Statements, queries and their contexts.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Span;
use crate::diagnostic::code;
use crate::model::Date;
use crate::model::Value;
use crate::query::ast::Ask;
use crate::query::ast::Assertion;
use crate::query::ast::Compare;
use crate::query::ast::Context;
use crate::query::ast::ContextKind;
use crate::query::ast::Expectation;
use crate::query::ast::Name;
use crate::query::ast::Source;
use crate::query::ast::Statement;
use crate::query::ast::Target;
use crate::query::bound::Aspect;
use crate::query::bound::ContextChange;
use crate::query::bound::Expression;
use crate::query::bound::Holds;
use crate::query::bound::NodeId;
use crate::query::bound::NodeKind;
use crate::query::field;
use crate::query::resolve::Resolver;
use crate::query::resolve::Yields;
use crate::query::resolve::bad_date;
use crate::query::resolve::lookup;
use crate::query::resolve::scope::Scope;

/// One query or assertion of a resolved script.
#[derive(Debug)]
pub struct BoundAsk {
    /// The node whose result is the answer.
    pub root: NodeId,
    /// Where it stands.
    pub span: Span,
    /// What its answer is for.
    pub purpose: Purpose<NodeId>,
    /// What the reader should know of how names were taken.
    pub notes: Vec<String>,
}

/// What an answer is for. `Other` is a second query: a node when it is resolved, a plan later.
#[derive(Clone, Debug)]
pub enum Purpose<Other> {
    /// To be shown, or sent somewhere.
    Answer(Option<Target>),
    /// To hold; the message is for where it does not.
    Assertion(BoundExpectation<Other>, Option<String>),
}

/// What an assertion wants.
#[derive(Clone, Debug)]
pub enum BoundExpectation<Other> {
    /// No row.
    Empty,
    /// At least one row.
    NotEmpty,
    /// The same set or rows as another query.
    Equal(Other),
    /// One cell with this value.
    Value(Value),
}

impl<Other> BoundExpectation<Other> {
    /// The same, with another form of the second query.
    pub fn map<New, Fault>(
        &self,
        turn: impl Fn(Other) -> Result<New, Fault>,
    ) -> Result<BoundExpectation<New>, Fault>
    where
        Other: Copy,
    {
        Ok(match self {
            BoundExpectation::Empty => BoundExpectation::Empty,
            BoundExpectation::NotEmpty => BoundExpectation::NotEmpty,
            BoundExpectation::Equal(other) => BoundExpectation::Equal(turn(*other)?),
            BoundExpectation::Value(value) => BoundExpectation::Value(value.clone()),
        })
    }
}

/// A hint for two years with a `-` between.
fn as_period(text: &str) -> Option<String> {
    let (from, to) = text.split_once('-')?;
    let is_year = |text: &str| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    (is_year(from) && is_year(to)).then(|| format!("a period has dots: `during {from}..{to}`"))
}

impl Resolver<'_> {
    /// Resolves a statement; none for a definition.
    pub(super) fn statement(&mut self, statement: &Statement) -> Option<BoundAsk> {
        let (root, span, purpose) = match statement {
            Statement::Definition(definition) => {
                self.define(definition);
                return None;
            }
            Statement::Query(ask, target) => {
                let root = self.ask(ask);
                (root, ask.span, Purpose::Answer(target.clone()))
            }
            Statement::Assertion(assertion) => self.assertion(assertion),
        };
        self.note_suspects();
        Some(BoundAsk {
            root,
            span,
            purpose,
            notes: std::mem::take(&mut self.query.notes),
        })
    }

    fn assertion(&mut self, assertion: &Assertion) -> (NodeId, Span, Purpose<NodeId>) {
        let root = self.ask(&assertion.ask);
        let wants = match &assertion.wants {
            Expectation::Empty => BoundExpectation::Empty,
            Expectation::NotEmpty => BoundExpectation::NotEmpty,
            Expectation::Equal(ask) => BoundExpectation::Equal(self.ask(ask)),
            Expectation::Number(number) => {
                let value = self.expression(&mut Scope::default(), number);
                match value {
                    Expression::Constant(value) => BoundExpectation::Value(value),
                    other => unreachable!("{other:?} is a number"),
                }
            }
        };
        let message = assertion.message.as_ref().map(|name| name.text.clone());
        (root, assertion.span, Purpose::Assertion(wants, message))
    }

    /// Resolves a query: its source, its stages, its contexts.
    pub(super) fn ask(&mut self, ask: &Ask) -> NodeId {
        let changes = self.contexts(&ask.contexts);
        let source = match &ask.source {
            Source::Set(set) => self.set(set),
            Source::Rows(rows) => self.rows(rows),
            Source::Compare(compare) => self.compare(compare),
        };
        let node = self.stages(source, &ask.stages);
        if changes.is_empty() {
            return node;
        }
        let yields = self.types[node.0].clone();
        self.add(NodeKind::Within(node, changes), ask.span, yields)
    }

    fn contexts(&mut self, contexts: &[Context]) -> Vec<ContextChange> {
        let mut changes: Vec<ContextChange> = Vec::new();
        let mut seen: Vec<&Context> = Vec::new();
        let is_time =
            |kind: &ContextKind| matches!(kind, ContextKind::AsOf(_) | ContextKind::During(..));
        for context in contexts {
            let is_same = |other: &&&Context| {
                std::mem::discriminant(&other.kind) == std::mem::discriminant(&context.kind)
                    || is_time(&other.kind) && is_time(&context.kind)
            };
            if let Some(first) = seen.iter().find(is_same) {
                let finding = Diagnostic::error(
                    &code::REPEATED,
                    context.span,
                    "a query has each kind of context once",
                )
                .also(first.span, "the first is here")
                .hint("nest them: `at(DATE, x)`, `per(SOURCE, x)`".to_owned());
                self.findings.push(finding);
            }
            seen.push(context);
            changes.extend(self.context(context));
        }
        changes
    }

    fn context(&mut self, context: &Context) -> Option<ContextChange> {
        match &context.kind {
            ContextKind::AsOf(date) => self.date(date).map(ContextChange::AsOf),
            ContextKind::During(start, end) => {
                let start = self.date(start)?;
                let end = match end {
                    Some(end) => self.date(end)?,
                    None => start.clone(),
                };
                let is_reversed = start.first().zip(end.last());
                if is_reversed.is_some_and(|(first, last)| last < first) {
                    let message = "the period ends before it begins";
                    let finding = Diagnostic::error(&code::BAD_DATE, context.span, message);
                    self.findings.push(finding);
                }
                Some(ContextChange::During(start, end))
            }
            ContextKind::IncludingDoubtful => Some(ContextChange::IncludingDoubtful),
            ContextKind::AccordingTo(names) => {
                let mut sources = Vec::new();
                for name in names {
                    match lookup::source(self.snapshot, name) {
                        Ok(source) => sources.push(source),
                        Err(finding) => self.findings.push(finding),
                    }
                }
                sources.sort_unstable();
                sources.dedup();
                Some(ContextChange::AccordingTo(sources))
            }
        }
    }

    /// A date of a context, which may be a parameter.
    fn date(&mut self, name: &Name) -> Option<Date> {
        let text = match name.text.starts_with('$') && !name.is_quoted {
            false => Ok(name.text.clone()),
            true => self.parameter(name).and_then(|value| match value {
                Value::Text(text) => Ok(text),
                Value::Integer(year) => Ok(year.to_string()),
                Value::Date(date) => Ok(date.text().to_owned()),
                _ => Err(bad_date(name, "it is neither a text nor a year")),
            }),
        };
        let date = text.and_then(|text| {
            Date::parse(&text).map_err(|reason| {
                let hint = as_period(&name.text);
                bad_date(name, &reason).hint(hint)
            })
        });
        date.map_err(|finding| self.findings.push(finding)).ok()
    }

    fn compare(&mut self, compare: &Compare) -> NodeId {
        let sets: Vec<NodeId> = compare.sets.iter().map(|set| self.operand(set)).collect();
        let mut aspects = Vec::new();
        for name in &compare.relations {
            let aspect = match lookup::relation(self.snapshot, name) {
                Ok((relation, direction)) => Ok(Aspect::Relation(relation, direction)),
                Err(_) if name.text == field::STATUS => Ok(Aspect::Status),
                Err(finding) => Err(finding),
            };
            match aspect {
                Ok(aspect) if aspects.contains(&aspect) => {}
                Ok(aspect) => aspects.push(aspect),
                Err(finding) => self.findings.push(finding),
            }
        }
        let mut columns = vec![
            ("relation".to_owned(), Holds::Any),
            ("differ".to_owned(), Holds::Any),
        ];
        columns.extend(self.compared(&sets));
        let kind = NodeKind::Compare(sets, aspects);
        self.add(kind, compare.span, Yields::Table(columns))
    }

    /// The columns of the entities that are compared, where each is named; of sets, nobody knows
    /// before the query runs.
    fn compared(&self, sets: &[NodeId]) -> Vec<(String, Holds)> {
        let mut columns: Vec<(String, Holds)> = Vec::new();
        for set in sets {
            let NodeKind::Entity(entity) = self.query.nodes[set.0].kind else {
                return Vec::new();
            };
            let holds = Holds::Cell(entity);
            if columns.iter().all(|(_, known)| *known != holds) {
                columns.push((self.snapshot.name(entity).to_owned(), holds));
            }
        }
        columns
    }
}
