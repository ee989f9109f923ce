#!/usr/bin/env python3
"""The exercises, one after the other: what to do, a check, hints, what comes next.

    bazel run //tutorials:learn                      on a terminal: keys
    bazel run //tutorials:learn -- check pids_limit  one command, in plain text

An exercise is a folder NN_chapter/exercises/NAME. The reader writes in mine.c, a copy
of its starter.c; `bazel run //tutorials:NAME` compiles that and checks it in the lab.
"""

import argparse
import datetime
import json
import os
import re
import select
import subprocess
import sys
import termios
import textwrap
import time
import tty
from pathlib import Path

sys.dont_write_bytecode = True
# pylint: disable-next=wrong-import-position
import exercise  # noqa: E402

# What a check says at its end, and each of its tests.
RESULT = re.compile(r"(?m)^(\d+) passed, (\d+) failed$")
# What Bazel says around the words of a compiler that failed.
AROUND = re.compile(r"(?ms)^ERROR: \S+ Compiling .*?^(?=tutorials/)|"
                    r"^(ERROR:|INFO:|FAILED:|Target|Use) [^\n]*\n?")
COLORS = {"ok": 32, "FAILED": 31, "+": 32, "-": 31}


# ---- What the reader has done, remembered --------------------------------------


class Progress:
    """A file, which remembers it from one run to the next."""

    def __init__(self):
        state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state"
        self.file = Path(state, "barco/progress.json")
        self.known = {"exercises": {}}
        if self.file.exists():
            try:
                self.known = json.loads(self.file.read_text())
            except ValueError:
                sys.exit(f"learn: {self.file} is not valid JSON; move it away to begin anew")

    def of(self, task):
        """What is known of an exercise: passed, hints, seconds."""
        return self.known["exercises"].setdefault(task.name, {})

    def passed(self, task):
        """Whether its check has passed once."""
        return "passed" in self.of(task)

    def save(self):
        """Writes the file, whole or not at all."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        new = self.file.with_suffix(".new")
        new.write_text(json.dumps(self.known, indent=2) + "\n")
        new.rename(self.file)


# ---- What is shown ---------------------------------------------------------------

COLORFUL = sys.stdout.isatty() and "NO_COLOR" not in os.environ


def paint(code, text):
    """Text in a colour, on a terminal."""
    return f"\x1b[{code}m{text}\x1b[0m" if COLORFUL else text


def painted(lines):
    """The lines of a check, or of a patch, by how they begin."""
    for line in lines.split("\n"):
        word = re.match(r"\s*(ok|FAILED|[+-])", line)
        yield paint(COLORS[word[1]], line) if word else line


def wrapped(text):
    """Markdown for a terminal of 80 columns; code blocks stay as they are."""
    return "\n\n".join(
        part if part.startswith("    ") else
        textwrap.fill(re.sub(r"[`*]", "", " ".join(part.split())), 78)
        for part in text.split("\n\n"))


class Learn:
    """The exercises, the progress, and what can be done with one of them."""

    def __init__(self, workspace):
        self.workspace = workspace
        self.exercises = exercise.find_all(workspace)
        self.progress = Progress()
        open_ = [e for e in self.exercises if not self.progress.passed(e)]
        named = [e for e in self.exercises
                 if e.name == self.progress.known.get("current")]
        self.now = (named or open_ or self.exercises)[0]
        self.progress.known["current"] = self.now.name

    def choose(self, name):
        """Makes an exercise the current one."""
        found = [e for e in self.exercises if e.name == name]
        if not found:
            sys.exit(f"learn: there is no exercise {name}; `learn list` shows them")
        self.go_to(found[0])

    def go_to(self, task):
        """Makes it the current one, and remembers that."""
        self.now = task
        self.progress.known["current"] = task.name
        self.progress.save()

    def move(self, step):
        """To the next exercise, or to the one before."""
        at = self.exercises.index(self.now) + step
        if 0 <= at < len(self.exercises):
            self.go_to(self.exercises[at])

    def bar(self):
        """How much of it is done."""
        done, of = sum(map(self.progress.passed, self.exercises)), len(self.exercises)
        cells = done * 20 // of
        return f"{'█' * cells}{'░' * (20 - cells)}  {done} of {of} exercises"

    def list(self):
        """All exercises, by chapter."""
        print(self.bar())
        chapter = None
        for e in self.exercises:
            if e.chapter != chapter:
                chapter = e.chapter
                print(f"\n{chapter}")
            mark = "✓" if self.progress.passed(e) else "→" if e is self.now else " "
            print(f" {mark} {e.name:17} {e.kind:11} {e.minutes} min  {e.title}")

    def show(self):
        """The current exercise."""
        e = self.now
        e.begin()
        print(paint(1, f"\n{e.title}"))
        print(f"{e.kind}, {e.minutes} minutes, chapter {int(e.chapter[:2])}"
              f"{', done' if self.progress.passed(e) else ''}\n")
        print(wrapped(e.text))
        print(f"\nYour file: {e.mine.relative_to(self.workspace)}\n"
              f"Try it:    bazel run --config=lab //tutorials:{e.name}_mine -- ...")
        seconds = self.progress.of(e).get("seconds")
        if seconds:
            print(f"A check takes about {seconds} s.")

    def check(self):
        """Compiles the reader's file, and checks it in the lab; whether it passed."""
        e, began = self.now, time.monotonic()
        e.begin()
        if e.hidden():
            print(f"Your teacher checks this one: hand in "
                  f"{e.mine.relative_to(self.workspace)}.")
            return False
        child = subprocess.Popen(
            ["bazel", "run", "--noshow_progress", "--ui_event_filters=-info",
             f"//tutorials:{e.name}"], cwd=self.workspace,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said = self.wait(child, e)
        result = RESULT.search(said)
        if not result:
            said = AROUND.sub("", said).strip() or said
        print("\n".join(painted(said.strip("\n"))))
        if not result:
            print("It could not be checked; see above.")
            return False
        known = self.progress.of(e)
        known["seconds"] = round(time.monotonic() - began)
        if result[2] == "0":
            known.setdefault("passed",
                             datetime.datetime.now().isoformat(timespec="seconds"))
        self.progress.save()
        return result[2] == "0"

    def wait(self, child, task):
        """What a check prints; on a terminal a line counts the seconds."""
        began, said = time.monotonic(), b""
        usual = self.progress.of(task).get("seconds")
        usual = f" of about {usual}" if usual else ""
        while True:
            if select.select([child.stdout], [], [], 1)[0]:
                data = os.read(child.stdout.fileno(), 65536)
                if not data:
                    break
                said += data
            if sys.stdout.isatty():
                print(f"\rChecking {task.name}: {time.monotonic() - began:.0f}"
                      f"{usual} s ", end="", flush=True)
        child.wait()
        if sys.stdout.isatty():
            print("\r\x1b[K", end="")
        return said.decode(errors="replace")

    def hint(self):
        """One hint more than the last time."""
        hints, known = self.now.hints(), self.progress.of(self.now)
        if not hints:
            print("This one has no hints.")
        known["hints"] = min(len(hints), known.get("hints", 0) + 1)
        self.progress.save()
        for i in range(known["hints"]):
            print("\n" + wrapped(f"Hint {i + 1} of {len(hints)}: {hints[i]}"))

    def reset(self):
        """The starter again."""
        self.now.reset()
        print(wrapped(f"{self.now.mine.relative_to(self.workspace)} is as it was at the "
                      "beginning; what you wrote is in mine.c.old."))

    def solution(self):
        """What the book's solution changes in the starter, after a success."""
        if not self.progress.passed(self.now):
            print("The solution is shown when your own has passed its check.")
            return False
        file = self.now.folder / "solution.patch"
        if not file.exists():
            print("This copy has no solutions; ask your teacher.")
            return False
        print("\n".join(painted(file.read_text())))
        return True

    def next(self):
        """To the next exercise."""
        self.move(1)
        self.show()


# ---- On a terminal -----------------------------------------------------------------

KEYS = ("c check   h hint   r reset   s solution   n next   p previous   l list   "
        "q quit")


class Keys:
    """The terminal gives each key at once, and shows none, while this lives.

    What was typed before, such as during a check, is kept.
    """

    def __enter__(self):
        self.before = termios.tcgetattr(sys.stdin)
        tty.setcbreak(sys.stdin, termios.TCSADRAIN)

    def __exit__(self, *_):
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self.before)


def saved(mine):
    """When a file was saved."""
    return mine.stat().st_mtime_ns if mine.exists() else 0


def key_or_save(mine, known):
    """Waits for a key, or until the file is not the known one: then it is "c"."""
    while not select.select([sys.stdin], [], [], 0.5)[0]:
        if saved(mine) not in (0, known):
            return "c"
    return os.read(sys.stdin.fileno(), 1).decode(errors="replace")


def sure(question):
    """Whether the reader says yes."""
    print(f"{question} (y/n) ", end="", flush=True)
    answer = os.read(sys.stdin.fileno(), 1).decode(errors="replace")
    print(answer)
    return answer == "y"


def interactive(learn):
    """Keys, until q."""
    print(learn.bar())
    learn.show()
    known = saved(learn.now.mine)
    while True:
        print(paint(2, f"\nSave your file, and it is checked.\n{KEYS}"), flush=True)
        key = key_or_save(learn.now.mine, known)
        # What is saved while this one is checked is checked next.
        known = saved(learn.now.mine)
        if key == "q":
            return
        if key == "c" and learn.check():
            print(paint(32, "\nDone. s shows the book's solution, n takes the next."))
        elif key == "h":
            learn.hint()
        elif key == "r" and sure("Give the starter back?"):
            learn.reset()
            known = saved(learn.now.mine)
        elif key == "s":
            learn.solution()
        elif key in "np":
            learn.move(1 if key == "n" else -1)
            learn.show()
            known = saved(learn.now.mine)
        elif key == "l":
            learn.list()


def main():
    """The command line."""
    commands = ["check", "hint", "list", "next", "reset", "show", "solution"]
    parser = argparse.ArgumentParser(
        prog="learn", description="The exercises of the book, one after the other.",
        epilog="Without a command, and on a terminal, keys do the same. What you have "
        "done is remembered in ~/.local/state/barco/progress.json.")
    parser.add_argument("command", nargs="?", choices=commands,
                        help="what to do with the exercise (default: show)")
    parser.add_argument("exercise", nargs="?", help="its name (default: the current)")
    asked = parser.parse_args()
    workspace = os.environ.get("BUILD_WORKSPACE_DIRECTORY")
    if not workspace:
        sys.exit("learn: start it by `bazel run //tutorials:learn`")
    learn = Learn(Path(workspace))
    if asked.exercise:
        learn.choose(asked.exercise)
    if not asked.command and sys.stdin.isatty() and sys.stdout.isatty():
        with Keys():
            return interactive(learn)
    done = getattr(learn, asked.command or "show")()
    return sys.exit(1 if done is False else 0)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
