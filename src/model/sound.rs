//! Whether the sections of a snapshot are what they should be, so that nothing that reads them can
//! go wrong: for files that somebody else may have written.

use std::hash::BuildHasher as _;
use std::hash::RandomState;

use crate::model::Citation;
use crate::model::KindId;
use crate::model::Snapshot;
use crate::model::Value;
use crate::model::column::CodeSlice;
use crate::model::dictionary::Dictionary;
use crate::model::layout::NOTHING;
use crate::model::layout::Section;
use crate::model::lookup::SLUG_STEP;
use crate::model::lookup::slug_head;
use crate::model::snapshot::Index;
use crate::model::snapshot::SUBJECT_STEP;
use crate::model::texts::TextId;

impl Snapshot {
    /// Whether the sections have the sizes that go together.
    pub(super) fn fits(&self) -> bool {
        let (entities, statements) = (self.entity_count(), self.statement_count());
        let names = self.name_texts.len();
        let incoming = self.in_subjects.len();
        let is_size =
            |codes: CodeSlice<'_>, size| codes.count().is_none_or(|length| length == size);
        let is_left_out_or = |length: usize, size| length == 0 || length == size;
        let limit = u32::MAX as usize;
        entities < limit
            && statements < limit
            && self.texts.len() >= entities
            && is_size(self.entity_kinds.slice(), entities)
            && is_size(self.entity_citations.slice(), entities)
            && is_left_out_or(self.entity_ranks.len(), entities)
            && is_left_out_or(self.name_starts.len(), entities + 1)
            && self.name_starts.is_empty() == (names == 0)
            && is_size(self.name_manners.slice(), names)
            && self.out_starts.len() == entities + 1
            && self.out_objects.len() == statements
            && self.out_subjects.len() == statements.div_ceil(SUBJECT_STEP)
            && is_size(self.out_relations.slice(), statements)
            && self.in_starts.len() == entities + 1
            && is_size(self.in_relations.slice(), incoming)
            && is_left_out_or(self.in_statements.len(), incoming)
            && is_size(self.statement_qualifiers.slice(), statements)
            && is_size(self.statement_citations.slice(), statements)
            && self.property_keys.len() == self.properties.len()
            && self.slug_keys.len() == self.slug_texts.len()
            && self.slug_heads.len() == entities.div_ceil(SLUG_STEP)
            && self.meta.kinds.len() == self.schema.kinds.len()
            && self.meta.relations.len() == self.schema.relations.len()
            && ![self.kinds.len(), self.manners.len()].contains(&0)
            && ![self.qualifiers.len(), self.citations.len()].contains(&0)
    }

    /// The first section with something in it that cannot be; none if the snapshot is sound.
    ///
    /// What is looked at: that texts are UTF-8, slugs and sources in their order and each once,
    /// that every number names something that is there, that rows are in their order and the
    /// incoming ones those of the outgoing, that records read as such, and that all is counted
    /// right.
    ///
    /// # Complexity
    /// O(size).
    pub fn damage(&self) -> Option<Section> {
        self.damaged_vocabulary()
            .or_else(|| self.damaged_record())
            .or_else(|| self.damaged_entity())
            .or_else(|| self.damaged_index())
            .or_else(|| self.damaged_row())
            .or_else(|| self.damaged_statement())
            .or_else(|| (!self.has_true_counts()).then_some(Section::Meta))
    }

    fn damaged_vocabulary(&self) -> Option<Section> {
        let schema = &self.schema;
        let (kinds, groups) = (schema.kinds.len(), schema.groups.len());
        let is_kind = |kind: &KindId| kind.index() < kinds;
        let relations = schema.relations.iter().all(|relation| {
            let range = match &relation.range {
                crate::model::Range::Entities(kinds) => kinds.iter().all(is_kind),
                crate::model::Range::Values(_) => true,
            };
            let groups = relation.groups.iter().all(|group| group.index() < groups);
            range && groups && relation.domain.iter().all(is_kind)
        });
        let parents = schema.kinds.iter().filter_map(|kind| kind.parent.as_ref());
        (!relations || !parents.into_iter().all(is_kind)).then_some(Section::Meta)
    }

    /// Records that do not read, or name what is not there.
    fn damaged_record(&self) -> Option<Section> {
        let (kinds, sources) = (self.schema.kinds.len(), self.sources.len());
        let is_kinds = |list: &Vec<KindId>| list.iter().all(|kind| kind.index() < kinds);
        let is_cited = |list: &Vec<Citation>| list.iter().all(|at| at.source.index() < sources);
        let needs_none = kinds > 0 || self.entity_count() == 0;
        let is_hidden = |list: &Vec<KindId>| !list.is_empty() || needs_none;
        let checks = [
            (
                Section::KindLists,
                reads(&self.kinds, |list| is_kinds(list) && is_hidden(list)),
            ),
            (Section::Manners, reads(&self.manners, |_| true)),
            (Section::Qualifiers, reads(&self.qualifiers, |_| true)),
            (Section::Sources, reads(&self.sources, |_| true)),
            (Section::Citations, reads(&self.citations, is_cited)),
            (Section::Values, reads(&self.values, is_plain)),
            (
                Section::Properties,
                reads(&self.properties, |map| map.values().all(is_plain)),
            ),
        ];
        let damaged = checks.into_iter().find(|(_, is_sound)| !is_sound);
        let ids = self.sources.iter().map(|source| source.id.as_str());
        damaged
            .map(|(section, _)| section)
            .or_else(|| (!ids.is_sorted_by(|a, b| a < b)).then_some(Section::Sources))
    }

    fn damaged_entity(&self) -> Option<Section> {
        let entities = self.entity_count();
        if !self.texts.are_sound() {
            return Some(Section::TextBytes);
        }
        let mut slugs = (0..entities).map(|index| self.texts.bytes(TextId(index as u32)));
        if !slugs.by_ref().is_sorted_by(|a, b| a < b) {
            return Some(Section::TextBytes);
        }
        let slug = |step: usize| self.texts.bytes(TextId((step * SLUG_STEP) as u32));
        let mut heads = self.slug_heads.iter().enumerate();
        if !heads.all(|(step, head)| *head == slug_head(slug(step))) {
            return Some(Section::SlugHeads);
        }
        let is_below = |codes: CodeSlice<'_>, size, limit: usize| {
            (0..size).all(|index| (codes.get(index) as usize) < limit)
        };
        let mut seen = crate::model::Seen::with_capacity(entities);
        let ranks = self.entity_ranks.iter();
        let names = self.name_texts.len();
        let checks = [
            (
                Section::EntityKinds,
                is_below(self.entity_kinds.slice(), entities, self.kinds.len()),
            ),
            (
                Section::EntityCitations,
                is_below(
                    self.entity_citations.slice(),
                    entities,
                    self.citations.len(),
                ),
            ),
            (
                Section::EntityRanks,
                ranks.into_iter().all(|rank| {
                    (*rank as usize) < entities && seen.insert(crate::model::EntityId(*rank))
                }),
            ),
            // Every entity has a name.
            (
                Section::NameStarts,
                self.name_starts.is_empty()
                    || are_starts(&self.name_starts, names)
                        && self.name_starts.windows(2).all(|ends| ends[0] < ends[1]),
            ),
            (Section::NameTexts, is_text(self, &self.name_texts)),
            (
                Section::NameManners,
                is_below(self.name_manners.slice(), names, self.manners.len()),
            ),
        ];
        first_damage(&checks)
    }

    fn damaged_index(&self) -> Option<Section> {
        first_damage(&[
            (Section::NameIndexTexts, self.is_index(&self.names)),
            (Section::AliasIndexTexts, self.is_index(&self.aliases)),
            (Section::FoldedIndexTexts, self.is_index(&self.folded)),
        ])
    }

    fn is_index(&self, index: &Index) -> bool {
        let entities = self.entity_count();
        let pairs = || index.texts.iter().zip(index.entities.iter());
        is_text(self, &index.texts)
            && pairs().all(|(_, entity)| (*entity as usize) < entities)
            && pairs()
                .map(|(text, entity)| (self.texts.bytes(TextId(*text)), *entity))
                .is_sorted_by(|a, b| a < b)
    }

    /// Rows out of order, or with ends that are not there.
    fn damaged_row(&self) -> Option<Section> {
        let (entities, statements) = (self.entity_count(), self.statement_count());
        if !are_starts(&self.out_starts, statements) {
            return Some(Section::OutStarts);
        }
        if !are_starts(&self.in_starts, self.in_subjects.len()) {
            return Some(Section::InStarts);
        }
        let relations = self.schema.relations.len();
        let is_property: Vec<bool> = self
            .schema
            .relations
            .iter()
            .map(|relation| relation.is_property())
            .collect();
        let rows = self.out_rows();
        let is_numbered = !self.in_statements.is_empty();
        let mut incoming = Ends::default();
        for subject in self.entities() {
            let mut last = (0, 0);
            for place in rows.range(subject) {
                let (relation, object) = (rows.relations.get(place), rows.ends[place]);
                if relation as usize >= relations {
                    return Some(Section::OutRelations);
                }
                let limit = match is_property[relation as usize] {
                    true => self.values.len(),
                    false => entities,
                };
                if !is_property[relation as usize] && object != NOTHING {
                    let number = if is_numbered { place as u32 } else { 0 };
                    incoming.add((subject.0, relation, object), number);
                }
                let is_there = (object as usize) < limit || object == NOTHING;
                // The values of a property are in the order of the data's own writing.
                let key = (
                    relation,
                    if is_property[relation as usize] {
                        0
                    } else {
                        object
                    },
                );
                if !is_there || key < last {
                    return Some(Section::OutObjects);
                }
                last = key;
                let is_sampled = place.is_multiple_of(SUBJECT_STEP);
                if is_sampled && self.out_subjects[place / SUBJECT_STEP] != subject.0 {
                    return Some(Section::OutSubjects);
                }
            }
        }
        self.damaged_incoming(&incoming)
    }

    /// Incoming rows out of order, or that are not those of the outgoing ones.
    fn damaged_incoming(&self, outgoing: &Ends) -> Option<Section> {
        let rows = self.in_rows();
        let mut incoming = outgoing.empty();
        for object in self.entities() {
            let mut last = (0, 0);
            for place in rows.range(object) {
                let (relation, subject) = (rows.relations.get(place), rows.ends[place]);
                let statement = self.in_statements.get(place).copied();
                incoming.add((subject, relation, object.0), statement.unwrap_or(0));
                let key = (relation, statement.unwrap_or(subject));
                if key < last {
                    return Some(Section::InRelations);
                }
                last = key;
            }
        }
        let different = match self.in_statements.is_empty() {
            true => Section::InSubjects,
            false => Section::InStatements,
        };
        (incoming.sum != outgoing.sum).then_some(different)
    }

    fn damaged_statement(&self) -> Option<Section> {
        let statements = self.statement_count();
        let is_below = |codes: CodeSlice<'_>, limit: usize| {
            (0..codes.count().unwrap_or(0)).all(|index| (codes.get(index) as usize) < limit)
        };
        let are_keys = |keys: &[u32]| {
            keys.is_sorted_by(|a, b| a < b)
                && keys.last().is_none_or(|key| (*key as usize) < statements)
        };
        first_damage(&[
            (
                Section::StatementQualifiers,
                is_below(self.statement_qualifiers.slice(), self.qualifiers.len()),
            ),
            (
                Section::StatementCitations,
                is_below(self.statement_citations.slice(), self.citations.len()),
            ),
            (Section::PropertyKeys, are_keys(&self.property_keys)),
            (Section::SlugKeys, are_keys(&self.slug_keys)),
            (Section::SlugTexts, is_text(self, &self.slug_texts)),
        ])
    }
}

/// Which statements there are, in any order: the sum of a number for each that nobody can foresee.
///
/// Different lists of statements have the same sum once in 2^64, and a forger cannot look for such
/// lists, as the key is another each time (D. Clarke and others, "Incremental multiset hash
/// functions and their application to memory integrity checking", 2003, MSet-Add-Hash).
#[derive(Default)]
struct Ends {
    key: RandomState,
    sum: u64,
}

impl Ends {
    /// None, under the same key.
    fn empty(&self) -> Ends {
        Ends {
            key: self.key.clone(),
            sum: 0,
        }
    }

    /// Adds a statement: its subject, relation and object, and its number, or 0 for any.
    fn add(&mut self, (subject, relation, object): (u32, u32, u32), number: u32) {
        let pair = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
        let words = [pair(subject, object), pair(relation, number)];
        self.sum = self.sum.wrapping_add(self.key.hash_one(words));
    }
}

fn first_damage(checks: &[(Section, bool)]) -> Option<Section> {
    let damaged = checks.iter().find(|(_, is_sound)| !is_sound);
    damaged.map(|(section, _)| *section)
}

/// Whether every record reads and is as it should be.
fn reads<T: serde::de::DeserializeOwned>(
    dictionary: &Dictionary<T>,
    is_sound: impl Fn(&T) -> bool,
) -> bool {
    dictionary
        .check()
        .all(|block| block.is_some_and(|(_, records)| records.iter().all(&is_sound)))
}

/// Whether a value is one that data can have: nothing in it that only a query makes.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::Null | Value::Boolean(_) | Value::Integer(_) | Value::Text(_) | Value::Date(_) => {
            true
        }
        Value::Float(number) => !number.is_nan(),
        Value::List(values) => values.iter().all(is_plain),
        Value::Map(map) => map.values().all(is_plain),
        Value::Entity(_) | Value::Statement(_) | Value::Source(_) | Value::Path(_) => false,
    }
}

fn is_text(snapshot: &Snapshot, texts: &[u32]) -> bool {
    texts
        .iter()
        .all(|text| (*text as usize) < snapshot.texts.len())
}

/// Whether runs start at 0, go on from each other, and end at `end`.
fn are_starts(starts: &[u32], end: usize) -> bool {
    starts.first() == Some(&0)
        && starts.is_sorted()
        && starts.last().map(|last| *last as usize) == Some(end)
}
