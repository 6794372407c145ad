//! What is sent on of the matches of a join: rows with values, in order, by groups, or the first.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::model::EntityId;
use crate::model::RelationId;
use crate::model::Snapshot;
use crate::model::StatementId;
use crate::model::Value;
use crate::query::bound::Expression;
use crate::query::bound::Facet;
use crate::query::bound::Greatest;
use crate::query::bound::Join;
use crate::query::bound::Mode;
use crate::query::bound::Yield;
use crate::query::execute::rows::Flow;
use crate::query::execute::rows::Row;
use crate::query::execute::rows::RowRun;
use crate::query::execute::rows::join::Loops;
use crate::query::execute::rows::join::verdict::Numbers;

/// Where rows go, with how many rows each stands for.
pub(in crate::query::execute::rows) type CopySink<'s> =
    dyn FnMut(&mut Row, u64, &mut Budget) -> Result<Flow, Error> + 's;

/// The entities of a match in the order of its nodes, and how many matches have them.
type Found = (Vec<u32>, u64);

impl RowRun<'_> {
    /// Sends on the rows of a join. The row is as it was afterwards.
    pub(in crate::query::execute::rows) fn join(
        &self,
        join: &Join,
        row: &mut Row,
        budget: &mut Budget,
        sink: &mut CopySink<'_>,
    ) -> Result<Flow, Error> {
        let mut loops = Loops::new(self, join, budget)?;
        let mut send = Send {
            run: self,
            join,
            row,
            sink,
        };
        let flow = match &join.yields {
            Yield::Every => loops.visit(0, 1, budget, &mut |loops, ways, budget| {
                send.row(&loops.bound, ways, budget)
            }),
            Yield::Ordered(nodes) => send.ordered(&mut loops, nodes, budget),
            Yield::Counted(greatest) => send.counted(&mut loops, greatest.as_ref(), budget),
            Yield::First(keys, count) => send.first(&mut loops, keys, count, budget),
        };
        if let Some(counts) = self.counts.borrow_mut().first_mut() {
            for (count, passed) in counts[1..].iter_mut().zip(&loops.passed) {
                *count += passed;
            }
        }
        flow
    }
}

/// Makes rows of matches.
struct Send<'s, 'k> {
    run: &'s RowRun<'s>,
    join: &'s Join,
    row: &'s mut Row,
    sink: &'s mut CopySink<'k>,
}

impl Send<'_, '_> {
    /// So many rows of a match, or one for each choice of statements where these are shown.
    fn row(&mut self, bound: &[u32], ways: u64, budget: &mut Budget) -> Result<Flow, Error> {
        self.fill(bound);
        let flow = match self.join.is_traced {
            true => self.statements(0, bound, &mut Vec::new(), budget),
            false => self.copies(ways, budget),
        };
        self.clear();
        flow
    }

    fn copies(&mut self, ways: u64, budget: &mut Budget) -> Result<Flow, Error> {
        for _ in 0..ways {
            budget.spend(1)?;
            if (self.sink)(self.row, 1, budget)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn fill(&mut self, bound: &[u32]) {
        for node in &self.join.shown {
            let slot = self.join.matching.nodes[*node].slot;
            self.row[slot.0] = Value::Entity(EntityId(bound[*node]));
        }
    }

    fn clear(&mut self) {
        for node in &self.join.shown {
            self.row[self.join.matching.nodes[*node].slot.0] = Value::Null;
        }
    }

    /// Binds the edges from `edge` on to each statement that lies between their ends.
    fn statements(
        &mut self,
        edge: usize,
        bound: &[u32],
        used: &mut Vec<StatementId>,
        budget: &mut Budget,
    ) -> Result<Flow, Error> {
        let Some(pattern) = self.join.matching.edges.get(edge) else {
            return (self.sink)(self.row, 1, budget);
        };
        let mut ties = self
            .join
            .levels
            .iter()
            .flat_map(|level| level.ties.iter().map(|tie| (level.node, tie)));
        let (node, tie) = ties
            .find(|(_, tie)| tie.edge == edge)
            .expect("an edge is a tie");
        let ends = match tie.is_outward {
            true => (bound[tie.bound], bound[node]),
            false => (bound[node], bound[tie.bound]),
        };
        let mut flow = ControlFlow::Continue(());
        for statement in between(self.run, tie.relation, ends) {
            budget.spend(1)?;
            if pattern.mode != Mode::Walk && used.contains(&statement) {
                continue;
            }
            self.row[pattern.slot.0] = Value::Statement(statement);
            used.push(statement);
            flow = self.statements(edge + 1, bound, used, budget)?;
            used.pop();
            if flow.is_break() {
                break;
            }
        }
        self.row[pattern.slot.0] = Value::Null;
        Ok(flow)
    }

    /// The matches by the names of what these nodes are bound to.
    fn ordered(
        &mut self,
        loops: &mut Loops<'_>,
        nodes: &[usize],
        budget: &mut Budget,
    ) -> Result<Flow, Error> {
        let snapshot = self.run.run.snapshot;
        let mut found: Vec<Found> = Vec::new();
        let (mut rows, mut held) = (0usize, 0);
        let _ = loops.visit(0, 1, budget, &mut |loops, ways, budget| {
            rows = rows.saturating_add(ways as usize);
            budget.check_rows(rows)?;
            budget.hold(loops.bound.len() as u64)?;
            held += loops.bound.len() as u64;
            found.push((loops.bound.clone(), ways));
            Ok(ControlFlow::Continue(()))
        })?;
        budget.spend(found.len() as u64)?;
        let rank = |(bound, _): &Found, node: &usize| snapshot.rank(EntityId(bound[*node]));
        found.sort_by(|one, other| {
            let orders = nodes
                .iter()
                .map(|node| rank(one, node).cmp(&rank(other, node)));
            let mut orders = orders.skip_while(|order| order.is_eq());
            orders.next().unwrap_or(Ordering::Equal)
        });
        let flow = self.rows(&found, budget);
        budget.release(held);
        flow
    }

    fn rows(&mut self, found: &[Found], budget: &mut Budget) -> Result<Flow, Error> {
        for (bound, ways) in found {
            if self.row(bound, *ways, budget)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// One row for all matches that show the same entities, with their number.
    fn counted(
        &mut self,
        loops: &mut Loops<'_>,
        greatest: Option<&Greatest>,
        budget: &mut Budget,
    ) -> Result<Flow, Error> {
        match self.join.shown.as_slice() {
            [only] => self.counted_by(loops, *only, greatest, budget),
            [one, other] => {
                let mut counts: HashMap<[u32; 2], u64> = HashMap::new();
                let _ = loops.visit(0, 1, budget, &mut |loops, ways, budget| {
                    let key = [loops.bound[*one], loops.bound[*other]];
                    let (known, count) = (counts.len(), counts.entry(key).or_default());
                    *count = count.saturating_add(ways);
                    budget.hold((counts.len() - known) as u64)?;
                    Ok(ControlFlow::Continue(()))
                })?;
                let mut met: Vec<([u32; 2], u64)> = counts.into_iter().collect();
                met.sort_unstable();
                let mut bound = loops.bound.clone();
                for (key, ways) in &met {
                    (bound[*one], bound[*other]) = (key[0], key[1]);
                    let _ = self.copy(&bound, *ways, budget)?;
                }
                budget.release(met.len() as u64);
                Ok(ControlFlow::Continue(()))
            }
            _ => loops.visit(0, 1, budget, &mut |loops, ways, budget| {
                self.copy(&loops.bound, ways, budget)
            }),
        }
    }

    /// One row for all matches of an entity of one node.
    fn counted_by(
        &mut self,
        loops: &mut Loops<'_>,
        only: usize,
        greatest: Option<&Greatest>,
        budget: &mut Budget,
    ) -> Result<Flow, Error> {
        let mut counts = vec![0u64; loops.entities];
        let mut met: Vec<u32> = Vec::new();
        let _ = loops.visit(0, 1, budget, &mut |loops, ways, budget| {
            let entity = loops.bound[only];
            let count = &mut counts[entity as usize];
            if *count == 0 {
                budget.hold(1)?;
                met.push(entity);
            }
            *count = count.saturating_add(ways);
            Ok(ControlFlow::Continue(()))
        })?;
        budget.release(met.len() as u64);
        match greatest {
            Some(greatest) => self.keep_greatest(&mut met, &counts, greatest, budget)?,
            None => met.sort_unstable(),
        }
        if let Some(facet) = self.join.facet {
            merge_alike(&mut met, &mut counts, facet, loops);
        }
        let mut bound = loops.bound.clone();
        for entity in &met {
            bound[only] = *entity;
            if self
                .copy(&bound, counts[*entity as usize], budget)?
                .is_break()
            {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Drops the entities that come behind the first so many; the order is any.
    fn keep_greatest(
        &mut self,
        met: &mut Vec<u32>,
        counts: &[u64],
        greatest: &Greatest,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let limit = self.run.row_count(&greatest.limit, self.row, budget)?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        if limit >= met.len() {
            return Ok(());
        }
        let snapshot = self.run.run.snapshot;
        let rank = |entity: &u32| snapshot.rank(EntityId(*entity));
        let order = |one: &u32, other: &u32| {
            let orders = greatest.keys.iter().map(|(is_number, is_descending)| {
                let order = match is_number {
                    true => counts[*one as usize].cmp(&counts[*other as usize]),
                    false => rank(one).cmp(&rank(other)),
                };
                if *is_descending {
                    order.reverse()
                } else {
                    order
                }
            });
            let order = orders.fold(Ordering::Equal, Ordering::then);
            order.then_with(|| rank(one).cmp(&rank(other)))
        };
        budget.spend(met.len() as u64)?;
        met.select_nth_unstable_by(limit, order);
        met.truncate(limit);
        Ok(())
    }

    /// One row that stands for so many.
    fn copy(&mut self, bound: &[u32], ways: u64, budget: &mut Budget) -> Result<Flow, Error> {
        self.fill(bound);
        let flow = (self.sink)(self.row, ways, budget);
        self.clear();
        flow
    }

    /// The first matches by what these nodes are bound to.
    fn first(
        &mut self,
        loops: &mut Loops<'_>,
        keys: &[(usize, bool)],
        count: &Expression,
        budget: &mut Budget,
    ) -> Result<Flow, Error> {
        let snapshot = self.run.run.snapshot;
        let limit = self.run.row_count(count, self.row, budget)? as usize;
        if limit == 0 {
            return Ok(ControlFlow::Continue(()));
        }
        let (node, is_descending) = keys[0];
        let is_sorted = loops.start_in_order(node, is_descending, budget)?;
        // The last in order on top.
        let mut heap: BinaryHeap<(Vec<u32>, Vec<u32>, u64)> = BinaryHeap::new();
        let mut key: Vec<u32> = Vec::with_capacity(keys.len());
        let _ = loops.visit(0, 1, budget, &mut |loops, ways, budget| {
            let of = |(node, is_descending): &(usize, bool)| {
                place(snapshot, loops.bound[*node], *is_descending)
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
                budget.hold(loops.bound.len() as u64)?;
                budget.check_rows(heap.len() + 1)?;
            }
            heap.push((key.clone(), loops.bound.clone(), ways));
            if heap.len() >= limit {
                let last = heap.peek().map_or(u32::MAX, |(last, ..)| last[0]);
                loops.bar = Some(Bar {
                    node,
                    is_descending,
                    last,
                    is_sorted,
                });
            }
            Ok(ControlFlow::Continue(()))
        })?;
        let found = heap.into_sorted_vec();
        let found: Vec<Found> = found
            .into_iter()
            .map(|(_, bound, ways)| (bound, ways.min(limit as u64)))
            .collect();
        budget.release((found.len() * loops.bound.len()) as u64);
        self.rows(&found, budget)
    }
}

/// The statements of a relation that lead from one entity to another and are walked.
fn between<'r>(
    run: &'r RowRun<'_>,
    relation: RelationId,
    (subject, object): (u32, u32),
) -> impl Iterator<Item = StatementId> + 'r {
    let snapshot = run.run.snapshot;
    let rows = snapshot.out_rows();
    let places = rows.run(EntityId(subject), relation);
    let ends = &rows.ends[places.clone()];
    let start = ends.partition_point(|end| *end < object);
    let same = ends[start..]
        .iter()
        .take_while(|end| **end == object)
        .count();
    let first = places.start + start;
    let statements = (first..first + same).map(StatementId::from_index);
    statements.filter(move |statement| run.filter.walks(snapshot, *statement))
}

/// Leaves one entity of those that are alike, with the numbers of all.
fn merge_alike(met: &mut Vec<u32>, counts: &mut [u64], facet: Facet, loops: &mut Loops<'_>) {
    let run = loops.asker.run;
    let numbers = Numbers::new(facet, run);
    let mut firsts: Vec<u32> = vec![u32::MAX; numbers.count(run.run.snapshot)];
    met.retain(|entity| {
        let number = numbers.of(EntityId(*entity), &mut loops.asker.verdicts);
        let Some(number) = number else {
            return true;
        };
        let first = &mut firsts[number as usize];
        if *first == u32::MAX {
            *first = *entity;
            return true;
        }
        let count = counts[*entity as usize];
        let total = &mut counts[*first as usize];
        *total = total.saturating_add(count);
        false
    });
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

impl Loops<'_> {
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

    /// Lets the first level go through its entities in order, if it is that of `node`; whether it
    /// is.
    fn start_in_order(
        &mut self,
        node: usize,
        is_descending: bool,
        budget: &mut Budget,
    ) -> Result<bool, Error> {
        let snapshot = self.asker.run.run.snapshot;
        let stage = &mut self.stages[0];
        if stage.level.node != node {
            return Ok(false);
        }
        if snapshot.is_ranked_by_id() && !is_descending {
            return Ok(true);
        }
        let mut members: Vec<EntityId> = match &stage.members {
            Some(members) => members.to_vec(),
            None => snapshot.entities().collect(),
        };
        budget.spend(members.len() as u64)?;
        members.sort_unstable_by_key(|entity| place(snapshot, entity.0, is_descending));
        stage.members = Some(Rc::from(members));
        Ok(true)
    }
}
