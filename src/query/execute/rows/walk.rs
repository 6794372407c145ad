//! Edges of a pattern: one step, or a number of them without a repeated statement.

use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::ObjectRef;
use crate::model::StatementId;
use crate::model::Step;
use crate::model::Value;
use crate::model::View;
use crate::query::bound::EdgeLength;
use crate::query::bound::Mode;
use crate::query::bound::PatternEdge;
use crate::query::bound::Pick;
use crate::query::execute::logic::wrong;
use crate::query::execute::rows::Flow;
use crate::query::execute::rows::Row;
use crate::query::execute::rows::RowRun;
use crate::query::execute::rows::Sink;
use crate::query::execute::rows::matching::Search;
use crate::query::value;

/// An edge that is walked, from which entity, and which way.
#[derive(Clone, Copy)]
pub(super) struct Walk<'w> {
    pub(super) edge: &'w PatternEdge,
    pub(super) start: EntityId,
    /// The node at the far end.
    pub(super) end: usize,
    pub(super) direction: Direction,
    /// Whether the walk begins at the end that is written last.
    pub(super) is_reversed: bool,
    /// The move that walks it.
    pub(super) index: usize,
}

impl<'s> Search<'s> {
    pub(super) fn walk(
        &mut self,
        edge: usize,
        is_backward: bool,
        index: usize,
        row: &mut Row,
        budget: &mut Budget,
        sink: &mut Sink<'_>,
    ) -> Result<Flow, Error> {
        let matching = self.matching;
        let edge = &matching.edges[edge];
        let (near, end, direction) = match is_backward {
            false => (edge.from, edge.to, Direction::Forward),
            true => (edge.to, edge.from, Direction::Backward),
        };
        let Value::Entity(start) = row[matching.nodes[near].slot.0] else {
            return Ok(Flow::Continue(()));
        };
        let walk = Walk {
            edge,
            start,
            end,
            direction,
            is_reversed: is_backward != edge.is_leftward,
            index,
        };
        match (&edge.length, edge.pick) {
            (None, _) => self.walk_once(walk, row, budget, sink),
            (Some(length), Pick::Every) => self.walk_often(walk, length, row, budget, sink),
            (Some(length), _) => self.walk_shortest(walk, length, row, budget, sink),
        }
    }

    /// The graph as an edge sees it.
    pub(super) fn view<'w>(&self, walk: Walk<'w>) -> View<'w>
    where
        's: 'w,
    {
        let run: &'s RowRun<'s> = self.run;
        View {
            snapshot: run.run.snapshot,
            filter: run.filter,
            along: &walk.edge.along,
        }
    }

    /// The steps from an entity along an edge, outgoing statements first.
    pub(super) fn steps(&self, walk: Walk<'_>, from: EntityId) -> std::vec::IntoIter<Step> {
        let steps: Vec<Step> = self.view(walk).steps(from, walk.direction).collect();
        steps.into_iter()
    }

    fn walk_once(
        &mut self,
        walk: Walk<'_>,
        row: &mut Row,
        budget: &mut Budget,
        sink: &mut Sink<'_>,
    ) -> Result<Flow, Error> {
        let slot = walk.edge.slot;
        let bound = match (walk.edge.is_bound, &row[slot.0]) {
            (false, _) => None,
            (true, Value::Statement(statement)) => Some(*statement),
            (true, Value::Null) => return Ok(Flow::Continue(())),
            (true, other) => {
                let reason = format!("{} is no statement to walk", value::type_word(other));
                return Err(wrong(walk.edge.span, reason));
            }
        };
        let end_slot = self.matching.nodes[walk.end].slot;
        let goal = match row[end_slot.0] {
            Value::Entity(entity) => Some(entity),
            _ => None,
        };
        let mut flow = Flow::Continue(());
        for step in self.steps_to(walk, goal, budget)? {
            budget.spend(1)?;
            let fits = bound.is_none_or(|bound| bound == step.statement)
                && (walk.edge.mode == Mode::Walk || !self.used.contains(&step.statement));
            if !fits || goal.is_none() && !self.accepts(walk.end, step.entity, row, budget)? {
                continue;
            }
            row[slot.0] = Value::Statement(step.statement);
            row[end_slot.0] = Value::Entity(step.entity);
            let known = self.used.len();
            if walk.edge.mode != Mode::Walk {
                self.used.push(step.statement);
            }
            flow = self.go(walk.index + 1, row, budget, sink)?;
            self.used.truncate(known);
            if flow.is_break() {
                break;
            }
        }
        row[slot.0] = bound.map_or(Value::Null, Value::Statement);
        if goal.is_none() {
            row[end_slot.0] = Value::Null;
        }
        Ok(flow)
    }

    /// The steps from the start; where the far end is known, those that lead there, from whichever
    /// of the two has fewer.
    fn steps_to<'w>(
        &self,
        walk: Walk<'w>,
        goal: Option<EntityId>,
        budget: &mut Budget,
    ) -> Result<Box<dyn Iterator<Item = Step> + 'w>, Error>
    where
        's: 'w,
    {
        let (view, back) = (self.view(walk), walk.direction.reversed());
        let Some(goal) = goal else {
            return Ok(Box::new(view.steps(walk.start, walk.direction)));
        };
        let here = view.degree(walk.start, walk.direction);
        let there = view.degree(goal, back);
        budget.spend(here.min(there) as u64)?;
        if here <= there {
            return Ok(Box::new(view.joining(walk.start, walk.direction, goal)));
        }
        let steps = view.joining(goal, back, walk.start);
        Ok(Box::new(steps.map(move |step| Step {
            entity: goal,
            ..step
        })))
    }

    /// Every way of so many steps on which no statement is walked twice; depth first, without
    /// recursion.
    fn walk_often(
        &mut self,
        walk: Walk<'_>,
        length: &EdgeLength,
        row: &mut Row,
        budget: &mut Budget,
        sink: &mut Sink<'_>,
    ) -> Result<Flow, Error> {
        let mut way: Vec<Step> = Vec::new();
        if length.min == 0 && self.arrive(walk, &way, row, budget, sink)?.is_break() {
            return Ok(Flow::Break(()));
        }
        if length.max == 0 {
            return Ok(Flow::Continue(()));
        }
        let mut open = vec![self.steps(walk, walk.start)];
        while let Some(steps) = open.last_mut() {
            let Some(step) = steps.next() else {
                open.pop();
                if way.pop().is_some() && walk.edge.mode != Mode::Walk {
                    self.used.pop();
                }
                continue;
            };
            budget.spend(1)?;
            if !self.may_take(walk, length, &way, step, row, budget)? {
                continue;
            }
            way.push(step);
            if walk.edge.mode != Mode::Walk {
                self.used.push(step.statement);
            }
            let taken = way.len() as u32;
            if taken >= length.min {
                let flow = self.arrive(walk, &way, row, budget, sink);
                if flow.as_ref().map_or(true, |flow| flow.is_break()) {
                    self.used.truncate(self.used.len() - self.held(walk, &way));
                    return flow;
                }
            }
            let is_closed = walk.edge.mode == Mode::Simple && step.entity == walk.start;
            if taken < length.max && !is_closed {
                open.push(self.steps(walk, step.entity));
            } else {
                way.pop();
                if walk.edge.mode != Mode::Walk {
                    self.used.pop();
                }
            }
        }
        Ok(Flow::Continue(()))
    }

    /// How many statements in use are those of a way.
    fn held(&self, walk: Walk<'_>, way: &[Step]) -> usize {
        match walk.edge.mode {
            Mode::Walk => 0,
            _ => way.len(),
        }
    }

    /// Whether a way can be lengthened by a step.
    fn may_take(
        &self,
        walk: Walk<'_>,
        length: &EdgeLength,
        way: &[Step],
        step: Step,
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<bool, Error> {
        let is_free = !self.used.contains(&step.statement);
        let is_new = match walk.edge.mode {
            Mode::Walk => true,
            Mode::Trail => is_free,
            Mode::Acyclic => is_free && step.entity != walk.start && !visits(way, step.entity),
            Mode::Simple => is_free && !visits(way, step.entity),
        };
        Ok(is_new && self.step_holds(length, step.statement, row, budget)?)
    }

    /// Whether what is asked of each step holds for a statement.
    pub(super) fn step_holds(
        &self,
        length: &EdgeLength,
        statement: StatementId,
        row: &mut Row,
        budget: &mut Budget,
    ) -> Result<bool, Error> {
        if length.conditions.is_empty() {
            return Ok(true);
        }
        row[length.each.0] = Value::Statement(statement);
        let holds = self.run.all_hold(&length.conditions, row, budget);
        row[length.each.0] = Value::Null;
        holds
    }

    /// Goes on with a way, if the node at its end can be where it ends.
    fn arrive(
        &mut self,
        walk: Walk<'_>,
        way: &[Step],
        row: &mut Row,
        budget: &mut Budget,
        sink: &mut Sink<'_>,
    ) -> Result<Flow, Error> {
        let end = way.last().map_or(walk.start, |step| step.entity);
        let statements: Vec<StatementId> = way.iter().map(|step| step.statement).collect();
        self.arrive_at(walk, end, statements, row, budget, sink)
    }

    /// Binds the far end and the list of statements, in the order of writing.
    pub(super) fn arrive_at(
        &mut self,
        walk: Walk<'_>,
        end: EntityId,
        mut statements: Vec<StatementId>,
        row: &mut Row,
        budget: &mut Budget,
        sink: &mut Sink<'_>,
    ) -> Result<Flow, Error> {
        let end_slot = self.matching.nodes[walk.end].slot;
        let goal = match row[end_slot.0] {
            Value::Entity(entity) => Some(entity),
            _ => None,
        };
        let fits = match goal {
            Some(goal) => goal == end,
            None => self.accepts(walk.end, end, row, budget)?,
        };
        if !fits {
            return Ok(Flow::Continue(()));
        }
        if walk.is_reversed {
            statements.reverse();
        }
        let list = statements.into_iter().map(Value::Statement).collect();
        row[walk.edge.slot.0] = Value::List(list);
        row[end_slot.0] = Value::Entity(end);
        let flow = self.go(walk.index + 1, row, budget, sink);
        row[walk.edge.slot.0] = Value::Null;
        if goal.is_none() {
            row[end_slot.0] = Value::Null;
        }
        flow
    }

    /// The far end of a statement, walked from `entity`.
    pub(super) fn far_end(&self, statement: StatementId, entity: EntityId) -> EntityId {
        let snapshot = self.run.run.snapshot;
        let subject = snapshot.subject(statement);
        match snapshot.object(statement) {
            ObjectRef::Entity(object) if subject == entity => object,
            _ => subject,
        }
    }
}

fn visits(way: &[Step], entity: EntityId) -> bool {
    way.iter().any(|step| step.entity == entity)
}
