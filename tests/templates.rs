//! Texts that differ in names only: a session that has met another such text answers, and finds
//! fault, as one that meets the first.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "other tests look at names and paths")]
mod support;

use kingraph::Session;
use kingraph::diagnostic::Limits;
use kingraph::model::Value;
use kingraph::query::Binding;
use kingraph::query::Kept;
use kingraph::query::Parameters;
use kingraph::query::Planned;
use kingraph::query::Rewrite;
use kingraph::query::Setting;
use kingraph::query::Templates;
use kingraph::query::function;
use kingraph::query::plan::Plan;
use kingraph::query::scan;
use kingraph::store;

use support::Sketch;

/// Where a name can stand: as a set, in a pattern, in an expression, as a word of its own, and
/// where it makes no sense. `OTHER` is the name of another entity.
const FORMS: &[&str] = &[
    "NAME",
    "  NAME\t",
    "NAME.r",
    "NAME . r.s",
    "NAME.r.value",
    "NAME.r_inverse | OTHER",
    "NAME | OTHER.r - NAME",
    "(NAME | OTHER).r & (OTHER | NAME)",
    "NAME - OTHER",
    "OTHER - NAME.r",
    "NAME-OTHER",
    "OTHER -NAME",
    "OTHER- NAME",
    "NAME OTHER",
    "successors(NAME)",
    "successors( NAME , via=r)",
    "successors(NAME, via=NAME)",
    "successors (NAME)",
    "NAME(OTHER)",
    "kind:NAME",
    "name:NAME | OTHER",
    "id:NAME",
    "id : NAME | OTHER.r",
    "id:\"NAME\".r",
    "path(NAME | OTHER, NAME)",
    "  path(NAME.r, one(OTHER | NAME)) ",
    "match (a in NAME)-[]->(b) return a, b.name - 1",
    "id:'NAME' | NAME",
    "\"NAME\"",
    "'NAME'.r",
    "id:OTHER | \"NAME\".r",
    "name:\"NAME\"",
    "count(id:NAME | OTHER)",
    "count(descendants(\"NAME\"))",
    "match (a in id:NAME)-[]->(b in \"OTHER\".r) return b",
    "match (a {name: \"NAME\"})-[]->(b in OTHER.r) return b",
    "match (a {id: \"n0\"})-[]->(b in NAME) return a",
    "match (a in NAME)-[]->(b) return \"OTHER\", b",
    "match (id:thing)-[]->(b in NAME) return b",
    "\"NAME\" | OTHER",
    "\"NAME\"(OTHER)",
    "successors(\"NAME\", via=\"r\")",
    "path('NAME', OTHER, via=any)",
    "descendants(NAME, depth=1..3) - NAME.r",
    "path(NAME, OTHER, via=any)",
    "path(NAME, NAME.r)",
    "path(NAME, OTHER.r_inverse | OTHER.r)",
    "paths(OTHER, NAME, via=any, max=3)",
    "path(NAME, \"OTHER\", via=any)",
    "facts(NAME)",
    "about(NAME)",
    "why(OTHER, descendants(NAME))",
    "dominators(NAME, OTHER, via=any)",
    "common_ancestors(NAME | OTHER)",
    "successors(NAME) as of 2021",
    "at(2021, NAME.r) | OTHER",
    "at(2021, NAME) | NAME.r",
    "NAME.r according to NAME",
    "NAME as of NAME",
    "compare NAME, OTHER",
    "compare NAME, OTHER on r, s",
    "lineage(NAME) |> where it in (OTHER | NAME) |> select name, kind",
    "NAME |> descendants() |> where name <> \"NAME\" |> count",
    "NAME |> select NAME",
    "NAME |> select name as NAME",
    "NAME.r |> group by name select name, count(*) as NAME",
    "NAME |> select count { match (it)-[]->(x in NAME) }",
    "NAME |> select(count { match (it)-[]->(x in OTHER) })",
    "match (who in NAME) return(who in (OTHER))",
    "match (who in NAME) where(who in (OTHER | NAME)) return who",
    "match (who in NAME)-[]->(what in OTHER | who.r) return what.name",
    "NAME.r |> where(it in (OTHER | NAME.s)) |> select name",
    "match (a in NAME)-[e]->(b) return a, e, b",
    "match (a in NAME)-[]->(b) return b",
    "match (a in OTHER | NAME)-[:r]->{1,2}(b) where b.name <> \"x\" return b.name",
    "match (a in NAME)-[:r]->(b), (c in OTHER)-[:s]->(b in NAME.r) return a, b, c",
    "match (b:thing)<-[]-(c:thing in NAME) return b, c",
    "match (a in NAME)-[]->(b in a.r | OTHER) return b",
    "match (NAME in \"OTHER\")-[]->(b) return b",
    "match (a in \"OTHER\")-[]->(NAME) return NAME",
    "match (a in OTHER)-[]->(NAME) return a",
    "match (a in OTHER)-[NAME]->(b) return a",
    "match (a)-[]->(b in NAME | a) where a in (OTHER) return b",
    "match p = any shortest (a in NAME)-[]-+(b in OTHER) return p",
    "match (a in NAME) return count { (a)-[]->(x in OTHER) }",
    "match (a in NAME) return exists { match (a)-[]->(x in NAME) }",
    "match (a in NAME)-[]->(b) with b as NAME return NAME",
    "optional match (a in NAME)-[:r]->(b) return b",
    "\"NAME\".r | OTHER",
    "'NAME'.r | OTHER",
    "`NAME`.r",
    "NAME.r;",
    "NAME.r; OTHER.r",
    "NAME.r # OTHER",
    "assert NAME.r is not empty",
    "NAME.r draw",
    "NAME.r > \"NAME.csv\"",
    "NAME.r as json",
    "NAME.nosuch",
    "nosuch | NAME",
    "(NAME",
    "NAME.r |> limit NAME",
    "\0.r",
    "\0.r | NAME",
    "match (a {id: \"NAME\"}) return a",
    "match (a {id:'NAME'})-[:r]->(b) return b.name",
    "match (a)-[:r]->(b {name: \"NAME\", id: \"OTHER\"}) return a",
    "match (a in OTHER)-[:r]->(b) where b.name = \"NAME\" return b",
    "match (a)-[:r]->(b) where a.id = \"NAME\" and not b.name = 'OTHER' or b.id = \"NAME\" \
     return a, b",
    "match (a) where a.name = \"NAME\" return a.name = \"NAME\", a.id = \"OTHER\"",
    "match (a) return a.name = \"NAME\", {id: \"OTHER\"} limit 1",
    "match (a {id: \"NAME\"}) return {id: \"NAME\"} as m, a.s",
    "match (a)-[e:r {name: \"NAME\"}]->(b {id: \"OTHER\"}) return a, b",
    "match (a) where exists { (a)-[:r]->(b {name: \"NAME\"}) } return a",
    "match (a) where a.name = \"NAME\" + \"OTHER\" return a",
    "match (a {id: \"NAME\"})-[:r]->(b) where b.name > 1 and 1 / 0 = 1 return b",
    "match (b {name: \"NAME\"}) where b.r = \"OTHER\" return b",
    "match (b) where b.r.name = \"NAME\" return b",
    "match (`z'w`)-->(yy) where (`z'w` {id: 'NAME'})-->(yy) return yy",
    "match (name)-[:r]->(b) where name = \"NAME\" return b",
    "match (b {\"id\": \"NAME\"}) return b",
    "all() |> where name = \"NAME\"",
    "all() |> where it.id = \"NAME\" or name = \"NAME\" |> count",
    "NAME.r |> where id = \"OTHER\" and 1 = 1 |> where name = \"NAME\"",
    "all() |> where id = \"NAME\" |> select name = \"OTHER\" as name",
    "let found = all() |> where name = \"NAME\"",
    "assert all() |> where name = \"NAME\" = id:n1",
];

/// Names of entities that could be taken as something else, in a row that `r` leads along; the
/// first two are plain.
fn names() -> Vec<String> {
    let mut names = vec!["EKS".to_owned(), "AKS".to_owned()];
    for word in scan::WORDS {
        names.push(word.to_owned());
        names.push(format!("{}x", word.to_uppercase()));
    }
    let functions = function::functions().take(12);
    names.extend(functions.map(|function| function.name.to_owned()));
    let others = [
        "a",
        "b",
        "p",
        "x",
        "it",
        "r",
        "s",
        "r_inverse",
        "thing",
        "lineage",
        "value",
        "name",
        "_",
        "kind",
        "n7",
        "n8",
        "c",
        "",
        "12",
        "2021",
        "2021-05",
        "3scale",
        "a-b",
        "x--y",
        "日本",
        "é",
        "ﬁ",
        "a.b",
        "Rancher OS",
        "a|b",
        "say \"hi\"",
        "$p",
        "`a`",
        "-",
        "a-",
        "e",
        "acc",
        "\u{0}",
        "x\\u0041",
    ];
    names.extend(others.map(str::to_owned));
    names
}

/// Every name leads to the next and, along `s`, to the one behind; some bear the ids of others.
fn graph() -> Session {
    let names = names();
    let count = names.len();
    let arrow = |from: usize, word: &str, steps: usize| {
        let since = from.is_multiple_of(3).then(|| "2022".to_owned());
        (from, word.to_owned(), (from + steps) % count, since, None)
    };
    let arrows = (0..count).flat_map(|from| [arrow(from, "r", 1), arrow(from, "s", 2)]);
    let sketch = Sketch {
        arrows: arrows.collect(),
        names,
    };
    sketch.session()
}

/// What a session says to a text.
fn told(session: &mut Session, text: &str) -> String {
    match session.query(text) {
        Ok(replies) => format!("{replies:?}"),
        Err(error) => format!("{error:?}"),
    }
}

#[test]
fn an_answer_does_not_depend_on_the_texts_before() {
    let mut names = names();
    names.extend(["nosuch", "ekS", "rancher os", "n0", "n5", "N7", "e(ks"].map(str::to_owned));
    let fresh = graph();
    // With a definition no text has a template.
    let mut without = fresh.clone();
    without.query("let unrelated = all()").unwrap();
    for form in FORMS {
        let mut session = fresh.clone();
        let wanted = told(&mut without.clone(), &form.replace("NAME", "EKS"));
        for (place, name) in names.iter().enumerate() {
            let next = &names[(place + 1) % names.len()];
            for other in [name, next] {
                let text = form.replace("NAME", name).replace("OTHER", other);
                let alone = told(&mut without.clone(), &text);
                assert_eq!(told(&mut session, &text), alone, "{text:?} after others");
            }
        }
        let again = told(&mut session, &form.replace("NAME", "EKS"));
        assert_eq!(again, wanted, "{form:?} at last");
    }
}

/// Plans a text, and tells where the operators of the plan are, if it is one that is kept.
fn plan(templates: &mut Templates, session: &Session, text: &str) -> Option<(usize, Plan)> {
    let setting = Setting {
        earlier: &[],
        parameters: &Parameters::new(),
        snapshot: session.snapshot(),
        limits: &session.limits,
        rewrite: session.rewrite,
        binding: Binding::Now,
    };
    match templates.plan(text, setting).unwrap() {
        Planned::Kept(Kept { query, .. }) => {
            Some((query.plan.operators.as_ptr().addr(), query.plan.clone()))
        }
        Planned::Own(_) => None,
    }
}

/// Whether a text is planned by the plan that is kept of another.
fn is_kept_for(session: &Session, before: &str, text: &str) -> bool {
    let mut templates = Templates::default();
    let first = plan(&mut templates, session, before);
    let second = plan(&mut templates, session, text);
    first.is_some() && first.map(|found| found.0) == second.map(|found| found.0)
}

#[test]
fn a_plan_is_rewritten_or_not_as_it_is_asked_for() {
    let mut session = Session::bundled();
    let mut templates = Templates::default();
    let plans = [Rewrite::On, Rewrite::Off, Rewrite::On].map(|rewrite| {
        session.rewrite = rewrite;
        plan(&mut templates, &session, "kind:company |> count")
            .unwrap()
            .1
    });
    assert_eq!(plans[0], plans[2]);
    assert_ne!(plans[0], plans[1]);
}

/// Texts of which the second runs by the plan of the first.
const SHARED: &[(&str, &str)] = &[
    ("successors(CoreOS)", "successors(RancherOS)"),
    ("EKS.cni", "GKE.cni"),
    ("  k3s.cni ", "  RKE2.cni "),
    (
        "path(CoreOS, Debian, via=any)",
        "path(EKS, CentOS, via=any)",
    ),
    ("(EKS | AKS).cni - Calico", "(GKE | k3s).cni - Flannel"),
    (
        "match (a in EKS)-[:cni]->(b) return b",
        "match (a in AKS)-[:cni]->(b) return b",
    ),
    ("id:eks", "id:aks"),
    ("\"EKS\".cni", "\"RancherOS\".cni"),
    (
        "count(successors(id:\"coreos\"))",
        "count(successors(id:\"rancheros\"))",
    ),
    (
        "kind:managed_service |> count",
        "kind:managed_service |> count",
    ),
    ("compare EKS, AKS on cni", "compare EKS, AKS on cni"),
    (
        "match (a {id: \"eks\"})-[:cni]->(b) return b",
        "match (a {id: \"nosuch\"})-[:cni]->(b) return b",
    ),
    (
        "match (a {name:'EKS'})-[:cni]->(b {id: 'calico'}) return b",
        "match (a {name:'AKS'})-[:cni]->(b {id: 'AKS'}) return b",
    ),
    (
        "match (a in EKS)-[:cni]->(b) where b.name = \"Calico\" and b.id = \"x\" return b",
        "match (a in GKE)-[:cni]->(b) where b.name = \"Cilium\" and b.id = \"y\" return b",
    ),
    (
        "EKS.cni |> where name = \"Calico\" |> count",
        "GKE.cni |> where name = \"EKS\" |> count",
    ),
];

/// Texts of which the second does not.
const OTHERS: &[(&str, &str)] = &[
    ("EKS.cni", "EKS.cri"),
    ("EKS.cni", "\"AKS\".cni"),
    ("id:eks", "aks"),
    ("EKS.cni", "\"A\\u004bS\".cni"),
    ("EKS.cni", " EKS.cni"),
    ("EKS | AKS", "EKS | EKS"),
    ("EKS | EKS", "EKS | EKS"),
    ("compare EKS, AKS on cni", "compare EKS, GKE on cni"),
    ("EKS # it", "EKS # it"),
    ("EKS; AKS", "EKS; AKS"),
    ("EKS.cni as json", "EKS.cni as json"),
    (
        "match (a) where a.name = \"EKS\" return a.name = \"x\"",
        "match (a) where a.name = \"EKS\" return a.name = \"y\"",
    ),
    (
        "match (a in EKS) return {id: \"x\"}",
        "match (a in EKS) return {id: \"y\"}",
    ),
    (
        "match (name) where name = \"x\" return name",
        "match (name) where name = \"y\" return name",
    ),
    (
        "match (a) where a.cni = \"Calico\" return a",
        "match (a) where a.cni = \"Cilium\" return a",
    ),
];

#[test]
fn texts_that_differ_in_names_share_a_plan() {
    let session = Session::bundled();
    for (before, text) in SHARED {
        assert!(is_kept_for(&session, before, text), "{text} after {before}");
    }
    for (before, text) in OTHERS {
        assert!(
            !is_kept_for(&session, before, text),
            "{text} after {before}"
        );
    }
}

#[test]
fn names_that_are_parts_of_words_do_not_take_a_plan_away() {
    let session = graph();
    let texts = [
        "match (uu in n30)-[:r]->(vv) return vv",
        "match (uu in c)-[:r]->(vv) return vv",
    ];
    assert!(is_kept_for(&session, texts[0], texts[1]));
    assert!(is_kept_for(&session, texts[1], texts[0]));
}

#[test]
fn large_plans_are_not_kept() {
    let words = (0..3_000).map(|word| (0, format!("r{word}"), 1, None, None));
    let sketch = Sketch {
        names: vec!["a".to_owned(), "b".to_owned()],
        arrows: words.collect(),
    };
    let session = sketch.session();
    let steps = |name: &str, count: usize| format!("{name}{}", ".r0".repeat(count));
    assert!(is_kept_for(&session, &steps("a", 20), &steps("b", 20)));
    assert!(!is_kept_for(&session, &steps("a", 200), &steps("b", 200)));
}

#[test]
fn more_forms_than_are_kept_are_answered() {
    let mut session = Session::bundled();
    for round in 0..2 {
        for years in 0..200 {
            let text = format!("EKS.cni as of {}", 1900 + years);
            let alone = told(&mut Session::bundled(), &text);
            assert_eq!(told(&mut session, &text), alone, "{text} in round {round}");
        }
    }
}

#[test]
fn what_a_session_sets_counts_for_texts_it_has_met() {
    let mut session = Session::bundled();
    let text = "successors(CoreOS)";
    let plain = told(&mut session, text);
    assert_eq!(told(&mut session, text), plain);

    assert!(session.limits.set("query-bytes", 16));
    assert!(session.query("successors(k3s)").is_ok());
    assert!(told(&mut session, text).contains("QueryBytes"));
    session.limits = Limits::default();
    let pattern = "match (a in EKS)-[:cni]->(b) return b";
    assert!(session.query(pattern).is_ok());
    assert!(session.limits.set("parts", 1));
    assert!(told(&mut session, pattern).contains("Parts"));
    session.limits = Limits::default();
    assert!(session.limits.set("rows", 1));
    assert!(told(&mut session, text).contains("Rows"));
    session.limits = Limits::default();
    assert_eq!(told(&mut session, text), plain);

    session.set_parameter("of", Some(Value::from("CoreOS")));
    let of_core = told(&mut session, "successors($of)");
    session.set_parameter("of", Some(Value::from("RancherOS")));
    assert_ne!(told(&mut session, "successors($of)"), of_core);

    told(&mut session, "let CoreOS = RancherOS;");
    let renamed = session.query(text).unwrap().remove(0).answer;
    let wanted = Session::bundled().query("successors(RancherOS)").unwrap();
    assert_eq!(renamed.table.rows, wanted[0].answer.table.rows);
}

#[test]
fn a_graph_that_is_read_again_is_asked_anew() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("graph.json");
    let node = |id: &str| format!("{{\"id\": \"{id}\", \"labels\": [\"Tool\"]}}");
    let edge = |to: &str, word: &str| {
        format!("{{\"from\": \"b\", \"to\": \"{to}\", \"type\": \"{word}\"}}")
    };
    let graph = |nodes: &str, edges: &[String]| {
        let edges = edges.join(",");
        format!("{{\"nodes\": [{nodes}], \"edges\": [{edges}]}}")
    };
    let few = [node("b"), node("c")].join(",");
    std::fs::write(&file, graph(&few, &[edge("c", "USES")])).unwrap();
    let (mut session, _) = Session::open(&file).unwrap();
    let names = |session: &mut Session| {
        let answer = session.query("b.USES").unwrap().remove(0).answer;
        let snapshot = session.snapshot();
        let names = answer.entities().map(|entity| snapshot.slug(entity));
        names.map(str::to_owned).collect::<Vec<String>>()
    };
    assert_eq!(names(&mut session), ["c"]);
    // The entities and relations get other numbers.
    let more = [node("a"), node("b"), node("c"), node("d")].join(",");
    std::fs::write(
        &file,
        graph(&more, &[edge("a", "BASED_ON"), edge("d", "USES")]),
    )
    .unwrap();
    session.reload().unwrap();
    assert_eq!(names(&mut session), ["d"]);
    assert!(store::bundled().find_exact("b").is_none());
}
