"""The run a piece of code belongs to: a mutable object in a context variable, with a pointer to the run around it.

Tasks and `asyncio.to_thread` inherit it; plain threads and pools do not, and then nothing is attributed rather than
something wrong. A token is never reset (that raises in another task): a run that has ended is skipped by whoever finds
it. So ending a run elsewhere than where it began, ending it twice or never cannot hurt the host. It must not build
events, parse or send; the collector does, and a run without a collector (collection is off) swallows everything.
"""

from __future__ import annotations

import os
from _weakref import ref
from contextvars import ContextVar

from whence import model
from whence._ledger import Tally

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from whence._datasets import Given
    from whence._ledger import Layer, Link, SqlSource
    from whence.job import JobSpec

    class Collector(Protocol):
        """What a run tells its news to. No method raises."""

        def statements(self, run: Run, source: SqlSource, layer: Layer, *, settled: bool) -> None:
            """Take statements that the run executed."""
            ...

        def dataset(self, run: Run, direction: str, given: Any, options: dict[str, Any]) -> None:
            """Take a dataset that somebody named."""
            ...

        def end(self, run: Run, error: BaseException | None) -> None:
            """Take note that the run has ended."""
            ...


_current: ContextVar[Run | None] = ContextVar("whence_run", default=None)
get = _current.get
"""The run of this context, perhaps one that has ended; None outside of every run. What hooks ask first, every time."""

_SWEEP_EVERY = 256


class Run:
    """One run of a job: `run_id`, `job_name` and `job_namespace` are what its events say, `parent` is around it.

    Made by `whence.job`, `whence.start_run` and the collector; not by hand.
    """

    __slots__ = (
        "_open",
        "_tallies",
        "attempt",
        "collector",
        "datasets",
        "dropped",
        "ended_us",
        "has_statements",
        "is_ended",
        "is_finished",
        "job_namespace",
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
        self.parent = outer
        self.attempt = spec.attempt
        self.started_us = model.now_us()
        self.ended_us = 0
        self.is_ended = collector is None
        self.settles_now = False
        self.is_finished = False  # its last event is written: what is still committed is told apart
        self._open = [None]
        self.pid = os.getpid()
        self.datasets: list[Given] = []
        self.dropped = 0
        self.has_statements = False
        self._tallies: dict[tuple[int, int], Tally] = {}

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


def current_run() -> Run | None:
    """Return the run that this code belongs to, None outside of every run."""
    run = _current.get()
    while run is not None and run.is_ended:
        run = run.outer
    return run


def enter(run: Run) -> None:
    """Make a run the current one of this context."""
    _current.set(run)


def leave(run: Run) -> None:
    """Go back to the run around this one, if this one is current here; elsewhere it has no effect."""
    if _current.get() is run:
        _current.set(run.outer)


def swap(run: Run | None) -> Run | None:
    """Make a run the current one and return the one that was; generators do it around each of their steps."""
    before = _current.get()
    _current.set(run)
    return before
