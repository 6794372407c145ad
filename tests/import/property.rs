//! Random graphs: as tables that are imported, and in memory, they are the same bytes; so they are
//! whatever the memory and the threads.

use std::fmt::Write as _;
use std::io::Cursor;
use std::path::Path;

use kingraph::diagnostic::Interrupt;
use kingraph::model::Certainty;
use kingraph::model::Citation;
use kingraph::model::Date;
use kingraph::model::EntityId;
use kingraph::model::EntityRecord;
use kingraph::model::Graph;
use kingraph::model::Group;
use kingraph::model::GroupId;
use kingraph::model::Kind;
use kingraph::model::KindId;
use kingraph::model::Label;
use kingraph::model::NameRecord;
use kingraph::model::Object;
use kingraph::model::Range;
use kingraph::model::Relation;
use kingraph::model::RelationId;
use kingraph::model::Schema;
use kingraph::model::Source;
use kingraph::model::SourceId;
use kingraph::model::StatementRecord;
use kingraph::model::Type;
use kingraph::model::Value;
use kingraph::model::freeze;
use kingraph::store::decode;
use kingraph::store::encode;
use kingraph::store::import;
use kingraph::store::import::Reach;
use kingraph::store::import::Watch;
use proptest::collection::btree_map;
use proptest::collection::vec;
use proptest::prelude::Just;
use proptest::prelude::Strategy;
use proptest::prelude::prop_oneof;
use proptest::sample::select;

use crate::program::folder;

/// An entity: name, aliases, kind, and a property that is a number.
type Node = (String, Vec<String>, String, Option<i64>);

/// A statement: ends as places among the entities, relation, since, certainty, source.
type Edge = (
    usize,
    usize,
    usize,
    &'static str,
    &'static str,
    &'static str,
);

const KINDS: [&str; 4] = ["", "k1", "k2", "a kind"];
const RELATIONS: [&str; 3] = ["uses", "became", "\"said\", and"];
const DATES: [&str; 5] = ["", "2018", "2018-03", "~2013", "2016/2018"];
const CERTAINTIES: [&str; 3] = ["", "hedged", "planned"];
const SOURCES: [&str; 3] = ["", "s2", "s1"];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        (0_u32..40).prop_map(|number| number.to_string()),
        (0_u64..90_000_000_000).prop_map(|number| number.to_string()),
        "[a-cA-C_ -]{1,3}",
        "[p-u]0{0,2}[0-9]{1,2}",
        "[äÄß\",\n|x]{1,3}",
    ]
    .prop_filter("it begins and ends with letters", |text| {
        text.trim() == text
    })
}

fn nodes() -> impl Strategy<Value = Vec<(String, Node)>> {
    let aliases = vec(
        text().prop_filter("no separator", |text| !text.contains('|')),
        0..3,
    );
    let kind = select(&KINDS[..]).prop_map(str::to_owned);
    let number = prop_oneof![Just(None), (-3_i64..3).prop_map(Some)];
    let name = prop_oneof![Just(String::new()), text()];
    btree_map(text(), (name, aliases, kind, number), 1..40)
        .prop_map(|map| map.into_iter().collect())
}

fn edges() -> impl Strategy<Value = Vec<Edge>> {
    let edge = (
        0_usize..1000,
        0_usize..1000,
        0..RELATIONS.len(),
        select(&DATES[..]),
        select(&CERTAINTIES[..]),
        select(&SOURCES[..]),
    );
    vec(edge, 0..200)
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

const MAPPING: &str = "[[nodes]]\nfile = \"n.csv\"\nid = \"id\"\nname = \"name\"\nkind = \"kind\"\n\
    aliases = { column = \"aliases\", separator = \"|\" }\n\
    properties = { size = { column = \"size\", type = \"number\" } }\n\
    [[edges]]\nfile = \"e.csv\"\nfrom = \"from\"\nto = \"to\"\nrelation = \"relation\"\n\
    since = \"since\"\ncertainty = \"certainty\"\nsource = \"source\"\n";

fn write_tables(place: &Path, nodes: &[(String, Node)], edges: &[Edge]) {
    let mut table = "size,id,name,aliases,kind\n".to_owned();
    // Not in the order of the ids.
    for (id, (name, aliases, kind, size)) in nodes.iter().rev() {
        let size = size.map_or(String::new(), |size| size.to_string());
        let aliases = quoted(&aliases.join("|"));
        let (id, name) = (quoted(id), quoted(name));
        writeln!(table, "{size},{id},{name},{aliases},{kind}").unwrap();
    }
    std::fs::write(place.join("n.csv"), table).unwrap();
    let mut table = "from,to,relation,since,certainty,source\r\n".to_owned();
    for (from, to, relation, since, certainty, source) in edges {
        // Lines with quotes and without them are read in different ways.
        let field = |text: &str| match from % 3 == 0 || text.contains([',', '"', '\n']) {
            true => quoted(text),
            false => text.to_owned(),
        };
        let id = |place: &usize| field(&nodes[place % nodes.len()].0);
        let relation = field(RELATIONS[*relation]);
        let ends = (id(from), id(to));
        write!(
            table,
            "{},{},{relation},{since},{certainty},{source}\r\n",
            ends.0, ends.1
        )
        .unwrap();
    }
    std::fs::write(place.join("e.csv"), table).unwrap();
    std::fs::write(place.join("mapping.toml"), MAPPING).unwrap();
}

fn relation(name: &str, range: Range) -> Relation {
    let is_property = matches!(range, Range::Values(_));
    let doc = if is_property {
        "A property"
    } else {
        "A relation"
    };
    Relation {
        name: name.to_owned(),
        inverse: None,
        doc: format!("{doc} of the imported data."),
        label: Label::default(),
        inverse_label: Label::default(),
        domain: Vec::new(),
        range,
        groups: if is_property {
            Vec::new()
        } else {
            vec![GroupId(0)]
        },
        is_symmetric: false,
        is_transitive: false,
        is_acyclic: false,
        is_functional: false,
        status: None,
        is_birth: false,
    }
}

/// The words that occur, in order, without the empty one.
fn sorted<'a>(words: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let words: std::collections::BTreeSet<&str> = words.filter(|word| !word.is_empty()).collect();
    words.into_iter().collect()
}

fn name(text: &str, is_alias: bool) -> NameRecord {
    NameRecord {
        text: text.to_owned(),
        language: None,
        since: None,
        until: None,
        is_alias,
        is_shared: true,
    }
}

/// The vocabulary that is read off tables.
fn schema(kinds: &[&str], relations: &[&str]) -> Schema {
    let any = || Range::Entities(Vec::new());
    let mut rows: Vec<Relation> = relations.iter().map(|name| relation(name, any())).collect();
    rows.push(relation("size", Range::Values(Type::Number)));
    Schema {
        kinds: kinds
            .iter()
            .map(|name| Kind {
                name: (*name).to_owned(),
                doc: "A kind of the imported data.".to_owned(),
                label: Label::default(),
                parent: None,
            })
            .collect(),
        relations: rows,
        groups: vec![Group {
            name: "lineage".to_owned(),
            doc: "From an older thing to a newer one.".to_owned(),
        }],
        is_open: false,
    }
}

fn citation(source: usize) -> Citation {
    Citation {
        source: SourceId::from_index(source),
        at: "".into(),
    }
}

/// The same graph in memory.
fn graph(nodes: &[(String, Node)], edges: &[Edge]) -> Graph {
    let kinds = sorted(nodes.iter().map(|(_, node)| node.2.as_str()));
    let relations = sorted(edges.iter().map(|edge| RELATIONS[edge.2]));
    let sources = sorted(edges.iter().map(|edge| edge.5));
    let schema = schema(&kinds, &relations);
    let source = |id: &&str| Source {
        id: (*id).to_owned(),
        title: (*id).to_owned(),
        author: None,
        date: None,
        language: None,
        address: None,
    };
    let mut graph = Graph::new(schema, sources.iter().map(source).collect());
    for (id, (shown, aliases, kind, size)) in nodes {
        let shown = if shown.is_empty() { id } else { shown };
        let mut names = vec![name(shown, false)];
        for alias in aliases {
            if !names.contains(&name(alias, true)) {
                names.push(name(alias, true));
            }
        }
        let kind = kinds.iter().position(|known| known == kind);
        let entity = EntityRecord {
            id: id.clone(),
            names,
            kinds: kind.map(KindId::from_index).into_iter().collect(),
            sources: Vec::new(),
            values: Vec::new(),
        };
        let entity = graph.add_entity(entity).unwrap();
        if let Some(size) = size {
            let size = Object::Value(Value::Integer(*size));
            let property = RelationId::from_index(relations.len());
            graph.add_statement(entity, StatementRecord::new(property, size));
        }
    }
    for (from, to, word, since, certainty, source) in edges {
        let entity = |place: &usize| EntityId::from_index(place % nodes.len());
        let relation = relations
            .iter()
            .position(|known| *known == RELATIONS[*word]);
        let source = sources.iter().position(|known| known == source);
        let statement = StatementRecord {
            since: (!since.is_empty()).then(|| Date::parse(since).unwrap()),
            certainty: Certainty::parse(certainty).unwrap_or_default(),
            sources: source.map(citation).into_iter().collect(),
            ..StatementRecord::new(
                RelationId::from_index(relation.unwrap()),
                Object::Entity(entity(to)),
            )
        };
        graph.add_statement(entity(from), statement);
    }
    graph
}

/// What an import writes.
pub(crate) fn imported(mapping: &Path, memory: u64, is_threaded: bool) -> Vec<u8> {
    let interrupt = Interrupt::default();
    let watch = Watch {
        memory,
        output: mapping.with_extension("kin"),
        is_threaded,
        interrupt: &interrupt,
        progress: &|_| {},
    };
    let plan = import::mapping(mapping, Reach::Below).unwrap();
    let read = import::read(&plan, &watch).unwrap();
    assert_eq!(read.report().findings, []);
    let mut bytes = Cursor::new(Vec::new());
    read.write(&mut bytes, &watch).unwrap();
    bytes.into_inner()
}

#[test]
fn tables_are_what_they_are_in_memory() {
    let place = folder();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let run = runner.run(&(nodes(), edges()), |(nodes, edges)| {
        write_tables(place.path(), &nodes, &edges);
        let mapping = place.path().join("mapping.toml");
        let bytes = imported(&mapping, import::MEMORY, false);
        decode(&bytes).unwrap();
        let frozen = encode(&freeze(&graph(&nodes, &edges)));
        if bytes != frozen {
            let tell = |bytes: &[u8]| format!("{:#?}", decode(bytes));
            proptest::prop_assert_eq!(tell(&bytes), tell(&frozen));
            return Err(proptest::test_runner::TestCaseError::fail("other bytes"));
        }
        Ok(())
    });
    run.unwrap();
}

#[test]
fn memory_and_threads_make_no_difference() {
    let place = folder();
    let mut state = 7_u64;
    let mut random = |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let nodes: Vec<(String, Node)> = (0..5_000_u64)
        .map(|place| {
            let id = if place % 3 == 0 {
                format!("n{place}")
            } else {
                (place * 77).to_string()
            };
            (
                id,
                (
                    String::new(),
                    Vec::new(),
                    String::new(),
                    Some(place as i64 % 9),
                ),
            )
        })
        .collect();
    for has_details in [true, false] {
        let edges: Vec<Edge> = (0..90_000)
            .map(|_| {
                // Few entities bear most statements.
                let from = random(5_000) * random(5_000) / 5_000;
                let details = if has_details { random(4) as usize } else { 0 };
                let ends = (from as usize, random(5_000) as usize);
                (
                    ends.0,
                    ends.1,
                    random(3) as usize,
                    DATES[details],
                    "",
                    SOURCES[details % 3],
                )
            })
            .collect();
        write_tables(place.path(), &nodes, &edges);
        let mapping = place.path().join("mapping.toml");
        let whole = imported(&mapping, import::MEMORY, false);
        decode(&whole).unwrap();
        assert!(whole == encode(&freeze(&graph(&nodes, &edges))));
        for (memory, is_threaded) in [(1 << 16, false), (1 << 16, true), (1 << 20, true)] {
            assert!(imported(&mapping, memory, is_threaded) == whole, "{memory}");
        }
    }
    let left: Vec<_> = std::fs::read_dir(place.path()).unwrap().collect();
    assert_eq!(
        left.len(),
        3,
        "nothing stays of what had no room in memory: {left:?}"
    );
}
