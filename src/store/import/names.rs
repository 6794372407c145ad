//! The texts of a snapshot and the names of its entities, found by text.

use std::collections::HashSet;

use crate::diagnostic::Fault;
use crate::diagnostic::Interrupt;
use crate::diagnostic::suggest;
use crate::model::Distinct;
use crate::model::Manner;
use crate::store::import::families::Digits;
use crate::store::import::gather::Names;
use crate::store::import::ids::Order;
use crate::store::import::ids::look;
use crate::store::import::intern::Interner;
use crate::store::import::radix;

/// The texts of a snapshot: slugs first, then all others in their order.
pub(super) struct Texts {
    all: Interner,
    slugs: u32,
    /// The others in their order, as numbers of `all`.
    others: Vec<u32>,
    /// What each number of `all` is in the snapshot.
    places: Vec<u32>,
    /// Of each of the others, how many slugs come before it.
    before: Vec<u32>,
}

impl Texts {
    fn new(all: Interner, order: &Order, interrupt: &Interrupt) -> Result<Texts, Fault> {
        let slugs = order.len() as u32;
        let mut places = vec![0; all.len()];
        let mut others = Vec::new();
        for number in 0..all.len() as u32 {
            match order.find(all.get(number)) {
                Some(place) => places[number as usize] = place,
                None => others.push(number),
            }
        }
        radix::sort_texts(&mut others, |number| all.get(number), interrupt)?;
        let mut before = Vec::with_capacity(others.len());
        for (place, number) in others.iter().enumerate() {
            look(place, interrupt)?;
            places[*number as usize] = slugs + place as u32;
            before.push(slugs_before(order, all.get(*number)));
        }
        Ok(Texts {
            all,
            slugs,
            others,
            places,
            before,
        })
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.slugs as usize + self.others.len()
    }

    /// Gives the bytes of each, in their order.
    pub(super) fn each<E>(
        &self,
        order: &Order,
        mut give: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut digits = Digits::default();
        for place in 0..self.slugs {
            give(order.id(place, &mut digits))?;
        }
        self.others
            .iter()
            .try_for_each(|number| give(self.all.get(*number)))
    }

    /// Gives how long each is, in their order.
    pub(super) fn each_length<E>(
        &self,
        order: &Order,
        mut give: impl FnMut(usize) -> Result<(), E>,
    ) -> Result<(), E> {
        (0..self.slugs).try_for_each(|place| give(order.length(place).0))?;
        self.others
            .iter()
            .try_for_each(|number| give(self.all.get(*number).len()))
    }

    /// What texts are ordered by, which is the order of their bytes: how many slugs come before
    /// it, and then the others before the slug.
    fn key(&self, text: u32) -> u64 {
        let pack = |slugs: u32, other: u32| u64::from(slugs) << 32 | u64::from(other);
        match text.checked_sub(self.slugs) {
            None => pack(text, u32::MAX),
            Some(other) => pack(self.before[other as usize], other),
        }
    }
}

fn slugs_before(order: &Order, text: &[u8]) -> u32 {
    let (mut low, mut high) = (0, order.len() as u32);
    while low < high {
        let middle = low + (high - low) / 2;
        match order.compare(middle, text).is_lt() {
            true => low = middle + 1,
            false => high = middle,
        }
    }
    low
}

/// Pairs of a text and an entity that bears it, in their order, as two columns.
#[derive(Default)]
pub(super) struct Index {
    pub(super) texts: Vec<u32>,
    pub(super) entities: Vec<u32>,
}

/// The columns of names.
pub(super) struct NameColumns {
    pub(super) texts: Texts,
    /// Empty where every entity has its slug as its one name; so are the next two.
    pub(super) starts: Vec<u32>,
    pub(super) names: Vec<u32>,
    pub(super) manners: Vec<u32>,
    pub(super) manner_list: Vec<Manner>,
    /// Empty where entities are in the order of their names.
    pub(super) ranks: Vec<u32>,
    pub(super) index: Index,
    pub(super) aliases: Index,
    pub(super) folded: Index,
}

/// A name of an entity: its place, whether it is an alias, and the text.
type Borne = (u32, bool, u32);

/// Makes the columns of names.
pub(super) fn columns(
    names: Names,
    order: &Order,
    interrupt: &Interrupt,
) -> Result<NameColumns, Fault> {
    let Names { mut texts, rows } = names;
    let folds = folds(&mut texts, &rows, order, interrupt)?;
    let mut borne: Vec<Borne> = rows
        .into_iter()
        .map(|(early, text, is_alias)| (order.place(early), is_alias, text))
        .collect();
    let key = |(place, is_alias, _): &Borne| u64::from(*place) << 1 | u64::from(*is_alias);
    radix::sort(&mut borne, key, interrupt)?;
    let texts = Texts::new(texts, order, interrupt)?;
    let mut folded: Vec<(u32, u32)> = folds.slugs;
    folded.extend(
        borne
            .iter()
            .map(|(place, _, text)| (folds.texts[*text as usize], *place)),
    );
    for (text, _) in &mut folded {
        *text = texts.places[*text as usize];
    }
    for (_, _, text) in &mut borne {
        *text = texts.places[*text as usize];
    }
    drop_repeated(&mut borne);
    let index_of = |wanted: bool| {
        let borne = borne.iter().filter(|(_, is_alias, _)| *is_alias == wanted);
        borne.map(|(place, _, text)| (*text, *place)).collect()
    };
    let (index, aliases) = (index_of(false), index_of(true));
    let mut columns = NameColumns {
        index: sorted(index, &texts, interrupt)?,
        aliases: sorted(aliases, &texts, interrupt)?,
        folded: sorted(folded, &texts, interrupt)?,
        texts,
        starts: Vec::new(),
        names: Vec::new(),
        manners: Vec::new(),
        manner_list: Vec::new(),
        ranks: Vec::new(),
    };
    columns.fill(&borne, order.len(), interrupt)?;
    Ok(columns)
}

/// An entity bears a text once as a name, and once as an alias; the first of equal ones stays.
fn drop_repeated(borne: &mut Vec<Borne>) {
    let mut last = None;
    let mut seen = HashSet::new();
    borne.retain(|row| {
        if last.replace(row.0) != Some(row.0) {
            seen.clear();
        }
        seen.insert(*row)
    });
}

/// What texts are when they are folded for look-up.
struct Folds {
    /// Of each text that is a name, its folded form.
    texts: Vec<u32>,
    /// Of each slug that is not its own folded form, that form; and the slug.
    slugs: Vec<(u32, u32)>,
}

fn folds(
    texts: &mut Interner,
    rows: &[(u32, u32, bool)],
    order: &Order,
    interrupt: &Interrupt,
) -> Result<Folds, Fault> {
    let mut of_texts = Vec::with_capacity(texts.len());
    if !rows.is_empty() {
        for number in 0..texts.len() as u32 {
            look(number as usize, interrupt)?;
            let folded = match is_folded(texts.get(number)) {
                true => number,
                false => {
                    let folded = suggest::folded(texts.text(number));
                    texts.number(folded.as_bytes())
                }
            };
            of_texts.push(folded);
        }
    }
    let mut slugs = Vec::new();
    let mut digits = Digits::default();
    for place in 0..order.len() as u32 {
        look(place as usize, interrupt)?;
        if is_folded(order.length(place).1) {
            continue;
        }
        let slug = order.id(place, &mut digits);
        let slug = std::str::from_utf8(slug).expect("ids are checked before they are numbered");
        slugs.push((texts.number(suggest::folded(slug).as_bytes()), place));
    }
    Ok(Folds {
        texts: of_texts,
        slugs,
    })
}

/// Whether a text is sure to be its own folded form. Looks at all of it, as that is faster than to
/// stop at the first letter that is not.
fn is_folded(text: &[u8]) -> bool {
    let is_other =
        |byte: u8| !byte.is_ascii() | byte.is_ascii_uppercase() | (byte == b' ') | (byte == b'_');
    !text
        .iter()
        .fold(false, |found, byte| found | is_other(*byte))
}

/// Puts pairs in their order, but for slugs that are borne by their own entities.
fn sorted(
    mut pairs: Vec<(u32, u32)>,
    texts: &Texts,
    interrupt: &Interrupt,
) -> Result<Index, Fault> {
    pairs.retain(|(text, entity)| text != entity);
    radix::sort(&mut pairs, |(_, entity)| u64::from(*entity), interrupt)?;
    radix::sort(&mut pairs, |(text, _)| texts.key(*text), interrupt)?;
    pairs.dedup();
    let (texts, entities) = pairs.into_iter().unzip();
    Ok(Index { texts, entities })
}

impl NameColumns {
    /// Fills the columns that go by entity.
    fn fill(
        &mut self,
        borne: &[Borne],
        entities: usize,
        interrupt: &Interrupt,
    ) -> Result<(), Fault> {
        let mut manners: Distinct<Manner> = Distinct::default();
        if !borne.is_empty() {
            let alias = Manner {
                is_alias: true,
                ..Manner::default()
            };
            self.starts.push(0);
            let mut rest = borne;
            for place in 0..entities as u32 {
                let count = rest.iter().take_while(|row| row.0 == place).count();
                let (own, behind) = rest.split_at(count);
                rest = behind;
                if own.first().is_none_or(|row| row.1) {
                    self.names.push(place);
                    self.manners.push(0);
                }
                for (_, is_alias, text) in own {
                    self.names.push(*text);
                    self.manners.push(match is_alias {
                        true => manners.number(alias.clone()),
                        false => 0,
                    });
                }
                self.starts.push(self.names.len() as u32);
            }
            self.rank(entities, interrupt)?;
        }
        self.manner_list = manners.list;
        Ok(())
    }

    /// The place of each entity by its name.
    fn rank(&mut self, entities: usize, interrupt: &Interrupt) -> Result<(), Fault> {
        let key = |place: usize| self.texts.key(self.names[self.starts[place] as usize]);
        if (0..entities).is_sorted_by_key(key) {
            return Ok(());
        }
        let places = 0..entities as u32;
        let mut ranked: Vec<_> = places.map(|place| (key(place as usize), place)).collect();
        radix::sort(&mut ranked, |(key, _)| *key, interrupt)?;
        self.ranks = vec![0; entities];
        for (rank, (_, place)) in ranked.into_iter().enumerate() {
            self.ranks[place as usize] = rank as u32;
        }
        Ok(())
    }
}
