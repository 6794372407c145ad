//! Texts answered one after the other: queries from arguments, and `kin run`.

use std::ops::ControlFlow;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use clap::ArgMatches;

use crate::diagnostic::Error;
use crate::diagnostic::Lines;
use crate::diagnostic::escape;
use crate::shell::assertion;
use crate::shell::cli;
use crate::shell::cli::Failure;
use crate::shell::cli::junit;
use crate::shell::cli::junit::Case;
use crate::shell::cli::junit::Suite;
use crate::shell::cli::junit::Verdict;
use crate::shell::cli::script::Script;
use crate::shell::cli::script::read_script;
use crate::shell::cli::script::standard_input;
use crate::shell::console;
use crate::shell::console::Console;
use crate::shell::console::Done;
use crate::shell::save;
use crate::shell::save::Writers;
use crate::shell::terminal;

/// The longest name of a case of JUnit, in characters.
const NAME_MAX: usize = 200;

/// What ends a batch before its last statement.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stops {
    /// Whether an error does.
    at_error: bool,
    /// Whether an assertion that does not hold does.
    at_assertion: bool,
}

/// A batch on its way.
struct Batch<'a> {
    console: &'a mut Console,
    stops: Stops,
    has_error_color: bool,
    /// Assertions that hold, and that don't.
    held: usize,
    failed: usize,
    /// Statements that met an error, and texts that were not run.
    errors: usize,
    /// The greatest exit code so far.
    code: u8,
    /// Whether a text or an answer was empty.
    has_empty: bool,
    suites: Vec<Suite>,
}

/// Answers texts that were given as arguments: the first error ends it.
pub(super) fn answer(
    console: &mut Console,
    texts: &[Script],
    matches: &ArgMatches,
) -> Result<u8, Failure> {
    let stops = Stops {
        at_error: true,
        at_assertion: false,
    };
    let mut batch = Batch::new(console, stops, matches);
    batch.all(texts)?;
    Ok(batch.end(matches))
}

/// `kin run`: answers the statements of files, and tells how the assertions among them came out.
pub(super) fn scripts(matches: &ArgMatches) -> Result<u8, Failure> {
    let mut console = cli::asking_console(matches)?;
    let texts = read_all(matches, &console)?;
    let junit = matches.get_one::<PathBuf>("junit");
    if let Some(file) = junit {
        console.files.reserve(file);
    }
    let is_fast = matches.get_flag("fail-fast");
    let stops = Stops {
        at_error: is_fast,
        at_assertion: is_fast,
    };
    let mut batch = Batch::new(&mut console, stops, matches);
    let outcome = batch.all(&texts);
    let suites = std::mem::take(&mut batch.suites);
    let summary = batch.summary();
    cli::remark(&summary, matches);
    let code = batch.end(matches);
    if let Some(file) = junit {
        save::replace(file, junit::document(&suites).as_bytes(), Writers::Any)?;
    }
    outcome?;
    Ok(code)
}

/// The texts of all files, before any of them is run.
fn read_all(matches: &ArgMatches, console: &Console) -> Result<Vec<Script>, Failure> {
    let limits = &console.session.limits;
    let mut texts = Vec::new();
    for file in matches.get_many::<PathBuf>("scripts").into_iter().flatten() {
        if file.as_os_str() == "-" {
            texts.push(standard_input(limits)?);
            continue;
        }
        let opened = std::fs::File::open(file);
        let opened = opened.map_err(|error| Error::Io(file.clone(), error))?;
        let text = read_script(opened, Path::new(file), limits)?;
        let file = Some(Arc::from(file.to_string_lossy()));
        texts.push(Script { file, text });
    }
    Ok(texts)
}

impl<'a> Batch<'a> {
    fn new(console: &'a mut Console, stops: Stops, matches: &ArgMatches) -> Batch<'a> {
        Batch {
            console,
            stops,
            has_error_color: cli::has_error_color(matches),
            held: 0,
            failed: 0,
            errors: 0,
            code: cli::ANSWERED,
            has_empty: false,
            suites: Vec::new(),
        }
    }

    /// Answers every text. Errors: standard output cannot be written.
    fn all(&mut self, texts: &[Script]) -> Result<(), Error> {
        for script in texts {
            if self.script(script)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn script(&mut self, script: &Script) -> Result<ControlFlow<()>, Error> {
        let Script { file, text } = script;
        let name = file.as_deref().unwrap_or("standard input");
        self.suites.push(Suite {
            name: name.to_owned(),
            cases: Vec::new(),
        });
        let lines = Lines::of(text);
        let mut tally = Tally::default();
        let has_error_color = self.has_error_color;
        let stops = self.stops;
        let mut printed = Ok(());
        let ran = self.console.run(text, file.as_ref(), &mut |done| {
            printed = cli::print(&done.outcome, has_error_color);
            let (line, _) = lines.place(text, done.span.start as usize);
            let is_over = tally.take(&done, &text[done.span.range_in(text)], line, stops);
            match is_over || printed.is_err() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        });
        printed?;
        let is_refused = ran.is_err();
        if let Err(error) = ran {
            tally.refuse(self.refused(error, script), name);
        }
        self.held += tally.held;
        self.failed += tally.failed;
        self.errors += tally.errors();
        self.code = self.code.max(tally.code);
        self.has_empty |= !is_refused && tally.has_empty();
        let suite = self.suites.last_mut().expect("the suite was just made");
        suite.cases = tally.cases;
        let is_over = tally.is_over || is_refused && self.stops.at_error;
        Ok(match is_over {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        })
    }

    /// Tells of a text that is wrong somewhere; gives its exit code, and what was said.
    fn refused(&self, mut error: Error, script: &Script) -> (u8, String) {
        let near = match script.file {
            None => cli::command_near(&script.text),
            Some(_) => None,
        };
        if let (Error::Query(diagnostics), Some(hint)) = (&mut error, near) {
            diagnostics[0].hints.push(hint);
        }
        console::set_file(&mut error, script.file.as_ref());
        let said = console::explain(&error, Some(&script.text));
        terminal::write_remarks(&said, self.has_error_color);
        (cli::exit_code(&error), said)
    }

    /// How many assertions held, and how much went wrong besides; empty if there were none.
    fn summary(&self) -> String {
        match (self.held, self.failed) {
            (0, 0) => String::new(),
            (held, failed) => {
                let held = console::counted(held, "assertion", "assertions");
                let errors = match self.errors {
                    0 => String::new(),
                    errors => format!(", {}", console::counted(errors, "error", "errors")),
                };
                format!("{held} held, {failed} failed{errors}\n")
            }
        }
    }

    /// The exit code of it all.
    fn end(self, matches: &ArgMatches) -> u8 {
        self.console.session.leave();
        let is_empty = self.has_empty && matches.get_flag("fail-empty");
        match self.code {
            cli::ANSWERED if is_empty => cli::EMPTY,
            code => code,
        }
    }
}

/// What the statements of one text came to.
#[derive(Default)]
struct Tally {
    held: usize,
    failed: usize,
    code: u8,
    /// Answers that are no assertion's, and the empty ones among them.
    answers: usize,
    empty: usize,
    is_over: bool,
    cases: Vec<Case>,
}

impl Tally {
    /// Takes note of a statement; true if it is to be the last.
    fn take(&mut self, done: &Done, text: &str, line: usize, stops: Stops) -> bool {
        let named = |name: &str| escape::clipped(name.trim(), NAME_MAX).into_owned();
        let (case, code) = match &done.reply {
            Ok(reply) => match &reply.assertion {
                None => {
                    self.answers += 1;
                    self.empty += usize::from(reply.answer.table.rows.is_empty());
                    return false;
                }
                Some(judgement) => {
                    let name = named(judgement.message.as_deref().unwrap_or(&reply.query));
                    self.held += usize::from(judgement.holds);
                    self.failed += usize::from(!judgement.holds);
                    let (verdict, code) = match judgement.holds {
                        true => (Verdict::Passed, cli::ANSWERED),
                        false => {
                            let said = done.outcome.remarks.clone();
                            let failed = Verdict::Failed(assertion::headline(judgement), said);
                            (failed, cli::FAILED_CHECK)
                        }
                    };
                    self.is_over |= stops.at_assertion && !judgement.holds;
                    (
                        Case {
                            name,
                            line,
                            verdict,
                        },
                        code,
                    )
                }
            },
            Err(error) => {
                self.is_over |= stops.at_error;
                let said = done.outcome.remarks.clone();
                let verdict = Verdict::Broken(error.to_string(), said);
                let name = named(text);
                (
                    Case {
                        name,
                        line,
                        verdict,
                    },
                    cli::exit_code(error),
                )
            }
        };
        self.cases.push(case);
        self.code = self.code.max(code);
        self.is_over
    }

    /// Takes note of a text that was not run at all.
    fn refuse(&mut self, (code, said): (u8, String), name: &str) {
        let headline = said.lines().next().unwrap_or_default().to_owned();
        self.code = self.code.max(code);
        self.cases.push(Case {
            name: name.to_owned(),
            line: 0,
            verdict: Verdict::Broken(headline, said),
        });
    }

    /// How many statements met an error; 1 for a text that was not run.
    fn errors(&self) -> usize {
        let cases = self.cases.iter();
        let is_broken = |case: &&Case| matches!(case.verdict, Verdict::Broken(..));
        cases.filter(is_broken).count()
    }

    /// Whether something is empty: an answer, or a text that asks for none.
    fn has_empty(&self) -> bool {
        self.empty > 0 || self.answers == 0 && self.held + self.failed == 0
    }
}
