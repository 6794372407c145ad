//! Rewrites of a plan that keep its answer: one row a pass.

use std::collections::HashMap;

use crate::query::plan::FilterId;
use crate::query::plan::Operator;
use crate::query::plan::OperatorId;
use crate::query::plan::Plan;

/// A rewrite: one row.
#[derive(Debug)]
pub struct Pass {
    /// The name.
    pub name: &'static str,
    /// What it does and why it keeps the answer.
    pub doc: &'static str,
    run: fn(Plan) -> Plan,
}

/// All passes, in the order in which they run.
pub static PASSES: &[Pass] = &[
    Pass {
        name: "merge-unions",
        doc: "A union read only by a union becomes a part of it: union is associative, and one \
              merge of many sets is cheaper than many merges of two.",
        run: merge_unions,
    },
    Pass {
        name: "share-equal",
        doc: "Operators that are equal, under the same filter, run once: an operator's result \
              depends on nothing else.",
        run: share_equal,
    },
    Pass {
        name: "drop-unread",
        doc: "Operators whose result nobody reads do not run.",
        run: drop_unread,
    },
];

/// Runs all passes.
pub fn optimize(plan: Plan) -> Plan {
    PASSES.iter().fold(plan, |plan, pass| (pass.run)(plan))
}

fn merge_unions(mut plan: Plan) -> Plan {
    let mut readers = vec![0u32; plan.operators.len()];
    readers[plan.root.0] += 1;
    for (operator, _) in &mut plan.operators {
        for input in operator.inputs_mut() {
            readers[input.0] += 1;
        }
    }
    for index in 0..plan.operators.len() {
        let (before, after) = plan.operators.split_at_mut(index);
        let Operator::Union(inputs) = &mut after[0].0 else {
            continue;
        };
        let mut merged = Vec::with_capacity(inputs.len());
        for input in inputs.iter() {
            match &mut before[input.0].0 {
                Operator::Union(inner) if readers[input.0] == 1 => merged.append(inner),
                _ => merged.push(*input),
            }
        }
        *inputs = merged;
    }
    plan
}

fn share_equal(mut plan: Plan) -> Plan {
    let mut known: HashMap<(Operator, FilterId), OperatorId> = HashMap::new();
    let mut stands_for: Vec<OperatorId> = Vec::with_capacity(plan.operators.len());
    for (index, entry) in plan.operators.iter_mut().enumerate() {
        for input in entry.0.inputs_mut() {
            *input = stands_for[input.0];
        }
        stands_for.push(*known.entry(entry.clone()).or_insert(OperatorId(index)));
    }
    plan.root = stands_for[plan.root.0];
    plan
}

fn drop_unread(mut plan: Plan) -> Plan {
    let mut is_read = vec![false; plan.operators.len()];
    is_read[plan.root.0] = true;
    for index in (0..plan.operators.len()).rev() {
        if is_read[index] {
            for input in plan.operators[index].0.inputs_mut() {
                is_read[input.0] = true;
            }
        }
    }
    let mut numbers = Vec::with_capacity(is_read.len());
    let mut kept = 0;
    for read in &is_read {
        numbers.push(OperatorId(kept));
        kept += usize::from(*read);
    }
    let mut reads = is_read.into_iter();
    plan.operators.retain(|_| reads.next() == Some(true));
    for (operator, _) in &mut plan.operators {
        for input in operator.inputs_mut() {
            *input = numbers[input.0];
        }
    }
    plan.root = numbers[plan.root.0];
    plan
}
