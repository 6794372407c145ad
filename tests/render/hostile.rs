//! Names that mean harm come out harmless in every format, and whole where a format is lossless.

use proptest::prelude::ProptestConfig;
use proptest::prop_assert_eq;
use proptest::proptest;
use proptest::test_runner::RngSeed;
use serde_json::Value as Json;
use unicode_width::UnicodeWidthStr;

use kingraph::diagnostic::escape;
use kingraph::model::Certainty;
use kingraph::model::Graph;
use kingraph::model::Object;
use kingraph::model::Path;
use kingraph::model::Snapshot;
use kingraph::model::Value;
use kingraph::model::freeze;
use kingraph::query::Answer;
use kingraph::query::ColumnType;
use kingraph::render::FORMATS;
use kingraph::render::Page;
use kingraph::render::find;

use crate::formats::without_colours;
use crate::graph;
use crate::picture;

/// Labels, each with something that some format could take for its own.
pub static LABELS: &[&str] = &[
    "",
    " ",
    "  two  spaces ",
    "\"",
    "'",
    "''\"\"",
    "a\"b",
    "\\",
    "\\\\",
    "ends with \\",
    "\\\"",
    "\\N \\G \\E \\L \\n",
    "\"]; evil [label=\"x\"]",
    "\"}\n digraph evil { a -> b }",
    "<b>bold</b>",
    "<<b>html label</b>>",
    "<script>alert(1)</script>",
    "</script><!--",
    "]]>",
    "&lt;script&gt;",
    "&amp;&#60;&nbsp;",
    "&",
    "line\nfeed",
    "carriage\rreturn\r\n",
    "tab\tstop",
    "\u{1b}[31mred\u{1b}[0m",
    "\u{1b}]0;title\u{7}",
    "\u{1b}]8;;http://evil\u{1b}\\link",
    "\u{9b}31m",
    "\u{85}next line",
    "bell\u{7}",
    "back\u{8}space",
    "nul\0nul",
    "del\u{7f}",
    "\u{202e}gnp.exe",
    "\u{2066}isolate\u{2069}",
    "\u{200b}zero\u{200b}width",
    "\u{feff}bom",
    "\u{2028}line\u{2029}paragraph",
    "\u{e0001}\u{e0041}tag",
    "|",
    "a | b || c",
    "\\|",
    "`code`",
    "```",
    "[link](http://evil)",
    "![image](x)",
    "https://evil.example",
    "www.evil.example",
    "user@evil.example",
    "# heading",
    "- item",
    "*em* _em_ ~~gone~~",
    "$math$",
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    "a,b;c",
    "a, b; c",
    "%s%n%d",
    "${jndi:ldap}",
    "{{template}}",
    "__proto__",
    "constructor",
    "null",
    "true",
    "NaN",
    "楽天 Kubernetes サービス",
    "ｆｕｌｌｗｉｄｔｈ",
    "한국어",
    "עברית",
    "العربية لا",
    "👩‍👩‍👧‍👦 family",
    "🇯🇵",
    "e\u{301}\u{301}\u{301}",
    "\u{301}starts",
    "नमस्ते",
    "\u{fffe}\u{ffff}\u{10ffff}",
    "\u{d7ff}\u{e000}",
    "node",
    "graph",
    "subgraph",
    "strict",
    "legend: lineage",
    "hedged",
    "nothing",
    "cluster_answer",
    "../../etc/passwd",
];

/// A box for every hostile label, in a ring.
pub fn ring() -> Snapshot {
    let mut graph = Graph::new(graph::schema(), Vec::new());
    let entities: Vec<_> = LABELS
        .iter()
        .enumerate()
        .map(|(place, label)| {
            let mut record = graph::entity(&format!("{label}{place}"), label, 0);
            record.sources.clear();
            graph.add_entity(record).unwrap()
        })
        .collect();
    for (place, from) in entities.iter().enumerate() {
        let to = entities[(place + 1) % entities.len()];
        let mut next = graph::statement(graph::FORKED_AS, Object::Entity(to));
        next.sources.clear();
        assert!(graph.add_statement(*from, next));
    }
    freeze(&graph)
}

/// A graph in which every text that data can give is `label`.
pub fn named(label: &str) -> Snapshot {
    let mut schema = graph::schema();
    schema.kinds[0].name = label.to_owned();
    schema.relations[0].name = label.to_owned();
    schema.relations[0].inverse = Some(label.to_owned());
    schema.groups[1].name = label.to_owned();
    let source = kingraph::model::Source {
        id: label.to_owned(),
        title: label.to_owned(),
        author: Some(label.to_owned()),
        date: None,
        language: Some(label.to_owned()),
        address: Some(format!("https://{label}")),
    };
    let mut graph = Graph::new(schema, vec![source]);
    let mut record = graph::entity(label, label, 0);
    record.sources = vec![graph::cite(0, label)];
    let from = graph.add_entity(record.clone()).unwrap();
    record.id += " 2";
    let to = graph.add_entity(record).unwrap();
    let mut statement = graph::statement(graph::FORKED_AS, Object::Entity(to));
    statement.condition = Some(label.to_owned());
    statement.role = Some(label.to_owned());
    statement.note = Some(label.to_owned());
    statement.certainty = Certainty::Hedged;
    statement.sources = vec![graph::cite(0, label)];
    assert!(graph.add_statement(from, statement));
    let value = Object::Value(Value::Text(label.to_owned()));
    let mut property = graph::statement(graph::HOMEPAGE, value);
    property.sources.clear();
    assert!(graph.add_statement(from, property));
    freeze(&graph)
}

/// One row: the second entity with the fork that leads to it.
fn set(snapshot: &Snapshot) -> Answer {
    let fork = snapshot
        .statements()
        .find(|id| !snapshot.citations(*id).is_empty())
        .unwrap();
    let entity = match snapshot.object(fork) {
        kingraph::model::ObjectRef::Entity(entity) => entity,
        _ => unreachable!(),
    };
    graph::answer(
        &[("entity", ColumnType::Entity), ("via", ColumnType::Via)],
        vec![vec![
            Value::Entity(entity),
            Value::List(vec![Value::Statement(fork)].into()),
        ]],
    )
}

/// One row: the way from the second entity to the first.
fn path(snapshot: &Snapshot) -> Answer {
    let set = set(snapshot).table.rows.concat();
    let [Value::Entity(to), Value::List(via)] = set.as_slice() else {
        unreachable!()
    };
    let [Value::Statement(fork)] = via[..] else {
        unreachable!()
    };
    let path = Value::Path(Path {
        entities: vec![*to, snapshot.subject(fork)],
        statements: vec![fork],
    });
    graph::answer(&[("path", ColumnType::Path)], vec![vec![path]])
}

fn statements(snapshot: &Snapshot) -> Answer {
    let rows = snapshot
        .statements()
        .map(|id| vec![Value::Statement(id)])
        .collect();
    graph::answer(&[("statement", ColumnType::Statement)], rows)
}

fn rendered(format: &str, snapshot: &Snapshot, answer: &Answer, query: &str) -> String {
    (find(format).unwrap().render)(&Page::new(answer, snapshot, query))
}

fn is_harmless(text: &str) -> bool {
    text.chars()
        .all(|character| character == '\n' || !escape::is_hostile(character))
}

/// Checks every format for one label.
fn check(label: &str) {
    let snapshot = named(label);
    for answer in [set(&snapshot), statements(&snapshot), path(&snapshot)] {
        let rows = answer.table.rows.len();
        check_tables(&snapshot, &answer, label, rows);
        for format in FORMATS {
            if format.name == "csv" {
                continue;
            }
            let text = rendered(format.name, &snapshot, &answer, label);
            let text = if format.name == "tsv" {
                text.replace('\t', "")
            } else {
                text
            };
            assert!(is_harmless(&text), "{} {label:?}\n{text}", format.name);
            assert!(text.is_empty() || text.ends_with('\n'));
        }
        let lines = |format: &str| rendered(format, &snapshot, &answer, label).lines().count();
        assert_eq!(lines("list"), rows, "{label:?}");
        assert_eq!(lines("jsonl"), rows, "{label:?}");
        assert_eq!(lines("tsv"), rows + 1, "{label:?}");
        assert_eq!(lines("markdown"), rows + 2, "{label:?}");
        let dot = rendered("dot", &snapshot, &answer, label);
        assert_eq!(picture::shape(&dot), (4, 1), "{label:?}\n{dot}");
        assert!(!outside_quotes(&dot).contains('<'), "{dot}");
    }
    check_lossless(&snapshot, label);
    check_markdown(&snapshot, label);
}

fn check_tables(snapshot: &Snapshot, answer: &Answer, label: &str, rows: usize) {
    let render = find("table").unwrap().render;
    let mut page = Page::new(answer, snapshot, label);
    for width in [1, 30, 80, 300] {
        page.width = Some(width);
        let table = render(&page);
        assert!(is_harmless(&table), "{label:?}\n{table}");
        let lines = table.lines().count();
        let is_broken = answer.table.columns[0].name == "path" && lines == rows + 4;
        assert!(lines == rows + 3 || is_broken, "{label:?}\n{table}");
        let cells = table.lines().take(lines - 1);
        assert!(
            cells.map(UnicodeWidthStr::width).all(|line| line <= width),
            "{label:?}\n{table}"
        );
        page.color = true;
        let painted = without_colours(&render(&page));
        assert!(
            painted
                .lines()
                .map(str::trim_end)
                .eq(table.lines().map(str::trim_end))
        );
        page.color = false;
    }
}

/// JSON, CSV and TSV give the label back.
fn check_lossless(snapshot: &Snapshot, label: &str) {
    let answer = set(snapshot);
    let json: Json = serde_json::from_str(&rendered("json", snapshot, &answer, label)).unwrap();
    let entity = &json["rows"][0]["entity"];
    let statement = &json["rows"][0]["via"][0];
    for text in [
        &entity["name"],
        &entity["kind"],
        &statement["relation"],
        &statement["condition"],
        &statement["note"],
        &statement["sources"][0]["id"],
        &json["meta"]["query"],
    ] {
        assert_eq!(text, label);
    }
    let csv = rendered("csv", snapshot, &answer, label);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let record = reader.records().next().unwrap().unwrap();
    assert_eq!(&record[0], label);
    assert_eq!(&record[2], label);
    assert_eq!(record.len(), 6);
    let tsv = rendered("tsv", snapshot, &answer, label);
    let cells: Vec<&str> = tsv.lines().nth(1).unwrap().split('\t').collect();
    assert_eq!(unescaped(cells[0]), label);
    assert_eq!(cells.len(), 6);
}

/// A cell of TSV as it was: the escapes of Rust's `char::escape_default`.
fn unescaped(cell: &str) -> String {
    let mut text = String::new();
    let mut characters = cell.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        text.push(match characters.next().unwrap() {
            '\\' => '\\',
            't' => '\t',
            'n' => '\n',
            'r' => '\r',
            'u' => {
                let code: String = characters
                    .by_ref()
                    .take_while(|digit| *digit != '}')
                    .collect();
                char::from_u32(u32::from_str_radix(&code[1..], 16).unwrap()).unwrap()
            }
            other => panic!("unknown escape {other}"),
        });
    }
    text
}

/// Every row has the same cells, and nothing in them is markup.
fn check_markdown(snapshot: &Snapshot, label: &str) {
    let markdown = rendered("markdown", snapshot, &set(snapshot), label);
    let walls = |line: &str| {
        line.replace("\\\\", "")
            .replace("\\|", "")
            .matches('|')
            .count()
    };
    let header = walls(markdown.lines().next().unwrap());
    for line in markdown.lines() {
        let text = line.replace("\\\\", "");
        assert_eq!(walls(line), header, "{label:?}\n{markdown}");
        assert!(
            !text.contains('<') && !text.replace("\\:", "").contains("://"),
            "{markdown}"
        );
        for sign in ['`', '[', ']', '*', '#'] {
            let plain = text.replace(&format!("\\{sign}"), "");
            assert!(!plain.contains(sign), "{label:?}\n{markdown}");
        }
    }
}

/// What stands outside the quoted texts of a picture, where `<` would begin an HTML label.
fn outside_quotes(dot: &str) -> String {
    let mut outside = String::new();
    let mut is_quoted = false;
    let mut characters = dot.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' if is_quoted => {
                characters.next();
            }
            '"' => is_quoted = !is_quoted,
            character if !is_quoted => outside.push(character),
            _ => {}
        }
    }
    outside
}

#[test]
fn hostile_labels_are_harmless_in_every_format() {
    assert!(LABELS.len() >= 50);
    for label in LABELS {
        check(label);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, rng_seed: RngSeed::Fixed(7), ..ProptestConfig::default() })]

    #[test]
    fn any_label_is_harmless_in_every_format(label in "\\PC{0,12}|[\\x00-\\x7f]{0,12}|(?s:.{0,12})") {
        check(&label);
    }

    #[test]
    fn any_label_is_a_box_and_no_more(label in "[\\\\\"\\]\\[{};<>&\\n\\-a ]{0,16}") {
        let snapshot = named(&label);
        let dot = rendered("dot", &snapshot, &set(&snapshot), &label);
        prop_assert_eq!(picture::shape(&dot), (4, 1));
    }
}

#[test]
fn csv_on_a_terminal_cannot_command_it() {
    let snapshot = named("\u{1b}[31mred\n");
    let answer = set(&snapshot);
    let mut page = Page::new(&answer, &snapshot, "query");
    page.width = Some(80);
    assert!(is_harmless(&(find("csv").unwrap().render)(&page)));
}

/// An entity of that name, and its fork.
fn forked(label: &str) -> Snapshot {
    let mut graph = Graph::new(graph::schema(), vec![]);
    let mut record = graph::entity("from", label, 0);
    record.sources.clear();
    let from = graph.add_entity(record.clone()).unwrap();
    record.id = "to".to_owned();
    let to = graph.add_entity(record).unwrap();
    let mut fork = graph::statement(graph::FORKED_AS, Object::Entity(to));
    fork.sources.clear();
    assert!(graph.add_statement(from, fork));
    freeze(&graph)
}

#[test]
fn a_label_of_a_mebibyte_is_cut_where_people_read() {
    let heap = format!("e{}", "\u{301}".repeat(1 << 19));
    for label in ["\u{1b}".repeat(1 << 20), "字 ".repeat(1 << 18), heap] {
        let snapshot = forked(&label);
        let fork = snapshot.statements().next().unwrap();
        let answer = graph::set(&snapshot, &[("to", &[fork])]);
        let mut page = Page::new(&answer, &snapshot, "query");
        for width in [None, Some(80)] {
            page.width = width;
            let table = (find("table").unwrap().render)(&page);
            assert!(
                table.len() < 32 * 1024 && table.contains("cells cut"),
                "{}",
                table.len()
            );
        }
        let dot = rendered("dot", &snapshot, &answer, &label);
        assert!(dot.len() < 16 * 1024, "{}", dot.len());
        let json = rendered("json", &snapshot, &answer, "query");
        let json: Json = serde_json::from_str(&json).unwrap();
        assert!(json["rows"][0]["entity"]["name"] == label);
        assert_eq!(
            rendered("markdown", &snapshot, &answer, "query")
                .lines()
                .count(),
            3
        );
    }
}
