//! House rules that a machine can check: floors, confined crates, lengths, headers, the file tree.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;

/// A floor, and the floors it may use beside its own.
const FLOORS: [(&str, &[&str]); 7] = [
    ("diagnostic", &[]),
    ("model", &["diagnostic"]),
    ("store", &["diagnostic", "model"]),
    ("algo", &["diagnostic", "model"]),
    ("query", &["diagnostic", "model", "algo"]),
    ("render", &["diagnostic", "model", "algo", "query"]),
    (
        "shell",
        &["diagnostic", "model", "store", "algo", "query", "render"],
    ),
];

/// A crate, and the only files that may use it.
const CONFINED: [(&str, &[&str]); 15] = [
    ("memmap2", &["src/store/snapshot/map.rs"]),
    (
        "rustix",
        &["src/store/snapshot/file.rs", "src/shell/save.rs"],
    ),
    ("stacker", &["src/query/stack.rs"]),
    (
        "petgraph",
        &["src/model/graph.rs", "src/model/view.rs", "src/algo/"],
    ),
    ("pest", &["src/query/parse/"]),
    ("rustyline", &["src/shell/repl/"]),
    ("graphviz_rust", &["src/render/dot.rs", "src/render/dot/"]),
    (
        "globset",
        &[
            "src/query/resolve/pattern.rs",
            "src/query/execute/select.rs",
        ],
    ),
    ("clap", &["src/shell/cli.rs", "src/shell/cli/"]),
    ("toml", &["src/store/", "src/shell/project.rs"]),
    ("comfy_table", &["src/render/table.rs"]),
    ("resvg", &["src/shell/pixels.rs"]),
    ("jiff", &["src/model/date.rs"]),
    ("indicatif", &["src/shell/cli/import.rs"]),
    (
        "hashbrown",
        &[
            "src/query/execute/membership.rs",
            "src/query/execute/rows/numbering.rs",
        ],
    ),
];

const LINES_MAX: usize = 500;
const COLUMNS_MAX: usize = 100;
const INDENT_MAX: usize = 4 * 7;

struct File {
    path: String,
    text: String,
}

impl File {
    /// The lines before the file's own tests.
    fn lines(&self) -> Vec<&str> {
        self.text
            .lines()
            .take_while(|line| *line != "#[cfg(test)]")
            .collect()
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn collect(folder: &Path, files: &mut Vec<File>) {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let path = path
                .strip_prefix(root())
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/");
            files.push(File { path, text });
        }
    }
}

fn sources() -> Vec<File> {
    let mut files = Vec::new();
    collect(&root().join("src"), &mut files);
    assert!(files.len() > 40, "the sources were found");
    files
}

fn settle(wrong: &[String]) {
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn floors_look_only_down() {
    let mut wrong = Vec::new();
    for file in sources() {
        let floor = file.path.split('/').nth(1).unwrap();
        let Some((_, allowed)) = FLOORS.iter().find(|(name, _)| *name == floor) else {
            continue;
        };
        for (number, line) in file.lines().iter().enumerate() {
            for (_, used) in line
                .match_indices("crate::")
                .map(|(at, word)| (at, &line[at + word.len()..]))
            {
                let name: String = used
                    .chars()
                    .take_while(|character| character.is_alphanumeric())
                    .collect();
                let is_floor = FLOORS.iter().any(|(known, _)| *known == name);
                if is_floor && name != floor && !allowed.contains(&name.as_str()) {
                    wrong.push(format!("{}:{}: {floor} uses {name}", file.path, number + 1));
                }
            }
        }
    }
    settle(&wrong);
}

#[test]
fn crates_stay_where_they_belong() {
    let mut wrong = Vec::new();
    for file in sources() {
        for (name, homes) in CONFINED {
            let is_home = homes.iter().any(|home| file.path.starts_with(home));
            let path = format!("{name}::");
            let uses = |line: &&str| {
                line.match_indices(&path).any(|(at, _)| {
                    let before = line[..at].chars().next_back();
                    before.is_none_or(|before| !before.is_alphanumeric() && before != '_')
                }) && !line.trim_start().starts_with("//")
            };
            if !is_home && file.lines().iter().any(uses) {
                wrong.push(format!("{}: uses {name}", file.path));
            }
        }
    }
    settle(&wrong);
}

#[test]
fn files_and_lines_stay_short() {
    let mut wrong = Vec::new();
    for file in sources() {
        let lines = file.lines();
        if lines.len() > LINES_MAX {
            wrong.push(format!("{}: {} lines", file.path, lines.len()));
        }
        for (number, line) in file.text.lines().enumerate() {
            let indent = line.len() - line.trim_start().len();
            if line.chars().count() > COLUMNS_MAX || (indent > INDENT_MAX && !line.contains("//")) {
                wrong.push(format!(
                    "{}:{}: too wide or too deep",
                    file.path,
                    number + 1
                ));
            }
        }
    }
    settle(&wrong);
}

#[test]
fn every_file_says_what_it_is_for() {
    let mut wrong = Vec::new();
    for file in sources() {
        if !file.text.starts_with("//! ") {
            wrong.push(format!("{}: does not open with //!", file.path));
        }
        for (number, line) in file.text.lines().enumerate() {
            let is_import = line.starts_with("use ") || line.starts_with("pub use ");
            let is_loose = is_import && (line.contains('{') || line.ends_with("::*;"));
            let is_todo = line.contains("TODO") || line.contains("FIXME");
            if is_loose || is_todo {
                wrong.push(format!("{}:{}: {line}", file.path, number + 1));
            }
        }
    }
    settle(&wrong);
}

#[test]
fn the_map_has_every_file() {
    let map = std::fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let drawn: BTreeSet<&str> = map
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|word| word.starts_with("src/") && word.ends_with(".rs"))
        .collect();
    let files = sources();
    let there: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let missing: Vec<_> = there.difference(&drawn).collect();
    let gone: Vec<_> = drawn.difference(&there).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "missing {missing:?}, gone {gone:?}"
    );
}

/// The words that begin another form stand in the grammar and in the scanner.
#[test]
fn reserved_words_agree() {
    let grammar = std::fs::read_to_string(root().join("grammar/kin.pest")).unwrap();
    let start = grammar.find("\nreserved = ").unwrap();
    let rule = &grammar[start..];
    let rule = &rule[..rule.find("\n}").unwrap()];
    let words: BTreeSet<&str> = rule.split('"').skip(1).step_by(2).collect();
    assert_eq!(words, BTreeSet::from(kingraph::query::scan::RESERVED));
}

/// Every word of the grammar stands in the scanner; a few letters that only look ahead begin one.
#[test]
fn words_of_the_language_agree() {
    let grammar = std::fs::read_to_string(root().join("grammar/kin.pest")).unwrap();
    let known = kingraph::query::scan::WORDS;
    assert!(known.is_sorted());
    let words = grammar.split("^\"").skip(1);
    let words = words.filter_map(|rest| rest.split('"').next());
    let is_word = |word: &&str| word.chars().all(|letter| letter.is_ascii_lowercase());
    let met: BTreeSet<&str> = words.filter(is_word).collect();
    let (whole, heads): (Vec<&str>, Vec<&str>) = met.iter().partition(|word| known.contains(word));
    assert_eq!(whole, known);
    assert_eq!(heads, ["a", "acc", "d", "e", "i", "s", "t", "w"]);
}

#[test]
fn every_rule_of_the_grammar_has_a_sentence() {
    let grammar = std::fs::read_to_string(root().join("grammar/kin.pest")).unwrap();
    let lines: Vec<&str> = grammar.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        let is_rule = line.contains(" = ") && !line.starts_with("//");
        if is_rule {
            let above = lines[index - 1];
            assert!(above.starts_with("/// ") && above.ends_with('.'), "{line}");
        }
    }
}
