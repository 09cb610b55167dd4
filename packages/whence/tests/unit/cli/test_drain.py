from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from whence.cli import ExitCode, main
from whence.emit import Emitter, load_settings

EVENT = {"eventType": "START", "run": {"runId": "r"}, "job": {"namespace": "n", "name": "j"}}


def emit(count: int) -> None:
    emitter = Emitter(load_settings({"sinks": "http://127.0.0.1:1"}))
    for _ in range(count):
        emitter.emit(EVENT)
    emitter.close(0.1)


def test_what_a_program_left_behind_is_sent(tmp_path, capsys):
    emit(4)
    target = tmp_path / "events.jsonl"
    assert main(["drain", "--sinks", f"file:{target}", "--json"]) == ExitCode.DONE
    told = json.loads(capsys.readouterr().out)
    assert told["complete"] is True
    assert [each["delivered"] for each in told["sinks"]] == [4]
    assert [json.loads(line) for line in target.read_text().splitlines()] == [EVENT] * 4


def test_what_cannot_be_sent_is_said_with_the_reason(capsys):
    emit(2)
    assert main(["drain", "--sinks", "http://127.0.0.1:1", "--timeout", "0.3"]) == ExitCode.NO
    shown = capsys.readouterr().out
    assert "http://127.0.0.1:1" in shown
    assert "2" in shown
    assert "cannot be reached" in shown


def test_an_empty_spool_is_drained(capsys):
    assert main(["drain"]) == ExitCode.DONE
    assert "delivered" in capsys.readouterr().out


class Refusing(BaseHTTPRequestHandler):
    """A server that takes no event."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(422)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def refusing():
    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_refused_events_are_told_and_can_be_sent_again(tmp_path, refusing, capsys):
    emit(3)
    assert main(["drain", "--sinks", refusing]) == ExitCode.DONE
    assert "refused events lie in the dead letters" in capsys.readouterr().out
    assert main(["doctor", "--json"]) == ExitCode.DONE, "another sink's letters are not the default sink's"
    capsys.readouterr()
    target = tmp_path / "events.jsonl"
    main(["drain", "--sinks", f"file:{target}", "--resend-refused", "--json"])
    assert json.loads(capsys.readouterr().out)["resent"] == 3
    assert len(target.read_text().splitlines()) >= 3


def test_without_a_sink_that_is_said(capsys):
    assert main(["drain", "--sinks", ","]) == ExitCode.DONE
    assert "no sink is configured" in capsys.readouterr().out
