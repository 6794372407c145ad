//! Ids that are a number, or a prefix that others have too and a number: without a table.

use crate::diagnostic::Fault;
use crate::diagnostic::Interrupt;
use crate::store::import::ids::Early;
use crate::store::import::ids::look;
use crate::store::import::radix;
use crate::store::import::shapes::PREFIX_MAX;
use crate::store::import::shapes::Shapes;

/// Ids of one shape.
#[derive(Default)]
struct Family {
    /// A bit a number: whether it has appeared.
    seen: Vec<u64>,
    count: u64,
}

/// All ids that are numbers with or without a prefix.
pub(super) struct Families {
    shapes: Shapes,
    /// Of each shape those that have appeared; of numbers without a prefix first.
    list: Vec<Family>,
}

impl Families {
    /// None. Up to `memory` bytes may be spent on numbers that do not appear.
    pub(super) fn new(memory: u64) -> Families {
        Families {
            shapes: Shapes::new(memory),
            list: vec![Family::default()],
        }
    }

    /// How many ids have appeared.
    pub(super) fn len(&self) -> u64 {
        self.list.iter().map(|family| family.count).sum()
    }

    /// The shapes that are known.
    pub(super) fn shapes(&self) -> &Shapes {
        &self.shapes
    }

    /// What an id stands for, if it is of a known shape.
    #[inline]
    pub(super) fn find(&self, id: &[u8]) -> Option<Early> {
        self.shapes.find(id)
    }

    /// The same; a shape that is not known becomes so if there is room for another.
    #[inline]
    pub(super) fn find_or_know(&mut self, id: &[u8]) -> Option<Early> {
        let found = self.shapes.find_or_know(id);
        if self.list.len() < self.shapes.len() {
            self.list.push(Family::default());
        }
        found
    }

    /// Notes that it has appeared; whether it is new.
    #[inline]
    pub(super) fn see(&mut self, early: Early) -> bool {
        let is_new = !self.is_seen(early);
        if is_new {
            self.add(early);
        }
        is_new
    }

    #[cold]
    fn add(&mut self, early: Early) {
        let (place, number) = self.shapes.split(early);
        let family = &mut self.list[place];
        let (word, bit) = (number as usize / 64, 1 << (number % 64));
        if word >= family.seen.len() {
            family.seen.resize((word + 1).next_power_of_two(), 0);
        }
        family.seen[word] |= bit;
        family.count += 1;
    }

    /// Whether it has appeared.
    #[inline]
    pub(super) fn is_seen(&self, early: Early) -> bool {
        let (place, number) = self.shapes.split(early);
        let word = self.list[place].seen.get(number as usize / 64);
        word.is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    /// The text of an id.
    pub(super) fn text<'a>(&self, early: Early, digits: &'a mut Digits) -> &'a [u8] {
        let (place, number) = self.shapes.split(early);
        let (prefix, width) = self.shapes.of(place);
        digits.of(prefix, number, width)
    }

    /// How long that is, and what stands before its digits.
    pub(super) fn length(&self, early: Early) -> (usize, &[u8]) {
        let (place, number) = self.shapes.split(early);
        let (prefix, width) = self.shapes.of(place);
        let digits = number.checked_ilog10().unwrap_or(0) as usize + 1;
        (prefix.len() + digits.max(width), prefix)
    }

    /// Those of each prefix that have appeared, in the order of their texts.
    pub(super) fn lists(
        &self,
        interrupt: &Interrupt,
    ) -> impl Iterator<Item = Result<Vec<Early>, Fault>> {
        self.list.iter().enumerate().map(|(place, family)| {
            let start = self.shapes.first(place);
            let mut found = match self.shapes.of(place).1 {
                0 => in_text_order(&family.seen, family.count, interrupt)?,
                _ => in_order(&family.seen).map(|number| number as u32).collect(),
            };
            found.iter_mut().for_each(|number| *number += start);
            Ok(found)
        })
    }

    /// Room for something of each.
    pub(super) fn table(&self) -> Places {
        let bits = self.shapes.bits();
        let mut starts: Vec<usize> = Vec::new();
        let mut length = 0;
        for (place, family) in self.list.iter().enumerate() {
            let last = family.seen.iter().rposition(|word| *word != 0);
            let chunks = (self.shapes.first(place + 1) - self.shapes.first(place)) >> bits;
            starts.extend((0..chunks as usize).map(|chunk| length + (chunk << bits)));
            length += last.map_or(0, |word| (word + 1) * 64);
        }
        Places {
            bits,
            starts,
            places: vec![0; length],
        }
    }
}

/// What each number that has appeared comes to in the end.
pub(super) struct Places {
    /// The upper bits of a number say where its table starts.
    bits: u32,
    starts: Vec<usize>,
    places: Vec<u32>,
}

impl Places {
    #[inline]
    pub(super) fn get(&self, early: Early) -> u32 {
        self.places[self.index(early)]
    }

    pub(super) fn set(&mut self, early: Early, place: u32) {
        let index = self.index(early);
        self.places[index] = place;
    }

    #[inline]
    fn index(&self, early: Early) -> usize {
        self.starts[(early >> self.bits) as usize] + (early & ((1 << self.bits) - 1)) as usize
    }
}

/// The numbers that are seen.
fn in_order(seen: &[u64]) -> impl Iterator<Item = u64> + '_ {
    seen.iter().enumerate().flat_map(|(place, word)| {
        let mut bits = *word;
        std::iter::from_fn(move || {
            let bit = (bits != 0).then(|| bits.trailing_zeros())?;
            bits &= bits - 1;
            Some(place as u64 * 64 + u64::from(bit))
        })
    })
}

/// The numbers that are seen, in the order of their digits as texts.
fn in_text_order(seen: &[u64], count: u64, interrupt: &Interrupt) -> Result<Vec<u32>, Fault> {
    let mut found = Vec::with_capacity(count as usize);
    let is_seen = |number: u64| {
        let word = seen.get((number / 64) as usize);
        word.is_some_and(|word| word >> (number % 64) & 1 == 1)
    };
    let end = seen.len() as u64 * 64;
    if end / 32 > count {
        // Few of many: 34 bits of digits, as if there were ten, and then how many there are.
        let mut keys = Vec::with_capacity(count as usize);
        for number in in_order(seen) {
            let length = number.checked_ilog10().unwrap_or(0) + 1;
            keys.push((number * 10_u64.pow(10 - length)) << 4 | u64::from(length));
        }
        radix::sort(&mut keys, |key| *key, interrupt)?;
        let number = |key: u64| (key >> 4) / 10_u64.pow(10 - (key & 15) as u32);
        found.extend(keys.into_iter().map(|key| number(key) as u32));
        return Ok(found);
    }
    if is_seen(0) {
        found.push(0);
    }
    let mut number = 1;
    while number < end && found.len() < count as usize {
        if is_seen(number) {
            look(found.len(), interrupt)?;
            found.push(number as u32);
        }
        if number * 10 < end {
            number *= 10;
        } else {
            while number % 10 == 9 || number + 1 >= end {
                number /= 10;
                if number == 0 {
                    return Ok(found);
                }
            }
            number += 1;
        }
    }
    Ok(found)
}

/// The text of an id that is in no table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Digits([u8; PREFIX_MAX + 10]);

impl Default for Digits {
    fn default() -> Digits {
        Digits([0; PREFIX_MAX + 10])
    }
}

impl Digits {
    fn of(&mut self, prefix: &[u8], mut number: u32, width: usize) -> &[u8] {
        let end = self.0.len();
        let mut start = end;
        loop {
            start -= 1;
            self.0[start] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 && end - start >= width {
                break;
            }
        }
        let behind = start;
        start -= prefix.len();
        self.0[start..behind].copy_from_slice(prefix);
        &self.0[start..]
    }
}
