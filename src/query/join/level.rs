//! The levels of a join: which edges and conditions each has.

use crate::model::RelationId;
use crate::query::ast::ComparisonSign;
use crate::query::bound::Check;
use crate::query::bound::Expression;
use crate::query::bound::Level;
use crate::query::bound::Matching;
use crate::query::bound::Mode;
use crate::query::bound::Move;
use crate::query::bound::Tie;
use crate::query::join::stored;

/// The levels in this order, each with what can be asked once its node is bound.
pub(super) fn levels(matching: &Matching, order: &[usize]) -> Vec<Level> {
    let place = |node: usize| order.iter().position(|found| *found == node);
    let level = |node: &usize| Level {
        node: *node,
        ties: Vec::new(),
        own: Vec::new(),
        checks: Vec::new(),
        cut: None,
        estimate: estimate(matching, *node),
    };
    let mut levels: Vec<Level> = order.iter().map(level).collect();
    let mut before: Vec<(Vec<RelationId>, usize, usize)> = Vec::new();
    for depth in 0..levels.len() {
        for (edge, pattern) in matching.edges.iter().enumerate() {
            let (relations, subject, object) = stored(pattern).expect("the clause fits");
            let node = order[depth];
            if place(subject).max(place(object)) != Some(depth) {
                continue;
            }
            let is_rival = |known: &&(Vec<RelationId>, usize, usize)| {
                known.0 == relations && pattern.mode != Mode::Walk
            };
            let rivals = before
                .iter()
                .filter(is_rival)
                .map(|known| (known.1, known.2));
            levels[depth].ties.push(Tie {
                edge,
                bound: if object == node { subject } else { object },
                is_outward: object == node,
                relations: relations.clone(),
                rivals: rivals.collect(),
            });
            before.push((relations, subject, object));
        }
    }
    for (index, condition) in matching.conditions.iter().enumerate() {
        place_condition(matching, (index, condition), order, &mut levels);
    }
    levels
}

/// How many rows binding a node was thought to leave.
fn estimate(matching: &Matching, node: usize) -> f64 {
    let binds = |step: &Move| match step {
        Move::Scan(found) => *found == node,
        Move::Walk(edge, _) => {
            [matching.edges[*edge].from, matching.edges[*edge].to].contains(&node)
        }
        _ => false,
    };
    let first = matching.moves.iter().position(binds);
    first.map_or(f64::NAN, |first| matching.estimates[first])
}

/// Puts a condition where all that it reads is bound; one that can fail at the very end.
fn place_condition(
    matching: &Matching,
    (index, condition): (usize, &Expression),
    order: &[usize],
    levels: &mut [Level],
) {
    let mut depths = Vec::new();
    condition.visit(&mut |part| {
        if let Expression::Slot(slot) = part {
            let is_it = |node: &usize| matching.nodes[*node].slot == *slot;
            depths.extend(order.iter().position(is_it));
        }
    });
    depths.sort_unstable();
    depths.dedup();
    let last = levels.len() - 1;
    match depths.as_slice() {
        _ if !condition.is_safe_condition() => levels[last].checks.push(Check::Holds(index)),
        [] => levels[0].own.push(index),
        [depth] => levels[*depth].own.push(index),
        [first, depth] => {
            let check = match identity(condition) {
                Some(is_same) => Check::Same(order[*first], is_same),
                None => Check::Holds(index),
            };
            levels[*depth].checks.push(check);
        }
        [.., depth] => levels[*depth].checks.push(Check::Holds(index)),
    }
}

/// Whether two variables must hold the same entity; none if something else is asked.
fn identity(condition: &Expression) -> Option<bool> {
    let Expression::Comparison(first, rest) = condition else {
        return None;
    };
    match (&**first, rest.as_slice()) {
        (Expression::Slot(_), [(ComparisonSign::Equal, Expression::Slot(_))]) => Some(true),
        (Expression::Slot(_), [(ComparisonSign::Unequal, Expression::Slot(_))]) => Some(false),
        _ => None,
    }
}

/// Whether the levels behind `depth` ask of what is bound for its entity only, and of which nodes
/// only whether theirs is another.
pub(super) fn cut(levels: &[Level], depth: usize) -> Option<Vec<usize>> {
    let own = levels[depth].node;
    let earlier: Vec<usize> = levels[..depth].iter().map(|level| level.node).collect();
    let mut guards = Vec::new();
    for level in &levels[depth + 1..] {
        let has_condition = level.checks.iter().any(|check| match check {
            Check::Same(node, _) => earlier.contains(node),
            Check::Holds(_) => true,
        });
        if has_condition || level.ties.iter().any(|tie| earlier.contains(&tie.bound)) {
            return None;
        }
        for tie in &level.ties {
            for (subject, object) in &tie.rivals {
                let is_inside = |node: &usize| *node != own && !earlier.contains(node);
                if is_inside(subject) || is_inside(object) {
                    continue;
                }
                // A statement between two nodes bound by now can be this edge only if it shares
                // the end that is bound.
                let shared = if tie.is_outward { *subject } else { *object };
                match tie.bound == own && shared != own {
                    true => guards.push(shared),
                    false => return None,
                }
            }
        }
    }
    guards.sort_unstable();
    guards.dedup();
    Some(guards)
}
