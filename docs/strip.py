"""The strip: a cell for each break-out, which empties chapter by chapter."""

from html import escape

# What a cell can be: its class in book.css, and its words.
OPEN, HERE, BEFORE, NONE, UNKNOWN = (
    ("open", "gets through"), ("here", "closed by this stage"),
    ("shut", "held"), ("none", "nothing to attack yet"),
    ("unknown", "not run"))


def state(cells, before, here):
    """What a stage makes of a break-out, given the stage before or None."""
    if cells[here] == "held":
        return HERE if cells.get(before) == "through" else BEFORE
    return {"through": OPEN, "-": NONE, "?": UNKNOWN}[cells[here]]


def by_chapter(attacks):
    """{the stage that closes them: break-outs}; None, last: no stage does."""
    groups = {stage: [] for stage in [*attacks.stages.values(), None]}
    for attack in attacks.matrix.cells:
        groups[attacks.closed_in(attack)].append(attack)
    return {stage: names for stage, names in groups.items() if names}


def counts(states, total, number):
    """How many are left, in a sentence or two."""
    left, closed = states.count(OPEN), states.count(HERE)
    says = (f"<strong>{left} of {total} break-outs still get through</strong> "
            f"stage {number}")
    if closed:
        says += f", which closed {closed}"
    says += "."
    if NONE in states:
        says += (f" For {states.count(NONE)} there is nothing to attack yet.")
    return says


def legend(states):
    """The cells that appear, and what they mean."""
    return "".join(f'<span><i class="{kind}"></i>{words}</span>'
                   for kind, words in (OPEN, HERE, BEFORE, NONE, UNKNOWN)
                   if (kind, words) in states)


def strip(attacks, story, stage):
    """The strip as it is after a stage."""
    columns = list(attacks.stages)
    here = stage[:2]
    at = columns.index(here)
    before = columns[at - 1] if at else None
    out, states = [], []
    for closing, names in by_chapter(attacks).items():
        label = (f'<span class="says">closed by stage </span>{closing[:2]}'
                 if closing else "never")
        out.append(f"<div><dt>{label}</dt>")
        for name in names:
            found = state(attacks.matrix.cells[name], before, here)
            states.append(found)
            kind, words = found
            brief = escape(attacks.stories[name].brief)
            out.append(f'<dd><a class="{kind}" href="{story(name)}" '
                       f'title="{name}: {brief} ({words})">{name}, '
                       f"{words}</a></dd>")
        out.append("</div>")
    return (f'<figure class="strip"><figcaption>'
            f"{counts(states, len(states), here)}</figcaption>\n"
            "<dl>" + "\n".join(out) +
            f'</dl><p aria-hidden="true">{legend(states)}</p></figure>\n')


def emptying(attacks):
    """All strips as one picture: a row for each stage, and one before them."""
    order = [name for names in by_chapter(attacks).values() for name in names]
    cell, gap, left, high = 5.4, 0.9, 118, 20
    width, out, says = left + len(order) * (cell + gap) + 34, [], []
    # The first column is the lab without any container.
    for row, column in enumerate(["host", *attacks.stages]):
        name = attacks.stages.get(column, "no container").replace("_", " ")
        y = 4 + row * high
        out.append(f'<text class="name" x="{left - 10}" y="{y + 12}">{name}</text>')
        through = 0
        for i, attack in enumerate(order):
            is_open = attacks.matrix.cells[attack][column] == "through"
            through += is_open
            out.append(f'<rect class="{"open" if is_open else "shut"}" '
                       f'x="{left + i * (cell + gap):.1f}" y="{y}" '
                       f'width="{cell}" height="15"/>')
        out.append(f'<text class="count" x="{width}" y="{y + 12}">{through}</text>')
        says.append(f"{name} {through}")
    height = 4 + high * len(says)
    return ('<figure class="drawing"><svg class="emptying" role="img" '
            f'viewBox="0 0 {width:.0f} {height}" aria-labelledby="emptying-title">'
            f'<title id="emptying-title">Of {len(order)} break-outs get through: '
            f'{"; ".join(says)}</title>\n' + "\n".join(out) + "</svg>"
            f"<figcaption>{len(order)} ways out of a container, and how many of "
            "them get through each stage.</figcaption></figure>\n")
