//! Curves between bars, and what is said at them.

use crate::model::stable;
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

/// How many steps a curve is followed in.
const STEPS: usize = 40;

/// How a curve goes: from `start` straight to `turn`, from there by two controls to `tip`, where it
/// arrives `along`.
#[derive(Clone, Copy, Debug)]
struct Shape {
    start: (f64, f64),
    turn: (f64, f64),
    controls: [(f64, f64); 2],
    tip: (f64, f64),
    along: (f64, f64),
}

impl Shape {
    fn of(curve: &Curve) -> Shape {
        let ((x0, y0), (x1, y1)) = (curve.from, curve.to);
        let way = if y1 < y0 { -1.0 } else { 1.0 };
        let start = (x0, y0 + way * HALF);
        match curve.arrival {
            Arrival::Beginning => {
                // Straight on to the lane before, so that curves from one place to several lanes do
                // not wind round each other.
                let (turn, half) = (y1 - way * (LANE - HALF), y1 - way * LANE * 0.45);
                Shape {
                    start,
                    turn: (x0, turn),
                    controls: [(x0, half), (x1 - SWING - 6.0, y1)],
                    tip: (x1, y1),
                    along: (1.0, 0.0),
                }
            }
            Arrival::Along => {
                let half = f64::midpoint(y0, y1);
                Shape {
                    start,
                    turn: start,
                    controls: [(x0, half), (x1, half)],
                    tip: (x1, y1 - way * HALF),
                    along: (0.0, way),
                }
            }
            Arrival::Itself => {
                let (low, edge) = (y0 + 20.0, y0 + HALF);
                Shape {
                    start: (x0, edge),
                    turn: (x0, edge),
                    controls: [(x0, low), (x0 + 20.0, low)],
                    tip: (x0 + 20.0, edge),
                    along: (0.0, -1.0),
                }
            }
        }
    }

    /// Where the line ends, so far before the tip.
    fn end(&self, before: f64) -> (f64, f64) {
        let ((x, y), (dx, dy)) = (self.tip, self.along);
        (x - dx * before, y - dy * before)
    }

    fn path(&self, before: f64) -> String {
        let point = |(x, y): (f64, f64)| format!("{} {}", number(x), number(y));
        let straight = match self.turn == self.start {
            true => String::new(),
            false => format!("L{}", point(self.turn)),
        };
        let [one, other] = self.controls.map(point);
        let end = point(self.end(before));
        format!("M{}{straight}C{one} {other} {end}", point(self.start))
    }

    /// Places on the line, one behind the other.
    fn places(&self) -> impl Iterator<Item = (f64, f64)> {
        let (start, turn) = (self.start, self.turn);
        let [one, other] = self.controls;
        let end = self.end(0.0);
        let step = |place: usize| place as f64 / STEPS as f64;
        let straight = (0..STEPS).map(move |place| {
            let at = step(place);
            (start.0, start.1 + (turn.1 - start.1) * at)
        });
        let curved = (0..=STEPS).map(move |place| {
            let (at, rest) = (step(place), 1.0 - step(place));
            let mix = |of: fn((f64, f64)) -> f64| {
                rest.powi(3) * of(turn)
                    + 3.0 * rest * rest * at * of(one)
                    + 3.0 * rest * at * at * of(other)
                    + at.powi(3) * of(end)
            };
            (mix(|point| point.0), mix(|point| point.1))
        });
        straight.chain(curved)
    }
}

/// What a curve takes of a strip between two heights.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taken {
    /// From the left.
    pub(super) from: f64,
    /// To the right.
    pub(super) to: f64,
    /// Whether its head is there.
    pub(super) is_head: bool,
}

/// What curves take of the strip from `top` to `bottom`.
pub(super) fn taken(curves: &[Curve], (top, bottom): (f64, f64)) -> Vec<Taken> {
    let mut taken = Vec::new();
    for curve in curves {
        let shape = Shape::of(curve);
        let (tip, back) = (shape.tip, shape.end(arrow::HEAD));
        let (high, low) = (tip.1.min(back.1) - 3.0, tip.1.max(back.1) + 3.0);
        if high < bottom && low > top {
            taken.push(Taken {
                from: tip.0.min(back.0) - 4.0,
                to: tip.0.max(back.0) + 4.0,
                is_head: true,
            });
        }
        let inside = shape.places().filter(|(_, y)| *y > top && *y < bottom);
        let (from, to) = inside.fold((f64::INFINITY, 0.0_f64), |(from, to), (x, _)| {
            (from.min(x), to.max(x))
        });
        if from <= to {
            taken.push(Taken {
                from,
                to,
                is_head: false,
            });
        }
    }
    taken
}

/// The best of some places for a text that is so `wide`: away from heads, then from lines, then
/// near to where it is wanted. None if each is on a head.
pub(super) fn best(places: &[f64], wanted: f64, wide: f64, taken: &[Taken]) -> Option<f64> {
    let cost = |x: f64| {
        let mut cost = (x - wanted).abs();
        for found in taken {
            if found.from < x + wide + 4.0 && found.to > x - 4.0 {
                cost += if found.is_head { HEAD_COST } else { LINE_COST };
            }
        }
        cost
    };
    let found = places
        .iter()
        .copied()
        .min_by(|a, b| cost(*a).total_cmp(&cost(*b)));
    found.filter(|x| cost(*x) < HEAD_COST)
}

/// How bad a text on a head is: as bad as one that is so many pixels from its place.
const HEAD_COST: f64 = 1e6;
/// And how bad a text on a line.
const LINE_COST: f64 = 90.0;

/// A curve with its head.
pub(super) fn element(picture: &Picture<'_>, curve: &Curve) -> Element {
    let shown = &picture.arrows[curve.arrow];
    let shape = Shape::of(curve);
    let path = shape.path(arrow::line_end(shown.manner));
    let (tip, along) = (shape.tip, shape.along);
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
/// A label that would lie on another one or on a head is left out: the tooltip says it.
pub(super) fn labels(picture: &Picture<'_>, timeline: &Timeline) -> Element {
    let face = Face::QUIET;
    let mut labels = Element::new("g").with("class", "labels");
    let mut said: Vec<(f64, f64)> = Vec::new();
    let mut strip: Vec<Taken> = Vec::new();
    let mut line = 0.0;
    for (curve, text) in texts(picture, timeline) {
        let wide = face.width(&text);
        let (x, y) = (curve.to.0, curve.to.1 + HALF + face.size);
        let left = match curve.arrival {
            Arrival::Beginning if x > wide + 4.0 => x - wide - 3.0,
            Arrival::Beginning => x,
            Arrival::Along | Arrival::Itself => x - wide / 2.0,
        };
        let most = timeline.width - wide;
        if line != y {
            said.clear();
            strip = taken(&timeline.curves, (y - 9.0, y + 2.5));
            line = y;
        }
        let is_free = |left: &f64| {
            let apart = |(from, to): &(f64, f64)| *left > to + 6.0 || *from > left + wide + 6.0;
            *left >= 0.0 && *left <= most && said.iter().all(apart)
        };
        let places = [left.min(most).max(0.0), x + 8.0, x - wide - 8.0];
        let places: Vec<f64> = places.into_iter().filter(is_free).collect();
        let Some(left) = best(&places, left, wide, &strip) else {
            continue;
        };
        said.push((left, left + wide));
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
        let group = Element::new("g")
            .with("class", "said")
            .with("data-box", &picture.arrows[curve.arrow].to.to_string());
        let group = group.child(ground.with("opacity", "0.75"));
        labels.push(group.child(face.element(&text, (x, y), anchor, wide)));
    }
    labels
}

/// A curve for each place at which any arrives, lane by lane, and what all of them say.
fn texts<'a>(picture: &Picture<'_>, timeline: &'a Timeline) -> Vec<(&'a Curve, String)> {
    let key = |curve: &Curve| ((curve.to.1 * 10.0) as i64, (curve.to.0 * 10.0) as i64);
    let mut curves: Vec<&Curve> = timeline.curves.iter().collect();
    stable::sort_by_key(&mut curves, |curve| {
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
