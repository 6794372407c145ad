//! What is said: statements with their qualifiers, names with their periods, and sources.

use compact_str::CompactString;
use serde::Deserialize;
use serde::Serialize;

use crate::model::Date;
use crate::model::EntityId;
use crate::model::Map;
use crate::model::Period;
use crate::model::RelationId;
use crate::model::SourceId;
use crate::model::Value;

/// Declares an enumeration whose values have one word each, in data, queries and answers.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash,
            Serialize, Deserialize,
        )]
        pub enum $name { $($(#[$value_doc])* $value,)* }

        impl $name {
            /// All values, in their order.
            pub const ALL: &'static [$name] = &[$($name::$value),*];

            /// The word for it.
            pub fn word(self) -> &'static str {
                match self { $($name::$value => $word),* }
            }

            /// The value of a word, if it is one.
            pub fn parse(word: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|value| value.word() == word)
            }
        }
    };
}

pub(super) use words;

words! {
    /// How sure a source is of what it says.
    Certainty {
        /// Said outright.
        #[default]
        Asserted = "asserted",
        /// Not said in so many words: from a heading, a list or an omission.
        Implied = "implied",
        /// The author guesses.
        Hedged = "hedged",
        /// The author reports what others say.
        Hearsay = "hearsay",
        /// Announced, and not yet so.
        Planned = "planned",
        /// Foretold by the author.
        Predicted = "predicted",
        /// A judgement or a wish.
        Opinion = "opinion",
    }
}

words! {
    /// Whether a statement says that it is so.
    Polarity {
        /// It is so.
        #[default]
        Positive = "positive",
        /// It is not so.
        Negative = "negative",
        /// It could not be found out; this is not "no".
        Unknown = "unknown",
    }
}

/// What a statement is about: an entity, a typed value, or nothing that is known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Object {
    /// An entity.
    Entity(EntityId),
    /// A value.
    Value(Value),
    /// No object: "it has none" (negative) or "which one could not be confirmed" (unknown).
    Nothing,
}

/// A source and the place in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Citation {
    /// Which source.
    pub source: SourceId,
    /// The line or section; empty if the source is meant as a whole.
    pub at: CompactString,
}

/// One assertion as the data has it, without its subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatementRecord {
    /// The relation or property, in its stored direction.
    pub relation: RelationId,
    /// The other end.
    pub object: Object,
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
    /// What it rests on, in the order of the sources' ids and of writing.
    pub sources: Vec<Citation>,
    /// Whatever else a property graph says of it.
    pub properties: Map,
    /// The id that a property graph gives it.
    pub slug: Option<String>,
}

impl StatementRecord {
    /// A statement without reservations and sources.
    pub fn new(relation: RelationId, object: Object) -> StatementRecord {
        StatementRecord {
            relation,
            object,
            since: None,
            until: None,
            observed: None,
            condition: None,
            role: None,
            note: None,
            certainty: Certainty::Asserted,
            polarity: Polarity::Positive,
            sources: Vec::new(),
            properties: Map::new(),
            slug: None,
        }
    }

    /// The period in which it holds.
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

/// A name or an alias of an entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameRecord {
    /// The name.
    pub text: String,
    /// Its language (BCP 47), if stated.
    pub language: Option<String>,
    /// Since when it was borne.
    pub since: Option<Date>,
    /// Until when it was borne.
    pub until: Option<Date>,
    /// Whether it is only another spelling for look-up.
    pub is_alias: bool,
    /// Whether other entities may bear it too.
    pub is_shared: bool,
}

impl NameRecord {
    /// The period in which it is borne.
    pub fn period(&self) -> Period<'_> {
        Period {
            since: self.since.as_ref(),
            until: self.until.as_ref(),
        }
    }
}

/// What statements rest on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The slug.
    pub id: String,
    /// The title.
    pub title: String,
    /// Who wrote it.
    pub author: Option<String>,
    /// When.
    pub date: Option<Date>,
    /// In which language (BCP 47).
    pub language: Option<String>,
    /// Where it is to be found.
    pub address: Option<String>,
}

impl Source {
    /// Whether it stands for what somebody remembered and did not look up.
    pub fn is_memory(&self) -> bool {
        self.id == "memory"
    }
}
