//! Timelines: a lane an entity, a bar from its first date to its last, curves where one thing
//! came out of another.
//!
//! [`place`] says where everything lies, from [`life`] (which days), [`axis`] (where days lie) and
//! [`lanes`] (which lane an entity gets). Here it is drawn.

mod axis;
mod bar;
mod curve;
mod lanes;
pub(in crate::render) mod life;
mod place;

use std::collections::BTreeMap;

use crate::render::palette::NEUTRAL;
use crate::render::picture::Colour;
use crate::render::picture::Picture;

use super::arrow;
use super::element::Element;
use super::element::number;
use super::sheet;
use super::sheet::Body;
use super::text::Anchor;
use super::text::Face;
use place::Bar;
use place::Timeline;

/// A picture as a timeline: the whole file.
///
/// An entity without a date has a dotted line from where it may have begun. If there is no date
/// at all, there is no axis. Without entities it says that there is nothing to draw.
pub(super) fn render(picture: &Picture<'_>) -> String {
    let timeline = Timeline::of(picture);
    if timeline.bars.is_empty() {
        let face = Face::QUIET;
        let body = Body {
            element: face.element("nothing to draw", (0.0, face.size), Anchor::Start, 440.0),
            width: 0.0,
            height: face.line_height(),
        };
        return sheet::document(picture, body, &[]);
    }
    let inks = inks(picture, &timeline);
    let mut all = Element::new("g").with("class", "timeline");
    if let Some(axis) = &timeline.axis {
        all.push(grid(axis, timeline.height));
    }
    let mut curves = Element::new("g").with("class", "curves");
    for curve in &timeline.curves {
        curves.push(curve::element(picture, curve));
    }
    all.push(curves);
    for bar in &timeline.bars {
        all.push(bar::element(picture, bar, inks[&bar.place], timeline.width));
    }
    all.push(curve::labels(picture, &timeline));
    let mut legend = arrow::legend(picture);
    legend.extend(bar::legend(&timeline));
    let body = Body {
        element: all,
        width: timeline.width,
        height: timeline.height,
    };
    sheet::document(picture, body, &legend)
}

/// The named days: a line through all lanes, its name above and below.
fn grid(axis: &axis::Axis, height: f64) -> Element {
    let face = Face::QUIET;
    let (top, bottom) = (place::AXIS - 4.0, height - place::AXIS + 4.0);
    let mut grid = Element::new("g").with("class", "grid");
    for tick in &axis.ticks {
        let path = format!("M{} {}V{}", number(tick.x), number(top), number(bottom));
        grid.push(Element::new("path").with("class", "axis").with("d", &path));
        for y in [top - 5.0, bottom + 5.0 + face.size] {
            grid.push(face.element(&tick.text, (tick.x, y), Anchor::Middle, 60.0));
        }
    }
    grid
}

/// The colour of each box, as the look asks for it: that of its family unless told otherwise.
fn inks(picture: &Picture<'_>, timeline: &Timeline) -> BTreeMap<usize, usize> {
    let mut kinds = BTreeMap::new();
    for (rank, (_, members)) in picture.by_kind().enumerate() {
        kinds.extend(members.into_iter().map(|place| (place, rank % NEUTRAL)));
    }
    let mut groups = BTreeMap::new();
    for arrow in &picture.arrows {
        groups.entry(arrow.to).or_insert(arrow.hue.ink);
    }
    let ink = |bar: &Bar| match picture.page.look.colour {
        Colour::Plain => bar.family.map_or(NEUTRAL, |family| family % NEUTRAL),
        Colour::Kind => kinds[&bar.place],
        Colour::Group => groups.get(&bar.place).copied().unwrap_or(NEUTRAL),
        Colour::Status if bar.life.end.is_some() => 1,
        Colour::Status if bar.life.first.is_some() => 0,
        Colour::Status => NEUTRAL,
    };
    timeline
        .bars
        .iter()
        .map(|bar| (bar.place, ink(bar)))
        .collect()
}
