"""pack.py OUT NAME=FILE...: files as one script, for a page that has no server.

A page that was opened from a file may load scripts and nothing else. A byte is
a character of windows-1252, in which the page loads the script, so that it is
hardly longer than the files; base64 would add a third. What is not compressed yet
becomes gzip's, which browsers unpack.
"""

import gzip
import sys
from pathlib import Path

# What cannot stand in a string of JavaScript as it is.
ESCAPED = {ord("\\"): rb"\\", ord('"'): rb"\"", ord("\n"): rb"\n",
           ord("\r"): rb"\r"}


def string(data):
    """Bytes as a string literal."""
    for byte, escape in ESCAPED.items():
        data = data.replace(bytes([byte]), escape)
    return b'"' + data + b'"'


def packed(file):
    """The bytes of a file, compressed."""
    data = Path(file).read_bytes()
    return data if file.endswith(".zst") else gzip.compress(data, mtime=0)


def main():
    parts = dict(argument.split("=", 1) for argument in sys.argv[2:])
    with open(sys.argv[1], "wb") as out:
        out.write(b"window.barcoMachine = {")
        for name, file in parts.items():
            out.write(b"\n" + name.encode() + b": " +
                      string(packed(file)) + b",")
        out.write(b"\n};\n")


main()
