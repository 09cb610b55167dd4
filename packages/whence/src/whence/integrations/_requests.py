"""Requests of a service as runs: one job per route, and one run per window of time, or per request when asked.

A run per request would flood whoever reads them, so the runs of a service are windows: the first fact of a route opens
one, further requests join it, it ends after `window_s` (and when its requests are over, at most twice as late) with
COMPLETE and the counts of its requests. A route that moves no data has no runs. A request knows its route only after
the framework has routed it, so the run is looked for when the first fact comes: until then a placeholder is current,
that every hook passes by into `find`. Jobs are named by route templates (`GET /orders/{id}`), never by raw paths.

After its request is over nothing is attributed: a task or thread that lives on may serve anybody. Only tasks that were
handed to a pool, and what `whence.propagate` tied to the request, stay with its route. It must not raise into a
request, and the windows end with the collector: on `shutdown`, at exit, before a worker is recycled.
"""

from __future__ import annotations

import os
import time
from threading import Condition, RLock, Thread
from weakref import WeakSet, ref

from whence import context
from whence._active import active
from whence._failure import event_type_of
from whence._run_events import own_facet
from whence.context import Run
from whence.job import JobSpec, RunFailedError
from whence.model import now_us
from whence.parents import inherited, parent_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from whence._collector import Collector
    from whence.context import Remote, Strand
    from whence.job import JobOptions

    Before = tuple[Run | None, Strand | None]

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "WEBSOCKET"})
_NO_ROUTE = "(no route)"
_MAX_ROUTES = 10_000  # more than that are no templates
_SERVER_ERROR = 500


class Placeholder:
    """What is current in a request: not a run, but the word to ask the request for it."""

    is_ended = True
    outer = None


PLACEHOLDER: Any = Placeholder()


def job_name(method: str, template: str | None) -> str:
    """Return the name of a route's job. Without a template (not routed yet, or no such route) it names no path."""
    method = method.upper()
    return f"{method if method in _METHODS else 'OTHER'} {template or _NO_ROUTE}"


class Window:
    """What happens on one route in one stretch of time."""

    __slots__ = ("closes_s", "failed", "length_s", "name", "opened_us", "requests", "run", "under_way")

    def __init__(self, name: str, now: float, length_s: float) -> None:
        self.name = name
        self.opened_us = now_us()
        self.length_s = length_s
        self.closes_s = now + length_s
        self.run: Run | None = None
        self.requests = self.failed = self.under_way = 0

    def end(self) -> None:
        """End the run, if there was anything to tell."""
        run, self.run = self.run, None
        if run is not None and run.collector is not None:
            counts = {"requests": self.requests, "failed": self.failed}
            run.facets = {"whence_requests": own_facet("WhenceRequestsRunFacet", **counts)}
            run.collector.end(run, None)


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
        self._options = options
        self._specs: dict[str, JobSpec] = {}
        self._begin()
        _services.add(self)

    def _begin(self) -> None:
        """Begin with nothing, at first and in a forked child."""
        self.finding = RLock()
        self._lock = RLock()  # a signal's handler may come in between
        self._changed = Condition(self._lock)
        self._windows: dict[str, Window] = {}
        self._old: list[Window] = []  # over, but with requests under way
        self._thread: Thread | None = None
        self._pid = os.getpid()
        self._collector: Callable[[], Collector | None] = _nobody

    # --- for the frameworks

    def begin(self, name: Callable[[], str], headers: Mapping[Any, Any] | None = None) -> Request | Untold:
        """Begin a request and make it the current one; `name` gives its job's name as far as it is known."""
        if active() is None:
            return UNTOLD
        return Request(self, name, None if self.is_windowed else headers)

    # --- for requests

    def spec(self, name: str) -> JobSpec:
        """Return what is known of a route's job."""
        spec = self._specs.get(name)
        if spec is None:
            if len(self._specs) >= _MAX_ROUTES:
                name = "(too many routes)"
            spec = self._specs[name] = JobSpec(name, self._options)
        return spec

    def join(self, name: str) -> Window | None:
        """Return the window of a route that is open now, with its run, for a request that has something to tell."""
        collector = active()
        if collector is None:
            return None
        with self._lock:
            window, ended = self._window(name, collector)
            if window.run is None or window.run.is_ended:
                self._open(window, collector)
            window.under_way += 1
        _end(ended)
        return window

    def count(self, name: str, joined: Window | None, *, is_failed: bool) -> None:
        """Count a request that is over, in the window it joined, else in the one that is open now."""
        collector = active()
        if collector is None:
            return
        ended: list[Window] = []
        with self._lock:
            window = joined
            if window is None:
                window, ended = self._window(name, collector)
            window.requests += 1
            window.failed += is_failed
        _end(ended)

    def _window(self, name: str, collector: Collector) -> tuple[Window, list[Window]]:
        name = self.spec(name).name
        now = time.monotonic()
        window = self._windows.get(name)
        if window is not None and now < window.closes_s:
            return window, []
        ended = [] if window is None else self._retire(window)
        length_s = self._window_s if self._window_s is not None else collector.settings.window_s
        window = self._windows[name] = Window(name, now, length_s)
        return window, ended

    def _open(self, window: Window, collector: Collector) -> None:
        run = window.run = Run(self.spec(window.name), collector, collector.namespace)
        run.started_us = window.opened_us
        run.is_told = False  # perhaps a health check that asks the database for 1
        run.parent = inherited()
        if self._collector() is not collector:
            self._collector = ref(collector)
            mine = ref(self)
            collector.at_close.append(lambda: _close(mine))
        collector.begin(run)
        if self._thread is None:
            thread = Thread(target=self._watch, name="whence-windows", daemon=True)
            thread.start()
            self._thread = thread
        self._changed.notify_all()

    def _retire(self, window: Window) -> list[Window]:
        """Take a window out whose time is over; return it if it can end now."""
        del self._windows[window.name]
        if window.under_way and window.run is not None:
            self._old.append(window)
            return []
        return [window]

    def leave(self, window: Window) -> None:
        """Note that a request which told something is over."""
        with self._lock:
            window.under_way -= 1
            if window.under_way or window not in self._old:
                return
            self._old.remove(window)
        window.end()

    def close(self) -> None:
        """End all windows."""
        with self._lock:
            windows = [*self._windows.values(), *self._old]
            self._windows.clear()
            self._old.clear()
            self._changed.notify_all()
        if self._pid == os.getpid():
            _end(windows)

    def finish(self) -> None:
        """End all windows and see them off, within `exit_timeout_s`: some servers kill themselves after this."""
        try:
            self.close()
            collector = active()
            if collector is not None:
                collector.flush(collector.settings.exit_timeout_s)
        except Exception as failure:  # noqa: BLE001  border
            _say(failure)

    # --- the thread that ends windows nobody joins any more

    def _watch(self) -> None:
        changed = self._changed
        while self._changed is changed:
            with changed:
                ended = self._over(time.monotonic())
                if not ended:
                    pending = [window.closes_s for window in self._windows.values() if window.run is not None]
                    pending += [window.closes_s + window.length_s for window in self._old]
                    if not pending:
                        self._thread = None
                        return
                    changed.wait(min(max(min(pending) - time.monotonic(), 0.01), 60.0))
            _end(ended)

    def _over(self, now: float) -> list[Window]:
        ended: list[Window] = []
        for window in list(self._windows.values()):
            if now >= window.closes_s:
                ended += self._retire(window)
        for window in list(self._old):
            if now >= window.closes_s + window.length_s:
                self._old.remove(window)
                ended.append(window)
        return ended


def _end(windows: list[Window]) -> None:
    for window in windows:
        window.end()


def _nobody() -> None:
    return None


def _close(service: Callable[[], Service | None]) -> None:
    found = service()
    if found is not None:
        found.close()


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
                service.leave(window)
            self._window = window = service.join(name)
            self._is_unnamed = name.endswith(_NO_ROUTE)
            if window is not None and self.is_over:
                service.leave(window)
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
            service.count(self._name(), None if self._is_unnamed else window, is_failed=is_failed)
            if window is not None:
                service.leave(window)
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
        run = Run(self._service.spec(name), collector, collector.namespace, outer)
        parent: Run | Remote | None = parent_of(self._headers) if self._headers else None
        run.parent = parent or outer or inherited()
        run.started_us = self.opened_us
        self._is_unnamed = name.endswith(_NO_ROUTE)
        if not self._is_unnamed:
            collector.begin(run)  # else when the framework has routed the request
        return run

    def _name_now(self, run: Run, collector: Collector) -> None:
        if self._is_unnamed:
            self._is_unnamed = False
            run.spec = self._service.spec(self._name())
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
        service._begin()  # noqa: SLF001  the windows are the parent's to end  # pyright: ignore[reportPrivateUsage]


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
