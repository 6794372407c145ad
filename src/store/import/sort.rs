//! Statements sorted by one of their ends, in memory or beyond it.
//!
//! Rows are dealt into buckets by the entity at that end, each bucket a range of entities; buckets
//! that memory has no room for go to a file. Then each is sorted by itself: moved by the digits of
//! far ends and relations and then by entity, or, where rows are few, very many or of too many
//! digits, by entity alone, of which the rows are compared. This is the radix partition of join
//! algorithms. No bucket has 2^32 rows, as an import ends where it has so many statements
//! (`gather`), so that counts do not wrap.

use std::ops::RangeInclusive;
use std::slice::from_ref;
use std::sync::Arc;

use bytemuck::Pod;
use bytemuck::Zeroable as _;

use crate::store::import::shelf::Kept;
use crate::store::import::shelf::Shelf;
use crate::store::import::tape::Room;
use crate::store::import::unsorted::Row;
use crate::store::import::unsorted::SAMPLE_EVERY;

/// Rows of an entity in their order: by relation, far end, and the rest.
pub(super) trait Key: Copy + Ord + Default + Send + 'static {
    /// A row in a bucket: of its near end there are the lower bits.
    type Packed: Pod + Send;

    /// Whether rows that are alike in their ends and their relation may differ.
    const HAS_MORE: bool;

    fn pack(row: &Row) -> Self::Packed;
    /// The lower bits of the near end.
    fn near(packed: Self::Packed) -> u16;
    /// The relation, and in the lower half the far end.
    fn rest(packed: Self::Packed) -> u64;
    fn of(packed: Self::Packed) -> Self;
    fn relation(self) -> u16;
    fn far(self) -> u32;
    fn extra(self) -> u32;
}

/// Rows that are nothing but their ends.
impl Key for u64 {
    type Packed = u64;

    const HAS_MORE: bool = false;

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
    fn rest(packed: u64) -> u64 {
        packed & (u64::MAX >> u16::BITS)
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

    const HAS_MORE: bool = true;

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
    fn rest([near, far, _]: [u32; 3]) -> u64 {
        u64::from(near as u16) << 32 | u64::from(far)
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
pub(super) struct Sorted<K: Key> {
    /// The first entity.
    pub(super) first: u32,
    /// Where the rows of each entity end.
    pub(super) ends: Vec<u32>,
    /// The rows, but for the end that they are sorted by.
    pub(super) keys: Vec<K>,
    /// What rows are moved into on their way.
    spare: [Vec<K::Packed>; 2],
}

impl<K: Key> Default for Sorted<K> {
    fn default() -> Sorted<K> {
        Sorted {
            first: 0,
            ends: Vec::new(),
            keys: Vec::new(),
            spare: [Vec::new(), Vec::new()],
        }
    }
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

/// Some bits of what rows are sorted by.
#[derive(Clone, Copy, Debug)]
struct Digit {
    shift: u32,
    mask: usize,
}

/// The most bits of a digit: a count for each value stays in the nearest cache.
const DIGIT: u32 = 12;

impl Digit {
    #[inline]
    fn of(self, rest: u64) -> usize {
        (rest >> self.shift) as usize & self.mask
    }

    /// The digits that tell numbers up to `max` apart, which start at a bit; the last one first.
    fn all(max: u32, start: u32) -> impl Iterator<Item = Digit> {
        let bits = u32::BITS - max.leading_zeros();
        let count = bits.div_ceil(DIGIT);
        let width = bits.div_ceil(count.max(1));
        (0..count).map(move |place| Digit {
            shift: start + place * width,
            mask: (1 << width) - 1,
        })
    }
}

/// With more digits, comparing the few rows of an entity is faster.
const DIGITS_MAX: usize = 4;

/// With fewer rows counts cost more than they save, and with more, rows do not stay in the caches.
const COUNTED: RangeInclusive<usize> = 1 << 11..=1 << 18;

/// What the rows of an entity are sorted by; the last digit comes first.
pub(super) struct RowDigits(Vec<Digit>);

impl RowDigits {
    /// By relation and far end, of which none is above these; only by relation where rows come in
    /// the order of their far ends.
    pub(super) fn new(relation_max: u32, far_max: Option<u32>) -> RowDigits {
        let far = far_max.into_iter();
        let far = far.flat_map(|max| Digit::all(max, 0));
        RowDigits(far.chain(Digit::all(relation_max, u32::BITS)).collect())
    }
}

/// Sorts one bucket into what there may be of another.
pub(super) fn sort<K: Key>(
    buckets: &mut Buckets<K>,
    (partition, digits): (&Partition, &RowDigits),
    bucket: usize,
    sorted: &mut Sorted<K>,
) -> std::io::Result<()> {
    let (first, end) = partition.bounds(bucket);
    let blocks = buckets.take(bucket)?;
    let rows = blocks.iter().map(Vec::len).sum();
    sorted.first = first;
    sorted.ends.clear();
    sorted.ends.resize((end - first) as usize, 0);
    sorted.count(&blocks);
    let is_counted = COUNTED.contains(&rows) && digits.0.len() <= DIGITS_MAX;
    match digits.0.split_first() {
        Some((last, others)) if is_counted => {
            let [mut moved, mut spare] = std::mem::take(&mut sorted.spare);
            // Most places are there already, and all of them get another row.
            moved.resize(rows, K::Packed::zeroed());
            spare.resize(rows, K::Packed::zeroed());
            move_by::<K>(&blocks, *last, &mut moved);
            for digit in others {
                move_by::<K>(from_ref(&moved), *digit, &mut spare);
                std::mem::swap(&mut moved, &mut spare);
            }
            sorted.fill(from_ref(&moved));
            sorted.spare = [moved, spare];
        }
        _ => sorted.fill(&blocks),
    }
    if K::HAS_MORE || !is_counted && !digits.0.is_empty() {
        sorted.compare();
    }
    Ok(())
}

/// Moves rows by one digit (Knuth, The Art of Computer Programming 3, 5.2.5); those with the same
/// one stay in their order.
fn move_by<K: Key>(blocks: &[Vec<K::Packed>], digit: Digit, moved: &mut [K::Packed]) {
    let mut places = [0_u32; 1 << DIGIT];
    let values = places.len();
    for block in blocks {
        for row in block {
            let count = &mut places[digit.of(K::rest(*row)) % values];
            *count = count.wrapping_add(1);
        }
    }
    let mut start = 0;
    for place in &mut places {
        start += std::mem::replace(place, start);
    }
    for block in blocks {
        for row in block {
            let place = &mut places[digit.of(K::rest(*row)) % values];
            moved[*place as usize] = *row;
            *place = place.wrapping_add(1);
        }
    }
}

impl<K: Key> Sorted<K> {
    /// Counts the rows of each entity.
    fn count(&mut self, blocks: &[Vec<K::Packed>]) {
        let (first, ends) = (self.first as u16, self.ends.as_mut_slice());
        for block in blocks {
            for row in block {
                let count = &mut ends[usize::from(K::near(*row).wrapping_sub(first))];
                *count = count.wrapping_add(1);
            }
        }
    }

    /// Puts rows behind those of their entities, in the order in which they are; the counts become
    /// ends.
    fn fill(&mut self, blocks: &[Vec<K::Packed>]) {
        let mut start = 0;
        for place in &mut self.ends {
            start += std::mem::replace(place, start);
        }
        self.keys.resize(start as usize, K::default());
        let (first, ends) = (self.first as u16, self.ends.as_mut_slice());
        let keys = self.keys.as_mut_slice();
        for block in blocks {
            for row in block {
                let place = &mut ends[usize::from(K::near(*row).wrapping_sub(first))];
                keys[*place as usize] = K::of(*row);
                *place = place.wrapping_add(1);
            }
        }
    }

    /// Sorts the rows of each entity.
    fn compare(&mut self) {
        let mut start = 0;
        for end in &self.ends {
            let run = &mut self.keys[start..*end as usize];
            if !run.is_sorted() {
                run.sort_unstable();
            }
            start = *end as usize;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Buckets;
    use super::Key;
    use super::Partition;
    use super::Row;
    use super::RowDigits;
    use super::Sorted;
    use crate::store::import::random;
    use crate::store::import::tape::Room;

    /// The rows of all buckets, one behind the other.
    fn sorted<K: Key>(
        rows: &[Row],
        entities: usize,
        digits: &RowDigits,
        memory: u64,
    ) -> Vec<(u32, u16, u32, u32)> {
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
            super::sort(&mut buckets, (&partition, digits), bucket, &mut sorted).unwrap();
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
        // Those of many rows are told apart by three digits, or compared as digits or rows are too
        // many; by four, the third of which has the upper bits of the far end; and by none.
        for (entities, count, relations, fars) in [
            (1, 3, 0x7fff, 1 << 32),
            (400_000, 9_000, 0x7fff, 1 << 32),
            (300, 70_000, 3, 1 << 20),
            (300, 70_000, 0x7fff, 1 << 32),
            (2, 300_000, 3, 1 << 20),
            (300, 70_000, 3, 1 << 32),
            (300, 70_000, 1 << 16, 1 << 24),
            (300, 70_000, 1, 1),
        ] {
            for has_extras in [false, true] {
                let rows = (0..count).map(|_| Row {
                    near: random(entities) as u32,
                    relation: (random(3) * (relations - 1) / 2) as u16,
                    far: random(fars) as u32,
                    extra: if has_extras { random(9) as u32 } else { 0 },
                });
                let mut rows: Vec<Row> = rows.collect();
                let digits = RowDigits::new(relations as u32 - 1, Some((fars - 1) as u32));
                is_sorted(&rows, entities, &digits, has_extras);
                rows.sort_by_key(|row| (row.far, row.extra));
                let digits = RowDigits::new(relations as u32 - 1, None);
                is_sorted(&rows, entities, &digits, has_extras);
            }
        }
    }

    fn is_sorted(rows: &[Row], entities: usize, digits: &RowDigits, has_extras: bool) {
        let wanted = rows.iter();
        let wanted = wanted.map(|row| (row.near, row.relation, row.far, row.extra));
        let mut wanted: Vec<_> = wanted.collect();
        wanted.sort_unstable();
        for memory in [1 << 16, 1 << 31] {
            let found = sorted::<u128>(rows, entities, digits, memory);
            assert!(found == wanted, "{entities} {memory}");
            let found = sorted::<u64>(rows, entities, digits, memory);
            assert!(has_extras || found == wanted, "{entities} {memory}");
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
