//! Table: the sections of a snapshot, and the bytes they lie in.
//!
//! A snapshot is a list of sections: columns of numbers, texts, and records. The same bytes are a
//! file, a part of the program, or memory; `store/snapshot/` has the frame around them.
//! `docs/snapshot-format.md` is made from this table.

use bytemuck::Pod;
use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::model::dictionary::Dictionary;
use crate::model::dictionary::DictionaryWriter;

/// What a section is: a row of the table.
#[derive(Clone, Copy, Debug)]
pub struct SectionRow {
    /// Which one.
    pub section: Section,
    /// Its name in messages.
    pub name: &'static str,
    /// What it consists of.
    pub element: Element,
    /// One sentence or more.
    pub doc: &'static str,
}

/// What a section consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// Bytes: texts, or records in the form of postcard.
    Bytes,
    /// Numbers of four bytes.
    Four,
    /// Numbers of eight bytes.
    Eight,
    /// Numbers of one, two or four bytes, as wide as the largest needs; left out if all are 0.
    Code,
}

macro_rules! sections {
    ($($section:ident, $name:literal, $element:ident, $doc:literal;)*) => {
        /// Which section; its number in a file is its place here.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Section { $(#[doc = $doc] $section),* }

        /// The sections, in the order in which they lie in a file.
        pub static SECTIONS: &[SectionRow] = &[$(SectionRow {
            section: Section::$section,
            name: $name,
            element: Element::$element,
            doc: $doc,
        }),*];
    };
}

sections! {
    Meta, "meta", Bytes,
        "One record: how many entities and statements there are, the schema, and counts of it.";
    KindListStarts, "lists of kinds, starts", Eight,
        "A dictionary: how many lists there are, then where each block of 16 starts.";
    KindLists, "lists of kinds", Bytes,
        "Distinct lists of kinds; the first is empty.";
    MannerStarts, "manners, starts", Eight,
        "The same for the manners of names.";
    Manners, "manners", Bytes,
        "Distinct manners of names: language, since, until, whether it is an alias; the first is \
         that of a plain name.";
    QualifierStarts, "qualifiers, starts", Eight,
        "The same for qualifiers.";
    Qualifiers, "qualifiers", Bytes,
        "Distinct qualifiers: since, until, observed, condition, role, note, certainty, polarity; \
         the first are those of a plain statement.";
    CitationStarts, "citations, starts", Eight,
        "The same for lists of citations.";
    Citations, "citations", Bytes,
        "Distinct lists of citations, each a source and a place in it; the first is empty.";
    ValueStarts, "values, starts", Eight,
        "The same for values.";
    Values, "values", Bytes,
        "Distinct values of properties.";
    PropertyStarts, "properties, starts", Eight,
        "The same for the properties of statements.";
    Properties, "properties", Bytes,
        "The properties of each statement that has such: values under names.";
    SourceStarts, "sources, starts", Eight,
        "The same for sources.";
    Sources, "sources", Bytes,
        "The sources, by their slugs (bytes).";
    TextBases, "text bases", Eight,
        "Where in the texts each group of 256 texts starts; one more entry for the end.";
    TextEnds, "text ends", Four,
        "Where each text ends, from the start of its group.";
    TextBytes, "texts", Bytes,
        "All texts in UTF-8, one behind the other, each once. The first are the slugs of the \
         entities, in their order (bytes); then all others, in theirs.";
    EntityKinds, "kinds of entities", Code,
        "Which list of kinds each entity has.";
    EntityRanks, "ranks of entities", Four,
        "The place of each entity when all are ordered by name (code points), then slug. Left out \
         where this is the order of the entities.";
    EntityCitations, "citations of entities", Code,
        "Which list of citations says where each entity is named.";
    NameStarts, "name starts", Four,
        "Where the names of each entity start; one more entry for the end. Left out where every \
         entity has its slug as its one name.";
    NameTexts, "names", Four,
        "The text of each name.";
    NameManners, "manners of names", Code,
        "Which manner each name has: its language and period, and whether it is an alias.";
    NameIndexTexts, "name index", Four,
        "The names that are borne today and are not the slug, by text (bytes), then entity.";
    NameIndexEntities, "name index, entities", Four,
        "The entity that bears each of them.";
    AliasIndexTexts, "alias index", Four,
        "The same for aliases and former names.";
    AliasIndexEntities, "alias index, entities", Four,
        "The entity that bears each of them.";
    FoldedIndexTexts, "folded index", Four,
        "The same for slugs, names and aliases when they are folded, but for what is the slug.";
    FoldedIndexEntities, "folded index, entities", Four,
        "The entity that bears each of them.";
    OutStarts, "statement starts", Four,
        "Where the statements of each subject start; one more entry for the end. Statements are \
         ordered by subject, relation and object.";
    OutSubjects, "subjects", Four,
        "The subject of every 64th statement, from the first on.";
    OutRelations, "relations", Code,
        "The relation of each statement.";
    OutObjects, "objects", Four,
        "The object of each statement: an entity if its relation leads to entities, else the \
         place of its value; 2\u{b3}\u{b2} \u{2212} 1 if none is known.";
    InStarts, "incoming starts", Four,
        "Where the statements that lead to each entity start; one more entry for the end. They \
         are ordered by object, relation and statement.";
    InRelations, "incoming relations", Code,
        "The relation of each of them.";
    InSubjects, "incoming subjects", Four,
        "The subject of each of them.";
    InStatements, "incoming statements", Four,
        "Which statement each of them is. Left out where statements have nothing but their ends.";
    StatementQualifiers, "qualifiers of statements", Code,
        "Which qualifiers each statement has.";
    StatementCitations, "citations of statements", Code,
        "Which list of citations each statement rests on.";
    PropertyKeys, "statements with properties", Four,
        "The statements that have properties of their own, in their order.";
    SlugKeys, "statements with ids", Four,
        "The statements that have ids in the data, in their order.";
    SlugTexts, "ids of statements", Four,
        "The text of each of these ids.";
    SlugHeads, "slug heads", Eight,
        "The first eight bytes of the slug of every 1,024th entity, from the first on: a number \
         whose most significant byte is the first, and 0 behind the end of a shorter slug.";
}

/// The sections of each dictionary: starts and records.
const DICTIONARIES: &[(Section, Section)] = &[
    (Section::KindListStarts, Section::KindLists),
    (Section::MannerStarts, Section::Manners),
    (Section::QualifierStarts, Section::Qualifiers),
    (Section::CitationStarts, Section::Citations),
    (Section::ValueStarts, Section::Values),
    (Section::PropertyStarts, Section::Properties),
    (Section::SourceStarts, Section::Sources),
];

/// How many sections there are.
pub const SECTION_COUNT: usize = Section::SlugHeads as usize + 1;

/// No object is known.
pub(super) const NOTHING: u32 = u32::MAX;

/// One section's bytes and the width of its elements.
#[derive(Clone, Debug, Default)]
pub struct Piece {
    /// Its bytes.
    pub bytes: Bytes,
    /// How many bytes an element has; 1 for texts and records.
    pub width: u8,
}

impl Piece {
    /// Texts or records.
    pub fn texts(bytes: Vec<u8>) -> Piece {
        Piece {
            bytes: Bytes::from(bytes),
            width: 1,
        }
    }

    /// Numbers of one width.
    pub fn numbers<T: Pod + Send + Sync>(numbers: Vec<T>) -> Piece {
        Piece {
            bytes: Bytes::from_owner(Numbers(numbers)),
            width: size_of::<T>() as u8,
        }
    }

    /// Codes, as wide as the largest needs; nothing if all are 0.
    pub fn codes(codes: Vec<u32>) -> Piece {
        match codes.iter().copied().max() {
            None | Some(0) => Piece::default(),
            Some(1..=0xff) => Piece::numbers(codes.iter().map(|code| *code as u8).collect()),
            Some(..=0xffff) => Piece::numbers(codes.iter().map(|code| *code as u16).collect()),
            Some(_) => Piece::numbers(codes),
        }
    }
}

/// Numbers seen as bytes.
struct Numbers<T>(Vec<T>);

impl<T: Pod> AsRef<[u8]> for Numbers<T> {
    fn as_ref(&self) -> &[u8] {
        bytemuck::cast_slice(&self.0)
    }
}

/// All sections, each at the place of its row.
#[derive(Clone, Debug)]
pub struct Pieces(pub Vec<Piece>);

impl Pieces {
    /// The piece of a section; empty if there is none.
    pub(super) fn get(&self, section: Section) -> Piece {
        self.0.get(section as usize).cloned().unwrap_or_default()
    }

    /// The dictionary in two sections; none if these do not fit together.
    pub(super) fn dictionary<T: DeserializeOwned>(
        &self,
        starts: Section,
        records: Section,
    ) -> Option<Dictionary<T>> {
        Dictionary::new(self.get(starts).bytes, self.get(records).bytes)
    }
}

/// Sections while they are filled.
#[derive(Debug)]
pub(super) struct PieceList(Vec<Piece>);

impl Default for PieceList {
    fn default() -> PieceList {
        let mut list = PieceList(vec![Piece::default(); SECTIONS.len()]);
        for (starts, bytes) in DICTIONARIES {
            list.written(*starts, *bytes, DictionaryWriter::new());
        }
        list
    }
}

impl PieceList {
    /// Puts a section in its place.
    pub(super) fn set(&mut self, section: Section, piece: Piece) {
        self.0[section as usize] = piece;
    }

    /// Puts the record that is read first in its place.
    pub(super) fn meta(&mut self, meta: &impl Serialize) {
        let bytes = postcard::to_allocvec(meta).expect("postcard writes every schema");
        self.set(Section::Meta, Piece::texts(bytes));
    }

    /// Puts the two sections of a dictionary in their places.
    pub(super) fn written(&mut self, starts: Section, bytes: Section, writer: DictionaryWriter) {
        let (from, records) = writer.finish();
        self.set(starts, Piece::numbers(from));
        self.set(bytes, Piece::texts(records));
    }

    /// The same, of records.
    pub(super) fn records<T: Serialize>(
        &mut self,
        starts: Section,
        bytes: Section,
        records: impl IntoIterator<Item = T>,
    ) {
        let mut writer = DictionaryWriter::new();
        for record in records {
            writer.push(&record);
        }
        self.written(starts, bytes, writer);
    }

    /// All sections.
    pub(super) fn finish(self) -> Pieces {
        Pieces(self.0)
    }
}
