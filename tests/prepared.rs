//! Queries that are planned once and asked with many values: they answer what the same text answers
//! with the value written into it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use kingraph::Error;
use kingraph::Session;
use kingraph::model::EntityId;
use kingraph::model::Value;
use kingraph::query::ColumnType;

/// What a text answers: cells and evidence of each row.
fn told(session: &mut Session, text: &str) -> Vec<(Vec<Value>, Vec<Value>)> {
    let answer = session.query(text).unwrap().remove(0).answer;
    let columns = answer.table.columns;
    let is_via = |place: &usize| columns[*place].cells == ColumnType::Via;
    let rows = answer.table.rows.into_iter().map(|row| {
        let places = 0..row.len();
        let cells = places.clone().filter(|place| !is_via(place));
        let cells = cells.map(|place| row[place].clone()).collect();
        let via = places.filter(is_via).flat_map(|place| match &row[place] {
            Value::List(statements) => statements.clone(),
            other => panic!("{other:?} is no evidence"),
        });
        (cells, via.collect())
    });
    rows.collect()
}

/// What a prepared query finds with one value.
fn found(session: &Session, text: &str, value: Value) -> Vec<(Vec<Value>, Vec<Value>)> {
    let mut prepared = session.prepare(text).unwrap();
    // The value before is replaced.
    let _ = prepared.bind("p", "CoreOS");
    let found = prepared.bind("p", value).unwrap().run().unwrap();
    let columns = found.columns().len();
    assert_eq!(found.rows().len(), found.len());
    let rows = found.rows().map(|row| {
        let cells = (0..columns).map(|place| row.get(place).unwrap().clone());
        let via = row.via().unwrap().into_iter().map(Value::Statement);
        (cells.collect(), via.collect())
    });
    rows.collect()
}

#[test]
fn a_name_is_bound_wherever_a_set_stands() {
    let mut session = Session::bundled();
    let forms = [
        "successors($p)",
        "descendants($p)",
        "$p.default_node_os",
        "lineage($p) - $p",
        "$p | successors($p)",
        "path($p, \"Red Hat\", via=any)",
        "paths($p, CentOS, via=any, max=3)",
        "facts($p)",
        "match (a in $p)-[r]->(b) return a, r, b",
        "match (a in $p)-[]->(b) return b",
        "lineage($p) |> where it in descendants($p) |> select name, kind",
        "successors($p) as of 2021",
        "let f(x) = successors(x); f($p)",
    ];
    for name in ["CoreOS", "EKS", "k3s", "Debian", "RancherOS"] {
        for form in forms {
            let text = form.replace("$p", &format!("\"{name}\""));
            let wanted = told(&mut session, &text);
            assert_eq!(found(&session, form, name.into()), wanted, "{text}");
            let entity = session.snapshot().find(name).unwrap().1[0];
            assert_eq!(found(&session, form, entity.into()), wanted, "{text} by id");
        }
    }
}

#[test]
fn a_list_is_the_union_of_its_members() {
    let mut session = Session::bundled();
    let names = ["EKS", "AKS", "EKS"].map(Value::from).to_vec();
    assert_eq!(
        found(&session, "$p.cni", Value::List(names.into())),
        told(&mut session, "(EKS | AKS).cni")
    );
    let nothing = Value::List(Vec::new().into());
    assert!(found(&session, "successors($p)", nothing).is_empty());
}

#[test]
fn values_are_bound_in_conditions_and_numbers_of_rows() {
    let mut session = Session::bundled();
    let forms = [
        "kind:managed_service |> where announced_on >= $p |> select name",
        "kind:managed_service |> order by name |> limit $p",
        "match (s:managed_service) where s.announced_on < $p return s.name, $p",
        "match (s {name: $p}) return s",
    ];
    for form in forms {
        for year in [2016, 2017, 2018] {
            let text = form.replace("$p", &year.to_string());
            let wanted = told(&mut session, &text);
            assert_eq!(found(&session, form, Value::from(year)), wanted, "{text}");
        }
    }
}

#[test]
fn what_decides_the_plan_is_planned_for_each_value() {
    let mut session = Session::bundled();
    for year in ["2016", "2019", "2021-05"] {
        let wanted = told(&mut session, &format!("successors(CoreOS) as of {year}"));
        let text = "successors(CoreOS) as of $p";
        assert_eq!(found(&session, text, year.into()), wanted);
    }
    let wanted = told(&mut session, "successors(CoreOS) as of 2019");
    let core = session.snapshot().find("CoreOS").unwrap().1[0];
    let mut both = session.prepare("successors($of) as of $d").unwrap();
    let both = both.bind("d", "2019").unwrap().bind("of", core).unwrap();
    assert_eq!(both.run().unwrap().len(), wanted.len());
    let mut prepared = session.prepare("successors(CoreOS) as of $d").unwrap();
    let message = |error: Error| match error {
        Error::Query(findings) => findings[0].message.clone(),
        other => panic!("{other:?}"),
    };
    let missing = prepared.run().err().map(message).unwrap();
    assert_eq!(missing, "the parameter `$d` is not given");
    assert!(prepared.bind("d", "2021").unwrap().run().is_ok());
}

#[test]
fn the_values_of_the_session_hold_until_others_are_bound() {
    let mut session = Session::bundled();
    session.set_parameter("os", Some("CoreOS".into()));
    let core = told(&mut session, "successors(CoreOS)");
    let mut prepared = session.prepare("successors($os)").unwrap();
    assert_eq!(prepared.run().unwrap().len(), core.len());
    let other = told(&mut session, "successors(CentOS)");
    let found = prepared.bind("os", "CentOS").unwrap().run().unwrap();
    assert_eq!(found.len(), other.len());
    assert_ne!(core.len(), other.len());
}

#[test]
fn what_cannot_be_bound_is_said() {
    let session = Session::bundled();
    let said = |error: Error| match error {
        Error::Query(findings) => findings[0].message.clone(),
        Error::Usage(message, _) => message,
        other => panic!("{other:?}"),
    };
    let mut prepared = session.prepare("successors($of)").unwrap();
    let missing = prepared.run().err().map(said).unwrap();
    assert_eq!(missing, "the parameter `$of` is not given");
    let unknown = prepared.bind("off", "CoreOS").err().map(said).unwrap();
    assert_eq!(unknown, "the query has no parameter `$off`");
    // So it is where the plan is made anew for each value.
    let mut dated = session.prepare("successors(EKS) as of $d").unwrap();
    let unknown = dated.bind("e", 2021).err().map(said).unwrap();
    assert_eq!(unknown, "the query has no parameter `$e`");
    let quoted = "(successors(EKS) as of $d) # or $e\n - name:\"*$f*\"";
    let mut quoted = session.prepare(quoted).unwrap();
    assert!(quoted.bind("e", 2021).is_err() && quoted.bind("f", 2021).is_err());
    assert!(quoted.bind("d", 2021).is_ok());
    let nobody = prepared.bind("of", "Nobody").err().map(said).unwrap();
    assert!(nobody.contains("`Nobody`"), "{nobody}");
    let number = prepared.bind("of", 7).err().map(said).unwrap();
    assert!(number.contains("no name of an entity"), "{number}");
    let outside = EntityId(u32::MAX);
    assert!(prepared.bind("of", outside).is_err());
    // What went wrong left no value behind.
    assert!(prepared.run().is_err());
    for text in [
        "",
        "EKS; AKS",
        "let x = EKS",
        "assert empty EKS",
        "EKS > x.csv",
    ] {
        assert!(session.prepare(text).is_err(), "{text:?} is not one query");
    }
    let wrong = session.prepare("successors($of) |>").err().map(said);
    assert!(wrong.is_some());
}

#[test]
fn a_note_says_how_a_name_was_taken() {
    let session = Session::bundled();
    let mut prepared = session.prepare("successors($of)").unwrap();
    let found = prepared
        .bind("of", "FLATCAR CONTAINER-LINUX")
        .unwrap()
        .run()
        .unwrap();
    let notes = found.notes().unwrap();
    assert!(
        notes.iter().any(|note| note.contains("FLATCAR")),
        "{notes:?}"
    );
    // So does one about a name that is written into the query.
    let mut written = session.prepare("successors(COREOS) | $of").unwrap();
    let found = written.bind("of", "EKS").unwrap().run().unwrap();
    let notes = found.notes().unwrap();
    assert!(
        notes.iter().any(|note| note.contains("COREOS")),
        "{notes:?}"
    );
    session.interrupt().cancel();
    assert!(
        written.run().is_ok(),
        "what was stopped does not stop the next"
    );
}
