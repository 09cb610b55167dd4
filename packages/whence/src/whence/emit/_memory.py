"""Where events wait while the spool folder cannot be written: bounded, oldest dropped first, every drop counted.

Must not: grow past its bounds, or touch the disk. What is here does not survive the process; that is said once by
whoever fills it.
"""

from __future__ import annotations

from collections import deque
from threading import RLock
from typing import TYPE_CHECKING

from whence.emit._source import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SEGMENT = "memory"


class MemoryBuffer:
    """Events in order, each kept until every sink has taken it. Safe between threads."""

    def __init__(self, keys: Sequence[str], *, max_events: int, max_bytes: int) -> None:
        self._lock = RLock()
        self._bodies: deque[bytes] = deque()
        self._first = 0
        self._bytes = 0
        self._taken = dict.fromkeys(keys, 0)
        self._max_events = max_events
        self._max_bytes = max_bytes

    def __len__(self) -> int:
        return len(self._bodies)

    def append(self, body: bytes) -> int:
        """Keep an event; gives the number of old ones that had to go for it."""
        with self._lock:
            self._bodies.append(body)
            self._bytes += len(body)
            dropped = 0
            while len(self._bodies) > self._max_events or (self._bytes > self._max_bytes and len(self._bodies) > 1):
                self._drop_first()
                dropped += 1
            return dropped

    def _drop_first(self) -> None:
        self._bytes -= len(self._bodies.popleft())
        self._first += 1

    def read(self, start: int, max_events: int, max_bytes: int) -> list[Entry]:
        """Give events from number `start` on, at least one when there is any."""
        batch: list[Entry] = []
        with self._lock:
            number = max(start, self._first)
            while number < self._first + len(self._bodies) and len(batch) < max_events:
                body = self._bodies[number - self._first]
                max_bytes -= len(body)
                if batch and max_bytes < 0:
                    break
                batch.append(Entry(SEGMENT, number, number + 1, body))
                number += 1
        return batch

    def taken(self, key: str, number: int) -> None:
        """Note that a sink needs nothing before event `number` any more; what no sink needs goes."""
        with self._lock:
            self._taken[key] = max(self._taken[key], number)
            needed = min(self._taken.values())
            while self._bodies and self._first < needed:
                self._drop_first()

    @property
    def end(self) -> int:
        """The number that the next event will have."""
        return self._first + len(self._bodies)

    def has_taken(self, key: str, number: int) -> bool:
        """Say whether this sink needs nothing before event `number`; what was dropped nobody needs."""
        return self._taken[key] >= number or self._first >= number

    def forget(self, number: int) -> None:
        """Drop the events before `number`: the spool has them now."""
        for key in self._taken:
            self.taken(key, number)


class MemorySource:
    """The buffer as one sink sees it."""

    def __init__(self, buffer: MemoryBuffer, key: str) -> None:
        self._buffer = buffer
        self._key = key
        self._next = 0

    def read(self, max_events: int, max_bytes: int) -> list[Entry]:
        """Give the next events."""
        batch = self._buffer.read(self._next, max_events, max_bytes)
        if batch:
            self._next = batch[-1].end
        return batch

    def settle(self, waiting: Iterable[Entry]) -> None:
        """Let go of what is not waiting."""
        self._buffer.taken(self._key, min((entry.start for entry in waiting), default=self._next))
