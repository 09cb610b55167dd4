"""Looking at Athena, in a thread of its own, for queries whose end nobody in the host waited for.

A run that ends with such queries is looked at once before its last event is made; what is still running then is asked
for again, with growing pauses, until it is done or the time is up. It must not run on the host's threads, belong to a
run, or keep the process from ending.
"""

from __future__ import annotations

import time
from heapq import heappop, heappush
from threading import Condition, Thread

from whence.context import swap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from whence.hooks._aws.athena_runs import Queries

_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 30.0
_LIMIT_S = 3600.0  # Athena ends queries after 30 minutes, unless somebody had that quota raised


class Look:
    """Queries to look at, what to do after the first look, and when to look next; without `then` once is enough."""

    __slots__ = ("due", "is_single", "pause", "queries", "since", "then")

    def __init__(self, queries: list[Queries], then: Callable[[], None] | None) -> None:
        self.queries = queries
        self.is_single = then is None
        self.then = then
        self.since = self.due = time.monotonic()
        self.pause = _FIRST_PAUSE_S

    @property
    def is_open(self) -> bool:
        """Whether the end of any query is not known yet."""
        return any(queries.ids for queries in self.queries)

    def done(self) -> None:
        """Do what waits for the first look. Once."""
        then, self.then = self.then, None
        if then is not None:
            then()


class Looker:
    """The thread and what it has to look at. `ask` takes the looks that are due and never raises."""

    def __init__(self, ask: Callable[[list[Look]], None], give_up: Callable[[Look], None]) -> None:
        self._ask = ask
        self._give_up = give_up
        self.limit_s = _LIMIT_S
        self.begin()

    def begin(self) -> None:
        """Start anew, without thread and looks; in a forked child they are the parent's."""
        self._looks: list[tuple[float, int, Look]] = []  # a heap: when, in which order, what
        self._count = 0
        self._changed = Condition()
        self._asking: list[Look] = []
        self._thread: Thread | None = None

    def start(self) -> bool:
        """Start the thread, while that can be done: not any more when the interpreter ends. Repeating has no effect."""
        if self._thread is None:
            with self._changed:
                if self._thread is None:
                    thread = Thread(target=self._run, name="whence-athena", daemon=True)
                    try:
                        thread.start()
                    except RuntimeError:
                        return False
                    self._thread = thread
        return True

    def put(self, look: Look) -> bool:
        """Take queries to look at; False when there can be no thread."""
        if not self.start():
            return False
        with self._changed:
            self._push(look)
            self._changed.notify_all()
        return True

    def _push(self, look: Look) -> None:
        self._count += 1
        heappush(self._looks, (look.due, self._count, look))

    def _run(self) -> None:
        swap(None)  # whoever started this thread: it belongs to no run
        changed = self._changed
        while self._changed is changed:
            with changed:
                due = self._take_due()
                if not due:
                    changed.wait(self._looks[0][0] - time.monotonic() if self._looks else None)
                    continue
                self._asking = due.copy()
            self._ask(due)
            due.reverse()
            while due:  # in their order; nothing is held while the thread waits
                self._after(due.pop())
            with changed:
                self._asking = []
                changed.notify_all()

    def _take_due(self) -> list[Look]:
        now = time.monotonic()
        due: list[Look] = []
        while self._looks and self._looks[0][0] <= now:
            due.append(heappop(self._looks)[2])
        return due

    def _after(self, look: Look) -> None:
        look.done()
        if look.is_single or not look.is_open:
            return
        now = time.monotonic()
        if now - look.since > self.limit_s:
            self._give_up(look)
            return
        look.due = now + look.pause
        look.pause = min(look.pause * 2, _LONGEST_PAUSE_S)
        with self._changed:
            self._push(look)

    def wait(self, timeout_s: float) -> bool:
        """Wait until nothing is open, at most so long."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._looks and not self._asking, timeout_s)

    def take_all(self) -> Iterable[Look]:
        """Take away what is open: the process ends, or nobody is told any more."""
        with self._changed:
            looks, self._looks = self._looks, []
            return [look for _, _, look in looks] + self._asking
