"""A run: who it is, and what the hooks noted of it that the background has not been given yet.

What connections did lies in tallies (`ledger`), one a connection, since only a commit says what counts; files and
objects lie in one entry each. Both are bounded: beyond that they are handed over while the run goes on. All of it is on
the host's thread, so it must stay a few dictionaries. It must not build events, parse or send; the collector does, and
a run without a collector (collection is off) swallows everything. Nor does it know whether it is current: `context`.
"""

from __future__ import annotations

import os
from _weakref import ref

from whence import model
from whence._runs.ledger import Tally

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    from whence._datasets.given import Given
    from whence._datasets.objects import Place, Touches
    from whence._runs.ledger import Layer, Link, SqlSource
    from whence.job import JobSpec

    class Collector(Protocol):
        """What a run tells its news to. No method raises."""

        def statements(self, run: Run, source: SqlSource, layer: Layer, *, settled: bool) -> None:
            """Take statements that the run executed."""
            ...

        def dataset(self, run: Run, direction: str, given: Any, options: dict[str, Any]) -> None:
            """Take a dataset that somebody named."""
            ...

        weak_reads: bool

        def objects(self, run: Run, touches: Touches) -> None:
            """Take files and objects that the run read and wrote."""
            ...

        def so_far(self, run: Run, timeout_s: float) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
            """Return the inputs and outputs of the run until now."""
            ...

        def end(self, run: Run, error: BaseException | None) -> None:
            """Take note that the run has ended."""
            ...


SIZE, PARTS, ROWS, FIELDS, FACETS, WEAK, GONE, SOURCES, MOVED = range(9)
"""Where an entry of `Run.touch` holds what. MOVED: nothing of the object passed the program."""
_SWEEP_EVERY = 256
_MAX_TOUCHED = 4096  # objects that a run holds before the background makes datasets of them


class Remote:
    """A run of another process, as far as its children need it. `parent` is the root of its tree, where known."""

    __slots__ = ("job_name", "job_namespace", "parent", "run_id")

    def __init__(self, run_id: str, job_namespace: str, job_name: str, parent: Remote | None = None) -> None:
        self.run_id = run_id
        self.job_namespace = job_namespace
        self.job_name = job_name
        self.parent = parent


class Run:
    """One run of a job: `run_id`, `job_name` and `job_namespace` are what its events say, `parent` is around it.

    Made by `whence.job`, `whence.start_run` and the collector; not by hand.
    """

    __slots__ = (
        "_open",
        "_tallies",
        "_touched",
        "attempt",
        "collector",
        "datasets",
        "dropped",
        "ended_us",
        "facets",
        "has_statements",
        "ignored",
        "is_ended",
        "is_finished",
        "is_late",
        "is_told",
        "job_namespace",
        "named",
        "outer",
        "parent",
        "pid",
        "run_id",
        "settles_now",
        "spec",
        "started_us",
    )

    def __init__(self, spec: JobSpec, collector: Collector | None, namespace: str, outer: Run | None = None) -> None:
        self.spec = spec
        self.collector = collector
        self.job_namespace = spec.namespace or namespace
        self.run_id = model.new_run_id()
        self.outer = outer
        self.parent: Run | Remote | None = outer
        self.facets: dict[str, Any] | None = None  # further run facets of its events, from an integration
        self.is_told = True  # False: its START waits until there is something to tell
        self.is_late = False  # tells what happened for a run after its end, or in another process
        self.attempt = spec.attempt
        self.started_us = model.now_us()
        self.ended_us = 0
        self.is_ended = collector is None
        self.settles_now = False
        self.is_finished = False  # its last event is written: what is still committed is told apart
        self._open = [None]
        self.pid = os.getpid()
        self.datasets: list[Given] = []
        self.named: dict[tuple[Any, ...], Given] = {}  # the same by what makes two of them one
        self.dropped = 0
        self.has_statements = False
        self._tallies: dict[tuple[int, int], Tally] = {}
        self._touched: dict[tuple[str, str, str], list[Any]] = {}
        self.ignored: list[Callable[[str, str], bool]] = []  # asked of namespace and name: is this no data of its own?

    @property
    def job_name(self) -> str:
        """The name of the run's job."""
        return self.spec.name

    def add_input(self, dataset: Any, **options: Any) -> None:
        """Say that the run reads a dataset; see `whence.add_input`."""
        if self.collector is not None:
            self.collector.dataset(self, "input", dataset, options)

    def add_output(self, dataset: Any, **options: Any) -> None:
        """Say that the run writes a dataset; see `whence.add_output`."""
        if self.collector is not None:
            self.collector.dataset(self, "output", dataset, options)

    def end_once(self) -> bool:
        """Mark the run as ended; True for the first caller only, in whichever thread."""
        try:
            self._open.pop()
        except IndexError:
            return False
        self.is_ended = True
        return True

    def stand_in(self) -> Run:
        """Return a run of the same id for what happens after this one's end; its own end is an OTHER event."""
        run = Run(self.spec, self.collector, self.job_namespace)
        run.run_id = self.run_id
        run.parent = self.parent
        run.attempt = self.attempt
        run.is_late = True
        return run

    def __repr__(self) -> str:
        return f"<Run {self.run_id} of {self.job_namespace}/{self.job_name}{' (ended)' if self.is_ended else ''}>"

    # --- for hooks

    def open_tally(self, link: Link, depth: int) -> Tally:
        """Return this run's tally on a connection, a new one when it has none."""
        key = id(link), id(link.source)
        tally = self._tallies.get(key)
        if tally is not None:
            if tally.link() is link:
                tally.layers.extend({} for _ in range(depth + 1 - len(tally.layers)))
                return tally
            self._retire(tally)  # a connection that is gone had the same address
        tally = self._tallies[key] = Tally(self, link.source, ref(link), depth)
        if len(self._tallies) % _SWEEP_EVERY == 0:
            for old_key, old in list(self._tallies.items()):
                if old.link() is None:
                    self._retire(old)
                    del self._tallies[old_key]
        return tally

    def hand_over(self, source: SqlSource, layer: Layer, *, settled: bool = True) -> None:
        """Give statements to the background: settled ones took effect, of the others only reads count."""
        if layer and self.collector is not None:
            self.has_statements = True
            self.collector.statements(self, source, layer, settled=settled)

    def touch(  # noqa: PLR0913  what hooks may know of one operation
        self,
        direction: str,
        namespace: str,
        name: str,
        *,
        size: int | None = None,
        rows: int | None = None,
        fields: Any = None,
        weak: bool = False,
        facets: dict[str, Any] | None = None,
        part: bool = False,
        gone: bool = False,
    ) -> None:
        """Note that a file or object was read ("input") or written ("output"), under its OpenLineage name.

        Called after success only. `size` and `rows` are those of this operation; told by several hooks for one
        operation, the largest holds; with `part` sizes add up. `fields` are pairs of name and type. `weak`: it was
        only looked at. `gone`: it was deleted.
        """
        if self.collector is None or (weak and not self.collector.weak_reads):
            return
        entry = self._touch(direction, namespace, name)
        entry[WEAK] = weak and entry[WEAK]
        entry[GONE] = gone
        entry[MOVED] = False
        if size is not None:
            if part:
                entry[PARTS] = max(entry[PARTS], 0) + size
            elif size > entry[SIZE]:
                entry[SIZE] = size
        if rows is not None and rows > entry[ROWS]:
            entry[ROWS] = rows
        if fields:
            entry[FIELDS] = fields
        if facets:
            entry[FACETS] = {**(entry[FACETS] or {}), **facets}
        if self.settles_now:
            self._hand_over_touched()

    def touch_copy(self, source: Place, target: Place, *, size: int | None = None) -> None:
        """Note that one object was copied to another without passing the program. Called after success only."""
        if self.collector is None:
            return
        read = self._touch("input", *source)
        read[WEAK] = False
        written = self._touch("output", *target)
        written[WEAK] = written[GONE] = False
        if written[SOURCES] is None:
            written[SOURCES] = {source: None}
        elif source not in written[SOURCES]:
            written[SOURCES] = {**written[SOURCES], source: None}
        if size is not None:
            read[SIZE] = max(size, read[SIZE])
            written[SIZE] = max(size, written[SIZE])
        if self.settles_now:
            self._hand_over_touched()

    def _touch(self, *key: str) -> list[Any]:
        entry = self._touched.get(key)  # type: ignore[arg-type]  always three
        if entry is None:
            if len(self._touched) >= _MAX_TOUCHED:
                self._hand_over_touched()
            entry = self._touched[key] = [-1, -1, -1, None, None, True, False, None, True]  # type: ignore[index]
        return entry

    def _hand_over_touched(self) -> None:
        touched = self.take_touched()
        if touched and self.collector is not None:
            self.has_statements = True
            self.collector.objects(self, touched)

    def take_touched(self) -> Touches:
        """Take what was touched since the last time; what comes after the run's end is handed over as it comes."""
        touched, self._touched = self._touched, {}
        return self._without_ignored(touched)

    def _without_ignored(self, touched: dict[tuple[str, str, str], list[Any]]) -> Touches:
        if not self.ignored:
            return touched
        return {key: entry for key, entry in touched.items() if not any(each(key[1], key[2]) for each in self.ignored)}

    def hand_over_settled(self) -> None:
        """Hand over what took effect until now; the run goes on."""
        for tally in list(self._tallies.values()):
            tally.hand_over()
        self._hand_over_touched()

    def ask_for_statements(self) -> None:
        """Have each connection hand over, when it goes on, the statements that took effect until then."""
        for tally in list(self._tallies.values()):
            tally.ask()

    def hand_over_idle(self) -> None:
        """Hand over what connections were asked for that have not gone on since."""
        for tally in list(self._tallies.values()):
            tally.hand_over_if_idle()

    def touched(self) -> Touches:
        """Return a copy of what was touched and not handed over yet."""
        return self._without_ignored({key: list(entry) for key, entry in self._touched.copy().items()})

    def settle(self) -> bool:
        """Hand everything over that the connections hold; what is committed after this is handed over as it comes.

        Return whether the run ever executed a statement.
        """
        self.settles_now = True
        tallies, self._tallies = list(self._tallies.values()), {}
        for tally in tallies:
            self._retire(tally)
        return self.has_statements

    def _retire(self, tally: Tally) -> None:
        done, tally.done = tally.done, {}
        undone, tally.undone = tally.undone, {}
        self.hand_over(tally.source, done)
        self.hand_over(tally.source, undone, settled=False)
        for layer in tally.layers:
            self.hand_over(tally.source, {text: entry.copy() for text, entry in layer.items()}, settled=False)
        self.dropped += tally.dropped
