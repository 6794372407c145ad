//! Colours for a line as it is typed: each word by its role, unknown ones underlined.

use anstyle::AnsiColor;
use anstyle::Style;

use crate::query::PATTERNS;
use crate::query::Wanted;
use crate::query::field;
use crate::query::find_source;
use crate::query::function;
use crate::query::scan;
use crate::shell::command;
use crate::shell::repl::position;
use crate::shell::repl::position::Role;
use crate::shell::repl::words::Words;

/// The longest line that is coloured, in bytes.
const BYTES_MAX: usize = 8 * 1024;

/// The line with colours; its characters are the same.
pub(super) fn highlight(line: &str, words: &Words) -> String {
    if line.len() > BYTES_MAX || line.trim_start().starts_with(':') {
        return line.to_owned();
    }
    if command::is_bare(line.trim()) {
        return paint(color(AnsiColor::Magenta), line);
    }
    let mut painted = String::with_capacity(line.len() * 2);
    let mut at = 0;
    for (span, role) in position::roles(line) {
        let range = span.range_in(line);
        painted.push_str(&line[at..range.start]);
        let text = &line[range.clone()];
        painted.push_str(&paint(style(text, role, words), text));
        at = range.end;
    }
    painted.push_str(&line[at..]);
    painted
}

fn color(color: AnsiColor) -> Style {
    Style::new().fg_color(Some(color.into()))
}

fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

fn style(text: &str, role: Role, words: &Words) -> Style {
    let snapshot = &*words.snapshot;
    let name = match text.chars().next() {
        Some('"' | '\'') if text.len() > 1 => scan::unquote(text),
        _ => text.to_owned(),
    };
    let schema = &snapshot.schema;
    let relation = || schema.relation(&name).is_some();
    let known = |is_known: bool, style: Style| match is_known {
        true => style,
        false => color(AnsiColor::Red).underline(),
    };
    match role {
        Role::Name => {
            let is_known = words.defines(&name, false) || snapshot.find(&name).is_some();
            known(is_known, color(AnsiColor::Green))
        }
        Role::Function => {
            let row = function::find(&name).or(function::find_value(&name));
            let is_known = row.is_some() || words.defines(&name, true);
            known(is_known, color(AnsiColor::Cyan))
        }
        Role::Given => known(words.parameters.contains(&name), color(AnsiColor::Green)),
        Role::Parameter(function) => {
            let is_known = function.params.iter().any(|param| param.name == name);
            known(is_known, color(AnsiColor::Cyan).dimmed())
        }
        Role::Pattern => known(
            PATTERNS.iter().any(|row| row.name == name),
            color(AnsiColor::Cyan),
        ),
        Role::Wanted(Wanted::Id) => {
            known(snapshot.find_id(&name).is_some(), color(AnsiColor::Green))
        }
        Role::Wanted(Wanted::Name) => {
            known(snapshot.find(&name).is_some(), color(AnsiColor::Green))
        }
        Role::Wanted(Wanted::Glob) => color(AnsiColor::Green),
        Role::Wanted(Wanted::Source) | Role::Source => known(
            find_source(snapshot, &name).is_some(),
            color(AnsiColor::Blue),
        ),
        Role::Relation => {
            let is_known = relation() || field::FIELDS.iter().any(|row| row.name == name);
            known(is_known, color(AnsiColor::Yellow))
        }
        Role::Via => {
            let is_known = name == "any" || schema.group(&name).is_some() || relation();
            known(is_known, color(AnsiColor::Yellow))
        }
        // A variable looks the same as an unknown word, so that none is underlined.
        Role::Member if relation() => color(AnsiColor::Yellow),
        Role::Kind | Role::Wanted(Wanted::Kind) => {
            known(schema.kind(&name).is_some(), color(AnsiColor::Yellow))
        }
        Role::Keyword => color(AnsiColor::Magenta),
        Role::Comment => Style::new().dimmed(),
        Role::Context | Role::Stage => color(AnsiColor::Red).underline(),
        _ => Style::new(),
    }
}
