"""How many submissions a minute this machine grades, and what 1,000 would take.

A submission is here a week's work: the three exercises of a chapter, as the book solves
them. Students take the chapters in turn.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import machine
import report

CLASS, NODES = 1000, (1, 4, 16)


def solve(task, workspace, folder):
    """Makes a student's file of the book's solution."""
    source = workspace / task.folder.relative_to(machine.runfiles())
    made = subprocess.run(
        ["patch", "--silent", f"--output={folder / task.name}.c",
         source / "starter.c", source / "solution.patch"], check=False)
    if made.returncode:
        sys.exit("grade: a benchmark needs the solutions of the exercises, which this "
                 "copy does not have")


def hand_in(folder, tasks, number):
    """So many submissions."""
    workspace = Path(os.environ.get("BUILD_WORKSPACE_DIRECTORY", ""))
    chapters = sorted({task.chapter for task in tasks})
    for at in range(number):
        student = folder / f"student_{at + 1:04}"
        student.mkdir()
        for task in tasks:
            if task.chapter == chapters[at % len(chapters)]:
                solve(task, workspace, student)


def processor():
    """What this machine calculates with."""
    lines = Path("/proc/cpuinfo").read_text(encoding="ascii").split("\n")
    names = [line.split(": ")[1] for line in lines if line.startswith("model name")]
    return (f"{os.cpu_count()} processors ({(names or [platform.machine()])[0]}) with a "
            f"load of {os.getloadavg()[0]:.1f} before")


def arithmetic(number, each, seconds, jobs, where):
    """The figures, and how they come about, in lines."""
    minute = number / seconds * 60
    yield f"{number} submissions of {each} exercises, {jobs} at once, on {where}:"
    yield f"    {number} / {seconds:.0f} s × 60 = {minute:.1f} submissions a minute"
    yield f"{CLASS:,} submissions, on nodes like this one, each with its own labs:"
    for nodes in NODES:
        yield (f"    {nodes:2} × {minute:.1f} a minute: {CLASS:,} / {nodes * minute:.1f} "
               f"= {CLASS / (nodes * minute):.0f} minutes")


def run(asked, make_grader, grade):
    """The whole; the exit status."""
    with tempfile.TemporaryDirectory(prefix="barco-benchmark-") as folder:
        asked.submissions, out = Path(folder, "submissions"), asked.out
        asked.out, asked.again = Path(folder, "out"), True
        asked.submissions.mkdir()
        grader = make_grader(asked)
        number = asked.benchmark or max(9, 4 * asked.jobs)
        hand_in(asked.submissions, grader.tasks, number)
        students = [grader.student(path) for path in
                    sorted(asked.submissions.iterdir())]
        began, where = time.monotonic(), processor()
        failed = grade(grader, students)
        seconds = time.monotonic() - began
        records = list(filter(None, map(grader.known, students)))
        exercises = sum(len(record["exercises"]) for record in records)
        passed = sum(report.points(record, grader.tasks) for record in records)
    if failed or passed < exercises:
        print(f"grade: only {passed} of {exercises} solutions passed")
        return 1
    lines = list(arithmetic(number, exercises // number, seconds, asked.jobs, where))
    print("\n".join(lines))
    if out:
        out.mkdir(parents=True, exist_ok=True)
        (out / "benchmark.json").write_text(json.dumps({"lines": lines}, indent=2) + "\n")
    return 0
