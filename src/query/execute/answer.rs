//! The last step: the result of a plan's root as a table, in its order, with its notes.

use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::diagnostic::LimitId;
use crate::model::EntityId;
use crate::model::LINEAGE;
use crate::model::StatementId;
use crate::model::Value;
use crate::query::execute::Outcome;
use crate::query::execute::Run;
use crate::query::plan::OperatorId;
use crate::query::table::Answer;
use crate::query::table::Column;
use crate::query::table::ColumnType;
use crate::query::table::Table;

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
        notes.extend(self.passed_by_notes(budget)?);
        let trail = self.trail(root, budget)?;
        let outcome = std::mem::replace(&mut self.outcomes[root.0], Outcome::Set(Vec::new()));
        let table = match outcome {
            Outcome::Table(table) => table,
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
        let members = self.set(root);
        budget.check_rows(members.len())?;
        let mut rows: Vec<(bool, EntityId, Vec<StatementId>)> = Vec::with_capacity(members.len());
        for member in members {
            let via = self.evidence(root, *member, budget)?;
            let is_lineage = via.first().is_some_and(|statement| {
                let relation = self.snapshot.relation(*statement);
                self.snapshot.schema.is_in_group(relation, LINEAGE)
            });
            rows.push((!is_lineage, *member, via));
        }
        rows.sort_by_key(|(is_last, member, _)| (*is_last, self.snapshot.rank(*member)));
        let rows = rows.into_iter().map(|(_, member, via)| {
            let via = via.into_iter().map(Value::Statement).collect();
            vec![Value::Entity(member), Value::List(via)]
        });
        Ok(Table {
            columns: vec![
                Column::new("entity", ColumnType::Entity),
                Column::new("via", ColumnType::Via),
            ],
            rows: rows.collect(),
        })
    }

    /// What the walks passed by, in words.
    fn passed_by_notes(&self, budget: &mut Budget) -> Result<Vec<String>, Error> {
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
