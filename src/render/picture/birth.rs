//! In which year an entity was born, by the dates that the schema calls births.

use crate::model::Day;
use crate::model::EntityId;
use crate::model::ObjectRef;
use crate::model::Value;
use crate::render::Page;

use super::Rank;

/// The year of the first date on which an entity was born by the rule of the schema; none unless
/// that is to place it.
pub(super) fn of(page: &Page<'_>, entity: EntityId) -> Option<i32> {
    if page.look.rank != Rank::Year {
        return None;
    }
    let (snapshot, filter) = (page.snapshot, &page.answer.filter);
    let births = snapshot.outgoing(entity).filter(|statement| {
        let relation = snapshot.relation(*statement);
        snapshot.schema.relations[relation.index()].is_birth && filter.walks(snapshot, *statement)
    });
    let days = births.filter_map(|statement| match snapshot.object(statement) {
        ObjectRef::Value(Value::Date(date)) => date.first(),
        _ => None,
    });
    days.min().and_then(year)
}

/// The year of a day, read off how it is written: `2018-03-01`.
fn year(day: Day) -> Option<i32> {
    day.to_string().rsplitn(3, '-').nth(2)?.parse().ok()
}
