//! Rewrites of a plan that keep its answer: one row a pass.

mod order;

use std::collections::HashMap;

use crate::model::Snapshot;
use crate::query::bound::Aggregate;
use crate::query::bound::Expression;
use crate::query::bound::Matching;
use crate::query::bound::Pick;
use crate::query::bound::Selector;
use crate::query::bound::SetId;
use crate::query::bound::Step;
use crate::query::join;
use crate::query::join::Members;
use crate::query::moves;
use crate::query::named;
use crate::query::plan::FilterId;
use crate::query::plan::Operator;
use crate::query::plan::OperatorId;
use crate::query::plan::Pipeline;
use crate::query::plan::Plan;
use crate::query::plan::PlannedSet;

/// A rewrite: one row.
#[derive(Debug)]
pub struct Pass {
    /// The name.
    pub name: &'static str,
    /// What it does and why it keeps the answer.
    pub doc: &'static str,
    run: fn(Plan, &Snapshot) -> Plan,
}

/// All passes, in the order in which they run.
pub static PASSES: &[Pass] = &[
    Pass {
        name: "look-up",
        doc: "A node of a match, or a set of all entities or of a kind, that is asked whether its \
              id or name equals a text or is in a list of texts begins with the entities that bear \
              one of these when both are folded, which the index knows. The condition, and before \
              it the kind, is still asked of them, and all others fail it.",
        run: |plan, _| named::look_up(plan),
    },
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
        name: "ends",
        doc: "Where equal rows count as one, or it only matters whether there is one, and nobody \
              asks which way a repeated edge took, its match has a row for each end and not for \
              each way: what is reached by any way is reached by a shortest one, which repeats \
              nothing.",
        run: ends_only,
    },
    Pass {
        name: "order-moves",
        doc: "A pattern is walked from where there is least to look at: of all moves that can be \
              made, the one that is thought to leave the fewest rows; conditions that cannot fail \
              are tested as soon as what they read is bound. The matches are the same, and are \
              ordered afterwards.",
        run: order_moves,
    },
    Pass {
        name: "top",
        doc: "An order with a limit behind it holds on to no more rows than the limit: the rows \
              that come after these in the order are never asked for. The order of writing, which \
              a `match` gives its rows, is such an order too.",
        run: order::top,
    },
    Pass {
        name: "drop-order",
        doc: "Matches and the members of sets are not put in order where the next step that looks \
              at it is a group whose aggregates do not: counts, sums and extremes are the same in \
              any order, and so is how many rows differ. The order of a set's members is that \
              of their evidence, which is then not looked for.",
        run: order::drop_order,
    },
    Pass {
        name: "first",
        doc: "Where of rows that are alike one is wanted, the rows of a `match` are not put in \
              order before: of those that are alike the first by the order of writing is kept, \
              these are put in that order if anybody looks at it, and their columns are made \
              last.",
        run: order::first_of_alike,
    },
    Pass {
        name: "count-rows",
        doc: "`count(x)` of a node or an edge that a match binds counts rows: it is never null \
              there.",
        run: count_rows,
    },
    Pass {
        name: "join",
        doc: "A match at the beginning whose edges are single steps, each one way, runs \
              as nested loops over sorted runs of entities: a node is what all its edges lead to. \
              So does a set whose order nobody looks at. Parallel statements and nodes that \
              nobody reads are counted instead of visited; the matches, their number and their \
              order are the same.",
        run: join_runs,
    },
    Pass {
        name: "drop-unread",
        doc: "Operators whose result nobody reads do not run.",
        run: drop_unread,
    },
];

/// Runs all passes.
pub fn optimize(plan: Plan, snapshot: &Snapshot) -> Plan {
    PASSES.iter().fold(plan, |mut plan, pass| {
        plan.each_nested(&mut |nested| {
            let own = std::mem::replace(nested, Plan::empty());
            *nested = (pass.run)(own, snapshot);
        });
        (pass.run)(plan, snapshot)
    })
}

fn ends_only(mut plan: Plan, _: &Snapshot) -> Plan {
    for pipeline in plan.pipelines() {
        let steps = pipeline.rows.steps.iter().enumerate();
        let places = steps.filter_map(|(place, step)| match step {
            Step::Match(matching) if ignores_copies(&pipeline.rows.steps[place + 1..]) => {
                let reads = join::Reads::behind(pipeline, place);
                asks_for_ends(matching, reads, pipeline).then_some(place)
            }
            _ => None,
        });
        let places: Vec<usize> = places.collect();
        let subqueries = pipeline.rows.subqueries.iter().enumerate();
        let nested = subqueries.filter_map(|(place, steps)| match steps.as_slice() {
            [Step::Match(matching)] if matching.is_existence => {
                let reads = join::Reads::nothing();
                asks_for_ends(matching, reads, pipeline).then_some(place)
            }
            _ => None,
        });
        let nested: Vec<usize> = nested.collect();
        let rows = &mut pipeline.rows;
        places
            .iter()
            .for_each(|place| take_ends(&mut rows.steps[*place]));
        nested
            .iter()
            .for_each(|place| take_ends(&mut rows.subqueries[*place][0]));
    }
    plan
}

/// Whether a match has one repeated edge, and nobody asks which way it took.
fn asks_for_ends(matching: &Matching, mut reads: join::Reads, pipeline: &Pipeline) -> bool {
    for condition in &matching.conditions {
        reads.expression(condition, pipeline);
    }
    let [edge] = matching.edges.as_slice() else {
        return false;
    };
    let is_read = reads.has(edge.slot) || edge.is_bound || !matching.paths.is_empty();
    // A shortest way is no way of at least two steps; and what can fail is asked of the statements
    // on every way.
    let is_short = edge.length.as_ref().is_some_and(|length| {
        length.min <= 1 && length.conditions.iter().all(Expression::is_safe_condition)
    });
    edge.pick == Pick::Every && is_short && !is_read
}

fn take_ends(step: &mut Step) {
    if let Step::Match(matching) = step {
        matching
            .edges
            .iter_mut()
            .for_each(|edge| edge.pick = Pick::Ends);
    }
}

/// Whether rows that are equal in all that is read are one in the end.
fn ignores_copies(steps: &[Step]) -> bool {
    match steps.iter().find(|step| !step.is_row()) {
        Some(Step::Distinct(_)) => true,
        Some(Step::Group(grouping)) => grouping.aggregates.iter().all(Aggregate::ignores_copies),
        _ => false,
    }
}

fn order_moves(mut plan: Plan, snapshot: &Snapshot) -> Plan {
    for pipeline in plan.pipelines() {
        let sets = &pipeline.sets;
        let reads = |set: SetId| match &sets[set.0] {
            PlannedSet::Shared(_) => Vec::new(),
            PlannedSet::Nested(plan) => plan.reads_outside().collect(),
        };
        let rows = &mut pipeline.rows;
        for steps in std::iter::once(&mut rows.steps).chain(&mut rows.subqueries) {
            for step in steps {
                if let Step::Match(matching) = step {
                    moves::reorder(matching, snapshot, &reads);
                }
            }
        }
    }
    plan
}

fn count_rows(mut plan: Plan, _: &Snapshot) -> Plan {
    for pipeline in plan.pipelines() {
        let [Step::Match(matching), behind @ ..] = pipeline.rows.steps.as_mut_slice() else {
            continue;
        };
        let is_bound = |value: &Expression| match value {
            Expression::Slot(slot) => matching.binds(*slot),
            _ => false,
        };
        let Some(Step::Group(grouping)) = behind.iter_mut().find(|step| !step.is_filter()) else {
            continue;
        };
        for aggregate in &mut grouping.aggregates {
            if aggregate.is_number()
                && !matching.is_optional
                && aggregate.value.as_ref().is_some_and(is_bound)
            {
                aggregate.value = None;
            }
        }
    }
    plan
}

fn join_runs(mut plan: Plan, snapshot: &Snapshot) -> Plan {
    let filters = &plan.filters;
    let members = |(operator, filter): &(Operator, FilterId)| match operator {
        Operator::Select(selector) if filters[filter.0].sources.is_none() => match selector {
            Selector::All => Members::All,
            Selector::Kind(kind) => Members::Kind(*kind),
            _ => Members::Set,
        },
        operator if operator.yields_set() => Members::Set,
        _ => Members::None,
    };
    let members: Vec<Members> = plan.operators.iter().map(members).collect();
    for pipeline in plan.pipelines() {
        join::join(pipeline, &members, snapshot);
    }
    plan
}

fn merge_unions(mut plan: Plan, _: &Snapshot) -> Plan {
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

fn share_equal(mut plan: Plan, _: &Snapshot) -> Plan {
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

fn drop_unread(mut plan: Plan, _: &Snapshot) -> Plan {
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
