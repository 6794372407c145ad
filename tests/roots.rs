//! Who stands without a lineage does so on purpose: `data/roots.tsv` lists every system, service and
//! tool of the bundled graph that neither came out of another nor led to one, with the reason.
//!
//! The reason is written by hand. The test fails for what is not listed, so that a forgotten lineage
//! is noticed, and for what is listed and has one.

use std::collections::BTreeMap;
use std::path::Path;

use kingraph::model::Along;
use kingraph::model::Filter;
use kingraph::model::LINEAGE;
use kingraph::store;

/// The kinds, with those below them, whose lineage is walked by hand.
const KINDS: [&str; 7] = [
    "container_host_os",
    "operating_system",
    "kubernetes_distribution",
    "managed_service",
    "cni_plugin",
    "container_runtime",
    "tool",
];

#[test]
fn who_has_no_lineage_is_listed_with_the_reason() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/roots.tsv");
    let text = std::fs::read_to_string(path).unwrap();
    let rows: Vec<(&str, &str)> = text
        .lines()
        .skip(1)
        .map(|line| line.split_once('\t').expect("an id, a tab, a reason"))
        .collect();
    assert!(rows.is_sorted(), "the rows are sorted by id");
    let listed: BTreeMap<&str, &str> = rows.iter().copied().collect();
    assert_eq!(listed.len(), rows.len(), "each id once");

    let snapshot = store::bundled();
    let schema = &snapshot.schema;
    let kinds = KINDS.map(|kind| schema.kind(kind).expect("the schema has the kind"));
    let along = Along::group(schema, LINEAGE);
    let filter = Filter::default();
    let mut wrong = Vec::new();
    for entity in snapshot.entities() {
        let slug = snapshot.slug(entity);
        let is_asked = kinds.iter().any(|kind| snapshot.is_a(entity, *kind));
        let into = snapshot.incoming(entity);
        let mut statements = snapshot.outgoing(entity).chain(into);
        let has_lineage = statements.any(|statement| {
            let relation = snapshot.relation(statement);
            along.relations().any(|(known, _)| known == relation)
                && filter.walks(&snapshot, statement)
        });
        match (listed.get(slug), is_asked && !has_lineage) {
            (None, true) => wrong.push(format!("{slug} has no lineage, and no reason is listed")),
            (Some(_), false) => wrong.push(format!("{slug} is listed, and has a lineage")),
            (Some(reason), true) if reason.trim().len() < 5 => {
                wrong.push(format!("{slug} is listed without a reason"));
            }
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
