//! Functions on the shape of a set: its ends, its cycles, its components, what it has in common.

use crate::algo::Extreme;
use crate::model::Direction;
use crate::query::bound::Holds;
use crate::query::function::Arguments;
use crate::query::function::Does;
use crate::query::function::Function;
use crate::query::function::Param;
use crate::query::function::ParamType;
use crate::query::function::ResultType;
use crate::query::plan::Operator;
use crate::query::plan::OperatorId;
use crate::query::plan::Planner;

const S: Param = Param::required("s", ParamType::Set);
const VIA: Param = Param::optional("via", ParamType::Relations, "the group `lineage`");

/// All of them look along the lineage unless told otherwise.
pub(super) static FUNCTIONS: &[Function] = &[
    Function {
        name: "roots",
        params: &[S, VIA],
        result: ResultType::Set,
        doc: "The members of `s` that come of no other member, in any number of steps. Members of \
              one cycle do not count against each other.",
        examples: &["roots(lineage(Flatcar))"],
        does: Does::Operators(|planner, arguments| extremes(planner, arguments, Extreme::Roots)),
    },
    Function {
        name: "leaves",
        params: &[S, VIA],
        result: ResultType::Set,
        doc: "The members of `s` of which no other member came, in any number of steps. Members of \
              one cycle do not count against each other.",
        examples: &["leaves(lineage(CoreOS))"],
        does: Does::Operators(|planner, arguments| extremes(planner, arguments, Extreme::Leaves)),
    },
    Function {
        name: "common_ancestors",
        params: &[S, VIA],
        result: ResultType::Set,
        doc: "What every member of `s` came of. A member counts as its own ancestor, so it is in \
              the answer if all others came of it.",
        examples: &["common_ancestors(Flatcar | \"Fedora CoreOS\")"],
        does: Does::Operators(|planner, arguments| common(planner, arguments, Direction::Backward)),
    },
    Function {
        name: "common_descendants",
        params: &[S, VIA],
        result: ResultType::Set,
        doc: "What came of every member of `s`. A member counts as its own descendant, so it is in \
              the answer if it came of all others.",
        examples: &["common_descendants(CoreOS | \"Atomic Host\")"],
        does: Does::Operators(|planner, arguments| common(planner, arguments, Direction::Forward)),
    },
    Function {
        name: "cycles",
        params: &[S, VIA],
        result: ResultType::Set,
        doc: "The members of `s` that lead back to themselves without leaving `s`.",
        examples: &["cycles(all())"],
        does: Does::Operators(|planner, arguments| {
            let input = planner.set(arguments.set(0));
            let along = planner.lineage_unless(arguments.along(1));
            planner.add(Operator::Cyclic { input, along })
        }),
    },
    Function {
        name: "components",
        params: &[
            S,
            VIA,
            Param::optional("strong", ParamType::Boolean, "false"),
        ],
        result: ResultType::Table(&[
            ("component", Holds::Any),
            ("size", Holds::Any),
            ("entities", Holds::Any),
        ]),
        doc: "The parts into which `s` falls, the largest first: members are in one part if \
              statements within `s` tie them together, whichever way these point. With \
              `strong=true`, only if each leads to the other.",
        examples: &["components(kind:container_host_os)"],
        does: Does::Operators(|planner, arguments| {
            let input = planner.set(arguments.set(0));
            let along = planner.lineage_unless(arguments.along(1));
            let is_strong = arguments.boolean(2) == Some(true);
            planner.add(Operator::Components {
                input,
                along,
                is_strong,
            })
        }),
    },
    Function {
        name: "reduce",
        params: &[S, VIA],
        result: ResultType::Table(&[("statement", Holds::Statement)]),
        doc: "The statements between members of `s` that no longer way within `s` makes needless: \
              the transitive reduction. Statements within a cycle all stay.",
        examples: &["reduce(lineage(CoreOS))"],
        does: Does::Operators(|planner, arguments| {
            let input = planner.set(arguments.set(0));
            let along = planner.lineage_unless(arguments.along(1));
            planner.add(Operator::Reduction { input, along })
        }),
    },
    Function {
        name: "levels",
        params: &[S, VIA],
        result: ResultType::Table(&[("entity", Holds::Entity), ("level", Holds::Any)]),
        doc: "How many steps the longest way within `s` to each member has; its roots are at 0. \
              Members of one cycle share a level.",
        examples: &["levels(lineage(CoreOS))"],
        does: Does::Operators(|planner, arguments| {
            let input = planner.set(arguments.set(0));
            let along = planner.lineage_unless(arguments.along(1));
            planner.add(Operator::Levels { input, along })
        }),
    },
];

fn extremes(planner: &mut Planner<'_>, arguments: &Arguments<'_>, extreme: Extreme) -> OperatorId {
    let input = planner.set(arguments.set(0));
    let along = planner.lineage_unless(arguments.along(1));
    planner.add(Operator::Extremes {
        input,
        along,
        extreme,
    })
}

fn common(
    planner: &mut Planner<'_>,
    arguments: &Arguments<'_>,
    direction: Direction,
) -> OperatorId {
    let input = planner.set(arguments.set(0));
    let along = planner.lineage_unless(arguments.along(1));
    planner.add(Operator::Common {
        input,
        along,
        direction,
    })
}
