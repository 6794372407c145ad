//! How classes look, on light pages and on dark ones.
//!
//! Names of users never get in here: what a user chooses stands in attributes.

use std::fmt::Write as _;

use crate::render::palette::INKS;
use crate::render::picture::Theme;

use super::element::Element;
use super::text::FONTS;
use super::text::Face;

/// What has a colour: class, property, on light pages, on dark pages.
const COLORS: [(&str, &str, &str, &str); 9] = [
    ("page", "fill", "#ffffff", "#0d1117"),
    ("title", "fill", "#1f2328", "#e6edf3"),
    ("name", "fill", "#1f2328", "#e6edf3"),
    ("label", "fill", "#1f2328", "#e6edf3"),
    ("quiet", "fill", "#57606a", "#9da7b3"),
    ("plain", "fill", "#f6f8fa", "#161b22"),
    ("plain", "stroke", "#8c959f", "#6e7681"),
    ("frame", "stroke", "#c3cad2", "#3d444d"),
    ("axis", "stroke", "#d8dee4", "#2f353d"),
];

/// What is the same on any page.
const SHAPES: &str = "text{unicode-bidi:isolate}
.name,.title,.label,.quiet{stroke:none}
.line,.frame,.axis{fill:none}
.line{stroke-width:1.4}
.dashed{stroke-dasharray:6 3.5}
.dotted{stroke-dasharray:1.5 3}
.box{stroke-width:1}
.again1{stroke-width:2;stroke-dasharray:7 3}
.again2{stroke-width:2;stroke-dasharray:2 2}
.again3{stroke-width:2;stroke-dasharray:9 3 2 3}
.marked{stroke-width:2.8}
.faint{opacity:.38}
a:hover .line,.arrow:hover .line{stroke-width:2.6}
";

/// The class of what has a colour that others had before, so many times.
pub(super) fn again(round: usize) -> String {
    match round {
        0 => String::new(),
        round => format!(" again{}", (round - 1) % 3 + 1),
    }
}

/// The element that says how classes look.
///
/// `s0`, `s1` … are lines in the colours of [`INKS`], `f0` … areas in the colours of lines, and
/// `t0` … pale areas with a line around. A program that knows nothing of pages' schemes shows
/// the light one.
pub(super) fn element(theme: Theme) -> Element {
    let mut text = String::from("\n");
    for face in [Face::TITLE, Face::NAME, Face::LABEL, Face::QUIET] {
        let weight = if face.is_bold {
            ";font-weight:bold"
        } else {
            ""
        };
        let (class, size) = (face.class, face.size);
        let _ = writeln!(text, ".{class}{{font-size:{size}px{weight}}}");
    }
    text += SHAPES;
    if theme != Theme::Dark {
        push_colors(&mut text, false);
    }
    match theme {
        Theme::Light => {}
        Theme::Dark => push_colors(&mut text, true),
        Theme::Auto => {
            text += "@media (prefers-color-scheme:dark){\n";
            push_colors(&mut text, true);
            text += "}\n";
        }
    }
    Element::new("style").text_lines(&text)
}

fn push_colors(text: &mut String, is_dark: bool) {
    for (class, property, light, dark) in COLORS {
        let color = if is_dark { dark } else { light };
        let _ = writeln!(text, ".{class}{{{property}:{color}}}");
    }
    for (place, ink) in INKS.iter().enumerate() {
        let (line, area) = match is_dark {
            true => (ink.dark, ink.dark_area),
            false => (ink.light, ink.light_area),
        };
        let _ = write!(text, ".s{place}{{stroke:{line}}}.f{place}{{fill:{line}}}");
        let _ = writeln!(text, ".t{place}{{fill:{area};stroke:{line}}}");
    }
}

/// The families of letters as the value of an attribute, each in quotes but the general ones.
pub(super) fn family_list(font: Option<&str>) -> String {
    let is_general = |name: &String| GENERAL.contains(&name.as_str());
    let quoted = families(font)
        .into_iter()
        .map(|name| match is_general(&name) {
            true => name,
            false => format!("'{name}'"),
        });
    quoted.collect::<Vec<_>>().join(", ")
}

/// Words of CSS for families that every system has, by whatever name.
const GENERAL: [&str; 4] = ["sans-serif", "serif", "monospace", "system-ui"];

/// The families of letters by name: the user's first.
///
/// Of the user's names only letters, digits, spaces, `-`, `_` and `.` are kept, so that no name
/// can make the list unreadable.
pub(crate) fn families(font: Option<&str>) -> Vec<String> {
    let is_kept = |character: &char| {
        character.is_alphanumeric() || matches!(character, ' ' | '-' | '_' | '.')
    };
    let wanted = font.unwrap_or_default().split(',');
    let wanted = wanted.map(|family| family.chars().filter(is_kept).collect::<String>());
    let names = wanted.map(|name| name.trim().to_owned());
    let names = names.filter(|name| !name.is_empty());
    names.chain(FONTS.map(str::to_owned)).collect()
}
