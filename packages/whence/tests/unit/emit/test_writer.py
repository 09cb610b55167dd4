from __future__ import annotations

import os
import signal
from threading import RLock

import pytest

from whence.emit._folder import Folder, try_lock
from whence.emit._writer import SpoolWriter


@pytest.fixture
def folder(tmp_path):
    return Folder(str(tmp_path / "spool"))


@pytest.fixture
def writer(folder):
    made = SpoolWriter(folder, RLock(), max_bytes=3200)  # segments of 100 bytes
    yield made
    made.end_segment()
    made.sync()


def test_a_full_segment_is_followed_by_a_new_one(folder, writer):
    for _ in range(5):
        assert writer.append(b"x" * 40)
    assert [segment.size for segment in folder.segments()] == [80, 80, 40]
    assert list(writer.marks().values()) == [80, 80, 40]


def test_a_record_larger_than_a_segment_has_one_of_its_own(folder, writer):
    assert writer.append(b"x")
    assert writer.append(b"x" * 500)
    assert writer.append(b"x")
    assert [segment.size for segment in folder.segments()] == [1, 500, 1]


def test_a_folder_that_cannot_be_made_is_a_fault_until_it_can(tmp_path):
    (tmp_path / "file").write_text("")
    writer = SpoolWriter(Folder(str(tmp_path / "file" / "spool")), RLock(), max_bytes=1000)
    assert not writer.append(b"x")
    assert writer.fault == "Not a directory"
    (tmp_path / "file").unlink()
    assert not writer.append(b"x")
    writer.retry()
    assert writer.append(b"x")
    writer.end_segment()
    writer.sync()


def test_a_full_disk_is_a_fault_and_what_was_torn_is_left_behind(folder, writer, full_disk):
    assert writer.append(b"whole")
    with full_disk(8):
        assert not writer.append(b"torn")
        assert writer.fault == "No space left on device"
    writer.retry()
    assert writer.append(b"next")
    assert [segment.size for segment in folder.segments()] == [8, 4]


def test_a_disk_that_takes_nothing_is_a_fault(writer, full_disk):
    with full_disk(0):
        assert not writer.append(b"x")
    assert writer.fault == "File too large"


def test_without_a_background_a_full_folder_is_a_fault(folder, writer):
    assert writer.append(b"x" * 3300, is_tended=False)
    assert not writer.append(b"x", is_tended=False)
    assert "spool_max_bytes" in writer.fault
    writer.retry()
    assert writer.append(b"x")


def test_a_call_amid_another_is_turned_away(folder, writer):
    """A signal handler may emit while its own thread is in the middle of an append."""
    turned_away = []
    before = signal.signal(signal.SIGALRM, lambda *_: turned_away.append(writer.append(b"handler")))

    class Record(bytes):
        def __len__(self):
            signal.raise_signal(signal.SIGALRM)
            return 6

    try:
        assert writer.append(b"first")
        assert writer.append(Record(b"second"))
    finally:
        signal.signal(signal.SIGALRM, before)
    assert False in turned_away
    assert [segment.size for segment in folder.segments()] == [11]


def test_syncing_goes_on_over_segments_that_have_ended(folder, writer):
    writer.sync()
    for _ in range(3):
        writer.append(b"x" * 60)
    assert len(writer._to_sync) == 2
    writer.sync()
    assert writer._to_sync == []
    assert writer._segment.synced == 60
    writer.end_segment()
    assert writer._to_sync == []


def test_an_idle_segment_is_given_up(folder, writer):
    assert writer.tidy(0.0) == 0
    writer.append(b"x")
    assert writer.tidy(60.0) == 0
    name = folder.segments()[0].name
    fd = os.open(folder.file(name), os.O_RDONLY)
    assert not try_lock(fd)
    assert writer.tidy(0.0) == 0
    assert try_lock(fd)
    os.close(fd)


def test_a_segment_removed_under_us_is_counted_and_left(folder, writer):
    writer.append(b"x")
    writer.append(b"y")
    folder.remove(folder.segments()[0].name)
    assert writer.tidy(60.0) == 2
    writer.append(b"z")
    assert [segment.size for segment in folder.segments()] == [1]


def test_segments_that_were_sent_and_removed_are_forgotten(folder, writer):
    writer.append(b"x" * 90)
    writer.append(b"y" * 90)
    folder.remove(folder.segments()[0].name)
    writer.tidy(60.0)
    assert list(writer.marks().values()) == [90]


def test_a_child_closes_its_copies(folder):
    writer = SpoolWriter(folder, RLock(), max_bytes=320)
    writer.abandon()
    writer.append(b"x" * 10)
    writer.append(b"y" * 10)
    fds = [*writer._to_sync, writer._segment._fd]
    writer.abandon()
    for fd in fds:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(fd)
