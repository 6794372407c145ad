//! Columns: numbers of one width, one behind the other, in bytes that a snapshot shares.
//!
//! A column borrows nothing and copies nothing: it is a window into the bytes of its snapshot,
//! which may be a file that is mapped, memory, or a part of the program. Numbers are
//! little-endian, as the machines are that kin runs on.

use std::marker::PhantomData;
use std::ops::Deref;
use std::ops::Range;

use bytemuck::Pod;
use bytes::Bytes;

#[cfg(target_endian = "big")]
compile_error!("kin reads its snapshots in place, and they are little-endian");

/// Numbers of one width. Empty where the snapshot does without them.
#[derive(Clone, Debug)]
pub(super) struct Column<T> {
    bytes: Bytes,
    of: PhantomData<T>,
}

impl<T: Pod> Column<T> {
    /// The numbers in `bytes`; none if these are not whole numbers, or not where such may lie.
    pub(super) fn new(bytes: Bytes) -> Option<Column<T>> {
        if !bytes.is_empty() {
            bytemuck::try_cast_slice::<u8, T>(&bytes).ok()?;
        }
        Some(Column {
            bytes,
            of: PhantomData,
        })
    }
}

impl<T: Pod> Deref for Column<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        // No bytes lie nowhere, and not where a number may.
        if self.bytes.is_empty() {
            return &[];
        }
        bytemuck::cast_slice(&self.bytes)
    }
}

/// A column of small numbers, as wide as its largest one needs: 1, 2 or 4 bytes each. Where the
/// snapshot does without it, every number is 0.
#[derive(Clone, Debug)]
pub(super) enum Codes {
    Absent,
    Narrow(Column<u8>),
    Middle(Column<u16>),
    Wide(Column<u32>),
}

/// The numbers of a column of codes, in place.
#[derive(Clone, Copy, Debug)]
pub enum CodeSlice<'a> {
    /// Every number is 0.
    Absent,
    /// One byte each.
    Narrow(&'a [u8]),
    /// Two bytes each.
    Middle(&'a [u16]),
    /// Four bytes each.
    Wide(&'a [u32]),
}

impl Codes {
    /// The numbers in `bytes`, each `width` bytes wide; none if they are no such numbers.
    pub(super) fn new(bytes: Bytes, width: u8) -> Option<Codes> {
        Some(match width {
            _ if bytes.is_empty() => Codes::Absent,
            1 => Codes::Narrow(Column::new(bytes)?),
            2 => Codes::Middle(Column::new(bytes)?),
            4 => Codes::Wide(Column::new(bytes)?),
            _ => return None,
        })
    }

    /// The number at a place.
    #[inline]
    pub(super) fn get(&self, index: usize) -> u32 {
        self.slice().get(index)
    }

    /// The numbers, in place.
    #[inline]
    pub(super) fn slice(&self) -> CodeSlice<'_> {
        match self {
            Codes::Absent => CodeSlice::Absent,
            Codes::Narrow(codes) => CodeSlice::Narrow(codes),
            Codes::Middle(codes) => CodeSlice::Middle(codes),
            Codes::Wide(codes) => CodeSlice::Wide(codes),
        }
    }
}

impl CodeSlice<'_> {
    /// The number at a place.
    #[inline]
    pub fn get(&self, index: usize) -> u32 {
        match self {
            CodeSlice::Absent => 0,
            CodeSlice::Narrow(codes) => u32::from(codes[index]),
            CodeSlice::Middle(codes) => u32::from(codes[index]),
            CodeSlice::Wide(codes) => codes[index],
        }
    }

    /// Calls `visit` with each place of a range and its number.
    #[inline]
    pub fn each(&self, range: Range<usize>, mut visit: impl FnMut(usize, u32)) {
        fn all<T: Copy + Into<u32>>(
            codes: &[T],
            places: Range<usize>,
            visit: &mut impl FnMut(usize, u32),
        ) {
            for (code, place) in codes[places.clone()].iter().zip(places) {
                visit(place, (*code).into());
            }
        }
        match self {
            CodeSlice::Absent => range.for_each(|place| visit(place, 0)),
            CodeSlice::Narrow(codes) => all(codes, range, &mut visit),
            CodeSlice::Middle(codes) => all(codes, range, &mut visit),
            CodeSlice::Wide(codes) => all(codes, range, &mut visit),
        }
    }

    /// Puts what a table says of the numbers of a range into `found`, but where `settled` stands.
    pub fn look_up(&self, range: Range<usize>, table: &[u8], (found, settled): (&mut [u8], u8)) {
        fn all<T: Copy + Into<u32>>(codes: &[T], table: &[u8], found: &mut [u8], settled: u8) {
            for (code, found) in codes.iter().zip(found) {
                let told = table[(*code).into() as usize];
                *found = if *found == settled { settled } else { told };
            }
        }
        match self {
            CodeSlice::Absent => {
                let told = table.first().copied().unwrap_or_default();
                let others = found.iter_mut().filter(|found| **found != settled);
                others.for_each(|found| *found = told);
            }
            CodeSlice::Narrow(codes) => all(&codes[range], table, found, settled),
            CodeSlice::Middle(codes) => all(&codes[range], table, found, settled),
            CodeSlice::Wide(codes) => all(&codes[range], table, found, settled),
        }
    }

    /// Adds to `picked` the places of a range of whose numbers a table says anything but `out`.
    pub fn pick(&self, range: Range<usize>, table: &[u8], out: u8, picked: &mut Vec<u32>) {
        fn all<T: Copy + Into<u32>>(
            codes: &[T],
            first: usize,
            (table, out): (&[u8], u8),
            picked: &mut Vec<u32>,
        ) {
            // Each is written, and the next takes its place if it is none: no branch to guess.
            let mut end = picked.len();
            picked.resize(end + codes.len(), 0);
            for (place, code) in codes.iter().enumerate() {
                picked[end] = (first + place) as u32;
                end += usize::from(table[(*code).into() as usize] != out);
            }
            picked.truncate(end);
        }
        let (first, told) = (range.start, (table, out));
        match self {
            CodeSlice::Absent if table.first() == Some(&out) => {}
            CodeSlice::Absent => picked.extend(range.start as u32..range.end as u32),
            CodeSlice::Narrow(codes) => {
                let (words, rest) = codes[range].as_chunks();
                pick_words(words, first, told, picked);
                all(rest, first + words.len() * WORD, told, picked);
            }
            CodeSlice::Middle(codes) => all(&codes[range], first, told, picked),
            CodeSlice::Wide(codes) => all(&codes[range], first, told, picked),
        }
    }

    /// Whether all numbers are 0 because the snapshot does without them.
    pub fn is_absent(&self) -> bool {
        matches!(self, CodeSlice::Absent)
    }

    /// How many numbers there are; none if the snapshot does without them.
    pub fn count(&self) -> Option<usize> {
        match self {
            CodeSlice::Absent => None,
            CodeSlice::Narrow(codes) => Some(codes.len()),
            CodeSlice::Middle(codes) => Some(codes.len()),
            CodeSlice::Wide(codes) => Some(codes.len()),
        }
    }

    /// The part of `range` whose numbers are `code`, where the numbers of the range ascend.
    #[inline]
    pub fn run(&self, range: Range<usize>, code: u32) -> Range<usize> {
        let first = range.start;
        let (start, end) = match self {
            CodeSlice::Absent if code == 0 => (0, range.len()),
            CodeSlice::Absent => (0, 0),
            CodeSlice::Narrow(codes) => return narrow_run(codes, range, code),
            CodeSlice::Middle(codes) => bounds(&codes[range], code),
            CodeSlice::Wide(codes) => bounds(&codes[range], code),
        };
        first + start..first + end
    }
}

/// How many numbers are told of in one word, a bit each.
const WORD: usize = u64::BITS as usize;

/// [`CodeSlice::pick`] for as many numbers of one byte as are told of together.
fn pick_words(
    words: &[[u8; WORD]],
    first: usize,
    (table, out): (&[u8], u8),
    picked: &mut Vec<u32>,
) {
    // With a row for each number that there may be, none is checked to have one.
    let mut is_in = [false; 1 << u8::BITS];
    for (row, told) in is_in.iter_mut().zip(table) {
        *row = *told != out;
    }
    for (place, codes) in words.iter().enumerate() {
        let mut bits = 0_u64;
        for (bit, code) in codes.iter().enumerate() {
            bits |= u64::from(is_in[usize::from(*code)]) << bit;
        }
        let start = (first + place * WORD) as u32;
        while bits != 0 {
            picked.push(start + bits.trailing_zeros());
            bits &= bits - 1;
        }
    }
}

/// The bounds of a number among some that ascend.
fn bounds<T: Copy + Into<u32>>(codes: &[T], code: u32) -> (usize, usize) {
    let start = codes.partition_point(|found| (*found).into() < code);
    let same = codes[start..].partition_point(|found| (*found).into() == code);
    (start, start + same)
}

/// [`CodeSlice::run`] where numbers take one byte, as those of relations nearly always do.
#[inline(always)]
pub(super) fn narrow_run(codes: &[u8], range: Range<usize>, code: u32) -> Range<usize> {
    let (start, end) = match (codes[range.start..].first_chunk(), u8::try_from(code)) {
        (Some(few), Ok(code)) if range.len() <= FEW => bounds_of_few(few, range.len(), code),
        _ => bounds(&codes[range.clone()], code),
    };
    range.start + start..range.start + end
}

/// As many numbers as are compared at once.
const FEW: usize = 16;

/// The highest bit of each byte.
const HIGH: u128 = u128::MAX / 255 * 128;

/// The bounds of a number among the first `length` of some, of which these ascend: all are compared
/// at once, byte by byte in one word (Warren, Hacker's Delight, 2-12 and 2-18).
#[inline]
fn bounds_of_few(codes: &[u8; FEW], length: usize, code: u8) -> (usize, usize) {
    let found = u128::from_le_bytes(*codes);
    let wanted = u128::MAX / 255 * u128::from(code);
    let differs = found ^ wanted;
    // The highest bits of the bytes that are less, and of those that are not equal.
    let rest = (found | HIGH).wrapping_sub(wanted & !HIGH) ^ (!differs & HIGH);
    let less = (!found & wanted | !differs & rest) & HIGH;
    let unequal = ((differs & !HIGH).wrapping_add(!HIGH) | differs) & HIGH;
    let first = |bits: u128| (bits.trailing_zeros() as usize / 8).min(length);
    (first(!less & HIGH), first(!less & unequal))
}

#[cfg(test)]
mod tests {
    use super::CodeSlice;

    #[test]
    fn what_is_picked_is_what_a_table_does_not_leave_out() {
        let codes: Vec<u32> = (0..500).map(|place| place * 7 % 5).collect();
        let narrow: Vec<u8> = codes.iter().map(|code| *code as u8).collect();
        let middle: Vec<u16> = codes.iter().map(|code| *code as u16).collect();
        let table = [1, 0, 2, 1, 0];
        for out in 0..4 {
            for range in [0..0, 0..1, 17..400, 0..500] {
                let is_in = |place: &u32| table[codes[*place as usize] as usize] != out;
                let places = range.start as u32..range.end as u32;
                let wanted: Vec<u32> = [7]
                    .into_iter()
                    .chain(places.clone().filter(is_in))
                    .collect();
                for slice in [
                    CodeSlice::Narrow(&narrow),
                    CodeSlice::Middle(&middle),
                    CodeSlice::Wide(&codes),
                ] {
                    let mut picked = vec![7];
                    slice.pick(range.clone(), &table, out, &mut picked);
                    assert_eq!(picked, wanted, "{out} {range:?}");
                }
                let mut picked = Vec::new();
                CodeSlice::Absent.pick(range, &table, out, &mut picked);
                assert!(picked.into_iter().eq(places.filter(|_| out != 1)));
            }
        }
    }

    /// All ascending runs of few numbers, between others, with the least and the greatest of them.
    #[test]
    fn a_run_is_what_counting_says() {
        let numbers = [0u8, 1, 2, 127, 128, 129, 254, 255];
        for length in 0..=20 {
            for seed in 0..400usize {
                let mut codes = vec![seed as u8; 3];
                let mut inside: Vec<u8> = (0..length)
                    .map(|place| numbers[(seed * 31 + place * (seed % 7 + 1)) % 8])
                    .collect();
                inside.sort_unstable();
                codes.extend(&inside);
                codes.extend((0..seed % 24).map(|place| numbers[(place * 5 + seed) % 8]));
                for code in numbers.map(u32::from).into_iter().chain([3, 256, 511]) {
                    let less = inside.iter().filter(|found| u32::from(**found) < code);
                    let start = 3 + less.count();
                    let same = inside.iter().filter(|found| u32::from(**found) == code);
                    let wanted = start..start + same.count();
                    let found = CodeSlice::Narrow(&codes).run(3..3 + length, code);
                    assert_eq!(found, wanted, "{code} in {inside:?}");
                }
            }
        }
    }
}
