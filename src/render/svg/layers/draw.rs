//! Boxes, arrows and frames in layers as elements of SVG.

use crate::render::picture::Node;
use crate::render::picture::Picture;
use crate::render::picture::Tints;
use crate::render::picture::Towards;

use super::line;
use super::net::Extent;
use super::net::Link;
use super::pack::Area;
use super::pack::Arrangement;
use super::pack::arrange;
use crate::render::svg::arrow;
use crate::render::svg::element::Element;
use crate::render::svg::element::number;
use crate::render::svg::sheet::Body;
use crate::render::svg::style;
use crate::render::svg::text::Anchor;
use crate::render::svg::text::Face;

/// Names are broken into lines of so many pixels, if they can be.
const NAME_WIDTH: f64 = 190.0;
/// No line in a box is wider; what would be is squeezed.
const NAME_WIDTH_MAX: f64 = 240.0;
/// What is said at an arrow is broken into lines of so many pixels, and squeezed beyond.
const LABEL_WIDTH: f64 = 150.0;
/// Between a text and its box, at the sides.
const PAD_X: f64 = 10.0;
/// And above and below.
const PAD_Y: f64 = 5.0;
/// How far a loop reaches out of its box.
const LOOP: f64 = 18.0;
/// Half of what lies between the ends of a loop.
const LOOP_HALF: f64 = 11.0;
/// Between the boxes and their frame.
const FRAME_PAD: f64 = 9.0;

/// A frame is made wider for its name up to so many pixels; a longer name is squeezed.
const FRAME_NAME_MAX: f64 = 240.0;

/// The picture in layers.
pub(in crate::render::svg) fn body(picture: &Picture<'_>, tints: &Tints) -> Body {
    let drawing = Drawing::new(picture, tints);
    let arrangement = drawing.arrange();
    let frames = drawing.frames(&arrangement);
    // Frames may reach beyond what they hold; so does what is drawn, then.
    let low = |of: fn(&Area) -> f64| frames.iter().map(|(area, _)| of(area)).fold(0.0, f64::min);
    let high = |of: fn(&Area) -> f64, least: f64| {
        frames
            .iter()
            .map(|(area, _)| of(area))
            .fold(least, f64::max)
    };
    let (x, y) = (low(|area| area.x), low(|area| area.y));
    let width = high(|area| area.x + area.width, arrangement.width) - x;
    let height = high(|area| area.y + area.height, arrangement.height) - y;
    let place = format!("translate({} {})", number(-x), number(-y));
    let mut element = Element::new("g").with("transform", &place);
    for (area, name) in &frames {
        element.push(frame(area, name));
    }
    for (place, shown) in picture.arrows.iter().enumerate() {
        let parts = match shown.from == shown.to {
            true => drawing.looped(place, &arrangement),
            false => drawing.arrow(place, &arrangement),
        };
        element.push(drawing.stepped_back(arrow::group(shown, parts), &[shown.from, shown.to]));
    }
    for (place, area) in arrangement.boxes.iter().enumerate() {
        let shown = drawing.entity(place, area);
        element.push(drawing.stepped_back(shown, &[place]));
    }
    Body {
        element,
        width,
        height,
    }
}

/// A picture with its texts broken into lines.
struct Drawing<'a> {
    picture: &'a Picture<'a>,
    tints: &'a Tints,
    /// The lines in each box, each in its face.
    boxes: Vec<Vec<(Face, String)>>,
    /// The lines at each arrow.
    labels: Vec<Vec<String>>,
    is_upright: bool,
    /// Which boxes stand out; none if none do.
    marked: Option<Vec<bool>>,
}

impl<'a> Drawing<'a> {
    fn new(picture: &'a Picture<'a>, tints: &'a Tints) -> Drawing<'a> {
        let look = &picture.page.look;
        let nodes = picture.boxes.iter().enumerate();
        let boxes =
            nodes.map(|(place, node)| lines_of(node, picture.below(place), tints.word(place)));
        let labels = picture.arrows.iter().map(|arrow| {
            let lines = arrow.label.iter();
            lines
                .flat_map(|line| Face::LABEL.broken(line, LABEL_WIDTH, 2))
                .collect()
        });
        let marked = (0..picture.boxes.len()).map(|place| picture.is_marked(place));
        Drawing {
            picture,
            tints,
            boxes: boxes.collect(),
            labels: labels.collect(),
            is_upright: matches!(look.towards, Towards::Down | Towards::Up),
            marked: marked.collect(),
        }
    }

    fn arrange(&self) -> Arrangement {
        let mut extents: Vec<Extent> = self.boxes.iter().map(|lines| self.extent(lines)).collect();
        let arrows = self.picture.arrows.iter().zip(&self.labels);
        let links: Vec<Link> = arrows
            .map(|(arrow, lines)| {
                let label = self.label_extent(lines);
                if arrow.from == arrow.to {
                    let of = &mut extents[arrow.from];
                    of.behind += LOOP + label.map_or(0.0, |label| label.before + label.behind);
                    of.along = of.along.max(label.map_or(0.0, |label| label.along));
                }
                Link {
                    from: arrow.from,
                    to: arrow.to,
                    label: label.filter(|_| arrow.from != arrow.to),
                }
            })
            .collect();
        self.make_room_for_names(&mut extents);
        let (bands, years) = (self.bands(), self.picture.years());
        arrange(
            &extents,
            &links,
            bands.as_deref(),
            years.as_deref(),
            self.picture.page.look.towards,
        )
    }

    /// Widens the widest box of each frame whose name is wider, where frames stand side by side.
    fn make_room_for_names(&self, extents: &mut [Extent]) {
        let frames = self.picture.frames();
        for (name, members) in frames.iter().filter(|_| self.is_upright) {
            let wide = Face::QUIET.width(name).min(FRAME_NAME_MAX).ceil();
            let across = |place: &usize| extents[*place].before + extents[*place].behind;
            let widest = members
                .iter()
                .copied()
                .max_by(|a, b| across(a).total_cmp(&across(b)));
            if let Some(extent) = widest.map(|place| &mut extents[place]) {
                extent.before = extent.before.max((wide / 2.0).ceil());
                extent.behind = extent.behind.max((wide / 2.0).ceil());
            }
        }
    }

    /// The frame of each box, by its number; boxes without one share a number of their own.
    fn bands(&self) -> Option<Vec<usize>> {
        let frames = self.picture.frames();
        let mut bands = vec![frames.len(); self.picture.boxes.len()];
        for (number, (_, members)) in frames.iter().enumerate() {
            for place in members {
                bands[*place] = number;
            }
        }
        (!frames.is_empty()).then_some(bands)
    }

    fn extent(&self, lines: &[(Face, String)]) -> Extent {
        let widths = lines
            .iter()
            .map(|(face, line)| face.width(line).min(NAME_WIDTH_MAX));
        let width = widths.fold(24.0, f64::max) + 2.0 * PAD_X;
        let heights = lines.iter().map(|(face, _)| face.line_height());
        let height = heights.sum::<f64>() + 2.0 * PAD_Y;
        let (along, across) = match self.is_upright {
            true => (height, width),
            false => (width, height),
        };
        Extent {
            along: along.ceil(),
            before: (across / 2.0).ceil(),
            behind: (across / 2.0).ceil(),
        }
    }

    /// The room of what is said at an arrow; none if nothing is.
    fn label_extent(&self, lines: &[String]) -> Option<Extent> {
        let widths = lines
            .iter()
            .map(|line| Face::LABEL.width(line).min(LABEL_WIDTH));
        let width = widths.fold(0.0, f64::max).ceil();
        let height = Face::LABEL.line_height();
        let (count, above) = (lines.len() as f64, lines.len().div_ceil(2) as f64);
        let extent = match self.is_upright {
            true => Extent {
                along: count * height + 4.0,
                before: 2.0,
                behind: width + 8.0,
            },
            false => Extent {
                along: width + 10.0,
                before: above * height + 2.0,
                behind: (count - above) * height + 2.0,
            },
        };
        (!lines.is_empty()).then_some(extent)
    }

    /// An entity: a box with its lines, a tooltip, and a link.
    fn entity(&self, place: usize, area: &Area) -> Element {
        let node = &self.picture.boxes[place];
        let is_marked = self.marked.as_ref().is_some_and(|marked| marked[place]);
        let mark = if is_marked { " marked" } else { "" };
        let tint = self.tints.ink(place);
        let tint = tint.map_or_else(|| "plain".to_owned(), |ink| format!("t{ink}"));
        let again = style::again(self.tints.round(place));
        let class = format!("box {tint}{again}{mark}");
        let border = Element::new("rect")
            .with("class", &class)
            .at("x", area.x)
            .at("y", area.y)
            .at("width", area.width)
            .at("height", area.height)
            .at("rx", 5.0);
        let mut group = Element::new("g")
            .with("class", "entity")
            .with("data-box", &place.to_string())
            .child(border);
        let middle = area.x + area.width / 2.0;
        let lines = &self.boxes[place];
        let heights = lines.iter().map(|(face, _)| face.line_height());
        let mut y = area.y + (area.height - heights.sum::<f64>()) / 2.0;
        for (face, line) in lines {
            let baseline = y + face.line_height() / 2.0 + face.below_middle();
            let width = area.width - 2.0 * PAD_X + 1.0;
            group.push(face.element(line, (middle, baseline), Anchor::Middle, width));
            y += face.line_height();
        }
        group.titled(&node.tooltip).linked(node.address.as_deref())
    }

    /// An arrow along its route: line, head and label.
    fn arrow(&self, place: usize, arrangement: &Arrangement) -> Vec<Element> {
        let (route, turn) = &arrangement.routes[place];
        let shown = &self.picture.arrows[place];
        let points: Vec<(f64, f64)> = route.points.iter().map(|at| turn.point(*at)).collect();
        let ink = shown.hue.ink;
        let tip = points[points.len() - 1];
        // Lines arrive straight; the point before is the end of the gap, or the same if the box
        // fills its layer, so that the way there is read off a route that goes on.
        let (first, last) = (route.points[0].0, route.points[route.points.len() - 1].0);
        let is_back = route.turn.is_some() || last < first;
        let ahead = if is_back { -1.0 } else { 1.0 };
        let (zero, one) = (turn.point((0.0, 0.0)), turn.point((ahead, 0.0)));
        let way = (one.0 - zero.0, one.1 - zero.1);
        let end = arrow::line_end(shown.manner);
        let mut parts = vec![
            arrow::line(
                &line::path(
                    self.is_upright,
                    &points,
                    route.turn.map(|x| turn.point((x, 0.0))),
                    way,
                    end,
                ),
                shown.manner,
                ink,
            ),
            arrow::head(tip, way, shown.manner, ink),
        ];
        let lines = &self.labels[place];
        let room = self.label_area(place, arrangement);
        if let (Some(area), Some(extent)) = (room, self.label_extent(lines)) {
            parts.extend(self.label(lines, &area, &extent));
        }
        parts
    }

    /// The lines of a label in its room: beside its line, or above and below.
    fn label(&self, lines: &[String], area: &Area, extent: &Extent) -> Vec<Element> {
        let face = Face::LABEL;
        let above = lines.len().div_ceil(2);
        let line_y = area.y + extent.before;
        let places = lines.iter().enumerate().map(|(place, line)| {
            let (x, y, anchor) = if self.is_upright {
                let y = area.y + 2.0 + place as f64 * face.line_height() + face.size;
                (area.x + 8.0, y, Anchor::Start)
            } else {
                let lower = place as f64 - above as f64;
                let base = if place < above {
                    -1.0
                } else {
                    face.line_height() - 2.0
                };
                let rows = if place < above { lower + 1.0 } else { lower };
                let y = line_y + base - 2.5 * f64::from(u8::from(place < above))
                    + rows * face.line_height();
                (area.x + area.width / 2.0, y, Anchor::Middle)
            };
            face.element(line, (x, y), anchor, LABEL_WIDTH)
        });
        places.collect()
    }

    /// How far the earlier loops of the same box reach, with what is said at them.
    fn taken_by_loops(&self, place: usize) -> f64 {
        let of = &self.picture.arrows[place];
        let earlier = self.picture.arrows[..place].iter().zip(&self.labels);
        let own = earlier.filter(|(arrow, _)| arrow.from == of.from && arrow.to == of.to);
        own.filter_map(|(_, lines)| self.label_extent(lines))
            .map(|label| LOOP + label.before + label.behind)
            .sum()
    }

    /// An arrow from a box to itself, and what is said at it.
    fn looped(&self, place: usize, arrangement: &Arrangement) -> Vec<Element> {
        let shown = &self.picture.arrows[place];
        let area = &arrangement.boxes[shown.from];
        let taken = self.taken_by_loops(place);
        let depth = LOOP + taken;
        // From a side of the box out and back, along `out` and `aside`.
        let (start, out, aside) = match self.is_upright {
            true => (
                (area.x + area.width, area.y + area.height / 2.0),
                (1.0, 0.0),
                (0.0, 1.0),
            ),
            false => (
                (area.x + area.width / 2.0, area.y + area.height),
                (0.0, 1.0),
                (1.0, 0.0),
            ),
        };
        let side = area.width * aside.0 + area.height * aside.1;
        let half = (LOOP_HALF + taken / 8.0).min(side / 2.0 - 4.0);
        let at = |far: f64, side: f64| {
            let x = start.0 + far * out.0 + side * aside.0;
            (x, start.1 + far * out.1 + side * aside.1)
        };
        let point = |(x, y): (f64, f64)| format!("{} {}", number(x), number(y));
        let reach = depth * 1.2;
        let end = arrow::line_end(shown.manner);
        let path = format!(
            "M{}C{} {} {}",
            point(at(0.0, half)),
            point(at(reach, half)),
            point(at(reach, -half)),
            point(at(end, -half))
        );
        let (ink, back) = (shown.hue.ink, (-out.0, -out.1));
        let mut parts = vec![
            arrow::line(&path, shown.manner, ink),
            arrow::head(at(0.0, -half), back, shown.manner, ink),
        ];
        if let Some(extent) = self.label_extent(&self.labels[place]) {
            let (width, height) = match self.is_upright {
                true => (extent.behind, extent.along),
                false => (extent.along, extent.before + extent.behind),
            };
            let (x, y) = at(depth - 2.0, 0.0);
            let room = Area {
                x: x - aside.0 * width / 2.0,
                y: y - aside.1 * height / 2.0,
                width,
                height,
            };
            parts.extend(self.label(&self.labels[place], &room, &extent));
        }
        parts
    }

    /// The frames that are wanted, with their names: round their boxes, and round what is said at
    /// arrows between these.
    fn frames(&self, arrangement: &Arrangement) -> Vec<(Area, String)> {
        let frames = self.picture.frames().into_iter();
        let head = Face::QUIET.line_height();
        let bands = self.bands().unwrap_or_default();
        frames
            .enumerate()
            .map(|(number, (name, members))| {
                let boxes = members.iter().map(|place| arrangement.boxes[*place]);
                let arrows = self.picture.arrows.iter().enumerate();
                let inner = arrows.filter(|(_, arrow)| {
                    [arrow.from, arrow.to]
                        .iter()
                        .all(|end| bands[*end] == number)
                });
                let labels = inner.filter_map(|(place, _)| self.label_area(place, arrangement));
                let all: Vec<Area> = boxes.chain(labels).collect();
                let least = |of: fn(&Area) -> f64| all.iter().map(of).fold(f64::INFINITY, f64::min);
                let most = |of: fn(&Area) -> f64| all.iter().map(of).fold(0.0, f64::max);
                let (x, y) = (least(|area| area.x), least(|area| area.y));
                let right = most(|area| area.x + area.width);
                let low = most(|area| area.y + area.height);
                let wide = (right - x).max(Face::QUIET.width(&name).min(FRAME_NAME_MAX));
                let area = Area {
                    x: x - FRAME_PAD,
                    y: y - FRAME_PAD - head,
                    width: wide + 2.0 * FRAME_PAD,
                    height: low - y + 2.0 * FRAME_PAD + head,
                };
                (area, name)
            })
            .collect()
    }

    /// The room of what is said at an arrow.
    fn label_area(&self, place: usize, arrangement: &Arrangement) -> Option<Area> {
        let (route, turn) = &arrangement.routes[place];
        let (start, line) = route.label?;
        let extent = self.label_extent(&self.labels[place])?;
        let low = (start, line - extent.before);
        Some(turn.area(low, (start + extent.along, line + extent.behind)))
    }

    /// The element, faint if others are to stand out.
    fn stepped_back(&self, element: Element, places: &[usize]) -> Element {
        let is_faint = self
            .marked
            .as_ref()
            .is_some_and(|marked| places.iter().any(|place| !marked[*place]));
        match is_faint {
            true => Element::new("g").with("class", "faint").child(element),
            false => element,
        }
    }
}

fn frame(area: &Area, name: &str) -> Element {
    let border = Element::new("rect")
        .with("class", "frame")
        .at("x", area.x)
        .at("y", area.y)
        .at("width", area.width)
        .at("height", area.height)
        .at("rx", 7.0);
    let at = (
        area.x + FRAME_PAD,
        area.y + FRAME_PAD / 2.0 + Face::QUIET.size,
    );
    let width = area.width - 2.0 * FRAME_PAD;
    let text = Face::QUIET.element(name, at, Anchor::Start, width);
    Element::new("g").child(border).child(text)
}

/// The lines in a box: name, what stands below it, and what its colour says.
fn lines_of(node: &Node, below: Option<String>, tint: Option<&str>) -> Vec<(Face, String)> {
    let names = Face::NAME.broken(&node.name, NAME_WIDTH, 3).into_iter();
    let mut lines: Vec<(Face, String)> = names.map(|line| (Face::NAME, line)).collect();
    let quiet = below.into_iter().chain(tint.map(str::to_owned));
    lines.extend(quiet.map(|line| (Face::QUIET, line)));
    lines
}
