//! Mapping a file: the one unsafe line of kin.

use std::fs::File;

use bytes::Bytes;

/// The bytes of a file of this length, as the system shows them in memory: nothing is read until it
/// is looked at.
///
/// Only for regular files of the user's own that nobody else may write.
#[expect(
    unsafe_code,
    reason = "a mapped file is memory that others could change"
)]
pub(super) fn map(file: &File, length: usize) -> std::io::Result<Bytes> {
    // SAFETY: the bytes must not change while they are borrowed. The callers map only files that
    // belong to this user and that no other user may write (`file::is_own`), and kin itself never
    // writes into a snapshot: it makes a new file and moves it to the name, which leaves the mapped
    // one as it is. What remains is that the user's own programs write into the file or cut it
    // while kin runs; the documentation says that this ends kin with a signal or gives wrong
    // answers. No number that is read here is used as a pointer, or without a check of its bounds.
    let mapping = unsafe { memmap2::MmapOptions::new().len(length).map(file)? };
    Ok(Bytes::from_owner(mapping))
}
