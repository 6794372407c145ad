//! Thousands of graph questions with known answers, asked of the language.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use kingraph::model::Value;
use kingraph::query::scan::written;
use kingraph::shell::Session;
use serde_json::Value as Json;

use support::Sketch;
use support::ask;
use support::names;
use support::paths;

const GRAPHS: &str = include_str!("data/cases/graphs.jsonl");
const QUESTIONS: &str = include_str!("data/cases/questions.jsonl");

#[test]
fn every_question_has_its_known_answer() {
    let mut sessions: BTreeMap<String, Session> = GRAPHS.lines().map(session).collect();
    let mut wrong = Vec::new();
    let mut asked = 0;
    for line in QUESTIONS.lines() {
        let question: Json = serde_json::from_str(line).unwrap();
        let session = sessions.get_mut(text(&question["graph"])).unwrap();
        asked += 1;
        if let Err(difference) = check(session, &question) {
            wrong.push(format!("{}: {difference}", question["id"]));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {asked} differ:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
    assert_eq!(asked, 8792, "no question is lost");
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap()
}

fn session(line: &str) -> (String, Session) {
    let graph: Json = serde_json::from_str(line).unwrap();
    let nodes = graph["nodes"].as_array().unwrap();
    let place: BTreeMap<&str, usize> = nodes
        .iter()
        .enumerate()
        .map(|(index, node)| (text(&node[0]), index))
        .collect();
    let date = |json: &Json| json.as_str().map(str::to_owned);
    let arrow = |edge: &Json| {
        let (subject, object) = (place[text(&edge[0])], place[text(&edge[2])]);
        (
            subject,
            text(&edge[1]).to_owned(),
            object,
            date(&edge[3]),
            date(&edge[4]),
        )
    };
    let sketch = Sketch {
        names: nodes.iter().map(|node| text(&node[2]).to_owned()).collect(),
        arrows: graph["edges"]
            .as_array()
            .unwrap()
            .iter()
            .map(arrow)
            .collect(),
    };
    (text(&graph["graph"]).to_owned(), sketch.session())
}

/// Asks a question in kin's language, and compares.
fn check(session: &mut Session, question: &Json) -> Result<(), String> {
    let operation = text(&question["op"]);
    let arguments: Vec<&Json> = question["args"].as_array().unwrap().iter().collect();
    let one = |index: usize| written(text(arguments[index]));
    let members = || {
        let members = arguments[0].as_array().unwrap().iter();
        members
            .map(|name| written(text(name)))
            .collect::<Vec<String>>()
            .join(" | ")
    };
    let options = options(session, &question["opts"]);
    let expected = &question["expect"];
    let set = |query: String, session: &mut Session| same_set(session, &query, expected);
    match operation {
        "successors" | "predecessors" | "descendants" | "ancestors" => {
            let Some((named, context)) = options else {
                return same("no relation", expected, &[]);
            };
            set(format!("{operation}({}{named}){context}", one(0)), session)
        }
        "reach_from" => set(format!("{0} | descendants({0})", one(0)), session),
        "reach_to" => set(format!("ancestors({0}) | {0}", one(0)), session),
        "descendants_of_set" => set(format!("descendants({})", members()), session),
        "heads" => set(format!("leaves({})", members()), session),
        "roots" => set(format!("roots({})", members()), session),
        "common_ancestors" => set(format!("common_ancestors({})", members()), session),
        "lowest_common" => set(format!("leaves(common_ancestors({}))", members()), session),
        "common_descendants" => set(format!("common_descendants({})", members()), session),
        "merge_points" => set(format!("roots(common_descendants({}))", members()), session),
        "between" => set(format!("between({}, {})", one(0), one(1)), session),
        "on_cycle" => set("cycles(all())".to_owned(), session),
        "expression" => set(expression(arguments[0]), session),
        _ => check_rest(session, operation, &arguments, question),
    }
}

fn check_rest(
    session: &mut Session,
    operation: &str,
    arguments: &[&Json],
    question: &Json,
) -> Result<(), String> {
    let expected = &question["expect"];
    let ends = || {
        let end = |index: usize| written(text(arguments[index]));
        format!("{}, {}", end(0), end(1))
    };
    match operation {
        "is_acyclic" => {
            let answer = ask(session, "cycles(all())");
            compare(&Json::Bool(answer.table.rows.is_empty()), expected)
        }
        "scc" | "wcc" => {
            let answer = ask(
                session,
                &format!("components(all(), strong={})", operation == "scc"),
            );
            let groups: BTreeSet<BTreeSet<String>> = answer
                .table
                .rows
                .iter()
                .map(|row| group(session, &row[2]))
                .collect();
            let wanted: BTreeSet<BTreeSet<String>> =
                serde_json::from_value(expected.clone()).unwrap();
            if groups == wanted {
                Ok(())
            } else {
                Err(format!("{groups:?}, not {wanted:?}"))
            }
        }
        "reaches" | "shortest_length" | "shortest_path" | "undirected_length" => {
            let directed = operation != "undirected_length";
            let answer = ask(session, &format!("path({}, directed={directed})", ends()));
            let found = paths(session, &answer);
            let length = found
                .first()
                .map_or(Json::Null, |path| Json::from(path.len() - 1));
            match operation {
                "reaches" => compare(&Json::Bool(!length.is_null()), expected),
                "shortest_path" if !expected.is_null() => compare(&length, &expected["length"]),
                _ => compare(&length, expected),
            }
        }
        "all_shortest" => {
            let answer = ask(session, &format!("paths({}, max=50)", ends()));
            let found = paths(session, &answer);
            let shortest = found.first().map_or(0, Vec::len);
            same_paths(
                found.into_iter().filter(|path| path.len() == shortest),
                expected,
            )
        }
        "simple_paths" => {
            let max = &question["opts"]["max"];
            let answer = ask(session, &format!("paths({}, max={max})", ends()));
            same_paths(paths(session, &answer).into_iter(), expected)
        }
        _ => check_rows(session, operation, arguments, question),
    }
}

/// Questions that pipes, patterns and the functions of shape answer.
fn check_rows(
    session: &mut Session,
    operation: &str,
    arguments: &[&Json],
    question: &Json,
) -> Result<(), String> {
    let expected = &question["expect"];
    let one = |index: usize| written(text(arguments[index]));
    let members = || {
        let members = arguments[0].as_array().unwrap().iter();
        let members: Vec<String> = members.map(|name| written(text(name))).collect();
        members.join(" | ")
    };
    match operation {
        "sources" => same_set(session, "all() |> where not exists { ()-->(it) }", expected),
        "sinks" => same_set(session, "all() |> where not (it)-->()", expected),
        "heads_adjacent" => {
            let query = format!(
                "({0}) |> where not exists {{ (it)-->(x in {0}) }}",
                members()
            );
            same_set(session, &query, expected)
        }
        "roots_adjacent" => {
            let query = format!(
                "({0}) |> where not exists {{ (x in {0})-->(it) }}",
                members()
            );
            same_set(session, &query, expected)
        }
        "induced_edges" => {
            let query = format!(
                "match (a in {0})-->(b in {0}) return distinct a.name, b.name",
                members()
            );
            same_rows(session, &query, expected)
        }
        "transitive_reduction" => {
            let query = "reduce(all()) |> select distinct statement.subject.name as a, \
                         statement.object.name as b";
            same_rows(session, query, expected)
        }
        "trails" => {
            let max = &question["opts"]["max"];
            let query = format!(
                "match p = (a in {})-[e]->{{1,{max}}}(b in {}) \
                 return reduce(way = [a.name], s in e | way + [type(s), s.object.name]) as way",
                one(0),
                one(1)
            );
            same_lists(session, &query, expected)
        }
        _ => check_shape(session, operation, arguments, expected),
    }
}

/// Questions about order, levels and dominators.
fn check_shape(
    session: &mut Session,
    operation: &str,
    arguments: &[&Json],
    expected: &Json,
) -> Result<(), String> {
    let one = |index: usize| written(text(arguments[index]));
    match operation {
        "topo" => {
            let answer = ask(session, "all() |> order by topological");
            let order = names(session, &answer);
            check_order(session, &order, expected)
        }
        "level" => {
            let answer = ask(session, "levels(all())");
            let levels = answer.table.rows.iter().zip(names(session, &answer));
            let levels = levels.map(|(row, name)| match &row[1] {
                Value::Integer(level) => (name, Json::from(*level)),
                other => panic!("{other:?} is no level"),
            });
            compare(&Json::Object(levels.collect()), expected)
        }
        "longest_path_length" => {
            let answer = ask(
                session,
                "levels(all()) |> group by 1 as all select max(level)",
            );
            let length = answer.table.rows.first().map(|row| row[0].clone());
            match length {
                Some(Value::Integer(length)) => compare(&Json::from(length), expected),
                other => compare(&Json::Null, expected).map_err(|why| format!("{other:?}: {why}")),
            }
        }
        "some_cycle" => {
            let query = "match p = any shortest (a)-[]->+(a) return p limit 1";
            let answer = ask(session, query);
            compare(&Json::Bool(!answer.table.rows.is_empty()), expected)
        }
        "dominators" => {
            let query = format!("dominators({}, {})", one(0), one(1));
            same_set(session, &query, expected)
        }
        "idom" => compare(&immediate(session, &one(0)), expected),
        other => panic!("{other} is not asked"),
    }
}

/// For everything that `root` leads to, the last before it that lies on every way to it.
fn immediate(session: &mut Session, root: &str) -> Json {
    let reached = ask(session, &format!("descendants({root}) - {root}"));
    let mut found = serde_json::Map::new();
    for name in names(session, &reached) {
        let ends = format!("{root}, {}", written(&name));
        let dominators = ask(session, &format!("dominators({ends})"));
        let dominators = names(session, &dominators);
        let path = ask(session, &format!("path({ends})"));
        let path = paths(session, &path).remove(0);
        let before = path.iter().rev().skip(1);
        let last = before.into_iter().find(|name| dominators.contains(name));
        found.insert(name, Json::from(last.unwrap().as_str()));
    }
    Json::Object(found)
}

/// Whether an order has every entity once, and no arrow that points back.
fn check_order(session: &mut Session, order: &[String], expected: &Json) -> Result<(), String> {
    let mut sorted: Vec<String> = order.to_vec();
    sorted.sort();
    let mut wanted: Vec<String> = serde_json::from_value(expected.clone()).unwrap();
    wanted.sort();
    if sorted != wanted {
        return Err(format!("{order:?} has not the entities {wanted:?}"));
    }
    let arrows = ask(
        session,
        "match (a)-->(b) return distinct a.name as a, b.name as b",
    );
    let place = |value: &Value| match value {
        Value::Text(name) => order.iter().position(|known| known == name).unwrap(),
        other => panic!("{other:?} is no name"),
    };
    for row in &arrows.table.rows {
        if place(&row[0]) > place(&row[1]) {
            return Err(format!("{row:?} points back in {order:?}"));
        }
    }
    Ok(())
}

fn plain(value: &Value) -> Json {
    match value {
        Value::Text(text) => Json::from(text.as_str()),
        Value::List(values) => values.iter().map(plain).collect(),
        other => panic!("{other:?} is not asked for"),
    }
}

/// Compares rows as a bag.
fn same_rows(session: &mut Session, query: &str, expected: &Json) -> Result<(), String> {
    let answer = ask(session, query);
    let rows = answer.table.rows.iter();
    let rows = rows.map(|row| Json::from(row.iter().map(plain).collect::<Vec<Json>>()));
    same_bag(query, &rows.collect::<Vec<Json>>(), expected)
}

/// Compares the lists in the only column as a bag.
fn same_lists(session: &mut Session, query: &str, expected: &Json) -> Result<(), String> {
    let answer = ask(session, query);
    let lists = answer.table.rows.iter().map(|row| plain(&row[0]));
    same_bag(query, &lists.collect::<Vec<Json>>(), expected)
}

fn same_bag(query: &str, found: &[Json], expected: &Json) -> Result<(), String> {
    let text = |rows: &[Json]| {
        let mut rows: Vec<String> = rows.iter().map(Json::to_string).collect();
        rows.sort();
        rows
    };
    let (found, wanted) = (text(found), text(expected.as_array().unwrap()));
    if found == wanted {
        Ok(())
    } else {
        Err(format!("{query} is {found:?}, not {wanted:?}"))
    }
}

fn group(session: &Session, cell: &Value) -> BTreeSet<String> {
    let Value::List(members) = cell else {
        panic!("{cell:?} is no list")
    };
    let name = |member: &Value| match member {
        Value::Entity(entity) => session.snapshot().name(*entity).to_owned(),
        other => panic!("{other:?} is no entity"),
    };
    members.iter().map(name).collect()
}

/// `via=` and `depth=`, and the context; none if no relation of the graph is wanted.
fn options(session: &Session, options: &Json) -> Option<(String, String)> {
    let mut named = String::new();
    if let Some(types) = options["types"].as_array() {
        let schema = &session.snapshot().schema;
        let known = types
            .iter()
            .map(text)
            .filter(|word| schema.relation(word).is_some());
        let words: Vec<&str> = known.collect();
        if words.is_empty() {
            return None;
        }
        named.push_str(&format!(", via={}", words.join("|")));
    }
    if let Some(depth) = options["depth"].as_u64() {
        named.push_str(&format!(", depth={depth}"));
    }
    let context = options["as_of"]
        .as_str()
        .map_or(String::new(), |date| format!(" as of {date}"));
    Some((named, context))
}

fn expression(json: &Json) -> String {
    let part = |index: usize| expression(&json[index]);
    match text(&json[0]) {
        "name" => written(text(&json[1])),
        "union" => format!("({} | {})", part(1), part(2)),
        "intersect" => format!("({} & {})", part(1), part(2)),
        "minus" => format!("({} - {})", part(1), part(2)),
        function => format!("{function}({})", part(1)),
    }
}

fn same_set(session: &mut Session, query: &str, expected: &Json) -> Result<(), String> {
    let answer = ask(session, query);
    let mut found = names(session, &answer);
    found.sort();
    same(query, expected, &found)
}

fn same(query: &str, expected: &Json, found: &[String]) -> Result<(), String> {
    let mut wanted: Vec<String> = serde_json::from_value(expected.clone()).unwrap();
    wanted.sort();
    if found == wanted {
        Ok(())
    } else {
        Err(format!("{query} is {found:?}, not {wanted:?}"))
    }
}

fn same_paths(found: impl Iterator<Item = Vec<String>>, expected: &Json) -> Result<(), String> {
    let found: BTreeSet<Vec<String>> = found.collect();
    let wanted: BTreeSet<Vec<String>> = serde_json::from_value(expected.clone()).unwrap();
    if found == wanted {
        Ok(())
    } else {
        Err(format!("{found:?}, not {wanted:?}"))
    }
}

fn compare(found: &Json, expected: &Json) -> Result<(), String> {
    if found == expected {
        Ok(())
    } else {
        Err(format!("{found}, not {expected}"))
    }
}
