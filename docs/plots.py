#!/usr/bin/env python3
"""Plots of real runs: recorded in the lab, drawn when the book is made.

    bazel run //docs:update_plots     writes NAME.csv beside a chapter's plots.sh
    bazel test //docs:plots_test      fails if a new run looks different

No run is like another, so what is compared is the shape of a curve: what the
text says of it. write() draws what is committed, in the colours of the page.
"""

import csv
import os
import subprocess
import sys
from html import escape
from pathlib import Path

MIB = 1 << 20


class Run:
    """A recorded run: the commands, and columns of numbers by name."""

    def __init__(self, text):
        lines = text.strip().splitlines()
        self.commands = [line[2:] for line in lines if line.startswith("# ")]
        rows = list(csv.DictReader(x for x in lines if not x.startswith("# ")))
        self.columns = {name: [float(row[name]) for row in rows]
                        for name in (rows[0] if rows else [])}

    def __getitem__(self, name):
        return self.columns.get(name, [0.0])

    def first(self, name, above):
        """The number of the first sample in which a column is above this."""
        return next((i for i, value in enumerate(self[name]) if value > above),
                    len(self[name]) - 1)


# ---- What each plot must show, and what it says -------------------------------


def memory_shape(run):
    """What is wrong with a process that grows to its limit and is killed."""
    used, killed = run["memory.current"], run.first("oom_kill", 0)
    half = used[killed // 2]
    if run["oom_kill"][-1] < 1:
        yield "nothing is killed"
    if not 0.9 * 64 * MIB < max(used) <= 64 * MIB:
        yield f"it grows to {max(used) / MIB:.1f} MiB, and the limit is 64"
    if not 0.25 * max(used) < half < 0.75 * max(used):
        yield "it does not grow steadily"
    if used[-1] > 0.1 * max(used):
        yield "its memory is not given back"


def memory_says(run):
    """The curve in words."""
    killed = run.first("oom_kill", 0)
    return (f"The container's memory grows by 1 MiB at a time to "
            f"{max(run['memory.current']) / MIB:.0f} MiB, its limit. After "
            f"{run['seconds'][killed]:.0f} seconds oom_kill in memory.events "
            "becomes 1, and the memory is free again; the container's shell "
            "lives on.")


def steps_of(run):
    """How often the throttled time grows, by more than a few milliseconds."""
    waited = run["throttled_usec"]
    return sum(b - a > 1e5 for a, b in zip(waited, waited[1:]))


def throttling_shape(run):
    """What is wrong with a process that gets 0.4 of each second."""
    used, begin = run["usage_usec"], run.first("usage_usec", 1e5)
    took = run["seconds"][-1] - run["seconds"][begin]
    share = (used[-1] - used[begin]) / 1e6 / max(took, 0.1)
    if not 0.3 < share < 0.5:
        yield f"it gets {share:.2f} of a processor, and the limit is 0.4"
    if steps_of(run) < 3:
        yield f"it is throttled in {steps_of(run)} periods"
    if sorted(used) != used:
        yield "its processor time shrinks"


def throttling_says(run):
    """The curves in words."""
    return ("In each second the container runs until it has used 0.4 seconds "
            "of processor time, and waits for the rest: usage_usec is a "
            "staircase. Each time that it may run again, throttled_usec has "
            f"grown. In the end it has run for "
            f"{run['usage_usec'][-1] / 1e6:.1f} seconds, and was held back for "
            f"{run['throttled_usec'][-1] / 1e6:.1f}.")


# Lines: a column, what its unit is divided by, its class, and where its name
# stands: at which share of the time, above the line or below.
PLOTS = {
    ("05_cgroups", "memory"): {
        "title": "Memory up to its limit", "unit": "MiB", "every": 16,
        "top": 72, "lines": [("memory.current", MIB, "", 0.55, "above")],
        "limit": (64, "memory.max"), "event": ("oom_kill", "oom_kill 1"),
        "shape": memory_shape, "says": memory_says},
    ("05_cgroups", "throttling"): {
        "title": "Processor time under cpu.max", "unit": "seconds, added up",
        "every": 0.5, "top": None, "limit": None, "event": None,
        "lines": [("usage_usec", 1e6, "", 0.72, "above"),
                  ("throttled_usec", 1e6, " second", 0.7, "below")],
        "shape": throttling_shape, "says": throttling_says},
}


def problems_of(run, plot):
    """What a run does not show that its plot says, or nothing."""
    missing = [name for name in ["seconds", *(line[0] for line in plot["lines"])]
               if name not in run.columns]
    return [f"no column {name}" for name in missing] or list(plot["shape"](run))


# ---- Drawing --------------------------------------------------------------------

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 700, 310, 48, 12, 34, 66


class Axes:
    """From seconds and units to places in the drawing."""

    def __init__(self, run, plot):
        self.end = run["seconds"][-1]
        most = max(max(run[name]) / per for name, per, *_ in plot["lines"])
        self.top = plot["top"] or most * 1.08

    def x(self, seconds):
        """A place from the left."""
        return round(LEFT + (WIDTH - LEFT - RIGHT) * seconds / self.end, 1)

    def y(self, value):
        """A place from above."""
        return round(HEIGHT - BOTTOM -
                     (HEIGHT - TOP - BOTTOM) * value / self.top, 1)


def frame(axes, plot):
    """Axes, with ticks and units."""
    left, right, bottom = LEFT, WIDTH - RIGHT, HEIGHT - BOTTOM
    # In em, because letters are larger on a phone.
    out = [f'<text class="unit" x="4" y="2" dy="1em">{plot["unit"]}</text>',
           f'<text class="unit" x="{right}" y="{bottom}" dy="2.6em" '
           'text-anchor="end">seconds</text>']
    value = 0
    while value <= axes.top:
        y = axes.y(value)
        out.append(f'<path class="grid" d="M{left} {y}H{right}"/>'
                   f'<text x="{left - 8}" y="{y}" dy=".35em" '
                   f'text-anchor="end">{value:g}</text>')
        value += plot["every"]
    step = 1 if axes.end < 8 else 2
    for second in range(0, int(axes.end) + 1, step):
        x = axes.x(second)
        out.append(f'<path class="tick" d="M{x} {bottom}v5"/>'
                   f'<text x="{x}" y="{bottom}" dy="1.4em" '
                   f'text-anchor="middle">{second}</text>')
    return out


def curves(axes, run, plot):
    """A line for each column, with its name beside it."""
    out = []
    for name, per, kind, share, side in plot["lines"]:
        points = [(axes.x(s), axes.y(v / per))
                  for s, v in zip(run["seconds"], run[name])]
        path = " ".join(f"{x:g},{y:g}" for x, y in points)
        x, y = points[run.first("seconds", share * axes.end)]
        place = f'x="{x - 8:g}" y="{y:g}" dy="-.6em" text-anchor="end"' \
            if side == "above" else f'x="{x + 8:g}" y="{y:g}" dy="1.3em"'
        out.append(f'<polyline class="curve{kind}" points="{path}"/>'
                   f'<text class="name{kind}" {place}>{name}</text>')
    return out


def draw(stage, name, run):
    """One plot, as a figure of the page."""
    plot = PLOTS[stage, name]
    axes, ident = Axes(run, plot), f"plot-{stage}-{name}"
    out = frame(axes, plot)
    if plot["limit"]:
        value, words = plot["limit"]
        y, right = axes.y(value), WIDTH - RIGHT
        out.append(f'<path class="limit" d="M{LEFT} {y}H{right}"/>'
                   f'<text class="limit" x="{LEFT + 8}" y="{y}" dy="-.4em">{words}'
                   "</text>")
    if plot["event"]:
        column, words = plot["event"]
        x = axes.x(run["seconds"][run.first(column, 0)])
        out.append(f'<path class="event" d="M{x} {TOP}V{HEIGHT - BOTTOM}"/>'
                   f'<text class="event" x="{x}" y="{TOP}" dy="-.4em" '
                   f'text-anchor="middle">{words}</text>')
    out += curves(axes, run, plot)
    says = escape(plot["says"](run))
    commands = "\n".join(map(escape, run.commands))
    return (f'<figure class="drawing plot">\n'
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
            f'aria-labelledby="{ident}" aria-describedby="{ident}-says">\n'
            f'<title id="{ident}">{plot["title"]}</title>\n'
            f'<desc id="{ident}-says">{says}</desc>\n' + "\n".join(out) +
            f"</svg>\n<figcaption>{says} Recorded in the lab:\n"
            f"<code>{commands}</code></figcaption>\n</figure>\n")


def write(gen):
    """Writes STAGE.NAME.plot.html for each plot that has been recorded."""
    for (stage, name), plot in PLOTS.items():
        file = Path(f"tutorials/{stage}/{name}.csv")
        if not file.exists():
            continue
        run = Run(file.read_text())
        problems = problems_of(run, plot)
        if problems:
            raise SystemExit(f"{file}: {'; '.join(problems)}")
        (gen / f"{stage}.{name}.plot.html").write_text(draw(stage, name, run))


# ---- Recording ------------------------------------------------------------------


def record(script):
    """{name: text} of what a plots.sh prints in the lab, times from 0 on."""
    env = os.environ | {name: str(Path.cwd().parent)
                        for name in ("RUNFILES_DIR", "TEST_SRCDIR")}
    said = subprocess.run(["tools/lab/lab", "--user", "learner", str(script)],
                          stdout=subprocess.PIPE, text=True, check=True,
                          env=env).stdout.replace("\r", "")
    tables = {}
    for part in said.split("== ")[1:]:
        name, *lines = part.strip().splitlines()
        start, out = None, []
        for line in lines:
            when, comma, rest = line.partition(",")
            if line.startswith("#"):
                out.append(line)
            elif when == "uptime":
                out.append(f"seconds,{rest}")
            elif comma:
                start = float(when) if start is None else start
                out.append(f"{float(when) - start:.2f},{rest}")
        tables[name] = "\n".join(out) + "\n"
    return tables


def main():
    passed = failed = 0
    for script in sorted(Path("tutorials").glob("*/plots.sh")):
        stage, tables = script.parent.name, record(script)
        for name in [n for s, n in PLOTS if s == stage]:
            wrong = problems_of(Run(tables.get(name, "")), PLOTS[stage, name])
            failed, passed = failed + bool(wrong), passed + (not wrong)
            for problem in wrong:
                print(f"FAILED: {stage}, {name}: {problem}")
            if not wrong and sys.argv[1] == "update":
                file = Path(os.environ["BUILD_WORKSPACE_DIRECTORY"],
                            script.parent, f"{name}.csv")
                file.write_text(tables[name])
                print(f"written: {script.parent}/{name}.csv")
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
