from __future__ import annotations

import json
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from whence.cli._sinks import base_of, reach
from whence.emit import settings_from

KEY = "right"


class Lineage(BaseHTTPRequestHandler):
    """A server whose `answers` say status and document for each path."""

    answers: ClassVar[dict[str, tuple[int, object]]]

    def do_GET(self) -> None:
        status, document = self.answers.get(self.path.partition("?")[0], (404, {"code": 404, "message": "no route"}))
        if self.headers.get("Authorization") not in {None, f"Bearer {KEY}"}:
            status, document = 401, {"code": 401, "message": "wrong key"}
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def server(answers):
    handler = type("Answering", (Lineage,), {"answers": answers})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def look(url: str, **settings):
    (sink,) = settings_from({"sinks": [url], **settings}).sinks
    return reach(sink, timeout_s=1.0)


def test_a_whence_server_is_known_by_its_health():
    with server({"/health": (200, {"status": "ok", "version": "1.2.3"})}) as url:
        found = look(url)
    assert found.is_reachable
    assert found.detail.startswith("Whence 1.2.3, in ")


def test_another_lineage_server_is_known_by_its_namespaces():
    with server({"/api/v1/namespaces": (200, {"namespaces": []})}) as url:
        found = look(f"{url}/api/v1/lineage")
    assert found.is_reachable
    assert "Marquez" in found.detail


def test_a_wrong_key_is_said():
    with server({"/health": (200, {"status": "ok"})}) as url:
        assert look(url, api_key=KEY).is_reachable
        found = look(url, api_key="wrong")
    assert not found.is_reachable
    assert found.detail == "it refuses requests with the API key: HTTP 401"


@pytest.mark.parametrize("answer", [(200, b"<html>"), (500, {"message": "no"}), (302, b"")])
def test_a_server_of_another_kind_is_said(answer):
    with server({"/health": answer}) as url:
        found = look(url)
    assert not found.is_reachable
    assert f"HTTP {answer[0]}, which is no lineage server" in found.detail


def test_a_dead_port_and_an_unknown_host_are_said():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        assert look(url).detail == "nothing listens on that port"
    assert look("http://nobody.invalid").detail == "the host name is not known"


def test_a_server_that_never_answers_is_said():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        found = look(f"http://127.0.0.1:{silent.getsockname()[1]}")
    assert found.detail == "no answer within 1 s"


def test_what_does_not_speak_http_is_said():
    with socket.create_server(("127.0.0.1", 0)) as odd:

        def answer() -> None:
            link, _ = odd.accept()
            with link:
                link.sendall(b"220 mail.example ESMTP\r\n")
                link.recv(1000)

        thread = threading.Thread(target=answer)
        thread.start()
        found = look(f"http://127.0.0.1:{odd.getsockname()[1]}")
        thread.join()
    assert found.detail.startswith("what answers there does not speak HTTP")


def test_files_are_looked_at_and_not_made(tmp_path):
    path = tmp_path / "events.jsonl"
    assert look(f"file:{path}")[1:] == (True, "will be created")
    assert not path.exists()
    path.touch()
    assert look(f"file:{path}")[1:] == (True, "can be written")
    assert look(f"file:{tmp_path}")[1:] == (False, "it is a folder")
    assert look(f"file:{tmp_path}/no/events.jsonl")[1:] == (False, f"its folder {tmp_path}/no is not there")


def test_folders_are_looked_at_and_not_made(tmp_path):
    assert look(f"folder+file://{tmp_path}/a/b")[1:] == (True, "will be created")
    assert look(f"folder+file://{tmp_path}")[1:] == (True, "can be written")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    found = look(f"folder+file://{tmp_path}/file/below")
    assert found[1:] == (False, f"PermissionError: nothing may be written in {tmp_path}/file")


def test_the_console_is_always_there():
    assert look("console:").is_reachable


@pytest.mark.parametrize(
    ("sink", "base"),
    [
        ("http://h:8300", "http://h:8300"),
        ("http://h:5000/api/v1/lineage", "http://h:5000"),
        ("https://h/whence/api/v1", "https://h/whence"),
    ],
)
def test_a_sink_may_name_the_endpoint(sink, base):
    assert base_of(sink) == base
