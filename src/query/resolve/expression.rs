//! Expressions: variables find their slots, properties and relations their ids.

use compact_str::CompactString;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Span;
use crate::diagnostic::code;
use crate::model::Date;
use crate::model::Value;
use crate::query::ast;
use crate::query::ast::ComparisonSign;
use crate::query::ast::ExpressionKind;
use crate::query::ast::Literal;
use crate::query::ast::Name;
use crate::query::ast::TextTest;
use crate::query::bound::Case;
use crate::query::bound::Each;
use crate::query::bound::Expression;
use crate::query::bound::Holds;
use crate::query::bound::KindTest;
use crate::query::bound::NodeId;
use crate::query::bound::NodeKind;
use crate::query::bound::Place;
use crate::query::bound::Quantifier;
use crate::query::bound::Reduction;
use crate::query::bound::SetId;
use crate::query::bound::Slot;
use crate::query::bound::Step;
use crate::query::function::ParamType;
use crate::query::resolve::Resolver;
use crate::query::resolve::bad_date;
use crate::query::resolve::constant::folded;
use crate::query::resolve::lookup;
use crate::query::resolve::member::unknown_function;
use crate::query::resolve::scope::Scope;
use crate::query::resolve::scope::Variable;
use crate::query::value;

impl Resolver<'_> {
    /// Resolves an expression; a part that cannot be is null, and a finding is noted.
    pub(super) fn expression(&mut self, scope: &mut Scope, from: &ast::Expression) -> Expression {
        let place = Place(from.span);
        let boxed = |expression: Expression| Box::new(expression);
        match &from.kind {
            ExpressionKind::Literal(literal) => match self.gap(from.span) {
                Some(gap) => Expression::Parameter(gap),
                None => self.literal(literal, from.span),
            },
            ExpressionKind::Parameter(name) => match (self.late(name, false), self.parameter(name))
            {
                (Some(late), _) => Expression::Parameter(late),
                (None, Ok(value)) => Expression::Constant(value),
                (None, Err(finding)) => self.null(finding),
            },
            ExpressionKind::Variable(name) => self.variable(scope, name),
            ExpressionKind::Property(base, name) => {
                let base = self.expression(scope, base);
                self.member(scope, base, name)
            }
            ExpressionKind::HasKinds(base, names) => {
                let base = boxed(self.expression(scope, base));
                let tests = names.iter().map(|name| self.kind_test_of(name)).collect();
                Expression::HasKinds(base, KindTest::All(tests), place)
            }
            ExpressionKind::Not(inner) => {
                Expression::Not(boxed(self.expression(scope, inner)), place)
            }
            ExpressionKind::Negative(inner) => {
                let negative = Expression::Negative(boxed(self.expression(scope, inner)), place);
                folded(self.snapshot, negative)
            }
            ExpressionKind::Junction(junction, members) => {
                let members = members.iter().map(|member| self.expression(scope, member));
                Expression::Junction(*junction, members.collect(), place)
            }
            ExpressionKind::Comparison(first, rest) => self.comparison(scope, first, rest),
            ExpressionKind::Arithmetic(first, rest) => {
                let first = boxed(self.expression(scope, first));
                let rest = rest
                    .iter()
                    .map(|(sign, value)| (*sign, self.expression(scope, value)));
                let rest = rest.collect();
                folded(self.snapshot, Expression::Arithmetic(first, rest, place))
            }
            ExpressionKind::IsNull(inner, is_not) => {
                Expression::IsNull(boxed(self.expression(scope, inner)), *is_not)
            }
            ExpressionKind::TextTest(left, test, right) => {
                self.text_test(scope, left, *test, right, place)
            }
            _ => self.compound(scope, from),
        }
    }

    fn comparison(
        &mut self,
        scope: &mut Scope,
        first: &ast::Expression,
        rest: &[(ComparisonSign, ast::Expression)],
    ) -> Expression {
        self.note_comparison(first, rest);
        let first = Box::new(self.expression(scope, first));
        let gaps = self.gaps;
        if scope.holds(&first).is_entity() {
            // What is noted shows the text.
            self.gaps = &[];
        }
        let rest = rest
            .iter()
            .map(|(sign, value)| (*sign, self.expression(scope, value)));
        let rest: Vec<(ComparisonSign, Expression)> = rest.collect();
        self.gaps = gaps;
        let mut left = &*first;
        for (sign, value) in &rest {
            self.note_entity_text(scope, &first, value);
            self.note_text_number(scope, (left, value), *sign);
            left = value;
        }
        Expression::Comparison(first, rest)
    }

    /// Forms that have variables, functions, sets or subqueries of their own.
    fn compound(&mut self, scope: &mut Scope, from: &ast::Expression) -> Expression {
        let place = Place(from.span);
        match &from.kind {
            ExpressionKind::Index(base, index) => {
                let base = Box::new(self.expression(scope, base));
                Expression::Index(base, Box::new(self.expression(scope, index)), place)
            }
            ExpressionKind::Slice(base, start, end) => {
                let base = Box::new(self.expression(scope, base));
                let start = start.as_ref().map(|from| self.expression(scope, from));
                let end = end.as_ref().map(|to| self.expression(scope, to));
                Expression::Slice(base, start.map(Box::new), end.map(Box::new), place)
            }
            ExpressionKind::In(left, is_not, right) => {
                let left = self.expression(scope, left);
                match self.expression(scope, right) {
                    // Nobody wants its members one by one.
                    Expression::Set(set) => self.in_set(scope, left, (*is_not, set), place),
                    list => Expression::In(Box::new(left), *is_not, Box::new(list), place),
                }
            }
            ExpressionKind::InSet(left, is_not, ask) => {
                let left = self.expression(scope, left);
                let before = self.findings.len();
                let node = self.within_scope(scope, |resolver| {
                    let node = resolver.ask(ask);
                    resolver.checked_set(node, ask.span)
                });
                self.hint_at_list(before, ask);
                let set = set_id(scope, node);
                self.in_set(scope, left, (*is_not, set), place)
            }
            ExpressionKind::SetCall(set) => {
                if let ast::SetKind::Call(name, _) = &set.kind
                    && !self.is_set_function(name)
                {
                    return self.null(unknown_function(name));
                }
                let node = self.within_scope(scope, |resolver| resolver.operand(set));
                Expression::Set(set_id(scope, node))
            }
            ExpressionKind::Call(name, arguments) => {
                self.value_call(scope, name, arguments, from.span)
            }
            ExpressionKind::List(members) => {
                let members = members.iter().map(|member| self.expression(scope, member));
                Expression::List(members.collect())
            }
            ExpressionKind::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| {
                    let key = CompactString::from(key.text.as_str());
                    (key, self.expression(scope, value))
                });
                Expression::Map(entries.collect())
            }
            ExpressionKind::Case(case) => self.case(scope, case),
            ExpressionKind::Reduce(reduction) => self.reduction(scope, reduction, place),
            other => self.nested(scope, other, place),
        }
    }

    /// Forms whose variables are gone behind them.
    fn nested(&mut self, scope: &mut Scope, kind: &ExpressionKind, place: Place) -> Expression {
        let known = scope.variables.len();
        let nested = match kind {
            ExpressionKind::Quantified(name, each) => {
                let quantifier = match name.text.to_ascii_lowercase().as_str() {
                    "all" => Quantifier::All,
                    "any" => Quantifier::Any,
                    "none" => Quantifier::None,
                    _ => Quantifier::Single,
                };
                let each = self.each(scope, each);
                Expression::Quantified(quantifier, Box::new(each), place)
            }
            ExpressionKind::Comprehension(each, result) => {
                let each = self.each(scope, each);
                let result = result.as_ref().map(|from| self.expression(scope, from));
                Expression::Comprehension(Box::new(each), result.map(Box::new), place)
            }
            ExpressionKind::Exists(subquery) => {
                let id = self.subquery(scope, subquery);
                if let [Step::Match(matching)] = scope.rows.subqueries[id.0].as_mut_slice() {
                    matching.is_existence = true;
                }
                if subquery.is_predicate {
                    self.check_predicate(&scope.variables[known..], subquery.span);
                }
                Expression::Exists(id)
            }
            ExpressionKind::CountOf(subquery) => {
                let id = self.subquery(scope, subquery);
                Expression::CountOf(id)
            }
            ExpressionKind::PatternList(subquery, result) => {
                let id = self.subquery(scope, subquery);
                for step in &mut scope.rows.subqueries[id.0] {
                    if let Step::Match(matching) = step {
                        matching.is_ordered = true;
                    }
                }
                let result = self.expression(scope, result);
                Expression::Collect(id, Box::new(result))
            }
            other => unreachable!("{other:?} has no parts of its own"),
        };
        scope.variables.truncate(known);
        nested
    }

    /// A pattern that is a condition is about what is bound already, as openCypher has it.
    fn check_predicate(&mut self, brought: &[Variable], span: Span) {
        let Some(variable) = brought.first() else {
            return;
        };
        let message = format!("the variable `{}` is not bound here", variable.name);
        let finding = Diagnostic::error(&code::UNKNOWN_VARIABLE, span, message);
        let hint = "leave the name out, or write `exists { … }` round the pattern".to_owned();
        self.findings.push(finding.hint(hint));
    }

    /// Notes a finding; null stands for the part.
    pub(super) fn null(&mut self, finding: Diagnostic) -> Expression {
        self.findings.push(finding);
        Expression::Constant(Value::Null)
    }

    /// Whether a value is in a set, or is not.
    pub(super) fn in_set(
        &self,
        scope: &Scope,
        value: Expression,
        (is_not, set): (bool, SetId),
        place: Place,
    ) -> Expression {
        let can_fail = self.can_fail(scope.rows.sets[set.0]);
        Expression::InSet(Box::new(value), is_not, set, can_fail, place)
    }

    /// Whether a set that reads a row may be an error of some rows.
    fn can_fail(&self, node: NodeId) -> bool {
        let node = &self.query.nodes[node.0];
        let own = match &node.kind {
            NodeKind::Call(function, _) => {
                let mut params = function.params.iter();
                params.any(|param| param.is == ParamType::One)
            }
            NodeKind::Rows(_) | NodeKind::UnionRows(..) | NodeKind::Compare(..) => true,
            _ => false,
        };
        let reads = node.kind.reads();
        node.is_correlated && (own || reads.iter().any(|read| self.can_fail(*read)))
    }

    fn literal(&mut self, literal: &Literal, span: Span) -> Expression {
        Expression::Constant(match literal {
            Literal::Null => Value::Null,
            Literal::Boolean(truth) => Value::Boolean(*truth),
            Literal::Integer(number) => Value::Integer(*number),
            Literal::Float(number) => Value::Float(*number),
            Literal::Text(text) => Value::Text(text.clone()),
            Literal::Date(text) if self.snapshot.schema.is_open => {
                let message = format!("`{text}` could be a date or a difference");
                let hint = format!("write `date(\"{text}\")`, or put blanks round the `-`");
                let finding = Diagnostic::error(&code::HYPHEN, span, message);
                return self.null(finding.hint(hint));
            }
            Literal::Date(text) => match Date::parse(text) {
                Ok(date) => Value::Date(date),
                Err(reason) => {
                    let name = Name {
                        text: text.clone(),
                        span,
                        is_quoted: false,
                    };
                    return self.null(bad_date(&name, &reason));
                }
            },
        })
    }

    fn variable(&mut self, scope: &mut Scope, name: &Name) -> Expression {
        if let Some(variable) = scope.find(&name.text) {
            self.note_use(&name.text);
            return Expression::Slot(variable.slot);
        }
        if let Some(slot) = self.compared_slot(scope, name) {
            return Expression::Slot(slot);
        }
        match scope.it {
            Some(it) => self.member(scope, Expression::Slot(it), name),
            None => {
                let is_entity = self.snapshot.find(&name.text).is_some();
                self.null(scope.unknown(name, is_entity))
            }
        }
    }

    /// The column of a comparison, by any name of its entity.
    fn compared_slot(&self, scope: &Scope, name: &Name) -> Option<Slot> {
        let is_cell = |variable: &&Variable| matches!(variable.holds, Holds::Cell(_));
        scope.variables.iter().find(is_cell)?;
        let (entity, _) = lookup::entity(self.snapshot, name).ok()?;
        let mut variables = scope.variables.iter().rev();
        let column = variables.find(|variable| variable.holds == Holds::Cell(entity));
        column.map(|column| column.slot)
    }

    /// `in ("a")` where `in ["a"]` may have been meant.
    fn hint_at_list(&mut self, before: usize, ask: &ast::Ask) {
        let ast::Source::Set(set) = &ask.source else {
            return;
        };
        let ast::SetKind::Name(name) = &set.kind else {
            return;
        };
        if let (true, [finding]) = (name.is_quoted, &mut self.findings[before..]) {
            let hint = "brackets behind `in` hold a set; for a text write `in [\"a\"]`";
            finding.hints.push(hint.to_owned());
        }
    }

    /// Resolves something with the variables of `scope` as names of sets.
    pub(super) fn within_scope(
        &mut self,
        scope: &Scope,
        resolve: impl FnOnce(&mut Self) -> NodeId,
    ) -> NodeId {
        let before = std::mem::replace(&mut self.outer, scope.variables.clone());
        let node = resolve(self);
        self.outer = before;
        node
    }

    fn case(&mut self, scope: &mut Scope, case: &ast::Case) -> Expression {
        let operand = case.operand.as_ref();
        let operand = operand.map(|operand| self.expression(scope, operand));
        let branches = case
            .branches
            .iter()
            .map(|(when, then)| (self.expression(scope, when), self.expression(scope, then)));
        let branches = branches.collect();
        let otherwise = case.otherwise.as_ref();
        Expression::Case(Box::new(Case {
            operand,
            branches,
            otherwise: otherwise.map(|otherwise| self.expression(scope, otherwise)),
        }))
    }

    /// The list is read outside the variable's scope; the condition inside.
    fn each(&mut self, scope: &mut Scope, each: &ast::Each) -> Each {
        let list = self.expression(scope, &each.list);
        let slot = scope.bind(&each.variable.text, Holds::Any);
        let condition = each.condition.as_ref();
        let condition = condition.map(|condition| self.expression(scope, condition));
        Each {
            slot,
            list,
            condition,
        }
    }

    fn reduction(
        &mut self,
        scope: &mut Scope,
        reduction: &ast::Reduction,
        place: Place,
    ) -> Expression {
        let start = self.expression(scope, &reduction.start);
        let list = self.expression(scope, &reduction.list);
        let known = scope.variables.len();
        let total = scope.bind(&reduction.total.text, Holds::Any);
        let slot = scope.bind(&reduction.variable.text, Holds::Any);
        let step = self.expression(scope, &reduction.step);
        scope.variables.truncate(known);
        let reduction = Reduction {
            total,
            start,
            slot,
            list,
            step,
        };
        Expression::Reduce(Box::new(reduction), place)
    }

    /// A regular expression that is known now is compiled now, so that its faults are told early.
    fn text_test(
        &mut self,
        scope: &mut Scope,
        left: &ast::Expression,
        test: TextTest,
        right: &ast::Expression,
        place: Place,
    ) -> Expression {
        self.note_quoted(left);
        let left = self.expression(scope, left);
        let pattern = self.expression(scope, right);
        if let (TextTest::Matches, Expression::Constant(Value::Text(text))) = (test, &pattern)
            && let Err(reason) = value::regex(text)
        {
            let message = "the regular expression is malformed";
            let finding = Diagnostic::error(&code::BAD_PATTERN, right.span, message);
            return self.null(finding.labelled(reason));
        }
        Expression::TextTest(Box::new(left), test, Box::new(pattern), place)
    }
}

/// The number of a set among those that the rows use.
pub(super) fn set_id(scope: &mut Scope, node: NodeId) -> SetId {
    let sets = &mut scope.rows.sets;
    let known = sets.iter().position(|known| *known == node);
    SetId(known.unwrap_or_else(|| {
        sets.push(node);
        sets.len() - 1
    }))
}
