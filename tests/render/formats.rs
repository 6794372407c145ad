//! Every format on a set, a path, statements, and nothing.

use std::collections::BTreeSet;

use unicode_width::UnicodeWidthStr;

use kingraph::model::Filter;
use kingraph::model::Path;
use kingraph::model::Snapshot;
use kingraph::model::Value;
use kingraph::query::Answer;
use kingraph::query::ColumnType;
use kingraph::render::FORMATS;
use kingraph::render::Page;
use kingraph::render::by_extension;
use kingraph::render::find;
use kingraph::render::picture_by_extension;

use crate::graph;

/// The answer in a format, complete and plain.
fn plain(format: &str, snapshot: &Snapshot, answer: &Answer) -> String {
    (find(format).unwrap().render)(&Page::new(answer, snapshot, "query"))
}

/// The answer as a table on a terminal of that width.
fn on_terminal(width: usize, snapshot: &Snapshot, answer: &Answer) -> String {
    let mut page = Page::new(answer, snapshot, "query");
    page.width = Some(width);
    (find("table").unwrap().render)(&page)
}

#[test]
fn every_row_of_the_table_is_well_formed() {
    let (mut names, mut seen) = (BTreeSet::new(), BTreeSet::new());
    for format in FORMATS {
        assert_eq!(format.name, format.name.to_lowercase());
        assert!(format.doc.ends_with('.') && format.doc.starts_with(char::is_uppercase));
        assert!(format.media_type.contains('/'));
        assert!(format.dot_output.is_none() || format.is_picture);
        assert!(std::ptr::eq(find(format.name).unwrap(), format));
        let is_placed = !format.layouts.is_empty();
        assert!(format.is_picture || !is_placed, "rows have no places");
        assert!(format.is_built_in || format.dot_output.is_some());
        for extension in format.extensions {
            let by_ending = match format.is_picture {
                true => picture_by_extension(&extension.to_uppercase()),
                false => by_extension(&extension.to_uppercase()),
            };
            assert!(std::ptr::eq(by_ending.unwrap(), format));
            assert!(seen.insert((format.is_picture, *extension)), "{extension}");
        }
        assert!(names.insert(format.name), "{}", format.name);
    }
    assert!(picture_by_extension("csv").is_none());
    assert!(find("jsn").is_none() && by_extension("").is_none());
}

#[test]
fn the_same_page_gives_the_same_bytes() {
    for format in FORMATS {
        let render = || {
            let snapshot = graph::lineage();
            plain(format.name, &snapshot, &graph::facts(&snapshot))
        };
        assert_eq!(render(), render());
    }
}

#[test]
fn a_set_as_a_table() {
    let snapshot = graph::lineage();
    let answer = graph::successors(&snapshot);
    let table = "
entity                           via                                 kind               since–until       source
──────────────────────────────── ─────────────────────────────────── ────────────────── ───────────────── ─────────────────
Flatcar Container Linux          forked_from CoreOS Container Linux  container_host_os  2018-03–          rks-15, rks-17:26
Red Hat Enterprise Linux CoreOS  based_on CoreOS Container Linux ?   container_host_os  ~2019–2020-05-26  rks-15:7
CentOS                                                               container_host_os
";
    assert_eq!(plain("table", &snapshot, &answer), table[1..]);
    let wide = on_terminal(200, &snapshot, &answer);
    assert_eq!(wide, format!("{}3 entities\n", &table[1..]));
}

#[test]
fn a_narrow_terminal_cuts_and_says_so() {
    let snapshot = graph::lineage();
    let answer = graph::successors(&snapshot);
    let table = "
entity                     via                        since–until   source
────────────────────────── ────────────────────────── ───────────── ────────────
Flatcar Container Linux    forked_from CoreOS Conta…  2018-03–      rks-15, rks…
Red Hat Enterprise Linux…  based_on CoreOS Contai… ?  ~2019–2020-…  rks-15:7
CentOS
3 entities; 1 column left out, 5 cells cut; csv has all
";
    assert_eq!(on_terminal(80, &snapshot, &answer), table[1..]);
}

#[test]
fn no_line_of_a_table_is_wider_than_the_terminal() {
    let snapshot = graph::lineage();
    for answer in [
        graph::successors(&snapshot),
        graph::path(&snapshot),
        graph::facts(&snapshot),
    ] {
        for width in [1, 2, 5, 20, 40, 79, 80, 81, 120] {
            let table = on_terminal(width, &snapshot, &answer);
            let mut lines: Vec<&str> = table.lines().collect();
            lines.pop();
            assert!(
                lines.iter().all(|line| line.width() <= width),
                "{width}\n{table}"
            );
        }
        for width in [0, usize::MAX] {
            assert!(!on_terminal(width, &snapshot, &answer).is_empty());
        }
    }
}

#[test]
fn rows_left_out_are_counted() {
    let snapshot = graph::lineage();
    let answer = graph::successors(&snapshot);
    let mut page = Page::new(&answer, &snapshot, "query");
    page.rows_max = Some(1);
    page.way_to_all = ":last";
    let table = (find("table").unwrap().render)(&page);
    assert!(
        table.ends_with("\n1 of 3 entities shown; `:last` shows all\n"),
        "{table}"
    );
    assert_eq!(table.lines().count(), 4);
}

#[test]
fn columns_align_under_japanese() {
    let snapshot = graph::lineage();
    let answer = graph::set(
        &snapshot,
        &[
            ("rks", &graph::about(&snapshot, "rks")[..1]),
            ("eks", &graph::about(&snapshot, "eks")),
        ],
    );
    let table = plain("table", &snapshot, &answer);
    let column = |text: &str| {
        let line = table.lines().find(|line| line.contains(text)).unwrap();
        line.split_once(text).unwrap().0.width()
    };
    assert_eq!("楽天 Kubernetes サービス".width(), 24);
    assert_eq!(column("via"), 26);
    assert_eq!(column("not default_node_os"), 26);
    assert_eq!(column("cni Amazon VPC CNI"), 26);
    assert_eq!(column("kind"), column("managed_service"));
}

#[test]
fn a_cell_shows_three_statements_and_counts_the_rest() {
    let snapshot = graph::lineage();
    let evidence = graph::about(&snapshot, "coreos").repeat(3);
    let answer = graph::set(&snapshot, &[("coreos", &evidence)]);
    let table = plain("table", &snapshot, &answer);
    assert_eq!(table.lines().count(), 6, "{table}");
    assert!(
        table.lines().last().unwrap().contains("  +3 more"),
        "{table}"
    );
    let csv = plain("csv", &snapshot, &answer);
    assert_eq!(
        csv.matches("forked_as Flatcar Container Linux; ").count(),
        3,
        "{csv}"
    );
}

#[test]
fn colours_are_laid_over_the_plain_table() {
    let snapshot = graph::lineage();
    for answer in [
        graph::successors(&snapshot),
        graph::path(&snapshot),
        graph::facts(&snapshot),
    ] {
        let mut page = Page::new(&answer, &snapshot, "query");
        page.width = Some(90);
        let table = (find("table").unwrap().render)(&page);
        page.color = true;
        let painted = (find("table").unwrap().render)(&page);
        assert!(painted.contains("\u{1b}[1m"));
        assert_eq!(without_colours(&painted), table);
    }
}

/// `text` without the sequences that set colours, and nothing else.
pub fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (codes, rest) = part
            .split_once('m')
            .expect("an escape sequence sets a colour");
        assert!(
            codes
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b';'),
            "{codes:?}"
        );
        plain += rest;
    }
    plain
}

#[test]
fn a_set_for_programs() {
    let snapshot = graph::lineage();
    let answer = graph::successors(&snapshot);
    let csv = "\
entity,via,kind,since,until,source
Flatcar Container Linux,forked_from CoreOS Container Linux,container_host_os,2018-03,,\"rks-15, rks-17:26\"
Red Hat Enterprise Linux CoreOS,based_on CoreOS Container Linux ?,container_host_os,~2019,2020-05-26,rks-15:7
CentOS,,container_host_os,,,
";
    assert_eq!(plain("csv", &snapshot, &answer), csv);
    let tsv = csv
        .replace("\"rks-15, rks-17:26\"", "rks-15; rks-17:26")
        .replace(',', "\t");
    assert_eq!(
        plain("tsv", &snapshot, &answer).replace("15, ", "15; "),
        tsv
    );
    let list = "Flatcar Container Linux\nRed Hat Enterprise Linux CoreOS\nCentOS\n";
    assert_eq!(plain("list", &snapshot, &answer), list);
}

#[test]
fn a_path_reads_along_its_arrows() {
    let snapshot = graph::lineage();
    let answer = graph::path(&snapshot);
    let path = "Amazon EKS -default_node_os-> Amazon Linux 2 <-basis_of- CentOS";
    assert_eq!(plain("list", &snapshot, &answer), format!("{path}\n"));
    let sources = "rks-17:26; rks-17:26";
    assert_eq!(
        plain("csv", &snapshot, &answer),
        format!("path,source\n{path},{sources}\n")
    );
    assert_eq!(
        plain("tsv", &snapshot, &answer),
        format!("path\tsource\n{path}\t{sources}\n")
    );
    let row = format!(
        "| {} | {sources} |\n",
        path.replace('>', "&gt;").replace('<', "&lt;")
    );
    assert!(plain("markdown", &snapshot, &answer).ends_with(&row));
    assert!(on_terminal(90, &snapshot, &answer).ends_with(&format!("{path}  {sources}\n1 path\n")));
}

#[test]
fn a_path_without_room_takes_a_line_a_step() {
    let snapshot = graph::lineage();
    let answer = graph::path(&snapshot);
    let table = "
path                                 source
──────────────────────────────────── ─────────
Amazon EKS
  -default_node_os-> Amazon Linux 2  rks-17:26
  <-basis_of- CentOS                 rks-17:26
1 path
";
    for width in [80, 46] {
        assert_eq!(on_terminal(width, &snapshot, &answer), table[1..]);
    }
}

#[test]
fn a_path_says_role_condition_and_doubt_of_its_arrows() {
    let snapshot = graph::reserved();
    let path = Path {
        entities: ["b", "a"].map(|slug| graph::id(&snapshot, slug)).to_vec(),
        statements: graph::about(&snapshot, "a"),
    };
    let row = vec![Value::Path(path)];
    let answer = graph::answer(&[("path", ColumnType::Path)], vec![row]);
    let text = "B <-forked_as as the heir \
                [on a day that never came and that nobody had wished for] ?- A\n";
    assert_eq!(plain("list", &snapshot, &answer), text);
}

#[test]
fn a_long_path_is_never_cut_at_its_arrows() {
    let snapshot = graph::lineage();
    let mut answer = graph::path(&snapshot);
    let Value::Path(path) = &mut answer.table.rows[0][0] else {
        unreachable!()
    };
    for _ in 0..20 {
        let (entity, statement) = (path.entities[1], path.statements[1]);
        path.entities.extend([entity, path.entities[2]]);
        path.statements.extend([statement; 2]);
    }
    for table in [
        plain("table", &snapshot, &answer),
        on_terminal(80, &snapshot, &answer),
    ] {
        assert_eq!(table.matches("-basis_of-").count(), 41, "{table}");
        assert_eq!(table.matches("rks-17:26\n").count(), 42, "{table}");
        assert!(!table.contains('…'), "{table}");
    }
}

#[test]
fn what_is_the_same_in_every_row_goes_before_anything_is_cut() {
    let snapshot = graph::lineage();
    let kinds = |slugs: &[&str]| {
        let members: Vec<_> = slugs.iter().map(|slug| (*slug, &[][..])).collect();
        on_terminal(45, &snapshot, &graph::set(&snapshot, &members))
    };
    let same = kinds(&["rhcos", "centos"]);
    assert!(same.contains("Enterprise Linux CoreOS\n"), "{same}");
    assert!(
        same.ends_with("2 entities; 1 column left out; csv has all\n"),
        "{same}"
    );
    let several = kinds(&["rhcos", "rks"]);
    assert!(several.contains("CoreOS  container_h…\n"), "{several}");
}

#[test]
fn statements_are_spread_out() {
    let snapshot = graph::lineage();
    let answer = graph::facts(&snapshot);
    let markdown = r"
| subject | relation | object | since–until | certainty | condition | source |
| --- | --- | --- | --- | --- | --- | --- |
| 楽天 Kubernetes サービス | not default_node_os | Flatcar Container Linux |  |  | Kubernetes 1.18 or later | rks-17:26 |
| 楽天 Kubernetes サービス | homepage | https\://example.org/rks |  |  |  | rks-17:26 |
| 楽天 Kubernetes サービス | cni (unknown) |  |  |  |  | rks-17:26 |
| CoreOS Container Linux | forked_as | Flatcar Container Linux | 2018-03– |  |  | rks-15, rks-17:26 |
| CoreOS Container Linux | basis_of | Red Hat Enterprise Linux CoreOS | \~2019–2020-05-26 | hedged |  | rks-15:7 |
";
    assert_eq!(plain("markdown", &snapshot, &answer), markdown[1..]);
    let csv = plain("csv", &snapshot, &answer);
    let lines: Vec<&str> = csv.lines().take(2).collect();
    assert_eq!(
        lines,
        [
            "subject,relation,object,since,until,observed,certainty,polarity,condition,role,note,source",
            "楽天 Kubernetes サービス,default_node_os,Flatcar Container Linux,,,,asserted,negative,\
             Kubernetes 1.18 or later,,,rks-17:26",
        ]
    );
    assert!(on_terminal(200, &snapshot, &answer).ends_with("\n5 statements\n"));
}

#[test]
fn headings_that_occur_twice_are_told_apart() {
    let snapshot = graph::lineage();
    let statement = Value::Statement(graph::about(&snapshot, "eks")[0]);
    let columns = [("a", ColumnType::Statement), ("b", ColumnType::Statement)];
    let answer = graph::answer(&columns, vec![vec![statement.clone(), statement]]);
    let csv = plain("csv", &snapshot, &answer);
    assert!(csv.starts_with("a.subject,a.relation,"), "{csv}");
    assert!(csv.contains(",b.subject,b.relation,"), "{csv}");
}

#[test]
fn scalars_lists_and_sources_are_cells() {
    let snapshot = graph::lineage();
    let both = ["eks", "rks"].map(|slug| Value::Entity(graph::id(&snapshot, slug)));
    let row = |number: Value| {
        vec![
            number,
            Value::Date(graph::date("2018-03?")),
            Value::List(both.to_vec().into()),
            Value::Source(kingraph::model::SourceId(0)),
        ]
    };
    let columns = [
        ("size", ColumnType::Scalar),
        ("when", ColumnType::Scalar),
        ("members", ColumnType::Entities),
        ("source", ColumnType::Source),
    ];
    let numbers = [
        Value::Integer(-7),
        Value::Float(1e300),
        Value::Null,
        Value::Float(2.0),
    ];
    let answer = graph::answer(&columns, numbers.map(row).to_vec());
    let table = "
 size  when      members                               source
────── ───────── ───────────────────────────────────── ──────
   -7  2018-03?  Amazon EKS, 楽天 Kubernetes サービス  rks-15
1e300  2018-03?  Amazon EKS, 楽天 Kubernetes サービス  rks-15
       2018-03?  Amazon EKS, 楽天 Kubernetes サービス  rks-15
  2.0  2018-03?  Amazon EKS, 楽天 Kubernetes サービス  rks-15
";
    assert_eq!(plain("table", &snapshot, &answer), table[1..]);
    assert!(on_terminal(100, &snapshot, &answer).ends_with("\n4 rows\n"));
}

#[test]
fn nothing_is_rendered_as_nothing() {
    let snapshot = graph::lineage();
    let answer = graph::set(&snapshot, &[]);
    assert_eq!(on_terminal(80, &snapshot, &answer), "no entities\n");
    assert_eq!(plain("list", &snapshot, &answer), "");
    assert_eq!(plain("jsonl", &snapshot, &answer), "");
    assert_eq!(
        plain("csv", &snapshot, &answer),
        "entity,via,kind,since,until,source\n"
    );
    assert_eq!(plain("tsv", &snapshot, &answer).lines().count(), 1);
    assert_eq!(plain("markdown", &snapshot, &answer).lines().count(), 2);
    assert_eq!(plain("table", &snapshot, &answer).lines().count(), 2);
    assert!(plain("dot", &snapshot, &answer).contains("nothing to draw"));
    for format in FORMATS {
        plain(format.name, &snapshot, &Answer::default());
    }
}

#[test]
fn names_are_those_of_the_answers_date() {
    let mut graph = kingraph::model::Graph::new(graph::schema(), Vec::new());
    let mut renamed = graph::entity("k3s", "Rancher k3s", 0);
    renamed.sources.clear();
    renamed.names[0].since = Some(graph::date("2020"));
    renamed.names.push(graph::name("k3OS"));
    graph.add_entity(renamed).unwrap();
    let snapshot = kingraph::model::freeze(&graph);
    let mut answer = graph::set(&snapshot, &[("k3s", &[])]);
    assert_eq!(plain("list", &snapshot, &answer), "Rancher k3s\n");
    answer.filter = Filter {
        as_of: graph::date("2018").last(),
        sources: None,
        ..Filter::default()
    };
    assert_eq!(plain("list", &snapshot, &answer), "k3OS\n");
    assert!(plain("json", &snapshot, &answer).contains(r#""name":"k3OS""#));
}

#[test]
fn any_graph_can_be_shown_as_a_property_graph() {
    let snapshot = graph::lineage();
    let set = graph::set(&snapshot, &[("rks", &[])]);
    let text = "{\"columns\": [\"entity\"],\n \"rows\": [\n  [{\"id\":\"rks\",\"labels\":[\
                \"managed_service\"],\"properties\":{\"homepage\":\"https://example.org/rks\",\
                \"name\":\"楽天 Kubernetes サービス\"}}]\n ],\n \
                \"meta\": {\"query\":\"query\",\"rows\":1,\"notes\":[]}}\n";
    assert_eq!(plain("json-graph", &snapshot, &set), text);
    let path = plain("json-graph", &snapshot, &graph::path(&snapshot));
    let path: serde_json::Value = serde_json::from_str(&path).unwrap();
    let path = &path["rows"][0][0];
    let (nodes, edges) = (&path["nodes"], &path["edges"]);
    assert_eq!(
        nodes.as_array().unwrap().len(),
        edges.as_array().unwrap().len() + 1
    );
    assert!(edges[0]["id"].is_i64() && edges[0]["type"].is_string());
    let facts = plain("json-graph", &snapshot, &graph::facts(&snapshot));
    assert!(
        facts.contains("\"sources\":[\"rks-15\",\"rks-17:26\"]"),
        "{facts}"
    );
    let empty = plain("json-graph", &snapshot, &graph::set(&snapshot, &[]));
    assert!(empty.contains("\"rows\": [],"), "{empty}");
}

#[test]
fn lists_and_maps_read_as_such() {
    let snapshot = graph::lineage();
    let text = |text: &str| Value::Text(text.to_owned());
    let map = Value::Map(
        [
            ("b c".into(), text("x\"y")),
            (
                "a".into(),
                Value::List(vec![Value::Null, Value::Float(1.0)].into()),
            ),
        ]
        .into(),
    );
    let list = Value::List(vec![Value::Integer(1), text("x"), map.clone()].into());
    let not_a_number = Value::Float(f64::NAN);
    let rows = vec![vec![map], vec![list], vec![not_a_number]];
    let answer = graph::answer(&[("value", ColumnType::Scalar)], rows);
    let shown = r#"{a: [null, 1.0], "b c": "x\"y"}"#;
    let lines = plain("list", &snapshot, &answer);
    assert_eq!(lines, format!("{shown}\n1, x, {shown}\nNaN\n"));
    let json = r#"{"a":[null,1.0],"b c":"x\"y"}"#;
    for format in ["json", "json-graph", "jsonl"] {
        let text = plain(format, &snapshot, &answer);
        assert!(text.contains(&format!("[1,\"x\",{json}]")), "{text}");
    }
    assert!(plain("json-graph", &snapshot, &answer).contains("\n  [null]\n"));
}
