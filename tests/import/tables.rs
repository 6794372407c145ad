//! Each format and each word of a mapping, by what a query then sees; and the program itself.

use std::path::Path;

use kingraph::model::Snapshot;
use kingraph::model::Value;
use kingraph::store::decode;

use crate::program::Run;
use crate::program::folder;
use crate::program::kin_in;
use crate::program::run;

/// Writes files, imports with these arguments, and gives what the program said.
pub(crate) fn import(place: &Path, files: &[(&str, &[u8])], arguments: &[&str]) -> Run {
    for (name, text) in files {
        std::fs::write(place.join(name), text).unwrap();
    }
    run(kin_in(place).arg("import").args(arguments))
}

pub(crate) fn snapshot(file: &Path) -> Snapshot {
    decode(&std::fs::read(file).unwrap()).unwrap()
}

/// Entities and statements as lines, each with everything it has.
pub(crate) fn told(snapshot: &Snapshot) -> Vec<String> {
    let mut lines = Vec::new();
    for entity in snapshot.entities() {
        let names: Vec<String> = snapshot
            .names(entity)
            .map(|name| format!("{}{}", name.text, if name.is_alias { "*" } else { "" }))
            .collect();
        let kinds = snapshot.kinds(entity).iter();
        let kinds: Vec<&str> = kinds
            .map(|kind| snapshot.schema.kinds[kind.index()].name.as_str())
            .collect();
        let slug = snapshot.slug(entity);
        lines.push(format!("{slug} [{}] {}", names.join(", "), kinds.join(" ")));
    }
    for statement in snapshot.statements() {
        let subject = snapshot.slug(snapshot.subject(statement));
        let relation = &snapshot.schema.relations[snapshot.relation(statement).index()].name;
        let object = match snapshot.object(statement) {
            kingraph::model::ObjectRef::Entity(entity) => snapshot.slug(entity).to_owned(),
            kingraph::model::ObjectRef::Value(Value::Date(date)) => date.text().to_owned(),
            kingraph::model::ObjectRef::Value(value) => format!("{value:?}"),
            kingraph::model::ObjectRef::Nothing => "nothing".to_owned(),
        };
        let qualifiers = snapshot.qualifiers(statement);
        let mut line = format!("{subject} {relation} {object}");
        for (word, date) in [
            (" since ", &qualifiers.since),
            (" until ", &qualifiers.until),
        ] {
            line.extend(date.iter().map(|date| format!("{word}{}", date.text())));
        }
        for text in [&qualifiers.condition, &qualifiers.role, &qualifiers.note] {
            line.extend(text.iter().map(|text| format!(" ({text})")));
        }
        for citation in snapshot.citations(statement) {
            let source = &snapshot.source(citation.source).id;
            line += &format!(" by {source}:{}", citation.at);
        }
        lines.push(line);
    }
    lines
}

/// Imports a mapping without findings, and tells what came of it.
fn mapped(files: &[(&str, &[u8])], mapping: &str) -> Vec<String> {
    let place = folder();
    std::fs::write(place.path().join("m.toml"), mapping).unwrap();
    let run = import(place.path(), files, &["m.toml"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    told(&snapshot(&place.path().join("m.kin")))
}

const EDGES: &str = "[[edges]]\nfrom = 1\nto = 2\nrelation = { constant = \"r\" }\n";

#[test]
fn names_of_columns_decide_without_a_mapping() {
    let place = folder();
    let nodes = b"id,name,kind,aliases,size\na,Ay,thing,x|y,3\nb,,,,\n";
    let edges = b"Source,target,type,start,end,weight\na,b,uses,2019,2021,7\n";
    let files: [(&str, &[u8]); 2] = [("n.csv", nodes), ("e.csv", edges)];
    let run = import(place.path(), &files, &["n.csv", "e.csv", "-o", "x.kin"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.stdout, "x.kin: 2 entities, 2 statements\n");
    assert_eq!(
        run.stderr,
        "note: n.csv: entities: id is `id`, name is `name`, aliases is `aliases`, kind is \
         `kind`; all else is a property\n\
         note: e.csv: statements: from is `Source`, to is `target`, relation is `type`, since is \
         `start`, until is `end`\n\
         note: e.csv: left out: `weight`\n"
    );
    let wanted = [
        "a [Ay, x*, y*] thing",
        "b [b] ",
        "a uses b since 2019 until 2021",
        "a size Text(\"3\")",
    ];
    assert_eq!(told(&snapshot(&place.path().join("x.kin"))), wanted);
}

#[test]
fn edges_alone_make_their_ends() {
    let place = folder();
    let files: [(&str, &[u8]); 1] = [("e.tsv", b"src\tdst\r\n10\t9\r\n9\t10\r\n007\t9\r\n")];
    let run = import(place.path(), &files, &["e.tsv", "-o", "x.kin"]);
    assert_eq!(run.stdout, "x.kin: 3 entities, 3 statements\n", "{run:?}");
    let wanted = [
        "007 [007] ",
        "10 [10] ",
        "9 [9] ",
        "007 linked_to 9",
        "10 linked_to 9",
        "9 linked_to 10",
    ];
    let snapshot = snapshot(&place.path().join("x.kin"));
    assert_eq!(told(&snapshot), wanted);
    // Every type of edge leads somewhere where nothing else is declared.
    let relation = snapshot.schema.relation("linked_to").unwrap().0;
    assert!(snapshot.schema.is_in_group(relation, "lineage"));
}

#[test]
fn lines_of_json_keep_their_types() {
    let place = folder();
    let nodes = b"{\"id\": 1, \"kind\": [\"k\", \"l\"], \"size\": 3, \"big\": 1.5}\n\
        {\"id\": \"b\", \"ok\": true, \"tags\": [\"x\", \"y\"], \"none\": null, \"v\": \"1.10\"}\n";
    let edges = b"{\"from\": 1, \"to\": \"b\", \"relation\": \"uses\", \"note\": \"\\u00e4\"}\n";
    let files: [(&str, &[u8]); 2] = [("n.jsonl", nodes), ("e.jsonl", edges)];
    let run = import(place.path(), &files, &["n.jsonl", "e.jsonl", "-o", "x.kin"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let wanted = [
        "1 [1] k l",
        "b [b] ",
        "1 uses b (ä)",
        "1 big Float(1.5)",
        "1 size Integer(3)",
        "b ok Boolean(true)",
        "b tags Text(\"x\")",
        "b tags Text(\"y\")",
        "b v Text(\"1.10\")",
    ];
    assert_eq!(told(&snapshot(&place.path().join("x.kin"))), wanted);
}

#[test]
fn objects_of_json_are_kept_as_json() {
    let place = folder();
    let nodes = b"{\"id\": \"a\", \"license\": {\"key\": \"mit\", \"n\": [1]}, \"n\": 1}\n\
        {\"id\": \"b\", \"owners\": [{\"x\": 1}, [2, 3], \"y\"], \"license\": {}}\n";
    let run = import(
        place.path(),
        &[("n.jsonl", nodes)],
        &["n.jsonl", "-o", "x.kin"],
    );
    assert_eq!(run.code, Some(0), "{run:?}");
    let wanted = [
        "a [a] ",
        "b [b] ",
        r#"a license Text("{\"key\": \"mit\", \"n\": [1]}")"#,
        "a n Integer(1)",
        r#"b license Text("{}")"#,
        r#"b owners Text("[2, 3]")"#,
        r#"b owners Text("y")"#,
        r#"b owners Text("{\"x\": 1}")"#,
    ];
    assert_eq!(told(&snapshot(&place.path().join("x.kin"))), wanted);
}

#[test]
fn a_mapping_says_how_files_are_written() {
    let read = "read = { delimiter = \";\", quote = \"'\", comment = \"%\", header = false, \
                encoding = \"latin-1\" }\nfile = \"e.dat\"\n";
    let mapping = EDGES.replace(
        "from",
        &format!(
            "{}from",
            read.replace("read = {", "read = { format = \"csv\",")
        ),
    );
    let files: [(&str, &[u8]); 1] = [("e.dat", b"% no\n'a;\"';b\xe4\n")];
    let wanted = ["a;\" [a;\"] ", "b\u{e4} [b\u{e4}] ", "a;\" r b\u{e4}"];
    assert_eq!(mapped(&files, &mapping), wanted);
    let mark: [(&str, &[u8]); 1] = [("e.csv", b"\xef\xbb\xbfx,y\n1,2\n")];
    let mapping = EDGES.replace("from = 1", "file = \"e.csv\"\nfrom = \"x\"");
    assert_eq!(mapped(&mark, &mapping), ["1 [1] ", "2 [2] ", "1 r 2"]);
}

#[test]
fn a_column_can_tell_which_section_a_line_is_of() {
    let mapping = "[read]\nheader = false\n\
        [[nodes]]\nfile = \"all.csv\"\nonly = { column = 1, is = \"N\" }\nid = 2\n\
        properties = { born = { column = 3, type = \"date\" } }\n\
        [[edges]]\nfile = \"all.csv\"\nonly = { column = 1, is = \"E\" }\nfrom = 2\nto = 3\n\
        relation = 4\ncondition = { constant = \"so\" }\n";
    let files: [(&str, &[u8]); 1] = [("all.csv", b"E,a,b,r\nN,a,2020\nN,b,\nE,b,a,s\n")];
    let wanted = [
        "a [a] ",
        "b [b] ",
        "a r b (so)",
        "a born 2020",
        "b s a (so)",
    ];
    assert_eq!(mapped(&files, mapping), wanted);
    let place = folder();
    let files: [(&str, &[u8]); 2] = [("m.toml", mapping.as_bytes()), ("all.csv", b"N,a,\nX,1\n")];
    let run = import(place.path(), &files, &["m.toml"]);
    let note = "note: all.csv: left out: lines that no section is about: 1\n";
    assert!(run.stderr.contains(note), "{run:?}");
}

#[test]
fn a_schema_gives_words_their_meaning() {
    let mapping = "[[nodes]]\nfile = \"n.csv\"\nid = \"id\"\nkind = { constant = \"os\" }\n\
        others = \"properties\"\n[[edges]]\nfile = \"e.csv\"\nfrom = \"a\"\nto = \"b\"\n\
        relation = \"r\"\nsource = \"s\"\nat = \"at\"\n\
        [kinds.thing]\n[kinds.os]\nparent = \"thing\"\n\
        [relations.depends_on]\ninverse = \"dependency_of\"\ngroups = [\"lineage\"]\nacyclic = true\n\
        [properties.size]\ntype = \"number\"\n[sources.s1]\ntitle = \"One\"\ndate = \"2020\"\n";
    let place = folder();
    let files: [(&str, &[u8]); 3] = [
        ("m.toml", mapping.as_bytes()),
        ("n.csv", b"id,size\nx,1\ny,2.5\n"),
        (
            "e.csv",
            b"a,b,r,s,at\nx,y,depends_on,s1,7\nx,y,dependency_of,,\nx,y,near,s2,\n",
        ),
    ];
    let run = import(place.path(), &files, &["m.toml"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    let snapshot = snapshot(&place.path().join("m.kin"));
    let wanted = [
        "x [x] os",
        "y [y] os",
        "x depends_on y by s1:7",
        "x near y by s2:",
        "x size Integer(1)",
        "y depends_on x",
        "y size Float(2.5)",
    ];
    assert_eq!(told(&snapshot), wanted);
    let schema = &snapshot.schema;
    let relation = |name| schema.relation(name).unwrap().0;
    assert!(schema.is_in_group(relation("dependency_of"), "lineage"));
    assert!(!schema.is_in_group(relation("near"), "lineage"));
    assert_eq!(snapshot.kind_count(schema.kind("thing").unwrap()), 2);
    assert_eq!(snapshot.sources.get(0).title, "One");
}

#[test]
fn ends_and_repetitions_are_dealt_with_as_asked() {
    let files: [(&str, &[u8]); 2] = [
        ("n.csv", b"id,name,kind,p\na,A,k,1\na,B,l,2\nb,,,\n"),
        ("e.csv", b"from,to\na,b\na,b\na,z\n"),
    ];
    let sections = "[[nodes]]\nfile = \"n.csv\"\nid = \"id\"\nname = \"name\"\nkind = \"kind\"\n\
        properties = { p = \"p\" }\n[[edges]]\nfile = \"e.csv\"\nfrom = \"from\"\nto = \"to\"\n\
        relation = { constant = \"r\" }\n";
    let with = |rules: &str| {
        let place = folder();
        std::fs::write(place.path().join("m.toml"), format!("{rules}\n{sections}")).unwrap();
        let run = import(place.path(), &files, &["m.toml"]);
        let told = told(&snapshot(&place.path().join("m.kin")));
        (run.code, run.stderr, told)
    };
    let (code, stderr, graph) = with("duplicate_nodes = \"first\"\ndangling = \"drop\"");
    assert_eq!(code, Some(0));
    assert_eq!(
        stderr,
        "note: n.csv:3: the entity `a` is there already\n\
         note: e.csv:4: `to` is `z`, which is not there\n\
         note: left out: 1 line about an entity that is there already\n\
         note: left out: 1 line that leads to an entity that is not there\n"
    );
    let plain = ["a [A] k", "b [b] ", "a r b", "a r b", "a p Text(\"1\")"];
    assert_eq!(graph, plain);
    let rules = "duplicate_nodes = \"merge\"\ndangling = \"stub\"\nduplicate_edges = \"drop\"";
    let (code, stderr, graph) = with(rules);
    assert_eq!(code, Some(0));
    assert_eq!(
        stderr,
        "note: left out: 1 statement that was there already\n\
         note: made: 1 entity that statements lead to\n"
    );
    let merged = [
        "a [A, B] k l",
        "b [b] ",
        "z [z] ",
        "a r b",
        "a r z",
        "a p Text(\"1\")",
        "a p Text(\"2\")",
    ];
    assert_eq!(graph, merged);
    let (code, stderr, graph) = with("");
    assert_eq!(code, Some(1));
    assert!(stderr.starts_with("error: n.csv:3: the entity `a` is there already\nerror: e.csv:4:"));
    assert_eq!(graph, plain);
}

#[test]
fn the_example_of_the_manual_runs() {
    let manual = include_str!("../../docs/import.md");
    let block = |mark: &str| {
        let start = manual.find(mark).unwrap() + mark.len();
        let rest = &manual[start..];
        let start = rest.find("```").unwrap();
        let rest = &rest[start..];
        let start = rest.find('\n').unwrap() + 1;
        rest[start..].split("```").next().unwrap().as_bytes()
    };
    let files = [
        ("packages.csv", block("`packages.csv`:")),
        ("uses.csv", block("`uses.csv`:")),
    ];
    let mapping = std::str::from_utf8(block("`mapping.toml`:")).unwrap();
    assert_eq!(std::str::from_utf8(block("That gives:")).unwrap(), {
        let mut told = mapped(&files, mapping).join("\n");
        told.push('\n');
        told
    });
}

#[test]
fn a_note_names_no_more_columns_than_a_line_bears() {
    let place = folder();
    let names: Vec<String> = (0..30).map(|place| format!("x{place}")).collect();
    let edges = format!("from,to,{}\n", names.join(","));
    let files: [(&str, &[u8]); 2] = [("n.csv", b"id\na\n"), ("e.csv", edges.as_bytes())];
    let run = import(place.path(), &files, &["n.csv", "e.csv", "-o", "x.kin"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stderr.contains("`x19` and 10 more\n"), "{}", run.stderr);
    assert!(!run.stderr.contains("x20"), "{}", run.stderr);
}

/// Asks an imported graph; the lines of the answer behind its header.
fn asked(place: &Path, query: &str) -> Vec<String> {
    let run = run(kin_in(place).args(["-g", "x.kin", "-f", "tsv", query]));
    assert_eq!(run.code, Some(0), "{query}: {run:?}");
    run.stdout.lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn imported_graphs_are_asked_as_folders_are() {
    let place = folder();
    let nodes = b"id,name,kind,tags,status\na,Ay,thing,p|q,fine\nb,Bee,thing,q,\n";
    let edges = b"from,to,relation,since,source\na,b,became,2010-09-28,wiki\n";
    let mapping = b"[[nodes]]\nfile = 'n.csv'\nid = 'id'\nname = 'name'\nkind = 'kind'\n\
        [nodes.properties]\ntags = { column = 'tags', separator = '|' }\nstatus = 'status'\n\
        [[edges]]\nfile = 'e.csv'\nfrom = 'from'\nto = 'to'\nrelation = 'relation'\n\
        since = 'since'\nsource = 'source'\n";
    let files: [(&str, &[u8]); 3] = [("n.csv", nodes), ("e.csv", edges), ("m.toml", mapping)];
    let run = import(place.path(), &files, &["m.toml", "-o", "x.kin"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    for (query, wanted) in [
        (
            "match (a)-[e where e.since > 2009]->(b) return a.name, a.id, b.kind, e.since",
            "Ay\ta\tthing\t2010-09-28",
        ),
        ("match (a {name: \"Bee\"}) return a.id", "b"),
        ("facts(all()) |> where since > 2010-03 |> count", "1"),
        ("match (a {tags: \"p\"}) return a.id", "a"),
        ("all() |> where tags = \"q\" |> count", "2"),
        // What the data have under a name stands before what kin has.
        ("match (a in Ay) return a.status", "fine"),
    ] {
        assert_eq!(asked(place.path(), query), [wanted], "{query}");
    }
    let unknown = run_in(place.path(), "match (a)-[:turned]->(b) return a");
    assert_eq!(
        unknown,
        Some(2),
        "a word that the graph does not have is an error"
    );
}

fn run_in(place: &Path, query: &str) -> Option<i32> {
    run(kin_in(place).args(["-g", "x.kin", query])).code
}

#[test]
fn keys_of_later_objects_are_columns_too() {
    let place = folder();
    let nodes = b"{\"name\": \"no id\"}\n{\"id\": \"a\"}\n\
        {\"id\": \"b\", \"name\": \"B\", \"kind\": \"k\"}\n";
    let edges = b"{\"from\": \"a\", \"to\": \"b\", \"relation\": \"r\"}\n\
        {\"from\": \"b\", \"to\": \"a\", \"relation\": \"s\", \"since\": \"2019\"}\n";
    let files: [(&str, &[u8]); 2] = [("n.jsonl", nodes), ("e.jsonl", edges)];
    let run = import(place.path(), &files, &["n.jsonl", "e.jsonl", "-o", "x.kin"]);
    assert_eq!(run.code, Some(1), "one line has no id: {run:?}");
    assert_eq!(asked(place.path(), "kind:k |> select name"), ["B"]);
    let since = asked(place.path(), "match (a)-[e:s]->(b) return e.since");
    assert_eq!(since, ["2019"]);
    // No one object has two ends here.
    let nodes = b"{\"id\": \"a\", \"source\": \"wiki\"}\n{\"id\": \"b\", \"target\": \"x\"}\n";
    let files: [(&str, &[u8]); 1] = [("n.jsonl", nodes)];
    let run = import(place.path(), &files, &["n.jsonl", "-o", "x.kin", "--force"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(asked(place.path(), "all() |> count"), ["2"]);
}

#[test]
fn a_text_is_no_number_though_it_reads_as_one() {
    let place = folder();
    let nodes = b"{\"id\": \"a\", \"size\": \"1\"}\n{\"id\": \"b\", \"size\": 1}\n\
        {\"id\": \"c\", \"size\": \"1\"}\n{\"id\": \"d\", \"size\": 1}\n";
    let files: [(&str, &[u8]); 1] = [("n.jsonl", nodes)];
    let run = import(place.path(), &files, &["n.jsonl", "-o", "x.kin"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let ids = |query| asked(place.path(), query);
    assert_eq!(ids("all() |> where size = 1 |> select id"), ["b", "d"]);
    assert_eq!(ids("all() |> where size = '1' |> select id"), ["a", "c"]);
}
