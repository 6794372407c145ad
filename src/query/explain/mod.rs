//! The stages of a query as text, for `:explain`.
//!
//! `ast` is the query as it was read, `query` the resolved nodes, `plan` the operators in the order
//! in which they run, before and after the passes, with the rows that were thought to come and
//! those that came. A line a node; deeper nodes are indented, or `#n` refers to another line.

mod expression;
mod nodes;
mod plan;
mod rows;
mod tree;

use crate::algo::Depth;
use crate::diagnostic::escape;
use crate::model::Along;
use crate::model::Schema;
use crate::model::Snapshot;
use crate::query::bound::ContextChange;
use crate::query::bound::Selector;
use crate::query::scan;

pub use nodes::query;
pub use plan::plan;
pub use tree::ast;

/// The stages that can be shown, with a sentence each.
pub static STAGES: [(&str, &str); 3] = [
    ("ast", "The query as it was read."),
    ("query", "Names, relations and arguments resolved."),
    (
        "plan",
        "The operators, before and after the passes, with the rows that each yielded.",
    ),
];

fn push(text: &mut String, depth: usize, line: &str) {
    text.push_str(&"  ".repeat(depth));
    text.push_str(&escape::visible(line));
    text.push('\n');
}

fn numbers(numbers: impl Iterator<Item = usize>) -> String {
    let words: Vec<String> = numbers.map(|number| format!("#{number}")).collect();
    if words.is_empty() {
        "nothing".to_owned()
    } else {
        words.join(" ")
    }
}

fn context(change: &ContextChange, snapshot: &Snapshot) -> String {
    match change {
        ContextChange::AsOf(date) => format!("as of {}", date.text()),
        ContextChange::During(start, end) => format!("during {}..{}", start.text(), end.text()),
        ContextChange::IncludingDoubtful => "including doubtful".to_owned(),
        ContextChange::Certainly => "certainly".to_owned(),
        ContextChange::AccordingTo(sources) => {
            let ids: Vec<&str> = sources
                .iter()
                .map(|source| snapshot.source(*source).id.as_str())
                .collect();
            format!("according to {}", ids.join(", "))
        }
    }
}

fn selector(selector: &Selector, snapshot: &Snapshot) -> String {
    match selector {
        Selector::All => "all".to_owned(),
        Selector::Kind(kind) => format!("kind {}", snapshot.schema.kinds[kind.index()].name),
        Selector::Standing(wanted) => {
            let words: Vec<&str> = wanted.iter().map(|status| status.word()).collect();
            words.join(" or ")
        }
        Selector::Glob(pattern) => format!("glob {}", scan::written(pattern)),
        Selector::Named(name) => format!("named {}", scan::written(name)),
        Selector::Given(parameter) => format!("named by parameter {}", parameter.0),
        Selector::GivenAny(parameter) => format!("named in parameter {}", parameter.0),
        Selector::Cited(source) => format!("cited by {}", snapshot.source(*source).id),
    }
}

/// The relations of a walk: `everything`, a group, or the words as they are walked.
fn along(along: &Along, snapshot: &Snapshot) -> String {
    let schema: &Schema = &snapshot.schema;
    let everything = Along::everything(schema);
    let mut named = vec![("everything".to_owned(), everything)];
    for group in &schema.groups {
        named.push((group.name.clone(), Along::group(schema, &group.name)));
    }
    for (name, known) in named {
        if *along == known {
            return name;
        }
        if *along == known.both_ways() {
            return format!("{name} both ways");
        }
    }
    let words: Vec<&str> = along
        .relations()
        .map(|(relation, direction)| schema.word(relation, direction))
        .collect();
    words.join("|")
}

fn depth(depth: Depth) -> String {
    match depth {
        Depth { min, max: u32::MAX } => format!("{min}.."),
        Depth { min, max } => format!("{min}..{max}"),
    }
}
