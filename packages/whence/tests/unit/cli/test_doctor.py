from __future__ import annotations

import json

from whence.cli import ExitCode, main
from whence.emit import Emitter, load_settings

EVENT = {"eventType": "START", "run": {"runId": "r"}, "job": {"namespace": "n", "name": "j"}}


def report(capsys) -> dict:
    return json.loads(capsys.readouterr().out)


def test_a_fresh_machine_has_nothing_to_mend(capsys):
    assert main(["doctor", "--json"]) == ExitCode.DONE
    told = report(capsys)
    assert told["problems"] == []
    assert {row["name"] for row in told["settings"]} >= {"sinks", "spool_dir", "namespace"}
    assert told["spool"]["exists"] is False
    assert told["packages"][0] == {"name": "whence", "version": told["packages"][0]["version"]}
    assert main(["doctor"]) == ExitCode.DONE
    assert "nothing to mend" in capsys.readouterr().out


def test_a_sink_that_was_asked_for_and_is_not_there_is_a_problem(monkeypatch, capsys):
    monkeypatch.setenv("WHENCE_SINKS", "file:/no/such/folder/events.jsonl")
    assert main(["doctor", "--json"]) == ExitCode.NO
    told = report(capsys)
    assert told["sinks"][0]["reachable"] is False
    assert "file:/no/such/folder/events.jsonl takes no events now" in told["problems"][0]


def test_a_misspelled_variable_is_a_problem(monkeypatch, capsys):
    monkeypatch.setenv("WHENCE_NAMESPCE", "shop")
    assert main(["doctor"]) == ExitCode.NO
    assert "did you mean WHENCE_NAMESPACE?" in capsys.readouterr().out


def test_what_waits_in_the_spool_is_counted_for_each_sink(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("WHENCE_SINKS", f"http://127.0.0.1:1,file:{tmp_path}/events.jsonl")
    emitter = Emitter(load_settings())
    for _ in range(3):
        emitter.emit(EVENT)
    emitter.close(0.5)
    assert main(["doctor", "--json"]) == ExitCode.NO
    told = report(capsys)
    waiting = {each["url"]: each["waiting"] for each in told["spool"]["sinks"]}
    assert waiting["http://127.0.0.1:1"] == 3
    assert any("3 events wait for http://127.0.0.1:1" in each for each in told["problems"])
    assert main(["doctor"]) == ExitCode.NO
    assert "3 wait for http://127.0.0.1:1" in capsys.readouterr().out


def test_a_spool_that_is_no_folder_is_said(tmp_path, capsys):
    (tmp_path / "spool").write_text("a file")
    assert main(["doctor"]) == ExitCode.NO
    assert f"{tmp_path}/spool" in capsys.readouterr().out.partition("! ")[2]
