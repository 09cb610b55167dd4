from __future__ import annotations

import gzip
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from whence.cli import CliError, ExitCode, main
from whence_server.cli.posting import Poster, Refusal

EVENTS = [json.dumps({"number": number}).encode() for number in range(4)]


class Taking(BaseHTTPRequestHandler):
    """A server whose `script` gives an answer to each request in turn: status, document."""

    script: ClassVar[list[tuple[int, object]]]
    seen: ClassVar[list[object]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.seen.append(json.loads(body))
        status, document = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        answer = b"" if document is None else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def server(*script):
    handler = type("Scripted", (Taking,), {"script": list(script), "seen": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}", handler.seen
        running.shutdown()
        thread.join()


def post(url: str, **options) -> list[Refusal]:
    poster = Poster(url, api_key=None, **options)
    try:
        return poster.post(EVENTS)
    finally:
        poster.close()


def test_a_batch_is_one_request():
    with server((204, None)) as (url, seen):
        assert post(url) == []
    assert seen == [[json.loads(event) for event in EVENTS]]


def test_refused_events_are_told_with_their_place():
    report = {
        "status": "partial_success",
        "summary": {"received": 4, "successful": 3, "failed": 1},
        "failed_events": [{"index": 2, "reason": "$.job: missing", "retriable": False}],
    }
    with server((200, report)) as (url, _):
        assert post(url) == [Refusal(2, "$.job: missing")]


def test_only_what_the_server_could_not_take_now_is_sent_again():
    report = {
        "summary": {"received": 4, "failed": 2},
        "failed_events": [
            {"index": 0, "reason": "bad", "retriable": False},
            {"index": 3, "reason": "busy", "retriable": True},
        ],
    }
    with server((200, report), (204, None)) as (url, seen):
        assert post(url) == [Refusal(0, "bad")]
    assert seen[1] == [json.loads(EVENTS[3])]


def test_a_server_that_stays_busy_is_given_up_with_its_reason():
    with (
        server((503, {"message": "the disk is full"})) as (url, _),
        pytest.raises(CliError, match="disk is full") as stop,
    ):
        post(url, patience_s=0.1)
    assert stop.value.code == ExitCode.NO_SERVER


def test_a_refused_key_is_said_at_once():
    with (
        server((401, {"message": "no such key"})) as (url, _),
        pytest.raises(CliError, match="refused the API key") as stop,
    ):
        post(url)
    assert stop.value.code == ExitCode.NOT_ALLOWED


def write(path, lines) -> str:
    path.write_bytes(b"\n".join(lines))
    return str(path)


def test_import_reports_bad_lines_and_keeps_the_good(tmp_path, capsys):
    report = {
        "summary": {"failed": 1},
        "failed_events": [{"index": 1, "reason": "$.job: missing", "retriable": False}],
    }
    path = write(tmp_path / "events.jsonl", [EVENTS[0], b"{oops", EVENTS[1], EVENTS[2]])
    with server((200, report)) as (url, seen):
        assert main(["import", path, "--url", url, "--json"]) == ExitCode.NO
        told = json.loads(capsys.readouterr().out)
        assert main(["import", path, "--url", url]) == ExitCode.NO
    said = capsys.readouterr()
    assert told["read"] == 4
    assert told["imported"] == 2
    assert [(each["line"], each["file"]) for each in told["refused"]] == [(2, path), (3, path)]
    assert f"{path}:3: $.job: missing" in said.err
    assert "2 of 4 events taken in" in said.out
    assert len(seen[0]) == 3


def test_import_says_how_far_it_came(tmp_path, capsys):
    path = write(tmp_path / "events.jsonl", [b'{"a": 1}'] * 700)
    with server((204, None), (403, {"message": "key revoked"})) as (url, _):
        assert main(["import", path, "--url", url]) == ExitCode.NOT_ALLOWED
    said = capsys.readouterr().err
    assert f"stopped after 500 events, up to {path}:500" in said
    assert "refused the API key" in said


def test_import_without_a_server_says_so(tmp_path, capsys):
    path = write(tmp_path / "events.jsonl", EVENTS)
    assert main(["import", path, "--url", "http://127.0.0.1:1"]) == ExitCode.NO_SERVER
    assert "http://127.0.0.1:1 cannot be reached" in capsys.readouterr().err


def test_import_into_a_folder_needs_no_server(tmp_path, capsys):
    event = {
        "eventType": "COMPLETE",
        "eventTime": "2026-01-01T00:00:00Z",
        "producer": "https://example.com",
        "run": {"runId": "0190a8a5-0000-7000-8000-000000000000"},
        "job": {"namespace": "shop", "name": "load"},
    }
    path = write(tmp_path / "events.jsonl", [json.dumps(event).encode(), b'{"eventTime": 5}'])
    data = str(tmp_path / "data")
    assert main(["import", path, "--data", data]) == ExitCode.NO
    assert f"{path}:2: $.eventTime" in capsys.readouterr().err
    assert main(["export", "--events", "--data", data]) == ExitCode.DONE
    assert json.loads(capsys.readouterr().out) == event
