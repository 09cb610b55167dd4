from __future__ import annotations

import json
import logging

import pytest

from whence.emit._folder import EVICT_LOCK, Folder, locked
from whence.emit._frames import frame
from whence.emit._notices import Notices
from whence.emit._segment import open_segment
from whence.emit._sweep import _remove_unlocked, count_records, evict, remove_taken


@pytest.fixture
def folder(tmp_path):
    made = Folder(str(tmp_path / "spool"))
    made.make()
    return made


def write(folder, name, *bodies):
    with open(folder.file(name), "ab") as stream:
        stream.write(b"".join(frame(body) for body in bodies))


def names(folder):
    return [segment.name for segment in folder.segments()]


def test_a_segment_goes_when_every_sink_has_it(folder):
    write(folder, "1.seg", b"x")
    write(folder, "2.seg", b"x")
    size = len(frame(b"x"))
    assert remove_taken(folder, [{"1.seg": size, "2.seg": size}, {"1.seg": size}]) == 1
    assert names(folder) == ["2.seg"]


def test_a_segment_that_is_written_stays(folder):
    segment = open_segment(folder)
    segment.append(b"x")
    assert remove_taken(folder, [{segment.name: 1}]) == 0
    segment.close()
    assert remove_taken(folder, [{segment.name: 1}]) == 1


def test_a_segment_that_grew_since_it_was_listed_stays(folder):
    write(folder, "1.seg", b"x")
    (listed,) = folder.segments()
    write(folder, "1.seg", b"y")
    assert not _remove_unlocked(folder, "1.seg", listed.size)
    assert names(folder) == ["1.seg"]


def test_a_segment_that_is_gone_is_not_removed_again(folder):
    assert not _remove_unlocked(folder, "1.seg", None)


def test_the_oldest_go_beyond_the_cap_and_are_counted(folder, caplog):
    size = len(frame(b"x"))
    for name in ("1.seg", "2.seg", "3.seg"):
        write(folder, name, b"x", b"x")
    with open(folder.file("sink.offset"), "w") as stream:
        json.dump({"segments": {"1.seg": 2 * size, "2.seg": size}}, stream)
    assert evict(folder, 6 * size, Notices()) == 0
    with caplog.at_level(logging.WARNING):
        assert evict(folder, 2 * size, Notices()) == 1
    assert names(folder) == ["3.seg"]
    assert folder.counters() == {"evicted_events": 1, "evicted_bytes": 4 * size}
    assert "oldest 1 events" in caplog.text


def test_eviction_is_said_once_until_the_folder_is_small_again(folder, caplog):
    notices, size = Notices(), len(frame(b"x"))
    with caplog.at_level(logging.INFO):
        for name in ("1.seg", "2.seg", "3.seg"):
            write(folder, name, b"x", b"x")
            evict(folder, size, notices)
        evict(folder, size, notices)
        write(folder, "4.seg", b"x", b"x")
        evict(folder, size, notices)
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO", "WARNING"]


def test_what_no_sink_ever_saw_is_counted_whole(folder):
    write(folder, "1.seg", b"x", b"x")
    assert evict(folder, 1, Notices()) == 2


def test_a_segment_that_is_written_is_not_evicted(folder):
    segment = open_segment(folder)
    segment.append(frame(b"x"))
    assert evict(folder, 1, Notices()) == 0
    assert names(folder) == [segment.name]
    assert folder.counters() == {}
    segment.close()


def test_only_one_process_evicts(folder):
    write(folder, "1.seg", b"x")
    with locked(folder.file(EVICT_LOCK)):
        assert evict(folder, 1, Notices()) == 0
    assert evict(folder, 1, Notices()) == 1


def test_counting_what_is_gone(folder):
    assert count_records(folder, "1.seg", 0) == 0
