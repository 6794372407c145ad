//! The frozen graph that queries run on: columns, dictionaries, and sorted rows both ways.
//!
//! Invariants, kept by `freeze` and by importers, and checked by `check`: entity ids follow the
//! order of slugs; statement ids follow subject, relation, object, so that the statements of a
//! subject (and of a subject and a relation) are one range; the incoming columns have each
//! statement between entities once, by object and relation.

use serde::Deserialize;
use serde::Serialize;

use crate::model::Along;
use crate::model::Certainty;
use crate::model::Citation;
use crate::model::Date;
use crate::model::Day;
use crate::model::EntityId;
use crate::model::IdTypes;
use crate::model::KindId;
use crate::model::LINEAGE;
use crate::model::Map;
use crate::model::ObjectRef;
use crate::model::Period;
use crate::model::Polarity;
use crate::model::RelationId;
use crate::model::Schema;
use crate::model::Source;
use crate::model::SourceId;
use crate::model::StatementId;
use crate::model::Value;
use crate::model::column::CodeSlice;
use crate::model::column::Codes;
use crate::model::column::Column;
use crate::model::dictionary::Dictionary;
use crate::model::kept::Kept;
use crate::model::layout::Pieces;
use crate::model::layout::Section;
use crate::model::texts::TextId;
use crate::model::texts::Texts;

/// How many statements share an entry of the column of subjects.
pub(crate) const SUBJECT_STEP: usize = 64;

/// An immutable, indexed graph. Equal graphs freeze to equal snapshots, byte for byte.
///
/// It is a reader of sections that lie in memory or in a file that is mapped: opening one costs the
/// same whatever its size, and a clone shares the bytes.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The vocabulary.
    pub schema: Schema,
    /// The sources, by id.
    pub sources: Dictionary<Source>,
    lineage: Along,
    pub(super) pieces: Pieces,
    pub(super) meta: Counts,
    pub(super) texts: Texts,
    pub(super) entity_kinds: Codes,
    pub(super) entity_ranks: Column<u32>,
    pub(super) entity_citations: Codes,
    pub(super) name_starts: Column<u32>,
    pub(super) name_texts: Column<u32>,
    pub(super) name_manners: Codes,
    pub(super) names: Index,
    pub(super) aliases: Index,
    pub(super) folded: Index,
    pub(super) out_starts: Column<u32>,
    pub(super) out_subjects: Column<u32>,
    pub(super) out_relations: Codes,
    pub(super) out_objects: Column<u32>,
    pub(super) in_starts: Column<u32>,
    pub(super) in_relations: Codes,
    pub(super) in_subjects: Column<u32>,
    pub(super) in_statements: Column<u32>,
    pub(super) statement_qualifiers: Codes,
    pub(super) statement_citations: Codes,
    pub(super) property_keys: Column<u32>,
    pub(super) slug_keys: Column<u32>,
    pub(super) slug_texts: Column<u32>,
    pub(super) slug_heads: Column<u64>,
    pub(super) kinds: Dictionary<Vec<KindId>>,
    pub(super) manners: Dictionary<Manner>,
    pub(super) qualifiers: Dictionary<Qualifiers>,
    pub(super) citations: Dictionary<Vec<Citation>>,
    pub(super) values: Dictionary<Value>,
    pub(super) properties: Dictionary<Map>,
    pub(super) kept: Kept,
}

/// The one record of a snapshot that is read when it is opened.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Meta {
    pub(crate) counts: Counts,
    pub(crate) schema: Schema,
}

/// How many there are of each, and what need not be looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub(crate) entities: u64,
    pub(crate) statements: u64,
    pub(crate) id_types: IdTypes,
    /// Entities of each kind or a kind below it.
    pub(crate) kinds: Vec<u64>,
    /// One entry a relation.
    pub(crate) relations: Vec<RelationCounts>,
    /// The newest day that a sign of how a thing stands bears.
    pub(crate) newest_sign: Option<Day>,
}

/// How many statements of a relation there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RelationCounts {
    /// All of them.
    pub(crate) all: u64,
    /// Those that walks leave out: doubtful, negative or unknown.
    pub(crate) unwalked: u64,
    /// Those that begin or end at some time.
    pub(crate) dated: u64,
    /// Those whose object is not known.
    pub(crate) nothing: u64,
}

/// How a name is borne.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Manner {
    pub(crate) language: Option<String>,
    pub(crate) since: Option<Date>,
    pub(crate) until: Option<Date>,
    pub(crate) is_alias: bool,
}

/// Texts by which entities are found, by text (bytes), then entity.
#[derive(Clone, Debug)]
pub(super) struct Index {
    pub(super) texts: Column<u32>,
    pub(super) entities: Column<u32>,
}

/// Everything about a statement but its ends and sources.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Qualifiers {
    /// From when on it holds.
    pub since: Option<Date>,
    /// From when on it holds no longer.
    pub until: Option<Date>,
    /// When a source saw it so.
    pub observed: Option<Date>,
    /// When it holds, in words.
    pub condition: Option<String>,
    /// The part it plays.
    pub role: Option<String>,
    /// Anything else, in the data's own words.
    pub note: Option<String>,
    /// How sure the source is.
    pub certainty: Certainty,
    /// Whether it is so.
    pub polarity: Polarity,
}

impl Qualifiers {
    /// The period in which the statement holds.
    pub fn period(&self) -> Period<'_> {
        Period {
            since: self.since.as_ref(),
            until: self.until.as_ref(),
        }
    }

    /// Whether it begins or ends at some time.
    pub fn is_dated(&self) -> bool {
        self.since.is_some() || self.until.is_some()
    }

    /// Whether traversals walk it: positive, and at least hedged.
    #[inline]
    pub fn is_walked(&self) -> bool {
        self.polarity == Polarity::Positive && self.certainty <= Certainty::Hedged
    }
}

/// A name of an entity, with its period.
#[derive(Clone, Copy, Debug)]
pub struct NameRef<'a> {
    /// The name.
    pub text: &'a str,
    /// Its language (BCP 47), if stated.
    pub language: Option<&'a str>,
    /// When it is borne.
    pub period: Period<'a>,
    /// Whether it is only another spelling for look-up.
    pub is_alias: bool,
}

impl Snapshot {
    /// The snapshot that lies in `pieces`. None if a section does not fit the others in size; what
    /// is in them is believed, and [`Snapshot::damage`] looks whether it may be.
    pub fn from_pieces(pieces: Pieces) -> Option<Snapshot> {
        let bytes = |section| pieces.get(section).bytes;
        let four = |section| Column::<u32>::new(bytes(section));
        let codes = |section| {
            let piece = pieces.get(section);
            Codes::new(piece.bytes, piece.width)
        };
        let index = |texts, entities| {
            let (texts, entities) = (four(texts)?, four(entities)?);
            (texts.len() == entities.len()).then_some(Index { texts, entities })
        };
        let meta: Meta = postcard::from_bytes(&bytes(Section::Meta)).ok()?;
        let texts = Texts::new(
            bytes(Section::TextBases),
            bytes(Section::TextEnds),
            bytes(Section::TextBytes),
        );
        let snapshot = Snapshot {
            lineage: Along::group(&meta.schema, LINEAGE),
            schema: meta.schema,
            meta: meta.counts,
            sources: pieces.dictionary(Section::SourceStarts, Section::Sources)?,
            texts: texts?,
            entity_kinds: codes(Section::EntityKinds)?,
            entity_ranks: four(Section::EntityRanks)?,
            entity_citations: codes(Section::EntityCitations)?,
            name_starts: four(Section::NameStarts)?,
            name_texts: four(Section::NameTexts)?,
            name_manners: codes(Section::NameManners)?,
            names: index(Section::NameIndexTexts, Section::NameIndexEntities)?,
            aliases: index(Section::AliasIndexTexts, Section::AliasIndexEntities)?,
            folded: index(Section::FoldedIndexTexts, Section::FoldedIndexEntities)?,
            out_starts: four(Section::OutStarts)?,
            out_subjects: four(Section::OutSubjects)?,
            out_relations: codes(Section::OutRelations)?,
            out_objects: four(Section::OutObjects)?,
            in_starts: four(Section::InStarts)?,
            in_relations: codes(Section::InRelations)?,
            in_subjects: four(Section::InSubjects)?,
            in_statements: four(Section::InStatements)?,
            statement_qualifiers: codes(Section::StatementQualifiers)?,
            statement_citations: codes(Section::StatementCitations)?,
            property_keys: four(Section::PropertyKeys)?,
            slug_keys: four(Section::SlugKeys)?,
            slug_texts: four(Section::SlugTexts)?,
            slug_heads: Column::new(bytes(Section::SlugHeads))?,
            kinds: pieces.dictionary(Section::KindListStarts, Section::KindLists)?,
            manners: pieces.dictionary(Section::MannerStarts, Section::Manners)?,
            qualifiers: pieces.dictionary(Section::QualifierStarts, Section::Qualifiers)?,
            citations: pieces.dictionary(Section::CitationStarts, Section::Citations)?,
            values: pieces.dictionary(Section::ValueStarts, Section::Values)?,
            properties: pieces.dictionary(Section::PropertyStarts, Section::Properties)?,
            kept: Kept::default(),
            pieces,
        };
        snapshot.fits().then_some(snapshot)
    }

    /// The sections it lies in.
    pub fn pieces(&self) -> &Pieces {
        &self.pieces
    }

    /// The relations of the lineage, in their stored direction.
    pub fn lineage(&self) -> &Along {
        &self.lineage
    }

    /// How many entities there are.
    pub fn entity_count(&self) -> usize {
        self.meta.entities as usize
    }

    /// How many statements there are.
    pub fn statement_count(&self) -> usize {
        self.meta.statements as usize
    }

    /// All entities, by slug.
    pub fn entities(&self) -> impl DoubleEndedIterator<Item = EntityId> + ExactSizeIterator {
        (0..self.entity_count()).map(EntityId::from_index)
    }

    /// All statements, by subject and relation.
    pub fn statements(&self) -> impl DoubleEndedIterator<Item = StatementId> + ExactSizeIterator {
        (0..self.statement_count()).map(StatementId::from_index)
    }

    /// How many entities are of a kind or one below it.
    pub fn kind_count(&self, kind: KindId) -> usize {
        self.meta.kinds[kind.index()] as usize
    }

    /// How many statements there are of a relation.
    pub fn relation_count(&self, relation: RelationId) -> usize {
        self.meta.relations[relation.index()].all as usize
    }

    /// Whether some statement of a relation is left out by walks: doubtful, negative or unknown.
    pub fn has_unwalked(&self, relation: RelationId) -> bool {
        self.meta.relations[relation.index()].unwalked > 0
    }

    /// Whether some statement of a relation leads to no entity: its object is not known, or is a
    /// value.
    pub fn has_unknown_object(&self, relation: RelationId) -> bool {
        self.meta.relations[relation.index()].nothing > 0
            || self.schema.relations[relation.index()].is_property()
    }

    /// Whether some statement of a relation begins or ends at some time.
    pub fn has_dated(&self, relation: RelationId) -> bool {
        self.meta.relations[relation.index()].dated > 0
    }

    /// The newest day on which any thing is known to have stood somehow: the first day of the
    /// newest date that a walked sign of a status bears; none if there is no such sign.
    pub fn newest_sign(&self) -> Option<Day> {
        self.meta.newest_sign
    }

    /// The date of a statement that is a sign of a status: its value, or from when on it holds.
    pub fn sign_date(&self, statement: StatementId) -> Option<&Date> {
        match self.object(statement) {
            ObjectRef::Value(Value::Date(date)) => Some(date),
            _ => self.qualifiers(statement).since.as_ref(),
        }
    }

    /// The stable id of an entity.
    pub fn slug(&self, entity: EntityId) -> &str {
        self.texts.get(TextId(entity.0))
    }

    /// Where the names of an entity start in the columns of names, and where they end; none if it
    /// has its slug as its one name.
    fn name_range(&self, entity: EntityId) -> Option<(usize, usize)> {
        let start = *self.name_starts.get(entity.index())?;
        Some((
            start as usize,
            self.name_starts[entity.index() + 1] as usize,
        ))
    }

    /// The name of an entity that is shown.
    pub fn name(&self, entity: EntityId) -> &str {
        match self.name_range(entity) {
            None => self.slug(entity),
            Some((start, _)) => self.texts.get(TextId(self.name_texts[start])),
        }
    }

    /// All names and aliases of an entity, in the order of the data.
    pub fn names(&self, entity: EntityId) -> impl Iterator<Item = NameRef<'_>> {
        let range = self.name_range(entity);
        let only = range.is_none().then(|| NameRef {
            text: self.slug(entity),
            language: None,
            period: Period::default(),
            is_alias: false,
        });
        let (start, end) = range.unwrap_or_default();
        only.into_iter().chain((start..end).map(|place| {
            let manner = self.manners.get(self.name_manners.get(place) as usize);
            NameRef {
                text: self.texts.get(TextId(self.name_texts[place])),
                language: manner.language.as_deref(),
                period: Period {
                    since: manner.since.as_ref(),
                    until: manner.until.as_ref(),
                },
                is_alias: manner.is_alias,
            }
        }))
    }

    /// The kind of an entity; where it has several, the first, and where it has none, one without
    /// a name.
    pub fn kind(&self, entity: EntityId) -> KindId {
        let hidden = || KindId::from_index(self.schema.kinds.len() - 1);
        self.kinds(entity).first().copied().unwrap_or_else(hidden)
    }

    /// The kind of an entity, as a word.
    pub fn kind_name(&self, entity: EntityId) -> &str {
        &self.schema.kinds[self.kind(entity).index()].name
    }

    /// All kinds of an entity, in the order of the data; none if it has none.
    pub fn kinds(&self, entity: EntityId) -> &[KindId] {
        self.kinds
            .get(self.entity_kinds.get(entity.index()) as usize)
    }

    /// The number of the list of kinds that each entity has; see [`Snapshot::kind_list`].
    pub fn kind_codes(&self) -> CodeSlice<'_> {
        self.entity_kinds.slice()
    }

    /// How many distinct lists of kinds there are.
    pub fn kind_list_count(&self) -> usize {
        self.kinds.len()
    }

    /// A list of kinds by its number.
    pub fn kind_list(&self, number: u32) -> &[KindId] {
        self.kinds.get(number as usize)
    }

    /// Whether some kind of an entity is `kind` or a special case of it.
    pub fn is_a(&self, entity: EntityId, kind: KindId) -> bool {
        let mut kinds = self.kinds(entity).iter();
        kinds.any(|found| self.schema.is_a(*found, kind))
    }

    /// Whether the data has integers for the ids of entities.
    pub fn node_ids_are_integers(&self) -> bool {
        self.meta.id_types.nodes_are_integers
    }

    /// Whether the data has integers for the ids of statements.
    pub fn edge_ids_are_integers(&self) -> bool {
        self.meta.id_types.edges_are_integers
    }

    /// The place of an entity among all, by name (code points), then slug.
    #[inline]
    pub fn rank(&self, entity: EntityId) -> u32 {
        let ranks = &*self.entity_ranks;
        ranks.get(entity.index()).copied().unwrap_or(entity.0)
    }

    /// Whether the order by name is that of the ids.
    pub fn is_ranked_by_id(&self) -> bool {
        self.entity_ranks.is_empty()
    }

    /// Where an entity is named.
    pub fn entity_citations(&self, entity: EntityId) -> &[Citation] {
        let number = self.entity_citations.get(entity.index());
        self.citations.get(number as usize)
    }

    /// The qualifiers of a statement.
    #[inline]
    pub fn qualifiers(&self, statement: StatementId) -> &Qualifiers {
        let number = self.statement_qualifiers.get(statement.index());
        self.qualifiers.get(number as usize)
    }

    /// The number of the qualifiers that each statement has; see [`Snapshot::qualifier_list`].
    pub fn qualifier_codes(&self) -> CodeSlice<'_> {
        self.statement_qualifiers.slice()
    }

    /// The distinct qualifiers, by their numbers.
    pub fn qualifier_list(&self) -> &Dictionary<Qualifiers> {
        &self.qualifiers
    }

    /// The number of the list of citations that each statement has.
    pub fn citation_codes(&self) -> CodeSlice<'_> {
        self.statement_citations.slice()
    }

    /// The distinct lists of citations, by their numbers.
    pub fn citation_lists(&self) -> &Dictionary<Vec<Citation>> {
        &self.citations
    }

    /// The distinct values of properties, by their numbers.
    pub fn values(&self) -> &Dictionary<Value> {
        &self.values
    }

    /// What a statement rests on.
    pub fn citations(&self, statement: StatementId) -> &[Citation] {
        let number = self.statement_citations.get(statement.index());
        self.citations.get(number as usize)
    }

    /// What a property graph says of a statement besides its ends; none if that is nothing.
    pub fn statement_properties(&self, statement: StatementId) -> Option<&Map> {
        let found = self.property_keys.binary_search(&statement.0).ok()?;
        Some(self.properties.get(found))
    }

    /// The id that the data gives a statement; none if it gives none.
    pub fn statement_slug(&self, statement: StatementId) -> Option<&str> {
        let found = self.slug_keys.binary_search(&statement.0).ok()?;
        Some(self.texts.get(TextId(self.slug_texts[found])))
    }

    /// A source.
    pub fn source(&self, source: SourceId) -> &Source {
        self.sources.get(source.index())
    }
}
