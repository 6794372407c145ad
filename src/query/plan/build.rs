//! Builds plans: a node planned twice under the same filter is one operator.

use std::collections::HashMap;

use crate::model::Along;
use crate::model::Direction;
use crate::model::Filter;
use crate::model::LINEAGE;
use crate::model::Schema;
use crate::query::bound::ContextChange;
use crate::query::bound::NodeId;
use crate::query::bound::NodeKind;
use crate::query::bound::Query;
use crate::query::bound::Rows;
use crate::query::bound::Step;
use crate::query::function::Arguments;
use crate::query::function::Does;
use crate::query::moves;
use crate::query::plan::FilterId;
use crate::query::plan::Operator;
use crate::query::plan::OperatorId;
use crate::query::plan::Pipeline;
use crate::query::plan::Plan;
use crate::query::plan::PlannedSet;

/// Builds the plan of the node `root`.
pub fn plan(query: &Query, root: NodeId, schema: &Schema) -> Plan {
    plan_within(query, root, schema, Filter::default())
}

/// Builds the plan of a node that is read through a filter.
fn plan_within(query: &Query, root: NodeId, schema: &Schema, filter: Filter) -> Plan {
    let mut planner = Planner {
        query,
        schema,
        operators: Vec::new(),
        filters: vec![filter],
        filter: FilterId(0),
        known: HashMap::new(),
    };
    // The contexts of the whole query are the first filter, so that the answer is shown in them.
    let mut node = root;
    while let NodeKind::Within(input, changes) = &query.nodes[node.0].kind {
        planner.filters[0] = changed(&planner.filters[0], changes);
        node = *input;
    }
    let root = planner.all(node);
    Plan {
        operators: planner.operators,
        filters: planner.filters,
        root,
    }
}

/// Collects operators; a node planned twice under the same filter is one operator.
#[derive(Debug)]
pub struct Planner<'a> {
    query: &'a Query,
    schema: &'a Schema,
    operators: Vec<(Operator, FilterId)>,
    filters: Vec<Filter>,
    filter: FilterId,
    known: HashMap<(NodeId, FilterId), OperatorId>,
}

impl Planner<'_> {
    /// Adds an operator, under the filter in force.
    pub fn add(&mut self, operator: Operator) -> OperatorId {
        self.operators.push((operator, self.filter));
        OperatorId(self.operators.len() - 1)
    }

    /// The operator for a node that the node being planned reads.
    pub fn set(&mut self, node: NodeId) -> OperatorId {
        *self
            .known
            .get(&(node, self.filter))
            .expect("what a node reads is planned before it")
    }

    /// The operator for a node that must have exactly one entity.
    pub fn one(&mut self, node: NodeId) -> OperatorId {
        let span = self.query.nodes[node.0].span;
        let input = self.set(node);
        self.add(Operator::One { input, span })
    }

    /// Every relation, in its stored direction.
    pub fn everything(&self) -> Along {
        Along::everything(self.schema)
    }

    /// `via`, or the group `lineage` if it is not given.
    pub fn lineage_unless(&self, via: Option<&Along>) -> Along {
        via.cloned()
            .unwrap_or_else(|| Along::group(self.schema, LINEAGE))
    }

    /// Plans a node and everything it reads, without recursion: a text may nest as deep as it is
    /// long, by steps, operators and definitions.
    fn all(&mut self, root: NodeId) -> OperatorId {
        let mut open = vec![(root, self.filter)];
        while let Some((node, filter)) = open.last().copied() {
            if self.known.contains_key(&(node, filter)) {
                open.pop();
                continue;
            }
            let before = open.len();
            for read in self.reads(node, filter) {
                if !self.known.contains_key(&read) {
                    open.push(read);
                }
            }
            if open.len() == before {
                self.filter = filter;
                let operator = self.node(node);
                self.known.insert((node, filter), operator);
            }
        }
        self.filter = FilterId(0);
        self.set(root)
    }

    /// The nodes that a node reads, and the filter each is read through.
    fn reads(&mut self, node: NodeId, filter: FilterId) -> Vec<(NodeId, FilterId)> {
        let query = self.query;
        let kind = &query.nodes[node.0].kind;
        let filter = match kind {
            NodeKind::Within(_, changes) => self.within(filter, changes),
            _ => filter,
        };
        let mut reads = kind.reads();
        if let NodeKind::Rows(rows) = kind {
            let shared = rows
                .sets
                .iter()
                .filter(|set| !query.nodes[set.0].is_correlated);
            reads.extend(shared);
        }
        reads.into_iter().map(|node| (node, filter)).collect()
    }

    /// The filter with contexts put in the place of its own.
    fn within(&mut self, filter: FilterId, changes: &[ContextChange]) -> FilterId {
        let filter = changed(&self.filters[filter.0], changes);
        let known = self.filters.iter().position(|known| *known == filter);
        FilterId(known.unwrap_or_else(|| {
            self.filters.push(filter);
            self.filters.len() - 1
        }))
    }

    fn node(&mut self, node: NodeId) -> OperatorId {
        let query = self.query;
        match &query.nodes[node.0].kind {
            NodeKind::Entity(entity) => self.add(Operator::Entities(vec![*entity])),
            NodeKind::Pattern(selector) => self.add(Operator::Select(selector.clone())),
            NodeKind::Union(nodes) => {
                let inputs = nodes.iter().map(|node| self.set(*node)).collect();
                self.add(Operator::Union(inputs))
            }
            NodeKind::Intersection(nodes) => {
                let inputs = nodes.iter().map(|node| self.set(*node)).collect();
                self.add(Operator::Intersection(inputs))
            }
            NodeKind::Difference(first, others) => {
                let first = self.set(*first);
                let others = others.iter().map(|node| self.set(*node)).collect();
                self.add(Operator::Difference(first, others))
            }
            NodeKind::Step(input, along) => {
                let input = self.set(*input);
                let (along, direction) = (along.clone(), Direction::Forward);
                self.add(Operator::Expand {
                    input,
                    along,
                    direction,
                })
            }
            NodeKind::Values(input, property) => {
                let input = self.set(*input);
                self.add(Operator::Values {
                    input,
                    property: *property,
                })
            }
            NodeKind::Call(function, arguments) => match function.does {
                Does::Operators(plan) => plan(self, &Arguments(arguments)),
                other => unreachable!("resolve calls only set functions, not {other:?}"),
            },
            NodeKind::Within(input, changes) => {
                let filter = self.within(self.filter, changes);
                self.known[&(*input, filter)]
            }
            NodeKind::Outer(slot) => self.add(Operator::Outer(*slot)),
            NodeKind::Parameter(parameter) => self.add(Operator::Parameter(*parameter)),
            NodeKind::Compare(sets, aspects) => {
                let inputs = sets.iter().map(|set| self.set(*set)).collect();
                let aspects = aspects.clone();
                self.add(Operator::Compare { inputs, aspects })
            }
            NodeKind::UnionRows(parts, keeps_doubles) => {
                let inputs = parts.iter().map(|part| self.set(*part)).collect();
                let keeps_doubles = *keeps_doubles;
                self.add(Operator::UnionRows {
                    inputs,
                    keeps_doubles,
                })
            }
            NodeKind::Rows(rows) => self.rows(rows),
        }
    }
}

impl Planner<'_> {
    fn rows(&mut self, rows: &Rows) -> OperatorId {
        let query = self.query;
        let input = rows.input.as_ref().map(|(node, _)| self.set(*node));
        let sets = rows.sets.iter().map(|set| {
            if !query.nodes[set.0].is_correlated {
                return PlannedSet::Shared(self.set(*set));
            }
            let filter = self.filters[self.filter.0].clone();
            PlannedSet::Nested(Box::new(plan_within(query, *set, self.schema, filter)))
        });
        let sets = sets.collect();
        let mut rows = rows.clone();
        for steps in std::iter::once(&mut rows.steps).chain(&mut rows.subqueries) {
            for step in steps {
                if let Step::Match(matching) = step {
                    moves::as_written(matching);
                }
            }
        }
        let pipeline = Pipeline {
            number: self.operators.len(),
            input,
            rows,
            sets,
        };
        self.add(Operator::Rows(Box::new(pipeline)))
    }
}

/// A filter with contexts put in the place of its own.
fn changed(filter: &Filter, changes: &[ContextChange]) -> Filter {
    let mut filter = filter.clone();
    for change in changes {
        match change {
            ContextChange::AsOf(date) => {
                filter.as_of = date.last();
                filter.during = None;
            }
            ContextChange::During(start, end) => {
                filter.during = Some((start.first(), end.last()));
                filter.as_of = None;
            }
            ContextChange::IncludingDoubtful => filter.is_doubtful = true,
            ContextChange::Certainly => filter.is_certain = true,
            ContextChange::AccordingTo(sources) => filter.sources = Some(sources.clone()),
        }
    }
    filter
}
