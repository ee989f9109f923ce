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


def path(flags):
    """The cells of a row that are flagged, each a little narrower than 1."""
    return "".join(f"M{i} 0h.85v1h-.85z" for i, flag in enumerate(flags) if flag)


def emptying(attacks):
    """All strips as one picture: a row for each stage, and one before them.

    The cells of a row share the width that there is; the words keep theirs, so
    that a phone shows the whole too.
    """
    order = [name for names in by_chapter(attacks).values() for name in names]
    out, says = [], []
    # The first column is the lab without any container.
    for column in ["host", *attacks.stages]:
        name = attacks.stages.get(column, "no container").replace("_", " ")
        through = [attacks.matrix.cells[attack][column] == "through"
                   for attack in order]
        cells = (f'<path class="open" d="{path(through)}"/>'
                 f'<path class="shut" d="{path(not t for t in through)}"/>')
        out.append(f'<span>{name}</span><svg class="cells" aria-hidden="true" '
                   f'viewBox="0 0 {len(order)} 1" preserveAspectRatio="none">'
                   f"{cells}</svg><span>{sum(through)}</span>")
        says.append(f"{name} {sum(through)}")
    return ('<figure class="drawing"><div class="emptying" role="img" '
            f'aria-label="Of {len(order)} break-outs get through: '
            f'{"; ".join(says)}">\n' + "\n".join(out) + "</div>"
            f"<figcaption>{len(order)} ways out of a container, and how many of "
            "them get through each stage.</figcaption></figure>\n")
