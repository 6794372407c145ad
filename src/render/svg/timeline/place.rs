//! Where everything on a timeline lies, in pixels, before anything is drawn.

use crate::render::picture::Picture;
use crate::render::picture::Tints;

use super::super::text::Face;
use super::axis::Axis;
use super::curve;
use super::lanes;
use super::lanes::Link;
use super::life;
use super::life::Life;
use super::life::Part;
use super::life::Window;

/// From lane to lane.
pub(super) const LANE: f64 = 40.0;
/// From the top of a lane to the middle of its bar.
const MIDDLE: f64 = 24.0;
/// From the middle of a bar to its edge.
pub(super) const HALF: f64 = 4.0;
/// For the names of days, above the lanes and below them.
pub(super) const AXIS: f64 = 22.0;
/// A bar whose beginning is not known fades in over so many pixels.
pub(super) const FADE: f64 = 26.0;
/// Between a name and what stands behind it.
const NAME_GAP: f64 = 12.0;

/// Between a name and the meaning of its bar's colour.
pub(super) const MEANING_GAP: f64 = 7.0;
/// The height of a name, from its bar's middle up: its top and its bottom.
const NAME: (f64, f64) = (21.5, 6.5);

/// A text above a bar.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Written {
    /// Where it begins.
    pub(super) x: f64,
    /// The text.
    pub(super) text: String,
    /// How wide it may be.
    pub(super) width: f64,
    /// What its bar's colour means, behind it.
    pub(super) meaning: Option<String>,
}

impl Written {
    /// How wide it is with what stands behind it.
    fn reach(&self) -> f64 {
        let meaning = self.meaning.as_deref();
        self.width + meaning.map_or(0.0, |text| MEANING_GAP + Face::QUIET.width(text))
    }
}

/// The bar of an entity.
#[derive(Clone, Debug)]
pub(super) struct Bar {
    /// Whose, by its place among the boxes.
    pub(super) place: usize,
    /// Its middle.
    pub(super) y: f64,
    /// Where what is known of it begins; without dates, where it may have begun.
    pub(super) first: f64,
    /// Where the first day lies of which anything is known.
    pub(super) known: f64,
    /// Where it began, if that is known.
    pub(super) begin: Option<f64>,
    /// Where it ended, if it did.
    pub(super) end: Option<f64>,
    /// Where what is known of it ends.
    pub(super) last: f64,
    /// Its names, each above the place from which it was borne.
    pub(super) names: Vec<Written>,
    /// Where its later names begin.
    renamed_at: Vec<f64>,
    /// Where the dates of its properties lie.
    marked_at: Vec<f64>,
    /// The days behind all this.
    pub(super) life: Life,
    /// Its family.
    pub(super) family: Option<usize>,
}

/// How a curve comes to its bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// From the left, to where the bar begins.
    Beginning,
    /// From above or below, to a place on the bar.
    Along,
    /// To the bar it came from.
    Itself,
}

/// An arrow between bars.
#[derive(Clone, Debug)]
pub(super) struct Curve {
    /// Which, by its place among the arrows.
    pub(super) arrow: usize,
    /// Where it leaves: on the middle of a bar.
    pub(super) from: (f64, f64),
    /// Where it arrives: on the middle of a bar.
    pub(super) to: (f64, f64),
    /// How it arrives.
    pub(super) arrival: Arrival,
    /// How little it says of where its object comes from.
    pub(super) rank: u8,
    /// Whether its statement says when.
    pub(super) is_dated: bool,
}

/// A timeline.
#[derive(Debug)]
pub(super) struct Timeline {
    /// Its axis; none if there is no date at all.
    pub(super) axis: Option<Axis>,
    /// The bars, from above.
    pub(super) bars: Vec<Bar>,
    /// The curves, in the order of the arrows.
    pub(super) curves: Vec<Curve>,
    /// In pixels.
    pub(super) width: f64,
    /// In pixels.
    pub(super) height: f64,
}

impl Timeline {
    /// The timeline of a picture: a lane a box, a curve an arrow.
    pub(super) fn of(picture: &Picture<'_>, tints: &Tints) -> Timeline {
        let lives = lives(picture);
        let days = lives
            .iter()
            .flat_map(|life| life.first.into_iter().chain(life.last));
        let stated = picture
            .arrows
            .iter()
            .flat_map(|arrow| [&arrow.since, &arrow.until]);
        let stated = stated.flatten().filter_map(life::day);
        let window = Window::of(&picture.page.answer.filter);
        let days = days.chain(stated).map(|day| window.nearest(day));
        let days: Vec<i32> = days.chain(window.first).chain(window.last).collect();
        let range = days.iter().min().zip(days.iter().max());
        let axis = range.map(|(first, last)| {
            let mut axis = Axis::of(*first, *last);
            axis.close(window.last);
            axis
        });
        let (first, last) = range.map_or((0, 0), |(first, last)| (*first, *last));
        let spans = spans(picture, &lives, (first, last));
        let links: Vec<Link> = (0..picture.arrows.len())
            .map(|place| link(picture, place, &lives, &spans))
            .collect();
        let lanes = lanes::of(&spans, &links);
        let scale = Scale { axis };
        let mut timeline = Timeline {
            width: scale.right(),
            height: AXIS + lanes.order.len() as f64 * LANE + 4.0 + AXIS,
            axis: None,
            bars: Vec::new(),
            curves: Vec::new(),
        };
        let mut lives: Vec<Option<Life>> = lives.into_iter().map(Some).collect();
        for (lane, place) in lanes.order.iter().enumerate() {
            let life = lives[*place].take().expect("every box has one lane");
            let y = AXIS + lane as f64 * LANE + MIDDLE;
            let mut bar = scale.bar(*place, life, spans[*place], y);
            bar.family = lanes.families[*place];
            bar.names = names(&bar, &picture.boxes[*place].name, timeline.width);
            if let Some(name) = bar.names.last_mut() {
                name.meaning = tints.meaning(*place).map(str::to_owned);
            }
            timeline.bars.push(bar);
        }
        timeline.curves = scale.curves(picture, &timeline.bars, &links);
        for bar in &mut timeline.bars {
            bar.give_way(&timeline.curves, timeline.width);
        }
        timeline.axis = scale.axis;
        timeline
    }
}

fn lives(picture: &Picture<'_>) -> Vec<Life> {
    let page = picture.page;
    let stated = picture.arrows.iter().flat_map(|arrow| &arrow.statements);
    let shown: std::collections::BTreeSet<_> = stated.copied().collect();
    let boxes = picture.boxes.iter();
    boxes
        .map(|node| life::of_all(page, &node.members, |id| shown.contains(&id)))
        .collect()
}

/// The days of each bar as far as it is drawn: to its end, or to the end of the axis.
///
/// A box without dates may have begun with the latest of what it came from.
fn spans(picture: &Picture<'_>, lives: &[Life], (first, last): (i32, i32)) -> Vec<(i32, i32)> {
    let mut spans: Vec<(i32, i32)> = lives
        .iter()
        .map(|life| {
            let is_over = life.end.is_some();
            let to = life.last.filter(|_| is_over).unwrap_or(last);
            let known = life.first.filter(|_| !life.is_older);
            (known.unwrap_or(first), to)
        })
        .collect();
    for arrow in &picture.arrows {
        let of = &lives[arrow.to];
        if (of.first.is_none() || of.is_older)
            && let Some(from) = lives[arrow.from].first
        {
            let from = of.first.map_or(from, |known| from.min(known));
            spans[arrow.to].0 = spans[arrow.to].0.max(from);
        }
    }
    spans
}

/// An arrow's day: when its statement begins to hold, or else when both ends are there.
fn link(picture: &Picture<'_>, place: usize, lives: &[Life], spans: &[(i32, i32)]) -> Link {
    let arrow = &picture.arrows[place];
    let (from, to) = (spans[arrow.from], spans[arrow.to]);
    let window = Window::of(&picture.page.answer.filter);
    let stated = arrow.since.as_ref().and_then(life::day);
    let stated = stated.map(|day| window.nearest(day));
    let is_over = lives[arrow.from]
        .end
        .filter(|_| lives[arrow.to].first.is_none());
    let day = stated.or(is_over).unwrap_or(from.0.max(to.0));
    Link {
        from: arrow.from,
        to: arrow.to,
        rank: rank(picture, place),
        day,
    }
}

/// How much an arrow says where its object comes from: 0 if it begins it, 1 in the lineage.
fn rank(picture: &Picture<'_>, place: usize) -> u8 {
    let arrow = &picture.arrows[place];
    let snapshot = picture.page.snapshot;
    let lineage = snapshot.schema.group(crate::model::LINEAGE);
    let statements = arrow.statements.iter().map(|statement| {
        let relation = snapshot.relation(*statement);
        let relation = &snapshot.schema.relations[relation.index()];
        match life::parts_of(relation) {
            (_, Part::Begin) => 0,
            _ if lineage.is_some_and(|lineage| relation.groups.contains(&lineage)) => 1,
            _ => 2,
        }
    });
    statements.min().unwrap_or(3)
}

/// The names above a bar: the first at its beginning, later ones where they were taken.
///
/// Where there is no room for a name of its own, it stands behind an arrow in the one before.
fn names(bar: &Bar, current: &str, width: f64) -> Vec<Written> {
    let face = Face::NAME;
    let written = |text: String, x: f64| {
        let wide = face.width(&text).min(width);
        Written {
            x: x.min(width - wide).max(0.0),
            text,
            width: wide,
            meaning: None,
        }
    };
    let clipped = |name: &str| crate::render::picture::clipped(name, 60);
    let first = bar
        .life
        .first_name
        .as_deref()
        .map_or(current.to_owned(), clipped);
    let mut names = vec![written(first.clone(), bar.begin.unwrap_or(bar.first))];
    let mut before = first;
    for (renaming, x) in bar.renamings() {
        let name = clipped(&renaming.name);
        if name == before {
            continue;
        }
        let last = names.last_mut().expect("there is the first name");
        let next = written(name.clone(), x - HALF);
        if next.x >= last.x + last.width + NAME_GAP {
            names.push(next);
        } else {
            *last = written(format!("{} → {name}", last.text), last.x);
        }
        before = name;
    }
    names
}

impl Bar {
    /// Moves its names aside where heads or lines of curves are.
    fn give_way(&mut self, curves: &[Curve], width: f64) {
        let taken = curve::taken(curves, (self.y - NAME.0, self.y - NAME.1));
        let mut least = 0.0;
        for place in 0..self.names.len() {
            let next = self.names.get(place + 1).map(|name| name.x - NAME_GAP);
            let name = &mut self.names[place];
            let (wide, wanted) = (name.reach(), name.x);
            let most = next.unwrap_or(width) - wide;
            let beside = taken
                .iter()
                .flat_map(|found| [found.to + 5.0, found.from - wide - 5.0]);
            let places = std::iter::once(wanted.min(most)).chain(beside);
            let places: Vec<f64> = places.filter(|x| *x >= least && *x <= most).collect();
            name.x = curve::best(&places, wanted, wide, &taken).unwrap_or(wanted);
            least = name.x + wide + NAME_GAP;
        }
    }

    /// Its later names, each with the place from which on it was borne.
    pub(super) fn renamings(&self) -> impl Iterator<Item = (&life::Renaming, f64)> {
        let places = self.renamed_at.iter().copied();
        self.life.renamings.iter().zip(places)
    }

    /// The dates of its properties, each with its place.
    pub(super) fn marks(&self) -> impl Iterator<Item = (&life::Mark, f64)> {
        let places = self.marked_at.iter().copied();
        self.life.marks.iter().zip(places)
    }
}

/// Days to pixels.
struct Scale {
    axis: Option<Axis>,
}

impl Scale {
    fn x(&self, day: i32) -> f64 {
        self.axis.as_ref().map_or(FADE, |axis| axis.x(day))
    }

    fn right(&self) -> f64 {
        self.axis.as_ref().map_or(440.0, |axis| axis.right)
    }

    fn bar(&self, place: usize, life: Life, span: (i32, i32), y: f64) -> Bar {
        let known = self.x(life.first.unwrap_or(span.0));
        let first = match life.is_older && known - self.x(span.0) < FADE {
            // Nothing says since when: from the left edge.
            true => 0.0,
            false => self.x(span.0),
        };
        let renamed = life.renamings.iter().map(|renaming| self.x(renaming.day));
        let marked = life.marks.iter().map(|mark| self.x(mark.day));
        Bar {
            renamed_at: renamed.collect(),
            marked_at: marked.collect(),
            place,
            y,
            first,
            known,
            begin: life.begin.map(|day| self.x(day)),
            end: life.end.map(|day| self.x(day)),
            last: life.last.map_or(known, |day| self.x(day)),
            names: Vec::new(),
            family: None,
            life,
        }
    }

    fn curves(&self, picture: &Picture<'_>, bars: &[Bar], links: &[Link]) -> Vec<Curve> {
        let mut lanes = vec![0; bars.len()];
        for (lane, bar) in bars.iter().enumerate() {
            lanes[bar.place] = lane;
        }
        let reach = |bar: &Bar| match bar.end {
            Some(end) => end.max(bar.last),
            None => self.right(),
        };
        let curve = |(arrow, link): (usize, &Link)| {
            let (from, to) = (&bars[lanes[link.from]], &bars[lanes[link.to]]);
            let x = self.x(link.day);
            let leaves = x.clamp(from.first, reach(from));
            let arrives = x.clamp(to.first, reach(to));
            let beginning = to.begin.unwrap_or(to.first);
            let arrival = match () {
                () if link.from == link.to => Arrival::Itself,
                () if (arrives - beginning).abs() < 3.0 => Arrival::Beginning,
                () => Arrival::Along,
            };
            Curve {
                arrow,
                from: (leaves, from.y),
                to: (arrives, to.y),
                arrival,
                rank: link.rank,
                is_dated: picture.arrows[arrow].since.is_some(),
            }
        };
        links.iter().enumerate().map(curve).collect()
    }
}
