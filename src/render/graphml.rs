//! The answer as GraphML, for yEd, Gephi, NetworkX and others.
//!
//! The format: <http://graphml.graphdrawing.org/specification.html>.

use std::fmt::Write as _;

use crate::render::MARK;
use crate::render::Page;
use crate::render::network;
use crate::render::network::EDGE_KEYS;
use crate::render::network::NODE_KEYS;
use crate::render::picture::Picture;
use crate::render::xml::escaped;

/// A node an entity and a directed edge a statement; what they say are texts under declared keys.
pub(super) fn render(page: &Page<'_>) -> String {
    let picture = Picture::of(page);
    let nodes = network::nodes(&picture);
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- {MARK} -->\n\
         <graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n"
    );
    let _ = writeln!(text, "  <desc>{}</desc>", escaped(&picture.title));
    push_key(&mut text, "node", "name");
    NODE_KEYS
        .iter()
        .for_each(|key| push_key(&mut text, "node", key));
    EDGE_KEYS
        .iter()
        .for_each(|key| push_key(&mut text, "edge", key));
    text += "  <graph id=\"kin\" edgedefault=\"directed\">\n";
    for node in &nodes {
        let _ = writeln!(text, "    <node id=\"{}\">", escaped(&node.id));
        push_data(&mut text, "node", "name", &node.name);
        for (key, fact) in &node.facts {
            push_data(&mut text, "node", key, fact);
        }
        text += "    </node>\n";
    }
    for edge in network::edges(&picture) {
        let (from, to) = (&nodes[edge.from].id, &nodes[edge.to].id);
        let (id, from, to) = (escaped(&edge.id), escaped(from), escaped(to));
        let _ = writeln!(
            text,
            "    <edge id=\"{id}\" source=\"{from}\" target=\"{to}\">"
        );
        for (key, fact) in &edge.facts {
            push_data(&mut text, "edge", key, fact);
        }
        text += "    </edge>\n";
    }
    text += "  </graph>\n</graphml>\n";
    text
}

/// Declares what nodes or edges say; the names of keys are our own.
fn push_key(text: &mut String, of: &str, key: &str) {
    let _ = writeln!(
        text,
        "  <key id=\"{of}-{key}\" for=\"{of}\" attr.name=\"{key}\" attr.type=\"string\"/>"
    );
}

fn push_data(text: &mut String, of: &str, key: &str, fact: &str) {
    let _ = writeln!(
        text,
        "      <data key=\"{of}-{key}\">{}</data>",
        escaped(fact)
    );
}
