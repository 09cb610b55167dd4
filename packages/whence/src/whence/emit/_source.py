"""Where a sender takes events from: the spool's segments as one sink sees them.

Must not: send, or count what a sink did. A sink's position is one offset per segment, kept in `<sink>.offset`. Reading
runs ahead of the position; `settle` moves it up to the first event that is still waiting, so a death between the two
sends events again and loses none.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from whence.emit._folder import DAMAGED, OFFSET_SUFFIX, Folder, try_lock, unlock, write_all
from whence.emit._frames import Gap, Record, scan

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from whence.emit._folder import SegmentFile
    from whence.emit._notices import Notices

_CHUNK_BYTES = 1 << 18
_DAMAGED_MAX_BYTES = 1 << 20
_DAMAGED_MAX_FILES = 64


class Entry(NamedTuple):
    """One event in its place: the segment, where its record starts and ends there, and the event's bytes."""

    segment: str
    start: int
    end: int
    body: bytes


class Source(Protocol):
    """What a sender reads from."""

    def read(self, max_events: int, max_bytes: int) -> list[Entry]:
        """Give the next events, at least one when there is any, in order."""
        ...

    def settle(self, waiting: Iterable[Entry]) -> None:
        """Count all that was read as taken, save what still waits.

        Raises `OSError` when that cannot be written down.
        """
        ...


class SpoolSource:
    """A spool folder as one sink sees it; one thread at a time."""

    def __init__(self, folder: Folder, key: str, notices: Notices) -> None:
        self._folder = folder
        self._notices = notices
        self._file = f"{key}{OFFSET_SUFFIX}"
        self.taken: Mapping[str, int] = read_offsets(folder, self._file)
        """Segment → the offset up to which this sink has taken it. Replaced, never changed.

        Other threads may read it.
        """
        self._read = dict(self.taken)
        self._saved = dict(self.taken)

    def read(self, max_events: int, max_bytes: int) -> list[Entry]:
        """Give the next events over all segments, oldest segment first."""
        segments = self._folder.segments()
        names = {segment.name for segment in segments}
        self._read = {name: offset for name, offset in self._read.items() if name in names}
        batch: list[Entry] = []
        room = max_bytes
        for segment in segments:
            while len(batch) < max_events and (before := self._read.get(segment.name, 0)) < segment.size:
                more = self._read_segment(segment, max_events - len(batch))
                taken = _that_fit(more, room, first=not batch)
                batch += taken
                room -= sum(len(entry.body) for entry in taken)
                if len(taken) < len(more):
                    self._read[segment.name] = more[len(taken)].start
                    return batch
                if self._read.get(segment.name) == before:  # the writer is in the middle of its write
                    break
        return batch

    def _read_segment(self, segment: SegmentFile, limit: int) -> list[Entry]:
        start = self._read.get(segment.name, 0)
        self._read[segment.name] = start
        try:
            fd = os.open(self._folder.file(segment.name), os.O_RDONLY | os.O_CLOEXEC)
            try:
                found, settled, data = read_records(fd, start, limit)
            finally:
                os.close(fd)
        except FileNotFoundError:  # evicted since it was listed
            return []
        except OSError as fault:  # another user's file, a bad disk: the other segments must go on
            self._notices.warn(
                f"read {segment.name}", "%s of the spool cannot be read and waits: %s", segment.name, fault
            )
            return []
        self._read[segment.name] = settled
        for each in found:
            if isinstance(each, Gap):
                keep_damaged(self._folder, segment.name, each, data[each.start - start : each.end - start])
        return [Entry(segment.name, *each) for each in found if isinstance(each, Record)]

    def settle(self, waiting: Iterable[Entry]) -> None:
        """Move the position up to the first waiting event of each segment and write it down when it has moved."""
        position = dict(self._read)
        for entry in waiting:
            position[entry.segment] = min(position.get(entry.segment, entry.start), entry.start)
        self.taken = position
        if position != self._saved:
            self._folder.replace_json(self._file, {"segments": position})
            self._saved = position


def _that_fit(entries: list[Entry], room: int, *, first: bool) -> list[Entry]:
    """Give the leading entries whose bodies fit; the very first of a batch always does."""
    kept: list[Entry] = []
    for entry in entries:
        room -= len(entry.body)
        if room < 0 and not (first and not kept):
            break
        kept.append(entry)
    return kept


def read_offsets(folder: Folder, name: str) -> dict[str, int]:
    """Read how far a sink has taken each segment; what cannot be read counts as not taken and is sent again."""
    segments: object = folder.read_json(name).get("segments")
    if not isinstance(segments, dict):
        return {}
    offsets = cast("dict[str, object]", segments)
    return {segment: offset for segment, offset in offsets.items() if isinstance(offset, int) and offset >= 0}


def read_records(fd: int, start: int, limit: int | None) -> tuple[list[Record | Gap], int, bytes]:
    """Read records and gaps from `start` on; also gives the offset up to which all is settled, and the bytes read.

    A tail that is no whole record is left for later while the segment's writer lives (it may be in the middle of its
    write), and is a gap when it is dead.
    """
    want = _CHUNK_BYTES
    while True:
        data = os.pread(fd, want, start)
        found, settled = scan(data, start, final=False, limit=limit)
        if found or not data:
            return found, settled, data
        if len(data) < want:
            break
        want *= 4
    if not try_lock(fd):
        return found, settled, data
    try:
        data = os.pread(fd, os.fstat(fd).st_size, start)  # once more: the writer may have gone on before it died
        found, settled = scan(data, start, final=True, limit=limit)
    finally:
        unlock(fd)
    return found, settled, data


def keep_damaged(folder: Folder, segment: str, gap: Gap, data: bytes) -> None:
    """Keep bytes that were no record aside, and count them; done once, however many sinks come by."""
    with suppress(OSError):  # a full disk: damaged bytes must not stop the intact events behind them
        os.makedirs(folder.file(DAMAGED), mode=0o700, exist_ok=True)
        name = f"{DAMAGED}/{segment}.{gap.start}-{gap.end}"
        fd = os.open(folder.file(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            if len(os.listdir(folder.file(DAMAGED))) <= _DAMAGED_MAX_FILES:
                write_all(fd, data[:_DAMAGED_MAX_BYTES])
        finally:
            os.close(fd)
        folder.count(damaged_records=1, damaged_bytes=gap.end - gap.start)
