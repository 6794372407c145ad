//! What `let` defines: queries under a name, and functions of sets.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Span;
use crate::diagnostic::code;
use crate::query::ast::Argument;
use crate::query::ast::Definition;
use crate::query::ast::Name;
use crate::query::bound::NodeId;
use crate::query::bound::NodeKind;
use crate::query::function;
use crate::query::resolve::Resolver;
use crate::query::resolve::Yields;

/// How deep calls of defined functions may stand in each other.
const DEPTH_MAX: usize = 100;

/// How many nodes a script may come to: functions that double what they are given grow fast.
const NODES_MAX: usize = 200_000;

/// A definition.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// Its name.
    pub(super) name: String,
    /// What it stands for.
    pub(super) value: KnownValue,
}

/// What a name stands for.
#[derive(Clone, Debug)]
pub(super) enum KnownValue {
    /// A query.
    Node(NodeId),
    /// A function of sets.
    Function(Box<Definition>),
}

impl Resolver<'_> {
    pub(super) fn define(&mut self, definition: &Definition) {
        let name = &definition.name;
        if function::find(&name.text).is_some() {
            let message = format!("`{}` is the name of a function", name.text);
            let finding = Diagnostic::error(&code::BAD_DEFINITION, name.span, message)
                .hint("choose another name".to_owned());
            self.findings.push(finding);
        }
        let value = match &definition.parameters {
            None => KnownValue::Node(self.ask(&definition.value)),
            Some(parameters) => {
                self.check_parameters(parameters);
                // Resolved once with empty sets, so that its faults are told where they stand.
                let known = self.definitions.len();
                let empty = self.add(NodeKind::Union(Vec::new()), name.span, Yields::Set);
                let arguments = vec![empty; parameters.len()];
                self.expand(definition, known, arguments);
                KnownValue::Function(Box::new(definition.clone()))
            }
        };
        self.definitions.push(Known {
            name: name.text.clone(),
            value,
        });
    }

    fn check_parameters(&mut self, parameters: &[Name]) {
        for (index, name) in parameters.iter().enumerate() {
            if parameters[..index]
                .iter()
                .any(|known| known.text == name.text)
            {
                let message = format!("two parameters are called `{}`", name.text);
                let finding = Diagnostic::error(&code::BAD_DEFINITION, name.span, message);
                self.findings.push(finding);
            }
        }
    }

    /// The query of that name.
    pub(super) fn defined(&self, name: &str) -> Option<NodeId> {
        let mut known = self.definitions.iter().rev();
        let found = known.find(|known| known.name == name)?;
        match found.value {
            KnownValue::Node(node) => Some(node),
            KnownValue::Function(_) => None,
        }
    }

    /// Whether a name is that of a function of sets: one of kin's, or one that a script defines.
    pub(super) fn is_set_function(&self, name: &Name) -> bool {
        let mut known = self.definitions.iter().rev();
        let defined = known.find(|known| known.name == name.text);
        let is_one = |known: &Known| matches!(known.value, KnownValue::Function(_));
        defined.is_some_and(is_one) || function::find(&name.text).is_some()
    }

    /// The call of a function that a script defines, if there is one of that name.
    pub(super) fn defined_call(
        &mut self,
        name: &Name,
        arguments: &[Argument],
        span: Span,
        piped: Option<NodeId>,
    ) -> Option<NodeId> {
        let mut known = self.definitions.iter();
        let index = known.rposition(|known| known.name == name.text)?;
        let KnownValue::Function(definition) = self.definitions[index].value.clone() else {
            return None;
        };
        let parameters = definition.parameters.as_deref().unwrap_or_default();
        let mut given: Vec<NodeId> = piped.into_iter().collect();
        for argument in arguments {
            if let Some(parameter) = &argument.parameter {
                let message = "a defined function takes its arguments by place";
                let finding = Diagnostic::error(&code::WRONG_ARGUMENT, parameter.span, message);
                return Some(self.fault(finding));
            }
            given.push(self.operand(&argument.value));
        }
        if given.len() != parameters.len() {
            let names: Vec<&str> = parameters.iter().map(|name| name.text.as_str()).collect();
            let message = format!(
                "`{}` takes {}, and these are {}",
                name.text,
                match parameters.len() {
                    1 => "1 argument".to_owned(),
                    count => format!("{count} arguments"),
                },
                given.len()
            );
            let finding = Diagnostic::error(&code::WRONG_ARGUMENT, span, message);
            let hint = format!("it is called as `{}({})`", name.text, names.join(", "));
            return Some(self.fault(finding.hint(hint)));
        }
        if self.depth >= DEPTH_MAX || self.query.nodes.len() > NODES_MAX {
            let message = "defined functions stand too deep in each other, or grow too large";
            let finding = Diagnostic::error(&code::BAD_DEFINITION, span, message);
            let hint = "name the inner parts with `let x = …;` and use `x`".to_owned();
            return Some(self.fault(finding.hint(hint)));
        }
        Some(self.expand(&definition, index, given))
    }

    /// The body of a function with sets in the place of its parameters, read with the definitions
    /// that stood before it; equal calls are one node.
    fn expand(&mut self, definition: &Definition, index: usize, given: Vec<NodeId>) -> NodeId {
        let key = (index, given);
        if let Some(node) = self.expansions.get(&key) {
            return *node;
        }
        let later = self.definitions.split_off(index);
        let outer = std::mem::take(&mut self.outer);
        let parameters = definition.parameters.as_deref().unwrap_or_default();
        for (name, node) in parameters.iter().zip(&key.1) {
            self.definitions.push(Known {
                name: name.text.clone(),
                value: KnownValue::Node(*node),
            });
        }
        self.depth += 1;
        let node = self.ask(&definition.value);
        self.depth -= 1;
        self.definitions.truncate(index);
        self.definitions.extend(later);
        self.outer = outer;
        self.expansions.insert(key, node);
        node
    }
}
