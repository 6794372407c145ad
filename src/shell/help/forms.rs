//! The forms of the language that are no functions: signs, stages, clauses and contexts.

/// Operators, steps and contexts: how it is written, and what it means.
pub static OPERATORS: &[(&str, &str, &str)] = &[
    (
        "a | b",
        "What is in either set; binds loosest.",
        "EKS.cni | AKS.cni | RKS.cni",
    ),
    (
        "a & b",
        "What is in both sets; binds like ` - `, from left to right.",
        "descendants(CoreOS) & kind:container_host_os",
    ),
    (
        "a - b",
        "What is in the first set and not in the second; with blanks, because `-` is a letter \
         inside a name.",
        "kind:container_host_os - descendants(CoreOS)",
    ),
    (
        "a.relation",
        "One step along a relation, or against it by its inverse name; the last step may be a \
         property.",
        "EKS.cni.developed_by",
    ),
    (
        "( … )",
        "A query of its own, with contexts of its own.",
        "(EKS | AKS).default_node_os",
    ),
    (
        "… as of DATE",
        "The graph as it was on the last day of that year, month or day: what certainly held only \
         earlier or later is left out.",
        "RKS.default_node_os as of 2021-05",
    ),
    (
        "… according to SOURCE, …",
        "Only what these sources say.",
        "successors(EKS) according to rks-17",
    ),
    (
        "… during DATE..DATE",
        "What held at some time from the first day of the one date to the last of the other; or in \
         one date.",
        "OpenShift.default_node_os during 2016..2018",
    ),
    (
        "… including doubtful",
        "Also what is hearsay, planned, foretold, an opinion, denied or unknown.",
        "RKS.cri including doubtful",
    ),
    (
        "… |> where CONDITION",
        "Keeps the rows for which it is true; a word is a property or relation of the row's \
         entity, `it`.",
        "kind:managed_service |> where cni is not null",
    ),
    (
        "… |> select x, y as z",
        "Makes columns of expressions; `select *` keeps those that are there.",
        "kind:managed_service |> select name, cni",
    ),
    (
        "… |> group by x select y",
        "A row a group; a row with several values of a key counts for each. Without `select`, the \
         keys and how many rows each has.",
        "kind:managed_service |> group by provided_by",
    ),
    (
        "… |> order by x desc",
        "Puts rows in order; `order by topological` puts what came first first.",
        "lineage(CoreOS) |> order by topological",
    ),
    (
        "… |> limit n",
        "The first rows; `offset n` leaves the first rows out.",
        "kind:company |> order by name |> limit 3",
    ),
    (
        "… |> distinct",
        "Each row once.",
        "kind:managed_service |> select kind |> distinct",
    ),
    (
        "… |> count",
        "How many rows there are.",
        "kind:company |> count",
    ),
    (
        "… |> f(y)",
        "A function as a stage: `x |> f(y)` is `f(x, y)`.",
        "CoreOS |> descendants(depth=1)",
    ),
    (
        "match (a)-[e]->(b) return …",
        "A row for each place where the pattern fits; see docs/match.md.",
        "match (s:managed_service)-[:cni]->(c) return s, c",
    ),
    (
        "compare a, b on r, s",
        "A table with a row a relation, a column an entity, and the sources in each cell; without \
         `on`, every relation that any of them has.",
        "compare EKS, AKS on cni, cri",
    ),
    (
        "assert … is empty, \"message\"",
        "A rule: `is empty`, `is not empty`, `= QUERY` or `= 3`. One that does not hold is told \
         with its rows, and the exit code is 1; one that holds says nothing.",
        "assert EKS.cni = EKS.cni | AKS.cni, \"one network for both\"",
    ),
    (
        "… as FORMAT, … > FILE",
        "The answer in another format; or into a file below the current folder, in the format of \
         its ending.",
        "EKS | AKS as markdown",
    ),
    (
        "… |> draw(option=…, …)",
        "The answer as a picture, with the options that `:help pictures` lists; `> FILE` and \
         `as FORMAT` stand behind it.",
        "lineage(CoreOS) |> draw(layout=tree, direction=up)",
    ),
    (
        "$name",
        "A parameter, given by `--param name=value`.",
        "EKS # kin '$x' --param x=EKS",
    ),
    (
        "let x = …; …",
        "A name for a query, for what comes behind it.",
        "let hosts = kind:container_host_os; hosts - descendants(CoreOS)",
    ),
    (
        "# …",
        "A comment, to the end of the line; `//` begins one as well.",
        "CoreOS # the OS",
    ),
];
