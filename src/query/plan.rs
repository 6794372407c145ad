//! From a resolved query to an algebra of operators: what is done, in which order, under which
//! filter.
//!
//! A plan has no pointer into the snapshot: ids, filters and relations only, so that another back
//! end can run it. Operators stand in one list; each reads only earlier ones.

use std::collections::HashMap;

use crate::algo::Depth;
use crate::algo::Extreme;
use crate::diagnostic::Span;
use crate::model::Along;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::Filter;
use crate::model::LINEAGE;
use crate::model::RelationId;
use crate::model::Schema;
use crate::query::bound::Argument;
use crate::query::bound::ContextChange;
use crate::query::bound::NodeId;
use crate::query::bound::NodeKind;
use crate::query::bound::Query;
use crate::query::bound::Selector;
use crate::query::function::Arguments;
use crate::query::function::Does;

/// The number of an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperatorId(pub usize);

/// One operation on sets; what it yields is a set unless its name says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// These entities.
    Entities(Vec<EntityId>),
    /// The entities that match.
    Select(Selector),
    /// What is in any input.
    Union(Vec<OperatorId>),
    /// What is in every input.
    Intersection(Vec<OperatorId>),
    /// What is in the first input and in no other.
    Difference(OperatorId, Vec<OperatorId>),
    /// The input, which must have exactly one entity; else an error at the span.
    One {
        /// What must be one entity.
        input: OperatorId,
        /// Where it was written.
        span: Span,
    },
    /// One step.
    Expand {
        /// Where the steps begin.
        input: OperatorId,
        /// Along which relations.
        along: Along,
        /// Which way.
        direction: Direction,
    },
    /// A number of steps.
    Closure {
        /// Where the steps begin.
        input: OperatorId,
        /// Along which relations.
        along: Along,
        /// Which way.
        direction: Direction,
        /// How many.
        depth: Depth,
    },
    /// What every entity of the input leads to, itself included.
    Common {
        /// The set.
        input: OperatorId,
        /// Along which relations.
        along: Along,
        /// Which way.
        direction: Direction,
    },
    /// The roots or leaves of the input.
    Extremes {
        /// The set.
        input: OperatorId,
        /// Along which relations.
        along: Along,
        /// Which end.
        extreme: Extreme,
    },
    /// What lies on cycles within the input.
    Cyclic {
        /// The set.
        input: OperatorId,
        /// Along which relations.
        along: Along,
    },
    /// The components of the input, as a table.
    Components {
        /// The set.
        input: OperatorId,
        /// Along which relations.
        along: Along,
        /// Whether each must lead to the other.
        is_strong: bool,
    },
    /// A shortest path between two single entities; yields paths.
    ShortestPath {
        /// The start.
        from: OperatorId,
        /// The end.
        to: OperatorId,
        /// Along which relations.
        along: Along,
    },
    /// All paths without a repeated entity between two single entities; yields paths.
    SimplePaths {
        /// The start.
        from: OperatorId,
        /// The end.
        to: OperatorId,
        /// Along which relations.
        along: Along,
        /// The most steps.
        length_max: u32,
    },
    /// The values of a property, as a table.
    Values {
        /// Whose values.
        input: OperatorId,
        /// The property.
        property: RelationId,
    },
    /// The statements about the input, as a table.
    Facts {
        /// What they are about.
        input: OperatorId,
    },
    /// The sources about the input, as a table.
    Sources {
        /// What they are about.
        input: OperatorId,
    },
    /// The size of the input, as a table.
    Count {
        /// What is counted.
        input: OperatorId,
    },
}

impl Operator {
    /// Whether it looks at arrows to find its members.
    pub fn is_walk(&self) -> bool {
        matches!(
            self,
            Operator::Expand { .. }
                | Operator::Closure { .. }
                | Operator::Common { .. }
                | Operator::Cyclic { .. }
                | Operator::ShortestPath { .. }
                | Operator::SimplePaths { .. }
        )
    }

    /// The operators it reads, to be read or renumbered.
    pub fn inputs_mut(&mut self) -> Vec<&mut OperatorId> {
        match self {
            Operator::Entities(_) | Operator::Select(_) => Vec::new(),
            Operator::Union(inputs) | Operator::Intersection(inputs) => inputs.iter_mut().collect(),
            Operator::Difference(first, others) => {
                std::iter::once(first).chain(others.iter_mut()).collect()
            }
            Operator::ShortestPath { from, to, .. } | Operator::SimplePaths { from, to, .. } => {
                vec![from, to]
            }
            Operator::One { input, .. }
            | Operator::Expand { input, .. }
            | Operator::Closure { input, .. }
            | Operator::Common { input, .. }
            | Operator::Extremes { input, .. }
            | Operator::Cyclic { input, .. }
            | Operator::Components { input, .. }
            | Operator::Values { input, .. }
            | Operator::Facts { input }
            | Operator::Sources { input }
            | Operator::Count { input } => vec![input],
        }
    }
}

/// The number of a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FilterId(pub usize);

/// Operators in the order in which they run, and the one whose result is the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The operators, each with the filter it sees the graph through.
    pub operators: Vec<(Operator, FilterId)>,
    /// The filters; the first is that of the whole query.
    pub filters: Vec<Filter>,
    /// The operator whose result is the answer.
    pub root: OperatorId,
}

/// Builds the plan of the node `root`.
pub fn plan(query: &Query, root: NodeId, schema: &Schema) -> Plan {
    let mut planner = Planner {
        query,
        schema,
        operators: Vec::new(),
        filters: vec![Filter::default()],
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
        let here = |node: &NodeId| (*node, filter);
        match &query.nodes[node.0].kind {
            NodeKind::Entity(_) | NodeKind::Pattern(_) => Vec::new(),
            NodeKind::Union(nodes) | NodeKind::Intersection(nodes) => {
                nodes.iter().map(here).collect()
            }
            NodeKind::Difference(first, others) => {
                std::iter::once(first).chain(others).map(here).collect()
            }
            NodeKind::Step(input, _) | NodeKind::Values(input, _) => vec![here(input)],
            NodeKind::Call(_, arguments) => {
                let sets = arguments.iter().filter_map(|argument| match argument {
                    Argument::Set(node) => Some(here(node)),
                    _ => None,
                });
                sets.collect()
            }
            NodeKind::Within(input, changes) => vec![(*input, self.within(filter, changes))],
        }
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
                Does::Context(_) => unreachable!("resolve makes a context of it"),
            },
            NodeKind::Within(input, changes) => {
                let filter = self.within(self.filter, changes);
                self.known[&(*input, filter)]
            }
        }
    }
}

/// A filter with contexts put in the place of its own.
fn changed(filter: &Filter, changes: &[ContextChange]) -> Filter {
    let mut filter = filter.clone();
    for change in changes {
        match change {
            ContextChange::AsOf(date) => filter.as_of = date.last(),
            ContextChange::AccordingTo(sources) => filter.sources = Some(sources.clone()),
        }
    }
    filter
}
