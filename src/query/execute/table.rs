//! Operators whose result is a table that is no set: values, statements, sources, components,
//! sizes.

use std::collections::BTreeMap;

use crate::algo;
use crate::algo::interruptible;
use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::diagnostic::Fault;
use crate::model::Date;
use crate::model::EntityId;
use crate::model::ObjectRef;
use crate::model::RelationId;
use crate::model::SourceId;
use crate::model::StatementId;
use crate::model::Value;
use crate::model::stable;
use crate::query::execute::Run;
use crate::query::plan::FilterId;
use crate::query::plan::Operator;
use crate::query::plan::OperatorId;
use crate::query::table::Column;
use crate::query::table::ColumnType;
use crate::query::table::Table;

impl Run<'_> {
    /// The table that an operator yields.
    pub(super) fn table(
        &self,
        operator: &Operator,
        filter: FilterId,
        budget: &mut Budget,
    ) -> Result<Table, Error> {
        match operator {
            Operator::Values { input, property } => self.values(*input, *property, filter, budget),
            Operator::Facts { input } => self.facts(*input, filter, budget),
            Operator::Sources { input } => self.sources(*input, filter, budget),
            Operator::Count { input } => Ok(Table {
                columns: vec![Column::new("count", ColumnType::Scalar)],
                rows: vec![vec![count(self.set(*input).len())]],
            }),
            Operator::Conflicts { input } => self.conflicts(*input, filter, budget),
            Operator::Why { member, set } => self.why(*member, *set, budget),
            Operator::Reduction { input, along } => {
                let view = self.view(filter, along);
                let statements = algo::reduction(view, self.set(*input), budget)?;
                let rows = statements.into_iter().map(|id| vec![Value::Statement(id)]);
                Ok(Table {
                    columns: vec![Column::new("statement", ColumnType::Statement)],
                    rows: rows.collect(),
                })
            }
            Operator::Levels { input, along } => {
                let view = self.view(filter, along);
                let mut levels = algo::levels(view, self.set(*input), budget)?;
                let snapshot = self.snapshot;
                let key = |(entity, level): &(EntityId, u32)| (*level, snapshot.rank(*entity));
                interruptible::sort_by(&mut levels, budget, |one, other| {
                    key(one).cmp(&key(other))
                })?;
                let rows = levels.into_iter().map(|(entity, level)| {
                    vec![Value::Entity(entity), Value::Integer(i64::from(level))]
                });
                Ok(Table {
                    columns: vec![
                        Column::new("entity", ColumnType::Entity),
                        Column::new("level", ColumnType::Scalar),
                    ],
                    rows: rows.collect(),
                })
            }
            Operator::Compare { inputs, aspects } => self.compare(inputs, aspects, filter, budget),
            Operator::Components {
                input,
                along,
                is_strong,
            } => {
                let view = self.view(filter, along);
                let members = self.set(*input);
                let components = algo::components(view, members, *is_strong, budget)?;
                Ok(self.components(components, budget)?)
            }
            other => unreachable!("{other:?} yields a set"),
        }
    }

    /// The members of a set, by name.
    pub(super) fn by_name(
        &self,
        entities: &[EntityId],
        budget: &mut Budget,
    ) -> Result<Vec<EntityId>, Fault> {
        if self.snapshot.is_ranked_by_id() {
            return Ok(entities.to_vec());
        }
        let ranked = entities
            .iter()
            .map(|entity| (self.snapshot.rank(*entity), *entity));
        let mut ranked: Vec<(u32, EntityId)> = ranked.collect();
        interruptible::sort(&mut ranked, budget)?;
        Ok(ranked.into_iter().map(|(_, entity)| entity).collect())
    }

    /// One row a component, in order: its number, its size, its members by name.
    fn components(
        &self,
        components: Vec<Vec<EntityId>>,
        budget: &mut Budget,
    ) -> Result<Table, Fault> {
        let rows = components.into_iter().enumerate().map(|(index, members)| {
            let entities = self.by_name(&members, budget)?.into_iter();
            Ok(vec![
                count(index + 1),
                count(members.len()),
                Value::List(entities.map(Value::Entity).collect()),
            ])
        });
        let rows = rows.collect::<Result<_, Fault>>()?;
        Ok(Table {
            columns: vec![
                Column::new("component", ColumnType::Scalar),
                Column::new("size", ColumnType::Scalar),
                Column::new("entities", ColumnType::Entities),
            ],
            rows,
        })
    }

    /// One row a value: entities by name, the values of each in the order of the statements.
    fn values(
        &self,
        input: OperatorId,
        property: RelationId,
        filter: FilterId,
        budget: &mut Budget,
    ) -> Result<Table, Error> {
        let snapshot = self.snapshot;
        let filter = self.filter(filter);
        let mut rows = Vec::new();
        for entity in self.by_name(self.set(input), budget)? {
            for statement in snapshot.outgoing(entity) {
                budget.spend(1)?;
                let is_wanted =
                    snapshot.relation(statement) == property && filter.walks(snapshot, statement);
                if let (true, ObjectRef::Value(value)) = (is_wanted, snapshot.object(statement)) {
                    let via = Value::List(vec![Value::Statement(statement)].into());
                    rows.push(vec![Value::Entity(entity), value.clone(), via]);
                }
            }
        }
        let name = match snapshot.schema.relations[property.index()].name.as_str() {
            "entity" | "via" => "value",
            name => name,
        };
        let columns = vec![
            Column::new("entity", ColumnType::Entity),
            Column::new(name, ColumnType::Scalar),
            Column::new("via", ColumnType::Basis),
        ];
        Ok(Table { columns, rows })
    }

    /// One row a statement: those of each entity by name, outgoing ones first.
    fn facts(
        &self,
        input: OperatorId,
        filter: FilterId,
        budget: &mut Budget,
    ) -> Result<Table, Error> {
        let mut seen = std::collections::BTreeSet::new();
        let mut rows = Vec::new();
        for statement in self.statements_about(input, filter, budget)? {
            if seen.insert(statement) {
                rows.push(vec![Value::Statement(statement)]);
            }
        }
        Ok(Table {
            columns: vec![Column::new("statement", ColumnType::Statement)],
            rows,
        })
    }

    /// The admitted statements at the entities of a set, by name of the entity; a statement between
    /// two of them stands there twice.
    fn statements_about(
        &self,
        input: OperatorId,
        filter: FilterId,
        budget: &mut Budget,
    ) -> Result<Vec<StatementId>, Error> {
        let filter = self.filter(filter);
        let mut found = Vec::new();
        for entity in self.by_name(self.set(input), budget)? {
            let incoming = self.snapshot.incoming(entity);
            for statement in self.snapshot.outgoing(entity).chain(incoming) {
                budget.spend(1)?;
                if filter.admits(self.snapshot, statement) {
                    found.push(statement);
                }
            }
        }
        Ok(found)
    }

    /// One row a source: the one that most statements rest on first, of equals by id.
    fn sources(
        &self,
        input: OperatorId,
        filter: FilterId,
        budget: &mut Budget,
    ) -> Result<Table, Error> {
        let snapshot = self.snapshot;
        let mut counts: BTreeMap<SourceId, std::collections::BTreeSet<StatementId>> =
            BTreeMap::new();
        for statement in self.statements_about(input, filter, budget)? {
            for citation in snapshot.citations(statement) {
                counts.entry(citation.source).or_default().insert(statement);
            }
        }
        for entity in self.set(input) {
            for citation in snapshot.entity_citations(*entity) {
                counts.entry(citation.source).or_default();
            }
        }
        let filter = self.filter(filter);
        if let Some(sources) = &filter.sources {
            counts.retain(|source, _| sources.contains(source));
        }
        let mut sources: Vec<(SourceId, usize)> = counts
            .into_iter()
            .map(|(source, statements)| (source, statements.len()))
            .collect();
        stable::sort_by_key(&mut sources, |(source, statements)| {
            (usize::MAX - statements, *source)
        });
        let rows = sources.into_iter().map(|(id, statements)| {
            let source = snapshot.source(id);
            let text = |text: &Option<String>| text.clone().map_or(Value::Null, Value::Text);
            let date = |date: &Option<Date>| date.clone().map_or(Value::Null, Value::Date);
            vec![
                Value::Source(id),
                Value::Text(source.title.clone()),
                text(&source.author),
                date(&source.date),
                text(&source.address),
                count(statements),
            ]
        });
        let scalar = |name| Column::new(name, ColumnType::Scalar);
        let mut columns = vec![Column::new("source", ColumnType::Source)];
        columns.extend(["title", "author", "date", "address", "statements"].map(scalar));
        Ok(Table {
            columns,
            rows: rows.collect(),
        })
    }
}

fn count(number: usize) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}
