//! What a large graph costs: its import, opening it, walks through it; each beside a bare loop over
//! the same arrays and beside petgraph's own graph, in one run.
//!
//! `cargo bench --bench scale -- lineage 1000000` or `-- power-law 20 16000000` or `-- csv FOLDER`
//! makes the graph in `target/scale/` if it is not there, and prints a line a task: the median of
//! the runs, and the ratio to the bare loop. Asserts that all count the same, and no time.
//! `-- blocks 100 9` is a billion statements between a hundred million entities; it takes 18 GB for
//! the tables and 30 more for the import. What is there of a graph is not made again.

#![expect(clippy::print_stdout, reason = "the figures are the point")]

mod graphs;

use std::collections::VecDeque;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;
use std::time::Instant;

use fixedbitset::FixedBitSet;
use kingraph::Session;
use kingraph::model::EntityId;
use kingraph::model::RelationId;
use kingraph::model::Rows;
use kingraph::model::Snapshot;
use kingraph::model::Value;

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (folder, start) = match words[..] {
        ["lineage", nodes] => (lineage(number(nodes)), "p0"),
        ["power-law", scale, edges] => (power_law(number(scale) as u32, number(edges)), "0"),
        ["csv", folder, start] => (PathBuf::from(folder), start),
        ["blocks", blocks, uses] => return vast(number(blocks), number(uses)),
        // `cargo bench` without words, and `cargo test --benches`: small enough to pass by.
        _ => (lineage(10_000), "p0"),
    };
    let file = imported(&folder);
    opening(&file, start);
    let mut session = Session::open(&file).expect("the snapshot opens").0;
    session.limits.set("steps", u64::MAX);
    walks(&mut session, start);
}

fn number(word: &str) -> u64 {
    word.parse().expect("a number")
}

/// Where graphs are kept between runs.
fn kept(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/scale")
        .join(name);
    std::fs::create_dir_all(&folder).expect("a folder for the graph");
    folder
}

fn lineage(nodes: u64) -> PathBuf {
    let folder = kept(&format!("lineage-{nodes}"));
    if !folder.join("edges.csv").exists() {
        graphs::lineage(&folder, nodes, 1).expect("the files are written");
    }
    folder
}

fn power_law(scale: u32, edges: u64) -> PathBuf {
    let folder = kept(&format!("power-law-{scale}-{edges}"));
    if !folder.join("edges.csv").exists() {
        graphs::power_law(&folder, scale, edges, 1).expect("the files are written");
    }
    folder
}

/// Imports the files of a folder with the program, and tells what that cost.
fn imported(folder: &Path) -> PathBuf {
    let file = folder.join("graph.kin");
    let names = ["nodes.csv", "edges.csv"].map(|name| folder.join(name));
    let files: Vec<&PathBuf> = names.iter().filter(|name| name.exists()).collect();
    let began = Instant::now();
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_kin"))
        .arg("import")
        .args(&files)
        .args(["--force", "-o"])
        .arg(&file)
        .status()
        .expect("kin runs");
    assert!(status.success(), "the import succeeds");
    let took = began.elapsed();
    let session = Session::open(&file).expect("the snapshot opens").0;
    let edges = session.snapshot().statement_count() as f64;
    let size = |file: &PathBuf| std::fs::metadata(file).map_or(0, |found| found.len()) as f64;
    let text: f64 = files.iter().map(|file| size(file)).sum();
    println!(
        "import                          {:>12}   {:.1} M statements a second, {:.0} MB of text",
        shown(took),
        edges / took.as_secs_f64() / 1e6,
        text / 1e6
    );
    println!(
        "size                            {:>9.1} MB   {:.1} bytes a statement, {} entities",
        size(&file) / 1e6,
        size(&file) / edges,
        session.snapshot().entity_count()
    );
    file
}

/// A graph that is too large for more than a few questions.
fn vast(blocks: u64, uses: u64) {
    let folder = kept(&format!("blocks-{blocks}-{uses}"));
    let file = folder.join("graph.kin");
    let tables = ["graph.toml", "forks.csv", "uses.csv"].map(|name| folder.join(name));
    if !file.exists() {
        if !tables[2].exists() {
            graphs::blocks(&folder, blocks, uses, 1).expect("the files are written");
        }
        let began = Instant::now();
        let status = std::process::Command::new(env!("CARGO_BIN_EXE_kin"))
            .arg("import")
            .arg(&tables[0])
            .args(["--memory", "6GiB", "-o"])
            .arg(&file)
            .status()
            .expect("kin runs");
        assert!(status.success(), "the import succeeds");
        println!(
            "import                          {:>12}",
            shown(began.elapsed())
        );
    }
    let began = Instant::now();
    let mut session = Session::open(&file).expect("the snapshot opens").0;
    println!(
        "open, the first time            {:>12}",
        shown(began.elapsed())
    );
    session.limits.set("steps", u64::MAX);
    let snapshot = session.snapshot().clone();
    let statements = snapshot.statement_count();
    let size = std::fs::metadata(&file).map_or(0, |found| found.len());
    println!(
        "size                            {:>9.1} MB   {:.1} bytes a statement, {statements} of them, \
         {} entities",
        size as f64 / 1e6,
        size as f64 / statements as f64,
        snapshot.entity_count()
    );
    opening(&file, "0");
    let start = snapshot.find_id("0").expect("the start is there");
    let relation = snapshot.schema.relation("forked_as");
    let (relation, _) = relation.expect("there is the relation");
    let closure = "count(descendants(id:\"0\", via=forked_as))";
    compare(
        "closure, typed",
        median(11, || count(&mut session, closure)),
        median(11, || bare_closure(&snapshot, start, Some(relation))),
    );
    anywhere(&mut session, blocks * graphs::BLOCK);
}

/// One step from entities anywhere, before and after what they need has been read from the disk.
fn anywhere(session: &mut Session, nodes: u64) {
    let mut random = graphs::Random(7);
    let hops: Vec<String> = (0..1_000)
        .map(|_| format!("count(id:\"{}\".uses)", random.below(nodes)))
        .collect();
    for turn in ["first", "again"] {
        let began = Instant::now();
        let found: i64 = hops.iter().map(|text| count(session, text)).sum();
        println!(
            "1,000 × one step, {turn:<5}         {:>12}   of {found}",
            shown(began.elapsed())
        );
    }
}

fn opening(file: &Path, start: &str) {
    let query = format!("count(successors(id:\"{start}\"))");
    let first = || {
        let mut session = Session::open(file).expect("the snapshot opens").0;
        session.query(&query).expect("an answer").len()
    };
    println!(
        "open and answer once            {:>12}",
        shown(median(101, first).0)
    );
}

/// Runs a task a number of times; the median time and what it came to.
fn median<T>(runs: usize, mut task: impl FnMut() -> T) -> (Duration, T) {
    let mut last = None;
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let began = Instant::now();
            last = Some(task());
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    (times[runs / 2], last.expect("at least one run"))
}

fn shown(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds @ 1.0.. => format!("{seconds:.2} s"),
        seconds @ 0.001.. => format!("{:.2} ms", seconds * 1e3),
        seconds => format!("{:.2} µs", seconds * 1e6),
    }
}

/// The one number that a query answers with.
fn count(session: &mut Session, query: &str) -> i64 {
    let replies = session
        .query(query)
        .unwrap_or_else(|error| panic!("{query}: {error:?}"));
    match replies[0].answer.table.rows[0][0] {
        Value::Integer(count) => count,
        ref other => panic!("{query}: {other:?}"),
    }
}

/// How many entities the path has that a query answers with; 0 if there is none.
fn length(session: &mut Session, query: &str) -> i64 {
    let replies = session
        .query(query)
        .unwrap_or_else(|error| panic!("{query}: {error:?}"));
    match replies[0].answer.table.rows.first().map(|row| &row[0]) {
        Some(Value::Path(path)) => path.entities.len() as i64,
        None => 0,
        other => panic!("{query}: {other:?}"),
    }
}

/// A line of the report: what kin took, and what the bare loop took for the same.
fn compare(task: &str, kin: (Duration, i64), bare: (Duration, i64)) {
    assert_eq!(kin.1, bare.1, "{task}: kin and the bare loop find the same");
    println!(
        "{task:<30}  {:>12}   {:>5.2} × bare loop {:>10}   of {}",
        shown(kin.0),
        kin.0.as_secs_f64() / bare.0.as_secs_f64(),
        shown(bare.0),
        kin.1
    );
}

fn walks(session: &mut Session, start: &str) {
    let snapshot = session.snapshot().clone();
    let runs = if snapshot.statement_count() > 2_000_000 {
        5
    } else {
        21
    };
    let first = snapshot.find_id(start).expect("the start is there");
    let whole = format!("count(descendants(id:\"{start}\", via=any))");
    let bare = median(runs, || bare_closure(&snapshot, first, None));
    compare(
        "closure, untyped",
        median(runs, || count(session, &whole)),
        bare,
    );
    let own = own_graph(&snapshot);
    let petgraph = median(runs.min(5), || petgraph_closure(&own, first));
    println!(
        "  petgraph's Graph              {:>12}   {:>5.2} × bare loop",
        shown(petgraph.0),
        petgraph.0.as_secs_f64() / bare.0.as_secs_f64()
    );
    assert_eq!(petgraph.1, bare.1);
    drop(own);
    let relations = (0..snapshot.schema.relations.len()).map(RelationId::from_index);
    let edges = relations.filter(|relation| !is_property(&snapshot, *relation));
    let relation = edges.max_by_key(|relation| snapshot.relation_count(*relation));
    let relation = relation.expect("there is a relation");
    let name = &snapshot.schema.relations[relation.index()].name;
    let typed = format!("count(descendants(id:\"{start}\", via={name}))");
    let bare = median(runs, || bare_closure(&snapshot, first, Some(relation)));
    compare(
        "closure, typed",
        median(runs, || count(session, &typed)),
        bare,
    );
    let far = farthest(&snapshot, first);
    let path = format!(
        "path(id:\"{start}\", id:\"{}\", via=any)",
        snapshot.slug(far)
    );
    let bare = median(runs, || bare_distance(&snapshot, first, far));
    compare(
        "shortest path",
        median(runs, || length(session, &path)),
        bare,
    );
    small(session, &snapshot, runs);
}

fn is_property(snapshot: &Snapshot, relation: RelationId) -> bool {
    snapshot.schema.relations[relation.index()].is_property()
}

/// Answers that are small in a large graph.
fn small(session: &mut Session, snapshot: &Snapshot, runs: usize) {
    let last = snapshot.entity_count() as u32 - 1;
    let mut random = graphs::Random(7);
    let mut some = || EntityId(random.below(u64::from(last)) as u32);
    let entities: Vec<EntityId> = (0..1_000).map(|_| some()).collect();
    let depth = 2;
    let texts: Vec<String> = entities
        .iter()
        .map(|id| {
            format!(
                "count(ancestors(id:\"{}\", via=any, depth=1..{depth}))",
                snapshot.slug(*id)
            )
        })
        .collect();
    let kin = median(runs, || -> i64 {
        texts.iter().map(|text| count(session, text)).sum()
    });
    let bare = median(runs, || {
        entities
            .iter()
            .map(|id| bare_back(snapshot, *id, depth))
            .sum()
    });
    compare("1,000 × two steps back, as text", kin, bare);
    paths(session, snapshot, &entities, runs);
    let hops: Vec<String> = entities
        .iter()
        .map(|id| format!("count(successors(id:\"{}\"))", snapshot.slug(*id)))
        .collect();
    let kin = median(runs, || -> i64 {
        hops.iter().map(|text| count(session, text)).sum()
    });
    println!(
        "1,000 × one step, each its text {:>12}   of {}",
        shown(kin.0),
        kin.1
    );
    for (task, text) in [
        ("1,000 × one step, prepared", "successors($of)"),
        (
            "1,000 × two steps, prepared",
            "descendants($of, via=any, depth=1..2)",
        ),
    ] {
        let kin = median(runs, || prepared(session, text, &entities));
        println!("{task:<30} {:>12}   of {}", shown(kin.0), kin.1);
    }
}

/// Shortest paths between entities that follow each other in a list.
fn paths(session: &mut Session, snapshot: &Snapshot, entities: &[EntityId], runs: usize) {
    let pairs = || entities.iter().zip(&entities[1..]).take(100);
    let texts: Vec<String> = pairs()
        .map(|(from, to)| {
            let [from, to] = [from, to].map(|id| snapshot.slug(*id));
            format!("path(id:\"{from}\", id:\"{to}\", via=any)")
        })
        .collect();
    let kin = median(runs, || -> i64 {
        texts.iter().map(|text| length(session, text)).sum()
    });
    let bare = median(runs, || {
        let lengths = pairs().map(|(from, to)| bare_distance(snapshot, *from, *to));
        lengths.sum()
    });
    compare("100 × shortest path, as text", kin, bare);
}

/// How many rows a prepared query has for all of the entities.
fn prepared(session: &Session, text: &str, entities: &[EntityId]) -> i64 {
    let mut query = session.prepare(text).expect("it resolves");
    let mut rows = 0;
    for entity in entities {
        let found = query.bind("of", *entity).expect("it is one").run();
        rows += found.expect("it runs").rows().len() as i64;
    }
    rows
}

/// Breadth first with a queue and a bitmap, along one relation or all.
fn bare_closure(snapshot: &Snapshot, start: EntityId, relation: Option<RelationId>) -> i64 {
    let rows = snapshot.out_rows();
    let is_property: Vec<bool> = snapshot
        .schema
        .relations
        .iter()
        .map(|relation| relation.is_property())
        .collect();
    let has_values = is_property.contains(&true);
    let mut seen = FixedBitSet::with_capacity(snapshot.entity_count());
    let mut queue = vec![start.0];
    let mut next = 0;
    let mut found = 0;
    while next < queue.len() {
        let range = rows.range(EntityId(queue[next]));
        next += 1;
        for place in range {
            let skips = match relation {
                Some(relation) => rows.relations.get(place) != relation.0,
                None => has_values && is_property[rows.relations.get(place) as usize],
            };
            if skips {
                continue;
            }
            let end = rows.ends[place];
            if !seen.put(end as usize) {
                found += 1;
                queue.push(end);
            }
        }
    }
    found
}

/// A bounded closure against the arrows.
fn bare_back(snapshot: &Snapshot, start: EntityId, depth: u32) -> i64 {
    let rows = snapshot.in_rows();
    let mut seen = std::collections::HashSet::new();
    let mut frontier = vec![start.0];
    for _ in 0..depth {
        let mut next = Vec::new();
        for entity in frontier {
            for end in &rows.ends[rows.range(EntityId(entity))] {
                if seen.insert(*end) {
                    next.push(*end);
                }
            }
        }
        frontier = next;
    }
    seen.len() as i64
}

/// Something that is as far away as anything.
fn farthest(snapshot: &Snapshot, start: EntityId) -> EntityId {
    let distances = bare_distances(snapshot, start);
    let reached = distances
        .iter()
        .enumerate()
        .filter(|(_, steps)| **steps != u32::MAX);
    let (place, _) = reached.max_by_key(|(_, steps)| **steps).expect("the start");
    EntityId::from_index(place)
}

fn bare_distances(snapshot: &Snapshot, start: EntityId) -> Vec<u32> {
    let rows = snapshot.out_rows();
    let leads = |place: usize| {
        let relation = RelationId(rows.relations.get(place));
        !snapshot.schema.relations[relation.index()].is_property()
    };
    let mut distances = vec![u32::MAX; snapshot.entity_count()];
    distances[start.index()] = 0;
    let mut queue = VecDeque::from([start.0]);
    while let Some(entity) = queue.pop_front() {
        for place in rows.range(EntityId(entity)).filter(|place| leads(*place)) {
            let end = rows.ends[place] as usize;
            if distances[end] == u32::MAX {
                distances[end] = distances[entity as usize] + 1;
                queue.push_back(end as u32);
            }
        }
    }
    distances
}

/// The number of entities on a shortest path, from both ends at once, a level at a time on the side
/// with fewer entities; 0 if there is none. `via=any` of a path goes against arrows too.
fn bare_distance(snapshot: &Snapshot, from: EntityId, to: EntityId) -> i64 {
    let (out, into) = (snapshot.out_rows(), snapshot.in_rows());
    let is_property: Vec<bool> = snapshot
        .schema
        .relations
        .iter()
        .map(|relation| relation.is_property())
        .collect();
    let mut seen = [0, 1].map(|_| FixedBitSet::with_capacity(snapshot.entity_count()));
    let mut frontiers = [vec![from.0], vec![to.0]];
    seen[0].insert(from.index());
    seen[1].insert(to.index());
    let mut length = 1;
    loop {
        let side = usize::from(frontiers[1].len() < frontiers[0].len());
        let (mut next, mut have_met) = (Vec::new(), false);
        length += 1;
        let mut step = |end: u32, seen: &mut [FixedBitSet; 2]| {
            if !seen[side].put(end as usize) {
                have_met |= seen[1 - side].contains(end as usize);
                next.push(end);
            }
        };
        for entity in std::mem::take(&mut frontiers[side]) {
            for place in out.range(EntityId(entity)) {
                if !is_property[out.relations.get(place) as usize]
                    && out.ends[place] != Rows::NOTHING
                {
                    step(out.ends[place], &mut seen);
                }
            }
            for end in &into.ends[into.range(EntityId(entity))] {
                step(*end, &mut seen);
            }
        }
        if have_met || next.is_empty() {
            return if have_met { length } else { 0 };
        }
        frontiers[side] = next;
    }
}

type Own = petgraph::Graph<(), u8, petgraph::Directed, u32>;

/// The same graph as petgraph keeps one.
fn own_graph(snapshot: &Snapshot) -> Own {
    let rows = snapshot.out_rows();
    let mut own = Own::with_capacity(snapshot.entity_count(), snapshot.statement_count());
    for _ in snapshot.entities() {
        own.add_node(());
    }
    for entity in snapshot.entities() {
        for place in rows.range(entity) {
            let relation = rows.relations.get(place);
            if !snapshot.schema.relations[relation as usize].is_property() {
                own.add_edge(entity.0.into(), rows.ends[place].into(), relation as u8);
            }
        }
    }
    own
}

fn petgraph_closure(own: &Own, start: EntityId) -> i64 {
    let mut seen = FixedBitSet::with_capacity(own.node_count());
    let mut queue = vec![petgraph::graph::NodeIndex::new(start.index())];
    let (mut next, mut found) = (0, 0);
    while next < queue.len() {
        for end in own.neighbors(queue[next]) {
            if !seen.put(end.index()) {
                found += 1;
                queue.push(end);
            }
        }
        next += 1;
    }
    found
}
