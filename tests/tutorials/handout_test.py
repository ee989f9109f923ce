#!/usr/bin/env python3
"""A learner's copy, made of a small repository with one chapter and two exercises."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
# pylint: disable-next=wrong-import-position
from counting import check, end  # noqa: E402

HANDOUT = Path(sys.argv[1]).resolve()
TEACHERS = """\
# Teaching chapter 5 {#teach_05_cgroups}

## The 60 minutes {#teach05_plan}

A plan.

## Five questions {#teach05_questions}

Question and secret.

## Exercises that check themselves {#teach05_exercises}

Where they trip: secret.

## Answers to the work in the sources {#teach05_answers}

1. The secret.
"""
EXERCISE = ["README.md", "starter.c", "check.c", "hints.md", "solution.patch",
            "expect_fail.txt", "wrong/deleted.patch"]


def repository(folder):
    """A repository, and a file beside what belongs to it."""
    chapter = folder / "tutorials/05_cgroups"
    for name in ["limit", "exam"]:
        for file in EXERCISE:
            path = chapter / "exercises" / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("secret\n" if file in EXERCISE[4:] else "text\n")
    (chapter / "teachers.md").write_text(TEACHERS)
    (folder / "README.md").write_text("text\n")
    git = ["git", "-C", folder]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "-A"], check=True)
    (chapter / "exercises/limit/mine.c").write_text("secret\n")


def handout(folder, *words):
    """Makes a copy; what it said, and how it ended."""
    done = subprocess.run(
        [HANDOUT, *words], check=False, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, cwd=folder, env=os.environ | {
            "BUILD_WORKSPACE_DIRECTORY": str(folder / "barco"),
            "BUILD_WORKING_DIRECTORY": str(folder), "HOME": str(folder)})
    return done.stdout, done.returncode


def files(folder):
    """The files of an exercise's folder, and below."""
    return {str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file()}


def main():
    """All of it, in a folder of its own."""
    with tempfile.TemporaryDirectory() as top:
        top = Path(top)
        (top / "barco").mkdir()
        repository(top / "barco")

        said, status = handout(top, "copy")
        limit = top / "copy/tutorials/05_cgroups/exercises/limit"
        check("a copy is made", status == 0, said)
        check("it says how large it is", "MB  in all" in said, said)
        check("an exercise keeps what a learner needs",
              files(limit) == set(EXERCISE[:4]), files(limit))
        check("no secret is anywhere in it", not any(
            "secret" in f.read_text() for f in (top / "copy").rglob("*")
            if f.is_file()), said)
        teachers = (limit.parents[1] / "teachers.md").read_text()
        check("the plan stays on the page for teachers", "A plan." in teachers)
        check("and so do its headings", teachers.count("\n## ") == 4, teachers)

        said, status = handout(top, "--hide", "exam", "hidden")
        exam = top / "hidden/tutorials/05_cgroups/exercises/exam"
        check("a hidden check is left out, and the hints",
              files(exam) == {"README.md", "starter.c"}, said)
        check("the other one is not", (exam.parent / "limit/check.c").exists())

        said, status = handout(top, "copy")
        check("what exists is not overwritten",
              status == 1 and "copy exists" in said and "fix:" in said, said)
        said, status = handout(top, "--hide", "none", "third")
        check("an exercise that is not there is named",
              status == 1 and "no exercise none" in said, said)

        (top / "barco/.git").rename(top / "git")
        said, status = handout(top, "third")
        check("a copy makes no copies", status == 1 and "run it in a clone" in said, said)
        (top / "git").rename(top / "barco/.git")

        page = top / "barco/tutorials/05_cgroups/teachers.md"
        page.write_text(TEACHERS.replace("teach05_answers", "teach05_all"))
        said, status = handout(top, "third")
        check("answers under an unknown heading end it",
              status == 1 and "teachNN_answers" in said, said)
        check("and nothing is left of that",
              not [f for f in os.listdir(top) if "third" in f or "handout" in f],
              os.listdir(top))
    end()


if __name__ == "__main__":
    main()
