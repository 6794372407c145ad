//! The arguments of a call: which parameter each is for, and whether it is of its type.

use crate::algo::Depth;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Span;
use crate::diagnostic::code;
use crate::diagnostic::suggest;
use crate::model::Along;
use crate::model::Date;
use crate::model::Direction;
use crate::model::RelationId;
use crate::model::Snapshot;
use crate::query::ast;
use crate::query::ast::Name;
use crate::query::ast::Range;
use crate::query::ast::Set;
use crate::query::ast::SetKind;
use crate::query::bound::Argument;
use crate::query::bound::NodeId;
use crate::query::bound::NodeKind;
use crate::query::function;
use crate::query::function::Arguments;
use crate::query::function::Does;
use crate::query::function::Function;
use crate::query::function::Param;
use crate::query::function::ParamType;
use crate::query::function::ResultType;
use crate::query::resolve::Resolver;
use crate::query::resolve::Yields;
use crate::query::resolve::bad_date;
use crate::query::resolve::lookup;
use crate::query::scan;

impl Resolver<'_> {
    /// Resolves a call.
    ///
    /// `piped` is what comes through a pipe: it takes the first place for a set.
    pub(super) fn call(
        &mut self,
        name: &Name,
        arguments: &[ast::Argument],
        span: Span,
        piped: Option<NodeId>,
    ) -> NodeId {
        if let Some(node) = self.defined_call(name, arguments, span, piped) {
            return node;
        }
        let Some(function) = function::find(&name.text) else {
            return self.fault(unknown_function(self.snapshot, name));
        };
        let before = self.findings.len();
        let given = match self.given(function, arguments, span, piped) {
            Ok(given) => given,
            Err(finding) => return self.fault(finding),
        };
        let mut resolved = Vec::with_capacity(given.len());
        for (param, given) in function.params.iter().zip(given) {
            resolved.push(match (given, param.default) {
                (Some(given), _) => given,
                (None, Some(_)) => Argument::Absent,
                (None, None) => {
                    let message = format!(
                        "`{}` wants {} as `{}`",
                        function.name,
                        param.is.word(),
                        param.name
                    );
                    Argument::Set(self.fault(wrong(function, span, message)))
                }
            });
        }
        let is_sound = before == self.findings.len();
        let kind = match function.does {
            Does::Context(read) if is_sound => {
                let (node, change) = read(&Arguments(&resolved));
                NodeKind::Within(node, vec![change])
            }
            // An argument that is wrong was a fault, which may be taken back: `present(nosuch)`.
            Does::Context(_) => NodeKind::Union(Vec::new()),
            _ => NodeKind::Call(function, resolved),
        };
        let yields = yields(function);
        self.add(kind, span, yields)
    }

    /// The arguments in the order of the parameters; none where none is given.
    fn given(
        &mut self,
        function: &'static Function,
        arguments: &[ast::Argument],
        span: Span,
        piped: Option<NodeId>,
    ) -> Result<Vec<Option<Argument>>, Diagnostic> {
        let mut given: Vec<Option<Argument>> = function.params.iter().map(|_| None).collect();
        let taken = piped.and_then(|node| {
            let is_set = |param: &Param| matches!(param.is, ParamType::Set | ParamType::One);
            let place = function.params.iter().position(is_set)?;
            given[place] = Some(Argument::Set(node));
            Some(place)
        });
        if piped.is_some() && taken.is_none() {
            let message = format!("`{}` takes no set", function.name);
            return Err(wrong(function, span, message));
        }
        let mut place = usize::from(taken == Some(0));
        for argument in arguments {
            let found = self.place_of(function, place, argument);
            place += usize::from(argument.parameter.is_none());
            place += usize::from(taken == Some(place));
            let Some(index) = found else {
                continue;
            };
            if given[index].is_some() {
                let message = format!("`{}` is given twice", function.params[index].name);
                let finding = Diagnostic::error(&code::REPEATED, argument.value.span, message);
                self.fault(finding.hint("take one of them out".to_owned()));
            }
            given[index] = Some(self.argument(function, &function.params[index], &argument.value));
        }
        Ok(given)
    }

    /// The place of the parameter that an argument is for.
    fn place_of(
        &mut self,
        function: &'static Function,
        place: usize,
        argument: &ast::Argument,
    ) -> Option<usize> {
        let names = function.params.iter().map(|param| param.name);
        let (message, span) = match &argument.parameter {
            None if place < function.params.len() => return Some(place),
            None => {
                let count = function.params.len();
                let message = format!("`{}` takes at most {count} arguments", function.name);
                (message, argument.value.span)
            }
            Some(name) => match names.clone().position(|known| known == name.text) {
                Some(index) => return Some(index),
                None => (
                    format!("`{}` has no parameter `{}`", function.name, name.text),
                    name.span,
                ),
            },
        };
        let near = argument
            .parameter
            .as_ref()
            .map(|name| suggest::nearest(&name.text, names));
        let hint = near.and_then(|near| suggest::did_you_mean(&near));
        self.fault(wrong(function, span, message).hint(hint));
        None
    }

    fn argument(&mut self, function: &'static Function, param: &Param, value: &Set) -> Argument {
        let resolved = match param.is {
            ParamType::Set | ParamType::One => Ok(Argument::Set(self.operand(value))),
            ParamType::MaybeSet => Ok(Argument::Set(self.maybe(value))),
            ParamType::Period => period(value),
            ParamType::Relations => self.along(value),
            ParamType::Depth => depth(value),
            ParamType::Integer => integer(value),
            ParamType::Boolean => boolean(value),
            ParamType::Date => date(value),
            ParamType::Source => match &value.kind {
                SetKind::Name(name) => lookup::source(self.snapshot, name).map(Argument::Source),
                _ => Err(mismatch(value)),
            },
            other => unreachable!("no set function has a parameter {other:?}"),
        };
        resolved.unwrap_or_else(|finding| {
            let finding = match finding.message.is_empty() {
                true => {
                    let message = format!("`{}` wants {}", param.name, param.is.word());
                    let hint = match &value.kind {
                        SetKind::Pattern(word, wanted) => {
                            let wanted = scan::written(&wanted.text);
                            Some(format!("an argument has `=`: `{}={wanted}`", word.text))
                        }
                        _ => None,
                    };
                    wrong(function, value.span, message).hint(hint)
                }
                false => finding,
            };
            self.fault(finding);
            Argument::Absent
        })
    }

    /// A set; nothing if all that is wrong with it is that a name is unknown.
    fn maybe(&mut self, value: &Set) -> NodeId {
        let before = self.findings.len();
        let node = self.operand(value);
        let mut found = self.findings[before..].iter();
        if found.all(|finding| finding.code.id == code::UNKNOWN_NAME.id) {
            self.findings.truncate(before);
        }
        node
    }

    /// Relations and groups with `|` between them.
    fn along(&mut self, value: &Set) -> Result<Argument, Diagnostic> {
        let schema = &self.snapshot.schema;
        let words: Vec<&Name> = match &value.kind {
            SetKind::Name(name) => vec![name],
            SetKind::Union(members) => {
                let word = |member: &'_ Set| match &member.kind {
                    SetKind::Name(_) => Ok(()),
                    _ => Err(mismatch(value)),
                };
                members.iter().try_for_each(word)?;
                members.iter().filter_map(as_name).collect()
            }
            _ => return Err(mismatch(value)),
        };
        let mut along = Along::nothing(schema);
        let mut is_any = false;
        let mut findings = Vec::new();
        for word in words {
            if word.text == "any" {
                is_any = true;
                along.add_all(&Along::everything(schema));
            } else if schema.relation(&word.text).is_none() && schema.group(&word.text).is_some() {
                along.add_all(&Along::group(schema, &word.text));
            } else {
                match self.walked(word) {
                    Ok((relation, direction)) => along.add(schema, relation, direction),
                    Err(finding) => findings.push(also_groups(finding)),
                }
            }
        }
        if let Some(last) = findings.pop() {
            self.findings.extend(findings);
            return Err(last);
        }
        Ok(Argument::Along(along, is_any))
    }

    /// A relation that a walk can take.
    fn walked(&self, word: &Name) -> Result<(RelationId, Direction), Diagnostic> {
        let found = lookup::relation(self.snapshot, word)?;
        if !self.snapshot.schema.relations[found.0.index()].is_property() {
            return Ok(found);
        }
        let message = format!("`{}` is a property: no walk takes it", word.text);
        Err(
            Diagnostic::error(&code::UNKNOWN_RELATION, word.span, message)
                .hint(format!("ask for its values: `x.{}`", word.text)),
        )
    }
}

/// What a function yields, with its columns if that is a table.
fn yields(function: &Function) -> Yields {
    match function.result {
        ResultType::Paths => Yields::Paths,
        ResultType::Table(columns) => {
            let columns = columns
                .iter()
                .map(|(name, holds)| ((*name).to_owned(), *holds));
            Yields::Table(columns.collect())
        }
        _ => Yields::Set,
    }
}

fn as_name(set: &Set) -> Option<&Name> {
    match &set.kind {
        SetKind::Name(name) => Some(name),
        _ => None,
    }
}

/// The same finding, with the groups and `any` named.
fn also_groups(finding: Diagnostic) -> Diagnostic {
    finding.hint("`via=any` walks every relation, `via=lineage` those of the lineage".to_owned())
}

/// Stands for "not of the parameter's type"; the caller, who knows the parameter, words it.
fn mismatch(value: &Set) -> Diagnostic {
    Diagnostic::error(&code::WRONG_ARGUMENT, value.span, "")
}

/// A finding about a call, with the function's signature as its hint.
fn wrong(function: &Function, span: Span, message: String) -> Diagnostic {
    Diagnostic::error(&code::WRONG_ARGUMENT, span, message)
        .hint(format!("it is called as `{}`", function.signature()))
}

fn unknown_function(snapshot: &Snapshot, name: &Name) -> Diagnostic {
    let message = format!("there is no function `{}`", name.text);
    let finding = Diagnostic::error(&code::UNKNOWN_FUNCTION, name.span, message);
    let lower = name.text.to_ascii_lowercase();
    if let Some((_, hint)) = FOREIGN.iter().find(|(foreign, _)| *foreign == lower) {
        return finding.hint((*hint).to_owned());
    }
    if crate::query::resolve::PATTERNS
        .iter()
        .any(|row| row.name == lower)
    {
        return finding.hint(format!("a pattern has a colon: `{lower}:NAME`"));
    }
    if snapshot.schema.relation(&name.text).is_some() {
        return finding.hint(format!("step along the relation: `x.{}`", name.text));
    }
    if let Some(value) = function::find_value(&name.text) {
        return finding.hint(format!(
            "`{}` is a function of values: use it in a condition or a column, `x |> select {}`",
            name.text,
            value.signature()
        ));
    }
    let known = function::set_functions().map(|function| function.name);
    let near = suggest::nearest(&name.text, known);
    let hint = suggest::did_you_mean(&near)
        .unwrap_or_else(|| "`kin help functions` lists the functions".to_owned());
    finding.hint(hint)
}

/// What is said to everything that would write.
const WRITES: &str = "kin answers and never writes: change the data files, which are the source";

/// Functions of other tools, and stages and clauses that were written as functions.
const FOREIGN: [(&str, &str); 40] = [
    ("create", WRITES),
    ("merge", WRITES),
    ("insert", WRITES),
    ("delete", WRITES),
    ("remove", WRITES),
    ("set", WRITES),
    ("drop", WRITES),
    ("foreach", WRITES),
    ("filter", "write `x |> where name starts with \"A\"`"),
    ("where", "write `x |> where name starts with \"A\"`"),
    ("map", "write `x |> select name`"),
    ("select", "write `x |> select name`"),
    ("project", "write `x |> select name`"),
    ("sort", "write `x |> order by name`"),
    ("sort_by", "write `x |> order by name`"),
    ("order_by", "write `x |> order by name`"),
    (
        "group_by",
        "write `x |> group by kind select kind, count(*)`",
    ),
    ("limit", "write `x |> limit 5`"),
    ("take", "write `x |> limit 5`"),
    ("distinct", "write `x |> distinct`"),
    ("unique", "write `x |> distinct`"),
    ("union", "write `a | b`"),
    ("intersect", "write `a & b`"),
    ("intersection", "write `a & b`"),
    ("difference", "write `a - b`"),
    ("except", "write `a - b`"),
    ("not", "write `a - b`"),
    ("shortestpath", "write `path(a, b)`"),
    ("shortest_path", "write `path(a, b)`"),
    ("allpaths", "write `paths(a, b)` or `between(a, b)`"),
    ("empty", "write `assert x is empty`"),
    ("children", "write `successors(x)`"),
    ("parents", "write `predecessors(x)`"),
    (
        "deps",
        "write `successors(x, via=any)` or `descendants(x, via=any)`",
    ),
    (
        "rdeps",
        "write `predecessors(x)` or `ancestors(x, via=any)`",
    ),
    ("somepath", "write `path(a, b)`"),
    ("heads", "write `leaves(s)`"),
    ("out", "write `successors(x, via=relation)` or `x.relation`"),
    (
        "in",
        "write `predecessors(x, via=relation)` or step along the inverse name",
    ),
    ("neighbours", "write `neighbors(x)`"),
];

/// A range as numbers: start, whether there are dots, end.
fn numbers(range: &Range) -> Option<(Option<u32>, bool, Option<u32>)> {
    let number = |name: &Option<Name>| match name {
        None => Some(None),
        Some(name) => name.text.parse().ok().map(Some),
    };
    Some((number(&range.start)?, range.has_dots, number(&range.end)?))
}

fn depth(value: &Set) -> Result<Argument, Diagnostic> {
    let SetKind::Range(range) = &value.kind else {
        return Err(mismatch(value));
    };
    let (start, has_dots, end) = numbers(range).ok_or_else(|| mismatch(value))?;
    let depth = match has_dots {
        false => Depth {
            min: 1,
            max: start.unwrap_or(u32::MAX),
        },
        true => Depth {
            min: start.unwrap_or(1),
            max: end.unwrap_or(u32::MAX),
        },
    };
    let message = match depth {
        Depth { min: 0, .. } | Depth { max: 0, .. } => "a walk takes at least one step",
        Depth { min, max } if min > max => "the range ends before it begins",
        depth => return Ok(Argument::Depth(depth)),
    };
    Err(
        Diagnostic::error(&code::WRONG_ARGUMENT, value.span, message)
            .hint("write `depth=2` for up to two steps, `depth=2..3` for two or three".to_owned()),
    )
}

fn integer(value: &Set) -> Result<Argument, Diagnostic> {
    let SetKind::Range(range) = &value.kind else {
        return Err(mismatch(value));
    };
    match numbers(range) {
        Some((Some(number), false, None)) => Ok(Argument::Integer(number)),
        _ => Err(mismatch(value)),
    }
}

fn boolean(value: &Set) -> Result<Argument, Diagnostic> {
    match as_name(value).map(|name| name.text.as_str()) {
        Some("true") => Ok(Argument::Boolean(true)),
        Some("false") => Ok(Argument::Boolean(false)),
        _ => Err(mismatch(value)),
    }
}

/// A date, or two with dots between.
fn period(value: &Set) -> Result<Argument, Diagnostic> {
    let SetKind::Range(range) = &value.kind else {
        return date(value).map(|date| match date {
            Argument::Date(date) => Argument::Period(date.clone(), date),
            other => other,
        });
    };
    let parsed = |name: &Name| Date::parse(&name.text).map_err(|reason| bad_date(name, &reason));
    match (&range.start, &range.end) {
        (Some(start), Some(end)) => Ok(Argument::Period(parsed(start)?, parsed(end)?)),
        (Some(only), None) if !range.has_dots => {
            let date = parsed(only)?;
            Ok(Argument::Period(date.clone(), date))
        }
        _ => Err(mismatch(value)),
    }
}

fn date(value: &Set) -> Result<Argument, Diagnostic> {
    let name = match &value.kind {
        SetKind::Name(name) => name,
        SetKind::Range(Range {
            start: Some(name),
            has_dots: false,
            ..
        }) => name,
        _ => return Err(mismatch(value)),
    };
    Date::parse(&name.text)
        .map(Argument::Date)
        .map_err(|reason| {
            bad_date(name, &reason).hint(format!(
                "dates are written as 2021, 2021-05 or {}",
                scan::written("~2021")
            ))
        })
}
