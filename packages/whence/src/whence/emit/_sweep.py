"""Keeping the spool folder small: what every sink has taken goes, and beyond the cap the oldest goes, counted.

Must not: remove a segment that somebody may still write: a segment goes only under its own lock, which its writer
holds. So the folder can exceed its cap by the segments that live processes are writing.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from whence.emit._folder import EVICT_LOCK, OFFSET_SUFFIX, Folder, locked, try_lock, unlock_and_close
from whence.emit._frames import Record, scan
from whence.emit._source import read_offsets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from whence.emit._notices import Notices


def remove_taken(folder: Folder, positions: Sequence[Mapping[str, int]]) -> int:
    """Remove the segments that are taken to their end at each of these positions; gives their number."""
    removed = 0
    for segment in folder.segments():
        taken = min((position.get(segment.name, 0) for position in positions), default=0)
        if taken >= segment.size:
            removed += _remove_unlocked(folder, segment.name, taken)
    return removed


def _remove_unlocked(folder: Folder, name: str, size: int | None) -> bool:
    """Remove a segment unless somebody writes it or it is not of this size (None: any)."""
    try:
        fd = os.open(folder.file(name), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    if not try_lock(fd):
        os.close(fd)
        return False
    try:
        if size is not None and os.fstat(fd).st_size != size:
            return False
        folder.remove(name)
        return True
    finally:
        unlock_and_close(fd)


def evict(folder: Folder, max_bytes: int, notices: Notices) -> int:
    """Remove the oldest segments until the folder is within its cap.

    Gives the number of events that some sink still needed.
    """
    segments = folder.segments()
    total = sum(segment.size for segment in segments)
    if total <= max_bytes // 2:
        notices.mend("evict", "the spool %s is well within its cap again", folder.path)
    if total <= max_bytes:
        return 0
    events = size = 0
    with locked(folder.file(EVICT_LOCK)) as mine:
        for segment in segments if mine else ():
            if total <= max_bytes:
                break
            needed = _needed(folder, segment.name)
            if _remove_unlocked(folder, segment.name, None):
                total -= segment.size
                size += segment.size
                events += needed
    if size:
        folder.count(evicted_events=events, evicted_bytes=size)
        text = (
            "the spool %s is over its cap of %d bytes: its oldest %d events (%d bytes) were dropped; more are counted"
        )
        notices.warn("evict", text, folder.path, max_bytes, events, size)
    return events


def _needed(folder: Folder, name: str) -> int:
    """Count the events of a segment that the slowest sink has not taken."""
    offsets = [read_offsets(folder, file).get(name, 0) for file in folder.names(OFFSET_SUFFIX)]
    return count_records(folder, name, min(offsets, default=0))


def count_records(folder: Folder, name: str, start: int) -> int:
    """Count the intact records of a segment from an offset on; a segment that is gone has none."""
    try:
        with open(folder.file(name), "rb") as stream:
            stream.seek(start)
            found, _ = scan(stream.read(), start, final=True)
    except FileNotFoundError:
        return 0
    return sum(isinstance(each, Record) for each in found)
