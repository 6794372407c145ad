//! Boxes and arrows in the language of Mermaid, which code hosts draw where Markdown stands.
//!
//! Boxes are called `n0`, `n1` …, so that no name meets a reserved word; names stand in quotes,
//! and what could be markup in them is written as a character's number (`#35;`).
//! The language: <https://mermaid.js.org/syntax/flowchart.html>.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::render::MARK;
use crate::render::Page;
use crate::render::palette::INKS;
use crate::render::picture::Arrow;
use crate::render::picture::Picture;
use crate::render::picture::Theme;
use crate::render::picture::Tints;
use crate::render::picture::Towards;

/// Mermaid's own limit of the length of a text, in UTF-16 units (`maxTextSize`).
const TEXT_MAX: usize = 50_000;
/// Mermaid's own limit of arrows (`maxEdges`).
const ARROWS_MAX: usize = 500;
/// The line of sources is broken after so many characters.
const SOURCES_WIDTH: usize = 90;

/// The answer as a flowchart: a box an entity, an arrow a statement, sources as comments.
pub(super) fn render(page: &Page<'_>) -> String {
    let picture = Picture::of(page);
    let mut text = format!("---\ntitle: \"{}\"\n", yaml(&picture.title));
    let theme = match page.look.theme {
        Theme::Auto => "",
        Theme::Light => "config:\n  theme: default\n",
        Theme::Dark => "config:\n  theme: dark\n",
    };
    text += theme;
    let towards = match page.look.towards {
        Towards::Right => "LR",
        Towards::Down => "TB",
        Towards::Left => "RL",
        Towards::Up => "BT",
    };
    let _ = writeln!(text, "---\nflowchart {towards}\n  %% {MARK}");
    for line in picture.source_lines(SOURCES_WIDTH) {
        let _ = writeln!(text, "  %% {}", line.replace(['{', '}'], "?"));
    }
    if picture.boxes.is_empty() {
        let _ = writeln!(text, "  nothing[\"{}\"]", quoted(picture.words.nothing));
    }
    let tints = Tints::of(&picture);
    push_boxes(&mut text, &picture, &tints);
    for arrow in &picture.arrows {
        push_arrow(&mut text, arrow);
    }
    push_links(&mut text, &picture);
    push_colors(&mut text, &picture);
    push_tints(&mut text, &picture, &tints);
    text
}

/// What is to be said if Mermaid refuses a text for its size.
pub(super) fn remark(text: &str) -> Option<String> {
    let length = text.encode_utf16().count();
    let is_arrow = |line: &&str| SHAFTS.iter().any(|shaft| line.contains(shaft));
    let arrows = text.lines().filter(is_arrow).count();
    if arrows <= ARROWS_MAX && length <= TEXT_MAX {
        return None;
    }
    Some(format!(
        "Mermaid draws at most {ARROWS_MAX} arrows and {TEXT_MAX} characters, unless its settings \
         say otherwise; these are {arrows} and {length}"
    ))
}

fn push_boxes(text: &mut String, picture: &Picture<'_>, tints: &Tints) {
    let push = |text: &mut String, place: usize, indent: &str| {
        let node = &picture.boxes[place];
        let below = picture.below(place);
        let lines = std::iter::once(node.name.as_str()).chain(below.as_deref());
        let lines = lines.chain(tints.word(place)).map(quoted);
        let label = lines.collect::<Vec<_>>().join("<br/>");
        let _ = writeln!(text, "{indent}n{place}[\"{label}\"]");
    };
    let mut is_framed = vec![false; picture.boxes.len()];
    for (index, (name, members)) in picture.frames().into_iter().enumerate() {
        let _ = writeln!(text, "  subgraph k{index}[\"{}\"]", quoted(&name));
        for place in members {
            is_framed[place] = true;
            push(text, place, "    ");
        }
        text.push_str("  end\n");
    }
    let others = (0..is_framed.len()).filter(|place| !is_framed[*place]);
    others.for_each(|place| push(text, place, "  "));
}

/// What stands between the ends of an arrow, by its manner.
const SHAFTS: [&str; 4] = [" --> ", " -.-> ", " --x ", " -.-x "];

fn push_arrow(text: &mut String, arrow: &Arrow<'_>) {
    let shaft = match (arrow.manner.style, arrow.manner.head) {
        (_, "tee") => " -.-x ",
        ("solid", _) => " --> ",
        _ => " -.-> ",
    };
    let lines: Vec<String> = arrow.label.iter().map(|line| quoted(line)).collect();
    let label = match lines.is_empty() {
        true => String::new(),
        false => format!("|\"{}\"| ", lines.join("<br/>")),
    };
    let _ = writeln!(text, "  n{}{shaft}{label}n{}", arrow.from, arrow.to);
}

/// Where a reader is sent from each box.
fn push_links(text: &mut String, picture: &Picture<'_>) {
    for (place, node) in picture.boxes.iter().enumerate() {
        if let Some(address) = &node.address {
            let _ = writeln!(
                text,
                "  click n{place} href \"{}\" _blank",
                encoded(address)
            );
        }
    }
}

/// Colours of arrows by their group, and of boxes that stand out.
fn push_colors(text: &mut String, picture: &Picture<'_>) {
    for hue in picture.hues() {
        let arrows = picture.arrows.iter().enumerate();
        let arrows = arrows.filter(|(_, arrow)| !arrow.is_implied() && arrow.hue == hue);
        let places: Vec<String> = arrows.map(|(place, _)| place.to_string()).collect();
        let _ = writeln!(
            text,
            "  linkStyle {} stroke:{}",
            places.join(","),
            hue.color
        );
    }
    let is_marked = |place: &usize| picture.is_marked(*place) == Some(true);
    for place in (0..picture.boxes.len()).filter(is_marked) {
        let _ = writeln!(text, "  style n{place} stroke-width:4px");
    }
}

/// Colours of boxes, a class each, and what each means in a comment: boxes say it as well.
fn push_tints(text: &mut String, picture: &Picture<'_>, tints: &Tints) {
    let mut classes: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for place in 0..picture.boxes.len() {
        if let Some(ink) = tints.ink(place) {
            classes.entry(ink).or_default().push(format!("n{place}"));
        }
    }
    for (ink, places) in classes {
        let colors = &INKS[ink];
        let (area, line, letters) = match picture.page.look.theme {
            Theme::Dark => (colors.dark_area, colors.dark, "#e6edf3"),
            Theme::Auto | Theme::Light => (colors.light_area, colors.light, "#1f2328"),
        };
        let _ = writeln!(
            text,
            "  classDef t{ink} fill:{area},stroke:{line},color:{letters}"
        );
        let _ = writeln!(text, "  class {} t{ink}", places.join(","));
    }
}

/// A text inside quotes: letters of any script, spaces, and signs that cannot be markup; all else
/// as the number of its character. Mermaid knows no empty quotes: a blank stands for nothing.
fn quoted(text: &str) -> String {
    if text.is_empty() {
        return " ".to_owned();
    }
    let mut quoted = String::with_capacity(text.len());
    let mut before = ' ';
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let after = characters.peek().copied().unwrap_or(' ');
        let is_between = |test: fn(&char) -> bool| test(&before) && test(&after);
        let is_plain = match character {
            ' ' | ',' | '(' | '?' => true,
            ')' => !before.is_ascii_digit(),
            '-' | '_' => is_between(|other| other.is_alphanumeric()),
            '.' => is_between(char::is_ascii_digit),
            other => !other.is_ascii_punctuation() && other != '\u{fffe}' && other != '\u{ffff}',
        };
        match is_plain {
            true => quoted.push(character),
            false => {
                let _ = write!(quoted, "#{};", u32::from(character));
            }
        }
        before = character;
    }
    quoted
}

/// A title in YAML's double quotes, for Mermaid's own parser of it.
fn yaml(title: &str) -> String {
    title.replace('\\', "\\\\").replace('"', "\\\"")
}

/// An address in which nothing can end the quotes: what is no character of an address is encoded
/// (RFC 3986, section 2.1).
fn encoded(address: &str) -> String {
    let mut encoded = String::with_capacity(address.len());
    for byte in address.bytes() {
        let is_safe = byte.is_ascii_alphanumeric() || b"-._~:/?@!$&*+,=%".contains(&byte);
        match is_safe {
            true => encoded.push(char::from(byte)),
            false => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}
