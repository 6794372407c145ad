//! The conversation through a real pseudo-terminal: what is typed, key by key, and what is shown.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/terminal.rs"]
mod terminal;

use std::path::Path;
use std::path::PathBuf;

use terminal::Terminal;

const CTRL_C: &str = "\u{3}";
const CTRL_D: &str = "\u{4}";
const TAB: &str = "\t";
const ENTER: &str = "\r";
const UP: &str = "\u{1b}[A";

/// A conversation on the bundled graph, in a state folder of its own.
fn talk() -> Terminal {
    let mut terminal = Terminal::start(&[], &[]);
    terminal.ready();
    terminal
}

#[test]
fn it_greets_answers_and_ends_with_ctrl_d() {
    let mut terminal = Terminal::start(&[], &[]);
    let greeting = terminal.before("\nkin> ");
    assert!(
        greeting.contains("entities") && greeting.contains(":help"),
        "{greeting}"
    );
    terminal.ask("successors(CoreOS)", "Flatcar Container");
    terminal.keys(CTRL_D);
    assert_eq!(terminal.end(), 0);
}

#[test]
fn a_query_that_is_wrong_does_not_end_it() {
    let mut terminal = talk();
    terminal.ask("nosuchthing", "error[K010]");
    terminal.enter("successors(CoreOS");
    terminal.ask("", "error[K002]");
    terminal.ask(":nosuch", "there is no command `:nosuch`");
    terminal.ask(":fromat", "did you mean `:format`");
    terminal.ask("Bottlerocket", "container_host_os");
    terminal.enter(":quit");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn bare_words_are_understood() {
    for word in ["quit", "exit", ":quit", ":exit", ":q", " quit "] {
        let mut terminal = talk();
        terminal.ask("help", "`:help functions` tells");
        terminal.enter(word);
        assert_eq!(terminal.end(), 0, "{word}");
    }
}

#[test]
fn commands_answer() {
    let mut terminal = talk();
    for (line, shown) in [
        (":help", "`:help functions` tells"),
        (":help successors", "What one statement leads to"),
        (":schema", "container_host_os"),
        (":examples", "common_ancestors("),
        (":explain plan k3s | EKS", "union"),
        (":set rows 5", "rows is 5"),
        ("all()", "the limit of 5 rows"),
        (":timing on", "timing is on"),
        ("Bottlerocket", "time: "),
        (":reload", "does not change"),
        (":format json", "answers are shown as json"),
        ("k3s", "\"id\":\"k3s\""),
        (":last", "\"id\":\"k3s\""),
        (":format", "* json"),
    ] {
        terminal.ask(line, shown);
    }
}

/// What stands before the cursor when Tab is pressed, what is typed behind it, what is answered.
#[test]
fn tab_completes_by_the_place_in_the_grammar() {
    let mut terminal = talk();
    terminal.ask("let abcdefgh = Bottlerocket; abcdefgh", "container_host_os");
    for (typed, rest, shown) in [
        ("descen", "CoreOS)", "Flatcar Container Li"),
        ("Bottlerock", "", "container_host_os"),
        ("\"Flatcar Con", "", "container_host_os"),
        ("EKS.default_n", "", "Amazon Linux"),
        ("kind:container_ho", "", "Bottlerocket"),
        ("descendants(CoreOS, via=linea", ")", "Flatcar Container"),
        ("EKS according to eks-2", "", "managed"),
        ("abcde", "", "container_host_os"),
        (":help descen", "", "Everything that came of"),
        (":format jso", "l", "answers are shown as jsonl"),
        (":forma", " json", "answers are shown as json"),
    ] {
        terminal.keys(typed);
        terminal.keys(TAB);
        terminal.ask(rest, shown);
    }
}

#[test]
fn tab_lists_what_is_ambiguous() {
    let mut terminal = talk();
    terminal.keys("successors(EKS, via=default_n");
    terminal.keys(TAB);
    terminal.until("\ndefault_node_os  ");
    terminal.until("\ndefault_node_os_of  against default_node_os");
    terminal.keys(")");
    terminal.keys(ENTER);
    terminal.until("Amazon Linux");
}

#[test]
fn tab_completes_the_names_of_arguments() {
    let mut terminal = talk();
    terminal.keys("descendants(CoreOS, dept");
    terminal.keys(TAB);
    terminal.ask("1)", "Flatcar Container");
}

#[test]
fn tab_completes_functions_with_an_underscore() {
    let mut terminal = talk();
    terminal.keys("common_d");
    terminal.keys(TAB);
    terminal.ask("CoreOS)", "Flatcar Container");
}

#[test]
fn tab_offers_only_formats_that_can_be_shown() {
    let mut terminal = talk();
    terminal.keys(":format ");
    terminal.keys(TAB);
    let shown = terminal.until("\ntsv  ");
    assert!(!shown.contains("\npng  "), "{shown}");
}

#[test]
fn tab_goes_on_with_options_of_pictures_and_their_words() {
    let mut terminal = talk();
    terminal.keys(":draw lineage(CoreOS) --lay");
    terminal.keys(TAB);
    terminal.until("--layout");
    terminal.keys(" tr");
    terminal.keys(TAB);
    terminal.until("tree");
    terminal.ask(" --direction up", "edition_of");
}

#[test]
fn a_signature_is_hinted() {
    let mut terminal = talk();
    terminal.keys("descendants(");
    terminal.until("x, via=, depth=)");
    terminal.ask("CoreOS)", "Flatcar Container");
}

#[test]
fn an_open_bracket_goes_on_over_lines() {
    let mut terminal = talk();
    terminal.enter("(k3s |");
    terminal.enter("  Bottlerocket");
    let shown = terminal.ask(") - EKS", "kubernetes_variant");
    assert!(shown.contains("container_host_os"), "{shown}");
    terminal.enter("k3s |");
    let shown = terminal.ask("Bottlerocket", "kubernetes_variant");
    assert!(shown.contains("container_host_os"), "{shown}");
}

#[test]
fn what_is_typed_ahead_is_kept() {
    let mut terminal = talk();
    terminal.keys("Bottlerocket\rk3s\r");
    terminal.until("container_host_os");
    terminal.until("kubernetes_variant");
}

#[test]
fn ctrl_c_clears_a_line() {
    let mut terminal = talk();
    terminal.keys("nosuchthing(((");
    terminal.until("(((");
    terminal.keys(CTRL_C);
    terminal.ready();
    let shown = terminal.ask("Bottlerocket", "container_host_os");
    assert!(!shown.contains("error"), "{shown}");
    terminal.enter("(k3s |");
    terminal.until("(k3s |");
    terminal.keys(CTRL_C);
    terminal.ready();
    let shown = terminal.ask("Flatcar", "container_host_os");
    assert!(!shown.contains("error"), "{shown}");
}

/// A folder in which each of so many things became every other.
fn dense(folder: &Path, count: usize) {
    let names = (0..count).map(|number| format!("n{number}"));
    let mut text = String::new();
    for name in names.clone() {
        let arrows: Vec<String> = names
            .clone()
            .filter(|other| *other != name)
            .map(|other| format!("{{ to = \"{other}\", source = \"s\" }}"))
            .collect();
        text += &format!(
            "[{name}]\nname = \"{}\"\nkind = \"thing\"\nbecame = [{}]\n",
            name.to_uppercase(),
            arrows.join(", ")
        );
    }
    let schema = "[groups.lineage]\ndoc = \"From an older thing to a newer one.\"\n\
                  [kinds.thing]\ndoc = \"A thing.\"\n\
                  [relations.became]\ndoc = \"The subject went on as the object.\"\n\
                  inverse = \"was\"\ngroups = [\"lineage\"]\n";
    std::fs::write(folder.join("schema.toml"), schema).unwrap();
    std::fs::write(folder.join("sources.toml"), "[s]\ntitle = \"A source\"\n").unwrap();
    std::fs::write(folder.join("things.toml"), text).unwrap();
}

#[test]
fn ctrl_c_stops_a_query_and_keeps_the_session() {
    let folder = tempfile::tempdir().unwrap();
    dense(folder.path(), 30);
    let graph = folder.path().to_str().unwrap();
    let mut terminal = Terminal::start(
        &[
            "-g",
            graph,
            "--limit",
            "steps=1000000000000",
            "--limit",
            "paths=1000000000000",
        ],
        &[],
    );
    terminal.ready();
    terminal.ask("let kept = N7; kept", "thing");
    for _ in 0..3 {
        terminal.enter("paths(N0, N29, max=30)");
        // A key that comes before the query runs is the line editor's: press until it is heard.
        terminal.keys_until(CTRL_C, "interrupted");
        terminal.ready();
    }
    terminal.ask("kept - N8", "thing");
    terminal.enter("quit");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn japanese_is_typed_and_answered() {
    let mut terminal = talk();
    terminal.ask("ケースリーエス", "kubernetes_variant");
    let shown = terminal.ask("\"存在しない名前\"", "alias `存在しない名前`");
    assert!(!shown.contains('\u{fffd}'), "{shown}");
    terminal.ask("（k3s）", "error[K022]");
}

/// Where the history of a state folder is.
fn history(state: &Path) -> PathBuf {
    state.join("kin/history")
}

#[test]
fn what_was_typed_is_remembered() {
    let state = tempfile::tempdir().unwrap();
    let variables = [("XDG_STATE_HOME", state.path().to_str().unwrap())];
    let mut first = Terminal::start(&[], &variables);
    first.ready();
    first.ask("Bottlerocket", "container_host_os");
    first.enter("quit");
    assert_eq!(first.end(), 0);
    let kept = std::fs::read_to_string(history(state.path())).unwrap();
    assert!(kept.contains("Bottlerocket"), "{kept}");
    let mut second = Terminal::start(&[], &variables);
    second.ready();
    second.keys(UP);
    second.keys(UP);
    second.keys(ENTER);
    second.until("container_host_os");
}

#[test]
fn a_damaged_history_is_set_aside_whole() {
    let state = tempfile::tempdir().unwrap();
    let file = history(state.path());
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    let damaged = b"#V2\nfirst line\n\xff\xfe broken\nlast line\n";
    for round in 1..=2 {
        std::fs::write(&file, damaged).unwrap();
        let variables = [("XDG_STATE_HOME", state.path().to_str().unwrap())];
        let mut terminal = Terminal::start(&[], &variables);
        terminal.until("the history was damaged");
        terminal.ready();
        terminal.ask("Bottlerocket", "container_host_os");
        terminal.keys(CTRL_D);
        assert_eq!(terminal.end(), 0);
        let aside = file.with_extension(format!("damaged-{round}"));
        assert_eq!(
            std::fs::read(aside).unwrap(),
            damaged,
            "nothing of it is lost"
        );
        let kept = std::fs::read_to_string(&file).unwrap();
        assert!(
            kept.contains("Bottlerocket") && !kept.contains("first"),
            "{kept}"
        );
    }
}

#[test]
fn no_home_and_a_state_folder_that_is_a_file_are_no_obstacle() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("file");
    std::fs::write(&file, "").unwrap();
    for folder in ["/nonexistent", file.to_str().unwrap(), "/dev/null", ""] {
        let variables = [("XDG_STATE_HOME", folder), ("HOME", folder)];
        let mut terminal = Terminal::start(&[], &variables);
        terminal.ready();
        terminal.ask("Bottlerocket", "container_host_os");
        terminal.keys(CTRL_D);
        assert_eq!(terminal.end(), 0, "{folder}");
    }
}

#[test]
fn tables_fit_the_terminal() {
    for columns in [20, 40, 80, 200] {
        let mut terminal = Terminal::sized(columns, 30, &[], &[]);
        terminal.ready();
        terminal.enter("successors(CoreOS)");
        terminal.until("entity");
        let table = terminal.before("kin> ");
        let width = |line: &str| unicode_width::UnicodeWidthStr::width(line.trim_end());
        let widest = table
            .lines()
            .skip(1)
            .max_by_key(|line| width(line))
            .unwrap();
        // The footer is a sentence, and wraps by itself.
        let is_footer = widest.contains("left out");
        assert!(
            width(widest) <= usize::from(columns) || is_footer,
            "{columns}: {widest:?}\n{table}"
        );
    }
}

#[test]
fn odd_widths_are_no_obstacle() {
    for columns in ["0", "1", "-1", "1000000000000000000000000000000"] {
        let mut terminal = Terminal::start(&[], &[("COLUMNS", columns)]);
        terminal.ready();
        terminal.ask("Bottlerocket", "1 entity");
        terminal.keys(CTRL_D);
        assert_eq!(terminal.end(), 0, "{columns}");
    }
    for (columns, rows) in [(1, 1), (2, 2), (65_535, 65_535)] {
        let mut terminal = Terminal::sized(columns, rows, &[], &[]);
        terminal.ready();
        terminal.enter("quit");
        assert_eq!(terminal.end(), 0, "{columns}");
    }
}

#[test]
fn colours_are_shown_unless_they_are_not_wanted() {
    for (arguments, no_color, is_colored) in [
        (&[][..], "1", false),
        (&[], "", true),
        (&["--color", "never"], "", false),
        (&["--color", "always"], "1", true),
    ] {
        let mut terminal = Terminal::start(arguments, &[("NO_COLOR", no_color)]);
        terminal.ready();
        terminal.ask("nosuchthing", "error[K010]");
        assert_eq!(terminal.has_colors(), is_colored, "{arguments:?}");
    }
}

#[test]
fn a_folder_with_faults_still_answers() {
    let folder = tempfile::tempdir().unwrap();
    dense(folder.path(), 3);
    let bad = folder.path().join("bad.toml");
    std::fs::write(&bad, "[x]\nname = \"X\"\nkind = \"thng\"\n").unwrap();
    let mut terminal = Terminal::start(&["-g", folder.path().to_str().unwrap()], &[]);
    terminal.until("error[D009]");
    terminal.ready();
    terminal.ask("successors(N0)", "N2");
    std::fs::remove_file(bad).unwrap();
    dense(folder.path(), 5);
    terminal.ask(":reload", "read 5 entities");
    terminal.ask("successors(N0)", "N4");
    std::fs::remove_dir_all(folder.path()).unwrap();
    terminal.ask(":reload", "error: ");
    terminal.ask("successors(N0)", "N4");
}
