//! Comparison: relations against entities, each cell with the statements it rests on.

use std::collections::BTreeSet;

use crate::algo;
use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::model::Direction;
use crate::model::EntityId;
use crate::model::ObjectRef;
use crate::model::RelationId;
use crate::model::StatementId;
use crate::model::Value;
use crate::model::stable;
use crate::query::bound::Aspect;
use crate::query::execute::Run;
use crate::query::plan::FilterId;
use crate::query::plan::OperatorId;
use crate::query::table::Column;
use crate::query::table::ColumnType;
use crate::query::table::Table;
use crate::query::value::Key;

impl Run<'_> {
    /// One row an aspect, one column an entity; a cell has the statements that say what stands
    /// there, by the name of the far end; of a status, the word and the statement that says so.
    ///
    /// Entities stand in the order in which they are named, those of one set by name. Without
    /// aspects, every relation that any of the entities has, in the order of the schema. A cell of
    /// which nothing is said is null. A row differs if two cells have other far ends.
    pub(super) fn compare(
        &self,
        inputs: &[OperatorId],
        aspects: &[Aspect],
        filter: FilterId,
        budget: &mut Budget,
    ) -> Result<Table, Error> {
        let mut entities: Vec<EntityId> = Vec::new();
        for input in inputs {
            for entity in self.by_name(self.set(*input), budget)? {
                if !entities.contains(&entity) {
                    entities.push(entity);
                }
            }
        }
        let aspects = match aspects {
            [] => self.all_relations(&entities, filter, budget)?,
            some => some.to_vec(),
        };
        let mut rows = Vec::with_capacity(aspects.len());
        for aspect in aspects {
            let mut cells = Vec::with_capacity(entities.len());
            let mut contents: BTreeSet<Vec<String>> = BTreeSet::new();
            for entity in &entities {
                let (cell, content) = match aspect {
                    Aspect::Relation(relation, direction) => {
                        let cell = self.cell(*entity, relation, direction, filter, budget)?;
                        let content = self.contents(&cell, *entity);
                        (cell.into_iter().map(Value::Statement).collect(), content)
                    }
                    Aspect::Status => self.standing(*entity, filter, budget)?,
                };
                contents.insert(content);
                cells.push(match cell.is_empty() {
                    true => Value::Null,
                    false => Value::List(cell.into()),
                });
            }
            let word = aspect.word(&self.snapshot.schema).to_owned();
            let mut row = vec![Value::Text(word), Value::Boolean(contents.len() > 1)];
            row.extend(cells);
            rows.push(row);
            budget.check_rows(rows.len())?;
        }
        let mut columns = vec![
            Column::new("relation", ColumnType::Scalar),
            Column::new("differ", ColumnType::Scalar),
        ];
        for entity in &entities {
            let name = self.filter(filter).name(self.snapshot, *entity);
            let is_taken = columns.iter().any(|column| column.name == name);
            let slug = self.snapshot.slug(*entity);
            let name = if is_taken { slug } else { name };
            columns.push(Column::new(name, ColumnType::Cell(*entity)));
        }
        Ok(Table { columns, rows })
    }

    /// Every relation and property that an entity is the subject of, in the order of the schema.
    fn all_relations(
        &self,
        entities: &[EntityId],
        filter: FilterId,
        budget: &mut Budget,
    ) -> Result<Vec<Aspect>, Error> {
        let mut found = BTreeSet::new();
        for entity in entities {
            for statement in self.snapshot.outgoing(*entity) {
                budget.spend(1)?;
                if self.filter(filter).walks(self.snapshot, statement) {
                    let relation = self.snapshot.relation(statement);
                    found.insert(Aspect::Relation(relation, Direction::Forward));
                }
            }
        }
        Ok(found.into_iter().collect())
    }

    /// How an entity stands: the word and the statement that says so; and what of it is compared.
    fn standing(
        &self,
        entity: EntityId,
        filter: FilterId,
        budget: &mut Budget,
    ) -> Result<(Vec<Value>, Vec<String>), Error> {
        let standing = algo::standing(self.snapshot, self.filter(filter), entity, budget)?;
        let word = standing.status.word().to_owned();
        let mut cell = vec![Value::Text(word.clone())];
        cell.extend(standing.sign.map(Value::Statement));
        Ok((cell, vec![word]))
    }

    /// What is said of an entity under a relation, by the name of the far end.
    ///
    /// Also that there is none, or that it could not be found out: a comparison that left these out
    /// would take "no" for "not said".
    fn cell(
        &self,
        entity: EntityId,
        relation: RelationId,
        direction: Direction,
        filter: FilterId,
        budget: &mut Budget,
    ) -> Result<Vec<StatementId>, Error> {
        let snapshot = self.snapshot;
        let filter = self.filter(filter);
        let is_symmetric = snapshot.schema.relations[relation.index()].is_symmetric;
        let mut cell = Vec::new();
        let is_out = is_symmetric || direction == Direction::Forward;
        let is_in = is_symmetric || direction == Direction::Backward;
        let out = snapshot.outgoing(entity).filter(|_| is_out);
        let into = snapshot.incoming(entity).filter(|_| is_in);
        for statement in out.chain(into) {
            budget.spend(1)?;
            let qualifiers = snapshot.qualifiers(statement);
            let is_certain = qualifiers.certainty <= crate::model::Certainty::Hedged;
            let is_said = filter.is_doubtful || is_certain;
            if snapshot.relation(statement) == relation
                && is_said
                && filter.admits(snapshot, statement)
            {
                cell.push(statement);
            }
        }
        stable::sort_by_cached_key(&mut cell, |statement| {
            (self.end_text(*statement, entity), *statement)
        });
        cell.dedup();
        Ok(cell)
    }

    /// What stands in a cell, to be compared with others.
    fn contents(&self, cell: &[StatementId], entity: EntityId) -> Vec<String> {
        let mut contents: Vec<String> = cell
            .iter()
            .map(|statement| {
                let polarity = self.snapshot.qualifiers(*statement).polarity;
                format!("{} {}", polarity.word(), self.end_text(*statement, entity))
            })
            .collect();
        contents.dedup();
        contents
    }

    /// The far end of a statement as a text that orders as the answer does.
    fn end_text(&self, statement: StatementId, entity: EntityId) -> String {
        let snapshot = self.snapshot;
        let subject = snapshot.subject(statement);
        let far = match snapshot.object(statement) {
            ObjectRef::Entity(object) if subject == entity => object,
            ObjectRef::Entity(_) => subject,
            ObjectRef::Value(value) => return format!("{:?}", Key(value.clone()).0),
            ObjectRef::Nothing => return String::new(),
        };
        format!("{:010}", snapshot.rank(far))
    }
}
