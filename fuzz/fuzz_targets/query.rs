//! Any text as a query to the bundled graph, under small limits.

#![no_main]

#[allow(dead_code, reason = "each target tries one of these")]
#[path = "../../tests/support/tried.rs"]
mod tried;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tried::query(bytes));
