//! What holds for every row of every table: names, sentences, and examples that do what they say.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use kingraph::Error;
use kingraph::diagnostic::LIMITS;
use kingraph::diagnostic::code::CODES;
use kingraph::diagnostic::code::Example;
use kingraph::query::PATTERNS;
use kingraph::query::function;
use kingraph::query::optimize::PASSES;
use kingraph::render::FORMATS;
use kingraph::shell::Session;
use kingraph::shell::command::COMMANDS;
use kingraph::shell::drawing::OPTIONS;
use kingraph::shell::drawing::Wishes;
use kingraph::shell::help;
use kingraph::shell::reference;
use kingraph::shell::schema;

/// Names that are each lower case, and none twice.
fn check_names<'a>(names: impl IntoIterator<Item = &'a str>) {
    let mut seen = BTreeSet::new();
    for name in names {
        assert!(seen.insert(name), "{name} is there twice");
        assert_eq!(name, name.to_lowercase());
    }
    assert!(!seen.is_empty());
}

/// Sentences that begin with a capital letter or code, and end with a full stop.
fn check_docs<'a>(docs: impl IntoIterator<Item = &'a str>) {
    for doc in docs {
        let first = doc.chars().next().unwrap();
        assert!(first.is_uppercase() || first == '`', "{doc}");
        assert!(doc.ends_with('.') && !doc.contains("  "), "{doc}");
    }
}

#[test]
fn names_are_unique_and_docs_are_sentences() {
    check_names(function::set_functions().map(|row| row.name));
    check_names(
        function::value_functions()
            .flat_map(|row| std::iter::once(&row.name).chain(row.aliases()).copied()),
    );
    let functions = || function::set_functions().chain(function::value_functions());
    check_docs(functions().map(|row| row.doc));
    check_names(PATTERNS.iter().map(|row| row.name));
    check_docs(PATTERNS.iter().map(|row| row.doc));
    check_names(COMMANDS.iter().map(|row| row.name));
    check_docs(COMMANDS.iter().map(|row| row.doc));
    check_names(FORMATS.iter().map(|row| row.name));
    check_docs(FORMATS.iter().map(|row| row.doc));
    check_names(OPTIONS.iter().map(|row| row.name));
    check_docs(OPTIONS.iter().map(|row| row.doc));
    check_names(LIMITS.iter().map(|row| row.name));
    check_docs(LIMITS.iter().map(|row| row.doc));
    check_names(PASSES.iter().map(|row| row.name));
    check_docs(PASSES.iter().map(|row| row.doc));
    check_names(schema::PARTS.iter().map(|row| row.name));
    check_docs(schema::PARTS.iter().map(|row| row.doc));
    check_docs(CODES.iter().map(|row| row.doc));
}

#[test]
fn codes_are_unique_and_ordered_by_family() {
    let ids: Vec<&str> = CODES.iter().map(|row| row.id).collect();
    let distinct: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(distinct.len(), ids.len());
    for family in ["D", "K"] {
        let of: Vec<&&str> = ids.iter().filter(|id| id.starts_with(family)).collect();
        assert!(of.is_sorted() && !of.is_empty());
    }
}

#[test]
fn every_example_of_a_function_has_an_answer() {
    let mut session = Session::bundled();
    for row in function::functions() {
        assert!(!row.examples.is_empty(), "{}", row.name);
        for example in row.examples {
            let call = format!("{}(", row.name);
            assert!(example.to_lowercase().contains(&call), "{example}");
            let replies = session.query(example).unwrap();
            let is_empty = replies[0].answer.table.rows.is_empty();
            // The data has no cycle in its lineage and no contradiction, and that is the answer.
            let may_be_empty = ["cycles", "conflicts"].contains(&row.name);
            assert!(!is_empty || may_be_empty, "{example}");
        }
    }
}

#[test]
fn every_other_example_has_an_answer() {
    let mut session = Session::bundled();
    let patterns = PATTERNS.iter().map(|row| row.example);
    let operators = help::OPERATORS.iter().map(|(_, _, example)| *example);
    let first = help::EXAMPLES.iter().map(|(query, _)| *query);
    for example in patterns.chain(operators).chain(first) {
        let replies = session.query(example).unwrap();
        assert!(!replies[0].answer.table.rows.is_empty(), "{example}");
    }
}

#[test]
fn every_example_of_a_query_code_provokes_it() {
    let mut session = Session::bundled();
    for row in CODES {
        let Example::Query(query) = row.example else {
            assert!(
                row.id.starts_with('D'),
                "{} has an example of its own kind",
                row.id
            );
            continue;
        };
        match session.query(query) {
            Err(Error::Query(found)) => assert_eq!(found[0].code.id, row.id, "{query}"),
            other => panic!("{query}: {other:?}"),
        }
    }
}

#[test]
fn every_example_of_a_command_works() {
    for row in COMMANDS {
        for example in row.examples {
            let outcome = reference::console().line(example);
            assert!(!outcome.failed, "{example}: {}", outcome.remarks);
        }
    }
}

/// An option of pictures takes its own words and no other, or any text, or nothing.
#[test]
fn every_option_of_pictures_takes_its_words() {
    for row in OPTIONS {
        let apply = |value: &str| row.apply(&mut Wishes::default(), value);
        let words = (row.words)();
        for word in &words {
            assert!(apply(word).is_ok(), "{row:?} {word}");
        }
        let is_flag = row.value.is_empty();
        let takes_words = is_flag || !words.is_empty();
        assert_eq!(apply("nosuchword").is_err(), takes_words, "{row:?}");
        assert!(
            !is_flag || ["on", "off"].iter().all(|word| apply(word).is_ok()),
            "{row:?}"
        );
        assert!(words.is_empty() || !row.value.is_empty());
        assert!(row.usage().contains(&format!("--{}", row.name)));
    }
}

#[test]
fn every_topic_has_a_text() {
    let session = Session::bundled();
    for topic in help::topics() {
        assert!(
            help::topic(topic, session.snapshot()).is_ok_and(|text| text.ends_with('\n')),
            "{topic}"
        );
    }
}
