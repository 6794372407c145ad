//! Blocks of rows that are put away until they are wanted: in memory, or in a file where there is
//! no room for them.

use std::sync::Arc;

use crate::store::import::tape::Room;
use crate::store::import::tape::Scratch;

/// Rows that are put away together.
pub(super) trait Block: Sized {
    /// What has to be known of a block to read it again.
    type Shape: Copy;

    fn shape(&self) -> Self::Shape;

    /// Room for such a block.
    fn zeros(shape: Self::Shape) -> Self;

    /// All that it consists of, one behind the other.
    fn parts(&self) -> impl Iterator<Item = &[u8]>;

    fn parts_mut(&mut self) -> impl Iterator<Item = &mut [u8]>;
}

/// Rows that are plain numbers.
impl<T: bytemuck::Pod> Block for Vec<T> {
    type Shape = usize;

    fn shape(&self) -> usize {
        self.len()
    }

    fn zeros(rows: usize) -> Vec<T> {
        vec![T::zeroed(); rows]
    }

    fn parts(&self) -> impl Iterator<Item = &[u8]> {
        std::iter::once(bytemuck::cast_slice(self))
    }

    fn parts_mut(&mut self) -> impl Iterator<Item = &mut [u8]> {
        std::iter::once(bytemuck::cast_slice_mut(self))
    }
}

/// A block that was put away.
pub(super) enum Kept<B: Block> {
    Memory(B),
    File { start: u64, shape: B::Shape },
}

/// Where blocks are put.
pub(super) struct Shelf {
    room: Arc<Room>,
    file: Option<Scratch>,
    /// How much room was taken for blocks that are being filled.
    reserved: u64,
}

impl Drop for Shelf {
    fn drop(&mut self) {
        self.room.give(self.reserved);
    }
}

impl Shelf {
    /// A shelf beside which blocks of so many bytes are being filled.
    pub(super) fn new(room: &Arc<Room>, filling: u64) -> Shelf {
        Shelf {
            reserved: if room.take(filling) { filling } else { 0 },
            room: Arc::clone(room),
            file: None,
        }
    }

    /// How many rows a block has, where so many blocks are filled at once.
    pub(super) fn capacity(room: &Room, blocks: usize) -> usize {
        let share = (room.limit() / 64 / blocks as u64) as usize;
        // Blocks of the same size as others that are gone take their places in memory.
        1 << share.clamp(1 << 9, 1 << 13).ilog2()
    }

    pub(super) fn put<B: Block>(&mut self, block: B) -> std::io::Result<Kept<B>> {
        if self.room.take(bytes(&block)) {
            return Ok(Kept::Memory(block));
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(Scratch::new(&self.room)?),
        };
        let mut start = None;
        for part in block.parts() {
            let at = file.write(part)?;
            start.get_or_insert(at);
        }
        Ok(Kept::File {
            start: start.unwrap_or_default(),
            shape: block.shape(),
        })
    }

    /// Takes a block; it is its taker's then, and so is its room.
    pub(super) fn take<B: Block>(&mut self, kept: Kept<B>) -> std::io::Result<B> {
        match kept {
            Kept::Memory(block) => {
                self.room.give(bytes(&block));
                Ok(block)
            }
            Kept::File { start, shape } => {
                let mut block = B::zeros(shape);
                let file = self.file.as_mut().expect("the block was written to it");
                let mut at = start;
                for part in block.parts_mut() {
                    file.read(at, part)?;
                    at += part.len() as u64;
                }
                Ok(block)
            }
        }
    }
}

/// How many bytes a block takes.
fn bytes<B: Block>(block: &B) -> u64 {
    block.parts().map(|part| part.len() as u64).sum()
}
