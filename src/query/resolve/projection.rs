//! Columns: what `return`, `with`, `select` and `group by` make of the rows.
//!
//! Where a column aggregates, the columns that do not are the keys of the groups, as in openCypher.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Span;
use crate::diagnostic::code;
use crate::query::ast;
use crate::query::ast::ExpressionKind;
use crate::query::bound::Aggregate;
use crate::query::bound::Expression;
use crate::query::bound::Grouping;
use crate::query::bound::Holds;
use crate::query::bound::Place;
use crate::query::bound::Slot;
use crate::query::bound::SortKey;
use crate::query::bound::Step;
use crate::query::function;
use crate::query::resolve::Resolver;
use crate::query::resolve::matching::safe_first;
use crate::query::resolve::scope::Scope;

/// A column on its way: what is in it, and where it goes.
struct Column {
    name: String,
    /// As it was resolved, on the rows that come in.
    from: Expression,
    /// As it is computed.
    value: Expression,
    slot: Slot,
    holds: Holds,
    span: Span,
    aggregates: bool,
}

impl Resolver<'_> {
    /// Resolves columns, their order and their limits. `is_with` wants a name for each column.
    pub(super) fn projection(
        &mut self,
        scope: &mut Scope,
        projection: &ast::Projection,
        is_with: bool,
    ) {
        let before: Vec<Slot> = scope.variables.iter().map(|known| known.slot).collect();
        scope.aggregates = Some(Vec::new());
        let mut columns = self.resolve_columns(scope, &projection.items, is_with);
        let is_grouped = scope
            .aggregates
            .as_ref()
            .is_some_and(|found| !found.is_empty());
        self.check_names(&columns);
        // The order may name the new columns as well as what the rows had before.
        let known = scope.variables.len();
        for column in &columns {
            scope.name_slot(&column.name, column.slot);
        }
        if !is_grouped {
            scope.aggregates = None;
        }
        let mut order: Vec<SortKey> = projection
            .order
            .iter()
            .map(|item| SortKey {
                value: self.expression(scope, &item.expression),
                is_descending: item.is_descending,
            })
            .collect();
        let aggregates = scope.aggregates.take().unwrap_or_default();
        let condition = projection.condition.as_ref();
        let mut conditions =
            condition.map_or(Vec::new(), |condition| self.condition(scope, condition));
        scope.variables.truncate(known);

        if is_grouped {
            let grouping = self.grouping(&mut columns, aggregates, &before);
            scope.rows.steps.push(Step::Group(grouping));
        }
        let hides = is_grouped || projection.items.is_distinct;
        for (index, key) in order.iter_mut().enumerate() {
            replace_columns(&mut key.value, &columns);
            let span = projection.order[index].expression.span;
            self.check_visible(hides, &key.value, &before, &columns, span);
        }
        for condition in &mut conditions {
            replace_columns(condition, &columns);
            self.check_visible(hides, condition, &before, &columns, projection.span);
        }
        push_computed(scope, &columns);
        if projection.items.is_distinct {
            let slots = columns.iter().map(|column| Expression::Slot(column.slot));
            scope.rows.steps.push(Step::Distinct(slots.collect()));
        }
        if !order.is_empty() {
            scope.rows.steps.push(Step::Sort(order));
        }
        self.row_counts(scope, projection);
        if !conditions.is_empty() {
            scope.rows.steps.push(Step::Filter(safe_first(conditions)));
        }
        let columns = columns.into_iter();
        let columns = columns.map(|column| (column.name, column.slot, column.holds));
        let columns = columns.collect();
        let rest = scope.rows.rest;
        self.set_columns(scope, columns);
        // `*` is also for the columns that nobody knows yet.
        scope.rows.rest = rest.filter(|_| projection.items.has_star && !hides);
    }

    /// How many rows are left out first, and how many there are at most.
    fn row_counts(&mut self, scope: &mut Scope, projection: &ast::Projection) {
        if let Some(offset) = &projection.offset {
            let offset = self.row_count(scope, offset);
            scope.rows.steps.push(Step::Offset(offset));
        }
        if let Some(limit) = &projection.limit {
            let limit = self.row_count(scope, limit);
            scope.rows.steps.push(Step::Limit(limit));
        }
    }

    fn row_count(&mut self, scope: &mut Scope, from: &ast::Expression) -> Expression {
        let variables = std::mem::take(&mut scope.variables);
        let it = scope.it.take();
        let count = self.expression(scope, from);
        scope.variables = variables;
        scope.it = it;
        let is_wrong = match &count {
            Expression::Constant(crate::model::Value::Integer(count)) => *count < 0,
            Expression::Constant(_) => true,
            _ => false,
        };
        if is_wrong && self.findings.is_empty() {
            let message = "a number of rows is a whole number from 0 up";
            let finding = Diagnostic::error(&code::WRONG_ARGUMENT, from.span, message);
            self.findings
                .push(finding.hint("write `limit 5`".to_owned()));
        }
        count
    }

    fn resolve_columns(
        &mut self,
        scope: &mut Scope,
        items: &ast::Items,
        is_with: bool,
    ) -> Vec<Column> {
        let mut columns = Vec::new();
        if items.has_star {
            let mut seen = Vec::new();
            for variable in scope.variables.clone().iter().rev() {
                let is_hidden = variable.name == "differ" || seen.contains(&variable.name);
                if !is_hidden {
                    seen.push(variable.name.clone());
                    columns.push(Column {
                        name: variable.name.clone(),
                        from: Expression::Slot(variable.slot),
                        value: Expression::Slot(variable.slot),
                        slot: variable.slot,
                        holds: variable.holds,
                        span: items.span,
                        aggregates: false,
                    });
                }
            }
            columns.reverse();
            if columns.is_empty() {
                let message = "there are no variables that `*` could stand for";
                let finding = Diagnostic::error(&code::BAD_COLUMN, items.span, message);
                self.findings.push(finding);
            }
        }
        for item in &items.items {
            columns.push(self.column(scope, item, is_with));
        }
        columns
    }

    fn column(&mut self, scope: &mut Scope, item: &ast::Item, is_with: bool) -> Column {
        let before = scope.aggregates.as_ref().map_or(0, Vec::len);
        let value = self.expression(scope, &item.expression);
        let found = scope.aggregates.as_deref().unwrap_or_default();
        let mut aggregates = found.len() > before;
        value.visit(&mut |part| {
            if let Expression::Slot(slot) = part {
                aggregates |= found.iter().any(|aggregate| aggregate.slot == *slot);
            }
        });
        let is_variable = matches!(item.expression.kind, ExpressionKind::Variable(_));
        let name = match (&item.alias, &item.expression.kind) {
            (Some(alias), _) => alias.text.clone(),
            (None, ExpressionKind::Variable(name)) => name.text.clone(),
            (None, _) => item.text.clone(),
        };
        if is_with && item.alias.is_none() && !is_variable {
            let message = "a column of `with` wants a name";
            let finding = Diagnostic::error(&code::BAD_COLUMN, item.expression.span, message);
            let hint = format!("name it: `{} as x`", item.text);
            self.findings.push(finding.hint(hint));
        }
        let holds = scope.holds(&value);
        let slot = match &value {
            Expression::Slot(slot) if is_variable && item.alias.is_none() => *slot,
            _ => scope.slot(&name, holds),
        };
        Column {
            name,
            from: value.clone(),
            value,
            slot,
            holds,
            span: item.expression.span,
            aggregates,
        }
    }

    fn check_names(&mut self, columns: &[Column]) {
        for (index, column) in columns.iter().enumerate() {
            let before = columns[..index].iter();
            if before.clone().any(|other| other.name == column.name) {
                let message = format!("two columns are called `{}`", column.name);
                let finding = Diagnostic::error(&code::BAD_COLUMN, column.span, message);
                let hint = "give one of them another name with `as`".to_owned();
                self.findings.push(finding.hint(hint));
            }
        }
    }

    /// The groups of columns that aggregate; in these, the keys stand for what they were made of.
    fn grouping(
        &mut self,
        columns: &mut [Column],
        aggregates: Vec<Aggregate>,
        before: &[Slot],
    ) -> Grouping {
        let mut keys = Vec::new();
        for column in columns.iter_mut().filter(|column| !column.aggregates) {
            keys.push((column.slot, column.from.clone()));
            column.value = Expression::Slot(column.slot);
        }
        for column in columns.iter_mut().filter(|column| column.aggregates) {
            replace(&mut column.value, &keys);
            self.check_grouped(&column.value, before, &keys, column.span);
        }
        Grouping {
            keys,
            is_spread: false,
            aggregates,
        }
    }

    /// What is neither a key nor inside an aggregate differs within a group.
    fn check_grouped(
        &mut self,
        value: &Expression,
        before: &[Slot],
        keys: &[(Slot, Expression)],
        span: Span,
    ) {
        let mut is_loose = false;
        value.visit(&mut |part| {
            if let Expression::Slot(slot) = part {
                let is_key = keys.iter().any(|(key, _)| key == slot);
                is_loose |= before.contains(slot) && !is_key;
            }
        });
        if is_loose {
            let message = "this has several values in a group";
            let finding = Diagnostic::error(&code::MISPLACED_AGGREGATE, span, message);
            let hint = "make it a column of its own, or aggregate it: `min(x)`, `collect(x)`";
            self.findings.push(finding.hint(hint.to_owned()));
        }
    }

    /// Behind groups and `distinct`, only the columns can be named.
    fn check_visible(
        &mut self,
        hides: bool,
        value: &Expression,
        before: &[Slot],
        columns: &[Column],
        span: Span,
    ) {
        let mut is_hidden = false;
        value.visit(&mut |part| {
            if let Expression::Slot(slot) = part {
                let is_column = columns.iter().any(|column| column.slot == *slot);
                is_hidden |= before.contains(slot) && !is_column;
            }
        });
        if hides && is_hidden {
            let message = "this is no column, and the rows behind it are gone";
            let finding = Diagnostic::error(&code::BAD_COLUMN, span, message);
            let hint = "return it as well, or order by a column".to_owned();
            self.findings.push(finding.hint(hint));
        }
    }

    /// What is selected of each group; the names of the keys stand for them.
    fn group_columns(
        &mut self,
        scope: &mut Scope,
        named: &[(String, Slot, Holds)],
        items: Option<&ast::Items>,
    ) -> Vec<Column> {
        scope.aggregates = Some(Vec::new());
        let Some(items) = items else {
            return Vec::new();
        };
        let known = scope.variables.len();
        for (name, slot, _) in named {
            scope.name_slot(name, *slot);
        }
        let columns = self.resolve_columns(scope, items, false);
        scope.variables.truncate(known);
        columns
    }

    /// `group by keys select items`; without `select`, the keys and how many rows each has.
    pub(super) fn group(
        &mut self,
        scope: &mut Scope,
        keys: &[ast::Item],
        items: Option<&ast::Items>,
        span: Span,
    ) {
        let before: Vec<Slot> = scope.variables.iter().map(|known| known.slot).collect();
        let keys: Vec<Column> = keys
            .iter()
            .map(|key| self.column(scope, key, false))
            .collect();
        let mut groups: Vec<(Slot, Expression)> = Vec::new();
        let mut named = Vec::new();
        for key in &keys {
            let holds = match key.holds {
                Holds::Entities => Holds::Entity,
                other => other,
            };
            let slot = scope.slot(&key.name, holds);
            groups.push((slot, key.value.clone()));
            named.push((key.name.clone(), slot, holds));
        }
        let mut columns = self.group_columns(scope, &named, items);
        let mut aggregates = scope.aggregates.take().unwrap_or_default();
        self.check_names(&columns);
        for column in &mut columns {
            replace(&mut column.value, &groups);
            self.check_grouped(&column.value, &before, &groups, column.span);
            if let Expression::Slot(slot) = column.value {
                let key = named.iter().find(|(_, key, _)| *key == slot);
                column.holds = key.map_or(column.holds, |(_, _, holds)| *holds);
            }
        }
        if items.is_none() {
            let slot = scope.slot("count", Holds::Any);
            let function = function::find_value("count").expect("`count` is a row");
            aggregates.push(Aggregate {
                slot,
                function,
                value: None,
                is_distinct: false,
                place: Place(span),
            });
            named.push(("count".to_owned(), slot, Holds::Any));
        }
        scope.rows.steps.push(Step::Group(Grouping {
            keys: groups,
            is_spread: true,
            aggregates,
        }));
        push_computed(scope, &columns);
        let is_distinct = items.is_some_and(|items| items.is_distinct);
        let columns: Vec<_> = match items {
            None => named,
            Some(_) => columns
                .into_iter()
                .map(|column| (column.name, column.slot, column.holds))
                .collect(),
        };
        if is_distinct {
            let slots = columns.iter().map(|(_, slot, _)| Expression::Slot(*slot));
            scope.rows.steps.push(Step::Distinct(slots.collect()));
        }
        self.set_columns(scope, columns);
        self.name_it(scope);
    }
}

/// Adds the step that computes the columns which are not there already.
fn push_computed(scope: &mut Scope, columns: &[Column]) {
    let computed = columns
        .iter()
        .filter(|column| column.value != Expression::Slot(column.slot));
    let computed: Vec<(Slot, Expression)> = computed
        .map(|column| (column.slot, column.value.clone()))
        .collect();
    if !computed.is_empty() {
        scope.rows.steps.push(Step::Project(computed));
    }
}

/// Puts the slot of a key in the place of what the key is made of.
fn replace(value: &mut Expression, keys: &[(Slot, Expression)]) {
    if let Some((slot, _)) = keys.iter().find(|(_, from)| from == value) {
        *value = Expression::Slot(*slot);
        return;
    }
    for child in value.children_mut() {
        replace(child, keys);
    }
}

/// Puts a column in the place of what it is made of.
fn replace_columns(value: &mut Expression, columns: &[Column]) {
    if let Some(column) = columns.iter().find(|column| column.from == *value) {
        *value = Expression::Slot(column.slot);
        return;
    }
    for child in value.children_mut() {
        replace_columns(child, columns);
    }
}
