//! `kin draw`: options to wishes, and the picture of one answer.

use clap::Arg;
use clap::ArgAction;
use clap::ArgMatches;
use clap::builder::PossibleValuesParser;
use clap::builder::ValueParser;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Error;
use crate::diagnostic::Span;
use crate::diagnostic::code;
use crate::diagnostic::escape;
use crate::query::ast::Target;
use crate::render;
use crate::shell::asked;
use crate::shell::cli;
use crate::shell::cli::Failure;
use crate::shell::console::Outcome;
use crate::shell::drawing;
use crate::shell::drawing::DrawOption;
use crate::shell::drawing::Wishes;
use crate::shell::picture;
use crate::shell::session::Reply;
use crate::shell::terminal;

/// The subcommand as clap knows it.
pub(super) fn command() -> clap::Command {
    let options = drawing::OPTIONS.iter();
    // `--format` holds for every subcommand and is there already.
    let options = options.filter(|option| option.name != "format");
    clap::Command::new("draw")
        .about("Draws the answer of a query: a picture by the ending of its file, or text")
        .after_help(after_help())
        .arg(
            Arg::new("drawn")
                .value_name("QUERY")
                .required(true)
                .help("What to draw"),
        )
        .args(options.enumerate().map(argument))
}

/// Examples, and the formats of pictures with the endings that mean them.
fn after_help() -> String {
    let formats = render::pictures().map(|format| {
        let endings = format.extensions.iter();
        let endings: Vec<String> = endings.map(|ending| format!(".{ending}")).collect();
        format!(
            "  {:<10} {:<14} {}\n",
            format.name,
            endings.join(" "),
            format.doc
        )
    });
    format!(
        "Formats (`-f`, or by the ending of FILE):\n{}\n\
         Examples:\n  kin draw 'lineage(CoreOS)'\n  \
         kin draw 'lineage(CoreOS)' -o coreos.svg\n  \
         kin draw 'lineage(CoreOS)' --layout timeline --colour status -o coreos.html\n  \
         kin draw 'all()' --fold kind --lang ja -f mermaid\n",
        formats.collect::<String>()
    )
}

fn argument((place, option): (usize, &DrawOption)) -> Arg {
    let argument = Arg::new(option.name)
        .long(option.name)
        .help_heading("Options of pictures")
        .display_order(place)
        .help(option.doc.trim_end_matches('.').to_owned());
    let argument = match option.short {
        Some(letter) => argument.short(letter),
        None => argument,
    };
    if option.value.is_empty() {
        return argument.action(ArgAction::SetTrue);
    }
    let words = (option.words)();
    let parser = match words.is_empty() {
        true => ValueParser::string(),
        false => PossibleValuesParser::new(words).into(),
    };
    argument.value_name(option.value).value_parser(parser)
}

/// What the options say.
fn wishes(matches: &ArgMatches) -> Result<Wishes, Error> {
    let mut wishes = Wishes::default();
    for option in drawing::OPTIONS {
        if option.value.is_empty() {
            if matches.get_flag(option.name) {
                option.apply(&mut wishes, "")?;
            }
        } else if let Some(value) = matches.get_one::<String>(option.name) {
            option.apply(&mut wishes, value)?;
        }
    }
    Ok(wishes)
}

/// Draws the answer of a query.
pub(super) fn draw(matches: &ArgMatches) -> Result<u8, Failure> {
    let text = matches
        .get_one::<String>("drawn")
        .cloned()
        .unwrap_or_default();
    let mut wishes = wishes(matches)?;
    let is_terminal = terminal::is_output_terminal();
    wishes.settled(is_terminal)?;
    let mut console = cli::asking_console(matches)?;
    let replies = match console.session.query(&text) {
        Ok(replies) => replies,
        Err(error) => return Err(Failure::within(error, text, None)),
    };
    let [reply] = replies.as_slice() else {
        let message = format!(
            "a picture shows one answer, and these are {}",
            replies.len()
        );
        return Err(Error::Usage(message, Some("join them with `|`".to_owned())).into());
    };
    let mut own_file = None;
    if let Some(Target::Drawing(drawing)) = &reply.target {
        own_file = drawing.file.as_ref().filter(|_| wishes.file.is_none());
        match asked::wishes(drawing) {
            Ok(inner) => wishes = wishes.or(inner),
            Err((span, error)) => return Err(refusal(span, error, text)),
        }
    }
    let session = &console.session;
    if let Some(query) = &wishes.highlight
        && let Err(error) = session.clone().query(query)
    {
        return Err(Failure::within(error, query.clone(), None));
    }
    let is_empty = reply.answer.table.rows.is_empty();
    let is_refused = is_empty && matches.get_flag("fail-empty");
    let mut outcome = match own_file {
        _ if is_refused => Outcome::default(),
        // A file that the query names lies where queries may write.
        Some(name) => Outcome {
            remarks: console.files.write(name, reply, session, Some(&wishes))?,
            ..Outcome::default()
        },
        None => {
            let drawn = picture::drawn(session, reply, &wishes, console.screen, is_terminal)?;
            picture::send(drawn, &wishes, "-o")?
        }
    };
    outcome.remarks += &remarks(reply, is_refused);
    cli::print(&outcome, cli::has_error_color(matches))?;
    match is_refused {
        true => Ok(cli::EMPTY),
        false => Ok(cli::ANSWERED),
    }
}

/// What is to be said of an answer beside its picture.
fn remarks(reply: &Reply, is_refused: bool) -> String {
    let notes = reply.answer.notes.iter();
    let mut remarks: String = notes
        .map(|note| format!("note: {}\n", escape::visible(note)))
        .collect();
    if reply.answer.table.rows.is_empty() {
        remarks += match is_refused {
            true => "note: the answer is empty, and nothing is drawn\n",
            false => "note: the answer is empty, and so is the picture\n",
        };
    }
    remarks
}

/// What is wrong with the options in a query, at their place.
fn refusal(span: Span, error: Error, text: String) -> Failure {
    match error {
        Error::Usage(message, hint) => {
            let found = Diagnostic::error(&code::BAD_TARGET, span, message).hint(hint);
            Failure::within(found.into(), text, None)
        }
        other => other.into(),
    }
}
