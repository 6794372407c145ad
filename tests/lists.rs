//! Values looked for in lists that many rows share: found by their hashes, beside each element
//! compared in turn; and how much of that the limits count.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "other tests draw by chance")]
#[path = "support/random.rs"]
mod random;

use kingraph::Session;
use kingraph::model::Date;
use kingraph::model::EntityId;
use kingraph::model::Value;

use random::Random;

/// Values that are equal to nothing but the same.
const CLEAR: &[usize] = &[0, 1, 2, 3];

/// A value of one of the sorts.
fn value(random: &mut Random, sorts: &[usize]) -> Value {
    let number = random.below(24);
    match random.pick(sorts) {
        0 => Value::Integer(number as i64),
        1 => Value::Text(number.to_string()),
        2 => Value::Boolean(number < 12),
        3 => Value::Entity(EntityId::from_index(number)),
        4 => Value::Float(number as f64 / 2.0),
        5 => Value::Float(f64::NAN),
        6 => Value::Date(Date::parse(&format!("{}", 2000 + number / 4)).unwrap()),
        7 => {
            Value::Date(Date::parse(&format!("{}-0{}", 2000 + number / 4, 1 + number % 4)).unwrap())
        }
        8 => Value::List(vec![Value::Integer(1)].into()),
        _ => Value::Null,
    }
}

fn values(random: &mut Random, count: usize, sorts: &[usize]) -> Value {
    let values = (0..count).map(|_| value(random, sorts));
    Value::List(values.collect())
}

#[test]
fn a_list_has_what_one_of_its_elements_equals() {
    let session = Session::bundled();
    let text = "unwind $wanted as w unwind $lists as list \
                return w in list, any(x in list where x = w), w not in list";
    let mut prepared = session.prepare(text).unwrap();
    let mut random = Random::new(23);
    let mut met = [0; 3];
    for round in 0..60 {
        // More than are kept, about the length from which they are hashed.
        let lists = (0..20).map(|_| {
            let count = 12 + random.below(24);
            let unclear = 4 + random.below(6);
            let sorts = [CLEAR.to_vec(), vec![0, 1, unclear], vec![unclear]];
            let sorts = &sorts[random.below(3)];
            values(&mut random, count, sorts)
        });
        let lists = Value::List(lists.collect());
        let wanted = values(&mut random, 30, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        prepared.bind("wanted", wanted).unwrap();
        prepared.bind("lists", lists).unwrap();
        for row in prepared.run().unwrap().rows() {
            let [found, wanted, opposite] = [0, 1, 2].map(|at| row.get(at).unwrap());
            assert_eq!(found, wanted, "round {round}");
            let expected = match found {
                Value::Boolean(truth) => Value::Boolean(!truth),
                _ => Value::Null,
            };
            assert_eq!(opposite, &expected, "round {round}");
            met[match found {
                Value::Boolean(truth) => usize::from(*truth),
                _ => 2,
            }] += 1;
        }
    }
    assert!(met.iter().all(|times| *times > 1_000), "{met:?}");
}

#[test]
fn a_list_that_rows_share_is_not_looked_through_for_each() {
    let mut session = Session::bundled();
    session.limits.set("steps", 100_000);
    let steps = |wanted: Value| {
        let text = "with $list as list unwind $wanted as w with list, w where w in list \
                    return count(*)";
        let mut prepared = session.prepare(text).unwrap();
        let list = (0..10_000).map(Value::Integer).collect();
        prepared.bind("list", Value::List(list)).unwrap();
        prepared.bind("wanted", wanted).unwrap();
        prepared.run().map(|found| found.rows().count())
    };
    let whole = (0..1_000).map(|it| Value::Integer(it * 20)).collect();
    assert_eq!(steps(Value::List(whole)).unwrap(), 1);
    // A decimal number may be equal to a whole one: the list is looked through, and that counts.
    let decimal = (0..1_000).map(|it| Value::Float(it as f64)).collect();
    let error = steps(Value::List(decimal)).unwrap_err().to_string();
    assert!(error.contains("steps"), "{error}");
}

#[test]
fn a_set_of_lists_is_that_of_the_row() {
    let mut session = Session::bundled();
    // Lists that rows share, lists of their own, and the first one again behind another.
    let pairs = "match (a {name: \"EKS\"}) match (b {name: \"AKS\"}) match (c {name: \"GKE\"}) \
                 unwind [[a, b], [b, c], [a], [a, b], [c, a, b]] as s \
                 unwind [[a, b, c], [c], [b], [c, c]] as t ";
    let text = format!("{pairs} match (x in s & t) return s, t, x");
    let found = session.query(&text).unwrap().remove(0).answer.table.rows;
    let text = format!(
        "{pairs} unwind [a, b, c] as x with s, t, x where x in s and x in t return s, t, x"
    );
    let wanted = session.query(&text).unwrap().remove(0).answer.table.rows;
    assert!(wanted.len() > 12, "{wanted:?}");
    let in_order = |rows: Vec<Vec<Value>>| {
        let mut rows: Vec<String> = rows.iter().map(|row| format!("{row:?}")).collect();
        rows.sort();
        rows
    };
    assert_eq!(in_order(found), in_order(wanted));
}
