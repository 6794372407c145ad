//! Runs of one relation that a snapshot keeps once they were looked for often: what they have, and
//! that answers are the same before and after.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "other tests draw from lists and by chance")]
#[path = "support/random.rs"]
mod random;
#[expect(dead_code, reason = "other tests look at names and paths")]
mod support;

use kingraph::Session;
use kingraph::diagnostic::Budget;
use kingraph::diagnostic::Interrupt;
use kingraph::diagnostic::Limits;
use kingraph::model::Certainty;
use kingraph::model::Date;
use kingraph::model::EntityId;
use kingraph::model::Graph;
use kingraph::model::Lookups;
use kingraph::model::Object;
use kingraph::model::Range;
use kingraph::model::RelationId;
use kingraph::model::Rows;
use kingraph::model::Snapshot;
use kingraph::model::StatementRecord;
use kingraph::model::Type;
use kingraph::model::Value;
use kingraph::model::freeze;
use kingraph::query::Rewrite;
use kingraph::query::explain;
use kingraph::shell::Origin;

use random::Random;

const ENTITIES: usize = 90;

/// Entities without statements, so that some runs are made before all entities are gone through.
const OTHERS: usize = 300;

/// Statements `r` and `s` between some entities, some of them parallel or loops, many of them at a
/// few entities, some dated or doubtful, and some `r` whose object is not known.
fn graph(random: &mut Random, is_qualified: bool) -> Graph {
    let mut graph = Graph::new(support::schema(&["r", "s"]), Vec::new());
    for index in 0..ENTITIES + OTHERS {
        let name = format!("n{index:03}");
        graph.add_entity(support::entity(&name, &name));
    }
    for place in 0..ENTITIES * 4 {
        let hub = match place % 6 {
            0 => 4,
            _ => ENTITIES,
        };
        let (subject, object) = (random.below(hub), random.below(ENTITIES / 2));
        let relation = RelationId::from_index(random.below(3) / 2);
        let object = match random.below(12) {
            0 if relation.index() == 0 => Object::Nothing,
            _ => Object::Entity(EntityId::from_index(object)),
        };
        let mut statement = StatementRecord::new(relation, object);
        if is_qualified && place % 5 == 0 {
            statement.since = Date::parse("2011").ok();
        }
        if is_qualified && place % 7 == 0 {
            statement.certainty = Certainty::Planned;
        }
        for _ in 0..1 + random.below(4) / 3 {
            graph.add_statement(EntityId::from_index(subject), statement.clone());
        }
    }
    graph
}

fn rows(session: &mut Session, query: &str, rewrite: Rewrite) -> Vec<Vec<Value>> {
    session.rewrite = rewrite;
    let replies = session.query(query).unwrap();
    replies[0].answer.table.rows.clone()
}

const QUERIES: [&str; 9] = [
    "match (a)-[:r]->(b)-[:s]->(c) return count(*)",
    "match (a)-[:r]->(b)-[:r]->(c), (a)-[:r]->(c) return count(*)",
    "match (a)-[:r]->(b)-[:s]->(c), (a)<-[:r]-(c) return count(*)",
    "match (a)-[:r]->(b)-[:r]->(d), (a)-[:r]->(c)-[:r]->(d) return count(*)",
    "match (a)<-[:r]-(b)<-[:s]-(c) return a, count(*) as n order by n desc, a limit 7",
    "match (a)-[:r]->(a)<-[:s]-(b) return a, b order by a, b",
    "match (a)-[:r]->(b)-[:r]->(c)-[:r]->(d) where a <> c return b, count(*) as n order by b",
    "match (a in n007)-[:r]->(b)<-[:r]-(c)-[:s]->(d) return d, count(*) as n order by d",
    "match walk (a)-[:r]->(b)-[:r]->(c) where b <> c return count(*)",
];

/// The runs that are there, one a relation and direction.
fn kept(snapshot: &Snapshot) -> usize {
    let relations = (0..2).map(RelationId::from_index);
    let ways = relations.flat_map(|relation| [(relation, true), (relation, false)]);
    ways.filter(|(relation, is_outward)| snapshot.runs(*relation, *is_outward).is_some())
        .count()
}

#[test]
fn answers_are_the_same_with_runs_and_without() {
    for (seed, is_qualified) in [(0, false), (1, false), (2, false), (3, true), (4, true)] {
        let graph = graph(&mut Random::new(seed), is_qualified);
        let mut session = Session::on(freeze(&graph), Origin::Bundled);
        assert_eq!(kept(session.snapshot()), 0);
        let contexts = match is_qualified {
            true => ["", " including doubtful", " as of 2005"].as_slice(),
            false => &[""],
        };
        let queries: Vec<String> = contexts
            .iter()
            .flat_map(|context| QUERIES.map(|query| format!("{query}{context}")))
            .collect();
        let slow: Vec<_> = queries
            .iter()
            .map(|query| rows(&mut session, query, Rewrite::Off))
            .collect();
        for _ in 0..12 {
            for (query, slow) in queries.iter().zip(&slow) {
                assert_eq!(rows(&mut session, query, Rewrite::On), *slow, "{query}");
            }
        }
        assert_eq!(kept(session.snapshot()), 4, "all ways were gone often");
    }
}

/// The fewest steps with which a session answers, which begins with what another one has kept only
/// if it is the same.
fn fewest_steps(query: &str, mut session: impl FnMut() -> Session) -> u64 {
    let (mut low, mut high) = (0, 1 << 20);
    while low < high {
        let middle = (low + high) / 2;
        let mut session = session();
        session.limits.set("steps", middle);
        match session.query(query) {
            Ok(_) => high = middle,
            Err(_) => low = middle + 1,
        }
    }
    low
}

#[test]
fn steps_do_not_depend_on_what_was_asked_before() {
    let mut warm = Session::on(freeze(&graph(&mut Random::new(8), false)), Origin::Bundled);
    // The copy of a snapshot keeps nothing yet.
    let snapshot = warm.snapshot().as_ref().clone();
    for query in QUERIES.iter().cycle().take(12 * QUERIES.len()) {
        rows(&mut warm, query, Rewrite::On);
    }
    assert_eq!(kept(warm.snapshot()), 4);
    for query in QUERIES {
        let new = || Session::on(snapshot.clone(), Origin::Bundled);
        let steps = fewest_steps(query, new);
        assert!(steps > 0, "{query}");
        assert_eq!(fewest_steps(query, || warm.clone()), steps, "{query}");
    }
}

/// Queries of some look-ups make runs together, and those of hardly any never do.
#[test]
fn looks_are_counted_over_queries() {
    let graph = graph(&mut Random::new(7), false);
    let mut session = Session::on(freeze(&graph), Origin::Bundled);
    let few = "match (a in n050)-[:s]->(b)-[:r]->(c) return count(*)";
    for _ in 0..2 * (ENTITIES + OTHERS) {
        rows(&mut session, few, Rewrite::On);
    }
    assert_eq!(kept(session.snapshot()), 0);
    let mut session = Session::on(freeze(&graph), Origin::Bundled);
    let starts: Vec<String> = (20..50).map(|index| format!("n{index:03}")).collect();
    let some = format!(
        "match (a in {})-[:r]->(b)<-[:r]-(c) return b, count(*) as n order by b",
        starts.join(" | ")
    );
    rows(&mut session, &some, Rewrite::On);
    assert_eq!(kept(session.snapshot()), 0);
    for _ in 0..12 {
        rows(&mut session, &some, Rewrite::On);
    }
    assert!(kept(session.snapshot()) > 0);
}

/// Sessions in several threads share what one of them has made.
#[test]
fn threads_share_runs() {
    let session = Session::on(freeze(&graph(&mut Random::new(9), false)), Origin::Bundled);
    let all = |mut session: Session| -> Vec<_> {
        let queries = QUERIES.iter().cycle().take(6 * QUERIES.len());
        let rows = queries.map(|query| rows(&mut session, query, Rewrite::On));
        rows.collect()
    };
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let session = session.clone();
            std::thread::spawn(move || all(session))
        })
        .collect();
    let wanted = all(session.clone());
    for thread in threads {
        assert_eq!(thread.join().unwrap(), wanted);
    }
    assert_eq!(kept(session.snapshot()), 4);
}

#[test]
fn runs_have_the_known_ends() {
    let snapshot = freeze(&graph(&mut Random::new(3), true));
    let mut budget = Budget::new(Limits::default(), Interrupt::default());
    for relation in (0..2).map(RelationId::from_index) {
        for is_outward in [true, false] {
            let runs = snapshot.make_runs(relation, is_outward, &mut budget);
            let runs = runs.unwrap().unwrap();
            let rows = match is_outward {
                true => snapshot.out_rows(),
                false => snapshot.in_rows(),
            };
            for entity in (0..ENTITIES + OTHERS).map(EntityId::from_index) {
                let mut known = rows.ends[rows.run(entity, relation)].to_vec();
                known.retain(|end| *end != Rows::NOTHING);
                assert_eq!(runs.of(entity), known);
            }
        }
    }
}

/// Who asks to stop gets no runs, and those who come behind are not asked to make them at once.
#[test]
fn making_runs_can_be_stopped() {
    let graph = graph(&mut Random::new(5), false);
    let mut session = Session::on(freeze(&graph), Origin::Bundled);
    let snapshot = session.snapshot().clone();
    let relation = RelationId::from_index(0);
    let often = |snapshot| {
        let mut budget = Budget::new(Limits::default(), Interrupt::default());
        let mut lookups = Lookups::new(snapshot, relation, true);
        // One less than what makes them.
        lookups
            .count((ENTITIES + OTHERS) as u64 / 2, &mut budget)
            .unwrap();
    };
    often(&snapshot);
    let interrupt = Interrupt::default();
    interrupt.cancel();
    let mut stopped = Budget::new(Limits::default(), interrupt);
    assert!(
        Lookups::new(&snapshot, relation, true)
            .count(100, &mut stopped)
            .is_err()
    );
    assert!(snapshot.runs(relation, true).is_none());
    rows(
        &mut session,
        "match (a in n001)-[:r]->(b)-[:r]->(c) return count(*)",
        Rewrite::On,
    );
    assert!(snapshot.runs(relation, true).is_none());
    let mut budget = Budget::new(Limits::default(), Interrupt::default());
    often(&snapshot);
    Lookups::new(&snapshot, relation, true)
        .count(100, &mut budget)
        .unwrap();
    assert!(snapshot.runs(relation, true).is_some());
}

/// Of a relation that hardly any entity has, runs of its own would be empty.
#[test]
fn rare_relations_have_no_runs_of_their_own() {
    let mut graph = Graph::new(support::schema(&["r"]), Vec::new());
    for index in 0..64 {
        let name = format!("n{index:03}");
        graph.add_entity(support::entity(&name, &name));
    }
    let relation = RelationId::from_index(0);
    let mut has_runs = |object: usize| {
        let statement = support::statement(relation, EntityId::from_index(object));
        graph.add_statement(EntityId::from_index(0), statement);
        let mut budget = Budget::new(Limits::default(), Interrupt::default());
        let snapshot = freeze(&graph);
        snapshot
            .make_runs(relation, true, &mut budget)
            .unwrap()
            .is_some()
    };
    assert_eq!(
        [1, 2, 3, 4, 5].map(&mut has_runs),
        [false, false, false, false, true]
    );
}

/// Few entities with four relations, and a property, between which runs are made of several.
fn with_four(random: &mut Random, is_qualified: bool) -> Snapshot {
    let mut schema = support::schema(&["r", "s", "t", "u", "size"]);
    schema.relations[4].range = Range::Values(Type::Number);
    let mut graph = Graph::new(schema, Vec::new());
    for index in 0..14 {
        let name = format!("n{index:03}");
        graph.add_entity(support::entity(&name, &name));
    }
    for place in 0..40 {
        // One has so many that each relation is searched for.
        let subject = if place < 18 { 3 } else { random.below(14) };
        let relation = RelationId::from_index(random.below(4));
        let object = match random.below(9) {
            0 => Object::Nothing,
            _ => Object::Entity(EntityId::from_index(random.below(14))),
        };
        let mut statement = StatementRecord::new(relation, object);
        if is_qualified && place % 4 == 0 {
            statement.since = Date::parse("2011").ok();
        }
        if is_qualified && place % 7 == 0 {
            statement.certainty = Certainty::Planned;
        }
        graph.add_statement(EntityId::from_index(subject), statement);
        let size = Object::Value(Value::Integer(place));
        let size = StatementRecord::new(RelationId::from_index(4), size);
        graph.add_statement(EntityId::from_index(random.below(14)), size);
    }
    freeze(&graph)
}

fn is_joined(session: &Session, query: &str) -> bool {
    let planned = session.plan(query).unwrap();
    let plan = explain::plan(&planned.queries[0].plan, session.snapshot(), None);
    plan.contains("join")
}

#[test]
fn edges_of_several_relations_are_joined_as_those_of_one_are() {
    let mut random = Random::new(77);
    let mut joined = 0;
    for round in 0..500 {
        let mut session = Session::on(with_four(&mut random, round % 2 == 0), Origin::Bundled);
        // The same relations, or none in common, or anything.
        let sets = [
            ["", "[:r|s|t|u]", ""],
            ["[:r|s]", "[:t|u]", "[:r|s]"],
            ["[:s|t]", "[:r]", ""],
        ][random.below(3)];
        let mut edge = |from: &str, to: &str| {
            let relations = sets[random.below(3)];
            match random.below(2) {
                0 => format!("({from})-{relations}->({to})"),
                _ => format!("({from})<-{relations}-({to})"),
            }
        };
        let pattern = match round % 7 {
            0 => edge("a", "b"),
            1 | 2 => format!("{}, {}", edge("a", "b"), edge("b", "c")),
            3 => format!("{}, {}", edge("a", "b"), edge("b", "b")),
            4 => format!("{}, {}", edge("a", "b"), edge("a", "b")),
            5 => [edge("a", "b"), edge("b", "c"), edge("a", "c")].join(", "),
            _ => [
                edge("a", "b"),
                edge("b", "c"),
                edge("a", "d"),
                edge("d", "c"),
            ]
            .join(", "),
        };
        let mode = ["", "", "walk "][random.below(3)];
        let asked = [
            "",
            " where a <> b",
            " where b.size > 20",
            " where a in (n003)",
        ];
        let wanted = [
            "count(*)",
            "b, count(*) as n order by n desc, b limit 3",
            "a, b",
            "b.size as size, count(*) as n order by n, size",
            "distinct a order by a",
        ];
        let context = match round % 2 {
            0 => ["", " including doubtful", " as of 2005"][random.below(3)],
            _ => "",
        };
        let query = format!(
            "match {mode}{pattern}{} return {}{context}",
            asked[random.below(4)],
            wanted[random.below(5)]
        );
        let slow = rows(&mut session, &query, Rewrite::Off);
        let fast = rows(&mut session, &query, Rewrite::On);
        assert_eq!(fast, slow, "{query}");
        joined += usize::from(is_joined(&session, &query));
    }
    assert!((200..500).contains(&joined), "{joined}");
}
