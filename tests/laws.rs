//! What holds for every graph, whatever it says: laws of sets, of time, of evidence and of pipes.
//!
//! The graphs are those of `support/plain.rs`: cycles, loops, parallel statements and periods. No
//! law needs a model; each compares answers of kin with each other, or with the arrows themselves.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "the laws need no model of the functions")]
#[path = "support/plain.rs"]
mod plain;
#[expect(dead_code, reason = "the laws look at no paths")]
mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use kingraph::model::EntityId;
use kingraph::model::ObjectRef;
use kingraph::model::StatementId;
use kingraph::model::Value;
use kingraph::model::freeze;
use kingraph::query::Answer;
use kingraph::query::Rewrite;
use kingraph::shell::Origin;
use kingraph::shell::Session;
use kingraph::store::DataFile;
use kingraph::store::load_files;
use proptest::prelude::ProptestConfig;
use proptest::prelude::Strategy;
use proptest::prelude::any;
use proptest::prelude::prop_assert;
use proptest::prelude::prop_assert_eq;
use proptest::proptest;
use proptest::test_runner::RngSeed;

use plain::Expression;
use plain::Plain;

/// As many cases as run in a moment, the same ones every time.
fn cases() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_180_326),
        ..ProptestConfig::with_cases(96)
    }
}

type Set = BTreeSet<EntityId>;

/// A session in which every query is asked with the passes and without.
struct Asked {
    session: Session,
}

impl Asked {
    fn of(graph: &Plain) -> Asked {
        let session = graph.sketch().session();
        Asked { session }
    }

    /// The answer to the last query of a text.
    fn answer(&mut self, query: &str) -> Answer {
        let [rewritten, plain] = [Rewrite::On, Rewrite::Off].map(|rewrite| {
            self.session.rewrite = rewrite;
            let replies = self.session.query(query);
            let mut replies = replies.unwrap_or_else(|error| panic!("{query}: {error:?}"));
            replies.pop().unwrap().answer
        });
        // What a picture shows besides depends on how many walks the plan has, and equal walks are
        // one once they are shared.
        let plain = Answer {
            trail: rewritten.trail.clone(),
            ..plain
        };
        assert_eq!(rewritten, plain, "{query}");
        rewritten
    }

    fn set(&mut self, query: &str) -> Set {
        self.answer(query).entities().collect()
    }

    fn rows(&mut self, query: &str) -> Vec<Vec<Value>> {
        self.answer(query).table.rows
    }

    fn number(&mut self, query: &str) -> i64 {
        match self.rows(query).as_slice() {
            [row] => match row.as_slice() {
                [Value::Integer(number)] => *number,
                other => panic!("{query}: {other:?} is no number"),
            },
            other => panic!("{query}: {other:?} is no number"),
        }
    }

    fn name(&self, entity: EntityId) -> String {
        kingraph::query::scan::written(self.session.snapshot().name(entity))
    }

    fn ends(&self, statement: StatementId) -> (EntityId, EntityId) {
        let snapshot = self.session.snapshot();
        match snapshot.object(statement) {
            ObjectRef::Entity(object) => (snapshot.subject(statement), object),
            other => panic!("{other:?} is no entity"),
        }
    }
}

/// The statements in a column.
fn statements(rows: &[Vec<Value>], column: usize) -> Vec<StatementId> {
    let statement = |row: &Vec<Value>| match &row[column] {
        Value::Statement(statement) => *statement,
        other => panic!("{other:?} is no statement"),
    };
    rows.iter().map(statement).collect()
}

/// Without loops, and every arrow from an earlier entity to a later one.
fn without_cycles(mut graph: Plain) -> Plain {
    graph.arrows.retain(|arrow| arrow.from != arrow.to);
    for arrow in &mut graph.arrows {
        (arrow.from, arrow.to) = (arrow.from.min(arrow.to), arrow.from.max(arrow.to));
    }
    graph
}

/// A set that does not shrink when there are more statements.
fn growing() -> impl Strategy<Value = Expression> {
    plain::expression().prop_map(grown)
}

fn grown(expression: Expression) -> Expression {
    let two = |parts: Box<[Expression; 2]>| Box::new(parts.map(grown));
    match expression {
        Expression::One(_) | Expression::All => expression,
        Expression::Union(parts) => Expression::Union(two(parts)),
        Expression::Intersection(parts) | Expression::Difference(parts) => {
            Expression::Intersection(two(parts))
        }
        Expression::Between(parts) => Expression::Between(two(parts)),
        Expression::Call(name, part) => {
            let part = Box::new(grown(*part));
            match name {
                "roots" | "leaves" => Expression::Call("cycles", part),
                "common_ancestors" => Expression::Call("ancestors", part),
                "common_descendants" => Expression::Call("descendants", part),
                name => Expression::Call(name, part),
            }
        }
        Expression::Step(part, word, way) => Expression::Step(Box::new(grown(*part)), word, way),
        // A date of its own would hold against the one asked for.
        Expression::At(_, part) => grown(*part),
    }
}

/// A graph as data files: some statements are planned or denied, and each has one of two sources.
fn with_sources(graph: &Plain) -> Session {
    let mut schema = "[groups.lineage]\ndoc = \"L.\"\n[kinds.thing]\ndoc = \"T.\"\n".to_owned();
    for word in graph.words() {
        writeln!(
            schema,
            "[relations.{word}]\ndoc = \"R.\"\ninverse = \"{word}_inverse\"\ngroups = [\"lineage\"]"
        )
        .unwrap();
    }
    let mut things = String::new();
    for (place, name) in graph.names.iter().enumerate() {
        let name = serde_json::to_string(name).unwrap();
        writeln!(things, "[n{place}]\nname = {name}\nkind = \"thing\"").unwrap();
        for word in graph.words() {
            let arrows = graph.arrows.iter().enumerate();
            let arrows = arrows.filter(|(_, arrow)| arrow.from == place && arrow.word == word);
            let arrows: Vec<String> = arrows
                .map(|(place, arrow)| {
                    let reserve = [
                        "",
                        "",
                        "",
                        ", certainty = \"planned\"",
                        ", polarity = \"negative\"",
                    ];
                    let date = |key: &str, date: &Option<String>| {
                        date.as_ref()
                            .map_or(String::new(), |date| format!(", {key} = \"{date}\""))
                    };
                    format!(
                        "{{ to = \"n{}\", source = \"s{}\"{}{}{} }}",
                        arrow.to,
                        place % 2,
                        reserve[place % 5],
                        date("since", &arrow.since),
                        date("until", &arrow.until)
                    )
                })
                .collect();
            writeln!(things, "{word} = [{}]", arrows.join(", ")).unwrap();
        }
    }
    let sources = "[s0]\ntitle = \"One\"\n[s1]\ntitle = \"Two\"\n".to_owned();
    let files = [
        ("schema.toml", schema),
        ("sources.toml", sources),
        ("things.toml", things),
    ];
    let files = files.map(|(name, text)| DataFile {
        name: Arc::from(name),
        text,
    });
    let loaded = load_files(files.to_vec());
    let snapshot = freeze(&loaded.graph);
    assert_eq!(snapshot.entity_count(), graph.names.len());
    let is_kept = graph.arrows.iter().any(|arrow| arrow.until.is_none());
    assert!(!is_kept || snapshot.statement_count() > 0);
    Session::on(snapshot, Origin::Bundled)
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn sets_are_an_algebra(
        (graph, a) in plain::graph_and_expression(),
        b in plain::expression(),
        c in plain::expression(),
    ) {
        let [a, b, c] = [a, b, c].map(|part| format!("({})", part.written(&graph)));
        let mut asked = Asked::of(&graph);
        for (left, right) in [
            (format!("{a} & {b}"), format!("{b} & {a}")),
            (format!("{a} | {b}"), format!("{b} | {a}")),
            (format!("{a} & ({b} | {c})"), format!("({a} & {b}) | ({a} & {c})")),
            (format!("({a} & {b}) & {c}"), format!("{a} & ({b} & {c})")),
            (format!("({a} | {b}) | {c}"), format!("{a} | ({b} | {c})")),
            (format!("{a} - ({b} & {c})"), format!("({a} - {b}) | ({a} - {c})")),
            (format!("{a} & {a}"), a.clone()),
            (format!("({a} - {b}) | ({a} & {b})"), a.clone()),
        ] {
            prop_assert_eq!(asked.set(&left), asked.set(&right), "{} = {}", left, right);
        }
        let difference = asked.set(&format!("{a} - {b}"));
        prop_assert!(difference.is_subset(&asked.set(&a)));
        prop_assert!(difference.is_disjoint(&asked.set(&b)));
    }

    #[test]
    fn closures_of_a_union_are_unions(
        (graph, a) in plain::graph_and_expression(),
        b in plain::expression(),
        depth in 1u32..6,
    ) {
        let [a, b] = [a, b].map(|part| format!("({})", part.written(&graph)));
        let mut asked = Asked::of(&graph);
        for name in ["descendants", "ancestors", "successors", "neighbors"] {
            let whole = asked.set(&format!("{name}({a} | {b})"));
            let parts = asked.set(&format!("{name}({a}) | {name}({b})"));
            prop_assert_eq!(whole, parts, "{}", name);
        }
        let whole = asked.set(&format!("descendants({a}, depth={depth})"));
        let mut parts = Set::new();
        for steps in 1..=depth {
            let part = asked.set(&format!("descendants({a}, depth={steps}..{steps})"));
            prop_assert!(part.is_disjoint(&parts), "{} steps are not the fewest", steps);
            parts.extend(part);
        }
        prop_assert_eq!(whole, parts);
    }

    #[test]
    fn descendants_have_their_ancestors(graph in plain::graph()) {
        let mut asked = Asked::of(&graph);
        let all: Vec<EntityId> = asked.answer("all()").entities().collect();
        let names: Vec<String> = all.iter().map(|entity| asked.name(*entity)).collect();
        let mut sets = |name: &str| -> Vec<Set> {
            names.iter().map(|start| asked.set(&format!("{name}({start})"))).collect()
        };
        let (descendants, ancestors) = (sets("descendants"), sets("ancestors"));
        for (one, x) in all.iter().enumerate() {
            for (other, y) in all.iter().enumerate() {
                prop_assert_eq!(descendants[one].contains(y), ancestors[other].contains(x));
            }
        }
    }

    #[test]
    fn what_is_between_is_on_a_way(graph in plain::graph(), ends in any::<(usize, usize)>()) {
        let mut asked = Asked::of(&graph);
        let [a, c] = [ends.0, ends.1].map(|place| graph.written(place % graph.names.len()));
        for argument in ["", ", via=any"] {
            for member in asked.set(&format!("between({a}, {c}{argument})")) {
                let b = asked.name(member);
                for way in [format!("path({a}, {b}{argument})"), format!("path({b}, {c}{argument})")] {
                    prop_assert_eq!(asked.rows(&way).len(), 1, "{}", way);
                }
            }
        }
    }

    #[test]
    fn what_is_selected_is_a_part((graph, s) in plain::graph_and_expression()) {
        let mut asked = Asked::of(&graph);
        let s = s.written(&graph);
        let all = asked.set(&s);
        for part in ["roots", "leaves", "cycles"] {
            prop_assert!(asked.set(&format!("{part}({s})")).is_subset(&all), "{}", part);
        }
        for count in 0..3 {
            let part = asked.set(&format!("first({s}, {count})"));
            prop_assert!(part.is_subset(&all) && part.len() == all.len().min(count));
        }
        prop_assert_eq!(asked.answer(&format!("({s})")), asked.answer(&s));
    }

    /// A day on which nothing begins or ends changes nothing.
    #[test]
    fn days_change_sets_only_at_bounds(
        graph in plain::graph(),
        month in 1u32..3,
        first in 1u32..20,
        s in plain::expression(),
    ) {
        let mut asked = Asked::of(&graph);
        let s = s.written(&graph);
        let mut before: Option<Set> = None;
        for day in first..first + 9 {
            let day = format!("2018-{month:02}-{day:02}");
            let now = asked.set(&format!("at({day}, {s})"));
            let is_bound = graph.arrows.iter().any(|arrow| arrow.is_bound_at(&day));
            prop_assert!(is_bound || before.is_none_or(|before| before == now), "{}: {}", day, s);
            before = Some(now);
        }
    }

    #[test]
    fn a_day_is_the_period_of_a_day(
        graph in plain::graph(),
        (month, day) in (1u32..3, 1u32..29),
        s in plain::expression(),
    ) {
        let mut asked = Asked::of(&graph);
        let s = s.written(&graph);
        let day = format!("2018-{month:02}-{day:02}");
        let at = asked.set(&format!("at({day}, {s})"));
        prop_assert_eq!(&at, &asked.set(&format!("during({day}..{day}, {s})")), "{} {}", day, s);
        prop_assert_eq!(&at, &asked.set(&format!("during({day}, {s})")));
        prop_assert_eq!(&at, &asked.set(&format!("{s} during {day}")));
    }

    #[test]
    fn contexts_only_leave_out(graph in plain::graph(), s in growing(), day in plain::day()) {
        let s = s.written(&graph);
        let mut asked = Asked { session: with_sources(&graph) };
        let all = asked.set(&s);
        for part in [
            format!("certainly({s})"),
            format!("at({day}, {s})"),
            format!("certainly(at({day}, {s}))"),
            format!("during({day}, {s})"),
            format!("{s} |> limit 2"),
        ] {
            prop_assert!(asked.set(&part).is_subset(&all), "{}", part);
        }
        let certain = asked.set(&format!("certainly({s}) as of {day}"));
        let held = asked.set(&format!("{s} as of {day}"));
        prop_assert!(certain.is_subset(&held));
        let doubtful = asked.set(&format!("{s} including doubtful"));
        prop_assert!(all.is_subset(&doubtful), "{}", s);
        for source in ["s0", "s1"] {
            let part = asked.set(&format!("per({source}, {s})"));
            prop_assert!(part.is_subset(&all), "per({}, {})", source, s);
            prop_assert_eq!(&part, &asked.set(&format!("{s} according to {source}")));
        }
    }
}

/// Conditions on `it`, some of which are null for some entities.
const CONDITIONS: [&str; 8] = [
    "name < \"b\"",
    "made is null",
    "it.made.name > \"b\"",
    "count(uses) > 1",
    "made in (all() - _)",
    "made.name starts with \"a\" or count(runs) = 0",
    "exists { (it)-[:made]->()-->() }",
    "count { (it)--() } > 2 and runs.name <> \"B-52\"",
];

/// A graph that has each of the words and the name `_`, so that the conditions can be read.
fn worded(mut graph: Plain) -> Plain {
    if !graph.names.iter().any(|name| name == "_") {
        graph.names[0] = "_".to_owned();
    }
    for word in ["made", "runs", "uses"] {
        graph.arrows.push(plain::Arrow {
            from: 0,
            word: word.to_owned(),
            to: 0,
            since: None,
            until: None,
        });
    }
    graph
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_condition_parts_a_set_in_three(
        graph in plain::graph().prop_map(worded),
        s in plain::expression(),
        condition in 0..CONDITIONS.len(),
    ) {
        let mut asked = Asked::of(&graph);
        let s = s.written(&graph);
        let p = CONDITIONS[condition];
        let all = asked.set(&s);
        let mut found = Vec::new();
        for part in [p.to_owned(), format!("not ({p})"), format!("({p}) is null")] {
            found.extend(asked.set(&format!("{s} |> where {part}")));
        }
        let count = found.len();
        prop_assert_eq!(&found.into_iter().collect::<Set>(), &all, "{} |> where {}", s, p);
        prop_assert_eq!(count, all.len(), "the parts of {} by {} share something", s, p);
        let kept = format!("{s} |> where {p} |> count");
        let counted = format!("count(({s} |> where {p}))");
        prop_assert_eq!(asked.number(&kept), asked.number(&counted));
    }

    #[test]
    fn stages_keep_count(graph in plain::graph().prop_map(worded), s in plain::expression(), limit in 0i64..6) {
        let mut asked = Asked::of(&graph);
        let s = s.written(&graph);
        let count = asked.number(&format!("count({s})"));
        let whole = asked.rows(&s);
        prop_assert_eq!(whole.len() as i64, count);
        prop_assert_eq!(asked.number(&format!("{s} |> count")), count);
        prop_assert_eq!(asked.number(&format!("{s} |> limit {limit} |> count")), limit.min(count));
        let rest = asked.number(&format!("{s} |> offset {limit} |> count"));
        prop_assert_eq!(rest, (count - limit).max(0));
        let mut parts = asked.rows(&format!("{s} |> limit {limit}"));
        parts.extend(asked.rows(&format!("{s} |> offset {limit}")));
        prop_assert_eq!(&parts, &whole);
        for key in ["name desc", "count(made), name", "made desc", "topological"] {
            let sorted = asked.answer(&format!("{s} |> order by {key}"));
            prop_assert_eq!(sorted.table.rows.len(), whole.len(), "{}", key);
            prop_assert!(sorted.table.rows.iter().all(|row| whole.contains(row)), "{}", key);
        }
        prop_assert_eq!(asked.rows(&format!("{s} |> distinct")), whole);
    }

    #[test]
    fn what_came_first_comes_first(
        graph in plain::graph().prop_map(without_cycles),
        s in plain::expression(),
    ) {
        let mut asked = Asked::of(&graph);
        let s = s.written(&graph);
        let sorted = asked.answer(&format!("{s} |> order by topological"));
        let order: Vec<EntityId> = sorted.entities().collect();
        for statement in statements(&asked.rows("facts(all())"), 0) {
            let (subject, object) = asked.ends(statement);
            let place = |end: EntityId| order.iter().position(|entity| *entity == end);
            if let (Some(subject), Some(object)) = (place(subject), place(object)) {
                prop_assert!(subject < object, "an arrow leads backwards in {}", s);
            }
        }
    }

    #[test]
    fn what_is_reduced_leads_as_far(
        graph in plain::graph().prop_map(without_cycles),
        s in plain::expression(),
    ) {
        let mut asked = Asked::of(&graph);
        let s = s.written(&graph);
        let members = asked.set(&s);
        let mut pairs = |query: &str| -> BTreeSet<(EntityId, EntityId)> {
            let found = statements(&asked.rows(query), 0);
            let ends = found.into_iter().map(|statement| asked.ends(statement));
            ends.filter(|(one, other)| members.contains(one) && members.contains(other)).collect()
        };
        let (all, reduced) = (pairs("facts(all())"), pairs(&format!("reduce({s})")));
        prop_assert!(reduced.is_subset(&all));
        prop_assert_eq!(reach(&reduced), reach(&all), "{}", s);
        for pair in &reduced {
            let mut fewer = reduced.clone();
            fewer.remove(pair);
            prop_assert!(!reach(&fewer).contains(pair), "a longer way in {} makes {:?} needless", s, pair);
        }
    }

    #[test]
    fn a_proof_leads_from_start_to_end(graph in plain::graph(), ends in any::<(usize, usize)>()) {
        let mut asked = Asked::of(&graph);
        let [x, y] = [ends.0, ends.1].map(|place| graph.written(place % graph.names.len()));
        let start = asked.answer(&y).entities().next().unwrap();
        let end = asked.answer(&x).entities().next().unwrap();
        for (name, is_back) in [("descendants", false), ("ancestors", true), ("successors", false)] {
            let s = format!("{name}({y})");
            let proof = asked.rows(&format!("why({x}, {s})"));
            prop_assert_eq!(!proof.is_empty(), asked.set(&s).contains(&end), "why({}, {})", x, s);
            let mut here = start;
            for statement in statements(&proof, 1) {
                let (subject, object) = asked.ends(statement);
                let (from, to) = if is_back { (object, subject) } else { (subject, object) };
                prop_assert_eq!(from, here, "why({}, {})", x, s);
                here = to;
            }
            prop_assert!(proof.is_empty() || here == end);
        }
    }

    #[test]
    fn a_definition_is_what_it_stands_for(
        (graph, argument) in plain::graph_and_expression(),
        other in plain::expression(),
    ) {
        let mut asked = Asked::of(&graph);
        let (argument, other) = (argument.written(&graph), other.written(&graph));
        for body in ["(it_1 | (@)) & descendants(it_1)", "leaves(it_1 | roots(@)) - it_1"] {
            let body = body.replace('@', &other);
            let expanded = body.replace("it_1", &format!("({argument})"));
            let called = asked.set(&format!("let f_1(it_1) = {body}; f_1({argument})"));
            let named = asked.set(&format!("let it_1 = {argument}; {body}"));
            let wanted = asked.set(&expanded);
            prop_assert_eq!(&called, &wanted, "{}", expanded);
            prop_assert_eq!(&named, &wanted, "{}", expanded);
        }
    }

    #[test]
    fn a_match_has_a_row_for_each_statement(graph in plain::graph()) {
        let mut asked = Asked::of(&graph);
        let rows = asked.rows("match (a)-[e]->(b) return a, b").len();
        prop_assert_eq!(rows, graph.arrows.len());
        prop_assert_eq!(asked.number("match (a)-[e]->(b) return count(*)"), rows as i64);
        let loops = graph.arrows.iter().filter(|arrow| arrow.from == arrow.to).count();
        prop_assert_eq!(asked.rows("match (a)-[e]-(b) return a, b").len(), 2 * rows - loops);
        prop_assert_eq!(asked.set("match (a)-->() return a"), asked.set("predecessors(all())"));
    }

    #[test]
    fn what_differs_is_compared(graph in plain::graph(), ends in any::<(usize, usize)>()) {
        let mut asked = Asked::of(&graph);
        let [x, y] = [ends.0, ends.1].map(|place| graph.written(place % graph.names.len()));
        if x == y || graph.arrows.is_empty() {
            return Ok(());
        }
        let all = asked.rows(&format!("compare {x}, {y}"));
        let differ = asked.rows(&format!("compare {x}, {y} |> where differ"));
        let agree = asked.rows(&format!("compare {x}, {y} |> where not differ"));
        prop_assert!(differ.iter().chain(&agree).all(|row| all.contains(row)));
        prop_assert_eq!(differ.len() + agree.len(), all.len());
    }
}

/// What each leads to, in any number of steps.
fn reach(pairs: &BTreeSet<(EntityId, EntityId)>) -> BTreeSet<(EntityId, EntityId)> {
    let mut known = pairs.clone();
    loop {
        let longer: Vec<(EntityId, EntityId)> = known
            .iter()
            .flat_map(|(from, middle)| {
                let ends = pairs.iter().filter(move |(start, _)| start == middle);
                ends.map(move |(_, end)| (*from, *end))
            })
            .collect();
        let count = known.len();
        known.extend(longer);
        if known.len() == count {
            return known;
        }
    }
}
