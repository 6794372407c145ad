//! Diamonds: two nodes alike between the same two others are pairs of ways from one to the other,
//! and pairs need only the number of ways.

use std::ops::Range;

use crate::diagnostic::Error;
use crate::query::execute::rows::join::Partial;
use crate::query::execute::rows::join::stage::Stage;
use crate::query::execute::rows::lazy::Lazy;

/// How many ways lead to each entity; all are 0 between two uses.
#[derive(Default)]
pub(super) struct Ways {
    counts: Lazy<u32>,
    /// Where they lead, each once.
    met: Vec<u32>,
    /// The nodes between, and where their ends lie.
    nodes: Vec<u32>,
    runs: Vec<Range<u32>>,
}

/// How many matches the last three stages have: for each end n · (n - 1), where n is the number of
/// ways to it. None if statements are parallel or lead from the start to itself, where it is not
/// so.
///
/// O(w) for w ways of two steps; the method is the counting of wedges of N. Chiba and
/// T. Nishizeki, "Arboricity and subgraph listing algorithms", 1985.
pub(super) fn count_twins<'j>(
    stages: &mut [Stage<'j>],
    partial: &mut Partial<'j, '_>,
) -> Result<Option<u64>, Error> {
    let [stage, end, twin] = stages else {
        unreachable!("twins and what is between them are the last three levels")
    };
    let mut ways = stage.ways.take().unwrap_or_default();
    let is_simple = ways.count(stage, end, partial);
    let total = ways.pairs(end, partial);
    stage.ways = Some(ways);
    let (is_simple, total) = (is_simple?, total?);
    if is_simple {
        twin.passed = twin.passed.saturating_add(total);
    }
    Ok(is_simple.then_some(total))
}

impl Ways {
    /// Ways to none of so many entities.
    pub(super) fn new(entities: usize) -> Ways {
        Ways {
            counts: Lazy::new(entities),
            ..Ways::default()
        }
    }

    /// Counts the ways to each end; false if it cannot.
    fn count<'j>(
        &mut self,
        stage: &mut Stage<'j>,
        end: &mut Stage<'j>,
        partial: &mut Partial<'j, '_>,
    ) -> Result<bool, Error> {
        let start = partial.bound[stage.level.ties[0].bound];
        let nodes = stage.run(0, partial)?;
        if has_pairs(&nodes) || nodes.binary_search(&start).is_ok() {
            return Ok(false);
        }
        self.nodes.clear();
        for node in nodes.iter() {
            if stage.passes(*node, partial)? {
                self.nodes.push(*node);
            }
        }
        let lane = &mut end.lanes[0];
        let Some(all) = lane.runs(&self.nodes, &mut self.runs, partial.budget)? else {
            for place in 0..self.nodes.len() {
                partial.bound[stage.level.node] = self.nodes[place];
                let ends = end.run(0, partial)?;
                if !self.add(&ends) {
                    return Ok(false);
                }
            }
            return Ok(true);
        };
        for place in 0..self.runs.len() {
            let run = &self.runs[place];
            let ends = &all[run.start as usize..run.end as usize];
            partial.budget.spend(ends.len() as u64 + 1)?;
            if !self.add(ends) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Adds one way to each of these ends; false if one is there twice.
    #[inline]
    fn add(&mut self, ends: &[u32]) -> bool {
        let mut is_simple = true;
        let mut before = u32::MAX;
        for end in ends {
            is_simple &= *end != before;
            before = *end;
            let count = self.counts.entry(*end);
            if *count == 0 {
                self.met.push(*end);
            }
            *count += 1;
        }
        is_simple
    }

    /// How many pairs of ways lead to the same end that passes; forgets the ways.
    fn pairs<'j>(
        &mut self,
        end: &mut Stage<'j>,
        partial: &mut Partial<'j, '_>,
    ) -> Result<u64, Error> {
        let mut total = 0u64;
        for entity in self.met.drain(..) {
            let count = u64::from(std::mem::take(self.counts.entry(entity)));
            if count > 1 && end.passes(entity, partial)? {
                total = total.saturating_add(count * (count - 1));
            }
        }
        Ok(total)
    }
}

/// Whether an entry of a sorted run is there twice.
fn has_pairs(run: &[u32]) -> bool {
    run.windows(2).any(|pair| pair[0] == pair[1])
}
