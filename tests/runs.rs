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
use kingraph::model::EntityId;
use kingraph::model::Graph;
use kingraph::model::Object;
use kingraph::model::RelationId;
use kingraph::model::Rows;
use kingraph::model::Snapshot;
use kingraph::model::StatementRecord;
use kingraph::model::Value;
use kingraph::model::freeze;
use kingraph::query::Rewrite;
use kingraph::shell::Origin;

use random::Random;

const ENTITIES: usize = 90;

/// Statements `r` and `s` between any entities, some of them parallel or loops, and some `r` whose
/// object is not known.
fn graph(random: &mut Random) -> Graph {
    let mut graph = Graph::new(support::schema(&["r", "s"]), Vec::new());
    for index in 0..ENTITIES {
        let name = format!("n{index:03}");
        graph.add_entity(support::entity(&name, &name));
    }
    for _ in 0..ENTITIES * 4 {
        let (subject, object) = (random.below(ENTITIES), random.below(ENTITIES / 2));
        let relation = RelationId::from_index(random.below(3) / 2);
        let object = match random.below(12) {
            0 if relation.index() == 0 => Object::Nothing,
            _ => Object::Entity(EntityId::from_index(object)),
        };
        let subject = EntityId::from_index(subject);
        for _ in 0..1 + random.below(4) / 3 {
            graph.add_statement(subject, StatementRecord::new(relation, object.clone()));
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
    for seed in 0..6 {
        let mut session = Session::on(freeze(&graph(&mut Random::new(seed))), Origin::Bundled);
        assert_eq!(kept(session.snapshot()), 0);
        let slow: Vec<_> = QUERIES
            .iter()
            .map(|query| rows(&mut session, query, Rewrite::Off))
            .collect();
        for _ in 0..12 {
            for (query, slow) in QUERIES.iter().zip(&slow) {
                assert_eq!(rows(&mut session, query, Rewrite::On), *slow, "{query}");
            }
        }
        assert_eq!(kept(session.snapshot()), 4, "all ways were gone often");
    }
}

/// A few look-ups make no runs, and many queries of a few do.
#[test]
fn looks_are_counted_over_queries() {
    let mut session = Session::on(freeze(&graph(&mut Random::new(7))), Origin::Bundled);
    let query = "match (a in n050)-[:s]->(b)-[:r]->(c) return count(*)";
    rows(&mut session, query, Rewrite::On);
    assert_eq!(kept(session.snapshot()), 0);
    for _ in 0..ENTITIES {
        rows(&mut session, query, Rewrite::On);
    }
    assert!(kept(session.snapshot()) > 0);
}

#[test]
fn runs_have_the_known_ends() {
    let snapshot = freeze(&graph(&mut Random::new(3)));
    let mut budget = Budget::new(Limits::default(), Interrupt::default());
    for relation in (0..2).map(RelationId::from_index) {
        for is_outward in [true, false] {
            let runs = snapshot.make_runs(relation, is_outward, &mut budget);
            let runs = runs.unwrap().unwrap();
            let rows = match is_outward {
                true => snapshot.out_rows(),
                false => snapshot.in_rows(),
            };
            for entity in (0..ENTITIES).map(EntityId::from_index) {
                let mut known = rows.ends[rows.run(entity, relation)].to_vec();
                known.retain(|end| *end != Rows::NOTHING);
                assert_eq!(runs.of(entity), known);
            }
        }
    }
}

/// Who asks to stop gets no runs, and they are made the next time.
#[test]
fn making_runs_can_be_stopped() {
    let snapshot = freeze(&graph(&mut Random::new(5)));
    let relation = RelationId::from_index(0);
    let interrupt = Interrupt::default();
    interrupt.cancel();
    let mut stopped = Budget::new(Limits::default(), interrupt);
    assert!(snapshot.make_runs(relation, true, &mut stopped).is_err());
    assert!(snapshot.runs(relation, true).is_none());
    let mut budget = Budget::new(Limits::default(), Interrupt::default());
    assert!(
        snapshot
            .make_runs(relation, true, &mut budget)
            .unwrap()
            .is_some()
    );
}
