//! The commands of the REPL: rows with name, arguments, sentence, examples and what they do.

use crate::diagnostic::Error;
use crate::diagnostic::LIMITS;
use crate::diagnostic::escape;
use crate::diagnostic::suggest;
use crate::shell::console;
use crate::shell::console::Console;
use crate::shell::console::Outcome;
use crate::shell::console::Screen;
use crate::shell::definition;
use crate::shell::draw;
use crate::shell::explain;
use crate::shell::help;
use crate::shell::parameter;
use crate::shell::schema;

/// What a command's argument is, so that completion can offer it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Nothing.
    Nothing,
    /// A topic of the help.
    Topic,
    /// A part of the schema.
    SchemaPart,
    /// A format.
    Format,
    /// A stage and a query.
    Explain,
    /// `on` or `off`.
    Switch,
    /// The name of a limit and a number.
    Setting,
    /// The name of a parameter and a value.
    Parameter,
    /// The name of a definition, or a new one with its query.
    Definition,
    /// A query and the options of a picture.
    Drawing,
}

/// A command: one row.
#[derive(Debug)]
pub struct Command {
    /// The name, without its colon.
    pub name: &'static str,
    /// What it takes, as the help shows it; empty for nothing.
    pub usage: &'static str,
    /// What completion offers behind it.
    pub takes: Takes,
    /// One sentence.
    pub doc: &'static str,
    /// Lines that show it.
    pub examples: &'static [&'static str],
    /// Whether it is understood without its colon.
    pub is_bare: bool,
    run: fn(&mut Console, &str) -> Result<Outcome, Error>,
}

/// All commands.
pub static COMMANDS: &[Command] = &[
    Command {
        name: "help",
        usage: "[topic]",
        takes: Takes::Topic,
        doc: "What kin can do, or what it says of a function, pattern, command, format or code.",
        examples: &[":help", ":help successors", ":help K011"],
        is_bare: true,
        run: |console, topic| help::topic(topic, console.session.snapshot()).map(Outcome::output),
    },
    Command {
        name: "schema",
        usage: "[kinds|relations|properties|groups|sources]",
        takes: Takes::SchemaPart,
        doc: "The vocabulary of the graph: all of it in short, or a part in full.",
        examples: &[":schema", ":schema groups"],
        is_bare: false,
        run: |console, part| schema::show(console, part),
    },
    Command {
        name: "examples",
        usage: "",
        takes: Takes::Nothing,
        doc: "Queries to try.",
        examples: &[":examples"],
        is_bare: false,
        run: |_, _| Ok(Outcome::output(help::examples())),
    },
    Command {
        name: "format",
        usage: "[name]",
        takes: Takes::Format,
        doc: "Shows answers in another format, or lists the formats.",
        examples: &[":format json", ":format"],
        is_bare: false,
        run: set_format,
    },
    Command {
        name: "draw",
        usage: "[QUERY] [-o FILE] [--layout LAYOUT] …",
        takes: Takes::Drawing,
        doc: "Draws the answer of a query, or the last one, with the options of `kin draw`.",
        examples: &[":draw lineage(Flatcar)", ":draw lineage(Flatcar) -f log"],
        is_bare: false,
        run: draw::command,
    },
    Command {
        name: "explain",
        usage: "[ast|query|plan] QUERY",
        takes: Takes::Explain,
        doc: "Shows how a query is understood: as it was read, resolved, or planned and run (the \
              default).",
        examples: &[
            ":explain plan descendants(CoreOS)",
            ":explain ast EKS.cni | AKS.cni",
        ],
        is_bare: false,
        run: explain::command,
    },
    Command {
        name: "timing",
        usage: "[on|off]",
        takes: Takes::Switch,
        doc: "Tells the time of each query, or no longer.",
        examples: &[":timing off"],
        is_bare: false,
        run: timing,
    },
    Command {
        name: "last",
        usage: "",
        takes: Takes::Nothing,
        doc: "Shows the last answer again, whole: no row and no cell is cut.",
        examples: &[":last"],
        is_bare: false,
        run: |console, _| {
            let whole = Screen {
                width: None,
                rows_max: None,
                ..console.screen
            };
            match console.last.is_empty() {
                true => Ok(Outcome::output("there is no answer yet\n")),
                false => console.show(&console.last, whole),
            }
        },
    },
    Command {
        name: "set",
        usage: "[limit number]",
        takes: Takes::Setting,
        doc: "Sets a limit, or lists the limits.",
        examples: &[":set steps 1000000", ":set"],
        is_bare: false,
        run: set,
    },
    Command {
        name: "param",
        usage: "[name [value]]",
        takes: Takes::Parameter,
        doc: "Gives the parameter `$name` a value, takes it away, or lists the parameters.",
        examples: &[":param product RKS", ":param years [2020, 2021]", ":param"],
        is_bare: false,
        run: parameter::command,
    },
    Command {
        name: "let",
        usage: "[name [= QUERY]]",
        takes: Takes::Definition,
        doc: "Defines a name as `let` does, shows what it stands for, or lists what is defined.",
        examples: &[":let hosts = kind:container_host_os", ":let"],
        is_bare: false,
        run: definition::command,
    },
    Command {
        name: "reload",
        usage: "",
        takes: Takes::Nothing,
        doc: "Reads the graph again from its folder or file.",
        examples: &[":reload"],
        is_bare: false,
        run: reload,
    },
    Command {
        name: "quit",
        usage: "",
        takes: Takes::Nothing,
        doc: "Ends the conversation; Ctrl-D does so too.",
        examples: &[],
        is_bare: true,
        run: |_, _| {
            Ok(Outcome {
                is_over: true,
                ..Outcome::default()
            })
        },
    },
    Command {
        name: "exit",
        usage: "",
        takes: Takes::Nothing,
        doc: "Ends the conversation, as `:quit` does.",
        examples: &[],
        is_bare: true,
        run: |_, _| {
            Ok(Outcome {
                is_over: true,
                ..Outcome::default()
            })
        },
    },
];

/// Whether a whole line is a command without its colon.
pub fn is_bare(line: &str) -> bool {
    COMMANDS
        .iter()
        .any(|command| command.is_bare && command.name == line)
}

/// The command of that name, or the only one that begins so.
pub fn find(name: &str) -> Option<&'static Command> {
    let exact = COMMANDS.iter().find(|command| command.name == name);
    exact.or_else(|| {
        let mut beginning = COMMANDS
            .iter()
            .filter(|command| command.name.starts_with(name));
        let only = beginning.next().filter(|_| !name.is_empty())?;
        beginning.next().is_none().then_some(only)
    })
}

/// Carries out a command, given without its colon.
pub fn run(console: &mut Console, line: &str) -> Outcome {
    let (name, argument) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let Some(command) = find(name) else {
        let known: Vec<&str> = COMMANDS.iter().map(|command| command.name).collect();
        let near = suggest::nearest(name, known);
        let near: Vec<String> = near.iter().map(|name| format!(":{name}")).collect();
        let near: Vec<&str> = near.iter().map(String::as_str).collect();
        let hint = suggest::did_you_mean(&near).unwrap_or_else(|| "`:help` lists them".to_owned());
        let message = format!("there is no command `:{}`", escape::clipped(name, 60));
        return console::failure(&Error::Usage(message, Some(hint)), None);
    };
    let argument = argument.trim();
    (command.run)(console, argument)
        .unwrap_or_else(|error| console::failure(&error, Some(argument)))
}

fn set_format(console: &mut Console, name: &str) -> Result<Outcome, Error> {
    if name.is_empty() {
        let line = |format: &crate::render::Format| {
            let mark = if format.name == console.format.name {
                "*"
            } else {
                " "
            };
            format!("{mark} {:<10} {}\n", format.name, format.doc)
        };
        return Ok(Outcome::output(
            console::formats().map(line).collect::<String>(),
        ));
    }
    console.format = console::format(name)?;
    Ok(Outcome::output(format!(
        "answers are shown as {}\n",
        console.format.name
    )))
}

fn timing(console: &mut Console, switch: &str) -> Result<Outcome, Error> {
    console.is_timing = match switch {
        "on" => true,
        "off" => false,
        "" => !console.is_timing,
        other => {
            let message = format!("`{}` is neither `on` nor `off`", escape::clipped(other, 60));
            return Err(Error::Usage(message, Some("write `:timing on`".to_owned())));
        }
    };
    let state = if console.is_timing { "on" } else { "off" };
    Ok(Outcome::output(format!("timing is {state}\n")))
}

fn set(console: &mut Console, argument: &str) -> Result<Outcome, Error> {
    let limits = &mut console.session.limits;
    if argument.is_empty() {
        let line = |(row, value): (&crate::diagnostic::Limit, u64)| {
            format!(
                "{:<12} {value:>11} {:<12} {}\n",
                row.name, row.unit, row.doc
            )
        };
        return Ok(Outcome::output(limits.iter().map(line).collect::<String>()));
    }
    let Some((name, value)) = argument.split_once(char::is_whitespace) else {
        let known = limits.iter().find(|(row, _)| row.name == argument);
        if let Some((row, value)) = known {
            return Ok(Outcome::output(format!("{} is {value}\n", row.name)));
        }
        return Err(set_limit(limits, argument, "")
            .err()
            .unwrap_or_else(|| Error::Usage("a limit wants a number".to_owned(), None)));
    };
    set_limit(limits, name, value.trim())?;
    Ok(Outcome::output(format!("{name} is {}\n", value.trim())))
}

/// Sets a limit to a value given as text.
pub fn set_limit(
    limits: &mut crate::diagnostic::Limits,
    name: &str,
    value: &str,
) -> Result<(), Error> {
    let Some(limit) = LIMITS.iter().find(|limit| limit.name == name) else {
        let known = LIMITS.iter().map(|limit| limit.name);
        let hint = suggest::did_you_mean(&suggest::nearest(name, known.clone()))
            .unwrap_or_else(|| format!("the limits are {}", known.collect::<Vec<_>>().join(", ")));
        let message = format!("there is no limit `{}`", escape::clipped(name, 60));
        return Err(Error::Usage(message, Some(hint)));
    };
    let hint = |number: u64| {
        Some(format!(
            "write `--limit {name}={number}` or `:set {name} {number}`"
        ))
    };
    match value.replace('_', "").parse() {
        Ok(number) if number <= limit.max => {
            limits.set(name, number);
            Ok(())
        }
        Ok(_) => {
            let message = format!("`{name}` is at most {}", limit.max);
            Err(Error::Usage(message, hint(limit.max)))
        }
        Err(_) => {
            let message = format!("`{}` is no whole number", escape::clipped(value, 60));
            Err(Error::Usage(message, hint(limit.default)))
        }
    }
}

fn reload(console: &mut Console, _: &str) -> Result<Outcome, Error> {
    match console.session.reload()? {
        None => Ok(Outcome::output("the graph inside kin does not change\n")),
        Some((loaded, dropped)) => {
            let snapshot = console.session.snapshot();
            let output = format!("read {}\n", console::size(snapshot));
            let remarks = loaded.render() + &told_dropped(&dropped);
            Ok(Outcome {
                output,
                remarks,
                failed: loaded.has_errors(),
                ..Outcome::default()
            })
        }
    }
}

/// What is said of definitions that do not resolve any more.
pub(super) fn told_dropped(names: &[String]) -> String {
    let told = names.iter().map(|name| {
        let name = escape::visible(name);
        format!("note: `{name}` is no longer defined: define it again\n")
    });
    told.collect()
}
