"""The two bounds that every walk has, nodes and time, and the sentence that says which one was reached.

Must not know what is walked.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS_PER_NODE = (
    8  # a step may return this many rows for each node still allowed, so that shared neighbours do not cut it
)
MIN_ROWS = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one answer may cost."""

    max_nodes: int
    time_limit_s: float

    def budget(self, clock: Callable[[], float] = time.monotonic) -> Budget:
        """Start to spend: the clock runs from here."""
        return Budget(self, clock)


class Budget:
    """What is left of the limits while an answer is made; `reason` is set once, by the first bound that was reached."""

    __slots__ = ("_clock", "_deadline", "_limits", "_spent", "reason")

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._clock = clock
        self._deadline = clock() + limits.time_limit_s
        self._spent = 0
        self.reason: str | None = None

    @property
    def row_limit(self) -> int:
        """Return how many rows one step may ask the store for."""
        return max(MIN_ROWS, ROWS_PER_NODE * self._limits.max_nodes)

    def take_node(self, hop: int) -> bool:
        """Spend one node; False when none is left."""
        if self._spent >= self._limits.max_nodes:
            self._cut(f"node cap {self._limits.max_nodes} reached at hop {hop}")
            return False
        self._spent += 1
        return True

    @property
    def nodes_left(self) -> int:
        """Return how many nodes may still be spent."""
        return self._limits.max_nodes - self._spent

    def is_in_time(self, hop: int) -> bool:
        """Tell whether time is left."""
        if self._clock() < self._deadline:
            return True
        self._cut(f"time cap {self._limits.time_limit_s:g} s reached at hop {hop}")
        return False

    def note_rows(self, count: int, hop: int) -> None:
        """Look at how many rows a step returned: as many as asked for means that it was cut."""
        if count >= self.row_limit:
            self._cut(f"edge cap {self.row_limit} reached at hop {hop}")

    @property
    def is_exhausted(self) -> bool:
        """Tell whether a bound was reached."""
        return self.reason is not None

    def _cut(self, reason: str) -> None:
        if self.reason is None:
            self.reason = reason
