//! Which statements of a set say something that no longer way says: the transitive reduction.

use crate::algo::interruptible;
use crate::algo::part::Part;
use crate::algo::part::Strong;
use crate::algo::part::place;
use crate::diagnostic::Budget;
use crate::diagnostic::Fault;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::StatementId;
use crate::model::View;

/// The statements between `members` that no longer way within them makes needless.
///
/// Where there are no cycles, this is the transitive reduction: the fewest pairs that still lead
/// wherever all of them lead. With cycles it is that of the strong components: between two of them
/// all statements are kept or none.
///
/// # Arguments
/// `members`: the set, by id.
///
/// # Returns
/// The statements, each once, by id. Parallel statements are kept together, and so are all within a
/// component, loops among them.
///
/// # Complexity
/// O(|V| · |E|) for the members and the statements between them, in O(|V| + |E|) memory. Only from
/// members with a statement that skips a level a walk is taken, so a forest takes O(|V| + |E|).
///
/// # Source
/// A. V. Aho, M. R. Garey, J. D. Ullman, "The transitive reduction of a directed graph", 1972.
pub fn reduction(
    view: View<'_>,
    members: &[EntityId],
    budget: &mut Budget,
) -> Result<Vec<StatementId>, Fault> {
    let part = Part::of(view, members, budget)?;
    let strong = Strong::of(&part, budget)?;
    let reduced = Reduced::of(&part, &strong, budget)?;
    let mut found = Vec::new();
    for (member, number) in members.iter().zip(&strong.number_of) {
        for step in view.steps(*member, Direction::Forward) {
            budget.spend(1)?;
            let Some(end) = place(members, step.entity) else {
                continue;
            };
            let end = strong.number_of[end as usize];
            if end == *number || reduced.leads(*number, end) {
                found.push(step.statement);
            }
        }
    }
    interruptible::sort(&mut found, budget)?;
    found.dedup();
    Ok(found)
}

/// The transitive reduction of the components.
struct Reduced {
    /// Where the steps from each component begin in `ends`; one more than there are components.
    starts: Vec<u32>,
    /// Of each component the largest first.
    ends: Vec<u32>,
    levels: Vec<u32>,
    /// The last component from which a walk led to each.
    walked_from: Vec<u32>,
}

/// How far the walks from one component go: none that leaves these bounds comes to a needless step.
struct Bounds {
    /// The smallest number.
    number_min: u32,
    /// The highest level.
    level_max: u32,
}

impl Reduced {
    fn of(part: &Part<'_>, strong: &Strong, budget: &mut Budget) -> Result<Reduced, Fault> {
        let mut reduced = Reduced {
            starts: vec![0],
            ends: Vec::new(),
            levels: strong.levels(part, budget)?,
            walked_from: vec![u32::MAX; strong.count() as usize],
        };
        let mut ends: Vec<u32> = Vec::new();
        // Steps lead to smaller numbers, so whatever a component leads to is reduced before it.
        for number in 0..strong.count() {
            budget.spend(1)?;
            ends.clear();
            for end in strong.steps(part, number) {
                budget.spend(1)?;
                ends.push(end);
            }
            // A longer way to an end begins with a step to a larger one.
            ends.sort_unstable_by(|a, b| b.cmp(a));
            ends.dedup();
            let bounds = reduced.bounds(number, &ends);
            for end in &ends {
                if reduced.walked_from[*end as usize] != number {
                    reduced.ends.push(*end);
                    reduced.walk(number, *end, &bounds, budget)?;
                }
            }
            reduced.starts.push(reduced.ends.len() as u32);
        }
        Ok(reduced)
    }

    /// The bounds of those of `ends` to which there can be a longer way: they lie more than one
    /// level on. Nothing is within them if there is no such end.
    fn bounds(&self, number: u32, ends: &[u32]) -> Bounds {
        let level = |number: u32| self.levels[number as usize];
        let far = ends.iter().filter(|end| level(**end) > level(number) + 1);
        let none = Bounds {
            number_min: u32::MAX,
            level_max: 0,
        };
        far.fold(none, |bounds, end| Bounds {
            number_min: bounds.number_min.min(*end),
            level_max: bounds.level_max.max(level(*end)),
        })
    }

    /// Whether the step from one component to another is kept.
    fn leads(&self, number: u32, end: u32) -> bool {
        let number = number as usize;
        let ends = &self.ends[self.starts[number] as usize..self.starts[number + 1] as usize];
        ends.binary_search_by(|known| end.cmp(known)).is_ok()
    }

    /// Marks what `end` leads to within `bounds`, where no walk from `number` has been yet.
    fn walk(
        &mut self,
        number: u32,
        end: u32,
        bounds: &Bounds,
        budget: &mut Budget,
    ) -> Result<(), Fault> {
        let mut left = vec![end];
        while let Some(here) = left.pop() {
            if here <= bounds.number_min || self.levels[here as usize] >= bounds.level_max {
                continue;
            }
            for index in self.starts[here as usize]..self.starts[here as usize + 1] {
                budget.spend(1)?;
                let next = self.ends[index as usize];
                let walked_from = &mut self.walked_from[next as usize];
                if *walked_from != number {
                    *walked_from = number;
                    left.push(next);
                }
            }
        }
        Ok(())
    }
}
