//! In which order the cells of a layer stand, so that links cross little.
//!
//! Sweeps over the layers sort each by the medians or the means of what its cells are joined to,
//! neighbours change places where that helps, and the best order is kept: Gansner and others (see
//! `rank.rs`), section 3. Crossings are counted as in Barth, Jünger, Mutzel, *Simple and efficient
//! bilayer cross counting*, 2002, <https://doi.org/10.1007/3-540-36151-0_13>.

use super::net::Net;

use crate::model::stable;

/// So many sweeps are made at most from each start.
const SWEEPS_MAX: usize = 28;
/// A start is given up after so many sweeps that did not help.
const VAIN_MAX: usize = 6;
/// Beyond so many cells there are fewer sweeps, and one start.
const SMALL: usize = 6_000;
/// Neighbours change places in at most so many rounds a sweep.
const ROUNDS_MAX: usize = 10;

/// Orders the cells of all layers; the number of crossings between neighbouring layers.
///
/// Complexity: O((|V| + |E|) · log |V|) a sweep.
pub(super) fn order(net: &mut Net) -> usize {
    let is_small = net.cells.len() <= SMALL;
    let mut best: Option<(usize, Vec<Vec<usize>>)> = None;
    let starts: &[(bool, bool)] = match is_small {
        true => &[(true, false), (true, true), (false, false), (false, true)],
        false => &[(true, false)],
    };
    for (is_forward, by_mean) in starts {
        let mut sorter = Sorter::new(net, *is_forward);
        let (crossings, layers) = sorter.run(if is_small { SWEEPS_MAX } else { 8 }, *by_mean);
        if best.as_ref().is_none_or(|(least, _)| crossings < *least) {
            best = Some((crossings, layers));
        }
    }
    let (crossings, layers) = best.unwrap_or_default();
    net.layers = layers;
    crossings
}

struct Sorter<'a> {
    net: &'a Net,
    layers: Vec<Vec<usize>>,
    /// The place of each cell in its layer.
    place: Vec<usize>,
}

impl Sorter<'_> {
    /// With cells in the order in which a search meets them, from the first layer or the last.
    fn new(net: &Net, is_forward: bool) -> Sorter<'_> {
        let mut layers = vec![Vec::new(); net.layers.len()];
        let mut seen = vec![false; net.cells.len()];
        let all: Vec<&Vec<usize>> = match is_forward {
            true => net.layers.iter().collect(),
            false => net.layers.iter().rev().collect(),
        };
        for start in all.into_iter().flatten() {
            let mut stack = vec![*start];
            while let Some(cell) = stack.pop() {
                if std::mem::replace(&mut seen[cell], true) {
                    continue;
                }
                layers[net.cells[cell].layer].push(cell);
                let (first, second) = match is_forward {
                    true => (&net.before[cell], &net.behind[cell]),
                    false => (&net.behind[cell], &net.before[cell]),
                };
                stack.extend(first.iter().rev().filter(|next| !seen[**next]));
                stack.extend(second.iter().rev().filter(|next| !seen[**next]));
            }
        }
        for layer in &mut layers {
            stable::sort_by_key(layer, |cell: &usize| net.cells[*cell].band);
        }
        let mut sorter = Sorter {
            net,
            layers,
            place: vec![0; net.cells.len()],
        };
        for layer in 0..sorter.layers.len() {
            sorter.number(layer);
        }
        sorter
    }

    fn number(&mut self, layer: usize) {
        for (place, cell) in self.layers[layer].iter().enumerate() {
            self.place[*cell] = place;
        }
    }

    fn run(&mut self, sweeps: usize, by_mean: bool) -> (usize, Vec<Vec<usize>>) {
        self.exchange();
        let mut best = (self.crossings(), self.layers.clone());
        let mut vain = 0;
        for sweep in 0..sweeps {
            if best.0 == 0 || vain > VAIN_MAX {
                break;
            }
            self.sweep(sweep % 2 == 0, by_mean != (sweep % 8 > 5), sweep % 4 > 1);
            self.exchange();
            let crossings = self.crossings();
            vain += 1;
            if crossings < best.0 {
                best = (crossings, self.layers.clone());
                vain = 0;
            }
        }
        best
    }

    /// Sorts each layer by the one before it, or each by the one behind it.
    fn sweep(&mut self, is_forward: bool, by_mean: bool, ties_turn: bool) {
        let count = self.layers.len();
        for step in 1..count {
            let (layer, fixed) = match is_forward {
                true => (step, step - 1),
                false => (count - 1 - step, count - step),
            };
            let scale = self.layers[fixed].len() as f64 / self.layers[layer].len().max(1) as f64;
            let mut keyed: Vec<(usize, f64, usize)> = self.layers[layer]
                .iter()
                .map(|cell| {
                    let joined = match is_forward {
                        true => &self.net.before[*cell],
                        false => &self.net.behind[*cell],
                    };
                    let middle = self.middle(joined, by_mean);
                    let stay = self.place[*cell] as f64 * scale;
                    (self.net.cells[*cell].band, middle.unwrap_or(stay), *cell)
                })
                .collect();
            if ties_turn {
                keyed.reverse();
            }
            stable::sort_by(&mut keyed, |one, other| {
                one.0.cmp(&other.0).then(one.1.total_cmp(&other.1))
            });
            self.layers[layer] = keyed.into_iter().map(|(_, _, cell)| cell).collect();
            self.number(layer);
        }
    }

    /// The middle of the places of cells; none of none.
    fn middle(&self, cells: &[usize], by_mean: bool) -> Option<f64> {
        let mut places: Vec<usize> = cells.iter().map(|cell| self.place[*cell]).collect();
        if places.is_empty() {
            return None;
        }
        if by_mean {
            return Some(places.iter().sum::<usize>() as f64 / places.len() as f64);
        }
        places.sort_unstable();
        let half = places.len() / 2;
        if places.len() % 2 == 1 {
            return Some(places[half] as f64);
        }
        let (left, right) = (places[half - 1], places[half]);
        let left_span = (left - places[0]) as f64;
        let right_span = (places[places.len() - 1] - right) as f64;
        if left_span + right_span == 0.0 {
            return Some((left + right) as f64 / 2.0);
        }
        let weighted = left as f64 * right_span + right as f64 * left_span;
        Some(weighted / (left_span + right_span))
    }

    /// Lets neighbours change places as long as that makes crossings fewer.
    fn exchange(&mut self) {
        let mut joined = [Vec::new(), Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..ROUNDS_MAX {
            let mut is_better = false;
            for layer in 0..self.layers.len() {
                for place in 1..self.layers[layer].len() {
                    let (one, other) = (self.layers[layer][place - 1], self.layers[layer][place]);
                    if self.net.cells[one].band != self.net.cells[other].band {
                        continue;
                    }
                    self.gather(one, other, &mut joined);
                    let [a, b, c, d] = &joined;
                    let now = inversions(a, b) + inversions(c, d);
                    let then = inversions(b, a) + inversions(d, c);
                    if then < now {
                        self.layers[layer].swap(place - 1, place);
                        self.place[one] = place;
                        self.place[other] = place - 1;
                        is_better = true;
                    }
                }
            }
            if !is_better {
                return;
            }
        }
    }

    /// The sorted places of what two cells are joined to, before and behind.
    fn gather(&self, one: usize, other: usize, joined: &mut [Vec<usize>; 4]) {
        let cells = [
            &self.net.before[one],
            &self.net.before[other],
            &self.net.behind[one],
            &self.net.behind[other],
        ];
        for (places, cells) in joined.iter_mut().zip(cells) {
            places.clear();
            places.extend(cells.iter().map(|cell| self.place[*cell]));
            places.sort_unstable();
        }
    }

    fn crossings(&self) -> usize {
        let mut total = 0;
        for pair in self.layers.windows(2) {
            let mut ends = Vec::new();
            for cell in &pair[0] {
                let start = ends.len();
                ends.extend(self.net.behind[*cell].iter().map(|next| self.place[*next]));
                ends[start..].sort_unstable();
            }
            total += falls(&ends, pair[1].len());
        }
        total
    }
}

/// How many pairs (one of `left`, one of `right`) are the wrong way round; both are sorted.
fn inversions(left: &[usize], right: &[usize]) -> usize {
    let (mut count, mut passed) = (0, 0);
    for place in left {
        while passed < right.len() && right[passed] < *place {
            passed += 1;
        }
        count += passed;
    }
    count
}

/// How many pairs of `places` fall; all of them are below `count`.
fn falls(places: &[usize], count: usize) -> usize {
    let mut tree = vec![0_usize; count + 1];
    let mut total = 0;
    for (seen, place) in places.iter().enumerate() {
        let (mut node, mut not_above) = (place + 1, 0);
        while node > 0 {
            not_above += tree[node];
            node &= node - 1;
        }
        total += seen - not_above;
        let mut node = place + 1;
        while node <= count {
            tree[node] += 1;
            node += node & node.wrapping_neg();
        }
    }
    total
}
