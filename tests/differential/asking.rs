//! Random queries, as text: every form of `match` that the manual has.
//!
//! Values have types here only so far that no query is an error: `x` is anything, `y` a text and
//! `z` a number, of nodes and edges alike.

use crate::random::Random;

/// What a variable holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    Node,
    Edge,
    /// The list of an edge with a quantifier.
    Edges,
    Path,
    Number,
    Text,
    Truth,
    /// A list of anything.
    List,
    Anything,
}

/// A query on its way.
#[derive(Debug)]
pub(crate) struct Asking {
    random: Random,
    /// How many edges the graph has.
    edges: usize,
    /// Its labels.
    labels: Vec<String>,
    /// What is in scope.
    scope: Vec<(String, Holds)>,
    names: usize,
    /// How much of the scope was there before the clause: a statement is bound once in a clause.
    outer: usize,
    /// How many new nodes patterns may still have.
    nodes: usize,
    /// How many edges with a quantifier they may still have.
    quantifiers: usize,
}

/// A query for a graph with so many edges and with these labels.
pub(crate) fn query(random: Random, edges: usize, labels: Vec<String>) -> String {
    let mut asking = Asking {
        random,
        edges,
        labels,
        scope: Vec::new(),
        names: 0,
        outer: 0,
        nodes: 0,
        quantifiers: 0,
    };
    asking.query()
}

impl Asking {
    fn query(&mut self) -> String {
        let is_union = self.random.chance(8);
        let parts = if is_union {
            2 + self.random.below(2)
        } else {
            1
        };
        let columns = is_union.then(|| 1 + self.random.below(2));
        let all = if self.random.chance(50) {
            " union all "
        } else {
            " union "
        };
        let mut text = Vec::new();
        for _ in 0..parts {
            self.scope.clear();
            (self.nodes, self.quantifiers) = (4, 1);
            text.push(self.linear(columns));
        }
        let mut text = text.join(all);
        if !is_union && self.random.chance(25) {
            for _ in 0..=self.random.below(3) {
                let stage = self.stage();
                text = format!("{text} |> {stage}");
            }
        }
        text
    }

    fn linear(&mut self, columns: Option<usize>) -> String {
        let mut clauses = Vec::new();
        for place in 0..1 + self.random.below(3) {
            let clause = match self.random.below(10) {
                0 => self.unwind(),
                1 | 2 if place > 0 => self.with(),
                3 | 4 if place > 0 => self.match_clause("optional match"),
                5 if self.random.chance(30) => self.match_clause("optional match"),
                _ if self.nodes > 0 => self.match_clause("match"),
                _ => self.with(),
            };
            clauses.push(clause);
        }
        clauses.push(self.projection("return", columns));
        clauses.join(" ")
    }

    fn name(&mut self, letter: char) -> String {
        self.names += 1;
        format!("{letter}{}", self.names)
    }

    fn of(&mut self, holds: Holds) -> Option<String> {
        let fit = self.scope.iter().filter(|(_, known)| *known == holds);
        let fit: Vec<String> = fit.map(|(name, _)| name.clone()).collect();
        (!fit.is_empty()).then(|| self.random.pick(&fit))
    }

    fn unwind(&mut self) -> String {
        let list = match self.random.below(8) {
            0 => "null".to_owned(),
            1 => "[null, 1, 1.0]".to_owned(),
            _ => self.list(1),
        };
        let name = self.name('u');
        self.scope.push((name.clone(), Holds::Anything));
        format!("unwind {list} as {name}")
    }

    // ---- patterns

    fn match_clause(&mut self, word: &str) -> String {
        let mut paths = Vec::new();
        self.outer = self.scope.len();
        let is_shortest = self.quantifiers > 0 && self.random.chance(12);
        let is_walk = !is_shortest && self.quantifiers > 0 && self.random.chance(5);
        let count = if is_shortest || is_walk {
            1
        } else {
            1 + self.random.below(10) / 7
        };
        for _ in 0..count {
            let path = match (is_shortest, is_walk) {
                (true, _) => self.shortest(),
                (_, true) => self.path("walk", 2),
                _ => {
                    let mode = self
                        .random
                        .pick(&["", "", "", "", "", "", "trail", "acyclic", "simple"]);
                    self.path(mode, 2)
                }
            };
            paths.push(path);
        }
        let condition = match self.random.chance(50) {
            true => format!(" where {}", self.condition(2)),
            false => String::new(),
        };
        format!("{word} {}{condition}", paths.join(", "))
    }

    fn path(&mut self, mode: &str, most: usize) -> String {
        let variable = self.random.chance(20).then(|| self.name('p'));
        let mut text = self.node();
        let edges = match self.random.below(10) {
            0 | 1 => 0,
            2..7 => 1,
            _ => most,
        };
        for _ in 0..edges.min(self.nodes + 1) {
            let edge = self.edge(mode == "walk");
            let node = self.node();
            text = format!("{text}{edge}{node}");
        }
        self.path_text(variable, mode, &text)
    }

    fn path_text(&mut self, variable: Option<String>, mode: &str, text: &str) -> String {
        let mode = if mode.is_empty() {
            String::new()
        } else {
            format!("{mode} ")
        };
        match variable {
            Some(name) => {
                self.scope.push((name.clone(), Holds::Path));
                format!("{name} = {mode}{text}")
            }
            None => format!("{mode}{text}"),
        }
    }

    fn shortest(&mut self) -> String {
        self.quantifiers -= 1;
        let variable = self.random.chance(60).then(|| self.name('p'));
        let pick = self.random.pick(&["any shortest", "any", "all shortest"]);
        let mode = self
            .random
            .pick(&["", "", "", " trail", " acyclic", " simple", " walk"]);
        let mut start = self.node();
        let quantifier = self.random.pick(&["+", "*", "{1,2}", "{0,2}", "{1,3}"]);
        let (body, named) = self.edge_body(true);
        let edge = self.arrow(&format!("[{body}]"));
        let mut end = self.node();
        let is_either = edge.starts_with('<') == edge.ends_with('>');
        if is_either && !matches!(mode, " walk" | " acyclic") {
            // Back to its start, such a way would walk its first statement twice, and should not.
            (start, end) = (labelled(&start, ":A"), labelled(&end, ":!A"));
        }
        self.scope.extend(named);
        self.path_text(
            variable,
            &format!("{pick}{mode}"),
            &format!("{start}{edge}{quantifier}{end}"),
        )
    }

    fn node(&mut self) -> String {
        let known = self.of(Holds::Node);
        let (name, is_new) = match known {
            Some(name) if self.nodes == 0 || self.random.chance(35) => (name, false),
            _ if self.random.chance(80) => (self.name('n'), true),
            _ => (String::new(), true),
        };
        self.nodes = self.nodes.saturating_sub(usize::from(is_new));
        let labels = self.labels(25);
        let mut map = self.map(8);
        if self.random.chance(6) {
            map += &format!(" in {}", self.set());
        }
        let mut condition = String::new();
        if is_new && !name.is_empty() {
            self.scope.push((name.clone(), Holds::Node));
            if self.random.chance(10) {
                condition = format!(" where {}", self.member_condition(&name));
            }
        }
        format!("({name}{labels}{map}{condition})")
    }

    fn labels(&mut self, percent: usize) -> String {
        if !self.random.chance(percent) {
            return String::new();
        }
        let pool = [
            ":A", ":A", ":B", ":C", ":A|B", ":!A", ":A&B", ":A:B", ":!(A|B)", ":A|!B", ":A&!C",
            ":B|C&A", ":Q",
        ];
        self.random.pick(&pool).to_owned()
    }

    fn map(&mut self, percent: usize) -> String {
        if !self.random.chance(percent) {
            return String::new();
        }
        let pool = [
            " {x: 1}",
            " {y: \"a\"}",
            " {z: 1, y: \"a\"}",
            " {x: null}",
            " {z: 0 + 1}",
            " {}",
            " {x: [1]}",
        ];
        self.random.pick(&pool).to_owned()
    }

    fn edge(&mut self, is_walk: bool) -> String {
        if self.random.chance(15) {
            return self.random.pick(&["-->", "<--", "--", "-->"]).to_owned();
        }
        let is_long = self.quantifiers > 0 && self.random.chance(30);
        if !is_long {
            let (body, named) = self.edge_body(false);
            self.scope.extend(named);
            return self.arrow(&format!("[{body}]"));
        }
        self.quantifiers -= 1;
        let is_free = !is_walk && self.edges <= 6;
        let pairs: &[(&str, &str)] = &[
            ("*1..2", "{1,2}"),
            ("*2", "{2}"),
            ("*0..1", "{0,1}"),
            ("*..2", "{1,2}"),
            ("*0..2", "{,2}"),
            ("*1..3", "{1,3}"),
            ("*", "+"),
            ("*0..", "*"),
            ("*2..", "{2,}"),
        ];
        let pairs = if is_free { pairs } else { &pairs[..6] };
        let (hops, quantifier) = self.random.pick(pairs);
        let (body, named) = self.edge_body(true);
        self.scope.extend(named);
        if self.random.chance(50) {
            let edge = self.arrow(&format!("[{body}]"));
            return format!("{edge}{quantifier}");
        }
        // The hops stand behind the types and before what is asked.
        let place = body.find(" ").unwrap_or(body.len());
        let (start, rest) = body.split_at(place);
        self.arrow(&format!("[{start}{hops}{rest}]"))
    }

    /// What stands in the brackets of an edge, and the variable that it binds.
    fn edge_body(&mut self, is_long: bool) -> (String, Option<(String, Holds)>) {
        let outer = self.scope[..self.outer].iter();
        let outer = outer.filter(|(_, holds)| *holds == Holds::Edge);
        let outer: Vec<String> = outer.map(|(name, _)| name.clone()).collect();
        let known = (!outer.is_empty()).then(|| self.random.pick(&outer));
        let (name, is_new) = match known {
            Some(name) if !is_long && self.random.chance(5) => (name, false),
            _ if self.random.chance(50) => (self.name('e'), true),
            _ => (String::new(), false),
        };
        let types = self
            .random
            .pick(&["", "", "", ":R", ":S", ":R|S", ":R|:T", ":Q|R"]);
        let map = self.map(7);
        let mut condition = String::new();
        if is_new && self.random.chance(12) {
            condition = format!(" where {}", self.member_condition(&name));
        }
        let holds = if is_long { Holds::Edges } else { Holds::Edge };
        let bound = is_new.then(|| (name.clone(), holds));
        (format!("{name}{types}{map}{condition}"), bound)
    }

    fn arrow(&mut self, body: &str) -> String {
        match self.random.below(7) {
            0..3 => format!("-{body}->"),
            3 | 4 => format!("<-{body}-"),
            5 => format!("-{body}-"),
            _ => format!("<-{body}->"),
        }
    }

    /// A condition on the properties of a node or an edge.
    fn member_condition(&mut self, name: &str) -> String {
        let pool = [
            "@.z > 0",
            "@.x = 1",
            "@.y starts with \"a\"",
            "@.x is null",
            "not @.x = 1",
            "@.z >= 0 or @.y = \"b\"",
            "@.x <> 1",
        ];
        self.random.pick(&pool).replace('@', name)
    }

    // ---- columns

    fn with(&mut self) -> String {
        let text = self.projection("with", None);
        match self.random.chance(30) && !self.scope.is_empty() {
            true => format!("{text} where {}", self.condition(1)),
            false => text,
        }
    }

    fn projection(&mut self, word: &str, columns: Option<usize>) -> String {
        let is_with = word == "with";
        if columns.is_none() && !self.scope.is_empty() && self.random.chance(10) {
            let distinct = if self.random.chance(30) {
                " distinct"
            } else {
                ""
            };
            return format!("{word}{distinct} *");
        }
        let has_groups = self.random.chance(30);
        let distinct = self.random.chance(20);
        let mut items = Vec::new();
        let mut scope = Vec::new();
        for place in 0..columns.unwrap_or(1 + self.random.below(3)) {
            let (text, holds) = match has_groups && (place > 0 || self.random.chance(40)) {
                true => self.aggregate(),
                false => self.item(),
            };
            let alias = match columns {
                Some(_) => format!("c{place}"),
                None => self.name('c'),
            };
            let is_variable = scope.iter().all(|(known, _)| *known != text)
                && self.scope.iter().any(|(known, _)| *known == text);
            if is_variable && columns.is_none() && self.random.chance(70) {
                scope.push((text.clone(), holds));
                items.push((text.clone(), text));
            } else {
                items.push((format!("{text} as {alias}"), alias.clone()));
                scope.push((alias, holds));
            }
        }
        let all: Vec<String> = items.iter().map(|(text, _)| text.clone()).collect();
        let distinct_word = if distinct { " distinct" } else { "" };
        let mut text = format!("{word}{distinct_word} {}", all.join(", "));
        if self.random.chance(35) {
            let names: Vec<String> = items.iter().map(|(_, name)| name.clone()).collect();
            let hides = has_groups || distinct;
            text += &self.order(&names, hides);
        }
        if self.random.chance(15) {
            let word = self.random.pick(&["skip", "offset"]);
            text += &format!(" {word} {}", self.random.below(3));
        }
        if self.random.chance(15) {
            text += &format!(" limit {}", self.random.below(5));
        }
        self.scope = scope;
        if is_with {
            // What is no longer in scope leaves room for new nodes.
            self.nodes = self.nodes.max(1);
        }
        text
    }

    fn order(&mut self, names: &[String], hides: bool) -> String {
        let mut keys = Vec::new();
        for _ in 0..1 + self.random.below(2) {
            let key = match !hides && self.random.chance(30) {
                true => self.item().0,
                false => self.random.pick(names),
            };
            keys.push(key + self.random.pick(&["", "", " asc", " desc", " descending"]));
        }
        format!(" order by {}", keys.join(", "))
    }

    fn item(&mut self) -> (String, Holds) {
        if !self.scope.is_empty() && self.random.chance(45) {
            return self.random.pick(&self.scope);
        }
        match self.random.below(9) {
            0 | 1 => (self.number(2), Holds::Number),
            2 => (self.text(2), Holds::Text),
            3 => (self.condition(2), Holds::Truth),
            4 => (self.list(2), Holds::List),
            _ => (self.anything(2), Holds::Anything),
        }
    }

    fn aggregate(&mut self) -> (String, Holds) {
        let distinct = if self.random.chance(35) {
            "distinct "
        } else {
            ""
        };
        match self.random.below(9) {
            0 | 1 => ("count(*)".to_owned(), Holds::Number),
            2 => (format!("count({distinct}{})", self.item().0), Holds::Number),
            3 => (format!("sum({distinct}{})", self.number(1)), Holds::Number),
            4 => (format!("avg({distinct}{})", self.number(1)), Holds::Number),
            5 => {
                let name = self.random.pick(&["min", "max"]);
                (format!("{name}({})", self.item().0), Holds::Anything)
            }
            6 => (format!("count(*) + sum({})", self.number(1)), Holds::Number),
            7 => (
                format!("size(collect({distinct}{}))", self.item().0),
                Holds::Number,
            ),
            _ => (format!("collect({distinct}{})", self.item().0), Holds::List),
        }
    }

    fn stage(&mut self) -> String {
        let names: Vec<String> = self.scope.iter().map(|(name, _)| name.clone()).collect();
        match self.random.below(9) {
            0 | 1 => format!("where {}", self.condition(2)),
            2 => self.order(&names, true).trim_start().to_owned(),
            3 => format!("limit {}", self.random.below(4)),
            4 => format!("offset {}", self.random.below(3)),
            5 => "distinct".to_owned(),
            6 => {
                let columns = 1 + self.random.below(2);
                let text = self.projection("select", Some(columns));
                let end = [" order by", " skip", " offset", " limit"];
                let ends = end.iter().filter_map(|word| text.find(word));
                text[..ends.min().unwrap_or(text.len())].to_owned()
            }
            7 => {
                let (key, holds) = self.random.pick(&self.scope);
                let (total, _) = self.aggregate();
                let [one, other] = [self.name('g'), self.name('g')];
                self.scope = vec![(one.clone(), holds), (other.clone(), Holds::Anything)];
                format!("group by {key} select {key} as {one}, {total} as {other}")
            }
            _ => {
                self.scope = vec![("count".to_owned(), Holds::Number)];
                "count".to_owned()
            }
        }
    }

    // ---- expressions

    fn condition(&mut self, depth: usize) -> String {
        if depth > 0 && self.random.chance(45) {
            let (one, other) = (self.condition(depth - 1), self.condition(depth - 1));
            return match self.random.below(8) {
                0 | 1 => format!("({one} and {other})"),
                2 | 3 => format!("({one} or {other})"),
                4 => format!("({one} xor {other})"),
                5 => format!("{one} and not {other}"),
                6 => format!("not ({one})"),
                _ => format!(
                    "case when {one} then {other} else {} end",
                    self.condition(0)
                ),
            };
        }
        let deeper = depth.min(1);
        match self.random.below(17) {
            0 | 1 => {
                let sign = self.sign();
                format!("{} {sign} {}", self.number(deeper), self.number(deeper))
            }
            2 | 3 => {
                let sign = self.sign();
                format!("{} {sign} {}", self.anything(deeper), self.anything(deeper))
            }
            4 => {
                let test = self
                    .random
                    .pick(&["starts with", "ends with", "contains", "=", "<"]);
                format!("{} {test} {}", self.text(deeper), self.text(deeper))
            }
            5 => {
                let word = self.random.pick(&["in", "in", "not in"]);
                format!(
                    "{} {word} {}",
                    self.anything(deeper),
                    self.list_behind_in(deeper)
                )
            }
            6 | 7 => {
                let not = if self.random.chance(50) { "not " } else { "" };
                format!("{} is {not}null", self.anything(deeper))
            }
            8 => format!(
                "{} < {} <= {}",
                self.number(0),
                self.number(deeper),
                self.number(0)
            ),
            9 | 10 => self.pattern_condition(),
            _ => self.short_condition(deeper),
        }
    }

    fn short_condition(&mut self, depth: usize) -> String {
        match (self.random.below(6), self.of(Holds::Node)) {
            (0, Some(name)) => name + self.random.pick(&[":A", ":B", ":C", ":A:B"]),
            (1, Some(name)) => {
                let not = if self.random.chance(30) { "not " } else { "" };
                format!("{name} {not}in ({})", self.set())
            }
            (2, Some(name)) => {
                let other = self.of(Holds::Node).unwrap_or_default();
                format!("{name} {} {other}", self.random.pick(&["=", "<>"]))
            }
            (3, _) => {
                let word = self.random.pick(&["all", "any", "none", "single"]);
                let list = self.list_behind_in(depth);
                let test = self.random.pick(&["i > 0", "i = 1", "i is null", "i <> 1"]);
                format!("{word}(i in {list} where {test})")
            }
            _ => match self.of(Holds::Truth) {
                Some(name) => name,
                None => self.random.pick(&["true", "false", "null"]).to_owned(),
            },
        }
    }

    /// A set of entities, as the language writes sets.
    fn set(&mut self) -> String {
        // Unlike in a pattern, an unknown kind is an error here.
        if self.labels.is_empty() {
            return self.random.pick(&["all()", "none()"]).to_owned();
        }
        let labels = self.labels.clone();
        let [one, other] = [(); 2].map(|()| self.random.pick(&labels));
        match self.random.below(5) {
            0 => format!("kind:{one} | kind:{other}"),
            1 => format!("all() - kind:{one}"),
            2 => format!("kind:{one} & kind:{other} | none()"),
            _ => format!("kind:{one}"),
        }
    }

    fn sign(&mut self) -> &'static str {
        self.random.pick(&["=", "<>", "<", "<=", ">", ">=", "!="])
    }

    /// `exists { … }`, or a pattern that stands as a condition.
    fn pattern_condition(&mut self) -> String {
        let Some(name) = self.of(Holds::Node) else {
            return "exists { (:A) }".to_owned();
        };
        let types = self.random.pick(&["", ":R", ":S", ":R|T"]);
        let label = self.random.pick(&["", ":A", ":B"]);
        let arrow = self.arrow(&format!("[{types}]"));
        let other = match self.of(Holds::Node) {
            Some(other) if self.random.chance(30) => other,
            _ => String::new(),
        };
        let pattern = format!("({name}){arrow}({other}{label})");
        match self.random.below(5) {
            0 | 1 => pattern,
            2 => format!("exists {{ {pattern} }}"),
            3 => {
                let far = self.arrow(&format!("[{types}]"));
                format!("exists {{ match ({name}){far}(q{label}) where q.z >= 0 }}")
            }
            _ => format!("count {{ {pattern} }} > {}", self.random.below(2)),
        }
    }

    fn anything(&mut self, depth: usize) -> String {
        let owner = match self.random.chance(70) {
            true => self.of(Holds::Node),
            false => self.of(Holds::Edge),
        };
        match (owner, self.random.below(12)) {
            (Some(name), 0..5) => format!("{name}.x"),
            (_, 5) => self.number(depth),
            (_, 6) => self.text(depth),
            (_, 7) => match self.of(Holds::Anything) {
                Some(name) => name,
                None => "null".to_owned(),
            },
            (_, 8) => self
                .random
                .pick(&["[1, null]", "[]", "{a: 1}", "{a: null}", "[[1], 2]", "{}"])
                .to_owned(),
            (Some(name), 9) => name,
            (_, 10) if depth > 0 => {
                format!(
                    "coalesce({}, {})",
                    self.anything(depth - 1),
                    self.anything(depth - 1)
                )
            }
            (_, 11) if depth > 0 => {
                let (when, then) = (self.anything(depth - 1), self.anything(depth - 1));
                format!(
                    "case {} when {when} then {then} when 1 then 2 end",
                    self.anything(depth - 1)
                )
            }
            _ => self
                .random
                .pick(&["1", "1.0", "\"a\"", "true", "null", "0"])
                .to_owned(),
        }
    }

    fn number(&mut self, depth: usize) -> String {
        let owner = match self.random.chance(70) {
            true => self.of(Holds::Node),
            false => self.of(Holds::Edge),
        };
        match (owner, self.random.below(16)) {
            (Some(name), 0..4) => format!("{name}.z"),
            (_, 4) => match self.of(Holds::Number) {
                Some(name) => name,
                None => "2".to_owned(),
            },
            (_, 5) => match self.of(Holds::Path) {
                Some(name) => format!("length({name})"),
                None => "0".to_owned(),
            },
            (_, 6) => match self.of(Holds::Edges) {
                Some(name) => format!("size({name})"),
                None => "3".to_owned(),
            },
            (_, 7) if depth > 0 => format!("size({})", self.text(depth - 1)),
            (_, 8) if depth > 0 => format!("size({})", self.list(depth - 1)),
            (_, 9 | 10) if depth > 0 => {
                let sign = self.random.pick(&["+", "-", "*"]);
                format!(
                    "({} {sign} {})",
                    self.number(depth - 1),
                    self.number(depth - 1)
                )
            }
            (_, 11) if depth > 0 => format!("-({})", self.number(depth - 1)),
            (_, 12) if depth > 0 => format!("abs({})", self.number(depth - 1)),
            (Some(name), 13) if self.scope.contains(&(name.clone(), Holds::Node)) => {
                format!("count {{ ({name})-->() }}")
            }
            (_, 14) if depth > 0 => {
                let (when, then) = (self.condition(depth - 1), self.number(depth - 1));
                format!("case when {when} then {then} else {} end", self.number(0))
            }
            (_, 15) => "reduce(t = 0, i in [1, 2] | t + i)".to_owned(),
            _ => self
                .random
                .pick(&["0", "1", "1.0", "2", "-1", "0.5", "null"])
                .to_owned(),
        }
    }

    fn text(&mut self, depth: usize) -> String {
        let owner = match self.random.chance(70) {
            true => self.of(Holds::Node),
            false => self.of(Holds::Edge),
        };
        match (owner, self.random.below(10)) {
            (Some(name), 0..4) => format!("{name}.y"),
            (_, 4) => match self.of(Holds::Text) {
                Some(name) => name,
                None => "\"ab\"".to_owned(),
            },
            (_, 5) => match self.of(Holds::Edge) {
                Some(name) => format!("type({name})"),
                None => "\"R\"".to_owned(),
            },
            (_, 6) if depth > 0 => format!("({} + {})", self.text(depth - 1), self.text(depth - 1)),
            (_, 7) if depth > 0 => {
                let name = self.random.pick(&["toUpper", "lower"]);
                format!("{name}({})", self.text(depth - 1))
            }
            (_, 8) if depth > 0 => format!("coalesce({}, \"b\")", self.text(depth - 1)),
            _ => self
                .random
                .pick(&["\"\"", "\"a\"", "'b'", "\"ab\"", "null"])
                .to_owned(),
        }
    }

    /// A list; a bracket behind `in` would hold a set.
    fn list_behind_in(&mut self, depth: usize) -> String {
        let list = self.list(depth);
        if list.starts_with('(') {
            format!("head([{list}])")
        } else {
            list
        }
    }

    fn list(&mut self, depth: usize) -> String {
        match self.random.below(14) {
            0 | 1 => match self.of(Holds::List) {
                Some(name) => name,
                None => "[1, 2, 1]".to_owned(),
            },
            2 => match self.of(Holds::Path) {
                Some(name) => format!("nodes({name})"),
                None => "[0]".to_owned(),
            },
            3 => match self.of(Holds::Edges) {
                Some(name) => name,
                None => "[]".to_owned(),
            },
            4 => match self.of(Holds::Node) {
                Some(name) => format!("[({name})-->(q) | q.x]"),
                None => "[1]".to_owned(),
            },
            5 => match self.of(Holds::Node) {
                Some(name) => format!("[({name})--(q) where q.z > 0 | q]"),
                None => "[true]".to_owned(),
            },
            6 | 7 if depth > 0 => {
                let test = self
                    .random
                    .pick(&["", " where i is not null", " where i <> 1"]);
                let result = self.random.pick(&["", " | i", " | [i]", " | i = 1"]);
                let list = self.list_behind_in(depth - 1);
                match (test, result) {
                    ("", "") => format!("[i in {list} | i]"),
                    _ => format!("[i in {list}{test}{result}]"),
                }
            }
            8 if depth > 0 => format!("({} + {})", self.list(depth - 1), self.list(depth - 1)),
            9 if depth > 0 => {
                let name = self.random.pick(&["tail", "reverse"]);
                format!("{name}({})", self.list(depth - 1))
            }
            10 if depth > 0 => {
                let ends = self.random.pick(&["[1..]", "[..1]", "[0..2]", "[-1..]"]);
                format!("({}){ends}", self.list(depth - 1))
            }
            11 => format!("range({}, {})", self.random.below(2), self.random.below(4)),
            _ => {
                let parts: Vec<String> = (0..self.random.below(3))
                    .map(|_| self.anything(depth.saturating_sub(1)))
                    .collect();
                format!("[{}]", parts.join(", "))
            }
        }
    }
}

/// A node with one more label asked of it.
fn labelled(node: &str, label: &str) -> String {
    let place = node.find([':', ' ', ')']).unwrap_or(node.len());
    let (name, rest) = node.split_at(place);
    format!("{name}{label}{rest}")
}
