//! Replays transcripts: what is typed behind `kin> ` must give what stands below it.
//!
//! The files of `tests/transcripts/` are whole transcripts; so are the blocks marked `kin` in the
//! README and the docs. `UPDATE=1` writes the answers anew. Every query is also run without the
//! rewrites of its plan, and must give the same answer.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::path::Path;
use std::path::PathBuf;

use kingraph::query::Rewrite;
use kingraph::query::parse;
use kingraph::shell::console::Console;
use kingraph::shell::reference;

const PROMPT: &str = "kin> ";
const MORE: &str = "...> ";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The files of a folder with an ending, by name.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|found| found == ending));
    files.sort();
    files
}

/// Replays a transcript: keeps what is typed and what stands before the first prompt, and puts the
/// answers behind it. Blank lines before a prompt and lines that begin with `#` stay as they are.
fn replay(text: &str, console: &mut Console) -> String {
    let mut replayed = String::new();
    let mut lines = text.lines().peekable();
    let mut is_answer = false;
    while let Some(line) = lines.next() {
        let Some(typed) = line.strip_prefix(PROMPT) else {
            if !is_answer || line.starts_with("# ") {
                writeln!(replayed, "{line}").unwrap();
                is_answer = false;
            }
            continue;
        };
        if is_answer {
            replayed.push('\n');
        }
        writeln!(replayed, "{line}").unwrap();
        let mut typed = typed.to_owned();
        while let Some(more) = lines.peek().and_then(|line| line.strip_prefix(MORE)) {
            writeln!(replayed, "{MORE}{more}").unwrap();
            write!(typed, "\n{more}").unwrap();
            lines.next();
        }
        check_both_ways(console, &typed);
        let outcome = console.line(&typed);
        replayed.push_str(&outcome.output);
        replayed.push_str(&outcome.remarks);
        is_answer = true;
    }
    replayed
}

/// A query gives the same answer with and without the rewrites of its plan.
fn check_both_ways(console: &Console, typed: &str) {
    let mut plain = console.session.clone();
    plain.rewrite = Rewrite::Off;
    let mut rewritten = console.session.clone();
    if let (Ok(plain), Ok(rewritten)) = (plain.query(typed), rewritten.query(typed)) {
        assert_eq!(plain, rewritten, "{typed}");
    }
}

fn is_update() -> bool {
    std::env::var_os("UPDATE").is_some()
}

/// Compares what was replayed with the file, or writes it.
fn settle(file: &Path, stands: &str, replayed: &str) -> Option<String> {
    if stands == replayed {
        return None;
    }
    if is_update() {
        std::fs::write(file, replayed).unwrap();
        return None;
    }
    let line = stands
        .lines()
        .zip(replayed.lines())
        .position(|(a, b)| a != b)
        .unwrap_or(0);
    let now: Vec<&str> = replayed.lines().skip(line).take(6).collect();
    Some(format!(
        "{}:{}: now\n{}",
        file.display(),
        line + 1,
        now.join("\n")
    ))
}

#[test]
fn transcripts_hold() {
    let mut wrong = Vec::new();
    for file in files("tests/transcripts", "txt") {
        let stands = std::fs::read_to_string(&file).unwrap();
        let replayed = replay(&stands, &mut reference::console());
        wrong.extend(settle(&file, &stands, &replayed));
    }
    assert!(
        wrong.is_empty(),
        "UPDATE=1 writes them anew\n{}",
        wrong.join("\n\n")
    );
}

#[test]
fn blocks_in_the_docs_hold() {
    let mut wrong = Vec::new();
    let mut documents = files("docs", "md");
    documents.push(root().join("README.md"));
    for file in documents {
        let stands = std::fs::read_to_string(&file).unwrap();
        let mut console = reference::console();
        let mut replayed = String::new();
        for (index, part) in stands.split("```").enumerate() {
            if index > 0 {
                replayed.push_str("```");
            }
            match part.strip_prefix("kin\n") {
                Some(block) if index % 2 == 1 && file.file_name().unwrap() != "reference.md" => {
                    write!(replayed, "kin\n{}", replay(block, &mut console)).unwrap();
                }
                _ => replayed.push_str(part),
            }
        }
        wrong.extend(settle(&file, &stands, &replayed));
    }
    assert!(
        wrong.is_empty(),
        "UPDATE=1 writes them anew\n{}",
        wrong.join("\n\n")
    );
}

/// What is typed in a transcript.
fn typed(text: &str) -> Vec<String> {
    let mut typed: Vec<String> = Vec::new();
    for line in text.lines() {
        if let Some(line) = line.strip_prefix(PROMPT) {
            typed.push(line.to_owned());
        } else if let (Some(more), Some(last)) = (line.strip_prefix(MORE), typed.last_mut()) {
            write!(last, "\n{more}").unwrap();
        }
    }
    typed
}

#[test]
fn every_rule_of_the_grammar_is_met() {
    let silent = [
        "name",
        "quoted",
        "escape",
        "number",
        "letter",
        "inner",
        "reserved",
        "dangling",
        "WHITESPACE",
        "source",
        "clause",
        "condition",
        "sliced",
        "tail",
        "first_of_sign",
        "set_ahead",
        "argument_ahead",
        "operand",
        "raw",
        "raw_comment",
        "pattern_ahead",
        "word_of_language",
    ];
    let mut met: Vec<String> = Vec::new();
    for file in files("tests/transcripts", "txt") {
        let text = std::fs::read_to_string(file).unwrap();
        met.extend(
            typed(&text)
                .iter()
                .map(|query| query.trim_start_matches(":explain ast "))
                .flat_map(parse::rules_met),
        );
    }
    let unmet: Vec<String> = parse::rule_names()
        .into_iter()
        .filter(|rule| !met.contains(rule) && !silent.contains(&rule.as_str()))
        .collect();
    assert!(unmet.is_empty(), "no transcript meets {unmet:?}");
}
