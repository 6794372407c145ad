//! The words that a line can use beside kin's own: those of the graph, definitions, parameters.

use std::sync::Arc;

use crate::model::Snapshot;
use crate::shell::definition;
use crate::shell::session::Session;

/// Something that `let` has defined.
pub(super) struct Defined {
    /// Its name.
    pub(super) name: String,
    /// How it is called: `x`, or `f(a, b)`.
    pub(super) signature: String,
    /// Whether it is called with arguments.
    pub(super) is_function: bool,
}

/// What a session knows.
pub(super) struct Words {
    /// The graph.
    pub(super) snapshot: Arc<Snapshot>,
    /// What is defined, oldest first.
    pub(super) definitions: Vec<Defined>,
    /// The names of parameters that have a value.
    pub(super) parameters: Vec<String>,
}

impl Words {
    /// The words of a session as it is now.
    pub(super) fn of(session: &Session) -> Words {
        let definitions = session.visible_definitions().into_iter();
        let definitions = definitions.map(|(definition, _)| Defined {
            name: definition.name.text.clone(),
            signature: definition::signature(definition),
            is_function: definition.parameters.is_some(),
        });
        Words {
            snapshot: Arc::clone(session.snapshot()),
            definitions: definitions.collect(),
            parameters: session.parameters.keys().cloned().collect(),
        }
    }

    /// Whether something of that name is defined: a function, or a query.
    pub(super) fn defines(&self, name: &str, is_function: bool) -> bool {
        let mut known = self.definitions.iter();
        known.any(|known| known.name == name && known.is_function == is_function)
    }
}
