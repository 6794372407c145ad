//! Random queries of every form on small random graphs, against a slow and obvious evaluator.
//!
//! Each query is asked with the passes and without, and both answers must be the same to the last
//! note; the rows and their order must be those that the evaluator in `support/slow` finds by
//! nested loops. Seeds are fixed. `KIN_PAIRS=100000` tries so many pairs in each part of the seeds,
//! and `KIN_SEED=17` only that seed.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "differential/asking.rs"]
mod asking;
#[path = "differential/joins.rs"]
mod joins;
#[path = "support/random.rs"]
mod random;
#[path = "support/slow/mod.rs"]
mod slow;
#[path = "differential/stages.rs"]
mod stages;
#[expect(dead_code, reason = "other tests look at names and paths")]
mod support;
#[path = "differential/world.rs"]
mod world;

use kingraph::diagnostic::Limits;
use kingraph::model::EntityId;
use kingraph::model::StatementId;
use kingraph::model::Value;
use kingraph::model::freeze;
use kingraph::query::Answer;
use kingraph::query::ColumnType;
use kingraph::query::Rewrite;
use kingraph::query::parse::parse;
use kingraph::shell::Origin;
use kingraph::shell::Session;
use kingraph::store;

use random::Random;
use slow::Cell;
use slow::Rows;
use slow::Slow;
use slow::World;

/// How many pairs of a graph and a query each part tries, unless told otherwise.
const PAIRS: u64 = 800;

/// Queries that are asked of one graph.
const QUERIES: u64 = 5;

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap())
}

/// Tries the seeds of one part of so many.
fn part(place: u64, parts: u64) {
    if let Some(seed) = number("KIN_SEED") {
        if seed % parts == place {
            tried(seed);
        }
        return;
    }
    let pairs = number("KIN_PAIRS").unwrap_or(PAIRS);
    let mut wrong = Vec::new();
    for seed in 0..pairs {
        let seed = seed * parts + place;
        let result = std::panic::catch_unwind(|| tried(seed));
        if result.is_err() {
            wrong.push(seed);
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {pairs} seeds differ: {wrong:?}",
        wrong.len()
    );
}

#[test]
fn the_first_part_of_the_seeds() {
    part(0, 4);
}

#[test]
fn the_second_part_of_the_seeds() {
    part(1, 4);
}

#[test]
fn the_third_part_of_the_seeds() {
    part(2, 4);
}

#[test]
fn the_fourth_part_of_the_seeds() {
    part(3, 4);
}

/// The first of 1 and 1.0 is by name, whatever order the plan walks in.
#[test]
fn equal_numbers_are_met_in_order() {
    let node = |id: &str, name: &str, z: Cell| slow::Node {
        id: id.to_owned(),
        labels: Vec::new(),
        properties: [
            ("name".to_owned(), Cell::Text(name.to_owned())),
            ("z".to_owned(), z),
        ]
        .into(),
    };
    let nodes = vec![
        node("n0", "b", Cell::Float(1.0)),
        node("n1", "a", Cell::Int(1)),
    ];
    let world = World {
        nodes,
        ..World::default()
    };
    for name in ["sum", "min", "max", "avg", "count", "collect"] {
        let query = format!("match (a) return {name}(distinct a.z) as total");
        assert_eq!(check(&world, &query), Ok(()));
    }
}

#[test]
fn stages_behind_sets() {
    let pairs = number("KIN_PAIRS").unwrap_or(PAIRS);
    let seeds = number("KIN_SEED").map_or(0..pairs, |seed| seed..seed + 1);
    let mut wrong = Vec::new();
    for seed in seeds {
        let piped = stages::piped(&mut Random::new(seed ^ 0x9199_0000_0000));
        wrong.extend(
            piped
                .check()
                .err()
                .map(|wrong| format!("seed {seed}\n{wrong}\n")),
        );
    }
    let first = &wrong[..wrong.len().min(10)];
    assert!(
        wrong.is_empty(),
        "{} of {pairs} differ:\n{}",
        wrong.len(),
        first.join("\n")
    );
}

#[test]
fn joins_on_dense_graphs() {
    let pairs = number("KIN_PAIRS").unwrap_or(3 * PAIRS);
    let seeds = number("KIN_SEED").map_or(0..pairs, |seed| seed..seed + 1);
    let (mut wrong, mut met) = (Vec::new(), 0);
    for seed in seeds.clone() {
        let world = joins::dense(&mut Random::new(seed / QUERIES));
        let query = joins::query(&mut Random::new(seed ^ 0x1013_0000_0000));
        met += u64::from(joins::is_join(&session(&world), &query));
        if let Err(found) = check(&world, &query) {
            wrong.push(format!("seed {seed}\n{}\n{query}\n{found}\n", world.json()));
        }
    }
    let first = &wrong[..wrong.len().min(3)];
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        first.join("\n")
    );
    assert_eq!(met, seeds.end - seeds.start, "every query is a join");
}

#[test]
fn joins_in_contexts() {
    let mut session = Session::bundled();
    let schema = &session.snapshot().schema;
    let is_edge =
        |relation: &&kingraph::model::Relation| !relation.is_property() && !relation.is_symmetric;
    let relations: Vec<String> = schema
        .relations
        .iter()
        .filter(is_edge)
        .map(|relation| relation.name.clone())
        .collect();
    let mut wrong = Vec::new();
    for seed in 0..number("KIN_PAIRS").unwrap_or(PAIRS) {
        let mut random = Random::new(seed);
        let query = match seed % 4 {
            0 => joins::of_kind(&mut random),
            _ => joins::in_context(&mut random, &relations),
        };
        session.rewrite = Rewrite::On;
        assert!(joins::is_join(&session, &query), "{query}");
        let [rewritten, plain] = joins::both(&mut session, &query);
        if rewritten != plain {
            wrong.push(query);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The graph of a seed; some seeds that follow each other share one.
fn world_of(seed: u64) -> World {
    world::world(&mut Random::new(seed / QUERIES))
}

fn query_of(seed: u64, world: &World) -> String {
    asking::query(
        Random::new(seed ^ 0x5eed_0000_0000),
        world.edges.len(),
        world.labels(),
    )
}

/// Panics with the smallest graph on which the query of a seed goes wrong.
fn tried(seed: u64) {
    let mut world = world_of(seed);
    let query = query_of(seed, &world);
    let Err(mut wrong) = check(&world, &query) else {
        return;
    };
    while let Some((smaller, found)) = shrunk(&world, &query) {
        (world, wrong) = (smaller, found);
    }
    panic!("seed {seed}\n{}\n{query}\n{wrong}", world.json());
}

fn shrunk(world: &World, query: &str) -> Option<(World, String)> {
    let edges = (0..world.edges.len()).map(|place| world.without_edge(place));
    let mut smaller = edges.chain(world.without_last_node());
    smaller.find_map(|world| check(&world, query).err().map(|wrong| (world, wrong)))
}

fn session(world: &World) -> Session {
    let loaded = store::read_property_graph("graph.json", world.json().into_bytes());
    Session::on(freeze(&loaded.graph), Origin::Bundled)
}

/// Asks both ways, and compares with the slow evaluator.
fn check(world: &World, query: &str) -> Result<(), String> {
    let mut session = session(world);
    let world = &in_order(&session, world);
    let answers = [Rewrite::On, Rewrite::Off].map(|rewrite| {
        session.rewrite = rewrite;
        let replies = session.query(query).map_err(|error| format!("{error:?}"));
        replies.map(|mut replies| replies.remove(0).answer)
    });
    let [rewritten, plain] = &answers;
    if rewritten != plain {
        return Err(format!("rewritten: {rewritten:?}\nplain:     {plain:?}"));
    }
    let answer = rewritten.as_ref().map_err(String::clone)?;
    let found = rows(&session, world, answer);
    let script = parse(query, &Limits::default()).unwrap();
    let slow = Slow { world, text: query };
    let mut wanted = slow.answer(&script);
    if wanted.rows.is_empty() {
        // Without a row there is nothing to tell what `*` stood for.
        wanted.columns.clone_from(&found.columns);
    }
    match found == wanted {
        true => Ok(()),
        false => Err(format!("kin:  {}\nslow: {}", shown(&found), shown(&wanted))),
    }
}

/// The graph with its edges in the order of their statements.
fn in_order(session: &Session, world: &World) -> World {
    let snapshot = session.snapshot();
    // A value of a property is a statement too, but has no id.
    let slugs = snapshot
        .statements()
        .filter_map(|statement| snapshot.statement_slug(statement));
    let edge = |slug: &str| {
        world
            .edges
            .iter()
            .find(|edge| edge.id == slug)
            .unwrap()
            .clone()
    };
    World {
        nodes: world.nodes.clone(),
        edges: slugs.map(edge).collect(),
        relations: world.relations.clone(),
    }
}

fn shown(rows: &Rows) -> String {
    let lines = rows.rows.iter().map(|row| format!("\n      {row:?}"));
    format!("{:?}{}", rows.columns, lines.collect::<String>())
}

/// An answer as the model has it.
fn rows(session: &Session, world: &World, answer: &Answer) -> Rows {
    let columns = &answer.table.columns;
    let is_shown =
        |place: &usize| !matches!(columns[*place].cells, ColumnType::Via | ColumnType::Basis);
    let places: Vec<usize> = (0..columns.len()).filter(is_shown).collect();
    let row = |row: &Vec<Value>| {
        let cells = places
            .iter()
            .map(|place| cell(session, world, &row[*place]));
        cells.collect()
    };
    Rows {
        columns: places
            .iter()
            .map(|place| columns[*place].name.clone())
            .collect(),
        rows: answer.table.rows.iter().map(row).collect(),
    }
}

fn node(session: &Session, world: &World, entity: EntityId) -> usize {
    let slug = session.snapshot().slug(entity);
    world.nodes.iter().position(|node| node.id == slug).unwrap()
}

fn edge(session: &Session, world: &World, statement: StatementId) -> usize {
    let slug = session.snapshot().statement_slug(statement).unwrap();
    world.edges.iter().position(|edge| edge.id == slug).unwrap()
}

fn cell(session: &Session, world: &World, value: &Value) -> Cell {
    let entity = |entity: &EntityId| node(session, world, *entity);
    let statement = |statement: &StatementId| edge(session, world, *statement);
    match value {
        Value::Null => Cell::Null,
        Value::Boolean(truth) => Cell::Bool(*truth),
        Value::Integer(number) => Cell::Int(*number),
        Value::Float(number) => Cell::Float(*number),
        Value::Text(text) => Cell::Text(text.to_string()),
        Value::Entity(found) => Cell::Node(entity(found)),
        Value::Statement(found) => Cell::Edge(statement(found)),
        Value::List(values) => Cell::List(
            values
                .iter()
                .map(|value| cell(session, world, value))
                .collect(),
        ),
        Value::Map(map) => {
            let entries = map.iter();
            let entry = |(name, value): (&compact_str::CompactString, &Value)| {
                (name.to_string(), cell(session, world, value))
            };
            Cell::Map(entries.map(entry).collect())
        }
        Value::Path(path) => Cell::Path(
            path.entities.iter().map(entity).collect(),
            path.statements.iter().map(statement).collect(),
        ),
        other => panic!("{other:?} has no model"),
    }
}
