//! What is asked for by its id or name is looked up, and not searched for among all entities.
//!
//! Whatever has a text as its id or name bears it when both are folded, too: those who bear it so
//! are enough to look at, and of each of them the condition is still asked.

use crate::diagnostic::suggest;
use crate::model::Value;
use crate::query::ast::ComparisonSign;
use crate::query::ast::Junction;
use crate::query::bound::Expression;
use crate::query::bound::KindTest;
use crate::query::bound::Place;
use crate::query::bound::Selector;
use crate::query::bound::SetId;
use crate::query::bound::Slot;
use crate::query::bound::Step;
use crate::query::plan::FilterId;
use crate::query::plan::Operator;
use crate::query::plan::OperatorId;
use crate::query::plan::Pipeline;
use crate::query::plan::Plan;
use crate::query::plan::PlannedSet;

/// The most names of a list that are looked up.
const NAMES_MAX: usize = 256;

/// Has each node of a match, and each set of all entities or of a kind, that is asked for names
/// begin with those who bear them.
pub(super) fn look_up(mut plan: Plan) -> Plan {
    let operators = std::mem::take(&mut plan.operators);
    let mut numbers: Vec<OperatorId> = Vec::with_capacity(operators.len());
    for (mut operator, filter) in operators {
        for input in operator.inputs_mut() {
            *input = numbers[input.0];
        }
        // Under `according to`, a selector leaves out what the sources do not speak of.
        if let Operator::Rows(pipeline) = &mut operator
            && plan.filters[filter.0].sources.is_none()
        {
            look_up_input(&mut plan, filter, pipeline);
            look_up_nodes(&mut plan, filter, pipeline);
        }
        numbers.push(add(&mut plan, filter, operator));
    }
    plan.root = numbers[plan.root.0];
    plan
}

fn add(plan: &mut Plan, filter: FilterId, operator: Operator) -> OperatorId {
    plan.operators.push((operator, filter));
    OperatorId(plan.operators.len() - 1)
}

/// The operator for who bears any of these names.
fn bearers(plan: &mut Plan, filter: FilterId, names: Vec<Selector>) -> OperatorId {
    let names = names.into_iter().map(Operator::Select);
    let each: Vec<OperatorId> = names.map(|name| add(plan, filter, name)).collect();
    match each.as_slice() {
        [only] => *only,
        _ => add(plan, filter, Operator::Union(each)),
    }
}

/// Where rows come from all entities, or from those of a kind, and are filtered at once.
fn look_up_input(plan: &mut Plan, filter: FilterId, pipeline: &mut Pipeline) {
    let (Some(input), Some((_, slots))) = (pipeline.input, &pipeline.rows.input) else {
        return;
    };
    let ([slot], Some(Step::Filter(conditions))) =
        (slots.as_slice(), pipeline.rows.steps.first_mut())
    else {
        return;
    };
    let kind = match &plan.operators[input.0] {
        (Operator::Select(Selector::All), within) if *within == filter => None,
        (Operator::Select(Selector::Kind(kind)), within) if *within == filter => Some(*kind),
        _ => return,
    };
    if let Some(names) = names(conditions, *slot) {
        pipeline.input = Some(bearers(plan, filter, names));
        if let Some(kind) = kind {
            // First, as those of other kinds came to no other condition before.
            let entity = Box::new(Expression::Slot(*slot));
            let test = KindTest::Is(Some(kind));
            conditions.insert(0, Expression::HasKinds(entity, test, Place::default()));
        }
    }
}

fn look_up_nodes(plan: &mut Plan, filter: FilterId, pipeline: &mut Pipeline) {
    let rows = &mut pipeline.rows;
    let steps = rows.steps.iter_mut();
    for step in steps.chain(rows.subqueries.iter_mut().flatten()) {
        let Step::Match(matching) = step else {
            continue;
        };
        let conditions = &matching.conditions;
        for node in &mut matching.nodes {
            if node.is_bound || node.within.is_some() {
                continue;
            }
            match names(conditions, node.slot) {
                Some(names) => {
                    node.within = Some(SetId(pipeline.sets.len()));
                    let members = bearers(plan, filter, names);
                    pipeline.sets.push(PlannedSet::Shared(members));
                }
                None => {
                    let bearing = bearing(conditions, node.slot);
                    node.bearing = bearing
                        .filter(|it| is_known(it, &matching.written))
                        .cloned();
                }
            }
        }
    }
}

/// The names of which the entity in a slot must bear one, if some condition says so.
fn names(conditions: &[Expression], slot: Slot) -> Option<Vec<Selector>> {
    conditions.iter().find_map(|condition| match condition {
        Expression::Comparison(first, rest) => match rest.as_slice() {
            [(ComparisonSign::Equal, second)] if is_name(first, slot) => Some(vec![name(second)?]),
            [(ComparisonSign::Equal, second)] if is_name(second, slot) => Some(vec![name(first)?]),
            _ => None,
        },
        Expression::In(member, false, list, _) if is_name(member, slot) => match &**list {
            Expression::List(members) if (1..=NAMES_MAX).contains(&members.len()) => {
                members.iter().map(name).collect()
            }
            Expression::Parameter(parameter) => Some(vec![Selector::GivenAny(*parameter)]),
            _ => None,
        },
        Expression::Junction(Junction::And, members, _) => names(members, slot),
        _ => None,
    })
}

/// What the id or name of the entity in a slot must be or be among, if some condition says so.
fn bearing(conditions: &[Expression], slot: Slot) -> Option<&Expression> {
    conditions.iter().find_map(|condition| match condition {
        Expression::Comparison(first, rest) => match rest.as_slice() {
            [(ComparisonSign::Equal, second)] if is_name(first, slot) => Some(second),
            [(ComparisonSign::Equal, second)] if is_name(second, slot) => Some(&**first),
            _ => None,
        },
        Expression::In(member, false, list, _) if is_name(member, slot) => Some(&**list),
        Expression::Junction(Junction::And, members, _) => bearing(members, slot),
        _ => None,
    })
}

/// Whether an expression reads none of the slots that a match binds.
fn is_known(expression: &Expression, own: &[Slot]) -> bool {
    let mut is_known = true;
    expression.visit(&mut |part| match part {
        Expression::Slot(slot) => is_known &= !own.contains(slot),
        // They may read what is not seen here.
        Expression::Set(_)
        | Expression::InSet(..)
        | Expression::Exists(_)
        | Expression::CountOf(_)
        | Expression::Collect(..) => is_known = false,
        _ => {}
    });
    is_known
}

/// Whether it is the id or the name of the entity in a slot.
fn is_name(expression: &Expression, slot: Slot) -> bool {
    match expression {
        Expression::Member(entity, member) => {
            **entity == Expression::Slot(slot)
                && matches!(&*member.name, "id" | "name")
                && member.property.is_none()
                && member.step.is_none()
                && member.has_fields
        }
        Expression::Call(function, arguments, _) => {
            function.name == "id" && *arguments == [Expression::Slot(slot)]
        }
        _ => false,
    }
}

/// Who bears a name that is known before the query runs, or when it does.
fn name(expression: &Expression) -> Option<Selector> {
    match expression {
        Expression::Constant(Value::Text(text)) => Some(Selector::Named(suggest::folded(text))),
        Expression::Parameter(parameter) => Some(Selector::Given(*parameter)),
        _ => None,
    }
}
