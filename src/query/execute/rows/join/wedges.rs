//! Triangles: a node along one edge, and the last node to which both it and an earlier one lead.
//!
//! The runs of all entities that the first node can be are looked for together, and looked up in
//! the marked run of the earlier node.

use crate::diagnostic::Error;
use crate::query::execute::rows::join::Partial;
use crate::query::execute::rows::join::count::count;
use crate::query::execute::rows::join::stage::Shape;
use crate::query::execute::rows::join::stage::Stage;

/// How many matches the last two stages have; none where they are counted otherwise.
pub(super) fn count_wedges<'j>(
    stage: &mut Stage<'j>,
    behind: &mut [Stage<'j>],
    partial: &mut Partial<'j, '_>,
) -> Result<Option<u64>, Error> {
    let [last] = behind else {
        return Ok(None);
    };
    let node = stage.level.node;
    let Shape::Both(first, second) = last.shape else {
        return Ok(None);
    };
    let bound = |tie: usize| last.level.ties[tie].bound;
    let is_wedge = stage.shape == Shape::Along && bound(second) == node && bound(first) != node;
    let has_checks = !stage.level.checks.is_empty() || !last.level.checks.is_empty();
    if !is_wedge || has_checks {
        return Ok(None);
    }
    let nodes = stage.run(0, partial)?;
    let mut runs = std::mem::take(&mut last.runs);
    let total = match last.lanes[second].runs(&nodes, &mut runs, partial.budget)? {
        Some(all) if last.mark_for(first, &runs, partial)? => {
            sum(stage, last, (&nodes, &runs, all), partial).map(Some)
        }
        _ => Ok(None),
    };
    last.runs = runs;
    if let Ok(Some(total)) = total {
        partial.check_rows(total)?;
    }
    total
}

/// The entities that a node can be, where the run of each lies, and what they lie in.
type Runs<'r> = (&'r [u32], &'r [std::ops::Range<u32>], &'r [u32]);

fn sum<'j>(
    stage: &mut Stage<'j>,
    last: &mut Stage<'j>,
    (nodes, runs, all): Runs<'_>,
    partial: &mut Partial<'j, '_>,
) -> Result<u64, Error> {
    let (mut total, mut place) = (0u64, 0);
    for same in nodes.chunk_by(|one, other| one == other) {
        let run = &runs[place];
        place += same.len();
        partial.budget.spend(run.len() as u64 + 1)?;
        let ways = stage.enter(same[0], &[same.len() as u64], partial)?;
        if ways == 0 || run.is_empty() {
            continue;
        }
        let run = &all[run.start as usize..run.end as usize];
        let found = match last.special(partial) {
            Some(special) => last.count_marked(run, &special, partial)?,
            None => count(std::slice::from_mut(last), partial)?,
        };
        total = total.saturating_add(ways.saturating_mul(found));
    }
    Ok(total)
}
