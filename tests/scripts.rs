//! Scripts as others see them: assertions and their exit codes, JUnit XML, parameters, files that
//! statements write, and the named queries of settings.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/program.rs"]
mod program;

use std::path::Path;

use program::Run;
use program::data_in;
use program::folder;
use program::kin_in;
use program::refused;
use program::run;

/// Runs kin with these arguments in a folder.
fn kin(place: &Path, arguments: &[&str]) -> Run {
    run(kin_in(place).args(arguments))
}

/// A folder with one script.
fn script(text: &str) -> tempfile::TempDir {
    let place = folder();
    std::fs::write(place.path().join("a.kin"), text).unwrap();
    place
}

/// The exit code of a script, and what it says.
fn outcome(text: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let place = script(text);
    let run = kin(place.path(), &[&["run", "a.kin"], arguments].concat());
    (run.code, run.stderr)
}

#[test]
fn assertions_that_hold_say_nothing_but_their_number() {
    let text = "assert EKS is not empty; assert EKS & k3s is empty, \"m\";\nassert count(EKS) = 1";
    assert_eq!(
        outcome(text, &[]),
        (Some(0), "3 assertions held, 0 failed\n".to_owned())
    );
    assert_eq!(outcome("let x = EKS", &[]), (Some(0), String::new()));
}

#[test]
fn a_failed_assertion_is_told_with_place_and_rows() {
    let (code, said) = outcome(
        "EKS;\n  assert EKS | AKS\n  is empty, \"none of them\"",
        &[],
    );
    assert_eq!(code, Some(1));
    for words in [
        "error: assertion failed: none of them\n --> a.kin:2:3\n",
        "  | assert EKS | AKS\n",
        "  wanted: no row\n  met: 2 rows\n",
        "    AKS     managed_service\n",
        "\n0 assertions held, 1 failed\n",
    ] {
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn only_twenty_rows_of_many_are_told() {
    let (code, said) = outcome("assert all() is empty", &[]);
    assert_eq!(code, Some(1));
    assert!(said.lines().count() < 30, "{said}");
    assert!(said.contains("20 of "), "{said}");
}

#[test]
fn a_failed_assertion_does_not_end_the_run_unless_that_is_asked_for() {
    let text = "assert EKS is empty;\nassert EKS is not empty;\nassert k3s is empty";
    let (code, said) = outcome(text, &[]);
    assert_eq!(code, Some(1));
    assert!(said.ends_with("1 assertion held, 2 failed\n"), "{said}");
    let (code, said) = outcome(text, &["--fail-fast"]);
    assert_eq!(code, Some(1));
    assert!(said.ends_with("0 assertions held, 1 failed\n"), "{said}");
}

#[test]
fn an_error_of_one_statement_leaves_the_others() {
    let text = "match (a in EKS) return 1 / 0;\nassert k3s is empty;\nk3s";
    let place = script(text);
    let all = kin(place.path(), &["run", "a.kin"]);
    assert_eq!(all.code, Some(2), "the greater code of the two");
    assert!(all.stdout.contains("k3s"), "{all:?}");
    assert!(all.stderr.contains("--> a.kin:1:25"), "{all:?}");
    assert!(
        all.stderr
            .ends_with("0 assertions held, 1 failed, 1 error\n"),
        "{all:?}"
    );
    let fast = kin(place.path(), &["run", "a.kin", "--fail-fast"]);
    assert_eq!((fast.code, fast.stdout.as_str()), (Some(2), ""));
}

#[test]
fn a_limit_is_met_by_one_statement_and_told_with_its_place() {
    let (code, said) = outcome("all();\nassert k3s is empty", &["--limit", "rows=3"]);
    assert_eq!(code, Some(5));
    assert!(
        said.contains("3 rows was reached\n --> a.kin:1:1\n"),
        "{said}"
    );
    assert!(said.contains("1 failed, 1 error"), "{said}");
}

#[test]
fn a_text_that_is_wrong_is_not_run_and_the_next_is() {
    let place = script("assert EKS is empty; nosuchthing");
    std::fs::write(place.path().join("b.kin"), "assert k3s is empty").unwrap();
    let both = kin(place.path(), &["run", "a.kin", "b.kin"]);
    assert_eq!(both.code, Some(2));
    assert!(both.stderr.contains("--> a.kin:1:22"), "{both:?}");
    assert!(
        both.stderr
            .ends_with("0 assertions held, 1 failed, 1 error\n"),
        "{both:?}"
    );
    let fast = kin(place.path(), &["run", "a.kin", "b.kin", "--fail-fast"]);
    assert!(!fast.stderr.contains("failed"), "{fast:?}");
}

#[test]
fn assertions_are_queries_too() {
    let held = program::kin(&["assert EKS is not empty"]);
    assert_eq!((held.code, held.stderr.as_str()), (Some(0), ""));
    let failed = program::kin(&["assert EKS is empty; k3s"]);
    assert_eq!(failed.code, Some(1));
    assert!(failed.stdout.contains("k3s"), "{failed:?}");
}

#[test]
fn an_assertion_is_no_empty_answer() {
    let place = folder();
    let run = kin(place.path(), &["--fail-empty", "assert EKS & k3s is empty"]);
    assert_eq!(run.code, Some(0));
    let run = kin(
        place.path(),
        &["--fail-empty", "assert EKS is empty; EKS & k3s"],
    );
    assert_eq!(run.code, Some(1), "a failure is worse than an empty answer");
}

/// The attributes of the first element of that name.
fn attribute(xml: &str, element: &str, name: &str) -> Option<String> {
    let document = roxmltree::Document::parse(xml).unwrap();
    let mut found = document.descendants();
    let found = found.find(|node| node.has_tag_name(element))?;
    found.attribute(name).map(str::to_owned)
}

#[test]
fn junit_has_a_suite_a_file_and_a_case_an_assertion() {
    let text = "assert EKS is not empty, \"it is there\"; EKS;\n\
                assert EKS is empty, \"<&>\\\"' \\u0007 ]]>\\n名前\";\n\
                assert k3s & EKS is empty;\nmatch (a in EKS) return 1 / 0";
    let place = script(text);
    std::fs::write(place.path().join("b.kin"), "nosuchthing").unwrap();
    let run = kin(
        place.path(),
        &["run", "a.kin", "b.kin", "--junit", "out.xml"],
    );
    assert_eq!(run.code, Some(2), "{run:?}");
    let xml = std::fs::read_to_string(place.path().join("out.xml")).unwrap();
    let document = roxmltree::Document::parse(&xml).unwrap();
    let counts = ["tests", "failures", "errors"].map(|name| attribute(&xml, "testsuites", name));
    assert_eq!(counts, ["5", "1", "2"].map(|count| Some(count.to_owned())));
    let cases: Vec<roxmltree::Node<'_, '_>> = document
        .descendants()
        .filter(|node| node.has_tag_name("testcase"))
        .collect();
    let names: Vec<&str> = cases
        .iter()
        .filter_map(|case| case.attribute("name"))
        .collect();
    assert_eq!(names[0], "it is there");
    assert!(names[1].starts_with("<&>\"' "), "{names:?}");
    assert!(names[1].ends_with("名前") && !names[1].contains('\u{7}'));
    assert_eq!(names[2], "assert k3s & EKS is empty");
    assert_eq!(
        (names[4], cases[4].attribute("classname")),
        ("b.kin", Some("b.kin"))
    );
    assert_eq!(cases[1].attribute("line"), Some("2"));
    let failure = cases[1].first_element_child().unwrap();
    assert_eq!(failure.tag_name().name(), "failure");
    assert!(failure.text().unwrap().contains("managed_service"));
    let error = cases[3].first_element_child().unwrap();
    assert_eq!(error.tag_name().name(), "error");
    let again = kin(
        place.path(),
        &["run", "a.kin", "b.kin", "--junit", "out.xml"],
    );
    assert_eq!(again.code, Some(2));
    let second = std::fs::read_to_string(place.path().join("out.xml")).unwrap();
    assert_eq!(second, xml, "the same outcome gives the same bytes");
}

#[test]
fn junit_is_no_place_for_an_answer() {
    let place = script("EKS > out.json");
    let run = kin(place.path(), &["run", "a.kin", "--junit", "out.json"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("written twice"), "{run:?}");
    let nowhere = kin(
        place.path(),
        &["run", "a.kin", "--junit", "no/such/out.xml"],
    );
    assert_eq!(nowhere.code, Some(3), "{nowhere:?}");
}

#[test]
fn parameters_are_given_by_name() {
    let place = script("$product.cni");
    let plain = kin(place.path(), &["EKS.cni"]);
    for arguments in [
        &["-p", "product=EKS", "$product.cni"][..],
        &["--param", "product=EKS", "$product.cni"],
        &["run", "a.kin", "--param", "product=EKS", "-p", "other=3"],
    ] {
        let run = kin(place.path(), arguments);
        assert_eq!((run.code, &run.stdout), (Some(0), &plain.stdout), "{run:?}");
    }
    let missing = kin(place.path(), &["run", "a.kin"]);
    assert_eq!(refused(&missing), Some(2), "{missing:?}");
    for (item, words) in [
        ("product", "has no value"),
        ("=EKS", "has no name"),
        ("a b=EKS", "no name of a parameter"),
        ("a\u{1b}[31m=EKS", "no name of a parameter"),
        ("x=[1, 2", "not JSON"),
        ("x={\"a\": }", "not JSON"),
    ] {
        let run = kin(place.path(), &["-p", item, "EKS"]);
        assert_eq!(refused(&run), Some(2), "{run:?}");
        assert!(run.stderr.contains(words), "{run:?}");
        assert!(!run.stderr.contains('\u{1b}'), "{run:?}");
    }
    let twice = kin(place.path(), &["-p", "x=1", "-p", "x=1", "EKS"]);
    assert_eq!(refused(&twice), Some(2), "{twice:?}");
}

#[test]
fn a_value_is_never_read_as_a_query() {
    let place = folder();
    for value in [
        "EKS; k3s",
        "EKS | k3s",
        "\" | all() | \"",
        "id:eks",
        "EKS > x.csv",
        "$x",
        "all()",
        "名前\n; k3s",
    ] {
        let run = kin(place.path(), &["-p", &format!("x={value}"), "$x"]);
        assert_eq!(refused(&run), Some(2), "{value}: {run:?}");
        assert!(run.stderr.starts_with("error[K010]"), "{run:?}");
    }
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
}

#[test]
fn values_have_the_type_they_read_as() {
    let place = folder();
    for (value, shown) in [
        ("3", "3"),
        ("-3", "-3"),
        ("2.5", "2.5"),
        ("1e3", "1000.0"),
        ("true", "true"),
        ("null", "null"),
        ("007", "\"007\""),
        ("2021-05", "\"2021-05\""),
        ("99999999999999999999", "\"99999999999999999999\""),
        ("inf", "\"inf\""),
        ("", "\"\""),
        ("True", "\"True\""),
        ("[1, \"a\", null]", "[1,\"a\",null]"),
    ] {
        let query = "match (a in EKS) return $x as x";
        let run = kin(
            place.path(),
            &["-f", "jsonl", "-p", &format!("x={value}"), query],
        );
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(
            run.stdout.replace(' ', ""),
            format!("{{\"x\":{shown}}}\n"),
            "{value}"
        );
    }
}

#[test]
fn an_answer_goes_into_the_file_it_names() {
    let place = folder();
    std::fs::create_dir(place.path().join("out")).unwrap();
    std::fs::write(place.path().join("old.csv"), "old").unwrap();
    let text = "EKS > out/e.json; k3s > old.csv; EKS | AKS > \"a b.md\"; EKS > ./x.dot;\
                EKS > out/../y.tsv";
    let run = kin(place.path(), &[text]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""), "{run:?}");
    assert!(
        run.stderr.contains("note: wrote 2 rows into `a b.md`\n"),
        "{run:?}"
    );
    assert!(
        run.stderr.contains("note: drew 1 row into `./x.dot`\n"),
        "{run:?}"
    );
    for (file, words) in [
        ("out/e.json", "\"EKS\""),
        ("old.csv", "k3s,"),
        ("a b.md", "| EKS |"),
        ("x.dot", "digraph"),
        ("y.tsv", "EKS\t"),
    ] {
        let text = std::fs::read_to_string(place.path().join(file)).unwrap();
        assert!(text.contains(words), "{file}: {text}");
    }
}

#[test]
fn a_file_in_the_wrong_place_is_refused_before_anything_runs() {
    let place = folder();
    let here = place.path().join("here");
    std::fs::create_dir_all(here.join("folder.csv")).unwrap();
    for (file, words) in [
        ("../x.csv", "not below"),
        ("/tmp/kin-must-not-write-this.csv", "not below"),
        ("folder.csv", "no regular file"),
        ("no/such/x.csv", "no folder"),
        ("x.exe", "ending `.exe`"),
        ("x", "no ending"),
        (".csv", "no ending"),
    ] {
        let text = format!("EKS > good.csv; k3s > \"{file}\"");
        let run = kin(&here, &[&text]);
        assert_eq!(refused(&run), Some(2), "{file}: {run:?}");
        assert!(run.stderr.contains(words), "{file}: {run:?}");
        assert!(run.stderr.contains("K034"), "{file}: {run:?}");
        assert!(!here.join("good.csv").exists(), "{file}");
    }
    let twice = kin(&here, &["EKS > a.csv; k3s > ./a.csv"]);
    assert_eq!(refused(&twice), Some(2), "{twice:?}");
    let apart = kin(
        &here,
        &["-e", "EKS > a.csv", "-e", "k3s > folder.csv/../a.csv"],
    );
    assert_eq!(apart.code, Some(2), "{apart:?}");
    assert!(apart.stderr.contains("written twice"), "{apart:?}");
    assert!(!place.path().join("x.csv").exists());
}

#[test]
fn the_command_line_lets_files_be_written_elsewhere() {
    let place = folder();
    let here = place.path().join("here");
    std::fs::create_dir(&here).unwrap();
    let run = kin(&here, &["--allow-outside", "EKS > ../x.csv"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(place.path().join("x.csv").exists());
}

#[cfg(unix)]
#[test]
fn no_file_is_written_through_a_link() {
    use std::os::unix::fs::symlink;
    let place = folder();
    let here = place.path().join("here");
    std::fs::create_dir_all(here.join("real")).unwrap();
    std::fs::write(place.path().join("victim.csv"), "kept").unwrap();
    symlink("../victim.csv", here.join("link.csv")).unwrap();
    symlink("..", here.join("up")).unwrap();
    symlink("real", here.join("inside")).unwrap();
    symlink("nowhere.csv", here.join("dangling.csv")).unwrap();
    for file in ["link.csv", "up/victim.csv", "inside/x.csv", "dangling.csv"] {
        let run = kin(&here, &[&format!("EKS > {file}")]);
        assert_eq!(refused(&run), Some(2), "{file}: {run:?}");
        assert!(run.stderr.contains("symbolic link"), "{file}: {run:?}");
    }
    for file in ["link.csv", "dangling.csv"] {
        let run = kin(&here, &["--allow-outside", &format!("EKS > {file}")]);
        assert_eq!(refused(&run), Some(2), "{file}: {run:?}");
    }
    let kept = std::fs::read_to_string(place.path().join("victim.csv")).unwrap();
    assert_eq!(kept, "kept");
    assert!(!here.join("real/x.csv").exists() && !here.join("nowhere.csv").exists());
}

#[test]
fn an_answer_is_shown_in_another_format() {
    let place = folder();
    let run = kin(place.path(), &["EKS as markdown; EKS as jsonl"]);
    assert!(
        run.stdout.contains("| EKS |") && run.stdout.contains("\"EKS\""),
        "{run:?}"
    );
    let unknown = kin(place.path(), &["EKS as markdwn"]);
    assert_eq!(refused(&unknown), Some(2));
    assert!(unknown.stderr.contains("`markdown`"), "{unknown:?}");
    let picture = kin(place.path(), &["EKS as png"]);
    assert!(picture.stderr.contains("> picture.png"), "{picture:?}");
}

/// A project of the bundled graph, or of its own folder `data`.
fn project(text: &str) -> tempfile::TempDir {
    let place = folder();
    data_in(&place.path().join("data"), "");
    std::fs::write(place.path().join("kin.toml"), text).unwrap();
    place
}

#[test]
fn a_project_names_queries_and_gives_parameters_values() {
    let place = project(
        "[parameters]\nproduct = \"EKS\"\nday = 2021-05-01\n[queries]\n\
         networks = \"$product.cni\"\n\"family(x)\" = 'x | ancestors(x)'\n\
         both = \"\"\"\n  networks |\n  family(Flatcar)\"\"\"\n",
    );
    let plain = kin(place.path(), &["EKS.cni"]).stdout;
    assert_eq!(kin(place.path(), &["networks"]).stdout, plain);
    let other = kin(place.path(), &["-p", "product=AKS", "networks"]);
    assert!(other.stdout.contains("Azure CNI"), "{other:?}");
    let both = kin(place.path(), &["both as of $day"]);
    assert!(both.stdout.contains("Container Linux"), "{both:?}");
}

#[test]
fn what_is_wrong_in_a_project_is_told_where_it_stands() {
    for (line, words) in [
        ("x = \"EKS.cnii\"", "kin.toml:3:10\n"),
        ("x = \"EKS; k3s\"", "kin.toml:3:1\n"),
        ("\"x = EKS; let y\" = \"k3s\"", "not one name and one query"),
        ("\"x = EKS #\" = \"k3s\"", "not one name and one query"),
        ("x = \"EKS > y.csv\"", "kin.toml:3:"),
        ("x = \"nosuchthing\"", "this is `x` of `[queries]`"),
        ("x = \"$none.cni\"", "`$none` is not given"),
        ("descendants = \"EKS\"", "kin.toml:3:1\n"),
        ("x = 3", "kin.toml"),
    ] {
        let place = project(&format!("[queries]\ngood = \"EKS\"\n{line}\n"));
        let run = kin(place.path(), &["EKS"]);
        assert_eq!(refused(&run), Some(2), "{line}: {run:?}");
        assert!(run.stderr.contains(words), "{line}: {run:?}");
    }
    let place = project("[parameters]\n\"a b\" = 1\n");
    assert_eq!(refused(&kin(place.path(), &["EKS"])), Some(2));
    let place = project("[parameters]\nx = nan\n");
    assert_eq!(refused(&kin(place.path(), &["EKS"])), Some(2));
}

#[test]
fn what_does_not_resolve_on_another_graph_is_left_out() {
    let place = project("[queries]\nmine = \"EKS\"\nnew = \"New\"\n");
    let run = kin(place.path(), &["-g", "data", "new"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stderr.contains("`mine`") && run.stderr.contains("left out"),
        "{run:?}"
    );
    let broken = project("[queries]\nmine = \"EKS |\"\n");
    let run = kin(broken.path(), &["-g", "data", "New"]);
    assert_eq!(refused(&run), Some(2), "{run:?}");
}

#[test]
fn the_users_own_file_names_queries_and_the_projects_win() {
    let place = project("[queries]\nx = \"EKS\"\n");
    let own = place.path().join("config/kin");
    std::fs::create_dir_all(&own).unwrap();
    let text = "[queries]\nx = \"AKS\"\ny = \"AKS\"\n";
    std::fs::write(own.join("config.toml"), text).unwrap();
    assert!(kin(place.path(), &["x"]).stdout.contains("EKS"));
    assert!(kin(place.path(), &["y"]).stdout.contains("AKS"));
    std::fs::write(own.join("config.toml"), "graph = \"data\"\n").unwrap();
    let run = kin(place.path(), &["x"]);
    assert_eq!(refused(&run), Some(2), "{run:?}");
    assert!(run.stderr.contains("config.toml"), "{run:?}");
}
