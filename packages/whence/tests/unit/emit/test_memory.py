from __future__ import annotations

from whence.emit._memory import MemoryBuffer, MemorySource


def bodies(entries):
    return [entry.body for entry in entries]


def test_events_stay_until_every_sink_has_them():
    buffer = MemoryBuffer(["a", "b"], max_events=10, max_bytes=1000)
    a, b = MemorySource(buffer, "a"), MemorySource(buffer, "b")
    for number in range(3):
        assert buffer.append(b"%d" % number) == 0
    assert bodies(a.read(2, 1000)) == [b"0", b"1"]
    a.settle([])
    assert len(buffer) == 3
    assert buffer.has_taken("a", 2)
    assert not buffer.has_taken("b", 1)
    entries = b.read(10, 1000)
    b.settle(entries[1:])
    assert len(buffer) == 2
    b.settle([])
    assert len(buffer) == 1
    assert bodies(a.read(10, 1000)) == [b"2"]
    a.settle([])
    assert len(buffer) == 0
    assert a.read(10, 1000) == []
    a.settle([])
    assert buffer.end == 3


def test_batches_are_bounded_by_bytes_but_never_empty():
    buffer = MemoryBuffer(["a"], max_events=10, max_bytes=1000)
    for _ in range(3):
        buffer.append(b"x" * 10)
    assert len(MemorySource(buffer, "a").read(10, 5)) == 1
    assert len(MemorySource(buffer, "a").read(10, 25)) == 2


def test_the_oldest_goes_when_there_are_too_many():
    buffer = MemoryBuffer(["a"], max_events=2, max_bytes=1000)
    assert [buffer.append(b"%d" % number) for number in range(4)] == [0, 0, 1, 1]
    assert bodies(MemorySource(buffer, "a").read(10, 1000)) == [b"2", b"3"]
    assert buffer.has_taken("a", 2)
    assert not buffer.has_taken("a", 3)


def test_the_oldest_goes_when_they_are_too_large_save_the_last():
    buffer = MemoryBuffer(["a"], max_events=10, max_bytes=25)
    assert [buffer.append(b"x" * 10) for _ in range(3)] == [0, 0, 1]
    assert buffer.append(b"x" * 100) == 2
    assert len(buffer) == 1


def test_what_the_spool_has_is_forgotten():
    buffer = MemoryBuffer(["a", "b"], max_events=10, max_bytes=1000)
    for number in range(3):
        buffer.append(b"%d" % number)
    buffer.forget(2)
    assert bodies(buffer.read(0, 10, 1000)) == [b"2"]
