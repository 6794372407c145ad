//! One conversation with a graph: what is behind the command line, the REPL, scripts and the
//! library. Holds the snapshot, the definitions made so far, and the limits.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Condvar;
use std::sync::Mutex;
use std::time::Duration;
use std::time::SystemTime;

use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::diagnostic::Interrupt;
use crate::diagnostic::LimitId;
use crate::diagnostic::Limits;
use crate::diagnostic::escape;
use crate::model;
use crate::model::Day;
use crate::model::Snapshot;
use crate::query;
use crate::query::Answer;
use crate::query::Parameters;
use crate::query::Prepared;
use crate::query::Rewrite;
use crate::query::Setting;
use crate::query::ast;
use crate::query::ast::Definition;
use crate::store;
use crate::store::Loaded;

/// Where a session's graph comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The graph inside the program.
    Bundled,
    /// A folder of TOML files.
    Folder(PathBuf),
    /// A property graph in a JSON file.
    File(PathBuf),
}

/// The answer to one query of a text, with the text of that query.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The query as it was written.
    pub query: String,
    /// Its answer.
    pub answer: Answer,
}

/// One conversation. Cheap to make; a session answers from one snapshot until it is reloaded.
#[derive(Clone, Debug)]
pub struct Session {
    snapshot: Arc<Snapshot>,
    origin: Origin,
    definitions: Vec<Definition>,
    /// The values of parameters.
    pub parameters: Parameters,
    interrupt: Interrupt,
    /// The limits that queries run under.
    pub limits: Limits,
    /// Whether plans are rewritten.
    pub rewrite: Rewrite,
}

impl Session {
    /// A session on the graph inside the program.
    pub fn bundled() -> Session {
        Session::on(store::bundled(), Origin::Bundled)
    }

    /// A session on a folder of TOML files or on a file `*.json` with a property graph, and what
    /// was found wrong there.
    ///
    /// The graph answers whatever the findings; what they name is left out of it. Errors: the
    /// folder or file cannot be read, or is neither.
    pub fn open(path: &Path) -> Result<(Session, Loaded), Error> {
        let ending = path.extension();
        let is_json = ending.is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
        let (loaded, origin) = if path.is_dir() || !(is_json || path.exists()) {
            (store::load(path)?, Origin::Folder(path.to_owned()))
        } else if is_json {
            let loaded = store::load_property_graph(path)?;
            (loaded, Origin::File(path.to_owned()))
        } else {
            let path = path.to_string_lossy();
            let path = escape::visible(&path);
            let message = format!("`{path}` is neither a folder nor a file `*.json`");
            let hint = "name a folder of TOML files, or a property graph in JSON".to_owned();
            return Err(Error::Usage(message, Some(hint)));
        };
        let snapshot = model::freeze(&loaded.graph);
        Ok((Session::on(snapshot, origin), loaded))
    }

    /// A session on a snapshot.
    pub fn on(snapshot: Snapshot, origin: Origin) -> Session {
        Session {
            snapshot: Arc::new(snapshot),
            origin,
            definitions: Vec::new(),
            parameters: Parameters::new(),
            interrupt: Interrupt::default(),
            limits: Limits::default(),
            rewrite: Rewrite::On,
        }
    }

    /// The graph as it is now.
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    /// Where the graph comes from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// What `let` has defined so far, oldest first.
    pub fn definitions(&self) -> &[Definition] {
        &self.definitions
    }

    /// The flag that stops a running query.
    pub fn interrupt(&self) -> &Interrupt {
        &self.interrupt
    }

    /// Reads the graph again from where it came from; the old one stays if that fails.
    ///
    /// Definitions that the new graph cannot resolve are dropped; their names come with it.
    pub fn reload(&mut self) -> Result<Option<(Loaded, Vec<String>)>, Error> {
        let path = match &self.origin {
            Origin::Bundled => return Ok(None),
            Origin::Folder(path) | Origin::File(path) => path,
        };
        let (fresh, loaded) = Session::open(path)?;
        self.snapshot = fresh.snapshot;
        let mut dropped = Vec::new();
        for definition in std::mem::take(&mut self.definitions) {
            let statement = ast::Statement::Definition(definition.clone());
            let script = ast::Script {
                statements: vec![statement],
            };
            match query::resolve(&script, &self.definitions, &self.parameters, &self.snapshot) {
                Ok(_) => self.definitions.push(definition),
                Err(_) => dropped.push(definition.name.text),
            }
        }
        Ok(Some((loaded, dropped)))
    }

    /// Answers every query of a text, with its evidence; definitions stay for later texts.
    ///
    /// Errors: diagnostics whose places lie in `text`, or a fault. Nothing is answered or defined
    /// if any part of the text is wrong; a fault in one query loses the answers of that call.
    pub fn query(&mut self, text: &str) -> Result<Vec<Reply>, Error> {
        let prepared = self.prepare(text)?;
        self.interrupt.clear();
        let timer = Timer::start(self.limits.get(LimitId::Time), &self.interrupt);
        let replies = prepared.queries.iter().map(|query| {
            let mut budget = Budget::new(self.limits.clone(), self.interrupt.clone());
            let answer = query.answer(&self.snapshot, today(), &mut budget)?;
            let query = text[query.span.range_in(text)].trim().to_owned();
            Ok(Reply { query, answer })
        });
        let replies = replies.collect::<Result<Vec<Reply>, Error>>();
        drop(timer);
        let replies = replies?;
        self.definitions.extend(prepared.definitions);
        Ok(replies)
    }

    /// Leaves the graph to the system, which takes back a process's memory faster than we can.
    pub(crate) fn leave(&self) {
        std::mem::forget(Arc::clone(&self.snapshot));
    }

    /// Parses, resolves and plans a text, without running it.
    pub fn prepare(&self, text: &str) -> Result<Prepared, Error> {
        let setting = Setting {
            earlier: &self.definitions,
            parameters: &self.parameters,
            snapshot: &self.snapshot,
            limits: &self.limits,
            rewrite: self.rewrite,
        };
        Prepared::new(text, setting)
    }
}

/// The day on which a query runs, in coordinated universal time.
fn today() -> Option<Day> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let days = now.ok()?.as_secs() / (24 * 60 * 60);
    Day::since_epoch(i32::try_from(days).ok()?)
}

/// Whether a query is over, and the bell that says so.
type Bell = (Mutex<bool>, Condvar);

/// Stops a query when its time is over; dropping it ends the watch.
struct Timer {
    watch: Option<(Arc<Bell>, std::thread::JoinHandle<()>)>,
}

impl Timer {
    /// Watches for so many milliseconds; 0 watches nothing.
    fn start(milliseconds: u64, interrupt: &Interrupt) -> Timer {
        if milliseconds == 0 {
            return Timer { watch: None };
        }
        let is_over = Arc::new((Mutex::new(false), Condvar::new()));
        let (watched, interrupt) = (Arc::clone(&is_over), interrupt.clone());
        let thread = std::thread::spawn(move || {
            let (is_over, bell) = &*watched;
            let Ok(guard) = is_over.lock() else { return };
            let wait = Duration::from_millis(milliseconds);
            let waited = bell.wait_timeout_while(guard, wait, |is_over| !*is_over);
            if waited.is_ok_and(|(_, waited)| waited.timed_out()) {
                interrupt.run_out();
            }
        });
        Timer {
            watch: Some((is_over, thread)),
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        let Some((watched, thread)) = self.watch.take() else {
            return;
        };
        let (is_over, bell) = &*watched;
        if let Ok(mut is_over) = is_over.lock() {
            *is_over = true;
        }
        bell.notify_all();
        let _ = thread.join();
    }
}
