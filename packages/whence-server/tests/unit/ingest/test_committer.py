"""Group commit, against a store of the test's own that can be slow, full or broken."""

from __future__ import annotations

import asyncio
import threading

import pytest

from whence.errors import EventError
from whence.model import check_event
from whence_server.errors import StoreBusyError, StoreCorruptError, StoreUnavailableError
from whence_server.graph.event_id import event_id
from whence_server.ingest.committer import CommitLimits, Committer
from whence_server.ingest.events import Batch, Refused
from whence_server.ingest.meter import IngestMeter
from whence_server.stores.base import Incoming, Kept


def event(number):
    said = {
        "eventTime": "2026-01-01T00:00:00Z",
        "producer": "https://example.com/tests",
        "schemaURL": "https://example.com/event.json",
        "job": {"namespace": "jobs", "name": f"job {number}"},
    }
    checked = check_event(said)
    return Incoming(event_id(checked.event_time, said), b"x" * 100, said, checked)


class MemoryStore:
    """The part of a store that a committer writes to. `gate` holds commits back, `errors` are raised in turn."""

    def __init__(self):
        self.groups = []
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()
        self.errors = []
        self.probed = threading.Event()

    def commit(self, group):
        self.entered.set()
        self.gate.wait(10)
        if self.errors:
            error = self.errors.pop(0)
            if error is not None:
                raise error
        names = [each.event["job"]["name"] for each in group]
        if "job 13" in names:
            raise RuntimeError("thirteen")
        self.groups.append(names)
        return [Kept(each.id, new=True, warnings=None, fold_error=None) for each in group]

    def probe(self):
        self.probed.set()
        if self.errors:
            raise self.errors[0]


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
def start(store):
    """Start a committer with limits of one's own; stopped at the end."""
    started = []

    def start(**limits):
        committer = Committer(store, IngestMeter(), CommitLimits(**limits))
        committer.start()
        started.append(committer)
        return committer

    yield start
    store.gate.set()
    for committer in started:
        committer.stop()


async def entered(store):
    await asyncio.to_thread(store.entered.wait, 10)


async def test_what_waits_is_kept_in_one_group(store, start):
    committer = start()
    store.gate.clear()
    first = asyncio.ensure_future(committer.commit([event(0)]))
    await entered(store)
    others = [asyncio.ensure_future(committer.commit([event(i), event(-i)])) for i in range(1, 6)]
    await asyncio.sleep(0)
    assert committer.waiting_events == 11
    assert committer.lag_s() > 0
    store.gate.set()
    answers = await asyncio.gather(first, *others)
    assert [len(answer) for answer in answers] == [1, 2, 2, 2, 2, 2]
    assert [answer[0].id for answer in answers] == [event(i).id for i in range(6)]
    assert [len(group) for group in store.groups] == [1, 10]
    assert (committer.waiting_events, committer.lag_s()) == (0, 0.0)


async def test_a_group_is_bounded(store, start):
    committer = start(group_events=4)
    store.gate.clear()
    first = asyncio.ensure_future(committer.commit([event(0)]))
    await entered(store)
    others = [asyncio.ensure_future(committer.commit([event(i), event(-i), event(i + 50)])) for i in range(1, 4)]
    large = asyncio.ensure_future(committer.commit([event(i) for i in range(20, 30)]))
    await asyncio.sleep(0)
    store.gate.set()
    await asyncio.gather(first, large, *others)
    assert [len(group) for group in store.groups] == [1, 3, 3, 3, 10]


async def test_too_much_waiting_is_refused_at_once(store, start):
    committer = start(waiting_events=3)
    store.gate.clear()
    first = asyncio.ensure_future(committer.commit([event(0)]))
    await entered(store)
    second = asyncio.ensure_future(committer.commit([event(1)]))
    await asyncio.sleep(0)
    with pytest.raises(StoreBusyError) as caught:
        await committer.commit([event(2), event(3)])
    assert caught.value.retry_after_s == 1
    store.gate.set()
    await asyncio.gather(first, second)
    assert await committer.commit([event(2), event(3)])


async def test_bytes_that_wait_are_bounded_too(store, start):
    committer = start(waiting_bytes=150)
    store.gate.clear()
    first = asyncio.ensure_future(committer.commit([event(0)]))
    await entered(store)
    second = asyncio.ensure_future(committer.commit([event(1)]))
    await asyncio.sleep(0)
    with pytest.raises(StoreBusyError):
        await committer.commit([event(2)])
    store.gate.set()
    await asyncio.gather(first, second)


async def test_a_store_that_cannot_write_is_told_to_all_and_looked_at_again(store, start):
    committer = start()
    store.errors = [StoreUnavailableError("the disk is full")]
    with pytest.raises(StoreUnavailableError, match="full"):
        await committer.commit([event(1)])
    assert committer.trouble == "the disk is full"
    for _ in range(400):
        if committer.trouble is None:
            break
        await asyncio.sleep(0.01)
    assert store.probed.is_set()
    assert committer.trouble is None
    assert await committer.commit([event(1)])


async def test_trouble_stays_while_the_cause_does(store, start):
    committer = start()
    store.errors = [StoreUnavailableError("locked"), StoreUnavailableError("still locked")]
    with pytest.raises(StoreUnavailableError):
        await committer.commit([event(1)])
    await asyncio.to_thread(store.probed.wait, 10)
    assert committer.trouble in {"locked", "still locked"}
    with pytest.raises(StoreUnavailableError):
        await committer.commit([event(1)])
    assert await committer.commit([event(1)])
    assert committer.trouble is None


async def test_a_damaged_store_is_told_and_the_thread_lives_on(store, start):
    committer = start()
    store.errors = [StoreCorruptError("damaged"), ZeroDivisionError("in the probe")]
    with pytest.raises(StoreCorruptError):
        await committer.commit([event(1)])
    assert committer.trouble == "damaged"
    await asyncio.to_thread(store.probed.wait, 10)
    store.errors.clear()
    assert await committer.commit([event(1)])
    assert committer.trouble is None


async def test_one_request_that_breaks_the_store_does_not_take_others_along(store, start):
    committer = start()
    store.gate.clear()
    first = asyncio.ensure_future(committer.commit([event(0)]))
    await entered(store)
    others = [asyncio.ensure_future(committer.commit([event(i)])) for i in (12, 13, 14)]
    await asyncio.sleep(0)
    store.gate.set()
    answers = await asyncio.gather(first, *others, return_exceptions=True)
    assert [type(answer) for answer in answers] == [list, list, RuntimeError, list]


async def test_stopping_keeps_what_waits_and_takes_no_more(store, start):
    committer = start()
    store.gate.clear()
    first = asyncio.ensure_future(committer.commit([event(0)]))
    await entered(store)
    second = asyncio.ensure_future(committer.commit([event(1)]))
    await asyncio.sleep(0)
    committer.stop(timeout_s=0)
    with pytest.raises(StoreUnavailableError, match="stopping"):
        await committer.commit([event(2)])
    store.gate.set()
    await asyncio.gather(first, second)
    committer.stop()
    assert store.groups == [["job 0"], ["job 1"]]


async def test_a_batch_is_decoded_by_the_thread_and_kept_with_its_refusals(store, start):
    threads = []

    def decode(body):
        threads.append(threading.current_thread())
        return Batch(3, [0, 2], [event(1), event(2)], [Refused(1, "$", body.decode())])

    batch, kept = await start().commit_batch(b"no event", decode)
    assert [each.id for each in kept] == [each.id for each in batch.events]
    assert batch.refused[0].reason == "no event"
    assert store.groups == [["job 1", "job 2"]]
    assert threads[0] is not threading.current_thread()


async def test_a_batch_whose_sql_is_to_be_read_first_is_given_back(store, start):
    batch, kept = await start().commit_batch(b"", lambda _: Batch(1, [0], [event(1)], [], has_sql=True))
    assert (len(batch.events), kept, store.groups) == (1, [], [])


async def test_a_batch_that_cannot_be_decoded_or_is_empty_takes_nobody_along(store, start):
    committer = start()
    store.gate.clear()
    first = asyncio.ensure_future(committer.commit([event(0)]))
    await entered(store)

    def refuse(body):
        raise EventError("$", None, body.decode())

    others = [
        asyncio.ensure_future(committer.commit_batch(b"broken", refuse)),
        asyncio.ensure_future(committer.commit_batch(b"[]", lambda _: Batch(0, [], [], []))),
        asyncio.ensure_future(committer.commit([event(1)])),
    ]
    await asyncio.sleep(0)
    assert committer.waiting_events == 4
    store.gate.set()
    await first
    broken, empty, good = await asyncio.gather(*others, return_exceptions=True)
    assert isinstance(broken, EventError)
    assert empty == (Batch(0, [], [], []), [])
    assert len(good) == 1
    assert store.groups == [["job 0"], ["job 1"]]
    assert committer.waiting_events == 0


async def test_nothing_to_keep_is_kept_at_once(store, start):
    assert await start().commit([]) == []
    assert store.groups == []


async def test_a_request_that_was_given_up_disturbs_nobody(store, start):
    committer = start()
    store.gate.clear()
    first = asyncio.ensure_future(committer.commit([event(0)]))
    await entered(store)
    given_up = asyncio.ensure_future(committer.commit([event(1)]))
    await asyncio.sleep(0)
    given_up.cancel()
    store.gate.set()
    assert await first
    assert await committer.commit([event(2)])
    assert ["job 1"] in store.groups or ["job 1", "job 2"] in store.groups


def test_a_loop_that_is_gone_is_passed_over(store, start):
    committer = start()
    store.gate.clear()

    async def give_up():
        asyncio.ensure_future(committer.commit([event(0)]))  # noqa: RUF006 - it is to be left behind
        await entered(store)

    asyncio.run(give_up())
    store.gate.set()
    assert len(asyncio.run(committer.commit([event(1)]))) == 1


def test_the_meter_counts_outcomes():
    meter = IngestMeter()
    kept = [Kept(b"", new=new, warnings=None, fold_error=None) for new in (True, True, False)]
    meter.kept(kept, 0.004)
    meter.kept(kept, 60.0)
    meter.refused()
    meter.failed(2)
    assert (meter.kept_events, meter.repeated_events, meter.refused_events, meter.failed_events) == (4, 2, 1, 2)
    assert (meter.groups, meter.group_seconds[2], meter.group_seconds[-1]) == (2, 1, 1)
