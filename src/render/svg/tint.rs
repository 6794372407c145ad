//! What the colour of a box says, and the legend that says it in words.

use std::collections::BTreeMap;

use crate::model::EntityId;
use crate::model::ObjectRef;
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
    /// The colour of each box and the word for it; none if colours say nothing.
    boxes: Vec<Option<(usize, String)>>,
    /// Whether the word has to stand in the box, as nothing else in the box says it.
    is_said: bool,
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
        let is_said = matches!(picture.page.look.colour, Colour::Group | Colour::Status);
        Tints { boxes, is_said }
    }

    /// The class of a box.
    pub(in crate::render) fn class(&self, place: usize) -> String {
        match &self.boxes[place] {
            None => "plain".to_owned(),
            Some((ink, _)) => format!("t{ink}"),
        }
    }

    /// The colour of a box; none if colours say nothing.
    pub(in crate::render) fn ink(&self, place: usize) -> Option<usize> {
        self.boxes[place].as_ref().map(|(ink, _)| *ink)
    }

    /// What the colour of a box says, if the box does not say it otherwise.
    pub(in crate::render) fn word(&self, place: usize) -> Option<&str> {
        let tint = self.boxes[place].as_ref().filter(|_| self.is_said);
        tint.map(|(_, word)| word.as_str())
    }

    /// An entry for each colour and word that occur, by colour and word.
    pub(in crate::render) fn legend(&self) -> Vec<Sample> {
        let mut known: BTreeMap<(usize, &str), ()> = BTreeMap::new();
        for (ink, word) in self.boxes.iter().flatten() {
            known.insert((*ink, word), ());
        }
        let known = known.into_keys();
        known
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
fn kinds(picture: &Picture<'_>) -> Vec<Option<(usize, String)>> {
    let mut tints = vec![None; picture.boxes.len()];
    for (number, (name, members)) in picture.by_kind().enumerate() {
        for place in members {
            tints[place] = Some((number % NEUTRAL, name.to_owned()));
        }
    }
    tints
}

/// The first group, in the order of the legend, of what leads to each box.
fn groups(picture: &Picture<'_>) -> Vec<Option<(usize, String)>> {
    let mut tints = vec![None; picture.boxes.len()];
    let mut arrows: Vec<_> = picture.arrows.iter().collect();
    arrows.sort_by_key(|arrow| arrow.hue);
    for arrow in arrows.into_iter().rev() {
        tints[arrow.to] = Some((arrow.hue.ink, clipped(arrow.hue.name, NAME_MAX)));
    }
    tints
}

/// How an entity stands: by the first of its properties that says it ended in some way.
fn state(page: &Page<'_>, entity: EntityId) -> (usize, String) {
    let snapshot = page.snapshot;
    let relations = &snapshot.schema.relations;
    let day = page.answer.filter.as_of;
    let has_come = |value: &Value| match value {
        Value::Date(date) => day.is_none_or(|day| date.first().is_none_or(|first| first <= day)),
        _ => true,
    };
    let stated: Vec<&str> = snapshot
        .outgoing(entity)
        .filter(|id| page.answer.filter.walks(snapshot, *id))
        .filter(|id| matches!(snapshot.object(*id), ObjectRef::Value(value) if has_come(value)))
        .map(|id| relations[snapshot.relation(id).index()].name.as_str())
        .collect();
    let found = STATES.iter().find(|(name, _)| stated.contains(name));
    let Some((name, ink)) = found else {
        return (ALIVE.1, ALIVE.0.to_owned());
    };
    let labels = relations.iter().find(|relation| relation.name == *name);
    let known = labels.map(|relation| relation.label.0.as_slice());
    let lang = page.look.lang.unwrap_or("en");
    let label = known.unwrap_or_default().iter();
    let mut label = label.filter(|(known, _)| known == lang);
    let word = label.next().map_or(*name, |(_, word)| word.as_str());
    (*ink, clipped(word, NAME_MAX))
}
