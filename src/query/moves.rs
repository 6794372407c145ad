//! In which order a pattern is walked: as it is written, or from where there is least to look at.
//!
//! The better order is greedy: of all moves that can be made, the one that is thought to leave the
//! fewest rows, as in the "greedy" join orders of System R's heirs (Moerkotte, "Building Query
//! Compilers", chapter 3). Ties go to what is written first, so that the order is the same always.

use crate::model::Snapshot;
use crate::query::ast::ComparisonSign;
use crate::query::bound::Expression;
use crate::query::bound::KindTest;
use crate::query::bound::Matching;
use crate::query::bound::Move;
use crate::query::bound::PatternEdge;
use crate::query::bound::Pick;
use crate::query::bound::SetId;
use crate::query::bound::Slot;

// What the figures below stand for is a guess where the graph has no statistics; they only have to
// put the moves in a good order, and `:explain` shows how far they are off.

/// A scan multiplies what comes behind it, and gives way to a walk that leaves as many rows.
const SCAN_WEIGHT: f64 = 1.5;

/// Which share of the rows a condition keeps.
const CONDITION_SHARE: f64 = 0.3;

/// Which share of the entities have a given value of a property.
const EQUAL_SHARE: f64 = 0.05;

/// Which share of the entities are in a set, and how many at most.
const SET_SHARE: f64 = 0.01;
const SET_MAX: f64 = 10.0;

/// How many steps of a repeated edge are reckoned with, and the fewest ways on from each.
const STEPS_MAX: u32 = 6;
const DEGREE_MIN: f64 = 1.5;

/// What a shortest path costs, as a share of all entities: with both its ends known, and with one.
/// From one all are searched together, and so few ends are gone through before, and many are not.
const SEARCH_BETWEEN: f64 = 0.5;
const SEARCH_FROM: f64 = 0.2;

/// To more ends than this, one search from the start is cheaper than one between each two.
const FEW_ENDS: f64 = 64.0;

/// Fills in the moves in the order of writing: paths one after the other, conditions at the end.
pub(super) fn as_written(matching: &mut Matching) {
    let mut moves = bound_first(matching);
    let mut is_bound = bound_nodes(matching);
    // Edges are in the order of writing; a node without any is bound where its turn comes.
    for (index, edge) in matching.edges.iter().enumerate() {
        scan_up_to(&mut moves, &mut is_bound, edge.left());
        moves.push(walk(edge, index, edge.left()));
        is_bound[other_end(edge, edge.left())] = true;
    }
    scan_up_to(&mut moves, &mut is_bound, matching.nodes.len());
    moves.extend((0..matching.paths.len()).map(Move::Path));
    moves.extend((0..matching.conditions.len()).map(Move::Test));
    matching.estimates = vec![f64::NAN; moves.len()];
    matching.moves = moves;
}

/// Binds every node up to `last` that is not bound, in the order of writing.
fn scan_up_to(moves: &mut Vec<Move>, is_bound: &mut [bool], last: usize) {
    for (node, is_bound) in is_bound.iter_mut().enumerate().take(last + 1) {
        if !std::mem::replace(is_bound, true) {
            moves.push(Move::Scan(node));
        }
    }
}

fn bound_nodes(matching: &Matching) -> Vec<bool> {
    matching.nodes.iter().map(|node| node.is_bound).collect()
}

fn bound_first(matching: &Matching) -> Vec<Move> {
    let bound = matching.nodes.iter().enumerate();
    let bound = bound.filter(|(_, node)| node.is_bound);
    bound.map(|(index, _)| Move::Fixed(index)).collect()
}

fn other_end(edge: &PatternEdge, end: usize) -> usize {
    if edge.from == end { edge.to } else { edge.from }
}

/// The move that walks an edge from the node `start`.
fn walk(edge: &PatternEdge, index: usize, start: usize) -> Move {
    // An edge from a node to itself is walked the way it is written.
    let is_backward = edge.from != start;
    Move::Walk(index, is_backward)
}

/// A greedy builder of moves.
struct Greedy<'a> {
    matching: &'a Matching,
    snapshot: &'a Snapshot,
    is_bound: Vec<bool>,
    is_walked: Vec<bool>,
    is_tested: Vec<bool>,
    is_traced: Vec<bool>,
    /// The slots that each condition reads and this clause binds.
    needs: Vec<Vec<Slot>>,
    /// The slots that the set of each node reads and this clause binds.
    node_needs: Vec<Vec<Slot>>,
    moves: Vec<Move>,
    estimates: Vec<f64>,
    rows: f64,
}

/// Fills in the moves in the order that is thought to be cheapest, each condition as soon as what
/// it reads is bound. Conditions that can fail stay at the end, in their order.
///
/// `reads` tells which slots a set reads.
pub(super) fn reorder(
    matching: &mut Matching,
    snapshot: &Snapshot,
    reads: &dyn Fn(SetId) -> Vec<Slot>,
) {
    let own: Vec<Slot> = matching.written.clone();
    let needs = matching.conditions.iter().map(|condition| {
        let mut slots = Vec::new();
        condition.visit(&mut |part| match part {
            Expression::Slot(slot) => slots.push(*slot),
            Expression::InSet(_, _, set, ..) | Expression::Set(set) => slots.extend(reads(*set)),
            _ => {}
        });
        slots.retain(|slot| own.contains(slot));
        slots
    });
    let node_needs = matching.nodes.iter().map(|node| {
        let mut slots = node.within.map_or(Vec::new(), reads);
        slots.retain(|slot| own.contains(slot));
        slots
    });
    let mut greedy = Greedy {
        needs: needs.collect(),
        node_needs: node_needs.collect(),
        is_bound: bound_nodes(matching),
        is_walked: vec![false; matching.edges.len()],
        is_tested: vec![false; matching.conditions.len()],
        is_traced: vec![false; matching.paths.len()],
        matching,
        snapshot,
        moves: Vec::new(),
        estimates: Vec::new(),
        rows: 1.0,
    };
    for step in bound_first(matching) {
        greedy.push(step, 1.0);
    }
    greedy.test();
    while greedy.step() {
        greedy.test();
    }
    let rest = (0..matching.conditions.len()).filter(|index| !greedy.is_tested[*index]);
    for condition in rest.collect::<Vec<_>>() {
        greedy.push(Move::Test(condition), 1.0);
    }
    let (moves, estimates) = (greedy.moves, greedy.estimates);
    matching.moves = moves;
    matching.estimates = estimates;
}

impl Greedy<'_> {
    fn push(&mut self, step: Move, factor: f64) {
        self.rows *= factor;
        self.moves.push(step);
        self.estimates.push(self.rows);
    }

    /// Makes the cheapest move; false if there is none.
    fn step(&mut self) -> bool {
        let mut best: Option<(f64, Move)> = None;
        let mut offer = |factor: f64, step: Move| {
            if best.is_none_or(|(known, _)| factor < known) {
                best = Some((factor, step));
            }
        };
        for (index, edge) in self.matching.edges.iter().enumerate() {
            if !self.is_walked[index] {
                for start in [edge.left(), other_end(edge, edge.left())] {
                    if self.is_bound[start] && self.can_bind(other_end(edge, start)) {
                        offer(self.walk_factor(edge, start), walk(edge, index, start));
                    }
                }
            }
        }
        for node in 0..self.matching.nodes.len() {
            if !self.is_bound[node] && self.can_bind(node) {
                offer(self.node_count(node) * SCAN_WEIGHT, Move::Scan(node));
            }
        }
        let Some((factor, step)) = best else {
            return false;
        };
        match step {
            Move::Scan(node) => {
                self.is_bound[node] = true;
                self.push(step, factor / SCAN_WEIGHT);
            }
            Move::Walk(edge, _) => {
                self.is_walked[edge] = true;
                self.is_bound[self.matching.edges[edge].from] = true;
                self.is_bound[self.matching.edges[edge].to] = true;
                self.push(step, factor);
            }
            other => unreachable!("{other:?} is not offered"),
        }
        true
    }

    /// Whether what the set of a node reads is there.
    fn can_bind(&self, node: usize) -> bool {
        self.node_needs[node]
            .iter()
            .all(|slot| self.is_there(*slot))
    }

    /// Adds the paths and safe conditions whose parts are all bound.
    fn test(&mut self) {
        for path in 0..self.matching.paths.len() {
            let edges = &self.matching.paths[path].edges;
            let nodes = &self.matching.paths[path].nodes;
            let is_whole = edges.iter().all(|edge| self.is_walked[*edge])
                && nodes.iter().all(|node| self.is_bound[*node]);
            if is_whole && !std::mem::replace(&mut self.is_traced[path], true) {
                self.push(Move::Path(path), 1.0);
            }
        }
        for condition in 0..self.matching.conditions.len() {
            let expression = &self.matching.conditions[condition];
            let is_ready = self.needs[condition]
                .iter()
                .all(|slot| self.is_there(*slot));
            if is_ready && !self.is_tested[condition] && expression.is_safe_condition() {
                self.is_tested[condition] = true;
                self.push(Move::Test(condition), CONDITION_SHARE);
            }
        }
    }

    fn is_there(&self, slot: Slot) -> bool {
        let nodes = self.matching.nodes.iter().zip(&self.is_bound);
        let edges = self.matching.edges.iter().zip(&self.is_walked);
        let paths = self.matching.paths.iter().zip(&self.is_traced);
        nodes.clone().any(|(node, is)| *is && node.slot == slot)
            || edges.clone().any(|(edge, is)| *is && edge.slot == slot)
            || paths
                .clone()
                .any(|(path, is)| *is && path.slot == Some(slot))
    }

    /// How many entities a node can be, by its kind, its set and conditions that are equalities.
    fn node_count(&self, node: usize) -> f64 {
        let all = self.snapshot.entity_count() as f64;
        let node = &self.matching.nodes[node];
        if node.within.is_some() || node.bearing.is_some() {
            return (all * SET_SHARE).clamp(1.0, SET_MAX);
        }
        let kinds = match &node.kinds {
            None => all,
            Some(test) => kind_share(test, self.snapshot) * all,
        };
        let equalities = self.matching.conditions.iter().filter(|condition| {
            let is_own = |value: &Expression| {
                matches!(value, Expression::Member(inner, _)
                    if **inner == Expression::Slot(node.slot))
            };
            match condition {
                Expression::Comparison(first, rest) => {
                    let is_equal = rest.iter().all(|(sign, _)| *sign == ComparisonSign::Equal);
                    is_equal && (is_own(first) || rest.iter().any(|(_, value)| is_own(value)))
                }
                _ => false,
            }
        });
        kinds * EQUAL_SHARE.powi(equalities.count() as i32) + 0.5
    }

    /// How many rows walking an edge from `start` makes of one.
    fn walk_factor(&self, edge: &PatternEdge, start: usize) -> f64 {
        let entities = (self.snapshot.entity_count() as f64).max(1.0);
        let statements: f64 = edge
            .along
            .relations()
            .map(|(relation, _)| self.snapshot.relation_count(relation) as f64)
            .sum();
        let degree = statements / entities;
        let end = other_end(edge, start);
        let share = match self.is_bound[end] {
            true => 1.0 / entities,
            false => self.node_count(end) / entities,
        };
        match (&edge.length, edge.pick) {
            (None, _) => degree * share,
            (Some(length), Pick::Every) => {
                let steps = length.max.min(STEPS_MAX);
                degree.max(DEGREE_MIN).powi(steps as i32) * share + 1.0
            }
            // A shortest path wants both its ends first, unless there are many of the other.
            (Some(_), _) if self.is_bound[end] => entities * SEARCH_BETWEEN,
            (Some(_), _) => match self.node_count(end) {
                few if few <= FEW_ENDS => entities * SEARCH_FROM,
                many => many.min(entities * SEARCH_FROM),
            },
        }
    }
}

/// Which share of the entities a test on kinds is thought to keep.
fn kind_share(test: &KindTest, snapshot: &Snapshot) -> f64 {
    let all = (snapshot.entity_count() as f64).max(1.0);
    match test {
        KindTest::Is(None) => 0.0,
        KindTest::Is(Some(kind)) => snapshot.kind_count(*kind) as f64 / all,
        KindTest::Not(test) => 1.0 - kind_share(test, snapshot),
        KindTest::All(tests) => {
            let shares = tests.iter().map(|test| kind_share(test, snapshot));
            shares.fold(1.0, f64::min)
        }
        KindTest::Any(tests) => {
            let shares = tests.iter().map(|test| kind_share(test, snapshot));
            shares.sum::<f64>().min(1.0)
        }
    }
}
