//! Pictures in pixels, with the feature `png`: no program is needed, but a font for every letter.

#![cfg(feature = "png")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Output;

/// What `kin draw` does in a folder, where no other program can be found.
fn draw(place: &Path, arguments: &[&str]) -> Output {
    let mut kin = assert_cmd::Command::cargo_bin("kin").unwrap();
    let kin = kin.current_dir(place).env("PATH", "").arg("draw");
    kin.args(arguments).output().unwrap()
}

/// Width and height in pixels, as the first chunk of a PNG says them.
fn size(bytes: &[u8]) -> (u32, u32) {
    assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"));
    let side = |place: usize| u32::from_be_bytes(bytes[place..place + 4].try_into().unwrap());
    (side(16), side(20))
}

/// Both scripts of the bundled graph: a system without their fonts cannot run this.
#[test]
fn pixels_need_no_program() {
    let place = tempfile::tempdir().unwrap();
    for layout in ["layers", "timeline"] {
        for lang in ["en", "ja"] {
            let file = format!("{layout}-{lang}.png");
            let options = [
                "lineage(CoreOS)",
                "--layout",
                layout,
                "--lang",
                lang,
                "-o",
                &file,
            ];
            for _ in 0..2 {
                let run = draw(place.path(), &options);
                assert!(run.status.success(), "{run:?}");
            }
            let bytes = std::fs::read(place.path().join(&file)).unwrap();
            let (wide, high) = size(&bytes);
            assert!(wide > 600 && high > 300, "{file}: {wide} × {high}");
            assert!(bytes.len() > 10_000, "{file}");
            let mark = kingraph::render::MARK.as_bytes();
            assert!(bytes.windows(mark.len()).any(|part| part == mark));
        }
    }
}

#[test]
fn a_letter_without_a_glyph_is_an_error_and_leaves_no_file() {
    let place = tempfile::tempdir().unwrap();
    let title = "no font has \u{10fffd}";
    let run = draw(
        place.path(),
        &["lineage(CoreOS)", "--title", title, "-o", "x.png"],
    );
    assert_eq!(run.status.code(), Some(2), "{run:?}");
    let said = String::from_utf8(run.stderr).unwrap();
    assert!(said.contains("no installed font has"), "{said}");
    assert!(
        said.contains("hint: install a font for that script"),
        "{said}"
    );
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
}

#[test]
fn pixels_go_into_a_file() {
    let place = tempfile::tempdir().unwrap();
    let run = draw(place.path(), &["CoreOS", "-f", "png"]);
    assert_eq!(run.status.code(), Some(2), "{run:?}");
    assert!(run.stdout.is_empty());
}
