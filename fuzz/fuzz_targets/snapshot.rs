//! Any changes to the sections of a small snapshot.

#![no_main]

#[allow(dead_code, reason = "each target tries one of these")]
#[path = "../../tests/support/tried.rs"]
mod tried;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tried::snapshot(bytes));
