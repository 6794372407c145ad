//! Statements sorted by one of their ends, in memory or beyond it.
//!
//! Rows are dealt into buckets by the entity at that end, each bucket a range of entities; buckets
//! that memory has no room for go to a file. Then each is sorted by itself: counted by entity, and
//! the few rows of an entity compared. This is the radix partition of join algorithms.

use std::sync::Arc;

use bytemuck::Pod;

use crate::store::import::shelf::Kept;
use crate::store::import::shelf::Shelf;
use crate::store::import::tape::Room;
use crate::store::import::unsorted::Row;
use crate::store::import::unsorted::SAMPLE_EVERY;

/// Rows of an entity in their order: by relation, far end, and the rest.
pub(super) trait Key: Copy + Ord + Default + Send + 'static {
    /// A row in a bucket: of its near end there are the lower bits.
    type Packed: Pod + Send;

    fn pack(row: &Row) -> Self::Packed;
    /// The lower bits of the near end.
    fn near(packed: Self::Packed) -> u16;
    fn of(packed: Self::Packed) -> Self;
    fn relation(self) -> u16;
    fn far(self) -> u32;
    fn extra(self) -> u32;
}

/// Rows that are nothing but their ends.
impl Key for u64 {
    type Packed = u64;

    #[inline]
    fn pack(row: &Row) -> u64 {
        let near = u64::from(row.near as u16);
        near << 48 | u64::from(row.relation) << 32 | u64::from(row.far)
    }
    #[inline]
    fn near(packed: u64) -> u16 {
        (packed >> 48) as u16
    }
    #[inline]
    fn of(packed: u64) -> u64 {
        packed
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
    type Packed = [u32; 3];

    #[inline]
    fn pack(row: &Row) -> [u32; 3] {
        let near = u32::from(row.near as u16);
        [near << 16 | u32::from(row.relation), row.far, row.extra]
    }
    #[inline]
    fn near(packed: [u32; 3]) -> u16 {
        (packed[0] >> 16) as u16
    }
    #[inline]
    fn of([near, far, extra]: [u32; 3]) -> u128 {
        u128::from(near) << 64 | u128::from(far) << 32 | u128::from(extra)
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

/// Rows dealt into buckets, each in the order of dealing.
pub(super) struct Buckets<K: Key> {
    shelf: Shelf,
    /// Of each bucket the block that is being filled.
    blocks: Vec<Vec<K::Packed>>,
    kept: Vec<Vec<Kept<Vec<K::Packed>>>>,
    /// How many rows a block has.
    capacity: usize,
}

impl<K: Key> Buckets<K> {
    pub(super) fn new(room: &Arc<Room>, count: usize) -> Buckets<K> {
        let capacity = Shelf::capacity(room, count);
        let filling = capacity * count * size_of::<K::Packed>();
        Buckets {
            shelf: Shelf::new(room, filling as u64),
            blocks: (0..count).map(|_| Vec::with_capacity(capacity)).collect(),
            kept: (0..count).map(|_| Vec::new()).collect(),
            capacity,
        }
    }

    #[inline]
    pub(super) fn push(&mut self, bucket: usize, row: &Row) -> std::io::Result<()> {
        if self.blocks[bucket].len() >= self.capacity {
            self.put_away(bucket)?;
        }
        self.blocks[bucket].push(K::pack(row));
        Ok(())
    }

    #[cold]
    fn put_away(&mut self, bucket: usize) -> std::io::Result<()> {
        let next = Vec::with_capacity(self.capacity);
        let full = std::mem::replace(&mut self.blocks[bucket], next);
        self.kept[bucket].push(self.shelf.put(full)?);
        Ok(())
    }

    /// Takes the blocks of a bucket, in their order.
    fn take(&mut self, bucket: usize) -> std::io::Result<Vec<Vec<K::Packed>>> {
        let kept = std::mem::take(&mut self.kept[bucket]);
        let mut blocks = Vec::with_capacity(kept.len() + 1);
        for kept in kept {
            blocks.push(self.shelf.take(kept)?);
        }
        blocks.push(std::mem::take(&mut self.blocks[bucket]));
        Ok(blocks)
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

/// How many groups of entities there are, and so the most buckets, where groups are not too large.
const GROUPS_MAX: usize = 1 << 12;

/// How many bits tell the entities of a bucket apart.
const NEAR_BITS: u32 = u16::BITS;

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
        let shift = bits.saturating_sub(GROUPS_MAX.ilog2()).min(NEAR_BITS);
        let groups = (entities >> shift) + 1;
        let mut counts = vec![rows / 8 / groups as u64 + 1; groups];
        for near in sample {
            counts[(near >> shift) as usize] += SAMPLE_EVERY as u64;
        }
        let share = (room.limit() / 8 / size_of::<u128>() as u64).clamp(1 << 10, BUCKET_ROWS);
        let mut partition = Partition {
            shift,
            buckets: Vec::with_capacity(groups),
            firsts: vec![0],
        };
        let mut filled = 0;
        for (group, count) in counts.into_iter().enumerate() {
            let first = partition.firsts[partition.firsts.len() - 1] as usize;
            let is_wide = ((group + 1) << shift) - first > 1 << NEAR_BITS;
            if filled > 0 && (filled + count > share || is_wide) {
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
#[derive(Default)]
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

/// Sorts one bucket into what there may be of another.
pub(super) fn sort<K: Key>(
    buckets: &mut Buckets<K>,
    partition: &Partition,
    bucket: usize,
    sorted: &mut Sorted<K>,
) -> std::io::Result<()> {
    let (first, end) = partition.bounds(bucket);
    let Sorted { ends, keys, .. } = sorted;
    let blocks = buckets.take(bucket)?;
    let place = |row| usize::from(K::near(row).wrapping_sub(first as u16));
    ends.clear();
    ends.resize((end - first) as usize, 0);
    for row in blocks.iter().flatten() {
        ends[place(*row)] += 1;
    }
    let mut start = 0;
    for place in &mut *ends {
        let count = *place;
        *place = start;
        start += count;
    }
    // Most places are there already, and all of them get another key.
    keys.resize(start as usize, K::default());
    for row in blocks.into_iter().flatten() {
        let place = &mut ends[place(row)];
        keys[*place as usize] = K::of(row);
        *place += 1;
    }
    let mut start = 0;
    for end in &*ends {
        let run = &mut keys[start..*end as usize];
        if !run.is_sorted() {
            run.sort_unstable();
        }
        start = *end as usize;
    }
    sorted.first = first;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Buckets;
    use super::Key;
    use super::Partition;
    use super::Row;
    use super::Sorted;
    use crate::store::import::random;
    use crate::store::import::tape::Room;

    /// The rows of all buckets, one behind the other.
    fn sorted<K: Key>(rows: &[Row], entities: usize, memory: u64) -> Vec<(u32, u16, u32, u32)> {
        let place = tempfile::tempdir().unwrap();
        let room = Room::new(memory, place.path());
        let sample = rows.iter().step_by(256).map(|row| row.near);
        let partition = Partition::new(entities, rows.len() as u64, sample, &room);
        let mut buckets = Buckets::<K>::new(&room, partition.len());
        for row in rows {
            buckets.push(partition.bucket(row.near), row).unwrap();
        }
        let mut found = Vec::new();
        let mut sorted = Sorted::default();
        for bucket in 0..partition.len() {
            super::sort(&mut buckets, &partition, bucket, &mut sorted).unwrap();
            for (near, run) in sorted.runs() {
                let rest = run
                    .iter()
                    .map(|key| (near, key.relation(), key.far(), key.extra()));
                found.extend(rest);
            }
        }
        found
    }

    #[test]
    fn rows_are_sorted_whatever_the_entities_and_the_memory() {
        let mut random = random(5);
        // Where there are few rows, entities share a bucket that only the upper bits tell apart.
        for (entities, count) in [(1, 3), (300, 70_000), (400_000, 9_000)] {
            for has_extras in [false, true] {
                let rows = (0..count).map(|_| Row {
                    near: random(entities) as u32,
                    relation: random(3) as u16 * 0x7fff,
                    far: random(1 << 32) as u32,
                    extra: if has_extras { random(9) as u32 } else { 0 },
                });
                let rows: Vec<Row> = rows.collect();
                let wanted = rows.iter();
                let wanted = wanted.map(|row| (row.near, row.relation, row.far, row.extra));
                let mut wanted: Vec<_> = wanted.collect();
                wanted.sort_unstable();
                for memory in [1 << 16, 1 << 31] {
                    let found = sorted::<u128>(&rows, entities, memory);
                    assert!(found == wanted, "{entities} {memory}");
                    let found = sorted::<u64>(&rows, entities, memory);
                    assert!(has_extras || found == wanted, "{entities} {memory}");
                }
            }
        }
    }

    #[test]
    fn the_entities_of_a_bucket_are_told_apart_by_the_lower_bits() {
        let room = Room::new(1 << 31, std::path::Path::new("."));
        for (entities, rows) in [
            (0, 0),
            (1 << 20, 9),
            (1 << 30, 9),
            (u32::MAX as usize, 1 << 20),
        ] {
            let partition = Partition::new(entities, rows, std::iter::empty(), &room);
            let mut behind = 0;
            for bucket in 0..partition.len() {
                let (first, end) = partition.bounds(bucket);
                assert_eq!(first, behind);
                assert!(end - first <= 1 << 16, "{entities}: {first}..{end}");
                behind = end;
            }
            assert_eq!(behind as usize, entities);
        }
    }
}
