//! Boxes and arrows in the language of Graphviz, built with graphviz-rust's types and printer.
//!
//! The crate prints ids and values as they are; [`quoted`] is the one way to make one. Names are
//! clipped, as a picture is no place for a long text.
//! The language: <https://graphviz.org/doc/info/lang.html>.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

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
use crate::model::Certainty;
use crate::model::Citation;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::Polarity;
use crate::model::Qualifiers;
use crate::model::StatementId;
use crate::render::Page;
use crate::render::palette;
use crate::render::palette::Hue;
use crate::render::phrase;

/// Families with Latin and Japanese letters, for systems with one or the other.
const FONTS: &str = "Noto Sans CJK JP,Hiragino Sans,sans-serif";
/// A name in a box has at most so many characters.
const NAME_MAX: usize = 60;
/// A title or a tooltip has at most so many characters a line.
const LINE_MAX: usize = 200;
/// For what is said beside the answer.
const QUIET: &str = "#57606a";
/// A role or a condition at an arrow has at most so many characters.
const RESERVATION_MAX: usize = 40;
/// The line of sources is broken after so many characters.
const SOURCES_WIDTH: usize = 90;

/// The answer as a directed graph: a box an entity, an arrow a statement.
///
/// Arrows point the way their relation is stored. The query stands above; below, a legend of the
/// groups of relations, and the sources.
pub(super) fn render(page: &Page<'_>) -> String {
    let drawing = Drawing::of(page);
    let mut stmts = drawing.defaults();
    stmts.extend(drawing.legend().map(Stmt::Subgraph));
    stmts.push(Stmt::Subgraph(drawing.answer()));
    let graph = Graph::DiGraph {
        id: word("kin"),
        strict: false,
        stmts,
    };
    graph.print(PrinterContext::default().with_semi()) + "\n"
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

/// What is drawn.
struct Drawing<'a> {
    page: &'a Page<'a>,
    entities: Vec<EntityId>,
    statements: Vec<(EntityId, StatementId, EntityId)>,
}

impl<'a> Drawing<'a> {
    fn of(page: &'a Page<'a>) -> Drawing<'a> {
        let subgraph = page.answer.subgraph(page.snapshot);
        Drawing {
            page,
            entities: subgraph.entities().collect(),
            statements: subgraph.statements().collect(),
        }
    }

    /// How everything looks unless told otherwise, and the line of sources.
    fn defaults(&self) -> Vec<Stmt> {
        let font = ("fontname", FONTS);
        let mut graph = attributes(&[
            font,
            ("rankdir", "LR"),
            ("nodesep", "0.3"),
            ("ranksep", "0.7"),
            ("pad", "0.2"),
            ("labelloc", "b"),
            ("labeljust", "l"),
            ("fontsize", "10"),
            ("fontcolor", QUIET),
        ]);
        let sources = self.sources();
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

    /// The sources of the arrows, or of the boxes if there are no arrows, by id and in lines.
    fn sources(&self) -> Vec<String> {
        let snapshot = self.page.snapshot;
        let statements = self.statements.iter();
        let stated = statements.flat_map(|(_, id, _)| snapshot.citations(*id));
        let mut cited: BTreeSet<_> = stated.map(|cited| cited.source).collect();
        if self.statements.is_empty() {
            let entities = self.entities.iter();
            let named = entities.flat_map(|id| snapshot.entity_citations(*id));
            cited.extend(named.map(|cited| cited.source));
        }
        let mut lines: Vec<String> = Vec::new();
        for source in cited {
            let id = escape::clipped(&snapshot.source(source).id, NAME_MAX);
            match lines.last_mut() {
                None => lines.push(format!("sources: {id}")),
                Some(line) if line.chars().count() < SOURCES_WIDTH => {
                    *line += &format!(", {id}");
                }
                Some(line) => {
                    line.push(',');
                    lines.push(id.into_owned());
                }
            }
        }
        lines
    }

    /// The boxes and arrows under their title.
    fn answer(&self) -> Subgraph {
        let title: Vec<&str> = self.page.query.split_whitespace().collect();
        let title = escape::clipped(&title.join(" "), LINE_MAX).into_owned();
        let look = [
            ("labelloc", "t"),
            ("labeljust", "l"),
            ("fontsize", "16"),
            ("fontcolor", "#1f2328"),
            ("peripheries", "0"),
            ("margin", "12"),
        ];
        let mut frame = attributes(&look);
        frame.push(attribute("label", word(&title)));
        let mut stmts = vec![Stmt::GAttribute(GraphAttributes::Graph(frame))];
        if self.entities.is_empty() {
            let note = attributes(&[
                ("shape", "plaintext"),
                ("style", ""),
                ("label", "nothing to draw"),
            ]);
            stmts.push(node(&self.own_id("nothing"), note));
        }
        if self.page.cluster {
            stmts.extend(self.clusters());
        } else {
            stmts.extend(self.entities.iter().map(|id| self.entity(*id)));
        }
        stmts.extend(
            self.statements
                .iter()
                .map(|(from, id, to)| self.statement(*from, *id, *to)),
        );
        Subgraph {
            id: word("cluster_answer"),
            stmts,
        }
    }

    /// The boxes in a frame a kind, in the order of the schema.
    fn clusters(&self) -> impl Iterator<Item = Stmt> {
        let snapshot = self.page.snapshot;
        let mut kinds: BTreeMap<_, Vec<EntityId>> = BTreeMap::new();
        for id in &self.entities {
            kinds.entry(snapshot.kind(*id)).or_default().push(*id);
        }
        kinds.into_iter().map(move |(kind, members)| {
            let name = snapshot.schema.kinds[kind.index()].name.as_str();
            let look = [
                ("labeljust", "l"),
                ("fontsize", "11"),
                ("fontcolor", QUIET),
                ("style", "rounded"),
                ("color", "#d0d7de"),
                ("peripheries", "1"),
            ];
            let mut frame = attributes(&look);
            frame.push(attribute("label", word(&escape::clipped(name, NAME_MAX))));
            let mut stmts = vec![Stmt::GAttribute(GraphAttributes::Graph(frame))];
            stmts.extend(members.iter().map(|id| self.entity(*id)));
            Stmt::Subgraph(Subgraph {
                id: word(&format!("cluster_kind_{name}")),
                stmts,
            })
        })
    }

    fn entity(&self, id: EntityId) -> Stmt {
        let snapshot = self.page.snapshot;
        let (slug, kind) = (snapshot.slug(id), snapshot.kind_name(id));
        let name = self.page.name(id);
        let identity = format!("{slug} · {kind}");
        let mut label = vec![clipped(name, NAME_MAX)];
        if !self.page.cluster {
            label.push(clipped(kind, NAME_MAX));
        }
        let look = [
            ("label", label),
            (
                "tooltip",
                self.tooltip(name, &identity, snapshot.entity_citations(id)),
            ),
        ];
        node(slug, look.map(|(key, lines)| labelled(key, &lines)).into())
    }

    fn statement(&self, from: EntityId, id: StatementId, to: EntityId) -> Stmt {
        let snapshot = self.page.snapshot;
        let qualifiers = snapshot.qualifiers(id);
        let hue = palette::hue(&snapshot.schema, snapshot.relation(id));
        let sentence = phrase::sentence(self.page, id).text();
        let tooltip = self.tooltip(&sentence, &period(qualifiers), snapshot.citations(id));
        let mut look = vec![
            labelled("label", &self.label(id)),
            labelled("tooltip", &tooltip),
            labelled("labeltooltip", &tooltip),
        ];
        look.extend(attributes(&[("color", hue.color)]));
        let line = line(qualifiers);
        look.extend(attributes(&[
            ("style", line.style),
            ("arrowhead", line.head),
        ]));
        look.extend(
            self.address(id)
                .map(|address| attribute("URL", word(address))),
        );
        edge(snapshot.slug(from), snapshot.slug(to), look)
    }

    /// The lines at an arrow: relation, role, condition and period.
    fn label(&self, id: StatementId) -> Vec<String> {
        let snapshot = self.page.snapshot;
        let qualifiers = snapshot.qualifiers(id);
        let relation = phrase::word(snapshot, id, Direction::Forward);
        let (denial, doubt) = (phrase::denial(qualifiers), phrase::doubt(qualifiers));
        let reservation = |text: &String| clipped(text, RESERVATION_MAX);
        let role = qualifiers.role.as_ref();
        let condition = qualifiers.condition.as_ref();
        let mut label = vec![format!("{denial}{}{doubt}", clipped(relation, NAME_MAX))];
        label.extend(role.map(|role| format!("as {}", reservation(role))));
        label.extend(condition.map(|condition| format!("[{}]", reservation(condition))));
        label.extend(Some(period(qualifiers)).filter(|period| !period.is_empty()));
        label
    }

    /// What is shown of an element when it is pointed at.
    fn tooltip(&self, name: &str, more: &str, citations: &[Citation]) -> Vec<String> {
        let snapshot = self.page.snapshot;
        let cited = citations
            .iter()
            .map(|cited| phrase::citation(snapshot, cited));
        let sources = cited.collect::<Vec<_>>().join(", ");
        [name, more, &sources]
            .iter()
            .filter(|line| !line.is_empty())
            .map(|line| clipped(line, LINE_MAX))
            .collect()
    }

    /// Where the first source of a statement is to be found, if that is a place to send people.
    fn address(&self, statement: StatementId) -> Option<&'a str> {
        let first = self.page.snapshot.citations(statement).first()?;
        let address = self.page.snapshot.source(first.source).address.as_deref()?;
        let is_safe = ["https://", "http://", "mailto:"]
            .iter()
            .any(|scheme| address.starts_with(scheme));
        is_safe.then_some(address)
    }

    /// A sample arrow for each group and each manner of speaking that occurs; none without arrows.
    ///
    /// The arrows are text: real ones would be as long as the widest gap between boxes.
    fn legend(&self) -> Option<Subgraph> {
        let snapshot = self.page.snapshot;
        let mut hues: BTreeSet<Hue<'_>> = BTreeSet::new();
        let mut manners: BTreeSet<(&str, &str)> = BTreeSet::new();
        for (_, id, _) in &self.statements {
            let qualifiers = snapshot.qualifiers(*id);
            hues.insert(palette::hue(&snapshot.schema, snapshot.relation(*id)));
            manners.extend(manner(qualifiers).map(|name| (name, line(qualifiers).sample)));
        }
        if hues.is_empty() {
            return None;
        }
        let hues = hues
            .iter()
            .map(|hue| ("group", hue.name, PLAIN.sample, hue.color));
        let manners = manners
            .iter()
            .map(|(name, sample)| ("manner", *name, *sample, QUIET));
        let frame = attributes(&[("label", ""), ("peripheries", "0")]);
        let mut stmts = vec![Stmt::GAttribute(GraphAttributes::Graph(frame))];
        stmts.extend(hues.chain(manners).map(|(what, name, sample, color)| {
            let mut look = attributes(&[
                ("shape", "plaintext"),
                ("style", ""),
                ("fontsize", "10"),
                ("fontcolor", color),
                ("margin", "0"),
                ("width", "1.6"),
                ("height", "0.2"),
            ]);
            let label = format!("{sample} {}", clipped(name, NAME_MAX));
            look.push(attribute("label", quoted(&[&label], Align::Left)));
            node(&self.own_id(&format!("{what}: {name}")), look)
        }));
        Some(Subgraph {
            id: word("cluster_legend"),
            stmts,
        })
    }

    /// An id for a box that is no entity: `text`, or a longer one where an entity has that id.
    fn own_id(&self, text: &str) -> String {
        let mut id = text.to_owned();
        while self.page.snapshot.find_id(&id).is_some() {
            id.push('\'');
        }
        id
    }
}

/// How a statement is said, where it is not simply said; a word for the legend.
fn manner(qualifiers: &Qualifiers) -> Option<&'static str> {
    match (qualifiers.polarity, qualifiers.certainty) {
        (Polarity::Negative, _) => Some("denied"),
        (Polarity::Unknown, _) => Some("unknown"),
        (_, Certainty::Asserted | Certainty::Implied) => None,
        (_, certainty) => Some(certainty.word()),
    }
}

/// How an arrow is drawn, and its likeness in the legend.
struct Line {
    sample: &'static str,
    style: &'static str,
    head: &'static str,
}

const PLAIN: Line = Line {
    sample: "━━▶",
    style: "solid",
    head: "normal",
};

/// The line of a statement's arrow: dashed for a guess, dotted for less, a bar for a denial.
fn line(qualifiers: &Qualifiers) -> Line {
    let dotted = Line {
        sample: "┅┅▶",
        style: "dotted",
        ..PLAIN
    };
    match (qualifiers.polarity, qualifiers.certainty) {
        (Polarity::Negative, _) => Line {
            sample: "┅┅┫",
            head: "tee",
            ..dotted
        },
        (Polarity::Unknown, _) => dotted,
        (_, Certainty::Asserted | Certainty::Implied) => PLAIN,
        (_, Certainty::Hedged) => Line {
            sample: "╍╍▶",
            style: "dashed",
            ..PLAIN
        },
        _ => dotted,
    }
}

/// The last line at an arrow: since when, and until when if that is known.
fn period(qualifiers: &Qualifiers) -> String {
    let period = phrase::period(qualifiers).text();
    match qualifiers.until {
        None => period.trim_end_matches('–').to_owned(),
        Some(_) => period,
    }
}

fn labelled(name: &str, lines: &[String]) -> Attribute {
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    attribute(name, quoted(&lines, Align::Center))
}

fn clipped(text: &str, characters_max: usize) -> String {
    escape::clipped(text, characters_max).into_owned()
}
