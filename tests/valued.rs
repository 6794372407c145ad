//! Properties that entities have once, several times, not at all, or not known to have: asked of
//! all entities at once, and of one after the other.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "other tests look at names and paths")]
mod support;

use kingraph::Session;
use kingraph::diagnostic::Budget;
use kingraph::diagnostic::Interrupt;
use kingraph::diagnostic::Limits;
use kingraph::model::Certainty;
use kingraph::model::EntityId;
use kingraph::model::EntityRecord;
use kingraph::model::Graph;
use kingraph::model::Kind;
use kingraph::model::KindId;
use kingraph::model::Object;
use kingraph::model::Range;
use kingraph::model::RelationId;
use kingraph::model::StatementRecord;
use kingraph::model::Type;
use kingraph::model::Value;
use kingraph::model::freeze;
use kingraph::query::Rewrite;
use kingraph::shell::Origin;

const ENTITIES: usize = 120;

/// Every entity leads to the next; of four, one has no size, one has one, one has two, and of one it
/// is not known. Of the last some bear a doubtful size, if that is wanted.
fn graph(has_doubt: bool) -> Graph {
    let mut schema = support::schema(&["size", "uses"]);
    schema.relations[0].range = Range::Values(Type::Number);
    let (size, uses) = (RelationId::from_index(0), RelationId::from_index(1));
    let mut graph = Graph::new(schema, Vec::new());
    for index in 0..ENTITIES {
        let name = format!("n{index:03}");
        graph.add_entity(support::entity(&name, &name));
    }
    let number = |number: usize| Object::Value(Value::Integer(number as i64));
    for index in 0..ENTITIES {
        let objects = match index % 4 {
            0 => Vec::new(),
            1 => vec![number(index % 7)],
            2 => vec![number(index % 7), number(index % 5)],
            _ => vec![Object::Nothing],
        };
        let subject = EntityId::from_index(index);
        for object in objects {
            assert!(graph.add_statement(subject, StatementRecord::new(size, object)));
        }
        if has_doubt && index % 12 == 1 {
            let doubtful = StatementRecord {
                certainty: Certainty::Planned,
                ..StatementRecord::new(size, number(9))
            };
            assert!(graph.add_statement(subject, doubtful));
        }
        let next = EntityId::from_index((index + 1) % ENTITIES);
        assert!(graph.add_statement(subject, support::statement(uses, next)));
    }
    graph
}

fn rows(session: &mut Session, query: &str, rewrite: Rewrite) -> Vec<Vec<Value>> {
    session.rewrite = rewrite;
    let replies = session.query(query).unwrap();
    replies[0].answer.table.rows.clone()
}

const QUERIES: [&str; 16] = [
    "all() |> where it.size = 3 |> count",
    "all() |> where it.size > 2 |> count",
    "all() |> where it.size is null |> count",
    "all() |> group by size select size, count(*) as n",
    "match (a)-[:uses]->(b) where a.size > 2 and b.size is null return count(*)",
    "match (a)-[:uses]->(b)-[:uses]->(c) where a.size = 1 and c.size < 4 return count(*)",
    "match (a)-[:uses]->(b) where b.size = 3 return a.size, count(*)",
    "match (a)<-[:uses]-(b) where b.size = 3 return a.size, count(*)",
    "match (a)-[:uses]->(b) return a.size, count(*)",
    "match (a)<-[:uses]-(b) where b.size is not null return a.size, count(*) limit 3",
    "match (a)-[:uses]->(b) where a.size > 0 return b, count(*) as n order by n desc, b limit 9",
    "match (a)-[:uses]->(b)-[:uses]->(c) where b.size > 2 return count(*)",
    "match (a)-[:uses]->(b)-[:uses]->(c) where b.size > 2 return a.size, count(*)",
    FEW,
    "match (a in (n004 | n020 | n036))-[:uses]->(b) where b.size = 1 return a, b",
    "match (a in (n002 | n006))-[:uses]->(b) where b.size is null return a, b",
];

/// Asks so few entities that no column is made for them: two that have two sizes, and one that has
/// one.
const FEW: &str = "match (a in (n001 | n004 | n005))-[:uses]->(b) where b.size > 0 return a, b";

#[test]
fn all_at_once_is_one_after_the_other() {
    for has_doubt in [false, true] {
        let mut session = Session::on(freeze(&graph(has_doubt)), Origin::Bundled);
        for query in QUERIES {
            for context in ["", " including doubtful"] {
                let query = format!("{query}{context}");
                let slow = rows(&mut session, &query, Rewrite::Off);
                // The column is made by the first, and used by the second.
                for _ in 0..2 {
                    let fast = rows(&mut session, &query, Rewrite::On);
                    assert_eq!(fast, slow, "{query}");
                }
            }
        }
        let count = rows(&mut session, QUERIES[2], Rewrite::On);
        assert_eq!(count, [[Value::Integer(ENTITIES as i64 / 2)]]);
    }
}

/// As many entities as several pieces of a column, of so many kinds: one in three has none, the
/// second kind comes late, one entity in the middle has two, and the last one alone has the last.
fn of_kinds(kinds: usize) -> Graph {
    const MANY: usize = 3_501;
    let mut schema = support::schema(&["uses"]);
    let kind = schema.kinds[0].clone();
    schema.kinds = (0..kinds)
        .map(|number| Kind {
            name: format!("k{number:03}"),
            ..kind.clone()
        })
        .collect();
    let mut graph = Graph::new(schema, Vec::new());
    for index in 0..MANY {
        let numbers = match index {
            _ if index == MANY - 1 => vec![kinds - 1],
            2_000 => vec![1, 0],
            _ if index % 3 == 1 => Vec::new(),
            0..1_500 => vec![0],
            _ => vec![index % (kinds - 1)],
        };
        let name = format!("n{index:04}");
        graph.add_entity(EntityRecord {
            kinds: numbers.into_iter().map(KindId::from_index).collect(),
            ..support::entity(&name, &name)
        });
    }
    for index in (0..MANY).step_by(4) {
        let next = EntityId::from_index((index + 1) % MANY);
        let statement = support::statement(RelationId::from_index(0), next);
        assert!(graph.add_statement(EntityId::from_index(index), statement));
    }
    graph
}

#[test]
fn entities_are_counted_by_their_kinds() {
    for kinds in [3, 20, 300] {
        let mut session = Session::on(freeze(&of_kinds(kinds)), Origin::Bundled);
        for query in [
            "all() |> group by kind",
            "all() |> group by kind |> count",
            "all() |> group by kind select kind, count(*) as n |> order by n desc, kind |> limit 4",
            "match (a) return a.kind, count(*)",
            "match (a) return a.kind, count(*) limit 2",
            "match (a)-[:uses]->(b) return b.kind, count(*) limit 2",
            "match (a:k001) return a.kind, count(*)",
            "match (a)-[:uses]->(b) return a.kind, count(*)",
            "match (a)-[:uses]->(b:k000) return b.kind, count(*)",
        ] {
            let slow = rows(&mut session, query, Rewrite::Off);
            assert_eq!(rows(&mut session, query, Rewrite::On), slow, "{query}");
            assert!(!slow.is_empty(), "{query}");
        }
    }
}

/// Nodes without an edge between them go through those of their kinds, and not through all.
#[test]
fn pairs_of_kinds_are_those_of_all_entities() {
    let mut session = Session::on(freeze(&of_kinds(300)), Origin::Bundled);
    for query in [
        "match (a:k007), (b:k009) return a, b",
        "match (a:k007), (b:k009) return a, b limit 3",
        "match (a:k007), (b:k009) where a.name < b.name return count(*), min(b.name), max(a.name)",
        "match (a:k007), (b:k009) where a.name = b.name return a",
        "match (a:k007) optional match (b:k009) where b.name < a.name return a, count(b)",
        "unwind [1, 2, 3] as i match (a:!k007&k009) return i, a",
        "match (a:k007) where exists { (b:k009) where b.name < a.name } return a",
        "match (a:k007), (b:k299), (c:k009) where c.name < a.name return a.name, b, count(c)",
    ] {
        session.rewrite = Rewrite::On;
        assert!(session.limits.set("steps", 1_000_000));
        let fast = session.query(query).unwrap()[0].answer.table.rows.clone();
        assert!(session.limits.set("steps", u64::MAX));
        assert_eq!(fast, rows(&mut session, query, Rewrite::Off), "{query}");
    }
}

#[test]
fn a_column_has_a_number_for_none_and_for_several() {
    let snapshot = freeze(&graph(false));
    let mut budget = Budget::new(Limits::default(), Interrupt::default());
    let codes = snapshot.value_codes(RelationId::from_index(0), &mut budget);
    let codes = codes.unwrap().unwrap();
    let none = snapshot.values().len() as u32;
    for index in 0..ENTITIES {
        let code = codes.get(index);
        match index % 4 {
            1 => {
                let value = snapshot.values().get(code as usize);
                assert_eq!(*value, Value::Integer(index as i64 % 7));
            }
            2 => assert_eq!(code, none + 1),
            _ => assert_eq!(code, none),
        }
    }
}

/// Whether a query ends within so many steps.
fn ends_within(session: &mut Session, query: &str, steps: u64) -> bool {
    assert!(session.limits.set("steps", steps));
    let is_answered = session.query(query).is_ok();
    assert!(session.limits.set("steps", u64::MAX));
    is_answered
}

#[test]
fn what_is_spent_does_not_depend_on_a_column_made_before() {
    let fresh = || Session::on(freeze(&graph(false)), Origin::Bundled);
    let mut warm = fresh();
    rows(&mut warm, QUERIES[0], Rewrite::On);
    let steps = (0..1_000).find(|steps| ends_within(&mut fresh(), FEW, *steps));
    let steps = steps.unwrap();
    assert!(steps > 3);
    assert!(ends_within(&mut warm, FEW, steps));
    assert!(!ends_within(&mut warm, FEW, steps - 1));
}

#[test]
fn a_column_is_made_within_the_limits() {
    let snapshot = freeze(&graph(false));
    let mut limits = Limits::default();
    assert!(limits.set("steps", ENTITIES as u64 - 1));
    for _ in 0..2 {
        let mut budget = Budget::new(limits.clone(), Interrupt::default());
        let size = RelationId::from_index(0);
        assert!(snapshot.value_codes(size, &mut budget).is_err());
        let mut enough = Budget::new(Limits::default(), Interrupt::default());
        assert!(snapshot.value_codes(size, &mut enough).is_ok());
    }
}
