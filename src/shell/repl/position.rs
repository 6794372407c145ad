//! What each word of a line is for, so that completion and colours agree.
//!
//! Reads the pieces of a text from left to right; right for every text that parses, and a good
//! guess for one that is still being typed.

use crate::diagnostic::Span;
use crate::query::PATTERNS;
use crate::query::Wanted;
use crate::query::function;
use crate::query::function::Function;
use crate::query::function::ParamType;
use crate::query::scan;
use crate::query::scan::Piece;

/// What a piece of a query is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Role {
    /// A name of an entity, or of a definition.
    Name,
    /// A function before its bracket.
    Function,
    /// The name of an argument, of the call of this function.
    Parameter(&'static Function),
    /// The name of a parameter of the session, behind a `$`.
    Given,
    /// The word before a pattern's colon.
    Pattern,
    /// What a pattern looks for.
    Wanted(Wanted),
    /// A relation or property behind a dot.
    Relation,
    /// A relation, group or `any` behind `via=`.
    Via,
    /// A source.
    Source,
    /// `true` or `false`.
    Boolean,
    /// A number or a date.
    Number,
    /// What goes on behind a whole set: `as of`, `according to`, `|>`.
    Context,
    /// What stands behind `|>`: the word of a stage, or a function.
    Stage,
    /// A variable, property or relation in an expression.
    Member,
    /// A variable of a pattern.
    Variable,
    /// A kind behind a colon.
    Kind,
    /// A word of the language.
    Keyword,
    /// The name that a definition gives.
    Definition,
    /// A comment.
    Comment,
    /// A bracket or sign.
    Sign,
}

/// What is read at a place, up to the bracket that closes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Area {
    /// Sets.
    #[default]
    Set,
    /// Values and conditions.
    Expression,
    /// Patterns of `match`.
    Match,
    /// Inside the brackets of a node.
    Node,
    /// Inside the brackets of an edge.
    Edge,
    /// The keys of a map.
    Keys,
    /// Relations behind `compare … on`.
    Relations,
}

/// The words of the language, and the area that begins behind each, if one does.
const KEYWORDS: &[(&str, Option<Area>)] = &[
    ("match", Some(Area::Match)),
    ("optional", Some(Area::Match)),
    ("where", Some(Area::Expression)),
    ("return", Some(Area::Expression)),
    ("with", Some(Area::Expression)),
    ("unwind", Some(Area::Expression)),
    ("select", Some(Area::Expression)),
    ("group", Some(Area::Expression)),
    ("order", Some(Area::Expression)),
    ("limit", Some(Area::Expression)),
    ("offset", Some(Area::Expression)),
    ("skip", Some(Area::Expression)),
    ("compare", Some(Area::Set)),
    ("assert", Some(Area::Set)),
    ("during", None),
    ("including", None),
    ("doubtful", None),
    ("union", None),
];

/// Words that stand between values.
const JOINTS: &[&str] = &[
    "and",
    "or",
    "xor",
    "not",
    "in",
    "is",
    "null",
    "starts",
    "ends",
    "contains",
    "matches",
    "by",
    "desc",
    "asc",
    "distinct",
    "case",
    "when",
    "then",
    "else",
    "end",
    "true",
    "false",
    "as",
    "topological",
    "with",
];

/// The words of stages.
pub(super) const STAGES: [&str; 9] = [
    "where", "select", "group by", "order by", "limit", "offset", "count", "distinct", "draw",
];

/// An open bracket: the function it belongs to, and where its arguments have got to.
#[derive(Clone, Copy, Default)]
struct Call {
    area: Area,
    function: Option<&'static Function>,
    place: usize,
    named: Option<&'static str>,
}

impl Call {
    /// The type of the argument that is being given.
    fn wants(&self) -> Option<ParamType> {
        let params = self.function?.params;
        let named = params.iter().find(|param| Some(param.name) == self.named);
        named
            .or_else(|| params.get(self.place))
            .map(|param| param.is)
    }
}

/// The role of every piece of a text, in order.
pub(super) fn roles(text: &str) -> Vec<(Span, Role)> {
    let pieces: Vec<(Piece, Span)> = scan::pieces(text).collect();
    let mut reader = Reader {
        text,
        pieces: &pieces,
        calls: Vec::new(),
        outermost: Area::Set,
        sources: false,
    };
    let mut roles = Vec::with_capacity(pieces.len());
    for (index, (piece, span)) in pieces.iter().enumerate() {
        roles.push((*span, reader.role(index, *piece)));
    }
    roles
}

/// The word before the dot that ends a text, where a step is being typed.
pub(super) fn step_base(text: &str) -> Option<&str> {
    let pieces: Vec<(Piece, Span)> = scan::pieces(text).collect();
    let dot = pieces
        .iter()
        .rposition(|(_, span)| &text[span.range_in(text)] == ".")?;
    let (piece, span) = pieces.get(dot.checked_sub(1)?)?;
    let is_first = dot < 2 || &text[pieces[dot - 2].1.range_in(text)] != ".";
    (matches!(piece, Piece::Word | Piece::Quoted) && is_first).then(|| &text[span.range_in(text)])
}

/// Whether an argument begins at the end of a text: a bracket or a comma stands before it.
pub(super) fn begins_argument(text: &str, start: usize) -> bool {
    text[..start].trim_end().ends_with(['(', ','])
}

/// The function whose call is open at the end of a text, and the place of the argument there.
pub(super) fn open_call(text: &str) -> Option<(&'static Function, usize)> {
    let pieces: Vec<(Piece, Span)> = scan::pieces(text).collect();
    let mut reader = Reader {
        text,
        pieces: &pieces,
        calls: Vec::new(),
        outermost: Area::Set,
        sources: false,
    };
    for (index, (piece, _)) in pieces.iter().enumerate() {
        reader.role(index, *piece);
    }
    let call = reader.calls.last()?;
    Some((call.function?, call.place))
}

struct Reader<'a> {
    text: &'a str,
    pieces: &'a [(Piece, Span)],
    calls: Vec<Call>,
    /// What is read outside all brackets.
    outermost: Area,
    /// Whether names are sources: behind `according to`, up to the next sign but a comma.
    sources: bool,
}

impl<'a> Reader<'a> {
    fn text_of(&self, index: Option<usize>) -> &'a str {
        let piece = index.and_then(|index| self.pieces.get(index));
        piece.map_or("", |(_, span)| &self.text[span.range_in(self.text)])
    }

    fn role(&mut self, index: usize, piece: Piece) -> Role {
        match piece {
            Piece::Comment => Role::Comment,
            Piece::Open => {
                let before = self.text_of(index.checked_sub(1));
                self.calls.push(Call {
                    function: function::find(before).or(function::find_value(before)),
                    area: self.area_inside(index, before),
                    ..Call::default()
                });
                self.sources = false;
                Role::Sign
            }
            Piece::Close => {
                self.calls.pop();
                self.sources = false;
                Role::Sign
            }
            Piece::Sign => {
                self.sign(index);
                Role::Sign
            }
            Piece::Word => self.word(index),
            Piece::Quoted | Piece::Unclosed => match self.area() {
                Area::Set => self.by_context(index),
                _ => Role::Number,
            },
        }
    }

    fn sign(&mut self, index: usize) {
        match self.text_of(Some(index)) {
            "," => {
                if let Some(call) = self.calls.last_mut() {
                    call.place += 1;
                    call.named = None;
                }
            }
            ":" | "." => {}
            ";" => {
                self.sources = false;
                self.enter(Area::Set);
            }
            _ => self.sources = false,
        }
    }

    fn area(&self) -> Area {
        self.calls.last().map_or(self.outermost, |call| call.area)
    }

    fn enter(&mut self, area: Area) {
        match self.calls.last_mut() {
            Some(call) => call.area = area,
            None => self.outermost = area,
        }
    }

    /// What is read inside a bracket that opens here.
    fn area_inside(&self, index: usize, before: &str) -> Area {
        let is_of_sets = function::find_value(before).is_none() && function::find(before).is_some();
        match (self.text_of(Some(index)), self.area()) {
            ("(", Area::Match) => Area::Node,
            ("[", Area::Match) => Area::Edge,
            ("{", Area::Node | Area::Edge | Area::Match) => Area::Keys,
            ("{", Area::Expression) if before.eq_ignore_ascii_case("exists") => Area::Match,
            ("{", Area::Expression) if before.eq_ignore_ascii_case("count") => Area::Match,
            ("{", Area::Expression) => Area::Keys,
            ("(", Area::Expression) if is_of_sets || before.eq_ignore_ascii_case("in") => Area::Set,
            ("(", Area::Node | Area::Set) => Area::Set,
            (_, area) => area,
        }
    }

    /// Whether the two pieces before are `|>`.
    fn is_behind_pipe(&self, index: usize) -> bool {
        self.text_of(index.checked_sub(1)) == ">" && self.text_of(index.checked_sub(2)) == "|"
    }

    /// The role of a word where no set is read, or of a word that changes what is read.
    fn role_in_rows(&mut self, index: usize, lower: &str) -> Option<Role> {
        let before = self.text_of(index.checked_sub(1));
        let next = self.text_of(Some(index + 1));
        let is_begun = index == 0 || matches!(before, ";" | "(" | "{" | ">");
        let area = self.area();
        if self.is_behind_pipe(index) && next != "(" {
            let known = KEYWORDS.iter().find(|(word, _)| *word == lower);
            if let Some((_, Some(area))) = known {
                self.enter(*area);
                return Some(Role::Keyword);
            }
            self.enter(Area::Set);
            let is_stage = matches!(lower, "count" | "distinct");
            return Some(if is_stage { Role::Keyword } else { Role::Stage });
        }
        if let Some((_, inside)) = KEYWORDS.iter().find(|(word, _)| *word == lower)
            && (area != Area::Set || is_begun || self.is_behind_set(index))
            && before != ":"
            && (next != "(" || lower != "during")
        {
            inside.map(|area| self.enter(area));
            return Some(Role::Keyword);
        }
        match area {
            Area::Set if lower == "on" && self.is_behind_set(index) => {
                self.enter(Area::Relations);
                Some(Role::Keyword)
            }
            Area::Node if lower == "in" => {
                self.enter(Area::Set);
                Some(Role::Keyword)
            }
            Area::Expression if JOINTS.contains(&lower) && before != "." => Some(Role::Keyword),
            Area::Expression if next == "(" => Some(Role::Function),
            Area::Expression | Area::Node if matches!(before, ":" | "&" | "!") => Some(Role::Kind),
            Area::Node if before == "|" => Some(Role::Kind),
            Area::Edge if matches!(before, ":" | "|") => Some(Role::Via),
            Area::Expression if before == "$" => Some(Role::Number),
            Area::Expression => Some(Role::Member),
            Area::Node | Area::Edge | Area::Match => Some(Role::Variable),
            Area::Keys | Area::Relations => Some(Role::Relation),
            Area::Set => None,
        }
    }

    fn word(&mut self, index: usize) -> Role {
        let word = self.text_of(Some(index));
        let lower = word.to_ascii_lowercase();
        let before = self.text_of(index.checked_sub(1)).to_ascii_lowercase();
        let next = self.text_of(Some(index + 1));
        if before == "." {
            return Role::Relation;
        }
        if before == "$" {
            return Role::Given;
        }
        let is_start = index == 0 || before == ";";
        let is_keyword = match lower.as_str() {
            "let" | "assert" => is_start,
            "as" => next.eq_ignore_ascii_case("of"),
            "of" => before == "as",
            "according" => next.eq_ignore_ascii_case("to"),
            "to" => before == "according",
            _ => false,
        };
        if is_keyword {
            self.sources = lower == "to";
            return Role::Keyword;
        }
        if before == "let" {
            return Role::Definition;
        }
        if let Some(role) = self.role_in_rows(index, &lower) {
            return role;
        }
        if word
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-')
        {
            return Role::Number;
        }
        let call = self.calls.last_mut();
        if let (Some(call), "=") = (call, next)
            && let Some(function) = call.function
        {
            call.named = function
                .params
                .iter()
                .map(|row| row.name)
                .find(|name| *name == word);
            return Role::Parameter(function);
        }
        match next {
            "(" => Role::Function,
            ":" if before != ":" => Role::Pattern,
            _ => self.by_context(index),
        }
    }

    /// Whether the piece before ends a set, so that no name can follow.
    fn is_behind_set(&self, index: usize) -> bool {
        let before = index.checked_sub(1);
        let word = self.text_of(before).to_ascii_lowercase();
        let is_keyword = matches!(
            word.as_str(),
            "let" | "of" | "to" | "compare" | "assert" | "in" | "during"
        );
        let piece = before.and_then(|before| self.pieces.get(before));
        piece.is_some_and(|(piece, _)| {
            matches!(piece, Piece::Word | Piece::Quoted | Piece::Close) && !is_keyword
        })
    }

    /// The role of a name, by what stands before it.
    fn by_context(&self, index: usize) -> Role {
        let before = self.text_of(index.checked_sub(1));
        if before.eq_ignore_ascii_case("of") {
            return Role::Number;
        }
        if self.is_behind_set(index) {
            return Role::Context;
        }
        if self.text_of(index.checked_sub(1)) == ":" {
            let word = self.text_of(index.checked_sub(2));
            if let Some(pattern) = PATTERNS.iter().find(|pattern| pattern.name == word) {
                return Role::Wanted(pattern.wants);
            }
        }
        if self.sources {
            return Role::Source;
        }
        match self.calls.last().and_then(Call::wants) {
            Some(ParamType::Relations) => Role::Via,
            Some(ParamType::Source) => Role::Source,
            Some(ParamType::Boolean) => Role::Boolean,
            Some(ParamType::Date | ParamType::Depth | ParamType::Integer) => Role::Number,
            _ => Role::Name,
        }
    }
}
