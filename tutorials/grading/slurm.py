"""Students as an array job of a cluster: sbatch --array, a task for each of them.

The nodes have barco's build, the submissions and --out at the same paths, as a shared
file system shows them. A task writes what this machine would write: a record for each
student (grade.py). So it does not matter who has graded whom, and a run that breaks
off finds the records, and the job that still runs.
"""

import json
import shlex
import subprocess
import sys
import time
from pathlib import Path

import machine
import report

TASKS = 1000      # of an array; Slurm's own limit is 1,001 unless it is told otherwise
PAUSE = 2         # seconds between two looks at the queue
# What Slurm says of a job that it has forgotten, as it does minutes after its end.
FORGOTTEN = "Invalid job id specified"


class Refused(SystemExit):
    """Slurm does not do it."""


def ask(*argv):
    """What a command of Slurm prints."""
    try:
        return subprocess.run(argv, capture_output=True, text=True, check=True,
                              stdin=subprocess.DEVNULL).stdout
    except FileNotFoundError:
        raise Refused(f"grade: {argv[0]} is not installed here: tools/setup --slurm "
                      "brings Slurm, a cluster has its own") from None
    except subprocess.CalledProcessError as error:
        if FORGOTTEN in error.stderr:
            return ""
        raise Refused(f"grade: {argv[0]}: {error.stderr.strip()}") from None


def left(job):
    """How many tasks of a job wait or run."""
    return len(ask("squeue", "--noheader", "--array", "--jobs", job,
                   "--format", "%i").split())


def script(grader, plan):
    """What sbatch gets: the grader, once for each task."""
    here = Path(__file__).resolve().with_name("grade.py")
    asked = ["--submissions", grader.asked.submissions, "--out", grader.out,
             "--patience", grader.asked.patience, "--plan", plan]
    for name in grader.asked.exercise or []:
        asked += ["--exercise", name]
    if grader.asked.seed is not None:
        asked += ["--seed", grader.asked.seed]
    # PATH is this shell's: sbatch would take all of its environment along.
    return ("#!/bin/sh\n"
            f"export BARCO_GRADING={shlex.quote(str(machine.runfiles()))}\n"
            f"exec python3 {shlex.join(map(str, [here, *asked]))} "
            '--task "$SLURM_ARRAY_TASK_ID"\n')


def submit(grader, students):
    """Hands students over; the job."""
    each = grader.asked.per_task or -(-len(students) // TASKS)
    tasks = [students[at:at + each] for at in range(0, len(students), each)]
    folder = grader.out / ".graded"
    (folder / "slurm").mkdir(exist_ok=True)
    plan = folder / "plan.json"
    plan.write_text(json.dumps([[s.path.name for s in task] for task in tasks]))
    file = folder / "task.sh"
    file.write_text(script(grader, plan))
    job = ask("sbatch", "--parsable", f"--array=0-{len(tasks) - 1}",
              "--job-name=barco-grade", "--ntasks=1", "--cpus-per-task=1",
              "--mem=1536M", "--export=PATH,HOME",
              f"--output={folder}/slurm/%A_%a.txt", *grader.asked.sbatch, str(file))
    job = job.strip().split(";")[0]
    (folder / "job").write_text(job)
    print(f"grade: job {job}, {len(tasks)} tasks", file=sys.stderr)
    return job


def wait(job, grader, students):
    """Until no task of a job waits or runs."""
    began, before = time.monotonic(), None
    while True:
        tasks = left(job)
        if not sys.stderr.isatty() and tasks != before:
            print(f"grade: job {job}: {tasks} tasks left", file=sys.stderr, flush=True)
        before = tasks
        if sys.stderr.isatty():
            done = sum(grader.known(s) is not None for s in students)
            print(f"\r\x1b[K{report.clock(time.monotonic() - began)}  job {job}: {done} "
                  f"of {len(students)} students, {tasks} tasks left", end="",
                  file=sys.stderr, flush=True)
        if not tasks:
            break
        time.sleep(PAUSE)
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    (grader.out / ".graded/job").unlink()


def grade(grader, students):
    """All of them; [(student, what went wrong)]."""
    before = grader.out / ".graded/job"
    if before.exists():
        print(f"grade: job {before.read_text()} was handed over before; waiting for it",
              file=sys.stderr)
        wait(before.read_text(), grader, students)
        students = [s for s in students if not grader.known(s)]
    if students:
        wait(submit(grader, students), grader, students)
    logs = grader.out / ".graded/slurm"
    return [(s, f"see {logs}") for s in students if not grader.known(s)]


def task(grader, number):
    """On a node: the students of a task. The exit status."""
    failed = 0
    for name in json.loads(grader.asked.plan.read_text())[number]:
        student = grader.student(grader.asked.submissions / name)
        try:
            print(f"{student.name}: {grader.grade(student)['seconds']} s", flush=True)
        except (machine.Broken, OSError) as error:
            print(f"{student.name}: {error}", flush=True)
            failed = 1
    return failed
