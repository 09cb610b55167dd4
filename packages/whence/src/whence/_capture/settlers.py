"""Those who find out what became of work that runs only started, such as queries of a service, and waiting for them.

The last event of a run waits for the settlers that hold anything of it. Whoever waits says how long; when the process
ends they have a share of that, so that reading and sending have the rest. It must not know what they ask, or whom.
"""

from __future__ import annotations

from whence.model import now_us

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from whence.context import Run

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


_SHARE = 0.75  # of the time that the end may take


class Settlers(list["Settler"]):
    """The settlers of one collector; hooks append theirs."""

    def hold(self, run: Run) -> bool:
        """Whether anything of the run is open with any of them."""
        return any(settler.holds(run) for settler in self)

    def settle(self, run: Run, then: Callable[[], None]) -> None:
        """Have `then` called once nothing of the run is open: now, when nothing is."""
        if not any(settler.settle(run, then) for settler in self):
            then()

    def wait(self, timeout_s: float) -> bool:
        """Wait until nothing of ended runs is open, at most so long for all of them."""
        started = now_us()
        are_done = [settler.wait(time_left(timeout_s, started)) for settler in self]  # each looks once, at least
        return all(are_done)

    def close(self, timeout_s: float) -> None:
        """Have all of them let go, within their share of the time that the end may take."""
        started = now_us()
        for settler in self:
            settler.close(time_left(timeout_s * _SHARE, started))


def time_left(timeout_s: float, started_us: int) -> float:
    """Return what is left of a time in seconds that began then."""
    return max(timeout_s - (now_us() - started_us) / 1e6, 0.0)
