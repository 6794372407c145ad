//! Files are replaced whole or not at all.

use std::ffi::OsString;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;

use crate::diagnostic::Error;

/// Writes a file beside its place, and moves it there: the old one or the new one, never a part.
///
/// Errors: the place is taken by something that is no regular file (a link, a device, a folder);
/// or the disk says no, and then the old file is as it was.
pub(super) fn replace(file: &Path, bytes: &[u8]) -> Result<(), Error> {
    replace_with(file, |new| {
        let written = new.write_all(bytes);
        written.map_err(|error| Error::Io(file.to_owned(), error))
    })
}

/// The same with what `write` puts into a new file, which is gone if that fails.
pub(super) fn replace_with<T>(
    file: &Path,
    write: impl FnOnce(&mut File) -> Result<T, Error>,
) -> Result<T, Error> {
    let failed = |error| Error::Io(file.to_owned(), error);
    match std::fs::symlink_metadata(file) {
        Ok(there) if !there.is_file() => {
            let message = "is no regular file, and is left as it is";
            let hint = "name a file that kin may replace, or leave the name out to see the text";
            return Err(self::failed(file, message, hint));
        }
        _ => {}
    }
    let beside = beside(file);
    let new = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&beside);
    let mut new = new.map_err(failed)?;
    let written = write(&mut new).and_then(|written| {
        let is_there = new.sync_all().and_then(|()| std::fs::rename(&beside, file));
        is_there.map_err(failed).map(|()| written)
    });
    match &written {
        Ok(_) => sync_folder(file),
        Err(_) => drop(std::fs::remove_file(&beside)),
    }
    written
}

/// That a file cannot be written, and what to do about it: on a line of its own, as all hints are.
pub(super) fn failed(file: &Path, message: &str, hint: &str) -> Error {
    let said = std::io::Error::other(format!("{message}\n  hint: {hint}"));
    Error::Io(file.to_owned(), said)
}

/// A name in the same folder that no other run of kin uses.
fn beside(file: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(file.file_name().unwrap_or_default());
    name.push(format!(".{}.new", std::process::id()));
    file.with_file_name(name)
}

/// Makes the move last; a file system that cannot do it has nothing to lose by that.
fn sync_folder(file: &Path) {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    if let Ok(folder) = File::open(folder.unwrap_or(Path::new("."))) {
        let _ = folder.sync_all();
    }
}
