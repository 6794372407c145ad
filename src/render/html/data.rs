//! What the page knows besides its picture: names, facts, sources and days, as JSON.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::diagnostic::escape;
use crate::model::Citation;
use crate::model::Date;
use crate::model::EntityId;
use crate::model::StatementId;
use crate::model::Value;
use crate::render::Page;
use crate::render::json;
use crate::render::phrase;
use crate::render::picture::Arrow;
use crate::render::picture::LINE_MAX;
use crate::render::picture::NAME_MAX;
use crate::render::picture::Node;
use crate::render::picture::PageWords;
use crate::render::picture::Picture;
use crate::render::picture::safe_address;

/// So many facts of an entity are shown; how many more there are is said.
const FACTS_MAX: usize = 200;
/// So many other names of an entity can be searched for.
const ALIASES_MAX: usize = 40;

/// A picture's data, for the element that holds it: nothing in it ends that element.
pub(super) fn json(picture: &Picture<'_>) -> String {
    let page = picture.page;
    let own = own(picture);
    let entities = picture.boxes.iter().map(|node| match picture.is_folded() {
        true => Entity::of_kind(page, node, &own),
        false => Entity::of(page, node, &own),
    });
    let arrows = picture.arrows.iter().map(|arrow| Line::of(picture, arrow));
    let data = Data {
        words: &picture.words.page,
        entities: entities.collect(),
        arrows: arrows.collect(),
    };
    let mut text = String::new();
    for character in json::written(&data).chars() {
        match character {
            '<' => text.push_str("\\u003c"),
            '>' => text.push_str("\\u003e"),
            '&' => text.push_str("\\u0026"),
            _ => text.push(character),
        }
    }
    text
}

/// What the answer has whatever statements hold: what its members were reached from, and members
/// that no statement led to.
fn own(picture: &Picture<'_>) -> BTreeSet<EntityId> {
    let answer = &picture.page.answer;
    let all = picture
        .boxes
        .iter()
        .flat_map(|node| node.members.iter().copied());
    let mut own: BTreeSet<EntityId> = all.collect();
    if answer.is_set() {
        for row in &answer.table.rows {
            if let [Value::Entity(member), via, ..] = row.as_slice()
                && !matches!(via, Value::Null)
            {
                own.remove(member);
            }
        }
    }
    own
}

#[derive(Serialize)]
struct Data<'a> {
    words: &'a PageWords,
    entities: Vec<Entity>,
    arrows: Vec<Line>,
}

/// A box.
#[derive(Serialize)]
struct Entity {
    id: String,
    name: String,
    kind: String,
    aliases: Vec<String>,
    /// Whether it is there whatever statements hold: the answer has it without any.
    own: bool,
    facts: Vec<Fact>,
    /// How many facts are left out.
    more: usize,
    sources: Vec<Cited>,
}

/// An arrow: it certainly does not hold before the first day that `since` may mean, nor from the
/// last day on that `until` may mean. Days are counted from 0000-01-01.
#[derive(Serialize)]
struct Line {
    from: usize,
    to: usize,
    since: Option<i32>,
    until: Option<i32>,
    fact: Fact,
}

/// What is said: it certainly does not hold before `since`, nor from `until` on.
#[derive(Serialize)]
struct Fact {
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<i32>,
    text: String,
    period: String,
    note: Option<String>,
    sources: Vec<Cited>,
}

/// A place in a source; an address only where it is safe to send people there.
#[derive(Serialize)]
struct Cited {
    name: String,
    title: String,
    address: Option<String>,
}

fn clipped(text: &str, characters_max: usize) -> String {
    escape::clipped(text, characters_max).into_owned()
}

impl Entity {
    fn of(page: &Page<'_>, node: &Node, own: &BTreeSet<EntityId>) -> Entity {
        let snapshot = page.snapshot;
        let names = snapshot
            .names(node.entity())
            .map(|name| clipped(name.text, NAME_MAX));
        let mut aliases: Vec<String> = Vec::new();
        for name in names.filter(|name| *name != node.name).take(ALIASES_MAX) {
            if !aliases.contains(&name) {
                aliases.push(name);
            }
        }
        let statements = statements(page, node.entity());
        let facts = statements.iter().take(FACTS_MAX);
        Entity {
            id: clipped(&node.id, LINE_MAX),
            name: node.name.clone(),
            kind: node.kind.clone(),
            aliases,
            own: own.contains(&node.entity()),
            facts: facts.map(|statement| Fact::of(page, *statement)).collect(),
            more: statements.len().saturating_sub(FACTS_MAX),
            sources: cited(page, snapshot.entity_citations(node.entity())),
        }
    }

    /// A box that stands for the entities of a kind: each is a fact, and can be searched for.
    fn of_kind(page: &Page<'_>, node: &Node, own: &BTreeSet<EntityId>) -> Entity {
        let snapshot = page.snapshot;
        let names = node.members.iter().map(|member| page.name(*member));
        let facts = node.members.iter().take(FACTS_MAX).map(|member| Fact {
            since: None,
            until: None,
            text: clipped(page.name(*member), NAME_MAX),
            period: String::new(),
            note: None,
            sources: cited(page, snapshot.entity_citations(*member)),
        });
        Entity {
            id: clipped(&node.id, LINE_MAX),
            name: node.name.clone(),
            kind: node.kind.clone(),
            aliases: names.map(|name| clipped(name, NAME_MAX)).collect(),
            own: node.members.iter().any(|member| own.contains(member)),
            facts: facts.collect(),
            more: node.members.len().saturating_sub(FACTS_MAX),
            sources: Vec::new(),
        }
    }
}

/// The statements about an entity that the answer's context admits, its own first.
fn statements(page: &Page<'_>, entity: EntityId) -> Vec<StatementId> {
    let snapshot = page.snapshot;
    let own = snapshot.outgoing(entity);
    let others = snapshot.incoming(entity);
    let others = others.filter(|statement| snapshot.subject(*statement) != entity);
    let admitted = own.chain(others);
    let filter = &page.answer.filter;
    admitted
        .filter(|statement| filter.admits(snapshot, *statement))
        .collect()
}

impl Fact {
    fn of(page: &Page<'_>, statement: StatementId) -> Fact {
        let snapshot = page.snapshot;
        let qualifiers = snapshot.qualifiers(statement);
        let note = qualifiers.note.as_deref();
        let (since, until) = (qualifiers.since.as_ref(), qualifiers.until.as_ref());
        Fact {
            since: since.and_then(Date::first).map(|day| day.0),
            until: until.and_then(Date::last).map(|day| day.0),
            text: clipped(&phrase::sentence(page, statement).text(), LINE_MAX),
            period: phrase::period(qualifiers).text(),
            note: note.map(|note| clipped(note, LINE_MAX)),
            sources: cited(page, snapshot.citations(statement)),
        }
    }
}

impl Line {
    fn of(picture: &Picture<'_>, arrow: &Arrow<'_>) -> Line {
        let page = picture.page;
        let through = || Fact {
            since: None,
            until: None,
            text: arrow.tooltip.join(" · "),
            period: String::new(),
            note: None,
            sources: Vec::new(),
        };
        let statement = arrow.statements.first();
        let statement = statement.filter(|_| !picture.is_folded());
        let stated = statement.map(|statement| Fact::of(page, *statement));
        Line {
            from: arrow.from,
            to: arrow.to,
            since: arrow
                .since
                .as_ref()
                .and_then(|date| date.first())
                .map(|day| day.0),
            until: arrow
                .until
                .as_ref()
                .and_then(|date| date.last())
                .map(|day| day.0),
            fact: stated.unwrap_or_else(through),
        }
    }
}

fn cited(page: &Page<'_>, citations: &[Citation]) -> Vec<Cited> {
    let snapshot = page.snapshot;
    let cited = citations.iter().map(|citation| {
        let source = snapshot.source(citation.source);
        Cited {
            name: clipped(&phrase::citation(snapshot, citation), LINE_MAX),
            title: clipped(&source.title, LINE_MAX),
            address: safe_address(page, citation).map(str::to_owned),
        }
    });
    cited.collect()
}
