//! Pictures that are folded: a box a kind, and how many statements lead between them.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use kingraph::render::Colour;
use kingraph::render::Fold;
use kingraph::render::Frame;
use kingraph::render::Layout;
use kingraph::render::Look;
use kingraph::render::Page;
use kingraph::render::pictures;
use kingraph::shell::Session;

use crate::exchange::cytoscape;
use crate::exchange::gexf;
use crate::exchange::graphml;
use crate::exchange::mermaid;
use crate::picture::shape;

fn folded(session: &mut Session, query: &str, format: &str, look: Look<'_>) -> String {
    let reply = session.query(query).unwrap().remove(0);
    let page = Page {
        look: Look {
            fold: Fold::Kind,
            ..look
        },
        ..Page::new(&reply.answer, session.snapshot(), query)
    };
    let format = kingraph::render::find(format).unwrap();
    (format.render)(&page)
}

/// How many entities of each kind, and how many statements between kinds, by the snapshot itself.
fn counted(session: &mut Session, query: &str) -> (BTreeMap<String, usize>, usize) {
    let reply = session.query(query).unwrap().remove(0);
    let snapshot = session.snapshot();
    let subgraph = reply.answer.subgraph(snapshot);
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for entity in subgraph.entities() {
        let kind = snapshot.kind_name(entity).to_owned();
        *kinds.entry(kind).or_default() += 1;
    }
    (kinds, subgraph.statements().count())
}

#[test]
fn no_entity_and_no_statement_is_lost() {
    let mut session = Session::bundled();
    for query in ["lineage(CoreOS)", "neighbors(Kubernetes)", "all()"] {
        let (kinds, statements) = counted(&mut session, query);
        let text = folded(&mut session, query, "cytoscape", Look::default());
        let json: Json = serde_json::from_str(&text).unwrap();
        let number = |data: &Json| data.as_str().unwrap().parse::<usize>().unwrap();
        let nodes = json["elements"]["nodes"].as_array().unwrap().iter();
        let boxes: BTreeMap<String, usize> = nodes
            .map(|node| {
                let data = &node["data"];
                (
                    data["id"].as_str().unwrap().to_owned(),
                    number(&data["entities"]),
                )
            })
            .collect();
        assert_eq!(boxes, kinds, "{query}");
        let edges = json["elements"]["edges"].as_array().unwrap().iter();
        let sum: usize = edges.map(|edge| number(&edge["data"]["statements"])).sum();
        assert_eq!(sum, statements, "{query}");
    }
}

#[test]
fn every_format_shows_the_same_boxes_and_arrows() {
    let mut session = Session::bundled();
    let query = "neighbors(Kubernetes)";
    let (kinds, _) = counted(&mut session, query);
    let mut write = |format: &str| folded(&mut session, query, format, Look::default());
    let text = write("cytoscape");
    let shown = cytoscape(&text);
    assert_eq!(shown.nodes.len(), kinds.len());
    assert_eq!(graphml(&write("graphml")).edges.len(), shown.edges.len());
    assert_eq!(gexf(&write("gexf")).edges.len(), shown.edges.len());
    assert_eq!(mermaid(&write("mermaid")).nodes.len(), kinds.len());
    let plain = Look {
        has_legend: false,
        ..Look::default()
    };
    let dot = folded(&mut session, query, "dot", plain);
    assert_eq!(shape(&dot), (kinds.len(), shown.edges.len()));
    for layout in [Layout::Layers, Layout::Timeline] {
        for format in ["svg", "html"] {
            let look = Look {
                layout,
                ..Look::default()
            };
            let text = folded(&mut session, query, format, look);
            let boxes = text.matches("class=\"entity\"").count();
            assert_eq!(boxes, kinds.len(), "{format}");
            let arrows = text.matches("class=\"arrow\"").count();
            assert_eq!(arrows, shown.edges.len(), "{format}");
        }
    }
    for format in ["tree", "log"] {
        let text = folded(&mut session, query, format, Look::default());
        for (kind, count) in &kinds {
            let word = if *count == 1 { "entity" } else { "entities" };
            assert!(text.contains(&format!("{kind} ({count} {word})")), "{text}");
        }
    }
}

#[test]
fn the_legend_of_colours_has_the_kinds() {
    let mut session = Session::bundled();
    let look = Look {
        colour: Colour::Kind,
        ..Look::default()
    };
    let query = "lineage(CoreOS)";
    let svg = folded(&mut session, query, "svg", look);
    // Once in the box, and once in the legend; more often in tooltips.
    let kind = ">container_host_os</text>";
    assert_eq!(svg.matches(kind).count(), 2, "{svg}");
    let dot = folded(&mut session, query, "dot", look);
    assert!(dot.contains("\"colour: container_host_os\""), "{dot}");
}

#[test]
fn every_look_and_the_empty_answer_can_be_folded() {
    let mut session = Session::bundled();
    for query in ["lineage(CoreOS)", "CoreOS - CoreOS"] {
        for format in pictures() {
            for (_, colour) in Colour::ALL {
                for (_, frame) in Frame::ALL {
                    let look = Look {
                        colour: *colour,
                        frame: *frame,
                        lang: Some("ja"),
                        ..Look::default()
                    };
                    let text = folded(&mut session, query, format.name, look);
                    let again = folded(&mut session, query, format.name, look);
                    assert!(text == again && !text.is_empty(), "{}", format.name);
                }
            }
        }
    }
}
