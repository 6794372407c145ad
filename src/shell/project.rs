//! Which graph is meant: an option, `KIN_GRAPH`, a `kin.toml` found upwards, or the bundled one.
//!
//! A `kin.toml` is a stranger's file: it may name a graph below its own folder, and nothing that
//! runs, writes or reads elsewhere.

use std::io::Read as _;
use std::path::Component;
use std::path::Path;
use std::path::PathBuf;

use serde::Deserialize;

use crate::diagnostic::Error;
use crate::diagnostic::escape;

/// The name of the file that a folder can have.
const FILE_NAME: &str = "kin.toml";

/// The longest `kin.toml` that is read, in bytes.
const BYTES_MAX: u64 = 64 * 1024;

/// What a `kin.toml` may say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Project {
    /// A folder or JSON file below the folder of the file.
    graph: Option<PathBuf>,
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
    let Ok(here) = std::env::current_dir() else {
        return Ok(None);
    };
    match here
        .ancestors()
        .map(|folder| folder.join(FILE_NAME))
        .find(|file| file.is_file())
    {
        Some(file) => from_file(&file),
        None => Ok(None),
    }
}

fn from_file(file: &Path) -> Result<Option<Graph>, Error> {
    let failed = |error| Error::Io(file.to_owned(), error);
    let mut text = String::new();
    let opened = std::fs::File::open(file).map_err(failed)?;
    opened
        .take(BYTES_MAX + 1)
        .read_to_string(&mut text)
        .map_err(failed)?;
    let path = file.to_string_lossy().into_owned();
    let wrong = |reason: &str, hint: &str| {
        let message = format!(
            "`{}`: {}",
            escape::visible(&path),
            escape::clipped(reason, 200)
        );
        Error::Usage(message, Some(hint.to_owned()))
    };
    if text.len() as u64 > BYTES_MAX {
        return Err(wrong(
            "the file is longer than 64 KiB",
            "it holds one line: `graph = \"folder\"`",
        ));
    }
    let project: Project = toml::from_str(&text)
        .map_err(|error| wrong(error.message(), "it holds one line: `graph = \"folder\"`"))?;
    let Some(graph) = project.graph else {
        return Ok(None);
    };
    let is_below = graph
        .components()
        .all(|component| matches!(component, Component::Normal(_) | Component::CurDir));
    let folder = file.parent().unwrap_or(Path::new(""));
    let joined = folder.join(&graph);
    // A link could lead out of the folder all the same: compare where both really are.
    let stays = match (folder.canonicalize(), joined.canonicalize()) {
        (Ok(folder), Ok(joined)) => joined.starts_with(folder),
        _ => true,
    };
    if !is_below || !stays {
        let hint = "name a folder or a JSON file below the file, or use `-g PATH`";
        return Err(wrong("`graph` leads out of the folder of the file", hint));
    }
    let named_by = Some(format!("`{}`", escape::visible(&path)));
    Ok(Some(Graph {
        path: joined,
        named_by,
    }))
}
