"""`whence serve` and what may stand in its way; and the commands when there is no server, or another one."""

from __future__ import annotations

import http.server
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager

import httpx
import pytest
from commands import whence
from servers import free_port, wait_until

pytestmark = pytest.mark.integration


def start(*words: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "whence.cli", *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")


def run(*words: object) -> tuple[int, str, str]:
    process = start(*words)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


@contextmanager
def serving(*words: object):
    """Run `whence serve --json` and give the process and what it said of itself."""
    process = start("serve", "--json", *words)
    try:
        said = ""
        while not said.endswith("}\n"):
            line = process.stdout.readline()
            assert line, process.stderr.read()
            said += line
        yield process, json.loads(said)
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_server_says_where_it_is_and_ends_cleanly(tmp_path, number):
    with serving("--port", 0, "--data", tmp_path / "data") as (process, said):
        assert said["data"] == str(tmp_path / "data")
        assert said["pid"] == process.pid
        assert httpx.get(f"{said['url']}/health".replace("localhost", "127.0.0.1")).json()["status"] == "ok"
        process.send_signal(number)
        assert process.wait(30) == 0
        assert "Traceback" not in process.stderr.read()


def test_it_tells_a_person_how_to_send_a_first_event(tmp_path):
    port = free_port()
    process = start("serve", "--port", port, "--data", tmp_path / "data")
    wait_until(lambda: answers(port), what="the server answering")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert f"at http://localhost:{port}" in out
    assert f'whence.configure(sinks="http://localhost:{port}")' in out
    assert err.strip() == ""


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200
    except httpx.TransportError:
        return False


def test_a_taken_port_is_said_with_its_holder_and_another_port(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, out, err = run("serve", "--port", port, "--data", tmp_path / "data")
    assert (code, out) == (6, "")
    assert f"port {port} of 127.0.0.1 is taken by process {os.getpid()}" in err
    assert "--port " in err
    assert not (tmp_path / "data").exists()


def test_a_port_that_another_whence_has_is_said(tmp_path):
    with serving("--port", 0, "--data", tmp_path / "data") as (_, said):
        port = said["url"].rpartition(":")[2]
        code, _, err = run("serve", "--port", port, "--data", tmp_path / "other")
        assert code == 6
        assert f"is taken by a Whence server ({said['version']}), process {said['pid']}" in err
        code, _, err = run("serve", "--port", 0, "--data", tmp_path / "data")
        assert code == 6
        assert f"process {said['pid']} already writes to {tmp_path / 'data'}" in err


def test_a_folder_that_cannot_be_used_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    code, _, err = run("serve", "--port", 0, "--data", tmp_path / "file" / "data")
    assert code == 6
    assert f"the data folder {tmp_path / 'file' / 'data'} cannot be made: Not a directory" in err
    code, _, err = run("serve", "--port", 0, "--data", tmp_path / "file")
    assert code == 6
    assert "cannot be made" in err
    (tmp_path / "whence.db").write_text("this is no database" * 100)
    code, _, err = run("serve", "--port", 0, "--data", tmp_path)
    assert code == 6
    assert "whence.db" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(("option", "value"), [("--port", 70_000), ("--port", "http"), ("--host", "nobody.invalid")])
def test_wrong_arguments_are_said(tmp_path, option, value):
    code, out, err = run("serve", option, value, "--data", tmp_path / "data")
    assert (code, out) == (2, "")
    assert str(value) in err
    assert "Traceback" not in err


ASKING = [
    ["graph", "a"],
    ["path", "a", "b"],
    ["impact", "a"],
    ["search", "a"],
    ["export", "--events"],
    ["export", "--mermaid", "a"],
]


@pytest.mark.parametrize("words", ASKING)
def test_without_a_server_each_command_says_so(words):
    url = f"http://127.0.0.1:{free_port()}"
    code, out, err = whence(*words, "--url", url)
    assert (code, out) == (3, "")
    assert err.splitlines() == [
        f"whence: no Whence server at {url}: nothing listens on that port",
        "  start one with `whence serve`, or name another with --url or WHENCE_URL",
    ]


def test_import_without_a_server_says_so_at_once(tmp_path):
    (tmp_path / "events.jsonl").write_text("{}\n")
    code, _, err = whence("import", tmp_path / "events.jsonl", "--url", f"http://127.0.0.1:{free_port()}")
    assert code == 3
    assert "cannot be reached" in err


class Stranger(http.server.BaseHTTPRequestHandler):
    """A server that refuses every key but `right`, and knows no lineage."""

    def do_GET(self) -> None:
        right = self.headers.get("Authorization") == "Bearer right"
        self.send_response(404 if right else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_a_wrong_key_and_a_stranger_are_told_apart():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as stranger:
        thread = threading.Thread(target=stranger.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{stranger.server_port}"
        code, _, err = whence("search", "a", "--url", url, "--api-key", "wrong")
        assert code == 5
        assert f"the server at {url} refused the API key" in err
        assert "wrong" not in err
        code, _, err = whence("search", "a", "--url", url, "--api-key", "right")
        assert code == 3
        assert f"what answers at {url} is no Whence server (HTTP 404)" in err
        stranger.shutdown()
        thread.join()


@pytest.mark.parametrize("url", ["localhost:8300", "ftp://localhost", "http://", "http://localhost:port"])
def test_a_url_that_is_none_is_said(url):
    code, _, err = whence("search", "a", "--url", url)
    assert code == 2
    assert f"{url!r} is no server URL" in err


@pytest.mark.parametrize("words", [["export", "--events"], ["export", "--canonical"], ["rebuild"]])
def test_a_data_folder_that_is_none_is_said_and_not_made(tmp_path, words):
    code, _, err = whence(*words, "--data", tmp_path / "absent")
    assert code == 6
    assert f"the data folder {tmp_path / 'absent'} is not there" in err
    assert list(tmp_path.iterdir()) == []


def test_what_stands_in_the_way_of_the_demo_is_said(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, _, err = whence("demo", "--once", "--port", port, "--data", tmp_path / "demo")
    assert code == 6
    assert f"port {port} of 127.0.0.1 is taken" in err
    (tmp_path / "file").write_text("")
    code, _, err = whence("demo", "--once", "--port", 0, "--data", tmp_path / "file")
    assert code == 6
    assert f"the demo cannot make its folder {tmp_path / 'file' / 'shop'}: Not a directory" in err
