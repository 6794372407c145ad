//! How entities and sources are found by a text.

use crate::model::EntityId;
use crate::model::Snapshot;
use crate::model::SourceId;
use crate::model::snapshot::Index;
use crate::model::texts::TextId;

/// How many entities share an entry of the column of slug heads.
pub(crate) const SLUG_STEP: usize = 1024;

/// The first eight bytes of a slug as a number that orders slugs as their bytes do, as far as it
/// goes: less than another's only if the slug is.
pub(crate) fn slug_head(slug: &[u8]) -> u64 {
    let mut head = [0; 8];
    let length = slug.len().min(head.len());
    head[..length].copy_from_slice(&slug[..length]);
    u64::from_be_bytes(head)
}

/// Up to so many entities every name is compared with one that is not known.
const NAMES_COMPARED: usize = 100_000;

/// In a larger graph so many on either side of where it would stand.
const NAMES_AROUND: usize = 2_000;

/// The steps of look-up, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The slug, to the letter.
    Id,
    /// A name borne today, to the letter.
    Name,
    /// An alias or a former name, to the letter.
    Alias,
    /// Any of these, folded: NFKC, lower case, and space = `-` = `_`.
    Folded,
}

impl Snapshot {
    /// The source with that id.
    pub fn find_source(&self, id: &str) -> Option<SourceId> {
        let (mut low, mut high) = (0, self.sources.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.sources.get(middle).id.as_str().cmp(id) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(SourceId::from_index(middle)),
            }
        }
        None
    }

    /// The entity with that slug.
    ///
    /// The heads of some slugs say where it must lie: they stand side by side, while slugs that are
    /// compared lie on pages of their own.
    pub fn find_id(&self, slug: &str) -> Option<EntityId> {
        let head = slug_head(slug.as_bytes());
        let heads = &*self.slug_heads;
        let before = heads.partition_point(|found| *found < head);
        let upto = before + heads[before..].partition_point(|found| *found == head);
        let mut low = before.saturating_sub(1) * SLUG_STEP;
        let mut high = (upto * SLUG_STEP).min(self.entity_count());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.texts.bytes(TextId(middle as u32)).cmp(slug.as_bytes()) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(EntityId::from_index(middle)),
            }
        }
        None
    }

    /// The entities that bear `name`, at the first level that has any; by slug.
    pub fn find(&self, name: &str) -> Option<(Level, Vec<EntityId>)> {
        if let Some(entity) = self.find_id(name) {
            return Some((Level::Id, vec![entity]));
        }
        let levels = [(Level::Name, &self.names), (Level::Alias, &self.aliases)];
        for (level, index) in levels {
            let hits = self.hits(index, name);
            if !hits.is_empty() {
                return Some((level, hits.iter().copied().map(EntityId).collect()));
            }
        }
        let hits = self.find_folded(&crate::diagnostic::suggest::folded(name));
        (!hits.is_empty()).then_some((Level::Folded, hits))
    }

    /// The only entity that bears `name` to the letter, at the first level that has any.
    pub fn find_exact(&self, name: &str) -> Option<EntityId> {
        let only = |hits: &[u32]| match hits {
            [entity] => Some(EntityId(*entity)),
            _ => None,
        };
        self.find_id(name)
            .or_else(|| match self.hits(&self.names, name) {
                [] => only(self.hits(&self.aliases, name)),
                hits => only(hits),
            })
    }

    /// The entities that bear `name` when it is folded, whatever the level; by slug.
    pub fn find_folded(&self, folded: &str) -> Vec<EntityId> {
        let hits = self.hits(&self.folded, folded).iter();
        let mut hits: Vec<EntityId> = hits.copied().map(EntityId).collect();
        // The index leaves out what is the slug itself.
        if let Some(entity) = self.find_id(folded)
            && let Err(place) = hits.binary_search(&entity)
        {
            hits.insert(place, entity);
        }
        hits
    }

    /// Whether some entity has `name` as its slug, or as a name or alias to the letter.
    pub fn is_name(&self, name: &str) -> bool {
        self.find_id(name).is_some()
            || !self.hits(&self.names, name).is_empty()
            || !self.hits(&self.aliases, name).is_empty()
    }

    /// Texts by which entities can be named, for whoever looks for what is like `name`: all of them
    /// in the order of [`Snapshot::all_names`], and in a large graph those that stand near it in
    /// the order of slugs and of names.
    pub fn names_like(&self, name: &str) -> Vec<&str> {
        if self.entity_count() <= NAMES_COMPARED {
            return self.all_names().map(|(name, _)| name).collect();
        }
        let text = |text: u32| self.texts.get(TextId(text));
        let around = |count: usize, is_before: &dyn Fn(usize) -> bool| {
            let (mut low, mut high) = (0, count);
            while low < high {
                let middle = low + (high - low) / 2;
                match is_before(middle) {
                    true => low = middle + 1,
                    false => high = middle,
                }
            }
            low.saturating_sub(NAMES_AROUND)..(low + NAMES_AROUND).min(count)
        };
        let slugs = around(self.entity_count(), &|place| text(place as u32) < name);
        let mut found: Vec<&str> = slugs.map(|place| text(place as u32)).collect();
        for index in [&self.names, &self.aliases] {
            let places = around(index.texts.len(), &|place| text(index.texts[place]) < name);
            found.extend(places.map(|place| text(index.texts[place])));
        }
        found
    }

    /// Every slug, name and alias, folded, with its entity: first those that are no slugs, by text,
    /// then the slugs that are folded as they stand.
    pub fn folded_names(&self) -> impl Iterator<Item = (&str, EntityId)> {
        let texts = self.folded.texts.iter().zip(self.folded.entities.iter());
        let others = texts.map(|(text, entity)| (self.texts.get(TextId(*text)), EntityId(*entity)));
        let slugs = self.entities().map(|entity| (self.slug(entity), entity));
        others.chain(slugs.filter(|(slug, _)| is_folded(slug)))
    }

    /// The entities of a text in an index, by number.
    fn hits<'a>(&self, index: &'a Index, name: &str) -> &'a [u32] {
        let text = |text: &u32| self.texts.bytes(TextId(*text));
        let start = index
            .texts
            .partition_point(|found| text(found) < name.as_bytes());
        let same = index.texts[start..].iter();
        let count = same
            .take_while(|found| text(found) == name.as_bytes())
            .count();
        &index.entities[start..start + count]
    }

    /// Every text by which an entity can be named in a query, with the entity: slugs first, then
    /// names and aliases in the order of the data.
    pub fn all_names(&self) -> impl Iterator<Item = (&str, EntityId)> {
        let slugs = self.entities().map(|entity| (self.slug(entity), entity));
        let names = self
            .entities()
            .flat_map(|entity| self.names(entity).map(move |name| (name.text, entity)));
        slugs.chain(names)
    }
}

/// Whether a text is what it becomes when it is folded.
pub(super) fn is_folded(text: &str) -> bool {
    let is_plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'/');
    text.bytes().all(is_plain) || crate::diagnostic::suggest::folded(text) == text
}
