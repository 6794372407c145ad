//! Numbers for rows that are alike: those of groups, and those of which only one is wanted.
//!
//! Each value has a number, so that it is compared and hashed when it is first met; an expression
//! that reads one thing with a number in the snapshot is evaluated once for each.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::hash::RandomState;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use crate::algo::interruptible;
use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::diagnostic::Fault;
use crate::model::Snapshot;
use crate::model::Value;
use crate::query::bound::Expression;
use crate::query::execute::rows::Row;
use crate::query::execute::rows::RowRun;
use crate::query::execute::rows::lazy::Lazy;
use crate::query::execute::rows::source::Source;
use crate::query::value;
use crate::query::value::Exact;
use crate::query::value::Key;

/// The numbers of rows by the numbers of their values, in the order in which they were met.
#[derive(Default)]
pub(super) struct Numbering {
    /// The numbers of rows of one value, by the value's and from 1 on.
    first: Vec<u32>,
    /// The numbers of rows of more, for each value from the second on: by the number of those
    /// before it and its own.
    pairs: Vec<HashMap<[u32; 2], u32>>,
    count: usize,
}

impl Numbering {
    /// The number of a row, and whether none before was like it.
    pub(super) fn number(&mut self, values: impl ExactSizeIterator<Item = u32>) -> (usize, bool) {
        let count = self.count;
        let number = match values.len() {
            0 => 0,
            1 => values.map(|value| self.of_one(value)).sum(),
            _ => self.of_several(values),
        };
        self.count = count.max(number + 1);
        (number, self.count > count)
    }

    fn of_one(&mut self, value: u32) -> usize {
        let place = value as usize;
        if self.first.len() <= place {
            self.first.resize(place + 1, 0);
        }
        if self.first[place] == 0 {
            self.first[place] = self.count as u32 + 1;
        }
        self.first[place] as usize - 1
    }

    fn of_several(&mut self, mut values: impl ExactSizeIterator<Item = u32>) -> usize {
        let mut number = values.next().unwrap_or(0);
        self.pairs.resize_with(values.len(), HashMap::new);
        for (known, value) in self.pairs.iter_mut().zip(values) {
            let next = known.len() as u32;
            number = *known.entry([number, value]).or_insert(next);
        }
        number as usize
    }
}

/// The numbers of the values of an expression, in the order in which they were met.
pub(super) struct Column {
    /// Each with the number of the first that counts as the same.
    values: Vec<(Value, u32)>,
    /// The numbers of values that are no entities, with their hashes, so that no value is hashed
    /// again when the table grows.
    numbers: HashTable<(u64, u32)>,
    hasher: RandomState,
    /// The first of those that count as the same where they may be written in several ways.
    classes: HashMap<Key, u32>,
    /// The numbers of entities, from 1 on.
    entities: Lazy<u32>,
    source: Option<Source>,
    /// The numbers of what the expression gave for each number of its source, from 1 on.
    known: Lazy<u32>,
}

impl Column {
    pub(super) fn new(snapshot: &Snapshot, expression: &Expression) -> Column {
        let source = Source::of(expression);
        Column {
            values: Vec::new(),
            numbers: HashTable::new(),
            hasher: RandomState::new(),
            classes: HashMap::new(),
            entities: Lazy::new(snapshot.entity_count()),
            known: Lazy::new(source.as_ref().map_or(0, |source| source.count(snapshot))),
            source,
        }
    }

    /// The number of what an expression, the one that the column was made for, gives on a row.
    pub(super) fn evaluate(
        &mut self,
        run: &RowRun<'_>,
        expression: &Expression,
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<u32, Error> {
        if let Expression::Slot(slot) = expression {
            return Ok(self.number(&row[slot.0], budget)?);
        }
        let known = match &self.source {
            Some(source) => source.read(run.run.snapshot, row),
            None => None,
        };
        let Some(place) = known else {
            let value = run.evaluate(expression, row, budget)?;
            return Ok(self.number(&value, budget)?);
        };
        let mut number = self.known.get(place);
        if number == 0 {
            let value = run.evaluate(expression, row, budget)?;
            number = self.number(&value, budget)? + 1;
            *self.known.entry(place) = number;
        }
        Ok(number - 1)
    }

    /// The number of a value.
    pub(super) fn number(&mut self, value: &Value, budget: &mut Budget) -> Result<u32, Fault> {
        let next = self.values.len() as u32;
        if let Value::Entity(entity) = value {
            let number = self.entities.entry(entity.0);
            if *number == 0 {
                budget.hold(1)?;
                *number = next + 1;
                self.values.push((value.clone(), next));
            }
            return Ok(*number - 1);
        }
        let hash = self.hasher.hash_one(Exact(value));
        let is_it =
            |(_, number): &(u64, u32)| Exact(&self.values[*number as usize].0) == Exact(value);
        let entry = match self.numbers.entry(hash, is_it, |(hash, _)| *hash) {
            Entry::Occupied(known) => return Ok(known.get().1),
            Entry::Vacant(entry) => entry,
        };
        budget.hold(value::weight(value))?;
        entry.insert((hash, next));
        let class = match value {
            Value::Integer(_) | Value::Float(_) | Value::List(_) | Value::Map(_) => {
                *self.classes.entry(Key(value.clone())).or_insert(next)
            }
            _ => next,
        };
        self.values.push((value.clone(), class));
        Ok(next)
    }

    /// The value with a number.
    pub(super) fn value(&self, number: u32) -> &Value {
        &self.values[number as usize].0
    }

    /// The number of the first value that counts as the same as that with this number.
    pub(super) fn class(&self, number: u32) -> u32 {
        self.values[number as usize].1
    }

    /// The places of all values in their order, by number; equal ones have the same.
    pub(super) fn ranks(
        &self,
        snapshot: &Snapshot,
        budget: &mut Budget,
    ) -> Result<Vec<u32>, Fault> {
        let mut order = |one: usize, other: usize| {
            value::order(snapshot, &self.values[one].0, &self.values[other].0)
        };
        let sorted = interruptible::order(self.values.len(), budget, &mut order)?;
        let mut ranks = vec![0; sorted.len()];
        let mut rank = 0;
        for (place, number) in sorted.iter().enumerate() {
            if place.is_multiple_of(interruptible::BLOCK) {
                budget.look()?;
            }
            if place > 0 && order(sorted[place - 1], *number).is_ne() {
                rank += 1;
            }
            ranks[*number] = rank;
        }
        Ok(ranks)
    }
}

/// The rows of which only the first of those that are alike is wanted.
pub(super) struct Seen {
    columns: Vec<(Expression, Column)>,
    numbering: Numbering,
    met: Vec<u32>,
}

impl Seen {
    /// For rows that are alike these are equal.
    pub(super) fn new(values: Vec<Expression>, snapshot: &Snapshot) -> Seen {
        let columns = values.into_iter().map(|value| {
            let column = Column::new(snapshot, &value);
            (value, column)
        });
        Seen {
            columns: columns.collect(),
            numbering: Numbering::default(),
            met: Vec::new(),
        }
    }

    /// The number of a row, and whether none before was like it.
    pub(super) fn number(
        &mut self,
        run: &RowRun<'_>,
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<(usize, bool), Error> {
        self.met.clear();
        for (value, column) in &mut self.columns {
            let number = column.evaluate(run, value, row, budget)?;
            self.met.push(column.class(number));
        }
        let (number, is_new) = self.numbering.number(self.met.iter().copied());
        if is_new {
            budget.check_rows(number + 1)?;
            budget.hold(1)?;
        }
        Ok((number, is_new))
    }
}
