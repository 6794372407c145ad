//! Which entities match a pattern.

use globset::GlobBuilder;

use crate::algo;
use crate::algo::interruptible;
use crate::diagnostic::Budget;
use crate::diagnostic::Fault;
use crate::diagnostic::suggest;
use crate::model::EntityId;
use crate::model::Filter;
use crate::model::KindId;
use crate::model::Snapshot;
use crate::model::SourceId;
use crate::model::Status;
use crate::model::Value;
use crate::query::bound::Given;
use crate::query::bound::Selector;

/// The entities that match, by id; under `according to`, only those that the sources speak of.
pub(super) fn select(
    snapshot: &Snapshot,
    filter: &Filter,
    selector: &Selector,
    given: &[Given],
    budget: &mut Budget,
) -> Result<Vec<EntityId>, Fault> {
    let mut found = match selector {
        Selector::Named(folded) => snapshot.find_folded(folded),
        Selector::Given(parameter) => match &given[parameter.0].value {
            Value::Text(text) => snapshot.find_folded(&suggest::folded(text)),
            _ => all(snapshot, budget)?,
        },
        Selector::GivenAny(parameter) => {
            match bearers(snapshot, &given[parameter.0].value, budget)? {
                Some(bearers) => bearers,
                None => all(snapshot, budget)?,
            }
        }
        Selector::Glob(pattern) => by_glob(snapshot, pattern, budget)?,
        Selector::All => snapshot.entities().collect(),
        Selector::Kind(kind) => {
            budget.spend(snapshot.entity_count() as u64)?;
            let lists = 0..snapshot.kind_list_count() as u32;
            let is_it = |found: &KindId| snapshot.schema.is_a(*found, *kind);
            let has_it = |list| snapshot.kind_list(list).iter().any(is_it);
            let lists: Vec<bool> = lists.map(has_it).collect();
            let codes = snapshot.kind_codes();
            let members = snapshot.entities();
            members
                .filter(|entity| lists[codes.get(entity.index()) as usize])
                .collect()
        }
        Selector::Standing(wanted) => standing(snapshot, filter, wanted, budget)?,
        Selector::Cited(source) => {
            cited(snapshot, snapshot.entities().collect(), &[*source], budget)?
        }
    };
    if let Some(sources) = &filter.sources {
        found = cited(snapshot, found, sources, budget)?;
    }
    Ok(found)
}

fn all(snapshot: &Snapshot, budget: &mut Budget) -> Result<Vec<EntityId>, Fault> {
    budget.spend(snapshot.entity_count() as u64)?;
    Ok(snapshot.entities().collect())
}

/// Those that bear any text of a list, or a text, when both are folded, by id; none if the value is
/// something else.
pub(super) fn bearers(
    snapshot: &Snapshot,
    names: &Value,
    budget: &mut Budget,
) -> Result<Option<Vec<EntityId>>, Fault> {
    let names = match names {
        Value::List(names) => names,
        name => std::slice::from_ref(name),
    };
    let mut found = Vec::new();
    for name in names {
        budget.spend(1)?;
        match name {
            Value::Text(name) => found.extend(snapshot.find_folded(&suggest::folded(name))),
            // Nobody is known to bear what is not known.
            Value::Null => {}
            _ => return Ok(None),
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(Some(found))
}

fn by_glob(
    snapshot: &Snapshot,
    pattern: &str,
    budget: &mut Budget,
) -> Result<Vec<EntityId>, Fault> {
    let glob = GlobBuilder::new(pattern)
        .build()
        .expect("resolve compiled the pattern");
    let matcher = glob.compile_matcher();
    let mut found = Vec::new();
    for (name, entity) in snapshot.folded_names() {
        budget.spend(1 + name.len() as u64 / 64)?;
        if matcher.is_match(name) {
            found.push(entity);
        }
    }
    interruptible::entities(found, budget)
}

/// Those of the entities that a source names or says something of.
fn cited(
    snapshot: &Snapshot,
    entities: Vec<EntityId>,
    sources: &[SourceId],
    budget: &mut Budget,
) -> Result<Vec<EntityId>, Fault> {
    let is_of = |citation: &crate::model::Citation| sources.contains(&citation.source);
    let mut found = Vec::new();
    for entity in entities {
        let (out, into) = (snapshot.outgoing(entity), snapshot.incoming(entity));
        budget.spend(1 + out.len() as u64 + into.len() as u64)?;
        let mut statements = out.chain(into);
        let is_cited = snapshot.entity_citations(entity).iter().any(is_of)
            || statements.any(|statement| snapshot.citations(statement).iter().any(is_of));
        if is_cited {
            found.push(entity);
        }
    }
    Ok(found)
}

/// What stands in one of the ways on the day that is asked for.
fn standing(
    snapshot: &Snapshot,
    filter: &Filter,
    wanted: &[Status],
    budget: &mut Budget,
) -> Result<Vec<EntityId>, Fault> {
    let mut found = Vec::new();
    for entity in snapshot.entities() {
        if wanted.contains(&algo::standing(snapshot, filter, entity, budget)?.status) {
            found.push(entity);
        }
    }
    Ok(found)
}
