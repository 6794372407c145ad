//! What is read off a value under a name, and the calls of functions of values.

use compact_str::CompactString;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Span;
use crate::diagnostic::code;
use crate::diagnostic::suggest;
use crate::query::ast;
use crate::query::ast::Name;
use crate::query::bound::Aggregate;
use crate::query::bound::Each;
use crate::query::bound::Expression;
use crate::query::bound::Holds;
use crate::query::bound::KindTest;
use crate::query::bound::Member;
use crate::query::bound::Place;
use crate::query::field;
use crate::query::function;
use crate::query::function::Does;
use crate::query::function::Function;
use crate::query::resolve::Resolver;
use crate::query::resolve::constant::folded;
use crate::query::resolve::lookup;
use crate::query::resolve::scope::Scope;

impl Resolver<'_> {
    /// `base.name`.
    pub(super) fn member(
        &mut self,
        scope: &mut Scope,
        base: Expression,
        name: &Name,
    ) -> Expression {
        let schema = &self.snapshot.schema;
        let property = schema.property(&name.text);
        let is_open = schema.is_open;
        let relation = schema.relation(&name.text);
        let step = relation.filter(|(relation, _)| {
            !schema.relations[relation.index()].is_property() && property.is_none()
        });
        // In a graph without a schema relations and fields are for the stages.
        let has_fields = !is_open || scope.it.is_some();
        let step = step.filter(|_| has_fields);
        let holds = scope.holds(&base);
        let is_field = has_fields && field::is_field(&name.text);
        let is_element = matches!(holds, Holds::Entity | Holds::Statement | Holds::Entities);
        let is_known = property.is_some() || step.is_some() || is_field;
        if is_element && !is_known {
            if !is_open {
                return self.null(self.unknown_member(scope, name));
            }
            self.warn_of_member(name);
        }
        let member = Member {
            name: CompactString::from(name.text.as_str()),
            property,
            step,
            has_fields,
            is_many: step.is_some() || property.is_some() && !is_open,
            is_spread: !is_open || base.is_many(),
            place: Place(name.span),
        };
        Expression::Member(Box::new(base), member)
    }

    /// In a graph without a schema, a property that nothing has is null, and worth a word.
    fn warn_of_member(&mut self, name: &Name) {
        let snapshot = self.snapshot;
        let has_it = |statement| {
            let properties = snapshot.statement_properties(statement);
            properties.is_some_and(|known| known.contains_key(name.text.as_str()))
        };
        if !snapshot.statements().any(has_it) {
            self.warn("property", &name.text);
        }
    }

    /// Notes that a graph without a schema has no such thing.
    pub(super) fn warn(&mut self, what: &str, name: &str) {
        let name = crate::diagnostic::escape::clipped(name, 60);
        let note = format!("the graph has no {what} `{name}`");
        if !self.query.notes.contains(&note) {
            self.query.notes.push(note);
        }
    }

    fn unknown_member(&self, scope: &Scope, name: &Name) -> Diagnostic {
        let schema = &self.snapshot.schema;
        let message = format!("there is no property or relation `{}`", name.text);
        let finding = Diagnostic::error(&code::UNKNOWN_RELATION, name.span, message);
        let words = schema.relations.iter().flat_map(|relation| {
            std::iter::once(relation.name.as_str()).chain(relation.inverse.as_deref())
        });
        let variables = scope.variables.iter().map(|known| known.name.as_str());
        let fields = field::names().map(|name: &str| name);
        let known = words.chain(fields).chain(variables);
        if let Some(function) = function::find_value(&name.text.to_ascii_lowercase()) {
            return finding.hint(format!(
                "a function takes brackets: `{}`",
                function.signature()
            ));
        }
        let near = suggest::nearest(&name.text, known);
        if let Some(hint) = suggest::did_you_mean(&near) {
            return finding.hint(hint);
        }
        if self.snapshot.find(&name.text).is_some() {
            let entity = crate::query::scan::written(&name.text);
            return finding.hint(format!(
                "an entity stands in brackets behind `in`: `x in ({entity})`; a text in quotes"
            ));
        }
        finding.hint("`kin schema relations` lists them; a text goes in quotes".to_owned())
    }

    /// A kind behind a colon.
    pub(super) fn kind_test_of(&mut self, name: &Name) -> KindTest {
        match lookup::kind(self.snapshot, name) {
            Ok(kind) => KindTest::Is(Some(kind)),
            Err(_) if self.snapshot.schema.is_open => {
                self.warn("label", &name.text);
                KindTest::Is(None)
            }
            Err(finding) => {
                self.findings.push(finding);
                KindTest::Is(None)
            }
        }
    }

    /// The call of a function of values, or an aggregate.
    pub(super) fn value_call(
        &mut self,
        scope: &mut Scope,
        name: &Name,
        arguments: &ast::Arguments,
        span: Span,
    ) -> Expression {
        let Some(function) = function::find_value(&name.text.to_ascii_lowercase()) else {
            return self.null(unknown_function(name));
        };
        if let ("exists", [pattern]) = (function.name, arguments.values.as_slice())
            && matches!(pattern.kind, ast::ExpressionKind::Exists(_))
        {
            return self.expression(scope, pattern);
        }
        if matches!(function.does, Does::Aggregate(..)) {
            return self.aggregate(scope, function, arguments, span);
        }
        if arguments.is_star || arguments.is_distinct {
            let message = format!("`{}` takes values", function.name);
            return self.null(wrong(function, span, message));
        }
        let count = arguments.values.len();
        let is_size = matches!(function.name, "size" | "length");
        if let (true, [only]) = (is_size, arguments.values.as_slice())
            && matches!(only.kind, ast::ExpressionKind::Exists(_))
        {
            let message = format!("`{}` counts no matches", function.name);
            let finding = Diagnostic::error(&code::WRONG_ARGUMENT, span, message);
            return self.null(finding.hint("write `count { (a)-->(b) }`".to_owned()));
        }
        if let Err(message) = function.check_count(count) {
            return self.null(wrong(function, span, message));
        }
        let values = arguments.values.iter();
        let values = values.map(|value| self.expression(scope, value)).collect();
        folded(
            self.snapshot,
            Expression::Call(function, values, Place(span)),
        )
    }

    fn aggregate(
        &mut self,
        scope: &mut Scope,
        function: &'static Function,
        arguments: &ast::Arguments,
        span: Span,
    ) -> Expression {
        if arguments.is_star && function.name != "count" {
            let message = format!("`{}` wants a value", function.name);
            return self.null(wrong(function, span, message));
        }
        if !arguments.is_star && arguments.values.len() != 1 {
            let message = format!("`{}` takes one value", function.name);
            let is_count = function.name == "count" && arguments.values.is_empty();
            let hint = is_count.then(|| "write `count(*)` for the number of rows".to_owned());
            return self.null(wrong(function, span, message).hint(hint));
        }
        // Outside of columns `count` of a set or list is its size.
        let Some(mut found) = scope.aggregates.take() else {
            return self.misplaced(scope, function, arguments, span);
        };
        // No aggregate stands inside another: while its value is read, there is no list for them.
        let value = arguments.values.first();
        let value = value.map(|value| self.expression(scope, value));
        let slot = scope.slot(&format!("{}(…)", function.name), Holds::Any);
        let aggregate = Aggregate {
            slot,
            function,
            value,
            is_distinct: arguments.is_distinct,
            place: Place(span),
        };
        let is_same = |known: &&Aggregate| {
            Aggregate {
                slot,
                ..(*known).clone()
            } == aggregate
        };
        let known = found.iter().find(is_same).map(|known| known.slot);
        if known.is_none() {
            found.push(aggregate);
        }
        scope.aggregates = Some(found);
        Expression::Slot(known.unwrap_or(slot))
    }

    fn misplaced(
        &mut self,
        scope: &mut Scope,
        function: &'static Function,
        arguments: &ast::Arguments,
        span: Span,
    ) -> Expression {
        if let (true, [value]) = (function.name == "count", arguments.values.as_slice()) {
            let value = self.expression(scope, value);
            if matches!(value, Expression::Set(_)) || value.is_many() {
                let size = function::find_value("size").expect("`size` is a row");
                // The values as a list: of a single text, `size` would count the characters.
                let each = Each {
                    slot: scope.slot("", Holds::Any),
                    list: value,
                    condition: None,
                };
                let list = Expression::Comprehension(Box::new(each), None, Place(span));
                return Expression::Call(size, vec![list], Place(span));
            }
        }
        let message = format!("the aggregate `{}` cannot stand here", function.name);
        let finding = Diagnostic::error(&code::MISPLACED_AGGREGATE, span, message);
        let hint = "aggregate in a column first: `… with x, count(*) as n where n > 1 …`";
        self.null(finding.hint(hint.to_owned()))
    }
}

/// A finding about a call, with the function's signature as its hint.
fn wrong(function: &Function, span: Span, message: String) -> Diagnostic {
    Diagnostic::error(&code::WRONG_ARGUMENT, span, message)
        .hint(format!("it is called as `{}`", function.signature()))
}

/// The finding for a call of what nobody defines.
pub(super) fn unknown_function(name: &Name) -> Diagnostic {
    let message = format!("there is no function `{}`", name.text);
    let finding = Diagnostic::error(&code::UNKNOWN_FUNCTION, name.span, message);
    let lower = name.text.to_ascii_lowercase();
    let foreign = FOREIGN.iter().find(|(foreign, _)| *foreign == lower);
    if let Some((_, hint)) = foreign {
        return finding.hint((*hint).to_owned());
    }
    let known = function::functions().map(|function| function.name);
    let near = suggest::nearest(&lower, known);
    let hint = suggest::did_you_mean(&near)
        .unwrap_or_else(|| "`kin help functions` lists the functions".to_owned());
    finding.hint(hint)
}

/// Functions of other languages, and how kin says it.
const FOREIGN: [(&str, &str); 21] = [
    ("isnull", "write `x is null`"),
    ("is_null", "write `x is null`"),
    ("now", "write `today()`"),
    ("current_date", "write `today()`"),
    ("getdate", "write `today()`"),
    (
        "datetime",
        "write `date(\"2021-05-31\")`: kin knows days, not hours",
    ),
    (
        "timestamp",
        "write `date(\"2021-05-31\")`: kin knows days, not hours",
    ),
    (
        "duration",
        "compare the dates themselves, or their `year(x)`",
    ),
    (
        "datediff",
        "compare the dates themselves, or their `year(x)`",
    ),
    ("degree", "write `count { (a)--() }`"),
    ("startswith", "write `x starts with \"a\"`"),
    ("endswith", "write `x ends with \"a\"`"),
    (
        "shortestpath",
        "write `match p = any shortest (a)-[]->+(b) return p`",
    ),
    (
        "allshortestpaths",
        "write `match p = all shortest (a)-[]->+(b) return p`",
    ),
    ("len", "write `size(x)`, or `length(p)` for a path"),
    ("ifnull", "write `coalesce(x, y)`"),
    ("nvl", "write `coalesce(x, y)`"),
    ("concat", "write `a + b`"),
    ("group_concat", "write `collect(x)`"),
    ("array_agg", "write `collect(x)`"),
    ("rand", "answers have no chance in them: order and limit"),
];
