//! From records to a graph: resolves every name, checks every value, and then what only the whole
//! can show. What cannot be used is left out, with a finding; references to it go silently.

mod order;
mod schema;
mod statement;
mod whole;

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::collections::HashSet;

use unicode_normalization::is_nfc;

use crate::diagnostic::code;
use crate::diagnostic::escape;
use crate::diagnostic::suggest;
use crate::model::Citation;
use crate::model::Date;
use crate::model::EntityId;
use crate::model::EntityRecord;
use crate::model::Graph;
use crate::model::KindId;
use crate::model::NameRecord;
use crate::model::Source;
use crate::model::SourceId;
use crate::model::StatementRecord;
use crate::model::stable;
use crate::store::DataFile;
use crate::store::Demands;
use crate::store::check::schema::Vocabulary;
use crate::store::report::Report;
use crate::store::report::quoted;
use crate::store::written::Place;
use crate::store::written::Records;
use crate::store::written::Written;
use crate::store::written::WrittenEntity;
use crate::store::written::WrittenName;
use crate::store::written::WrittenSource;
use crate::store::written::WrittenStatement;

/// The most characters of a name.
const NAME_CHARACTERS_MAX: usize = 1_000;

/// A statement that is kept, with its subject and its place.
struct Assertion {
    subject: EntityId,
    statement: StatementRecord,
    place: Place,
}

/// The keys of an entity that are no names, kinds or sources, with the statements under each.
type WrittenKeys = Vec<(Written<String>, Vec<WrittenStatement>)>;

/// What statements are written about: an entity, or one that is left out.
struct Subject {
    /// None if it is left out: then its statements are only checked.
    entity: Option<EntityId>,
    id: String,
    /// None if it has none that the schema knows.
    kind: Option<KindId>,
}

/// A name that is kept, with its bearer and its place.
struct Bearer {
    entity: EntityId,
    place: Place,
    is_shared: bool,
    text: String,
}

/// Everything that is known while the graph is made.
struct Checker<'r> {
    report: &'r mut Report,
    vocabulary: Vocabulary,
    graph: Graph,
    left_out: HashSet<String>,
    left_out_words: HashSet<String>,
    sources: HashMap<String, SourceId>,
    entities: HashMap<String, EntityId>,
    /// Where each entity is defined.
    places: Vec<Place>,
    /// Whether anything was written about each entity, be it right or wrong.
    is_mentioned: Vec<bool>,
    bearers: Vec<Bearer>,
    assertions: Vec<Assertion>,
    /// Where statements accept what is found about them, and whether anything was.
    accepted: BTreeMap<Place, bool>,
    demands: Demands,
}

/// Makes the graph.
pub(crate) fn check(
    records: Records,
    files: &[DataFile],
    demands: Demands,
    report: &mut Report,
) -> Graph {
    let Records {
        groups,
        kinds,
        relations,
        sources,
        entities,
        mut left_out,
        mut left_out_words,
    } = records;
    let vocabulary = Vocabulary::new(groups, kinds, relations, &mut left_out_words, report);
    let sources = check_sources(sources, &mut left_out, report);
    let graph = Graph::new(vocabulary.schema.clone(), sources);
    let source_ids = graph
        .sources
        .iter()
        .enumerate()
        .map(|(index, source)| (source.id.clone(), SourceId::from_index(index)))
        .collect();
    let mut checker = Checker {
        report,
        vocabulary,
        graph,
        left_out,
        left_out_words,
        sources: source_ids,
        entities: HashMap::new(),
        places: Vec::new(),
        is_mentioned: Vec::new(),
        bearers: Vec::new(),
        assertions: Vec::new(),
        accepted: BTreeMap::new(),
        demands,
    };
    let entities: Vec<_> = entities
        .into_iter()
        .map(|entity| checker.add_entity(entity))
        .collect();
    for (subject, keys) in entities {
        for (key, statements) in keys {
            checker.add_statements(&subject, &key, statements);
        }
    }
    checker.check_whole(files);
    checker.finish()
}

/// The sources that can be used; the first of several with the same id. Those that are broken are
/// added to `left_out`.
fn check_sources(
    written: Vec<WrittenSource>,
    left_out: &mut HashSet<String>,
    report: &mut Report,
) -> Vec<Source> {
    let mut known: HashMap<String, Place> = HashMap::new();
    let mut sources = Vec::new();
    for source in written {
        let id = source.id;
        let first = known.get(&id.value).copied();
        if let Some(first) = first {
            report_doubled(report, &id, first);
        }
        let date = source.date.and_then(|date| read_date(&date, report));
        let address = source.address.filter(|address| {
            let is_good = is_address(&address.value);
            if !is_good {
                report_address(report, address);
            }
            is_good
        });
        if source.is_broken {
            left_out.insert(id.value);
            continue;
        }
        if first.is_some() {
            continue;
        }
        known.insert(id.value.clone(), id.place);
        sources.push(Source {
            id: id.value,
            title: source.title,
            author: source.author,
            date,
            language: source.language,
            address: address.map(|address| address.value),
        });
    }
    sources
}

fn report_doubled(report: &mut Report, id: &Written<String>, first: Place) {
    let message = format!(
        "{} is defined a second time, after {}",
        quoted(&id.value),
        quoted(report.name(first))
    );
    let hint = "make one table of the two, or give one another id".to_owned();
    report.error(&code::DUPLICATE_ID, id.place, message, hint);
}

/// Whether a text is an address that a link may have: `http`, `https` or `mailto`, in one piece.
fn is_address(text: &str) -> bool {
    let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    let has_scheme = ["http://", "https://", "mailto:"]
        .iter()
        .any(|scheme| lower.starts_with(scheme) && text.len() > scheme.len());
    let is_odd = |character: char| character.is_whitespace() || escape::is_hostile(character);
    has_scheme && !text.chars().any(is_odd)
}

fn report_address(report: &mut Report, address: &Written<String>) {
    let message = format!("{} is no address", quoted(&address.value));
    let hint = "an address begins with `https://`, `http://` or `mailto:` and has no spaces";
    report.error(&code::BAD_VALUE, address.place, message, hint.to_owned());
}

/// The date of a text; reports why it is none.
fn read_date(text: &Written<String>, report: &mut Report) -> Option<Date> {
    match Date::parse(&text.value) {
        Ok(date) => Some(date),
        Err(reason) => {
            let message = format!("{} is no date: {reason}", quoted(&text.value));
            let hint = "write it as `2018`, `2018-03`, `2018-03-14`, `~2013` or `2016/2018`";
            report.error(&code::BAD_DATA_DATE, text.place, message, hint.to_owned());
            None
        }
    }
}

/// The dates of a period, none for a missing bound; an error if any was reported.
fn read_period(
    since: Option<&Written<String>>,
    until: Option<&Written<String>>,
    report: &mut Report,
) -> Result<(Option<Date>, Option<Date>), ()> {
    let mut read = |text: Option<&Written<String>>| match text {
        None => Ok(None),
        Some(text) => read_date(text, report).map(Some).ok_or(()),
    };
    let (first, last) = (read(since), read(until));
    let (first, last) = (first?, last?);
    let period = crate::model::Period {
        since: first.as_ref(),
        until: last.as_ref(),
    };
    if let (true, Some(until)) = (period.is_reversed(), until) {
        let message = format!(
            "the period ends in {}, before it begins in {}",
            quoted(&until.value),
            quoted(since.map_or("", |since| &since.value))
        );
        let hint = "swap `since` and `until`, or correct one of them".to_owned();
        report.error(&code::PERIOD_REVERSED, until.place, message, hint);
        return Err(());
    }
    Ok((first, last))
}

impl Checker<'_> {
    /// Adds an entity, unless it has to be left out; gives its statements back, which wait until
    /// all entities are known.
    fn add_entity(&mut self, entity: WrittenEntity) -> (Subject, WrittenKeys) {
        let id = entity.id;
        let first = self.entities.get(&id.value).copied();
        if let Some(first) = first {
            report_doubled(self.report, &id, self.places[first.index()]);
        }
        self.report_missing_keys(&id, &entity.missing, &entity.statements);
        let kind = entity.kind.and_then(|kind| self.find_kind(&kind));
        if self.demands.sources && entity.sources.is_empty() {
            let message = format!("{} has no source", quoted(&id.value));
            let hint = "add `source = \"…\"`: where is it named?".to_owned();
            self.report.error(&code::NO_SOURCE, id.place, message, hint);
        }
        let sources = self.find_sources(&entity.sources);
        let number = EntityId::from_index(self.places.len());
        let before = self.bearers.len();
        let names = entity.names.into_iter();
        let names: Vec<NameRecord> = names
            .filter_map(|name| self.check_name(number, name))
            .collect();
        let has_name = names.first().is_some_and(|name| !name.is_alias);
        let is_usable = has_name && first.is_none() && !entity.is_broken;
        let added = kind.filter(|_| is_usable).and_then(|kind| {
            let id = id.value.clone();
            let values = Vec::new();
            self.graph.add_entity(EntityRecord {
                id,
                names,
                kinds: vec![kind],
                sources,
                values,
            })
        });
        let subject = Subject {
            entity: added,
            id: id.value,
            kind,
        };
        if let Some(added) = added {
            self.entities.insert(subject.id.clone(), added);
            self.places.push(id.place);
            self.is_mentioned.push(false);
        } else {
            self.bearers.truncate(before);
            if first.is_none() {
                self.left_out.insert(subject.id.clone());
            }
        }
        (subject, entity.statements)
    }

    /// Reports the keys that an entity has not, each with the unknown key that may be its typo.
    fn report_missing_keys(&mut self, id: &Written<String>, missing: &[&str], keys: &WrittenKeys) {
        for key in missing {
            let words = keys.iter().map(|(word, _)| word.value.as_str());
            let is_unknown = |word: &&str| {
                !self.vocabulary.words.contains_key(*word) && !self.left_out_words.contains(*word)
            };
            let is_typo = |word: &&str| !suggest::nearest(word, [*key]).is_empty();
            let typo = words.filter(is_unknown).find(is_typo);
            let hint = match typo {
                Some(typo) => format!("rename {} to {}", quoted(typo), quoted(key)),
                None => format!("add `{key} = \"…\"`"),
            };
            let message = format!("{} has no {}", quoted(&id.value), quoted(key));
            self.report
                .error(&code::MISSING_KEY, id.place, message, hint);
        }
    }

    fn find_kind(&mut self, kind: &Written<String>) -> Option<KindId> {
        let found = self.vocabulary.kinds.get(&kind.value).copied();
        if found.is_none() && !self.left_out_words.contains(&kind.value) {
            let message = format!("there is no kind {}", quoted(&kind.value));
            let kinds = self.vocabulary.schema.kinds.iter();
            let near = self
                .report
                .suggest(&kind.value, kinds.map(|kind| kind.name.as_str()));
            let hint = near.or_else(|| Some("declare it in `schema.toml`".to_owned()));
            self.report
                .error(&code::UNKNOWN_DATA_KIND, kind.place, message, hint);
        }
        found
    }

    /// The name, if it can be used; reports everything that is wrong with it.
    fn check_name(&mut self, entity: EntityId, name: WrittenName) -> Option<NameRecord> {
        let period = read_period(name.since.as_ref(), name.until.as_ref(), self.report);
        let Written { value: text, place } = name.text?;
        if !self.check_name_text(&text, place) || name.is_broken {
            return None;
        }
        let (since, until) = period.ok()?;
        self.bearers.push(Bearer {
            entity,
            place,
            is_shared: name.is_shared,
            text: text.clone(),
        });
        Some(NameRecord {
            text,
            language: name.language,
            since,
            until,
            is_alias: name.is_alias,
            is_shared: name.is_shared,
        })
    }

    /// Whether a text can be a name; says so as well if it can and had better be another.
    fn check_name_text(&mut self, text: &str, place: Place) -> bool {
        if text.trim().is_empty() {
            let hint = "write a name, or take it out".to_owned();
            self.report
                .error(&code::MISSING_KEY, place, "the name is empty", hint);
            return false;
        }
        if text.chars().nth(NAME_CHARACTERS_MAX).is_some() {
            let message = format!("the name is longer than {NAME_CHARACTERS_MAX} characters");
            self.report.error(&code::TOO_LARGE, place, message, None);
            return false;
        }
        if !is_nfc(text) || text.contains(['\n', '\r', '\t']) || text.trim() != text {
            let message = format!("the name {} is not in its plain form", quoted(text));
            let hint = "write it in Unicode NFC, without spaces around it or line breaks in it";
            self.report
                .warning(&code::HOSTILE_NAME, place, message, hint.to_owned());
        }
        true
    }

    /// The citations that can be used, in the order of the sources' ids and of writing.
    fn find_sources(&mut self, written: &[Written<String>]) -> Vec<Citation> {
        let mut citations: Vec<Citation> = Vec::new();
        for text in written {
            let (id, at) = text.value.split_once(':').unwrap_or((&text.value, ""));
            if let Some(source) = self.sources.get(id) {
                let at = at.to_owned();
                citations.push(Citation {
                    source: *source,
                    at: at.into(),
                });
                continue;
            }
            if self.left_out.contains(id) {
                continue;
            }
            let message = format!("there is no source {}", quoted(id));
            let known = self.graph.sources.iter().map(|source| source.id.as_str());
            let near = self.report.suggest(id, known);
            let hint = near.or_else(|| Some("declare it in `sources.toml`".to_owned()));
            self.report
                .error(&code::UNKNOWN_DATA_SOURCE, text.place, message, hint);
        }
        stable::sort_by_key(&mut citations, |citation| citation.source);
        citations.dedup();
        citations
    }

    /// The id of an entity.
    fn id_of(&self, entity: EntityId) -> &str {
        &self.graph.entity(entity).id
    }

    /// Moves the statements into the graph, and looks for circles there.
    fn finish(mut self) -> Graph {
        let steps = self.acyclic_steps();
        for assertion in std::mem::take(&mut self.assertions) {
            let is_added = self
                .graph
                .add_statement(assertion.subject, assertion.statement);
            if !is_added {
                let message = "the graph is full; this statement and what follows is left out";
                self.report
                    .error(&code::TOO_LARGE, assertion.place, message, None);
                break;
            }
        }
        self.find_circles(&steps);
        self.find_needless_acceptances();
        self.graph
    }
}
