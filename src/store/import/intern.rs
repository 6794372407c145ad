//! Texts that are numbered in the order in which they appear, each once, in one piece of memory.

use std::hash::BuildHasher as _;
use std::hash::Hasher as _;
use std::hash::RandomState;

use twox_hash::XxHash3_64;

/// A table of texts. The hash has a seed of its own in every run: the texts are strangers'.
pub(super) struct Interner {
    bytes: Vec<u8>,
    ends: Vec<u64>,
    /// 0, or the upper half of a text's hash and, in the lower, its number plus 1.
    slots: Vec<u64>,
    seed: u64,
}

impl Default for Interner {
    fn default() -> Interner {
        Interner {
            bytes: Vec::new(),
            ends: Vec::new(),
            slots: vec![0; 64],
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
        self.look(text).ok()
    }

    /// The number of a text, which gets one if it has none.
    pub(super) fn number(&mut self, text: &[u8]) -> u32 {
        match self.look(text) {
            Ok(number) => number,
            Err((slot, tag)) => {
                self.bytes.extend_from_slice(text);
                self.ends.push(self.bytes.len() as u64);
                let next = self.ends.len() as u64;
                assert!(next < 1 << 32, "ids are counted before they are numbered");
                self.slots[slot] = tag << 32 | next;
                if self.ends.len() * 4 > self.slots.len() * 3 {
                    self.grow();
                }
                (next - 1) as u32
            }
        }
    }

    /// The number, or the free slot and the tag that belong to the text.
    fn look(&self, text: &[u8]) -> Result<u32, (usize, u64)> {
        let tag = XxHash3_64::oneshot_with_seed(self.seed, text) >> 32;
        let mut slot = self.home(tag);
        loop {
            let found = self.slots[slot];
            if found == 0 {
                return Err((slot, tag));
            }
            let number = (found as u32).wrapping_sub(1);
            if found >> 32 == tag && self.get(number) == text {
                return Ok(number);
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    fn home(&self, tag: u64) -> usize {
        ((u128::from(tag) * self.slots.len() as u128) >> 32) as usize
    }

    fn grow(&mut self) {
        let doubled = vec![0; self.slots.len() * 2];
        let old = std::mem::replace(&mut self.slots, doubled);
        for found in old.into_iter().filter(|found| *found != 0) {
            let mut slot = self.home(found >> 32);
            while self.slots[slot] != 0 {
                slot = (slot + 1) & (self.slots.len() - 1);
            }
            self.slots[slot] = found;
        }
    }
}
