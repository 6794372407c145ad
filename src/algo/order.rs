//! What comes first and what comes last in a set: its ends, its levels, the whole order.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use petgraph::visit::Dfs;
use petgraph::visit::DfsPostOrder;
use petgraph::visit::Reversed;

use crate::algo::interruptible;
use crate::algo::part::Part;
use crate::algo::part::Strong;
use crate::diagnostic::Budget;
use crate::diagnostic::Fault;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::Seen;
use crate::model::View;

/// Which end of a set is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Extreme {
    /// The members that no other member leads to.
    Roots,
    /// The members that lead to no other member.
    Leaves,
}

impl Extreme {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Extreme::Roots => "roots",
            Extreme::Leaves => "leaves",
        }
    }
}

/// After as many entities a walk through all of them looks at the budget.
const LOOK_EVERY: u64 = 1024;

/// The roots or leaves of `members`.
///
/// Ways count even where they lead through entities outside the set; members of one cycle do not
/// count against each other, so a cycle with nothing beyond it is all roots or all leaves.
///
/// # Returns
/// The members, by id; empty for the empty set.
///
/// # Complexity
/// O(|V| + |E|): strong components (Kosaraju), then one pass over them in topological order.
pub fn extremes(
    view: View<'_>,
    members: &[EntityId],
    extreme: Extreme,
    budget: &mut Budget,
) -> Result<Vec<EntityId>, Fault> {
    let count = view.snapshot.entity_count();
    budget.spend((count + view.snapshot.statement_count()) as u64)?;
    let mut components = strong(view, budget)?;
    let towards = match extreme {
        Extreme::Leaves => Direction::Forward,
        Extreme::Roots => {
            components.reverse();
            Direction::Backward
        }
    };
    let mut component_of = vec![0u32; count];
    for (number, component) in components.iter().enumerate() {
        for entity in component {
            component_of[entity.index()] = number as u32;
        }
    }
    let mut inside = Seen::with_capacity(count);
    for member in members {
        inside.insert(*member);
    }
    // Per component: whether it has a member or leads to one. Those it leads to come before it.
    let mut leads = vec![false; components.len()];
    let mut found = Vec::new();
    for (number, component) in components.iter().enumerate() {
        let mut leads_on = false;
        for end in component
            .iter()
            .flat_map(|entity| view.ends(*entity, towards))
        {
            budget.spend(1)?;
            let other = component_of[end.index()] as usize;
            leads_on |= other != number && leads[other];
        }
        let own = component
            .iter()
            .copied()
            .filter(|entity| inside.contains(*entity));
        let before = found.len();
        if leads_on {
            leads[number] = true;
        } else {
            found.extend(own);
            leads[number] = found.len() > before;
        }
    }
    interruptible::entities(found, budget)
}

/// The strong components of a view, so that what they lead to comes before them.
///
/// Kosaraju's algorithm (M. Sharir, "A strong-connectivity algorithm and its applications in data
/// flow analysis", 1981) with petgraph's walks, step by step so that it can be stopped.
fn strong(view: View<'_>, budget: &mut Budget) -> Result<Vec<Vec<EntityId>>, Fault> {
    let mut steps = 0u64;
    let mut look = || {
        steps += 1;
        match steps.is_multiple_of(LOOK_EVERY) {
            true => budget.look(),
            false => Ok(()),
        }
    };
    let mut backward = DfsPostOrder::empty(view);
    let mut finished = Vec::with_capacity(view.snapshot.entity_count());
    for entity in view.snapshot.entities() {
        backward.move_to(entity);
        while let Some(entity) = backward.next(Reversed(view)) {
            look()?;
            finished.push(entity);
        }
    }
    let mut forward = Dfs::empty(view);
    let mut components = Vec::new();
    for entity in finished.into_iter().rev() {
        forward.move_to(entity);
        let mut component = Vec::new();
        while let Some(entity) = forward.next(view) {
            look()?;
            component.push(entity);
        }
        if !component.is_empty() {
            components.push(component);
        }
    }
    Ok(components)
}

/// All of `members` in an order in which whatever leads to another comes before it. Kahn's
/// algorithm on the strong components, with a heap.
///
/// Only statements from member to member count. Members that lead to each other have no order of
/// their own, so each component stands together.
///
/// # Arguments
/// `members`: the set, by id.
///
/// # Returns
/// Each member once: of the components that nothing left over leads to, always the one with the
/// first name (by rank); within a component by rank. Then the components of more than one member,
/// as they stand. Loops and parallel statements make no difference.
///
/// # Complexity
/// O(|V| log |V| + |E|) for the members and the statements between them.
///
/// # Source
/// A. B. Kahn, "Topological sorting of large networks", 1962.
pub fn topological(
    view: View<'_>,
    members: &[EntityId],
    budget: &mut Budget,
) -> Result<(Vec<EntityId>, Vec<Vec<EntityId>>), Fault> {
    let part = Part::of(view, members, budget)?;
    let strong = Strong::of(&part, budget)?;
    let rank = |entity: &EntityId| view.snapshot.rank(*entity);
    let components: Vec<Vec<EntityId>> = (0..strong.count())
        .map(|number| {
            let mut component = part.entities(strong.places(number));
            component.sort_unstable_by_key(rank);
            component
        })
        .collect();
    let mut waits_for = vec![0u32; components.len()];
    for number in 0..strong.count() {
        for end in strong.steps(&part, number) {
            budget.spend(1)?;
            waits_for[end as usize] += 1;
        }
    }
    let entry = |number: u32| Reverse((rank(&components[number as usize][0]), number));
    let mut ready: BinaryHeap<Reverse<(u32, u32)>> = (0..strong.count())
        .filter(|number| waits_for[*number as usize] == 0)
        .map(entry)
        .collect();
    let mut order = Vec::with_capacity(members.len());
    let mut circles = Vec::new();
    while let Some(Reverse((_, number))) = ready.pop() {
        let component = &components[number as usize];
        budget.spend(component.len() as u64)?;
        order.extend_from_slice(component);
        if component.len() > 1 {
            circles.push(component.clone());
        }
        for end in strong.steps(&part, number) {
            budget.spend(1)?;
            waits_for[end as usize] -= 1;
            if waits_for[end as usize] == 0 {
                ready.push(entry(end));
            }
        }
    }
    Ok((order, circles))
}

/// How late each of `members` comes: the length of the longest way that leads to it within them.
///
/// Only statements from member to member count. A strong component counts as one place: its members
/// share a level, and steps inside it add nothing to a way.
///
/// # Arguments
/// `members`: the set, by id.
///
/// # Returns
/// Each member with its level in steps, by id; 0 where nothing leads. Loops and parallel statements
/// make no difference.
///
/// # Complexity
/// O(|V| + |E|) for the members and the statements between them, once these are found.
pub fn levels(
    view: View<'_>,
    members: &[EntityId],
    budget: &mut Budget,
) -> Result<Vec<(EntityId, u32)>, Fault> {
    let part = Part::of(view, members, budget)?;
    let strong = Strong::of(&part, budget)?;
    let levels = strong.levels(&part, budget)?;
    let level = |number: &u32| levels[*number as usize];
    let pairs = members.iter().copied();
    Ok(pairs.zip(strong.number_of.iter().map(level)).collect())
}
