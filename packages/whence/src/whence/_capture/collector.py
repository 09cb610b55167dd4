"""Where runs tell their news: settings, emitter, background worker, and the rules by which a run becomes events.

One collector is active in a process: the one that `configure` made, else one made from the environment when the first
run begins. On the host's thread: the START event, and a few dictionaries at the end. In the background (`background`):
reading the statements, hashing large files, the last event. Between the two the end of the run lies on the disk
(`ends`). After `configure` nothing raises; what could not be done is counted, and logged once per cause.

This module holds when things happen: runs begin and end, and so does the process. What is told then is in `telling`.
"""

from __future__ import annotations

import atexit
import os
from weakref import WeakSet

from whence._capture import ends, run_events
from whence._capture.background import MAX_OPEN_RUNS, Background, load_reader
from whence._capture.failure import ProcessEndedError, event_type_of, keep_interrupt
from whence._capture.progress import LOOKS, Progress
from whence._capture.settlers import Settlers, time_left
from whence._capture.telling import Teller, error_facets
from whence._capture.troubles import Troubles
from whence._capture.worker import Worker
from whence._datasets.named import NamedDatasets
from whence.context import Run
from whence.emit import Emitter, load_settings
from whence.model import now_us

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from whence._datasets.objects import Touches
    from whence._runs.ledger import Layer, SqlSource
    from whence.emit import FlushResult, Settings
    from whence.job import JobSpec

_MAX_OBJECTS_NOW = 256  # objects of a run from which its end makes datasets at once


class Collector:
    """Turns what runs tell into events. Safe in threads and over forks. Only its constructor raises."""

    def __init__(self, settings: Settings, emitter: Emitter) -> None:
        self.settings = settings
        self.namespace = settings.namespace
        self.weak_reads = settings.weak_reads
        self.worker = Worker(load_reader, self._look, settings.progress_s / LOOKS)
        self._troubles = Troubles(self.worker)
        self._named = NamedDatasets(self.worker, self._troubles)
        self._hashes = self._named.hashes
        self._emitter = emitter
        self._teller = Teller(settings, emitter, self._troubles)
        self.watchers = self._teller.watchers
        self.describers = self._teller.describers
        self._ends = ends.Ends(settings.spool_dir)
        self._background = Background(settings, self.worker, self._teller, self._hashes, self._ends, self._troubles)
        self.settlers = Settlers()
        self.at_close: list[Callable[[], None]] = []  # of those who hold runs open: they end them
        self.ambient: Run | None = None
        self._open: dict[str, Run] = {}
        self._progress = Progress(
            settings.progress_s, self._open, self.worker, self._background, self._teller, self._troubles
        )
        _collectors.add(self)

    @property
    def failures(self) -> int:
        """How often something could not be done."""
        return self._troubles.count

    # --- runs begin and end

    def begin(self, run: Run, inputs: tuple[Any, ...] = ()) -> None:
        """Emit START; with inputs only for hand-made runs."""
        try:
            for dataset in inputs:
                self.dataset(run, "input", dataset, {})
            self._ends.begin(run.run_id, run.job_namespace, run.job_name, run.started_us)
            if len(self._open) < MAX_OPEN_RUNS:
                self._open[run.run_id] = run
            if not run.is_told:
                return
            given = list(run.datasets)
            if any(each.path is not None for each in given):
                self.worker.put(self._background.start, run, given)
            else:
                self._teller.start(run, given)
        except Exception as failure:  # noqa: BLE001  border: nothing of ours reaches the host
            self.say("start", f"a START event could not be made: {type(failure).__name__}")

    def tell_begun(self, run: Run) -> None:
        """Emit the START that a run held back: somebody refers to it."""
        self._teller.start_late(run)

    def end(self, run: Run, error: BaseException | None) -> None:
        """Emit the last event of a run, or have the background complete it. Once; further calls have no effect."""
        try:
            if not run.end_once():
                return
            run.ended_us = max(now_us(), run.started_us)
            self._end(run, event_type_of(error), error_facets(error))
            if not run.is_late:
                self._open.pop(run.run_id, None)
                self._ends.end(run.run_id)
        except Exception as failure:  # noqa: BLE001  border
            self.say("end", f"the last event of a run could not be made: {type(failure).__name__}")

    def _end(self, run: Run, event_type: str, facets: dict[str, Any]) -> None:
        for given in run.datasets:
            self._hashes.settle_now(given)
        is_waiting = run.settle()
        touched = run.take_touched()
        if os.getpid() != run.pid or run.is_late:
            event_type = "OTHER"  # a forked child tells what it did; the run is its parent's to end
        event = run_events.event(run, event_type, run.ended_us, facets)
        run_events.add_given(event, [given for given in run.datasets if given.path is None])
        if len(touched) <= _MAX_OBJECTS_NOW:
            self._teller.add_few(event, touched)
        else:
            is_waiting = True
        is_open = self.settlers.hold(run)
        if not is_waiting and not is_open and all(given.path is None for given in run.datasets):
            self._teller.end(run, event)
            run.is_finished = True
            return
        key = f"{run.run_id} {os.getpid()}{f' {id(run)}' if run.is_late else ''}"
        run_events.say_unread(event)  # only for the case that it is told as it is now
        self._ends.keep(key, event)

        def finish() -> None:
            if not self.worker.put(self._background.finish, run, event_type, facets, key, touched):
                self._emitter.emit(event)
                run.is_finished = True
                self._ends.forget(key)
                self.say("queue", "the background is behind: a run's statements were not read")

        self.settlers.settle(run, finish)

    def _look(self) -> None:
        self._progress.look()

    # --- runs tell

    def statements(self, run: Run, source: SqlSource, layer: Layer, *, settled: bool) -> None:
        """Take statements that a run executed (the run calls this)."""
        if run is self.ambient:
            is_taken = self.worker.put(self._background.learn, source, layer, settled)
        else:
            is_taken = self.worker.put(self._background.fold, run, source, layer, settled)
        if not is_taken:
            self.say("queue", "the background is behind: statements were not read")

    def objects(self, run: Run, touches: Touches) -> None:
        """Take files and objects that a run read and wrote (the run calls this)."""
        if not self.worker.put(self._background.fold_objects, run, touches):
            self.say("queue", "the background is behind: objects were not read")

    def dataset(self, run: Run, direction: str, given: Any, options: dict[str, Any]) -> None:
        """Take a dataset that somebody named (the run calls this)."""
        self._named.add(run, direction, given, options)

    def untold(self, run: Run, count: int, reason: str) -> None:
        """Say with the run that so many of its statements will not be told, and why."""
        self.worker.put(self._background.count_untold, run, count, reason)

    def nobody(self, spec: JobSpec) -> Run:
        """Return the run for statements outside of runs: it has no events, only the columns that DDL tells matter."""
        if self.ambient is None:
            run = Run(spec, self, self.namespace)
            run.settles_now = True
            self.ambient = run
        return self.ambient

    def tell(self, event: dict[str, Any]) -> None:
        """Emit an event that somebody made: of a dataset or a job, outside any run."""
        self._emitter.emit(event)

    def so_far(self, run: Run, timeout_s: float = 0.0) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return what a run has read and written until now, as OpenLineage datasets, without what is not committed.

        Waits at most `timeout_s` for the background to read the statements; without time, only what it has read
        already is known.
        """
        body: dict[str, Any] = {"inputs": [], "outputs": [], "run": {"facets": {}}, "job": {"facets": {}}}
        try:
            if timeout_s > 0:
                run.hand_over_settled()
                self.worker.wait(timeout_s)
            self._background.add_so_far(body, run)
        except Exception as failure:  # noqa: BLE001  border; the background may be at it meanwhile
            self.say("so far", f"what a run did so far could not be told: {type(failure).__name__}")
        return body["inputs"], body["outputs"]

    def say(self, cause: str, text: str) -> None:
        """Log a trouble of ours, once per cause, from the background."""
        self._troubles.say(cause, text)

    # --- waiting and ending

    def start(self) -> None:
        """Begin the background's work that needs no run: sending what dead processes left."""
        if not self.settings.disabled:
            self.look_for_the_dead()
            self._emitter.prepare()

    def look_for_the_dead(self) -> None:
        """Tell what processes left that have died, in the background."""
        self.worker.put(self._recover)

    def _recover(self) -> None:
        ends.recover(self.settings.spool_dir, self._emitter.emit)

    def flush(self, timeout_s: float) -> FlushResult:
        """Wait until everything told so far has reached every sink."""
        started = now_us()
        is_settled = self.settlers.wait(timeout_s)
        is_read = self.worker.wait(time_left(timeout_s, started)) and is_settled
        result = self._emitter.flush(time_left(timeout_s, started))
        if is_read:
            return result
        return result._replace(is_complete=False, waiting_for=("the background of this process", *result.waiting_for))

    def close(self, timeout_s: float) -> bool:
        """Finish what can be finished in the time; of runs that cannot, emit the end without what was not read."""
        started = now_us()
        atexit.unregister(self.at_exit)
        self._end_held()
        self.settlers.close(timeout_s)
        is_done = self.worker.close(time_left(timeout_s, started))
        for event in list(self._ends.waiting.values()):
            self._emitter.emit(event)
        if is_done:
            self._ends.close()
        return self._emitter.close(max(time_left(timeout_s, started), 0.1))

    def _end_open(self) -> None:
        self._end_held()
        for run in list(self._open.values()):
            self.end(run, ProcessEndedError("the process ended inside this run"))

    def _end_held(self) -> None:
        held, self.at_close = self.at_close, []
        for end in held:
            try:
                end()
            except Exception as failure:  # noqa: BLE001  border: one must not cost the others
                self.say("at close", f"runs could not be ended: {type(failure).__name__}")

    def settle_down(self) -> None:
        """Put what only this process knows into the spool, before its end and within the time that this may take.

        For a process that may be ended at any moment, while the one that started it lives on and sends.
        """
        self._end_open()
        started, timeout_s = now_us(), self.settings.exit_timeout_s
        self.settlers.close(timeout_s)
        self.worker.wait(time_left(timeout_s, started))

    def at_exit(self) -> None:
        """Close within the time that the end of the process may take. Runs still open end with it."""
        self._end_open()
        self.close(self.settings.exit_timeout_s)
        keep_interrupt()

    def after_fork(self) -> None:
        """In a forked child: what waits is the parent's."""
        self._ends.after_fork()
        self.at_close = []
        self._open.clear()
        self._background.forget_all()
        self._progress.forget_all()


def make(options: Mapping[str, Any]) -> Collector | None:
    """Make a collector from options, environment and file; None when collection is off. Raises ConfigError."""
    return make_from(load_settings(options))


def make_from(settings: Settings) -> Collector | None:
    """Make a collector; None when collection is off. Raises PluginError."""
    if settings.disabled or not settings.sinks:
        return None
    collector = Collector(settings, Emitter(settings))
    collector.start()
    atexit.register(collector.at_exit)  # after the emitter's own, so that ours is called first
    return collector


_collectors: WeakSet[Collector] = WeakSet()


def _after_fork_in_child() -> None:
    for collector in list(_collectors):
        collector.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
