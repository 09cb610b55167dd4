"""Requests of a service: each finds its run, that of a window of time (`_windows`), or one of its own when asked.

A run per request would flood whoever reads them, so the runs of a service are windows. A request knows its route only
after the framework has routed it, so the run is looked for when the first fact comes: until then a placeholder is
current, that every hook passes by into `find`.

After its request is over nothing is attributed: a task or thread that lives on may serve anybody. Only tasks that were
handed to a pool, and what `whence.propagate` tied to the request, stay with its route. It must not raise into a
request.
"""

from __future__ import annotations

import os
from threading import RLock
from weakref import WeakSet

from whence import context
from whence._capture.active import active
from whence._capture.failure import event_type_of
from whence.context import Run
from whence.integrations._routes import NO_ROUTE, Routes
from whence.integrations._windows import Window, Windows
from whence.job import RunFailedError
from whence.model import now_us
from whence.parents import inherited, parent_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from whence._capture.collector import Collector
    from whence.context import Remote, Strand
    from whence.job import JobOptions

    Before = tuple[Run | None, Strand | None]

_SERVER_ERROR = 500


class Placeholder:
    """What is current in a request: not a run, but the word to ask the request for it."""

    is_ended = True
    outer = None


PLACEHOLDER: Any = Placeholder()


class Service:
    """The requests of one application. `run` is "window" or "request"; the latter takes parents from headers."""

    def __init__(
        self,
        *,
        run: str = "window",
        window_s: float | None = None,
        flow: str | None = None,
        namespace: str | None = None,
    ) -> None:
        if run not in ("window", "request"):
            raise ValueError(f"run is {run!r}; known are 'window' and 'request'")
        self.is_windowed = run == "window"
        self._window_s = window_s
        options: JobOptions = {}
        if flow:
            options["flow"] = flow
        if namespace:
            options["namespace"] = namespace
        self.routes = Routes(options)
        self.begin_anew()
        _services.add(self)

    def begin_anew(self) -> None:
        """Begin with nothing, at first and in a forked child: the windows are the parent's to end."""
        self.finding = RLock()
        self.windows = Windows(self.routes, self._window_s)

    # --- for the frameworks

    def begin(self, name: Callable[[], str], headers: Mapping[Any, Any] | None = None) -> Request | Untold:
        """Begin a request and make it the current one; `name` gives its job's name as far as it is known."""
        if active() is None:
            return UNTOLD
        return Request(self, name, None if self.is_windowed else headers)

    def close(self) -> None:
        """End all windows."""
        self.windows.close()

    def finish(self) -> None:
        """End all windows and see them off, within `exit_timeout_s`: some servers kill themselves after this."""
        try:
            self.close()
            collector = active()
            if collector is not None:
                collector.flush(collector.settings.exit_timeout_s)
        except Exception as failure:  # noqa: BLE001  border
            _say(failure)


class Request:
    """One request: the strand beside the placeholder. Made by `Service.begin`, current from then on."""

    __slots__ = ("_before", "_headers", "_is_unnamed", "_name", "_run", "_service", "_window", "is_over", "opened_us")

    origin = PLACEHOLDER

    def __init__(self, service: Service, name: Callable[[], str], headers: Mapping[Any, Any] | None) -> None:
        self._service = service
        self._name = name
        self._headers = headers
        self._window: Window | None = None
        self._run: Run | None = None
        self._is_unnamed = False
        self.is_over = False
        self.opened_us = now_us()
        self._before = context.take_up(PLACEHOLDER, self)

    # --- for hooks, by way of `current_run`

    def find(self) -> Run | None:
        """Return the run that facts of this request belong to; None once it is over."""
        return None if self.is_over else self.find_always()

    def find_always(self) -> Run | None:
        """Return the run that facts belong to, also of a task that outlives its request. Never raises."""
        window, run = self._window, self._run
        if window is not None and not self._is_unnamed and window.run is not None and not window.run.is_ended:
            return window.run
        if run is not None:
            return run
        try:
            with self._service.finding:
                return self._find()
        except Exception as failure:  # noqa: BLE001  border: the host asks, by `current_run`
            _say(failure)
            return None

    def _find(self) -> Run | None:
        service = self._service
        if not service.is_windowed:
            if self._run is None:
                self._run = self._begin_run()
            return self._run
        name, window = self._name(), self._window
        if window is None or window.run is None or window.run.is_ended or window.name != name:
            if window is not None and not self.is_over:
                service.windows.leave(window)
            self._window = window = service.windows.join(name)
            self._is_unnamed = name.endswith(NO_ROUTE)
            if window is not None and self.is_over:
                service.windows.leave(window)
        return None if window is None else window.run

    def hand_on(self) -> Handed:
        """Return a strand for a task that is handed to a pool."""
        return Handed(self)

    # --- for the frameworks

    def step_in(self) -> Before:
        """Make the request current again, in another context or between two steps; give the result to `step_out`."""
        return context.take_up(PLACEHOLDER, self)

    def step_out(self, before: Before) -> None:
        """Make current again what was."""
        context.take_up(*before)

    def suspend(self) -> None:
        """Make current again what was before the request; it is not over yet."""
        context.take_up(*self._before)

    def end(self, error: BaseException | None, status: int = 0) -> None:
        """End the request: with the exception that came out of it, or with a status. Once. Never raises."""
        if self.is_over:
            return
        self.is_over = True
        try:
            is_failed = status >= _SERVER_ERROR or event_type_of(error) == "FAIL"  # a client that left is no failure
            self._end(error, is_failed=is_failed, status=status)
        except Exception as failure:  # noqa: BLE001  border
            _say(failure)

    def _end(self, error: BaseException | None, *, is_failed: bool, status: int) -> None:
        service, window = self._service, self._window
        if service.is_windowed:
            service.windows.count(self._name(), None if self._is_unnamed else window, is_failed=is_failed)
            if window is not None:
                service.windows.leave(window)
            return
        collector = active()
        run = self._run or self._begin_run()
        self._run = run
        if run is None or collector is None:
            return
        self._name_now(run, collector)
        if error is None and is_failed:
            error = RunFailedError(f"HTTP status {status}")
        collector.end(run, error)

    # --- a run per request

    def _begin_run(self) -> Run | None:
        collector = active()
        if collector is None:
            return None
        name = self._name()
        outer, strand = self._before
        if outer is not None and outer.is_ended:
            outer = strand.find() if strand is not None and strand.origin is outer else None
        run = Run(self._service.routes.spec(name), collector, collector.namespace, outer)
        parent: Run | Remote | None = parent_of(self._headers) if self._headers else None
        run.parent = parent or outer or inherited()
        run.started_us = self.opened_us
        self._is_unnamed = name.endswith(NO_ROUTE)
        if not self._is_unnamed:
            collector.begin(run)  # else when the framework has routed the request
        return run

    def _name_now(self, run: Run, collector: Collector) -> None:
        if self._is_unnamed:
            self._is_unnamed = False
            run.spec = self._service.routes.spec(self._name())
            collector.begin(run)


class Untold:
    """A request while collection is off."""

    __slots__ = ()

    def step_in(self) -> Before:
        """Do nothing."""
        return None, None

    def step_out(self, before: Before) -> None:
        """Do nothing."""

    def suspend(self) -> None:
        """Do nothing."""

    def end(self, error: BaseException | None, status: int = 0) -> None:
        """Do nothing."""


UNTOLD = Untold()


class Handed:
    """A task of a request: it stays with the request's route, also when that is over before it runs."""

    __slots__ = ("_late", "_request", "is_over")

    origin = PLACEHOLDER

    def __init__(self, request: Request) -> None:
        self._request = request
        self._late: Run | None = None
        self.is_over = False

    def find(self) -> Run | None:
        """Return the run that facts of this task belong to."""
        if self.is_over:
            return None
        if self._late is not None:
            return self._late
        run = self._request.find_always()
        if run is not None and run.is_ended:
            run = self._late = run.stand_in()
        return run

    def hand_on(self) -> Handed:
        """Return a strand for a task that this task hands to a pool."""
        return Handed(self._request)

    def close(self) -> None:
        """End the task: tell what came after the request."""
        self.is_over = True
        if self._late is not None and self._late.collector is not None:
            self._late.collector.end(self._late, None)


def _say(failure: Exception) -> None:
    collector = active()
    if collector is not None:
        collector.say("requests", f"a request could not be told: {type(failure).__name__}")


_services: WeakSet[Service] = WeakSet()


def _after_fork_in_child() -> None:
    for service in list(_services):
        service.begin_anew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
