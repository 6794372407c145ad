//! What is sent on of the matches of a join: rows with values, one a match, maybe in an order.

use std::cmp::Ordering;
use std::ops::ControlFlow;

use crate::algo::interruptible;
use crate::algo::interruptible::Held;
use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::model::EntityId;
use crate::model::RelationId;
use crate::model::StatementId;
use crate::model::Value;
use crate::query::bound::Join;
use crate::query::bound::Mode;
use crate::query::bound::Yield;
use crate::query::execute::rows::Flow;
use crate::query::execute::rows::Row;
use crate::query::execute::rows::RowRun;
use crate::query::execute::rows::join::Partial;
use crate::query::execute::rows::join::fill::fill_first;
use crate::query::execute::rows::join::stage::Stage;
use crate::query::execute::rows::join::stages;
use crate::query::execute::rows::join::visit;

/// Where rows go, with how many rows each stands for.
pub(in crate::query::execute::rows) type CopySink<'s> =
    dyn FnMut(&mut Row, u64, &mut Budget) -> Result<Flow, Error> + 's;

/// The entities of a match in the order of its nodes, and how many matches have them.
pub(super) type Found = (Vec<u32>, u64);

impl RowRun<'_> {
    /// Sends on the rows of a join. The row is as it was afterwards.
    pub(in crate::query::execute::rows) fn join(
        &self,
        join: &Join,
        row: &mut Row,
        budget: &mut Budget,
        sink: &mut CopySink<'_>,
    ) -> Result<Flow, Error> {
        let mut loops = Loops {
            stages: stages(self, join, budget)?,
            partial: Partial::new(self, join, budget),
        };
        let mut send = Send {
            run: self,
            join,
            row,
            sink,
        };
        let flow = match &join.yields {
            Yield::Every => {
                loops.visit(&mut |partial, ways| send.row(&partial.bound, ways, partial.budget))
            }
            Yield::Ordered(nodes) => send.ordered(&mut loops, nodes),
            Yield::Counted(greatest) => send.counted(&mut loops, greatest.as_ref()),
            Yield::First(keys, count) => send.first(&mut loops, keys, count),
        };
        if let Some(counts) = self.counts.borrow_mut().first_mut() {
            for (count, stage) in counts[1..].iter_mut().zip(&loops.stages) {
                *count += stage.passed;
            }
        }
        flow
    }
}

/// A join on its way.
pub(super) struct Loops<'j, 'b> {
    pub(super) stages: Vec<Stage<'j>>,
    pub(super) partial: Partial<'j, 'b>,
}

impl<'j, 'b> Loops<'j, 'b> {
    /// Calls `found` for what the levels to visit are bound to, with the number of its matches.
    pub(super) fn visit(
        &mut self,
        found: &mut dyn FnMut(&mut Partial<'j, 'b>, u64) -> Result<Flow, Error>,
    ) -> Result<Flow, Error> {
        let visited = self.partial.join.visited;
        visit(&mut self.stages, (visited, 1), &mut self.partial, found)
    }

    /// The only stage to visit, if it is known of every entity how many matches it has.
    pub(super) fn known(
        &mut self,
    ) -> Result<Option<(&mut Stage<'j>, &mut Partial<'j, 'b>)>, Error> {
        let partial = &mut self.partial;
        let (Some((stage, behind)), 1) = (self.stages.split_first_mut(), partial.join.visited)
        else {
            return Ok(None);
        };
        fill_first(stage, behind, partial)?;
        Ok(match stage.knows_all(behind, partial)? {
            true => Some((stage, partial)),
            false => None,
        })
    }
}

/// Makes rows of matches.
pub(super) struct Send<'s, 'k> {
    pub(super) run: &'s RowRun<'s>,
    pub(super) join: &'s Join,
    pub(super) row: &'s mut Row,
    sink: &'s mut CopySink<'k>,
}

impl Send<'_, '_> {
    /// So many rows of a match, or one for each choice of statements where these are shown.
    fn row(&mut self, bound: &[u32], ways: u64, budget: &mut Budget) -> Result<Flow, Error> {
        self.fill(bound);
        let flow = match self.join.is_traced {
            true => self.statements(0, bound, &mut Vec::new(), budget),
            false => self.copies(ways, budget),
        };
        self.clear();
        flow
    }

    fn copies(&mut self, ways: u64, budget: &mut Budget) -> Result<Flow, Error> {
        for _ in 0..ways {
            budget.spend(1)?;
            if (self.sink)(self.row, 1, budget)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn fill(&mut self, bound: &[u32]) {
        for node in &self.join.shown {
            let slot = self.join.matching.nodes[*node].slot;
            self.row[slot.0] = Value::Entity(EntityId(bound[*node]));
        }
    }

    fn clear(&mut self) {
        for node in &self.join.shown {
            self.row[self.join.matching.nodes[*node].slot.0] = Value::Null;
        }
    }

    /// Binds the edges from `edge` on to each statement that lies between their ends.
    fn statements(
        &mut self,
        edge: usize,
        bound: &[u32],
        used: &mut Vec<StatementId>,
        budget: &mut Budget,
    ) -> Result<Flow, Error> {
        let Some(pattern) = self.join.matching.edges.get(edge) else {
            return (self.sink)(self.row, 1, budget);
        };
        let mut ties = self
            .join
            .levels
            .iter()
            .flat_map(|level| level.ties.iter().map(|tie| (level.node, tie)));
        let (node, tie) = ties
            .find(|(_, tie)| tie.edge == edge)
            .expect("an edge is a tie");
        let ends = match tie.is_outward {
            true => (bound[tie.bound], bound[node]),
            false => (bound[node], bound[tie.bound]),
        };
        let mut flow = ControlFlow::Continue(());
        for statement in between(self.run, tie.relations[0], ends) {
            budget.spend(1)?;
            if pattern.mode != Mode::Walk && used.contains(&statement) {
                continue;
            }
            self.row[pattern.slot.0] = Value::Statement(statement);
            used.push(statement);
            flow = self.statements(edge + 1, bound, used, budget)?;
            used.pop();
            if flow.is_break() {
                break;
            }
        }
        self.row[pattern.slot.0] = Value::Null;
        Ok(flow)
    }

    /// The matches by the names of what these nodes are bound to.
    fn ordered(&mut self, loops: &mut Loops<'_, '_>, nodes: &[usize]) -> Result<Flow, Error> {
        let snapshot = self.run.run.snapshot;
        let mut found: Held<Found> = Held(Vec::new());
        let (mut rows, mut held) = (0usize, 0);
        let _ = loops.visit(&mut |partial, ways| {
            rows = rows.saturating_add(ways as usize);
            partial.budget.check_rows(rows)?;
            partial.budget.hold(partial.bound.len() as u64)?;
            held += partial.bound.len() as u64;
            found.0.push((partial.bound.clone(), ways));
            Ok(ControlFlow::Continue(()))
        })?;
        let budget = &mut *loops.partial.budget;
        budget.spend(found.0.len() as u64)?;
        let rank = |(bound, _): &Found, node: &usize| snapshot.rank(EntityId(bound[*node]));
        interruptible::sort_by(&mut found.0, budget, |one, other| {
            let orders = nodes
                .iter()
                .map(|node| rank(one, node).cmp(&rank(other, node)));
            let mut orders = orders.skip_while(|order| order.is_eq());
            orders.next().unwrap_or(Ordering::Equal)
        })?;
        let flow = self.rows(&found.0, budget);
        budget.release(held);
        flow
    }

    pub(super) fn rows(&mut self, found: &[Found], budget: &mut Budget) -> Result<Flow, Error> {
        for (bound, ways) in found {
            if self.row(bound, *ways, budget)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }
    /// One row that stands for so many.
    pub(super) fn copy(
        &mut self,
        bound: &[u32],
        ways: u64,
        budget: &mut Budget,
    ) -> Result<Flow, Error> {
        self.fill(bound);
        let flow = (self.sink)(self.row, ways, budget);
        self.clear();
        flow
    }
}

/// The statements of a relation that lead from one entity to another and are walked.
fn between<'r>(
    run: &'r RowRun<'_>,
    relation: RelationId,
    (subject, object): (u32, u32),
) -> impl Iterator<Item = StatementId> + 'r {
    let snapshot = run.run.snapshot;
    let rows = snapshot.out_rows();
    let places = rows.run(EntityId(subject), relation);
    let ends = &rows.ends[places.clone()];
    let start = ends.partition_point(|end| *end < object);
    let same = ends[start..]
        .iter()
        .take_while(|end| **end == object)
        .count();
    let first = places.start + start;
    let statements = (first..first + same).map(StatementId::from_index);
    statements.filter(move |statement| run.filter.walks(snapshot, *statement))
}
