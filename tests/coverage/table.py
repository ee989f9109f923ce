#!/usr/bin/env python3
"""table MODULE,...: from what llvm-cov counts to a line for each module.

Reads the summary of `llvm-cov export` and prints the columns module, lines,
reached (of these), branches, taken (of these).
"""

import csv
import json
import re
import sys


def module_of(path, modules):
    """common/cgroup_tree.c is the cgroup's, common/log.c the core's."""
    found = re.fullmatch(r"(?:/proc/self/cwd/)?common/(\w+)\.c", path)
    if not found:
        return None
    name = found[1]
    return next((m for m in modules if name == m or name.startswith(f"{m}_")),
                "core")


def main():
    modules = sys.argv[1].split(",")
    table = {module: [0, 0, 0, 0] for module in modules}
    for file in json.load(sys.stdin)["data"][0]["files"]:
        module = module_of(file["filename"], modules)
        if module:
            counted = file["summary"]
            for i, number in enumerate((
                    counted["lines"]["count"], counted["lines"]["covered"],
                    counted["branches"]["count"], counted["branches"]["covered"])):
                table[module][i] += number
    empty = [module for module, row in table.items() if row[0] == 0]
    if empty:
        sys.exit(f"table: nothing was counted in {', '.join(empty)}")
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["module", "lines", "reached", "branches", "taken"])
    for module, row in table.items():
        out.writerow([module, *row])


if __name__ == "__main__":
    main()
