//! Bytes to records with fields: lines of delimited text, quoted as in RFC 4180, or whole lines.

use std::io::Read;

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

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// A record; its fields can be asked for.
    Record,
    /// Something that is none: what is wrong, and from which line on reading goes on.
    Bad(Broken),
    /// Nothing.
    End,
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

#[derive(Clone, Copy, Debug)]
struct Field {
    start: usize,
    end: usize,
    has_quotes: bool,
}

enum Scan {
    Done { behind: usize, lines: u64 },
    More,
    Bad(Broken),
}

/// Reads records one after the other.
pub(super) struct Splitter<R> {
    input: R,
    dialect: Dialect,
    /// Which bytes end a field that is not quoted.
    is_end: [bool; 256],
    /// The delimiter in each byte, or what ends a line where there is none.
    delimiters: u64,
    buffer: Vec<u8>,
    /// Where what is not yet read starts and ends.
    start: usize,
    end: usize,
    /// Where the last record starts.
    begun: usize,
    is_over: bool,
    fields: Vec<Field>,
    /// The line on which the record starts, from 1.
    line: u64,
    next_line: u64,
    /// How many bytes of the input are behind.
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
            delimiters: ONES * u64::from(dialect.delimiter.unwrap_or(b'\n')),
            buffer: vec![0; CHUNK],
            start: 0,
            end: 0,
            begun: 0,
            is_over: false,
            fields: Vec::new(),
            line: 0,
            next_line: 1,
            passed: 0,
        }
    }

    /// The line on which the last record starts.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// How many bytes are behind.
    pub(super) fn passed(&self) -> u64 {
        self.passed + self.start as u64
    }

    /// How many fields the record has.
    pub(super) fn len(&self) -> usize {
        self.fields.len()
    }

    /// A field of the record; empty if it has no such.
    pub(super) fn field(&self, index: usize) -> &[u8] {
        match self.fields.get(index) {
            Some(field) => &self.buffer[field.start..field.end],
            None => &[],
        }
    }

    /// Reads the next record.
    pub(super) fn next(&mut self) -> std::io::Result<Next> {
        loop {
            if self.start == self.end && !self.fill()? {
                return Ok(Next::End);
            }
            self.line = self.next_line;
            if Some(self.buffer[self.start]) == self.dialect.comment {
                self.skip_line()?;
                continue;
            }
            match self.scan() {
                Scan::More => {
                    if self.end - self.start > RECORD_MAX {
                        self.skip_line()?;
                        return Ok(Next::Bad(Broken::TooLong));
                    }
                    if !self.fill()? {
                        self.is_over = true;
                    }
                }
                Scan::Bad(broken) => {
                    self.skip_line()?;
                    return Ok(Next::Bad(broken));
                }
                Scan::Done { behind, lines } => {
                    self.begun = self.start;
                    self.start = behind;
                    self.next_line += lines;
                    if self.is_blank() {
                        continue;
                    }
                    return Ok(match self.unquote() {
                        true => Next::Record,
                        false => Next::Bad(Broken::TooLong),
                    });
                }
            }
        }
    }

    /// The two whole numbers that are the next line, each below 10^10 and written as numbers are:
    /// none if the line is anything else, and then it is still there to be read.
    pub(super) fn pair(&mut self) -> Option<(u64, u64)> {
        let delimiter = self.dialect.delimiter?;
        let bytes = &self.buffer[self.start..self.end];
        let (first, behind) = whole_number(bytes)?;
        if *bytes.get(behind)? != delimiter {
            return None;
        }
        let rest = &bytes[behind + 1..];
        let (second, end) = whole_number(rest)?;
        let mut length = behind + 1 + end;
        if *bytes.get(length)? == b'\r' {
            length += 1;
        }
        if *bytes.get(length)? != b'\n' {
            return None;
        }
        self.start += length + 1;
        self.line = self.next_line;
        self.next_line += 1;
        Some((first, second))
    }

    fn is_blank(&self) -> bool {
        match self.fields.as_slice() {
            [field] => !field.has_quotes && field.start == field.end,
            _ => false,
        }
    }

    /// Finds the fields of the record that begins where reading is.
    fn scan(&mut self) -> Scan {
        self.fields.clear();
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
                    Quoted::Behind => return Scan::Bad(Broken::BehindQuote(self.fields.len())),
                }
            } else {
                plain(buffer, at, self.delimiters)
            };
            if field == buffer.len() && !self.is_over {
                return Scan::More;
            }
            let is_last = field == buffer.len() || buffer[field] == b'\n';
            let has_return = is_last && field > at && buffer[field - 1] == b'\r';
            self.fields.push(Field {
                start: at,
                end: field - usize::from(has_return),
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

    /// Takes the quotes off the fields; false if a field is too long.
    fn unquote(&mut self) -> bool {
        let quote = self.dialect.quote.unwrap_or_default();
        let limit = match self.dialect.delimiter {
            Some(_) => FIELD_MAX,
            None => RECORD_MAX,
        };
        let is_short = self.start - self.begun <= limit;
        if is_short && !self.fields.iter().any(|field| field.has_quotes) {
            return true;
        }
        for field in &mut self.fields {
            if field.has_quotes {
                let (start, end) = (field.start + 1, field.end - 1);
                let (mut from, mut to) = (start, start);
                while from < end {
                    self.buffer[to] = self.buffer[from];
                    from += if self.buffer[from] == quote { 2 } else { 1 };
                    to += 1;
                }
                (field.start, field.end) = (start, to);
            }
            if field.end - field.start > limit {
                return false;
            }
        }
        true
    }

    /// Goes to behind the next end of a line.
    fn skip_line(&mut self) -> std::io::Result<()> {
        loop {
            let found = memchr::memchr(b'\n', &self.buffer[self.start..self.end]);
            if let Some(length) = found {
                self.start += length + 1;
                self.next_line += 1;
                return Ok(());
            }
            self.start = self.end;
            if !self.fill()? {
                return Ok(());
            }
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
        loop {
            match self.input.read(&mut self.buffer[self.end..]) {
                Ok(count) => {
                    self.end += count;
                    return Ok(count > 0);
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// A one in each byte.
const ONES: u64 = u64::MAX / 255;

/// Finds the end of a field without quotes that starts at `at`: eight bytes at a time, of which
/// the lowest one that is zero is found without a branch (Warren, Hacker's Delight, 6-1).
#[inline]
fn plain(buffer: &[u8], mut at: usize, delimiters: u64) -> usize {
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

const NEWLINES: u64 = ONES * b'\n' as u64;

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

/// The number at the start of `bytes`, and where it ends: at most ten digits, without zeros before
/// it.
pub(super) fn whole_number(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut number = 0;
    let mut length = 0;
    for byte in bytes.iter().take(11) {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        number = number * 10 + u64::from(digit);
        length += 1;
    }
    let is_number = (1..=10).contains(&length) && (length == 1 || bytes[0] != b'0');
    is_number.then_some((number, length))
}

#[cfg(test)]
mod tests {
    use super::Broken;
    use super::Dialect;
    use super::Next;
    use super::Splitter;

    const COMMAS: Dialect = Dialect {
        delimiter: Some(b','),
        quote: Some(b'"'),
        comment: Some(b'#'),
    };

    /// Gives one byte at a time.
    struct Slow<'a>(&'a [u8]);

    impl std::io::Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            self.0.read(&mut buffer[..1])
        }
    }

    fn all(text: &str) -> Vec<(u64, Result<Vec<String>, Broken>)> {
        let mut splitter = Splitter::new(Slow(text.as_bytes()), COMMAS);
        let mut found = Vec::new();
        loop {
            let next = splitter.next().unwrap();
            let fields = |index| String::from_utf8(splitter.field(index).to_vec()).unwrap();
            found.push(match next {
                Next::End => return found,
                Next::Bad(broken) => (splitter.line(), Err(broken)),
                Next::Record => (
                    splitter.line(),
                    Ok((0..splitter.len()).map(fields).collect()),
                ),
            });
        }
    }

    fn record(line: u64, fields: &[&str]) -> (u64, Result<Vec<String>, Broken>) {
        let fields = fields.iter().map(|field| (*field).to_owned());
        (line, Ok(fields.collect()))
    }

    #[test]
    fn records_have_their_lines() {
        let text = "a,b\r\n\n# no, record\n\"x\ny\",\"say \"\"no\"\"\"\r\n,\nlast,";
        let wanted = [
            record(1, &["a", "b"]),
            record(4, &["x\ny", "say \"no\""]),
            record(6, &["", ""]),
            record(7, &["last", ""]),
        ];
        assert_eq!(all(text), wanted);
    }

    #[test]
    fn behind_a_bad_quote_the_next_line_is_read() {
        let text = "a\n\"b\" c,d\ne\n\"f,g\nh";
        let wanted = [
            record(1, &["a"]),
            (2, Err(Broken::BehindQuote(0))),
            record(3, &["e"]),
            (4, Err(Broken::Unclosed)),
            record(5, &["h"]),
        ];
        assert_eq!(all(text), wanted);
    }

    #[test]
    fn a_pair_of_numbers_is_read_where_there_is_one() {
        let mut splitter = Splitter::new(&b"12,0\r\n7,x\n00,1\n"[..], COMMAS);
        assert!(splitter.next().is_ok());
        assert_eq!(splitter.pair(), None);
        let mut splitter = Splitter::new(&b"1,2\n12,0\r\n7,x\n"[..], COMMAS);
        assert!(splitter.next().is_ok());
        assert_eq!(splitter.pair(), Some((12, 0)));
        assert_eq!(splitter.pair(), None);
        assert_eq!(splitter.next().unwrap(), Next::Record);
        assert_eq!((splitter.line(), splitter.field(1)), (3, &b"x"[..]));
    }
}
