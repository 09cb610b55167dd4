"""The dead letters: events that a sink refused, one JSON object per line, readable by people and fit to be sent again.

    {"refusedAt": "2026-11-21T10:00:00+00:00", "sink": "http://...", "reason": "HTTP 422: ...", "event": {...}}

The event stands last and byte for byte as it was sent. No JSON text holds the bytes `,"event":` (its quotes would be
escaped), so the first such bytes of a line are where the event starts.

Must not: lose a letter: an event counts as refused only when its line is on the disk. Bounded: beyond half of
`max_bytes` the file becomes `<sink>.refused.1.jsonl`, and what that held before is dropped and counted.
"""

from __future__ import annotations

import errno
import json
import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple, cast

from whence.emit._folder import REFUSED_SUFFIX, Folder, try_lock, unlock_and_close, write_all
from whence.emit._frames import frame
from whence.emit._segment import open_segment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_EVENT = b',"event":'
_ATTEMPTS = 100
_PAUSE_S = 0.01


class Letter(NamedTuple):
    """One refused event."""

    refused_at: str
    sink: str
    reason: str
    body: bytes


class DeadLetters:
    """The dead letters of one sink."""

    def __init__(self, folder: Folder, key: str, sink: str, *, max_bytes: int) -> None:
        self._folder = folder
        self._name = f"{key}{REFUSED_SUFFIX}"
        self._older = f"{key}.1{REFUSED_SUFFIX}"
        self._sink = sink
        self._max_bytes = max_bytes

    def append(self, refused: Sequence[tuple[bytes, str]]) -> None:
        """Write events with their reasons through to the disk. Raises `OSError`; then nothing was refused yet."""
        lines = b"".join(_line(self._sink, body, reason) for body, reason in refused)
        fd = _open_locked(self._folder.file(self._name))
        try:
            size = os.fstat(fd).st_size
            try:
                write_all(fd, lines)
                os.fdatasync(fd)
            except OSError:
                os.ftruncate(fd, size)
                raise
            if size + len(lines) > self._max_bytes // 2:
                self._turn()
        finally:
            unlock_and_close(fd)
        self._folder.count(refused_events=len(refused))

    def _turn(self) -> None:
        """Put the full file in the place of the older one."""
        dropped = sum(1 for _ in read_letters(self._folder, self._older))
        os.replace(self._folder.file(self._name), self._folder.file(self._older))
        if dropped:
            self._folder.count(refused_events_dropped=dropped)


def _line(sink: str, body: bytes, reason: str) -> bytes:
    head = {"refusedAt": datetime.now(UTC).isoformat(timespec="seconds"), "sink": sink, "reason": reason}
    return (
        json.dumps(head, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")[:-1]
        + _EVENT
        + body
        + b"}\n"
    )


def _open_locked(path: str) -> int:
    """Open for appending under the file's lock; a file that was replaced or taken away meanwhile is opened again."""
    for _ in range(_ATTEMPTS):
        fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if try_lock(fd) and _is_same(path, fd):
            return fd
        unlock_and_close(fd)
        time.sleep(_PAUSE_S)
    raise BlockingIOError(f"{path} is held by another process")


def _is_same(path: str, fd: int) -> bool:
    try:
        return os.stat(path).st_ino == os.fstat(fd).st_ino
    except FileNotFoundError:
        return False


def read_letters(folder: Folder, name: str) -> Iterator[Letter]:
    """Read the letters of a file, oldest first; a line that is none is passed over."""
    try:
        with open(folder.file(name), "rb") as stream:
            yield from _letters(stream)
    except FileNotFoundError:
        return


def _letters(lines: Iterable[bytes]) -> Iterator[Letter]:
    for line in lines:
        head, mark, event = line.partition(_EVENT)
        try:
            fields: object = json.loads(head + b"}")
        except ValueError:
            continue
        if mark and event.endswith(b"}\n") and isinstance(fields, dict):
            known = cast("dict[str, object]", fields)
            refused_at, sink, reason = (str(known.get(key, "")) for key in ("refusedAt", "sink", "reason"))
            yield Letter(refused_at, sink, reason, event[:-2])


def resend_letters(folder: Folder, name: str) -> int:
    """Move a file's letters into a new segment of the spool, durable before the file goes; gives their number.

    They go to every sink of the folder, since the spool is one queue; a sink that has an event already gets it twice,
    byte-equal.
    """
    fd = _open_locked(folder.file(name))
    try:
        letters = list(read_letters(folder, name))
        if letters:
            segment = open_segment(folder)
            try:
                for letter in letters:
                    if not segment.append(frame(letter.body)):
                        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                segment.sync()
            finally:
                segment.close()
        folder.remove(name)
        folder.sync()
    finally:
        unlock_and_close(fd)
    return len(letters)
