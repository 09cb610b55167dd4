from __future__ import annotations

import json
import os

import pytest

from whence.emit._dead import DeadLetters, _is_same, read_letters, resend_letters
from whence.emit._folder import Folder, Lock
from whence.emit._notices import Notices
from whence.emit._source import SpoolSource

NAME = "sink.refused.jsonl"
OLDER = "sink.1.refused.jsonl"


@pytest.fixture
def folder(tmp_path):
    made = Folder(str(tmp_path / "spool"))
    made.make()
    return made


def letters_of(folder, max_bytes=1 << 20):
    return DeadLetters(folder, "sink", "http://sink", max_bytes=max_bytes)


def test_a_letter_is_one_json_line_for_people(folder):
    letters_of(folder).append([(b'{"n":1}', 'HTTP 422: "no",\n"event":\ud800 here')])
    with open(folder.file(NAME), "rb") as stream:
        (line,) = stream.read().splitlines()
    letter = json.loads(line)
    assert list(letter) == ["refusedAt", "sink", "reason", "event"]
    assert letter["event"] == {"n": 1}
    assert letter["reason"] == 'HTTP 422: "no",\n"event":? here'
    assert folder.counters() == {"refused_events": 1}


def test_an_event_comes_back_byte_for_byte(folder):
    body = b'{"reason":"x","event":{"event":1}}'
    letters_of(folder).append([(body, ',"event":'), (b'"\xec\xa3\xbc"', "b")])
    first, second = read_letters(folder, NAME)
    assert (first.body, first.reason, first.sink) == (body, ',"event":', "http://sink")
    assert second.body.decode() == '"주"'
    assert first.refused_at.startswith("20")


def test_lines_that_are_none_are_passed_over(folder):
    letters_of(folder).append([(b"{}", "r")])
    with open(folder.file(NAME), "ab") as stream:
        stream.write(b'\n{"reason":"x"}\n[1,"event":{}}\nnonsense\n{"reason":"torn","event":{"a"')
    assert [letter.reason for letter in read_letters(folder, NAME)] == ["r"]


def test_no_file_has_no_letters(folder):
    assert list(read_letters(folder, NAME)) == []


def test_a_full_file_takes_the_place_of_the_older_one(folder):
    letters = letters_of(folder, max_bytes=600)
    for number in range(12):
        letters.append([(b'{"n":%d}' % number, "refused")])
    kept = [json.loads(each.body)["n"] for name in (OLDER, NAME) for each in read_letters(folder, name)]
    assert kept == list(range(12))[-len(kept) :]
    assert folder.counters() == {"refused_events": 12, "refused_events_dropped": 12 - len(kept)}
    assert sum(os.stat(folder.file(name)).st_size for name in folder.names(".jsonl")) < 900


def test_nothing_is_refused_when_it_cannot_be_written(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        letters_of(Folder(str(tmp_path / "absent"))).append([(b"{}", "r")])


def test_a_part_that_did_fit_is_taken_back(folder, full_disk):
    letters = letters_of(folder)
    letters.append([(b"{}", "first")])
    size = os.stat(folder.file(NAME)).st_size
    with full_disk(size + 10), pytest.raises(OSError, match="too large"):
        letters.append([(b"{}", "second")])
    assert os.stat(folder.file(NAME)).st_size == size


def test_letters_stay_when_the_spool_takes_them_not(folder, full_disk):
    letters_of(folder).append([(b"x" * 100, "r")])
    with full_disk(50), pytest.raises(OSError, match="No space left"):
        resend_letters(folder, NAME)
    assert [each.body for each in read_letters(folder, NAME)] == [b"x" * 100]


def test_a_file_that_others_hold_is_an_error_after_a_while(folder):
    letters = letters_of(folder)
    lock = Lock(folder.file(NAME))
    assert lock.acquire()
    with pytest.raises(BlockingIOError):
        letters.append([(b"{}", "r")])
    lock.release()
    letters.append([(b"{}", "r")])


def test_a_file_that_was_replaced_is_not_the_same(folder):
    path = folder.file(NAME)
    fd = os.open(path, os.O_CREAT | os.O_RDWR)
    assert _is_same(path, fd)
    os.rename(path, path + ".old")
    assert not _is_same(path, fd)
    folder.replace_json(NAME, {})
    assert not _is_same(path, fd)
    os.close(fd)


def test_letters_go_back_into_the_spool(folder):
    letters_of(folder).append([(b'{"n":1}', "r"), (b'{"n":2}', "r")])
    assert resend_letters(folder, NAME) == 2
    assert folder.names(".jsonl") == []
    source = SpoolSource(folder, "sink", Notices())
    assert [entry.body for entry in source.read(10, 1000)] == [b'{"n":1}', b'{"n":2}']


def test_an_empty_file_of_letters_makes_no_segment(folder):
    assert resend_letters(folder, NAME) == 0
    assert (folder.segments(), folder.names(".jsonl")) == ([], [])
