//! The frozen graph that queries run on: columns, dictionaries, and sorted rows both ways.
//!
//! Invariants, kept by `freeze` alone: entity ids follow the order of slugs; statement ids follow
//! subject, relation, object, so that the statements of a subject (and of a subject and a relation)
//! are one range; `incoming` has each statement between entities once, by object and relation.

use std::sync::OnceLock;

use serde::Deserialize;
use serde::Serialize;

use crate::model::Certainty;
use crate::model::Citation;
use crate::model::Date;
use crate::model::Day;
use crate::model::EntityId;
use crate::model::IdTypes;
use crate::model::KindId;
use crate::model::Map;
use crate::model::Period;
use crate::model::Polarity;
use crate::model::RelationId;
use crate::model::Schema;
use crate::model::Source;
use crate::model::SourceId;
use crate::model::StatementId;
use crate::model::TextId;
use crate::model::Texts;
use crate::model::Value;

/// An immutable, indexed graph. Equal graphs freeze to equal snapshots, byte for byte.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Snapshot {
    /// The vocabulary.
    pub schema: Schema,
    /// The sources, by id.
    pub sources: Vec<Source>,
    pub(super) texts: Texts,
    pub(super) id_types: IdTypes,
    pub(super) entities: Vec<EntityRow>,
    /// Distinct lists of kinds; the first is empty.
    pub(super) kinds: Vec<Vec<KindId>>,
    pub(super) names: Vec<NameRow>,
    /// Where each entity's statements start; one more entry than entities.
    pub(super) outgoing_starts: Vec<u32>,
    /// Where each entity's entries in `incoming` start; one more entry than entities.
    pub(super) incoming_starts: Vec<u32>,
    pub(super) incoming: Vec<StatementId>,
    pub(super) statements: StatementColumns,
    /// Distinct qualifiers; the first are those of a plain statement.
    pub(super) qualifiers: Vec<Qualifiers>,
    /// Distinct lists of citations; the first is empty.
    pub(super) citations: Vec<Vec<Citation>>,
    pub(super) values: Vec<Value>,
    /// The statements that have properties of their own, in their order.
    pub(super) properties: Vec<(StatementId, Map)>,
    /// The statements that have ids in the data, in their order.
    pub(super) statement_slugs: Vec<(StatementId, TextId)>,
    pub(super) index: NameIndex,
    /// Counts for the choice of plans; made when they are first wanted.
    #[serde(skip)]
    pub(super) statistics: OnceLock<Statistics>,
}

/// How many there are of each.
#[derive(Clone, Debug)]
pub(super) struct Statistics {
    /// Entities of each kind or a kind below it.
    kinds: Vec<usize>,
    /// Statements of each relation.
    relations: Vec<usize>,
    /// The newest day that a sign of how a thing stands bears.
    newest_sign: Option<Day>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct EntityRow {
    pub(super) slug: TextId,
    pub(super) kind: KindId,
    /// Which list of kinds has all of its kinds.
    pub(super) kinds: u32,
    /// Where its names start in the column of names.
    pub(super) names_start: u32,
    pub(super) names_end: u32,
    /// Its place when all are ordered by name (code points), then slug.
    pub(super) rank: u32,
    /// Which list of citations says where it is named.
    pub(super) citations: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct NameRow {
    pub(super) text: TextId,
    pub(super) language: Option<TextId>,
    pub(super) since: Option<Date>,
    pub(super) until: Option<Date>,
    pub(super) is_alias: bool,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct StatementColumns {
    pub(super) subject: Vec<EntityId>,
    pub(super) relation: Vec<RelationId>,
    pub(super) object: Vec<ObjectRow>,
    pub(super) qualifiers: Vec<u32>,
    pub(super) citations: Vec<u32>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) enum ObjectRow {
    Entity(EntityId),
    Value(u32),
    Nothing,
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

    /// Whether traversals walk it: positive, and at least hedged.
    pub fn is_walked(&self) -> bool {
        self.polarity == Polarity::Positive && self.certainty <= Certainty::Hedged
    }
}

/// Texts by which entities are found, each list ordered by text (bytes), then entity.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct NameIndex {
    pub(super) names: Vec<(TextId, EntityId)>,
    pub(super) aliases: Vec<(TextId, EntityId)>,
    pub(super) folded: Vec<(TextId, EntityId)>,
}

/// The far end of a statement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ObjectRef<'a> {
    /// An entity.
    Entity(EntityId),
    /// A value.
    Value(&'a Value),
    /// None that is known.
    Nothing,
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

/// The steps of look-up, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The slug, to the letter.
    Id,
    /// A name borne today, to the letter.
    Name,
    /// An alias or a former name, to the letter.
    Alias,
    /// Any of these, folded: NFKC, lower case, and space = `-` = `_`.
    Folded,
}

impl Snapshot {
    /// How many entities there are.
    pub fn entity_count(&self) -> usize {
        self.entities.len()
    }

    /// How many statements there are.
    pub fn statement_count(&self) -> usize {
        self.statements.subject.len()
    }

    /// All entities, by slug.
    pub fn entities(&self) -> impl DoubleEndedIterator<Item = EntityId> + ExactSizeIterator {
        (0..self.entities.len()).map(EntityId::from_index)
    }

    /// All statements, by subject and relation.
    pub fn statements(&self) -> impl DoubleEndedIterator<Item = StatementId> + ExactSizeIterator {
        (0..self.statement_count()).map(StatementId::from_index)
    }

    /// How many entities are of a kind or one below it.
    pub fn kind_count(&self, kind: KindId) -> usize {
        self.statistics().kinds[kind.index()]
    }

    /// How many statements there are of a relation.
    pub fn relation_count(&self, relation: RelationId) -> usize {
        self.statistics().relations[relation.index()]
    }

    /// The newest day on which any thing is known to have stood somehow: the first day of the
    /// newest date that a walked sign of a status bears; none if there is no such sign.
    pub fn newest_sign(&self) -> Option<Day> {
        self.statistics().newest_sign
    }

    /// The date of a statement that is a sign of a status: its value, or from when on it holds.
    pub fn sign_date(&self, statement: StatementId) -> Option<&Date> {
        match self.object(statement) {
            ObjectRef::Value(Value::Date(date)) => Some(date),
            _ => self.qualifiers(statement).since.as_ref(),
        }
    }

    fn find_newest_sign(&self) -> Option<Day> {
        self.schema.signs().next()?;
        let is_sign = |statement: &StatementId| {
            let relation = &self.schema.relations[self.relation(*statement).index()];
            relation.status.is_some() && self.qualifiers(*statement).is_walked()
        };
        let signs = self.statements().filter(is_sign);
        signs.filter_map(|sign| self.sign_date(sign)?.first()).max()
    }

    fn statistics(&self) -> &Statistics {
        self.statistics.get_or_init(|| {
            let kinds = (0..self.schema.kinds.len()).map(KindId::from_index);
            let mut counts = Statistics {
                kinds: vec![0; kinds.len()],
                relations: vec![0; self.schema.relations.len()],
                newest_sign: self.find_newest_sign(),
            };
            let mut own = vec![0; kinds.len()];
            for row in &self.entities {
                own[row.kind.index()] += 1;
            }
            for kind in kinds.clone() {
                let below = kinds.clone().filter(|other| self.schema.is_a(*other, kind));
                counts.kinds[kind.index()] = below.map(|other| own[other.index()]).sum();
            }
            for relation in &self.statements.relation {
                counts.relations[relation.index()] += 1;
            }
            counts
        })
    }

    /// The stable id of an entity.
    pub fn slug(&self, entity: EntityId) -> &str {
        self.texts.get(self.entities[entity.index()].slug)
    }

    /// The name of an entity that is shown.
    pub fn name(&self, entity: EntityId) -> &str {
        let row = &self.entities[entity.index()];
        self.texts.get(self.names[row.names_start as usize].text)
    }

    /// All names and aliases of an entity, in the order of the data.
    pub fn names(&self, entity: EntityId) -> impl Iterator<Item = NameRef<'_>> {
        let row = &self.entities[entity.index()];
        self.names[row.names_start as usize..row.names_end as usize]
            .iter()
            .map(|name| NameRef {
                text: self.texts.get(name.text),
                language: name.language.map(|language| self.texts.get(language)),
                period: Period {
                    since: name.since.as_ref(),
                    until: name.until.as_ref(),
                },
                is_alias: name.is_alias,
            })
    }

    /// The kind of an entity; where it has several, the first, and where it has none, one without
    /// a name.
    pub fn kind(&self, entity: EntityId) -> KindId {
        self.entities[entity.index()].kind
    }

    /// The kind of an entity, as a word.
    pub fn kind_name(&self, entity: EntityId) -> &str {
        &self.schema.kinds[self.kind(entity).index()].name
    }

    /// All kinds of an entity, in the order of the data; none if it has none.
    pub fn kinds(&self, entity: EntityId) -> &[KindId] {
        &self.kinds[self.entities[entity.index()].kinds as usize]
    }

    /// Whether some kind of an entity is `kind` or a special case of it.
    pub fn is_a(&self, entity: EntityId, kind: KindId) -> bool {
        let mut kinds = self.kinds(entity).iter();
        kinds.any(|found| self.schema.is_a(*found, kind))
    }

    /// Whether the data has integers for the ids of entities.
    pub fn node_ids_are_integers(&self) -> bool {
        self.id_types.nodes_are_integers
    }

    /// Whether the data has integers for the ids of statements.
    pub fn edge_ids_are_integers(&self) -> bool {
        self.id_types.edges_are_integers
    }

    /// The place of an entity among all, by name (code points), then slug.
    pub fn rank(&self, entity: EntityId) -> u32 {
        self.entities[entity.index()].rank
    }

    /// Where an entity is named.
    pub fn entity_citations(&self, entity: EntityId) -> &[Citation] {
        &self.citations[self.entities[entity.index()].citations as usize]
    }

    /// The statements with this subject, by relation and object.
    pub fn outgoing(
        &self,
        entity: EntityId,
    ) -> impl DoubleEndedIterator<Item = StatementId> + use<> {
        let range = bounds(&self.outgoing_starts, entity);
        (range.0..range.1).map(StatementId)
    }

    /// The statements with this entity as their object, by relation and subject.
    pub fn incoming(&self, entity: EntityId) -> &[StatementId] {
        let range = bounds(&self.incoming_starts, entity);
        &self.incoming[range.0 as usize..range.1 as usize]
    }

    /// The subject of a statement.
    pub fn subject(&self, statement: StatementId) -> EntityId {
        self.statements.subject[statement.index()]
    }

    /// The relation of a statement.
    pub fn relation(&self, statement: StatementId) -> RelationId {
        self.statements.relation[statement.index()]
    }

    /// The object of a statement.
    pub fn object(&self, statement: StatementId) -> ObjectRef<'_> {
        match self.statements.object[statement.index()] {
            ObjectRow::Entity(entity) => ObjectRef::Entity(entity),
            ObjectRow::Value(value) => ObjectRef::Value(&self.values[value as usize]),
            ObjectRow::Nothing => ObjectRef::Nothing,
        }
    }

    /// The qualifiers of a statement.
    pub fn qualifiers(&self, statement: StatementId) -> &Qualifiers {
        &self.qualifiers[self.statements.qualifiers[statement.index()] as usize]
    }

    /// What a statement rests on.
    pub fn citations(&self, statement: StatementId) -> &[Citation] {
        &self.citations[self.statements.citations[statement.index()] as usize]
    }

    /// What a property graph says of a statement besides its ends; none if that is nothing.
    pub fn statement_properties(&self, statement: StatementId) -> Option<&Map> {
        sparse(&self.properties, statement)
    }

    /// The id that the data gives a statement; none if it gives none.
    pub fn statement_slug(&self, statement: StatementId) -> Option<&str> {
        sparse(&self.statement_slugs, statement).map(|text| self.texts.get(*text))
    }

    /// A source.
    pub fn source(&self, source: SourceId) -> &Source {
        &self.sources[source.index()]
    }

    /// The source with that id.
    pub fn find_source(&self, id: &str) -> Option<SourceId> {
        let found = self
            .sources
            .binary_search_by(|source| source.id.as_str().cmp(id))
            .ok()?;
        Some(SourceId::from_index(found))
    }

    /// The entity with that slug.
    pub fn find_id(&self, slug: &str) -> Option<EntityId> {
        let found = self
            .entities
            .binary_search_by(|row| self.texts.get(row.slug).cmp(slug))
            .ok()?;
        Some(EntityId::from_index(found))
    }

    /// The entities that bear `name`, at the first level that has any; by slug.
    pub fn find(&self, name: &str) -> Option<(Level, Vec<EntityId>)> {
        if let Some(entity) = self.find_id(name) {
            return Some((Level::Id, vec![entity]));
        }
        let folded = || crate::diagnostic::suggest::folded(name);
        self.hits(Level::Name, &self.index.names, name)
            .or_else(|| self.hits(Level::Alias, &self.index.aliases, name))
            .or_else(|| self.hits(Level::Folded, &self.index.folded, &folded()))
    }

    /// The entities that bear `name` when it is folded, whatever the level; by slug.
    pub fn find_folded(&self, folded: &str) -> Vec<EntityId> {
        self.hits(Level::Folded, &self.index.folded, folded)
            .map_or(Vec::new(), |(_, found)| found)
    }

    /// Every slug, name and alias, folded, with its entity; by text.
    pub fn folded_names(&self) -> impl Iterator<Item = (&str, EntityId)> {
        self.index
            .folded
            .iter()
            .map(|(text, entity)| (self.texts.get(*text), *entity))
    }

    fn hits(
        &self,
        level: Level,
        index: &[(TextId, EntityId)],
        name: &str,
    ) -> Option<(Level, Vec<EntityId>)> {
        let start = index.partition_point(|(text, _)| self.texts.get(*text) < name);
        let hits: Vec<EntityId> = index[start..]
            .iter()
            .take_while(|(text, _)| self.texts.get(*text) == name)
            .map(|(_, entity)| *entity)
            .collect();
        if hits.is_empty() {
            None
        } else {
            Some((level, hits))
        }
    }

    /// Every text by which an entity can be named in a query, with the entity: slugs first, then
    /// names and aliases in the order of the data.
    pub fn all_names(&self) -> impl Iterator<Item = (&str, EntityId)> {
        let slugs = self.entities().map(|entity| (self.slug(entity), entity));
        let names = self
            .entities()
            .flat_map(|entity| self.names(entity).map(move |name| (name.text, entity)));
        slugs.chain(names)
    }
}

/// The entry of a statement in a column that not all of them have.
fn sparse<T>(column: &[(StatementId, T)], statement: StatementId) -> Option<&T> {
    let found = column.binary_search_by_key(&statement, |(statement, _)| *statement);
    Some(&column[found.ok()?].1)
}

/// Start and end of an entity's run.
fn bounds(starts: &[u32], entity: EntityId) -> (u32, u32) {
    (starts[entity.index()], starts[entity.index() + 1])
}
