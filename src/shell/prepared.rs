//! A query that is asked many times, each time with other values of its parameters.

use crate::diagnostic::Budget;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Error;
use crate::diagnostic::LimitId;
use crate::diagnostic::Span;
use crate::diagnostic::code;
use crate::diagnostic::escape;
use crate::model::Value;
use crate::query;
use crate::query::Binding;
use crate::query::Found;
use crate::query::Given;
use crate::query::PlannedQuery;
use crate::query::PlannedScript;
use crate::query::Purpose;
use crate::query::scan;
use crate::shell::session::Session;
use crate::shell::session::today;
use crate::shell::timer::Timer;

/// One query with parameters (`$name`), planned once.
///
/// ```
/// let session = kingraph::Session::bundled();
/// let mut hop = session.prepare("successors($of)")?;
/// let mut names = Vec::new();
/// for of in ["CoreOS", "RancherOS"] {
///     let found = hop.bind("of", of)?.run()?;
///     let entities = found.rows().filter_map(|row| row.entity());
///     names.extend(entities.map(|entity| session.snapshot().name(entity)));
/// }
/// assert!(names.contains(&"Flatcar Container Linux"));
/// # Ok::<(), kingraph::Error>(())
/// ```
///
/// It keeps the graph, the definitions and the limits that the session had. Where a parameter
/// decides what the plan is (a date, a map of properties), the plan is made again for each value.
#[derive(Debug)]
pub struct Prepared {
    session: Session,
    text: String,
    plan: Plan,
}

#[derive(Debug)]
enum Plan {
    /// The same for all values; which parameters were given, and what, by their numbers.
    Lasting(PlannedScript, Vec<bool>, Vec<Given>),
    /// For the values that the session has now; none before it is made.
    Passing(Option<PlannedScript>),
}

impl Prepared {
    /// Plans a query; values that the session has hold until others are bound.
    pub(super) fn new(session: &Session, text: &str) -> Result<Prepared, Error> {
        let plan = match session.plan_for(text, session.rewrite, Binding::Late) {
            Ok(script) => {
                only(&script, text)?;
                let given = vec![Given::default(); script.late.len()];
                Plan::Lasting(script, vec![false; given.len()], given)
            }
            Err(Error::Query(findings)) if findings.iter().all(is_missing) => Plan::Passing(None),
            Err(error) => return Err(error),
        };
        let (session, text) = (session.clone(), text.to_owned());
        let mut prepared = Prepared {
            session,
            text,
            plan,
        };
        for (name, value) in prepared.session.parameters.clone() {
            if prepared.has(&name) {
                prepared.bind(&name, value)?;
            }
        }
        Ok(prepared)
    }

    fn has(&self, name: &str) -> bool {
        match &self.plan {
            Plan::Lasting(script, ..) => script.late.iter().any(|late| late.name.text == name),
            Plan::Passing(_) => {
                let definitions = self.session.visible_definitions().into_iter();
                let mut texts = definitions.map(|(_, text)| text).chain([&*self.text]);
                texts.any(|text| scan::parameters(text).any(|found| found == name))
            }
        }
    }

    /// Gives a parameter a value in place of the one it had; its name is without the `$`.
    ///
    /// Errors: the query has no such parameter; a set is wanted, and the value is neither an entity
    /// nor the name of one, nor a list of these. Where the plan depends on values, the last is said
    /// when it runs.
    pub fn bind(&mut self, name: &str, value: impl Into<Value>) -> Result<&mut Prepared, Error> {
        if !self.has(name) {
            return Err(no_parameter(name));
        }
        match &mut self.plan {
            Plan::Lasting(script, bound, given) => {
                let mut late = script.late.iter();
                let place = late.position(|late| late.name.text == name);
                let place = place.expect("the query has it");
                let late = &script.late[place];
                let value = query::give(late, value.into(), self.session.snapshot());
                given[place] = value.map_err(|finding| vec![finding])?;
                bound[place] = true;
            }
            Plan::Passing(script) => {
                let parameters = &mut self.session.parameters;
                parameters.insert(name.to_owned(), value.into());
                *script = None;
            }
        }
        Ok(self)
    }

    /// Runs it with the values that were bound, under limits of its own.
    ///
    /// Errors: a parameter has no value; a limit is reached; what only running shows to be wrong.
    pub fn run(&mut self) -> Result<Found<'_>, Error> {
        if let Plan::Passing(script @ None) = &mut self.plan {
            let planned = self.session.plan(&self.text)?;
            only(&planned, &self.text)?;
            *script = Some(planned);
        }
        let (script, given) = match &self.plan {
            Plan::Lasting(script, bound, given) => {
                if let Some(place) = bound.iter().position(|is_bound| !is_bound) {
                    let late = &script.late[place].name;
                    return Err(vec![query::not_given(&late.text, late.span)].into());
                }
                (script, given.as_slice())
            }
            Plan::Passing(Some(script)) => (script, [].as_slice()),
            Plan::Passing(None) => unreachable!("it was planned above"),
        };
        let session = &self.session;
        session.interrupt().clear();
        let _timer = Timer::start(session.limits.get(LimitId::Time), session.interrupt())?;
        let budget = Budget::new(session.limits.clone(), session.interrupt().clone());
        script.queries[0].find(session.snapshot(), today(), given, budget)
    }
}

/// The one query of a text.
fn only<'s>(script: &'s PlannedScript, text: &str) -> Result<&'s PlannedQuery, Error> {
    match script.queries.as_slice() {
        [query] if matches!(query.purpose, Purpose::Answer(None)) => Ok(query),
        _ => {
            let span = Span::new(0..text.len());
            let message = "one query is prepared at a time, and no assertion or file";
            Err(vec![Diagnostic::error(&code::SYNTAX, span, message)].into())
        }
    }
}

fn is_missing(finding: &Diagnostic) -> bool {
    std::ptr::eq(finding.code, &raw const code::UNKNOWN_PARAMETER)
}

fn no_parameter(name: &str) -> Error {
    let message = format!(
        "the query has no parameter `${}`",
        escape::clipped(name, 60)
    );
    Error::Usage(message, None)
}
