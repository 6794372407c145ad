//! `:let`: lists what is defined, shows one definition, or makes one as `let` does.

use crate::diagnostic::Error;
use crate::diagnostic::escape;
use crate::diagnostic::suggest;
use crate::query::ast::Definition;
use crate::shell::console::Console;
use crate::shell::console::Outcome;

/// The longest text of a definition in a list of them, in characters.
const SHOWN_MAX: usize = 100;

/// Carries out `:let`, `:let x` or `:let x = …`.
pub(super) fn command(console: &mut Console, argument: &str) -> Result<Outcome, Error> {
    let visible = console.session.visible_definitions();
    if argument.is_empty() {
        let line = |(definition, value): &(&Definition, &str)| {
            let value = escape::clipped(value, SHOWN_MAX);
            format!("{} = {value}\n", signature(definition))
        };
        let lines: String = visible.iter().map(line).collect();
        return Ok(Outcome::output(match lines.is_empty() {
            true => "nothing is defined; `:let x = CoreOS` defines `x`\n".to_owned(),
            false => lines,
        }));
    }
    if argument.contains('=') {
        return Ok(console.query(&format!("let {argument}")));
    }
    let found = visible
        .iter()
        .find(|(definition, _)| definition.name.text == argument);
    let Some((definition, value)) = found else {
        let known = visible.iter().map(|(known, _)| known.name.text.as_str());
        let hint = suggest::did_you_mean(&suggest::nearest(argument, known))
            .unwrap_or_else(|| "write `:let x = CoreOS` to define `x`".to_owned());
        let message = format!("nothing is called `{}`", escape::clipped(argument, 60));
        return Err(Error::Usage(message, Some(hint)));
    };
    let lines = value.lines().map(escape::visible);
    let value = lines.collect::<Vec<_>>().join("\n");
    Ok(Outcome::output(format!(
        "{} = {value}\n",
        signature(definition)
    )))
}

/// A definition as it is called: `x`, or `f(a, b)`.
pub(super) fn signature(definition: &Definition) -> String {
    let name = &definition.name.text;
    match &definition.parameters {
        None => name.clone(),
        Some(parameters) => {
            let names: Vec<&str> = parameters.iter().map(|known| known.text.as_str()).collect();
            format!("{name}({})", names.join(", "))
        }
    }
}
