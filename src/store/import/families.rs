//! Ids that are a number, or a prefix that others have too and a number: without a table.

use crate::diagnostic::Fault;
use crate::diagnostic::Interrupt;
use crate::store::import::ids::Early;
use crate::store::import::ids::look;
use crate::store::import::radix;
use crate::store::import::split::whole_number;

/// The most prefixes that are remembered; ids with any other are texts.
const PREFIXES_MAX: usize = 4;

/// The longest prefix.
const PREFIX_MAX: usize = 54;

/// Ids of one prefix, which may be empty.
#[derive(Default)]
struct Family {
    prefix: Vec<u8>,
    /// How many digits each has, or 0 where numbers have no zeros before them.
    width: usize,
    /// A bit a number: whether it has appeared.
    seen: Vec<u64>,
    count: u64,
}

/// All ids that are numbers with or without a prefix. Which form an id has does not change once an
/// id of that form has come; so an id never is a number and a text.
pub(super) struct Families {
    /// The one without a prefix comes first.
    list: Vec<Family>,
    /// Whole numbers below it stand for themselves.
    limit: u32,
    /// How many bits the numbers behind prefixes have.
    bits: u32,
}

impl Families {
    /// None. Up to `memory` bytes may be spent on numbers that do not appear.
    pub(super) fn new(memory: u64) -> Families {
        let limit = (memory / 8).clamp(1 << 16, 1 << 30) as u32;
        Families {
            list: vec![Family::default()],
            limit,
            bits: (limit / PREFIXES_MAX as u32).ilog2(),
        }
    }

    /// How many ids have appeared.
    pub(super) fn len(&self) -> u64 {
        self.list.iter().map(|family| family.count).sum()
    }

    /// Whether a number is one that stands for itself.
    #[inline]
    pub(super) fn is_whole(&self, number: u64) -> bool {
        number < u64::from(self.limit)
    }

    /// What an id stands for, if it is of a known form.
    #[inline]
    pub(super) fn find(&self, id: &[u8]) -> Option<Early> {
        if id.first()?.is_ascii_digit() {
            let (number, length) = whole_number(id)?;
            return (length == id.len() && self.is_whole(number)).then_some(number as u32);
        }
        let mut families = self.list.iter().enumerate().skip(1);
        families.find_map(|(place, family)| {
            let digits = id.strip_prefix(family.prefix.as_slice())?;
            let number = number(digits, family.width)?;
            let start = self.limit + ((place as u32 - 1) << self.bits);
            (number >> self.bits == 0).then_some(start + number as u32)
        })
    }

    /// The same; a form that is not known becomes so if there is room for another.
    #[inline]
    pub(super) fn find_or_know(&mut self, id: &[u8]) -> Option<Early> {
        let found = self.find(id);
        if found.is_some() || self.list.len() > PREFIXES_MAX {
            return found;
        }
        let family = family(id)?;
        if self.list.iter().any(|known| known.prefix == family.prefix) {
            return None;
        }
        self.list.push(family);
        let found = self.find(id);
        if found.is_none() {
            self.list.pop();
        }
        found
    }

    /// Notes that it has appeared; whether it is new.
    #[inline]
    pub(super) fn see(&mut self, early: Early) -> bool {
        let (place, number) = self.split(early);
        let family = &mut self.list[place];
        let (word, bit) = (number as usize / 64, 1 << (number % 64));
        if word >= family.seen.len() {
            family.seen.resize((word + 1).next_power_of_two(), 0);
        }
        let is_new = family.seen[word] & bit == 0;
        family.seen[word] |= bit;
        family.count += u64::from(is_new);
        is_new
    }

    /// Whether it has appeared.
    #[inline]
    pub(super) fn is_seen(&self, early: Early) -> bool {
        let (place, number) = self.split(early);
        let word = self.list[place].seen.get(number as usize / 64);
        word.is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    #[inline]
    fn split(&self, early: Early) -> (usize, u32) {
        match early.checked_sub(self.limit) {
            None => (0, early),
            Some(rest) => {
                let number = rest & ((1 << self.bits) - 1);
                ((rest >> self.bits) as usize + 1, number)
            }
        }
    }

    /// The text of an id.
    pub(super) fn text<'a>(&self, early: Early, digits: &'a mut Digits) -> &'a [u8] {
        let (place, number) = self.split(early);
        let family = &self.list[place];
        digits.of(&family.prefix, number, family.width)
    }

    /// Those of each prefix that have appeared, in the order of their texts.
    pub(super) fn lists(
        &self,
        interrupt: &Interrupt,
    ) -> impl Iterator<Item = Result<Vec<Early>, Fault>> {
        self.list.iter().enumerate().map(|(place, family)| {
            let start = match place {
                0 => 0,
                _ => self.limit + ((place as u32 - 1) << self.bits),
            };
            let mut found = match family.width {
                0 => in_text_order(&family.seen, family.count, interrupt)?,
                _ => in_order(&family.seen).map(|number| number as u32).collect(),
            };
            found.iter_mut().for_each(|number| *number += start);
            Ok(found)
        })
    }

    /// Room for something of each.
    pub(super) fn table(&self) -> Places {
        let mut places = Places {
            limit: self.limit,
            bits: self.bits,
            of_wholes: Vec::new(),
            of_prefixed: Vec::new(),
        };
        let mut tables = self.list.iter().map(|family| {
            let last = family.seen.iter().rposition(|word| *word != 0);
            vec![0; last.map_or(0, |word| (word + 1) * 64)]
        });
        places.of_wholes = tables.next().unwrap_or_default();
        places.of_prefixed = tables.collect();
        places
    }
}

/// What each number that has appeared comes to in the end.
pub(super) struct Places {
    limit: u32,
    bits: u32,
    of_wholes: Vec<u32>,
    of_prefixed: Vec<Vec<u32>>,
}

impl Places {
    #[inline]
    pub(super) fn get(&self, early: Early) -> u32 {
        match early.checked_sub(self.limit) {
            None => self.of_wholes[early as usize],
            Some(rest) => {
                let number = rest & ((1 << self.bits) - 1);
                self.of_prefixed[(rest >> self.bits) as usize][number as usize]
            }
        }
    }

    pub(super) fn set(&mut self, early: Early, place: u32) {
        match early.checked_sub(self.limit) {
            None => self.of_wholes[early as usize] = place,
            Some(rest) => {
                let number = rest & ((1 << self.bits) - 1);
                self.of_prefixed[(rest >> self.bits) as usize][number as usize] = place;
            }
        }
    }
}

/// The number that digits stand for, of which there are `width`.
#[inline]
fn number(digits: &[u8], width: usize) -> Option<u64> {
    if width == 0 {
        let (number, length) = whole_number(digits)?;
        return (length == digits.len()).then_some(number);
    }
    if digits.len() != width || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let add = |number: u64, digit: &u8| number * 10 + u64::from(digit - b'0');
    Some(digits.iter().fold(0, add))
}

/// The form of an id: a prefix without digits, and digits.
fn family(id: &[u8]) -> Option<Family> {
    let start = id.iter().position(u8::is_ascii_digit)?;
    let (prefix, digits) = id.split_at(start);
    let has_zeros = digits.len() > 1 && digits[0] == b'0';
    let is_one = (1..=PREFIX_MAX).contains(&prefix.len())
        && digits.len() < 10
        && digits.iter().all(u8::is_ascii_digit)
        && std::str::from_utf8(prefix).is_ok()
        && !prefix.contains(&0);
    is_one.then(|| Family {
        prefix: prefix.to_owned(),
        width: if has_zeros { digits.len() } else { 0 },
        ..Family::default()
    })
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
