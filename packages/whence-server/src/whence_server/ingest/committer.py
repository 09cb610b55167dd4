"""Group commit: one thread takes what waits, keeps it in one durable transaction, and answers all at once.

The thread also decodes batches: two threads that take turns at the interpreter need a tenth more time for the same
work than one, and what waits takes less memory as bytes than as objects. While one group is being written the next
one gathers, so groups grow with the load and nothing waits for a timer. What waits is bounded, in events and in
bytes; beyond that callers are told to come back. When the store cannot write, everything of the group is told so
(nothing of it was kept) and the thread looks every second whether the cause is gone.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from whence_server.errors import StoreBusyError, StoreError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from whence_server.ingest.events import Batch
    from whence_server.ingest.meter import IngestMeter
    from whence_server.stores.base import Incoming, Kept, Store

PROBE_EVERY_S: Final = 1.0
STOP_TIMEOUT_S: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitLimits:
    """How much may wait, and how much goes into one group."""

    waiting_events: int = 20_000
    waiting_bytes: int = 128 * 1024 * 1024
    group_events: int = 1_000
    group_bytes: int = 4 * 1024 * 1024
    linger_s: float = 0.002  # how long a crowd is waited for


class _Submission:
    """What came together, decoded or not, and who waits for it. `events` holds it once it is decoded."""

    __slots__ = ("batch", "body", "count", "decode", "events", "future", "loop", "since", "size")

    def __init__(self, body: bytes, decode: Callable[[bytes], Batch] | None, events: Sequence[Incoming]) -> None:
        self.body = body
        self.decode = decode
        self.events = events
        self.batch: Batch | None = None
        self.count = max(len(events), 1)
        self.size = len(body) + sum(len(event.body) for event in events)
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[list[Kept]] = self.loop.create_future()
        self.since = time.monotonic()

    def decoded(self) -> Exception | None:
        """Decode what is not yet; return why it cannot be."""
        if self.decode is None:
            return None
        try:
            self.batch = self.decode(self.body)
        except Exception as error:  # noqa: BLE001 - border of the queue worker: who sent it is told
            return error
        self.events, self.body = () if self.batch.has_sql else self.batch.events, b""
        return None


Outcome = tuple[_Submission, "list[Kept] | Exception"]


class Committer:
    """The one writer of a store."""

    def __init__(self, store: Store, meter: IngestMeter, limits: CommitLimits | None = None) -> None:
        self._store = store
        self._meter = meter
        self._limits = limits or CommitLimits()
        self._waiting: deque[_Submission] = deque()
        self._changed = threading.Condition()
        self._events = 0
        self._bytes = 0
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._crowded = False  # the last group held events of several requests
        self.trouble: str | None = None  # why the store cannot write, None while it can

    def start(self) -> None:
        """Start the thread."""
        self._thread = threading.Thread(target=self._run, name="whence-committer", daemon=True)
        self._thread.start()

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> None:
        """Take no more events, keep what waits, end the thread."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(timeout_s)

    async def commit(self, events: Sequence[Incoming]) -> list[Kept]:
        """Keep events; returns when they are on disk, in the same order.

        Raises StoreBusyError when too much waits, StoreUnavailableError when the store cannot write: in both cases
        none was kept.
        """
        return await self._submit(_Submission(b"", None, events)) if events else []

    async def commit_batch(self, body: bytes, decode: Callable[[bytes], Batch]) -> tuple[Batch, list[Kept]]:
        """Decode a batch beside the event loop and keep its events; raises what `decode` raises, and as `commit`.

        Until it is decoded it counts as one event that waits. A batch whose SQL is to be read first is not kept.
        """
        submission = _Submission(body, decode, ())
        kept = await self._submit(submission)
        assert submission.batch is not None  # noqa: S101 - else decoding it has failed
        return submission.batch, kept

    async def _submit(self, submission: _Submission) -> list[Kept]:
        with self._changed:
            self._admit(submission)
            self._waiting.append(submission)
            self._events += submission.count
            self._bytes += submission.size
            self._changed.notify()
        return await submission.future

    def _admit(self, submission: _Submission) -> None:
        limits = self._limits
        if self._stopping:
            raise StoreUnavailableError("the server is stopping; send again when it is back")
        events, size = self._events + submission.count, self._bytes + submission.size
        if self._waiting and (events > limits.waiting_events or size > limits.waiting_bytes):
            message = (
                f"{self._events:,} events wait for the disk, more than {limits.waiting_events:,} events or"
                f" {limits.waiting_bytes:,} bytes may not; send again in a moment"
            )
            raise StoreBusyError(message, retry_after_s=1)

    @property
    def waiting_events(self) -> int:
        """Return how many events wait or are being written."""
        return self._events

    def lag_s(self) -> float:
        """Return how long the oldest waiting events have waited."""
        with self._changed:
            return time.monotonic() - self._waiting[0].since if self._waiting else 0.0

    # --- the thread ---

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._stopping:
                    if not self._changed.wait(PROBE_EVERY_S if self.trouble is not None else None):
                        break
                if self._stopping and not self._waiting:
                    return
            if self._crowded and self._limits.linger_s:
                time.sleep(self._limits.linger_s)  # others are about to come: one sync for all of them
            with self._changed:
                group = self._next_group()
                self._crowded = len(group) > 1
            if group:
                self._answer(self._keep_decoded(group))
            else:
                self._probe()

    def _next_group(self) -> list[_Submission]:
        """Take waiting submissions up to the limits of a group, at least one if any waits."""
        group: list[_Submission] = []
        events = size = 0
        while self._waiting:
            following = self._waiting[0]
            events += following.count
            size += following.size
            if group and (events > self._limits.group_events or size > self._limits.group_bytes):
                break
            group.append(self._waiting.popleft())
        return group

    def _keep_decoded(self, group: list[_Submission]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        decoded: list[_Submission] = []
        for submission in group:
            error = submission.decoded()
            if error is not None:
                outcomes.append((submission, error))
            elif submission.events:
                decoded.append(submission)
            else:
                outcomes.append((submission, []))
        return outcomes + self._keep(decoded) if decoded else outcomes

    def _keep(self, group: list[_Submission]) -> list[Outcome]:
        begin = time.perf_counter()
        events = [event for submission in group for event in submission.events]
        try:
            kept = self._store.commit(events)
        except StoreError as error:
            self.trouble = str(error)
            self._meter.failed(len(events))
            return [(submission, error) for submission in group]
        except Exception as error:  # noqa: BLE001 - border of the queue worker: the thread must live on
            if len(group) == 1:
                self._meter.failed(len(events))
                return [(group[0], error)]
            return [outcome for submission in group for outcome in self._keep([submission])]
        self.trouble = None
        self._meter.kept(kept, time.perf_counter() - begin)
        outcomes: list[Outcome] = []
        start = 0
        for submission in group:
            end = start + len(submission.events)
            outcomes.append((submission, kept[start:end]))
            start = end
        return outcomes

    def _answer(self, outcomes: list[Outcome]) -> None:
        with self._changed:
            for submission, _ in outcomes:
                self._events -= submission.count
                self._bytes -= submission.size
        for loop in {submission.loop for submission, _ in outcomes}:
            own = [outcome for outcome in outcomes if outcome[0].loop is loop]
            try:
                loop.call_soon_threadsafe(_resolve, own)
            except RuntimeError:  # the loop is closed: nobody waits any more
                continue

    def _probe(self) -> None:
        try:
            self._store.probe()
        except Exception as error:  # noqa: BLE001 - as above
            self.trouble = str(error)
        else:
            self.trouble = None


def _resolve(outcomes: list[Outcome]) -> None:
    for submission, outcome in outcomes:
        if submission.future.done():  # its request was given up
            continue
        if isinstance(outcome, Exception):
            submission.future.set_exception(outcome)
        else:
            submission.future.set_result(outcome)
