//! The ids of entities: numbered as they appear, and then by their order.
//!
//! A whole number below a limit stands for itself, without a table, and so does one behind a prefix
//! (`families`); any other id is a text of a table. The upper bit tells these from those. Ids are
//! compared as the texts they are: `7` and `07` are two.

use std::cmp::Ordering;

use crate::diagnostic::Fault;
use crate::diagnostic::Interrupt;
use crate::store::import::families::Digits;
use crate::store::import::families::Families;
use crate::store::import::families::Places;
use crate::store::import::gather::LOOK_EVERY;
use crate::store::import::intern::Interner;
use crate::store::import::intern::Slot;
use crate::store::import::radix;
use crate::store::import::shapes::Shapes;

/// An entity before all are known: a number, or with [`TEXT`] a number of the table.
pub(super) type Early = u32;

/// Marks a number of the table.
const TEXT: u32 = 1 << 31;

/// The entities that have appeared.
pub(super) struct Ids {
    numbers: Families,
    texts: Interner,
}

/// An id that may have to be looked up.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    Number(Early),
    /// A text, and what it is looked up by.
    Text(u64),
}

impl Ids {
    /// No entities. Up to `memory` bytes may be spent on whole numbers that do not appear.
    pub(super) fn new(memory: u64) -> Ids {
        Ids {
            numbers: Families::new(memory),
            texts: Interner::default(),
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> u64 {
        self.numbers.len() + self.texts.len() as u64
    }

    /// How many of them are texts.
    pub(super) fn texts(&self) -> u64 {
        self.texts.len() as u64
    }

    /// The entity of an id, and whether it is new; it is there afterwards.
    pub(super) fn add(&mut self, id: &[u8]) -> (Early, bool) {
        if let Some(number) = self.numbers.find_or_know(id) {
            return (number, self.numbers.see(number));
        }
        let before = self.texts.len();
        let number = self.texts.number(id);
        (number | TEXT, self.texts.len() > before)
    }

    /// The shapes of ids that are known.
    pub(super) fn shapes(&self) -> &Shapes {
        self.numbers.shapes()
    }

    /// Has an id that is a number there afterwards.
    #[inline]
    pub(super) fn see(&mut self, number: Early) {
        self.numbers.see(number);
    }

    /// Whether an id that is a number is there.
    #[inline]
    pub(super) fn is_seen(&self, number: Early) -> bool {
        self.numbers.is_seen(number)
    }

    /// The number that an id is, if it is of such a form; whether it is there or not.
    #[inline]
    pub(super) fn number(&mut self, id: &[u8]) -> Option<Early> {
        self.numbers.find_or_know(id)
    }

    /// What an id that is no number is looked up by.
    pub(super) fn tag(&self, id: &[u8]) -> u64 {
        self.texts.tag(id)
    }

    /// Gets what looking up these tags will take.
    pub(super) fn touch(&self, tags: &[u64], slots: &mut Vec<Slot>) {
        self.texts.touch(tags, slots);
    }

    /// The entity of an id of that form; it is there afterwards.
    #[inline]
    pub(super) fn add_form(&mut self, form: Form, id: &[u8]) -> Early {
        match form {
            Form::Number(number) => {
                self.numbers.see(number);
                number
            }
            Form::Text(tag) => self.texts.number_tagged(id, tag) | TEXT,
        }
    }

    /// The entity of an id of that form, if it is there.
    #[inline]
    pub(super) fn find_form(&self, form: Form, id: &[u8]) -> Option<Early> {
        match form {
            Form::Number(number) => self.numbers.is_seen(number).then_some(number),
            Form::Text(tag) => {
                let number = self.texts.find_tagged(id, tag)?;
                Some(number | TEXT)
            }
        }
    }

    /// The entity of an id, if it is there.
    pub(super) fn find(&self, id: &[u8]) -> Option<Early> {
        match self.numbers.find(id) {
            Some(number) => self.numbers.is_seen(number).then_some(number),
            None => self.texts.find(id).map(|number| number | TEXT),
        }
    }

    /// The id of an entity; `digits` has room for it.
    fn id<'a>(&'a self, early: Early, digits: &'a mut Digits) -> &'a [u8] {
        match early & TEXT {
            0 => self.numbers.text(early, digits),
            _ => self.texts.get(early ^ TEXT),
        }
    }

    fn length(&self, early: Early) -> (usize, &[u8]) {
        match early & TEXT {
            0 => self.numbers.length(early),
            _ => {
                let text = self.texts.get(early ^ TEXT);
                (text.len(), text)
            }
        }
    }

    /// All entities in the order of their ids (bytes), unless somebody stops it.
    pub(super) fn order(self, interrupt: &Interrupt) -> Result<Order, Fault> {
        let mut entities: Vec<Early> = (0..self.texts.len() as u32).collect();
        radix::sort_texts(&mut entities, |text| self.texts.get(text), interrupt)?;
        entities.iter_mut().for_each(|text| *text |= TEXT);
        for list in self.numbers.lists(interrupt) {
            entities = self.merge(entities, list?, interrupt)?;
        }
        let mut order = Order {
            of_numbers: self.numbers.table(),
            of_texts: vec![0; self.texts.len()],
            entities,
            ids: self,
        };
        for (place, early) in order.entities.iter().enumerate() {
            look(place, interrupt)?;
            match early & TEXT {
                0 => order.of_numbers.set(*early, place as u32),
                _ => order.of_texts[(early ^ TEXT) as usize] = place as u32,
            }
        }
        Ok(order)
    }

    /// Two lists in order made one.
    fn merge(
        &self,
        one: Vec<Early>,
        other: Vec<Early>,
        interrupt: &Interrupt,
    ) -> Result<Vec<Early>, Fault> {
        let (mut digits, mut others) = (Digits::default(), Digits::default());
        if one.is_empty() || other.is_empty() {
            return Ok(if one.is_empty() { other } else { one });
        }
        let mut merged = Vec::with_capacity(one.len() + other.len());
        let mut rest = one.into_iter().peekable();
        for early in other {
            if rest.peek().is_some() {
                let id = self.id(early, &mut digits);
                while let Some(less) = rest.next_if(|less| self.id(*less, &mut others) < id) {
                    look(merged.len(), interrupt)?;
                    merged.push(less);
                }
            }
            look(merged.len(), interrupt)?;
            merged.push(early);
        }
        merged.extend(rest);
        Ok(merged)
    }
}

/// Looks now and then whether somebody asked to stop; `done` counts up.
#[inline]
pub(super) fn look(done: usize, interrupt: &Interrupt) -> Result<(), Fault> {
    match done.is_multiple_of(LOOK_EVERY as usize) {
        true => interrupt.check(),
        false => Ok(()),
    }
}

/// The entities in their order.
pub(super) struct Order {
    ids: Ids,
    of_numbers: Places,
    of_texts: Vec<u32>,
    entities: Vec<Early>,
}

impl Order {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.entities.len()
    }

    /// The place of an entity.
    #[inline]
    pub(super) fn place(&self, early: Early) -> u32 {
        match early & TEXT {
            0 => self.of_numbers.get(early),
            _ => self.of_texts[(early ^ TEXT) as usize],
        }
    }

    /// The id of the entity at a place; `digits` has room for it.
    pub(super) fn id<'a>(&'a self, place: u32, digits: &'a mut Digits) -> &'a [u8] {
        self.ids.id(self.entities[place as usize], digits)
    }

    /// How long the id of the entity at a place is, and what it consists of besides digits at its
    /// end; these may be among it.
    pub(super) fn length(&self, place: u32) -> (usize, &[u8]) {
        self.ids.length(self.entities[place as usize])
    }

    /// The place of the entity with that id, if there is one.
    pub(super) fn find(&self, id: &[u8]) -> Option<u32> {
        self.ids.find(id).map(|early| self.place(early))
    }

    /// How the id at a place compares with a text.
    pub(super) fn compare(&self, place: u32, text: &[u8]) -> Ordering {
        self.id(place, &mut Digits::default()).cmp(text)
    }
}

#[cfg(test)]
mod tests {
    use super::Ids;
    use crate::diagnostic::Interrupt;
    use crate::store::import::families::Digits;

    fn ordered(ids: &[&str]) -> Vec<String> {
        let mut known = Ids::new(0);
        for id in ids {
            known.add(id.as_bytes());
        }
        let order = known.order(&Interrupt::default()).unwrap();
        let places = 0..order.len() as u32;
        let id = |place| {
            let id = order.id(place, &mut Digits::default()).to_vec();
            let (length, letters) = order.length(place);
            assert_eq!(length, id.len());
            let digits = id.strip_prefix(letters).unwrap();
            assert!(digits.iter().all(u8::is_ascii_digit));
            id
        };
        places
            .map(|place| String::from_utf8(id(place)).unwrap())
            .collect()
    }

    #[test]
    fn numbers_and_texts_are_ordered_as_texts() {
        for ids in [
            vec!["0", "1", "10", "100", "11", "2", "20", "3"],
            vec![
                "",
                "0",
                "007",
                "1",
                "1 ",
                "12",
                "19",
                "1a",
                "2",
                "65535",
                "65536",
                "99999999999",
                "a",
            ],
            vec!["1", "3", "60000", "7"],
            vec![
                "1",
                "p",
                "p1",
                "p10",
                "p1a",
                "p2",
                "p99999999999",
                "pa",
                "q0",
            ],
            vec![
                "n007", "n010", "n10", "n100", "n1000", "na1", "x0", "x00", "x1",
            ],
            vec!["a1", "b1", "c1", "d1", "e1", "e10", "e2", "f1", "ä7"],
        ] {
            let mut wanted: Vec<&str> = ids.clone();
            wanted.sort_unstable();
            assert_eq!(ordered(&ids), wanted);
            let reversed: Vec<&str> = ids.into_iter().rev().collect();
            assert_eq!(ordered(&reversed), wanted);
        }
        let all: Vec<String> = (0..4321).map(|number: u32| number.to_string()).collect();
        let mut wanted: Vec<&str> = all.iter().map(String::as_str).collect();
        wanted.sort_unstable();
        assert_eq!(ordered(&wanted), wanted);
    }
}
