//! The answer as GEXF with dates, which Gephi shows along time.
//!
//! The format: <https://gexf.net/schema.html>, version 1.3.

use std::fmt::Write as _;

use crate::render::MARK;
use crate::render::Page;
use crate::render::network;
use crate::render::network::Days;
use crate::render::network::EDGE_KEYS;
use crate::render::network::NODE_KEYS;
use crate::render::picture::Picture;
use crate::render::xml::escaped;

/// A node an entity and a directed edge a statement, with the days in which it may hold.
pub(super) fn render(page: &Page<'_>) -> String {
    let picture = Picture::of(page);
    let nodes = network::nodes(&picture);
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- {MARK} -->\n\
         <gexf xmlns=\"http://gexf.net/1.3\" version=\"1.3\">\n  <meta>\n    \
         <creator>kin</creator>\n"
    );
    let _ = writeln!(
        text,
        "    <description>{}</description>",
        escaped(&picture.title)
    );
    text += "  </meta>\n  <graph mode=\"dynamic\" defaultedgetype=\"directed\" \
             timeformat=\"date\" timerepresentation=\"interval\">\n";
    push_keys(&mut text, "node", &NODE_KEYS);
    push_keys(&mut text, "edge", &EDGE_KEYS);
    text += "    <nodes>\n";
    for node in &nodes {
        let (id, name) = (escaped(&node.id), escaped(&node.name));
        let days = days(&node.days);
        let _ = writeln!(text, "      <node id=\"{id}\" label=\"{name}\"{days}>");
        push_facts(&mut text, &NODE_KEYS, &node.facts);
        text += "      </node>\n";
    }
    text += "    </nodes>\n    <edges>\n";
    for edge in network::edges(&picture) {
        let (from, to) = (&nodes[edge.from].id, &nodes[edge.to].id);
        let (id, from, to) = (escaped(&edge.id), escaped(from), escaped(to));
        let relation = edge.facts.iter().find(|(key, _)| *key == "relation");
        let relation = relation.map_or("", |(_, relation)| relation.as_str());
        let _ = writeln!(
            text,
            "      <edge id=\"{id}\" source=\"{from}\" target=\"{to}\" label=\"{}\"{}>",
            escaped(relation),
            days(&edge.days)
        );
        push_facts(&mut text, &EDGE_KEYS, &edge.facts);
        text += "      </edge>\n";
    }
    text += "    </edges>\n  </graph>\n</gexf>\n";
    text
}

/// Declares what nodes or edges say; the names of keys are our own.
fn push_keys(text: &mut String, of: &str, keys: &[&str]) {
    let _ = writeln!(text, "    <attributes class=\"{of}\">");
    for (place, key) in keys.iter().enumerate() {
        let _ = writeln!(
            text,
            "      <attribute id=\"{place}\" title=\"{key}\" type=\"string\"/>"
        );
    }
    text.push_str("    </attributes>\n");
}

fn push_facts(text: &mut String, keys: &[&str], facts: &[(&str, String)]) {
    text.push_str("        <attvalues>\n");
    for (key, fact) in facts {
        let place = keys.iter().position(|known| known == key);
        let place = place.expect("facts have declared keys");
        let fact = escaped(fact);
        let _ = writeln!(
            text,
            "          <attvalue for=\"{place}\" value=\"{fact}\"/>"
        );
    }
    text.push_str("        </attvalues>\n");
}

/// The days as attributes; an end that is open has none.
fn days(days: &Days) -> String {
    let attribute = |name: &str, day: &Option<String>| {
        let day = day.as_ref();
        day.map_or_else(String::new, |day| format!(" {name}=\"{}\"", escaped(day)))
    };
    attribute("start", &days.first) + &attribute("end", &days.last)
}
