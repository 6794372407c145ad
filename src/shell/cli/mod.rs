//! The command line: options and subcommands to a console, and its outcome to an exit code.

mod arguments;
mod batch;
mod build;
mod draw;
mod import;
mod junit;
mod script;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::ArgMatches;

use crate::diagnostic::Error;
use crate::diagnostic::Fault;
use crate::diagnostic::escape;
use crate::diagnostic::suggest;
use crate::model::stable;
use crate::query::scan;
use crate::shell::cli::script::Script;
use crate::shell::cli::script::standard_input;
use crate::shell::command;
use crate::shell::console;
use crate::shell::console::Console;
use crate::shell::console::Outcome;
use crate::shell::files::Files;
use crate::shell::files::Reach;
use crate::shell::help;
use crate::shell::named;
use crate::shell::parameter;
use crate::shell::project;
use crate::shell::project::Graph;
use crate::shell::repl;
use crate::shell::report;
use crate::shell::schema;
use crate::shell::session::Reply;
use crate::shell::session::Session;
use crate::shell::stats;
use crate::shell::terminal;
use crate::shell::terminal::Color;
use crate::store;
use crate::store::Demands;

const ANSWERED: u8 = 0;
const FAILED_CHECK: u8 = 1;
const WRONG_USAGE: u8 = 2;
const UNREADABLE: u8 = 3;
const EMPTY: u8 = 4;
const LIMIT: u8 = 5;
/// The exit code for a fault of kin's own.
pub const BUG: u8 = 70;
const INTERRUPTED: u8 = 130;

/// The exit codes, with what each means; the help and the reference list them. Of several, the
/// greatest is the one of the run, but for an empty answer.
pub static EXIT_CODES: [(u8, &str); 8] = [
    (ANSWERED, "answered"),
    (
        FAILED_CHECK,
        "an assertion does not hold, a check has findings, or an import left lines out",
    ),
    (
        WRONG_USAGE,
        "wrong usage, or a query that does not parse or resolve",
    ),
    (UNREADABLE, "a file or the data cannot be read or written"),
    (
        EMPTY,
        "an answer is empty, with `--fail-empty`, and nothing else is wrong",
    ),
    (LIMIT, "a limit was reached"),
    (BUG, "a fault of kin's own"),
    (INTERRUPTED, "interrupted"),
];

/// Runs kin with the arguments of its process.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let matches = match arguments::read(&arguments) {
        Ok(matches) => matches,
        Err(error) => return usage(&error),
    };
    let code = match dispatch(&matches) {
        Ok(code) => code,
        Err(failure) => {
            let color = has_error_color(&matches);
            let remarks = console::explain(&failure.error, failure.text.as_deref());
            terminal::write_remarks(&remarks, color);
            exit_code(&failure.error)
        }
    };
    ExitCode::from(code)
}

/// An error, and the text that its places lie in.
struct Failure {
    error: Error,
    text: Option<String>,
}

impl Failure {
    /// The failure of a text, which may come from a file.
    fn within(mut error: Error, text: String, file: Option<&Arc<str>>) -> Failure {
        console::set_file(&mut error, file);
        let text = Some(text);
        Failure { error, text }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure { error, text: None }
    }
}

fn exit_code(error: &Error) -> u8 {
    match error {
        Error::Query(_) | Error::Usage(..) => WRONG_USAGE,
        Error::Io(..) => UNREADABLE,
        Error::Fault(Fault::Interrupted) => INTERRUPTED,
        Error::Fault(_) => LIMIT,
    }
}

/// What clap says of wrong arguments, or of `--help`; its echo of arguments is made harmless.
fn usage(error: &clap::Error) -> ExitCode {
    let rendered = error.render().to_string();
    let lines: Vec<_> = rendered.lines().map(escape::visible).collect();
    let text = lines.join("\n") + "\n";
    if error.use_stderr() {
        terminal::write_remarks(&text, false);
        return ExitCode::from(WRONG_USAGE);
    }
    match print(&Outcome::output(text), false) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            terminal::write_remarks(&console::explain(&error, None), false);
            ExitCode::from(UNREADABLE)
        }
    }
}

fn has_error_color(matches: &ArgMatches) -> bool {
    use std::io::IsTerminal as _;
    match color(matches) {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            std::io::stderr().is_terminal()
                && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        }
    }
}

fn color(matches: &ArgMatches) -> Color {
    match matches.get_one::<String>("color").map(String::as_str) {
        Some("always") => Color::Always,
        Some("never") => Color::Never,
        _ => Color::Auto,
    }
}

fn dispatch(matches: &ArgMatches) -> Result<u8, Failure> {
    match matches.subcommand() {
        Some(("check", inner)) => check(inner),
        Some(("help", inner)) => {
            let topic = inner.get_one::<String>("topic").map_or("", String::as_str);
            let found = help::topic(topic, session(inner)?.snapshot());
            let text = match arguments::about(topic) {
                Some(about) => found.unwrap_or(about),
                None => found.map_err(|error| match error {
                    Error::Usage(message, hint) => {
                        Error::Usage(message, subcommand_near(topic).or(hint))
                    }
                    error => error,
                })?,
            };
            print(&Outcome::output(text), has_error_color(inner))?;
            Ok(0)
        }
        Some(("completions", inner)) => completions(inner),
        Some(("schema", inner)) => {
            let part = inner.get_one::<String>("part").map_or("", String::as_str);
            let mut console = console(inner)?;
            if part.is_empty() && format(inner).is_some() {
                let parts: Vec<&str> = schema::PARTS.iter().map(|part| part.name).collect();
                let hint = format!("name a part: {}", parts.join(", "));
                let message = "the summary has no other format".to_owned();
                return Err(Error::Usage(message, Some(hint)).into());
            }
            print(&schema::show(&mut console, part)?, has_error_color(inner))?;
            Ok(0)
        }
        Some(("stats", inner)) => {
            let outcome = stats::show(&mut console(inner)?)?;
            print(&outcome, has_error_color(inner))?;
            Ok(ANSWERED)
        }
        Some(("draw", inner)) => draw::draw(inner),
        Some(("build", inner)) => build::build(inner),
        Some(("verify", inner)) => build::verify(inner),
        Some(("import", inner)) => import::import(inner),
        Some(("run", inner)) => batch::scripts(inner),
        _ => queries(matches),
    }
}

/// A console on the graph that is meant.
fn console(matches: &ArgMatches) -> Result<Console, Failure> {
    let mut session = session(matches)?;
    for setting in matches.get_many::<String>("limit").into_iter().flatten() {
        let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
        command::set_limit(&mut session.limits, name, value)?;
    }
    let parameters = matches.get_many::<String>("param").into_iter().flatten();
    session.parameters.extend(parameter::read_all(parameters)?);
    let mut screen = terminal::screen(color(matches));
    if matches.get_flag("all-rows") {
        screen = console::Screen {
            width: None,
            rows_max: None,
            ..screen
        };
    }
    let default = if terminal::is_output_terminal() {
        "table"
    } else {
        "tsv"
    };
    // A picture reads its format as one of pictures.
    let is_picture = matches.try_contains_id("drawn").unwrap_or(false);
    let name = format(matches).filter(|_| !is_picture).unwrap_or(default);
    let mut console = Console::new(session, console::format(name)?, screen);
    console.files = files(matches);
    Ok(console)
}

/// A console to ask on: it knows the named queries of the project and of the user.
///
/// The project's hide the user's. Where the graph is not the project's, what does not resolve on
/// it is left out.
fn asking_console(matches: &ArgMatches) -> Result<Console, Failure> {
    let mut console = console(matches)?;
    let settings = project::settings()?;
    for (name, value) in settings.iter().flat_map(|known| &known.parameters) {
        let parameters = &mut console.session.parameters;
        parameters
            .entry(name.clone())
            .or_insert_with(|| value.clone());
    }
    let is_other_graph = matches.contains_id("graph")
        || std::env::var_os("KIN_GRAPH").is_some_and(|path| !path.is_empty());
    let own = project::own_settings()?.map(|settings| (settings, false));
    let settings = settings.map(|settings| (settings, !is_other_graph));
    for (settings, is_strict) in own.into_iter().chain(settings) {
        match named::define(&mut console.session, &settings, is_strict) {
            Ok(notes) => remark(&notes, matches),
            Err(error) => return Err(Failure::within(error, settings.text, None)),
        }
    }
    Ok(console)
}

/// The files that statements may write.
fn files(matches: &ArgMatches) -> Files {
    let reach = match (std::env::current_dir(), matches.get_flag("allow-outside")) {
        (Err(_), _) => Reach::Nowhere,
        (Ok(folder), true) => Reach::Anywhere(folder),
        (Ok(folder), false) => Reach::Below(folder),
    };
    Files::within(reach)
}

/// The format that is asked for.
fn format(matches: &ArgMatches) -> Option<&str> {
    matches.get_one::<String>("format").map(String::as_str)
}

fn session(matches: &ArgMatches) -> Result<Session, Failure> {
    let option = matches.get_one::<PathBuf>("graph").map(PathBuf::as_path);
    let Some(Graph { path, named_by }) = project::graph(option)? else {
        return Ok(Session::bundled());
    };
    let (session, loaded) = Session::open(&path).map_err(|error| named(error, named_by))?;
    let is_conversation = is_conversation(matches);
    if loaded.has_errors() && !is_conversation {
        terminal::write_remarks(&loaded.render(), has_error_color(matches));
        let message = std::io::Error::other("the data has errors; `kin check` shows them again");
        return Err(Error::Io(path, message).into());
    }
    if is_conversation {
        terminal::write_remarks(&loaded.render(), has_error_color(matches));
    } else if let warnings @ 1.. = loaded.totals.values().sum::<usize>() {
        let path = path.to_string_lossy();
        let note = format!(
            "note: {}; `kin check {}` shows them\n",
            console::counted(warnings, "finding", "findings"),
            escape::visible(&path)
        );
        terminal::write_remarks(&note, has_error_color(matches));
    }
    Ok(session)
}

/// Whether kin is started to talk with somebody.
fn is_conversation(matches: &ArgMatches) -> bool {
    let has_query = matches.try_contains_id("query").unwrap_or(false)
        || matches.try_contains_id("expression").unwrap_or(false);
    let is_top = matches.try_get_many::<String>("query").is_ok();
    is_top && matches.subcommand().is_none() && !has_query && terminal::is_input_terminal()
}

/// Says something on the side.
fn remark(text: &str, matches: &ArgMatches) {
    terminal::write_remarks(text, has_error_color(matches));
}

/// Prints an outcome; a reader who has gone is no error.
fn print(outcome: &Outcome, has_error_color: bool) -> Result<(), Error> {
    let stdout = || PathBuf::from("standard output");
    terminal::write_output(&outcome.output).map_err(|error| Error::Io(stdout(), error))?;
    terminal::write_remarks(&outcome.remarks, has_error_color);
    Ok(())
}

fn queries(matches: &ArgMatches) -> Result<u8, Failure> {
    let positional: Vec<&String> = given(matches, "query").map(|(_, text)| text).collect();
    if positional.len() > 1 {
        let hint = subcommand_near(positional[0])
            .unwrap_or_else(|| "quote it: kin 'EKS.cni | AKS.cni'; or -e for each".to_owned());
        let message = "a query is one argument".to_owned();
        return Err(Error::Usage(message, Some(hint)).into());
    }
    let mut console = asking_console(matches)?;
    if is_conversation(matches) {
        return Ok(repl::run(console)?);
    }
    let limits = &console.session.limits;
    let mut asked: Vec<(usize, &String)> = given(matches, "query")
        .chain(given(matches, "expression"))
        .collect();
    stable::sort(&mut asked);
    let mut texts: Vec<Script> = Vec::new();
    for (_, text) in asked {
        if text.trim().is_empty() {
            let hint = "try: kin 'successors(CoreOS)'".to_owned();
            return Err(Error::Usage("the query is empty".to_owned(), Some(hint)).into());
        }
        texts.push(match text.as_str() {
            "-" if positional.contains(&text) => standard_input(limits)?,
            _ => Script {
                file: None,
                text: text.clone(),
            },
        });
    }
    if texts.is_empty() {
        texts.push(standard_input(limits)?);
    }
    batch::answer(&mut console, &texts, matches)
}

/// The values of an argument, each with its place on the command line.
fn given<'a>(matches: &'a ArgMatches, id: &str) -> impl Iterator<Item = (usize, &'a String)> {
    let places = matches.indices_of(id).into_iter().flatten();
    places.zip(matches.get_many::<String>(id).into_iter().flatten())
}

/// A hint, if a query is nearly a subcommand, or a command of the REPL.
fn command_near(query: &str) -> Option<String> {
    let Some(command) = query.trim_start().strip_prefix(':') else {
        return subcommand_near(query);
    };
    let word = command.split_whitespace().next();
    let mut known = command::COMMANDS.iter().map(|command| command.name);
    let name = known.find(|name| Some(*name) == word)?;
    Some(format!(
        "`:{name}` is a command of the REPL: start `kin` without a query"
    ))
}

/// A hint, if a word is nearly a subcommand.
fn subcommand_near(word: &str) -> Option<String> {
    let command = arguments::command();
    let names: Vec<&str> = command
        .get_subcommands()
        .map(clap::Command::get_name)
        .collect();
    suggest::did_you_mean(&suggest::nearest(word, names))
        .map(|hint| hint.replace("did you mean", "did you mean the command"))
        .filter(|_| scan::is_bare(word))
}

fn check(matches: &ArgMatches) -> Result<u8, Failure> {
    let path = matches
        .get_one::<PathBuf>("path")
        .or(matches.get_one::<PathBuf>("graph"));
    let Some(Graph { path, named_by }) = project::graph(path.map(PathBuf::as_path))? else {
        let hint = "name it: kin check graph-data".to_owned();
        return Err(Error::Usage("there is no graph to check".to_owned(), Some(hint)).into());
    };
    if store::is_snapshot(&path) {
        let message = format!(
            "`{}` is a snapshot: what it says was looked at when it was made",
            escape::visible(&path.to_string_lossy())
        );
        let hint = "check the folder that it was built of; `kin verify` looks whether it is whole";
        return Err(Error::Usage(message, Some(hint.to_owned())).into());
    }
    let sources = matches.get_flag("require-sources");
    let opened = Session::open_with(&path, Demands { sources });
    let (session, loaded) = opened.map_err(|error| named(error, named_by))?;
    let is_clean = loaded.totals.is_empty();
    let has_color = terminal::screen(color(matches)).has_color;
    let output = match format(matches) {
        Some(name) => {
            let screen = terminal::screen(color(matches));
            let console = Console::new(session, console::format(name)?, screen);
            let query = format!("check {}", path.to_string_lossy());
            let reply = Reply::new(query, report::answer(&loaded));
            console.show(&[reply], screen)?.output
        }
        None => {
            let text = report::text(&loaded, session.snapshot());
            if has_color {
                terminal::colored(&text)
            } else {
                text
            }
        }
    };
    print(&Outcome::output(output), has_error_color(matches))?;
    Ok(if is_clean { ANSWERED } else { FAILED_CHECK })
}

/// The same error, with the place that named the folder or file.
fn named(error: Error, named_by: Option<String>) -> Error {
    match (error, named_by) {
        (Error::Io(path, error), Some(named_by)) => {
            let error = std::io::Error::new(error.kind(), format!("{error}; named by {named_by}"));
            Error::Io(path, error)
        }
        (error, _) => error,
    }
}

fn completions(matches: &ArgMatches) -> Result<u8, Failure> {
    let mut script = Vec::new();
    if let Some(shell) = matches.get_one::<clap_complete::Shell>("shell") {
        clap_complete::generate(*shell, &mut arguments::command(), "kin", &mut script);
    }
    let script = String::from_utf8_lossy(&script).into_owned();
    print(&Outcome::output(script), has_error_color(matches))?;
    Ok(0)
}

/// Says, in place of a panic's own words, that the fault is kin's.
pub fn confess(panic: &std::panic::PanicHookInfo<'_>) {
    let place = panic
        .location()
        .map_or(String::new(), |place| format!(" at {place}"));
    let arguments: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    let input = escape::clipped(&arguments.join(" "), 200).into_owned();
    let text =
        format!("error: this is a bug in kin{place}\n  input: {input}\n  hint: please report it\n");
    terminal::write_remarks(&text, false);
}
