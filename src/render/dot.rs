//! Boxes and arrows in the language of Graphviz, built with graphviz-rust's types and printer.
//!
//! The crate prints ids and values as they are; [`quoted`] is the one way to make one. Names are
//! clipped, as a picture is no place for a long text.
//! The language: <https://graphviz.org/doc/info/lang.html>.

use std::borrow::Cow;
use std::collections::BTreeMap;

use graphviz_rust::dot_structures::Attribute;
use graphviz_rust::dot_structures::Edge;
use graphviz_rust::dot_structures::EdgeTy;
use graphviz_rust::dot_structures::Graph;
use graphviz_rust::dot_structures::GraphAttributes;
use graphviz_rust::dot_structures::Id;
use graphviz_rust::dot_structures::Node;
use graphviz_rust::dot_structures::NodeId;
use graphviz_rust::dot_structures::Stmt;
use graphviz_rust::dot_structures::Subgraph;
use graphviz_rust::dot_structures::Vertex;
use graphviz_rust::printer::DotPrinter;
use graphviz_rust::printer::PrinterContext;

use crate::diagnostic::escape;
use crate::render::MARK;
use crate::render::Page;
use crate::render::palette::INKS;
use crate::render::picture;
use crate::render::picture::Arrow;
use crate::render::picture::Picture;
use crate::render::picture::Rank;
use crate::render::picture::Tints;
use crate::render::picture::Towards;

/// Families with Latin and Japanese letters, for systems with one or the other.
const FONTS: &str = "Noto Sans CJK JP,Hiragino Sans,sans-serif";
/// A box whose own name has more bytes gets another one.
const ID_MAX: usize = 1_000;
/// For what is said beside the answer.
const QUIET: &str = "#57606a";
/// The line of sources is broken after so many characters.
const SOURCES_WIDTH: usize = 90;

/// The answer as a directed graph: a box an entity, an arrow a statement.
///
/// Arrows point the way their relation is stored. The query stands above; below, a legend of the
/// groups of relations, and the sources.
pub(super) fn render(page: &Page<'_>) -> String {
    let picture = Picture::of(page);
    let drawing = Drawing {
        tints: Tints::of(&picture),
        picture,
    };
    let mut stmts = drawing.defaults();
    stmts.extend(drawing.legend().map(Stmt::Subgraph));
    stmts.push(Stmt::Subgraph(drawing.answer()));
    let graph = Graph::DiGraph {
        id: word("kin"),
        strict: false,
        stmts,
    };
    let text = graph.print(PrinterContext::default().with_semi());
    format!("// {MARK}\n{text}\n")
}

/// How the lines of a label stand to each other.
#[derive(Clone, Copy, Debug)]
enum Align {
    Center,
    Left,
}

/// `lines` as one id or value: always in quotes, with only line breaks for markup.
///
/// Hostile characters become visible escapes; a backslash is doubled, as it would call for the
/// name of the box (`\N`) or end the quotes; `&` is written out, as labels know HTML's entities;
/// what XML cannot hold becomes U+FFFD.
fn quoted(lines: &[&str], align: Align) -> Id {
    let mut text = String::from("\"");
    for (place, line) in lines.iter().enumerate() {
        for character in escape::visible(line).chars() {
            match character {
                '"' => text.push_str("\\\""),
                '\\' => text.push_str("\\\\"),
                '&' => text.push_str("&amp;"),
                '\u{fffe}' | '\u{ffff}' => text.push('\u{fffd}'),
                _ => text.push(character),
            }
        }
        match align {
            Align::Left => text.push_str("\\l"),
            Align::Center if place + 1 < lines.len() => text.push_str("\\n"),
            Align::Center => {}
        }
    }
    text.push('"');
    Id::Escaped(text)
}

fn word(text: &str) -> Id {
    quoted(&[text], Align::Center)
}

/// An attribute; `name` is one of Graphviz' own.
fn attribute(name: &str, value: Id) -> Attribute {
    Attribute(Id::Plain(name.to_owned()), value)
}

fn attributes(pairs: &[(&str, &str)]) -> Vec<Attribute> {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| attribute(name, word(value)))
        .collect()
}

fn node(id: &str, attributes: Vec<Attribute>) -> Stmt {
    Stmt::Node(Node::new(NodeId(word(id), None), attributes))
}

fn edge(tail: &str, head: &str, attributes: Vec<Attribute>) -> Stmt {
    let vertex = |id: &str| Vertex::N(NodeId(word(id), None));
    Stmt::Edge(Edge {
        ty: EdgeTy::Pair(vertex(tail), vertex(head)),
        attributes,
    })
}

/// A picture as statements of DOT.
struct Drawing<'a> {
    picture: Picture<'a>,
    tints: Tints,
}

impl Drawing<'_> {
    /// How everything looks unless told otherwise, and the line of sources.
    fn defaults(&self) -> Vec<Stmt> {
        let look = self.picture.page.look;
        let font = ("fontname", look.font.unwrap_or(FONTS));
        let rankdir = match look.towards {
            Towards::Right => "LR",
            Towards::Down => "TB",
            Towards::Left => "RL",
            Towards::Up => "BT",
        };
        let mut graph = attributes(&[
            font,
            ("rankdir", rankdir),
            ("nodesep", "0.3"),
            ("ranksep", "0.7"),
            ("pad", "0.2"),
            ("labelloc", "b"),
            ("labeljust", "l"),
            ("fontsize", "10"),
            ("fontcolor", QUIET),
        ]);
        if look.rank == Rank::Year {
            // Ranks hold across frames.
            graph.extend(attributes(&[("newrank", "true")]));
        }
        let sources = self.picture.source_lines(SOURCES_WIDTH);
        let lines: Vec<&str> = sources.iter().map(String::as_str).collect();
        graph.push(attribute("label", quoted(&lines, Align::Left)));
        let node = attributes(&[
            font,
            ("shape", "box"),
            ("style", "rounded,filled"),
            ("fillcolor", "#f6f8fa"),
            ("color", "#8c959f"),
            ("fontcolor", "#1f2328"),
            ("fontsize", "12"),
            ("margin", "0.16,0.08"),
        ]);
        let edge = attributes(&[
            font,
            ("fontsize", "10"),
            ("fontcolor", "#1f2328"),
            ("arrowsize", "0.7"),
            ("penwidth", "1.4"),
        ]);
        vec![
            Stmt::GAttribute(GraphAttributes::Graph(graph)),
            Stmt::GAttribute(GraphAttributes::Node(node)),
            Stmt::GAttribute(GraphAttributes::Edge(edge)),
        ]
    }

    /// The boxes and arrows under their title.
    fn answer(&self) -> Subgraph {
        let look = [
            ("labelloc", "t"),
            ("labeljust", "l"),
            ("fontsize", "16"),
            ("fontcolor", "#1f2328"),
            ("peripheries", "0"),
            ("margin", "12"),
        ];
        let mut frame = attributes(&look);
        frame.push(attribute("label", word(&self.picture.title)));
        let mut stmts = vec![Stmt::GAttribute(GraphAttributes::Graph(frame))];
        if self.picture.boxes.is_empty() {
            let note = attributes(&[
                ("shape", "plaintext"),
                ("style", ""),
                ("label", self.picture.words.nothing),
            ]);
            stmts.push(node(&self.own_id("nothing"), note));
        }
        let frames = self.picture.frames();
        let mut is_framed = vec![false; self.picture.boxes.len()];
        for (number, (name, members)) in frames.iter().enumerate() {
            members.iter().for_each(|place| is_framed[*place] = true);
            stmts.push(self.cluster(number, name, members));
        }
        let others = (0..is_framed.len()).filter(|place| !is_framed[*place]);
        stmts.extend(others.map(|place| self.entity(place)));
        let years = self.picture.years().unwrap_or_default();
        stmts.extend(self.years(&years));
        let arrows = self.picture.arrows.iter();
        stmts.extend(arrows.map(|arrow| self.arrow(arrow, &years)));
        Subgraph {
            id: word("cluster_answer"),
            stmts,
        }
    }

    /// Boxes that share a frame.
    fn cluster(&self, number: usize, name: &str, members: &[usize]) -> Stmt {
        let look = [
            ("labeljust", "l"),
            ("fontsize", "11"),
            ("fontcolor", QUIET),
            ("style", "rounded"),
            ("color", "#d0d7de"),
            ("peripheries", "1"),
        ];
        let mut frame = attributes(&look);
        frame.push(attribute("label", word(name)));
        let mut stmts = vec![Stmt::GAttribute(GraphAttributes::Graph(frame))];
        stmts.extend(members.iter().map(|place| self.entity(*place)));
        Stmt::Subgraph(Subgraph {
            id: word(&format!("cluster_{}_{number}", self.picture.frame().word())),
            stmts,
        })
    }

    /// What a box is called: Graphviz reads no name that is very long.
    fn id(&self, place: usize) -> Cow<'_, str> {
        let id = &self.picture.boxes[place].id;
        match id.len() <= ID_MAX {
            true => Cow::Borrowed(id),
            false => Cow::Owned(self.own_id(&format!("n{place}"))),
        }
    }

    fn entity(&self, place: usize) -> Stmt {
        let shown = &self.picture.boxes[place];
        let mut label = vec![shown.name.clone()];
        label.extend(self.picture.below(place));
        label.extend(self.tints.word(place).map(str::to_owned));
        let mut look = vec![
            labelled("label", &label),
            labelled("tooltip", &shown.tooltip),
        ];
        let ink = self.tints.ink(place).map(|ink| INKS[ink]);
        let fill = ink.map(|ink| attribute("fillcolor", word(ink.light_area)));
        look.extend(fill);
        if self.tints.round(place) > 0 {
            look.push(attribute("style", word("rounded,filled,dashed")));
        }
        let line = ink.map(|ink| attribute("color", word(ink.light)));
        match self.picture.is_marked(place) {
            Some(true) => look.extend(attributes(&[("penwidth", "3"), ("color", "#1f2328")])),
            Some(false) => {
                look.extend(line);
                look.extend(attributes(&[("fontcolor", QUIET)]));
            }
            None => look.extend(line),
        }
        node(&self.id(place), look)
    }

    /// Boxes of one year on one rank, and lines that are not seen from each year to the next.
    fn years(&self, years: &[Option<i32>]) -> Vec<Stmt> {
        let mut ranks: BTreeMap<i32, Vec<usize>> = BTreeMap::new();
        for (place, year) in years.iter().enumerate() {
            if let Some(year) = year {
                ranks.entry(*year).or_default().push(place);
            }
        }
        let same = ranks.iter().map(|(year, members)| {
            let nodes = members
                .iter()
                .map(|place| node(&self.id(*place), Vec::new()));
            let same = attributes(&[("rank", "same")])
                .into_iter()
                .map(Stmt::Attribute);
            Stmt::Subgraph(Subgraph {
                id: word(&format!("born in {year}")),
                stmts: same.chain(nodes).collect(),
            })
        });
        let firsts: Vec<usize> = ranks.values().map(|members| members[0]).collect();
        let steps = firsts.windows(2).map(|pair| {
            let unseen = attributes(&[("style", "invis")]);
            edge(&self.id(pair[0]), &self.id(pair[1]), unseen)
        });
        same.chain(steps).collect()
    }

    /// An arrow; one that leads back in time moves no rank.
    fn arrow(&self, arrow: &Arrow<'_>, years: &[Option<i32>]) -> Stmt {
        let mut look = vec![
            labelled("label", &arrow.label),
            labelled("tooltip", &arrow.tooltip),
            labelled("labeltooltip", &arrow.tooltip),
        ];
        look.extend(attributes(&[
            ("color", arrow.hue.color),
            ("style", arrow.manner.style),
            ("arrowhead", arrow.manner.head),
        ]));
        let year = |place: usize| years.get(place).copied().flatten();
        let is_back = year(arrow.from)
            .zip(year(arrow.to))
            .is_some_and(|(from, to)| from > to);
        if is_back {
            look.extend(attributes(&[("constraint", "false")]));
        }
        let address = arrow.address.as_deref();
        look.extend(address.map(|address| attribute("URL", word(address))));
        edge(&self.id(arrow.from), &self.id(arrow.to), look)
    }

    /// A sample arrow for each group and each manner of speaking that occurs; none without arrows.
    ///
    /// The arrows are text: real ones would be as long as the widest gap between boxes.
    fn legend(&self) -> Option<Subgraph> {
        let (hues, manners) = (self.picture.hues(), self.picture.manners());
        let tints = self.tints.entries();
        let is_empty = self.picture.arrows.is_empty() && tints.is_empty();
        if !self.picture.page.look.has_legend || is_empty {
            return None;
        }
        let tints = tints.iter();
        let tints = tints.map(|(round, ink, text)| {
            let sample = if *round == 0 { "■" } else { "▨" };
            ("colour", *text, sample, INKS[*ink].light)
        });
        let hues = hues.iter().map(|hue| {
            let name = self.picture.words.named(hue.name);
            ("group", name, picture::plain().sample, hue.color)
        });
        let manners = manners.iter().map(|manner| {
            let name = self.picture.words.named(manner.name);
            ("manner", name, manner.sample, QUIET)
        });
        let frame = attributes(&[("label", ""), ("peripheries", "0")]);
        let mut stmts = vec![Stmt::GAttribute(GraphAttributes::Graph(frame))];
        stmts.extend(
            tints
                .chain(hues)
                .chain(manners)
                .map(|(what, name, sample, color)| {
                    let mut look = attributes(&[
                        ("shape", "plaintext"),
                        ("style", ""),
                        ("fontsize", "10"),
                        ("fontcolor", color),
                        ("margin", "0"),
                        ("width", "1.6"),
                        ("height", "0.2"),
                    ]);
                    let label = format!("{sample} {}", picture::clipped(name, picture::NAME_MAX));
                    look.push(attribute("label", quoted(&[&label], Align::Left)));
                    node(&self.own_id(&format!("{what}: {name}")), look)
                }),
        );
        Some(Subgraph {
            id: word("cluster_legend"),
            stmts,
        })
    }

    /// An id for a box that is no entity: `text`, or a longer one where an entity has that id.
    fn own_id(&self, text: &str) -> String {
        let mut id = text.to_owned();
        while self.picture.boxes.iter().any(|shown| shown.id == id) {
            id.push('\'');
        }
        id
    }
}

fn labelled(name: &str, lines: &[String]) -> Attribute {
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    attribute(name, quoted(&lines, Align::Center))
}
