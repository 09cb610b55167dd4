"""Run ids: UUIDs of version 7, which sort by the time they were made.

Layout as in RFC 9562 section 6.2, method 1: 48 bits of milliseconds, a counter of 42 bits that starts anew at a
random place in its lower half each millisecond, 32 random bits. So ids of one process rise strictly, also when the
clock stands still or goes back, and two processes differ in 73 random bits. A forked child starts afresh (the lock,
too: another thread may have held it). The standard `uuid` module is not imported: it costs 7 ms and has no version 7
before Python 3.14.
"""

from __future__ import annotations

import os
import time
from _thread import allocate_lock

from whence.model._uuid_text import LENGTH, dashed

_COUNTER_BITS = 42
_COUNTER_LIMIT = 1 << _COUNTER_BITS
_VERSION_AND_VARIANT = (7 << 76) | (2 << 62)


class RunIds:
    """A source of run ids; the module has one, `new_run_id` asks it."""

    __slots__ = ("_counter", "_lock", "_millis")

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the last id; in a forked child also give up the lock that another thread of the parent may hold."""
        self._lock = allocate_lock()
        self._millis = -1
        self._counter = 0

    def new(self, now_ms: int) -> str:
        """Return the next id for this millisecond, greater than every id before it."""
        noise = int.from_bytes(os.urandom(10), "big")
        with self._lock:
            if now_ms > self._millis:
                self._millis = now_ms
                self._counter = noise >> 39  # 41 of its 80 bits: the lower half leaves room to count
            else:
                self._counter += 1
                if self._counter == _COUNTER_LIMIT:
                    self._millis += 1
                    self._counter = noise >> 39
            millis, counter = self._millis, self._counter
        value = (
            millis << 80
            | (counter >> 30) << 64
            | (counter & 0x3FFF_FFFF) << 32
            | (noise & 0xFFFF_FFFF)
            | _VERSION_AND_VARIANT
        )
        return dashed(f"{value:032x}")


_RUN_IDS = RunIds()
getattr(os, "register_at_fork", dict)(after_in_child=_RUN_IDS.reset)  # Windows does not fork: an unused dict there


def new_run_id() -> str:
    """Make a run id: a UUID of version 7, greater than all this process made before. Safe in threads and forks."""
    return _RUN_IDS.new(time.time_ns() // 1_000_000)


def run_id_time_us(run_id: str) -> int | None:
    """Return the time inside a run id of version 7 in microseconds since 1970, or None for other versions."""
    if len(run_id) != LENGTH or run_id[14] != "7":
        return None
    return int(run_id[:8] + run_id[9:13], 16) * 1000
