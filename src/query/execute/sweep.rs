//! The evidence of all members of a set at once: from what was walked, not to each member.
//!
//! What a walk found lies behind a few entities, and the statements between them were looked at
//! when it ran. A member may have many more statements than those.

use std::borrow::Cow;

use crate::algo;
use crate::algo::Depth;
use crate::algo::interruptible;
use crate::diagnostic::Budget;
use crate::diagnostic::Fault;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::RelationId;
use crate::model::StatementId;
use crate::model::View;
use crate::query::execute::Outcome;
use crate::query::execute::Run;
use crate::query::plan::Operator;
use crate::query::plan::OperatorId;

/// One statement by which a member was reached; ordered as evidence is read, member by member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Proof {
    pub(super) member: EntityId,
    is_elsewhere: bool,
    relation: RelationId,
    rank: u32,
    pub(super) statement: StatementId,
}

/// The last steps of an operator that walks.
struct Sweep<'r> {
    view: View<'r>,
    /// What they start from, by id.
    sources: Cow<'r, [EntityId]>,
    direction: Direction,
}

impl Run<'_> {
    /// The last steps that led to the members of `root`; none where evidence is found otherwise.
    fn sweep(&self, root: OperatorId, budget: &mut Budget) -> Result<Option<Sweep<'_>>, Fault> {
        let (operator, filter) = &self.plan.operators[root.0];
        let (sources, along, direction) = match operator {
            Operator::Expand {
                input,
                along,
                direction,
            } => (Cow::Borrowed(self.set(*input)), along, *direction),
            Operator::Closure {
                input,
                along,
                direction,
                depth,
            } => {
                let sources = self.walked_through(root, *input, *depth, budget)?;
                (Cow::Owned(sources), along, *direction)
            }
            _ => return Ok(None),
        };
        let view = self.view(*filter, along);
        Ok(Some(Sweep {
            view,
            sources,
            direction,
        }))
    }

    /// What a closure went on from, by id: the entities of its input, and those it reached with
    /// steps left.
    fn walked_through(
        &self,
        root: OperatorId,
        input: OperatorId,
        depth: Depth,
        budget: &mut Budget,
    ) -> Result<Vec<EntityId>, Fault> {
        let Outcome::Walk(_, reached) = &self.outcomes[root.0] else {
            unreachable!("a closure walked")
        };
        let max = match depth.max {
            u32::MAX => u32::MAX,
            max => max.saturating_sub(1),
        };
        let mut sources = reached.within(Depth { min: 1, max });
        sources.extend(self.set(input));
        interruptible::entities(sources, budget)
    }

    /// The entities that a statement of the lineage led to, by id: all such members of `root`, and
    /// others.
    pub(super) fn led_by_lineage(
        &self,
        root: OperatorId,
        budget: &mut Budget,
    ) -> Result<Option<Vec<EntityId>>, Fault> {
        let Some(sweep) = self.sweep(root, budget)? else {
            return Ok(None);
        };
        let along = sweep.view.along.among(self.snapshot.lineage());
        let view = View {
            along: &along,
            ..sweep.view
        };
        algo::expand(view, &sweep.sources, sweep.direction, budget).map(Some)
    }

    /// The evidence of all members of `root`, by member and then as it is read, and of others.
    pub(super) fn proofs(
        &self,
        root: OperatorId,
        budget: &mut Budget,
    ) -> Result<Option<Vec<Proof>>, Fault> {
        let Some(sweep) = self.sweep(root, budget)? else {
            return Ok(None);
        };
        let lineage = self.snapshot.lineage();
        let mut proofs = Vec::new();
        for source in &*sweep.sources {
            budget.spend(1)?;
            let rank = self.snapshot.rank(*source);
            for step in sweep.view.steps(*source, sweep.direction) {
                budget.spend(1)?;
                let relation = self.snapshot.relation(step.statement);
                proofs.push(Proof {
                    member: step.entity,
                    is_elsewhere: !lineage.walks(relation),
                    relation,
                    rank,
                    statement: step.statement,
                });
            }
        }
        interruptible::sort(&mut proofs, budget)?;
        proofs.dedup();
        Ok(Some(proofs))
    }
}

/// The proofs of one member.
pub(super) fn of_member(proofs: &[Proof], member: EntityId) -> &[Proof] {
    let start = proofs.partition_point(|proof| proof.member < member);
    let length = proofs[start..].partition_point(|proof| proof.member == member);
    &proofs[start..start + length]
}
