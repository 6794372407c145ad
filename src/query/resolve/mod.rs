//! From `Ast` to `Query`: names, kinds, relations, functions and arguments find what they mean.
//!
//! All faults of a script are collected; a part that cannot be resolved stands for the empty set
//! until the end, where any diagnostic refuses the whole.

mod argument;
mod lookup;
mod pattern;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Span;
use crate::diagnostic::code;
use crate::diagnostic::escape;
use crate::diagnostic::suggest;
use crate::model::Along;
use crate::model::Date;
use crate::model::Snapshot;
use crate::query::ast::Ask;
use crate::query::ast::Context;
use crate::query::ast::ContextKind;
use crate::query::ast::Definition;
use crate::query::ast::Name;
use crate::query::ast::Operator;
use crate::query::ast::Script;
use crate::query::ast::Set;
use crate::query::ast::SetKind;
use crate::query::ast::Statement;
use crate::query::bound::ContextChange;
use crate::query::bound::Node;
use crate::query::bound::NodeId;
use crate::query::bound::NodeKind;
use crate::query::bound::Query;
use crate::query::function;
use crate::query::function::ResultType;

pub use lookup::find_source;
pub use pattern::PATTERNS;
pub use pattern::PatternKind;
pub use pattern::Wanted;

/// The most findings that one script gets; what comes behind them is not looked at.
const FINDINGS_MAX: usize = 20;

/// A resolved script.
#[derive(Debug, Default)]
pub struct Bound {
    /// The nodes of all its queries.
    pub query: Query,
    /// The queries, in the order of writing.
    pub asks: Vec<BoundAsk>,
}

/// One query of a resolved script.
#[derive(Debug)]
pub struct BoundAsk {
    /// The node whose result is the answer.
    pub root: NodeId,
    /// Where it stands.
    pub span: Span,
    /// What the reader should know of how names were taken.
    pub notes: Vec<String>,
}

/// Resolves a script on a graph.
///
/// `earlier` are the definitions of earlier scripts of the session, oldest first; a later one hides
/// an earlier one of the same name. Errors: every fault found, in the order of the text.
pub fn resolve(
    script: &Script,
    earlier: &[Definition],
    snapshot: &Snapshot,
) -> Result<Bound, Vec<Diagnostic>> {
    let mut resolver = Resolver {
        snapshot,
        query: Query::default(),
        types: Vec::new(),
        definitions: Vec::new(),
        findings: Vec::new(),
        foreign_span: None,
    };
    let mut asks = Vec::new();
    resolver.foreign_span = Some(Span::default());
    for definition in earlier {
        resolver.define(definition);
    }
    // They were sound when they were made; what a reload took away is empty in them.
    resolver.findings.clear();
    resolver.query.notes.clear();
    resolver.foreign_span = None;
    for statement in &script.statements {
        match statement {
            Statement::Definition(definition) => resolver.define(definition),
            Statement::Query(ask) => {
                let root = resolver.ask(ask);
                let notes = std::mem::take(&mut resolver.query.notes);
                asks.push(BoundAsk {
                    root,
                    span: ask.span,
                    notes,
                });
            }
        }
    }
    if resolver.findings.is_empty() {
        return Ok(Bound {
            query: resolver.query,
            asks,
        });
    }
    if resolver.is_full() {
        resolver.findings.truncate(FINDINGS_MAX);
        let last = resolver.findings.last_mut();
        let hint = "what stands behind this was not looked at".to_owned();
        last.expect("there are findings").hints.push(hint);
    }
    Err(resolver.findings)
}

/// Collects nodes and findings.
struct Resolver<'a> {
    snapshot: &'a Snapshot,
    query: Query,
    /// The type of each node's result.
    types: Vec<ResultType>,
    definitions: Vec<(String, NodeId)>,
    findings: Vec<Diagnostic>,
    /// Stands for every span while a definition from another text is resolved.
    foreign_span: Option<Span>,
}

impl Resolver<'_> {
    fn add(&mut self, kind: NodeKind, span: Span, yields: ResultType) -> NodeId {
        self.query.nodes.push(Node {
            kind,
            span: self.foreign_span.unwrap_or(span),
        });
        self.types.push(yields);
        NodeId(self.query.nodes.len() - 1)
    }

    /// Whether no more findings are wanted.
    fn is_full(&self) -> bool {
        self.findings.len() >= FINDINGS_MAX
    }

    /// Notes a fault, and gives a node to go on with.
    fn fault(&mut self, finding: Diagnostic) -> NodeId {
        let span = finding
            .labels
            .first()
            .map_or(Span::default(), |label| label.span);
        self.findings.push(finding);
        self.add(NodeKind::Union(Vec::new()), span, ResultType::Set)
    }

    fn define(&mut self, definition: &Definition) {
        let name = &definition.name;
        if function::find(&name.text).is_some() {
            let message = format!("`{}` is the name of a function", name.text);
            let finding = Diagnostic::error(&code::BAD_DEFINITION, name.span, message)
                .hint("choose another name".to_owned());
            self.findings.push(finding);
        }
        let node = self.ask(&definition.value);
        self.definitions.push((name.text.clone(), node));
    }

    fn ask(&mut self, ask: &Ask) -> NodeId {
        let mut changes: Vec<ContextChange> = Vec::new();
        let mut seen: Vec<&Context> = Vec::new();
        for context in &ask.contexts {
            let is_same = |other: &&&Context| {
                std::mem::discriminant(&other.kind) == std::mem::discriminant(&context.kind)
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
        let node = self.set(&ask.set);
        if changes.is_empty() {
            return node;
        }
        let yields = self.types[node.0];
        self.add(NodeKind::Within(node, changes), ask.span, yields)
    }

    fn context(&mut self, context: &Context) -> Option<ContextChange> {
        match &context.kind {
            ContextKind::AsOf(date) => match Date::parse(&date.text) {
                Ok(date) => Some(ContextChange::AsOf(date)),
                Err(reason) => {
                    self.findings.push(bad_date(date, &reason));
                    None
                }
            },
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

    /// Resolves a set, or anything a set can be made of.
    fn set(&mut self, set: &Set) -> NodeId {
        if self.is_full() {
            return self.add(NodeKind::Union(Vec::new()), set.span, ResultType::Set);
        }
        match &set.kind {
            SetKind::Name(name) => self.name(name),
            SetKind::Pattern(word, wanted) => match pattern::select(self.snapshot, word, wanted) {
                Ok(kind) => self.add(kind, set.span, ResultType::Set),
                Err(finding) => self.fault(finding),
            },
            SetKind::Union(members) => {
                let nodes = members.iter().map(|member| self.operand(member)).collect();
                self.add(NodeKind::Union(nodes), set.span, ResultType::Set)
            }
            SetKind::Chain(first, rest) => self.chain(first, rest, set.span),
            SetKind::Call(name, arguments) => self.call(name, arguments, set.span),
            SetKind::Steps(base, words) => {
                let before = self.findings.len();
                let node = self.operand(base);
                match (self.findings.len() > before, &base.kind) {
                    (true, SetKind::Name(name)) => self.dotted(name, words, node),
                    _ => self.steps(node, words, set.span),
                }
            }
            SetKind::Group(ask) => self.ask(ask),
            SetKind::Range(_) => self.fault(
                Diagnostic::error(
                    &code::WRONG_ARGUMENT,
                    set.span,
                    "a number stands where a set is wanted",
                )
                .hint("a name that looks like a number goes in quotes: `\"3.11\"`".to_owned()),
            ),
        }
    }

    /// Resolves what must be a set: a table that is none is refused.
    fn operand(&mut self, set: &Set) -> NodeId {
        let node = self.set(set);
        if self.types[node.0] != ResultType::Table {
            return node;
        }
        self.fault(
            Diagnostic::error(
                &code::NOT_A_SET,
                set.span,
                "this is a table, not a set of entities",
            )
            .hint("ask for it by itself, in a statement of its own".to_owned()),
        )
    }

    fn chain(&mut self, first: &Set, rest: &[(Operator, Set)], span: Span) -> NodeId {
        let mut node = self.operand(first);
        let mut rest = rest;
        while let Some((operator, _)) = rest.first() {
            let run = rest
                .iter()
                .take_while(|(other, _)| other == operator)
                .count();
            let operands = rest[..run].iter().map(|(_, set)| self.operand(set));
            let kind = match operator {
                Operator::Intersection => {
                    NodeKind::Intersection(std::iter::once(node).chain(operands).collect())
                }
                Operator::Difference => NodeKind::Difference(node, operands.collect()),
            };
            node = self.add(kind, span, ResultType::Set);
            rest = &rest[run..];
        }
        node
    }

    /// A name that is unknown before its dot may be one with the dot in it.
    fn dotted(&mut self, name: &Name, words: &[Name], node: NodeId) -> NodeId {
        let words: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        let whole = format!("{}.{}", name.text, words.join("."));
        if let Some(finding) = self.findings.last_mut() {
            let whole = escape::clipped(&whole, 60);
            finding
                .hints
                .push(format!("a name with a dot goes in quotes: `\"{whole}\"`"));
        }
        node
    }

    fn steps(&mut self, base: NodeId, words: &[Name], span: Span) -> NodeId {
        let mut node = base;
        for (index, word) in words.iter().enumerate() {
            let (relation, direction) = match lookup::relation(self.snapshot, word) {
                Ok(found) => found,
                Err(finding) => return self.fault(finding),
            };
            let schema = &self.snapshot.schema;
            if !schema.relations[relation.index()].is_property() {
                let mut along = Along::nothing(schema);
                along.add(schema, relation, direction);
                node = self.add(NodeKind::Step(node, along), span, ResultType::Set);
            } else if index + 1 == words.len() {
                node = self.add(NodeKind::Values(node, relation), span, ResultType::Table);
            } else {
                let message = format!("`{}` is a property: no step leads on from it", word.text);
                return self.fault(Diagnostic::error(&code::NOT_A_SET, word.span, message));
            }
        }
        node
    }

    fn name(&mut self, name: &Name) -> NodeId {
        if !name.is_quoted
            && let Some((_, node)) = self
                .definitions
                .iter()
                .rev()
                .find(|(known, _)| *known == name.text)
        {
            return *node;
        }
        match lookup::entity(self.snapshot, name) {
            Ok((entity, note)) => {
                self.query.notes.extend(note);
                self.add(NodeKind::Entity(entity), name.span, ResultType::Set)
            }
            Err(mut finding) => {
                let defined = self.definitions.iter().map(|(known, _)| known.as_str());
                let near = suggest::nearest(&name.text, defined);
                if finding.hints.is_empty() {
                    finding.hints.extend(suggest::did_you_mean(&near));
                }
                self.fault(finding)
            }
        }
    }
}

/// The finding for a date that is none.
fn bad_date(date: &Name, reason: &str) -> Diagnostic {
    let message = format!("`{}` is no date", date.text);
    Diagnostic::error(&code::BAD_DATE, date.span, message).labelled(reason)
}
