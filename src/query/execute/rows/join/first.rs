//! The first matches in an order: what comes behind the last of so many is not looked at.

use std::collections::BinaryHeap;
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::algo::interruptible;
use crate::algo::interruptible::Held;
use crate::diagnostic::Error;
use crate::model::EntityId;
use crate::model::Snapshot;
use crate::query::bound::Expression;
use crate::query::execute::rows::Flow;
use crate::query::execute::rows::join::Partial;
use crate::query::execute::rows::join::send::Found;
use crate::query::execute::rows::join::send::Loops;
use crate::query::execute::rows::join::send::Send;

impl Send<'_, '_> {
    /// The first matches by what these nodes are bound to.
    pub(super) fn first(
        &mut self,
        loops: &mut Loops<'_, '_>,
        keys: &[(usize, bool)],
        count: &Expression,
    ) -> Result<Flow, Error> {
        let snapshot = self.run.run.snapshot;
        let budget = &mut *loops.partial.budget;
        let limit = self.run.row_count(count, self.row, budget)? as usize;
        if limit == 0 {
            return Ok(ControlFlow::Continue(()));
        }
        let (node, is_descending) = keys[0];
        let is_sorted = loops.start_in_order(node, is_descending)?;
        // The last in order on top.
        let mut heap: BinaryHeap<(Vec<u32>, Vec<u32>, u64)> = BinaryHeap::new();
        let mut key: Vec<u32> = Vec::with_capacity(keys.len());
        let visited = loops.visit(&mut |partial, ways| {
            let of = |(node, is_descending): &(usize, bool)| {
                place(snapshot, partial.bound[*node], *is_descending)
            };
            key.clear();
            key.extend(keys.iter().map(of));
            let is_full = heap.len() >= limit;
            if is_full && heap.peek().is_some_and(|(last, ..)| key >= *last) {
                return Ok(ControlFlow::Continue(()));
            }
            if is_full {
                heap.pop();
            } else {
                partial.budget.hold(partial.bound.len() as u64)?;
                partial.budget.check_rows(heap.len() + 1)?;
            }
            heap.push((key.clone(), partial.bound.clone(), ways));
            if heap.len() >= limit {
                let last = heap.peek().map_or(u32::MAX, |(last, ..)| last[0]);
                partial.bar = Some(Bar {
                    node,
                    is_descending,
                    last,
                    is_sorted,
                });
            }
            Ok(ControlFlow::Continue(()))
        });
        let mut first = Held(heap.into_vec());
        let _ = visited?;
        let (limit, Partial { bound, budget, .. }) = (limit as u64, &mut loops.partial);
        interruptible::sort_by(&mut first.0, budget, Ord::cmp)?;
        let found = first.0.iter_mut();
        let found = found.map(|(_, bound, ways)| (std::mem::take(bound), limit.min(*ways)));
        let found: Held<Found> = Held(found.collect());
        budget.release((found.0.len() * bound.len()) as u64);
        self.rows(&found.0, budget)
    }
}

/// What comes behind it in order is not among the first.
pub(super) struct Bar {
    node: usize,
    is_descending: bool,
    /// The greatest place that may be among the first.
    last: u32,
    /// Whether the first level goes through its entities in this order.
    is_sorted: bool,
}

/// The place of an entity in an order by name.
fn place(snapshot: &Snapshot, entity: u32, is_descending: bool) -> u32 {
    let rank = snapshot.rank(EntityId(entity));
    if is_descending { u32::MAX - rank } else { rank }
}

impl Partial<'_, '_> {
    /// Whether what a level is bound to comes behind the bar; a break if all that follows does too.
    pub(super) fn is_barred(&self, node: usize) -> Option<Flow> {
        let bar = self.bar.as_ref().filter(|bar| bar.node == node)?;
        let snapshot = self.asker.run.run.snapshot;
        let is_behind = place(snapshot, self.bound[node], bar.is_descending) > bar.last;
        is_behind.then_some(match bar.is_sorted {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        })
    }
}

impl Loops<'_, '_> {
    /// Lets the first level go through its entities in order, if it is that of `node`; whether it
    /// is.
    fn start_in_order(&mut self, node: usize, is_descending: bool) -> Result<bool, Error> {
        let run = self.partial.asker.run.run;
        let snapshot = run.snapshot;
        let stage = &mut self.stages[0];
        if stage.level.node != node {
            return Ok(false);
        }
        if snapshot.is_ranked_by_id() && !is_descending {
            return Ok(true);
        }
        let budget = &mut self.partial.budget;
        let members = match &stage.members {
            Some(members) => {
                budget.spend(members.len() as u64)?;
                let mut members = run.by_name(members, budget)?;
                if is_descending {
                    members.reverse();
                }
                members
            }
            None => {
                // Every entity has a place of its own.
                let count = snapshot.entity_count();
                let behind = u32::MAX - count.saturating_sub(1) as u32;
                let mut members = vec![EntityId(0); count];
                for entity in snapshot.entities() {
                    budget.spend(1)?;
                    let place = place(snapshot, entity.0, is_descending);
                    let place = if is_descending { place - behind } else { place };
                    members[place as usize] = entity;
                }
                members
            }
        };
        stage.members = Some(Rc::from(members));
        Ok(true)
    }
}
