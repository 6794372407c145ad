//! Words with roles that are safe to print, and the colours they get at the very end.

use anstyle::AnsiColor;
use anstyle::Style;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::diagnostic::escape;

/// What a word is, from which its colour follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Nothing special.
    #[default]
    Plain,
    /// The name of an entity.
    Entity,
    /// The word for a relation.
    Relation,
    /// A date or a period.
    Date,
    /// A source, with or without a place in it.
    Source,
    /// A sign that it is not certain.
    Doubt,
    /// The name of a column.
    Header,
    /// Said beside the answer.
    Quiet,
}

impl Role {
    /// How it looks on a terminal.
    fn style(self) -> Style {
        let color = |color: AnsiColor| Style::new().fg_color(Some(color.into()));
        match self {
            Role::Plain => Style::new(),
            Role::Entity | Role::Header => Style::new().bold(),
            Role::Relation => color(AnsiColor::Cyan),
            Role::Date => color(AnsiColor::Green),
            Role::Source | Role::Quiet => Style::new().dimmed(),
            Role::Doubt => color(AnsiColor::Yellow),
        }
    }
}

/// One line of words with roles, free of anything that could command a terminal.
///
/// Text comes in through [`push`](Markup::push) alone, which escapes it: there is no way to put an
/// unescaped text in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Markup {
    words: Vec<(Role, String)>,
}

impl Markup {
    /// A line of one word.
    pub fn word(role: Role, text: &str) -> Markup {
        let mut markup = Markup::default();
        markup.push(role, text);
        markup
    }

    /// Appends `text`, with every hostile character as an escape.
    pub fn push(&mut self, role: Role, text: &str) {
        if !text.is_empty() {
            self.words.push((role, escape::visible(text).into_owned()));
        }
    }

    /// How many columns of a terminal it takes, by Unicode's East Asian widths (UAX 11).
    pub fn width(&self) -> usize {
        match self.words.as_slice() {
            [(_, word)] => word.width(),
            _ => self.paint(false).width(),
        }
    }

    /// Cuts it to `columns`, with `…` where something went; whether anything had to go.
    ///
    /// A sign of doubt at the end is kept if there is room, as the rest would say more than the
    /// whole. A user-perceived character is never split. One column has room for four characters,
    /// so that heaps of combining marks end as well.
    pub fn clip(&mut self, columns: usize) -> bool {
        let count = |word: &str| word.chars().count();
        let total: usize = self.words.iter().map(|(_, word)| count(word)).sum();
        if total <= columns.saturating_mul(4) && self.width() <= columns {
            return false;
        }
        let is_doubt = |(role, word): &mut (Role, String)| {
            *role == Role::Doubt && 2 * count(word) <= columns && 2 * word.width() <= columns
        };
        let doubt = self.words.pop_if(is_doubt);
        let left = columns - doubt.as_ref().map_or(0, |(_, word)| word.width());
        self.cut_behind(left);
        self.words.extend(doubt);
        true
    }

    /// Keeps what fits into `columns` together with the `…` that is put behind it.
    fn cut_behind(&mut self, columns: usize) {
        let (mut width, mut count) = (0, 0);
        for (place, (role, word)) in self.words.iter_mut().enumerate() {
            for (start, cluster) in word.grapheme_indices(true) {
                width += cluster.width();
                count += cluster.chars().count();
                if width >= columns || count > columns.saturating_mul(4) {
                    let ellipsis = (*role, "…".repeat(columns.min(1)));
                    word.truncate(start);
                    self.words.truncate(place + 1);
                    self.words.push(ellipsis);
                    return;
                }
            }
        }
    }

    /// The line as text, with colours if they are wanted.
    pub fn paint(&self, color: bool) -> String {
        let mut text = String::new();
        for (role, word) in &self.words {
            let style = role.style();
            if color && !style.is_plain() {
                text += &format!("{}{word}{}", style.render(), style.render_reset());
            } else {
                text += word;
            }
        }
        text
    }
}
