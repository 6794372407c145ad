//! Conditions and keys that read one thing with a number are asked once for each; beside the same
//! inside of a list, which are asked on each row.

#[expect(dead_code, reason = "other tests draw from lists and by chance")]
#[path = "support/random.rs"]
mod random;
#[expect(dead_code, reason = "other tests look at names and paths")]
mod support;

use std::collections::BTreeSet;

use kingraph::Error;
use kingraph::Session;
use kingraph::model::Certainty;
use kingraph::model::Date;
use kingraph::model::EntityId;
use kingraph::model::Graph;
use kingraph::model::RelationId;
use kingraph::model::StatementRecord;
use kingraph::model::Value;
use kingraph::model::freeze;
use kingraph::shell::Origin;

use random::Random;

const ENTITIES: usize = 20;

/// Statements with few qualifiers; some of those with fields of their own have names of kin's.
fn graph(random: &mut Random, has_own: bool) -> Graph {
    let mut graph = Graph::new(support::schema(&["r", "s"]), Vec::new());
    for index in 0..ENTITIES {
        graph.add_entity(support::entity(&format!("n{index}"), &format!("n{index}")));
    }
    for _ in 0..240 {
        let [subject, object] = [(); 2].map(|()| EntityId::from_index(random.below(ENTITIES)));
        let date = |year: usize| (year < 4).then(|| Date::parse(&format!("{}", 2010 + year)));
        let mut statement = StatementRecord {
            since: date(random.below(6)).map(Result::unwrap),
            until: date(random.below(9)).map(Result::unwrap),
            note: ["a", "b", "own"]
                .get(random.below(6))
                .map(|it| (*it).to_owned()),
            certainty: [Certainty::Asserted, Certainty::Implied][random.below(2)],
            ..support::statement(RelationId::from_index(random.below(2)), object)
        };
        if has_own && random.below(5) == 0 {
            let own = [
                ("note", Value::Text("own".to_owned())),
                ("relation", Value::Text("r".to_owned())),
                ("since", Value::Integer(2012)),
            ];
            let own = own.into_iter().filter(|_| random.below(3) > 0);
            statement.properties = own.map(|(name, value)| (name.into(), value)).collect();
        }
        graph.add_statement(subject, statement);
    }
    graph
}

/// The rows in no order, or the error.
fn told(session: &mut Session, query: &str) -> Result<Vec<String>, String> {
    match session.query(query) {
        Ok(replies) => {
            let rows = &replies[0].answer.table.rows;
            let mut rows: Vec<String> = rows.iter().map(|row| format!("{row:?}")).collect();
            rows.sort();
            Ok(rows)
        }
        Err(Error::Query(findings)) => Err(findings[0].message.clone()),
        Err(error) => panic!("{query}: {error}"),
    }
}

const CONDITIONS: [&str; 15] = [
    "e.since > 2011",
    "e.since.year = 2012 or e.note is null",
    "e.note = \"own\"",
    "e.note contains \"o\"",
    "e.note + e.certainty = \"aimplied\"",
    "not e.until <= 2011",
    "type(e) = \"r\"",
    "e.relation = \"r\"",
    "e.relation = \"s\" and e.note is null",
    "e.sources = [] and e.note = \"a\"",
    "e.note = \"a\" and start(e).name < \"n3\"",
    "1 / (size(e.note) - 3) = 0",
    "size(b.name) = 2",
    "b.name > \"n1\" and b.id <> \"n7\"",
    "a.name < b.name",
];

const FORMS: [&str; 6] = [
    "match (a)-[e]->(b) where @ return a, b, e.since",
    "match (a)-[e]->(b) with a, e, b where @ return a, count(*)",
    "match (a), (b in n7) where exists { (a)-[e]->(b) where @ } return a, b",
    "match (a)-[e]->(b) return a, @, count(*)",
    "match (a)-[e]->(b) return @, e.note, count(*)",
    "match (a)-[e where @]->{1,2}(b) return a, b, count(*)",
];

#[test]
fn what_is_asked_once_is_what_is_asked_on_each_row() {
    let mut random = Random::new(41);
    let (mut rows, mut errors) = (BTreeSet::new(), 0);
    for round in 0..6 {
        let graph = graph(&mut random, round % 2 == 1);
        let mut session = Session::on(freeze(&graph), Origin::Bundled);
        for condition in CONDITIONS {
            let in_list = format!("any(one in [1] where {condition})");
            for form in FORMS {
                if form.contains("[e where") && !condition.contains("e.") {
                    continue;
                }
                let [fast, slow] = [condition, &in_list]
                    .map(|condition| told(&mut session, &form.replace('@', condition)));
                assert!(fast == slow, "{form} {condition}");
                match fast {
                    Ok(found) => _ = rows.insert(found.len()),
                    Err(_) => errors += 1,
                }
            }
        }
    }
    assert!(rows.len() > 50 && errors > 4, "{} {errors}", rows.len());
}
