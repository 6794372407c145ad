//! Resolved nodes.

use crate::model::Snapshot;
use crate::query::Bound;
use crate::query::bound::Argument;
use crate::query::bound::NodeKind;
use crate::query::explain::along;
use crate::query::explain::context;
use crate::query::explain::depth;
use crate::query::explain::numbers;
use crate::query::explain::push;
use crate::query::explain::rows;
use crate::query::explain::selector;

/// The resolved nodes of a script; the answers are named at the end.
pub fn query(bound: &Bound, snapshot: &Snapshot) -> String {
    let mut text = String::new();
    for (index, node) in bound.query.nodes.iter().enumerate() {
        let line = node_line(&node.kind, snapshot);
        for (place, line) in format!("#{index} {line}").lines().enumerate() {
            push(&mut text, usize::from(place > 0), line);
        }
    }
    for ask in &bound.asks {
        push(&mut text, 0, &format!("answer #{}", ask.root.0));
    }
    text
}

fn argument(argument: &Argument, snapshot: &Snapshot) -> Option<String> {
    Some(match argument {
        Argument::Absent => return None,
        Argument::Set(node) => format!("#{}", node.0),
        Argument::Along(way, _) => along(way, snapshot),
        Argument::Depth(steps) => depth(*steps),
        Argument::Integer(number) => number.to_string(),
        Argument::Boolean(boolean) => boolean.to_string(),
        Argument::Period(start, end) => format!("{}..{}", start.text(), end.text()),
        Argument::Date(date) => date.text().to_owned(),
        Argument::Source(source) => snapshot.source(*source).id.clone(),
    })
}

fn node_line(kind: &NodeKind, snapshot: &Snapshot) -> String {
    match kind {
        NodeKind::Entity(entity) => format!("entity {}", snapshot.slug(*entity)),
        NodeKind::Pattern(wanted) => selector(wanted, snapshot),
        NodeKind::Union(nodes) => format!("union {}", numbers(nodes.iter().map(|node| node.0))),
        NodeKind::Intersection(nodes) => {
            format!("intersection {}", numbers(nodes.iter().map(|node| node.0)))
        }
        NodeKind::Difference(first, others) => {
            let others = numbers(others.iter().map(|node| node.0));
            format!("difference #{} - {others}", first.0)
        }
        NodeKind::Step(input, way) => format!("step #{} {}", input.0, along(way, snapshot)),
        NodeKind::Values(input, property) => {
            let property = &snapshot.schema.relations[property.index()].name;
            format!("values #{} {property}", input.0)
        }
        NodeKind::Call(function, arguments) => {
            let given = function
                .params
                .iter()
                .zip(arguments)
                .filter_map(|(param, given)| {
                    Some(format!("{}={}", param.name, argument(given, snapshot)?))
                });
            format!(
                "call {}({})",
                function.name,
                given.collect::<Vec<_>>().join(", ")
            )
        }
        NodeKind::Within(input, changes) => {
            let changes: Vec<String> = changes
                .iter()
                .map(|change| context(change, snapshot))
                .collect();
            format!("within #{} {}", input.0, changes.join(", "))
        }
        other => rows_line(other, snapshot),
    }
}

/// The nodes that have to do with rows.
fn rows_line(kind: &NodeKind, snapshot: &Snapshot) -> String {
    match kind {
        NodeKind::Outer(slot) => format!("outer {}", slot.0),
        NodeKind::Parameter(parameter) => format!("parameter {}", parameter.0),
        NodeKind::Compare(sets, aspects) => {
            let words: Vec<&str> = aspects
                .iter()
                .map(|aspect| aspect.word(&snapshot.schema))
                .collect();
            let sets = numbers(sets.iter().map(|set| set.0));
            format!("compare {sets} on {}", words.join(", "))
        }
        NodeKind::UnionRows(parts, keeps_doubles) => {
            let word = if *keeps_doubles { "union all" } else { "union" };
            format!("{word} {}", numbers(parts.iter().map(|part| part.0)))
        }
        NodeKind::Rows(rows) => {
            let from = rows
                .input
                .as_ref()
                .map_or(String::new(), |(input, _)| format!(" of #{}", input.0));
            let sets: Vec<String> = rows.sets.iter().map(|set| format!("#{}", set.0)).collect();
            let lines = rows::steps(rows, &sets, snapshot, None);
            format!("rows{from}\n{}", lines.join("\n"))
        }
        other => unreachable!("{other:?} has a line of its own"),
    }
}
