//! Ways from one entity to another: a shortest one, and all without a repeated entity.

use crate::diagnostic::Budget;
use crate::diagnostic::Fault;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::Path;
use crate::model::StatementId;
use crate::model::Step;
use crate::model::View;

/// No way leads on from there.
const UNREACHED: u32 = u32::MAX;

/// A shortest path: breadth first from the end, then the way down from the start.
///
/// # Returns
/// The path with the fewest steps; of equals, the one with the smallest sequence of names; of
/// parallel statements, the one with the smallest id. `from` to itself is the path of one entity.
/// None if no way leads there.
///
/// # Complexity
/// O(|V| + |E|).
pub fn shortest(
    view: View<'_>,
    from: EntityId,
    to: EntityId,
    budget: &mut Budget,
) -> Result<Option<Path>, Fault> {
    let distances = distances_to(view, to, Some(from), budget)?;
    if distances[from.index()] == UNREACHED {
        return Ok(None);
    }
    let mut path = Path {
        entities: vec![from],
        statements: Vec::new(),
    };
    let mut here = from;
    while here != to {
        let left = distances[here.index()];
        let nearer = |step: &Step| distances[step.entity.index()] == left - 1;
        let best = steps_by_name(view, here).into_iter().find(nearer);
        let step = best.expect("a neighbour of an entity at distance d is at distance d - 1");
        budget.spend(1)?;
        path.entities.push(step.entity);
        path.statements.push(step.statement);
        here = step.entity;
    }
    Ok(Some(path))
}

/// All paths without a repeated entity, of at most `length_max` steps: depth first, never into a
/// branch that cannot reach the end in the steps that are left.
///
/// # Returns
/// At most `count_max` paths, and whether there are more. The shortest first; of equals, the
/// smaller sequence of names. Parallel statements do not multiply paths: the one with the smallest
/// id is taken. `from` to itself is the path of one entity.
///
/// # Complexity
/// Exponential in `length_max`; O(|V|) memory.
pub fn simple(
    view: View<'_>,
    from: EntityId,
    to: EntityId,
    length_max: u32,
    count_max: usize,
    budget: &mut Budget,
) -> Result<(Vec<Path>, bool), Fault> {
    let distances = distances_to(view, to, None, budget)?;
    let mut found: Vec<Path> = Vec::new();
    if distances[from.index()] == UNREACHED {
        return Ok((found, false));
    }
    // One length after the other, so that the shortest come first and a cut keeps them.
    let longest = length_max.min(view.snapshot.entity_count() as u32);
    for length in distances[from.index()]..=longest {
        let walk = Walk {
            view,
            to,
            length,
            distances: &distances,
        };
        if walk.collect(from, count_max, &mut found, budget)? {
            return Ok((found, true));
        }
    }
    Ok((found, false))
}

/// The search for all paths of exactly `length` steps.
struct Walk<'a> {
    view: View<'a>,
    to: EntityId,
    length: u32,
    distances: &'a [u32],
}

impl Walk<'_> {
    /// Adds the paths from `from` to `found`; true if there is one more than `count_max` allows.
    fn collect(
        &self,
        from: EntityId,
        count_max: usize,
        found: &mut Vec<Path>,
        budget: &mut Budget,
    ) -> Result<bool, Fault> {
        let mut entities = vec![from];
        let mut statements: Vec<StatementId> = Vec::new();
        let mut branches = vec![self.branches(&entities, budget)?];
        while let Some(branch) = branches.last_mut() {
            if self.length == statements.len() as u32 && entities.last() == Some(&self.to) {
                if found.len() == count_max {
                    return Ok(true);
                }
                found.push(Path {
                    entities: entities.clone(),
                    statements: statements.clone(),
                });
            }
            match branch.pop() {
                Some(step) => {
                    entities.push(step.entity);
                    statements.push(step.statement);
                    let next = self.branches(&entities, budget)?;
                    branches.push(next);
                }
                None => {
                    branches.pop();
                    entities.pop();
                    statements.pop();
                }
            }
        }
        Ok(false)
    }

    /// The steps on from the last of `entities`, the best last.
    fn branches(&self, entities: &[EntityId], budget: &mut Budget) -> Result<Vec<Step>, Fault> {
        let here = entities[entities.len() - 1];
        let left = self.length - (entities.len() as u32 - 1);
        budget.spend(1)?;
        if left == 0 || here == self.to {
            return Ok(Vec::new());
        }
        let mut steps = steps_by_name(self.view, here);
        budget.spend(steps.len() as u64)?;
        steps.retain(|step| {
            self.distances[step.entity.index()] < left && !entities.contains(&step.entity)
        });
        steps.reverse();
        Ok(steps)
    }
}

/// The steps on from an entity, one to each neighbour, by the neighbour's name.
fn steps_by_name(view: View<'_>, entity: EntityId) -> Vec<Step> {
    let mut steps: Vec<Step> = view.steps(entity, Direction::Forward).collect();
    steps.sort_by_key(|step| (view.snapshot.rank(step.entity), step.statement));
    steps.dedup_by_key(|step| step.entity);
    steps
}

/// The fewest steps from each entity to `to`; stops early once `from` is found.
fn distances_to(
    view: View<'_>,
    to: EntityId,
    from: Option<EntityId>,
    budget: &mut Budget,
) -> Result<Vec<u32>, Fault> {
    let mut distances = vec![UNREACHED; view.snapshot.entity_count()];
    distances[to.index()] = 0;
    let mut frontier = vec![to];
    let mut distance = 0;
    while !frontier.is_empty() && from.is_none_or(|from| distances[from.index()] == UNREACHED) {
        distance += 1;
        let mut next = Vec::new();
        for entity in frontier {
            for step in view.steps(entity, Direction::Backward) {
                budget.spend(1)?;
                let known = &mut distances[step.entity.index()];
                if *known == UNREACHED {
                    *known = distance;
                    next.push(step.entity);
                }
            }
            budget.spend(1)?;
        }
        frontier = next;
    }
    Ok(distances)
}
