//! The fast way through a file of statements: lines without quotes whose ends are numbers.
//!
//! Where lines are split, numbers are read, and everything else that a line says is looked up as
//! one text, as few texts come again and again. A line of which anything is not known goes the way
//! of all records, from its start; what came of it holds for those after it.

use crate::store::import::ids::Early;
use crate::store::import::intern::Interner;
use crate::store::import::shapes::Shapes;
use crate::store::import::split::FIELD_MAX;
use crate::store::import::split::plain;
use crate::store::import::split::repeated;

/// What a column of a file is to its statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing.
    Unused,
    End,
    /// What a statement says besides its ends.
    Said,
}

/// The most bytes of what is said that are remembered, of one text and of all.
const SAID_MAX: usize = 1 << 8;
const SAID_BYTES: usize = 1 << 23;

/// The most texts that are remembered.
const SAIDS_MAX: usize = 1 << 18;

/// How many texts are found again without looking them up.
const RECENT: usize = 1 << 12;

/// After so many lines in a row that are none of the lane …
const MISSED: u32 = 64;

/// … one of so many is tried.
const TRIED: u32 = 16;

/// After so many lines whose texts are known …
const STEADY: u32 = 1 << 10;

/// … lines are read so many bytes further on, too.
const AHEAD: usize = 1 << 12;

/// The end of a line in each byte.
const NEWLINES: u64 = repeated(b'\n');

/// A line whose ends and all else are numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Statement {
    /// The ends, in the order of their columns.
    pub(super) ends: [Early; 2],
    /// The number of what it says.
    pub(super) said: u32,
    /// Where it starts in its block, and on which line of it, from 0.
    pub(super) start: u32,
    pub(super) line: u32,
}

/// Finds such lines.
pub(super) struct Lane {
    /// What each column is; those behind are nothing.
    roles: Vec<Role>,
    /// Whether there is something between the columns that say something.
    is_apart: bool,
    /// How many columns a line has, once that is known.
    width: Option<usize>,
    /// Whether all that a line says stands behind both ends, and nothing else does: it is one text
    /// then, whatever the columns in it.
    has_tail: bool,
    signs: Signs,
    delimiters: u64,
    pub(super) shapes: Shapes,
    said: Interner,
    said_bytes: usize,
    recent: Vec<u32>,
    /// What the last line said, where that is short and stands behind both ends.
    last: Option<Short>,
    /// What the line says, where that is apart.
    text: Vec<u8>,
    /// How many lines in a row were none of the lane, those among them that were not tried.
    missed: u32,
    /// What is read further on.
    ahead: Vec<Statement>,
}

/// The signs of a file that lines of the lane have between fields only, or not at all.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signs {
    pub(super) delimiter: u8,
    pub(super) quote: Option<u8>,
    pub(super) comment: Option<u8>,
}

impl Signs {
    /// Whether a record that begins with the byte is more or less than its fields.
    #[inline]
    fn are_before(&self, byte: u8) -> bool {
        Some(byte) == self.quote || Some(byte) == self.comment
    }
}

/// Up to eight bytes with the end of the line, as one number.
#[derive(Clone, Copy, Debug)]
struct Short {
    word: u64,
    /// The bits of the bytes that there are.
    mask: u64,
    length: usize,
    said: u32,
}

impl Lane {
    /// For lines with such columns; none if it might mistake an id for more than a field.
    pub(super) fn new(
        roles: Vec<Role>,
        width: Option<usize>,
        signs: Signs,
        shapes: Shapes,
    ) -> Option<Lane> {
        let delimiter = signs.delimiter;
        let ends = roles.iter().filter(|role| **role == Role::End).count();
        let is_sure = !delimiter.is_ascii_digit()
            && delimiter != b'\r'
            && !shapes.have_any(&[delimiter, b'\n']);
        let groups = roles.chunk_by(|one, next| (*one == Role::Said) == (*next == Role::Said));
        let said = groups.filter(|group| group[0] == Role::Said).count();
        let mut lane = Lane {
            roles,
            is_apart: said > 1,
            width: None,
            has_tail: false,
            signs,
            delimiters: repeated(delimiter),
            shapes,
            said: Interner::default(),
            said_bytes: 0,
            recent: vec![0; RECENT],
            last: None,
            text: Vec::new(),
            missed: 0,
            ahead: Vec::new(),
        };
        if let Some(width) = width {
            lane.see_width(width);
        }
        (ends == 2 && is_sure).then_some(lane)
    }

    /// Whether the next line is tried: where many were none of the lane, few of those to come are.
    #[inline]
    pub(super) fn tries_next(&mut self) -> bool {
        if self.missed < MISSED {
            return true;
        }
        self.missed = self.missed.wrapping_add(1).max(MISSED);
        self.missed.is_multiple_of(TRIED)
    }

    /// Notes that a record has so many fields: all must have as many as the first.
    pub(super) fn see_width(&mut self, width: usize) {
        let width = *self.width.get_or_insert(width);
        let signs = [self.signs.quote, self.signs.comment];
        let are_plain = |sign: u8| !sign.is_ascii_digit();
        self.has_tail = width == self.roles.len()
            && self.roles.starts_with(&[Role::End; 2])
            && !self.roles.contains(&Role::Unused)
            && signs.into_iter().flatten().all(are_plain);
    }

    /// Reads the lines that begin at `start` as long as all that they say is known; where the next
    /// one starts. The first is line `line` of its block.
    ///
    /// Where a line starts is known once the one before is read. So lines are read at two places in
    /// turn: what is read further on counts once those before it are read up to there.
    #[inline]
    pub(super) fn lines(
        &mut self,
        bytes: &[u8],
        start: usize,
        line: u32,
        found: &mut Vec<Statement>,
    ) -> usize {
        if !self.has_tail {
            return start;
        }
        let (mut at, before) = (start, found.len());
        let add = |found: &mut Vec<Statement>, statement: Statement| {
            let line = line + (found.len() - before) as u32;
            found.push(Statement { line, ..statement });
        };
        for _ in 0..STEADY {
            let Some((statement, next)) = self.known_line(bytes, at) else {
                if at > start {
                    self.missed = 0;
                }
                return at;
            };
            add(found, statement);
            at = next;
        }
        let mut ahead = std::mem::take(&mut self.ahead);
        while let Some(middle) = behind_line(bytes, at + AHEAD) {
            let mut further = Some(middle);
            let mut end = middle;
            ahead.clear();
            while at < middle
                && let Some((statement, next)) = self.known_line(bytes, at)
            {
                add(found, statement);
                at = next;
                let other = further.and_then(|further| self.known_line(bytes, further));
                further = other.map(|(_, next)| next);
                if let Some((statement, next)) = other {
                    ahead.push(statement);
                    end = next;
                }
            }
            if at < middle {
                break;
            }
            for statement in &ahead {
                add(found, *statement);
            }
            at = end;
        }
        self.ahead = ahead;
        while let Some((statement, next)) = self.known_line(bytes, at) {
            add(found, statement);
            at = next;
        }
        self.missed = 0;
        at
    }

    /// The line that begins at a place if all that it says is known, and where the next one starts.
    #[inline(always)]
    fn known_line(&mut self, bytes: &[u8], at: usize) -> Option<(Statement, usize)> {
        let rest = &bytes[at..];
        let (ends, behind) = self.ends(rest)?;
        let (said, length) = self.tail(&rest[behind..])?;
        let statement = Statement {
            ends,
            said,
            start: at as u32,
            line: 0,
        };
        Some((statement, at + behind + length))
    }

    /// The two ends that the bytes begin with, and where the second ends.
    #[inline(always)]
    fn ends(&self, bytes: &[u8]) -> Option<([Early; 2], usize)> {
        let (one, length) = self.plain_end(bytes)?;
        let rest = match bytes[length..].split_first() {
            Some((delimiter, rest)) if *delimiter == self.signs.delimiter => rest,
            _ => return None,
        };
        let (other, more) = self.plain_end(rest)?;
        Some(([one, other], length + 1 + more))
    }

    /// The id that a field begins with, if it is of a known shape and has nothing before it.
    #[inline(always)]
    fn plain_end(&self, bytes: &[u8]) -> Option<(Early, usize)> {
        match bytes.first() {
            Some(first) if self.signs.are_before(*first) => None,
            _ => self.shapes.read(bytes),
        }
    }

    /// The number of the known text that is the rest of a line, and how long that is with the end
    /// of the line.
    #[inline(always)]
    fn tail(&mut self, bytes: &[u8]) -> Option<(u32, usize)> {
        let word = u64::from_le_bytes(*bytes.first_chunk()?);
        if let Some(last) = self.last
            && (word ^ last.word) & last.mask == 0
        {
            return Some((last.said, last.length));
        }
        let end = plain(bytes, 0, NEWLINES);
        let text = bytes.get(..end).filter(|_| end < bytes.len())?;
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let place = glance(text);
        let mut said = self.recent[place];
        if said as usize >= self.said.len() || self.said.get(said) != text {
            said = self.said.find(text)?;
            self.recent[place] = said;
        }
        let length = end + 1;
        if length <= size_of::<u64>() {
            let mask = u64::MAX >> (u64::BITS as usize - 8 * length);
            self.last = Some(Short {
                word,
                mask,
                length,
                said,
            });
        }
        Some((said, length))
    }

    /// The line that the bytes begin with, and how long it is; none if it is any other line, or its
    /// end is not there.
    #[inline]
    pub(super) fn line(&mut self, bytes: &[u8]) -> Option<(Statement, usize)> {
        let known = self.shapes.len();
        let line = self.read(bytes);
        if line.is_none() {
            // What goes another way may teach others nothing.
            self.shapes.forget_from(known);
            self.missed = self.missed.saturating_add(1);
        } else {
            self.missed = 0;
        }
        line
    }

    #[inline]
    fn read(&mut self, bytes: &[u8]) -> Option<(Statement, usize)> {
        let width = self.width.filter(|width| *width >= self.roles.len())?;
        let (mut ends, mut count) = ([0; 2], 0);
        let (mut said, mut at) = (None, 0);
        // Where the last end ends, and the last field.
        let (mut tail, mut behind) = (0, 0);
        for index in 0..width {
            let role = self.roles.get(index).copied().unwrap_or(Role::Unused);
            let start = at;
            if bytes.get(at).copied() == self.signs.quote {
                return None;
            }
            if role == Role::End {
                let (early, length) = self.end(&bytes[at..])?;
                ends[count] = early;
                count += 1;
                at += length;
                tail = at;
            } else {
                at = plain(bytes, at, self.delimiters);
            }
            let (end, next) = match *bytes.get(at)? {
                b'\n' if index + 1 == width => match bytes[start..at].last() {
                    Some(b'\r') => (at - 1, at + 1),
                    _ => (at, at + 1),
                },
                b'\r' if index + 1 == width && bytes.get(at + 1) == Some(&b'\n') => (at, at + 2),
                byte if index + 1 < width && byte == self.signs.delimiter => (at, at + 1),
                _ => return None,
            };
            if role == Role::Said {
                let (first, _) = *said.get_or_insert((start, end));
                said = Some((first, end));
                if self.is_apart {
                    self.join(&bytes[start..end], first == start);
                }
            }
            (at, behind) = (next, end);
        }
        let (start, end) = match self.has_tail {
            true => (tail, behind),
            false => said.unwrap_or_default(),
        };
        let statement = Statement {
            ends,
            said: self.said(&bytes[start..end])?,
            start: 0,
            line: 0,
        };
        (at <= FIELD_MAX).then_some((statement, at))
    }

    /// The id that the bytes begin with, and where it ends.
    #[inline]
    fn end(&mut self, bytes: &[u8]) -> Option<(Early, usize)> {
        let known = self.shapes.read(bytes);
        known.or_else(|| self.know(bytes))
    }

    /// The same for an id of a shape that is not known: it becomes so if there is room for it.
    #[cold]
    fn know(&mut self, bytes: &[u8]) -> Option<(Early, usize)> {
        if self.shapes.are_full() {
            return None;
        }
        let behind = plain(bytes, 0, self.delimiters);
        let id = match (&bytes[..behind], bytes.get(behind)?) {
            ([id @ .., b'\r'], b'\n') => id,
            (id, _) => id,
        };
        Some((self.shapes.find_or_know(id)?, id.len()))
    }

    /// Puts a field behind others that are not beside it.
    fn join(&mut self, field: &[u8], is_first: bool) {
        if is_first {
            self.text.clear();
        }
        self.text.extend_from_slice(field);
        self.text.push(self.signs.delimiter);
    }

    /// The number of what a line says; none if it is too much to be remembered.
    #[inline]
    fn said(&mut self, beside: &[u8]) -> Option<u32> {
        let text = if self.is_apart { &self.text } else { beside };
        let place = glance(text);
        let number = self.recent[place];
        if (number as usize) < self.said.len() && self.said.get(number) == text {
            return Some(number);
        }
        let number = match self.said.find(text) {
            Some(number) => number,
            None => {
                let bytes = self.said_bytes + text.len();
                let has_room =
                    text.len() <= SAID_MAX && bytes <= SAID_BYTES && self.said.len() < SAIDS_MAX;
                if !has_room {
                    return None;
                }
                self.said_bytes = bytes;
                self.said.number(text)
            }
        };
        self.recent[place] = number;
        Some(number)
    }
}

/// Where the next line starts, behind the one that a place lies in; none if the bytes end before.
fn behind_line(bytes: &[u8], place: usize) -> Option<usize> {
    let length = memchr::memchr(b'\n', bytes.get(place..)?)?;
    Some(place + length + 1)
}

/// Where a text is remembered, by how long it is and by its first and last bytes.
#[inline]
fn glance(text: &[u8]) -> usize {
    let four = |bytes: &[u8; 4]| u64::from(u32::from_le_bytes(*bytes));
    let (first, last) = match (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => match (text.first_chunk(), text.last_chunk()) {
            (Some(first), Some(last)) => (four(first), four(last)),
            _ => text
                .iter()
                .fold((0, 0), |(all, _), byte| (all << 8 | u64::from(*byte), 0)),
        },
    };
    let mixed = (first ^ last.rotate_left(29) ^ text.len() as u64).wrapping_mul(MIX);
    (mixed >> (u64::BITS - RECENT.ilog2())) as usize
}

/// 2^64 divided by the golden ratio, odd (Knuth, The Art of Computer Programming 3, 6.4).
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
