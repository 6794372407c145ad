//! Plans: operators, their filters, and the steps of those that make rows.

use crate::model::Along;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::Filter;
use crate::model::Snapshot;
use crate::query::Counts;
use crate::query::bound::ContextChange;
use crate::query::explain::along;
use crate::query::explain::context;
use crate::query::explain::depth;
use crate::query::explain::numbers;
use crate::query::explain::push;
use crate::query::explain::rows;
use crate::query::explain::selector;
use crate::query::plan::Operator;
use crate::query::plan::Pipeline;
use crate::query::plan::Plan;
use crate::query::plan::PlannedSet;

/// The operators of a plan in the order in which they run, and the filters they see through; with
/// the rows that each yielded, if it ran.
pub fn plan(plan: &Plan, snapshot: &Snapshot, counts: Option<&Counts>) -> String {
    let mut text = String::new();
    for (index, (kind, filter)) in plan.operators.iter().enumerate() {
        let through = if filter.0 == 0 {
            String::new()
        } else {
            format!(" through @{}", filter.0)
        };
        let rows = counts.map_or(String::new(), |counts| {
            format!(" · {}", row_count(counts.operators[index]))
        });
        push(
            &mut text,
            0,
            &format!("#{index} {}{through}{rows}", operator(kind, snapshot)),
        );
        if let Operator::Rows(pipeline) = kind {
            let steps = counts.map(|counts| counts.steps[index].as_slice());
            pipeline_lines(&mut text, pipeline, snapshot, steps);
        }
    }
    for (index, kind) in plan
        .filters
        .iter()
        .enumerate()
        .filter(|(_, kind)| !kind.is_open())
    {
        push(
            &mut text,
            0,
            &format!("@{index} {}", filter(kind, snapshot)),
        );
    }
    push(&mut text, 0, &format!("answer #{}", plan.root.0));
    text
}

fn row_count(rows: u64) -> String {
    match rows {
        1 => "1 row".to_owned(),
        rows => format!("{rows} rows"),
    }
}

fn pipeline_lines(
    text: &mut String,
    pipeline: &Pipeline,
    snapshot: &Snapshot,
    counts: Option<&[Vec<u64>]>,
) {
    let sets: Vec<String> = pipeline
        .sets
        .iter()
        .enumerate()
        .map(|(index, set)| match set {
            PlannedSet::Shared(operator) => format!("#{}", operator.0),
            PlannedSet::Nested(_) => format!("set {index}"),
        })
        .collect();
    for line in rows::steps(&pipeline.rows, &sets, snapshot, counts) {
        push(text, 1, &line);
    }
    for (index, set) in pipeline.sets.iter().enumerate() {
        if let PlannedSet::Nested(plan) = set {
            push(text, 1, &format!("set {index}, for each row:"));
            for line in self::plan(plan, snapshot, None).lines() {
                push(text, 2, line);
            }
        }
    }
}

fn filter(filter: &Filter, snapshot: &Snapshot) -> String {
    let mut parts = Vec::new();
    if let Some(day) = filter.as_of {
        parts.push(format!("on {day}"));
    }
    if let Some((first, last)) = filter.during {
        let day = |day: Option<crate::model::Day>| day.map_or(String::new(), |day| day.to_string());
        parts.push(format!("during {}..{}", day(first), day(last)));
    }
    if filter.is_doubtful {
        parts.push("including doubtful".to_owned());
    }
    if filter.is_certain {
        parts.push("certainly".to_owned());
    }
    if let Some(sources) = &filter.sources {
        parts.push(context(
            &ContextChange::AccordingTo(sources.clone()),
            snapshot,
        ));
    }
    parts.join(", ")
}

fn operator(operator: &Operator, snapshot: &Snapshot) -> String {
    match operator {
        Operator::Entities(entities) => {
            let slug = |entity: &EntityId| snapshot.slug(*entity).to_owned();
            format!(
                "entities {}",
                entities.iter().map(slug).collect::<Vec<_>>().join(" ")
            )
        }
        Operator::Select(wanted) => format!("select {}", selector(wanted, snapshot)),
        Operator::Union(inputs) => format!("union {}", numbers(inputs.iter().map(|id| id.0))),
        Operator::Intersection(inputs) => {
            format!("intersection {}", numbers(inputs.iter().map(|id| id.0)))
        }
        Operator::Difference(first, others) => {
            format!(
                "difference #{} - {}",
                first.0,
                numbers(others.iter().map(|id| id.0))
            )
        }
        Operator::One { input, .. } => format!("one #{}", input.0),
        Operator::Values { input, property } => {
            format!(
                "values #{} {}",
                input.0,
                snapshot.schema.relations[property.index()].name
            )
        }
        Operator::Facts { input } => format!("facts #{}", input.0),
        Operator::Sources { input } => format!("sources #{}", input.0),
        Operator::Count { input } => format!("count #{}", input.0),
        Operator::Conflicts { input } => format!("conflicts #{}", input.0),
        Operator::First { input, count } => format!("first {count} of #{}", input.0),
        Operator::Why { member, set } => format!("why #{} in #{}", member.0, set.0),
        Operator::Outer(slot) => format!("outer {}", slot.0),
        Operator::Parameter(parameter) => format!("parameter {}", parameter.0),
        Operator::Rows(pipeline) => match pipeline.input {
            Some(input) => format!("rows of #{}", input.0),
            None => "rows".to_owned(),
        },
        Operator::UnionRows {
            inputs,
            keeps_doubles,
        } => {
            let word = if *keeps_doubles { "union all" } else { "union" };
            format!("{word} {}", numbers(inputs.iter().map(|id| id.0)))
        }
        Operator::Compare { inputs, aspects } => {
            let words: Vec<&str> = aspects
                .iter()
                .map(|aspect| aspect.word(&snapshot.schema))
                .collect();
            let inputs = numbers(inputs.iter().map(|id| id.0));
            format!("compare {inputs} on {}", words.join(", "))
        }
        walk => walking(walk, snapshot),
    }
}

/// The operators that look at the arrows, with the relations they walk.
fn walking(operator: &Operator, snapshot: &Snapshot) -> String {
    let forward = |way: &Along| walk(way, Direction::Forward, snapshot);
    match operator {
        Operator::Expand {
            input,
            along,
            direction,
        } => {
            format!("expand #{} {}", input.0, walk(along, *direction, snapshot))
        }
        Operator::Closure {
            input,
            along,
            direction,
            depth: steps,
        } => {
            let (steps, way) = (depth(*steps), walk(along, *direction, snapshot));
            format!("closure #{} {way} in {steps} steps", input.0)
        }
        Operator::Common {
            input,
            along,
            direction,
        } => {
            format!("common #{} {}", input.0, walk(along, *direction, snapshot))
        }
        Operator::Extremes {
            input,
            along,
            extreme,
        } => format!("{} #{} {}", extreme.word(), input.0, forward(along)),
        Operator::Cyclic { input, along } => format!("cyclic #{} {}", input.0, forward(along)),
        Operator::Components {
            input,
            along,
            is_strong,
        } => {
            let word = if *is_strong { "strong" } else { "weak" };
            format!("components #{} {} {word}", input.0, forward(along))
        }
        other => ways(other, snapshot),
    }
}

/// The operators that find ways between two ends.
fn ways(operator: &Operator, snapshot: &Snapshot) -> String {
    let forward = |way: &Along| walk(way, Direction::Forward, snapshot);
    match operator {
        Operator::ShortestPath { from, to, along } => {
            format!("shortest path #{} to #{} {}", from.0, to.0, forward(along))
        }
        Operator::Dominators { from, to, along } => {
            format!("dominators #{} to #{} {}", from.0, to.0, forward(along))
        }
        Operator::Reduction { input, along } => {
            format!("reduction #{} {}", input.0, forward(along))
        }
        Operator::Levels { input, along } => format!("levels #{} {}", input.0, forward(along)),
        Operator::SimplePaths {
            from,
            to,
            along,
            length_max,
            is_shortest,
        } => {
            let way = forward(along);
            let most = match *length_max {
                u32::MAX => "any number of".to_owned(),
                most => format!("{most}"),
            };
            let word = if *is_shortest {
                "shortest paths"
            } else {
                "simple paths"
            };
            format!(
                "{word} #{} to #{} {way} of {most} steps at most",
                from.0, to.0
            )
        }
        other => unreachable!("{other:?} walks nothing"),
    }
}

fn walk(way: &Along, direction: Direction, snapshot: &Snapshot) -> String {
    match direction {
        Direction::Forward => format!("along {}", along(way, snapshot)),
        Direction::Backward => format!("against {}", along(way, snapshot)),
    }
}
