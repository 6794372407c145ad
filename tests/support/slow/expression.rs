//! Expressions: each form by its definition, with null and three-valued logic.

use kingraph::query::ast::Arguments;
use kingraph::query::ast::ArithmeticSign;
use kingraph::query::ast::Case;
use kingraph::query::ast::ComparisonSign;
use kingraph::query::ast::Each;
use kingraph::query::ast::Expression;
use kingraph::query::ast::ExpressionKind;
use kingraph::query::ast::Junction;
use kingraph::query::ast::Literal;
use kingraph::query::ast::Subquery;
use kingraph::query::ast::TextTest;

use crate::slow::Cell;
use crate::slow::Row;
use crate::slow::Slow;
use crate::slow::value::Truth;
use crate::slow::value::and;
use crate::slow::value::compare;
use crate::slow::value::equals;
use crate::slow::value::not;
use crate::slow::value::or;
use crate::slow::value::order;
use crate::slow::value::same;
use crate::slow::value::xor;

/// What a name is bound to; the last binding counts.
pub(crate) fn find<'r>(row: &'r Row, name: &str) -> Option<&'r Cell> {
    let mut names = row.iter().rev();
    names.find(|(known, _)| known == name).map(|(_, cell)| cell)
}

/// The names of aggregates.
pub(crate) const AGGREGATES: [&str; 6] = ["count", "sum", "avg", "min", "max", "collect"];

type Group<'g> = Option<&'g [Row]>;

impl Slow<'_> {
    /// The value of an expression on a row; aggregates run over the rows of the group.
    pub(crate) fn value(&self, expression: &Expression, row: &Row, group: Group<'_>) -> Cell {
        let value = |inner: &Expression| self.value(inner, row, group);
        match &expression.kind {
            ExpressionKind::Literal(literal) => literal_cell(literal),
            ExpressionKind::Variable(name) => match find(row, &name.text) {
                Some(cell) => cell.clone(),
                None => match find(row, "it") {
                    Some(it) => self.property(it, &name.text),
                    None => panic!("{} is not bound in {}", name.text, self.text),
                },
            },
            ExpressionKind::Property(of, name) => self.property(&value(of), &name.text),
            ExpressionKind::HasKinds(of, names) => match value(of) {
                Cell::Node(node) => {
                    let labels = &self.world.nodes[node].labels;
                    Cell::Bool(names.iter().all(|name| labels.contains(&name.text)))
                }
                Cell::Null => Cell::Null,
                other => panic!("{other:?} has no kind"),
            },
            ExpressionKind::Not(inner) => Cell::of(not(value(inner).truth())),
            ExpressionKind::Negative(inner) => match value(inner) {
                Cell::Int(number) => Cell::Int(-number),
                Cell::Float(number) => Cell::Float(-number),
                Cell::Null => Cell::Null,
                other => panic!("{other:?} is no number"),
            },
            ExpressionKind::Junction(junction, parts) => {
                let truths: Vec<Truth> = parts.iter().map(|part| value(part).truth()).collect();
                Cell::of(match junction {
                    Junction::And => and(&truths),
                    Junction::Or => or(&truths),
                    Junction::Xor => xor(&truths),
                })
            }
            ExpressionKind::Comparison(first, rest) => {
                let mut left = value(first);
                let mut truths = Vec::new();
                for (sign, right) in rest {
                    let right = value(right);
                    truths.push(left.any(|left| right.any(|right| test(*sign, left, right))));
                    left = right;
                }
                Cell::of(and(&truths))
            }
            ExpressionKind::Arithmetic(first, rest) => {
                let rest = rest.iter();
                rest.fold(value(first), |total, (sign, right)| {
                    calculate(*sign, &total, &value(right))
                })
            }
            ExpressionKind::IsNull(inner, is_not) => {
                Cell::Bool((value(inner) == Cell::Null) != *is_not)
            }
            _ => self.compound(expression, row, group),
        }
    }

    fn compound(&self, expression: &Expression, row: &Row, group: Group<'_>) -> Cell {
        let value = |inner: &Expression| self.value(inner, row, group);
        match &expression.kind {
            ExpressionKind::TextTest(left, test, right) => {
                let right = value(right);
                Cell::of(value(left).any(|left| text_test(left, *test, &right)))
            }
            ExpressionKind::In(left, is_not, list) => {
                let list = value(list);
                let truth = value(left).any(|left| is_in(left, &list));
                Cell::of(if *is_not { not(truth) } else { truth })
            }
            ExpressionKind::List(parts) => Cell::List(parts.iter().map(value).collect()),
            ExpressionKind::Map(entries) => {
                let entries = entries.iter();
                Cell::Map(
                    entries
                        .map(|(name, part)| (name.text.clone(), value(part)))
                        .collect(),
                )
            }
            ExpressionKind::Index(of, at) => index(&value(of), &value(at)),
            ExpressionKind::Slice(of, from, to) => {
                let end = |end: &Option<Box<Expression>>| end.as_ref().map(|end| value(end));
                slice(&value(of), end(from), end(to))
            }
            ExpressionKind::Case(case) => self.case(case, row, group),
            ExpressionKind::Call(name, arguments) => {
                self.call(&name.text.to_lowercase(), arguments, row, group)
            }
            ExpressionKind::Exists(inner) => Cell::Bool(!self.subquery(inner, row).is_empty()),
            ExpressionKind::CountOf(inner) => Cell::Int(self.subquery(inner, row).len() as i64),
            ExpressionKind::PatternList(inner, result) => {
                let rows = self.subquery(inner, row);
                let cells = rows.iter().map(|row| self.value(result, row, group));
                Cell::List(cells.collect())
            }
            _ => self.over_list(expression, row, group),
        }
    }

    /// Forms that run over a list.
    fn over_list(&self, expression: &Expression, row: &Row, group: Group<'_>) -> Cell {
        let value = |inner: &Expression| self.value(inner, row, group);
        match &expression.kind {
            ExpressionKind::InSet(left, is_not, ask) => match value(left) {
                Cell::Null => Cell::Null,
                Cell::Node(node) => Cell::Bool(self.members(ask).contains(&node) != *is_not),
                other => panic!("{other:?} is in no set"),
            },
            ExpressionKind::Quantified(name, each) => {
                self.quantified(&name.text.to_lowercase(), each, row, group)
            }
            ExpressionKind::Comprehension(each, result) => {
                let Some(mut rows) = self.elements(each, row, group) else {
                    return Cell::Null;
                };
                if let Some(condition) = &each.condition {
                    rows.retain(|row| self.value(condition, row, group) == Cell::Bool(true));
                }
                let cells = rows.iter().map(|row| match result {
                    Some(result) => self.value(result, row, group),
                    None => row[row.len() - 1].1.clone(),
                });
                Cell::List(cells.collect())
            }
            ExpressionKind::Reduce(reduction) => {
                let Cell::List(values) = value(&reduction.list) else {
                    return Cell::Null;
                };
                let values = values.into_iter();
                values.fold(value(&reduction.start), |total, cell| {
                    let mut row = row.clone();
                    row.push((reduction.total.text.clone(), total));
                    row.push((reduction.variable.text.clone(), cell));
                    self.value(&reduction.step, &row, group)
                })
            }
            other => panic!("{other:?} has no model"),
        }
    }

    pub(crate) fn property(&self, of: &Cell, name: &str) -> Cell {
        let properties = match of {
            Cell::Node(node) => &self.world.nodes[*node].properties,
            Cell::Edge(edge) => &self.world.edges[*edge].properties,
            Cell::Map(map) => map,
            Cell::Null => return Cell::Null,
            Cell::Several(cells) => {
                let cells = cells
                    .iter()
                    .flat_map(|cell| self.property(cell, name).each());
                return Cell::several(cells.filter(|cell| *cell != Cell::Null).collect());
            }
            other => panic!("{other:?} has no properties"),
        };
        if let Cell::Node(node) = of
            && let Some(ends) = self.far_ends(*node, name)
        {
            return ends;
        }
        properties.get(name).cloned().unwrap_or(Cell::Null)
    }

    /// Where a relation leads, by name and each once; none if there is no relation of that name.
    fn far_ends(&self, node: usize, name: &str) -> Option<Cell> {
        let word = name.strip_suffix("_inverse").unwrap_or(name);
        if !self.world.relations.iter().any(|relation| relation == word) {
            return None;
        }
        let edges = self.world.edges.iter().filter(|edge| edge.kind == word);
        let ends = edges.filter_map(|edge| match word == name {
            true => (edge.source == node).then_some(Cell::Node(edge.target)),
            false => (edge.target == node).then_some(Cell::Node(edge.source)),
        });
        let mut ends: Vec<Cell> = ends.collect();
        ends.sort_by(|one, other| order(self.world, one, other));
        ends.dedup();
        Some(Cell::several(ends))
    }

    /// The rows of `exists { }` on a row.
    fn subquery(&self, inner: &Subquery, row: &Row) -> Vec<Row> {
        inner
            .clauses
            .iter()
            .fold(vec![row.clone()], |rows, clause| {
                rows.iter()
                    .flat_map(|row| self.matches(clause, row))
                    .collect()
            })
    }

    /// A row for each element of a list; none if the list is null.
    fn elements(&self, each: &Each, row: &Row, group: Group<'_>) -> Option<Vec<Row>> {
        let Cell::List(values) = self.value(&each.list, row, group) else {
            return None;
        };
        let bound = |value: Cell| {
            let mut row = row.clone();
            row.push((each.variable.text.clone(), value));
            row
        };
        Some(values.into_iter().map(bound).collect())
    }

    fn quantified(&self, name: &str, each: &Each, row: &Row, group: Group<'_>) -> Cell {
        let Some(rows) = self.elements(each, row, group) else {
            return Cell::Null;
        };
        let condition = each.condition.as_ref().expect("it has a condition");
        let truths = rows
            .iter()
            .map(|row| self.value(condition, row, group).truth());
        let truths: Vec<Truth> = truths.collect();
        Cell::of(match name {
            "all" => and(&truths),
            "any" => or(&truths),
            "none" => not(or(&truths)),
            "single" => {
                // True if exactly one is, whatever the unknown ones are.
                let trues = truths.iter().filter(|truth| **truth == Some(true)).count();
                match (trues, truths.contains(&None)) {
                    (2.., _) => Some(false),
                    (_, true) => None,
                    (trues, false) => Some(trues == 1),
                }
            }
            other => panic!("{other} has no model"),
        })
    }

    fn case(&self, case: &Case, row: &Row, group: Group<'_>) -> Cell {
        let operand = case
            .operand
            .as_ref()
            .map(|operand| self.value(operand, row, group));
        for (when, then) in &case.branches {
            let when = self.value(when, row, group);
            let is_met = match &operand {
                Some(operand) => equals(operand, &when) == Some(true),
                None => when.truth() == Some(true),
            };
            if is_met {
                return self.value(then, row, group);
            }
        }
        let otherwise = case.otherwise.as_ref();
        otherwise.map_or(Cell::Null, |otherwise| self.value(otherwise, row, group))
    }

    fn call(&self, name: &str, arguments: &Arguments, row: &Row, group: Group<'_>) -> Cell {
        if AGGREGATES.contains(&name) {
            let rows = group.expect("an aggregate stands in columns");
            return self.aggregate(name, arguments, rows);
        }
        let values: Vec<Cell> = arguments
            .values
            .iter()
            .map(|argument| self.value(argument, row, group))
            .collect();
        if name == "coalesce" {
            let known = values.into_iter().find(|value| *value != Cell::Null);
            return known.unwrap_or(Cell::Null);
        }
        if values.contains(&Cell::Null) {
            return Cell::Null;
        }
        match (name, values.as_slice()) {
            ("size", [Cell::Text(text)]) => Cell::Int(text.chars().count() as i64),
            ("size", [Cell::List(list)]) => Cell::Int(list.len() as i64),
            ("length", [Cell::Path(_, edges)]) => Cell::Int(edges.len() as i64),
            ("nodes", [Cell::Path(nodes, _)]) => {
                Cell::List(nodes.iter().map(|node| Cell::Node(*node)).collect())
            }
            ("edges" | "relationships", [Cell::Path(_, edges)]) => {
                Cell::List(edges.iter().map(|edge| Cell::Edge(*edge)).collect())
            }
            ("type", [Cell::Edge(edge)]) => Cell::Text(self.world.edges[*edge].kind.clone()),
            ("id", [Cell::Node(node)]) => Cell::Text(self.world.nodes[*node].id.clone()),
            ("head", [Cell::List(list)]) => list.first().cloned().unwrap_or(Cell::Null),
            ("last", [Cell::List(list)]) => list.last().cloned().unwrap_or(Cell::Null),
            ("tail", [Cell::List(list)]) => Cell::List(list.iter().skip(1).cloned().collect()),
            ("reverse", [Cell::List(list)]) => Cell::List(list.iter().rev().cloned().collect()),
            ("range", [Cell::Int(from), Cell::Int(to)]) => {
                Cell::List((*from..=*to).map(Cell::Int).collect())
            }
            ("abs", [Cell::Int(number)]) => Cell::Int(number.abs()),
            ("abs", [Cell::Float(number)]) => Cell::Float(number.abs()),
            ("tolower" | "lower", [Cell::Text(text)]) => Cell::Text(text.to_lowercase()),
            ("toupper" | "upper", [Cell::Text(text)]) => Cell::Text(text.to_uppercase()),
            other => panic!("{other:?} has no model"),
        }
    }

    fn aggregate(&self, name: &str, arguments: &Arguments, rows: &[Row]) -> Cell {
        if arguments.is_star {
            return Cell::Int(rows.len() as i64);
        }
        let values = rows.iter();
        let values = values.flat_map(|row| self.value(&arguments.values[0], row, None).each());
        let mut values: Vec<Cell> = values.filter(|value| *value != Cell::Null).collect();
        if arguments.is_distinct {
            let mut kept: Vec<Cell> = Vec::new();
            for value in values {
                if !kept.iter().any(|known| same(known, &value)) {
                    kept.push(value);
                }
            }
            values = kept;
        }
        let count = values.len();
        let first = values.first().cloned().unwrap_or(Cell::Null);
        let rest = values.iter().skip(1);
        match name {
            "count" => Cell::Int(count as i64),
            "collect" => Cell::List(values),
            "min" | "max" => rest.fold(first, |best, value| {
                let ordering = order(self.world, value, &best);
                let is_better = if name == "min" {
                    ordering.is_lt()
                } else {
                    ordering.is_gt()
                };
                if is_better { value.clone() } else { best }
            }),
            "sum" => rest.fold(first, |total, value| {
                calculate(ArithmeticSign::Add, &total, value)
            }),
            "avg" => {
                let total = rest.fold(first, |total, value| {
                    calculate(ArithmeticSign::Add, &total, value)
                });
                match total {
                    Cell::Int(total) => Cell::Float(total as f64 / count as f64),
                    Cell::Float(total) => Cell::Float(total / count as f64),
                    _ => Cell::Null,
                }
            }
            other => panic!("{other} has no model"),
        }
    }
}

fn literal_cell(literal: &Literal) -> Cell {
    match literal {
        Literal::Null => Cell::Null,
        Literal::Boolean(truth) => Cell::Bool(*truth),
        Literal::Integer(number) => Cell::Int(*number),
        Literal::Float(number) => Cell::Float(*number),
        Literal::Text(text) => Cell::Text(text.clone()),
        Literal::Date(date) => panic!("{date} has no model"),
    }
}

fn test(sign: ComparisonSign, left: &Cell, right: &Cell) -> Truth {
    let ordering = compare(left, right);
    match sign {
        ComparisonSign::Equal => equals(left, right),
        ComparisonSign::Unequal => not(equals(left, right)),
        ComparisonSign::Less => ordering.map(|ordering| ordering.is_lt()),
        ComparisonSign::LessOrEqual => ordering.map(|ordering| ordering.is_le()),
        ComparisonSign::Greater => ordering.map(|ordering| ordering.is_gt()),
        ComparisonSign::GreaterOrEqual => ordering.map(|ordering| ordering.is_ge()),
    }
}

fn calculate(sign: ArithmeticSign, left: &Cell, right: &Cell) -> Cell {
    let float = |number: &Cell| match number {
        Cell::Int(number) => *number as f64,
        Cell::Float(number) => *number,
        other => panic!("{other:?} is no number"),
    };
    match (sign, left, right) {
        (_, Cell::Null, _) | (_, _, Cell::Null) => Cell::Null,
        (ArithmeticSign::Add, Cell::Text(left), Cell::Text(right)) => {
            Cell::Text(format!("{left}{right}"))
        }
        (ArithmeticSign::Add, Cell::List(left), Cell::List(right)) => {
            Cell::List(left.iter().chain(right).cloned().collect())
        }
        (ArithmeticSign::Add, Cell::Int(left), Cell::Int(right)) => Cell::Int(left + right),
        (ArithmeticSign::Subtract, Cell::Int(left), Cell::Int(right)) => Cell::Int(left - right),
        (ArithmeticSign::Multiply, Cell::Int(left), Cell::Int(right)) => Cell::Int(left * right),
        (ArithmeticSign::Add, ..) => Cell::Float(float(left) + float(right)),
        (ArithmeticSign::Subtract, ..) => Cell::Float(float(left) - float(right)),
        (ArithmeticSign::Multiply, ..) => Cell::Float(float(left) * float(right)),
        other => panic!("{other:?} has no model"),
    }
}

fn text_test(left: &Cell, test: TextTest, right: &Cell) -> Truth {
    let (Cell::Text(left), Cell::Text(right)) = (left, right) else {
        return None;
    };
    Some(match test {
        TextTest::StartsWith => left.starts_with(right),
        TextTest::EndsWith => left.ends_with(right),
        TextTest::Contains => left.contains(right),
        TextTest::Matches => panic!("regular expressions have no model"),
    })
}

fn is_in(wanted: &Cell, list: &Cell) -> Truth {
    match list {
        Cell::Null => None,
        Cell::List(values) => {
            let truths: Vec<Truth> = values.iter().map(|value| equals(value, wanted)).collect();
            or(&truths)
        }
        other => panic!("{other:?} is no list"),
    }
}

/// A place as a number from 0 up; places below 0 count from the end.
fn from_start(at: i64, count: usize) -> i64 {
    if at < 0 { at + count as i64 } else { at }
}

fn index(of: &Cell, at: &Cell) -> Cell {
    match (of, at) {
        (Cell::Null, _) | (_, Cell::Null) => Cell::Null,
        (Cell::List(list), Cell::Int(at)) => {
            let at = usize::try_from(from_start(*at, list.len()));
            at.ok()
                .and_then(|at| list.get(at))
                .cloned()
                .unwrap_or(Cell::Null)
        }
        other => panic!("{other:?} has no model"),
    }
}

fn slice(of: &Cell, from: Option<Cell>, to: Option<Cell>) -> Cell {
    let Cell::List(list) = of else {
        return Cell::Null;
    };
    let end = |end: Option<Cell>, default: usize| match end {
        None => Some(default as i64),
        Some(Cell::Int(at)) => Some(from_start(at, list.len())),
        Some(_) => None,
    };
    let (Some(from), Some(to)) = (end(from, 0), end(to, list.len())) else {
        return Cell::Null;
    };
    let places = (0..)
        .zip(list)
        .filter(|(place, _)| (from..to).contains(place));
    Cell::List(places.map(|(_, cell)| cell.clone()).collect())
}

/// Whether an aggregate stands anywhere in an expression.
pub(crate) fn aggregates(expression: &Expression) -> bool {
    match &expression.kind {
        ExpressionKind::Call(name, arguments) => {
            AGGREGATES.contains(&name.text.to_lowercase().as_str())
                || arguments.values.iter().any(aggregates)
        }
        ExpressionKind::Arithmetic(first, rest) => {
            aggregates(first) || rest.iter().any(|(_, part)| aggregates(part))
        }
        ExpressionKind::Comparison(first, rest) => {
            aggregates(first) || rest.iter().any(|(_, part)| aggregates(part))
        }
        ExpressionKind::Not(inner) | ExpressionKind::Negative(inner) => aggregates(inner),
        ExpressionKind::List(parts) | ExpressionKind::Junction(_, parts) => {
            parts.iter().any(aggregates)
        }
        ExpressionKind::Index(of, at) => aggregates(of) || aggregates(at),
        _ => false,
    }
}
