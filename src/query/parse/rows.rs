//! The clauses and patterns of `match`.

use pest::iterators::Pair;

use crate::diagnostic::Error;
use crate::diagnostic::Span;
use crate::query::ast::Clause;
use crate::query::ast::EdgePattern;
use crate::query::ast::EdgeWay;
use crate::query::ast::Expression;
use crate::query::ast::Item;
use crate::query::ast::Items;
use crate::query::ast::KindTest;
use crate::query::ast::LengthRange;
use crate::query::ast::MatchClause;
use crate::query::ast::Name;
use crate::query::ast::NodePattern;
use crate::query::ast::PathMode;
use crate::query::ast::PathPattern;
use crate::query::ast::Projection;
use crate::query::ast::Rows;
use crate::query::ast::SortItem;
use crate::query::parse::Reader;
use crate::query::parse::Rule;
use crate::query::parse::inner;
use crate::query::parse::only;
use crate::query::parse::syntax;

impl<'a> Reader<'a> {
    pub(super) fn rows(&self, pair: Pair<'a, Rule>) -> Result<Rows, Error> {
        let span = self.trimmed(&pair);
        let mut parts: Vec<Vec<Clause>> = vec![Vec::new()];
        let mut unions: Vec<(bool, Span)> = Vec::new();
        for part in pair.into_inner() {
            if part.as_rule() == Rule::union_rows {
                let place = self.trimmed(&part);
                unions.push((inner(part, Rule::kw_all).next().is_some(), place));
                parts.push(Vec::new());
                continue;
            }
            let place = self.trimmed(&part);
            let clauses = parts.last_mut().expect("there is a part");
            if let Some(Clause::Return(_)) = clauses.last() {
                let (message, hint) = match clauses.len() {
                    1 => ("`return` stands last", "write `match (a) … return a`"),
                    _ => (
                        "nothing stands behind `return`",
                        "use `with` for columns that later clauses read",
                    ),
                };
                return Err(syntax(place, message, hint));
            }
            clauses.push(self.clause(part)?);
        }
        for clauses in &parts {
            if !matches!(clauses.last(), Some(Clause::Return(_))) {
                let end = Span {
                    start: span.end.saturating_sub(1).max(span.start),
                    end: span.end,
                };
                let hint = "end it with `return` and what is wanted: `… return a, b`";
                return Err(syntax(end, "a `match` without `return`", hint));
            }
        }
        let keeps_doubles = unions.first().is_some_and(|(keeps, _)| *keeps);
        if let Some((_, place)) = unions.iter().find(|(keeps, _)| *keeps != keeps_doubles) {
            let hint = "put brackets round a part, or use one of them";
            let message = "`union` and `union all` stand side by side";
            return Err(syntax(*place, message, hint));
        }
        Ok(Rows {
            parts,
            keeps_doubles,
            span,
        })
    }

    fn clause(&self, pair: Pair<'a, Rule>) -> Result<Clause, Error> {
        Ok(match pair.as_rule() {
            Rule::match_clause => Clause::Match(self.match_clause(pair)?),
            Rule::unwind => {
                let mut list = None;
                let mut variable = None;
                for part in pair.into_inner() {
                    match part.as_rule() {
                        Rule::expression => list = Some(self.expression(part)?),
                        Rule::variable => variable = Some(self.name(&part)),
                        _ => {}
                    }
                }
                let list = list.expect("`unwind` has a list");
                Clause::Unwind(list, variable.expect("`unwind` has a variable"))
            }
            Rule::with => Clause::With(self.projection(pair)?),
            _ => Clause::Return(self.projection(pair)?),
        })
    }

    pub(super) fn match_clause(&self, pair: Pair<'a, Rule>) -> Result<MatchClause, Error> {
        let span = self.trimmed(&pair);
        let mut clause = MatchClause {
            is_optional: false,
            patterns: Vec::new(),
            condition: None,
            span,
        };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_optional => clause.is_optional = true,
                Rule::path_pattern => clause.patterns.push(self.path_pattern(part)?),
                Rule::where_clause => clause.condition = Some(self.last_expression(part)?),
                _ => {}
            }
        }
        Ok(clause)
    }

    fn projection(&self, pair: Pair<'a, Rule>) -> Result<Projection, Error> {
        let span = self.trimmed(&pair);
        let mut projection = Projection {
            items: Items {
                is_distinct: false,
                has_star: false,
                items: Vec::new(),
                span,
            },
            order: Vec::new(),
            offset: None,
            limit: None,
            condition: None,
            span,
        };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::items => projection.items = self.items(part)?,
                Rule::order => {
                    if let Some(word) = inner(part.clone(), Rule::kw_topological).next() {
                        let hint = "order the set by it: `(match …) |> order by topological`";
                        let message = "rows of `match` have no topological order";
                        return Err(syntax(self.span(&word), message, hint));
                    }
                    projection.order = self.order(part)?;
                }
                Rule::offset => projection.offset = Some(self.last_expression(part)?),
                Rule::limit => projection.limit = Some(self.last_expression(part)?),
                Rule::where_clause => projection.condition = Some(self.last_expression(part)?),
                _ => {}
            }
        }
        Ok(projection)
    }

    pub(super) fn items(&self, pair: Pair<'a, Rule>) -> Result<Items, Error> {
        let mut items = Items {
            is_distinct: false,
            has_star: false,
            items: Vec::new(),
            span: self.trimmed(&pair),
        };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_distinct => items.is_distinct = true,
                Rule::star => items.has_star = true,
                Rule::item => items.items.push(self.item(part)?),
                _ => {}
            }
        }
        Ok(items)
    }

    pub(super) fn item(&self, pair: Pair<'a, Rule>) -> Result<Item, Error> {
        let mut parts = pair.into_inner();
        let expression = parts.next().expect("an item has an expression");
        let text = expression.as_str().trim().to_owned();
        let alias = parts.next().map(|alias| {
            let name = alias.into_inner().last();
            self.name(&name.expect("an alias has a name"))
        });
        Ok(Item {
            expression: self.expression(expression)?,
            alias,
            text,
        })
    }

    pub(super) fn order(&self, pair: Pair<'a, Rule>) -> Result<Vec<SortItem>, Error> {
        let items = inner(pair, Rule::sort_item).map(|item| {
            let mut parts = item.into_inner();
            let expression = parts.next().expect("what is sorted by has an expression");
            let direction = parts.next().map(|word| word.as_rule());
            Ok(SortItem {
                expression: self.expression(expression)?,
                is_descending: direction == Some(Rule::kw_descending),
            })
        });
        items.collect()
    }

    /// The expression or term at the end of a clause that has one.
    pub(super) fn last_expression(&self, pair: Pair<'a, Rule>) -> Result<Expression, Error> {
        let last = pair.into_inner().last();
        let last = last.expect("the clause has an expression");
        match last.as_rule() {
            Rule::term => self.single(last),
            _ => self.expression(last),
        }
    }

    pub(super) fn path_pattern(&self, pair: Pair<'a, Rule>) -> Result<PathPattern, Error> {
        let mut pattern = PathPattern {
            variable: None,
            modes: Vec::new(),
            nodes: Vec::new(),
            edges: Vec::new(),
            span: self.trimmed(&pair),
        };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::variable => pattern.variable = Some(self.name(&part)),
                Rule::path_mode => pattern.modes.push((mode(&part), self.trimmed(&part))),
                Rule::node_pattern => pattern.nodes.push(self.node_pattern(part)?),
                Rule::edge_pattern => pattern.edges.push(self.edge_pattern(part)?),
                _ => {}
            }
        }
        Ok(pattern)
    }

    pub(super) fn node_pattern(&self, pair: Pair<'a, Rule>) -> Result<NodePattern, Error> {
        let mut node = NodePattern {
            variable: None,
            kinds: None,
            properties: None,
            within: None,
            condition: None,
            span: self.span(&pair),
        };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::variable => node.variable = Some(self.name(&part)),
                Rule::labels => {
                    let tests = inner(part, Rule::label_or).map(|test| self.kind_test(test));
                    node.kinds = Some(all(tests.collect()));
                }
                Rule::properties => node.properties = Some(self.operand(only(part))?),
                Rule::within => {
                    let set = part.into_inner().last().expect("`in` has a set");
                    node.within = Some(self.set(set)?);
                }
                Rule::where_clause => node.condition = Some(self.last_expression(part)?),
                _ => {}
            }
        }
        Ok(node)
    }

    /// `a|b&!c`, from the loosest sign inwards.
    fn kind_test(&self, pair: Pair<'a, Rule>) -> KindTest {
        match pair.as_rule() {
            Rule::label_or => {
                let parts = inner(pair, Rule::label_and).map(|part| self.kind_test(part));
                let mut parts: Vec<KindTest> = parts.collect();
                match parts.len() {
                    1 => parts.swap_remove(0),
                    _ => KindTest::Any(parts),
                }
            }
            Rule::label_and => {
                let parts = inner(pair, Rule::label).map(|part| self.kind_test(part));
                all(parts.collect())
            }
            _ => {
                let parts: Vec<Pair<'_, Rule>> = pair.into_inner().collect();
                let is_not = |part: &&Pair<'_, Rule>| part.as_rule() == Rule::negation;
                let negations = parts.iter().take_while(is_not).count();
                let tested = parts.into_iter().find(|part| {
                    let rule = part.as_rule();
                    matches!(rule, Rule::word | Rule::label_or)
                });
                let tested = tested.expect("a label has a word");
                let test = match tested.as_rule() {
                    Rule::word => KindTest::Is(self.name(&tested)),
                    _ => self.kind_test(tested),
                };
                match negations % 2 {
                    0 => test,
                    _ => KindTest::Not(Box::new(test)),
                }
            }
        }
    }

    fn edge_pattern(&self, pair: Pair<'a, Rule>) -> Result<EdgePattern, Error> {
        let mut edge = EdgePattern {
            variable: None,
            relations: Vec::new(),
            way: EdgeWay::Either,
            length: None,
            properties: None,
            condition: None,
            span: self.trimmed(&pair),
        };
        let mut arrows = (false, false);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::arrow_left => arrows.0 = true,
                Rule::arrow_right => arrows.1 = true,
                Rule::edge_body => self.edge_body(part, &mut edge)?,
                Rule::quantifier => {
                    let place = self.trimmed(&part);
                    if edge.length.is_some() {
                        let hint = "write `*1..3` in the brackets or `{1,3}` behind the edge";
                        return Err(syntax(place, "an edge has one quantifier", hint));
                    }
                    edge.length = Some(self.length(part)?);
                }
                _ => {}
            }
        }
        edge.way = match arrows {
            (false, true) => EdgeWay::Right,
            (true, false) => EdgeWay::Left,
            _ => EdgeWay::Either,
        };
        Ok(edge)
    }

    fn edge_body(&self, pair: Pair<'a, Rule>, edge: &mut EdgePattern) -> Result<(), Error> {
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::variable => edge.variable = Some(self.name(&part)),
                Rule::types => {
                    let words = inner(part, Rule::word).map(|word| self.name(&word));
                    edge.relations = words.collect();
                }
                Rule::hops => edge.length = Some(self.length(part)?),
                Rule::properties => edge.properties = Some(self.operand(only(part))?),
                Rule::where_clause => edge.condition = Some(self.last_expression(part)?),
                _ => {}
            }
        }
        Ok(())
    }

    /// `*` in brackets is `{1,}`, as openCypher has it; behind an edge it is `{0,}`, as in GQL.
    fn length(&self, pair: Pair<'a, Rule>) -> Result<LengthRange, Error> {
        let span = self.trimmed(&pair);
        let is_hops = pair.as_rule() == Rule::hops;
        let mut has_gap = false;
        let mut is_plus = false;
        let mut is_starred = false;
        let (mut min, mut max) = (None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::dots | Rule::comma => has_gap = true,
                Rule::plus => is_plus = true,
                Rule::star => is_starred = !is_hops,
                Rule::digits if has_gap => max = Some(self.digits(&part)?),
                Rule::digits => min = Some(self.digits(&part)?),
                _ => {}
            }
        }
        let (min, max) = match (min, max) {
            (Some(exactly), None) if !has_gap => (exactly, Some(exactly)),
            (Some(min), max) => (min, max),
            (None, max) if is_plus => (1, max),
            (None, max) if is_starred => (0, max),
            (None, max) => (u32::from(is_hops), max),
        };
        if max.is_some_and(|max| max < min) {
            let hint = "write the smaller number first: `{1,3}`";
            return Err(syntax(span, "the quantifier ends before it begins", hint));
        }
        Ok(LengthRange { min, max, span })
    }

    fn digits(&self, pair: &Pair<'a, Rule>) -> Result<u32, Error> {
        pair.as_str().parse().map_err(|_| {
            let hint = "leave the end open: `{2,}`";
            syntax(self.span(pair), "the number of steps is too large", hint)
        })
    }

    /// The names of variables inside a pair, in order.
    pub(super) fn variables(&self, pair: &Pair<'a, Rule>) -> Vec<Name> {
        let parts = pair.clone().into_inner();
        let variables = parts.filter(|part| part.as_rule() == Rule::variable);
        variables.map(|part| self.name(&part)).collect()
    }
}

fn all(mut tests: Vec<KindTest>) -> KindTest {
    match tests.len() {
        1 => tests.swap_remove(0),
        _ => KindTest::All(tests),
    }
}

fn mode(pair: &Pair<'_, Rule>) -> PathMode {
    match only(pair.clone()).as_rule() {
        Rule::kw_any => PathMode::Any,
        Rule::kw_all => PathMode::All,
        Rule::kw_shortest => PathMode::Shortest,
        Rule::kw_trail => PathMode::Trail,
        Rule::kw_acyclic => PathMode::Acyclic,
        Rule::kw_simple => PathMode::Simple,
        _ => PathMode::Walk,
    }
}
