//! What `kin check` says: all findings for people, or a row a finding for programs.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Lines;
use crate::model::Snapshot;
use crate::model::Value;
use crate::query::Answer;
use crate::query::Column;
use crate::query::ColumnType;
use crate::query::Table;
use crate::shell::console;
use crate::store::Loaded;

/// The findings with their carets, and how many there are.
pub(super) fn text(loaded: &Loaded, snapshot: &Snapshot) -> String {
    let report = loaded.render();
    let gap = if report.is_empty() { "" } else { "\n" };
    let size = console::size(snapshot);
    let remarks: String = remarks(loaded)
        .iter()
        .map(|remark| format!("{remark}\n"))
        .collect();
    format!("{report}{gap}{} in {size}\n{remarks}", count(loaded))
}

/// What is to be known of a graph that is no finding.
fn remarks(loaded: &Loaded) -> Vec<String> {
    let mut remarks = Vec::new();
    if loaded.accepted > 0 {
        let findings = console::counted(loaded.accepted, "finding is", "findings are");
        remarks.push(format!("{findings} accepted in the data, with a reason"));
    }
    if loaded.remembered > 0 {
        let statements = console::counted(loaded.remembered, "statement rests", "statements rest");
        let list = "`facts(all()) according to memory` lists them";
        remarks.push(format!("{statements} on memory alone: {list}"));
    }
    remarks
}

fn count(loaded: &Loaded) -> String {
    let all: usize = loaded.totals.values().sum();
    if all == 0 {
        return "no findings".to_owned();
    }
    let errors = console::counted(loaded.error_count(), "error", "errors");
    let warnings = console::counted(loaded.warning_count(), "warning", "warnings");
    format!(
        "{} ({errors}, {warnings})",
        console::counted(all, "finding", "findings")
    )
}

/// A row a finding, in the order of files and places: severity, code, file, line, column, message
/// and hint; lines and columns count from 1, and are null where a finding has no place.
pub(super) fn answer(loaded: &Loaded) -> Answer {
    let names = [
        "severity", "code", "file", "line", "column", "message", "hint",
    ];
    let columns = names
        .map(|name| Column::new(name, ColumnType::Scalar))
        .to_vec();
    let rows = loaded
        .findings
        .iter()
        .map(|finding| row(finding, loaded))
        .collect();
    let table = Table { columns, rows };
    let listed: usize = loaded.findings.len();
    let all: usize = loaded.totals.values().sum();
    let mut notes = remarks(loaded);
    if let more @ 1.. = all - listed.min(all) {
        notes.insert(0, format!("{more} more are counted and not listed"));
    }
    Answer {
        table,
        notes,
        ..Answer::default()
    }
}

fn row(finding: &Diagnostic, loaded: &Loaded) -> Vec<Value> {
    let text = |text: &str| Value::Text(text.to_owned());
    let number = |number: usize| Value::Integer(i64::try_from(number).unwrap_or(i64::MAX));
    let source = finding
        .file
        .as_ref()
        .and_then(|file| loaded.texts.get(file));
    let place = source.zip(finding.labels.first()).map(|(source, label)| {
        let offset = label.span.range_in(source).start;
        Lines::of(source).place(source, offset)
    });
    vec![
        text(finding.severity.word()),
        text(finding.code.id),
        finding.file.as_ref().map_or(Value::Null, |file| text(file)),
        place.map_or(Value::Null, |(line, _)| number(line)),
        place.map_or(Value::Null, |(_, column)| number(column)),
        text(&finding.message),
        match finding.hints.is_empty() {
            true => Value::Null,
            false => text(&finding.hints.join("; ")),
        },
    ]
}
