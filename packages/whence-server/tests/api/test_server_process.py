"""The server as a process: killed, ended, sent too much. What it acknowledged is there afterwards."""

from __future__ import annotations

import contextlib
import http.client
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import orjson
import pytest

EVENT = {
    "eventTime": "2026-01-01T00:00:00Z",
    "producer": "https://example.com/tests",
    "schemaURL": "https://example.com/event.json",
    "job": {"namespace": "process", "name": "load"},
}
JSON = {"Content-Type": "application/json"}


def free_port():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


class Server:
    """A server process on a folder."""

    def __init__(self, folder):
        self.port = free_port()
        command = [sys.executable, "-m", "whence_server", "--data", str(folder), "--port", str(self.port)]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        for _ in range(600):
            if self.process.poll() is not None:
                raise RuntimeError(self.process.stderr.read())
            try:
                self.get("/health")
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise TimeoutError

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return orjson.loads(connection.getresponse().read())
        finally:
            connection.close()

    def end(self, number):
        self.process.send_signal(number)
        code = self.process.wait(30)
        self.process.stderr.close()
        return code


@pytest.fixture
def start(tmp_path):
    """Start servers on one folder; those still running are killed at the end."""
    started = []

    def start():
        started.append(Server(tmp_path / "data"))
        return started[-1]

    yield start
    for server in started:
        if server.process.poll() is None:
            server.end(signal.SIGKILL)


def post_until_it_ends(port, name, acknowledged):
    """Post numbered events until the connection breaks; note those that were answered 201."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        for number in range(100_000):
            event = {**EVENT, "job": {"namespace": "process", "name": f"{name} {number}"}}
            connection.request("POST", "/api/v1/lineage", orjson.dumps(event), JSON)
            answer = connection.getresponse()
            answer.read()
            if answer.status == 201:
                acknowledged.append(event["job"]["name"])
    except (OSError, http.client.HTTPException):
        return
    finally:
        connection.close()


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_what_was_acknowledged_is_there_after_the_end(start, ending):
    server = start()
    acknowledged = []
    senders = [threading.Thread(target=post_until_it_ends, args=(server.port, i, acknowledged)) for i in range(8)]
    for sender in senders:
        sender.start()
    time.sleep(1.0)
    server.end(ending)
    for sender in senders:
        sender.join(20)
    server = start()
    health = server.get("/health")
    jobs = server.get("/api/v1/namespaces/process/jobs?limit=1000")
    names = {job["name"] for job in jobs["jobs"]}
    assert len(acknowledged) > 20
    assert health["jobs"] >= len(acknowledged)
    assert set(acknowledged[:900]) <= names or len(names) == 1000


def test_a_second_server_on_the_folder_is_refused_with_a_reason(start, tmp_path):
    server = start()
    command = [sys.executable, "-m", "whence_server", "--data", str(tmp_path / "data"), "--port", str(free_port())]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert f"process {server.process.pid} already writes" in done.stderr
    assert "Traceback" not in done.stderr


def test_too_large_a_body_is_refused_while_it_is_sent(start):
    """100 MB are announced as chunks of unknown number; the answer must come long before they are all sent."""
    server = start()
    sent = 0
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(b"POST /api/v1/lineage HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"%x\r\n" % (1 << 20) + b"x" * (1 << 20) + b"\r\n"
        connection.settimeout(5)
        answer = b""
        try:
            for _ in range(100):
                connection.sendall(chunk)
                sent += 1
                connection.setblocking(False)
                try:
                    answer += connection.recv(1 << 16)
                except BlockingIOError:
                    pass
                finally:
                    connection.settimeout(5)
                if answer:
                    break
        except OSError:
            answer = answer or connection.recv(1 << 16)
        with contextlib.suppress(OSError):  # the head may come alone
            answer += b"" if b"}" in answer else connection.recv(1 << 16)
    assert b" 413 " in answer
    assert b"too_large" in answer
    assert sent <= 40
    assert server.get("/health")["status"] == "ok"


def test_an_announced_body_beyond_the_limit_is_refused_at_once(start):
    server = start()
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(b"POST /api/v1/lineage HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n")
        assert b" 413 " in connection.recv(1 << 16)


def test_memory_of_the_process_is_bounded_when_large_bodies_come(start):
    server = start()
    body = orjson.dumps({**EVENT, "x": "y" * 15_000_000})

    def send():
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("POST", "/api/v1/lineage", body, JSON)
        assert connection.getresponse().status == 201
        connection.close()

    for _ in range(2):
        senders = [threading.Thread(target=send) for _ in range(3)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join(60)
    status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    assert peak < 600_000  # KiB
