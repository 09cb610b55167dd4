"""What long runs did so far, told as RUNNING events, so that nobody waits for the end of a job that runs for days.

Every `progress_s` of a run, if datasets have come that were not told of it: what it read and wrote until now, without
what is not committed. Its last event tells all of it again, so nothing depends on these; if its process dies, they are
what is known. The background's thread calls this, in two looks: at the first, connections are asked to hand over what
took effect, as they go on; at the second, those that have not gone on are idle, and it is taken from them. It must not
take a commit that may still be refused, nor anything of files and objects: those are copied.
"""

from __future__ import annotations

import os
import time

from whence._capture import run_events
from whence.model import now_us

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from whence._capture.background import Background
    from whence._capture.telling import Teller
    from whence._capture.troubles import Troubles
    from whence._capture.worker import Worker
    from whence.context import Run

LOOKS = 5
"""How often runs are looked at in the time after which they are told."""
_GRACE_S = 0.05  # in which a thread that was adding a statement to what is now handed over will have done so


class Progress:
    """Tells of open runs that have lasted `every_s` seconds, and again after as much."""

    def __init__(
        self,
        every_s: float,
        runs: dict[str, Run],
        worker: Worker,
        background: Background,
        teller: Teller,
        troubles: Troubles,
    ) -> None:
        self._every_us = int(every_s * 1e6)
        self._runs = runs
        self._worker = worker
        self._background = background
        self._teller = teller
        self._troubles = troubles
        self._asked: list[Run] = []
        self._told: dict[str, tuple[int, frozenset[tuple[str, str, str]]]] = {}  # run id -> when, and which datasets

    def look(self) -> None:
        """Tell of the runs whose time has come. Costs nothing while there are none."""
        now = now_us()
        asked = [run for run in self._asked if not run.is_ended]
        self._asked = [run for run in list(self._runs.values()) if self._is_due(run, now) and run not in asked]
        for run in self._asked:
            run.ask_for_statements()
        if not asked:
            return
        self._told = {run_id: told for run_id, told in self._told.items() if run_id in self._runs}
        for run in asked:
            run.hand_over_idle()
        time.sleep(_GRACE_S)
        for run in asked:
            self._worker.put(self._tell, run, now)

    def _is_due(self, run: Run, now: int) -> bool:
        last, _ = self._told.get(run.run_id, (run.started_us, None))
        return now - last >= self._every_us and not run.is_ended and run.pid == os.getpid()

    def _tell(self, run: Run, now: int) -> None:
        """Emit what a run did so far, if that is more than was told."""
        event = run_events.event(run, "RUNNING", now)
        try:
            self._background.add_so_far(event, run)
            self._teller.describe(event)
        except Exception as failure:  # noqa: BLE001  border; the run may be at it meanwhile: the next look comes
            self._troubles.say("progress", f"what a run did so far could not be told: {type(failure).__name__}")
            return
        _, before = self._told.get(run.run_id, (0, frozenset()))
        names = _names(event)
        self._told[run.run_id] = now, names
        if names - before and not run.is_ended:
            self._teller.progress(run, event)

    def forget_all(self) -> None:
        """Know of no run: in a forked child."""
        self._asked, self._told = [], {}


def _names(event: dict[str, Any]) -> frozenset[tuple[str, str, str]]:
    return frozenset((key, each["namespace"], each["name"]) for key in ("inputs", "outputs") for each in event[key])
