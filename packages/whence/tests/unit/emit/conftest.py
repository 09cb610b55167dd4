"""Servers that answer as a test says, real ones on 127.0.0.1, and settings that wait for nothing."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import resource
import signal
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import pytest

from whence.emit import settings_from

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from whence.emit import Settings


class Request(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes
    """As it was sent; `events` are what it holds."""
    events: list[Any]


Answer = tuple[int, dict[str, str], bytes]
NO_CONTENT: Answer = (204, {}, b"")


class FakeServer:
    """An OpenLineage server whose answers are a list, then `decide`; it keeps what it was sent."""

    def __init__(self, *answers: Answer, decide: Callable[[Request], Answer] = lambda _: NO_CONTENT) -> None:
        self.answers = list(answers)
        self.decide = decide
        self.requests: list[Request] = []
        self.connections = 0
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                fake.connections += 1
                super().setup()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, headers, content = fake.take(self.path, dict(self.headers), body)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def take(self, path: str, headers: dict[str, str], body: bytes) -> Answer:
        plain = gzip.decompress(body) if headers.get("Content-Encoding") == "gzip" else body
        value = json.loads(plain)
        request = Request(path, headers, body, value if isinstance(value, list) else [value])
        self.requests.append(request)
        return self.answers.pop(0) if self.answers else self.decide(request)

    @property
    def events(self) -> list[Any]:
        return [event for request in self.requests for event in request.events]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class RawServer:
    """A server that is no HTTP server: `talk` gets each connection after its request has begun to arrive."""

    def __init__(self, talk: Callable[[socket.socket], None]) -> None:
        self._talk = talk
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                with connection, contextlib.suppress(OSError):
                    connection.recv(65536)
                    self._talk(connection)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(2)


@pytest.fixture
def make_settings(tmp_path):
    """Give a function that makes settings with a spool in the test's folder and short waits."""

    def make(sinks: object = "http://127.0.0.1:9", **more: object) -> Settings:
        quick = {"poll_s": 0.01, "sync_s": 0.01, "backoff_min_s": 0.01, "backoff_max_s": 0.05, "timeout_s": 2.0}
        return settings_from({"sinks": sinks, "spool_dir": tmp_path / "spool", **quick, **more})

    return make


@pytest.fixture
def until():
    """Give a function that waits until something holds, and fails when it does not within some seconds."""

    def wait(holds: Callable[[], object], limit_s: float = 5.0) -> None:
        end = time.monotonic() + limit_s
        while not holds():
            assert time.monotonic() < end, "it did not come true in time"
            time.sleep(0.002)

    return wait


@contextlib.contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """Let no file grow beyond `size` for a while: the system takes a part of a write, then none, like a full disk."""
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)


@pytest.fixture
def full_disk():
    """Give a context manager in which no file grows beyond a size."""
    return files_up_to


@contextlib.contextmanager
def without_rights(folder: str) -> Iterator[None]:
    """Let this process have no right to a folder for a while, also when it is root's."""
    os.chmod(folder, 0)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)
        os.chmod(folder, 0o700)


@pytest.fixture
def no_rights():
    """Give a context manager in which a folder may not be used."""
    return without_rights


@pytest.fixture
def fake_server():
    """Give the class of servers that answer as told (a fixture, because test folders are no packages)."""
    return FakeServer


@pytest.fixture
def raw_server():
    """Give the class of servers that speak no HTTP."""
    return RawServer
