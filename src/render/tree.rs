//! A picture as a tree in text: each entity under those that lead to it.
//!
//! An entity that was shown before has `(*)` behind it, and what is under it is not shown again; so
//! circles end. Arrows are followed the way they are stored, or against it where the look leads
//! to the left or up. O(|V| + |E|), without recursion.

use crate::render::Markup;
use crate::render::Page;
use crate::render::Role;
use crate::render::picture::Picture;
use crate::render::text::Way;
use crate::render::text::finished;

/// How deep one tree goes; what lies deeper is a tree of its own, so that lines do not grow with
/// the depth of the graph.
const DEPTH_MAX: usize = 30;

/// What stands behind an entity that was shown before.
const AGAIN: &str = " (*)";
/// What stands behind an entity that begins a tree further down.
const BELOW: &str = " (see below)";

/// The trees, one behind the other: those of what nothing leads to, then of what only circles
/// lead to, in the order of the answer. Then the sources.
pub(super) fn render(page: &Page<'_>) -> String {
    let picture = Picture::of(page);
    let way = Way::of(&picture);
    let mut forest = Forest {
        seen: vec![false; picture.boxes.len()],
        deeper: Vec::new(),
        lines: Vec::new(),
        has_again: false,
        way,
        picture: &picture,
    };
    let is_root = |place: &usize| forest.way.into[*place].is_empty();
    let roots: Vec<usize> = (0..picture.boxes.len()).filter(is_root).collect();
    for root in roots.into_iter().chain(0..picture.boxes.len()) {
        if !forest.seen[root] {
            forest.tree(root);
        }
    }
    let note = forest.has_again.then_some("(*) shown before");
    finished(&picture, forest.lines, note)
}

/// A line that is still to be written.
struct Pending {
    /// The entity, by its box.
    place: usize,
    /// The arrow that leads to it; none for a root.
    arrow: Option<usize>,
    depth: usize,
    is_last: bool,
}

struct Forest<'a> {
    picture: &'a Picture<'a>,
    way: Way,
    seen: Vec<bool>,
    /// What begins a tree of its own because it lies too deep.
    deeper: Vec<usize>,
    lines: Vec<Markup>,
    has_again: bool,
}

impl Forest<'_> {
    /// Writes the tree under a root, and those that it is too deep for.
    fn tree(&mut self, root: usize) {
        self.deeper.push(root);
        while let Some(root) = self.deeper.pop() {
            self.seen[root] = true;
            self.one(root);
        }
    }

    fn one(&mut self, root: usize) {
        let mut pending = vec![Pending {
            place: root,
            arrow: None,
            depth: 0,
            is_last: true,
        }];
        // For each level above the line, whether something follows on it.
        let mut goes_on: Vec<bool> = Vec::new();
        let mut later = Vec::new();
        while let Some(next) = pending.pop() {
            goes_on.truncate(next.depth.saturating_sub(1));
            let is_again = next.arrow.is_some() && self.seen[next.place];
            self.seen[next.place] = true;
            let under = &self.way.out[next.place];
            let is_deep = !is_again && next.depth == DEPTH_MAX && !under.is_empty();
            let mut line = self.line(&goes_on, &next);
            if is_again {
                self.has_again = true;
                line.push(Role::Quiet, AGAIN);
            }
            if is_deep {
                later.push(next.place);
                line.push(Role::Quiet, BELOW);
            }
            self.lines.push(line);
            if next.depth > 0 {
                goes_on.push(!next.is_last);
            }
            if is_again || is_deep {
                continue;
            }
            let count = under.len();
            let under = under.iter().enumerate().rev();
            pending.extend(under.map(|(index, (arrow, place))| Pending {
                place: *place,
                arrow: Some(*arrow),
                depth: next.depth + 1,
                is_last: index + 1 == count,
            }));
        }
        self.deeper.extend(later.into_iter().rev());
    }

    /// Branches, how it was reached, name, kind.
    fn line(&self, goes_on: &[bool], next: &Pending) -> Markup {
        let mut line = Markup::default();
        for follows in goes_on {
            line.push(Role::Quiet, if *follows { "│   " } else { "    " });
        }
        if let Some(arrow) = next.arrow {
            line.push(
                Role::Quiet,
                if next.is_last {
                    "└── "
                } else {
                    "├── "
                },
            );
            let direction = self.way.direction;
            let said = self.way.said(self.picture, arrow, direction);
            line.push(Role::Relation, &said[0]);
            line.push(Role::Plain, " ");
            self.entity(&mut line, next.place);
            for more in &said[1..] {
                line.push(Role::Quiet, &format!("  {more}"));
            }
            return line;
        }
        self.entity(&mut line, next.place);
        line
    }

    fn entity(&self, line: &mut Markup, place: usize) {
        let node = &self.picture.boxes[place];
        line.push(Role::Entity, &node.name);
        if !node.kind.is_empty() {
            line.push(Role::Quiet, &format!(" ({})", node.kind));
        }
    }
}
