//! Patterns: a depth-first search that binds one node or edge a move.

use std::cmp::Ordering;
use std::rc::Rc;

use crate::algo::interruptible;
use crate::algo::interruptible::Held;
use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::model::EntityId;
use crate::model::Path;
use crate::model::StatementId;
use crate::model::Value;
use crate::query::bound::Matching;
use crate::query::bound::Mode;
use crate::query::bound::Move;
use crate::query::bound::PatternPath;
use crate::query::bound::Slot;
use crate::query::bound::Step;
use crate::query::execute::logic::wrong;
use crate::query::execute::rows::Flow;
use crate::query::execute::rows::Row;
use crate::query::execute::rows::RowRun;
use crate::query::execute::rows::Sink;
use crate::query::execute::select::bearers;
use crate::query::value;

/// One clause on one row.
pub(super) struct Search<'s> {
    pub(super) run: &'s RowRun<'s>,
    pub(super) matching: &'s Matching,
    /// The statements in use: none is walked twice in one clause.
    pub(super) used: Vec<StatementId>,
    /// How many rows each move passed on.
    counts: Vec<u64>,
}

impl RowRun<'_> {
    /// Sends on a row for each match of a clause, in order if that makes a difference. The row is
    /// as it was afterwards.
    pub(super) fn matching(
        &self,
        matching: &Matching,
        row: &mut Row,
        budget: &mut Budget,
        sink: &mut Sink<'_>,
    ) -> Result<Flow, Error> {
        let mut has_match = false;
        let mut matches: Held<Row> = Held(Vec::new());
        let mut held = 0;
        let mut search = Search {
            run: self,
            matching,
            used: Vec::new(),
            counts: vec![0; matching.moves.len()],
        };
        let flow = if matching.is_ordered {
            search.go(0, row, budget, &mut |row, budget| {
                budget.check_rows(matches.0.len() + 1)?;
                let weight = value::weight_of(row);
                held += weight;
                budget.hold(weight)?;
                matches.0.push(row.clone());
                Ok(Flow::Continue(()))
            })?
        } else {
            search.go(0, row, budget, &mut |row, budget| {
                has_match = true;
                sink(row, budget)
            })?
        };
        self.note_counts(matching, &search.counts);
        let in_order = |one: &Row, other: &Row| self.written_order(&matching.written, one, other);
        interruptible::sort_by(&mut matches.0, budget, in_order)?;
        has_match |= !matches.0.is_empty();
        for found in &mut matches.0 {
            if sink(found, budget)?.is_break() {
                budget.release(held);
                return Ok(Flow::Break(()));
            }
        }
        budget.release(held);
        if !has_match && matching.is_optional {
            return sink(row, budget);
        }
        Ok(flow)
    }

    /// Orders matches by what is bound, in the order of writing.
    pub(super) fn written_order(&self, written: &[Slot], one: &Row, other: &Row) -> Ordering {
        let snapshot = self.run.snapshot;
        let orders = written
            .iter()
            .map(|slot| value::order(snapshot, &one[slot.0], &other[slot.0]));
        let mut orders = orders.skip_while(|order| order.is_eq());
        orders.next().unwrap_or(Ordering::Equal)
    }

    fn note_counts(&self, matching: &Matching, found: &[u64]) {
        let steps = &self.pipeline.rows.steps;
        let is_it =
            |step: &Step| matches!(step, Step::Match(known) if std::ptr::eq(&**known, matching));
        if let Some(step) = steps.iter().position(is_it) {
            let mut counts = self.counts.borrow_mut();
            for (count, found) in counts[step][1..].iter_mut().zip(found) {
                *count += found;
            }
        }
    }
}

impl Search<'_> {
    /// Makes the moves from `index` on; what is bound by them is unbound afterwards.
    pub(super) fn go(
        &mut self,
        index: usize,
        row: &mut Row,
        budget: &mut Budget,
        sink: &mut Sink<'_>,
    ) -> Result<Flow, Error> {
        budget.spend(1)?;
        if index > 0 {
            self.counts[index - 1] += 1;
        }
        let matching = self.matching;
        let Some(step) = matching.moves.get(index) else {
            return sink(row, budget);
        };
        match *step {
            Move::Scan(node) => self.scan(node, index, row, budget, sink),
            Move::Fixed(node) => match &row[matching.nodes[node].slot.0] {
                Value::Entity(entity) => match self.accepts(node, *entity, row, budget)? {
                    true => self.go(index + 1, row, budget, sink),
                    false => Ok(Flow::Continue(())),
                },
                Value::Null => Ok(Flow::Continue(())),
                other => {
                    let reason = format!("{} is no entity to start from", value::type_word(other));
                    Err(wrong(matching.nodes[node].place, reason))
                }
            },
            Move::Walk(edge, is_backward) => self.walk(edge, is_backward, index, row, budget, sink),
            Move::Test(condition) => {
                let condition = &matching.conditions[condition];
                match self.run.holds(condition, row, budget)? {
                    true => self.go(index + 1, row, budget, sink),
                    false => Ok(Flow::Continue(())),
                }
            }
            Move::Path(path) => {
                let path = &matching.paths[path];
                let Some(found) = self.path(path, row) else {
                    return Ok(Flow::Continue(()));
                };
                if let Some(slot) = path.slot {
                    row[slot.0] = Value::Path(found);
                }
                let flow = self.go(index + 1, row, budget, sink);
                if let Some(slot) = path.slot {
                    row[slot.0] = Value::Null;
                }
                flow
            }
        }
    }

    /// Binds a node to every entity that it can be.
    fn scan(
        &mut self,
        node: usize,
        index: usize,
        row: &mut Row,
        budget: &mut Budget,
        sink: &mut Sink<'_>,
    ) -> Result<Flow, Error> {
        let run = self.run;
        let slot = self.matching.nodes[node].slot;
        let members = self.candidates(node, row, budget)?;
        let count = match &members {
            Some(members) => members.len(),
            None => run.run.snapshot.entity_count(),
        };
        let mut flow = Flow::Continue(());
        for place in 0..count {
            budget.spend(1)?;
            let entity = match &members {
                Some(members) => members[place],
                None => EntityId::from_index(place),
            };
            if self.has_kinds(node, entity) {
                row[slot.0] = Value::Entity(entity);
                flow = self.go(index + 1, row, budget, sink)?;
                if flow.is_break() {
                    break;
                }
            }
        }
        row[slot.0] = Value::Null;
        Ok(flow)
    }

    /// Those of which a node can be one, by id; none for all entities.
    fn candidates(
        &self,
        node: usize,
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<Option<Rc<[EntityId]>>, Error> {
        let node = &self.matching.nodes[node];
        if let Some(set) = node.within {
            return Ok(Some(self.run.set(set, row, budget)?));
        }
        // What cannot be told here is told where the condition is asked.
        if let Some(bearing) = &node.bearing
            && let Ok(names) = self.run.evaluate(bearing, row, budget)
            && let Some(bearers) = bearers(self.run.run.snapshot, &names, budget)?
        {
            return Ok(Some(Rc::from(bearers)));
        }
        match &node.kinds {
            Some(test) => self.run.of_kinds(test, budget),
            None => Ok(None),
        }
    }

    fn has_kinds(&self, node: usize, entity: EntityId) -> bool {
        let kinds = self.matching.nodes[node].kinds.as_ref();
        kinds.is_none_or(|test| self.run.has_kinds(test, entity))
    }

    /// Whether a node can be this entity.
    pub(super) fn accepts(
        &self,
        node: usize,
        entity: EntityId,
        row: &Row,
        budget: &mut Budget,
    ) -> Result<bool, Error> {
        if !self.has_kinds(node, entity) {
            return Ok(false);
        }
        match self.matching.nodes[node].within {
            None => Ok(true),
            Some(set) => {
                let members = self.run.set(set, row, budget)?;
                Ok(members.binary_search(&entity).is_ok())
            }
        }
    }

    /// A path through what is bound; none if its mode forbids it.
    fn path(&self, path: &PatternPath, row: &Row) -> Option<Path> {
        let node = |index: usize| match row[self.matching.nodes[index].slot.0] {
            Value::Entity(entity) => Some(entity),
            _ => None,
        };
        let mut entities = vec![node(path.nodes[0])?];
        let mut statements = Vec::new();
        for edge in &path.edges {
            match &row[self.matching.edges[*edge].slot.0] {
                Value::Statement(statement) => {
                    self.lengthen(*statement, &mut entities, &mut statements)
                }
                Value::List(values) => {
                    for value in values {
                        if let Value::Statement(statement) = value {
                            self.lengthen(*statement, &mut entities, &mut statements);
                        }
                    }
                }
                _ => return None,
            }
        }
        let inner = match path.mode {
            Mode::Simple if entities.len() > 1 && entities.first() == entities.last() => {
                &entities[1..]
            }
            _ => &entities[..],
        };
        let mut sorted = inner.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let may_repeat = matches!(path.mode, Mode::Trail | Mode::Walk);
        (may_repeat || sorted.len() == inner.len()).then_some(Path {
            entities,
            statements,
        })
    }

    /// Walks a statement from the end of a path, whichever way it points.
    fn lengthen(
        &self,
        statement: StatementId,
        entities: &mut Vec<EntityId>,
        statements: &mut Vec<StatementId>,
    ) {
        let last = entities[entities.len() - 1];
        entities.push(self.far_end(statement, last));
        statements.push(statement);
    }
}
