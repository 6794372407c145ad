//! The files of a folder as texts, and nothing beside them: no link that leads out, no device, no
//! file that grows without end. Everything that is refused is a finding.

use std::collections::BTreeSet;
use std::fs::File;
use std::fs::Metadata;
use std::fs::OpenOptions;
use std::io;
use std::io::Read;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Span;
use crate::diagnostic::code;
use crate::model::stable;
use crate::store::DataFile;
use crate::store::report::Report;

/// The longest file that is read.
const FILE_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// How many files and folders are looked at.
const ENTRIES_MAX: usize = 100_000;

/// How deep folders may nest.
const DEPTH_MAX: usize = 16;

/// The texts of all `*.toml` of `folder` and its subfolders, by name. Hidden ones are passed over.
///
/// The error is for the folder itself.
pub(crate) fn read_files(folder: &Path, report: &mut Report) -> io::Result<Vec<DataFile>> {
    let root = folder.canonicalize()?;
    let mut walk = Walk {
        root: &root,
        report,
        found: Vec::new(),
        entries: 0,
    };
    walk.folder(&root, "")?;
    let mut found = walk.found;
    stable::sort(&mut found);
    if found.is_empty() {
        let message = "there is no data here: no file is named `*.toml`";
        let hint = "name the folder that has `schema.toml`, `sources.toml` and the entities";
        let name = folder.to_string_lossy();
        report.file_error(&code::UNREADABLE, &name, message, hint.to_owned());
    }
    let mut known: BTreeSet<PathBuf> = BTreeSet::new();
    let mut files = Vec::new();
    for (name, path) in found {
        if known.insert(path.clone()) {
            files.extend(read_file(name, &path, report));
        }
    }
    Ok(files)
}

/// One walk over a folder.
struct Walk<'a> {
    root: &'a Path,
    report: &'a mut Report,
    /// Names within the root, and the paths behind them.
    found: Vec<(String, PathBuf)>,
    entries: usize,
}

impl Walk<'_> {
    /// Walks the folder at `path`, whose name within the root is `name`. Recurses at most
    /// [`DEPTH_MAX`] deep.
    fn folder(&mut self, path: &Path, name: &str) -> io::Result<()> {
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(path)? {
            let entry = entry?;
            self.entries += 1;
            if self.entries > ENTRIES_MAX {
                let message = format!("there are more than {ENTRIES_MAX} files and folders");
                self.report
                    .file_error(&code::TOO_LARGE, name, message, None);
                break;
            }
            let file_name = entry.file_name().to_string_lossy().into_owned();
            if !file_name.starts_with('.') {
                entries.push((file_name, entry.path()));
            }
        }
        stable::sort(&mut entries);
        for (file_name, path) in entries {
            let name = match name {
                "" => file_name,
                _ => format!("{name}/{file_name}"),
            };
            self.entry(&path, name);
        }
        Ok(())
    }

    fn entry(&mut self, path: &Path, name: String) {
        let is_data = name.ends_with(".toml");
        let is_link = path.is_symlink();
        if is_link && !is_data {
            return;
        }
        let resolved = if is_link {
            path.canonicalize()
        } else {
            Ok(path.to_owned())
        };
        let metadata = resolved.and_then(|path| Ok((path.metadata()?, path)));
        let (metadata, path) = match metadata {
            Ok(found) => found,
            Err(error) => return refuse(self.report, &name, error.into()),
        };
        if is_link && !path.starts_with(self.root) {
            let hint = "put the file itself here".to_owned();
            let message = "this is a link that leads out of the folder";
            self.report
                .file_error(&code::UNREADABLE, &name, message, hint);
        } else if metadata.is_dir() && is_link {
            let message = "this is a link to a folder";
            self.report
                .file_error(&code::UNREADABLE, &name, message, None);
        } else if metadata.is_dir() {
            if name.split('/').count() > DEPTH_MAX {
                let message = format!("folders nest deeper than {DEPTH_MAX}");
                self.report
                    .file_error(&code::TOO_LARGE, &name, message, None);
            } else if let Err(error) = self.folder(&path, &name) {
                refuse(self.report, &name, error.into());
            }
        } else if is_data {
            self.found.push((name, path));
        }
    }
}

/// Why a file is not read.
struct Refusal {
    code: &'static Code,
    message: String,
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Refusal {
        Refusal {
            code: &code::UNREADABLE,
            message: format!("this cannot be read: {error}"),
        }
    }
}

fn refuse(report: &mut Report, name: &str, refusal: Refusal) {
    report.file_error(refusal.code, name, refusal.message, None);
}

/// The text of a file, if it is a regular one, short enough, and UTF-8.
fn read_file(name: String, path: &Path, report: &mut Report) -> Option<DataFile> {
    let bytes = match read_bytes(path, FILE_BYTES_MAX) {
        Ok(bytes) => bytes,
        Err(refusal) => {
            refuse(report, &name, refusal);
            return None;
        }
    };
    let name: Arc<str> = Arc::from(name);
    match String::from_utf8(bytes) {
        Ok(text) => Some(DataFile { name, text }),
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let span = Span::new(good..good + char::REPLACEMENT_CHARACTER.len_utf8());
            let message = "this is no UTF-8, and TOML is";
            let hint = "save the file in UTF-8".to_owned();
            let finding = Diagnostic::error(&code::BAD_TOML, span, message).hint(hint);
            report.push(finding.within(&name));
            report.add_text(name, text);
            None
        }
    }
}

/// The bytes of the one file at `path`, which may be a link, under the same rules.
#[cfg(bundled)]
pub(crate) fn read_single(path: &Path, bytes_max: u64) -> io::Result<Vec<u8>> {
    let path = path.canonicalize()?;
    read_bytes(&path, bytes_max).map_err(|refusal| io::Error::other(refusal.message))
}

/// The bytes of a regular file that does not change meanwhile.
fn read_bytes(path: &Path, bytes_max: u64) -> Result<Vec<u8>, Refusal> {
    let mut file = open(path)?;
    let before = file.metadata()?;
    if !before.is_file() {
        return Err(Refusal {
            code: &code::UNREADABLE,
            message: "this is no regular file".to_owned(),
        });
    }
    let mut bytes = Vec::new();
    (&mut file).take(bytes_max + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > bytes_max {
        return Err(Refusal {
            code: &code::TOO_LARGE,
            message: format!("this is longer than {} MiB", bytes_max / 1024 / 1024),
        });
    }
    if !is_same(&before, &file.metadata()?) {
        return Err(Refusal {
            code: &code::UNREADABLE,
            message: "this was changed while it was read".to_owned(),
        });
    }
    Ok(bytes)
}

fn is_same(before: &Metadata, after: &Metadata) -> bool {
    before.len() == after.len() && before.modified().ok() == after.modified().ok()
}

/// Opens a file without waiting for the other end of a FIFO, and not through a link.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    open_with(path, libc::O_NOFOLLOW)
}

/// The same through links, for a file that the user named.
#[cfg(all(unix, bundled))]
pub(super) fn open_linked(path: &Path) -> io::Result<File> {
    open_with(path, 0)
}

#[cfg(unix)]
fn open_with(path: &Path, more: i32) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let flags = libc::O_NONBLOCK | libc::O_NOCTTY | more;
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

#[cfg(all(not(unix), bundled))]
pub(super) fn open_linked(path: &Path) -> io::Result<File> {
    open(path)
}
