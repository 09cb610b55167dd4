from __future__ import annotations

import json
import logging
import os
import threading
from urllib.parse import urlsplit

import pytest

from whence.emit._drainer import Drainer, drainer_note, spooled
from whence.emit._folder import Folder
from whence.emit._frames import frame
from whence.emit._notices import Notices
from whence.emit._segment import open_segment
from whence.emit.sinks import sink_key


@pytest.fixture
def drainer(make_settings):
    made = []

    def make(*sinks, **more):
        settings = make_settings(list(sinks), **more)
        Folder(settings.spool_dir).make()
        made.append(Drainer(settings, Notices()))
        return made[-1]

    yield make
    for each in made:
        assert each.stop(5.0)


def spool(drainer, *numbers):
    segment = open_segment(drainer._folder)
    for number in numbers:
        segment.append(frame(b'{"n":%d}' % number))
    segment.close()
    return segment.name


def test_the_elected_one_sends_to_each_sink_and_removes_what_all_have(drainer, fake_server, until, tmp_path):
    with fake_server() as server:
        each = drainer(server.url, f"file:{tmp_path}/events.jsonl", "console:")
        spool(each, 1, 2)
        assert not each.is_elected()
        assert each.run_for_election()
        assert each.run_for_election()
        assert each.is_elected()
        assert len(each.senders) == 2
        until(lambda: each.sweep() == 1)
        assert [event["n"] for event in server.events] == [1, 2]
        assert (tmp_path / "events.jsonl").read_text() == '{"n":1}\n{"n":2}\n'


def test_a_full_disk_keeps_nobody_from_sending_what_lies_on_it(drainer, fake_server, full_disk, until):
    with fake_server() as server:
        each = drainer(server.url)
        spool(each, 1, 2)
        with full_disk(0):
            assert each.run_for_election()
            until(lambda: [event["n"] for event in server.events] == [1, 2])
            until(lambda: each.sweep() == 1)


def test_a_dead_sink_holds_up_no_other(drainer, fake_server, until):
    with fake_server() as server:
        each = drainer("http://127.0.0.1:9", server.url)
        name = spool(each, 1)
        each.run_for_election()
        until(lambda: len(server.events) == 1)
        until(lambda: each.senders[0].failures > 1)
        assert each.sweep() == 0
        key = sink_key(spooled(each._settings)[1])
        until(lambda: each.positions()[key].get(name))
        assert [segment.name for segment in each._folder.segments()] == [name]


def test_there_is_one_drainer_and_its_death_makes_room(drainer, fake_server):
    with fake_server() as server:
        first, second = drainer(server.url), drainer(server.url)
        assert first.run_for_election()
        assert not second.run_for_election()
        assert drainer_note(first._folder) == {"pid": os.getpid(), "sinks": [server.url]}
        assert first.stop(5.0)
        assert second.run_for_election()


def test_other_sinks_on_one_folder_are_said(drainer, fake_server, caplog):
    with fake_server() as server, caplog.at_level(logging.WARNING):
        first, second, third = drainer(server.url), drainer("http://127.0.0.1:9"), drainer(server.url, "console:")
        first.run_for_election()
        for _ in range(2):
            assert not second.run_for_election()
            assert not third.run_for_election()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "spool_dir" in caplog.text


def test_a_folder_that_was_removed_is_noticed(drainer, fake_server):
    with fake_server() as server:
        each = drainer(server.url)
        assert not each.still_holds()
        each.run_for_election()
        assert each.still_holds()
        os.unlink(each._folder.file("drain.lock"))
        assert not each.still_holds()


def test_finishing_sends_removes_and_gives_up_the_lock(drainer, fake_server):
    with fake_server() as server:
        each = drainer(server.url)
        spool(each, *range(250))
        each.run_for_election()
        assert each.finish(5.0)
        assert len(server.events) == 250
        assert each._folder.segments() == []
        assert drainer(server.url).run_for_election()


def test_finishing_without_having_been_elected(drainer):
    each = drainer("http://127.0.0.1:9")
    name = spool(each, 1)
    assert each.finish(0.0)
    assert [segment.name for segment in each._folder.segments()] == [name]


def test_a_hung_sender_keeps_the_lock_until_it_ends(drainer, raw_server):
    release = threading.Event()
    with raw_server(lambda _: release.wait(5)) as server:
        each = drainer(server.url, timeout_s=3)
        spool(each, 1)
        each.run_for_election()
        assert not each.finish(0.05)
        assert each.is_elected()
        assert not drainer(server.url).run_for_election()
        release.set()
        assert each.stop(5.0)


def test_a_folder_that_cannot_be_swept_does_not_stop_the_end(drainer, fake_server):
    with fake_server() as server:
        each = drainer(server.url)
        spool(each, 1)
        each.run_for_election()
        os.rename(each._folder.path, each._folder.path + ".away")
        open(each._folder.path, "w").close()  # a file where the folder was
        assert each.finish(2.0)
        os.unlink(each._folder.path)


def test_threads_that_cannot_be_made_leave_no_lock(drainer, monkeypatch, fake_server):
    with fake_server() as server:
        each = drainer(server.url)

        def start(_):
            raise RuntimeError("can't start new thread")

        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", start)
            with pytest.raises(RuntimeError):
                each.run_for_election()
        assert drainer(server.url).run_for_election()


def test_a_forked_child_leaves_the_lock_to_its_parent(drainer, fake_server):
    with fake_server() as server:
        each = drainer(server.url)
        each.run_for_election()
        child = os.fork()
        if child == 0:
            each.abandon()
            os._exit(1 if each.is_elected() or drainer(server.url).run_for_election() else 0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_abandoning_is_for_the_child_alone(drainer):
    each = drainer("http://127.0.0.1:9")
    assert each._lock.acquire()
    each.abandon()
    assert not each.still_holds()
    assert not each.is_elected()


def test_the_note_says_no_credentials(drainer, fake_server):
    with fake_server() as server:
        parts = urlsplit(server.url)
        each = drainer(f"http://me:hidden@{parts.netloc}", api_key="hidden")
        each.run_for_election()
        assert "hidden" not in json.dumps(drainer_note(each._folder))
