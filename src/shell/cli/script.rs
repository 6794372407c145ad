//! Queries as they come in: from an argument, a file, or standard input.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::Error;
use crate::diagnostic::Fault;
use crate::diagnostic::LimitId;
use crate::diagnostic::Limits;

/// Queries, and the file they come from.
pub(super) struct Script {
    /// The file; none for an argument or standard input.
    pub(super) file: Option<Arc<str>>,
    /// The queries.
    pub(super) text: String,
}

/// Reads queries from standard input.
pub(super) fn standard_input(limits: &Limits) -> Result<Script, Error> {
    let text = read_script(std::io::stdin().lock(), Path::new("standard input"), limits)?;
    Ok(Script { file: None, text })
}

/// Reads a script: at most one byte more than the limit, so that the parser tells of it.
pub(super) fn read_script(
    from: impl std::io::Read,
    path: &Path,
    limits: &Limits,
) -> Result<String, Error> {
    let failed = |error| Error::Io(path.to_owned(), error);
    let bytes_max = limits.get(LimitId::QueryBytes).saturating_add(1);
    let mut bytes = Vec::new();
    from.take(bytes_max)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 == bytes_max {
        return Err(Fault::Limit(LimitId::QueryBytes, bytes_max - 1).into());
    }
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let error = std::io::Error::new(std::io::ErrorKind::InvalidData, error.utf8_error());
        failed(error)
    })?;
    // Some editors put a byte order mark before a text.
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
    Ok(text)
}
