//! Entities that are asked for by their id or name are looked up: the answer is that of asking all.

#[expect(dead_code, reason = "other tests ask in other ways")]
mod support;

use std::collections::BTreeSet;

use kingraph::Session;
use kingraph::model::Graph;
use kingraph::model::List;
use kingraph::model::Object;
use kingraph::model::Range;
use kingraph::model::RelationId;
use kingraph::model::Type;
use kingraph::model::Value;
use kingraph::model::freeze;
use kingraph::query::Rewrite;
use kingraph::shell::Origin;

/// `@` is a text in quotes, `#` another.
const FORMS: [&str; 32] = [
    "match (a {name: @}) return a",
    "match (a {id: @})-[r]->(b) return a, r, b",
    "match (a)-[r]->(b) where @ = b.name return a, r, b",
    "match (a)-[]->(b) where b.id = @ and a.name <> # return a",
    "match (a) where a.name in [@, #] return a, a.kind",
    "match (a) where id(a) = @ return a",
    "match (a)-[r]->(b) where id(b) in [@, #] return a, r",
    "match (a) where a.name = trim(@) + \"\" return a",
    "match (a:company)<-[:developed_by]-(x) where a.name in [#, @, @] return count(*)",
    "match (a) where a.name = @ or a.name = # return a",
    "match (a) where not a.name = @ return count(*)",
    "match (a) where a.name = @ = a.id return a",
    "match (c:company) optional match (x {name: @})-[:developed_by]->(c) return c, x limit 20",
    "match (a)-[:lineage]->{1,3}(b {name: @}) return a, b",
    "match p = any shortest (a {name: @})-[:lineage]->{1,9}(b {name: #}) return p",
    "match (a:company) where exists { (a)<-[:developed_by]-(x {name: @}) } return a",
    "unwind [@, #] as wanted match (a {name: wanted}) return a",
    "unwind [@, #, null] as wanted match (a {id: wanted})-[]->(b) return wanted, a, count(*)",
    "unwind [[@, #], [null, @], []] as wanted match (a) where a.name in wanted return a, wanted",
    "unwind [@, 7] as wanted match (a:company) where wanted = a.name return a",
    "match (a {name: @})-[]->(b) with b.name as n match (c {name: n})<-[]-(d) return c, d limit 9",
    "unwind [@, #] as wanted optional match (a {name: wanted + \"\"}) return wanted, a",
    "match (a in (CoreOS | EKS)) where exists { (x)-[]->(y {name: a.name}) } return a",
    "match (a in (CoreOS | EKS)) return a, count { (x {name: @})-[]->(y) where y.name <> a.name }",
    "all() |> where name = @ or id = # |> select name, id",
    "all() |> where it.id = @",
    "(all() according to rks-17) |> where name in [@, #] |> select name",
    "match (a in kind:company | kind:person) where a.name in [@, #] return a",
    "kind:company |> where name in [@, #] and 1 / (size(kind) - 17) < 9",
    "kind:company |> where 1 / (size(kind) - 17) < 9 and name = @",
    "match (a:company) where a.name = @ and 1 / (size(a.kind) - 17) < 9 return a",
    "kind:company |> where name in [@, #] and released_on is null |> count",
];

const CONTEXTS: [&str; 5] = [
    "",
    " as of 2015",
    " during 2014..2017",
    " including doubtful",
    " according to rks-17, rks-15",
];

fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}\"")
}

/// The answer, or the error.
fn told(session: &mut Session, rewrite: Rewrite, text: &str) -> String {
    session.rewrite = rewrite;
    match session.query(text) {
        Ok(replies) => format!("{:?}", replies[0].answer),
        Err(error) => format!("{error:?}"),
    }
}

/// Ids, names and aliases, some written in another way, and texts that nobody bears.
fn texts(session: &Session) -> Vec<String> {
    let snapshot = session.snapshot();
    let names = snapshot.all_names().map(|(name, _)| name.to_owned());
    let names: BTreeSet<String> = names.collect();
    let mut texts: Vec<String> = names.into_iter().step_by(41).collect();
    texts.extend(
        [
            "Red Hat",
            "red hat",
            "CoreOS",
            "Container Linux",
            "container-linux",
        ]
        .map(str::to_owned),
    );
    texts.extend(["", " ", "nobody", "EKS ", "é\u{301}"].map(str::to_owned));
    texts
}

#[test]
fn an_answer_by_names_is_that_of_asking_all() {
    let mut session = Session::bundled();
    let texts = texts(&session);
    let (mut rows, mut asked) = (0, 0);
    for (place, text) in texts.iter().enumerate() {
        let other = &texts[(place * 7 + 3) % texts.len()];
        for (number, form) in FORMS.iter().enumerate() {
            let context = CONTEXTS[(place + number) % CONTEXTS.len()];
            let query = form
                .replace('@', &quoted(text))
                .replace('#', &quoted(other));
            let query = format!("{query}{context}");
            let on = told(&mut session, Rewrite::On, &query);
            let off = told(&mut session, Rewrite::Off, &query);
            assert_eq!(on, off, "{query}");
            assert!(on.starts_with("Answer"), "{query}: {on}");
            rows += usize::from(!on.contains("rows: []"));
            asked += 1;
        }
    }
    assert!(rows * 3 > asked, "{rows} of {asked} have rows");
}

#[test]
fn what_a_parameter_names_is_looked_up_too() {
    let session = Session::bundled();
    let mut texts: Vec<Value> = texts(&session).into_iter().map(Value::Text).collect();
    texts.extend([Value::Null, Value::Integer(7), Value::List(List::default())]);
    for form in [
        "match (a {name: $p}) return a, a.kind",
        "match (a)-[r]->(b) where b.id = $p return a, r",
        "match (a) where a.name in [$p, \"Red Hat\"] return a",
        "all() |> where name = $p",
    ] {
        let [mut fast, mut slow] = [Rewrite::On, Rewrite::Off].map(|rewrite| {
            let mut session = Session::bundled();
            session.rewrite = rewrite;
            session.prepare(form).unwrap()
        });
        for text in &texts {
            let [fast, slow] = [&mut fast, &mut slow].map(|prepared| {
                let found = prepared.bind("p", text.clone()).unwrap().run().unwrap();
                let columns = found.columns().len();
                let rows = found.rows().map(|row| {
                    let cells = (0..columns).map(|place| row.get(place).unwrap().clone());
                    (cells.collect::<Vec<_>>(), row.via().unwrap())
                });
                format!("{:?}", rows.collect::<Vec<_>>())
            });
            assert_eq!(fast, slow, "{form} {text:?}");
        }
    }
}

#[test]
fn the_rest_of_a_graph_is_not_looked_at() {
    let mut graph = Graph::new(support::schema(&["r"]), Vec::new());
    for index in 0..50_000 {
        let name = format!("n{index}");
        graph.add_entity(support::entity(&name, &name));
    }
    let entities: Vec<_> = graph.entities().map(|(entity, _)| entity).collect();
    for pair in entities.windows(2) {
        let relation = RelationId(0);
        graph.add_statement(pair[0], support::statement(relation, pair[1]));
    }
    let mut session = Session::on(freeze(&graph), Origin::Bundled);
    assert!(session.limits.set("steps", 1_000));
    for (query, count) in [
        ("match (a {id: \"n7\"})-[:r]->(b) return b", 1),
        ("match (a {id: \"n7\"}) return a.name", 1),
        (
            "match (a)-[:r]->(b)-[:r]->(c {name: \"n9\"}) return a, b",
            1,
        ),
        (
            "match (a) where a.id in [\"n1\", \"n2\", \"no\"] return a",
            2,
        ),
        ("match (a {id: \"n7\"})-[:r]->(b) return b, count(*)", 1),
        ("all() |> where name = \"n7\" |> select id", 1),
        ("all() |> where name = \"n7\" |> count", 1),
        ("match (a) where id(a) = \"n7\" return a.name", 1),
        (
            "match (a) where a.name = tolower(\"N\") + \"7\" return a",
            1,
        ),
    ] {
        let replies = session.query(query);
        let rows = replies.map(|replies| replies[0].answer.table.rows.len());
        assert_eq!(rows.unwrap(), count, "{query}");
    }
    let other = "match (a)-[:r]->(b) where a.name <> \"n7\" return b";
    assert!(session.query(other).is_err());
}

#[test]
fn a_property_that_is_called_a_name_is_none() {
    let mut schema = support::schema(&["name", "id"]);
    for relation in &mut schema.relations {
        relation.range = Range::Values(Type::Text);
    }
    let mut graph = Graph::new(schema, Vec::new());
    for id in ["a", "b"] {
        let entity = graph.add_entity(support::entity(id, id)).unwrap();
        for relation in [RelationId(0), RelationId(1)] {
            let mut statement = support::statement(relation, entity);
            statement.object = Object::Value(Value::Text(format!("not {id}")));
            graph.add_statement(entity, statement);
        }
    }
    let mut session = Session::on(freeze(&graph), Origin::Bundled);
    for query in [
        "match (x {name: \"not a\"}) return x",
        "match (x {id: \"not a\"}) return x",
        "match (x) where x.name = \"a\" return x",
        "all() |> where name = \"not a\"",
    ] {
        let [on, off] = [Rewrite::On, Rewrite::Off].map(|on| told(&mut session, on, query));
        assert_eq!(on, off, "{query}");
        assert!(on.starts_with("Answer"), "{query}: {on}");
    }
}

#[test]
fn what_a_list_names_is_looked_up_too() {
    let session = Session::bundled();
    let names = texts(&session);
    let form = "match (a)-[r]->(b) where a.name in $p and b.id <> \"eks\" return a, r";
    let [mut fast, mut slow] = [Rewrite::On, Rewrite::Off].map(|rewrite| {
        let mut session = Session::bundled();
        session.rewrite = rewrite;
        session.prepare(form).unwrap()
    });
    let mut found = 0;
    for names in names.chunks(3) {
        let texts = || names.iter().cloned().map(Value::Text);
        let strange = [Value::Null, Value::Integer(7)];
        for list in [
            texts().collect(),
            texts().chain(strange).collect(),
            Vec::new(),
        ] {
            let [fast, slow] = [&mut fast, &mut slow].map(|prepared| {
                let given = Value::List(list.clone().into());
                let rows = prepared.bind("p", given).unwrap().run().unwrap();
                let cells = rows
                    .rows()
                    .map(|row| [0, 1].map(|at| row.get(at).unwrap().clone()));
                cells.collect::<Vec<_>>()
            });
            assert_eq!(fast, slow, "{list:?}");
            found += fast.len();
        }
    }
    assert!(found > 100, "{found}");
    for strange in [Value::Null, Value::from("EKS"), Value::Integer(7)] {
        let [fast, slow] = [&mut fast, &mut slow].map(|prepared| {
            match prepared.bind("p", strange.clone()).unwrap().run() {
                Ok(rows) => format!("{} rows", rows.rows().count()),
                Err(error) => format!("{error:?}"),
            }
        });
        assert_eq!(fast, slow, "{strange:?}");
    }
}
