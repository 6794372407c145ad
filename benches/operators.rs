//! What each operator costs on a generated graph of a million statements.
//!
//! `cargo bench --bench operators`. Entity n of 250,000 has four statements, one of each of four
//! relations, to entities that a fixed formula picks; three kinds, and a number as property.

use std::hint::black_box;

use criterion::Criterion;
use criterion::criterion_group;
use criterion::criterion_main;
use kingraph::Session;
use kingraph::model;
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
use kingraph::model::StatementRecord;
use kingraph::model::Type;
use kingraph::model::Value;
use kingraph::shell::Origin;

const ENTITIES: usize = 250_000;
const RELATIONS: [&str; 4] = ["fork", "uses", "made_by", "part_of"];

/// One query an operator; each is answered whole, without its text being shown.
const OPERATORS: [(&str, &str); 18] = [
    ("select a kind", "kind:b |> count"),
    ("expand", "successors(kind:b) |> count"),
    ("closure with a small answer", "descendants(n249990)"),
    (
        "closure of a third of the graph",
        "descendants(n0) |> count",
    ),
    ("shortest path", "path(n0, n200000, via=any)"),
    ("intersection", "descendants(n0) & kind:b |> count"),
    ("filter on a property", "kind:b |> where size = 3 |> count"),
    (
        "filter on a relation",
        "kind:b |> where uses in (n5 | n6) |> count",
    ),
    (
        "group and aggregate",
        "kind:b |> group by size select size, count(*) as n",
    ),
    ("sort", "kind:b |> order by size, name |> offset 80000"),
    ("top ten", "kind:b |> order by size desc, name |> limit 10"),
    ("distinct", "kind:b |> select distinct size"),
    ("scan of a pattern", "match (a:b) return count(*)"),
    ("one edge", "match (a:b)-[:fork]->(b) return count(*)"),
    (
        "two edges with filters on both ends",
        "match (a:b)-[:fork]->(b)-[:uses]->(c:c) where a.size = 1 and c.size = 2 return count(*)",
    ),
    (
        "triangles",
        "match (a)-[:fork]->(b)-[:uses]->(c)<-[:made_by]-(a) return count(*)",
    ),
    (
        "three steps from one",
        "match (a in n7)-[]->{1,3}(b) return count(*)",
    ),
    (
        "semi-join",
        "kind:b |> where exists { (it)-[:fork]->(x:c) } |> count",
    ),
];

fn label() -> Label {
    Label::default()
}

fn schema() -> Schema {
    let kind = |name: &str| Kind {
        name: name.to_owned(),
        doc: String::new(),
        label: label(),
        parent: None,
    };
    let relation = |name: &str, range: Range| Relation {
        name: name.to_owned(),
        inverse: None,
        doc: String::new(),
        label: label(),
        inverse_label: label(),
        domain: Vec::new(),
        range,
        groups: vec![GroupId::from_index(0)],
        is_symmetric: false,
        is_transitive: false,
        is_acyclic: false,
        is_functional: false,
        status: None,
        is_birth: false,
    };
    let mut relations: Vec<Relation> = RELATIONS
        .iter()
        .map(|name| relation(name, Range::Entities(Vec::new())))
        .collect();
    relations.push(relation("size", Range::Values(Type::Number)));
    Schema {
        kinds: ["a", "b", "c"].map(kind).to_vec(),
        relations,
        groups: vec![Group {
            name: "lineage".to_owned(),
            doc: String::new(),
        }],
        ..Schema::default()
    }
}

/// A spread of numbers that is the same in every run (Knuth's multiplicative hash).
fn spread(number: usize) -> usize {
    number.wrapping_mul(2_654_435_761) >> 7
}

fn session() -> Session {
    let mut graph = Graph::new(schema(), Vec::new());
    for number in 0..ENTITIES {
        let id = format!("n{number}");
        let name = NameRecord {
            text: id.clone(),
            language: None,
            since: None,
            until: None,
            is_alias: false,
            is_shared: false,
        };
        let size = Value::Integer((spread(number) % 16) as i64);
        let property = RelationId::from_index(RELATIONS.len());
        graph.add_entity(EntityRecord {
            id,
            names: vec![name],
            kinds: vec![KindId::from_index(number % 3)],
            sources: Vec::new(),
            values: vec![StatementRecord::new(property, Object::Value(size))],
        });
    }
    for number in 0..ENTITIES {
        for relation in 0..RELATIONS.len() {
            let target = (number + 1 + spread(number * 4 + relation) % 1000) % ENTITIES;
            let object = Object::Entity(EntityId::from_index(target));
            let statement = StatementRecord::new(RelationId::from_index(relation), object);
            graph.add_statement(EntityId::from_index(number), statement);
        }
    }
    let mut session = Session::on(model::freeze(&graph), Origin::Bundled);
    session.limits.set("steps", 10_000_000_000);
    session
}

fn operators(criterion: &mut Criterion) {
    let mut session = session();
    let mut group = criterion.benchmark_group("operators");
    group.sample_size(10);
    for (name, query) in OPERATORS {
        group.bench_function(name, |bencher| {
            bencher.iter(|| session.query(black_box(query)).expect("it answers"));
        });
    }
    group.finish();
}

criterion_group!(benches, operators);
criterion_main!(benches);
