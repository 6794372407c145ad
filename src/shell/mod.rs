//! The doors: command line, REPL and scripts, with one `Session` behind them all.
//!
//! The only floor that prints, exits, or looks at terminal and clock; it computes no answer.

mod asked;
pub mod assertion;
pub mod cli;
pub mod command;
pub mod console;
mod definition;
mod draw;
pub mod drawing;
mod explain;
pub mod files;
pub mod help;
mod honour;
mod mark;
mod named;
mod parameter;
mod picture;
#[cfg(feature = "png")]
mod pixels;
pub mod prepared;
mod project;
pub mod reference;
mod repl;
mod report;
mod save;
pub mod schema;
pub mod session;
mod stats;
mod terminal;
mod timer;

pub use prepared::Prepared;
pub use session::Origin;
pub use session::Reply;
pub use session::Session;
