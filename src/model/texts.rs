//! All texts of a snapshot in one piece of memory, each once.

use std::collections::HashSet;

use bytes::Bytes;

use crate::model::column::Column;
use crate::model::layout::Piece;

/// How many texts share one base.
const GROUP: usize = 256;

/// A text of a snapshot. The first texts are the slugs of the entities, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct TextId(pub(super) u32);

/// The texts, one behind the other, and where each ends.
#[derive(Clone, Debug)]
pub(super) struct Texts {
    bases: Column<u64>,
    ends: Column<u32>,
    bytes: Bytes,
}

impl Texts {
    /// The texts in three sections; none if the sizes of these do not fit together.
    pub(super) fn new(bases: Bytes, ends: Bytes, bytes: Bytes) -> Option<Texts> {
        let texts = Texts {
            bases: Column::new(bases)?,
            ends: Column::new(ends)?,
            bytes,
        };
        let groups = texts.ends.len().div_ceil(GROUP);
        let fits = texts.bases.len() == groups + 1
            && texts.bases.last() == Some(&(texts.bytes.len() as u64));
        fits.then_some(texts)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The text of an id.
    pub(super) fn get(&self, id: TextId) -> &str {
        std::str::from_utf8(self.bytes(id)).expect("a snapshot was checked before it is read")
    }

    /// The same in UTF-8.
    pub(super) fn bytes(&self, id: TextId) -> &[u8] {
        let index = id.0 as usize;
        let base = self.bases[index / GROUP];
        let start = match index % GROUP {
            0 => 0,
            _ => self.ends[index - 1],
        };
        let end = self.ends[index];
        &self.bytes[(base + u64::from(start)) as usize..(base + u64::from(end)) as usize]
    }

    /// Whether every text lies where it should and is UTF-8, and each group is followed by the
    /// next.
    pub(super) fn are_sound(&self) -> bool {
        let groups = self.ends.chunks(GROUP).zip(self.bases.windows(2));
        let mut groups = groups.map(|(ends, bases)| {
            let size = bases[1].checked_sub(bases[0]);
            ends.is_sorted() && ends.last().map(|end| u64::from(*end)) == size
        });
        self.bases.first() == Some(&0)
            && groups.all(|is_sound| is_sound)
            && (0..self.len())
                .all(|index| std::str::from_utf8(self.bytes(TextId(index as u32))).is_ok())
    }
}

/// Writes texts one behind the other.
#[derive(Debug, Default)]
pub(super) struct TextsWriter {
    bases: Vec<u64>,
    ends: Vec<u32>,
    bytes: Vec<u8>,
}

impl TextsWriter {
    /// Puts a text behind the others.
    pub(super) fn push(&mut self, text: &str) -> TextId {
        if self.ends.len().is_multiple_of(GROUP) {
            self.bases.push(self.bytes.len() as u64);
        }
        let base = self.bases[self.bases.len() - 1];
        self.bytes.extend_from_slice(text.as_bytes());
        let end = u32::try_from(self.bytes.len() as u64 - base);
        self.ends.push(end.expect("256 texts take less than 4 GiB"));
        TextId(u32::try_from(self.ends.len() - 1).expect("a graph has fewer than 2^32 texts"))
    }

    /// The sections: bases, ends, bytes.
    pub(super) fn finish(mut self) -> (Piece, Piece, Piece) {
        self.bases.push(self.bytes.len() as u64);
        let bytes = Piece::texts(self.bytes);
        (Piece::numbers(self.bases), Piece::numbers(self.ends), bytes)
    }
}

/// Texts that get numbers: the slugs theirs by place, all others by order.
#[derive(Debug, Default)]
pub(super) struct TextsBuilder {
    others: HashSet<String>,
}

impl TextsBuilder {
    /// Notes a text that is wanted.
    pub(super) fn want(&mut self, text: &str) {
        if !self.others.contains(text) {
            self.others.insert(text.to_owned());
        }
    }

    /// The slugs and all wanted texts, with their numbers.
    pub(super) fn number<'a>(self, slugs: &[&'a str]) -> Numbered<'a> {
        let known: std::collections::HashMap<&'a str, TextId> = slugs
            .iter()
            .enumerate()
            .map(|(place, slug)| (*slug, TextId(place as u32)))
            .collect();
        let others = self.others.into_iter();
        let mut others: Vec<String> = others
            .filter(|text| !known.contains_key(text.as_str()))
            .collect();
        others.sort_unstable();
        let mut writer = TextsWriter::default();
        for slug in slugs {
            writer.push(slug);
        }
        for text in &others {
            writer.push(text);
        }
        Numbered {
            known,
            slugs: slugs.len() as u32,
            slug_list: slugs.to_vec(),
            others,
            writer,
        }
    }
}

/// Texts with their numbers.
#[derive(Debug)]
pub(super) struct Numbered<'a> {
    known: std::collections::HashMap<&'a str, TextId>,
    slugs: u32,
    slug_list: Vec<&'a str>,
    others: Vec<String>,
    writer: TextsWriter,
}

impl Numbered<'_> {
    /// The number of a slug or a wanted text.
    pub(super) fn get(&self, text: &str) -> TextId {
        if let Some(slug) = self.known.get(text) {
            return *slug;
        }
        let found = self
            .others
            .binary_search_by(|other| other.as_str().cmp(text));
        TextId(self.slugs + found.expect("the text was wanted") as u32)
    }

    /// The text of a number.
    pub(super) fn text(&self, number: u32) -> &str {
        match number.checked_sub(self.slugs) {
            Some(other) => &self.others[other as usize],
            None => self.slug_list[number as usize],
        }
    }

    /// The sections: bases, ends, bytes.
    pub(super) fn finish(self) -> (Piece, Piece, Piece) {
        self.writer.finish()
    }
}
