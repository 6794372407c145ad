//! Small random property graphs, as a model and as the JSON that kin reads.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use serde_json::json;

use crate::random::Random;
use crate::slow::Cell;
use crate::slow::Edge;
use crate::slow::Node;
use crate::slow::World;

/// Up to 6 nodes and 9 edges, loops and parallel edges among them.
pub(crate) fn world(random: &mut Random) -> World {
    let most = random.pick(&[2, 3, 4, 4, 5, 6]);
    let count = 1 + random.below(most);
    let nodes = (0..count).map(|place| node(random, place)).collect();
    let most = random.pick(&[3, 5, 9]);
    let edges = (0..random.below(most + 1)).map(|place| Edge {
        id: format!("e{place}"),
        source: random.below(count),
        target: random.below(count),
        kind: random.pick(&["R", "R", "S", "T"]).to_owned(),
        properties: properties(random, 40),
    });
    let edges = edges.collect();
    World {
        nodes,
        edges,
        relations: Vec::new(),
    }
}

fn node(random: &mut Random, place: usize) -> Node {
    let mut labels = Vec::new();
    for label in ["A", "B", "C"] {
        if labels.len() < 2 && random.chance(45) {
            labels.push(label.to_owned());
        }
    }
    let mut properties = properties(random, 75);
    if random.chance(70) {
        let name = random.pick(&["b", "a", "Z", "\u{e9}", "a b", "a"]);
        properties.insert("name".to_owned(), Cell::Text(name.to_owned()));
    }
    Node {
        id: format!("n{place}"),
        labels,
        properties,
    }
}

/// `x` is anything, `y` a text, `z` a number; each is there so many times of a hundred.
fn properties(random: &mut Random, percent: usize) -> BTreeMap<String, Cell> {
    let text = |random: &mut Random| Cell::Text(random.pick(&["", "a", "ab", "b", "B"]).to_owned());
    let number = |random: &mut Random| match random.below(4) {
        0 => Cell::Float(random.pick(&[0.5, 1.0, 1.5, -1.0])),
        _ => Cell::Int(random.pick(&[-1, 0, 1, 1, 2, 3])),
    };
    let mut found = BTreeMap::new();
    if random.chance(percent) {
        let x = match random.below(9) {
            0 | 1 => text(random),
            2 => Cell::Bool(random.chance(50)),
            3 => Cell::List((0..random.below(3)).map(|_| number(random)).collect()),
            _ => number(random),
        };
        found.insert("x".to_owned(), x);
    }
    if random.chance(percent) {
        found.insert("y".to_owned(), text(random));
    }
    if random.chance(percent) {
        found.insert("z".to_owned(), number(random));
    }
    found
}

impl World {
    /// The graph as the file that kin reads.
    pub(crate) fn json(&self) -> String {
        let nodes = self.nodes.iter().map(
            |node| json!({"id": node.id, "labels": node.labels, "props": map(&node.properties)}),
        );
        let edges = self.edges.iter().map(|edge| {
            let (source, target) = (&self.nodes[edge.source].id, &self.nodes[edge.target].id);
            json!({"id": edge.id, "src": source, "dst": target, "type": edge.kind,
                   "props": map(&edge.properties)})
        });
        let (nodes, edges): (Vec<Json>, Vec<Json>) = (nodes.collect(), edges.collect());
        json!({"nodes": nodes, "edges": edges}).to_string()
    }

    /// The labels that nodes have, each once.
    pub(crate) fn labels(&self) -> Vec<String> {
        let mut labels: Vec<String> = self
            .nodes
            .iter()
            .flat_map(|node| node.labels.clone())
            .collect();
        labels.sort_unstable();
        labels.dedup();
        labels
    }

    /// The graph without one of its edges.
    pub(crate) fn without_edge(&self, place: usize) -> World {
        let mut world = self.clone();
        world.edges.remove(place);
        world
    }

    /// The graph without its last node, if that has no edge and no label of its own.
    pub(crate) fn without_last_node(&self) -> Option<World> {
        let mut world = self.clone();
        world.nodes.pop();
        let last = world.nodes.len();
        let is_free = world
            .edges
            .iter()
            .all(|edge| edge.source != last && edge.target != last);
        (is_free && world.labels() == self.labels()).then_some(world)
    }
}

fn map(properties: &BTreeMap<String, Cell>) -> Json {
    properties
        .iter()
        .map(|(name, cell)| (name.clone(), plain(cell)))
        .collect()
}

fn plain(cell: &Cell) -> Json {
    match cell {
        Cell::Bool(truth) => json!(truth),
        Cell::Int(number) => json!(number),
        Cell::Float(number) => json!(number),
        Cell::Text(text) => json!(text),
        Cell::List(cells) => cells.iter().map(plain).collect(),
        other => panic!("{other:?} is no property"),
    }
}
