//! Statements whose ends are looked up together: one wait for memory, and not one an end.

use crate::diagnostic::Error;
use crate::store::import::Watch;
use crate::store::import::gather::Gathered;
use crate::store::import::ids::Early;
use crate::store::import::ids::Form;
use crate::store::import::intern::Slot;
use crate::store::import::plan::Dangling;
use crate::store::import::plan::Input;
use crate::store::import::reader::Wrong;
use crate::store::import::report::Problem;
use crate::store::import::report::quoted;
use crate::store::import::unsorted::Row;

/// How many statements are looked up together.
const ROWS: usize = 64;

/// What a statement says besides its ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Said {
    pub(super) relation: u16,
    pub(super) is_reversed: bool,
    pub(super) extra: u32,
    pub(super) line: u64,
}

/// A statement that waits: the forms of its ends, and where their texts end.
struct Waiting {
    forms: [Form; 2],
    ends: [usize; 2],
    said: Said,
}

/// Statements that wait for their ends.
#[derive(Default)]
pub(super) struct Batch {
    texts: Vec<u8>,
    rows: Vec<Waiting>,
    /// What the texts among them are looked up by.
    tags: Vec<u64>,
    slots: Vec<Slot>,
}

impl Batch {
    /// Adds a statement.
    pub(super) fn push(&mut self, from: (Form, &[u8]), to: (Form, &[u8]), said: Said) {
        self.texts.extend_from_slice(from.1);
        let middle = self.texts.len();
        self.texts.extend_from_slice(to.1);
        for form in [from.0, to.0] {
            if let Form::Text(tag) = form {
                self.tags.push(tag);
            }
        }
        self.rows.push(Waiting {
            forms: [from.0, to.0],
            ends: [middle, self.texts.len()],
            said,
        });
    }

    /// Whether it is time to look them up.
    pub(super) fn is_full(&self) -> bool {
        self.rows.len() >= ROWS
    }

    /// Looks all ends up and hands the statements on; one that lacks an end is a finding.
    pub(super) fn flush(
        &mut self,
        gathered: &mut Gathered,
        input: &Input,
        watch: &Watch<'_>,
    ) -> Result<(), Error> {
        gathered.ids.touch(&self.tags, &mut self.slots);
        self.tags.clear();
        let makes_ends = gathered.makes_ends();
        let mut start = 0;
        for Waiting { forms, ends, said } in self.rows.drain(..) {
            let (from, to) = (&self.texts[start..ends[0]], &self.texts[ends[0]..ends[1]]);
            start = ends[1];
            let ids = &mut gathered.ids;
            let found = match makes_ends {
                true => Ok((ids.add_form(forms[0], from), ids.add_form(forms[1], to))),
                false => match (ids.find_form(forms[0], from), ids.find_form(forms[1], to)) {
                    (None, _) => Err(dangling(from, "from")),
                    (_, None) => Err(dangling(to, "to")),
                    (Some(from), Some(to)) => Ok((from, to)),
                },
            };
            match found {
                Ok((from, to)) => {
                    let added = gathered.edges.push(&row(from, to, said));
                    added.map_err(|error| watch.failed(error))?;
                }
                Err(wrong) => {
                    let is_error = gathered.rules.dangling != Dangling::Drop;
                    gathered.wrong(input, said.line, wrong, is_error);
                }
            }
        }
        self.texts.clear();
        Ok(())
    }
}

/// A statement with its ends.
#[inline]
pub(super) fn row(from: Early, to: Early, said: Said) -> Row {
    let (near, far) = match said.is_reversed {
        true => (to, from),
        false => (from, to),
    };
    Row {
        near,
        relation: said.relation,
        far,
        extra: said.extra,
    }
}

/// That an end is not there.
#[cold]
pub(super) fn dangling(id: &[u8], what: &str) -> Wrong {
    let message = format!("`{what}` is {}, which is not there", quoted(id));
    (Problem::Dangling, message)
}
