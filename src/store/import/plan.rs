//! What an import reads: files, which of their columns are what, and what may be wrong with them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;

use crate::model::Type;
use crate::store::import::encoding::Encoding;

/// What an import reads, and how.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub(super) nodes: Vec<NodeFile>,
    pub(super) edges: Vec<EdgeFile>,
    pub(super) rules: Rules,
    pub(super) declared: Declared,
    /// What was taken for what, where nobody said it.
    pub(super) notes: Vec<String>,
}

/// What becomes of what does not fit.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rules {
    pub(super) dangling: Dangling,
    pub(super) nodes: DuplicateNodes,
    pub(super) edges: DuplicateEdges,
    /// Whether only declared kinds and relations may occur.
    pub(super) is_closed: bool,
}

/// What becomes of a statement that leads to an entity that is not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Dangling {
    /// It is an error, and left out.
    #[default]
    Error,
    /// The entity is made.
    Stub,
    /// It is left out.
    Drop,
}

/// What becomes of a line about an entity that is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum DuplicateNodes {
    /// It is an error, and left out.
    #[default]
    Error,
    /// It is left out.
    First,
    /// What it says is added.
    Merge,
}

/// What becomes of a statement that is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum DuplicateEdges {
    /// Both stay.
    #[default]
    Keep,
    /// It is left out.
    Drop,
}

/// How the records of a file are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Format {
    Csv,
    Tsv,
    #[serde(alias = "ndjson")]
    Jsonl,
}

impl Format {
    /// The format that the ending of a file stands for.
    pub(super) fn of(name: &str) -> Option<Format> {
        let (_, ending) = name.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "csv" | "txt" => Some(Format::Csv),
            "tsv" | "tab" => Some(Format::Tsv),
            "jsonl" | "ndjson" => Some(Format::Jsonl),
            _ => None,
        }
    }
}

/// A file, and how it is read.
#[derive(Clone, Debug)]
pub(super) struct Input {
    pub(super) path: PathBuf,
    /// Its name in messages.
    pub(super) name: Arc<str>,
    pub(super) format: Format,
    pub(super) delimiter: u8,
    pub(super) quote: Option<u8>,
    pub(super) comment: Option<u8>,
    pub(super) encoding: Encoding,
    pub(super) has_header: bool,
    /// Only lines with that text in that column are read.
    pub(super) only: Option<(Column, String)>,
}

impl Input {
    /// A file with the usual signs of its format.
    pub(super) fn new(path: PathBuf, name: &str, format: Format) -> Input {
        Input {
            path,
            name: name.into(),
            format,
            delimiter: if format == Format::Tsv { b'\t' } else { b',' },
            quote: Some(b'"'),
            comment: None,
            encoding: Encoding::Utf8,
            has_header: true,
            only: None,
        }
    }
}

/// A column, by its name in the header or by its number from 1.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum Column {
    Named(String),
    Numbered(usize),
}

/// Where a text comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    Column(Column),
    Constant(String),
}

/// A text of which there may be several in a column, with something between them.
#[derive(Clone, Debug)]
pub(super) struct Cells {
    pub(super) cell: Cell,
    pub(super) separator: Option<String>,
}

/// A column that is a property of entities.
#[derive(Clone, Debug)]
pub(super) struct PropertyColumn {
    pub(super) property: String,
    pub(super) cells: Cells,
    pub(super) wanted: Type,
}

/// A file of entities.
#[derive(Clone, Debug)]
pub(super) struct NodeFile {
    pub(super) input: Input,
    pub(super) id: Column,
    pub(super) name: Option<Column>,
    pub(super) aliases: Option<Cells>,
    pub(super) kind: Option<Cells>,
    pub(super) properties: Vec<PropertyColumn>,
    /// Whether every other column is a property.
    pub(super) has_all: bool,
}

/// A file of statements between entities.
#[derive(Clone, Debug)]
pub(super) struct EdgeFile {
    pub(super) input: Input,
    pub(super) from: Column,
    pub(super) to: Column,
    pub(super) relation: Cell,
    /// Where each of [`DETAILS`] comes from.
    pub(super) details: [Option<Cell>; DETAILS.len()],
}

/// What a statement may have besides its ends, in the words of mappings and headers.
pub(super) const DETAILS: [&str; 10] = [
    "since",
    "until",
    "observed",
    "condition",
    "role",
    "note",
    "certainty",
    "polarity",
    "source",
    "at",
];

/// The vocabulary and the sources that a mapping declares.
#[derive(Clone, Debug, Default)]
pub(super) struct Declared {
    pub(super) kinds: BTreeMap<String, KindRow>,
    pub(super) relations: BTreeMap<String, RelationRow>,
    pub(super) properties: BTreeMap<String, PropertyRow>,
    pub(super) groups: BTreeMap<String, GroupRow>,
    pub(super) sources: BTreeMap<String, SourceRow>,
}

/// `[kinds.NAME]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct KindRow {
    pub(super) parent: Option<String>,
    pub(super) doc: String,
}

/// `[relations.NAME]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RelationRow {
    pub(super) inverse: Option<String>,
    pub(super) doc: String,
    pub(super) groups: Vec<String>,
    pub(super) symmetric: bool,
    pub(super) transitive: bool,
    pub(super) acyclic: bool,
    pub(super) functional: bool,
}

/// `[properties.NAME]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PropertyRow {
    #[serde(rename = "type")]
    pub(super) wanted: Option<TypeWord>,
    pub(super) doc: String,
}

/// `[groups.NAME]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct GroupRow {
    pub(super) doc: String,
}

/// `[sources.ID]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SourceRow {
    pub(super) title: Option<String>,
    pub(super) author: Option<String>,
    pub(super) date: Option<String>,
    pub(super) language: Option<String>,
    pub(super) address: Option<String>,
}

/// A type by its word.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct TypeWord(pub(super) Type);

impl TryFrom<String> for TypeWord {
    type Error = String;

    fn try_from(word: String) -> Result<TypeWord, String> {
        let found = Type::ALL.iter().find(|(known, _)| *known == word);
        found.map(|(_, wanted)| TypeWord(*wanted)).ok_or_else(|| {
            let words = Type::ALL.map(|(word, _)| word);
            let word = crate::diagnostic::escape::clipped(&word, 60);
            format!("`{word}` is no type: there are {}", words.join(", "))
        })
    }
}
