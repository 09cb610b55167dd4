"""What the tests and benchmarks of the spool share: a server that answers as told, and writers that are killed.

Each trial compares the ids that writers noted after `emit` had returned with the events of those requests that the
server answered with 2xx. At least once: an event may arrive twice.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Self

from whence.emit import drain, settings_from

if TYPE_CHECKING:
    from collections.abc import Callable

WRITER = Path(__file__).with_name("integration") / "spool_writer.py"
WRITERS = 3
ANSWER_LIMIT_S = 60.0

Answer = tuple[int, dict[str, str]]
FINE: Answer = (204, {})


class Server(ThreadingHTTPServer):
    """A server that is quiet about clients that were killed while they talked to it."""

    allow_reuse_address = True

    def handle_error(self, request, client_address) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Receiver:
    """An OpenLineage server that answers as `decide` says and keeps what it answered with 2xx; `hang` answers never."""

    def __init__(self, decide: Callable[[], Answer | None] = lambda: FINE, port: int = 0) -> None:
        self.decide = decide
        self.accepted: Counter[str] = Counter()
        self.bodies: dict[str, set[bytes]] = {}
        self.answers: Counter[int] = Counter()
        self._lock = threading.Lock()
        self._released = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, headers = receiver.answer(self.path, gzip_or_plain(self.headers, body))
                with contextlib.suppress(OSError):
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self._server = Server(("127.0.0.1", port), Handler)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def answer(self, path: str, body: bytes) -> Answer:
        answer = self.decide()
        if answer is None:
            self._released.wait(ANSWER_LIMIT_S)
            return 503, {}
        with self._lock:
            self.answers[answer[0]] += 1
            if answer[0] < 300:
                events = json.loads(body) if path.endswith("/batch") else [json.loads(body)]
                for event in events:
                    name = event["job"]["name"]
                    self.accepted[name] += 1
                    self.bodies.setdefault(name, set()).add(json.dumps(event).encode())
        return answer

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def gzip_or_plain(headers, body: bytes) -> bytes:
    return gzip.decompress(body) if headers.get("Content-Encoding") == "gzip" else body


def seldom(share: float, answer: Answer | None, seed: int = 1) -> Callable[[], Answer | None]:
    """Answer so in this share of the requests, fine in the others."""
    rng = random.Random(seed)
    return lambda: answer if rng.random() < share else FINE


class Trial:
    """Writers on one spool folder, and what they noted."""

    def __init__(self, folder: Path, sinks: str, **settings: str) -> None:
        folder.mkdir(exist_ok=True)
        self.spool = folder / "spool"
        self.notes = folder / "notes"
        fast = {"WHENCE_BACKOFF_MIN_S": "0.01", "WHENCE_BACKOFF_MAX_S": "0.1", "WHENCE_POLL_S": "0.02"}
        self._environ = fast | {"WHENCE_SINKS": sinks, "WHENCE_SPOOL_DIR": str(self.spool)} | settings

    def start(self, mode: str = "loop", count: int = 1_000_000) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(WRITER), str(self.notes), mode, str(count)]
        return subprocess.Popen(command, env=os.environ | self._environ, stderr=subprocess.DEVNULL)

    def wait_for_notes(self, count: int) -> None:
        end = time.monotonic() + 20
        while len(self.noted()) < count:
            assert time.monotonic() < end, "the writers do not write"
            time.sleep(0.01)

    def noted(self) -> set[str]:
        return set(self.notes.read_text().split()) if self.notes.exists() else set()

    def drain(self, timeout_s: float = 30.0) -> bool:
        return drain(settings_from({}, self._environ), timeout_s).is_complete

    def lost(self, receiver: Receiver) -> set[str]:
        return self.noted() - set(receiver.accepted)


def kill(writers: list[subprocess.Popen[bytes]], how: signal.Signals) -> None:
    for writer in writers:
        writer.send_signal(how)
    for writer in writers:
        writer.wait()


def seconds_to_end(trial: Trial, count: int) -> float:
    """Let a writer emit so many events and end by itself; gives the time from its last event to its end."""
    writer = trial.start(count=count)
    trial.wait_for_notes(count)
    started = time.monotonic()
    assert writer.wait() == 0
    return time.monotonic() - started


def kill_trials(trial: Trial, trials: int, rng: random.Random) -> None:
    """Start writers and kill them at a random moment, again and again, on one folder: each meets what the dead left."""
    for _ in range(trials):
        before = len(trial.noted())
        writers = [trial.start() for _ in range(WRITERS)]
        trial.wait_for_notes(before + 1)
        time.sleep(rng.uniform(0.0, 0.4))
        kill(writers, signal.SIGKILL)


_SKIPPING = '''
from whence.emit import SinkSettings
from whence.emit.sinks import SinkSpec, Taken, open_sink


class SkippingSink:
    """Says of every event that it was taken, whatever the server answered."""

    def __init__(self, settings):
        url = settings.url.replace("skipping+", "")
        self._sink = open_sink(SinkSettings(url=url, kind="http", timeout_s=settings.timeout_s))

    def send(self, batch):
        self._sink.send(batch)
        return [Taken()] * len(batch)

    def close(self):
        self._sink.close()


SPEC = SinkSpec(name="skipping", schemes=("skipping+http",), open=SkippingSink)
'''


def write_skipping_sink(folder: Path) -> None:
    """Write the package of a sink that skips what was refused: `skipping+http://...` once the folder is on the path."""
    (folder / "skipping-1.dist-info").mkdir(parents=True)
    (folder / "skipping.py").write_text(_SKIPPING)
    (folder / "skipping-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: skipping\nVersion: 1\n")
    (folder / "skipping-1.dist-info" / "entry_points.txt").write_text("[whence.sinks]\nskipping+http = skipping:SPEC\n")
