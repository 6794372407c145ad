//! Boxes in layers, so that arrows lead one way: from sizes to places, without any drawing.
//!
//! The stages are those of Sugiyama, Tagawa, Toda, *Methods for visual understanding of
//! hierarchical system structures*, 1981, <https://doi.org/10.1109/TSMC.1981.4308636>: layers
//! (`rank.rs`; by year, `year.rs`), order within them (`order.rs`), places (`place.rs`), lines
//! (`route.rs`).

mod draw;
mod line;
mod net;
mod order;
mod pack;
mod place;
mod rank;
mod route;
mod year;

use net::Extent;
use net::Link;
use net::Net;
use route::Route;

pub(super) use draw::body;

/// Boxes and links at their places: the arrows lead to the right, the cross axis down.
#[derive(Debug)]
struct Layers {
    /// Of each box: where it begins along the arrows, and its line across.
    boxes: Vec<(f64, f64)>,
    /// Of each link, as given.
    routes: Vec<Route>,
    /// Along the arrows, in pixels.
    along: f64,
    /// Across, in pixels.
    across: f64,
}

/// The layers of boxes that hang together.
fn lay(boxes: &[Extent], links: &[Link], ranks: &[usize], bands: &[usize]) -> Layers {
    let mut net = Net::new(boxes, links, ranks, bands);
    order::order(&mut net);
    let x = place::place(&net);
    let grid = route::Grid::new(&net, &x);
    let routes = grid.routes(links);
    let cells = net.cells.iter().zip(&x);
    let across = cells.map(|(cell, x)| x + cell.extent.behind);
    Layers {
        boxes: (0..boxes.len()).map(|place| grid.start(place)).collect(),
        along: grid.along(),
        across: across.fold(0.0, f64::max),
        routes,
    }
}
