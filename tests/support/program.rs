//! The program itself, run in a clean place: no variables of the user, no `kin.toml` above.

use std::path::Path;
use std::time::Duration;

use assert_cmd::Command;
use tempfile::TempDir;

/// A generous bound against hanging.
const SECONDS_MAX: u64 = 30;

/// The program, run in `folder`.
pub(crate) fn kin_in(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kin"));
    command
        .current_dir(folder)
        .env("XDG_CONFIG_HOME", folder.join("config"))
        .env("XDG_CACHE_HOME", folder.join("cache"))
        .timeout(Duration::from_secs(SECONDS_MAX));
    for name in ["KIN_GRAPH", "NO_COLOR", "COLUMNS", "RUST_BACKTRACE"] {
        command.env_remove(name);
    }
    command
}

/// A new empty folder.
pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder for the test")
}

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Run {
    /// The exit code; none if a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Run {
    let output = command.output().expect("kin can be started");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("kin writes UTF-8");
    Run {
        code: output.status.code(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// Runs kin with these arguments, and nothing on its input.
pub(crate) fn kin(arguments: &[&str]) -> Run {
    let place = folder();
    run(kin_in(place.path()).args(arguments))
}

/// The exit code of an error, checked to come with words, and nothing on standard output.
pub(crate) fn refused(run: &Run) -> Option<i32> {
    assert_eq!(run.stdout, "", "{run:?}");
    assert!(run.stderr.starts_with("error"), "{run:?}");
    run.code
}

/// A small folder of data without findings; `extra` is one more file of entities.
pub(crate) fn data_in(folder: &Path, extra: &str) {
    let schema = "[groups.lineage]\ndoc = \"From an older thing to a newer one.\"\n\
                  [kinds.thing]\ndoc = \"A thing.\"\n\
                  [relations.became]\ndoc = \"The subject went on as the object.\"\n\
                  inverse = \"was\"\ngroups = [\"lineage\"]\n";
    let things = "[old]\nname = \"Old\"\nkind = \"thing\"\n\
                  became = { to = \"new\", since = \"2015\", source = \"s:1\" }\n\
                  [new]\nname = \"New\"\nkind = \"thing\"\n";
    let sources = "[s]\ntitle = \"A source\"\n";
    std::fs::create_dir_all(folder).expect("the folder can be made");
    for (name, text) in [
        ("schema.toml", schema),
        ("sources.toml", sources),
        ("things.toml", things),
        ("extra.toml", extra),
    ] {
        std::fs::write(folder.join(name), text).expect("the folder can be written");
    }
}
