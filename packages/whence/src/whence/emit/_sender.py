"""One sink's sender: takes events from a source, sends batches, decides what becomes of each, waits when it must.

The rules: taken is done; refused goes to the dead letters; else the event is tried again. When a whole batch fails, the
sink rests: full jitter over a doubling wait, at least what Retry-After asked for, and `fault_wait_s` when only a person
can mend it. When an event fails while others of its batch pass, the event is to blame: it waits alone, and after
`event_tries` such failures it goes to the dead letters too. Unless the sink says that the part of it where the event
belongs is down: then the sink rests, and the event goes first in the next batch, so a part gets its events in order.

Must not: run on a caller's thread, lose an event that it cannot place anywhere (it waits instead), or die of a sink's
exception. Source of the jitter: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
"""

from __future__ import annotations

import random
import time
from contextvars import Context
from enum import Enum
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, NamedTuple

from whence.emit._threads import start_thread
from whence.emit.sinks import Fault, Outcome, Refused, Retry, Taken, open_sink

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from threading import Thread

    from whence.emit._dead import DeadLetters
    from whence.emit._notices import Notices
    from whence.emit._settings import Settings, SinkSettings
    from whence.emit._source import Entry, Source
    from whence.emit.sinks import Sink

_LEAST_WAIT_S = 0.02
HOPELESS = 3
"""Failures in a row after which a process that ends does not wait for this sink."""


class State(Enum):
    """What the last step came to."""

    BUSY = "busy"
    IDLE = "idle"
    FAILING = "failing"


class Waiting(NamedTuple):
    """An event that was read and is not settled: how often it failed while others passed, and when it is due again."""

    entry: Entry
    tries: int
    due: float


class Sender:
    """Sends one source's events to one sink. `step` does one round; `start` does rounds on a thread of its own."""

    def __init__(
        self,
        *,
        sink: SinkSettings,
        source: Source,
        dead: DeadLetters,
        settings: Settings,
        notices: Notices,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = sink.url
        self.state = State.BUSY
        self.delivered = 0
        self.refused = 0
        self.reason = ""
        self.failures = 0
        self._sink_settings = sink
        self._sink: Sink | None = None
        self._source = source
        self._dead = dead
        self._settings = settings
        self._notices = notices
        self._clock = clock
        self._waiting: list[Waiting] = []
        self._rest_until = 0.0
        self._wake = Event()
        self._is_stopping = False
        self._finish_at: float | None = None
        self._hopeless = HOPELESS
        self._thread: Thread | None = None

    # One round

    def step(self) -> float:
        """Do one round; gives the seconds until the next one makes sense."""
        now = self._clock()
        if now < self._rest_until:
            return self._rest_until - now
        batch = self._next_batch(now)
        if not batch:
            return self._nothing_due(now)
        outcomes = self._send([waiting.entry.body for waiting in batch])
        return self._judge(batch, outcomes)

    def _next_batch(self, now: float) -> list[Waiting]:
        limit = self._settings.batch_max_events
        batch = [waiting for waiting in self._waiting if waiting.due <= now][:limit]
        if len(self._waiting) < limit:
            fresh = self._source.read(limit - len(batch), self._settings.batch_max_bytes)
            batch += [Waiting(entry, 0, 0.0) for entry in fresh]
            self._waiting += batch[len(batch) - len(fresh) :]
        return batch

    def _nothing_due(self, now: float) -> float:
        self._settle()
        if self._waiting:
            self.state = State.FAILING
            return max(min(waiting.due for waiting in self._waiting) - now, _LEAST_WAIT_S)
        self.state = State.IDLE
        return self._settings.poll_s

    def _send(self, bodies: Sequence[bytes]) -> Sequence[Outcome]:
        """Hand the batch to the sink; whatever it raises becomes a retry (a queue worker's border)."""
        try:
            if self._sink is None:
                self._sink = open_sink(self._sink_settings)
            outcomes = self._sink.send(bodies)
        except Exception as fault:  # noqa: BLE001 - a third party's sink may raise anything
            return [Retry(f"{type(fault).__name__}: {fault}", fault=Fault.SETTINGS)] * len(bodies)
        if len(outcomes) != len(bodies):
            return [
                Retry(f"the sink gave {len(outcomes)} outcomes for {len(bodies)} events", fault=Fault.SETTINGS)
            ] * len(bodies)
        return outcomes

    def _judge(self, batch: Sequence[Waiting], outcomes: Sequence[Outcome]) -> float:
        passed = any(not isinstance(outcome, Retry) for outcome in outcomes)
        now = self._clock()
        letters: list[tuple[Waiting, str]] = []
        later: dict[tuple[str, int], Waiting] = {}
        for waiting, outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, Taken):
                self.delivered += 1
            elif isinstance(outcome, Refused):
                letters.append((waiting, outcome.reason))
            elif not passed or outcome.fault is Fault.PART:
                later[_place(waiting)] = waiting
            elif waiting.tries + 1 >= self._settings.event_tries:
                letters.append(
                    (waiting, f"{outcome.reason} (failed {waiting.tries + 1} times while other events passed)")
                )
            else:
                later[_place(waiting)] = self._later(waiting, outcome, now)
        later |= self._bury(letters, now)
        sent = {_place(waiting) for waiting in batch}
        self._waiting = [
            later.get(_place(each), each) for each in self._waiting if _place(each) in later or _place(each) not in sent
        ]
        self._settle()
        is_part_down = any(isinstance(each, Retry) and each.fault is Fault.PART for each in outcomes)
        return self._passed(batch) if passed and not is_part_down else self._failed(outcomes, now)

    def _later(self, waiting: Waiting, outcome: Retry, now: float) -> Waiting:
        tries = waiting.tries + 1
        return waiting._replace(tries=tries, due=now + max(self._jitter(tries), self._asked(outcome)))

    def _bury(self, letters: Sequence[tuple[Waiting, str]], now: float) -> dict[tuple[str, int], Waiting]:
        """Write the dead letters; gives the events that have to wait because that was not possible."""
        if not letters:
            return {}
        try:
            self._dead.append([(waiting.entry.body, reason) for waiting, reason in letters])
        except OSError as fault:
            self._notices.warn(
                f"dead {self.name}",
                "events that %s refused wait: the dead letters cannot be written: %s",
                self.name,
                fault,
            )
            wait_s = self._settings.fault_wait_s
            return {_place(waiting): waiting._replace(due=now + wait_s) for waiting, _ in letters}
        self.refused += len(letters)
        self._notices.warn(
            f"refused {self.name}",
            "%s refused an event; it and others to come lie in the dead letters: %s",
            self.name,
            letters[0][1],
        )
        return {}

    def _settle(self) -> None:
        try:
            self._source.settle([waiting.entry for waiting in self._waiting])
        except OSError as fault:
            self._notices.warn(
                "offset", "the spool's positions cannot be written; a new process would send events again: %s", fault
            )
        else:
            self._notices.mend("offset", "the spool's positions can be written again")

    def _passed(self, batch: Sequence[Waiting]) -> float:
        self.failures = 0
        self.reason = ""
        self.state = State.BUSY
        self._notices.mend(f"sink {self.name}", "%s takes events again", self.name)
        return self._gather_s(batch)

    def _gather_s(self, batch: Sequence[Waiting]) -> float:
        """Let events gather for a sink that wants few large batches, while there are few and no end is near."""
        size = sum(len(waiting.entry.body) for waiting in batch)
        is_full = len(batch) >= self._settings.batch_max_events or size * 2 > self._settings.batch_max_bytes
        return 0.0 if is_full or self._finish_at is not None else float(getattr(self._sink, "gather_s", 0.0))

    def _failed(self, outcomes: Sequence[Outcome], now: float) -> float:
        retries = [outcome for outcome in outcomes if isinstance(outcome, Retry)]
        self.failures += 1
        self.state = State.FAILING
        self.reason = next((each.reason for each in retries if each.fault is Fault.PART), retries[0].reason)
        wait_s = max(self._jitter(self.failures), *(self._asked(outcome) for outcome in retries))
        if any(outcome.fault is Fault.SETTINGS for outcome in retries):
            wait_s = max(wait_s, self._settings.fault_wait_s)
        self._rest_until = now + wait_s
        said = "takes no lineage events" if len(retries) == len(outcomes) else "does not take all lineage events"
        self._notices.warn(
            f"sink {self.name}", "%s %s, they are kept and tried again: %s", self.name, said, self.reason
        )
        return wait_s

    def _jitter(self, failures: int) -> float:
        most = min(self._settings.backoff_max_s, self._settings.backoff_min_s * 2.0 ** min(failures - 1, 32))
        return max(random.uniform(0.0, most), _LEAST_WAIT_S)  # noqa: S311 - no secret

    def _asked(self, outcome: Retry) -> float:
        return min(outcome.after_s or 0.0, self._settings.retry_after_max_s)

    # A thread of its own

    def start(self) -> None:
        """Do rounds on a daemon thread. Raises `RuntimeError` when no thread can be made."""
        # In a context of its own: what a sink's libraries do here belongs to no run of the host.
        self._thread = start_thread(partial(Context().run, self.run), f"whence-sender {self.name}")

    def run(self) -> None:
        """Do rounds until told to stop, or to finish and there is nothing more to hope for."""
        while not self._is_stopping:
            wait_s = self._try_step()
            if self._is_over(wait_s):
                break
            self._wake.wait(wait_s)
            self._wake.clear()
        self.close()

    def close(self) -> None:
        """Let go of the sink; another round opens it again."""
        sink, self._sink = self._sink, None
        if sink is not None:
            sink.close()

    def _try_step(self) -> float:
        """Do a round; whatever fails is said and tried again (a queue worker's border)."""
        try:
            return self.step()
        except Exception as fault:  # noqa: BLE001 - the last border before the thread's end
            self.state, self.reason = State.FAILING, f"{type(fault).__name__}: {fault}"
            self.failures += 1
            self._notices.warn(f"step {self.name}", "sending to %s failed and goes on: %s", self.name, self.reason)
            return self._settings.backoff_max_s

    def _is_over(self, wait_s: float) -> bool:
        if self._is_stopping:
            return True
        if self._finish_at is None or self.state is State.BUSY:
            return False
        return self.state is State.IDLE or self.failures >= self._hopeless or self._clock() + wait_s > self._finish_at

    def poke(self) -> None:
        """Look for new events now."""
        self._wake.set()

    def finish(self, deadline: float, *, hopeless: int = HOPELESS) -> None:
        """Send what is there and end; do not begin to wait beyond the deadline (on the clock's scale)."""
        self._hopeless = hopeless
        self._finish_at = deadline
        self._wake.set()

    def stop(self) -> None:
        """End after the round that is under way."""
        self._is_stopping = True
        self._wake.set()

    def join(self, timeout_s: float) -> bool:
        """Wait for the end; False when it did not come in time."""
        if self._thread is not None:
            self._thread.join(max(timeout_s, 0.0))
            return not self._thread.is_alive()
        return True


def _place(waiting: Waiting) -> tuple[str, int]:
    return waiting.entry.segment, waiting.entry.start
