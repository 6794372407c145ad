//! The ids of entities: numbered as they appear, and then by their order.
//!
//! A whole number below a limit stands for itself, without a table; any other id is a text of a
//! table. Both get the upper bit to tell them apart. Ids are compared as the texts they are: `7`
//! and `07` are two.

use std::cmp::Ordering;

use crate::store::import::intern::Interner;
use crate::store::import::split::whole_number;

/// An entity before all are known: a whole number, or with [`TEXT`] a number of the table.
pub(super) type Early = u32;

/// Marks a number of the table.
const TEXT: u32 = 1 << 31;

/// The entities that have appeared.
pub(super) struct Ids {
    /// Whole numbers below it stand for themselves.
    limit: u64,
    /// A bit a whole number: whether it has appeared.
    seen: Vec<u64>,
    numbers: u64,
    texts: Interner,
    last: (Vec<u8>, Early),
}

impl Ids {
    /// No entities. Up to `memory` bytes may be spent on whole numbers that do not appear.
    pub(super) fn new(memory: u64) -> Ids {
        Ids {
            limit: (memory / 8).clamp(1 << 16, u64::from(TEXT)),
            seen: Vec::new(),
            numbers: 0,
            texts: Interner::default(),
            last: (Vec::new(), 0),
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> u64 {
        self.numbers + self.texts.len() as u64
    }

    /// Whether no more texts can be numbered.
    pub(super) fn is_full(&self) -> bool {
        self.texts.len() >= TEXT as usize - 1
    }

    /// The entity of an id, and whether it is new; it is there afterwards.
    pub(super) fn add(&mut self, id: &[u8]) -> (Early, bool) {
        if let Some(number) = self.whole(id) {
            return self.add_whole(number);
        }
        let before = self.texts.len();
        let number = self.texts.number(id);
        (number | TEXT, self.texts.len() > before)
    }

    /// The same where it often is the one before.
    pub(super) fn add_again(&mut self, id: &[u8]) -> Early {
        if self.last.0 != id || id.is_empty() {
            let (early, _) = self.add(id);
            self.last.0.clear();
            self.last.0.extend_from_slice(id);
            self.last.1 = early;
        }
        self.last.1
    }

    /// The same for a whole number below the limit.
    pub(super) fn add_whole(&mut self, number: u64) -> (Early, bool) {
        let (word, bit) = ((number / 64) as usize, 1 << (number % 64));
        if word >= self.seen.len() {
            self.seen.resize((word + 1).next_power_of_two(), 0);
        }
        let is_new = self.seen[word] & bit == 0;
        self.seen[word] |= bit;
        self.numbers += u64::from(is_new);
        (number as u32, is_new)
    }

    /// The entity of an id, if it is there.
    pub(super) fn find(&self, id: &[u8]) -> Option<Early> {
        match self.whole(id) {
            Some(number) => self.find_whole(number),
            None => self.texts.find(id).map(|number| number | TEXT),
        }
    }

    /// The same for a whole number below the limit.
    pub(super) fn find_whole(&self, number: u64) -> Option<Early> {
        let word = self.seen.get((number / 64) as usize)?;
        (word >> (number % 64) & 1 == 1).then_some(number as u32)
    }

    /// Whether a number is one that stands for itself.
    pub(super) fn is_whole(&self, number: u64) -> bool {
        number < self.limit
    }

    fn whole(&self, id: &[u8]) -> Option<u64> {
        let (number, length) = whole_number(id)?;
        (length == id.len() && self.is_whole(number)).then_some(number)
    }

    /// All entities in the order of their ids (bytes).
    pub(super) fn order(self) -> Order {
        let numbers = in_text_order(&self.seen, self.numbers);
        let mut texts = sorted(&self.texts).into_iter().peekable();
        let mut entities = Vec::with_capacity(self.len() as usize);
        let mut buffer = Digits::default();
        for number in numbers {
            if texts.peek().is_some() {
                let id = buffer.of(number);
                while let Some(text) = texts.next_if(|text| self.texts.get(*text) < id) {
                    entities.push(text | TEXT);
                }
            }
            entities.push(number);
        }
        entities.extend(texts.map(|text| text | TEXT));
        let whole = self.seen.iter().rposition(|word| *word != 0);
        let mut order = Order {
            of_wholes: vec![0; whole.map_or(0, |word| (word + 1) * 64)],
            of_texts: vec![0; self.texts.len()],
            entities,
            ids: self,
        };
        for (place, early) in order.entities.iter().enumerate() {
            match early & TEXT {
                0 => order.of_wholes[*early as usize] = place as u32,
                _ => order.of_texts[(early ^ TEXT) as usize] = place as u32,
            }
        }
        order
    }
}

/// The whole numbers that are seen, in the order of their digits as texts.
fn in_text_order(seen: &[u64], count: u64) -> Vec<u32> {
    let mut found = Vec::with_capacity(count as usize);
    let is_seen = |number: u64| {
        let word = seen.get((number / 64) as usize);
        word.is_some_and(|word| word >> (number % 64) & 1 == 1)
    };
    let end = seen.len() as u64 * 64;
    if end / 32 > count {
        // Few of many: 34 bits of digits, as if there were ten, and then how many there are.
        let mut keys = Vec::with_capacity(count as usize);
        for (place, word) in seen.iter().enumerate() {
            let mut bits = *word;
            while bits != 0 {
                let number = place as u64 * 64 + u64::from(bits.trailing_zeros());
                let length = number.checked_ilog10().unwrap_or(0) + 1;
                keys.push((number * 10_u64.pow(10 - length)) << 4 | u64::from(length));
                bits &= bits - 1;
            }
        }
        keys.sort_unstable();
        let number = |key: u64| (key >> 4) / 10_u64.pow(10 - (key & 15) as u32);
        found.extend(keys.into_iter().map(|key| number(key) as u32));
        return found;
    }
    if is_seen(0) {
        found.push(0);
    }
    let mut number = 1;
    while number < end && found.len() < count as usize {
        if is_seen(number) {
            found.push(number as u32);
        }
        if number * 10 < end {
            number *= 10;
        } else {
            while number % 10 == 9 || number + 1 >= end {
                number /= 10;
                if number == 0 {
                    return found;
                }
            }
            number += 1;
        }
    }
    found
}

/// The texts of a table, in order.
fn sorted(texts: &Interner) -> Vec<u32> {
    let prefix = |text: &[u8]| {
        let mut first = [0; 8];
        let length = text.len().min(8);
        first[..length].copy_from_slice(&text[..length]);
        u64::from_be_bytes(first)
    };
    let numbers = 0..texts.len() as u32;
    let mut keys: Vec<(u64, u32)> = numbers
        .map(|number| (prefix(texts.get(number)), number))
        .collect();
    keys.sort_unstable_by(|a, b| {
        let whole = || texts.get(a.1).cmp(texts.get(b.1));
        a.0.cmp(&b.0).then_with(whole)
    });
    keys.into_iter().map(|(_, number)| number).collect()
}

/// The digits of a number.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Digits([u8; 10]);

impl Digits {
    pub(super) fn of(&mut self, mut number: u32) -> &[u8] {
        let mut start = self.0.len();
        loop {
            start -= 1;
            self.0[start] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                return &self.0[start..];
            }
        }
    }
}

/// The entities in their order.
pub(super) struct Order {
    ids: Ids,
    of_wholes: Vec<u32>,
    of_texts: Vec<u32>,
    entities: Vec<Early>,
}

impl Order {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.entities.len()
    }

    /// The place of an entity.
    #[inline]
    pub(super) fn place(&self, early: Early) -> u32 {
        match early & TEXT {
            0 => self.of_wholes[early as usize],
            _ => self.of_texts[(early ^ TEXT) as usize],
        }
    }

    /// The id of the entity at a place; `digits` has room for it.
    pub(super) fn id<'a>(&'a self, place: u32, digits: &'a mut Digits) -> &'a [u8] {
        let early = self.entities[place as usize];
        match early & TEXT {
            0 => digits.of(early),
            _ => self.ids.texts.get(early ^ TEXT),
        }
    }

    /// The place of the entity with that id, if there is one.
    pub(super) fn find(&self, id: &[u8]) -> Option<u32> {
        self.ids.find(id).map(|early| self.place(early))
    }

    /// How the id at a place compares with a text.
    pub(super) fn compare(&self, place: u32, text: &[u8]) -> Ordering {
        self.id(place, &mut Digits::default()).cmp(text)
    }
}

#[cfg(test)]
mod tests {
    use super::Digits;
    use super::Ids;

    fn ordered(ids: &[&str]) -> Vec<String> {
        let mut known = Ids::new(0);
        for id in ids {
            known.add(id.as_bytes());
        }
        let order = known.order();
        let places = 0..order.len() as u32;
        let id = |place| order.id(place, &mut Digits::default()).to_vec();
        places
            .map(|place| String::from_utf8(id(place)).unwrap())
            .collect()
    }

    #[test]
    fn numbers_and_texts_are_ordered_as_texts() {
        for ids in [
            vec!["0", "1", "10", "100", "11", "2", "20", "3"],
            vec![
                "",
                "0",
                "007",
                "1",
                "1 ",
                "12",
                "19",
                "1a",
                "2",
                "65535",
                "65536",
                "99999999999",
                "a",
            ],
            vec!["1", "3", "60000", "7"],
        ] {
            let mut wanted: Vec<&str> = ids.clone();
            wanted.sort_unstable();
            assert_eq!(ordered(&ids), wanted);
            let reversed: Vec<&str> = ids.into_iter().rev().collect();
            assert_eq!(ordered(&reversed), wanted);
        }
        let all: Vec<String> = (0..4321).map(|number: u32| number.to_string()).collect();
        let mut wanted: Vec<&str> = all.iter().map(String::as_str).collect();
        wanted.sort_unstable();
        assert_eq!(ordered(&wanted), wanted);
    }
}
