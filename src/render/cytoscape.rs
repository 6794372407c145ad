//! The answer as Cytoscape's JSON, for Cytoscape, Cytoscape.js and what reads their files.
//!
//! The format: <https://js.cytoscape.org/#notation/elements-json>.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::render::MARK;
use crate::render::Page;
use crate::render::json::written;
use crate::render::network;
use crate::render::picture::Picture;

/// What a node or an edge holds.
#[derive(Serialize)]
struct Element<'a> {
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'a str>,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    interaction: Option<&'a str>,
    #[serde(flatten)]
    facts: BTreeMap<&'a str, &'a str>,
}

/// One object with a line a node and a line an edge.
pub(super) fn render(page: &Page<'_>) -> String {
    let picture = Picture::of(page);
    let nodes = network::nodes(&picture);
    let edges = network::edges(&picture);
    let node = |node: &network::Node| {
        written(&Element {
            data: Data {
                id: &node.id,
                source: None,
                target: None,
                name: &node.name,
                interaction: None,
                facts: facts(&node.facts),
            },
        })
    };
    let edge = |edge: &network::Edge| {
        let facts = facts(&edge.facts);
        let relation = facts.get("relation").copied().unwrap_or_default();
        written(&Element {
            data: Data {
                id: &edge.id,
                source: Some(&nodes[edge.from].id),
                target: Some(&nodes[edge.to].id),
                name: relation,
                interaction: Some(relation),
                facts,
            },
        })
    };
    let node_lines: Vec<String> = nodes.iter().map(node).collect();
    let edge_lines: Vec<String> = edges.iter().map(edge).collect();
    format!(
        "{{\"format_version\": \"1.0\", \"generated_by\": {},\n \"data\": {{\"name\": {}}},\n \
         \"elements\": {{\n  \"nodes\": {},\n  \"edges\": {}}}}}\n",
        written(&MARK),
        written(&page.look.title.unwrap_or(page.query)),
        list(&node_lines),
        list(&edge_lines)
    )
}

fn facts<'a>(facts: &'a [(&'static str, String)]) -> BTreeMap<&'a str, &'a str> {
    let facts = facts.iter();
    facts.map(|(key, fact)| (*key, fact.as_str())).collect()
}

fn list(lines: &[String]) -> String {
    match lines.is_empty() {
        true => "[]".to_owned(),
        false => format!("[\n   {}\n  ]", lines.join(",\n   ")),
    }
}
