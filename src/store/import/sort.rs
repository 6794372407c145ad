//! Statements sorted by one of their ends, in memory or beyond it.
//!
//! Rows are dealt into buckets by the entity at that end, each bucket a range of entities; buckets
//! that memory has no room for go to a file. Then each is sorted by itself: counted by entity, and
//! the few rows of an entity compared. This is the radix partition of join algorithms.

use std::sync::Arc;

use crate::store::import::tape::Room;
use crate::store::import::tape::Scratch;

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

/// What rows of an entity are ordered by: relation, far end, and the rest.
pub(super) trait Key: Copy + Ord + Default + Send + 'static {
    fn of(row: &Row) -> Self;
    fn relation(self) -> u16;
    fn far(self) -> u32;
    fn extra(self) -> u32;
}

/// Rows that are nothing but their ends.
impl Key for u64 {
    #[inline]
    fn of(row: &Row) -> u64 {
        u64::from(row.relation) << 32 | u64::from(row.far)
    }
    #[inline]
    fn relation(self) -> u16 {
        (self >> 32) as u16
    }
    #[inline]
    fn far(self) -> u32 {
        self as u32
    }
    #[inline]
    fn extra(self) -> u32 {
        0
    }
}

/// Any rows.
impl Key for u128 {
    #[inline]
    fn of(row: &Row) -> u128 {
        u128::from(u64::of(row)) << 32 | u128::from(row.extra)
    }
    #[inline]
    fn relation(self) -> u16 {
        (self >> 64) as u16
    }
    #[inline]
    fn far(self) -> u32 {
        (self >> 32) as u32
    }
    #[inline]
    fn extra(self) -> u32 {
        self as u32
    }
}

/// Rows in columns, as many together as a stage has; those that would have nothing but zeros are
/// empty.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    /// How many rows there are; what is behind them means nothing.
    rows: usize,
    /// The near end in the upper half, the far one in the lower.
    ends: Vec<[u64; STAGE]>,
    relations: Vec<[u16; STAGE]>,
    extras: Vec<[u32; STAGE]>,
}

impl Block {
    fn with_capacity(rows: usize) -> Block {
        Block {
            ends: Vec::with_capacity(rows.div_ceil(STAGE)),
            ..Block::default()
        }
    }

    /// Room for so many rows to be read.
    fn zeros(rows: usize, has_relations: bool, has_extras: bool) -> Block {
        let places = |has_some| if has_some { rows.div_ceil(STAGE) } else { 0 };
        Block {
            rows,
            ends: vec![[0; STAGE]; places(true)],
            relations: vec![[0; STAGE]; places(has_relations)],
            extras: vec![[0; STAGE]; places(has_extras)],
        }
    }

    /// Adds the rows of a stage, which is full unless it is the last.
    #[inline]
    fn extend(&mut self, stage: &Stage) {
        let before = self.ends.len();
        if stage.relation != 0 || !self.relations.is_empty() {
            self.relations.resize(before, [0; STAGE]);
            self.relations.push(stage.relations);
        }
        if stage.extra != 0 || !self.extras.is_empty() {
            self.extras.resize(before, [0; STAGE]);
            self.extras.push(stage.extras);
        }
        self.ends.push(stage.ends);
        self.rows += stage.count;
    }

    /// The near end of each row in the upper half, the far one in the lower.
    #[inline]
    fn ends(&self) -> &[u64] {
        &self.ends.as_flattened()[..self.rows]
    }

    /// The rows, in their order.
    #[inline]
    pub(super) fn rows(&self) -> impl Iterator<Item = Row> + '_ {
        let (relations, extras) = (self.relations.as_flattened(), self.extras.as_flattened());
        self.ends().iter().enumerate().map(move |(at, ends)| Row {
            near: (ends >> 32) as u32,
            far: *ends as u32,
            relation: relations.get(at).copied().unwrap_or(0),
            extra: extras.get(at).copied().unwrap_or(0),
        })
    }

    /// Exchanges the ends.
    pub(super) fn map_ends(&mut self, near: impl Fn(u32) -> u32, far: impl Fn(u32) -> u32) {
        for ends in &mut self.ends.as_flattened_mut()[..self.rows] {
            *ends = pack(near((*ends >> 32) as u32), far(*ends as u32));
        }
    }

    /// Exchanges the relations; each number stands for what is there in `relations`.
    pub(super) fn map_relations(&mut self, relations: &[u16]) {
        if relations.first().is_some_and(|first| *first != 0) {
            self.relations.resize(self.ends.len(), [0; STAGE]);
        }
        let rows = self.rows.min(self.relations.len() * STAGE);
        for relation in &mut self.relations.as_flattened_mut()[..rows] {
            *relation = relations[usize::from(*relation)];
        }
    }

    /// The same for the extras; number 0 stays what it is.
    pub(super) fn map_extras(&mut self, extras: &[u32]) {
        let rows = self.rows.min(self.extras.len() * STAGE);
        for extra in &mut self.extras.as_flattened_mut()[..rows] {
            *extra = extras[*extra as usize];
        }
    }

    fn bytes(&self) -> usize {
        (self.ends.len() * 8 + self.extras.len() * 4 + self.relations.len() * 2) * STAGE
    }

    fn write(&self, file: &mut Scratch) -> std::io::Result<Kept> {
        let mut bytes = Vec::with_capacity(self.bytes());
        bytes.extend_from_slice(bytemuck::cast_slice(&self.ends));
        bytes.extend_from_slice(bytemuck::cast_slice(&self.extras));
        bytes.extend_from_slice(bytemuck::cast_slice(&self.relations));
        Ok(Kept::File {
            start: file.write(&bytes)?,
            rows: self.rows,
            has_extras: !self.extras.is_empty(),
            has_relations: !self.relations.is_empty(),
        })
    }

    fn read(&mut self, file: &mut Scratch, start: u64) -> std::io::Result<()> {
        let mut at = start;
        for bytes in [
            bytemuck::cast_slice_mut(&mut self.ends),
            bytemuck::cast_slice_mut(&mut self.extras),
            bytemuck::cast_slice_mut(&mut self.relations),
        ] {
            file.read(at, bytes)?;
            at += bytes.len() as u64;
        }
        Ok(())
    }
}

#[inline]
fn pack(near: u32, far: u32) -> u64 {
    u64::from(near) << 32 | u64::from(far)
}

/// How many rows go into a bucket together: their ends fill a line of a cache.
const STAGE: usize = 8;

/// Rows on their way into a bucket. The ends of many buckets are far from each other, and each row
/// of its own would be a wait for memory: software write-combining (Balkesen et al., Main-memory
/// hash joins on multi-core CPUs, ICDE 2013).
#[derive(Clone, Debug, Default)]
struct Stage {
    ends: [u64; STAGE],
    relations: [u16; STAGE],
    extras: [u32; STAGE],
    count: usize,
    /// All relations and all extras in one, to tell whether there is any.
    relation: u16,
    extra: u32,
}

/// The most bytes of a row in a block.
const ROW: usize = size_of::<u64>() + size_of::<u16>() + size_of::<u32>();

/// A block that was put away.
#[derive(Debug)]
enum Kept {
    Memory(Block),
    File {
        start: u64,
        rows: usize,
        has_extras: bool,
        has_relations: bool,
    },
}

/// Rows dealt into buckets, each in the order of dealing.
pub(super) struct Buckets {
    room: Arc<Room>,
    file: Option<Scratch>,
    stages: Vec<Stage>,
    buckets: Vec<(Block, Vec<Kept>)>,
    /// How many rows a block has.
    capacity: usize,
    rows: u64,
    has_extras: bool,
    /// How much room was taken for the blocks that are being filled.
    reserved: u64,
}

impl Drop for Buckets {
    fn drop(&mut self) {
        self.room.give(self.reserved);
    }
}

impl Buckets {
    pub(super) fn new(room: &Arc<Room>, count: usize) -> Buckets {
        let share = (room.limit() / 64 / count as u64) as usize;
        // Blocks of the same size as others that are gone take their places in memory.
        let capacity = 1 << share.clamp(1 << 9, 1 << 16).ilog2();
        let wanted = (capacity * count * ROW) as u64;
        Buckets {
            reserved: if room.take(wanted) { wanted } else { 0 },
            room: Arc::clone(room),
            file: None,
            stages: vec![Stage::default(); count],
            buckets: std::iter::repeat_with(Default::default)
                .take(count)
                .collect(),
            capacity,
            rows: 0,
            has_extras: false,
        }
    }

    /// These rows; none are left here.
    pub(super) fn taken(&mut self) -> Buckets {
        let none = Buckets::new(&self.room, self.buckets.len());
        std::mem::replace(self, none)
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> u64 {
        self.rows
    }

    /// Whether some row has more than its ends.
    pub(super) fn has_extras(&self) -> bool {
        self.has_extras || self.stages.iter().any(|stage| stage.extra != 0)
    }

    #[inline]
    pub(super) fn push(&mut self, bucket: usize, row: &Row) -> std::io::Result<()> {
        self.rows += 1;
        let stage = &mut self.stages[bucket];
        let at = stage.count % STAGE;
        stage.ends[at] = pack(row.near, row.far);
        stage.relations[at] = row.relation;
        stage.extras[at] = row.extra;
        stage.relation |= row.relation;
        stage.extra |= row.extra;
        stage.count = at + 1;
        match stage.count == STAGE {
            true => self.unload(bucket),
            false => Ok(()),
        }
    }

    /// Moves the rows of a stage to where they belong.
    fn unload(&mut self, bucket: usize) -> std::io::Result<()> {
        let (stage, block) = (&mut self.stages[bucket], &mut self.buckets[bucket].0);
        self.has_extras |= stage.extra != 0;
        block.extend(stage);
        (stage.count, stage.relation, stage.extra) = (0, 0, 0);
        match block.rows >= self.capacity {
            true => self.put_away(bucket),
            false => Ok(()),
        }
    }

    #[cold]
    fn put_away(&mut self, bucket: usize) -> std::io::Result<()> {
        let (block, kept) = &mut self.buckets[bucket];
        let next = Block::with_capacity(self.capacity);
        let full = std::mem::replace(block, next);
        if self.room.take(full.bytes() as u64) {
            kept.push(Kept::Memory(full));
            return Ok(());
        }
        if self.file.is_none() {
            self.file = Some(Scratch::new(&self.room)?);
        }
        if let Some(file) = &mut self.file {
            kept.push(full.write(file)?);
        }
        Ok(())
    }

    /// Gives the blocks of a bucket, in their order; they are gone then.
    pub(super) fn take(
        &mut self,
        bucket: usize,
        mut each: impl FnMut(Block) -> std::io::Result<()>,
    ) -> std::io::Result<()> {
        self.unload(bucket)?;
        let (last, kept) = std::mem::take(&mut self.buckets[bucket]);
        for kept in kept {
            match kept {
                Kept::Memory(block) => {
                    let bytes = block.bytes() as u64;
                    each(block)?;
                    self.room.give(bytes);
                }
                Kept::File {
                    start,
                    rows,
                    has_extras,
                    has_relations,
                } => {
                    let mut block = Block::zeros(rows, has_relations, has_extras);
                    let file = self.file.as_mut().expect("the block was written to it");
                    block.read(file, start)?;
                    each(block)?;
                }
            }
        }
        each(last)
    }
}

/// Which entities share a bucket.
pub(super) struct Partition {
    shift: u32,
    /// The bucket of each group of entities.
    buckets: Vec<u16>,
    /// The first entity of each bucket; one more entry for the end.
    firsts: Vec<u32>,
}

/// How many rows stand for one in a sample.
pub(super) const SAMPLE_EVERY: u64 = 256;

/// The most groups of entities, and so the most buckets.
const GROUPS_MAX: usize = 1 << 12;

/// The most rows that a bucket should have, so that sorting it stays within the caches.
const BUCKET_ROWS: u64 = 1 << 16;

impl Partition {
    /// Buckets for `rows` rows at `entities` entities, of about the same size each by a sample of
    /// the ends.
    pub(super) fn new(
        entities: usize,
        rows: u64,
        sample: impl Iterator<Item = u32>,
        room: &Room,
    ) -> Partition {
        let bits = usize::BITS - entities.max(1).leading_zeros();
        let shift = bits.saturating_sub(GROUPS_MAX.ilog2());
        let groups = (entities >> shift) + 1;
        let mut counts = vec![rows / 8 / groups as u64 + 1; groups];
        for near in sample {
            counts[(near >> shift) as usize] += SAMPLE_EVERY;
        }
        let share = (room.limit() / 8 / size_of::<u128>() as u64).clamp(1 << 10, BUCKET_ROWS);
        let mut partition = Partition {
            shift,
            buckets: Vec::with_capacity(groups),
            firsts: vec![0],
        };
        let mut filled = 0;
        for (group, count) in counts.into_iter().enumerate() {
            if filled > 0 && filled + count > share {
                partition.firsts.push((group << shift) as u32);
                filled = 0;
            }
            filled += count;
            partition.buckets.push((partition.firsts.len() - 1) as u16);
        }
        partition.firsts.push(entities as u32);
        partition
    }

    /// How many buckets there are.
    pub(super) fn len(&self) -> usize {
        self.firsts.len() - 1
    }

    #[inline]
    pub(super) fn bucket(&self, near: u32) -> usize {
        usize::from(self.buckets[(near >> self.shift) as usize])
    }

    /// The first entity of a bucket, and the first behind it.
    fn bounds(&self, bucket: usize) -> (u32, u32) {
        let entities = self.firsts[self.firsts.len() - 1];
        let end = self.firsts[bucket + 1].min(entities);
        (self.firsts[bucket].min(end), end)
    }
}

/// The rows of a range of entities, in order.
pub(super) struct Sorted<K> {
    /// The first entity.
    pub(super) first: u32,
    /// Where the rows of each entity end.
    pub(super) ends: Vec<u32>,
    /// The rows, but for the end that they are sorted by.
    pub(super) keys: Vec<K>,
}

impl<K: Key> Sorted<K> {
    /// The entities with their rows.
    pub(super) fn runs(&self) -> impl Iterator<Item = (u32, &[K])> {
        let mut start = 0;
        self.ends.iter().enumerate().map(move |(place, end)| {
            let run = &self.keys[start..*end as usize];
            start = *end as usize;
            (self.first + place as u32, run)
        })
    }
}

/// Sorts one bucket.
pub(super) fn sort<K: Key>(
    buckets: &mut Buckets,
    partition: &Partition,
    bucket: usize,
) -> std::io::Result<Sorted<K>> {
    let (first, end) = partition.bounds(bucket);
    let mut blocks = Vec::new();
    buckets.take(bucket, |block| {
        blocks.push(block);
        Ok(())
    })?;
    let mut ends = vec![0_u32; (end - first) as usize];
    for row in blocks.iter().flat_map(|block| block.ends()) {
        ends[((row >> 32) as u32 - first) as usize] += 1;
    }
    let mut start = 0;
    for place in &mut ends {
        let count = *place;
        *place = start;
        start += count;
    }
    let mut keys = vec![K::default(); start as usize];
    for block in blocks {
        for row in block.rows() {
            let place = &mut ends[(row.near - first) as usize];
            keys[*place as usize] = K::of(&row);
            *place += 1;
        }
    }
    let mut start = 0;
    for end in &ends {
        let run = &mut keys[start..*end as usize];
        if !run.is_sorted() {
            run.sort_unstable();
        }
        start = *end as usize;
    }
    Ok(Sorted { first, ends, keys })
}
