#!/usr/bin/env python3
"""Breaks one place of barco at a time, and sees whether a test notices.

    bazel run //tests/mutation              all places of mutations.txt
    bazel run //tests/mutation -- caps      those of a file, or whose words match

It works on a copy. A break that no test notices has survived: that is a test which
is missing, or a line which needs a word (`ok:`) about why nothing can notice it.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import namedtuple
from pathlib import Path

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


# ---- The copy ------------------------------------------------------------------


class Copy:
    """A copy of the repository, in which places are broken and tests are run."""

    def __init__(self, workspace, folder):
        self.top, self.base = folder / "barco", folder / "base"
        files = subprocess.run(["git", "ls-files", "-z"], cwd=workspace, check=True,
                               stdout=subprocess.PIPE).stdout
        self.top.mkdir()
        tar = subprocess.Popen(["tar", "-c", "--null", "-T", "-"], cwd=workspace,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        with subprocess.Popen(["tar", "-x"], cwd=self.top, stdin=tar.stdout):
            tar.stdin.write(files)
            tar.stdin.close()

    def bazel(self, *words):
        """Bazel in the copy: its exit status, and what it said."""
        done = subprocess.run(["bazel", f"--output_base={self.base}", *words],
                              cwd=self.top, check=False, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout

    def test(self, suites):
        """Runs suites until one fails: Bazel's 3 is a failed test, 0 is none."""
        return self.bazel("test", "--test_output=errors", "--test_timeout=300",
                          "--notest_keep_going", *map(target, suites))

    def broken(self, place):
        """Breaks a place; the text as it was."""
        file = self.top / place.file
        text = file.read_text()
        if text.count(place.old) != 1:
            fail(f"{place.file} has these lines {text.count(place.old)} times:\n"
                 f"{place.old}", "mend the entry in tests/mutation/mutations.txt")
        file.write_text(text.replace(place.old, place.new))
        return text

    def verdict(self, place):
        """What comes of breaking a place: "caught by ...", or "SURVIVED"."""
        text = self.broken(place)
        status, said = self.test(place.suites)
        (self.top / place.file).write_text(text)
        if status == 0:
            return "SURVIVED"
        if status != 3:
            fail(f"{place.file}, {place.words}: it cannot be built\n{said[-2000:]}",
                 "break it in a way that compiles")
        found = re.findall(r"(?m)^//tests/(?:\w+):(\w+?)(?:_in_lab)? +"
                           r"(?:FAILED|TIMEOUT)", said)
        return f"caught by {', '.join(sorted(set(found)))}"

    def close(self):
        """Ends its Bazel, which keeps what it made read-only."""
        self.bazel("shutdown")
        subprocess.run(["chmod", "-R", "u+w", self.base], check=False)


def target(suite):
    """The label of a suite, which is named as its module or stage is."""
    folder = "stages" if re.match(r"\d\d_|a_container", suite) else "common"
    return f"//tests/{folder}:{suite}_test_in_lab"


# ---- The run -------------------------------------------------------------------


def run(copy, places):
    """Breaks each place. @return the survivors without a reason."""
    suites = sorted({suite for place in places for suite in place.suites})
    print(f"mutation: {len(places)} places; first {len(suites)} suites, unbroken",
          flush=True)
    status, said = copy.test(suites)
    if status != 0:
        fail(f"a suite fails with nothing broken\n{said[-2000:]}", "mend it first")
    survivors = []
    for number, place in enumerate(places, 1):
        began = time.monotonic()
        verdict = copy.verdict(place)
        if verdict == "SURVIVED" and place.reason:
            verdict = f"survived: {place.reason}"
        elif verdict == "SURVIVED":
            survivors.append(place)
        print(f"{number:3}/{len(places)}  {place.file}: {place.words}: {verdict} "
              f"({time.monotonic() - began:.0f} s)", flush=True)
    return survivors


def main():
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="mutation", description="Breaks one place of barco at a time, in a copy, "
        "and sees whether a test notices.")
    parser.add_argument("words", nargs="*", help="only places in whose file or words "
                        "one of these is")
    asked = parser.parse_args()
    workspace = os.environ.get("BUILD_WORKSPACE_DIRECTORY")
    if not workspace:
        sys.exit("mutation: start it by `bazel run //tests/mutation`")
    places = [place for place in
              read_places(Path(workspace, "tests/mutation/mutations.txt"))
              if not asked.words or
              any(word in f"{place.file}: {place.words}" for word in asked.words)]
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        copy = Copy(Path(workspace), Path(folder))
        try:
            survivors = run(copy, places)
        finally:
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
