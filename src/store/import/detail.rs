//! What statements have besides their ends: read once however often it occurs.

use std::collections::HashMap;

use crate::model::Certainty;
use crate::model::Citation;
use crate::model::Date;
use crate::model::Period;
use crate::model::Polarity;
use crate::model::Qualifiers;
use crate::model::SourceId;
use crate::model::stable;
use crate::store::import::intern::Interner;
use crate::store::import::plan::DETAILS;
use crate::store::import::reader::Wrong;
use crate::store::import::report::Problem;
use crate::store::import::report::quoted;
use crate::store::import::words::Vocabulary;

/// Everything about a statement but its ends and its relation; ordered as statements are.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Detail {
    pub(super) qualifiers: Qualifiers,
    pub(super) citations: Vec<Citation>,
}

/// The details that have appeared, numbered; number 0 is that of a plain statement.
pub(super) struct Details {
    /// The fields as they were written.
    written: Interner,
    /// The number of each such, or what is wrong with it.
    numbers: Vec<Result<u32, Wrong>>,
    found: Vec<Detail>,
    known: HashMap<Vec<u8>, u32>,
}

impl Default for Details {
    fn default() -> Details {
        let plain = Detail::default();
        let key = postcard::to_allocvec(&(&plain.qualifiers, &plain.citations));
        Details {
            written: Interner::default(),
            numbers: Vec::new(),
            known: HashMap::from([(key.expect("postcard writes every record"), 0)]),
            found: vec![plain],
        }
    }
}

impl Details {
    /// What came of details that are written so, if such have been read.
    pub(super) fn known(&self, written: &[u8]) -> Option<&Result<u32, Wrong>> {
        let place = self.written.find(written)?;
        self.numbers.get(place as usize)
    }

    /// The number of the details that are written so: each of [`DETAILS`] ends with a NUL, which no
    /// field has.
    pub(super) fn number(&mut self, written: &[u8], words: &mut Vocabulary) -> Result<u32, Wrong> {
        let place = self.written.number(written) as usize;
        if place == self.numbers.len() {
            let number = match read(written, words) {
                Ok(detail) => Ok(self.add(detail)),
                Err(wrong) => Err(wrong),
            };
            self.numbers.push(number);
        }
        self.numbers[place].clone()
    }

    fn add(&mut self, detail: Detail) -> u32 {
        let key = postcard::to_allocvec(&(&detail.qualifiers, &detail.citations));
        let next = self.found.len() as u32;
        let key = key.expect("postcard writes every record");
        *self.known.entry(key).or_insert_with(|| {
            self.found.push(detail);
            next
        })
    }

    /// The details in their order, and the place of each number; sources get their final numbers.
    pub(super) fn order(self, sources: &[u32]) -> (Vec<Detail>, Vec<u32>) {
        let mut found: Vec<(Detail, usize)> = self.found.into_iter().zip(0..).collect();
        for citation in found
            .iter_mut()
            .flat_map(|(detail, _)| &mut detail.citations)
        {
            citation.source = SourceId(sources[citation.source.index()]);
        }
        stable::sort(&mut found);
        let mut places = vec![0; found.len()];
        for (place, (_, number)) in found.iter().enumerate() {
            places[*number] = place as u32;
        }
        (
            found.into_iter().map(|(detail, _)| detail).collect(),
            places,
        )
    }
}

fn read(written: &[u8], words: &mut Vocabulary) -> Result<Detail, Wrong> {
    let mut fields = [""; DETAILS.len()];
    for (field, bytes) in fields.iter_mut().zip(written.split(|byte| *byte == 0)) {
        *field = std::str::from_utf8(bytes).expect("fields are checked before they are put here");
    }
    let [
        since,
        until,
        observed,
        condition,
        role,
        note,
        certainty,
        polarity,
        source,
        at,
    ] = fields;
    let text = |field: &str| (!field.is_empty()).then(|| field.to_owned());
    let citation = |source| Citation {
        source: SourceId(source),
        at: at.into(),
    };
    let wrong_word = |what, field: &str, words: Vec<&str>| {
        let field = quoted(field.as_bytes());
        let message = format!("{field} is no {what}: there are {}", words.join(", "));
        (Problem::Word, message)
    };
    if source.is_empty() && !at.is_empty() {
        let at = quoted(at.as_bytes());
        return Err((Problem::Word, format!("the place {at} is in no source")));
    }
    let certainties = || Certainty::ALL.iter().map(|row| row.word()).collect();
    let polarities = || Polarity::ALL.iter().map(|row| row.word()).collect();
    let (since, until) = period(since, until)?;
    Ok(Detail {
        qualifiers: Qualifiers {
            since,
            until,
            observed: date("observed", observed)?,
            condition: text(condition),
            role: text(role),
            note: text(note),
            certainty: match certainty {
                "" => Certainty::default(),
                word => Certainty::parse(word)
                    .ok_or_else(|| wrong_word("certainty", word, certainties()))?,
            },
            polarity: match polarity {
                "" => Polarity::default(),
                word => Polarity::parse(word)
                    .ok_or_else(|| wrong_word("polarity", word, polarities()))?,
            },
        },
        citations: match source {
            "" => Vec::new(),
            id => vec![citation(words.source(id))],
        },
    })
}

/// When it begins and ends, if it says so.
fn period(since: &str, until: &str) -> Result<(Option<Date>, Option<Date>), Wrong> {
    let (first, last) = (date("since", since)?, date("until", until)?);
    let period = Period {
        since: first.as_ref(),
        until: last.as_ref(),
    };
    if period.is_reversed() {
        let (since, until) = (quoted(since.as_bytes()), quoted(until.as_bytes()));
        let message = format!("the period ends in {until}, before it begins in {since}");
        return Err((Problem::Period, message));
    }
    Ok((first, last))
}

fn date(name: &str, field: &str) -> Result<Option<Date>, Wrong> {
    if field.is_empty() {
        return Ok(None);
    }
    Date::parse(field).map(Some).map_err(|error| {
        let field = quoted(field.as_bytes());
        (Problem::Date, format!("`{name}` is {field}: {error}"))
    })
}
