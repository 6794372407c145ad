//! The gallery: each command of `docs/gallery.md` draws what lies in `docs/pictures/`, or the block
//! behind it. `UPDATE=1` draws anew; the difference is the review.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;

/// All pictures together have at most so many bytes.
const BYTES_MAX: u64 = 1_000_000;

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

fn is_update() -> bool {
    std::env::var_os("UPDATE").is_some()
}

/// The words of a command, as a shell reads them; only single quotes are known.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for (place, part) in command.split('\'').enumerate() {
        if place % 2 == 1 {
            words.last_mut().unwrap().push_str(part);
            continue;
        }
        for letter in part.chars() {
            match letter {
                ' ' => words.push(String::new()),
                other => words.last_mut().unwrap().push(other),
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// What a command of the gallery prints, in a folder where it may leave a file.
fn run(command: &str, folder: &Path) -> String {
    let words = words(command);
    assert_eq!(words[0], "kin", "{command}");
    let mut kin = assert_cmd::Command::cargo_bin("kin").unwrap();
    let output = kin.args(&words[1..]).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{command}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The commands of a text: lines within blocks of `sh`.
fn commands(text: &str) -> Vec<&str> {
    let mut is_inside = false;
    let lines = text.lines().filter(|line| {
        let is_fence = line.starts_with("```");
        if is_fence {
            is_inside = *line == "```sh";
        }
        is_inside && !is_fence
    });
    lines.collect()
}

#[test]
fn the_gallery_is_drawn_by_its_commands() {
    let folder = tempfile::tempdir().unwrap();
    let file = docs().join("gallery.md");
    let text = std::fs::read_to_string(&file).unwrap();
    let mut updated = text.clone();
    let (mut wrong, mut drawn) = (Vec::new(), BTreeSet::new());
    for command in commands(&text) {
        let output = run(command, folder.path());
        let words = words(command);
        let Some(place) = words.iter().position(|word| word == "-o") else {
            let (head, rest) = updated.split_once(&format!("{command}\n```\n\n")).unwrap();
            let (language, rest) = rest.split_once('\n').unwrap();
            assert!(
                language.starts_with("```") && language.len() > 3,
                "{command}"
            );
            let end = rest.find("```\n").unwrap();
            if rest[..end] != output && !is_update() {
                wrong.push(format!("the block behind `{command}`"));
            }
            let rest = &rest[end..];
            updated = format!("{head}{command}\n```\n\n{language}\n{output}{rest}");
            continue;
        };
        let name = &words[place + 1];
        assert!(
            text.contains(&format!("](pictures/{name})")),
            "{name} is shown"
        );
        let made = std::fs::read(folder.path().join(name)).unwrap();
        let stands = docs().join("pictures").join(name);
        if std::fs::read(&stands).ok().as_ref() != Some(&made) {
            match is_update() {
                true => std::fs::write(&stands, made).unwrap(),
                false => wrong.push(format!("docs/pictures/{name}")),
            }
        }
        assert!(drawn.insert(name.clone()), "{name} is drawn once");
    }
    if is_update() && updated != text {
        std::fs::write(&file, updated).unwrap();
    }
    let lie: Vec<_> = std::fs::read_dir(docs().join("pictures"))
        .unwrap()
        .collect();
    let mut bytes = 0;
    for entry in lie {
        let entry = entry.unwrap();
        bytes += entry.metadata().unwrap().len();
        let name = entry.file_name().into_string().unwrap();
        if !drawn.contains(&name) {
            wrong.push(format!("no command draws docs/pictures/{name}"));
        }
    }
    assert!(bytes < BYTES_MAX, "the pictures have {bytes} bytes");
    assert!(
        wrong.is_empty(),
        "UPDATE=1 draws anew:\n{}",
        wrong.join("\n")
    );
}

/// The picture of the README is the first of the gallery, by the same command.
#[test]
fn the_readme_shows_a_picture_of_the_gallery() {
    let readme = std::fs::read_to_string(docs().join("../README.md")).unwrap();
    let gallery = std::fs::read_to_string(docs().join("gallery.md")).unwrap();
    let command = "kin draw 'lineage(CoreOS)' --layout timeline -o coreos.svg";
    assert!(readme.contains(command) && gallery.contains(command));
    assert!(readme.contains("](docs/pictures/coreos.svg)"));
}
