//! Values: when they are equal, the same, less, and which comes first.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::slow::World;

/// A value; nodes and edges are places in the world.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Node(usize),
    Edge(usize),
    List(Vec<Cell>),
    Map(BTreeMap<String, Cell>),
    Path(Vec<usize>, Vec<usize>),
    /// More than one value that a relation or property of a node has: it stands for each.
    Several(Vec<Cell>),
}

/// A truth value; none is null.
pub(crate) type Truth = Option<bool>;

impl Cell {
    pub(crate) fn of(truth: Truth) -> Cell {
        truth.map_or(Cell::Null, Cell::Bool)
    }

    pub(crate) fn truth(&self) -> Truth {
        match self {
            Cell::Null => None,
            Cell::Bool(truth) => Some(*truth),
            other => panic!("{other:?} is no condition"),
        }
    }

    /// None, one, or several values.
    pub(crate) fn several(mut cells: Vec<Cell>) -> Cell {
        match cells.len() {
            0 => Cell::Null,
            1 => cells.remove(0),
            _ => Cell::Several(cells),
        }
    }

    /// The values that it stands for.
    pub(crate) fn each(self) -> Vec<Cell> {
        match self {
            Cell::Several(cells) => cells,
            cell => vec![cell],
        }
    }

    /// As it is in a column: several values are a list there.
    pub(crate) fn in_column(self) -> Cell {
        match self {
            Cell::Several(cells) => Cell::List(cells),
            cell => cell,
        }
    }

    /// Whether a test holds for any of the values that it stands for.
    pub(crate) fn any(&self, test: impl Fn(&Cell) -> Truth) -> Truth {
        let truths: Vec<Truth> = self.clone().each().iter().map(test).collect();
        or(&truths)
    }

    fn number(&self) -> Option<f64> {
        match self {
            Cell::Int(number) => Some(*number as f64),
            Cell::Float(number) => Some(*number),
            _ => None,
        }
    }
}

pub(crate) fn not(truth: Truth) -> Truth {
    truth.map(|truth| !truth)
}

/// False if any is false, else null if any is null, else true.
pub(crate) fn and(truths: &[Truth]) -> Truth {
    if truths.contains(&Some(false)) {
        Some(false)
    } else if truths.contains(&None) {
        None
    } else {
        Some(true)
    }
}

/// True if any is true, else null if any is null, else false.
pub(crate) fn or(truths: &[Truth]) -> Truth {
    if truths.contains(&Some(true)) {
        Some(true)
    } else if truths.contains(&None) {
        None
    } else {
        Some(false)
    }
}

/// Null if any is null, else whether an odd number is true.
pub(crate) fn xor(truths: &[Truth]) -> Truth {
    if truths.contains(&None) {
        None
    } else {
        Some(truths.iter().filter(|truth| **truth == Some(true)).count() % 2 == 1)
    }
}

/// `=`.
pub(crate) fn equals(left: &Cell, right: &Cell) -> Truth {
    match (left, right) {
        (Cell::Null, _) | (_, Cell::Null) => None,
        (Cell::List(left), Cell::List(right)) => {
            if left.len() != right.len() {
                return Some(false);
            }
            let pairs = left.iter().zip(right);
            let truths: Vec<Truth> = pairs.map(|(left, right)| equals(left, right)).collect();
            and(&truths)
        }
        (Cell::Map(left), Cell::Map(right)) => {
            if !left.keys().eq(right.keys()) {
                return Some(false);
            }
            let pairs = left.values().zip(right.values());
            let truths: Vec<Truth> = pairs.map(|(left, right)| equals(left, right)).collect();
            and(&truths)
        }
        _ => match (left.number(), right.number()) {
            (Some(left), Some(right)) => Some(left == right),
            _ => Some(left == right),
        },
    }
}

/// Whether two values are one group, and doubles: as equal, but null is the same as null.
pub(crate) fn same(left: &Cell, right: &Cell) -> bool {
    match (left, right) {
        (Cell::Null, Cell::Null) => true,
        (Cell::List(left), Cell::List(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| same(left, right))
        }
        (Cell::Map(left), Cell::Map(right)) => {
            left.keys().eq(right.keys())
                && left
                    .values()
                    .zip(right.values())
                    .all(|(left, right)| same(left, right))
        }
        _ => equals(left, right) == Some(true),
    }
}

/// How two values stand by `<`; none for null and for different types.
pub(crate) fn compare(left: &Cell, right: &Cell) -> Option<Ordering> {
    match (left, right) {
        (Cell::Text(left), Cell::Text(right)) => Some(left.chars().cmp(right.chars())),
        (Cell::Bool(left), Cell::Bool(right)) => Some(left.cmp(right)),
        (Cell::List(left), Cell::List(right)) => {
            for (left, right) in left.iter().zip(right) {
                match equals(left, right) {
                    Some(true) => {}
                    Some(false) => return compare(left, right),
                    None => return None,
                }
            }
            Some(left.len().cmp(&right.len()))
        }
        _ => left.number()?.partial_cmp(&right.number()?),
    }
}

/// The place of a type in `order by`.
fn place(cell: &Cell) -> usize {
    match cell {
        Cell::Map(_) => 0,
        Cell::Node(_) => 1,
        Cell::Edge(_) => 2,
        Cell::List(_) | Cell::Several(_) => 3,
        Cell::Path(..) => 4,
        Cell::Text(_) => 5,
        Cell::Bool(_) => 6,
        Cell::Int(_) | Cell::Float(_) => 7,
        Cell::Null => 8,
    }
}

/// The order of `order by`, ascending; of equal numbers the whole one comes first.
pub(crate) fn order(world: &World, left: &Cell, right: &Cell) -> Ordering {
    let rank = |node: &usize| world.nodes[*node].rank();
    match (left, right) {
        (Cell::Bool(left), Cell::Bool(right)) => left.cmp(right),
        (Cell::Text(left), Cell::Text(right)) => left.chars().cmp(right.chars()),
        (Cell::Node(left), Cell::Node(right)) => rank(left).cmp(&rank(right)),
        (Cell::Edge(left), Cell::Edge(right)) => left.cmp(right),
        (Cell::List(left), Cell::List(right)) => {
            let pairs = left.iter().zip(right);
            let differs = pairs.map(|(left, right)| order(world, left, right));
            first(differs).then(left.len().cmp(&right.len()))
        }
        (Cell::Map(left), Cell::Map(right)) => {
            let pairs = left.iter().zip(right);
            let differs = pairs.map(|((name, left), (other, right))| {
                name.cmp(other).then_with(|| order(world, left, right))
            });
            first(differs).then(left.len().cmp(&right.len()))
        }
        (Cell::Path(nodes, edges), Cell::Path(others, further)) => {
            let nodes = nodes.iter().zip(others);
            let nodes: Vec<Ordering> = nodes.map(|(a, b)| rank(a).cmp(&rank(b))).collect();
            let edges = edges.iter().zip(further).map(|(a, b)| a.cmp(b));
            // From start to end: an entity, the statement behind it, the next entity.
            let mut steps = vec![nodes[0]];
            for (edge, node) in edges.zip(&nodes[1..]) {
                steps.extend([edge, *node]);
            }
            first(steps.into_iter()).then_with(|| length(left).cmp(&length(right)))
        }
        _ => {
            let numbers = match (left.number(), right.number()) {
                (Some(left), Some(right)) => left.partial_cmp(&right).expect("no NaN"),
                _ => Ordering::Equal,
            };
            let is_float = |cell: &Cell| matches!(cell, Cell::Float(_));
            let places = place(left).cmp(&place(right));
            places
                .then(numbers)
                .then(is_float(left).cmp(&is_float(right)))
        }
    }
}

fn length(cell: &Cell) -> usize {
    match cell {
        Cell::Path(nodes, _) => nodes.len(),
        _ => 0,
    }
}

fn first(mut orders: impl Iterator<Item = Ordering>) -> Ordering {
    orders
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}
