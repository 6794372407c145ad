//! The last step: the result of a plan's root as a table, in its order, with its notes.

use crate::algo::interruptible;
use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::diagnostic::LimitId;
use crate::model::EntityId;
use crate::model::Value;
use crate::query::bound::Holds;
use crate::query::bound::Slot;
use crate::query::execute::Outcome;
use crate::query::execute::Run;
use crate::query::execute::rows::RowsOutcome;
use crate::query::execute::sweep;
use crate::query::plan::Operator;
use crate::query::plan::OperatorId;
use crate::query::plan::Pipeline;
use crate::query::table::Answer;
use crate::query::table::Column;
use crate::query::table::ColumnType;
use crate::query::table::Table;
use crate::query::value::Key;

impl Run<'_> {
    /// The answer.
    pub(super) fn answer(mut self, budget: &mut Budget) -> Result<Answer, Error> {
        let root = self.plan.root;
        let mut notes = Vec::new();
        if let Outcome::Paths(_, true, _) = &self.outcomes[root.0] {
            let limit = budget.limits().get(LimitId::Paths);
            notes.push(format!(
                "there are more than {limit} paths; `--limit paths=N` lists more"
            ));
        }
        notes.extend(self.notes.take());
        notes.extend(self.passed_by_notes(budget)?);
        let trail = self.trail(root, budget)?;
        let outcome = std::mem::replace(&mut self.outcomes[root.0], Outcome::Set(Vec::new()));
        let table = match outcome {
            Outcome::Table(table) => without_hidden(table),
            Outcome::Rows(outcome) => {
                self.outcomes[root.0] = Outcome::Rows(outcome);
                self.rows_table(root, budget)?
            }
            Outcome::Paths(paths, _, _) => Table {
                columns: vec![Column::new("path", ColumnType::Path)],
                rows: paths
                    .into_iter()
                    .map(|path| vec![Value::Path(path)])
                    .collect(),
            },
            set => {
                self.outcomes[root.0] = set;
                self.set_table(root, budget)?
            }
        };
        budget.check_rows(table.rows.len())?;
        Ok(Answer {
            table,
            filter: self.plan.filters[0].clone(),
            notes,
            trail,
        })
    }

    /// One row a member: those that the lineage leads to first, then the others, each by name.
    fn set_table(&self, root: OperatorId, budget: &mut Budget) -> Result<Table, Error> {
        let members = self.ordered_members(root, budget)?;
        let mut rows = Vec::with_capacity(members.len());
        let proofs = self.proofs(root, budget)?;
        for member in members {
            let via: Vec<Value> = match &proofs {
                Some(proofs) => {
                    let own = sweep::of_member(proofs, member).iter();
                    own.map(|proof| Value::Statement(proof.statement)).collect()
                }
                None => {
                    let via = self.evidence(root, member, budget)?.into_iter();
                    via.map(Value::Statement).collect()
                }
            };
            rows.push(vec![Value::Entity(member), Value::List(via.into())]);
        }
        Ok(Table {
            columns: vec![
                Column::new("entity", ColumnType::Entity),
                Column::new("via", ColumnType::Via),
            ],
            rows,
        })
    }

    /// The members of a set in the order of its answer.
    pub(super) fn ordered_members(
        &self,
        root: OperatorId,
        budget: &mut Budget,
    ) -> Result<Vec<EntityId>, Error> {
        let members = self.set(root);
        budget.check_rows(members.len())?;
        if members.len() < 2 {
            return Ok(members.to_vec());
        }
        if self.are_by_lineage(root).is_some() {
            budget.spend(members.len() as u64)?;
            return Ok(self.by_name(members, budget)?);
        }
        let led = self.led_by_lineage(root, budget)?;
        let mut rows: Vec<(bool, u32, EntityId)> = Vec::with_capacity(members.len());
        for member in members {
            let is_last = match &led {
                Some(led) => led.binary_search(member).is_err(),
                None => !self.is_by_lineage(root, *member, budget)?,
            };
            rows.push((is_last, self.snapshot.rank(*member), *member));
        }
        interruptible::sort(&mut rows, budget)?;
        Ok(rows.into_iter().map(|(_, _, member)| member).collect())
    }

    /// The rows of a pipeline: one column of entities with its evidence, other rows as they are.
    fn rows_table(&mut self, root: OperatorId, budget: &mut Budget) -> Result<Table, Error> {
        let columns = self.row_columns(root);
        let Outcome::Rows(outcome) = &self.outcomes[root.0] else {
            unreachable!("the root made rows")
        };
        let rows = outcome.rows.clone();
        if let [column] = columns.as_slice()
            && column.cells == ColumnType::Entity
        {
            return self.evidenced(root, rows, &column.name, budget);
        }
        let mut columns = columns;
        for (place, column) in columns.iter_mut().enumerate() {
            let cells = rows.iter().filter_map(|row| row.get(place));
            if matches!(
                column.cells,
                ColumnType::Entity | ColumnType::Path | ColumnType::Scalar
            ) {
                column.cells = column_type(cells, column.cells);
            }
        }
        Ok(Table { columns, rows })
    }

    /// Rows of one entity, each with what it rests on: its own matches, or the evidence of the set
    /// that it was selected from.
    fn evidenced(
        &self,
        root: OperatorId,
        rows: Vec<Vec<Value>>,
        name: &str,
        budget: &mut Budget,
    ) -> Result<Table, Error> {
        let own = match &self.outcomes[root.0] {
            Outcome::Rows(outcome) => outcome.evidence.as_slice(),
            _ => &[],
        };
        let mut evidenced = Vec::with_capacity(rows.len());
        for (index, mut row) in rows.into_iter().enumerate() {
            let via = match (row.first(), own.get(index)) {
                (Some(Value::Entity(_)), Some(own)) => own.clone(),
                (Some(Value::Entity(member)), None) => self.evidence(root, *member, budget)?,
                _ => Vec::new(),
            };
            row.push(Value::List(via.into_iter().map(Value::Statement).collect()));
            evidenced.push(row);
        }
        let name = if name == "it" { "entity" } else { name };
        Ok(Table {
            columns: vec![
                Column::new(name, ColumnType::Entity),
                Column::new("via", ColumnType::Via),
            ],
            rows: evidenced,
        })
    }

    /// The columns of rows, as far as they are known without the rows.
    fn row_columns(&self, root: OperatorId) -> Vec<Column> {
        match &self.plan.operators[root.0].0 {
            Operator::Rows(pipeline) => {
                let columns = pipeline.rows.columns.iter().map(|column| {
                    let cells = match (column.holds, self.handed_on(pipeline, column.slot)) {
                        (Holds::Entity, _) => ColumnType::Entity,
                        (Holds::Path, _) => ColumnType::Path,
                        (Holds::Cell(entity), _) => ColumnType::Cell(entity),
                        (_, Some(cells)) => cells,
                        _ => ColumnType::Scalar,
                    };
                    Column::new(&column.name, cells)
                });
                let mut columns: Vec<Column> = columns.collect();
                if let (Some(_), Some(input)) = (pipeline.rows.rest, pipeline.input) {
                    columns.extend(self.rest_columns(input));
                }
                columns
            }
            Operator::UnionRows { inputs, .. } => self.row_columns(inputs[0]),
            other => unreachable!("{other:?} makes no rows"),
        }
    }

    /// What a column holds that a table hands on as it is.
    fn handed_on(&self, pipeline: &Pipeline, slot: Slot) -> Option<ColumnType> {
        let (_, slots) = pipeline.rows.input.as_ref()?;
        let place = slots.iter().position(|known| *known == slot)?;
        let input = pipeline.input?;
        match (&self.outcomes[input.0], &self.plan.operators[input.0].0) {
            (Outcome::Table(table), _) => table.columns.get(place).map(|column| column.cells),
            (_, Operator::Rows(pipeline)) => {
                let column = pipeline.rows.columns.get(place)?;
                self.handed_on(pipeline, column.slot)
            }
            _ => None,
        }
    }

    /// The columns whose number was not known before.
    fn rest_columns(&self, input: OperatorId) -> Vec<Column> {
        match (&self.outcomes[input.0], &self.plan.operators[input.0].0) {
            (Outcome::Table(table), _) => table.columns.iter().skip(2).cloned().collect(),
            (_, Operator::Rows(pipeline)) => match pipeline.input {
                Some(input) => self.rest_columns(input),
                None => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// The rows that an operator hands to a pipeline, in the order of its answer or in any.
    pub(super) fn input_rows(
        &self,
        input: OperatorId,
        takes_any_order: bool,
        budget: &mut Budget,
    ) -> Result<Vec<Vec<Value>>, Error> {
        Ok(match &self.outcomes[input.0] {
            Outcome::Table(table) => table.rows.clone(),
            Outcome::Rows(outcome) => outcome.rows.clone(),
            Outcome::Paths(paths, ..) => {
                let paths = paths.iter().cloned();
                paths.map(|path| vec![Value::Path(path)]).collect()
            }
            _ if takes_any_order => {
                let members = self.set(input).iter();
                members.map(|member| vec![Value::Entity(*member)]).collect()
            }
            _ => {
                let members = self.ordered_members(input, budget)?;
                let rows = members.into_iter();
                rows.map(|member| vec![Value::Entity(member)]).collect()
            }
        })
    }

    /// The rows of all inputs, one input behind the other.
    pub(super) fn union_rows(
        &self,
        inputs: &[OperatorId],
        keeps_doubles: bool,
        budget: &mut Budget,
    ) -> Result<RowsOutcome, Error> {
        let mut seen = std::collections::HashSet::new();
        let mut outcome = RowsOutcome::default();
        for input in inputs {
            for row in self.input_rows(*input, false, budget)? {
                budget.spend(1)?;
                let key: Vec<Key> = row.iter().cloned().map(Key).collect();
                if keeps_doubles || seen.insert(key) {
                    outcome.rows.push(row);
                }
            }
            budget.check_rows(outcome.rows.len())?;
        }
        outcome.entities = crate::query::execute::rows::entities(&outcome.rows);
        Ok(outcome)
    }

    /// What the walks passed by, in words.
    pub(super) fn passed_by_notes(&self, budget: &mut Budget) -> Result<Vec<String>, Error> {
        let (doubtful, filtered) = self.passed_by(budget)?;
        let statements = |count: usize| match count {
            1 => "1 statement is".to_owned(),
            count => format!("{count} statements are"),
        };
        let mut notes = Vec::new();
        if doubtful > 0 {
            notes.push(format!(
                "{} not walked: doubtful, negative or unknown; `facts(x)` lists them",
                statements(doubtful)
            ));
        }
        if filtered > 0 {
            notes.push(format!("{} left out by the context", statements(filtered)));
        }
        Ok(notes)
    }
}

/// A table without the columns that only stages see.
fn without_hidden(mut table: Table) -> Table {
    let hidden = table
        .columns
        .iter()
        .position(|column| column.name == "differ");
    if let Some(place) = hidden {
        table.columns.remove(place);
        for row in &mut table.rows {
            row.remove(place);
        }
    }
    table
}

/// What the cells of a column are: by what stands in them, or by what could.
fn column_type<'v>(cells: impl Iterator<Item = &'v Value>, expected: ColumnType) -> ColumnType {
    let mut found = None;
    for cell in cells {
        let cell = match cell {
            Value::Null => continue,
            Value::Entity(_) => ColumnType::Entity,
            Value::Path(_) => ColumnType::Path,
            _ => ColumnType::Scalar,
        };
        if found.is_some_and(|found| found != cell) {
            return ColumnType::Scalar;
        }
        found = Some(cell);
    }
    found.unwrap_or(expected)
}
