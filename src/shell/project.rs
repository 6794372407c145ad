//! Settings: a `kin.toml` found upwards, and the user's own file; which graph is meant.
//!
//! A `kin.toml` is a stranger's file: it may name a graph below its own folder, queries and values
//! of parameters, and nothing that runs, writes or reads elsewhere.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::ops::Range;
use std::path::Component;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;

use crate::diagnostic::Error;
use crate::diagnostic::escape;
use crate::model::Date;
use crate::model::Value;
use crate::model::stable;
use crate::query::Parameters;
use crate::shell::parameter;

/// The name of the file that a folder can have.
const FILE_NAME: &str = "kin.toml";

/// The name of the user's own file, in the folder `kin` of their configuration.
const OWN_FILE_NAME: &str = "config.toml";

/// What a `kin.toml` holds.
const PROJECT_HINT: &str = "it holds `graph = \"folder\"`, `[queries]` and `[parameters]`";

/// The longest file of settings that is read, in bytes.
const BYTES_MAX: u64 = 64 * 1024;

/// Queries under their names, or as functions: `"f(x)" = "x | ancestors(x)"`.
type Queries = BTreeMap<Spanned<String>, Spanned<String>>;

/// What a `kin.toml` may say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Project {
    /// A folder or JSON file below the folder of the file.
    graph: Option<PathBuf>,
    /// Named queries.
    #[serde(default)]
    queries: Queries,
    /// Values of parameters that are not given otherwise.
    #[serde(default)]
    parameters: toml::Table,
}

/// What the user's own file may say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Own {
    /// Named queries.
    #[serde(default)]
    queries: Queries,
}

/// A query that a file gives a name, and where both stand in it.
#[derive(Debug)]
pub(super) struct Named {
    /// The name; for a function with its parameters.
    pub(super) name: String,
    /// Where that stands, with its quotes.
    pub(super) name_at: Range<usize>,
    /// The query.
    pub(super) query: String,
    /// Where that stands, with its quotes.
    pub(super) query_at: Range<usize>,
}

/// What a file of settings says beside the graph.
#[derive(Debug)]
pub(super) struct Settings {
    /// The file.
    pub(super) file: Arc<str>,
    /// Its text.
    pub(super) text: String,
    /// Named queries, in the order of the file.
    pub(super) queries: Vec<Named>,
    /// Values of parameters that are not given otherwise.
    pub(super) parameters: Parameters,
}

/// A folder or file that is meant, and what named it, if that was not the command line.
#[derive(Debug)]
pub(super) struct Graph {
    /// The folder of TOML files, or the property graph in JSON.
    pub(super) path: PathBuf,
    /// What named it.
    pub(super) named_by: Option<String>,
}

/// The folder or file of the graph that is meant; none for the bundled graph.
///
/// `option` is what the command line says; an empty `KIN_GRAPH` is as good as none. Errors: a
/// `kin.toml` that is wrong or points out of its folder.
pub(super) fn graph(option: Option<&Path>) -> Result<Option<Graph>, Error> {
    if let Some(path) = option {
        let path = path.to_owned();
        return Ok(Some(Graph {
            path,
            named_by: None,
        }));
    }
    if let Some(path) = std::env::var_os("KIN_GRAPH").filter(|path| !path.is_empty()) {
        let named_by = Some("the variable KIN_GRAPH".to_owned());
        let path = PathBuf::from(path);
        return Ok(Some(Graph { path, named_by }));
    }
    let Some(file) = project_file() else {
        return Ok(None);
    };
    let project: Project = parsed(&file, &read(&file)?, PROJECT_HINT)?;
    match project.graph {
        Some(graph) => below(&file, &graph).map(Some),
        None => Ok(None),
    }
}

/// The nearest `kin.toml`, here or above.
fn project_file() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let mut files = here.ancestors().map(|folder| folder.join(FILE_NAME));
    files.find(|file| file.is_file())
}

/// What the nearest `kin.toml` says beside the graph.
///
/// Errors: it cannot be read, or says something else.
pub(super) fn settings() -> Result<Option<Settings>, Error> {
    let Some(file) = project_file() else {
        return Ok(None);
    };
    let text = read(&file)?;
    let project: Project = parsed(&file, &text, PROJECT_HINT)?;
    let mut parameters = Parameters::new();
    for (name, value) in project.parameters {
        let hint = "write `[parameters]` and `name = \"value\"`";
        parameter::check_name(&name, hint)?;
        let value = value_of(value).map_err(|reason| {
            let reason = format!("the parameter `{name}` {reason}");
            wrong(
                &file,
                &reason,
                "give it a text, a number, a date, a list or a table",
            )
        })?;
        parameters.insert(name, value);
    }
    Ok(Some(Settings {
        file: Arc::from(file.to_string_lossy()),
        text,
        queries: named(project.queries),
        parameters,
    }))
}

/// The folder in which is remembered which snapshots were found sound; none where the system names
/// no folder for such.
pub(super) fn checked_folder() -> Option<PathBuf> {
    use etcetera::BaseStrategy as _;
    let folders = etcetera::choose_base_strategy().ok()?;
    Some(folders.cache_dir().join("kin").join("checked"))
}

/// What the user's own file says; none where there is no such file.
///
/// Errors: it cannot be read, or says something else.
pub(super) fn own_settings() -> Result<Option<Settings>, Error> {
    use etcetera::BaseStrategy as _;
    let Ok(folders) = etcetera::choose_base_strategy() else {
        return Ok(None);
    };
    let file = folders.config_dir().join("kin").join(OWN_FILE_NAME);
    if !file.is_file() {
        return Ok(None);
    }
    let text = read(&file)?;
    let own: Own = parsed(&file, &text, "it holds `[queries]`")?;
    Ok(Some(Settings {
        file: Arc::from(file.to_string_lossy()),
        text,
        queries: named(own.queries),
        parameters: Parameters::new(),
    }))
}

/// The queries in the order of the file.
fn named(queries: Queries) -> Vec<Named> {
    let mut named: Vec<Named> = queries
        .into_iter()
        .map(|(name, query)| Named {
            name_at: name.span(),
            name: name.into_inner(),
            query_at: query.span(),
            query: query.into_inner(),
        })
        .collect();
    stable::sort_by_key(&mut named, |named| named.name_at.start);
    named
}

/// A value of TOML; what is wrong with it, in words.
fn value_of(value: toml::Value) -> Result<Value, String> {
    Ok(match value {
        toml::Value::String(text) => Value::Text(text),
        toml::Value::Integer(number) => Value::Integer(number),
        toml::Value::Boolean(truth) => Value::Boolean(truth),
        toml::Value::Float(number) if number.is_finite() => Value::Float(number),
        toml::Value::Float(_) => return Err("is no finite number".to_owned()),
        toml::Value::Datetime(date) => {
            let text = date.to_string();
            Value::Date(Date::parse(&text).map_err(|_| "is a time, not a date".to_owned())?)
        }
        toml::Value::Array(items) => {
            Value::List(items.into_iter().map(value_of).collect::<Result<_, _>>()?)
        }
        toml::Value::Table(members) => {
            let members = members.into_iter();
            let members = members.map(|(name, member)| Ok((name.into(), value_of(member)?)));
            Value::Map(members.collect::<Result<_, String>>()?)
        }
    })
}

/// The text of a file of settings.
fn read(file: &Path) -> Result<String, Error> {
    let failed = |error| Error::Io(file.to_owned(), error);
    let mut text = String::new();
    let opened = std::fs::File::open(file).map_err(failed)?;
    opened
        .take(BYTES_MAX + 1)
        .read_to_string(&mut text)
        .map_err(failed)?;
    if text.len() as u64 > BYTES_MAX {
        return Err(wrong(
            file,
            "the file is longer than 64 KiB",
            "make it shorter",
        ));
    }
    Ok(text)
}

fn parsed<T: DeserializeOwned>(file: &Path, text: &str, hint: &str) -> Result<T, Error> {
    toml::from_str(text).map_err(|error| wrong(file, error.message(), hint))
}

/// Something that a file of settings should not say.
fn wrong(file: &Path, reason: &str, hint: &str) -> Error {
    let file = file.to_string_lossy();
    let file = escape::visible(&file);
    let message = format!("`{file}`: {}", escape::clipped(reason, 200));
    Error::Usage(message, Some(hint.to_owned()))
}

/// The graph that a `kin.toml` names, which must be below its folder.
fn below(file: &Path, graph: &Path) -> Result<Graph, Error> {
    let is_below = graph
        .components()
        .all(|component| matches!(component, Component::Normal(_) | Component::CurDir));
    let folder = file.parent().unwrap_or(Path::new(""));
    let joined = folder.join(graph);
    // A link could lead out of the folder all the same: compare where both really are.
    let stays = match (folder.canonicalize(), joined.canonicalize()) {
        (Ok(folder), Ok(joined)) => joined.starts_with(folder),
        _ => true,
    };
    if !is_below || !stays {
        let hint = "name a folder or a JSON file below the file, or use `-g PATH`";
        return Err(wrong(
            file,
            "`graph` leads out of the folder of the file",
            hint,
        ));
    }
    let path = file.to_string_lossy();
    Ok(Graph {
        path: joined,
        named_by: Some(format!("`{}`", escape::visible(&path))),
    })
}
