//! A picture as cells in layers: boxes, labels, and the bends of links that pass a layer by.

use std::ops::Range;

/// How much room something takes: along the arrows, and to both sides of the line through it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::render) struct Extent {
    /// Along the arrows, in pixels.
    pub(in crate::render) along: f64,
    /// From its line to the side where the cross axis begins.
    pub(in crate::render) before: f64,
    /// From its line to the other side.
    pub(in crate::render) behind: f64,
}

/// What leads from one box to another.
#[derive(Clone, Copy, Debug)]
pub(in crate::render) struct Link {
    /// The box it leaves.
    pub(in crate::render) from: usize,
    /// The box it points to.
    pub(in crate::render) to: usize,
    /// How much room what is said at it takes; none if nothing is.
    pub(in crate::render) label: Option<Extent>,
}

/// What a cell is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A box.
    Box,
    /// What is said at a link.
    Label,
    /// A link that passes by.
    Bend,
}

/// Something in a layer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub(super) what: What,
    pub(super) layer: usize,
    pub(super) extent: Extent,
    /// Cells of different bands never change places.
    pub(super) band: usize,
}

/// The cells, what joins them, and in which layers they stand.
#[derive(Debug)]
pub(super) struct Net {
    /// Boxes first, as they were given.
    pub(super) cells: Vec<Cell>,
    /// The cells in the layer before that each is joined to.
    pub(super) before: Vec<Vec<usize>>,
    /// The cells in the layer behind.
    pub(super) behind: Vec<Vec<usize>>,
    /// The cells of each layer, in their order.
    pub(super) layers: Vec<Vec<usize>>,
    /// The cells of each link between its boxes, from layer to layer; none for loops.
    pub(super) chains: Vec<Range<usize>>,
}

impl Net {
    /// The net of boxes in `ranks`, of the bands `bands`.
    ///
    /// If anything is said at a link, there is a layer for labels between each two of boxes; and if
    /// a link joins boxes of one layer, one behind the last.
    pub(super) fn new(boxes: &[Extent], links: &[Link], ranks: &[usize], bands: &[usize]) -> Net {
        let is_flat = |link: &Link| link.from != link.to && ranks[link.from] == ranks[link.to];
        let has_flat = links.iter().any(is_flat);
        let is_said = links.iter().any(|link| link.label.is_some());
        let step = if is_said || has_flat { 2 } else { 1 };
        let last = ranks.iter().max().map(|rank| rank * step);
        let layer_count = last.map_or(0, |last| last + 1 + usize::from(has_flat));
        let mut net = Net {
            cells: Vec::new(),
            before: Vec::new(),
            behind: Vec::new(),
            layers: vec![Vec::new(); layer_count],
            chains: Vec::with_capacity(links.len()),
        };
        for (place, extent) in boxes.iter().enumerate() {
            net.add(What::Box, ranks[place] * step, *extent, bands[place]);
        }
        for link in links {
            let start = net.cells.len();
            if link.from != link.to {
                match is_flat(link) {
                    true => net.turn(link, bands),
                    false => net.chain(link, bands),
                }
            }
            net.chains.push(start..net.cells.len());
        }
        net
    }

    fn add(&mut self, what: What, layer: usize, extent: Extent, band: usize) -> usize {
        let place = self.cells.len();
        self.cells.push(Cell {
            what,
            layer,
            extent,
            band,
        });
        self.before.push(Vec::new());
        self.behind.push(Vec::new());
        self.layers[layer].push(place);
        place
    }

    fn join(&mut self, before: usize, behind: usize) {
        self.behind[before].push(behind);
        self.before[behind].push(before);
    }

    /// A cell behind both ends of a link between boxes of one layer: the link turns before it.
    fn turn(&mut self, link: &Link, bands: &[usize]) {
        let layer = self.cells[link.from].layer + 1;
        let cell = match link.label {
            Some(extent) => self.add(What::Label, layer, extent, bands[link.from]),
            None => self.add(What::Bend, layer, Extent::default(), bands[link.from]),
        };
        self.join(link.from, cell);
        self.join(link.to, cell);
    }

    /// Cells for a link, the label in the middle.
    fn chain(&mut self, link: &Link, bands: &[usize]) {
        let is_turned = self.cells[link.from].layer > self.cells[link.to].layer;
        let (first, last) = match is_turned {
            true => (link.to, link.from),
            false => (link.from, link.to),
        };
        let layers = self.cells[first].layer..self.cells[last].layer;
        // Labels stand in odd layers: the middle one, or the one behind it.
        let middle = layers.start + (layers.len() / 4) * 2 + 1;
        let mut previous = first;
        for layer in layers.clone().skip(1) {
            let band = if layer < middle {
                bands[first]
            } else {
                bands[last]
            };
            let cell = match link.label.filter(|_| layer == middle) {
                Some(extent) => self.add(What::Label, layer, extent, band),
                None => self.add(What::Bend, layer, Extent::default(), band),
            };
            self.join(previous, cell);
            previous = cell;
        }
        self.join(previous, last);
    }
}
