//! Statements in the order in which they were read.

use std::sync::Arc;

use crate::store::import::shelf::Block;
use crate::store::import::shelf::Kept;
use crate::store::import::shelf::Shelf;
use crate::store::import::tape::Room;

/// One statement as seen from one of its ends.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Row {
    /// The end that it is sorted by.
    pub(super) near: u32,
    pub(super) relation: u16,
    /// The other end, or a value.
    pub(super) far: u32,
    /// Whatever else there is of it, as a number; 0 if that is nothing.
    pub(super) extra: u32,
}

/// The most bytes of a row in a block.
const ROW: usize = size_of::<u64>() + size_of::<u16>() + size_of::<u32>();

/// Rows in columns; zeros at the end of a column may be left out.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// The near end in the upper half, the far one in the lower.
    ends: Vec<u64>,
    relations: Vec<u16>,
    extras: Vec<u32>,
}

impl Block for Columns {
    type Shape = [usize; 3];

    fn shape(&self) -> [usize; 3] {
        [self.ends.len(), self.relations.len(), self.extras.len()]
    }

    fn zeros([ends, relations, extras]: [usize; 3]) -> Columns {
        Columns {
            ends: Block::zeros(ends),
            relations: Block::zeros(relations),
            extras: Block::zeros(extras),
        }
    }

    fn parts(&self) -> impl Iterator<Item = &[u8]> {
        let rest = self.relations.parts().chain(self.extras.parts());
        self.ends.parts().chain(rest)
    }

    fn parts_mut(&mut self) -> impl Iterator<Item = &mut [u8]> {
        let rest = self.relations.parts_mut().chain(self.extras.parts_mut());
        self.ends.parts_mut().chain(rest)
    }
}

impl Columns {
    #[inline]
    fn push(&mut self, row: &Row) {
        if row.relation != 0 {
            self.relations.resize(self.ends.len(), 0);
            self.relations.push(row.relation);
        }
        if row.extra != 0 {
            self.extras.resize(self.ends.len(), 0);
            self.extras.push(row.extra);
        }
        self.ends.push(pack(row.near, row.far));
    }

    /// The rows, in their order.
    #[inline]
    pub(super) fn rows(&self) -> impl Iterator<Item = Row> + '_ {
        self.ends.iter().enumerate().map(move |(at, ends)| Row {
            near: (ends >> 32) as u32,
            far: *ends as u32,
            relation: self.relations.get(at).copied().unwrap_or(0),
            extra: self.extras.get(at).copied().unwrap_or(0),
        })
    }

    /// The ends of some of the rows.
    fn sample(&self) -> impl Iterator<Item = (u32, u32)> {
        let some = self.ends.iter().step_by(SAMPLE_EVERY);
        some.map(|ends| ((ends >> 32) as u32, *ends as u32))
    }

    /// Exchanges the ends.
    pub(super) fn map_ends(&mut self, near: impl Fn(u32) -> u32, far: impl Fn(u32) -> u32) {
        for ends in &mut self.ends {
            *ends = pack(near((*ends >> 32) as u32), far(*ends as u32));
        }
    }

    /// Exchanges the relations; each number stands for what is there in `relations`.
    pub(super) fn map_relations(&mut self, relations: &[u16]) {
        if relations.first().is_some_and(|first| *first != 0) {
            self.relations.resize(self.ends.len(), 0);
        }
        for relation in &mut self.relations {
            *relation = relations[usize::from(*relation)];
        }
    }

    /// The same for the extras; number 0 stays what it is.
    pub(super) fn map_extras(&mut self, extras: &[u32]) {
        for extra in &mut self.extras {
            *extra = extras[*extra as usize];
        }
    }
}

#[inline]
fn pack(near: u32, far: u32) -> u64 {
    u64::from(near) << 32 | u64::from(far)
}

/// Rows in the order of reading.
pub(super) struct Unsorted {
    room: Arc<Room>,
    shelf: Shelf,
    block: Columns,
    kept: Vec<Kept<Columns>>,
    /// How many rows a block has.
    capacity: usize,
    /// How many rows were put away.
    rows: u64,
    has_extras: bool,
    /// The ends of some of these rows.
    sample: Vec<(u32, u32)>,
}

/// How many rows stand for one in a sample.
pub(super) const SAMPLE_EVERY: usize = 256;

impl Unsorted {
    pub(super) fn new(room: &Arc<Room>) -> Unsorted {
        let capacity = Shelf::capacity(room, 1);
        Unsorted {
            room: Arc::clone(room),
            shelf: Shelf::new(room, (capacity * ROW) as u64),
            block: Columns::default(),
            kept: Vec::new(),
            capacity,
            rows: 0,
            has_extras: false,
            sample: Vec::new(),
        }
    }

    /// These rows; none are left here.
    pub(super) fn taken(&mut self) -> Unsorted {
        let none = Unsorted::new(&self.room);
        std::mem::replace(self, none)
    }

    /// The ends of some of the rows, the near one first.
    pub(super) fn sample(&self) -> impl Iterator<Item = (u32, u32)> {
        let kept = self.sample.iter().copied();
        kept.chain(self.block.sample())
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> u64 {
        self.rows + self.block.ends.len() as u64
    }

    /// Whether some row has more than its ends.
    pub(super) fn has_extras(&self) -> bool {
        self.has_extras || !self.block.extras.is_empty()
    }

    #[inline]
    pub(super) fn push(&mut self, row: &Row) -> std::io::Result<()> {
        if self.block.ends.len() >= self.capacity {
            self.put_away()?;
        }
        self.block.push(row);
        Ok(())
    }

    #[cold]
    fn put_away(&mut self) -> std::io::Result<()> {
        self.sample.extend(self.block.sample());
        self.has_extras |= !self.block.extras.is_empty();
        self.rows += self.block.ends.len() as u64;
        let next = Columns {
            ends: Vec::with_capacity(self.capacity),
            ..Columns::default()
        };
        let full = std::mem::replace(&mut self.block, next);
        self.kept.push(self.shelf.put(full)?);
        Ok(())
    }

    /// Gives the blocks, in their order.
    pub(super) fn each(
        mut self,
        mut each: impl FnMut(Columns) -> std::io::Result<()>,
    ) -> std::io::Result<()> {
        for kept in self.kept {
            each(self.shelf.take(kept)?)?;
        }
        each(self.block)
    }
}
