//! Which colour a group of relations has in a picture.

use crate::model::GroupId;
use crate::model::LINEAGE;
use crate::model::RelationId;
use crate::model::Schema;

/// A colour for lines and one for areas behind text, on light pages and on dark ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ink {
    /// Of lines on light pages.
    pub(super) light: &'static str,
    /// Of lines on dark pages.
    pub(super) dark: &'static str,
    /// Of areas on light pages.
    pub(super) light_area: &'static str,
    /// Of areas on dark pages.
    pub(super) dark_area: &'static str,
}

const fn ink(
    light: &'static str,
    dark: &'static str,
    light_area: &'static str,
    dark_area: &'static str,
) -> Ink {
    Ink {
        light,
        dark,
        light_area,
        dark_area,
    }
}

/// Colours that people with any kind of colour vision tell apart, on white: Okabe and Ito's
/// <https://jfly.uni-koeln.de/color/>, without black and the two that are too pale for lines. On
/// black, lighter ones of the same hue. The last is for what belongs to no group.
pub(super) static INKS: [Ink; 8] = [
    ink("#0072b2", "#56b4e9", "#dcecf7", "#10324a"),
    ink("#d55e00", "#ff9248", "#fbe5d6", "#4a2610"),
    ink("#009e73", "#3ecf9a", "#d7f0e7", "#0e3b2d"),
    ink("#cc79a7", "#e8a3c9", "#f7e4ee", "#43283a"),
    ink("#a66f00", "#e0b040", "#f3e8d0", "#3f3010"),
    ink("#5a4fcf", "#a79bff", "#e5e3fb", "#2b2757"),
    ink("#b3003c", "#ff7a93", "#f8dbe3", "#4d1525"),
    ink("#6b6b6b", "#a0a0a0", "#f6f8fa", "#1c2128"),
];

/// The place in [`INKS`] of what belongs to no group.
pub(super) const NEUTRAL: usize = INKS.len() - 1;

/// A group as a picture shows it: its place in the legend, name and colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hue<'a> {
    rank: usize,
    /// The name of the group.
    pub(super) name: &'a str,
    /// Its place in [`INKS`].
    pub(super) ink: usize,
    /// How often the inks had begun anew before it.
    pub(super) round: usize,
    /// `#rrggbb`, on light pages.
    pub(super) color: &'static str,
}

/// The hue of a relation: that of its first group, the lineage before all others.
///
/// It depends on the schema alone, so that a group has one colour in every picture.
pub(super) fn hue(schema: &Schema, relation: RelationId) -> Hue<'_> {
    let groups = &schema.relations[relation.index()].groups;
    let group = groups.iter().min_by_key(|group| rank(schema, **group));
    match group {
        None => neutral(),
        Some(group) => {
            let rank = rank(schema, *group);
            Hue {
                rank,
                name: &schema.groups[group.index()].name,
                ink: rank % NEUTRAL,
                round: rank / NEUTRAL,
                color: INKS[rank % NEUTRAL].light,
            }
        }
    }
}

/// The hue of what belongs to no group.
pub(super) fn neutral<'a>() -> Hue<'a> {
    Hue {
        rank: usize::MAX,
        name: "other",
        ink: NEUTRAL,
        round: 0,
        color: INKS[NEUTRAL].light,
    }
}

/// The hue of what belongs to several groups.
pub(super) fn several<'a>() -> Hue<'a> {
    Hue {
        rank: usize::MAX - 1,
        name: "several",
        ..neutral()
    }
}

/// The place of a group when the lineage goes first and the rest keeps its order.
fn rank(schema: &Schema, group: GroupId) -> usize {
    let place = group.index();
    match schema.group(LINEAGE) {
        Some(lineage) if lineage == group => 0,
        Some(lineage) if place < lineage.index() => place + 1,
        _ => place,
    }
}
