//! The records of a file, one after the other; a second thread may split what comes next.

use std::io::Read;
use std::sync::mpsc::Receiver;
use std::sync::mpsc::Sender;

use crate::store::import::lane::Lane;
use crate::store::import::lane::Statement;
use crate::store::import::shapes::Shapes;
use crate::store::import::split::Block;
use crate::store::import::split::Broken;
use crate::store::import::split::Dialect;
use crate::store::import::split::Field;
use crate::store::import::split::Splitter;
use crate::store::import::split::plain;
use crate::store::import::split::repeated;

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
    /// From a thread, which ends when nobody takes them any more, and gets those back that are
    /// behind.
    Ahead(Receiver<std::io::Result<Option<Block>>>, Sender<Block>),
    Over,
}

/// Records, block by block.
pub(super) struct Records {
    blocks: Blocks,
    block: Block,
    /// How many statements of the lane and records of the block are behind.
    statements: usize,
    records: usize,
    /// Where the fields of the next record start.
    next: usize,
    /// Where the fields of the record start and end.
    first: usize,
    behind: usize,
    line: u64,
    /// The number of what the record says, if it was found in the lane.
    said: Option<u32>,
    delimiters: u64,
}

impl Records {
    pub(super) fn new(input: Bytes, dialect: Dialect) -> Records {
        Records {
            blocks: Blocks::Here(Box::new(Splitter::new(input, dialect))),
            block: Block::default(),
            statements: 0,
            records: 0,
            next: 0,
            first: 0,
            behind: 0,
            line: 0,
            said: None,
            delimiters: repeated(dialect.delimiter.unwrap_or(b'\n')),
        }
    }

    /// Finds the lines of a lane in the blocks to come.
    pub(super) fn open_lane(&mut self, lane: Lane) {
        if let Blocks::Here(splitter) = &mut self.blocks {
            splitter.open_lane(lane);
        }
    }

    /// Has a thread split what comes, if there is more.
    pub(super) fn read_ahead(&mut self) {
        match std::mem::replace(&mut self.blocks, Blocks::Over) {
            Blocks::Here(mut splitter) if !splitter.is_over() => {
                let (sender, receiver) = std::sync::mpsc::sync_channel(1);
                let (giver, given_back) = std::sync::mpsc::channel();
                std::thread::spawn(move || {
                    loop {
                        let block = given_back.try_recv().unwrap_or_default();
                        let block = splitter.block(block);
                        let is_last = !matches!(block, Ok(Some(_)));
                        if sender.send(block).is_err() || is_last {
                            return;
                        }
                    }
                });
                self.blocks = Blocks::Ahead(receiver, giver);
            }
            blocks => self.blocks = blocks,
        }
    }

    /// Goes on to the next block once this one is behind; false at the end.
    fn has_more(&mut self) -> std::io::Result<bool> {
        let is_behind = self.statements == self.block.statements.len()
            && self.records == self.block.records.len();
        if !is_behind {
            return Ok(true);
        }
        let behind = std::mem::take(&mut self.block);
        (self.statements, self.records, self.next) = (0, 0, 0);
        (self.first, self.behind) = (0, 0);
        let block = match &mut self.blocks {
            Blocks::Here(splitter) => splitter.block(behind)?,
            Blocks::Ahead(receiver, giver) => {
                // Nobody takes it any more behind the last block.
                let _ = giver.send(behind);
                receiver.recv().unwrap_or_else(|_| {
                    let message = "the thread that reads it has failed";
                    Err(std::io::Error::other(message))
                })?
            }
            Blocks::Over => None,
        };
        let Some(block) = block else {
            self.blocks = Blocks::Over;
            return Ok(false);
        };
        self.block = block;
        Ok(true)
    }

    /// Reads the next record; a statement of the lane is one too.
    pub(super) fn next(&mut self) -> std::io::Result<Next> {
        if !self.has_more()? {
            return Ok(Next::End);
        }
        if let Some(statement) = self.lane().first().copied() {
            self.pass(1);
            self.split(statement);
            return Ok(Next::Record);
        }
        let Some(record) = self.block.records.get(self.records) else {
            return Ok(Next::End);
        };
        self.records += 1;
        self.line = record.line;
        self.said = None;
        (self.first, self.behind) = (self.next, record.end as usize);
        self.next = self.behind;
        Ok(record.broken.map_or(Next::Record, Next::Bad))
    }

    /// The statements of the lane that come next, with the shapes of their ends; none if something
    /// else does.
    #[inline]
    pub(super) fn statements(&mut self) -> std::io::Result<(&[Statement], Option<&Shapes>)> {
        self.has_more()?;
        Ok((self.lane(), self.block.shapes.as_ref()))
    }

    #[inline]
    fn lane(&self) -> &[Statement] {
        let next = self.block.records.get(self.records);
        let end = next.map_or(self.block.statements.len(), |next| next.statements as usize);
        &self.block.statements[self.statements..end]
    }

    /// Goes on behind so many of them.
    pub(super) fn pass(&mut self, count: usize) {
        let passed = &self.block.statements[self.statements..self.statements + count];
        self.statements += count;
        if let Some(last) = passed.last() {
            self.line = self.block.line + u64::from(last.line);
        }
    }

    /// Finds the fields of a statement of the lane: none has quotes.
    fn split(&mut self, statement: Statement) {
        let (bytes, fields) = (&self.block.bytes, &mut self.block.fields);
        self.said = Some(statement.said);
        self.first = fields.len();
        let mut start = statement.start as usize;
        loop {
            let end = plain(bytes, start, self.delimiters);
            let is_last = bytes[end] == b'\n';
            let has_return = is_last && bytes[start..end].ends_with(b"\r");
            fields.push(Field::plain(start, end - usize::from(has_return)));
            if is_last {
                break;
            }
            start = end + 1;
        }
        self.behind = fields.len();
    }

    /// The number of what the record says, if it was found in the lane.
    pub(super) fn said(&self) -> Option<u32> {
        self.said
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
    use crate::store::import::lane::Lane;
    use crate::store::import::lane::Role;
    use crate::store::import::lane::Signs;
    use crate::store::import::random;
    use crate::store::import::shapes::Shapes;
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
    fn lines_of_numbers_are_found_where_there_are_some() {
        let text =
            "1,2,a\n12,p3,a\r\n7,x,a\n\n00,1,a\n3,\"4\",a\np4,1,\n\"a\nb\",1,2\n5,p6,b,c\n5,6,b";
        let mut records = Records::new(Box::new(text.as_bytes()), COMMAS);
        let roles = vec![Role::End, Role::End, Role::Said];
        let signs = Signs {
            delimiter: b',',
            quote: Some(b'"'),
            comment: None,
        };
        let lane = Lane::new(roles, Some(3), signs, Shapes::new(0)).unwrap();
        records.open_lane(lane);
        let (found, shapes) = records.statements().unwrap();
        let prefixed = Shapes::new(0).first(1);
        let found: Vec<_> = found.iter().map(|found| (found.ends, found.said)).collect();
        assert_eq!(found, [([1, 2], 0), ([12, prefixed + 3], 0)]);
        assert_eq!(shapes.unwrap().alike(&Shapes::new(0)), prefixed);
        records.pass(1);
        let mut told = Vec::new();
        for _ in 0..8 {
            let is_record = records.statements().unwrap().0.is_empty();
            assert_eq!(records.next().unwrap(), Next::Record);
            let fields = (0..records.len()).map(|index| records.field(index));
            let fields = fields.map(|field| String::from_utf8_lossy(field).into_owned());
            let fields: Vec<_> = fields.collect();
            told.push((records.line(), fields.join("|"), records.said()));
            assert_eq!(is_record, records.said().is_none());
        }
        let wanted = [
            (2, "12|p3|a", Some(0)),
            (3, "7|x|a", None),
            (5, "00|1|a", None),
            (6, "3|4|a", None),
            (7, "p4|1|", Some(1)),
            (8, "a\nb|1|2", None),
            (10, "5|p6|b|c", None),
            (11, "5|6|b", None),
        ];
        assert!(
            told.iter()
                .map(|(line, text, said)| (*line, &**text, *said))
                .eq(wanted),
            "{told:?}"
        );
        assert_eq!(records.next().unwrap(), Next::End);
    }

    /// A record: its line, its fields, and what a lane found of it.
    type Told = (u64, String, Option<([u32; 2], u32)>);

    fn told_with(lane: Option<Lane>, text: &str) -> Vec<Told> {
        let input = std::io::Cursor::new(text.to_owned());
        let mut records = Records::new(Box::new(input), COMMAS);
        if let Some(lane) = lane {
            records.open_lane(lane);
        }
        let mut found = Vec::new();
        loop {
            let statement = records.statements().unwrap().0.first();
            let statement = statement.map(|statement| (statement.ends, statement.said));
            let next = records.next().unwrap();
            let fields = (0..records.len()).map(|index| records.field(index));
            let fields: Vec<_> = fields.map(String::from_utf8_lossy).collect();
            match next {
                Next::End => return found,
                Next::Bad(broken) => found.push((records.line(), format!("{broken:?}"), None)),
                Next::Record => found.push((records.line(), fields.join("|"), statement)),
            }
        }
    }

    /// Lines with so many fields, of which most are what a lane is for: any other is one of `odd`.
    fn lines(
        (count, odd): (usize, usize),
        width: usize,
        random: &mut impl FnMut(usize) -> usize,
    ) -> String {
        let ids = [
            "0",
            "7",
            "12",
            "p3",
            "p40",
            "1234567",
            "12345678",
            "00",
            "p05",
            "#4",
            "\"5\"",
            "\"q7",
            "9876543210",
            "99999999999",
            "",
            "x",
            " 1",
            "-1",
        ];
        let tails = [
            "",
            ",a",
            ",links",
            ",links2",
            ",longer than a word",
            ",\"a\"",
            ",a,b",
            ",a,",
            ",b,a",
        ];
        let common = ["", ",a", ",a,b", ",links,longer than a word"];
        let mut text = String::new();
        for _ in 0..count {
            if random(odd) > 0 {
                let (from, to) = (ids[random(5)], ids[random(5)]);
                text += &format!("{from},{to}{}\n", common[width - 2]);
                continue;
            }
            let kinds = if random(3) == 0 { ids.len() } else { 6 };
            let (from, to) = (ids[random(kinds)], ids[random(kinds)]);
            let between = [",", ";"][random(20) / 19];
            let tail = match random(4) {
                0 => tails[random(tails.len())],
                _ => common[width - 2],
            };
            let end = ["\n", "\r\n", "\n\n", "\r\r\n"][random(8).saturating_sub(4)];
            text += &format!("{from}{between}{to}{tail}{end}");
        }
        text
    }

    /// Compares what a lane found with the fields; how many statements that were.
    fn check_statements(found: &[Told], width: usize, known: &mut Shapes) -> usize {
        let mut said_texts: Vec<Option<&str>> = Vec::new();
        let mut count = 0;
        for (_, fields, statement) in found {
            let Some((ends, said)) = statement else {
                continue;
            };
            count += 1;
            let mut parts = fields.splitn(3, '|');
            for end in ends {
                let id = parts.next().unwrap().as_bytes();
                assert_eq!(known.find_or_know(id), Some(*end), "{fields}");
            }
            assert_eq!(fields.split('|').count(), width, "{fields}");
            let text = parts.next().unwrap_or("");
            let numbered = said_texts.len().max(*said as usize + 1);
            said_texts.resize(numbered, None);
            let same = said_texts[*said as usize].replace(text);
            assert!(same.is_none_or(|same| same == text), "{same:?} {text:?}");
        }
        count
    }

    #[test]
    fn a_lane_changes_nothing_of_what_is_read() {
        let mut random = random(7);
        let signs = Signs {
            delimiter: b',',
            quote: COMMAS.quote,
            comment: COMMAS.comment,
        };
        let mut count = 0;
        for round in 0..600 {
            let width = round % 4 + 2;
            // Some are more than is read at once, and of some nearly all are of the lane.
            let how_many = match round % 150 {
                0 => (30_000, 1),
                1..5 => (30_000, 4_000),
                _ => (60, 1),
            };
            let text = lines(how_many, width, &mut random);
            let said = if random(6) == 0 { 0 } else { width - 2 };
            let roles = [vec![Role::End; 2], vec![Role::Said; said]].concat();
            let mut shapes = Shapes::new(0);
            if round % 2 == 0 {
                shapes.find_or_know(b"\"q1").unwrap();
            }
            let mut known = shapes.clone();
            let lane = Lane::new(roles, Some(said + 2), signs, shapes);
            let found = told_with(lane, &text);
            let mut wanted = told_with(None, &text);
            count += check_statements(&found, said + 2, &mut known);
            wanted
                .iter_mut()
                .zip(&found)
                .for_each(|(one, other)| one.2 = other.2);
            assert_eq!(found, wanted, "{text}");
        }
        assert!(count > 10_000, "{count}");
    }

    #[test]
    fn a_lane_is_found_again_behind_lines_that_are_none_of_it() {
        let signs = Signs {
            delimiter: b',',
            quote: COMMAS.quote,
            comment: COMMAS.comment,
        };
        let text = ["a,b\n".repeat(200), "1,2\n".repeat(100)].concat();
        let lane = Lane::new(vec![Role::End; 2], Some(2), signs, Shapes::new(0));
        let found = told_with(lane, &text);
        assert_eq!(found.len(), 300);
        let mut behind = found
            .iter()
            .skip_while(|(_, _, statement)| statement.is_none());
        assert!(behind.clone().count() > 80);
        assert!(behind.all(|(_, _, statement)| statement.is_some()));
        // Lines that stand alone do not make others slow, however many there are.
        let text = "1,2\na,b\n3,4\n".repeat(200);
        let lane = Lane::new(vec![Role::End; 2], Some(2), signs, Shapes::new(0));
        let found = told_with(lane, &text);
        let statements = found.iter().filter(|(_, _, statement)| statement.is_some());
        assert!(statements.count() >= 400 - 1);
    }
}
