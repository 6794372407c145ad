//! The algorithms that are called as functions, against their definitions.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use kingraph::algo;
use kingraph::diagnostic::Budget;
use kingraph::diagnostic::Fault;
use kingraph::diagnostic::Interrupt;
use kingraph::diagnostic::LimitId;
use kingraph::diagnostic::Limits;
use kingraph::model::Along;
use kingraph::model::Direction;
use kingraph::model::EntityId;
use kingraph::model::Filter;
use kingraph::model::ObjectRef;
use kingraph::model::RelationId;
use kingraph::model::Snapshot;
use kingraph::model::StatementId;
use kingraph::model::View;
use proptest::prelude::Strategy;
use proptest::prelude::any;
use proptest::prelude::prop_assert_eq;
use proptest::proptest;

use crate::cases;
use crate::plain;
use crate::plain::Arrow;
use crate::plain::Plain;
use crate::plain::Via;

/// A graph, what is walked in it, and what of it counts; entities are places in the graph.
#[derive(Clone, Debug)]
struct Case {
    graph: Plain,
    walk: Via,
    members: BTreeSet<usize>,
}

/// Half of the cases have no cycle, and half have every entity for a member.
fn case() -> impl Strategy<Value = Case> {
    let flags = (any::<bool>(), any::<bool>());
    (plain::graph_via_set(), flags).prop_map(|((graph, via, members), flags)| {
        let (is_acyclic, has_all) = flags;
        let graph = if is_acyclic { acyclic(graph) } else { graph };
        let default = graph.everything();
        Case {
            walk: if is_acyclic { default } else { via.or(default) },
            members: if has_all {
                (0..graph.names.len()).collect()
            } else {
                members
            },
            graph,
        }
    })
}

fn acyclic(graph: Plain) -> Plain {
    let arrows = graph.arrows.into_iter();
    let arrows = arrows.filter(|arrow| arrow.from != arrow.to);
    let upward = arrows.map(|arrow| Arrow {
        from: arrow.from.min(arrow.to),
        to: arrow.from.max(arrow.to),
        ..arrow
    });
    Plain {
        arrows: upward.collect(),
        ..graph
    }
}

impl Case {
    /// What an algorithm says of the view and the members of this case.
    fn run<T>(
        &self,
        algorithm: impl Fn(View<'_>, &[EntityId], &mut Budget) -> Result<T, Fault>,
    ) -> (T, Places) {
        let session = self.graph.sketch().session();
        let snapshot = session.snapshot();
        let places = Places::of(snapshot, &self.graph);
        let mut members: Vec<EntityId> = self
            .members
            .iter()
            .map(|place| places.entity(*place))
            .collect();
        members.sort_unstable();
        let view = View {
            snapshot,
            filter: &Filter::default(),
            along: &along(snapshot, &self.walk),
        };
        let mut budget = Budget::new(Limits::default(), Interrupt::default());
        let found = algorithm(view, &members, &mut budget).unwrap();
        (found, places)
    }

    /// The steps of the walk from one entity to another, with the arrow of each.
    fn steps(&self) -> impl Iterator<Item = (usize, usize, &Arrow)> {
        self.graph.arrows.iter().flat_map(|arrow| {
            let along = self.walk.takes(&arrow.word, false);
            let against = self.walk.takes(&arrow.word, true);
            let along = along.then_some((arrow.from, arrow.to, arrow));
            let against = against.then_some((arrow.to, arrow.from, arrow));
            along.into_iter().chain(against)
        })
    }

    /// The steps from member to member.
    fn steps_within(&self) -> impl Iterator<Item = (usize, usize, &Arrow)> {
        let is_within = |place: &usize| self.members.contains(place);
        self.steps()
            .filter(move |(from, to, _)| is_within(from) && is_within(to))
    }

    fn leads_within(&self) -> Leads {
        Leads::of(self.steps_within().map(|(from, to, _)| (from, to)))
    }

    fn name(&self, place: usize) -> &str {
        &self.graph.names[place]
    }
}

fn along(snapshot: &Snapshot, walk: &Via) -> Along {
    let schema = &snapshot.schema;
    let mut along = Along::nothing(schema);
    for (index, relation) in schema.relations.iter().enumerate() {
        for (is_inverse, direction) in [(false, Direction::Forward), (true, Direction::Backward)] {
            if walk.takes(&relation.name, is_inverse) {
                along.add(schema, RelationId::from_index(index), direction);
            }
        }
    }
    along
}

/// Which entity is at which place of the model.
struct Places(BTreeMap<EntityId, usize>);

impl Places {
    fn of(snapshot: &Snapshot, graph: &Plain) -> Places {
        let place = |entity| (entity, graph.place(snapshot.name(entity)));
        Places(snapshot.entities().map(place).collect())
    }

    fn place(&self, entity: EntityId) -> usize {
        self.0[&entity]
    }

    fn all(&self, entities: &[EntityId]) -> Vec<usize> {
        entities.iter().map(|entity| self.place(*entity)).collect()
    }

    fn entity(&self, place: usize) -> EntityId {
        let mut known = self.0.iter();
        *known.find(|(_, known)| **known == place).unwrap().0
    }
}

/// From where a way of at least one step leads where.
struct Leads(BTreeSet<(usize, usize)>);

impl Leads {
    fn of(steps: impl Iterator<Item = (usize, usize)>) -> Leads {
        let mut leads: BTreeSet<(usize, usize)> = steps.collect();
        loop {
            let longer: BTreeSet<(usize, usize)> = leads
                .iter()
                .flat_map(|(from, over)| {
                    let on = leads.iter().filter(move |(start, _)| start == over);
                    on.map(move |(_, to)| (*from, *to))
                })
                .collect();
            let count = leads.len();
            leads.extend(longer);
            if leads.len() == count {
                return Leads(leads);
            }
        }
    }

    fn has(&self, from: usize, to: usize) -> bool {
        self.0.contains(&(from, to))
    }

    fn is_together(&self, a: usize, b: usize) -> bool {
        a == b || (self.has(a, b) && self.has(b, a))
    }

    /// Whether a way leads from one to the other, and none back.
    fn is_before(&self, a: usize, b: usize) -> bool {
        self.has(a, b) && !self.has(b, a)
    }
}

/// Whether every way from `root` to `target` passes `over`.
fn dominates(case: &Case, root: usize, over: usize, target: usize) -> bool {
    let mut reached = BTreeSet::from([root]);
    reached.remove(&over);
    let mut count = 0;
    while reached.len() > count {
        count = reached.len();
        for (from, to, _) in case.steps() {
            if reached.contains(&from) && to != over {
                reached.insert(to);
            }
        }
    }
    !reached.contains(&target)
}

fn reaches(case: &Case, root: usize, target: usize) -> bool {
    root == target || case.graph.leads(root, target, &case.walk)
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn an_order_takes_the_first_name_of_what_is_ready(case in case()) {
        let ((order, circles), places) = case.run(algo::topological);
        let leads = case.leads_within();
        let mut left = case.members.clone();
        let (mut wanted, mut wanted_circles) = (Vec::new(), Vec::new());
        while !left.is_empty() {
            let is_ready =
                |place: &&usize| !left.iter().any(|other| leads.is_before(*other, **place));
            let ready = left.iter().filter(is_ready);
            let first = *ready.min_by_key(|place| case.name(**place)).unwrap();
            let mut component: Vec<usize> =
                left.iter().copied().filter(|place| leads.is_together(first, *place)).collect();
            component.sort_by_key(|place| case.name(*place));
            left.retain(|place| !component.contains(place));
            wanted.extend(component.clone());
            if component.len() > 1 {
                wanted_circles.push(component);
            }
        }
        prop_assert_eq!(places.all(&order), wanted);
        let circles: Vec<Vec<usize>> = circles.iter().map(|circle| places.all(circle)).collect();
        prop_assert_eq!(circles, wanted_circles);
    }

    #[test]
    fn a_level_is_the_longest_way_between_components(case in case()) {
        let (found, places) = case.run(algo::levels);
        prop_assert_eq!(found.is_sorted(), true);
        let leads = case.leads_within();
        let mut wanted: BTreeMap<usize, u32> =
            case.members.iter().map(|member| (*member, 0)).collect();
        for _ in &case.members {
            let before = wanted.clone();
            for (member, level) in &mut wanted {
                for (from, to, _) in case.steps_within() {
                    if leads.is_together(to, *member) && !leads.is_together(from, *member) {
                        *level = (before[&from] + 1).max(*level);
                    }
                }
            }
        }
        let found: Vec<(usize, u32)> =
            found.iter().map(|(entity, level)| (places.place(*entity), *level)).collect();
        prop_assert_eq!(found.len(), wanted.len());
        prop_assert_eq!(found.into_iter().collect::<BTreeMap<usize, u32>>(), wanted);
    }

    /// By definition, and so that what is left leads wherever all of it led.
    #[test]
    fn a_reduction_leaves_out_what_a_longer_way_says(case in case()) {
        let ends = |view: View<'_>, statements: Vec<StatementId>| {
            assert!(statements.is_sorted_by(|a, b| a < b), "by id, each once");
            let snapshot = view.snapshot;
            let arrow = |statement: StatementId| {
                let object = match snapshot.object(statement) {
                    ObjectRef::Entity(object) => object,
                    other => panic!("{other:?} is no entity"),
                };
                let relation = snapshot.relation(statement).index();
                let word = snapshot.schema.relations[relation].name.clone();
                (snapshot.subject(statement), word, object)
            };
            statements.into_iter().map(arrow).collect::<Vec<_>>()
        };
        let (found, places) = case.run(|view, members, budget| {
            Ok(ends(view, algo::reduction(view, members, budget)?))
        });
        let mut found: Vec<(usize, String, usize)> = found
            .into_iter()
            .map(|(from, word, to)| (places.place(from), word, places.place(to)))
            .collect();
        found.sort();
        let leads = case.leads_within();
        let is_needless = |from: usize, to: usize| {
            let is_between =
                |over: &usize| leads.is_before(from, *over) && leads.is_before(*over, to);
            !leads.is_together(from, to) && case.members.iter().any(is_between)
        };
        let kept: Vec<(usize, usize, &Arrow)> =
            case.steps_within().filter(|(from, to, _)| !is_needless(*from, *to)).collect();
        // An arrow that is walked both ways is one statement.
        let arrows: BTreeMap<*const Arrow, &Arrow> =
            kept.iter().map(|(_, _, arrow)| (std::ptr::from_ref(*arrow), *arrow)).collect();
        let mut wanted: Vec<(usize, String, usize)> =
            arrows.values().map(|arrow| (arrow.from, arrow.word.clone(), arrow.to)).collect();
        wanted.sort();
        prop_assert_eq!(found, wanted);
        prop_assert_eq!(Leads::of(kept.iter().map(|(from, to, _)| (*from, *to))).0, leads.0);
    }

    #[test]
    fn dominators_are_on_every_way(case in case(), ends in any::<(usize, usize)>()) {
        let count = case.graph.names.len();
        let (root, target) = (ends.0 % count, ends.1 % count);
        let (found, places) = case.run(|view, _, budget| {
            let places = Places::of(view.snapshot, &case.graph);
            algo::dominators(view, places.entity(root), places.entity(target), budget)
        });
        let found = places.all(&found);
        let is_on_all = |over: &usize| {
            reaches(&case, root, target) && dominates(&case, root, *over, target)
        };
        let wanted: BTreeSet<usize> = (0..count).filter(is_on_all).collect();
        prop_assert_eq!(found.iter().copied().collect::<BTreeSet<usize>>(), wanted);
        for pair in found.windows(2) {
            prop_assert_eq!(dominates(&case, root, pair[0], pair[1]), true, "{:?}", found);
        }
    }

    #[test]
    fn the_immediate_dominator_is_the_last(case in case(), root in any::<usize>()) {
        let count = case.graph.names.len();
        let root = root % count;
        let (found, places) = case.run(|view, _, budget| {
            let places = Places::of(view.snapshot, &case.graph);
            algo::immediate_dominators(view, places.entity(root), budget)
        });
        prop_assert_eq!(found.is_sorted_by(|a, b| a.0 < b.0), true);
        let mut wanted = BTreeSet::new();
        for target in (0..count).filter(|target| *target != root && reaches(&case, root, *target)) {
            let others: Vec<usize> = (0..count)
                .filter(|over| *over != target && dominates(&case, root, *over, target))
                .collect();
            let is_last =
                |last: &&usize| others.iter().all(|other| dominates(&case, root, *other, **last));
            wanted.insert((target, *others.iter().find(is_last).unwrap()));
        }
        let found: BTreeSet<(usize, usize)> =
            found.iter().map(|(a, b)| (places.place(*a), places.place(*b))).collect();
        prop_assert_eq!(found, wanted);
    }
}

/// `count` entities, each with an arrow to the next.
fn chain(count: usize) -> Case {
    let arrow = |from| Arrow {
        from,
        word: "made".to_owned(),
        to: from + 1,
        since: None,
        until: None,
    };
    let graph = Plain {
        names: (0..count).map(|place| format!("{place:06}")).collect(),
        arrows: (0..count - 1).map(arrow).collect(),
    };
    Case {
        walk: graph.everything(),
        members: (0..count).collect(),
        graph,
    }
}

/// Everything that is asked of members, and of the first and last of them.
fn ask_all(view: View<'_>, members: &[EntityId], budget: &mut Budget) -> [Result<usize, Fault>; 7] {
    let by_name = |place: usize| {
        let rank = |entity: &&EntityId| view.snapshot.rank(**entity) as usize == place;
        *members.iter().find(rank).unwrap()
    };
    let (first, last) = (by_name(0), by_name(members.len() - 1));
    [
        algo::topological(view, members, budget).map(|(order, _)| order.len()),
        algo::levels(view, members, budget).map(|levels| levels.len()),
        algo::reduction(view, members, budget).map(|statements| statements.len() + 1),
        algo::dominators(view, first, last, budget).map(|found| found.len()),
        algo::immediate_dominators(view, first, budget).map(|pairs| pairs.len() + 1),
        algo::components(view, members, true, budget).map(|found| found.len()),
        algo::cycles(view, members, budget).map(|found| found.len() + members.len()),
    ]
}

/// No algorithm recurses, or pays more for a long way than for many short ones.
#[test]
fn a_long_way_does_no_harm() {
    let count = 20_000;
    let session = chain(count).graph.sketch().session();
    let snapshot = session.snapshot();
    let members: Vec<EntityId> = snapshot.entities().collect();
    let view = View {
        snapshot,
        filter: &Filter::default(),
        along: &Along::everything(&snapshot.schema),
    };
    let mut limits = Limits::default();
    limits.set("steps", 60 * count as u64);
    let mut budget = Budget::new(limits, Interrupt::default());
    assert_eq!(
        ask_all(view, &members, &mut budget),
        [const { Ok(20_000) }; 7]
    );
}

#[test]
fn every_algorithm_keeps_to_its_budget() {
    let (_, _) = chain(3_000).run(|view, members, _| {
        let limit = || {
            let mut limits = Limits::default();
            limits.set("steps", 2_000);
            Budget::new(limits, Interrupt::default())
        };
        let fault = Fault::Limit(LimitId::Steps, 2_000);
        for found in ask_all(view, members, &mut limit()) {
            assert_eq!(found, Err(fault.clone()));
        }
        let interrupt = Interrupt::default();
        interrupt.cancel();
        let mut budget = Budget::new(Limits::default(), interrupt);
        for found in ask_all(view, members, &mut budget) {
            assert_eq!(found, Err(Fault::Interrupted));
        }
        Ok(())
    });
}

#[test]
fn of_nothing_comes_nothing() {
    let mut case = chain(2);
    case.members.clear();
    let (order, _) = case.run(algo::topological);
    assert_eq!(order, (Vec::new(), Vec::new()));
    assert_eq!(case.run(algo::levels).0, Vec::new());
    assert_eq!(case.run(algo::reduction).0, Vec::new());
}
