//! The command line as others see it: subcommands, options, exit codes, streams.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/program.rs"]
mod program;

use std::path::Path;

use kingraph::diagnostic::LIMITS;
use kingraph::shell::console;
use kingraph::shell::help;
use kingraph::shell::schema;

use program::data_in;
use program::folder;
use program::kin;
use program::kin_in;
use program::refused;
use program::run;

/// The only entity of the small folder that has a predecessor.
const NEW: &str = "successors(Old)";

/// Checks an answer that went well, without a word on the side.
fn answered(arguments: &[&str]) -> String {
    let run = kin(arguments);
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (Some(0), ""),
        "{arguments:?}"
    );
    assert!(
        !run.stdout.contains('\u{1b}'),
        "{arguments:?} is coloured in a pipe"
    );
    assert!(
        run.stdout.ends_with('\n'),
        "{arguments:?}: {:?}",
        run.stdout
    );
    run.stdout
}

/// Checks an error: its exit code, and that its words have these in them.
fn fails(arguments: &[&str], code: i32, words: &str) {
    let run = kin(arguments);
    assert_eq!(refused(&run), Some(code), "{arguments:?}: {}", run.stderr);
    assert!(run.stderr.contains(words), "{arguments:?}: {}", run.stderr);
}

#[test]
fn a_pipe_gets_tab_separated_values() {
    let answer = answered(&["successors(CoreOS)"]);
    let mut lines = answer.lines();
    assert_eq!(
        lines.next(),
        Some("entity\tvia\tkind\tsince\tuntil\tsource")
    );
    assert!(answer.contains("\nFlatcar Container Linux\t"), "{answer}");
    let width = |line: &str| line.split('\t').count();
    assert!(answer.lines().all(|line| width(line) == 6), "{answer}");
}

#[test]
fn every_format_is_printed() {
    let mut shown: Vec<String> = Vec::new();
    for format in console::formats() {
        let answer = answered(&["-f", format.name, "k3s | EKS"]);
        assert_eq!(answered(&["--format", format.name, "k3s | EKS"]), answer);
        assert!(answer.contains("k3s"), "{answer}");
        shown.push(answer);
    }
    let count = shown.len();
    shown.sort();
    shown.dedup();
    assert_eq!(shown.len(), count, "each format differs from the others");
    assert_eq!(count, console::formats().count());
}

#[test]
fn formats_for_programs_read_as_such() {
    let json = answered(&["-f", "json", "kind:container_host_os"]);
    let page: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(page["kin"], 1);
    let rows = page["rows"].as_array().unwrap().len();
    let lines = answered(&["-f", "jsonl", "kind:container_host_os"]);
    for line in lines.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(row.is_object(), "{line}");
    }
    assert_eq!(lines.lines().count(), rows);
    let csv = answered(&["-f", "csv", "kind:container_host_os"]);
    assert!(
        csv::Reader::from_reader(csv.as_bytes())
            .records()
            .all(|row| row.is_ok())
    );
    assert!(answered(&["-f", "dot", "lineage(CoreOS)"]).contains("\ndigraph"));
}

#[test]
fn an_unknown_format_lists_the_formats() {
    fails(&["-f", "jsn", "k3s"], 2, "json");
    fails(&["-f", "png", "k3s"], 2, "-o picture.png");
    fails(&["-f", "picture", "k3s"], 2, "table, list, json");
}

#[test]
fn queries_are_answered_in_their_order() {
    let place = |text: &str, name: &str| text.find(name).unwrap();
    for arguments in [
        &["-f", "list", "-e", "k3s", "-e", "Flatcar"][..],
        &["-f", "list", "k3s", "-e", "Flatcar"],
        &["-f", "list", "--query", "k3s", "--query", "Flatcar"],
        &["-f", "list", "k3s; Flatcar"],
    ] {
        let answer = answered(arguments);
        assert!(
            place(&answer, "k3s") < place(&answer, "Flatcar"),
            "{answer}"
        );
    }
    assert_eq!(
        answered(&["-e", "let x = k3s", "-e", "x"]),
        answered(&["k3s"])
    );
}

#[test]
fn an_error_comes_after_the_answers_before_it() {
    let run = kin(&["-f", "list", "-e", "k3s", "-e", "nosuchthing", "-e", "EKS"]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.stdout.contains("k3s") && !run.stdout.contains("EKS"),
        "{run:?}"
    );
    assert!(run.stderr.starts_with("error[K010]"), "{run:?}");
}

#[test]
fn standard_input_is_read_for_a_dash_and_for_nothing() {
    let place = folder();
    let wanted = answered(&["k3s; EKS"]);
    for arguments in [&["-"][..], &[]] {
        let mut command = kin_in(place.path());
        let run = run(command
            .args(arguments)
            .write_stdin("k3s;\n# a comment\nEKS\n"));
        assert_eq!(
            (run.code, run.stdout, run.stderr.as_str()),
            (Some(0), wanted.clone(), "")
        );
    }
    let run = run(kin_in(place.path())
        .args(["-", "-e", "EKS"])
        .write_stdin("k3s"));
    assert_eq!((run.code, run.stdout), (Some(0), wanted));
}

#[test]
fn scripts_are_run_one_after_the_other() {
    let place = folder();
    std::fs::write(place.path().join("a.kin"), "let x = k3s;\nx # one\n").unwrap();
    std::fs::write(place.path().join("b.kin"), "x; EKS").unwrap();
    let both = run(kin_in(place.path()).args(["-f", "jsonl", "run", "a.kin", "b.kin"]));
    assert_eq!(both.code, Some(0), "{both:?}");
    assert_eq!(both.stdout.lines().count(), 3, "{both:?}");
    let alone = run(kin_in(place.path()).args(["run", "b.kin"]));
    assert_eq!(
        refused(&alone),
        Some(2),
        "`x` is not defined there: {alone:?}"
    );
    for missing in ["c.kin", "."] {
        let run = run(kin_in(place.path()).args(["run", "a.kin", missing]));
        assert_eq!(refused(&run), Some(3), "{run:?}");
    }
    fails(&["run"], 2, "FILE");
}

#[test]
fn wrong_usage_is_told_with_what_to_do() {
    fails(&["k3s", "EKS"], 2, "one argument");
    fails(&[""], 2, "empty");
    fails(&["  \n"], 2, "empty");
    fails(&["--formt", "json", "k3s"], 2, "--format");
    fails(&["draw"], 2, "QUERY");
    fails(&["nosuchthing"], 2, "no entity");
    fails(&["successor(k3s)"], 2, "did you mean `successors`");
    fails(&["--color", "maybe", "k3s"], 2, "always");
}

#[test]
fn an_error_points_at_its_place() {
    let run = kin(&["k3s |\n  nosuchthing"]);
    assert_eq!(refused(&run), Some(2));
    assert!(run.stderr.contains("--> 2:3\n"), "{run:?}");
    assert!(
        run.stderr
            .contains("2 |   nosuchthing\n  |   ^^^^^^^^^^^\n"),
        "{run:?}"
    );
}

#[test]
fn notes_stay_off_standard_output() {
    let run = kin(&["-f", "json", "COREOS"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stderr.starts_with("note: took `COREOS`"), "{run:?}");
    let page: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(page["meta"].to_string().contains("took"), "{page}");
}

#[test]
fn an_empty_answer_fails_only_where_that_is_asked_for() {
    let nothing = "k3s - k3s";
    assert_eq!(kin(&[nothing]).code, Some(0));
    assert_eq!(kin(&["--fail-empty", nothing]).code, Some(4));
    assert_eq!(kin(&[nothing, "--fail-empty"]).code, Some(4));
    assert_eq!(
        kin(&["--fail-empty", "-e", nothing, "-e", "k3s"]).code,
        Some(4)
    );
    assert_eq!(kin(&["--fail-empty", "k3s"]).code, Some(0));
    assert_eq!(kin(&["draw", "--fail-empty", nothing]).code, Some(4));
    assert_eq!(kin(&["draw", nothing]).code, Some(0));
}

#[test]
fn limits_stop_a_query_with_their_own_message() {
    for (limit, query) in [
        ("rows=3", "all()"),
        ("steps=10", "all()"),
        ("nesting=2", "(((k3s)))"),
        ("query-bytes=4", "k3s|k3s"),
        ("time=1", "paths(k3s, EKS, max=20, via=any)"),
    ] {
        let run = kin(&["--limit", limit, "--limit", "paths=1000000000", query]);
        assert_eq!(refused(&run), Some(5), "{limit}: {run:?}");
        let (name, value) = limit.split_once('=').unwrap();
        assert!(run.stderr.contains(value), "{limit}: {run:?}");
        let is_told = run.stderr.contains(name) || name == "nesting";
        assert!(is_told, "{limit}: {run:?}");
    }
    let cut = kin(&["--limit", "paths=2", "paths(k3s, EKS, max=6, via=any)"]);
    assert_eq!(
        (cut.code, cut.stdout.lines().count()),
        (Some(0), 3),
        "{cut:?}"
    );
    assert!(cut.stderr.contains("more than 2 paths"), "{cut:?}");
}

#[test]
fn a_limit_is_a_name_and_a_number() {
    fails(&["--limit", "rowss=3", "k3s"], 2, "did you mean `rows`");
    fails(&["--limit", "rows", "k3s"], 2, "whole number");
    fails(&["--limit", "rows=-1", "k3s"], 2, "whole number");
    fails(
        &["--limit", "rows=99999999999999999999", "k3s"],
        2,
        "whole number",
    );
    for limit in &LIMITS {
        let value = limit.max.min(1_000_000);
        answered(&["--limit", &format!("{}={value}", limit.name), "k3s"]);
    }
}

#[test]
fn colours_are_shown_where_they_are_asked_for() {
    let place = folder();
    let colored = |text: &str| text.contains('\u{1b}');
    let table = ["-f", "table", "successors(CoreOS)"];
    let always = run(kin_in(place.path()).args(["--color", "always"]).args(table));
    assert!(colored(&always.stdout), "{always:?}");
    let behind = run(kin_in(place.path()).args(table).args(["--color", "always"]));
    assert_eq!(behind.stdout, always.stdout);
    let no_color = run(kin_in(place.path())
        .args(["--color=always"])
        .args(table)
        .env("NO_COLOR", "1"));
    assert_eq!(
        no_color.stdout, always.stdout,
        "what is said outright holds"
    );
    for when in ["never", "auto"] {
        let plain = run(kin_in(place.path()).args(["--color", when]).args(table));
        assert!(!colored(&plain.stdout), "{plain:?}");
    }
    let error = run(kin_in(place.path()).args(["--color", "always", "nosuchthing"]));
    assert!(colored(&error.stderr), "{error:?}");
    let error = run(kin_in(place.path()).arg("nosuchthing"));
    assert!(!colored(&error.stderr), "{error:?}");
    let json = run(kin_in(place.path()).args(["--color", "always", "-f", "json", "k3s"]));
    assert!(!colored(&json.stdout), "{json:?}");
}

#[test]
fn all_rows_are_shown_in_a_pipe() {
    let rows = answered(&["all()"]).lines().count();
    assert_eq!(answered(&["--all-rows", "all()"]).lines().count(), rows);
    assert_eq!(
        kingraph::Session::bundled().snapshot().entity_count() + 1,
        rows
    );
}

#[test]
fn every_part_of_the_schema_is_shown() {
    let whole = answered(&["schema"]);
    for part in schema::PARTS {
        let shown = answered(&["schema", part.name]);
        assert!(shown.lines().count() > 1 && shown != whole, "{}", part.name);
    }
    fails(&["schema", "kind"], 2, "kinds");
}

#[test]
fn every_topic_of_the_help_is_told() {
    for topic in help::topics() {
        assert!(answered(&["help", topic]).len() > 20, "{topic}");
    }
    assert!(answered(&["help"]).contains("successors"));
    fails(&["help", "sucessors"], 2, "successors");
}

#[test]
fn the_usage_has_examples_and_exit_codes() {
    for option in ["--help", "-h"] {
        let usage = answered(&[option]);
        for wanted in [
            "Examples:",
            "Exit codes:",
            "kin 'successors(CoreOS)'",
            "KIN_GRAPH",
        ] {
            assert!(usage.contains(wanted), "{wanted} is not in {usage}");
        }
        for (code, meaning) in kingraph::shell::cli::EXIT_CODES {
            assert!(usage.contains(&format!("{code:>3}  {meaning}")), "{code}");
        }
    }
    let version = format!("kin {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(answered(&["--version"]), version);
}

#[test]
fn every_shell_is_completed() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = answered(&["completions", shell]);
        for word in ["kin", "draw", "fail-empty"] {
            assert!(script.contains(word), "{shell} knows no {word}");
        }
    }
    fails(&["completions", "csh"], 2, "bash");
    fails(&["completions"], 2, "SHELL");
}

#[test]
fn a_picture_goes_into_its_file() {
    let place = folder();
    let dot = answered(&["draw", "lineage(CoreOS)"]);
    assert_eq!(answered(&["-f", "dot", "lineage(CoreOS)"]), dot);
    let file = place.path().join("x.dot");
    std::fs::write(&file, answered(&["draw", "k3s"])).unwrap();
    let run = run(kin_in(place.path()).args(["draw", "lineage(CoreOS)", "-o", "x.dot"]));
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""), "{run:?}");
    assert_eq!(std::fs::read_to_string(file).unwrap(), dot);
    assert_eq!(
        std::fs::read_dir(place.path()).unwrap().count(),
        1,
        "nothing is left beside it"
    );
    let clustered = answered(&["draw", "--cluster", "kind", "lineage(CoreOS)"]);
    assert!(clustered.contains("subgraph") && clustered != dot);
}

#[test]
fn a_picture_of_another_kind_is_refused() {
    for (file, words) in [("x.pdf", "`.pdf`"), ("x", ".svg"), ("x.json", ".dot")] {
        fails(&["draw", "k3s", "-o", file], 2, words);
    }
    fails(&["draw", "k3s; EKS"], 2, "one answer");
    fails(&["draw", "nosuchthing"], 2, "no entity");
    fails(
        &["draw", "k3s", "-o", "no/such/folder/x.dot"],
        3,
        "no such folder",
    );
    fails(&["draw", "k3s", "-f", "json"], 2, "`json` is no picture");
    fails(&["draw", "k3s", "--layout", "circle"], 2, "timeline");
    fails(
        &["draw", "k3s", "-f", "dot", "--layout", "tree"],
        2,
        "formats with it: tree",
    );
    fails(
        &["draw", "k3s", "-f", "gexf", "--layout", "layers"],
        2,
        "`gexf` has no layout",
    );
    fails(
        &["draw", "k3s", "-f", "mermaid", "--engine", "dot"],
        2,
        "`mermaid`",
    );
    fails(
        &["draw", "k3s", "--highlight", "nosuchthing"],
        2,
        "1 | nosuchthing",
    );
    fails(&["draw", "count(k3s)"], 2, "no entities to draw");
}

/// What somebody else made is never replaced, whatever its ending says.
#[test]
fn a_file_that_kin_did_not_draw_stays() {
    let place = folder();
    for (name, text) in [
        ("x.dot", "digraph { a -> b }"),
        ("x.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("x.txt", "notes"),
        ("x.mmd", "flowchart LR"),
    ] {
        let file = place.path().join(name);
        std::fs::write(&file, text).unwrap();
        let run = run(kin_in(place.path()).args(["draw", "k3s", "-o", name]));
        assert_eq!(refused(&run), Some(2), "{run:?}");
        assert!(run.stderr.contains("kin did not draw it"), "{run:?}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
        std::fs::write(&file, "").unwrap();
    }
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 4);
    for name in [
        "x.dot",
        "x.txt",
        "x.mmd",
        "new.graphml",
        "new.gexf",
        "new.cyjs",
    ] {
        for _ in 0..2 {
            let run = run(kin_in(place.path()).args(["draw", "lineage(CoreOS)", "-o", name]));
            assert_eq!(run.code, Some(0), "{run:?}");
        }
    }
}

#[test]
fn every_format_of_pictures_can_be_drawn() {
    for format in kingraph::render::FORMATS
        .iter()
        .filter(|row| row.is_picture && row.is_built_in)
    {
        let run = kin(&["draw", "lineage(CoreOS)", "-f", format.name]);
        let is_text = format.media_type != "image/png";
        assert_eq!(run.code, Some(if is_text { 0 } else { 2 }), "{run:?}");
        assert_eq!(
            run.stdout.contains("drawn by kin"),
            is_text,
            "{}",
            format.name
        );
    }
}

#[test]
fn a_picture_is_drawn_as_it_is_wished() {
    let query = "lineage(CoreOS)";
    let tree = answered(&["draw", query, "--layout", "tree", "--direction", "up"]);
    assert!(tree.contains("forked_from"), "{tree}");
    let options = [
        ["--title", "Where \"it\" came from"],
        ["--direction", "down"],
        ["--highlight", "Flatcar"],
        ["--legend", "off"],
        ["--font", "Inter"],
    ];
    let dot = answered(&[&["draw", query, "-f", "dot"], options.concat().as_slice()].concat());
    for part in [
        "Where \\\"it\\\" came from",
        "rankdir=\"TB\"",
        "penwidth=\"3\"",
        "\"Inter\"",
    ] {
        assert!(dot.contains(part), "{part}\n{dot}");
    }
    assert!(!dot.contains("cluster_legend"));
    let japanese = answered(&["draw", query, "-f", "dot", "--lang", "ja"]);
    assert_ne!(japanese, answered(&["draw", query, "-f", "dot"]));
    let other = kin(&["draw", query, "--lang", "tlh"]);
    assert!(other.stderr.contains("not in `tlh`"), "{other:?}");
}

#[test]
fn a_picture_has_a_limit_of_entities() {
    let limited = ["draw", "lineage(CoreOS)", "--limit", "boxes=2"];
    fails(&limited, 5, "`depth=2`");
    for more in [["--force", "-fdot"], ["-f", "tree"], ["-f", "graphml"]] {
        answered(&[limited.as_slice(), &more].concat());
    }
}

/// Container Linux was succeeded by CoreOS of Red Hat, which has an edition with CentOS.
#[test]
fn what_is_left_out_is_bridged_on_request() {
    let ends = "CoreOS | \"CentOS CoreOS\"";
    let plain = answered(&["draw", ends, "-f", "tree"]);
    let bridged = answered(&["draw", ends, "-f", "tree", "--bridge"]);
    assert!(!plain.contains("through others"), "{plain}");
    assert!(
        bridged.contains("└── through others CentOS Stream CoreOS"),
        "{bridged}"
    );
    let dot = answered(&["draw", ends, "-f", "dot", "--bridge"]);
    assert!(dot.contains("style=\"dashed\""), "{dot}");
}

#[test]
fn without_graphviz_one_sentence_says_what_to_do() {
    let place = folder();
    for kind in ["svg", "png"] {
        let file = format!("x.{kind}");
        let run = run(kin_in(place.path())
            .env("PATH", "")
            .args(["draw", "k3s", "--engine", "dot", "-o", &file]));
        assert_eq!(refused(&run), Some(2), "{run:?}");
        assert_eq!(run.stderr.lines().count(), 2, "{run:?}");
        assert!(run.stderr.contains("hint: install"), "{run:?}");
        assert!(!place.path().join(file).exists());
    }
}

#[test]
fn what_is_no_regular_file_is_not_replaced_by_a_picture() {
    let place = folder();
    std::fs::create_dir(place.path().join("x.dot")).unwrap();
    let run = run(kin_in(place.path()).args(["draw", "k3s", "-o", "x.dot"]));
    assert_eq!(refused(&run), Some(3), "{run:?}");
    assert!(place.path().join("x.dot").is_dir());
}

#[test]
fn a_good_folder_has_no_findings() {
    let place = folder();
    data_in(&place.path().join("data"), "");
    for arguments in [
        &["check", "data"][..],
        &["check", "-g", "data"],
        &["-g", "data", "check"],
    ] {
        let run = run(kin_in(place.path()).args(arguments));
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
        assert_eq!(run.stdout, "no findings in 2 entities and 1 statement\n");
    }
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("graph-data");
    assert_eq!(kin(&["check", bundled.to_str().unwrap()]).code, Some(0));
}

#[test]
fn a_bad_folder_is_told_whole_and_answers_nothing() {
    let place = folder();
    let bad = "[a]\nname = \"A\"\nkind = \"thng\"\n[b]\nname = \"B\"\nkind = \"thing\"\n\
               became = { to = \"nowhere\", source = \"s\" }\n";
    data_in(&place.path().join("data"), bad);
    let check = run(kin_in(place.path()).args(["check", "data"]));
    assert_eq!(
        (check.code, check.stderr.as_str()),
        (Some(1), ""),
        "{check:?}"
    );
    for wanted in [
        "error[D009]",
        "error[D011]",
        "extra.toml:3:",
        "extra.toml:7:",
        "did you mean",
    ] {
        assert!(
            check.stdout.contains(wanted),
            "{wanted} is not in {}",
            check.stdout
        );
    }
    let asked = run(kin_in(place.path()).args(["-g", "data", NEW]));
    assert_eq!(refused(&asked), Some(3), "{asked:?}");
    assert!(asked.stderr.contains("error[D009]"), "{asked:?}");
}

#[test]
fn warnings_are_counted_and_do_not_stop_an_answer() {
    let place = folder();
    data_in(
        &place.path().join("data"),
        "[a]\nname = \"A\"\nkind = \"thing\"\n",
    );
    let asked = run(kin_in(place.path()).args(["-g", "data", "-f", "list", NEW]));
    assert_eq!(asked.code, Some(0), "{asked:?}");
    assert!(asked.stdout.contains("New"), "{asked:?}");
    assert!(asked.stderr.contains("kin check data"), "{asked:?}");
    assert_eq!(
        run(kin_in(place.path()).args(["check", "data"])).code,
        Some(1)
    );
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    fails(&["-g", "/no/such/folder", "k3s"], 3, "/no/such/folder");
    fails(&["check", "/no/such/folder"], 3, "/no/such/folder");
    fails(&["check"], 2, "kin check graph-data");
}

/// A project: a folder `data`, and a `kin.toml` with that text.
fn project(text: &str) -> tempfile::TempDir {
    let place = folder();
    data_in(&place.path().join("data"), "");
    std::fs::create_dir_all(place.path().join("deep/down")).unwrap();
    std::fs::write(place.path().join("kin.toml"), text).unwrap();
    place
}

#[test]
fn the_option_goes_before_the_variable_and_that_before_the_file() {
    let place = project("graph = \"data\"\n");
    let other = folder();
    data_in(
        other.path(),
        "[k]\nname = \"K\"\nkind = \"thing\"\nbecame = { to = \"new\", source = \"s\" }\n",
    );
    let down = place.path().join("deep/down");
    let count = |command: &mut assert_cmd::Command| {
        run(command.args(["-f", "jsonl", "all()"]))
            .stdout
            .lines()
            .count()
    };
    assert_eq!(count(&mut kin_in(&down)), 2, "the file, found upwards");
    assert_eq!(
        count(kin_in(&down).env("KIN_GRAPH", other.path())),
        3,
        "the variable"
    );
    assert_eq!(
        count(kin_in(&down).env("KIN_GRAPH", "")),
        2,
        "an empty variable is none"
    );
    let option = place.path().join("data");
    let both = |command: &mut assert_cmd::Command| count(command.arg("-g").arg(&option));
    assert_eq!(
        both(kin_in(&down).env("KIN_GRAPH", other.path())),
        2,
        "the option"
    );
    let checked = run(kin_in(&down).arg("check"));
    assert_eq!(
        (checked.code, checked.stdout.starts_with("no findings in 2")),
        (Some(0), true)
    );
}

#[test]
fn a_file_that_leads_out_of_its_folder_is_refused() {
    for graph in ["../elsewhere", "/etc", "data/../../x", ".."] {
        let place = project(&format!("graph = \"{graph}\"\n"));
        let run = run(kin_in(place.path()).arg(NEW));
        assert_eq!(refused(&run), Some(2), "{run:?}");
        assert!(run.stderr.contains("leads out"), "{run:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_leads_out_by_a_link_is_refused() {
    let (place, outside) = (project("graph = \"link\"\n"), folder());
    data_in(outside.path(), "");
    std::os::unix::fs::symlink(outside.path(), place.path().join("link")).unwrap();
    let run = run(kin_in(place.path()).arg(NEW));
    assert_eq!(refused(&run), Some(2), "{run:?}");
}

#[test]
fn a_file_with_anything_else_in_it_is_refused() {
    let long = format!("graph = \"data\" #{}", "x".repeat(70_000));
    for text in [
        "graf = \"data\"",
        "graph = \"data\"\nrun = \"rm\"",
        "graph = 3",
        "graph = ",
        "\u{0}",
        &long,
    ] {
        let place = project(text);
        let run = run(kin_in(place.path()).arg(NEW));
        assert_eq!(refused(&run), Some(2), "{run:?}");
        assert!(run.stderr.contains("kin.toml"), "{run:?}");
    }
    let empty = project("");
    assert_eq!(
        run(kin_in(empty.path()).arg("k3s")).code,
        Some(0),
        "the bundled graph"
    );
}

#[test]
fn the_program_reads_a_file_as_it_reads_a_folder() {
    let place = folder();
    let path = place.path().join("x.json");
    let text = r#"{"nodes": [{"id": "a"}, {"id": "b"}],
                   "edges": [{"src": "a", "dst": "b", "type": "T"}]}"#;
    std::fs::write(&path, text).unwrap();
    let kin = |arguments: &[&str]| run(kin_in(place.path()).args(arguments));
    let asked = kin(&["-g", "x.json", "-f", "list", "descendants(a)"]);
    assert_eq!((asked.stdout.as_str(), asked.stderr.as_str()), ("b\n", ""));
    let named =
        run(kin_in(place.path())
            .env("KIN_GRAPH", "x.json")
            .args(["-f", "list", "roots(all())"]));
    assert_eq!(named.stdout, "a\n", "{named:?}");
    std::fs::write(place.path().join("kin.toml"), "graph = \"x.json\"\n").unwrap();
    assert_eq!(kin(&["-f", "list", "leaves(all())"]).stdout, "b\n");
    let checked = kin(&["check", "x.json"]);
    assert_eq!(
        (checked.code, checked.stdout.as_str()),
        (Some(0), "no findings in 2 nodes and 1 edge\n")
    );

    std::fs::write(&path, text.replace("\"a\"}", "\"b\"}")).unwrap();
    let broken = kin(&["check"]);
    assert_eq!(broken.code, Some(1));
    assert!(
        broken
            .stdout
            .contains("2 findings (2 errors, 0 warnings) in 1 node and 0 edges"),
        "{broken:?}"
    );
    assert_eq!(refused(&kin(&["all()"])), Some(3));

    let missing = kin(&["-g", "y.json", "all()"]);
    assert_eq!(refused(&missing), Some(3));
    assert!(missing.stderr.contains("`y.json`: "), "{missing:?}");
    std::fs::write(place.path().join("x.txt"), text).unwrap();
    let other = kin(&["-g", "x.txt", "all()"]);
    assert_eq!(refused(&other), Some(2));
    assert!(
        other
            .stderr
            .contains("`x.txt` is no folder, no file `*.json` and no snapshot"),
        "{other:?}"
    );
}

#[test]
fn what_was_meant_is_guessed() {
    let place = folder();
    std::fs::write(place.path().join("e.csv"), "from,to\na,b\n").unwrap();
    let kin = |arguments: &[&str]| {
        let run = run(kin_in(place.path()).args(arguments));
        assert!(matches!(run.code, Some(1..=3)), "{run:?}");
        run.stderr
    };
    let table = kin(&["-g", "e.csv", "all()"]);
    assert!(table.contains("hint: make a snapshot of it: `kin import e.csv -o graph.kin`"));
    let topic = kin(&["help", "improt"]);
    assert!(
        topic.contains("hint: did you mean the command `import`?"),
        "{topic}"
    );
    let command = kin(&[":explain all()"]);
    let repl = "hint: `:explain` is a command of the REPL: start `kin` without a query";
    assert!(command.contains(repl), "{command}");
    let packed = kin(&["import", "e.csv.gz", "-o", "x.kin"]);
    assert!(packed.contains("hint: unpack it first"), "{packed}");
}

/// A note that quotes kin's mark is somebody's own; the mark counts in its place alone.
#[test]
fn a_note_that_quotes_the_mark_stays() {
    let place = folder();
    for (name, text) in [
        (
            "x.txt",
            "Notes on pictures:\nthose of kin say \"drawn by kin\" below.\n",
        ),
        (
            "x.svg",
            "<svg xmlns='http://www.w3.org/2000/svg'>\n<!-- drawn by kin -->\n<g/></svg>\n",
        ),
        ("x.dot", "digraph {\n// drawn by kin\n}\n"),
        (
            "x.html",
            "<p>drawn by kin</p>\n<meta name=\"generator\" content=\"drawn by kin\">\n",
        ),
        ("x.mmd", "flowchart LR\n  a[\"drawn by kin\"]\n"),
        ("x.cyjs", "{\"generated_by\": \"drawn by kin\"}\n"),
        (
            "x.graphml",
            "<graphml>\n\n<!-- drawn by kin -->\n</graphml>\n",
        ),
    ] {
        let file = place.path().join(name);
        std::fs::write(&file, text).unwrap();
        let run = run(kin_in(place.path()).args(["draw", "k3s", "-o", name]));
        assert_eq!(refused(&run), Some(2), "{name}: {run:?}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    }
}

#[test]
fn every_picture_of_kin_can_be_drawn_anew() {
    let place = folder();
    for name in [
        "x.svg", "x.html", "x.mmd", "x.dot", "x.txt", "x.log", "x.gexf",
    ] {
        for theme in ["dark", "auto"] {
            let args = ["draw", "lineage(CoreOS)", "--theme", theme, "-o", name];
            let run = run(kin_in(place.path()).args(args));
            assert_eq!(run.code, Some(0), "{run:?}");
        }
    }
}

#[test]
fn what_a_picture_does_not_honour_is_told() {
    for (args, option) in [
        (
            &["-f", "svg", "--layout", "timeline", "--direction", "down"][..],
            "direction",
        ),
        (
            &["-f", "svg", "--layout", "timeline", "--cluster", "kind"],
            "cluster",
        ),
        (&["-f", "tree", "--colour", "status"], "colour"),
        (&["-f", "gexf", "--theme", "dark"], "theme"),
        (&["-f", "dot", "--theme", "dark"], "theme"),
    ] {
        let run = kin(&[&["draw", "lineage(Flatcar)"], args].concat());
        assert_eq!(run.code, Some(0), "{run:?}");
        let wanted = format!("note: `{option}` changes nothing here");
        assert!(run.stderr.contains(&wanted), "{args:?}: {}", run.stderr);
    }
    let run = kin(&[
        "draw",
        "lineage(Flatcar)",
        "-f",
        "svg",
        "--colour",
        "status",
    ]);
    assert!(!run.stderr.contains("changes nothing"), "{}", run.stderr);
}

#[test]
fn what_the_query_asks_of_its_picture_holds_under_the_command_line() {
    let inner = "lineage(CoreOS) |> draw(title=\"Inner\", direction=down) as mermaid";
    let drawn = answered(&["draw", inner]);
    assert!(
        drawn.contains("Inner") && drawn.contains("flowchart TB"),
        "{drawn}"
    );
    let drawn = answered(&["draw", inner, "--title", "Outer"]);
    assert!(
        drawn.contains("Outer") && drawn.contains("flowchart TB"),
        "{drawn}"
    );
    fails(&["draw", "k3s |> draw > ../x.svg"], 2, "not below");
    fails(
        &["draw", "k3s |> draw(bridge=perhaps)"],
        2,
        "`bridge` takes no `perhaps`",
    );
    for off in ["off", "no"] {
        let large = format!("all() |> draw(force={off}) as mermaid");
        let run = kin(&["draw", &large]);
        assert_eq!(run.code, Some(5), "{}", run.stderr);
        assert!(run.stderr.contains("--limit boxes="), "{}", run.stderr);
        assert!(!run.stderr.contains("depth="), "{}", run.stderr);
    }
}

#[test]
fn a_wrong_file_or_query_of_a_picture_says_what_to_do() {
    fails(&["draw", "k3s", "-o", "-"], 2, "leave out `-o`");
    fails(&["draw", "k3s", "-o", "/dev/stdout"], 2, "leave out `-o`");
    fails(&["draw", "k3s", "-o", ""], 2, "has no name");
    fails(
        &["draw", "k3s", "-o", ".svg"],
        2,
        "an ending without a name",
    );
    fails(&["draw", "k3s", "-f", "png"], 2, "-o picture.png");
    fails(
        &["draw", "k3s", "-o", "no/such/x.dot"],
        3,
        "hint: make the folder",
    );
    fails(
        &["draw", "k3s", "-f", "svg", "-o", "/dev/null"],
        3,
        "hint: name a file",
    );
    fails(&["draw", "k3s", "--highlight", "Flatcra"], 2, "1 | Flatcra");
    let place = folder();
    let args = ["draw", "k3s - k3s", "--fail-empty", "-o", "x.svg"];
    let run = run(kin_in(place.path()).args(args));
    assert_eq!(run.code, Some(4), "{run:?}");
    assert!(!place.path().join("x.svg").exists(), "nothing is written");
    for format in ["svg", "html", "dot", "mermaid", "tree"] {
        let run = kin(&["draw", "k3s - k3s", "-f", format]);
        assert!(run.stdout.contains("nothing to draw"), "{format}");
    }
}

#[test]
fn the_help_knows_the_subcommands() {
    let place = folder();
    for (name, word) in [
        ("import", "--dry-run"),
        ("verify", "<FILE>"),
        ("build", "--output"),
    ] {
        let found = run(kin_in(place.path()).args(["help", name]));
        assert_eq!(found.code, Some(0), "{found:?}");
        assert!(found.stdout.contains(word), "{found:?}");
    }
}
