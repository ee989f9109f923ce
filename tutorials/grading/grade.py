#!/usr/bin/env python3
"""Grades a class: the exercises of many students, each in a lab of its own.

    bazel run //tutorials:grade -- --submissions DIR --out DIR

What is known of a student is a file, OUT/.graded/KEY.json, written when all of it is
known. So a run that breaks off resumes where it stopped, here and on a cluster, and the
results are made of these files.
"""

import argparse
import concurrent.futures
import fcntl
import hashlib
import json
import os
import secrets
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.append(str(Path(__file__).resolve().parents[1]))
# pylint: disable=wrong-import-position
import benchmark  # noqa: E402
import bounded  # noqa: E402
import exercise as exercises  # noqa: E402
import machine  # noqa: E402
import report  # noqa: E402
import sandbox  # noqa: E402
import slurm  # noqa: E402
import submissions  # noqa: E402


def write_whole(file, text):
    """Writes a file, whole or not at all."""
    new = file.with_name(f"{file.name}.{os.getpid()}.{threading.get_ident()}.new")
    new.write_text(text, encoding="utf-8", errors="replace")
    new.rename(file)


class Grader:
    """How to grade, and what is known."""

    def __init__(self, asked):
        self.asked = asked
        self.out = asked.out
        self.all = {e.name: e for e in exercises.find_all(machine.runfiles())}
        unknown = set(asked.exercise or []) - set(self.all)
        if unknown:
            sys.exit(f"grade: there is no exercise {', '.join(sorted(unknown))}")
        self.tasks = [e for e in self.all.values()
                      if not asked.exercise or e.name in asked.exercise]
        self.digest = digest_of_grader()
        (self.out / ".graded").mkdir(parents=True, exist_ok=True)

    def student(self, path):
        """A student, with what is asked for."""
        student = submissions.Student(path, self.all)
        student.only({task.name for task in self.tasks})
        return student

    def record_file(self, student):
        """Where it is written what is known of a student."""
        return self.out / ".graded" / f"{student.key}.json"

    def known(self, student):
        """What is known of a student as they are now, or None."""
        try:
            record = json.loads(self.record_file(student).read_text())
        except (OSError, ValueError):
            return None
        seed = self.asked.seed
        return record if record["digest"] == student.digest(self.digest) and \
            seed in (None, record["seed"]) else None

    def grade(self, student, see=lambda data: None):
        """Compiles and checks all that a student has handed in, and records it."""
        began, seed = time.monotonic(), self.asked.seed
        if seed is None:
            seed = secrets.randbelow(1 << 31)
        known = {}
        with tempfile.TemporaryDirectory(prefix="barco-compile-") as folder:
            programs = {}
            for name, source in student.sources.items():
                try:
                    programs[name] = self.compile(Path(folder), name, source)
                except sandbox.Failed as error:
                    known[name] = machine.exercise(machine.NOT_COMPILED, [], str(error))
            known |= machine.Lab(programs, seed, self.asked.patience).check(see)
        record = {
            "student": student.name, "entry": student.entry, "key": student.key,
            "digest": student.digest(self.digest), "seed": seed,
            "seconds": round(time.monotonic() - began, 1), "notes": student.notes,
            "exercises": {task.name: known[task.name] for task in self.tasks
                          if task.name in known}}
        write_whole(self.record_file(student), json.dumps(record, indent=1) + "\n")
        return record

    def compile(self, folder, name, source):
        """The program of a source."""
        kit = machine.runfiles() / f"tutorials/grading/kit_{self.all[name].chapter}"
        file, program = folder / f"{name}.c", folder / name
        file.write_bytes(source)
        sandbox.compile_program(kit.resolve(), file, program)
        return program


def digest_of_grader():
    """Changes with the checks, the libraries, and what runs them."""
    made = hashlib.sha256()
    top = machine.runfiles() / "tutorials"
    for file in [top / "checks", top / "grading/inside.sh",
                 *sorted(top.glob("grading/kit_*/**/*"))]:
        if file.is_file():
            made.update(file.name.encode() + hashlib.sha256(file.read_bytes()).digest())
    return made.hexdigest()


# ---- On this machine ---------------------------------------------------------------


class Progress:
    """A line that counts students and time on a terminal; elsewhere, one for each."""

    def __init__(self, students):
        self.students, self.done, self.began = students, 0, time.monotonic()
        self.checked, self.lock = 0, threading.Lock()

    def see(self, data):
        """Called with what a lab prints."""
        with self.lock:
            self.checked += data.count(b"\nend ")

    def one(self, student, record):
        """A student is done."""
        self.done += 1
        if not sys.stderr.isatty():
            passed = sum(e["result"] == machine.PASSED
                         for e in record["exercises"].values())
            print(f"grade: {self.done} of {self.students}: {student.name}: {passed} of "
                  f"{len(record['exercises'])} passed, {record['seconds']} s",
                  file=sys.stderr, flush=True)

    def show(self):
        """Now, on a terminal."""
        if sys.stderr.isatty():
            seconds = time.monotonic() - self.began
            left = (f", about {report.clock(seconds / self.done * (self.students - self.done))}"
                    " left" if self.done else "")
            print(f"\r\x1b[K{report.clock(seconds)}  {self.done} of {self.students} "
                  f"students, {self.checked} exercises{left}", end="",
                  file=sys.stderr, flush=True)

    def end(self):
        """Leaves the terminal as it was."""
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def grade_here(grader, students):
    """Several at once; [(student, what went wrong)]."""
    failed, progress = [], Progress(len(students))
    with concurrent.futures.ThreadPoolExecutor(grader.asked.jobs) as pool:
        running = {pool.submit(grader.grade, student, progress.see): student
                   for student in students}
        try:
            while running:
                progress.show()
                done, _ = concurrent.futures.wait(
                    running, 1, concurrent.futures.FIRST_COMPLETED)
                for future in done:
                    student = running.pop(future)
                    try:
                        progress.one(student, future.result())
                    except (machine.Broken, OSError) as error:
                        failed.append((student, str(error)))
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            bounded.stop_all()
            raise
        finally:
            progress.end()
    return failed


# ---- The command line --------------------------------------------------------------


MORE = """\
--submissions DIR has a folder for each student, and in it
    NAME.c or NAME/mine.c     NAME is an exercise, as pids_limit
    *.json                    what the page of the book has exported
A progress file may also stand in DIR itself, as anna.json.

--out DIR gets index.html with a page for each student, results.csv,
results.json and junit.xml. Run it again, and it resumes where it stopped:
students whose files are the same are not graded again.

The exit status is 0 if all were graded, 1 if somebody could not be, and 2
after a mistake on the command line."""


def positive(text):
    """A number above 0."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number above 0")
    return int(text)


def number(text):
    """A seed."""
    if not text.isdigit() or int(text) >= 1 << 32:
        raise argparse.ArgumentTypeError(f"{text} is not a number below 2^32")
    return int(text)


def place(text):
    """A path, from where the user is."""
    return Path(os.environ.get("BUILD_WORKING_DIRECTORY", "."), text).absolute()


def add_cluster(parser):
    """The options of --engine slurm."""
    cluster = parser.add_argument_group("on a cluster")
    cluster.add_argument("--engine", choices=["here", "slurm"], default="here",
                         help="slurm: hand students over by sbatch, as an array job")
    cluster.add_argument("--per-task", type=positive, metavar="N",
                         help="students in a task of the array (1, up to 1,000 tasks)")
    cluster.add_argument("--sbatch", action="append", default=[], metavar="OPTION",
                         help="an option for sbatch, as --sbatch=--partition=long")
    # What a task of the array is told.
    cluster.add_argument("--plan", type=place, help=argparse.SUPPRESS)
    cluster.add_argument("--task", type=int, help=argparse.SUPPRESS)


def parse():
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="grade", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Grades the exercises of a class, each student's in a lab of its "
        "own.",
        epilog=MORE)
    parser.add_argument("--submissions", type=place, metavar="DIR",
                        help="a folder for each student")
    parser.add_argument("--out", type=place, metavar="DIR", help="where results go")
    parser.add_argument("--exercise", action="append", metavar="NAME",
                        help="grade this one, and no other (again for more)")
    parser.add_argument("--jobs", type=positive, default=len(os.sched_getaffinity(0)),
                        metavar="N", help="labs at once (%(default)s, the processors)")
    parser.add_argument("--seed", type=number, metavar="N", help="what a check draws "
                        "its numbers from (each student's own; results.json has it)")
    parser.add_argument("--patience", type=positive, default=30, metavar="SECONDS",
                        help="how long a check waits for a program (%(default)s)")
    parser.add_argument("--again", action="store_true",
                        help="grade everybody, also those whose files are the same")
    add_cluster(parser)
    parser.add_argument("--benchmark", type=positive, nargs="?", const=0, metavar="N",
                        help="grade N students who hand in the book's solutions, and "
                        "say how fast that was")
    asked = parser.parse_args()
    if asked.benchmark is None and not (asked.submissions and asked.out):
        parser.error("--submissions and --out are needed")
    if asked.submissions and not asked.submissions.is_dir():
        parser.error(f"{asked.submissions} is not a folder")
    return asked


def find_runfiles():
    """Sets where Bazel has put what the grader needs, here and on a cluster."""
    if "BARCO_GRADING" not in os.environ:
        for top in (os.environ.get("RUNFILES_DIR", ""), f"{sys.argv[0]}.runfiles", "..",
                    os.environ.get("TEST_SRCDIR", "")):
            if top and Path(top, "barco/tutorials/checks").exists():
                os.environ["BARCO_GRADING"] = str(Path(top, "barco").absolute())
                return
        sys.exit("grade: start it by `bazel run //tutorials:grade`")


def grade(asked):
    """Everybody; the exit status."""
    grader = Grader(asked)
    with open(grader.out / ".graded/lock", "w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            sys.exit(f"grade: another run writes to {grader.out}")
        students, notes = submissions.find(asked.submissions, grader.student)
        todo = [s for s in students if asked.again or not grader.known(s)]
        if len(todo) < len(students):
            print(f"grade: {len(students) - len(todo)} of {len(students)} students are "
                  "graded already, and have changed nothing", file=sys.stderr)
        engine = slurm.grade if asked.engine == "slurm" else grade_here
        failed = engine(grader, todo) if todo else []
        records = list(filter(None, map(grader.known, students)))
        notes += [f"{student.name} could not be graded: {why}"
                  for student, why in failed]
        report.write(grader.out, grader.tasks, records, notes, write_whole)
        return 1 if len(records) < len(students) else 0


def main():
    """What the command line asks for."""
    find_runfiles()
    asked = parse()
    if asked.task is not None:
        return slurm.task(Grader(asked), asked.task)
    lacks = machine.missing()
    if lacks:
        sys.exit(f"grade: {lacks}; run tools/setup, then bazel run //tools:doctor")
    if asked.benchmark is not None:
        return benchmark.run(asked, Grader, grade_here)
    return grade(asked)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("grade: run it again, and it resumes where it stopped", file=sys.stderr)
        sys.exit(130)
