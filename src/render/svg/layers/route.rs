//! The lines of links: straight through layers, curved between them.
//!
//! A curve lies in the gap between two layers, where nothing else is, and never turns back; so no
//! line meets a box that it does not belong to, and two lines cross in a gap at most once.

use super::net::Link;
use super::net::Net;
use super::net::What;

use crate::model::stable;

/// Between two layers, in pixels, if lines are nearly straight.
const GAP_MIN: f64 = 22.0;
/// And if they are steep.
const GAP_MAX: f64 = 130.0;
/// A gap is so much of the highest step of a line in it.
const GAP_PER_STEP: f64 = 0.2;
/// Lines leave a box so far apart, where there is room.
const PORT_GAP: f64 = 7.0;
/// And so far from its corners.
const PORT_MARGIN: f64 = 6.0;
/// A link that turns back keeps so far from the next layer.
const TURN_MARGIN: f64 = 3.0;

/// The line of a link: points along the arrows and across; none for loops.
///
/// Between the first two points it is straight, between the next two it is a curve, and so on.
#[derive(Clone, Debug, Default)]
pub(super) struct Route {
    /// From the box it leaves to the one it points to.
    pub(super) points: Vec<(f64, f64)>,
    /// Where the room of its label begins, and the line through it.
    pub(super) label: Option<(f64, f64)>,
    /// How far along the arrows its curve is drawn if it turns back, to a box of the same layer.
    pub(super) turn: Option<f64>,
}

/// The layers at their places.
pub(super) struct Grid<'a> {
    net: &'a Net,
    x: &'a [f64],
    /// Where the layers begin, and how thick each is.
    layers: Vec<(f64, f64)>,
    /// Where the links of each cell arrive, in the order of `before`; and leave, as in `behind`.
    ports: Vec<[Vec<f64>; 2]>,
}

impl Grid<'_> {
    /// With gaps between layers that are wide where lines are steep.
    pub(super) fn new<'a>(net: &'a Net, x: &'a [f64]) -> Grid<'a> {
        let mut layers = Vec::with_capacity(net.layers.len());
        let mut start = 0.0;
        for layer in &net.layers {
            let along = layer.iter().map(|cell| net.cells[*cell].extent.along);
            let thick = along.fold(0.0, f64::max);
            layers.push((start, thick));
            let steps = layer.iter().flat_map(|cell| {
                let behind = net.behind[*cell].iter();
                behind.map(|next| (x[*next] - x[*cell]).abs())
            });
            let steepest = steps.fold(0.0, f64::max);
            start += thick + (steepest * GAP_PER_STEP).clamp(GAP_MIN, GAP_MAX);
        }
        let mut grid = Grid {
            net,
            x,
            layers,
            ports: Vec::with_capacity(net.cells.len()),
        };
        for cell in 0..net.cells.len() {
            let ports = [&net.before[cell], &net.behind[cell]];
            let ports = ports.map(|joined| grid.ports_of(cell, joined));
            grid.ports.push(ports);
        }
        grid
    }

    /// How far the layers reach.
    pub(super) fn along(&self) -> f64 {
        self.layers
            .last()
            .map_or(0.0, |(start, thick)| start + thick)
    }

    /// Where a cell begins along the arrows, and its line across. Cells stand in the middle.
    pub(super) fn start(&self, cell: usize) -> (f64, f64) {
        let of = &self.net.cells[cell];
        let (start, thick) = self.layers[of.layer];
        (start + (thick - of.extent.along) / 2.0, self.x[cell])
    }

    /// Where on one side of a cell its links begin: straight ahead where there is room, else side
    /// by side in the order of their other ends.
    fn ports_of(&self, cell: usize, joined: &[usize]) -> Vec<f64> {
        let of = &self.net.cells[cell];
        let middle = self.x[cell];
        if of.what != What::Box {
            return vec![middle; joined.len()];
        }
        let mut order: Vec<usize> = (0..joined.len()).collect();
        stable::sort_by(&mut order, |one, other| {
            let (one, other) = (joined[*one], joined[*other]);
            self.x[one].total_cmp(&self.x[other]).then(one.cmp(&other))
        });
        let half = of.extent.before.min(of.extent.behind);
        let room = (2.0 * (half - PORT_MARGIN)).max(0.0);
        let count = joined.len();
        let gap = PORT_GAP.min(room / count.saturating_sub(1).max(1) as f64);
        let low = middle - room / 2.0;
        let mut ports = vec![middle; count];
        let mut least = low;
        for (place, port) in order.iter().enumerate() {
            let left = (count - 1 - place) as f64 * gap;
            let wish = self.x[joined[*port]];
            ports[*port] = wish.min(low + room - left).max(least);
            least = ports[*port] + gap;
        }
        ports
    }

    /// The lines of all links.
    pub(super) fn routes(&self, links: &[Link]) -> Vec<Route> {
        let mut taken = vec![[0, 0]; self.net.cells.len()];
        let routes = links.iter().enumerate();
        routes
            .map(|(place, link)| match link.from == link.to {
                true => Route::default(),
                false => self.route(place, link, &mut taken),
            })
            .collect()
    }

    /// The line of a link; `taken` counts which ports of its boxes were used.
    fn route(&self, place: usize, link: &Link, taken: &mut [[usize; 2]]) -> Route {
        let layer = |cell: usize| self.net.cells[cell].layer;
        if layer(link.from) == layer(link.to) {
            return self.turn(place, link, taken);
        }
        let is_turned = layer(link.from) > layer(link.to);
        let (first, last) = match is_turned {
            true => (link.to, link.from),
            false => (link.from, link.to),
        };
        let mut port = |cell: usize, side: usize| {
            let next = &mut taken[cell][side];
            *next += 1;
            self.ports[cell][side][*next - 1]
        };
        let (start, thick) = self.layers[layer(first)];
        let leave = port(first, 1);
        let edge = self.start(first).0 + self.net.cells[first].extent.along;
        let mut route = Route {
            points: vec![(edge, leave), (start + thick, leave)],
            ..Route::default()
        };
        for cell in self.net.chains[place].clone() {
            let (start, thick) = self.layers[layer(cell)];
            let x = self.x[cell];
            route.points.extend([(start, x), (start + thick, x)]);
            if self.net.cells[cell].what == What::Label {
                route.label = Some(self.start(cell));
            }
        }
        let arrive = port(last, 0);
        let start = self.layers[layer(last)].0;
        route
            .points
            .extend([(start, arrive), (self.start(last).0, arrive)]);
        if is_turned {
            route.points.reverse();
        }
        route
    }

    /// The line of a link to a box of the same layer: out of the layer, and back into it.
    ///
    /// The curve goes three quarters of the way to its control points, and stays in the gap.
    fn turn(&self, place: usize, link: &Link, taken: &mut [[usize; 2]]) -> Route {
        let [from, to] = [link.from, link.to].map(|cell| {
            let next = &mut taken[cell][1];
            *next += 1;
            let edge = self.start(cell).0 + self.net.cells[cell].extent.along;
            (edge, self.ports[cell][1][*next - 1])
        });
        let layer = self.net.cells[link.from].layer;
        let end = self.layers[layer].0 + self.layers[layer].1;
        let room = self.layers[layer + 1].0 - end - TURN_MARGIN;
        let cell = self.net.chains[place].start;
        Route {
            points: vec![from, (end, from.1), (end, to.1), to],
            label: (self.net.cells[cell].what == What::Label).then(|| self.start(cell)),
            turn: Some(end + room / 0.75),
        }
    }
}
