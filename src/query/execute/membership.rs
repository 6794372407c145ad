//! `in`: whether a value is in a list or in a set.
//!
//! A long list that many rows share is looked through for the first of them; then its values are
//! found by their hashes.

use std::cell::RefCell;
use std::hash::BuildHasher;
use std::hash::RandomState;

use hashbrown::HashTable;

use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::diagnostic::Fault;
use crate::model::EntityId;
use crate::model::List;
use crate::model::Value;
use crate::query::bound::Place;
use crate::query::execute::logic::or;
use crate::query::execute::logic::wrong;
use crate::query::value;
use crate::query::value::Exact;

/// Lists of fewer values are looked through.
const VALUES_MIN: usize = 16;
/// So often a list is looked through before its values are hashed.
const ASKED_MIN: u32 = 4;
/// The most lists that are kept; the one that was met first makes room.
const LISTS_MAX: usize = 16;

/// The long lists that were met last.
#[derive(Default)]
pub(super) struct Lists(RefCell<Vec<Asked>>);

/// A list, and how often it was asked.
struct Asked {
    list: List,
    times: u32,
    index: Option<Index>,
}

/// The places of the values of a list by their hashes.
struct Index {
    state: RandomState,
    places: HashTable<u32>,
}

impl Lists {
    /// Whether a list has an element that is equal; null where that cannot be told.
    pub(super) fn contains(
        &self,
        list: &Value,
        wanted: &Value,
        place: Place,
        budget: &mut Budget,
    ) -> Result<Option<bool>, Error> {
        match list {
            Value::Null => Ok(None),
            Value::List(list) if list.len() < VALUES_MIN => Ok(look_through(list, wanted)),
            Value::List(list) => Ok(self.long_contains(list, wanted, budget)?),
            other => {
                let met = value::type_word(other);
                Err(wrong(
                    place,
                    format!("`in` wants a list, and this is {met}"),
                ))
            }
        }
    }

    fn long_contains(
        &self,
        list: &List,
        wanted: &Value,
        budget: &mut Budget,
    ) -> Result<Option<bool>, Fault> {
        let mut lists = self.0.borrow_mut();
        let known = lists.iter().position(|asked| asked.list.is(list));
        let at = known.unwrap_or_else(|| {
            if lists.len() == LISTS_MAX {
                lists.remove(0);
            }
            lists.push(Asked {
                list: list.clone(),
                times: 0,
                index: None,
            });
            lists.len() - 1
        });
        let asked = &mut lists[at];
        asked.times = asked.times.saturating_add(1);
        if asked.times == ASKED_MIN {
            asked.index = Index::of(list, budget)?;
        }
        match &asked.index {
            Some(index) if is_exact(wanted) => {
                budget.spend(1)?;
                Ok(Some(index.has(list, wanted)))
            }
            _ => {
                budget.spend(list.len() as u64)?;
                Ok(look_through(list, wanted))
            }
        }
    }
}

impl Index {
    /// That of a list whose values are all equal to nothing but the same value.
    fn of(list: &List, budget: &mut Budget) -> Result<Option<Index>, Fault> {
        if !list.iter().all(is_exact) {
            return Ok(None);
        }
        budget.hold(1 + list.len() as u64 / 8)?;
        let state = RandomState::new();
        let mut places = HashTable::with_capacity(list.len());
        let hash = |value: &Value| state.hash_one(Exact(value));
        for (place, value) in list.iter().enumerate() {
            budget.spend(1)?;
            let hashed = hash(value);
            let is_same = |other: &u32| Exact(&list[*other as usize]) == Exact(value);
            if places.find(hashed, is_same).is_none() {
                places.insert_unique(hashed, place as u32, |other| hash(&list[*other as usize]));
            }
        }
        Ok(Some(Index { state, places }))
    }

    fn has(&self, list: &List, wanted: &Value) -> bool {
        let is_wanted = |place: &u32| Exact(&list[*place as usize]) == Exact(wanted);
        let hash = self.state.hash_one(Exact(wanted));
        self.places.find(hash, is_wanted).is_some()
    }
}

/// Whether a value is equal to the same value and to no other such value. Decimal numbers may be
/// equal to whole ones and dates to others, and what is in a list may be null.
fn is_exact(value: &Value) -> bool {
    match value {
        Value::Boolean(_)
        | Value::Integer(_)
        | Value::Text(_)
        | Value::Entity(_)
        | Value::Statement(_)
        | Value::Source(_) => true,
        Value::Null
        | Value::Float(_)
        | Value::Date(_)
        | Value::Path(_)
        | Value::List(_)
        | Value::Map(_) => false,
    }
}

fn look_through(list: &List, wanted: &Value) -> Option<bool> {
    or(list.iter().map(|value| value::equals(value, wanted)))
}

/// Whether a value, or one of a list of values, is in a set; null where that cannot be told.
pub(super) fn is_in_set(set: &[EntityId], value: &Value) -> Option<bool> {
    let is_in = |value: &Value| match value {
        // As with lists: what is not known is not in an empty one.
        Value::Null if !set.is_empty() => None,
        Value::Entity(entity) => Some(set.binary_search(entity).is_ok()),
        _ => Some(false),
    };
    match value {
        Value::List(values) => or(values.iter().map(is_in)),
        value => is_in(value),
    }
}
