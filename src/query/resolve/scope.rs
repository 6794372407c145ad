//! What a name means inside rows: variables, and properties of the row's entity.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code;
use crate::diagnostic::suggest;
use crate::query::ast::Name;
use crate::query::bound::Aggregate;
use crate::query::bound::Expression;
use crate::query::bound::Holds;
use crate::query::bound::Rows;
use crate::query::bound::Slot;

/// A variable, where its value is, and what that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variable {
    /// Its name.
    pub(super) name: String,
    /// Where its value is.
    pub(super) slot: Slot,
    /// What it holds.
    pub(super) holds: Holds,
}

/// Rows that are being built, and what can be named at this point.
#[derive(Debug, Default)]
pub(super) struct Scope {
    /// The rows.
    pub(super) rows: Rows,
    /// The variables, oldest first.
    pub(super) variables: Vec<Variable>,
    /// The row's entity, whose properties stand without a variable: in stages.
    pub(super) it: Option<Slot>,
    /// The aggregates met so far; none where they cannot stand.
    pub(super) aggregates: Option<Vec<Aggregate>>,
    /// What each slot holds.
    holds: Vec<Holds>,
}

impl Scope {
    /// A new slot under a name for people.
    pub(super) fn slot(&mut self, name: &str, holds: Holds) -> Slot {
        self.rows.slots.push(name.to_owned());
        self.holds.push(holds);
        Slot(self.rows.slots.len() - 1)
    }

    /// A new variable, which hides an older one of its name.
    pub(super) fn bind(&mut self, name: &str, holds: Holds) -> Slot {
        let slot = self.slot(name, holds);
        self.name_slot(name, slot);
        slot
    }

    /// A name for a slot that is there.
    pub(super) fn name_slot(&mut self, name: &str, slot: Slot) {
        self.variables.push(Variable {
            name: name.to_owned(),
            slot,
            holds: self.holds[slot.0],
        });
    }

    /// The variable of that name, to the letter.
    pub(super) fn find(&self, name: &str) -> Option<&Variable> {
        let mut variables = self.variables.iter().rev();
        variables.find(|variable| variable.name == name)
    }

    /// Whether a slot holds entities.
    pub(super) fn is_entity(&self, slot: Slot) -> bool {
        self.holds[slot.0] == Holds::Entity
    }

    /// What an expression gives.
    pub(super) fn holds(&self, expression: &Expression) -> Holds {
        match expression {
            Expression::Slot(slot) => self.holds[slot.0],
            Expression::Member(_, member) if member.step.is_some() => Holds::Entities,
            Expression::Call(function, ..) if function.name == "start" => Holds::Entity,
            Expression::Call(function, ..) if function.name == "end" => Holds::Entity,
            _ => Holds::Any,
        }
    }

    /// The finding for a name that is no variable.
    pub(super) fn unknown(&self, name: &Name, is_entity: bool) -> Diagnostic {
        let message = format!("there is no variable `{}` here", name.text);
        let finding = Diagnostic::error(&code::UNKNOWN_VARIABLE, name.span, message);
        let known = self.variables.iter().map(|known| known.name.as_str());
        let near = suggest::nearest(&name.text, known.clone());
        if is_entity && near.is_empty() {
            let hint = format!(
                "an entity stands in brackets behind `in`: `it in ({})`",
                crate::query::scan::written(&name.text)
            );
            return finding.hint(hint);
        }
        let all: Vec<&str> = known.take(8).collect();
        let hint = suggest::did_you_mean(&near)
            .or_else(|| (!all.is_empty()).then(|| format!("the variables are {}", all.join(", "))));
        finding.hint(hint.unwrap_or_else(|| "a text goes in quotes".to_owned()))
    }
}
