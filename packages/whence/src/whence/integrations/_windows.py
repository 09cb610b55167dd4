"""The windows of a service: one run per route and stretch of time, with the counts of the requests that joined it.

The first fact of a route opens one, further requests join it, it ends after `window_s` (and when its requests are over,
at most twice as late) with COMPLETE and its counts. A route that moves no data has no runs. A thread ends the windows
that nobody joins any more; the rest end with the collector: on `shutdown`, at exit, before a worker is recycled. It
must not know what a request is, nor end a window while it holds the lock.
"""

from __future__ import annotations

import os
import time
from threading import Condition, RLock, Thread
from weakref import ref

from whence._capture.active import active
from whence._capture.run_events import own_facet
from whence.context import Run
from whence.model import now_us
from whence.parents import inherited

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from whence._capture.collector import Collector
    from whence.integrations._routes import Routes


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


class Windows:
    """The windows of one application. Safe in threads; a forked child makes its own."""

    def __init__(self, routes: Routes, window_s: float | None) -> None:
        self._routes = routes
        self._window_s = window_s
        self._lock = RLock()  # a signal's handler may come in between
        self._changed = Condition(self._lock)
        self._current: dict[str, Window] = {}
        self._old: list[Window] = []  # over, but with requests under way
        self._thread: Thread | None = None
        self._pid = os.getpid()
        self._collector: Callable[[], Collector | None] = _nobody

    # --- for requests

    def join(self, name: str) -> Window | None:
        """Return the window of a route that is open now, with its run, for a request that has something to tell."""
        collector = active()
        if collector is None:
            return None
        with self._lock:
            window, ended = self._window(name, collector)
            if window.run is None or window.run.is_ended:
                self._begin(window, collector)
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
        name = self._routes.spec(name).name
        now = time.monotonic()
        window = self._current.get(name)
        if window is not None and now < window.closes_s:
            return window, []
        ended = [] if window is None else self._retire(window)
        length_s = self._window_s if self._window_s is not None else collector.settings.window_s
        window = self._current[name] = Window(name, now, length_s)
        return window, ended

    def _begin(self, window: Window, collector: Collector) -> None:
        run = window.run = Run(self._routes.spec(window.name), collector, collector.namespace)
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
        del self._current[window.name]
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
            windows = [*self._current.values(), *self._old]
            self._current.clear()
            self._old.clear()
            self._changed.notify_all()
        if self._pid == os.getpid():
            _end(windows)

    # --- the thread that ends windows nobody joins any more

    def _watch(self) -> None:
        while self._pid == os.getpid():  # what a thread lives in may be forked with it, as greenlets are
            with self._changed:
                ended = self._over(time.monotonic())
                if not ended:
                    pending = [window.closes_s for window in self._current.values() if window.run is not None]
                    pending += [window.closes_s + window.length_s for window in self._old]
                    if not pending:
                        self._thread = None
                        return
                    self._changed.wait(min(max(min(pending) - time.monotonic(), 0.01), 60.0))
            _end(ended)

    def _over(self, now: float) -> list[Window]:
        ended: list[Window] = []
        for window in list(self._current.values()):
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


def _close(windows: Callable[[], Windows | None]) -> None:
    found = windows()
    if found is not None:
        found.close()
