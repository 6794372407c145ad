//! Which clauses run as nested loops over sorted runs, and in which order their nodes are bound.
//!
//! A node is bound to the entities to which all edges from earlier nodes lead, by intersecting
//! their sorted runs: the generic join of H. Q. Ngo, C. Ré and A. Rudra, "Skew Strikes Back: New
//! Developments in the Theory of Join Algorithms", 2013, <https://arxiv.org/abs/1310.3314>, which
//! is worst-case optimal for cyclic patterns.

mod level;
mod order;
mod reads;

use crate::model::Direction;
use crate::model::KindId;
use crate::model::RelationId;
use crate::model::Schema;
use crate::model::Snapshot;
use crate::query::bound::Aggregate;
use crate::query::bound::Expression;
use crate::query::bound::Facet;
use crate::query::bound::Greatest;
use crate::query::bound::Grouping;
use crate::query::bound::Join;
use crate::query::bound::KindTest;
use crate::query::bound::Matching;
use crate::query::bound::Mode;
use crate::query::bound::Move;
use crate::query::bound::PatternEdge;
use crate::query::bound::PatternNode;
use crate::query::bound::Pick;
use crate::query::bound::Place;
use crate::query::bound::SetId;
use crate::query::bound::Slot;
use crate::query::bound::SortKey;
use crate::query::bound::Step;
use crate::query::bound::Yield;
use crate::query::plan::Pipeline;
use crate::query::plan::PlannedSet;

use level::cut;
use level::levels;
use order::order;
use order::with_twins;

pub(in crate::query) use reads::Reads;
pub(in crate::query) use reads::facet;

/// What an operator yields, as far as a join cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Members {
    /// No set.
    None,
    /// A set.
    Set,
    /// Every entity.
    All,
    /// Every entity of a kind.
    Kind(KindId),
}

/// Makes a join of the first step of rows, where it is a match that fits, or of the members of a
/// set that come in where nothing looks at their order.
pub(super) fn join(pipeline: &mut Pipeline, members: &[Members], snapshot: &Snapshot) {
    let members = pipeline
        .input
        .map_or(Members::None, |input| members[input.0]);
    let is_set = members != Members::None;
    let is_selection = is_set && pipeline.rows.takes_any_order && pipeline.rows.rest.is_none();
    if is_selection {
        scan_set(pipeline, members);
    }
    let Some(Step::Match(matching)) = pipeline.rows.steps.first() else {
        return;
    };
    let is_shared = |set: SetId| matches!(pipeline.sets[set.0], PlannedSet::Shared(_));
    let reads = Reads::behind(pipeline, 0);
    let is_several = |edge: &PatternEdge| edge.along.relations().nth(1).is_some();
    // The statements of matches are looked for among those of one relation.
    let is_shown = matching.edges.iter().any(|edge| reads.has(edge.slot));
    let is_found = !is_shown || !matching.edges.iter().any(is_several);
    if pipeline.rows.input.is_none() && is_found && fits(matching, &is_shared) {
        let mut join = joined(matching, pipeline, &reads, snapshot);
        join.is_selection = is_selection;
        pipeline.rows.steps[0] = Step::Join(Box::new(join));
    }
}

/// Makes the members of a set that come in matches of a node in the set, and the conditions on them
/// those of the match. Entities and kinds need no set: the match goes through what is there.
fn scan_set(pipeline: &mut Pipeline, members: Members) {
    let (Some(input), Some((_, slots))) = (pipeline.input, &pipeline.rows.input) else {
        return;
    };
    let [slot] = slots.as_slice() else {
        return;
    };
    let node = PatternNode {
        slot: *slot,
        kinds: match members {
            Members::Kind(kind) => Some(KindTest::Is(Some(kind))),
            _ => None,
        },
        within: (members == Members::Set).then_some(SetId(pipeline.sets.len())),
        bearing: None,
        is_bound: false,
        place: Place::default(),
    };
    let mut matching = Matching {
        is_optional: false,
        nodes: vec![node],
        edges: Vec::new(),
        paths: Vec::new(),
        conditions: Vec::new(),
        written: vec![*slot],
        moves: vec![Move::Scan(0)],
        estimates: vec![f64::NAN],
        is_ordered: false,
        is_existence: false,
    };
    let sets = &pipeline.sets;
    let is_shared = |set: SetId| matches!(sets.get(set.0), Some(PlannedSet::Shared(_)) | None);
    if let Some(Step::Filter(conditions)) = pipeline.rows.steps.first() {
        matching.conditions = conditions.clone();
        if fits(&matching, &is_shared) {
            pipeline.rows.steps.remove(0);
        } else {
            matching.conditions.clear();
        }
    }
    if members == Members::Set {
        pipeline.sets.push(PlannedSet::Shared(input));
    }
    pipeline.input = None;
    pipeline.rows.input = None;
    pipeline
        .rows
        .steps
        .insert(0, Step::Match(Box::new(matching)));
}

/// An edge as it is stored: its relations, ascending, and the nodes of its subject and object. None
/// if it is walked both ways, or more than once.
fn stored(edge: &PatternEdge) -> Option<(Vec<RelationId>, usize, usize)> {
    let is_single = edge.length.is_none() && edge.pick == Pick::Every && !edge.is_bound;
    let (subject, object, direction) = match (
        edge.along.leads_some(Direction::Forward),
        edge.along.leads_some(Direction::Backward),
    ) {
        (true, false) => (edge.from, edge.to, Direction::Forward),
        (false, true) => (edge.to, edge.from, Direction::Backward),
        _ => return None,
    };
    let relations = edge.along.relations().map(|(relation, _)| relation);
    let leading = relations.filter(|relation| edge.along.leads(*relation, direction));
    is_single.then(|| (leading.collect(), subject, object))
}

/// Whether two edges have the same relations or none in common, so that either all statements that
/// are one of them could be the other, or none could.
fn are_apart_or_alike(one: &PatternEdge, other: &PatternEdge) -> bool {
    one.along.is_among(&other.along).is_some() && other.along.is_among(&one.along).is_some()
}

fn fits(matching: &Matching, is_shared: &dyn Fn(SetId) -> bool) -> bool {
    let nodes = &matching.nodes;
    let edges = &matching.edges;
    let is_of_one_mode = [Mode::Trail, Mode::Walk]
        .iter()
        .any(|mode| edges.iter().all(|edge| edge.mode == *mode));
    let is_plain = |condition: &Expression| {
        let mut is_plain = true;
        condition.visit(&mut |part| match part {
            Expression::Slot(slot) => is_plain &= edges.iter().all(|edge| edge.slot != *slot),
            Expression::InSet(_, _, set, ..) | Expression::Set(set) => is_plain &= is_shared(*set),
            Expression::Exists(_) | Expression::CountOf(_) | Expression::Collect(..) => {
                is_plain = false;
            }
            _ => {}
        });
        is_plain
    };
    let are_all_apart_or_alike = edges.iter().enumerate().all(|(place, edge)| {
        let others = &edges[..place];
        others.iter().all(|other| are_apart_or_alike(edge, other))
    });
    !matching.is_optional
        && matching.paths.is_empty()
        && is_of_one_mode
        && edges.iter().all(|edge| stored(edge).is_some())
        && (edges.iter().all(|edge| edge.mode == Mode::Walk) || are_all_apart_or_alike)
        && nodes
            .iter()
            .all(|node| !node.is_bound && node.within.is_none_or(is_shared))
        && matching.conditions.iter().all(is_plain)
}

fn joined(matching: &Matching, pipeline: &Pipeline, reads: &Reads, snapshot: &Snapshot) -> Join {
    let (entities, schema) = (snapshot.entity_count(), &snapshot.schema);
    let nodes = 0..matching.nodes.len();
    let shown: Vec<usize> = nodes
        .filter(|node| reads.has(matching.nodes[*node].slot))
        .collect();
    let is_traced = matching.edges.iter().any(|edge| reads.has(edge.slot));
    let yields = yields(matching, pipeline, &shown, is_traced);
    let wanted = match (&yields, shown.as_slice()) {
        (Yield::Counted(_), [only]) => Some(*only),
        (Yield::First(keys, _), _) => keys.first().map(|(node, _)| *node),
        _ => None,
    };
    let mut order = order(matching, wanted, entities);
    let mut twins = None;
    if matches!(yields, Yield::Counted(_))
        && let Some(with_twins) = with_twins(matching, &order, &shown)
    {
        twins = Some(with_twins.len() - 3);
        order = with_twins;
    }
    let mut levels = levels(matching, &order);
    let has_checks = |depth: usize| levels[depth..].iter().any(|level| !level.checks.is_empty());
    twins = twins.filter(|depth| !has_checks(*depth));
    let sorted = match &yields {
        Yield::Ordered(nodes) => nodes.clone(),
        Yield::First(keys, _) => keys.iter().map(|(node, _)| *node).collect(),
        Yield::Every | Yield::Counted(_) => Vec::new(),
    };
    let is_needed = |node: &usize| is_traced || shown.contains(node) || sorted.contains(node);
    let visited = order.iter().rposition(is_needed).map_or(0, |last| last + 1);
    for depth in 0..levels.len().saturating_sub(1) {
        if depth + 1 >= visited {
            levels[depth].cut = cut(&levels, depth);
        }
    }
    Join {
        matching: matching.clone(),
        levels,
        visited,
        twins,
        facet: facet_of(matching, pipeline, &shown, &yields, schema),
        shown,
        is_traced,
        is_kept: is_kept(&yields, &pipeline.rows.steps[1..]),
        is_selection: false,
        yields,
    }
}

/// Whether each match becomes a row that is held: in an order, or in the answer.
fn is_kept(yields: &Yield, rest: &[Step]) -> bool {
    match yields {
        Yield::Ordered(_) => true,
        Yield::Every => rest.iter().all(is_safe_project),
        Yield::Counted(_) | Yield::First(..) => false,
    }
}

/// Which rows are needed by what follows.
fn yields(matching: &Matching, pipeline: &Pipeline, shown: &[usize], is_traced: bool) -> Yield {
    let node_of = |slot: &Slot| matching.nodes.iter().position(|node| node.slot == *slot);
    // What is behind the last that is shown makes no difference to the order of what is.
    let upto_shown = |nodes: Vec<usize>| match is_traced {
        true => nodes,
        false => {
            let last = nodes.iter().rposition(|node| shown.contains(node));
            nodes[..last.map_or(0, |last| last + 1)].to_vec()
        }
    };
    let rest = &pipeline.rows.steps[1..];
    if matching.is_ordered {
        let written = matching.written.iter().filter_map(node_of).collect();
        return Yield::Ordered(upto_shown(written));
    }
    let between = rest.iter().take_while(|step| is_safe_project(step)).count();
    let (between, behind) = rest.split_at(between);
    if let Some(Step::Top(keys, count)) = behind.first() {
        let key_of = |slot: &Slot| node_of(&source(between, *slot)?);
        let is_constant = matches!(count, Expression::Constant(_) | Expression::Arithmetic(..));
        // Where statements are shown, all matches of the same entities are kept.
        let every: Vec<usize> = (0..matching.nodes.len()).collect();
        let keys = first_keys(keys, &key_of, if is_traced { &every } else { shown });
        return match keys {
            Some(keys) if is_constant => Yield::First(keys, count.clone()),
            _ => Yield::Every,
        };
    }
    match rest.iter().find(|step| !step.is_row()) {
        Some(Step::Group(grouping)) if !is_traced && takes_copies(grouping) => {
            Yield::Counted(greatest(matching, rest, shown))
        }
        _ => Yield::Every,
    }
}

/// The nodes that rows are ordered by, as far as it can be seen; none if by anything else.
fn first_keys(
    keys: &[SortKey],
    node_of: &dyn Fn(&Slot) -> Option<usize>,
    wanted: &[usize],
) -> Option<Vec<(usize, bool)>> {
    let nodes: Vec<Option<(usize, bool)>> = keys
        .iter()
        .map(|key| match &key.value {
            Expression::Slot(slot) => node_of(slot).map(|node| (node, key.is_descending)),
            _ => None,
        })
        .collect();
    let is_all_there = |nodes: &[Option<(usize, bool)>]| {
        let has = |wanted: &usize| nodes.iter().flatten().any(|(node, _)| node == wanted);
        wanted.iter().all(has)
    };
    let count = (0..=nodes.len()).find(|count| is_all_there(&nodes[..*count]))?;
    let nodes: Option<Vec<_>> = nodes[..count].iter().copied().collect();
    nodes.filter(|nodes| !nodes.is_empty())
}

/// Whether a group is the same for a row with a number and for as many rows.
fn takes_copies(grouping: &Grouping) -> bool {
    let mut aggregates = grouping.aggregates.iter();
    aggregates.all(|each| each.ignores_copies() || each.is_number())
}

/// Which slot a value comes from that stands in `slot` behind steps that make columns; none if it
/// is made there, or if other steps are between.
fn source(between: &[Step], mut slot: Slot) -> Option<Slot> {
    for step in between.iter().rev() {
        let Step::Project(items) = step else {
            return None;
        };
        match items.iter().find(|(made, _)| *made == slot) {
            Some((_, Expression::Slot(from))) => slot = *from,
            Some(_) => return None,
            None => {}
        }
    }
    Some(slot)
}

/// Whether a step makes values of which none can fail.
pub(in crate::query) fn is_safe_project(step: &Step) -> bool {
    match step {
        Step::Project(items) => items.iter().all(|(_, value)| value.is_safe_value()),
        _ => false,
    }
}

/// What groups need to know of the only node shown.
fn facet_of(
    matching: &Matching,
    pipeline: &Pipeline,
    shown: &[usize],
    yields: &Yield,
    schema: &Schema,
) -> Option<Facet> {
    let (Yield::Counted(None), [only]) = (yields, shown) else {
        return None;
    };
    let steps = pipeline.rows.steps[1..].iter();
    let mut read = Vec::new();
    for step in steps {
        match step {
            Step::Filter(conditions) => read.extend(conditions),
            Step::Project(items) => read.extend(items.iter().map(|(_, value)| value)),
            Step::Group(grouping) => {
                read.extend(grouping.keys.iter().map(|(_, key)| key));
                read.extend(
                    grouping
                        .aggregates
                        .iter()
                        .filter_map(|it| it.value.as_ref()),
                );
                return facet(read.into_iter(), matching.nodes[*only].slot, schema);
            }
            _ => return None,
        }
    }
    None
}

/// What groups are ordered by, if there is one for each entity of the only node shown, and no more
/// than the first of them are wanted.
fn greatest(matching: &Matching, rest: &[Step], shown: &[usize]) -> Option<Greatest> {
    let [Step::Group(grouping), between @ .., Step::Top(keys, limit)] =
        &rest[..=rest.iter().position(|step| matches!(step, Step::Top(..)))?]
    else {
        return None;
    };
    let ([only], [(key, Expression::Slot(slot))]) = (shown, grouping.keys.as_slice()) else {
        return None;
    };
    let is_count = |aggregate: &Aggregate| aggregate.is_number() && aggregate.value.is_none();
    let is_constant = matches!(limit, Expression::Constant(_) | Expression::Arithmetic(..));
    if matching.nodes[*only].slot != *slot || !grouping.aggregates.iter().all(is_count) {
        return None;
    }
    let keys = keys.iter().map(|sort| {
        let Expression::Slot(slot) = sort.value else {
            return None;
        };
        let slot = source(between, slot)?;
        let is_number = grouping
            .aggregates
            .iter()
            .any(|aggregate| aggregate.slot == slot);
        (is_number || slot == *key).then_some((is_number, sort.is_descending))
    });
    let keys: Option<Vec<(bool, bool)>> = keys.collect();
    keys.filter(|_| is_constant).map(|keys| Greatest {
        keys,
        limit: limit.clone(),
    })
}
