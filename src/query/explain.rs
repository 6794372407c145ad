//! The stages of a query as text, for `:explain`.
//!
//! `ast` is the query as it was read, `query` the resolved nodes, `plan` the operators in the order
//! in which they run. A line a node; deeper nodes are indented, or `#n` refers to another line.

use crate::algo::Depth;
use crate::diagnostic::escape;
use crate::model::Along;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::Filter;
use crate::model::Schema;
use crate::model::Snapshot;
use crate::query::Bound;
use crate::query::ast;
use crate::query::bound::Argument;
use crate::query::bound::ContextChange;
use crate::query::bound::NodeKind;
use crate::query::bound::Selector;
use crate::query::plan::Operator;
use crate::query::plan::Plan;
use crate::query::scan;

/// The stages that can be shown, with a sentence each.
pub static STAGES: [(&str, &str); 3] = [
    ("ast", "The query as it was read."),
    ("query", "Names, relations and arguments resolved."),
    ("plan", "The operators, in the order in which they run."),
];

/// A script as it was read: a node a line, indented by depth.
pub fn ast(script: &ast::Script) -> String {
    let mut text = String::new();
    for statement in &script.statements {
        match statement {
            ast::Statement::Definition(definition) => {
                push(&mut text, 0, &format!("let {}", definition.name.text));
                ask(&mut text, 1, &definition.value);
            }
            ast::Statement::Query(query) => {
                push(&mut text, 0, "query");
                ask(&mut text, 1, query);
            }
        }
    }
    text
}

fn push(text: &mut String, depth: usize, line: &str) {
    text.push_str(&"  ".repeat(depth));
    text.push_str(&escape::visible(line));
    text.push('\n');
}

fn ask(text: &mut String, depth: usize, ask: &ast::Ask) {
    set(text, depth, &ask.set);
    for context in &ask.contexts {
        let line = match &context.kind {
            ast::ContextKind::AsOf(date) => format!("as of {}", date.text),
            ast::ContextKind::AccordingTo(names) => {
                let names: Vec<String> = names.iter().map(written).collect();
                format!("according to {}", names.join(", "))
            }
        };
        push(text, depth, &line);
    }
}

fn written(name: &ast::Name) -> String {
    scan::written(&name.text)
}

fn set(text: &mut String, depth: usize, set: &ast::Set) {
    match &set.kind {
        ast::SetKind::Name(name) => push(text, depth, &format!("name {}", written(name))),
        ast::SetKind::Pattern(word, wanted) => {
            push(
                text,
                depth,
                &format!("pattern {}:{}", word.text, written(wanted)),
            );
        }
        ast::SetKind::Union(members) => {
            push(text, depth, "union");
            for member in members {
                self::set(text, depth + 1, member);
            }
        }
        ast::SetKind::Chain(first, rest) => {
            push(text, depth, "chain");
            self::set(text, depth + 1, first);
            for (operator, operand) in rest {
                let sign = match operator {
                    ast::Operator::Intersection => "&",
                    ast::Operator::Difference => "-",
                };
                push(text, depth + 1, sign);
                self::set(text, depth + 1, operand);
            }
        }
        ast::SetKind::Call(name, arguments) => {
            push(text, depth, &format!("call {}", name.text));
            for argument in arguments {
                let depth = match &argument.parameter {
                    None => depth,
                    Some(name) => {
                        push(text, depth + 1, &format!("{}=", name.text));
                        depth + 1
                    }
                };
                self::set(text, depth + 1, &argument.value);
            }
        }
        ast::SetKind::Steps(base, words) => {
            let words: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
            push(text, depth, &format!("steps .{}", words.join(" .")));
            self::set(text, depth + 1, base);
        }
        ast::SetKind::Group(inner) => {
            push(text, depth, "group");
            ask(text, depth + 1, inner);
        }
        ast::SetKind::Range(range) => push(text, depth, &format!("value {}", range_text(range))),
    }
}

fn range_text(range: &ast::Range) -> String {
    let end = |name: &Option<ast::Name>| name.as_ref().map_or("", |name| &name.text).to_owned();
    let dots = if range.has_dots { ".." } else { "" };
    format!("{}{dots}{}", end(&range.start), end(&range.end))
}

/// The resolved nodes of a script; the answers are named at the end.
pub fn query(bound: &Bound, snapshot: &Snapshot) -> String {
    let mut text = String::new();
    for (index, node) in bound.query.nodes.iter().enumerate() {
        let line = match &node.kind {
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
        };
        push(&mut text, 0, &format!("#{index} {line}"));
    }
    for ask in &bound.asks {
        push(&mut text, 0, &format!("answer #{}", ask.root.0));
    }
    text
}

fn numbers(numbers: impl Iterator<Item = usize>) -> String {
    let words: Vec<String> = numbers.map(|number| format!("#{number}")).collect();
    if words.is_empty() {
        "nothing".to_owned()
    } else {
        words.join(" ")
    }
}

fn argument(argument: &Argument, snapshot: &Snapshot) -> Option<String> {
    Some(match argument {
        Argument::Absent => return None,
        Argument::Set(node) => format!("#{}", node.0),
        Argument::Along(way, _) => along(way, snapshot),
        Argument::Depth(steps) => depth(*steps),
        Argument::Integer(number) => number.to_string(),
        Argument::Boolean(boolean) => boolean.to_string(),
        Argument::Date(date) => date.text().to_owned(),
        Argument::Source(source) => snapshot.source(*source).id.clone(),
    })
}

fn context(change: &ContextChange, snapshot: &Snapshot) -> String {
    match change {
        ContextChange::AsOf(date) => format!("as of {}", date.text()),
        ContextChange::AccordingTo(sources) => {
            let ids: Vec<&str> = sources
                .iter()
                .map(|source| snapshot.source(*source).id.as_str())
                .collect();
            format!("according to {}", ids.join(", "))
        }
    }
}

fn selector(selector: &Selector, snapshot: &Snapshot) -> String {
    match selector {
        Selector::All => "all".to_owned(),
        Selector::Kind(kind) => format!("kind {}", snapshot.schema.kinds[kind.index()].name),
        Selector::Glob(pattern) => format!("glob {}", scan::written(pattern)),
        Selector::Named(name) => format!("named {}", scan::written(name)),
        Selector::Cited(source) => format!("cited by {}", snapshot.source(*source).id),
    }
}

/// The relations of a walk: `everything`, a group, or the words as they are walked.
fn along(along: &Along, snapshot: &Snapshot) -> String {
    let schema: &Schema = &snapshot.schema;
    let everything = Along::everything(schema);
    let mut named = vec![("everything".to_owned(), everything)];
    for group in &schema.groups {
        named.push((group.name.clone(), Along::group(schema, &group.name)));
    }
    for (name, known) in named {
        if *along == known {
            return name;
        }
        if *along == known.both_ways() {
            return format!("{name} both ways");
        }
    }
    let words: Vec<&str> = along
        .relations()
        .map(|(relation, direction)| schema.word(relation, direction))
        .collect();
    words.join("|")
}

fn depth(depth: Depth) -> String {
    match depth {
        Depth { min, max: u32::MAX } => format!("{min}.."),
        Depth { min, max } => format!("{min}..{max}"),
    }
}

/// The operators of a plan in the order in which they run, and the filters they see through.
pub fn plan(plan: &Plan, snapshot: &Snapshot) -> String {
    let mut text = String::new();
    for (index, (kind, filter)) in plan.operators.iter().enumerate() {
        let through = if filter.0 == 0 {
            String::new()
        } else {
            format!(" through @{}", filter.0)
        };
        push(
            &mut text,
            0,
            &format!("#{index} {}{through}", operator(kind, snapshot)),
        );
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

fn filter(filter: &Filter, snapshot: &Snapshot) -> String {
    let mut parts = Vec::new();
    if let Some(day) = filter.as_of {
        parts.push(format!("on {day}"));
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
            depth,
        } => {
            let (steps, way) = (self::depth(*depth), walk(along, *direction, snapshot));
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
        Operator::ShortestPath { from, to, along } => {
            format!("shortest path #{} to #{} {}", from.0, to.0, forward(along))
        }
        Operator::SimplePaths {
            from,
            to,
            along,
            length_max,
        } => {
            let way = forward(along);
            format!(
                "simple paths #{} to #{} {way} of {length_max} steps at most",
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
