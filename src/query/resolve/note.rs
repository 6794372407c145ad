//! What can be read and was probably not meant: a note beside the answer, and no error.

use crate::diagnostic::escape;
use crate::model::Range;
use crate::model::Type;
use crate::model::Value;
use crate::query::ast;
use crate::query::ast::ComparisonSign;
use crate::query::ast::ExpressionKind;
use crate::query::ast::Literal;
use crate::query::ast::Name;
use crate::query::bound::Expression;
use crate::query::field;
use crate::query::resolve::Resolver;
use crate::query::resolve::scope::Scope;
use crate::query::scan;

/// A variable that bears the name of something else, until it is used.
pub(super) struct Suspect {
    name: String,
    note: String,
}

impl Resolver<'_> {
    /// A new variable of an edge: `-[cni]->` where `-[:cni]->` may have been meant.
    pub(super) fn suspect_edge(&mut self, name: &Name, edge: &ast::EdgePattern) {
        let is_relation = self.snapshot.schema.relation(&name.text).is_some();
        if edge.relations.is_empty() && is_relation {
            let name = name.text.clone();
            let note = format!("`{name}` is a variable here; for the relation write `:{name}`");
            self.suspects.push(Suspect { name, note });
        }
    }

    /// A new variable of a node: `(EKS)` where `(a in EKS)` may have been meant.
    pub(super) fn suspect_node(&mut self, name: &Name, node: &ast::NodePattern) {
        let is_plain = node.kinds.is_none() && node.within.is_none() && node.properties.is_none();
        let is_long = name.text.chars().count() > 1;
        if is_plain && is_long && self.snapshot.is_name(&name.text) {
            let name = name.text.clone();
            let note = format!("`{name}` is a variable here; for the entity write `(a in {name})`");
            self.suspects.push(Suspect { name, note });
        }
    }

    /// A variable is used, and so was meant as one.
    pub(super) fn note_use(&mut self, name: &str) {
        self.suspects.retain(|suspect| suspect.name != name);
    }

    /// Notes what was not used at the end of a statement.
    pub(super) fn note_suspects(&mut self) {
        for suspect in std::mem::take(&mut self.suspects) {
            self.note(suspect.note);
        }
    }

    /// Looks at both sides of a comparison.
    pub(super) fn note_comparison(
        &mut self,
        first: &ast::Expression,
        rest: &[(ComparisonSign, ast::Expression)],
    ) {
        let is_null =
            |side: &ast::Expression| matches!(side.kind, ExpressionKind::Literal(Literal::Null));
        for (sign, right) in rest {
            if is_null(first) || is_null(right) {
                let test = match sign {
                    ComparisonSign::Unequal => "is not null",
                    _ => "is null",
                };
                self.note(format!(
                    "a comparison with null is never true; write `{test}`"
                ));
            }
        }
        self.note_quoted(first);
    }

    /// `cni = "Weave Net"`: an entity is no text, whatever it is called.
    pub(super) fn note_entity_text(
        &mut self,
        scope: &Scope,
        left: &Expression,
        right: &Expression,
    ) {
        let Expression::Constant(Value::Text(text)) = right else {
            return;
        };
        if !scope.holds(left).is_entity() {
            return;
        }
        let what = match left {
            Expression::Member(_, member) => member.name.as_str(),
            Expression::Slot(slot) => scope.rows.slots[slot.0].as_str(),
            _ => return,
        };
        let (what, text) = (escape::clipped(what, 40), escape::clipped(text, 40));
        self.note(format!(
            "`{what}` is an entity, and no text equals it; write `{what}.name = \"{text}\"` or \
             `{what} in (\"{text}\")`"
        ));
    }

    /// `a.id = 7`, and properties that are texts.
    pub(super) fn note_text_number(
        &mut self,
        scope: &Scope,
        (left, right): (&Expression, &Expression),
        sign: ComparisonSign,
    ) {
        let is_number = |side: &Expression| {
            matches!(
                side,
                Expression::Constant(Value::Integer(_) | Value::Float(_))
            )
        };
        let member = match (left, right) {
            (Expression::Member(base, member), other)
            | (other, Expression::Member(base, member))
                if is_number(other) && scope.holds(base).is_entity() =>
            {
                member
            }
            _ => return,
        };
        let is_text = match member.property {
            Some(property) => matches!(
                self.snapshot.schema.relations[property.index()].range,
                Range::Values(Type::Text | Type::Url)
            ),
            None => member.has_fields && matches!(&*member.name, "id" | "name"),
        };
        if is_text {
            let outcome = match sign {
                ComparisonSign::Equal | ComparisonSign::Unequal => "they are never equal",
                _ => "neither is before the other",
            };
            self.note(format!(
                "`{}` is a text and was compared with a number: {outcome}; `tofloat(x)` makes a \
                 number of a text, `date(x)` a date",
                member.name
            ));
        }
    }

    /// `"name" = "EKS"`: what other languages take as a quoted property.
    pub(super) fn note_quoted(&mut self, left: &ast::Expression) {
        let ExpressionKind::Literal(Literal::Text(text)) = &left.kind else {
            return;
        };
        let schema = &self.snapshot.schema;
        let is_property = schema.property(text).is_some()
            || schema.relation(text).is_some()
            || !schema.is_open && field::is_field(text);
        if is_property && scan::is_bare(text) {
            self.note(format!(
                "`\"{text}\"` is a text here; the property is `{text}`"
            ));
        }
    }

    fn note(&mut self, note: String) {
        if !self.query.notes.contains(&note) {
            self.query.notes.push(note);
        }
    }
}
