"""A threaded HTTP server on loopback, and one that serves a folder with ranges, as data.commoncrawl.org does."""

import hashlib
import re
import threading
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote


class Server(ThreadingHTTPServer):
    """One thread a connection; clients that go away are no news."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request, client_address):
        """Faults break connections on purpose."""


@contextmanager
def serving(handler):
    """Serve on a free port; gives its address."""
    server = Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.02), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


class Quiet(BaseHTTPRequestHandler):
    """A handler that keeps connections open and writes no log."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *args):
        """Say nothing."""

    def answer(self, status, headers=None, body=b""):
        """Send a whole answer; to HEAD its head alone."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class RangedFiles(Quiet):
    """Files of a folder by GET and HEAD, whole or one range of them, each with an etag."""

    ranges = True

    def __init__(self, folder, *args):
        """Serve below a folder."""
        self.folder = Path(folder)
        super().__init__(*args)

    def do_GET(self):
        """Answer 200, 206, 404 or 416."""
        path = self.folder / unquote(self.path.partition("?")[0]).lstrip("/")
        if not path.is_file():
            return self.answer(404)
        data = path.read_bytes()
        headers = {"ETag": f'"{hashlib.md5(data).hexdigest()}"'}
        wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if not (self.ranges and wanted):
            return self.answer(200, headers, data)
        first, last = int(wanted[1]), min(int(wanted[2]), len(data) - 1)
        if first >= len(data):
            return self.answer(416, {"Content-Range": f"bytes */{len(data)}"})
        headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
        return self.answer(206, headers, data[first : last + 1])

    do_HEAD = do_GET
