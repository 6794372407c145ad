//! From a built graph to a snapshot: sorting, numbering, and dictionary encoding.

use std::collections::BTreeMap;
use std::collections::HashMap;

use crate::model::Citation;
use crate::model::EntityId;
use crate::model::Graph;
use crate::model::Kind;
use crate::model::KindId;
use crate::model::Map;
use crate::model::NameRecord;
use crate::model::Object;
use crate::model::Schema;
use crate::model::Snapshot;
use crate::model::StatementId;
use crate::model::StatementRecord;
use crate::model::Value;
use crate::model::dictionary::DictionaryWriter;
use crate::model::layout::NOTHING;
use crate::model::layout::Piece;
use crate::model::layout::PieceList;
use crate::model::layout::Section;
use crate::model::lookup::SLUG_STEP;
use crate::model::lookup::slug_head;
use crate::model::snapshot::Counts;
use crate::model::snapshot::Manner;
use crate::model::snapshot::Meta;
use crate::model::snapshot::Qualifiers;
use crate::model::snapshot::RelationCounts;
use crate::model::snapshot::SUBJECT_STEP;
use crate::model::stable;
use crate::model::texts::Numbered;
use crate::model::texts::TextsBuilder;

/// Freezes a graph. The order in which entities and statements were added makes no difference.
///
/// Entities without a kind are shown with one more, the last of the schema, which has no name.
pub fn freeze(graph: &Graph) -> Snapshot {
    let order = by_slug(graph);
    let slugs: Vec<&str> = order
        .iter()
        .map(|id| graph.entity(*id).id.as_str())
        .collect();
    let texts = wanted_texts(graph).number(&slugs);
    let heads = slugs.iter().step_by(SLUG_STEP);
    let heads: Vec<u64> = heads.map(|slug| slug_head(slug.as_bytes())).collect();
    let mut freezer = Freezer {
        texts,
        schema: with_hidden_kind(graph),
        records: Records::default(),
        pieces: PieceList::default(),
        counts: Counts {
            entities: graph.entity_count() as u64,
            id_types: graph.id_types,
            ..Counts::default()
        },
    };
    freezer
        .pieces
        .set(Section::SlugHeads, Piece::numbers(heads));
    freezer.add_names(graph, &order);
    freezer.add_entities(graph, &order);
    freezer.add_statements(graph, &order);
    let sources = graph.sources.iter();
    freezer
        .pieces
        .records(Section::SourceStarts, Section::Sources, sources);
    freezer.finish()
}

/// The texts that a snapshot has besides the slugs of its entities.
fn wanted_texts(graph: &Graph) -> TextsBuilder {
    let mut texts = TextsBuilder::default();
    for (_, entity) in graph.entities() {
        texts.want(&crate::diagnostic::suggest::folded(&entity.id));
        for name in &entity.names {
            texts.want(&name.text);
            texts.want(&crate::diagnostic::suggest::folded(&name.text));
        }
    }
    for (_, statement) in graph.statements() {
        if let Some(slug) = &statement.slug {
            texts.want(slug);
        }
    }
    texts
}

/// The schema, with a kind for the entities that have none, if there are such.
fn with_hidden_kind(graph: &Graph) -> Schema {
    let mut schema = graph.schema.clone();
    if graph.entities().any(|(_, entity)| entity.kinds.is_empty()) {
        schema.kinds.push(Kind::hidden());
    }
    schema
}

/// The graph's entities ordered by slug.
fn by_slug(graph: &Graph) -> Vec<EntityId> {
    let mut order: Vec<EntityId> = graph.entities().map(|(id, _)| id).collect();
    stable::sort_by_cached_key(&mut order, |entity| graph.entity(*entity).id.as_str());
    order
}

/// Where the run of each entity starts in a column ordered by entity; one entry more at the end.
fn starts(entities: usize, column: impl Iterator<Item = EntityId>) -> Vec<u32> {
    let mut starts = vec![0u32; entities + 1];
    for entity in column {
        starts[entity.index() + 1] += 1;
    }
    for index in 0..entities {
        starts[index + 1] += starts[index];
    }
    starts
}

/// Distinct records, each with the number of its first appearance; the default is number 0.
pub(crate) struct Distinct<T> {
    pub(crate) list: Vec<T>,
    numbers: BTreeMap<T, u32>,
}

impl<T: Ord + Clone + Default> Default for Distinct<T> {
    fn default() -> Distinct<T> {
        Distinct {
            list: vec![T::default()],
            numbers: BTreeMap::from([(T::default(), 0)]),
        }
    }
}

impl<T: Ord + Clone> Distinct<T> {
    /// The number of a record, which gets one if it has none.
    pub(crate) fn number(&mut self, record: T) -> u32 {
        let next = self.list.len() as u32;
        *self.numbers.entry(record).or_insert_with_key(|record| {
            self.list.push(record.clone());
            next
        })
    }
}

/// Distinct values, each with the number of its first appearance.
struct Values {
    writer: DictionaryWriter,
    numbers: HashMap<Vec<u8>, u32>,
}

impl Default for Values {
    fn default() -> Values {
        Values {
            writer: DictionaryWriter::new(),
            numbers: HashMap::new(),
        }
    }
}

impl Values {
    fn number(&mut self, value: &Value) -> u32 {
        let bytes = postcard::to_allocvec(value).expect("postcard writes every value");
        let next = self.numbers.len() as u32;
        *self.numbers.entry(bytes).or_insert_with_key(|bytes| {
            self.writer.push_encoded(bytes);
            next
        })
    }
}

/// The records that columns name by number.
#[derive(Default)]
struct Records {
    kinds: Distinct<Vec<KindId>>,
    manners: Distinct<Manner>,
    qualifiers: Distinct<Qualifiers>,
    citations: Distinct<Vec<Citation>>,
    values: Values,
}

struct Freezer<'a> {
    texts: Numbered<'a>,
    schema: Schema,
    records: Records,
    pieces: PieceList,
    counts: Counts,
}

impl Freezer<'_> {
    /// The names of entities, and the indices by which they are found.
    fn add_names(&mut self, graph: &Graph, order: &[EntityId]) {
        let (mut starts, mut texts, mut manners) = (vec![0], Vec::new(), Vec::new());
        let (mut index, mut aliases, mut folded) = (Vec::new(), Vec::new(), Vec::new());
        for (place, id) in order.iter().enumerate() {
            let entity = graph.entity(*id);
            let number = place as u32;
            let fold = |text: &str| self.texts.get(&crate::diagnostic::suggest::folded(text)).0;
            folded.push((fold(&entity.id), number));
            for name in &entity.names {
                let text = self.texts.get(&name.text).0;
                folded.push((fold(&name.text), number));
                let is_former = name.until.is_some();
                let index = match name.is_alias || is_former {
                    true => &mut aliases,
                    false => &mut index,
                };
                index.push((text, number));
                texts.push(text);
                manners.push(self.records.manners.number(manner(name)));
            }
            starts.push(texts.len() as u32);
        }
        let is_slug = |(text, entity): &(u32, u32)| text == entity;
        let is_plain = manners.iter().all(|manner| *manner == 0)
            && texts.len() == order.len()
            && texts
                .iter()
                .enumerate()
                .all(|(place, text)| place as u32 == *text);
        if !is_plain {
            self.pieces.set(Section::NameStarts, Piece::numbers(starts));
            self.pieces.set(Section::NameTexts, Piece::numbers(texts));
            self.pieces.set(Section::NameManners, Piece::codes(manners));
        }
        for (mut pairs, texts, entities) in [
            (index, Section::NameIndexTexts, Section::NameIndexEntities),
            (
                aliases,
                Section::AliasIndexTexts,
                Section::AliasIndexEntities,
            ),
            (
                folded,
                Section::FoldedIndexTexts,
                Section::FoldedIndexEntities,
            ),
        ] {
            pairs.retain(|pair| !is_slug(pair));
            pairs.sort_by_cached_key(|(text, entity)| (self.texts.text(*text).to_owned(), *entity));
            pairs.dedup();
            let (of, by): (Vec<u32>, Vec<u32>) = pairs.into_iter().unzip();
            self.pieces.set(texts, Piece::numbers(of));
            self.pieces.set(entities, Piece::numbers(by));
        }
    }

    fn add_entities(&mut self, graph: &Graph, order: &[EntityId]) {
        let mut ranked: Vec<usize> = (0..order.len()).collect();
        let name = |place: usize| graph.entity(order[place]).names[0].text.as_str();
        stable::sort_by(&mut ranked, |a, b| name(*a).cmp(name(*b)).then(a.cmp(b)));
        let mut ranks = vec![0; order.len()];
        for (place, entity) in ranked.into_iter().enumerate() {
            ranks[entity] = place as u32;
        }
        if !ranks.is_sorted() {
            self.pieces.set(Section::EntityRanks, Piece::numbers(ranks));
        }
        let mut own = vec![0; self.schema.kinds.len()];
        let hidden = KindId::from_index(graph.schema.kinds.len());
        let (mut kinds, mut citations) = (Vec::new(), Vec::new());
        for id in order {
            let entity = graph.entity(*id);
            own[entity.kinds.first().unwrap_or(&hidden).index()] += 1;
            kinds.push(self.records.kinds.number(entity.kinds.clone()));
            citations.push(self.records.citations.number(entity.sources.clone()));
        }
        self.counts.kinds = with_kinds_below(&self.schema, &own);
        self.pieces.set(Section::EntityKinds, Piece::codes(kinds));
        self.pieces
            .set(Section::EntityCitations, Piece::codes(citations));
    }

    fn add_statements(&mut self, graph: &Graph, order: &[EntityId]) {
        let rows = sorted_rows(graph, order);
        let mut statements = Statements::default();
        self.counts.statements = rows.len() as u64;
        self.counts.relations = vec![RelationCounts::default(); self.schema.relations.len()];
        for (subject, statement) in &rows {
            self.count(statement);
            statements.add(*subject, statement, &mut self.records);
            if let Some(slug) = &statement.slug {
                statements.slug_texts.push(self.texts.get(slug).0);
            }
        }
        let Statements {
            subjects,
            relations,
            objects,
            qualifiers,
            citations,
            slugs,
            slug_texts,
            properties,
            mut incoming,
        } = statements;
        incoming
            .sort_by_key(|(object, statement)| (*object, relations[statement.index()], *statement));
        let count = order.len();
        let out = starts(count, subjects.iter().copied());
        let into = starts(count, incoming.iter().map(|(object, _)| *object));
        let of = |statement: &StatementId| statement.index();
        let incoming: Vec<StatementId> = incoming.into_iter().map(|(_, id)| id).collect();
        let in_relations = incoming.iter().map(|id| relations[of(id)]).collect();
        let in_subjects: Vec<u32> = incoming.iter().map(|id| subjects[of(id)].0).collect();
        let steps = subjects.iter().step_by(SUBJECT_STEP).map(|id| id.0);
        let has_more = [&qualifiers, &citations]
            .iter()
            .any(|codes| codes.iter().any(|code| *code != 0))
            || !slugs.is_empty()
            || !properties.is_empty();
        if has_more {
            let ids: Vec<u32> = incoming.iter().map(|id| id.0).collect();
            self.pieces.set(Section::InStatements, Piece::numbers(ids));
        }
        let (keys, maps): (Vec<u32>, Vec<&Map>) = properties.into_iter().unzip();
        for (section, piece) in [
            (Section::OutStarts, Piece::numbers(out)),
            (Section::OutSubjects, Piece::numbers(steps.collect())),
            (Section::OutRelations, Piece::codes(relations)),
            (Section::OutObjects, Piece::numbers(objects)),
            (Section::InStarts, Piece::numbers(into)),
            (Section::InRelations, Piece::codes(in_relations)),
            (Section::InSubjects, Piece::numbers(in_subjects)),
            (Section::StatementQualifiers, Piece::codes(qualifiers)),
            (Section::StatementCitations, Piece::codes(citations)),
            (Section::PropertyKeys, Piece::numbers(keys)),
            (Section::SlugKeys, Piece::numbers(slugs)),
            (Section::SlugTexts, Piece::numbers(slug_texts)),
        ] {
            self.pieces.set(section, piece);
        }
        self.pieces
            .records(Section::PropertyStarts, Section::Properties, maps);
    }

    /// Counts a statement with the others of its relation, and notes the newest sign.
    fn count(&mut self, statement: &StatementRecord) {
        let counts = &mut self.counts.relations[statement.relation.index()];
        counts.all += 1;
        counts.unwalked += u64::from(!statement.is_walked());
        let is_dated = statement.since.is_some() || statement.until.is_some();
        counts.dated += u64::from(is_dated);
        counts.nothing += u64::from(statement.object == Object::Nothing);
        let is_sign = self.schema.relations[statement.relation.index()]
            .status
            .is_some();
        if is_sign && statement.is_walked() {
            let date = match &statement.object {
                Object::Value(Value::Date(date)) => Some(date),
                _ => statement.since.as_ref(),
            };
            let day = date.and_then(crate::model::Date::first);
            self.counts.newest_sign = self.counts.newest_sign.max(day);
        }
    }

    fn finish(mut self) -> Snapshot {
        let Records {
            kinds,
            manners,
            qualifiers,
            citations,
            values,
        } = self.records;
        let pieces = &mut self.pieces;
        pieces.records(Section::KindListStarts, Section::KindLists, &kinds.list);
        pieces.records(Section::MannerStarts, Section::Manners, &manners.list);
        pieces.records(
            Section::QualifierStarts,
            Section::Qualifiers,
            &qualifiers.list,
        );
        pieces.records(Section::CitationStarts, Section::Citations, &citations.list);
        pieces.written(Section::ValueStarts, Section::Values, values.writer);
        let (bases, ends, bytes) = self.texts.finish();
        pieces.set(Section::TextBases, bases);
        pieces.set(Section::TextEnds, ends);
        pieces.set(Section::TextBytes, bytes);
        pieces.meta(&Meta {
            counts: self.counts,
            schema: self.schema,
        });
        Snapshot::from_pieces(self.pieces.finish()).expect("freeze makes sections that fit")
    }
}

fn manner(name: &NameRecord) -> Manner {
    Manner {
        language: name.language.clone(),
        since: name.since.clone(),
        until: name.until.clone(),
        is_alias: name.is_alias,
    }
}

/// How many entities are of each kind or one below it, given how many are of each itself.
pub(crate) fn with_kinds_below(schema: &Schema, own: &[u64]) -> Vec<u64> {
    let kinds = || (0..own.len()).map(KindId::from_index);
    let below = |kind| kinds().filter(move |other| schema.is_a(*other, kind));
    kinds()
        .map(|kind| below(kind).map(|other| own[other.index()]).sum())
        .collect()
}

/// The columns of statements while they are filled.
#[derive(Default)]
struct Statements<'a> {
    subjects: Vec<EntityId>,
    relations: Vec<u32>,
    objects: Vec<u32>,
    qualifiers: Vec<u32>,
    citations: Vec<u32>,
    slugs: Vec<u32>,
    slug_texts: Vec<u32>,
    properties: Vec<(u32, &'a Map)>,
    incoming: Vec<(EntityId, StatementId)>,
}

impl<'a> Statements<'a> {
    fn add(&mut self, subject: EntityId, statement: &'a StatementRecord, records: &mut Records) {
        let id = StatementId::from_index(self.subjects.len());
        let object = match &statement.object {
            Object::Entity(object) => {
                self.incoming.push((*object, id));
                object.0
            }
            Object::Value(value) => records.values.number(value),
            Object::Nothing => NOTHING,
        };
        let qualifiers = Qualifiers {
            since: statement.since.clone(),
            until: statement.until.clone(),
            observed: statement.observed.clone(),
            condition: statement.condition.clone(),
            role: statement.role.clone(),
            note: statement.note.clone(),
            certainty: statement.certainty,
            polarity: statement.polarity,
        };
        if !statement.properties.is_empty() {
            self.properties.push((id.0, &statement.properties));
        }
        if statement.slug.is_some() {
            self.slugs.push(id.0);
        }
        self.subjects.push(subject);
        self.relations.push(statement.relation.0);
        self.objects.push(object);
        self.qualifiers.push(records.qualifiers.number(qualifiers));
        self.citations
            .push(records.citations.number(statement.sources.clone()));
    }
}

/// The graph's statements with the numbers of the snapshot, in its order.
fn sorted_rows(graph: &Graph, order: &[EntityId]) -> Vec<(EntityId, StatementRecord)> {
    let mut numbers = vec![EntityId::default(); order.len()];
    for (place, id) in order.iter().enumerate() {
        numbers[id.index()] = EntityId::from_index(place);
    }
    let mut rows: Vec<(EntityId, StatementRecord)> = graph
        .statements()
        .map(|(subject, statement)| {
            let mut statement = statement.clone();
            if let Object::Entity(object) = &mut statement.object {
                *object = numbers[object.index()];
            }
            stable::sort(&mut statement.sources);
            (numbers[subject.index()], statement)
        })
        .collect();
    stable::sort_by_cached_key(&mut rows, |row| sort_key(row.0, &row.1));
    rows
}

/// Orders statements: by subject, relation and object (entities, then values, then nothing),
/// then by everything else, so that the order never depends on the files.
fn sort_key(subject: EntityId, statement: &StatementRecord) -> impl Ord + use<> {
    let object = match &statement.object {
        Object::Entity(entity) => (0, *entity, String::new()),
        Object::Value(value) => (1, EntityId::default(), format!("{value:?}")),
        Object::Nothing => (2, EntityId::default(), String::new()),
    };
    let period = (
        statement.since.clone(),
        statement.until.clone(),
        statement.observed.clone(),
    );
    let words = (
        statement.condition.clone(),
        statement.role.clone(),
        statement.note.clone(),
    );
    let rest = (
        statement.certainty,
        statement.polarity,
        statement.sources.clone(),
        statement.slug.clone(),
    );
    (subject, statement.relation, object, period, words, rest)
}
