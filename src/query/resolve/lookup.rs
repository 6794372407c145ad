//! Names of entities, kinds, relations and sources, and what to say when there is none.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code;
use crate::diagnostic::escape;
use crate::diagnostic::suggest;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::KindId;
use crate::model::Level;
use crate::model::RelationId;
use crate::model::Snapshot;
use crate::model::SourceId;
use crate::query::ast::Name;
use crate::query::field;
use crate::query::function;
use crate::query::scan;

/// The most candidates that an ambiguous name lists.
const CANDIDATES_MAX: usize = 8;

/// The longest name that is compared with known ones, in bytes.
const SUGGEST_BYTES_MAX: usize = 200;

/// The most characters of a name that a message repeats.
const ECHO_MAX: usize = 60;

/// The entity that bears a name, and a note if it was found only by folding.
pub(super) fn entity(
    snapshot: &Snapshot,
    name: &Name,
) -> Result<(EntityId, Option<String>), Diagnostic> {
    if name.text.is_empty() {
        return Err(Diagnostic::error(
            &code::EMPTY_NAME,
            name.span,
            "a name is empty",
        ));
    }
    match snapshot.find(&name.text) {
        None => Err(unknown(snapshot, name)),
        Some((level, found)) => match found.as_slice() {
            [entity] => Ok((*entity, folding_note(snapshot, level, name, *entity))),
            several => Err(ambiguous(snapshot, name, several)),
        },
    }
}

fn folding_note(
    snapshot: &Snapshot,
    level: Level,
    name: &Name,
    entity: EntityId,
) -> Option<String> {
    (level == Level::Folded).then(|| {
        let (met, taken) = (escape::clipped(&name.text, ECHO_MAX), snapshot.name(entity));
        format!("took `{met}` as {}", escape::visible(taken))
    })
}

/// One line that can be pasted for an entity: its id, name and kind.
fn candidate(snapshot: &Snapshot, entity: EntityId) -> String {
    format!(
        "`id:{}` for {} ({})",
        scan::written(snapshot.slug(entity)),
        escape::clipped(snapshot.name(entity), ECHO_MAX),
        snapshot.kind_name(entity)
    )
}

fn ambiguous(snapshot: &Snapshot, name: &Name, found: &[EntityId]) -> Diagnostic {
    let message = format!("`{}` could be any of {} entities", name.text, found.len());
    let mut finding = Diagnostic::error(&code::AMBIGUOUS_NAME, name.span, message);
    for entity in found.iter().take(CANDIDATES_MAX) {
        finding = finding.hint(format!("write {}", candidate(snapshot, *entity)));
    }
    finding.hint(format!(
        "write `name:{}` for all of them",
        scan::written(&name.text)
    ))
}

fn unknown(snapshot: &Snapshot, name: &Name) -> Diagnostic {
    let text = &name.text;
    let message = format!("no entity has the id, name or alias `{text}`");
    let finding = Diagnostic::error(&code::UNKNOWN_NAME, name.span, message);
    if let Some(function) = function::find(text) {
        return finding.hint(format!("call the function: `{}`", function.signature()));
    }
    if crate::query::resolve::PATTERNS
        .iter()
        .any(|row| row.name == text)
    {
        return finding.hint(format!("a pattern has a colon and a name: `{text}:NAME`"));
    }
    if let Some(function) = function::find_value(text) {
        let call = function.signature();
        return finding.hint(format!(
            "a function of values stands in a column: `x |> select {call}`"
        ));
    }
    if snapshot.schema.kind(text).is_some() {
        return finding.hint(format!("for all entities of that kind write `kind:{text}`"));
    }
    if snapshot.schema.relation(text).is_some() {
        return finding.hint(format!("step along the relation behind a set: `x.{text}`"));
    }
    if text.len() > SUGGEST_BYTES_MAX {
        return finding.hint("a name is shorter than this".to_owned());
    }
    let difference = text.match_indices('-').find_map(|(at, _)| {
        let (left, right) = (&text[..at], &text[at + 1..]);
        let both_known = snapshot.find(left).is_some() && snapshot.find(right).is_some();
        both_known.then(|| format!("for the difference write `{left} - {right}`"))
    });
    if let Some(hint) = difference {
        return finding.hint(hint);
    }
    let near = suggest::nearest(text, snapshot.names_like(text));
    let near: Vec<String> = near.into_iter().map(scan::written).collect();
    let near: Vec<&str> = near.iter().map(String::as_str).collect();
    match suggest::did_you_mean(&near) {
        Some(hint) => finding.hint(hint),
        None => finding.hint(glob_hint(snapshot, text)),
    }
}

/// A glob that finds names with the beginning of `text` in them, if there are any.
fn glob_hint(snapshot: &Snapshot, text: &str) -> Option<String> {
    let letters = text.chars().filter(|character| scan::is_word(*character));
    let part = suggest::folded(&letters.take(4).collect::<String>());
    let is_somewhere = snapshot
        .folded_names()
        .any(|(name, _)| name.contains(&part));
    (is_somewhere && part.chars().count() > 1)
        .then(|| format!("look for it with `glob:\"*{part}*\"`"))
}

/// The kind of that name.
pub(super) fn kind(snapshot: &Snapshot, name: &Name) -> Result<KindId, Diagnostic> {
    let schema = &snapshot.schema;
    let folded = suggest::folded(&name.text);
    let by_fold = || {
        schema
            .kinds
            .iter()
            .position(|kind| suggest::folded(&kind.name) == folded)
    };
    match schema.kind(&name.text).or_else(|| match schema.is_open {
        // The labels of a foreign graph are what they are, to the letter.
        true => None,
        false => by_fold().map(KindId::from_index),
    }) {
        Some(kind) => Ok(kind),
        None => {
            let known = schema.kinds.iter().map(|kind| kind.name.as_str());
            let near = suggest::nearest(&name.text, known);
            let message = format!("there is no kind `{}`", name.text);
            let entity = snapshot.find(&name.text).map(|_| scan::written(&name.text));
            let hint = entity
                .map(|entity| format!("an entity stands behind `in`: `(a in {entity})`"))
                .or_else(|| suggest::did_you_mean(&near))
                .unwrap_or_else(|| "`kin schema` lists the kinds".to_owned());
            Err(Diagnostic::error(&code::UNKNOWN_KIND, name.span, message).hint(hint))
        }
    }
}

/// The relation or property of that name or inverse name, and the way that name walks it.
pub(super) fn relation(
    snapshot: &Snapshot,
    name: &Name,
) -> Result<(RelationId, Direction), Diagnostic> {
    let schema = &snapshot.schema;
    if let Some(found) = schema.relation(&name.text) {
        return Ok(found);
    }
    let message = format!("there is no relation `{}`", name.text);
    let finding = Diagnostic::error(&code::UNKNOWN_RELATION, name.span, message);
    if schema.group(&name.text).is_some() {
        let hint = format!(
            "`{0}` is a group: write `successors(x, via={0})`",
            name.text
        );
        return Err(finding.hint(hint));
    }
    let words = schema.relations.iter().flat_map(|relation| {
        std::iter::once(relation.name.as_str()).chain(relation.inverse.as_deref())
    });
    let near = suggest::nearest(&name.text, words);
    if !schema.is_open && field::is_field(&name.text) {
        let hint = format!("a stage reads it: `x |> select {}`", name.text);
        return Err(finding.hint(hint));
    }
    if function::find(&name.text).is_some() {
        return Err(finding.hint(format!("call the function: `{}(x)`", name.text)));
    }
    let hint = suggest::did_you_mean(&near)
        .unwrap_or_else(|| "`kin schema relations` lists the relations".to_owned());
    Err(finding.hint(hint))
}

/// The source with that id or title, to the letter or folded.
pub fn find_source(snapshot: &Snapshot, text: &str) -> Option<SourceId> {
    let folded = suggest::folded(text);
    let by_title = |wanted: &dyn Fn(&str) -> bool| {
        snapshot
            .sources
            .iter()
            .position(|source| wanted(&source.id) || wanted(&source.title))
    };
    snapshot.find_source(text).or_else(|| {
        by_title(&|known| known == text)
            .or_else(|| by_title(&|known| suggest::folded(known) == folded))
            .map(SourceId::from_index)
    })
}

/// The source of that name.
pub(super) fn source(snapshot: &Snapshot, name: &Name) -> Result<SourceId, Diagnostic> {
    find_source(snapshot, &name.text).ok_or_else(|| {
        let known = snapshot.sources.iter().map(|source| source.id.as_str());
        let near = suggest::nearest(&name.text, known);
        let message = format!("there is no source `{}`", name.text);
        let hint = suggest::did_you_mean(&near)
            .unwrap_or_else(|| "`kin schema sources` lists the sources".to_owned());
        Diagnostic::error(&code::UNKNOWN_SOURCE, name.span, message).hint(hint)
    })
}
