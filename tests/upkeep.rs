//! What keeps a graph sound as it grows: order in time, findings that a person accepts, and sources
//! for everything.

use std::path::Path;
use std::sync::Arc;

use kingraph::diagnostic::code;
use kingraph::store::DataFile;
use kingraph::store::Demands;
use kingraph::store::Loaded;
use kingraph::store::load_files_with;
use kingraph::store::load_with;

const SCHEMA: &str = r#"
[groups.lineage]
doc = "From an older thing to a newer one."
[kinds.thing]
doc = "A thing."
[relations.became]
doc = "The subject went on as the object."
inverse = "was"
groups = ["lineage"]
acyclic = true
[relations.owner]
doc = "The object owns the subject."
functional = true
[properties.announced_on]
doc = "It was made known."
type = "date"
birth = true
[properties.released_on]
doc = "It came out."
type = "date"
birth = true
[properties.seen_on]
doc = "Somebody saw it at work."
type = "date"
"#;

const SOURCES: &str = "[s]\ntitle = \"A source\"\n[memory]\ntitle = \"Not looked up\"\n";

fn demanding(text: &str, sources: bool) -> Loaded {
    let files = [
        ("schema.toml", SCHEMA),
        ("sources.toml", SOURCES),
        ("x.toml", text),
    ];
    let file = |(name, text): (&str, &str)| DataFile {
        name: Arc::from(name),
        text: text.to_owned(),
    };
    load_files_with(files.map(file).to_vec(), Demands { sources })
}

/// The messages of all findings, with their codes.
fn found(text: &str) -> Vec<String> {
    let loaded = demanding(text, false);
    let findings = loaded.findings.iter();
    let told =
        |found: &kingraph::diagnostic::Diagnostic| format!("{}: {}", found.code.id, found.message);
    findings.map(told).collect()
}

/// Two things, the second of which came of the first; with more said of each.
fn pair(link: &str, old: &str, new: &str) -> String {
    let thing = |id: &str, rest: &str| {
        format!("[{id}]\nname = \"The {id}\"\nkind = \"thing\"\nsource = \"s\"\n{rest}\n")
    };
    let link = format!("became = {{ to = \"new\", {link}source = \"s\" }}\n");
    thing("old", &(link + old)) + &thing("new", new)
}

fn dated(property: &str, date: &str) -> String {
    format!("{property} = {{ value = \"{date}\", source = \"s\" }}\n")
}

#[test]
fn a_thing_cannot_have_a_successor_before_it_began() {
    let released = dated("released_on", "2015");
    assert_eq!(
        found(&pair("since = \"2014-05\", ", &released, "")),
        [
            "D019: `old` began in `2015` (`released_on`), and cannot have had the successor `new` in \
          `2014-05`"
        ]
    );
    assert_eq!(
        found(&pair("since = \"2015-05\", ", &released, "")),
        [""; 0]
    );
    assert_eq!(found(&pair("since = \"~2014\", ", &released, "")), [""; 0]);
    // It was known before it came out.
    let known = released + &dated("announced_on", "2014");
    assert_eq!(found(&pair("since = \"2014-05\", ", &known, "")), [""; 0]);
}

#[test]
fn a_successor_is_not_older_by_the_same_word() {
    let released = |date: &str| dated("released_on", date);
    assert_eq!(
        found(&pair("", &released("2015-02"), &released("2014"))),
        ["D019: the successor `new` began in `2014`, before `old` in `2015-02` (`released_on`)"]
    );
    assert_eq!(
        found(&pair("", &released("2015"), &released("2015"))),
        [""; 0]
    );
    // Another word says nothing, nor does a date that is none of birth, nor a doubtful one.
    assert_eq!(
        found(&pair("", &released("2015"), &dated("announced_on", "2014"))),
        [""; 0]
    );
    assert_eq!(
        found(&pair("", &released("2015"), &dated("seen_on", "2014"))),
        [""; 0]
    );
    let doubtful = released("2014").replace("source", "certainty = \"hearsay\", source");
    assert_eq!(found(&pair("", &released("2015"), &doubtful)), [""; 0]);
    // With a `since` the newer may be the older: it was put on another ground then.
    let since = "since = \"2016\", ";
    assert_eq!(
        found(&pair(since, &released("2015"), &released("2014"))),
        [""; 0]
    );
    // Where two words disagree, no one can tell.
    let other = |date: &str| released("2015") + &dated("announced_on", date);
    let newer = released("2014") + &dated("announced_on", "2016");
    assert_eq!(found(&pair("", &other("2013"), &newer)), [""; 0]);
}

#[test]
fn what_is_found_can_be_accepted_with_a_reason() {
    let older = |link: &str| {
        let released = |date: &str| dated("released_on", date);
        pair(link, &released("2015"), &released("2014"))
    };
    let loaded = demanding(&older("accepted = \"the older took it over\", "), false);
    assert_eq!(loaded.render(), "");
    assert_eq!(loaded.accepted, 1);
    assert_eq!(loaded.graph.statements().count(), 3);
    let refused = found(&older("accepted = \" \", "));
    assert!(
        refused.contains(&"D006: `accepted` gives no reason".to_owned()),
        "{refused:?}"
    );
    assert!(
        refused.iter().any(|found| found.starts_with("D019")),
        "{refused:?}"
    );
}

#[test]
fn a_circle_and_a_conflict_can_be_accepted() {
    let back = "became = { to = \"old\", accepted = \"it was merged back\", source = \"s\" }\n";
    assert_eq!(found(&pair("", "", back)), [""; 0]);
    let plain = back.replace("accepted = \"it was merged back\", ", "");
    assert_eq!(found(&pair("", "", &plain)).len(), 1);
    let owners = |reason: &str| {
        format!(
            "owner = [\n  {{ to = \"new\", source = \"s\" }},\n  \
             {{ to = \"old\", {reason}source = \"s\" }},\n]\n"
        )
    };
    assert_eq!(found(&pair("", &owners(""), "")).len(), 1);
    assert_eq!(
        found(&pair("", &owners("accepted = \"halves\", "), "")),
        [""; 0]
    );
}

#[test]
fn a_needless_acceptance_is_found() {
    let found = found(&pair("accepted = \"once it was wrong\", ", "", ""));
    assert_eq!(found, ["D027: there is no finding here to accept"]);
}

#[test]
fn sources_can_be_demanded() {
    let text = "[a]\nname = \"A\"\nkind = \"thing\"\nseen_on = \"2014\"\n";
    let lax = demanding(text, false);
    assert_eq!((lax.error_count(), lax.warning_count()), (0, 1));
    let strict = demanding(text, true);
    assert_eq!((strict.error_count(), strict.warning_count()), (2, 0));
    assert!(
        strict
            .findings
            .iter()
            .all(|found| found.code == &code::NO_SOURCE)
    );
    // Nothing is left out for it.
    assert_eq!(strict.graph.statements().count(), 1);
    assert_eq!(demanding(&pair("", "", ""), true).render(), "");
}

#[test]
fn memory_is_a_source_if_it_is_called_so() {
    let seen = |rest: &str| format!("seen_on = {{ value = \"2014\", {rest} }}\n");
    let strict = |rest: &str| demanding(&pair("", &seen(rest), ""), true);
    let bare = strict("source = \"memory\"");
    assert_eq!(bare.error_count(), 1);
    assert!(
        bare.render().contains("rests on memory alone"),
        "{}",
        bare.render()
    );
    let said = strict("certainty = \"hearsay\", source = \"memory:2024\"");
    assert_eq!((said.error_count(), said.remembered), (0, 1));
    let both = strict("source = [\"memory\", \"s:3\"]");
    assert_eq!((both.error_count(), both.remembered), (0, 0));
}

#[test]
fn the_graph_that_comes_with_kin_has_a_source_for_everything() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("graph-data");
    let loaded = load_with(&folder, Demands { sources: true }).unwrap();
    assert_eq!(loaded.render(), "");
    let statements = loaded.graph.statements().count();
    assert!(
        loaded.remembered * 10 <= statements,
        "more than a tenth is from memory"
    );
}

/// The blocks of TOML in the guide: those for `sources.toml`, and those of entities.
fn blocks() -> (String, String) {
    let guide = include_str!("../docs/curation.md");
    let blocks = guide.split("```toml\n").skip(1);
    let blocks = blocks.map(|block| block.split("```").next().unwrap_or(block));
    let (sources, entities): (Vec<&str>, Vec<&str>) =
        blocks.partition(|block| block.starts_with("# sources.toml"));
    (sources.concat(), entities.concat())
}

#[test]
fn the_examples_of_the_guide_fit_into_the_graph() {
    let (sources, entities) = blocks();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("graph-data");
    let mut files: Vec<DataFile> = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        files.push(DataFile {
            name: path.file_name().unwrap().to_string_lossy().into(),
            text: std::fs::read_to_string(&path).unwrap(),
        });
    }
    let known = files.iter_mut().find(|file| &*file.name == "sources.toml");
    let known = &mut known.unwrap().text;
    if !known.contains("\n[memory]") {
        known.push_str("\n[memory]\ntitle = \"From memory, not looked up\"\n");
    }
    known.push_str(&format!("\n{sources}"));
    let accepted = |text: &str| {
        let mut files = files.clone();
        files.push(DataFile {
            name: "guide.toml".into(),
            text: text.to_owned(),
        });
        load_files_with(files, Demands { sources: true })
    };
    let (before, with_guide) = (accepted(""), accepted(&entities));
    assert_eq!(with_guide.render(), "");
    assert_eq!(with_guide.accepted, before.accepted + 1);
    let snapshot = kingraph::model::freeze(&with_guide.graph);
    let mut session = kingraph::Session::on(snapshot, kingraph::shell::Origin::Bundled);
    let replies = session
        .query("why(CoreOS, ancestors(\"Kumo OS\"))")
        .unwrap();
    assert_eq!(replies[0].answer.table.rows.len(), 2);
}
