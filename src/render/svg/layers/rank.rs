//! In which layer a box stands: cycles are opened, and links are made as short as they can be.
//!
//! Links that close a cycle are found by a depth-first search and count as turned round. The layers
//! are those of least total length of links, by a network simplex: Gansner, Koutsofios, North, Vo,
//! *A technique for drawing directed graphs*, 1993, <https://graphviz.org/documentation/TSE93.pdf>.
//! The cut value of an edge of the tree is the sum over one side of what flows out of each box
//! less what flows in, so that all of them come out of one walk over the tree.

use std::collections::BTreeMap;

/// The simplex stops after so many steps over boxes and links: layers are then still right, but
/// links may be longer than they need be.
const STEPS_MAX: usize = 400_000_000;

/// A link between different boxes, and how many there are of it.
#[derive(Clone, Copy, Debug)]
struct Edge {
    tail: usize,
    head: usize,
    weight: i64,
}

/// The layer of each of `count` boxes, from 0: every link leads to another layer, and all of them
/// up but those that close a cycle.
///
/// The boxes must hang together; loops are passed over. Complexity: O(|V| · (|V| + |E|)) for what
/// comes up in practice.
pub(super) fn ranks(count: usize, links: &[(usize, usize)]) -> Vec<usize> {
    let edges = acyclic(count, links);
    let mut simplex = Simplex::new(count, edges);
    simplex.span();
    simplex.shorten();
    let lowest = simplex.rank.iter().copied().min().unwrap_or(0);
    let ranks = simplex.rank.iter();
    ranks
        .map(|rank| usize::try_from(rank - lowest).expect("no rank is below the lowest"))
        .collect()
}

/// The links without loops and cycles, each pair once, sorted.
fn acyclic(count: usize, links: &[(usize, usize)]) -> Vec<Edge> {
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut has_before = vec![false; count];
    for (from, to) in links.iter().filter(|(from, to)| from != to) {
        next[*from].push(*to);
        has_before[*to] = true;
    }
    let order = finished(&next, &has_before);
    let mut weights: BTreeMap<(usize, usize), i64> = BTreeMap::new();
    for (from, to) in links.iter().filter(|(from, to)| from != to) {
        // What is finished first is reached by what is finished later, but along back edges.
        let pair = match order[*from] > order[*to] {
            true => (*from, *to),
            false => (*to, *from),
        };
        *weights.entry(pair).or_default() += 1;
    }
    let edges = weights.into_iter();
    edges
        .map(|((tail, head), weight)| Edge { tail, head, weight })
        .collect()
}

/// The place of each box in the order in which a depth-first search leaves them; it begins at boxes
/// to which nothing leads.
fn finished(next: &[Vec<usize>], has_before: &[bool]) -> Vec<usize> {
    let count = next.len();
    let starts = (0..count).filter(|place| !has_before[*place]);
    let starts: Vec<usize> = starts.chain(0..count).collect();
    let (mut order, mut seen, mut left) = (vec![0; count], vec![false; count], 0);
    for start in starts {
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        let mut stack = vec![(start, 0)];
        while let Some((place, tried)) = stack.last_mut() {
            match next[*place].get(*tried) {
                Some(to) => {
                    *tried += 1;
                    if !std::mem::replace(&mut seen[*to], true) {
                        stack.push((*to, 0));
                    }
                }
                None => {
                    order[*place] = left;
                    left += 1;
                    stack.pop();
                }
            }
        }
    }
    order
}

/// A feasible ranking and a spanning tree of edges that are as short as they may be.
struct Simplex {
    edges: Vec<Edge>,
    /// The edges at each box.
    at: Vec<Vec<usize>>,
    rank: Vec<i64>,
    in_tree: Vec<bool>,
    /// What flows out of each box less what flows in.
    excess: Vec<i64>,
}

impl Simplex {
    /// With each box in the first layer that what leads to it allows.
    fn new(count: usize, edges: Vec<Edge>) -> Simplex {
        let mut at = vec![Vec::new(); count];
        let (mut before, mut excess) = (vec![0_usize; count], vec![0; count]);
        for (place, edge) in edges.iter().enumerate() {
            at[edge.tail].push(place);
            at[edge.head].push(place);
            before[edge.head] += 1;
            excess[edge.tail] += edge.weight;
            excess[edge.head] -= edge.weight;
        }
        let mut rank = vec![0; count];
        let mut ready: Vec<usize> = (0..count).filter(|place| before[*place] == 0).collect();
        while let Some(place) = ready.pop() {
            for edge in at[place].iter().map(|edge| edges[*edge]) {
                if edge.tail == place {
                    rank[edge.head] = rank[edge.head].max(rank[place] + 1);
                    before[edge.head] -= 1;
                    if before[edge.head] == 0 {
                        ready.push(edge.head);
                    }
                }
            }
        }
        Simplex {
            in_tree: vec![false; edges.len()],
            edges,
            at,
            rank,
            excess,
        }
    }

    /// How much longer an edge is than it must be.
    fn slack(&self, edge: usize) -> i64 {
        let edge = self.edges[edge];
        self.rank[edge.head] - self.rank[edge.tail] - 1
    }

    /// Moves boxes until a tree of edges without slack joins all of them.
    fn span(&mut self) {
        let count = self.rank.len();
        let mut reached = vec![false; count];
        let mut tree: Vec<usize> = Vec::with_capacity(count);
        let mut fresh: Vec<usize> = Vec::new();
        if count > 0 {
            reached[0] = true;
            fresh.push(0);
        }
        loop {
            while let Some(place) = fresh.pop() {
                tree.push(place);
                for edge in &self.at[place] {
                    let Edge { tail, head, .. } = self.edges[*edge];
                    let other = if tail == place { head } else { tail };
                    if !reached[other] && self.slack(*edge) == 0 {
                        reached[other] = true;
                        self.in_tree[*edge] = true;
                        fresh.push(other);
                    }
                }
            }
            let out = |edge: &usize| {
                let Edge { tail, head, .. } = self.edges[*edge];
                reached[tail] != reached[head]
            };
            let nearest = (0..self.edges.len()).filter(out);
            let Some(edge) = nearest.min_by_key(|edge| self.slack(*edge)) else {
                return;
            };
            let slack = self.slack(edge);
            let Edge { tail, head, .. } = self.edges[edge];
            let shift = if reached[tail] { slack } else { -slack };
            for place in &tree {
                self.rank[*place] += shift;
            }
            let other = if reached[tail] { head } else { tail };
            reached[other] = true;
            self.in_tree[edge] = true;
            fresh.push(other);
        }
    }

    /// Exchanges edges of the tree until no exchange makes the total length less.
    fn shorten(&mut self) {
        let (boxes, edges) = (self.rank.len(), self.edges.len());
        let rounds = (8 * boxes + 64).min(STEPS_MAX / (boxes + edges + 1));
        for _ in 0..rounds {
            let walk = self.walk();
            let Some((below, leaving)) = self.leaving(&walk) else {
                return;
            };
            let is_inside = walk.subtree(below, boxes);
            // The side of the leaving edge's tail is drawn towards the other.
            let is_tail_inside = is_inside[self.edges[leaving].tail];
            let enters = |edge: &usize| {
                let Edge { tail, head, .. } = self.edges[*edge];
                is_inside[tail] != is_inside[head] && is_inside[head] == is_tail_inside
            };
            let entering = (0..edges)
                .filter(enters)
                .min_by_key(|edge| self.slack(*edge));
            let Some(entering) = entering else {
                return;
            };
            let slack = self.slack(entering);
            let shift = if is_tail_inside { -slack } else { slack };
            for (place, rank) in self.rank.iter_mut().enumerate() {
                if is_inside[place] {
                    *rank += shift;
                }
            }
            self.in_tree[leaving] = false;
            self.in_tree[entering] = true;
        }
    }

    /// The tree from box 0 on, each box behind the one that it hangs on.
    fn walk(&self) -> Walk {
        let count = self.rank.len();
        let mut walk = Walk {
            order: Vec::with_capacity(count),
            parent: vec![(usize::MAX, usize::MAX); count],
        };
        let mut stack = Vec::from_iter((count > 0).then_some(0));
        while let Some(place) = stack.pop() {
            walk.order.push(place);
            for edge in self.at[place].iter().filter(|edge| self.in_tree[**edge]) {
                let Edge { tail, head, .. } = self.edges[*edge];
                let other = if tail == place { head } else { tail };
                if walk.parent[place].1 != *edge {
                    walk.parent[other] = (place, *edge);
                    stack.push(other);
                }
            }
        }
        walk
    }

    /// The edge of the tree whose exchange saves most, with the box below it; the first on a tie.
    fn leaving(&self, walk: &Walk) -> Option<(usize, usize)> {
        let mut flow = self.excess.clone();
        let mut best = (0, None);
        for place in walk.order.iter().skip(1).rev() {
            let (parent, edge) = walk.parent[*place];
            let cut = match self.edges[edge].tail == *place {
                true => flow[*place],
                false => -flow[*place],
            };
            if cut < best.0 {
                best = (cut, Some((*place, edge)));
            }
            flow[parent] += flow[*place];
        }
        best.1
    }
}

/// A walk over the tree.
struct Walk {
    order: Vec<usize>,
    /// On which box each hangs, and by which edge.
    parent: Vec<(usize, usize)>,
}

impl Walk {
    /// Which boxes hang on `root`, itself included.
    fn subtree(&self, root: usize, count: usize) -> Vec<bool> {
        let mut inside = vec![false; count];
        for place in &self.order {
            let parent = self.parent[*place].0;
            inside[*place] = *place == root || (parent != usize::MAX && inside[parent]);
        }
        inside
    }
}
