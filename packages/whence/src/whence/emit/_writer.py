"""The writing end of the spool: this process's segments, one after the other.

Must not: wait, sync on the caller's thread, log or raise into it: a disk that does not take a record becomes `fault`,
and the caller keeps the event elsewhere until `retry`. Every method that another thread may call takes the lock that
the emitter shares with it.
"""

from __future__ import annotations

import errno
import os
import time
from typing import TYPE_CHECKING

from whence.emit._segment import SegmentWriter, open_segment
from whence.errors import SpoolError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from threading import RLock

    from whence.emit._folder import Folder

_SEGMENTS = 32
_SEGMENT_MAX_BYTES = 8 << 20


class SpoolWriter:
    """Appends records to the segment of the moment and begins a new one when that is full."""

    def __init__(self, folder: Folder, lock: RLock, *, max_bytes: int) -> None:
        self.fault: str | None = None
        """Why the disk takes nothing at the moment."""
        self._folder = folder
        self._lock = lock
        self._max_bytes = max_bytes
        self._segment_max_bytes = min(_SEGMENT_MAX_BYTES, max(max_bytes // _SEGMENTS, 1))
        self._segment: SegmentWriter | None = None
        self._is_writing = False
        self._last_write = 0.0
        self._written: dict[str, int] = {}
        self._to_sync: list[int] = []

    def append(self, record: bytes, *, is_tended: bool = True) -> bool:
        """Append a record; False when the disk does not take it, or when a signal handler calls amid another append.

        The caller holds the lock. `is_tended` says that a background keeps the folder within its cap; without one, a
        full folder is a fault. Cost: one write, and per segment the making of a file.
        """
        if self._is_writing or self.fault is not None:
            return False
        self._is_writing = True
        try:
            segment = self._segment
            if segment is None or (segment.size and segment.size + len(record) > self._segment_max_bytes):
                segment = self._next(is_tended=is_tended)
            if segment.append(record):
                self._written[segment.name] = segment.size
                self._last_write = time.monotonic()
                return True
            self.fault = os.strerror(errno.ENOSPC)
        except (OSError, SpoolError) as error:
            self.fault = getattr(error, "strerror", None) or str(error)
        finally:
            self._is_writing = False
        self.end_segment()
        return False

    def _next(self, *, is_tended: bool) -> SegmentWriter:
        self.end_segment()
        if not is_tended and sum(segment.size for segment in self._folder.segments()) > self._max_bytes:
            raise SpoolError(self._folder.path, "the folder is over spool_max_bytes and no background keeps it small")
        self._segment = open_segment(self._folder)
        return self._segment

    def end_segment(self) -> None:
        """Give the segment up; what was not synced is, by the next `sync`."""
        with self._lock:
            segment, self._segment = self._segment, None
            if segment is not None:
                if segment.size != segment.synced:
                    self._to_sync.append(segment.descriptor())
                segment.close()

    def marks(self) -> Mapping[str, int]:
        """Give how far this process has written each of its segments that may still be there."""
        with self._lock:
            return dict(self._written)

    def retry(self) -> None:
        """Try the disk again with the next record."""
        self.fault = None

    def sync(self) -> None:
        """Write everything through to the disk, without holding up who appends. Raises `OSError`."""
        with self._lock:
            waiting, self._to_sync = self._to_sync, []
            segment = self._segment
            if segment is not None and segment.size != segment.synced:
                waiting.append(segment.descriptor())
                segment.synced = segment.size
        for fd in waiting:
            try:
                os.fdatasync(fd)
            finally:
                os.close(fd)

    def tidy(self, idle_s: float) -> int:
        """Give up a segment that nobody wrote for so long, so that it can be removed once it is sent.

        Gives the number of records in a segment that somebody removed under us: up to so many events may be lost.
        """
        present = {segment.name for segment in self._folder.segments()}
        with self._lock:
            segment = self._segment
            current = segment.name if segment is not None else ""
            self._written = {n: size for n, size in self._written.items() if n in present or n == current}
            if segment is None:
                return 0
            if segment.is_gone():
                self.end_segment()
                return segment.records
            if time.monotonic() - self._last_write > idle_s:
                self.end_segment()
            return 0

    def abandon(self) -> None:
        """Close a forked child's copies; the parent goes on writing."""
        for fd in self._to_sync:
            os.close(fd)
        if self._segment is not None:
            self._segment.abandon()
