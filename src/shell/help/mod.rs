//! The help: every word of it is read off the tables of functions, patterns, commands, formats,
//! limits and codes.

mod about;
mod forms;

use crate::diagnostic::Error;
use crate::diagnostic::LIMITS;
use crate::diagnostic::Limit;
use crate::diagnostic::code;
use crate::diagnostic::code::CODES;
use crate::diagnostic::escape;
use crate::diagnostic::suggest;
use crate::model::Snapshot;
use crate::query::PATTERNS;
use crate::query::explain;
use crate::query::field;
use crate::query::function;
use crate::render::FORMATS;
use crate::shell::command::COMMANDS;
use crate::shell::drawing::OPTIONS;

pub use forms::OPERATORS;

/// What a script is made of, for `kin help scripts` and `kin run --help`.
pub static SCRIPTS: &str = "\
A script:
  let hosts = kind:container_host_os;          # a name for what follows
  let kin_of(x) = x | ancestors(x);            # a function of sets
  assert CoreOS & hosts is not empty, \"CoreOS is a host OS\";
  assert count(hosts & kin_of($product)) = 2;  # kin run --param product=Flatcar
  hosts > hosts.csv;                           # into a file, by its ending
  hosts as markdown                            # in another format

A text that is wrong somewhere is not run at all. Otherwise every statement is run, whatever
becomes of the others, unless `--fail-fast` is given. Assertions that hold say nothing; a failed
one is told with its rows. Of several exit codes, the greatest is the one of the run.

Files are written below the current folder only, and never through a symbolic link;
`--allow-outside` lifts the former. A `kin.toml` may name queries and give parameters a default:

  [queries]
  hosts = \"kind:container_host_os\"
  \"family(x)\" = \"x | ancestors(x)\"
  [parameters]
  product = \"Flatcar\"";

/// A family of topics: the word that lists it, and the list.
struct Family {
    name: &'static str,
    list: fn() -> String,
}

static FAMILIES: &[Family] = &[
    Family {
        name: "functions",
        list: || rows(function::functions().map(|row| (row.signature(), row.doc))),
    },
    Family {
        name: "patterns",
        list: || {
            rows(
                PATTERNS
                    .iter()
                    .map(|row| (format!("{}:", row.name), row.doc)),
            )
        },
    },
    Family {
        name: "operators",
        list: || {
            rows(
                OPERATORS
                    .iter()
                    .map(|(form, doc, _)| ((*form).to_owned(), *doc)),
            )
        },
    },
    Family {
        name: "fields",
        list: || {
            let named = |row: &'static field::Field| (format!("x.{}", row.name), row.doc);
            rows(field::FIELDS.iter().map(named))
        },
    },
    Family {
        name: "scripts",
        list: || format!("{SCRIPTS}\n"),
    },
    Family {
        name: "commands",
        list: || {
            rows(
                COMMANDS
                    .iter()
                    .map(|row| (format!(":{} {}", row.name, row.usage), row.doc)),
            )
        },
    },
    Family {
        name: "formats",
        list: || rows(FORMATS.iter().map(|row| (row.name.to_owned(), row.doc))),
    },
    Family {
        name: "pictures",
        list: || rows(OPTIONS.iter().map(|row| (row.usage(), row.doc))),
    },
    Family {
        name: "limits",
        list: || {
            let told = |row: &'static Limit| (format!("{}={}", row.name, row.default), row.doc);
            rows(LIMITS.iter().map(told))
        },
    },
    Family {
        name: "errors",
        list: || rows(CODES.iter().map(|row| (row.id.to_owned(), row.doc))),
    },
    Family {
        name: "stages",
        list: || {
            rows(
                explain::STAGES
                    .iter()
                    .map(|(name, doc)| (format!(":explain {name}"), *doc)),
            )
        },
    },
];

/// Every word that `:help` and `kin help` know.
pub fn topics() -> Vec<&'static str> {
    let families = FAMILIES.iter().map(|family| family.name);
    let functions = function::functions().map(|row| row.name);
    let patterns = PATTERNS.iter().map(|row| row.name);
    let commands = COMMANDS.iter().map(|row| row.name);
    let formats = FORMATS.iter().map(|row| row.name);
    let codes = CODES.iter().map(|row| row.id);
    families
        .chain(LIMITS.iter().map(|row| row.name))
        .chain(functions)
        .chain(patterns)
        .chain(commands)
        .chain(formats)
        .chain(codes)
        .collect()
}

/// What there is to say of a topic; the overview for the empty one.
///
/// Words of the schema are topics too.
pub fn topic(topic: &str, snapshot: &Snapshot) -> Result<String, Error> {
    let word = topic
        .trim_matches(':')
        .trim_end_matches("()")
        .trim_end_matches('=');
    if word.is_empty() {
        return Ok(overview());
    }
    if let Some(family) = FAMILIES.iter().find(|family| family.name == word) {
        return Ok((family.list)());
    }
    let found: Vec<String> = [
        function::find(word).map(about::function),
        function::find_value(word).map(about::function),
        PATTERNS
            .iter()
            .find(|row| row.name == word)
            .map(about::pattern),
        COMMANDS
            .iter()
            .find(|row| row.name == word)
            .map(about::command),
        FORMATS
            .iter()
            .find(|row| row.name == word)
            .map(about::format),
        code::find(word).map(about::code),
        LIMITS.iter().find(|row| row.name == word).map(about::limit),
        about::operators(word),
        about::parameter(word),
        about::schema(word, snapshot),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !found.is_empty() {
        return Ok(found.join("\n"));
    }
    let near = suggest::nearest(word, topics());
    let hint = suggest::did_you_mean(&near)
        .unwrap_or_else(|| "`:help` or `kin help` shows what there is".to_owned());
    let message = format!("the help has no topic `{}`", escape::clipped(topic, 60));
    Err(Error::Usage(message, Some(hint)))
}

/// Two columns: what is written, and what it means, wrapped.
fn rows(rows: impl Iterator<Item = (String, &'static str)>) -> String {
    let rows: Vec<(String, &str)> = rows.collect();
    let width = rows
        .iter()
        .map(|(form, _)| form.chars().count())
        .max()
        .unwrap_or(0)
        .min(34);
    let mut text = String::new();
    for (form, doc) in rows {
        let form = form.trim_end();
        let indent = width + 4;
        let lines = wrapped(doc, 100 - indent);
        if form.chars().count() > width {
            text.push_str(&format!("  {form}\n  {:width$}  {}\n", "", lines[0]));
        } else {
            let gap = width - form.chars().count();
            text.push_str(&format!("  {form}{:gap$}  {}\n", "", lines[0]));
        }
        for line in &lines[1..] {
            text.push_str(&format!("{:indent$}{line}\n", ""));
        }
    }
    text
}

/// A text in lines of at most `width` columns; at least one line.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        let line = &mut lines[last];
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

fn overview() -> String {
    let words = |names: &mut dyn Iterator<Item = String>| {
        let all = names.collect::<Vec<String>>().join(", ");
        let lines = wrapped(&all, 76)
            .into_iter()
            .map(|line| format!("  {line}\n"));
        lines.collect::<String>()
    };
    format!(
        "A query is a set of entities. A name is the simplest one; `|`, `&` and ` - ` join sets,\n\
         `.relation` steps on, and functions walk further:\n\n\
         {}\nfunctions\n{}\ncommands\n{}\n\
         `:help functions` tells what they do, `:help successors` more of one. \
         Other topics are\n{}",
        examples(),
        words(&mut function::functions().map(|row| row.name.to_owned())),
        words(&mut COMMANDS.iter().map(|row| format!(":{}", row.name))),
        words(
            &mut FAMILIES
                .iter()
                .skip(1)
                .map(|family| family.name.to_owned())
                .chain([
                    "every word of the schema".to_owned(),
                    "every error code".to_owned(),
                ])
        ),
    )
}

/// Queries to try, with what each asks.
pub fn examples() -> String {
    let width = EXAMPLES
        .iter()
        .map(|(query, _)| query.len())
        .max()
        .unwrap_or(0);
    EXAMPLES
        .iter()
        .map(|(query, asks)| format!("  {query:width$}  # {asks}\n"))
        .collect()
}

/// Queries to try, and what each asks.
pub static EXAMPLES: [(&str, &str); 10] = [
    ("successors(CoreOS)", "one step onward"),
    ("descendants(CoreOS)", "everything from it"),
    ("lineage(Flatcar)", "both ways"),
    ("EKS.cni | AKS.cni | RKS.cni", "three starts, one step"),
    ("SQLite.datastore_of", "against the arrow"),
    ("kind:container_host_os - descendants(CoreOS)", "the others"),
    (
        "common_ancestors(Flatcar | \"Fedora CoreOS\")",
        "what both came of",
    ),
    ("path(EKS, CentOS, via=any)", "how they hang together"),
    (
        "RKS.default_node_os as of 2021-05 according to rks-17",
        "one day, one source",
    ),
    ("facts(k3s)", "all that is stated"),
];
