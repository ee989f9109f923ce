"""serve.py FRAME COMMAND...: a page that draws what COMMAND prints.

COMMAND prints a snapshot a line, as snapshot --follow does in a lab. FRAME is the
folder with see.js and see.css, which draw them. The page is served to browsers of
this machine alone; everything ends with COMMAND, or with Ctrl-C.
"""

import signal
import subprocess
import sys
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Snapshots:
    """The newest of them, for as many readers as there are."""

    def __init__(self):
        self.changed = threading.Condition()
        self.number = 0
        self.line = b""

    def read(self, stream):
        """Reads to the end of the stream."""
        for line in stream:
            with self.changed:
                self.number, self.line = self.number + 1, line.strip()
                self.changed.notify_all()

    def __iter__(self):
        seen = 0
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.number != seen)
                seen, line = self.number, self.line
            yield line


class Handler(BaseHTTPRequestHandler):
    """The page, its script and style, and the snapshots as events."""

    def do_GET(self):
        # A page from elsewhere may have given our address a name of its own.
        host, port = self.server.server_address
        if self.headers["Host"] != f"{host}:{port}":
            self.send_error(HTTPStatus.FORBIDDEN)
        elif self.path == "/events":
            self.send_events()
        elif self.path in self.server.files:
            file, kind = self.server.files[self.path]
            self.start(kind)
            self.wfile.write(file.read_bytes())
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def start(self, kind):
        """A good answer, whose body follows."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()

    def send_events(self):
        """Snapshots, until the reader is gone."""
        self.start("text/event-stream")
        try:
            for line in self.server.snapshots:
                self.wfile.write(b"data: " + line + b"\n\n")
        except ConnectionError:
            pass

    def log_message(self, format, *args):
        """Nobody asked."""


def main():
    frame, *command = sys.argv[1:]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.snapshots = Snapshots()
    server.files = {
        "/": (Path(__file__).parent / "index.html", "text/html"),
        "/see.js": (Path(frame) / "see.js", "text/javascript"),
        "/see.css": (Path(frame) / "see.css", "text/css"),
    }
    for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    # Its input stays open as long as we run: with it, what runs in the lab ends.
    with subprocess.Popen(command, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as source:
        try:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            host, port = server.server_address
            print(f"watch: open http://{host}:{port}/ in a browser; "
                  "Ctrl-C ends this", flush=True)
            server.snapshots.read(source.stdout)
        finally:
            source.terminate()
    if not server.snapshots.number:
        sys.exit("watch: the lab shows nothing; it may be older than this "
                 "program. Start another")
    print("watch: the lab has ended", file=sys.stderr)


main()
