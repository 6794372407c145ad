//! Writes the frame of a snapshot, one section behind the other, whatever their size.

use std::hash::Hasher as _;
use std::io::Seek;
use std::io::SeekFrom;
use std::io::Write;

use twox_hash::xxhash3_64::Hasher;

use crate::model::SECTIONS;
use crate::model::Section;
use crate::store::snapshot::ALIGNMENT;
use crate::store::snapshot::BLOCK;
use crate::store::snapshot::ENTRY;
use crate::store::snapshot::HEADER;
use crate::store::snapshot::MAGIC;
use crate::store::snapshot::START;
use crate::store::snapshot::VERSION;
use crate::store::snapshot::header_sum;

/// Writes a snapshot: begin each section in the order of the table, write its bytes, finish.
///
/// The header comes last, so that what was not finished is no snapshot.
pub struct Writer<W> {
    output: W,
    /// How many bytes are written, the header included.
    length: u64,
    entries: Vec<Entry>,
    /// The checksum of the block that is being written.
    block: Hasher,
    /// How much of that block is written.
    filled: usize,
    checksums: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    start: u64,
    length: u64,
    width: u8,
}

impl<W: Write + Seek> Writer<W> {
    /// A snapshot without sections, at the start of `output`.
    pub fn new(mut output: W) -> std::io::Result<Writer<W>> {
        output.write_all(&[0; START])?;
        Ok(Writer {
            output,
            length: START as u64,
            entries: Vec::new(),
            block: Hasher::new(),
            filled: 0,
            checksums: Vec::new(),
        })
    }

    /// Begins a section whose elements have that width; those of the table before it that were not
    /// begun are empty.
    pub fn begin(&mut self, section: Section, width: u8) -> std::io::Result<()> {
        let place = section as usize;
        assert!(self.entries.len() <= place, "sections come in their order");
        let empty = Entry {
            start: self.length.next_multiple_of(ALIGNMENT as u64),
            ..Entry::default()
        };
        self.entries.resize(place, empty);
        let padding = empty.start - self.length;
        self.put(&[0; ALIGNMENT][..padding as usize])?;
        self.entries.push(Entry { width, ..empty });
        Ok(())
    }

    /// Puts bytes behind the others of the section that was begun.
    pub fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        let entry = self.entries.last_mut();
        entry.expect("a section was begun").length += bytes.len() as u64;
        self.put(bytes)
    }

    fn put(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.output.write_all(bytes)?;
        self.length += bytes.len() as u64;
        let mut rest = bytes;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(BLOCK - self.filled));
            self.block.write(now);
            self.filled += now.len();
            if self.filled == BLOCK {
                self.end_block();
            }
            rest = later;
        }
        Ok(())
    }

    fn end_block(&mut self) {
        let block = std::mem::replace(&mut self.block, Hasher::new());
        self.checksums.extend(block.finish().to_le_bytes());
        self.filled = 0;
    }

    /// Writes the checksums and the header.
    pub fn finish(mut self) -> std::io::Result<()> {
        if self.filled > 0 {
            self.end_block();
        }
        let last = Entry {
            start: self.length.next_multiple_of(ALIGNMENT as u64),
            ..Entry::default()
        };
        self.entries.resize(SECTIONS.len(), last);
        let mut table = Vec::with_capacity(ENTRY * SECTIONS.len());
        for entry in &self.entries {
            // An empty section lies at the end if it would lie behind it.
            let start = entry
                .start
                .min(self.length / ALIGNMENT as u64 * ALIGNMENT as u64);
            let start = if entry.length == 0 {
                start
            } else {
                entry.start
            };
            table.extend(start.to_le_bytes());
            table.extend(entry.length.to_le_bytes());
            table.extend([entry.width, 0, 0, 0, 0, 0, 0, 0]);
        }
        self.output.write_all(&self.checksums)?;
        let mut header = [0; HEADER];
        header[..8].copy_from_slice(MAGIC);
        header[8..12].copy_from_slice(&VERSION.to_le_bytes());
        header[12..16].copy_from_slice(&(SECTIONS.len() as u32).to_le_bytes());
        let length = self.length + self.checksums.len() as u64;
        header[16..24].copy_from_slice(&length.to_le_bytes());
        header[24..32].copy_from_slice(&self.length.to_le_bytes());
        let sums = twox_hash::XxHash3_64::oneshot(&self.checksums);
        header[32..40].copy_from_slice(&sums.to_le_bytes());
        let sum = header_sum(&header, &table);
        header[40..48].copy_from_slice(&sum.to_le_bytes());
        self.output.seek(SeekFrom::Start(0))?;
        self.output.write_all(&header)?;
        self.output.write_all(&table)?;
        self.output.flush()
    }
}
