from __future__ import annotations

import contextvars
import json
import logging
import threading
import time

import pytest

from whence.emit import SinkSettings
from whence.emit._dead import DeadLetters, read_letters
from whence.emit._folder import Folder
from whence.emit._memory import MemoryBuffer, MemorySource
from whence.emit._notices import Notices
from whence.emit._sender import Sender, State
from whence.emit.sinks import Fault, Retry, Taken

FINE = (204, {}, b"")


def failed(*entries, received=9):
    """Make the batch answer of the OpenLineage contract."""
    listed = [{"index": index, "reason": reason, "retriable": retriable} for index, reason, retriable in entries]
    report = {"status": "partial_success", "summary": {"received": received, "successful": 0, "failed": len(listed)}}
    return 200, {"Content-Type": "application/json"}, json.dumps(report | {"failed_events": listed}).encode()


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class Bench:
    """A sender on a memory buffer, stepped by hand, and its dead letters."""

    def __init__(self, settings):
        self.settings = settings
        self.folder = Folder(settings.spool_dir)
        self.folder.make()
        (self.sink,) = settings.sinks
        self.clock = Clock()
        self.buffer = MemoryBuffer(["sink"], max_events=1000, max_bytes=1 << 20)
        self.sender = Sender(
            sink=self.sink,
            source=MemorySource(self.buffer, "sink"),
            dead=DeadLetters(self.folder, "sink", self.sink.url, max_bytes=1 << 20),
            settings=settings,
            notices=Notices(),
            clock=self.clock,
        )

    def put(self, *numbers):
        for number in numbers:
            self.buffer.append(b'{"n":%d}' % number)

    def step(self):
        """Do a round, then let the time pass that the sender wants to wait."""
        wait_s = self.sender.step()
        self.clock.now += wait_s
        return wait_s

    def run_until_idle(self, limit=200):
        for _ in range(limit):
            self.step()
            if self.sender.state is State.IDLE:
                return
        pytest.fail("the sender does not come to its end")

    @property
    def dead(self):
        return [(json.loads(each.body)["n"], each.reason) for each in read_letters(self.folder, "sink.refused.jsonl")]


@pytest.fixture
def bench(make_settings):
    made = []

    def make(url, **more):
        made.append(Bench(make_settings(url, **more)))
        return made[-1]

    yield make
    for each in made:
        each.sender.close()


def numbers(server):
    return [event["n"] for event in server.events]


def test_events_go_in_batches(bench, fake_server):
    with fake_server() as server:
        b = bench(server.url, batch_max_events=2)
        b.put(1, 2, 3)
        b.run_until_idle()
        assert [[event["n"] for event in request.events] for request in server.requests] == [[1, 2], [3]]
        assert (b.sender.delivered, len(b.buffer)) == (3, 0)


def test_nothing_to_do_waits_for_the_poll(bench):
    b = bench("http://127.0.0.1:9")
    assert b.step() == b.settings.poll_s
    assert b.sender.state is State.IDLE


def test_a_failing_sink_rests_longer_each_time_and_recovers(bench, fake_server, caplog):
    with fake_server(*[(503, {}, b"")] * 6) as server, caplog.at_level(logging.INFO):
        b = bench(server.url, backoff_min_s=1.0, backoff_max_s=8.0)
        b.put(1)
        waits = [b.step() for _ in range(6)]
        for wait_s, most in zip(waits, (1, 2, 4, 8, 8, 8), strict=True):
            assert 0 < wait_s <= most
        assert b.sender.state is State.FAILING
        assert b.sender.reason == "HTTP 503"
        b.run_until_idle()
        assert b.sender.reason == ""
        assert numbers(server) == [1] * 7
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]  # said once, and that it is over


def test_a_resting_sink_is_not_asked(bench, fake_server):
    with fake_server((503, {"Retry-After": "30"}, b"")) as server:
        b = bench(server.url)
        b.put(1)
        assert b.sender.step() >= 30
        b.clock.now += 10
        assert b.sender.step() == pytest.approx(20, abs=0.1)
        assert len(server.requests) == 1


def test_a_wish_to_wait_is_bounded(bench, fake_server):
    with fake_server((429, {"Retry-After": "86400"}, b"")) as server:
        b = bench(server.url, retry_after_max_s=600)
        b.put(1)
        assert b.step() == 600


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_fault_of_the_settings_is_retried_slowly_and_nothing_is_thrown_away(bench, fake_server, status, caplog):
    with fake_server(decide=lambda _: (status, {}, b"")) as server, caplog.at_level(logging.WARNING):
        b = bench(server.url, fault_wait_s=60)
        b.put(*range(250))
        assert [b.step() >= 60 for _ in range(5)] == [True] * 5
        assert b.dead == []
        assert len(caplog.records) == 1
        server.decide = lambda _: FINE
        b.run_until_idle()
        assert b.sender.delivered == 250
        assert set(range(250)) <= set(numbers(server))


def test_a_refused_event_is_kept_with_its_reason_and_the_others_go_on(bench, fake_server, caplog):
    def decide(request):
        bad = any(event["n"] == 3 for event in request.events)
        return (422, {}, b'{"message": "no job name"}') if bad else FINE

    with fake_server(decide=decide) as server, caplog.at_level(logging.WARNING):
        b = bench(server.url)
        b.put(*range(10))
        b.run_until_idle()
        assert b.dead == [(3, "HTTP 422: no job name")]
        assert (b.sender.delivered, b.sender.refused) == (9, 1)
    assert len(caplog.records) == 1


def test_the_batch_answer_names_who_failed(bench, fake_server):
    with fake_server(failed((0, "bad", False), (2, "busy", True), received=3)) as server:
        b = bench(server.url)
        b.put(0, 1, 2)
        b.run_until_idle()
        assert b.dead == [(0, "bad")]
        assert [[event["n"] for event in request.events] for request in server.requests] == [[0, 1, 2], [2]]
        assert b.sender.delivered == 2


def test_an_event_that_fails_while_others_pass_is_given_up_in_the_end(bench, fake_server):
    """Marquez answers 500 to an event that it cannot store."""

    def decide(request):
        return (500, {}, b"broken") if any(event["n"] == 0 for event in request.events) else FINE

    with fake_server(decide=decide) as server:
        b = bench(server.url, event_tries=3)
        b.put(*range(5))
        count = 5
        while not b.dead:
            b.step()
            b.clock.now += 0.1
            b.put(count)
            count += 1
            assert count < 100
        b.run_until_idle()
        assert b.dead == [(0, "HTTP 500: broken (failed 3 times while other events passed)")]
        assert b.sender.delivered == count - 1


class PartlySink:
    """Takes even numbers, and odd ones once `is_whole`."""

    is_whole = False

    def __init__(self):
        self.taken = []

    def send(self, batch):
        fine = [self.is_whole or json.loads(body)["n"] % 2 == 0 for body in batch]
        self.taken += [json.loads(body)["n"] for body, is_fine in zip(batch, fine, strict=True) if is_fine]
        return [Taken() if is_fine else Retry("no leader", fault=Fault.PART) for is_fine in fine]

    def close(self):
        pass


def test_events_of_a_part_that_is_down_wait_and_go_first_when_it_is_back(bench, caplog):
    b = bench("http://127.0.0.1:9", event_tries=2, batch_max_events=40)
    b.sender._sink = sink = PartlySink()
    with caplog.at_level(logging.INFO):
        for number in range(0, 60, 2):
            b.put(number, number + 1)
            b.step()
            assert (b.sender.reason, b.sender.state) == ("no leader", State.FAILING)
        assert b.dead == []
        assert sink.taken == list(range(0, 60, 2))
        sink.is_whole = True
        b.put(60)
        b.run_until_idle()
    assert sink.taken == [*range(0, 60, 2), *range(1, 60, 2), 60]
    assert len(b.buffer) == 0
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 2
    assert said[0].endswith("does not take all lineage events, they are kept and tried again: no leader")
    assert said[1].endswith("takes events again")


def test_an_event_that_fails_alone_is_never_given_up(bench, fake_server):
    with fake_server(decide=lambda _: (500, {}, b"")) as server:
        b = bench(server.url, event_tries=2)
        b.put(0)
        for _ in range(20):
            b.step()
        assert b.dead == []
        server.decide = lambda _: FINE
        b.run_until_idle()
        assert b.sender.delivered == 1


def test_an_event_waits_when_the_dead_letters_cannot_be_written(bench, fake_server, full_disk, caplog):
    with fake_server((422, {}, b""), (422, {}, b"")) as server, caplog.at_level(logging.WARNING):
        b = bench(server.url, fault_wait_s=60)
        b.put(0)
        with full_disk(0):
            b.step()
        assert b.sender.step() == pytest.approx(60, abs=1)
        assert b.sender.state is State.FAILING
        assert b.sender.refused == 0
        assert len(b.buffer) == 1
        b.clock.now += 61
        b.run_until_idle()
        assert [number for number, _ in b.dead] == [0]
    assert "dead letters cannot be written" in caplog.text


def test_waiting_events_do_not_pile_up(bench, fake_server):
    with fake_server(
        decide=lambda request: failed(*[(i, "busy", True) for i in range(1, len(request.events))])
    ) as server:
        b = bench(server.url, batch_max_events=4, backoff_min_s=100, backoff_max_s=100)
        b.put(*range(100))
        for _ in range(10):
            b.sender.step()
        assert len(b.sender._waiting) <= 7
        assert len(server.requests) < 10


def test_positions_that_cannot_be_written_are_said_once(bench, fake_server, caplog):
    class Stubborn:
        broken = True

        def __init__(self, source):
            self._source = source

        def read(self, max_events, max_bytes):
            return self._source.read(max_events, max_bytes)

        def settle(self, waiting):
            if self.broken:
                raise OSError(28, "No space left on device")
            self._source.settle(waiting)

    with fake_server() as server, caplog.at_level(logging.INFO):
        b = bench(server.url)
        source = Stubborn(MemorySource(b.buffer, "sink"))
        b.sender._source = source
        b.put(1, 2)
        b.step()
        b.step()
        source.broken = False
        b.step()
    assert ["cannot be written" in record.message for record in caplog.records] == [True, False]


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        ("class Broken:\n    def __init__(self, settings): raise RuntimeError('no key')", "RuntimeError: no key"),
        (
            "class Broken:\n    def __init__(self, settings): pass\n    def send(self, batch): raise KeyError('x')",
            "KeyError: 'x'",
        ),
        (
            "class Broken:\n    def __init__(self, settings): pass\n    def send(self, batch): return []",
            "the sink gave 0 outcomes for 1 events",
        ),
    ],
)
def test_a_third_partys_broken_sink_loses_nothing(bench, tmp_path, monkeypatch, module, reason):
    install_sink(tmp_path, monkeypatch, "broken", f"{module}\n    def close(self): pass\n", "Broken")
    b = bench("broken://here", fault_wait_s=60)
    b.put(1)
    assert b.step() >= 60
    assert b.sender.reason == reason
    assert len(b.buffer) == 1


def install_sink(tmp_path, monkeypatch, name, module, class_name):
    """Install a distribution with a sink, as pip would: a module and its entry point."""
    name = f"{name}_{tmp_path.name.replace('-', '_')}"[:60]
    site = tmp_path / "site"
    (site / f"{name}-1.dist-info").mkdir(parents=True)
    spec = f"\nfrom whence.emit.sinks import SinkSpec\nSPEC = SinkSpec(name='x', schemes=('x',), open={class_name})\n"
    (site / f"{name}.py").write_text(module + spec)
    (site / f"{name}-1.dist-info" / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    (site / f"{name}-1.dist-info" / "entry_points.txt").write_text(f"[whence.sinks]\nbroken = {name}:SPEC\n")
    monkeypatch.syspath_prepend(str(site))


def threads():
    return {thread.name for thread in threading.enumerate()}


def test_a_thread_of_its_own_sends_until_it_is_told_to_stop(bench, fake_server, until):
    with fake_server() as server:
        b = bench(server.url, poll_s=60)
        b.sender._clock = time.monotonic
        b.sender.start()
        until(lambda: b.sender.state is State.IDLE)
        b.put(1)
        b.sender.poke()
        until(lambda: b.sender.delivered == 1)
        b.sender.stop()
        assert b.sender.join(2.0)
        assert f"whence-sender {server.url}" not in threads()


def test_a_sender_that_never_ran_has_ended(bench):
    assert bench("http://127.0.0.1:9").sender.join(0.0)


def run(b, finish_after_s, **how):
    b.sender._clock = time.monotonic
    b.sender.finish(time.monotonic() + finish_after_s, **how)
    started = time.monotonic()
    b.sender.run()
    return time.monotonic() - started


def test_finishing_sends_what_is_there(bench, fake_server):
    with fake_server() as server:
        b = bench(server.url, batch_max_events=2)
        b.put(*range(7))
        run(b, 5.0)
        assert b.sender.delivered == 7


def test_finishing_does_not_wait_for_a_hopeless_sink(bench, fake_server):
    with fake_server(decide=lambda _: (503, {}, b"")) as server:
        b = bench(server.url)
        b.put(1)
        assert run(b, 60.0) < 5
        assert len(server.requests) == 3
        b = bench(server.url)
        b.put(1)
        run(b, 0.3, hopeless=1000)
        assert len(server.requests) > 6


def test_finishing_does_not_begin_a_wait_beyond_its_end(bench, fake_server):
    with fake_server((503, {"Retry-After": "30"}, b"")) as server:
        b = bench(server.url)
        b.put(1)
        assert run(b, 10.0) < 5
        assert len(server.requests) == 1


def test_stopping_amid_a_round_ends_after_it(bench, fake_server):
    with fake_server() as server:
        b = bench(server.url)
        b.put(1)

        def decide(_):
            b.sender.stop()
            return FINE

        server.decide = decide
        b.sender.run()
        assert b.sender.delivered == 1


def test_a_round_that_fails_is_said_and_tried_again(bench, fake_server, caplog):
    class Failing:
        failures = 2

        def __init__(self, source):
            self._source = source

        def read(self, max_events, max_bytes):
            if self.failures:
                self.failures -= 1
                raise MemoryError
            return self._source.read(max_events, max_bytes)

        def settle(self, waiting):
            self._source.settle(waiting)

    with fake_server() as server, caplog.at_level(logging.WARNING):
        b = bench(server.url)
        b.sender._source = Failing(MemorySource(b.buffer, "sink"))
        b.put(1)
        run(b, 5.0)
        assert b.sender.delivered == 1
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_a_sink_that_cannot_be_loaded_is_said(bench):
    b = bench([SinkSettings(url="nobody://here", kind="nobody")])
    b.put(1)
    b.step()
    assert "nobody" in b.sender.reason


def test_what_a_sink_does_belongs_to_no_context_of_the_host(make_settings, monkeypatch, until):
    """Even where threads are made to carry the context of who starts them, a sink's libraries run outside of it."""
    variable = contextvars.ContextVar("run", default="none")
    seen = []

    class CarryingThread(threading.Thread):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            self._context = contextvars.copy_context()

        def run(self):
            self._context.run(super().run)

    class LookingSink:
        def send(self, batch):
            seen.append(variable.get())
            return [Taken()] * len(batch)

        def close(self):
            pass

    monkeypatch.setattr("whence.emit._threads.Thread", CarryingThread)
    monkeypatch.setattr("whence.emit._sender.open_sink", lambda _: LookingSink())
    bench = Bench(make_settings())
    bench.put(1)
    token = variable.set("the host's run")
    bench.sender.start()
    variable.reset(token)
    until(lambda: seen)
    bench.sender.stop()
    assert bench.sender.join(5)
    assert seen == ["none"]


class GatheringSink:
    gather_s = 5.0

    def send(self, batch):
        return [Taken()] * len(batch)

    def close(self):
        pass


def test_events_gather_for_a_sink_that_wants_large_batches(make_settings, monkeypatch):
    monkeypatch.setattr("whence.emit._sender.open_sink", lambda _: GatheringSink())
    bench = Bench(make_settings(batch_max_events=3, batch_max_bytes=40))
    bench.put(1)
    assert bench.sender.step() == 5.0
    bench.put(1, 2, 3)
    assert bench.sender.step() == 0.0  # a full batch: more may wait
    bench.buffer.append(b"x" * 21)
    assert bench.sender.step() == 0.0  # as good as full
    bench.put(1)
    bench.sender.finish(bench.clock.now + 1)
    assert bench.sender.step() == 0.0  # the end is near
