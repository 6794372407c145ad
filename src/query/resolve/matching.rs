//! Patterns of `match`: nodes, edges and paths with what must hold for them.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Span;
use crate::diagnostic::code;
use crate::model::Along;
use crate::query::ast;
use crate::query::ast::ComparisonSign;
use crate::query::ast::EdgeWay;
use crate::query::ast::ExpressionKind;
use crate::query::ast::Name;
use crate::query::ast::PathMode;
use crate::query::bound::EdgeLength;
use crate::query::bound::Expression;
use crate::query::bound::Holds;
use crate::query::bound::KindTest;
use crate::query::bound::Matching;
use crate::query::bound::Mode;
use crate::query::bound::PatternEdge;
use crate::query::bound::PatternNode;
use crate::query::bound::PatternPath;
use crate::query::bound::Pick;
use crate::query::bound::Place;
use crate::query::bound::Slot;
use crate::query::bound::Step;
use crate::query::bound::SubqueryId;
use crate::query::resolve::Resolver;
use crate::query::resolve::expression::set_id;
use crate::query::resolve::lookup;
use crate::query::resolve::scope::Scope;

/// A clause while it is resolved.
struct Pattern {
    matching: Matching,
    /// The node of each slot.
    nodes: HashMap<Slot, usize>,
    /// How many variables were there before the clause.
    outer: usize,
}

impl Resolver<'_> {
    /// Resolves a clause; its variables join the scope.
    pub(super) fn matching(&mut self, scope: &mut Scope, clause: &ast::MatchClause) -> Matching {
        let mut pattern = Pattern {
            matching: Matching {
                is_optional: clause.is_optional,
                nodes: Vec::new(),
                edges: Vec::new(),
                paths: Vec::new(),
                conditions: Vec::new(),
                written: Vec::new(),
                moves: Vec::new(),
                estimates: Vec::new(),
                is_ordered: true,
                is_existence: false,
            },
            nodes: HashMap::new(),
            outer: scope.variables.len(),
        };
        for path in &clause.patterns {
            self.path(scope, &mut pattern, path);
        }
        if self.findings.is_empty() {
            self.check_shortest_alone(&pattern, clause.span);
        }
        if let Some(condition) = &clause.condition {
            let condition = self.condition(scope, condition);
            pattern.matching.conditions.extend(condition);
        }
        // Matches are ordered by their entities first, and only then by the rest.
        let nodes = &pattern.nodes;
        pattern
            .matching
            .written
            .sort_by_key(|slot| !nodes.contains_key(slot));
        let conditions = std::mem::take(&mut pattern.matching.conditions);
        pattern.matching.conditions = safe_first(conditions);
        pattern.matching
    }

    /// The clauses of `exists { … }`; the caller takes their variables out of the scope.
    pub(super) fn subquery(&mut self, scope: &mut Scope, subquery: &ast::Subquery) -> SubqueryId {
        let aggregates = scope.aggregates.take();
        let clauses = subquery.clauses.iter();
        let steps = clauses.map(|clause| {
            let mut matching = self.matching(scope, clause);
            matching.is_ordered = false;
            Step::Match(Box::new(matching))
        });
        let steps = steps.collect();
        scope.aggregates = aggregates;
        scope.rows.subqueries.push(steps);
        SubqueryId(scope.rows.subqueries.len() - 1)
    }

    /// A condition as the parts that must all be true.
    pub(super) fn condition(
        &mut self,
        scope: &mut Scope,
        condition: &ast::Expression,
    ) -> Vec<Expression> {
        match self.expression(scope, condition) {
            Expression::Junction(ast::Junction::And, members, _) => members,
            other => vec![other],
        }
    }

    fn path(&mut self, scope: &mut Scope, pattern: &mut Pattern, path: &ast::PathPattern) {
        let (pick, mode) = self.modes(path);
        let before = scope.variables.len();
        let mut nodes = Vec::new();
        let mut edges = Vec::new();
        for (index, node) in path.nodes.iter().enumerate() {
            if index > 0 {
                edges.push(pattern.matching.edges.len());
                self.edge(scope, pattern, &path.edges[index - 1], (pick, mode));
            }
            let node = self.node(scope, pattern, node);
            nodes.push(node);
            if index > 0 {
                let edge = pattern.matching.edges.last_mut();
                let edge = edge.expect("an edge was added");
                let way = path.edges[index - 1].way;
                let ends = (nodes[index - 1], node);
                edge.is_leftward = way == EdgeWay::Left;
                (edge.from, edge.to) = match edge.is_leftward {
                    true => (ends.1, ends.0),
                    false => ends,
                };
            }
        }
        if pick != Pick::Every {
            self.check_shortest(path);
        }
        let slot = path.variable.as_ref().map(|name| {
            if scope.find(&name.text).is_some() {
                self.findings.push(bound_twice(name));
            }
            let slot = scope.bind(&name.text, Holds::Path);
            // Its name is written before those on it, and is so in `*`.
            scope.variables[before..].rotate_right(1);
            pattern.matching.written.push(slot);
            slot
        });
        let is_needed = slot.is_some() || matches!(mode, Mode::Acyclic | Mode::Simple);
        if is_needed {
            pattern.matching.paths.push(PatternPath {
                slot,
                nodes,
                edges,
                mode,
            });
        }
    }

    /// Which of the ways are wanted, and what may occur twice on them.
    fn modes(&mut self, path: &ast::PathPattern) -> (Pick, Mode) {
        let words: Vec<PathMode> = path.modes.iter().map(|(mode, _)| *mode).collect();
        let (pick, rest) = match words.as_slice() {
            [PathMode::Any, PathMode::Shortest, rest @ ..] => (Pick::AnyShortest, rest),
            [PathMode::All, PathMode::Shortest, rest @ ..] => (Pick::AllShortest, rest),
            [PathMode::Any, rest @ ..] => (Pick::AnyShortest, rest),
            [PathMode::All, rest @ ..] => (Pick::Every, rest),
            rest => (Pick::Every, rest),
        };
        let mode = match rest {
            [] => Mode::Trail,
            [PathMode::Trail] => Mode::Trail,
            [PathMode::Acyclic] => Mode::Acyclic,
            [PathMode::Simple] => Mode::Simple,
            [PathMode::Walk] => Mode::Walk,
            _ => {
                let first = path.modes[0].1;
                let last = path.modes[path.modes.len() - 1].1;
                let message = "these words before a path do not go together";
                let finding = Diagnostic::error(&code::BAD_PATH, first.to(last), message);
                let hint = "write `any shortest` or `all shortest`, and then `trail`, `acyclic`, \
                            `simple` or `walk`";
                self.findings.push(finding.hint(hint.to_owned()));
                Mode::Trail
            }
        };
        let unbounded = path.edges.iter().find(|edge| {
            let length = edge.length.as_ref();
            length.is_some_and(|length| length.max.is_none())
        });
        if let (Pick::Every, Mode::Walk, Some(edge)) = (pick, mode, unbounded) {
            let message = "a `walk` without a bound has no end";
            let finding = Diagnostic::error(&code::BAD_PATH, edge.span, message);
            let hint = "give it one, `{1,5}`, or write `trail`".to_owned();
            self.findings.push(finding.hint(hint));
        }
        (pick, mode)
    }

    fn check_shortest(&mut self, path: &ast::PathPattern) {
        let message = match path.edges.as_slice() {
            [edge] => match &edge.length {
                None => "a shortest path wants an edge with a quantifier",
                Some(length) if length.min > 1 => "a shortest path begins with 0 or 1 step",
                Some(_) => return,
            },
            _ => "a shortest path has one edge, with a quantifier",
        };
        let hint = "write `any shortest (a)-[]->+(b)`, and the rest as a pattern of its own";
        let finding = Diagnostic::error(&code::BAD_PATH, path.span, message);
        self.findings.push(finding.hint(hint.to_owned()));
    }

    /// What a shortest path may share with others in its clause differs from tool to tool.
    fn check_shortest_alone(&mut self, pattern: &Pattern, span: Span) {
        let edges = &pattern.matching.edges;
        if edges.len() > 1 && edges.iter().any(|edge| edge.pick != Pick::Every) {
            let message = "a shortest path stands in a `match` of its own";
            let finding = Diagnostic::error(&code::BAD_PATH, span, message);
            let hint = "write `match … match p = any shortest …`".to_owned();
            self.findings.push(finding.hint(hint));
        }
    }

    fn node(&mut self, scope: &mut Scope, pattern: &mut Pattern, node: &ast::NodePattern) -> usize {
        let known = node.variable.as_ref().and_then(|name| {
            let place = scope.variables.iter().rposition(|it| it.name == name.text);
            place.map(|place| (place, scope.variables[place].clone()))
        });
        // The set is around the node: it knows nothing of a variable that begins here.
        let set = node.within.as_ref();
        let within = set.map(|set| self.within_scope(scope, |resolver| resolver.operand(set)));
        let (slot, is_bound) = match (&known, &node.variable) {
            (Some((place, variable)), Some(name)) => {
                if !matches!(variable.holds, Holds::Entity | Holds::Entities | Holds::Any) {
                    self.findings.push(two_uses(name, "a node"));
                }
                self.note_use(&name.text);
                (variable.slot, *place < pattern.outer)
            }
            (_, Some(name)) => {
                self.suspect_node(name, node);
                (scope.bind(&name.text, Holds::Entity), false)
            }
            (_, None) => (scope.slot("", Holds::Entity), false),
        };
        let index = match pattern.nodes.get(&slot) {
            Some(index) => *index,
            None => {
                pattern.matching.nodes.push(PatternNode {
                    slot,
                    kinds: None,
                    within: None,
                    bearing: None,
                    is_bound,
                    place: Place(node.span),
                });
                pattern.matching.written.push(slot);
                pattern.nodes.insert(slot, pattern.matching.nodes.len() - 1);
                pattern.matching.nodes.len() - 1
            }
        };
        let kinds = node.kinds.as_ref().map(|kinds| self.kind_test(kinds));
        let within = within.map(|node| set_id(scope, node));
        let bound = &mut pattern.matching.nodes[index];
        bound.kinds = match (bound.kinds.take(), kinds) {
            (Some(one), Some(other)) => Some(KindTest::All(vec![one, other])),
            (one, other) => one.or(other),
        };
        let place = Place(node.span);
        match (bound.within, within) {
            (Some(_), Some(set)) => {
                let member = self.in_set(scope, Expression::Slot(slot), (false, set), place);
                pattern.matching.conditions.push(member);
            }
            (None, within) => bound.within = within,
            _ => {}
        }
        let tests = self.property_tests(scope, slot, node.properties.as_ref());
        pattern.matching.conditions.extend(tests);
        if let Some(condition) = &node.condition {
            let condition = self.condition(scope, condition);
            pattern.matching.conditions.extend(condition);
        }
        index
    }

    fn kind_test(&mut self, test: &ast::KindTest) -> KindTest {
        let mut all = |tests: &[ast::KindTest]| {
            let tests = tests.iter().map(|test| self.kind_test(test));
            tests.collect::<Vec<_>>()
        };
        match test {
            ast::KindTest::All(tests) => KindTest::All(all(tests)),
            ast::KindTest::Any(tests) => KindTest::Any(all(tests)),
            ast::KindTest::Not(test) => KindTest::Not(Box::new(self.kind_test(test))),
            ast::KindTest::Is(name) => self.kind_test_of(name),
        }
    }

    /// `{year: 2013}` as conditions on a slot.
    fn property_tests(
        &mut self,
        scope: &mut Scope,
        slot: Slot,
        properties: Option<&ast::Expression>,
    ) -> Vec<Expression> {
        let Some(properties) = properties else {
            return Vec::new();
        };
        let entries: Vec<(Name, Expression)> = match &properties.kind {
            ExpressionKind::Map(entries) => entries
                .iter()
                .map(|(key, value)| (key.clone(), self.expression(scope, value)))
                .collect(),
            ExpressionKind::Parameter(name) => match self.parameter(name) {
                Ok(crate::model::Value::Map(map)) => map
                    .into_iter()
                    .map(|(key, value)| {
                        let key = Name {
                            text: key.to_string(),
                            span: properties.span,
                            is_quoted: false,
                        };
                        (key, Expression::Constant(value))
                    })
                    .collect(),
                Ok(_) => {
                    let message = "a map stands here, and the parameter is none";
                    let finding = Diagnostic::error(&code::WRONG_ARGUMENT, name.span, message);
                    self.findings.push(finding);
                    Vec::new()
                }
                Err(finding) => {
                    self.findings.push(finding);
                    Vec::new()
                }
            },
            _ => unreachable!("the grammar has a map or a parameter"),
        };
        let tests = entries.into_iter().map(|(key, value)| {
            let member = self.member(scope, Expression::Slot(slot), &key);
            Expression::Comparison(Box::new(member), vec![(ComparisonSign::Equal, value)])
        });
        tests.collect()
    }

    fn edge(
        &mut self,
        scope: &mut Scope,
        pattern: &mut Pattern,
        edge: &ast::EdgePattern,
        (pick, mode): (Pick, Mode),
    ) {
        let along = self.edge_along(edge);
        let known = edge.variable.as_ref().and_then(|name| {
            let place = scope.variables.iter().rposition(|it| it.name == name.text);
            place.map(|place| (place < pattern.outer, scope.variables[place].clone()))
        });
        let holds = match edge.length {
            None => Holds::Statement,
            Some(_) => Holds::Any,
        };
        let (slot, is_bound) = match (known, &edge.variable) {
            (Some((is_outer, variable)), Some(name)) => {
                let fits = matches!(variable.holds, Holds::Statement | Holds::Any);
                if !fits {
                    self.findings.push(two_uses(name, "a statement"));
                } else if !is_outer || edge.length.is_some() {
                    self.findings.push(bound_twice(name));
                }
                (variable.slot, true)
            }
            (_, Some(name)) => {
                self.suspect_edge(name, edge);
                (scope.bind(&name.text, holds), false)
            }
            (_, None) => (scope.slot("", holds), false),
        };
        pattern.matching.written.push(slot);
        let length = edge
            .length
            .as_ref()
            .map(|length| self.edge_length(scope, edge, length, pattern.outer));
        if edge.length.is_none() {
            let tests = self.property_tests(scope, slot, edge.properties.as_ref());
            pattern.matching.conditions.extend(tests);
            if let Some(condition) = &edge.condition {
                let condition = self.condition(scope, condition);
                pattern.matching.conditions.extend(condition);
            }
        }
        pattern.matching.edges.push(PatternEdge {
            slot,
            from: 0,
            to: 0,
            is_leftward: false,
            along,
            length,
            mode,
            pick,
            is_bound,
            span: Place(edge.span),
        });
    }

    /// What must hold for each step is read with the variables before the clause, and the edge's.
    fn edge_length(
        &mut self,
        scope: &mut Scope,
        edge: &ast::EdgePattern,
        length: &ast::LengthRange,
        outer: usize,
    ) -> EdgeLength {
        let inside = scope.variables.split_off(outer);
        let name = edge.variable.as_ref().map_or("", |name| &name.text);
        let each = match name {
            "" => scope.slot("", Holds::Statement),
            name => scope.bind(name, Holds::Statement),
        };
        let mut conditions = self.property_tests(scope, each, edge.properties.as_ref());
        if let Some(condition) = &edge.condition {
            conditions.extend(self.condition(scope, condition));
        }
        scope.variables.truncate(outer);
        scope.variables.extend(inside);
        EdgeLength {
            min: length.min,
            max: length.max.unwrap_or(u32::MAX),
            each,
            conditions,
        }
    }

    /// The relations of an edge as they are walked along its arrow.
    fn edge_along(&mut self, edge: &ast::EdgePattern) -> Along {
        let schema = &self.snapshot.schema;
        let mut along = match edge.relations.as_slice() {
            [] => Along::everything(schema),
            _ => Along::nothing(schema),
        };
        for word in &edge.relations {
            let is_group = schema.relation(&word.text).is_none();
            if is_group && !schema.is_open && schema.group(&word.text).is_some() {
                along.add_all(&Along::group(schema, &word.text));
                continue;
            }
            match lookup::relation(self.snapshot, word) {
                Ok((relation, _)) if schema.relations[relation.index()].is_property() => {
                    let message = format!("`{}` is a property: no edge is one", word.text);
                    let finding = Diagnostic::error(&code::UNKNOWN_RELATION, word.span, message);
                    let hint = format!("ask for its value: `a.{}`", word.text);
                    self.findings.push(finding.hint(hint));
                }
                Ok((relation, direction)) => along.add(schema, relation, direction),
                Err(_) if schema.is_open => self.warn("relation", &word.text),
                Err(finding) => self.findings.push(finding),
            }
        }
        match edge.way {
            EdgeWay::Either => along.both_ways(),
            _ => along,
        }
    }
}

/// Conditions that cannot fail come first; of each sort the order stays.
pub(super) fn safe_first(conditions: Vec<Expression>) -> Vec<Expression> {
    let (safe, other): (Vec<_>, Vec<_>) = conditions
        .into_iter()
        .partition(Expression::is_safe_condition);
    safe.into_iter().chain(other).collect()
}

fn two_uses(name: &Name, wanted: &str) -> Diagnostic {
    let message = format!("`{}` stands for {wanted} here, and not before", name.text);
    Diagnostic::error(&code::BAD_VARIABLE, name.span, message)
        .hint("give one of them another name".to_owned())
}

fn bound_twice(name: &Name) -> Diagnostic {
    let message = format!("the variable `{}` is bound twice", name.text);
    Diagnostic::error(&code::BAD_VARIABLE, name.span, message)
        .hint("give one of them another name, and compare them".to_owned())
}
