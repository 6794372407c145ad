//! The records of a file, one after the other; a second thread may split what comes next.

use std::io::Read;
use std::sync::mpsc::Receiver;

use crate::store::import::split::Block;
use crate::store::import::split::Broken;
use crate::store::import::split::Dialect;
use crate::store::import::split::Splitter;

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// A record; its fields can be asked for.
    Record,
    /// Something that is none, and what is wrong with it.
    Bad(Broken),
    /// Nothing.
    End,
}

/// Where bytes come from.
type Bytes = Box<dyn Read + Send>;

/// Where blocks come from.
enum Blocks {
    Here(Box<Splitter<Bytes>>),
    /// From a thread, which ends when nobody takes them any more.
    Ahead(Receiver<std::io::Result<Option<Block>>>),
    Over,
}

/// Records, block by block.
pub(super) struct Records {
    blocks: Blocks,
    block: Block,
    /// How many pairs and records of the block are behind.
    pairs: usize,
    records: usize,
    /// Where the fields of the record start and end.
    first: usize,
    behind: usize,
    line: u64,
}

impl Records {
    pub(super) fn new(input: Bytes, dialect: Dialect) -> Records {
        Records {
            blocks: Blocks::Here(Box::new(Splitter::new(input, dialect))),
            block: Block::default(),
            pairs: 0,
            records: 0,
            first: 0,
            behind: 0,
            line: 0,
        }
    }

    /// Looks for pairs of numbers in the blocks to come.
    pub(super) fn expect_pairs(&mut self) {
        if let Blocks::Here(splitter) = &mut self.blocks {
            splitter.expect_pairs();
        }
    }

    /// Has a thread split what comes, if there is more.
    pub(super) fn read_ahead(&mut self) {
        match std::mem::replace(&mut self.blocks, Blocks::Over) {
            Blocks::Here(mut splitter) if !splitter.is_over() => {
                let (sender, receiver) = std::sync::mpsc::sync_channel(1);
                std::thread::spawn(move || {
                    loop {
                        let block = splitter.block();
                        let is_last = !matches!(block, Ok(Some(_)));
                        if sender.send(block).is_err() || is_last {
                            return;
                        }
                    }
                });
                self.blocks = Blocks::Ahead(receiver);
            }
            blocks => self.blocks = blocks,
        }
    }

    /// Goes on to the next block once this one is behind; false at the end.
    fn has_more(&mut self) -> std::io::Result<bool> {
        if self.pairs < self.block.pairs.len() || self.records < self.block.records.len() {
            return Ok(true);
        }
        let block = match &mut self.blocks {
            Blocks::Here(splitter) => splitter.block()?,
            Blocks::Ahead(receiver) => receiver.recv().unwrap_or_else(|_| {
                let message = "the thread that reads it has failed";
                Err(std::io::Error::other(message))
            })?,
            Blocks::Over => None,
        };
        let Some(block) = block else {
            self.blocks = Blocks::Over;
            return Ok(false);
        };
        self.block = block;
        (self.pairs, self.records) = (0, 0);
        (self.first, self.behind) = (0, 0);
        Ok(true)
    }

    /// Reads the next record, behind all pairs of its block.
    pub(super) fn next(&mut self) -> std::io::Result<Next> {
        if !self.has_more()? {
            return Ok(Next::End);
        }
        let Some(record) = self.block.records.get(self.records) else {
            return Ok(Next::End);
        };
        self.records += 1;
        self.line = record.line;
        (self.first, self.behind) = (self.behind, record.end as usize);
        Ok(record.broken.map_or(Next::Record, Next::Bad))
    }

    /// The two whole numbers that are the next line, each below 10^10 and written as numbers are:
    /// none if a record comes next, or nothing.
    #[inline]
    pub(super) fn pair(&mut self) -> std::io::Result<Option<(u64, u64)>> {
        if self.pairs == self.block.pairs.len() && !self.has_more()? {
            return Ok(None);
        }
        let pair = self.block.pairs.get(self.pairs).copied();
        if pair.is_some() {
            self.line = self.block.line + self.pairs as u64;
            self.pairs += 1;
        }
        Ok(pair)
    }

    /// The line on which the last record starts.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// How many bytes are behind, with the block that is read.
    pub(super) fn passed(&self) -> u64 {
        self.block.passed
    }

    /// How many fields the record has.
    pub(super) fn len(&self) -> usize {
        self.behind - self.first
    }

    /// A field of the record; empty if it has no such.
    #[inline]
    pub(super) fn field(&self, index: usize) -> &[u8] {
        match self.block.fields[self.first..self.behind].get(index) {
            Some(field) => &self.block.bytes[field.start as usize..field.end as usize],
            None => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Next;
    use super::Records;
    use crate::store::import::split::Broken;
    use crate::store::import::split::Dialect;

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

    /// Fails as only a mistake of ours would.
    struct Panics;

    impl std::io::Read for Panics {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            panic!("a test of what comes of this")
        }
    }

    #[test]
    fn a_thread_that_fails_is_no_end() {
        let mut records = Records::new(Box::new(Panics), COMMAS);
        records.read_ahead();
        assert!(records.next().is_err());
    }

    fn all(text: &'static str) -> Vec<(u64, Result<Vec<String>, Broken>)> {
        let [here, slow, ahead] = [0, 1, 2].map(|way| {
            let text = text.as_bytes();
            let input: Box<dyn std::io::Read + Send> = match way {
                0 => Box::new(text),
                _ => Box::new(Slow(text)),
            };
            let mut records = Records::new(input, COMMAS);
            if way == 2 {
                records.read_ahead();
            }
            told(records)
        });
        assert_eq!(here, slow);
        assert_eq!(here, ahead);
        here
    }

    fn told(mut records: Records) -> Vec<(u64, Result<Vec<String>, Broken>)> {
        let mut found = Vec::new();
        loop {
            let next = records.next().unwrap();
            let fields = |index| String::from_utf8(records.field(index).to_vec()).unwrap();
            let record = match next {
                Next::End => return found,
                Next::Bad(broken) => Err(broken),
                Next::Record => Ok((0..records.len()).map(fields).collect()),
            };
            found.push((records.line(), record));
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
    fn pairs_of_numbers_are_read_where_there_are_some() {
        let text = "1,2\n12,0\r\n7,x\n00,1\n3,4\n";
        let mut records = Records::new(Box::new(text.as_bytes()), COMMAS);
        records.expect_pairs();
        assert_eq!(records.pair().unwrap(), Some((1, 2)));
        assert_eq!(records.pair().unwrap(), Some((12, 0)));
        assert_eq!(records.line(), 2);
        for (line, first) in [(3, "7"), (4, "00"), (5, "3")] {
            assert_eq!(records.pair().unwrap(), None);
            assert_eq!(records.next().unwrap(), Next::Record);
            assert_eq!((records.line(), records.field(0)), (line, first.as_bytes()));
        }
        assert_eq!(records.pair().unwrap(), None);
        assert_eq!(records.next().unwrap(), Next::End);
    }
}
