"""The exercises that check themselves: those of a chapter, and a table of all.

What an exercise says of itself stands in its folder, tutorials/NN/exercises/NAME.
"""

import json
import re
import sys
from html import escape
from pathlib import Path

sys.path.append("tutorials")
# pylint: disable-next=wrong-import-position
import exercise  # noqa: E402


def html(markdown):
    """The little Markdown that a README.md has: paragraphs, code, stress."""
    out = []
    for part in re.split(r"\n{2,}", markdown.strip("\n")):
        if part.startswith("    "):
            code = re.sub(r"(?m)^    ", "", part)
            out.append(f'<pre class="fragment">{escape(code)}</pre>')
            continue
        text = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(part, quote=False))
        text = re.sub(r"\*([^*]+)\*", r"<em>\1</em>", text)
        out.append(f"<p>{text}</p>")
    return "\n".join(out)


def marked(task):
    """Attributes by which progress.js finds an exercise."""
    return f'data-exercise="{task.name}" data-title="{escape(task.title)}"'


# Where progress.js puts a button.
PLACE = '<div class="do"></div>'


def card(task):
    """An exercise, as its chapter shows it."""
    return (f'<section class="exercise" {marked(task)}>'
            f'<h2><a class="anchor" '
            f'id="exercise_{task.name}"></a>{escape(task.title)}</h2>'
            f'<p class="kind"><b>{task.kind}</b> · {task.minutes} minutes · '
            f"<code>{task.name}</code></p>\n{html(task.text)}\n{PLACE}</section>\n")


def chapter(tasks):
    """The exercises of a chapter, before those that its text has."""
    if not tasks:
        return ""
    return ('<p>These check themselves: here, in the Linux in the page, or in the lab, '
            'where <code>bazel run //tutorials:learn</code> leads you through them, as '
            'through <a href="exercises.html">all others</a>.</p>\n'
            + "".join(map(card, tasks)) +
            "<p>The next ones are work in barco's own sources.</p>\n")


def table(book, tasks):
    """All of them: how long they take, and what their checks look at."""
    out = ['<table class="exercises">\n<thead><tr><th>Chapter</th><th>Exercise</th>'
           "<th>Kind</th><th>Minutes</th><th>The check looks at</th></tr></thead>\n<tbody>"]
    for task in tasks:
        brief = task.brief()
        out.append(
            f"<tr {marked(task)}><td>{book.link(task.chapter)}</td>"
            f'<td><a href="chapter_{task.chapter}.html#exercise_{task.name}">'
            f"{escape(task.title)}</a>{PLACE}</td><td>{task.kind}</td>"
            f"<td>{task.minutes}</td><td>{escape(brief[0].lower() + brief[1:])}</td></tr>")
    minutes = sum(task.minutes for task in tasks)
    out.append(f"</tbody>\n</table>\n<p>{len(tasks)} exercises, {minutes // 60} hours "
               f"and {minutes % 60} minutes in all.</p>\n")
    return "\n".join(out)


def progress(book, tasks):
    """How many of each chapter are done: progress.js counts, and shows it."""
    out = ['<section id="progress" aria-label="Your exercises" hidden>'
           '<p><a href="exercises.html">Your exercises</a></p><ul>']
    for stage in book.stages:
        names = [task.name for task in tasks if task.chapter == stage]
        if names:
            out.append(
                f'<li data-exercises="{" ".join(names)}">{book.link(stage)} '
                f'<progress max="{len(names)}" aria-hidden="true"></progress> '
                '<span class="count"></span></li>')
    return "\n".join(out + ["</ul></section>\n"])


def all_tasks():
    """The exercises of the sources that this runs in."""
    return exercise.find_all(Path("."))


def in_page(task):
    """What exercise.js needs of an exercise."""
    return {
        "title": task.title, "chapter": task.chapter, "kind": task.kind,
        "minutes": task.minutes, "text": html(task.text), "user": task.user(),
        "command": task.command(), "hidden": task.hidden(), "hints": list(map(html, task.hints())),
        "starter": (task.folder / "starter.c").read_text(),
        "solution": task.solution()}


def write_page(site):
    """exercises.js, for readers who do them in the page."""
    (site / "exercises.js").write_text("window.barcoExercises = " + json.dumps(
        {task.name: in_page(task) for task in all_tasks()}, indent=0) + ";\n")


def refuse_sizes(tasks):
    """Refuses exercises that are a line or two, and those that are a project."""
    wrong = [f"{task.folder}: lines to write: {lines}, not 10 to 40"
             for task in tasks
             if (lines := task.lines_to_write()) is not None and not 10 <= lines <= 40]
    if wrong:
        sys.exit("\n".join(wrong))


def write(book, gen):
    """Writes NN.exercises.html of each stage, and exercises.html."""
    tasks = all_tasks()
    refuse_sizes(tasks)
    for stage in book.stages:
        (gen / f"{stage}.exercises.html").write_text(chapter(
            [task for task in tasks if task.chapter == stage]))
    (gen / "exercises.html").write_text(table(book, tasks))
    (gen / "progress.html").write_text(progress(book, tasks))
