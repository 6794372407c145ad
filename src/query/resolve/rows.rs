//! Pipes and linear queries: stages and clauses become steps on rows.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Span;
use crate::diagnostic::code;
use crate::model::Value;
use crate::query::ast;
use crate::query::ast::Clause;
use crate::query::ast::Stage;
use crate::query::ast::StageKind;
use crate::query::bound::Aggregate;
use crate::query::bound::Expression;
use crate::query::bound::Grouping;
use crate::query::bound::Holds;
use crate::query::bound::NodeId;
use crate::query::bound::NodeKind;
use crate::query::bound::Place;
use crate::query::bound::RowColumn;
use crate::query::bound::Slot;
use crate::query::bound::SortKey;
use crate::query::bound::Step;
use crate::query::function;
use crate::query::resolve::Resolver;
use crate::query::resolve::Yields;
use crate::query::resolve::matching::safe_first;
use crate::query::resolve::scope::Scope;

impl Resolver<'_> {
    /// Resolves the stages behind a source.
    pub(super) fn stages(&mut self, source: NodeId, stages: &[Stage]) -> NodeId {
        let mut node = source;
        let mut open: Option<Scope> = None;
        for stage in stages {
            if let StageKind::Call(name, arguments) = &stage.kind {
                if let Some(scope) = open.take() {
                    node = self.close(scope, stage.span);
                }
                let input = self.checked_set(node, stage.span);
                node = self.call(name, arguments, stage.span, Some(input));
                continue;
            }
            let mut scope = match open.take() {
                Some(scope) => scope,
                None => self.open(node),
            };
            self.stage(&mut scope, stage);
            open = Some(scope);
        }
        match open {
            Some(scope) => {
                let last = stages.last().map_or(Span::default(), |stage| stage.span);
                self.close(scope, last)
            }
            None => node,
        }
    }

    /// The scope of the rows of a node: a variable a column.
    fn open(&mut self, node: NodeId) -> Scope {
        let mut scope = Scope::default();
        let columns: Vec<(String, Holds)> = match &self.types[node.0] {
            Yields::Set => vec![("it".to_owned(), Holds::Entity)],
            Yields::Paths => vec![("path".to_owned(), Holds::Path)],
            Yields::Table(columns) => columns.clone(),
        };
        scope.rows.is_selection = self.types[node.0] == Yields::Set;
        let mut slots = Vec::new();
        for (name, holds) in &columns {
            let slot = scope.bind(name, *holds);
            slots.push(slot);
            // What stages do not see unless they name it is no column of what they show.
            if name != "differ" {
                scope.rows.columns.push(RowColumn {
                    name: name.clone(),
                    slot,
                    holds: *holds,
                });
            }
        }
        let elements: Vec<_> = columns
            .iter()
            .zip(&slots)
            .filter(|((_, holds), _)| matches!(holds, Holds::Entity | Holds::Statement))
            .collect();
        if let [((name, _), slot)] = elements.as_slice() {
            scope.it = Some(**slot);
            if name != "it" {
                scope.name_slot("it", **slot);
            }
        }
        if self.is_comparison(node) {
            let rest = scope.slot("", Holds::Any);
            scope.rows.rest = Some(rest);
            slots.push(rest);
        }
        scope.rows.input = Some((node, slots));
        scope
    }

    /// Whether a node has a column for each entity of a set that it compares.
    fn is_comparison(&self, node: NodeId) -> bool {
        match &self.query.nodes[node.0].kind {
            NodeKind::Compare(..) => matches!(&self.types[node.0],
                Yields::Table(columns) if columns.len() == 2),
            NodeKind::Within(inner, _) => self.is_comparison(*inner),
            NodeKind::Rows(rows) => rows.rest.is_some(),
            _ => false,
        }
    }

    /// The node of rows that are done.
    pub(super) fn close(&mut self, scope: Scope, span: Span) -> NodeId {
        let columns = scope.rows.columns.iter();
        let columns = columns.map(|column| (column.name.clone(), column.holds));
        let yields = match scope.rows.is_selection {
            true => Yields::Set,
            false => Yields::Table(columns.collect()),
        };
        self.add(NodeKind::Rows(Box::new(scope.rows)), span, yields)
    }

    fn stage(&mut self, scope: &mut Scope, stage: &Stage) {
        match &stage.kind {
            StageKind::Where(condition) => {
                let conditions = self.condition(scope, condition);
                let filter = Step::Filter(safe_first(conditions));
                scope.rows.steps.push(filter);
            }
            StageKind::Select(items) => {
                let projection = ast::Projection {
                    items: items.clone(),
                    order: Vec::new(),
                    offset: None,
                    limit: None,
                    condition: None,
                    span: stage.span,
                };
                self.projection(scope, &projection, false);
                self.name_it(scope);
            }
            StageKind::Group(keys, items) => self.group(scope, keys, items.as_ref(), stage.span),
            StageKind::Order(items) => {
                let keys = items.iter().map(|item| SortKey {
                    value: self.expression(scope, &item.expression),
                    is_descending: item.is_descending,
                });
                let keys = keys.collect();
                scope.rows.steps.push(Step::Sort(keys));
            }
            StageKind::Topological => match scope.it.filter(|it| scope.is_entity(*it)) {
                Some(it) => scope.rows.steps.push(Step::Topological(it)),
                _ => {
                    let message = "only a set of entities has a topological order";
                    let finding = Diagnostic::error(&code::NOT_A_SET, stage.span, message);
                    let hint = "put this stage before `select`".to_owned();
                    self.findings.push(finding.hint(hint));
                }
            },
            StageKind::Limit(count) => {
                let count = self.constant(scope, count);
                scope.rows.steps.push(Step::Limit(count));
            }
            StageKind::Offset(count) => {
                let count = self.constant(scope, count);
                scope.rows.steps.push(Step::Offset(count));
            }
            StageKind::Distinct => {
                if !scope.rows.is_selection {
                    let columns = scope.rows.columns.iter();
                    let slots = columns
                        .map(|column| Expression::Slot(column.slot))
                        .collect();
                    scope.rows.steps.push(Step::Distinct(slots));
                }
            }
            StageKind::Count => self.count_rows(scope, stage.span),
            StageKind::Call(..) => unreachable!("a call closes the rows"),
        }
    }

    /// A number of rows: no variable can stand in it.
    fn constant(&mut self, scope: &mut Scope, from: &ast::Expression) -> Expression {
        let mut empty = Scope::default();
        std::mem::swap(&mut empty.rows, &mut scope.rows);
        let count = self.expression(&mut empty, from);
        std::mem::swap(&mut empty.rows, &mut scope.rows);
        let is_wrong = match &count {
            Expression::Constant(Value::Integer(count)) => *count < 0,
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

    fn count_rows(&mut self, scope: &mut Scope, span: Span) {
        let slot = scope.bind("count", Holds::Any);
        let function = function::find_value("count").expect("`count` is a row");
        scope.rows.steps.push(Step::Group(Grouping {
            keys: Vec::new(),
            is_spread: false,
            aggregates: vec![Aggregate {
                slot,
                function,
                value: None,
                is_distinct: false,
                place: Place(span),
            }],
        }));
        self.set_columns(scope, vec![("count".to_owned(), slot, Holds::Any)]);
        scope.it = None;
    }

    /// The columns of the rows from here on, which are all that can be named.
    pub(super) fn set_columns(&mut self, scope: &mut Scope, columns: Vec<(String, Slot, Holds)>) {
        scope.variables.clear();
        scope.rows.is_selection = false;
        scope.rows.rest = None;
        scope.rows.columns.clear();
        for (name, slot, holds) in columns {
            scope.name_slot(&name, slot);
            scope.rows.columns.push(RowColumn { name, slot, holds });
        }
    }

    /// Behind a selection, `it` is the column of that name, or the only column, of entities or of
    /// statements.
    pub(super) fn name_it(&mut self, scope: &mut Scope) {
        let columns = &scope.rows.columns;
        let is_entity =
            |column: &&RowColumn| matches!(column.holds, Holds::Entity | Holds::Statement);
        let named = columns.iter().find(|column| column.name == "it");
        let named = named.filter(is_entity).map(|column| column.slot);
        scope.it = match (named, columns.as_slice()) {
            (Some(slot), _) => Some(slot),
            (None, [only]) if is_entity(&only) => Some(only.slot),
            _ => None,
        };
    }

    /// Resolves `match … return …` and what `union` joins to it.
    pub(super) fn rows(&mut self, rows: &ast::Rows) -> NodeId {
        let parts: Vec<NodeId> = rows
            .parts
            .iter()
            .map(|clauses| self.linear(clauses, rows.span))
            .collect();
        let [first, others @ ..] = parts.as_slice() else {
            unreachable!("there is a part")
        };
        if others.is_empty() {
            return *first;
        }
        let columns = self.columns(*first);
        let names = |columns: &[(String, Holds)]| -> Vec<String> {
            columns.iter().map(|(name, _)| name.clone()).collect()
        };
        for other in others {
            let other = self.columns(*other);
            if names(&other) != names(&columns) {
                let message = format!(
                    "the parts of a union have the same columns, and these are {} and {}",
                    names(&columns).join(", "),
                    names(&other).join(", ")
                );
                let finding = Diagnostic::error(&code::BAD_COLUMN, rows.span, message);
                let hint = "name them alike with `as`".to_owned();
                self.findings.push(finding.hint(hint));
            }
        }
        let yields = Yields::Table(columns);
        let kind = NodeKind::UnionRows(parts, rows.keeps_doubles);
        self.add(kind, rows.span, yields)
    }

    fn columns(&self, node: NodeId) -> Vec<(String, Holds)> {
        match &self.types[node.0] {
            Yields::Table(columns) => columns.clone(),
            _ => Vec::new(),
        }
    }

    fn linear(&mut self, clauses: &[Clause], span: Span) -> NodeId {
        let mut scope = Scope::default();
        for clause in clauses {
            match clause {
                Clause::Match(clause) => {
                    let matching = self.matching(&mut scope, clause);
                    scope.rows.steps.push(Step::Match(Box::new(matching)));
                }
                Clause::Unwind(list, name) => {
                    let list = self.expression(&mut scope, list);
                    if scope.find(&name.text).is_some() {
                        let message = format!("the variable `{}` is bound twice", name.text);
                        let finding = Diagnostic::error(&code::BAD_VARIABLE, name.span, message);
                        self.findings.push(finding);
                    }
                    let slot = scope.bind(&name.text, Holds::Any);
                    scope.rows.steps.push(Step::Unwind(list, slot));
                }
                Clause::With(projection) => self.projection(&mut scope, projection, true),
                Clause::Return(projection) => {
                    self.projection(&mut scope, projection, false);
                    self.note_evidence(&mut scope);
                }
            }
        }
        self.close(scope, span)
    }

    /// A single column of entities rests on the statements of the patterns.
    fn note_evidence(&mut self, scope: &mut Scope) {
        let [column] = scope.rows.columns.as_slice() else {
            return;
        };
        if column.holds != Holds::Entity {
            return;
        }
        let mut edges = Vec::new();
        for step in &scope.rows.steps {
            match step {
                Step::Match(matching) => {
                    edges.extend(matching.edges.iter().map(|edge| edge.slot));
                }
                Step::Group(_) => edges.clear(),
                _ => {}
            }
        }
        scope.rows.evidence = edges;
    }
}
