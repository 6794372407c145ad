//! Files of statements between entities.

use crate::diagnostic::Error;
use crate::store::import::Watch;
use crate::store::import::gather::Gathered;
use crate::store::import::gather::LOOK_EVERY;
use crate::store::import::gather::id;
use crate::store::import::ids::Early;
use crate::store::import::plan::Dangling;
use crate::store::import::plan::EdgeFile;
use crate::store::import::plan::Input;
use crate::store::import::reader::Place;
use crate::store::import::reader::Reader;
use crate::store::import::reader::Wrong;
use crate::store::import::report::Problem;
use crate::store::import::report::quoted;
use crate::store::import::sort::Row;

/// Where everything stands in a file.
struct Places {
    from: usize,
    to: usize,
    relation: Place,
    /// Where each detail stands; empty if there is none in the file.
    details: Vec<Option<Place>>,
}

/// What was found last, as it often comes again.
#[derive(Default)]
struct Last {
    relation: Vec<u8>,
    code: Option<(u16, bool)>,
    written: Vec<u8>,
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
    let mut last = Last::default();
    // Without columns but the two ends, a line of two whole numbers is read without a detour.
    let mut pairs = None;
    if reader.has_pairs()
        && (places.from, places.to) == (0, 1)
        && let Place::Constant(relation) = &places.relation
        && places.details.is_empty()
    {
        let code = gathered.words.relation(relation);
        pairs = Some(code.map_err(|message| Error::Usage(message, None))?);
    }
    loop {
        if let Some(code) = pairs {
            read_pairs(gathered, &mut reader, input, watch, code)?;
        }
        let mut wrongs = Vec::new();
        let has_more = reader.next(|line, wrong| wrongs.push((line, wrong)))?;
        for (line, wrong) in wrongs {
            gathered.wrong(input, line, wrong, true);
        }
        if !has_more {
            break;
        }
        match read_one(gathered, &places, &reader, &mut last) {
            Ok(Some(row)) => gathered
                .add_edge(&row)
                .map_err(|error| watch.failed(error))?,
            Ok(None) => {}
            Err(wrong) => {
                let is_dropped = gathered.rules.dangling == Dangling::Drop;
                let is_error = !(wrong.0 == Problem::Dangling && is_dropped);
                gathered.wrong(input, reader.line(), wrong, is_error);
            }
        }
        if reader.records.is_multiple_of(LOOK_EVERY) {
            gathered.look(&reader, watch)?;
        }
    }
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
    let details = file.details.iter();
    let details = details.map(|cell| cell.as_ref().map(&mut place).transpose());
    let mut details = details.collect::<Result<Vec<_>, _>>()?;
    if details.iter().all(Option::is_none) {
        details.clear();
    }
    Ok(Places {
        from,
        to,
        relation,
        details,
    })
}

/// Reads lines of two whole numbers, up to one that is none or has an end that is not there.
fn read_pairs(
    gathered: &mut Gathered,
    reader: &mut Reader,
    input: &Input,
    watch: &Watch<'_>,
    (relation, is_reversed): (u16, bool),
) -> Result<(), Error> {
    let makes_ends = gathered.makes_ends();
    while let Some((from, to)) = reader.pair() {
        let ends = match (from, to) {
            _ if !gathered.ids.is_whole(from) || !gathered.ids.is_whole(to) => {
                let (from, to) = (from.to_string(), to.to_string());
                let from = end(gathered, from.as_bytes(), "from", makes_ends);
                from.and_then(|from| Ok((from, end(gathered, to.as_bytes(), "to", makes_ends)?)))
            }
            _ if makes_ends => Ok((gathered.ids.add_whole(from).0, gathered.ids.add_whole(to).0)),
            _ => whole(gathered, from, "from")
                .and_then(|from| Ok((from, whole(gathered, to, "to")?))),
        };
        match ends {
            Ok((from, to)) => {
                let (near, far) = if is_reversed { (to, from) } else { (from, to) };
                let row = Row {
                    near,
                    relation,
                    far,
                    extra: 0,
                };
                let added = gathered.add_edge(&row);
                added.map_err(|error| watch.failed(error))?;
            }
            Err(wrong) => {
                let is_error = gathered.rules.dangling == Dangling::Error;
                gathered.wrong(input, reader.line(), wrong, is_error);
            }
        }
        if reader.records.is_multiple_of(LOOK_EVERY) {
            gathered.look(reader, watch)?;
        }
    }
    Ok(())
}

/// The entity of a whole number that must be there.
#[inline]
fn whole(gathered: &Gathered, number: u64, what: &str) -> Result<Early, Wrong> {
    let found = gathered.ids.find_whole(number);
    found.ok_or_else(|| dangling(number.to_string().as_bytes(), what))
}

#[cold]
fn dangling(id: &[u8], what: &str) -> Wrong {
    let message = format!("`{what}` is {}, which is not there", quoted(id));
    (Problem::Dangling, message)
}

/// The entity at an end of a statement.
fn end(gathered: &mut Gathered, id: &[u8], what: &str, is_made: bool) -> Result<Early, Wrong> {
    match is_made {
        true if what == "from" => Ok(gathered.ids.add_again(id)),
        true => Ok(gathered.ids.add(id).0),
        false => gathered.ids.find(id).ok_or_else(|| dangling(id, what)),
    }
}

/// Reads one record; none if it says nothing.
fn read_one(
    gathered: &mut Gathered,
    places: &Places,
    reader: &Reader,
    last: &mut Last,
) -> Result<Option<Row>, Wrong> {
    let from = id(reader, places.from, "from")?;
    let to = id(reader, places.to, "to")?;
    let (relation, is_reversed) = relation(gathered, places, reader, last)?;
    let extra = match places.details.is_empty() {
        true => 0,
        false => detail(gathered, places, reader, last)?,
    };
    let makes_ends = gathered.makes_ends();
    if !makes_ends {
        // Both are looked for first, so that nothing is made for a line that is left out.
        let near = end(gathered, from.as_bytes(), "from", false)?;
        let far = end(gathered, to.as_bytes(), "to", false)?;
        return Ok(Some(row(near, far, relation, is_reversed, extra)));
    }
    let near = end(gathered, from.as_bytes(), "from", true)?;
    let far = end(gathered, to.as_bytes(), "to", true)?;
    Ok(Some(row(near, far, relation, is_reversed, extra)))
}

fn row(from: Early, to: Early, relation: u16, is_reversed: bool, extra: u32) -> Row {
    let (near, far) = if is_reversed { (to, from) } else { (from, to) };
    Row {
        near,
        relation,
        far,
        extra,
    }
}

fn relation(
    gathered: &mut Gathered,
    places: &Places,
    reader: &Reader,
    last: &mut Last,
) -> Result<(u16, bool), Wrong> {
    let bytes = match &places.relation {
        Place::Constant(text) => text.as_bytes(),
        Place::Index(index) => reader.field(*index).0,
    };
    if let Some(code) = last.code
        && last.relation == bytes
    {
        return Ok(code);
    }
    let word = match &places.relation {
        Place::Constant(text) => text,
        Place::Index(index) => reader.text(*index)?.0,
    };
    if word.is_empty() {
        return Err((Problem::Relation, "`relation` is empty".to_owned()));
    }
    let code = gathered.words.relation(word);
    let code = code.map_err(|message| (Problem::Relation, message))?;
    last.relation.clear();
    last.relation.extend_from_slice(bytes);
    last.code = Some(code);
    Ok(code)
}

fn detail(
    gathered: &mut Gathered,
    places: &Places,
    reader: &Reader,
    last: &mut Last,
) -> Result<u32, Wrong> {
    last.written.clear();
    for place in &places.details {
        let text = match place {
            None => "",
            Some(Place::Constant(text)) => text,
            Some(Place::Index(index)) => reader.text(*index)?.0,
        };
        last.written.extend_from_slice(text.as_bytes());
        last.written.push(0);
    }
    gathered.details.number(&last.written, &mut gathered.words)
}
