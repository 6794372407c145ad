//! One conversation with a graph: what is behind the command line, the REPL, scripts and the
//! library. Holds the snapshot, the definitions made so far, and the limits.

use std::collections::HashSet;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use crate::diagnostic::Budget;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Error;
use crate::diagnostic::Interrupt;
use crate::diagnostic::LimitId;
use crate::diagnostic::Limits;
use crate::diagnostic::escape;
use crate::model;
use crate::model::Day;
use crate::model::Snapshot;
use crate::model::Value;
use crate::query;
use crate::query::Answer;
use crate::query::Binding;
use crate::query::Bound;
use crate::query::Counts;
use crate::query::Parameters;
use crate::query::Planned;
use crate::query::PlannedQuery;
use crate::query::PlannedScript;
use crate::query::Purpose;
use crate::query::Rewrite;
use crate::query::Setting;
use crate::query::Templates;
use crate::query::ast;
use crate::query::ast::Definition;
use crate::query::ast::Target;
use crate::shell::assertion::Judgement;
use crate::shell::files;
use crate::shell::prepared::Prepared;
use crate::shell::project;
use crate::shell::timer::Timer;
use crate::store;
use crate::store::Demands;
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
    /// A snapshot in a file.
    Snapshot(PathBuf),
}

/// The answer to one query or assertion of a text, with the text of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The query as it was written.
    pub query: String,
    /// Its answer.
    pub answer: Answer,
    /// Where the text wants it to go. A session writes no file: whoever shows the answer does.
    pub target: Option<Target>,
    /// What came of it, if it is an assertion.
    pub assertion: Option<Judgement>,
}

impl Reply {
    /// The answer to a query, to be shown.
    pub fn new(query: impl Into<String>, answer: Answer) -> Reply {
        Reply {
            query: query.into(),
            answer,
            target: None,
            assertion: None,
        }
    }

    /// Whether it is what was wanted: false for an assertion that does not hold.
    pub fn holds(&self) -> bool {
        self.assertion.as_ref().is_none_or(|found| found.holds)
    }
}

/// One conversation. Cheap to make; a session answers from one snapshot until it is reloaded.
#[derive(Clone, Debug)]
pub struct Session {
    snapshot: Arc<Snapshot>,
    origin: Origin,
    definitions: Vec<Definition>,
    /// What each definition stands for, as it was written.
    values: Vec<String>,
    /// The values of parameters.
    pub parameters: Parameters,
    interrupt: Interrupt,
    /// The limits that queries run under.
    pub limits: Limits,
    /// Whether plans are rewritten.
    pub rewrite: Rewrite,
    templates: Templates,
}

impl Session {
    /// A session on the graph inside the program.
    pub fn bundled() -> Session {
        Session::on(store::bundled(), Origin::Bundled)
    }

    /// A session on a folder of TOML files, on a file `*.json` with a property graph, or on a
    /// snapshot that kin built; and what was found wrong there.
    ///
    /// The graph answers whatever the findings; what they name is left out of it. A snapshot has no
    /// findings. Errors: the folder or file cannot be read, or is none of these; the snapshot is
    /// damaged.
    pub fn open(path: &Path) -> Result<(Session, Loaded), Error> {
        Session::open_with(path, Demands::default())
    }

    /// The same, with findings for what is demanded of the folder and not there.
    pub fn open_with(path: &Path, demands: Demands) -> Result<(Session, Loaded), Error> {
        let ending = path.extension();
        let is_json = ending.is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
        let checked = project::checked_folder();
        if let Some(snapshot) = store::open_if_snapshot(path, checked.as_deref())? {
            if demands.sources {
                let message = "a snapshot was checked when it was built".to_owned();
                let hint = "check the folder that it was built of".to_owned();
                return Err(Error::Usage(message, Some(hint)));
            }
            let origin = Origin::Snapshot(path.to_owned());
            return Ok((Session::on(snapshot, origin), Loaded::default()));
        }
        let (loaded, origin) = if path.is_dir() || !(is_json || path.exists()) {
            let loaded = store::load_with(path, demands)?;
            (loaded, Origin::Folder(path.to_owned()))
        } else if is_json && demands.sources {
            let message = "a property graph has no sources".to_owned();
            let hint = "leave `--require-sources` out".to_owned();
            return Err(Error::Usage(message, Some(hint)));
        } else if is_json {
            let loaded = store::load_property_graph(path)?;
            (loaded, Origin::File(path.to_owned()))
        } else {
            let path = path.to_string_lossy();
            let path = escape::visible(&path);
            let message = format!("`{path}` is no folder, no file `*.json` and no snapshot");
            let hint = match store::import::is_table(&path) {
                true => format!("make a snapshot of it: `kin import {path} -o graph.kin`"),
                false => "name a folder of TOML files, a property graph in JSON, or what \
                          `kin build` wrote"
                    .to_owned(),
            };
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
            values: Vec::new(),
            parameters: Parameters::new(),
            interrupt: Interrupt::default(),
            limits: Limits::default(),
            rewrite: Rewrite::On,
            templates: Templates::default(),
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

    /// The definitions that a text can use, oldest first, each with what it stands for as it was
    /// written; without those that a later one hides.
    pub fn visible_definitions(&self) -> Vec<(&Definition, &str)> {
        let mut later = HashSet::new();
        let all = self.definitions.iter().zip(&self.values).rev();
        let mut visible: Vec<(&Definition, &str)> = all
            .filter(|(definition, _)| later.insert(definition.name.text.as_str()))
            .map(|(definition, value)| (definition, value.as_str()))
            .collect();
        visible.reverse();
        visible
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
            Origin::Folder(path) | Origin::File(path) | Origin::Snapshot(path) => path,
        };
        let (fresh, loaded) = Session::open(path)?;
        self.snapshot = fresh.snapshot;
        self.templates = Templates::default();
        Ok(Some((loaded, self.settle())))
    }

    /// A script with its names resolved, as its texts would be now.
    pub(super) fn resolved(&self, script: &ast::Script) -> Result<Bound, Vec<Diagnostic>> {
        let (earlier, parameters) = (&self.definitions, &self.parameters);
        query::resolve(script, earlier, parameters, Binding::Now, &self.snapshot)
    }

    /// Drops the definitions that do not resolve any more, and gives their names.
    fn settle(&mut self) -> Vec<String> {
        let mut dropped = Vec::new();
        let definitions = std::mem::take(&mut self.definitions);
        let values = std::mem::take(&mut self.values);
        for (definition, value) in definitions.into_iter().zip(values) {
            let statement = ast::Statement::Definition(definition.clone());
            let script = ast::Script {
                statements: vec![statement],
            };
            match self.resolved(&script) {
                Ok(_) => {
                    self.definitions.push(definition);
                    self.values.push(value);
                }
                Err(_) => dropped.push(definition.name.text),
            }
        }
        dropped
    }

    /// Gives a parameter another value, or none at all, for the texts to come.
    ///
    /// Definitions that cannot be resolved with it are dropped; their names are given.
    pub fn set_parameter(&mut self, name: &str, value: Option<Value>) -> Vec<String> {
        match value {
            Some(value) => self.parameters.insert(name.to_owned(), value),
            None => self.parameters.remove(name),
        };
        self.settle()
    }

    /// Answers every query of a text, with its evidence; definitions stay for later texts.
    ///
    /// A text that differs from an earlier one in the names of entities only, or in what ids and
    /// names are compared with, runs by the plan that was made for that one. An assertion has an
    /// answer too, and its reply tells whether it holds.
    ///
    /// Errors: diagnostics whose places lie in `text`, or a fault. Nothing is answered or defined
    /// if any part of the text is wrong; a fault in one query loses the answers of that call.
    pub fn query(&mut self, text: &str) -> Result<Vec<Reply>, Error> {
        let mut templates = std::mem::take(&mut self.templates);
        let replies = self.query_by(&mut templates, text);
        self.templates = templates;
        replies
    }

    fn query_by(&mut self, templates: &mut Templates, text: &str) -> Result<Vec<Reply>, Error> {
        let setting = self.setting(self.rewrite, Binding::Now);
        let script = match templates.plan(text, setting)? {
            Planned::Own(script) => script,
            Planned::Kept(kept) => {
                self.interrupt.clear();
                let reply = self.answer(text, kept.query);
                return Ok(vec![reply.map_err(|error| kept.placed(error))?]);
            }
        };
        files::check_formats(&script.queries)?;
        self.begin(text, script.definitions);
        let queries = script.queries.iter();
        queries.map(|query| self.answer(text, query)).collect()
    }

    /// Begins with a text that was planned: its definitions stay for later texts, and an
    /// interruption of what came before is forgotten.
    pub fn begin(&mut self, text: &str, definitions: Vec<Definition>) {
        self.interrupt.clear();
        for definition in definitions {
            let value = &text[definition.value.span.range_in(text)];
            self.values.push(value.trim().to_owned());
            self.definitions.push(definition);
        }
    }

    /// Answers one query or assertion of a text that was planned, under limits of its own.
    ///
    /// Errors: a fault, or what only running shows to be wrong, with its place in `text`.
    pub fn answer(&self, text: &str, query: &PlannedQuery) -> Result<Reply, Error> {
        self.interrupt.resume();
        let timer = Timer::start(self.limits.get(LimitId::Time), &self.interrupt)?;
        let mut budget = Budget::new(self.limits.clone(), self.interrupt.clone());
        let today = today();
        let answer = query.answer(&self.snapshot, today, &mut budget)?;
        let (target, assertion) = match &query.purpose {
            Purpose::Answer(target) => (target.clone(), None),
            Purpose::Assertion(wants, message) => {
                let holds = query.holds(&answer, &self.snapshot, today, &mut budget)?;
                let other = match holds {
                    true => None,
                    false => query.wanted(&self.snapshot, today, &mut budget)?,
                };
                let judgement = Judgement::new(holds, message.clone(), wants, other);
                (None, Some(judgement))
            }
        };
        drop(timer);
        Ok(Reply {
            query: text[query.span.range_in(text)].trim().to_owned(),
            answer,
            target,
            assertion,
        })
    }

    /// Runs a query for what it shows of itself: how many rows each part of its plan yielded.
    pub(crate) fn count(&self, query: &PlannedQuery) -> Result<Counts, Error> {
        self.interrupt.clear();
        let _timer = Timer::start(self.limits.get(LimitId::Time), &self.interrupt)?;
        let mut budget = Budget::new(self.limits.clone(), self.interrupt.clone());
        Ok(query.traced(&self.snapshot, today(), &mut budget)?.1)
    }

    /// Leaves the graph to the system, which takes back a process's memory faster than we can.
    pub(crate) fn leave(&self) {
        std::mem::forget(Arc::clone(&self.snapshot));
    }

    /// Parses, resolves and plans a text, and checks the formats it names, without running it.
    pub fn plan(&self, text: &str) -> Result<PlannedScript, Error> {
        self.plan_with(text, self.rewrite)
    }

    /// Makes one query ready to be asked many times, each time with other values of its parameters.
    ///
    /// Errors: diagnostics whose places lie in `text`; it is not one query.
    pub fn prepare(&self, text: &str) -> Result<Prepared, Error> {
        Prepared::new(self, text)
    }

    /// The same, with plans rewritten or not.
    pub(crate) fn plan_with(&self, text: &str, rewrite: Rewrite) -> Result<PlannedScript, Error> {
        self.plan_for(text, rewrite, Binding::Now)
    }

    /// The same, with parameters that get their values now or when a query runs.
    pub(super) fn plan_for(
        &self,
        text: &str,
        rewrite: Rewrite,
        binding: Binding,
    ) -> Result<PlannedScript, Error> {
        let script = PlannedScript::new(text, self.setting(rewrite, binding))?;
        files::check_formats(&script.queries)?;
        Ok(script)
    }

    fn setting(&self, rewrite: Rewrite, binding: Binding) -> Setting<'_> {
        Setting {
            earlier: &self.definitions,
            parameters: &self.parameters,
            snapshot: &self.snapshot,
            limits: &self.limits,
            rewrite,
            binding,
        }
    }
}

/// The day on which a query runs, in coordinated universal time.
pub(super) fn today() -> Option<Day> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let days = now.ok()?.as_secs() / (24 * 60 * 60);
    Day::since_epoch(i32::try_from(days).ok()?)
}

#[cfg(test)]
mod tests {
    use super::Session;
    use crate::diagnostic::Budget;
    use crate::diagnostic::Interrupt;
    use crate::diagnostic::Limits;
    use crate::query::Rewrite;
    use crate::shell::Origin;
    use crate::store;

    const QUERIES: [&str; 5] = [
        "all() |> where it.purpose is not null and it.homepage is null |> count",
        "all() |> group by released_on select released_on, count(*) as n",
        "match (a)-[:requires]->(b) where b.last_released_on > 2020 return a, count(*) as n",
        "match (a)<-[:uses]-(b) where a.homepage is null and b.purpose is null return count(*)",
        "match (a)-[:uses]->()-[:uses]->(c) where a.purpose is null return c.homepage, count(*)",
    ];

    #[test]
    fn where_no_column_is_kept_answers_are_the_same() {
        let snapshot = store::bundled().without_kept();
        let mut session = Session::on(snapshot, Origin::Bundled);
        for query in QUERIES {
            let mut rows = |rewrite| {
                session.rewrite = rewrite;
                let replies = session.query(query).expect("a query without mistakes");
                replies[0].answer.table.rows.clone()
            };
            let slow = rows(Rewrite::Off);
            assert!(!slow.is_empty(), "{query}");
            assert_eq!(rows(Rewrite::On), slow, "{query}");
        }
        let snapshot = session.snapshot();
        let mut budget = Budget::new(Limits::default(), Interrupt::default());
        let (purpose, _) = snapshot.schema.relation("purpose").expect("a property");
        let codes = snapshot.value_codes(purpose, &mut budget);
        assert!(matches!(codes, Ok(None)));
        let (requires, _) = snapshot.schema.relation("requires").expect("a relation");
        let runs = snapshot.make_runs(requires, true, &mut budget);
        assert!(matches!(runs, Ok(None)));
    }
}
