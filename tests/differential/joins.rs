//! Patterns that run as joins: cycles, stars and chains on graphs that are dense in loops and
//! parallel edges, and contexts on the bundled graph.

use kingraph::Session;
use kingraph::query::Rewrite;
use kingraph::query::explain;

use crate::random::Random;
use crate::slow::Edge;
use crate::slow::World;
use crate::world;

/// Few nodes, many edges of few relations.
pub(crate) fn dense(random: &mut Random) -> World {
    let mut world = world::world(random);
    let count = world.nodes.len().min(4);
    world.nodes.truncate(count);
    let edges = (0..random.pick(&[4, 8, 12])).map(|place| Edge {
        id: format!("e{place}"),
        source: random.below(count),
        target: random.below(count),
        kind: match place {
            0 => "R".to_owned(),
            1 => "S".to_owned(),
            _ => random.pick(&["R", "R", "R", "S"]).to_owned(),
        },
        properties: Default::default(),
    });
    world.edges = edges.collect();
    world
}

/// The nodes of the edges of a shape, each from the one to the other.
const SHAPES: [&[(usize, usize)]; 13] = [
    &[(0, 1)],
    &[(0, 1), (1, 2)],
    &[(0, 1), (1, 2), (2, 3)],
    &[(0, 1), (0, 2)],
    &[(1, 0), (2, 0)],
    &[(0, 1), (1, 2), (0, 2)],
    &[(0, 1), (1, 2), (2, 0)],
    &[(0, 1), (1, 3), (0, 2), (2, 3)],
    &[(0, 0), (0, 1)],
    &[(0, 1), (0, 1)],
    &[(0, 1), (1, 0), (1, 1)],
    &[(0, 1), (2, 2)],
    &[(0, 1), (2, 3)],
];

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

/// A query whose match is one join.
pub(crate) fn query(random: &mut Random) -> String {
    let shape = random.pick(&SHAPES);
    let nodes = 1 + shape
        .iter()
        .map(|(from, to)| *from.max(to))
        .max()
        .unwrap_or(0);
    let one = random.pick(&["R", "S"]);
    let is_alike = random.chance(70);
    let edges: Vec<String> = (shape.iter().enumerate())
        .map(|(place, (from, to))| {
            let relation = if is_alike {
                one
            } else {
                random.pick(&["R", "R", "S"])
            };
            let name = if random.chance(15) {
                format!("e{place}")
            } else {
                String::new()
            };
            let (from, to) = (node(random, *from), node(random, *to));
            match random.chance(50) {
                true => format!("({from})-[{name}:{relation}]->({to})"),
                false => format!("({to})<-[{name}:{relation}]-({from})"),
            }
        })
        .collect();
    let edges = edges.join(", ");
    let conditions: Vec<String> = (0..random.pick(&[0, 0, 1, 2]))
        .map(|_| condition(random, nodes))
        .collect();
    let conditions = match conditions.as_slice() {
        [] => String::new(),
        conditions => format!(" where {}", conditions.join(" and ")),
    };
    let named: Vec<String> = (0..shape.len())
        .map(|place| format!("e{place}"))
        .filter(|name| edges.contains(&format!("[{name}:")))
        .collect();
    let answer = answer(random, nodes, &named);
    format!("match {edges}{conditions} return {answer}")
}

fn node(random: &mut Random, place: usize) -> String {
    let labels = ["", "", "", "", ":A", ":A|B", ":!A"];
    format!("{}{}", NAMES[place], random.pick(&labels))
}

fn condition(random: &mut Random, nodes: usize) -> String {
    let (one, other) = (NAMES[random.below(nodes)], NAMES[random.below(nodes)]);
    let forms = [
        format!("{one}.z > 0"),
        format!("{one}.z is null"),
        format!("not {one}.z > 1"),
        format!("{one}.x = 1"),
        format!("{one} <> {other}"),
        format!("{one} = {other}"),
        format!("{one}.z < {other}.z"),
        format!("{one}.z > 0 or {one}.y = \"a\""),
        format!("{one}.z in [1, 2]"),
        format!("{one}.y starts with \"a\""),
        format!("({one}.z = 1 or {other}.y = \"a\")"),
    ];
    random.pick(&forms)
}

fn answer(random: &mut Random, nodes: usize, edges: &[String]) -> String {
    let (one, other) = (NAMES[random.below(nodes)], NAMES[random.below(nodes)]);
    let all = NAMES[..nodes].join(", ");
    let count = random.below(4);
    let desc = random.pick(&["", " desc"]);
    let edge = edges.first().map_or(one, |edge| edge);
    let forms = [
        "count(*)".to_owned(),
        "count(*)".to_owned(),
        format!("{one}, count(*)"),
        format!("{one}, count(*) order by count(*){desc}, {one} limit {count}"),
        format!("{one}, {other} as other, count(*)"),
        format!("{one}.x, count(*), count(distinct {other}), min({other}.z)"),
        format!("sum({one}.z), avg({other}.z)"),
        format!("collect({one}.z)"),
        all.clone(),
        format!("{all} limit {count}"),
        format!("{all} order by {one}{desc} limit {count}"),
        format!("{one}, {other} as other order by {other}{desc}, {one} limit {count}"),
        format!("{one} order by {other}.z{desc} limit {count}"),
        format!("{one} offset 1 limit {count}"),
        format!("{one} order by {other}{desc}"),
        format!("{one}.z order by {other}.z{desc}, {one}"),
        format!("distinct {one}"),
        one.to_owned(),
        format!("{one}.z, {other}.y"),
        format!("{edge} as edge, {one} order by {one}{desc} limit {count}"),
        format!("{edge} as edge"),
        format!("count(distinct {edge})"),
    ];
    random.pick(&forms)
}

/// Whether the plan of a query has a join.
pub(crate) fn is_join(session: &Session, query: &str) -> bool {
    let prepared = session.plan(query).unwrap();
    let plan = explain::plan(&prepared.queries[0].plan, session.snapshot(), None);
    plan.lines()
        .any(|line| line.trim_start().starts_with("join"))
}

const CONTEXTS: [&str; 6] = [
    "",
    " as of 2016-05",
    " as of 2021",
    " during 2014..2017",
    " including doubtful",
    " according to rks-17, rks-15",
];

/// A pipe behind everything or a kind of the bundled graph, whose members are counted.
pub(crate) fn of_kind(random: &mut Random) -> String {
    let sets = ["all()", "kind:thing", "kind:company", "kind:person"];
    let wheres = [
        "",
        "",
        " |> where it.released_on > 2010",
        " |> where it.name > \"k\"",
        " |> where it.kind = \"company\"",
        " |> where not it.released_on < 2015",
    ];
    let ends = [
        "count",
        "group by kind |> count",
        "group by kind select kind, count(*) as n",
        "group by released_on select released_on, count(*) as n, min(it.name) as first",
        "group by it select it, count(*) as n |> order by n desc, it |> limit 5",
    ];
    let (set, condition) = (random.pick(&sets), random.pick(&wheres));
    let (end, context) = (random.pick(&ends), random.pick(&CONTEXTS));
    format!("{set}{condition} |> {end}{context}")
}

/// A query on the bundled graph, in some context.
pub(crate) fn in_context(random: &mut Random, relations: &[String]) -> String {
    let edges: Vec<String> = (random.pick(&SHAPES).iter())
        .map(|(from, to)| {
            let relation = &relations[random.below(relations.len())];
            let (from, to) = (NAMES[*from], NAMES[*to]);
            format!("({from})-[:{relation}]->({to})")
        })
        .collect();
    let answer = random.pick(&["count(*)", "*", "* limit 5", "a", "a.kind, count(*)"]);
    let context = random.pick(&CONTEXTS);
    format!("match {} return {answer}{context}", edges.join(", "))
}

/// The answers with the passes and without, as they are.
pub(crate) fn both(session: &mut Session, query: &str) -> [String; 2] {
    [Rewrite::On, Rewrite::Off].map(|rewrite| {
        session.rewrite = rewrite;
        let answer = session
            .query(query)
            .map(|mut replies| replies.remove(0).answer);
        format!("{answer:?}")
    })
}
