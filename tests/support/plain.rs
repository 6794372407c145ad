//! The slow, obvious model: graphs as lists of arrows, and every function by its definition.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use kingraph::query::scan::written;
use proptest::prelude::Just;
use proptest::prelude::Strategy;
use proptest::prelude::any;
use proptest::prelude::prop_oneof;

use crate::support::Sketch;

/// Names whose order is neither that of their places nor that of an alphabet; some need quotes.
const NAMES: [&str; 12] = [
    "Zig", "apt", "B-52", "a b", "été", "名前", "x\"y", "10", "match", "_", "Ω1", "aa",
];

const WORDS: [&str; 3] = ["made", "runs", "uses"];

/// A graph as the list of its arrows; entities are places in the list of names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plain {
    pub(crate) names: Vec<String>,
    pub(crate) arrows: Vec<Arrow>,
}

#[derive(Clone, Debug)]
pub(crate) struct Arrow {
    pub(crate) from: usize,
    pub(crate) word: String,
    pub(crate) to: usize,
    pub(crate) since: Option<String>,
    pub(crate) until: Option<String>,
}

impl Arrow {
    /// Whether some day that `since` may mean is not after `day`, and some day that `until` may
    /// mean is. Without a day, everything holds.
    pub(crate) fn holds(&self, day: Option<&str>) -> bool {
        let Some(day) = day.map(last_day) else {
            return true;
        };
        let has_begun = self
            .since
            .as_deref()
            .is_none_or(|since| first_day(since) <= day);
        let goes_on = self
            .until
            .as_deref()
            .is_none_or(|until| last_day(until) > day);
        has_begun && goes_on
    }

    /// Whether it may begin or end just before `day`.
    pub(crate) fn is_bound_at(&self, day: &str) -> bool {
        self.since
            .as_deref()
            .is_some_and(|since| first_day(since) == day)
            || self
                .until
                .as_deref()
                .is_some_and(|until| last_day(until) == day)
    }
}

fn first_day(text: &str) -> String {
    match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        _ => text.to_owned(),
    }
}

fn last_day(text: &str) -> String {
    match text.len() {
        4 => format!("{text}-12-31"),
        7 if text.ends_with("-02") => format!("{text}-28"),
        7 => format!("{text}-31"),
        _ => text.to_owned(),
    }
}

/// Relations with the way each is walked; `true` is against the arrow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Via(Vec<(String, bool)>);

impl Via {
    pub(crate) fn one(word: &str, is_inverse: bool) -> Via {
        Via(vec![(word.to_owned(), is_inverse)])
    }

    /// The argument as a query has it; nothing for none.
    pub(crate) fn argument(&self) -> String {
        let word = |(word, is_inverse): &(String, bool)| match is_inverse {
            true => format!("{word}_inverse"),
            false => word.clone(),
        };
        match self.0.iter().map(word).collect::<Vec<String>>().join("|") {
            words if words.is_empty() => words,
            words => format!(", via={words}"),
        }
    }

    /// The walk that is meant, where nothing stands for `default`.
    pub(crate) fn or(&self, default: Via) -> Via {
        if self.0.is_empty() {
            default
        } else {
            self.clone()
        }
    }

    pub(crate) fn reversed(&self) -> Via {
        Via(self
            .0
            .iter()
            .map(|(word, is_inverse)| (word.clone(), !is_inverse))
            .collect())
    }

    pub(crate) fn both_ways(&self) -> Via {
        Via([self.0.clone(), self.reversed().0].concat())
    }

    pub(crate) fn takes(&self, word: &str, is_inverse: bool) -> bool {
        self.0
            .iter()
            .any(|(known, way)| known == word && *way == is_inverse)
    }
}

impl Plain {
    pub(crate) fn sketch(&self) -> Sketch {
        let arrows = self.arrows.iter().cloned();
        let arrows =
            arrows.map(|arrow| (arrow.from, arrow.word, arrow.to, arrow.since, arrow.until));
        Sketch {
            names: self.names.clone(),
            arrows: arrows.collect(),
        }
    }

    pub(crate) fn place(&self, name: &str) -> usize {
        self.names
            .iter()
            .position(|known| known == name)
            .expect("the name is of the graph")
    }

    pub(crate) fn written(&self, place: usize) -> String {
        written(&self.names[place])
    }

    /// The relations that occur.
    pub(crate) fn words(&self) -> BTreeSet<String> {
        self.arrows.iter().map(|arrow| arrow.word.clone()).collect()
    }

    pub(crate) fn everything(&self) -> Via {
        Via(self.words().into_iter().map(|word| (word, false)).collect())
    }

    pub(crate) fn chosen(&self, mask: u16) -> BTreeSet<usize> {
        (0..self.names.len())
            .filter(|place| mask >> place & 1 == 1)
            .collect()
    }

    fn pairs(&self, walk: &Via, day: Option<&str>) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        for arrow in self.arrows.iter().filter(|arrow| arrow.holds(day)) {
            if walk.takes(&arrow.word, false) {
                pairs.push((arrow.from, arrow.to));
            }
            if walk.takes(&arrow.word, true) {
                pairs.push((arrow.to, arrow.from));
            }
        }
        pairs
    }

    /// How many arrows lead from any of `starts` to `member`.
    pub(crate) fn arrows_between(&self, starts: &BTreeSet<usize>, member: usize) -> usize {
        let leads = |arrow: &&Arrow| arrow.to == member && starts.contains(&arrow.from);
        self.arrows.iter().filter(leads).count()
    }

    pub(crate) fn step(
        &self,
        starts: &BTreeSet<usize>,
        walk: &Via,
        day: Option<&str>,
    ) -> BTreeSet<usize> {
        step(&self.pairs(walk, day), starts)
    }

    pub(crate) fn closure(
        &self,
        starts: &BTreeSet<usize>,
        walk: &Via,
        depth: RangeInclusive<u32>,
    ) -> BTreeSet<usize> {
        closure(&self.pairs(walk, None), starts, depth)
    }

    pub(crate) fn leads(&self, from: usize, to: usize, walk: &Via) -> bool {
        from == to
            || self
                .closure(&BTreeSet::from([from]), walk, 1..=u32::MAX)
                .contains(&to)
    }

    /// The fewest steps; 0 if there is no way.
    pub(crate) fn distance(&self, from: usize, to: usize, walk: &Via) -> usize {
        let is_within = |steps: &usize| {
            let depth = 1..=*steps as u32;
            self.closure(&BTreeSet::from([from]), walk, depth)
                .contains(&to)
        };
        if from == to {
            0
        } else {
            (1..self.names.len()).find(is_within).unwrap_or(0)
        }
    }

    /// Every way without a repeated entity, by length, then names.
    pub(crate) fn simple_paths(
        &self,
        from: usize,
        to: usize,
        walk: &Via,
        length_max: usize,
    ) -> Vec<Vec<usize>> {
        let pairs: BTreeSet<(usize, usize)> = self.pairs(walk, None).into_iter().collect();
        let mut found = Vec::new();
        extend(&pairs, &mut vec![from], to, length_max, &mut found);
        let key = |path: &Vec<usize>| {
            let names: Vec<&str> = path
                .iter()
                .map(|place| self.names[*place].as_str())
                .collect();
            (path.len(), names)
        };
        found.sort_by(|a, b| key(a).cmp(&key(b)));
        found
    }

    /// The members that lead to no other member, but for those that lead back.
    pub(crate) fn extremes(&self, members: &BTreeSet<usize>, walk: &Via) -> BTreeSet<usize> {
        extremes(&self.pairs(walk, None), members)
    }

    pub(crate) fn common(&self, members: &BTreeSet<usize>, walk: &Via) -> BTreeSet<usize> {
        common(&self.pairs(walk, None), members, self.names.len())
    }

    pub(crate) fn on_cycles(&self, members: &BTreeSet<usize>, walk: &Via) -> BTreeSet<usize> {
        on_cycles(&self.pairs(walk, None), members)
    }

    pub(crate) fn components(
        &self,
        members: &BTreeSet<usize>,
        walk: &Via,
        is_strong: bool,
    ) -> BTreeSet<BTreeSet<usize>> {
        let walk = if is_strong {
            walk.clone()
        } else {
            walk.both_ways()
        };
        let pairs = within(&self.pairs(&walk, None), members);
        let leads = |a: usize, b: usize| a == b || reached(&pairs, a).contains(&b);
        let component = |member: &usize| {
            let is_together = |other: &&usize| leads(*member, **other) && leads(**other, *member);
            members.iter().filter(is_together).copied().collect()
        };
        members.iter().map(component).collect()
    }
}

fn step(pairs: &[(usize, usize)], starts: &BTreeSet<usize>) -> BTreeSet<usize> {
    let leads_on = pairs.iter().filter(|(from, _)| starts.contains(from));
    leads_on.map(|(_, to)| *to).collect()
}

/// What is reached by walks, where the fewest steps of such a walk lie within `depth`.
fn closure(
    pairs: &[(usize, usize)],
    starts: &BTreeSet<usize>,
    depth: RangeInclusive<u32>,
) -> BTreeSet<usize> {
    let mut seen = BTreeSet::new();
    let mut found = BTreeSet::new();
    let mut here = starts.clone();
    // No shortest walk among so few entities is longer.
    for steps in 1..=NAMES.len() as u32 {
        here = step(pairs, &here);
        for entity in &here {
            if seen.insert(*entity) && depth.contains(&steps) {
                found.insert(*entity);
            }
        }
    }
    found
}

fn reached(pairs: &[(usize, usize)], start: usize) -> BTreeSet<usize> {
    closure(pairs, &BTreeSet::from([start]), 1..=u32::MAX)
}

fn within(pairs: &[(usize, usize)], members: &BTreeSet<usize>) -> Vec<(usize, usize)> {
    let is_inside = |pair: &&(usize, usize)| members.contains(&pair.0) && members.contains(&pair.1);
    pairs.iter().filter(is_inside).copied().collect()
}

fn extend(
    pairs: &BTreeSet<(usize, usize)>,
    path: &mut Vec<usize>,
    to: usize,
    length_max: usize,
    found: &mut Vec<Vec<usize>>,
) {
    let here = path[path.len() - 1];
    if here == to {
        found.push(path.clone());
    } else if path.len() <= length_max {
        for (_, next) in pairs.range((here, 0)..(here + 1, 0)) {
            if !path.contains(next) {
                path.push(*next);
                extend(pairs, path, to, length_max, found);
                path.pop();
            }
        }
    }
}

fn extremes(pairs: &[(usize, usize)], members: &BTreeSet<usize>) -> BTreeSet<usize> {
    let leads = |a: usize, b: usize| reached(pairs, a).contains(&b);
    let is_last = |member: &&usize| {
        let counts = |other: &usize| leads(**member, *other) && !leads(*other, **member);
        !members
            .iter()
            .any(|other| other != *member && counts(other))
    };
    members.iter().filter(is_last).copied().collect()
}

fn common(pairs: &[(usize, usize)], members: &BTreeSet<usize>, count: usize) -> BTreeSet<usize> {
    let leads = |member: &usize, to: usize| *member == to || reached(pairs, *member).contains(&to);
    let is_common = |to: &usize| members.iter().all(|member| leads(member, *to));
    (0..count)
        .filter(|to| !members.is_empty() && is_common(to))
        .collect()
}

fn on_cycles(pairs: &[(usize, usize)], members: &BTreeSet<usize>) -> BTreeSet<usize> {
    let pairs = within(pairs, members);
    let is_on_cycle = |member: &&usize| reached(&pairs, **member).contains(member);
    members.iter().filter(is_on_cycle).copied().collect()
}

/// A query that yields a set.
#[derive(Clone, Debug)]
pub(crate) enum Expression {
    One(usize),
    All,
    Union(Box<[Expression; 2]>),
    Intersection(Box<[Expression; 2]>),
    Difference(Box<[Expression; 2]>),
    Between(Box<[Expression; 2]>),
    Call(&'static str, Box<Expression>),
    Step(Box<Expression>, usize, bool),
    At(String, Box<Expression>),
}

const FUNCTIONS: [&str; 11] = [
    "successors",
    "predecessors",
    "neighbors",
    "descendants",
    "ancestors",
    "lineage",
    "roots",
    "leaves",
    "common_ancestors",
    "common_descendants",
    "cycles",
];

impl Expression {
    pub(crate) fn written(&self, graph: &Plain) -> String {
        let pair = |parts: &[Expression; 2], sign: &str| {
            format!(
                "({} {sign} {})",
                parts[0].written(graph),
                parts[1].written(graph)
            )
        };
        match self {
            Expression::One(place) => graph.written(place % graph.names.len()),
            Expression::All => "all()".to_owned(),
            Expression::Union(parts) => pair(parts, "|"),
            Expression::Intersection(parts) => pair(parts, "&"),
            Expression::Difference(parts) => pair(parts, "-"),
            Expression::Between(parts) => format!("between{}", pair(parts, ",")),
            Expression::Call(function, part) => format!("{function}({})", part.written(graph)),
            Expression::At(date, part) => format!("at({date}, {})", part.written(graph)),
            Expression::Step(part, _, is_inverse) => match self.word(graph) {
                Some(word) if *is_inverse => format!("{}.{word}_inverse", part.written(graph)),
                Some(word) => format!("{}.{word}", part.written(graph)),
                None => part.written(graph),
            },
        }
    }

    /// The relation of a step; none if the graph has no relation.
    fn word(&self, graph: &Plain) -> Option<String> {
        let words: Vec<String> = graph.words().into_iter().collect();
        match self {
            Expression::Step(_, number, _) => words.get(number % words.len().max(1)).cloned(),
            _ => None,
        }
    }

    pub(crate) fn value(&self, graph: &Plain, day: Option<&str>) -> BTreeSet<usize> {
        let values =
            |parts: &[Expression; 2]| [parts[0].value(graph, day), parts[1].value(graph, day)];
        match self {
            Expression::One(place) => BTreeSet::from([place % graph.names.len()]),
            Expression::All => (0..graph.names.len()).collect(),
            Expression::Union(parts) => {
                let [a, b] = values(parts);
                &a | &b
            }
            Expression::Intersection(parts) => {
                let [a, b] = values(parts);
                &a & &b
            }
            Expression::Difference(parts) => {
                let [a, b] = values(parts);
                &a - &b
            }
            Expression::Between(parts) => {
                let [a, b] = values(parts);
                let pairs = graph.pairs(&graph.everything(), day);
                let leads =
                    |from: usize, to: usize| from == to || reached(&pairs, from).contains(&to);
                let is_between = |place: &usize| {
                    a.iter().any(|a| leads(*a, *place)) && b.iter().any(|b| leads(*place, *b))
                };
                (0..graph.names.len()).filter(is_between).collect()
            }
            Expression::Call(function, part) => call(function, &part.value(graph, day), graph, day),
            Expression::At(date, part) => part.value(graph, Some(date)),
            Expression::Step(part, _, is_inverse) => {
                let start = part.value(graph, day);
                match self.word(graph) {
                    Some(word) => graph.step(&start, &Via::one(&word, *is_inverse), day),
                    None => start,
                }
            }
        }
    }
}

fn call(
    function: &str,
    set: &BTreeSet<usize>,
    graph: &Plain,
    day: Option<&str>,
) -> BTreeSet<usize> {
    let forward = graph.pairs(&graph.everything(), day);
    let backward = graph.pairs(&graph.everything().reversed(), day);
    let any = 1..=u32::MAX;
    match function {
        "successors" => step(&forward, set),
        "predecessors" => step(&backward, set),
        "neighbors" => &step(&forward, set) | &step(&backward, set),
        "descendants" => closure(&forward, set, any),
        "ancestors" => closure(&backward, set, any),
        "lineage" => &(&closure(&forward, set, any.clone()) | &closure(&backward, set, any)) | set,
        "roots" => extremes(&backward, set),
        "leaves" => extremes(&forward, set),
        "common_ancestors" => common(&backward, set, graph.names.len()),
        "common_descendants" => common(&forward, set, graph.names.len()),
        "cycles" => on_cycles(&forward, set),
        other => panic!("{other} has no model"),
    }
}

/// A year, month or day round the first months of 2018.
pub(crate) fn day() -> impl Strategy<Value = String> {
    prop_oneof![
        1 => (2017u32..2020).prop_map(|year: u32| year.to_string()),
        2 => (1..3).prop_map(|month| format!("2018-{month:02}")),
        5 => (1..3, 1..29).prop_map(|(month, day)| format!("2018-{month:02}-{day:02}")),
    ]
}

/// Up to 12 entities and 40 arrows between any of them, themselves included.
pub(crate) fn graph() -> impl Strategy<Value = Plain> {
    let date = || proptest::option::weighted(0.4, day());
    let arrow = (any::<(u8, u8)>(), 0..WORDS.len(), date(), date());
    let arrows = proptest::collection::vec(arrow, 0..=40);
    (1..=NAMES.len(), Just(NAMES).prop_shuffle(), arrows).prop_map(|(count, names, arrows)| {
        let arrows = arrows
            .into_iter()
            .map(|((from, to), word, since, until)| Arrow {
                from: usize::from(from) % count,
                word: WORDS[word].to_owned(),
                to: usize::from(to) % count,
                since,
                until,
            });
        Plain {
            names: names[..count]
                .iter()
                .map(|name| (*name).to_owned())
                .collect(),
            arrows: arrows.collect(),
        }
    })
}

/// A graph, some of its relations either way (often none), and some of its entities.
pub(crate) fn graph_via_set() -> impl Strategy<Value = (Plain, Via, BTreeSet<usize>)> {
    let mask = prop_oneof![Just(0u8), any::<u8>()];
    (graph(), mask, any::<u16>()).prop_map(|(graph, mask, members)| {
        let words = graph.words().into_iter().enumerate();
        let ways = words.flat_map(|(index, word)| {
            let way = move |bit: usize| (mask >> (2 * index + bit) & 1 == 1).then_some(bit == 1);
            [way(0), way(1)]
                .into_iter()
                .flatten()
                .map(move |way| (word.clone(), way))
        });
        let via = Via(ways.collect());
        let members = graph.chosen(members);
        (graph, via, members)
    })
}

/// Sets within sets, some levels deep.
pub(crate) fn expression() -> impl Strategy<Value = Expression> {
    let leaf = prop_oneof![
        8 => (0..NAMES.len()).prop_map(Expression::One),
        1 => Just(Expression::All),
    ];
    leaf.prop_recursive(4, 16, 2, |inner| {
        let two = || [inner.clone(), inner.clone()].prop_map(Box::new);
        let one = inner.clone().prop_map(Box::new);
        prop_oneof![
            2 => two().prop_map(Expression::Union),
            1 => two().prop_map(Expression::Intersection),
            1 => two().prop_map(Expression::Difference),
            1 => two().prop_map(Expression::Between),
            4 => (proptest::sample::select(&FUNCTIONS[..]), one.clone())
                .prop_map(|(function, part)| Expression::Call(function, part)),
            2 => (one.clone(), any::<usize>(), any::<bool>())
                .prop_map(|(part, word, way)| Expression::Step(part, word, way)),
            1 => (day(), one).prop_map(|(day, part)| Expression::At(day, part)),
        ]
    })
}

pub(crate) fn graph_and_expression() -> impl Strategy<Value = (Plain, Expression)> {
    (graph(), expression())
}
