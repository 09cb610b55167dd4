"""The sink `file:events.jsonl`: one event per line, appended and written through to the disk before it counts as taken.

Must not: keep the file open between batches (so that it may be rotated), or touch what others wrote: a last line
without its end is ended, never cut. Several processes may append to one file; a batch is written under the file's lock.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from whence.emit._folder import try_lock, unlock_and_close, write_all
from whence.emit.sinks._interface import Fault, Outcome, Retry, SinkSpec, Taken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whence.emit._settings import SinkSettings


class FileSink:
    """Appends to one file; makes its folder when that is missing."""

    def __init__(self, settings: SinkSettings) -> None:
        self._path = settings.url.removeprefix("file:")

    def send(self, batch: Sequence[bytes]) -> list[Outcome]:
        """Append the batch as a whole or not at all."""
        try:
            return [self._append(b"".join(event + b"\n" for event in batch))] * len(batch)
        except OSError as fault:
            # The same reason each time, so that it is said once.
            return [Retry(f"{self._path} cannot be written: {fault.strerror}", fault=Fault.DOWN)] * len(batch)

    def _append(self, lines: bytes) -> Outcome:
        os.makedirs(os.path.dirname(self._path), exist_ok=True)
        fd = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
        if not try_lock(fd):
            os.close(fd)
            return Retry(f"{self._path} is locked by another process")
        try:
            size = os.fstat(fd).st_size
            if size and _last_byte(fd, size) != b"\n":
                lines = b"\n" + lines
            try:
                write_all(fd, lines)
            except OSError:
                os.ftruncate(fd, size)  # the lines of this batch that fitted; we hold the lock
                raise
            os.fdatasync(fd)
        finally:
            unlock_and_close(fd)
        return Taken()

    def close(self) -> None:
        """Do nothing: no file is open between batches."""


def _last_byte(fd: int, size: int) -> bytes:
    return os.pread(fd, 1, size - 1)


SPEC = SinkSpec(name="file", schemes=("file",), open=FileSink)
