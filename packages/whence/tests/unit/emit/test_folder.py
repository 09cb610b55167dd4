from __future__ import annotations

import errno
import json
import os

import pytest

from whence.emit._folder import COUNTERS_LOCK, Folder, Lock, locked, try_lock, unlock_and_close, write_all
from whence.errors import SpoolError


@pytest.fixture
def folder(tmp_path):
    made = Folder(str(tmp_path / "spool"))
    made.make()
    return made


def test_a_folder_is_made_for_its_owner_alone(folder):
    assert folder.exists()
    assert os.stat(folder.path).st_mode & 0o777 == 0o700
    folder.make()


def test_a_missing_folder_is_empty(tmp_path):
    folder = Folder(str(tmp_path / "absent"))
    assert (folder.exists(), folder.segments(), folder.names(".offset")) == (False, [], [])
    assert folder.read_json("counters.json") == {}


def test_a_strangers_open_folder_is_refused(folder, monkeypatch):
    os.chmod(folder.path, 0o777)
    folder.make()  # ours, or root's: a container's volume looks like this
    if os.geteuid() == 0:
        os.chown(folder.path, 12345, 12345)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(SpoolError, match="stranger"):
        folder.make()
    os.chmod(folder.path, 0o770)
    folder.make()


def test_segments_sort_by_time_and_tell_their_size(folder):
    for name in ("2-b.seg", "1-a.seg", "x.offset"):
        with open(folder.file(name), "wb") as stream:
            stream.write(name.encode())
    assert folder.segments() == [("1-a.seg", 7), ("2-b.seg", 7)]
    assert folder.names(".offset") == ["x.offset"]


def test_a_segment_that_vanishes_is_passed_over(folder):
    os.symlink("nowhere", folder.file("1.seg"))  # its stat fails as that of a file removed after it was listed
    assert folder.segments() == []


def test_json_is_replaced_as_a_whole(folder):
    folder.replace_json("x.offset", {"a": 1})
    folder.replace_json("x.offset", {"b": 2})
    assert folder.read_json("x.offset") == {"b": 2}
    assert os.listdir(folder.path) == ["x.offset"]


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff"])
def test_json_that_is_none_reads_as_empty(folder, content):
    with open(folder.file("x.offset"), "wb") as stream:
        stream.write(content)
    assert folder.read_json("x.offset") == {}


def test_a_failed_replacement_leaves_the_old_file_and_no_draft(folder):
    os.mkdir(folder.file("x.offset"))
    with pytest.raises(OSError, match="directory"):
        folder.replace_json("x.offset", {"a": 1})
    assert os.listdir(folder.path) == ["x.offset"]


def test_removing_twice_is_fine(folder):
    folder.replace_json("x", {})
    folder.remove("x")
    folder.remove("x")
    assert not os.path.exists(folder.file("x"))


def test_counters_add_up(folder):
    assert folder.count(evicted_events=2)
    assert folder.count(evicted_events=3, evicted_bytes=10)
    assert folder.counters() == {"evicted_events": 5, "evicted_bytes": 10}


def test_counters_that_somebody_holds_are_given_up_after_a_while(folder):
    with locked(folder.file(COUNTERS_LOCK)) as mine:
        assert mine
        assert not folder.count(evicted_events=1)
    assert folder.counters() == {}


def test_counters_that_cannot_be_written_stop_nobody(folder, full_disk):
    with full_disk(0):
        assert not folder.count(evicted_events=1)
    assert folder.counters() == {}


def test_a_lock_is_held_by_one(folder):
    first, second = Lock(folder.file("x.lock")), Lock(folder.file("x.lock"))
    assert not first.is_held()
    assert first.acquire()
    assert first.acquire()
    assert first.is_held()
    assert not second.acquire()
    second.note("not mine")
    first.note(json.dumps({"pid": 5}))
    first.note(json.dumps({"p": 5}))
    assert folder.read_json("x.lock") == {"p": 5}
    first.release()
    first.release()
    assert second.acquire()
    second.release()


def test_a_lock_on_a_removed_or_replaced_file_is_no_longer_held(folder):
    lock = Lock(folder.file("x.lock"))
    assert lock.acquire()
    folder.remove("x.lock")
    assert not lock.is_held()
    folder.replace_json("x.lock", {})
    assert not lock.is_held()
    lock.release()


def test_an_abandoned_lock_stays_with_the_parent(folder):
    lock = Lock(folder.file("x.lock"))
    lock.abandon()
    assert lock.acquire()
    parent = os.dup(lock._fd)  # what the parent of a forked child would still have
    lock.abandon()
    assert not Lock(folder.file("x.lock")).acquire()
    unlock_and_close(parent)
    again = Lock(folder.file("x.lock"))
    assert again.acquire()
    again.release()


def test_unlocking_frees_the_lock_though_a_child_has_a_copy(folder):
    fd = os.open(folder.file("x"), os.O_RDWR | os.O_CREAT)
    copy = os.dup(fd)
    assert try_lock(fd)
    unlock_and_close(fd)
    other = os.open(folder.file("x"), os.O_RDWR)
    assert try_lock(other)
    os.close(other)
    os.close(copy)


def test_write_all_goes_on_after_a_part():
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with pytest.raises(BlockingIOError) as caught:
        write_all(writer, b"x" * (1 << 20))  # more than a pipe takes: first a part, then a refusal
    assert caught.value.errno == errno.EAGAIN
    assert os.read(reader, 10) == b"x" * 10
    os.close(reader)
    os.close(writer)
