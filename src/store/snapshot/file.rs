//! Snapshots as files: opened in place where that is safe, and checked whole the first time.
//!
//! The check of a file is remembered beside its size, times and identity, so that it is made once.
//! A file that others can write is read into memory instead, and is checked every time.

use std::fs::File;
use std::fs::Metadata;
use std::io::Read as _;
use std::io::Seek as _;
use std::path::Path;
use std::path::PathBuf;

use bytes::Bytes;

use crate::diagnostic::Error;
use crate::model::Snapshot;
use crate::store::folder;
use crate::store::snapshot::HEADER;
use crate::store::snapshot::MAGIC;
use crate::store::snapshot::aligned;
use crate::store::snapshot::map::map;
use crate::store::snapshot::open;
use crate::store::snapshot::verify;

/// Whether a file begins as a snapshot does.
pub fn is_snapshot(path: &Path) -> bool {
    folder::open_linked(path).is_ok_and(|file| begins_as_one(&file))
}

/// Whether a regular file begins as a snapshot does; it is read again from its start.
fn begins_as_one(mut file: &File) -> bool {
    let mut start = [0; MAGIC.len()];
    let is_regular = file.metadata().is_ok_and(|found| found.is_file());
    is_regular && file.read_exact(&mut start).is_ok() && start == *MAGIC && file.rewind().is_ok()
}

/// Opens the snapshot in a file as [`open_file`] does; none if the file does not begin as one.
///
/// Errors: those of [`open_file`]; the user may not read it.
pub fn open_if_snapshot(path: &Path, checked: Option<&Path>) -> Result<Option<Snapshot>, Error> {
    match folder::open_linked(path) {
        Ok(file) if begins_as_one(&file) => open_in(file, path, checked).map(Some),
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            Err(Error::Io(path.to_owned(), error))
        }
        _ => Ok(None),
    }
}

/// Opens the snapshot in a file.
///
/// `checked` is the folder in which is remembered which files were found sound; without it every
/// file is checked. Errors: the file cannot be read, or is damaged.
pub fn open_file(path: &Path, checked: Option<&Path>) -> Result<Snapshot, Error> {
    let file = folder::open_linked(path).map_err(|error| Error::Io(path.to_owned(), error))?;
    open_in(file, path, checked)
}

fn open_in(file: File, path: &Path, checked: Option<&Path>) -> Result<Snapshot, Error> {
    let failed = |error| Error::Io(path.to_owned(), error);
    let file = Contents::read(file).map_err(failed)?;
    let note = checked.and_then(|folder| file.note(folder));
    let is_known = note.as_ref().is_some_and(Note::is_kept);
    let opened = match is_known {
        true => Ok(()),
        false => verify(&file.bytes),
    };
    let opened = opened.and_then(|()| open(&file.bytes));
    let snapshot = opened.map_err(|damage| failed(std::io::Error::other(damage)))?;
    if let (Some(note), false) = (note, is_known) {
        note.keep();
    }
    Ok(snapshot)
}

/// Looks at every byte of the snapshot in a file, and gives the snapshot.
pub fn verify_file(path: &Path) -> Result<Snapshot, Error> {
    open_file(path, None)
}

/// Remembers that a file is sound: for one that was just written.
pub fn remember_file(path: &Path, checked: &Path) {
    let contents = folder::open_linked(path).and_then(Contents::read);
    let note = contents.ok().and_then(|file| file.note(checked));
    if let Some(note) = note {
        note.keep();
    }
}

/// The bytes of a file, mapped or read.
struct Contents {
    bytes: Bytes,
    /// The file, if it is mapped.
    mapped: Option<Metadata>,
}

impl Contents {
    fn read(mut file: File) -> std::io::Result<Contents> {
        let found = file.metadata()?;
        if !found.is_file() {
            return Err(std::io::Error::other("this is no regular file"));
        }
        let length = usize::try_from(found.len()).map_err(std::io::Error::other)?;
        if length >= HEADER && is_own(&found) {
            let bytes = map(&file, length)?;
            let mapped = Some(found);
            return Ok(Contents { bytes, mapped });
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let (bytes, mapped) = (aligned(&bytes), None);
        Ok(Contents { bytes, mapped })
    }

    /// The note that tells the file from every other, and from itself when it is written anew; none
    /// if it is not one that is remembered.
    #[cfg(unix)]
    fn note(&self, folder: &Path) -> Option<Note> {
        use std::os::unix::fs::MetadataExt as _;
        let found = self.mapped.as_ref()?;
        let (words, _) = self.bytes.get(..HEADER)?.as_chunks::<8>();
        let words: Vec<u64> = words.iter().copied().map(u64::from_le_bytes).collect();
        let modified = (found.mtime(), found.mtime_nsec());
        let changed = (found.ctime(), found.ctime_nsec());
        Some(Note {
            file: folder.join(format!("{:x}-{:x}", found.dev(), found.ino())),
            text: format!(
                "kin {}\nsize {}\nmodified {modified:?}\nchanged {changed:?}\nheader {words:x?}\n",
                env!("CARGO_PKG_VERSION"),
                found.len()
            ),
        })
    }

    #[cfg(not(unix))]
    fn note(&self, _: &Path) -> Option<Note> {
        None
    }
}

/// That a file was found sound: where this is written down, and what stands there.
struct Note {
    file: PathBuf,
    text: String,
}

impl Note {
    fn is_kept(&self) -> bool {
        std::fs::read(&self.file).is_ok_and(|found| found == self.text.as_bytes())
    }

    /// Writes it down. What cannot be written costs a check the next time, and no more.
    fn keep(&self) {
        let ending = format!("{}.new", std::process::id());
        let beside = self.file.with_extension(ending);
        let folder = self.file.parent().unwrap_or(Path::new("."));
        let kept = std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&beside, &self.text))
            .and_then(|()| std::fs::rename(&beside, &self.file));
        if kept.is_err() {
            let _ = std::fs::remove_file(&beside);
        }
    }
}

/// Whether a file belongs to this user, and no other may write it.
#[cfg(unix)]
fn is_own(found: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    const OTHERS_WRITE: u32 = 0o022;
    found.uid() == rustix::process::geteuid().as_raw() && found.mode() & OTHERS_WRITE == 0
}

#[cfg(not(unix))]
fn is_own(_: &Metadata) -> bool {
    false
}
