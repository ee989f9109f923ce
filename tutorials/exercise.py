"""An exercise: the folder NN_chapter/exercises/NAME, and what is in it."""

import re
import shutil
import subprocess
import sys

KINDS = ["Repair", "Extend", "Investigate"]


class Exercise:
    """A folder, and what its README.md and its check say of it."""

    def __init__(self, folder):
        self.folder, self.name = folder, folder.name
        self.chapter = folder.parts[-3]
        title, _, about, *text = (folder / "README.md").read_text().split("\n")
        self.title = title.removeprefix("# ")
        found = re.fullmatch(r"\*\*(\w+)\*\* · (\d+) minutes · chapter \d", about)
        if not found or found[1] not in KINDS:
            sys.exit(f"{folder}/README.md: line 3 is not: **Repair** · 20 minutes · "
                     "chapter 1")
        self.kind, self.minutes = found[1], int(found[2])
        self.text = "\n".join(text).strip("\n")
        self.mine = folder / "mine.c"

    def hints(self):
        """The hints, each of which tells more; an exam has none."""
        file = self.folder / "hints.md"
        return [hint.strip() for hint in re.split(r"(?m)^---$", file.read_text())] \
            if file.exists() else []

    def hidden(self):
        """Whether only the teacher has its check."""
        return not (self.folder / "check.c").exists()

    def solution(self):
        """The book's solution, or None in a copy that has none."""
        patch = self.folder / "solution.patch"
        if not patch.exists():
            return None
        return subprocess.run(
            ["patch", "--silent", "--follow-symlinks", "-o", "-",
             self.folder / "starter.c", patch],
            check=True, stdout=subprocess.PIPE, text=True).stdout

    def lines_to_write(self):
        """How many lines the book's solution adds, blank ones aside; None without it."""
        patch = self.folder / "solution.patch"
        if not patch.exists():
            return None
        return len(re.findall(r"(?m)^\+(?!\+\+ )[ \t]*\S", patch.read_text()))

    def user(self):
        """Who should try it in a shell: root, if the check runs it as some root."""
        check = "" if self.hidden() else (self.folder / "check.c").read_text()
        return "root" if "AS_NAMESPACE_ROOT" in check else "learner"

    def command(self):
        """The first command line of its text that can be typed as it is."""
        blocks = [re.sub(r"(?m)^    ", "", block) for block in
                  re.findall(r"(?m)^(?:    .*(?:\n|$))+", self.text)]
        for code in blocks + re.findall(r"`([^`]+)`", self.text):
            lines = code.strip("\n").split("\n")
            typed = [line[2:] for line in lines if line[:2] in ("$ ", "# ")]
            found = "\n".join(typed or lines)
            # Not one that only says which arguments there are.
            if re.search(rf"\b{self.name}\b(?! [A-Z]{{2}})", found):
                return found
        sys.exit(f"{self.folder}/README.md: shows no command that can be typed")

    def brief(self):
        """What its check looks at, in a sentence."""
        if self.hidden():
            return "What your teacher's check looks at."
        found = re.search(r"@brief ((?:.+\n \* )*.+)\n",
                          (self.folder / "check.c").read_text())
        return " ".join(found[1].replace("\n *", " ").split())

    def begin(self):
        """Makes the reader's file, unless there is one."""
        if not self.mine.exists():
            shutil.copy(self.folder / "starter.c", self.mine)

    def reset(self):
        """Gives the starter back; what the reader wrote is kept beside it."""
        if self.mine.exists():
            self.mine.rename(self.folder / "mine.c.old")
        self.begin()


def find_all(top):
    """All exercises below a folder, in the order of the book."""
    found = [Exercise(readme.parent) for readme in
             top.glob("tutorials/*/exercises/*/README.md")]
    return sorted(found, key=lambda e: (e.chapter, KINDS.index(e.kind), e.name))
