//! How the columns of an answer become columns of text: which parts a column is shown in.
//!
//! [`PARTS`] is the table; people and programs see different parts of it. How a cell is escaped,
//! joined or cut is left to the formats.

use crate::model::Certainty;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::StatementId;
use crate::model::Value;
use crate::query::Column;
use crate::query::ColumnType;
use crate::render::Page;
use crate::render::Role;
use crate::render::phrase;
use crate::render::phrase::Phrase;

/// For whom columns are spread out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reader {
    /// Periods in one column, polarity in words, and nothing that goes without saying.
    People,
    /// A column for each date; everything is said.
    Programs,
}

/// One row: a part of a column's cells that gets a column of its own.
#[derive(Debug)]
struct Part {
    /// The columns it is a part of.
    of: ColumnType,
    /// The heading; empty for the column's own name.
    header: &'static str,
    /// Who sees it; none for everyone.
    reader: Option<Reader>,
    /// What stands in it.
    read: Read,
}

/// What is read off a cell: a phrase for each statement, or one.
#[derive(Clone, Copy, Debug)]
enum Read {
    /// One phrase: the cell.
    Cell,
    /// One phrase: the kind of the row's entity.
    Kind,
    /// A phrase a step of a path.
    Steps,
    /// A phrase a statement, as seen from the row's entity.
    Evidence,
    /// A phrase a statement, as seen from the column's entity.
    CellOf(EntityId),
    /// A phrase a statement.
    Statement(ReadStatement),
}

/// The parts of evidence, paths and statements; every other column is shown as one.
static PARTS: &[Part] = &[
    via("via", None, Read::Evidence),
    via("kind", None, Read::Kind),
    via("since–until", Some(Reader::People), Read::Statement(period)),
    via("since", Some(Reader::Programs), Read::Statement(since)),
    via("until", Some(Reader::Programs), Read::Statement(until)),
    via("source", None, Read::Statement(phrase::citations)),
    basis("since–until", Some(Reader::People), period),
    basis("since", Some(Reader::Programs), since),
    basis("until", Some(Reader::Programs), until),
    basis("source", None, phrase::citations),
    trail("", Read::Steps),
    trail("source", Read::Statement(phrase::citations)),
    stated("subject", None, subject),
    stated("relation", Some(Reader::People), phrase::relation),
    stated("relation", Some(Reader::Programs), relation),
    stated("object", None, phrase::object),
    stated("since–until", Some(Reader::People), period),
    stated("since", Some(Reader::Programs), since),
    stated("until", Some(Reader::Programs), until),
    stated("observed", None, observed),
    stated("certainty", Some(Reader::People), doubtful_certainty),
    stated("certainty", Some(Reader::Programs), certainty),
    stated("polarity", Some(Reader::Programs), polarity),
    stated("condition", None, condition),
    stated("role", None, role),
    stated("note", None, note),
    stated("source", None, phrase::citations),
];

/// Parts that a narrow terminal can do without, the first of them most easily.
const EXTRAS: &[&str] = &["kind", "observed", "note", "role", "condition"];
/// Other parts that say when, how surely and on what grounds, and not what.
const SIDES: &[&str] = &["since–until", "certainty", "source"];

static WHOLE: Part = Part {
    of: ColumnType::Scalar,
    header: "",
    reader: None,
    read: Read::Cell,
};

type ReadStatement = for<'a> fn(&Page<'a>, StatementId) -> Phrase<'a>;

const fn via(header: &'static str, reader: Option<Reader>, read: Read) -> Part {
    Part {
        of: ColumnType::Via,
        header,
        reader,
        read,
    }
}

const fn basis(header: &'static str, reader: Option<Reader>, read: ReadStatement) -> Part {
    Part {
        of: ColumnType::Basis,
        header,
        reader,
        read: Read::Statement(read),
    }
}

const fn trail(header: &'static str, read: Read) -> Part {
    Part {
        of: ColumnType::Path,
        header,
        reader: None,
        read,
    }
}

const fn stated(header: &'static str, reader: Option<Reader>, read: ReadStatement) -> Part {
    Part {
        of: ColumnType::Statement,
        header,
        reader,
        read: Read::Statement(read),
    }
}

/// A column of text: a part of one of the answer's columns.
#[derive(Debug)]
pub(super) struct Field {
    /// The heading; unique unless the answer's columns are named after parts.
    pub(super) header: String,
    column: usize,
    /// Whether it has a sentence a statement, and so the word on how many there are.
    pub(super) is_evidence: bool,
    /// Whether its phrases are those of a path's steps, which go side by side.
    pub(super) is_trail: bool,
    /// When it goes where there is no room for all: the lowest first; none if it is no extra.
    pub(super) extra: Option<usize>,
    /// Whether it is cut before the columns that say what the answer is.
    pub(super) is_side: bool,
    /// The column of the entity that the row is about, left of it.
    entity: Option<usize>,
    /// What is read off its cells.
    read: Read,
    /// Whether its heading is that of a part, and not of the column.
    is_named_alone: bool,
}

/// The columns of text for `reader`, in order.
///
/// A part's heading that occurs twice gets its column's name in front: `before.subject`.
pub(super) fn fields(page: &Page<'_>, reader: Reader) -> Vec<Field> {
    let columns = &page.answer.table.columns;
    let mut fields = Vec::new();
    let mut entity = None;
    for (place, column) in columns.iter().enumerate() {
        if column.cells == ColumnType::Entity {
            entity = Some(place);
        }
        if let ColumnType::Cell(of) = column.cells {
            fields.push(comparison(column, place, of));
            continue;
        }
        fields.extend(parts(column.cells, reader).map(|part| Field {
            header: header(part, column).to_owned(),
            is_evidence: matches!(part.read, Read::Evidence),
            is_trail: part.of == ColumnType::Path,
            extra: EXTRAS.iter().position(|extra| *extra == part.header),
            is_side: EXTRAS.contains(&part.header) || SIDES.contains(&part.header),
            column: place,
            entity,
            read: part.read,
            is_named_alone: !part.header.is_empty(),
        }));
    }
    let headers: Vec<String> = fields.iter().map(|field| field.header.clone()).collect();
    for field in &mut fields {
        let is_repeated = headers
            .iter()
            .filter(|other| **other == field.header)
            .count()
            > 1;
        if is_repeated && field.is_named_alone {
            field.header = format!("{}.{}", columns[field.column].name, field.header);
        }
    }
    fields
}

/// The field of a column that compares an entity with others: a phrase a statement.
fn comparison(column: &Column, place: usize, of: EntityId) -> Field {
    Field {
        header: column.name.clone(),
        is_evidence: false,
        is_trail: false,
        extra: None,
        is_side: false,
        column: place,
        entity: None,
        read: Read::CellOf(of),
        is_named_alone: false,
    }
}

fn parts(cells: ColumnType, reader: Reader) -> impl Iterator<Item = &'static Part> {
    let is_seen = move |part: &&Part| part.reader.is_none_or(|only| only == reader);
    let split = PARTS.iter().filter(move |part| part.of == cells);
    let is_whole = split.clone().next().is_none();
    split.filter(is_seen).chain(is_whole.then_some(&WHOLE))
}

fn header<'a>(part: &Part, column: &'a Column) -> &'a str {
    if part.header.is_empty() {
        &column.name
    } else {
        part.header
    }
}

/// What stands in a field of a row: a phrase a statement, or one phrase; empty phrases are kept so
/// that the fields of one column go side by side.
pub(super) fn cell<'a>(page: &Page<'a>, field: &Field, row: &'a [Value]) -> Vec<Phrase<'a>> {
    let Some(value) = row.get(field.column) else {
        return Vec::new();
    };
    let entity = field.entity.and_then(|place| as_entity(row.get(place)?));
    let statements = || statements(value);
    match field.read {
        Read::Cell => vec![phrase::value(page, value)],
        Read::Kind => {
            let kind = entity.map_or("", |entity| page.snapshot.kind_name(entity));
            vec![Phrase::word(Role::Plain, kind)]
        }
        Read::Steps => match value {
            Value::Path(path) => phrase::steps(page, path),
            other => vec![phrase::value(page, other)],
        },
        Read::Evidence => statements()
            .into_iter()
            .map(|statement| match entity {
                Some(entity) => phrase::evidence(page, entity, statement),
                None => phrase::sentence(page, statement),
            })
            .collect(),
        Read::CellOf(of) => match value {
            Value::List(items) if matches!(items.first(), Some(Value::Text(_))) => {
                vec![phrase::standing(page, of, items)]
            }
            _ => statements()
                .into_iter()
                .map(|statement| phrase::cell(page, of, statement))
                .collect(),
        },
        Read::Statement(read) => statements()
            .into_iter()
            .map(|statement| read(page, statement))
            .collect(),
    }
}

/// What stands in a field of a row as one phrase; the statements' phrases are joined by `; `.
pub(super) fn joined<'a>(page: &Page<'a>, field: &Field, row: &'a [Value]) -> Phrase<'a> {
    let joint = match field.read {
        Read::Steps => phrase::STEP_JOINT,
        _ => "; ",
    };
    Phrase::join(cell(page, field, row), joint)
}

/// Whether a field says the same in every row.
pub(super) fn is_constant(page: &Page<'_>, field: &Field, rows: &[Vec<Value>]) -> bool {
    let mut texts = rows.iter().map(|row| joined(page, field, row).text());
    let first = texts.next();
    texts.all(|text| Some(text) == first)
}

/// Whether a field has numbers and nothing else, so that it is read from the right.
pub(super) fn is_number(page: &Page<'_>, field: &Field) -> bool {
    let mut has_numbers = false;
    for row in &page.answer.table.rows {
        match row.get(field.column) {
            Some(Value::Integer(_) | Value::Float(_)) => has_numbers = true,
            None | Some(Value::Null) => {}
            Some(_) => return false,
        }
    }
    has_numbers
}

fn as_entity(value: &Value) -> Option<EntityId> {
    match value {
        Value::Entity(entity) => Some(*entity),
        _ => None,
    }
}

/// What stands in a field of a row, with a phrase a line.
///
/// A path and its sources are one line, or one a step if they are broken up: where the path
/// begins, and then each arrow, indented, beside what it rests on.
pub(super) fn lines<'a>(
    page: &Page<'a>,
    field: &Field,
    row: &'a [Value],
    is_broken: bool,
) -> Vec<Phrase<'a>> {
    if !field.is_trail {
        return cell(page, field, row);
    }
    if !is_broken {
        return vec![joined(page, field, row)];
    }
    let mut steps = cell(page, field, row);
    if matches!(field.read, Read::Steps) {
        for step in steps.iter_mut().skip(1) {
            step.indent();
        }
    } else {
        steps.insert(0, Phrase::default());
    }
    steps
}

/// The statements of a cell: itself, those in its list, or those of its path.
fn statements(value: &Value) -> Vec<StatementId> {
    match value {
        Value::Statement(statement) => vec![*statement],
        Value::Path(path) => path.statements.clone(),
        Value::List(values) => values.iter().flat_map(statements).collect(),
        _ => Vec::new(),
    }
}

fn subject<'a>(page: &Page<'a>, statement: StatementId) -> Phrase<'a> {
    phrase::entity(page, page.snapshot.subject(statement))
}

fn relation<'a>(page: &Page<'a>, statement: StatementId) -> Phrase<'a> {
    let word = phrase::word(page.snapshot, statement, Direction::Forward);
    Phrase::word(Role::Relation, word)
}

fn period<'a>(page: &Page<'a>, statement: StatementId) -> Phrase<'a> {
    phrase::period(page.snapshot.qualifiers(statement))
}

fn since<'a>(page: &Page<'a>, statement: StatementId) -> Phrase<'a> {
    phrase::date(page.snapshot.qualifiers(statement).since.as_ref())
}

fn until<'a>(page: &Page<'a>, statement: StatementId) -> Phrase<'a> {
    phrase::date(page.snapshot.qualifiers(statement).until.as_ref())
}

fn observed<'a>(page: &Page<'a>, statement: StatementId) -> Phrase<'a> {
    phrase::date(page.snapshot.qualifiers(statement).observed.as_ref())
}

fn certainty<'a>(page: &Page<'a>, statement: StatementId) -> Phrase<'a> {
    Phrase::word(
        Role::Doubt,
        page.snapshot.qualifiers(statement).certainty.word(),
    )
}

fn doubtful_certainty<'a>(page: &Page<'a>, statement: StatementId) -> Phrase<'a> {
    match page.snapshot.qualifiers(statement).certainty {
        Certainty::Asserted => Phrase::default(),
        _ => certainty(page, statement),
    }
}

fn polarity<'a>(page: &Page<'a>, statement: StatementId) -> Phrase<'a> {
    Phrase::word(
        Role::Doubt,
        page.snapshot.qualifiers(statement).polarity.word(),
    )
}

fn condition<'a>(page: &Page<'a>, statement: StatementId) -> Phrase<'a> {
    text(page.snapshot.qualifiers(statement).condition.as_deref())
}

fn role<'a>(page: &Page<'a>, statement: StatementId) -> Phrase<'a> {
    text(page.snapshot.qualifiers(statement).role.as_deref())
}

fn note<'a>(page: &Page<'a>, statement: StatementId) -> Phrase<'a> {
    text(page.snapshot.qualifiers(statement).note.as_deref())
}

fn text(text: Option<&str>) -> Phrase<'_> {
    Phrase::word(Role::Plain, text.unwrap_or_default())
}
