//! Parts that do not hang together, side by side; and which way arrows lead on the page.

use std::collections::BTreeMap;

use crate::model::stable;
use crate::render::picture::Towards;

use super::Layers;
use super::lay;
use super::net::Extent;
use super::net::Link;
use super::rank;
use super::route::Route;
use super::year;

/// Between parts that do not hang together, in pixels.
const PART_GAP: f64 = 26.0;
/// The sheet is about so many times as wide as high, if it has many parts.
const ASPECT: f64 = 1.5;

/// Points of layers as points of the page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    towards: Towards,
    /// Where the layers end along the arrows.
    along: f64,
    /// Where the part begins on the page.
    offset: (f64, f64),
}

impl Turn {
    /// The point of the page that lies `along` the arrows and `across` them.
    pub(super) fn point(&self, (along, across): (f64, f64)) -> (f64, f64) {
        let (x, y) = match self.towards {
            Towards::Right => (along, across),
            Towards::Left => (self.along - along, across),
            Towards::Down => (across, along),
            Towards::Up => (across, self.along - along),
        };
        (x + self.offset.0, y + self.offset.1)
    }

    /// The corner with the least coordinates of what lies between two points, and its size.
    pub(super) fn area(&self, one: (f64, f64), other: (f64, f64)) -> Area {
        let (one, other) = (self.point(one), self.point(other));
        Area {
            x: one.0.min(other.0),
            y: one.1.min(other.1),
            width: (one.0 - other.0).abs(),
            height: (one.1 - other.1).abs(),
        }
    }
}

/// A rectangle of the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Boxes and links on the page.
#[derive(Debug)]
pub(super) struct Arrangement {
    /// Where each box is, without its loops.
    pub(super) boxes: Vec<Area>,
    /// The line of each link, in layers, and how to turn it.
    pub(super) routes: Vec<(Route, Turn)>,
    /// How to turn what belongs to each box.
    pub(super) turns: Vec<Turn>,
    /// In pixels.
    pub(super) width: f64,
    /// In pixels.
    pub(super) height: f64,
}

/// Arranges boxes and links; with `bands`, boxes of one band keep together, and every box has one;
/// with `years`, those of one year share a layer.
///
/// Without bands and years, parts that do not hang together are laid by themselves, and put in
/// rows, the highest first; on a tie the one whose first box comes first.
pub(super) fn arrange(
    boxes: &[Extent],
    links: &[Link],
    bands: Option<&[usize]>,
    years: Option<&[Option<i32>]>,
    towards: Towards,
) -> Arrangement {
    let pairs: Vec<(usize, usize)> = links.iter().map(|link| (link.from, link.to)).collect();
    let parts = parts(boxes.len(), &pairs);
    match (bands, years) {
        (Some(_), _) | (_, Some(_)) => {
            let none = vec![0; boxes.len()];
            let bands = bands.unwrap_or(&none);
            let ranks = match years {
                Some(years) => year::ranks(links, years),
                None => banded_ranks(boxes.len(), links, &parts, bands),
            };
            let all: Vec<usize> = (0..boxes.len()).collect();
            let bands = sorted_bands(boxes, links, &ranks, bands);
            let layers = lay(boxes, links, &ranks, &bands);
            let links = (0..links.len()).collect();
            gather(boxes, vec![(all, links, layers)], towards)
        }
        (None, None) => {
            let laid = parts.into_iter().map(|(members, inner)| {
                let layers = lay_part(boxes, links, &members, &inner);
                (members, inner, layers)
            });
            gather(boxes, laid.collect(), towards)
        }
    }
}

/// Boxes that hang together, and the links between them, by their places.
pub(super) type Part = (Vec<usize>, Vec<usize>);

/// The parts that hang together, by their first boxes.
pub(super) fn parts(count: usize, links: &[(usize, usize)]) -> Vec<Part> {
    let mut root: Vec<usize> = (0..count).collect();
    let find = |root: &mut Vec<usize>, mut place: usize| {
        while root[place] != place {
            root[place] = root[root[place]];
            place = root[place];
        }
        place
    };
    for (from, to) in links {
        let (one, other) = (find(&mut root, *from), find(&mut root, *to));
        root[one.max(other)] = one.min(other);
    }
    let mut parts: BTreeMap<usize, Part> = BTreeMap::new();
    for place in 0..count {
        let first = find(&mut root, place);
        parts.entry(first).or_default().0.push(place);
    }
    for (place, (from, _)) in links.iter().enumerate() {
        let first = find(&mut root, *from);
        parts.entry(first).or_default().1.push(place);
    }
    parts.into_values().collect()
}

fn lay_part(boxes: &[Extent], links: &[Link], members: &[usize], inner: &[usize]) -> Layers {
    let extents: Vec<Extent> = members.iter().map(|place| boxes[*place]).collect();
    let place_of = |place: usize| {
        let found = members.binary_search(&place);
        found.expect("both ends of a link are in its part")
    };
    let inner: Vec<Link> = inner
        .iter()
        .map(|place| Link {
            from: place_of(links[*place].from),
            to: place_of(links[*place].to),
            ..links[*place]
        })
        .collect();
    let pairs: Vec<(usize, usize)> = inner.iter().map(|link| (link.from, link.to)).collect();
    let ranks = rank::ranks(members.len(), &pairs);
    lay(&extents, &inner, &ranks, &vec![0; members.len()])
}

/// Layers for all boxes; those of a band that nothing joins are spread over the layers.
fn banded_ranks(count: usize, links: &[Link], parts: &[Part], bands: &[usize]) -> Vec<usize> {
    let mut ranks = vec![0; count];
    for (members, inner) in parts.iter().filter(|part| part.0.len() > 1) {
        let place_of = |place: usize| members.binary_search(&place).unwrap_or(0);
        let ends = inner.iter().map(|place| links[*place]);
        let pairs: Vec<(usize, usize)> = ends
            .map(|link| (place_of(link.from), place_of(link.to)))
            .collect();
        for (place, rank) in members.iter().zip(rank::ranks(members.len(), &pairs)) {
            ranks[*place] = rank;
        }
    }
    let layers = ranks.iter().max().map_or(1, |rank| rank + 1);
    let mut alone: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (members, _) in parts.iter().filter(|part| part.0.len() == 1) {
        alone.entry(bands[members[0]]).or_default().push(members[0]);
    }
    for members in alone.values() {
        let columns = layers.max(members.len().isqrt());
        for (number, place) in members.iter().enumerate() {
            ranks[*place] = number % columns;
        }
    }
    ranks
}

/// The bands numbered anew: in the order in which their boxes would stand if there were none.
fn sorted_bands(boxes: &[Extent], links: &[Link], ranks: &[usize], bands: &[usize]) -> Vec<usize> {
    let free = lay(boxes, links, ranks, &vec![0; boxes.len()]);
    let mut means: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
    for (band, (_, across)) in bands.iter().zip(&free.boxes) {
        let mean = means.entry(*band).or_default();
        mean.0 += across;
        mean.1 += 1.0;
    }
    let mean = |band: &usize| means[band].0 / means[band].1;
    let mut order: Vec<usize> = means.keys().copied().collect();
    stable::sort_by(&mut order, |one, other| mean(one).total_cmp(&mean(other)));
    let numbers: BTreeMap<usize, usize> = order.into_iter().zip(0..).collect();
    bands.iter().map(|band| numbers[band]).collect()
}

/// Puts parts in rows, each as high as its highest part.
fn gather(
    boxes: &[Extent],
    mut parts: Vec<(Vec<usize>, Vec<usize>, Layers)>,
    towards: Towards,
) -> Arrangement {
    let is_upright = matches!(towards, Towards::Down | Towards::Up);
    let size = |layers: &Layers| match is_upright {
        true => (layers.across, layers.along),
        false => (layers.along, layers.across),
    };
    stable::sort_by(&mut parts, |one, other| {
        size(&other.2).1.total_cmp(&size(&one.2).1)
    });
    let sizes: Vec<(f64, f64)> = parts.iter().map(|part| size(&part.2)).collect();
    let area = |(width, height): &(f64, f64)| (width + PART_GAP) * (height + PART_GAP);
    let total: f64 = sizes.iter().map(area).sum();
    let widest = sizes.iter().map(|size| size.0).fold(0.0, f64::max);
    let limit = widest.max((total * ASPECT).sqrt());
    let nowhere = Turn {
        towards,
        along: 0.0,
        offset: (0.0, 0.0),
    };
    let link_count = parts.iter().map(|part| part.1.len()).sum();
    let mut arrangement = Arrangement {
        boxes: vec![nowhere.area((0.0, 0.0), (0.0, 0.0)); boxes.len()],
        routes: vec![(Route::default(), nowhere); link_count],
        turns: vec![nowhere; boxes.len()],
        width: 0.0,
        height: 0.0,
    };
    let (mut x, mut y, mut row) = (0.0, 0.0, 0.0);
    for ((members, inner, layers), (width, height)) in parts.into_iter().zip(sizes) {
        if x > 0.0 && x + width > limit + 0.5 {
            (x, y, row) = (0.0, y + row + PART_GAP, 0.0);
        }
        let turn = Turn {
            towards,
            along: layers.along,
            offset: (x, y),
        };
        for (place, (start, line)) in members.iter().zip(&layers.boxes) {
            let Extent { along, before, .. } = boxes[*place];
            let low = (*start, line - before);
            arrangement.boxes[*place] = turn.area(low, (start + along, line + before));
            arrangement.turns[*place] = turn;
        }
        for (place, route) in inner.iter().zip(layers.routes) {
            arrangement.routes[*place] = (route, turn);
        }
        arrangement.width = f64::max(arrangement.width, x + width);
        arrangement.height = f64::max(arrangement.height, y + height);
        x += width + PART_GAP;
        row = row.max(height);
    }
    arrangement
}
