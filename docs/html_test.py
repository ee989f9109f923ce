#!/usr/bin/env python3
"""Every page is HTML as the standard has it: html_test.py SITE.tar vnu.jar

The Nu Html Checker has nothing to say: neither
errors nor warnings.
"""

import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path


def complaints(jar, folder):
    """What the checker says, one string each."""
    done = subprocess.run(
        ["java", "-Xss4m", "-jar", jar, "--skip-non-html", "--stdout",
         "--format", "json", "--exit-zero-always", folder],
        stdout=subprocess.PIPE, check=True)
    for said in json.loads(done.stdout)["messages"]:
        yield (Path(said["url"]).name,
               f"{said.get('lastLine', 1)}: {said['message']} "
               f"{said.get('extract', '')!r}")


def main():
    with tempfile.TemporaryDirectory() as work, tarfile.open(sys.argv[1]) as tar:
        tar.extractall(work)
        pages = sorted(Path(work, "site").glob("*.html"))
        wrong = list(complaints(sys.argv[2], Path(work, "site")))
    for name, what in wrong[:100]:
        print(f"FAILED: {name}:{what}")
    bad = len({name for name, _ in wrong})
    print(f"{len(pages) - bad} passed, {bad} failed")
    raise SystemExit(bad > 0 or not pages)


if __name__ == "__main__":
    main()
