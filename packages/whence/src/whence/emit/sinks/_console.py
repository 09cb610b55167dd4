"""The sink `console:` (standard output) and `console:stderr`: one event per line.

Must not: go through the stream's Python object when it has a descriptor: a daemon thread that holds that object's lock
while the interpreter ends is a fatal error of CPython. Streams without one (notebooks, captured output) are written as
objects.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from whence.emit._folder import write_all
from whence.emit.sinks._interface import Fault, Outcome, Retry, SinkSpec, Taken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whence.emit._settings import SinkSettings


class ConsoleSink:
    """Writes to the stream of the moment, so a redirected `sys.stdout` is honoured."""

    def __init__(self, settings: SinkSettings) -> None:
        self._stream = settings.url.removeprefix("console:")

    def send(self, batch: Sequence[bytes]) -> list[Outcome]:
        """Write the batch; while the stream is gone the events wait in memory, which drops the oldest in the end."""
        lines = b"".join(event + b"\n" for event in batch)
        try:
            self._write(lines)
        except (OSError, ValueError, AttributeError) as fault:  # closed pipe, closed file, no stream at all
            return [Retry(f"the {self._stream} of this process is gone: {fault}", fault=Fault.SETTINGS)] * len(batch)
        return [Taken()] * len(batch)

    def _write(self, lines: bytes) -> None:
        stream = getattr(sys, self._stream)
        try:
            fd = stream.fileno()
        except (OSError, AttributeError):
            stream.write(lines.decode())
            stream.flush()
        else:
            write_all(fd, lines)

    def close(self) -> None:
        """Do nothing: the stream belongs to the process."""


SPEC = SinkSpec(name="console", schemes=("console",), open=ConsoleSink)
