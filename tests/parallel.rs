//! Statements that are parallel, patterns whose parts are not connected, and walks beside trails: no
//! statement is used twice, and many parallel ones cost no more than others.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "other tests look at names and paths")]
mod support;

use kingraph::Session;
use kingraph::model::Value;
use kingraph::query::Rewrite;

use support::Sketch;

/// Things `n0`, `n1` … and statements `r` between them.
fn session(count: usize, ends: &[(usize, usize)]) -> Session {
    let arrow = |(from, to): &(usize, usize)| (*from, "r".to_owned(), *to, None, None);
    let sketch = Sketch {
        names: (0..count).map(|number| format!("n{number}")).collect(),
        arrows: ends.iter().map(arrow).collect(),
    };
    sketch.session()
}

/// The last numbers of the rows, whether plans are rewritten or not.
fn numbers(session: &mut Session, query: &str) -> Vec<i64> {
    let mut of = |rewrite| {
        session.rewrite = rewrite;
        let replies = session.query(query).unwrap();
        let rows = replies[0].answer.table.rows.iter();
        let numbers = rows.map(|row| match row.last() {
            Some(Value::Integer(number)) => *number,
            other => panic!("{other:?} is no number"),
        });
        numbers.collect::<Vec<_>>()
    };
    let (fast, slow) = (of(Rewrite::On), of(Rewrite::Off));
    assert_eq!(fast, slow, "{query}");
    fast
}

const FEW: [(usize, usize); 5] = [(1, 2), (2, 3), (2, 3), (3, 4), (4, 4)];

#[test]
fn parts_that_are_not_connected_share_no_statement() {
    let mut session = session(5, &FEW);
    let pairs = "match (a)-[:r]->(b), (c)-[:r]->(d)";
    let found = numbers(&mut session, &format!("{pairs} return count(*)"));
    assert_eq!(found, [5 * 4]);
    for groups in ["a, b, c", "a, c", "c", "a, d", "b, d"] {
        let query = format!("{pairs} return {groups}, count(*)");
        let found = numbers(&mut session, &query);
        assert_eq!(found.iter().sum::<i64>(), 5 * 4, "{query}");
    }
}

#[test]
fn a_walk_leaves_statements_to_others() {
    let mut session = session(5, &FEW);
    for query in [
        "match walk (a)-[:r]->(b), (a)-[:r]->(c) return count(*)",
        "match walk (a)-[:r]->{1,1}(b), (a)-[:r]->(c) return count(*)",
        "match (a)-[:r]->(c), walk (a)-[:r]->(b) return count(*)",
    ] {
        assert_eq!(numbers(&mut session, query), [1 + 4 + 1 + 1], "{query}");
    }
}

/// A hub that leads to a ring, and to one of its things so often that it cannot be marked.
#[test]
fn many_parallel_statements_are_no_detour() {
    const RING: usize = 4_000;
    let mut ends: Vec<(usize, usize)> = (1..=RING).map(|to| (0, to)).collect();
    ends.extend((1..=RING).map(|from| (from, from % RING + 1)));
    ends.extend([(0, 7); 300]);
    let mut session = session(RING + 1, &ends);
    session.rewrite = Rewrite::On;
    session.limits.set("steps", 200_000);
    for (query, wanted) in [
        // From the hub to what is before it or to 7, and on to what it leads to, 7 in 301 ways.
        (
            "match (a)-[:r]->(b)-[:r]->(c), (a)-[:r]->(c) return count(*)",
            RING as i64 + 300 * 2,
        ),
        (
            "match (a)-[:r]->(b)-[:r]->(d), (a)-[:r]->(c)-[:r]->(d) return count(*)",
            0,
        ),
    ] {
        let replies = session.query(query);
        let replies = replies.unwrap_or_else(|error| panic!("{query}: {error:?}"));
        let rows = &replies[0].answer.table.rows;
        assert_eq!(rows[0], [Value::Integer(wanted)], "{query}");
    }
}

/// A hub with more neighbours than are looked up together, and a ring of these.
#[test]
fn a_hub_is_looked_up_in_parts() {
    const RING: usize = 70_000;
    let mut ends: Vec<(usize, usize)> = (1..=RING).map(|to| (0, to)).collect();
    ends.extend((1..=RING).map(|from| (from, from % RING + 1)));
    ends.extend([(RING, 0), (1, 0)]);
    let mut session = session(RING + 1, &ends);
    for (query, wanted) in [
        // To the next of each, and back from the first and the last.
        (
            "match (a in n0)-[:r]->(b)-[:r]->(c) return count(*)",
            RING + 2,
        ),
        // The hub with each pair, and what leads back to it: 1 by 0 to 2, the last by 0 to 1, and
        // the last by 1 to 0.
        (
            "match (a)-[:r]->(b)-[:r]->(c), (a)-[:r]->(c) return count(*)",
            RING + 3,
        ),
        // Back to the hub by the first and the last, in either order.
        (
            "match (a in n0)-[:r]->(b)-[:r]->(d), (a)-[:r]->(c)-[:r]->(d) return count(*)",
            2,
        ),
    ] {
        let replies = session.query(query).unwrap();
        let rows = &replies[0].answer.table.rows;
        assert_eq!(rows[0], [Value::Integer(wanted as i64)], "{query}");
    }
}
