from __future__ import annotations

import os
import time

import pytest

from whence.emit import DrainResult, SinkDrain, drain, refused_events, resend_refused, spool_state
from whence.emit._folder import DRAIN_LOCK, Folder, Lock
from whence.emit._frames import frame
from whence.emit.sinks import sink_key
from whence.errors import SpoolError

FINE = (204, {}, b"")


def spool(settings, *numbers, name="1.seg"):
    folder = Folder(settings.spool_dir)
    folder.make()
    with open(folder.file(name), "ab") as stream:
        stream.write(b"".join(frame(b'{"n":%d}' % number) for number in numbers))
    return folder


def test_a_folder_that_is_not_there(tmp_path):
    state = spool_state(str(tmp_path / "absent"))
    assert (state.exists, state.segments, state.events, state.oldest_s, state.drainer_pid) == (False, 0, 0, None, None)


def test_what_lies_in_a_folder(make_settings, fake_server):
    with fake_server() as server:
        settings = make_settings(server.url)
        spool(settings, 1, 2)
        assert drain(settings, 5.0).is_complete
        folder = spool(settings, 3, 4, 5, name="2.seg")
        os.utime(folder.file("2.seg"), (time.time() - 60,) * 2)
        state = spool_state(settings.spool_dir)
        assert (state.exists, state.is_writable, state.segments, state.events) == (True, True, 1, 3)
        assert state.waiting_events == {sink_key(settings.sinks[0]): 3}
        assert state.bytes == sum(segment.size for segment in folder.segments())
        assert 55 < state.oldest_s < 120
        assert state.drainer_pid is None
        assert state.drainer_sinks == ()


def test_who_drains(make_settings):
    folder = spool(make_settings(), 1)
    lock = Lock(folder.file(DRAIN_LOCK))
    assert lock.acquire()
    lock.note('{"pid": 77, "sinks": ["http://a"]}')
    state = spool_state(folder.path)
    assert (state.drainer_pid, state.drainer_sinks) == (77, ("http://a",))
    lock.note("{")
    assert spool_state(folder.path).drainer_pid == 0
    lock.release()


def test_a_folder_that_may_not_be_used(make_settings, no_rights):
    settings = make_settings("http://127.0.0.1:9")
    spool(settings, 1)
    with no_rights(settings.spool_dir):
        with pytest.raises(SpoolError, match="may not be read"):
            spool_state(settings.spool_dir)
        with pytest.raises(SpoolError, match="cannot be used"):
            drain(settings, 1.0)


def test_draining_says_what_it_did(make_settings, fake_server):
    with fake_server(decide=lambda request: (422, {}, b"") if request.events == [{"n": 2}] else FINE) as server:
        settings = make_settings(server.url, batch_max_events=1)
        spool(settings, 1, 2, 3)
        assert drain(settings, 5.0) == DrainResult(True, (SinkDrain(server.url, 2, 1, 0, ""),), None)


def test_draining_an_empty_or_missing_folder(make_settings):
    settings = make_settings("http://127.0.0.1:9")
    assert drain(settings, 5.0) == DrainResult(True, (SinkDrain("http://127.0.0.1:9", 0, 0, 0, ""),), None)
    spool(settings)
    assert drain(settings, 5.0).is_complete


def test_draining_to_nowhere(make_settings):
    settings = make_settings("console:")
    spool(settings, 1)
    assert drain(settings, 1.0) == DrainResult(True, (), None)


def test_draining_goes_on_trying_until_its_time_is_up(make_settings, fake_server):
    with fake_server(*[(503, {}, b"")] * 6) as server:
        settings = make_settings(server.url)
        spool(settings, 1)
        assert drain(settings, 10.0).is_complete
    settings = make_settings(server.url)
    spool(settings, 1, 2, name="2.seg")
    result = drain(settings, 0.3)
    assert not result.is_complete
    (sink,) = result.sinks
    assert (sink.left_events, sink.delivered) == (2, 0)
    assert "Connection refused" in sink.reason


def test_draining_without_enough_time(make_settings, fake_server):
    def decide(_):
        time.sleep(0.1)
        return FINE

    with fake_server(decide=decide) as server:
        settings = make_settings(server.url, batch_max_events=1)
        spool(settings, *range(40))
        result = drain(settings, 0.3)
        assert not result.is_complete
        assert result.sinks[0].reason == "the time was not enough"
        time.sleep(0.2)


def test_draining_beside_another_process_watches_it(make_settings, fake_server):
    with fake_server() as server:
        settings = make_settings(server.url)
        folder = spool(settings, 1)
        lock = Lock(folder.file(DRAIN_LOCK))
        assert lock.acquire()
        lock.note('{"pid": 77}')
        assert drain(settings, 0.2) == DrainResult(
            False, (SinkDrain(server.url, 0, 0, 1, "the time was not enough"),), 77
        )
        folder.remove("1.seg")
        assert drain(settings, 5.0) == DrainResult(True, (SinkDrain(server.url, 0, 0, 0, ""),), 77)
        lock.release()


def test_refused_events_can_be_read_and_sent_again(make_settings, fake_server):
    with fake_server((422, {}, b'{"message": "no"}')) as server:
        settings = make_settings(server.url)
        spool(settings, 1)
        drain(settings, 5.0)
        (letter,) = refused_events(settings.spool_dir)
        assert (letter.sink, letter.reason, letter.body) == (server.url, "HTTP 422: no", b'{"n":1}')
        assert spool_state(settings.spool_dir).refused_events == {sink_key(settings.sinks[0]): 1}
        assert resend_refused(settings.spool_dir) == 1
        assert refused_events(settings.spool_dir) == []
        assert drain(settings, 5.0).is_complete
        assert server.events == [{"n": 1}, {"n": 1}]
        assert resend_refused(settings.spool_dir) == 0


def test_refused_events_that_cannot_be_put_back(make_settings, full_disk):
    folder = spool(make_settings())
    with open(folder.file("x.refused.jsonl"), "w") as stream:
        stream.write('{"reason":"r","event":{"n":1}}\n')
    with full_disk(5), pytest.raises(SpoolError, match="cannot be put back"):
        resend_refused(folder.path)
    assert len(refused_events(folder.path)) == 1
