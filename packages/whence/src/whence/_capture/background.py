"""What the background does for runs: read their statements and objects, then tell their last event.

What it has read of a run that has not ended is kept here, bounded. What comes after a run's last event, such as a late
commit, is told at once in an event of its own. The worker's thread calls this, one task after the other; the host's
threads may only look at what is known so far. It must not decide when a run ends.
"""

from __future__ import annotations

from whence._capture import run_events
from whence._capture.telling import late_event

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from whence._capture.ends import Ends
    from whence._capture.telling import Teller
    from whence._capture.troubles import Troubles
    from whence._capture.worker import Worker
    from whence._datasets.fold import RunLineage
    from whence._datasets.given import FileHashes, Given
    from whence._datasets.objects import RunObjects, Touches
    from whence._runs.ledger import Layer, SqlSource
    from whence.context import Run
    from whence.emit import Settings

MAX_OPEN_RUNS = 10_000


class Background:
    """The tasks of one collector's worker, and what they have read of open runs."""

    def __init__(
        self, settings: Settings, worker: Worker, teller: Teller, hashes: FileHashes, ends: Ends, troubles: Troubles
    ) -> None:
        self._keeps_text = settings.sql_text == "full"
        self._worker = worker
        self._teller = teller
        self._hashes = hashes
        self._ends = ends
        self._troubles = troubles
        self.forget_all()

    def forget_all(self) -> None:
        """Know of no run: at first, and in a forked child."""
        self._lineages: dict[str, RunLineage] = {}
        self._objects: dict[str, RunObjects] = {}

    # --- tasks

    def start(self, run: Run, given: list[Given]) -> None:
        """Emit the START of a hand-made run that names large files."""
        for each in given:
            self._hashes.settle(each)
        self._teller.start(run, given)

    def learn(self, source: SqlSource, layer: Layer, settled: bool) -> None:  # noqa: FBT001  a queued call
        """Read nobody's statements: only the columns that they tell matter."""
        self._new_lineage().add(source, layer, settled=settled)

    def fold(self, run: Run, source: SqlSource, layer: Layer, settled: bool) -> None:  # noqa: FBT001  a queued call
        """Read statements of a run."""
        if run.is_finished:
            self._tell_late(run, source, layer, settled=settled)
            return
        lineage = self._lineages.get(run.run_id)
        if lineage is None:
            if len(self._lineages) >= MAX_OPEN_RUNS:
                self._troubles.say("runs", "too many runs are open: statements were not read")
                return
            lineage = self._lineages[run.run_id] = self._new_lineage()
        lineage.add(source, layer, settled=settled)

    def count_untold(self, run: Run, count: int, reason: str) -> None:
        """Count statements of a run that nobody will read."""
        lineage = self._new_lineage()
        if not run.is_finished and len(self._lineages) < MAX_OPEN_RUNS:
            lineage = self._lineages.setdefault(run.run_id, lineage)
        lineage.count_untold(count, reason)
        if run.is_finished:
            self._emit_late(run, lineage)

    def fold_objects(self, run: Run, touches: Touches) -> None:
        """Gather files and objects of a run."""
        if run.is_finished:
            event = late_event(run)
            self._teller.add_few(event, touches)
            self._teller.emit(event)
        elif run.run_id in self._objects or len(self._objects) < MAX_OPEN_RUNS:
            objects = self._objects.get(run.run_id)
            if objects is None:
                objects = self._objects[run.run_id] = self._teller.new_objects()
            objects.add(touches)
        else:
            self._troubles.say("runs", "too many runs are open: objects were not read")

    def finish(self, run: Run, event_type: str, facets: dict[str, Any], key: str, touched: Touches) -> None:
        """Emit the last event of a run with all that was read of it; it is no longer needed on the disk then."""
        run.is_finished = True
        lineage = self._lineages.pop(run.run_id, None)
        for given in run.datasets:
            self._hashes.settle(given)
        event = run_events.event(run, event_type, run.ended_us, facets)
        run_events.add_given(event, run.datasets)
        objects = self._objects.pop(run.run_id, None)
        unread: set[tuple[str, str]] = set()
        try:
            if touched or objects is not None:
                objects = objects or self._teller.new_objects()
                unread = self._teller.add_objects(event, objects.add(touched))
            if lineage is not None:
                lineage.count_dropped(run.dropped)
                self._teller.add_lineage(event, lineage, unread)
            else:
                run_events.add_inferred(event, unread)
            self._teller.describe(event)
        finally:
            self._teller.end(run, event)
            self._ends.forget(key)

    # --- for the host's threads

    def add_so_far(self, body: dict[str, Any], run: Run) -> None:
        """Add what is known of an open run by now to an event of it, with what waits to be handed over."""
        run_events.add_given(body, run.datasets)
        for objects in (self._objects.get(run.run_id), self._teller.new_objects().add(run.touched())):
            if objects is not None:
                run_events.add_objects(body, objects)
        lineage = self._lineages.get(run.run_id)
        if lineage is not None:
            run_events.add_lineage(body, lineage, "off")

    # --- what came after the end, and what is new

    def _new_lineage(self) -> RunLineage:
        from whence._datasets.fold import RunLineage  # noqa: PLC0415  loads the parser: only the background may

        return RunLineage(self._worker.gate, self._teller.path_rules(), keeps_text=self._keeps_text)

    def _tell_late(self, run: Run, source: SqlSource, layer: Layer, *, settled: bool) -> None:
        """Tell what was committed after its run had ended."""
        lineage = self._new_lineage()
        lineage.add(source, layer, settled=settled)
        if lineage.outputs or (lineage.inputs and getattr(source, "tells_late_reads", False)):
            self._emit_late(run, lineage)

    def _emit_late(self, run: Run, lineage: RunLineage) -> None:
        event = late_event(run)
        self._teller.add_lineage(event, lineage)
        self._teller.emit(event)


def load_reader() -> None:
    """Import what the background needs, before a fork could catch it half-way."""
    from importlib import import_module  # noqa: PLC0415  as light as can be

    import_module("whence._datasets.fold")
    import_module("whence.sql._engine")
    import_module("whence.sql._parser")  # with sqlglot
