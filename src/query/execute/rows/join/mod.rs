//! Patterns as nested loops over sorted runs: each level binds a node to what all its edges lead
//! to, and the levels that nobody looks at are counted.
//!
//! What is bound is a number an entity; values are made for the rows that are sent on.

mod common;
mod count;
mod lane;
mod send;
mod twins;
mod verdict;

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::model::EntityId;
use crate::model::Value;
use crate::model::Verdicts;
use crate::query::bound::Check;
use crate::query::bound::Join;
use crate::query::bound::Level;
use crate::query::bound::Tie;
use crate::query::execute::rows::Flow;
use crate::query::execute::rows::Row;
use crate::query::execute::rows::RowRun;

use common::Marked;
use common::common;
use lane::Lane;
use send::Bar;
use twins::Ways;
use verdict::Asker;
use verdict::Test;

/// A join on its way.
struct Loops<'j> {
    join: &'j Join,
    stages: Vec<Stage<'j>>,
    /// The entity of each node; it means something where the node is bound.
    bound: Vec<u32>,
    asker: Asker<'j>,
    entities: usize,
    /// How many entities each level passed on, for `:explain`.
    passed: Vec<u64>,
    bar: Option<Bar>,
    ways: Ways,
}

/// What a level works with.
struct Stage<'j> {
    level: &'j Level,
    test: Option<Test<'j>>,
    /// One a tie.
    lanes: Vec<Lane<'j>>,
    /// Whether some tie leads from the node to itself.
    has_loop: bool,
    /// What a level without ties goes through; none for every entity.
    members: Option<Rc<[EntityId]>>,
    /// How many entities pass, where that was counted.
    all: Option<u64>,
    /// For each entity the number of matches of the levels behind, plus 1; 0 if it is not known.
    tails: Vec<u64>,
    marked: Marked,
}

impl<'j> Loops<'j> {
    fn new(run: &'j RowRun<'j>, join: &'j Join, budget: &mut Budget) -> Result<Loops<'j>, Error> {
        let snapshot = run.run.snapshot;
        let row: Row = vec![Value::Null; run.pipeline.rows.slots.len()];
        let mut stages = Vec::with_capacity(join.levels.len());
        for level in &join.levels {
            let members = match join.matching.nodes[level.node].within {
                Some(set) => Some(run.set(set, &row, budget)?),
                None => None,
            };
            let lane = |tie: &Tie| Lane::new(snapshot, run.filter, tie);
            let tails = if level.cut.is_some() {
                snapshot.entity_count()
            } else {
                0
            };
            stages.push(Stage {
                level,
                test: Test::new(join, level, run, members.clone()),
                lanes: level.ties.iter().map(lane).collect(),
                has_loop: level.ties.iter().any(|tie| tie.bound == level.node),
                members,
                all: None,
                tails: vec![0; tails],
                marked: Marked::default(),
            });
        }
        Ok(Loops {
            join,
            stages,
            bound: vec![0; join.matching.nodes.len()],
            asker: Asker {
                run,
                row,
                verdicts: Verdicts::new(snapshot, run.filter),
            },
            entities: snapshot.entity_count(),
            passed: vec![0; join.levels.len()],
            bar: None,
            ways: Ways::default(),
        })
    }

    /// Calls `found` for what the levels to visit are bound to, with the number of its matches.
    fn visit(
        &mut self,
        depth: usize,
        ways: u64,
        budget: &mut Budget,
        found: &mut dyn FnMut(&mut Self, u64, &mut Budget) -> Result<Flow, Error>,
    ) -> Result<Flow, Error> {
        if depth < self.join.visited {
            let node = self.stages[depth].level.node;
            return self.each(depth, budget, |this, more, budget| {
                if let Some(flow) = this.is_barred(node) {
                    return Ok(flow);
                }
                this.visit(depth + 1, ways.saturating_mul(more), budget, found)
            });
        }
        let behind = match depth {
            0 => self.count(0, budget)?,
            depth => self.below(depth - 1, budget)?,
        };
        match behind {
            0 => Ok(Flow::Continue(())),
            behind => found(self, ways.saturating_mul(behind), budget),
        }
    }

    /// Binds the node of a level to one entity after the other, in ascending order of their ids
    /// where it has ties, and calls `act` with the number of ways that lead to it.
    fn each<F>(&mut self, depth: usize, budget: &mut Budget, mut act: F) -> Result<Flow, Error>
    where
        F: FnMut(&mut Self, u64, &mut Budget) -> Result<Flow, Error>,
    {
        let level: &'j Level = self.stages[depth].level;
        match level.ties.as_slice() {
            [tie] if tie.bound != level.node => {
                let run = self.run(depth, 0, budget)?;
                let mut place = 0;
                while let Some(entity) = run.get(place) {
                    let same = run[place..].iter().take_while(|end| *end == entity).count();
                    place += same;
                    let ways = self.enter(depth, *entity, &[same as u64], budget)?;
                    if ways > 0 && act(self, ways, budget)?.is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
                Ok(ControlFlow::Continue(()))
            }
            ties if ties.iter().all(|tie| tie.bound == level.node) => {
                let members = self.stages[depth].members.clone();
                let count = members
                    .as_ref()
                    .map_or(self.entities, |members| members.len());
                for place in 0..count {
                    budget.spend(1)?;
                    let entity = members
                        .as_ref()
                        .map_or(place as u32, |members| members[place].0);
                    let ways = self.enter(depth, entity, &[], budget)?;
                    if ways > 0 && act(self, ways, budget)?.is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
                Ok(ControlFlow::Continue(()))
            }
            _ => self.each_common(depth, budget, &mut act),
        }
    }

    /// Binds a node to what several ties lead to.
    fn each_common(
        &mut self,
        depth: usize,
        budget: &mut Budget,
        act: &mut dyn FnMut(&mut Self, u64, &mut Budget) -> Result<Flow, Error>,
    ) -> Result<Flow, Error> {
        let level: &'j Level = self.stages[depth].level;
        let mut runs = Vec::with_capacity(level.ties.len());
        for (place, tie) in level.ties.iter().enumerate() {
            if tie.bound != level.node {
                runs.push(self.run(depth, place, budget)?);
            }
        }
        let mut found = Vec::new();
        common(&runs, &mut found);
        for (entity, ways) in found.chunk_by(|one, other| one.0 == other.0).map(|ties| {
            let ways: Vec<u64> = ties.iter().map(|(_, ways)| u64::from(*ways)).collect();
            (ties[0].0, ways)
        }) {
            let ways = self.enter(depth, entity, &ways, budget)?;
            if ways > 0 && act(self, ways, budget)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// The ends of the statements of a tie from what it is bound to.
    fn run(
        &mut self,
        depth: usize,
        tie: usize,
        budget: &mut Budget,
    ) -> Result<Cow<'j, [u32]>, Error> {
        let stage = &self.stages[depth];
        let start = EntityId(self.bound[stage.level.ties[tie].bound]);
        let run = stage.lanes[tie].run(start, &mut self.asker.verdicts);
        budget.spend(run.len() as u64 + 1)?;
        Ok(run)
    }

    /// Binds the node of a level; in how many ways, 0 if it cannot be that entity. `ways` says how
    /// many statements there are for each tie from another node.
    #[inline]
    fn enter(
        &mut self,
        depth: usize,
        entity: u32,
        ways: &[u64],
        budget: &mut Budget,
    ) -> Result<u64, Error> {
        let stage = &mut self.stages[depth];
        if let Some(test) = &mut stage.test
            && !test.passes(entity, &mut self.asker, budget)?
        {
            return Ok(0);
        }
        let level: &'j Level = stage.level;
        self.bound[level.node] = entity;
        let mut product = 1u64;
        if stage.has_loop {
            product = self.ways_with_loops(depth, entity, ways);
        } else {
            for (tie, ways) in level.ties.iter().zip(ways) {
                product = product.saturating_mul(ways.saturating_sub(self.used(level.node, tie)));
            }
        }
        if product == 0 || !level.checks.is_empty() && !self.checks(level, depth, budget)? {
            return Ok(0);
        }
        self.passed[depth] += 1;
        Ok(product)
    }

    fn ways_with_loops(&mut self, depth: usize, entity: u32, ways: &[u64]) -> u64 {
        let level: &'j Level = self.stages[depth].level;
        let mut ways = ways.iter();
        let mut product = 1u64;
        for (place, tie) in level.ties.iter().enumerate() {
            let ways = match tie.bound == level.node {
                true => {
                    let lane = &self.stages[depth].lanes[place];
                    let run = lane.run(EntityId(entity), &mut self.asker.verdicts);
                    common::count_of(&run, entity)
                }
                false => *ways.next().expect("a tie from another node has ways"),
            };
            product = product.saturating_mul(ways.saturating_sub(self.used(level.node, tie)));
        }
        product
    }

    /// How many edges that are there before lie between the same two entities as a tie.
    #[inline]
    fn used(&self, node: usize, tie: &Tie) -> u64 {
        if tie.rivals.is_empty() {
            return 0;
        }
        let (subject, object) = match tie.is_outward {
            true => (self.bound[tie.bound], self.bound[node]),
            false => (self.bound[node], self.bound[tie.bound]),
        };
        let is_same = |rival: &&(usize, usize)| {
            self.bound[rival.0] == subject && self.bound[rival.1] == object
        };
        tie.rivals.iter().filter(is_same).count() as u64
    }

    /// Whether what reads several nodes is true.
    fn checks(&mut self, level: &Level, depth: usize, budget: &mut Budget) -> Result<bool, Error> {
        for check in &level.checks {
            let holds = match check {
                Check::Same(node, is_same) => {
                    (self.bound[*node] == self.bound[level.node]) == *is_same
                }
                Check::Holds(condition) => {
                    for stage in &self.stages[..=depth] {
                        let node = stage.level.node;
                        let slot = self.join.matching.nodes[node].slot;
                        self.asker.row[slot.0] = Value::Entity(EntityId(self.bound[node]));
                    }
                    let condition = &self.join.matching.conditions[*condition];
                    self.asker.holds(condition, budget)?
                }
            };
            if !holds {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
