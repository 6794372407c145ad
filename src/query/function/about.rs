//! Functions on the whole graph, on what is said and by whom, and on when and according to whom.

use crate::query::bound::ContextChange;
use crate::query::bound::Selector;
use crate::query::function::Does;
use crate::query::function::Function;
use crate::query::function::Param;
use crate::query::function::ParamType;
use crate::query::function::ResultType;
use crate::query::plan::Operator;

const X: Param = Param::required("x", ParamType::Set);
const S: Param = Param::required("s", ParamType::Set);

/// Everything, statements, sources, sizes, and the contexts that nest.
pub(super) static FUNCTIONS: &[Function] = &[
    Function {
        name: "all",
        params: &[],
        result: ResultType::Set,
        doc: "Every entity of the graph.",
        examples: &["all() & glob:\"Open*\""],
        does: Does::Operators(|planner, _| planner.add(Operator::Select(Selector::All))),
    },
    Function {
        name: "facts",
        params: &[X],
        result: ResultType::Table,
        doc: "Every statement about `x`, from either end: also the doubtful, negative and unknown \
              ones that no walk takes.",
        examples: &["facts(k3s)"],
        does: Does::Operators(|planner, arguments| {
            let input = planner.set(arguments.set(0));
            planner.add(Operator::Facts { input })
        }),
    },
    Function {
        name: "sources",
        params: &[X],
        result: ResultType::Table,
        doc: "The documents that name `x` or say something of it, with the number of statements \
              that rest on each; the one with the most first.",
        examples: &["sources(Flatcar)"],
        does: Does::Operators(|planner, arguments| {
            let input = planner.set(arguments.set(0));
            planner.add(Operator::Sources { input })
        }),
    },
    Function {
        name: "count",
        params: &[S],
        result: ResultType::Table,
        doc: "How many entities `s` has.",
        examples: &["count(kind:company)"],
        does: Does::Operators(|planner, arguments| {
            let input = planner.set(arguments.set(0));
            planner.add(Operator::Count { input })
        }),
    },
    Function {
        name: "at",
        params: &[Param::required("date", ParamType::Date), S],
        result: ResultType::Set,
        doc: "`s` as of the last day of `date`: the form of `as of` that nests.",
        examples: &["at(2020, OpenShift.default_node_os) - at(2018, OpenShift.default_node_os)"],
        does: Does::Context(|arguments| {
            let change = ContextChange::AsOf(arguments.date(0).clone());
            (arguments.set(1), change)
        }),
    },
    Function {
        name: "per",
        params: &[Param::required("source", ParamType::Source), S],
        result: ResultType::Set,
        doc: "`s` according to `source` alone: the form of `according to` that nests.",
        examples: &["per(rks-17, successors(EKS)) - per(rks-15, successors(EKS))"],
        does: Does::Context(|arguments| {
            let change = ContextChange::AccordingTo(vec![arguments.source(0)]);
            (arguments.set(1), change)
        }),
    },
];
