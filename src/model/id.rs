//! Typed indices: which entity, statement, relation, kind, source or text is meant.
//!
//! An id is a place in one snapshot's columns; it means nothing in another snapshot. What is
//! stable is an entity's slug.

use serde::Deserialize;
use serde::Serialize;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash,
            Serialize, Deserialize,
        )]
        pub struct $name(pub u32);

        impl $name {
            /// The id of the element at `index`; kin's files hold fewer than 2³² of anything.
            #[inline]
            pub fn from_index(index: usize) -> $name {
                $name(u32::try_from(index).expect("a graph has fewer than 2^32 elements"))
            }

            /// The place in the column.
            #[inline]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// An entity; ids are in the order of the slugs.
    EntityId;
    /// A statement; ids are in the order of subject, relation and object.
    StatementId;
    /// A relation or property, in the order of the schema.
    RelationId;
    /// A kind, in the order of the schema.
    KindId;
    /// A source, in the order of their slugs.
    SourceId;
    /// A group of relations, in the order of the schema.
    GroupId;
}
