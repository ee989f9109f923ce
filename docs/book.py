#!/usr/bin/env python3
"""Makes the book: book.py OUT.tar THEME NPM PARTS, at the top of the sources.

THEME is the folder of doxygen-awesome-css, NPM that of npm's packages, PARTS
that of what the build knows (syllabus.json, *.help, *.deps, causes.tsv).

generate.py writes what nobody should type, Doxygen makes pages of that, of the
chapters and of the headers, and this program puts a frame around each page,
makes the search index, and refuses what check.py finds to be wrong.
"""

import html
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import check
import facts
import generate
import references


def run_doxygen(work, theme):
    """HTML and XML in the work folder; a warning ends the build."""
    settings = Path("docs/Doxyfile").read_text()
    settings += f"\nOUTPUT_DIRECTORY = {work}\n"
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


PERMALINK = re.compile(r'<span class="permalink">.*?</span>')


def tidy(text):
    """Doxygen's HTML, made what a reader and a screen reader expect."""
    # A page has one h1, its title, and sections below it.
    def heading(found):
        level, attributes, words = found.groups()
        if "memtitle" in attributes:
            return f"<h3{attributes}>{PERMALINK.sub('', words)}</h3>"
        level = 2 if "groupheader" in attributes else int(level) + 1
        return f"<h{level}{attributes}>{words}</h{level}>"

    text = re.sub(r"<h([1-5])([^>]*)>(.*?)</h\1>", heading, text, flags=re.S)
    text = re.sub(r'<div class="title">(.*?)\s*</div>',
                  r'<h1 class="title">\1</h1>', text, flags=re.S)
    text = re.sub(r'<a name="details".*?Detailed Description</h2>', "", text)
    text = re.sub(r'<div class="toc"><h.>.*?</h.>(.*?</ul>)\s*</div>',
                  r'<nav class="toc" aria-label="On this page">\1</nav>',
                  text, flags=re.S)
    # An anchor that is named after the folder of the page, another each time.
    text = re.sub(r'<a class="anchor" id="md_[^"]*"></a>(?:</p>\s*<p *>)?', "",
                  text)
    # Links by script, tool tips and tables that only lay things out.
    text = re.sub(r'<div class="ttc".*?</div></div>\n?', "", text)
    text = re.sub(r'<div id="nav-path".*?</ul>\s*</div>', "", text, flags=re.S)
    text = re.sub(r'  <div class="summary">.*?</div>', "", text, flags=re.S)
    text = re.sub(r' <a href="[^"]*">More\.\.\.</a>', "", text)
    text = re.sub(r"<p +", "<p ", text).replace("<p >", "<p>")
    # A list that is last in a folded block ends before the block does.
    text = re.sub(r"</details>((?:\s*</(?:li|ul|ol)>)+)", r"\1</details>", text)
    text = re.sub(r'<table class="(memberdecls|memname|mlabels|params|fieldtable'
                  r')"', r'<table role="presentation" class="\1"', text)
    return text


# What Doxygen calls the parts of a structure, and what C does.
IN_C = {"Data Structure Documentation": "Structures in full",
        "Data Fields": "Members", "Enumerator": "Constant",
        "Since": "First kernel"}


def as_c(text):
    """Headings that a C programmer expects; layout.xml has no place for these."""
    for doxygens, ours in IN_C.items():
        text = text.replace(f">{doxygens}</", f">{ours}</")
    return text


def put_frames(folder, order):
    """Puts the frame around every page, and drops what no page uses."""
    for page in sorted(folder.glob("*.html")):
        if page.name.startswith("dir_") or page.name in UNUSED:
            page.unlink()
            continue
        text = page.read_text()
        head, main = text.split('<main id="main"', 1)
        text = head + '<main id="main"' + references.link_all(as_c(tidy(main)))
        # A link to a page that is not there (folders) is only its words.
        text = re.sub(r'<a class="el" href="dir_[^>]*>(.*?)</a>', r"\1", text)
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


UNUSED = {"annotated.html", "classes.html", "functions.html", "globals.html",
          "functions_vars.html", "functions_enum.html", "functions_eval.html",
          "files.html", "pages.html", "modules.html", "topics.html"}


# ---- Search -----------------------------------------------------------------


def plain(text):
    """The words of a piece of HTML."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", text, flags=re.S)
    text = re.sub(r'<p class="definition">.*?</p>', " ", text, flags=re.S)
    text = re.sub(r"</?(code|b|em|span|strong)\b[^>]*>", "", text)
    text = html.unescape(re.sub(r"<[^>]+>", " ", text))
    return re.sub(r"\s+", " ", text.replace("\u25c6", " ")).strip()


def search_index(folder, order):
    """One entry for each section of a page and each symbol of the reference."""
    entries = []
    pages = [page for _, part in order for page in part]
    for file, _ in pages:
        main = (folder / file).read_text().split('<main id="main"', 1)[1]
        page = plain(re.search(r"<h1.*?</h1>", main, re.S)[0])
        body = main.split('<div class="contents">', 1)[1]
        body = body.split("<!-- contents -->", 1)[0]
        # Neither contents nor pictures that are made of a few words.
        body = re.sub(r'<(nav|table) class="(toc|matrix)".*?</\1>', "", body,
                      flags=re.S)
        sections = re.split(
            r'(?=<h[2-4]>\s*<a class="anchor")|'
            r'(?=<a id="\w+" name="\w+"></a>\s*<h3 class="memtitle">)', body)
        for i, section in enumerate(sections):
            title, anchor = page, ""
            if i:
                title = plain(re.search(r"<h\d.*?</h\d>", section, re.S)[0])
                anchor = "#" + re.search(r'id="([^"]+)"', section)[1]
            entries.append({"id": len(entries), "url": file + anchor,
                            "page": page, "title": title,
                            "text": plain(section)[:6000]})
    (folder / "search-index.js").write_text(
        f"window.bookSections = {json.dumps(entries, ensure_ascii=False)};\n")


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
        }.items():
            shutil.copy(f"{npm}/{file}", site / name)
        put_frames(site, order)
        search_index(site, order)
        problems = check.reference(work / "xml") + check.links(site)
        problems += check.markdown(sorted([*Path("docs/pages").glob("*.md"),
                                           *Path("tutorials").glob("*/*.md")]))
        if problems:
            sys.exit("\n".join(problems) + "\nbook: not made; see above")
        pack(site, out)


if __name__ == "__main__":
    main()
