//! What the files say, before anyone asks whether it makes sense: records with the places of
//! everything in them. Made by `read`, used up by `check`.

use std::collections::HashSet;

use crate::diagnostic::Span;
use crate::model::Label;

/// A place in one of the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Which file, in their sorted order.
    pub(crate) file: u32,
    /// Where in it.
    pub(crate) span: Span,
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Written<T> {
    pub(crate) value: T,
    pub(crate) place: Place,
}

/// All records of a folder, in the order of files and places.
#[derive(Debug, Default)]
pub(crate) struct Records {
    pub(crate) groups: Vec<WrittenGroup>,
    pub(crate) kinds: Vec<WrittenKind>,
    pub(crate) relations: Vec<WrittenRelation>,
    pub(crate) sources: Vec<WrittenSource>,
    pub(crate) entities: Vec<WrittenEntity>,
    /// Ids of entities and sources that had to be left out: what refers to them goes with them,
    /// without a finding of its own.
    pub(crate) left_out: HashSet<String>,
    /// Likewise the words of rows of the schema.
    pub(crate) left_out_words: HashSet<String>,
}

/// `[groups.…]`
#[derive(Debug)]
pub(crate) struct WrittenGroup {
    pub(crate) name: Written<String>,
    pub(crate) doc: String,
}

/// `[kinds.…]`
#[derive(Debug)]
pub(crate) struct WrittenKind {
    pub(crate) name: Written<String>,
    pub(crate) doc: String,
    pub(crate) label: Label,
    pub(crate) parent: Option<Written<String>>,
}

/// `[relations.…]` or `[properties.…]`
#[derive(Debug)]
pub(crate) struct WrittenRelation {
    pub(crate) name: Written<String>,
    pub(crate) doc: String,
    pub(crate) label: Label,
    pub(crate) inverse: Option<Written<String>>,
    pub(crate) inverse_label: Label,
    pub(crate) from: Vec<Written<String>>,
    pub(crate) to: Vec<Written<String>>,
    /// Only of a property, which must have it.
    pub(crate) value_type: Option<Written<String>>,
    pub(crate) groups: Vec<Written<String>>,
    pub(crate) is_symmetric: bool,
    pub(crate) is_transitive: bool,
    pub(crate) is_acyclic: bool,
    pub(crate) is_functional: bool,
}

/// A table of `sources.toml`.
#[derive(Debug)]
pub(crate) struct WrittenSource {
    pub(crate) id: Written<String>,
    pub(crate) title: String,
    pub(crate) author: Option<String>,
    pub(crate) date: Option<Written<String>>,
    pub(crate) language: Option<String>,
    pub(crate) address: Option<Written<String>>,
}

/// A table of any other file.
#[derive(Debug)]
pub(crate) struct WrittenEntity {
    pub(crate) id: Written<String>,
    /// Names first, then aliases.
    pub(crate) names: Vec<WrittenName>,
    pub(crate) kind: Written<String>,
    pub(crate) sources: Vec<Written<String>>,
    pub(crate) statements: Vec<WrittenStatement>,
    /// Whether a statement was so wrong that not even a record came of it.
    pub(crate) has_lost_statements: bool,
}

/// A name or an alias.
#[derive(Debug)]
pub(crate) struct WrittenName {
    pub(crate) text: Written<String>,
    pub(crate) language: Option<String>,
    pub(crate) since: Option<Written<String>>,
    pub(crate) until: Option<Written<String>>,
    pub(crate) is_alias: bool,
    pub(crate) is_shared: bool,
}

/// A statement under the key of its relation or property.
#[derive(Debug)]
pub(crate) struct WrittenStatement {
    pub(crate) key: Written<String>,
    /// The statement itself, where there can be several under one key.
    pub(crate) place: Place,
    pub(crate) object: WrittenObject,
    pub(crate) since: Option<Written<String>>,
    pub(crate) until: Option<Written<String>>,
    pub(crate) observed: Option<Written<String>>,
    pub(crate) condition: Option<String>,
    pub(crate) role: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) certainty: Option<Written<String>>,
    pub(crate) polarity: Option<Written<String>>,
    pub(crate) sources: Vec<Written<String>>,
}

/// The far end of a statement.
#[derive(Debug)]
pub(crate) enum WrittenObject {
    /// The shorthand `key = …`: an id under a relation, a value under a property.
    Short(Written<Literal>),
    /// `to = …`
    Entity(Written<String>),
    /// `value = …`
    Value(Written<Literal>),
    /// Neither.
    Missing,
}

/// A plain TOML value.
#[derive(Clone, Debug)]
pub(crate) enum Literal {
    Text(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
}

impl Literal {
    /// What it is, in words.
    pub(crate) fn type_word(&self) -> &'static str {
        match self {
            Literal::Text(_) => "a text",
            Literal::Integer(_) | Literal::Float(_) => "a number",
            Literal::Boolean(_) => "a boolean",
        }
    }
}
