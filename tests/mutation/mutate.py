#!/usr/bin/env python3
"""Breaks one place of barco at a time, and sees whether a test notices.

    bazel run //tests/mutation              all places of mutations.txt
    bazel run //tests/mutation -- caps      those of a file, or whose words match

It works on copies, one for each processor. A break that no test notices has
survived: that is a test which is missing, or a line which needs a word (`ok:`)
about why nothing can notice it.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

# A place: its file, what breaks in words, the lines there and those instead, the
# suites that guard it, and why none can, where that is so.
Place = namedtuple("Place", "file words old new suites reason")


def fail(what, fix):
    """Ends with a cause and a fix."""
    sys.exit(f"mutation: {what}\n  fix: {fix}")


# ---- The list ------------------------------------------------------------------


def read_place(text):
    """One entry: FILE: words, lines with - and +, `by:` and perhaps `ok:`."""
    head, *lines = text.split("\n")
    file, words = head.split(": ", 1)
    said = {"-": [], "+": []}
    by, reason = [], ""
    for line in lines:
        if line[:1] in said:
            said[line[0]].append(line[1:] + "\n")
        elif line.startswith("by: "):
            by = line[4:].split()
        elif line.startswith("ok: "):
            reason = line[4:]
        else:
            fail(f"mutations.txt: this line is none of - + by: ok:\n  {line}",
                 "begin it with one of these")
    return Place(file, words, "".join(said["-"]), "".join(said["+"]), by, reason)


def read_places(file):
    """All entries; an empty line is between two, and # begins a remark."""
    text = re.sub(r"(?m)^#.*\n", "", file.read_text())
    return [read_place(entry.strip("\n"))
            for entry in re.split(r"\n{2,}", text) if entry.strip()]


def check(workspace, places):
    """Ends if the lines of a place are not where it says, or not only there."""
    for place in places:
        count = Path(workspace, place.file).read_text().count(place.old)
        if count != 1:
            fail(f"{place.file} has these lines {count} times:\n{place.old}",
                 "mend the entry in tests/mutation/mutations.txt")


# ---- The copy ------------------------------------------------------------------


class Copy:
    """A copy of the repository, in which places are broken and tests are run."""

    def __init__(self, workspace, folder):
        self.top, self.base = folder / "barco", folder / "base"
        self.top.mkdir(parents=True)
        subprocess.run(["bash", "-o", "pipefail", "-c",
                        'git ls-files -z | tar -c --null -T - | tar -x -C "$0"',
                        self.top], cwd=workspace, check=True)

    def bazel(self, *words):
        """Bazel in the copy: its exit status, and what it said."""
        done = subprocess.run(["bazel", f"--output_base={self.base}", *words],
                              cwd=self.top, check=False, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout

    def test(self, suites):
        """Runs suites: Bazel's 3 is a failed test, 0 is none. Unbroken, each has
        ended within the same time."""
        return self.bazel("test", "--test_output=errors", "--test_timeout=120",
                          *map(target, suites))

    def verdict(self, place):
        """What comes of breaking a place: "caught by ...", "SURVIVED", or what
        keeps it from being built."""
        file = self.top / place.file
        text = file.read_text()
        file.write_text(text.replace(place.old, place.new))
        verdict = "SURVIVED"
        for suite in place.suites:
            status, said = self.test([suite])
            if status == 3:
                verdict = f"caught by {suite}{first_failed(said)}"
            elif status != 0:
                verdict = f"CANNOT BE BUILT\n{said[-2000:]}"
            if status != 0:
                break
        file.write_text(text)
        return verdict

    def close(self):
        """Ends its Bazel, which keeps what it made read-only."""
        self.bazel("shutdown")
        subprocess.run(["chmod", "-R", "u+w", self.base], check=False)


def target(suite):
    """The label of a suite, which is named as its module or stage is."""
    if suite == "core":  # needs no lab
        return "//tests/common:core_test"
    folder = "stages" if re.match(r"\d\d_|a_container", suite) else "common"
    return f"//tests/{folder}:{suite}_test_in_lab"


def first_failed(said):
    """The first test that failed; none is named where the suite hung."""
    found = re.search(r"(?m)^ *Test: (.+?) \.\.\.(?:(?!^ *Test: )[\s\S])*?FAILED", said)
    return f': "{found[1]}"' if found else ", which did not end"


# ---- The run -------------------------------------------------------------------


def timed(copies, place):
    """The verdict on a place, by a copy that has nothing to do, and its seconds."""
    copy = copies.get()
    began = time.monotonic()
    verdict = copy.verdict(place)
    copies.put(copy)
    return verdict, time.monotonic() - began


def run(copies, places):
    """Breaks each place, as many at once as there are copies. @return the
    survivors without a reason."""
    suites = sorted({suite for place in places for suite in place.suites})
    print(f"mutation: {len(places)} places; first {len(suites)} suites, unbroken",
          flush=True)
    status, said = copies[0].test(suites)
    if status != 0:
        fail(f"a suite fails with nothing broken\n{said[-2000:]}",
             "mend it first; if it says TIMEOUT, let nothing run beside this")
    idle = Queue()
    for copy in copies:
        idle.put(copy)
    survivors = []
    with ThreadPoolExecutor(len(copies)) as pool:
        verdicts = pool.map(lambda place: timed(idle, place), places)
        for number, (place, (verdict, seconds)) in enumerate(zip(places, verdicts), 1):
            if verdict == "SURVIVED" and place.reason:
                verdict = f"survived: {place.reason}"
            elif not verdict.startswith("caught"):
                survivors.append(place)
            print(f"{number:3}/{len(places)}  {place.file}: {place.words}: {verdict} "
                  f"({seconds:.0f} s)", flush=True)
    return survivors


def main():
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="mutation", description="Breaks one place of barco at a time, in a copy, "
        "and sees whether a test notices.")
    parser.add_argument("words", nargs="*", help="only places in whose file or words "
                        "one of these is")
    parser.add_argument("--copies", type=int, default=os.cpu_count(), metavar="N",
                        help="so many places at once; usually one for each processor")
    parser.add_argument("--check", action="store_true", help="only look whether the "
                        "lines of each place are where the list says")
    asked = parser.parse_args()
    workspace = "." if asked.check else os.environ.get("BUILD_WORKSPACE_DIRECTORY")
    if not workspace:
        sys.exit("mutation: start it by `bazel run //tests/mutation`")
    places = [place for place in
              read_places(Path(workspace, "tests/mutation/mutations.txt"))
              if not asked.words or
              any(word in f"{place.file}: {place.words}" for word in asked.words)]
    check(workspace, places)
    if asked.check:
        return
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        copies = [Copy(Path(workspace), Path(folder, str(number)))
                  for number in range(asked.copies)]
        try:
            survivors = run(copies, places)
        finally:
            for copy in copies:
                copy.close()
    print(f"mutation: {len(places)} places broken in "
          f"{(time.monotonic() - began) / 60:.0f} minutes")
    print(f"{len(places) - len(survivors)} passed, {len(survivors)} failed")
    sys.exit(bool(survivors))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
