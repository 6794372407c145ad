#!/usr/bin/env python3
"""The tasks of `benches/scale.rs` on databases, as somebody would run them who has just installed these.

    benches/peers.py FOLDER START [sqlite] [duckdb]

reads FOLDER/edges.csv (from, to, relation …) into a database of its own, indexed both ways, and counts what
can be reached from START along every relation and along the first one, two steps back from 1,000 things, and
one step from 1,000 things, a query each. Prints the median of three runs. `duckdb` is a package of PyPI.
"""

import csv
import os
import random
import statistics
import sys
import tempfile
import time


def timed(task, runs=3):
    times, result = [], None
    for _ in range(runs):
        began = time.perf_counter()
        result = task()
        times.append(time.perf_counter() - began)
    return statistics.median(times), result


def show(peer, task, found):
    seconds, result = found
    shown = f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1e3:.2f} ms"
    print(f"{peer:<8} {task:<34} {shown:>12}   of {result}", flush=True)


CLOSURE = """with recursive reached(x) as (
  select target from edge where source = ? {0}
  union select edge.target from edge join reached on edge.source = reached.x {0})
select count(*) from reached"""
BACK = """select count(distinct x) from (
  select source x from edge where target = ?1
  union all select b.source from edge a join edge b on b.target = a.source where a.target = ?1)"""


def tasks(peer, run, start, relation, some):
    show(peer, "closure, untyped", timed(lambda: run(CLOSURE.format(""), [start])))
    typed = CLOSURE.format(f"and relation = '{relation}'")
    show(peer, "closure, typed", timed(lambda: run(typed, [start])))
    show(peer, "1,000 x two steps back", timed(lambda: sum(run(BACK, [x]) for x in some)))
    one = "select count(*) from edge where source = ?"
    show(peer, "1,000 x one step", timed(lambda: sum(run(one, [x]) for x in some)))


def sqlite(edges, start, relation, some, folder):
    import sqlite3

    base = sqlite3.connect(os.path.join(folder, "edges.db"))
    base.execute("pragma journal_mode = off")

    def load():
        base.execute("create table edge(source text, target text, relation text)")
        with open(edges, newline="", encoding="utf-8") as file:
            rows = csv.reader(file)
            next(rows)
            base.executemany("insert into edge values (?, ?, ?)", (row[:3] for row in rows))
        base.execute("create index forward on edge(source, relation, target)")
        base.execute("create index backward on edge(target, source)")
        base.commit()
        return base.execute("select count(*) from edge").fetchone()[0]

    show("sqlite", "load", timed(load, 1))
    size = os.path.getsize(os.path.join(folder, "edges.db"))
    print(f"sqlite   size {size / 1e6:.1f} MB")
    tasks("sqlite", lambda text, given: base.execute(text, given).fetchone()[0], start, relation, some)


def duckdb(edges, start, relation, some, folder):
    import duckdb as library

    file = os.path.join(folder, "edges.duckdb")
    base = library.connect(file)

    def load():
        base.execute(
            'create table edge as select "from" source, "to" target, relation'
            f" from read_csv('{edges}', header = true, all_varchar = true)"
        )
        base.execute("checkpoint")
        return base.execute("select count(*) from edge").fetchone()[0]

    show("duckdb", "load", timed(load, 1))
    print(f"duckdb   size {os.path.getsize(file) / 1e6:.1f} MB")
    tasks("duckdb", lambda text, given: base.execute(text, given).fetchone()[0], start, relation, some)


PEERS = {"sqlite": sqlite, "duckdb": duckdb}


def main():
    if len(sys.argv) < 3:
        sys.exit("usage: peers.py FOLDER START [sqlite] [duckdb]")
    folder, start = sys.argv[1:3]
    edges = os.path.join(folder, "edges.csv")
    with open(edges, newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        first = [row for row, _ in zip(rows, range(100_000))]
    relations = [row["relation"] for row in first]
    relation = max(sorted(set(relations)), key=relations.count)
    some = random.Random(7).choices([row["to"] for row in first], k=1_000)
    for peer in sys.argv[3:] or PEERS:
        with tempfile.TemporaryDirectory(dir=folder) as place:
            PEERS[peer](edges, start, relation, some, place)


main()
