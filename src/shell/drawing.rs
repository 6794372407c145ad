//! What can be asked of a picture: the table of options of `kin draw`, `:draw` and `|> draw`.
//!
//! Each option is a row: the command line, the commands of a conversation, scripts, completion and
//! help read the same table.

use std::path::PathBuf;

use crate::diagnostic::Error;
use crate::diagnostic::escape;
use crate::diagnostic::suggest;
use crate::model::EntityId;
use crate::render;
use crate::render::Colour;
use crate::render::Fold;
use crate::render::Format;
use crate::render::Frame;
use crate::render::Layout;
use crate::render::Look;
use crate::render::Rank;
use crate::render::Theme;
use crate::render::Towards;
use crate::shell::asked;

/// Who places boxes and draws lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// kin itself where it can, else an installed Graphviz.
    #[default]
    BuiltIn,
    /// An installed Graphviz.
    Dot,
}

/// The engines by their words.
const ENGINES: &[(&str, Engine)] = &[("builtin", Engine::BuiltIn), ("dot", Engine::Dot)];

/// What is asked of a picture.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// The file it goes into; where answers go if there is none.
    pub file: Option<PathBuf>,
    /// The format; by the file's ending if there is none.
    pub format: Option<&'static Format>,
    /// How boxes are placed; the format's own way if nothing is said.
    pub layout: Option<Layout>,
    /// Entities that stand out, as a query.
    pub highlight: Option<String>,
    /// Whether ways through what is left out are shown.
    bridges: Option<bool>,
    /// Whether a picture may be as large as it gets.
    force: Option<bool>,
    /// Who draws.
    engine: Option<Engine>,
    towards: Option<Towards>,
    frame: Option<Frame>,
    colour: Option<Colour>,
    fold: Option<Fold>,
    rank: Option<Rank>,
    title: Option<String>,
    lang: Option<String>,
    theme: Option<Theme>,
    legend: Option<bool>,
    font: Option<String>,
}

/// An option: one row.
pub struct DrawOption {
    /// Its name behind `--`, or before `=` in a script.
    pub name: &'static str,
    /// Its letter behind `-`, if it has one.
    pub short: Option<char>,
    /// What it takes, in the help; empty for an option that is only there or not.
    pub value: &'static str,
    /// The words it takes; none if it takes any text.
    pub words: fn() -> Vec<&'static str>,
    /// One sentence.
    pub doc: &'static str,
    set: fn(&mut Wishes, &str) -> Result<(), Error>,
}

impl std::fmt::Debug for DrawOption {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name)
    }
}

/// All options of pictures, in the order of the help.
pub static OPTIONS: &[DrawOption] = &[
    DrawOption {
        name: "output",
        short: Some('o'),
        value: "FILE",
        words: Vec::new,
        doc: "The file it goes into, whose ending says the format.",
        set: |wishes, file| {
            wishes.file = Some(PathBuf::from(file));
            Ok(())
        },
    },
    DrawOption {
        name: "format",
        short: Some('f'),
        value: "NAME",
        words: || render::pictures().map(|format| format.name).collect(),
        doc: "The format, whatever the file's ending.",
        set: |wishes, name| {
            wishes.format = Some(format(name)?);
            Ok(())
        },
    },
    DrawOption {
        name: "layout",
        short: None,
        value: "LAYOUT",
        words: || words(Layout::ALL),
        doc: "How entities are placed: in layers, along time, or as a tree.",
        set: |wishes, word| {
            wishes.layout = Some(choice("layout", Layout::ALL, word)?);
            Ok(())
        },
    },
    DrawOption {
        name: "direction",
        short: None,
        value: "WAY",
        words: || words(Towards::ALL),
        doc: "Where arrows lead; trees and logs begin at the other end for `left` and `up`.",
        set: |wishes, word| {
            wishes.towards = Some(choice("direction", Towards::ALL, word)?);
            Ok(())
        },
    },
    DrawOption {
        name: "cluster",
        short: None,
        value: "BY",
        words: || words(Frame::ALL),
        doc: "What entities share a frame.",
        set: |wishes, word| {
            wishes.frame = Some(choice("cluster", Frame::ALL, word)?);
            Ok(())
        },
    },
    DrawOption {
        name: "colour",
        short: None,
        value: "BY",
        words: || words(Colour::ALL),
        doc: "What the colour of an entity says.",
        set: |wishes, word| {
            wishes.colour = Some(choice("colour", Colour::ALL, word)?);
            Ok(())
        },
    },
    DrawOption {
        name: "fold",
        short: None,
        value: "BY",
        words: || words(Fold::ALL),
        doc: "What becomes one box that says how many entities it stands for.",
        set: |wishes, word| {
            wishes.fold = Some(choice("fold", Fold::ALL, word)?);
            Ok(())
        },
    },
    DrawOption {
        name: "rank",
        short: None,
        value: "BY",
        words: || words(Rank::ALL),
        doc: "What entities share a layer in SVG, HTML and DOT: by their arrows, or of one year.",
        set: |wishes, word| {
            wishes.rank = Some(choice("rank", Rank::ALL, word)?);
            Ok(())
        },
    },
    DrawOption {
        name: "highlight",
        short: None,
        value: "QUERY",
        words: Vec::new,
        doc: "Entities that stand out; the others step back.",
        set: |wishes, query| {
            wishes.highlight = Some(query.to_owned());
            Ok(())
        },
    },
    DrawOption {
        name: "title",
        short: None,
        value: "TEXT",
        words: Vec::new,
        doc: "What stands above it in place of the query.",
        set: |wishes, text| {
            wishes.title = Some(text.to_owned());
            Ok(())
        },
    },
    DrawOption {
        name: "lang",
        short: None,
        value: "LANGUAGE",
        words: Vec::new,
        doc: "The language of the words for kinds and relations, as `ja`, where the schema has it.",
        set: |wishes, text| {
            wishes.lang = Some(text.to_owned());
            Ok(())
        },
    },
    DrawOption {
        name: "theme",
        short: None,
        value: "THEME",
        words: || words(Theme::ALL),
        doc: "For light pages, dark ones, or whichever the reader has.",
        set: |wishes, word| {
            wishes.theme = Some(choice("theme", Theme::ALL, word)?);
            Ok(())
        },
    },
    DrawOption {
        name: "legend",
        short: None,
        value: "WHETHER",
        words: || words(SWITCH),
        doc: "Whether it explains its signs.",
        set: |wishes, word| {
            wishes.legend = Some(choice("legend", SWITCH, word)?);
            Ok(())
        },
    },
    DrawOption {
        name: "engine",
        short: None,
        value: "ENGINE",
        words: || words(ENGINES),
        doc: "Who places entities and draws lines: kin, or an installed Graphviz.",
        set: |wishes, word| {
            wishes.engine = Some(choice("engine", ENGINES, word)?);
            Ok(())
        },
    },
    DrawOption {
        name: "font",
        short: None,
        value: "FAMILIES",
        words: Vec::new,
        doc: "Families of letters, the first that is installed is taken.",
        set: |wishes, text| {
            wishes.font = Some(text.to_owned());
            Ok(())
        },
    },
    DrawOption {
        name: "bridge",
        short: None,
        value: "",
        words: Vec::new,
        doc: "Shows ways through entities that the query left out as dashed arrows.",
        set: |wishes, word| {
            wishes.bridges = Some(is_on("bridge", word)?);
            Ok(())
        },
    },
    DrawOption {
        name: "force",
        short: None,
        value: "",
        words: Vec::new,
        doc: "Draws whatever its size.",
        set: |wishes, word| {
            wishes.force = Some(is_on("force", word)?);
            Ok(())
        },
    },
];

/// Yes and no, as options take them.
const SWITCH: &[(&str, bool)] = &[("on", true), ("off", false), ("yes", true), ("no", false)];

/// Whether an option is switched on, as it is where it stands without a word.
fn is_on(option: &str, word: &str) -> Result<bool, Error> {
    match word {
        "" => Ok(true),
        word => choice(option, SWITCH, word),
    }
}

fn words<T>(choices: &[(&'static str, T)]) -> Vec<&'static str> {
    choices.iter().map(|(word, _)| *word).collect()
}

/// What a word stands for. Errors: it is none of the words.
fn choice<T: Copy>(option: &str, choices: &[(&'static str, T)], word: &str) -> Result<T, Error> {
    if let Some((_, value)) = choices.iter().find(|(known, _)| *known == word) {
        return Ok(*value);
    }
    let known = words(choices);
    let message = format!("`{option}` takes no `{}`", escape::clipped(word, 60));
    let hint = suggest::did_you_mean(&suggest::nearest(word, known.iter().copied()))
        .unwrap_or_else(|| format!("it takes {}", known.join(", ")));
    Err(Error::Usage(message, Some(hint)))
}

/// The format of pictures of that name.
pub(super) fn format(name: &str) -> Result<&'static Format, Error> {
    if let Some(format) = render::pictures().find(|format| format.name == name) {
        return Ok(format);
    }
    let known: Vec<&str> = render::pictures().map(|format| format.name).collect();
    let message = format!("`{}` is no picture", escape::clipped(name, 60));
    let hint = suggest::did_you_mean(&suggest::nearest(name, known.iter().copied()))
        .unwrap_or_else(|| format!("the formats of pictures are {}", known.join(", ")));
    Err(Error::Usage(message, Some(hint)))
}

/// The option of that name.
pub fn find(name: &str) -> Option<&'static DrawOption> {
    OPTIONS.iter().find(|option| option.name == name)
}

impl DrawOption {
    /// How it is written on the command line: `--theme auto|light|dark`, `-o, --output FILE`.
    pub fn usage(&self) -> String {
        let short = self
            .short
            .map_or_else(String::new, |letter| format!("-{letter}, "));
        let words = (self.words)();
        // A list of all formats is a table of its own.
        let value = match words.is_empty() || self.name == "format" {
            true => self.value.to_owned(),
            false => words.join("|"),
        };
        format!("{short}--{} {value}", self.name)
            .trim_end()
            .to_owned()
    }

    /// A value that it takes.
    pub(super) fn sample(&self) -> &'static str {
        (self.words)().first().copied().unwrap_or("\"…\"")
    }

    /// Notes what is wished. Errors: the option does not take that.
    pub fn apply(&self, wishes: &mut Wishes, value: &str) -> Result<(), Error> {
        (self.set)(wishes, value)
    }
}

impl Wishes {
    /// The format and the layout that are meant, where a picture without a file is `shown`.
    ///
    /// Errors: an ending that is no picture's; a layout that the format does not have.
    pub fn settled(&self, is_terminal: bool) -> Result<(&'static Format, Layout), Error> {
        let format = match (self.format, &self.file) {
            (Some(format), _) => format,
            (None, Some(file)) => asked::by_ending(file)?,
            (None, None) => {
                let name = match self.layout {
                    Some(Layout::Tree) => "tree",
                    Some(Layout::Timeline) => "svg",
                    None if is_terminal => "tree",
                    _ => "dot",
                };
                render::find(name).expect("the table of formats has it")
            }
        };
        let usual = format.layouts.first().copied();
        let layout = self.layout.or(usual).unwrap_or(Layout::Layers);
        if self.layout.is_none() || format.layouts.contains(&layout) {
            return Ok((format, layout));
        }
        let word = word_of(Layout::ALL, &layout);
        let message = format!("`{}` has no layout `{word}`", format.name);
        let able = render::pictures().filter(|other| other.layouts.contains(&layout));
        let able: Vec<&str> = able.map(|other| other.name).collect();
        let hint = match able.is_empty() {
            // Graphviz draws no other layout, and kin makes PNG only where it was built to.
            _ if format.name == "png" => format!(
                "kin draws it as PNG when it is built with its feature: `cargo install kingraph \
                 --features png`; formats with it: {}",
                able.join(", ")
            ),
            true => "the layouts that can be drawn are layers and tree".to_owned(),
            false => format!("formats with it: {}", able.join(", ")),
        };
        Err(Error::Usage(message, Some(hint)))
    }

    /// How the picture is to look.
    pub fn look<'a>(
        &'a self,
        layout: Layout,
        highlight: &'a [EntityId],
        bridges: &'a [(EntityId, EntityId)],
    ) -> Look<'a> {
        let usual = Look::default();
        Look {
            layout,
            towards: self.towards.unwrap_or(usual.towards),
            frame: self.frame.unwrap_or(usual.frame),
            colour: self.colour.unwrap_or(usual.colour),
            fold: self.fold(),
            rank: self.rank.unwrap_or(usual.rank),
            highlight,
            title: self.title.as_deref(),
            lang: self.lang.as_deref(),
            theme: self.theme.unwrap_or(usual.theme),
            has_legend: self.legend.unwrap_or(usual.has_legend),
            font: self.font.as_deref(),
            bridges,
        }
    }

    /// What is wished here, and what `other` wishes where nothing is said here.
    #[must_use]
    pub fn or(self, other: Wishes) -> Wishes {
        Wishes {
            file: self.file.or(other.file),
            format: self.format.or(other.format),
            layout: self.layout.or(other.layout),
            highlight: self.highlight.or(other.highlight),
            bridges: self.bridges.or(other.bridges),
            force: self.force.or(other.force),
            engine: self.engine.or(other.engine),
            towards: self.towards.or(other.towards),
            frame: self.frame.or(other.frame),
            colour: self.colour.or(other.colour),
            fold: self.fold.or(other.fold),
            rank: self.rank.or(other.rank),
            title: self.title.or(other.title),
            lang: self.lang.or(other.lang),
            theme: self.theme.or(other.theme),
            legend: self.legend.or(other.legend),
            font: self.font.or(other.font),
        }
    }

    /// Whether ways through what is left out are shown.
    pub fn has_bridges(&self) -> bool {
        self.bridges.unwrap_or(false)
    }

    /// Whether a picture may be as large as it gets.
    pub fn is_forced(&self) -> bool {
        self.force.unwrap_or(false)
    }

    /// Who draws.
    pub fn engine(&self) -> Engine {
        self.engine.unwrap_or_default()
    }

    /// The names of the options that are given, of those that not every picture honours.
    pub(super) fn given(&self) -> impl Iterator<Item = &'static str> {
        let all = [
            ("direction", self.towards.is_some()),
            ("cluster", self.frame.is_some()),
            ("colour", self.colour.is_some()),
            ("rank", self.rank.is_some()),
            ("highlight", self.highlight.is_some()),
            ("title", self.title.is_some()),
            ("lang", self.lang.is_some()),
            ("theme", self.theme.is_some()),
            ("legend", self.legend.is_some()),
            ("font", self.font.is_some()),
        ];
        all.into_iter()
            .filter_map(|(name, is_given)| is_given.then_some(name))
    }

    /// What becomes one box.
    pub fn fold(&self) -> Fold {
        self.fold.unwrap_or(Fold::None)
    }

    /// The language that is asked for.
    pub fn lang(&self) -> Option<&str> {
        self.lang.as_deref()
    }
}

fn word_of<T: PartialEq>(choices: &[(&'static str, T)], value: &T) -> &'static str {
    let known = choices.iter().find(|(_, known)| known == value);
    known.map_or("", |(word, _)| *word)
}
