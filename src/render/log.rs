//! A picture as a log with lanes beside it, as `git log --graph` shows commits.
//!
//! A line an entity, each behind all that lead to it, as far as circles let it. A lane runs from
//! an entity to those it leads to; arrows to one entity share its lane. What no lane can show, as
//! it would lead up again, is said behind the name of the entity it leaves.
//! Kahn's order (1962), the last that became ready first, so that a branch stays together;
//! O((|V| + |E|) · lanes).

use std::collections::BTreeSet;

use crate::model::Direction;
use crate::render::Markup;
use crate::render::Page;
use crate::render::Role;
use crate::render::picture::Picture;
use crate::render::text::Way;
use crate::render::text::finished;

/// The most lanes side by side; arrows beyond are only said.
const LANES_MAX: usize = 48;

const UP: u8 = 1;
const DOWN: u8 = 2;
const LEFT: u8 = 4;
const RIGHT: u8 = 8;

/// The signs of lines that lead up, down, left and right from a place.
const SIGNS: [char; 16] = [
    ' ', '╵', '╷', '│', '╴', '╯', '╮', '┤', '╶', '╰', '╭', '├', '─', '┴', '┬', '┼',
];

/// The lines of the log, then the sources.
pub(super) fn render(page: &Page<'_>) -> String {
    let picture = Picture::of(page);
    let way = Way::of(&picture);
    let order = order(&way);
    let mut rows = vec![0; order.len()];
    for (row, place) in order.iter().enumerate() {
        rows[*place] = row;
    }
    let mut log = Log {
        picture: &picture,
        way,
        rows,
        lanes: Vec::new(),
        lines: Vec::new(),
    };
    for place in order {
        log.entity(place);
    }
    finished(&picture, log.lines, None)
}

/// The boxes, each behind all that lead to it; within circles, in the order of the answer.
fn order(way: &Way) -> Vec<usize> {
    let count = way.out.len();
    let mut waits: Vec<usize> = way.into.iter().map(Vec::len).collect();
    let mut is_done = vec![false; count];
    let mut ready: Vec<usize> = (0..count)
        .rev()
        .filter(|place| waits[*place] == 0)
        .collect();
    let mut order = Vec::with_capacity(count);
    let mut next_in_circle = 0;
    while order.len() < count {
        let place = ready.pop().unwrap_or_else(|| {
            while is_done[next_in_circle] {
                next_in_circle += 1;
            }
            next_in_circle
        });
        if std::mem::replace(&mut is_done[place], true) {
            continue;
        }
        order.push(place);
        for (_, to) in way.out[place].iter().rev() {
            if *to == place {
                continue;
            }
            waits[*to] -= 1;
            if waits[*to] == 0 {
                ready.push(*to);
            }
        }
    }
    order
}

struct Log<'a> {
    picture: &'a Picture<'a>,
    way: Way,
    /// The row of each box.
    rows: Vec<usize>,
    /// The box that each lane leads to.
    lanes: Vec<Option<usize>>,
    lines: Vec<Markup>,
}

impl Log<'_> {
    fn entity(&mut self, place: usize) {
        let lane = match self.lane_to(place) {
            Some(lane) => lane,
            None => self.free_lane(0),
        };
        let signs = self.lanes.iter().enumerate().map(|(index, lane_to)| {
            if index == lane {
                '●'
            } else {
                lane_to.map_or(' ', |_| '│')
            }
        });
        let mut signs: Vec<char> = signs.collect();
        if lane >= signs.len() {
            signs.resize(lane, ' ');
            signs.push('●');
        }
        let lines: String = signs.iter().flat_map(|sign| [*sign, ' ']).collect();
        let mut line = Markup::word(Role::Quiet, &lines);
        self.say(&mut line, place);
        self.lines.push(line);
        self.lead_on(place, lane);
    }

    /// Name, kind, how it was reached, and what leads up again.
    fn say(&self, line: &mut Markup, place: usize) {
        let node = &self.picture.boxes[place];
        line.push(Role::Entity, &node.name);
        if !node.kind.is_empty() {
            line.push(Role::Quiet, &format!(" ({})", node.kind));
        }
        let is_above = |other: &usize| self.rows[*other] < self.rows[place];
        let direction = self.way.direction;
        for (arrow, from) in self.way.into[place]
            .iter()
            .filter(|(_, from)| is_above(from))
        {
            self.say_arrow(line, *arrow, *from, direction.reversed());
        }
        let upward = self.way.out[place].iter();
        for (arrow, to) in upward.filter(|(_, to)| *to == place || is_above(to)) {
            line.push(Role::Quiet, "  ↑");
            self.say_arrow(line, *arrow, *to, direction);
        }
    }

    fn say_arrow(&self, line: &mut Markup, arrow: usize, other: usize, direction: Direction) {
        let said = self.way.said(self.picture, arrow, direction);
        line.push(Role::Plain, "  ");
        line.push(Role::Relation, &said[0]);
        line.push(Role::Plain, &format!(" {}", self.picture.boxes[other].name));
        for more in &said[1..] {
            line.push(Role::Quiet, &format!(" {more}"));
        }
    }

    /// Leads the lane of an entity on to what lies under it, with a line of turns if there are any.
    fn lead_on(&mut self, place: usize, lane: usize) {
        let below = self.way.out[place].iter().map(|(_, to)| *to);
        let mut known = BTreeSet::new();
        let under: Vec<usize> = below
            .filter(|to| self.rows[*to] > self.rows[place] && known.insert(*to))
            .collect();
        if lane >= self.lanes.len() {
            self.lanes.resize(lane + 1, None);
        }
        self.lanes[lane] = None;
        let before = self.lanes.clone();
        let (known, new): (Vec<usize>, Vec<usize>) =
            under.iter().partition(|to| self.lane_to(**to).is_some());
        let mut ends: Vec<usize> = known.iter().filter_map(|to| self.lane_to(*to)).collect();
        for (index, to) in new.into_iter().enumerate() {
            let end = if index == 0 {
                lane
            } else {
                self.free_lane(lane)
            };
            if end >= LANES_MAX {
                break;
            }
            if end >= self.lanes.len() {
                self.lanes.resize(end + 1, None);
            }
            self.lanes[end] = Some(to);
            ends.push(end);
        }
        if ends.iter().any(|end| *end != lane) {
            self.turns(lane, &ends, &before);
        }
        while self.lanes.last() == Some(&None) {
            self.lanes.pop();
        }
    }

    /// A line of turns from a lane to others; a lane that it only passes runs on before it.
    fn turns(&mut self, lane: usize, ends: &[usize], before: &[Option<usize>]) {
        let far = |pick: fn(usize, usize) -> usize| ends.iter().copied().fold(lane, pick);
        let (first, last) = (far(usize::min), far(usize::max));
        let mut line = String::new();
        let count = self.lanes.len().max(lane + 1);
        for column in 0..count {
            let was_there = before.get(column).copied().flatten().is_some();
            let goes_on = self.lanes.get(column).copied().flatten().is_some();
            let is_within = first <= column && column <= last;
            let is_joined = column == lane || ends.contains(&column);
            let mut sides = 0;
            if is_within && (is_joined || !was_there) {
                sides |= if column > first { LEFT } else { 0 };
                sides |= if column < last { RIGHT } else { 0 };
            }
            sides |= if was_there || column == lane { UP } else { 0 };
            sides |= if goes_on { DOWN } else { 0 };
            line.push(SIGNS[usize::from(sides)]);
            let is_bridged = first <= column && column < last;
            line.push(if is_bridged { '─' } else { ' ' });
        }
        self.lines.push(Markup::word(Role::Quiet, &line));
    }

    fn lane_to(&self, place: usize) -> Option<usize> {
        self.lanes.iter().position(|lane| *lane == Some(place))
    }

    /// The first lane from `from` on that leads nowhere.
    fn free_lane(&self, from: usize) -> usize {
        let lanes = self.lanes.iter().enumerate().skip(from);
        let mut free = lanes.filter(|(_, lane)| lane.is_none());
        free.next()
            .map_or(self.lanes.len().max(from), |(index, _)| index)
    }
}
