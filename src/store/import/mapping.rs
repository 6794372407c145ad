//! The mapping file: TOML that says which columns of which files are what.
//!
//! `docs/import.md` describes it. A mapping is a stranger's file as much as the tables are: unless
//! it is allowed, it names only files below its own folder.

use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;

use serde::Deserialize;
use serde::Deserializer;
use serde::de::IntoDeserializer;
use serde::de::MapAccess;
use serde::de::Visitor;
use serde::de::value::MapAccessDeserializer;

use crate::diagnostic::Error;
use crate::diagnostic::Lines;
use crate::diagnostic::escape;
use crate::model::Type;
use crate::store::import::encoding::Encoding;
use crate::store::import::gather::plain_type;
use crate::store::import::plan::Cell;
use crate::store::import::plan::Cells;
use crate::store::import::plan::Column;
use crate::store::import::plan::DETAILS;
use crate::store::import::plan::Dangling;
use crate::store::import::plan::Declared;
use crate::store::import::plan::DuplicateEdges;
use crate::store::import::plan::DuplicateNodes;
use crate::store::import::plan::EdgeFile;
use crate::store::import::plan::Format;
use crate::store::import::plan::GroupRow;
use crate::store::import::plan::Input;
use crate::store::import::plan::KindRow;
use crate::store::import::plan::NodeFile;
use crate::store::import::plan::Plan;
use crate::store::import::plan::PropertyColumn;
use crate::store::import::plan::PropertyRow;
use crate::store::import::plan::RelationRow;
use crate::store::import::plan::Rules;
use crate::store::import::plan::SourceRow;
use crate::store::import::plan::TypeWord;

/// The longest mapping.
const BYTES_MAX: u64 = 1 << 20;

/// Which files a mapping may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Those below its own folder.
    Below,
    /// Any.
    Anywhere,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Mapping {
    read: Signs,
    dangling: Dangling,
    duplicate_nodes: DuplicateNodes,
    duplicate_edges: DuplicateEdges,
    closed: bool,
    nodes: Vec<NodeSection>,
    edges: Vec<EdgeSection>,
    kinds: BTreeMap<String, KindRow>,
    relations: BTreeMap<String, RelationRow>,
    properties: BTreeMap<String, PropertyRow>,
    groups: BTreeMap<String, GroupRow>,
    sources: BTreeMap<String, SourceRow>,
}

/// `[read]`, and `read = { … }` of a section.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Signs {
    format: Option<Format>,
    delimiter: Option<String>,
    quote: Option<String>,
    comment: Option<String>,
    encoding: Option<Encoding>,
    header: Option<bool>,
}

/// What every section has.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(untagged, expecting = "a name, or a list of names")]
enum Files {
    #[default]
    None,
    One(String),
    Several(Vec<String>),
}

/// `only = { column = "type", is = "P" }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Only {
    column: Column,
    is: String,
}

/// A column, or a table that says more of it.
#[derive(Clone, Debug)]
enum Written {
    Column(Column),
    Table(Table),
}

impl<'de> Deserialize<'de> for Written {
    // An untagged enum would not say what is wrong in the table.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Written, D::Error> {
        deserializer.deserialize_any(WrittenVisitor)
    }
}

struct WrittenVisitor;

impl<'de> Visitor<'de> for WrittenVisitor {
    type Value = Written;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .write_str("a column by its name or number, or a table with `column` or `constant`")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Written, E> {
        Ok(Written::Column(Column::Named(name.to_owned())))
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Written, E> {
        let column = Column::deserialize(number.into_deserializer());
        column.map(Written::Column)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Written, A::Error> {
        Table::deserialize(MapAccessDeserializer::new(map)).map(Written::Table)
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    column: Option<Column>,
    constant: Option<String>,
    separator: Option<String>,
    #[serde(rename = "type")]
    wanted: Option<TypeWord>,
}

/// `[[nodes]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NodeSection {
    #[serde(alias = "files", default)]
    file: Files,
    #[serde(default)]
    read: Signs,
    only: Option<Only>,
    id: Column,
    name: Option<Column>,
    aliases: Option<Written>,
    kind: Option<Written>,
    #[serde(default)]
    properties: BTreeMap<String, Written>,
    /// Whether columns that nothing is said of are properties.
    #[serde(default)]
    others: Others,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Others {
    #[default]
    Drop,
    Properties,
}

/// `[[edges]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EdgeSection {
    #[serde(alias = "files", default)]
    file: Files,
    #[serde(default)]
    read: Signs,
    only: Option<Only>,
    from: Column,
    to: Column,
    relation: Written,
    since: Option<Written>,
    until: Option<Written>,
    observed: Option<Written>,
    condition: Option<Written>,
    role: Option<Written>,
    note: Option<Written>,
    certainty: Option<Written>,
    polarity: Option<Written>,
    source: Option<Written>,
    at: Option<Written>,
}

/// Reads a mapping. Errors: it cannot be read, does not read, or names what it may not.
pub fn mapping(path: &Path, reach: Reach) -> Result<Plan, Error> {
    let failed = |error| Error::Io(path.to_owned(), error);
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if !metadata.is_file() || metadata.len() > BYTES_MAX {
        let problem = "is no regular file of at most 1 MiB";
        return Err(failed(std::io::Error::other(problem)));
    }
    let text = std::fs::read_to_string(path).map_err(failed)?;
    let mapping: Mapping = toml::from_str(&text).map_err(|error| {
        let place = error.span().map_or(String::new(), |span| {
            let (line, column) = Lines::of(&text).place(&text, span.start);
            format!(":{line}:{column}")
        });
        let name = path.to_string_lossy();
        let message = error.message().lines().collect::<Vec<_>>().join("; ");
        let message = format!(
            "`{}{place}`: {}",
            escape::visible(&name),
            escape::clipped(&message, 400)
        );
        let hint = "the form of a mapping: kin import --help";
        Error::Usage(message, Some(hint.to_owned()))
    })?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let context = Context { folder, reach };
    context.plan(mapping)
}

/// Where a mapping lies, and what it may name.
struct Context<'a> {
    folder: &'a Path,
    reach: Reach,
}

impl Context<'_> {
    fn plan(&self, mapping: Mapping) -> Result<Plan, Error> {
        let mut plan = Plan {
            rules: Rules {
                dangling: mapping.dangling,
                nodes: mapping.duplicate_nodes,
                edges: mapping.duplicate_edges,
                is_closed: mapping.closed,
            },
            declared: Declared {
                kinds: mapping.kinds,
                relations: mapping.relations,
                properties: mapping.properties,
                groups: mapping.groups,
                sources: mapping.sources,
            },
            ..Plan::default()
        };
        for section in &mapping.nodes {
            let (signs, only) = (&section.read, &section.only);
            for input in self.inputs(&section.file, &mapping.read, signs, only)? {
                let file = node_file(section, input, &plan.declared)?;
                plan.nodes.push(file);
            }
        }
        for section in &mapping.edges {
            let (signs, only) = (&section.read, &section.only);
            for input in self.inputs(&section.file, &mapping.read, signs, only)? {
                plan.edges.push(edge_file(section, input)?);
            }
        }
        if plan.nodes.is_empty() && plan.edges.is_empty() {
            let message = "the mapping names no file";
            let hint = "give it a section `[[edges]]` with `file`, `from`, `to` and `relation`";
            return Err(wrong(message, Some(hint)));
        }
        Ok(plan)
    }

    /// The files of a section.
    fn inputs(
        &self,
        files: &Files,
        common: &Signs,
        own: &Signs,
        only: &Option<Only>,
    ) -> Result<Vec<Input>, Error> {
        let names = match files {
            Files::None => return Err(wrong("a section has no `file`", None)),
            Files::One(name) => std::slice::from_ref(name),
            Files::Several(names) => names.as_slice(),
        };
        let mut inputs = Vec::new();
        for name in names {
            let format = own.format.or(common.format).or(Format::of(name));
            let shown = escape::clipped(name, 200);
            let Some(format) = format else {
                let message = format!("the format of `{shown}` does not show in its ending");
                return Err(wrong(&message, Some("say it: read = { format = \"csv\" }")));
            };
            let mut input = Input::new(self.path(name)?, name, format);
            if let Some(sign) = own.delimiter.as_ref().or(common.delimiter.as_ref()) {
                input.delimiter = byte("delimiter", sign)?.ok_or_else(|| {
                    wrong(
                        "the delimiter is empty",
                        Some("use jsonl for lines without one"),
                    )
                })?;
            }
            if let Some(sign) = own.quote.as_ref().or(common.quote.as_ref()) {
                input.quote = byte("quote", sign)?;
            }
            if let Some(sign) = own.comment.as_ref().or(common.comment.as_ref()) {
                input.comment = byte("comment", sign)?;
            }
            let encoding = own.encoding.or(common.encoding);
            input.encoding = encoding.unwrap_or_default();
            input.has_header = own.header.or(common.header).unwrap_or(true);
            input.only = only
                .as_ref()
                .map(|only| (only.column.clone(), only.is.clone()));
            let has_numbers = matches!(&input.only, Some((Column::Numbered(_), _)));
            if has_numbers && format == Format::Jsonl {
                return Err(wrong("columns of JSON have names and no numbers", None));
            }
            inputs.push(input);
        }
        Ok(inputs)
    }

    /// The path of a file, if it may be named.
    fn path(&self, name: &str) -> Result<PathBuf, Error> {
        let path = self.folder.join(name);
        if self.reach == Reach::Anywhere {
            return Ok(path);
        }
        let failed = |error| Error::Io(path.clone(), error);
        let folder = match self.folder.as_os_str().is_empty() {
            true => Path::new("."),
            false => self.folder,
        };
        let folder = folder.canonicalize().map_err(failed)?;
        let real = path.canonicalize().map_err(failed)?;
        if !real.starts_with(folder) {
            let message = format!(
                "the mapping names `{}`, which is not below its folder",
                escape::clipped(name, 200)
            );
            return Err(wrong(&message, Some("if you trust it: --allow-outside")));
        }
        Ok(path)
    }
}

fn wrong(message: &str, hint: Option<&str>) -> Error {
    Error::Usage(message.to_owned(), hint.map(str::to_owned))
}

/// A sign of one byte; none if it is empty.
fn byte(what: &str, sign: &str) -> Result<Option<u8>, Error> {
    match sign.as_bytes() {
        [] => Ok(None),
        [byte] if byte.is_ascii() && !matches!(byte, b'\n' | b'\r' | 0) => Ok(Some(*byte)),
        _ => {
            let sign = escape::clipped(sign, 20);
            let message = format!("the {what} is `{sign}` and must be one sign of ASCII");
            Err(wrong(&message, None))
        }
    }
}

fn cells(written: &Written) -> Result<(Cells, Option<Type>), Error> {
    let plain = |cell| Cells {
        cell,
        separator: None,
    };
    let table = match written {
        Written::Column(column) => return Ok((plain(Cell::Column(column.clone())), None)),
        Written::Table(table) => table,
    };
    let cell = match (&table.column, &table.constant) {
        (Some(column), None) => Cell::Column(column.clone()),
        (None, Some(text)) if !text.is_empty() && !text.contains('\0') => {
            Cell::Constant(text.clone())
        }
        (None, Some(_)) => return Err(wrong("a constant is empty or has a NUL in it", None)),
        _ => {
            let message = "a table wants one of `column` and `constant`";
            return Err(wrong(message, None));
        }
    };
    if table.separator.as_deref() == Some("") {
        return Err(wrong("a separator is empty", None));
    }
    let separator = table.separator.clone();
    Ok((Cells { cell, separator }, table.wanted.map(|word| word.0)))
}

/// The same where only one text is wanted.
fn cell(written: &Written) -> Result<Cell, Error> {
    match cells(written)? {
        (cells, None) if cells.separator.is_none() => Ok(cells.cell),
        _ => Err(wrong("`separator` and `type` are for nodes", None)),
    }
}

fn node_file(section: &NodeSection, input: Input, declared: &Declared) -> Result<NodeFile, Error> {
    let plain = plain_type(input.format == Format::Jsonl);
    let several = |written: &Option<Written>| {
        let cells = written.as_ref().map(cells).transpose()?;
        Ok::<_, Error>(cells.map(|(cells, _)| cells))
    };
    let mut properties = Vec::new();
    for (property, written) in &section.properties {
        let (cells, wanted) = cells(written)?;
        let row = declared.properties.get(property);
        let declared = row.and_then(|row| row.wanted.map(|word| word.0));
        properties.push(PropertyColumn {
            property: property.clone(),
            cells,
            wanted: wanted.or(declared).unwrap_or(plain),
        });
    }
    Ok(NodeFile {
        id: section.id.clone(),
        name: section.name.clone(),
        aliases: several(&section.aliases)?,
        kind: several(&section.kind)?,
        properties,
        has_all: section.others == Others::Properties,
        input,
    })
}

fn edge_file(section: &EdgeSection, input: Input) -> Result<EdgeFile, Error> {
    let mut details = DETAILS.map(|_| None);
    let written = [
        &section.since,
        &section.until,
        &section.observed,
        &section.condition,
        &section.role,
        &section.note,
        &section.certainty,
        &section.polarity,
        &section.source,
        &section.at,
    ];
    for (detail, written) in details.iter_mut().zip(written) {
        *detail = written.as_ref().map(cell).transpose()?;
    }
    Ok(EdgeFile {
        from: section.from.clone(),
        to: section.to.clone(),
        relation: cell(&section.relation)?,
        details,
        input,
    })
}
