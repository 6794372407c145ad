//! The operators of the algebra, and what each reads.

use crate::algo::Depth;
use crate::algo::Extreme;
use crate::diagnostic::Span;
use crate::model::Along;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::RelationId;
use crate::query::bound::Aspect;
use crate::query::bound::ParameterId;
use crate::query::bound::Rows;
use crate::query::bound::Selector;
use crate::query::bound::Slot;
use crate::query::bound::Step;
use crate::query::plan::Plan;

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
        /// Whether only the shortest are wanted.
        is_shortest: bool,
    },
    /// What is on every way between two single entities.
    Dominators {
        /// The start.
        from: OperatorId,
        /// The end.
        to: OperatorId,
        /// Along which relations.
        along: Along,
    },
    /// The statements within the input that no longer way makes needless, as a table.
    Reduction {
        /// The set.
        input: OperatorId,
        /// Along which relations.
        along: Along,
    },
    /// How far each member of the input is from its roots, as a table.
    Levels {
        /// The set.
        input: OperatorId,
        /// Along which relations.
        along: Along,
    },
    /// The statements about the input that contradict each other, as a table.
    Conflicts {
        /// The set.
        input: OperatorId,
    },
    /// The proof that a single entity is in a set, as a table.
    Why {
        /// The entity.
        member: OperatorId,
        /// The set.
        set: OperatorId,
    },
    /// The first members of the input by name.
    First {
        /// The set.
        input: OperatorId,
        /// How many.
        count: u32,
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
    /// Aspects against entities, as a table.
    Compare {
        /// The sets, whose members have a column each.
        inputs: Vec<OperatorId>,
        /// The aspects; every relation that any member has if there is none.
        aspects: Vec<Aspect>,
    },
    /// What a variable of the rows around holds.
    Outer(Slot),
    /// What a parameter names that gets its value when the plan runs.
    Parameter(ParameterId),
    /// Rows made by steps.
    Rows(Box<Pipeline>),
    /// The rows of all inputs, as a table.
    UnionRows {
        /// The inputs.
        inputs: Vec<OperatorId>,
        /// Whether equal rows are kept.
        keeps_doubles: bool,
    },
}

/// Rows with their sets planned.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// Its number: pipelines are equal only to themselves.
    pub number: usize,
    /// The operator whose rows come in.
    pub input: Option<OperatorId>,
    /// The steps and columns.
    pub rows: Rows,
    /// The sets that the steps use.
    pub sets: Vec<PlannedSet>,
}

impl Pipeline {
    /// How many parts stand one inside the other when it runs.
    pub(super) fn parts(&self) -> usize {
        let part = |step: &Step| match step {
            Step::Match(matching) => {
                let pattern = matching.nodes.len() + matching.edges.len() + matching.paths.len();
                1 + pattern + matching.conditions.len()
            }
            _ => 1,
        };
        let subqueries = self.rows.subqueries.iter().flatten();
        let steps = self.rows.steps.iter().chain(subqueries).map(part);
        let nested = self.sets.iter().map(|set| match set {
            PlannedSet::Nested(plan) => plan.parts(),
            PlannedSet::Shared(_) => 0,
        });
        steps.sum::<usize>() + nested.sum::<usize>()
    }
}

impl PartialEq for Pipeline {
    fn eq(&self, other: &Pipeline) -> bool {
        self.number == other.number
    }
}

impl Eq for Pipeline {}

impl std::hash::Hash for Pipeline {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.number.hash(state);
    }
}

/// A set that steps on rows use.
#[derive(Clone, Debug)]
pub enum PlannedSet {
    /// The same for every row.
    Shared(OperatorId),
    /// Another for every row, because it reads a variable.
    Nested(Box<Plan>),
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
                | Operator::Dominators { .. }
        )
    }

    /// Whether it yields a set and nothing besides that rows are made of.
    pub(in crate::query) fn yields_set(&self) -> bool {
        matches!(
            self,
            Operator::Entities(_)
                | Operator::Select(_)
                | Operator::Union(_)
                | Operator::Intersection(_)
                | Operator::Difference(..)
                | Operator::One { .. }
                | Operator::Expand { .. }
                | Operator::Closure { .. }
                | Operator::Common { .. }
                | Operator::Extremes { .. }
                | Operator::Cyclic { .. }
                | Operator::First { .. }
                | Operator::Outer(_)
                | Operator::Parameter(_)
        )
    }

    /// The operators it reads, to be read or renumbered.
    pub fn inputs_mut(&mut self) -> Vec<&mut OperatorId> {
        match self {
            Operator::Entities(_)
            | Operator::Select(_)
            | Operator::Outer(_)
            | Operator::Parameter(_) => Vec::new(),
            Operator::Union(inputs)
            | Operator::Intersection(inputs)
            | Operator::Compare { inputs, .. }
            | Operator::UnionRows { inputs, .. } => inputs.iter_mut().collect(),
            Operator::Rows(pipeline) => {
                let sets = pipeline.sets.iter_mut().filter_map(|set| match set {
                    PlannedSet::Shared(operator) => Some(operator),
                    PlannedSet::Nested(_) => None,
                });
                pipeline.input.iter_mut().chain(sets).collect()
            }
            Operator::Difference(first, others) => {
                std::iter::once(first).chain(others.iter_mut()).collect()
            }
            Operator::ShortestPath { from, to, .. }
            | Operator::Dominators { from, to, .. }
            | Operator::SimplePaths { from, to, .. } => {
                vec![from, to]
            }
            Operator::Why { member, set } => vec![member, set],
            Operator::One { input, .. }
            | Operator::Expand { input, .. }
            | Operator::Closure { input, .. }
            | Operator::Common { input, .. }
            | Operator::Extremes { input, .. }
            | Operator::Cyclic { input, .. }
            | Operator::Components { input, .. }
            | Operator::Values { input, .. }
            | Operator::Facts { input }
            | Operator::Reduction { input, .. }
            | Operator::Levels { input, .. }
            | Operator::Conflicts { input }
            | Operator::First { input, .. }
            | Operator::Sources { input }
            | Operator::Count { input } => vec![input],
        }
    }
}
