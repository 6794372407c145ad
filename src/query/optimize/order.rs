//! Passes about the order of rows: where it is made, and where nobody looks at it.

use crate::model::Snapshot;
use crate::query::ast::ArithmeticSign;
use crate::query::bound::Expression;
use crate::query::bound::Place;
use crate::query::bound::Slot;
use crate::query::bound::SortKey;
use crate::query::bound::Step;
use crate::query::function::Reads;
use crate::query::join;
use crate::query::plan::Plan;

pub(super) fn top(mut plan: Plan, _: &Snapshot) -> Plan {
    for pipeline in plan.pipelines() {
        let steps = &mut pipeline.rows.steps;
        let mut index = 0;
        while index < steps.len() {
            if let (Step::Sort(keys), Some(count)) = (&steps[index], limit_at(steps, index + 1)) {
                steps[index] = Step::Top(keys.clone(), count);
                drop_limit(steps, index + 1);
            }
            index += 1;
        }
        if pipeline.rows.input.is_none() {
            order_late(steps);
        }
    }
    plan
}

/// How many rows are read at most of those that come to a step: a limit, behind an offset or not.
fn limit_at(steps: &[Step], index: usize) -> Option<Expression> {
    match (steps.get(index)?, steps.get(index + 1)) {
        (Step::Limit(count), _) => Some(count.clone()),
        (Step::Offset(offset), Some(Step::Limit(count))) => {
            let both = vec![(ArithmeticSign::Add, count.clone())];
            let place = Place::default();
            Some(Expression::Arithmetic(
                Box::new(offset.clone()),
                both,
                place,
            ))
        }
        _ => None,
    }
}

/// Drops a limit that has become a part of the order before it.
fn drop_limit(steps: &mut Vec<Step>, index: usize) {
    if matches!(steps[index], Step::Limit(_)) {
        steps.remove(index);
    }
}

/// Matches of the first clause are put in order where the limit is, instead of before: one order
/// with what they are ordered by, and no more rows held than asked for.
fn order_late(steps: &mut Vec<Step>) {
    let [Step::Match(matching), rest @ ..] = steps.as_mut_slice() else {
        return;
    };
    let mut between = rest.iter().take_while(|step| step.is_row());
    let end = 1 + between.clone().count();
    // Behind a limit, conditions that can fail are not asked of rows beyond it.
    let is_safe = between.all(|step| match step {
        Step::Filter(conditions) => conditions.iter().all(Expression::is_safe_condition),
        _ => true,
    });
    let written = matching.written.iter().map(|slot| SortKey {
        value: Expression::Slot(*slot),
        is_descending: false,
    });
    let written: Vec<SortKey> = written.collect();
    if !matching.is_ordered {
        return;
    }
    let mut filters = rest[..end - 1].iter();
    let last_filter = filters.rposition(|step| matches!(step, Step::Filter(_)));
    match rest.get_mut(end - 1) {
        Some(Step::Top(keys, _)) => {
            keys.extend(written);
            matching.is_ordered = false;
        }
        _ => {
            if let (Some(count), true) = (limit_at(steps, end), is_safe) {
                let Step::Match(matching) = &mut steps[0] else {
                    unreachable!("the first step is a match")
                };
                matching.is_ordered = false;
                // Before the columns, which are then made of these rows only.
                let place = last_filter.map_or(1, |last| last + 2);
                drop_limit(steps, end);
                steps.insert(place, Step::Top(written, count));
            }
        }
    }
}

pub(super) fn first_of_alike(mut plan: Plan, _: &Snapshot) -> Plan {
    for pipeline in plan.pipelines() {
        let steps = &mut pipeline.rows.steps;
        let Some(Step::Match(matching)) = steps.first() else {
            continue;
        };
        let order = matching.written.clone();
        if matching.is_ordered
            && replace_distinct(steps, order)
            && let Some(Step::Match(matching)) = steps.first_mut()
        {
            matching.is_ordered = false;
        }
    }
    plan
}

/// Puts the choice of the first of rows that are alike before their columns are made; whether it
/// could.
fn replace_distinct(steps: &mut Vec<Step>, order: Vec<Slot>) -> bool {
    let place = 1 + steps[1..]
        .iter()
        .take_while(|step| step.is_filter())
        .count();
    let no_items = Vec::new();
    let (items, at) = match steps.get(place) {
        Some(Step::Project(items)) => (items, place + 1),
        _ => (&no_items, place),
    };
    let Some(Step::Distinct(slots)) = steps.get(at) else {
        return false;
    };
    // Behind a limit, what can fail is not asked of rows beyond it.
    let is_safe = steps[1..at].iter().all(|step| match step {
        Step::Filter(conditions) => conditions.iter().all(Expression::is_safe_condition),
        step => join::is_safe_project(step),
    });
    let has_limit = steps.iter().any(|step| matches!(step, Step::Limit(_)));
    if has_limit && !is_safe {
        return false;
    }
    let values = slots.iter().map(|slot| {
        let made = items.iter().find(|(made, _)| made == slot);
        made.map_or(Expression::Slot(*slot), |(_, value)| value.clone())
    });
    let first = Step::First(values.collect(), order);
    steps.remove(at);
    steps.insert(place, first);
    true
}

pub(super) fn drop_order(mut plan: Plan, _: &Snapshot) -> Plan {
    for pipeline in plan.pipelines() {
        let steps = &mut pipeline.rows.steps;
        let mut is_read = true;
        for step in steps.iter_mut().rev() {
            match step {
                Step::Match(matching) => matching.is_ordered &= is_read,
                Step::Group(grouping) => {
                    let mut aggregates = grouping.aggregates.iter();
                    is_read = aggregates.any(|each| each.reads() == Reads::InOrder);
                }
                Step::Unwind(..) | Step::Filter(_) | Step::Project(_) => {}
                _ => is_read = true,
            }
        }
        pipeline.rows.takes_any_order = !is_read;
    }
    plan
}
