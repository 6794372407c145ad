//! The vocabulary of an import: what the mapping declares, and what occurs beside it.

use std::collections::BTreeMap;
use std::collections::HashMap;

use crate::diagnostic::Error;
use crate::diagnostic::suggest;
use crate::model::Date;
use crate::model::Group;
use crate::model::GroupId;
use crate::model::Kind;
use crate::model::KindId;
use crate::model::LINEAGE;
use crate::model::Label;
use crate::model::Range;
use crate::model::Relation;
use crate::model::Schema;
use crate::model::Source;
use crate::model::Type;
use crate::model::stable;
use crate::store::import::plan::Declared;
use crate::store::import::plan::RelationRow;
use crate::store::import::plan::SourceRow;
use crate::store::import::report::quoted;

/// The most relations and properties; a column with more words in it is something else.
const RELATIONS_MAX: usize = 1 << 15;

/// The most kinds, for the same reason.
const KINDS_MAX: usize = 1 << 15;

/// Words that are numbered as they appear, those that are declared first.
#[derive(Default)]
struct Words {
    list: Vec<String>,
    numbers: HashMap<String, u32>,
    declared: usize,
}

impl Words {
    fn new<'a>(declared: impl Iterator<Item = &'a String>) -> Words {
        let mut words = Words::default();
        for word in declared {
            words.number(word);
        }
        words.declared = words.list.len();
        words
    }

    fn number(&mut self, word: &str) -> u32 {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let number = self.list.len() as u32;
        self.list.push(word.to_owned());
        self.numbers.insert(word.to_owned(), number);
        number
    }

    /// The words in their final order: declared ones first, then the others, each by name; and
    /// the place of each number.
    fn order(&self) -> (Vec<&str>, Vec<u32>) {
        let mut order: Vec<usize> = (0..self.list.len()).collect();
        stable::sort_by_key(&mut order[self.declared..], |number| &self.list[*number]);
        let mut places = vec![0; order.len()];
        for (place, number) in order.iter().enumerate() {
            places[*number] = place as u32;
        }
        let words = order.iter().map(|number| self.list[*number].as_str());
        (words.collect(), places)
    }
}

/// Kinds, relations, properties and sources while files are read.
pub(super) struct Vocabulary {
    declared: Declared,
    is_closed: bool,
    kinds: Words,
    relations: Words,
    properties: Words,
    types: Vec<Type>,
    sources: Words,
    /// The relation of each inverse name.
    inverses: HashMap<String, u32>,
}

/// The vocabulary when all is read, and what early numbers have become.
pub(super) struct Ordered {
    pub(super) schema: Schema,
    pub(super) sources: Vec<Source>,
    pub(super) kinds: Vec<u32>,
    pub(super) relations: Vec<u16>,
    pub(super) properties: Vec<u16>,
    pub(super) source_places: Vec<u32>,
}

impl Vocabulary {
    /// What is declared. Errors: it contradicts itself.
    pub(super) fn new(declared: Declared, is_closed: bool) -> Result<Vocabulary, Error> {
        let relations = Words::new(declared.relations.keys());
        let mut inverses = HashMap::new();
        for (name, row) in &declared.relations {
            if let Some(inverse) = &row.inverse {
                let number = relations.numbers[name];
                let is_taken = relations.numbers.contains_key(inverse);
                if is_taken || inverses.insert(inverse.clone(), number).is_some() {
                    let inverse = quoted(inverse.as_bytes());
                    return Err(wrong(format!("{inverse} is the name of two relations")));
                }
            }
            for group in &row.groups {
                if group != LINEAGE && !declared.groups.contains_key(group) {
                    let (name, group) = (quoted(name.as_bytes()), quoted(group.as_bytes()));
                    return Err(wrong(format!(
                        "{name} is in the group {group}, which is not declared"
                    )));
                }
            }
        }
        for (name, row) in &declared.kinds {
            let mut kind = Some(name);
            for _ in 0..=declared.kinds.len() {
                let parent = kind.and_then(|kind| declared.kinds.get(kind)?.parent.as_ref());
                if let Some(parent) = parent.filter(|name| !declared.kinds.contains_key(*name)) {
                    let parent = quoted(parent.as_bytes());
                    return Err(wrong(format!("the parent {parent} is no declared kind")));
                }
                kind = parent;
            }
            if kind.is_some() && row.parent.is_some() {
                let name = quoted(name.as_bytes());
                return Err(wrong(format!("the parents of {name} lead in a circle")));
            }
        }
        let properties = Words::new(declared.properties.keys());
        let rows = declared.properties.values();
        let types = rows.map(|row| row.wanted.map_or(Type::Text, |word| word.0));
        Ok(Vocabulary {
            types: types.collect(),
            kinds: Words::new(declared.kinds.keys()),
            sources: Words::new(declared.sources.keys()),
            relations,
            properties,
            inverses,
            declared,
            is_closed,
        })
    }

    /// The number of a kind.
    pub(super) fn kind(&mut self, name: &str) -> Result<u32, String> {
        let is_known = self.kinds.numbers.contains_key(name);
        if !is_known && (self.is_closed || self.kinds.list.len() >= KINDS_MAX) {
            return Err(unknown("kind", name, &self.kinds));
        }
        Ok(self.kinds.number(name))
    }

    /// The number of a relation, and whether it is meant against its arrow.
    pub(super) fn relation(&mut self, name: &str) -> Result<(u16, bool), String> {
        if let Some(number) = self.inverses.get(name) {
            return Ok((*number as u16, true));
        }
        self.check_relation(name)?;
        Ok((self.relations.number(name) as u16, false))
    }

    /// Whether there is a relation of this name or its inverse, or can be.
    pub(super) fn check_relation(&self, name: &str) -> Result<(), String> {
        let (list, numbers) = (&self.relations.list, &self.relations.numbers);
        let is_known = numbers.contains_key(name) || self.inverses.contains_key(name);
        match !is_known && (self.is_closed || list.len() >= RELATIONS_MAX) {
            true => Err(unknown("relation", name, &self.relations)),
            false => Ok(()),
        }
    }

    /// The number of a property; it gets that type if it is new.
    pub(super) fn property(&mut self, name: &str, wanted: Type) -> Result<u16, Error> {
        let number = self.properties.number(name) as usize;
        if number >= RELATIONS_MAX {
            return Err(wrong("there are more than 32,768 properties".to_owned()));
        }
        match self.types.get(number) {
            None => self.types.push(wanted),
            Some(known) if *known != wanted => self.types[number] = Type::Any,
            Some(_) => {}
        }
        Ok(number as u16)
    }

    /// The type that is declared of a property.
    pub(super) fn declared_type(&self, name: &str) -> Option<Type> {
        self.declared
            .properties
            .get(name)?
            .wanted
            .map(|word| word.0)
    }

    /// The number of a source.
    pub(super) fn source(&mut self, id: &str) -> u32 {
        self.sources.number(id)
    }

    /// An error if a relation and a property have one name: a query could not tell them apart.
    fn check_words(&self, properties: &[&str]) -> Result<(), Error> {
        let is_relation = |name: &&&str| {
            self.relations.numbers.contains_key(**name) || self.inverses.contains_key(**name)
        };
        match properties.iter().find(is_relation) {
            None => Ok(()),
            Some(name) => {
                let name = quoted(name.as_bytes());
                let message = format!("{name} is the name of a relation and of a property");
                let hint = "give one of them another name in a mapping".to_owned();
                Err(Error::Usage(message, Some(hint)))
            }
        }
    }

    /// The vocabulary in its order. Errors: a source's date does not read.
    pub(super) fn order(&self) -> Result<Ordered, Error> {
        let (kind_words, kinds) = self.kinds.order();
        let (relation_words, relations) = self.relations.order();
        let (property_words, properties) = self.properties.order();
        let kind_places: BTreeMap<&str, usize> = kind_words.iter().copied().zip(0..).collect();
        self.check_words(&property_words)?;
        let groups = self.groups();
        let first = relation_words.len() as u16;
        let schema = Schema {
            kinds: kind_words
                .iter()
                .map(|name| self.kind_row(name, &kind_places))
                .collect(),
            relations: self.relation_rows(&relation_words, &property_words, &groups),
            groups,
            is_open: false,
        };
        let (sources, source_places) = self.ordered_sources()?;
        let places = |places: Vec<u32>, first: u16| {
            places
                .into_iter()
                .map(|place| place as u16 + first)
                .collect()
        };
        Ok(Ordered {
            schema,
            sources,
            kinds,
            relations: places(relations, 0),
            properties: places(properties, first),
            source_places,
        })
    }

    /// The groups, the lineage among them.
    fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        if !self.declared.groups.contains_key(LINEAGE) {
            groups.push(group(LINEAGE, "From an older thing to a newer one."));
        }
        let rows = self.declared.groups.iter();
        groups.extend(rows.map(|(name, row)| group(name, &row.doc)));
        groups
    }

    /// Relations, and behind them properties.
    fn relation_rows(
        &self,
        words: &[&str],
        properties: &[&str],
        groups: &[Group],
    ) -> Vec<Relation> {
        let group_id = |name: &String| {
            let found = groups.iter().position(|group| &group.name == name);
            GroupId::from_index(found.expect("groups were checked when they were declared"))
        };
        // Where no relation is declared, each leads somewhere.
        let lineage = match self.declared.relations.is_empty() {
            true => vec![LINEAGE.to_owned()],
            false => Vec::new(),
        };
        let plain = RelationRow {
            groups: lineage,
            doc: "A relation of the imported data.".to_owned(),
            ..RelationRow::default()
        };
        let relations = words.iter().map(|name| {
            let row = self.declared.relations.get(*name).unwrap_or(&plain);
            let groups = row.groups.iter().map(group_id).collect();
            relation(name, row, groups, Range::Entities(Vec::new()))
        });
        let properties = properties.iter().map(|name| {
            let doc = match self.declared.properties.get(*name) {
                Some(row) => row.doc.clone(),
                None => "A property of the imported data.".to_owned(),
            };
            let row = RelationRow {
                doc,
                ..RelationRow::default()
            };
            let wanted = self.types[self.properties.numbers[*name] as usize];
            relation(name, &row, Vec::new(), Range::Values(wanted))
        });
        relations.chain(properties).collect()
    }

    fn kind_row(&self, name: &str, places: &BTreeMap<&str, usize>) -> Kind {
        let row = self.declared.kinds.get(name);
        let doc = row.map_or("A kind of the imported data.", |row| row.doc.as_str());
        let parent = row.and_then(|row| places.get(row.parent.as_deref()?));
        Kind {
            name: name.to_owned(),
            doc: doc.to_owned(),
            label: Label::default(),
            parent: parent.map(|place| KindId::from_index(*place)),
        }
    }

    /// The sources by their ids, and the place of each number.
    fn ordered_sources(&self) -> Result<(Vec<Source>, Vec<u32>), Error> {
        let mut order: Vec<usize> = (0..self.sources.list.len()).collect();
        stable::sort_by_key(&mut order, |number| &self.sources.list[*number]);
        let mut places = vec![0; order.len()];
        let mut sources = Vec::with_capacity(order.len());
        let plain = SourceRow::default();
        for (place, number) in order.into_iter().enumerate() {
            places[number] = place as u32;
            let id = &self.sources.list[number];
            let row = self.declared.sources.get(id).unwrap_or(&plain);
            let date = row.date.as_deref().map(Date::parse).transpose();
            sources.push(Source {
                id: id.clone(),
                title: row.title.clone().unwrap_or_else(|| id.clone()),
                author: row.author.clone(),
                date: date.map_err(|error| {
                    wrong(format!("the source {}: {error}", quoted(id.as_bytes())))
                })?,
                language: row.language.clone(),
                address: row.address.clone(),
            });
        }
        Ok((sources, places))
    }
}

fn wrong(message: String) -> Error {
    Error::Usage(message, None)
}

fn unknown(what: &str, name: &str, words: &Words) -> String {
    let name_shown = quoted(name.as_bytes());
    if words.list.len() >= RELATIONS_MAX {
        return format!("{name_shown} is the 32,769th {what}: is that the right column?");
    }
    let near = suggest::nearest(name, words.list.iter().take(1000).map(String::as_str));
    match suggest::did_you_mean(&near) {
        Some(hint) => format!("{name_shown} is no {what} of the mapping; {hint}"),
        None => format!("{name_shown} is no {what} of the mapping"),
    }
}

fn group(name: &str, doc: &str) -> Group {
    Group {
        name: name.to_owned(),
        doc: doc.to_owned(),
    }
}

fn relation(name: &str, row: &RelationRow, groups: Vec<GroupId>, range: Range) -> Relation {
    Relation {
        name: name.to_owned(),
        inverse: row.inverse.clone(),
        doc: row.doc.clone(),
        label: Label::default(),
        inverse_label: Label::default(),
        domain: Vec::new(),
        range,
        groups,
        is_symmetric: row.symmetric,
        is_transitive: row.transitive,
        is_acyclic: row.acyclic,
        is_functional: row.functional,
        status: None,
        is_birth: false,
    }
}
