//! The graph that comes with kin: sound, the same in the program as in its folder, and all that
//! the documents say. `data/claims.tsv` and `data/surface-forms.tsv` were taken from them by hand.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;

use kingraph::model::EntityId;
use kingraph::model::ObjectRef;
use kingraph::model::Snapshot;
use kingraph::model::StatementId;
use kingraph::model::Value;
use kingraph::model::freeze;
use kingraph::store;

const CLAIMS: &str = include_str!("data/claims.tsv");
const FORMS: &str = include_str!("data/surface-forms.tsv");

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("graph-data")
}

/// The rows of a table whose first line names its columns.
fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().skip(1).map(|line| line.split('\t').collect())
}

#[test]
fn the_folder_loads_without_findings() {
    let loaded = store::load(&folder()).unwrap();
    assert_eq!(loaded.render(), "");
    assert!(loaded.totals.is_empty(), "{:?}", loaded.totals);
}

#[test]
fn what_is_in_the_program_is_what_is_in_the_folder() {
    let loaded = store::load(&folder()).unwrap();
    let fresh = store::encode(&freeze(&loaded.graph));
    assert!(
        fresh == store::encode(&store::bundled()),
        "the bytes differ"
    );
}

/// Whether a citation of `source` names `line`, alone or in a list or range.
fn names_line(at: &str, line: &str) -> bool {
    let line: u32 = line.parse().unwrap();
    at.split([',', ' '])
        .filter(|part| !part.is_empty())
        .any(|part| {
            let ends: Vec<u32> = part.split('-').filter_map(|end| end.parse().ok()).collect();
            matches!(ends.as_slice(), [only] if *only == line)
                || matches!(ends.as_slice(), [first, last] if (*first..=*last).contains(&line))
        })
}

/// A line of the table of claims.
struct Claim<'a> {
    id: &'a str,
    source: &'a str,
    line: &'a str,
    subject: &'a str,
    relation: &'a str,
    object: &'a str,
}

fn claims() -> Vec<Claim<'static>> {
    let claim = |row: Vec<&'static str>| {
        let [id, place, subject, relation, object] = row.try_into().unwrap();
        let (source, line) = place.split_once(':').unwrap();
        Claim {
            id,
            source,
            line,
            subject,
            relation,
            object,
        }
    };
    rows(CLAIMS).map(claim).collect()
}

impl Claim<'_> {
    fn is_cited_by(&self, snapshot: &Snapshot, citations: &[kingraph::model::Citation]) -> bool {
        citations.iter().any(|citation| {
            snapshot.source(citation.source).id == self.source
                && names_line(&citation.at, self.line)
        })
    }

    /// Why no statement, name or alias of the graph stands for the claim; none if one does.
    fn missing(&self, snapshot: &Snapshot) -> Option<String> {
        let Some(subject) = snapshot.find_id(self.subject) else {
            return Some(format!("there is no `{}`", self.subject));
        };
        if self.is_name() {
            let mut names = snapshot.names(subject);
            let is_named = names.any(|name| name.text == self.object);
            return (!is_named).then(|| "it is not called so".to_owned());
        }
        let incoming = snapshot.incoming(subject);
        let mut statements = snapshot.outgoing(subject).chain(incoming);
        let stands = statements.any(|statement| {
            self.is_cited_by(snapshot, snapshot.citations(statement))
                && self.is_said_by(snapshot, subject, statement)
        });
        (!stands).then(|| "no statement from there says so".to_owned())
    }

    fn is_name(&self) -> bool {
        matches!(self.relation, "name" | "alias")
    }

    fn is_said_by(&self, snapshot: &Snapshot, subject: EntityId, statement: StatementId) -> bool {
        let relation = &snapshot.schema.relations[snapshot.relation(statement).index()];
        let slug_is = |entity: EntityId| snapshot.slug(entity) == self.object;
        let forward = relation.name == self.relation && snapshot.subject(statement) == subject;
        let backward = relation.inverse.as_deref() == Some(self.relation)
            || relation.is_symmetric && relation.name == self.relation;
        match snapshot.object(statement) {
            ObjectRef::Entity(object) => {
                forward && slug_is(object) || backward && slug_is(snapshot.subject(statement))
            }
            ObjectRef::Value(Value::Text(text)) => forward && text == self.object,
            ObjectRef::Value(Value::Date(date)) => forward && date.text() == self.object,
            ObjectRef::Value(_) => forward,
            ObjectRef::Nothing => forward && self.object.is_empty(),
        }
    }
}

#[test]
fn every_claim_stands_in_the_graph_with_its_line() {
    let snapshot = store::bundled();
    let claims = claims();
    let missing: Vec<String> = claims
        .iter()
        .filter_map(|claim| {
            let why = claim.missing(&snapshot)?;
            let Claim {
                id,
                source,
                line,
                subject,
                relation,
                object,
            } = claim;
            Some(format!(
                "{id} {source}:{line} {subject} {relation} {object}: {why}"
            ))
        })
        .collect();
    assert!(
        missing.is_empty(),
        "{} of {}:\n{}",
        missing.len(),
        claims.len(),
        missing.join("\n")
    );
    assert_eq!(claims.len(), 927, "no claim is lost");
}

/// A name has no sources of its own: where it is used stands in those of the entity.
#[test]
fn every_line_that_names_something_is_a_source_of_it() {
    let snapshot = store::bundled();
    let is_cited = |claim: &Claim<'_>| {
        let entity = snapshot.find_id(claim.subject).unwrap();
        claim.is_cited_by(&snapshot, snapshot.entity_citations(entity))
    };
    let claims = claims().into_iter().filter(Claim::is_name);
    let missing: Vec<String> = claims
        .filter(|claim| !is_cited(claim))
        .map(|claim| {
            format!(
                "{} {}:{} {}",
                claim.id, claim.source, claim.line, claim.object
            )
        })
        .collect();
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_form_in_the_documents_resolves_as_it_should() {
    let snapshot = store::bundled();
    let mut wrong = Vec::new();
    let mut count = 0;
    for row in rows(FORMS) {
        let [form, expected] = row.as_slice() else {
            panic!("{row:?}")
        };
        let ids = expected.strip_prefix("ambiguous:").unwrap_or(expected);
        let wanted: BTreeSet<&str> = ids.split(',').collect();
        let found = snapshot.find(form).map_or(Vec::new(), |(_, found)| found);
        let found: BTreeSet<&str> = found.iter().map(|entity| snapshot.slug(*entity)).collect();
        if found != wanted {
            wrong.push(format!("{form}: {found:?}, not {wanted:?}"));
        }
        assert_eq!(
            wanted.len() > 1,
            expected.starts_with("ambiguous:"),
            "{form}"
        );
        count += 1;
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(count, 413, "no form is lost");
}

/// Whether a character is of the Japanese syllabaries, full or half width.
fn is_kana(character: char) -> bool {
    matches!(character, '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9f}')
}

/// Facts carry over and sentences don't: kana stand in names and titles only.
#[test]
fn no_value_or_note_is_japanese() {
    let snapshot = store::bundled();
    let mut wrong = Vec::new();
    for statement in snapshot.statements() {
        let qualifiers = snapshot.qualifiers(statement);
        let mut texts: Vec<&str> = [&qualifiers.condition, &qualifiers.role, &qualifiers.note]
            .into_iter()
            .filter_map(|text| text.as_deref())
            .collect();
        if let ObjectRef::Value(Value::Text(text)) = snapshot.object(statement) {
            texts.push(text);
        }
        let subject = snapshot.slug(snapshot.subject(statement));
        let japanese = texts.into_iter().filter(|text| text.chars().any(is_kana));
        wrong.extend(japanese.map(|text| format!("{subject}: {text}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_are_clean_text() {
    let entries: Vec<_> = std::fs::read_dir(folder()).unwrap().collect();
    assert!(entries.len() > 10);
    for entry in entries {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            text.ends_with('\n') && !text.contains(['\r', '\t']),
            "{path:?}"
        );
        let trailing = text.lines().position(|line| line != line.trim_end());
        assert_eq!(trailing, None, "{path:?}: blanks at the end of a line");
    }
}
