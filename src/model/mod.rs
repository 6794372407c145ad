//! What the graph is made of: entities, statements, schema, dates; the graph being built, the
//! frozen snapshot, and the view of it. Reads no files and knows no queries.

mod column;
mod date;
mod dictionary;
mod freeze;
mod graph;
mod id;
mod kept;
mod layout;
mod list;
mod lookup;
mod rows;
mod runs;
mod schema;
mod snapshot;
mod sound;
pub(crate) mod stable;
mod statement;
mod status;
mod steps;
mod tally;
mod texts;
mod value;
mod valued;
mod view;
mod walk;

#[cfg(bundled)]
pub(crate) use dictionary::DictionaryWriter;
#[cfg(bundled)]
pub(crate) use freeze::Distinct;
#[cfg(bundled)]
pub(crate) use freeze::with_kinds_below;
#[cfg(bundled)]
pub(crate) use lookup::SLUG_STEP;
#[cfg(bundled)]
pub(crate) use lookup::slug_head;
#[cfg(bundled)]
pub(crate) use snapshot::Counts;
#[cfg(bundled)]
pub(crate) use snapshot::Manner;
#[cfg(bundled)]
pub(crate) use snapshot::Meta;
#[cfg(bundled)]
pub(crate) use snapshot::RelationCounts;
#[cfg(bundled)]
pub(crate) use snapshot::SUBJECT_STEP;

pub use column::CodeSlice;
pub use date::Comparison;
pub use date::Date;
pub use date::Day;
pub use date::Period;
pub use dictionary::Dictionary;
pub use freeze::freeze;
pub use graph::EntityRecord;
pub use graph::Graph;
pub use graph::IdTypes;
pub use graph::Subgraph;
pub use id::EntityId;
pub use id::GroupId;
pub use id::KindId;
pub use id::RelationId;
pub use id::SourceId;
pub use id::StatementId;
pub use layout::Element;
pub use layout::Piece;
pub use layout::Pieces;
pub use layout::SECTION_COUNT;
pub use layout::SECTIONS;
pub use layout::Section;
pub use layout::SectionRow;
pub use list::List;
pub use lookup::Level;
pub use rows::ObjectRef;
pub use rows::Rows;
pub use runs::Lookups;
pub use runs::Runs;
pub use schema::Direction;
pub use schema::Group;
pub use schema::Kind;
pub use schema::LINEAGE;
pub use schema::Label;
pub use schema::Range;
pub use schema::Relation;
pub use schema::Schema;
pub use schema::Type;
pub use snapshot::NameRef;
pub use snapshot::Qualifiers;
pub use snapshot::Snapshot;
pub use statement::Certainty;
pub use statement::Citation;
pub use statement::NameRecord;
pub use statement::Object;
pub use statement::Polarity;
pub use statement::Source;
pub use statement::StatementRecord;
pub use status::Status;
pub use value::Map;
pub use value::Path;
pub use value::Value;
pub use view::Along;
pub use view::Filter;
pub use view::Seen;
pub use view::Step;
pub use view::View;
pub use walk::Verdicts;
pub use walk::Walk;
