//! Plans that are kept: a text that differs from an earlier one in nothing but the names of
//! entities is not parsed again.
//!
//! What databases call a plan cache with automatic parameters. A plan is made of a text by its form
//! and by the entities that its names stand for, and of these it reads no more than whether two are
//! the same. So the plan for `successors(CoreOS)` is that for `successors(RancherOS)` with one
//! entity in the place of the other; the names are looked up as ever, and the plan runs as ever.
//!
//! Nothing is taken out of a text where a name could mean something else: in expressions, and where
//! it is a word of the language or no entity's to the letter. A text with definitions or parameters
//! has no template at all. It is planned as if there were none.

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

/// The words that a name can follow which is no part of an expression.
const WORDS_OF_PATTERNS: [&str; 9] = [
    "acyclic", "all", "any", "in", "match", "shortest", "simple", "trail", "walk",
];

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
    /// Whether it has rows, whose variables could bear the name of an entity.
    has_rows: bool,
    /// How much of the text stands behind the query: blanks.
    behind: usize,
}

/// A text that was planned.
#[derive(Debug)]
pub enum Planned<'a> {
    /// By a plan that is kept, for this text or for one like it: places in it may lie in the other
    /// text.
    Kept(&'a PlannedQuery),
    /// By one of its own.
    Own(PlannedScript),
}

impl Templates {
    /// Plans a text, by a plan that is kept if there is one. The graph has to be that of the texts
    /// before, and parameters those that get their values now.
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
        if has_template && let Some(place) = self.places.get(&*self.masked.text) {
            let template = &mut self.known[*place];
            if template.fill(text, &self.masked) {
                return Ok(Planned::Kept(&self.known[*place].query));
            }
        }
        let script = PlannedScript::new(text, setting)?;
        let template = match has_template {
            true => Template::new(script, text, &self.masked),
            false => Err(script),
        };
        Ok(match template {
            Ok(template) => Planned::Kept(self.keep(template)),
            Err(script) => Planned::Own(script),
        })
    }

    /// Keeps a template of the text that was masked.
    fn keep(&mut self, template: Template) -> &PlannedQuery {
        if self.known.len() == TEMPLATES_MAX {
            self.known.clear();
            self.places.clear();
        }
        let text = self.masked.text.as_str().into();
        self.places.insert(text, self.known.len());
        self.known.push(template);
        &self.known[self.known.len() - 1].query
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
        let mut is_over = false;
        let mut copied = 0;
        let [mut earlier, mut before] = [(0, ""); 2];
        for (piece, span) in scan::pieces(text) {
            let (start, end) = (span.start as usize, span.end as usize);
            let said = &text[start..end];
            match piece {
                Piece::Comment | Piece::Unclosed => return false,
                Piece::Sign if matches!(said, "$" | ";" | "`") => return false,
                Piece::Word if begins_expressions(said, &text[end..]) => is_over = true,
                Piece::Word | Piece::Quoted if !is_over => {
                    let is_id = (earlier.1, before.1) == ("id", ":");
                    let is_other = !is_id && matches!(before.1, "." | ":" | "=");
                    let name = name_at(text, start..end).filter(|_| !is_other);
                    let found = name.clone().and_then(|name| match is_id {
                        true => setting.snapshot.find_id(&text[name]),
                        false => setting.snapshot.find_exact(&text[name]),
                    });
                    if let (Some(name), Some(entity)) = (name, found) {
                        let start = if is_id { earlier.0 } else { start };
                        self.text.extend([&text[copied..name.start], "\0"]);
                        self.names.push((Span::new(start..end), entity));
                        copied = name.end;
                    }
                }
                _ => {}
            }
            earlier = std::mem::replace(&mut before, (start, said));
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
        return (!said.contains('\\')).then_some(inside);
    }
    let next = text.as_bytes().get(piece.end);
    let is_plain = !scan::is_word_of_language(said)
        && !said.starts_with(|first: char| first.is_ascii_digit())
        && !matches!(next, Some(b'(' | b':' | b'=' | b'-'));
    is_plain.then_some(piece)
}

impl Template {
    /// A template of what was planned, or it back: a name is something else than an entity there,
    /// or more depends on it than where an operator begins.
    fn new(
        mut script: PlannedScript,
        text: &str,
        masked: &Masked,
    ) -> Result<Template, PlannedScript> {
        let names = &masked.names;
        script.names.sort_unstable();
        let are_names = names.is_empty() || script.names == *names;
        let operators = match script.queries.as_slice() {
            [query] if are_names && script.definitions.is_empty() => {
                let is_answer = matches!(query.purpose, Purpose::Answer(None));
                operators_of(&query.plan, names).filter(|_| is_answer)
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
            behind: text.len() - query.span.range_in(text).end,
            operators,
            query,
        })
    }

    /// Puts the entities of a text in their places; false if they could mean something else there.
    fn fill(&mut self, text: &str, masked: &Masked) -> bool {
        let names = &masked.names;
        let is_variable = |(span, _): &(Span, _)| masked.text.contains(&text[span.range_in(text)]);
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
        self.query.span = Span::new(start..text.len() - self.behind);
        self.query.length = text.len();
        true
    }
}

/// The operator that begins at each of the names; none if there is not one for each, or one more.
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
    let place = |(_, entity): &(Span, EntityId)| {
        let mut begins = begins.iter();
        let found = begins.find(|(members, _)| *members == [*entity]);
        found.map(|(_, place)| *place)
    };
    names.iter().map(place).collect()
}
