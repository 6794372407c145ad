//! The arguments of the command line, as clap reads them and shells complete them.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Arg;
use clap::ArgAction;
use clap::ArgMatches;
use clap::builder::PossibleValuesParser;
use clap::value_parser;

use crate::render::FORMATS;
use crate::shell::cli::EXIT_CODES;
use crate::shell::cli::build;
use crate::shell::cli::draw;
use crate::shell::cli::import;
use crate::shell::console;
use crate::shell::help as topics;
use crate::shell::schema;

/// A subcommand: its name, and what makes it.
type Subcommand = (&'static str, fn() -> clap::Command);

/// The subcommands, in the order in which the help lists them.
static SUBCOMMANDS: [Subcommand; 10] = [
    ("run", run),
    ("check", check),
    ("draw", draw::command),
    ("build", build::command),
    ("verify", build::verify_command),
    ("import", import::command),
    ("schema", schema),
    ("stats", stats),
    ("help", help),
    ("completions", completions),
];

/// The command line as clap knows it; completions are made from it.
pub(super) fn command() -> clap::Command {
    let subcommands = SUBCOMMANDS.iter().map(|(_, command)| command());
    without_subcommands()
        .after_help(after_help())
        .subcommands(subcommands)
}

/// The help of a subcommand, if there is one of that name.
pub(super) fn about(name: &str) -> Option<String> {
    let (_, command) = SUBCOMMANDS.iter().find(|(known, _)| *known == name)?;
    let mut command = command().bin_name(format!("kin {name}"));
    Some(command.render_long_help().to_string())
}

fn without_subcommands() -> clap::Command {
    clap::Command::new("kin")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Asks a graph of where software comes from. Without a query, a conversation begins.")
        .disable_help_subcommand(true)
        .args_conflicts_with_subcommands(false)
        .args(queries())
        .args(options())
}

/// What the arguments of a process mean.
///
/// Making the whole command line takes longer than a query, so it is made of the subcommands that
/// are named; what is wrong, and the help, are then said by the whole.
pub(super) fn read(arguments: &[OsString]) -> Result<ArgMatches, clap::Error> {
    let is_named = |name: &str| arguments.iter().any(|argument| argument == name);
    let named = SUBCOMMANDS.iter().filter(|(name, _)| is_named(name));
    let subcommands = named.map(|(_, command)| command());
    without_subcommands()
        .subcommands(subcommands)
        .try_get_matches_from(arguments)
        .or_else(|_| command().try_get_matches_from(arguments))
}

/// Queries, by place or by option.
fn queries() -> Vec<Arg> {
    vec![
        Arg::new("query")
            .value_name("QUERY")
            .num_args(0..)
            .help("A query in one argument: quote it; `-` reads queries from standard input"),
        Arg::new("expression")
            .short('e')
            .long("query")
            .value_name("QUERY")
            .action(ArgAction::Append)
            .help("A query; may be given several times"),
    ]
}

/// What holds for every subcommand.
fn options() -> Vec<Arg> {
    // Those that cannot be printed are for files, and said to be.
    let formats = FORMATS.iter().map(|format| format.name);
    vec![
        option("format", 'f', "NAME", "The format of answers")
            .value_parser(PossibleValuesParser::new(formats))
            .hide_possible_values(true),
        option(
            "graph",
            'g',
            "PATH",
            "The graph: a folder of TOML files, a property graph in JSON, or a snapshot",
        )
        .value_parser(value_parser!(PathBuf)),
        Arg::new("limit")
            .long("limit")
            .value_name("NAME=N")
            .action(ArgAction::Append)
            .global(true)
            .help("Sets a limit; `kin help limits` lists them"),
        Arg::new("color")
            .long("color")
            .value_name("WHEN")
            .global(true)
            .default_value("auto")
            .value_parser(["auto", "always", "never"])
            .help("When colours are shown"),
        Arg::new("param")
            .short('p')
            .long("param")
            .value_name("NAME=VALUE")
            .action(ArgAction::Append)
            .global(true)
            .help("Gives `$NAME` a value: a number, true, false, null, JSON or text"),
        flag("fail-empty", "Exits with 4 if an answer is empty"),
        flag(
            "all-rows",
            "Shows every row and cell whole, also on a terminal",
        ),
        flag(
            "allow-outside",
            "Lets `QUERY > FILE` write outside the current folder",
        ),
    ]
}

fn option(name: &'static str, short: char, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .short(short)
        .long(name)
        .value_name(value)
        .global(true)
        .help(help)
}

pub(super) fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .action(ArgAction::SetTrue)
        .global(true)
        .help(help)
}

pub(super) fn path(name: &'static str, value: &'static str) -> Arg {
    Arg::new(name)
        .value_name(value)
        .value_parser(value_parser!(PathBuf))
}

fn run() -> clap::Command {
    clap::Command::new("run")
        .about("Answers the queries of script files, and checks their assertions")
        .after_help(topics::SCRIPTS)
        .arg(
            path("scripts", "FILE")
                .num_args(1..)
                .required(true)
                .help("Files of statements with `;` between them; `-` is standard input"),
        )
        .arg(flag("fail-fast", "Stops at the first error or failed assertion").global(false))
        .arg(
            flag(
                "keep-going",
                "Goes on behind errors and failed assertions, as it does by itself",
            )
            .conflicts_with("fail-fast")
            .global(false),
        )
        .arg(
            path("junit", "FILE")
                .long("junit")
                .help("Writes what the assertions came to as JUnit XML"),
        )
}

fn check() -> clap::Command {
    clap::Command::new("check")
        .about("Lists everything that is wrong with a graph")
        .arg(
            path("path", "PATH")
                .help("A folder of TOML files or a JSON file; else the graph that is meant"),
        )
        .arg(
            flag(
                "require-sources",
                "Wants a source for every statement and entity, and `hearsay` of memory",
            )
            .global(false),
        )
}

fn schema() -> clap::Command {
    let parts = schema::PARTS.iter().map(|row| row.name);
    clap::Command::new("schema")
        .about("Shows the vocabulary of the graph")
        .arg(
            Arg::new("part")
                .value_name("PART")
                .value_parser(PossibleValuesParser::new(parts)),
        )
}

fn stats() -> clap::Command {
    clap::Command::new("stats")
        .about("Shows what the graph has, in figures: entities, statements, sources, dates")
}

fn help() -> clap::Command {
    clap::Command::new("help")
        .about("Tells about a function, pattern, format, error code …")
        .arg(
            Arg::new("topic")
                .value_name("TOPIC")
                .help("A word of the language, the graph or the program"),
        )
}

fn completions() -> clap::Command {
    clap::Command::new("completions")
        .about("Prints completions for a shell")
        .arg(
            Arg::new("shell")
                .value_name("SHELL")
                .required(true)
                .value_parser(value_parser!(clap_complete::Shell)),
        )
}

fn after_help() -> String {
    let formats: Vec<&str> = console::formats().map(|format| format.name).collect();
    let codes: Vec<String> = EXIT_CODES
        .iter()
        .map(|(code, meaning)| format!("  {code:>3}  {meaning}\n"))
        .collect();
    format!(
        "Formats: {}\n  (a table on a terminal, else tab-separated values)\n\n\
         Examples:\n  kin 'successors(CoreOS)'\n  kin -f json 'EKS.cni | AKS.cni'\n  \
         kin 'RKS.default_node_os as of 2021-05 according to rks-17'\n  \
         echo 'successors(k3s)' | kin -\n  kin run audit.kin\n  \
         kin draw 'lineage(CoreOS)' -o coreos.svg\n  kin check graph-data\n  \
         kin build graph-data -o k8s.kin\n  kin -g k8s.kin 'EKS.cni'\n\n\
         Exit codes:\n{}\n\
         The graph: `-g`, else the variable KIN_GRAPH, else `graph = \"path\"` in a kin.toml \
         here or above,\nelse the one inside kin. `kin help` tells of the language.",
        formats.join(", "),
        codes.concat()
    )
}
