from __future__ import annotations

import logging
import os

import pytest

from whence.emit._folder import Folder
from whence.emit._frames import frame
from whence.emit._notices import Notices
from whence.emit._segment import open_segment
from whence.emit._source import SpoolSource, read_offsets

FAR = 1 << 30


@pytest.fixture
def folder(tmp_path):
    made = Folder(str(tmp_path / "spool"))
    made.make()
    return made


@pytest.fixture
def source(folder):
    return SpoolSource(folder, "sink", Notices())


def write(folder, name, *parts):
    with open(folder.file(name), "ab") as stream:
        stream.writelines(parts)


def bodies(entries):
    return [entry.body for entry in entries]


def again(folder):
    return SpoolSource(folder, "sink", Notices())


def test_events_come_in_order_over_all_segments(folder, source):
    write(folder, "1.seg", frame(b"a"), frame(b"b"))
    write(folder, "2.seg", frame(b"c"))
    assert bodies(source.read(10, FAR)) == [b"a", b"b", b"c"]
    assert source.read(10, FAR) == []
    write(folder, "1.seg", frame(b"d"))
    assert bodies(source.read(10, FAR)) == [b"d"]


def test_a_batch_is_bounded_by_number_and_by_size(folder, source):
    write(folder, "1.seg", *(frame(b"x" * 10) for _ in range(5)))
    write(folder, "2.seg", frame(b"y" * 10))
    assert len(source.read(2, FAR)) == 2
    assert len(source.read(10, 25)) == 2
    assert bodies(source.read(10, 5)) == [b"x" * 10]
    assert bodies(source.read(10, 5)) == [b"y" * 10]


def test_the_size_counts_over_segments(folder, source):
    write(folder, "1.seg", frame(b"x" * 10))
    write(folder, "2.seg", frame(b"y" * 10))
    assert bodies(source.read(10, 15)) == [b"x" * 10]
    assert bodies(source.read(10, 15)) == [b"y" * 10]


def test_an_event_larger_than_a_reading_is_read_whole(folder, source):
    large = b"x" * (1 << 20)
    write(folder, "1.seg", frame(b"a"), frame(large), frame(b"b"))
    assert bodies(source.read(10, FAR)) == [b"a", large, b"b"]


def test_what_was_not_settled_is_read_again_by_the_next(folder, source):
    write(folder, "1.seg", frame(b"a"), frame(b"b"), frame(b"c"))
    first, *_ = source.read(2, FAR)
    assert bodies(again(folder).read(10, FAR)) == [b"a", b"b", b"c"]
    source.settle([])
    assert bodies(again(folder).read(10, FAR)) == [b"c"]
    source.settle([first])
    assert bodies(again(folder).read(10, FAR)) == [b"a", b"b", b"c"]


def test_an_unchanged_position_is_not_written(folder, source):
    source.settle([])
    assert folder.names(".offset") == []
    write(folder, "1.seg", frame(b"a"))
    source.read(10, FAR)
    source.settle([])
    before = os.stat(folder.file("sink.offset")).st_ino
    source.settle([])
    assert os.stat(folder.file("sink.offset")).st_ino == before


def test_a_position_that_cannot_be_written_counts_in_this_process(folder, source):
    write(folder, "1.seg", frame(b"a"))
    os.mkdir(folder.file("sink.offset"))
    source.read(10, FAR)
    with pytest.raises(OSError, match="directory"):
        source.settle([])
    assert source.taken == {"1.seg": len(frame(b"a"))}
    os.rmdir(folder.file("sink.offset"))
    source.settle([])
    assert read_offsets(folder, "sink.offset") == source.taken


def test_segments_that_are_gone_leave_the_position(folder, source):
    write(folder, "1.seg", frame(b"a"))
    write(folder, "2.seg", frame(b"a"))
    source.read(10, FAR)
    source.settle([])
    folder.remove("1.seg")
    source.read(10, FAR)
    source.settle([])
    assert list(read_offsets(folder, "sink.offset")) == ["2.seg"]


@pytest.mark.parametrize(
    "content", ["{}", '{"segments": 5}', '{"segments": {"1.seg": -1}}', '{"segments": {"1.seg": "a"}}']
)
def test_a_position_that_cannot_be_read_sends_again(folder, content):
    write(folder, "1.seg", frame(b"a"))
    write(folder, "sink.offset", content.encode())
    assert bodies(again(folder).read(10, FAR)) == [b"a"]


def test_the_tail_of_a_living_writer_waits_and_that_of_a_dead_one_is_kept_aside(folder, source):
    segment = open_segment(folder)
    whole = frame(b"event")
    segment.append(frame(b"a"))
    segment.append(whole[:-2])
    assert bodies(source.read(10, FAR)) == [b"a"]
    assert source.read(10, FAR) == []
    segment.append(whole[-2:])
    assert bodies(source.read(10, FAR)) == [b"event"]
    segment.append(whole[:-2])
    segment.close()
    assert source.read(10, FAR) == []
    source.settle([])
    assert source.taken[segment.name] == segment.size
    assert folder.counters() == {"damaged_records": 1, "damaged_bytes": len(whole) - 2}
    (kept,) = os.listdir(folder.file("damaged"))
    with open(folder.file(f"damaged/{kept}"), "rb") as stream:
        assert stream.read() == whole[:-2]


def test_damage_between_records_is_passed_over_and_counted_once_for_all_sinks(folder, source):
    write(folder, "1.seg", frame(b"a"), b"damage", frame(b"b"))
    assert bodies(source.read(10, FAR)) == [b"a", b"b"]
    assert bodies(SpoolSource(folder, "other", Notices()).read(10, FAR)) == [b"a", b"b"]
    assert folder.counters() == {"damaged_records": 1, "damaged_bytes": 6}
    assert len(os.listdir(folder.file("damaged"))) == 1


def test_damage_first_does_not_end_the_batch(folder, source):
    write(folder, "1.seg", b"damage", frame(b"b"))
    assert bodies(source.read(1, FAR)) == [b"b"]


def test_what_is_kept_aside_is_bounded(folder, source):
    for number in range(70):
        write(folder, f"{number:02}.seg", b"damage", frame(b"x"))
    assert len(source.read(100, FAR)) == 70
    kept = [os.stat(folder.file(f"damaged/{name}")).st_size for name in os.listdir(folder.file("damaged"))]
    assert sum(size > 0 for size in kept) == 64
    assert folder.counters()["damaged_records"] == 70


def test_damage_that_cannot_be_kept_stops_nothing(folder, source):
    write(folder, "damaged", b"")  # a file where the folder should be
    write(folder, "1.seg", b"damage", frame(b"x"))
    assert bodies(source.read(10, FAR)) == [b"x"]


def test_a_segment_that_cannot_be_read_is_said_once_and_holds_up_nobody(folder, source, caplog):
    os.mkdir(folder.file("1.seg"))
    write(folder, "2.seg", frame(b"x"))
    with caplog.at_level(logging.WARNING):
        assert bodies(source.read(10, FAR)) == [b"x"]
        assert source.read(10, FAR) == []
    assert [record.message.split(" of the spool")[0] for record in caplog.records] == ["1.seg"]


def test_a_segment_that_was_evicted_meanwhile_is_no_fault(folder, source, caplog):
    write(folder, "1.seg", frame(b"x"))
    (listed,) = folder.segments()
    folder.remove("1.seg")
    assert source._read_segment(listed, 10) == []
    assert caplog.records == []
