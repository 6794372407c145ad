//! Sets: names, patterns, operators and steps.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Span;
use crate::diagnostic::code;
use crate::diagnostic::escape;
use crate::diagnostic::suggest;
use crate::model::Along;
use crate::model::Snapshot;
use crate::model::Value;
use crate::query::ast::Name;
use crate::query::ast::Operator;
use crate::query::ast::Set;
use crate::query::ast::SetKind;
use crate::query::bound::Given;
use crate::query::bound::Holds;
use crate::query::bound::Late;
use crate::query::bound::NodeId;
use crate::query::bound::NodeKind;
use crate::query::resolve::Resolver;
use crate::query::resolve::Yields;
use crate::query::resolve::lookup;
use crate::query::resolve::pattern;

impl Resolver<'_> {
    /// Resolves a set, or anything a set can be made of.
    pub(super) fn set(&mut self, set: &Set) -> NodeId {
        if self.is_full() {
            return self.add(NodeKind::Union(Vec::new()), set.span, Yields::Set);
        }
        match &set.kind {
            SetKind::Name(name) => self.name(name),
            SetKind::Parameter(name) => self.parameter_set(name),
            SetKind::Pattern(word, wanted) => match pattern::select(self.snapshot, word, wanted) {
                Ok(kind) => self.add(kind, set.span, Yields::Set),
                Err(finding) => self.fault(finding),
            },
            SetKind::Union(members) => {
                let nodes = members.iter().map(|member| self.operand(member)).collect();
                self.add(NodeKind::Union(nodes), set.span, Yields::Set)
            }
            SetKind::Chain(first, rest) => self.chain(first, rest, set.span),
            SetKind::Call(name, arguments) => self.call(name, arguments, set.span, None),
            SetKind::Steps(base, words) => {
                let before = self.findings.len();
                let node = self.operand(base);
                match (self.findings.len() > before, &base.kind) {
                    (true, SetKind::Name(name)) => self.dotted(name, words, node),
                    (false, SetKind::Name(name)) if !name.is_quoted => {
                        let node = self.steps(node, words, set.span);
                        let hints = self.findings[before..].first().map(|found| &found.hints);
                        let is_far = hints.is_some_and(|hints| {
                            hints.iter().all(|hint| hint.starts_with("`kin schema"))
                        });
                        match is_far {
                            true => self.dotted(name, words, node),
                            false => node,
                        }
                    }
                    _ => self.steps(node, words, set.span),
                }
            }
            SetKind::Group(ask) => self.ask(ask),
            SetKind::Range(_) => self.fault(
                Diagnostic::error(
                    &code::WRONG_ARGUMENT,
                    set.span,
                    "a number stands where a set is wanted",
                )
                .hint("a name that looks like a number goes in quotes: `\"3.11\"`".to_owned()),
            ),
        }
    }

    /// Resolves what must be a set: a table that is none is refused.
    pub(super) fn operand(&mut self, set: &Set) -> NodeId {
        let node = self.set(set);
        self.checked_set(node, set.span)
    }

    /// A node that must be a set: entities, the entities of paths, or one column of either.
    pub(super) fn checked_set(&mut self, node: NodeId, span: Span) -> NodeId {
        let is_set = match &self.types[node.0] {
            Yields::Set | Yields::Paths => true,
            Yields::Table(columns) => match columns.as_slice() {
                [(_, holds)] => {
                    matches!(holds, Holds::Entity | Holds::Entities | Holds::Path)
                }
                _ => false,
            },
        };
        if is_set {
            return node;
        }
        self.fault(
            Diagnostic::error(
                &code::NOT_A_SET,
                span,
                "this is a table, not a set of entities",
            )
            .hint("a table with one column of entities is a set: `|> select it`".to_owned()),
        )
    }

    fn chain(&mut self, first: &Set, rest: &[(Operator, Set)], span: Span) -> NodeId {
        let mut node = self.operand(first);
        let mut rest = rest;
        while let Some((operator, _)) = rest.first() {
            let run = rest
                .iter()
                .take_while(|(other, _)| other == operator)
                .count();
            let operands = rest[..run].iter().map(|(_, set)| self.operand(set));
            let kind = match operator {
                Operator::Intersection => {
                    NodeKind::Intersection(std::iter::once(node).chain(operands).collect())
                }
                Operator::Difference => NodeKind::Difference(node, operands.collect()),
            };
            node = self.add(kind, span, Yields::Set);
            rest = &rest[run..];
        }
        node
    }

    /// A name that is unknown before its dot may be one with the dot in it.
    fn dotted(&mut self, name: &Name, words: &[Name], node: NodeId) -> NodeId {
        let words: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        let whole = format!("{}.{}", name.text, words.join("."));
        if let Some(finding) = self.findings.last_mut() {
            let whole = escape::clipped(&whole, 60);
            finding
                .hints
                .push(format!("a name with a dot goes in quotes: `\"{whole}\"`"));
        }
        node
    }

    fn steps(&mut self, base: NodeId, words: &[Name], span: Span) -> NodeId {
        let mut node = base;
        for (index, word) in words.iter().enumerate() {
            let (relation, direction) = match lookup::relation(self.snapshot, word) {
                Ok(found) => found,
                Err(finding) => return self.fault(finding),
            };
            let schema = &self.snapshot.schema;
            if !schema.relations[relation.index()].is_property() {
                let mut along = Along::nothing(schema);
                along.add(schema, relation, direction);
                node = self.add(NodeKind::Step(node, along), span, Yields::Set);
            } else if index + 1 == words.len() {
                let columns = [
                    ("entity", Holds::Entity),
                    (values_column(&word.text), Holds::Any),
                ];
                let columns = columns.map(|(name, holds)| (name.to_owned(), holds));
                let yields = Yields::Table(columns.to_vec());
                node = self.add(NodeKind::Values(node, relation), span, yields);
            } else {
                let message = format!("`{}` is a property: no step leads on from it", word.text);
                return self.fault(Diagnostic::error(&code::NOT_A_SET, word.span, message));
            }
        }
        node
    }

    fn name(&mut self, name: &Name) -> NodeId {
        if !name.is_quoted {
            let mut outer = self.outer.iter().rev();
            if let Some(variable) = outer.find(|variable| variable.name == name.text) {
                let kind = NodeKind::Outer(variable.slot);
                self.note_use(&name.text);
                return self.add(kind, name.span, Yields::Set);
            }
            if let Some(node) = self.defined(&name.text) {
                return node;
            }
        }
        match lookup::entity(self.snapshot, name) {
            Ok((entity, note)) => {
                self.query.notes.extend(note);
                self.add(NodeKind::Entity(entity), name.span, Yields::Set)
            }
            Err(mut finding) => {
                let defined = self.definitions.iter().map(|known| known.name.as_str());
                let near = suggest::nearest(&name.text, defined);
                if finding.hints.is_empty() {
                    finding.hints.extend(suggest::did_you_mean(&near));
                }
                self.fault(finding)
            }
        }
    }

    /// A parameter as a set: a text is a name, a list the union of its members.
    fn parameter_set(&mut self, name: &Name) -> NodeId {
        if let Some(late) = self.late(name, true) {
            return self.add(NodeKind::Parameter(late), name.span, Yields::Set);
        }
        let value = match self.parameter(name) {
            Err(finding) => return self.fault(finding),
            Ok(value) => value,
        };
        let late = Late {
            name: name.clone(),
            is_set: true,
        };
        let given = match give(&late, value, self.snapshot) {
            Ok(given) => given,
            Err(finding) => return self.fault(finding),
        };
        self.query.notes.extend(given.notes);
        let members = given.members.into_iter();
        let members =
            members.map(|entity| self.add(NodeKind::Entity(entity), name.span, Yields::Set));
        let mut members: Vec<NodeId> = members.collect();
        match members.len() {
            1 => members.swap_remove(0),
            _ => self.add(NodeKind::Union(members), name.span, Yields::Set),
        }
    }
}

/// The value of a parameter for a plan that is about to run.
///
/// Errors: a set wants entities, and it is neither one nor a name of one, nor a list of such.
pub fn give(late: &Late, value: Value, snapshot: &Snapshot) -> Result<Given, Diagnostic> {
    let mut given = Given {
        value,
        ..Given::default()
    };
    if !late.is_set {
        return Ok(given);
    }
    let mut open = vec![&given.value];
    while let Some(value) = open.pop() {
        match value {
            Value::Entity(entity) if entity.index() < snapshot.entity_count() => {
                given.members.push(*entity);
            }
            Value::Text(text) => {
                let name = Name {
                    text: text.clone(),
                    span: late.name.span,
                    is_quoted: true,
                };
                let (entity, note) = lookup::entity(snapshot, &name)?;
                given.members.push(entity);
                given.notes.extend(note);
            }
            Value::List(values) if std::ptr::eq(value, &given.value) => open.extend(values),
            _ => return Err(not_names(&late.name)),
        }
    }
    given.members.sort_unstable();
    given.members.dedup();
    Ok(given)
}

fn not_names(name: &Name) -> Diagnostic {
    let message = format!(
        "`{}` is no name of an entity, and no list of names",
        name.text
    );
    Diagnostic::error(&code::WRONG_ARGUMENT, name.span, message)
}

/// The name of the column of a property's values.
fn values_column(property: &str) -> &str {
    match property {
        "entity" | "via" => "value",
        property => property,
    }
}
