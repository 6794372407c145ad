//! Plans that are kept: a text that differs from an earlier one in nothing but the names of
//! entities, or the ids and names that are asked for, is not parsed again.
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
//!
//! A quoted text that an id or a name is compared with, as in `{id: "coreos"}` and
//! `where a.name = "CoreOS"`, is a gap: the plan has a parameter there, and its value is put in
//! before it runs. A text is planned each time in which what looks like a gap is none. What
//! `:explain` shows is a plan without gaps.

use std::collections::HashMap;

use crate::diagnostic::Error;
use crate::diagnostic::Limits;
use crate::diagnostic::Span;
use crate::model::EntityId;
use crate::model::stable;
use crate::query::PlannedQuery;
use crate::query::PlannedScript;
use crate::query::Purpose;
use crate::query::Rewrite;
use crate::query::Setting;
use crate::query::masked::Masked;
use crate::query::masked::quoted;
use crate::query::plan::Operator;
use crate::query::plan::Plan;
use crate::query::scan;

/// How many templates are kept; one more, and all are made again.
const TEMPLATES_MAX: usize = 64;

/// The most bytes that a plan may come to that is kept, if each part of it has one for every
/// relation: together some 16 MiB.
const WEIGHT_MAX: usize = 1 << 18;

/// The plans of earlier texts, for one graph.
#[derive(Debug, Default)]
pub struct Templates {
    /// The places of templates by their texts, with a NUL in each hole.
    places: HashMap<Box<str>, usize>,
    known: Vec<Template>,
    /// What they were planned under.
    limits: Limits,
    rewrite: Rewrite,
    /// The text that is being planned; kept for its room.
    masked: Masked,
}

/// A plan, and where in it the entities of a text go.
#[derive(Debug)]
struct Template {
    query: PlannedQuery,
    /// The operator of each name, in the order of the text.
    operators: Vec<usize>,
    /// The parameter of each gap, in the order of the text.
    parameters: Vec<usize>,
    /// Where the holes are in the text that was planned.
    holes: Vec<Span>,
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
    /// Where the holes are in the text that was planned, and in this one.
    holes: (&'a [Span], &'a [Span]),
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

    /// Where a place is that does not lie within a hole.
    fn place(&self, at: u32) -> usize {
        let pairs = self.holes.0.iter().zip(self.holes.1).rev();
        let mut pairs = pairs.skip_while(|(planned, _)| planned.end > at);
        match pairs.next() {
            Some((planned, hole)) => (hole.end + (at - planned.end)) as usize,
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
            _ if !has_template => return Ok(Planned::Own(PlannedScript::new(text, setting)?)),
            _ => {
                let mut script = PlannedScript::with_gaps(text, setting, &self.masked.gaps)?;
                script.fill(text);
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
            holes: (&template.holes, &self.masked.holes),
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

impl Template {
    /// A template of what was planned, or it back: a name is something else than an entity there,
    /// more depends on it than where an operator begins, or the plan is large.
    fn new(
        mut script: PlannedScript,
        masked: &Masked,
        relations: usize,
    ) -> Result<Template, PlannedScript> {
        let names = &masked.names;
        stable::sort(&mut script.names);
        let are_names = names.is_empty() || script.names == *names;
        let parameter = |gap: &Span| script.gaps.iter().position(|met| met == gap);
        let Some(parameters) = masked.gaps.iter().map(parameter).collect() else {
            return Err(script);
        };
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
            holes: masked.holes.clone(),
            operators,
            parameters,
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
        for (parameter, gap) in self.parameters.iter().zip(&masked.gaps) {
            self.query.given[*parameter].value = quoted(text, *gap);
        }
        let start = self.query.span.start as usize;
        self.query.span = Span::new(start..text.len());
        self.query.length = text.len();
        true
    }
}

impl PlannedScript {
    /// Puts the texts of gaps into the queries.
    fn fill(&mut self, text: &str) {
        for query in &mut self.queries {
            for (given, gap) in query.given.iter_mut().zip(&self.gaps) {
                given.value = quoted(text, *gap);
            }
        }
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
