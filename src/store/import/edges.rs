//! Files of statements between entities.

use crate::diagnostic::Error;
use crate::store::import::Watch;
use crate::store::import::batch::Batch;
use crate::store::import::batch::Said;
use crate::store::import::batch::row;
use crate::store::import::gather::Gathered;
use crate::store::import::gather::id;
use crate::store::import::ids::Form;
use crate::store::import::intern::Interner;
use crate::store::import::lane::Role;
use crate::store::import::plan::EdgeFile;
use crate::store::import::reader::Place;
use crate::store::import::reader::Read;
use crate::store::import::reader::Reader;
use crate::store::import::reader::Wrong;
use crate::store::import::report::Problem;
use crate::store::import::split::ONES;
use crate::store::import::unsorted::Row;

/// Where everything stands in a file.
struct Places {
    from: usize,
    to: usize,
    relation: Place,
    /// How the details are written together; none if there is none in the file.
    details: Option<Details>,
}

impl Places {
    /// The columns that are read.
    fn columns(&self) -> impl Iterator<Item = usize> + '_ {
        let relation = match &self.relation {
            Place::Index(index) => Some(*index),
            Place::Constant(_) => None,
        };
        let details = self.details.iter().flat_map(|details| &details.columns);
        let details = details.map(|(_, index)| *index);
        [self.from, self.to]
            .into_iter()
            .chain(relation)
            .chain(details)
    }

    /// What each column is to a statement.
    fn roles(&self) -> Vec<Role> {
        let last = self.columns().max().unwrap_or(0);
        let mut roles = vec![Role::Unused; last + 1];
        for (place, index) in self.columns().enumerate() {
            roles[index] = match (place, roles[index]) {
                (0 | 1, _) => Role::End,
                (_, Role::End) => return Vec::new(),
                _ => Role::Said,
            };
        }
        roles
    }
}

/// Details as they are written one behind the other, each with a NUL behind it.
struct Details {
    /// Columns, and what stands before each.
    columns: Vec<(Vec<u8>, usize)>,
    /// What stands behind the last.
    rest: Vec<u8>,
}

/// What was found in a file, as it comes again.
#[derive(Default)]
struct Known {
    relations: Interner,
    /// What each of these is.
    codes: Vec<(u16, bool)>,
    /// Which of them came last, by how their texts look at first sight.
    recent: [u32; RECENT],
    /// What lines of the lane say, by the numbers that it has there.
    said: Vec<Option<Said>>,
    /// The details of one record.
    written: Vec<u8>,
    batch: Batch,
}

/// How many bytes of an id are looked at for letters that are no ASCII.
const FEW: usize = 128;

/// How many relations are found again without looking them up.
const RECENT: usize = 32;

impl Known {
    /// Where a relation is remembered: few relations have the same length, start and end.
    #[inline]
    fn recent_place(text: &[u8]) -> usize {
        let [first, .., last] = text else {
            return text.len();
        };
        (usize::from(*first) + usize::from(*last) * 5 + text.len() * 3) % RECENT
    }
}

/// Reads a file of statements.
pub(super) fn read(
    gathered: &mut Gathered,
    file: &EdgeFile,
    watch: &Watch<'_>,
) -> Result<(u64, u64), Error> {
    let mut reader = Reader::open(&file.input)?;
    let input = &file.input;
    let mut used = Vec::new();
    let places = places(file, &mut reader, &mut used)?;
    let mut known = Known::default();
    reader.open_lane(places.roles(), gathered.ids.shapes());
    if watch.is_threaded {
        reader.read_ahead();
    }
    loop {
        take_statements(gathered, &mut reader, &places, watch, &known)?;
        let read = match reader.next()? {
            Read::End => break,
            Read::Passed => Ok(None),
            Read::Wrong(wrong) => Err(wrong),
            Read::Record => {
                if known.batch.is_full() {
                    known.batch.flush(gathered, input, watch)?;
                }
                read_one(gathered, &places, &reader, &mut known)
            }
        };
        match read {
            Ok(Some(row)) => {
                let added = gathered.edges.push(&row);
                added.map_err(|error| watch.failed(error))?;
            }
            Ok(None) => {}
            Err(wrong) => {
                known.batch.flush(gathered, input, watch)?;
                gathered.wrong(input, reader.line(), wrong, true);
            }
        }
        if reader.is_due() {
            gathered.look(&reader, watch)?;
        }
    }
    known.batch.flush(gathered, input, watch)?;
    gathered.look(&reader, watch)?;
    gathered.note_columns(input, &reader, &used);
    Ok((reader.records, reader.meant))
}

fn places(file: &EdgeFile, reader: &mut Reader, used: &mut Vec<usize>) -> Result<Places, Error> {
    let (from, to) = (reader.column(&file.from)?, reader.column(&file.to)?);
    used.extend([from, to]);
    if let Some((column, _)) = &file.input.only {
        used.push(reader.column(column)?);
    }
    let mut place = |cell| {
        let place = reader.place(cell)?;
        if let Place::Index(index) = &place {
            used.push(*index);
        }
        Ok::<_, Error>(place)
    };
    let relation = place(&file.relation)?;
    let mut details = Details {
        columns: Vec::new(),
        rest: Vec::new(),
    };
    for cell in &file.details {
        match cell.as_ref().map(&mut place).transpose()? {
            None => {}
            Some(Place::Constant(text)) => details.rest.extend_from_slice(text.as_bytes()),
            Some(Place::Index(index)) => {
                let before = std::mem::take(&mut details.rest);
                details.columns.push((before, index));
            }
        }
        details.rest.push(0);
    }
    let has_details = file.details.iter().any(Option::is_some);
    let details = has_details.then_some(details);
    Ok(Places {
        from,
        to,
        relation,
        details,
    })
}

/// Takes lines of the lane, up to one of which something is not known or that has an end that is
/// not there.
fn take_statements(
    gathered: &mut Gathered,
    reader: &mut Reader,
    places: &Places,
    watch: &Watch<'_>,
    known: &Known,
) -> Result<(), Error> {
    let makes_ends = gathered.makes_ends();
    let is_backwards = places.to < places.from;
    loop {
        let (statements, shapes) = reader.statements()?;
        if statements.is_empty() {
            return Ok(());
        }
        let behind = shapes.map_or(0, |shapes| gathered.ids.shapes().alike(shapes));
        let mut taken = 0;
        for statement in statements {
            let [from, to] = statement.ends;
            let Some(Some(said)) = known.said.get(statement.said as usize) else {
                break;
            };
            if from >= behind || to >= behind {
                break;
            }
            if makes_ends {
                gathered.ids.see(from);
                gathered.ids.see(to);
            } else if !gathered.ids.is_seen(from) || !gathered.ids.is_seen(to) {
                break;
            }
            let (from, to) = if is_backwards { (to, from) } else { (from, to) };
            let added = gathered.edges.push(&row(from, to, *said));
            added.map_err(|error| watch.failed(error))?;
            taken += 1;
        }
        let is_over = taken < statements.len();
        reader.pass(taken);
        if reader.is_due() {
            gathered.look(reader, watch)?;
        }
        if is_over {
            return Ok(());
        }
    }
}

/// Reads one record; none if its ends are still to be looked up, with others.
fn read_one(
    gathered: &mut Gathered,
    places: &Places,
    reader: &Reader,
    known: &mut Known,
) -> Result<Option<Row>, Wrong> {
    if reader.has_lists() {
        // What is known is known by its bytes, which do not tell a list from a text.
        for index in places.columns() {
            reader.one(index)?;
        }
    }
    let (near, far) = (reader.field(places.from).0, reader.field(places.to).0);
    let from = form(gathered, reader, (near, places.from), "from")?;
    let to = form(gathered, reader, (far, places.to), "to")?;
    let (relation, is_reversed) = relation(gathered, places, reader, known)?;
    let extra = match &places.details {
        None => 0,
        Some(details) => detail(gathered, details, reader, known)?,
    };
    let said = Said {
        relation,
        is_reversed,
        extra,
        line: reader.line(),
    };
    if let Some(number) = reader.said() {
        let count = known.said.len().max(number as usize + 1);
        known.said.resize(count, None);
        known.said[number as usize] = Some(said);
    }
    if let (Form::Number(_), Form::Number(_)) = (from, to) {
        if gathered.makes_ends() {
            let ids = &mut gathered.ids;
            let (near, far) = (ids.add_form(from, near), ids.add_form(to, far));
            return Ok(Some(row(near, far, said)));
        }
        let ids = &gathered.ids;
        if let (Some(near), Some(far)) = (ids.find_form(from, near), ids.find_form(to, far)) {
            return Ok(Some(row(near, far, said)));
        }
    }
    known.batch.push((from, near), (to, far), said);
    Ok(None)
}

/// What an id is, once it is known to be one.
#[inline]
fn form(
    gathered: &mut Gathered,
    reader: &Reader,
    (bytes, index): (&[u8], usize),
    what: &str,
) -> Result<Form, Wrong> {
    if let Some(number) = gathered.ids.number(bytes) {
        return Ok(Form::Number(number));
    }
    // A list was refused before.
    if !is_plain(bytes) {
        id(reader, index, what)?;
    }
    Ok(Form::Text(gathered.ids.tag(bytes)))
}

/// Whether an id needs no further look: it has a few bytes, each of ASCII and no NUL.
#[inline]
fn is_plain(id: &[u8]) -> bool {
    let is_plain = |word: &[u8; 8]| {
        let word = u64::from_le_bytes(*word);
        (word.wrapping_sub(ONES) | word) & (ONES << 7) == 0
    };
    match (id.last_chunk(), id.len()) {
        (Some(last), ..=FEW) => {
            let (words, _) = id.as_chunks();
            words.iter().all(is_plain) && is_plain(last)
        }
        (Some(_), _) | (None, 0) => false,
        (None, _) => id.iter().all(|byte| matches!(byte, 1..=0x7f)),
    }
}

#[inline]
fn relation(
    gathered: &mut Gathered,
    places: &Places,
    reader: &Reader,
    known: &mut Known,
) -> Result<(u16, bool), Wrong> {
    let bytes = match &places.relation {
        Place::Constant(text) => text.as_bytes(),
        Place::Index(index) => reader.field(*index).0,
    };
    let recent = Known::recent_place(bytes);
    let number = known.recent[recent];
    if let Some(code) = known.codes.get(number as usize)
        && known.relations.get(number) == bytes
    {
        return Ok(*code);
    }
    if let Some(number) = known.relations.find(bytes) {
        known.recent[recent] = number;
        return Ok(known.codes[number as usize]);
    }
    let word = match &places.relation {
        Place::Constant(text) => text,
        Place::Index(index) => reader.one(*index)?,
    };
    if word.is_empty() {
        return Err((Problem::Relation, "`relation` is empty".to_owned()));
    }
    let code = gathered.words.relation(word);
    let code = code.map_err(|message| (Problem::Relation, message))?;
    known.recent[recent] = known.relations.number(bytes);
    known.codes.push(code);
    Ok(code)
}

fn detail(
    gathered: &mut Gathered,
    details: &Details,
    reader: &Reader,
    known: &mut Known,
) -> Result<u32, Wrong> {
    let written = &mut known.written;
    written.clear();
    for (before, index) in &details.columns {
        written.extend_from_slice(before);
        written.extend_from_slice(reader.field(*index).0);
    }
    written.extend_from_slice(&details.rest);
    // What is known is text without NULs: a field with one makes more of them than ever are.
    if let Some(number) = gathered.details.known(written) {
        return number.clone();
    }
    for (_, index) in &details.columns {
        reader.one(*index)?;
    }
    gathered.details.number(written, &mut gathered.words)
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn an_id_is_plain_if_it_has_nothing_but_ascii() {
        assert!(!is_plain(b""));
        for length in 1..=128 {
            let id: Vec<u8> = (1..=length).map(|byte| byte.min(0x7f)).collect();
            assert!(is_plain(&id), "{length}");
            for place in 0..id.len() {
                for byte in [0, 0x80, 0xff] {
                    let mut other = id.clone();
                    other[place] = byte;
                    assert!(!is_plain(&other), "{length} {place}");
                }
            }
        }
    }
}
