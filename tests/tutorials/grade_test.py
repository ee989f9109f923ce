#!/usr/bin/env python3
"""What hostile students do to a class, in the lab, and how grading resumes after a break.

grade_test.py GRADE TUTORIALS HOSTILE
"""

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as xml
from pathlib import Path

sys.dont_write_bytecode = True
# pylint: disable-next=wrong-import-position
from counting import check, end  # noqa: E402

GRADE, TUTORIALS, HOSTILE = (Path(word).absolute() for word in sys.argv[1:4])
WORK = Path(tempfile.mkdtemp())
ENVIRONMENT = os.environ | {"TMPDIR": str(WORK), "PYTHONDONTWRITEBYTECODE": "1"}
ENVIRONMENT.pop("XDG_RUNTIME_DIR", None)
STRANGE = "<img src=x onerror=alert(1)>\n=1+1"
SEED = "1234567"  # hostile/read_checks.c looks for it


def right(name):
    """The book's solution of an exercise."""
    folder = next(TUTORIALS.glob(f"*/exercises/{name}"))
    return subprocess.run(
        ["patch", "--silent", "--follow-symlinks", "--output=-", folder / "starter.c",
         folder / "solution.patch"], capture_output=True, check=True).stdout


def hand_in(top, student, **exercises):
    """A folder: an exercise is bytes, or the name of a file of HOSTILE."""
    folder = top / student
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in exercises.items():
        if isinstance(source, str):
            source = (HOSTILE / f"{source}.c").read_bytes()
        (folder / f"{name}.c").write_bytes(source)


def command(top, out, *options):
    """How the grader is started."""
    return [GRADE, "--submissions", top, "--out", out, *options]


def grade(top, out, *options):
    """A whole run."""
    done = subprocess.run(command(top, out, *options), env=ENVIRONMENT, text=True,
                          capture_output=True, check=False, stdin=subprocess.DEVNULL)
    print(done.stdout, done.stderr, flush=True)
    return done


def results(out):
    """{student: {exercise: result}}, and all that was seen, as text."""
    students = json.loads((out / "results.json").read_text())["students"]
    return ({s["student"]: {name: e["result"] for name, e in s["exercises"].items()}
             for s in students},
            {(s["student"], name): json.dumps(e["tests"]) + e["said"]
             for s in students for name, e in s["exercises"].items()})


# ---- A class -----------------------------------------------------------------------


def make_class(top):
    """Two honest students, one with a strange name, and four who are not."""
    good, other = right("pids_limit"), right("which_errno")
    hand_in(top, "anna", pids_limit=good)
    (top / "anna/which_errno").mkdir()
    (top / "anna/which_errno/mine.c").write_bytes(other)
    hand_in(top, STRANGE, pids_limit=good)
    starter = next(TUTORIALS.glob("*/exercises/outside_id/starter.c")).read_text()
    (top / "bert.json").write_text(json.dumps({
        "barco": "progress", "version": 1, "student": "bert", "exercises": {
            "outside_id": {"passed": "2026-01-01T00:00:00Z", "hints": 0,
                           "program": starter},
            "one_name": {"passed": "2026-01-01T00:00:00Z", "hints": 0},
            "pids_limit": {"hints": 3, "program": good.decode()}}}))
    hand_in(top, "bomber", inside_pid="fork_bomb", which_errno=other)
    hand_in(top, "looper", inside_pid="endless", which_errno=other)
    hand_in(top, "filler", outside_id="output", tightest_limit="full_disk",
            which_errno=other)
    hand_in(top, "mallory", new_root="kill", outside_id="fake", peer_group="read_checks",
            tightest_limit="clock", time_limit="kill", which_errno=other)
    hand_in(top, "trudy", new_root="read_checks", pids_limit=good)


EXPECTED = {
    "anna": {"pids_limit": "passed", "which_errno": "passed"},
    STRANGE.replace("\n", "\N{REPLACEMENT CHARACTER}"): {"pids_limit": "passed"},
    "bert": {"outside_id": "failed", "pids_limit": "passed"},
    "bomber": {"inside_pid": "failed", "which_errno": "passed"},
    "looper": {"inside_pid": "failed", "which_errno": "passed"},
    "filler": {"outside_id": "failed", "tightest_limit": "failed",
               "which_errno": "passed"},
    "mallory": {"new_root": "failed", "outside_id": "failed", "peer_group": "failed",
                "tightest_limit": "failed", "time_limit": "failed",
                "which_errno": "passed"},
    "trudy": {"new_root": "failed", "pids_limit": "passed"},
}


def class_is_graded(top, out):
    """Nobody disturbs anybody, and the report says what was seen."""
    done = grade(top, out, "--seed", SEED, "--patience", "15")
    check("all are graded", done.returncode == 0, done.stderr)
    found, seen = results(out)
    for student, exercises in EXPECTED.items():
        check(f"{student!r} gets what they have done", found.get(student) == exercises,
              found.get(student), *[seen[key] for key in seen if key[0] == student])
    for what, student, exercise, words in [
            ("what runs on is seen", "looper", "inside_pid", "it still runs"),
            ("a full disk is seen", "filler", "tightest_limit", 'is \\"full\\"'),
            ("the end of a long output is not", "filler", "outside_id", "xxxx"),
            ("a lie reaches no channel", "mallory", "outside_id", "kept out"),
            ("the checks are out of reach", "mallory", "peer_group", "kept out"),
            ("so is the check itself", "mallory", "new_root", "kept out"),
            ("and, for root of a namespace, what it reads", "trudy", "new_root",
             "kept out"),
            ("and the clock", "mallory", "tightest_limit", "kept out")]:
        check(what, words in seen[student, exercise], seen[student, exercise])
    check("nobody gets in", not [key for key in seen if "got in" in seen[key]],
          *[text for text in seen.values() if "got in" in text])
    check("what is known is small", (out / "results.json").stat().st_size < 1 << 20)
    files_are_whole(out)


def files_are_whole(out):
    """What other programs read."""
    pages = "".join(page.read_text() for page in out.glob("**/*.html"))
    check("a name is not HTML", "<img" not in pages and "&lt;img src" in pages)
    check("a page says what was seen", "the first line for" in pages)
    suites = xml.parse(out / "junit.xml").getroot()
    check("JUnit has a suite for each", len(suites) == len(EXPECTED))
    rows = list(csv.DictReader((out / "results.csv").open()))
    points = {row["student"]: row["points"] for row in rows}
    check("so has the CSV a line", points.get("anna") == "2" and
          points.get("mallory") == "1" and len(rows) == len(EXPECTED), points)


# ---- A run that breaks off -----------------------------------------------------------


def eventually(holds):
    """Whether it holds soon."""
    for _ in range(1200):
        if holds():
            return True
        time.sleep(0.1)
    return False


def machines():
    """The labs of this test, by their files."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if b"qemu" in words and os.fsencode(f"{WORK}/barco-lab") in words:
            found.append(process.name)
    return found


def break_off(top, out, by, records):
    """Starts a run, and stops it when so many students are graded and another is
    being graded; its exit status."""
    with subprocess.Popen(command(top, out, "--jobs", "1"), env=ENVIRONMENT,
                          stdin=subprocess.DEVNULL, start_new_session=True) as run:
        eventually(lambda: len(list(out.glob(".graded/*.json"))) >= records and
                   machines())
        run.send_signal(by)
    return run.returncode


def resumes(top, out):
    """Ctrl-C, then a kill, then the rest."""
    for name in "one", "two", "three":
        hand_in(top, name, outside_id=right("outside_id"))
    status = break_off(top, out, signal.SIGINT, 1)
    check("Ctrl-C ends it", status == 130, status)
    check("and leaves no machine", not machines())
    break_off(top, out, signal.SIGKILL, 2)
    check("SIGKILL leaves none either", eventually(lambda: not machines()))
    before = {file: file.stat().st_mtime_ns for file in out.glob(".graded/*.json")}
    check("what is done is done", len(before) == 2, before)
    done = grade(top, out)
    check("the rest is graded", done.returncode == 0 and "2 of 3 students are graded "
          "already" in done.stderr and "1 of 1" in done.stderr, done.stderr)
    check("and nothing twice",
          all(file.stat().st_mtime_ns == then for file, then in before.items()))
    with (top / "one/outside_id.c").open("a") as file:
        file.write("/* better */\n")
    done = grade(top, out)
    check("a student who hands in something else is graded again",
          re.search("1 of 1: one", done.stderr), done.stderr)
    check("all have their point", all(r == {"outside_id": "passed"}
                                      for r in results(out)[0].values()))


try:
    make_class(WORK / "class")
    class_is_graded(WORK / "class", WORK / "graded")
    resumes(WORK / "again", WORK / "regraded")
finally:
    shutil.rmtree(WORK, ignore_errors=True)
end()
