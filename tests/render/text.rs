//! Pictures in text: trees and logs.

use kingraph::model::Graph;
use kingraph::model::Object;
use kingraph::model::Snapshot;
use kingraph::model::Value;
use kingraph::model::freeze;
use kingraph::query::Answer;
use kingraph::query::ColumnType;
use kingraph::render::Page;
use kingraph::render::Towards;
use kingraph::render::find;

use crate::graph;

fn drawn(format: &str, snapshot: &Snapshot, answer: &Answer, towards: Towards) -> String {
    let mut page = Page::new(answer, snapshot, "query");
    page.width = Some(200);
    page.look.towards = towards;
    (find(format).unwrap().render)(&page)
}

/// Entities of these names, and a fork for each pair of places in them.
fn forked(names: &[String], pairs: impl Iterator<Item = (usize, usize)>) -> (Snapshot, Answer) {
    let mut graph = Graph::new(graph::schema(), Vec::new());
    let ids: Vec<_> = names
        .iter()
        .map(|name| {
            let mut record = graph::entity(&name.to_lowercase(), name, 0);
            record.sources.clear();
            graph.add_entity(record).unwrap()
        })
        .collect();
    for (from, to) in pairs {
        let mut fork = graph::statement(graph::FORKED_AS, Object::Entity(ids[to]));
        fork.sources.clear();
        assert!(graph.add_statement(ids[from], fork));
    }
    let snapshot = freeze(&graph);
    let rows = snapshot.statements();
    let rows = rows.map(|id| vec![Value::Statement(id)]).collect();
    let answer = graph::answer(&[("statement", ColumnType::Statement)], rows);
    (snapshot, answer)
}

/// A graph of forks, given as pairs of letters, and all of its statements as an answer.
fn forks(pairs: &[&str]) -> (Snapshot, Answer) {
    let mut names: Vec<char> = pairs.concat().chars().collect();
    names.sort_unstable();
    names.dedup();
    let place = |name: char| names.iter().position(|known| *known == name).unwrap();
    let pairs = pairs.iter().map(|pair| {
        let mut ends = pair.chars().map(place);
        (ends.next().unwrap(), ends.next().unwrap())
    });
    let texts: Vec<String> = names.iter().map(char::to_string).collect();
    forked(&texts, pairs)
}

fn is(format: &str, pairs: &[&str], towards: Towards, wanted: &str) {
    let (snapshot, answer) = forks(pairs);
    let text = drawn(format, &snapshot, &answer, towards);
    let text = text.replace(" (container_host_os)", "");
    assert_eq!(text, wanted.trim_start_matches('\n'), "{pairs:?}");
}

const DIAMOND: [&str; 5] = ["AB", "AC", "BD", "CD", "DE"];

#[test]
fn a_tree_shows_everything_once() {
    let forward = "
A
├── forked_as B
│   └── forked_as D
│       └── forked_as E
└── forked_as C
    └── forked_as D (*)
(*) shown before
";
    is("tree", &DIAMOND, Towards::Right, forward);
    let backward = "
E
└── forked_from D
    ├── forked_from B
    │   └── forked_from A
    └── forked_from C
        └── forked_from A (*)
(*) shown before
";
    is("tree", &DIAMOND, Towards::Left, backward);
}

#[test]
fn circles_and_loops_end() {
    let circles = ["AB", "BA", "AA"];
    let tree = "
A
├── forked_as A (*)
└── forked_as B
    └── forked_as A (*)
(*) shown before
";
    is("tree", &circles, Towards::Right, tree);
    let log = "
● A  ↑  forked_as A
● B  forked_from A  ↑  forked_as A
";
    is("log", &circles, Towards::Right, log);
}

#[test]
fn a_log_has_lanes() {
    let diamond = "
● A
├─╮
● │ B  forked_from A
│ ● C  forked_from A
├─╯
● D  forked_from B  forked_from C
● E  forked_from D
";
    is("log", &DIAMOND, Towards::Right, diamond);
    let apart = "
● A
● B  forked_from A
● C
● D  forked_from C
";
    is("log", &["AB", "CD"], Towards::Right, apart);
}

/// An entity stands behind those that lead to it, and each is there once.
#[test]
fn a_log_is_in_order() {
    let pairs = ["AD", "BD", "CE", "DF", "EF", "AF", "BC", "FG", "AG", "HG"];
    for towards in [Towards::Right, Towards::Left] {
        let (snapshot, answer) = forks(&pairs);
        let text = drawn("log", &snapshot, &answer, towards);
        let row = |name: char| {
            let name = format!("{name} (container_host_os)");
            let mut rows = text.lines().enumerate();
            let mut found = rows.by_ref().filter(|(_, line)| line.contains(&name));
            let (row, line) = found.next().unwrap();
            assert!(line.contains('●') && found.next().is_none(), "{text}");
            row
        };
        for pair in pairs {
            let ends: Vec<usize> = pair.chars().map(row).collect();
            assert_eq!(
                ends[0] < ends[1],
                towards == Towards::Right,
                "{pair}\n{text}"
            );
        }
    }
}

#[test]
fn arrows_say_what_they_are() {
    let snapshot = graph::lineage();
    let text = drawn("tree", &snapshot, &graph::facts(&snapshot), Towards::Right);
    for part in [
        "└── basis_of ? Red Hat Enterprise Linux CoreOS",
        "  ~2019–2020-05-26",
        "not default_node_os Flatcar",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let nothing = Answer::default();
    let page = Page::new(&nothing, &snapshot, "query");
    assert!((find("tree").unwrap().render)(&page).contains("nothing to draw"));
}

/// Neither depth nor breadth makes lines long, or the time grow with their square.
#[test]
fn deep_and_broad_graphs_are_shown() {
    let names: Vec<String> = (0..20_000).map(|place| format!("E{place}")).collect();
    for is_deep in [true, false] {
        let from = |place: usize| if is_deep { place - 1 } else { 0 };
        let pairs = (1..names.len()).map(|place| (from(place), place));
        let (snapshot, answer) = forked(&names, pairs);
        for format in ["tree", "log"] {
            let text = drawn(format, &snapshot, &answer, Towards::Right);
            assert!(text.lines().all(|line| line.chars().count() <= 200));
            assert!(text.lines().count() >= 20_000);
        }
    }
}
