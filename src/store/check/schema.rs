//! From the rows of the schema to the vocabulary: resolves names and drops contradictions.

use std::collections::HashMap;
use std::collections::HashSet;

use crate::diagnostic::code;
use crate::model::Direction;
use crate::model::Group;
use crate::model::GroupId;
use crate::model::Kind;
use crate::model::KindId;
use crate::model::Range;
use crate::model::Relation;
use crate::model::RelationId;
use crate::model::Schema;
use crate::model::Status;
use crate::model::Type;
use crate::store::read::ENTITY_KEYS;
use crate::store::report::Report;
use crate::store::report::quoted;
use crate::store::written::Place;
use crate::store::written::Written;
use crate::store::written::WrittenGroup;
use crate::store::written::WrittenKind;
use crate::store::written::WrittenRelation;

/// How many kinds there may be between a kind and the root.
const KIND_DEPTH_MAX: usize = 64;

/// Words of the query language that stand where a relation or group could.
const RESERVED: [&str; 2] = ["id", "any"];

/// The schema, and where its words lead.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    pub(super) schema: Schema,
    pub(super) kinds: HashMap<String, KindId>,
    pub(super) groups: HashMap<String, GroupId>,
    /// Names and inverse names of relations, and names of properties.
    pub(super) words: HashMap<String, (RelationId, Direction)>,
}

impl Vocabulary {
    /// Makes the vocabulary; the names of rows that are dropped are added to `left_out_words`.
    pub(super) fn new(
        groups: Vec<WrittenGroup>,
        kinds: Vec<WrittenKind>,
        relations: Vec<WrittenRelation>,
        left_out_words: &mut HashSet<String>,
        report: &mut Report,
    ) -> Vocabulary {
        let mut vocabulary = Vocabulary::default();
        for group in groups {
            vocabulary.add_group(group, report);
        }
        vocabulary.add_kinds(kinds, left_out_words, report);
        for relation in relations {
            let inverse = relation.inverse.as_ref();
            let words =
                [Some(&relation.name), inverse].map(|word| word.map(|word| word.value.clone()));
            if vocabulary.add_relation(relation, report).is_none() {
                left_out_words.extend(words.into_iter().flatten());
            }
        }
        vocabulary
    }

    fn add_group(&mut self, group: WrittenGroup, report: &mut Report) {
        let name = group.name;
        if !is_word(&name, report) || !is_new("group", &name, &self.groups, report) {
            return;
        }
        let id = GroupId::from_index(self.schema.groups.len());
        self.groups.insert(name.value.clone(), id);
        self.schema.groups.push(Group {
            name: name.value,
            doc: group.doc,
        });
    }

    fn add_kinds(
        &mut self,
        kinds: Vec<WrittenKind>,
        left_out_words: &mut HashSet<String>,
        report: &mut Report,
    ) {
        let mut rows: Vec<(Written<String>, Option<Written<String>>)> = Vec::new();
        let mut parents_dropped: Vec<Written<String>> = Vec::new();
        for kind in kinds {
            if !is_word(&kind.name, report) || !is_new("kind", &kind.name, &self.kinds, report) {
                left_out_words.insert(kind.name.value);
                parents_dropped.extend(kind.parent);
                continue;
            }
            let id = KindId::from_index(self.schema.kinds.len());
            self.kinds.insert(kind.name.value.clone(), id);
            self.schema.kinds.push(Kind {
                name: kind.name.value.clone(),
                doc: kind.doc,
                label: kind.label,
                parent: None,
            });
            rows.push((kind.name, kind.parent));
        }
        for (index, (_, parent)) in rows.iter().enumerate() {
            let parent = parent.as_ref();
            self.schema.kinds[index].parent = parent.and_then(|kind| self.find_kind(kind, report));
        }
        self.find_kinds(&parents_dropped, report);
        self.cut_circles(&rows, report);
        self.cut_depth(&rows, report);
    }

    /// Takes the parent from the first kind of every circle of parents.
    fn cut_circles(
        &mut self,
        rows: &[(Written<String>, Option<Written<String>>)],
        report: &mut Report,
    ) {
        let mut walk_of = vec![usize::MAX; rows.len()];
        for start in 0..rows.len() {
            let mut kind = start;
            while walk_of[kind] == usize::MAX {
                walk_of[kind] = start;
                match self.schema.kinds[kind].parent {
                    Some(parent) => kind = parent.index(),
                    None => break,
                }
            }
            let has_parent = self.schema.kinds[kind].parent.is_some();
            if walk_of[kind] != start || !has_parent {
                continue;
            }
            let place = rows[kind]
                .1
                .as_ref()
                .map_or(rows[kind].0.place, |parent| parent.place);
            let message = format!("{} is a kind of itself", quoted(&rows[kind].0.value));
            let hint = "let `parent` name a wider kind, or take it out".to_owned();
            report.error(&code::BAD_SCHEMA, place, message, hint);
            self.schema.kinds[kind].parent = None;
        }
    }

    fn cut_depth(
        &mut self,
        rows: &[(Written<String>, Option<Written<String>>)],
        report: &mut Report,
    ) {
        for (index, (name, _)) in rows.iter().enumerate() {
            let parent_of = |kind: &KindId| self.schema.kinds[kind.index()].parent;
            let above = std::iter::successors(self.schema.kinds[index].parent, parent_of);
            if above.take(KIND_DEPTH_MAX + 1).count() > KIND_DEPTH_MAX {
                let message = format!("there are more than {KIND_DEPTH_MAX} kinds above this one");
                report.error(&code::BAD_SCHEMA, name.place, message, None);
                self.schema.kinds[index].parent = None;
            }
        }
    }

    /// Adds a relation or property; none if it is dropped. All of it is looked at before that.
    fn add_relation(&mut self, written: WrittenRelation, report: &mut Report) -> Option<()> {
        let is_named = is_word(&written.name, report) && self.is_free(&written.name, report);
        let range = match &written.value_type {
            _ if written.is_broken => None,
            None => Some(Range::Entities(self.find_kinds(&written.to, report))),
            Some(word) => find_type(word, report).map(Range::Values),
        };
        let range = range.filter(|_| is_named);
        let id = RelationId::from_index(self.schema.relations.len());
        if range.is_some() {
            self.words
                .insert(written.name.value.clone(), (id, Direction::Forward));
        }
        let is_acyclic = written.is_acyclic
            && !contradicts(written.is_symmetric, "`acyclic`", &written.name, report);
        let inverse = self.find_inverse(&written, report);
        let is_dated = match &range {
            Some(Range::Values(found)) => *found == Type::Date,
            _ => true,
        };
        let status = written.status.as_ref();
        let status = status.and_then(|word| find_status(word, is_dated, report));
        if written.is_birth && !is_dated {
            report_undated("birth", written.name.place, report);
        }
        let relation = Relation {
            inverse: inverse.map(|inverse| inverse.value.clone()),
            domain: self.find_kinds(&written.from, report),
            groups: self.find_groups(&written.groups, report),
            range: range?,
            doc: written.doc,
            label: written.label,
            inverse_label: written.inverse_label,
            is_symmetric: written.is_symmetric,
            is_transitive: written.is_transitive,
            is_acyclic,
            is_functional: written.is_functional,
            status,
            is_birth: written.is_birth && is_dated,
            name: written.name.value,
        };
        if let Some(inverse) = &relation.inverse {
            self.words
                .insert(inverse.clone(), (id, Direction::Backward));
        }
        self.schema.relations.push(relation);
        Some(())
    }

    /// The inverse name of a relation, if it can be used.
    fn find_inverse<'w>(
        &self,
        written: &'w WrittenRelation,
        report: &mut Report,
    ) -> Option<&'w Written<String>> {
        let inverse = written.inverse.as_ref()?;
        let relation_of = |word: &str| self.words.get(word).map(|(relation, _)| *relation);
        let namesake = relation_of(&written.name.value);
        // Of a relation that is declared twice, the name is reported.
        let is_repeated = namesake.is_some_and(|namesake| {
            namesake.index() < self.schema.relations.len()
                && relation_of(&inverse.value) == Some(namesake)
        });
        let is_good = !is_repeated
            && is_word(inverse, report)
            && self.is_free(inverse, report)
            && !contradicts(written.is_symmetric, "an inverse name", inverse, report);
        is_good.then_some(inverse)
    }

    /// Whether a word means nothing yet where relations and groups stand.
    fn is_free(&self, word: &Written<String>, report: &mut Report) -> bool {
        let text = word.value.as_str();
        let taken = if ENTITY_KEYS.contains(&text) {
            "a key that every entity may have"
        } else if RESERVED.contains(&text) {
            "a word of the query language"
        } else if self.words.contains_key(text) {
            "already a relation, an inverse name or a property"
        } else if self.groups.contains_key(text) {
            "already a group"
        } else {
            return true;
        };
        let message = format!("{} is {taken}", quoted(text));
        let hint = "take another word".to_owned();
        report.error(&code::BAD_SCHEMA, word.place, message, hint);
        false
    }

    fn find_kind(&self, word: &Written<String>, report: &mut Report) -> Option<KindId> {
        let known = || self.schema.kinds.iter().map(|kind| kind.name.as_str());
        find("kind", word, &self.kinds, known(), report)
    }

    fn find_kinds(&self, words: &[Written<String>], report: &mut Report) -> Vec<KindId> {
        let found = words.iter().filter_map(|word| self.find_kind(word, report));
        found.collect()
    }

    fn find_groups(&self, words: &[Written<String>], report: &mut Report) -> Vec<GroupId> {
        let known = || self.schema.groups.iter().map(|group| group.name.as_str());
        let find = |word| find("group", word, &self.groups, known(), report);
        words.iter().filter_map(find).collect()
    }
}

/// What `word` leads to; reports that there is no such thing.
fn find<'a, T: Copy>(
    what: &str,
    word: &Written<String>,
    map: &HashMap<String, T>,
    known: impl Iterator<Item = &'a str>,
    report: &mut Report,
) -> Option<T> {
    let found = map.get(&word.value).copied();
    if found.is_none() {
        let message = format!("the schema has no {what} {}", quoted(&word.value));
        let declare = || format!("declare it in `[{what}s.…]`");
        let hint = report.suggest(&word.value, known).unwrap_or_else(declare);
        report.error(&code::BAD_SCHEMA, word.place, message, hint);
    }
    found
}

fn find_type(word: &Written<String>, report: &mut Report) -> Option<Type> {
    let found = Type::ALL.iter().find(|(known, _)| *known == word.value);
    if found.is_none() {
        let words: Vec<&str> = Type::ALL.iter().map(|(word, _)| *word).collect();
        let message = format!("there is no type {}", quoted(&word.value));
        let hint = format!("the types are `{}`", words.join("`, `"));
        report.error(&code::BAD_SCHEMA, word.place, message, hint);
    }
    found.map(|(_, found)| *found)
}

/// How things stand by the statements of a relation or property.
fn find_status(word: &Written<String>, is_dated: bool, report: &mut Report) -> Option<Status> {
    if !is_dated {
        report_undated("status", word.place, report);
    }
    let found = Status::of_sign(&word.value);
    if found.is_none() {
        let signs = Status::ALL.iter().map(|status| status.word());
        let signs: Vec<&str> = signs
            .filter(|word| Status::of_sign(word).is_some())
            .collect();
        let message = format!("there is no status {}", quoted(&word.value));
        let all = || format!("a sign says `{}`", signs.join("`, `"));
        let near = report.suggest(&word.value, signs.iter().copied());
        let hint = near.unwrap_or_else(all);
        report.error(&code::BAD_SCHEMA, word.place, message, hint);
    }
    found.filter(|_| is_dated)
}

/// Reports a key that only a property with dates can have.
fn report_undated(key: &str, place: Place, report: &mut Report) {
    let message = format!("`{key}` needs the date of a property, and this one has none");
    let hint = format!("say `type = \"date\"`, or take `{key}` out");
    report.error(&code::BAD_SCHEMA, place, message, hint);
}

/// Reports a word that cannot be typed in a query as it is.
fn is_word(word: &Written<String>, report: &mut Report) -> bool {
    let bytes = word.value.as_bytes();
    let is_good = bytes.len() <= 100
        && bytes.first().is_some_and(u8::is_ascii_lowercase)
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'_');
    if !is_good {
        let message = format!("{} is no word of a schema", quoted(&word.value));
        let hint = "take a lower-case ASCII letter, then letters, digits and `_`".to_owned();
        report.error(&code::BAD_SCHEMA, word.place, message, hint);
    }
    is_good
}

fn is_new<T>(
    what: &str,
    name: &Written<String>,
    known: &HashMap<String, T>,
    report: &mut Report,
) -> bool {
    let is_new = !known.contains_key(&name.value);
    if !is_new {
        let message = format!("the {what} {} is declared twice", quoted(&name.value));
        let hint = "take one of the declarations out".to_owned();
        report.error(&code::DUPLICATE_ID, name.place, message, hint);
    }
    is_new
}

/// Reports something that a symmetric relation cannot have.
fn contradicts(
    is_symmetric: bool,
    what: &str,
    word: &Written<String>,
    report: &mut Report,
) -> bool {
    if is_symmetric {
        let message = format!("a symmetric relation cannot have {what}");
        let hint = "take one of the two out".to_owned();
        report.error(&code::BAD_SCHEMA, word.place, message, hint);
    }
    is_symmetric
}
