//! The text of the files as records with places. Reports what is wrong with the form (no TOML,
//! unknown or missing keys, wrong types) and leaves the meaning to `check`.

mod entity;
mod fields;
mod mask;
mod schema;

use std::collections::BTreeSet;

use toml::Spanned;
use toml::de::DeTable;

use crate::diagnostic::Span;
use crate::diagnostic::code;
use crate::store::DataFile;
use crate::store::read::fields::Node;
use crate::store::read::fields::Reader;
use crate::store::read::mask::Masked;
use crate::store::report::Report;
use crate::store::report::quoted;
use crate::store::written::Place;
use crate::store::written::Records;
use crate::store::written::Written;

pub(crate) use entity::ENTITY_KEYS;

/// The longest text of which the good parts are read though others are no TOML: finding a way on
/// costs memory for every mistake, and a long text can be all mistakes.
const RECOVERABLE_BYTES_MAX: usize = 1024 * 1024;

/// With how many syntax errors a text is still read: with more it was not meant as TOML.
const SYNTAX_ERRORS_MAX: usize = 1_000;

/// What toml calls a table or key that is there already.
const DUPLICATE: &str = "duplicate key";

/// Reads all files, which are in the order in which places count them.
pub(crate) fn read(files: &[DataFile], report: &mut Report) -> Records {
    let mut records = Records::default();
    for (file, data) in files.iter().enumerate() {
        let file = u32::try_from(file).unwrap_or(u32::MAX);
        read_file(&mut Reader { file, report }, data, &mut records);
    }
    if !files.iter().any(|file| role(&file.name) == Role::Schema) && !records.entities.is_empty() {
        let hint = "declare kinds and relations in `schema.toml`".to_owned();
        let message = "there is no `schema.toml`, so no kind and no relation is known";
        report.file_error(&code::UNREADABLE, "schema.toml", message, hint);
    }
    records
}

/// What a file holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Schema,
    Sources,
    Entities,
}

fn role(name: &str) -> Role {
    match name.rsplit('/').next() {
        Some("schema.toml") => Role::Schema,
        Some("sources.toml") => Role::Sources,
        _ => Role::Entities,
    }
}

fn read_file(reader: &mut Reader<'_>, data: &DataFile, records: &mut Records) {
    let masked;
    let (root, broken) = match DeTable::parse(&data.text) {
        Ok(root) => (root, None),
        Err(_) => {
            masked = blanked(reader, &data.text);
            let (root, mut broken) = recover(reader, &masked.text);
            broken.extend(masked.broken.iter().cloned());
            (root, Some(broken))
        }
    };
    if let Some(broken) = &broken {
        let left_out = match role(&data.name) {
            Role::Schema => &mut records.left_out_words,
            Role::Sources | Role::Entities => &mut records.left_out,
        };
        left_out.extend(headers(&data.text));
        left_out.extend(broken.iter().cloned());
    }
    let root = root.into_inner();
    let broken = broken.unwrap_or_default();
    if role(&data.name) == Role::Schema {
        schema::read_schema(reader, &root, records);
        return;
    }
    for (key, node) in &root {
        let id: &str = key.get_ref();
        if broken.contains(id) {
            continue;
        }
        let place = reader.place(key);
        let value = id.to_owned();
        let id = Written { value, place };
        read_record(reader, id, node, role(&data.name), records);
    }
}

/// Reads one top-level table. Under a wrong id it is left out, but read for what else is wrong.
fn read_record(
    reader: &mut Reader<'_>,
    id: Written<String>,
    node: &Node<'_>,
    role: Role,
    records: &mut Records,
) {
    let Some(table) = node.get_ref().as_table() else {
        reader.wrong_type(&id.value, node, "a table with an id as its header, `[id]`");
        records.left_out.insert(id.value);
        return;
    };
    let is_broken = !is_id(&id.value);
    if is_broken {
        let message = format!("{} is no id", quoted(&id.value));
        let hint = "an id has lower-case ASCII letters, digits, `-`, `_` and `.`".to_owned();
        let hint = slug(&id.value).map_or(hint, |slug| format!("write it as `{slug}`"));
        reader.report.error(&code::BAD_ID, id.place, message, hint);
    }
    if role == Role::Sources {
        let mut source = entity::read_source(reader, id, table);
        source.is_broken |= is_broken;
        records.sources.push(source);
    } else {
        let mut entity = entity::read_entity(reader, id, table);
        entity.is_broken |= is_broken;
        records.entities.push(entity);
    }
}

/// Whether a text can be an id: lower-case ASCII letters, digits, `-`, `_` and `.`, with a letter
/// or digit in front, and at most 200 of them.
fn is_id(text: &str) -> bool {
    let is_first = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.len() <= 200
        && text.bytes().next().is_some_and(is_first)
        && text
            .bytes()
            .all(|byte| is_first(byte) || matches!(byte, b'-' | b'_' | b'.'))
}

/// The id that someone may have meant.
fn slug(text: &str) -> Option<String> {
    let slug = crate::diagnostic::suggest::folded(text.trim());
    is_id(&slug).then_some(slug)
}

/// The text with its broken tables blanked out and reported; too long a text stays as it is.
fn blanked(reader: &mut Reader<'_>, text: &str) -> Masked {
    let is_syntax = |error: &toml::de::Error| error.message() != DUPLICATE;
    let masked = mask::mask(text, |error| {
        text.len() <= RECOVERABLE_BYTES_MAX && is_syntax(error)
    });
    for error in &masked.errors {
        report_syntax(reader, error, Span::new(error.span().unwrap_or(0..0)));
    }
    masked
}

/// The table of a text, and the ids of records with an error in them that could not be blanked out.
fn recover<'t>(reader: &mut Reader<'_>, text: &'t str) -> (Spanned<DeTable<'t>>, BTreeSet<String>) {
    let first = match DeTable::parse(text) {
        Ok(root) => return (root, BTreeSet::new()),
        Err(error) => error,
    };
    let nothing = || Spanned::new(0..0, DeTable::new());
    let (mut root, mut errors) = match text.len() <= RECOVERABLE_BYTES_MAX {
        true => DeTable::parse_recoverable(text),
        false => (nothing(), vec![first]),
    };
    if errors.len() > SYNTAX_ERRORS_MAX {
        errors.truncate(SYNTAX_ERRORS_MAX);
        root = nothing();
    }
    let mut broken = BTreeSet::new();
    let mut starts: Vec<(usize, &str)> = Vec::new();
    for (key, node) in root.get_ref() {
        let line = line_start(text, key.span().start);
        let start = line_start(text, node.span().start).min(line);
        starts.push((start, key.get_ref().as_ref()));
        // An unclosed header takes the first key behind it for its own.
        if start < line {
            broken.insert(key.get_ref().clone().into_owned());
        }
    }
    starts.sort_unstable();
    report_errors(reader, text, &errors, &starts, &mut broken);
    (root, broken)
}

/// Reports syntax errors, and adds the records in which they lie to `broken`.
fn report_errors(
    reader: &mut Reader<'_>,
    text: &str,
    errors: &[toml::de::Error],
    starts: &[(usize, &str)],
    broken: &mut BTreeSet<String>,
) {
    let mut doubled = BTreeSet::new();
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let Some(id) = record_at(text, starts, span.start) else {
            report_syntax(reader, error, Span::new(span));
            continue;
        };
        let is_first = broken.insert(id.to_owned());
        let is_header = text[line_start(text, span.start)..].starts_with('[');
        if error.message() != DUPLICATE {
            report_syntax(reader, error, Span::new(span));
        } else if is_first && is_header {
            doubled.insert(id);
            report_doubled(reader, id, Span::new(span));
        } else if !doubled.contains(id) {
            report_syntax(reader, error, Span::new(span));
        }
    }
}

fn report_doubled(reader: &mut Reader<'_>, id: &str, span: Span) {
    let place = Place {
        file: reader.file,
        span,
    };
    let message = format!(
        "{} is defined twice in this file; neither is used",
        quoted(id)
    );
    let hint = "make one table of the two, or give one another id".to_owned();
    reader
        .report
        .error(&code::DUPLICATE_ID, place, message, hint);
}

fn report_syntax(reader: &mut Reader<'_>, error: &toml::de::Error, span: Span) {
    let place = Place {
        file: reader.file,
        span,
    };
    let message = format!("this is no TOML: {}", error.message());
    let hint = match error.message() {
        DUPLICATE => "a key stands once in a table; write several values as a list `[…, …]`",
        _ => "see https://toml.io for how TOML is written",
    };
    reader
        .report
        .error(&code::BAD_TOML, place, message, hint.to_owned());
}

/// The record in which an offset lies; none if it lies in a header that makes no record.
fn record_at<'t>(text: &str, starts: &[(usize, &'t str)], offset: usize) -> Option<&'t str> {
    let line = line_start(text, offset);
    let index = starts
        .partition_point(|(start, _)| *start <= line)
        .checked_sub(1)?;
    let (start, id) = starts[index];
    let is_header = text[line..].starts_with('[');
    (start == line || !is_header).then_some(id)
}

fn line_start(text: &str, offset: usize) -> usize {
    let offset = Span::new(offset..offset).range_in(text).start;
    text[..offset].rfind('\n').map_or(0, |at| at + 1)
}

/// What lines that look like headers name: of `[kinds.x]`, `kinds.x` and `x`.
fn headers(text: &str) -> impl Iterator<Item = String> {
    let headers = text.lines().filter_map(|line| line.strip_prefix('['));
    let names = headers.flat_map(|header| {
        let name = header.split(']').next().unwrap_or_default().trim();
        let last = name.rsplit('.').next().unwrap_or(name);
        [name, last].map(|name| name.trim_matches('"').to_owned())
    });
    names.filter(|name| !name.is_empty())
}
