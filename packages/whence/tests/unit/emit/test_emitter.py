from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from itertools import count

import pytest

from whence.emit import Emitter, FlushResult, _emitter, drain, spool_state
from whence.emit._folder import Folder
from whence.emit._keeper import Keeper
from whence.errors import UnknownPluginError


@pytest.fixture
def emitter(make_settings):
    made = []

    def make(*sinks, **more):
        made.append(Emitter(make_settings(list(sinks), **more)))
        return made[-1]

    yield make
    for each in made:
        each.close(5.0)


def numbers(server):
    return [event["n"] for event in server.events]


def test_what_is_emitted_arrives(emitter, fake_server):
    with fake_server() as server:
        each = emitter(server.url)
        for number in range(3):
            each.emit({"n": number})
        assert each.flush(5.0) == FlushResult(True, ())
        assert numbers(server) == [0, 1, 2]
        stats = each.stats()
        assert (stats.emitted, stats.dropped, stats.repaired, stats.in_memory) == (3, {}, 0, 0)
        assert stats.is_draining
        assert [(sink.sink, sink.delivered, sink.refused, sink.reason) for sink in stats.sinks] == [
            (server.url, 3, 0, "")
        ]


def test_emit_returns_with_the_event_on_the_disk_before_anything_runs(emitter):
    each = emitter("http://127.0.0.1:9")
    each._is_started = True  # as between the append and the start of the background
    each.emit({"n": 1})
    assert spool_state(each.settings.spool_dir).events == 1
    assert each._thread is None
    assert not each.flush(0.05).is_complete
    each.after_fork_in_child()
    assert each.stats().emitted == 0


def test_a_background_can_be_started_without_an_event(emitter, fake_server, until):
    with fake_server() as server:
        left = emitter(server.url)
        left._is_started = True
        left.emit({"n": 7})
        left.close()
        heir = emitter(server.url)
        heir.start()
        heir.start()
        until(lambda: numbers(server) == [7])


@pytest.mark.parametrize("off", [{"disabled": True}, {"sinks": ()}])
def test_nothing_is_kept_when_it_is_switched_off(emitter, off):
    each = emitter(*off.pop("sinks", ["http://127.0.0.1:9"]), **off)
    each.emit({"n": 1})
    each.start()
    assert each.stats().emitted == 0
    assert each.flush(0.0).is_complete
    assert not os.path.exists(each.settings.spool_dir)


def test_an_unknown_sink_is_an_error_at_once(make_settings):
    with pytest.raises(UnknownPluginError):
        Emitter(make_settings("nobody://here"))


def test_a_large_event_is_dropped_counted_and_said(emitter, until, caplog):
    with caplog.at_level(logging.WARNING):
        each = emitter("http://127.0.0.1:9", event_max_bytes=100)
        each.emit({"n": "x" * 200})
        each.emit({"n": "x" * 200})
        each.emit({"n": 1})
        until(lambda: "over event_max_bytes" in caplog.text)
    assert each.stats().dropped == {"too large": 2}
    assert each.stats().emitted == 1


def test_an_odd_event_is_repaired_or_counted_and_never_raises(emitter):
    class Hostile(dict):
        def items(self):
            raise RuntimeError("no")

    each = emitter("http://127.0.0.1:9")
    each.emit({"n": float("nan")})
    each.emit(Hostile(n=1))
    each.emit({"n": Hostile(n=float("nan")), "m": object()})
    stats = each.stats()
    assert stats.repaired >= 1
    assert stats.emitted + sum(stats.dropped.values()) == 3


def test_the_console_needs_no_spool(emitter, capfd):
    each = emitter("console:")
    each.emit({"n": 1})
    assert each.flush(5.0).is_complete
    assert capfd.readouterr().out == '{"n":1}\n'
    assert not os.path.exists(each.settings.spool_dir)


def test_a_console_that_takes_nothing_bounds_what_waits(emitter, monkeypatch, until):
    monkeypatch.setattr(sys, "stdout", None)
    each = emitter("console:", memory_max_events=5)
    for number in range(8):
        each.emit({"n": number})
    assert each.stats().dropped == {"console behind": 3}
    assert each.flush(0.05) == FlushResult(False, ("console:stdout",))


def test_without_a_disk_events_go_from_memory_and_that_is_said_once(
    make_settings, fake_server, tmp_path, until, caplog
):
    (tmp_path / "file").write_text("")
    with fake_server() as server, caplog.at_level(logging.WARNING):
        each = Emitter(make_settings(server.url, spool_dir=tmp_path / "file" / "spool"))
        for number in range(5):
            each.emit({"n": number})
        assert each.flush(5.0).is_complete
        assert sorted(set(numbers(server))) == list(range(5))
        assert each.stats().in_memory == 0
        assert each.close()
    said = [record.message for record in caplog.records if "wait in memory" in record.message]
    assert len(said) == 1
    assert "Not a directory" in said[0]


def test_memory_is_bounded_and_its_drops_are_counted(make_settings, tmp_path):
    (tmp_path / "file").write_text("")
    each = Emitter(make_settings("http://127.0.0.1:9", spool_dir=tmp_path / "file" / "spool", memory_max_events=3))
    for number in range(5):
        each.emit({"n": number})
    assert each.stats().in_memory == 3
    assert each.stats().dropped == {"memory full": 2}
    assert not each.flush(0.0).is_complete
    each.close(0.2)


def test_a_disk_that_comes_back_gets_what_waited_and_its_next_fault_is_said_anew(
    make_settings, tmp_path, until, caplog
):
    caplog.set_level(logging.INFO)
    (tmp_path / "file").write_text("")
    each = Emitter(make_settings("http://127.0.0.1:9", spool_dir=tmp_path / "file" / "spool"))
    for number in range(250):
        each.emit({"n": number})
    (tmp_path / "file").unlink()
    until(lambda: each.stats().in_memory == 0)
    each.emit({"n": 250})
    assert spool_state(each.settings.spool_dir).events == 251
    until(lambda: "can be written again" in caplog.text)
    each._writer.fault = "No space left on device"
    each.emit({"n": 251})
    until(lambda: "(No space left on device)" in caplog.text)
    assert not each.close(0.5)


def test_a_disk_that_fails_again_keeps_the_rest_in_memory(make_settings, tmp_path):
    (tmp_path / "file").write_text("")
    each = Emitter(make_settings("http://127.0.0.1:9", spool_dir=tmp_path / "file" / "spool"))
    each._is_started = True
    each.emit({"n": 1})
    assert each.refill() == "Not a directory"
    assert each.stats().in_memory == 1
    each.close()


def test_a_signal_handler_may_emit_amid_an_emit(emitter, fake_server):
    handled = []
    fresh = count(10_000)

    def handler(*_):
        number = next(fresh)
        each.emit({"n": number})
        handled.append(number)

    with fake_server() as server:
        each = emitter(server.url)
        before = signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
        try:
            for number in range(3000):
                each.emit({"n": number})
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        assert each.flush(10.0).is_complete
        assert len(handled) > 5
        assert each.stats().dropped == {}
        assert set(numbers(server)) == {*range(3000), *handled}


def test_threads_emit_side_by_side(emitter, fake_server):
    with fake_server() as server:
        each = emitter(server.url, spool_max_bytes="64KiB")
        emits = [
            threading.Thread(target=lambda t=t: [each.emit({"n": t * 1000 + i}) for i in range(200)]) for t in range(4)
        ]
        for thread in emits:
            thread.start()
        for thread in emits:
            thread.join()
        assert each.flush(10.0).is_complete
        dropped = spool_state(each.settings.spool_dir).counters.get("evicted_events", 0)
        assert len(set(numbers(server))) + dropped >= 800


def test_closing_sends_the_rest_and_what_comes_after_waits_for_the_next(emitter, fake_server):
    with fake_server() as server:
        each = emitter(server.url)
        each.emit({"n": 1})
        assert each.close(5.0)
        assert each.close()
        assert numbers(server) == [1]
        each.emit({"n": 2})
        assert spool_state(each.settings.spool_dir).events == 1
        each._writer.end_segment()
        assert drain(each.settings, 5.0).is_complete
        assert numbers(server) == [1, 2]


def test_closing_at_a_hung_server_takes_its_time_and_no_more(emitter, raw_server):
    release = threading.Event()
    with raw_server(lambda _: release.wait(3)) as server:
        each = emitter(server.url, timeout_s=1)
        each.emit({"n": 1})
        started = time.monotonic()
        assert not each.close(0.2)
        assert time.monotonic() - started < 2.5  # of the 3 s for which the server hangs
        release.set()


def test_closing_what_never_ran(emitter):
    assert emitter("http://127.0.0.1:9").close()


def test_a_second_process_leaves_the_sending_to_the_first(emitter, fake_server):
    with fake_server() as server:
        first, second = emitter(server.url), emitter(server.url)
        first.emit({"n": 1})
        assert first.flush(5.0).is_complete
        second.emit({"n": 2})
        assert second.flush(5.0).is_complete
        assert not second.stats().is_draining
        assert numbers(server) == [1, 2]


def test_a_flush_that_runs_out_of_time_names_who_is_behind(emitter, fake_server):
    with fake_server() as server:
        each = emitter("http://127.0.0.1:9", server.url)
        each.emit({"n": 1})
        assert each.flush(0.3) == FlushResult(False, ("http://127.0.0.1:9",))


def test_no_thread_can_be_started(emitter, monkeypatch):
    each = emitter("http://127.0.0.1:9", spool_max_bytes=3200)

    def start(_):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", start)
        for _ in range(200):
            each.emit({"n": 1})
    assert spool_state(each.settings.spool_dir).bytes < 4000
    assert each.stats().in_memory > 0


def test_a_folder_that_is_removed_under_us_is_said_and_made_again(emitter, fake_server, until, caplog):
    with fake_server() as server, caplog.at_level(logging.WARNING):
        each = emitter(server.url)
        each.emit({"n": 1})
        assert each.flush(5.0).is_complete
        while os.path.exists(each.settings.spool_dir):  # the sender may put a file there while it is being emptied
            shutil.rmtree(each.settings.spool_dir, ignore_errors=True)
        until(lambda: "segment removed" in each.stats().dropped)
        each.emit({"n": 2})
        until(lambda: 2 in numbers(server))
        until(lambda: "somebody removed" in caplog.text)


def test_a_forked_child_starts_over(emitter, fake_server, until):
    with fake_server() as server:
        each = emitter(server.url)
        each.emit({"n": 1})
        assert each.flush(5.0).is_complete
        child = os.fork()
        if child == 0:
            code = 1
            try:
                stats = each.stats()
                each.emit({"n": 2})
                fine = stats.emitted == 0 and stats.sinks == () and each.flush(5.0).is_complete
                code = 0 if fine else 2
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert each.stats().emitted == 1
        until(lambda: numbers(server) == [1, 2])


def test_what_a_forked_child_leaves_to_its_parent(emitter, fake_server):
    with fake_server() as server:
        each = emitter(server.url)
        each.before_fork()
        each.emit({"n": 1})
        assert each.flush(5.0).is_complete
        each.before_fork()
        assert each.close(5.0)
        each.emit({"n": 2})
        keeper = each._keeper
        _emitter._after_fork_in_child()
        assert each.stats().emitted == 0
        assert each._keeper is None
        assert not keeper.drainer.is_elected()
        assert spool_state(each.settings.spool_dir).events == 1


def test_the_exit_hook_ends_within_its_time(emitter):
    each = emitter("http://127.0.0.1:9", exit_timeout_s=0.3)
    each.emit({"n": 1})
    started = time.monotonic()
    each._at_exit()
    assert time.monotonic() - started < 5


def test_a_fault_at_the_end_does_not_reach_the_host(emitter):
    each = emitter("http://127.0.0.1:9")
    each._is_started = True
    each.emit({"n": 1})
    each._folder.path = "no\0path"
    assert each.close() is False


def test_a_background_that_does_not_end_is_left(make_settings):
    hung = threading.Thread(target=time.sleep, args=(0.3,))
    hung.start()
    keeper = Keeper(make_settings("http://127.0.0.1:9"), None)
    keeper.finish(0.01, hung)
    keeper.abandon()
    hung.join()


def test_a_fork_amid_the_loading_waits_for_its_end(tmp_path):
    """A child that is forked while another thread imports finds that module's lock held for ever."""
    script = f"""
import os, sys
from whence.emit import Emitter, settings_from
for _ in range(1):
    emitter = Emitter(settings_from({{"sinks": "http://127.0.0.1:9", "spool_dir": {str(tmp_path / "spool")!r}}}))
    emitter.emit({{"n": 1}})
    child = os.fork()  # at once, while the background loads http.client
    if child == 0:
        import http.client, ssl, logging, email.parser
        os._exit(0)
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    for _ in range(5):
        assert subprocess.run([sys.executable, "-c", script], timeout=20, check=False).returncode == 0


def test_the_end_of_a_process_sends_what_is_there(tmp_path, fake_server):
    script = "import sys, whence.emit as e; x = e.Emitter(e.load_settings()); [x.emit({'n': n}) for n in range(50)]"
    with fake_server() as server:
        environ = {"WHENCE_SINKS": server.url, "WHENCE_SPOOL_DIR": str(tmp_path / "spool")}
        done = subprocess.run(
            [sys.executable, "-c", script], env=os.environ | environ, capture_output=True, text=True, check=True
        )
        assert (done.stdout, done.stderr) == ("", "")
        assert numbers(server) == list(range(50))
        assert Folder(str(tmp_path / "spool")).segments() == []


def test_an_evicted_event_is_counted(emitter, until):
    each = emitter("http://127.0.0.1:9", spool_max_bytes=3200)
    for number in range(300):
        each.emit({"n": number})

    def is_counted():
        state = spool_state(each.settings.spool_dir)
        return state.bytes <= 3200 and state.events + state.counters.get("evicted_events", 0) == 300

    until(is_counted)


def test_a_round_of_the_background_that_fails_is_said_and_the_others_go_on(make_settings, caplog):
    class Broken:
        memory = local = ()

        def sync(self):
            raise OSError(5, "Input/output error")

        def tidy(self, _idle_s):
            raise AssertionError

        def refill(self):
            raise AssertionError

        def notices(self):
            raise ValueError("unexpected")

    keeper = Keeper(make_settings("http://127.0.0.1:9"), Broken())
    with caplog.at_level(logging.WARNING):
        keeper.round()
        keeper._next.clear()
        keeper.round()
    messages = [record.message for record in caplog.records]
    assert sum("Input/output error" in message for message in messages) == 1
    assert sum("failed at 'say'" in message for message in messages) == 2


def test_events_keep_their_bytes_over_the_wire(emitter, fake_server):
    event = {"z": "주문", "a": [1, 2.5, None]}
    with fake_server((503, {}, b"")) as server:
        each = emitter(server.url)
        each.emit(event)
        assert each.flush(5.0).is_complete
        assert {request.body for request in server.requests} == {
            json.dumps([event], ensure_ascii=False, separators=(",", ":")).encode()
        }
