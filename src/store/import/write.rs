//! The last stage of an import: columns to the sections of a snapshot, one behind the other.

use std::io::Seek;
use std::io::Write;

use serde::Serialize;

use crate::diagnostic::Interrupt;
use crate::model::Citation;
use crate::model::Counts;
use crate::model::DictionaryWriter;
use crate::model::Kind;
use crate::model::KindId;
use crate::model::Manner;
use crate::model::Meta;
use crate::model::Qualifiers;
use crate::model::SLUG_STEP;
use crate::model::Schema;
use crate::model::Section;
use crate::model::Source;
use crate::model::slug_head;
use crate::model::with_kinds_below;
use crate::store::Writer;
use crate::store::import::columns::Columns;
use crate::store::import::gather::Kinds;
use crate::store::import::ids::Order;
use crate::store::import::intern::Interner;
use crate::store::import::names::Index;
use crate::store::import::names::NameColumns;
use crate::store::import::names::Texts;
use crate::store::import::tape::CodeTape;
use crate::store::import::tape::Tape;

/// How many texts share a base, and how many numbers are written together.
const GROUP: usize = 256;

/// Everything that a snapshot is made of.
pub(super) struct Parts {
    pub(super) order: Order,
    pub(super) schema: Schema,
    pub(super) sources: Vec<Source>,
    pub(super) names: NameColumns,
    pub(super) kinds: KindColumns,
    pub(super) columns: Columns,
    pub(super) values: Interner,
}

/// The kinds of entities.
pub(super) struct KindColumns {
    pub(super) codes: Vec<u32>,
    pub(super) lists: Vec<Vec<KindId>>,
    /// How many entities are of each kind itself.
    pub(super) own: Vec<u64>,
}

/// Gives entities their kinds; the schema gets one more for those that have none.
pub(super) fn kinds(
    kinds: &Kinds,
    places: &[u32],
    order: &Order,
    schema: &mut Schema,
) -> KindColumns {
    let mut columns = KindColumns {
        codes: Vec::new(),
        lists: vec![Vec::new()],
        own: Vec::new(),
    };
    let mut own = vec![0; schema.kinds.len() + 1];
    let hidden = schema.kinds.len();
    let (early, lists) = merged(kinds, order);
    let mut codes = vec![0_u32; lists.len()];
    for list in &early {
        let Some(index) = list.checked_sub(1) else {
            columns.codes.push(0);
            own[hidden] += 1;
            continue;
        };
        let list = &lists[index as usize];
        let code = &mut codes[index as usize];
        if *code == 0 {
            *code = columns.lists.len() as u32;
            let ids = list.iter().map(|kind| KindId(places[*kind as usize]));
            columns.lists.push(ids.collect());
        }
        own[places[list[0] as usize] as usize] += 1;
        columns.codes.push(*code);
    }
    if early.is_empty() {
        own[hidden] = order.len() as u64;
    }
    match own[hidden] {
        0 => drop(own.pop()),
        _ => schema.kinds.push(Kind::hidden()),
    }
    columns.own = own;
    columns
}

/// Of each entity the number of its list plus 1, or 0 if it has none; and the lists. Nothing if no
/// entity has one.
fn merged(kinds: &Kinds, order: &Order) -> (Vec<u32>, Vec<Vec<u32>>) {
    let mut early = vec![
        0_u32;
        if kinds.rows.is_empty() {
            0
        } else {
            order.len()
        }
    ];
    let mut lists = kinds.lists.clone();
    let mut numbers = kinds.numbers.clone();
    for (entity, list) in &kinds.rows {
        let known = &mut early[order.place(*entity) as usize];
        if *known == 0 {
            *known = list + 1;
            continue;
        }
        // A later line about the entity adds kinds.
        let mut merged = lists[*known as usize - 1].clone();
        for kind in lists[*list as usize].clone() {
            if !merged.contains(&kind) {
                merged.push(kind);
            }
        }
        let next = lists.len() as u32;
        *known = 1 + *numbers.entry(merged).or_insert_with_key(|merged| {
            lists.push(merged.clone());
            next
        });
    }
    (early, lists)
}

/// Writes a snapshot.
pub(super) fn write<W: Write + Seek>(
    parts: Parts,
    output: W,
    interrupt: &Interrupt,
) -> std::io::Result<()> {
    let Parts {
        order,
        schema,
        sources,
        mut names,
        kinds,
        mut columns,
        values,
    } = parts;
    let mut sections = Sections(Writer::new(output)?, interrupt);
    let counts = Counts {
        entities: order.len() as u64,
        statements: u64::from(columns.statements),
        kinds: with_kinds_below(&schema, &kinds.own),
        relations: columns.counts.clone(),
        ..Counts::default()
    };
    let meta = postcard::to_allocvec(&Meta { counts, schema });
    sections.bytes(Section::Meta, &meta.expect("postcard writes every schema"))?;
    let dictionaries = Dictionaries {
        kinds: kinds.lists,
        manners: std::mem::take(&mut names.manner_list),
        qualifiers: std::mem::take(&mut columns.qualifier_list),
        citations: std::mem::take(&mut columns.citation_lists),
        values: std::mem::take(&mut columns.values),
        sources,
    };
    sections.dictionaries(&dictionaries, &values)?;
    drop((dictionaries, values));
    let heads = sections.texts(&names.texts, &order)?;
    drop(order);
    sections.codes(Section::EntityKinds, &kinds.codes)?;
    sections.names(names)?;
    sections.statements(columns)?;
    sections.0.begin(Section::SlugHeads, 8)?;
    sections.0.write(bytemuck::cast_slice(&heads))?;
    sections.0.finish()
}

struct Dictionaries {
    kinds: Vec<Vec<KindId>>,
    manners: Vec<Manner>,
    qualifiers: Vec<Qualifiers>,
    citations: Vec<Vec<Citation>>,
    values: Vec<u32>,
    sources: Vec<Source>,
}

/// The snapshot that is written, and what stops it.
struct Sections<'a, W>(Writer<W>, &'a Interrupt);

impl<W: Write + Seek> Sections<'_, W> {
    /// Writes a piece of a section, unless somebody stopped it.
    fn piece(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        let stopped = |_| std::io::Error::other("interrupted");
        self.1.check().map_err(stopped)?;
        self.0.write(bytes)
    }

    fn bytes(&mut self, section: Section, bytes: &[u8]) -> std::io::Result<()> {
        self.0.begin(section, 1)?;
        self.0.write(bytes)
    }

    fn four(&mut self, section: Section, numbers: &[u32]) -> std::io::Result<()> {
        self.0.begin(section, 4)?;
        self.0.write(bytemuck::cast_slice(numbers))
    }

    /// The same where the section may be left out.
    fn four_or_none(&mut self, section: Section, numbers: &[u32]) -> std::io::Result<()> {
        match numbers {
            [] => self.0.begin(section, 0),
            _ => self.four(section, numbers),
        }
    }

    fn codes(&mut self, section: Section, codes: &[u32]) -> std::io::Result<()> {
        let piece = crate::model::Piece::codes(codes.to_vec());
        self.0.begin(section, piece.width)?;
        self.0.write(&piece.bytes)
    }

    fn tape(&mut self, section: Section, tape: Tape) -> std::io::Result<()> {
        self.0.begin(section, 4)?;
        tape.read(|bytes| self.piece(bytes))
    }

    fn code_tape(&mut self, section: Section, tape: CodeTape) -> std::io::Result<()> {
        self.0.begin(section, tape.width())?;
        tape.read(|bytes| self.piece(bytes))
    }

    /// Writes all texts; the heads of slugs, which come first.
    fn texts(&mut self, texts: &Texts, order: &Order) -> std::io::Result<Vec<u64>> {
        let mut numbers: Vec<u64> = Vec::new();
        let (mut count, mut end) = (0, 0_u64);
        self.0.begin(Section::TextBases, 8)?;
        texts.each_length(order, |length| {
            if usize::is_multiple_of(count, GROUP) {
                numbers.push(end);
            }
            count += 1;
            end += length as u64;
            self.flush(&mut numbers, 1 << 14)
        })?;
        numbers.push(end);
        self.flush(&mut numbers, 0)?;
        let mut numbers: Vec<u32> = Vec::new();
        let (mut count, mut end) = (0, 0_u64);
        self.0.begin(Section::TextEnds, 4)?;
        texts.each_length(order, |length| {
            if usize::is_multiple_of(count, GROUP) {
                end = 0;
            }
            count += 1;
            end += length as u64;
            numbers.push(end as u32);
            self.flush(&mut numbers, 1 << 14)
        })?;
        self.flush(&mut numbers, 0)?;
        let mut bytes: Vec<u8> = Vec::new();
        let (mut count, mut heads) = (0, Vec::new());
        self.0.begin(Section::TextBytes, 1)?;
        texts.each(order, |text| {
            if count < order.len() && usize::is_multiple_of(count, SLUG_STEP) {
                heads.push(slug_head(text));
            }
            count += 1;
            bytes.extend_from_slice(text);
            self.flush(&mut bytes, 1 << 16)
        })?;
        self.flush(&mut bytes, 0)?;
        Ok(heads)
    }

    /// Writes numbers once there are so many.
    fn flush<T: bytemuck::Pod>(
        &mut self,
        numbers: &mut Vec<T>,
        least: usize,
    ) -> std::io::Result<()> {
        if numbers.len() >= least {
            self.piece(bytemuck::cast_slice(numbers))?;
            numbers.clear();
        }
        Ok(())
    }

    fn names(&mut self, names: NameColumns) -> std::io::Result<()> {
        self.four_or_none(Section::EntityRanks, &names.ranks)?;
        self.0.begin(Section::EntityCitations, 0)?;
        self.four_or_none(Section::NameStarts, &names.starts)?;
        self.four_or_none(Section::NameTexts, &names.names)?;
        self.codes(Section::NameManners, &names.manners)?;
        let mut index = |texts, entities, index: Index| {
            self.four(texts, &index.texts)?;
            self.four(entities, &index.entities)
        };
        index(
            Section::NameIndexTexts,
            Section::NameIndexEntities,
            names.index,
        )?;
        index(
            Section::AliasIndexTexts,
            Section::AliasIndexEntities,
            names.aliases,
        )?;
        index(
            Section::FoldedIndexTexts,
            Section::FoldedIndexEntities,
            names.folded,
        )
    }

    fn statements(&mut self, columns: Columns) -> std::io::Result<()> {
        self.tape(Section::OutStarts, columns.out_starts)?;
        self.tape(Section::OutSubjects, columns.out_subjects)?;
        self.code_tape(Section::OutRelations, columns.out_relations)?;
        self.tape(Section::OutObjects, columns.out_objects)?;
        self.tape(Section::InStarts, columns.in_starts)?;
        self.code_tape(Section::InRelations, columns.in_relations)?;
        self.tape(Section::InSubjects, columns.in_subjects)?;
        match columns.in_statements.len() {
            0 if columns.qualifiers.width() + columns.citations.width() == 0 => {
                self.0.begin(Section::InStatements, 0)?;
            }
            _ => self.tape(Section::InStatements, columns.in_statements)?,
        }
        self.code_tape(Section::StatementQualifiers, columns.qualifiers)?;
        self.code_tape(Section::StatementCitations, columns.citations)?;
        for section in [Section::PropertyKeys, Section::SlugKeys, Section::SlugTexts] {
            self.0.begin(section, 4)?;
        }
        Ok(())
    }

    fn dictionaries(&mut self, lists: &Dictionaries, values: &Interner) -> std::io::Result<()> {
        self.records(Section::KindListStarts, Section::KindLists, &lists.kinds)?;
        self.records(Section::MannerStarts, Section::Manners, &lists.manners)?;
        self.records(
            Section::QualifierStarts,
            Section::Qualifiers,
            &lists.qualifiers,
        )?;
        self.records(
            Section::CitationStarts,
            Section::Citations,
            &lists.citations,
        )?;
        let mut writer = DictionaryWriter::new();
        for value in &lists.values {
            writer.push_encoded(values.get(*value));
        }
        self.written(Section::ValueStarts, Section::Values, writer)?;
        self.records::<()>(Section::PropertyStarts, Section::Properties, &[])?;
        self.records(Section::SourceStarts, Section::Sources, &lists.sources)
    }

    fn records<T: Serialize>(
        &mut self,
        starts: Section,
        bytes: Section,
        records: &[T],
    ) -> std::io::Result<()> {
        let mut writer = DictionaryWriter::new();
        for record in records {
            writer.push(record);
        }
        self.written(starts, bytes, writer)
    }

    fn written(
        &mut self,
        starts: Section,
        bytes: Section,
        writer: DictionaryWriter,
    ) -> std::io::Result<()> {
        let (from, records) = writer.finish();
        self.0.begin(starts, 8)?;
        self.0.write(bytemuck::cast_slice(&from))?;
        self.bytes(bytes, &records)
    }
}
