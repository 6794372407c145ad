//! Any bytes as a file of a small graph, or as its schema.

#![no_main]

#[allow(dead_code, reason = "each target tries one of these")]
#[path = "../../tests/support/tried.rs"]
mod tried;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tried::data(bytes));
