//! Lines with heads: how the manner and the group of a statement look, and the legend of both.

use crate::render::palette::NEUTRAL;
use crate::render::picture;
use crate::render::picture::Arrow;
use crate::render::picture::Manner;
use crate::render::picture::Picture;

use super::element::Element;
use super::element::number;
use super::sheet::Sample;

/// How long the head of an arrow is, in pixels.
pub(in crate::render) const HEAD: f64 = 7.0;
/// How far a head reaches to each side of its line, in pixels.
const HEAD_SIDE: f64 = 3.2;
/// How long the arrow of an entry in the legend is.
const SAMPLE: f64 = 30.0;

/// A line along `path` (SVG's path data) in the style of its manner and the colour of its group.
pub(in crate::render) fn line(path: &str, manner: &Manner, ink: usize) -> Element {
    let style = match manner.style {
        "solid" => String::new(),
        style => format!(" {style}"),
    };
    Element::new("path")
        .with("class", &format!("line{style} s{ink}"))
        .with("d", path)
}

/// The head of an arrow whose point is at `tip`, and which comes along `(dx, dy)`, of length 1.
pub(in crate::render) fn head(
    (x, y): (f64, f64),
    (dx, dy): (f64, f64),
    manner: &Manner,
    ink: usize,
) -> Element {
    let at = |along: f64, aside: f64| {
        let (x, y) = (x + along * dx - aside * dy, y + along * dy + aside * dx);
        format!("{} {}", number(x), number(y))
    };
    if manner.head == "tee" {
        let path = format!("M{}L{}", at(-1.0, -5.0), at(-1.0, 5.0));
        return Element::new("path")
            .with("class", &format!("line s{ink}"))
            .with("d", &path);
    }
    let (left, right) = (at(-HEAD, -HEAD_SIDE), at(-HEAD, HEAD_SIDE));
    Element::new("path")
        .with("class", &format!("head f{ink}"))
        .with("d", &format!("M{}L{left}L{right}Z", at(0.0, 0.0)))
}

/// Where the line of an arrow ends, so that it does not look out of its head, before the tip.
pub(in crate::render) fn line_end(manner: &Manner) -> f64 {
    if manner.head == "tee" {
        1.0
    } else {
        HEAD - 1.0
    }
}

/// What arrows look like: an entry for each group, then one for each manner that is not plain.
pub(in crate::render) fn legend(picture: &Picture<'_>) -> Vec<Sample> {
    let hues = picture.hues();
    let groups = hues
        .iter()
        .map(|hue| sample(&picture.group(*hue), picture::plain(), hue.ink));
    let manners = picture.manners();
    let said = manners
        .iter()
        .map(|manner| sample(picture.words.named(manner.name), manner, NEUTRAL));
    groups.chain(said).collect()
}

fn sample(text: &str, manner: &Manner, ink: usize) -> Sample {
    let end = number(SAMPLE - line_end(manner));
    let sign = Element::new("g")
        .child(line(&format!("M0 0H{end}"), manner, ink))
        .child(head((SAMPLE, 0.0), (1.0, 0.0), manner, ink));
    Sample {
        sign,
        width: SAMPLE,
        text: text.to_owned(),
    }
}

/// A statement's group of elements: what it is, what is shown when it is pointed at, its link.
pub(in crate::render) fn group(
    arrow: &Arrow<'_>,
    parts: impl IntoIterator<Item = Element>,
) -> Element {
    let mut group = Element::new("g")
        .with("class", "arrow")
        .with("data-from", &arrow.from.to_string())
        .with("data-to", &arrow.to.to_string());
    for part in parts {
        group.push(part);
    }
    group
        .titled(&arrow.tooltip)
        .linked(arrow.address.as_deref())
}
