//! The bar of an entity: how it begins and ends, what happened on the way, and its names.

use std::collections::BTreeSet;

use crate::render::palette::NEUTRAL;
use crate::render::picture::LINE_MAX;
use crate::render::picture::Picture;
use crate::render::picture::Signs;
use crate::render::picture::Words;
use crate::render::picture::clipped;

use super::super::element::Element;
use super::super::element::number;
use super::super::sheet::Sample;
use super::super::text::Anchor;
use super::super::text::Face;
use super::life::Part;
use super::place::Bar;
use super::place::FADE;
use super::place::HALF;
use super::place::MEANING_GAP;
use super::place::Timeline;

/// How strong a bar is where it is only known to have been before or after.
const PALE: &str = "0.3";
/// The steps in which a bar fades in, from the left.
const STEPS: [&str; 4] = ["0.12", "0.3", "0.5", "0.75"];
/// How far the sign for an end reaches over the bar.
const OVER: f64 = 4.0;

/// A bar with its names; `width` is that of the timeline.
pub(super) fn element(picture: &Picture<'_>, bar: &Bar, ink: usize, width: f64) -> Element {
    let node = &picture.boxes[bar.place];
    let is_faint = picture.is_marked(bar.place) == Some(false);
    let mut group = Element::new("g")
        .with("class", if is_faint { "entity faint" } else { "entity" })
        .with("data-box", &bar.place.to_string());
    if bar.life.first.is_none() {
        group.push(undated(bar, ink, width));
    } else {
        dated(&mut group, picture.words, bar, ink, width);
    }
    for name in &bar.names {
        let (x, y) = (name.x, bar.y - HALF - 6.0);
        let ground = Element::new("rect")
            .with("class", "page")
            .at("x", x - 2.0)
            .at("y", y - 11.0)
            .at("width", name.width + 4.0)
            .at("height", 14.5)
            .with("opacity", "0.82");
        group.push(ground);
        group.push(Face::NAME.element(&name.text, (x, y), Anchor::Start, name.width));
        if let Some(meaning) = &name.meaning {
            let (face, x) = (Face::QUIET, x + name.width + MEANING_GAP);
            group.push(face.element(meaning, (x, y), Anchor::Start, face.width(meaning)));
        }
    }
    let mut tooltip = node.tooltip.clone();
    tooltip.extend(
        bar.life
            .marks
            .iter()
            .map(|mark| clipped(&mark.text, LINE_MAX)),
    );
    if bar.life.first.is_none() {
        tooltip.push("no date known".to_owned());
    }
    group.titled(&tooltip).linked(node.address.as_deref())
}

fn rect(ink: usize, (from, to): (f64, f64), y: f64, half: f64) -> Element {
    Element::new("rect")
        .with("class", &format!("f{ink}"))
        .at("x", from)
        .at("y", y - half)
        .at("width", (to - from).max(1.5))
        .at("height", 2.0 * half)
}

fn undated(bar: &Bar, ink: usize, width: f64) -> Element {
    let path = format!("M{} {}H{}", number(bar.first), number(bar.y), number(width));
    Element::new("path")
        .with("class", &format!("line dotted s{ink}"))
        .with("stroke-width", "2")
        .with("d", &path)
}

fn dated(group: &mut Element, words: &Words, bar: &Bar, ink: usize, width: f64) {
    let begin = bar.begin.unwrap_or(bar.known);
    let end = bar.end.unwrap_or(bar.last);
    match bar.begin {
        None if bar.life.is_older => group.push(undated(bar, ink, bar.known)),
        None => fade(group, ink, bar.first, bar.y),
        Some(begin) if begin > bar.first => {
            group.push(rect(ink, (bar.first, begin), bar.y, 1.5).with("opacity", PALE));
        }
        Some(_) => {}
    }
    match bar.end {
        None => open(group, ink, (bar.last, width), bar.y),
        Some(end) if bar.last > end => {
            group.push(rect(ink, (end, bar.last), bar.y, 1.5).with("opacity", PALE));
        }
        Some(_) => {}
    }
    group.push(rect(ink, (begin, end), bar.y, HALF));
    if let Some(end) = bar.end {
        group.push(stop(ink, end, bar.y));
    }
    for (mark, x) in bar.marks().filter(|(mark, _)| mark.part != Part::End) {
        group.push(tick(x, bar.y).titled(&[clipped(&mark.text, LINE_MAX)]));
    }
    for (renaming, x) in bar.renamings() {
        let said = (words.renamed)(&renaming.name, &renaming.date);
        group.push(dot(ink, x, bar.y).titled(&[clipped(&said, LINE_MAX)]));
    }
}

/// A bar that comes out of nothing, up to `x`.
fn fade(group: &mut Element, ink: usize, x: f64, y: f64) {
    let step = FADE / STEPS.len() as f64;
    for (place, strength) in STEPS.iter().enumerate() {
        let from = x - FADE + place as f64 * step;
        group.push(rect(ink, (from, from + step), y, HALF).with("opacity", strength));
    }
}

/// A bar that goes on, as far as is known.
fn open(group: &mut Element, ink: usize, (from, to): (f64, f64), y: f64) {
    if to - from > 8.0 {
        group.push(rect(ink, (from, to - 6.0), y, 2.0).with("opacity", PALE));
    }
    let (back, top, bottom) = (number(to - 6.0), number(y - 4.0), number(y + 4.0));
    let path = format!("M{back} {top}L{} {}L{back} {bottom}", number(to), number(y));
    let head = Element::new("path").with("class", &format!("line s{ink}"));
    group.push(head.with("d", &path).with("opacity", "0.6"));
}

/// A day on which something happened.
fn tick(x: f64, y: f64) -> Element {
    let tick = Element::new("rect").with("class", "page").at("x", x - 0.8);
    let tick = tick.at("y", y - HALF).at("width", 1.6);
    tick.at("height", 2.0 * HALF).with("opacity", "0.8")
}

/// Whether something is known of it before it began or after it ended.
fn is_pale(bar: &Bar) -> bool {
    let is_before = bar.begin.is_some_and(|begin| bar.first < begin);
    is_before || bar.end.is_some_and(|end| end < bar.last)
}

fn stop(ink: usize, x: f64, y: f64) -> Element {
    rect(ink, (x - 1.5, x + 1.5), y, HALF + OVER)
}

fn dot(ink: usize, x: f64, y: f64) -> Element {
    Element::new("circle")
        .with("class", &format!("t{ink}"))
        .with("stroke-width", "2")
        .at("cx", x)
        .at("cy", y)
        .at("r", HALF + 1.0)
}

/// A sign of bars: what it means, whether a timeline has it, and how it looks from 0 to [`SIGN`].
type Sign = (
    fn(&Signs) -> &'static str,
    fn(&Timeline) -> bool,
    fn(&mut Element),
);

/// How wide a sign is in the legend.
const SIGN: f64 = 30.0;

static SIGNS: [Sign; 8] = [
    (
        |words| words.begin_unknown,
        |timeline| {
            has(timeline, |bar| {
                bar.life.first.is_some() && bar.begin.is_none() && !bar.life.is_older
            })
        },
        |sign| fade(sign, NEUTRAL, FADE, 0.0),
    ),
    (
        |words| words.ended,
        |timeline| has(timeline, |bar| bar.end.is_some()),
        |sign| {
            sign.push(rect(NEUTRAL, (6.0, 22.0), 0.0, HALF));
            sign.push(stop(NEUTRAL, 22.0, 0.0));
        },
    ),
    (
        |words| words.no_end,
        |timeline| {
            has(timeline, |bar| {
                bar.life.first.is_some() && bar.end.is_none()
            })
        },
        |sign| {
            sign.push(rect(NEUTRAL, (0.0, 10.0), 0.0, HALF));
            open(sign, NEUTRAL, (10.0, SIGN), 0.0);
        },
    ),
    (
        |words| words.pale,
        |timeline| has(timeline, is_pale),
        |sign| {
            sign.push(rect(NEUTRAL, (0.0, 14.0), 0.0, 1.5).with("opacity", PALE));
            sign.push(rect(NEUTRAL, (14.0, SIGN), 0.0, HALF));
        },
    ),
    (
        |words| words.dated,
        |timeline| {
            has(timeline, |bar| {
                bar.marks().any(|(mark, _)| mark.part != Part::End)
            })
        },
        |sign| {
            sign.push(rect(NEUTRAL, (4.0, 26.0), 0.0, HALF));
            sign.push(tick(15.0, 0.0));
        },
    ),
    (
        |words| words.renamed,
        |timeline| has(timeline, |bar| bar.renamings().next().is_some()),
        |sign| {
            sign.push(rect(NEUTRAL, (4.0, 26.0), 0.0, HALF));
            sign.push(dot(NEUTRAL, 15.0, 0.0));
        },
    ),
    (
        |words| words.no_date,
        |timeline| {
            has(timeline, |bar| {
                bar.life.first.is_none() || bar.life.is_older
            })
        },
        |sign| {
            let path = line("line dotted").with("stroke-width", "2");
            sign.push(path);
        },
    ),
    (
        |words| words.no_day,
        |timeline| timeline.curves.iter().any(|curve| !curve.is_dated),
        |sign| sign.push(line("line").with("opacity", super::curve::UNDATED)),
    ),
];

fn has(timeline: &Timeline, is_so: fn(&Bar) -> bool) -> bool {
    timeline.bars.iter().any(is_so)
}

fn line(class: &str) -> Element {
    let path = Element::new("path").with("class", &format!("{class} s{NEUTRAL}"));
    path.with("d", &format!("M0 0H{}", number(SIGN)))
}

/// The signs of bars that occur, each with what it means; colours only where they are of families.
pub(super) fn legend(timeline: &Timeline, words: &Signs, has_families: bool) -> Vec<Sample> {
    let families = timeline.bars.iter().filter_map(|bar| bar.family);
    let inks: BTreeSet<usize> = families.map(|family| family % NEUTRAL).collect();
    let colours = (has_families && inks.len() > 1).then(|| {
        let mut sign = Element::new("g");
        for (place, ink) in inks.into_iter().take(3).enumerate() {
            let from = place as f64 * 10.0;
            sign.push(rect(ink, (from, from + 9.0), 0.0, HALF));
        }
        Sample {
            sign,
            width: SIGN,
            text: words.families.to_owned(),
        }
    });
    let signs = SIGNS.iter().filter(|(_, is_there, _)| is_there(timeline));
    let sample = |(word, _, draw): &Sign| {
        let mut sign = Element::new("g");
        draw(&mut sign);
        Sample {
            sign,
            width: SIGN,
            text: word(words).to_owned(),
        }
    };
    colours.into_iter().chain(signs.map(sample)).collect()
}
