//! Patterns, counts and groups beside bare loops over the same arrays, in one process.
//!
//! `cargo bench --bench patterns`; `KIN_NODES=1000000` for a graph of that size. A graph of packages,
//! each of which leads to earlier ones: eight relations, each half as frequent as the one before,
//! twenty kinds and a date. A line a query: the first run of kin (its text parsed, planned and
//! answered), the mean of some more, that of a loop over `u32` arrays, and the ratio of the two means.

#[path = "graphs/csr.rs"]
mod csr;

use std::hint::black_box;
use std::io::Write;
use std::time::Duration;
use std::time::Instant;

use kingraph::Session;
use kingraph::model;
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
use kingraph::model::Snapshot;
use kingraph::model::StatementRecord;
use kingraph::model::Type;
use kingraph::model::Value;
use kingraph::shell::Origin;

use csr::Csr;
use csr::csr;
use csr::forward;

const KINDS: usize = 20;
const RELATIONS: usize = 8;
/// How many statements of the first relation an entity has.
const DEGREE: usize = 6;
/// Each is run until so much time is spent.
const ENOUGH: Duration = Duration::from_millis(300);

/// SplitMix64 (G. Steele, D. Lea, C. Flood, 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }
}

fn schema() -> Schema {
    let kind = |number: usize| Kind {
        name: format!("k{number}"),
        doc: String::new(),
        label: Label::default(),
        parent: None,
    };
    let relation = |name: String, range: Range| Relation {
        name,
        inverse: None,
        doc: String::new(),
        label: Label::default(),
        inverse_label: Label::default(),
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
    let mut relations: Vec<Relation> = (0..RELATIONS)
        .map(|number| relation(format!("r{number}"), Range::Entities(Vec::new())))
        .collect();
    relations.push(relation(
        "released_on".to_owned(),
        Range::Values(Type::Date),
    ));
    Schema {
        kinds: (0..KINDS).map(kind).collect(),
        relations,
        groups: vec![Group {
            name: "lineage".to_owned(),
            doc: String::new(),
        }],
        ..Schema::default()
    }
}

/// The arrays of the bare loops.
struct Arrays {
    years: Vec<u16>,
    kinds: Vec<u8>,
    relations: Vec<Csr>,
    /// The first relation without directions, from the entity with fewer ends to the other.
    forward: Csr,
}

fn graph(nodes: usize) -> (Session, Arrays) {
    let mut random = Random(7);
    let mut graph = Graph::new(schema(), Vec::new());
    let property = RelationId::from_index(RELATIONS);
    let (mut years, mut kinds) = (Vec::new(), Vec::new());
    for number in 0..nodes {
        let id = format!("n{number:08}");
        let year = 1990 + random.below(30);
        let kind = random.below(KINDS).min(random.below(KINDS));
        years.push(year as u16);
        kinds.push(kind as u8);
        let date = Value::Date(Date::parse(&year.to_string()).expect("a year is a date"));
        let name = NameRecord {
            text: id.clone(),
            language: None,
            since: None,
            until: None,
            is_alias: false,
            is_shared: false,
        };
        graph.add_entity(EntityRecord {
            id,
            names: vec![name],
            kinds: vec![KindId::from_index(kind)],
            sources: Vec::new(),
            values: vec![StatementRecord::new(property, Object::Value(date))],
        });
    }
    let lists = statements(&mut graph, nodes, &mut random);
    let mut session = Session::on(model::freeze(&graph), Origin::Bundled);
    for (limit, value) in [
        ("steps", u64::MAX),
        ("rows", u64::MAX),
        ("values", u64::MAX),
    ] {
        session.limits.set(limit, value);
    }
    let arrays = Arrays {
        years,
        kinds,
        forward: forward(&lists[0]),
        relations: lists.iter().map(|lists| csr(lists)).collect(),
    };
    (session, arrays)
}

/// Adds the statements, and lists the ends of each entity along each relation.
fn statements(graph: &mut Graph, nodes: usize, random: &mut Random) -> Vec<Vec<Vec<u32>>> {
    let mut lists = vec![vec![Vec::new(); nodes]; RELATIONS];
    for (relation, ends) in lists.iter_mut().enumerate() {
        for number in 0..(nodes * DEGREE) >> relation {
            let source = 1 + number % (nodes - 1);
            // Half are near, half are the more frequent the older they are.
            let target = match random.below(2) {
                0 => source - 1 - random.below(source.min(40)),
                _ => {
                    let end = 1 + random.below(source);
                    random.below(end)
                }
            };
            ends[source].push(target as u32);
        }
        for (source, ends) in ends.iter_mut().enumerate() {
            ends.sort_unstable();
            ends.dedup();
            for end in ends {
                let object = Object::Entity(EntityId(*end));
                let statement = StatementRecord::new(RelationId::from_index(relation), object);
                graph.add_statement(EntityId::from_index(source), statement);
            }
        }
    }
    lists
}

fn common(left: &[u32], right: &[u32]) -> u64 {
    let (mut one, mut other, mut count) = (0, 0, 0);
    while one < left.len() && other < right.len() {
        let (low, high) = (left[one], right[other]);
        count += u64::from(low == high);
        one += usize::from(low <= high);
        other += usize::from(high <= low);
    }
    count
}

impl Arrays {
    fn nodes(&self) -> u32 {
        self.years.len() as u32
    }

    fn is(&self, node: u32, kind: u8) -> bool {
        self.kinds[node as usize] == kind
    }

    fn after(&self, node: u32, year: u16) -> bool {
        self.years[node as usize] > year
    }

    /// Where the statements of an entity lead, of one relation after the other.
    fn after_any(&self, node: u32) -> impl Iterator<Item = u32> {
        let relations = self.relations.iter();
        relations.flat_map(move |relation| relation.of(node).iter().copied())
    }

    /// Calls `found` for two steps, of entities whose ends pass.
    fn two_hops(
        &self,
        first: impl Fn(u32) -> bool,
        last: impl Fn(u32) -> bool,
        mut found: impl FnMut(u32, u32, u32),
    ) {
        for a in (0..self.nodes()).filter(|a| first(*a)) {
            for b in self.relations[0].of(a) {
                for c in self.relations[1].of(*b) {
                    if last(*c) {
                        found(a, *b, *c);
                    }
                }
            }
        }
    }

    fn triangles(&self) -> u64 {
        let pairs = (0..self.nodes()).flat_map(|a| self.forward.of(a).iter().map(move |b| (a, b)));
        pairs
            .map(|(a, b)| common(self.forward.of(a), self.forward.of(*b)))
            .sum()
    }

    fn diamonds(&self) -> u64 {
        let mut ways = vec![0u32; self.years.len()];
        let (mut met, mut count) = (Vec::new(), 0);
        for a in 0..self.nodes() {
            for b in self.relations[0].of(a) {
                for d in self.relations[0].of(*b) {
                    if ways[*d as usize] == 0 {
                        met.push(*d);
                    }
                    ways[*d as usize] += 1;
                }
            }
            for d in met.drain(..) {
                let ways = u64::from(std::mem::take(&mut ways[d as usize]));
                count += ways * (ways - 1);
            }
        }
        count
    }

    /// The ten greatest, of equal ones the first entities.
    fn greatest(counts: &[u64]) -> u64 {
        let mut places: Vec<usize> = (0..counts.len())
            .filter(|place| counts[*place] > 0)
            .collect();
        let key = |place: &usize| (std::cmp::Reverse(counts[*place]), *place);
        if places.len() > 10 {
            places.select_nth_unstable_by_key(10, key);
            places.truncate(10);
        }
        places.iter().map(|place| counts[*place]).sum()
    }
}

/// A query, and the loop that counts what the last column of its rows adds up to.
type Case = (&'static str, &'static str, fn(&Arrays) -> u64);

const CASES: &[Case] = &[
    (
        "two steps, filters on both ends",
        "match (a)-[:r0]->(b)-[:r1]->(c) where a.released_on > 2010 and c.released_on > 2000 \
         return count(*)",
        |arrays| {
            let mut count = 0;
            let last = |c| arrays.after(c, 2000);
            arrays.two_hops(|a| arrays.after(a, 2010), last, |_, _, _| count += 1);
            count
        },
    ),
    (
        "two steps, kinds and filters",
        "match (a:k1)-[:r0]->(b)-[:r1]->(c:k2) where a.released_on > 2000 \
         and c.released_on > 2000 return count(*)",
        |arrays| {
            let mut count = 0;
            let first = |a| arrays.is(a, 1) && arrays.after(a, 2000);
            let last = |c| arrays.is(c, 2) && arrays.after(c, 2000);
            arrays.two_hops(first, last, |_, _, _| count += 1);
            count
        },
    ),
    (
        "top ten of groups by the first",
        "match (a:k1)-[:r0]->(b)-[:r1]->(c) where c.released_on > 2000 \
         return a, count(*) as n order by n desc limit 10",
        |arrays| {
            let mut counts = vec![0; arrays.years.len()];
            let last = |c| arrays.after(c, 2000);
            let count = |a, _, _| counts[a as usize] += 1;
            arrays.two_hops(|a| arrays.is(a, 1), last, count);
            Arrays::greatest(&counts)
        },
    ),
    (
        "top ten of groups by the last",
        "match (a)-[:r0]->(b)-[:r1]->(c) where a.released_on > 2010 \
         return c, count(*) as n order by n desc limit 10",
        |arrays| {
            let mut counts = vec![0; arrays.years.len()];
            let first = |a| arrays.after(a, 2010);
            arrays.two_hops(first, |_| true, |_, _, c| counts[c as usize] += 1);
            Arrays::greatest(&counts)
        },
    ),
    (
        "two steps of any relation, filters",
        "match (a)-->(b)-->(c) where a.released_on > 2010 and c.released_on > 2000 \
         return count(*)",
        |arrays| {
            let mut count = 0;
            let first = |a: &u32| arrays.after(*a, 2010);
            for a in (0..arrays.nodes()).filter(first) {
                for b in arrays.after_any(a) {
                    let last = |c: &u32| arrays.after(*c, 2000);
                    count += arrays.after_any(b).filter(last).count() as u64;
                }
            }
            count
        },
    ),
    (
        "any relation, top ten by the last",
        "match (a)-->(b) return b, count(*) as n order by n desc limit 10",
        |arrays| {
            let mut counts = vec![0; arrays.years.len()];
            for a in 0..arrays.nodes() {
                arrays.after_any(a).for_each(|b| counts[b as usize] += 1);
            }
            Arrays::greatest(&counts)
        },
    ),
    (
        "ten rows by the last",
        "match (a)-[:r0]->(b)-[:r1]->(c) where a.released_on > 2010 \
         return a, b, c, 1 order by c desc, b, a limit 10",
        |arrays| {
            let mut heap = std::collections::BinaryHeap::new();
            let first = |a| arrays.after(a, 2010);
            arrays.two_hops(
                first,
                |_| true,
                |a, b, c| {
                    let key = (std::cmp::Reverse(c), b, a);
                    if heap.len() < 10 {
                        heap.push(key);
                    } else if heap.peek().is_some_and(|last| key < *last) {
                        heap.pop();
                        heap.push(key);
                    }
                },
            );
            heap.len() as u64
        },
    ),
    (
        "ten rows",
        "match (a)-[:r0]->(b)-[:r1]->(c) where a.released_on > 2010 return a, b, c, 1 limit 10",
        |arrays| {
            let mut heap = std::collections::BinaryHeap::new();
            let first = |a| arrays.after(a, 2010);
            arrays.two_hops(
                first,
                |_| true,
                |a, b, c| {
                    if heap.len() < 10 || heap.peek().is_some_and(|last| (a, b, c) < *last) {
                        heap.push((a, b, c));
                    }
                    if heap.len() > 10 {
                        heap.pop();
                    }
                },
            );
            heap.len() as u64
        },
    ),
    (
        "triangles",
        "match (a)-[:r0]->(b)-[:r0]->(c), (a)-[:r0]->(c) return count(*)",
        Arrays::triangles,
    ),
    (
        "diamonds",
        "match (a)-[:r0]->(b)-[:r0]->(d), (a)-[:r0]->(c)-[:r0]->(d) return count(*)",
        Arrays::diamonds,
    ),
    (
        "groups by kind",
        "match (a)-[:r0]->(b) return a.kind, count(*) order by a.kind",
        |arrays| {
            let mut counts = [0; KINDS];
            for a in 0..arrays.nodes() {
                let count = &mut counts[usize::from(arrays.kinds[a as usize])];
                *count += arrays.relations[0].of(a).len() as u64;
            }
            counts.iter().sum()
        },
    ),
    ("a kind, counted", "kind:k1 |> count", |arrays| {
        (0..arrays.nodes()).filter(|a| arrays.is(*a, 1)).count() as u64
    }),
    (
        "a kind with a date, counted",
        "kind:k1 |> where it.released_on > 2010 |> count",
        |arrays| {
            let is_it = |a: &u32| arrays.is(*a, 1) && arrays.after(*a, 2010);
            (0..arrays.nodes()).filter(is_it).count() as u64
        },
    ),
    ("all by kind", "all() |> group by kind |> count", |arrays| {
        let mut counts = [0u64; KINDS];
        for kind in &arrays.kinds {
            counts[usize::from(*kind)] += 1;
        }
        counts.iter().filter(|count| **count > 0).count() as u64
    }),
];

/// How long this thread has been on a processor, so that what else runs there makes less of a
/// difference; the time of day where the system does not say. Told in ticks of some milliseconds.
fn spent(start: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = told.split(' ').next().and_then(|text| text.parse().ok());
    nanoseconds.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

/// How long a run takes, as a mean, and what the last of them gave.
fn mean(mut run: impl FnMut() -> u64) -> (Duration, u64) {
    let (start, mut runs) = (Instant::now(), 0);
    let before = spent(start);
    loop {
        let found = black_box(run());
        runs += 1;
        let taken = spent(start) - before;
        if taken >= ENOUGH {
            return (taken / runs, found);
        }
    }
}

fn total(session: &mut Session, query: &str) -> u64 {
    let replies = session.query(query).expect("it answers");
    let rows = &replies[0].answer.table.rows;
    let number = |row: &Vec<Value>| match row.last() {
        Some(Value::Integer(number)) => *number as u64,
        other => panic!("{other:?} is no number"),
    };
    rows.iter().map(number).sum()
}

fn main() {
    let nodes = std::env::var("KIN_NODES")
        .ok()
        .and_then(|text| text.parse().ok());
    let wanted = std::env::var("KIN_CASE").unwrap_or_default();
    let (mut session, arrays) = graph(nodes.unwrap_or(100_000));
    let mut out = std::io::stdout().lock();
    let snapshot: &Snapshot = session.snapshot();
    let (entities, statements) = (snapshot.entity_count(), snapshot.statement_count());
    let _ = writeln!(out, "{entities} entities, {statements} statements");
    // What building the graph gave back is put together by the allocator when it is next asked.
    black_box(total(&mut session, "match (a) return count(*)"));
    for (name, query, bare) in CASES.iter().filter(|case| case.0.contains(&wanted)) {
        let start = Instant::now();
        black_box(total(&mut session, query));
        let first = start.elapsed();
        let (own, found) = mean(|| total(&mut session, query));
        let (loops, wanted) = mean(|| bare(black_box(&arrays)));
        let sign = if found == wanted { "" } else { " DIFFERENT" };
        let ratio = own.as_secs_f64() / loops.as_secs_f64();
        let _ = writeln!(
            out,
            "{name:32} first {first:>10.2?}  kin {own:>10.2?}  bare {loops:>10.2?}  \
             ratio {ratio:>7.2}  = {found}{sign}"
        );
    }
}
