//! `kin import`: tables to a snapshot file.

use std::io::BufWriter;
use std::io::IsTerminal as _;
use std::io::Read as _;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use clap::Arg;
use clap::ArgMatches;
use clap::value_parser;
use indicatif::ProgressBar;
use indicatif::ProgressStyle;

use crate::diagnostic::Error;
use crate::diagnostic::Interrupt;
use crate::diagnostic::escape;
use crate::shell::cli::ANSWERED;
use crate::shell::cli::FAILED_CHECK;
use crate::shell::cli::Failure;
use crate::shell::cli::has_error_color;
use crate::shell::cli::print;
use crate::shell::cli::remark;
use crate::shell::console::Outcome;
use crate::shell::console::counted;
use crate::shell::project;
use crate::shell::save;
use crate::shell::save::Writers;
use crate::store;
use crate::store::import;
use crate::store::import::Plan;
use crate::store::import::Reach;
use crate::store::import::Report;
use crate::store::import::Watch;

/// What a snapshot begins with.
const MAGIC: &[u8] = b"KINGRAPH";

/// The most bytes of findings that are shown; the counts behind them are always whole.
const SHOWN_MAX: usize = 60 * 1024;

const ABOUT: &str = "Files of entities have a column `id`, and may have `name`, `aliases` (with | \
between them) and `kind`; all\nother columns are properties. Files of statements have columns \
`from` and `to`, and may have `relation`,\n`since`, `until`, `condition`, `role`, `note`, \
`certainty` and `source`. Other names, types of values, a\nschema, and what becomes of what does \
not fit are said in a mapping: docs/import.md has its form.\n\n\
Lines that do not fit are left out, listed and counted, and then the exit code is 1; with \
`--strict` nothing\nis written.\n\n\
Examples:\n  kin import nodes.csv edges.csv -o big.kin\n  kin import edges.tsv -o big.kin \
--dry-run\n  kin import mapping.toml";

/// The subcommand as clap knows it.
pub(super) fn command() -> clap::Command {
    let flag = |name, help| super::arguments::flag(name, help).global(false);
    clap::Command::new("import")
        .about("Makes a snapshot of tables: CSV, TSV or JSON Lines, of any size")
        .after_help(ABOUT)
        .arg(
            super::arguments::path("files", "FILE")
                .num_args(1..)
                .required(true)
                .help("Tables of entities and of statements; or one mapping, which ends in .toml"),
        )
        .arg(
            super::arguments::path("output", "FILE")
                .short('o')
                .long("output")
                .help("The snapshot; of a mapping, else the file of its name beside it"),
        )
        .arg(flag(
            "dry-run",
            "Reads everything, says what would be left out, and writes nothing",
        ))
        .arg(flag("force", "Replaces a snapshot that is there"))
        .arg(flag("strict", "Writes nothing if a line does not fit"))
        .arg(
            Arg::new("memory")
                .long("memory")
                .value_name("SIZE")
                .value_parser(value_parser!(Size))
                .help("The memory for statements, 2GiB by itself; what is more goes to files"),
        )
        .arg(
            Arg::new("threads")
                .long("threads")
                .value_name("N")
                .value_parser(value_parser!(u8).range(1..))
                .help("How many threads may run: two do, where there are two processors"),
        )
}

/// A number of bytes.
#[derive(Clone, Copy, Debug)]
struct Size(u64);

impl std::str::FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Size, String> {
        let digits = text.trim_end_matches(|sign: char| sign.is_ascii_alphabetic());
        let unit = match &text[digits.len()..] {
            "" | "B" => 0,
            "K" | "KB" | "KiB" => 10,
            "M" | "MB" | "MiB" => 20,
            "G" | "GB" | "GiB" => 30,
            _ => return Err("write a size as 512MiB or 2GiB".to_owned()),
        };
        let number: u64 = digits
            .parse()
            .map_err(|_| "write a size as 512MiB or 2GiB".to_owned())?;
        let size = number
            .checked_mul(1 << unit)
            .filter(|size| *size <= 1 << 45);
        let size = size.filter(|size| *size >= import::MEMORY_MIN);
        size.map(Size)
            .ok_or_else(|| "a size is at least 64KiB and at most 32768GiB".to_owned())
    }
}

/// Runs the subcommand.
pub(super) fn import(matches: &ArgMatches) -> Result<u8, Failure> {
    let is_dry = matches.get_flag("dry-run");
    let files = matches.get_many::<PathBuf>("files").into_iter().flatten();
    let files: Vec<&Path> = files.map(PathBuf::as_path).collect();
    let output = output(matches, &files, is_dry)?;
    if !is_dry {
        is_free(&output, matches.get_flag("force"))?;
    }
    let plan = plan(matches, &files)?;
    let interrupt = Interrupt::default();
    let flag = interrupt.clone();
    // Where no handler can be set, Ctrl-C ends kin, as it ends any other program.
    let _ = ctrlc::set_handler(move || flag.cancel());
    let bar = bar(plan.size());
    let size = matches.get_one::<Size>("memory");
    let threads = match matches.get_one::<u8>("threads") {
        Some(threads) => usize::from(*threads),
        None => std::thread::available_parallelism().map_or(1, usize::from),
    };
    let watch = Watch {
        memory: size.map_or(import::MEMORY, |size| size.0),
        output: output.clone(),
        is_threaded: threads > 1 && has_thread(),
        interrupt: &interrupt,
        progress: &|bytes| bar.set_position(bytes),
    };
    let read = import::read(&plan, &watch);
    bar.finish_and_clear();
    let read = read?;
    let errors = read.report().errors;
    let is_stopped = matches.get_flag("strict") && errors > 0;
    if is_dry || is_stopped {
        let report = read.report();
        let text = listed(report);
        let end = match is_dry {
            true if is_stopped => "nothing would be written\n".to_owned(),
            true => format!("{} would be written\n", summary(report)),
            false => String::new(),
        };
        match is_dry {
            true => print(&Outcome::output(text + &end), has_error_color(matches))?,
            false => remark(&(text + "error: nothing is written\n"), matches),
        }
        return Ok(if errors > 0 { FAILED_CHECK } else { ANSWERED });
    }
    let bar = spinner();
    let report = write(read, &watch);
    bar.finish_and_clear();
    let report = report?;
    if let Some(checked) = project::checked_folder() {
        store::remember_file(&output, &checked);
    }
    remark(&listed(&report), matches);
    let name = output.to_string_lossy();
    let text = format!("{}: {}\n", escape::visible(&name), summary(&report));
    print(&Outcome::output(text), has_error_color(matches))?;
    Ok(if errors > 0 { FAILED_CHECK } else { ANSWERED })
}

/// Writes the file, unless kin is stopped before all of it is on the disk.
fn write(read: import::Read, watch: &Watch<'_>) -> Result<Report, Error> {
    save::replace_with(&watch.output, Writers::Owner, |file| {
        if !watch.is_threaded {
            file.wait_at_end();
        }
        let report = read.write(BufWriter::with_capacity(1 << 20, &mut *file), watch)?;
        let synced = file.finish();
        watch.interrupt.check()?;
        synced.map_err(|error| Error::Io(watch.output.clone(), error))?;
        Ok(report)
    })
}

/// Whether the system gives kin another thread.
fn has_thread() -> bool {
    std::thread::Builder::new().spawn(|| ()).is_ok()
}

fn is_mapping(file: &Path) -> bool {
    file.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("toml"))
}

fn plan(matches: &ArgMatches, files: &[&Path]) -> Result<Plan, Error> {
    match files {
        [mapping] if is_mapping(mapping) => {
            let reach = match matches.get_flag("allow-outside") {
                true => Reach::Anywhere,
                false => Reach::Below,
            };
            import::mapping(mapping, reach)
        }
        _ if files.iter().any(|file| is_mapping(file)) => {
            let message = "a mapping names its tables itself, and comes alone".to_owned();
            Err(Error::Usage(
                message,
                Some("kin import mapping.toml".to_owned()),
            ))
        }
        _ => import::guess(files),
    }
}

/// The file that is written.
fn output(matches: &ArgMatches, files: &[&Path], is_dry: bool) -> Result<PathBuf, Error> {
    match (matches.get_one::<PathBuf>("output"), files) {
        (Some(output), _) => Ok(output.clone()),
        (None, [mapping]) if is_mapping(mapping) => Ok(mapping.with_extension("kin")),
        (None, _) if is_dry => Ok(PathBuf::from("graph.kin")),
        (None, _) => {
            let message = "there is no file to write to".to_owned();
            Err(Error::Usage(
                message,
                Some("name it: -o big.kin".to_owned()),
            ))
        }
    }
}

/// Checks that nothing but a snapshot is replaced, and that only if it is wanted.
fn is_free(output: &Path, is_forced: bool) -> Result<(), Error> {
    let name = output.to_string_lossy();
    let name = escape::visible(&name);
    let refuse = |message: String, hint: &str| Err(Error::Usage(message, Some(hint.to_owned())));
    let Ok(there) = std::fs::symlink_metadata(output) else {
        // Better said before hours of reading than behind them.
        return save::check_folder(output);
    };
    let mut start = Vec::new();
    if there.is_file() {
        let file = std::fs::File::open(output);
        let read = file.and_then(|file| file.take(MAGIC.len() as u64).read_to_end(&mut start));
        read.map_err(|error| Error::Io(output.to_owned(), error))?;
    }
    if start != MAGIC {
        let message = format!("`{name}` is there, and is no snapshot of kin");
        return refuse(message, "name another file: -o big.kin");
    }
    match is_forced {
        true => Ok(()),
        false => refuse(format!("`{name}` is there already"), "--force replaces it"),
    }
}

/// What was left out and taken for what.
fn listed(report: &Report) -> String {
    let mut text = String::new();
    for note in &report.notes {
        text += &format!("note: {note}\n");
    }
    let mut left = report.findings.len();
    for finding in &report.findings {
        let word = if finding.is_error { "error" } else { "note" };
        let line = format!("{word}: {finding}\n");
        if text.len() + line.len() > SHOWN_MAX {
            break;
        }
        text += &line;
        left -= 1;
    }
    let total: u64 = report.counts.iter().map(|(_, count)| count).sum();
    let shown = (report.findings.len() - left) as u64;
    if total > shown {
        text += &format!("note: {} more of these are not listed\n", total - shown);
    }
    for (problem, count) in &report.counts {
        text += &format!("note: left out: {}\n", problem.counted(*count));
    }
    if report.repeated > 0 {
        let repeated = count(report.repeated, "statement", "statements");
        let were = if report.repeated == 1 { "was" } else { "were" };
        text += &format!("note: left out: {repeated} that {were} there already\n");
    }
    if report.stubs > 0 && report.stubs < report.entities {
        let stubs = count(report.stubs, "entity", "entities");
        text += &format!("note: made: {stubs} that statements lead to\n");
    }
    text
}

fn summary(report: &Report) -> String {
    let entities = count(report.entities, "entity", "entities");
    let statements = count(report.statements, "statement", "statements");
    format!("{entities}, {statements}")
}

fn count(count: u64, one: &str, many: &str) -> String {
    counted(count as usize, one, many)
}

/// How far reading is, on a terminal.
fn bar(bytes: u64) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let form = "{bar:40} {bytes} of {total_bytes}, {binary_bytes_per_sec}, {eta} left";
    let style = ProgressStyle::with_template(form);
    let bar = ProgressBar::new(bytes);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

/// That the rest is being done, on a terminal.
fn spinner() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner().with_message("sorting and writing");
    if has_thread() {
        bar.enable_steady_tick(Duration::from_millis(100));
    }
    bar
}
