//! What a graph has, in figures: `kin stats` and `:stats`.

use std::collections::BTreeMap;

use crate::algo;
use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::model::Certainty;
use crate::model::Date;
use crate::model::Filter;
use crate::model::ObjectRef;
use crate::model::Snapshot;
use crate::model::StatementId;
use crate::model::Status;
use crate::model::Value;
use crate::model::stable;
use crate::query::Answer;
use crate::query::Column;
use crate::query::ColumnType;
use crate::query::Table;
use crate::shell::console::Console;
use crate::shell::console::Outcome;
use crate::shell::session::Reply;

/// How many sources have a row of their own; the others share one.
const SOURCES_SHOWN: usize = 10;

/// Shows the figures.
pub(super) fn show(console: &mut Console) -> Result<Outcome, Error> {
    let session = &console.session;
    let mut budget = Budget::new(session.limits.clone(), session.interrupt().clone());
    let table = table(session.snapshot(), &mut budget)?;
    let answer = Answer {
        table,
        ..Answer::default()
    };
    let reply = Reply::new("stats", answer);
    let outcome = console.show(std::slice::from_ref(&reply), console.screen)?;
    console.last = vec![reply];
    Ok(outcome)
}

/// A row a figure: what is counted, which of it, how many, and the share of all in percent.
fn table(snapshot: &Snapshot, budget: &mut Budget) -> Result<Table, Error> {
    budget.spend((snapshot.entity_count() + snapshot.statement_count()) as u64)?;
    let mut figures = Figures::default();
    totals(snapshot, &mut figures);
    observations(snapshot, &mut figures);
    status(snapshot, budget, &mut figures)?;
    groups(snapshot, &mut figures);
    certainties(snapshot, &mut figures);
    sources(snapshot, &mut figures);
    kinds(snapshot, &mut figures);
    let columns = ["figure", "of", "count", "percent"];
    Ok(Table {
        columns: columns
            .map(|name| Column::new(name, ColumnType::Scalar))
            .to_vec(),
        rows: figures.rows,
    })
}

/// The rows so far.
#[derive(Default)]
struct Figures {
    rows: Vec<Vec<Value>>,
}

impl Figures {
    /// Adds how many of `all` there are; `all` of it if `of` is null.
    fn add(&mut self, figure: &str, of: Value, count: usize, all: usize) {
        // Of one tenth of a percent, so that equal graphs have equal digits.
        let permille = (count as f64 * 1000.0 / all as f64).round();
        let share = if all == 0 { 0.0 } else { permille / 10.0 };
        self.rows.push(vec![
            Value::Text(figure.to_owned()),
            of,
            Value::Integer(i64::try_from(count).unwrap_or(i64::MAX)),
            Value::Float(share),
        ]);
    }

    /// Adds a row a word, the one that is met most first.
    fn add_counted<'a>(
        &mut self,
        figure: &str,
        counts: impl IntoIterator<Item = (&'a str, usize)>,
        all: usize,
    ) {
        let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
        counts.retain(|(_, count)| *count > 0);
        stable::sort_by_key(&mut counts, |(word, count)| (usize::MAX - count, *word));
        for (word, count) in counts {
            self.add(figure, text(word), count, all);
        }
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn kinds(snapshot: &Snapshot, figures: &mut Figures) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for kind in snapshot
        .entities()
        .flat_map(|entity| snapshot.kinds(entity))
    {
        let name = snapshot.schema.kinds[kind.index()].name.as_str();
        *counts.entry(name).or_default() += 1;
    }
    figures.add_counted("entities by kind", counts, snapshot.entity_count());
}

fn status(snapshot: &Snapshot, budget: &mut Budget, figures: &mut Figures) -> Result<(), Error> {
    if snapshot.schema.signs().next().is_none() {
        return Ok(());
    }
    let filter = Filter::default();
    let mut counts: BTreeMap<Status, usize> = BTreeMap::new();
    for entity in snapshot.entities() {
        let standing = algo::standing(snapshot, &filter, entity, budget)?;
        *counts.entry(standing.status).or_default() += 1;
    }
    let counts = counts.iter().map(|(status, count)| (status.word(), *count));
    figures.add_counted("entities by status", counts, snapshot.entity_count());
    Ok(())
}

/// All entities, statements and sources, and how many of them say when and where.
fn totals(snapshot: &Snapshot, figures: &mut Figures) {
    let entities = snapshot.entity_count();
    figures.add("entities", Value::Null, entities, entities);
    let all = snapshot.statement_count();
    let count = |is_such: &dyn Fn(StatementId) -> bool| {
        let statements = snapshot.statements();
        statements.filter(|statement| is_such(*statement)).count()
    };
    let has_date = |statement| {
        let said = snapshot.qualifiers(statement);
        let dates = [&said.since, &said.until, &said.observed];
        dates.iter().any(|date| date.is_some())
            || matches!(snapshot.object(statement), ObjectRef::Value(Value::Date(_)))
    };
    let has_source = |statement| !snapshot.citations(statement).is_empty();
    figures.add("statements", Value::Null, all, all);
    figures.add("statements", text("with a date"), count(&has_date), all);
    figures.add("statements", text("with a source"), count(&has_source), all);
    let is_memory = |statement| is_memory(snapshot, statement);
    figures.add(
        "statements",
        text("from memory alone"),
        count(&is_memory),
        all,
    );
    let all = snapshot.sources.len();
    let known = || snapshot.sources.iter();
    figures.add("sources", Value::Null, all, all);
    let addresses = known().filter(|source| source.address.is_some());
    figures.add("sources", text("with an address"), addresses.count(), all);
    let dates = known().filter(|source| source.date.is_some());
    figures.add("sources", text("with a date"), dates.count(), all);
}

fn is_memory(snapshot: &Snapshot, statement: StatementId) -> bool {
    let citations = snapshot.citations(statement);
    let mut sources = citations.iter().map(|cited| snapshot.source(cited.source));
    !citations.is_empty() && sources.all(|source| source.is_memory())
}

/// Properties are in no group; a relation in several counts in each.
fn groups(snapshot: &Snapshot, figures: &mut Figures) {
    let schema = &snapshot.schema;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for statement in snapshot.statements() {
        let relation = &schema.relations[snapshot.relation(statement).index()];
        let groups = relation.groups.iter();
        let mut words: Vec<&str> = groups
            .map(|group| schema.groups[group.index()].name.as_str())
            .collect();
        if words.is_empty() {
            words.push(match relation.is_property() {
                true => "properties",
                false => "no group",
            });
        }
        for word in words {
            *counts.entry(word).or_default() += 1;
        }
    }
    figures.add_counted("statements by group", counts, snapshot.statement_count());
}

fn certainties(snapshot: &Snapshot, figures: &mut Figures) {
    let mut counts: BTreeMap<Certainty, usize> = BTreeMap::new();
    for statement in snapshot.statements() {
        let certainty = snapshot.qualifiers(statement).certainty;
        *counts.entry(certainty).or_default() += 1;
    }
    let counts = counts.iter().map(|(found, count)| (found.word(), *count));
    let all = snapshot.statement_count();
    figures.add_counted("statements by certainty", counts, all);
}

/// How much rests on each source; a statement with several counts for each of them.
fn sources(snapshot: &Snapshot, figures: &mut Figures) {
    let all = snapshot.sources.len();
    let mut resting: Vec<Vec<StatementId>> = vec![Vec::new(); all];
    for statement in snapshot.statements() {
        for cited in snapshot.citations(statement) {
            let known = &mut resting[cited.source.index()];
            if known.last() != Some(&statement) {
                known.push(statement);
            }
        }
    }
    let statements = snapshot.statement_count();
    let mut order: Vec<usize> = (0..all).collect();
    stable::sort_by_key(&mut order, |source| {
        (usize::MAX - resting[*source].len(), *source)
    });
    let shown = order.iter().take(SOURCES_SHOWN);
    for source in shown.filter(|source| !resting[**source].is_empty()) {
        let id = &snapshot.sources.get(*source).id;
        let count = resting[*source].len();
        figures.add("statements by source", text(id), count, statements);
    }
    let rest = order.iter().skip(SOURCES_SHOWN);
    let mut rest: Vec<StatementId> = rest.flat_map(|source| resting[*source].clone()).collect();
    stable::sort(&mut rest);
    rest.dedup();
    if !rest.is_empty() {
        let others = format!("{} others", all - SOURCES_SHOWN);
        figures.add(
            "statements by source",
            text(&others),
            rest.len(),
            statements,
        );
    }
}

/// The first and the last date at which a source saw something so.
fn observations(snapshot: &Snapshot, figures: &mut Figures) {
    let mut counts: BTreeMap<&Date, usize> = BTreeMap::new();
    for statement in snapshot.statements() {
        if let Some(observed) = &snapshot.qualifiers(statement).observed {
            *counts.entry(observed).or_default() += 1;
        }
    }
    let ends = [
        ("oldest observation", counts.first_key_value()),
        ("newest observation", counts.last_key_value()),
    ];
    for (figure, end) in ends {
        if let Some((date, count)) = end {
            let date = Value::Date((*date).clone());
            figures.add(figure, date, *count, snapshot.statement_count());
        }
    }
}
