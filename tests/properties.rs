//! Every function of the language against a slow, obvious model, on small random graphs.
//!
//! The graphs have cycles, loops, parallel statements and periods. The model in `support/plain.rs`
//! follows the definitions and nothing else. Seeds are fixed: each run tries the same cases.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "properties/algorithms.rs"]
mod algorithms;
#[path = "support/plain.rs"]
mod plain;
mod support;

use std::collections::BTreeSet;

use kingraph::model::EntityId;
use kingraph::model::ObjectRef;
use kingraph::model::StatementId;
use kingraph::model::Value;
use kingraph::query::Answer;
use kingraph::query::Rewrite;
use kingraph::shell::Session;
use proptest::prelude::ProptestConfig;
use proptest::prelude::any;
use proptest::prelude::prop_assert;
use proptest::prelude::prop_assert_eq;
use proptest::proptest;
use proptest::test_runner::RngSeed;

use plain::Plain;
use plain::Via;
use support::ask;
use support::names;
use support::paths;

/// As many cases as run in a moment, the same ones every time.
fn cases() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_210_512),
        ..ProptestConfig::with_cases(CASES)
    }
}

/// How many random graphs a property is tried on.
const CASES: u32 = 256;

/// A query and a session for the graph of a case.
struct Asked<'a> {
    graph: &'a Plain,
    session: Session,
}

impl<'a> Asked<'a> {
    fn of(graph: &'a Plain) -> Asked<'a> {
        let mut session = graph.sketch().session();
        assert!(session.limits.set("paths", 1_000_000));
        Asked { graph, session }
    }

    fn answer(&mut self, query: &str) -> Answer {
        ask(&mut self.session, query)
    }

    /// The members of a set, by their places in the model; each stands in the answer once.
    fn set(&mut self, query: &str) -> BTreeSet<usize> {
        let answer = self.answer(query);
        let found = names(&self.session, &answer);
        let members: BTreeSet<usize> = found.iter().map(|name| self.graph.place(name)).collect();
        assert_eq!(members.len(), found.len(), "{query}: each once");
        members
    }

    fn paths(&mut self, query: &str) -> Vec<Vec<usize>> {
        let answer = self.answer(query);
        self.check_paths(&answer);
        let found = paths(&self.session, &answer);
        let places = |path: &Vec<String>| path.iter().map(|name| self.graph.place(name)).collect();
        found.iter().map(places).collect()
    }

    /// The statement of each step ties the two entities of the step.
    fn check_paths(&self, answer: &Answer) {
        for row in &answer.table.rows {
            let Value::Path(path) = &row[0] else {
                panic!("{row:?} is no path")
            };
            assert_eq!(path.entities.len(), path.statements.len() + 1);
            for (ends, statement) in path.entities.windows(2).zip(&path.statements) {
                let (subject, object) = self.ends(*statement);
                let is_tied = ends == [subject, object] || ends == [object, subject];
                assert!(is_tied, "{ends:?} by {subject:?} {object:?}");
            }
        }
    }

    fn ends(&self, statement: StatementId) -> (EntityId, EntityId) {
        let snapshot = self.session.snapshot();
        match snapshot.object(statement) {
            ObjectRef::Entity(object) => (snapshot.subject(statement), object),
            other => panic!("{other:?} is no entity"),
        }
    }

    fn entity(&self, place: usize) -> EntityId {
        self.session
            .snapshot()
            .find_id(&format!("n{place}"))
            .unwrap()
    }

    /// Each statement in the `via` of a member leads to it from a start or from another member,
    /// the way of the walk; and each member has one.
    fn check_evidence(&mut self, query: &str, starts: &BTreeSet<usize>, walk: &Via) {
        let answer = self.answer(query);
        let mut from: BTreeSet<EntityId> = starts.iter().map(|start| self.entity(*start)).collect();
        from.extend(answer.entities());
        for row in &answer.table.rows {
            let (Value::Entity(member), Value::List(via)) = (&row[0], &row[1]) else {
                panic!("{row:?} is no row of a set")
            };
            assert!(!via.is_empty(), "{query}: {member:?} has no evidence");
            let mut seen = BTreeSet::new();
            for cell in via {
                let Value::Statement(statement) = cell else {
                    panic!("{cell:?} is no statement")
                };
                assert!(seen.insert(*statement), "{query}: {statement:?} twice");
                let snapshot = self.session.snapshot();
                let relation = snapshot.relation(*statement);
                let word = &snapshot.schema.relations[relation.index()].name;
                let (subject, object) = self.ends(*statement);
                let leads = |is_inverse: bool, start: EntityId, end: EntityId| {
                    walk.takes(word, is_inverse) && end == *member && from.contains(&start)
                };
                assert!(
                    leads(false, subject, object) || leads(true, object, subject),
                    "{query}: {subject:?} {word} {object:?} does not lead to {member:?}"
                );
            }
        }
    }
}

fn set_of(graph: &Plain, members: &BTreeSet<usize>) -> String {
    let names: Vec<String> = members.iter().map(|place| graph.written(*place)).collect();
    match names.as_slice() {
        [] => format!("({0} - {0})", graph.written(0)),
        names => format!("({})", names.join(" | ")),
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn one_step_follows_the_arrows((graph, via, starts) in plain::graph_via_set()) {
        let mut asked = Asked::of(&graph);
        let set = set_of(&graph, &starts);
        let argument = via.argument();
        let everything = via.or(graph.everything());
        let forward = graph.step(&starts, &everything, None);
        let backward = graph.step(&starts, &everything.reversed(), None);
        let both: BTreeSet<usize> = forward.union(&backward).copied().collect();
        let successors = format!("successors({set}{argument})");
        let predecessors = format!("predecessors({set}{argument})");
        prop_assert_eq!(asked.set(&successors), forward);
        prop_assert_eq!(asked.set(&predecessors), backward);
        prop_assert_eq!(asked.set(&format!("neighbors({set}{argument})")), both);
        asked.check_evidence(&successors, &starts, &everything);
        asked.check_evidence(&predecessors, &starts, &everything.reversed());
        for word in graph.words() {
            let along = graph.step(&starts, &Via::one(&word, false), None);
            let against = graph.step(&starts, &Via::one(&word, true), None);
            prop_assert_eq!(asked.set(&format!("{set}.{word}")), along);
            prop_assert_eq!(asked.set(&format!("{set}.{word}_inverse")), against);
        }
    }

    /// One step takes *every* statement between a start and the member into the evidence.
    #[test]
    fn the_evidence_of_one_step_is_whole((graph, _, starts) in plain::graph_via_set()) {
        let mut asked = Asked::of(&graph);
        let answer = asked.answer(&format!("successors({})", set_of(&graph, &starts)));
        for row in &answer.table.rows {
            let (Value::Entity(member), Value::List(via)) = (&row[0], &row[1]) else {
                panic!("{row:?} is no row of a set")
            };
            let member = graph.place(asked.session.snapshot().name(*member));
            prop_assert_eq!(via.len(), graph.arrows_between(&starts, member));
        }
    }

    #[test]
    fn closures_take_any_number_of_steps(
        (graph, via, starts) in plain::graph_via_set(),
        (min, max) in (1u32..5, 1u32..6),
    ) {
        let mut asked = Asked::of(&graph);
        let set = set_of(&graph, &starts);
        let argument = via.argument();
        let walk = via.or(graph.everything());
        let back = walk.reversed();
        let any = 1..=u32::MAX;
        let descendants = graph.closure(&starts, &walk, any.clone());
        let ancestors = graph.closure(&starts, &back, any);
        let lineage: BTreeSet<usize> =
            starts.iter().chain(&descendants).chain(&ancestors).copied().collect();
        prop_assert_eq!(asked.set(&format!("descendants({set}{argument})")), descendants);
        prop_assert_eq!(asked.set(&format!("ancestors({set}{argument})")), ancestors);
        prop_assert_eq!(asked.set(&format!("lineage({set}{argument})")), lineage);
        asked.check_evidence(&format!("descendants({set}{argument})"), &starts, &walk);
        asked.check_evidence(&format!("ancestors({set}{argument})"), &starts, &back);
        let up_to = format!("descendants({set}{argument}, depth={max})");
        prop_assert_eq!(asked.set(&up_to), graph.closure(&starts, &walk, 1..=max));
        asked.check_evidence(&up_to, &starts, &walk);
        for (depth, range) in [
            (format!("{min}.."), min..=u32::MAX),
            (format!("..{max}"), 1..=max),
            (format!("{min}..{}", min + max), min..=min + max),
        ] {
            let query = format!("ancestors({set}{argument}, depth={depth})");
            prop_assert_eq!(asked.set(&query), graph.closure(&starts, &back, range));
        }
    }

    /// A file answers as the graph that it was built of, and is read as it was written.
    #[test]
    fn snapshots_are_mapped_as_they_were_built(graph in plain::graph()) {
        let built = kingraph::model::freeze(&graph.sketch().graph());
        let bytes = kingraph::store::encode(&built);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("graph.kin");
        std::fs::write(&file, &bytes).unwrap();
        let mapped = kingraph::store::open_file(&file, None).unwrap();
        prop_assert!(kingraph::store::encode(&mapped) == bytes);
        let mut built = Session::on(built, kingraph::shell::Origin::Bundled);
        let mut mapped = Session::on(mapped, kingraph::shell::Origin::Bundled);
        for query in ["facts(all())", "all() |> order by it", "cycles(all(), via=any)"] {
            prop_assert_eq!(built.query(query).unwrap(), mapped.query(query).unwrap());
        }
    }

    #[test]
    fn between_has_everything_on_some_way(
        (graph, via, starts) in plain::graph_via_set(),
        mask in any::<u16>(),
    ) {
        let mut asked = Asked::of(&graph);
        let ends = graph.chosen(mask);
        let walk = via.or(graph.everything());
        let sets = format!("{}, {}", set_of(&graph, &starts), set_of(&graph, &ends));
        let argument = via.argument();
        for (is_directed, walk) in [(true, walk.clone()), (false, walk.both_ways())] {
            let query = format!("between({sets}{argument}, directed={is_directed})");
            let on_way = (0..graph.names.len()).filter(|place| {
                starts.iter().any(|start| graph.leads(*start, *place, &walk))
                    && ends.iter().any(|end| graph.leads(*place, *end, &walk))
            });
            prop_assert_eq!(asked.set(&query), on_way.collect());
        }
    }

    #[test]
    fn ways_are_shortest_first_then_by_names(
        (graph, via, _) in plain::graph_via_set(),
        (from, to) in any::<(usize, usize)>(),
        length_max in 0usize..7,
    ) {
        let (from, to) = (from % graph.names.len(), to % graph.names.len());
        let mut asked = Asked::of(&graph);
        let ends = format!("{}, {}", graph.written(from), graph.written(to));
        let argument = via.argument();
        let walk = via.or(graph.everything());
        for (is_directed, walk) in [(true, walk.clone()), (false, walk.both_ways())] {
            let wanted = graph.simple_paths(from, to, &walk, length_max);
            let query = format!("paths({ends}, max={length_max}{argument}, directed={is_directed})");
            prop_assert_eq!(asked.paths(&query), wanted, "{}", query);
            let shortest = graph.simple_paths(from, to, &walk, graph.distance(from, to, &walk));
            let wanted: Vec<Vec<usize>> = shortest.into_iter().take(1).collect();
            let query = format!("path({ends}{argument}, directed={is_directed})");
            prop_assert_eq!(asked.paths(&query), wanted, "{}", query);
        }
    }

    /// Without `directed=`, only `via=any` walks against arrows; ten steps are the most.
    #[test]
    fn ways_have_the_defaults_they_are_documented_with(
        (graph, _, _) in plain::graph_via_set(),
        (from, to) in any::<(usize, usize)>(),
    ) {
        let (from, to) = (from % graph.names.len(), to % graph.names.len());
        let mut asked = Asked::of(&graph);
        let ends = format!("{}, {}", graph.written(from), graph.written(to));
        let walk = graph.everything();
        let directed = graph.simple_paths(from, to, &walk, 10);
        prop_assert_eq!(asked.paths(&format!("paths({ends})")), directed.clone());
        let any_directed = format!("paths({ends}, via=any, directed=true)");
        prop_assert_eq!(asked.paths(&any_directed), directed);
        let undirected = graph.simple_paths(from, to, &walk.both_ways(), 3);
        prop_assert_eq!(asked.paths(&format!("paths({ends}, max=3, via=any)")), undirected);
    }

    #[test]
    fn the_shape_of_a_set_is_as_defined((graph, via, members) in plain::graph_via_set()) {
        let mut asked = Asked::of(&graph);
        let set = set_of(&graph, &members);
        let argument = via.argument();
        let walk = via.or(graph.everything());
        let back = walk.reversed();
        let mut ask = |function: &str| asked.set(&format!("{function}({set}{argument})"));
        prop_assert_eq!(ask("roots"), graph.extremes(&members, &back));
        prop_assert_eq!(ask("leaves"), graph.extremes(&members, &walk));
        prop_assert_eq!(ask("common_ancestors"), graph.common(&members, &back));
        prop_assert_eq!(ask("common_descendants"), graph.common(&members, &walk));
        prop_assert_eq!(ask("cycles"), graph.on_cycles(&members, &walk));
    }

    #[test]
    fn components_part_a_set((graph, via, members) in plain::graph_via_set()) {
        let mut asked = Asked::of(&graph);
        let set = set_of(&graph, &members);
        let walk = via.or(graph.everything());
        for is_strong in [false, true] {
            let strong = if is_strong { ", strong=true" } else { "" };
            let answer = asked.answer(&format!("components({set}{}{strong})", via.argument()));
            let mut found = BTreeSet::new();
            let mut sizes = Vec::new();
            for (index, row) in answer.table.rows.iter().enumerate() {
                prop_assert_eq!(&row[0], &Value::Integer(index as i64 + 1));
                let Value::List(cells) = &row[2] else { panic!("{row:?}") };
                let place = |cell: &Value| match cell {
                    Value::Entity(entity) => graph.place(asked.session.snapshot().name(*entity)),
                    other => panic!("{other:?} is no entity"),
                };
                let component: BTreeSet<usize> = cells.iter().map(place).collect();
                prop_assert_eq!(&row[1], &Value::Integer(component.len() as i64));
                prop_assert_eq!(component.len(), cells.len());
                sizes.push(component.len());
                found.insert(component);
            }
            prop_assert!(sizes.is_sorted_by(|a, b| a >= b), "{:?}", sizes);
            prop_assert_eq!(found, graph.components(&members, &walk, is_strong));
        }
    }

    #[test]
    fn any_expression_has_the_value_of_its_parts(
        (graph, expression) in plain::graph_and_expression(),
    ) {
        let mut asked = Asked::of(&graph);
        let query = expression.written(&graph);
        prop_assert_eq!(asked.set(&query), expression.value(&graph, None), "{}", query);
    }

    #[test]
    fn rewrites_change_no_answer((graph, expression) in plain::graph_and_expression()) {
        let query = expression.written(&graph);
        let mut asked = Asked::of(&graph);
        asked.session.rewrite = Rewrite::Off;
        let plain = asked.answer(&query);
        asked.session.rewrite = Rewrite::On;
        prop_assert_eq!(asked.answer(&query), plain, "{}", query);
    }

    #[test]
    fn the_laws_of_sets_hold(
        (graph, a) in plain::graph_and_expression(),
        b in plain::expression(),
        c in plain::expression(),
    ) {
        let [a, b, c] = [a, b, c].map(|part| part.written(&graph));
        let mut asked = Asked::of(&graph);
        for (left, right) in [
            (format!("({a}) | ({b})"), format!("({b}) | ({a})")),
            (format!("({a}) & ({b})"), format!("({b}) & ({a})")),
            (format!("({a}) - ({b})"), format!("({a}) - (({a}) & ({b}))")),
            (format!("({a}) - ({b}) - ({c})"), format!("({a}) - (({b}) | ({c}))")),
            (format!("({a}) | ({b}) & ({c})"), format!("({a}) | (({b}) & ({c}))")),
            (format!("({a}) - ({b}) & ({c})"), format!("(({a}) - ({b})) & ({c})")),
            (format!("let z = {a}; z | z"), a.clone()),
        ] {
            prop_assert_eq!(asked.set(&left), asked.set(&right), "{} = {}", left, right);
        }
    }

    #[test]
    fn as_of_keeps_what_a_day_does_not_exclude(
        graph in plain::graph(),
        day in plain::day(),
    ) {
        let mut asked = Asked::of(&graph);
        let answer = asked.answer(&format!("facts(all()) as of {day}"));
        let kept: BTreeSet<Stated> = answer.table.rows.iter().map(|row| stated(&asked, row)).collect();
        let wanted: BTreeSet<Stated> = graph.arrows.iter()
            .filter(|arrow| arrow.holds(Some(&day)))
            .map(|arrow| (arrow.from, arrow.word.clone(), arrow.to, arrow.since.clone(), arrow.until.clone()))
            .collect();
        prop_assert_eq!(kept, wanted);
    }

    #[test]
    fn as_of_changes_only_where_a_statement_begins_or_ends(
        graph in plain::graph(),
        month in 1u32..3,
        day in 1u32..28,
        expression in plain::expression(),
    ) {
        let mut asked = Asked::of(&graph);
        let query = expression.written(&graph);
        let dates = [day, day + 1].map(|day| format!("2018-{month:02}-{day:02}"));
        let [before, after] = dates.each_ref().map(|date| asked.set(&format!("at({date}, {query})")));
        let is_bound = graph.arrows.iter().any(|arrow| arrow.is_bound_at(&dates[1]));
        prop_assert!(is_bound || before == after, "{}", query);
        prop_assert_eq!(&before, &expression.value(&graph, Some(&dates[0])));
        prop_assert_eq!(&before, &asked.set(&format!("{query} as of {}", dates[0])));
        // A context within holds against one without.
        let nested = format!("at({}, {query}) as of {}", dates[0], dates[1]);
        prop_assert_eq!(&before, &asked.set(&nested));
    }

    #[test]
    fn answers_are_ordered_by_name((graph, expression) in plain::graph_and_expression()) {
        let mut asked = Asked::of(&graph);
        // Every relation is of the lineage here, so what has evidence comes first.
        let answer = asked.answer(&expression.written(&graph));
        let key = |row: &Vec<Value>| match row.as_slice() {
            [Value::Entity(entity), Value::List(via)] => {
                (via.is_empty(), asked.session.snapshot().name(*entity).to_owned())
            }
            other => panic!("{other:?} is no row of a set"),
        };
        let keys: Vec<(bool, String)> = answer.table.rows.iter().map(key).collect();
        prop_assert!(keys.is_sorted_by(|a, b| a < b), "{:?}", keys);
    }
}

/// Subject, relation, object, since and until of a statement.
type Stated = (usize, String, usize, Option<String>, Option<String>);

fn stated(asked: &Asked<'_>, row: &[Value]) -> Stated {
    let Value::Statement(statement) = &row[0] else {
        panic!("{row:?} is no statement")
    };
    let snapshot = asked.session.snapshot();
    let (subject, object) = asked.ends(*statement);
    let place = |entity: EntityId| asked.graph.place(snapshot.name(entity));
    let relation = snapshot.relation(*statement);
    let word = snapshot.schema.relations[relation.index()].name.clone();
    let qualifiers = snapshot.qualifiers(*statement);
    let text =
        |date: &Option<kingraph::model::Date>| date.as_ref().map(|date| date.text().to_owned());
    (
        place(subject),
        word,
        place(object),
        text(&qualifiers.since),
        text(&qualifiers.until),
    )
}

/// Where every relation is of the lineage, `via=lineage` is still not `via=any`.
#[test]
fn via_with_every_relation_is_not_via_any() {
    let arrow = plain::Arrow {
        from: 1,
        word: "made".to_owned(),
        to: 0,
        since: None,
        until: None,
    };
    let graph = Plain {
        names: vec!["a".to_owned(), "b".to_owned()],
        arrows: vec![arrow],
    };
    let mut asked = Asked::of(&graph);
    for query in [
        "path(a, b)",
        "path(a, b, via=lineage)",
        "path(a, b, via=made)",
    ] {
        assert_eq!(asked.paths(query), Vec::<Vec<usize>>::new(), "{query}");
    }
}

/// The graph of nothing at all answers too.
#[test]
fn a_graph_without_entities_has_empty_answers() {
    let graph = Plain::default();
    let mut asked = Asked::of(&graph);
    for query in [
        "all()",
        "descendants(all())",
        "cycles(all())",
        "roots(all())",
        "common_ancestors(all())",
    ] {
        assert_eq!(asked.set(query), BTreeSet::new(), "{query}");
    }
    assert_eq!(asked.answer("components(all())").table.rows.len(), 0);
    assert_eq!(asked.answer("facts(all())").table.rows.len(), 0);
}
