//! Patterns: a word, a colon and what is looked for. One row each.

use globset::GlobBuilder;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code;
use crate::diagnostic::suggest;
use crate::model::Snapshot;
use crate::query::ast::Name;
use crate::query::bound::NodeKind;
use crate::query::bound::Selector;
use crate::query::resolve::lookup;

/// What stands behind a pattern's colon, so that completion can offer it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A kind.
    Kind,
    /// An id.
    Id,
    /// A name or alias.
    Name,
    /// A source.
    Source,
    /// A text with wildcards.
    Glob,
}

/// A pattern: one row.
#[derive(Debug)]
pub struct PatternKind {
    /// The word before the colon.
    pub name: &'static str,
    /// What stands behind it.
    pub wants: Wanted,
    /// One sentence.
    pub doc: &'static str,
    /// A query that shows it.
    pub example: &'static str,
    select: fn(&Snapshot, &Name) -> Result<NodeKind, Diagnostic>,
}

/// All patterns.
pub static PATTERNS: &[PatternKind] = &[
    PatternKind {
        name: "kind",
        wants: Wanted::Kind,
        doc: "Every entity of a kind, or of a kind below it.",
        example: "kind:container_host_os",
        select: |snapshot, wanted| {
            let kind = lookup::kind(snapshot, wanted)?;
            Ok(NodeKind::Pattern(Selector::Kind(kind)))
        },
    },
    PatternKind {
        name: "id",
        wants: Wanted::Id,
        doc: "The entity with that id, to the letter.",
        example: "id:coreos",
        select: by_id,
    },
    PatternKind {
        name: "name",
        wants: Wanted::Name,
        doc: "Every entity that bears that name or alias, folded: the way round an ambiguous name.",
        example: "name:Rancher",
        select: |_, wanted| {
            Ok(NodeKind::Pattern(Selector::Named(suggest::folded(
                &wanted.text,
            ))))
        },
    },
    PatternKind {
        name: "glob",
        wants: Wanted::Glob,
        doc: "Every entity with an id, name or alias that matches, where `*` stands for any text, \
              `?` for one character and `[ab]` for one of these; compared folded.",
        example: "glob:\"Open*\"",
        select: glob,
    },
    PatternKind {
        name: "source",
        wants: Wanted::Source,
        doc: "Every entity that a source names or says something of.",
        example: "source:rks-17 & kind:company",
        select: |snapshot, wanted| {
            let source = lookup::source(snapshot, wanted)?;
            Ok(NodeKind::Pattern(Selector::Cited(source)))
        },
    },
];

/// What a pattern stands for.
pub(super) fn select(
    snapshot: &Snapshot,
    word: &Name,
    wanted: &Name,
) -> Result<NodeKind, Diagnostic> {
    let Some(pattern) = PATTERNS.iter().find(|pattern| pattern.name == word.text) else {
        let near = suggest::nearest(&word.text, PATTERNS.iter().map(|pattern| pattern.name));
        let message = format!("there is no pattern `{}:`", word.text);
        let all: Vec<&str> = PATTERNS.iter().map(|pattern| pattern.name).collect();
        let is_kind = snapshot.schema.kind(&wanted.text).is_some();
        let written = crate::query::scan::written(&wanted.text);
        let kind = match word.text.to_ascii_lowercase().as_str() {
            _ if !is_kind => None,
            "type" | "label" | "class" | "isa" => Some(format!("write `kind:{written}`")),
            _ => None,
        };
        let pattern =
            is_kind.then(|| format!("write `match ({0}:{written}) return {0}`", word.text));
        let hint = kind
            .or_else(|| suggest::did_you_mean(&near))
            .or(pattern)
            .unwrap_or_else(|| format!("the patterns are {}", all.join(", ")));
        return Err(Diagnostic::error(&code::BAD_PATTERN, word.span, message).hint(hint));
    };
    if wanted.text.is_empty() {
        return Err(Diagnostic::error(
            &code::EMPTY_NAME,
            wanted.span,
            "a pattern is empty",
        ));
    }
    (pattern.select)(snapshot, wanted)
}

fn by_id(snapshot: &Snapshot, wanted: &Name) -> Result<NodeKind, Diagnostic> {
    snapshot
        .find_id(&wanted.text)
        .map(NodeKind::Entity)
        .ok_or_else(|| {
            let known = snapshot.entities().map(|entity| snapshot.slug(entity));
            let near = suggest::nearest(&wanted.text, known);
            let message = format!("no entity has the id `{}`", wanted.text);
            Diagnostic::error(&code::UNKNOWN_NAME, wanted.span, message)
                .hint(suggest::did_you_mean(&near))
        })
}

/// The longest glob that is compiled, in characters.
const GLOB_MAX: usize = 1024;

fn glob(_: &Snapshot, wanted: &Name) -> Result<NodeKind, Diagnostic> {
    let refuse = |reason: String| {
        let message = format!("`{}` is no pattern", wanted.text);
        Diagnostic::error(&code::BAD_PATTERN, wanted.span, message).labelled(reason)
    };
    if wanted.text.chars().count() > GLOB_MAX {
        return Err(refuse(format!("it is longer than {GLOB_MAX} characters")));
    }
    let folded = folded_glob(&wanted.text);
    match GlobBuilder::new(&folded).build() {
        Ok(_) => Ok(NodeKind::Pattern(Selector::Glob(folded))),
        Err(error) => Err(refuse(error.kind().to_string())),
    }
}

/// A glob as it is compared with folded names; inside brackets each character stands for itself,
/// and only its case is folded.
fn folded_glob(pattern: &str) -> String {
    let mut folded = String::with_capacity(pattern.len());
    let mut outside = String::new();
    let mut is_inside = false;
    for character in pattern.chars() {
        match character {
            '[' if !is_inside => {
                folded.push_str(&suggest::folded(&std::mem::take(&mut outside)));
                folded.push('[');
                is_inside = true;
            }
            ']' if is_inside => {
                folded.push(']');
                is_inside = false;
            }
            character if is_inside => folded.extend(character.to_lowercase()),
            character => outside.push(character),
        }
    }
    folded.push_str(&suggest::folded(&outside));
    folded
}
