//! What every way from a root has to pass: dominators.

use crate::algo::Depth;
use crate::algo::interruptible;
use crate::algo::part::Part;
use crate::algo::part::place;
use crate::algo::reach::closure;
use crate::diagnostic::Budget;
use crate::diagnostic::Fault;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::View;

/// The entities that are on every way from `root` to `target`.
///
/// # Returns
/// Both ends and what dominates the target, in the order in which every way passes them. `root` to
/// itself is `root` alone. Empty if no way leads there.
///
/// # Complexity
/// That of [`immediate_dominators`].
pub fn dominators(
    view: View<'_>,
    root: EntityId,
    target: EntityId,
    budget: &mut Budget,
) -> Result<Vec<EntityId>, Fault> {
    let pairs = immediate_dominators(view, root, budget)?;
    let mut found = vec![target];
    let mut here = target;
    while here != root {
        budget.spend(1)?;
        let Ok(index) = pairs.binary_search_by_key(&here, |(entity, _)| *entity) else {
            return Ok(Vec::new());
        };
        here = pairs[index].1;
        found.push(here);
    }
    found.reverse();
    Ok(found)
}

/// The immediate dominator of each entity that `root` reaches: of all others that every way to the
/// entity passes, the last. The algorithm of Lengauer and Tarjan, with simple linking.
///
/// # Returns
/// Pairs of an entity and its immediate dominator, by the entity's id; none for `root` itself, even
/// if it lies on a cycle. Loops and parallel statements make no difference.
///
/// # Complexity
/// O(e log v + |V| / 64) for v entities and e statements within reach.
///
/// # Source
/// T. Lengauer and R. Tarjan, "A fast algorithm for finding dominators in a flowgraph", 1979.
pub fn immediate_dominators(
    view: View<'_>,
    root: EntityId,
    budget: &mut Budget,
) -> Result<Vec<(EntityId, EntityId)>, Fault> {
    let reached = closure(view, &[root], Direction::Forward, u32::MAX, budget)?;
    let mut members = reached.within(Depth::ANY);
    if let Err(index) = members.binary_search(&root) {
        members.insert(index, root);
    }
    let part = Part::of(view, &members, budget)?;
    let start = place(&members, root).expect("the root was put in");
    let tree = Tree::of(&part, start, budget)?;
    let dominators = Forest::of(&tree.parents).dominators(&tree, budget)?;
    let entity = |visit: usize| members[tree.places[visit] as usize];
    let mut pairs: Vec<(EntityId, EntityId)> = (1..members.len())
        .map(|visit| (entity(visit), entity(dominators[visit] as usize)))
        .collect();
    interruptible::sort(&mut pairs, budget)?;
    Ok(pairs)
}

/// No visit yet, or no ancestor.
const NONE: u32 = u32::MAX;

/// A depth-first tree. From here on everything goes by the number of the visit; the root's is 0.
struct Tree {
    /// The place visited at each visit.
    places: Vec<u32>,
    /// The visit from which each was made; the root's is its own.
    parents: Vec<u32>,
    /// Where the visits that lead to each begin in `sources`; one more than there are visits.
    starts: Vec<u32>,
    sources: Vec<u32>,
}

impl Tree {
    /// The tree of a part that `start` reaches all of.
    fn of(part: &Part<'_>, start: u32, budget: &mut Budget) -> Result<Tree, Fault> {
        let count = part.members.len();
        let mut visit_of = vec![NONE; count];
        visit_of[start as usize] = 0;
        let (mut places, mut parents) = (vec![start], vec![0]);
        // The visits on the way from the root, with how many of their steps were taken.
        let mut way = vec![(0u32, 0usize)];
        while let Some((visit, taken)) = way.last_mut() {
            budget.spend(1)?;
            let Some(end) = part.steps(places[*visit as usize]).get(*taken).copied() else {
                way.pop();
                continue;
            };
            *taken += 1;
            if visit_of[end as usize] == NONE {
                let next = places.len() as u32;
                visit_of[end as usize] = next;
                places.push(end);
                parents.push(*visit);
                way.push((next, 0));
            }
        }
        let (starts, sources) = sources(part, &places, &visit_of, budget)?;
        Ok(Tree {
            places,
            parents,
            starts,
            sources,
        })
    }

    /// The visits with a step to `visit`.
    fn sources(&self, visit: u32) -> &[u32] {
        let visit = visit as usize;
        &self.sources[self.starts[visit] as usize..self.starts[visit + 1] as usize]
    }
}

/// The steps of a part turned round: for each visit, which visits have a step to it.
fn sources(
    part: &Part<'_>,
    places: &[u32],
    visit_of: &[u32],
    budget: &mut Budget,
) -> Result<(Vec<u32>, Vec<u32>), Fault> {
    let mut starts = vec![0; places.len() + 1];
    for place in places {
        budget.spend(1)?;
        for end in part.steps(*place) {
            starts[visit_of[*end as usize] as usize] += 1;
        }
    }
    let mut total = 0;
    for start in &mut starts {
        total += *start;
        *start = total;
    }
    // Each start is now the end of its run, and comes down as the run is filled from behind.
    let mut sources = vec![0; total as usize];
    for (visit, place) in places.iter().enumerate() {
        budget.spend(1)?;
        for end in part.steps(*place) {
            let start = &mut starts[visit_of[*end as usize] as usize];
            *start -= 1;
            sources[*start as usize] = visit as u32;
        }
    }
    Ok((starts, sources))
}

/// The trees that grow together, from the last visit to the first, while semidominators are found.
struct Forest<'a> {
    parents: &'a [u32],
    /// A visit above each in its tree; none while it is a root.
    above: Vec<u32>,
    /// Of the visits from each up to the one `above` it, the one with the least semidominator.
    best: Vec<u32>,
    /// The semidominator of each so far.
    semi: Vec<u32>,
}

impl Forest<'_> {
    /// Every visit is a tree of its own.
    fn of(parents: &[u32]) -> Forest<'_> {
        let each: Vec<u32> = (0..parents.len() as u32).collect();
        Forest {
            parents,
            above: vec![NONE; parents.len()],
            best: each.clone(),
            semi: each,
        }
    }

    /// The immediate dominator of each visit; the root's is its own.
    fn dominators(mut self, tree: &Tree, budget: &mut Budget) -> Result<Vec<u32>, Fault> {
        let count = self.parents.len();
        let mut dominators = vec![0; count];
        // Per visit, those whose semidominator it is: the first, and of each the next.
        let (mut first, mut next) = (vec![NONE; count], vec![NONE; count]);
        for visit in (1..count as u32).rev() {
            for source in tree.sources(visit) {
                let best = self.best_above(*source, budget)?;
                let semi = self.semi[best as usize].min(self.semi[visit as usize]);
                self.semi[visit as usize] = semi;
            }
            let semi = self.semi[visit as usize] as usize;
            next[visit as usize] = std::mem::replace(&mut first[semi], visit);
            let parent = self.parents[visit as usize];
            self.above[visit as usize] = parent;
            let mut waiting = std::mem::replace(&mut first[parent as usize], NONE);
            while waiting != NONE {
                let best = self.best_above(waiting, budget)?;
                let is_nearer = self.semi[best as usize] < self.semi[waiting as usize];
                dominators[waiting as usize] = if is_nearer { best } else { parent };
                waiting = next[waiting as usize];
            }
        }
        for visit in 1..count {
            budget.spend(1)?;
            if dominators[visit] != self.semi[visit] {
                dominators[visit] = dominators[dominators[visit] as usize];
            }
        }
        Ok(dominators)
    }

    /// The visit with the least semidominator from `visit` up to below its root; the root itself
    /// for a root. Shortens the way up for the next time.
    fn best_above(&mut self, visit: u32, budget: &mut Budget) -> Result<u32, Fault> {
        budget.spend(1)?;
        let mut below_root = Vec::new();
        let mut here = visit;
        while self.above[here as usize] != NONE {
            budget.spend(1)?;
            below_root.push(here as usize);
            here = self.above[here as usize];
        }
        below_root.pop();
        for here in below_root.into_iter().rev() {
            let above = self.above[here] as usize;
            let (own, other) = (self.best[here], self.best[above]);
            if self.semi[other as usize] < self.semi[own as usize] {
                self.best[here] = other;
            }
            self.above[here] = self.above[above];
        }
        Ok(self.best[visit as usize])
    }
}
