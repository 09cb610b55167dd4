from __future__ import annotations

import json

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
