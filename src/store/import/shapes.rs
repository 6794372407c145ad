//! What ids that are numbers look like: a number alone, or behind a prefix that others have too.
//!
//! Such an id needs no table: its shape and its number say which entity it is.

use crate::store::import::ids::Early;
use crate::store::import::number::short_number;
use crate::store::import::number::whole_number;

/// The most prefixes that are remembered; ids with any other are texts.
const PREFIXES_MAX: usize = 4;

/// The longest prefix.
pub(super) const PREFIX_MAX: usize = 54;

/// A prefix, which may be empty, and what stands behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Shape {
    prefix: Vec<u8>,
    /// The first eight bytes of the prefix, with zeros behind a shorter one.
    head: u64,
    /// The bits of them that are the prefix's.
    mask: u64,
    /// How many digits each has, or 0 where numbers have no zeros before them.
    width: usize,
}

/// The shapes that are known. What an id of a known prefix stands for does not change any more; so
/// an id never is a number and a text.
#[derive(Clone, Debug)]
pub(super) struct Shapes {
    /// The one without a prefix comes first.
    list: Vec<Shape>,
    /// Whole numbers below it stand for themselves.
    limit: u32,
    /// How many bits the numbers behind prefixes have.
    bits: u32,
}

impl Shapes {
    /// Numbers without a prefix. Up to `memory` bytes may be spent on numbers that do not appear.
    pub(super) fn new(memory: u64) -> Shapes {
        let limit = (memory / 8).clamp(1 << 16, 1 << 30) as u32;
        Shapes {
            list: vec![Shape::default()],
            limit,
            bits: (limit / PREFIXES_MAX as u32).ilog2(),
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// Forgets the shapes from a place on.
    #[inline]
    pub(super) fn forget_from(&mut self, place: usize) {
        self.list.truncate(place);
    }

    /// The prefix of a shape, and how many digits are behind it.
    pub(super) fn of(&self, place: usize) -> (&[u8], usize) {
        let shape = &self.list[place];
        (&shape.prefix, shape.width)
    }

    /// Whether no other prefix will be known.
    pub(super) fn are_full(&self) -> bool {
        self.list.len() > PREFIXES_MAX
    }

    /// Whether a prefix has one of these bytes in it.
    pub(super) fn have_any(&self, bytes: &[u8]) -> bool {
        let mut prefixes = self.list.iter().map(|shape| &shape.prefix);
        prefixes.any(|prefix| prefix.iter().any(|byte| bytes.contains(byte)))
    }

    /// The first number of a shape, and of the one behind the last.
    #[inline]
    pub(super) fn first(&self, place: usize) -> Early {
        match place {
            0 => 0,
            _ => self.limit.next_multiple_of(1 << self.bits) + ((place as u32 - 1) << self.bits),
        }
    }

    /// The shape of an entity, and its number.
    #[inline]
    pub(super) fn split(&self, early: Early) -> (usize, u32) {
        match early < self.limit {
            true => (0, early),
            false => {
                let rest = early - self.first(1);
                let number = rest & ((1 << self.bits) - 1);
                ((rest >> self.bits) as usize + 1, number)
            }
        }
    }

    /// How many bits of an entity are behind those that tell where its table starts.
    pub(super) fn bits(&self) -> u32 {
        self.bits
    }

    /// Where the shapes begin to differ from others, as the first number that is not of both.
    pub(super) fn alike(&self, other: &Shapes) -> Early {
        let pairs = self.list.iter().zip(&other.list);
        self.first(pairs.take_while(|(one, other)| one == other).count())
    }

    /// What the id that the bytes begin with stands for, if its shape is known, and where it ends:
    /// behind its last digit.
    #[inline]
    pub(super) fn read(&self, bytes: &[u8]) -> Option<(Early, usize)> {
        match short_number(bytes) {
            Some((number, length)) if number < u64::from(self.limit) => {
                Some((number as u32, length))
            }
            _ => self.read_any(bytes),
        }
    }

    fn read_any(&self, bytes: &[u8]) -> Option<(Early, usize)> {
        if bytes.first()?.is_ascii_digit() {
            let (number, length) = whole_number(bytes)?;
            return (number < u64::from(self.limit)).then_some((number as u32, length));
        }
        for (place, shape) in self.list.iter().enumerate().skip(1) {
            if let Some(digits) = shape.behind(bytes)
                && let Some((number, length)) = number(digits, shape.width)
                && number >> self.bits == 0
            {
                let early = self.first(place) + number as u32;
                return Some((early, shape.prefix.len() + length));
            }
        }
        None
    }

    /// What an id stands for, if its shape is known.
    #[inline]
    pub(super) fn find(&self, id: &[u8]) -> Option<Early> {
        let (early, length) = self.read(id)?;
        (length == id.len()).then_some(early)
    }

    /// The same; a shape that is not known becomes so if there is room for another.
    #[inline]
    pub(super) fn find_or_know(&mut self, id: &[u8]) -> Option<Early> {
        if !id.last()?.is_ascii_digit() {
            return None;
        }
        let found = self.find(id);
        if found.is_some() || self.are_full() {
            return found;
        }
        let shape = shape(id)?;
        if self.list.iter().any(|known| known.prefix == shape.prefix) {
            return None;
        }
        self.list.push(shape);
        let found = self.find(id);
        if found.is_none() {
            self.list.pop();
        }
        found
    }
}

impl Shape {
    fn new(prefix: &[u8], width: usize) -> Shape {
        let bits = 8 * prefix.len().min(size_of::<u64>()) as u32;
        Shape {
            prefix: prefix.to_owned(),
            head: head(prefix),
            mask: u64::MAX.checked_shr(u64::BITS - bits).unwrap_or(0),
            width,
        }
    }

    /// What is behind the prefix; one of a byte is the rule.
    #[inline]
    fn behind<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        match (bytes, self.prefix.as_slice()) {
            ([first, rest @ ..], [only]) => (first == only).then_some(rest),
            _ if (head(bytes) ^ self.head) & self.mask != 0 => None,
            (_, prefix) => bytes.strip_prefix(prefix),
        }
    }
}

/// The first eight bytes, the first of them lowest, with zeros behind fewer.
#[inline]
fn head(bytes: &[u8]) -> u64 {
    match bytes.first_chunk() {
        Some(first) => u64::from_le_bytes(*first),
        None => bytes
            .iter()
            .rev()
            .fold(0, |head, byte| head << 8 | u64::from(*byte)),
    }
}

/// The number that bytes begin with, with so many digits, or without zeros before it; and how many
/// digits it has.
#[inline]
fn number(bytes: &[u8], width: usize) -> Option<(u64, usize)> {
    if width == 0 {
        return short_number(bytes).or_else(|| whole_number(bytes));
    }
    let digits = bytes.get(..width)?;
    let add = |number: u64, digit: &u8| number * 10 + u64::from(digit.wrapping_sub(b'0'));
    let are_digits = digits.iter().all(u8::is_ascii_digit);
    are_digits.then(|| (digits.iter().fold(0, add), width))
}

/// The shape of an id: a prefix without digits, and digits.
fn shape(id: &[u8]) -> Option<Shape> {
    let start = id.iter().position(u8::is_ascii_digit)?;
    let (prefix, digits) = id.split_at(start);
    let has_zeros = digits.len() > 1 && digits[0] == b'0';
    let is_one = (1..=PREFIX_MAX).contains(&prefix.len())
        && digits.len() < 10
        && digits.iter().all(u8::is_ascii_digit)
        && std::str::from_utf8(prefix).is_ok()
        && !prefix.contains(&0);
    let width = if has_zeros { digits.len() } else { 0 };
    is_one.then(|| Shape::new(prefix, width))
}

#[cfg(test)]
mod tests {
    use super::Shapes;

    #[test]
    fn a_prefix_is_known_by_all_its_bytes() {
        for length in 1..20 {
            let prefix = &"abcdefghijklmnopqrst"[..length];
            let id = format!("{prefix}12");
            let mut shapes = Shapes::new(0);
            let known = shapes.find_or_know(id.as_bytes());
            assert!(known.is_some());
            assert_eq!(shapes.find(id.as_bytes()), known);
            let next = shapes.find(format!("{prefix}13").as_bytes());
            assert_eq!(next, known.map(|known| known + 1));
            for place in 0..length {
                let mut other = id.clone().into_bytes();
                other[place] = b'z';
                assert_eq!(shapes.find(&other), None, "{length} {place}");
            }
            for end in 0..=length {
                assert_eq!(shapes.find(&id.as_bytes()[..end]), None, "{length} {end}");
            }
        }
    }
}
