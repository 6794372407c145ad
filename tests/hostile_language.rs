//! What is thrown at the language: everything that nests, nested; everything that repeats,
//! repeated; patterns and lists that explode. Each ends soon with an answer, or with an error that
//! names the limit, on a thread with little stack.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;
use std::time::Instant;

use kingraph::Error;
use kingraph::diagnostic::Budget;
use kingraph::diagnostic::Fault;
use kingraph::diagnostic::Interrupt;
use kingraph::diagnostic::Limits;
use kingraph::query::explain;
use kingraph::shell::Session;

/// What a thread has unless told otherwise; less than the first thread of a process.
const STACK: usize = 2 * 1024 * 1024;

/// A generous bound in a build without optimization: what is exponential takes hours.
const SECONDS_MAX: u64 = 10;

/// Limits under which every query ends soon, in that build too.
const LIMITS: [(&str, u64); 4] = [
    ("steps", 300_000),
    ("rows", 50_000),
    ("values", 1_000_000),
    ("time", 0),
];

/// Runs a test on a thread with little stack.
fn on_small_stack(test: impl FnOnce(&mut Session) + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(STACK);
    let run = move || {
        let mut session = Session::bundled();
        for (name, value) in LIMITS {
            assert!(session.limits.set(name, value));
        }
        test(&mut session);
    };
    thread.spawn(run).unwrap().join().unwrap();
}

/// What a query came to, in one line; checks that it did not take long.
fn ask(session: &mut Session, name: &str, query: &str) -> String {
    let start = Instant::now();
    let said = match session.query(query) {
        Ok(replies) => format!("{} answers", replies.len()),
        Err(Error::Fault(fault)) => fault.message(),
        Err(Error::Query(found)) => {
            let first = &found[0];
            assert!(first.message.len() < 1_000, "{name}: {}", first.message);
            format!("{}: {}", first.code.id, first.message)
        }
        Err(other) => panic!("{name}: {other:?}"),
    };
    let taken = start.elapsed();
    let limit = Duration::from_secs(SECONDS_MAX);
    assert!(taken < limit, "{name} took {taken:?}: {said}");
    said
}

/// Forms of an expression that can stand in themselves: before, inside and behind. The number is
/// how many levels one of them is.
const EXPRESSIONS: &[(&str, &str, &str, usize)] = &[
    ("(", "1", ")", 1),
    ("(", "1", " + 1)", 1),
    ("(", "1", " = 1)", 1),
    ("abs(", "1", ")", 1),
    ("abs(", "1", " + 1)", 1),
    ("coalesce(", "1", " = 1)", 1),
    ("head([", "1", "]).x", 2),
    ("not (", "true", ")", 1),
    ("-(", "1", ")", 1),
    ("[", "1", "]", 1),
    ("[", "1", ", 2]", 1),
    ("[", "1", "][0]", 1),
    ("{a: ", "1", "}", 1),
    ("{a: ", "1", "}.a", 1),
    ("case when true then ", "1", " end", 1),
    ("case when false then 1 else ", "1", " end", 1),
    ("case when ", "true", " then true end", 1),
    ("case ", "1", " when 1 then 1 end", 1),
    ("[1][", "0", "]", 1),
    ("[1][0..", "0", "]", 1),
    ("[x in ", "[1]", " | x]", 1),
    ("[x in [1] | ", "1", "]", 1),
    ("[x in [1] where ", "true", " | true]", 1),
    ("any(x in [1] where ", "true", ")", 1),
    ("all(x in [", "true", "] where x)", 2),
    ("reduce(s = 0, x in [1] | ", "1", ")", 1),
    ("reduce(s = ", "1", ", x in [1] | s)", 1),
    ("1 in [", "1", "]", 1),
    ("1 in (", "[1]", ")", 1),
    ("exists { (a in EKS) where ", "true", " }", 1),
    ("exists { match (a in EKS) where ", "true", " }", 1),
    ("count { (a in EKS) where ", "true", " } > 0", 1),
    ("exists { (a in (", "EKS", ")) }", 3),
    ("exists { (a in EKS where ", "true", ") }", 2),
    ("exists { (a in EKS)-[e where ", "true", "]->() }", 2),
    ("exists { ({id: ", "\"eks\"", "}) }", 3),
    ("[(a in EKS)-->(b) | ", "1", "]", 1),
    ("size(descendants(", "EKS", "))", 2),
    ("((a)-->(", "b", "))", 2),
];

/// Forms of a set that can stand in themselves.
const SETS: &[(&str, &str, &str, usize)] = &[
    ("(", "k3s", ")", 1),
    ("(", "k3s", " |> limit 5)", 1),
    ("(", "k3s", " as of 2020)", 1),
    ("descendants(", "k3s", ")", 1),
    ("descendants(", "k3s", ") & all()", 1),
    ("lineage(", "k3s", ", via=lineage|cni)", 1),
    ("at(2020, ", "k3s", ")", 1),
    ("(", "k3s", ").cni", 1),
    ("k3s - (", "k3s", ")", 1),
    ("k3s |> between(", "k3s", ")", 1),
    ("(all() |> where it in (", "EKS", "))", 2),
    ("(match (a in ", "EKS", ") return a)", 2),
    ("(compare ", "EKS", ")", 1),
    ("(EKS |> where exists { (it in ", "EKS", ") })", 3),
];

/// Nests a form as often as the limit of levels allows, or `levels` times: whole, broken in the
/// middle, and with something behind it.
fn nest(session: &mut Session, lead: &str, form: &(&str, &str, &str, usize), levels: usize) {
    let (open, core, close, width) = form;
    let count = levels / width;
    let nested = |core: &str, close: &str| {
        format!("{lead}{}{core}{}", open.repeat(count), close.repeat(count))
    };
    ask(session, open, &nested(core, close));
    ask(session, open, &nested("~", close));
    ask(session, open, &nested("", close));
    ask(session, open, &(nested(core, close) + " ~"));
    ask(session, open, &(nested(core, close) + close));
    ask(session, open, &nested(core, ""));
}

#[test]
fn expressions_that_nest_end_soon() {
    on_small_stack(|session| {
        for form in EXPRESSIONS {
            nest(session, "return ", form, 64);
            nest(session, "return ", form, 200);
        }
    });
}

#[test]
fn sets_that_nest_end_soon() {
    on_small_stack(|session| {
        for form in SETS {
            nest(session, "", form, 64);
            nest(session, "", form, 200);
        }
        let labels = ("(", "company", ")", 1);
        nest(session, "match (a:", &labels, 198);
        nest(session, "match (a:", &("!(", "company", ")", 1), 198);
        nest(session, "match (a:", &("(company|", "company", ")", 1), 198);
    });
}

#[test]
fn what_nests_deeper_is_refused_by_its_depth() {
    on_small_stack(|session| {
        for (form, lead) in EXPRESSIONS
            .iter()
            .map(|form| (form, "return "))
            .chain(SETS.iter().map(|form| (form, "")))
        {
            let (open, core, close, _) = form;
            let count = 250_000 / (open.len() + close.len());
            let query = format!("{lead}{}{core}{}", open.repeat(count), close.repeat(count));
            let said = ask(session, open, &query);
            assert!(said.contains("200 levels at 1:"), "{open}: {said}");
        }
    });
}

/// A lead, what is repeated, an end, and how often it is repeated.
const REPEATED: &[(&str, &str, &str, usize)] = &[
    ("return true", " or true", "", 10_000),
    ("return true", " and true", "", 10_000),
    ("return true", " xor true", "", 10_000),
    ("return 1", "+1", "", 20_000),
    ("return 1", "^1", "", 20_000),
    ("return ", "- ", "1", 50_000),
    ("return ", "not ", "true", 20_000),
    ("return 1", " = 1", "", 10_000),
    ("return 1", " is null", "", 10_000),
    ("return 1", " in [1]", "", 5_000),
    ("return \"a\"", " starts with \"a\"", "", 5_000),
    ("return {a: 1}", ".a", "", 50_000),
    ("return [1]", "[0]", "", 20_000),
    ("match (a in EKS) return a", ":company", "", 10_000),
    ("return [1", ", 1", "]", 20_000),
    ("return case", " when false then 1", " end", 5_000),
    ("match (a in EKS) return a", ", a", "", 5_000),
    ("k3s", " |> distinct", "", 10_000),
    ("k3s", " |> where true", "", 10_000),
    ("k3s", " |> select it", "", 10_000),
    ("k3s", " |> leaves()", "", 5_000),
    ("k3s", " |> count", "", 5_000),
    ("k3s", " |> ", "", 50_000),
    ("return 1 as a", " union return 1 as a", "", 3_000),
    (
        "match (a in EKS)",
        " optional match (a)",
        " return a",
        8_000,
    ),
    ("match (a in EKS)", " match (a)", " return a", 10_000),
    ("match (a in EKS)", ", (a)", " return a", 10_000),
    ("match (a in EKS)", " with a", " return a", 8_000),
    ("match (a)", "-->()", " return a limit 1", 5_000),
    ("match (a)", "--()", " return a limit 1", 300),
    ("match walk (a)", "--()", " return a limit 1", 5_000),
    (
        "match walk (a in EKS)",
        "--(b)--(a)",
        " return a limit 1",
        150,
    ),
    ("match (a in EKS)-->(b)", ", (a)-->(b)", " return a", 2_000),
    (
        "match (a in EKS) where true",
        " and exists { (a)-->() }",
        " return a",
        200,
    ),
    ("match (a:company", "|company", ") return a limit 1", 10_000),
    ("match (a:company", "&company", ") return a limit 1", 10_000),
    ("match (a:", "!", "company) return a limit 1", 50_000),
    ("match (a)-[:cni", "|cni", "]->(b) return a limit 1", 10_000),
    ("match ", "any ", "(a) return a", 20_000),
    ("compare EKS", ", EKS", "", 2_000),
    ("EKS", " as of 2020", "", 5_000),
    ("EKS according to rks-15", ", rks-15", "", 5_000),
    ("", "case ", "", 40_000),
    ("", "end ", "", 40_000),
    ("", "\"a\" ", "", 40_000),
    ("", "`", "", 100_000),
    ("", ".", "", 100_000),
    ("", "-", "", 100_000),
    ("", "->", "", 50_000),
    ("", "|>", "", 50_000),
    ("", ";", "", 200_000),
];

#[test]
fn what_is_repeated_ends_soon() {
    on_small_stack(|session| {
        // The first row is the shortest name of a place to look at when one of them is slow.
        for (lead, again, end, count) in REPEATED {
            let query = format!("{lead}{}{end}", again.repeat(*count));
            ask(session, again, &query[..query.len().min(262_144)]);
        }
    });
}

#[test]
fn a_pattern_of_thousands_of_edges_is_refused_by_its_parts() {
    on_small_stack(|session| {
        for query in [
            format!("match (a){} return a", "-->()".repeat(5_000)),
            format!("k3s{}", " |> where true".repeat(5_000)),
            format!("match (a){} return a", " optional match (a)".repeat(2_000)),
        ] {
            let fault = session.query(&query).unwrap_err();
            let Error::Fault(fault @ Fault::Limit(..)) = fault else {
                panic!("{fault:?}");
            };
            assert_eq!(fault.message(), "the limit of 1000 parts was reached");
            assert!(fault.hint().unwrap().contains("--limit parts=N"));
        }
        assert!(session.limits.set("parts", 5_000));
        let most = format!(
            "match (a in EKS){} return a",
            " optional match (a)".repeat(2_000)
        );
        assert_eq!(ask(session, "parts", &most), "1 answers");
    });
}

/// Queries that would take all time or memory, and the limit that ends each.
const RUNAWAYS: &[(&str, &str)] = &[
    ("match (a),(b),(c),(d),(e) return count(*)", "steps"),
    ("match (a),(b),(c),(d),(e) return a", "rows"),
    ("match (a),(b),(c) return a", "rows"),
    ("match (a),(b),(c),(d) return a order by b.name", "rows"),
    ("match (a)-[*]-(b) return count(*)", "steps"),
    ("match p = (a)-[*]-(b) return p", "steps"),
    ("match p = walk (a)-[*1..40]-(b) return count(*)", "steps"),
    ("match (a)-[*4294967295]->(b) return a", "steps"),
    (
        "unwind range(1, 1000000) as a unwind range(1, 1000000) as b return count(*)",
        "steps",
    ),
    ("unwind range(1, 90000) as a return distinct a", "rows"),
    (
        "unwind range(1, 1000) as a return collect(range(1, 10000))",
        "values",
    ),
    (
        "unwind range(1, 1000) as a return range(1, 10000)",
        "values",
    ),
    (
        "unwind range(1, 1000) as a return a order by range(1, 10000)",
        "values",
    ),
    (
        "unwind range(1, 1000) as a return distinct range(a, 10000)",
        "values",
    ),
    (
        "unwind range(1, 100) as a with collect(a) as l unwind l as b with collect(l) as m \
         unwind m as c with collect(m) as n return size(n)",
        "values",
    ),
    ("return size([x in range(1, 1000000) where x = 0])", "steps"),
];

/// Joins that would take hours, by what their loops do: count, send rows on, keep the first, group.
const ENDLESS: &[&str] = &[
    "match (a),(b),(c),(d),(e),(f) return count(*)",
    "match (a),(b),(c),(d),(e),(f) return a.kind, count(*)",
    "match (a),(b),(c),(d),(e),(f) return a, f, count(*)",
    "match (a),(b),(c),(d),(e),(f) return a order by f desc limit 3",
    "match (a),(b),(c),(d),(e),(f) return sum(1)",
    "match (a)-[:cni]->(b), (c)-[:cni]->(d), (e), (f), (g), (h) return count(*)",
    "match (a),(b),(c),(d),(e)-[:forked_as]->(f) where a.name = f.name return count(*)",
];

#[test]
fn a_join_that_is_interrupted_ends() {
    let session = Session::bundled();
    let mut limits = Limits::default();
    for (name, value) in [
        ("steps", u64::MAX),
        ("rows", u64::MAX),
        ("values", u64::MAX),
    ] {
        assert!(limits.set(name, value));
    }
    for query in ENDLESS {
        let prepared = session.plan(query).unwrap();
        let plan = explain::plan(&prepared.queries[0].plan, session.snapshot(), None);
        assert!(plan.contains("join"), "{plan}");
        for is_before in [true, false] {
            let interrupt = Interrupt::default();
            let mut budget = Budget::new(limits.clone(), interrupt.clone());
            let stop = move || interrupt.cancel();
            let stopping = match is_before {
                true => {
                    stop();
                    None
                }
                false => Some(std::thread::spawn(stop)),
            };
            let answer = prepared.queries[0].answer(session.snapshot(), None, &mut budget);
            let fault = answer.unwrap_err();
            assert!(
                matches!(fault, Error::Fault(Fault::Interrupted)),
                "{query}: {fault:?}"
            );
            if let Some(thread) = stopping {
                thread.join().unwrap();
            }
        }
    }
}

#[test]
fn runaways_end_by_the_limit_that_names_them() {
    on_small_stack(|session| {
        for (query, limit) in RUNAWAYS {
            let said = ask(session, query, query);
            let named = said.starts_with("the limit of ") && said.contains(limit);
            assert!(named, "{query}: {said}");
        }
    });
}

/// Expressions whose values would grow without end.
const GROWING: &[&str] = &[
    "reduce(s = \"a\", x in range(1, 60) | s + s)",
    "reduce(s = [1], x in range(1, 60) | s + s)",
    "reduce(s = [1], x in range(1, 60) | [s, s])",
    "reduce(s = [1], x in range(1, 100000) | [s])",
    "reduce(s = [1], x in range(1, 100000) | s + [s])",
    "reduce(s = 1, x in range(1, 60) | {a: s, b: s})",
    "reduce(s = 1, x in range(1, 100000) | {a: s})",
    "[x in range(1, 1000) | range(1, 10000)]",
    "range(1, 100000000)",
    "replace(\"aaaaaaaaaa\", \"a\", reduce(s = \"a\", x in range(1, 20) | s + s))",
    "split(reduce(s = \"a\", x in range(1, 21) | s + s), \"\")",
    "\"a\" =~ \"((((a{10}){10}){10}){10}){10}\"",
];

#[test]
fn values_that_grow_are_refused() {
    on_small_stack(|session| {
        assert!(session.limits.set("steps", 3_000_000));
        for value in GROWING {
            let said = ask(session, value, &format!("return size({value})"));
            assert!(said.starts_with('K'), "{value}: {said}");
        }
        let with = " with [a, a] as a".repeat(300);
        let said = ask(
            session,
            "with",
            &format!("with 1 as a{with} return size(a)"),
        );
        assert!(said.starts_with("K033"), "{said}");
        let nested = " with collect(a) as a".repeat(300);
        let said = ask(session, "collect", &format!("with 1 as a{nested} return a"));
        assert!(said.starts_with("K033"), "{said}");
    });
}

#[test]
fn regular_expressions_are_neither_slow_nor_hoarded() {
    on_small_stack(|session| {
        let long = "reduce(s = \"a\", x in range(1, 20) | s + s)";
        ask(session, "stars", &format!("return {long} =~ \"(a*)*b\""));
        let query = "unwind range(1, 2000) as a return count(\"aaa\" =~ (\"(a|\" + tostring(a) + \
                     \")*c\"))";
        assert_eq!(ask(session, "many", query), "1 answers");
    });
}

/// Arithmetic that has no value, and what is said.
const NO_VALUE: &[(&str, &str)] = &[
    ("9223372036854775807 + 1", "does not fit into 64 bits"),
    ("-9223372036854775808 - 1", "does not fit into 64 bits"),
    ("-(-9223372036854775808)", "does not fit into 64 bits"),
    ("-9223372036854775808 / -1", "does not fit into 64 bits"),
    ("abs(-9223372036854775808)", "does not fit into 64 bits"),
    (
        "sum(9223372036854775807) + sum(9223372036854775807)",
        "does not fit into 64 bits",
    ),
    ("9223372036854775808", "too large"),
    ("1 / 0", "divides by zero"),
    ("1 % 0", "divides by zero"),
    ("\"a\" - 1", "wants two numbers"),
    ("true + 1", "wants two numbers"),
    ("date(\"2021-13\")", "no date"),
    ("2021-13", "no date"),
    ("not 3", "a condition is true or false"),
    ("range(1, 10, 0)", "other than 0"),
    ("left(\"abc\", -1)", "cannot be negative"),
    ("tointeger(1e300)", "does not fit"),
];

#[test]
fn what_has_no_value_says_so() {
    on_small_stack(|session| {
        for (value, wanted) in NO_VALUE {
            let said = ask(session, value, &format!("return {value}"));
            assert!(said.contains(wanted), "{value}: {said}");
        }
        for value in [
            "[1][9223372036854775807]",
            "[1][-9223372036854775808]",
            "[1][-9223372036854775808..9223372036854775807]",
            "substring(\"abc\", 9223372036854775807, 9223372036854775807)",
            "-9223372036854775808 % -1",
            "1.0 / 0",
            "2021-05 < \"2021\"",
            "2021-05 = \"2021-05\"",
        ] {
            assert_eq!(ask(session, value, &format!("return {value}")), "1 answers");
        }
        for query in [
            "all() |> limit 9223372036854775807",
            "all() |> offset 9223372036854775807",
        ] {
            assert_eq!(ask(session, query, query), "1 answers");
        }
    });
}
