"""The segment that this process writes: one append per record, one writer per file.

Must not: read, sync on the caller's thread, or choose what is evicted. The writer holds the file's lock from before the
first byte until `close`; the drainer removes a segment only while it holds that lock itself, so no record can be
appended to a removed file.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from whence.emit._folder import SEGMENT_SUFFIX, try_lock, unlock_and_close

if TYPE_CHECKING:
    from whence.emit._folder import Folder

_ATTEMPTS = 8


class SegmentWriter:
    """A segment open for appending. Made by `open_segment`."""

    __slots__ = ("_fd", "name", "records", "size", "synced")

    def __init__(self, name: str, fd: int) -> None:
        self.name = name
        self._fd = fd
        self.size = 0
        self.synced = 0
        self.records = 0

    def append(self, record: bytes) -> bool:
        """Append one record with one write; False means that the disk took only a part.

        Close this segment, its tail is torn.
        """
        written = os.write(self._fd, record)
        self.size += written
        if written != len(record):
            return False
        self.records += 1
        return True

    def descriptor(self) -> int:
        """Give a second descriptor of the file, to sync it while others append; the caller closes it."""
        return os.dup(self._fd)

    def sync(self) -> None:
        """Write the file through to the disk."""
        os.fdatasync(self._fd)

    def is_gone(self) -> bool:
        """Say whether somebody removed the file from under us, so that what is appended would be lost."""
        return os.fstat(self._fd).st_nlink == 0

    def close(self) -> None:
        """Give the segment up: nothing is appended any more."""
        unlock_and_close(self._fd)

    def abandon(self) -> None:
        """Close a forked child's copy; the parent goes on writing."""
        os.close(self._fd)


def open_segment(folder: Folder) -> SegmentWriter:
    """Make a new segment in the folder, locked and empty. Raises `OSError` or `SpoolError`."""
    folder.make()
    for _ in range(_ATTEMPTS):
        name = f"{time.time_ns():020d}-{os.getpid()}-{os.urandom(4).hex()}{SEGMENT_SUFFIX}"
        fd = os.open(folder.file(name), os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        # Between the two calls a drainer may have taken the empty file for a dead one and removed it.
        if try_lock(fd) and os.fstat(fd).st_nlink:
            return SegmentWriter(name, fd)
        os.close(fd)
    raise OSError(f"{_ATTEMPTS} new segments in {folder.path} were taken away before they could be locked")
