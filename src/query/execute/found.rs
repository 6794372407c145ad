//! What a plan yields to a program: rows that are read one by one, and evidence where it is asked
//! for.

use std::cell::RefCell;

use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::model::Day;
use crate::model::EntityId;
use crate::model::Snapshot;
use crate::model::StatementId;
use crate::model::Value;
use crate::query::bound::Given;
use crate::query::execute::Outcome;
use crate::query::execute::Run;
use crate::query::plan::Plan;
use crate::query::table::Answer;
use crate::query::table::ColumnType;

/// Runs a plan for a program.
pub(in crate::query) fn find<'a>(
    plan: &'a Plan,
    snapshot: &'a Snapshot,
    today: Option<Day>,
    given: &'a [Given],
    mut budget: Budget,
) -> Result<Found<'a>, Error> {
    let mut run = Run::new(plan, snapshot, today, given);
    run.all(&mut budget)?;
    let notes = given.iter().flat_map(|given| given.notes.iter().cloned());
    run.notes.borrow_mut().extend(notes);
    let is_set = match run.outcomes[plan.root.0] {
        Outcome::Table(_) | Outcome::Rows(_) | Outcome::Paths(..) => false,
        Outcome::Set(_) | Outcome::Walk(..) | Outcome::Cycles(..) | Outcome::Through(..) => true,
    };
    let shape = match is_set {
        true => {
            let members = run.ordered_members(plan.root, &mut budget)?;
            Shape::Set(Box::new(run), members)
        }
        false => Shape::Table(run.answer(&mut budget)?),
    };
    let budget = RefCell::new(budget);
    Ok(Found { shape, budget })
}

/// What a query found, to be read row by row.
///
/// A set of entities is rows with one cell, in the order of its answer; what each member rests on
/// is looked for when it is asked for. All other rows are made before the first is read.
pub struct Found<'a> {
    shape: Shape<'a>,
    /// What is left to look for evidence with.
    budget: RefCell<Budget>,
}

enum Shape<'a> {
    /// Entities in the order of the answer, and the run that found them.
    Set(Box<Run<'a>>, Vec<EntityId>),
    Table(Answer),
}

/// One row of what a query found.
pub struct FoundRow<'a> {
    found: &'a Found<'a>,
    cells: Cells<'a>,
}

enum Cells<'a> {
    Member(EntityId, Value),
    Row(&'a [Value]),
}

impl Found<'_> {
    /// Puts notes before those that came up when it ran.
    pub(in crate::query) fn add_notes(&mut self, notes: &[String]) {
        let known = match &mut self.shape {
            Shape::Set(run, _) => run.notes.get_mut(),
            Shape::Table(answer) => &mut answer.notes,
        };
        known.splice(0..0, notes.iter().cloned());
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        match &self.shape {
            Shape::Set(_, members) => members.len(),
            Shape::Table(answer) => answer.table.rows.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The names of the columns, in their order; evidence is no column.
    pub fn columns(&self) -> Vec<&str> {
        match &self.shape {
            Shape::Set(..) => vec!["entity"],
            Shape::Table(answer) => {
                let columns = answer.table.columns.iter();
                let shown = columns.filter(|column| column.cells != ColumnType::Via);
                shown.map(|column| column.name.as_str()).collect()
            }
        }
    }

    /// The rows, in the order of the answer. None of their cells is copied.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = FoundRow<'_>> {
        (0..self.len()).map(|place| FoundRow {
            found: self,
            cells: match &self.shape {
                Shape::Set(_, members) => {
                    Cells::Member(members[place], Value::Entity(members[place]))
                }
                Shape::Table(answer) => Cells::Row(&answer.table.rows[place]),
            },
        })
    }

    /// What the reader should know besides.
    ///
    /// Errors: the limit of steps is reached in looking for it.
    pub fn notes(&self) -> Result<Vec<String>, Error> {
        match &self.shape {
            Shape::Table(answer) => Ok(answer.notes.clone()),
            Shape::Set(run, _) => {
                let mut notes = run.notes.borrow().clone();
                notes.extend(run.passed_by_notes(&mut self.budget.borrow_mut())?);
                Ok(notes)
            }
        }
    }
}

impl FoundRow<'_> {
    /// The cell of a column, by its place from 0; none behind the last.
    pub fn get(&self, column: usize) -> Option<&Value> {
        match &self.cells {
            Cells::Member(_, value) => (column == 0).then_some(value),
            Cells::Row(cells) => cells.get(column),
        }
    }

    /// The entity in the first column, if it is one.
    pub fn entity(&self) -> Option<EntityId> {
        match self.get(0) {
            Some(Value::Entity(entity)) => Some(*entity),
            _ => None,
        }
    }

    /// The statements by which the entity came into the answer; none for other rows.
    ///
    /// Errors: the limit of steps is reached in looking for them.
    pub fn via(&self) -> Result<Vec<StatementId>, Error> {
        match (&self.found.shape, &self.cells) {
            (Shape::Set(run, _), Cells::Member(member, _)) => {
                let budget = &mut self.found.budget.borrow_mut();
                Ok(run.evidence(run.plan.root, *member, budget)?)
            }
            (Shape::Table(answer), Cells::Row(cells)) => {
                let columns = &answer.table.columns;
                let via = columns
                    .iter()
                    .position(|column| column.cells == ColumnType::Via);
                let Some(Value::List(statements)) = via.and_then(|place| cells.get(place)) else {
                    return Ok(Vec::new());
                };
                let statement = |value: &Value| match value {
                    Value::Statement(statement) => Some(*statement),
                    _ => None,
                };
                Ok(statements.iter().filter_map(statement).collect())
            }
            _ => unreachable!("rows are of the shape of what was found"),
        }
    }
}
