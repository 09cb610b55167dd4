from __future__ import annotations

import os

import pytest

from whence.emit import settings_from
from whence.emit._folder import Lock
from whence.emit.sinks import Retry, Taken, open_sink


@pytest.fixture
def path(tmp_path):
    return tmp_path / "logs" / "events.jsonl"


@pytest.fixture
def sink(path):
    (settings,) = settings_from({"sinks": f"file:{path}"}).sinks
    made = open_sink(settings)
    yield made
    made.close()


def test_one_event_a_line(sink, path):
    assert sink.send([b'{"a":1}', b'{"b":2}']) == [Taken(), Taken()]
    assert sink.send([b'{"c":3}']) == [Taken()]
    assert path.read_text() == '{"a":1}\n{"b":2}\n{"c":3}\n'


def test_a_line_without_end_is_ended_and_never_cut(sink, path):
    path.parent.mkdir()
    path.write_text('{"torn":')
    sink.send([b'{"a":1}'])
    assert path.read_text() == '{"torn":\n{"a":1}\n'


def test_a_rotated_file_is_made_again(sink, path):
    sink.send([b"1"])
    path.rename(path.with_suffix(".old"))
    sink.send([b"2"])
    assert path.read_text() == "2\n"


def test_a_file_that_cannot_be_written_is_tried_again(sink, path):
    path.mkdir(parents=True)
    assert sink.send([b"1", b"2"]) == [Retry(f"{path} cannot be written: Is a directory")] * 2


def test_a_file_that_another_process_holds_is_tried_again(sink, path):
    sink.send([b"1"])
    lock = Lock(os.fspath(path))
    assert lock.acquire()
    assert sink.send([b"2"]) == [Retry(f"{path} is locked by another process")]
    lock.release()
    assert sink.send([b"2"]) == [Taken()]


def test_a_full_disk_leaves_no_part_of_a_batch(sink, path, full_disk):
    sink.send([b"1"])
    with full_disk(5):
        (outcome,) = sink.send([b"a long line"])
    assert outcome == Retry(f"{path} cannot be written: File too large")
    assert path.read_text() == "1\n"
