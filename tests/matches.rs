//! Hundreds of `match` queries with the answers on which two engines of openCypher agree.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use kingraph::model::Value;
use kingraph::model::freeze;
use kingraph::query::Rewrite;
use kingraph::shell::Origin;
use kingraph::shell::Session;
use kingraph::store;
use serde_json::Value as Json;

const GRAPHS: &str = include_str!("data/cases/match-graphs.jsonl");
const CASES: &str = include_str!("data/cases/match.jsonl");

fn text(json: &Json) -> &str {
    json.as_str().unwrap()
}

fn session(line: &str) -> (String, Session) {
    let graph: Json = serde_json::from_str(line).unwrap();
    let loaded = store::read_property_graph("graph.json", line.as_bytes().to_vec());
    let session = Session::on(freeze(&loaded.graph), Origin::Bundled);
    (text(&graph["graph"]).to_owned(), session)
}

#[test]
fn every_case_has_its_known_answer() {
    let mut sessions: BTreeMap<String, Session> = GRAPHS.lines().map(session).collect();
    let mut wrong = Vec::new();
    let mut asked = 0;
    for line in CASES.lines() {
        let case: Json = serde_json::from_str(line).unwrap();
        let session = sessions.get_mut(text(&case["graph"])).unwrap();
        for rewrite in [Rewrite::On, Rewrite::Off] {
            session.rewrite = rewrite;
            asked += 1;
            if let Err(difference) = check(session, &case) {
                let (id, query) = (&case["id"], &case["query"]);
                wrong.push(format!("{id} {query} {rewrite:?}\n  {difference}"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {asked} differ:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
    assert_eq!(asked, 1200, "no case is lost");
}

fn check(session: &mut Session, case: &Json) -> Result<(), String> {
    let query = text(&case["query"]);
    let replies = session.query(query);
    let replies = replies.map_err(|error| format!("{error:?}"))?;
    let table = &replies[0].answer.table;
    let shown = table.columns.iter().filter(|column| column.name != "via");
    let columns: Vec<&str> = shown.map(|column| column.name.as_str()).collect();
    let wanted: Vec<&str> = case["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(text)
        .collect();
    if columns != wanted {
        return Err(format!("columns {columns:?}, not {wanted:?}"));
    }
    let rows = table.rows.iter().map(|row| {
        let cells = row.iter().take(columns.len());
        cells.map(plain).collect::<Vec<Json>>()
    });
    let mut rows: Vec<String> = rows.map(|row| Json::from(row).to_string()).collect();
    let wanted = case["rows"].as_array().unwrap().iter();
    let mut wanted: Vec<String> = wanted.map(|row| normal(row).to_string()).collect();
    if case["ordered"] == Json::Bool(false) {
        rows.sort();
        wanted.sort();
    }
    match rows == wanted {
        true => Ok(()),
        false => Err(format!("{rows:?}, not {wanted:?}")),
    }
}

/// A value as the cases write it; a whole float is a whole number there.
fn plain(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(truth) => Json::Bool(*truth),
        Value::Integer(number) => Json::from(*number as f64),
        Value::Float(number) => Json::from(*number),
        Value::Text(text) => Json::from(text.as_str()),
        Value::List(values) => values.iter().map(plain).collect(),
        other => panic!("{other:?} is in no case"),
    }
}

fn normal(json: &Json) -> Json {
    match json {
        Json::Number(number) => Json::from(number.as_f64().unwrap()),
        Json::Array(values) => values.iter().map(normal).collect(),
        other => other.clone(),
    }
}
