//! From text to table: parse, resolve, plan, optimize, execute; one type a stage.
//!
//! `text → Ast → Query → Plan → Answer`. [`Prepared::new`] goes as far as the plans, and
//! [`PreparedQuery::answer`] runs one of them. Prints nothing and reads no file and no clock.

pub mod ast;
pub mod bound;
mod execute;
pub mod explain;
pub mod function;
pub mod optimize;
pub mod parse;
pub mod plan;
mod resolve;
pub mod scan;
mod slip;
mod table;

use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::diagnostic::Limits;
use crate::diagnostic::Span;
use crate::model::Snapshot;

pub use resolve::Bound;
pub use resolve::PATTERNS;
pub use resolve::PatternKind;
pub use resolve::Wanted;
pub use resolve::find_source;
pub use resolve::resolve;
pub use table::Answer;
pub use table::Column;
pub use table::ColumnType;
pub use table::Table;

/// Whether plans are rewritten; both ways give the same answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rewrite {
    /// All passes run.
    On,
    /// Plans run as they were built.
    Off,
}

/// A script, ready to be answered on one snapshot.
#[derive(Debug)]
pub struct Prepared {
    /// What the text defines, in order.
    pub definitions: Vec<ast::Definition>,
    /// The queries, in order.
    pub queries: Vec<PreparedQuery>,
}

/// One query of a script, planned.
#[derive(Debug)]
pub struct PreparedQuery {
    /// Where it stands in the script.
    pub span: Span,
    /// What is done.
    pub plan: plan::Plan,
    notes: Vec<String>,
}

impl Prepared {
    /// Parses, resolves and plans a script.
    ///
    /// `earlier` are the definitions of earlier scripts, oldest first. Errors: diagnostics whose
    /// places lie in `text`, or a fault if it is too long or nests too deep.
    pub fn new(
        text: &str,
        earlier: &[ast::Definition],
        snapshot: &Snapshot,
        limits: &Limits,
        rewrite: Rewrite,
    ) -> Result<Prepared, Error> {
        let script = parse::parse(text, limits)?;
        let bound = resolve(&script, earlier, snapshot)?;
        let queries = bound.asks.iter().map(|ask| {
            let plan = plan::plan(&bound.query, ask.root, &snapshot.schema);
            let plan = match rewrite {
                Rewrite::On => optimize::optimize(plan),
                Rewrite::Off => plan,
            };
            PreparedQuery {
                span: ask.span,
                plan,
                notes: ask.notes.clone(),
            }
        });
        let queries = queries.collect();
        let definitions = script
            .statements
            .into_iter()
            .filter_map(|statement| match statement {
                ast::Statement::Definition(definition) => Some(definition),
                ast::Statement::Query(_) => None,
            });
        Ok(Prepared {
            definitions: definitions.collect(),
            queries,
        })
    }
}

impl PreparedQuery {
    /// Runs the plan.
    pub fn answer(&self, snapshot: &Snapshot, budget: &mut Budget) -> Result<Answer, Error> {
        let mut answer = execute::execute(&self.plan, snapshot, budget)?;
        answer.notes.splice(0..0, self.notes.iter().cloned());
        Ok(answer)
    }
}
