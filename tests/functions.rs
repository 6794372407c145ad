//! Functions on values and aggregates, called on the bundled graph without a query.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use kingraph::Session;
use kingraph::model::Date;
use kingraph::model::EntityId;
use kingraph::model::Filter;
use kingraph::model::ObjectRef;
use kingraph::model::Path;
use kingraph::model::Snapshot;
use kingraph::model::StatementId;
use kingraph::model::Value;
use kingraph::query::function;
use kingraph::query::function::Does;
use kingraph::query::function::Scope;
use kingraph::query::value;
use kingraph::query::value::Key;

const NULL: Value = Value::Null;

fn int(number: i64) -> Value {
    Value::Integer(number)
}

fn float(number: f64) -> Value {
    Value::Float(number)
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn truth(truth: bool) -> Value {
    Value::Boolean(truth)
}

fn date(text: &str) -> Value {
    Value::Date(Date::parse(text).unwrap())
}

fn list(items: &[Value]) -> Value {
    Value::List(items.to_vec().into())
}

fn texts(items: &[&str]) -> Value {
    Value::List(items.iter().map(|item| text(item)).collect())
}

/// A call on a snapshot, seen through an open filter on 14 March 2025.
fn call_on(snapshot: &Snapshot, name: &str, arguments: &[Value]) -> Result<Value, String> {
    let scope = Scope {
        snapshot,
        filter: &Filter::default(),
        today: Date::parse("2025-03-14").unwrap().first(),
    };
    function::find_value(name).unwrap().call(&scope, arguments)
}

fn call(name: &str, arguments: &[Value]) -> Result<Value, String> {
    call_on(Session::bundled().snapshot(), name, arguments)
}

/// NaN is the same as NaN here, and 1 is not 1.0.
fn check(name: &str, cases: &[(&[Value], Value)]) {
    let session = Session::bundled();
    for (arguments, wanted) in cases {
        let found = call_on(session.snapshot(), name, arguments).unwrap();
        let is_same = Key(found.clone()) == Key(wanted.clone())
            && value::type_word(&found) == value::type_word(wanted);
        assert!(is_same, "{name}({arguments:?}) is {found:?}");
    }
}

/// The messages of refusals: lower case, without a full stop.
fn check_refused(name: &str, cases: &[(&[Value], &str)]) {
    let session = Session::bundled();
    for (arguments, wanted) in cases {
        let message = call_on(session.snapshot(), name, arguments).unwrap_err();
        assert!(message.contains(wanted), "{name}({arguments:?}): {message}");
        let first = message.chars().next().unwrap();
        assert!(
            !first.is_uppercase() && !message.ends_with('.'),
            "{message}"
        );
    }
}

#[test]
fn names_are_found_in_any_case_and_by_alias() {
    for name in ["upper", "toUpper", "TOUPPER"] {
        assert_eq!(function::find_value(name).unwrap().name, "upper");
    }
    assert_eq!(function::find_value("type").unwrap().name, "relation");
    assert!(function::find_value("rand").is_none());
    assert!(function::find("upper").is_none());
    assert!(function::find_value("descendants").is_none());
    assert!(!function::find("count").unwrap().is_value());
    assert!(function::find_value("count").unwrap().is_value());
}

#[test]
fn calls_are_checked_before_the_work() {
    check_refused(
        "upper",
        &[
            (&[], "`upper` takes 1 argument, not 0"),
            (
                &[int(1)],
                "`upper` wants a text as `text`, not a whole number",
            ),
        ],
    );
    check_refused("pi", &[(&[int(1)], "`pi` takes no arguments, not 1")]);
    check_refused(
        "substring",
        &[
            (&[text("a")], "at least 2 arguments, not 1"),
            (&[text("a"), int(1), int(1), int(1)], "at most 3 arguments"),
        ],
    );
    check_refused("count", &[(&[int(1)], "single row")]);
    let session = Session::bundled();
    for row in function::value_functions() {
        let Does::Value(scalar) = row.does else {
            continue;
        };
        let arguments = vec![NULL; row.params.len()];
        let found = call_on(session.snapshot(), row.name, &arguments);
        if !scalar.takes_null() && !arguments.is_empty() {
            assert_eq!(found, Ok(NULL), "{}", row.name);
        }
    }
}

/// Nothing that is typed may panic, whatever its types.
#[test]
fn no_call_panics() {
    let session = Session::bundled();
    let values = [
        int(i64::MIN),
        int(7),
        float(f64::NAN),
        float(1e300),
        text("é1.5e3"),
        text(""),
        truth(true),
        date("../2013"),
        date("~0000"),
        list(&[]),
        list(&[NULL, int(1)]),
        Value::Map(std::iter::once(("a".into(), NULL)).collect()),
        Value::Entity(EntityId(0)),
        Value::Statement(StatementId(0)),
        Value::Source(kingraph::model::SourceId(0)),
    ];
    for row in function::value_functions() {
        for one in &values {
            for other in &values {
                let given = [one.clone(), other.clone(), one.clone()];
                for count in 0..=3 {
                    let _ = call_on(session.snapshot(), row.name, &given[..count]);
                }
            }
            if let Does::Aggregate(_, make) = row.does {
                let mut state = make();
                let _ = state.add(session.snapshot(), one, 1);
                let _ = state.finish();
            }
        }
    }
}

#[test]
fn texts_are_cut_by_characters() {
    let t = text("日本語OS");
    check("substring", &[(&[t.clone(), int(1), int(2)], text("本語"))]);
    check("substring", &[(&[t.clone(), int(3)], text("OS"))]);
    check("substring", &[(&[t.clone(), int(9), int(2)], text(""))]);
    check(
        "left",
        &[
            (&[t.clone(), int(2)], text("日本")),
            (&[t.clone(), int(9)], t.clone()),
        ],
    );
    check(
        "right",
        &[
            (&[t.clone(), int(2)], text("OS")),
            (&[t.clone(), int(9)], t.clone()),
        ],
    );
    check(
        "size",
        &[
            (std::slice::from_ref(&t), int(5)),
            (&[list(&[NULL])], int(1)),
        ],
    );
    check("char_length", &[(std::slice::from_ref(&t), int(5))]);
    check(
        "reverse",
        &[
            (&[t], text("SO語本日")),
            (&[texts(&["a", "b"])], texts(&["b", "a"])),
        ],
    );
    check_refused("left", &[(&[text("a"), int(-1)], "cannot be negative")]);
    check_refused("substring", &[(&[text("a"), int(-1)], "`start` is -1")]);
}

#[test]
fn texts_change_case_and_lose_space() {
    check("toUpper", &[(&[text("straße")], text("STRASSE"))]);
    check("lower", &[(&[text("ÄB")], text("äb"))]);
    check("trim", &[(&[text("\u{3000} a b ")], text("a b"))]);
    check("ltrim", &[(&[text(" a ")], text("a "))]);
    check("rtrim", &[(&[text(" a ")], text(" a"))]);
}

#[test]
fn texts_are_replaced_and_split() {
    let cases: [(&[Value], Value); 2] = [
        (&[text("aXbX"), text("X"), text("--")], text("a--b--")),
        (&[text("ab"), text(""), text("-")], text("-a-b-")),
    ];
    check("replace", &cases);
    let long = text(&"a".repeat(10_000));
    check_refused("replace", &[(&[long.clone(), text("a"), long], "limit")]);
    check(
        "split",
        &[(&[text("a,,b"), text(",")], texts(&["a", "", "b"]))],
    );
    check("split", &[(&[text("ab"), text("")], texts(&["a", "b"]))]);
    check("split", &[(&[text(""), text(",")], texts(&[""]))]);
}

#[test]
fn values_become_texts() {
    let cases: [(&[Value], Value); 4] = [
        (&[int(-3)], text("-3")),
        (&[float(1.0)], text("1.0")),
        (&[date("~2013")], text("~2013")),
        (&[truth(true)], text("true")),
    ];
    check("toString", &cases);
    check("toStringOrNull", &cases);
    check_refused("toString", &[(&[list(&[])], "not a list")]);
    check("toStringOrNull", &[(&[list(&[])], NULL)]);
}

#[test]
fn numbers_are_rounded_as_in_cypher() {
    let cases: [(&[Value], Value); 13] = [
        (&[float(1.5)], float(2.0)),
        (&[float(-1.5)], float(-1.0)),
        (&[float(-2.5)], float(-2.0)),
        (&[float(0.499_999_999_999_999_94)], float(0.0)),
        (&[int(3)], float(3.0)),
        (&[float(f64::NAN)], float(f64::NAN)),
        (&[float(1.249), int(1)], float(1.2)),
        (&[float(-1.55), int(1)], float(-1.6)),
        (&[float(1.005), int(2)], float(1.01)),
        (&[float(9.999), int(2)], float(10.0)),
        (&[float(-0.5), int(0)], float(-1.0)),
        (&[float(1e300), int(2)], float(1e300)),
        (&[float(5e-324), int(3)], float(0.0)),
    ];
    check("round", &cases);
    check_refused("round", &[(&[float(1.0), int(-1)], "decimals")]);
    check(
        "ceil",
        &[(&[float(2.1)], float(3.0)), (&[int(2)], float(2.0))],
    );
    check("floor", &[(&[float(-2.1)], float(-3.0))]);
}

#[test]
fn numbers_have_size_and_sign() {
    check("abs", &[(&[int(-2)], int(2)), (&[float(-2.5)], float(2.5))]);
    check_refused("abs", &[(&[int(i64::MIN)], "integer overflow")]);
    check("sign", &[(&[float(-0.1)], int(-1)), (&[int(0)], int(0))]);
    check("sign", &[(&[float(f64::NAN)], NULL)]);
    check(
        "sqrt",
        &[(&[int(9)], float(3.0)), (&[int(-1)], float(f64::NAN))],
    );
    check(
        "isNaN",
        &[(&[float(f64::NAN)], truth(true)), (&[int(1)], truth(false))],
    );
    check("degrees", &[(&[float(std::f64::consts::PI)], float(180.0))]);
    check("atan2", &[(&[int(0), int(1)], float(0.0))]);
    check("log10", &[(&[int(1000)], float(3.0))]);
    check("e", &[(&[], float(std::f64::consts::E))]);
}

#[test]
fn values_become_numbers_and_truth_values() {
    let integers: [(&[Value], Value); 9] = [
        (&[text("42")], int(42)),
        (&[text(" 3.7 ")], int(3)),
        (&[text("1e3")], int(1000)),
        (&[text("9007199254740993")], int(9_007_199_254_740_993)),
        (&[text("abc")], NULL),
        (&[text("inf")], NULL),
        (&[text("")], NULL),
        (&[float(-3.7)], int(-3)),
        (&[truth(true)], int(1)),
    ];
    check("toInteger", &integers);
    check("toIntegerOrNull", &integers);
    check_refused(
        "toInteger",
        &[(&[float(1e300)], "64 bits"), (&[list(&[])], "not a list")],
    );
    check_refused("toInteger", &[(&[float(f64::NAN)], "64 bits")]);
    check(
        "toIntegerOrNull",
        &[(&[float(1e300)], NULL), (&[list(&[])], NULL)],
    );
    check(
        "toFloat",
        &[(&[text("1.5")], float(1.5)), (&[text("nan")], NULL)],
    );
    check("toFloat", &[(&[int(2)], float(2.0))]);
    check_refused("toFloat", &[(&[truth(true)], "not a truth value")]);
    check("toFloatOrNull", &[(&[truth(true)], NULL)]);
    check(
        "toBoolean",
        &[(&[text("TRUE")], truth(true)), (&[text("yes")], NULL)],
    );
    check("toBoolean", &[(&[int(0)], truth(false))]);
    check_refused("toBoolean", &[(&[float(1.0)], "not a decimal number")]);
    check("toBooleanOrNull", &[(&[float(1.0)], NULL)]);
}

#[test]
fn lists_have_parts() {
    let some = list(&[int(1), int(2), int(3)]);
    check(
        "head",
        &[(std::slice::from_ref(&some), int(1)), (&[list(&[])], NULL)],
    );
    check(
        "last",
        &[(std::slice::from_ref(&some), int(3)), (&[list(&[])], NULL)],
    );
    check(
        "tail",
        &[
            (&[some], list(&[int(2), int(3)])),
            (&[list(&[])], list(&[])),
        ],
    );
    check_refused("size", &[(&[int(1)], "not a whole number")]);
    check_refused("length", &[(&[text("a")], "it has a `size`")]);
    check(
        "isEmpty",
        &[(&[text("")], truth(true)), (&[list(&[NULL])], truth(false))],
    );
}

#[test]
fn ranges_include_their_ends() {
    let range = |arguments: &[i64]| {
        let arguments: Vec<Value> = arguments.iter().copied().map(int).collect();
        call("range", &arguments)
    };
    let ints = |numbers: &[i64]| Ok(Value::List(numbers.iter().copied().map(int).collect()));
    assert_eq!(range(&[1, 3]), ints(&[1, 2, 3]));
    assert_eq!(range(&[1, 4, 2]), ints(&[1, 3]));
    assert_eq!(range(&[5, 2, -2]), ints(&[5, 3]));
    assert_eq!(range(&[5, 1, -2]), ints(&[5, 3, 1]));
    assert_eq!(range(&[3, 1]), ints(&[]));
    assert_eq!(range(&[1, 3, -1]), ints(&[]));
    assert_eq!(range(&[2, 2, -1]), ints(&[2]));
    assert_eq!(
        range(&[i64::MAX - 1, i64::MAX]),
        ints(&[i64::MAX - 1, i64::MAX])
    );
    assert_eq!(
        range(&[i64::MAX, i64::MIN, i64::MIN]),
        ints(&[i64::MAX, -1])
    );
    assert!(range(&[1, 2, 0]).is_err());
    assert!(
        range(&[1, 1_000_001])
            .unwrap_err()
            .contains("1000001 numbers")
    );
    assert!(range(&[i64::MIN, i64::MAX]).is_err());
}

#[test]
fn nulls_are_replaced_and_made() {
    check(
        "coalesce",
        &[(&[NULL, NULL, int(1), int(2)], int(1)), (&[NULL], NULL)],
    );
    check_refused("coalesce", &[(&[], "at least 1 argument, not 0")]);
    check(
        "exists",
        &[(&[NULL], truth(false)), (&[int(1)], truth(true))],
    );
    check(
        "nullIf",
        &[(&[int(1), float(1.0)], NULL), (&[int(1), NULL], int(1))],
    );
    check("nullIf", &[(&[NULL, int(1)], NULL)]);
}

#[test]
fn dates_have_the_parts_that_are_certain() {
    let parts = |text: &str| {
        let part = |name| call(name, &[date(text)]).unwrap();
        [part("year"), part("month"), part("day")]
    };
    assert_eq!(parts("2018-06-13"), [int(2018), int(6), int(13)]);
    assert_eq!(parts("2018-06"), [int(2018), int(6), NULL]);
    assert_eq!(parts("2018"), [int(2018), NULL, NULL]);
    assert_eq!(parts("~2018-06"), [int(2018), NULL, NULL]);
    assert_eq!(parts("~2018"), [NULL, NULL, NULL]);
    assert_eq!(parts("2018/.."), [NULL, NULL, NULL]);
    check(
        "date",
        &[
            (&[text("2018-06")], date("2018-06")),
            (&[int(2018)], date("2018")),
        ],
    );
    check("today", &[(&[], date("2025-03-14"))]);
    check_refused(
        "date",
        &[(&[text("2018-6")], "`2018-6` is no date: write a date as")],
    );
}

#[test]
fn entities_have_names_kinds_and_properties() {
    let session = Session::bundled();
    let snapshot = session.snapshot();
    let (_, found) = snapshot.find("EKS").unwrap();
    let entity = Value::Entity(found[0]);
    let call = |name: &str| call_on(snapshot, name, std::slice::from_ref(&entity)).unwrap();
    assert_eq!(call("id"), text(snapshot.slug(found[0])));
    assert_eq!(call("name"), text(snapshot.name(found[0])));
    assert_eq!(call("kind"), text(snapshot.kind_name(found[0])));
    let Value::List(labels) = call("labels") else {
        panic!("labels are a list");
    };
    assert_eq!(labels.first(), Some(&call("kind")));
    assert_eq!(labels.last(), Some(&text("thing")));
    let Value::Map(properties) = call("properties") else {
        panic!("properties are a map");
    };
    assert_eq!(properties["name"], call("name"));
    assert!(properties.len() > 1);
    let keys: Vec<Value> = properties.keys().map(|name| text(name)).collect();
    assert_eq!(call("keys"), Value::List(keys.into()));
    assert!(matches!(call("sources"), Value::List(sources) if !sources.is_empty()));
    assert!(matches!(call("names"), Value::List(names) if names[0] == call("name")));
}

#[test]
fn statements_and_paths_have_ends() {
    let session = Session::bundled();
    let snapshot = session.snapshot();
    let between = |statement: &StatementId| {
        let is_said = !snapshot.citations(*statement).is_empty();
        is_said && matches!(snapshot.object(*statement), ObjectRef::Entity(_))
    };
    let statement = snapshot.statements().find(between).unwrap();
    let ObjectRef::Entity(object) = snapshot.object(statement) else {
        panic!("it was looked for");
    };
    let subject = snapshot.subject(statement);
    let call = |name: &str, value: Value| call_on(snapshot, name, &[value]).unwrap();
    assert_eq!(
        call("startNode", Value::Statement(statement)),
        Value::Entity(subject)
    );
    assert_eq!(
        call("end", Value::Statement(statement)),
        Value::Entity(object)
    );
    let relation = &snapshot.schema.relations[snapshot.relation(statement).index()].name;
    assert_eq!(call("type", Value::Statement(statement)), text(relation));
    let Value::Map(properties) = call("properties", Value::Statement(statement)) else {
        panic!("properties are a map");
    };
    let certainty = snapshot.qualifiers(statement).certainty.word();
    assert_eq!(properties["certainty"], text(certainty));
    let path = Value::Path(Path {
        entities: vec![subject, object],
        statements: vec![statement],
    });
    assert_eq!(call("length", path.clone()), int(1));
    let ends = list(&[Value::Entity(subject), Value::Entity(object)]);
    assert_eq!(call("nodes", path.clone()), ends);
    assert_eq!(
        call("relationships", path),
        list(&[Value::Statement(statement)])
    );
}

/// The value of an aggregate over the values in their order and against it.
fn aggregate(name: &str, values: &[Value]) -> Result<Value, String> {
    let session = Session::bundled();
    let Does::Aggregate(_, make) = function::find_value(name).unwrap().does else {
        panic!("{name} is no aggregate");
    };
    let run = |values: &mut dyn Iterator<Item = &Value>| {
        let mut state = make();
        for value in values {
            state.add(session.snapshot(), value, 1)?;
        }
        state.finish()
    };
    let forward = run(&mut values.iter());
    let backward = run(&mut values.iter().rev());
    assert!(
        name == "collect" || forward.is_err() || forward == backward,
        "{name}({values:?}): {forward:?}, backward {backward:?}"
    );
    forward
}

#[test]
fn aggregates_of_nothing() {
    for nothing in [&[][..], &[NULL, NULL]] {
        assert_eq!(aggregate("count", nothing), Ok(int(0)));
        assert_eq!(aggregate("sum", nothing), Ok(Value::Null));
        assert_eq!(aggregate("collect", nothing), Ok(list(&[])));
        assert_eq!(aggregate("stdev", nothing), Ok(float(0.0)));
        for name in ["avg", "min", "max"] {
            assert_eq!(aggregate(name, nothing), Ok(NULL), "{name}");
        }
    }
}

#[test]
fn aggregates_skip_nulls() {
    let values = [int(3), NULL, int(1)];
    assert_eq!(aggregate("count", &values), Ok(int(2)));
    assert_eq!(aggregate("sum", &values), Ok(int(4)));
    assert_eq!(aggregate("avg", &values), Ok(float(2.0)));
    assert_eq!(aggregate("min", &values), Ok(int(1)));
    assert_eq!(aggregate("max", &values), Ok(int(3)));
    assert_eq!(aggregate("collect", &values), Ok(list(&[int(3), int(1)])));
    assert_eq!(aggregate("stdevp", &values), Ok(float(1.0)));
    assert_eq!(aggregate("stdev", &values), Ok(float(2.0_f64.sqrt())));
}

#[test]
fn sums_of_whole_numbers_are_checked_at_the_end() {
    let max = int(i64::MAX);
    assert_eq!(
        aggregate("sum", &[max.clone(), int(1), int(-2)]),
        Ok(int(i64::MAX - 1))
    );
    let message = aggregate("sum", &[max.clone(), int(1)]).unwrap_err();
    assert!(message.starts_with("integer overflow"), "{message}");
    assert_eq!(
        aggregate("avg", &[max.clone(), max]),
        Ok(float(i64::MAX as f64))
    );
    let message = aggregate("sum", &[text("a")]).unwrap_err();
    assert_eq!(message, "`sum` wants numbers, not a text");
    assert!(aggregate("avg", &[date("2018")]).is_err());
}

#[test]
fn sums_of_decimal_numbers_are_exact() {
    let floats = |numbers: &[f64]| numbers.iter().copied().map(float).collect::<Vec<_>>();
    let sum = |numbers: &[f64]| aggregate("sum", &floats(numbers));
    assert_eq!(sum(&[0.1; 10]), Ok(float(1.0)));
    assert_eq!(sum(&[1e100, 1.0, -1e100]), Ok(float(1.0)));
    assert_eq!(sum(&[1e308, 1e308, -1e308]), Ok(float(1e308)));
    assert_eq!(sum(&[1e308, 1.0, -1e308]), Ok(float(1.0)));
    assert_eq!(sum(&[1e308, 1e308]), Ok(float(f64::INFINITY)));
    assert_eq!(aggregate("avg", &floats(&[1e308, 1e308])), Ok(float(1e308)));
    assert_eq!(
        sum(&[1e16, 1.0, 1e-16]),
        Ok(float(10_000_000_000_000_002.0))
    );
    let mixed = [int((1 << 53) + 1), float(0.5), float(-0.5), float(1.0)];
    assert_eq!(aggregate("sum", &mixed), Ok(float(9_007_199_254_740_994.0)));
    assert_eq!(sum(&[f64::INFINITY, 1.0]), Ok(float(f64::INFINITY)));
    let (one, other) = (float(f64::INFINITY), float(f64::NEG_INFINITY));
    let session = Session::bundled();
    let Does::Aggregate(_, make) = function::find_value("sum").unwrap().does else {
        panic!("sum is an aggregate");
    };
    let mut state = make();
    state.add(session.snapshot(), &one, 1).unwrap();
    state.add(session.snapshot(), &other, 1).unwrap();
    assert!(matches!(state.finish(), Ok(Value::Float(sum)) if sum.is_nan()));
}

#[test]
fn extremes_go_by_the_order_of_all_values() {
    let mixed = [int(1), text("a"), list(&[int(1)]), float(0.2), text("b")];
    assert_eq!(aggregate("max", &mixed), Ok(int(1)));
    assert_eq!(aggregate("min", &mixed), Ok(list(&[int(1)])));
}

/// What is made of constants is worked out before the query runs, to the same value or error.
#[test]
fn constants_are_worked_out_as_in_a_row() {
    const CONSTANTS: [&str; 9] = [
        "7",
        "-1",
        "2.5",
        "2018",
        "\"2018-03\"",
        "\"Ab c\"",
        "true",
        "null",
        "date(\"2017\")",
    ];
    let mut session = Session::bundled();
    let mut told = |query: &str| match session.query(query) {
        Ok(replies) => format!("{:?}", replies[0].answer.table.rows),
        Err(kingraph::Error::Query(findings)) => findings[0].message.clone(),
        Err(error) => panic!("{query}: {error}"),
    };
    let mut check = |constant: &str, of_row: &str| {
        let [before, in_row] =
            [format!("return {constant}"), format!("unwind {of_row}")].map(|query| told(&query));
        assert_eq!(before, in_row, "{constant}");
        usize::from(before.starts_with('['))
    };
    let (mut values, mut asked) = (0, 0);
    for one in CONSTANTS {
        values += check(&format!("-({one})"), &format!("[{one}] as x return -x"));
        for other in CONSTANTS {
            for sign in ["+", "-", "*", "/", "%", "^"] {
                let of_row = format!("[[{one}, {other}]] as x return x[0] {sign} x[1] {sign} x[0]");
                values += check(&format!("({one}) {sign} ({other}) {sign} ({one})"), &of_row);
                asked += 1;
            }
            for function in function::value_functions() {
                let Does::Value(_) = function.does else {
                    continue;
                };
                let name = function.name;
                let given = [one, other, one];
                let most = function.params.len().min(3);
                for count in 1..=most {
                    let given = given[..count].join(", ");
                    let read = ["x[0]", "x[1]", "x[2]"][..count].join(", ");
                    let of_row = format!("[[{given}]] as x return {name}({read})");
                    values += check(&format!("{name}({given})"), &of_row);
                    asked += 1;
                }
            }
        }
    }
    assert!(values * 5 > asked, "{values} of {asked} have values");
}
