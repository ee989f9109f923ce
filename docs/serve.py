#!/usr/bin/env python3
"""Serves the book, SITE.tar, on a free port of this machine, until Ctrl-C."""

import signal
import subprocess
import sys
import tempfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

# What a page may do: run the scripts that lie beside it, compile WebAssembly, and
# nothing that comes from elsewhere. v86 keeps time in a worker whose text it has
# itself, which is a blob; xterm makes its styles in the page, and drawings have
# theirs in attributes. The window with a speaker's notes has one script of
# reveal.js in the page, known by its hash, and shows two slides in frames. No
# script asks a server for anything.
POLICY = "; ".join([
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval' "
    "'sha256-GzCveToXhSIzS3M5eQeRm3McVRB7cYneYKwTkzA3wDk='",
    "worker-src blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
])


class Handler(SimpleHTTPRequestHandler):
    """Answers with files, and with the policy."""

    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_request(self, *_):
        """Says nothing of what went well."""


def main():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["tar", "-xf", sys.argv[1], "-C", folder], check=True)
        server = ThreadingHTTPServer(
            ("127.0.0.1", 0), partial(Handler, directory=f"{folder}/site"))
        print(f"The book is at http://127.0.0.1:{server.server_port}/ "
              "(Ctrl-C ends it)", flush=True)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
