//! Property graphs in JSON: what a file may have, what is refused and how it is said, and that
//! the format `json-graph` gives back what the file has.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::Value as Json;
use serde_json::json;

use kingraph::Session;
use kingraph::model::EntityId;
use kingraph::model::Snapshot;
use kingraph::model::Value;
use kingraph::model::freeze;
use kingraph::render::Page;
use kingraph::render::find;
use kingraph::store;
use kingraph::store::Loaded;

fn load(text: &str) -> Loaded {
    store::read_property_graph("x.json", text.as_bytes().to_vec())
}

/// The snapshot of a file without findings, by way of its bytes.
fn sound(file: &Json) -> Snapshot {
    let loaded = load(&file.to_string());
    assert_eq!(loaded.render(), "");
    store::decode(&store::encode(&freeze(&loaded.graph))).unwrap()
}

fn id(snapshot: &Snapshot, slug: &str) -> EntityId {
    snapshot.find_id(slug).unwrap()
}

/// The rows of a query in the format `json-graph`.
fn rows(file: &Json, query: &str) -> Json {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("x.json");
    std::fs::write(&path, file.to_string()).unwrap();
    let (mut session, loaded) = Session::open(&path).unwrap();
    assert_eq!(loaded.render(), "");
    let replies = session.query(query).unwrap();
    let page = Page::new(&replies[0].answer, session.snapshot(), query);
    let text = (find("json-graph").unwrap().render)(&page);
    let mut answer: Json = serde_json::from_str(&text).unwrap();
    answer["rows"].take()
}

/// Checks that a text has exactly one finding, an error with these words at that place.
fn refuses(text: &str, place: &str, words: &str) {
    let loaded = load(text);
    let said = loaded.render();
    assert_eq!(loaded.findings.len(), 1, "{text}: {said}");
    assert!(loaded.has_errors(), "{text}: {said}");
    assert!(said.contains(words), "{text}: {said}");
    assert!(
        said.contains(&format!("x.json:{place}\n")),
        "{text}: {said}"
    );
}

#[test]
fn labels_types_and_properties_are_the_vocabulary() {
    let snapshot = sound(&json!({
        "nodes": [
            {"id": "a", "labels": ["Z", "A", "Z"], "props": {"KNOWS": 1, "name": "Ann"}},
            {"id": "b", "labels": [], "props": {"name": 3}},
            {"id": "", "labels": [""]},
        ],
        "edges": [{"id": "k", "src": "a", "dst": "b", "type": "KNOWS"}],
    }));
    let schema = &snapshot.schema;
    assert!(schema.is_open);
    let (ann, b, nameless) = (id(&snapshot, "a"), id(&snapshot, "b"), id(&snapshot, ""));
    let words = |entity| {
        let kinds = snapshot.kinds(entity).iter();
        let words = kinds.map(|kind| schema.kinds[kind.index()].name.as_str());
        words.collect::<Vec<_>>()
    };
    assert_eq!(words(ann), ["Z", "A"]);
    assert_eq!(words(b), [""; 0]);
    assert_eq!(words(nameless), [""]);
    assert_eq!(snapshot.kind_name(ann), "Z");
    assert_eq!(snapshot.kind_name(b), "");
    assert!(snapshot.is_a(ann, schema.kind("A").unwrap()));
    assert!(!snapshot.is_a(b, snapshot.kind(b)));
    assert!(!snapshot.is_a(b, schema.kind("").unwrap()));
    assert_eq!((snapshot.name(ann), snapshot.name(b)), ("Ann", "b"));
    let (relation, property) = (
        schema.relation("KNOWS").unwrap().0,
        schema.property("KNOWS").unwrap(),
    );
    assert_ne!(relation, property);
    assert!(schema.is_in_group(relation, "lineage"));
    assert!(!schema.relations[relation.index()].is_property());
    assert_eq!(
        schema.relation("name").unwrap().0,
        schema.property("name").unwrap()
    );
    assert!(schema.property("nothing").is_none());
}

#[test]
fn everything_comes_back_as_it_was() {
    let file = json!({
        "nodes": [
            {"id": "a\u{202e}\"'`", "labels": ["é \u{1b}", "__proto__"], "props": {
                "true": true, "low": i64::MIN, "high": i64::MAX, "one": 1, "float": 1.0, "e": 1e300,
                "minus": -0.5, "text": "\u{0}\n楽天", "": "empty",
                "list": [1, 2.5, "x", null, [], {}], "map": {"b": {"c": [false, null]}, "a": null},
            }},
            {"id": "b", "labels": [], "props": {}},
        ],
        "edges": [
            {"id": "e9", "src": "b", "dst": "b", "type": "loop \u{7}", "props": {"w": {"x": [1.0]}}},
            {"id": "e10", "src": "b", "dst": "b", "type": "loop \u{7}", "props": {}},
        ],
    });
    let nodes = rows(&file, "all()");
    for node in file["nodes"].as_array().unwrap() {
        let shown =
            json!([{"id": node["id"], "labels": node["labels"], "properties": node["props"]}]);
        let text = shown.to_string();
        let mut found = nodes.as_array().unwrap().iter().map(Json::to_string);
        assert!(found.any(|row| row == text), "{text} in {nodes}");
    }
    let edges = rows(&file, "facts(b)");
    let edge = |id: &str, properties: Json| json!([{"id": id, "type": "loop \u{7}", "start": "b", "end": "b", "properties": properties}]);
    let wanted = json!([
        edge("e10", json!({})),
        edge("e9", json!({"w": {"x": [1.0]}}))
    ]);
    assert_eq!(edges.to_string(), wanted.to_string());
}

#[test]
fn integers_are_ids_too() {
    let file = json!({
        "nodes": [{"id": 10}, {"id": -2}],
        "edges": [
            {"id": 1, "from": 10, "to": -2, "type": "T"},
            {"start": 10, "end": -2, "type": "T", "properties": {"n": 1, "gone": null}},
        ],
    });
    let snapshot = sound(&file);
    assert!(snapshot.node_ids_are_integers() && snapshot.edge_ids_are_integers());
    let edges = rows(&file, "facts(\"10\")");
    let edge = |id: u32, properties: Json| json!([{"id": id, "type": "T", "start": 10, "end": -2, "properties": properties}]);
    assert_eq!(edges, json!([edge(1, json!({})), edge(2, json!({"n": 1}))]));
}

#[test]
fn ids_that_are_made_collide_with_none() {
    let edge = |id: Option<&str>| json!({"id": id, "src": "a", "dst": "a", "type": "T"});
    let file = json!({
        "nodes": [{"id": "a"}],
        "edges": [edge(None), edge(Some("e0")), edge(Some("e4")), edge(None)],
    });
    let snapshot = sound(&file);
    let statements = snapshot.statements();
    let slugs: Vec<_> = statements
        .filter_map(|it| snapshot.statement_slug(it))
        .collect();
    assert_eq!(slugs, ["e0", "e3", "e4", "e5"]);
}

#[test]
fn the_order_of_the_file_makes_no_difference() {
    let nodes = [
        json!({"id": "a", "labels": ["X"], "props": {"n": 1}}),
        json!({"id": "b", "labels": ["Y"]}),
    ];
    let edges = [
        json!({"id": "k", "src": "a", "dst": "b", "type": "T"}),
        json!({"id": "l", "src": "a", "dst": "b", "type": "T"}),
    ];
    let one = sound(&json!({"nodes": nodes, "edges": edges}));
    let turned = |of: &[Json]| of.iter().rev().cloned().collect::<Vec<_>>();
    let other = format!(
        "\u{feff}{{\"edges\": {}, \"nodes\": {}}}",
        json!(turned(&edges)),
        json!(turned(&nodes))
    );
    let other = load(&other);
    assert_eq!(other.render(), "");
    assert!(store::encode(&one) == store::encode(&freeze(&other.graph)));
}

#[test]
fn keys_that_mean_nothing_are_named_once() {
    let loaded = load(
        r#"{"meta": {"deep": [1]}, "nodes": [{"id": 1, "label": "X"}, {"id": 2, "label": "Y"}]}"#,
    );
    assert!(!loaded.has_errors());
    let said = loaded.render();
    assert!(
        said.contains("the file has the key `meta`, which is ignored\n"),
        "{said}"
    );
    assert!(said.contains("a node has the key `label`, which is ignored, here and in 1 more\n"));
    assert_eq!(loaded.findings.len(), 2);
}

#[test]
fn what_is_no_property_graph_is_refused() {
    for (text, place, words) in [
        ("", "1:1", "EOF while parsing"),
        ("[1]", "1:1", "expected an object with `nodes` and `edges`"),
        ("{}", "1:2", "there is neither `nodes` nor `edges`"),
        ("{\"nodes\": []\n, x}", "2:3", "key must be a string"),
        ("{\"nodes\": []} {}", "1:15", "trailing characters"),
        ("{\"nodes\": {}}", "1:10", "expected a list of nodes"),
        (
            "{\"nodes\": [], \"nodes\": []}",
            "1:21",
            "the key `nodes` stands twice",
        ),
        (
            "{\"nodes\": [\n {\"id\": 1, \"id\": 2}]}",
            "2:15",
            "the key `id` stands twice",
        ),
        (
            "{\"nodes\": [{\"id\": 1, \"props\": {\"a\": [{\"b\": 1,\n\"b\": 1}]}}]}",
            "2:3",
            "the key `b` stands twice",
        ),
        (
            "{\"nodes\": [{\"id\": \"\\ud800\"}]}",
            "1:26",
            "end of hex escape",
        ),
    ] {
        refuses(text, place, words);
        assert_eq!(load(text).graph.entity_count(), 0, "{text}");
    }
    let deep = format!(
        "{{\"nodes\": [{{\"id\": 1, \"props\": {{\"a\": {}",
        "[".repeat(100_000)
    );
    assert!(load(&deep).has_errors());
    let closed = format!("{deep}{}}}}}]}}", "]".repeat(100_000));
    assert!(load(&closed).render().contains("recursion limit"));
    let bytes = b"{\"nodes\": [{\"id\": \"\xff\"}]}".to_vec();
    let said = store::read_property_graph("x.json", bytes).render();
    assert!(
        said.contains("no UTF-8") && said.contains("x.json:1:20"),
        "{said}"
    );
}

#[test]
fn a_broken_record_is_left_out_and_no_other() {
    for (record, column, words) in [
        ("3", 1, "a node is an integer, not an object"),
        ("{}", 1, "a node has no `id`"),
        ("{\"id\": null}", 1, "a node has no `id`"),
        (
            "{\"id\": 1.5}",
            1,
            "the id of a node is a float, not a string or an integer",
        ),
        (
            "{\"id\": 7}",
            1,
            "the id `7` is an integer, and the nodes before have strings for ids",
        ),
        ("{\"id\": \"a\"}", 1, "the node `a` is there already"),
        (
            "{\"id\": \"x\", \"labels\": \"X\"}",
            1,
            "`labels` is a string, not a list of strings",
        ),
        (
            "{\"id\": \"x\", \"labels\": [1]}",
            1,
            "a label is an integer, not a string",
        ),
        (
            "{\"id\": \"x\", \"props\": []}",
            1,
            "`props` is a list, not an object",
        ),
        (
            "{\"id\": \"x\", \"props\": {}, \"properties\": {}}",
            1,
            "`props` and `properties` are the same: one is enough",
        ),
        (
            "{\"id\": \"9999999999999999999\", \"props\": {\"n\": [-9223372036854775809]}}",
            47,
            "the integer -9223372036854775809 has more than 64 bits",
        ),
        (
            "{\"id\": 18446744073709551616}",
            8,
            "the integer 18446744073709551616 has more",
        ),
        (
            "{\"id\": \"x\", \"props\": {\"n\": 1e999}}",
            32,
            "number out of range",
        ),
    ] {
        let text = format!("{{\"nodes\": [{{\"id\": \"a\"}},\n{record},\n{{\"id\": \"b\"}}]}}");
        refuses(&text, &format!("2:{column}"), words);
        assert_eq!(load(&text).graph.entity_count(), 2, "{text}");
    }
}

#[test]
fn a_broken_edge_is_left_out_and_no_other() {
    for (record, words) in [
        ("true", "an edge is a boolean, not an object"),
        ("{\"dst\": \"a\", \"type\": \"T\"}", "an edge has no `src`"),
        ("{\"src\": \"a\", \"type\": \"T\"}", "an edge has no `dst`"),
        ("{\"src\": \"a\", \"dst\": \"a\"}", "an edge has no `type`"),
        (
            "{\"src\": \"a\", \"dst\": \"a\", \"type\": 1}",
            "`type` is an integer, not a string",
        ),
        (
            "{\"src\": \"a\", \"dst\": [], \"type\": \"T\"}",
            "`dst` is a list, not a string or an",
        ),
        (
            "{\"src\": \"a\", \"from\": \"a\", \"dst\": \"a\", \"type\": \"T\"}",
            "are the same",
        ),
        (
            "{\"id\": \"x\", \"src\": \"a\", \"dst\": \"b\", \"type\": \"T\"}",
            "the edge `x` ends in the node `b`, which is not there",
        ),
        (
            "{\"id\": \"x\", \"src\": 1, \"dst\": \"a\", \"type\": \"T\"}",
            "the edge `x` ends in the node `1`, which is not there",
        ),
        (
            "{\"id\": 1, \"src\": \"a\", \"dst\": \"a\", \"type\": \"T\"}",
            "the id `1` is an integer, and the edges before have strings for ids",
        ),
        (
            "{\"id\": \"k\", \"src\": \"a\", \"dst\": \"a\", \"type\": \"T\"}",
            "the edge `k` is there already",
        ),
    ] {
        let edge = "{\"id\": \"k\", \"src\": \"a\", \"dst\": \"a\", \"type\": \"T\"}";
        let text = format!("{{\"edges\": [{edge},\n{record}], \"nodes\": [{{\"id\": \"a\"}}]}}");
        refuses(&text, "2:1", words);
        assert_eq!(load(&text).graph.statements().count(), 1, "{text}");
    }
}

#[test]
fn statements_keep_their_properties_apart() {
    let snapshot = sound(&json!({
        "nodes": [{"id": "a"}],
        "edges": [
            {"id": "1", "src": "a", "dst": "a", "type": "T"},
            {"id": "2", "src": "a", "dst": "a", "type": "T", "props": {"n": 2}},
            {"id": "3", "src": "a", "dst": "a", "type": "S", "props": {"n": 3}},
        ],
    }));
    let found: Vec<_> = snapshot
        .statements()
        .map(|statement| {
            let properties = snapshot.statement_properties(statement);
            let number = properties.map(|properties| properties["n"].clone());
            (snapshot.statement_slug(statement).unwrap(), number)
        })
        .collect();
    let number = |number| Some(Value::Integer(number));
    assert_eq!(found, [("3", number(3)), ("1", None), ("2", number(2))]);
}

#[test]
fn a_session_reads_a_file_again() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("x.json");
    std::fs::write(&path, r#"{"nodes": [{"id": "a"}]}"#).unwrap();
    let (mut session, _) = Session::open(&path).unwrap();
    std::fs::write(&path, r#"{"nodes": [{"id": "a"}, {"id": "b"}]}"#).unwrap();
    assert!(session.reload().unwrap().is_some());
    assert_eq!(session.snapshot().entity_count(), 2);
    std::fs::remove_file(&path).unwrap();
    assert!(session.reload().is_err());
    assert_eq!(session.snapshot().entity_count(), 2);
}
