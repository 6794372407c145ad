//! One thing, one entity: names of different entities that are alike are listed by hand in
//! `data/alike-names.tsv`, each with the reason why the two are not one, so that a new double is
//! noticed.
//!
//! `UPDATE=1` adds what is new and takes out what is gone. A new row has `?` for its reason, and the
//! test fails until somebody has looked: either the two are one thing and are joined, or the reason
//! is written down.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;

use kingraph::diagnostic::suggest::folded;
use kingraph::store;

/// Makers whose name stands before a product's, and may be left out.
const MAKERS: &[&[&str]] = &[
    &["amazon"],
    &["apache"],
    &["aws"],
    &["azure"],
    &["cisco"],
    &["cncf"],
    &["docker"],
    &["google"],
    &["hpe"],
    &["ibm"],
    &["microsoft"],
    &["rancher"],
    &["red", "hat"],
    &["suse"],
    &["the"],
    &["vmware"],
];

/// Words behind a name that say little.
const ENDINGS: &[&str] = &[
    "co",
    "corp",
    "corporation",
    "foundation",
    "gmbh",
    "inc",
    "io",
    "limited",
    "linux",
    "ltd",
    "org",
    "os",
    "project",
];

/// How names are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    /// They fold alike, so that a look-up finds both.
    Same,
    /// They are alike without signs, makers and endings.
    Near,
}

/// What names have in common, and the entities that bear them.
type Alike = BTreeMap<(Likeness, String), BTreeSet<String>>;

/// A name without what people leave out or add: signs, a maker in front, an ending.
fn core_of(name: &str) -> String {
    let folded = folded(name);
    let words = folded.split(|character: char| !character.is_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let mut words = words.as_slice();
    while let [rest @ .., last] = words
        && !rest.is_empty()
        && ENDINGS.contains(last)
    {
        words = rest;
    }
    while let Some(maker) = MAKERS
        .iter()
        .find(|maker| words.starts_with(maker) && words.len() > maker.len())
    {
        words = &words[maker.len()..];
    }
    words.concat()
}

/// The names that several entities bear; of near ones, those that are not just the same.
fn alike<'a>(names: impl Iterator<Item = (&'a str, &'a str)>) -> Alike {
    let mut bearers = Alike::new();
    for (id, name) in names {
        for (likeness, key) in [
            (Likeness::Same, folded(name)),
            (Likeness::Near, core_of(name)),
        ] {
            bearers
                .entry((likeness, key))
                .or_default()
                .insert(id.to_owned());
        }
    }
    bearers.retain(|_, ids| ids.len() > 1);
    let same: BTreeSet<BTreeSet<String>> = bearers
        .iter()
        .filter(|((likeness, _), _)| *likeness == Likeness::Same)
        .map(|(_, ids)| ids.clone())
        .collect();
    bearers.retain(|(likeness, _), ids| *likeness == Likeness::Same || !same.contains(ids));
    bearers
}

fn word(likeness: Likeness) -> &'static str {
    match likeness {
        Likeness::Same => "same",
        Likeness::Near => "near",
    }
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/alike-names.tsv")
}

const HEADER: &str = "likeness\tkey\tentities\twhy they are not one";

/// The rows of the list without their reasons, and the reasons.
fn listed(text: &str) -> BTreeMap<String, String> {
    let rows = text
        .lines()
        .skip(1)
        .filter_map(|line| line.rsplit_once('\t'));
    rows.map(|(row, why)| (row.to_owned(), why.to_owned()))
        .collect()
}

#[test]
fn names_that_are_alike_are_known_to_be_different_things() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("graph-data");
    let graph = store::load(&folder).unwrap().graph;
    let entities: Vec<_> = graph.entities().map(|(_, entity)| entity).collect();
    let names = entities.iter().flat_map(|entity| {
        let names = entity.names.iter();
        names.map(|name| (entity.id.as_str(), name.text.as_str()))
    });
    let text = std::fs::read_to_string(file()).unwrap_or_default();
    let known = listed(&text);
    let rows = alike(names).into_iter().map(|((likeness, key), ids)| {
        let ids: Vec<String> = ids.into_iter().collect();
        format!("{}\t{key}\t{}", word(likeness), ids.join(", "))
    });
    let now = rows.map(|row| {
        let why = known.get(&row).map_or("?", String::as_str);
        format!("{row}\t{why}\n")
    });
    let now = format!("{HEADER}\n{}", now.collect::<String>());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(file(), &now).unwrap();
    } else {
        assert_eq!(
            text, now,
            "UPDATE=1 lists them anew; join what is one thing"
        );
    }
    let open: Vec<&str> = now.lines().filter(|line| line.ends_with("\t?")).collect();
    let help = "are these one thing? Join them, or say why not in tests/data/alike-names.tsv";
    assert!(open.is_empty(), "{help}\n{}", open.join("\n"));
}

#[test]
fn only_names_that_are_shared_on_purpose_fold_alike() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("graph-data");
    let graph = store::load(&folder).unwrap().graph;
    let mut bearers: BTreeMap<String, Vec<(String, bool)>> = BTreeMap::new();
    for (_, entity) in graph.entities() {
        for name in &entity.names {
            let bearer = (entity.id.clone(), name.is_shared);
            bearers.entry(folded(&name.text)).or_default().push(bearer);
        }
    }
    for (name, bearers) in bearers {
        let ids: BTreeSet<&str> = bearers.iter().map(|(id, _)| id.as_str()).collect();
        let is_shared = bearers.iter().all(|(_, is_shared)| *is_shared);
        assert!(ids.len() == 1 || is_shared, "{name}: {ids:?}");
    }
}

#[test]
fn what_people_leave_out_of_names_makes_no_difference() {
    for (one, other) in [
        ("Amazon VPC CNI", "vpc-cni"),
        ("Red Hat CoreOS", "CoreOS"),
        ("Azure Linux OS", "Azure Linux"),
        ("Apache Mesos", "Mesos"),
        ("CRI-O", "crio"),
        ("Docker, Inc.", "Docker"),
        ("Photon OS", "photon"),
        ("VMware Photon OS", "Photon"),
        ("ＳＵＳＥ Rancher", "Rancher"),
    ] {
        assert_eq!(core_of(one), core_of(other), "{one}, {other}");
    }
    for (one, other) in [
        ("Fedora CoreOS", "CoreOS"),
        ("k3s", "k8s"),
        ("Amazon", "Google"),
    ] {
        assert_ne!(core_of(one), core_of(other), "{one}, {other}");
    }
    // Nothing is taken away to the last word.
    assert_eq!(
        (core_of("Linux"), core_of("Red Hat")),
        ("linux".into(), "redhat".into())
    );
}

#[test]
fn a_new_double_is_noticed() {
    let names = [
        ("photon-os", "Photon OS"),
        ("photon", "VMware Photon"),
        ("k3s", "k3s"),
    ];
    let found = alike(names.into_iter());
    let wanted = (Likeness::Near, "photon".to_owned());
    assert_eq!(found.keys().collect::<Vec<_>>(), [&wanted]);
    let names = [("a", "Rancher"), ("b", "rancher"), ("c", "SUSE Rancher")];
    assert_eq!(alike(names.into_iter()).len(), 2);
}
