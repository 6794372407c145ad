//! What the fuzz targets try with their bytes, so that `cargo test` tries it with the corpus too.

use std::sync::Arc;
use std::sync::LazyLock;

use kingraph::diagnostic::escape;
use kingraph::model::Pieces;
use kingraph::model::Snapshot;
use kingraph::model::freeze;
use kingraph::query::Rewrite;
use kingraph::render;
use kingraph::shell::Session;
use kingraph::shell::console::Console;
use kingraph::shell::console::Screen;
use kingraph::store::DataFile;
use kingraph::store::aligned;
use kingraph::store::decode;
use kingraph::store::encode;
use kingraph::store::load_files;

/// The most bytes of what is said about an input.
const WORDS_MAX: usize = 64 * 1024;

/// The bundled graph under limits that let no query run long.
static SESSION: LazyLock<Session> = LazyLock::new(|| {
    let mut session = Session::bundled();
    for (name, value) in [
        ("steps", 20_000),
        ("rows", 400),
        ("paths", 50),
        ("query-bytes", 4_096),
    ] {
        assert!(session.limits.set(name, value), "{name} is a limit");
    }
    session
});

/// Asks a text, rewritten or not, and shows the answer in every format.
///
/// What is said must be short and harmless, and both ways must answer alike.
pub(crate) fn query(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let format = render::find("table").expect("the table of formats has `table`");
    let mut console = Console::new(SESSION.clone(), format, Screen::default());
    let outcome = console.line(&text);
    harmless(&outcome.remarks);
    let [rewritten, plain] = [Rewrite::On, Rewrite::Off].map(|rewrite| {
        let mut session = SESSION.clone();
        session.rewrite = rewrite;
        session.query(&text).ok()
    });
    // A plan as it was built may meet a limit that the rewritten one does not.
    if let (Some(rewritten), Some(plain)) = (&rewritten, &plain) {
        assert_eq!(rewritten, plain, "rewriting changes the answer");
    }
    for format in kingraph::shell::console::formats() {
        console.format = format;
        let shown = console.show(rewritten.as_deref().unwrap_or_default(), Screen::default());
        assert!(shown.is_ok(), "{} cannot show it", format.name);
    }
    for stage in ["ast", "query", "plan"] {
        harmless(&console.line(&format!(":explain {stage} {text}")).remarks);
    }
}

const SCHEMA: &str = include_str!("../data/fuzz-schema.toml");
const SOURCES: &str = "[s]\ntitle = \"A source\"\n";
const THINGS: &str = "[b]\nname = \"B\"\nkind = \"thing\"\n";

/// Loads a graph of which one file is these bytes; the first says which.
///
/// Findings must be short and harmless, and what is left must freeze, be kept, and answer.
pub(crate) fn data(bytes: &[u8]) {
    let (place, rest) = match bytes.split_first() {
        Some((place, rest)) => (usize::from(*place) % 3, rest),
        None => (2, bytes),
    };
    let mut texts = [SCHEMA, SOURCES, THINGS].map(str::to_owned);
    texts[place] = String::from_utf8_lossy(rest).into_owned();
    let names = ["schema.toml", "sources.toml", "things.toml"];
    let files = names.into_iter().zip(texts);
    let file = |(name, text): (&str, String)| DataFile {
        name: Arc::from(name),
        text,
    };
    let loaded = load_files(files.map(file).collect());
    harmless(&loaded.render());
    let snapshot = freeze(&loaded.graph);
    let kept = encode(&snapshot);
    let read = decode(&kept).expect("what was kept is read");
    assert!(encode(&read) == kept, "a snapshot is read as it was kept");
    let mut session = Session::on(read, kingraph::shell::Origin::Bundled);
    assert!(session.limits.set("steps", 100_000), "`steps` is a limit");
    for query in ["facts(all())", "cycles(all(), via=any)", "sources(all())"] {
        // A graph may be too large for the limits; it must not be too odd for a query.
        let _ = session.query(query);
    }
}

/// A graph that has something in nearly every section.
const EVERYTHING: &str = r#"
[a]
name = ["A", { text = "Old A", until = "2016" }]
alias = [{ text = "ay", lang = "en" }]
kind = "thing"
source = "s"
became = [{ to = "b", since = "2017-03", certainty = "hedged", note = "perhaps", source = "s" }]
made_by = { to = "m", source = "s:3" }
homepage = { value = "https://a.example", source = "s:4" }
started = { value = "2014", source = ["s:4", "s:5"] }

[b]
name = "B"
kind = "thing"
source = "s"
part_of = { to = "a", polarity = "negative", source = "s" }
twin = { to = "a", source = "s" }

[m]
name = "The Maker"
kind = "maker"
source = "s"
owner = { to = "a", since = "2015", until = "2018", source = "s" }
"#;

/// The sections of that graph.
static PIECES: LazyLock<Pieces> = LazyLock::new(|| {
    let names = ["schema.toml", "sources.toml", "things.toml"];
    let files = names.into_iter().zip([SCHEMA, SOURCES, EVERYTHING]);
    let file = |(name, text): (&str, &str)| DataFile {
        name: Arc::from(name),
        text: text.to_owned(),
    };
    let loaded = load_files(files.map(file).collect());
    assert_eq!(loaded.render(), "", "the graph has no findings");
    freeze(&loaded.graph).pieces().clone()
});

/// Changes sections of a snapshot, as somebody does who can count its checksums: each five bytes
/// are a section, what is done to it, a place in it (two bytes) and a byte.
///
/// It must be no snapshot, or found to be damaged, or a graph that is kept and answers.
pub(crate) fn snapshot(bytes: &[u8]) {
    let mut pieces = PIECES.clone();
    for change in bytes.chunks_exact(5) {
        let section = usize::from(change[0]) % pieces.0.len();
        let piece = &mut pieces.0[section];
        let mut content = piece.bytes.to_vec();
        let place = usize::from(u16::from_le_bytes([change[2], change[3]]));
        match (change[1] % 4, content.len()) {
            (0, length) => content.truncate(place.min(length)),
            (1, _) => content.extend([change[4]; 8]),
            (2, 1..) => piece.width = change[4],
            (_, 0) => content.push(change[4]),
            (_, length) => content[place % length] = change[4],
        }
        piece.bytes = aligned(&content);
    }
    let Some(changed) = Snapshot::from_pieces(pieces) else {
        return;
    };
    if changed.damage().is_some() {
        return;
    }
    let kept = encode(&changed);
    let read = decode(&kept).expect("what was found sound is read");
    let mut session = Session::on(read, kingraph::shell::Origin::Bundled);
    assert!(session.limits.set("steps", 100_000), "`steps` is a limit");
    for query in [
        "facts(all())",
        "cycles(all(), via=any)",
        "sources(all())",
        "all() |> select name, kind, started, homepage",
        "match (x)-[r]->(y) return x, r.since, y.name",
        "descendants(A) as of 2016",
        "\"old a\"",
    ] {
        // What was changed soundly is another graph, which may have no A.
        let _ = session.query(query);
    }
}

fn harmless(words: &str) {
    assert!(words.len() <= WORDS_MAX, "{} bytes are said", words.len());
    let hostile = |found: &char| *found != '\n' && escape::is_hostile(*found);
    assert_eq!(words.chars().find(hostile), None, "{words}");
}
