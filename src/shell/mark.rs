//! Knowing kin's own pictures: the mark stands at a fixed place of each format.
//!
//! A text that only quotes the mark is somebody's own, and stays.

use std::fs::File;
use std::io::Read as _;
use std::io::Seek as _;
use std::io::SeekFrom;
use std::path::Path;

use crate::render::MARK;

/// A chunk of PNG that names the program: length, type, `Software`, the mark, checksum
/// (<https://www.w3.org/TR/png-3/#11tEXt>).
const PNG_CHUNK: &[u8] = b"\0\0\0\x15tEXtSoftware\0drawn by kin\x8c\xfee\xba";
/// Where the first chunk of a PNG, which has a fixed length, ends.
const PNG_HEAD: usize = 33;
/// So many bytes at the begin and the end of a file are looked at.
const WITHIN: u64 = 64 * 1024;

/// Where the line with the mark stands.
#[derive(Clone, Copy)]
enum Place {
    /// On that line, counted from 0.
    Line(usize),
    /// Before the element of all nodes and edges.
    Before,
    /// It is the last line.
    Last,
    /// On one of the first so many lines; what stands before depends on what was asked for.
    Among(usize),
}

/// The line that holds the mark, by formats: what stands before the mark, and what behind.
const LINES: [(Place, &str, &str); 7] = [
    // DOT.
    (Place::Line(0), "// ", ""),
    // SVG.
    (Place::Last, "<!-- ", " -->"),
    // HTML.
    (Place::Line(6), "<meta name=\"generator\" content=\"", "\">"),
    // Mermaid: its colours stand before it.
    (Place::Among(8), "  %% ", ""),
    // Trees and logs.
    (Place::Last, "", ""),
    // GraphML and GEXF.
    (Place::Before, "<!-- ", " -->"),
    // Cytoscape's JSON.
    (
        Place::Line(0),
        "{\"format_version\": \"1.0\", \"generated_by\": \"",
        "\",",
    ),
];

/// Whether kin may replace a file: it is empty, or has the mark of a picture in its place.
pub(super) fn is_ours(file: &Path) -> std::io::Result<bool> {
    let mut opened = File::open(file)?;
    let length = opened.metadata()?.len();
    let (mut head, mut tail) = (Vec::new(), Vec::new());
    (&opened).take(WITHIN).read_to_end(&mut head)?;
    opened.seek(SeekFrom::Start(length.saturating_sub(WITHIN)))?;
    opened.take(WITHIN).read_to_end(&mut tail)?;
    let chunk = head.get(PNG_HEAD..PNG_HEAD + PNG_CHUNK.len());
    let is_png = head.starts_with(b"\x89PNG") && chunk == Some(PNG_CHUNK);
    Ok(length == 0 || is_png || has_line(&head, &tail))
}

fn has_line(head: &[u8], tail: &[u8]) -> bool {
    let mut lines = head.split(|byte| *byte == b'\n');
    let first: Vec<&[u8]> = lines.by_ref().take(8).collect();
    let tail = tail.strip_suffix(b"\n").unwrap_or(tail);
    let last = tail.rsplit(|byte| *byte == b'\n').next();
    let third = first.get(2).copied().unwrap_or_default();
    let is_data = third.starts_with(b"<graphml") || third.starts_with(b"<gexf");
    LINES.iter().any(|(place, before, behind)| {
        let wanted = format!("{before}{MARK}{behind}");
        let wanted = wanted.as_bytes();
        match place {
            Place::Before => is_data && first.get(1) == Some(&wanted),
            Place::Line(number) => first.get(*number) == Some(&wanted),
            Place::Last => last == Some(wanted),
            Place::Among(count) => first.iter().take(*count).any(|line| *line == wanted),
        }
    })
}

/// What Graphviz or a renderer of pixels made, with kin's mark in it.
pub(super) fn marked(mut bytes: Vec<u8>, kind: &str) -> Vec<u8> {
    match kind {
        "png" if bytes.len() > PNG_HEAD => {
            bytes.splice(PNG_HEAD..PNG_HEAD, PNG_CHUNK.iter().copied());
        }
        "svg" => bytes.extend(format!("<!-- {MARK} -->\n").into_bytes()),
        _ => {}
    }
    bytes
}
