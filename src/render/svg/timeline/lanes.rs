//! Which lane each entity gets: families stay together, and few bars are crossed by curves.
//!
//! Every entity hangs on the one it came from first, so that they form trees. Below an entity come
//! those that came out of it, the latest one first: its curve is the shortest, and the curves
//! of earlier ones pass where the later ones have not yet begun. Without other arrows no bar is
//! crossed. For the other arrows, neighbours change places as long as that helps.

use crate::model::stable;

/// An arrow, from older to newer: boxes by their places, and the day at which it is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    /// The box it leaves.
    pub(super) from: usize,
    /// The box it points to.
    pub(super) to: usize,
    /// How much it says where the object belongs: 0 for most.
    pub(super) rank: u8,
    /// The day.
    pub(super) day: i32,
}

/// The lanes, from above.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Lanes {
    /// The boxes, by their places, in the order of their lanes.
    pub(super) order: Vec<usize>,
    /// The family of each box, by its place, numbered from above; none for what has no arrow.
    pub(super) families: Vec<Option<usize>>,
}

/// How many looks at a bar the search for a better order may take.
const LOOKS_MAX: usize = 20_000_000;

/// The lanes of boxes that are drawn from the first to the second of their days.
///
/// Families are trees; where there is only one tree, its trunk and branches. Time: |V| × depth +
/// |E| log |E|, and then at most [`LOOKS_MAX`].
pub(super) fn of(spans: &[(i32, i32)], links: &[Link]) -> Lanes {
    let parents = parents(spans.len(), links);
    let mut forest = Forest::of(&parents, spans, links);
    forest.improve(spans, links);
    let order = forest.order();
    let families = families(&parents, &order);
    Lanes { order, families }
}

/// What each box hangs on: the end of its strongest, then earliest arrow that closes no circle.
fn parents(count: usize, links: &[Link]) -> Vec<Option<usize>> {
    let mut sorted: Vec<(usize, &Link)> = links.iter().enumerate().collect();
    stable::sort_by_key(&mut sorted, |(place, link)| (link.rank, link.day, *place));
    let mut parents = vec![None; count];
    for (_, link) in sorted {
        if parents[link.to].is_some() {
            continue;
        }
        let mut above = Some(link.from);
        while let Some(place) = above.filter(|place| *place != link.to) {
            above = parents[place];
        }
        if above.is_none() {
            parents[link.to] = Some(link.from);
        }
    }
    parents
}

/// The trees: below each box, and at the end below none, those that hang on it in their order.
struct Forest {
    below: Vec<Vec<usize>>,
}

impl Forest {
    fn of(parents: &[Option<usize>], spans: &[(i32, i32)], links: &[Link]) -> Forest {
        let count = parents.len();
        let mut below = vec![Vec::new(); count + 1];
        for (place, parent) in parents.iter().enumerate() {
            below[parent.unwrap_or(count)].push(place);
        }
        for siblings in &mut below[..count] {
            stable::sort_by_key(siblings, |place| {
                (std::cmp::Reverse(spans[*place].0), *place)
            });
        }
        let parts = parts(count, links);
        let mut firsts = vec![i32::MAX; count];
        let mut sizes = vec![0; count];
        for (place, part) in parts.iter().enumerate() {
            firsts[*part] = firsts[*part].min(spans[place].0);
            sizes[*part] += 1;
        }
        stable::sort_by_key(&mut below[count], |root| {
            let part = parts[*root];
            (sizes[part] < 2, firsts[part], part, spans[*root].0, *root)
        });
        Forest { below }
    }

    /// The boxes from above: each before those that hang on it.
    fn order(&self) -> Vec<usize> {
        let mut order = Vec::new();
        let roots = self.below.last().map_or(&[][..], Vec::as_slice);
        let mut left: Vec<usize> = roots.iter().rev().copied().collect();
        while let Some(place) = left.pop() {
            order.push(place);
            left.extend(self.below[place].iter().rev());
        }
        order
    }

    /// Neighbours below one box change places as long as fewer bars are crossed.
    fn improve(&mut self, spans: &[(i32, i32)], links: &[Link]) {
        let (mut best, mut looks) = crossed(&self.order(), spans, links);
        let mut is_better = true;
        while is_better {
            is_better = false;
            for list in 0..self.below.len() {
                for place in 1..self.below[list].len() {
                    if looks > LOOKS_MAX || best == 0 {
                        return;
                    }
                    self.below[list].swap(place - 1, place);
                    let (found, taken) = crossed(&self.order(), spans, links);
                    looks += taken;
                    if found < best {
                        best = found;
                        is_better = true;
                    } else {
                        self.below[list].swap(place - 1, place);
                    }
                }
            }
        }
    }
}

/// The number of a box's connected part, for each box: the lowest place in it.
fn parts(count: usize, links: &[Link]) -> Vec<usize> {
    let mut parts: Vec<usize> = (0..count).collect();
    let top = |parts: &mut Vec<usize>, mut place: usize| {
        while parts[place] != place {
            parts[place] = parts[parts[place]];
            place = parts[place];
        }
        place
    };
    for link in links {
        let (a, b) = (top(&mut parts, link.from), top(&mut parts, link.to));
        parts[a.max(b)] = a.min(b);
    }
    (0..count).map(|place| top(&mut parts, place)).collect()
}

/// How many bars lie across arrows, each as bad as ten lanes of length; and how many were
/// looked at.
fn crossed(order: &[usize], spans: &[(i32, i32)], links: &[Link]) -> (usize, usize) {
    let mut lanes = vec![0; order.len()];
    for (lane, place) in order.iter().enumerate() {
        lanes[*place] = lane;
    }
    let (mut bad, mut looks) = (0, order.len());
    for link in links {
        let (a, b) = (lanes[link.from], lanes[link.to]);
        let between = a.min(b) + 1..a.max(b).max(a.min(b) + 1);
        looks += between.len() + 1;
        bad += between.len();
        let mut across = between.map(|lane| spans[order[lane]]);
        let is_across = |(first, last): &(i32, i32)| *first <= link.day && link.day <= *last;
        bad += 10 * across.by_ref().filter(is_across).count();
    }
    (bad, looks)
}

/// The families: trees, or the trunk and the branches of the only one.
///
/// The trunk goes from the root to the first box on which more than one hangs.
fn families(parents: &[Option<usize>], order: &[usize]) -> Vec<Option<usize>> {
    let mut sizes = vec![0; parents.len()];
    let mut children = vec![0; parents.len()];
    let mut roots = vec![0; parents.len()];
    for place in order {
        roots[*place] = parents[*place].map_or(*place, |parent| roots[parent]);
        sizes[roots[*place]] += 1;
        if let Some(parent) = parents[*place] {
            children[parent] += 1;
        }
    }
    let is_one_tree = sizes.iter().filter(|size| **size > 1).count() == 1;
    let mut is_trunk = vec![false; parents.len()];
    let mut heads: Vec<usize> = (0..parents.len()).collect();
    for place in order {
        let parent = parents[*place];
        let above = parent.filter(|parent| is_trunk[*parent]);
        is_trunk[*place] = is_one_tree
            && match parent {
                None => sizes[*place] > 1,
                Some(parent) => is_trunk[parent] && children[parent] == 1,
            };
        let is_branch = above.is_some() && !is_trunk[*place];
        if let Some(parent) = parent.filter(|_| !is_branch) {
            heads[*place] = heads[parent];
        }
    }
    let mut numbers = std::collections::BTreeMap::new();
    for place in order {
        if sizes[roots[*place]] > 1 {
            let next = numbers.len();
            numbers.entry(heads[*place]).or_insert(next);
        }
    }
    heads
        .iter()
        .map(|head| numbers.get(head).copied())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Link;
    use super::crossed;
    use super::of;

    fn link(from: usize, to: usize, day: i32) -> Link {
        Link {
            from,
            to,
            rank: 0,
            day,
        }
    }

    #[test]
    fn the_curves_of_a_tree_cross_no_bar() {
        // 0 has 1 at day 10, 2 at 20, 3 at 30; 1 has 4 at 25.
        let spans = [(0, 99), (10, 99), (20, 99), (30, 99), (25, 99)];
        let links = [
            link(0, 1, 10),
            link(0, 2, 20),
            link(0, 3, 30),
            link(1, 4, 25),
        ];
        let lanes = of(&spans, &links);
        assert_eq!(lanes.order, [0, 3, 2, 1, 4]);
        assert_eq!(lanes.families, [0, 3, 2, 1, 3].map(Some));
        let (bad, _) = crossed(&lanes.order, &spans, &links);
        assert!(bad < 10, "no bar lies across");
    }

    #[test]
    fn circles_loops_and_parallels_have_lanes() {
        let spans = [(0, 9), (1, 9), (2, 9)];
        let links = [link(0, 1, 1), link(1, 0, 0), link(2, 2, 2), link(0, 1, 1)];
        let lanes = of(&spans, &links);
        let mut order = lanes.order.clone();
        order.sort_unstable();
        assert_eq!(order, [0, 1, 2]);
        assert_eq!(lanes.order[2], 2, "who is alone comes last");
        assert_eq!(of(&[], &[]).order, Vec::<usize>::new());
    }

    #[test]
    fn neighbours_change_places_for_a_merge() {
        // Two old roots; the first of the later tree merges into the first tree.
        let spans = [(0, 99), (1, 99), (2, 99), (40, 99)];
        let links = [link(0, 3, 40), link(2, 3, 50)];
        let lanes = of(&spans, &links);
        let place = |of: usize| lanes.order.iter().position(|place| *place == of);
        assert_eq!(place(1), Some(3), "{:?}", lanes.order);
        assert_eq!(
            crossed(&lanes.order, &spans, &links).0,
            0,
            "{:?}",
            lanes.order
        );
    }
}
