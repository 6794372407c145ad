//! What is thrown at the program: endless and malformed queries, bytes, broken pipes, full disks,
//! folders with traps. It must end soon, with the right exit code and few, harmless words.

#[path = "support/program.rs"]
mod program;

use std::path::Path;

use program::Run;
use program::data_in;
use program::folder;
use program::kin;
use program::kin_in;
use program::refused;
use program::run;

/// The most words of a refusal.
const BYTES_MAX: usize = 64 * 1024;

/// The answer to a query on standard input.
fn ask(query: impl Into<Vec<u8>>) -> Run {
    let place = folder();
    run(kin_in(place.path()).arg("-").write_stdin(query))
}

/// Checks a refusal: its code, its length, and that nothing in it commands a terminal.
fn refuses(name: &str, run: &Run, code: i32) {
    let start: String = run.stderr.chars().take(300).collect();
    assert_eq!(refused(run), Some(code), "{name}: {start}");
    assert!(
        run.stderr.len() <= BYTES_MAX,
        "{name}: {} bytes",
        run.stderr.len()
    );
    assert_no_controls(name, &run.stderr);
    assert!(!run.stderr.contains("bug in kin"), "{name}: {start}");
}

fn assert_no_controls(name: &str, text: &str) {
    let hostile = |found: &char| *found != '\n' && kingraph::diagnostic::escape::is_hostile(*found);
    assert_eq!(text.chars().find(hostile), None, "{name}: {text}");
}

fn answers(name: &str, query: String) -> Run {
    let run = ask(query);
    let start: String = run.stderr.chars().take(300).collect();
    assert_eq!(run.code, Some(0), "{name}: {start}");
    run
}

#[test]
fn what_is_too_long_is_refused_by_its_length() {
    let limit = "262144 bytes";
    for (name, query) in [
        ("10 MB of a name", "a".repeat(10_000_000)),
        ("10 MB of blanks", " ".repeat(10_000_000)),
        ("a million |", "|".repeat(1_000_000)),
        ("a million unions", "k3s|".repeat(1_000_000)),
        ("10 MB of comments", "#\n".repeat(5_000_000)),
        (
            "10 MB of an open quote",
            format!("\"{}", "x".repeat(10_000_000)),
        ),
        ("20 MB", "k3s;".repeat(5_000_000)),
    ] {
        let run = ask(query);
        refuses(name, &run, 5);
        assert!(
            run.stderr.contains(limit) && run.stderr.len() < 1024,
            "{name}: {run:?}"
        );
    }
}

#[test]
fn what_nests_too_deep_is_refused_by_its_depth() {
    for open in [
        "(",
        "[",
        "{",
        "descendants(",
        "at(2020, ",
        "k3s|(",
        "(k3s - ",
        "\u{3000}(",
    ] {
        let run = ask(open.repeat(250_000 / open.len()));
        refuses(open, &run, 5);
        assert!(run.stderr.contains("200 levels at 1:"), "{open}: {run:?}");
    }
    let run = ask("(".repeat(201) + "k3s" + &")".repeat(201));
    refuses("201 levels", &run, 5);
    assert!(run.stderr.contains("200 levels at 1:201"), "{run:?}");
}

#[test]
fn two_hundred_levels_answer() {
    for (open, close) in [
        ("(", ")"),
        ("descendants(", ")"),
        ("at(2020, ", ")"),
        ("k3s | (", ")"),
        ("(", " - EKS)"),
        ("(", ").cni"),
        ("lineage(", ", via=lineage|cni)"),
        ("(", " as of 2020)"),
    ] {
        let query = open.repeat(200) + "k3s" + &close.repeat(200);
        answers(open, query);
    }
}

#[test]
fn twenty_thousand_operands_answer() {
    for sign in ["|", "&", " - "] {
        let query = vec!["k3s"; 20_000].join(sign);
        answers(sign, query);
    }
    answers(
        "distinct",
        (0..10_000)
            .map(|number| format!("glob:\"*{number}\""))
            .collect::<Vec<_>>()
            .join("|"),
    );
    let many = answers("statements", "k3s;".repeat(20_000));
    assert_eq!(many.stdout.lines().count(), 40_000);
}

#[cfg(unix)]
#[test]
fn long_chains_of_any_kind_answer() {
    let definitions: String = (0..10_000)
        .map(|number| format!("let a{}=a{number}&k3s;", number + 1))
        .collect();
    for (name, query) in [
        (
            "alternating",
            format!("k3s{}", " & k3s - EKS".repeat(10_000)),
        ),
        ("steps", format!("k3s{}", ".cni".repeat(30_000))),
        ("definitions", format!("let a0=k3s;{definitions}a10000")),
    ] {
        answers(name, query);
    }
}

/// Every line doubles what stands before it; it must cost a line each.
fn doubling(sign: &str) -> String {
    let lines: String = (0..40)
        .map(|number| format!("let a{} = a{number} {sign} a{number};\n", number + 1))
        .collect();
    format!("let a0 = k3s;\n{lines}a40")
}

#[test]
fn doubling_definitions_cost_a_line_each() {
    for sign in ["&", "-"] {
        answers(sign, doubling(sign));
    }
    let lines: String = (0..40)
        .map(|number| format!("let a{} = lineage(a{number});", number + 1))
        .collect();
    answers("lineage", format!("let a0 = CoreOS;{lines}a40"));
}

/// Runs with little memory, so that what explodes does not take the machine with it.
#[cfg(unix)]
#[test]
fn doubling_unions_cost_a_line_each() {
    let place = folder();
    std::fs::write(place.path().join("a.kin"), doubling("|")).unwrap();
    let limited = format!(
        "ulimit -v 1000000; exec '{}' run a.kin",
        env!("CARGO_BIN_EXE_kin")
    );
    let mut command = assert_cmd::Command::new("sh");
    let command = command
        .current_dir(place.path())
        .timeout(std::time::Duration::from_secs(30));
    let run = run(command.args(["-c", &limited]));
    assert_eq!(run.code, Some(0), "{run:?}");
}

#[test]
fn an_endless_unknown_name_is_refused_soon() {
    refuses("hyphens", &ask(vec!["a"; 125_000].join("-")), 2);
}

#[test]
fn an_endless_unknown_name_without_hyphens_is_refused_soon() {
    for letter in ["a", "名", "\u{1d7d8}", "\u{fdfa}", "e\u{301}"] {
        let name = letter.repeat(250_000 / letter.len());
        refuses(letter, &ask(format!("\"{name}\"")), 2);
        refuses(letter, &ask(name), 2);
    }
}

#[test]
fn many_unknown_names_are_refused_soon() {
    let names: Vec<String> = (0..25_000).map(|number| format!("zq{number}x")).collect();
    refuses("unknown names", &ask(names.join("|")), 2);
}

#[test]
fn many_long_unknown_names_are_refused_in_few_words() {
    let name = "\u{e0041}".repeat(700);
    let names: Vec<String> = (0..60)
        .map(|number| format!("\"{name}{number}\""))
        .collect();
    refuses("long unknown names", &ask(names.join("|")), 2);
}

#[test]
fn hostile_patterns_are_refused_or_answered_soon() {
    let glob = |pattern: &str| ask(format!("glob:\"{pattern}\""));
    refuses("10 kB", &glob(&"*a".repeat(5_000)), 2);
    refuses("250 kB", &glob(&"?".repeat(250_000)), 2);
    refuses("unclosed", &glob("[a"), 2);
    refuses("nested", &glob(&"{".repeat(500)), 2);
    for pattern in [
        "*a".repeat(500),
        "{a,b}".repeat(200),
        "[a-z]".repeat(200),
        "*".repeat(1_024),
    ] {
        let run = glob(&pattern);
        assert!(matches!(run.code, Some(0 | 2)), "{pattern}: {run:?}");
    }
}

/// Texts that try every place of a message.
const HOSTILE: &str =
    "\u{1b}]0;x\u{7}\u{1b}[31m\u{8}\u{7f}\u{9b}31m\u{202e}\u{2066}\u{200b}\u{2028}\u{e0041}\r";

#[test]
fn messages_command_no_terminal() {
    for query in [
        format!("\"{HOSTILE}\""),
        HOSTILE.to_owned(),
        format!("k3s {HOSTILE}"),
        format!("kind:\"{HOSTILE}\""),
        format!("source:\"{HOSTILE}\""),
        format!("id:\"{HOSTILE}\""),
        format!("glob:\"[{HOSTILE}\""),
        format!("\"{HOSTILE}\":x"),
        format!("k3s according to \"{HOSTILE}\""),
        format!("descendants(k3s, via=\"{HOSTILE}\")"),
        format!("at(\"{HOSTILE}\", k3s)"),
        format!("k3s.\"{HOSTILE}\""),
        format!("({HOSTILE}"),
        format!("\"{HOSTILE}"),
        format!("# {HOSTILE}\n("),
    ] {
        refuses(&query.escape_debug().to_string(), &ask(query.as_str()), 2);
    }
}

#[test]
fn notes_and_names_of_files_command_no_terminal() {
    let hostile = "\u{1b}[31m\u{202e}x";
    for arguments in [
        &[hostile][..],
        &["-f", hostile, "k3s"],
        &["-g", hostile, "k3s"],
        &["--limit", hostile, "k3s"],
        &["--limit", "rows=\u{1b}[31m", "k3s"],
        &["--\u{1b}[31m", "k3s"],
        &["run", hostile],
        &["check", hostile],
        &["draw", "k3s", "-o", "x.\u{1b}[31m"],
        &["draw", "k3s", "-o", "\u{1b}[31m/x.dot"],
        &["help", hostile],
        &["schema", hostile],
        &["completions", hostile],
    ] {
        let run = kin(arguments);
        assert!(
            matches!(refused(&run), Some(2 | 3)),
            "{arguments:?}: {run:?}"
        );
        assert_no_controls("arguments", &run.stderr);
    }
}

#[test]
fn answers_command_no_terminal_and_break_no_line() {
    let place = folder();
    let name = "<script>\\u001B[31m\\u202E\\\"];\\n\\t|`x`";
    let text = format!(
        "[a]\nname = \"{name}\"\nkind = \"thing\"\nbecame = {{ to = \"new\", source = \"s\" }}\n"
    );
    data_in(&place.path().join("data"), &text);
    let check = run(kin_in(place.path()).args(["check", "data"]));
    assert_eq!(check.code, Some(1), "the name is a finding");
    assert_no_controls("check", &check.stdout);
    for format in kingraph::shell::console::formats() {
        let ask = ["-g", "data", "-f", format.name, "all()"];
        let run = run(kin_in(place.path()).args(ask));
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_no_controls(format.name, &run.stderr);
        // CSV has no escapes: it gives a name back as it is, in quotes.
        if format.name != "csv" {
            assert_no_controls(format.name, &run.stdout.replace('\t', " "));
        }
    }
}

#[test]
fn json_and_csv_give_a_name_back_as_it_is() {
    let place = folder();
    let name = "\u{1b}[31m\u{202e}\"];\n\r\t|`x`,</script>";
    let written = serde_json::to_string(name).unwrap();
    data_in(
        &place.path().join("data"),
        &format!("[a]\nname = {written}\nkind = \"thing\"\n"),
    );
    let ask = |format: &str| {
        let run = run(kin_in(place.path()).args(["-g", "data", "-f", format, "id:a"]));
        assert_eq!(run.code, Some(0), "{run:?}");
        run.stdout
    };
    let page: serde_json::Value = serde_json::from_str(&ask("json")).unwrap();
    assert_eq!(page["rows"][0]["entity"]["name"], name);
    let table = ask("csv");
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let row = rows.records().next().unwrap().unwrap();
    assert_eq!(&row[0], name);
}

/// Starts kin, reads nothing, and hangs up.
#[test]
fn a_closed_pipe_is_no_error() {
    for arguments in [
        &["all()"][..],
        &["-f", "json", "facts(all())"],
        &["draw", "all()", "--force"],
        &["schema", "relations"],
        &["completions", "zsh"],
        &["help"],
        &["--help"],
        &["-e", "facts(all())", "-e", "facts(all())"],
    ] {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_kin"))
            .args(arguments)
            .env_remove("KIN_GRAPH")
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(
            (output.status.code(), said.as_str()),
            (Some(0), ""),
            "{arguments:?}"
        );
    }
}

/// Runs a line of `sh` in which `$KIN` is the program.
#[cfg(unix)]
fn shell(line: &str) -> Run {
    let place = folder();
    data_in(&place.path().join("data"), "");
    let mut command = assert_cmd::Command::new("sh");
    command
        .current_dir(place.path())
        .timeout(std::time::Duration::from_secs(30));
    run(command
        .env("KIN", env!("CARGO_BIN_EXE_kin"))
        .env_remove("KIN_GRAPH")
        .args(["-c", line]))
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_no_panic() {
    for arguments in [
        "k3s",
        "-f json 'all()'",
        "check data",
        "draw k3s",
        "schema",
        "help",
        "completions bash",
    ] {
        let run = shell(&format!("$KIN {arguments} > /dev/full"));
        assert_eq!(refused(&run), Some(3), "{arguments}: {run:?}");
        assert!(run.stderr.contains("No space left"), "{arguments}: {run:?}");
    }
    assert_eq!(shell("$KIN --help > /dev/full").code, Some(3));
    let silent = shell("$KIN nosuchthing 2> /dev/full");
    assert_eq!((silent.code, silent.stdout.as_str()), (Some(2), ""));
}

#[cfg(target_os = "linux")]
#[test]
fn the_help_says_that_the_disk_is_full() {
    let run = shell("$KIN --help > /dev/full");
    assert!(run.stderr.contains("No space left"), "{run:?}");
}

#[cfg(unix)]
#[test]
fn closed_streams_are_no_panic() {
    for line in [
        "$KIN k3s >&-",
        "$KIN k3s 2>&-",
        "$KIN nosuchthing 2>&-",
        "$KIN <&-",
        "$KIN - <&-",
        "$KIN k3s <&- >&- 2>&-",
    ] {
        let run = shell(line);
        assert!(matches!(run.code, Some(0 | 2 | 3)), "{line}: {run:?}");
        assert!(!run.stderr.contains("bug in kin"), "{line}: {run:?}");
    }
}

#[cfg(unix)]
#[test]
fn bytes_that_are_no_text_are_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let bytes = OsStr::from_bytes(b"\xff\xfe\x80");
    let place = folder();
    for (before, code) in [
        (&[][..], 2),
        (&["-e"], 2),
        (&["-f"], 2),
        (&["--limit"], 2),
        (&["draw"], 2),
        (&["help"], 2),
        (&["-g"], 3),
        (&["run"], 3),
        (&["check"], 3),
    ] {
        let run = run(kin_in(place.path())
            .args(before)
            .arg(bytes)
            .write_stdin("\u{0}"));
        refuses(&format!("{before:?}"), &run, code);
    }
    let run = run(kin_in(place.path()).arg("k3s").env("KIN_GRAPH", bytes));
    refuses("KIN_GRAPH", &run, 3);
    refuses("standard input", &ask(&b"k3s \xff"[..]), 3);
}

#[test]
fn odd_surroundings_change_nothing() {
    let wanted = kin(&["-f", "table", "successors(CoreOS)"]).stdout;
    let place = folder();
    for columns in ["0", "1", "-1", "x", "1000000000000000000000000000000"] {
        let mut command = kin_in(place.path());
        let run = run(command
            .env("COLUMNS", columns)
            .args(["-f", "table", "successors(CoreOS)"]));
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (Some(0), wanted.as_str()),
            "{columns}"
        );
    }
    let bare = run(kin_in(place.path())
        .env_clear()
        .args(["-f", "table", "successors(CoreOS)"]));
    assert_eq!(
        (bare.code, bare.stdout),
        (Some(0), wanted),
        "no HOME, no PATH, no TERM"
    );
}

/// A long text is refused by the limit, or read to its end; it is never cut in silence.
#[test]
fn a_long_script_is_not_cut() {
    let place = folder();
    let text = " ".repeat(17_000_000) + "k3s";
    let mut command = kin_in(place.path());
    let run = run(command
        .args(["--limit", "query-bytes=100000000", "-"])
        .write_stdin(text));
    assert!(run.code == Some(5) || run.stdout.contains("k3s"), "{run:?}");
}

#[cfg(unix)]
#[test]
fn a_folder_with_traps_is_read_without_them() {
    let (place, outside) = (folder(), folder());
    let data = place.path().join("data");
    data_in(&data, "");
    let secret = "[secret]\nname = \"Secret\"\nkind = \"thing\"\nsource = \"s\"\n";
    std::fs::write(outside.path().join("secret.toml"), secret).unwrap();
    let link = |from: &Path, name: &str| std::os::unix::fs::symlink(from, data.join(name)).unwrap();
    link(&outside.path().join("secret.toml"), "out.toml");
    link(outside.path(), "folder");
    link(Path::new("/dev/zero"), "zero.toml");
    link(Path::new("/dev/stdin"), "stdin.toml");
    link(Path::new("."), "loop");
    link(Path::new("self.toml"), "self.toml");
    let made = std::process::Command::new("mkfifo")
        .arg(data.join("fifo.toml"))
        .status();
    assert!(made.unwrap().success());
    std::fs::create_dir(data.join("folder.toml")).unwrap();
    let check = run(kin_in(place.path()).args(["check", "data"]));
    assert_eq!(check.code, Some(1), "{check:?}");
    for name in [
        "out.toml",
        "zero.toml",
        "stdin.toml",
        "self.toml",
        "fifo.toml",
    ] {
        assert!(
            check.stdout.contains(&format!(" --> {name}\n")),
            "{name}: {}",
            check.stdout
        );
    }
    assert!(check.stdout.contains(" in 2 entities "), "{}", check.stdout);
    assert!(!check.stdout.contains("Secret"), "{}", check.stdout);
    let asked = run(kin_in(place.path()).args(["-g", "data", "all()"]));
    assert_eq!(refused(&asked), Some(3), "{asked:?}");
}

#[cfg(unix)]
#[test]
fn a_picture_never_goes_through_a_link() {
    let place = folder();
    std::fs::write(place.path().join("target"), "mine").unwrap();
    std::os::unix::fs::symlink("target", place.path().join("x.dot")).unwrap();
    let run = run(kin_in(place.path()).args(["draw", "k3s", "-o", "x.dot"]));
    assert_eq!(refused(&run), Some(3), "{run:?}");
    assert_eq!(
        std::fs::read_to_string(place.path().join("target")).unwrap(),
        "mine"
    );
}

#[cfg(unix)]
#[test]
fn a_file_name_commands_no_terminal() {
    let place = folder();
    let data = place.path().join("data");
    data_in(&data, "");
    std::fs::write(data.join("\u{1b}[31m\u{202e}.toml"), "[a\n").unwrap();
    let run = run(kin_in(place.path()).args(["check", "data"]));
    assert_eq!(run.code, Some(1), "{run:?}");
    assert_no_controls("check", &run.stdout);
}

#[test]
fn large_data_is_refused_soon_and_in_few_words() {
    let long = |text: &str| text.repeat(4_000_000 / text.len());
    for (name, text) in [
        ("brackets", format!("[a]\nname = {}", long("["))),
        ("tables", long("[a]\n")),
        ("keys", long("a = 1\n")),
        ("quotes", long("\"\"\"")),
        ("lines", long("\n")),
        ("dots", format!("a{} = 1", long(".a"))),
    ] {
        let place = folder();
        data_in(&place.path().join("data"), &text);
        let run = run(kin_in(place.path()).args(["check", "data"]));
        assert!(matches!(run.code, Some(0 | 1)), "{name}: {:?}", run.code);
        assert!(
            run.stdout.len() <= BYTES_MAX + 1024,
            "{name}: {}",
            run.stdout.len()
        );
        assert_no_controls(name, &run.stdout);
    }
}
