//! How a picture is to look: what `kin draw` and its options say.

use crate::model::EntityId;

/// How a picture is to look.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// How boxes are placed.
    pub layout: Layout,
    /// Where arrows lead, in layers.
    pub towards: Towards,
    /// What boxes share a frame.
    pub frame: Frame,
    /// What the colour of a box says.
    pub colour: Colour,
    /// What becomes one box.
    pub fold: Fold,
    /// What boxes share a layer.
    pub rank: Rank,
    /// Entities that stand out, in order of their ids; the others step back if there are any.
    pub highlight: &'a [EntityId],
    /// What stands above it; the query if there is none.
    pub title: Option<&'a str>,
    /// The language of the words for kinds and relations; their names if there is none.
    pub lang: Option<&'a str>,
    /// For light pages, dark ones, or both.
    pub theme: Theme,
    /// Whether it explains its signs.
    pub has_legend: bool,
    /// The families of letters, the first that is there is taken; kin's own list if there is none.
    pub font: Option<&'a str>,
    /// Pairs of entities between which ways lead through what the query left out.
    pub bridges: &'a [(EntityId, EntityId)],
}

impl Default for Look<'_> {
    fn default() -> Self {
        Look {
            layout: Layout::Layers,
            towards: Towards::Right,
            frame: Frame::None,
            colour: Colour::Plain,
            fold: Fold::None,
            rank: Rank::Arrows,
            highlight: &[],
            title: None,
            lang: None,
            theme: Theme::Auto,
            has_legend: true,
            font: None,
            bridges: &[],
        }
    }
}

/// A choice of an option: its word, and what it stands for.
macro_rules! choices {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$doc])* $variant,)*
        }

        impl $name {
            /// All choices, by their words.
            pub const ALL: &'static [(&'static str, $name)] = &[$(($word, $name::$variant),)*];

            /// Its word.
            pub fn word(self) -> &'static str {
                match self {
                    $($name::$variant => $word,)*
                }
            }
        }
    };
}

choices! {
    /// How boxes are placed.
    Layout {
        /// In layers, so that arrows lead one way.
        Layers = "layers",
        /// Along an axis of time, a bar from the first date of each entity to its last.
        Timeline = "timeline",
        /// As a tree, each entity under the one that it came from first.
        Tree = "tree",
    }
}

choices! {
    /// Where arrows lead.
    Towards {
        /// To the right.
        Right = "right",
        /// Down.
        Down = "down",
        /// To the left.
        Left = "left",
        /// Up.
        Up = "up",
    }
}

choices! {
    /// What boxes share a frame.
    Frame {
        /// None do.
        None = "none",
        /// Those of one kind.
        Kind = "kind",
        /// Those that arrows of one group join.
        Group = "group",
    }
}

choices! {
    /// What the colour of a box says.
    Colour {
        /// Nothing.
        Plain = "none",
        /// Its kind.
        Kind = "kind",
        /// The group of the relation that leads to it.
        Group = "group",
        /// How it stands: alive, ended, and what is between.
        Status = "status",
    }
}

choices! {
    /// What becomes one box.
    Fold {
        /// Nothing does: a box is an entity.
        None = "none",
        /// The entities of a kind.
        Kind = "kind",
    }
}

choices! {
    /// What boxes share a layer.
    Rank {
        /// Those as far along the arrows.
        Arrows = "arrows",
        /// Those born in the same year.
        Year = "year",
    }
}

choices! {
    /// For which pages.
    Theme {
        /// Both: it follows the reader's setting.
        Auto = "auto",
        /// Light ones.
        Light = "light",
        /// Dark ones.
        Dark = "dark",
    }
}
