//! From text to table: parse, resolve, plan, optimize, execute; one type a stage.
//!
//! `text → Ast → Query → Plan → Answer`. [`PlannedScript::new`] goes as far as the plans, and
//! [`PlannedQuery::answer`] runs one of them. Prints nothing and reads no file and no clock.

pub mod ast;
pub mod bound;
mod execute;
pub mod explain;
pub mod field;
pub mod function;
mod join;
mod masked;
mod moves;
mod named;
pub mod optimize;
pub mod parse;
pub mod plan;
mod resolve;
pub mod scan;
mod slip;
mod stack;
mod table;
mod template;
pub mod value;

use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::diagnostic::Fault;
use crate::diagnostic::LimitId;
use crate::diagnostic::Limits;
use crate::diagnostic::Span;
use crate::model::Day;
use crate::model::EntityId;
use crate::model::Snapshot;

pub use bound::Given;
pub use execute::Counts;
pub use execute::Found;
pub use execute::FoundRow;
pub use resolve::Binding;
pub use resolve::Bound;
pub use resolve::BoundAsk;
pub use resolve::BoundExpectation;
pub use resolve::PATTERNS;
pub use resolve::Parameters;
pub use resolve::PatternKind;
pub use resolve::Purpose;
pub use resolve::Wanted;
pub use resolve::find_source;
pub use resolve::give;
pub(crate) use resolve::not_given;
pub use resolve::resolve;
use resolve::resolve_with_gaps;
pub use table::Answer;
pub use table::Column;
pub use table::ColumnType;
pub use table::Table;
pub use template::Kept;
pub use template::Planned;
pub use template::Templates;

/// Whether plans are rewritten; both ways give the same answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rewrite {
    /// All passes run.
    #[default]
    On,
    /// Plans run as they were built.
    Off,
}

/// A script, ready to be answered on one snapshot.
#[derive(Debug)]
pub struct PlannedScript {
    /// What the text defines, in order.
    pub definitions: Vec<ast::Definition>,
    /// The queries and assertions, in order.
    pub queries: Vec<PlannedQuery>,
    /// The parameters that get their values only when a query runs, by their numbers.
    pub late: Vec<bound::Late>,
    /// Where its text names an entity, and which: for templates.
    names: Vec<(Span, EntityId)>,
    /// The gaps of its text, by the numbers of the values that its queries are given.
    gaps: Vec<Span>,
}

/// One query or assertion of a script, planned.
#[derive(Debug)]
pub struct PlannedQuery {
    /// Where it stands in the script.
    pub span: Span,
    /// What is done.
    pub plan: plan::Plan,
    /// What its answer is for.
    pub purpose: Purpose<plan::Plan>,
    notes: Vec<String>,
    /// How long the text is that it was made of.
    length: usize,
    /// The texts of its gaps.
    given: Vec<Given>,
}

/// What a script is prepared with.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// The definitions of earlier scripts, oldest first.
    pub earlier: &'a [ast::Definition],
    /// The values of parameters.
    pub parameters: &'a Parameters,
    /// The graph.
    pub snapshot: &'a Snapshot,
    /// How long and deep a text may be.
    pub limits: &'a Limits,
    /// Whether plans are rewritten.
    pub rewrite: Rewrite,
    /// When parameters get their values.
    pub binding: Binding,
}

impl PlannedScript {
    /// Parses, resolves and plans a script.
    ///
    /// Errors: diagnostics whose places lie in `text`, or a fault if it is too long or nests too
    /// deep.
    pub fn new(text: &str, setting: Setting<'_>) -> Result<PlannedScript, Error> {
        PlannedScript::with_gaps(text, setting, &[])
    }

    /// The same with gaps: quoted texts whose values are put in before a query runs.
    fn with_gaps(text: &str, setting: Setting<'_>, gaps: &[Span]) -> Result<PlannedScript, Error> {
        stack::roomy(length_of(text, setting), || {
            PlannedScript::prepare(text, setting, gaps)
        })
    }

    fn prepare(text: &str, setting: Setting<'_>, gaps: &[Span]) -> Result<PlannedScript, Error> {
        let script = parse::parse(text, setting.limits)?;
        let snapshot = setting.snapshot;
        let values = (setting.parameters, setting.binding);
        let bound = resolve_with_gaps(&script, setting.earlier, values, gaps, snapshot)?;
        let planned = |root: bound::NodeId| {
            let plan = plan::plan(&bound.query, root, &snapshot.schema);
            let parts_max = setting.limits.get(LimitId::Parts);
            if plan.parts() as u64 > parts_max {
                return Err(Error::from(Fault::Limit(LimitId::Parts, parts_max)));
            }
            Ok(match setting.rewrite {
                Rewrite::On => optimize::optimize(plan, snapshot),
                Rewrite::Off => plan,
            })
        };
        let is_alone = setting.earlier.is_empty() && bound.asks.len() == script.statements.len();
        let queries = bound.asks.iter().map(|ask| {
            Ok(PlannedQuery {
                span: ask.span,
                plan: planned(ask.root)?,
                purpose: match &ask.purpose {
                    Purpose::Answer(target) => Purpose::Answer(target.clone()),
                    Purpose::Assertion(wants, message) => {
                        Purpose::Assertion(wants.map(planned)?, message.clone())
                    }
                },
                notes: ask.notes.clone(),
                // What definitions stand for is longer than their names.
                length: match is_alone {
                    true => (ask.span.end - ask.span.start) as usize,
                    false => usize::MAX,
                },
                given: vec![Given::default(); bound.gaps.len()],
            })
        });
        let queries = queries.collect::<Result<_, Error>>()?;
        let definitions = script
            .statements
            .into_iter()
            .filter_map(|statement| match statement {
                ast::Statement::Definition(definition) => Some(definition),
                ast::Statement::Query(..) | ast::Statement::Assertion(_) => None,
            });
        let names = bound.query.nodes.iter();
        let names = names.filter_map(|node| match node.kind {
            bound::NodeKind::Entity(entity) => Some((node.span, entity)),
            _ => None,
        });
        Ok(PlannedScript {
            definitions: definitions.collect(),
            queries,
            names: names.collect(),
            gaps: bound.gaps,
            late: bound.query.late,
        })
    }
}

impl PlannedQuery {
    /// Runs the plan. `today` is the day that `today()` gives.
    pub fn answer(
        &self,
        snapshot: &Snapshot,
        today: Option<Day>,
        budget: &mut Budget,
    ) -> Result<Answer, Error> {
        Ok(self.traced(snapshot, today, budget)?.0)
    }

    /// Runs the plan, and tells how many rows each part of it yielded.
    pub fn traced(
        &self,
        snapshot: &Snapshot,
        today: Option<Day>,
        budget: &mut Budget,
    ) -> Result<(Answer, Counts), Error> {
        let run = || execute::execute(&self.plan, snapshot, today, &self.given, budget);
        let (mut answer, counts) = stack::roomy(self.length, run)?;
        answer.notes.splice(0..0, self.notes.iter().cloned());
        Ok((answer, counts))
    }

    /// Runs the plan for a program, which reads it row by row. `given` are the values of the late
    /// parameters, by their numbers; a plan with gaps has no such parameters, and its own values.
    pub fn find<'a>(
        &'a self,
        snapshot: &'a Snapshot,
        today: Option<Day>,
        given: &'a [Given],
        budget: Budget,
    ) -> Result<Found<'a>, Error> {
        let given = if self.given.is_empty() {
            given
        } else {
            &self.given
        };
        let run = || execute::find(&self.plan, snapshot, today, given, budget);
        let mut found = stack::roomy(self.length, run)?;
        found.add_notes(&self.notes);
        Ok(found)
    }

    /// The answer that an assertion wants, if it names another query.
    pub fn wanted(
        &self,
        snapshot: &Snapshot,
        today: Option<Day>,
        budget: &mut Budget,
    ) -> Result<Option<Answer>, Error> {
        match &self.purpose {
            Purpose::Assertion(BoundExpectation::Equal(plan), _) => {
                let (other, _) = execute::execute(plan, snapshot, today, &self.given, budget)?;
                Ok(Some(other))
            }
            _ => Ok(None),
        }
    }

    /// Whether the answer is what an assertion wants; true for what is no assertion.
    pub fn holds(
        &self,
        answer: &Answer,
        snapshot: &Snapshot,
        today: Option<Day>,
        budget: &mut Budget,
    ) -> Result<bool, Error> {
        let Purpose::Assertion(wants, _) = &self.purpose else {
            return Ok(true);
        };
        Ok(match wants {
            BoundExpectation::Empty => answer.table.rows.is_empty(),
            BoundExpectation::NotEmpty => !answer.table.rows.is_empty(),
            BoundExpectation::Value(wanted) => match answer.table.rows.as_slice() {
                [row] => row
                    .first()
                    .is_some_and(|met| value::equals(met, wanted) == Some(true)),
                _ => false,
            },
            BoundExpectation::Equal(plan) => {
                let run = || execute::execute(plan, snapshot, today, &self.given, budget);
                let (other, _) = stack::roomy(self.length, run)?;
                answer.said() == other.said()
            }
        })
    }
}

/// How long a text is with what earlier texts define.
fn length_of(text: &str, setting: Setting<'_>) -> usize {
    match setting.earlier {
        [] => text.len(),
        _ => usize::MAX,
    }
}
