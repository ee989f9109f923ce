#!/usr/bin/env python3
"""What `learn` shows and remembers, with two exercises and a Bazel that is played.

The played Bazel fails as long as mine.c says "unfinished". learn_test.py LEARN
"""

import json
import os
import pty
import re
import select
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
# pylint: disable-next=wrong-import-position
from counting import check, end  # noqa: E402

LEARN = Path(sys.argv[1]).resolve()
WORK = Path(tempfile.mkdtemp())
MINE = WORK / "tutorials/01_clone/exercises/first/mine.c"
BAZEL = """#!/bin/sh
name=${4#//tutorials:}
for file in tutorials/*/exercises/"$name"/mine.c; do
    if grep -q BROKEN "$file"; then
        printf 'ERROR: //x:1:2: Compiling %s failed:\\n  (cd x)\\n' "$file"
        printf '%s:1: error: broken\\nERROR: Build failed. Not run' "$file"; exit 1
    elif grep -q unfinished "$file"; then
        printf '  FAILED  it does\\n          saw:      nothing\\n0 passed, 1 failed\\n'
        exit 1
    fi
    printf '  ok      it does\\n1 passed, 0 failed\\n'
done
"""


def make(chapter, name, kind):
    """An exercise."""
    folder = WORK / f"tutorials/{chapter}/exercises/{name}"
    folder.mkdir(parents=True)
    (folder / "README.md").write_text(
        f"# The {name}\n\n**{kind}** · 20 minutes · chapter {chapter[1]}\n\nDo `it`.\n\n    it `a*b`\n")
    (folder / "starter.c").write_text("unfinished\n")
    (folder / "check.c").write_text("")
    (folder / "hints.md").write_text("one\n\n---\n\ntwo\n\n---\n\n" + 9 * "three words more " + "\n")
    (folder / "solution.patch").write_text("-unfinished\n+done\n")


ENVIRONMENT = os.environ | {
    "PATH": f"{WORK}/bin:/usr/bin:/bin", "BUILD_WORKSPACE_DIRECTORY": str(WORK),
    "XDG_STATE_HOME": f"{WORK}/state", "TERM": "xterm", "PYTHONDONTWRITEBYTECODE": "1"}


def learn(*words):
    """One command, without a terminal."""
    return subprocess.run([LEARN, *words], env=ENVIRONMENT, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL)


def says(sentence, words, pattern, status=0):
    """A command prints something, and ends with a status."""
    done = learn(*words)
    check(sentence, re.search(pattern, done.stdout) and done.returncode == status,
          done.stdout, f"status {done.returncode}")


def commands():
    """Plain text."""
    says("the first exercise comes first", [], r"The first\nRepair, 20 minutes")
    says("code stays as it is", [], r"Do it\.\n\n    it `a\*b`\n")
    check("plain text has no colour", "\x1b" not in learn("list").stdout)
    check("the reader has a file to write in", MINE.read_text() == "unfinished\n")
    says("a check says what it saw", ["check"], r"FAILED  it does\n +saw: +nothing", 1)
    says("no solution before a success", ["solution"], "when your own has passed", 1)
    says("hints come one by one", ["hint"], r"Hint 1 of 3: one\n$")
    says("and stay", ["hint"], r"one\n\nHint 2 of 3: two\n$")
    check("lines fit a terminal", max(map(len, learn("hint").stdout.split("\n"))) < 80)
    MINE.write_text("BROKEN\n")
    says("what does not compile is not a failed test, and nothing else is reported",
         ["check"], r"^tutorials/01_clone/exercises/first/mine.c:1: error: broken\n"
         "It could not be checked; see above.\n$", 1)
    MINE.write_text("done\n")
    says("a right one passes", ["check"], "1 passed, 0 failed")
    says("the solution is shown then", ["solution"], r"\+done")
    says("the list marks it", ["list"], r"1 of 2 exercises\n[\s\S]*✓ first")
    says("the next one is next", ["next"], "The second")
    says("which is remembered", [], "The second")
    hidden = next(WORK.glob("tutorials/*/exercises/second/check.c"))
    hidden.rename(hidden.with_suffix(".away"))
    says("what only the teacher checks is handed in", ["check"],
         r"Your teacher checks this one: hand in \S+/second/mine.c", 1)
    hints = hidden.with_name("hints.md")
    hints.rename(hints.with_suffix(".away"))
    says("an exam has no hints", ["hint"], "no hints")
    hints.with_suffix(".away").rename(hints)
    hidden.with_suffix(".away").rename(hidden)
    says("an unknown name is told", ["show", "third"], "no exercise third", 1)
    says("a command can name one", ["reset", "first"], "mine.c.old")
    check("reset gives the starter back", MINE.read_text() == "unfinished\n")
    check("and keeps what was written",
          MINE.with_suffix(".c.old").read_text() == "done\n")
    known = json.loads((WORK / "state/barco/progress.json").read_text())
    check("the file has what was done",
          known["exercises"]["first"]["hints"] == 3 and
          "passed" in known["exercises"]["first"], known)


class Terminal:
    """learn on a terminal."""

    def __init__(self):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(LEARN, [str(LEARN)], ENVIRONMENT)
        self.said = ""

    def until(self, pattern):
        """Whether it prints this soon."""
        deadline = time.monotonic() + 60
        while not re.search(pattern, self.said):
            if time.monotonic() > deadline or \
                    not select.select([self.fd], [], [], 60)[0]:
                return False
            try:
                self.said += os.read(self.fd, 65536).decode(errors="replace")
            except OSError:  # how a terminal says that it has hung up
                return bool(re.search(pattern, self.said))
        self.said = ""
        return True

    def type(self, key):
        """One key."""
        os.write(self.fd, key.encode())


def keys():
    """On a terminal, with the first exercise begun anew."""
    screen = Terminal()
    check("it says which keys there are", screen.until(r"\nc check[^\n]{,70}q quit"),
          screen.said)
    MINE.write_text("unfinished again\n")
    check("a file that is saved is checked", screen.until("FAILED[^$]*q quit"),
          screen.said)
    MINE.write_text("done\n")
    check("and once more", screen.until("Done[^$]*q quit"), screen.said)
    screen.type("cn")
    check("a key that comes during a check waits: n is the next exercise", screen.until("The second[^$]*q quit"), screen.said)
    screen.type("q")
    check("q ends it", os.waitpid(screen.pid, 0)[1] == 0)


make("01_clone", "first", "Repair")
make("02_pid", "second", "Extend")
(WORK / "bin").mkdir()
(WORK / "bin/bazel").write_text(BAZEL)
(WORK / "bin/bazel").chmod(0o755)
commands()
keys()
end()
