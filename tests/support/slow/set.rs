//! Sets of entities, where a pattern or a condition takes one.

use std::collections::BTreeSet;

use kingraph::query::ast::Ask;
use kingraph::query::ast::Operator;
use kingraph::query::ast::Set;
use kingraph::query::ast::SetKind;
use kingraph::query::ast::Source;

use crate::slow::Cell;
use crate::slow::Slow;

impl Slow<'_> {
    pub(crate) fn members(&self, ask: &Ask) -> BTreeSet<usize> {
        match &ask.source {
            Source::Set(set) => self.set(set),
            other => panic!("{other:?} has no model"),
        }
    }

    pub(crate) fn set(&self, set: &Set) -> BTreeSet<usize> {
        let all = 0..self.world.nodes.len();
        match &set.kind {
            SetKind::Pattern(_, kind) => {
                let has = |node: &usize| self.world.nodes[*node].labels.contains(&kind.text);
                all.filter(has).collect()
            }
            SetKind::Union(parts) => parts.iter().flat_map(|part| self.set(part)).collect(),
            SetKind::Chain(first, rest) => {
                let rest = rest.iter();
                rest.fold(self.set(first), |known, (operator, part)| match operator {
                    Operator::Intersection => &known & &self.set(part),
                    Operator::Difference => &known - &self.set(part),
                })
            }
            SetKind::Call(name, _) if name.text == "all" => all.collect(),
            SetKind::Call(name, _) if name.text == "none" => BTreeSet::new(),
            SetKind::Name(name) => {
                let text = Cell::Text(name.text.clone());
                all.filter(|node| self.world.nodes[*node].properties.get("name") == Some(&text))
                    .collect()
            }
            SetKind::Steps(start, words) => words.iter().fold(self.set(start), |known, word| {
                let ends = known.iter().flat_map(|node| {
                    let ends = self.property(&Cell::Node(*node), &word.text);
                    ends.each()
                });
                let node = |cell| match cell {
                    Cell::Node(node) => Some(node),
                    _ => None,
                };
                ends.filter_map(node).collect()
            }),
            SetKind::Group(ask) => self.members(ask),
            other => panic!("{other:?} has no model"),
        }
    }
}
