//! Makes the bundled graph of `graph-data/`: compiles the floors that load a graph, runs them, and
//! fails the build if the data has errors.

#[path = "src/diagnostic/mod.rs"]
pub mod diagnostic;
#[path = "src/model/mod.rs"]
pub mod model;
#[path = "src/store/mod.rs"]
pub mod store;

use std::path::Path;
use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    for path in [
        "build.rs",
        "graph-data",
        "src/diagnostic",
        "src/model",
        "src/store",
    ] {
        println!("cargo:rerun-if-changed={path}");
    }
    println!("cargo:rustc-cfg=bundled");
    for argument in fixed().into_iter().chain(unwinder().into_iter().flatten()) {
        println!("cargo:rustc-link-arg-bin=kin={argument}");
    }
    match bundle() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            for line in message.lines() {
                println!("cargo::error={line}");
            }
            ExitCode::FAILURE
        }
    }
}

/// What gives the program a fixed address, unless the flags of the compiler say where it may be.
///
/// Of a program that may be anywhere the loader writes a hundred pages at each start, most of them
/// for the places of panics; that takes a seventh of a start.
fn fixed() -> Option<String> {
    let is_said = variable("CARGO_ENCODED_RUSTFLAGS").contains("relocation-model");
    (is_shared() && !is_said).then(|| "-no-pie".to_owned())
}

/// What makes the C compiler's library that unwinds a part of the program, where there is one.
///
/// The shared one asks the processor at each start what it can do, which takes a twelfth of a start
/// where a virtual machine answers. It is linked before these arguments are read; `lld` leaves it
/// out, since whatever it would do is done by what a whole archive brings, and GNU `ld` keeps it.
fn unwinder() -> Option<[String; 3]> {
    if !is_shared() || variable("HOST") != variable("TARGET") {
        return None;
    }
    println!("cargo:rerun-if-env-changed=RUSTC_LINKER");
    let linker = std::env::var_os("RUSTC_LINKER").unwrap_or("cc".into());
    let mut compiler = std::process::Command::new(linker);
    let answer = compiler.arg("-print-file-name=libgcc_eh.a").output().ok()?;
    let archive = String::from_utf8(answer.stdout).ok()?;
    let archive = archive.trim_end();
    // One that is not found is answered without a folder.
    let is_there = Path::new(archive).is_absolute() && Path::new(archive).is_file();
    if is_there {
        println!("cargo:rerun-if-changed={archive}");
    }
    let [before, after] = ["-Wl,--whole-archive", "-Wl,--no-whole-archive"];
    is_there.then(|| [before, archive, after].map(str::to_owned))
}

/// Whether the program is linked with the shared libraries of GNU, for a processor where that was
/// tried.
fn is_shared() -> bool {
    let is = |name: &str, value: &str| variable(name).split(',').any(|found| found == value);
    is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ENV", "gnu")
        && !is("CARGO_CFG_TARGET_FEATURE", "crt-static")
        && ["x86_64", "aarch64"].contains(&variable("CARGO_CFG_TARGET_ARCH").as_str())
}

/// What cargo says to build scripts.
fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

/// Writes `bundled.kin`; the error is a text for people.
fn bundle() -> Result<(), String> {
    let folder = Path::new("graph-data");
    let loaded = store::load(folder).map_err(|error| error.to_string())?;
    if loaded.has_errors() {
        return Err(loaded.render());
    }
    for line in loaded.render().lines() {
        println!("cargo:warning={line}");
    }
    let bytes = store::encode(&model::freeze(&loaded.graph));
    let out = std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    let path = PathBuf::from(out).join("bundled.kin");
    std::fs::write(&path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}
