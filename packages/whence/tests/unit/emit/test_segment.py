from __future__ import annotations

import os

import pytest

from whence.emit import _segment
from whence.emit._folder import Folder, try_lock
from whence.emit._segment import open_segment


@pytest.fixture
def folder(tmp_path):
    return Folder(str(tmp_path / "spool"))


def is_locked(folder, name):
    fd = os.open(folder.file(name), os.O_RDONLY)
    free = try_lock(fd)
    os.close(fd)
    return not free


def test_a_segment_takes_records_and_holds_its_lock_until_it_is_closed(folder):
    segment = open_segment(folder)
    assert segment.append(b"one")
    assert segment.append(b"two")
    segment.sync()
    assert (segment.size, segment.records) == (6, 2)
    assert folder.segments() == [(segment.name, 6)]
    assert is_locked(folder, segment.name)
    segment.close()
    assert not is_locked(folder, segment.name)


def test_segments_sort_by_the_order_of_their_making(folder):
    segments = [open_segment(folder) for _ in range(3)]
    assert [each.name for each in folder.segments()] == [each.name for each in segments]
    for segment in segments:
        segment.close()


def test_a_disk_that_takes_a_part_says_so(folder, full_disk):
    segment = open_segment(folder)
    with full_disk(4):
        assert not segment.append(b"more than four")
    assert (segment.size, segment.records) == (4, 0)
    segment.close()


def test_a_removed_segment_is_noticed(folder):
    segment = open_segment(folder)
    assert not segment.is_gone()
    folder.remove(segment.name)
    assert segment.is_gone()
    segment.close()


def test_a_segment_that_is_always_taken_away_is_an_error(folder, monkeypatch):
    monkeypatch.setattr(_segment, "try_lock", lambda _: False)
    with pytest.raises(OSError, match="taken away"):
        open_segment(folder)


def test_an_abandoned_segment_stays_with_the_parent(folder):
    segment = open_segment(folder)
    parent = segment.descriptor()
    segment.abandon()
    assert is_locked(folder, segment.name)
    os.close(parent)
