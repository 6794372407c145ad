//! Functions that find ways from one entity to another.

use crate::model::Along;
use crate::query::function::Arguments;
use crate::query::function::Does;
use crate::query::function::Function;
use crate::query::function::Param;
use crate::query::function::ParamType;
use crate::query::function::ResultType;
use crate::query::plan::Operator;
use crate::query::plan::OperatorId;
use crate::query::plan::Planner;

const A: Param = Param::required("a", ParamType::One);
const B: Param = Param::required("b", ParamType::One);
pub(super) const VIA: Param = Param::optional("via", ParamType::Relations, "the group `lineage`");
pub(super) const DIRECTED: Param = Param::optional(
    "directed",
    ParamType::Boolean,
    "true, but false with `via=any`",
);

const SHORTEST: Param = Param::optional("shortest", ParamType::Boolean, "false");

/// The most steps of a path that `paths` lists, unless told otherwise.
const LENGTH_MAX: u32 = 10;

/// A shortest way, and all ways.
pub(super) static FUNCTIONS: &[Function] = &[
    Function {
        name: "path",
        params: &[A, B, VIA, DIRECTED],
        result: ResultType::Paths,
        doc: "A shortest way from `a` to `b`; of equally short ones, that with the smallest names. \
              With `via=any` arrows are walked either way unless `directed=true`: a service points \
              to its node OS, an OS to what was made of it, and a way joins both.",
        examples: &[
            "path(EKS, CentOS, via=any)",
            "path(CoreOS, \"Fedora CoreOS\")",
        ],
        does: Does::Operators(|planner, arguments| {
            let along = along(planner, arguments);
            let (from, to) = ends(planner, arguments);
            planner.add(Operator::ShortestPath { from, to, along })
        }),
    },
    Function {
        name: "paths",
        params: &[
            A,
            B,
            Param::optional("max", ParamType::Integer, "10 steps"),
            VIA,
            DIRECTED,
            SHORTEST,
        ],
        result: ResultType::Paths,
        doc: "Every way from `a` to `b` without a repeated entity, of at most `max` steps; the \
              shortest first, and at most 1,000; with `shortest=true` all of the shortest and no \
              others. Parallel statements make one way. Directions as in `path`.",
        examples: &[
            "paths(CoreOS, \"Fedora CoreOS\")",
            "paths(RKS, EKS, max=2, via=any)",
        ],
        does: Does::Operators(|planner, arguments| {
            let along = along_at(planner, arguments, 3);
            let (from, to) = ends(planner, arguments);
            let is_shortest = arguments.boolean(5) == Some(true);
            let length_max = if is_shortest { u32::MAX } else { LENGTH_MAX };
            let length_max = arguments.integer(2).unwrap_or(length_max);
            planner.add(Operator::SimplePaths {
                from,
                to,
                along,
                length_max,
                is_shortest,
            })
        }),
    },
    Function {
        name: "dominators",
        params: &[A, B, VIA, DIRECTED],
        result: ResultType::Set,
        doc: "What lies on every way from `a` to `b`, both included; nothing if no way leads \
              there. Directions as in `path`.",
        examples: &["dominators(CoreOS, \"Fedora CoreOS\")"],
        does: Does::Operators(|planner, arguments| {
            let along = along(planner, arguments);
            let (from, to) = ends(planner, arguments);
            planner.add(Operator::Dominators { from, to, along })
        }),
    },
];

/// The relations and directions of a way: `via` and `directed` are the last two parameters.
pub(super) fn along(planner: &Planner<'_>, arguments: &Arguments<'_>) -> Along {
    along_at(planner, arguments, arguments.0.len() - 2)
}

/// The same, where `via` is at a place and `directed` behind it.
fn along_at(planner: &Planner<'_>, arguments: &Arguments<'_>, place: usize) -> Along {
    let along = planner.lineage_unless(arguments.along(place));
    let is_any = arguments.is_any(place);
    if arguments.boolean(place + 1).unwrap_or(!is_any) {
        along
    } else {
        along.both_ways()
    }
}

fn ends(planner: &mut Planner<'_>, arguments: &Arguments<'_>) -> (OperatorId, OperatorId) {
    let from = planner.one(arguments.set(0));
    (from, planner.one(arguments.set(1)))
}
