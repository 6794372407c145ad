//! The conversation: reads lines with rustyline, hands them to a console, prints what comes.

mod complete;
mod editor;
mod highlight;
mod position;
mod words;

use std::path::Path;
use std::path::PathBuf;

use rustyline::Config;
use rustyline::Editor;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;

use crate::diagnostic::Error;
use crate::shell::console;
use crate::shell::console::Console;
use crate::shell::repl::editor::LineHelper;
use crate::shell::terminal;

const PROMPT: &str = "kin> ";

/// How many lines the history keeps.
const HISTORY_MAX: usize = 10_000;

/// Talks until the user has enough; gives the exit code.
///
/// Errors: the terminal cannot be read or written.
pub(crate) fn run(mut console: Console) -> Result<u8, Error> {
    console.screen.way_to_all = ":last";
    let mut editor = editor(&console)?;
    let history = history_file();
    if let Some(file) = &history {
        load_history(&mut editor, file);
    }
    let interrupt = console.session.interrupt().clone();
    // Where no handler can be set, Ctrl-C ends kin, as it ends any other program.
    let _ = ctrlc::set_handler(move || interrupt.cancel());
    print(&greeting(&console), "", &console)?;
    loop {
        let line = match editor.readline(PROMPT) {
            Ok(line) => line,
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(failed(error)),
        };
        if line.trim().is_empty() {
            continue;
        }
        let _ = editor.add_history_entry(line.as_str());
        // Line by line, so that a terminal that is closed loses nothing.
        if let Some(file) = &history {
            let _ = editor.append_history(file);
        }
        console.screen = terminal::screen_like(console.screen);
        let outcome = console.line(&line);
        print(&outcome.output, &outcome.remarks, &console)?;
        if outcome.is_over {
            break;
        }
        if let Some(helper) = editor.helper_mut() {
            helper.see(&console.session);
        }
    }
    Ok(0)
}

fn greeting(console: &Console) -> String {
    let snapshot = console.session.snapshot();
    let example = match snapshot.find("CoreOS") {
        Some(_) => "successors(CoreOS)",
        None => "all()",
    };
    format!(
        "kin {}: {}. Ask for {example}, or :help; :quit ends.\n",
        env!("CARGO_PKG_VERSION"),
        console::size(snapshot)
    )
}

fn print(output: &str, remarks: &str, console: &Console) -> Result<(), Error> {
    terminal::write_output(output).map_err(|error| Error::Io(PathBuf::from("terminal"), error))?;
    terminal::write_remarks(remarks, console.screen.has_color);
    Ok(())
}

fn failed(error: ReadlineError) -> Error {
    Error::Io(PathBuf::from("terminal"), std::io::Error::other(error))
}

fn editor(console: &Console) -> Result<Editor<LineHelper, FileHistory>, Error> {
    let config = Config::builder()
        .max_history_size(HISTORY_MAX)
        .map_err(failed)?
        .history_ignore_space(true)
        .completion_type(rustyline::CompletionType::List)
        .completion_show_all_if_ambiguous(true)
        .build();
    let mut editor = Editor::with_config(config).map_err(failed)?;
    let has_color = console.screen.has_color;
    editor.set_helper(Some(LineHelper::new(&console.session, has_color)));
    Ok(editor)
}

/// Where the history is kept; none where there is no home.
fn history_file() -> Option<PathBuf> {
    use etcetera::BaseStrategy as _;
    let folders = etcetera::choose_base_strategy().ok()?;
    let folder = folders
        .state_dir()
        .unwrap_or_else(|| folders.data_dir())
        .join("kin");
    std::fs::create_dir_all(&folder).ok()?;
    Some(folder.join("history"))
}

/// Loads the history; a damaged one is set aside, because saving would lose what was not read.
fn load_history(editor: &mut Editor<LineHelper, FileHistory>, file: &Path) {
    let is_there = file.exists();
    if is_there && editor.load_history(file).is_err() {
        let aside = (1..1000)
            .map(|number| file.with_extension(format!("damaged-{number}")))
            .find(|aside| !aside.exists());
        if let Some(aside) = aside
            && std::fs::rename(file, &aside).is_ok()
        {
            let note = format!(
                "note: the history was damaged and is kept as {}\n",
                aside.display()
            );
            terminal::write_remarks(&note, false);
        }
        let _ = editor.clear_history();
    }
}
