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
    /// Whether it is a property without a type: left out, and checked all the same.
    pub(crate) is_broken: bool,
    pub(crate) groups: Vec<Written<String>>,
    pub(crate) is_symmetric: bool,
    pub(crate) is_transitive: bool,
    pub(crate) is_acyclic: bool,
    pub(crate) is_functional: bool,
    /// How its subject stands since the date of a statement.
    pub(crate) status: Option<Written<String>>,
    /// Only of a property: its date is one on which its subject began.
    pub(crate) is_birth: bool,
}

/// A table of `sources.toml`.
#[derive(Debug)]
pub(crate) struct WrittenSource {
    pub(crate) id: Written<String>,
    /// Whether it is left out, and only checked.
    pub(crate) is_broken: bool,
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
    /// Whether it is left out for its id, and only checked.
    pub(crate) is_broken: bool,
    /// Names first, then aliases.
    pub(crate) names: Vec<WrittenName>,
    /// None if it is missing or no text.
    pub(crate) kind: Option<Written<String>>,
    pub(crate) sources: Vec<Written<String>>,
    /// All other keys, with the statements under each.
    pub(crate) statements: Vec<(Written<String>, Vec<WrittenStatement>)>,
    /// The keys it must have and has not.
    pub(crate) missing: Vec<&'static str>,
}

/// A name or an alias.
#[derive(Debug)]
pub(crate) struct WrittenName {
    /// None if it is missing or no text; then the name is broken.
    pub(crate) text: Option<Written<String>>,
    /// Whether it is left out, and only checked.
    pub(crate) is_broken: bool,
    pub(crate) language: Option<String>,
    pub(crate) since: Option<Written<String>>,
    pub(crate) until: Option<Written<String>>,
    pub(crate) is_alias: bool,
    pub(crate) is_shared: bool,
}

/// A statement under the key of its relation or property.
#[derive(Debug)]
pub(crate) struct WrittenStatement {
    /// The statement itself, where there can be several under one key.
    pub(crate) place: Place,
    /// Whether it is left out, and only checked.
    pub(crate) is_broken: bool,
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
    /// Why it is right, whatever is found about it.
    pub(crate) accepted: Option<Written<String>>,
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
    /// Both, which is one too many.
    Both(Written<String>, Written<Literal>),
    /// Neither.
    Missing,
    /// What stands for it was reported: a wrong type, or an unknown key that may be meant.
    Unclear,
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
