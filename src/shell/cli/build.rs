//! `kin build`: a graph as one file that opens at once; and `kin verify`, which looks at it whole.

use std::path::Path;
use std::path::PathBuf;

use clap::Arg;
use clap::ArgMatches;
use clap::value_parser;

use crate::diagnostic::Error;
use crate::diagnostic::escape;
use crate::model::Snapshot;
use crate::shell::cli::ANSWERED;
use crate::shell::cli::FAILED_CHECK;
use crate::shell::cli::Failure;
use crate::shell::cli::arguments;
use crate::shell::cli::has_error_color;
use crate::shell::cli::print;
use crate::shell::cli::remark;
use crate::shell::console;
use crate::shell::console::Outcome;
use crate::shell::project;
use crate::shell::save;
use crate::shell::save::Writers;
use crate::shell::session::Session;
use crate::shell::terminal;
use crate::store;

const BUILD: &str = "\
The file is a snapshot: it answers at once, whatever its size, wherever a folder would: \
`kin -g k8s.kin 'EKS.cni'`. The same graph gives the same bytes. A file that is there already is \
replaced, whole or not at all, if it is a snapshot. Data with errors is not built.";

const VERIFY: &str = "\
Looks at every byte: at the checksum of each block of 1 MiB, and whether what lies in the sections \
can be. kin does so by itself when it sees a file for the first time.";

pub(super) fn command() -> clap::Command {
    clap::Command::new("build")
        .about("Writes a graph as a snapshot, one file that opens at once")
        .after_help(BUILD)
        .arg(
            arguments::path("path", "PATH")
                .required(true)
                .help("A folder of TOML files, or a property graph in JSON"),
        )
        .arg(output())
}

/// Where a snapshot goes.
pub(super) fn output() -> Arg {
    Arg::new("output")
        .short('o')
        .long("output")
        .value_name("FILE")
        .required(true)
        .value_parser(value_parser!(PathBuf))
        .help("The file of the snapshot; `.kin` is a good ending")
}

pub(super) fn verify_command() -> clap::Command {
    clap::Command::new("verify")
        .about("Looks whether snapshots are whole, and as they were built")
        .after_help(VERIFY)
        .arg(
            arguments::path("files", "FILE")
                .num_args(1..)
                .required(true)
                .help("Files that `kin build` or `kin import` wrote"),
        )
}

pub(super) fn build(matches: &ArgMatches) -> Result<u8, Failure> {
    let path = |name| matches.get_one::<PathBuf>(name).map(PathBuf::as_path);
    let (Some(path), Some(output)) = (path("path"), path("output")) else {
        return Err(Error::Usage("a path and `-o FILE` are wanted".to_owned(), None).into());
    };
    let is_color = has_error_color(matches);
    let (session, loaded) = Session::open(path)?;
    if store::is_snapshot(path) {
        let message = "this is a snapshot already".to_owned();
        return Err(Error::Usage(message, Some("copy the file".to_owned())).into());
    }
    terminal::write_remarks(&loaded.render(), is_color);
    if loaded.has_errors() {
        remark("the data has errors, and nothing was built\n", matches);
        return Ok(FAILED_CHECK);
    }
    ours_or_new(output)?;
    save::replace(output, &store::encode(session.snapshot()), Writers::Owner)?;
    if let Some(checked) = project::checked_folder() {
        store::remember_file(output, &checked);
    }
    print(&Outcome::output(told(output, session.snapshot())), is_color)?;
    Ok(ANSWERED)
}

/// An error if there is a file that is no snapshot: kin replaces only what it wrote.
pub(super) fn ours_or_new(file: &Path) -> Result<(), Error> {
    let there = std::fs::metadata(file);
    let is_other = there.is_ok_and(|there| there.is_file() && there.len() > 0);
    if is_other && !store::is_snapshot(file) {
        let shown = file.to_string_lossy();
        let shown = escape::visible(&shown);
        let message = format!("`{shown}` is there already, and is no snapshot");
        let hint = "choose another name, or move that file away".to_owned();
        return Err(Error::Usage(message, Some(hint)));
    }
    Ok(())
}

pub(super) fn verify(matches: &ArgMatches) -> Result<u8, Failure> {
    let is_color = has_error_color(matches);
    let mut last = None;
    for file in matches.get_many::<PathBuf>("files").into_iter().flatten() {
        match store::verify_file(file) {
            Ok(snapshot) => print(&Outcome::output(told(file, &snapshot)), is_color)?,
            Err(error) => {
                terminal::write_remarks(&console::explain(&error, None), is_color);
                last = Some(super::exit_code(&error));
            }
        }
    }
    Ok(last.unwrap_or(ANSWERED))
}

/// What a file holds, in a line.
fn told(file: &Path, snapshot: &Snapshot) -> String {
    let bytes = std::fs::metadata(file).map_or(0, |found| found.len());
    let file = file.to_string_lossy();
    format!(
        "{}: {}, {}, {} bytes\n",
        escape::visible(&file),
        console::counted(snapshot.entity_count(), "entity", "entities"),
        console::counted(snapshot.statement_count(), "statement", "statements"),
        bytes
    )
}
