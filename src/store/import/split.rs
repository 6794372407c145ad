//! Bytes to blocks of records with fields: lines of delimited text, quoted as in RFC 4180, or whole
//! lines.

use std::io::Read;

use crate::store::import::lane::Lane;
use crate::store::import::lane::Statement;
use crate::store::import::shapes::Shapes;

/// The longest field; a record may have as many of them as it likes, up to [`RECORD_MAX`].
pub(super) const FIELD_MAX: usize = 1 << 20;

/// The longest record.
pub(super) const RECORD_MAX: usize = 1 << 26;

/// How many bytes are read at once.
const CHUNK: usize = 1 << 18;

/// The signs of a delimited text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    /// Stands between fields; none where a line is one field.
    pub(super) delimiter: Option<u8>,
    /// Stands round fields that have delimiters in them.
    pub(super) quote: Option<u8>,
    /// Begins a line that is no record.
    pub(super) comment: Option<u8>,
}

/// Why there is no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// A quote is opened and not closed.
    Unclosed,
    /// Text follows a closing quote; the field of that number, from 0.
    BehindQuote(usize),
    /// A field is longer than [`FIELD_MAX`], or the record than [`RECORD_MAX`].
    TooLong,
}

/// Where a field is in its block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub(super) start: u32,
    pub(super) end: u32,
    has_quotes: bool,
}

impl Field {
    /// A field without quotes.
    pub(super) fn plain(start: usize, end: usize) -> Field {
        Field {
            start: start as u32,
            end: end as u32,
            has_quotes: false,
        }
    }
}

/// A record of a block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    /// The line on which it starts, from 1.
    pub(super) line: u64,
    /// Where its fields end; they start where those of the record before it end.
    pub(super) end: u32,
    /// How many statements of its block come before it.
    pub(super) statements: u32,
    /// What is wrong, where it is none.
    pub(super) broken: Option<Broken>,
}

/// What is read together: statements of the lane, and records.
#[derive(Debug, Default)]
pub(super) struct Block {
    pub(super) bytes: Vec<u8>,
    pub(super) statements: Vec<Statement>,
    /// The shapes that the lane knows.
    pub(super) shapes: Option<Shapes>,
    /// The first line.
    pub(super) line: u64,
    pub(super) records: Vec<Record>,
    pub(super) fields: Vec<Field>,
    /// How many bytes of the input end with it.
    pub(super) passed: u64,
}

impl Block {
    fn is_empty(&self) -> bool {
        self.statements.is_empty() && self.records.is_empty()
    }

    /// Empties it for what starts with that line; gives what it had its bytes in.
    fn reused(&mut self, line: u64) -> Vec<u8> {
        self.statements.clear();
        self.records.clear();
        self.fields.clear();
        (self.shapes, self.line, self.passed) = (None, line, 0);
        std::mem::take(&mut self.bytes)
    }

    /// Where the fields of the next record start.
    fn next(&self) -> usize {
        self.records.last().map_or(0, |last| last.end as usize)
    }

    /// Ends a record with the fields that are there, or with none if it is broken.
    fn end_record(&mut self, line: u64, broken: Option<Broken>) {
        if broken.is_some() {
            self.fields.truncate(self.next());
        }
        self.records.push(Record {
            line,
            end: self.fields.len() as u32,
            statements: self.statements.len() as u32,
            broken,
        });
    }
}

enum Scan {
    Done { behind: usize, lines: u64 },
    More,
    Bad(Broken),
}

/// Reads blocks one after the other.
pub(super) struct Splitter<R> {
    input: R,
    dialect: Dialect,
    lane: Option<Lane>,
    /// What the last block had its bytes in.
    spare: Vec<u8>,
    /// Which bytes end a field that is not quoted.
    is_end: [bool; 256],
    /// The delimiter in each byte, or what ends a line where there is none.
    delimiters: u64,
    buffer: Vec<u8>,
    /// Where what is not yet read starts and ends.
    start: usize,
    end: usize,
    /// Whether the line that is being read is none to read.
    is_skipping: bool,
    is_over: bool,
    next_line: u64,
    /// How many bytes of the input are behind the buffer.
    passed: u64,
}

impl<R: Read> Splitter<R> {
    pub(super) fn new(input: R, dialect: Dialect) -> Splitter<R> {
        let mut is_end = [false; 256];
        is_end[usize::from(b'\n')] = true;
        if let Some(delimiter) = dialect.delimiter {
            is_end[usize::from(delimiter)] = true;
        }
        Splitter {
            input,
            dialect,
            is_end,
            delimiters: repeated(dialect.delimiter.unwrap_or(b'\n')),
            lane: None,
            spare: Vec::new(),
            buffer: vec![0; CHUNK],
            start: 0,
            end: 0,
            is_skipping: false,
            is_over: false,
            next_line: 1,
            passed: 0,
        }
    }

    /// Finds the lines of a lane from now on.
    pub(super) fn open_lane(&mut self, lane: Lane) {
        self.lane = Some(lane);
    }

    /// Whether everything is read.
    pub(super) fn is_over(&self) -> bool {
        self.is_over && self.start == self.end
    }

    /// Reads the next block, into what there was in another; none at the end.
    pub(super) fn block(&mut self, mut block: Block) -> std::io::Result<Option<Block>> {
        self.spare = block.reused(self.next_line);
        loop {
            self.split(&mut block);
            if !block.is_empty() {
                self.hand_over(&mut block);
                return Ok(Some(block));
            }
            if self.is_over {
                return Ok(None);
            }
            self.is_over = !self.fill()?;
        }
    }

    /// Splits what is there, but for a record whose end is not. A record at the start comes alone:
    /// it may be a header, which says how to read the others.
    fn split(&mut self, block: &mut Block) {
        let is_first = self.passed == 0;
        while self.start < self.end && (!is_first || block.records.is_empty()) {
            if self.is_skipping {
                self.skip_line();
                continue;
            }
            let line = self.next_line;
            if Some(self.buffer[self.start]) == self.dialect.comment {
                self.is_skipping = true;
                continue;
            }
            let is_tried = self.lane.as_mut().is_some_and(Lane::tries_next);
            if is_tried && self.take_lines(block) {
                continue;
            }
            if is_tried
                && let Some(lane) = &mut self.lane
                && let Some((statement, length)) = lane.line(&self.buffer[self.start..self.end])
            {
                block.statements.push(Statement {
                    start: self.start as u32,
                    line: (line - block.line) as u32,
                    ..statement
                });
                self.start += length;
                self.next_line += 1;
                continue;
            }
            match self.scan(block) {
                Scan::Bad(broken) => {
                    block.end_record(line, Some(broken));
                    self.is_skipping = true;
                }
                Scan::More if self.end - self.start > RECORD_MAX => {
                    block.end_record(line, Some(Broken::TooLong));
                    self.is_skipping = true;
                }
                Scan::More => {
                    block.fields.truncate(block.next());
                    return;
                }
                Scan::Done { behind, lines } => {
                    let length = behind - self.start;
                    self.start = behind;
                    self.next_line += lines;
                    self.end_record(block, line, length);
                }
            }
        }
    }

    /// Reads the lines that the lane knows all of, as many as come; false if none does.
    #[inline]
    fn take_lines(&mut self, block: &mut Block) -> bool {
        let Some(lane) = &mut self.lane else {
            return false;
        };
        let (before, line) = (block.statements.len(), self.next_line - block.line);
        let bytes = &self.buffer[..self.end];
        self.start = lane.lines(bytes, self.start, line as u32, &mut block.statements);
        let count = block.statements.len() - before;
        self.next_line += count as u64;
        count > 0
    }

    /// Ends a record whose fields are found, unless its line is empty.
    fn end_record(&mut self, block: &mut Block, line: u64, length: usize) {
        let fields = &mut block.fields[block.records.last().map_or(0, |last| last.end as usize)..];
        match fields {
            [field] if !field.has_quotes && field.start == field.end => {
                block.fields.pop();
            }
            fields => {
                let is_short = length <= RECORD_MAX && self.unquote(fields, length);
                if is_short && let Some(lane) = &mut self.lane {
                    lane.see_width(fields.len());
                }
                block.end_record(line, (!is_short).then_some(Broken::TooLong));
            }
        }
    }

    /// Gives a block its bytes, and keeps those behind them.
    fn hand_over(&mut self, block: &mut Block) {
        let rest = self.end - self.start;
        let mut next = std::mem::take(&mut self.spare);
        next.resize(CHUNK.max(rest * 2), 0);
        next[..rest].copy_from_slice(&self.buffer[self.start..self.end]);
        block.bytes = std::mem::replace(&mut self.buffer, next);
        self.passed += self.start as u64;
        block.passed = self.passed;
        block.shapes = self.lane.as_ref().map(|lane| lane.shapes.clone());
        (self.start, self.end) = (0, rest);
    }

    /// Finds the fields of the record that begins where reading is.
    fn scan(&self, block: &mut Block) -> Scan {
        let buffer = &self.buffer[..self.end];
        let (mut at, mut lines) = (self.start, 0);
        loop {
            let is_quoted =
                self.dialect.quote.is_some() && buffer.get(at).copied() == self.dialect.quote;
            let field = if is_quoted {
                match quoted(buffer, at, &self.is_end, self.is_over) {
                    Quoted::Field(end) => {
                        lines += memchr::memchr_iter(b'\n', &buffer[at..end]).count() as u64;
                        end
                    }
                    Quoted::More => return Scan::More,
                    Quoted::Unclosed => return Scan::Bad(Broken::Unclosed),
                    Quoted::Behind => {
                        let field = block.fields.len() - block.next();
                        return Scan::Bad(Broken::BehindQuote(field));
                    }
                }
            } else {
                plain(buffer, at, self.delimiters)
            };
            if field == buffer.len() && !self.is_over {
                return Scan::More;
            }
            let is_last = field == buffer.len() || buffer[field] == b'\n';
            let has_return = is_last && field > at && buffer[field - 1] == b'\r';
            block.fields.push(Field {
                start: at as u32,
                end: (field - usize::from(has_return)) as u32,
                has_quotes: is_quoted,
            });
            at = (field + 1).min(buffer.len());
            if is_last {
                return Scan::Done {
                    behind: at,
                    lines: lines + 1,
                };
            }
        }
    }

    /// Takes the quotes off the fields of a record; false if a field is too long.
    fn unquote(&mut self, fields: &mut [Field], length: usize) -> bool {
        let quote = self.dialect.quote.unwrap_or_default();
        let limit = match self.dialect.delimiter {
            Some(_) => FIELD_MAX,
            None => RECORD_MAX,
        };
        if length <= limit && !fields.iter().any(|field| field.has_quotes) {
            return true;
        }
        for field in fields {
            if field.has_quotes {
                let (start, end) = (field.start as usize + 1, field.end as usize - 1);
                let (mut from, mut to) = (start, start);
                while from < end {
                    self.buffer[to] = self.buffer[from];
                    from += if self.buffer[from] == quote { 2 } else { 1 };
                    to += 1;
                }
                (field.start, field.end) = (start as u32, to as u32);
            }
            if (field.end - field.start) as usize > limit {
                return false;
            }
        }
        true
    }

    /// Goes to behind the next end of a line, as far as it is there.
    fn skip_line(&mut self) {
        let found = memchr::memchr(b'\n', &self.buffer[self.start..self.end]);
        match found {
            Some(length) => {
                self.start += length + 1;
                self.next_line += 1;
                self.is_skipping = false;
            }
            None => self.start = self.end,
        }
    }

    /// Reads more behind what is there; false if there is no more.
    fn fill(&mut self) -> std::io::Result<bool> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.passed += self.start as u64;
        self.end -= self.start;
        self.start = 0;
        if self.end * 2 > self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        // All that there is room for: a record that is not whole is read again from its start.
        let before = self.end;
        while self.end < self.buffer.len() {
            match self.input.read(&mut self.buffer[self.end..]) {
                Ok(0) => break,
                Ok(count) => self.end += count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.end > before)
    }
}

/// A one in each byte.
pub(super) const ONES: u64 = u64::MAX / 255;

/// Finds the end of a field without quotes that starts at `at`: eight bytes at a time, of which
/// the lowest one that is zero is found without a branch (Warren, Hacker's Delight, 6-1).
#[inline]
pub(super) fn plain(buffer: &[u8], mut at: usize, delimiters: u64) -> usize {
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & (ONES << 7);
    while let Some(bytes) = buffer[at..].first_chunk() {
        let word = u64::from_le_bytes(*bytes);
        let ends = zeros(word ^ delimiters) | zeros(word ^ NEWLINES);
        if ends != 0 {
            return at + (ends.trailing_zeros() / 8) as usize;
        }
        at += size_of::<u64>();
    }
    let is_end = |byte: &u8| *byte == b'\n' || *byte == delimiters as u8;
    let length = buffer[at..].iter().position(is_end);
    length.map_or(buffer.len(), |length| at + length)
}

const NEWLINES: u64 = repeated(b'\n');

/// A byte eight times.
pub(super) const fn repeated(byte: u8) -> u64 {
    ONES * byte as u64
}

enum Quoted {
    /// Where the field ends, behind its closing quote.
    Field(usize),
    More,
    Unclosed,
    Behind,
}

/// Finds the end of the field whose opening quote stands at `open`.
fn quoted(buffer: &[u8], open: usize, is_end: &[bool; 256], is_over: bool) -> Quoted {
    let quote = buffer[open];
    let mut at = open + 1;
    loop {
        let Some(found) = memchr::memchr(quote, &buffer[at..]) else {
            let is_long = buffer.len() - open > FIELD_MAX;
            return match is_over || is_long {
                true => Quoted::Unclosed,
                false => Quoted::More,
            };
        };
        at += found + 1;
        match buffer.get(at) {
            Some(byte) if *byte == quote => at += 1,
            None if !is_over => return Quoted::More,
            None => return Quoted::Field(at),
            Some(b'\r') if buffer.get(at + 1).is_none_or(|byte| *byte == b'\n') => {
                return match at + 1 == buffer.len() && !is_over {
                    true => Quoted::More,
                    false => Quoted::Field(at + 1),
                };
            }
            Some(byte) if is_end[usize::from(*byte)] => return Quoted::Field(at),
            Some(_) => return Quoted::Behind,
        }
    }
}
