//! Named queries of settings: definitions that a session has from the start.
//!
//! A name and a query are put together as `let name = query`, and read as any text is. Whatever is
//! wrong is told where it stands in the file.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Error;
use crate::diagnostic::Span;
use crate::diagnostic::code;
use crate::diagnostic::escape;
use crate::query::PlannedScript;
use crate::query::parse;
use crate::shell::project::Named;
use crate::shell::project::Settings;
use crate::shell::session::Session;

/// What stands before a name, and between it and its query.
const BEFORE: &str = "let ";
const BETWEEN: &str = " = ";

/// Defines the queries of a file in a session, in the order of the file; gives notes.
///
/// With `is_strict` a query that does not resolve is an error; else it is left out, with a note,
/// because the graph may be another one than the file was written for. Errors: a query that is
/// none, or a name that is none; their places lie in the file.
pub(super) fn define(
    session: &mut Session,
    settings: &Settings,
    is_strict: bool,
) -> Result<String, Error> {
    let mut notes = String::new();
    for named in &settings.queries {
        let text = format!("{BEFORE}{}{BETWEEN}{}", named.name, named.query);
        match session.plan(&text) {
            Ok(script) if is_one_definition(&script, named) => {
                session.begin(&text, script.definitions);
            }
            Ok(_) => return Err(not_one(named, settings).into()),
            Err(Error::Query(findings))
                if !is_strict && parse::parse(&text, &session.limits).is_ok() =>
            {
                let reason = findings.first().map_or("", |first| first.message.as_str());
                notes.push_str(&format!(
                    "note: `{}` of `{}` is left out: {}\n",
                    escape::clipped(&named.name, 60),
                    escape::visible(&settings.file),
                    escape::clipped(reason, 200)
                ));
            }
            Err(Error::Query(findings)) => {
                let moved = findings.into_iter();
                let moved = moved.map(|finding| moved_into(finding, named, settings));
                return Err(moved.collect::<Vec<Diagnostic>>().into());
            }
            Err(other) => return Err(other),
        }
    }
    Ok(notes)
}

/// Where the query begins in the text that was read.
fn query_start(named: &Named) -> usize {
    BEFORE.len() + named.name.len() + BETWEEN.len()
}

/// Whether the text came to what was meant: neither name nor query brings in another statement.
fn is_one_definition(script: &PlannedScript, named: &Named) -> bool {
    match script.definitions.as_slice() {
        [only] => script.queries.is_empty() && only.value.span.start as usize >= query_start(named),
        _ => false,
    }
}

fn not_one(named: &Named, settings: &Settings) -> Diagnostic {
    let span = Span::new(named.name_at.start..named.query_at.end);
    Diagnostic::error(
        &code::BAD_DEFINITION,
        span,
        "this is not one name and one query",
    )
    .hint("write `name = \"query\"`, or `\"f(x)\" = \"query\"`".to_owned())
    .within(&settings.file)
}

/// The finding with its places in the file.
fn moved_into(mut finding: Diagnostic, named: &Named, settings: &Settings) -> Diagnostic {
    let start = query_start(named);
    for label in &mut finding.labels {
        let range = label.span.start as usize..label.span.end as usize;
        label.span = match range.start.checked_sub(start) {
            Some(_) => placed(&settings.text, &named.query, &named.query_at, range, start),
            None => placed(
                &settings.text,
                &named.name,
                &named.name_at,
                range,
                BEFORE.len(),
            ),
        };
    }
    let key = escape::clipped(&named.name, 60);
    finding
        .hints
        .push(format!("this is `{key}` of `[queries]`"));
    finding.within(&Arc::clone(&settings.file))
}

/// A range of the text that was read, where `piece` begins at `start`, as a place in the file,
/// where it stands at `at`; all of it, if it is written there with escapes.
fn placed(file: &str, piece: &str, at: &Range<usize>, range: Range<usize>, start: usize) -> Span {
    let written = file.get(at.clone()).unwrap_or("");
    match written.find(piece) {
        Some(offset) => {
            let moved = |place: usize| {
                let within = place.saturating_sub(start).min(piece.len());
                at.start + offset + within
            };
            Span::new(moved(range.start)..moved(range.end))
        }
        None => Span::new(at.clone()),
    }
}
