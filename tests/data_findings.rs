//! What kin finds wrong with data: every code by its example, carets as they are shown, and that
//! nothing written in a folder makes loading panic, hang or read elsewhere.

use std::path::Path;
use std::sync::Arc;

use kingraph::diagnostic::Lines;
use kingraph::diagnostic::Severity;
use kingraph::diagnostic::code;
use kingraph::diagnostic::code::Example;
use kingraph::model::freeze;
use kingraph::store::DataFile;
use kingraph::store::Loaded;
use kingraph::store::encode;
use kingraph::store::load;
use kingraph::store::load_files;
use proptest::prelude::Just;
use proptest::prelude::ProptestConfig;
use proptest::prelude::Strategy;
use proptest::prelude::any;
use proptest::prelude::prop_assert;
use proptest::prelude::prop_assert_eq;
use proptest::proptest;
use proptest::sample::Index;

/// The schema that the examples of the codes presuppose.
const SCHEMA: &str = r#"
[groups.lineage]
doc = "From an older thing to a newer one."
[kinds.thing]
doc = "A thing."
[kinds.maker]
doc = "Someone who makes things."
[relations.part_of]
doc = "The subject is a part of the object."
inverse = "has_part"
acyclic = true
[relations.made_by]
doc = "The object made the subject."
inverse = "maker_of"
to = ["maker"]
[relations.became]
doc = "The subject went on as the object."
inverse = "was"
groups = ["lineage"]
[relations.owner]
doc = "The object owns the subject."
functional = true
[relations.twin]
doc = "Both came at once."
symmetric = true
[properties.homepage]
doc = "The address of the thing."
type = "url"
"#;

const SOURCES: &str = "[s]\ntitle = \"A source\"\n";

const B: &str = r#"
[b]
name = "B"
kind = "thing"
homepage = { value = "https://b.example/", source = "s:1" }
"#;

/// A statement that says nothing wrong.
const PART_OF_B: &str = "part_of = { to = \"b\", source = \"s\" }";

fn file(name: &str, text: &str) -> DataFile {
    DataFile {
        name: Arc::from(name),
        text: text.to_owned(),
    }
}

/// A graph of the schema above, `b`, and a file with `text`.
fn with(text: &str) -> Loaded {
    load_files(vec![
        file("schema.toml", SCHEMA),
        file("sources.toml", SOURCES),
        file("b.toml", B),
        file("text.toml", text),
    ])
}

/// The table of a thing whose name is its id in capitals, with `rest` under it.
fn thing(id: &str, rest: &str) -> String {
    let name = id.to_uppercase();
    format!("[{id}]\nname = \"{name}\"\nkind = \"thing\"\n{rest}\n")
}

/// The codes of all findings, in their order.
fn codes(loaded: &Loaded) -> Vec<&'static str> {
    loaded.findings.iter().map(|found| found.code.id).collect()
}

#[test]
fn the_base_has_no_findings() {
    assert_eq!(with("").render(), "");
}

#[test]
fn every_example_provokes_its_code_and_no_other() {
    for row in code::CODES.iter().filter(|row| row.id.starts_with('D')) {
        let loaded = match row.example {
            Example::Data(text) => with(text),
            Example::Schema(text) => load_files(vec![file("schema.toml", text)]),
            _ => continue,
        };
        assert_eq!(codes(&loaded), [row.id], "{}", loaded.render());
    }
}

#[track_caller]
fn check(text: &str, wanted: &str) {
    assert_eq!(with(text).render().trim(), wanted.trim());
}

#[test]
fn an_unknown_entity_is_shown_with_its_neighbours() {
    check(
        &thing(
            "a",
            "part_of = { note = \"日本\", to = \"bb\", source = \"s\" }",
        ),
        r#"
error[D011]: there is no entity `bb`
 --> text.toml:4:31
  |
4 | part_of = { note = "日本", to = "bb", source = "s" }
  |                                 ^^^^
  hint: did you mean `b`?
"#,
    );
}

#[test]
fn a_shared_name_is_shown_with_its_first_bearer() {
    check(
        "[a]\nname = \"b\"\nkind = \"thing\"\npart_of = { to = \"b\", source = \"s\" }\n",
        r#"
warning[D017]: the name `b` is borne by `b` too (as `B`), at b.toml:3
 --> text.toml:2:8
  |
2 | name = "b"
  |        ^^^
  hint: say `shared = true` at each of them if that is meant: `{ text = "…", shared = true }`
"#,
    );
}

#[test]
fn a_syntax_error_is_shown_where_it_is() {
    check(
        "[a]\nname =\nkind = \"thing\"\n",
        r#"
error[D003]: this is no TOML: string values must be quoted, expected literal string
 --> text.toml:2:7
  |
2 | name =
  |       ^
  hint: see https://toml.io for how TOML is written
"#,
    );
}

#[test]
fn a_successor_that_is_too_old_is_shown_with_both_dates() {
    check(
        &(thing(
            "a",
            "became = { to = \"c\", since = \"2015\", source = \"s\" }",
        ) + &thing(
            "c",
            "became = { to = \"b\", since = \"2012\", source = \"s\" }",
        )),
        r#"
warning[D019]: `c` came of `a` in `2015`, and cannot have had a successor in `2012`
 --> text.toml:8:10
  |
8 | became = { to = "b", since = "2012", source = "s" }
  |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  hint: correct one of the dates, or the direction; if it is right, say why: `accepted = "…"`
"#,
    );
}

#[test]
fn a_broken_table_hides_no_other_table() {
    let text = r#"[x
[a]
name = "A"
kind = "thingg"
[c]
name = "C"
kind = [ "thing"
[d]
name = "D"
kind = "thingy"
"#;
    let found: Vec<String> = places(&with(text))
        .into_iter()
        .filter(|place| !place.contains("D022"))
        .collect();
    let codes = ["D003", "D009", "D003", "D009"];
    assert_eq!(found.len(), codes.len(), "{found:#?}");
    for (place, code) in found.iter().zip(codes) {
        assert!(place.contains(code), "{found:#?}");
    }
}

#[test]
fn one_mistake_does_not_hide_the_next() {
    let text = r#"
[a]
name = "A"
kind = "thin"
[c]
name =
kind = "thing"
[d]
name = ["D", 3]
kind = "thing"
part_off = "b"
owner = { to = "bb", since = "2021-13", source = "t" }
made_by = { to = "b" }
twin = "b"
[e]
kind = "thing"
[f]
name = "F
[g]
name = "G"
kind = "thing"
homepage = { value = "javascript:1", source = "s" }
part_of = { to = "b", certainty = "sure", polarity = "no", source = "s" }
"#;
    let loaded = with(text);
    let wanted = [
        "D009", "D003", "D005", "D010", "D011", "D013", "D012", "D015", "D023", "D006", "D003",
        "D016", "D016", "D016",
    ];
    assert_eq!(codes(&loaded), wanted, "{}", loaded.render());
    let entities: Vec<_> = loaded
        .graph
        .entities()
        .map(|(_, entity)| &entity.id)
        .collect();
    assert_eq!(entities, ["b", "d", "g"]);
}

/// The codes of all findings with file, line and column, in their order.
fn places(loaded: &Loaded) -> Vec<String> {
    let place = |found: &kingraph::diagnostic::Diagnostic| {
        let file = found.file.as_deref().unwrap_or_default();
        let text = &loaded.texts[file];
        let start = found.labels[0].span.start as usize;
        let (line, column) = Lines::of(text).place(text, start);
        format!("{} {file}:{line}:{column}", found.code.id)
    };
    loaded.findings.iter().map(place).collect()
}

#[test]
fn eleven_mistakes_in_twelve_lines_are_found_at_once() {
    let schema = "[kinds.program]\ndoc = \"\"\n[relations.forked_as]\ndoc = \"\"\n\
                  inverse = \"forked_from\"\n";
    let programs = r#"[openoffice]
nam = "OpenOffice"
kind = "progam"
forked_frm = { to = "nothing", since = "x" }

[libreoffice]
name = "LibreOffice"
kind = "program"
forked_from = { to = "openoffice", since = "2010-9-28", souce = "wiki:12", certainty = "sure" }
"#;
    let loaded = load_files(vec![
        file("schema.toml", schema),
        file(
            "sources.toml",
            "[adr-7]\ntitel = \"A\"\ndate = \"2021-13\"\n",
        ),
        file("programs.toml", programs),
    ]);
    let wanted = [
        "D006 programs.toml:1:2",
        "D010 programs.toml:2:1",
        "D009 programs.toml:3:8",
        "D010 programs.toml:4:1",
        "D011 programs.toml:4:21",
        "D013 programs.toml:4:40",
        "D013 programs.toml:9:44",
        "D004 programs.toml:9:57",
        "D016 programs.toml:9:88",
        "D004 sources.toml:2:1",
        "D013 sources.toml:3:8",
    ];
    assert_eq!(places(&loaded), wanted, "{}", loaded.render());
    let shown = loaded.render();
    for hint in [
        "rename `nam` to `name`",
        "did you mean `name`?",
        "did you mean `program`?",
        "did you mean `forked_from`?",
        "did you mean `source` or `since`?",
        "did you mean `title`?",
    ] {
        assert!(shown.contains(hint), "{hint}\n{shown}");
    }
    let ids = loaded.graph.entities().map(|(_, entity)| &entity.id);
    assert_eq!(ids.collect::<Vec<_>>(), ["libreoffice"]);
    assert_eq!(loaded.graph.statements().count(), 0);
}

#[test]
fn what_is_left_out_is_checked_all_the_same() {
    let rest = "made_by = { to = \"b\", observed = \"x\", source = \"t\" }";
    for (text, wanted) in [
        // Whatever an entity is left out for, its statements are checked.
        (
            format!("[\"A b\"]\nname = \"A\"\nkind = \"thing\"\n{rest}\n"),
            vec!["D007", "D015", "D013", "D012"],
        ),
        (
            format!("[a]\nkind = \"thing\"\n{rest}\n"),
            vec!["D006", "D015", "D013", "D012"],
        ),
        (
            format!("[b]\nname = \"C\"\nkind = \"thin\"\nsource = \"t\"\n{rest}\n"),
            vec!["D008", "D009", "D012", "D015", "D013", "D012"],
        ),
        // A statement, whatever it is left out for.
        (
            thing(
                "a",
                "part_of = { to = \"b\", value = 1, polarity = \"no\" }",
            ),
            vec!["D005", "D016"],
        ),
        (
            thing("a", "maker_of = { to = \"bb\", notes = \"\" }"),
            vec!["D015", "D011", "D004"],
        ),
        (
            thing("a", "part_off = { since = \"2021-13\" }"),
            vec!["D010", "D006", "D013"],
        ),
        (thing("a", "part_off = []"), vec!["D022", "D010"]),
        (
            thing("a", "part_off = [\"b\", [1], 1e999]"),
            vec!["D010", "D005", "D016"],
        ),
        // A missing key goes with its typo, and only with that.
        (thing("a", "part_of = { target = \"b\" }"), vec!["D004"]),
        (
            thing("a", "part_of = { souce = \"s\" }"),
            vec!["D006", "D004"],
        ),
        // Names.
        (
            thing(
                "a",
                "alias = [{ txt = \"x\", since = \"x\" }, { lang = \"ja\", until = \"y\" }]",
            ) + PART_OF_B,
            vec!["D004", "D013", "D006", "D013"],
        ),
    ] {
        let loaded = with(&text);
        assert_eq!(codes(&loaded), wanted, "{text}\n{}", loaded.render());
    }
}

#[test]
fn a_schema_and_sources_are_checked_to_the_end() {
    for (text, wanted) in [
        (
            "[groups.G]\ndco = \"\"\n[kinds.A]\nparent = \"c\"\nlabel = 1\n",
            vec!["D025", "D004", "D006", "D025", "D025", "D005"],
        ),
        (
            "[relations.R]\ndoc = \"\"\ninverse = \"Q\"\nfrom = [\"c\", 1]\ngrups = []\n",
            vec!["D025", "D025", "D025", "D005", "D004"],
        ),
        (
            "[properties.p]\ndoc = \"\"\non = [\"c\"]\nfunctional = 1\n",
            vec!["D006", "D025", "D005"],
        ),
        (
            "[properties.p]\ndoc = \"\"\ntype = \"tekst\"\non = [\"c\"]\n",
            vec!["D025", "D025"],
        ),
        // Of a row that is declared twice, only the name is reported.
        (
            "[relations.r]\ndoc = \"\"\ninverse = \"q\"\n\
             [properties.r]\ndoc = \"\"\ntype = \"text\"\n",
            vec!["D025"],
        ),
    ] {
        let loaded = load_files(vec![file("schema.toml", text)]);
        assert_eq!(codes(&loaded), wanted, "{text}\n{}", loaded.render());
    }
    let source = "[\"S t\"]\ntitle = 3\ndate = \"x\"\naddress = \"y\"\nyear = 1\n";
    let loaded = load_files(vec![file("sources.toml", source)]);
    let wanted = ["D007", "D005", "D013", "D016", "D004"];
    assert_eq!(codes(&loaded), wanted, "{}", loaded.render());
}

#[test]
fn a_misspelled_section_is_one_finding() {
    let schema = SCHEMA.replace("[kinds.thing]", "[kind.thing]");
    let loaded = load_files(vec![file("schema.toml", &schema), file("b.toml", "")]);
    assert_eq!(codes(&loaded), ["D004"]);
    assert!(loaded.render().contains("did you mean `kinds`?"));
    let text = thing(
        "a",
        "part_of = { to = \"a\", since = \"x\", source = \"s\" }",
    );
    let files = [
        ("schema.toml", &*schema),
        ("sources.toml", SOURCES),
        ("a.toml", &*text),
    ];
    let loaded = load_files(files.map(|(name, text)| file(name, text)).to_vec());
    assert_eq!(codes(&loaded), ["D013", "D004"]);
}

#[test]
fn errors_and_warnings_are_counted_with_those_that_are_not_listed() {
    let mut text = String::new();
    for number in 0..1_200 {
        text.push_str(&format!(
            "[a{number}]\nname = \"N{number}\"\nkind = \"thing\"\n"
        ));
        text.push_str(if number < 1_100 { "alias = 1\n" } else { "" });
    }
    let loaded = with(&text);
    assert_eq!(
        (loaded.error_count(), loaded.warning_count()),
        (1_100, 1_200)
    );
    assert_eq!(loaded.findings.len(), 2_000);
}

#[test]
fn what_refers_to_a_broken_table_goes_without_a_finding() {
    let text = "[a]\nname =\n".to_owned() + &thing("c", "part_of = { to = \"a\", source = \"s\" }");
    let loaded = with(&text);
    assert_eq!(codes(&loaded), ["D003"]);
    assert_eq!(loaded.graph.statements().count(), 1);
}

#[test]
fn an_inverse_name_says_the_same_from_the_other_end() {
    let one = with(&thing("a", PART_OF_B));
    let other = load_files(vec![
        file("schema.toml", SCHEMA),
        file("sources.toml", SOURCES),
        file(
            "b.toml",
            &format!("{B}has_part = {{ to = \"a\", source = \"s\" }}\n"),
        ),
        file("text.toml", "[a]\nname = \"A\"\nkind = \"thing\"\n"),
    ]);
    assert_eq!(codes(&other), [""; 0]);
    assert_eq!(encode(&freeze(&one.graph)), encode(&freeze(&other.graph)));
}

#[test]
fn an_inverse_name_swaps_domain_and_range() {
    let maker = "[m]\nname = \"M\"\nkind = \"maker\"\nmaker_of = { to = \"b\", source = \"s\" }\n";
    assert_eq!(codes(&with(maker)), [""; 0]);
    assert_eq!(codes(&with(&maker.replace("maker\"", "thing\""))), ["D015"]);
}

#[test]
fn what_is_not_so_needs_no_object() {
    let text = thing("a", "owner = { polarity = \"negative\", source = \"s\" }");
    assert_eq!(codes(&with(&text)), [""; 0]);
    assert_eq!(
        codes(&with(&text.replace("negative", "positive"))),
        ["D006"]
    );
    assert_eq!(codes(&with(&text.replace("owner", "has_part"))), ["D006"]);
}

#[test]
fn a_name_may_be_shared_on_purpose() {
    let entity = |id: &str, shared: bool| {
        thing(id, PART_OF_B).replacen(
            &format!("\"{}\"", id.to_uppercase()),
            &format!("{{ text = \"Name\", shared = {shared} }}"),
            1,
        )
    };
    assert_eq!(
        codes(&with(&(entity("x", true) + &entity("y", true)))),
        [""; 0]
    );
    let three = entity("x", true) + &entity("y", true) + &entity("z", false);
    assert_eq!(codes(&with(&three)), ["D017"]);
}

#[test]
fn periods_that_follow_each_other_are_no_conflict() {
    let text = |until: &str| {
        let first = format!("{{ to = \"b\", until = \"{until}\", source = \"s\" }}");
        let second = "{ to = \"d\", since = \"2018\", source = \"s\" }";
        thing("a", &format!("owner = [{first}, {second}]")) + &thing("d", "")
    };
    assert_eq!(codes(&with(&text("2018"))), [""; 0]);
    assert_eq!(codes(&with(&text("2019"))), ["D021"]);
}

#[test]
fn a_symmetric_statement_is_the_same_from_both_ends() {
    let text = thing("a", "twin = { to = \"c\", source = \"s\" }")
        + &thing("c", "twin = { to = \"a\", source = \"s\" }");
    assert_eq!(codes(&with(&text)), ["D024"]);
}

#[test]
fn contradictions_of_a_schema_are_found() {
    for text in [
        "[kinds.a]\ndoc = \"\"\nparent = \"b\"\n[kinds.b]\ndoc = \"\"\nparent = \"a\"\n",
        "[kinds.a]\ndoc = \"\"\nparent = \"c\"\n",
        "[kinds.A]\ndoc = \"\"\n",
        "[relations.r]\ndoc = \"\"\nfrom = [\"c\"]\n",
        "[relations.r]\ndoc = \"\"\nto = [\"c\"]\n",
        "[relations.r]\ndoc = \"\"\ngroups = [\"c\"]\n",
        "[relations.r]\ndoc = \"\"\ninverse = \"r\"\n",
        "[relations.r]\ndoc = \"\"\ninverse = \"q\"\nsymmetric = true\n",
        "[relations.r]\ndoc = \"\"\nacyclic = true\nsymmetric = true\n",
        "[relations.r]\ndoc = \"\"\n[relations.q]\ndoc = \"\"\ninverse = \"r\"\n",
        "[relations.r]\ndoc = \"\"\n[properties.r]\ndoc = \"\"\ntype = \"text\"\n",
        "[groups.r]\ndoc = \"\"\n[relations.r]\ndoc = \"\"\n",
        "[relations.name]\ndoc = \"\"\n",
        "[relations.\"a b\"]\ndoc = \"\"\n",
        "[properties.r]\ndoc = \"\"\ntype = \"tekst\"\n",
        "[properties.r]\ndoc = \"\"\ntype = \"text\"\nstatus = \"ended\"\n",
        "[properties.r]\ndoc = \"\"\ntype = \"date\"\nstatus = \"unknown\"\n",
        "[properties.r]\ndoc = \"\"\ntype = \"url\"\nbirth = true\n",
        "[relations.r]\ndoc = \"\"\nstatus = \"over\"\n",
    ] {
        let loaded = load_files(vec![file("schema.toml", text)]);
        assert_eq!(codes(&loaded), ["D025"], "{text}\n{}", loaded.render());
    }
}

#[test]
fn a_wrong_status_of_a_schema_is_shown_with_the_words() {
    let shown = |text: &str| load_files(vec![file("schema.toml", text)]).render();
    let relation = "[relations.r]\ndoc = \"\"\nstatus = \"endet\"\n";
    assert_eq!(
        shown(relation),
        r#"error[D025]: there is no status `endet`
 --> schema.toml:3:10
  |
3 | status = "endet"
  |          ^^^^^^^
  hint: did you mean `ended`?
"#
    );
    let property = "[properties.p]\ndoc = \"\"\ntype = \"text\"\nstatus = \"ended\"\n";
    assert_eq!(
        shown(property),
        r#"error[D025]: `status` needs the date of a property, and this one has none
 --> schema.toml:4:10
  |
4 | status = "ended"
  |          ^^^^^^^
  hint: say `type = "date"`, or take `status` out
"#
    );
}

#[test]
fn many_findings_are_counted() {
    let mut text = String::new();
    for number in 0..1_500 {
        text.push_str(&format!(
            "[a{number}]\nname = \"N{number}\"\nkind = \"thing\"\n"
        ));
    }
    let loaded = with(&text);
    assert_eq!(loaded.findings.len(), 1_000);
    let shown = loaded.render();
    assert_eq!(shown.matches("warning[D022]").count(), 50);
    assert!(shown.ends_with("… and 1450 more of D022\n"), "{shown}");
}

#[test]
fn at_most_twenty_suggestions_are_looked_up() {
    let mut text = String::from("[a]\nname = \"A\"\nkind = \"thing\"\n");
    for number in 0..30 {
        text.push_str(&format!("part_off{number} = \"b\"\n"));
    }
    assert_eq!(with(&text).render().matches("did you mean").count(), 20);
}

#[test]
fn nesting_without_end_is_refused_with_file_and_line() {
    for text in [
        format!("[a]\nname = {}", "[".repeat(100_000)),
        format!("[a]\nname = {}", "{a=".repeat(100_000)),
        format!("a{} = 1", ".a".repeat(100_000)),
        format!("[a{}]", ".a".repeat(100_000)),
    ] {
        let loaded = with(&text);
        assert!(codes(&loaded).contains(&"D003"));
        let shown = loaded.render();
        assert!(shown.contains("--> text.toml:"), "{shown}");
        assert!(shown.len() < 64 * 1024);
    }
}

#[test]
fn an_empty_folder_and_an_empty_file_are_no_graph() {
    let folder = tempfile::tempdir().unwrap();
    let loaded = load(folder.path()).unwrap();
    assert_eq!(codes(&loaded), ["D001"]);
    std::fs::write(folder.path().join("a.toml"), "").unwrap();
    let loaded = load(folder.path()).unwrap();
    assert_eq!((codes(&loaded), loaded.graph.entity_count()), (vec![], 0));
    assert!(load(&folder.path().join("missing")).is_err());
    assert!(load(&folder.path().join("a.toml")).is_err());
}

/// A folder with the schema, the sources, `b`, and what `prepare` puts beside them.
fn in_folder(prepare: impl Fn(&Path)) -> Loaded {
    let folder = tempfile::tempdir().expect("a folder for the test");
    for (name, text) in [("schema", SCHEMA), ("sources", SOURCES), ("b", B)] {
        std::fs::write(folder.path().join(format!("{name}.toml")), text)
            .expect("the folder can be written");
    }
    prepare(folder.path());
    load(folder.path()).expect("the folder can be read")
}

#[test]
fn subfolders_are_read_and_hidden_files_are_not() {
    let loaded = in_folder(|folder| {
        std::fs::create_dir_all(folder.join("more/deep")).unwrap();
        std::fs::create_dir(folder.join(".git")).unwrap();
        let text = thing("a", PART_OF_B);
        std::fs::write(folder.join("more/deep/a.toml"), &text).unwrap();
        std::fs::write(folder.join(".git/a.toml"), &text).unwrap();
        std::fs::write(folder.join(".a.toml"), &text).unwrap();
        std::fs::write(folder.join("README.md"), "no data").unwrap();
    });
    assert_eq!((codes(&loaded), loaded.graph.entity_count()), (vec![], 2));
}

#[test]
fn a_file_that_is_too_long_or_no_utf_8_is_refused() {
    let long = in_folder(|folder| {
        std::fs::write(folder.join("a.toml"), " ".repeat(8 * 1024 * 1024 + 1)).unwrap();
    });
    assert_eq!((codes(&long), long.graph.entity_count()), (vec!["D002"], 1));
    let latin = in_folder(|folder| {
        std::fs::write(folder.join("a.toml"), b"[a]\nname = \"caf\xe9\"\n").unwrap();
    });
    let wanted = "error[D003]: this is no UTF-8, and TOML is\n --> a.toml:2:12\n";
    assert!(latin.render().starts_with(wanted), "{}", latin.render());
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_out_is_refused_and_one_within_is_read_once() {
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("secret.toml");
    std::fs::write(&secret, "[secret]\nname = \"Secret\"\nkind = \"thing\"\n").unwrap();
    let loaded = in_folder(|folder| {
        std::os::unix::fs::symlink(&secret, folder.join("out.toml")).unwrap();
        std::os::unix::fs::symlink("b.toml", folder.join("within.toml")).unwrap();
        std::os::unix::fs::symlink("nowhere", folder.join("broken.toml")).unwrap();
        std::os::unix::fs::symlink(outside.path(), folder.join("folder")).unwrap();
    });
    assert_eq!(codes(&loaded), ["D001", "D001"], "{}", loaded.render());
    assert_eq!(loaded.graph.entity_count(), 1);
}

#[cfg(unix)]
#[test]
fn a_fifo_is_refused_at_once() {
    let loaded = in_folder(|folder| {
        let made = std::process::Command::new("mkfifo")
            .arg(folder.join("a.toml"))
            .status();
        assert!(made.unwrap().success());
    });
    let wanted = "error[D001]: this is no regular file\n --> a.toml\n";
    assert_eq!(loaded.render(), wanted);
}

/// Entities of which each has a statement, as the texts of their tables.
fn tables() -> Vec<String> {
    let mut tables = vec![B.to_owned()];
    for number in 1..12 {
        let relation = ["part_of", "became", "owner", "has_part"][number % 4];
        let to = match number {
            1..4 => "b".to_owned(),
            _ => format!("e{}", number - 3),
        };
        tables.push(format!(
            "[e{number}]\nname = [\"E {number}\", {{ text = \"名{number}\", lang = \"ja\" }}]\n\
             kind = \"thing\"\nsource = \"s:{number}\"\n\
             {relation} = [{{ to = \"{to}\", since = \"20{:02}\", \
             source = [\"s:2\", \"s:1\"] }}]\n",
            10 + number
        ));
    }
    tables
}

/// As many cases as run in a moment, the same ones every time.
fn cases() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(20_210_512),
        ..ProptestConfig::with_cases(CASES)
    }
}

/// What is put into a text to break it.
const NOISE: &str = "[\\[\\]{}=\",.'#\n a-c0-9\u{0}\u{202e}あ]{0,4}";

/// How many random cases a property is tried on.
const CASES: u32 = 256;

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_split_into_files_gives_the_same_graph(
        places in proptest::collection::vec(0usize..5, tables().len()),
        tables in Just(tables()).prop_shuffle(),
        order in Just([0, 1, 2, 3, 4, 5, 6]).prop_shuffle(),
    ) {
        let mut texts = vec![String::new(); 5];
        for (place, table) in places.into_iter().zip(tables) {
            texts[place].push_str(&table);
        }
        let mut files = vec![file("schema.toml", SCHEMA), file("sources.toml", SOURCES)];
        let names = texts.iter().enumerate();
        files.extend(names.map(|(number, text)| file(&format!("{number}.toml"), text)));
        let loaded = load_files(order.map(|index| files[index].clone()).to_vec());
        let whole = load_files(vec![
            file("schema.toml", SCHEMA),
            file("sources.toml", SOURCES),
            file("all.toml", &self::tables().concat()),
        ]);
        prop_assert_eq!(loaded.render(), "");
        prop_assert_eq!(encode(&freeze(&loaded.graph)), encode(&freeze(&whole.graph)));
    }

    #[test]
    fn loading_a_broken_file_never_panics(
        changes in proptest::collection::vec((any::<Index>(), 0usize..4, NOISE), 1..8),
        target in 0usize..3,
    ) {
        let mut texts = [tables().concat(), SCHEMA.to_owned(), SOURCES.to_owned()];
        let text = &mut texts[target];
        for (index, cut, insert) in changes {
            let mut at = index.index(text.len().max(1)).min(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            let end = text[at..].char_indices().nth(cut).map_or(text.len(), |(end, _)| at + end);
            text.replace_range(at..end, &insert);
        }
        let [entities, schema, sources] = texts;
        let loaded = load_files(vec![
            file("schema.toml", &schema),
            file("sources.toml", &sources),
            file("all.toml", &entities),
        ]);
        let shown = loaded.render();
        let is_worse = |found: &kingraph::diagnostic::Diagnostic| found.severity == Severity::Error;
        prop_assert!(shown.len() <= 64 * 1024);
        prop_assert_eq!(loaded.has_errors(), loaded.findings.iter().any(is_worse));
        encode(&freeze(&loaded.graph));
    }
}
