//! Walks through graphs so large that a set of entities becomes a bitmap and rows are looked up
//! ahead, against a search that takes one step after the other.

#[expect(dead_code, reason = "other tests draw from lists and by chance")]
#[path = "support/random.rs"]
mod random;
#[expect(dead_code, reason = "other tests look at names and paths")]
mod support;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use kingraph::Session;
use kingraph::algo::Depth;
use kingraph::algo::closure;
use kingraph::algo::shortest;
use kingraph::diagnostic::Budget;
use kingraph::diagnostic::Interrupt;
use kingraph::diagnostic::Limits;
use kingraph::model::Along;
use kingraph::model::Certainty;
use kingraph::model::Direction;
use kingraph::model::EntityId;
use kingraph::model::Filter;
use kingraph::model::Graph;
use kingraph::model::Object;
use kingraph::model::Range;
use kingraph::model::RelationId;
use kingraph::model::Snapshot;
use kingraph::model::StatementId;
use kingraph::model::StatementRecord;
use kingraph::model::Type;
use kingraph::model::Value;
use kingraph::model::View;
use kingraph::model::freeze;
use kingraph::query::Rewrite;
use kingraph::query::explain;
use kingraph::shell::Origin;

use random::Random;

/// More than a small set of entities has room for.
const ENTITIES: usize = 6_000;

/// What else the statements have than their ends, from nothing to all that a walk must look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Extras {
    /// One relation, and nothing else.
    OneRelation,
    /// Three relations between entities.
    Relations,
    /// A property too.
    Values,
    /// Doubtful statements and objects that are not known.
    Doubts,
}

fn graph(random: &mut Random, extras: Extras) -> Snapshot {
    let names: &[&str] = match extras {
        Extras::OneRelation => &["r"],
        Extras::Relations => &["r", "s", "t"],
        _ => &["r", "s", "t", "size"],
    };
    let mut schema = support::schema(names);
    if names.len() > 3 {
        schema.relations[3].range = Range::Values(Type::Number);
    }
    let mut graph = Graph::new(schema, Vec::new());
    for index in 0..ENTITIES {
        let name = format!("n{index:04}");
        graph.add_entity(support::entity(&name, &name));
    }
    for place in 0..ENTITIES * 3 {
        let relation = match extras {
            Extras::OneRelation => 0,
            _ => random.below(5).saturating_sub(2),
        };
        // Some ways are long, and a hub leads to many.
        let subject = match place % 20 {
            0 => 17,
            _ => random.below(ENTITIES),
        };
        let object = match random.below(2) {
            0 => (subject + 1 + random.below(40)) % ENTITIES,
            _ => random.below(ENTITIES),
        };
        let object = EntityId::from_index(object);
        let relation = RelationId::from_index(relation);
        let mut statement = support::statement(relation, object);
        if extras == Extras::Doubts && place % 3 == 0 {
            statement.certainty = Certainty::Planned;
        }
        if extras == Extras::Doubts && place % 7 == 0 {
            statement.object = Object::Nothing;
        }
        graph.add_statement(EntityId::from_index(subject), statement);
    }
    if extras >= Extras::Values {
        for index in (0..ENTITIES).step_by(2) {
            let size = Object::Value(Value::Integer(index as i64 % 9));
            let statement = StatementRecord::new(RelationId::from_index(3), size);
            graph.add_statement(EntityId::from_index(index), statement);
        }
    }
    freeze(&graph)
}

/// The fewest steps to each entity, at least one.
fn distances(view: View<'_>, starts: &[EntityId], way: Direction) -> BTreeMap<EntityId, u32> {
    let mut found = BTreeMap::new();
    let (mut level, mut distance) = (starts.to_vec(), 0);
    while !level.is_empty() {
        distance += 1;
        let mut next = Vec::new();
        for entity in level {
            for step in view.steps(entity, way) {
                if let Entry::Vacant(new) = found.entry(step.entity) {
                    new.insert(distance);
                    next.push(step.entity);
                }
            }
        }
        level = next;
    }
    found
}

/// Along everything, one relation, two of them, and both ways of one.
fn alongs(snapshot: &Snapshot) -> Vec<Along> {
    let schema = &snapshot.schema;
    let some = |relations: &[usize]| {
        let mut along = Along::nothing(schema);
        for relation in relations {
            let relation = RelationId::from_index(*relation);
            along.add(schema, relation, Direction::Forward);
        }
        along
    };
    let mut alongs = vec![
        Along::everything(schema),
        some(&[0]),
        some(&[0]).both_ways(),
    ];
    if schema.relations.len() > 1 {
        alongs.extend([some(&[0, 2]), some(&[1])]);
    }
    alongs
}

fn each_view(mut check: impl FnMut(View<'_>, &mut Random)) {
    let mut random = Random::new(11);
    for extras in [
        Extras::OneRelation,
        Extras::Relations,
        Extras::Values,
        Extras::Doubts,
    ] {
        let snapshot = graph(&mut random, extras);
        for along in alongs(&snapshot) {
            let view = View {
                snapshot: &snapshot,
                filter: &Filter::default(),
                along: &along,
            };
            check(view, &mut random);
        }
    }
}

fn budget() -> Budget {
    Budget::new(Limits::default(), Interrupt::default())
}

#[test]
fn closures_are_those_of_single_steps() {
    let mut largest = 0;
    each_view(|view, random| {
        for count in [1, 1, 3] {
            let some = std::iter::repeat_with(|| EntityId::from_index(random.below(ENTITIES)));
            let starts: Vec<EntityId> = some.take(count).collect();
            for way in [Direction::Forward, Direction::Backward] {
                let wanted = distances(view, &starts, way);
                let reached = closure(view, &starts, way, u32::MAX, &mut budget()).unwrap();
                let found = reached.within(Depth::ANY);
                assert!(wanted.keys().eq(&found));
                for (entity, distance) in &wanted {
                    assert_eq!(reached.distance(*entity), Some(*distance));
                }
                largest = largest.max(found.len());
            }
        }
    });
    assert!(largest > ENTITIES / 2, "some closures are large");
}

#[test]
fn shortest_paths_have_as_many_steps_as_there_must_be() {
    let mut longest = 0;
    each_view(|view, random| {
        let from = EntityId::from_index(random.below(ENTITIES));
        let wanted = distances(view, &[from], Direction::Forward);
        for _ in 0..40 {
            let to = EntityId::from_index(random.below(ENTITIES));
            let within = |most| {
                let path = shortest(view, from, to, most, &mut budget()).unwrap();
                path.map(|path| path.statements.len() as u32)
            };
            let steps = within(u32::MAX);
            let fewest = match from == to {
                true => Some(0),
                false => wanted.get(&to).copied(),
            };
            assert_eq!(steps, fewest);
            if let Some(fewest) = fewest {
                assert_eq!(within(fewest), Some(fewest));
                assert_eq!(fewest.checked_sub(1).and_then(within), None);
            }
            longest = longest.max(steps.unwrap_or(0));
        }
    });
    assert!(longest > 6, "some paths are long");
}

/// What is asked of a step is asked of each, and not of bitmaps.
#[test]
fn a_shortest_way_is_the_same_from_both_ends_and_from_one() {
    let mut random = Random::new(12);
    let mut longest = 0;
    for extras in [Extras::OneRelation, Extras::Relations, Extras::Doubts] {
        let mut session = Session::on(graph(&mut random, extras), Origin::Bundled);
        assert!(session.limits.set("steps", u64::MAX));
        for pair in 0..60 {
            let from = random.below(ENTITIES);
            let to = if pair % 8 == 0 {
                from
            } else {
                random.below(ENTITIES)
            };
            let [open, close] = [["-", "->"], ["<-", "-"], ["-", "-"]][pair % 3];
            let most = ["+", "*", "{1,5}", "{0,3}"][pair % 4];
            let mut ways = ["", " where true", " where false"].map(|asked| {
                let query = format!(
                    "match p = any shortest (a in n{from:04}){open}[e:lineage{asked}]{close}{most}\
                     (b in n{to:04}) return p"
                );
                let replies = session.query(&query).unwrap();
                replies[0].answer.table.rows.clone()
            });
            assert_eq!(ways[0], ways[1], "{from} {to} {open}{close}{most}");
            assert!(ways[2].is_empty() || from == to, "nothing leads on");
            if let Some(Value::Path(path)) = ways[0].pop().and_then(|mut row| row.pop()) {
                longest = longest.max(path.statements.len());
            }
        }
    }
    assert!(longest > 5, "some ways are long");
}

/// Few entities with many ways between them: loops, parallel statements, and a relation that is the
/// same both ways.
fn dense(random: &mut Random) -> Snapshot {
    let mut schema = support::schema(&["r", "s", "t"]);
    schema.relations[2].is_symmetric = true;
    let mut graph = Graph::new(schema, Vec::new());
    for index in 0..DENSE {
        let name = format!("n{index}");
        graph.add_entity(support::entity(&name, &name));
    }
    for _ in 0..8 + random.below(18) {
        let object = EntityId::from_index(random.below(DENSE));
        let relation = RelationId::from_index(random.below(3));
        let mut statement = support::statement(relation, object);
        if random.below(3) == 0 {
            statement.certainty = Certainty::Hedged;
        }
        graph.add_statement(EntityId::from_index(random.below(DENSE)), statement);
    }
    freeze(&graph)
}

const DENSE: usize = 9;

/// The paths that a query has, as they are compared: by their entities, whose names are in the order
/// of their ids, then by their statements.
fn paths(session: &mut Session, query: &str) -> Vec<(Vec<EntityId>, Vec<StatementId>)> {
    let replies = session.query(query).expect("the query holds");
    let rows = replies[0].answer.table.rows.iter();
    let paths = rows.map(|row| match &row[0] {
        Value::Path(path) => (path.entities.clone(), path.statements.clone()),
        other => panic!("{other:?} is no path"),
    });
    paths.collect()
}

#[test]
fn shortest_ways_are_the_shortest_of_all_ways() {
    let mut random = Random::new(31);
    let (mut found, mut closed, mut several) = (0, 0, 0);
    for round in 0..1_500 {
        let mut session = Session::on(dense(&mut random), Origin::Bundled);
        let from = random.below(DENSE);
        let to = if round % 3 == 0 {
            from
        } else {
            random.below(DENSE)
        };
        let mode = ["", "trail ", "simple ", "acyclic ", "walk "][random.below(5)];
        let relations = ["", ":r", ":s|t", ":r|s"][random.below(4)];
        let asked = ["", "", " where true", " where e.certainty = \"hedged\""][random.below(4)];
        let [open, close] = [["-", "->"], ["<-", "-"], ["-", "-"]][random.below(3)];
        // The end may be known at the start, be found first, or be one of many.
        let [left, right, last] = [
            [format!("in n{from}"), format!("in n{to}"), String::new()],
            [
                String::new(),
                format!("in n{to}"),
                format!("where a in (n{from}) "),
            ],
            [
                format!("in n{from}"),
                String::new(),
                format!("where b in (n{to}) "),
            ],
        ][random.below(3)]
        .clone();
        let most = 1 + random.below(4);
        let ask = |pick: &str, edge: &str| {
            format!(
                "match p = {pick}{mode}(a {left}){open}[{edge}{relations}{asked}]{close}{{1,{most}}}\
                 (b {right}) {last}return p"
            )
        };
        let mut ways = paths(&mut session, &ask("", "e"));
        let fewest = ways.iter().map(|way| way.1.len()).min().unwrap_or(0);
        ways.retain(|way| way.1.len() == fewest);
        ways.sort_unstable();
        let mut all = paths(&mut session, &ask("all shortest ", "e"));
        all.sort_unstable();
        assert_eq!(all, ways, "{}", ask("all shortest ", "e"));
        let any = paths(&mut session, &ask("any shortest ", "e"));
        assert_eq!(
            any,
            ways[..ways.len().min(1)],
            "{}",
            ask("any shortest ", "e")
        );
        found += usize::from(fewest > 1);
        closed += usize::from(fewest > 1 && from == to);
        several += usize::from(ways.len() > 1);
    }
    assert!(
        found > 200 && closed > 80 && several > 100,
        "{found} {closed} {several}"
    );
}

#[test]
fn ends_are_the_same_whichever_way_leads_there() {
    let mut random = Random::new(5);
    let mut shortened = 0;
    for round in 0..700 {
        let mut session = Session::on(dense(&mut random), Origin::Bundled);
        let mode = ["", "trail ", "simple ", "acyclic "][random.below(4)];
        let relations = ["", ":r", ":s|t"][random.below(3)];
        let asked = ["", "", " where e.certainty = \"hedged\""][random.below(3)];
        let [open, close] = [["-", "->"], ["<-", "-"], ["-", "-"]][random.below(3)];
        let left = ["", " in n3", " in (n1 | n4)"][random.below(3)];
        let right = ["", "", " in (n2 | n3)"][random.below(3)];
        let length = ["{1,3}", "{0,2}", "{1}", "{0,4}", "{2,3}"][random.below(5)];
        let behind = [
            "",
            " where a <> b",
            " where a = b",
            " where a.name < b.name",
        ];
        let wanted = [
            "count(distinct b)",
            "a, count(distinct b.name)",
            "distinct a.name, b.name",
            "distinct b",
            "b, min(a.name), max(a.name), count(distinct a)",
            "count(b)",
            "count(distinct e)",
        ][random.below(7)];
        let query = format!(
            "match {mode}(a{left}){open}[e{relations}{asked}]{close}{length}(b{right}){} \
             return {wanted}",
            behind[random.below(4)]
        );
        let [fast, slow] = [Rewrite::On, Rewrite::Off].map(|rewrite| {
            session.rewrite = rewrite;
            session.query(&query).unwrap().remove(0).answer.table.rows
        });
        assert_eq!(fast, slow, "{round} {query}");
        session.rewrite = Rewrite::On;
        let planned = session.plan(&query).unwrap();
        let plan = explain::plan(&planned.queries[0].plan, session.snapshot(), None);
        let is_shortened = plan.contains(" ends");
        shortened += usize::from(is_shortened);
        let keeps_every = length == "{2,3}" || wanted == "count(b)" || wanted.ends_with(" e)");
        assert!(!keeps_every || !is_shortened, "{plan}");
    }
    assert!(shortened > 140, "{shortened}");
}

#[test]
fn whether_there_is_a_way_is_the_same_by_ends() {
    let mut random = Random::new(6);
    let mut shortened = 0;
    for round in 0..250 {
        let mut session = Session::on(dense(&mut random), Origin::Bundled);
        let relations = ["", ":r", ":s|t"][random.below(3)];
        let asked = ["", "", " where e.certainty = \"hedged\""][random.below(3)];
        let [open, close] = [["-", "->"], ["<-", "-"], ["-", "-"]][random.below(3)];
        let right = ["", " in (n2 | n3)", " {id: \"n2\"}", " {id: a.name}"][random.below(4)];
        let length = ["{1,3}", "{0,2}", "{1,2}", "{2,3}"][random.below(4)];
        let condition = ["", " where a <> b", " where size(e) < 3"][random.below(3)];
        let pattern = format!("(a){open}[e{relations}{asked}]{close}{length}(b{right}){condition}");
        let query = match random.below(4) {
            0 => format!("match (a) where exists {{ {pattern} }} return a"),
            1 => format!("match (a) where not exists {{ {pattern} }} return a.name"),
            2 => format!("match (a) return a, count {{ {pattern} }}"),
            _ => {
                let first = "unwind [\"n1\", \"n3\", \"n1\"] as i match (a {id: i}) match";
                format!("{first} {pattern} return i, count(distinct b), min(b.name)")
            }
        };
        let [fast, slow] = [Rewrite::On, Rewrite::Off].map(|rewrite| {
            session.rewrite = rewrite;
            session.query(&query).unwrap().remove(0).answer.table.rows
        });
        assert_eq!(fast, slow, "{round} {query}");
        session.rewrite = Rewrite::On;
        let planned = session.plan(&query).unwrap();
        let plan = explain::plan(&planned.queries[0].plan, session.snapshot(), None);
        let is_shortened = plan.contains(" ends");
        shortened += usize::from(is_shortened);
        let keeps_every =
            length == "{2,3}" || query.contains("size(e)") || query.contains("count {");
        assert!(!keeps_every || !is_shortened, "{plan}");
    }
    assert!(shortened > 80, "{shortened}");
}

/// Of many entities, the ends are not gone through before a way to each is looked for.
#[test]
fn ways_to_anywhere_are_those_of_all_ways() {
    let mut random = Random::new(8);
    let mut farthest = 0;
    for extras in [Extras::OneRelation, Extras::Relations, Extras::Doubts] {
        let mut session = Session::on(graph(&mut random, extras), Origin::Bundled);
        assert!(session.limits.set("steps", u64::MAX));
        for round in 0..8 {
            let from = [17, random.below(ENTITIES)][round % 2];
            let [open, close] = [["-", "->"], ["<-", "-"], ["-", "-"]][round % 3];
            let asked = ["", " where e.relation = \"r\""][round / 2 % 2];
            let most = if open == close || from == 17 { 2 } else { 4 };
            let ask = |pick: &str, wanted: &str| {
                format!(
                    "match p = {pick} (a in n{from:04}){open}[e:lineage{asked}]{close}{{1,{most}}}(b) \
                     return {wanted}"
                )
            };
            let mut rows = |query: &str, rewrite| {
                session.rewrite = rewrite;
                session.query(query).unwrap().remove(0).answer.table.rows
            };
            let order = "order by b.name";
            let fewest = format!("b.name, min(length(p)) {order}");
            let fewest = rows(&ask("", &fewest), Rewrite::Off);
            let found = format!("b.name, length(p) {order}");
            assert_eq!(rows(&ask("any shortest", &found), Rewrite::On), fewest);
            let all = ask(
                "all shortest",
                &format!("distinct b.name, length(p) {order}"),
            );
            assert_eq!(rows(&all, Rewrite::On), fewest);
            let ends = ask("", &format!("distinct b.name {order}")).replace("p =", "");
            let names: Vec<_> = fewest.iter().map(|row| row[..1].to_vec()).collect();
            assert_eq!(rows(&ends, Rewrite::On), names, "{ends}");
            farthest = farthest.max(names.len());
        }
    }
    assert!(farthest > 300, "{farthest}");
}

fn arrow(from: usize, to: usize, since: Option<&str>) -> support::Arrow {
    (from, "r".to_owned(), to, since.map(str::to_owned), None)
}

/// What can fail is asked of no statement that no way from the start comes to.
#[test]
fn steps_that_nothing_leads_to_are_not_asked() {
    let names = ["a", "b", "c", "t", "z"].map(str::to_owned).to_vec();
    let arrows = vec![
        arrow(0, 1, Some("2019")),
        arrow(1, 2, Some("2021")),
        arrow(2, 3, Some("2018")),
        arrow(4, 3, Some("2020")),
    ];
    let mut session = support::Sketch { names, arrows }.session();
    let edge = "-[e:r where 1 / (e.since.year - 2020) < 9]->+";
    for rewrite in [Rewrite::On, Rewrite::Off] {
        session.rewrite = rewrite;
        for (query, wanted) in [
            (
                format!("match (x in n0){edge}(y in n3) return count(distinct y)"),
                1,
            ),
            (
                format!("match p = any shortest (x in n0){edge}(y in n3) return length(p)"),
                3,
            ),
            (
                format!(
                    "match p = all shortest (x in n0){edge}(y) where y in (n3) return length(p)"
                ),
                3,
            ),
        ] {
            let found = session.query(&query).unwrap().remove(0).answer.table.rows;
            assert_eq!(found, [[Value::Integer(wanted)]], "{query}");
        }
    }
}

/// Two ways through each of forty diamonds lead from a start back to it.
#[test]
fn of_many_shortest_ways_back_one_is_looked_for() {
    const DIAMONDS: usize = 40;
    let names: Vec<String> = (0..=3 * DIAMONDS + 1)
        .map(|place| format!("e{place:03}"))
        .collect();
    let mut arrows = vec![arrow(0, 1, None), arrow(3 * DIAMONDS + 1, 0, None)];
    for diamond in 0..DIAMONDS {
        let first = 1 + 3 * diamond;
        for middle in [first + 1, first + 2] {
            arrows.extend([arrow(first, middle, None), arrow(middle, first + 3, None)]);
        }
    }
    let entities = names.len() as i64;
    let mut session = support::Sketch { names, arrows }.session();
    for (query, wanted) in [
        (
            "match (a in n0)-[:r]-+(b) return count(distinct b)",
            entities,
        ),
        ("match any shortest (a in n0)-[:r]-+(a) return count(*)", 1),
        (
            "match p = any shortest (a in n0)-[:r]-+(a) return length(p)",
            2 + 2 * DIAMONDS as i64,
        ),
        (
            "match p = any shortest (a in n0)-[:r]-+(a) return size(nodes(p)[2].name)",
            4,
        ),
    ] {
        let found = session.query(query).unwrap().remove(0).answer.table.rows;
        assert_eq!(found, [[Value::Integer(wanted)]], "{query}");
    }
    let query = "match p = any shortest (a in n0)-[:r]-+(a) return [x in nodes(p) | x.name][1..4]";
    let found = session.query(query).unwrap().remove(0).answer.table.rows;
    let first = ["e001", "e002", "e004"].map(Value::from);
    assert_eq!(found, [[Value::List(first.to_vec().into())]]);
}
