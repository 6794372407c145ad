//! When an entity lived: the days that dated statements, names and properties give.
//!
//! A date that is vague stands for the middle of the days it may mean; of dates for one and the
//! same thing, one that only says less than another is left aside.

use crate::algo;
use crate::diagnostic::Budget;
use crate::diagnostic::Interrupt;
use crate::diagnostic::Limits;
use crate::model::Date;
use crate::model::Day;
use crate::model::EntityId;
use crate::model::Filter;
use crate::model::ObjectRef;
use crate::model::Relation;
use crate::model::Snapshot;
use crate::model::Status;
use crate::model::Value;
use crate::model::stable;
use crate::render::Page;

/// What a date says of the life of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// It began then.
    Begin,
    /// It was there then.
    Seen,
    /// It was alive then, and had been there before.
    Alive,
    /// Something happened to it then: a mark on its bar.
    Mark,
    /// It was over then.
    End,
}

/// Relations from whose first day on their object is there: what the schema has no word for.
static BEGINNINGS: [&str; 2] = ["forked_as", "renamed_to"];

/// What a statement of that relation says of its subject and its object by its date.
///
/// The schema says which dates are births, signs of life and ends. A relation that says none of
/// these says that its subject was there; a property, that something happened to it.
pub(super) fn parts_of(relation: &Relation) -> (Part, Part) {
    let of_subject = match relation.status {
        _ if relation.is_birth => Part::Begin,
        Some(Status::Ended | Status::Archived) => Part::End,
        Some(Status::Active) => Part::Alive,
        _ if relation.is_property() => Part::Mark,
        _ => Part::Seen,
    };
    match BEGINNINGS.contains(&relation.name.as_str()) {
        true => (of_subject, Part::Begin),
        false => (of_subject, Part::Seen),
    }
}

/// The days that an answer looks at; none for an open end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    /// The first.
    pub(super) first: Option<i32>,
    /// The last.
    pub(super) last: Option<i32>,
}

impl Window {
    /// The days of a context. What was before a day that is asked for is its history, and stays.
    pub(super) fn of(filter: &Filter) -> Window {
        let (first, last) = match (filter.as_of, filter.during) {
            (Some(day), _) => (None, Some(day)),
            (None, Some(span)) => span,
            (None, None) => (None, None),
        };
        Window {
            first: first.map(|day| day.0),
            last: last.map(|day| day.0),
        }
    }

    /// Whether a date is not certainly later than the last day.
    fn reaches(self, date: &Date) -> bool {
        let first = date.first().map(|day| day.0);
        first
            .zip(self.last)
            .is_none_or(|(first, last)| first <= last)
    }

    /// The nearest day that is looked at.
    pub(super) fn nearest(self, day: i32) -> i32 {
        let day = self.first.map_or(day, |first| day.max(first));
        self.last.map_or(day, |last| day.min(last))
    }
}

/// A date in the life of an entity, and what happened.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    /// The day at which it is drawn.
    pub(super) day: i32,
    /// What happened, and when in the words of the source: `released_on 2014-07`.
    pub(super) text: String,
    /// What it says.
    pub(super) part: Part,
}

/// A name, and the day from which on it was borne.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Renaming {
    /// The day.
    pub(super) day: i32,
    /// The date as it was written.
    pub(super) date: String,
    /// The name from then on.
    pub(super) name: String,
}

/// The life of an entity: days since 0000-01-01, none where nothing is known.
///
/// `first ≤ begin ≤ end ≤ last` for those that are there, and `first` and `last` are there
/// together or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::render) struct Life {
    /// The first day of which anything is known.
    pub(super) first: Option<i32>,
    /// The day it began.
    pub(in crate::render) begin: Option<i32>,
    /// The day it ended; none while nothing says that it did.
    pub(in crate::render) end: Option<i32>,
    /// The last day of which anything is known.
    pub(super) last: Option<i32>,
    /// Whether it was there before the first day: that is no more than a sign of life.
    pub(super) is_older: bool,
    /// The dates of its properties, in order of time.
    pub(super) marks: Vec<Mark>,
    /// The name it began with, if it had another one than today's.
    pub(super) first_name: Option<String>,
    /// Its later names, in order of time.
    pub(super) renamings: Vec<Renaming>,
}

/// The day at which a date is drawn: the middle of the days it may mean, or its only bound.
pub(super) fn day(date: &Date) -> Option<i32> {
    match (date.first(), date.last()) {
        (Some(first), Some(last)) => Some(first.0 + (last.0 - first.0) / 2),
        (first, last) => first.or(last).map(|day| day.0),
    }
}

/// The life of an entity, of what `filter` admits and walks.
///
/// What the entity is the subject of counts, and what relations of `lineage` say of it as their
/// object; `statements` are arrows of the picture, which count for both ends in any case.
pub(in crate::render) fn of(
    snapshot: &Snapshot,
    filter: &Filter,
    entity: EntityId,
    is_shown: impl Fn(crate::model::StatementId) -> bool,
) -> Life {
    let window = Window::of(filter);
    let mut found = Found::new(window);
    for statement in snapshot.outgoing(entity) {
        if !filter.walks(snapshot, statement) {
            continue;
        }
        let relation = &snapshot.schema.relations[snapshot.relation(statement).index()];
        let qualifiers = snapshot.qualifiers(statement);
        let (from, _) = parts_of(relation);
        // The period of a property is that of its value, which says more.
        let said = if relation.is_property() {
            Part::Seen
        } else {
            from
        };
        found.add(qualifiers.since.as_ref(), said);
        found.add(qualifiers.until.as_ref(), Part::Seen);
        found.add(qualifiers.observed.as_ref(), Part::Seen);
        if let ObjectRef::Value(Value::Date(date)) = snapshot.object(statement) {
            found.property(&relation.name, from, date);
        }
    }
    let lineage = snapshot.schema.group(crate::model::LINEAGE);
    for statement in snapshot.incoming(entity) {
        let relation = &snapshot.schema.relations[snapshot.relation(statement).index()];
        let is_lineage = lineage.is_some_and(|lineage| relation.groups.contains(&lineage));
        if (is_lineage || is_shown(statement)) && filter.walks(snapshot, statement) {
            let (_, to) = parts_of(relation);
            found.add(snapshot.qualifiers(statement).since.as_ref(), to);
        }
    }
    let mut life = found.life(is_over(snapshot, filter, entity));
    name(&mut life, snapshot, filter, entity);
    life
}

/// The life of all of `members`, at least one: from the first that began to the last that ended.
///
/// One without any date says nothing; one that has no end keeps the whole open. The life of several
/// has no marks and no names of its own.
pub(in crate::render) fn of_all(
    page: &Page<'_>,
    members: &[EntityId],
    is_shown: impl Fn(crate::model::StatementId) -> bool,
) -> Life {
    let one = |member: EntityId| of(page.snapshot, &page.answer.filter, member, &is_shown);
    if let [member] = members {
        return one(*member);
    }
    let lives = members.iter().map(|member| one(*member));
    let lives: Vec<Life> = lives.filter(|life| life.first.is_some()).collect();
    let ends: Option<Vec<i32>> = lives.iter().map(|life| life.end).collect();
    Life {
        first: lives.iter().filter_map(|life| life.first).min(),
        begin: lives.iter().filter_map(|life| life.begin).min(),
        end: ends.and_then(|ends| ends.into_iter().max()),
        last: lives.iter().filter_map(|life| life.last).max(),
        is_older: lives
            .iter()
            .min_by_key(|life| life.first)
            .is_some_and(|life| life.is_older),
        ..Life::default()
    }
}

/// Whether an entity has ended by the rule of the graph's schema, on the day that is looked at.
fn is_over(snapshot: &Snapshot, filter: &Filter, entity: EntityId) -> bool {
    // What stands at one entity is no walk, and is not reckoned with.
    let mut budget = Budget::new(Limits::default(), Interrupt::default());
    let standing = algo::standing(snapshot, filter, entity, &mut budget).unwrap_or_default();
    matches!(standing.status, Status::Ended | Status::Archived)
}

/// Dates that were found, by what they say.
#[derive(Debug)]
struct Found<'a> {
    window: Window,
    dates: Vec<(Part, &'a Date)>,
    marks: Vec<Mark>,
}

impl<'a> Found<'a> {
    fn new(window: Window) -> Found<'a> {
        Found {
            window,
            dates: Vec::new(),
            marks: Vec::new(),
        }
    }

    fn add(&mut self, date: Option<&'a Date>, part: Part) {
        let date = date.filter(|date| self.window.reaches(date));
        self.dates.extend(date.map(|date| (part, date)));
    }

    fn property(&mut self, name: &str, part: Part, date: &'a Date) {
        if !self.window.reaches(date) {
            return;
        }
        self.dates.push((part, date));
        let day = day(date).filter(|day| self.window.nearest(*day) == *day);
        self.marks.extend(day.map(|day| Mark {
            day,
            text: format!("{name} {}", date.text()),
            part,
        }));
    }

    /// The days of one part, without dates that only say less than another one.
    fn days(&self, part: Part) -> impl Iterator<Item = i32> {
        let dates = self.dates.iter().filter(move |(found, _)| *found == part);
        let dates: Vec<&Date> = dates.map(|(_, date)| *date).collect();
        let is_vaguer = |date: &Date, other: &Date| {
            let holds = date.first() <= other.first()
                && (date.last().is_none()
                    || (other.last().is_some() && other.last() <= date.last()));
            holds && (date.first(), date.last()) != (other.first(), other.last())
        };
        let kept = dates.iter().filter(|date| {
            let mut others = dates.iter();
            !others.any(|other| is_vaguer(date, other))
        });
        let days = kept.filter_map(|date| day(date));
        let days: Vec<i32> = days.map(|day| self.window.nearest(day)).collect();
        days.into_iter()
    }

    fn life(mut self, is_over: bool) -> Life {
        let begin = self.days(Part::Begin).min();
        let end = self.days(Part::End).max().filter(|_| is_over);
        let parts = [Part::Begin, Part::Seen, Part::Alive, Part::Mark, Part::End];
        let all: Vec<i32> = parts.iter().flat_map(|part| self.days(*part)).collect();
        let first = all.iter().min().copied();
        let tells = [Part::Begin, Part::Seen]
            .iter()
            .flat_map(|part| self.days(*part));
        let is_told = tells.min().is_some_and(|told| Some(told) == first);
        stable::sort(&mut self.marks);
        self.marks.dedup();
        Life {
            first,
            begin: begin.filter(|begin| end.is_none_or(|end| *begin <= end)),
            end,
            last: all.iter().max().copied(),
            is_older: first.is_some() && begin.is_none() && !is_told,
            marks: self.marks,
            ..Life::default()
        }
    }
}

/// Two dates of names that are so many days apart are of one renaming.
const SAME: i32 = 45;

/// Its names in order of time, as far as their periods say.
///
/// A name that is over is followed by the next one, or by today's. A name without a period is
/// taken for the one before all others.
fn name(life: &mut Life, snapshot: &Snapshot, filter: &Filter, entity: EntityId) {
    let window = Window::of(filter);
    let on_last = Filter {
        as_of: window.last.map(Day),
        ..Filter::default()
    };
    let current = on_last.name(snapshot, entity);
    let names = snapshot.names(entity).filter(|name| !name.is_alias);
    let names = names.filter(|name| name.period.since.is_none_or(|since| window.reaches(since)));
    let names: Vec<_> = names.collect();
    let taken = |date: &Date, name: &str| {
        day(date).map(|day| Renaming {
            day,
            date: date.text().to_owned(),
            name: name.to_owned(),
        })
    };
    let begun = names
        .iter()
        .filter_map(|name| taken(name.period.since?, name.text));
    let mut found: Vec<Renaming> = begun.collect();
    let over = names.iter().filter(|name| name.text != current);
    for name in over {
        let until = name.period.until.filter(|until| window.reaches(until));
        let next = until.and_then(|date| taken(date, current));
        let is_told = |next: &Renaming| {
            let mut known = found.iter();
            known.any(|known| known.name != name.text && (known.day - next.day).abs() <= SAME)
        };
        found.extend(next.filter(|next| !is_told(next)));
    }
    stable::sort_by(&mut found, |a, b| (a.day, &a.name).cmp(&(b.day, &b.name)));
    if found.is_empty() {
        life.first_name = (current != filter.name(snapshot, entity)).then(|| current.to_owned());
        return;
    }
    let begin = life.begin.or(life.first);
    let is_first = |renaming: &Renaming| begin.is_some_and(|begin| renaming.day <= begin + SAME);
    let former = names
        .iter()
        .filter(|name| name.period.since.is_none())
        .min_by_key(|name| (name.period.until.is_none(), name.period.until.and_then(day)));
    let is_former = former.is_some_and(|name| name.period.until.is_some());
    let first = match found.first() {
        Some(renaming) if is_first(renaming) && !is_former => found.remove(0).name,
        _ => former.map_or(current, |name| name.text).to_owned(),
    };
    let mut before = first.clone();
    found.retain(|renaming| std::mem::replace(&mut before, renaming.name.clone()) != renaming.name);
    // What was taken before the first day is the name that the picture begins with.
    let before = found.partition_point(|taken| window.nearest(taken.day) > taken.day);
    let earlier = found.drain(..before).next_back().map(|taken| taken.name);
    for taken in &mut found {
        taken.day = window.nearest(taken.day);
    }
    life.first_name = Some(earlier.unwrap_or(first));
    let all: Vec<i32> = found.iter().map(|renaming| renaming.day).collect();
    life.first = all.iter().copied().chain(life.first).min();
    life.last = all.iter().copied().chain(life.last).max();
    life.renamings = found;
}
