//! Diamonds: two nodes alike between the same two others are pairs of ways from one to the other,
//! and pairs need only the number of ways.

use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::model::EntityId;
use crate::query::bound::Level;
use crate::query::execute::rows::join::Loops;

/// How many ways lead to each entity; all are 0 between two uses.
#[derive(Default)]
pub(super) struct Ways {
    counts: Vec<u32>,
    met: Vec<u32>,
}

impl<'j> Loops<'j> {
    /// How many matches the three levels from `depth` on have: for each end n · (n - 1), where n is
    /// the number of ways to it. None if statements are parallel or lead from the start to itself,
    /// where it is not so.
    ///
    /// O(w) for w ways of two steps; the method is the counting of wedges of N. Chiba and
    /// T. Nishizeki, "Arboricity and subgraph listing algorithms", 1985.
    pub(super) fn count_twins(
        &mut self,
        depth: usize,
        budget: &mut Budget,
    ) -> Result<Option<u64>, Error> {
        let mut ways = std::mem::take(&mut self.ways);
        ways.counts.resize(self.entities, 0);
        let is_simple = self.count_ways(depth, &mut ways, budget);
        let mut total = 0u64;
        let stage = &mut self.stages[depth + 1];
        for end in ways.met.drain(..) {
            let count = u64::from(std::mem::take(&mut ways.counts[end as usize]));
            if count > 1
                && is_simple.as_ref().is_ok_and(|is_simple| *is_simple)
                && match &mut stage.test {
                    None => true,
                    Some(test) => test.passes(end, &mut self.asker, budget)?,
                }
            {
                total = total.saturating_add(count * (count - 1));
            }
        }
        self.ways = ways;
        let is_simple = is_simple?;
        self.passed[depth + 2] = self.passed[depth + 2].saturating_add(total);
        Ok(is_simple.then_some(total))
    }

    /// Counts the ways to each end; false if it cannot.
    fn count_ways(
        &mut self,
        depth: usize,
        ways: &mut Ways,
        budget: &mut Budget,
    ) -> Result<bool, Error> {
        let level: &'j Level = self.stages[depth].level;
        let start = self.bound[level.ties[0].bound];
        let nodes = self.run(depth, 0, budget)?;
        if has_pairs(&nodes) || nodes.binary_search(&start).is_ok() {
            return Ok(false);
        }
        for node in nodes.iter() {
            let (stages, asker) = (&mut self.stages, &mut self.asker);
            if let Some(test) = &mut stages[depth].test
                && !test.passes(*node, asker, budget)?
            {
                continue;
            }
            let lane = &stages[depth + 1].lanes[0];
            let ends = lane.run(EntityId(*node), &mut asker.verdicts);
            budget.spend(ends.len() as u64 + 1)?;
            let mut before = u32::MAX;
            for end in ends.iter() {
                if *end == before {
                    return Ok(false);
                }
                before = *end;
                let count = &mut ways.counts[*end as usize];
                if *count == 0 {
                    ways.met.push(*end);
                }
                *count += 1;
            }
        }
        Ok(true)
    }
}

/// Whether an entry of a sorted run is there twice.
fn has_pairs(run: &[u32]) -> bool {
    run.windows(2).any(|pair| pair[0] == pair[1])
}
