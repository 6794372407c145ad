//! One file, record by record, whatever its format; its columns by name or number.

use std::collections::HashSet;
use std::fs::File;

use crate::diagnostic::Error;
use crate::diagnostic::escape;
use crate::diagnostic::suggest;
use crate::store::import::encoding::Decoded;
use crate::store::import::gather::LOOK_EVERY;
use crate::store::import::json::Form;
use crate::store::import::json::Line;
use crate::store::import::lane::Lane;
use crate::store::import::lane::Role;
use crate::store::import::lane::Signs;
use crate::store::import::lane::Statement;
use crate::store::import::plan::Cell;
use crate::store::import::plan::Column;
use crate::store::import::plan::Format;
use crate::store::import::plan::Input;
use crate::store::import::records::Next;
use crate::store::import::records::Records;
use crate::store::import::report::Problem;
use crate::store::import::report::quoted;
use crate::store::import::shapes::Shapes;
use crate::store::import::split::Broken;
use crate::store::import::split::Dialect;
use crate::store::import::split::FIELD_MAX;

/// What is wrong with a record or a field: the problem, and what to say of it.
pub(super) type Wrong = (Problem, String);

/// Reads a file.
pub(super) struct Reader {
    input: Input,
    rest: Records,
    line: Option<Line>,
    header: Vec<String>,
    /// How many fields a record has, once that is known.
    width: Option<usize>,
    /// The last column that is asked for, where records differ in width.
    needed: usize,
    only: Option<(usize, Vec<u8>)>,
    /// How many records there were, and how many of them were meant.
    pub(super) records: u64,
    pub(super) meant: u64,
    next_look: u64,
}

/// Where a column is in a record; of JSON it is a key that may come later.
#[derive(Clone, Debug)]
pub(super) enum Place {
    Index(usize),
    Constant(String),
}

/// What came of reading on.
pub(super) enum Read {
    /// A record that is meant.
    Record,
    /// One that is left out because it is for another section.
    Passed,
    /// One that is none, on the line where the reader is.
    Wrong(Wrong),
    /// There is no more.
    End,
}

impl Reader {
    /// Opens a file and reads its header. Errors: it is none that can be read, or has no such
    /// columns as are wanted.
    pub(super) fn open(input: &Input) -> Result<Reader, Error> {
        let failed = |error| Error::Io(input.path.clone(), error);
        let metadata = std::fs::metadata(&input.path).map_err(failed)?;
        if !metadata.is_file() {
            return Err(failed(std::io::Error::other("is no regular file")));
        }
        let file = File::open(&input.path).map_err(failed)?;
        let is_json = input.format == Format::Jsonl;
        let dialect = Dialect {
            delimiter: (!is_json).then_some(input.delimiter),
            quote: input.quote.filter(|_| !is_json),
            comment: input.comment,
        };
        let mut reader = Reader {
            input: input.clone(),
            rest: Records::new(Box::new(Decoded::new(file, input.encoding)), dialect),
            line: is_json.then(Line::default),
            header: Vec::new(),
            width: None,
            needed: 0,
            only: None,
            records: 0,
            meant: 0,
            next_look: LOOK_EVERY,
        };
        if input.has_header && !is_json {
            reader.read_header()?;
        }
        if let Some((column, text)) = &input.only {
            reader.only = Some((reader.column(column)?, text.clone().into_bytes()));
            reader.width = None;
        }
        Ok(reader)
    }

    fn read_header(&mut self) -> Result<(), Error> {
        let next = self.rest.next();
        let next = next.map_err(|error| self.failed(error))?;
        if next != Next::Record {
            let problem = match next {
                Next::End => "is empty: there is no header",
                _ => "has no header that reads: a quote in it is out of place",
            };
            return Err(self.failed(std::io::Error::other(problem)));
        }
        let mut seen = HashSet::new();
        for index in 0..self.rest.len() {
            let name = String::from_utf8_lossy(self.rest.field(index));
            let name = name.trim().to_owned();
            if !name.is_empty() && !seen.insert(name.clone()) {
                let message = format!(
                    "`{}` has the column `{}` twice",
                    escape::visible(&self.input.name),
                    escape::clipped(&name, 60)
                );
                let hint = "name columns by number, with `header = false` in a mapping";
                return Err(Error::Usage(message, Some(hint.to_owned())));
            }
            self.header.push(name);
        }
        self.width = Some(self.header.len());
        Ok(())
    }

    /// The names of the columns that are known by now.
    pub(super) fn header(&self) -> &[String] {
        match &self.line {
            Some(line) => &line.keys,
            None => &self.header,
        }
    }

    /// The place of a column.
    pub(super) fn column(&mut self, column: &Column) -> Result<usize, Error> {
        let index = match column {
            Column::Named(name) => {
                if let Some(line) = &mut self.line {
                    return Ok(line.place(name));
                }
                let found = self.header.iter().position(|known| known == name);
                found.ok_or_else(|| self.missing(name))?
            }
            Column::Numbered(number) => {
                let width = self.width.unwrap_or(usize::MAX);
                let index = number.checked_sub(1).filter(|index| *index < width);
                index.ok_or_else(|| self.missing(&number.to_string()))?
            }
        };
        self.needed = self.needed.max(index);
        Ok(index)
    }

    /// The place of a cell.
    pub(super) fn place(&mut self, cell: &Cell) -> Result<Place, Error> {
        Ok(match cell {
            Cell::Constant(text) => Place::Constant(text.clone()),
            Cell::Column(column) => Place::Index(self.column(column)?),
        })
    }

    fn missing(&self, name: &str) -> Error {
        let columns: Vec<String> = self
            .header
            .iter()
            .take(20)
            .map(|name| quoted(name.as_bytes()))
            .collect();
        let file = escape::visible(&self.input.name);
        let name = quoted(name.as_bytes());
        let message = match self.input.has_header {
            true => format!(
                "`{file}` has no column {name}; it has {}",
                columns.join(", ")
            ),
            false => {
                format!("`{file}` has no column {name}: without a header, columns have numbers")
            }
        };
        let near = suggest::nearest(
            name.trim_matches('`'),
            self.header.iter().map(String::as_str),
        );
        Error::Usage(message, suggest::did_you_mean(&near))
    }

    /// Reads one record on.
    pub(super) fn next(&mut self) -> Result<Read, Error> {
        let next = self.rest.next();
        match next.map_err(|error| self.failed(error))? {
            Next::End => return Ok(Read::End),
            Next::Bad(broken) => {
                self.records += 1;
                self.meant += 1;
                return Ok(Read::Wrong(say(broken)));
            }
            Next::Record => self.records += 1,
        }
        if let Some(line) = &mut self.line
            && let Err(message) = line.read(self.rest.field(0))
        {
            self.meant += 1;
            return Ok(Read::Wrong((Problem::Json, message)));
        }
        if let Some((index, text)) = &self.only
            && self.field(*index).0 != text
        {
            return Ok(Read::Passed);
        }
        self.meant += 1;
        Ok(match self.ragged() {
            None => Read::Record,
            Some(problem) => Read::Wrong(problem),
        })
    }

    /// What is wrong with how many fields the record has.
    fn ragged(&mut self) -> Option<Wrong> {
        if self.line.is_some() {
            return None;
        }
        let count = self.rest.len();
        let message = if self.only.is_some() {
            let is_short = count <= self.needed;
            is_short.then(|| format!("{count} fields, and column {} is wanted", self.needed + 1))
        } else {
            let width = *self.width.get_or_insert(count);
            let first = match self.input.has_header {
                true => "the header",
                false => "the first line",
            };
            (count != width).then(|| format!("{count} fields, and {first} has {width}"))
        };
        message.map(|message| (Problem::Ragged, message))
    }

    /// Looks for lines with two ends that are numbers from now on; `roles` says what columns are.
    pub(super) fn open_lane(&mut self, roles: Vec<Role>, shapes: &Shapes) {
        if self.line.is_some() || self.only.is_some() {
            return;
        }
        let signs = Signs {
            delimiter: self.input.delimiter,
            quote: self.input.quote,
            comment: self.input.comment,
        };
        if let Some(lane) = Lane::new(roles, self.width, signs, shapes.clone()) {
            self.rest.open_lane(lane);
        }
    }

    /// Such lines that come next, not too many for a look behind them, and the shapes of their
    /// ends; none if another record comes.
    #[inline]
    pub(super) fn statements(&mut self) -> Result<(&[Statement], Option<&Shapes>), Error> {
        let path = &self.input.path;
        let next = self.rest.statements();
        let (statements, shapes) = next.map_err(|error| Error::Io(path.clone(), error))?;
        let count = statements.len().min(LOOK_EVERY as usize);
        Ok((&statements[..count], shapes))
    }

    /// Goes on behind so many of them.
    pub(super) fn pass(&mut self, count: usize) {
        self.rest.pass(count);
        self.records += count as u64;
        self.meant += count as u64;
    }

    /// The number of what a record says besides its ends, if it was such a line.
    pub(super) fn said(&self) -> Option<u32> {
        self.rest.said()
    }

    /// Has a second thread split what comes.
    pub(super) fn read_ahead(&mut self) {
        self.rest.read_ahead();
    }

    /// The line on which the record starts.
    pub(super) fn line(&self) -> u64 {
        self.rest.line()
    }

    /// Whether it is time to look at limits again.
    #[inline]
    pub(super) fn is_due(&mut self) -> bool {
        let is_due = self.records >= self.next_look;
        if is_due {
            self.next_look = self.records + LOOK_EVERY;
        }
        is_due
    }

    /// How many bytes are behind.
    pub(super) fn passed(&self) -> u64 {
        self.rest.passed()
    }

    /// A field of the record, and how it was written.
    pub(super) fn field(&self, index: usize) -> (&[u8], Form) {
        match &self.line {
            Some(line) => line.field(index),
            None => (self.rest.field(index), Form::Text),
        }
    }

    /// A field as a text.
    pub(super) fn text(&self, index: usize) -> Result<(&str, Form), Wrong> {
        let (bytes, form) = self.field(index);
        Ok((self.checked(index, bytes)?, form))
    }

    /// The text of a field that is no list.
    pub(super) fn one(&self, index: usize) -> Result<&str, Wrong> {
        match self.text(index)? {
            // An empty list is as good as none.
            (text, Form::List) if !text.is_empty() => {
                let message = format!(
                    "{} is a list, and one text is wanted",
                    self.column_name(index)
                );
                Err((Problem::List, message))
            }
            (_, Form::Object) => {
                let name = self.column_name(index);
                let message = format!("{name} is an object, and one text is wanted");
                Err((Problem::List, message))
            }
            (text, _) => Ok(text),
        }
    }

    /// Whether a record can have lists.
    pub(super) fn has_lists(&self) -> bool {
        self.line.is_some()
    }

    /// The name of a column in quotes, or its number.
    fn column_name(&self, index: usize) -> String {
        match self.header().get(index) {
            Some(name) if !name.is_empty() => quoted(name.as_bytes()),
            _ => format!("column {}", index + 1),
        }
    }

    fn checked<'a>(&self, index: usize, bytes: &'a [u8]) -> Result<&'a str, Wrong> {
        let column = || self.column_name(index);
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let place = error.valid_up_to();
            let message = format!(
                "byte {} of {} is 0x{:02x}, which is not UTF-8",
                place + 1,
                column(),
                bytes[place]
            );
            (Problem::Encoding, message)
        })?;
        if text.len() > FIELD_MAX {
            let message = format!("{} has more than 1 MiB", column());
            return Err((Problem::TooLong, message));
        }
        if memchr::memchr(0, bytes).is_some() {
            return Err((Problem::Nul, format!("{} has a NUL in it", column())));
        }
        Ok(text)
    }

    /// That a graph has no room for what comes by the line that was read last.
    pub(super) fn full(&self, what: &str) -> Error {
        let (file, line) = (escape::visible(&self.input.name), self.line());
        let message = format!("`{file}`, line {line}: a graph has fewer than {what}");
        let hint = "split the data into several graphs".to_owned();
        Error::Usage(message, Some(hint))
    }

    fn failed(&self, error: std::io::Error) -> Error {
        Error::Io(self.input.path.clone(), error)
    }
}

fn say(broken: Broken) -> Wrong {
    match broken {
        Broken::Unclosed => {
            let message =
                "a quote is opened here and not closed within 1 MiB; the line is left out";
            (Problem::Quote, message.to_owned())
        }
        Broken::BehindQuote(field) => {
            let message = format!("field {} goes on behind its closing quote", field + 1);
            (Problem::Quote, message)
        }
        Broken::TooLong => {
            let message = "a field has more than 1 MiB, or the line more than 64 MiB";
            (Problem::TooLong, message.to_owned())
        }
    }
}
