"""A progress bar in one line of standard error, for the light package, which has no rich.

Must not: write where nobody looks (no terminal), nor on standard output.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

T = TypeVar("T")
WIDTH = 30
EVERY_S = 0.1
QUIET_S = 0.5  # what is done by then needs no bar


def shown_progress(items: Sequence[T], what: str) -> Iterator[T]:
    """Yield the items and show how many are done, and how long the rest may take."""
    if not sys.stderr.isatty():
        yield from items
        return
    began = shown = time.monotonic()
    for done, item in enumerate(items):
        now = time.monotonic()
        if now - began > QUIET_S and now - shown > EVERY_S:
            shown = now
            sys.stderr.write("\r" + bar(done, len(items), now - began, what) + "\033[K")
            sys.stderr.flush()
        yield item
    if shown != began:
        sys.stderr.write("\r\033[K")
        sys.stderr.flush()


def bar(done: int, total: int, seconds: float, what: str) -> str:
    """Draw the bar."""
    filled = WIDTH * done // max(total, 1)
    left = f", {seconds / done * (total - done):,.0f} s left" if done else ""
    return f"{'#' * filled}{'.' * (WIDTH - filled)} {done:,} of {total:,} {what}{left}"
