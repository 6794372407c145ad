//! From `Ast` to `Query`: names, kinds, relations, functions and arguments find what they mean.
//!
//! All faults of a script are collected; a part that cannot be resolved stands for the empty set
//! until the end, where any diagnostic refuses the whole.

mod argument;
mod constant;
mod definition;
mod expression;
mod lookup;
mod matching;
mod member;
mod note;
mod pattern;
mod projection;
mod rows;
mod scope;
mod set;
mod statement;

use std::collections::BTreeMap;
use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Span;
use crate::diagnostic::code;
use crate::model::Snapshot;
use crate::model::Value;
use crate::query::ast::Definition;
use crate::query::ast::Name;
use crate::query::ast::Script;
use crate::query::bound::Holds;
use crate::query::bound::Late;
use crate::query::bound::Node;
use crate::query::bound::NodeId;
use crate::query::bound::NodeKind;
use crate::query::bound::ParameterId;
use crate::query::bound::Query;

pub use lookup::find_source;
pub use pattern::PATTERNS;
pub use pattern::PatternKind;
pub use pattern::Wanted;
pub use set::give;
pub use statement::BoundAsk;
pub use statement::BoundExpectation;
pub use statement::Purpose;

use definition::Known;
use note::Suspect;
use scope::Variable;

/// The most findings that one script gets; what comes behind them is not looked at.
const FINDINGS_MAX: usize = 20;

/// Values that are given to a query from outside, by name.
pub type Parameters = BTreeMap<String, Value>;

/// When the parameters of a script get their values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// When it is resolved; one without a value is a finding.
    Now,
    /// When it runs; one in a date or a map of properties is a finding, because the plan depends
    /// on it.
    Late,
}

/// A resolved script.
#[derive(Debug, Default)]
pub struct Bound {
    /// The nodes of all its queries.
    pub query: Query,
    /// The queries and assertions, in the order of writing.
    pub asks: Vec<BoundAsk>,
    /// The gaps that were met, by the numbers of the parameters that stand for them.
    pub gaps: Vec<Span>,
}

/// What a node yields.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Yields {
    /// A set of entities.
    Set,
    /// Paths; as a set, the entities on them.
    Paths,
    /// Rows with these columns.
    Table(Vec<(String, Holds)>),
}

/// Resolves a script on a graph.
///
/// `earlier` are the definitions of earlier scripts of the session, oldest first; a later one hides
/// an earlier one of the same name. Errors: every fault found, in the order of the text.
pub fn resolve(
    script: &Script,
    earlier: &[Definition],
    parameters: &Parameters,
    binding: Binding,
    snapshot: &Snapshot,
) -> Result<Bound, Vec<Diagnostic>> {
    resolve_with_gaps(script, earlier, (parameters, binding), &[], snapshot)
}

/// The same for a script with gaps: quoted texts whose values come when it runs, as those of late
/// parameters do. Only one that is an expression can be met; what is shown of a query never depends
/// on one.
pub(super) fn resolve_with_gaps(
    script: &Script,
    earlier: &[Definition],
    (parameters, binding): (&Parameters, Binding),
    gaps: &[Span],
    snapshot: &Snapshot,
) -> Result<Bound, Vec<Diagnostic>> {
    let mut resolver = Resolver {
        snapshot,
        parameters,
        binding,
        query: Query::default(),
        types: Vec::new(),
        definitions: Vec::new(),
        expansions: HashMap::new(),
        depth: 0,
        outer: Vec::new(),
        suspects: Vec::new(),
        findings: Vec::new(),
        foreign_span: Some(Span::default()),
        gaps,
        gaps_met: Vec::new(),
    };
    for definition in earlier {
        resolver.define(definition);
    }
    // They were sound when they were made; what a reload took away is empty in them.
    resolver.findings.clear();
    resolver.query.notes.clear();
    resolver.foreign_span = None;
    let mut asks = Vec::new();
    for statement in &script.statements {
        asks.extend(resolver.statement(statement));
    }
    if resolver.findings.is_empty() {
        return Ok(Bound {
            query: resolver.query,
            asks,
            gaps: resolver.gaps_met,
        });
    }
    // A function of the script is read where it stands and where it is called.
    resolver.findings.dedup();
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
    parameters: &'a Parameters,
    binding: Binding,
    query: Query,
    /// What each node yields.
    types: Vec<Yields>,
    definitions: Vec<Known>,
    /// The node of each call of a defined function that was met.
    expansions: HashMap<(usize, Vec<NodeId>), NodeId>,
    /// How many calls of defined functions stand in each other.
    depth: usize,
    /// The variables of the rows around, as sets.
    outer: Vec<Variable>,
    /// The variables that bear the name of something else and were not used yet.
    suspects: Vec<Suspect>,
    findings: Vec<Diagnostic>,
    /// Stands for every span while a definition from another text is resolved.
    foreign_span: Option<Span>,
    /// Where quoted texts stand whose values come when the query runs.
    gaps: &'a [Span],
    /// Those of them that were met.
    gaps_met: Vec<Span>,
}

impl Resolver<'_> {
    fn add(&mut self, kind: NodeKind, span: Span, yields: Yields) -> NodeId {
        let query = &mut self.query;
        let is_outer = matches!(kind, NodeKind::Outer(_));
        let reads = kind.reads();
        query.nodes.push(Node {
            is_correlated: is_outer || reads.iter().any(|node| query.nodes[node.0].is_correlated),
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
        self.add(NodeKind::Union(Vec::new()), span, Yields::Set)
    }

    /// Whether parameters get their values when the query runs; in the definitions of earlier
    /// scripts they have them.
    fn is_binding_late(&self) -> bool {
        self.binding == Binding::Late && self.foreign_span.is_none()
    }

    /// The number of a parameter that gets its value when the query runs; none for any other.
    fn late(&mut self, name: &Name, is_set: bool) -> Option<ParameterId> {
        let key = name.text.trim_start_matches('$');
        if !self.is_binding_late() {
            return None;
        }
        let known = &mut self.query.late;
        let place = known.iter().position(|known| known.name.text == key);
        let place = place.unwrap_or_else(|| {
            let text = key.to_owned();
            let name = Name {
                text,
                ..name.clone()
            };
            known.push(Late {
                name,
                is_set: false,
            });
            known.len() - 1
        });
        known[place].is_set |= is_set;
        Some(ParameterId(place))
    }

    /// The number of the parameter that stands for a gap; none for any other place.
    fn gap(&mut self, span: Span) -> Option<ParameterId> {
        if self.foreign_span.is_some() || !self.gaps.contains(&span) {
            return None;
        }
        let known = self.gaps_met.iter().position(|known| *known == span);
        let place = known.unwrap_or_else(|| {
            self.gaps_met.push(span);
            self.gaps_met.len() - 1
        });
        Some(ParameterId(place))
    }

    /// The value of a parameter, whose name stands with its `$`.
    fn parameter(&self, name: &Name) -> Result<Value, Diagnostic> {
        let key = name.text.trim_start_matches('$');
        match self.parameters.get(key) {
            Some(value) if !self.is_binding_late() => Ok(value.clone()),
            _ => Err(not_given(key, name.span)),
        }
    }
}

/// The finding for a parameter that has no value; `key` is its name without the `$`.
pub(crate) fn not_given(key: &str, span: Span) -> Diagnostic {
    let message = format!("the parameter `${key}` is not given");
    let hint = format!("give it: `--param {key}=VALUE`, or `:param {key} VALUE`");
    Diagnostic::error(&code::UNKNOWN_PARAMETER, span, message).hint(hint)
}

/// The finding for a date that is none.
fn bad_date(date: &Name, reason: &str) -> Diagnostic {
    let message = format!("`{}` is no date", date.text);
    Diagnostic::error(&code::BAD_DATE, date.span, message).labelled(reason)
}
