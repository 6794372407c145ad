//! What the fuzzers of `fuzz/` begin with and what they found, tried again on every run.

#[path = "support/tried.rs"]
mod tried;

use std::path::Path;

/// Tries every file of a corpus.
fn replay(target: &str, attempt: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target);
    let entries = std::fs::read_dir(&folder).expect("the corpus is there");
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("it can be listed").path())
        .collect();
    files.sort();
    assert!(
        files.len() >= 10,
        "{} files in {}",
        files.len(),
        folder.display()
    );
    for file in files {
        let bytes = std::fs::read(&file).expect("the file can be read");
        let tried = std::panic::catch_unwind(|| attempt(&bytes));
        assert!(tried.is_ok(), "{} fails", file.display());
    }
}

#[test]
fn queries_of_the_corpus_are_answered_or_refused() {
    replay("query", tried::query);
}

#[test]
fn data_of_the_corpus_is_read_or_refused() {
    replay("data", tried::data);
}

#[test]
fn snapshots_of_the_corpus_are_refused_or_answer() {
    replay("snapshot", tried::snapshot);
}
