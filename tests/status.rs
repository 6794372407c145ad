//! How things stand: what the signs of a graph say on a day, and what a graph without signs says.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use kingraph::model::Value;
use kingraph::model::freeze;
use kingraph::shell::Origin;
use kingraph::shell::Session;
use kingraph::store::DataFile;
use kingraph::store::load_files;

/// Signs of every kind: dates, and a relation of either end.
const SCHEMA: &str = r#"
[groups.lineage]
doc = "From an older thing to a newer one."
[kinds.thing]
doc = "A thing."
[relations.renamed_to]
doc = "The subject goes on as the object."
inverse = "renamed_from"
groups = ["lineage"]
status = "ended"
[relations.kept_by]
doc = "The object keeps the subject up."
inverse = "keeps"
status = "active"
[properties.seen_on]
doc = "Somebody saw it at work."
type = "date"
status = "active"
[properties.deprecated_on]
doc = "It is advised against."
type = "date"
status = "maintenance"
[properties.archived_on]
doc = "It was put away."
type = "date"
status = "archived"
[properties.ended_on]
doc = "It came to an end."
type = "date"
status = "ended"
"#;

const SOURCES: &str = "[s]\ntitle = \"One\"\n[t]\ntitle = \"Another\"\n";

/// The newest day that the graph knows of, unless a test has a later sign.
const CLOCK: &str = "seen_on = { value = \"2020-06-30\", source = \"s\" }";

fn session(schema: &str, text: &str) -> Session {
    let thing = |id: &str, name: &str, rest: &str| {
        format!("[{id}]\nname = \"{name}\"\nkind = \"thing\"\n{rest}\n")
    };
    let text = thing("x", "X", text) + &thing("y", "Y", "") + &thing("clock", "Clock", CLOCK);
    let files = [
        ("schema.toml", schema),
        ("sources.toml", SOURCES),
        ("x.toml", &text),
    ];
    let file = |(name, text): (&str, &str)| DataFile {
        name: Arc::from(name),
        text: text.to_owned(),
    };
    let loaded = load_files(files.map(file).to_vec());
    assert!(!loaded.has_errors(), "{}", loaded.render());
    Session::on(freeze(&loaded.graph), Origin::Bundled)
}

/// The status of X and its date, as a query with a context tells them.
fn status(session: &mut Session, context: &str) -> String {
    let text = format!("X |> select status, status_since {context}");
    let replies = session.query(&text).unwrap();
    let row = &replies[0].answer.table.rows[0];
    match &row[..] {
        [Value::Text(word), Value::Null] => word.clone(),
        [Value::Text(word), Value::Date(date)] => format!("{word} {}", date.text()),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn check(text: &str, context: &str, wanted: &str) {
    let mut session = session(SCHEMA, text);
    assert_eq!(status(&mut session, context), wanted, "{text}\n{context}");
    // The sets say the same.
    let word = wanted.split(' ').next().unwrap();
    for (set, words) in [
        ("ended()", &["ended", "archived"][..]),
        ("active()", &["active"][..]),
    ] {
        let replies = session.query(&format!("X & {set} {context}")).unwrap();
        let count = replies[0].answer.table.rows.len();
        assert_eq!(
            count,
            usize::from(words.contains(&word)),
            "{set}: {text}\n{context}"
        );
    }
}

fn sign(property: &str, date: &str) -> String {
    format!("{property} = {{ value = \"{date}\", source = \"s\" }}\n")
}

#[test]
fn the_latest_sign_decides() {
    let life = sign("seen_on", "2018-05");
    let deprecated = life.clone() + &sign("deprecated_on", "2019");
    let archived = deprecated.clone() + &sign("archived_on", "2019-12-01");
    let ended = archived.clone() + &sign("ended_on", "2020-02");
    check(&life, "", "active 2018-05");
    check(&deprecated, "", "maintenance 2019");
    check(&archived, "", "archived 2019-12-01");
    check(&ended, "", "ended 2020-02");
    check(&ended, "as of 2020-01", "archived 2019-12-01");
    check(&ended, "as of 2019-06", "maintenance 2019");
    check(&ended, "as of 2018", "active 2018-05");
    check(&ended, "as of 2017", "unknown");
    check("", "", "unknown");
}

#[test]
fn what_ended_can_live_again() {
    let revived = sign("ended_on", "2017") + &sign("seen_on", "2019-03-01");
    check(&revived, "", "active 2019-03-01");
    check(&revived, "as of 2018", "ended 2017");
}

#[test]
fn what_is_only_kept_up_goes_on_being_changed() {
    let kept_up = sign("deprecated_on", "2018") + &sign("seen_on", "2019-03-01");
    check(&kept_up, "", "maintenance 2018");
    check(&kept_up, "as of 2017", "unknown");
    let withdrawn = kept_up.replace("\"2018\"", "\"2018\", until = \"2019\"");
    check(&withdrawn, "", "active 2019-03-01");
}

#[test]
fn a_sign_of_life_is_good_for_three_years() {
    check(&sign("seen_on", "2017-06-30"), "", "active 2017-06-30");
    check(&sign("seen_on", "2017-06-29"), "", "unknown");
    check(&sign("seen_on", "2017-06"), "", "active 2017-06");
    check(&sign("seen_on", "2017"), "as of 2020", "active 2017");
    check(&sign("seen_on", "2017"), "as of 2021", "unknown");
    // What ended lasts, also where life after it has become doubtful.
    check(&sign("ended_on", "1999"), "", "ended 1999");
    let faded = sign("ended_on", "1999") + &sign("seen_on", "2001");
    check(&faded, "", "ended 1999");
    check(&faded, "as of 2003", "active 2001");
}

#[test]
fn of_dates_that_overlap_the_end_counts() {
    let same = sign("seen_on", "2019-08-01") + &sign("ended_on", "2019");
    check(&same, "", "ended 2019");
    let vague = sign("seen_on", "2019-12") + &sign("deprecated_on", "~2018");
    check(&vague, "", "maintenance ~2018");
    let two = sign("ended_on", "2019") + "";
    let two = two
        .replace('{', "[{")
        .replace('}', "}, { value = \"2019-04-02\", source = \"t\" }]");
    check(&two, "", "ended 2019-04-02");
    check(&two, "as of 2019-01", "ended 2019");
    check(&two, "according to s", "ended 2019");
}

#[test]
fn what_is_yet_to_come_has_not_happened() {
    let announced = sign("seen_on", "2019") + &sign("ended_on", "2020-07-01");
    check(&announced, "as of 2020-06-30", "active 2019");
    // Without a day: the newest one that any sign bears, which is the end itself.
    check(&announced, "", "ended 2020-07-01");
    let planned = announced.replace("\"2020-07-01\"", "\"2025\", certainty = \"planned\"");
    check(&planned, "", "active 2019");
    check(&planned, "including doubtful", "active 2019");
    check(&planned, "as of 2026", "unknown");
    check(&planned, "as of 2026 including doubtful", "ended 2025");
}

#[test]
fn only_what_is_certain_counts_if_that_is_asked_for() {
    let text = sign("seen_on", "2019-01-01") + &sign("ended_on", "2020");
    check(&text, "as of 2020-03", "ended 2020");
    let mut session = session(SCHEMA, &text);
    let replies = session.query("certainly(ended()) as of 2020-03").unwrap();
    assert_eq!(replies[0].answer.table.rows.len(), 0);
    let replies = session.query("certainly(ended()) as of 2020").unwrap();
    assert_eq!(replies[0].answer.table.rows.len(), 1);
}

#[test]
fn doubtful_and_denied_signs_do_not_count() {
    for doubt in [
        "certainty = \"hearsay\"",
        "polarity = \"negative\"",
        "polarity = \"unknown\"",
    ] {
        let denied = sign("ended_on", "2018").replace(", source", &format!(", {doubt}, source"));
        check(
            &(sign("seen_on", "2018-01-01") + &denied),
            "",
            "active 2018-01-01",
        );
    }
}

#[test]
fn a_relation_is_a_sign_since_it_holds() {
    let renamed = "renamed_to = { to = \"y\", since = \"2019-02\", source = \"s\" }\n";
    check(renamed, "", "ended 2019-02");
    check(renamed, "as of 2018", "unknown");
    check(
        &(sign("seen_on", "2018") + renamed),
        "as of 2018",
        "active 2018",
    );
    let back = renamed.replace("source", "until = \"2019-09\", source");
    check(&back, "", "unknown");
    check(&back, "as of 2019-04", "ended 2019-02");
}

#[test]
fn a_sign_without_a_date_counts_unless_life_speaks_against_it() {
    let renamed = "renamed_to = { to = \"y\", source = \"s\" }\n";
    check(renamed, "", "ended");
    check(renamed, "as of 1990", "ended");
    let born = sign("seen_on", "2015-01-01") + renamed;
    check(&born, "", "ended");
    check(&born, "as of 2016", "active 2015-01-01");
    check(&born, "as of 2014", "unknown");
    let ended = sign("ended_on", "2018") + renamed;
    check(&ended, "", "ended 2018");
    check(&ended, "as of 2016", "unknown");
    check(&(sign("deprecated_on", "2018") + renamed), "", "ended");
    check("kept_by = { to = \"y\", source = \"s\" }\n", "", "active");
}

#[test]
fn a_period_is_looked_at_from_its_end() {
    let text = sign("seen_on", "2014") + &sign("ended_on", "2016");
    check(&text, "during 2013..2015", "active 2014");
    check(&text, "during 2013..2017", "ended 2016");
}

#[test]
fn without_signs_everything_is_unknown() {
    let schema = SCHEMA.replace("status = ", "# ");
    let mut session = session(&schema, &sign("ended_on", "2019"));
    assert_eq!(status(&mut session, ""), "unknown");
    let replies = session.query("ended() | active()").unwrap();
    assert_eq!(replies[0].answer.table.rows.len(), 0);
}

#[test]
fn a_property_of_that_name_is_the_graphs_own() {
    let own = "[properties.status]\ndoc = \"How it is said to stand.\"\ntype = \"text\"\n";
    let text = sign("ended_on", "2019") + "status = { value = \"gone\", source = \"s\" }\n";
    let mut session = session(&format!("{SCHEMA}{own}"), &text);
    let replies = session.query("X |> select status, status_since").unwrap();
    let gone = Value::Text("gone".to_owned());
    assert_eq!(replies[0].answer.table.rows[0][0], gone);
    let replies = session.query("compare X on status").unwrap();
    let cell = replies[0].answer.table.rows[0].last().unwrap();
    assert!(matches!(cell, Value::List(items) if matches!(items[..], [Value::Statement(_)])));
    // The set goes by the signs all the same.
    let replies = session.query("ended()").unwrap();
    assert_eq!(replies[0].answer.table.rows.len(), 1);
}
