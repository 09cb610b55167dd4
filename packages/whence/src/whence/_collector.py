"""Where runs tell their news: settings, emitter, background worker, and the rules by which a run becomes events.

One collector is active in a process: the one that `configure` made, else one made from the environment when the first
run begins. On the host's thread: the START event, and a few dictionaries at the end. In the background: reading the
statements, hashing large files, the last event. Between the two the end of the run lies on the disk (`_ends`). After
`configure` nothing raises; what could not be done is counted, and logged once per cause.
"""

from __future__ import annotations

import atexit
import os
from weakref import WeakSet

from whence import _ends, _run_events
from whence._columns import read_columns, sources_of
from whence._datasets import FileHashes, understand
from whence._failure import ProcessEndedError, event_type_of, keep_interrupt, message_of, trace_of
from whence._worker import Worker
from whence.context import Run
from whence.emit import Emitter, load_settings
from whence.model import now_us

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from whence._datasets import Given
    from whence._fold import RunLineage
    from whence._ledger import Layer, SqlSource
    from whence._objects import RunObjects, Touches
    from whence._paths import PathRules
    from whence.emit import FlushResult, Settings
    from whence.job import JobSpec

_MAX_OPEN_RUNS = 10_000
_SETTLING = 0.75  # of the time that the end may take: for what settlers wait for
_MAX_NAMED = 10_000  # datasets that a run may name
_MAX_OBJECTS_NOW = 256  # objects of a run from which its end makes datasets at once


if TYPE_CHECKING:
    from typing import Protocol

    class Settler(Protocol):
        """Somebody who finds out what became of work that a run only started, such as a query. Never raises."""

        def holds(self, run: Run) -> bool:
            """Whether anything of the run is open."""
            ...

        def settle(self, run: Run, then: Callable[[], None]) -> bool:
            """Look once, from another thread, then call `then`; False, and no call, when nothing is open."""
            ...

        def wait(self, timeout_s: float) -> bool:
            """Wait until nothing of ended runs is open, at most so long."""
            ...

        def close(self, timeout_s: float) -> None:
            """Wait at most so long, then let go of everything: what was to be called `then` is called now."""
            ...


class Collector:
    """Turns what runs tell into events. Safe in threads and over forks. Only its constructor raises."""

    def __init__(self, settings: Settings, emitter: Emitter) -> None:
        self.settings = settings
        self.namespace = settings.namespace
        self._emitter = emitter
        self._hashes = FileHashes()
        self._ends = _ends.Ends(settings.spool_dir)
        self._open: dict[str, Run] = {}
        self._lineages: dict[str, RunLineage] = {}  # of runs that have not ended; the worker's own
        self._objects: dict[str, RunObjects] = {}  # the same of their files and objects
        self.weak_reads = settings.weak_reads
        self._rules: PathRules | None = None
        self._said: set[str] = set()
        self.worker = Worker(_load_reader)
        self.settlers: list[Settler] = []
        self.at_close: list[Callable[[], None]] = []  # of those who hold runs open: they end them
        self.watchers: list[Callable[[Run, dict[str, Any]], None]] = []  # told each run's last event
        self.describers: list[Callable[[str, str], dict[str, Any]]] = []  # namespace, name -> facets of a place
        self.failures = 0
        self.ambient: Run | None = None
        _collectors.add(self)

    # --- on the host's threads

    def begin(self, run: Run, inputs: tuple[Any, ...] = ()) -> None:
        """Emit START; with inputs only for hand-made runs."""
        try:
            for dataset in inputs:
                self.dataset(run, "input", dataset, {})
            self._ends.begin(run.run_id, run.job_namespace, run.job_name, run.started_us)
            if len(self._open) < _MAX_OPEN_RUNS:
                self._open[run.run_id] = run
            if not run.is_told:
                return
            given = list(run.datasets)
            if any(each.path is not None for each in given):
                self._later(self._emit_start, run, given)
            else:
                self._emit_start(run, given)
        except Exception as failure:  # noqa: BLE001  border: nothing of ours reaches the host
            self.say("start", f"a START event could not be made: {type(failure).__name__}")

    def tell_begun(self, run: Run) -> None:
        """Emit the START that a run held back: somebody refers to it, or it has something to tell."""
        run.is_told = True
        try:
            self._emit_start(run, [])
        except Exception as failure:  # noqa: BLE001  border
            self.say("start", f"a START event could not be made: {type(failure).__name__}")

    def _is_worth_telling(self, run: Run, event: dict[str, Any]) -> bool:
        if run.is_told and not run.is_late:
            return True
        has_facts = _has_facts(event)
        if has_facts and not run.is_told:
            self.tell_begun(run)
        return has_facts

    def end(self, run: Run, error: BaseException | None) -> None:
        """Emit the last event of a run, or have the background complete it. Once; further calls have no effect."""
        try:
            if not run.end_once():
                return
            run.ended_us = max(now_us(), run.started_us)
            self._end(run, event_type_of(error), _error_facets(error))
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
        event = _run_events.event(run, event_type, run.ended_us, facets)
        _run_events.add_given(event, [given for given in run.datasets if given.path is None])
        if len(touched) <= _MAX_OBJECTS_NOW:
            self._add_objects(event, touched)
        else:
            is_waiting = True
        is_open = any(settler.holds(run) for settler in self.settlers)
        if not is_waiting and not is_open and all(given.path is None for given in run.datasets):
            if self._is_worth_telling(run, event):
                self._emit_end(run, event)
            run.is_finished = True
            return
        key = f"{run.run_id} {os.getpid()}{f' {id(run)}' if run.is_late else ''}"
        self._ends.keep(key, event)

        def finish() -> None:
            if not self.worker.put(self._finish, run, event_type, facets, key, touched):
                self._emitter.emit(event)
                run.is_finished = True
                self._ends.forget(key)
                self.say("queue", "the background is behind: a run's statements were not read")

        if not any(settler.settle(run, finish) for settler in self.settlers):
            finish()

    def _emit_end(self, run: Run, event: dict[str, Any]) -> None:
        self._emitter.emit(event)
        for watcher in self.watchers:
            try:
                watcher(run, event)
            except Exception as failure:  # noqa: BLE001  border
                self.say("watcher", f"a run's end could not be passed on: {type(failure).__name__}")

    def _add_objects(self, event: dict[str, Any], touched: Touches) -> None:
        """Add a few objects to an event that needs nothing else of the background."""
        try:
            if touched:
                _run_events.add_inferred(event, self._told(event, self._new_objects().add(touched)))
                _run_events.describe(event, self.describers)
        except Exception as failure:  # noqa: BLE001  border: the end of the run matters more
            self.say("objects", f"what a run did with files and objects could not be told: {type(failure).__name__}")

    def _told(self, event: dict[str, Any], objects: RunObjects) -> set[tuple[str, str]]:
        """Add objects to an event; return the inputs of which nothing passed the program."""
        if objects.failures:
            self.say("object", f"{objects.failures} files or objects were not understood and are left out")
        return _run_events.add_objects(event, objects)

    def _new_objects(self) -> RunObjects:
        from whence._objects import RunObjects  # noqa: PLC0415  only runs with objects pay for it

        return RunObjects(self._path_rules())

    def _path_rules(self) -> PathRules:
        from whence._paths import PathRules  # noqa: PLC0415  as above

        if self._rules is None:
            self._rules = PathRules(self.settings.path_rules)
        return self._rules

    def statements(self, run: Run, source: SqlSource, layer: Layer, *, settled: bool) -> None:
        """Take statements that a run executed (the run calls this)."""
        if not self.worker.put(self._fold, run, source, layer, settled):
            self.failures += 1
            self.say("queue", "the background is behind: statements were not read")

    def objects(self, run: Run, touches: Touches) -> None:
        """Take files and objects that a run read and wrote (the run calls this)."""
        if not self.worker.put(self._fold_objects, run, touches):
            self.failures += 1
            self.say("queue", "the background is behind: objects were not read")

    def dataset(self, run: Run, direction: str, given: Any, options: dict[str, Any]) -> None:
        """Take a dataset that somebody named (the run calls this)."""
        try:
            dataset = understand(given, direction, options, run.job_namespace)
            named = [dataset]
            if direction == "output" and options.get("columns"):
                dataset.columns = read_columns(options["columns"], options.get("namespace") or run.job_namespace)
                named += sources_of(dataset.columns)
            for each in named:
                if each.direction == "input":
                    self._read(each)
        except Exception as failure:  # noqa: BLE001  border
            self.say(f"dataset {type(given).__name__}", f"a dataset was not understood and is left out: {failure}")
            return
        if len(run.datasets) + len(named) > _MAX_NAMED:
            self.say("named", f"a run named more than {_MAX_NAMED} datasets: the rest is left out")
        elif dataset.columns:
            run.datasets += named
        else:
            self._keep(run, dataset)

    def _keep(self, run: Run, dataset: Given) -> None:
        """Add a dataset to its run; one that was named before, with the content that it has now, stays one."""
        key = dataset.direction, dataset.namespace, dataset.name, dataset.stamp
        known = run.named.setdefault(key, dataset)
        if known is dataset:
            run.datasets.append(dataset)
        else:
            known.facets.update(dataset.facets)
            known.io_facets.update(dataset.io_facets)

    def _read(self, dataset: Given) -> None:
        """Name an input that is a file by the content it has now."""
        self._hashes.settle_now(dataset)
        if dataset.path is not None:
            self._later(self._hashes.settle, dataset)

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
            _run_events.add_given(body, run.datasets)
            for objects in (self._objects.get(run.run_id), self._new_objects().add(run.touched())):
                if objects is not None:
                    _run_events.add_objects(body, objects)
            lineage = self._lineages.get(run.run_id)
            if lineage is not None:
                _run_events.add_lineage(body, lineage, "off")
        except Exception as failure:  # noqa: BLE001  border; the background may be at it meanwhile
            self.say("so far", f"what a run did so far could not be told: {type(failure).__name__}")
        return body["inputs"], body["outputs"]

    def untold(self, run: Run, count: int, reason: str) -> None:
        """Say with the run that so many of its statements will not be told, and why."""
        self._later(self._count_untold, run, count, reason)

    def nobody(self, spec: JobSpec) -> Run:
        """Return the run for statements outside of runs: it has no events, only the columns that DDL tells matter."""
        if self.ambient is None:
            run = Run(spec, self, self.namespace)
            run.settles_now = True
            self.ambient = run
        return self.ambient

    def say(self, cause: str, text: str) -> None:
        """Log a trouble of ours, once per cause, from the background."""
        self.failures += 1
        if cause not in self._said:
            self._said.add(cause)
            self._later(self._log, text)

    def _later(self, task: Callable[..., None], *args: Any) -> None:
        self.worker.put(task, *args)

    # --- in the background

    def _emit_start(self, run: Run, given: list[Given]) -> None:
        for each in given:
            self._hashes.settle(each)
        event = _run_events.event(run, "START", run.started_us)
        _run_events.add_given(event, given)
        self._emitter.emit(event)

    def _fold(self, run: Run, source: SqlSource, layer: Layer, settled: bool) -> None:  # noqa: FBT001  a queued call
        from whence._fold import RunLineage  # noqa: PLC0415  loads the parser: only the background may

        if run is self.ambient:
            # nobody's statements: only the columns that they tell matter
            RunLineage(self.worker.gate, self._path_rules()).add(source, layer, settled=settled)
        elif run.is_finished:
            self._emit_late(run, source, layer, settled=settled)
        else:
            if run.run_id not in self._lineages and len(self._lineages) >= _MAX_OPEN_RUNS:
                self.say("runs", "too many runs are open: statements were not read")
                return
            lineage = self._lineages.get(run.run_id)
            if lineage is None:
                keeps_text = self.settings.sql_text == "full"
                lineage = RunLineage(self.worker.gate, self._path_rules(), keeps_text=keeps_text)
                self._lineages[run.run_id] = lineage
            lineage.add(source, layer, settled=settled)

    def _count_untold(self, run: Run, count: int, reason: str) -> None:
        from whence._fold import RunLineage  # noqa: PLC0415  as above

        lineage = RunLineage(self.worker.gate, self._path_rules())
        if not run.is_finished and len(self._lineages) < _MAX_OPEN_RUNS:
            lineage = self._lineages.setdefault(run.run_id, lineage)
        lineage.count_untold(count, reason)
        if run.is_finished:
            event = _run_events.event(run, "OTHER", max(now_us(), run.ended_us))
            _run_events.add_lineage(event, lineage, self.settings.sql_text)
            self._emitter.emit(event)

    def _fold_objects(self, run: Run, touches: Touches) -> None:
        if run.is_finished:
            event = _run_events.event(run, "OTHER", max(now_us(), run.ended_us))
            self._add_objects(event, touches)
            self._emitter.emit(event)
        elif run.run_id in self._objects or len(self._objects) < _MAX_OPEN_RUNS:
            objects = self._objects.get(run.run_id)
            if objects is None:
                objects = self._objects[run.run_id] = self._new_objects()
            objects.add(touches)
        else:
            self.say("runs", "too many runs are open: objects were not read")

    def _finish(self, run: Run, event_type: str, facets: dict[str, Any], key: str, touched: Touches) -> None:
        run.is_finished = True
        lineage = self._lineages.pop(run.run_id, None)
        for given in run.datasets:
            self._hashes.settle(given)
        event = _run_events.event(run, event_type, run.ended_us, facets)
        _run_events.add_given(event, run.datasets)
        objects = self._objects.pop(run.run_id, None)
        unread: set[tuple[str, str]] = set()
        try:
            if touched or objects is not None:
                unread = self._told(event, (objects or self._new_objects()).add(touched))
            if lineage is not None:
                lineage.count_dropped(run.dropped)
                _run_events.add_lineage(event, lineage, self.settings.sql_text, unread)
            else:
                _run_events.add_inferred(event, unread)
            _run_events.describe(event, self.describers)
        finally:
            if self._is_worth_telling(run, event):
                self._emit_end(run, event)
            self._ends.forget(key)

    def _emit_late(self, run: Run, source: SqlSource, layer: Layer, *, settled: bool) -> None:
        """Tell what was committed after its run had ended."""
        from whence._fold import RunLineage  # noqa: PLC0415  as above

        keeps_text = self.settings.sql_text == "full"
        lineage = RunLineage(self.worker.gate, self._path_rules(), keeps_text=keeps_text)
        lineage.add(source, layer, settled=settled)
        if lineage.outputs or (lineage.inputs and getattr(source, "tells_late_reads", False)):
            event = _run_events.event(run, "OTHER", max(now_us(), run.ended_us))
            _run_events.add_lineage(event, lineage, self.settings.sql_text)
            self._emitter.emit(event)

    def _log(self, text: str) -> None:
        with self.worker.gate:
            import logging  # noqa: PLC0415  10 ms of import that only trouble costs
        logging.getLogger("whence").warning(text)

    # --- waiting and ending

    def start(self) -> None:
        """Begin the background's work that needs no run: sending what dead processes left."""
        if not self.settings.disabled:
            self.look_for_the_dead()

    def look_for_the_dead(self) -> None:
        """Tell what processes left that have died, in the background."""
        self._later(self._recover)

    def _recover(self) -> None:
        _ends.recover(self.settings.spool_dir, self._emitter.emit)

    def flush(self, timeout_s: float) -> FlushResult:
        """Wait until everything told so far has reached every sink."""
        started = now_us()
        is_settled = self._settle_all(timeout_s)
        is_read = self.worker.wait(max(timeout_s - (now_us() - started) / 1e6, 0.0)) and is_settled
        left = max(timeout_s - (now_us() - started) / 1e6, 0.0)
        result = self._emitter.flush(left)
        if is_read:
            return result
        return result._replace(is_complete=False, waiting_for=("the background of this process", *result.waiting_for))

    def _settle_all(self, timeout_s: float) -> bool:
        started = now_us()
        left = [settler.wait(max(timeout_s - (now_us() - started) / 1e6, 0.0)) for settler in self.settlers]
        return all(left)

    def close(self, timeout_s: float) -> bool:
        """Finish what can be finished in the time; of runs that cannot, emit the end without what was not read."""
        started = now_us()
        atexit.unregister(self.at_exit)
        self._end_held()
        self._close_settlers(timeout_s)
        is_done = self.worker.close(max(timeout_s - (now_us() - started) / 1e6, 0.0))
        for event in list(self._ends.waiting.values()):
            self._emitter.emit(event)
        if is_done:
            self._ends.close()
        return self._emitter.close(max(timeout_s - (now_us() - started) / 1e6, 0.1))

    def _close_settlers(self, timeout_s: float) -> None:
        started = now_us()
        for settler in self.settlers:
            settler.close(max(timeout_s * _SETTLING - (now_us() - started) / 1e6, 0.0))

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
        self._close_settlers(timeout_s)
        self.worker.wait(max(timeout_s - (now_us() - started) / 1e6, 0.0))

    def at_exit(self) -> None:
        """Close within the time that the end of the process may take. Runs still open end with it."""
        self._end_open()
        self.close(self.settings.exit_timeout_s)
        keep_interrupt()

    def after_fork(self) -> None:
        """In a forked child: what waits is the parent's."""
        self._ends.after_fork()
        self.at_close = []
        self._open = {}
        self._lineages = {}
        self._objects = {}


def _error_facets(error: BaseException | None) -> dict[str, Any]:
    if error is None or isinstance(error, GeneratorExit) or (isinstance(error, SystemExit) and not error.code):
        return {}
    return {"errorMessage": _run_events.error_facet(message_of(error), trace_of(error))}


def _has_facts(event: dict[str, Any]) -> bool:
    """Whether an event says more than that its run exists."""
    return bool(event["inputs"] or event["outputs"] or "extractionError" in event["run"]["facets"])


def _load_reader() -> None:
    """Import what the background needs, before a fork could catch it half-way."""
    from importlib import import_module  # noqa: PLC0415  as light as can be

    import_module("whence._fold")
    import_module("whence.sql._engine")
    import_module("whence.sql._parser")  # with sqlglot


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
