//! What the colour of a box says, in every format that has colours.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::algo;
use crate::diagnostic::Budget;
use crate::diagnostic::Interrupt;
use crate::diagnostic::Limits;
use crate::model::EntityId;
use crate::model::stable;
use crate::render::palette::NEUTRAL;

use super::Colour;
use super::Node;
use super::Picture;

/// How things stand, each with its colour; what is unknown has none of its own.
const STATES: [(&str, usize); 4] = [
    ("active", 2),
    ("maintenance", 1),
    ("archived", 4),
    ("ended", 6),
];

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
    /// How often the inks had begun anew: a second sign tells boxes of one ink apart.
    round: usize,
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
                nodes.map(|node| Some(states(picture, node))).collect()
            }
        };
        Tints { boxes }
    }

    /// The colour of a box, by its place among the inks; none if colours say nothing.
    pub(in crate::render) fn ink(&self, place: usize) -> Option<usize> {
        self.boxes[place].as_ref().map(|tint| tint.ink)
    }

    /// What the colour of a box says, if the box does not say it otherwise.
    pub(in crate::render) fn word(&self, place: usize) -> Option<&str> {
        self.boxes[place].as_ref()?.said.as_deref()
    }

    /// What the colour of a box means, in words; none if colours say nothing.
    pub(in crate::render) fn meaning(&self, place: usize) -> Option<&str> {
        let tint = self.boxes[place].as_ref()?;
        Some(tint.said.as_deref().unwrap_or(&tint.word))
    }

    /// How often the colours had begun anew before that of a box.
    pub(in crate::render) fn round(&self, place: usize) -> usize {
        self.boxes[place].as_ref().map_or(0, |tint| tint.round)
    }

    /// Each colour and word that occur, by round, colour and word.
    pub(in crate::render) fn entries(&self) -> BTreeSet<(usize, usize, &str)> {
        let tints = self.boxes.iter().flatten();
        tints
            .map(|tint| (tint.round, tint.ink, tint.word.as_str()))
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
                round: number / NEUTRAL,
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
    stable::sort_by_key(&mut arrows, |arrow| arrow.hue);
    for arrow in arrows.into_iter().rev() {
        let word = picture.group(arrow.hue);
        tints[arrow.to] = Some(Tint {
            ink: arrow.hue.ink,
            round: arrow.hue.round,
            said: Some(word.clone()),
            word,
        });
    }
    tints
}

/// How a box stands: its entity; or, of several, how many stand in which way.
fn states(picture: &Picture<'_>, node: &Node) -> Tint {
    let mut tints = node.members.iter().map(|member| state(picture, *member));
    let first = tints.next().expect("a box has a member");
    if !picture.is_folded() {
        return first;
    }
    let mut counts: BTreeMap<(usize, String), usize> = BTreeMap::new();
    for tint in std::iter::once(first).chain(tints) {
        *counts.entry((tint.ink, tint.word)).or_default() += 1;
    }
    let said = counts
        .iter()
        .map(|((_, word), count)| format!("{count} {word}"));
    let said = Some(said.collect::<Vec<_>>().join(", "));
    let is_one = counts.len() == 1;
    let only = counts.into_keys().next().filter(|_| is_one);
    let (ink, word) = only.unwrap_or((NEUTRAL, picture.words.named("mixed").to_owned()));
    Tint {
        ink,
        round: 0,
        word,
        said,
    }
}

/// How an entity stands, by the rule of the graph's schema, and since when.
fn state(picture: &Picture<'_>, entity: EntityId) -> Tint {
    let page = picture.page;
    let snapshot = page.snapshot;
    // What stands at one entity is no walk, and is not reckoned with.
    let mut budget = Budget::new(Limits::default(), Interrupt::default());
    let standing = algo::standing(snapshot, &page.answer.filter, entity, &mut budget);
    let standing = standing.unwrap_or_default();
    let word = standing.status.word();
    let known = STATES.iter().find(|(state, _)| *state == word);
    let word = picture.words.named(word);
    let since = standing.sign.and_then(|sign| snapshot.sign_date(sign));
    Tint {
        ink: known.map_or(NEUTRAL, |(_, ink)| *ink),
        round: 0,
        word: word.to_owned(),
        said: Some(match since {
            Some(date) => format!("{word} {}", date.text()),
            None => word.to_owned(),
        }),
    }
}
