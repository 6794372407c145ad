//! In which order the nodes of a join are bound.

use crate::model::stable;
use crate::query::bound::Expression;
use crate::query::bound::Matching;
use crate::query::bound::Mode;
use crate::query::bound::Move;
use crate::query::bound::PatternEdge;
use crate::query::join::stored;

/// Another node than the one with the least to look at is bound first only where that costs no more
/// than so many times as many entities.
const DETOUR: f64 = 16.0;

/// The nodes in the order in which they are bound: that of the moves, or from `wanted` on, if that
/// is not much more to look at.
pub(super) fn order(matching: &Matching, wanted: Option<usize>, entities: usize) -> Vec<usize> {
    let mut order = Vec::new();
    for step in &matching.moves {
        let ends = match step {
            Move::Scan(node) => [*node; 2],
            Move::Walk(edge, _) => [matching.edges[*edge].from, matching.edges[*edge].to],
            Move::Fixed(_) | Move::Test(_) | Move::Path(_) => continue,
        };
        for end in ends {
            if !order.contains(&end) {
                order.push(end);
            }
        }
    }
    let first = matching.estimates.first().copied().unwrap_or(0.0);
    let is_cheap = first * DETOUR >= entities as f64;
    let Some(wanted) = wanted.filter(|_| is_cheap) else {
        return order;
    };
    let mut found = vec![wanted];
    while found.len() < order.len() {
        let ties = |node: &usize| {
            let leads = |edge: &&PatternEdge| {
                edge.from == *node && found.contains(&edge.to)
                    || edge.to == *node && found.contains(&edge.from)
            };
            matching.edges.iter().filter(leads).count()
        };
        let left = order.iter().filter(|node| !found.contains(node));
        // Of those with as many, the first.
        let next = left.rev().max_by_key(|node| ties(node));
        found.push(*next.expect("a node is left"));
    }
    found
}

/// The order with twins at its end, and where these begin: a node, the one behind it, and a twin
/// of the first between the same two. Both twins are asked the same, and nobody looks at any of
/// the three.
pub(super) fn with_twins(
    matching: &Matching,
    order: &[usize],
    shown: &[usize],
) -> Option<Vec<usize>> {
    let nodes = 0..matching.nodes.len();
    let pairs = nodes
        .clone()
        .flat_map(|one| (one + 1..nodes.end).map(move |twin| (one, twin)));
    for (one, twin) in pairs {
        let Some((start, end)) = between(matching, order, one, twin) else {
            continue;
        };
        let last = [one, end, twin];
        if last.iter().any(|node| shown.contains(node)) || last.contains(&start) {
            continue;
        }
        let rest = order.iter().filter(|node| !last.contains(node));
        return Some(rest.chain(&last).copied().collect());
    }
    None
}

/// The two nodes between which both of two nodes lie, in the same way and with no other edge; the
/// one that is bound first is the first.
fn between(
    matching: &Matching,
    order: &[usize],
    one: usize,
    twin: usize,
) -> Option<(usize, usize)> {
    let is_plain = |node: usize| {
        let slot = matching.nodes[node].slot;
        let mut is_plain = matching.nodes[node].within.is_none();
        for condition in &matching.conditions {
            condition.visit(&mut |part| is_plain &= *part != Expression::Slot(slot));
        }
        is_plain
    };
    let is_alike = matching.nodes[one].kinds == matching.nodes[twin].kinds;
    if !is_alike || !is_plain(one) || !is_plain(twin) {
        return None;
    }
    // An end, the relations, and whether they lead there.
    let arms = |node: usize| {
        let edges = matching.edges.iter().filter_map(stored);
        let arms = edges.filter_map(|(relations, subject, object)| match (subject, object) {
            _ if subject != node && object != node => None,
            _ if subject == node => Some((object, relations, true)),
            _ => Some((subject, relations, false)),
        });
        let mut arms: Vec<_> = arms.collect();
        stable::sort_by_key(&mut arms, |(end, ..)| {
            order.iter().position(|node| node == end)
        });
        arms
    };
    let own = arms(one);
    let [first, second] = own.as_slice() else {
        return None;
    };
    // Of these relations no other edge may use up a statement.
    let is_alone = matching
        .edges
        .iter()
        .filter_map(stored)
        .all(|(relations, subject, object)| {
            let is_arm = [subject, object]
                .iter()
                .any(|node| [one, twin].contains(node));
            is_arm || ![&first.1, &second.1].contains(&&relations)
        });
    let ends_free = |node: usize| arms(node).len() == 2;
    let is_through = first.1 != second.1 || first.2 != second.2;
    let is_trail = matching.edges.iter().all(|edge| edge.mode == Mode::Trail);
    let fits = own == arms(twin)
        && first.0 != second.0
        && ends_free(second.0)
        && ![first.0, second.0].contains(&twin)
        && is_through
        && is_alone
        && is_trail;
    fits.then_some((first.0, second.0))
}
