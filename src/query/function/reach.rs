//! Functions that walk from a set: one step, or any number of them.

use crate::model::Direction;
use crate::query::function::Arguments;
use crate::query::function::Does;
use crate::query::function::Function;
use crate::query::function::Param;
use crate::query::function::ParamType;
use crate::query::function::ResultType;
use crate::query::function::way;
use crate::query::plan::Operator;
use crate::query::plan::OperatorId;
use crate::query::plan::Planner;

const X: Param = Param::required("x", ParamType::Set);
const VIA_ANY: Param = Param::optional("via", ParamType::Relations, "every relation");
const VIA_LINEAGE: Param = Param::optional("via", ParamType::Relations, "the group `lineage`");
const DEPTH: Param = Param::optional("depth", ParamType::Depth, "any number of steps");

/// One step along every relation; any number along the lineage.
pub(super) static FUNCTIONS: &[Function] = &[
    Function {
        name: "successors",
        params: &[X, VIA_ANY],
        result: ResultType::Set,
        doc: "What one statement leads to from `x`: what came of it, what it has, runs and uses. \
              What the lineage leads to comes first.",
        examples: &["successors(CoreOS)", "successors(EKS, via=cni)"],
        does: Does::Operators(|planner, arguments| step(planner, arguments, &[Direction::Forward])),
    },
    Function {
        name: "predecessors",
        params: &[X, VIA_ANY],
        result: ResultType::Set,
        doc: "What leads to `x` by one statement: what it came of, and what has, runs and uses it.",
        examples: &["predecessors(Flatcar, via=lineage)", "predecessors(SQLite)"],
        does: Does::Operators(|planner, arguments| {
            step(planner, arguments, &[Direction::Backward])
        }),
    },
    Function {
        name: "neighbors",
        params: &[X, VIA_ANY],
        result: ResultType::Set,
        doc: "What one statement ties to `x`, whichever way its arrow points.",
        examples: &["neighbors(Bottlerocket)"],
        does: Does::Operators(|planner, arguments| {
            step(
                planner,
                arguments,
                &[Direction::Forward, Direction::Backward],
            )
        }),
    },
    Function {
        name: "descendants",
        params: &[X, VIA_LINEAGE, DEPTH],
        result: ResultType::Set,
        doc: "Everything that came of `x`, in any number of steps along the lineage. `x` itself is \
              left out, unless it lies on a cycle.",
        examples: &["descendants(CoreOS)", "descendants(CoreOS, depth=1)"],
        does: Does::Operators(|planner, arguments| closure(planner, arguments, Direction::Forward)),
    },
    Function {
        name: "ancestors",
        params: &[X, VIA_LINEAGE, DEPTH],
        result: ResultType::Set,
        doc: "Everything that `x` came of, in any number of steps against the lineage. `x` itself \
              is left out, unless it lies on a cycle.",
        examples: &[
            "ancestors(Flatcar)",
            "ancestors(\"Fedora CoreOS\", via=has_edition|succeeded_by)",
        ],
        does: Does::Operators(|planner, arguments| {
            closure(planner, arguments, Direction::Backward)
        }),
    },
    Function {
        name: "lineage",
        params: &[X, VIA_LINEAGE, DEPTH],
        result: ResultType::Set,
        doc: "`x` with its ancestors and its descendants.",
        examples: &["lineage(CoreOS)"],
        does: Does::Operators(|planner, arguments| {
            let members = vec![
                planner.set(arguments.set(0)),
                closure(planner, arguments, Direction::Backward),
                closure(planner, arguments, Direction::Forward),
            ];
            planner.add(Operator::Union(members))
        }),
    },
    Function {
        name: "between",
        params: &[
            Param::required("a", ParamType::Set),
            Param::required("b", ParamType::Set),
            way::VIA,
            way::DIRECTED,
        ],
        result: ResultType::Set,
        doc: "Everything on some way from `a` to `b`, both ends included; nothing if no way leads \
              there. Directions as in `path`.",
        examples: &["between(CoreOS, \"Fedora CoreOS\")"],
        does: Does::Operators(between),
    },
];

fn step(
    planner: &mut Planner<'_>,
    arguments: &Arguments<'_>,
    directions: &[Direction],
) -> OperatorId {
    let input = planner.set(arguments.set(0));
    let along = match arguments.along(1) {
        Some(along) => along.clone(),
        None => planner.everything(),
    };
    let mut steps: Vec<OperatorId> = directions
        .iter()
        .map(|direction| {
            let along = along.clone();
            planner.add(Operator::Expand {
                input,
                along,
                direction: *direction,
            })
        })
        .collect();
    match steps.len() {
        1 => steps.swap_remove(0),
        _ => planner.add(Operator::Union(steps)),
    }
}

fn closure(
    planner: &mut Planner<'_>,
    arguments: &Arguments<'_>,
    direction: Direction,
) -> OperatorId {
    let input = planner.set(arguments.set(0));
    let along = planner.lineage_unless(arguments.along(1));
    planner.add(Operator::Closure {
        input,
        along,
        direction,
        depth: arguments.depth(2),
    })
}

fn between(planner: &mut Planner<'_>, arguments: &Arguments<'_>) -> OperatorId {
    let along = way::along(planner, arguments);
    let depth = crate::algo::Depth::ANY;
    let reach = |planner: &mut Planner<'_>, end: usize, direction: Direction| {
        let input = planner.set(arguments.set(end));
        let along = along.clone();
        let closure = planner.add(Operator::Closure {
            input,
            along,
            direction,
            depth,
        });
        planner.add(Operator::Union(vec![input, closure]))
    };
    let after = reach(planner, 0, Direction::Forward);
    let before = reach(planner, 1, Direction::Backward);
    planner.add(Operator::Intersection(vec![after, before]))
}
