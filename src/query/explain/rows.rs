//! Steps on rows and moves of patterns, a line each.

use crate::model::Snapshot;
use crate::query::bound::Check;
use crate::query::bound::Expression;
use crate::query::bound::Facet;
use crate::query::bound::Grouping;
use crate::query::bound::Join;
use crate::query::bound::KindTest;
use crate::query::bound::Level;
use crate::query::bound::Matching;
use crate::query::bound::Move;
use crate::query::bound::PatternEdge;
use crate::query::bound::PatternNode;
use crate::query::bound::Pick;
use crate::query::bound::Rows;
use crate::query::bound::Slot;
use crate::query::bound::SortKey;
use crate::query::bound::Step;
use crate::query::bound::Tie;
use crate::query::bound::Yield;
use crate::query::explain::along;
use crate::query::explain::expression::Writer;

/// The steps of rows, and their columns; `sets` are the names of the sets they use, `counts` how
/// many rows each step and each of its moves passed on.
pub(super) fn steps(
    rows: &Rows,
    sets: &[String],
    snapshot: &Snapshot,
    counts: Option<&[Vec<u64>]>,
) -> Vec<String> {
    let writer = Writer {
        rows,
        sets,
        snapshot,
    };
    let mut lines = Vec::new();
    for (index, step) in rows.steps.iter().enumerate() {
        let counts = counts.and_then(|counts| counts.get(index));
        let passed = counts.map_or(String::new(), |counts| told(None, Some(counts[0])));
        match step {
            Step::Match(matching) => {
                let word = if matching.is_optional {
                    "optional match"
                } else {
                    "match"
                };
                let order = if matching.is_ordered {
                    ""
                } else {
                    " in any order"
                };
                lines.push(format!("{word}{order}{passed}"));
                let moves = counts.map(|counts| &counts[1..]);
                lines.extend(moves_of(&writer, matching, moves));
            }
            Step::Join(join) => {
                lines.push(format!("join{}{passed}", yields_text(&writer, join)));
                lines.extend(levels_of(&writer, join, counts.map(|counts| &counts[1..])));
            }
            other => lines.push(format!("{}{passed}", step_line(&writer, other))),
        }
    }
    for (index, steps) in rows.subqueries.iter().enumerate() {
        lines.push(format!("subquery {index}, for each row:"));
        for step in steps {
            if let Step::Match(matching) = step {
                lines.extend(moves_of(&writer, matching, None));
            }
        }
    }
    let columns = rows.columns.iter();
    let columns: Vec<&str> = columns.map(|column| column.name.as_str()).collect();
    lines.push(format!("columns {}", columns.join(", ")));
    lines
}

/// How many rows were thought to come, and how many came.
fn told(estimate: Option<f64>, count: Option<u64>) -> String {
    let estimate = estimate.filter(|estimate| !estimate.is_nan());
    match (estimate, count) {
        (None, None) => String::new(),
        (Some(estimate), None) => format!(" · about {}", rounded(estimate)),
        (None, Some(count)) => format!(" · {count}"),
        (Some(estimate), Some(count)) => format!(" · about {}, was {count}", rounded(estimate)),
    }
}

/// Two digits are as much as an estimate is worth.
fn rounded(estimate: f64) -> String {
    match estimate {
        small if small < 1.0 => format!("{small:.1}"),
        small if small < 100.0 => format!("{small:.0}"),
        large => format!("{large:.1e}"),
    }
}

fn step_line(writer: &Writer<'_>, step: &Step) -> String {
    match step {
        Step::Match(_) | Step::Join(_) => unreachable!("a match has lines of its own"),
        Step::Unwind(list, slot) => {
            format!("unwind {} as {}", writer.text(list), writer.slot(*slot))
        }
        Step::Filter(conditions) => {
            let conditions: Vec<String> = conditions.iter().map(|it| writer.text(it)).collect();
            format!("where {}", conditions.join(" and "))
        }
        Step::Project(items) => {
            let items: Vec<String> = items
                .iter()
                .map(|(slot, value)| format!("{} = {}", writer.slot(*slot), writer.text(value)))
                .collect();
            format!("project {}", items.join(", "))
        }
        Step::Group(grouping) => group(writer, grouping),
        Step::Distinct(values) => format!("distinct {}", texts(writer, values)),
        Step::First(values, order) => {
            let order = slots_text(writer, order);
            format!("distinct {}, the first by {order}", texts(writer, values))
        }
        Step::Sort(keys) => format!("order by {}", keys_text(writer, keys)),
        Step::Top(keys, count) => {
            format!(
                "first {} by {}",
                writer.text(count),
                keys_text(writer, keys)
            )
        }
        Step::Topological(slot) => format!("order topologically by {}", writer.slot(*slot)),
        Step::Offset(count) => format!("offset {}", writer.text(count)),
        Step::Limit(count) => format!("limit {}", writer.text(count)),
    }
}

fn texts(writer: &Writer<'_>, values: &[Expression]) -> String {
    let texts: Vec<String> = values.iter().map(|value| writer.text(value)).collect();
    texts.join(", ")
}

fn slots_text(writer: &Writer<'_>, slots: &[Slot]) -> String {
    let names: Vec<String> = slots.iter().map(|slot| writer.slot(*slot)).collect();
    names.join(", ")
}

fn keys_text(writer: &Writer<'_>, keys: &[SortKey]) -> String {
    let keys: Vec<String> = keys
        .iter()
        .map(|key| {
            let direction = if key.is_descending { " desc" } else { "" };
            format!("{}{direction}", writer.text(&key.value))
        })
        .collect();
    keys.join(", ")
}

fn group(writer: &Writer<'_>, grouping: &Grouping) -> String {
    let keys: Vec<String> = grouping
        .keys
        .iter()
        .map(|(_, key)| writer.text(key))
        .collect();
    let aggregates = grouping.aggregates.iter().map(|aggregate| {
        let distinct = if aggregate.is_distinct {
            "distinct "
        } else {
            ""
        };
        let value = aggregate.value.as_ref();
        let value = value.map_or("*".to_owned(), |value| writer.text(value));
        format!("{}({distinct}{value})", aggregate.function.name)
    });
    let aggregates: Vec<String> = aggregates.collect();
    format!(
        "group by [{}] into {}",
        keys.join(", "),
        aggregates.join(", ")
    )
}

fn moves_of(writer: &Writer<'_>, matching: &Matching, counts: Option<&[u64]>) -> Vec<String> {
    let moves = matching.moves.iter().enumerate();
    moves
        .map(|(index, step)| {
            let estimate = matching.estimates.get(index).copied();
            let count = counts.and_then(|counts| counts.get(index).copied());
            format!(
                "  {}{}",
                move_line(writer, matching, *step),
                told(estimate, count)
            )
        })
        .collect()
}

/// What a join sends on.
fn yields_text(writer: &Writer<'_>, join: &Join) -> String {
    let name = |node: &usize| writer.slot(join.matching.nodes[*node].slot);
    match &join.yields {
        Yield::Ordered(_) => String::new(),
        Yield::Every => " in any order".to_owned(),
        Yield::Counted(greatest) => {
            let names: Vec<String> = join.shown.iter().map(name).collect();
            let first = greatest.as_ref().map_or(String::new(), |greatest| {
                format!(", first {}", writer.text(&greatest.limit))
            });
            let facet = join.facet.map_or(String::new(), |facet| match facet {
                Facet::Kinds => ", told apart by kinds".to_owned(),
                Facet::Property(property) => {
                    let property = &writer.snapshot.schema.relations[property.index()];
                    format!(", told apart by {}", property.name)
                }
            });
            format!(" counted by [{}]{facet}{first}", names.join(", "))
        }
        Yield::First(keys, count) => {
            let keys = keys.iter().map(|(node, is_descending)| {
                format!(
                    "{}{}",
                    name(node),
                    if *is_descending { " desc" } else { "" }
                )
            });
            let keys: Vec<String> = keys.collect();
            format!(", first {} by {}", writer.text(count), keys.join(", "))
        }
    }
}

fn levels_of(writer: &Writer<'_>, join: &Join, counts: Option<&[u64]>) -> Vec<String> {
    let levels = join.levels.iter().enumerate();
    levels
        .map(|(depth, level)| {
            let count = counts.and_then(|counts| counts.get(depth).copied());
            let told = told(Some(level.estimate), count);
            format!("  {}{told}", level_line(writer, join, depth, level))
        })
        .collect()
}

/// A level: the node, what leads to it, and what is asked of it.
fn level_line(writer: &Writer<'_>, join: &Join, depth: usize, level: &Level) -> String {
    let matching = &join.matching;
    let tie = |tie: &Tie| {
        let edge = &matching.edges[tie.edge];
        let word = match edge.from == tie.bound {
            true => "along",
            false => "against",
        };
        let from = writer.slot(matching.nodes[tie.bound].slot);
        format!("from {from} {word} {}", edge_text(writer, edge))
    };
    let ties: Vec<String> = level.ties.iter().map(tie).collect();
    let word = match (depth < join.visited, level.ties.is_empty()) {
        (true, true) => "scan",
        (true, false) => "bind",
        (false, _) => "count",
    };
    let mut line = format!("{word} {}", node_text(writer, &matching.nodes[level.node]));
    if !ties.is_empty() {
        line += &format!(" {}", ties.join(" and "));
    }
    let own = level
        .own
        .iter()
        .map(|place| writer.text(&matching.conditions[*place]));
    let checks = level.checks.iter().map(|check| match check {
        Check::Holds(place) => writer.text(&matching.conditions[*place]),
        Check::Same(node, is_same) => {
            let sign = if *is_same { "=" } else { "<>" };
            let [own, other] =
                [level.node, *node].map(|node| writer.slot(matching.nodes[node].slot));
            format!("{own} {sign} {other}")
        }
    });
    let conditions: Vec<String> = own.chain(checks).collect();
    if !conditions.is_empty() {
        line += &format!(" where {}", conditions.join(" and "));
    }
    if join.twins.is_some_and(|first| depth >= first) {
        line += ", by pairs of ways";
    } else if depth > 0 && level.cut.is_some() {
        line += ", once for each";
    }
    line
}

fn move_line(writer: &Writer<'_>, matching: &Matching, step: Move) -> String {
    match step {
        Move::Scan(node) => format!("scan {}", node_text(writer, &matching.nodes[node])),
        Move::Fixed(node) => format!("test {}", node_text(writer, &matching.nodes[node])),
        Move::Test(condition) => {
            format!("where {}", writer.text(&matching.conditions[condition]))
        }
        Move::Path(path) => {
            let path = &matching.paths[path];
            let name = path
                .slot
                .map_or(String::new(), |slot| format!(" {}", writer.slot(slot)));
            format!("path{name}, {}", path.mode.word())
        }
        Move::Walk(edge, is_backward) => {
            let edge = &matching.edges[edge];
            let (near, far) = match is_backward {
                false => (edge.from, edge.to),
                true => (edge.to, edge.from),
            };
            let word = if is_backward { "against" } else { "along" };
            format!(
                "walk from {} {word} {} to {}",
                writer.slot(matching.nodes[near].slot),
                edge_text(writer, edge),
                node_text(writer, &matching.nodes[far])
            )
        }
    }
}

fn node_text(writer: &Writer<'_>, node: &PatternNode) -> String {
    let mut text = writer.slot(node.slot);
    if let Some(kinds) = &node.kinds {
        text += &format!(":{}", kinds_text(kinds, writer.snapshot));
    }
    if let Some(set) = node.within {
        text += &format!(" in {}", writer.sets[set.0]);
    }
    if let Some(names) = &node.bearing {
        text += &format!(" named by {}", writer.text(names));
    }
    text
}

fn edge_text(writer: &Writer<'_>, edge: &PatternEdge) -> String {
    let relations = along(&edge.along, writer.snapshot);
    let length = match &edge.length {
        None => String::new(),
        Some(length) if length.max == u32::MAX => format!(" {{{},}}", length.min),
        Some(length) => format!(" {{{},{}}}", length.min, length.max),
    };
    let pick = match edge.pick {
        Pick::Every => "",
        Pick::AnyShortest => " any shortest",
        Pick::AllShortest => " all shortest",
        Pick::Ends => " ends",
    };
    format!("{relations}{length}{pick}")
}

/// A test on kinds as it is written.
pub(super) fn kinds_text(test: &KindTest, snapshot: &Snapshot) -> String {
    let all = |tests: &[KindTest], sign: &str| {
        let tests: Vec<String> = tests
            .iter()
            .map(|test| kinds_text(test, snapshot))
            .collect();
        tests.join(sign)
    };
    match test {
        KindTest::Is(None) => "?".to_owned(),
        KindTest::Is(Some(kind)) => snapshot.schema.kinds[kind.index()].name.clone(),
        KindTest::Not(test) => format!("!({})", kinds_text(test, snapshot)),
        KindTest::All(tests) => all(tests, "&"),
        KindTest::Any(tests) => all(tests, "|"),
    }
}
