//! Files are replaced whole or not at all.

use std::ffi::OsStr;
use std::ffi::OsString;
use std::fs::File;
use std::io::Seek;
use std::io::SeekFrom;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::thread::JoinHandle;

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
    write: impl FnOnce(&mut Synced) -> Result<T, Error>,
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
    let new = create(&beside, mode(file, writers)).map_err(failed)?;
    let mut new = Synced::new(new);
    let written = write(&mut new).and_then(|written| {
        let is_there = new.finish().and_then(|()| std::fs::rename(&beside, file));
        is_there.map_err(failed).map(|()| written)
    });
    match &written {
        Ok(_) => sync_folder(file),
        Err(_) => drop(std::fs::remove_file(&beside)),
    }
    written
}

/// A file that the disk is given while it is written, so that little is waited for at the end.
#[derive(Debug)]
pub(super) struct Synced {
    file: File,
    /// Whether the disk is waited for at the end only.
    waits_at_end: bool,
    /// Bytes that were written since the disk was last told to take all of them.
    unsynced: usize,
    /// The thread that waits for the disk.
    syncing: Option<JoinHandle<std::io::Result<()>>>,
    /// What the disk said. A file tells of each error once, so it is kept.
    failed: Option<std::io::Error>,
}

/// So many bytes are written before the disk is given them.
const SYNC_BYTES: usize = 16 << 20;

impl Synced {
    fn new(file: File) -> Synced {
        Synced {
            file,
            waits_at_end: false,
            unsynced: 0,
            syncing: None,
            failed: None,
        }
    }

    /// Takes no thread.
    pub(super) fn wait_at_end(&mut self) {
        self.waits_at_end = true;
    }

    /// Gives the disk what was written, unless it is still busy with what it was given before.
    fn begin(&mut self) {
        let is_busy = |sync: &JoinHandle<_>| !sync.is_finished();
        if self.syncing.as_ref().is_some_and(is_busy) {
            return;
        }
        self.wait();
        self.unsynced = 0;
        // Without another handle or a thread, all is waited for at the end.
        if let Ok(file) = self.file.try_clone() {
            let sync = std::thread::Builder::new().spawn(move || file.sync_data());
            self.syncing = sync.ok();
        }
    }

    fn wait(&mut self) {
        let synced = self.syncing.take().map(JoinHandle::join);
        let ended_early = |_| {
            Err(std::io::Error::other(
                "the thread that syncs it ended early",
            ))
        };
        let failed = synced.and_then(|synced| synced.unwrap_or_else(ended_early).err());
        self.failed = self.failed.take().or(failed);
    }

    /// The error that the disk told of, each time that it is asked.
    fn check(&self) -> std::io::Result<()> {
        let Some(error) = &self.failed else {
            return Ok(());
        };
        Err(match error.raw_os_error() {
            Some(code) => std::io::Error::from_raw_os_error(code),
            None => std::io::Error::new(error.kind(), error.to_string()),
        })
    }

    /// Waits until all of it is on the disk; the file is still open, and locked.
    pub(super) fn finish(&mut self) -> std::io::Result<()> {
        self.wait();
        self.check()?;
        self.file.sync_all()
    }
}

impl Write for Synced {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.check()?;
        let count = self.file.write(bytes)?;
        self.unsynced += count;
        if self.unsynced >= SYNC_BYTES && !self.waits_at_end {
            self.begin();
        }
        Ok(count)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

impl Seek for Synced {
    fn seek(&mut self, place: SeekFrom) -> std::io::Result<u64> {
        self.file.seek(place)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_synced_on_the_way_is_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("big");
        let piece: Vec<u8> = (0..SYNC_BYTES / 2 + 1).map(|at| at as u8).collect();
        let written = replace_with(&place, Writers::Owner, |new| {
            let failed = |error| Error::Io(place.clone(), error);
            new.write_all(&piece).map_err(failed)?;
            assert!(new.syncing.is_none(), "small files wait once, at the end");
            for _ in 0..4 {
                new.write_all(&piece).map_err(failed)?;
            }
            assert!(new.syncing.is_some());
            new.seek(SeekFrom::Start(0)).map_err(failed)?;
            new.write_all(b"head").map_err(failed)
        });
        written.unwrap();
        let mut wanted = piece.repeat(5);
        wanted[..4].copy_from_slice(b"head");
        assert!(std::fs::read(&place).unwrap() == wanted);
    }

    #[test]
    fn no_thread_waits_where_none_may() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("big");
        let piece = vec![7; SYNC_BYTES];
        let written = replace_with(&place, Writers::Owner, |new| {
            new.wait_at_end();
            let failed = |error| Error::Io(place.clone(), error);
            new.write_all(&piece).map_err(failed)?;
            assert!(new.syncing.is_none());
            Ok(())
        });
        written.unwrap();
        assert!(std::fs::read(&place).unwrap() == piece);
    }

    #[test]
    fn what_the_disk_says_on_the_way_is_not_lost() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("big");
        std::fs::write(&place, "old").unwrap();
        let lost = || Err(std::io::Error::other("the disk is gone"));
        let written = replace_with(&place, Writers::Owner, |new| {
            new.syncing = Some(std::thread::spawn(lost));
            new.unsynced = SYNC_BYTES;
            // It is told by each of those that follow, and a caller may not look.
            while new.failed.is_none() {
                assert_eq!(new.write(b"more").unwrap(), 4);
            }
            for _ in 0..2 {
                let error = new.write(b"more").unwrap_err();
                assert_eq!(error.to_string(), "the disk is gone");
            }
            Ok(())
        });
        assert!(written.is_err());
        assert_eq!(std::fs::read(&place).unwrap(), b"old");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        let mut new = Synced::new(File::create(&place).unwrap());
        new.syncing = Some(std::thread::spawn(lost));
        assert!(new.finish().is_err());
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        new.failed = Some(full);
        let kind = new.write(b"more").unwrap_err().kind();
        assert_eq!(kind, std::io::ErrorKind::StorageFull);
    }
}
