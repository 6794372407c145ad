//! Files are replaced whole or not at all.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;

use crate::diagnostic::Error;

/// Writes a file beside its place, and moves it there: the old one or the new one, never a part.
///
/// Errors: the place is taken by something that is no regular file (a link, a device, a folder);
/// or the disk says no, and then the old file is as it was.
pub(super) fn replace(file: &Path, bytes: &[u8]) -> Result<(), Error> {
    let failed = |error| Error::Io(file.to_owned(), error);
    match std::fs::symlink_metadata(file) {
        Ok(there) if !there.is_file() => {
            return Err(failed(std::io::Error::other(
                "is no regular file, and is left as it is",
            )));
        }
        _ => {}
    }
    let beside = beside(file);
    let written = write_new(&beside, bytes).and_then(|()| std::fs::rename(&beside, file));
    if let Err(error) = written {
        let _ = std::fs::remove_file(&beside);
        return Err(failed(error));
    }
    sync_folder(file);
    Ok(())
}

fn write_new(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut new = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(file)?;
    new.write_all(bytes)?;
    new.sync_all()
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
    if let Ok(folder) = std::fs::File::open(folder.unwrap_or(Path::new("."))) {
        let _ = folder.sync_all();
    }
}
