//! Groups, and rows of which one is wanted, beside the rows that they are made of.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "other tests draw from lists and by chance")]
#[path = "support/random.rs"]
mod random;
#[expect(dead_code, reason = "other tests look at names and paths")]
mod support;

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use kingraph::Session;
use kingraph::model::EntityId;
use kingraph::model::Graph;
use kingraph::model::Object;
use kingraph::model::Range;
use kingraph::model::RelationId;
use kingraph::model::StatementRecord;
use kingraph::model::Type;
use kingraph::model::Value;
use kingraph::model::freeze;
use kingraph::query::Rewrite;
use kingraph::shell::Origin;

use random::Random;

const ENTITIES: usize = 24;

/// Statements of two relations, some parallel; sizes from 0 to 2, whole and decimal, of which some
/// entities have several and some none.
fn graph(random: &mut Random) -> Graph {
    let mut schema = support::schema(&["r", "s", "size"]);
    schema.relations[2].range = Range::Values(Type::Number);
    let mut graph = Graph::new(schema, Vec::new());
    for index in 0..ENTITIES {
        // Names in another order than the entities.
        let name = format!("n{:02}", index * 7 % ENTITIES);
        graph.add_entity(support::entity(&name, &name));
    }
    for index in 0..ENTITIES {
        let subject = EntityId::from_index(index);
        for _ in 0..[0, 1, 1, 2][random.below(4)] {
            let size = random.below(3);
            let size = match random.below(2) {
                0 => Value::Integer(size as i64),
                _ => Value::Float(size as f64),
            };
            let size = StatementRecord::new(RelationId::from_index(2), Object::Value(size));
            graph.add_statement(subject, size);
        }
        for _ in 0..random.below(5) {
            let relation = RelationId::from_index(random.below(2));
            let object = EntityId::from_index(random.below(ENTITIES));
            graph.add_statement(subject, support::statement(relation, object));
        }
    }
    graph
}

fn rows(session: &mut Session, query: &str) -> Vec<Vec<Value>> {
    let replies = session.query(query).unwrap();
    replies[0].answer.table.rows.clone()
}

/// What counts as the same, as a text.
fn key(value: &Value) -> String {
    match value {
        Value::Integer(number) => (*number as f64).to_string(),
        Value::Float(number) => number.to_string(),
        Value::List(values) => {
            let keys: Vec<String> = values.iter().map(key).collect();
            format!("[{}]", keys.join(", "))
        }
        other => format!("{other:?}"),
    }
}

/// Which of two values that count as the same is shown: the one with the first whole number.
fn first(one: &Value, other: &Value) -> Value {
    let is_float = |value: &Value| matches!(value, Value::Float(_));
    let floats = |value: &Value| -> Vec<bool> {
        match value {
            Value::List(values) => values.iter().map(is_float).collect(),
            value => vec![is_float(value)],
        }
    };
    if floats(other) < floats(one) {
        other
    } else {
        one
    }
    .clone()
}

/// What is known of a group: what is shown of its keys, how many rows it has, which ends, which
/// sizes of them.
type Known = (Vec<Value>, i64, BTreeSet<String>, BTreeSet<String>);

/// Keys as they are asked for, and how many of them there are.
const KEYS: [(&str, usize); 7] = [
    ("a.size", 1),
    ("type(e)", 1),
    ("b", 1),
    ("b.size, type(e)", 2),
    ("type(e), a.size, a.size = b.size", 3),
    ("a, b", 2),
    ("a.size, size(b.name), b.size, type(e)", 4),
];

#[test]
fn groups_are_those_of_their_rows() {
    let mut random = Random::new(31);
    for _ in 0..25 {
        let mut session = Session::on(freeze(&graph(&mut random)), Origin::Bundled);
        for (keys, count) in KEYS {
            let all = rows(
                &mut session,
                &format!("match (a)-[e]->(b) return {keys}, b as other, b.size as its_size"),
            );
            let mut groups: BTreeMap<Vec<String>, Known> = BTreeMap::new();
            for row in all {
                let shown = row[..count].to_vec();
                let group = groups.entry(shown.iter().map(key).collect());
                let group =
                    group.or_insert_with(|| (shown.clone(), 0, BTreeSet::new(), BTreeSet::new()));
                for (known, met) in group.0.iter_mut().zip(&shown) {
                    *known = first(known, met);
                }
                group.1 += 1;
                group.2.insert(key(&row[count]));
                match &row[count + 1] {
                    Value::Null => {}
                    // Each of several values counts.
                    Value::List(sizes) => group.3.extend(sizes.iter().map(key)),
                    size => group.3.extend([key(size)]),
                }
            }
            let wanted = groups.into_values().map(|(mut shown, rows, ends, sizes)| {
                let numbers = [rows, ends.len() as i64, sizes.len() as i64];
                shown.extend(numbers.map(Value::Integer));
                format!("{shown:?}")
            });
            let wanted: BTreeSet<String> = wanted.collect();
            let aggregates = "count(*), count(distinct b), count(distinct b.size)";
            let query = format!("match (a)-[e]->(b) return {keys}, {aggregates}");
            for rewrite in [Rewrite::Off, Rewrite::On] {
                session.rewrite = rewrite;
                let found = rows(&mut session, &query);
                let count = found.len();
                let found: BTreeSet<String> = found.iter().map(|row| format!("{row:?}")).collect();
                assert_eq!((&found, count), (&wanted, wanted.len()), "{query}");
            }
        }
    }
}

#[test]
fn of_rows_that_are_alike_the_first_is_shown() {
    let mut random = Random::new(32);
    let behind = ["", " limit 3", " offset 1", " |> where 1 = 1 |> limit 2"];
    for _ in 0..25 {
        let mut session = Session::on(freeze(&graph(&mut random)), Origin::Bundled);
        for (keys, count) in KEYS {
            for pattern in [
                "(a)-[e]->(b)",
                "(a)-[e:r]->(b)",
                "(b)<-[e]-(a) where a.size = 1",
            ] {
                session.rewrite = Rewrite::Off;
                let all = rows(
                    &mut session,
                    &format!("match {pattern} return {keys}, a as start, b as other"),
                );
                let mut met = BTreeSet::new();
                let mut wanted: Vec<Vec<Value>> = Vec::new();
                for row in &all {
                    if met.insert(row[..count].iter().map(key).collect::<Vec<String>>()) {
                        wanted.push(row[..count].to_vec());
                    }
                }
                for behind in behind {
                    let query = format!("match {pattern} return distinct {keys}{behind}");
                    session.rewrite = Rewrite::Off;
                    let slow = session.query(&query).unwrap().remove(0).answer;
                    session.rewrite = Rewrite::On;
                    let fast = session.query(&query).unwrap().remove(0).answer;
                    assert_eq!(fast.table.rows, slow.table.rows, "{query}");
                    assert_eq!(fast.trail, slow.trail, "{query}");
                    if behind.is_empty() {
                        // Entities come with the statements of the match that is shown.
                        let shown: Vec<_> =
                            fast.table.rows.iter().map(|row| &row[..count]).collect();
                        assert_eq!(shown, wanted, "{query}");
                    }
                }
            }
        }
    }
}

#[test]
fn rows_that_differ_are_counted_as_if_in_order() {
    let mut random = Random::new(33);
    let behind = [
        "return count(*)",
        "return count(k), count(distinct k)",
        "return count(case when tostring(k) = '1' then 1 end)",
        "where tostring(k) = '1' return count(*)",
        "unwind [k, 1] as each return count(distinct tostring(each))",
        "return max(tostring(k)), count(*)",
        "return k, count(*)",
        "where k <> 1 return sum(k)",
        "return collect(k)",
    ];
    // 1 and 1.0 are one value, of which each has its own text.
    let number = "case when a.name < b.name then 1 else 1.0 end as k";
    let mixed = format!("type(e) as r, {number}");
    // Entities are alike only where they are the same, whatever is asked of them behind.
    let ends = [
        "where a.size = 1 return b.size, count(*)",
        "return a, count(b) order by count(b), a limit 3",
        "return min(b.name), count(a.size)",
    ];
    for _ in 0..25 {
        let mut session = Session::on(freeze(&graph(&mut random)), Origin::Bundled);
        let mut check = |query: String| {
            let [slow, fast] = [Rewrite::Off, Rewrite::On].map(|rewrite| {
                session.rewrite = rewrite;
                rows(&mut session, &query)
            });
            assert_eq!(format!("{fast:?}"), format!("{slow:?}"), "{query}");
        };
        for behind in behind {
            for keys in [number, &mixed, "b.name as k", "a, b, 1 as k"] {
                if keys != "b.name as k" || !behind.contains("sum") {
                    check(format!("match (a)-[e]->(b) with distinct {keys} {behind}"));
                    check(format!(
                        "match (b)<-[e]-(a) where a.size = 1 with distinct {keys} {behind}"
                    ));
                }
            }
        }
        for behind in ends {
            check(format!("match (a)-[e]->(b) with distinct a, b {behind}"));
        }
    }
}
