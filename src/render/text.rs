//! What pictures in text share: which way arrows are followed, and what stands below.

use crate::model::Direction;
use crate::render::MARK;
use crate::render::Markup;
use crate::render::Role;
use crate::render::picture;
use crate::render::picture::Picture;
use crate::render::picture::Towards;

/// The columns of a line of sources where there is no terminal.
const WIDTH: usize = 100;

/// The arrows of a picture as they are followed.
#[derive(Debug)]
pub(super) struct Way {
    /// The stored direction, or the one against it.
    pub(super) direction: Direction,
    /// For each box the arrows that lead on from it, and where to, in the order of the picture.
    pub(super) out: Vec<Vec<(usize, usize)>>,
    /// For each box the arrows that lead to it, and where from; without those from itself.
    pub(super) into: Vec<Vec<(usize, usize)>>,
}

impl Way {
    /// The way that the picture's look asks for: right and down are the stored direction.
    pub(super) fn of(picture: &Picture<'_>) -> Way {
        let direction = match picture.page.look.towards {
            Towards::Right | Towards::Down => Direction::Forward,
            Towards::Left | Towards::Up => Direction::Backward,
        };
        let count = picture.boxes.len();
        let (mut out, mut into) = (vec![Vec::new(); count], vec![Vec::new(); count]);
        for (place, arrow) in picture.arrows.iter().enumerate() {
            let (from, to) = match direction {
                Direction::Forward => (arrow.from, arrow.to),
                Direction::Backward => (arrow.to, arrow.from),
            };
            out[from].push((place, to));
            if from != to {
                into[to].push((place, from));
            }
        }
        Way {
            direction,
            out,
            into,
        }
    }

    /// What an arrow says, read in a direction: at least one line.
    pub(super) fn said(
        &self,
        picture: &Picture<'_>,
        arrow: usize,
        direction: Direction,
    ) -> Vec<String> {
        let arrow = &picture.arrows[arrow];
        match arrow.statements.first() {
            Some(_) if picture.is_folded() => {
                let mut said = arrow.label.clone();
                if direction == Direction::Backward {
                    said[0].insert_str(0, "← ");
                }
                said
            }
            Some(statement) => picture::said(picture.page, *statement, direction),
            None => vec![picture.words.named(picture::IMPLIED.name).to_owned()],
        }
    }
}

/// The lines as text, cut to the terminal, with title and sources where there is none.
pub(super) fn finished(picture: &Picture<'_>, lines: Vec<Markup>, note: Option<&str>) -> String {
    let page = picture.page;
    let quiet = |text: &str| Markup::word(Role::Quiet, text);
    let mut all = Vec::with_capacity(lines.len() + 6);
    if page.width.is_none() || page.look.title.is_some() {
        all.push(Markup::word(Role::Header, &picture.title));
        all.push(Markup::default());
    }
    if lines.is_empty() {
        all.push(quiet(picture.words.nothing));
    }
    all.extend(lines);
    all.extend(note.map(quiet));
    if page.width.is_none() {
        all.push(Markup::default());
        let sources = picture.source_lines(WIDTH);
        all.extend(sources.iter().map(|line| quiet(line)));
        all.push(quiet(MARK));
    }
    let width = page.width.unwrap_or(usize::MAX);
    let cut = all
        .iter_mut()
        .filter_map(|line| line.clip(width).then_some(()));
    let cut = cut.count();
    if cut > 0 {
        let lines = if cut == 1 { "line" } else { "lines" };
        let mut note = quiet(&format!(
            "{cut} {lines} cut; a file has all: `-o picture.txt`"
        ));
        note.clip(width);
        all.push(note);
    }
    let mut text = String::new();
    for line in all {
        text += line.paint(page.color).trim_end();
        text.push('\n');
    }
    text
}
