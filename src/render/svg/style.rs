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
.marked{stroke-width:2.8}
.faint{opacity:.38}
a:hover .line,.arrow:hover .line{stroke-width:2.6}
";

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

/// The families of letters as the value of an attribute: the user's first, each in quotes.
///
/// Of the user's names only letters, digits, spaces, `-`, `_` and `.` are kept, so that no name
/// can make the list unreadable.
pub(super) fn families(font: Option<&str>) -> String {
    let mut list = String::new();
    for family in font.unwrap_or_default().split(',') {
        let is_kept = |character: &char| {
            character.is_alphanumeric() || matches!(character, ' ' | '-' | '_' | '.')
        };
        let name: String = family.chars().filter(is_kept).collect();
        let name = name.trim();
        let is_generic = ["serif", "sans-serif", "monospace", "system-ui"].contains(&name);
        match name {
            "" => {}
            _ if is_generic => list += &format!("{name}, "),
            _ => list += &format!("'{name}', "),
        }
    }
    list + FONTS
}
