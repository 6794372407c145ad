//! Groups: rows with equal keys, and what is made of each group.

use std::collections::HashMap;
use std::collections::HashSet;

use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::model::Value;
use crate::query::bound::Expression;
use crate::query::bound::Grouping;
use crate::query::execute::logic::wrong;
use crate::query::execute::rows::Row;
use crate::query::execute::rows::RowRun;
use crate::query::function::Accumulator;
use crate::query::function::Does;
use crate::query::value;
use crate::query::value::Key;

/// Groups on their way, in the order in which they were met.
#[derive(Default)]
pub(super) struct Groups {
    places: HashMap<Vec<Key>, usize>,
    groups: Vec<Group>,
}

/// One group: its keys, and its aggregates, each with the values it met if equal ones count once.
struct Group {
    keys: Vec<Value>,
    aggregates: Vec<(Accumulator, Option<HashSet<Key>>)>,
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
        let mut keys: Vec<Vec<Value>> = vec![Vec::new()];
        for (_, key) in &grouping.keys {
            let is_many = key.is_many();
            let values = match self.evaluate(key, row, budget)? {
                Value::List(values) if grouping.is_spread && is_many => values,
                value => vec![value],
            };
            let longer = keys.iter().flat_map(|known| {
                values.iter().map(|value| {
                    let mut longer = known.clone();
                    longer.push(value.clone());
                    longer
                })
            });
            keys = longer.collect();
        }
        for key in keys {
            budget.spend(1)?;
            // An aggregate of a key is of the value by which the row is in this group.
            for ((slot, _), value) in grouping.keys.iter().zip(&key) {
                row[slot.0] = value.clone();
            }
            let (known, weight) = (groups.groups.len(), value::weight_of(&key));
            let place = self.group(grouping, groups, key);
            if groups.groups.len() > known {
                budget.hold(weight.saturating_mul(2))?;
            }
            budget.check_rows(groups.groups.len())?;
            self.add_to_group(grouping, &mut groups.groups[place], row, budget)?;
        }
        Ok(())
    }

    /// The place of the group with these keys.
    fn group(&self, grouping: &Grouping, groups: &mut Groups, keys: Vec<Value>) -> usize {
        let key: Vec<Key> = keys.iter().cloned().map(Key).collect();
        if let Some(place) = groups.places.get(&key) {
            // Of keys that count as equal, such as 1 and 1.0, the first in order is shown.
            let known = &mut groups.groups[*place].keys;
            for (known, met) in known.iter_mut().zip(keys) {
                if value::order(self.run.snapshot, &met, known).is_lt() {
                    *known = met;
                }
            }
            return *place;
        }
        let aggregates = grouping.aggregates.iter().map(|aggregate| {
            let seen = aggregate.is_distinct.then(HashSet::new);
            let Does::Aggregate(_, start) = aggregate.function.does else {
                unreachable!("resolve checked that it is an aggregate")
            };
            (start(), seen)
        });
        groups.groups.push(Group {
            keys,
            aggregates: aggregates.collect(),
        });
        groups.places.insert(key, groups.groups.len() - 1);
        groups.groups.len() - 1
    }

    fn add_to_group(
        &self,
        grouping: &Grouping,
        group: &mut Group,
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        for (aggregate, (total, seen)) in grouping.aggregates.iter().zip(&mut group.aggregates) {
            let values = match &aggregate.value {
                None => vec![Value::Boolean(true)],
                Some(from) => {
                    let is_many = from.is_many();
                    let is_set = matches!(from, Expression::Set(_));
                    match self.evaluate(from, row, budget)? {
                        Value::List(values) if is_many || is_set => values,
                        value => vec![value],
                    }
                }
            };
            for value in values {
                budget.spend(1)?;
                let is_new = seen
                    .as_mut()
                    .is_none_or(|seen| seen.insert(Key(value.clone())));
                if is_new && (seen.is_some() || aggregate.function.name == "collect") {
                    budget.hold(value::weight(&value))?;
                }
                if is_new {
                    let copies = if seen.is_some() { 1 } else { self.copies.get() };
                    total
                        .add(self.run.snapshot, &value, copies)
                        .map_err(|reason| wrong(aggregate.place, reason))?;
                }
            }
        }
        Ok(())
    }

    /// A row a group, in the order of the keys; without keys there is one group, even of nothing.
    pub(super) fn rows_of_groups(
        &self,
        grouping: &Grouping,
        mut groups: Groups,
        budget: &mut Budget,
    ) -> Result<Vec<Row>, Error> {
        if grouping.keys.is_empty() && groups.groups.is_empty() {
            self.group(grouping, &mut groups, Vec::new());
        }
        let snapshot = self.run.snapshot;
        groups.groups.sort_by(|one, other| {
            let pairs = one.keys.iter().zip(&other.keys);
            let orders = pairs.map(|(one, other)| value::order(snapshot, one, other));
            orders.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
        });
        let mut rows = Vec::with_capacity(groups.groups.len());
        for group in groups.groups {
            budget.spend(1)?;
            let mut row: Row = vec![Value::Null; self.pipeline.rows.slots.len()];
            for ((slot, _), key) in grouping.keys.iter().zip(group.keys) {
                row[slot.0] = key;
            }
            for (aggregate, (total, _)) in grouping.aggregates.iter().zip(group.aggregates) {
                let total = total
                    .finish()
                    .map_err(|reason| wrong(aggregate.place, reason))?;
                row[aggregate.slot.0] = total;
            }
            rows.push(row);
        }
        Ok(rows)
    }
}
