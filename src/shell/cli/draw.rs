//! `kin draw`: options to wishes, and the picture of one answer.

use clap::Arg;
use clap::ArgAction;
use clap::ArgMatches;
use clap::builder::PossibleValuesParser;
use clap::builder::ValueParser;

use crate::diagnostic::Error;
use crate::diagnostic::escape;
use crate::shell::cli;
use crate::shell::cli::Failure;
use crate::shell::drawing;
use crate::shell::drawing::DrawOption;
use crate::shell::drawing::Wishes;
use crate::shell::picture;
use crate::shell::terminal;

/// The subcommand as clap knows it.
pub(super) fn command() -> clap::Command {
    let options = drawing::OPTIONS.iter();
    // `--format` holds for every subcommand and is there already.
    let options = options.filter(|option| option.name != "format");
    clap::Command::new("draw")
        .about("Draws the answer of a query: a picture by the ending of its file, or text")
        .arg(
            Arg::new("drawn")
                .value_name("QUERY")
                .required(true)
                .help("What to draw"),
        )
        .args(options.map(argument))
}

fn argument(option: &DrawOption) -> Arg {
    let argument = Arg::new(option.name)
        .long(option.name)
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
    let wishes = wishes(matches)?;
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
    let session = &console.session;
    let drawn = picture::drawn(session, reply, &wishes, console.screen, is_terminal)?;
    let mut outcome = picture::send(drawn, &wishes)?;
    for note in &reply.answer.notes {
        let note = format!("note: {}\n", escape::visible(note));
        outcome.remarks.push_str(&note);
    }
    let is_empty = reply.answer.table.rows.is_empty();
    if is_empty {
        let note = "note: the answer is empty, and so is the picture\n";
        outcome.remarks.push_str(note);
    }
    cli::print(&outcome, cli::has_error_color(matches))?;
    match is_empty && matches.get_flag("fail-empty") {
        true => Ok(cli::EMPTY),
        false => Ok(cli::ANSWERED),
    }
}
