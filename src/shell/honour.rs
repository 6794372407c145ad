//! Which pictures honour which options: what is asked for in vain is told, not dropped.

use crate::render::Format;
use crate::render::Layout;

use super::drawing::Engine;
use super::drawing::Wishes;

/// An option that not every picture honours: one row.
struct Row {
    /// The option's name.
    name: &'static str,
    /// The formats that honour it.
    formats: &'static [&'static str],
    /// The layouts in which they do.
    layouts: &'static [Layout],
    /// Whether an installed Graphviz does as well.
    has_dot: bool,
}

/// Formats with boxes and arrows.
const BOXES: &[&str] = &["svg", "html", "png", "dot", "mermaid"];
/// Formats with text or a picture, and not only data.
const SHOWN: &[&str] = &["svg", "html", "png", "dot", "mermaid", "tree", "log"];
/// All but the timeline.
const PLACED: &[Layout] = &[Layout::Layers, Layout::Tree];
/// Any layout.
const ANY: &[Layout] = &[Layout::Layers, Layout::Timeline, Layout::Tree];

const fn row(
    name: &'static str,
    formats: &'static [&'static str],
    layouts: &'static [Layout],
    has_dot: bool,
) -> Row {
    Row {
        name,
        formats,
        layouts,
        has_dot,
    }
}

static ROWS: [Row; 10] = [
    row("direction", SHOWN, PLACED, true),
    row("cluster", BOXES, PLACED, true),
    row("colour", BOXES, ANY, true),
    row("rank", &["svg", "html", "png", "dot"], PLACED, true),
    row("highlight", BOXES, ANY, true),
    row(
        "title",
        &[
            "svg",
            "html",
            "png",
            "dot",
            "mermaid",
            "tree",
            "log",
            "cytoscape",
        ],
        ANY,
        true,
    ),
    row("lang", SHOWN, ANY, true),
    row("theme", &["svg", "html", "png", "mermaid"], ANY, false),
    row("legend", &["svg", "html", "png", "dot"], ANY, true),
    row("font", &["svg", "html", "png", "dot"], ANY, true),
];

/// What is to be said of the options that are given, and that such a picture does not honour.
pub(super) fn notes<'a>(
    wishes: &'a Wishes,
    format: &'a Format,
    layout: Layout,
) -> impl Iterator<Item = String> + 'a {
    // PNG is Graphviz's work where kin was not built to make it.
    let is_by_dot =
        wishes.engine() == Engine::Dot || (format.name == "png" && !cfg!(feature = "png"));
    let is_honoured = move |row: &Row| {
        let has_format = row.formats.contains(&format.name);
        has_format && row.layouts.contains(&layout) && (row.has_dot || !is_by_dot)
    };
    let given = wishes.given();
    let rows = given.filter_map(|name| ROWS.iter().find(|row| row.name == name));
    let vain = rows.filter(move |row| !is_honoured(row));
    vain.map(move |row| {
        let what = match () {
            () if !row.formats.contains(&format.name) => format!("`{}`", format.name),
            () if !row.layouts.contains(&layout) => format!("the layout `{}`", layout.word()),
            () => "Graphviz's `dot`".to_owned(),
        };
        format!(
            "`{}` changes nothing here: {what} does not honour it",
            row.name
        )
    })
}

#[cfg(test)]
mod tests {
    use super::ROWS;
    use crate::render;
    use crate::shell::drawing;

    #[test]
    fn every_row_is_of_an_option_and_of_formats() {
        for row in &ROWS {
            assert!(drawing::find(row.name).is_some(), "{}", row.name);
            for name in row.formats {
                assert!(render::find(name).is_some_and(|format| format.is_picture));
            }
        }
    }
}
