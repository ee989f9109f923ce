"""One student's programs in a lab of their own, which is thrown away after it."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import bounded

MOST = 8 << 20   # bytes that a lab may print: far more than checks do
START = 300      # seconds until a lab runs something, on a busy machine
PASSED, FAILED, NOT_COMPILED, NOT_CHECKED = (
    "passed", "failed", "not compiled", "not checked")


class Broken(Exception):
    """The lab itself does not work; says why."""


def runfiles():
    """Where Bazel has put what the grader needs."""
    return Path(os.environ["BARCO_GRADING"])


class Lab:
    """Checks programs: {exercise: path}, with a seed."""

    def __init__(self, programs, seed, patience):
        self.programs, self.seed, self.patience = programs, seed, patience
        # Of one exercise. A check waits, once or twice, in each of its tests.
        self.seconds = 60 + 20 * patience

    def pack(self, folder, names):
        """What lab.sh sends: the runfiles of a program that is in no Bazel."""
        inside = folder / "barco"
        (inside / "tools").mkdir(parents=True)
        (inside / "tools/lab").symlink_to(runfiles() / "tools/lab")
        (inside / "grading/programs").mkdir(parents=True)
        (inside / "grading/checks").symlink_to(runfiles() / "tutorials/checks")
        (inside / "grading/seed").write_text(f"{self.seed}\n")
        for name in names:
            (inside / "grading/programs" / name).symlink_to(self.programs[name])

    def run(self, names, see):
        """One lab; what it printed, as lines, and what lab.sh said."""
        with tempfile.TemporaryDirectory(prefix="barco-grade-") as folder:
            self.pack(Path(folder), names)
            ended = bounded.run(
                ["bash", runfiles() / "tools/lab/lab.sh", "--user", "root",
                 runfiles() / "tutorials/grading/inside.sh", self.seconds,
                 self.patience, *names],
                START + len(names) * self.seconds, MOST, see,
                env=os.environ | {"RUNFILES_DIR": folder})
        # The last one may be the beginning of a line.
        return (ended.out.decode(errors="replace").split("\n")[:-1],
                ended.stopped or ended.err.decode(errors="replace").strip())

    def check(self, see=lambda data: None):
        """{exercise: what is known of it}.

        If the machine ends, or hangs, while a program is checked, the others get
        another machine; the program gets one more try.
        """
        known, tries, lost = {}, {}, 0
        while len(known) < len(self.programs):
            pending = [name for name in self.programs if name not in known]
            lines, why = self.run(sorted(pending, key=lambda n: tries.get(n, 0)), see)
            done, during = read(lines)
            known |= done
            if during:
                tries[during] = tries.get(during, 0) + 1
                if tries[during] == 2:
                    known[during] = exercise(NOT_CHECKED, [], (
                        "The machine ended twice while this was checked."))
            elif len(known) < len(self.programs):
                lost += 1
                if lost == 2:
                    raise Broken(why or "the lab did not run")
        return known


def exercise(result, tests, said=""):
    """What is known of an exercise."""
    return {"result": result, "tests": tests, "said": said}


def result_of(status, tests, said):
    """What a check's exit status means: 0 to 2, or 128 and a signal."""
    if status == 0 and tests and not any(test["failures"] for test in tests):
        return exercise(PASSED, tests)
    if status == 1:
        return exercise(FAILED, tests)
    if status == 128 + signal.SIGKILL:
        said = ["The check took too long, and was stopped."]
    return exercise(NOT_CHECKED, tests,
                    "\n".join(said) or f"The check ended with status {status}.")


def read(lines):
    """({exercise: what is known}, the exercise that was begun and not ended)."""
    known, tests, said, during = {}, [], [], None
    for line in lines:
        word, _, rest = line.partition(" ")
        if word == "begin":
            during, tests, said = rest, [], []
        elif line.startswith("{"):
            tests.append(json.loads(line))
        elif word == "error":
            said.append(rest)
        elif word == "end":
            name, status = rest.split()
            known[name] = result_of(int(status), tests, said)
            during = None
    return known, during


def missing():
    """What this machine lacks, in a sentence; None if it lacks nothing."""
    for program in ("bwrap", "gcc", "setpriv", "prlimit", "qemu-system-x86_64"):
        if not shutil.which(program):
            return f"{program} is not installed"
    tried = subprocess.run(["bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"],
                           capture_output=True, text=True, check=False)
    return tried.stderr.strip() if tried.returncode else None
