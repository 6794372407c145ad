//! Patterns: every assignment of nodes and of statements is tried, and what fits is kept.

use std::cmp::Ordering;

use kingraph::query::ast::EdgePattern;
use kingraph::query::ast::EdgeWay;
use kingraph::query::ast::Expression;
use kingraph::query::ast::ExpressionKind;
use kingraph::query::ast::KindTest;
use kingraph::query::ast::MatchClause;
use kingraph::query::ast::NodePattern;
use kingraph::query::ast::PathMode;
use kingraph::query::ast::PathPattern;

use crate::slow::Cell;
use crate::slow::Row;
use crate::slow::Slow;
use crate::slow::expression::find;
use crate::slow::value::equals;
use crate::slow::value::order;

/// What an edge is bound to: the statements of a way from its left end to its right one.
type Way = Vec<usize>;

impl Slow<'_> {
    /// The rows of a clause on one row, in order.
    pub(crate) fn matches(&self, clause: &MatchClause, row: &Row) -> Vec<Row> {
        let names = node_names(clause);
        let mut found: Vec<(Vec<Cell>, Row)> = Vec::new();
        for nodes in self.assignments(&names, row) {
            let node = |path: usize, place: usize| {
                let name = node_name(clause, path, place);
                let index = names.iter().position(|known| *known == name);
                nodes[index.expect("every node has a name")]
            };
            let mut choices: Vec<Vec<Way>> = Vec::new();
            for (index, path) in clause.patterns.iter().enumerate() {
                for (place, edge) in path.edges.iter().enumerate() {
                    let ends = (node(index, place), node(index, place + 1));
                    choices.push(self.ways(path, edge, ends, row));
                }
            }
            for ways in product(&choices) {
                if !is_trail(clause, &ways) {
                    continue;
                }
                let Some(bound) = self.bind(clause, &node, &ways, row) else {
                    continue;
                };
                if self.holds(clause, &bound, &node, &ways) {
                    found.push((self.key(clause, &node, &ways, &nodes), bound));
                }
            }
        }
        if found.is_empty() && clause.is_optional {
            return vec![unmatched(clause, row)];
        }
        found.sort_by(|(one, _), (other, _)| self.order_all(one, other));
        found.into_iter().map(|(_, row)| row).collect()
    }

    /// Every assignment of nodes to names; what the row binds already is fixed.
    fn assignments(&self, names: &[String], row: &Row) -> Vec<Vec<usize>> {
        let choices: Vec<Vec<usize>> = names
            .iter()
            .map(|name| match find(row, name) {
                None => (0..self.world.nodes.len()).collect(),
                Some(Cell::Node(node)) => vec![*node],
                Some(_) => Vec::new(),
            })
            .collect();
        product(&choices)
    }

    /// The ways of one edge between two nodes.
    fn ways(
        &self,
        path: &PathPattern,
        edge: &EdgePattern,
        (from, to): (usize, usize),
        row: &Row,
    ) -> Vec<Way> {
        let bound = edge
            .variable
            .as_ref()
            .and_then(|name| find(row, &name.text));
        let (least, most) = match &edge.length {
            None => (1, 1),
            Some(length) => {
                let most = length.max.map_or(usize::MAX, |most| most as usize);
                (length.min as usize, most)
            }
        };
        // A shortest way passes no entity twice but for the first, so it is never longer.
        let is_shortest = has(path, PathMode::Shortest) || has(path, PathMode::Any);
        let longest = match has(path, PathMode::Walk) && is_shortest {
            true => self.world.nodes.len(),
            false => self.world.edges.len(),
        };
        let may_repeat = has(path, PathMode::Walk);
        let most = if may_repeat && !is_shortest {
            most
        } else {
            most.min(longest)
        };
        let mut ways: Vec<(Way, Vec<usize>)> = vec![(Vec::new(), vec![from])];
        let mut fit = Vec::new();
        for steps in 0..=most {
            let here = ways.iter().filter(|(way, nodes)| {
                let is_bound = bound.is_none_or(|bound| {
                    way.iter().map(|edge| Cell::Edge(*edge)).eq([bound.clone()])
                });
                nodes.last() == Some(&to) && steps >= least && is_bound
            });
            fit.extend(here.cloned());
            if steps < most {
                let longer = ways
                    .iter()
                    .flat_map(|way| self.longer(edge, way, may_repeat, row));
                ways = longer.collect();
            }
        }
        fit.retain(|(_, nodes)| fits_mode(path, nodes));
        if is_shortest {
            self.shortest(&mut fit, has(path, PathMode::All));
        }
        fit.into_iter().map(|(way, _)| way).collect()
    }

    /// A way with one more step, for each statement that can be the step.
    fn longer(
        &self,
        edge: &EdgePattern,
        (way, nodes): &(Way, Vec<usize>),
        may_repeat: bool,
        row: &Row,
    ) -> Vec<(Way, Vec<usize>)> {
        let last = nodes[nodes.len() - 1];
        let mut found = Vec::new();
        for (index, statement) in self.world.edges.iter().enumerate() {
            let forward = (statement.source == last).then_some(statement.target);
            let backward = (statement.target == last).then_some(statement.source);
            let next = match edge.way {
                EdgeWay::Right => forward,
                EdgeWay::Left => backward,
                EdgeWay::Either => forward.or(backward),
            };
            let Some(next) = next else { continue };
            let is_free = may_repeat || !way.contains(&index);
            if is_free && self.is_step(edge, index, row) {
                let mut longer = (way.clone(), nodes.clone());
                longer.0.push(index);
                longer.1.push(next);
                found.push(longer);
            }
        }
        found
    }

    /// Whether a statement has the type, and in an edge with a quantifier all that is asked.
    fn is_step(&self, edge: &EdgePattern, statement: usize, row: &Row) -> bool {
        let kind = &self.world.edges[statement].kind;
        let mut kinds = edge.relations.iter();
        let is_kind = edge.relations.is_empty() || kinds.any(|name| name.text == *kind);
        if edge.length.is_none() {
            return is_kind;
        }
        let mut row = row.clone();
        if let Some(name) = &edge.variable {
            row.push((name.text.clone(), Cell::Edge(statement)));
        }
        is_kind
            && self.has_properties(edge.properties.as_ref(), &Cell::Edge(statement), &row)
            && self.is_true(edge.condition.as_ref(), &row)
    }

    /// Of ways between two ends, the shortest; all, or the first by names and then by statements.
    fn shortest(&self, ways: &mut Vec<(Way, Vec<usize>)>, wants_all: bool) {
        let Some(least) = ways.iter().map(|(way, _)| way.len()).min() else {
            return;
        };
        ways.retain(|(way, _)| way.len() == least);
        ways.sort_by(|(way, nodes), (other, others)| {
            let cells = |nodes: &[usize]| {
                nodes
                    .iter()
                    .map(|node| Cell::Node(*node))
                    .collect::<Vec<_>>()
            };
            let names = self.order_all(&cells(nodes), &cells(others));
            names.then_with(|| way.cmp(other))
        });
        if !wants_all {
            ways.truncate(1);
        }
    }

    /// The row with all names of a clause bound; none if the mode of a path forbids it.
    fn bind(
        &self,
        clause: &MatchClause,
        node: &impl Fn(usize, usize) -> usize,
        ways: &[Way],
        row: &Row,
    ) -> Option<Row> {
        let mut bound = row.clone();
        let mut ways = ways.iter();
        for (index, path) in clause.patterns.iter().enumerate() {
            let start = bound.len();
            let mut nodes = vec![node(index, 0)];
            let mut statements = Vec::new();
            bind_node(&mut bound, &path.nodes[0], nodes[0]);
            for (place, edge) in path.edges.iter().enumerate() {
                let way = ways.next().expect("every edge has a way");
                if let Some(name) = &edge.variable
                    && find(&bound, &name.text).is_none()
                {
                    bound.push((name.text.clone(), edge_cell(edge, way)));
                }
                bind_node(&mut bound, &path.nodes[place + 1], node(index, place + 1));
                for statement in way {
                    nodes.push(self.far_end(*statement, nodes[nodes.len() - 1]));
                }
                statements.extend(way);
            }
            if !fits_mode(path, &nodes) {
                return None;
            }
            if let Some(name) = &path.variable {
                bound.insert(start, (name.text.clone(), Cell::Path(nodes, statements)));
            }
        }
        Some(bound)
    }

    fn far_end(&self, statement: usize, near: usize) -> usize {
        let edge = &self.world.edges[statement];
        if edge.source == near {
            edge.target
        } else {
            edge.source
        }
    }

    /// Whether kinds, properties and conditions hold for a row.
    fn holds(
        &self,
        clause: &MatchClause,
        row: &Row,
        node: &impl Fn(usize, usize) -> usize,
        ways: &[Way],
    ) -> bool {
        let mut ways = ways.iter();
        for (index, path) in clause.patterns.iter().enumerate() {
            for (place, pattern) in path.nodes.iter().enumerate() {
                let here = node(index, place);
                let labels = &self.world.nodes[here].labels;
                let fits = pattern
                    .kinds
                    .as_ref()
                    .is_none_or(|test| is_kind(test, labels))
                    && self.has_properties(pattern.properties.as_ref(), &Cell::Node(here), row)
                    && pattern
                        .within
                        .as_ref()
                        .is_none_or(|set| self.set(set).contains(&here))
                    && self.is_true(pattern.condition.as_ref(), row);
                if !fits {
                    return false;
                }
            }
            for edge in &path.edges {
                let cell = edge_cell(edge, ways.next().expect("every edge has a way"));
                let fits = edge.length.is_some()
                    || self.has_properties(edge.properties.as_ref(), &cell, row)
                        && self.is_true(edge.condition.as_ref(), row);
                if !fits {
                    return false;
                }
            }
        }
        self.is_true(clause.condition.as_ref(), row)
    }

    fn is_true(&self, condition: Option<&Expression>, row: &Row) -> bool {
        condition.is_none_or(|condition| self.value(condition, row, None) == Cell::Bool(true))
    }

    fn has_properties(&self, wanted: Option<&Expression>, of: &Cell, row: &Row) -> bool {
        let Some(wanted) = wanted else { return true };
        let ExpressionKind::Map(entries) = &wanted.kind else {
            panic!("{wanted:?} is no map")
        };
        entries.iter().all(|(name, value)| {
            let value = self.value(value, row, None);
            equals(&self.property(of, &name.text), &value) == Some(true)
        })
    }

    /// What matches are ordered by: their entities, then the rest, in the order of writing.
    fn key(
        &self,
        clause: &MatchClause,
        node: &impl Fn(usize, usize) -> usize,
        ways: &[Way],
        nodes: &[usize],
    ) -> Vec<Cell> {
        let mut key: Vec<Cell> = nodes.iter().map(|node| Cell::Node(*node)).collect();
        let mut ways = ways.iter();
        for (index, path) in clause.patterns.iter().enumerate() {
            let mut along = vec![node(index, 0)];
            let mut statements = Vec::new();
            for edge in &path.edges {
                let way = ways.next().expect("every edge has a way");
                key.push(edge_cell(edge, way));
                for statement in way {
                    along.push(self.far_end(*statement, along[along.len() - 1]));
                }
                statements.extend(way);
            }
            key.push(Cell::Path(along, statements));
        }
        key
    }

    pub(crate) fn order_all(&self, one: &[Cell], other: &[Cell]) -> Ordering {
        let pairs = one.iter().zip(other);
        let mut orders = pairs.map(|(one, other)| order(self.world, one, other));
        orders
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

/// The names of the nodes of a clause, in the order of writing; those without get one.
fn node_names(clause: &MatchClause) -> Vec<String> {
    let mut names = Vec::new();
    for (index, path) in clause.patterns.iter().enumerate() {
        for place in 0..path.nodes.len() {
            let name = node_name(clause, index, place);
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

fn node_name(clause: &MatchClause, path: usize, place: usize) -> String {
    match &clause.patterns[path].nodes[place].variable {
        Some(name) => name.text.clone(),
        None => format!("node {place} of path {path}"),
    }
}

fn bind_node(row: &mut Row, pattern: &NodePattern, node: usize) {
    if let Some(name) = &pattern.variable
        && find(row, &name.text).is_none()
    {
        row.push((name.text.clone(), Cell::Node(node)));
    }
}

fn edge_cell(edge: &EdgePattern, way: &[usize]) -> Cell {
    match edge.length {
        None => Cell::Edge(way[0]),
        Some(_) => Cell::List(way.iter().map(|statement| Cell::Edge(*statement)).collect()),
    }
}

/// A row without a match: nulls for the names of the clause.
fn unmatched(clause: &MatchClause, row: &Row) -> Row {
    let mut row = row.clone();
    let mut add = |name: &Option<kingraph::query::ast::Name>| {
        if let Some(name) = name
            && find(&row, &name.text).is_none()
        {
            row.push((name.text.clone(), Cell::Null));
        }
    };
    for path in &clause.patterns {
        add(&path.variable);
        add(&path.nodes[0].variable);
        for (edge, node) in path.edges.iter().zip(&path.nodes[1..]) {
            add(&edge.variable);
            add(&node.variable);
        }
    }
    row
}

fn is_kind(test: &KindTest, labels: &[String]) -> bool {
    match test {
        KindTest::Is(name) => labels.contains(&name.text),
        KindTest::Not(test) => !is_kind(test, labels),
        KindTest::All(tests) => tests.iter().all(|test| is_kind(test, labels)),
        KindTest::Any(tests) => tests.iter().any(|test| is_kind(test, labels)),
    }
}

fn has(path: &PathPattern, mode: PathMode) -> bool {
    path.modes.iter().any(|(known, _)| *known == mode)
}

/// Whether no entity is twice on a path where its mode forbids that.
fn fits_mode(path: &PathPattern, nodes: &[usize]) -> bool {
    let is_closed = nodes.len() > 1 && nodes.first() == nodes.last();
    let inner = match has(path, PathMode::Simple) && is_closed {
        true => &nodes[1..],
        false => nodes,
    };
    let mut sorted = inner.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let is_strict = has(path, PathMode::Acyclic) || has(path, PathMode::Simple);
    !is_strict || sorted.len() == inner.len()
}

/// Whether no statement is used twice in a clause, but for paths that are walks.
fn is_trail(clause: &MatchClause, ways: &[Way]) -> bool {
    let edges = clause.patterns.iter().flat_map(|path| {
        let is_walk = has(path, PathMode::Walk);
        path.edges.iter().map(move |_| is_walk)
    });
    let used: Vec<usize> = edges
        .zip(ways)
        .filter(|(is_walk, _)| !is_walk)
        .flat_map(|(_, way)| way.iter().copied())
        .collect();
    let mut sorted = used.clone();
    sorted.sort_unstable();
    sorted.dedup();
    sorted.len() == used.len()
}

/// Every choice of one from each.
pub(crate) fn product<T: Clone>(choices: &[Vec<T>]) -> Vec<Vec<T>> {
    choices.iter().fold(vec![Vec::new()], |known, choice| {
        let longer = known.iter().flat_map(|known| {
            choice.iter().map(|one| {
                let mut longer = known.clone();
                longer.push(one.clone());
                longer
            })
        });
        longer.collect()
    })
}
