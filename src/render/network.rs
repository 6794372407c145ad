//! The boxes and arrows of a picture as data for other programs: whole texts under plain names.
//!
//! GraphML, GEXF and Cytoscape's JSON are written from this, so that they agree.

use std::collections::BTreeSet;

use crate::model::Date;
use crate::model::Day;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::Period;
use crate::model::SourceId;
use crate::model::StatementId;
use crate::render::Page;
use crate::render::phrase;
use crate::render::picture::Arrow;
use crate::render::picture::Picture;
use crate::render::svg::timeline::life;
use crate::render::xml;

/// What a node can say of itself beside its name, in order.
pub(super) const NODE_KEYS: [&str; 6] = ["kind", "aliases", "begin", "end", "entities", "sources"];

/// What an edge can say of itself, in order.
pub(super) const EDGE_KEYS: [&str; 11] = [
    "relation",
    "group",
    "since",
    "until",
    "certainty",
    "polarity",
    "role",
    "condition",
    "note",
    "statements",
    "sources",
];

/// A node, with what it says of itself: keys of [`NODE_KEYS`] in their order.
#[derive(Debug)]
pub(super) struct Node {
    /// Its slug, unless XML cannot hold that.
    pub(super) id: String,
    /// Its name as of the answer's date.
    pub(super) name: String,
    /// Keys and texts, none of them empty.
    pub(super) facts: Vec<(&'static str, String)>,
    /// The days of its life, as far as dated statements, names and properties tell them.
    pub(super) days: Days,
}

/// An edge, with what it says of itself: keys of [`EDGE_KEYS`] in their order.
#[derive(Debug)]
pub(super) struct Edge {
    /// Unlike that of any node or other edge.
    pub(super) id: String,
    /// The node it leaves, by its place.
    pub(super) from: usize,
    /// The node it points to.
    pub(super) to: usize,
    /// Keys and texts, none of them empty.
    pub(super) facts: Vec<(&'static str, String)>,
    /// The days in which it may hold.
    pub(super) days: Days,
}

/// The first and the last day of a period, as `2018-03-01`; none where it is open.
#[derive(Debug, Default)]
pub(super) struct Days {
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
}

impl Days {
    /// The days that a period may touch.
    fn of(period: &Period<'_>) -> Days {
        let first = period.since.and_then(|date| date.first());
        let last = period.until.and_then(|date| date.last());
        Days {
            first: first.map(|day| day.to_string()),
            last: last.map(|day| day.to_string()),
        }
    }
}

/// The nodes, in the order of the answer.
pub(super) fn nodes(picture: &Picture<'_>) -> Vec<Node> {
    let snapshot = picture.page.snapshot;
    let statements = picture.arrows.iter().flat_map(|arrow| &arrow.statements);
    let statements: BTreeSet<StatementId> = statements.copied().collect();
    let boxes = picture.boxes.iter().enumerate();
    boxes
        .map(|(place, shown)| {
            let entity = shown.entity();
            let (name, others, count) = match picture.is_folded() {
                true => (
                    shown.name.clone(),
                    Vec::new(),
                    shown.members.len().to_string(),
                ),
                false => {
                    let name = picture.page.name(entity).to_owned();
                    let others = snapshot.names(entity).map(|name| name.text);
                    let others = others.filter(|other| *other != name);
                    (name.clone(), others.collect(), String::new())
                }
            };
            let others: BTreeSet<&str> = others.into_iter().collect();
            let cited = shown.members.iter();
            let cited = cited.flat_map(|member| snapshot.entity_citations(*member));
            let sources = sources(picture.page, cited.map(|cited| cited.source));
            let life = life(picture.page, &shown.members, &statements);
            let day = |day: &Option<String>| day.clone().unwrap_or_default();
            let texts = [
                snapshot.kind_name(entity).to_owned(),
                others.into_iter().collect::<Vec<_>>().join(" | "),
                day(&life.first),
                day(&life.last),
                count,
                sources,
            ];
            Node {
                id: node_id(picture.page, place, &shown.id),
                name,
                facts: said(NODE_KEYS, texts),
                days: life,
            }
        })
        .collect()
}

/// When an entity lived, as timelines show it: the middle of the days that a vague date may mean.
fn life(page: &Page<'_>, members: &[EntityId], shown: &BTreeSet<StatementId>) -> Days {
    let life = life::of_all(page, members, |statement| shown.contains(&statement));
    let day = |day: Option<i32>| day.map(|day| Day(day).to_string());
    Days {
        first: day(life.begin),
        last: day(life.end),
    }
}

/// The edges, in the order of the graph; those that are only implied have no relation.
pub(super) fn edges(picture: &Picture<'_>) -> Vec<Edge> {
    let arrows = picture.arrows.iter().enumerate();
    arrows
        .map(|(place, arrow)| {
            let id = own_id(picture.page, &format!("e{place}"));
            let (from, to) = (arrow.from, arrow.to);
            match arrow.statements.first() {
                Some(_) if picture.is_folded() => bundle(picture, arrow, id),
                Some(statement) => edge(picture, arrow, *statement, id),
                None => Edge {
                    id,
                    from,
                    to,
                    facts: vec![("certainty", arrow.manner.name.to_owned())],
                    days: Days::default(),
                },
            }
        })
        .collect()
}

fn edge(picture: &Picture<'_>, arrow: &Arrow<'_>, statement: StatementId, id: String) -> Edge {
    let snapshot = picture.page.snapshot;
    let qualifiers = snapshot.qualifiers(statement);
    let cited = snapshot.citations(statement).iter();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let date = |date: &Option<Date>| {
        date.as_ref()
            .map_or_else(String::new, |date| date.text().to_owned())
    };
    let texts = [
        phrase::word(snapshot, statement, Direction::Forward).to_owned(),
        arrow.hue.name.to_owned(),
        date(&qualifiers.since),
        date(&qualifiers.until),
        qualifiers.certainty.word().to_owned(),
        qualifiers.polarity.word().to_owned(),
        text(&qualifiers.role),
        text(&qualifiers.condition),
        text(&qualifiers.note),
        String::new(),
        sources(picture.page, cited.map(|cited| cited.source)),
    ];
    Edge {
        id,
        from: arrow.from,
        to: arrow.to,
        facts: said(EDGE_KEYS, texts),
        days: Days::of(&qualifiers.period()),
    }
}

/// An edge that stands for several statements: the relation is named if all of them have it.
fn bundle(picture: &Picture<'_>, arrow: &Arrow<'_>, id: String) -> Edge {
    let snapshot = picture.page.snapshot;
    let words = arrow.statements.iter();
    let words = words.map(|statement| phrase::word(snapshot, *statement, Direction::Forward));
    let words: BTreeSet<&str> = words.collect();
    let relation = words.first().filter(|_| words.len() == 1);
    let cited = arrow.statements.iter();
    let cited = cited.flat_map(|statement| snapshot.citations(*statement));
    let facts = [
        (
            "relation",
            relation.map_or_else(String::new, |word| (*word).to_owned()),
        ),
        ("group", arrow.hue.name.to_owned()),
        ("certainty", arrow.manner.name.to_owned()),
        ("statements", arrow.statements.len().to_string()),
        (
            "sources",
            sources(picture.page, cited.map(|cited| cited.source)),
        ),
    ];
    let facts = facts.into_iter().filter(|(_, text)| !text.is_empty());
    Edge {
        id,
        from: arrow.from,
        to: arrow.to,
        facts: facts.collect(),
        days: Days::of(&Period {
            since: arrow.since.as_ref(),
            until: arrow.until.as_ref(),
        }),
    }
}

fn said<const N: usize>(
    keys: [&'static str; N],
    texts: [String; N],
) -> Vec<(&'static str, String)> {
    let facts = keys.into_iter().zip(texts);
    facts.filter(|(_, text)| !text.is_empty()).collect()
}

/// The ids of sources, each once, in the order of citing.
fn sources(page: &Page<'_>, cited: impl Iterator<Item = SourceId>) -> String {
    let mut ids: Vec<&str> = Vec::new();
    for source in cited {
        let id = page.snapshot.source(source).id.as_str();
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids.join(", ")
}

/// The slug of an entity, or its place where XML would lose some of it.
fn node_id(page: &Page<'_>, place: usize, slug: &str) -> String {
    match slug.chars().all(xml::is_legal) && !slug.is_empty() {
        true => slug.to_owned(),
        false => own_id(page, &format!("n{place}")),
    }
}

/// An id that no entity has: `text`, or a longer one.
fn own_id(page: &Page<'_>, text: &str) -> String {
    let mut id = text.to_owned();
    while page.snapshot.find_id(&id).is_some() {
        id.push('\'');
    }
    id
}
