//! Groups: rows with equal keys, and what is made of each group.

use std::cmp::Ordering;
use std::collections::HashSet;

use crate::algo::interruptible;
use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::diagnostic::Fault;
use crate::model::Snapshot;
use crate::model::Value;
use crate::query::bound::Aggregate;
use crate::query::bound::Expression;
use crate::query::bound::Grouping;
use crate::query::bound::Step;
use crate::query::execute::logic::wrong;
use crate::query::execute::rows::Row;
use crate::query::execute::rows::RowRun;
use crate::query::execute::rows::State;
use crate::query::execute::rows::numbering::Column;
use crate::query::execute::rows::numbering::Numbering;
use crate::query::function::Accumulator;
use crate::query::function::Does;
use crate::query::value;
use crate::query::value::order;

/// Groups on their way, in the order in which they were met.
pub(super) struct Groups {
    numbering: Numbering,
    /// The values of each key.
    columns: Vec<Column>,
    /// Whether an aggregate may read each key.
    is_read: Vec<bool>,
    /// The values of each aggregate that counts equal ones once, and those of each group that were
    /// met.
    distinct: Vec<Option<(Column, HashSet<[u32; 2]>)>>,
    /// The numbers of the keys of each group, one group after the other.
    keys: Vec<u32>,
    /// The aggregates of each group.
    totals: Vec<Accumulator>,
    /// How many there are.
    count: usize,
    /// The numbers of the keys of a row on its way.
    met: Vec<u32>,
}

impl Groups {
    pub(super) fn new(grouping: &Grouping, snapshot: &Snapshot) -> Groups {
        let columns = grouping.keys.iter();
        let columns = columns.map(|(_, key)| Column::new(snapshot, key)).collect();
        let distinct = grouping.aggregates.iter().map(|aggregate| {
            let value = aggregate.value.as_ref().filter(|_| aggregate.is_distinct)?;
            Some((Column::new(snapshot, value), HashSet::new()))
        });
        let mut slots = Vec::new();
        let mut is_all = false;
        for value in grouping
            .aggregates
            .iter()
            .filter_map(|it| it.value.as_ref())
        {
            value.visit(&mut |part| match part {
                Expression::Slot(slot) => slots.push(*slot),
                // They read what is not seen here.
                Expression::Set(_)
                | Expression::InSet(..)
                | Expression::Exists(_)
                | Expression::CountOf(_)
                | Expression::Collect(..) => is_all = true,
                _ => {}
            });
        }
        let keys = grouping.keys.iter();
        Groups {
            numbering: Numbering::default(),
            columns,
            is_read: keys
                .map(|(slot, _)| is_all || slots.contains(slot))
                .collect(),
            distinct: distinct.collect(),
            keys: Vec::new(),
            totals: Vec::new(),
            count: 0,
            met: Vec::new(),
        }
    }
}

impl RowRun<'_> {
    /// Adds a row to its group, or to several if a key has several values.
    pub(super) fn add_to_groups(
        &self,
        grouping: &Grouping,
        groups: &mut Groups,
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let mut numbers = std::mem::take(&mut groups.met);
        numbers.clear();
        self.add_behind(grouping, groups, &mut numbers, row, budget)?;
        groups.met = numbers;
        Ok(())
    }

    /// Adds a row to the groups whose first keys have these numbers.
    fn add_behind(
        &self,
        grouping: &Grouping,
        groups: &mut Groups,
        numbers: &mut Vec<u32>,
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let place = numbers.len();
        let Some((_, key)) = grouping.keys.get(place) else {
            return self.add_to_group(grouping, groups, numbers, row, budget);
        };
        if !grouping.is_spread || !key.is_many() {
            numbers.push(groups.columns[place].evaluate(self, key, row, budget)?);
            self.add_behind(grouping, groups, numbers, row, budget)?;
            numbers.pop();
            return Ok(());
        }
        for value in as_values(self.evaluate(key, row, budget)?) {
            numbers.push(groups.columns[place].number(&value, budget)?);
            self.add_behind(grouping, groups, numbers, row, budget)?;
            numbers.pop();
        }
        Ok(())
    }

    /// Adds a row to the group whose keys have these numbers.
    fn add_to_group(
        &self,
        grouping: &Grouping,
        groups: &mut Groups,
        numbers: &[u32],
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        budget.spend(1)?;
        let pairs = numbers.iter().zip(&groups.columns);
        let classes = pairs.map(|(number, column)| column.class(*number));
        let (group, is_new) = groups.numbering.number(classes);
        if is_new {
            budget.hold(1)?;
            budget.check_rows(group + 1)?;
            groups.start(grouping, numbers);
        } else {
            groups.show_first(self.run.snapshot, group, numbers);
        }
        // An aggregate of a key is of the value by which the row is in this group.
        for (place, (slot, _)) in grouping.keys.iter().enumerate() {
            if groups.is_read[place] {
                row[slot.0] = groups.columns[place].value(numbers[place]).clone();
            }
        }
        for (place, aggregate) in grouping.aggregates.iter().enumerate() {
            self.add(aggregate, groups, (group, place), row, budget)?;
        }
        Ok(())
    }

    /// Adds a row to an aggregate of a group.
    fn add(
        &self,
        aggregate: &Aggregate,
        groups: &mut Groups,
        (group, place): (usize, usize),
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let total = &mut groups.totals[group * groups.distinct.len() + place];
        let (snapshot, copies) = (self.run.snapshot, self.copies.get());
        let mut take = |value: &Value, copies| {
            let taken = total.add(snapshot, value, copies);
            taken.map_err(|reason| wrong(aggregate.place, reason))
        };
        let Some(from) = &aggregate.value else {
            budget.spend(1)?;
            return take(&Value::Boolean(true), copies);
        };
        let is_several = from.is_many() || matches!(from, Expression::Set(_));
        let Some((column, seen)) = &mut groups.distinct[place] else {
            let is_kept = aggregate.function.name == "collect";
            let value = self.evaluate(from, row, budget)?;
            let mut add = |value: &Value, budget: &mut Budget| {
                budget.spend(1)?;
                if is_kept {
                    budget.hold(value::weight(value))?;
                }
                take(value, copies)
            };
            return match value {
                Value::List(values) if is_several => {
                    values.iter().try_for_each(|value| add(value, budget))
                }
                value => add(&value, budget),
            };
        };
        let mut add = |number: u32, column: &Column, budget: &mut Budget| {
            budget.spend(1)?;
            if !seen.insert([group as u32, column.class(number)]) {
                return Ok(());
            }
            budget.hold(1)?;
            take(column.value(number), 1)
        };
        if !is_several {
            let number = column.evaluate(self, from, row, budget)?;
            return add(number, column, budget);
        }
        for value in as_values(self.evaluate(from, row, budget)?) {
            let number = column.number(&value, budget)?;
            add(number, column, budget)?;
        }
        Ok(())
    }

    /// Sends on a row a group, in the order of the keys; without keys there is one group, even of
    /// nothing.
    pub(super) fn send_groups(
        &self,
        grouping: &Grouping,
        groups: &mut Groups,
        (steps, states): (&[Step], &mut [State]),
        budget: &mut Budget,
    ) -> Result<(), Error> {
        if grouping.keys.is_empty() && groups.count == 0 {
            groups.start(grouping, &[]);
        }
        budget.spend(groups.count as u64)?;
        let order = groups.order(self.run.snapshot, budget)?;
        let places = grouping.aggregates.iter().cycle();
        let totals = places
            .zip(groups.totals.drain(..))
            .map(|(aggregate, total)| {
                let total = total.finish();
                total.map_err(|reason| wrong(aggregate.place, reason))
            });
        let mut totals = totals.collect::<Result<Vec<Value>, Error>>()?;
        let mut row: Row = vec![Value::Null; self.pipeline.rows.slots.len()];
        let (keys, aggregates) = (grouping.keys.len(), grouping.aggregates.len());
        for group in order {
            row.fill(Value::Null);
            for (place, (slot, _)) in grouping.keys.iter().enumerate() {
                let number = groups.keys[group * keys + place];
                row[slot.0] = groups.columns[place].value(number).clone();
            }
            for (place, aggregate) in grouping.aggregates.iter().enumerate() {
                let total = &mut totals[group * aggregates + place];
                row[aggregate.slot.0] = std::mem::take(total);
            }
            if self.pass(steps, states, &mut row, budget)?.is_break() {
                break;
            }
        }
        Ok(())
    }
}

impl Groups {
    /// A new group, whose keys have these numbers.
    fn start(&mut self, grouping: &Grouping, numbers: &[u32]) {
        self.count += 1;
        self.keys.extend(numbers);
        for aggregate in &grouping.aggregates {
            let Does::Aggregate(_, start) = aggregate.function.does else {
                unreachable!("resolve checked that it is an aggregate")
            };
            self.totals.push(start());
        }
    }

    /// Of keys that count as equal, such as 1 and 1.0, the first in order is shown.
    fn show_first(&mut self, snapshot: &Snapshot, group: usize, numbers: &[u32]) {
        let known = &mut self.keys[group * numbers.len()..][..numbers.len()];
        for ((known, met), column) in known.iter_mut().zip(numbers).zip(&self.columns) {
            if known != met && order(snapshot, column.value(*met), column.value(*known)).is_lt() {
                *known = *met;
            }
        }
    }

    /// The groups in the order of their keys; equal ones as they were met.
    fn order(&self, snapshot: &Snapshot, budget: &mut Budget) -> Result<Vec<usize>, Fault> {
        let columns = self.columns.iter();
        let ranks = columns.map(|column| column.ranks(snapshot, budget));
        let ranks = ranks.collect::<Result<Vec<Vec<u32>>, Fault>>()?;
        interruptible::order(self.count, budget, &mut |one, other| {
            let keys = |group: usize| &self.keys[group * ranks.len()..][..ranks.len()];
            let pairs = keys(one).iter().zip(keys(other)).zip(&ranks);
            let orders = pairs
                .map(|((one, other), ranks)| ranks[*one as usize].cmp(&ranks[*other as usize]));
            orders.fold(Ordering::Equal, Ordering::then)
        })
    }
}

/// The values of a list, or the only one.
fn as_values(value: Value) -> Vec<Value> {
    match value {
        Value::List(values) => values.into(),
        value => vec![value],
    }
}
