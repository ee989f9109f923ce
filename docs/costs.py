"""What a container costs, as bench has measured it: the plot, and the tables.

    bazel run -c opt //tests/bench -- --json docs/pages/costs_root.json
    bazel run -c opt //tests/bench -- --user NAME --json docs/pages/costs_user.json

write() draws what is committed; nobody types a figure.
"""

import json
from html import escape
from pathlib import Path

FLOOR = "the full floor"
ROW, LEFT, WIDTH, TOP, BOTTOM = 32, 200, 700, 8, 40


def read(who):
    """A report of bench."""
    return json.loads(Path(f"docs/pages/costs_{who}.json").read_text())


def kind_of(name):
    """Ours, a floor, or another's: the bar's class."""
    if name[:2].isdigit():
        return "cost"
    return "cost floor" if name.startswith(("the ", "fork", "with")) else "cost second"


def says(report):
    """The plot in words."""
    rows = report["rows"]
    ours, _, _ = rows["09_barco"]["ratio"]
    others = [f"{name} {row['ratio'][0]:.2f}" for name, row in rows.items()
              if kind_of(name) == "cost second"]
    return (f"Starting and ending a container, in times of the full floor, which "
            f"is 1: stage 09 takes {ours:.2f}, {', '.join(others)}. The thin lines "
            "are 95 % intervals.")


def draw(report):
    """A bar for each, as long as it takes."""
    rows = {name: row["ratio"] for name, row in report["rows"].items()}
    # A bar that is much longer than ours is cut, and says how long it is.
    most = 1.25 * max(high for name, (_, _, high) in rows.items()
                      if kind_of(name) == "cost")
    height = TOP + ROW * len(rows) + BOTTOM

    def x(times):
        return round(LEFT + (WIDTH - LEFT - 60) * min(times, most) / most, 1)

    out = []
    for i, (name, (middle, low, high)) in enumerate(rows.items()):
        y = TOP + ROW * i
        out.append(
            f'<text x="{LEFT - 10}" y="{y + ROW / 2}" dy=".35em" '
            f'text-anchor="end">{escape(name)}</text>'
            f'<rect class="{kind_of(name)}" x="{LEFT}" y="{y + 5}" '
            f'width="{x(middle) - LEFT:g}" height="{ROW - 10}"/>')
        if middle < most:
            out.append(f'<path class="interval" d="M{x(low)} {y + ROW / 2}'
                       f'H{x(high)}"/>')
        end = max(x(middle), x(high) if middle < most else 0)
        out.append(f'<text x="{end + 8:g}" y="{y + ROW / 2}" dy=".35em">'
                   f"{middle:.2f}</text>")
    floor = x(1)
    out.append(f'<path class="limit" d="M{floor} {TOP}V{height - BOTTOM + 6}"/>'
               f'<text class="limit" x="{floor}" y="{height - BOTTOM + 6}" '
               f'dy="1.1em" text-anchor="middle">{FLOOR}</text>')
    words = escape(says(report))
    return (f'<figure class="drawing plot costs">\n<svg viewBox="0 0 {WIDTH} '
            f'{height}" role="img" aria-labelledby="plot-costs" '
            'aria-describedby="plot-costs-says">\n'
            '<title id="plot-costs">What a container costs</title>\n'
            f'<desc id="plot-costs-says">{words}</desc>\n' + "\n".join(out) +
            f"</svg>\n<figcaption>{words}</figcaption>\n</figure>\n")


def table(report):
    """All figures."""
    body = "".join(
        f"<tr><td>{escape(name)}</td><td>{row['ms']:.2f}</td><td>{row['p10']:.2f}"
        "</td><td>{:.2f} ({:.2f} to {:.2f})</td>".format(*row["ratio"]) +
        f"<td>{row['cpu']:.2f}</td><td>{row['kib']:,}</td><td>{row['calls']:,}</td>"
        f"<td>{row['faults']:,}</td></tr>\n" for name, row in report["rows"].items())
    machine, versions = report["machine"], report["versions"]
    missing = "".join(f"<li>{escape(line)}</li>\n" for line in report["missing"])
    return ('<div class="wide" tabindex="0" role="region" aria-label="Figures as '
            f'{escape(report["user"])}"><table class="doxtable">\n<tr><th>what</th>'
            "<th>ms</th><th>10th percentile</th><th>times the floor</th>"
            "<th>ms of processor</th><th>KiB</th><th>system calls</th><th>page faults</th></tr>\n"
            f"{body}</table></div>\n<p>{report['rounds']} rounds, started by "
            f"{escape(report['user'])}, on {machine['processors']} processors "
            f"({escape(machine['processor'])}) with Linux "
            f"{escape(machine['kernel'])}, whose load was {machine['load']}; " +
            ", ".join(f"{name} {escape(version)}"
                      for name, version in versions.items()) + ".</p>\n" +
            (f"<p>What could not be measured there:</p>\n<ul>\n{missing}</ul>\n"
             if missing else ""))


def steps(book, report):
    """What each stage costs more than the one before."""
    rows, out, before = report["rows"], [], None
    for stage in book.stages:
        if stage not in rows:
            continue
        row = rows[stage]
        more = "" if before is None else (
            f"{row['ratio'][0] - before['ratio'][0]:+.2f}, "
            f"{row['calls'] - before['calls']:+} calls: ").replace("-", "−")
        out.append(f"<li>{book.link(stage)}: {more}{escape(book.brief(stage))}</li>")
        before = row
    return "<ul>\n" + "\n".join(out) + "\n</ul>\n"


def write(book, gen):
    """Writes the pieces of costs.md."""
    root, user = read("root"), read("user")
    for name, text in {"costs_plot": draw(root), "costs_steps": steps(book, root),
                       "costs_root": table(root), "costs_user": table(user)}.items():
        (gen / f"{name}.html").write_text(text)
