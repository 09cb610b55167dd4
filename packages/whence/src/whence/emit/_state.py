"""What lies in a spool folder, and sending it from outside: for `whence doctor` and `whence drain`.

Must not: change a folder by looking at it, or be called where waiting hurts.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from whence.emit._dead import Letter, read_letters, resend_letters
from whence.emit._drainer import Drainer, drainer_note, spooled
from whence.emit._folder import DRAIN_LOCK, OFFSET_SUFFIX, REFUSED_SUFFIX, Folder, try_lock, unlock_and_close
from whence.emit._notices import Notices
from whence.emit._source import read_offsets
from whence.emit._sweep import count_records
from whence.emit.sinks import sink_key
from whence.errors import SpoolError, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from whence.emit._settings import Settings

_LOOK_S = 0.05
_LET_GO_S = 1.0  # for a sender to end the round that is under way


class SpoolState(NamedTuple):
    """What lies in a spool folder. `waiting_events` counts by sink file what that sink has not taken.

    A sink never seen has taken nothing.
    """

    folder: str
    exists: bool
    is_writable: bool
    segments: int
    bytes: int
    events: int
    waiting_events: Mapping[str, int]
    oldest_s: float | None
    refused_events: Mapping[str, int]
    counters: Mapping[str, int]
    drainer_pid: int | None
    drainer_sinks: tuple[str, ...]


class SinkDrain(NamedTuple):
    """What `drain` did for one sink; `reason` says why events are left, and is empty when none are."""

    sink: str
    delivered: int
    refused: int
    left_events: int
    reason: str


class DrainResult(NamedTuple):
    """Whether nothing is left; what was done per sink; the process that held the folder if another one did."""

    is_complete: bool
    sinks: tuple[SinkDrain, ...]
    other_pid: int | None


def spool_state(spool_dir: str) -> SpoolState:
    """Look into a spool folder, reading every record's header and checksum.

    Raises `SpoolError` when it may not be read.
    """
    folder = Folder(spool_dir)
    try:
        return _state(folder)
    except PermissionError as fault:
        raise SpoolError(spool_dir, f"the spool folder {shown(spool_dir)} may not be read: {fault.strerror}") from fault


def _state(folder: Folder) -> SpoolState:
    segments = folder.segments()
    offsets = {name.removesuffix(OFFSET_SUFFIX): read_offsets(folder, name) for name in folder.names(OFFSET_SUFFIX)}
    pid = drainer_pid(folder)
    sinks = drainer_note(folder).get("sinks")
    return SpoolState(
        folder=folder.path,
        exists=folder.exists(),
        is_writable=os.access(folder.path, os.W_OK | os.X_OK),
        segments=len(segments),
        bytes=sum(segment.size for segment in segments),
        events=sum(count_records(folder, segment.name, 0) for segment in segments),
        waiting_events={
            key: sum(count_records(folder, segment.name, taken.get(segment.name, 0)) for segment in segments)
            for key, taken in offsets.items()
        },
        oldest_s=_age_s(folder, segments[0].name) if segments else None,
        refused_events={
            name.removesuffix(REFUSED_SUFFIX): sum(1 for _ in read_letters(folder, name))
            for name in folder.names(REFUSED_SUFFIX)
        },
        counters=folder.counters(),
        drainer_pid=pid,
        drainer_sinks=tuple(map(str, sinks)) if pid is not None and isinstance(sinks, list) else (),  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    )


def _age_s(folder: Folder, name: str) -> float | None:
    with suppress(FileNotFoundError):
        return max(0.0, time.time() - os.stat(folder.file(name)).st_mtime)
    return None


def drainer_pid(folder: Folder) -> int | None:
    """Give the process that holds the folder's lock, 0 when it did not say who it is, None when nobody does."""
    try:
        fd = os.open(folder.file(DRAIN_LOCK), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    if try_lock(fd):
        unlock_and_close(fd)
        return None
    os.close(fd)
    pid = drainer_note(folder).get("pid")
    return pid if isinstance(pid, int) else 0


def drain(settings: Settings, timeout_s: float = 60.0) -> DrainResult:
    """Send what lies in the spool, now: here, or by watching the process that does, until all is sent or time is up.

    Raises `SpoolError` when the folder cannot be used.
    """
    deadline = time.monotonic() + timeout_s
    folder, notices = Folder(settings.spool_dir), Notices()
    drainer = Drainer(settings, notices)
    other: int | None = None
    try:
        while folder.exists() and spooled(settings) and not drainer.run_for_election():
            other = drainer_pid(folder)
            if not _behind(folder, settings) or time.monotonic() > deadline:
                break
            time.sleep(_LOOK_S)
        senders = list(drainer.senders)
        if not drainer.finish(max(deadline - time.monotonic(), 0.0), hopeless=sys.maxsize):
            drainer.stop(_LET_GO_S)  # or this process would keep the lock
    except OSError as fault:
        raise SpoolError(
            settings.spool_dir, f"the spool folder {shown(settings.spool_dir)} cannot be used: {fault}"
        ) from fault
    left = _left(folder, settings)
    by_name = {sender.name: sender for sender in senders}
    done: list[SinkDrain] = []
    for sink in spooled(settings):
        sender, count = by_name.get(sink.url), left.get(sink.url, 0)
        reason = "" if not count else (sender.reason if sender else "") or "the time was not enough"
        done.append(
            SinkDrain(sink.url, sender.delivered if sender else 0, sender.refused if sender else 0, count, reason)
        )
    return DrainResult(not left, tuple(done), other if not senders else None)


def _behind(folder: Folder, settings: Settings) -> dict[str, dict[str, int]]:
    """Give by sink the segments that it has not taken to their end, with the offset it has reached."""
    segments = folder.segments()
    behind: dict[str, dict[str, int]] = {}
    for sink in spooled(settings):
        taken = read_offsets(folder, f"{sink_key(sink)}{OFFSET_SUFFIX}")
        lacking = {name: taken.get(name, 0) for name, size in segments if taken.get(name, 0) < size}
        if lacking:
            behind[sink.url] = lacking
    return behind


def _left(folder: Folder, settings: Settings) -> dict[str, int]:
    """Count by sink the events that it has not taken; sinks that have all are left out."""
    counts = {
        url: sum(count_records(folder, name, offset) for name, offset in lacking.items())
        for url, lacking in _behind(folder, settings).items()
    }
    return {url: count for url, count in counts.items() if count}


def refused_events(spool_dir: str) -> list[Letter]:
    """Read the dead letters of a folder: what was refused, when, by which sink, why."""
    folder = Folder(spool_dir)
    return [letter for name in folder.names(REFUSED_SUFFIX) for letter in read_letters(folder, name)]


def resend_refused(spool_dir: str) -> int:
    """Put the dead letters back into the spool, for every sink of the folder; gives their number.

    Raises `SpoolError`.
    """
    folder = Folder(spool_dir)
    try:
        return sum(resend_letters(folder, name) for name in folder.names(REFUSED_SUFFIX))
    except OSError as fault:
        raise SpoolError(spool_dir, f"the dead letters in {shown(spool_dir)} cannot be put back: {fault}") from fault
