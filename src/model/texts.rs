//! All texts of a snapshot in one piece of memory, each once.

use std::collections::HashMap;

use serde::Deserialize;
use serde::Serialize;

/// A text of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TextId(u32);

/// The texts, one behind the other, and where each ends.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Texts {
    text: String,
    ends: Vec<u32>,
}

impl Texts {
    /// The text of an id.
    pub fn get(&self, id: TextId) -> &str {
        let index = id.0 as usize;
        let start = if index == 0 {
            0
        } else {
            self.ends[index - 1] as usize
        };
        &self.text[start..self.ends[index] as usize]
    }
}

/// Collects texts, and gives equal ones the same id.
#[derive(Debug, Default)]
pub(super) struct TextsBuilder {
    texts: Texts,
    known: HashMap<String, TextId>,
}

impl TextsBuilder {
    /// The id of `text`, which is added if it is new.
    pub(super) fn add(&mut self, text: &str) -> TextId {
        if let Some(id) = self.known.get(text) {
            return *id;
        }
        let count = |length: usize| {
            u32::try_from(length).expect("the texts of a graph take less than 4 GiB")
        };
        let id = TextId(count(self.texts.ends.len()));
        self.texts.text.push_str(text);
        self.texts.ends.push(count(self.texts.text.len()));
        self.known.insert(text.to_owned(), id);
        id
    }

    /// The texts collected so far.
    pub(super) fn texts(&self) -> &Texts {
        &self.texts
    }

    /// The collected texts.
    pub(super) fn finish(self) -> Texts {
        self.texts
    }
}
