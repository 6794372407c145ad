//! `docs/reference.md` says what the tables say; `UPDATE=1` writes it anew.

#[test]
fn the_reference_is_made_from_the_tables() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reference.md");
    let made = kingraph::shell::reference::reference();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &made).unwrap();
    }
    let stands = std::fs::read_to_string(path).unwrap_or_default();
    let line = made
        .lines()
        .zip(stands.lines())
        .position(|(made, stands)| made != stands);
    assert!(
        made == stands,
        "docs/reference.md differs at line {line:?}: run with UPDATE=1"
    );
}
