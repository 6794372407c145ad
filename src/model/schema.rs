//! The vocabulary of a graph: kinds in a tree, relations and properties with their algebra, groups.

use compact_str::CompactString;
use serde::Deserialize;
use serde::Serialize;

use crate::model::GroupId;
use crate::model::KindId;
use crate::model::RelationId;
use crate::model::Status;

/// A text in one or more languages: pairs of language and text, English first where there is any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label(pub Vec<(CompactString, CompactString)>);

/// A type of entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kind {
    /// The word for it.
    pub name: String,
    /// One sentence.
    pub doc: String,
    /// Its name in people's languages.
    pub label: Label,
    /// The kind it is a special case of.
    pub parent: Option<KindId>,
}

impl Kind {
    /// The kind that is shown of what has none.
    pub(crate) fn hidden() -> Kind {
        Kind {
            name: String::new(),
            doc: "Whatever has no kind.".to_owned(),
            label: Label::default(),
            parent: None,
        }
    }
}

/// A named bundle of relations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The word for it.
    pub name: String,
    /// One sentence.
    pub doc: String,
}

/// The type of a property's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Type {
    /// Any text.
    Text,
    /// An address with the scheme `http`, `https` or `mailto`.
    Url,
    /// A date.
    Date,
    /// An integer or a float.
    Number,
    /// Yes or no.
    Boolean,
    /// Any value, lists and maps included.
    Any,
}

impl Type {
    /// All types, with their words.
    pub const ALL: [(&'static str, Type); 6] = [
        ("text", Type::Text),
        ("url", Type::Url),
        ("date", Type::Date),
        ("number", Type::Number),
        ("boolean", Type::Boolean),
        ("any", Type::Any),
    ];

    /// The word for it.
    pub fn word(self) -> &'static str {
        Type::ALL
            .iter()
            .find(|(_, found)| *found == self)
            .map_or("", |(word, _)| word)
    }
}

/// What may stand at the far end of a relation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Range {
    /// Entities of these kinds or their subkinds; of any kind if there is none.
    Entities(Vec<KindId>),
    /// Values: the relation is a property.
    Values(Type),
}

/// A relation between entities, or a property of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// The word for it in its stored direction.
    pub name: String,
    /// The word against the arrow; none for a property or a symmetric relation.
    pub inverse: Option<String>,
    /// One sentence.
    pub doc: String,
    /// Its name in people's languages.
    pub label: Label,
    /// The same against the arrow.
    pub inverse_label: Label,
    /// The kinds of its subjects; any if there is none.
    pub domain: Vec<KindId>,
    /// What may stand at the far end.
    pub range: Range,
    /// The groups it belongs to.
    pub groups: Vec<GroupId>,
    /// `a r b` says `b r a` as well.
    pub is_symmetric: bool,
    /// `a r b` and `b r c` say `a r c` as well.
    pub is_transitive: bool,
    /// It never leads back to where it started.
    pub is_acyclic: bool,
    /// A subject has one object at a time.
    pub is_functional: bool,
    /// What a statement of it is a sign of: how its subject stands since its date.
    pub status: Option<Status>,
    /// A date on which its subject began.
    pub is_birth: bool,
}

impl Relation {
    /// Whether its far end is a value.
    pub fn is_property(&self) -> bool {
        matches!(self.range, Range::Values(_))
    }

    /// The words of its algebra, in a fixed order.
    pub fn algebra(&self) -> Vec<&'static str> {
        [
            (self.is_symmetric, "symmetric"),
            (self.is_transitive, "transitive"),
            (self.is_acyclic, "acyclic"),
            (self.is_functional, "functional"),
        ]
        .into_iter()
        .filter_map(|(holds, word)| holds.then_some(word))
        .collect()
    }
}

/// Which way a relation is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// From subject to object.
    Forward,
    /// From object to subject.
    Backward,
}

impl Direction {
    /// The other way.
    pub fn reversed(self) -> Direction {
        match self {
            Direction::Forward => Direction::Backward,
            Direction::Backward => Direction::Forward,
        }
    }
}

/// Kinds, relations and groups, each in the order of the schema file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    /// The kinds.
    pub kinds: Vec<Kind>,
    /// The relations and properties.
    pub relations: Vec<Relation>,
    /// The groups.
    pub groups: Vec<Group>,
    /// Whether the vocabulary was read off the data, so that a word it lacks is no mistake.
    pub is_open: bool,
}

/// The group whose relations lead from an older thing to a newer one.
pub const LINEAGE: &str = "lineage";

impl Schema {
    /// The kind of that name.
    pub fn kind(&self, name: &str) -> Option<KindId> {
        self.kinds
            .iter()
            .position(|kind| kind.name == name)
            .map(KindId::from_index)
    }

    /// The group of that name.
    pub fn group(&self, name: &str) -> Option<GroupId> {
        self.groups
            .iter()
            .position(|group| group.name == name)
            .map(GroupId::from_index)
    }

    /// The relation of that name, or of that inverse name, and the way it is meant; the property
    /// of that name if there is no such relation. An open vocabulary can have both.
    pub fn relation(&self, name: &str) -> Option<(RelationId, Direction)> {
        let property = || Some((self.property(name)?, Direction::Forward));
        self.relations
            .iter()
            .enumerate()
            .filter(|(_, relation)| !relation.is_property())
            .find_map(|(index, relation)| {
                let id = RelationId::from_index(index);
                if relation.name == name {
                    Some((id, Direction::Forward))
                } else if relation.inverse.as_deref() == Some(name) {
                    Some((id, Direction::Backward))
                } else {
                    None
                }
            })
            .or_else(property)
    }

    /// The property of that name.
    pub fn property(&self, name: &str) -> Option<RelationId> {
        self.relations
            .iter()
            .position(|relation| relation.is_property() && relation.name == name)
            .map(RelationId::from_index)
    }

    /// The relations and properties whose statements are signs of how their subjects stand.
    pub fn signs(&self) -> impl Iterator<Item = (RelationId, Status)> + '_ {
        let relations = self.relations.iter().enumerate();
        relations
            .filter_map(|(index, relation)| Some((RelationId::from_index(index), relation.status?)))
    }

    /// Whether `kind` is `ancestor` or a special case of it.
    pub fn is_a(&self, kind: KindId, ancestor: KindId) -> bool {
        std::iter::successors(Some(kind), |kind| self.kinds[kind.index()].parent)
            .take(self.kinds.len())
            .any(|kind| kind == ancestor)
    }

    /// Whether a relation belongs to the group of that name.
    pub fn is_in_group(&self, relation: RelationId, group: &str) -> bool {
        let groups = &self.relations[relation.index()].groups;
        groups
            .iter()
            .any(|id| self.groups[id.index()].name == group)
    }

    /// The word of a relation as read from one of its ends.
    pub fn word(&self, relation: RelationId, direction: Direction) -> &str {
        let relation = &self.relations[relation.index()];
        match (direction, &relation.inverse) {
            (Direction::Backward, Some(inverse)) => inverse,
            _ => &relation.name,
        }
    }
}
