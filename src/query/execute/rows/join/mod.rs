//! Patterns as nested loops over sorted runs: each level binds a node to what all its edges lead
//! to, and the levels that nobody looks at are counted.
//!
//! What is bound is a number an entity; values are made for the rows that are sent on. The stages
//! of the levels behind one are a slice of their own, so that a loop holds on to its stage and
//! hands the rest on.

mod asker;
mod common;
mod count;
mod fill;
mod first;
mod group;
mod lane;
mod numbers;
mod send;
mod stage;
mod tails;
mod twins;
mod verdict;
mod wedges;

use std::ops::ControlFlow;

use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::model::EntityId;
use crate::model::Value;
use crate::model::Verdicts;
use crate::query::bound::Check;
use crate::query::bound::Join;
use crate::query::bound::Level;
use crate::query::bound::Tie;
use crate::query::execute::rows::Flow;
use crate::query::execute::rows::Row;
use crate::query::execute::rows::RowRun;

use asker::Asker;
use count::below;
use count::count;
use fill::fill_first;
use first::Bar;
use stage::Stage;
use stage::pieces;

/// A match on its way: what its nodes are bound to, and what conditions are asked with.
struct Partial<'j, 'b> {
    join: &'j Join,
    /// The entity of each node; it means something where the node is bound.
    bound: Vec<u32>,
    asker: Asker<'j>,
    budget: &'b mut Budget,
    /// How many entities there are.
    entities: usize,
    bar: Option<Bar>,
}

/// A stage a level, in the order in which nodes are bound.
fn stages<'j>(
    run: &'j RowRun<'j>,
    join: &'j Join,
    budget: &mut Budget,
) -> Result<Vec<Stage<'j>>, Error> {
    let row: Row = vec![Value::Null; run.pipeline.rows.slots.len()];
    let levels = join.levels.iter().enumerate();
    let stages = levels.map(|(depth, level)| {
        let members = match join.matching.nodes[level.node].within {
            Some(set) => Some(run.set(set, &row, budget)?),
            None => None,
        };
        Ok(Stage::new(run, join, (depth, level), members))
    });
    stages.collect()
}

impl<'j, 'b> Partial<'j, 'b> {
    fn new(run: &'j RowRun<'j>, join: &'j Join, budget: &'b mut Budget) -> Partial<'j, 'b> {
        let snapshot = run.run.snapshot;
        Partial {
            join,
            bound: vec![0; join.matching.nodes.len()],
            asker: Asker {
                run,
                row: vec![Value::Null; run.pipeline.rows.slots.len()],
                verdicts: Verdicts::new(snapshot, run.filter),
            },
            budget,
            entities: snapshot.entity_count(),
            bar: None,
        }
    }

    /// How many edges that are there before lie between the same two entities as a tie.
    #[inline]
    fn used(&self, node: usize, tie: &Tie) -> u64 {
        if tie.rivals.is_empty() {
            return 0;
        }
        let (subject, object) = match tie.is_outward {
            true => (self.bound[tie.bound], self.bound[node]),
            false => (self.bound[node], self.bound[tie.bound]),
        };
        let is_same = |rival: &&(usize, usize)| {
            self.bound[rival.0] == subject && self.bound[rival.1] == object
        };
        tie.rivals.iter().filter(is_same).count() as u64
    }

    /// Whether what reads several nodes is true once the node of a level is bound.
    fn checks(&mut self, level: &Level) -> Result<bool, Error> {
        for check in &level.checks {
            let holds = match check {
                Check::Same(node, is_same) => {
                    (self.bound[*node] == self.bound[level.node]) == *is_same
                }
                Check::Holds(condition) => {
                    for (node, entity) in self.join.matching.nodes.iter().zip(&self.bound) {
                        self.asker.row[node.slot.0] = Value::Entity(EntityId(*entity));
                    }
                    let condition = &self.join.matching.conditions[*condition];
                    self.asker.holds(condition, self.budget)?
                }
            };
            if !holds {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Checks so many matches against the limit of rows, where each becomes a row that is kept.
    #[inline]
    fn check_rows(&self, count: u64) -> Result<(), Error> {
        if self.join.is_kept {
            let count = usize::try_from(count).unwrap_or(usize::MAX);
            self.budget.check_rows(count)?;
        }
        Ok(())
    }
}

/// Calls `found` for what the first `visited` of the stages are bound to, with the number of its
/// matches.
fn visit<'j, 'b>(
    stages: &mut [Stage<'j>],
    (visited, ways): (usize, u64),
    partial: &mut Partial<'j, 'b>,
    found: &mut dyn FnMut(&mut Partial<'j, 'b>, u64) -> Result<Flow, Error>,
) -> Result<Flow, Error> {
    let (Some((stage, behind)), true) = (stages.split_first_mut(), visited > 0) else {
        return match count(stages, partial)? {
            0 => Ok(ControlFlow::Continue(())),
            all => found(partial, all),
        };
    };
    let node = stage.level.node;
    fill_first(stage, behind, partial)?;
    if visited == 1 && stage.knows_all(behind, partial)? {
        return visit_known(stage, ways, partial, found);
    }
    stage.each(partial, |stage, partial, more| {
        if let Some(flow) = partial.is_barred(node) {
            return Ok(flow);
        }
        let ways = ways.saturating_mul(more);
        if visited > 1 {
            return visit(behind, (visited - 1, ways), partial, found);
        }
        match below(stage, behind, partial)? {
            0 => Ok(ControlFlow::Continue(())),
            behind => found(partial, ways.saturating_mul(behind)),
        }
    })
}

/// The same for one stage where the number of matches is known of every entity.
fn visit_known<'j, 'b>(
    stage: &mut Stage<'j>,
    ways: u64,
    partial: &mut Partial<'j, 'b>,
    found: &mut dyn FnMut(&mut Partial<'j, 'b>, u64) -> Result<Flow, Error>,
) -> Result<Flow, Error> {
    let node = stage.level.node;
    for piece in pieces(partial.entities) {
        partial.budget.spend(piece.len() as u64)?;
        for entity in piece.start as u32..piece.end as u32 {
            let Some(behind) = stage.known(entity) else {
                continue;
            };
            stage.passed += 1;
            partial.bound[node] = entity;
            if let Some(flow) = partial.is_barred(node) {
                match flow {
                    ControlFlow::Break(()) => return Ok(flow),
                    ControlFlow::Continue(()) => continue,
                }
            }
            if behind > 0 && found(partial, ways.saturating_mul(behind))?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
    }
    Ok(ControlFlow::Continue(()))
}
