//! What there is to say of one row of a table, or of one word of a graph's schema.

use crate::diagnostic::Code;
use crate::diagnostic::Limit;
use crate::diagnostic::code::Example;
use crate::diagnostic::escape;
use crate::model::Label;
use crate::model::Snapshot;
use crate::query::PatternKind;
use crate::query::function;
use crate::query::function::Function;
use crate::render::Format;
use crate::shell::command::Command;
use crate::shell::help::OPERATORS;
use crate::shell::help::wrapped;

fn examples_of(examples: &[&str]) -> String {
    examples
        .iter()
        .map(|example| format!("  kin> {example}\n"))
        .collect()
}

pub(super) fn function(row: &'static Function) -> String {
    let params: String = row
        .params
        .iter()
        .map(|param| {
            let default = match param.default {
                None => String::new(),
                Some(default) => format!("; {default} unless given"),
            };
            format!("  {}: {}{default}\n", param.name, param.is.word())
        })
        .collect();
    let doc = wrapped(row.doc, 98).join("\n");
    let yields = row.result.word();
    format!(
        "{} → {yields}\n{doc}\n{params}{}",
        row.signature(),
        examples_of(row.examples)
    )
}

pub(super) fn pattern(row: &'static PatternKind) -> String {
    format!(
        "{}:…\n{}\n{}",
        row.name,
        wrapped(row.doc, 98).join("\n"),
        examples_of(&[row.example])
    )
}

pub(super) fn command(row: &'static Command) -> String {
    let form = format!(":{} {}", row.name, row.usage);
    format!(
        "{}\n{}\n{}",
        form.trim_end(),
        row.doc,
        examples_of(row.examples)
    )
}

pub(super) fn format(row: &'static Format) -> String {
    let endings: Vec<String> = row
        .extensions
        .iter()
        .map(|ending| format!(".{ending}"))
        .collect();
    format!(
        "{} ({})\n{}\n",
        row.name,
        endings.join(", "),
        wrapped(row.doc, 98).join("\n")
    )
}

pub(super) fn limit(row: &'static Limit) -> String {
    format!(
        "{} ({} {} unless set)\n{}\n  kin> :set {} {}\n",
        row.name, row.default, row.unit, row.doc, row.name, row.default
    )
}

/// The operators and contexts in whose form a word stands.
pub(super) fn operators(word: &str) -> Option<String> {
    let found = OPERATORS.iter().filter(|(form, _, _)| {
        let mut words = form.split([' ', '…', ',']);
        form.contains(word) && (word.contains(' ') || words.any(|known| known == word))
    });
    let found: Vec<String> = found
        .map(|(form, doc, example)| {
            let doc = wrapped(doc, 98).join("\n");
            format!("{form}\n{doc}\n{}", examples_of(&[example]))
        })
        .collect();
    (!found.is_empty()).then(|| found.join("\n"))
}

/// The functions that take a parameter of that name.
pub(super) fn parameter(word: &str) -> Option<String> {
    let takes = |row: &&'static Function| row.params.iter().any(|param| param.name == word);
    let is_named = |row: &&'static Function| {
        let param = row.params.iter().find(|param| param.name == word);
        param.is_some_and(|param| param.default.is_some())
    };
    let found: Vec<String> = function::functions()
        .filter(takes)
        .filter(is_named)
        .map(|row| {
            let param = row.params.iter().find(|param| param.name == word);
            let is = param.map_or("", |param| param.is.word());
            let default = param.and_then(|param| param.default).unwrap_or("");
            format!("  {}: {is}; {default} unless given\n", row.signature())
        })
        .collect();
    (!found.is_empty()).then(|| format!("{word}= is a parameter of\n{}", found.concat()))
}

/// A kind, relation, property or group of the graph.
pub(super) fn schema(word: &str, snapshot: &Snapshot) -> Option<String> {
    let schema = &snapshot.schema;
    if let Some((relation, _)) = schema.relation(word) {
        let relation = &schema.relations[relation.index()];
        let inverse = relation.inverse.as_deref().unwrap_or("");
        let against = if inverse.is_empty() {
            ""
        } else {
            ", against the arrow "
        };
        let is = if relation.is_property() {
            "property"
        } else {
            "relation"
        };
        let labels = labels(&relation.label);
        let doc = wrapped(&relation.doc, 98).join("\n");
        let sign = relation.status.map_or(String::new(), |status| {
            format!("a sign of the status {}\n", status.word())
        });
        let text = format!(
            "{} ({is}{against}{inverse}){labels}\n{doc}\n{sign}",
            relation.name
        );
        return Some(visible_lines(&text));
    }
    if let Some(kind) = schema.kind(word) {
        let kind = &schema.kinds[kind.index()];
        let text = format!(
            "{} (kind){}\n{}\n{}",
            kind.name,
            labels(&kind.label),
            wrapped(&kind.doc, 98).join("\n"),
            examples_of(&[&format!("kind:{}", kind.name)])
        );
        return Some(visible_lines(&text));
    }
    let group = schema.groups.iter().find(|group| group.name == word)?;
    let doc = wrapped(&group.doc, 98).join("\n");
    let example = format!("successors(x, via={word})");
    let text = format!("{word} (group)\n{doc}\n{}", examples_of(&[&example]));
    Some(visible_lines(&text))
}

/// What people call it, in each language.
fn labels(label: &Label) -> String {
    let labels: Vec<String> = label
        .0
        .iter()
        .map(|(language, text)| format!("{language}: {text}"))
        .collect();
    if labels.is_empty() {
        String::new()
    } else {
        format!("\n{}", labels.join(" · "))
    }
}

/// A text of the data with its lines kept and everything else made harmless.
fn visible_lines(text: &str) -> String {
    let lines = text.lines().map(escape::visible);
    lines.map(|line| format!("{line}\n")).collect()
}

pub(super) fn code(row: &'static Code) -> String {
    let example = match row.example {
        Example::Query(query) => examples_of(&[query]),
        Example::Data(data) | Example::Schema(data) => data
            .lines()
            .map(|line| format!("  {}\n", escape::visible(line)))
            .collect(),
        Example::Surroundings => String::new(),
    };
    format!("{}\n{}\n{example}", row.id, row.doc)
}
