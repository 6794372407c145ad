//! Files are replaced whole or not at all.

use std::ffi::OsStr;
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
pub(super) fn replace(file: &Path, bytes: &[u8], writers: Writers) -> Result<(), Error> {
    replace_with(file, writers, |new| {
        let written = new.write_all(bytes);
        written.map_err(|error| Error::Io(file.to_owned(), error))
    })
}

/// The same with what `write` puts into a new file, which is gone if that fails.
pub(super) fn replace_with<T>(
    file: &Path,
    writers: Writers,
    write: impl FnOnce(&mut File) -> Result<T, Error>,
) -> Result<T, Error> {
    let failed = |error| Error::Io(file.to_owned(), error);
    match std::fs::symlink_metadata(file) {
        Ok(there) if !there.is_file() => {
            let message = "is no regular file, and is left as it is";
            let hint = "name a file that kin may replace";
            return Err(self::failed(file, message, hint));
        }
        _ => {}
    }
    sweep(file);
    let beside = beside(file);
    let mut new = create(&beside, mode(file, writers)).map_err(failed)?;
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

/// Who may write a new file, besides its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writers {
    /// Whoever the user's mask allows.
    Any,
    /// Nobody: a snapshot that others may write is never mapped.
    Owner,
}

/// What a new file may be used for, before the user's mask: no more than the one that it replaces.
fn mode(old: &Path, writers: Writers) -> u32 {
    let most = match writers {
        Writers::Any => 0o666,
        Writers::Owner => 0o644,
    };
    most & (allowed(old) | 0o600)
}

#[cfg(unix)]
fn allowed(old: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(old).map_or(0o777, |old| old.permissions().mode())
}

#[cfg(not(unix))]
fn allowed(_: &Path) -> u32 {
    0o777
}

/// Whether a new file can stand in the folder of `file`: makes one there, and takes it away.
pub(super) fn check_folder(file: &Path) -> Result<(), Error> {
    let beside = beside(file);
    let made = create(&beside, 0o600).and_then(|_| std::fs::remove_file(&beside));
    made.map_err(|error| Error::Io(file.to_owned(), error))
}

/// That a file cannot be written, and what to do about it: on a line of its own, as all hints are.
pub(super) fn failed(file: &Path, message: &str, hint: &str) -> Error {
    let said = std::io::Error::other(format!("{message}\n  hint: {hint}"));
    Error::Io(file.to_owned(), said)
}

/// A name in the same folder that no other run of kin uses.
fn beside(file: &Path) -> PathBuf {
    let mut name = start_of_beside(file);
    name.push(format!("{}{END}", std::process::id()));
    file.with_file_name(name)
}

/// What the name of a file that is written for `file` begins with; the number of a process and
/// [`END`] follow.
fn start_of_beside(file: &Path) -> OsString {
    let mut name = OsString::from(".");
    name.push(file.file_name().unwrap_or_default());
    name.push(".");
    name
}

const END: &str = ".new";

/// Makes a new file that is locked for as long as it is open: that tells it from one whose writer
/// was killed.
fn create(beside: &Path, mode: u32) -> std::io::Result<File> {
    loop {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
        #[cfg(not(unix))]
        let _ = mode;
        let new = options.open(beside)?;
        if lock(&new, beside, Wait::ForLock) != Lock::Gone {
            return Ok(new);
        }
    }
}

/// Removes what killed writers of the same file have left beside it.
fn sweep(file: &Path) {
    let start = start_of_beside(file);
    let is_beside = |name: &OsStr| {
        let name = name.as_encoded_bytes();
        let rest = name.strip_prefix(start.as_encoded_bytes());
        let process = rest.and_then(|rest| rest.strip_suffix(END.as_bytes()));
        process.is_some_and(|digits| !digits.is_empty() && digits.iter().all(u8::is_ascii_digit))
    };
    let entries = std::fs::read_dir(folder_of(file)).into_iter().flatten();
    for entry in entries.flatten() {
        // A link or a device of such a name is none of ours.
        if is_beside(&entry.file_name()) && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            let path = entry.path();
            let left = std::fs::OpenOptions::new().write(true).open(&path);
            if left.is_ok_and(|left| lock(&left, &path, Wait::Never) == Lock::Taken) {
                let _ = std::fs::remove_file(&path);
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait {
    ForLock,
    Never,
}

/// What came of locking a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lock {
    /// Nobody else has it, and `path` still leads to it.
    Taken,
    /// Somebody took it away before it was locked.
    Gone,
    /// Somebody else has it, or there are no locks here.
    Refused,
}

#[cfg(unix)]
fn lock(file: &File, path: &Path, wait: Wait) -> Lock {
    use std::os::unix::fs::MetadataExt as _;

    use rustix::fs::FlockOperation;

    let operation = match wait {
        Wait::ForLock => FlockOperation::LockExclusive,
        Wait::Never => FlockOperation::NonBlockingLockExclusive,
    };
    if rustix::fs::flock(file, operation).is_err() {
        return Lock::Refused;
    }
    let place = |found: std::fs::Metadata| (found.dev(), found.ino());
    let there = std::fs::symlink_metadata(path).map(place);
    match file.metadata().map(place) {
        Ok(own) if there.is_ok_and(|there| there == own) => Lock::Taken,
        _ => Lock::Gone,
    }
}

/// Without locks, what a killed writer left stays.
#[cfg(not(unix))]
fn lock(_: &File, _: &Path, _: Wait) -> Lock {
    Lock::Refused
}

/// Makes the move last; a file system that cannot do it has nothing to lose by that.
fn sync_folder(file: &Path) {
    if let Ok(folder) = File::open(folder_of(file)) {
        let _ = folder.sync_all();
    }
}

fn folder_of(file: &Path) -> &Path {
    let folder = file.parent();
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}
