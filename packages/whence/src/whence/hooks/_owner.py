"""Whose work it is that ends later, perhaps in another thread: a transfer, a file that is being written.

Asked when the work begins, answered when it has succeeded. A run that has ended meanwhile still owns it: it is told as
late. Of a request, whose run only begins with a fact, nothing begins before there is one.
"""

from __future__ import annotations

from whence.context import Run, current_run, handed_on, take_up

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Owner:
    """The run around the beginning of some work."""

    __slots__ = ("_handed",)

    def __init__(self) -> None:
        run, strand = handed_on()
        if strand is None and run is not None and run.is_ended:
            run = current_run()
        self._handed: tuple[Any, Any] = run, strand

    def run(self) -> Run | None:
        """Return the run that the work belongs to, now that there is something to tell."""
        run, strand = self._handed
        if run is None or (isinstance(run, Run) and strand is None):
            return run
        before = take_up(run, strand)
        try:
            return current_run()
        finally:
            take_up(*before)
