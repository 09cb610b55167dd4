"""The spool folder: what lies in it, its locks, its counters, and files that are replaced whole.

    <spool_dir>/                  mode 0700, files 0600
        <time>-<pid>-<mark>.seg   segments: each is written by one process, which holds its lock while it may write
        drain.lock                held by the one process that sends; says which and to which sinks
        <sink>.offset             how far this sink has taken each segment
        <sink>.refused.jsonl      dead letters: events that this sink refused, with the reason
        damaged/                  bytes that were no record, kept aside
        counters.json             what was evicted, damaged, refused since the folder was made

Must not: know what a record is, or decide what is sent. Locks are `flock`: they belong to the open file, end with the
process and are inherited over a fork, so they are given up with an explicit unlock (a forked child's copy must not keep
them) and the child closes its copies. Source of the durability rules: write, fsync, rename, fsync of the folder (see
`open(2)`, `rename(2)`, and LWN "Ensuring data reaches disk").
"""

from __future__ import annotations

import fcntl
import json
import os
import stat
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from whence.errors import SpoolError, shown

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

SEGMENT_SUFFIX = ".seg"
OFFSET_SUFFIX = ".offset"
REFUSED_SUFFIX = ".refused.jsonl"
DAMAGED = "damaged"
COUNTERS = "counters.json"
DRAIN_LOCK = "drain.lock"
COUNTERS_LOCK = "counters.lock"
EVICT_LOCK = "evict.lock"
ABSENT = (FileNotFoundError, NotADirectoryError)
"""How the system says that a file, or the folder that it would be in, is not there."""
_COUNT_ATTEMPTS = 50
_COUNT_PAUSE_S = 0.01


class SegmentFile(NamedTuple):
    """One segment as the folder lists it; names sort by the time they were made."""

    name: str
    size: int


class Folder:
    """A spool folder. Nothing is touched until `make` or a reader is called."""

    def __init__(self, path: str) -> None:
        self.path = path

    def make(self) -> None:
        """Make the folder when it is missing. Raises `OSError`, or `SpoolError` when a stranger opened it to everybody.

        Folders of root may be open: that is what a container's volume looks like.
        """
        os.makedirs(self.path, mode=0o700, exist_ok=True)
        found = os.stat(self.path)
        if found.st_uid not in {os.geteuid(), 0} and found.st_mode & stat.S_IWOTH:
            raise SpoolError(self.path, f"the folder {shown(self.path)} is a stranger's, open to all; choose another")

    def exists(self) -> bool:
        """Say whether the folder is there. Raises `OSError` when that may not be known."""
        try:
            return stat.S_ISDIR(os.stat(self.path).st_mode)
        except ABSENT:
            return False

    def file(self, name: str) -> str:
        """Give the path of a file in the folder."""
        return f"{self.path}/{name}"

    def segments(self) -> list[SegmentFile]:
        """List the segments, oldest first; a missing folder has none."""
        found: list[SegmentFile] = []
        try:
            with os.scandir(self.path) as entries:
                for entry in entries:
                    if entry.name.endswith(SEGMENT_SUFFIX):
                        with suppress(FileNotFoundError):  # another process sent and removed it meanwhile
                            found.append(SegmentFile(entry.name, entry.stat().st_size))
        except ABSENT:
            return []
        return sorted(found)

    def names(self, suffix: str) -> list[str]:
        """List the files that end so, sorted; a missing folder has none."""
        try:
            return sorted(name for name in os.listdir(self.path) if name.endswith(suffix))
        except ABSENT:
            return []

    def read_json(self, name: str) -> dict[str, Any]:
        """Read a JSON object.

        A file that is missing or is none reads as empty (what it said is then done or counted again).
        """
        try:
            with open(self.file(name), "rb") as stream:
                value: object = json.load(stream)
        except (*ABSENT, ValueError):
            return {}
        return cast("dict[str, Any]", value) if isinstance(value, dict) else {}

    def replace_json(self, name: str, value: Mapping[str, object]) -> None:
        """Replace a file as a whole: after a crash it has the old or the new content, never a part.

        Raises `OSError`.
        """
        path, draft = self.file(name), self.file(f"{name}.{os.getpid()}.new")
        try:
            fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            try:
                write_all(fd, json.dumps(value, separators=(",", ":")).encode())
                os.fsync(fd)
            finally:
                os.close(fd)
            os.replace(draft, path)
        except OSError:
            with suppress(OSError):
                os.unlink(draft)
            raise
        self.sync()

    def sync(self) -> None:
        """Write the folder's own entries through to the disk: names that were made, renamed or removed."""
        fd = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def remove(self, name: str) -> None:
        """Remove a file; one that is gone is fine."""
        with suppress(FileNotFoundError):
            os.unlink(self.file(name))

    def count(self, **more: int) -> bool:
        """Add to the folder's counters, for the background: waits up to half a second for its turn.

        False when the turn did not come or the disk takes nothing: what was counted has happened all the same.
        """
        for _ in range(_COUNT_ATTEMPTS):
            with suppress(OSError), locked(self.file(COUNTERS_LOCK)) as mine:
                if mine:
                    old = self.counters()
                    self.replace_json(COUNTERS, old | {name: old.get(name, 0) + n for name, n in more.items()})
                    return True
            time.sleep(_COUNT_PAUSE_S)
        return False

    def counters(self) -> dict[str, int]:
        """Give what was counted since the folder was made."""
        return {name: n for name, n in self.read_json(COUNTERS).items() if isinstance(n, int)}


class Lock:
    """A lock on a file that lasts until `release`, the process's end, or `abandon` in a forked child."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._fd: int | None = None

    def acquire(self) -> bool:
        """Take the lock unless another process has it; never waits. Raises `OSError`."""
        if self._fd is None:
            fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            if not try_lock(fd):
                os.close(fd)
                return False
            self._fd = fd
        return True

    def is_held(self) -> bool:
        """Say whether the lock is ours and its file is still the one that others would lock."""
        if self._fd is None:
            return False
        try:
            there, ours = os.stat(self.path), os.fstat(self._fd)
        except FileNotFoundError:
            return False
        return (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)

    def note(self, text: str) -> None:
        """Write who holds the lock, for people and for `whence doctor`."""
        if self._fd is not None:
            os.ftruncate(self._fd, 0)
            os.pwrite(self._fd, text.encode(), 0)

    def release(self) -> None:
        """Give the lock up for all processes that have inherited it."""
        if self._fd is not None:
            fd, self._fd = self._fd, None
            unlock_and_close(fd)

    def abandon(self) -> None:
        """Close a forked child's copy; the parent keeps the lock."""
        if self._fd is not None:
            fd, self._fd = self._fd, None
            os.close(fd)


def try_lock(fd: int) -> bool:
    """Take the exclusive lock of an open file, or say that somebody else has it."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def unlock(fd: int) -> None:
    """Give up the lock of an open file for all who share it: closing alone would leave it with a forked child."""
    fcntl.flock(fd, fcntl.LOCK_UN)


def unlock_and_close(fd: int) -> None:
    """Unlock, then close."""
    unlock(fd)
    os.close(fd)


@contextmanager
def locked(path: str) -> Generator[bool]:
    """Hold a lock for the block when nobody else has it; yields whether it does."""
    lock = Lock(path)
    mine = lock.acquire()
    try:
        yield mine
    finally:
        lock.release()


def write_all(fd: int, data: bytes) -> None:
    """Write all bytes, also where the system takes them in parts."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
