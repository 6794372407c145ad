//! What a picture shows, before any format decides how it looks: boxes, arrows, and what is said
//! beside them.
//!
//! Every picture is made of this, so that a name is cut, a doubt is marked and a source is named in
//! one way. Texts are clipped and free of what could command a terminal; each format escapes them
//! for its own language.

mod birth;
mod fold;
mod look;
mod tint;
mod words;

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::diagnostic::escape;
use crate::model::Certainty;
use crate::model::Citation;
use crate::model::Date;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::Polarity;
use crate::model::Qualifiers;
use crate::model::SourceId;
use crate::model::StatementId;
use crate::render::Page;
use crate::render::palette;
use crate::render::palette::Hue;
use crate::render::phrase;

pub use look::Colour;
pub use look::Fold;
pub use look::Frame;
pub use look::Layout;
pub use look::Look;
pub use look::Rank;
pub use look::Theme;
pub use look::Towards;
pub(super) use tint::Tints;
pub(super) use words::PageWords;
pub(super) use words::Signs;
pub(super) use words::Words;

/// A name in a box has at most so many characters.
pub(super) const NAME_MAX: usize = 60;
/// A title or a tooltip has at most so many characters a line.
pub(super) const LINE_MAX: usize = 200;
/// An address that is longer, in bytes, is left out: browsers would not go there either.
const ADDRESS_MAX: usize = 2048;
/// A role or a condition at an arrow has at most so many characters.
const RESERVATION_MAX: usize = 40;

/// What is drawn.
#[derive(Debug)]
pub(super) struct Picture<'a> {
    /// The page it is drawn for.
    pub(super) page: &'a Page<'a>,
    /// Its words.
    pub(super) words: &'static Words,
    /// What stands above it, in one line.
    pub(super) title: String,
    /// The entities, in the order of the answer; if it is folded, their kinds.
    pub(super) boxes: Vec<Node>,
    /// The statements between them, in the order of the graph; then what is only implied.
    pub(super) arrows: Vec<Arrow<'a>>,
    /// The sources of the arrows, or of the boxes if there are no arrows, by id.
    pub(super) sources: Vec<SourceId>,
}

/// An entity as a picture shows it; in a picture that is folded, all of a kind.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// A slug, or the name of a kind: no other box has it.
    pub(super) id: String,
    /// The entity; or all that it stands for, at least one, in the order of the answer.
    pub(super) members: Vec<EntityId>,
    /// Its name as of the answer's date.
    pub(super) name: String,
    /// The name of its kind, in the language of the picture where it has a label there; for a kind,
    /// how many there are.
    pub(super) kind: String,
    /// The year in which it was born, if that is known and places it; of several, the first.
    pub(super) year: Option<i32>,
    /// What is shown when it is pointed at, in lines.
    pub(super) tooltip: Vec<String>,
    /// Where a reader is sent from it.
    pub(super) address: Option<String>,
}

impl Node {
    /// The entity; of all that it stands for, the first.
    pub(super) fn entity(&self) -> EntityId {
        self.members[0]
    }
}

/// A statement as a picture shows it; without one, a way through entities that are left out. In a
/// picture that is folded, all that are alike.
#[derive(Clone, Debug)]
pub(super) struct Arrow<'a> {
    /// Which; none for what is only implied.
    pub(super) statements: Vec<StatementId>,
    /// The box it leaves, by its place.
    pub(super) from: usize,
    /// The box it points to.
    pub(super) to: usize,
    /// The group it belongs to, and its colour.
    pub(super) hue: Hue<'a>,
    /// How it is said.
    pub(super) manner: &'static Manner,
    /// The lines that stand at it: relation, role, condition and period.
    pub(super) label: Vec<String>,
    /// What is shown when it is pointed at, in lines.
    pub(super) tooltip: Vec<String>,
    /// Where its first source is to be found.
    pub(super) address: Option<String>,
    /// From when on it holds.
    pub(super) since: Option<Date>,
    /// Until when it holds.
    pub(super) until: Option<Date>,
}

impl Arrow<'_> {
    /// Whether no statement says it: it stands for ways through what the query left out.
    pub(super) fn is_implied(&self) -> bool {
        self.statements.is_empty()
    }
}

/// How a statement is said, and how an arrow shows it: one row.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Manner {
    /// The word for the legend; empty for what is simply said.
    pub(super) name: &'static str,
    /// The style of the line, as Graphviz calls it.
    pub(super) style: &'static str,
    /// The head of the arrow, as Graphviz calls it.
    pub(super) head: &'static str,
    /// Its likeness in text.
    pub(super) sample: &'static str,
}

const fn manner(
    name: &'static str,
    style: &'static str,
    head: &'static str,
    sample: &'static str,
) -> Manner {
    Manner {
        name,
        style,
        head,
        sample,
    }
}

/// Dashed for a guess, dotted for less, a bar for a denial.
static MANNERS: [Manner; 8] = [
    manner("", "solid", "normal", "━━▶"),
    manner("denied", "dotted", "tee", "┅┅┫"),
    manner("unknown", "dotted", "normal", "┅┅▶"),
    manner("hedged", "dashed", "normal", "╍╍▶"),
    manner("hearsay", "dotted", "normal", "┅┅▶"),
    manner("planned", "dotted", "normal", "┅┅▶"),
    manner("predicted", "dotted", "normal", "┅┅▶"),
    manner("opinion", "dotted", "normal", "┅┅▶"),
];

/// What is only implied: a way through entities that the query left out.
pub(super) static IMPLIED: Manner = manner("through others", "dashed", "normal", "╍╍▶");

/// The row of what is simply said.
pub(super) fn plain() -> &'static Manner {
    &MANNERS[0]
}

fn manner_of(qualifiers: &Qualifiers) -> &'static Manner {
    let name = match (qualifiers.polarity, qualifiers.certainty) {
        (Polarity::Negative, _) => "denied",
        (Polarity::Unknown, _) => "unknown",
        (_, Certainty::Asserted | Certainty::Implied) => "",
        (_, certainty) => certainty.word(),
    };
    let known = MANNERS.iter().find(|manner| manner.name == name);
    known.expect("every certainty has a row")
}

impl<'a> Picture<'a> {
    /// The picture of an answer.
    pub(super) fn of(page: &'a Page<'a>) -> Picture<'a> {
        let snapshot = page.snapshot;
        let subgraph = page.answer.subgraph(snapshot);
        let entities: Vec<EntityId> = subgraph.entities().collect();
        let places: BTreeMap<EntityId, usize> = entities.iter().copied().zip(0..).collect();
        let statements = subgraph.statements();
        let mut arrows: Vec<Arrow<'a>> = statements
            .map(|(from, id, to)| arrow(page, id, places[&from], places[&to]))
            .collect();
        let sources = sources(page, &entities, &arrows);
        arrows.extend(page.look.bridges.iter().filter_map(|(from, to)| {
            let (from, to) = (places.get(from)?, places.get(to)?);
            Some(implied(page, *from, *to))
        }));
        let picture = Picture {
            page,
            words: Words::of(page.look.lang),
            title: title(page),
            boxes: entities.iter().map(|id| node(page, *id)).collect(),
            arrows,
            sources,
        };
        match page.look.fold {
            Fold::None => picture,
            Fold::Kind => fold::by_kind(&picture),
        }
    }

    /// Whether a box stands for all entities of a kind.
    pub(super) fn is_folded(&self) -> bool {
        self.page.look.fold != Fold::None
    }

    /// What boxes share a frame: nothing where a box is a kind already.
    pub(super) fn frame(&self) -> Frame {
        match self.page.look.frame {
            Frame::Kind if self.is_folded() => Frame::None,
            frame => frame,
        }
    }

    /// What stands below the name of a box: its kind, unless a frame says it, and the year in which
    /// it was born where that places it.
    pub(super) fn below(&self, place: usize) -> Option<String> {
        let node = &self.boxes[place];
        let kind = Some(node.kind.clone());
        let kind = kind.filter(|kind| self.frame() != Frame::Kind && !kind.is_empty());
        let year = node.year.map(|year| year.to_string());
        let parts: Vec<String> = kind.into_iter().chain(year).collect();
        (!parts.is_empty()).then(|| parts.join(" · "))
    }

    /// The year of each box, if boxes of one year are to share a layer.
    pub(super) fn years(&self) -> Option<Vec<Option<i32>>> {
        let is_asked = self.page.look.rank == Rank::Year;
        is_asked.then(|| self.boxes.iter().map(|node| node.year).collect())
    }

    /// Whether a box is to stand out; none if no box is.
    pub(super) fn is_marked(&self, place: usize) -> Option<bool> {
        let marked = self.page.look.highlight;
        let mut members = self.boxes[place].members.iter();
        let is_marked = || members.any(|member| marked.binary_search(member).is_ok());
        (!marked.is_empty()).then(is_marked)
    }

    /// The hues that occur, in the order of the legend.
    pub(super) fn hues(&self) -> BTreeSet<Hue<'a>> {
        let stated = self.arrows.iter().filter(|arrow| !arrow.is_implied());
        stated.map(|arrow| arrow.hue).collect()
    }

    /// The manners that occur beside plain ones, by name.
    pub(super) fn manners(&self) -> BTreeSet<&'static Manner> {
        let manners = self.arrows.iter().map(|arrow| arrow.manner);
        manners.filter(|manner| !manner.name.is_empty()).collect()
    }

    /// The boxes of each kind, by their places, in the order of the schema.
    pub(super) fn by_kind(&self) -> impl Iterator<Item = (&str, Vec<usize>)> {
        let mut kinds: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (place, node) in self.boxes.iter().enumerate() {
            let kind = self.page.snapshot.kind(node.entity());
            kinds.entry(kind).or_default().push(place);
        }
        let named = kinds.into_values();
        named.map(|members| {
            let first = &self.boxes[members[0]];
            let kind = match self.is_folded() {
                true => &first.name,
                false => &first.kind,
            };
            (kind.as_str(), members)
        })
    }

    /// The boxes that share a frame, by their places, and the name of each frame; none if the
    /// picture has no frames. A box in arrows of several groups is in the frame of the first.
    pub(super) fn frames(&self) -> Vec<(String, Vec<usize>)> {
        match self.frame() {
            Frame::None => Vec::new(),
            Frame::Kind => {
                let kinds = self.by_kind();
                kinds
                    .map(|(name, members)| (name.to_owned(), members))
                    .collect()
            }
            Frame::Group => {
                let mut groups: BTreeMap<Hue<'_>, Vec<usize>> = BTreeMap::new();
                let mut firsts: BTreeMap<usize, Hue<'_>> = BTreeMap::new();
                for arrow in self.arrows.iter().filter(|arrow| !arrow.is_implied()) {
                    for end in [arrow.from, arrow.to] {
                        let first = firsts.entry(end).or_insert(arrow.hue);
                        *first = arrow.hue.min(*first);
                    }
                }
                for (place, hue) in firsts {
                    groups.entry(hue).or_default().push(place);
                }
                let named = groups.into_iter();
                named
                    .map(|(hue, members)| (self.group(hue), members))
                    .collect()
            }
        }
    }

    /// The word for a group.
    pub(super) fn group(&self, hue: Hue<'_>) -> String {
        clipped(self.words.named(hue.name), NAME_MAX)
    }

    /// The line of sources, broken where it is longer than `width` characters.
    pub(super) fn source_lines(&self, width: usize) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for source in &self.sources {
            let id = escape::clipped(&self.page.snapshot.source(*source).id, NAME_MAX);
            match lines.last_mut() {
                None => lines.push(format!("{}: {id}", self.words.sources)),
                Some(line) if line.chars().count() < width => *line += &format!(", {id}"),
                Some(line) => {
                    line.push(',');
                    lines.push(id.into_owned());
                }
            }
        }
        lines
    }
}

fn title(page: &Page<'_>) -> String {
    let text = page.look.title.unwrap_or(page.query);
    let words: Vec<&str> = text.split_whitespace().collect();
    clipped(&words.join(" "), LINE_MAX)
}

fn node(page: &Page<'_>, entity: EntityId) -> Node {
    let snapshot = page.snapshot;
    let kind = snapshot.kind_name(entity);
    let known = &snapshot.schema.kinds[snapshot.kind(entity).index()].label;
    let label = page
        .look
        .lang
        .and_then(|lang| phrase::in_language(known, lang));
    let name = page.name(entity);
    let identity = format!("{} · {}", snapshot.slug(entity), label.unwrap_or(kind));
    let citations = snapshot.entity_citations(entity);
    Node {
        id: snapshot.slug(entity).to_owned(),
        members: vec![entity],
        name: clipped(name, NAME_MAX),
        kind: clipped(label.unwrap_or(kind), NAME_MAX),
        year: birth::of(page, entity),
        tooltip: tooltip(page, name, &identity, citations),
        address: address(page, citations),
    }
}

fn arrow<'a>(page: &Page<'a>, statement: StatementId, from: usize, to: usize) -> Arrow<'a> {
    let snapshot = page.snapshot;
    let qualifiers = snapshot.qualifiers(statement);
    let citations = snapshot.citations(statement);
    let sentence = phrase::sentence(page, statement).text();
    Arrow {
        statements: vec![statement],
        from,
        to,
        hue: palette::hue(&snapshot.schema, snapshot.relation(statement)),
        manner: manner_of(qualifiers),
        label: said(page, statement, Direction::Forward),
        tooltip: tooltip(page, &sentence, &period(qualifiers), citations),
        address: address(page, citations),
        since: qualifiers.since.clone(),
        until: qualifiers.until.clone(),
    }
}

fn implied<'a>(page: &Page<'_>, from: usize, to: usize) -> Arrow<'a> {
    Arrow {
        statements: Vec::new(),
        from,
        to,
        hue: palette::neutral(),
        manner: &IMPLIED,
        label: Vec::new(),
        tooltip: vec![Words::of(page.look.lang).through.to_owned()],
        address: None,
        since: None,
        until: None,
    }
}

fn sources(page: &Page<'_>, entities: &[EntityId], arrows: &[Arrow<'_>]) -> Vec<SourceId> {
    let snapshot = page.snapshot;
    let statements = arrows.iter().flat_map(|arrow| &arrow.statements);
    let stated = statements.flat_map(|statement| snapshot.citations(*statement));
    let mut cited: BTreeSet<SourceId> = stated.map(|cited| cited.source).collect();
    if arrows.is_empty() {
        let named = entities
            .iter()
            .flat_map(|id| snapshot.entity_citations(*id));
        cited.extend(named.map(|cited| cited.source));
    }
    cited.into_iter().collect()
}

/// What a statement says beside its ends, read in a direction, in lines: relation, role, condition
/// and period. A relation without a word for the way back is marked with `←`.
pub(super) fn said(page: &Page<'_>, statement: StatementId, direction: Direction) -> Vec<String> {
    let snapshot = page.snapshot;
    let qualifiers = snapshot.qualifiers(statement);
    let relation = &snapshot.schema.relations[snapshot.relation(statement).index()];
    let word = phrase::said(page, statement, direction);
    let is_forward = direction == Direction::Forward;
    let reads_back = is_forward || relation.inverse.is_some() || relation.is_symmetric;
    let way = if reads_back { "" } else { "← " };
    let (denial, doubt) = (phrase::denial(qualifiers), phrase::doubt(qualifiers));
    let reservation = |text: &String| clipped(text, RESERVATION_MAX);
    let role = qualifiers.role.as_ref();
    let condition = qualifiers.condition.as_ref();
    let mut label = vec![format!("{way}{denial}{}{doubt}", clipped(word, NAME_MAX))];
    let words = Words::of(page.look.lang);
    label.extend(role.map(|role| (words.role)(&reservation(role))));
    label.extend(condition.map(|condition| format!("[{}]", reservation(condition))));
    label.extend(Some(period(qualifiers)).filter(|period| !period.is_empty()));
    label
}

/// What is shown of an element when it is pointed at.
fn tooltip(page: &Page<'_>, name: &str, more: &str, citations: &[Citation]) -> Vec<String> {
    let cited = citations
        .iter()
        .map(|cited| phrase::citation(page.snapshot, cited));
    let sources = cited.collect::<Vec<_>>().join(", ");
    [name, more, &sources]
        .iter()
        .filter(|line| !line.is_empty())
        .map(|line| clipped(line, LINE_MAX))
        .collect()
}

/// Where the first source is to be found, if that is a place to send people.
fn address(page: &Page<'_>, citations: &[Citation]) -> Option<String> {
    let first = citations.first()?;
    safe_address(page, first).map(str::to_owned)
}

/// Where a source is to be found, if that is a place to send people, and no book of its own.
pub(super) fn safe_address<'a>(page: &Page<'a>, citation: &Citation) -> Option<&'a str> {
    let address = page.snapshot.source(citation.source).address.as_deref()?;
    let is_safe = ["https://", "http://", "mailto:"]
        .iter()
        .any(|scheme| address.starts_with(scheme));
    (is_safe && address.len() <= ADDRESS_MAX).then_some(address)
}

/// The last line at an arrow: since when, and until when if that is known.
fn period(qualifiers: &Qualifiers) -> String {
    let period = phrase::period(qualifiers).text();
    match qualifiers.until {
        None => period.trim_end_matches('–').to_owned(),
        Some(_) => period,
    }
}

/// A text as a picture may hold it.
pub(super) fn clipped(text: &str, characters_max: usize) -> String {
    escape::clipped(text, characters_max).into_owned()
}
