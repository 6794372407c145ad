//! How wide a text is before any font is at hand, and how it is put into its place.
//!
//! Latin letters have the widths of Helvetica, which Arial and Liberation Sans share, so that the
//! model is exact wherever one of the first families of [`FONTS`] is installed: Adobe's font
//! metrics, <https://adobe-type-tools.github.io/font-tech-notes/>. East Asian letters are as wide
//! as they are high (UAX 11); of other letters the model only knows that they are hardly wider.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

use super::element::Element;

/// The families of letters, by name: Latin ones of one width, then Japanese, Chinese and Korean.
pub(in crate::render) const FONTS: [&str; 13] = [
    "Helvetica",
    "Arial",
    "Liberation Sans",
    "Hiragino Sans",
    "Yu Gothic",
    "Noto Sans CJK JP",
    "Noto Sans JP",
    "Noto Sans CJK SC",
    "Noto Sans CJK KR",
    "Microsoft YaHei",
    "Malgun Gothic",
    "DejaVu Sans",
    "sans-serif",
];

/// The widths of U+0020 to U+007E, in thousandths of the size.
const LATIN: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, //
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, //
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, //
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, //
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, //
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
/// For narrow letters of other scripts.
const OTHER: f64 = 0.68;
/// For emoji, whose fonts are wider than they are high.
const EMOJI: f64 = 1.3;
/// Bold letters are wider by so much.
const BOLD: f64 = 1.08;

/// How a text is set: its size in pixels, and whether it is bold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::render) struct Face {
    /// The class that has its colour and weight.
    pub(in crate::render) class: &'static str,
    /// Pixels from line to line's letters: the size of the font.
    pub(in crate::render) size: f64,
    /// Whether its strokes are thick.
    pub(in crate::render) is_bold: bool,
}

impl Face {
    /// Of the title of a picture.
    pub(in crate::render) const TITLE: Face = Face::new("title", 16.0, true);
    /// Of names.
    pub(in crate::render) const NAME: Face = Face::new("name", 13.0, false);
    /// Of what is said at an arrow.
    pub(in crate::render) const LABEL: Face = Face::new("label", 10.5, false);
    /// Of what is said beside.
    pub(in crate::render) const QUIET: Face = Face::new("quiet", 10.5, false);

    /// A face.
    pub(in crate::render) const fn new(class: &'static str, size: f64, is_bold: bool) -> Face {
        Face {
            class,
            size,
            is_bold,
        }
    }

    /// Pixels from one baseline to the next.
    pub(in crate::render) fn line_height(self) -> f64 {
        (self.size * 1.3).ceil()
    }

    /// How far the baseline lies below the middle of a line.
    pub(in crate::render) fn below_middle(self) -> f64 {
        self.size * 0.35
    }

    /// How wide a text is, in pixels; controls count as what is shown in their place.
    pub(in crate::render) fn width(self, text: &str) -> f64 {
        let ems: f64 = text.chars().map(ems).sum();
        ems * self.size * if self.is_bold { BOLD } else { 1.0 }
    }

    /// The lines of a text that is broken where it gets wider than `width`; at least one.
    ///
    /// It is broken behind spaces and `-`, `/`, `,` and before and behind wide letters; a word that
    /// has no such place stays whole, and what `lines_max` leaves no room for ends the last line.
    pub(in crate::render) fn broken(self, text: &str, width: f64, lines_max: usize) -> Vec<String> {
        let mut lines = vec![String::new()];
        let mut used = 0.0;
        for word in words(text) {
            let wide = self.width(word);
            let is_full = used + self.width(word.trim_end()) > width;
            let is_last = lines.len() >= lines_max;
            let line = lines.last_mut().expect("there is a line");
            if is_full && !line.is_empty() && !is_last {
                lines.push(word.to_owned());
                used = wide;
            } else {
                line.push_str(word);
                used += wide;
            }
        }
        for line in &mut lines {
            line.truncate(line.trim_end().len());
        }
        lines
    }

    /// The line as an element at `x` and the baseline `y`, never wider than `width`.
    ///
    /// Where the model says that it would be, or cannot say, the reader's program is told to
    /// squeeze it.
    pub(in crate::render) fn element(
        self,
        line: &str,
        (x, y): (f64, f64),
        anchor: Anchor,
        width: f64,
    ) -> Element {
        let mut element = Element::new("text")
            .with("class", self.class)
            .at("x", x)
            .at("y", y);
        if anchor != Anchor::Start {
            element = element.with("text-anchor", anchor.word());
        }
        let wide = self.width(line);
        if wide > width {
            element = element
                .at("textLength", width)
                .with("lengthAdjust", "spacingAndGlyphs");
        }
        element.text(line)
    }
}

/// Which part of a line stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::render) enum Anchor {
    /// Its start.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

impl Anchor {
    fn word(self) -> &'static str {
        match self {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        }
    }
}

/// How wide a character is, in sizes of the font.
fn ems(character: char) -> f64 {
    match character {
        ' '..='~' => f64::from(LATIN[character as usize - 0x20]) / 1000.0,
        '\u{2190}'..='\u{21ff}' | '…' => 1.0,
        '–' | '·' => 0.56,
        '\u{1f000}'..='\u{1faff}' => EMOJI,
        _ => match character.width() {
            Some(0) => 0.0,
            Some(2) => 1.0,
            _ => OTHER,
        },
    }
}

/// The parts of a text between which a line may end.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut left = text;
    std::iter::from_fn(move || {
        if left.is_empty() {
            return None;
        }
        let mut end = 0;
        for (start, cluster) in left.grapheme_indices(true) {
            let first = cluster.chars().next().unwrap_or(' ');
            let is_wide = first.width() == Some(2);
            if is_wide && start > 0 {
                break;
            }
            end = start + cluster.len();
            if is_wide || matches!(first, ' ' | '-' | '/' | ',' | '|' | '_') {
                break;
            }
        }
        let (word, rest) = left.split_at(end);
        left = rest;
        Some(word)
    })
}
