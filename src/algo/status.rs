//! How a thing stands, by the dated statements that the schema calls signs of it.

use std::cmp::Reverse;

use crate::diagnostic::Budget;
use crate::diagnostic::Fault;
use crate::model::Date;
use crate::model::Day;
use crate::model::EntityId;
use crate::model::Filter;
use crate::model::Period;
use crate::model::Snapshot;
use crate::model::StatementId;
use crate::model::Status;

/// For how many years a sign of life says that a thing is alive.
pub const LIFE_YEARS: i16 = 3;

/// How a thing stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The word for it.
    pub status: Status,
    /// The sign that says so; none if the status is unknown.
    pub sign: Option<StatementId>,
}

/// A statement that is a sign.
#[derive(Clone, Copy, Debug)]
struct Sign<'a> {
    statement: StatementId,
    status: Status,
    date: Option<&'a Date>,
}

impl Sign<'_> {
    /// Orders signs for the same time: what ends more, then the later date, then the first one
    /// written.
    fn weight(&self) -> impl Ord + '_ {
        (self.status, self.date, Reverse(self.statement))
    }
}

/// How an entity stands on the day that the filter asks for, else on the newest day that any sign
/// of the graph bears.
///
/// Its latest sign that is not certainly after that day decides; of signs of which no one can tell
/// which is later, what ends more. A sign of life says nothing any more when it is certainly more
/// than [`LIFE_YEARS`] old, and takes back an end, but no maintenance, which a statement withdraws
/// by its own `until`. A sign without a date counts unless a sign of life that is not too old
/// speaks against it, or the thing has signs that are later than the day. Only statements that a
/// walk takes are signs.
///
/// # Complexity
/// O(n) for the n statements about the entity.
pub fn standing(
    snapshot: &Snapshot,
    filter: &Filter,
    entity: EntityId,
    budget: &mut Budget,
) -> Result<Standing, Fault> {
    let day = day_asked(snapshot, filter);
    let mut signs = Vec::new();
    // Whether there are later signs, so that what has no date cannot have ended it by the day.
    let mut goes_on = false;
    for statement in snapshot.outgoing(entity) {
        budget.spend(1)?;
        let relation = snapshot.relation(statement);
        let Some(status) = snapshot.schema.relations[relation.index()].status else {
            continue;
        };
        let is_taken = filter.is_doubtful || snapshot.qualifiers(statement).is_walked();
        if !is_taken || !filter.is_sourced(snapshot, statement) {
            continue;
        }
        let date = snapshot.sign_date(statement);
        let first = date.and_then(Date::first);
        if first.zip(day).is_some_and(|(first, day)| first > day) {
            goes_on = true;
            continue;
        }
        let period = snapshot.qualifiers(statement).period();
        if day.is_none_or(|day| holds(date, period, day, filter.is_certain)) {
            signs.push(Sign {
                statement,
                status,
                date,
            });
        }
    }
    if goes_on {
        signs.retain(|sign| sign.date.is_some());
    }
    signs.retain(|sign| !is_stale(sign, day));
    Ok(decide(&signs))
}

/// The day on which things are looked at; none if nothing in the graph bears a date.
fn day_asked(snapshot: &Snapshot, filter: &Filter) -> Option<Day> {
    let during = filter.during.and_then(|(_, last)| last);
    filter.as_of.or(during).or_else(|| snapshot.newest_sign())
}

/// Whether a sign that is not certainly later than a day holds on it; if only what is certain
/// counts, whether it certainly does.
fn holds(date: Option<&Date>, period: Period<'_>, day: Day, is_certain: bool) -> bool {
    match is_certain {
        false => !period.certainly_excludes(day),
        true => {
            let is_by = |date: &Date| date.last().is_some_and(|last| last <= day);
            date.is_none_or(is_by) && period.certainly_includes(day)
        }
    }
}

fn decide(signs: &[Sign<'_>]) -> Standing {
    let dated = signs.iter().filter(|sign| sign.date.is_some());
    let newest = dated.clone().filter_map(|sign| sign.date?.first()).max();
    let may_be_latest = |sign: &&Sign<'_>| {
        let last = sign.date.and_then(Date::last);
        last.zip(newest).is_none_or(|(last, newest)| last >= newest)
    };
    let latest = dated.filter(may_be_latest).max_by_key(|sign| sign.weight());
    let undated = signs.iter().filter(|sign| sign.date.is_none());
    let undated = undated.max_by_key(|sign| sign.weight());
    let is_alive = |sign: &Sign<'_>| sign.status == Status::Active;
    let decides = match (latest, undated) {
        (Some(latest), Some(undated)) => {
            match is_alive(latest) || latest.status >= undated.status {
                true => Some(latest),
                false => Some(undated),
            }
        }
        (latest, undated) => latest.or(undated),
    };
    // What is only kept up goes on being changed: that makes it no more than it was.
    let kept_up = signs
        .iter()
        .filter(|sign| sign.status == Status::Maintenance);
    let kept_up = kept_up.max_by_key(|sign| sign.weight());
    let decides = match decides {
        Some(sign) if is_alive(sign) => kept_up.or(Some(sign)),
        other => other,
    };
    decides.map_or(Standing::default(), |sign| Standing {
        status: sign.status,
        sign: Some(sign.statement),
    })
}

/// Whether a sign of life is too old to say anything on the day.
fn is_stale(sign: &Sign<'_>, day: Option<Day>) -> bool {
    let oldest = day.map(|day| day.years_before(LIFE_YEARS));
    let last = sign.date.and_then(Date::last);
    sign.status == Status::Active && last.zip(oldest).is_some_and(|(last, oldest)| last < oldest)
}
