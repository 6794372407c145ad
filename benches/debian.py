#!/usr/bin/env python3
"""The package graph of a Debian system as CSV, read off its own apt lists.

    benches/debian.py FOLDER

writes FOLDER/nodes.csv (id, kind, section, priority, version, size) and FOLDER/edges.csv (from, to,
relation). Packages are of the kind `package`, names that packages provide of the kind
`virtual_package`. The relations are those of Debian policy, chapter 7: depends, pre_depends,
recommends, suggests, enhances, breaks, conflicts, replaces, provides. Of alternatives (`a | b`) each
is an edge. Versions and architectures in relations are left out, and how many is said.
"""

import csv
import glob
import lzma
import gzip
import io
import os
import re
import subprocess
import sys

FIELDS = {
    "Depends": "depends", "Pre-Depends": "pre_depends", "Recommends": "recommends",
    "Suggests": "suggests", "Enhances": "enhances", "Breaks": "breaks",
    "Conflicts": "conflicts", "Replaces": "replaces", "Provides": "provides",
}


def lz4_open(path, mode, encoding):
    """What the program lz4 unpacks; apt keeps its lists so where it is told to."""
    unpacked = subprocess.run(["lz4", "-dc", path], check=True, stdout=subprocess.PIPE).stdout
    return io.StringIO(unpacked.decode(encoding))


OPENERS = {".xz": lzma.open, ".gz": gzip.open, ".lz4": lz4_open}
NAME = re.compile(r"^\s*([a-z0-9][a-z0-9+.-]*)(:[a-z0-9]+)?\s*(\(.*\))?\s*$")


def paragraphs(lines):
    """The fields of each paragraph; of folded fields the first line."""
    fields = {}
    for line in lines:
        line = line.rstrip("\n")
        if not line:
            if fields:
                yield fields
            fields = {}
        elif not line[0].isspace():
            name, _, value = line.partition(":")
            fields[name] = value.strip()
    if fields:
        yield fields


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: debian.py FOLDER")
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    lists = sorted(glob.glob("/var/lib/apt/lists/*_Packages*"))
    if not lists:
        sys.exit("there are no apt lists; run `apt-get update` first")
    packages, edges, versions = {}, [], 0
    for path in lists:
        opener = OPENERS.get(os.path.splitext(path)[1], open)
        with opener(path, "rt", encoding="utf-8") as lines:
            for fields in paragraphs(lines):
                name = fields["Package"]
                if name in packages:
                    continue
                packages[name] = fields
                for field, relation in FIELDS.items():
                    for part in re.split(r"[,|]", fields.get(field, "")):
                        found = NAME.match(part)
                        if found:
                            versions += found.group(3) is not None
                            edges.append((name, found.group(1), relation))
    ends = {end for _, end, _ in edges} - packages.keys()
    with open(os.path.join(folder, "nodes.csv"), "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["id", "kind", "section", "priority", "version", "size"])
        for name in sorted(packages):
            fields = packages[name]
            row = [fields.get(key, "") for key in ("Section", "Priority", "Version", "Size")]
            out.writerow([name, "package", *row])
        for name in sorted(ends):
            out.writerow([name, "virtual_package", "", "", "", ""])
    with open(os.path.join(folder, "edges.csv"), "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["from", "to", "relation"])
        out.writerows(edges)
    print(f"{len(packages)} packages, {len(ends)} virtual ones, {len(edges)} relations,"
          f" of them {versions} with a version that is left out", file=sys.stderr)


main()
