"""The run a piece of code belongs to: held in a context variable, with a pointer to the run around it.

Tasks and `asyncio.to_thread` inherit it; the hook `threads` and `whence.propagate` carry it into threads and pools
(`_carry`), with a strand beside it that says what holds once the run has ended. A token is never reset (that raises in
another task): a run that has ended is skipped by whoever finds it. So ending a run elsewhere than where it began,
ending it twice or never cannot hurt the host. It must not begin or end runs.
"""

from __future__ import annotations

from contextvars import ContextVar

from whence._runs.run import Remote as Remote  # noqa: PLC0414  named here for those who look for the current one
from whence._runs.run import Run as Run  # noqa: PLC0414, TC001  as above

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    class Strand(Protocol):
        """Work that was handed on: what holds for it once the run it belongs to has ended."""

        origin: Any
        """The run that was handed on, or a placeholder for one that is found when it is needed."""

        def find(self) -> Run | None:
            """Return the run that facts belong to now; None for nobody."""
            ...


_current: ContextVar[Run | None] = ContextVar("whence_run", default=None)
_strand: ContextVar[Strand | None] = ContextVar("whence_strand", default=None)
get = _current.get
"""The run of this context, perhaps one that has ended; None outside of every run. What hooks ask first, every time."""


def current_run() -> Run | None:
    """Return the run that this code belongs to, None outside of every run."""
    run = _current.get()
    if run is None or not run.is_ended:
        return run
    strand = _strand.get()
    while run is not None and run.is_ended:
        if strand is not None and run is strand.origin:
            return strand.find()
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


def take_up(run: Any, strand: Strand | None) -> tuple[Run | None, Strand | None]:
    """Make work that was handed on the current one and return what was: give that back to this function after it."""
    before = _current.get(), _strand.get()
    _current.set(run)
    _strand.set(strand)
    return before


def handed_on() -> tuple[Run | None, Strand | None]:
    """Return what `take_up` needs in another context: the run here, perhaps a placeholder, and its strand."""
    return _current.get(), _strand.get()
