//! What the colour of a box says, and the legend that says it in words.

use std::collections::BTreeSet;

use crate::model::Date;
use crate::model::EntityId;
use crate::model::ObjectRef;
use crate::model::RelationId;
use crate::model::Value;
use crate::render::Page;
use crate::render::palette::NEUTRAL;
use crate::render::picture::Colour;
use crate::render::picture::NAME_MAX;
use crate::render::picture::Picture;
use crate::render::picture::clipped;

use super::element::Element;
use super::sheet::Sample;

/// Properties that say how a thing stands, the strongest first, each with its colour.
const STATES: [(&str, usize); 3] = [("ended_on", 6), ("archived_on", 4), ("support_ended_on", 1)];
/// The colour of what has no known end, and the word for it.
const ALIVE: (&str, usize) = ("no end known", 2);
/// How wide the sign of an entry in the legend is, in pixels.
const SAMPLE: f64 = 20.0;

/// The colours of all boxes.
#[derive(Debug)]
pub(in crate::render) struct Tints {
    /// The colour of each box; none if colours say nothing.
    boxes: Vec<Option<Tint>>,
}

/// The colour of a box.
#[derive(Clone, Debug)]
struct Tint {
    /// Its place in the table of inks.
    ink: usize,
    /// What it means.
    word: String,
    /// What stands in the box, where nothing else says it.
    said: Option<String>,
}

impl Tints {
    /// The colours that the picture's look asks for.
    pub(in crate::render) fn of(picture: &Picture<'_>) -> Tints {
        let boxes = match picture.page.look.colour {
            Colour::Plain => vec![None; picture.boxes.len()],
            Colour::Kind => kinds(picture),
            Colour::Group => groups(picture),
            Colour::Status => {
                let nodes = picture.boxes.iter();
                nodes
                    .map(|node| Some(state(picture.page, node.entity)))
                    .collect()
            }
        };
        Tints { boxes }
    }

    /// The class of a box.
    pub(in crate::render) fn class(&self, place: usize) -> String {
        match &self.boxes[place] {
            None => "plain".to_owned(),
            Some(tint) => format!("t{}", tint.ink),
        }
    }

    /// The colour of a box; none if colours say nothing.
    pub(in crate::render) fn ink(&self, place: usize) -> Option<usize> {
        self.boxes[place].as_ref().map(|tint| tint.ink)
    }

    /// What the colour of a box says, if the box does not say it otherwise.
    pub(in crate::render) fn word(&self, place: usize) -> Option<&str> {
        self.boxes[place].as_ref()?.said.as_deref()
    }

    /// An entry for each colour and word that occur, by colour and word.
    pub(in crate::render) fn legend(&self) -> Vec<Sample> {
        let tints = self.boxes.iter().flatten();
        let known: BTreeSet<(usize, &str)> =
            tints.map(|tint| (tint.ink, tint.word.as_str())).collect();
        known
            .into_iter()
            .map(|(ink, word)| Sample {
                sign: Element::new("rect")
                    .with("class", &format!("box t{ink}"))
                    .at("y", -5.0)
                    .at("width", SAMPLE)
                    .at("height", 10.0)
                    .at("rx", 3.0),
                width: SAMPLE,
                text: word.to_owned(),
            })
            .collect()
    }
}

/// Kinds by their order in the schema; beyond the colours there are they begin anew.
fn kinds(picture: &Picture<'_>) -> Vec<Option<Tint>> {
    let mut tints = vec![None; picture.boxes.len()];
    for (number, (name, members)) in picture.by_kind().enumerate() {
        for place in members {
            tints[place] = Some(Tint {
                ink: number % NEUTRAL,
                word: name.to_owned(),
                said: None,
            });
        }
    }
    tints
}

/// The first group, in the order of the legend, of what leads to each box.
fn groups(picture: &Picture<'_>) -> Vec<Option<Tint>> {
    let mut tints = vec![None; picture.boxes.len()];
    let mut arrows: Vec<_> = picture.arrows.iter().collect();
    arrows.sort_by_key(|arrow| arrow.hue);
    for arrow in arrows.into_iter().rev() {
        let word = clipped(arrow.hue.name, NAME_MAX);
        tints[arrow.to] = Some(Tint {
            ink: arrow.hue.ink,
            said: Some(word.clone()),
            word,
        });
    }
    tints
}

/// How an entity stands: by the first of its properties that says it ended in some way.
fn state(page: &Page<'_>, entity: EntityId) -> Tint {
    let snapshot = page.snapshot;
    let day = page.answer.filter.as_of;
    let has_come =
        |date: &&Date| day.is_none_or(|day| date.first().is_none_or(|first| first <= day));
    let statements = snapshot.outgoing(entity);
    let walked = statements.filter(|id| page.answer.filter.walks(snapshot, *id));
    let dated: Vec<(RelationId, &Date)> = walked
        .filter_map(|id| match snapshot.object(id) {
            ObjectRef::Value(Value::Date(date)) => Some((snapshot.relation(id), date)),
            _ => None,
        })
        .filter(|(_, date)| has_come(date))
        .collect();
    for (name, ink) in STATES {
        let property = snapshot.schema.property(name);
        let Some((id, date)) = dated.iter().find(|(id, _)| Some(*id) == property) else {
            continue;
        };
        let word = word(page, *id);
        return Tint {
            ink,
            said: Some(format!("{word} {}", date.text())),
            word,
        };
    }
    Tint {
        ink: ALIVE.1,
        word: ALIVE.0.to_owned(),
        said: None,
    }
}

/// The name of a property in the language of the picture, or in English.
fn word(page: &Page<'_>, property: RelationId) -> String {
    let relation = &page.snapshot.schema.relations[property.index()];
    let lang = page.look.lang.unwrap_or("en");
    let mut label = relation.label.0.iter();
    let label = label.find(|(known, _)| known == lang);
    let word = label.map_or(relation.name.as_str(), |(_, word)| word);
    clipped(word, NAME_MAX)
}
