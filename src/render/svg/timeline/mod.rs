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

use crate::render::palette::NEUTRAL;
use crate::render::picture::Picture;
use crate::render::picture::Tints;

use super::element::Element;
use super::element::number;
use super::sheet::Body;
use super::sheet::Sample;
use super::text::Anchor;
use super::text::Face;
use place::Timeline;

/// What a timeline shows, and the signs of its legend.
///
/// An entity without a date has a dotted line from where it may have begun. If there is no date
/// at all, there is no axis.
pub(super) fn body(picture: &Picture<'_>, tints: &Tints) -> (Body, Vec<Sample>) {
    let timeline = Timeline::of(picture, tints);
    let mut all = Element::new("g").with("class", "timeline");
    if let Some(axis) = &timeline.axis {
        all.push(grid(axis, timeline.height));
    }
    for bar in &timeline.bars {
        let family = bar.family.map_or(NEUTRAL, |family| family % NEUTRAL);
        let ink = tints.ink(bar.place).unwrap_or(family);
        all.push(bar::element(picture, bar, ink, timeline.width));
    }
    // Above the bars, so that nothing hides a head.
    let mut curves = Element::new("g").with("class", "curves");
    for curve in &timeline.curves {
        curves.push(curve::element(picture, curve));
    }
    all.push(curves);
    all.push(curve::labels(picture, &timeline));
    let body = Body {
        element: all,
        width: timeline.width,
        height: timeline.height,
    };
    let has_families = tints.entries().is_empty();
    (
        body,
        bar::legend(&timeline, &picture.words.signs, has_families),
    )
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
