//! The sheet round a picture: title above, legend and sources below, and what screen readers say.

use crate::render::picture::Picture;
use crate::render::picture::Tints;

use super::element::Element;
use super::element::number;
use super::style;
use super::text::Anchor;
use super::text::Face;

/// Between the edge of the sheet and what is on it, in pixels.
const MARGIN: f64 = 16.0;
/// Title and sources may be so wide, in pixels, even if what is drawn is narrower.
const WIDTH_MIN: f64 = 440.0;
/// Between two entries of the legend, in pixels.
const ENTRY_GAP: f64 = 18.0;
/// How wide the sign of a colour is in the legend, in pixels.
const COLOUR: f64 = 20.0;
/// At most so many lines for a title.
const TITLE_LINES_MAX: usize = 4;
/// The line of sources is broken after so many pixels at most.
const SOURCES_LINES_MAX: usize = 40;

/// What is drawn, from (0, 0) to (`width`, `height`).
#[derive(Debug)]
pub(in crate::render) struct Body {
    /// All of it.
    pub(in crate::render) element: Element,
    /// In pixels.
    pub(in crate::render) width: f64,
    /// In pixels.
    pub(in crate::render) height: f64,
}

/// An entry of a legend: a sign, and what it means.
#[derive(Debug)]
pub(in crate::render) struct Sample {
    /// The sign, from (0, -6) to (`width`, 6).
    pub(in crate::render) sign: Element,
    /// How wide the sign is, in pixels.
    pub(in crate::render) width: f64,
    /// What it means.
    pub(in crate::render) text: String,
}

/// In place of an empty picture: that there is nothing to draw.
pub(in crate::render) fn nothing(picture: &Picture<'_>) -> Body {
    let face = Face::QUIET;
    let at = (0.0, face.size);
    Body {
        element: face.element(picture.words.nothing, at, Anchor::Start, WIDTH_MIN),
        width: 0.0,
        height: face.line_height(),
    }
}

/// What the colours of boxes mean.
pub(in crate::render) fn tints(tints: &Tints) -> Vec<Sample> {
    let entries = tints.entries().into_iter();
    entries
        .map(|(round, ink, word)| Sample {
            sign: Element::new("rect")
                .with("class", &format!("box t{ink}{}", style::again(round)))
                .at("y", -5.0)
                .at("width", COLOUR)
                .at("height", 10.0)
                .at("rx", 3.0),
            width: COLOUR,
            text: word.to_owned(),
        })
        .collect()
}

/// The file: title, body, legend, sources.
///
/// The sheet is as wide as the body, but wide enough for a title; longer lines are broken.
pub(in crate::render) fn document(picture: &Picture<'_>, body: Body, legend: &[Sample]) -> String {
    let width = body.width.max(WIDTH_MIN);
    let mut sheet = Sheet {
        group: Element::new("g").with("transform", &format!("translate({0} {0})", number(MARGIN))),
        width,
        y: 0.0,
    };
    sheet.lines(
        Face::TITLE,
        &Face::TITLE.broken(&picture.title, width, TITLE_LINES_MAX),
    );
    sheet.y += 12.0;
    let place = format!("translate(0 {})", number(sheet.y));
    let moved = Element::new("g").with("transform", &place);
    sheet.group.push(moved.child(body.element));
    sheet.y += body.height + 14.0;
    if picture.page.look.has_legend {
        sheet.legend(legend);
    }
    let sources = picture.source_lines(usize::MAX);
    for line in &sources {
        sheet.lines(
            Face::QUIET,
            &Face::QUIET.broken(line, width, SOURCES_LINES_MAX),
        );
    }
    let (width, height) = (width + 2.0 * MARGIN, sheet.y + 2.0 * MARGIN - 4.0);
    let ground = Element::new("rect")
        .with("class", "page")
        .at("width", width)
        .at("height", height);
    root(picture, width, height)
        .child(ground)
        .child(sheet.group)
        .into_document()
}

/// The outermost element, with what it says of itself.
fn root(picture: &Picture<'_>, width: f64, height: f64) -> Element {
    let look = &picture.page.look;
    let boxes = picture.boxes.iter().map(|node| node.members.len());
    let arrows = picture.arrows.iter().map(|arrow| arrow.statements.len());
    let counts = (picture.words.contents)(boxes.sum(), arrows.sum());
    let sources = picture.source_lines(usize::MAX).concat();
    let root = Element::new("svg").with("xmlns", "http://www.w3.org/2000/svg");
    // A program that sets text takes the letters of the language: Han has several shapes of one.
    let root = match look.lang {
        Some(lang) => root.with("lang", lang),
        None => root,
    };
    root.at("width", width)
        .at("height", height)
        .with(
            "viewBox",
            &format!("0 0 {} {}", number(width), number(height)),
        )
        // The parts of an image have no names for screen readers; those of a document do.
        .with("role", "graphics-document")
        .with("aria-label", &picture.title)
        .with("font-family", &style::family_list(look.font))
        .child(Element::new("title").text(&picture.title))
        .child(Element::new("desc").text(format!("{counts} {sources}").trim()))
        .child(style::element(look.theme))
}

/// A sheet that is filled from above.
struct Sheet {
    group: Element,
    width: f64,
    y: f64,
}

impl Sheet {
    fn lines(&mut self, face: Face, lines: &[String]) {
        for line in lines {
            let baseline = self.y + face.size;
            let text = face.element(line, (0.0, baseline), Anchor::Start, self.width);
            self.group.push(text);
            self.y += face.line_height();
        }
    }

    /// The entries from left to right, on as many lines as they need.
    fn legend(&mut self, legend: &[Sample]) {
        let face = Face::QUIET;
        let mut x = 0.0;
        for sample in legend {
            let wide = (sample.width + 6.0 + face.width(&sample.text)).min(self.width);
            if x > 0.0 && x + wide > self.width {
                x = 0.0;
                self.y += face.line_height() + 4.0;
            }
            let middle = self.y + face.line_height() / 2.0;
            let place = format!("translate({} {})", number(x), number(middle));
            let text_x = sample.width + 6.0;
            let text = face.element(
                &sample.text,
                (text_x, face.below_middle()),
                Anchor::Start,
                wide - text_x,
            );
            let sign = sample.sign.clone();
            let entry = Element::new("g").with("transform", &place);
            self.group.push(entry.child(sign).child(text));
            x += wide + ENTRY_GAP;
        }
        if x > 0.0 {
            self.y += face.line_height() + 8.0;
        }
    }
}
