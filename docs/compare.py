"""Differences between stages, and the notes at their lines.

tutorials/NN_name/notes.txt says of lines that the stage adds (+) or takes away
(-) what they are for:

    + CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC;
        The child begins in three new namespaces.

A note whose line is not there exactly once ends the build. The page of
compare.md shows any two stages: compare.js puts together what is compared here.
"""

import difflib
import json
from html import escape
from pathlib import Path


def source(stage):
    """The lines of a stage, without the marks of snippets."""
    return [line for line in Path(f"stages/{stage}.c").read_text().splitlines()
            if not line.lstrip().startswith("//! [")]


def parse(file):
    """[(line number, "+" or "-", the line, what it is for)]."""
    notes = []
    lines = file.read_text().splitlines() if file.exists() else []
    for number, line in enumerate(lines, 1):
        if line[:2] in ("+ ", "- "):
            notes.append([number, line[0], line[2:].strip(), ""])
        elif line.startswith("    ") and notes:
            notes[-1][3] = f"{notes[-1][3]} {line.strip()}".strip()
        elif line.strip() and not line.startswith("#"):
            raise SystemExit(f"{file}:{number}: neither + LINE, - LINE nor an "
                             "indented sentence")
    return notes


def changes(one, other):
    """[[from, to, from, to]] of the lines in which two stages differ."""
    matcher = difflib.SequenceMatcher(None, one, other)
    return [list(places) for kind, *places in matcher.get_opcodes()
            if kind != "equal"]


def notes_of(before, after):
    """{(+ or -, line): what it is for} of the step between two neighbours."""
    file = Path(f"tutorials/{after}/notes.txt")
    one, other = source(before), source(after)
    changed = [(kind, line.strip()) for i, i_end, j, j_end in changes(one, other)
               for kind, lines in (("-", one[i:i_end]), ("+", other[j:j_end]))
               for line in lines]
    notes = {}
    for number, kind, line, note in parse(file):
        count = changed.count((kind, line))
        if count != 1:
            raise SystemExit(f"{file}:{number}: the difference from {before} has "
                             f"{count} lines {kind} {line}")
        if not note:
            raise SystemExit(f"{file}:{number}: what is the line for?")
        notes[kind, line] = note
    return notes


def diff(before, after):
    """The difference between two neighbours, with a mark on each line."""
    names = [f"stages/{s}.c" for s in (before, after)]
    notes = notes_of(before, after)
    lines = difflib.unified_diff(source(before), source(after), *names,
                                 lineterm="")
    kinds = {"+": "add", "-": "del", "@": "hunk"}
    out = []
    for i, line in enumerate(lines):
        kind = "file" if i < 2 else kinds.get(line[0], "same")
        # The marks of hunks are line numbers for patch(1), not for readers.
        text = "⋯" if kind == "hunk" else escape(line)
        if i != 2:
            out.append(f'<span class="{kind}">{text}</span>')
        note = notes.get((line[0], line[1:].strip())) if i > 2 else None
        if note:
            out.append(f'<span class="note">{escape(note)}</span>')
    return ('<pre class="diff">' + "\n".join(out) + "</pre>\n")


def step(before, after):
    """The same for a chapter."""
    return (diff(before, after) + '<p class="still"><a href="compare.html">'
            "Compare any two stages</a></p>\n")


def data(book):
    """What compare.js needs: sources, where they differ, and notes."""
    sources = {stage: source(stage) for stage in book.stages}
    pairs = {f"{one} {other}": changes(sources[one], sources[other])
             for i, one in enumerate(book.stages)
             for other in book.stages[i + 1:]}
    notes = [[i, kind, line, note]
             for i, (one, other) in enumerate(zip(book.stages,
                                                  book.stages[1:]), 1)
             for (kind, line), note in notes_of(one, other).items()]
    text = json.dumps({"sources": sources, "changes": pairs, "notes": notes},
                      separators=(",", ":"), ensure_ascii=False)
    return text.replace("<", "\\u003c")  # nothing in it may end the script


def page(book):
    """Any two stages by script; without, the steps from each to the next."""
    options = "".join(f'<option value="{s}">{s.replace("_", " ")}</option>'
                      for s in book.stages)
    out = [f"""<form class="compare" id="compare">
<label>Compare <select name="from">{options}</select></label>
<label>with <select name="to">{options}</select></label>
<label class="sides"><input type="checkbox" name="sides"> side by side</label>
<p role="status"></p>
<div class="result"></div>
</form>
<script type="application/json" id="compare-data">{data(book)}</script>
<script src="compare.js" defer></script>
<div class="steps">"""]
    for one, other in zip(book.stages, book.stages[1:]):
        out.append(f"<details><summary>From {one.replace('_', ' ')} to "
                   f"{other.replace('_', ' ')}</summary>"
                   f"{diff(one, other)}</details>")
    return "\n".join(out + ["</div>\n"])
