"""What students hand in, read with care: it may be anything.

A student is a folder, or a progress file of the page. In a folder are NAME.c or
NAME/mine.c, where NAME is an exercise, and progress files, *.json. Of an exercise that
is there twice, the first of these three counts.
"""

import errno
import hashlib
import json
import os
import stat

SOURCE = 256 << 10    # bytes of a source
PROGRESS = 8 << 20    # bytes of a progress file
ENTRIES = 1000        # of a folder


def printable(text):
    """Text without what a terminal, or a reader, could take for something else."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def name_of(entry):
    """A file's name as text; not all names are UTF-8."""
    return os.fsencode(entry).decode(errors="replace")


class Unfit(Exception):
    """Not a file to be read; says why."""


def read_file(name, most, folder=None):
    """A file's bytes, if it is a regular file; nothing outside is followed."""
    try:
        fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except OSError as error:
        raise Unfit("it is a symbolic link" if error.errno == errno.ELOOP else
                    error.strerror) from error
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            raise Unfit("it is not a regular file")
        if status.st_size > most:
            raise Unfit(f"it is larger than {most >> 10} KB")
        with os.fdopen(os.dup(fd), "rb") as file:
            return file.read(most)
    finally:
        os.close(fd)


class Student:
    """A folder or a progress file: its sources, {exercise: bytes}, and notes."""

    def __init__(self, path, names):
        self.path, self.names = path, names
        self.entry = name_of(path.name)
        self.name = printable(self.entry.removesuffix(".json"))
        self.key = hashlib.sha256(os.fsencode(path.name)).hexdigest()[:16]
        self.sources, self.notes = {}, []
        if path.is_dir() and not path.is_symlink():
            self.read_folder()
        else:
            self.read_progress(path, None)

    def note(self, entry, why):
        """Something that is not graded, for whoever reads the report."""
        self.notes.append(f"{printable(name_of(entry))}: {why}")

    def read_folder(self):
        """NAME.c, then NAME/mine.c, then progress files."""
        folder = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            entries = sorted(os.listdir(folder))
            if len(entries) > ENTRIES:
                self.note(self.path.name, f"only {ENTRIES} files of it are looked at")
            for read in self.read_source, self.read_mine, self.read_progress:
                for entry in entries[:ENTRIES]:
                    try:
                        read(entry, folder)
                    except Unfit as error:
                        self.note(entry, error)
        finally:
            os.close(folder)

    def take(self, entry, exercise, source):
        """A source, unless there is one of that exercise."""
        if self.sources.setdefault(exercise, source) != source:
            self.note(entry, f"{exercise} is there already, and is not this one")

    def read_source(self, entry, folder):
        """NAME.c"""
        if not entry.endswith(".c"):
            return
        if entry[:-2] not in self.names:
            raise Unfit("there is no exercise of that name")
        self.take(entry, entry[:-2], read_file(entry, SOURCE, folder))

    def read_mine(self, entry, folder):
        """NAME/mine.c"""
        if entry not in self.names:
            return
        try:
            inside = os.open(entry, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW,
                             dir_fd=folder)
        except OSError as error:
            raise Unfit("it is not a folder") from error
        try:
            self.take(f"{entry}/mine.c", entry, read_file("mine.c", SOURCE, inside))
        finally:
            os.close(inside)

    def read_progress(self, entry, folder):
        """What the page has exported. Only its sources count."""
        label = os.path.basename(entry)
        if not label.endswith(".json"):
            return
        found = progress_of(read_file(entry, PROGRESS, folder))
        called = found.get("student")
        if isinstance(called, str) and called.strip() not in ("", self.name):
            self.note(label, f"the student's name in it is {printable(called[:100])}")
        for exercise, known in found["exercises"].items():
            source = known.get("program") if isinstance(known, dict) else None
            if not isinstance(source, str) or not source.strip():
                continue
            source = source.encode(errors="replace")
            if exercise not in self.names:
                self.note(exercise[:100], "there is no exercise of that name")
            elif len(source) > SOURCE:
                self.note(exercise, f"it is larger than {SOURCE >> 10} KB")
            else:
                self.take(label, exercise, source)

    def only(self, asked):
        """Forgets all exercises but these."""
        self.sources = {name: source for name, source in self.sources.items()
                        if name in asked}

    def digest(self, of_grader):
        """Changes when a source changes, or what grades it."""
        made = hashlib.sha256(of_grader.encode())
        for name, source in sorted(self.sources.items()):
            made.update(f"{name} {len(source)}\n".encode() + source)
        made.update("\n".join(self.notes).encode(errors="replace"))
        return made.hexdigest()


def progress_of(data):
    """A progress file's object, version 1; raises Unfit."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unfit("it is not JSON") from error
    if not isinstance(found, dict) or found.get("barco") != "progress":
        raise Unfit("it is not a progress file of the book")
    if found.get("version") != 1 or not isinstance(found.get("exercises"), dict):
        raise Unfit("it is a progress file of another version")
    return found


def find(folder, student):
    """All students of a folder, by name, and notes about what is none.

    `student` makes one of a path.
    """
    students, notes = [], []
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or not (path.is_dir() or path.name.endswith(".json")):
            notes.append(f"{printable(name_of(path.name))} is not a folder, and is "
                         "left out")
            continue
        try:
            students.append(student(path))
        except Unfit as error:
            notes.append(f"{printable(name_of(path.name))} is left out: {error}")
    return students, notes
