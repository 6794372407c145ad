//! Resolved expressions: variables are slots of a row, properties and relations are ids.

use compact_str::CompactString;

use crate::diagnostic::Span;
use crate::model::Direction;
use crate::model::KindId;
use crate::model::RelationId;
use crate::model::Value;
use crate::query::ast::ArithmeticSign;
use crate::query::ast::ComparisonSign;
use crate::query::ast::Junction;
use crate::query::ast::TextTest;
use crate::query::function::Function;

/// A place in a row, for the value of one variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub usize);

/// The number of a parameter that gets its value only when the query runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ParameterId(pub usize);

/// The number of a set that the expressions of a query use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetId(pub usize);

/// The number of a subquery that the expressions of a query use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubqueryId(pub usize);

/// Where a part was written; two parts that differ only in it are equal.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place(pub Span);

impl PartialEq for Place {
    fn eq(&self, _: &Place) -> bool {
        true
    }
}

/// A resolved expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// A value.
    Constant(Value),
    /// The value of a parameter that the query gets when it runs.
    Parameter(ParameterId),
    /// The value of a variable.
    Slot(Slot),
    /// What an entity, a statement, a map or a date has under a name.
    Member(Box<Expression>, Member),
    /// `x[i]`.
    Index(Box<Expression>, Box<Expression>, Place),
    /// `x[from..to]`.
    Slice(
        Box<Expression>,
        Option<Box<Expression>>,
        Option<Box<Expression>>,
        Place,
    ),
    /// `x:kind`.
    HasKinds(Box<Expression>, KindTest, Place),
    /// `not x`.
    Not(Box<Expression>, Place),
    /// `-x`.
    Negative(Box<Expression>, Place),
    /// `a or b`, `a xor b`, `a and b`.
    Junction(Junction, Vec<Expression>, Place),
    /// Each compared with the next.
    Comparison(Box<Expression>, Vec<(ComparisonSign, Expression)>),
    /// From left to right.
    Arithmetic(Box<Expression>, Vec<(ArithmeticSign, Expression)>, Place),
    /// `is null`; true for `is not null`.
    IsNull(Box<Expression>, bool),
    /// A test on two texts.
    TextTest(Box<Expression>, TextTest, Box<Expression>, Place),
    /// `in` a list; true for `not in`.
    In(Box<Expression>, bool, Box<Expression>, Place),
    /// `in` a set; true for `not in`, and true where the set may be an error.
    InSet(Box<Expression>, bool, SetId, bool, Place),
    /// The members of a set as a list, by name.
    Set(SetId),
    /// A function of values.
    Call(&'static Function, Vec<Expression>, Place),
    /// `all`, `any`, `none` or `single` of a list.
    Quantified(Quantifier, Box<Each>, Place),
    /// A value carried along a list.
    Reduce(Box<Reduction>, Place),
    /// A list.
    List(Vec<Expression>),
    /// A list made of another.
    Comprehension(Box<Each>, Option<Box<Expression>>, Place),
    /// A map.
    Map(Vec<(CompactString, Expression)>),
    /// The first branch that holds.
    Case(Box<Case>),
    /// Whether a subquery has a row.
    Exists(SubqueryId),
    /// How many rows a subquery has.
    CountOf(SubqueryId),
    /// A value for each row of a subquery.
    Collect(SubqueryId, Box<Expression>),
}

/// What is read off a value under a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The name.
    pub name: CompactString,
    /// The property of an entity.
    pub property: Option<RelationId>,
    /// The step that an entity takes.
    pub step: Option<(RelationId, Direction)>,
    /// Whether entities and statements have fields beside their properties: not in a `match` on a
    /// graph without a schema, where only the given properties are there.
    pub has_fields: bool,
    /// Whether it stands for several values at once: comparing it compares each of them.
    pub is_many: bool,
    /// Whether of a list it is read off each element.
    pub is_spread: bool,
    /// Where the name stands.
    pub place: Place,
}

/// A test on the kinds of an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KindTest {
    /// It is of this kind or one below it; none for a kind that the graph does not have.
    Is(Option<KindId>),
    /// It is not so.
    Not(Box<KindTest>),
    /// All hold.
    All(Vec<KindTest>),
    /// Any holds.
    Any(Vec<KindTest>),
}

/// How many elements of a list must fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantifier {
    /// All of them.
    All,
    /// At least one.
    Any,
    /// None.
    None,
    /// Exactly one.
    Single,
}

/// A slot that runs over a list, and a condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Each {
    /// The slot.
    pub slot: Slot,
    /// The list.
    pub list: Expression,
    /// Which elements count.
    pub condition: Option<Expression>,
}

/// A value carried along a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Reduction {
    /// The slot of the value.
    pub total: Slot,
    /// What it is at first.
    pub start: Expression,
    /// The slot that runs over the list.
    pub slot: Slot,
    /// The list.
    pub list: Expression,
    /// What the value becomes.
    pub step: Expression,
}

/// Branches, the first of which holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// What the branches are compared with; none where they are conditions.
    pub operand: Option<Expression>,
    /// When, and what then.
    pub branches: Vec<(Expression, Expression)>,
    /// What else.
    pub otherwise: Option<Expression>,
}

impl Expression {
    /// Whether it stands for several values at once: a property or relation, or what is read off
    /// one.
    pub fn is_many(&self) -> bool {
        let mut here = self;
        while let Expression::Member(base, member) = here {
            if member.is_many {
                return true;
            }
            here = base;
        }
        false
    }

    /// The parts it is made of, without those of its subqueries.
    pub fn children_mut(&mut self) -> Vec<&mut Expression> {
        match self {
            Expression::Constant(_)
            | Expression::Parameter(_)
            | Expression::Slot(_)
            | Expression::Set(_)
            | Expression::Exists(_)
            | Expression::CountOf(_) => Vec::new(),
            Expression::Member(inner, _)
            | Expression::HasKinds(inner, ..)
            | Expression::Not(inner, _)
            | Expression::Negative(inner, _)
            | Expression::IsNull(inner, _)
            | Expression::InSet(inner, ..)
            | Expression::Collect(_, inner) => vec![inner],
            Expression::Index(left, right, _)
            | Expression::TextTest(left, _, right, _)
            | Expression::In(left, _, right, _) => vec![left, right],
            Expression::Slice(inner, from, to, _) => {
                let ends = from.iter_mut().chain(to).map(|end| &mut **end);
                std::iter::once(&mut **inner).chain(ends).collect()
            }
            Expression::Junction(_, members, _)
            | Expression::Call(_, members, _)
            | Expression::List(members) => members.iter_mut().collect(),
            Expression::Comparison(first, rest) => {
                let rest = rest.iter_mut().map(|(_, value)| value);
                std::iter::once(&mut **first).chain(rest).collect()
            }
            Expression::Arithmetic(first, rest, _) => {
                let rest = rest.iter_mut().map(|(_, value)| value);
                std::iter::once(&mut **first).chain(rest).collect()
            }
            Expression::Map(entries) => entries.iter_mut().map(|(_, value)| value).collect(),
            Expression::Quantified(_, each, _) => each.children_mut(),
            Expression::Comprehension(each, result, _) => {
                let mut children = each.children_mut();
                children.extend(result.iter_mut().map(|result| &mut **result));
                children
            }
            Expression::Reduce(reduction, _) => vec![
                &mut reduction.start,
                &mut reduction.list,
                &mut reduction.step,
            ],
            Expression::Case(case) => {
                let mut children: Vec<&mut Expression> = case.operand.iter_mut().collect();
                for (when, then) in &mut case.branches {
                    children.extend([when, then]);
                }
                children.extend(case.otherwise.iter_mut());
                children
            }
        }
    }

    /// Calls `visit` for it and everything it is made of, without its subqueries.
    pub fn visit(&self, visit: &mut impl FnMut(&Expression)) {
        visit(self);
        // One list of parts serves both ways of looking: a copy is cheaper than a second list.
        let mut copy = self.clone();
        for child in copy.children_mut() {
            child.visit(visit);
        }
    }

    /// Whether it is a condition that gives true, false or null and never an error.
    pub fn is_safe_condition(&self) -> bool {
        match self {
            Expression::Comparison(first, rest) => {
                first.is_safe_value() && rest.iter().all(|(_, value)| value.is_safe_value())
            }
            Expression::IsNull(inner, _) => inner.is_safe_value(),
            Expression::InSet(inner, _, _, can_fail, _) => !can_fail && inner.is_safe_value(),
            Expression::HasKinds(inner, ..) => matches!(**inner, Expression::Slot(_)),
            Expression::In(left, _, right, _) => {
                left.is_safe_value() && matches!(**right, Expression::List(_)) && {
                    let Expression::List(members) = &**right else {
                        return false;
                    };
                    members.iter().all(Expression::is_safe_value)
                }
            }
            Expression::Not(inner, _) => inner.is_safe_condition(),
            Expression::Junction(_, members, _) => {
                members.iter().all(Expression::is_safe_condition)
            }
            _ => false,
        }
    }

    /// Whether it is a value that is read and never an error.
    pub fn is_safe_value(&self) -> bool {
        match self {
            Expression::Constant(_) | Expression::Parameter(_) | Expression::Slot(_) => true,
            Expression::Member(inner, _) => matches!(**inner, Expression::Slot(_)),
            _ => false,
        }
    }
}

impl Each {
    fn children_mut(&mut self) -> Vec<&mut Expression> {
        std::iter::once(&mut self.list)
            .chain(self.condition.iter_mut())
            .collect()
    }
}
