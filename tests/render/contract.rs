//! JSON keeps to the schema in `docs/`, which speaks of the same words as the model.

use serde_json::Value as Json;

use kingraph::model::Certainty;
use kingraph::model::Filter;
use kingraph::model::Polarity;
use kingraph::model::SourceId;
use kingraph::model::Value;
use kingraph::query::Answer;
use kingraph::query::ColumnType;
use kingraph::render::Page;
use kingraph::render::find;

use crate::graph;

fn schema() -> Json {
    serde_json::from_str(include_str!("../../docs/answer.schema.json")).unwrap()
}

/// The schema of answers without maps: anything could pass for one of these.
fn without_maps() -> Json {
    let mut schema = schema();
    schema["$defs"]["map"] = serde_json::json!({"type": "null"});
    schema
}

fn rendered(page: &Page<'_>) -> Json {
    serde_json::from_str(&(find("json").unwrap().render)(page)).unwrap()
}

/// Why `value` does not fit `rule`, for the keywords that our schema uses; an unknown one panics.
fn misfit(root: &Json, rule: &Json, value: &Json) -> Option<String> {
    rule.as_object()
        .unwrap()
        .iter()
        .find_map(|(keyword, wanted)| {
            let is_met = match keyword.as_str() {
                "$schema" | "title" | "description" | "$defs" => true,
                "$ref" => {
                    let place = wanted.as_str().unwrap().trim_start_matches('#');
                    return misfit(root, root.pointer(place).unwrap(), value);
                }
                "type" => match wanted.as_str().unwrap() {
                    "null" => value.is_null(),
                    "boolean" => value.is_boolean(),
                    "integer" => value.is_i64(),
                    "number" => value.is_number(),
                    "string" => value.is_string(),
                    "array" => value.is_array(),
                    "object" => value.is_object(),
                    other => panic!("unknown type {other}"),
                },
                "const" => value == wanted,
                "enum" => wanted.as_array().unwrap().contains(value),
                "anyOf" => {
                    let mut rules = wanted.as_array().unwrap().iter();
                    rules.any(|rule| misfit(root, rule, value).is_none())
                }
                "items" => {
                    let mut items = value.as_array().into_iter().flatten();
                    return items.find_map(|item| misfit(root, wanted, item));
                }
                "required" => {
                    let mut keys = wanted.as_array().unwrap().iter();
                    keys.all(|key| value.get(key.as_str().unwrap()).is_some())
                }
                "properties" => {
                    let mut rules = wanted.as_object().unwrap().iter();
                    return rules.find_map(|(key, rule)| misfit(root, rule, value.get(key)?));
                }
                "additionalProperties" => {
                    let known = rule.get("properties");
                    let is_known =
                        |key: &String| known.is_some_and(|known| known.get(key).is_some());
                    let others = value.as_object().into_iter().flatten();
                    return others
                        .filter(|(key, _)| !is_known(key))
                        .find_map(|(key, other)| match wanted.as_bool() {
                            Some(true) => None,
                            Some(false) => Some(format!("`{key}` is not in the schema")),
                            None => misfit(root, wanted, other),
                        });
                }
                other => panic!("unknown keyword {other}"),
            };
            (!is_met).then(|| format!("{keyword} {wanted} is not met by {value}"))
        })
}

/// The schema as of today: it refuses the keys that it does not know, as its readers should not.
fn closed(mut rule: Json) -> Json {
    match &mut rule {
        Json::Object(keys) => {
            for value in keys.values_mut() {
                *value = closed(value.take());
            }
            let is_closable = keys.get("type").is_some_and(|wanted| wanted == "object")
                && keys.get("properties").is_some_and(Json::is_object);
            if is_closable {
                keys.insert("additionalProperties".to_owned(), Json::Bool(false));
            }
        }
        Json::Array(rules) => {
            for value in rules {
                *value = closed(value.take());
            }
        }
        _ => {}
    }
    rule
}

/// An answer with a value of every type.
fn everything(snapshot: &kingraph::model::Snapshot) -> Answer {
    let statements = graph::facts(snapshot).table.rows.concat();
    let values = [
        Value::Null,
        Value::Boolean(true),
        Value::Integer(i64::MIN),
        Value::Float(0.5),
        Value::Float(f64::NAN),
        Value::Text("text".to_owned()),
        Value::Date(graph::date("~2013")),
        Value::Entity(graph::id(snapshot, "eks")),
        Value::Source(SourceId(0)),
        Value::Source(SourceId(1)),
        graph::path(snapshot).table.rows[0][0].clone(),
        Value::List(statements.into()),
    ];
    let rows = values.map(|value| vec![value]).to_vec();
    Answer {
        filter: Filter {
            as_of: graph::date("2021-05").last(),
            sources: Some(vec![SourceId(1)]),
            ..Filter::default()
        },
        notes: vec!["a note".to_owned()],
        ..graph::answer(&[("value", ColumnType::Scalar)], rows)
    }
}

#[test]
fn json_keeps_to_the_schema() {
    let snapshot = graph::lineage();
    let schema = closed(schema());
    assert!(
        schema
            .to_string()
            .matches("\"additionalProperties\":false")
            .count()
            >= 7
    );
    let inner = Value::List(vec![Value::Null, Value::Map([].into())].into());
    let map = Value::Map([("key".into(), inner)].into());
    for answer in [
        graph::successors(&snapshot),
        graph::path(&snapshot),
        graph::facts(&snapshot),
        graph::set(&snapshot, &[]),
        everything(&snapshot),
        graph::answer(&[("value", ColumnType::Scalar)], vec![vec![map]]),
    ] {
        let json = rendered(&Page::new(&answer, &snapshot, "query"));
        assert_eq!(misfit(&schema, &schema, &json), None);
        assert_eq!(
            json["rows"].as_array().unwrap().len(),
            answer.table.rows.len()
        );
    }
}

#[test]
fn the_schema_refuses_what_json_does_not_write() {
    let schema = without_maps();
    for (text, reason) in [
        (
            r#"{"kin": 2, "columns": [], "rows": [], "meta": {}}"#,
            "const",
        ),
        (r#"{"kin": 1, "columns": [], "rows": []}"#, "required"),
        (
            r#"{"kin": 1, "columns": [], "rows": [{"a": {"id": "x"}}], "meta": {"query": "", "rows": 1, "notes": []}}"#,
            "anyOf",
        ),
    ] {
        let found = misfit(&schema, &schema, &serde_json::from_str(text).unwrap());
        assert!(
            found.clone().is_some_and(|found| found.starts_with(reason)),
            "{found:?}"
        );
    }
}

/// Places in the JSON of [`everything`] and the rule that each of them has to fit.
static PLACES: &[(&str, &str)] = &[
    ("", ""),
    ("/meta", "/$defs/meta"),
    ("/rows/7/value", "/$defs/entity"),
    ("/rows/9/value", "/$defs/source"),
    ("/rows/8/value", "/$defs/source"),
    ("/rows/10/value", "/$defs/path"),
    ("/rows/10/value/entities/0", "/$defs/entity"),
    ("/rows/11/value/0", "/$defs/statement"),
    ("/rows/11/value/4", "/$defs/statement"),
    ("/rows/11/value/4/sources/0", "/$defs/citation"),
];

#[test]
fn the_schema_wants_every_required_key_in_its_type() {
    let snapshot = graph::lineage();
    let answer = everything(&snapshot);
    let whole = rendered(&Page::new(&answer, &snapshot, "query"));
    let schema = without_maps();
    let check = |json: &Json| misfit(&schema, &schema, json);
    assert_eq!(check(&whole), None);
    for (place, rule) in PLACES {
        let rule = schema.pointer(rule).unwrap();
        let required = rule["required"].as_array().unwrap();
        let changed = |change: &dyn Fn(&mut serde_json::Map<String, Json>)| {
            let mut json = whole.clone();
            change(json.pointer_mut(place).unwrap().as_object_mut().unwrap());
            check(&json)
        };
        for key in rule["properties"].as_object().unwrap().keys() {
            let without = changed(&|object| drop(object.remove(key)));
            let is_required = required.iter().any(|wanted| wanted == key);
            assert_eq!(without.is_some(), is_required, "{place} without {key}");
            let nothing = serde_json::json!({});
            let wrong = changed(&|object| drop(object.insert(key.clone(), nothing.clone())));
            assert!(wrong.is_some(), "{place} with a wrong {key}");
        }
        let more = changed(&|object| drop(object.insert("new".to_owned(), Json::from(1))));
        assert_eq!(more, None, "readers ignore new keys");
    }
}

#[test]
fn the_schema_has_the_words_of_the_model() {
    let schema = schema();
    let words = |place: &str| schema.pointer(place).unwrap().clone();
    let certainties: Vec<&str> = Certainty::ALL.iter().map(|value| value.word()).collect();
    let polarities: Vec<&str> = Polarity::ALL.iter().map(|value| value.word()).collect();
    let statement = "/$defs/statement/properties";
    assert_eq!(
        words(&format!("{statement}/certainty/enum")),
        Json::from(certainties)
    );
    assert_eq!(
        words(&format!("{statement}/polarity/enum")),
        Json::from(polarities)
    );
}

#[test]
fn meta_says_how_the_graph_was_seen() {
    let snapshot = graph::lineage();
    let answer = everything(&snapshot);
    let json = rendered(&Page::new(&answer, &snapshot, "everything as of 2021-05"));
    assert_eq!(json["meta"]["query"], "everything as of 2021-05");
    assert_eq!(json["meta"]["as_of"], "2021-05-31");
    assert_eq!(json["meta"]["sources"], Json::from(vec!["rks-17"]));
    assert_eq!(json["meta"]["notes"], Json::from(vec!["a note"]));
}

#[test]
fn lines_are_the_rows() {
    let snapshot = graph::lineage();
    let answer = everything(&snapshot);
    let page = Page::new(&answer, &snapshot, "query");
    let lines = (find("jsonl").unwrap().render)(&page);
    let rows: Vec<Json> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let schema = closed(without_maps());
    let rule = schema.pointer("/$defs/jsonl").unwrap();
    for row in &rows {
        assert_eq!(misfit(&schema, rule, row), None);
    }
    let wrong = serde_json::json!({"entity": {"id": "eks"}});
    assert!(misfit(&schema, rule, &wrong).is_some());
    assert_eq!(Json::from(rows), rendered(&page)["rows"]);
}
