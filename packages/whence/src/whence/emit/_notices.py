"""What the background says to the people who run the host: each condition once, until it changes.

Must not: be used on a caller's thread: a logging handler may block, or emit itself.
"""

from __future__ import annotations

import logging
from threading import Lock

logger = logging.getLogger("whence.emit")


class Notices:
    """Says each condition once. Safe between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._said: set[str] = set()

    def warn(self, condition: str, text: str, *values: object) -> None:
        """Say that something is wrong, unless this condition was said and not mended since."""
        with self._lock:
            is_new = condition not in self._said
            self._said.add(condition)
        if is_new:
            logger.warning(text, *values)

    def mend(self, condition: str, text: str, *values: object) -> None:
        """Say that a condition is over, if it was said."""
        with self._lock:
            was_said = condition in self._said
            self._said.discard(condition)
        if was_said:
            logger.info(text, *values)
