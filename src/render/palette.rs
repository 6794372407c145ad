//! Which colour a group of relations has in a picture.

use crate::model::GroupId;
use crate::model::LINEAGE;
use crate::model::RelationId;
use crate::model::Schema;

/// Colours that people with any kind of colour vision tell apart, on white: Okabe and Ito's
/// <https://jfly.uni-koeln.de/color/>, without black and the two that are too pale for lines.
const COLORS: &[&str] = &[
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#a66f00", "#5a4fcf", "#b3003c",
];

/// For relations of no group.
const NEUTRAL: &str = "#6b6b6b";

/// A group as a picture shows it: its place in the legend, name and colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hue<'a> {
    rank: usize,
    /// The name of the group.
    pub(super) name: &'a str,
    /// `#rrggbb`.
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
        Some(group) => Hue {
            rank: rank(schema, *group),
            name: &schema.groups[group.index()].name,
            color: COLORS[rank(schema, *group) % COLORS.len()],
        },
    }
}

/// The hue of what belongs to no group.
pub(super) fn neutral<'a>() -> Hue<'a> {
    Hue {
        rank: usize::MAX,
        name: "other",
        color: NEUTRAL,
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
