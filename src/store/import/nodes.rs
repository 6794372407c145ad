//! Files of entities: ids, names, kinds and properties.

use crate::diagnostic::Error;
use crate::model::Type;
use crate::store::import::Watch;
use crate::store::import::gather::Gathered;
use crate::store::import::gather::id;
use crate::store::import::gather::plain_type;
use crate::store::import::ids::Early;
use crate::store::import::intern::Interner;
use crate::store::import::json::Form;
use crate::store::import::json::MEMBER;
use crate::store::import::known::Known;
use crate::store::import::plan::DuplicateNodes;
use crate::store::import::plan::Format;
use crate::store::import::plan::NodeFile;
use crate::store::import::reader::Place;
use crate::store::import::reader::Read;
use crate::store::import::reader::Reader;
use crate::store::import::reader::Wrong;
use crate::store::import::report::Problem;
use crate::store::import::report::quoted;
use crate::store::import::unsorted::Row;
use crate::store::import::value::value;

/// A column that may have several texts in it.
struct Several {
    place: Place,
    separator: Option<String>,
}

/// A column that is a property.
struct Property {
    number: u16,
    cells: Several,
    wanted: Type,
    /// The numbers of values by how they are written as text.
    known: Known<u32>,
}

/// Where everything stands in a file.
struct Places {
    id: usize,
    name: Option<usize>,
    aliases: Option<Several>,
    kind: Option<Several>,
    /// The lists of kinds by how they are written.
    known_kinds: Known<Option<u32>>,
    properties: Vec<Property>,
    /// Which columns are looked at.
    used: Vec<usize>,
}

/// Reads a file of entities.
pub(super) fn read(
    gathered: &mut Gathered,
    file: &NodeFile,
    watch: &Watch<'_>,
) -> Result<(u64, u64), Error> {
    let mut reader = Reader::open(&file.input)?;
    let mut places = places(gathered, file, &mut reader)?;
    let input = &file.input;
    if watch.is_threaded {
        reader.read_ahead();
    }
    loop {
        match reader.next()? {
            Read::End => break,
            Read::Passed => {}
            Read::Wrong(wrong) => gathered.wrong(input, reader.line(), wrong, true),
            Read::Record => {
                // Of JSON, every line may have new ones.
                if file.has_all && input.format == Format::Jsonl {
                    add_new_columns(gathered, &mut places, &reader, input.format)?;
                }
                read_one(gathered, file, &mut places, &reader, watch)?;
            }
        }
        if reader.is_due() {
            gathered.look(&reader, watch)?;
        }
    }
    gathered.look(&reader, watch)?;
    gathered.note_columns(input, &reader, &places.used);
    Ok((reader.records, reader.meant))
}

fn places(gathered: &mut Gathered, file: &NodeFile, reader: &mut Reader) -> Result<Places, Error> {
    let mut places = Places {
        id: reader.column(&file.id)?,
        name: None,
        aliases: None,
        kind: None,
        known_kinds: Known::default(),
        properties: Vec::new(),
        used: Vec::new(),
    };
    places.used.push(places.id);
    if let Some((column, _)) = &file.input.only {
        places.used.push(reader.column(column)?);
    }
    if let Some(column) = &file.name {
        let index = reader.column(column)?;
        places.name = Some(index);
        places.used.push(index);
    }
    let mut several = |cells: &super::plan::Cells, used: &mut Vec<usize>| {
        let place = reader.place(&cells.cell)?;
        if let Place::Index(index) = &place {
            used.push(*index);
        }
        Ok::<_, Error>(Several {
            place,
            separator: cells.separator.clone(),
        })
    };
    if let Some(cells) = &file.aliases {
        places.aliases = Some(several(cells, &mut places.used)?);
    }
    if let Some(cells) = &file.kind {
        places.kind = Some(several(cells, &mut places.used)?);
    }
    for column in &file.properties {
        places.properties.push(Property {
            number: gathered.words.property(&column.property, column.wanted)?,
            cells: several(&column.cells, &mut places.used)?,
            wanted: column.wanted,
            known: Known::default(),
        });
    }
    if file.has_all {
        add_new_columns(gathered, &mut places, reader, file.input.format)?;
    }
    Ok(places)
}

/// Makes properties of the columns that nothing else is made of.
fn add_new_columns(
    gathered: &mut Gathered,
    places: &mut Places,
    reader: &Reader,
    format: Format,
) -> Result<(), Error> {
    if places.used.len() >= reader.header().len() && format == Format::Jsonl {
        return Ok(());
    }
    for (index, name) in reader.header().iter().enumerate() {
        if places.used.contains(&index) || name.is_empty() {
            continue;
        }
        let wanted = gathered.words.declared_type(name);
        let wanted = wanted.unwrap_or(plain_type(format == Format::Jsonl));
        places.used.push(index);
        places.properties.push(Property {
            number: gathered.words.property(name, wanted)?,
            cells: Several {
                place: Place::Index(index),
                separator: None,
            },
            wanted,
            known: Known::default(),
        });
    }
    Ok(())
}

/// Reads one record. What is wrong with it is noted; errors are of the world.
fn read_one(
    gathered: &mut Gathered,
    file: &NodeFile,
    places: &mut Places,
    reader: &Reader,
    watch: &Watch<'_>,
) -> Result<(), Error> {
    let (input, line) = (&file.input, reader.line());
    let early = match add(gathered, places, reader) {
        Ok(Added::New(early)) => early,
        Ok(Added::Known(early, id)) => {
            let is_error = gathered.rules.nodes == DuplicateNodes::Error;
            if gathered.rules.nodes != DuplicateNodes::Merge {
                let message = format!("the entity {id} is there already");
                gathered.wrong(input, line, (Problem::Duplicate, message), is_error);
                return Ok(());
            }
            early
        }
        Err(wrong) => {
            gathered.wrong(input, line, wrong, true);
            return Ok(());
        }
    };
    if let Err(wrong) = add_names(gathered, places, reader, early) {
        gathered.wrong(input, line, wrong, true);
    }
    for property in &mut places.properties {
        let wrongs = add_property(gathered, property, reader, early);
        let wrongs = wrongs.map_err(|error| watch.failed(error))?;
        for message in wrongs {
            gathered.wrong(input, line, message, true);
        }
    }
    Ok(())
}

enum Added {
    New(Early),
    Known(Early, String),
}

/// Adds the entity with its kinds, if its id and these are right.
fn add(gathered: &mut Gathered, places: &mut Places, reader: &Reader) -> Result<Added, Wrong> {
    let text = id(reader, places.id, "id")?;
    let kinds = match &places.kind {
        None => None,
        Some(several) => kinds(gathered, several, reader, &mut places.known_kinds)?,
    };
    if let Some(name) = places.name {
        reader.one(name)?;
    }
    let (early, is_new) = gathered.ids.add(text.as_bytes());
    let is_meant = is_new || gathered.rules.nodes == DuplicateNodes::Merge;
    gathered
        .kinds
        .rows
        .extend(kinds.filter(|_| is_meant).map(|list| (early, list)));
    Ok(match is_new {
        true => Added::New(early),
        false => Added::Known(early, quoted(text.as_bytes())),
    })
}

/// The list of kinds of a record; none if it has none.
fn kinds(
    gathered: &mut Gathered,
    several: &Several,
    reader: &Reader,
    known: &mut Known<Option<u32>>,
) -> Result<Option<u32>, Wrong> {
    let (written, form) = match &several.place {
        Place::Constant(text) => (text.as_bytes(), Form::Text),
        Place::Index(index) => reader.field(*index),
    };
    let is_text = matches!(form, Form::Text | Form::Plain);
    if is_text && let Some(list) = known.get(written) {
        return Ok(list);
    }
    let mut kinds = Vec::new();
    each(reader, several, |kind, form| {
        refuse_objects(form, "a kind")?;
        let number = gathered.words.kind(kind);
        let number = number.map_err(|message| (Problem::Kind, message))?;
        if !kinds.contains(&number) {
            kinds.push(number);
        }
        Ok(())
    })?;
    let list = (!kinds.is_empty()).then(|| gathered.kinds.number(&kinds));
    if is_text {
        known.put(written, list);
    }
    Ok(list)
}

fn add_names(
    gathered: &mut Gathered,
    places: &Places,
    reader: &Reader,
    early: Early,
) -> Result<(), Wrong> {
    let own = reader.one(places.id)?;
    let names = &mut gathered.names;
    if let Some(index) = places.name {
        let name = reader.one(index)?;
        if !name.is_empty() && name != own {
            let text = names.texts.number(name.as_bytes());
            names.rows.push((early, text, false));
        }
    }
    if let Some(several) = &places.aliases {
        each(reader, several, |alias, form| {
            refuse_objects(form, "an alias")?;
            let text = names.texts.number(alias.as_bytes());
            names.rows.push((early, text, true));
            Ok(())
        })?;
    }
    Ok(())
}

/// Adds the values of a property; those that are none are told of and left out.
fn add_property(
    gathered: &mut Gathered,
    property: &mut Property,
    reader: &Reader,
    early: Early,
) -> std::io::Result<Vec<Wrong>> {
    let mut wrongs = Vec::new();
    let mut added = Ok(());
    let Gathered {
        written,
        values,
        facts,
        ..
    } = gathered;
    let known = &mut property.known;
    let all = each(reader, &property.cells, |text, form| {
        let is_text = form == Form::Text;
        let remembered = is_text.then(|| known.get(text.as_bytes())).flatten();
        let read = || number(text, form, property.wanted, (&mut *written, &mut *values));
        let far = match remembered.map_or_else(read, Ok) {
            Ok(far) => far,
            Err(message) => {
                wrongs.push((Problem::Value, message));
                return Ok(());
            }
        };
        if is_text && remembered.is_none() {
            known.put(text.as_bytes(), far);
        }
        let row = Row {
            near: early,
            relation: property.number,
            far,
            extra: 0,
        };
        if added.is_ok() {
            added = facts.push(&row);
        }
        Ok(())
    });
    wrongs.extend(all.err());
    added.map(|()| wrongs)
}

/// The number of the value that a text is. Errors: it is none.
fn number(
    text: &str,
    form: Form,
    wanted: Type,
    (written, values): (&mut Vec<u8>, &mut Interner),
) -> Result<u32, String> {
    let value = value(text, form, wanted)?;
    written.clear();
    let bytes = postcard::to_extend(&value, std::mem::take(written));
    *written = bytes.expect("postcard writes every value");
    Ok(values.number(written))
}

fn refuse_objects(form: Form, what: &str) -> Result<(), Wrong> {
    match form {
        Form::Object => Err((Problem::List, format!("an object is no text, as {what} is"))),
        _ => Ok(()),
    }
}

/// Gives the texts of a column that are not empty, each with how it was written.
fn each(
    reader: &Reader,
    several: &Several,
    mut give: impl FnMut(&str, Form) -> Result<(), Wrong>,
) -> Result<(), Wrong> {
    let (text, form) = match &several.place {
        Place::Constant(text) => (text.as_str(), Form::Text),
        Place::Index(index) => reader.text(*index)?,
    };
    let mut give = |text: &str, form| match text {
        "" => Ok(()),
        text => give(text, form),
    };
    match (form, &several.separator) {
        (Form::List, _) => text
            .split(MEMBER)
            .try_for_each(|text| give(text, Form::Text)),
        (Form::Text | Form::Plain, Some(separator)) => text
            .split(separator.as_str())
            .try_for_each(|text| give(text.trim(), form)),
        _ => give(text, form),
    }
}
