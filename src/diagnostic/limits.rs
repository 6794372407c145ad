//! What may grow and how far: the limits, and the budget that a running query spends.

use std::sync::Arc;
use std::sync::atomic::AtomicU8;
use std::sync::atomic::Ordering;

/// One limit: a row of the table from which settings, help and messages are made.
#[derive(Debug)]
pub struct Limit {
    /// The name under which it is set.
    pub name: &'static str,
    /// What it is unless told otherwise.
    pub default: u64,
    /// The most it can be set to.
    pub max: u64,
    /// The unit, in the plural.
    pub unit: &'static str,
    /// One sentence: what it bounds.
    pub doc: &'static str,
}

/// All limits, in the order in which a query meets them.
pub static LIMITS: [Limit; 9] = [
    Limit {
        name: "query-bytes",
        default: 256 * 1024,
        max: 256 * 1024 * 1024,
        unit: "bytes",
        doc: "The length of one query or script.",
    },
    Limit {
        name: "nesting",
        default: 200,
        max: 500,
        unit: "levels",
        doc: "How deep brackets may nest in a query.",
    },
    Limit {
        name: "parts",
        default: 1_000,
        max: 5_000,
        unit: "parts",
        doc: "How many stages, clauses, nodes, edges and conditions run one inside the other.",
    },
    Limit {
        name: "steps",
        default: 100_000_000,
        max: u64::MAX,
        unit: "steps",
        doc: "How many statements, entities, rows and names one query may look at.",
    },
    Limit {
        name: "rows",
        default: 1_000_000,
        max: u64::MAX,
        unit: "rows",
        doc: "How many rows an answer has, and how many a step of a query may keep.",
    },
    Limit {
        name: "values",
        default: 16_000_000,
        max: u64::MAX,
        unit: "values",
        doc: "How many values the rows, lists and groups of one query may hold; 32 bytes of a \
              text count as one.",
    },
    Limit {
        name: "paths",
        default: 1_000,
        max: u64::MAX,
        unit: "paths",
        doc: "How many paths `paths()` lists before it stops and says so.",
    },
    Limit {
        name: "boxes",
        default: 500,
        max: u64::MAX,
        unit: "boxes",
        doc: "How many entities one picture shows, unless it is drawn with `--force`.",
    },
    Limit {
        name: "time",
        default: 0,
        max: u64::MAX,
        unit: "milliseconds",
        doc: "How long one query may run; 0 is without end.",
    },
];

/// Which limit; the discriminant is its place in [`LIMITS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitId {
    /// The length of one query or script.
    QueryBytes,
    /// How deep brackets may nest.
    Nesting,
    /// How many parts run one inside the other.
    Parts,
    /// How many statements one query may look at.
    Steps,
    /// How many rows one answer has.
    Rows,
    /// How many values are held at once.
    Values,
    /// How many paths are listed.
    Paths,
    /// How many entities one picture shows.
    Boxes,
    /// How long one query may run.
    Time,
}

impl LimitId {
    /// The row of this limit.
    pub fn row(self) -> &'static Limit {
        &LIMITS[self as usize]
    }
}

/// The limits in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    values: [u64; LIMITS.len()],
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            values: std::array::from_fn(|index| LIMITS[index].default),
        }
    }
}

impl Limits {
    /// The value in force.
    pub fn get(&self, limit: LimitId) -> u64 {
        self.values[limit as usize]
    }

    /// All limits with the values in force, in the order of the table.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Limit, u64)> + '_ {
        LIMITS.iter().zip(self.values.iter().copied())
    }

    /// Sets a limit by its name; false if there is none of that name.
    pub fn set(&mut self, name: &str, value: u64) -> bool {
        match LIMITS.iter().position(|limit| limit.name == name) {
            Some(index) => {
                self.values[index] = value;
                true
            }
            None => false,
        }
    }
}

/// Why a query that was understood could not be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A limit was reached, with its value in force.
    Limit(LimitId, u64),
    /// Brackets nest deeper than the limit, at that line and column (from 1).
    TooDeep {
        /// The limit in force, in levels.
        limit: u64,
        /// The line.
        line: usize,
        /// The column, in characters.
        column: usize,
    },
    /// A picture would show more entities than its limit.
    TooLarge {
        /// The limit in force.
        limit: u64,
        /// How many entities there are.
        count: usize,
        /// Whether what was asked takes a number of steps.
        takes_depth: bool,
    },
    /// Somebody pressed Ctrl-C.
    Interrupted,
}

impl Fault {
    /// What happened, in one line without a full stop.
    pub fn message(&self) -> String {
        match self {
            Fault::Limit(limit, value) => {
                let row = limit.row();
                format!("the limit of {value} {} was reached", row.unit)
            }
            Fault::TooDeep {
                limit,
                line,
                column,
            } => {
                format!("the query nests deeper than {limit} levels at {line}:{column}")
            }
            Fault::TooLarge { limit, count, .. } => {
                format!("the picture would show {count} entities, and the limit is {limit}")
            }
            Fault::Interrupted => "interrupted".to_owned(),
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Fault::Limit(limit, _) => {
                let row = limit.row();
                Some(format!(
                    "ask for less, or raise it: `--limit {}=N` or `:set {} N`",
                    row.name, row.name
                ))
            }
            Fault::TooDeep { .. } => {
                Some("name the inner parts with `let x = …;` and use `x`".to_owned())
            }
            Fault::TooLarge {
                count, takes_depth, ..
            } => {
                let fewer = match takes_depth {
                    true => "go fewer steps (`depth=2`), ",
                    false => "",
                };
                Some(format!(
                    "fold it with `--fold kind` (in a script `draw(fold=kind)`), {fewer}keep a \
                     part (`|> limit 100`), raise the limit (`--limit boxes={count}`), or draw it \
                     all with `--force`"
                ))
            }
            Fault::Interrupted => None,
        }
    }
}

/// A flag that another thread raises to stop a running query.
///
/// Cheap to clone; all clones are the same flag.
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    state: Arc<AtomicU8>,
}

impl Interrupt {
    const CLEAR: u8 = 0;
    const CANCELLED: u8 = 1;
    const OUT_OF_TIME: u8 = 2;

    /// Lowers the flag before a new query.
    pub fn clear(&self) {
        self.state.store(Self::CLEAR, Ordering::Relaxed);
    }

    /// Forgets that the time of the query before was over; a cancellation stays.
    pub fn resume(&self) {
        let _ = self.state.compare_exchange(
            Self::OUT_OF_TIME,
            Self::CLEAR,
            Ordering::Relaxed,
            Ordering::Relaxed,
        );
    }

    /// Stops the query because somebody asked for it.
    pub fn cancel(&self) {
        self.state.store(Self::CANCELLED, Ordering::Relaxed);
    }

    /// An error if somebody asked to stop.
    pub fn check(&self) -> Result<(), Fault> {
        match self.state.load(Ordering::Relaxed) {
            Self::CANCELLED => Err(Fault::Interrupted),
            _ => Ok(()),
        }
    }

    /// Stops the query because its time is over; a cancellation is not overwritten.
    pub fn run_out(&self) {
        let _ = self.state.compare_exchange(
            Self::CLEAR,
            Self::OUT_OF_TIME,
            Ordering::Relaxed,
            Ordering::Relaxed,
        );
    }
}

/// What one query may still spend. Walks take it by `&mut` and count what they look at.
#[derive(Debug)]
pub struct Budget {
    limits: Limits,
    interrupt: Interrupt,
    steps: u64,
    next_look: u64,
    held: u64,
}

impl Budget {
    /// The flag is read once in so many steps.
    const LOOK_EVERY: u64 = 1024;

    /// A fresh budget under `limits`, stopped early by `interrupt`.
    pub fn new(limits: Limits, interrupt: Interrupt) -> Budget {
        let next_look = Self::LOOK_EVERY.min(limits.get(LimitId::Steps).saturating_add(1));
        Budget {
            limits,
            interrupt,
            steps: 0,
            next_look,
            held: 0,
        }
    }

    /// The limits in force.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Counts `steps` more; an error once the limit is passed or the flag is up.
    #[inline]
    pub fn spend(&mut self, steps: u64) -> Result<(), Fault> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps >= self.next_look {
            self.look()
        } else {
            Ok(())
        }
    }

    /// Checks the number of rows an answer is about to have.
    pub fn check_rows(&self, rows: usize) -> Result<(), Fault> {
        let limit = self.limits.get(LimitId::Rows);
        if rows as u64 > limit {
            Err(Fault::Limit(LimitId::Rows, limit))
        } else {
            Ok(())
        }
    }

    /// Counts `values` more that are kept in memory.
    pub fn hold(&mut self, values: u64) -> Result<(), Fault> {
        self.held = self.held.saturating_add(values);
        let limit = self.limits.get(LimitId::Values);
        if self.held > limit {
            Err(Fault::Limit(LimitId::Values, limit))
        } else {
            Ok(())
        }
    }

    /// Counts `values` less: they are let go.
    pub fn release(&mut self, values: u64) {
        self.held = self.held.saturating_sub(values);
    }

    /// An error once the limit is passed or the flag is up; counts no step. For work that is done
    /// once and kept, whose steps would depend on what was asked before.
    #[cold]
    pub fn look(&mut self) -> Result<(), Fault> {
        let limit = self.limits.get(LimitId::Steps);
        self.next_look = self
            .steps
            .saturating_add(Self::LOOK_EVERY)
            .min(limit.saturating_add(1));
        match self.interrupt.state.load(Ordering::Relaxed) {
            Interrupt::CANCELLED => Err(Fault::Interrupted),
            Interrupt::OUT_OF_TIME => {
                Err(Fault::Limit(LimitId::Time, self.limits.get(LimitId::Time)))
            }
            _ if self.steps > limit => Err(Fault::Limit(LimitId::Steps, limit)),
            _ => Ok(()),
        }
    }
}
