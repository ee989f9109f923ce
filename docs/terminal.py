"""What a real run looked like, as HTML; transcripts.py has recorded it.

A section with a container's shell becomes two windows side by side: on the left
the shell that starts the container, on the right the second shell on the host.
What is typed inside is marked, so that nobody takes it for the host's.
"""

import json
import re
from collections import namedtuple
from html import escape

import script as scripts

# only_lab is why the machine in the page cannot run it, or None.
Step = namedtuple("Step", "place prompt command output only_lab", defaults=[None])
PLACES = {"c": scripts.INSIDE, "s": scripts.SECOND}


def steps(section, text, file):
    """Which lines of a section are commands, and what each of them printed."""
    found, wanted = [], list(section.lines)
    for line in text.split("\n"):
        prompt = scripts.PROMPT.match(line)
        if prompt and wanted and \
                PLACES.get(line[0], scripts.HOST) == wanted[0].place and \
                line[prompt.end():] == wanted[0].command.rstrip():
            found.append(Step(wanted[0].place, prompt[0],
                              wanted[0].command, [], wanted.pop(0).not_in_page))
        elif found:
            found[-1].output.append(line)
        else:
            wanted = wanted or [scripts.Line(None, line)]
            break
    if wanted:
        raise SystemExit(f"{file}: not as in transcript.sh, [{section.name}]: "
                         f"{wanted[0].command}: bazel run //docs:update")
    return found


def typed(prompt, command, inside=False, only_lab=False):
    """A prompt, and what is typed after it; live.js gives it a button."""
    mark = " inside" * inside
    lab = " only-lab" * only_lab
    second = " second" * prompt.startswith("second")
    return (f'<span class="prompt{mark}{second}">{escape(prompt)}</span>'
            f'<b class="command{mark}{lab}">{escape(command)}</b>')


def lines_of(step):
    """A command and its output; a demonstration shows what it runs inside."""
    out = [typed(step.prompt, step.command, step.place == scripts.INSIDE,
                 bool(step.only_lab))]
    for line in step.output:
        inside = "--demo" in step.command and line.startswith("container ") \
            and scripts.PROMPT.match(line)
        out.append(typed(inside[0], line[inside.end():], True) if inside
                   else escape(line))
    return out


def window(found):
    """Steps as one sees them in a terminal, and which of them the page cannot run."""
    lines = [line for step in found for line in lines_of(step)]
    out = '<pre class="terminal">' + "\n".join(lines) + "</pre>\n"
    whole = only_lab(found)
    reasons = [(whole, "")] if whole else [
        (step.only_lab, f", <code>{escape(step.command)}</code>")
        for step in found if step.only_lab]
    return out + "".join(f'<p class="only-lab">Only in the lab{which}: {escape(why)}.</p>\n'
                         for why, which in reasons)


def only_lab(found):
    """Why the page can run none of these steps, or None."""
    return found[0].only_lab if found and all(
        step.only_lab for step in found if step.prompt) else None


def two_windows(found):
    """A container's shell and one on the host, in the order of time.

    Neighbours of one shell share a box, but each line that is typed inside has
    its own: it is copied alone.
    """
    boxes = []
    for step in found:
        if boxes and boxes[-1][0].place == step.place != scripts.INSIDE:
            boxes[-1].append(step)
        else:
            boxes.append([step])
    out = ['<div class="two-windows" role="group" '
           'aria-label="A container and the host, side by side">\n'
           '<p class="host">The first shell: the host, then the container</p>\n'
           '<p class="second">A second shell on the host</p>\n']
    for box in boxes:
        out.append(f'<div class="{box[0].place}">{window(box)}</div>\n')
    return "".join(out) + "</div>\n"


def page(sections):
    """Sections below each other: what is in one window stays in one."""
    out, same = [], []
    for found in sections:
        if only_lab(same) != only_lab(found):
            out += [window(same)] * bool(same)
            same = []
        if any(step.place == scripts.INSIDE for step in found):
            out += [window(same)] * bool(same) + [two_windows(found)]
            same = []
        else:
            same = same + [Step(None, "", "", [""])] * bool(same) + found
    return "".join(out + [window(same)] * bool(same))


def recording(name, header, events):
    """A player's place, with the recording inside the page (file:// works)."""
    start = events[0][0] if events else 0
    moved = [[round(t - start, 3), kind, data] for t, kind, data in events]
    screen = "".join(e[2] for e in moved if e[1] == "o").count("\n") + 1
    header = header | {"height": max(6, min(24, screen))}
    cast = json.dumps("\n".join(json.dumps(x) for x in [header] + moved))
    cast = cast.replace("</", "<\\/")  # would end the script
    # As wide and high as the player's screen will be, in letters; book.css adds its bar.
    shape = f"{header['width'] * 0.6 + 1.5:.1f} / " \
            f"{header['height'] * 4 / 3 + 1.43:.2f}"
    return (f'<div class="recording" style="--shape: {shape}" role="group" '
            f'aria-label="A recording: {escape(name)}">'
            '<script type="application/json" class="cast">'
            f"{cast}</script></div>\n")


def read(folder):
    """{section: its steps} of a transcript."""
    file = folder / "transcript.txt"
    pieces = re.split(r"(?m)^\[([\w-]+)\]\n", file.read_text())[1:]
    text = dict(zip(pieces[::2], pieces[1::2]))
    return {section.name: steps(section, text.get(
        section.name, "").strip("\n"), file)
        for section in scripts.read(folder / "transcript.sh")}


def write(gen, folder):
    """All of a transcript, and each of its sections, as text and to replay."""
    name, sections = folder.name, read(folder)
    for tag, found in sections.items():
        (gen / f"{name}.{tag}.transcript.html").write_text(page([found]))
    (gen / f"{name}.transcript.html").write_text(page(sections.values()))

    header, *events = map(json.loads,
                          (folder / "transcript.cast").read_text().splitlines())
    parts, tag = {}, None
    for event in events:
        if event[1] == "m":
            tag = event[2]
        parts.setdefault(tag, []).append(event)
    for tag, part in parts.items():
        (gen / f"{name}.{tag}.recording.html").write_text(
            recording(f"{name}, {tag}", header, part))
    (gen / f"{name}.recording.html").write_text(
        recording(name, header, events))
