//! The reference: the tables of everything a user can name, as `docs/reference.md`.
//!
//! Examples are run on the bundled graph and stand there with their answers, so that the document
//! cannot say what the program does not do.

use crate::diagnostic::LIMITS;
use crate::diagnostic::code::CODES;
use crate::diagnostic::code::Example;
use crate::query::PATTERNS;
use crate::query::field;
use crate::query::function;
use crate::query::function::Function;
use crate::query::optimize;
use crate::render;
use crate::render::FORMATS;
use crate::shell::cli::EXIT_CODES;
use crate::shell::command::COMMANDS;
use crate::shell::console::Console;
use crate::shell::console::Screen;
use crate::shell::drawing::OPTIONS;
use crate::shell::help::OPERATORS;
use crate::shell::session::Session;

const GRAMMAR: &str = include_str!("../../grammar/kin.pest");

/// Columns of an example's answer.
const WIDTH: usize = 100;

/// Rows of an example's answer.
const ROWS_MAX: usize = 8;

/// A console for examples: the bundled graph, tables of a fixed width, no colours.
pub fn console() -> Console {
    let format = render::find("table").expect("the table of formats has `table`");
    let screen = Screen {
        width: Some(WIDTH),
        rows_max: Some(ROWS_MAX),
        way_to_all: ":last",
        has_color: false,
    };
    Console::new(Session::bundled(), format, screen)
}

/// The text of `docs/reference.md`.
pub fn reference() -> String {
    let mut text = String::from(
        "# Reference\n\n\
         Made from kin's own tables by `UPDATE=1 cargo test --test reference`; do not edit. \
         Answers are those of the\nbundled graph, cut to eight rows.\n",
    );
    push_functions(&mut text);
    push_language(&mut text);
    push_tables(&mut text);
    push_codes(&mut text);
    push_grammar(&mut text);
    text
}

fn heading(text: &mut String, title: &str) {
    text.push_str(&format!("\n## {title}\n"));
}

fn push_example(text: &mut String, query: &str) {
    let outcome = console().line(query);
    text.push_str(&format!(
        "\n```kin\nkin> {query}\n{}{}```\n",
        outcome.output, outcome.remarks
    ));
}

fn push_functions(text: &mut String) {
    heading(text, "Functions");
    for row in function::functions() {
        push_function(text, row);
    }
}

fn push_function(text: &mut String, row: &'static Function) {
    text.push_str(&format!("\n### `{}`\n\n{}\n\n", row.signature(), row.doc));
    text.push_str(&format!("Yields {}.\n", row.result.word()));
    if !row.params.is_empty() {
        text.push_str("\n| parameter | is | unless given |\n|---|---|---|\n");
    }
    for param in row.params {
        let default = param.default.unwrap_or("must be given");
        text.push_str(&format!(
            "| `{}` | {} | {default} |\n",
            param.name,
            param.is.word()
        ));
    }
    for example in row.examples {
        push_example(text, example);
    }
}

fn push_language(text: &mut String) {
    heading(text, "Operators, steps and contexts");
    for (form, doc, example) in OPERATORS {
        text.push_str(&format!("\n### `{form}`\n\n{doc}\n"));
        push_example(text, example);
    }
    heading(text, "Fields");
    text.push_str(
        "\nWhat stands behind a dot in an expression, beside the properties and relations of the \
         graph.\n",
    );
    text.push_str("\n| field | of | is |\n|---|---|---|\n");
    for row in field::FIELDS {
        text.push_str(&format!("| `{}` | {} | {} |\n", row.name, row.of, row.doc));
    }
    heading(text, "Rewrite passes");
    for pass in optimize::PASSES {
        text.push_str(&format!("\n### {}\n\n{}\n", pass.name, pass.doc));
    }
    heading(text, "Patterns");
    for row in PATTERNS {
        text.push_str(&format!("\n### `{}:`\n\n{}\n", row.name, row.doc));
        push_example(text, row.example);
    }
}

fn push_tables(text: &mut String) {
    heading(text, "Commands");
    text.push_str("\n| command | does |\n|---|---|\n");
    for row in COMMANDS {
        let usage = format!(":{} {}", row.name, row.usage.replace('|', "\\|"));
        text.push_str(&format!("| `{}` | {} |\n", usage.trim_end(), row.doc));
    }
    heading(text, "Formats");
    text.push_str("\n| format | is | files | media type |\n|---|---|---|---|\n");
    for row in FORMATS {
        let files: Vec<String> = row
            .extensions
            .iter()
            .map(|ending| format!("`.{ending}`"))
            .collect();
        let (name, doc, media) = (row.name, row.doc.replace('|', "\\|"), row.media_type);
        text.push_str(&format!(
            "| `{name}` | {doc} | {} | `{media}` |\n",
            files.join(" ")
        ));
    }
    heading(text, "Options of pictures");
    text.push_str(
        "\nOf `kin draw` and `:draw`; in a text, `|> draw(layout=tree, bridge)` has those \
         without a letter.\n\n| option | does |\n|---|---|\n",
    );
    for row in OPTIONS {
        let usage = row.usage().replace('|', "\\|");
        text.push_str(&format!("| `{usage}` | {} |\n", row.doc));
    }
    heading(text, "Limits");
    text.push_str("\n| limit | unless set | bounds |\n|---|---|---|\n");
    for row in &LIMITS {
        text.push_str(&format!(
            "| `{}` | {} {} | {} |\n",
            row.name, row.default, row.unit, row.doc
        ));
    }
    heading(text, "Exit codes");
    text.push_str("\n| code | means |\n|---|---|\n");
    for (code, meaning) in EXIT_CODES {
        text.push_str(&format!("| {code} | {meaning} |\n"));
    }
}

fn push_codes(text: &mut String) {
    heading(text, "Errors and findings");
    for row in CODES {
        text.push_str(&format!("\n### {}\n\n{}\n", row.id, row.doc));
        match row.example {
            Example::Query(query) => push_example(text, query),
            Example::Data(data) | Example::Schema(data) => {
                text.push_str(&format!("\n```toml\n{data}```\n"));
            }
            Example::Surroundings => {}
        }
    }
}

/// The rules of the grammar, each with the sentence above it.
fn push_grammar(text: &mut String) {
    heading(text, "Grammar");
    text.push_str("\nIn the notation of [pest](https://pest.rs); from `grammar/kin.pest`.\n");
    let mut sentence = String::new();
    for line in GRAMMAR.lines() {
        if let Some(title) = line.strip_prefix("// ---- ") {
            text.push_str(&format!("\n### {title}\n\n| rule | reads |\n|---|---|\n"));
        } else if let Some(doc) = line.strip_prefix("/// ") {
            if !sentence.is_empty() {
                sentence.push(' ');
            }
            sentence.push_str(doc);
        } else if let Some((name, _)) = line.split_once(" = ")
            && !sentence.is_empty()
        {
            let doc = std::mem::take(&mut sentence).replace('|', "\\|");
            text.push_str(&format!("| `{name}` | {doc} |\n"));
        }
    }
}
