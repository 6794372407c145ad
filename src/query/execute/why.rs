//! Proofs and contradictions: why an entity is in a set, and which statements cannot both hold.

use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::diagnostic::escape;
use crate::model::EntityId;
use crate::model::ObjectRef;
use crate::model::Polarity;
use crate::model::StatementId;
use crate::model::Step;
use crate::model::Value;
use crate::model::stable;
use crate::query::bound::Selector;
use crate::query::execute::Outcome;
use crate::query::execute::Run;
use crate::query::execute::rows;
use crate::query::plan::FilterId;
use crate::query::plan::Operator;
use crate::query::plan::OperatorId;
use crate::query::plan::Pipeline;
use crate::query::table::Column;
use crate::query::table::ColumnType;
use crate::query::table::Table;
use crate::query::value;

/// One line of a proof: a statement, or a reason in words.
#[derive(Clone, Debug, PartialEq)]
enum Reason {
    Statement(StatementId),
    Words(String),
}

/// The last part of a proof, backwards, and what is still to be shown before it.
type ProofPart = (Vec<Reason>, Option<(OperatorId, EntityId)>);

/// How many statements of one entity and relation are compared with each other, so that an entity
/// with very many costs no more than that for each.
const CONFLICT_WINDOW: usize = 100;

impl Run<'_> {
    /// The shortest proof that the member is in the set, a row a step; no row if it is not.
    pub(super) fn why(
        &self,
        member: OperatorId,
        set: OperatorId,
        budget: &mut Budget,
    ) -> Result<Table, Error> {
        let member = self.set(member)[0];
        let columns = vec![
            Column::new("step", ColumnType::Scalar),
            Column::new("because", ColumnType::Scalar),
            Column::new("via", ColumnType::Basis),
        ];
        if !self.has(set, member) {
            let name = escape::clipped(self.snapshot.name(member), 60).into_owned();
            self.notes
                .borrow_mut()
                .push(format!("{name} is not in the set"));
            return Ok(Table {
                columns,
                rows: Vec::new(),
            });
        }
        let mut proof = Vec::new();
        for reason in self.proof(set, member, budget)? {
            if !proof.contains(&reason) {
                proof.push(reason);
            }
        }
        if proof.is_empty() {
            let name = escape::clipped(self.snapshot.name(member), 60);
            proof.push(Reason::Words(format!("{name} is what the set names")));
        }
        let rows = proof.into_iter().enumerate().map(|(index, reason)| {
            let (because, via) = match reason {
                Reason::Statement(id) => (Value::Statement(id), vec![Value::Statement(id)]),
                Reason::Words(words) => (Value::Text(words), Vec::new()),
            };
            vec![
                Value::Integer(index as i64 + 1),
                because,
                Value::List(via.into()),
            ]
        });
        Ok(Table {
            columns,
            rows: rows.collect(),
        })
    }

    /// What shows that an entity is in the result of an operator: from the start of the walk to it.
    ///
    /// An explicit list of what is still to be shown takes the place of recursion: what stands
    /// before is shown before.
    fn proof(
        &self,
        root: OperatorId,
        member: EntityId,
        budget: &mut Budget,
    ) -> Result<Vec<Reason>, Error> {
        let mut backwards: Vec<Reason> = Vec::new();
        let mut open = vec![(root, member)];
        while let Some((operator, member)) = open.pop() {
            budget.spend(1)?;
            match &self.plan.operators[operator.0].0 {
                Operator::Union(inputs) => {
                    let best = self.cheapest(inputs, member, budget)?;
                    open.extend(best.map(|input| (input, member)));
                }
                Operator::Difference(input, others) => {
                    if !others.is_empty() {
                        let words = "it is in none of the sets that are taken away";
                        backwards.push(Reason::Words(words.to_owned()));
                    }
                    open.push((*input, member));
                }
                Operator::Extremes { input, extreme, .. } => {
                    let words = format!("it is one of the {} of that set", extreme.word());
                    backwards.push(Reason::Words(words));
                    open.push((*input, member));
                }
                Operator::Rows(pipeline) if pipeline.rows.is_selection => {
                    let words = "it passes the stages of the pipe";
                    backwards.push(Reason::Words(words.to_owned()));
                    open.extend(pipeline.input.map(|input| (input, member)));
                }
                other => match self.parts(operator, member) {
                    Some(parts) => open.extend(parts.into_iter().map(|part| (part, member))),
                    None => {
                        let (reasons, start) = self.own_proof(operator, other, member, budget)?;
                        backwards.extend(reasons);
                        open.extend(start);
                    }
                },
            }
        }
        backwards.reverse();
        Ok(backwards)
    }

    /// The input that has the member by the fewest statements; of equals, the first.
    fn cheapest(
        &self,
        inputs: &[OperatorId],
        member: EntityId,
        budget: &mut Budget,
    ) -> Result<Option<OperatorId>, Error> {
        let mut best = None;
        for input in inputs.iter().filter(|input| self.has(**input, member)) {
            let length = match &self.outcomes[input.0] {
                Outcome::Walk(_, reached) => reached.distance(member).unwrap_or(u32::MAX),
                _ => self.evidence(*input, member, budget)?.len().min(1) as u32,
            };
            if best.is_none_or(|(known, _)| length < known) {
                best = Some((length, *input));
            }
        }
        Ok(best.map(|(_, input)| input))
    }

    /// The last part of a proof, backwards, and where the part before it ends.
    fn own_proof(
        &self,
        operator: OperatorId,
        kind: &Operator,
        member: EntityId,
        budget: &mut Budget,
    ) -> Result<ProofPart, Error> {
        let snapshot = self.snapshot;
        match kind {
            Operator::Expand { input, .. } => {
                let steps = self.last_steps(operator, member, budget)?;
                let step = steps.into_iter().next();
                let reasons = step.map(|step| Reason::Statement(step.statement));
                let start = step.map(|step| (*input, step.entity));
                Ok((reasons.into_iter().collect(), start))
            }
            Operator::Closure { input, .. } | Operator::Common { input, .. } => {
                self.walked_proof(operator, *input, member, budget)
            }
            Operator::Entities(_) | Operator::Outer(_) | Operator::Parameter(_) => {
                Ok((Vec::new(), None))
            }
            Operator::Select(Selector::Standing(_)) => {
                let steps = self.last_steps(operator, member, budget)?;
                let signs = steps
                    .into_iter()
                    .map(|step| Reason::Statement(step.statement));
                Ok((signs.collect(), None))
            }
            Operator::Select(_) => {
                let name = escape::clipped(snapshot.name(member), 60).into_owned();
                let kind = snapshot.kind_name(member);
                let words = format!("{name}, of the kind {kind}, fits the pattern");
                Ok((vec![Reason::Words(words)], None))
            }
            Operator::Rows(pipeline) => {
                let Outcome::Rows(outcome) = &self.outcomes[operator.0] else {
                    return Ok((Vec::new(), None));
                };
                let evidence = rows::evidence_of(outcome).remove(&member);
                let reasons = evidence.into_iter().flatten().map(Reason::Statement);
                let reasons: Vec<Reason> = reasons.collect();
                match (reasons.is_empty(), pipeline.rows.columns.as_slice()) {
                    (true, [column]) => Ok(self.selected(pipeline, &column.name, member)),
                    _ => Ok((reasons, None)),
                }
            }
            _ => {
                let evidence = self.evidence(operator, member, budget)?;
                let reasons = evidence.into_iter().rev().map(Reason::Statement);
                Ok((reasons.collect(), None))
            }
        }
    }

    /// That a member stands in the only column of rows; if it was in what they are made of, how it
    /// came to be there.
    fn selected(&self, pipeline: &Pipeline, column: &str, member: EntityId) -> ProofPart {
        let column = escape::clipped(column, 60);
        let words = format!("it stands in the column `{column}` of what the pipe selects");
        let input = pipeline.input.filter(|input| self.has(*input, member));
        let start = input.map(|input| (input, member));
        (vec![Reason::Words(words)], start)
    }

    /// The shortest walk of a closure to the member, backwards, and where it started.
    fn walked_proof(
        &self,
        operator: OperatorId,
        input: OperatorId,
        member: EntityId,
        budget: &mut Budget,
    ) -> Result<ProofPart, Error> {
        let Outcome::Walk(_, reached) = &self.outcomes[operator.0] else {
            return Ok((Vec::new(), None));
        };
        let mut reasons = Vec::new();
        let mut here = member;
        let mut left = reached.distance(member).unwrap_or(0);
        while left > 0 {
            budget.spend(1)?;
            let steps = self.last_steps(operator, here, budget)?;
            let is_nearer = |step: &&Step| match left {
                1 => self.has(input, step.entity),
                left => reached.distance(step.entity) == Some(left - 1),
            };
            let Some(step) = steps.iter().find(is_nearer) else {
                break;
            };
            reasons.push(Reason::Statement(step.statement));
            here = step.entity;
            left -= 1;
        }
        Ok((reasons, Some((input, here))))
    }

    /// The steps by which an operator that walks can have come to an entity, by name of the other
    /// end.
    fn last_steps(
        &self,
        operator: OperatorId,
        member: EntityId,
        budget: &mut Budget,
    ) -> Result<Vec<Step>, Error> {
        let mut steps = Vec::new();
        self.add_steps(operator, member, &mut steps, budget)?;
        stable::sort_by_key(&mut steps, |step| {
            (self.snapshot.rank(step.entity), step.statement)
        });
        Ok(steps)
    }

    /// Pairs of statements about the members of a set that cannot both hold, by name of the entity.
    ///
    /// Two walked statements of a functional relation with other objects, or a positive and a
    /// negative one of any relation with the same object; under the same condition, and with
    /// periods that may share a day.
    pub(super) fn conflicts(
        &self,
        input: OperatorId,
        filter: FilterId,
        budget: &mut Budget,
    ) -> Result<Table, Error> {
        let snapshot = self.snapshot;
        let filter = self.filter(filter);
        let mut found = Vec::new();
        for entity in self.by_name(self.set(input), budget)? {
            let own: Vec<StatementId> = snapshot
                .outgoing(entity)
                .filter(|statement| filter.admits(snapshot, *statement))
                .collect();
            for (index, one) in own.iter().enumerate() {
                for other in own[index + 1..].iter().take(CONFLICT_WINDOW) {
                    budget.spend(1)?;
                    if snapshot.relation(*one) != snapshot.relation(*other) {
                        break;
                    }
                    if self.contradict(*one, *other) {
                        let both = [*one, *other].map(Value::Statement);
                        let via = Value::List(both.to_vec().into());
                        let [one, other] = both;
                        found.push(vec![Value::Entity(entity), one, other, via]);
                    }
                }
            }
        }
        Ok(Table {
            columns: vec![
                Column::new("entity", ColumnType::Entity),
                Column::new("says", ColumnType::Scalar),
                Column::new("against", ColumnType::Scalar),
                Column::new("via", ColumnType::Basis),
            ],
            rows: found,
        })
    }

    /// Whether two statements of one subject and relation cannot both hold.
    fn contradict(&self, one: StatementId, other: StatementId) -> bool {
        let snapshot = self.snapshot;
        let (first, second) = (snapshot.qualifiers(one), snapshot.qualifiers(other));
        let certain = crate::model::Certainty::Hedged;
        let are_said = first.certainty <= certain && second.certainty <= certain;
        let is_together = first.condition == second.condition
            && first.role == second.role
            && first.period().may_overlap(&second.period());
        if !are_said || !is_together {
            return false;
        }
        let is_same = same_object(snapshot.object(one), snapshot.object(other));
        let relation = snapshot.relation(one);
        let is_functional = snapshot.schema.relations[relation.index()].is_functional;
        match (first.polarity, second.polarity) {
            (Polarity::Positive, Polarity::Positive) => is_functional && !is_same,
            (Polarity::Positive, Polarity::Negative) | (Polarity::Negative, Polarity::Positive) => {
                is_same
            }
            _ => false,
        }
    }
}

fn same_object(one: ObjectRef<'_>, other: ObjectRef<'_>) -> bool {
    match (one, other) {
        (ObjectRef::Entity(one), ObjectRef::Entity(other)) => one == other,
        (ObjectRef::Value(one), ObjectRef::Value(other)) => value::equals(one, other) == Some(true),
        (ObjectRef::Nothing, ObjectRef::Nothing) => true,
        _ => false,
    }
}
