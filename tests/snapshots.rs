//! Snapshots: a file answers as the folder does, damage is found, and a file is old or new.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "shared with tests that need more of it")]
#[path = "support/program.rs"]
mod program;
#[expect(dead_code, reason = "shared with tests that need more of it")]
#[path = "support/random.rs"]
mod random;
#[expect(dead_code, reason = "shared with tests that need more of it")]
mod support;

use std::collections::BTreeSet;
use std::io::Cursor;
use std::path::Path;

use kingraph::model::Element;
use kingraph::model::Graph;
use kingraph::model::SECTIONS;
use kingraph::model::Section;
use kingraph::model::freeze;
use kingraph::shell::Origin;
use kingraph::shell::Session;
use kingraph::store;
use kingraph::store::Damage;
use kingraph::store::Writer;

use program::folder;
use program::kin_in;
use program::run;
use random::Random;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The bundled graph as the bytes of a file.
fn bundled() -> Vec<u8> {
    store::encode(&store::bundled())
}

/// What is typed in the transcripts and in the docs.
fn typed() -> Vec<String> {
    let mut lines = Vec::new();
    for (folder, ending) in [("tests/transcripts", "txt"), ("docs", "md"), (".", "md")] {
        let entries = std::fs::read_dir(root().join(folder)).unwrap();
        let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        files.retain(|file| file.extension().is_some_and(|found| found == ending));
        files.sort();
        for file in files {
            let text = std::fs::read_to_string(file).unwrap();
            let mut open: Option<String> = None;
            for line in text.lines() {
                match (line.strip_prefix("kin> "), line.strip_prefix("...> ")) {
                    (Some(query), _) => lines.extend(open.replace(query.to_owned())),
                    (None, Some(more)) => open.as_mut().unwrap().push_str(&format!("\n{more}")),
                    (None, None) => lines.extend(open.take()),
                }
            }
            lines.extend(open);
        }
    }
    lines.retain(|line| !line.starts_with(':'));
    lines
}

#[test]
fn a_file_answers_as_the_folder_does() {
    let place = folder();
    let file = place.path().join("k8s.kin");
    std::fs::write(&file, bundled()).unwrap();
    let mut of_folder = Session::open(&root().join("graph-data")).unwrap().0;
    let mut of_file = Session::open(&file).unwrap().0;
    assert_eq!(*of_file.origin(), Origin::Snapshot(file));
    let typed = typed();
    assert!(typed.len() > 700, "{} queries", typed.len());
    let mut answered = 0;
    for query in typed {
        match (of_folder.query(&query), of_file.query(&query)) {
            (Ok(one), Ok(other)) => {
                assert_eq!(one, other, "{query}");
                answered += 1;
            }
            (one, other) => assert_eq!(format!("{one:?}"), format!("{other:?}"), "{query}"),
        }
    }
    assert!(answered > 500, "{answered} answers");
}

/// The same sections, one of them changed, in a frame whose checksums are right.
fn forged(place: usize, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let snapshot = store::bundled();
    let mut bytes = Cursor::new(Vec::new());
    let mut writer = Writer::new(&mut bytes).unwrap();
    let mut change = Some(change);
    for (index, piece) in snapshot.pieces().0.iter().enumerate() {
        let mut content = piece.bytes.to_vec();
        if index == place {
            change.take().unwrap()(&mut content);
        }
        writer.begin(SECTIONS[index].section, piece.width).unwrap();
        writer.write(&content).unwrap();
    }
    writer.finish().unwrap();
    bytes.into_inner()
}

/// Opens what may be forged, and asks everything of it if it is taken for sound.
fn ask(bytes: &[u8]) -> bool {
    let Ok(snapshot) = store::decode(bytes) else {
        return false;
    };
    let mut session = Session::on(snapshot, Origin::Bundled);
    session.limits.set("steps", 200_000);
    for query in [
        "facts(all()) |> count",
        "cycles(all(), via=any) |> count",
        "EKS.cni",
        "\"x y\"",
    ] {
        // What is forged soundly is another graph, which may have no EKS.
        let _ = session.query(query);
    }
    true
}

#[test]
fn what_lies_with_right_checksums_is_found_or_is_a_graph() {
    let sections = SECTIONS.len();
    let mut random = Random::new(5);
    let (mut sound, mut refused) = (0, 0);
    for attempt in 0..900 {
        let place = attempt % sections;
        let bytes = forged(place, |content| match (random.below(4), content.len()) {
            (_, 0) => content.extend([0; 8]),
            (0, length) => content.truncate(random.below(length)),
            (1, length) => content[random.below(length)] ^= 1 << random.below(8),
            (2, length) => content[random.below(length)] = 0xff,
            (_, length) => {
                let (one, other) = (random.below(length), random.below(length));
                content.swap(one, other);
            }
        });
        match ask(&bytes) {
            true => sound += 1,
            false => refused += 1,
        }
    }
    assert!(refused > 500, "{refused} refused, {sound} taken for sound");
}

/// Counts decide what walks need not look at: one that is not true would be a wrong answer.
#[test]
fn counts_that_are_not_true_are_damage() {
    let place = SECTIONS.iter().position(|row| row.name == "meta").unwrap();
    // The numbers of entities and statements take two bytes each; two flags follow, which say how
    // ids are written, then the counts of kinds and relations.
    let mut sound = Vec::new();
    for byte in 0..160 {
        if ask(&forged(place, |content| content[byte] ^= 1)) {
            sound.push(byte);
        }
    }
    assert_eq!(sound, [4, 5], "only the flags may be either");
}

#[cfg(unix)]
#[test]
fn a_file_is_mapped_whatever_the_mask_and_stays_as_closed_as_it_was() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = folder();
    let data = root().join("graph-data");
    let run = |mask: &str, arguments: &str| {
        let program = env!("CARGO_BIN_EXE_kin");
        let line = format!("umask {mask} && '{program}' {arguments}");
        let kin = kin_in(place.path());
        let mut shell = std::process::Command::new("sh");
        shell.current_dir(place.path()).args(["-c", &line]);
        for (name, value) in kin.get_envs() {
            shell.env(name, value.unwrap_or_default());
        }
        assert!(shell.status().unwrap().success());
    };
    let build = |mask: &str| run(mask, &format!("build '{}' -o k8s.kin", data.display()));
    let file = place.path().join("k8s.kin");
    let mode_of = |name: &str| {
        let said = std::fs::metadata(place.path().join(name)).unwrap();
        said.permissions().mode() & 0o777
    };
    let mode = || mode_of("k8s.kin");
    build("002");
    assert_eq!(mode(), 0o644);
    let notes = place.path().join("cache/kin/checked");
    assert_eq!(std::fs::read_dir(&notes).unwrap().count(), 1);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    build("022");
    assert_eq!(mode(), 0o600);
    // A text or a picture is mapped by nobody: there the mask alone decides.
    let draw = |mask: &str| run(mask, "draw 'successors(CoreOS)' -o heirs.dot");
    draw("002");
    assert_eq!(mode_of("heirs.dot"), 0o664);
    draw("027");
    assert_eq!(mode_of("heirs.dot"), 0o640);
}

/// Short ones, ones that begin alike for longer than a head, and some in another script.
fn many_slugs() -> BTreeSet<String> {
    let alike = (0..2_000).map(|number| format!("example.org/{number}"));
    let short = (0..2_000).map(|number| format!("{number:x}"));
    let others = (0..97).map(|number| format!("名前{number}"));
    alike.chain(short).chain(others).collect()
}

#[test]
fn every_slug_is_found_by_its_head_and_no_other() {
    let slugs = many_slugs();
    let mut graph = Graph::new(support::schema(&[]), Vec::new());
    for slug in &slugs {
        graph.add_entity(support::entity(slug, slug));
    }
    let snapshot = freeze(&graph);
    for (place, slug) in slugs.iter().enumerate() {
        let found = snapshot.find_id(slug);
        assert_eq!(found.map(|entity| entity.index()), Some(place), "{slug}");
        for other in [format!("{slug}\0"), format!("{slug}~"), format!("!{slug}")] {
            assert_eq!(snapshot.find_id(&other), None, "{other}");
        }
    }
    assert_eq!(snapshot.find_id(""), None);
    assert_eq!(freeze(&Graph::default()).find_id("a"), None);
    let heads = &snapshot.pieces().0[Section::SlugHeads as usize].bytes;
    let (heads, rest) = heads.as_chunks();
    let heads: Vec<u64> = heads.iter().copied().map(u64::from_le_bytes).collect();
    assert!(heads.is_sorted() && rest.is_empty());
    // The first slug is `0`.
    let count = slugs.len().div_ceil(1024);
    assert_eq!((heads.len(), heads[0]), (count, 0x3000_0000_0000_0000));
}

#[test]
fn damage_names_its_block_or_its_section() {
    let bytes = bundled();
    let mut random = Random::new(3);
    for _ in 0..2_000 {
        let mut damaged = bytes.clone();
        let place = random.below(damaged.len());
        damaged[place] ^= 1 << random.below(8);
        assert!(store::decode(&damaged).is_err(), "byte {place}");
        let length = random.below(bytes.len());
        assert!(store::decode(&bytes[..length]).is_err(), "cut to {length}");
    }
    let mut damaged = bytes.clone();
    damaged[100_000] ^= 1;
    assert_eq!(store::decode(&damaged).err(), Some(Damage::Block(0)));
    let mut later = bytes.clone();
    later[8] = 200;
    assert_eq!(store::decode(&later).err(), Some(Damage::Version(200)));
    let lying = forged(Section::OutObjects as usize, |content| content[3] = 0xee);
    let found = store::decode(&lying).err();
    assert_eq!(found, Some(Damage::Content("objects")));
    let lying = forged(Section::SlugHeads as usize, |content| content[7] ^= 1);
    let found = store::decode(&lying).err();
    assert_eq!(found, Some(Damage::Content("slug heads")));
}

/// A limit on the size of files ends the process with a signal in the middle of a write.
#[cfg(unix)]
#[test]
fn a_build_that_is_killed_leaves_the_old_file() {
    let place = folder();
    let data = place.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let schema = "[kinds.thing]\ndoc = \"A thing.\"\n";
    std::fs::write(data.join("schema.toml"), schema).unwrap();
    let things: String = (0..300)
        .map(|number| format!("[t{number}]\nname = \"T {number}\"\nkind = \"thing\"\n"))
        .collect();
    let file = place.path().join("x.kin");
    std::fs::write(data.join("things.toml"), &things[..things.len() / 2]).unwrap();
    let build = |kibibytes: Option<usize>| {
        let limit = kibibytes.map_or(String::new(), |size| format!("ulimit -f {size};"));
        let program = env!("CARGO_BIN_EXE_kin");
        let mut command = assert_cmd::Command::new("bash");
        command
            .current_dir(place.path())
            .env("XDG_CACHE_HOME", place.path().join("cache"));
        run(command.args(["-c", &format!("{limit} exec {program} build data -o x.kin")]))
    };
    assert_ne!(build(None).code, None);
    std::fs::write(data.join("things.toml"), &things).unwrap();
    let old = std::fs::read(&file);
    let mut killed = 0;
    for size in 0.. {
        let ended = build(Some(size));
        if ended.code == Some(0) {
            break;
        }
        killed += 1;
        assert_eq!(
            old.as_ref().ok(),
            std::fs::read(&file).ok().as_ref(),
            "{size} KiB: {ended:?}"
        );
    }
    assert!(killed > 10, "{killed} builds were killed");
    let new = std::fs::read(&file).unwrap();
    assert!(store::decode(&new).is_ok());
    assert_ne!(old.ok(), Some(new));
}

#[cfg(unix)]
#[test]
fn the_check_of_a_file_is_remembered_until_it_changes() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = folder();
    let file = place.path().join("k8s.kin");
    std::fs::write(&file, bundled()).unwrap();
    let ask = || run(kin_in(place.path()).args(["-g", "k8s.kin", "EKS.cni"]));
    let first = ask();
    assert_eq!(first.code, Some(0), "{first:?}");
    let notes = place.path().join("cache/kin/checked");
    assert_eq!(std::fs::read_dir(&notes).unwrap().count(), 1);
    assert_eq!(ask().stdout, first.stdout);
    let mut damaged = bundled();
    damaged[90_000] ^= 1;
    std::fs::write(&file, &damaged).unwrap();
    let second = ask();
    assert_eq!(second.code, Some(3), "{second:?}");
    assert!(second.stderr.contains("damaged in block 0"), "{second:?}");
    std::fs::write(&file, bundled()).unwrap();
    assert_eq!(ask().stdout, first.stdout);
    // A file that others may write is read, checked every time, and not remembered.
    std::fs::remove_dir_all(&notes).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o666)).unwrap();
    assert_eq!(ask().stdout, first.stdout);
    assert!(!notes.exists());
}

#[test]
fn building_and_verifying_say_what_is_wrong() {
    let place = folder();
    let kin = |arguments: &[&str]| run(kin_in(place.path()).args(arguments));
    std::fs::write(place.path().join("notes.txt"), "mine").unwrap();
    std::fs::write(place.path().join("old.kin"), &bundled()[..5_000]).unwrap();
    let data = root().join("graph-data");
    let data = data.to_str().unwrap();
    let built = kin(&["build", data, "-o", "k8s.kin"]);
    assert_eq!(built.code, Some(0), "{built:?}");
    assert!(built.stdout.starts_with("k8s.kin: 6"), "{built:?}");
    assert_eq!(
        std::fs::read(place.path().join("k8s.kin")).unwrap(),
        bundled()
    );
    for (arguments, code, message) in [
        (
            &["build", data, "-o", "notes.txt"][..],
            2,
            "`notes.txt` is there already",
        ),
        (
            &["build", data, "-o", "none/x.kin"],
            3,
            "No such file or directory",
        ),
        (&["build", "nowhere", "-o", "x.kin"], 3, "nowhere"),
        (
            &["build", "k8s.kin", "-o", "x.kin"],
            2,
            "this is a snapshot already",
        ),
        (&["build", data], 2, "--output"),
        (&["verify", "notes.txt"], 3, "this is no snapshot of kin"),
        (&["verify", "k8s.kin", "old.kin"], 3, "is cut off"),
        (&["-g", "old.kin", "EKS"], 3, "is cut off"),
        (&["check", "k8s.kin"], 2, "was looked at when it was made"),
    ] {
        let found = kin(arguments);
        assert_eq!(found.code, Some(code), "{arguments:?}: {found:?}");
        assert!(found.stderr.contains(message), "{arguments:?}: {found:?}");
    }
    let old = std::fs::read(place.path().join("notes.txt")).unwrap();
    assert_eq!(old, b"mine");
    assert_eq!(
        kin(&["build", data, "-o", "old.kin"]).code,
        Some(0),
        "a snapshot is replaced"
    );
}

/// The page about the format has the table of sections; `UPDATE=1` writes it anew.
#[test]
fn the_format_is_documented_as_it_is() {
    let page = root().join("docs/snapshot-format.md");
    let stands = std::fs::read_to_string(&page).unwrap();
    let rows: String = SECTIONS
        .iter()
        .enumerate()
        .map(|(number, row)| {
            let element = match row.element {
                Element::Bytes => "bytes",
                Element::Four => "u32",
                Element::Eight => "u64",
                Element::Code => "u8, u16 or u32",
            };
            format!("| {number} | {} | {element} | {} |\n", row.name, row.doc)
        })
        .collect();
    let head = "| number | section | elements | what it holds |\n|---|---|---|---|\n";
    let (before, rest) = stands.split_once(head).expect("the table is there");
    let (_, after) = rest
        .split_once("\n\n")
        .expect("something stands behind the table");
    let now = format!("{before}{head}{rows}\n{after}");
    if now != stands && std::env::var_os("UPDATE").is_some() {
        std::fs::write(&page, &now).unwrap();
        return;
    }
    assert!(
        now == stands,
        "UPDATE=1 writes docs/snapshot-format.md anew"
    );
}
