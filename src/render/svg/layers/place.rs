//! Where the cells of a layer stand across the arrows: apart, and near to what they are joined to.
//!
//! A sweep gives each layer the places whose squared distances from the middles of neighbours are
//! least among those that keep order and gaps: pooling of adjacent violators, Ayer and others, *An
//! empirical distribution function for sampling with incomplete information*, 1955,
//! <https://doi.org/10.1214/aoms/1177728423>. In the end links that pass layers by are made
//! straight where there is room.

use super::net::Net;
use super::net::What;

use crate::model::stable;

/// Between two boxes of a layer, in pixels.
const BOX_GAP: f64 = 16.0;
/// Between anything else.
const LINE_GAP: f64 = 9.0;
/// Between the room of two bands.
pub(super) const BAND_GAP: f64 = 44.0;
/// So many sweeps there and back are made.
const SWEEPS: usize = 12;
/// So often links are straightened.
const ROUNDS: usize = 6;

/// The place of the line of each cell; the least room begins at 0.
///
/// Complexity: O(|V| + |E|) a sweep.
pub(super) fn place(net: &Net) -> Vec<f64> {
    let bands = net.cells.iter().map(|cell| cell.band + 1).max();
    let bands = bands.unwrap_or(0);
    let mut placer = Placer::new(net, bands);
    for sweep in 0..SWEEPS {
        placer.sweep(true, false);
        placer.sweep(false, sweep + 1 == SWEEPS);
    }
    if bands > 1 {
        placer.stack(bands);
        for _ in 0..SWEEPS {
            placer.sweep(true, true);
            placer.sweep(false, true);
        }
    }
    for _ in 0..ROUNDS {
        placer.straighten();
        placer.settle();
    }
    placer.straighten();
    placer.begun_at_zero()
}

struct Placer<'a> {
    net: &'a Net,
    x: Vec<f64>,
    /// The layer's cells of one band, in their order.
    rows: Vec<Vec<usize>>,
    /// Each cell's row, and its place there.
    at: Vec<(usize, usize)>,
    /// From where to where a band reaches; without end until bands are stacked.
    room: Vec<(f64, f64)>,
}

impl Placer<'_> {
    fn new(net: &Net, bands: usize) -> Placer<'_> {
        let mut placer = Placer {
            net,
            x: vec![0.0; net.cells.len()],
            rows: Vec::new(),
            at: vec![(0, 0); net.cells.len()],
            room: vec![(f64::NEG_INFINITY, f64::INFINITY); bands],
        };
        for layer in &net.layers {
            let same = |one: &usize, other: &usize| net.cells[*one].band == net.cells[*other].band;
            for row in layer.chunk_by(same) {
                for (place, cell) in row.iter().enumerate() {
                    placer.at[*cell] = (placer.rows.len(), place);
                }
                placer.rows.push(row.to_vec());
            }
        }
        for row in &placer.rows {
            let offsets = placer.offsets(row);
            let middle = offsets.last().copied().unwrap_or(0.0) / 2.0;
            for (cell, offset) in row.iter().zip(offsets) {
                placer.x[*cell] = offset - middle;
            }
        }
        placer
    }

    /// How far two cells beside each other are at least apart.
    fn apart(&self, one: usize, other: usize) -> f64 {
        let (one, other) = (&self.net.cells[one], &self.net.cells[other]);
        let gap = match (one.what, other.what) {
            (What::Box, What::Box) => BOX_GAP,
            _ => LINE_GAP,
        };
        one.extent.behind + gap + other.extent.before
    }

    /// How far each cell of a row is at least behind the first.
    fn offsets(&self, row: &[usize]) -> Vec<f64> {
        let mut offset = 0.0;
        let mut offsets = Vec::with_capacity(row.len());
        for (place, cell) in row.iter().enumerate() {
            if place > 0 {
                offset += self.apart(row[place - 1], *cell);
            }
            offsets.push(offset);
        }
        offsets
    }

    /// How strongly two cells want to be in line.
    fn pull(&self, one: usize, other: usize) -> f64 {
        let is_box = |cell: usize| self.net.cells[cell].what == What::Box;
        match (is_box(one), is_box(other)) {
            (true, true) => 1.0,
            (false, false) => 8.0,
            _ => 2.0,
        }
    }

    /// The mean of what a cell is joined to, and how strongly it is drawn there.
    fn wish(&self, cell: usize, is_forward: bool, both: bool) -> (f64, f64) {
        let (mut sum, mut weight) = (0.0, 0.0);
        let sides = [
            (&self.net.before[cell], is_forward || both),
            (&self.net.behind[cell], !is_forward || both),
        ];
        let is_alone = self.room[self.net.cells[cell].band].1 == f64::INFINITY;
        for next in sides.iter().filter(|side| side.1).flat_map(|side| side.0) {
            // Until bands are stacked, the places of others mean nothing.
            if is_alone && self.net.cells[*next].band != self.net.cells[cell].band {
                continue;
            }
            let pull = self.pull(cell, *next);
            sum += pull * self.x[*next];
            weight += pull;
        }
        match weight > 0.0 {
            true => (sum / weight, weight),
            false => (self.x[cell], 0.05),
        }
    }

    fn sweep(&mut self, is_forward: bool, both: bool) {
        let count = self.rows.len();
        for step in 0..count {
            let row = if is_forward { step } else { count - 1 - step };
            self.pool(row, is_forward, both);
        }
    }

    /// Puts the cells of a row as near to their wishes as gaps allow.
    fn pool(&mut self, row: usize, is_forward: bool, both: bool) {
        let cells = &self.rows[row];
        let offsets = self.offsets(cells);
        let mut pools: Vec<(f64, f64, usize)> = Vec::with_capacity(cells.len());
        for (cell, offset) in cells.iter().zip(&offsets) {
            let (wish, weight) = self.wish(*cell, is_forward, both);
            let mut pool = (wish - offset, weight, 1);
            while let Some(last) = pools.last().filter(|last| last.0 > pool.0) {
                let weight = last.1 + pool.1;
                let mean = (last.0 * last.1 + pool.0 * pool.1) / weight;
                pool = (mean, weight, last.2 + pool.2);
                pools.pop();
            }
            pools.push(pool);
        }
        let (first, last) = (cells[0], cells[cells.len() - 1]);
        let (low, high) = self.room[self.net.cells[first].band];
        let low = low + self.net.cells[first].extent.before;
        let high = high - self.net.cells[last].extent.behind - offsets[offsets.len() - 1];
        let mut places = pools
            .iter()
            .flat_map(|(place, _, count)| std::iter::repeat_n(*place, *count));
        for (place, offset) in offsets.iter().enumerate() {
            let wish = places.next().expect("every cell is in a pool");
            self.x[self.rows[row][place]] = wish.min(high).max(low) + offset;
        }
    }

    /// From where to where the cells of each band reach; nothing for a band without cells.
    fn reach(&self, bands: usize) -> Vec<(f64, f64)> {
        let mut reach = vec![(f64::INFINITY, f64::NEG_INFINITY); bands];
        for (cell, x) in self.net.cells.iter().zip(&self.x) {
            let (low, high) = &mut reach[cell.band];
            *low = low.min(x - cell.extent.before);
            *high = high.max(x + cell.extent.behind);
        }
        reach
    }

    /// Puts the bands behind each other.
    fn stack(&mut self, bands: usize) {
        let reach = self.reach(bands);
        let (mut start, mut shift) = (0.0, vec![0.0; bands]);
        for (band, (low, high)) in reach.iter().enumerate() {
            let size = (high - low).max(0.0);
            shift[band] = start - low;
            self.room[band] = (start, start + size);
            start += size + BAND_GAP;
        }
        for (cell, x) in self.net.cells.iter().zip(&mut self.x) {
            *x += shift[cell.band];
        }
    }

    /// Between which places a cell can move while all others stay.
    fn slot(&self, cell: usize) -> (f64, f64) {
        let (row, place) = self.at[cell];
        let row = &self.rows[row];
        let of = &self.net.cells[cell];
        let room = self.room[of.band];
        let low = match place {
            0 => room.0 + of.extent.before,
            _ => self.x[row[place - 1]] + self.apart(row[place - 1], cell),
        };
        let high = match row.get(place + 1) {
            None => room.1 - of.extent.behind,
            Some(next) => self.x[*next] - self.apart(cell, *next),
        };
        (low.min(self.x[cell]), high.max(self.x[cell]))
    }

    /// Gives the cells of each link one place, or few: the longest runs that have room.
    fn straighten(&mut self) {
        for chain in &self.net.chains {
            let mut start = chain.start;
            while start < chain.end {
                let (mut low, mut high) = self.slot(start);
                let mut end = start + 1;
                while end < chain.end {
                    let slot = self.slot(end);
                    let both = (low.max(slot.0), high.min(slot.1));
                    if both.0 > both.1 {
                        break;
                    }
                    (low, high) = both;
                    end += 1;
                }
                let before = self.net.before[start].first();
                // A link between boxes of one layer has both of them before it.
                let both = &self.net.before[end - 1];
                let behind = self.net.behind[end - 1].first().or(both.last());
                let ends = [before, behind].map(|cell| cell.map_or(0.0, |cell| self.x[*cell]));
                let is_free = |x: &&f64| (low..=high).contains(*x);
                let wish = ends.iter().find(is_free).copied();
                let wish = wish.unwrap_or((ends[0] + ends[1]) / 2.0);
                for x in &mut self.x[start..end] {
                    *x = wish.min(high).max(low);
                }
                start = end;
            }
        }
    }

    /// Moves each box to the middle of what it is joined to, as far as there is room.
    fn settle(&mut self) {
        for cell in 0..self.net.cells.len() {
            if self.net.cells[cell].what != What::Box {
                continue;
            }
            let joined = self.net.before[cell].iter().chain(&self.net.behind[cell]);
            let mut places: Vec<f64> = joined.map(|next| self.x[*next]).collect();
            if places.is_empty() {
                continue;
            }
            stable::sort_by(&mut places, f64::total_cmp);
            let (left, right) = (places[(places.len() - 1) / 2], places[places.len() / 2]);
            let (low, high) = self.slot(cell);
            self.x[cell] = f64::midpoint(left, right).min(high).max(low);
        }
    }

    fn begun_at_zero(self) -> Vec<f64> {
        let bands = self.room.len();
        let reach = self.reach(bands);
        let least = reach
            .iter()
            .map(|(low, _)| *low)
            .fold(f64::INFINITY, f64::min);
        self.x.iter().map(|x| x - least).collect()
    }
}
