"""A proxy that forwards to a server and, by a seeded plan, breaks some of the answers.

Which request is broken how depends on the seed, the request and how often it came, not on time or
threads, so a run through the proxy can be repeated.
"""

import http.client
import random
import socket
import struct
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlsplit

from tests.faults.serving import Quiet, serving

SLOW_DOWN = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
EXPIRED = b"<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>"
XML = {"Content-Type": "application/xml"}
FAULTS = ("slow_down", "broken", "reset", "cut", "short", "drip", "stall")


@dataclass
class Plan:
    """What goes wrong, and what went wrong.

    Attributes:
        rate: Share of requests that are broken.
        kinds: Faults that are drawn.
        seed: Of the draw.
        always: Path prefix → the fault of every request below it.
        stall: Seconds that a stalled connection stays silent.
        given: How often each fault was given.
        n_requests: All requests, by path.
        order: All requests as they came: method, path, range.
    """

    rate: float = 0.0
    kinds: tuple[str, ...] = FAULTS
    seed: int = 0
    always: dict[str, str] = field(default_factory=dict)
    stall: float = 3.0
    given: Counter = field(default_factory=Counter)
    n_requests: Counter = field(default_factory=Counter)
    order: list = field(default_factory=list)
    _seen: Counter = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fault(self, method, path, ranged):
        """Draw the fault of a request; None: it goes through."""
        with self._lock:
            self._seen[method, path, ranged] += 1
            draw = random.Random(f"{self.seed} {method} {path} {ranged} {self._seen[method, path, ranged]}")
            fault = draw.choice(self.kinds) if draw.random() < self.rate else None
            fault = next((kind for prefix, kind in self.always.items() if path.startswith(prefix)), fault)
            self.n_requests[path] += 1
            self.order.append((method, path, ranged))
            self.given[fault] += 1
            return fault


class Proxy(Quiet):
    """Forwards one request, or breaks it."""

    def __init__(self, upstream, plan, *args):
        """Forward to ``upstream`` (host:port) by ``plan``."""
        self.upstream, self.plan = upstream, plan
        super().__init__(*args)

    def do_GET(self):
        """Forward, and break what the plan says."""
        fault = self.plan.fault(self.command, self.path.partition("?")[0], self.headers.get("Range"))
        if fault == "slow_down":
            return self.answer(503, XML, SLOW_DOWN)
        if fault == "broken":
            return self.answer(500)
        if fault == "expired":
            return self.answer(400, XML, EXPIRED)
        if fault == "forbidden":
            return self.answer(403)
        return self._forward(fault)

    do_HEAD = do_GET

    def do_PUT(self):
        """Forward."""
        return self._forward(None)

    do_POST = do_PUT

    def _forward(self, fault):
        status, headers, body = self._ask()
        if self.command == "HEAD":
            # An empty body keeps the length that upstream named.
            return self._hang_up() if fault in ("reset", "cut", "stall") else self.answer(status, headers)
        headers["Content-Length"] = str(len(body))
        if fault == "changed":
            return self.answer(status, {**headers, "ETag": '"another"'}, body)
        if fault == "short":  # consistent in itself, but fewer bytes than were asked for
            body = body[: len(body) // 2]
            return self.answer(status, {**headers, "Content-Length": str(len(body))}, body)
        if fault in ("reset", "cut", "stall", "drip"):
            return self._break(fault, status, headers, body)
        return self.answer(status, headers, body)

    def _ask(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        upstream = http.client.HTTPConnection(self.upstream, timeout=30)
        try:
            sent = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
            upstream.request(self.command, self.path, body, sent)
            found = upstream.getresponse()
            dropped = ("connection", "transfer-encoding", "server", "date")
            headers = {name: value for name, value in found.getheaders() if name.lower() not in dropped}
            return found.status, headers, found.read()
        finally:
            upstream.close()

    def _break(self, fault, status, headers, body):
        """Promise the whole body, and send half of it."""
        half = len(body) // 2
        promised = {**headers, "Content-Length": str(len(body))}
        self.send_response(status)
        for name, value in promised.items():
            self.send_header(name, value)
        self.end_headers()
        if fault == "drip":
            step = max(1, len(body) // 20)
            for at in range(0, len(body), step):
                self.wfile.write(body[at : at + step])
                time.sleep(0.002)
            return None
        self.wfile.write(body[:half])
        self.wfile.flush()
        if fault == "stall":
            time.sleep(self.plan.stall)
        return self._hang_up(reset=fault == "reset")

    def _hang_up(self, reset=True):
        """Close the connection: with a reset, or as if the answer had ended."""
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()


@contextmanager
def proxied(upstream, plan):
    """Serve a proxy in front of an address; gives its own."""
    with serving(partial(Proxy, urlsplit(upstream).netloc, plan)) as address:
        yield address
