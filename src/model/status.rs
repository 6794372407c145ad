//! How things stand: the words for it, which a schema gives to the statements that are signs of it.

use serde::Deserialize;
use serde::Serialize;

use crate::model::statement::words;

words! {
    /// How a thing stands; of two signs for the same time, the greater counts.
    Status {
        /// There is no sign, or only an old one of life.
        #[default]
        Unknown = "unknown",
        /// It is worked on, or in service.
        Active = "active",
        /// It is only repaired, or advised against.
        Maintenance = "maintenance",
        /// It is closed for changes, and kept.
        Archived = "archived",
        /// It came to an end.
        Ended = "ended",
    }
}

impl Status {
    /// The status that a sign may give: what is unknown needs no sign.
    pub fn of_sign(word: &str) -> Option<Status> {
        Status::parse(word).filter(|status| *status != Status::Unknown)
    }
}
