//! Syntax errors kept to the tables they lie in: each broken table is blanked out, so that one
//! mistake hides no other table of its file.

use std::collections::BTreeSet;

use toml::de::DeTable;
use toml::de::Error;

/// The most tables of a file that are blanked out; each costs one more reading of the file.
const MASKED_MAX: usize = 50;

/// A text with its broken tables blanked out, byte for byte, so that places stay what they are.
pub(super) struct Masked {
    /// The text.
    pub(super) text: String,
    /// The first error of each broken table, in the order in which they were met.
    pub(super) errors: Vec<Error>,
    /// The names in the headers of the broken tables.
    pub(super) broken: BTreeSet<String>,
}

/// Blanks out broken tables until the rest reads, or what is wrong is no error of syntax (such as a
/// key that is there twice), or there are too many.
pub(super) fn mask(text: &str, is_syntax: impl Fn(&Error) -> bool) -> Masked {
    let mut masked = Masked {
        text: text.to_owned(),
        errors: Vec::new(),
        broken: BTreeSet::new(),
    };
    while masked.errors.len() < MASKED_MAX {
        let Err(error) = DeTable::parse(&masked.text) else {
            break;
        };
        let place = error.span().filter(|_| is_syntax(&error));
        let Some(table) = place.and_then(|span| table_at(&masked.text, span.start)) else {
            break;
        };
        let piece = &masked.text[table.clone()];
        masked.broken.extend(name(piece));
        let blank: String = piece
            .bytes()
            .map(|byte| if byte == b'\n' { '\n' } else { ' ' })
            .collect();
        masked.text.replace_range(table, &blank);
        masked.errors.push(error);
    }
    masked
}

/// The table that an error at `at` belongs to, from its header to the next one; none before the
/// first header. An error on a sound header is the fault of the table before it.
fn table_at(text: &str, at: usize) -> Option<std::ops::Range<usize>> {
    let headers: Vec<usize> = std::iter::once(0)
        .chain(text.match_indices('\n').map(|(place, _)| place + 1))
        .filter(|start| text[*start..].starts_with('['))
        .collect();
    let mut index = headers
        .partition_point(|start| *start <= at)
        .checked_sub(1)?;
    let line = text[headers[index]..].lines().next().unwrap_or_default();
    let is_on_header = at <= headers[index] + line.len();
    if is_on_header && is_sound(line) {
        index = index.checked_sub(1)?;
    }
    let end = headers.get(index + 1).copied().unwrap_or(text.len());
    Some(headers[index]..end)
}

/// Whether a line is a whole header, maybe with a comment behind it.
fn is_sound(line: &str) -> bool {
    let line = line.split('#').next().unwrap_or_default().trim_end();
    line.ends_with(']') && line.matches('"').count().is_multiple_of(2)
}

/// The name in the header of a table.
fn name(table: &str) -> Option<String> {
    let line = table.lines().next()?;
    let name = line.trim_start_matches('[').split([']', '#']).next()?;
    let name = name.trim().trim_matches(['"', '\'']);
    (!name.is_empty()).then(|| name.to_owned())
}
