"""The table of causes: for each failure a line that unfolds to cause and fix.

Each row names the module that it is about (common/causes.c), and the syllabus
says which stage introduces that module.
"""

import errno
import os
import re
from html import escape


def stage_of(book, module):
    """The stage that a module belongs to; None: the core, so any stage."""
    if module != "core" and module not in book.stage_of:
        raise SystemExit(f"common/causes.c: no stage introduces {module}")
    return book.stage_of.get(module)


def failure(call, err, func, count):
    """The line that is always there: what the message on the screen says."""
    where = f" in <code>{escape(func)}</code>" if func else ""
    several = f"{count} causes" if count > 1 else ""
    says = os.strerror(getattr(errno, err))
    return (f"<summary><code>{escape(call or 'any call')}</code> "
            f"<code>{err}</code>{where} <small>{escape(says)}"
            f"{'; ' * bool(several)}{several}</small></summary>")


def folded(stage, rows):
    """Failures, in the order of the table, each with its causes and fixes."""
    failures = {}
    for _, call, err, func, cause, fix in rows:
        failures.setdefault((call, err, func), []).append((cause, fix))
    out = ['<div class="causes">']
    for (call, err, func), both in failures.items():
        anchor = re.sub(r"\W+", "_", "_".join(
            ["cause", stage.split("_")[0], call or "any", err, *filter(None, [func])]))
        out.append(f'<details id="{anchor}">'
                   + failure(call, err, func, len(both)))
        out += [f"<dl><dt>cause</dt><dd>{escape(cause)}</dd>"
                f"<dt>fix</dt><dd>{escape(fix)}</dd></dl>"
                for cause, fix in both]
        # Not in the summary, which is a button already.
        out.append(f'<p class="to-self"><a class="self" href="#{anchor}">Link to this '
                   "failure</a></p></details>")
    return "\n".join(out + ["</div>\n"])


def write(book, gen):
    """A list for each stage, and a page of all."""
    by_stage = {stage: [] for stage in [None] + book.stages}
    for line in (book.parts / "causes.tsv").read_text().splitlines():
        row = line.split("\t")
        stage = stage_of(book, row[0])
        by_stage[stage].append([*row[:5], row[5].replace("%s", stage or "STAGE")])
    page = []
    for stage, rows in by_stage.items():
        if stage:
            (gen / f"{stage}.causes.html").write_text(
                folded(stage or "any", rows) if rows else
                "<p>No row of the table of causes is about this stage.</p>\n")
        if rows:
            name = f"Stage {stage.replace('_', ' ')}" if stage else "Any stage"
            page += [f'<h1><a class="anchor" id="causes_{stage or "any"}"></a>'
                     f"{name}</h1>", folded(stage or "any", rows)]
    (gen / "causes.html").write_text("\n".join(page))
