"""What went wrong with us: counted, and logged once per cause, from the background.

Any thread may say so, also inside a handler of a signal. It must not log on the host's thread, nor keep what the host's
data was.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whence._capture.worker import Worker


class Troubles:
    """The troubles of one collector. Never raises."""

    def __init__(self, worker: Worker) -> None:
        self.count = 0
        self._worker = worker
        self._said: set[str] = set()

    def say(self, cause: str, text: str) -> None:
        """Count a trouble, and log the first one of its cause."""
        self.count += 1
        if cause not in self._said:
            self._said.add(cause)
            self._worker.put(self._log, text)

    def _log(self, text: str) -> None:
        with self._worker.gate:
            import logging  # noqa: PLC0415  10 ms of import that only trouble costs
        logging.getLogger("whence").warning(text)
