//! `:explain`: a query as it was read, resolved, or planned and run.

use crate::diagnostic::Error;
use crate::query::PlannedQuery;
use crate::query::Rewrite;
use crate::query::explain;
use crate::query::parse;
use crate::shell::console;
use crate::shell::console::Console;
use crate::shell::console::Outcome;
use crate::shell::session::Session;

/// Carries out `:explain ast|query|plan QUERY`.
pub(super) fn command(console: &mut Console, argument: &str) -> Result<Outcome, Error> {
    let (word, rest) = argument
        .split_once(char::is_whitespace)
        .unwrap_or((argument, ""));
    let is_stage = explain::STAGES.iter().any(|(stage, _)| *stage == word);
    let (stage, text) = if is_stage {
        (word, rest.trim())
    } else {
        ("plan", argument)
    };
    if text.is_empty() {
        let hint = ":explain plan descendants(CoreOS)";
        return Err(Error::Usage(
            "there is no query to explain".to_owned(),
            Some(hint.to_owned()),
        ));
    }
    let explained = explained(&console.session, stage, text);
    Ok(explained.unwrap_or_else(|error| console::failure(&error, Some(text))))
}

fn explained(session: &Session, stage: &str, text: &str) -> Result<Outcome, Error> {
    let script = parse::parse(text, &session.limits)?;
    if stage == "ast" {
        return Ok(Outcome::output(explain::ast(&script, text)));
    }
    if stage == "query" {
        let snapshot = session.snapshot();
        let bound = session.resolved(&script)?;
        return Ok(Outcome::output(explain::query(&bound, snapshot)));
    }
    let before = session.plan_with(text, Rewrite::Off)?.queries;
    let after = session.plan_with(text, Rewrite::On)?.queries;
    let mut outcome = Outcome::default();
    for (before, after) in before.iter().zip(&after) {
        plans(session, text, before, after, &mut outcome);
    }
    Ok(outcome)
}

/// A plan before and after the passes, the latter with the rows that each part yielded; only once
/// where the passes change nothing. The query runs under the session's limits; where it does not
/// come to its end, the plan stands there without rows.
fn plans(
    session: &Session,
    text: &str,
    before: &PlannedQuery,
    after: &PlannedQuery,
    outcome: &mut Outcome,
) {
    let snapshot = session.snapshot();
    let plain = |query: &PlannedQuery| explain::plan(&query.plan, snapshot, None);
    let (built, rewritten) = (plain(before), plain(after));
    let counted = session.count(after);
    let shown = match &counted {
        Ok(counts) => explain::plan(&after.plan, snapshot, Some(counts)),
        Err(_) => rewritten.clone(),
    };
    match built == rewritten {
        true => outcome.output.push_str(&shown),
        false => {
            let both = format!("before\n{}after\n{}", indented(&built), indented(&shown));
            outcome.output.push_str(&both);
        }
    }
    if let Err(error) = counted {
        let failure = console::failure(&error, Some(text));
        outcome.remarks.push_str(&failure.remarks);
        outcome.failed = true;
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}
