//! Tables to a snapshot: CSV, TSV and JSON Lines of any size, in bounded memory.
//!
//! The stages: files are read line by line, and everything in them gets an early number, in the
//! order in which it appears (`gather`); then all is known, and gets its place in the order of the
//! snapshot; statements are dealt into buckets and sorted (`columns`); and the sections are written
//! one behind the other (`write`). The same tables give the same bytes, whatever the memory and the
//! threads. A bad line is a finding, and is left out.
//!
//! Ids, names, and distinct values lie in memory; statements go to files without a name where
//! there is no room for them.

mod batch;
mod columns;
mod detail;
mod edges;
mod encoding;
mod families;
mod gather;
mod guess;
mod ids;
mod intern;
mod json;
mod known;
mod lane;
mod mapping;
mod names;
mod nodes;
mod number;
mod plan;
mod radix;
mod reader;
mod records;
mod report;
mod shapes;
mod shelf;
mod sort;
mod split;
mod tape;
mod unsorted;
mod value;
mod words;
mod write;

use std::io::Seek;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use crate::diagnostic::Error;
use crate::diagnostic::Interrupt;
use crate::diagnostic::escape;
use crate::model::stable;
use crate::store::import::columns::Columns;
use crate::store::import::columns::Rows;
use crate::store::import::gather::Gathered;
use crate::store::import::gather::Most;
use crate::store::import::plan::Cell;
use crate::store::import::plan::DuplicateEdges;
use crate::store::import::plan::EdgeFile;
use crate::store::import::plan::Input;
use crate::store::import::tape::Room;
use crate::store::import::words::Vocabulary;
use crate::store::import::write::Parts;

pub use guess::guess;
pub use guess::is_table;
pub use mapping::Reach;
pub use mapping::mapping;
pub use plan::Plan;
pub use report::Finding;
pub use report::LISTED_MAX;
pub use report::Problem;
pub use report::Report;

/// The memory that an import takes for statements unless told otherwise: 2 GiB.
pub const MEMORY: u64 = 2 << 30;

/// The least memory that can be asked for.
pub const MEMORY_MIN: u64 = 1 << 16;

/// How an import runs, and who watches it.
pub struct Watch<'a> {
    /// How much memory statements may take; see [`MEMORY`].
    pub memory: u64,
    /// The file that is written. What has no room in memory goes beside it; nothing of that stays.
    pub output: PathBuf,
    /// Whether a second thread may run.
    pub is_threaded: bool,
    /// Stops the import.
    pub interrupt: &'a Interrupt,
    /// Is told how many bytes of the files are read.
    pub progress: &'a dyn Fn(u64),
}

impl Watch<'_> {
    /// An error of the files that are written, unless it is that somebody stopped it.
    fn failed(&self, error: std::io::Error) -> Error {
        match self.interrupt.check() {
            Err(fault) => Error::Fault(fault),
            Ok(()) => Error::Io(self.output.clone(), error),
        }
    }

    /// The folder for what has no room in memory.
    fn folder(&self) -> &Path {
        let folder = self.output.parent();
        let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
        folder.unwrap_or(Path::new("."))
    }
}

/// Everything that was read, and what came of it so far.
pub struct Read {
    gathered: Gathered,
    room: Arc<Room>,
}

impl Plan {
    /// How many bytes will be read, as far as the files are there.
    pub fn size(&self) -> u64 {
        let size = |input: &Input| {
            let metadata = std::fs::metadata(&input.path);
            metadata.map_or(0, |metadata| metadata.len())
        };
        self.inputs().map(size).sum()
    }

    fn inputs(&self) -> impl Iterator<Item = &Input> {
        let nodes = self.nodes.iter().map(|file| &file.input);
        nodes.chain(self.edges.iter().map(|file| &file.input))
    }
}

/// Reads all files of a plan: those of entities first.
///
/// Errors: a file cannot be read or lacks a column, the mapping contradicts itself, there is too
/// much, or somebody stopped it. What is wrong with lines stands in the report.
pub fn read(plan: &Plan, watch: &Watch<'_>) -> Result<Read, Error> {
    read_at_most(plan, Most::ALL, watch)
}

fn read_at_most(plan: &Plan, most: Most, watch: &Watch<'_>) -> Result<Read, Error> {
    let room = Room::new(watch.memory.max(MEMORY_MIN), watch.folder());
    let words = Vocabulary::new(plan.declared.clone(), plan.rules.is_closed)?;
    check_constants(&plan.edges, &words)?;
    let mut gathered = Gathered::new(plan.rules, !plan.nodes.is_empty(), words, most, &room);
    gathered.report.notes.clone_from(&plan.notes);
    let mut behind = 0;
    let mut counts: Vec<(&Input, u64, u64)> = Vec::new();
    let within = |behind: u64| move |passed: u64| (watch.progress)(behind + passed);
    for file in &plan.nodes {
        let progress = within(behind);
        let (records, meant) = nodes::read(&mut gathered, file, &watch.with(&progress))?;
        behind += size(&file.input);
        counts.push((&file.input, records, meant));
    }
    gathered.report.entities = gathered.ids.len();
    for file in &plan.edges {
        let progress = within(behind);
        let (records, meant) = edges::read(&mut gathered, file, &watch.with(&progress))?;
        behind += size(&file.input);
        counts.push((&file.input, records, meant));
    }
    let report = &mut gathered.report;
    report.stubs = gathered.ids.len() - report.entities;
    report.entities = gathered.ids.len();
    report.statements = gathered.edges.len() + gathered.facts.len();
    note_unmeant(&counts, &mut report.notes);
    Ok(Read { gathered, room })
}

/// Finds relations of whole files that a closed vocabulary lacks: what is wrong on every line is
/// told once, before any is read.
fn check_constants(edges: &[EdgeFile], words: &Vocabulary) -> Result<(), Error> {
    for file in edges {
        let checked = match &file.relation {
            Cell::Constant(relation) if !relation.is_empty() => words.check_relation(relation),
            _ => Ok(()),
        };
        let name = escape::visible(&file.input.name);
        checked.map_err(|message| Error::Usage(format!("`{name}`: {message}"), None))?;
    }
    Ok(())
}

fn size(input: &Input) -> u64 {
    std::fs::metadata(&input.path).map_or(0, |metadata| metadata.len())
}

/// Notes lines of files with several types of records that are of none of the sections.
fn note_unmeant(counts: &[(&Input, u64, u64)], notes: &mut Vec<String>) {
    let mut files: Vec<_> = counts.iter().map(|(input, ..)| &input.path).collect();
    stable::sort(&mut files);
    files.dedup();
    for path in files {
        let of_file = || counts.iter().filter(|(input, ..)| &input.path == path);
        let is_switched = of_file().any(|(input, ..)| input.only.is_some());
        let records = of_file().map(|(_, records, _)| *records).max();
        let meant: u64 = of_file().map(|(.., meant)| *meant).sum();
        let left = records.unwrap_or(0).saturating_sub(meant);
        if is_switched && left > 0 {
            let name = of_file().next().map_or("", |(input, ..)| &*input.name);
            let name = escape::visible(name);
            notes.push(format!(
                "{name}: left out: lines that no section is about: {left}"
            ));
        }
    }
}

impl<'a> Watch<'a> {
    fn with<'b>(&'b self, progress: &'b dyn Fn(u64)) -> Watch<'b> {
        Watch {
            memory: self.memory,
            output: self.output.clone(),
            is_threaded: self.is_threaded,
            interrupt: self.interrupt,
            progress,
        }
    }
}

impl Read {
    /// What was left out.
    pub fn report(&self) -> &Report {
        &self.gathered.report
    }

    /// Orders everything and writes the snapshot.
    pub fn write<W: Write + Seek>(self, output: W, watch: &Watch<'_>) -> Result<Report, Error> {
        let Read { gathered, room } = self;
        let ordered = gathered.words.order()?;
        let mut schema = ordered.schema;
        let order = gathered.ids.order(watch.interrupt)?;
        let kinds = write::kinds(&gathered.kinds, &ordered.kinds, &order, &mut schema);
        let names = names::columns(gathered.names, &order, watch.interrupt)?;
        if names.texts.len() >= u32::MAX as usize {
            let message = "a graph has fewer than 2^32 ids and names";
            return Err(Error::Usage(message.to_owned(), None));
        }
        watch.interrupt.check()?;
        let (details, detail_places) = gathered.details.order(&ordered.source_places);
        let place = |early| order.place(early);
        let sample = gathered.edges.sample();
        let sample = sample
            .map(|(near, far)| (place(near), place(far)))
            .collect();
        let columns: Columns = columns::columns(
            Rows {
                order: &order,
                edges: gathered.edges,
                facts: gathered.facts,
                sample,
                relations: &ordered.relations,
                properties: &ordered.properties,
                edge_relations: schema.relations.len() - ordered.properties.len(),
                detail_places: &detail_places,
                details: &details,
                values: &gathered.values,
                drops_repeated: gathered.rules.edges == DuplicateEdges::Drop,
            },
            &room,
            watch,
        )?;
        let mut report = gathered.report;
        report.statements = u64::from(columns.statements);
        report.repeated = columns.repeated;
        let parts = Parts {
            order,
            schema,
            sources: ordered.sources,
            names,
            kinds,
            columns,
            values: gathered.values,
        };
        write::write(parts, output, watch.interrupt).map_err(|error| watch.failed(error))?;
        Ok(report)
    }
}

/// Numbers below others for tests, the same in every run: the linear congruential generator of
/// MMIX (D. Knuth).
#[cfg(test)]
fn random(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |below| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 20) as usize % below
    }
}

#[cfg(test)]
mod tests {
    use super::Most;
    use super::Watch;
    use crate::diagnostic::Error;
    use crate::diagnostic::Interrupt;

    #[test]
    fn what_is_too_much_is_told_with_its_line() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("e.csv");
        std::fs::write(&file, "from,to\n1,2\na,b\na,2\n").unwrap();
        let interrupt = Interrupt::default();
        let watch = Watch {
            memory: super::MEMORY,
            output: place.path().join("x.kin"),
            is_threaded: false,
            interrupt: &interrupt,
            progress: &|_| {},
        };
        let plan = super::guess(&[&file]).unwrap();
        let read = |entities, statements, texts| {
            let most = Most {
                entities,
                statements,
                texts,
            };
            match super::read_at_most(&plan, most, &watch) {
                Ok(_) => None,
                Err(Error::Usage(message, _)) => Some(message),
                Err(error) => panic!("{error:?}"),
            }
        };
        assert_eq!(read(4, 3, 2), None);
        for (entities, statements, texts, what) in [
            (3, 3, 2, "2^32 entities"),
            (4, 2, 2, "2^32 statements"),
            (4, 3, 1, "2^31 ids that are texts"),
        ] {
            let message = read(entities, statements, texts).unwrap();
            let wanted = format!("e.csv`, line 4: a graph has fewer than {what}");
            assert!(message.ends_with(&wanted), "{message}");
        }
    }

    #[test]
    fn an_import_stops_when_asked_to() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("e.csv");
        let lines = (0..9_000).map(|number| format!("a{number}b,{number}\n"));
        std::fs::write(&file, format!("from,to\n{}", lines.collect::<String>())).unwrap();
        let interrupt = Interrupt::default();
        let mut watch = Watch {
            memory: super::MEMORY,
            output: place.path().join("x.kin"),
            is_threaded: false,
            interrupt: &interrupt,
            progress: &|_| {},
        };
        let plan = super::guess(&[&file]).unwrap();
        for is_threaded in [false, true] {
            watch.is_threaded = is_threaded;
            interrupt.clear();
            let read = super::read(&plan, &watch).unwrap();
            interrupt.cancel();
            assert!(matches!(super::read(&plan, &watch), Err(Error::Fault(_))));
            let written = read.write(std::io::Cursor::new(Vec::new()), &watch);
            assert!(matches!(written, Err(Error::Fault(_))));
        }
    }
}
