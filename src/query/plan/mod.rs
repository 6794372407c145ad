//! From a resolved query to an algebra of operators: what is done, in which order, under which
//! filter.
//!
//! A plan has no pointer into the snapshot: ids, filters and relations only, so that another back
//! end can run it. Operators stand in one list; each reads only earlier ones.

mod build;
mod operator;

use std::collections::HashMap;

use crate::model::Filter;
use crate::query::bound::Slot;

pub use build::Planner;
pub use build::plan;
pub use operator::Operator;
pub use operator::OperatorId;
pub use operator::Pipeline;
pub use operator::PlannedSet;

/// The number of a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FilterId(pub usize);

/// Operators in the order in which they run, and the one whose result is the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The operators, each with the filter it sees the graph through.
    pub operators: Vec<(Operator, FilterId)>,
    /// The filters; the first is that of the whole query.
    pub filters: Vec<Filter>,
    /// The operator whose result is the answer.
    pub root: OperatorId,
}

impl Plan {
    /// A plan without operators, to stand in the place of one that is taken away.
    pub(super) fn empty() -> Plan {
        Plan {
            operators: Vec::new(),
            filters: Vec::new(),
            root: OperatorId(0),
        }
    }

    /// How many different walks there are: equal ones count once, whether a pass has made them one
    /// or not, so that an answer does not depend on it.
    pub(super) fn walk_count(&self) -> usize {
        let walks = self.operators.iter();
        let walks = walks.filter(|(operator, _)| operator.is_walk()).count();
        if walks < 2 {
            return walks;
        }
        let mut known: HashMap<(Operator, FilterId), OperatorId> = HashMap::new();
        let mut stands_for: Vec<OperatorId> = Vec::with_capacity(self.operators.len());
        for (index, (operator, filter)) in self.operators.iter().enumerate() {
            let mut operator = operator.clone();
            for input in operator.inputs_mut() {
                *input = stands_for[input.0];
            }
            let own = OperatorId(index);
            stands_for.push(*known.entry((operator, *filter)).or_insert(own));
        }
        let operators = known.keys();
        operators.filter(|(operator, _)| operator.is_walk()).count()
    }

    /// The operators that make rows.
    pub(super) fn pipelines(&mut self) -> impl Iterator<Item = &mut Pipeline> {
        let operators = self.operators.iter_mut();
        operators.filter_map(|(operator, _)| match operator {
            Operator::Rows(pipeline) => Some(&mut **pipeline),
            _ => None,
        })
    }

    /// Calls `visit` for every plan inside this one, the innermost first.
    pub(super) fn each_nested(&mut self, visit: &mut dyn FnMut(&mut Plan)) {
        for pipeline in self.pipelines() {
            for set in &mut pipeline.sets {
                if let PlannedSet::Nested(plan) = set {
                    plan.each_nested(visit);
                    visit(plan);
                }
            }
        }
    }

    /// How many stages, clauses, nodes, edges and conditions stand in the longest row of them that
    /// runs as one, each inside the one before.
    pub(super) fn parts(&self) -> usize {
        let pipelines = self
            .operators
            .iter()
            .filter_map(|(operator, _)| match operator {
                Operator::Rows(pipeline) => Some(pipeline.parts()),
                _ => None,
            });
        pipelines.max().unwrap_or(0)
    }

    /// The slots of the rows around that it reads, each once, in order.
    pub fn reads_outside(&self) -> impl Iterator<Item = Slot> + '_ {
        let outer = self
            .operators
            .iter()
            .filter_map(|(operator, _)| match operator {
                Operator::Outer(slot) => Some(*slot),
                _ => None,
            });
        let slots: std::collections::BTreeSet<Slot> = outer.collect();
        slots.into_iter()
    }
}
