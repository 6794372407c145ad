//! From answer to bytes: the table of formats, and the page that each of them is given.
//!
//! Nothing here prints, looks at a terminal, or decides what to show. Every format gives the same
//! bytes for the same page, and no format obeys the names it writes: whatever a name holds, the
//! structure of the output depends on the graph alone.

mod columns;
mod csv;
mod cytoscape;
mod dot;
mod gexf;
mod graphml;
mod html;
mod json;
mod json_graph;
mod list;
mod log;
mod markdown;
mod markup;
mod mermaid;
mod network;
mod palette;
mod phrase;
mod picture;
mod svg;
mod table;
mod text;
mod tree;
mod xml;

use crate::model::EntityId;
use crate::model::Snapshot;
use crate::query::Answer;

pub use markup::Markup;
pub use markup::Role;
pub use picture::Colour;
pub use picture::Fold;
pub use picture::Frame;
pub use picture::Layout;
pub use picture::Look;
pub use picture::Rank;
pub use picture::Theme;
pub use picture::Towards;
#[cfg(feature = "png")]
pub(crate) use svg::families;

/// One row: a format in which an answer can be had.
#[derive(Debug)]
pub struct Format {
    /// The name under which it is asked for; unique and lower case.
    pub name: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// Endings of file names that mean it, without the dot; the first is the usual one.
    pub extensions: &'static [&'static str],
    /// The media type (RFC 6838) of the file.
    pub media_type: &'static str,
    /// Whether it draws the entities and statements instead of listing the rows.
    pub is_picture: bool,
    /// Whether it is made for people to read: answers have a blank line between them.
    pub is_for_people: bool,
    /// The text, complete and with a line feed at its end unless it is empty.
    pub render: fn(&Page<'_>) -> String,
    /// Whether kin makes it with no program installed.
    pub is_built_in: bool,
    /// What an installed Graphviz makes of DOT in its place (`dot -T…`), if it can.
    pub dot_output: Option<&'static str>,
    /// In which layouts it is drawn, the first unless another is asked for; none where nothing is
    /// placed.
    pub layouts: &'static [Layout],
    /// What is to be said of a text because of its size: what its readers refuse.
    pub remark: fn(&str) -> Option<String>,
}

/// What stands in every picture, so that kin knows its own when it is to replace one.
pub const MARK: &str = "drawn by kin";

/// What most formats are: rows for programs.
const ROWS: Format = Format {
    name: "",
    doc: "",
    extensions: &[],
    media_type: "",
    is_picture: false,
    is_for_people: false,
    render: list::render,
    is_built_in: true,
    dot_output: None,
    layouts: &[],
    remark: |_| None,
};

/// What most pictures are: layers of boxes and arrows.
const PICTURE: Format = Format {
    is_picture: true,
    layouts: &[Layout::Layers],
    ..ROWS
};

/// The layouts that kin draws itself.
const DRAWN: &[Layout] = &[Layout::Layers, Layout::Timeline];

/// All formats: for people, for programs, and pictures.
pub static FORMATS: &[Format] = &[
    Format {
        name: "table",
        doc: "Aligned columns for a terminal, cut to its width.",
        extensions: &["txt"],
        media_type: "text/plain; charset=utf-8",
        is_for_people: true,
        render: table::render,
        ..ROWS
    },
    Format {
        name: "list",
        doc: "One name, path or first cell a line.",
        extensions: &[],
        media_type: "text/plain; charset=utf-8",
        is_for_people: true,
        render: list::render,
        ..ROWS
    },
    Format {
        name: "json",
        doc: "One object with columns, rows and what is to be said beside them.",
        extensions: &["json"],
        media_type: "application/json",
        render: json::render,
        ..ROWS
    },
    Format {
        name: "jsonl",
        doc: "One JSON object a row, each on its line.",
        extensions: &["jsonl", "ndjson"],
        media_type: "application/x-ndjson",
        render: json::render_lines,
        ..ROWS
    },
    Format {
        name: "json-graph",
        doc: "JSON with nodes, edges and paths of a property graph; NaN and infinity are null.",
        extensions: &[],
        media_type: "application/json",
        render: json_graph::render,
        ..ROWS
    },
    Format {
        name: "csv",
        doc: "Comma-separated values with a header, as in RFC 4180.",
        extensions: &["csv"],
        media_type: "text/csv; charset=utf-8; header=present",
        render: csv::render,
        ..ROWS
    },
    Format {
        name: "tsv",
        doc: "Tab-separated values with a header; `\\t`, `\\n`, `\\\\` and `\\u{…}` are escapes.",
        extensions: &["tsv", "tab"],
        media_type: "text/tab-separated-values; charset=utf-8",
        render: csv::render_tabs,
        ..ROWS
    },
    Format {
        name: "markdown",
        doc: "A table for GitHub and other readers of Markdown.",
        extensions: &["md", "markdown"],
        media_type: "text/markdown; charset=utf-8; variant=GFM",
        is_for_people: true,
        render: markdown::render,
        ..ROWS
    },
    Format {
        name: "dot",
        doc: "Boxes and arrows in the language of Graphviz.",
        extensions: &["dot", "gv"],
        media_type: "text/vnd.graphviz; charset=utf-8",
        render: dot::render,
        ..PICTURE
    },
    Format {
        name: "svg",
        doc: "A scalable picture that follows light and dark pages, with links to its sources.",
        extensions: &["svg"],
        media_type: "image/svg+xml",
        render: svg::render,
        dot_output: Some("svg"),
        layouts: DRAWN,
        ..PICTURE
    },
    Format {
        name: "html",
        doc: "A page to explore a picture in, offline: search, time, facts and sources.",
        extensions: &["html", "htm"],
        media_type: "text/html; charset=utf-8",
        render: html::render,
        layouts: &[Layout::Layers, Layout::Timeline],
        ..PICTURE
    },
    Format {
        name: "png",
        doc: "A picture in pixels; by Graphviz, unless kin was built with its feature `png`.",
        extensions: &["png"],
        media_type: "image/png",
        render: if cfg!(feature = "png") {
            svg::render
        } else {
            dot::render
        },
        is_built_in: false,
        dot_output: Some("png"),
        layouts: if cfg!(feature = "png") {
            DRAWN
        } else {
            PICTURE.layouts
        },
        ..PICTURE
    },
    Format {
        name: "mermaid",
        doc: "Boxes and arrows in the language of Mermaid, which code hosts draw.",
        extensions: &["mmd", "mermaid"],
        media_type: "text/vnd.mermaid; charset=utf-8",
        render: mermaid::render,
        remark: mermaid::remark,
        ..PICTURE
    },
    Format {
        name: "tree",
        doc: "A tree in text, with `(*)` where an entity was shown before.",
        extensions: &["txt"],
        media_type: "text/plain; charset=utf-8",
        is_for_people: true,
        render: tree::render,
        layouts: &[Layout::Tree],
        ..PICTURE
    },
    Format {
        name: "log",
        doc: "A log in text with lanes beside it, as for commits.",
        extensions: &["log"],
        media_type: "text/plain; charset=utf-8",
        is_for_people: true,
        render: log::render,
        ..PICTURE
    },
    Format {
        name: "graphml",
        doc: "Nodes and edges as GraphML, for yEd, Gephi and NetworkX.",
        extensions: &["graphml"],
        media_type: "application/graphml+xml",
        render: graphml::render,
        layouts: &[],
        ..PICTURE
    },
    Format {
        name: "gexf",
        doc: "Nodes and edges as GEXF with dates, for Gephi.",
        extensions: &["gexf"],
        media_type: "application/gexf+xml",
        render: gexf::render,
        layouts: &[],
        ..PICTURE
    },
    Format {
        name: "cytoscape",
        doc: "Nodes and edges as JSON for Cytoscape.",
        extensions: &["cyjs"],
        media_type: "application/json",
        render: cytoscape::render,
        layouts: &[],
        ..PICTURE
    },
];

/// The format of that name.
pub fn find(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// The format that an ending of a file name means, in any case and without the dot; rows go
/// before pictures.
pub fn by_extension(extension: &str) -> Option<&'static Format> {
    FORMATS
        .iter()
        .find(|format| format.has_extension(extension))
}

/// The format of pictures that an ending of a file name means.
pub fn picture_by_extension(extension: &str) -> Option<&'static Format> {
    pictures().find(|format| format.has_extension(extension))
}

/// The formats of pictures.
pub fn pictures() -> impl Iterator<Item = &'static Format> {
    FORMATS.iter().filter(|format| format.is_picture)
}

impl Format {
    fn has_extension(&self, extension: &str) -> bool {
        let mut known = self.extensions.iter();
        known.any(|known| known.eq_ignore_ascii_case(extension))
    }
}

/// What is to be rendered, and for whom.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// The answer.
    pub answer: &'a Answer,
    /// The snapshot whose ids the answer holds.
    pub snapshot: &'a Snapshot,
    /// The query as it was typed: the title of a picture, and part of JSON's `meta`.
    pub query: &'a str,
    /// How many columns the terminal has; none where there is no terminal, and then nothing is
    /// decorated or cut to fit.
    pub width: Option<usize>,
    /// How many rows the table shows; none for all. No other format leaves rows out.
    pub rows_max: Option<usize>,
    /// What shows the rows that the table left out, as its footer names it: `:last`.
    pub way_to_all: &'a str,
    /// Whether the table may use colours.
    pub color: bool,
    /// How a picture is to look.
    pub look: Look<'a>,
}

impl<'a> Page<'a> {
    /// A page for a file or a pipe: complete and plain.
    pub fn new(answer: &'a Answer, snapshot: &'a Snapshot, query: &'a str) -> Page<'a> {
        Page {
            answer,
            snapshot,
            query,
            width: None,
            rows_max: None,
            way_to_all: "",
            color: false,
            look: Look::default(),
        }
    }

    /// The name of an entity as of the answer's date.
    fn name(&self, entity: EntityId) -> &'a str {
        self.answer.filter.name(self.snapshot, entity)
    }
}
