//! Curves between bars, and what is said at them.

use crate::render::picture::Picture;

use super::super::arrow;
use super::super::element::Element;
use super::super::element::number;
use super::super::text::Anchor;
use super::super::text::Face;
use super::place::Arrival;
use super::place::Curve;
use super::place::HALF;
use super::place::LANE;
use super::place::Timeline;

/// How strong a curve is whose statement does not say when.
pub(super) const UNDATED: &str = "0.5";
/// At most so many relations stand at one place.
const LABELS_MAX: usize = 2;
/// How far a curve swings out to come to a beginning from the left.
const SWING: f64 = 16.0;

/// A curve with its head.
pub(super) fn element(picture: &Picture<'_>, curve: &Curve) -> Element {
    let shown = &picture.arrows[curve.arrow];
    let ((x0, y0), (x1, y1)) = (curve.from, curve.to);
    let way = if y1 < y0 { -1.0 } else { 1.0 };
    let short = arrow::line_end(shown.manner);
    let start = format!("M{} {}", number(x0), number(y0 + way * HALF));
    let (path, tip, along) = match curve.arrival {
        Arrival::Beginning => {
            // Straight on to the lane before, so that curves from one place to several lanes do not
            // wind round each other.
            let (turn, half) = (y1 - way * (LANE - HALF), y1 - way * LANE * 0.45);
            let controls = format!(
                "{} {} {} {}",
                number(x0),
                number(half),
                number(x1 - SWING - 6.0),
                number(y1)
            );
            let straight = format!("L{} {}", number(x0), number(turn));
            let end = format!("{} {}", number(x1 - short), number(y1));
            let path = format!("{start}{straight}C{controls} {end}");
            (path, (x1, y1), (1.0, 0.0))
        }
        Arrival::Along => {
            let edge = y1 - way * HALF;
            let half = number((y0 + y1) / 2.0);
            let controls = format!("{} {half} {} {half}", number(x0), number(x1));
            let path = format!(
                "{start}C{controls} {} {}",
                number(x1),
                number(edge - way * short)
            );
            (path, (x1, edge), (0.0, way))
        }
        Arrival::Itself => {
            let (low, edge) = (number(y0 + 20.0), y0 + HALF);
            let controls = format!("{} {low} {} {low}", number(x0), number(x0 + 20.0));
            let path = format!(
                "{start}C{controls} {} {}",
                number(x0 + 20.0),
                number(edge + short)
            );
            (path, (x0 + 20.0, edge), (0.0, -1.0))
        }
    };
    let line = arrow::line(&path, shown.manner, shown.hue.ink);
    let head = arrow::head(tip, along, shown.manner, shown.hue.ink);
    let group = Element::new("g").child(line).child(head);
    let group = match curve.is_dated {
        true => group,
        false => group.with("opacity", UNDATED),
    };
    let is_out = |place: usize| picture.is_marked(place) == Some(false);
    let is_faint = is_out(shown.from) || is_out(shown.to);
    let group = match is_faint {
        true => Element::new("g").with("class", "faint").child(group),
        false => group,
    };
    arrow::group(shown, [group])
}

/// The relations of the curves that arrive at a place, below it, as far as there is room.
///
/// A label that would lie on another one is left out: the tooltip says it.
pub(super) fn labels(picture: &Picture<'_>, timeline: &Timeline) -> Element {
    let face = Face::QUIET;
    let mut labels = Element::new("g").with("class", "labels");
    let mut taken: Vec<(f64, f64)> = Vec::new();
    let mut line = 0.0;
    for (curve, text) in texts(picture, timeline) {
        let wide = face.width(&text);
        let (x, y) = (curve.to.0, curve.to.1 + HALF + face.size);
        let left = match curve.arrival {
            Arrival::Beginning if x > wide + 4.0 => x - wide - 3.0,
            Arrival::Beginning => x,
            Arrival::Along | Arrival::Itself => x - wide / 2.0,
        };
        let left = left.min(timeline.width - wide).max(0.0);
        if line != y {
            taken.clear();
            line = y;
        }
        let is_free = |(from, to): &(f64, f64)| left > to + 6.0 || *from > left + wide + 6.0;
        if wide > timeline.width || !taken.iter().all(is_free) {
            continue;
        }
        taken.push((left, left + wide));
        let ground = Element::new("rect")
            .with("class", "page")
            .at("x", left - 1.5);
        let ground = ground
            .at("y", y - 9.0)
            .at("width", wide + 3.0)
            .at("height", 11.5);
        let (x, anchor) = match curve.arrival {
            Arrival::Beginning => (left + wide, Anchor::End),
            Arrival::Along | Arrival::Itself => (left + wide / 2.0, Anchor::Middle),
        };
        let said = Element::new("g")
            .with("class", "said")
            .with("data-box", &picture.arrows[curve.arrow].to.to_string());
        let said = said.child(ground.with("opacity", "0.75"));
        labels.push(said.child(face.element(&text, (x, y), anchor, wide)));
    }
    labels
}

/// A curve for each place at which any arrives, lane by lane, and what all of them say.
fn texts<'a>(picture: &Picture<'_>, timeline: &'a Timeline) -> Vec<(&'a Curve, String)> {
    let key = |curve: &Curve| ((curve.to.1 * 10.0) as i64, (curve.to.0 * 10.0) as i64);
    let mut curves: Vec<&Curve> = timeline.curves.iter().collect();
    curves.sort_by_key(|curve| {
        let (lane, x) = key(curve);
        (
            lane,
            curve.arrival != Arrival::Beginning,
            x,
            curve.rank,
            curve.arrow,
        )
    });
    let mut texts = Vec::new();
    for group in curves.chunk_by(|a, b| key(a) == key(b)) {
        let mut words: Vec<&str> = Vec::new();
        for curve in group {
            let word = picture.arrows[curve.arrow].label.first();
            words.extend(
                word.map(String::as_str)
                    .filter(|word| !words.contains(word)),
            );
        }
        if !words.is_empty() {
            let said = words[..words.len().min(LABELS_MAX)].join(", ");
            texts.push((group[0], said));
        }
    }
    texts
}
