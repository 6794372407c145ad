//! Everything that can be wrong with tables, mappings and outputs: the message, the exit code, and
//! what is there afterwards.

use std::path::Path;

use crate::program::Run;
use crate::program::folder;
use crate::program::kin_in;
use crate::program::refused;
use crate::program::run;
use crate::tables::import;
use crate::tables::snapshot;
use crate::tables::told;

/// Imports nodes and edges; the lines that are errors.
fn errors(nodes: &[u8], edges: &[u8]) -> Vec<String> {
    let place = folder();
    let files: [(&str, &[u8]); 2] = [("n.csv", nodes), ("e.csv", edges)];
    let run = import(place.path(), &files, &["n.csv", "e.csv", "-o", "x.kin"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    listed(&run)
}

/// The lines that are errors.
fn listed(run: &Run) -> Vec<String> {
    let lines = run.stderr.lines();
    let lines = lines.filter_map(|line| line.strip_prefix("error: "));
    lines.map(str::to_owned).collect()
}

#[test]
fn bad_lines_are_told_of_and_left_out() {
    let nodes = b"id,name\na,A\nb\n,C\nd,\xe4\ne,x\0y\nf,\"g\" h\ng,\"\n\"\"\nh,\"open\n";
    let long = format!("from,to,since\na,a,x\na,q,\na,{},\n", "y".repeat(1 << 21));
    assert_eq!(
        errors(nodes, long.as_bytes()),
        [
            "n.csv:3: 1 fields, and the header has 2",
            "n.csv:4: `id` is empty",
            "n.csv:5: byte 1 of `name` is 0xe4, which is not UTF-8",
            "n.csv:6: `name` has a NUL in it",
            "n.csv:7: field 2 goes on behind its closing quote",
            "n.csv:8: field 2 goes on behind its closing quote",
            "n.csv:9: 1 fields, and the header has 2",
            "n.csv:10: a quote is opened here and not closed within 1 MiB; the line is left out",
            "e.csv:2: `since` is `x`: write a date as 2018, 2018-03 or 2018-03-14",
            "e.csv:3: `to` is `q`, which is not there",
            "e.csv:4: a field has more than 1 MiB, or the line more than 64 MiB",
        ]
    );
}

#[test]
fn lines_that_are_no_json_are_told_of() {
    let place = folder();
    let lines = b"{\"id\": 1}\n{\"id\": }\n[1]\n{\"id\": 2, \"id\": 3}\n{\"id\": {}}\n{\"x\": 1}\n\
        {\"id\": 3, \"kind\": [\"a\\u001fb\"]}\n{\"id\": 4, \"kind\": {\"k\": 1}}\n";
    let run = import(
        place.path(),
        &[("n.jsonl", lines)],
        &["n.jsonl", "-o", "x.kin"],
    );
    assert_eq!(run.code, Some(1));
    assert_eq!(
        listed(&run),
        [
            "n.jsonl:2: expected value, at column 8",
            "n.jsonl:3: invalid type: sequence, expected an object",
            "n.jsonl:4: the key `id` is there twice, at column 18",
            "n.jsonl:5: `id` is an object, and one text is wanted",
            "n.jsonl:6: `id` is empty",
            "n.jsonl:7: a text in a list has the control character U+001F, at column 31",
            "n.jsonl:8: an object is no text, as a kind is",
        ]
    );
}

#[test]
fn words_and_values_that_are_none_are_told_of() {
    let place = folder();
    let mapping = "closed = true\n[[nodes]]\nfile = \"n.csv\"\nid = \"id\"\nkind = \"kind\"\n\
        properties = { n = { column = \"n\", type = \"number\" }, \
        u = { column = \"u\", type = \"url\" }, b = { column = \"b\", type = \"boolean\" } }\n\
        [[edges]]\nfile = \"e.csv\"\nfrom = \"from\"\nto = \"to\"\nrelation = \"relation\"\n\
        certainty = \"certainty\"\n[kinds.os]\n[relations.uses]\n";
    let files: [(&str, &[u8]); 3] = [
        ("m.toml", mapping.as_bytes()),
        ("n.csv", b"id,kind,n,u,b\na,os,x,ftp:y,maybe\nb,oz,,,\n"),
        (
            "e.csv",
            b"from,to,relation,certainty\na,a,use,\na,a,uses,sure\na,a,,\n",
        ),
    ];
    let run = import(place.path(), &files, &["m.toml"]);
    assert_eq!(run.code, Some(1));
    assert_eq!(
        listed(&run),
        [
            "n.csv:2: `maybe` is neither true nor false",
            "n.csv:2: `x` is no number",
            "n.csv:2: `ftp:y` is no address that begins with http, https or mailto",
            "n.csv:3: `oz` is no kind of the mapping; did you mean `os`?",
            "e.csv:2: `use` is no relation of the mapping; did you mean `uses`?",
            "e.csv:3: `sure` is no certainty: there are asserted, implied, hedged, hearsay, \
             planned, predicted, opinion",
            "e.csv:4: `relation` is empty",
        ]
    );
    assert_eq!(told(&snapshot(&place.path().join("m.kin"))), ["a [a] os"]);
}

/// What is wrong with the mapping itself is so on every line: it is told once, before what other
/// files have wrong.
#[test]
fn a_relation_of_all_lines_that_the_mapping_lacks_writes_nothing() {
    let mapping = |certainty: &str| {
        format!(
            "closed = true\n[[edges]]\nfile = \"other.csv\"\nfrom = 1\nto = 2\n\
            relation = \"relation\"\n[[edges]]\nfile = \"e.csv\"\nfrom = \"from\"\nto = \"to\"\n\
            relation = {{ constant = \"use\" }}\n{certainty}[relations.uses]\n"
        )
    };
    let words = "`e.csv`: `use` is no relation of the mapping; did you mean `uses`?";
    let two = mapping("");
    let other: (&str, &[u8]) = ("other.csv", b"from,to,relation\na,b,unknown\n");
    let edges = b"from,to\na,b\n";
    let files: [(&str, &[u8]); 3] = [("m.toml", two.as_bytes()), ("e.csv", edges), other];
    fails(&files, &["m.toml"], 2, words);
    let three = mapping("certainty = \"certainty\"\n");
    let edges = b"from,to,certainty\na,b,\n";
    let files: [(&str, &[u8]); 3] = [("m.toml", three.as_bytes()), ("e.csv", edges), other];
    fails(&files, &["m.toml"], 2, words);
}

#[test]
fn a_relation_and_a_property_have_different_names() {
    let place = folder();
    let files: [(&str, &[u8]); 2] = [
        ("n.csv", b"id,size\na,1\nb,2\n"),
        ("e.csv", b"from,to,relation\na,b,size\n"),
    ];
    let run = import(place.path(), &files, &["n.csv", "e.csv", "-o", "x.kin"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    let message = "`size` is the name of a relation and of a property";
    assert!(run.stderr.contains(message), "{run:?}");
    assert!(!place.path().join("x.kin").exists());
}

#[test]
fn numbers_of_json_are_kept_or_told_of() {
    let place = folder();
    let lines = b"{\"id\": \"a\", \"n\": 9223372036854775808, \"x\": null}\n\
        {\"id\": \"b\", \"n\": 1e999}\n{\"id\": \"c\", \"n\": -5, \"x\": 1e3}\n";
    let run = import(
        place.path(),
        &[("n.jsonl", lines)],
        &["n.jsonl", "-o", "x.kin"],
    );
    assert_eq!(run.code, Some(1), "{run:?}");
    assert_eq!(
        listed(&run),
        [
            "n.jsonl:1: `9223372036854775808` does not fit into 64 bits",
            "n.jsonl:2: `1e999` is no number that fits",
        ]
    );
    let told = told(&snapshot(&place.path().join("x.kin")));
    assert!(told.contains(&"c n Integer(-5)".to_owned()), "{told:?}");
}

#[test]
fn a_folder_that_is_not_there_is_said_before_anything_is_read() {
    let place = folder();
    let run = import(place.path(), &[], &["gone.csv", "-o", "none/x.kin"]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(run.stderr.contains("`none/x.kin`: No such file"), "{run:?}");
}

#[test]
fn what_was_imported_is_not_checked_again() {
    let place = folder();
    let files: [(&str, &[u8]); 1] = [("e.csv", b"from,to\na,b\n")];
    let run = import(place.path(), &files, &["e.csv", "-o", "x.kin"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let notes = place.path().join("cache/kin/checked");
    assert_eq!(std::fs::read_dir(notes).map(Iterator::count).ok(), Some(1));
}

#[test]
fn many_findings_are_listed_up_to_a_limit_and_counted() {
    let place = folder();
    let table = format!("from,to\n{}", "x\n".repeat(1000));
    let run = import(
        place.path(),
        &[("e.csv", table.as_bytes())],
        &["e.csv", "-o", "x.kin"],
    );
    assert_eq!(run.stderr.matches("error: ").count(), 50);
    assert!(
        run.stderr
            .contains("note: 950 more of these are not listed\n")
    );
    let count = "note: left out: 1000 lines with too few or too many fields\n";
    assert!(run.stderr.contains(count), "{}", run.stderr);
}

/// Asserts that nothing is written, and that these words are said.
fn fails(files: &[(&str, &[u8])], arguments: &[&str], code: i32, words: &str) {
    let place = folder();
    let before = files.len();
    let run = import(place.path(), files, arguments);
    assert_eq!(refused(&run), Some(code), "{run:?}");
    assert!(run.stderr.contains(words), "{}", run.stderr);
    let there = std::fs::read_dir(place.path()).unwrap().count();
    assert_eq!(there, before, "{run:?}");
}

#[test]
fn what_cannot_be_read_writes_nothing() {
    let to = ["e.csv", "-o", "x.kin"];
    let words = "`e.csv` has neither a column `id` nor columns `from` and `to`: its first line is \
                 `a`, `b`";
    fails(&[("e.csv", b"a,b\n1,2\n")], &to, 2, words);
    fails(&[("e.csv", b"")], &to, 3, "is empty: there is no header");
    fails(
        &[("e.csv", b"from,to,from\n")],
        &to,
        2,
        "`e.csv` has the column `from` twice",
    );
    fails(&[("e.csv", b"\xff\xfef\0r\0")], &to, 3, "is UTF-16");
    fails(&[], &to, 3, "`e.csv`: No such file");
    fails(
        &[],
        &[".", "-o", "x.kin"],
        2,
        "ends in none of .csv, .tsv and .jsonl",
    );
    fails(
        &[("e.csv", b"from,to\n")],
        &["e.csv"],
        2,
        "there is no file to write to",
    );
    fails(
        &[],
        &["e.csv", "m.toml", "-o", "x"],
        2,
        "a mapping names its tables itself",
    );
    let strict = ["e.csv", "-o", "x.kin", "--strict"];
    let place = folder();
    let run = import(place.path(), &[("e.csv", b"from,to\n1\n")], &strict);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
    assert!(
        run.stderr.ends_with("error: nothing is written\n"),
        "{run:?}"
    );
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1);
    let memory = ["e.csv", "-o", "x.kin", "--memory", "1"];
    fails(&[("e.csv", b"from,to\n")], &memory, 2, "at least 64KiB");
}

#[test]
fn a_mapping_that_does_not_read_says_where() {
    let section = "[[edges]]\nfile = \"e.csv\"\nfrom = \"f\"\nto = \"t\"\n";
    let with = |text: String, words: &str| {
        let files: [(&str, &[u8]); 2] = [("m.toml", text.as_bytes()), ("e.csv", b"from,to\n1,2\n")];
        fails(&files, &["m.toml"], 2, words);
    };
    let relation = "relation = { constant = \"r\" }\n";
    with("x = ".to_owned(), "`m.toml:1:5`");
    with(
        format!("{section}{relation}when = 1\n"),
        "unknown field `when`",
    );
    with(section.to_owned(), "missing field `relation`");
    let nodes = "[[nodes]]\nfile = \"e.csv\"\nid = \"from\"\nproperties = { to = ";
    with(
        format!("{nodes}{{ column = \"to\", type = \"dat\" }} }}\n"),
        "`dat` is no type: there are ",
    );
    with(
        format!("{nodes}{{ columns = \"to\" }} }}\n"),
        "unknown field `columns`",
    );
    with(
        format!("{nodes}true }}\n"),
        "a column by its name or number",
    );
    with(
        format!("{section}{relation}"),
        "`e.csv` has no column `f`; it has `from`, `to`",
    );
    with("dangling = \"no\"".to_owned(), "unknown variant `no`");
    with(String::new(), "the mapping names no file");
    with(
        format!("{section}relation = {{ constant = \"\" }}\n"),
        "a constant is empty",
    );
    let outside = section.replace("e.csv", "/etc/passwd");
    let outside =
        format!("{outside}{relation}").replace("from =", "read = { format = \"csv\" }\nfrom =");
    with(
        outside,
        "names `/etc/passwd`, which is not below its folder",
    );
    let circle = "[kinds.a]\nparent = \"b\"\n[kinds.b]\nparent = \"a\"\n";
    with(format!("{section}{relation}{circle}"), "lead in a circle");
}

#[test]
fn an_output_is_replaced_only_where_that_is_wanted() {
    let place = folder();
    let file = place.path().join("x.kin");
    let table: [(&str, &[u8]); 1] = [("e.csv", b"from,to\n1,2\n")];
    let to = ["e.csv", "-o", "x.kin"];
    assert_eq!(import(place.path(), &table, &to).code, Some(0));
    let first = std::fs::read(&file).unwrap();
    let table: [(&str, &[u8]); 1] = [("e.csv", b"from,to\n1,3\n")];
    let run = import(place.path(), &table, &to);
    assert_eq!(refused(&run), Some(2));
    assert!(run.stderr.contains("`x.kin` is there already"), "{run:?}");
    assert_eq!(std::fs::read(&file).unwrap(), first);
    let forced = ["e.csv", "-o", "x.kin", "--force"];
    assert_eq!(import(place.path(), &[], &forced).code, Some(0));
    assert_ne!(std::fs::read(&file).unwrap(), first);
    std::fs::write(&file, "my own words").unwrap();
    let run = import(place.path(), &[], &forced);
    assert!(
        run.stderr.contains("is there, and is no snapshot of kin"),
        "{run:?}"
    );
    assert_eq!(std::fs::read(&file).unwrap(), b"my own words");
    let full = ["e.csv", "-o", "/dev/full", "--force"];
    assert_eq!(refused(&import(place.path(), &[], &full)), Some(2));
}

#[test]
fn a_dry_run_says_all_and_writes_nothing() {
    let place = folder();
    let table: [(&str, &[u8]); 1] = [("e.csv", b"from,to\n1,2\n3\n")];
    let run = import(place.path(), &table, &["e.csv", "--dry-run"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(1), ""));
    assert_eq!(
        run.stdout,
        "note: e.csv: statements: from is `from`, to is `to`, every relation is `linked_to`\n\
         error: e.csv:3: 1 fields, and the header has 2\n\
         note: left out: 1 line with too few or too many fields\n\
         2 entities, 1 statement would be written\n"
    );
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1);
}

/// A limit on the size of files stands for a full disk: the old file is as it was, and nothing is
/// left beside it, neither by the output nor by what had no room in memory.
#[test]
fn a_full_disk_leaves_the_old_file() {
    let place = folder();
    let lines = (0..60_000).map(|number| format!("{},{number}\n", number % 977));
    let table = format!("from,to\n{}", lines.collect::<String>());
    std::fs::write(place.path().join("e.csv"), table).unwrap();
    std::fs::write(place.path().join("x.kin"), b"KINGRAPH of old").unwrap();
    for memory in ["64KiB", "2GiB"] {
        let script = format!(
            "ulimit -f 64; trap '' XFSZ; exec \"$0\" import e.csv -o x.kin --force --memory {memory}"
        );
        let program = kin_in(place.path()).get_program().to_owned();
        let mut shell = assert_cmd::Command::new("sh");
        shell
            .current_dir(place.path())
            .arg("-c")
            .arg(script)
            .arg(program);
        let run = run(&mut shell);
        assert_eq!(run.code, Some(3), "{run:?}");
        assert!(run.stderr.contains("`x.kin`: File too large"), "{run:?}");
        unchanged(place.path());
    }
}

fn unchanged(place: &Path) {
    assert_eq!(
        std::fs::read(place.join("x.kin")).unwrap(),
        b"KINGRAPH of old"
    );
    let mut there: Vec<_> = std::fs::read_dir(place)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    there.sort();
    assert_eq!(there, ["e.csv", "x.kin"]);
}

/// What a killed import left beside its output is gone with the next one; what another is writing
/// stays, and so does everything that only looks alike.
#[test]
fn what_a_killed_import_left_is_removed() {
    let place = folder();
    let lines = (0..60_000).map(|number| format!("{},{number}\n", number % 977));
    let table = format!("from,to\n{}", lines.collect::<String>());
    std::fs::write(place.path().join("e.csv"), table).unwrap();
    // A limit on the size of files kills it while it writes.
    let script = "ulimit -c 0; ulimit -f 64; exec \"$0\" import e.csv -o x.kin";
    let program = kin_in(place.path()).get_program().to_owned();
    let mut shell = std::process::Command::new("sh");
    let mut shell = shell.current_dir(place.path()).arg("-c").arg(script);
    shell = shell.arg(program);
    assert_eq!(shell.status().unwrap().code(), None, "a signal ended it");
    let beside = |place: &Path| {
        let entries = std::fs::read_dir(place).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| name.starts_with('.')).collect();
        names.sort();
        names
    };
    assert_eq!(beside(place.path()).len(), 1);
    let kept = [
        ".x.kin.1.new",
        ".x.kin.new",
        ".x.kin.old.new",
        ".y.kin.1.new",
    ];
    for name in kept {
        std::fs::write(place.path().join(name), "").unwrap();
    }
    let written = std::fs::File::open(place.path().join(kept[0])).unwrap();
    rustix::fs::flock(&written, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let run = import(place.path(), &[], &["e.csv", "-o", "x.kin"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(beside(place.path()), kept);
    drop(written);
    let run = import(place.path(), &[], &["e.csv", "-o", "x.kin", "--force"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(beside(place.path()), kept[1..]);
}

/// Ctrl-C at any moment leaves the old file and nothing beside it, or the new one.
#[test]
fn an_interruption_leaves_the_old_file_or_the_new() {
    let place = folder();
    let lines = (0..400_000).map(|number| format!("a{},b{number}\n", number % 9_977));
    let table = format!("from,to\n{}", lines.collect::<String>());
    std::fs::write(place.path().join("e.csv"), table).unwrap();
    for milliseconds in [30, 120, 250, 400] {
        std::fs::write(place.path().join("x.kin"), b"KINGRAPH of old").unwrap();
        let mut kin = std::process::Command::new(env!("CARGO_BIN_EXE_kin"))
            .current_dir(place.path())
            .args([
                "import", "e.csv", "-o", "x.kin", "--force", "--memory", "1MiB",
            ])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(milliseconds));
        let pid = kin.id().to_string();
        let _ = std::process::Command::new("kill")
            .args(["-INT", &pid])
            .status();
        let code = kin.wait().unwrap().code();
        match code {
            Some(0) => assert_eq!(
                snapshot(&place.path().join("x.kin")).statement_count(),
                400_000
            ),
            // Before the handler is set, the signal itself ends it.
            Some(130) | None => unchanged(place.path()),
            other => panic!("{other:?}"),
        }
        let count = std::fs::read_dir(place.path()).unwrap().count();
        assert_eq!(count, 2, "nothing is left beside");
    }
}

#[test]
fn a_list_is_no_text_and_a_period_does_not_end_before_it_begins() {
    let place = folder();
    let nodes = b"{\"id\": [\"b\", \"c\"]}\n{\"id\": \"a\", \"name\": [\"p\", \"q\"]}\n\
        {\"id\": \"d\"}\n";
    let edges = b"{\"from\": [\"a\"], \"to\": \"d\", \"relation\": \"r\"}\n\
        {\"from\": \"d\", \"to\": \"d\", \"relation\": [\"r\", \"s\"]}\n\
        {\"from\": \"d\", \"to\": \"d\", \"relation\": \"r\", \"note\": [\"n\", \"m\"]}\n\
        {\"from\": \"d\", \"to\": \"d\", \"relation\": \"r\", \"since\": \"2019\", \
        \"until\": \"2018\"}\n\
        {\"from\": \"d\", \"to\": \"d\", \"relation\": \"r\", \"note\": []}\n\
        {\"from\": \"d\", \"to\": \"d\", \"relation\": [\"r\"]}\n\
        {\"from\": [1], \"to\": \"d\", \"relation\": \"r\"}\n";
    let files: [(&str, &[u8]); 2] = [("n.jsonl", nodes), ("e.jsonl", edges)];
    let run = import(place.path(), &files, &["n.jsonl", "e.jsonl", "-o", "x.kin"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert_eq!(
        listed(&run),
        [
            "n.jsonl:1: `id` is a list, and one text is wanted",
            "n.jsonl:2: `name` is a list, and one text is wanted",
            "e.jsonl:1: `from` is a list, and one text is wanted",
            "e.jsonl:2: `relation` is a list, and one text is wanted",
            "e.jsonl:3: `note` is a list, and one text is wanted",
            "e.jsonl:4: the period ends in `2018`, before it begins in `2019`",
            "e.jsonl:6: `relation` is a list, and one text is wanted",
            "e.jsonl:7: `from` is a list, and one text is wanted",
        ]
    );
    let counted = "note: left out: 1 line with a period that ends before it begins\n";
    assert!(run.stderr.contains(counted), "{run:?}");
    let arguments = ["n.jsonl", "e.jsonl", "-o", "y.kin", "--dry-run", "--strict"];
    let run = import(place.path(), &files, &arguments);
    assert!(run.stdout.contains("nothing would be written"), "{run:?}");
}
