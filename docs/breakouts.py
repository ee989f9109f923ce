"""The break-outs: what tests/attacks says of them, as tables and stories.

matrix.md and layers.md have a row for each break-out and a column for each
container that it was run in; columns.sh has the command line of each column,
without_layer.c says what a layer is, and each break-out tells its story at its top.
write() refuses tables, stories and command lines that do not belong together.
"""

import json
import re
import subprocess
import tempfile
from html import escape
from pathlib import Path

import strip

ATTACKS = Path("tests/attacks")
CANNOT = Path("docs/machine/cannot.txt")

# What a cell can say: its class in book.css, the word for it, what it means.
VERDICTS = {
    "through": ("through", "through", "through: it got out, as the host shows"),
    "held": ("held", "held", "held: it did not"),
    "-": ("none", "nothing to attack", "there is nothing to attack here"),
    "?": ("unknown", "not run", "not run here yet"),
}


class Table:
    """A table of runs: break-outs by columns, and what holds each of them."""

    def __init__(self, name, problems):
        lines = (ATTACKS / name).read_text().splitlines()
        header, _, *rows = [[cell.strip() for cell in line[1:-1].split(" | ")]
                            for line in lines if line.startswith("| ")]
        self.columns = header[1:-1]
        self.cells, self.held_by = {}, {}
        for row in rows:
            attack = row[0].strip("`")
            if len(row) != len(header):
                problems.append(f"{ATTACKS}/{name}: {attack} has {len(row)} "
                                f"cells, and the first row {len(header)}")
            self.cells[attack] = dict(zip(self.columns, row[1:-1]))
            self.held_by[attack] = row[-1]
            problems += [f"{ATTACKS}/{name}: {attack} in {column}: {cell} is "
                         f"none of {' '.join(VERDICTS)}"
                         for column, cell in self.cells[attack].items()
                         if cell not in VERDICTS]

    def that(self, verdict, column):
        """The break-outs with a verdict in a column."""
        return [attack for attack, cells in self.cells.items()
                if cells.get(column) == verdict]


class Story:
    """What a break-out says of itself at the top of its file, and its code."""

    def __init__(self, file, problems):
        name = file.stem
        found = re.fullmatch(r"/\*\*\n \* @file\n \* @brief " + name +
                             r": (.*?)\.\n(.*?) \*/\n(.*)", file.read_text(),
                             re.S)
        if not found:
            problems.append(f"{file}:1: must begin: @file, "
                            f"@brief {name}: WHAT IT DOES., and its story")
            return
        text = re.sub(r"(?m)^ \* ?", "", found[2]).strip()
        self.brief = re.sub(r"\s*\n \* *", " ", found[1])
        self.paragraphs = [" ".join(p.split()) for p in text.split("\n\n")]
        self.code = re.sub(r"(?m)^#include .*\n", "", found[3]).strip()


def layers_of(column):
    """What is missing in a column of layers.md."""
    return column.split("_")


def command_lines(columns, stages):
    """What starts the container of each column: columns.sh itself is asked."""
    text = (ATTACKS / "columns.sh").read_text()
    with tempfile.TemporaryDirectory() as programs:
        # It gives no command for a stage that is not there.
        for stage in stages:
            (Path(programs) / stage).touch(0o755)
        done = subprocess.run(
            ["sh", "-c", text.replace("/barco/stages", programs) +
             '\nfor column; do command= as=; column_$column; '
             'echo "$as${as:+ }$command"; done',
             "sh", *columns],
            env={"PATH": "/usr/bin:/bin", "root": "ROOT", "here": str(ATTACKS),
                 "host": f"{ATTACKS}/host"},
            text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            check=False)
    lines = done.stdout.replace(programs, "stages").split("\n")
    return dict(zip(columns, lines))


class Attacks:
    """All that tests/attacks says, checked."""

    def __init__(self, book):
        problems = []
        self.book = book
        self.matrix = Table("matrix.md", problems)
        self.layers = Table("layers.md", problems)
        self.stories = {
            file.stem: Story(file, problems)
            for file in sorted((ATTACKS / "breakouts").glob("*.c"))
            if file.stem != "breakout"}  # what they share
        # The columns of stages, in order; what comes after is to compare with.
        self.stages = {stage[:2]: stage for stage in book.stages
                       if stage[:2] in self.matrix.columns}
        self.others = self.matrix.columns[
            self.matrix.columns.index(list(self.stages)[-1]) + 1:]
        both = list(dict.fromkeys(self.matrix.columns + self.layers.columns))
        self.commands = command_lines(both, book.stages)
        self.without = dict(re.findall(
            r"(?m)^ \*     (\w+) {2,}(.+)$", (ATTACKS / "without_layer.c").read_text()))
        problems += self.strangers()
        if problems:
            raise SystemExit("\n".join([*problems,
                                        "book: not made; see above"]))

    def strangers(self):
        """What has no counterpart in the other files."""
        for name, table in (("matrix", self.matrix), ("layers", self.layers)):
            for attack in table.cells:
                if attack not in self.stories:
                    yield (f"{ATTACKS}/{name}.md: {attack} has no story: there "
                           f"is no breakouts/{attack}.c")
        for attack in self.stories:
            if attack not in self.matrix.cells:
                yield (f"{ATTACKS}/breakouts/{attack}.c: the story is in no "
                       "row of matrix.md")
        oracles = (ATTACKS / "oracles.sh").read_text()
        for attack in self.stories:
            if f"\n{attack}_seen()" in oracles and \
                    f"\n{attack}_shows=" not in oracles:
                yield (f"{ATTACKS}/oracles.sh: {attack}_seen() looks for "
                       f"something, and no {attack}_shows says what")
        for attack in cannot():
            if attack not in self.matrix.cells:
                yield f"{CANNOT}: {attack} is in no row of matrix.md"
        for column, command in self.commands.items():
            if not command:
                yield f"{ATTACKS}/columns.sh: no command line for {column}"
        for column in self.layers.columns:
            for layer in layers_of(column):
                if layer not in self.without and layer != "host":
                    yield f"{ATTACKS}/without_layer.c: says nothing of {layer}"

    def closed_in(self, attack):
        """The stage from which on a break-out is held, or None."""
        found = None
        for column, stage in reversed(self.stages.items()):
            verdict = self.matrix.cells[attack][column]
            if verdict == "held":
                found = stage
            elif verdict != "?":
                break
        return found

    def label(self, column):
        """What a column is called."""
        if column in self.stages:
            return self.stages[column].replace("_", " ")
        return ", ".join(layers_of(column))

    def gap(self, column):
        """What parts our last stage run once more, and what others make."""
        return " first" if column in self.others[:2] else ""

    def links(self, attacks):
        """Names, each with a link to its story."""
        return ", ".join(f'<a href="{story(a)}">{a}</a>' for a in attacks)


def story(attack):
    """Where a break-out is told."""
    return f"stories.html#story_{attack}"


def cell(verdict, more=""):
    """A verdict as a colour, a sign (book.css has it) and a word."""
    kind, word, _ = VERDICTS[verdict]
    return f'<td class="{kind}{more}">{word}</td>'


def legend():
    """What colours and signs mean."""
    rows = "".join(f"<tr>{cell(v)}<td>{meaning}</td></tr>"
                   for v, (_, _, meaning) in VERDICTS.items())
    return ('<table class="matrix legend" role="presentation"><tbody>'
            f"{rows}</tbody></table>\n")


def by_stage(attacks):
    """[(what happens to them, break-outs)]: what a stage closes, in order."""
    groups = []
    for stage, names in strip.by_chapter(attacks).items():
        says = (f"{attacks.book.link(stage)} closes {len(names)}" if stage else
                f"no stage closes {len(names)}")
        groups.append((says, names))
    return groups


def by_layer(attacks):
    """The same for the other table: what one missing layer lets through first."""
    cells, groups = attacks.layers.cells, {}
    layers = [c for c in attacks.layers.columns if c not in ("host", "nothing")]
    for attack, row in cells.items():
        opened = [c for c in layers if row[c] == "through"]
        if row["nothing"] == "held":
            groups.setdefault(opened[0] if opened else None, []).append(attack)
        else:
            groups.setdefault("nothing", []).append(attack)
    says = {c: f"get through without {attacks.label(c)}" for c in layers}
    says |= {None: "stay held whichever layer is missing",
             "nothing": "get through in any case"}
    return [(f"{len(groups[group])} {says[group]}", groups[group])
            for group in [*layers, None, "nothing"] if group in groups]


def picture(attacks, table, groups, caption, kind="row"):
    """A table of runs to be looked at: rows that change together, together.

    Each row has an anchor, KIND_NAME, and ends with a link to it.
    """
    out = ['<div class="wide"><table class="matrix">'
           f"<caption>{caption}</caption><thead><tr>"
           '<th scope="col">break-out</th>']
    for column in table.columns:
        out.append(f'<th scope="col" class="head{attacks.gap(column)}">'
                   f'<a href="#{anchor(column)}">{attacks.label(column)}</a>'
                   "</th>")
    out.append('<th scope="col">held by</th></tr></thead>')
    for says, names in groups:
        out.append('<tbody><tr><th scope="rowgroup" '
                   f'colspan="{len(table.columns) + 2}">{says}</th></tr>')
        out += [row(attacks, table, name, kind) for name in names]
        out.append("</tbody>")
    out.append('<tfoot><tr><th scope="row">through</th>')
    for column in table.columns:
        run = len(table.that("?", column)) < len(table.cells)
        count = len(table.that("through", column)) if run else "?"
        out.append(f'<td class="count{attacks.gap(column)}">{count}</td>')
    out.append(f"<td>of {len(table.cells)}</td></tr></tfoot></table></div>\n")
    return "\n".join(out)


def row(attacks, table, attack, kind):
    """A break-out in all columns, with a bar where a stage closes it."""
    anchor_of = f"{kind}_{attack}"
    out = [f'<tr id="{anchor_of}"><th scope="row">'
           f'<a href="{story(attack)}">{attack}</a></th>']
    before = None
    for column, verdict in table.cells[attack].items():
        closes = column in attacks.stages and \
            (before, verdict) == ("through", "held")
        out.append(cell(verdict, attacks.gap(column) + " closes" * closes))
        before = verdict
    out.append(f'<td>{escape(table.held_by[attack])} <a class="self" '
               f'href="#{anchor_of}" aria-label="Link to {attack}">#</a>'
               "</td></tr>")
    return "".join(out)


def comparison(attacks):
    """How many get through the last stage, and through what others make."""
    table = attacks.matrix
    out = ["<ul>"]
    for column in [list(attacks.stages)[-1], *attacks.others]:
        through = table.that("through", column)
        unknown = len(table.that("?", column))
        says = f"{len(through)} of {len(table.cells)} get through"
        if unknown == len(table.cells):
            says = "not run"
        elif unknown:
            says += f", and {unknown} are not run"
        if through:
            says += f": {attacks.links(through)}"
        out.append(f"<li><strong>{attacks.label(column)}</strong>: {says}."
                   "</li>")
    return "\n".join(out + ["</ul>\n"])


def anchor(column):
    """Where the command line of a column is."""
    return "column_" + column


def columns(attacks):
    """The command line of each column; a layer also says what is missing."""
    out = ['<table class="columns"><thead><tr><th scope="col">Column</th>'
           '<th scope="col">Command line</th></tr></thead><tbody>']
    for column, command in attacks.commands.items():
        missing = [attacks.without[layer] for layer in layers_of(column)
                   if column in attacks.layers.columns and layer != "host"]
        more = "".join(f"<small>{escape(m)}</small>" for m in missing)
        name = attacks.label(column)
        if column in attacks.stages:
            name = attacks.book.link(attacks.stages[column])
        out.append(f'<tr id="{anchor(column)}"><th scope="row">{name}</th>'
                   f"<td><code>{escape(command)}</code>{more}</td></tr>")
    out.append("</tbody></table>")
    for file in "columns.sh", "oci", "proofs.sh":
        out.append(f'<details class="source"><summary>All of {file}</summary>'
                   f'<pre class="fragment">'
                   f"{escape((ATTACKS / file).read_text())}</pre></details>")
    return "\n".join(out) + "\n"


# ---- Stories ---------------------------------------------------------------


def fate(attacks, attack):
    """Where a break-out is held, by what, and what the other columns say."""
    cells, closed = attacks.matrix.cells[attack], attacks.closed_in(attack)
    by = escape(attacks.matrix.held_by[attack])
    says = [f"Held from {attacks.book.link(closed)} on, by: {by}." if closed
            else f"Held by: {by}."]
    for verdict, among in {"through": attacks.others, "held": attacks.others,
                           "?": cells}.items():
        names = [attacks.label(c) for c in among if cells[c] == verdict]
        if names:
            says.append(f"{VERDICTS[verdict][1].capitalize()} in "
                        f"{', '.join(names)}.")
    less = attacks.layers.cells.get(attack, {})
    if less.get("nothing") == "held" and "?" not in less.values():
        names = [attacks.label(c) for c in less
                 if less[c] == "through" and c != "host"]
        says.append("Gets through the last stage without "
                    f"{' or '.join(f'<em>{n}</em>' for n in names)}." if names
                    else "Stays held whichever layer of "
                    '<a href="breakouts.html#breakouts_layers">the table</a> '
                    "is left out.")
    return f'<p class="fate">{" ".join(says)}</p>'


def cannot():
    """What cannot be tried in the page, and why: {break-out: {column: reason}}.

    The column "all" stands for all of them.
    """
    found = {}
    for line in CANNOT.read_text().splitlines():
        if line and not line.startswith("#"):
            where, reason = line.split(": ", 1)
            attack, *columns_of = where.split()
            for column in columns_of or ["all"]:
                found.setdefault(attack, {})[column] = reason
    return found


def trying(attacks):
    """What frame/break.js has to know to run them in the page."""
    columns_of = {"host": "no container", **attacks.stages}
    if "rootless" in attacks.others:
        columns_of["rootless"] = f"{list(attacks.stages.values())[-1]} of a user"
    data = {
        "columns": [[column, says] for column, says in columns_of.items()],
        "words": {verdict[0]: word
                  for verdict, (_, word, _) in VERDICTS.items()},
        # A letter for each column.
        "cells": {attack: "".join(cells[c][0] for c in columns_of)
                  for attack, cells in attacks.matrix.cells.items()},
        "cannot": cannot(),
    }
    text = json.dumps(data).replace("<", r"\u003c")
    return ('<link rel="stylesheet" href="break.css">\n'
            '<p id="break-note" hidden>You can try each of them here, in a '
            '<a class="el" href="machine.html">Linux in the page</a>: against '
            "the last stage that it gets through, and then against the next. "
            "One that gets through does harm, to that machine alone; Reset "
            "gives it back.</p>\n"
            '<script type="application/json" id="break-table">'
            f"{text}</script>")


def stories(attacks):
    """The page of stories, in the order in which the book closes them."""
    out = ["# The break-outs, one by one {#stories}\n", "@tableofcontents\n",
           "Each of these is the whole of a program but for its `#include` "
           "lines and a few words that all share: `stopped()` says which call "
           "failed, `show()` prints a file, `put()` writes one, and `linger()` "
           "stays until `run-matrix` has looked. @ref breakouts shows where each "
           "gets through.\n", "@htmlonly[block]", trying(attacks),
           "@endhtmlonly\n"]
    order = [*attacks.stages.values(), None]
    for stage in order:
        here = [a for a in attacks.matrix.cells
                if attacks.closed_in(a) == stage]
        if here:
            out.append(f"## Held from {stage.replace('_', ' ')} on "
                       f"{{#held_{stage}}}\n" if stage else
                       "## Held by no stage {#held_never}\n")
        for attack in here:
            told = attacks.stories[attack]
            # As HTML, so that nothing in a story is taken for markup.
            out += ["@htmlonly[block]",
                    f'<h2><a class="anchor" id="story_{attack}"></a>{attack}: '
                    f"{escape(told.brief)}</h2>", fate(attacks, attack),
                    *(f"<p>{escape(p)}</p>" for p in told.paragraphs),
                    f'<div class="break" data-breakout="{attack}"></div>',
                    "@endhtmlonly\n", "```c", told.code, "```\n"]
    return "\n".join(out)


# ---- For chapters ----------------------------------------------------------


def opens(attacks, before, here):
    """What gets through one stage, and is held by the next."""
    columns_of = [before[:2], here[:2]]
    cells = attacks.matrix.cells
    rows = [a for a in cells if
            [cells[a].get(c) for c in columns_of] == ["through", "held"]]
    if not rows:
        return "<p>We know no break-out that is first held by this stage.</p>\n"
    out = ['<table class="opens"><thead><tr><th scope="col">Break-out</th>'
           '<th scope="col">What happens</th>' +
           "".join(f'<th scope="col">{attacks.label(c)}</th>'
                   for c in columns_of) + "</tr></thead><tbody>"]
    for attack in rows:
        out.append(f'<tr><th scope="row"><a href="{story(attack)}">{attack}</a>'
                   f"</th><td>{escape(attacks.stories[attack].brief)}</td>" +
                   "".join(cell(cells[attack][c]) for c in columns_of) +
                   "</tr>")
    return "\n".join(out + ["</tbody></table>\n"])


def write(book, gen):
    """Writes the pieces for pages and chapters, and the page of stories."""
    attacks = Attacks(book)
    last = attacks.label(list(attacks.stages)[-1])
    pieces = {
        "breakouts.legend": legend(),
        "breakouts.matrix": picture(
            attacks, attacks.matrix, by_stage(attacks),
            "Break-outs by stages, and by others"),
        "breakouts.layers": picture(
            attacks, attacks.layers, by_layer(attacks),
            f"Break-outs in {last} with one layer removed", "layer"),
        "breakouts.comparison": comparison(attacks),
        "breakouts.columns": columns(attacks),
        "breakouts.emptying": strip.emptying(attacks),
    }
    for stage in attacks.stages.values():
        pieces[f"{stage}.through"] = strip.strip(attacks, story, stage)
    for before, here in zip(book.stages, book.stages[1:]):
        pieces[f"{here}.opens"] = opens(attacks, before, here)
    for name, text in pieces.items():
        (gen / f"{name}.html").write_text(text)
    (gen / "stories.md").write_text(stories(attacks))
