from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest

from whence.emit import SinkSettings
from whence.emit.sinks import Fault, Retry, Taken, open_sink


def console(stream="stdout"):
    return open_sink(SinkSettings(url=f"console:{stream}", kind="console"))


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_one_event_a_line(capfd, stream):
    sink = console(stream)
    assert sink.send([b'{"a":1}', b'{"b":2}']) == [Taken(), Taken()]
    sink.close()
    assert getattr(capfd.readouterr(), stream[3:]) == '{"a":1}\n{"b":2}\n'


def test_a_stream_without_a_descriptor(capsys, monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    assert console().send(["주".encode()]) == [Taken()]
    assert stream.getvalue() == "주\n"


def test_a_stream_that_is_gone_is_tried_again_slowly(monkeypatch):
    closed = io.StringIO()
    closed.close()
    for stream in (None, closed):
        monkeypatch.setattr(sys, "stdout", stream)
        (outcome,) = console().send([b"x"])
        assert isinstance(outcome, Retry)
        assert outcome.fault is Fault.SETTINGS


def test_a_process_prints_its_events_and_ends_well():
    script = (
        "import whence.emit as e; "
        "emitter = e.Emitter(e.settings_from({'sinks': 'console:', 'spool_dir': '/nonexistent/spool'})); "
        "emitter.emit({'n': 1})"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=os.environ)
    assert (done.stdout, done.stderr) == ('{"n":1}\n', "")
