//! Order in time along the lineage: a thing cannot come out of what did not exist yet.

use std::collections::BTreeMap;
use std::collections::HashMap;

use crate::diagnostic::code;
use crate::model::Comparison;
use crate::model::Date;
use crate::model::EntityId;
use crate::model::LINEAGE;
use crate::model::Object;
use crate::model::RelationId;
use crate::model::Value;
use crate::model::stable;
use crate::store::check::Assertion;
use crate::store::check::Checker;
use crate::store::check::whole::birth;
use crate::store::report::quoted;
use crate::store::written::Place;

/// The dates on which things began, by the property that says so.
type Births<'a> = HashMap<EntityId, BTreeMap<RelationId, Vec<&'a Date>>>;

impl Checker<'_> {
    /// Finds steps of the lineage to which the dates of their ends give the lie.
    pub(super) fn find_older_successors(&mut self) {
        let is_lineage =
            self.relations_where(|relation| self.vocabulary.schema.is_in_group(relation, LINEAGE));
        let steps: Vec<&Assertion> = self
            .assertions
            .iter()
            .filter(|step| is_lineage[step.statement.relation.index()])
            .filter(|step| step.statement.is_walked())
            .collect();
        let births = self.births();
        let mut found = self.find_early_successors(&steps);
        for step in steps {
            let Object::Entity(object) = step.statement.object else {
                continue;
            };
            let message = match &step.statement.since {
                Some(since) => self.begins_later(step.subject, object, since, &births),
                None => self.is_older(step.subject, object, &births),
            };
            found.extend(message.map(|message| (step.place, message)));
        }
        stable::sort(&mut found);
        found.dedup_by_key(|(place, _)| *place);
        for (place, message) in found {
            let hint = "correct one of the dates, or the direction";
            self.judge(&code::OLDER_SUCCESSOR, place, message, hint);
        }
    }

    fn births(&self) -> Births<'_> {
        let mut births = Births::new();
        for assertion in &self.assertions {
            let statement = &assertion.statement;
            let property = &self.vocabulary.schema.relations[statement.relation.index()];
            if let Object::Value(Value::Date(date)) = &statement.object
                && property.is_birth
                && statement.is_walked()
            {
                let known = births.entry(assertion.subject).or_default();
                known.entry(statement.relation).or_default().push(date);
            }
        }
        births
    }

    /// Finds y in x → y → z where y got its successor before it came of x.
    fn find_early_successors(&self, steps: &[&Assertion]) -> Vec<(Place, String)> {
        let mut latest: HashMap<EntityId, &Assertion> = HashMap::new();
        for step in steps {
            if let (Object::Entity(object), Some(_)) = (&step.statement.object, birth(step)) {
                let known = latest.entry(*object).or_insert(step);
                if birth(step) > birth(known) {
                    *known = step;
                }
            }
        }
        let mut found: Vec<(Place, String)> = Vec::new();
        for step in steps {
            let (Some(before), Some(since)) = (latest.get(&step.subject), &step.statement.since)
            else {
                continue;
            };
            let Some(born) = &before.statement.since else {
                continue;
            };
            if since.compare(born) == Comparison::Before {
                let message = format!(
                    "{} came of {} in {}, and cannot have had a successor in {}",
                    quoted(self.id_of(step.subject)),
                    quoted(self.id_of(before.subject)),
                    quoted(born.text()),
                    quoted(since.text())
                );
                found.push((step.place, message));
            }
        }
        found
    }

    /// What is wrong if a thing certainly began after it had a successor.
    fn begins_later(
        &self,
        subject: EntityId,
        object: EntityId,
        since: &Date,
        births: &Births<'_>,
    ) -> Option<String> {
        let known = births.get(&subject)?.iter();
        let dates =
            known.flat_map(|(property, dates)| dates.iter().map(move |date| (date, property)));
        let (begun, property) = dates.min()?;
        (since.compare(begun) == Comparison::Before).then(|| {
            let property = &self.vocabulary.schema.relations[property.index()].name;
            format!(
                "{} began in {} (`{property}`), and cannot have had the successor {} in {}",
                quoted(self.id_of(subject)),
                quoted(begun.text()),
                quoted(self.id_of(object)),
                quoted(since.text())
            )
        })
    }

    /// What is wrong if a successor is certainly older, by every property that says of both when
    /// they began.
    fn is_older(&self, subject: EntityId, object: EntityId, births: &Births<'_>) -> Option<String> {
        let (ancestor, successor) = (births.get(&subject)?, births.get(&object)?);
        let mut older = None;
        for (property, dates) in successor {
            let Some(others) = ancestor.get(property) else {
                continue;
            };
            let (latest, earliest) = (dates.iter().max()?, others.iter().min()?);
            if latest.compare(earliest) != Comparison::Before {
                return None;
            }
            older = older.or(Some((property, latest, earliest)));
        }
        let (property, latest, earliest) = older?;
        let property = &self.vocabulary.schema.relations[property.index()].name;
        Some(format!(
            "the successor {} began in {}, before {} in {} (`{property}`)",
            quoted(self.id_of(object)),
            quoted(latest.text()),
            quoted(self.id_of(subject)),
            quoted(earliest.text())
        ))
    }
}
