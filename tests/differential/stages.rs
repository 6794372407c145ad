//! Pipes behind sets, on small random graphs with relations, inverse names and dates.
//!
//! The members of the set are kin's own, in its order: `properties.rs` has a model of sets. What
//! the stages make of them is asked of the slow evaluator.

use std::collections::BTreeMap;

use kingraph::diagnostic::Limits;
use kingraph::query::Answer;
use kingraph::query::Rewrite;
use kingraph::query::ast::Statement;
use kingraph::query::parse::parse;
use kingraph::shell::Session;

use crate::random::Random;
use crate::rows;
use crate::shown;
use crate::slow::Cell;
use crate::slow::Edge;
use crate::slow::Node;
use crate::slow::Rows;
use crate::slow::Slow;
use crate::slow::World;
use crate::support::Sketch;

const NAMES: [&str; 6] = ["Zig", "apt", "B", "été", "aa", "Ω1"];

const WORDS: [&str; 3] = ["made", "runs", "uses"];

/// A graph, a set with stages behind it, and the day that all of it is asked of.
pub(crate) struct Piped {
    sketch: Sketch,
    set: String,
    stages: String,
    day: Option<String>,
}

fn day(random: &mut Random) -> String {
    format!("2018-01-0{}", 1 + random.below(8))
}

pub(crate) fn piped(random: &mut Random) -> Piped {
    let count = 1 + random.below(NAMES.len());
    let first = random.below(NAMES.len());
    let names = (0..count).map(|place| NAMES[(first + place) % NAMES.len()].to_owned());
    let names: Vec<String> = names.collect();
    let mut arrows: Vec<_> = (0..random.below(10))
        .map(|_| {
            let dates = [(); 2].map(|()| random.chance(35).then(|| day(random)));
            let [since, until] = dates;
            let word = random.pick(&WORDS).to_owned();
            (random.below(count), word, random.below(count), since, until)
        })
        .collect();
    // Each relation is there, so that its name can be read.
    arrows.extend(WORDS.map(|word| (0, word.to_owned(), random.below(count), None, None)));
    let [one, other] = [(); 2].map(|()| random.pick(&names));
    let set = match random.below(7) {
        0 => format!("{one} | {other}"),
        1 => format!("descendants({one})"),
        2 => format!("neighbors({one}) - {other}"),
        3 => format!("{one}.made_inverse | {other}.uses"),
        4 => format!("at({}, successors({one}))", day(random)),
        _ => "all()".to_owned(),
    };
    let day = random.chance(30).then(|| day(random));
    let stages = Piping {
        random,
        columns: Vec::new(),
    }
    .stages(&other);
    Piped {
        sketch: Sketch { names, arrows },
        set,
        stages,
        day,
    }
}

/// Stages on their way.
struct Piping<'r> {
    random: &'r mut Random,
    /// The columns, and whether each has numbers; none while the rows are a set.
    columns: Vec<(String, bool)>,
}

impl Piping<'_> {
    fn stages(&mut self, name: &str) -> String {
        let mut text = String::new();
        for _ in 0..1 + self.random.below(4) {
            let stage = match self.columns.is_empty() {
                true => self.of_set(name),
                false => self.of_table(),
            };
            text += &format!(" |> {stage}");
        }
        text
    }

    fn of_set(&mut self, name: &str) -> String {
        match self.random.below(12) {
            0..5 => format!("where {}", self.condition(name, 2)),
            5 | 6 => {
                let word = self.random.pick(&["", " desc"]);
                format!("order by {}{word}, name", self.value())
            }
            7 => format!("limit {}", self.random.below(4)),
            8 => format!("offset {}", self.random.below(3)),
            9 => {
                self.columns = vec![("a".to_owned(), false), ("b".to_owned(), false)];
                let distinct = self.random.pick(&["", "distinct "]);
                format!(
                    "select {distinct}{} as a, {} as b",
                    self.value(),
                    self.value()
                )
            }
            10 => {
                let key = self.member();
                self.columns = vec![("k".to_owned(), false), ("n".to_owned(), true)];
                let total = self.total();
                format!("group by {key} as k select k, {total} as n")
            }
            _ => {
                self.columns = vec![("count".to_owned(), true)];
                "count".to_owned()
            }
        }
    }

    fn of_table(&mut self) -> String {
        let columns = self.columns.clone();
        let (column, has_numbers) = self.random.pick(&columns);
        match self.random.below(6) {
            0 if has_numbers => format!("where {column} > {}", self.random.below(3)),
            0 => format!("where {column} is {}null", self.random.pick(&["", "not "])),
            1 => format!("order by {column}{}", self.random.pick(&["", " desc"])),
            2 => "distinct".to_owned(),
            3 => format!("limit {}", self.random.below(4)),
            4 => {
                self.columns = vec![("g".to_owned(), false), ("m".to_owned(), true)];
                format!("group by {column} select {column} as g, count(*) as m")
            }
            _ => format!("offset {}", self.random.below(2)),
        }
    }

    /// What stands for several values.
    fn member(&mut self) -> String {
        let pool = [
            "made",
            "runs",
            "uses",
            "made_inverse",
            "it.uses.made",
            "made.name",
            "it.runs_inverse.name",
        ];
        self.random.pick(&pool).to_owned()
    }

    fn value(&mut self) -> String {
        match self.random.below(4) {
            0 => "name".to_owned(),
            1 => "size(name)".to_owned(),
            _ => self.member(),
        }
    }

    fn total(&mut self) -> String {
        let member = self.member();
        match self.random.below(4) {
            0 => format!("count({member})"),
            1 => format!("count(distinct {member})"),
            2 => "count(it)".to_owned(),
            _ => "count(*)".to_owned(),
        }
    }

    fn condition(&mut self, name: &str, depth: usize) -> String {
        if depth > 0 && self.random.chance(40) {
            let [one, other] = [(); 2].map(|()| self.condition(name, depth - 1));
            let word = self.random.pick(&["and", "or", "xor"]);
            return match self.random.chance(25) {
                true => format!("not ({one} {word} {other})"),
                false => format!("({one} {word} {other})"),
            };
        }
        let word = self.random.pick(&WORDS);
        match self.random.below(9) {
            0 => format!(
                "name {} \"b\"",
                self.random.pick(&["<", ">=", "starts with", "contains"])
            ),
            1 => format!("{} is null", self.member()),
            2 => format!(
                "it.{word}.name {} \"apt\"",
                self.random.pick(&["=", "<>", "<", ">", "ends with"])
            ),
            3 => format!("{word} = {}", self.random.pick(&WORDS)),
            4 => format!(
                "it {}in ({name} | {name}.{word})",
                self.random.pick(&["", "not "])
            ),
            5 => format!("exists {{ (it)-[:{word}]->(x)--() }}"),
            6 => format!("count {{ (it)-[:{word}]-() }} > 1"),
            7 => format!("it.{word}.name in [\"B\", \"Zig\", \"aa\"]"),
            _ => format!("(it)<-[:{word}]-()"),
        }
    }
}

impl Piped {
    fn query(&self) -> String {
        let context = self.day.as_ref();
        let context = context.map_or(String::new(), |day| format!(" as of {day}"));
        format!("{}{}{context}", self.set, self.stages)
    }

    /// The graph as it is on the day of the context.
    fn world(&self) -> World {
        let names = self.sketch.names.iter().enumerate();
        let nodes = names.map(|(place, name)| Node {
            id: format!("n{place}"),
            labels: vec!["thing".to_owned()],
            properties: BTreeMap::from([("name".to_owned(), Cell::Text(name.clone()))]),
        });
        let holds = |since: &Option<String>, until: &Option<String>| {
            self.day.as_ref().is_none_or(|day| {
                since.as_ref().is_none_or(|since| since <= day)
                    && until.as_ref().is_none_or(|until| until > day)
            })
        };
        let arrows = self.sketch.arrows.iter().enumerate();
        let arrows = arrows.filter(|(_, (.., since, until))| holds(since, until));
        let edges = arrows.map(|(place, (source, word, target, ..))| Edge {
            id: format!("e{place}"),
            source: *source,
            target: *target,
            kind: word.clone(),
            properties: BTreeMap::new(),
        });
        World {
            nodes: nodes.collect(),
            edges: edges.collect(),
            relations: WORDS.map(str::to_owned).to_vec(),
        }
    }

    pub(crate) fn check(&self) -> Result<(), String> {
        let mut session = self.sketch.session();
        let query = self.query();
        let answer = both_ways(&mut session, &query)?;
        let context = self.day.as_ref();
        let context = context.map_or(String::new(), |day| format!(" as of {day}"));
        let members = both_ways(&mut session, &format!("{}{context}", self.set))?;
        let world = self.world();
        let mut found = rows(&session, &world, &answer);
        if answer.is_set() {
            found.columns = vec!["it".to_owned()];
        }
        let mut start = rows(&session, &world, &members);
        start.columns = vec!["it".to_owned()];
        let script = parse(&query, &Limits::default()).map_err(|error| format!("{error:?}"))?;
        let [Statement::Query(ask, None)] = script.statements.as_slice() else {
            return Err(format!("{query} is no query"));
        };
        let slow = Slow {
            world: &world,
            text: &query,
        };
        let wanted: Rows = slow.stages(start, &ask.stages);
        match found == wanted {
            true => Ok(()),
            false => Err(format!(
                "{:?}\n{query}\nkin:  {}\nslow: {}",
                self.sketch,
                shown(&found),
                shown(&wanted)
            )),
        }
    }
}

/// The answer with the passes, if it is the same without.
fn both_ways(session: &mut Session, query: &str) -> Result<Answer, String> {
    let answers = [Rewrite::On, Rewrite::Off].map(|rewrite| {
        session.rewrite = rewrite;
        let replies = session.query(query);
        replies.map(|mut replies| replies.remove(0).answer)
    });
    match answers {
        [Ok(rewritten), Ok(plain)] if rewritten == plain => Ok(rewritten),
        other => Err(format!("{query}\n{other:?}")),
    }
}
