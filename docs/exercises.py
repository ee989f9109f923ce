"""The exercises that check themselves: those of a chapter, and a table of all.

What an exercise says of itself stands in its folder, tutorials/NN/exercises/NAME.
"""

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


def card(task):
    """An exercise, as its chapter shows it."""
    return (f'<section class="exercise" data-exercise="{task.name}">'
            f'<h2><a class="anchor" '
            f'id="exercise_{task.name}"></a>{escape(task.title)}</h2>'
            f'<p class="kind"><b>{task.kind}</b> · {task.minutes} minutes · '
            f"<code>{task.name}</code></p>\n{html(task.text)}\n</section>\n")


def chapter(tasks):
    """The exercises of a chapter, before those that its text has."""
    if not tasks:
        return ""
    return ('<p>These check themselves. <code>bazel run //tutorials:learn</code> leads '
            'you through them, as through <a href="exercises.html">all others</a>.</p>\n'
            + "".join(map(card, tasks)) +
            "<p>The next ones are work in barco's own sources.</p>\n")


def table(book, tasks):
    """All of them: how long they take, and what their checks look at."""
    out = ['<table class="exercises">\n<thead><tr><th>Chapter</th><th>Exercise</th>'
           "<th>Kind</th><th>Minutes</th><th>The check looks at</th></tr></thead>\n<tbody>"]
    for task in tasks:
        brief = task.brief()
        out.append(
            f"<tr><td>{book.link(task.chapter)}</td>"
            f'<td><a href="chapter_{task.chapter}.html#exercise_{task.name}">'
            f"{escape(task.title)}</a></td><td>{task.kind}</td>"
            f"<td>{task.minutes}</td><td>{escape(brief[0].lower() + brief[1:])}</td></tr>")
    minutes = sum(task.minutes for task in tasks)
    out.append(f"</tbody>\n</table>\n<p>{len(tasks)} exercises, {minutes // 60} hours "
               f"and {minutes % 60} minutes in all.</p>\n")
    return "\n".join(out)


def all_tasks():
    """The exercises of the sources that this runs in."""
    return exercise.find_all(Path("."))


def write(book, gen):
    """Writes NN.exercises.html of each stage, and exercises.html."""
    tasks = all_tasks()
    for stage in book.stages:
        (gen / f"{stage}.exercises.html").write_text(chapter(
            [task for task in tasks if task.chapter == stage]))
    (gen / "exercises.html").write_text(table(book, tasks))
