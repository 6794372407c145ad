//! Lists of records that are decoded where they are looked at, a block at a time.

use std::sync::OnceLock;

use serde::Serialize;
use serde::de::DeserializeOwned;

use bytes::Bytes;

use crate::model::column::Column;

/// How many records are decoded together. Few, because most of a block is not wanted.
pub(super) const BLOCK: usize = 16;

/// Records that other columns name by their place.
///
/// Encoded as two columns: `starts` has how many records there are, and then where each block of 16
/// starts in `bytes`, with one more entry for the end. A block is its records in the form of
/// postcard, one behind the other. <https://postcard.jamesmunns.com/wire-format>
#[derive(Clone, Debug)]
pub struct Dictionary<T> {
    count: usize,
    starts: Column<u64>,
    bytes: Bytes,
    /// The blocks that were decoded, in shelves of equal length.
    shelves: Box<[OnceLock<Shelf<T>>]>,
    /// How many bits of a block's number are its place on a shelf: about half of them, so that
    /// neither the shelves nor a shelf are much.
    shelf_bits: u32,
}

/// Blocks that stand side by side.
type Shelf<T> = Box<[OnceLock<Box<[T]>>]>;

impl<T: DeserializeOwned> Dictionary<T> {
    /// The records in two columns; none if their sizes do not fit together.
    pub(super) fn new(starts: Bytes, bytes: Bytes) -> Option<Dictionary<T>> {
        let starts: Column<u64> = Column::new(starts)?;
        let count = usize::try_from(*starts.first()?).ok()?;
        let blocks = count.div_ceil(BLOCK);
        if starts.len() != blocks + 2 || *starts.last()? != bytes.len() as u64 {
            return None;
        }
        let shelf_bits = blocks.isqrt().checked_ilog2().map_or(0, |bits| bits + 1);
        Some(Dictionary {
            count,
            starts,
            bytes,
            shelves: empty(blocks.div_ceil(1 << shelf_bits)),
            shelf_bits,
        })
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The record at a place.
    #[inline]
    pub fn get(&self, index: usize) -> &T {
        let block = index / BLOCK;
        let shelf_blocks = 1 << self.shelf_bits;
        let shelf = &self.shelves[block >> self.shelf_bits];
        let shelf = shelf.get_or_init(|| empty(shelf_blocks));
        let records = shelf[block & (shelf_blocks - 1)].get_or_init(|| {
            self.decode(block)
                .expect("a snapshot was checked before it is read")
        });
        &records[index % BLOCK]
    }

    /// The records, in their order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        (0..self.count).map(|index| self.get(index))
    }

    /// The records of a block, decoded anew; none if its bytes are no such records.
    pub(super) fn decode(&self, block: usize) -> Option<Box<[T]>> {
        let start = usize::try_from(*self.starts.get(block + 1)?).ok()?;
        let end = usize::try_from(*self.starts.get(block + 2)?).ok()?;
        let mut rest = self.bytes.get(start..end)?;
        let count = BLOCK.min(self.count.checked_sub(block * BLOCK)?);
        let mut records = Vec::with_capacity(count);
        for _ in 0..count {
            let (record, behind) = postcard::take_from_bytes(rest).ok()?;
            records.push(record);
            rest = behind;
        }
        rest.is_empty().then(|| records.into_boxed_slice())
    }

    /// All records, decoded anew, each with its place; `None` for a block that does not read.
    pub(super) fn check(&self) -> impl Iterator<Item = Option<(usize, Box<[T]>)>> + '_ {
        (0..self.count.div_ceil(BLOCK)).map(|block| Some((block * BLOCK, self.decode(block)?)))
    }
}

/// Places that nothing is in yet.
fn empty<T>(count: usize) -> Box<[OnceLock<T>]> {
    std::iter::repeat_with(OnceLock::new).take(count).collect()
}

/// Writes a dictionary, a record at a time.
#[derive(Debug)]
pub(crate) struct DictionaryWriter {
    count: u64,
    starts: Vec<u64>,
    bytes: Vec<u8>,
}

impl DictionaryWriter {
    /// One without records.
    pub(crate) fn new() -> DictionaryWriter {
        DictionaryWriter {
            count: 0,
            starts: Vec::new(),
            bytes: Vec::new(),
        }
    }

    /// Puts a record behind the others.
    pub(crate) fn push<T: Serialize>(&mut self, record: &T) {
        let bytes = postcard::to_allocvec(record).expect("postcard writes every record");
        self.push_encoded(&bytes);
    }

    /// Puts a record, in the form of postcard, behind the others.
    pub(crate) fn push_encoded(&mut self, record: &[u8]) {
        if self.count.is_multiple_of(BLOCK as u64) {
            self.starts.push(self.bytes.len() as u64);
        }
        self.bytes.extend_from_slice(record);
        self.count += 1;
    }

    /// The two columns: starts and bytes.
    pub(crate) fn finish(self) -> (Vec<u64>, Vec<u8>) {
        let mut starts = vec![self.count];
        starts.extend(self.starts);
        starts.push(self.bytes.len() as u64);
        (starts, self.bytes)
    }
}
