//! What a text asks of its picture: `|> draw(…)`, and the ending of a file's name.

use std::path::Path;
use std::path::PathBuf;

use crate::diagnostic::Error;
use crate::diagnostic::Span;
use crate::diagnostic::escape;
use crate::diagnostic::suggest;
use crate::query::ast::Drawing;
use crate::render;
use crate::render::Format;
use crate::shell::drawing;
use crate::shell::drawing::DrawOption;
use crate::shell::drawing::Wishes;

/// What a text asks of a picture.
///
/// Errors, with their place: an unknown option; one without its value; a value, format or layout
/// that is none.
pub(super) fn wishes(drawing: &Drawing) -> Result<Wishes, (Span, Error)> {
    let mut wishes = Wishes::default();
    wishes.file = drawing.file.as_ref().map(|name| PathBuf::from(&name.text));
    for (name, value) in &drawing.settings {
        let value_or_name = value.as_ref().unwrap_or(name);
        let option = setting(&name.text).map_err(|error| (name.span, error))?;
        let value = match value {
            Some(value) => value.text.as_str(),
            None if option.value.is_empty() => "",
            None => {
                let message = format!("`{}` wants a value", option.name);
                let hint = format!("write `{}={}`", option.name, option.sample());
                return Err((name.span, Error::Usage(message, Some(hint))));
            }
        };
        let applied = option.apply(&mut wishes, value);
        applied.map_err(|error| (value_or_name.span, error))?;
    }
    if let Some(name) = &drawing.format {
        wishes.format = Some(drawing::format(&name.text).map_err(|error| (name.span, error))?);
    }
    match wishes.settled(false) {
        Ok(_) => Ok(wishes),
        Err(error) => Err((
            drawing.file.as_ref().map_or(drawing.span, |file| file.span),
            error,
        )),
    }
}

/// The option of that name in a text. Errors: there is none, or a text says it in another way.
fn setting(name: &str) -> Result<&'static DrawOption, Error> {
    let known = drawing::OPTIONS
        .iter()
        .filter(|option| option.short.is_none());
    if let Some(option) = known.clone().find(|option| option.name == name) {
        return Ok(option);
    }
    let message = format!("`draw` has no option `{}`", escape::clipped(name, 60));
    let hint = match name {
        "output" => "write `> file.svg` behind it".to_owned(),
        "format" => "write `as tree` behind it".to_owned(),
        _ => {
            let names: Vec<&str> = known.map(|option| option.name).collect();
            suggest::did_you_mean(&suggest::nearest(name, names.iter().copied()))
                .unwrap_or_else(|| format!("the options are {}", names.join(", ")))
        }
    };
    Err(Error::Usage(message, Some(hint)))
}

/// The format that a file's ending means. Errors: it is no picture's.
pub(super) fn by_ending(file: &Path) -> Result<&'static Format, Error> {
    let ending = file.extension().and_then(|ending| ending.to_str());
    let ending = ending.unwrap_or_default();
    render::picture_by_extension(ending).ok_or_else(|| {
        let written = file.to_string_lossy();
        let message = match (written.as_ref(), ending) {
            ("", _) => "the file has no name".to_owned(),
            ("-" | "/dev/stdout", _) => format!("`{written}` is no file that a picture goes into"),
            (name, "") if name.starts_with('.') => {
                let name = escape::clipped(name, 20);
                format!("`{name}` is an ending without a name before it")
            }
            (_, "") => "the file's name has no ending that tells a format".to_owned(),
            (_, ending) => format!("`.{}` is no picture", escape::clipped(ending, 20)),
        };
        if matches!(written.as_ref(), "-" | "/dev/stdout") {
            let hint = "leave out `-o`, and name the format: `-f svg`".to_owned();
            return Error::Usage(message, Some(hint));
        }
        let known = render::pictures().filter_map(|format| format.extensions.first());
        let known: Vec<String> = known.map(|ending| format!(".{ending}")).collect();
        let hint = format!("end the file's name with one of {}", known.join(", "));
        Error::Usage(message, Some(hint))
    })
}
