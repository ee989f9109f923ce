"""The results: a table on the terminal, CSV, JSON, JUnit XML, and pages.

Names and words of students are in all of them, so each format has its own way to
write a text that is nothing but text.
"""

import csv
import io
import json
import re
import unicodedata
import xml.etree.ElementTree as xml
from html import escape

PASSED, MISSING = "passed", "not handed in"
MARKS = {PASSED: "✓", "failed": "✗", MISSING: "·"}


def clock(seconds):
    """Minutes and seconds."""
    return f"{seconds // 60:.0f}:{seconds % 60:02.0f}"


def result(record, task):
    """Of a student's exercise."""
    return record["exercises"].get(task.name, {"result": MISSING, "tests": [],
                                               "said": ""})


def points(record, tasks):
    """One for each exercise that has passed."""
    return sum(result(record, task)["result"] == PASSED for task in tasks)


# ---- For programs ------------------------------------------------------------------


def as_cell(text):
    """No spreadsheet takes it for a formula."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def as_csv(tasks, records):
    """A line for each student; an exercise is 1 if it passed, 0 if it did not."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["student", "points", "of", "seed", *[t.name for t in tasks]])
    for record in records:
        results = [result(record, task)["result"] for task in tasks]
        table.writerow([as_cell(record["student"]), points(record, tasks), len(tasks),
                        record["seed"],
                        *["" if r == MISSING else int(r == PASSED) for r in results]])
    return out.getvalue()


def as_json(tasks, records, notes):
    """All that is known."""
    students = [{"student": record["student"], "folder": record["entry"],
                 "points": points(record, tasks), "seed": record["seed"],
                 "seconds": record["seconds"], "notes": record["notes"],
                 "exercises": record["exercises"]} for record in records]
    return json.dumps({"barco": "results", "version": 1, "of": len(tasks),
                       "exercises": [t.name for t in tasks], "notes": notes,
                       "students": students}, indent=1) + "\n"


def as_junit(tasks, records):
    """A suite for each student, a case for each exercise."""
    root = xml.Element("testsuites", name="barco")
    for record in records:
        found = [(task, result(record, task)) for task in tasks]
        broken = sum(f["result"] not in (PASSED, "failed", MISSING) for _, f in found)
        suite = xml.SubElement(
            root, "testsuite", name=valid(record["student"]), tests=str(len(tasks)),
            failures=str(sum(f["result"] == "failed" for _, f in found)),
            errors=str(broken), time=str(record["seconds"]),
            skipped=str(sum(f["result"] == MISSING for _, f in found)))
        for task, seen in found:
            case = xml.SubElement(suite, "testcase", name=task.name,
                                  classname=f"barco.{task.chapter}")
            if seen["result"] != PASSED:
                kind = {"failed": "failure", MISSING: "skipped"}.get(
                    seen["result"], "error")
                xml.SubElement(case, kind, message=seen["result"]).text = valid(
                    "\n".join(sentences(seen)))
    xml.indent(root)
    return xml.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def valid(text):
    """Without the characters that XML cannot have."""
    return re.sub("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "�", text)


# ---- For people --------------------------------------------------------------------


def sentences(seen):
    """What was seen, in lines."""
    for test in seen["tests"]:
        yield f"{'FAILED' if test['failures'] else 'ok'}: {test['test']}"
        for failure in test["failures"]:
            yield f"    saw: {visible(failure['saw'])}"
            yield f"    expected: {visible(failure['expected'])}"
    yield from seen["said"].split("\n") if seen["said"] else []


def visible(text, most=1000):
    """On one line, nothing hidden in it, and not too long."""
    text = "".join(c if c.isprintable() else "�" for c in text)
    return text if len(text) <= most else text[:most] + " …"


def width(text):
    """Columns of a terminal."""
    return sum(0 if unicodedata.combining(c) else
               2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def cut(text, most):
    """To so many columns, and filled up to them."""
    while width(text) > most:
        text = text[:-2] + "…"
    return text + " " * (most - width(text))


def show(tasks, records, notes, out):
    """The table of the terminal."""
    columns = min(40, max([7, *[width(r["student"]) for r in records]]))
    print(f"{cut('student', columns)}  points  what did not pass")
    for record in records:
        missed = [f"{task.name} ({result(record, task)['result']})" for task in tasks
                  if result(record, task)["result"] not in (PASSED, MISSING)]
        print(f"{cut(record['student'], columns)}  {points(record, tasks):2} of "
              f"{len(tasks):2}  {', '.join(missed)}".rstrip())
    for note in notes:
        print(f"note: {note}")
    print(f"{len(records)} students graded; see {out / 'index.html'}")


STYLE = """
:root { color-scheme: light dark; background: Canvas; color: CanvasText }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem 1rem }
main { margin: auto; max-width: 60rem }
.table { overflow-x: auto }
table { border-collapse: collapse }
td, th { border-bottom: 1px solid #8884; padding: .2rem .6rem; text-align: left;
         vertical-align: top }
thead th { white-space: nowrap }
h2 { margin-top: 2rem }
pre { background: #8881; overflow-x: auto; padding: .6rem }
p, li, dd, h1 { overflow-wrap: anywhere }
pre { white-space: pre-wrap; overflow-wrap: anywhere }
main.wide { max-width: none }
.all th, .all td { white-space: nowrap }
.all thead th { vertical-align: bottom }
.all .exercise { font-weight: normal; writing-mode: vertical-rl; padding: .6rem .2rem }
.all td.result { padding: .2rem; text-align: center }
.tests { list-style: none; padding: 0 }
.tests dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 .8rem;
            margin: .2rem 0 .8rem 1rem }
.tests dd { margin: 0 }
.passed { color: light-dark(#0a6b2d, #6fdc94) }
.failed { color: light-dark(#a3161a, #ff9b9b) }
"""


def page(title, body, wide=""):
    """A page that runs no script and loads nothing."""
    return ("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
            "style-src 'unsafe-inline'\">\n<meta name=\"viewport\" "
            "content=\"width=device-width, initial-scale=1\">\n"
            f"<title>{escape(visible(title))}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
            f'<main class="{wide}">\n<h1>{escape(visible(title))}</h1>\n{body}</main>\n'
            "</body>\n</html>\n")


def listed(notes):
    """Notes, as a list."""
    return "<ul>\n" + "".join(f"<li>{escape(visible(n))}</li>\n" for n in notes) + "</ul>\n" \
        if notes else ""


def kind(seen):
    """The class of a result."""
    return seen["result"] if seen["result"] == PASSED else \
        "" if seen["result"] == MISSING else "failed"


def row(tasks, record):
    """A student's line of the table."""
    cells = "".join(
        f'<td class="result {kind(seen)}"><span role="img" aria-label="{seen["result"]}"'
        f' title="{seen["result"]}">{MARKS.get(seen["result"], "!")}</span></td>'
        for seen in (result(record, task) for task in tasks))
    return (f'<tr><th scope="row"><a href="students/{record["key"]}.html">'
            f'{escape(visible(record["student"], 40)) or "(no name)"}</a></th>'
            f"<td>{points(record, tasks)} of {len(tasks)}</td>{cells}</tr>\n")


def index(tasks, records, notes):
    """All students."""
    heads = "".join(f'<th scope="col" class="exercise">{escape(t.name)}</th>'
                    for t in tasks)
    return page("Results", listed(notes) + (
        "<p>✓ passed, ✗ failed, ! not compiled or not checked, · not handed in</p>\n"
        '<div class="table" tabindex="0" role="region" aria-label="All results">'
        '<table class="all">\n<thead><tr><th scope="col">Student</th>'
        f'<th scope="col">Points</th>{heads}</tr></thead>\n<tbody>\n' +
        "".join(row(tasks, record) for record in records) +
        "</tbody>\n</table></div>\n"), "wide")


def test_seen(test):
    """A test, with what was seen where it failed."""
    word = "failed" if test["failures"] else PASSED
    seen = "".join(f"<dt>saw</dt><dd>{escape(visible(failure['saw']))}</dd>"
                   f"<dt>expected</dt><dd>{escape(visible(failure['expected']))}</dd>"
                   for failure in test["failures"])
    return (f'<li><b class="{word}">{MARKS[word]} {word}</b>: {escape(test["test"])}' +
            (f"<dl>{seen}</dl>" if seen else "") + "</li>\n")


def exercise_seen(task, seen):
    """What was seen of an exercise."""
    said = f'<pre tabindex="0">{escape(seen["said"])}</pre>\n' if seen["said"] else ""
    return (f"<h2>{escape(task.title)}</h2>\n<p><code>{escape(task.name)}</code>, chapter "
            f'{int(task.chapter[:2])}: <strong class="{kind(seen)}">{seen["result"]}'
            f'</strong></p>\n<ul class="tests">\n{"".join(map(test_seen, seen["tests"]))}'
            f"</ul>\n{said}")


def student(tasks, record):
    """What was seen of one."""
    found = [(task, result(record, task)) for task in tasks]
    missing = [task.name for task, seen in found if seen["result"] == MISSING]
    return page(record["student"] or "(no name)", "".join([
        f"<p>{points(record, tasks)} of {len(tasks)} exercises passed. The checks drew "
        f"their numbers from seed {record['seed']}.</p>\n", listed(record["notes"]),
        *[exercise_seen(task, seen) for task, seen in found
          if seen["result"] != MISSING],
        f"<p>Not handed in: {', '.join(missing)}.</p>\n" if missing else ""]))


def write(out, tasks, records, notes, write_whole):
    """All results, and the table."""
    (out / "students").mkdir(exist_ok=True)
    for record in records:
        write_whole(out / f"students/{record['key']}.html", student(tasks, record))
    write_whole(out / "index.html", index(tasks, records, notes))
    write_whole(out / "results.csv", as_csv(tasks, records))
    write_whole(out / "results.json", as_json(tasks, records, notes))
    write_whole(out / "junit.xml", as_junit(tasks, records))
    show(tasks, records, notes, out)
