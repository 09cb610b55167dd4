"""Runs that have ended and whose last event waits for the background: on the disk, for the case of a SIGKILL.

A line a run: its last event without what the background would add. When that event is in the spool, a second line says
so; when no run waits any more the file is emptied. Each process has a file of its own and holds its lock while it
lives; whoever finds one whose lock is free emits what was left and removes it. It must not raise: without a disk the
last event is only as safe as the process.
"""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from whence.emit import Settings

_FOLDER = "ends"
_SUFFIX = ".jsonl"
_ATTEMPTS = 5


class Ends:
    """The ends of this process's runs. Safe in threads as far as single writes are."""

    def __init__(self, spool_dir: str) -> None:
        self.folder = f"{spool_dir}/{_FOLDER}"
        self._file = -1
        self._path = ""
        self._is_usable = True
        self.waiting: dict[str, dict[str, Any]] = {}

    def keep(self, run_id: str, event: dict[str, Any]) -> None:
        """Write down a run's last event before it is handed to the background."""
        self.waiting[run_id] = event
        if self._file < 0 and self._is_usable:
            self._open()
        self._write({"run": run_id, "event": event})

    def forget(self, run_id: str) -> None:
        """Strike a run out: its last event is in the spool."""
        self.waiting.pop(run_id, None)
        self._write({"run": run_id})
        if not self.waiting and self._file >= 0:
            with suppress(OSError):
                os.ftruncate(self._file, 0)

    def close(self) -> None:
        """Remove the file; nothing waits any more."""
        if self._file >= 0:
            with suppress(OSError):
                os.unlink(self._path)  # noqa: PTH108  pathlib costs 8 ms of import
                os.close(self._file)
        self._file = -1

    def after_fork(self) -> None:
        """In a forked child: the file and what waits belong to the parent."""
        if self._file >= 0:
            with suppress(OSError):
                os.close(self._file)
        self._file = -1
        self.waiting = {}

    def _open(self) -> None:
        for _ in range(_ATTEMPTS):
            path = f"{self.folder}/{os.getpid()}-{os.urandom(4).hex()}{_SUFFIX}"
            try:
                os.makedirs(self.folder, mode=0o700, exist_ok=True)  # noqa: PTH103  the same
                file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
            except OSError:
                break
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.stat(path)  # noqa: PTH116  gone when somebody took it for a dead process's before the lock was ours
            except OSError:
                os.close(file)
                continue
            self._file, self._path = file, path
            return
        self._is_usable = False

    def _write(self, line: dict[str, Any]) -> None:
        if self._file >= 0:
            with suppress(OSError, ValueError, TypeError):
                os.write(self._file, json.dumps(line, separators=(",", ":")).encode() + b"\n")


def recover(spool_dir: str, emit: Callable[[dict[str, Any]], None]) -> int:
    """Emit the last events that dead processes left and remove their files; return how many there were."""
    folder = f"{spool_dir}/{_FOLDER}"
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208  pathlib costs 8 ms of import
    except OSError:
        return 0
    return sum(_take(f"{folder}/{name}", emit) for name in names if name.endswith(_SUFFIX))


def recover_into_spool(settings: Settings) -> int:
    """Put the last events that dead processes left into the spool; return how many there were."""
    from whence.emit import Emitter  # noqa: PLC0415  only the command line comes here without one

    emitters: list[Emitter] = []

    def emit(event: dict[str, Any]) -> None:
        if not emitters:
            emitters.append(Emitter(settings))
        emitters[0].emit(event)

    found = recover(settings.spool_dir, emit)
    for emitter in emitters:
        emitter.close(settings.exit_timeout_s)
    return found


def _take(path: str, emit: Callable[[dict[str, Any]], None]) -> int:
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return 0
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with open(file, "rb", closefd=False) as lines:
            events = _unfinished(lines.read())
        for event in events:
            emit(event)
        os.unlink(path)  # noqa: PTH108  only now: dying before this sends them twice, which is allowed
    except OSError:  # its process lives, or another one was faster
        return 0
    finally:
        os.close(file)
    return len(events)


def _unfinished(data: bytes) -> list[dict[str, Any]]:
    waiting: dict[str, dict[str, Any]] = {}
    for line in data.splitlines():
        with suppress(ValueError, KeyError, TypeError):  # a torn last line: its process died while it wrote
            entry = json.loads(line)
            if "event" in entry:
                waiting[entry["run"]] = entry["event"]
            else:
                waiting.pop(entry["run"], None)
    return list(waiting.values())
