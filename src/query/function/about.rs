//! Functions on the whole graph, on what is said and by whom, and on when and according to whom.

use crate::model::Status;
use crate::query::bound::ContextChange;
use crate::query::bound::Holds;
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
        result: ResultType::Table(&[("statement", Holds::Statement)]),
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
        result: ResultType::Table(&[
            ("source", Holds::Any),
            ("title", Holds::Any),
            ("author", Holds::Any),
            ("date", Holds::Any),
            ("address", Holds::Any),
            ("statements", Holds::Any),
        ]),
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
        result: ResultType::Table(&[("count", Holds::Any)]),
        doc: "How many entities `s` has.",
        examples: &["count(kind:company)"],
        does: Does::Operators(|planner, arguments| {
            let input = planner.set(arguments.set(0));
            planner.add(Operator::Count { input })
        }),
    },
    Function {
        name: "none",
        params: &[],
        result: ResultType::Set,
        doc: "No entity at all.",
        examples: &["none() | CoreOS"],
        does: Does::Operators(|planner, _| planner.add(Operator::Entities(Vec::new()))),
    },
    Function {
        name: "present",
        params: &[Param::required("x", ParamType::MaybeSet)],
        result: ResultType::Set,
        doc: "`x`, or nothing if the graph does not know its name.",
        examples: &["present(NoSuchThing) | CoreOS"],
        does: Does::Operators(|planner, arguments| planner.set(arguments.set(0))),
    },
    Function {
        name: "one",
        params: &[Param::required("x", ParamType::One)],
        result: ResultType::Set,
        doc: "`x`, which must be exactly one entity: an error otherwise.",
        examples: &["one(AKS.cni)"],
        does: Does::Operators(|planner, arguments| planner.one(arguments.set(0))),
    },
    Function {
        name: "first",
        params: &[X, Param::required("n", ParamType::Integer)],
        result: ResultType::Set,
        doc: "The first `n` members of `x` by name.",
        examples: &["first(kind:company, 3)"],
        does: Does::Operators(|planner, arguments| {
            let input = planner.set(arguments.set(0));
            let count = arguments.integer(1).unwrap_or_default();
            planner.add(Operator::First { input, count })
        }),
    },
    Function {
        name: "ended",
        params: &[],
        result: ResultType::Set,
        doc: "Everything of the status `ended` or `archived` on the day asked for, each with the \
              statement that says so; without `as of`, on the newest day that the graph knows of.",
        examples: &["ended() & kind:operating_system", "ended() as of 2018"],
        does: Does::Operators(|planner, _| {
            let wanted = &[Status::Ended, Status::Archived];
            planner.add(Operator::Select(Selector::Standing(wanted)))
        }),
    },
    Function {
        name: "active",
        params: &[],
        result: ResultType::Set,
        doc: "Everything of the status `active` on the day asked for, each with its latest sign of \
              life; what is only maintained is not among it.",
        examples: &["active() & kind:container_host_os", "active() as of 2018"],
        does: Does::Operators(|planner, _| {
            planner.add(Operator::Select(Selector::Standing(&[Status::Active])))
        }),
    },
    Function {
        name: "conflicts",
        params: &[S],
        result: ResultType::Table(&[
            ("entity", Holds::Entity),
            ("says", Holds::Statement),
            ("against", Holds::Statement),
            ("via", Holds::Any),
        ]),
        doc: "Pairs of statements about members of `s` that cannot both hold: two objects of a \
              functional relation at the same time, or a yes and a no to the same. Statements \
              under different conditions do not contradict each other.",
        examples: &["conflicts(all())"],
        does: Does::Operators(|planner, arguments| {
            let input = planner.set(arguments.set(0));
            planner.add(Operator::Conflicts { input })
        }),
    },
    Function {
        name: "why",
        params: &[Param::required("x", ParamType::One), S],
        result: ResultType::Table(&[
            ("step", Holds::Any),
            ("because", Holds::Any),
            ("via", Holds::Any),
        ]),
        doc: "The shortest proof that `x` is in `s`: the statements by which it was reached, step \
              by step, each with its period and sources.",
        examples: &["why(Flatcar, descendants(CoreOS))"],
        does: Does::Operators(|planner, arguments| {
            let member = planner.one(arguments.set(0));
            let set = planner.set(arguments.set(1));
            planner.add(Operator::Why { member, set })
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
        name: "during",
        params: &[Param::required("period", ParamType::Period), S],
        result: ResultType::Set,
        doc: "`s` with what held at some time in a period, such as `2015..2018`: the form of \
              `during` that nests.",
        examples: &["during(2015..2018, descendants(CoreOS))"],
        does: Does::Context(|arguments| {
            let (start, end) = arguments.period(0);
            let change = ContextChange::During(start.clone(), end.clone());
            (arguments.set(1), change)
        }),
    },
    Function {
        name: "certainly",
        params: &[S],
        result: ResultType::Set,
        doc: "`s` without what holds only possibly in the time asked for, because a date is vague.",
        examples: &["certainly(descendants(CoreOS)) as of 2018"],
        does: Does::Context(|arguments| (arguments.set(0), ContextChange::Certainly)),
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
