"""What the ingest counts: events by outcome, groups, how long a group takes. Read by /metrics and /health."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whence_server.stores.base import Kept

GROUP_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class IngestMeter:
    """Counters that only grow, since the server started."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.kept_events = 0
        self.repeated_events = 0
        self.refused_events = 0
        self.failed_events = 0
        self.groups = 0
        self.group_seconds_sum = 0.0
        self.group_seconds = [0] * (len(GROUP_SECONDS) + 1)  # the last one: slower than all bounds

    def kept(self, kept: Sequence[Kept], seconds: float) -> None:
        """Count a group that is on disk."""
        new = sum(each.new for each in kept)
        bucket = next((i for i, bound in enumerate(GROUP_SECONDS) if seconds <= bound), len(GROUP_SECONDS))
        with self._lock:
            self.kept_events += new
            self.repeated_events += len(kept) - new
            self.groups += 1
            self.group_seconds_sum += seconds
            self.group_seconds[bucket] += 1

    def refused(self, events: int = 1) -> None:
        """Count events that can never be kept (4xx)."""
        with self._lock:
            self.refused_events += events

    def failed(self, events: int) -> None:
        """Count events that could not be kept now (5xx)."""
        with self._lock:
            self.failed_events += events
