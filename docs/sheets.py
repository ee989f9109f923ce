"""A sheet of paper for each chapter: one page, and no text of its own.

The idea, its drawing and the commands are those of the slides "The idea" and "Look from
outside"; the calls are in the chapter, the exercises in their folders, and the questions,
here without answers, on the teacher's page.
"""

import re
import shutil
from html import escape

import slides

# Tables of "The kernel's side" that say what to call.
CALLS = re.compile(r"(?m)^\| (?:call|file|flag|what|set)\b.*\n\| ---.*\n(?:\|.*\n)+")
HEAD = """<header><p>Chapter {number}</p><div class="title">{title}</div>
<p class="name">Name:</p></header><div class="columns">"""


def slide(chapter, heading):
    """The text of a slide, without its note."""
    text = (chapter.folder / "slides.md").read_text()
    found = re.search(rf"(?ms)^## {heading}\n(.*?)^Note: ", text)
    if not found:
        raise SystemExit(f"{chapter.folder}/slides.md: no slide is called: {heading}")
    return found[1].strip()


def part(title, text):
    """A part of the sheet, with its heading."""
    raw = slides.RAW
    return raw % f"<section><h1>{title}</h1>" + f"\n{text}\n" + raw % "</section>"


def commands(chapter, gen):
    """The terminals of the slide "Look from outside"."""
    out = []
    for words in re.findall(r"(?m)^@steps (.*)", slide(chapter, "Look from outside")):
        name = f"{chapter.stage}.{len(out)}.sheet.html"
        (gen / name).write_text(chapter.window(words))
        out.append(f"\n@htmlinclude[block] {name}\n")
    return "".join(out)


def sheet(chapter, gen):
    """What Doxygen reads."""
    idea = slide(chapter, "The idea")
    calls = "\n".join(CALLS.findall(slides.section(chapter.text, "kernel")))
    questions = "".join(f"{number}. {question}\n" for number, (question, _) in
                        enumerate(chapter.questions(), 1))
    return "\n".join([
        f"# {chapter.title} {{#sheet_{chapter.stage}}}",
        slides.RAW % HEAD.format(**chapter.about()),
        part("The idea", idea), part("Look inside and outside", commands(chapter, gen)),
        part("What to ask the kernel", calls),
        part("Exercises", slides.RAW % chapter.task_list()),
        part("What do you say?", questions), slides.RAW % "</div>"])


def write(book, gen):
    """Writes a page for each chapter that has slides."""
    for chapter in slides.chapters(book):
        (gen / f"sheet_{chapter.stage}.md").write_text(sheet(chapter, gen))


def take(site):
    """Takes Doxygen's pages of them out of the site, and writes sheets to slides/."""
    for chapter, text in slides.taken(site, "sheet"):
        (site / "slides" / f"{chapter.stage}_sheet.html").write_text(slides.shell(
            f"Sheet: {escape(chapter.title)}", "sheet", ["../book.css", "sheet.css"],
            ["sheet.js"], f'<main class="contents">{slides.tidied(text)}</main>'))
    for file in "sheet.js", "sheet.css":
        shutil.copy(f"docs/frame/{file}", site / "slides")
