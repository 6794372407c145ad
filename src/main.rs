//! The program `kin`: runs the command line, and turns its result into an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(kingraph::shell::cli::confess));
    let outcome = std::panic::catch_unwind(|| kingraph::shell::cli::run(std::env::args_os()));
    outcome.unwrap_or(ExitCode::from(kingraph::shell::cli::BUG))
}
