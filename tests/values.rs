//! The semantics of values, rule by rule: equality, order, grouping, arithmetic.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cmp::Ordering;
use std::collections::HashSet;

use kingraph::Session;
use kingraph::model::Date;
use kingraph::model::EntityId;
use kingraph::model::Path;
use kingraph::model::SourceId;
use kingraph::model::StatementId;
use kingraph::model::Value;
use kingraph::query::value;
use kingraph::query::value::Key;

const NULL: Value = Value::Null;
const NAN: Value = Value::Float(f64::NAN);

/// The first whole number that a float cannot hold.
const BIG: i64 = (1 << 53) + 1;

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

fn map(entries: &[(&str, Value)]) -> Value {
    let entry = |(name, value): &(&str, Value)| ((*name).into(), value.clone());
    Value::Map(entries.iter().map(entry).collect())
}

/// Both ways round, because equality has no direction.
fn check_equals(left: &Value, right: &Value, wanted: Option<bool>) {
    assert_eq!(value::equals(left, right), wanted, "{left:?} = {right:?}");
    assert_eq!(value::equals(right, left), wanted, "{right:?} = {left:?}");
}

/// `left < right`, `left <= right`, `left = right`, `left >= right` and `left > right`.
fn check_all(left: &Value, right: &Value, wanted: [Option<bool>; 5]) {
    let found = [
        value::less(left, right),
        value::less_or_equal(left, right),
        value::equals(left, right),
        value::less_or_equal(right, left),
        value::less(right, left),
    ];
    assert_eq!(found, wanted, "{left:?} and {right:?}");
}

const T: Option<bool> = Some(true);
const F: Option<bool> = Some(false);
const N: Option<bool> = None;

const LESS: [Option<bool>; 5] = [T, T, F, F, F];
const EQUAL: [Option<bool>; 5] = [F, T, T, T, F];
const GREATER: [Option<bool>; 5] = [F, F, F, T, T];
const UNORDERED: [Option<bool>; 5] = [N, N, F, N, N];
const UNKNOWN: [Option<bool>; 5] = [N; 5];

#[test]
fn null_equals_nothing_and_nothing_is_known_of_it() {
    for other in [NULL, int(1), text("a"), list(&[]), date("2018"), NAN] {
        check_all(&NULL, &other, UNKNOWN);
    }
}

#[test]
fn values_of_different_types_are_unequal_and_unordered() {
    check_all(&int(1), &text("1"), UNORDERED);
    check_all(&truth(true), &int(1), UNORDERED);
    check_all(&date("2018"), &text("2018"), UNORDERED);
    check_all(&list(&[int(1)]), &int(1), UNORDERED);
    check_all(
        &Value::Entity(EntityId(1)),
        &Value::Source(SourceId(1)),
        UNORDERED,
    );
    check_all(&map(&[]), &map(&[]), [N, N, T, N, N]);
    check_all(
        &Value::Entity(EntityId(1)),
        &Value::Entity(EntityId(1)),
        [N, N, T, N, N],
    );
}

#[test]
fn whole_and_decimal_numbers_compare_exactly() {
    check_all(&int(1), &float(1.0), EQUAL);
    check_all(&int(BIG), &float((BIG - 1) as f64), GREATER);
    check_all(&int(BIG), &float((BIG + 1) as f64), LESS);
    check_all(&int(-BIG), &float(-((BIG - 1) as f64)), LESS);
    check_all(&int(i64::MAX), &float(9_223_372_036_854_775_808.0), LESS);
    check_all(&int(i64::MIN), &float(-9_223_372_036_854_775_808.0), EQUAL);
    check_all(&int(i64::MIN), &float(f64::NEG_INFINITY), GREATER);
    check_all(&int(-1), &float(-1.5), GREATER);
    check_all(&int(1), &float(1.5), LESS);
    check_all(&float(0.0), &float(-0.0), EQUAL);
}

#[test]
fn nothing_compares_with_nan() {
    for other in [NAN, int(1), float(f64::INFINITY)] {
        check_all(&NAN, &other, [F; 5]);
        assert_eq!(value::compare(&NAN, &other), None);
    }
    check_all(&NAN, &text("a"), UNORDERED);
}

#[test]
fn texts_go_by_code_points_and_false_before_true() {
    check_all(&text("Z"), &text("a"), LESS);
    check_all(&text("a"), &text("ab"), LESS);
    check_all(&text("\u{ffff}"), &text("\u{10000}"), LESS);
    check_all(&truth(false), &truth(true), LESS);
}

#[test]
fn lists_are_equal_item_by_item() {
    check_equals(&list(&[]), &list(&[]), T);
    check_equals(&list(&[int(1)]), &list(&[float(1.0)]), T);
    check_equals(&list(&[int(1)]), &list(&[int(1), NULL]), F);
    check_equals(&list(&[NULL]), &list(&[NULL]), N);
    check_equals(&list(&[NULL, int(2)]), &list(&[int(1), int(3)]), F);
    check_equals(&list(&[NULL, int(2)]), &list(&[int(1), int(2)]), N);
    check_equals(&list(&[list(&[NULL])]), &list(&[list(&[int(1)])]), N);
    check_equals(&list(&[list(&[NULL])]), &list(&[list(&[])]), F);
    check_equals(&list(&[NAN]), &list(&[NAN]), F);
}

#[test]
fn maps_are_equal_name_by_name() {
    check_equals(&map(&[("a", int(1))]), &map(&[("a", float(1.0))]), T);
    check_equals(&map(&[("a", NULL)]), &map(&[("b", NULL)]), F);
    check_equals(&map(&[("a", NULL)]), &map(&[]), F);
    check_equals(&map(&[("a", NULL)]), &map(&[("a", int(1))]), N);
    let both = |a, b| map(&[("a", a), ("b", b)]);
    check_equals(&both(NULL, int(1)), &both(NULL, int(2)), F);
}

#[test]
fn lists_are_ordered_by_the_first_difference() {
    check_all(&list(&[]), &list(&[NULL]), LESS);
    check_all(&list(&[int(1)]), &list(&[int(1), NULL]), LESS);
    check_all(&list(&[int(1), int(3)]), &list(&[int(2)]), LESS);
    check_all(
        &list(&[int(1), NULL]),
        &list(&[int(2), NULL]),
        [T, T, F, F, F],
    );
    check_all(
        &list(&[NULL, int(1)]),
        &list(&[NULL, int(2)]),
        [N, N, F, N, N],
    );
    check_all(&list(&[int(1)]), &list(&[text("a")]), UNORDERED);
    check_all(&list(&[NAN]), &list(&[int(1)]), [F; 5]);
}

#[test]
fn a_day_equals_the_month_and_the_year_it_lies_in() {
    for span in ["2018", "2018-06"] {
        check_all(&date("2018-06-13"), &date(span), EQUAL);
        check_all(&date("~2018-06-13"), &date(span), EQUAL);
    }
    check_all(&date("2018-06-13"), &int(2018), EQUAL);
    check_all(&date("2018"), &date("2018"), EQUAL);
    check_all(&date("2018-06-13"), &date("2018-06-13/2018-06-13"), EQUAL);
    check_all(&date("2018-02/2018-05"), &date("2018"), EQUAL);
}

#[test]
fn dates_apart_are_before_and_after() {
    check_all(&date("2017"), &date("2018-01-01"), LESS);
    check_all(&date("2019-01-01"), &date("2018"), GREATER);
    check_all(&date("~2013"), &int(2015), LESS);
    check_all(&date("../2013"), &date("2014/.."), LESS);
    check_all(&int(2018), &date("2019-05"), LESS);
}

#[test]
fn of_a_date_that_reaches_over_a_calendar_date_some_is_known() {
    // November 2013 to January 2014, beside years.
    check_all(&date("~2013-12"), &date("2013"), [F, N, N, T, N]);
    check_all(&date("~2013-12"), &date("2014"), [N, T, N, N, F]);
}

#[test]
fn of_a_vague_date_that_is_wider_nothing_is_known() {
    check_all(&date("~2013"), &date("2013"), UNKNOWN);
    check_all(&date("2013?"), &date("2013-05-01"), UNKNOWN);
    check_all(&date("2016/.."), &date("2018"), UNKNOWN);
    check_all(&date("~2013"), &date("~2013"), UNKNOWN);
    check_all(&date("2013/2014"), &int(2013), UNKNOWN);
}

#[test]
fn only_numbers_of_four_digits_are_years() {
    check_all(&date("0999"), &int(999), UNORDERED);
    check_all(&date("2018"), &int(10_000), UNORDERED);
    check_all(&date("2018"), &float(2018.0), UNORDERED);
    check_all(&date("9999-12-31"), &int(9999), EQUAL);
}

fn path(entities: &[EntityId], statements: &[u32]) -> Value {
    Value::Path(Path {
        entities: entities.to_vec(),
        statements: statements.iter().copied().map(StatementId).collect(),
    })
}

#[test]
fn every_value_has_its_place_in_the_order() {
    let session = Session::bundled();
    let snapshot = session.snapshot();
    let mut entities: Vec<EntityId> = snapshot.entities().take(3).collect();
    entities.sort_by_key(|entity| snapshot.rank(*entity));
    let ascending = [
        map(&[]),
        map(&[("a", int(1))]),
        map(&[("a", int(2))]),
        map(&[("b", int(0))]),
        Value::Entity(entities[0]),
        Value::Entity(entities[1]),
        Value::Statement(StatementId(0)),
        Value::Statement(StatementId(7)),
        list(&[]),
        list(&[text("a"), NULL]),
        list(&[int(1)]),
        list(&[int(1), text("z")]),
        list(&[NULL]),
        path(&entities[..1], &[]),
        path(&entities[..2], &[1]),
        path(&entities[..2], &[2]),
        path(&entities[1..2], &[]),
        Value::Source(SourceId(0)),
        date("../2013"),
        date("2018"),
        date("2018-06-13"),
        text(""),
        text("Z"),
        text("a"),
        truth(false),
        truth(true),
        float(f64::NEG_INFINITY),
        int(i64::MIN),
        float(0.5),
        int(1),
        float(1.0),
        float((BIG - 1) as f64),
        int(BIG),
        float(f64::INFINITY),
        NAN,
        NULL,
    ];
    for (i, left) in ascending.iter().enumerate() {
        for (j, right) in ascending.iter().enumerate() {
            assert_eq!(
                value::order(snapshot, left, right),
                i.cmp(&j),
                "{left:?} {right:?}"
            );
            let is_same = Key(left.clone()) == Key(right.clone());
            let are_one = |a: &Value, b: &Value| *a == int(1) && *b == float(1.0);
            let wanted = i == j || are_one(left, right) || are_one(right, left);
            assert_eq!(is_same, wanted, "{left:?} {right:?}");
        }
    }
    let zeros = value::order(snapshot, &float(0.0), &float(-0.0));
    assert_eq!(zeros, Ordering::Equal);
}

#[test]
fn keys_that_are_the_same_are_found_again() {
    let deep = |item: Value| list(&[map(&[("a", item)])]);
    let same = [
        (NULL, NULL),
        (NAN, float(-f64::NAN)),
        (int(1), float(1.0)),
        (float(0.0), float(-0.0)),
        (int(0), float(-0.0)),
        (deep(NULL), deep(NULL)),
        (deep(NAN), deep(NAN)),
        (deep(int(3)), deep(float(3.0))),
        (int(i64::MIN), float(i64::MIN as f64)),
    ];
    for (left, right) in same {
        let keys = HashSet::from([Key(left.clone())]);
        assert!(keys.contains(&Key(right.clone())), "{left:?} {right:?}");
    }
    let different = [
        (NULL, int(0)),
        (int(BIG), float(BIG as f64)),
        (int(i64::MAX), float(i64::MAX as f64)),
        (text("1"), int(1)),
        (date("2018"), int(2018)),
        (date("2018"), date("2018-01-01/2018-12-31")),
        (list(&[]), map(&[])),
        (list(&[NULL]), list(&[])),
    ];
    for (left, right) in different {
        let keys = HashSet::from([Key(left.clone())]);
        assert!(!keys.contains(&Key(right.clone())), "{left:?} {right:?}");
    }
}

/// The message of a refusal: lower case, without a full stop.
fn refusal(result: Result<Value, String>) -> String {
    let message = result.unwrap_err();
    let first = message.chars().next().unwrap();
    assert!(
        !first.is_uppercase() && !message.ends_with('.'),
        "{message}"
    );
    message
}

#[test]
fn arithmetic_with_null_is_null() {
    let operators = [
        value::add,
        value::subtract,
        value::multiply,
        value::divide,
        value::remainder,
        value::power,
    ];
    for operator in operators {
        for other in [NULL, int(0), text("a"), list(&[int(1)]), truth(true)] {
            assert_eq!(operator(&NULL, &other), Ok(NULL));
            assert_eq!(operator(&other, &NULL), Ok(NULL));
        }
    }
    assert_eq!(value::negate(&NULL), Ok(NULL));
}

#[test]
fn whole_numbers_stay_whole_and_do_not_wrap() {
    assert_eq!(value::add(&int(2), &int(3)), Ok(int(5)));
    assert_eq!(value::divide(&int(-7), &int(2)), Ok(int(-3)));
    assert_eq!(value::remainder(&int(-7), &int(2)), Ok(int(-1)));
    assert_eq!(value::remainder(&int(i64::MIN), &int(-1)), Ok(int(0)));
    assert_eq!(value::power(&int(2), &int(3)), Ok(float(8.0)));
    let overflows = [
        value::add(&int(i64::MAX), &int(1)),
        value::subtract(&int(i64::MIN), &int(1)),
        value::multiply(&int(i64::MAX), &int(2)),
        value::divide(&int(i64::MIN), &int(-1)),
        value::negate(&int(i64::MIN)),
    ];
    for result in overflows {
        let message = refusal(result);
        assert!(message.starts_with("integer overflow"), "{message}");
        assert!(message.contains("float"), "{message}");
    }
    let by_zero = refusal(value::divide(&int(5), &int(0)));
    assert!(
        by_zero.starts_with("`5 / 0` divides by zero; "),
        "{by_zero}"
    );
    refusal(value::remainder(&int(5), &int(0)));
}

#[test]
fn decimal_numbers_follow_the_standard() {
    assert_eq!(
        value::divide(&int(1), &float(0.0)),
        Ok(float(f64::INFINITY))
    );
    assert_eq!(value::divide(&int(7), &float(2.0)), Ok(float(3.5)));
    assert_eq!(value::remainder(&float(-7.5), &int(2)), Ok(float(-1.5)));
    let Ok(Value::Float(nan)) = value::divide(&float(0.0), &float(0.0)) else {
        panic!("0.0 / 0.0 is a number");
    };
    assert!(nan.is_nan());
    assert_eq!(value::negate(&float(1.5)), Ok(float(-1.5)));
}

#[test]
fn plus_joins_texts_and_lists() {
    assert_eq!(value::add(&text("a"), &text("b")), Ok(text("ab")));
    assert_eq!(value::add(&text("v"), &int(1)), Ok(text("v1")));
    assert_eq!(value::add(&float(1.0), &text("%")), Ok(text("1.0%")));
    let one = list(&[int(1)]);
    assert_eq!(value::add(&one, &int(2)), Ok(list(&[int(1), int(2)])));
    assert_eq!(value::add(&text("a"), &one), Ok(list(&[text("a"), int(1)])));
    assert_eq!(value::add(&one, &one), Ok(list(&[int(1), int(1)])));
    let long = Value::List(vec![int(1); value::ITEMS_MAX].into());
    assert!(refusal(value::add(&long, &int(1))).contains("limit"));
    let long = Value::Text("a".repeat(value::BYTES_MAX));
    assert!(refusal(value::add(&long, &text("a"))).contains("limit"));
}

#[test]
fn other_types_do_not_calculate() {
    let message = refusal(value::add(&date("2018"), &int(1)));
    assert_eq!(
        message,
        "`+` wants two numbers, texts or lists, not a date and a whole number"
    );
    let message = refusal(value::subtract(&text("a"), &truth(true)));
    assert_eq!(
        message,
        "`-` wants two numbers, not a text and a truth value"
    );
    refusal(value::power(&text("a"), &int(1)));
    refusal(value::negate(&text("a")));
    refusal(value::add(&text("a"), &truth(true)));
}
