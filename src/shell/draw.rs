//! `:draw` in a conversation: a query with options before or behind it.

use crate::diagnostic::Error;
use crate::diagnostic::escape;
use crate::diagnostic::suggest;
use crate::query::scan;
use crate::shell::console::Console;
use crate::shell::console::Outcome;
use crate::shell::drawing;
use crate::shell::drawing::DrawOption;
use crate::shell::drawing::OPTIONS;
use crate::shell::drawing::Wishes;
use crate::shell::picture;

/// Draws the answer of a query, or the last answer where there is none.
pub(super) fn command(console: &mut Console, line: &str) -> Result<Outcome, Error> {
    let (query, wishes) = read(line)?;
    let is_terminal = console.screen.width.is_some();
    wishes.settled(is_terminal)?;
    let replies = match query.trim() {
        "" => console.last.clone(),
        query => console.session.query(query)?,
    };
    let [reply] = replies.as_slice() else {
        let message = match replies.len() {
            0 => "there is no answer yet".to_owned(),
            count => format!("a picture shows one answer, and these are {count}"),
        };
        let hint = "draw a query: `:draw lineage(CoreOS)`".to_owned();
        return Err(Error::Usage(message, Some(hint)));
    };
    let session = &console.session;
    let drawn = picture::drawn(session, reply, &wishes, console.screen, is_terminal)?;
    let mut outcome = picture::send(drawn, &wishes, "-o")?;
    if let Some(file) = &wishes.file {
        let file = file.to_string_lossy();
        outcome.output = format!("drew `{}`\n", escape::clipped(&file, 100));
    }
    console.last = replies;
    Ok(outcome)
}

/// A line as a query and what its options say.
///
/// An option is a word of its own outside quotes: `-o`, `--title`, `--title=…`; its value is the
/// next word, in quotes if it has blanks. No query holds such a word. Errors: an unknown option;
/// one without its value; a value that it does not take.
fn read(line: &str) -> Result<(String, Wishes), Error> {
    let mut wishes = Wishes::default();
    let mut query = String::new();
    let mut words = words(line).into_iter();
    while let Some(word) = words.next() {
        let Some((option, value)) = option(word)? else {
            if !query.is_empty() {
                query.push(' ');
            }
            query.push_str(word);
            continue;
        };
        let value = match value {
            Some(value) => value,
            None if option.value.is_empty() => "",
            None => words.next().ok_or_else(|| {
                let message = format!("`--{}` wants a value", option.name);
                let hint = format!("write `--{} {}`", option.name, option.sample());
                Error::Usage(message, Some(hint))
            })?,
        };
        option.apply(&mut wishes, &unquoted(value))?;
    }
    Ok((query, wishes))
}

/// The option that a word is, and the value in it; none if it belongs to the query.
fn option(word: &str) -> Result<Option<(&'static DrawOption, Option<&str>)>, Error> {
    let mut letters = word.strip_prefix('-').unwrap_or_default().chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        let known = OPTIONS.iter().find(|option| option.short == Some(letter));
        return Ok(known.map(|option| (option, None)));
    }
    let Some(rest) = word.strip_prefix("--") else {
        return Ok(None);
    };
    if !rest.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return Ok(None);
    }
    let (name, value) = match rest.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (rest, None),
    };
    match drawing::find(name) {
        Some(option) => Ok(Some((option, value))),
        None => {
            let message = format!("`:draw` has no option `--{}`", escape::clipped(name, 60));
            let known = OPTIONS.iter().map(|option| option.name);
            let hint = suggest::did_you_mean(&suggest::nearest(name, known))
                .unwrap_or_else(|| "`:help pictures` lists them".to_owned());
            Err(Error::Usage(message, Some(hint)))
        }
    }
}

/// The words of a line, with blanks between them that stand in no quotes.
fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut start, mut quote) = (None, None);
    for (place, character) in line.char_indices() {
        match quote {
            Some(open) if character == open => quote = None,
            Some(_) => {}
            None if character == '"' || character == '\'' => quote = Some(character),
            None if character.is_whitespace() => {
                words.extend(start.take().map(|start| &line[start..place]));
                continue;
            }
            None => {}
        }
        start.get_or_insert(place);
    }
    words.extend(start.map(|start| &line[start..]));
    words
}

/// A value without its quotes, if it stands in quotes as a whole.
fn unquoted(value: &str) -> String {
    let is_quoted = value.len() > 1 && value.starts_with(['"', '\'']);
    match is_quoted && value.ends_with(&value[..1]) {
        true => scan::unquote(value),
        false => value.to_owned(),
    }
}
