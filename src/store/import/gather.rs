//! The first stage of an import: files to entities, rows and words, each with an early number.

use std::collections::HashMap;
use std::sync::Arc;

use crate::diagnostic::Error;
use crate::model::Type;
use crate::store::import::Watch;
use crate::store::import::detail::Details;
use crate::store::import::ids::Early;
use crate::store::import::ids::Ids;
use crate::store::import::intern::Interner;
use crate::store::import::plan::Dangling;
use crate::store::import::plan::Input;
use crate::store::import::plan::Rules;
use crate::store::import::reader::Reader;
use crate::store::import::reader::Wrong;
use crate::store::import::report::Finding;
use crate::store::import::report::Problem;
use crate::store::import::report::Report;
use crate::store::import::tape::Room;
use crate::store::import::unsorted::Unsorted;
use crate::store::import::words::Vocabulary;

/// How many records are read, or things done, between two looks at whether somebody asked to stop.
pub(super) const LOOK_EVERY: u64 = 1 << 14;

/// How much a graph holds. Looks come now and then, so there is room for what comes between them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Most {
    pub(super) entities: u64,
    pub(super) statements: u64,
    /// Ids that are texts, names, and distinct values, of each so many.
    pub(super) texts: u64,
}

impl Most {
    /// All that the numbers of a snapshot can tell apart.
    pub(super) const ALL: Most = Most {
        entities: u32::MAX as u64 - BETWEEN,
        statements: u32::MAX as u64 - 1,
        texts: (1 << 31) - BETWEEN,
    };
}

/// More than what comes between two looks: a record of a statement has two ids, and some wait.
const BETWEEN: u64 = 4 * LOOK_EVERY;

/// So many columns are named in a note.
const COLUMNS_NAMED: usize = 20;

/// Everything that is gathered from files.
pub(super) struct Gathered {
    pub(super) rules: Rules,
    pub(super) has_nodes: bool,
    pub(super) ids: Ids,
    pub(super) words: Vocabulary,
    pub(super) names: Names,
    pub(super) kinds: Kinds,
    pub(super) details: Details,
    /// Values in the form of postcard.
    pub(super) values: Interner,
    /// One value in that form.
    pub(super) written: Vec<u8>,
    /// Statements between entities.
    pub(super) edges: Unsorted,
    /// Properties; their far ends are values.
    pub(super) facts: Unsorted,
    pub(super) report: Report,
    most: Most,
}

/// The names of entities but for those that are their ids.
#[derive(Default)]
pub(super) struct Names {
    pub(super) texts: Interner,
    /// Entity, text, and whether it is only an alias; in the order of reading.
    pub(super) rows: Vec<(Early, u32, bool)>,
}

/// The kinds of entities.
#[derive(Default)]
pub(super) struct Kinds {
    /// Distinct lists of kinds.
    pub(super) lists: Vec<Vec<u32>>,
    pub(super) numbers: HashMap<Vec<u32>, u32>,
    /// Entity and list, in the order of reading; none for entities without kinds.
    pub(super) rows: Vec<(Early, u32)>,
}

impl Kinds {
    /// The number of a list.
    pub(super) fn number(&mut self, list: &[u32]) -> u32 {
        if let Some(number) = self.numbers.get(list) {
            return *number;
        }
        let number = self.lists.len() as u32;
        self.lists.push(list.to_owned());
        self.numbers.insert(list.to_owned(), number);
        number
    }
}

impl Gathered {
    pub(super) fn new(
        rules: Rules,
        has_nodes: bool,
        words: Vocabulary,
        most: Most,
        room: &Arc<Room>,
    ) -> Gathered {
        Gathered {
            rules,
            has_nodes,
            ids: Ids::new(room.limit()),
            words,
            names: Names::default(),
            kinds: Kinds::default(),
            details: Details::default(),
            values: Interner::default(),
            written: Vec::new(),
            edges: Unsorted::new(room),
            facts: Unsorted::new(room),
            report: Report::default(),
            most,
        }
    }

    /// Whether an end of a statement is made where it is not there.
    pub(super) fn makes_ends(&self) -> bool {
        !self.has_nodes || self.rules.dangling == Dangling::Stub
    }

    /// Notes what is wrong with a line.
    pub(super) fn wrong(&mut self, input: &Input, line: u64, wrong: Wrong, is_error: bool) {
        let (problem, message) = wrong;
        self.report.add(Finding {
            problem,
            file: Arc::clone(&input.name),
            line,
            message,
            is_error,
        });
    }

    /// Looks after a number of records: at limits, and at whether somebody asked to stop.
    pub(super) fn look(&self, reader: &Reader, watch: &Watch<'_>) -> Result<(), Error> {
        watch.interrupt.check()?;
        (watch.progress)(reader.passed());
        let (most, texts) = (&self.most, self.most.texts);
        let is_full = [
            ("2^32 entities", self.ids.len() > most.entities),
            (
                "2^32 statements",
                self.edges.len() + self.facts.len() > most.statements,
            ),
            ("2^31 ids that are texts", self.ids.texts() > texts),
            ("2^31 names", self.names.texts.len() as u64 > texts),
            ("2^31 values", self.values.len() as u64 > texts),
        ];
        match is_full.iter().find(|(_, is_full)| *is_full) {
            Some((what, _)) => Err(reader.full(what)),
            None => Ok(()),
        }
    }

    /// Notes how many records of a file were of no section; that is known of the last one.
    pub(super) fn note_columns(&mut self, input: &Input, reader: &Reader, used: &[usize]) {
        let header = reader.header().iter().enumerate();
        let unused: Vec<String> = header
            .filter(|(index, name)| !used.contains(index) && !name.is_empty())
            .map(|(_, name)| super::report::quoted(name.as_bytes()))
            .collect();
        if !unused.is_empty() {
            let file = crate::diagnostic::escape::visible(&input.name);
            let mut columns = unused[..unused.len().min(COLUMNS_NAMED)].join(", ");
            if unused.len() > COLUMNS_NAMED {
                columns += &format!(" and {} more", unused.len() - COLUMNS_NAMED);
            }
            self.report
                .notes
                .push(format!("{file}: left out: {columns}"));
        }
    }
}

/// The id in a field; what is wrong if there is none.
pub(super) fn id<'a>(reader: &'a Reader, index: usize, what: &str) -> Result<&'a str, Wrong> {
    match reader.one(index)? {
        "" => Err((Problem::NoId, format!("`{what}` is empty"))),
        text => Ok(text),
    }
}

/// The type of a property that nobody gave one.
pub(super) fn plain_type(is_json: bool) -> Type {
    if is_json { Type::Any } else { Type::Text }
}
