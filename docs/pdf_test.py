#!/usr/bin/env python3
"""The book on paper: pdf_test.py BOOK.pdf SITE.tar

Looked at as poppler reads it: every chapter begins on the page that the
contents say, answers are at the end, and nothing that only a screen can do is
printed. (That all of it fits is what pdf.mjs itself looks at.)
"""

import html
import re
import subprocess
import sys
import tarfile


def text():
    """The text of each page."""
    return subprocess.run(["pdftotext", "-layout", sys.argv[1], "-"], text=True,
                          check=True, stdout=subprocess.PIPE
                          ).stdout.split("\f")


def right_edges():
    """Where each line of text that begins at the left margin ends, in points."""
    boxes = subprocess.run(["pdftotext", "-bbox-layout", sys.argv[1], "-"],
                           text=True, check=True, stdout=subprocess.PIPE).stdout
    for left, right, words in re.findall(
            r'<line xMin="([\d.]+)".*? xMax="([\d.]+)".*?>(.*?)</line>', boxes,
            re.S):
        if float(left) < 58 and words.count("<word") > 7:
            yield float(right)


def titles():
    """The titles of the chapters, from the site."""
    with tarfile.open(sys.argv[2]) as tar:
        for name in sorted(tar.getnames()):
            if re.match(r"site/chapter_\w+\.html", name):
                page = tar.extractfile(name).read().decode()
                title = re.search(r'<h1 class="title">(.*?)</h1>', page, re.S)
                yield html.unescape(re.sub(r"<[^>]*>", "", title[1]))


def main():
    pages = text()
    joined = "\n".join(pages)
    # The page is 595 points wide, and its text begins at 57 and ends at 538.
    wide = sum(right > 500 for right in right_edges())
    checks = [("there are words", len(joined.split()) > 50_000, ""),
              ("there is nothing to press",
               not re.search(r"(?m)^ *(Copy|Link to this failure) *$", joined),
               ""),
              ("the text is as wide as the page",
               wide > 800, f"{wide} lines are")]
    for title in titles():
        line = re.search(rf"(?m)^ *{re.escape(title)} +(\d+)$", joined)
        number = int(line[1]) if line else 0
        begins = line is not None and pages[number - 1].count(title) == 2
        checks += [(f"{title} is in the contents", line is not None, ""),
                   (f"{title} begins on page {number}", begins,
                    pages[number - 1][:200])]
    line = re.search(r"(?m)^ *Answers +(\d+)$", joined)
    checks.append(("the answers come after the chapters", line is not None and
                   int(line[1]) > len(pages) / 2, ""))
    asked = re.findall(r"What did you predict\? \(page (\d+)\)", joined)
    checks += [("each question says where its answer is",
                len(asked) == len(list(titles())), asked)]
    for number in asked:
        checks.append((f"an answer is on page {number}", "What did you predict?"
                       in pages[int(number) - 1], pages[int(number) - 1][:200]))
    failed = [(what, seen) for what, holds, seen in checks if not holds]
    for what, seen in failed:
        print(f"FAILED: {what}: {seen}")
    print(f"{len(checks) - len(failed)} passed, {len(failed)} failed")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
