//! Pictures: what we write is read back by graphviz-rust, and by Graphviz where it is installed.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::Command;
use std::process::Stdio;

use graphviz_rust::dot_structures::Graph as Dot;
use graphviz_rust::dot_structures::Id;
use graphviz_rust::dot_structures::Stmt;

use kingraph::model::Graph;
use kingraph::model::Object;
use kingraph::model::Snapshot;
use kingraph::model::Value;
use kingraph::model::freeze;
use kingraph::query::Answer;
use kingraph::query::ColumnType;
use kingraph::render::Frame;
use kingraph::render::Page;
use kingraph::render::find;

use crate::graph;
use crate::hostile;

/// How many different boxes and how many arrows a text in DOT has, legend included.
pub fn shape(dot: &str) -> (usize, usize) {
    let Dot::DiGraph { stmts, .. } = graphviz_rust::parse(dot).unwrap() else {
        panic!("the graph is directed");
    };
    let (mut boxes, mut arrows) = (BTreeSet::new(), 0);
    let mut left: Vec<Stmt> = stmts;
    while let Some(stmt) = left.pop() {
        match stmt {
            Stmt::Subgraph(part) => left.extend(part.stmts),
            Stmt::Edge(_) => arrows += 1,
            Stmt::Node(node) => match node.id.0 {
                Id::Escaped(id) => assert!(boxes.insert(id), "every box is written once"),
                other => panic!("every id is quoted: {other}"),
            },
            Stmt::Attribute(_) | Stmt::GAttribute(_) => {}
        }
    }
    (boxes.len(), arrows)
}

fn rendered(snapshot: &Snapshot, answer: &Answer, query: &str, cluster: bool) -> String {
    let mut page = Page::new(answer, snapshot, query);
    if cluster {
        page.look.frame = Frame::Kind;
    }
    (find("dot").unwrap().render)(&page)
}

/// What an installed `dot` makes of a text; none if there is no such program.
fn laid_out(dot: &str, output: &str) -> Option<String> {
    let mut child = Command::new("dot")
        .arg(format!("-T{output}"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let mut input = child.stdin.take().unwrap();
    let text = dot.to_owned();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success() && complaint.is_empty(),
        "{complaint}"
    );
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_picture_has_a_box_an_entity_and_an_arrow_a_statement() {
    let snapshot = graph::lineage();
    for cluster in [false, true] {
        let set = rendered(&snapshot, &graph::successors(&snapshot), "query", cluster);
        assert_eq!(shape(&set), (4 + 2, 2));
        let path = rendered(&snapshot, &graph::path(&snapshot), "query", cluster);
        assert_eq!(shape(&path), (3 + 2, 2));
        let facts = rendered(&snapshot, &graph::facts(&snapshot), "query", cluster);
        assert_eq!(shape(&facts), (4 + 4, 3));
        let nothing = rendered(&snapshot, &Answer::default(), "query", cluster);
        assert_eq!(shape(&nothing), (1, 0));
    }
}

#[test]
fn an_arrow_says_relation_date_doubt_and_source() {
    let snapshot = graph::lineage();
    let dot = rendered(
        &snapshot,
        &graph::facts(&snapshot),
        "facts(RKS | CoreOS)",
        false,
    );
    let line = |text: &str| dot.lines().find(|line| line.contains(text)).unwrap().trim();
    let fork = line("\"coreos\" -> \"flatcar\"");
    assert!(fork.contains(r#"label="forked_as\n2018-03""#), "{fork}");
    assert!(fork.contains(r#"\nrks-15, rks-17:26""#) && fork.contains(r#"style="solid""#));
    assert!(
        fork.contains(r#"URL="https://example.org/15?a=1&amp;b=2""#),
        "{fork}"
    );
    let guess = line("\"coreos\" -> \"rhcos\"");
    assert!(
        guess.contains(r#"label="basis_of ?\n~2019–2020-05-26""#),
        "{guess}"
    );
    assert!(guess.contains(r#"style="dashed""#), "{guess}");
    let denied = line("\"rks\" -> \"flatcar\"");
    assert!(
        denied.contains(r#"label="not default_node_os\n[Kubernetes 1.18 or later]""#),
        "{denied}"
    );
    assert!(
        denied.contains(r#"arrowhead="tee""#) && !denied.contains("URL"),
        "{denied}"
    );
    assert!(dot.contains(r#"label="facts(RKS | CoreOS)""#));
    assert!(dot.contains(r#"label="sources: rks-15, rks-17\l""#));
    let legend = [
        "group: lineage",
        "group: component",
        "manner: denied",
        "manner: hedged",
    ];
    let places = legend.map(|id| dot.find(&format!("\"{id}\"")).unwrap());
    assert!(places.is_sorted());
}

#[test]
fn an_arrow_says_role_and_condition() {
    let snapshot = graph::reserved();
    let statements = graph::about(&snapshot, "a").into_iter();
    let rows = statements.map(|id| vec![Value::Statement(id)]).collect();
    let answer = graph::answer(&[("statement", ColumnType::Statement)], rows);
    let dot = rendered(&snapshot, &answer, "query", false);
    let label =
        r#"label="forked_as ?\nas the heir\n[on a day that never came and that nobody…]\n2018-03""#;
    assert!(dot.contains(label), "{dot}");
}

#[test]
fn sources_are_those_of_the_arrows_if_there_are_any() {
    let snapshot = graph::reserved();
    let fork = graph::about(&snapshot, "a");
    let arrow = graph::set(&snapshot, &[("b", &fork)]);
    let dot = rendered(&snapshot, &arrow, "query", false);
    assert!(dot.contains(r#"label="sources: rks-15\l""#), "{dot}");
    let boxes = graph::set(&snapshot, &[("b", &[])]);
    let dot = rendered(&snapshot, &boxes, "query", false);
    assert!(dot.contains(r#"label="sources: rks-17\l""#), "{dot}");
}

/// Not a figure, but what is quadratic in the arrows would not come to an end.
#[test]
fn a_large_answer_is_drawn() {
    let mut graph = Graph::new(graph::schema(), Vec::new());
    let entities: Vec<_> = (0..1001)
        .map(|place| {
            let mut record = graph::entity(&format!("e{place}"), &format!("E {place}"), 0);
            record.sources.clear();
            graph.add_entity(record).unwrap()
        })
        .collect();
    for place in 0..5000 {
        let (from, step) = (place % 1001, place / 1001 + 1);
        let to = entities[(from + step) % 1001];
        let mut next = graph::statement(graph::FORKED_AS, Object::Entity(to));
        next.sources.clear();
        assert!(graph.add_statement(entities[from], next));
    }
    let snapshot = freeze(&graph);
    let rows = snapshot
        .statements()
        .map(|id| vec![Value::Statement(id)])
        .collect();
    let answer = graph::answer(&[("statement", ColumnType::Statement)], rows);
    for cluster in [false, true] {
        let dot = rendered(&snapshot, &answer, "query", cluster);
        assert_eq!(dot.matches(" -> ").count(), 5000);
        assert_eq!(dot.matches("\"E ").count(), 1001 * 2 + 5000 * 2);
    }
}

#[test]
fn clusters_hold_the_entities_of_a_kind() {
    let snapshot = graph::lineage();
    let dot = rendered(&snapshot, &graph::facts(&snapshot), "query", true);
    assert_eq!(dot.matches("subgraph \"cluster_kind_").count(), 2);
    assert!(dot.contains("label=\"managed_service\""));
}

#[test]
fn graphviz_accepts_every_hostile_label() {
    let snapshot = hostile::ring();
    let rows = snapshot
        .statements()
        .map(|id| vec![Value::Statement(id)])
        .collect();
    let answer = graph::answer(&[("statement", ColumnType::Statement)], rows);
    let dot = rendered(&snapshot, &answer, "\"]; <script>", false);
    let count = snapshot.entity_count();
    assert_eq!(shape(&dot), (count + 1, count));
    let Some(plain) = laid_out(&dot, "plain") else {
        return;
    };
    let lines = |word: &str| plain.lines().filter(|line| line.starts_with(word)).count();
    assert_eq!((lines("node "), lines("edge ")), (count + 1, count));
    let svg = laid_out(&dot, "svg").unwrap();
    assert!(!svg.contains("<script") && !svg.contains("<b>") && !svg.contains('\u{1b}'));
    assert_eq!(svg.matches("class=\"node\"").count(), count + 1);
}

#[test]
fn a_box_of_ours_is_never_taken_for_an_entity() {
    let mut graph = Graph::new(graph::schema(), Vec::new());
    for id in ["group: lineage", "group: lineage'"] {
        let mut record = graph::entity(id, id, 0);
        record.sources.clear();
        graph.add_entity(record).unwrap();
    }
    let to = kingraph::model::EntityId(1);
    let mut statement = graph::statement(graph::FORKED_AS, Object::Entity(to));
    statement.sources.clear();
    assert!(graph.add_statement(kingraph::model::EntityId(0), statement));
    let snapshot = freeze(&graph);
    let rows = snapshot
        .statements()
        .map(|id| vec![Value::Statement(id)])
        .collect();
    let answer = graph::answer(&[("statement", ColumnType::Statement)], rows);
    assert_eq!(shape(&rendered(&snapshot, &answer, "query", false)), (3, 1));
}

/// Graphviz reads no quoted name of more than 16 KiB.
#[test]
fn a_box_with_a_long_id_is_called_otherwise() {
    let mut graph = Graph::new(graph::schema(), Vec::new());
    for id in ["n1".to_owned(), "y".repeat(1 << 20)] {
        let mut record = graph::entity(&id, "Long", 0);
        record.sources.clear();
        graph.add_entity(record).unwrap();
    }
    let to = kingraph::model::EntityId(1);
    let mut statement = graph::statement(graph::FORKED_AS, Object::Entity(to));
    statement.sources.clear();
    assert!(graph.add_statement(kingraph::model::EntityId(0), statement));
    let snapshot = freeze(&graph);
    let rows = snapshot
        .statements()
        .map(|id| vec![Value::Statement(id)])
        .collect();
    let answer = graph::answer(&[("statement", ColumnType::Statement)], rows);
    let dot = rendered(&snapshot, &answer, "query", false);
    assert_eq!(shape(&dot), (3, 1));
    assert!(dot.len() < 8 * 1024, "{}", dot.len());
    laid_out(&dot, "svg");
}
