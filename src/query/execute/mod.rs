//! Runs a plan on a snapshot: one operator after the other, each once.
//!
//! Knows ids, no names. Results stay until the answer is made, because evidence is read off them:
//! which statements lead from an operator's input to a member of its result.

mod answer;
mod compare;
mod evaluate;
mod evidence;
mod found;
mod logic;
mod membership;
mod rows;
mod select;
mod sweep;
mod table;
mod why;

use std::cell::RefCell;

use crate::algo;
use crate::algo::Depth;
use crate::algo::Reached;
use crate::algo::interruptible;
use crate::diagnostic::Budget;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Error;
use crate::diagnostic::Fault;
use crate::diagnostic::LimitId;
use crate::diagnostic::Span;
use crate::diagnostic::code;
use crate::diagnostic::escape;
use crate::model::Along;
use crate::model::Day;
use crate::model::EntityId;
use crate::model::Filter;
use crate::model::Path;
use crate::model::Snapshot;
use crate::model::Value;
use crate::model::View;
use crate::model::stable;
use crate::query::bound::Given;
use crate::query::plan::FilterId;
use crate::query::plan::Operator;
use crate::query::plan::OperatorId;
use crate::query::plan::Plan;
use crate::query::table::Answer;
use crate::query::table::Table;

pub use found::Found;
pub use found::FoundRow;

pub(super) use found::find;

use rows::RowsOutcome;

/// Runs a plan.
///
/// Errors: a [`crate::diagnostic::Fault`] when the budget is spent; a diagnostic when an input that
/// must be one entity is not.
pub(super) fn execute(
    plan: &Plan,
    snapshot: &Snapshot,
    today: Option<Day>,
    given: &[Given],
    budget: &mut Budget,
) -> Result<(Answer, Counts), Error> {
    let mut run = Run::new(plan, snapshot, today, given);
    run.all(budget)?;
    let counts = run.counts();
    Ok((run.answer(budget)?, counts))
}

/// How many rows each operator yielded, and each step and move of those that make rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// One a operator.
    pub operators: Vec<u64>,
    /// For operators that make rows: for each step the rows it passed on, then those of its moves.
    pub steps: Vec<Vec<Vec<u64>>>,
}

/// A plan on its way through a snapshot.
struct Run<'a> {
    plan: &'a Plan,
    snapshot: &'a Snapshot,
    today: Option<Day>,
    /// The values of late parameters.
    given: &'a [Given],
    /// The row around, for sets that read its variables.
    outer: &'a [Value],
    /// What each operator yielded so far.
    outcomes: Vec<Outcome>,
    /// What the reader should know of how the answer came about.
    notes: RefCell<Vec<String>>,
}

/// What an operator yields.
#[derive(Debug)]
enum Outcome {
    /// Entities, by id.
    Set(Vec<EntityId>),
    /// Entities, by id, and everything walked through to find them.
    Walk(Vec<EntityId>, Reached),
    /// Entities, by id, and the cycles they lie on.
    Cycles(Vec<EntityId>, Vec<Vec<EntityId>>),
    /// Paths, in order; whether there are more; and the entities on them, by id.
    Paths(Vec<Path>, bool, Vec<EntityId>),
    /// Entities, by id, all of them on a path.
    Through(Vec<EntityId>, Path),
    /// Rows that are no set.
    Table(Table),
    /// Rows made by steps.
    Rows(RowsOutcome),
}

impl<'a> Run<'a> {
    fn new(
        plan: &'a Plan,
        snapshot: &'a Snapshot,
        today: Option<Day>,
        given: &'a [Given],
    ) -> Run<'a> {
        Run {
            plan,
            snapshot,
            today,
            given,
            outer: &[],
            outcomes: Vec::with_capacity(plan.operators.len()),
            notes: RefCell::default(),
        }
    }

    /// Runs every operator.
    fn all(&mut self, budget: &mut Budget) -> Result<(), Error> {
        let plan = self.plan;
        for (operator, filter) in &plan.operators {
            let outcome = self.operator(operator, *filter, budget)?;
            self.outcomes.push(outcome);
        }
        Ok(())
    }

    /// Runs every operator; the members of the last, by id.
    fn members(mut self, budget: &mut Budget) -> Result<Vec<EntityId>, Error> {
        self.all(budget)?;
        Ok(self.set(self.plan.root).to_vec())
    }

    fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for (index, outcome) in self.outcomes.iter().enumerate() {
            let (rows, steps) = match outcome {
                Outcome::Table(table) => (table.rows.len(), Vec::new()),
                Outcome::Rows(rows) => (rows.rows.len(), rows.counts.clone()),
                Outcome::Paths(paths, ..) => (paths.len(), Vec::new()),
                _ => (self.set(OperatorId(index)).len(), Vec::new()),
            };
            counts.operators.push(rows as u64);
            counts.steps.push(steps);
        }
        counts
    }

    /// The entities that an operator yielded, by id.
    fn set(&self, operator: OperatorId) -> &[EntityId] {
        match &self.outcomes[operator.0] {
            Outcome::Set(entities)
            | Outcome::Walk(entities, _)
            | Outcome::Cycles(entities, _)
            | Outcome::Through(entities, _)
            | Outcome::Paths(_, _, entities) => entities,
            Outcome::Rows(outcome) => &outcome.entities,
            Outcome::Table(_) => &[],
        }
    }

    fn filter(&self, filter: FilterId) -> &'a Filter {
        &self.plan.filters[filter.0]
    }

    fn view<'b>(&self, filter: FilterId, along: &'b Along) -> View<'b>
    where
        'a: 'b,
    {
        View {
            snapshot: self.snapshot,
            filter: self.filter(filter),
            along,
        }
    }

    fn operator(
        &self,
        operator: &Operator,
        filter: FilterId,
        budget: &mut Budget,
    ) -> Result<Outcome, Error> {
        budget.spend(1)?;
        let set = match operator {
            Operator::Entities(entities) => entities.clone(),
            Operator::Select(selector) => {
                let filter = self.filter(filter);
                select::select(self.snapshot, filter, selector, self.given, budget)?
            }
            Operator::Union(inputs) => self.union(inputs, budget)?,
            Operator::Intersection(inputs) => self.intersection(inputs, budget)?,
            Operator::Difference(first, others) => {
                let others = self.union(others, budget)?;
                kept(self.set(*first), budget, |entity| {
                    others.binary_search(entity).is_err()
                })?
            }
            Operator::One { input, span } => vec![self.one(*input, *span)?],
            Operator::First { input, count } => {
                let mut members = self.by_name(self.set(*input), budget)?;
                members.truncate(*count as usize);
                members.sort_unstable();
                members
            }
            Operator::Outer(slot) => outer_members(&self.outer[slot.0]),
            Operator::Parameter(parameter) => self.given[parameter.0].members.clone(),
            Operator::Expand {
                input,
                along,
                direction,
            } => algo::expand(
                self.view(filter, along),
                self.set(*input),
                *direction,
                budget,
            )?,
            Operator::Extremes {
                input,
                along,
                extreme,
            } => algo::extremes(self.view(filter, along), self.set(*input), *extreme, budget)?,
            other => return self.walk(other, filter, budget),
        };
        Ok(Outcome::Set(set))
    }

    /// Operators that yield more than a set.
    fn walk(
        &self,
        operator: &Operator,
        filter: FilterId,
        budget: &mut Budget,
    ) -> Result<Outcome, Error> {
        Ok(match operator {
            Operator::Closure {
                input,
                along,
                direction,
                depth,
            } => {
                let view = self.view(filter, along);
                let reached = algo::closure(view, self.set(*input), *direction, depth.max, budget)?;
                Outcome::Walk(reached.within(*depth), reached)
            }
            Operator::Common {
                input,
                along,
                direction,
            } => {
                let view = self.view(filter, along);
                let common = self.common(view, *input, *direction, budget)?;
                let reached = algo::closure(view, self.set(*input), *direction, u32::MAX, budget)?;
                Outcome::Walk(common, reached)
            }
            Operator::Cyclic { input, along } => {
                let view = self.view(filter, along);
                let cycles = algo::cycles(view, self.set(*input), budget)?;
                let entities = interruptible::entities(cycles.concat(), budget)?;
                Outcome::Cycles(entities, cycles)
            }
            Operator::ShortestPath { .. }
            | Operator::SimplePaths { .. }
            | Operator::Dominators { .. } => self.ways(operator, filter, budget)?,
            Operator::Rows(pipeline) => self.rows(pipeline, self.filter(filter), budget)?,
            Operator::UnionRows {
                inputs,
                keeps_doubles,
            } => Outcome::Rows(self.union_rows(inputs, *keeps_doubles, budget)?),
            other => Outcome::Table(self.table(other, filter, budget)?),
        })
    }

    /// Operators that find ways between two single entities.
    fn ways(
        &self,
        operator: &Operator,
        filter: FilterId,
        budget: &mut Budget,
    ) -> Result<Outcome, Error> {
        Ok(match operator {
            Operator::ShortestPath { from, to, along } => {
                let (from, to) = (self.set(*from)[0], self.set(*to)[0]);
                let path = algo::shortest(self.view(filter, along), from, to, u32::MAX, budget)?;
                paths(path.into_iter().collect(), false)
            }
            Operator::SimplePaths {
                from,
                to,
                along,
                length_max,
                is_shortest,
            } => {
                let (from, to) = (self.set(*from)[0], self.set(*to)[0]);
                let count_max = budget.limits().get(LimitId::Paths) as usize;
                let view = self.view(filter, along);
                let shortest = match is_shortest {
                    true => algo::shortest(view, from, to, u32::MAX, budget)?,
                    false => None,
                };
                let shortest = shortest.map_or(*length_max, |path| path.statements.len() as u32);
                let length_max = shortest.min(*length_max);
                let (found, is_cut) = algo::simple(view, from, to, length_max, count_max, budget)?;
                paths(found, is_cut)
            }
            Operator::Dominators { from, to, along } => {
                let (from, to) = (self.set(*from)[0], self.set(*to)[0]);
                let view = self.view(filter, along);
                let mut entities = algo::dominators(view, from, to, budget)?;
                entities.sort_unstable();
                match algo::shortest(view, from, to, u32::MAX, budget)? {
                    Some(path) => Outcome::Through(entities, path),
                    None => Outcome::Set(Vec::new()),
                }
            }
            other => unreachable!("{other:?} finds no ways"),
        })
    }

    fn union(&self, inputs: &[OperatorId], budget: &mut Budget) -> Result<Vec<EntityId>, Error> {
        let mut members: Vec<EntityId> = Vec::new();
        for input in inputs {
            let set = self.set(*input);
            budget.spend(set.len() as u64 + 1)?;
            members.extend(set);
        }
        Ok(interruptible::entities(members, budget)?)
    }

    fn intersection(
        &self,
        inputs: &[OperatorId],
        budget: &mut Budget,
    ) -> Result<Vec<EntityId>, Error> {
        let mut sets: Vec<&[EntityId]> = inputs.iter().map(|input| self.set(*input)).collect();
        stable::sort_by_key(&mut sets, |set| set.len());
        let Some((smallest, others)) = sets.split_first() else {
            return Ok(Vec::new());
        };
        let mut members = smallest.to_vec();
        for set in others {
            budget.spend(1)?;
            members = kept(&members, budget, |entity| set.binary_search(entity).is_ok())?;
        }
        Ok(members)
    }

    /// What every entity of a set leads to, itself included; nothing for the empty set.
    fn common(
        &self,
        view: View<'_>,
        input: OperatorId,
        direction: crate::model::Direction,
        budget: &mut Budget,
    ) -> Result<Vec<EntityId>, Error> {
        let mut common: Option<Vec<EntityId>> = None;
        for entity in self.set(input) {
            let mut own =
                algo::closure(view, &[*entity], direction, u32::MAX, budget)?.within(Depth::ANY);
            if let Err(place) = own.binary_search(entity) {
                own.insert(place, *entity);
            }
            match &mut common {
                None => common = Some(own),
                Some(common) => common.retain(|entity| own.binary_search(entity).is_ok()),
            }
        }
        Ok(common.unwrap_or_default())
    }

    fn one(&self, input: OperatorId, span: Span) -> Result<EntityId, Diagnostic> {
        let set = self.set(input);
        match set {
            [entity] => Ok(*entity),
            [] => Err(Diagnostic::error(
                &code::NOT_ONE,
                span,
                "one entity is wanted, and this is none",
            )),
            several => {
                let names: Vec<_> = several
                    .iter()
                    .take(3)
                    .map(|entity| escape::clipped(self.snapshot.name(*entity), 40))
                    .collect();
                let message = format!("one entity is wanted, and these are {}", several.len());
                Err(Diagnostic::error(&code::NOT_ONE, span, message)
                    .labelled(format!(
                        "{}{}",
                        names.join(", "),
                        if several.len() > 3 { ", …" } else { "" }
                    ))
                    .hint("`between(a, b)` takes sets".to_owned()))
            }
        }
    }
}

/// Those of a set for which it is true.
fn kept(
    members: &[EntityId],
    budget: &mut Budget,
    is_kept: impl Fn(&EntityId) -> bool,
) -> Result<Vec<EntityId>, Fault> {
    let mut kept = Vec::new();
    for member in members {
        budget.spend(1)?;
        kept.extend(is_kept(member).then_some(*member));
    }
    Ok(kept)
}

/// The entities in what a variable holds, by id.
fn outer_members(value: &Value) -> Vec<EntityId> {
    let mut members = match value {
        Value::Entity(entity) => vec![*entity],
        Value::Path(path) => path.entities.clone(),
        Value::List(values) => values.iter().flat_map(outer_members).collect(),
        _ => Vec::new(),
    };
    members.sort_unstable();
    members.dedup();
    members
}

fn paths(paths: Vec<Path>, is_cut: bool) -> Outcome {
    let mut entities: Vec<EntityId> = paths
        .iter()
        .flat_map(|path| path.entities.iter().copied())
        .collect();
    entities.sort_unstable();
    entities.dedup();
    Outcome::Paths(paths, is_cut, entities)
}
