//! Texts that are numbered in the order in which they appear, each once, in one piece of memory.

use std::hash::BuildHasher as _;
use std::hash::Hasher as _;
use std::hash::RandomState;

use twox_hash::XxHash3_64;

/// A place of the table; what is needed to tell a text from another lies in it, as each look at
/// other memory is a wait.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Slot {
    /// 0, or the upper half of a text's hash and, in the lower, its number plus 1.
    known: u64,
    /// Where the text starts and, in the upper bits, its length as far as they can say.
    place: u64,
}

/// Which bits of a slot say where the text starts.
const START_BITS: u32 = 40;

/// What stands for any greater length.
const LENGTH_MAX: u64 = (1 << (64 - START_BITS)) - 1;

impl Slot {
    fn new(tag: u64, number: u64, start: usize, length: usize) -> Slot {
        let length = (length as u64).min(LENGTH_MAX);
        Slot {
            known: tag << 32 | number,
            place: start as u64 | length << START_BITS,
        }
    }

    fn start(self) -> usize {
        (self.place & ((1 << START_BITS) - 1)) as usize
    }

    fn has_length(self, length: usize) -> bool {
        self.place >> START_BITS == (length as u64).min(LENGTH_MAX)
    }
}

/// A table of texts. The hash has a seed of its own in every run: the texts are strangers'.
pub(super) struct Interner {
    bytes: Vec<u8>,
    ends: Vec<u64>,
    slots: Vec<Slot>,
    seed: u64,
}

impl Default for Interner {
    fn default() -> Interner {
        Interner {
            bytes: Vec::new(),
            ends: Vec::new(),
            slots: vec![Slot::default(); 64],
            seed: RandomState::new().build_hasher().finish(),
        }
    }
}

impl Interner {
    /// How many texts there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The text of a number.
    pub(super) fn get(&self, number: u32) -> &[u8] {
        let index = number as usize;
        let start = match index {
            0 => 0,
            _ => self.ends[index - 1],
        };
        &self.bytes[start as usize..self.ends[index] as usize]
    }

    /// The same as a text; it is one, as only such are put in.
    pub(super) fn text(&self, number: u32) -> &str {
        std::str::from_utf8(self.get(number)).expect("texts are checked before they are numbered")
    }

    /// The number of a text, if it has one.
    pub(super) fn find(&self, text: &[u8]) -> Option<u32> {
        self.find_tagged(text, self.tag(text))
    }

    /// The number of a text, which gets one if it has none.
    pub(super) fn number(&mut self, text: &[u8]) -> u32 {
        self.number_tagged(text, self.tag(text))
    }

    /// What a text is looked up by.
    #[inline]
    pub(super) fn tag(&self, text: &[u8]) -> u64 {
        XxHash3_64::oneshot_with_seed(self.seed, text) >> 32
    }

    /// The same as `find` of a text whose tag is known.
    pub(super) fn find_tagged(&self, text: &[u8], tag: u64) -> Option<u32> {
        self.look(text, tag).ok()
    }

    /// The same as `number` of a text whose tag is known.
    pub(super) fn number_tagged(&mut self, text: &[u8], tag: u64) -> u32 {
        match self.look(text, tag) {
            Ok(number) => number,
            Err(slot) => {
                let start = self.bytes.len();
                assert!(
                    start as u64 >> START_BITS == 0,
                    "a terabyte of texts has no room"
                );
                self.bytes.extend_from_slice(text);
                self.ends.push(self.bytes.len() as u64);
                let next = self.ends.len() as u64;
                assert!(next < 1 << 32, "ids are counted before they are numbered");
                self.slots[slot] = Slot::new(tag, next, start, text.len());
                if self.ends.len() * 4 > self.slots.len() * 3 {
                    self.grow();
                }
                (next - 1) as u32
            }
        }
    }

    /// Reads what looking up these tags will read, so that the waits for memory are all at once.
    pub(super) fn touch(&self, tags: &[u64], slots: &mut Vec<Slot>) {
        slots.clear();
        slots.extend(tags.iter().map(|tag| self.slots[self.home(*tag)]));
        let mut all = 0;
        for (tag, slot) in tags.iter().zip(slots) {
            let mut place = self.home(*tag);
            while slot.known >> 32 != *tag && slot.known != 0 {
                place = (place + 1) & (self.slots.len() - 1);
                *slot = self.slots[place];
            }
            all |= self.bytes.get(slot.start()).copied().unwrap_or_default();
        }
        std::hint::black_box(all);
    }

    /// The number, or the free slot that belongs to the text.
    fn look(&self, text: &[u8], tag: u64) -> Result<u32, usize> {
        let mut slot = self.home(tag);
        loop {
            let found = self.slots[slot];
            if found.known == 0 {
                return Err(slot);
            }
            if found.known >> 32 == tag && self.is_text(found, text) {
                return Ok((found.known as u32).wrapping_sub(1));
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    #[inline]
    fn is_text(&self, slot: Slot, text: &[u8]) -> bool {
        let start = slot.start();
        match text.len() as u64 {
            0..LENGTH_MAX => {
                slot.has_length(text.len())
                    && (self.bytes.get(start..start + text.len()))
                        .is_some_and(|known| are_same(known, text))
            }
            _ => self.get((slot.known as u32).wrapping_sub(1)) == text,
        }
    }

    fn home(&self, tag: u64) -> usize {
        ((u128::from(tag) * self.slots.len() as u128) >> 32) as usize
    }

    fn grow(&mut self) {
        let doubled = vec![Slot::default(); self.slots.len() * 2];
        let old = std::mem::replace(&mut self.slots, doubled);
        for found in old.into_iter().filter(|found| found.known != 0) {
            let mut slot = self.home(found.known >> 32);
            while self.slots[slot].known != 0 {
                slot = (slot + 1) & (self.slots.len() - 1);
            }
            self.slots[slot] = found;
        }
    }
}

/// Whether two texts of one length are the same; that of an id takes two looks, which overlap.
#[inline]
fn are_same(one: &[u8], other: &[u8]) -> bool {
    #[inline]
    fn have_same_ends<const N: usize>(one: &[u8], other: &[u8]) -> bool {
        one.first_chunk::<N>() == other.first_chunk() && one.last_chunk::<N>() == other.last_chunk()
    }
    match one.len() {
        8..=16 => have_same_ends::<8>(one, other),
        17..=32 => have_same_ends::<16>(one, other),
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::Interner;
    use super::are_same;

    #[test]
    fn texts_are_the_same_if_all_their_bytes_are() {
        for length in 0..70 {
            let text: Vec<u8> = (0..length).collect();
            assert!(are_same(&text, &text.clone()));
            for place in 0..text.len() {
                let mut other = text.clone();
                other[place] ^= 0x40;
                assert!(!are_same(&text, &other), "{length} {place}");
            }
        }
    }

    #[test]
    fn a_text_has_one_number() {
        let texts = || {
            (0..3_000).map(|number: u32| format!("{number:0>width$}", width = number as usize % 50))
        };
        let mut known = Interner::default();
        let numbers: Vec<u32> = texts().map(|text| known.number(text.as_bytes())).collect();
        for (text, number) in texts().zip(numbers) {
            assert_eq!(known.find(text.as_bytes()), Some(number));
            assert_eq!(known.text(number), text);
        }
        assert_eq!(known.find(b"none"), None);
    }
}
