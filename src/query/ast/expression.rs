//! An expression as it was written: what `where` tests, `select` shows and `order by` compares.
//!
//! Operators of equal rank are lists, so that only brackets and postfixes nest.

use crate::diagnostic::Span;
use crate::query::ast::Ask;
use crate::query::ast::MatchClause;
use crate::query::ast::Name;
use crate::query::ast::PathPattern;
use crate::query::ast::Set;

/// An expression, with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    /// What it is.
    pub kind: ExpressionKind,
    /// Where it stands.
    pub span: Span,
}

/// The forms of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum ExpressionKind {
    /// A value as it stands.
    Literal(Literal),
    /// `$name`.
    Parameter(Name),
    /// A variable, or a property of `it`.
    Variable(Name),
    /// `x.name`.
    Property(Box<Expression>, Name),
    /// `x[i]`.
    Index(Box<Expression>, Box<Expression>),
    /// `x[from..to]`.
    Slice(
        Box<Expression>,
        Option<Box<Expression>>,
        Option<Box<Expression>>,
    ),
    /// `x:a:b`.
    HasKinds(Box<Expression>, Vec<Name>),
    /// `not x`.
    Not(Box<Expression>),
    /// `-x`.
    Negative(Box<Expression>),
    /// `a or b`, `a xor b`, `a and b`; at least two.
    Junction(Junction, Vec<Expression>),
    /// `a < b <= c`: each compared with the next.
    Comparison(Box<Expression>, Vec<(ComparisonSign, Expression)>),
    /// `a + b - c`, from left to right; at least one sign.
    Arithmetic(Box<Expression>, Vec<(ArithmeticSign, Expression)>),
    /// `x is null`; true for `is not null`.
    IsNull(Box<Expression>, bool),
    /// `x starts with y` and the like.
    TextTest(Box<Expression>, TextTest, Box<Expression>),
    /// `x in list`; true for `not in`.
    In(Box<Expression>, bool, Box<Expression>),
    /// `x in (set)`; true for `not in`.
    InSet(Box<Expression>, bool, Box<Ask>),
    /// A function of values or an aggregate.
    Call(Name, Arguments),
    /// A function of sets, as the set it stands for.
    SetCall(Box<Set>),
    /// `any(x in list where …)`.
    Quantified(Name, Box<Each>),
    /// `reduce(total = 0, x in list | total + x)`.
    Reduce(Box<Reduction>),
    /// `[a, b]`.
    List(Vec<Expression>),
    /// `[x in list where … | …]`.
    Comprehension(Box<Each>, Option<Box<Expression>>),
    /// `[(a)-->(b) where … | …]`.
    PatternList(Box<Subquery>, Box<Expression>),
    /// `{a: 1}`.
    Map(Vec<(Name, Expression)>),
    /// `case … end`.
    Case(Box<Case>),
    /// `exists { … }`, or a pattern that stands as a condition.
    Exists(Box<Subquery>),
    /// `count { … }`.
    CountOf(Box<Subquery>),
}

/// A value as it is written.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `null`.
    Null,
    /// `true`, `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction or an exponent.
    Float(f64),
    /// A text.
    Text(String),
    /// A date of a month or a day.
    Date(String),
}

/// What joins conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Junction {
    /// `or`.
    Or,
    /// `xor`.
    Xor,
    /// `and`.
    And,
}

/// The signs of comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComparisonSign {
    /// `=`.
    Equal,
    /// `<>`.
    Unequal,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
}

/// The signs of arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArithmeticSign {
    /// `+`.
    Add,
    /// `-`.
    Subtract,
    /// `*`.
    Multiply,
    /// `/`.
    Divide,
    /// `%`.
    Remainder,
    /// `^`.
    Power,
}

/// Tests on two texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextTest {
    /// `starts with`.
    StartsWith,
    /// `ends with`.
    EndsWith,
    /// `contains`.
    Contains,
    /// `=~`, `matches`.
    Matches,
}

/// What a function of values is given.
#[derive(Clone, Debug, PartialEq)]
pub struct Arguments {
    /// Whether `distinct` stands before them.
    pub is_distinct: bool,
    /// Whether it is `*`.
    pub is_star: bool,
    /// The values.
    pub values: Vec<Expression>,
}

/// A variable that runs over a list, and a condition on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Each {
    /// The variable.
    pub variable: Name,
    /// The list.
    pub list: Expression,
    /// Which elements count.
    pub condition: Option<Expression>,
}

/// A value carried along a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Reduction {
    /// The variable that is carried.
    pub total: Name,
    /// What it is at first.
    pub start: Expression,
    /// The variable that runs over the list.
    pub variable: Name,
    /// The list.
    pub list: Expression,
    /// What the first variable becomes.
    pub step: Expression,
}

/// `case x when … then … else … end`.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// What the branches are compared with; none where they are conditions.
    pub operand: Option<Expression>,
    /// When, and what then.
    pub branches: Vec<(Expression, Expression)>,
    /// What else; null if none.
    pub otherwise: Option<Expression>,
}

/// What stands in the brackets of `exists { }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Subquery {
    /// The patterns, one clause behind the other.
    pub clauses: Vec<MatchClause>,
    /// Whether it is a pattern that stands as a condition, which brings no variables of its own.
    pub is_predicate: bool,
    /// Where it stands.
    pub span: Span,
}

/// A pattern alone, as the subquery it stands for.
impl Subquery {
    /// A subquery of one pattern.
    pub fn of(pattern: PathPattern, condition: Option<Expression>) -> Subquery {
        let span = pattern.span;
        Subquery {
            clauses: vec![MatchClause {
                is_optional: false,
                patterns: vec![pattern],
                condition,
                span,
            }],
            is_predicate: false,
            span,
        }
    }
}
