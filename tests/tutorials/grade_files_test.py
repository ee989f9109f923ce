#!/usr/bin/env python3
"""What the grader reads, compiles and writes: anything may be in a student's folder.

No lab is needed: a program that compiles is enough. grade_files_test.py GRADING KIT
"""

import csv
import io
import json
import os
import shutil
import sys
import tempfile
import types
import xml.etree.ElementTree as xml
from pathlib import Path

sys.dont_write_bytecode = True
GRADING, KIT = (Path(word).resolve() for word in sys.argv[1:3])
sys.path.insert(0, str(GRADING))
# pylint: disable=import-error,wrong-import-position
import report  # noqa: E402
import sandbox  # noqa: E402
import submissions  # noqa: E402
from counting import check, end  # noqa: E402

WORK = Path(tempfile.mkdtemp())
SECRET = "the-secret-of-the-host"
NAMES = {"first", "second", "third"}


# ---- What is handed in -----------------------------------------------------------------


def folder(name):
    """A new one of a student."""
    path = WORK / "class" / name
    path.mkdir(parents=True)
    return path


def noted(path, words, sources=()):
    """Whether a student has just these sources, and a note with these words."""
    student = submissions.Student(path, NAMES)
    check(f"{path.name!r}: {words}", set(student.sources) == set(sources) and
          any(words in note for note in student.notes), student.sources, student.notes)
    return student


def progress(**more):
    """A progress file."""
    return json.dumps({"barco": "progress", "version": 1} | more)


def odd_files():
    """No file of a folder is followed, waited for, or too large."""
    secret = WORK / "secret"
    secret.write_text(SECRET)
    path = folder("linked")
    (path / "first.c").symlink_to(secret)
    (path / "second").symlink_to(WORK)
    noted(path, "first.c: it is a symbolic link")
    noted(path, "second: it is not a folder")
    path = folder("fifo")
    os.mkfifo(path / "first.c")
    (path / "second.c").mkdir()
    noted(path, "first.c: it is not a regular file")
    path = folder("large")
    with (path / "first.c").open("wb") as file:
        file.truncate(1 << 30)
    noted(path, "first.c: it is larger than 256 KB")
    path = folder("other")
    (path / "fourth.c").write_text("")
    (path / "a\nb\x1b[2J.c").write_text("")
    noted(path, "fourth.c: there is no exercise of that name")
    check("a name cannot move the cursor", not any(
        "\x1b" in note or "\n" in note for note in submissions.Student(path, NAMES).notes))
    path = folder("latin")
    (path / "first.c").write_bytes(b"/* caf\xe9 */ int main(void) { return 0; }\n")
    check("a source need not be UTF-8", submissions.Student(path, NAMES).sources)
    (WORK / "class/elsewhere").symlink_to("/etc")
    (WORK / "class/readme.txt").write_text("")


def progress_files():
    """Only the sources of the page's files count, and .c files count more."""
    path = folder("page")
    (path / "first.c").write_text("mine")
    (path / "p.json").write_text(progress(student="\x1b]0;x", exercises={
        "first": {"program": "other"}, "second": {"passed": "yes", "program": "two"},
        "third": {"passed": "yes"}, "../../x": {"program": "x"}, "x": 3}))
    student = noted(path, "first is there already, and is not this one",
                    ["first", "second"])
    check("the .c file counts", student.sources["first"] == b"mine", student.sources)
    check("a name in it is only noted", any("the student's name in it is" in note and
                                            "\x1b" not in note for note in student.notes))
    for words, text in [
            ("it is not JSON", "{"), ("it is not JSON", "[" * 100000),
            ("it is not JSON", "[" + "9" * 10000 + "]"),
            ("not a progress file", "[]"), ("not a progress file", "{}"),
            ("another version", '{"barco": "progress", "version": 2}'),
            ("another version", progress(exercises=[]))]:
        (path / "p.json").write_text(text)
        noted(path, words, ["first"])
    (path / "p.json").write_text(progress(exercises={"second": {"program": "\ud800"}}))
    check(
        "half a character ends nothing", "second" in submissions.Student(path, NAMES).sources)
    before = submissions.Student(path, NAMES).digest("grader")
    (path / "p.json").unlink()
    check("another source is another digest",
          before != submissions.Student(path, NAMES).digest("grader"))
    (WORK / "class/page.json").write_text(progress(exercises={
        "first": {"program": "one"}}))
    (WORK / "class/bad.json").write_text("{")


def whole_class():
    """Who is a student."""
    students, notes = submissions.find(
        WORK / "class", lambda path: submissions.Student(path, NAMES))
    check("a folder is a student, and a progress file", sorted(
        s.entry for s in students) == ["fifo", "large", "latin", "linked", "other", "page",
                                       "page.json"], [s.entry for s in students])
    check("they are not the same", len({s.key for s in students}) == len(students))
    check("what is none is noted", len(notes) == 3 and all(
        any(name in note for note in notes)
        for name in ("elsewhere", "readme.txt", "bad.json")), notes)


# ---- What is compiled --------------------------------------------------------------------


def compiled(source):
    """What the compiler says of a source; None if there is a program."""
    file, program = WORK / "first.c", WORK / "first"
    file.write_text(source)
    try:
        sandbox.compile_program(KIT, file, program)
    except sandbox.Failed as error:
        return str(error)
    return None


def refused(sentence, source, words=""):
    """A source does not compile, and nothing of the host is in the reason."""
    said = compiled(source)
    check(sentence, said and words in said and SECRET not in said and
          len(said) <= sandbox.WORDS, str(said)[:2000])


def sources():
    """The compiler reads, takes and writes no more than it should."""
    main = "int main(void) { return 0; }\n"
    secret = WORK / "secret"
    check("a program compiles", compiled(main) is None, compiled(main))
    check("with the chapter's library", compiled(
        '#include "barco/error.h"\n#include <barco/process.h>\n' + main) is None)
    refused("an error is told", "int main(void) { return x; }", "first.c:1:")
    for path in (secret, "/etc/passwd", "/proc/self/environ", GRADING / "grade.py",
                 "/root", "/dev/zero", "/dev/stdin"):
        refused(f"{path} cannot be included", f'#include "{path}"\n' + main,
                "No such file or directory")
        refused(f"{path} cannot be taken into the program",
                f'__asm__(".incbin \\"{path}\\"");\n' + main, "file not found")
    refused("it cannot include itself for ever", '#include "first.c"\n' + main)
    refused("a large array is not a program",
            f"char large[1L << 30] = {{ 1 }};\n{main}")
    refused("nor is what the assembler repeats",
            f'__asm__(".data\\n.fill 1 << 40");\n{main}')
    bomb = "#define A0 x x x x x x x x\n" + "".join(
        f"#define A{n} {' '.join([f'A{n - 1}'] * 8)}\n" for n in range(1, 12))
    refused("macros that grow end", f"{bomb}int a = sizeof(A11);\n{main}")


# ---- What is written ------------------------------------------------------------------------


def files():
    """A name, and what was seen, is text in every format."""
    task = types.SimpleNamespace(name="first", title="The first", chapter="01_clone")
    name = "=1+<b>&\x00\ud800\u202e"
    record = {"student": name, "entry": name, "key": "0" * 16, "seed": 7, "seconds": 1.5,
              "notes": ["<i>"], "exercises": {"first": {
                  "result": "failed", "said": "", "tests": [{"test": "it holds", "failures": [
                      {"saw": "<script>\x00]]>" + "x" * 5000, "expected": "\x1b"}]}]}}}
    names = report.as_csv([task], [record])
    row = list(csv.reader(io.StringIO(names)))[1]
    check("no cell is a formula", row[0].startswith("'=1+"), row)
    suite = xml.fromstring(report.as_junit([task], [record]).encode(errors="replace"))
    check("XML can be read", suite[0].get("name").startswith("=1+<b>&"))
    check("and says what was seen", "saw: <script>" in suite[0][0][0].text)
    for page in report.student([task], record), report.index([task], [record], ["<i>"]):
        check("a page shows text as text", not any(
            tag in page for tag in ("<script>", "<i>", "<b>&", "\x00", "\x1b")), page)
    check("and not all of a long one", "x" * 1001 not in report.student([task], record))
    check("an exercise that is not there is none", report.result(
        record, types.SimpleNamespace(name="second"))["result"] == report.MISSING)


sandbox.PROCESSOR = 4
try:
    odd_files()
    progress_files()
    whole_class()
    sources()
    files()
finally:
    shutil.rmtree(WORK)
end()
