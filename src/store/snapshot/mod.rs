//! A frozen graph as bytes: the frame around a snapshot's sections, with a checksum for each block.
//!
//! `docs/snapshot-format.md` describes the bytes. A header says where each section lies; it is
//! checked whenever a snapshot is opened, and costs the same whatever the size. Blocks of 1 MiB
//! have a checksum each (XXH3, 64 bits), which [`verify`] looks at together with what the
//! sections mean.

#[cfg(bundled)]
mod file;
#[cfg(bundled)]
mod map;
mod write;

use bytes::Bytes;
use twox_hash::XxHash3_64;

use crate::model::Piece;
use crate::model::Pieces;
use crate::model::SECTION_COUNT;
use crate::model::SECTIONS;
use crate::model::Snapshot;

#[cfg(bundled)]
pub use file::is_snapshot;
#[cfg(bundled)]
pub use file::open_file;
#[cfg(bundled)]
pub use file::open_if_snapshot;
#[cfg(bundled)]
pub use file::remember_file;
#[cfg(bundled)]
pub use file::verify_file;
pub use write::Writer;

const MAGIC: &[u8; 8] = b"KINGRAPH";

/// Raised whenever the sections change.
const VERSION: u32 = 3;

/// The size of the header before the table of sections.
const HEADER: usize = 64;

/// The size of an entry of the table of sections.
const ENTRY: usize = 24;

/// Every section starts at a multiple of this.
const ALIGNMENT: usize = 64;

/// Where the sections start, behind the table.
const START: usize = HEADER + ENTRY * SECTION_COUNT;

/// How many bytes share a checksum.
const BLOCK: usize = 1 << 20;

/// Why bytes are no snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// They do not begin as one.
    NoSnapshot,
    /// Another version of kin wrote them.
    Version(u32),
    /// They are longer or shorter than they say.
    Length,
    /// The header was changed, or says what cannot be.
    Header,
    /// The block of that number was changed after it was written; blocks count from 0.
    Block(usize),
    /// The sections do not fit together.
    Sections,
    /// The section of that name has something in it that cannot be.
    Content(&'static str),
}

impl std::fmt::Display for Damage {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Damage::NoSnapshot => formatter.write_str("this is no snapshot of kin"),
            Damage::Version(found) => write!(
                formatter,
                "the snapshot has version {found}, and this kin reads {VERSION}: build it again"
            ),
            Damage::Length => formatter.write_str("the snapshot is cut off or has more behind it"),
            Damage::Header => formatter.write_str("the header of the snapshot is damaged"),
            Damage::Block(block) => write!(
                formatter,
                "the snapshot is damaged in block {block}: its bytes from {} on differ from their \
                 checksum",
                START + block * BLOCK
            ),
            Damage::Sections => formatter.write_str("the sections of the snapshot do not fit"),
            Damage::Content(section) => write!(
                formatter,
                "the snapshot is damaged: its section `{section}` holds what cannot be"
            ),
        }
    }
}

impl std::error::Error for Damage {}

/// The bytes of a snapshot; equal graphs have equal bytes.
pub fn encode(snapshot: &Snapshot) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let in_memory = "memory takes what is written";
    let mut writer = Writer::new(&mut bytes).expect(in_memory);
    for (row, piece) in SECTIONS.iter().zip(&snapshot.pieces().0) {
        writer.begin(row.section, piece.width).expect(in_memory);
        writer.write(&piece.bytes).expect(in_memory);
    }
    writer.finish().expect(in_memory);
    bytes.into_inner()
}

/// The snapshot that lies in `bytes`, which begin where a number of eight bytes may lie.
///
/// Looks at the header alone. What lies in the sections is believed: give this only what kin itself
/// wrote or [`verify`] found sound.
pub fn open(bytes: &Bytes) -> Result<Snapshot, Damage> {
    open_with(bytes, Frame::has_sum)
}

/// The same for bytes that are part of the program: their header is believed as well. The first
/// checksum of a process asks the processor what it can do, which takes longer than all the rest.
#[cfg(bundled)]
pub(super) fn open_own(bytes: &Bytes) -> Result<Snapshot, Damage> {
    open_with(bytes, |_, _| true)
}

fn open_with(bytes: &Bytes, is_intact: fn(&[u8], &[u8]) -> bool) -> Result<Snapshot, Damage> {
    let frame = Frame::read(bytes, is_intact)?;
    Snapshot::from_pieces(frame.pieces(bytes)).ok_or(Damage::Sections)
}

/// The same for bytes that lie anywhere and may be anybody's: they are copied where they must be,
/// and checked whole.
pub fn decode(bytes: &[u8]) -> Result<Snapshot, Damage> {
    let bytes = aligned(bytes);
    verify(&bytes)?;
    open(&bytes)
}

/// Looks at every byte: whether the blocks are as they were written, and whether what is in the
/// sections can be.
pub fn verify(bytes: &Bytes) -> Result<(), Damage> {
    let frame = Frame::read(bytes, Frame::has_sum)?;
    let data = &bytes[START..frame.checksums];
    let sums = bytes[frame.checksums..].chunks_exact(8);
    for (block, (data, sum)) in data.chunks(BLOCK).zip(sums).enumerate() {
        if XxHash3_64::oneshot(data).to_le_bytes() != *sum {
            return Err(Damage::Block(block));
        }
    }
    match open(bytes)?.damage() {
        Some(section) => Err(Damage::Content(SECTIONS[section as usize].name)),
        None => Ok(()),
    }
}

/// The bytes, copied to where a number of eight bytes may lie.
pub fn aligned(bytes: &[u8]) -> Bytes {
    let mut words = vec![0_u64; bytes.len().div_ceil(8)];
    bytemuck::cast_slice_mut(&mut words)[..bytes.len()].copy_from_slice(bytes);
    Bytes::from_owner(Words(words)).slice(..bytes.len())
}

/// Memory that begins where a number of eight bytes may lie.
struct Words(Vec<u64>);

impl AsRef<[u8]> for Words {
    fn as_ref(&self) -> &[u8] {
        bytemuck::cast_slice(&self.0)
    }
}

/// What the header says, once it is believed.
struct Frame {
    /// Where the checksums of the blocks start, behind the sections.
    checksums: usize,
    /// Where each section starts and ends, and the width of its elements.
    sections: Vec<(usize, usize, u8)>,
}

impl Frame {
    /// Reads the header of a snapshot, of which `is_intact` says whether it and the table behind it
    /// are as they were written.
    fn read(bytes: &[u8], is_intact: fn(&[u8], &[u8]) -> bool) -> Result<Frame, Damage> {
        let header = bytes.get(..HEADER).ok_or(match bytes.starts_with(MAGIC) {
            true => Damage::Length,
            false => Damage::NoSnapshot,
        })?;
        if !header.starts_with(MAGIC) {
            return Err(Damage::NoSnapshot);
        }
        if four(header, 8) != VERSION {
            return Err(Damage::Version(four(header, 8)));
        }
        let place = |at: usize| usize::try_from(eight(header, at)).map_err(|_| Damage::Header);
        if four(header, 12) as usize != SECTIONS.len() {
            return Err(Damage::Header);
        }
        let table = bytes.get(HEADER..START).ok_or(Damage::Length)?;
        if !is_intact(header, table) {
            return Err(Damage::Header);
        }
        if place(16)? != bytes.len() {
            return Err(Damage::Length);
        }
        let checksums = place(24)?;
        let sums = bytes.get(checksums..).ok_or(Damage::Header)?;
        let blocks = checksums
            .checked_sub(START)
            .ok_or(Damage::Header)?
            .div_ceil(BLOCK);
        if sums.len() != blocks * 8 || XxHash3_64::oneshot(sums) != eight(header, 32) {
            return Err(Damage::Header);
        }
        let mut sections = Vec::with_capacity(SECTIONS.len());
        let mut behind = START;
        for entry in table.chunks_exact(ENTRY) {
            let from = usize::try_from(eight(entry, 0)).map_err(|_| Damage::Header)?;
            let length = usize::try_from(eight(entry, 8)).map_err(|_| Damage::Header)?;
            let end = from.checked_add(length).ok_or(Damage::Header)?;
            let is_in_place = from >= behind && end <= checksums && from % ALIGNMENT == 0;
            if !is_in_place || entry[17..] != [0; 7] {
                return Err(Damage::Header);
            }
            behind = end;
            sections.push((from, end, entry[16]));
        }
        Ok(Frame {
            checksums,
            sections,
        })
    }

    /// Whether a header and the table behind it have the checksum that the header says.
    fn has_sum(header: &[u8], table: &[u8]) -> bool {
        eight(header, 40) == header_sum(header, table)
    }

    fn pieces(&self, bytes: &Bytes) -> Pieces {
        let sections = self.sections.iter();
        let pieces = sections.map(|(start, end, width)| Piece {
            bytes: bytes.slice(*start..*end),
            width: *width,
        });
        Pieces(pieces.collect())
    }
}

fn four(bytes: &[u8], at: usize) -> u32 {
    let word = bytes[at..at + 4].try_into();
    u32::from_le_bytes(word.expect("four bytes were taken"))
}

fn eight(bytes: &[u8], at: usize) -> u64 {
    let word = bytes[at..at + 8].try_into();
    u64::from_le_bytes(word.expect("eight bytes were taken"))
}

/// The checksum of a header, whose own field of it is left out, and of the table behind it.
fn header_sum(header: &[u8], table: &[u8]) -> u64 {
    let mut hasher = twox_hash::xxhash3_64::Hasher::new();
    std::hash::Hasher::write(&mut hasher, &header[..40]);
    std::hash::Hasher::write(&mut hasher, &header[48..]);
    std::hash::Hasher::write(&mut hasher, table);
    std::hash::Hasher::finish(&hasher)
}

#[cfg(test)]
mod tests {
    use super::Damage;
    use super::decode;
    use super::encode;
    use crate::model::Graph;
    use crate::model::freeze;

    #[test]
    fn every_cut_and_every_flipped_bit_is_found() {
        let bytes = encode(&freeze(&Graph::default()));
        assert!(decode(&bytes).is_ok());
        for length in 0..bytes.len() {
            assert!(decode(&bytes[..length]).is_err(), "cut to {length}");
        }
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(decode(&flipped).is_err(), "bit {bit}");
        }
        assert_eq!(decode(b"SQLite format 3").err(), Some(Damage::NoSnapshot));
    }
}
