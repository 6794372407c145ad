//! Plans that are kept: a text that differs from an earlier one in nothing but the names of
//! entities is not parsed again.
//!
//! What databases call a plan cache with automatic parameters. A plan is made of a text by its form
//! and by the entities that its names stand for, and of these it reads no more than whether two are
//! the same. So the plan for `successors(CoreOS)` is that for `successors(RancherOS)` with one
//! entity in the place of the other; the names are looked up as ever, and the plan runs as ever.
//!
//! What makes it so: every name that is taken out of a text is an entity at that very place, and
//! no other entity is named; no two are the same; a name that comes into a place is read by the
//! grammar as the one before was, which no word of the language is; and none is taken out where its
//! letters are shown, as those of an expression are in the heading of a column. A text whose
//! variables have names of entities has no template.

use std::collections::HashMap;
use std::ops::Range;

use crate::diagnostic::Error;
use crate::diagnostic::LimitId;
use crate::diagnostic::Limits;
use crate::diagnostic::Span;
use crate::model::EntityId;
use crate::query::PlannedQuery;
use crate::query::PlannedScript;
use crate::query::Purpose;
use crate::query::Rewrite;
use crate::query::Setting;
use crate::query::function;
use crate::query::plan::Operator;
use crate::query::plan::Plan;
use crate::query::scan;
use crate::query::scan::Piece;

/// How many templates are kept; one more, and all are made again.
const TEMPLATES_MAX: usize = 64;

/// The longest text that has a template, in bytes.
const TEXT_MAX: usize = 1024;

/// Words of the language that stand in patterns, before what is no part of an expression.
const WORDS_OF_PATTERNS: [&str; 9] = [
    "acyclic", "all", "any", "in", "match", "shortest", "simple", "trail", "walk",
];

/// The most bytes that a plan may come to that is kept, if each part of it has one for every
/// relation: together some 16 MiB.
const WEIGHT_MAX: usize = 1 << 18;

/// The plans of earlier texts, for one graph.
#[derive(Debug, Default)]
pub struct Templates {
    /// The places of templates by their texts, with a NUL in the place of each name.
    places: HashMap<Box<str>, usize>,
    known: Vec<Template>,
    /// What they were planned under.
    limits: Limits,
    rewrite: Rewrite,
    /// The text that is being planned; kept for its room.
    masked: Masked,
}

/// A text with a NUL in the place of each name of an entity.
#[derive(Debug, Default)]
struct Masked {
    text: String,
    /// What was taken out, in order.
    names: Vec<(Span, EntityId)>,
}

/// A plan, and where in it the entities of a text go.
#[derive(Debug)]
struct Template {
    query: PlannedQuery,
    /// The operator of each name, in the order of the text.
    operators: Vec<usize>,
    /// Where the names stand in the text that was planned.
    spans: Vec<Span>,
    /// Whether it has rows, whose variables could bear the name of an entity.
    has_rows: bool,
}

/// A text that was planned.
#[derive(Debug)]
pub enum Planned<'a> {
    /// By a plan that is kept, for this text or for one like it.
    Kept(Kept<'a>),
    /// By one of its own.
    Own(PlannedScript),
}

/// A plan that is kept, with the entities of a text in it.
#[derive(Clone, Copy, Debug)]
pub struct Kept<'a> {
    /// The plan; the places in it are those of the text that was planned.
    pub query: &'a PlannedQuery,
    spans: &'a [Span],
    names: &'a [(Span, EntityId)],
}

impl Kept<'_> {
    /// What came of the plan, with its places in the text that it was filled for.
    pub fn placed(&self, error: Error) -> Error {
        let Error::Query(mut findings) = error else {
            return error;
        };
        let labels = findings.iter_mut().flat_map(|finding| &mut finding.labels);
        for label in labels {
            let Span { start, end } = label.span;
            label.span = Span::new(self.place(start)..self.place(end));
        }
        Error::Query(findings)
    }

    /// Where a place is that does not lie within a name.
    fn place(&self, at: u32) -> usize {
        let pairs = self.spans.iter().zip(self.names).rev();
        let mut pairs = pairs.skip_while(|(span, _)| span.end > at);
        match pairs.next() {
            Some((span, (name, _))) => (name.end + (at - span.end)) as usize,
            None => at as usize,
        }
    }
}

impl Templates {
    /// Plans a text, by a plan that is kept if there is one. The graph has to be that of the texts
    /// before; another one needs templates of its own.
    ///
    /// Errors: those of [`PlannedScript::new`].
    pub fn plan(&mut self, text: &str, setting: Setting<'_>) -> Result<Planned<'_>, Error> {
        if self.limits != *setting.limits || self.rewrite != setting.rewrite {
            *self = Templates {
                limits: setting.limits.clone(),
                rewrite: setting.rewrite,
                ..Templates::default()
            };
        }
        let has_template = self.masked.read(text, setting);
        let known = self.places.get(&*self.masked.text).copied();
        let known = known.filter(|_| has_template);
        let place = match known {
            Some(place) if self.known[place].fill(text, &self.masked) => place,
            _ => {
                let script = PlannedScript::new(text, setting)?;
                if !has_template {
                    return Ok(Planned::Own(script));
                }
                let relations = setting.snapshot.schema.relations.len();
                match Template::new(script, &self.masked, relations) {
                    Ok(template) => self.keep(template, known),
                    Err(script) => return Ok(Planned::Own(script)),
                }
            }
        };
        let template = &self.known[place];
        Ok(Planned::Kept(Kept {
            query: &template.query,
            spans: &template.spans,
            names: &self.masked.names,
        }))
    }

    /// Keeps a template of the text that was masked, in the place of the one before; where it is.
    fn keep(&mut self, template: Template, known: Option<usize>) -> usize {
        if let Some(place) = known {
            self.known[place] = template;
            return place;
        }
        if self.known.len() == TEMPLATES_MAX {
            self.known.clear();
            self.places.clear();
        }
        let text = self.masked.text.as_str().into();
        self.places.insert(text, self.known.len());
        self.known.push(template);
        self.known.len() - 1
    }
}

/// A copy begins without templates: they are soon made again.
impl Clone for Templates {
    fn clone(&self) -> Templates {
        Templates::default()
    }
}

impl Masked {
    /// Takes in a text; false if it can have no template.
    fn read(&mut self, text: &str, setting: Setting<'_>) -> bool {
        self.text.clear();
        self.names.clear();
        let length_max = setting.limits.get(LimitId::QueryBytes);
        let is_long = text.len() > TEXT_MAX || text.len() as u64 > length_max;
        if is_long || text.contains('\0') || !setting.earlier.is_empty() {
            return false;
        }
        let mut is_expression = false;
        let mut copied = 0;
        // Where the two pieces before start, and what they say.
        let mut before = [(0, ""); 2];
        for (piece, span) in scan::pieces(text) {
            let (start, end) = (span.start as usize, span.end as usize);
            let said = &text[start..end];
            let [(first_start, first), (_, second)] = before;
            match piece {
                // The query would not be the whole text, or depend on more.
                Piece::Comment => return false,
                Piece::Sign if matches!(said, "$" | ";") => return false,
                Piece::Word if begins_expressions(said, &text[end..]) => is_expression = true,
                Piece::Word | Piece::Quoted if !is_expression => {
                    let is_id = (first, second) == ("id", ":");
                    let is_other = !is_id && matches!(second, "." | ":" | "=");
                    let name = name_at(text, start..end).filter(|_| !is_other);
                    let found = name.clone().and_then(|name| match is_id {
                        true => setting.snapshot.find_id(&text[name]),
                        false => setting.snapshot.find_exact(&text[name]),
                    });
                    if let (Some(name), Some(entity)) = (name, found) {
                        let start = if is_id { first_start } else { start };
                        self.text.extend([&text[copied..name.start], "\0"]);
                        self.names.push((Span::new(start..end), entity));
                        copied = name.end;
                    }
                }
                _ => {}
            }
            before = [before[1], (start, said)];
        }
        self.text.push_str(&text[copied..]);
        self.are_distinct()
    }

    /// Whether no two names are those of one entity: the plan would be another one.
    fn are_distinct(&self) -> bool {
        let mut rest = self.names.as_slice();
        while let [(_, entity), others @ ..] = rest {
            if others.iter().any(|(_, other)| other == entity) {
                return false;
            }
            rest = others;
        }
        true
    }
}

/// Whether names behind a word could be parts of an expression.
fn begins_expressions(word: &str, rest: &str) -> bool {
    let mut of_patterns = WORDS_OF_PATTERNS.iter();
    scan::is_word_of_language(word)
        && !of_patterns.any(|known| known.eq_ignore_ascii_case(word))
        && !(rest.starts_with('(') && function::find(word).is_some())
}

/// Where the name lies in a word or a quoted text; none where it could be read as something else
/// than another one would.
fn name_at(text: &str, piece: Range<usize>) -> Option<Range<usize>> {
    let said = &text[piece.clone()];
    if said.starts_with(['"', '\'']) {
        let inside = piece.start + 1..piece.end - 1;
        return (!inside.is_empty() && !said.contains('\\')).then_some(inside);
    }
    let next = text.as_bytes().get(piece.end);
    let is_plain = !scan::is_word_of_language(said)
        && !said.starts_with(|first: char| first.is_ascii_digit())
        && !matches!(next, Some(b'(' | b':' | b'=' | b'-'));
    is_plain.then_some(piece)
}

impl Template {
    /// A template of what was planned, or it back: a name is something else than an entity there,
    /// more depends on it than where an operator begins, or the plan is large.
    fn new(
        mut script: PlannedScript,
        masked: &Masked,
        relations: usize,
    ) -> Result<Template, PlannedScript> {
        let names = &masked.names;
        script.names.sort_unstable();
        let are_names = names.is_empty() || script.names == *names;
        let operators = match script.queries.as_slice() {
            [query] if are_names && matches!(query.purpose, Purpose::Answer(None)) => {
                let parts = query.plan.operators.len() * (query.plan.parts() + 1);
                let is_small = parts * (relations + 64) <= WEIGHT_MAX;
                operators_of(&query.plan, names).filter(|_| is_small)
            }
            _ => None,
        };
        let Some(operators) = operators else {
            return Err(script);
        };
        let query = script.queries.swap_remove(0);
        let mut planned = query.plan.operators.iter();
        Ok(Template {
            has_rows: planned.any(|(operator, _)| matches!(operator, Operator::Rows(_))),
            spans: names.iter().map(|(span, _)| *span).collect(),
            operators,
            query,
        })
    }

    /// Puts the entities of a text in their places; false if they could mean something else there.
    fn fill(&mut self, text: &str, masked: &Masked) -> bool {
        let names = &masked.names;
        let is_variable =
            |(span, _): &(Span, _)| has_word(&masked.text, &text[span.range_in(text)]);
        if self.has_rows && names.iter().any(is_variable) {
            return false;
        }
        for (operator, (_, entity)) in self.operators.iter().zip(names) {
            let (operator, _) = &mut self.query.plan.operators[*operator];
            if let Operator::Entities(members) = operator {
                members[0] = *entity;
            }
        }
        let start = self.query.span.start as usize;
        self.query.span = Span::new(start..text.len());
        self.query.length = text.len();
        true
    }
}

/// Whether a word stands in a text, and is no part of another.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let (before, behind) = (&text[..at], &text[at + word.len()..]);
        !before.ends_with(scan::is_word) && !behind.starts_with(scan::is_word)
    })
}

/// The operator that begins at each of the names; none if there is not one for each, or one more:
/// one entity under two filters has two.
fn operators_of(plan: &Plan, names: &[(Span, EntityId)]) -> Option<Vec<usize>> {
    if names.is_empty() {
        return Some(Vec::new());
    }
    let operators = plan.operators.iter().enumerate();
    let begins = operators.filter_map(|(place, (operator, _))| match operator {
        Operator::Entities(members) => Some((members.as_slice(), place)),
        _ => None,
    });
    let begins: Vec<(&[EntityId], usize)> = begins.collect();
    if begins.len() != names.len() {
        return None;
    }
    let operator = |(_, entity): &(Span, EntityId)| {
        let mut begins = begins.iter();
        let found = begins.find(|(members, _)| *members == [*entity]);
        found.map(|(_, place)| *place)
    };
    names.iter().map(operator).collect()
}
