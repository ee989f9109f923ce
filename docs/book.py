#!/usr/bin/env python3
"""Makes the book: book.py OUT.tar THEME NPM PARTS, at the top of the sources.

THEME is the folder of doxygen-awesome-css, NPM that of npm's packages, PARTS
that of what the build knows (syllabus.json, *.help, *.deps, causes.tsv).

generate.py writes what nobody should type, Doxygen makes pages of that, of the
chapters and of the headers, and this program puts a frame around each page,
lets search.py make the index, and refuses what check.py finds to be wrong.
"""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from pathlib import Path

import anchors
import check
import commands
import exercises
import facts
import generate
import references
import runnable
import search
import sheets
import slides
import sources
import tidy


def run_doxygen(work, theme):
    """HTML and XML in the work folder; a warning ends the build."""
    settings = Path("docs/Doxyfile").read_text()
    settings += f"\nOUTPUT_DIRECTORY = {work}\n"
    if doxygen_version() != "1.9.4":
        # A later one has a dark mode of its own, which knows no reader's choice.
        settings += "HTML_COLORSTYLE = LIGHT\n"
    done = subprocess.run(
        ["doxygen", "-"], input=settings, text=True, stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL, check=False,
        env=os.environ | {
            "GENERATED": f"{work}/gen", "THEME": theme, "LC_ALL": "C.UTF-8",
            "VERSION": facts.version(),
            "CHAPTERS": " ".join(sorted(map(str, Path("tutorials").glob("*/")))),
            "HOME": "/nonexistent"})
    said = done.stderr.replace(f"{os.getcwd()}/", "").replace(f"{work}/", "")
    if done.returncode or said.strip():
        sys.exit(f"{said}book: Doxygen complains; see above")


def doxygen_version():
    """Such as 1.9.4."""
    return subprocess.run(["doxygen", "--version"], stdout=subprocess.PIPE,
                          check=True, text=True).stdout.split()[0]


# ---- The frame: contents on the left, a way on at the end -------------------


def contents(order, here):
    """The side navigation, with the present page marked."""
    out = ['<nav id="book" aria-label="Contents">']
    for part, pages in order:
        out.append(f"<h2>{part}</h2><ul>" if part else "<ul>")
        for file, title in pages:
            mark = ' aria-current="page"' if file == here else ""
            out.append(f'<li><a href="{file}"{mark}>{title}</a></li>')
        out.append("</ul>")
    return "\n".join(out + ["</nav>"])


def pager(order, here):
    """Links to the page before and the page after."""
    pages = [page for _, part in order for page in part]
    at = next((i for i, page in enumerate(pages) if page[0] == here), None)
    if at is None:
        return ""
    out = ['<nav class="pager" aria-label="Previous and next">']
    for i, word in ((at - 1, "prev"), (at + 1, "next")):
        if 0 <= i < len(pages):
            file, title = pages[i]
            says = "Previous" if word == "prev" else "Next"
            out.append(f'<a class="{word}" rel="{word}" href="{file}">'
                       f"<small>{says}</small>{title}</a>")
    return "\n".join(out + ["</nav>"])


def put_frames(folder, order):
    """Puts the frame around every page, and drops what no page uses.

    Returns what is wrong with the changes that tidy.py makes, one string each.
    """
    used = Counter()
    table = runnable.known()
    for page in sorted(folder.glob("*.html")):
        if page.name.startswith("dir_") or page.name in UNUSED:
            page.unlink()
            continue
        head, main = tidy.tidy(page.read_text(), used).split(
            '<main id="main"', 1)
        text = head + '<main id="main"' + references.link_all(main)
        text = runnable.mark(anchors.add(text, page.name), table)
        tries = 'class="break"' in main
        exercises_here = "data-exercise=" in main
        if tries or exercises_here or '<b class="command' in text \
                or " data-run=" in text:
            text = text.replace("</body>",
                                '<script src="live.js" defer></script>\n'
                                '<script src="edit.js" defer></script>\n</body>')
        if tries:
            text = text.replace("</body>",
                                '<script src="break.js" defer></script>\n</body>')
        if exercises_here or 'id="progress"' in main:
            text = text.replace(
                "</body>", '<script src="progress.js" defer></script>\n</body>')
        text = text.replace("<!--BOOK-->", contents(order, page.name))
        text = text.replace("<!--PAGER-->", pager(order, page.name))
        page.write_text(text)
    for file in "jquery.js", "dynsections.js", "tabs.css":
        (folder / file).unlink(missing_ok=True)
    # Doxygen 1.9.8 styles parts that this book does not have, such as its own
    # search, with images that it then does not bring.
    style = folder / "doxygen.css"
    style.write_text(re.sub(
        r"url\(['\"]?([^'\")]+)['\"]?\)",
        lambda url: url[0] if url[1].startswith("data:") or
        (folder / url[1]).exists() else "none", style.read_text()))
    return tidy.unused(used, doxygen_version())


UNUSED = {"annotated.html", "classes.html", "functions.html", "globals.html",
          "functions_vars.html", "functions_enum.html", "functions_eval.html",
          "files.html", "pages.html", "modules.html", "topics.html"}


def pack(folder, out):
    """A tar that depends on nothing but what is in it."""
    with tarfile.open(out, "w", format=tarfile.USTAR_FORMAT) as tar:
        for file in sorted(folder.rglob("*")):
            info = tarfile.TarInfo(f"site/{file.relative_to(folder)}")
            if file.is_file():
                info.size, info.mode = file.stat().st_size, 0o644
                with file.open("rb") as data:
                    tar.addfile(info, data)


def main():
    out, theme, npm, parts = sys.argv[1:]
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        (work / "gen").mkdir()
        order = generate.write(work / "gen", Path(parts))
        run_doxygen(work, theme)
        site = work / "html"
        for name, file in {
            "minisearch.js": "minisearch/dist/umd/index.js",
            "asciinema-player.js":
                "asciinema-player/dist/bundle/asciinema-player.min.js",
            "asciinema-player.css":
                "asciinema-player/dist/bundle/asciinema-player.css",
            "v86.js": "v86/build/libv86.js",
            "xterm.js": "@xterm/xterm/lib/xterm.js",
            "xterm.css": "@xterm/xterm/css/xterm.css",
            "xterm-fit.js": "@xterm/addon-fit/lib/addon-fit.js",
        }.items():
            shutil.copy(f"{npm}/{file}", site / name)
        shutil.copy(f"{parts}/codemirror.js", site)
        sources.write(site)
        exercises.write_page(site)
        slides.take(site, npm)
        sheets.take(site)
        problems = put_frames(site, order)
        search.write(site, order)
        problems += check.reference(work / "xml") + check.links(site)
        problems += check.links(site / "slides")
        problems += commands.problems()
        problems += check.markdown(sorted([*Path("docs/pages").glob("*.md"),
                                           *Path("tutorials").glob("*/*.md")]))
        problems += check.plans(
            sorted([Path("docs/pages/teaching.md"),
                    *Path("tutorials").glob("*/teachers.md")]),
            {task.name: task.minutes for task in exercises.all_tasks()})
        if problems:
            sys.exit("\n".join(problems) + "\nbook: not made; see above")
        pack(site, out)


if __name__ == "__main__":
    main()
