//! The part of a view that lies within a set, as numbers: what searches inside a set stand on.
//!
//! [`Part`] has the members as places from 0 and, of each, the places one step on; [`Strong`] parts
//! them into strongly connected components. What the numbers mean to a user is left to the callers.

use crate::diagnostic::Budget;
use crate::diagnostic::Fault;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::View;

/// The members of a set, and the steps from one to another.
pub(super) struct Part<'a> {
    /// The members, by id; a place is an index into this.
    pub(super) members: &'a [EntityId],
    /// Where the steps from each place begin in `ends`; one more than there are members.
    starts: Vec<u32>,
    ends: Vec<u32>,
}

impl<'a> Part<'a> {
    /// The part of `view` within `members`, which are sorted by id.
    ///
    /// # Complexity
    /// O(|V| + s log |V|) for s statements at the members; the rest of the graph costs nothing.
    pub(super) fn of(
        view: View<'_>,
        members: &'a [EntityId],
        budget: &mut Budget,
    ) -> Result<Part<'a>, Fault> {
        let mut starts = Vec::with_capacity(members.len() + 1);
        let mut ends = Vec::new();
        starts.push(0);
        for member in members {
            for end in view.ends(*member, Direction::Forward) {
                budget.spend(1)?;
                ends.extend(place(members, end));
            }
            budget.spend(1)?;
            starts.push(ends.len() as u32);
        }
        Ok(Part {
            members,
            starts,
            ends,
        })
    }

    /// The places one step on; parallel statements repeat them, a loop is a step to the same place.
    pub(super) fn steps(&self, place: u32) -> &[u32] {
        let place = place as usize;
        &self.ends[self.starts[place] as usize..self.starts[place + 1] as usize]
    }

    /// The members at `places`, in the same order.
    pub(super) fn entities(&self, places: &[u32]) -> Vec<EntityId> {
        let member = |place: &u32| self.members[*place as usize];
        places.iter().map(member).collect()
    }
}

/// The place of an entity among `members`, which are sorted by id.
pub(super) fn place(members: &[EntityId], entity: EntityId) -> Option<u32> {
    // A member stands at the index of its id at the latest, and in the set of all exactly there.
    let last = entity.index().min(members.len().checked_sub(1)?);
    if members[last] == entity {
        return Some(last as u32);
    }
    let found = members[..last].binary_search(&entity).ok()?;
    Some(found as u32)
}

/// No number yet.
const NONE: u32 = u32::MAX;

/// The strongly connected components of a part, by number.
///
/// Steps between components lead from the larger number to the smaller.
pub(super) struct Strong {
    /// The number of the component of each place.
    pub(super) number_of: Vec<u32>,
    /// All places, those of one component together, in the order of the numbers.
    places: Vec<u32>,
    /// Where each component begins in `places`; one more than there are components.
    starts: Vec<u32>,
}

impl Strong {
    /// The strongly connected components of `part`: Tarjan's algorithm, on a stack of our own and
    /// with one number a place instead of two.
    ///
    /// # Complexity
    /// O(|V| + |E|).
    ///
    /// # Source
    /// R. Tarjan, "Depth-first search and linear graph algorithms", 1972; D. J. Pearce, "A
    /// space-efficient algorithm for finding strongly connected components", 2016.
    pub(super) fn of(part: &Part<'_>, budget: &mut Budget) -> Result<Strong, Fault> {
        let count = part.members.len();
        let mut search = Search {
            part,
            lowest: vec![NONE; count],
            visits: 0,
            open: Vec::new(),
            strong: Strong {
                number_of: vec![NONE; count],
                places: Vec::with_capacity(count),
                starts: vec![0],
            },
        };
        for place in 0..count as u32 {
            if search.lowest[place as usize] == NONE {
                search.search_from(place, budget)?;
            }
        }
        Ok(search.strong)
    }

    /// How many components there are.
    pub(super) fn count(&self) -> u32 {
        self.starts.len() as u32 - 1
    }

    /// The places of a component, in no useful order.
    pub(super) fn places(&self, number: u32) -> &[u32] {
        let number = number as usize;
        &self.places[self.starts[number] as usize..self.starts[number + 1] as usize]
    }

    /// The components one step on from a component, itself left out; several steps repeat them.
    pub(super) fn steps(&self, part: &Part<'_>, number: u32) -> impl Iterator<Item = u32> {
        let ends = self
            .places(number)
            .iter()
            .flat_map(|place| part.steps(*place));
        ends.map(|end| self.number_of[*end as usize])
            .filter(move |end| *end != number)
    }

    /// The length of the longest way over components to each component.
    ///
    /// # Complexity
    /// O(|V| + |E|).
    pub(super) fn levels(&self, part: &Part<'_>, budget: &mut Budget) -> Result<Vec<u32>, Fault> {
        let mut levels = vec![0u32; self.count() as usize];
        // From the largest number down, whatever leads to a component has its level already.
        for number in (0..self.count()).rev() {
            budget.spend(1)?;
            let next = levels[number as usize] + 1;
            for end in self.steps(part, number) {
                budget.spend(1)?;
                let level = &mut levels[end as usize];
                *level = next.max(*level);
            }
        }
        Ok(levels)
    }
}

/// A depth-first search that closes a component when it leaves the first of its places.
struct Search<'a> {
    part: &'a Part<'a>,
    /// Of each place visited, the earliest visit to a place still open that it is known to reach.
    lowest: Vec<u32>,
    visits: u32,
    /// The places visited that are in no component yet, by visit.
    open: Vec<u32>,
    strong: Strong,
}

/// A place on the way from the start of a search.
struct Stop {
    place: u32,
    visit: u32,
    /// How many of its steps were taken.
    taken: usize,
}

impl Search<'_> {
    fn search_from(&mut self, start: u32, budget: &mut Budget) -> Result<(), Fault> {
        let mut way = vec![self.visit(start)];
        while let Some(stop) = way.last_mut() {
            budget.spend(1)?;
            let here = stop.place as usize;
            let Some(end) = self.part.steps(stop.place).get(stop.taken).copied() else {
                let (place, visit) = (stop.place, stop.visit);
                way.pop();
                if self.lowest[here] == visit {
                    self.close(place);
                } else if let Some(before) = way.last() {
                    self.lower(before.place, self.lowest[here]);
                }
                continue;
            };
            stop.taken += 1;
            if self.lowest[end as usize] == NONE {
                let next = self.visit(end);
                way.push(next);
            } else if self.strong.number_of[end as usize] == NONE {
                self.lower(here as u32, self.lowest[end as usize]);
            }
        }
        Ok(())
    }

    fn visit(&mut self, place: u32) -> Stop {
        let visit = self.visits;
        self.visits += 1;
        self.lowest[place as usize] = visit;
        self.open.push(place);
        Stop {
            place,
            visit,
            taken: 0,
        }
    }

    fn lower(&mut self, place: u32, visit: u32) {
        let lowest = &mut self.lowest[place as usize];
        *lowest = visit.min(*lowest);
    }

    /// Makes a component of `first` and all that were visited after it and are open.
    fn close(&mut self, first: u32) {
        let number = self.strong.count();
        while let Some(place) = self.open.pop() {
            self.strong.number_of[place as usize] = number;
            self.strong.places.push(place);
            if place == first {
                break;
            }
        }
        self.strong.starts.push(self.strong.places.len() as u32);
    }
}
