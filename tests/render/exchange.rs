//! Formats for other programs: what we write is read back by readers that know nothing of it.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use roxmltree::Document;
use roxmltree::Node;
use serde_json::Value as Json;

use kingraph::model::Snapshot;
use kingraph::model::Value;
use kingraph::query::Answer;
use kingraph::query::ColumnType;
use kingraph::render::FORMATS;
use kingraph::render::Frame;
use kingraph::render::MARK;
use kingraph::render::Page;
use kingraph::render::Towards;
use kingraph::render::find;

use crate::graph;
use crate::hostile;

/// What a reader has found: names by id, and arrows with what they say.
#[derive(Debug, Default, PartialEq)]
pub struct Found {
    pub nodes: BTreeMap<String, BTreeMap<String, String>>,
    pub edges: Vec<(String, String, BTreeMap<String, String>)>,
}

fn written(format: &str, snapshot: &Snapshot, answer: &Answer) -> String {
    (find(format).unwrap().render)(&Page::new(answer, snapshot, "query"))
}

/// GraphML by its specification: keys are declared before they are used, ids are unique.
pub fn graphml(text: &str) -> Found {
    let document = Document::parse(text).unwrap();
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "graphml");
    assert_eq!(
        root.tag_name().namespace(),
        Some("http://graphml.graphdrawing.org/xmlns")
    );
    let elements = |node: Node<'_, '_>, name: &str| -> Vec<roxmltree::NodeId> {
        let found = node
            .children()
            .filter(|child| child.tag_name().name() == name);
        found.map(|child| child.id()).collect()
    };
    let get = |id| document.get_node(id).unwrap();
    let mut keys = BTreeMap::new();
    for key in elements(root, "key").into_iter().map(get) {
        let attribute = |name| key.attribute(name).unwrap();
        assert_eq!(attribute("attr.type"), "string");
        let meaning = (attribute("for"), attribute("attr.name"));
        assert!(keys.insert(attribute("id"), meaning).is_none());
    }
    let [inner] = elements(root, "graph")[..] else {
        panic!("one graph")
    };
    let inner = get(inner);
    assert_eq!(inner.attribute("edgedefault"), Some("directed"));
    let data = |of: &str, node: Node<'_, '_>| -> BTreeMap<String, String> {
        let found = elements(node, "data").into_iter().map(get);
        let pairs = found.map(|data| {
            let (kind, name) = keys[data.attribute("key").unwrap()];
            assert_eq!(kind, of);
            (name.to_owned(), data.text().unwrap_or_default().to_owned())
        });
        pairs.collect()
    };
    let mut found = Found::default();
    let mut ids = BTreeSet::new();
    for node in elements(inner, "node").into_iter().map(get) {
        let id = node.attribute("id").unwrap().to_owned();
        assert!(ids.insert(id.clone()), "{id} is there twice");
        found.nodes.insert(id, data("node", node));
    }
    for edge in elements(inner, "edge").into_iter().map(get) {
        let end = |name| edge.attribute(name).unwrap().to_owned();
        assert!(ids.insert(end("id")), "{} is there twice", end("id"));
        assert!(
            found.nodes.contains_key(&end("source")) && found.nodes.contains_key(&end("target"))
        );
        found
            .edges
            .push((end("source"), end("target"), data("edge", edge)));
    }
    found
}

/// The titles of attributes by class and id, as GEXF declares them.
type Titles = BTreeMap<(String, String), String>;

fn named<'a>(node: Node<'a, 'a>, name: &'a str) -> impl Iterator<Item = Node<'a, 'a>> {
    let below = node.descendants();
    below.filter(move |node| node.tag_name().name() == name)
}

fn owned(node: Node<'_, '_>, name: &str) -> String {
    node.attribute(name).unwrap().to_owned()
}

fn gexf_facts(titles: &Titles, class: &str, node: Node<'_, '_>) -> BTreeMap<String, String> {
    let below = node.descendants();
    let values = below.filter(|node| node.tag_name().name() == "attvalue");
    let mut facts: BTreeMap<String, String> = values
        .map(|value| {
            let key = (class.to_owned(), owned(value, "for"));
            (titles[&key].clone(), owned(value, "value"))
        })
        .collect();
    for day in ["start", "end"] {
        let date = node.attribute(day);
        facts.extend(date.map(|date| (day.to_owned(), date.to_owned())));
    }
    facts
}

/// GEXF by its schema; the days of nodes and edges come as `start` and `end`.
pub fn gexf(text: &str) -> Found {
    let document = Document::parse(text).unwrap();
    let root = document.root_element();
    assert_eq!(
        (root.tag_name().name(), root.attribute("version")),
        ("gexf", Some("1.3"))
    );
    assert_eq!(root.tag_name().namespace(), Some("http://gexf.net/1.3"));
    let inner = named(root, "graph").next().unwrap();
    assert_eq!(inner.attribute("timeformat"), Some("date"));
    let titles: Titles = named(inner, "attribute")
        .map(|attribute| {
            let class = owned(attribute.parent().unwrap(), "class");
            ((class, owned(attribute, "id")), owned(attribute, "title"))
        })
        .collect();
    let mut found = Found::default();
    for node in named(inner, "node") {
        let mut facts = gexf_facts(&titles, "node", node);
        facts.insert("name".to_owned(), owned(node, "label"));
        assert!(found.nodes.insert(owned(node, "id"), facts).is_none());
    }
    for edge in named(inner, "edge") {
        let ends = (owned(edge, "source"), owned(edge, "target"));
        assert!(found.nodes.contains_key(&ends.0) && found.nodes.contains_key(&ends.1));
        let facts = gexf_facts(&titles, "edge", edge);
        found.edges.push((ends.0, ends.1, facts));
    }
    found
}

/// Cytoscape's JSON; ids are unique among nodes and edges.
pub fn cytoscape(text: &str) -> Found {
    let json: Json = serde_json::from_str(text).unwrap();
    let facts = |element: &Json| -> BTreeMap<String, String> {
        let data = element["data"].as_object().unwrap().iter();
        data.map(|(key, fact)| (key.clone(), fact.as_str().unwrap().to_owned()))
            .collect()
    };
    let mut found = Found::default();
    let mut ids = BTreeSet::new();
    for node in json["elements"]["nodes"].as_array().unwrap() {
        let mut facts = facts(node);
        let id = facts.remove("id").unwrap();
        assert!(ids.insert(id.clone()));
        found.nodes.insert(id, facts);
    }
    for edge in json["elements"]["edges"].as_array().unwrap() {
        let mut facts = facts(edge);
        assert!(ids.insert(facts.remove("id").unwrap()));
        let mut end = |name: &str| facts.remove(name).unwrap();
        let ends = (end("source"), end("target"));
        assert!(found.nodes.contains_key(&ends.0) && found.nodes.contains_key(&ends.1));
        found.edges.push((ends.0, ends.1, facts));
    }
    found
}

/// A label of Mermaid as it is shown: numbers of characters in the place of signs.
fn shown(label: &str) -> String {
    let mut shown = String::new();
    let mut rest = label;
    while let Some((before, behind)) = rest.split_once('#') {
        let (number, behind) = behind.split_once(';').unwrap();
        shown += before;
        shown.push(char::from_u32(number.parse().unwrap()).unwrap());
        rest = behind;
    }
    shown + rest
}

/// The label in quotes at the begin of a text, and what stands behind it.
fn label(text: &str) -> (Vec<String>, &str) {
    assert!(!text.starts_with("\"\""), "Mermaid knows no empty label");
    let (label, rest) = text.strip_prefix('"').unwrap().split_once('"').unwrap();
    for sign in [
        '`', '<', '>', '&', '*', ':', ';', '[', ']', '{', '}', '|', '\\', '@',
    ] {
        let plain = label.replace("<br/>", "");
        let is_number =
            |at: usize| sign == ';' && plain[..at].ends_with(|last: char| last.is_ascii_digit());
        let bare = plain
            .match_indices(sign)
            .filter(|(at, _)| !is_number(*at))
            .count();
        assert_eq!(bare, 0, "{sign} in {label}");
    }
    (label.split("<br/>").map(shown).collect(), rest)
}

/// Mermaid's flowcharts, as far as kin writes them; every line has to be one that it knows.
pub fn mermaid(text: &str) -> Found {
    let (head, body) = text
        .strip_prefix("---\n")
        .unwrap()
        .split_once("---\nflowchart ")
        .unwrap();
    assert!(
        head.starts_with("title: \"") && head.lines().count() <= 3,
        "{head}"
    );
    let mut found = Found::default();
    let mut open = 0;
    for line in body.lines().skip(1).map(str::trim) {
        if line.starts_with("%% ") {
            assert!(!line.contains(['{', '}']));
        } else if line == "end" {
            open -= 1;
        } else if let Some(rest) = line.strip_prefix("subgraph k") {
            let (_, behind) = label(rest.split_once('[').unwrap().1);
            assert_eq!(behind, "]");
            open += 1;
        } else if let Some(rest) = line.strip_prefix("click n") {
            let (place, rest) = rest.split_once(" href ").unwrap();
            assert!(place.parse::<usize>().is_ok());
            assert!(
                rest.starts_with("\"http") && rest.ends_with("\" _blank"),
                "{rest}"
            );
            assert_eq!(rest.matches('"').count(), 2);
        } else if line.starts_with("linkStyle ") || line.starts_with("style n") {
            assert!(!line.contains('"'));
        } else {
            mermaid_element(line, &mut found);
        }
    }
    assert_eq!(open, 0);
    found
}

fn mermaid_element(line: &str, found: &mut Found) {
    let id_length = line.find([' ', '[']).unwrap();
    let (id, rest) = line.split_at(id_length);
    let is_id =
        |id: &str| id == "nothing" || id.strip_prefix('n').unwrap().parse::<usize>().is_ok();
    assert!(is_id(id), "{line}");
    if let Some(rest) = rest.strip_prefix('[') {
        let (lines, behind) = label(rest);
        assert_eq!(behind, "]");
        let facts = BTreeMap::from([("name".to_owned(), lines[0].clone())]);
        assert!(found.nodes.insert(id.to_owned(), facts).is_none());
        return;
    }
    let shafts = [" --> ", " -.-> ", " -.-x "];
    let rest = shafts
        .iter()
        .find_map(|shaft| rest.strip_prefix(shaft))
        .unwrap();
    let mut facts = BTreeMap::new();
    let to = match rest.strip_prefix('|') {
        None => rest,
        Some(rest) => {
            let (lines, behind) = label(rest);
            facts.insert("relation".to_owned(), lines[0].clone());
            behind.strip_prefix("| ").unwrap()
        }
    };
    assert!(
        found.nodes.contains_key(id) && found.nodes.contains_key(to),
        "{line}"
    );
    found.edges.push((id.to_owned(), to.to_owned(), facts));
}

/// A reader of a format that other programs read.
type Reader = fn(&str) -> Found;

/// The formats and their readers.
pub const READERS: [(&str, Reader); 4] = [
    ("graphml", graphml),
    ("gexf", gexf),
    ("cytoscape", cytoscape),
    ("mermaid", mermaid),
];

#[test]
fn every_format_of_pictures_has_a_reader_and_kins_mark() {
    let snapshot = graph::lineage();
    let known: BTreeSet<&str> = READERS.iter().map(|(name, _)| *name).collect();
    let elsewhere = BTreeSet::from(["dot", "svg", "png", "html", "tree", "log"]);
    for format in FORMATS.iter().filter(|format| format.is_picture) {
        assert!(
            known.contains(format.name) || elsewhere.contains(format.name),
            "{}",
            format.name
        );
        let text = written(format.name, &snapshot, &graph::facts(&snapshot));
        assert!(text.contains(MARK), "{}", format.name);
    }
}

#[test]
fn what_is_written_is_read_back() {
    let snapshot = graph::lineage();
    for (format, read) in READERS {
        let found = read(&written(format, &snapshot, &graph::facts(&snapshot)));
        let names: BTreeSet<&str> = found
            .nodes
            .values()
            .map(|node| node["name"].as_str())
            .collect();
        let wanted = BTreeSet::from([
            "CoreOS Container Linux",
            "Flatcar Container Linux",
            "Red Hat Enterprise Linux CoreOS",
            "楽天 Kubernetes サービス",
        ]);
        assert_eq!(names, wanted, "{format}");
        assert_eq!(found.edges.len(), 3, "{format}");
        let nothing = read(&written(format, &snapshot, &Answer::default()));
        assert!(
            nothing.edges.is_empty() && nothing.nodes.len() <= 1,
            "{format}"
        );
    }
}

#[test]
fn an_edge_says_all_that_a_statement_says() {
    let snapshot = graph::lineage();
    for (format, read) in &READERS[..3] {
        let found = read(&written(format, &snapshot, &graph::facts(&snapshot)));
        let fact = |from: &str, to: &str| {
            let edge = found
                .edges
                .iter()
                .find(|(tail, head, _)| tail == from && head == to);
            edge.unwrap().2.clone()
        };
        let guess = fact("coreos", "rhcos");
        let wanted = [
            ("relation", "basis_of"),
            ("group", "lineage"),
            ("since", "~2019"),
            ("until", "2020-05-26"),
            ("certainty", "hedged"),
            ("sources", "rks-15"),
        ];
        for (key, text) in wanted {
            assert_eq!(guess[key], text, "{format}");
        }
        let denied = fact("rks", "flatcar");
        assert_eq!(denied["polarity"], "negative");
        assert_eq!(denied["condition"], "Kubernetes 1.18 or later");
    }
}

#[test]
fn gexf_has_the_days_in_which_an_edge_may_hold() {
    let snapshot = graph::lineage();
    let found = gexf(&written("gexf", &snapshot, &graph::facts(&snapshot)));
    let days = |to: &str| {
        let (_, _, facts) = found.edges.iter().find(|(_, head, _)| head == to).unwrap();
        (
            facts.get("start").map(String::as_str),
            facts.get("end").map(String::as_str),
        )
    };
    assert_eq!(days("rhcos").1, Some("2020-05-26"));
    let fork = found
        .edges
        .iter()
        .find(|(from, to, _)| from == "coreos" && to == "flatcar");
    let fork = &fork.unwrap().2;
    assert_eq!(
        (fork.get("start").map(String::as_str), fork.get("end")),
        (Some("2018-03-01"), None)
    );
}

#[test]
fn bridges_are_dashed_and_say_what_they_are() {
    let snapshot = graph::lineage();
    let answer = graph::set(&snapshot, &[("flatcar", &[]), ("centos", &[])]);
    let mut page = Page::new(&answer, &snapshot, "query");
    let pairs = [(
        graph::id(&snapshot, "flatcar"),
        graph::id(&snapshot, "centos"),
    )];
    page.look.bridges = &pairs;
    for (format, read) in READERS {
        let text = (find(format).unwrap().render)(&page);
        assert_eq!(read(&text).edges.len(), 1, "{format}");
        assert!(
            format == "mermaid" || text.contains("through others"),
            "{text}"
        );
    }
    for format in ["tree", "log"] {
        let text = (find(format).unwrap().render)(&page);
        assert!(text.contains("through others"), "{text}");
    }
    assert!((find("mermaid").unwrap().render)(&page).contains(" -.-> n"));
}

#[test]
fn mermaid_has_frames_ways_and_what_stands_out() {
    let snapshot = graph::lineage();
    let answer = graph::facts(&snapshot);
    let mut page = Page::new(&answer, &snapshot, "query");
    let marked = [graph::id(&snapshot, "flatcar")];
    page.look.frame = Frame::Kind;
    page.look.towards = Towards::Up;
    page.look.highlight = &marked;
    page.look.title = Some("a \"title\"\n---");
    let text = (find("mermaid").unwrap().render)(&page);
    mermaid(&text);
    assert_eq!(text.matches("  subgraph k").count(), 2);
    assert!(text.contains("flowchart BT\n") && text.contains("stroke-width:4px"));
    assert!(
        text.starts_with("---\ntitle: \"a \\\"title\\\" ---\"\n---\n"),
        "{text}"
    );
}

#[test]
fn mermaid_tells_when_a_text_is_too_large_for_it() {
    let format = find("mermaid").unwrap();
    assert_eq!((format.remark)("flowchart LR\n  n0 --> n1\n"), None);
    let many = "  n0 --> n1\n".repeat(501);
    assert!((format.remark)(&many).unwrap().contains("501"));
    assert!(
        (format.remark)(&"x".repeat(50_001))
            .unwrap()
            .contains("50001")
    );
}

/// The numbers of nodes and edges depend on the graph alone, and ids and names come back whole.
#[test]
fn hostile_labels_come_back_as_text() {
    let snapshot = hostile::ring();
    let rows = snapshot
        .statements()
        .map(|id| vec![Value::Statement(id)])
        .collect();
    let answer = graph::answer(&[("statement", ColumnType::Statement)], rows);
    for (format, read) in READERS {
        let found = read(&written(format, &snapshot, &answer));
        let count = snapshot.entity_count();
        assert_eq!(
            (found.nodes.len(), found.edges.len()),
            (count, count),
            "{format}"
        );
        if format == "mermaid" {
            continue;
        }
        let names: BTreeSet<&str> = found
            .nodes
            .values()
            .map(|node| node["name"].as_str())
            .collect();
        for label in hostile::LABELS {
            let is_legal = |character: &char| {
                !matches!(character, '\u{fffe}' | '\u{ffff}')
                    && (*character >= ' ' || "\t\n\r".contains(*character))
            };
            let is_whole =
                format == "cytoscape" || label.chars().all(|character| is_legal(&character));
            assert!(!is_whole || names.contains(label), "{format}: {label:?}");
        }
    }
}
