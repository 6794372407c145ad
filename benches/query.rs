//! What a query costs in process, on the bundled graph: its stages, one hop, and a closure.
//!
//! `cargo bench --bench query`

use std::hint::black_box;

use criterion::BatchSize;
use criterion::Criterion;
use criterion::criterion_group;
use criterion::criterion_main;
use kingraph::Session;
use kingraph::diagnostic::Limits;
use kingraph::query::parse;
use kingraph::query::scan;
use kingraph::store;

const ONE_HOP: &str = "successors(CoreOS)";
const STEP: &str = "EKS.cni";
const CLOSURE: &str = "descendants(CoreOS)";
const LONG: &str = "(EKS | AKS | RKS).default_node_os - descendants(CoreOS, via=lineage, depth=1..3) \
                    & kind:container_host_os as of 2021-05 according to rks-17, rks-15";

/// The forms of the language, from a look-up to a pattern of four edges.
const FORMS: [(&str, &str); 7] = [
    (
        "pipe",
        "kind:managed_service |> where announced_on >= 2018 |> select name, default_node_os, cni \
         |> order by name",
    ),
    (
        "group",
        "descendants(CoreOS) |> group by developed_by select developed_by, count(*) as n \
         |> order by n desc",
    ),
    (
        "match",
        "match (s:managed_service)-[:default_node_os]->(o)<-[:forked_as]-(p) \
         where p.name = \"Container Linux\" return s, o, p",
    ),
    (
        "match of four edges",
        "match (a:managed_service)-[:default_node_os]->(o)<-[:forked_as]-(p), \
         (a)-[:cni]->(c)-[:developed_by]->(d) where a.name <> d.name return a, o, p, c, d",
    ),
    (
        "shortest path",
        "match p = any shortest (a in EKS)-[]-+(b in \"Red Hat\") return p",
    ),
    (
        "optional match",
        "match (d:kubernetes_distribution) optional match (d)-[:cni]->(c) \
         return d.name, collect(c.name) as cnis order by d.name",
    ),
    (
        "compare",
        "compare RKS, EKS, AKS on default_node_os, supports_node_os, cri, cni as of 2021-05",
    ),
];

fn forms(criterion: &mut Criterion) {
    let limits = Limits::default();
    let mut session = Session::bundled();
    for (name, text) in FORMS {
        criterion.bench_function(&format!("parse: {name}"), |bencher| {
            bencher.iter(|| parse::parse(black_box(text), &limits).expect("it reads"));
        });
        criterion.bench_function(&format!("parse, resolve and plan: {name}"), |bencher| {
            bencher.iter(|| session.plan(black_box(text)).expect("it resolves"));
        });
        criterion.bench_function(&format!("answer, once planned: {name}"), |bencher| {
            bencher.iter(|| session.query(black_box(text)).expect("it answers"));
        });
    }
}

fn parsing(criterion: &mut Criterion) {
    let limits = Limits::default();
    for (name, text) in [("one hop", ONE_HOP), ("step", STEP), ("long", LONG)] {
        criterion.bench_function(&format!("parse: {name}"), |bencher| {
            bencher.iter(|| parse::parse(black_box(text), &limits).expect("it reads"));
        });
    }
}

fn planning(criterion: &mut Criterion) {
    let session = Session::bundled();
    for (name, text) in [("one hop", ONE_HOP), ("long", LONG)] {
        criterion.bench_function(&format!("parse, resolve and plan: {name}"), |bencher| {
            bencher.iter(|| session.plan(black_box(text)).expect("it resolves"));
        });
    }
}

fn answering(criterion: &mut Criterion) {
    let mut session = Session::bundled();
    for (name, text) in [("one hop", ONE_HOP), ("step", STEP), ("closure", CLOSURE)] {
        criterion.bench_function(
            &format!("answer with evidence, once planned: {name}"),
            |bencher| {
                bencher.iter(|| session.query(black_box(text)).expect("it answers"));
            },
        );
    }
}

/// The forms of one hop, and where the name of an entity goes.
const HOPS: [&str; 6] = [
    "successors(NAME)",
    "NAME.cni",
    "id:NAME.cni",
    "match (a in NAME)-[:cni]->(b) return b",
    "match (a {id: \"NAME\"})-[:cni]->(b) return b",
    "match (a)-[:cni]->(b) where a.id = \"NAME\" return b",
];

/// One hop as text, from every entity in turn whose id reads as a name: by a plan that is kept, as
/// no text is asked twice in a row, and by one that is made for each.
fn hopping(criterion: &mut Criterion) {
    let mut session = Session::bundled();
    let snapshot = session.snapshot();
    let slugs = snapshot.entities().map(|entity| snapshot.slug(entity));
    let is_name = |slug: &&str| slug.starts_with(|first: char| first.is_ascii_alphabetic());
    let is_plain = |slug: &&str| is_name(slug) && scan::written(slug) == *slug;
    let slugs: Vec<String> = slugs.filter(is_plain).map(str::to_owned).collect();
    for form in HOPS {
        let texts: Vec<String> = slugs
            .iter()
            .map(|slug| form.replace("NAME", slug))
            .collect();
        let mut next = texts.iter().cycle();
        criterion.bench_function(&format!("answer with evidence: {form}, each"), |bencher| {
            bencher.iter(|| {
                let text = next.next().expect("there are entities");
                session.query(black_box(text)).expect("it answers")
            });
        });
        criterion.bench_function(&format!("answer with evidence: {form}, first"), |bencher| {
            let fresh = || (session.clone(), next.next().expect("there are entities"));
            bencher.iter_batched(
                fresh,
                |(mut session, text)| {
                    (session.query(black_box(text)).expect("it answers"), session)
                },
                BatchSize::SmallInput,
            );
        });
    }
}

fn prepared(criterion: &mut Criterion) {
    let session = Session::bundled();
    let core = session.snapshot().find("CoreOS").expect("it is there").1[0];
    let mut hop = session.prepare("successors($of)").expect("it resolves");
    criterion.bench_function("prepared: one hop from an entity", |bencher| {
        bencher.iter(|| {
            let found = hop.bind("of", black_box(core)).expect("it is one").run();
            found
                .expect("it runs")
                .rows()
                .filter_map(|row| row.entity())
                .count()
        });
    });
    criterion.bench_function("prepared: one hop from a name", |bencher| {
        bencher.iter(|| {
            let found = hop
                .bind("of", black_box("CoreOS"))
                .expect("it is one")
                .run();
            found
                .expect("it runs")
                .rows()
                .filter_map(|row| row.entity())
                .count()
        });
    });
}

fn opening(criterion: &mut Criterion) {
    criterion.bench_function("open the bundled graph", |bencher| {
        bencher.iter(store::bundled)
    });
}

criterion_group!(
    benches, parsing, planning, answering, hopping, prepared, forms, opening
);
criterion_main!(benches);
