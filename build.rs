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
