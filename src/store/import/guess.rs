//! A plan for files without a mapping: the names of their columns decide.

use std::path::Path;

use crate::diagnostic::Error;
use crate::diagnostic::escape;
use crate::store::import::plan::Cell;
use crate::store::import::plan::Cells;
use crate::store::import::plan::Column;
use crate::store::import::plan::DETAILS;
use crate::store::import::plan::EdgeFile;
use crate::store::import::plan::Format;
use crate::store::import::plan::Input;
use crate::store::import::plan::NodeFile;
use crate::store::import::plan::Plan;
use crate::store::import::reader::Read;
use crate::store::import::reader::Reader;
use crate::store::import::report::quoted;

/// The names by which a column is known, the best first.
const FROM: &[&str] = &["from", "src", "source", "subject"];
const TO: &[&str] = &["to", "dst", "target", "object"];
const RELATION: &[&str] = &["relation", "type", "relationship", "predicate"];
const ID: &[&str] = &["id", "node", "node_id"];
const NAME: &[&str] = &["name", "title", "label"];
const ALIASES: &[&str] = &["aliases", "alias"];
const KIND: &[&str] = &["kind", "type"];

/// The relation of statements that name none.
const RELATION_PLAIN: &str = "linked_to";

/// So many objects are read for their keys.
const OBJECTS_READ: usize = 10_000;

/// Stands between aliases in a field.
const SEPARATOR: &str = "|";

/// How packed files end.
const PACKED: [&str; 7] = [".gz", ".zst", ".xz", ".bz2", ".zip", ".lz4", ".7z"];

/// Whether the ending of a file says that it is a table.
pub fn is_table(name: &str) -> bool {
    Format::of(name).is_some()
}

/// Makes a plan of files by the names of their columns, and notes what it took for what.
///
/// Errors: a file cannot be read, or has no column that could be an id or the ends of a statement.
pub fn guess(paths: &[&Path]) -> Result<Plan, Error> {
    let mut plan = Plan::default();
    for path in paths {
        let name = path.to_string_lossy();
        let Some(format) = Format::of(&name) else {
            let message = format!(
                "`{}` ends in none of .csv, .tsv and .jsonl",
                escape::visible(&name)
            );
            let hint = match PACKED.iter().any(|ending| name.ends_with(ending)) {
                true => "unpack it first: kin reads no packed files",
                false => "say its format in a mapping: kin import --help",
            };
            return Err(Error::Usage(message, Some(hint.to_owned())));
        };
        let input = Input::new(path.to_path_buf(), &name, format);
        guess_one(&mut plan, input)?;
    }
    Ok(plan)
}

fn guess_one(plan: &mut Plan, input: Input) -> Result<(), Error> {
    let mut reader = Reader::open(&input)?;
    // An object with one end is none of a statement, whatever others have.
    let mut has_ends = input.format != Format::Jsonl;
    if input.format == Format::Jsonl {
        // Writers of JSON leave out what is empty, so one object does not have all keys.
        for _ in 0..OBJECTS_READ {
            match reader.next()? {
                Read::End => break,
                Read::Record => {
                    let header = Header(reader.header());
                    let is_there = |names| {
                        let found = header.place(names);
                        found.is_some_and(|place| !reader.field(place).0.is_empty())
                    };
                    has_ends |= is_there(FROM) && is_there(TO);
                }
                Read::Passed | Read::Wrong(_) => {}
            }
        }
    }
    let header = Header(reader.header());
    let (from, to) = (header.find(FROM), header.find(TO));
    if let (Some(from), Some(to), true) = (&from, &to, has_ends) {
        let file = edges(&header, input, from, to);
        plan.notes.push(say_edges(&file));
        plan.edges.push(file);
        return Ok(());
    }
    if let Some(id) = header.find(ID) {
        let cells = |name: Option<String>, separator: Option<&str>| {
            name.map(|name| Cells {
                cell: Cell::Column(Column::Named(name)),
                separator: separator.map(str::to_owned),
            })
        };
        let file = NodeFile {
            id: Column::Named(id),
            name: header.find(NAME).map(Column::Named),
            aliases: cells(header.find(ALIASES), Some(SEPARATOR)),
            kind: cells(header.find(KIND), None),
            properties: Vec::new(),
            has_all: true,
            input,
        };
        plan.notes.push(say_nodes(&file));
        plan.nodes.push(file);
        return Ok(());
    }
    Err(header.unknown(&input))
}

/// The columns of a file.
struct Header<'a>(&'a [String]);

impl Header<'_> {
    /// The column with the best of these names, in upper or lower case.
    fn find(&self, names: &[&str]) -> Option<String> {
        self.place(names).map(|place| self.0[place].clone())
    }

    fn place(&self, names: &[&str]) -> Option<usize> {
        let mut names = names.iter();
        names.find_map(|name| {
            self.0
                .iter()
                .position(|known| known.eq_ignore_ascii_case(name))
        })
    }

    fn unknown(&self, input: &Input) -> Error {
        let file = escape::visible(&input.name);
        let met: Vec<String> = self
            .0
            .iter()
            .take(20)
            .map(|name| quoted(name.as_bytes()))
            .collect();
        let message = format!(
            "`{file}` has neither a column `id` nor columns `from` and `to`: {} {}",
            match input.format {
                Format::Jsonl => "its keys are",
                _ => "its first line is",
            },
            met.join(", ")
        );
        let hint = "name the columns in its first line, or say in a mapping which is what: \
                    kin import --help";
        Error::Usage(message, Some(hint.to_owned()))
    }
}

fn edges(header: &Header<'_>, input: Input, from: &str, to: &str) -> EdgeFile {
    let column = |name: String| Cell::Column(Column::Named(name));
    let relation = header.find(RELATION).map(column);
    let details = DETAILS.map(|name| {
        let found = match name {
            "since" => header.find(&["since", "start"]),
            "until" => header.find(&["until", "end"]),
            name => header.find(&[name]),
        };
        found.filter(|name| name != from && name != to).map(column)
    });
    EdgeFile {
        input,
        from: Column::Named(from.to_owned()),
        to: Column::Named(to.to_owned()),
        relation: relation.unwrap_or(Cell::Constant(RELATION_PLAIN.to_owned())),
        details,
    }
}

fn shown(column: &Column) -> String {
    match column {
        Column::Named(name) => quoted(name.as_bytes()),
        Column::Numbered(number) => number.to_string(),
    }
}

fn say_edges(file: &EdgeFile) -> String {
    let mut said = vec![
        format!("from is {}", shown(&file.from)),
        format!("to is {}", shown(&file.to)),
    ];
    match &file.relation {
        Cell::Column(column) => said.push(format!("relation is {}", shown(column))),
        Cell::Constant(name) => said.push(format!("every relation is `{name}`")),
    }
    for (name, cell) in DETAILS.iter().zip(&file.details) {
        if let Some(Cell::Column(column)) = cell {
            said.push(format!("{name} is {}", shown(column)));
        }
    }
    let name = escape::visible(&file.input.name);
    format!("{name}: statements: {}", said.join(", "))
}

fn say_nodes(file: &NodeFile) -> String {
    let mut said = vec![format!("id is {}", shown(&file.id))];
    if let Some(column) = &file.name {
        said.push(format!("name is {}", shown(column)));
    }
    for (what, cells) in [("aliases is", &file.aliases), ("kind is", &file.kind)] {
        if let Some(Cell::Column(column)) = cells.as_ref().map(|cells| &cells.cell) {
            said.push(format!("{what} {}", shown(column)));
        }
    }
    let name = escape::visible(&file.input.name);
    format!(
        "{name}: entities: {}; all else is a property",
        said.join(", ")
    )
}
