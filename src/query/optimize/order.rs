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
        let order = matching.is_ordered.then(|| matching.written.clone());
        if replace_distinct(steps, order)
            && let Some(Step::Match(matching)) = steps.first_mut()
        {
            matching.is_ordered = false;
        }
    }
    plan
}

/// Puts the choice of one of rows that are alike, the first by an order if that is looked at,
/// before their columns are made; whether it could.
fn replace_distinct(steps: &mut Vec<Step>, order: Option<Vec<Slot>>) -> bool {
    let place = 1 + steps[1..]
        .iter()
        .take_while(|step| step.is_filter())
        .count();
    let no_items = Vec::new();
    let (items, at) = match steps.get(place) {
        Some(Step::Project(items)) => (items, place + 1),
        _ => (&no_items, place),
    };
    let Some(Step::Distinct(values)) = steps.get(at) else {
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
    let values = values.iter().map(|value| {
        let mut made = items.iter();
        let made = made.find(|(made, _)| *value == Expression::Slot(*made));
        made.map_or(value, |(_, made)| made).clone()
    });
    let values = values.collect();
    let first = match order {
        Some(order) => Step::First(values, order),
        None => Step::Distinct(values),
    };
    steps.remove(at);
    steps.insert(place, first);
    true
}

pub(super) fn drop_order(mut plan: Plan, _: &Snapshot) -> Plan {
    for pipeline in plan.pipelines() {
        let steps = &mut pipeline.rows.steps;
        let mut is_read = true;
        for index in (0..steps.len()).rev() {
            let (before, behind) = steps.split_at_mut(index);
            let (step, behind) = behind.split_first_mut().expect("the step is there");
            match step {
                Step::Match(matching) => matching.is_ordered &= is_read,
                Step::Group(grouping) => {
                    let mut aggregates = grouping.aggregates.iter();
                    is_read = aggregates.any(|each| each.reads() == Reads::InOrder);
                }
                Step::Unwind(..) | Step::Filter(_) | Step::Project(_) => {}
                Step::Distinct(values) => {
                    let is_any = behind.first().is_some_and(counts_only)
                        || values.iter().all(|value| is_bound(value, before));
                    is_read |= !is_any;
                }
                _ => is_read = true,
            }
        }
        pipeline.rows.takes_any_order = !is_read;
    }
    plan
}

/// Whether a step makes one row of how many values there are: of those that are alike, as 1 and
/// 1.0 are, any one is counted.
fn counts_only(step: &Step) -> bool {
    let Step::Group(grouping) = step else {
        return false;
    };
    let mut aggregates = grouping.aggregates.iter();
    grouping.keys.is_empty()
        && aggregates
            .all(|each| each.is_number() && matches!(each.value, None | Some(Expression::Slot(_))))
}

/// Whether a value is one that a match binds, so that those that are alike are the same.
fn is_bound(value: &Expression, before: &[Step]) -> bool {
    let mut value = value;
    for step in before.iter().rev() {
        match (step, value) {
            (Step::Match(matching), Expression::Slot(slot)) if matching.binds(*slot) => {
                return true;
            }
            (Step::Project(items), Expression::Slot(slot)) => {
                let made = items.iter().find(|(made, _)| made == slot);
                value = made.map_or(value, |(_, made)| made);
            }
            _ => {}
        }
    }
    false
}
