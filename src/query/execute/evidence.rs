//! The evidence of an answer: the statements by which a member of a set was reached.
//!
//! Read off the results of the operators after they ran, for one member at a time, so that it costs
//! nothing unless somebody looks.

use std::collections::BTreeSet;

use crate::algo;
use crate::diagnostic::Budget;
use crate::diagnostic::Fault;
use crate::model::Along;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::ObjectRef;
use crate::model::Snapshot;
use crate::model::StatementId;
use crate::model::Step;
use crate::model::Verdicts;
use crate::model::stable;
use crate::query::bound::Selector;
use crate::query::execute::Outcome;
use crate::query::execute::Run;
use crate::query::execute::rows;
use crate::query::plan::Operator;
use crate::query::plan::OperatorId;

impl Run<'_> {
    /// The statements by which `member` came into the result of `root`: lineage relations first,
    /// then by relation, name of the other end, and statement.
    ///
    /// Of a union, those of every part that has the member; of an intersection, those of all parts;
    /// of a difference, those of the first. A closure gives every statement from what it walked
    /// through to the member, not only those of a shortest walk.
    pub(super) fn evidence(
        &self,
        root: OperatorId,
        member: EntityId,
        budget: &mut Budget,
    ) -> Result<Vec<StatementId>, Fault> {
        let mut found: Vec<Step> = Vec::new();
        let mut open = vec![root];
        let mut seen = fixedbitset::FixedBitSet::with_capacity(self.plan.operators.len());
        while let Some(operator) = open.pop() {
            if !seen.put(operator.0) {
                budget.spend(1)?;
                match self.parts(operator, member) {
                    Some(parts) => open.extend(parts),
                    None => self.add_steps(operator, member, &mut found, budget)?,
                }
            }
        }
        let mut found: Vec<StatementId> = found.iter().map(|step| step.statement).collect();
        let key = |statement: &StatementId| sort_key(self.snapshot, *statement, member);
        stable::sort_by_cached_key(&mut found, key);
        found.dedup();
        Ok(found)
    }

    /// Whether the first of a member's evidence is of the lineage; says so without collecting the
    /// evidence where that is known from the relations that were walked.
    pub(super) fn is_by_lineage(
        &self,
        root: OperatorId,
        member: EntityId,
        budget: &mut Budget,
    ) -> Result<bool, Fault> {
        let mut found: Vec<Step> = Vec::new();
        let mut open = vec![root];
        let mut seen = fixedbitset::FixedBitSet::with_capacity(self.plan.operators.len());
        while let Some(operator) = open.pop() {
            if seen.put(operator.0) {
                continue;
            }
            budget.spend(1)?;
            if let Some(parts) = self.parts(operator, member) {
                open.extend(parts);
                continue;
            }
            let walked = match &self.plan.operators[operator.0].0 {
                Operator::Closure { along, .. } | Operator::Expand { along, .. } => {
                    along.is_among(self.snapshot.lineage())
                }
                _ => None,
            };
            match walked {
                Some(true) if self.has(operator, member) => return Ok(true),
                Some(_) => {}
                None => self.add_steps(operator, member, &mut found, budget)?,
            }
        }
        let (snapshot, lineage) = (self.snapshot, self.snapshot.lineage());
        let mut steps = found.iter();
        Ok(steps.any(|step| lineage.walks(snapshot.relation(step.statement))))
    }

    /// The same as [`Run::is_by_lineage`] for all members at once, where the relations that were
    /// walked say so.
    pub(super) fn are_by_lineage(&self, root: OperatorId) -> Option<bool> {
        match &self.plan.operators[root.0].0 {
            Operator::Entities(_) | Operator::Parameter(_) | Operator::Outer(_) => Some(false),
            Operator::Closure { along, .. } | Operator::Expand { along, .. } => {
                along.is_among(self.snapshot.lineage())
            }
            _ => None,
        }
    }

    /// The evidence of what the members of `root` were reached from, step before step: what a
    /// picture shows beside their own evidence. By statement; empty if there was one walk only.
    pub(super) fn trail(
        &self,
        root: OperatorId,
        budget: &mut Budget,
    ) -> Result<Vec<StatementId>, Fault> {
        if self.plan.walk_count() < 2 {
            return Ok(Vec::new());
        }
        let mut found = BTreeSet::new();
        let mut open: Vec<(OperatorId, EntityId)> = self
            .set(root)
            .iter()
            .map(|member| (root, *member))
            .collect();
        let mut seen: BTreeSet<(OperatorId, EntityId)> = BTreeSet::new();
        while let Some((operator, member)) = open.pop() {
            if !seen.insert((operator, member)) {
                continue;
            }
            budget.spend(1)?;
            if let Some(parts) = self.parts(operator, member) {
                open.extend(parts.into_iter().map(|part| (part, member)));
                continue;
            }
            let mut steps = Vec::new();
            self.add_steps(operator, member, &mut steps, budget)?;
            let mut kind = self.plan.operators[operator.0].0.clone();
            let input = kind.inputs_mut().first().map(|input| **input);
            for step in steps {
                found.insert(step.statement);
                open.extend(input.map(|input| (input, step.entity)));
                if let Outcome::Walk(..) = self.outcomes[operator.0] {
                    open.push((operator, step.entity));
                }
            }
        }
        Ok(found.into_iter().collect())
    }

    /// The operators whose evidence is that of `operator` for `member`; none if it walks itself.
    pub(super) fn parts(&self, operator: OperatorId, member: EntityId) -> Option<Vec<OperatorId>> {
        match &self.plan.operators[operator.0].0 {
            Operator::Union(inputs) => {
                let has_member = |input: &&OperatorId| self.has(**input, member);
                Some(inputs.iter().filter(has_member).copied().collect())
            }
            Operator::Intersection(inputs) => Some(inputs.clone()),
            Operator::Rows(pipeline) if pipeline.rows.is_selection => {
                Some(pipeline.input.into_iter().collect())
            }
            Operator::First { input, .. }
            | Operator::Difference(input, _)
            | Operator::One { input, .. }
            | Operator::Extremes { input, .. } => Some(vec![*input]),
            _ => None,
        }
    }

    pub(super) fn has(&self, operator: OperatorId, member: EntityId) -> bool {
        self.set(operator).binary_search(&member).is_ok()
    }

    /// Adds the statements by which one operator that walks reached the member.
    pub(super) fn add_steps(
        &self,
        operator: OperatorId,
        member: EntityId,
        found: &mut Vec<Step>,
        budget: &mut Budget,
    ) -> Result<(), Fault> {
        let (kind, filter) = &self.plan.operators[operator.0];
        let (input, along, direction, steps_max) = match kind {
            Operator::Expand {
                input,
                along,
                direction,
            } => (*input, along, *direction, 1),
            Operator::Closure {
                input,
                along,
                direction,
                depth,
            } => (*input, along, *direction, depth.max),
            Operator::Common {
                input,
                along,
                direction,
            } => (*input, along, *direction, u32::MAX),
            Operator::Cyclic { input, along } => (*input, along, Direction::Forward, 1),
            Operator::Select(Selector::Standing(_)) => {
                let filter = self.filter(*filter);
                let standing = algo::standing(self.snapshot, filter, member, budget)?;
                let entity = member;
                found.extend(standing.sign.map(|statement| Step { statement, entity }));
                return Ok(());
            }
            _ => {
                self.add_path_steps(operator, member, found);
                return Ok(());
            }
        };
        for step in self
            .view(*filter, along)
            .steps(member, direction.reversed())
        {
            budget.spend(1)?;
            let is_start = || self.has(input, step.entity);
            let leads_here = match &self.outcomes[operator.0] {
                Outcome::Walk(_, reached) => {
                    let distance = reached.distance(step.entity);
                    distance.is_some_and(|distance| distance < steps_max) || is_start()
                }
                Outcome::Cycles(_, cycles) => {
                    let on = |entity, cycle: &[EntityId]| cycle.binary_search(&entity).is_ok();
                    cycles
                        .iter()
                        .any(|cycle| on(member, cycle) && on(step.entity, cycle))
                }
                _ => is_start(),
            };
            if leads_here {
                found.push(step);
            }
        }
        Ok(())
    }

    fn add_path_steps(&self, operator: OperatorId, member: EntityId, found: &mut Vec<Step>) {
        if let Outcome::Rows(outcome) = &self.outcomes[operator.0] {
            let evidence = rows::evidence_of(outcome).remove(&member);
            let evidence = evidence.into_iter().flatten();
            found.extend(evidence.map(|statement| Step {
                statement,
                entity: member,
            }));
        }
        let paths = match &self.outcomes[operator.0] {
            Outcome::Paths(paths, _, _) => paths.as_slice(),
            Outcome::Through(_, path) => std::slice::from_ref(path),
            _ => return,
        };
        for path in paths {
            let ends = path.entities.windows(2).zip(&path.statements);
            let touching = ends.filter(|(ends, _)| ends.contains(&member));
            found.extend(touching.map(|(_, statement)| Step {
                statement: *statement,
                entity: member,
            }));
        }
    }

    /// How many statements the walks of this run passed by because they are doubtful, negative or
    /// unknown, and how many because a context leaves them out.
    pub(super) fn passed_by(&self, budget: &mut Budget) -> Result<(usize, usize), Fault> {
        let mut passed = Passed {
            doubtful: self.doubtful_signs(budget)?.into_iter().collect(),
            filtered: Vec::new(),
        };
        for outcome in &self.outcomes {
            if let Outcome::Rows(outcome) = outcome {
                for (statement, is_filtered) in &outcome.passed {
                    passed.add(!is_filtered, *statement);
                }
            }
        }
        for (index, (operator, filter)) in self.plan.operators.iter().enumerate() {
            let along_property;
            let (input, along, direction) = match operator {
                Operator::Expand {
                    input,
                    along,
                    direction,
                }
                | Operator::Common {
                    input,
                    along,
                    direction,
                }
                | Operator::Closure {
                    input,
                    along,
                    direction,
                    ..
                } => (*input, along, *direction),
                Operator::Values { input, property } => {
                    let schema = &self.snapshot.schema;
                    let mut along = Along::nothing(schema);
                    along.add(schema, *property, Direction::Forward);
                    along_property = along;
                    (*input, &along_property, Direction::Forward)
                }
                _ => continue,
            };
            let walked: &[EntityId] = match &self.outcomes[index] {
                Outcome::Walk(_, reached) => reached.order(),
                _ => &[],
            };
            let filter = self.filter(*filter);
            let mut relations = along.relations();
            if !relations.any(|(relation, _)| filter.asks_of(self.snapshot, relation)) {
                continue;
            }
            let mut verdicts = Verdicts::new(self.snapshot, filter);
            for entity in self.set(input).iter().chain(walked) {
                for statement in touching(self.snapshot, along, *entity, direction) {
                    budget.spend(1)?;
                    if !verdicts.admits(statement) {
                        passed.add(filter.admits(self.snapshot, statement), statement);
                    }
                }
            }
        }
        Ok((distinct(passed.doubtful), distinct(passed.filtered)))
    }
}

/// How many statements there are, those that come more than once counted once.
fn distinct(mut statements: Vec<StatementId>) -> usize {
    statements.sort_unstable();
    statements.dedup();
    statements.len()
}

/// The statements that walks passed by.
struct Passed {
    /// Because they are doubtful, negative or unknown.
    doubtful: Vec<StatementId>,
    /// Because a context leaves them out.
    filtered: Vec<StatementId>,
}

impl Passed {
    fn add(&mut self, is_admitted: bool, statement: StatementId) {
        match is_admitted {
            true => self.doubtful.push(statement),
            false => self.filtered.push(statement),
        }
    }
}

impl Run<'_> {
    /// The signs of how anything stands that were too doubtful to count.
    fn doubtful_signs(&self, budget: &mut Budget) -> Result<BTreeSet<StatementId>, Fault> {
        let snapshot = self.snapshot;
        let mut found = BTreeSet::new();
        for (operator, filter) in &self.plan.operators {
            if !matches!(operator, Operator::Select(Selector::Standing(_))) {
                continue;
            }
            let filter = self.filter(*filter);
            budget.spend(snapshot.statement_count() as u64)?;
            found.extend(snapshot.statements().filter(|statement| {
                let relation = snapshot.relation(*statement);
                snapshot.schema.relations[relation.index()].status.is_some()
                    && filter.admits(snapshot, *statement)
                    && !filter.walks(snapshot, *statement)
            }));
        }
        Ok(found)
    }
}

/// The statements at an entity that a walk in `direction` along `along` would take or pass by.
fn touching<'a>(
    snapshot: &'a Snapshot,
    along: &'a Along,
    entity: EntityId,
    direction: Direction,
) -> impl Iterator<Item = StatementId> + 'a {
    let out = snapshot.outgoing(entity).filter(move |statement| {
        let relation = snapshot.relation(*statement);
        // Only a walk along one property alone takes its statements.
        let is_property = || snapshot.schema.relations[relation.index()].is_property();
        let is_alone = || along.relations().nth(1).is_none();
        along.has(relation, direction) && (!is_property() || is_alone())
    });
    let into = snapshot
        .incoming(entity)
        .filter(move |statement| along.has(snapshot.relation(*statement), direction.reversed()));
    out.chain(into)
}

/// Orders evidence as it is read: what the lineage says first.
fn sort_key(
    snapshot: &Snapshot,
    statement: StatementId,
    member: EntityId,
) -> (bool, u32, u32, StatementId) {
    let relation = snapshot.relation(statement);
    let subject = snapshot.subject(statement);
    let other = match snapshot.object(statement) {
        ObjectRef::Entity(object) if subject == member => object,
        _ => subject,
    };
    let is_lineage = snapshot.lineage().walks(relation);
    (!is_lineage, relation.0, snapshot.rank(other), statement)
}
