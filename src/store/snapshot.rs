//! A frozen graph as bytes: a header that is checked first, then the columns in postcard's form.
//!
//! Layout, all numbers little-endian: the magic `kin graph`, a byte for the version, the length of
//! the rest (8 bytes), its checksum (8 bytes), the rest. Made for the graph that is bundled with
//! kin: the checksum finds damage, not malice.

use crate::model::Snapshot;

const MAGIC: &[u8; 9] = b"kin graph";

/// Raised whenever the columns change.
const VERSION: u8 = 3;

const HEADER_BYTES: usize = MAGIC.len() + 1 + 8 + 8;

/// Why bytes are no snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// They do not begin as one.
    NoSnapshot,
    /// Another version of kin wrote them.
    Version(u8),
    /// They are longer or shorter than they say.
    Length,
    /// They were changed after they were written.
    Checksum,
    /// The columns do not read as such.
    Content,
}

impl std::fmt::Display for Damage {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Damage::NoSnapshot => formatter.write_str("this is no snapshot of kin"),
            Damage::Version(found) => write!(
                formatter,
                "the snapshot has version {found}, and this kin reads {VERSION}"
            ),
            Damage::Length => formatter.write_str("the snapshot is cut off or has more behind it"),
            Damage::Checksum => formatter.write_str("the snapshot was changed or damaged"),
            Damage::Content => formatter.write_str("the snapshot does not read as one"),
        }
    }
}

impl std::error::Error for Damage {}

/// The bytes of a snapshot; equal graphs have equal bytes.
pub fn encode(snapshot: &Snapshot) -> Vec<u8> {
    let columns =
        postcard::to_allocvec(snapshot).expect("postcard writes every type of a snapshot");
    let mut bytes = Vec::with_capacity(HEADER_BYTES + columns.len());
    bytes.extend_from_slice(MAGIC);
    bytes.push(VERSION);
    bytes.extend_from_slice(&(columns.len() as u64).to_le_bytes());
    bytes.extend_from_slice(&checksum(&columns).to_le_bytes());
    bytes.extend_from_slice(&columns);
    bytes
}

/// The snapshot of `bytes` that [`encode`] of this version made.
///
/// Cut or flipped bytes are found. Bytes that someone forged, with a fitting checksum, are not: ids
/// and offsets in them are believed, so give this only what kin itself wrote.
pub fn decode(bytes: &[u8]) -> Result<Snapshot, Damage> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(Damage::NoSnapshot)?;
    let (version, rest) = rest.split_first().ok_or(Damage::Length)?;
    if *version != VERSION {
        return Err(Damage::Version(*version));
    }
    let (length, rest) = rest.split_first_chunk().ok_or(Damage::Length)?;
    let (sum, columns) = rest.split_first_chunk().ok_or(Damage::Length)?;
    if u64::from_le_bytes(*length) != columns.len() as u64 {
        return Err(Damage::Length);
    }
    if u64::from_le_bytes(*sum) != checksum(columns) {
        return Err(Damage::Checksum);
    }
    match postcard::take_from_bytes(columns) {
        Ok((snapshot, [])) => Ok(snapshot),
        _ => Err(Damage::Content),
    }
}

/// FNV-1a over words of eight bytes, the last filled with zeros. Every step is a bijection, so a
/// change within one word always changes the sum.
fn checksum(bytes: &[u8]) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    for piece in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..piece.len()].copy_from_slice(piece);
        sum = (sum ^ u64::from_le_bytes(word))
            .wrapping_mul(0x0100_0000_01b3)
            .rotate_left(29);
    }
    sum
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
